/** Types of a document's own as Python: `sim.native.cell(...)`, for PyNN's interneuron backend. */

import { call, dictionary, list, prefixed, quoted, type Source } from '../../shared/python.js';
import { wrappedEquations } from '../../shared/wrapped-equations.js';
import type { NativeType } from '../native/equations.js';

/** Returns plain data as a Python literal. */
export function literal(item: unknown): Source {
  if (typeof item === 'number') return String(item);
  if (typeof item === 'boolean') return item ? 'True' : 'False';
  if (typeof item === 'string') return quoted(item);
  if (Array.isArray(item)) return list(item.map(literal));
  if (typeof item !== 'object' || item === null) return 'None';
  return literalMap(item as Readonly<Record<string, unknown>>);
}

const literalMap = (map: Readonly<Record<string, unknown>>): Source =>
  dictionary(Object.fromEntries(Object.entries(map).map(([key, value]) => [key, literal(value)])));

const identifier = /^[A-Za-z_]\w*$/;

/** Returns keyword arguments; names that Python does not accept go into a dictionary that is unpacked. */
export function keywordLiterals(map: Readonly<Record<string, unknown>>): readonly Source[] {
  const words = new Set('from in is as for if else and or not with lambda def class pass global'.split(' '));
  const plain = Object.entries(map).filter(([key]) => identifier.test(key) && !words.has(key));
  const odd = Object.entries(map).filter(([key]) => !identifier.test(key) || words.has(key));
  return [
    ...plain.map(([key, value]) => prefixed(`${key}=`, literal(value))),
    ...(odd.length === 0 ? [] : [prefixed('**', literalMap(Object.fromEntries(odd)))]),
  ];
}

/** Returns a type by its equations, one a line in a text of several lines. */
export function typeSource(kind: 'cell' | 'synapse', name: string, { equations = [], ...rest }: NativeType): Source {
  const whole = typeof equations === 'string' ? equations : equations.join('\n');
  const lines = wrappedEquations(whole, 8).split('\n');
  const text = whole === '' ? [] : [`equations="""\n${lines.map((line) => `        ${line}`).join('\n')}\n    """`];
  return call(`sim.native.${kind}`, [quoted(name), ...text, ...keywordLiterals(rest)]);
}
