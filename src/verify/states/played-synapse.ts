/**
 * Plays spikes of both cells into a synapse without a step: the effects of all spikes show its equations, whatever its
 * variables are called.
 */

import type { Assignment, Expression, Side, Statement } from '../../lang/ast.js';
import { assigned, NoNumber } from '../../lang/evaluate.js';
import { namesIn, writtenBy } from '../../lang/walk.js';
import { valueAt } from '../../library/recognise/numbers.js';
import type { NeuronType, SynapseType } from '../../model/typed.js';
import { perform, readByRates, readThrough, spikeOf, type Scope } from './element-scope.js';
import { advancing } from './linear-rates.js';
import { start, type PlayedSpikes } from './played-spikes.js';
import {
  actsByOthers,
  hasMemory,
  heardOf,
  hearingOf,
  receiving,
  termsOf,
  type Lookup,
  type Receiver,
} from './synapse-kinds.js';

/** Values of a synapse before the first spike: its own, or the bounds of its variables. */
export const starts = ['first value', 'upper bound', 'lower bound'] as const;

/** Effect of the spikes of a cell on a variable, by a synapse. */
export interface Effect {
  readonly from: (typeof starts)[number];
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

/** Spikes to play, and the synapse and cell that receive them. */
interface Play {
  /** Returns values of the synapse's names, first the given ones. */
  readonly scopeWith: (more: Lookup) => Scope;
  readonly receiver: Receiver;
  /** Delay of a pathway, in s. */
  readonly delayOf: (pathway: string) => number;
  /** Recorded variables of the synapse. */
  readonly recorded: readonly string[];
  readonly dt: number;
  readonly spikes: PlayedSpikes;
  /** Values of the synapse's variables before the first spike; absent: their own. */
  readonly first?: ReadonlyMap<string, number>;
  /** Whether several spikes are also played from each bound of the synapse. */
  readonly fromBounds: boolean;
}

/** Effects of the spikes that are played into a synapse. */
export interface PlayedEffects {
  readonly effects: readonly Effect[];
  /** Reason why bounds of the synapse's variables are not known. */
  readonly unbounded?: string;
}

/**
 * Returns the effects of spikes on the variables of a cell that both models have: changes by each spike, and changes of
 * their rates by all other variables, at times after it.
 *
 * @throws NoNumber for synapses without linear equations, or with other effects
 */
export function playedEffects(type: SynapseType, play: Play): PlayedEffects {
  const usual = effectsFrom('first value', new Map(), type, play);
  if (!hasMemory(type) || play.spikes.pre.length === 1 || !play.fromBounds) return { effects: usual };
  try {
    const atBounds = starts.slice(1).flatMap((from) => {
      const bounds = boundsOf(type, play, from === 'upper bound' ? 1 : -1);
      return bounds.size === 0 ? [] : effectsFrom(from, bounds, type, play);
    });
    return { effects: [...usual, ...atBounds] };
  } catch (error) {
    if (!(error instanceof NoNumber || error instanceof RangeError)) throw error;
    return { effects: usual, unbounded: error.message };
  }
}

/** Steps before spikes in which variables without bounds of their own decay. */
const muchLater = 20_000;

/** Values far beyond the first one at which a bound shows, relative to its size. */
const far = [1e5, 1e6] as const;

/**
 * Returns the bounds of the variables of a synapse that spikes write: the values that spikes leave of any much larger
 * value, or of any much smaller one.
 */
function boundsOf(type: SynapseType, play: Play, sign: 1 | -1): ReadonlyMap<string, number> {
  const { pathways, events = {} } = type;
  const written = writtenBy([...Object.values(pathways), ...Object.values(events)].flatMap((one) => one.do));
  const isByOthers = actsByOthers(type, play.receiver);
  const after = (spikes: PlayedSpikes, name: string, value?: number): number => {
    const first = new Map(value === undefined ? [] : [[name, value]]);
    const [point = new Map<string, number>()] = play.receiver.points;
    return playAt(type, point, isByOthers, { ...play, spikes, first }, () => undefined).valueOf(name);
  };
  // The later spike of a pair usually increases a weight if it is the cell's, and decreases it if it is the source's.
  const longest = Math.max(...Object.keys(pathways).map((name) => Math.ceil(play.delayOf(name) / play.dt)));
  const between = longest + 1;
  const spikesFrom = (step: number): PlayedSpikes => ({
    pre: [step + between],
    post: [step + (sign > 0 ? 2 * between : 0)],
    sampled: [],
  });
  const [single, later] = [spikesFrom(start), spikesFrom(start + muchLater)];
  const own = play.scopeWith((name) => (name.startsWith(receiving) ? 0 : undefined));
  const found = new Map<string, number>();
  for (const name of Object.keys(type.state).filter((one) => written.has(one))) {
    const first = own(name);
    const size = Math.abs(first) || Math.abs(after({ ...play.spikes, sampled: [] }, name)) || 1;
    const [bound = NaN, further = NaN] = far.map((factor) => after(single, name, sign * factor * size));
    if (!(Math.abs(bound - further) <= 1e-6 * Math.max(Math.abs(bound), size))) continue;
    // Spikes set other variables, such as the time of the last spike, whatever their value is.
    const isKept = [-1e-3, 1e-3].some((more) => after(single, name, first + more * size) !== after(single, name));
    // Variables that decay do not reach the values that guards of them state.
    const [soon, late] = [single, later].map((spikes) => after(spikes, name, first + size));
    if (isKept && Math.abs(soon! - late!) <= 1e-9 * size) found.set(name, bound);
  }
  return found;
}

/** Returns the effects of spikes on a synapse with some first values. */
function effectsFrom(
  from: Effect['from'],
  first: ReadonlyMap<string, number>,
  type: SynapseType,
  given: Play,
): readonly Effect[] {
  const play: Play = { ...given, first };
  const found = new Map<string, Effect & { readonly jumps: number[] }>();
  const isByOthers = actsByOthers(type, play.receiver);
  const points = isByOthers ? play.receiver.points : play.receiver.points.slice(0, 1);
  for (const [number, point] of points.entries()) {
    const add = (effect: Omit<Effect, 'jumps' | 'from'>, at: number, change: number): void => {
      const { end, variable, of, delay } = effect;
      const isRate = of === 'rate';
      // Effects on values are compared at the first point, effects on rates at all of them.
      if (number > 0 && !isRate) return;
      const { pre, post, sampled } = play.spikes;
      const length = isRate ? sampled.length * points.length : (end === 'pre' ? pre : post).length;
      const key = `${end} ${variable} ${of} ${delay}`;
      const known = found.get(key) ?? { ...effect, from, jumps: Array.from({ length }, () => 0) };
      const place = isRate ? number * sampled.length + at : at;
      known.jumps[place] = of === 'synapse' ? change : known.jumps[place]! + change;
      found.set(key, known);
    };
    playAt(type, point, isByOthers, play, add);
  }
  return [...found.values()].filter(({ jumps }) => jumps.some((jump) => jump !== 0));
}

/** An event at a step of a play. */
interface Arrival {
  readonly step: number;
  readonly order: number;
  /** The cell that spikes, and the time since its spike in s. */
  readonly end: Side;
  readonly delay: number;
  /** Of the spike, or of the sample of rates. */
  readonly number: number;
  /** Statements of a pathway, a change of the receiving cell, its spike, or a sample of its rates. */
  readonly act:
    | { readonly kind: 'pathway'; readonly statements: readonly Statement[] }
    | { readonly kind: 'change'; readonly variable: string; readonly change: number }
    | { readonly kind: 'spike' }
    | { readonly kind: 'sample' };
}

const ofCell = { order: -1, end: 'post', delay: 0, act: { kind: 'spike' } } as const;
const ofSample = { order: Infinity, end: 'pre', delay: 0, act: { kind: 'sample' } } as const;

/** Plays spikes into a synapse with the variables of the receiving cell held at a point, and returns both. */
function playAt(
  type: SynapseType,
  point: ReadonlyMap<string, number>,
  isByOthers: boolean,
  play: Play,
  add: (effect: Omit<Effect, 'jumps' | 'from'>, at: number, change: number) => void,
): Playing {
  if (type.noise.length > 0) throw new NoNumber('noise');
  const heard = heardOf(type);
  const arrivals = arrivalsOf(type, play, heard.length > 0, isByOthers);
  const playing = new Playing(type, heard, point, isByOthers, play, arrivals, add);
  // An effect after a delay of its own is put among the later ones.
  for (const arrival of arrivals) playing.take(arrival);
  return playing;
}

/** Returns all arrivals of a play, in order. */
function arrivalsOf(
  { pathways }: SynapseType,
  { delayOf, dt, spikes }: Play,
  hearsSpikes: boolean,
  isByOthers: boolean,
): Arrival[] {
  const actions = Object.entries(pathways).flatMap(([name, { on, do: statements, order }]): readonly Arrival[] => {
    const { end } = on;
    const delay = delayOf(name);
    const steps = spikes[end].map((spike) => spike + Math.round(delay / dt));
    return steps.map((step, number) => ({ step, order, end, delay, number, act: { kind: 'pathway', statements } }));
  });
  return [
    ...actions,
    ...(hearsSpikes ? spikes.post : []).map((step, number) => ({ ...ofCell, step, number })),
    ...(isByOthers ? spikes.sampled : []).map((step, number) => ({ ...ofSample, step, number })),
  ].sort((a, b) => a.step - b.step || a.order - b.order);
}

/** A synapse and its receiving cell while spikes are played into them. */
class Playing {
  /** Values of the synapse's variables and of the cell's, which have a prefix. */
  readonly #values = new Map<string, number>();
  readonly #inputs: ReadonlyMap<string, readonly Expression[]>;
  readonly #cell: Scope;
  readonly #scope: Scope;
  readonly #hearing: readonly Statement[];
  /** Variables of the cell that only one model has, and which act on the held ones. */
  readonly #others: readonly string[];
  readonly #kept: ReadonlySet<string>;
  /** Events of the cell, other than its spike, that inputs or other variables can bring about. */
  readonly #ofInputs: readonly NeuronType['events'][string][];
  readonly #advance: (seconds: number) => void;
  /** Rates of held variables before any spike. */
  readonly #before: readonly number[];
  /** Delay of the effects of the source, in s. */
  #first: number;
  #last = start;

  constructor(
    private readonly type: SynapseType,
    heard: readonly string[],
    point: ReadonlyMap<string, number>,
    private readonly isByOthers: boolean,
    private readonly play: Play,
    private readonly arrivals: Arrival[],
    private readonly add: (effect: Omit<Effect, 'jumps' | 'from'>, at: number, change: number) => void,
  ) {
    const { state, derivatives, ports } = type;
    const { receiver, scopeWith } = play;
    const { type: cellType, held } = receiver;
    const values = this.#values;
    this.#hearing = hearingOf(heard, receiver);
    this.#inputs = termsOf(type, receiver);
    const inputOf = (name: string): number | undefined =>
      this.#inputs.get(name)?.reduce((sum, value) => sum + valueAt(value, this.#scope), 0);
    const cell = receiver.scopeWith(
      (name) =>
        inputOf(name) ??
        values.get(`${receiving}${name}`) ??
        point.get(name) ??
        (name === 't' ? values.get(name) : undefined),
    );
    this.#cell = cell;
    this.#scope = scopeWith(
      (name) =>
        values.get(name) ??
        (name.startsWith(receiving) ? cell(name.slice(receiving.length)) : ports[name] ? 0 : undefined),
    );
    const own = Object.keys(state);
    const rest = Object.keys(cellType.state).filter((name) => !held.has(name) && !this.#inputs.has(name));
    const read = isByOthers ? readByRates(cellType, [...held, ...rest]) : new Set<string>();
    const others = rest.filter((name) => read.has(name));
    this.#others = others.map((name) => `${receiving}${name}`);
    const moving = [...own, ...this.#others];
    this.#kept = new Set([...moving, ...heard]);
    for (const name of this.#kept) values.set(name, play.first?.get(name) ?? this.#scope(name));
    const isMoving = Object.keys(derivatives).length + others.length > 0;
    this.#advance = advancing(isMoving ? moving : [], values, (name) => this.#rateOf(name));
    const isTaken = ({ when }: NeuronType['events'][string]): boolean =>
      [...readThrough(cellType.derived, [...namesIn(when)])].some(
        (name) => this.#inputs.has(name) || others.includes(name),
      );
    this.#ofInputs = Object.values(cellType.events).filter((event) => event !== spikeOf(cellType) && isTaken(event));
    const readsTime =
      readByRates(type, own).has('t') || (isByOthers && readByRates(cellType, [...others, ...held]).has('t'));
    if (readsTime) this.#refuseTime(moving);
    const [effect] = Object.entries(type.pathways).find(([, { on }]) => on.end === 'pre') ?? [];
    this.#first = effect === undefined ? 0 : play.delayOf(effect);
    this.#before = this.#heldRates();
  }

  /** Returns the value of a variable of the synapse. */
  valueOf(name: string): number {
    return this.#values.get(name)!;
  }

  /** Takes an arrival, after the time since the last one. */
  take(arrival: Arrival): void {
    const { step, number, end, delay, act } = arrival;
    const { dt, recorded } = this.play;
    const values = this.#values;
    if (step > this.#last) this.#advance((step - this.#last) * dt);
    this.#last = Math.max(this.#last, step);
    values.set('t', step * dt).set('t_in_timesteps', step);
    if (act.kind === 'sample') this.#sample(arrival);
    else if (act.kind === 'spike') this.#hear(arrival);
    else if (act.kind === 'pathway') this.#perform(act.statements, arrival);
    else {
      if (end === 'pre' && number === 0) this.#first = delay;
      this.#change(arrival, act.variable, act.change, delay);
      this.#settle(arrival);
    }
    for (const name of values.keys()) if (!this.#kept.has(name)) values.delete(name);
    if (act.kind === 'pathway' || act.kind === 'spike')
      for (const variable of recorded)
        this.add({ end, variable, of: 'synapse', delay: 0 }, number, values.get(variable)!);
  }

  #rateOf(name: string): number {
    const isOfCell = name.startsWith(receiving);
    const { derivatives } = isOfCell ? this.play.receiver.type : this.type;
    const { rate } = derivatives[isOfCell ? name.slice(receiving.length) : name] ?? {};
    return rate ? valueAt(rate, isOfCell ? this.#cell : this.#scope) : 0;
  }

  #heldRates(): readonly number[] {
    return this.isByOthers ? [...this.play.receiver.held].map((name) => this.#rateOf(`${receiving}${name}`)) : [];
  }

  /** Refuses rates that change with the time; conditions of refractory periods hold at all times without spikes. */
  #refuseTime(moving: readonly string[]): void {
    const values = this.#values;
    const first = moving.map((name) => values.get(name)!);
    for (const name of moving) values.set(name, 1);
    const rates = this.arrivals.map(({ step }) => {
      values.set('t', step * this.play.dt);
      return [...moving.map((name) => this.#rateOf(name)), ...this.#heldRates()].join(' ');
    });
    if (new Set(rates).size > 1) throw new NoNumber('rates that depend on the time');
    moving.forEach((name, k) => values.set(name, first[k]!));
  }

  #sample({ end, number }: Arrival): void {
    if (this.#due().length > 0) throw new NoNumber('an event between spikes');
    const rates = this.#heldRates();
    [...this.play.receiver.held].forEach((variable, k) => {
      this.add({ end, variable, of: 'rate', delay: this.#first }, number, rates[k]! - this.#before[k]!);
    });
  }

  #hear(arrival: Arrival): void {
    const after = new Map<string, number>();
    perform(this.#hearing, this.#cell, after);
    for (const [name, value] of after) this.#values.set(`${receiving}${name}`, value);
    this.#settle(arrival);
  }

  #perform(statements: readonly Statement[], arrival: Arrival): void {
    const { delay } = arrival;
    const { nameOf, held } = this.play.receiver;
    for (const statement of statements) {
      if (statement.kind === 'send') {
        const after = delay + valueAt(statement.after, this.#scope);
        this.#change(arrival, nameOf(statement.port), valueAt(statement.value, this.#scope), after);
        continue;
      }
      const { target } = statement;
      if (target.startsWith('pre.')) throw new NoNumber('an effect on the source');
      const isOutside = target.startsWith(receiving) || this.type.ports[target] !== undefined;
      if (isOutside) this.#assign(arrival, nameOf(target), statement, this.#scope, this.#scope(target));
      else perform([statement], this.#scope, this.#values);
    }
    // Synapses of LEMS give a value for a moment: the cell takes it, or it is a current for one step.
    const [momentary, pending] = [this.#heldRates(), this.#due()];
    const isPulse = pending.length > 0 && !pending.some(([, isOfCell]) => isOfCell);
    this.#settle(arrival);
    const lasting = isPulse ? this.#heldRates() : momentary;
    [...held].forEach((variable, k) => {
      const surplus = momentary[k]! - lasting[k]!;
      if (momentary[k] !== lasting[k]) this.#change(arrival, variable, surplus * this.#scope('dt'), delay);
    });
  }

  /** Returns the statements of events that are due, and whether they are the cell's. */
  #due(): readonly (readonly [statements: readonly Statement[], isOfCell: boolean])[] {
    const { events = {} } = this.type;
    return [
      ...this.#ofInputs.flatMap((event) => (valueAt(event.when, this.#cell) === 0 ? [] : [[event.do, true] as const])),
      ...Object.values(events).flatMap((event) =>
        valueAt(event.when, this.#scope) === 0 ? [] : [[event.do, false] as const],
      ),
    ];
  }

  /** Performs events of the synapse and its cell until none is due. */
  #settle(arrival: Arrival): void {
    for (let round = 0, all = this.#due(); all.length > 0; round += 1, all = this.#due()) {
      if (round === mostRounds) throw new NoNumber('events without an end');
      for (const [code, isOfCell] of all)
        for (const statement of code) {
          if (statement.kind === 'send') throw new NoNumber('an event that sends');
          const { target } = statement;
          if (isOfCell) this.#assign(arrival, target, statement, this.#cell, this.#cell(target));
          else perform([statement], this.#scope, this.#values);
        }
    }
  }

  #assign(
    arrival: Arrival,
    variable: string,
    { operator, value: expression }: Assignment,
    from: Scope,
    known: number,
  ): void {
    const value = valueAt(expression, from);
    // The difference of two potentials would have fewer digits.
    const change = { '+=': value, '-=': -value }[operator as string] ?? assigned(operator, known, value) - known;
    this.#change(arrival, variable, change, arrival.delay);
  }

  /** Changes a variable of the cell. @param after  the spike, in s */
  #change(arrival: Arrival, variable: string, change: number, after: number): void {
    const { step, number, end, delay } = arrival;
    if (this.play.receiver.held.has(variable))
      return this.add({ end, variable, of: 'value', delay: after }, number, change);
    const name = `${receiving}${variable}`;
    if (!this.#others.includes(name)) throw new NoNumber('another variable');
    if (after === delay) {
      this.#values.set(name, this.#cell(variable) + change);
      return;
    }
    const then = step + Math.round((after - delay) / this.play.dt);
    const isLater = (one: Arrival): boolean => one.step > then || (one.step === then && one.act.kind === 'sample');
    const place = this.arrivals.findIndex(isLater);
    this.arrivals.splice(place < 0 ? this.arrivals.length : place, 0, {
      ...arrival,
      step: then,
      delay: after,
      act: { kind: 'change', variable, change },
    });
  }
}

/** Most events of a synapse and its cell at one time. */
const mostRounds = 8;
