/**
 * Random numbers in compiled code: which stream, which counter, which function (`docs/determinism.md`, random numbers).
 *
 * Each textual draw has a static site number within its stream, so neither conditions nor rejection loops shift
 * another.
 */

import { InvariantError } from '../../diagnostics/diagnostic.js';
import * as ir from '../../ir/builder.js';
import { drawFunction, libraryFunction } from '../../ir/library/index.js';
import { streamKey } from '../../ir/library/streams.js';
import { drawOffset } from '../../ir/names.js';
import type { Buffer, Expression as Ir } from '../../ir/program.js';
import { code } from '../../ir/template.js';
import type { Call } from '../../lang/ast.js';
import type { Block } from './block.js';
import type { Context } from '../context/context.js';
import * as messages from '../context/messages.js';
import { foldCall, folded } from '../../ir/fold.js';
import { constantOf } from '../context/invariant.js';

/** The counter and key of draws in one kernel. */
export interface Draws {
  /** u32 values of the counter. */
  readonly element: Ir;
  /** Second value of the counter if one does not distinguish all draws; else 0. */
  readonly subElement: Ir;
  /** Part of the counter that identifies the step. */
  readonly step: Ir;
  /** Within a step: normal numbers of an even step and the next come as one pair. */
  readonly perStep: boolean;
  /** Key of the generator, from the model's seed and the stream's name. */
  readonly key: readonly [Ir, Ir];
  /** Number of random calls so far; each call has its own counter. */
  readonly sites: { next: number };
}

/**
 * Draws of several values of one element, each from its own stream. `current` is the stream of the value being
 * computed.
 */
export class ChangingDraws implements Draws {
  readonly step = ir.u32(0);
  readonly perStep = false;
  readonly element: Ir;
  readonly subElement: Ir;
  /** Null while the current value draws no numbers. */
  current: Draws | null = null;

  constructor(element: Ir, subElement: Ir) {
    this.element = element;
    this.subElement = subElement;
  }

  /** That of the draws that were set last. */
  get key(): readonly [Ir, Ir] {
    return this.current?.key ?? [ir.u32(0), ir.u32(0)];
  }

  /** The sites of the current draws. */
  get sites(): { next: number } {
    return this.current?.sites ?? { next: 0 };
  }
}

/** Returns the u32 counter value of a step. It does not repeat after a reset of the time. */
export function drawStep(of: Ir, context: Context): Ir {
  const word = code`u32(${of})`;
  if (!context.turnsBack) return word;
  const offset = context.builder.commonBuffer(
    drawOffset,
    'u32',
    1,
    'by how much the counters of draws are ahead of the step; even',
  );
  return code`${word} + ${offset}[0u]`;
}

/** Creates a buffer with two key values per stream; row k has the key of the k-th name. */
export function keyBuffer(name: string, streams: readonly string[], context: Context): Buffer {
  const words = streams.flatMap((stream) => [...streamKey(context.model.experiment.seed, stream)]);
  return context.builder.buffer(
    name,
    'u32',
    words.length,
    `random keys of ${streams.length === 1 ? streams[0] : `${streams[0]} and its siblings`}`,
    { role: 'constant', initial: Uint32Array.from(words) },
  );
}

/** Loads the two key values in row `ordinal` of a key buffer. */
export function keyAt(keys: Buffer, ordinal: Ir): readonly [Ir, Ir] {
  const first = folded`${ordinal} * 2u`;
  return [code`${keys}[${first}]`, code`${keys}[${folded`${first} + 1u`}]`];
}

/** Where the draws of code are counted and which streams they come from. */
export interface DrawnAt {
  /** Name of the buffer of keys, made when something is drawn. */
  readonly keys: string;
  /** One stream, or one for each ordinal. */
  readonly streams: readonly string[] | (() => readonly string[]);
  /** u32 row of the stream; absent: the first. */
  readonly ordinal?: Ir;
  /** u32 values of the counter; absent: 0. */
  readonly element: Ir;
  readonly subElement?: Ir;
  readonly step?: Ir;
  readonly perStep?: boolean;
  /** Shared by all code that must not draw the same number twice. */
  readonly sites?: Draws['sites'];
}

/** Returns the draws of some code. Their key buffer is created by the first draw. */
export function drawsAt({ keys, streams, ordinal = ir.u32(0), element, ...at }: DrawnAt, context: Context): Draws {
  return {
    element,
    subElement: at.subElement ?? ir.u32(0),
    step: at.step ?? ir.u32(0),
    perStep: at.perStep ?? false,
    sites: at.sites ?? { next: 0 },
    get key() {
      return keyAt(
        context.builder.common(keys, (key) =>
          keyBuffer(key, typeof streams === 'function' ? streams() : streams, context),
        ),
        ordinal,
      );
    },
  };
}

/** Counter value of a site: site * 2^24, to be increased by the iteration. */
export const siteWord = (site: number): Ir => ir.u32(site << 24);

/** Returns four u32 numbers of the generator at one counter. */
export function philox(counter: readonly [Ir, Ir, Ir, Ir], key: readonly [Ir, Ir], block: Block): [Ir, Ir, Ir, Ir] {
  const callee = drawFunction('philox4x32');
  const words = [0, 1, 2, 3].map((k) => block.local(`word${k}`, 'u32'));
  block.emit(ir.invoke(callee, [...counter, ...key], words));
  return words.map((word) => ir.get(word)) as [Ir, Ir, Ir, Ir];
}

/** Returns a float64 in (0, 1) from two u32 numbers. */
export const uniformOf = (low: Ir, high: Ir): Ir => ir.call(drawFunction('uniformFromWords'), low, high);

/** Returns two normal numbers from four u32 numbers. */
export function normalPairOf(words: readonly [Ir, Ir, Ir, Ir], block: Block): [Ir, Ir] {
  const callee = drawFunction('normalPair');
  const first = block.local('normal_even', 'f64');
  const second = block.local('normal_odd', 'f64');
  block.emit(ir.invoke(callee, [...words], [first, second]));
  return [ir.get(first), ir.get(second)];
}

/** More steps than this are searched one after the other. */
const mostSteps = 32;
/** A uniform number is never larger. */
const almostOne = 1 - 1.1102230246251565e-16;

/**
 * Returns the distribution function of a Poisson or binomial law with constant parameters, at 0, 1, 2 … up to the
 * largest uniform number. Returns null for other laws, for too many steps, and for invalid or variable parameters.
 */
function distributionSteps(name: string, given: readonly Ir[]): number[] | null {
  if (name !== 'poisson' && name !== 'binomial') return null;
  const value = (e: Ir): number => Number(constantOf(e)?.value ?? NaN);
  const parameters = given.map(value);
  const [n = NaN, p = NaN] = name === 'poisson' ? [Infinity, NaN] : parameters;
  const mean = name === 'poisson' ? (parameters[0] ?? NaN) : n * p;
  if (!(mean >= 0 && mean < 10) || (name === 'binomial' && !(Number.isInteger(n) && p <= 0.5))) return null;
  const call = (function_: 'exp' | 'log1p', x: number): number => {
    const callee = libraryFunction(function_, 'f64');
    return value(foldCall(callee, [ir.f64(x)], ir.call(callee, ir.f64(x))));
  };
  const odds = p / (1 - p);
  let probability = call('exp', name === 'poisson' ? -mean : n * call('log1p', -p));
  const steps = [probability];
  for (let k = 1; k < n; k++) {
    const before = steps[k - 1] as number;
    if (before >= almostOne) break;
    if (steps.length === mostSteps) return null;
    probability *= name === 'poisson' ? mean / k : ((n - k + 1) / k) * odds;
    const next = before + probability;
    // Rounding may keep the sum from ever reaching one.
    if (next === before) break;
    steps.push(next);
  }
  return steps;
}

/**
 * Returns the number of the ascending steps below a uniform number: one choice after another, since nested ones are
 * evaluated twice on vector lanes.
 */
function countOfSteps(uniform: Ir, steps: readonly number[], block: Block): Ir {
  return steps.reduce<Ir>(
    (count, step, k) => block.name('passed', code`select(${uniform} > ${step}, ${k + 1}, ${count})`),
    ir.f64(0),
  );
}

/** Calls of random functions that one stream has counters for (docs/determinism.md). */
const mostSites = 256;

/** Compiles one random call; `args` are float64. */
export function draw(call: Call, args: readonly Ir[], draws: Draws, block: Block, context: Context): Ir {
  const site = draws.sites.next++;
  if (site >= mostSites) context.diagnostics.add(messages.tooManyDraws(mostSites));
  const [a, b] = args;
  const counter = (stepWord: Ir): [Ir, Ir, Ir, Ir] => [draws.element, draws.subElement, stepWord, siteWord(site)];
  const uniform = (): Ir => {
    const [low, high] = philox(counter(draws.step), draws.key, block);
    return block.name('uniform', uniformOf(low, high));
  };
  const normal = (): Ir => {
    if (!draws.perStep) return normalPairOf(philox(counter(draws.step), draws.key, block), block)[0];
    const pair = normalPairOf(philox(counter(code`${draws.step} >> 1u`), draws.key, block), block);
    return block.name('normal', code`select((${draws.step} & 1u) == 0u, ${pair[0]}, ${pair[1]})`);
  };
  const looped = (
    name: 'poisson' | 'binomial' | 'gamma' | 'truncatedNormal' | 'vonMises',
    parameters: readonly Ir[],
  ): Ir => {
    const steps = distributionSteps(name, parameters);
    if (steps) return block.name(name, countOfSteps(uniform(), steps, block));
    const callee = drawFunction(name);
    return block.name(name, ir.call(callee, ...counter(draws.step), ...draws.key, ...parameters));
  };
  switch (call.function) {
    case 'uniform':
      return a && b ? folded`${a} + (${b} - ${a}) * ${uniform()}` : uniform();
    case 'normal':
      return a && b ? folded`${a} + ${b} * ${normal()}` : normal();
    case 'exponential': {
      const callee = drawFunction('exponentialFromUniform');
      return folded`${a ?? 1} * ${callee}(${uniform()})`;
    }
    case 'lognormal': {
      const z = normal();
      const callee = drawFunction('exp');
      return ir.call(callee, folded`${a ?? 0} + ${b ?? 1} * ${z}`);
    }
    case 'poisson':
      return looped('poisson', [a as Ir]);
    case 'binomial':
      return looped('binomial', [a as Ir, b as Ir]);
    case 'truncatedNormal':
    case 'vonMises':
      return looped(call.function, args);
    case 'gamma':
      return folded`${b as Ir} * ${looped('gamma', [a as Ir])}`;
    default:
      throw new InvariantError('lower/draws', `${call.function} is no random function`);
  }
}
