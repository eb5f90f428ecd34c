/**
 * Plays spikes of both cells into a synapse without a step: the effects of all spikes show its equations, whatever its
 * variables are called.
 */

import { memoised } from '../diagnostics/memoise.js';
import type { Assignment, Expression, Side, Statement } from '../lang/ast.js';
import { assigned, NoNumber } from '../lang/evaluate.js';
import { spelling } from '../lang/reference.js';
import { namesIn, writtenBy } from '../lang/walk.js';
import { near, valueAt } from '../library/recognise/numbers.js';
import type { NeuronType, SynapseType } from '../model/typed.js';
import { perform, readByRates, spikeOf, type Scope } from './element-scope.js';

/** Effect of the spikes of a cell on a variable, by a synapse. */
export interface Effect {
  /** The cell that spikes. */
  readonly end: Side;
  /** Variable of the receiving cell that both models have. */
  readonly variable: string;
  /** Whether its value changes, its rate, or it is a recorded variable of the synapse with values of its own. */
  readonly of: 'value' | 'rate' | 'synapse';
  /** From the spike, in s. */
  readonly delay: number;
  /** Change of the variable by each spike, or of its rate at each sampled time; or its value after each spike. */
  readonly jumps: readonly number[];
}

/** Steps at which both cells spike, and at which rates of the receiving cell are sampled. */
export type PlayedSpikes = Readonly<Record<Side | 'sampled', readonly number[]>>;

/** Prefix of variables of the receiving cell. */
const receiving = 'post.';

/** First step that is played: conditions on times before the run do not hold. */
const start = 1000;

/** Times in s after the last spike of the source at which rates are sampled. */
const later = Array.from({ length: 8 }, (_, k) => 1e-4 * 3 ** k);

/** Returns steps at which rates are sampled: after each spike of the source, and long after the last one. */
const sampledAt = (pre: readonly number[], longest: number, dt: number): readonly number[] => [
  ...pre.map((step) => step + longest + 2),
  ...later.map((seconds) => pre.at(-1)! + longest + 3 + Math.round(seconds / dt)),
];

/** Returns one spike of each cell: the effect of a synapse without states. @param longest  delay, in steps */
export const singleSpikes = (longest: number, dt: number): PlayedSpikes => ({
  pre: [start],
  post: [start + 1],
  sampled: sampledAt([start], longest, dt),
});

/**
 * Returns spikes of both cells: some at other intervals, then bursts in both orders, which bring weights to their
 * bounds.
 *
 * @param longest  delay of all synapses, in steps: no spike of one cell arrives with one of the other
 */
export function spikesToPlay(longest: number, least: number, dt: number): PlayedSpikes {
  const unit = 2 * Math.max(longest + 4, Math.ceil(least / 2));
  const burst = (from: number): readonly number[] => Array.from({ length: 10 }, (_, k) => from + k);
  const [pre, post] = [
    [0, 1, 3, 4, 9, ...[20, 40, 60].flatMap(burst), ...[91, 111, 131].flatMap(burst), 160],
    [0, 2, 3, 6, 7, ...[30, 50, 70].flatMap(burst), ...[81, 101, 121].flatMap(burst), 150],
  ].map((times) => times.map((time) => start + time * unit)) as [number[], number[]];
  return { pre, post: post.map((step) => step + unit / 2), sampled: sampledAt(pre, longest, dt) };
}

/** Checks whether the effects of spikes depend on earlier spikes. */
export const hasMemory = ({ state, derivatives, pathways }: SynapseType): boolean => {
  const written = writtenBy(Object.values(pathways).flatMap((pathway) => pathway.do));
  return Object.keys(derivatives).length > 0 || Object.keys(state).some((name) => written.has(name));
};

/** Checks whether spikes or variables of the receiving cell change the states of a synapse. */
export const hearsReceiver = ({ derivatives, events = {}, pathways }: SynapseType): boolean =>
  Object.values(pathways).some(({ on }) => on.end === 'post') ||
  [...Object.values(derivatives).map(({ rate }) => rate), ...Object.values(events).map(({ when }) => when)].some((e) =>
    [...namesIn(e)].some((name) => name.startsWith(receiving)),
  );

/** A cell that receives a synapse. */
export interface Receiver {
  readonly type: NeuronType;
  /** Returns values of its names, first those that are given. */
  readonly scopeWith: (more: Lookup) => Scope;
  /** Variables that both models have: they are held, and effects on them are compared. */
  readonly held: ReadonlySet<string>;
  /** States at which they are held. */
  readonly points: readonly ReadonlyMap<string, number>[];
  /** Returns the name of a target of the synapse in the cell. */
  readonly nameOf: (target: string) => string;
}

type Lookup = (name: string) => number | undefined;

/** What is played, and where. */
interface Play {
  /** Returns values of the synapse's names, first those that are given. */
  readonly scopeWith: (more: Lookup) => Scope;
  readonly receiver: Receiver;
  /** Delay of a pathway, in s. */
  readonly delayOf: (pathway: string) => number;
  /** Recorded variables of the synapse. */
  readonly recorded: readonly string[];
  readonly dt: number;
  readonly spikes: PlayedSpikes;
}

/**
 * Checks whether a synapse acts on the variables of a cell that both models have by other variables, such as a receptor
 * of one of the models.
 */
export function actsByOthers(
  { contributes, summed, events = {}, pathways, ports }: SynapseType,
  to: Receiver,
): boolean {
  const isHeld = (target: string): boolean => to.held.has(to.nameOf(target));
  const targets = Object.values(pathways).flatMap((pathway) =>
    pathway.do.map((statement) => (statement.kind === 'send' ? statement.port : statement.target)),
  );
  const outside = targets.filter((target) => target.startsWith(receiving) || ports[target] !== undefined);
  return contributes.length + summed.length + Object.keys(events).length > 0 || !outside.every(isHeld);
}

/**
 * Returns the effects of spikes on the variables of a cell that both models have: changes by each spike, and changes of
 * their rates by all other variables, at times after it.
 *
 * @throws NoNumber for synapses without linear equations, or with other effects
 */
export function playedEffects(type: SynapseType, play: Play): readonly Effect[] {
  const found = new Map<string, Effect & { readonly jumps: number[] }>();
  const isByOthers = actsByOthers(type, play.receiver);
  const points = isByOthers ? play.receiver.points : play.receiver.points.slice(0, 1);
  for (const [number, point] of points.entries()) {
    const add = (effect: Omit<Effect, 'jumps'>, at: number, change: number): void => {
      const { end, variable, of, delay } = effect;
      const isRate = of === 'rate';
      // Effects on values are compared at the first point, effects on rates at all of them.
      if (number > 0 && !isRate) return;
      const { pre, post, sampled } = play.spikes;
      const length = isRate ? sampled.length * points.length : (end === 'pre' ? pre : post).length;
      const key = `${end} ${variable} ${of} ${delay}`;
      const known = found.get(key) ?? { ...effect, jumps: Array.from({ length }, () => 0) };
      const place = isRate ? number * sampled.length + at : at;
      known.jumps[place] = of === 'synapse' ? change : known.jumps[place]! + change;
      found.set(key, known);
    };
    playAt(type, point, isByOthers, play, add);
  }
  return [...found.values()].filter(({ jumps }) => jumps.some((jump) => jump !== 0));
}

/** What happens at a step of a play. */
interface Arrival {
  readonly step: number;
  readonly order: number;
  /** The cell that spikes, and the time since its spike in s. */
  readonly end: Side;
  readonly delay: number;
  /** Of the spike, or of the sample of rates. */
  readonly number: number;
  /** What a pathway does, a change of the receiving cell, a spike of that, or a sample of its rates. */
  readonly act:
    | { readonly kind: 'pathway'; readonly statements: readonly Statement[] }
    | { readonly kind: 'change'; readonly variable: string; readonly change: number }
    | { readonly kind: 'spike' }
    | { readonly kind: 'sample' };
}

const ofCell = { order: -1, end: 'post', delay: 0, act: { kind: 'spike' } } as const;
const ofSample = { order: Infinity, end: 'pre', delay: 0, act: { kind: 'sample' } } as const;

/** Plays spikes into a synapse with the variables of the receiving cell held at a point. */
function playAt(
  type: SynapseType,
  point: ReadonlyMap<string, number>,
  isByOthers: boolean,
  { scopeWith, receiver, delayOf, recorded, dt, spikes }: Play,
  add: (effect: Omit<Effect, 'jumps'>, at: number, change: number) => void,
): void {
  const { state, derivatives, pathways, ports, contributes, summed, events = {}, noise } = type;
  if (noise.length > 0) throw new NoNumber('noise');
  const { type: cellType, held, nameOf } = receiver;
  // Synapses of LEMS hear spikes of their cell by a variable that its spike changes, such as their number.
  const watched = Object.values(events).flatMap(({ when }) => [...namesIn(when)]);
  const heard = [...new Set(watched.filter((name) => name.startsWith(receiving)))];
  const hearing = (spikeOf(cellType)?.do ?? []).filter(
    (statement) => statement.kind === 'assignment' && heard.includes(`${receiving}${statement.target}`),
  );
  const isSpike = (name: string): boolean =>
    writtenBy(hearing).has(name) && !held.has(name) && cellType.derivatives[name] === undefined;
  if (!heard.every((name) => isSpike(name.slice(receiving.length))))
    throw new NoNumber('an event of the state of the cell');
  const values = new Map<string, number>();
  const inputs = new Map<string, Expression[]>();
  for (const { to, value } of [...contributes, ...summed]) {
    const name = nameOf(spelling(to));
    inputs.set(name, [...(inputs.get(name) ?? []), value]);
  }
  const cell = receiver.scopeWith(
    (name) =>
      inputs.get(name)?.reduce((sum, value) => sum + valueAt(value, scope), 0) ??
      values.get(`${receiving}${name}`) ??
      point.get(name) ??
      (name === 't' ? values.get(name) : undefined),
  );
  const scope = scopeWith(
    (name) =>
      values.get(name) ??
      (name.startsWith(receiving) ? cell(name.slice(receiving.length)) : ports[name] ? 0 : undefined),
  );
  const own = Object.keys(state);
  const rest = Object.keys(cellType.state).filter((name) => !held.has(name) && !inputs.has(name));
  const read = isByOthers ? readByRates(cellType, [...held, ...rest]) : new Set<string>();
  const others = rest.filter((name) => read.has(name)).map((name) => `${receiving}${name}`);
  const ofTime = [...others.map((name) => name.slice(receiving.length)), ...held];
  const readsTime = readByRates(type, own).has('t') || (isByOthers && readByRates(cellType, ofTime).has('t'));
  const moving = [...own, ...others];
  const kept = new Set([...moving, ...heard]);
  for (const name of kept) values.set(name, scope(name));
  const rateOf = (name: string): number => {
    const isOfCell = name.startsWith(receiving);
    const { rate } = (isOfCell ? cellType.derivatives[name.slice(receiving.length)] : derivatives[name]) ?? {};
    return rate ? valueAt(rate, isOfCell ? cell : scope) : 0;
  };
  const isMoving = Object.keys(derivatives).length + others.length > 0;
  const advance = advancing(isMoving ? moving : [], values, rateOf);
  const heldRates = (): readonly number[] => (isByOthers ? [...held].map((name) => rateOf(`${receiving}${name}`)) : []);
  const actions = Object.entries(pathways).flatMap(([name, { on, do: statements, order }]): readonly Arrival[] => {
    const delay = delayOf(name);
    return spikes[on.end].map((spike, number) => {
      return {
        step: spike + Math.round(delay / dt),
        order,
        end: on.end,
        delay,
        number,
        act: { kind: 'pathway', statements },
      };
    });
  });
  const arrivals = [
    ...actions,
    ...(heard.length === 0 ? [] : spikes.post).map((step, number) => ({ ...ofCell, step, number })),
    ...(isByOthers ? spikes.sampled : []).map((step, number) => ({ ...ofSample, step, number })),
  ].sort((a, b) => a.step - b.step || a.order - b.order);
  const isTaken = ({ when }: NeuronType['events'][string]): boolean => {
    const names = [...namesIn(when)];
    const conditions = [...names, ...readByRates({ derivatives: {}, derived: cellType.derived }, names)];
    return conditions.some((name) => inputs.has(name) || others.includes(`${receiving}${name}`));
  };
  const ofInputs = Object.values(cellType.events).filter((event) => event !== spikeOf(cellType) && isTaken(event));
  const due = (): readonly (readonly [statements: readonly Statement[], isOfCell: boolean])[] => [
    ...ofInputs.flatMap((event) => (valueAt(event.when, cell) === 0 ? [] : [[event.do, true] as const])),
    ...Object.values(events).flatMap((event) => (valueAt(event.when, scope) === 0 ? [] : [[event.do, false] as const])),
  ];
  if (readsTime) {
    // Conditions of refractory periods read the time, and hold at all times without spikes of the cell.
    const rates = ({ step }: { readonly step: number }): string => {
      values.set('t', step * dt);
      return [...moving.map(rateOf), ...heldRates()].join(' ');
    };
    const first = moving.map((name) => values.get(name)!);
    for (const name of moving) values.set(name, 1);
    if (new Set(arrivals.map(rates)).size > 1) throw new NoNumber('rates that depend on the time');
    moving.forEach((name, k) => values.set(name, first[k]!));
  }
  let { delay: first = 0 } = actions.find(({ end }) => end === 'pre') ?? {};
  const before = heldRates();
  let last = start;
  // An effect after a delay of its own is put among the later ones.
  for (const { step, number, end, delay, act, ...arrival } of arrivals) {
    if (step > last) advance((step - last) * dt);
    last = Math.max(last, step);
    values.set('t', step * dt).set('t_in_timesteps', step);
    const changed = (variable: string, change: number, after: number): void => {
      if (held.has(variable)) add({ end, variable, of: 'value', delay: after }, number, change);
      else if (!others.includes(`${receiving}${variable}`)) throw new NoNumber('another variable');
      else if (after === delay) values.set(`${receiving}${variable}`, cell(variable) + change);
      else {
        const then = step + Math.round((after - delay) / dt);
        const place = arrivals.findIndex((one) => one.step > then || (one.step === then && one.act.kind === 'sample'));
        arrivals.splice(place < 0 ? arrivals.length : place, 0, {
          ...arrival,
          step: then,
          number,
          end,
          delay: after,
          act: { kind: 'change', variable, change },
        });
      }
    };
    const assign = (
      variable: string,
      { operator, value: expression }: Assignment,
      from: Scope,
      known: number,
    ): void => {
      const value = valueAt(expression, from);
      // The difference of two potentials would have fewer digits.
      const change = { '+=': value, '-=': -value }[operator as string] ?? assigned(operator, known, value) - known;
      changed(variable, change, delay);
    };
    const settle = (): void => {
      for (let round = 0, all = due(); all.length > 0; round += 1, all = due()) {
        if (round === mostRounds) throw new NoNumber('events without an end');
        for (const [code, isOfCell] of all)
          for (const statement of code) {
            if (statement.kind === 'send') throw new NoNumber('an event that sends');
            if (isOfCell) assign(statement.target, statement, cell, cell(statement.target));
            else perform([statement], scope, values);
          }
      }
    };
    if (act.kind === 'sample') {
      if (due().length > 0) throw new NoNumber('an event between spikes');
      const rates = heldRates();
      [...held].forEach((variable, k) => {
        add({ end, variable, of: 'rate', delay: first }, number, rates[k]! - before[k]!);
      });
    } else if (act.kind === 'spike') {
      const after = new Map<string, number>();
      perform(hearing, cell, after);
      for (const [name, value] of after) values.set(`${receiving}${name}`, value);
      settle();
    } else if (act.kind === 'change') {
      if (end === 'pre' && number === 0) first = delay;
      changed(act.variable, act.change, delay);
      settle();
    } else {
      for (const statement of act.statements) {
        if (statement.kind === 'send') {
          changed(nameOf(statement.port), valueAt(statement.value, scope), delay + valueAt(statement.after, scope));
          continue;
        }
        const { target } = statement;
        if (target.startsWith('pre.')) throw new NoNumber('an effect on the source');
        const isOutside = target.startsWith(receiving) || ports[target] !== undefined;
        if (isOutside) assign(nameOf(target), statement, scope, scope(target));
        else perform([statement], scope, values);
      }
      // Synapses of LEMS give a value for a moment: the cell takes it, or it is a current for one step.
      const [momentary, pending] = [heldRates(), due()];
      const isPulse = pending.length > 0 && !pending.some(([, isOfCell]) => isOfCell);
      settle();
      const lasting = isPulse ? heldRates() : momentary;
      [...held].forEach((variable, k) => {
        if (momentary[k] !== lasting[k]) changed(variable, (momentary[k]! - lasting[k]!) * scope('dt'), delay);
      });
    }
    for (const name of values.keys()) if (!kept.has(name)) values.delete(name);
    if (act.kind === 'pathway' || act.kind === 'spike')
      for (const variable of recorded) add({ end, variable, of: 'synapse', delay: 0 }, number, values.get(variable)!);
  }
}

/** Most events of a synapse and its cell at one time. */
const mostRounds = 8;

/**
 * Returns a function that advances variables by a time in s. @throws NoNumber for rates that are not linear in them
 *
 * @param values  of all names that the rates read
 */
function advancing(
  names: readonly string[],
  values: Map<string, number>,
  rateOf: (name: string) => number,
): (seconds: number) => void {
  if (names.length === 0) return () => undefined;
  const ratesAt = (point: readonly number[]): readonly number[] => {
    const before = names.map((name) => values.get(name) ?? 0);
    names.forEach((name, k) => values.set(name, point[k]!));
    const rates = names.map(rateOf);
    names.forEach((name, k) => values.set(name, before[k]!));
    return rates;
  };
  const constant = ratesAt(names.map(() => 0));
  const columns = names.map((_, j) =>
    ratesAt(names.map((__, k) => (k === j ? 1 : 0))).map((rate, k) => rate - constant[k]!),
  );
  // The last row and column hold the constant part.
  const matrix = [
    ...names.map((_, k) => [...columns.map((column) => column[k]!), constant[k]!]),
    [...names.map(() => 0), 0],
  ];
  const times = (rows: Matrix, point: readonly number[]): readonly number[] =>
    rows.map((row) => row.reduce((sum, entry, k) => sum + entry * point[k]!, 0));
  for (const point of [names.map((_, k) => 0.37 + 0.11 * k), names.map((_, k) => 2.3 - 0.7 * k)]) {
    const [linear, actual] = [times(matrix, [...point, 1]), ratesAt(point)];
    const size = Math.max(...matrix.flat().map(Math.abs));
    if (!actual.every((rate, k) => near(rate, linear[k]!, size))) throw new NoNumber('rates that are not linear');
  }
  const known = new Map<number, Matrix>();
  return (seconds) => {
    const flow = known.get(seconds) ?? exponential(matrix.map((row) => row.map((entry) => entry * seconds)));
    known.set(seconds, flow);
    const after = times(flow, [...names.map((name) => values.get(name) ?? 0), 1]);
    names.forEach((name, k) => values.set(name, after[k]!));
  };
}

type Matrix = readonly (readonly number[])[];

/** Returns the exponential of a matrix, which many synapses share. */
const exponential = (matrix: Matrix): Matrix => exponentialOf(matrix.map((row) => row.join(' ')).join('\n'));

/** Returns the exponential of a matrix as text: Taylor's series of a small part of it, squared. */
const exponentialOf = memoised((text: string): Matrix => {
  const matrix = text.split('\n').map((row) => row.split(' ').map(Number));
  const product = (a: Matrix, b: Matrix): Matrix =>
    a.map((row) => row.map((_, j) => row.reduce((sum, entry, k) => sum + entry * b[k]![j]!, 0)));
  const norm = Math.max(...matrix.map((row) => row.reduce((sum, entry) => sum + Math.abs(entry), 0)));
  const halvings = Math.max(0, Math.ceil(Math.log2(norm || 1)) + 2);
  const part = matrix.map((row) => row.map((entry) => entry / 2 ** halvings));
  let term: Matrix = matrix.map((row, i) => row.map((_, j) => (i === j ? 1 : 0)));
  let sum = term;
  for (let k = 1; k <= 14; k += 1) {
    term = product(term, part).map((row) => row.map((entry) => entry / k));
    sum = sum.map((row, i) => row.map((entry, j) => entry + term[i]![j]!));
  }
  for (let k = 0; k < halvings; k += 1) sum = product(sum, sum);
  return sum;
});
