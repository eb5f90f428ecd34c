/** Facts of a file that its statements refer to, and what executing them gives. */

import type { Expression, Span } from '../../src/lang/ast.js';
import { printExpression } from '../../src/lang/print.js';
import type { UniqueNames } from '../../src/model/free-name.js';
import { reservedReason } from '../../src/model/normalise/names.js';
import type { Report } from './expressions.js';
import type { Block } from './syntax.js';
import type { Powers } from './units.js';
import type { Contradiction, Value } from './values.js';

/** Ends the translation of a file, after a finding was reported. */
export class Untranslatable extends Error {}

/** A variable of the translated mechanism that is computed from others. */
export interface Definition {
  readonly name: string;
  readonly expression: Expression;
  readonly unit: Powers;
  readonly span: Span;
  /** Whether it has its value of the beginning of the step, where NEURON measures the slope of a current. */
  readonly held: boolean;
  /** The table of the potential from which NEURON interpolates it. */
  readonly table?: TableOfPotential;
}

/** Limits of a table of the potential in mV, and the number of intervals between them. */
export interface TableOfPotential {
  readonly from: number;
  readonly to: number;
  readonly intervals: number;
}

/** A reaction, a flux, or a rate of change. */
export type Flow =
  | { readonly kind: 'rate'; readonly state: string; readonly value: Value; readonly span: Span }
  | {
      readonly kind: 'reaction';
      readonly left: readonly (readonly [state: string, count: number])[];
      readonly right: readonly (readonly [state: string, count: number])[];
      readonly forward: Value;
      readonly backward: Value | undefined;
      readonly span: Span;
    }
  | { readonly kind: 'flux'; readonly state: string; readonly value: Value; readonly span: Span };

/** Effects of statements other than assignments. */
export interface Effects {
  readonly flows: Flow[];
  /** Volumes of states, by their names. */
  readonly volumes: Map<string, Value>;
  /** Values that a LINEAR block sets to zero. */
  readonly zeros: Value[];
  /** Values that CONSERVE states to be zero. */
  readonly conserved: Value[];
  /** Calls of `net_send` and `net_event`, in order. */
  readonly sent: { readonly name: string; readonly arguments: readonly Value[]; readonly span: Span }[];
}

/** Facts of the file that statements refer to. */
export interface Program {
  /** Names that a formula may read. */
  readonly names: readonly string[];
  readonly blocks: ReadonlyMap<string, Block>;
  /** Whether the file or NEURON has a variable, or an array with an element of the name. */
  readonly isDeclared: (name: string) => boolean;
  /** The value of a variable that no statement has assigned yet. */
  readonly outside: (name: string, span: Span) => Value | undefined;
  /** Declared unit of a variable; undefined: it has no unit. */
  readonly declaredUnit: (name: string) => Powers | undefined;
  /** Whether a variable is zero until a script sets it: a parameter with this value, or one that nothing assigns. */
  readonly zeroOf: (name: string) => 'parameter' | 'unassigned' | undefined;
  /** Whether a variable is a state: an assignment to it is no definition. */
  readonly isState: (name: string) => boolean;
  /** The table of a block that NEURON interpolates for an argument; undefined: it computes the formulas. */
  readonly tableOf: (
    block: Block,
    argument: Expression,
  ) => (TableOfPotential & { readonly names: readonly string[] }) | undefined;
  /** Number of elements of arrays. */
  readonly lengths: ReadonlyMap<string, number>;
  /** Returns a unit of the file as powers, or undefined for a mere label. */
  readonly unit: (text: string) => Powers | undefined;
  readonly report: Report;
  readonly contradiction: Contradiction;
}

/** Returns a name, or one like it where the canonical language has another use for the name. */
export const allowed = (name: string): string => (reservedReason(name) === undefined ? name : `${name}_`);

/** Definitions of one mechanism, shared by all of its blocks. */
export class Definitions {
  readonly #byText = new Map<string, string>();
  readonly list: Definition[] = [];

  constructor(readonly names: UniqueNames) {}

  /** Defines a variable, or returns the name of an equal one. */
  define(wanted: string, expression: Expression, unit: Powers, span: Span, held = false): string {
    const key = `${wanted} = ${printExpression(expression)}`;
    const known = this.#byText.get(key);
    if (known !== undefined) return known;
    const name = this.names.take(allowed(wanted));
    this.#byText.set(key, name);
    this.list.push({ name, expression, unit, span, held });
    return name;
  }

  /** Lets a definition be interpolated. */
  tabulate(name: string, table: TableOfPotential): void {
    const k = this.list.findIndex((one) => one.name === name);
    const known = this.list[k];
    if (known) this.list[k] = { ...known, table };
  }
}
