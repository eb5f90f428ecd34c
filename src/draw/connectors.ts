/**
 * Connections that a named generator draws, in PyNN's order: receivers one after the other, for each its senders, then
 * the values of their synapses.
 *
 * @source PyNN 0.13, pyNN.connectors; the orders of draws were checked against its mock backend (test/interoperability)
 */

import type { Expression } from '../lang/ast.js';
import type { DrawnValues } from '../model/typed.js';
import type { RandomState } from '../numpy/random-state.js';
import { drawVector, CannotDraw } from './generators.js';
import { none } from './drawn-model.js';
import { GrowingIndices } from './growing-arrays.js';

/** The ends of a connector; elements count within the ends. */
export interface ConnectorEnds {
  /** Number of senders. */
  readonly pre: number;
  /** Number of receivers. */
  readonly post: number;
  /** For each receiver the same element among the senders, or none; null if the ends have no common element. */
  readonly sameSource: Uint32Array | null;
  /** Whether both ends are the same elements in the same order. */
  readonly identical: boolean;
}

/** Arguments of a rule `hostDrawn`, from a translator. */
export interface Connector {
  /** The kind of connector: `fixedProbability`, `fixedNumberPost` and others. */
  readonly connector: string;
  /** Probability of a pair. */
  readonly p?: number | Expression;
  /** A number, or one that is drawn for each cell. */
  readonly n?: number | DrawnValues | null;
  /** Whether a pair may be connected more than once. */
  readonly replace?: boolean;
  /** Whether an element may connect to itself; absent: it may. */
  readonly self?: boolean;
  /** Whether both directions of a pair may be connected; absent: they may. */
  readonly mutual?: boolean;
  /** Small worlds: distance (m) of near targets, and the probability that an edge is moved. */
  readonly degree?: number;
  /** Small worlds: probability of rewiring an edge. */
  readonly rewiring?: number;
}

/** The interface of connectors to the network: generators, and values that depend on a pair. */
interface ConnectorSetting {
  readonly state: RandomState;
  /** Generator of a draw of the rule's own. */
  generatorOf(draw: DrawnValues): RandomState;
  /** Probabilities of the pairs of a receiver, for connectors that have an expression of it. */
  chances(target: number): (source: number) => number;
  /** Receivers that are nearer to a sender than a small world's degree, in order. */
  near(source: number): readonly number[];
}

/** Senders of a receiver: the first `count` of an array that the next column uses again. */
export interface Column {
  /** The receiver. */
  readonly target: number;
  /** Senders, in the order of synapse creation. */
  readonly sources: Uint32Array;
  /** Number of valid elements of the array. */
  readonly count: number;
  /** Index of creation of each synapse, if the order differs. */
  readonly at?: Uint32Array;
}

/**
 * The columns of a connector. They are drawn as they are taken, so draws of values in between keep PyNN's order.
 */
export function columnsOf(rule: Connector, ends: ConnectorEnds, questions: ConnectorSetting): Iterable<Column> {
  switch (rule.connector) {
    case 'fixedProbability':
    case 'probability':
      return byProbability(rule, ends, questions);
    case 'fixedNumberPre':
      return byTarget(rule, ends, questions);
    case 'fixedNumberPost':
      return collected(ends, bySource(rule, ends, questions));
    case 'fixedTotal':
      return collected(ends, inTotal(rule, ends, questions));
    case 'smallWorld':
      return collected(ends, smallWorld(rule, ends, questions));
    default:
      throw new CannotDraw(`the connector ${rule.connector}`);
  }
}

/**
 * A uniform number for every pair, whether it may connect or not. PyNN compares a lazy array of them with the
 * probability, and so draws from a copy of the generator: the generator itself does not move on, and the next such
 * projection has the same numbers.
 */
function* byProbability(
  { self = true, mutual = true, p }: Connector,
  { pre, post, sameSource }: ConnectorEnds,
  { state: generator, chances }: ConnectorSetting,
): Iterable<Column> {
  const state = generator.copy();
  const drawn = new Uint32Array(pre);
  const same = self ? null : sameSource;
  for (let target = 0; target < post; target++) {
    let found = 0;
    if (typeof p === 'number') found = state.below(pre, p, drawn);
    else {
      const chance = chances(target);
      for (let i = 0; i < pre; i++) if (state.double() < chance(i)) drawn[found++] = i;
    }
    const leftOut = same?.[target] ?? none;
    if (leftOut !== none || !mutual) {
      let kept = 0;
      for (let k = 0; k < found; k++) {
        const i = drawn[k] as number;
        if (i !== leftOut && (mutual || i > target)) drawn[kept++] = i;
      }
      found = kept;
    }
    if (found > 0) yield { target, sources: drawn, count: found };
  }
}

/** Chooses among the numbers below `size` except for one, as a connector with a fixed number does. */
class Chooser {
  readonly #size: number;
  readonly #state: RandomState;
  readonly #order: Uint32Array;
  chosen = new Uint32Array(0);

  constructor(size: number, state: RandomState) {
    this.#size = size;
    this.#state = state;
    this.#order = new Uint32Array(size);
  }

  /** Without repetition: whole sets first, then the beginning of a permutation. */
  different(n: number, exclude: number): void {
    const size = exclude < 0 ? this.#size : this.#size - 1;
    if (n > 0 && size === 0) throw new CannotDraw('a fixed number of connections for a cell without possible partners');
    this.#room(n);
    const number = (k: number): number => (exclude >= 0 && k >= exclude ? k + 1 : k);
    const rest = n % Math.max(1, size);
    let at = 0;
    for (; at < n - rest; at++) this.chosen[at] = number(at % size);
    if (rest === 0) return;
    const order = this.#state.permutation(size, this.#order);
    for (let k = 0; k < rest; k++) this.chosen[at++] = number(order[k] as number);
  }

  /** With repetition; excluded elements are drawn again, in order. */
  any(n: number, exclude: number): void {
    if (n > 0 && this.#size === (exclude < 0 ? 0 : 1))
      throw new CannotDraw('a fixed number of connections for a cell without possible partners');
    this.#room(n);
    for (let k = 0; k < n; k++) this.chosen[k] = this.#state.integer(0, this.#size);
    if (exclude < 0) return;
    let again: number[] = [];
    for (let k = 0; k < n; k++) if (this.chosen[k] === exclude) again.push(k);
    while (again.length > 0) {
      for (const k of again) this.chosen[k] = this.#state.integer(0, this.#size);
      again = again.filter((k) => this.chosen[k] === exclude);
    }
  }

  #room(n: number): void {
    if (this.chosen.length < n) this.chosen = new Uint32Array(n);
  }
}

/** PyNN draws a hundred numbers from a random number to test whether any is negative. */
const drawnBeforehand = 100;

/** A random number of connections as a whole number; PyNN can only work with such. */
function whole(value: number): number {
  if (!Number.isInteger(value) || value < 0)
    throw new CannotDraw(
      `a number of connections of ${value}, drawn from a distribution that is not over whole numbers of zero or more,`,
    );
  return value;
}

function* byTarget(
  { n = 0, replace = false, self = true }: Connector,
  { pre, post, identical }: ConnectorEnds,
  { state, generatorOf }: ConnectorSetting,
): Iterable<Column> {
  let numbers: Float64Array | null = null;
  if (typeof n === 'object' && n !== null) {
    const generator = generatorOf(n);
    drawVector(n.distribution, n.arguments, drawnBeforehand, generator);
    numbers = drawVector(n.distribution, n.arguments, post, generator);
  }
  const chooser = new Chooser(pre, state);
  for (let target = 0; target < post; target++) {
    const count = numbers ? whole(numbers[target] as number) : (n as number);
    const exclude = !self && identical ? target : -1;
    if (replace) chooser.any(count, exclude);
    else chooser.different(count, exclude);
    if (count > 0) yield { target, sources: chooser.chosen, count };
  }
}

/** Pairs in the order of drawing. */
class DrawnPairs {
  readonly sources = new GrowingIndices();
  readonly targets = new GrowingIndices();

  put(source: number, target: number): void {
    this.sources.push(source);
    this.targets.push(target);
  }

  /** One source and the first `count` of some targets. */
  putRow(source: number, targets: Uint32Array, count: number): void {
    this.sources.repeat(source, count);
    this.targets.append(targets, count);
  }
}

const bySource =
  (
    { n = 0, replace = false, self = true }: Connector,
    { pre, post, identical }: ConnectorEnds,
    { state, generatorOf }: ConnectorSetting,
  ) =>
  (pairs: DrawnPairs): void => {
    const draw = typeof n === 'object' && n !== null ? n : null;
    const generator = draw && generatorOf(draw);
    if (draw && generator) drawVector(draw.distribution, draw.arguments, drawnBeforehand, generator);
    const chooser = new Chooser(post, state);
    for (let source = 0; source < pre; source++) {
      const drawn = draw && generator ? drawVector(draw.distribution, draw.arguments, 1, generator)[0] : undefined;
      const count = drawn === undefined ? (n as number) : whole(drawn);
      const exclude = !self && identical ? source : -1;
      if (replace) chooser.any(count, exclude);
      else chooser.different(count, exclude);
      pairs.putRow(source, chooser.chosen, count);
    }
  };

/**
 * PyNN distributes the total over processes by a binomial draw; a single process gets all. Unlike PyNN, this function
 * redraws an excluded pair, and a repeated pair if pairs must be unique.
 */
const inTotal =
  (
    { n = 0, replace = true, self = true }: Connector,
    { pre, post, sameSource }: ConnectorEnds,
    { state }: ConnectorSetting,
  ) =>
  (pairs: DrawnPairs): void => {
    const total = typeof n === 'number' ? state.binomial(n, 1) : 0;
    const same = self ? null : sameSource;
    const known = replace ? null : new Set<number>();
    for (let k = 0; k < total;) {
      const source = state.integer(0, pre);
      const target = state.integer(0, post);
      if (same?.[target] === source || known?.has(source * post + target)) continue;
      known?.add(source * post + target);
      pairs.put(source, target);
      k++;
    }
  };

/**
 * No version of PyNN connects small worlds. Sources are processed in order. Each takes its near targets in order, or n
 * of them (the first of a permutation). For each target a uniform number is drawn. If it is below the probability,
 * integers are drawn until one is a target that the source lacks.
 */
const smallWorld =
  (
    { n, self = true, rewiring = 0 }: Connector,
    { pre, post, sameSource }: ConnectorEnds,
    { state, near }: ConnectorSetting,
  ) =>
  (pairs: DrawnPairs): void => {
    for (let source = 0; source < pre; source++) {
      const excluded = (target: number): boolean => !self && sameSource?.[target] === source;
      let targets = near(source).filter((target) => !excluded(target));
      if (typeof n === 'number' && n < targets.length) {
        const order = state.permutation(targets.length).subarray(0, n).sort();
        targets = Array.from(order, (k) => targets[k] as number);
      }
      const has = new Set(targets);
      let free = post - targets.length;
      if (!self) for (let target = 0; target < post; target++) if (excluded(target)) free--;
      for (const target of targets) {
        let into = target;
        if (state.double() < rewiring && free > 0) {
          do into = state.integer(0, post);
          while (has.has(into) || excluded(into));
          has.delete(target);
          has.add(into);
        }
        pairs.put(source, into);
      }
    }
  };

/** All pairs first, then by receiver. */
function* collected({ post }: ConnectorEnds, draw: (pairs: DrawnPairs) => void): Iterable<Column> {
  const pairs = new DrawnPairs();
  draw(pairs);
  const { starts, sorted } = byReceiver(pairs.sources.done(), pairs.targets.done(), post, null);
  for (let target = 0; target < post; target++) {
    const [begin, end] = [starts[target] as number, starts[target + 1] as number];
    if (end > begin) yield { target, sources: sorted.subarray(begin, end), count: end - begin };
  }
}

/** Columns of given pairs, in order within each. */
export function* columnsOfPairs(
  sources: ArrayLike<number>,
  targets: ArrayLike<number>,
  post: number,
): Iterable<Required<Column>> {
  const order = new Uint32Array(targets.length);
  const { starts, sorted } = byReceiver(sources, targets, post, order);
  for (let target = 0; target < post; target++) {
    const [begin, end] = [starts[target] as number, starts[target + 1] as number];
    if (end > begin)
      yield { target, sources: sorted.subarray(begin, end), count: end - begin, at: order.subarray(begin, end) };
  }
}

/** A stable counting sort by receiver; `order` gets the place of each in the order of creation. */
function byReceiver(
  sources: ArrayLike<number>,
  targets: ArrayLike<number>,
  post: number,
  order: Uint32Array | null,
): { readonly starts: Uint32Array; readonly sorted: Uint32Array } {
  const starts = new Uint32Array(post + 1);
  for (let k = 0; k < targets.length; k++)
    starts[(targets[k] as number) + 1] = (starts[(targets[k] as number) + 1] as number) + 1;
  for (let target = 0; target < post; target++)
    starts[target + 1] = (starts[target + 1] as number) + (starts[target] as number);
  const next = starts.slice();
  const sorted = new Uint32Array(targets.length);
  for (let k = 0; k < targets.length; k++) {
    const at = next[targets[k] as number] as number;
    next[targets[k] as number] = at + 1;
    if (order) order[at] = k;
    sorted[at] = sources[k] as number;
  }
  return { starts, sorted };
}
