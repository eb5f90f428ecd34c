/** The syntax tree of an NMODL file. Spans are offsets in the text that `read` returned. */

import type { Expression, Span } from '../../src/lang/ast.js';

/** A name that a file declares: a parameter, an assigned variable, a state or a constant. */
export interface Declaration {
  readonly name: string;
  /** Its unit as written, without parentheses; absent: none is stated. */
  readonly unit?: string;
  /** Its value, if one is stated. */
  readonly value?: number;
  /** Number of elements; absent: a scalar. */
  readonly length?: number;
  readonly span: Span;
}

/** A name at its place. */
export interface Named {
  readonly name: string;
  readonly span: Span;
}

/** An ion of the NEURON block. */
export interface IonUse {
  readonly ion: string;
  readonly ionSpan: Span;
  readonly reads: readonly Named[];
  readonly writes: readonly Named[];
  readonly valence?: number;
  readonly span: Span;
}

/** A variable that is assigned: its name, and the index of an element of an array. */
export interface Target {
  readonly name: string;
  readonly index?: Expression;
  readonly span: Span;
}

/** States on one side of a reaction, with their numbers of molecules. */
export type Side = readonly { readonly state: Target; readonly count: number }[];

/** One statement. */
export type Statement = { readonly span: Span } & (
  | { readonly kind: 'assign'; readonly target: Target; readonly isRate: boolean; readonly value: Expression }
  | {
      readonly kind: 'call';
      readonly name: string;
      readonly arguments: readonly Expression[];
      /** Whether it follows another statement in its line. */
      readonly isAppended: boolean;
    }
  | {
      readonly kind: 'if';
      readonly condition: Expression;
      readonly whenTrue: readonly Statement[];
      readonly whenFalse: readonly Statement[];
    }
  | {
      readonly kind: 'from';
      readonly variable: string;
      readonly from: Expression;
      readonly to: Expression;
      readonly by: Expression | undefined;
      readonly body: readonly Statement[];
    }
  | { readonly kind: 'local'; readonly names: readonly string[] }
  | {
      readonly kind: 'solve';
      readonly block: string;
      readonly method: string;
      readonly methodSpan: Span;
      readonly isSteady: boolean;
    }
  | {
      readonly kind: 'reaction';
      readonly left: Side;
      readonly right: Side;
      readonly forward: Expression;
      readonly backward: Expression | undefined;
    }
  | { readonly kind: 'flux'; readonly state: Target; readonly value: Expression }
  | { readonly kind: 'equation'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'conserve'; readonly left: Expression; readonly right: Expression }
  | {
      readonly kind: 'compartment';
      readonly variable: string | undefined;
      readonly volume: Expression;
      readonly states: readonly string[];
    }
  | { readonly kind: 'watch'; readonly condition: Expression; readonly flag: Expression }
  | { readonly kind: 'initial'; readonly body: readonly Statement[] }
  /** FOR_NETCONS with names for the arguments of each connection. */
  | { readonly kind: 'connections'; readonly names: readonly string[]; readonly body: readonly Statement[] }
  | { readonly kind: 'refused'; readonly part: string }
);

/** A FUNCTION, PROCEDURE, DERIVATIVE or KINETIC block, or another block with a name. */
export interface Block {
  readonly kind: string;
  readonly name: string;
  readonly parameters: readonly Declaration[];
  /** Unit of its result. */
  readonly unit?: string;
  readonly body: readonly Statement[];
  readonly span: Span;
}

/** A TABLE statement with its variables. */
export interface Table {
  /** Name of the block that it is in. */
  readonly block: string;
  readonly names: readonly Named[];
  /** Limits of the argument, and the number of intervals between them. */
  readonly from: Expression;
  readonly to: Expression;
  readonly intervals: Expression;
  readonly span: Span;
}

/** An NMODL file. */
export interface NmodlFile {
  readonly title: string | undefined;
  readonly kind: 'density' | 'point' | 'artificial';
  readonly name: string;
  readonly ions: readonly IonUse[];
  readonly nonspecific: readonly string[];
  readonly electrode: readonly string[];
  readonly range: ReadonlySet<string>;
  /** Variables that all instances share. */
  readonly global: ReadonlySet<string>;
  /** Variables of POINTER. */
  readonly pointers: readonly Named[];
  /** Units of the UNITS block, by the names that the file gives them. */
  readonly units: ReadonlyMap<string, string>;
  readonly parameters: readonly Declaration[];
  readonly assigned: readonly Declaration[];
  readonly states: readonly Declaration[];
  readonly constants: readonly Declaration[];
  readonly blocks: ReadonlyMap<string, Block>;
  readonly initial: readonly Statement[];
  readonly breakpoint: readonly Statement[];
  readonly receive: Block | undefined;
  /** Numbers of elements of LOCAL arrays. */
  readonly localLengths: ReadonlyMap<string, number>;
  /** TABLE statements. */
  readonly tables: readonly Table[];
  /** Units that the file states, by their texts, where they occur first. */
  readonly stated: ReadonlyMap<string, Span>;
  /** Units by which the UNITS block defines others, by their texts. */
  readonly defined: ReadonlyMap<string, Span>;
  /** Parts of the text between UNITSOFF and UNITSON. */
  readonly unitless: readonly Span[];
}
