/** Functions of the library evaluated on the host, in float64, with the digits of every target. */

import { createEvaluator } from './evaluate.js';
import { libraryFunction, libraryNames, withCallees, type LibraryName } from './library/index.js';

/** A function of numbers. */
export type HostFunction = (values: readonly number[]) => number;

const known = new Map<string, HostFunction>();

const isLibraryName = (name: string): name is LibraryName => (libraryNames as readonly string[]).includes(name);

/** Returns a function of the library; undefined for other names. */
export function libraryCall(name: string): HostFunction | undefined {
  const cached = known.get(name);
  if (cached || !isLibraryName(name)) return cached;
  const f = libraryFunction(name, 'f64');
  const evaluator = createEvaluator(withCallees([f]));
  const call: HostFunction = (values) => Number(evaluator.call(f.name, values)[0]);
  known.set(name, call);
  return call;
}
