/** Draws by named generators while the model is built, in the order that a notation prescribes. */

import { itemAt } from '../diagnostics/entry.js';
import type { Finding } from '../diagnostics/diagnostic.js';
import { streamKey } from '../ir/library/streams.js';
import type { Value } from '../model/typed.js';
import * as messages from './messages.js';
import { RandomState } from '../numpy/random-state.js';

/** Whether a value is drawn by a named generator. */
export const isDraw = (value: Value): value is Extract<Value, { kind: 'draw' }> =>
  typeof value === 'object' && value.kind === 'draw';

/** One thing that draws, and its place in the order of all. */
export interface Job {
  /** Its place; jobs of one order run as they were added. */
  readonly order: number;
  /** Draws. */
  readonly run: () => void;
}

/** In place of a seed: the model's own. */
const modelSeed = 'model';

/** The properties that identify a generator of a model. */
export interface NamedGenerator {
  /** A whole number, or `model`. */
  readonly seed: string | number;
  /** Distinguishes generators of one seed. */
  readonly stream?: string;
  /** Number of u32 values drawn earlier; absent: 0. */
  readonly skip?: number;
}

/** Generators that draws of a model share, each with its state. */
export class Generators {
  readonly #states = new Map<string, RandomState>();
  readonly #seed: string;

  /** @param seed  the model's */
  constructor(seed: string) {
    this.#seed = seed;
  }

  /** The generator of a seed; one seed may have several streams, each beginning again. */
  of({ seed, stream = '', skip = 0 }: NamedGenerator): RandomState {
    const key = `${String(seed)}/${stream}/${skip}`;
    let state = this.#states.get(key);
    if (!state) {
      const first = seed === modelSeed ? streamKey(this.#seed, `generator/${stream}`)[0] : Number(seed);
      this.#states.set(key, (state = new RandomState(first)));
      state.skip(skip);
    }
    return state;
  }
}

/** Why a draw is impossible: an unsupported feature, or a mistake of the model. */
export class CannotDraw extends Error {
  /** The finding to report. */
  readonly finding: Finding;

  constructor(what: string | Finding) {
    const finding = typeof what === 'string' ? messages.unsupportedFeature(what) : what;
    super(finding.message);
    this.finding = finding;
  }
}

/** Largest number of rounds that redraw numbers outside of limits. */
const mostRounds = 1000;

/** `count` numbers of a distribution, in the unit that it draws in. */
export function drawVector(
  name: string,
  parameters: readonly number[],
  count: number,
  state: RandomState,
): Float64Array {
  const [a = 0, b = 0, low = -Infinity, high = Infinity] = parameters;
  const each = (generate: () => number): Float64Array => {
    const values = new Float64Array(count);
    for (let k = 0; k < count; k++) values[k] = generate();
    return values;
  };
  switch (name) {
    case 'uniform':
      return each(() => state.uniform(a, b));
    case 'uniform_int':
      return each(() => state.integer(a, b));
    case 'normal':
      return each(() => state.normal(a, b));
    case 'lognormal':
      return each(() => state.lognormal(a, b));
    case 'exponential':
      return each(() => state.exponential(a));
    case 'gamma':
      return each(() => state.gamma(a, b));
    case 'poisson':
      return each(() => state.poisson(a));
    case 'binomial':
      return each(() => state.binomial(a, b));
    case 'vonmises':
      return each(() => state.vonMises(a, b));
    case 'normal_clipped_to_boundary':
      return each(() => Math.max(low, Math.min(high, state.normal(a, b))));
    case 'normal_clipped':
      return clipped(
        each(() => state.normal(a, b)),
        low,
        high,
        () => state.normal(a, b),
      );
    default:
      throw new CannotDraw(`a draw of ${name}`);
  }
}

/** Redraws, in order, the numbers outside of the limits until all are inside. */
function clipped(values: Float64Array, low: number, high: number, again: () => number): Float64Array {
  let outside = [...values.keys()].filter((k) => !(itemAt(values, k) >= low && itemAt(values, k) <= high));
  for (let round = 0; outside.length > 0; round++) {
    if (round === mostRounds)
      throw new CannotDraw(`a normal distribution that is almost never between ${low} and ${high}`);
    for (const k of outside) values[k] = again();
    outside = outside.filter((k) => !(itemAt(values, k) >= low && itemAt(values, k) <= high));
  }
  return values;
}

/** Drawn numbers in SI: scaled by a power of ten with one rounding. */
export function inSi(values: ArrayLike<number>, exponent10 = 0): Float64Array {
  let power = 1;
  for (let k = 0; k < Math.abs(exponent10); k++) power *= 10;
  const result = new Float64Array(values.length);
  for (let k = 0; k < result.length; k++) {
    const value = values[k] as number;
    result[k] = exponent10 > 0 ? value * power : value / power;
  }
  return result;
}
