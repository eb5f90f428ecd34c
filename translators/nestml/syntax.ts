/** The syntax tree of NESTML. Spans are offsets in the text. */

import type { Expression, Span } from '../../src/lang/ast.js';
import { reservedReason } from '../../src/model/normalise/names.js';

/** A type as written: a word such as `real`, or a unit such as `pA/mV`. */
export interface TypeText {
  readonly text: string;
  readonly span: Span;
}

/** A variable with its type and value. */
export interface Declaration {
  readonly name: string;
  readonly type: TypeText;
  /** Number of elements of a vector. */
  readonly size?: Expression;
  /** Whether the text of the model needs its value, as that of a parameter that is the size of a vector. */
  readonly isFixed?: true;
  readonly value: Expression | undefined;
  /** What its values fulfil. */
  readonly invariant?: Expression;
  readonly span: Span;
}

/** An equation: `order` counts the primes of its variable. */
export interface Equation {
  readonly name: string;
  readonly order: number;
  readonly value: Expression;
  readonly span: Span;
}

/** A kernel: a function of `t`, or equations. */
export interface Kernel {
  readonly equations: readonly Equation[];
  readonly span: Span;
}

/** An input port. */
export interface Port {
  readonly name: string;
  readonly kind: 'spike' | 'continuous';
  readonly unit: TypeText | undefined;
  /** Number of elements of a vector. */
  readonly length: number | undefined;
  readonly qualifiers: readonly string[];
  readonly span: Span;
}

/** A statement. */
export type Statement = { readonly span: Span } & (
  | {
      readonly kind: 'assign';
      readonly target: string;
      /** Of an element of a vector. */
      readonly index?: Expression;
      readonly operator: string;
      readonly value: Expression;
    }
  | { readonly kind: 'declare'; readonly declarations: readonly Declaration[] }
  | { readonly kind: 'call'; readonly name: string; readonly arguments: readonly Expression[] }
  | { readonly kind: 'return'; readonly value: Expression | undefined }
  | {
      readonly kind: 'if';
      readonly condition: Expression;
      readonly whenTrue: readonly Statement[];
      readonly whenFalse: readonly Statement[];
    }
  | {
      readonly kind: 'for';
      readonly variable: string;
      readonly from: Expression;
      readonly to: Expression;
      readonly step: Expression | undefined;
      readonly body: readonly Statement[];
    }
  | { readonly kind: 'while'; readonly condition: Expression; readonly body: readonly Statement[] }
);

/** A function of the model. */
export interface FunctionDefinition {
  readonly name: string;
  readonly parameters: readonly Declaration[];
  /** Type of the result; absent: there is none. */
  readonly result?: TypeText;
  readonly body: readonly Statement[];
  readonly span: Span;
}

/** Code that runs at spikes of a port, or while a condition holds. */
export interface Handler {
  readonly port?: string;
  readonly condition?: Expression;
  readonly priority?: number;
  readonly body: readonly Statement[];
  readonly span: Span;
}

/** A model of a neuron or a synapse. */
export interface NestmlModel {
  readonly name: string;
  readonly span: Span;
  readonly state: readonly Declaration[];
  readonly parameters: readonly Declaration[];
  readonly internals: readonly Declaration[];
  readonly inlines: readonly Declaration[];
  readonly equations: readonly Equation[];
  readonly kernels: readonly Kernel[];
  readonly ports: readonly Port[];
  readonly emits: boolean;
  readonly update: readonly Statement[];
  readonly receivers: readonly Handler[];
  readonly conditions: readonly Handler[];
  readonly functions: ReadonlyMap<string, FunctionDefinition>;
}

/** Returns the code of a model that runs in a step. */
export const bodiesOf = ({ update, receivers, conditions }: NestmlModel): readonly (readonly Statement[])[] => [
  update,
  ...[...receivers, ...conditions].map(({ body }) => body),
];

/** Returns statements with those of their branches and loops. */
export const partsOf = (body: readonly Statement[]): readonly Statement[] =>
  body.flatMap((one) => {
    if (one.kind === 'if') return [one, ...partsOf([...one.whenTrue, ...one.whenFalse])];
    return one.kind === 'for' || one.kind === 'while' ? [one, ...partsOf(one.body)] : [one];
  });

/** Checks whether statements integrate equations. */
export const integrates = (body: readonly Statement[]): boolean =>
  partsOf(body).some((one) => one.kind === 'call' && one.name === 'integrate_odes');

/** Variables that statements assign to. */
export const targetsIn = (body: readonly Statement[]): readonly string[] =>
  partsOf(body).flatMap((one) => (one.kind === 'assign' ? [one.target] : []));

/** Orders code of events: that of a higher priority runs first. */
export const byPriority = (a: Handler, b: Handler): number => (b.priority ?? 0) - (a.priority ?? 0);

/** Checks whether a model is of a synapse: its ports have no qualifiers, and one is called as those of synapses. */
export const isSynapse = ({ ports, receivers }: NestmlModel): boolean =>
  ports.some(({ name }) => name === 'pre_spikes') && receivers.some(({ port }) => port === 'pre_spikes');

/** Name of the marker around a number with its unit, in expressions. */
export const unitMarker = '[unit]';

/** Name of the marker around a vector and the index of its element. */
export const indexMarker = '[index]';

/** Returns the name of an element of a vector. */
export const elementName = (vector: string, index: number | string): string => `${vector}_${index}`;

/** Returns a name that a variable may have: one with a meaning of its own gets an underscore. */
export const allowedName = (name: string): string => (reservedReason(name) === undefined ? name : `${name}_`);

/** Returns the name of a derivative of a variable: `g'` is `g__d`, `g$` is `g__DOLLAR`, as NEST names them. */
export const plainName = (text: string, order = 0): string => text.replaceAll('$', '__DOLLAR') + '__d'.repeat(order);

/** Returns the variable that a name of `plainName` is a derivative of, or the name itself. */
export const variableOf = (name: string): string => name.replace(/(?:__d)+$/, '');

/** Returns the ports of a model by the names that NEST gives to its receptors. */
export function receptorsOf({ ports }: NestmlModel): Readonly<Record<string, string>> {
  const spiking = ports.filter(({ kind }) => kind === 'spike');
  const [only] = spiking;
  const named = (name: string): string | undefined =>
    spiking.length === 1 && only?.qualifiers.length !== 1
      ? only?.name
      : spiking.find(({ qualifiers }) => qualifiers.includes(name))?.name;
  const [excitatory, inhibitory] = [named('excitatory'), named('inhibitory')];
  const isUsual = spiking.every(({ name }) => name === excitatory || name === inhibitory);
  return isUsual
    ? { ...(excitatory === undefined ? {} : { excitatory }), ...(inhibitory === undefined ? {} : { inhibitory }) }
    : Object.fromEntries(spiking.map(({ name }) => [name.toUpperCase(), name]));
}
