import { mostListed } from '../../src/model/arrays.js';
import * as messages from './messages.js';
import type { Natives } from './native/types.js';
import type { Reporter } from './reporter.js';
import type { Rng } from './specification.generated.js';

/** State that all parts of an import share. */
export interface Setting extends Reporter {
  /** Time step, and the limits of delays, in ms. */
  readonly dt: number;
  /** Shortest delay in ms. */
  readonly minDelay: number;
  /** Longest delay in ms. */
  readonly maxDelay: number;
  /** Generators of the document by name. */
  readonly rngs: Readonly<Record<string, Rng>>;
  /** Types of the document's own. */
  readonly natives: Natives;
  /** Whether any part of the document reads positions of cells. */
  readonly usesPlaces: boolean;
  /** The text of a file that the document names, or why it is not read. */
  readFile(name: string): { readonly text: string } | { readonly refused: string };
  /**
   * Labels of populations and views with wrong definitions. References to them are not reported as further mistakes.
   */
  readonly refused: Set<string>;
  /** Returns the place of the next draw in PyNN's order of draws. */
  nextOrder(): number;
  /**
   * Whether the connections of a projection must be known before it is built on the target: values are for the pairs
   * that are connected.
   */
  needsConnections(label: string): boolean;
}

/** Checks whether so many things can be written out one by one; otherwise there is a finding. */
export function canList(count: number, pointer: string, setting: Reporter): boolean {
  if (count <= mostListed) return true;
  setting.report(messages.tooManyListed(count, mostListed), pointer);
  return false;
}

/** Returns the own value of a map that comes from a document. */
export const own = <T>(map: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(map, key) ? map[key] : undefined;

/** Returns the whole steps in a time, and whether the time is that many to within a thousandth of a step. */
export function stepsIn(time: number, dt: number): { readonly steps: number; readonly whole: boolean } {
  const steps = Math.round(time / dt);
  return { steps, whole: Math.abs(time / dt - steps) < 1e-3 };
}
