/** Compares the effects and delays of synapses of two models, without a step: each is played alone. */

import { NoNumber } from '../../lang/evaluate.js';
import { noEquations } from '../../library/element-values.js';
import { near, sequence } from '../../library/recognise/numbers.js';
import { lengthOf, numbersOf } from '../../model/arrays.js';
import { elementsIn, populationOf, populationsOf } from '../../model/selected.js';
import { ownerOf } from '../../model/rewriting/recorded-variables.js';
import { isRecording } from '../../model/tagged.js';
import type { NeuronType, Population, Projection, ValidModel } from '../../model/typed.js';
import { writtenSelection } from '../../model/typed-model.js';
import { cellType, scopeOf, valueOf } from './element-scope.js';
import { playedEffects, type Effect, type PlayedEffects } from './played-synapse.js';
import { singleSpikes, spikesToPlay, type PlayedSpikes } from './played-spikes.js';
import { actsByOthers, hasMemory, hearsReceiver, type Receiver } from './synapse-kinds.js';
import {
  isAtOneStep,
  moreStates,
  type CellPair,
  type State,
  type StateComparison,
  type StateDifference,
} from './cell-pair.js';

/** Most synapses whose effects are compared, and most spikes that are played into synapses with memory. */
const [mostSynapses, mostPlayed] = [200_000, 20_000];

/** Least time between spikes of a cell that are played, in s. */
const leastInterval = 3e-3;

/** Reason why effects were not compared: a synapse without any in one of the models, or on other variables. */
export const otherEffects = 'synapses of other kinds';

/** Effects of the spikes of a cell on a variable of a cell, by one or more synapses. */
interface Effects {
  readonly source: CellPair;
  readonly receiver: CellPair;
  /** Name in the source model. */
  readonly variable: string;
  readonly of: Effect['of'];
  readonly from: Effect['from'];
  readonly list: Effect[];
}

/**
 * Compares effects and delays of synapses on populations that have their variables in both models.
 *
 * @param fromBounds  whether plastic synapses are also played from the bounds of their variables
 */
export function comparedEffects(
  source: ValidModel,
  target: ValidModel,
  cells: readonly CellPair[],
  same: (a: number, b: number, size: number) => boolean,
  fromBounds = true,
): Pick<StateComparison, 'differences' | 'close' | 'synapses' | 'plastic' | 'unknown' | 'rows'> {
  const { dt } = source.model.experiment;
  const own = new Map(cells.map((pair) => [`${pair.population}[${pair.cell}]`, pair]));
  const other = new Map(cells.map((pair) => [`${pair.there}[${pair.element}]`, pair]));
  const longest = Math.ceil(Math.max(longestDelay(source), longestDelay(target)) / dt);
  const [single, many] = [singleSpikes(longest, dt), spikesToPlay(longest, Math.ceil(leastInterval / dt), dt)];
  const remembering = Math.max(withMemory(source), withMemory(target));
  const rare = Math.ceil((remembering * (many.pre.length + many.post.length)) / mostPlayed);
  const playedTo = ({ cell }: CellPair, receiver: CellPair): PlayedSpikes =>
    remembering > 0 && (cell + receiver.cell) % Math.max(1, rare) === 0 ? many : single;
  const points = heldPoints(cells);
  const ours = effectsIn(
    source,
    dt,
    { playedTo, single, fromBounds },
    {
      pairOf: (name, cell) => own.get(`${name}[${cell}]`),
      nameOf: (_, variable) => [variable, 1],
      heldBy: ({ names, population }) => [new Set(names.keys()), points.get(population) ?? []],
    },
  );
  const theirs = effectsIn(
    target,
    dt,
    { playedTo, single, fromBounds },
    {
      pairOf: (name, cell) => other.get(`${name}[${cell}]`),
      nameOf: ({ names }, variable) => {
        const found = [...names].find(([, [as]]) => as === variable);
        return found && [found[0], found[1][1]];
      },
      heldBy: ({ names, population }) => [
        new Set([...names.values()].map(([as]) => as)),
        (points.get(population) ?? []).map((state) => movedTo(state, names)),
      ],
    },
  );
  /** Synapses of both models that act on other variables, or of which one has no effect that is known here. */
  const areOfOtherKinds = (from: CellPair, receiver: CellPair): boolean => {
    const key = pairKey(from, receiver);
    return ours.pairs.has(key) && theirs.pairs.has(key) && ours.pairs.get(key) !== theirs.pairs.get(key);
  };
  let close: StateComparison['close'];
  const differences: StateDifference[] = [];
  for (const key of new Set([...ours.effects.keys(), ...theirs.effects.keys()])) {
    const [mine, others] = [ours.effects.get(key), theirs.effects.get(key)];
    const { source: from, receiver, variable, of, from: begin } = (mine ?? others)!;
    const { population, cell } = receiver;
    const isRate = of === 'rate';
    if (ours.unknown.has(population) || theirs.unknown.has(population)) continue;
    if (areOfOtherKinds(from, receiver)) {
      ours.unknown.set(population, otherEffects);
      continue;
    }
    const found = (quantity: string, values: StateDifference['values'], unit: string): void =>
      void differences.push({
        population,
        cell,
        quantity: `${quantity} of a synapse from ${from.population}[${from.cell}]`,
        ofSynapse: `${quantity} of a synapse`,
        values,
        unit,
      });
    // A variable that one model does not record, or under another name, is not compared.
    if (of === 'synapse' && !(mine && others)) continue;
    if (begin !== 'first value' && !(mine && others)) {
      const usual = ours.effects.get(key.replace(begin, 'first value'));
      if (
        [ours, theirs].every(({ unbounded }) => unbounded.size === 0) &&
        sizeOf(mine ?? others) > 1e-9 * sizeOf(usual)
      ) {
        const [value = 0] = (mine ?? others)!.list[0]!.jumps;
        const unit = unitOf(source, population, variable);
        found(begin, mine ? [value, null] : [null, value], isRate ? `(${unit})/s` : unit);
      }
      continue;
    }
    const lists = [mine, others].map((one) => inOrder(summed(one?.list ?? [])));
    const apart = lists[0]!.length === lists[1]!.length ? undefined : lists.map(({ length }) => length);
    if (apart) {
      found('number of effects', [apart[0]!, apart[1]!], '1');
      continue;
    }
    for (const [k, effect] of lists[0]!.entries()) {
      const there = lists[1]![k]!;
      // Types of LEMS state constants with few digits, such as 2.7182818.
      const size = Math.max(...effect.jumps.map(Math.abs)) * (isRate ? 20 : 1);
      const jumpsAt = (spike: number): readonly [number, number] => [jumpOf(effect, spike), jumpOf(there, spike)];
      const all = Array.from({ length: Math.max(effect.jumps.length, there.jumps.length) }, (_, spike) => spike);
      if (Math.abs(effect.delay - there.delay) > dt * 0.51) found('delay', [effect.delay, there.delay], 's');
      else {
        const spike = all.find((number) => !same(...jumpsAt(number), size));
        if (spike === undefined) {
          if (isAtOneStep(source, target) && !near(effect.delay, there.delay))
            close ??= { what: 'delays', values: [effect.delay, there.delay] };
          continue;
        }
        const at = begin === 'first value' ? '' : ` at the ${begin}`;
        const which = `${spike === 0 ? 'effect' : `effect of spike ${spike + 1}`}${at}`;
        const unit = unitOf(source, population, variable);
        if (of === 'synapse')
          found(
            `${variable} after spike ${spike + 1} of the ${effect.end === 'pre' ? 'source' : 'cell'}`,
            jumpsAt(spike),
            '1',
          );
        else if (isRate) found(`effect${at} on the rate of ${variable}`, jumpsAt(spike), `(${unit})/s`);
        else found(`${which} on ${variable}`, jumpsAt(spike), unit);
      }
      break;
    }
  }
  return {
    differences,
    ...(close ? { close } : {}),
    synapses: ours.unknown.size + theirs.unknown.size === 0,
    rows: [...ours.unbounded, ...theirs.unbounded].map(([part, reason]) => ({
      part,
      quantity: 'bounds',
      how: 'never acted',
      reason,
    })),
    unknown: new Map([...theirs.unknown, ...ours.unknown]),
    plastic: plasticTo(source, new Set([...ours.unknown.keys(), ...theirs.unknown.keys()])),
  };
}

/** Returns projections to some populations with synapses that hear the receiving cell. */
const plasticTo = ({ model }: ValidModel, populations: ReadonlySet<string>): readonly string[] =>
  Object.entries(model.projections).flatMap(([name, { synapse, to }]) => {
    const isTo = populationsOf(writtenSelection(to.of)).some((population) => populations.has(population));
    return isTo && hearsReceiver(model.synapses[synapse]!) ? [name] : [];
  });

/** Returns the effect of one spike; without memory, all spikes have the effect of the first. */
const jumpOf = ({ jumps }: Effect, spike: number): number => jumps[spike] ?? jumps[0] ?? 0;

/** Returns the largest size of some effects. */
const sizeOf = (effects: Effects | undefined): number =>
  Math.max(0, ...(effects?.list ?? []).flatMap(({ jumps }) => jumps.map(Math.abs)));

/** Returns effects with the same delay as their sum; of recorded synapses each is compared. */
function summed(effects: readonly Effect[]): readonly Effect[] {
  if (effects.length < 2 || effects[0]?.of === 'synapse') return effects;
  const sums = new Map<string, Effect>();
  for (const effect of effects) {
    const key = effect.delay.toPrecision(9);
    const known = sums.get(key);
    const length = Math.max(effect.jumps.length, known?.jumps.length ?? 0);
    const jumps = Array.from(
      { length },
      (_, spike) => jumpOf(effect, spike) + (known === undefined ? 0 : jumpOf(known, spike)),
    );
    sums.set(key, { ...effect, jumps });
  }
  const size = Math.max(...effects.flatMap(({ jumps }) => jumps.map(Math.abs)));
  return [...sums.values()].filter(({ jumps }) => jumps.some((jump) => Math.abs(jump) > 1e-9 * size));
}

/** Returns effects in an order that both models have. */
const inOrder = (effects: readonly Effect[]): readonly Effect[] =>
  effects.toSorted((a, b) => {
    const apart = a.jumps.findIndex((jump, spike) => jump !== jumpOf(b, spike));
    return a.delay - b.delay || (apart < 0 ? 0 : a.jumps[apart]! - jumpOf(b, apart));
  });

const unitOf = ({ model }: ValidModel, population: string, variable: string): string =>
  model.neurons[model.populations[population]?.type ?? '']?.state[variable]?.unit ?? '1';

/** Returns the number of listed synapses with memory. */
const withMemory = ({ model }: ValidModel): number =>
  Object.values(model.projections).reduce((sum, { synapse, connect: [rule] }) => {
    const isPlayed = rule?.rule === 'list' && hasMemory(model.synapses[synapse]!);
    return sum + (isPlayed ? lengthOf(rule.sources) : 0);
  }, 0);

/** Returns the longest delay of the pathways of a model in s. */
const longestDelay = ({ model, data }: ValidModel): number =>
  Math.max(
    0,
    ...Object.values(model.projections).flatMap(({ synapse, delays }) =>
      Object.entries(model.synapses[synapse]!.pathways).flatMap(([name, pathway]) => {
        const delay = delays[name] ?? pathway.delay;
        if (typeof delay === 'number') return [delay];
        return delay.kind === 'array' ? [numbersOf(delay.array, data).reduce((a, b) => Math.max(a, b), 0)] : [];
      }),
    ),
  );

/** How the cells and variables of a model are named in the source. */
interface Naming {
  readonly pairOf: (population: string, cell: number) => CellPair | undefined;
  readonly nameOf: (pair: CellPair, variable: string) => readonly [name: string, factor: number] | undefined;
  /** Returns the variables of a cell that both models have, and states at which they are held, by their names here. */
  readonly heldBy: (pair: CellPair) => readonly [held: ReadonlySet<string>, points: readonly State[]];
}

/** Which spikes are played. */
interface Played {
  /** Spikes for synapses with memory. */
  readonly playedTo: (source: CellPair, receiver: CellPair) => PlayedSpikes;
  readonly single: PlayedSpikes;
  readonly fromBounds: boolean;
}

const pairKey = (source: CellPair, receiver: CellPair): string =>
  `${source.population}[${source.cell}] → ${receiver.population}[${receiver.cell}]`;

/** Returns states of the target that are those of the source. */
const movedTo = (state: State, names: CellPair['names']): State =>
  new Map(
    [...state].flatMap(([name, value]) => {
      const [as, factor] = names.get(name) ?? [];
      return as === undefined || factor === undefined ? [] : [[as, value * factor] as const];
    }),
  );

/** Returns the states at which the cells of each population are held: one of a run, and another one. */
function heldPoints(cells: readonly CellPair[]): ReadonlyMap<string, readonly State[]> {
  const found = new Map<string, readonly State[]>();
  for (const { population, states } of cells)
    if (states.length > 0 && !found.has(population)) {
      const [along] = states.slice(Math.floor(states.length / 2));
      const [more] = moreStates(states, sequence(2));
      found.set(population, [along!, more!]);
    }
  return found;
}

/** Returns the effects of the synapses of a model, and populations of the source that receive other effects. */
function effectsIn(
  valid: ValidModel,
  dt: number,
  played: Played,
  naming: Naming,
): {
  readonly effects: ReadonlyMap<string, Effects>;
  /** Whether rates change, by source and receiver; undefined if nothing does. */
  readonly pairs: ReadonlyMap<string, boolean | undefined>;
  readonly unknown: Map<string, string>;
  /** Reasons why bounds of synapses are not known, by projection. */
  readonly unbounded: ReadonlyMap<string, string>;
} {
  const { model } = valid;
  const found = new Map<string, Effects>();
  const pairs = new Map<string, boolean | undefined>();
  const unknown = new Map<string, string>();
  const unbounded = new Map<string, string>();
  let count = 0;
  for (const [name, projection] of Object.entries(model.projections))
    try {
      const recorded = recordedOf(valid, name);
      const how = { ...played, recorded, onUnbounded: (reason: string) => void unbounded.set(name, reason) };
      for (const [source, receiver, effect] of effectsOf(valid, projection, dt, how, naming)) {
        count += 1;
        if (count > mostSynapses) throw new NoNumber('many synapses');
        const pair = pairKey(source, receiver);
        const isOnCell = effect !== undefined && effect.of !== 'synapse';
        pairs.set(pair, isOnCell ? effect.of === 'rate' || pairs.get(pair) === true : pairs.get(pair));
        if (effect === undefined) continue;
        const { variable, end, of, from } = effect;
        const key = `${pair}.${variable} ${end} ${of} ${from}`;
        const effects = found.get(key) ?? { source, receiver, variable, of, from, list: [] };
        effects.list.push(effect);
        found.set(key, effects);
      }
    } catch (error) {
      if (!(error instanceof NoNumber || error instanceof RangeError)) throw error;
      for (const name of populationsOf(writtenSelection(projection.to.of)))
        unknown.set(naming.pairOf(name, 0)?.population ?? name, error.message);
    }
  return { effects: found, pairs, unknown, unbounded };
}

/** Returns the effects of the synapses of a projection on cells that are taken. @throws NoNumber for other effects */
function* effectsOf(
  valid: ValidModel,
  projection: Projection,
  dt: number,
  {
    playedTo,
    single,
    fromBounds,
    recorded,
    onUnbounded,
  }: Played & { readonly recorded: readonly string[]; readonly onUnbounded: (reason: string) => void },
  { pairOf, nameOf, heldBy }: Naming,
): Generator<readonly [source: CellPair, receiver: CellPair, effect: Effect | undefined]> {
  const { model, data } = valid;
  const type = model.synapses[projection.synapse]!;
  const [rule] = projection.connect;
  if (rule?.rule !== 'list') throw new NoNumber('connections that are not listed');
  const ends = [projection.from, projection.to].map((end) => endIn(valid, end));
  const targets = numbersOf(rule.targets, data);
  const names = Object.keys({ ...type.parameters, ...type.state });
  const known = new Map<string, PlayedEffects>();
  for (const [synapse, from] of numbersOf(rule.sources, data).entries()) {
    const [pre, post] = [ends[0]!(from), ends[1]!(targets[synapse] ?? 0)];
    const [source, receiver] = [pairOf(...pre), pairOf(...post)];
    const isSpiking = Object.keys(type.pathways).length > 0;
    // Inputs of LEMS are attached as synapses. They are compared as currents of the cell.
    if (!source && !isSpiking) return;
    if (!source || !receiver || !isSpiking) throw new NoNumber('no spikes of a cell with a counterpart');
    if (!receiver.isTaken) continue;
    const [population, neuron] = receiverType(valid, post[0]);
    const [held, points] = heldBy(receiver);
    const to: Receiver = {
      type: neuron,
      scopeWith: (more) => scopeOf(neuron, population, post[1], new Map(), valid, more),
      held,
      points: points.length === 0 ? [new Map()] : points,
      nameOf: (target) => projection.receptors[target] ?? target.replace(/^post\./, ''),
    };
    const scopeWith: Receiver['scopeWith'] = (more) => scopeOf(type, projection, synapse, new Map(), valid, more);
    const own = scopeWith((name) => (name.startsWith('post.') ? 0 : undefined));
    const delayOf = (name: string): number =>
      valueOf(projection.delays[name] ?? type.pathways[name]!.delay, synapse, own, valid);
    const isPlayed = hasMemory(type) || actsByOthers(type, to);
    const spikes = isPlayed ? playedTo(source, receiver) : single;
    // Cells of other values have other effects.
    const isOwn = isPlayed && Object.values(population.values).some((value) => typeof value !== 'number');
    const values = [...names.map(own), ...Object.keys(type.pathways).map(delayOf), spikes.pre.length];
    const key = [...values, post[0], isOwn ? post[1] : ''].join(' ');
    const found =
      known.get(key) ??
      playedEffects(type, {
        scopeWith,
        receiver: to,
        delayOf,
        recorded: hasMemory(type) ? recorded : [],
        dt,
        spikes,
        fromBounds,
      });
    known.set(key, found);
    const { effects, unbounded } = found;
    if (unbounded !== undefined) onUnbounded(unbounded);
    if (effects.length === 0) yield [source, receiver, undefined];
    for (const effect of effects) {
      if (effect.of === 'synapse') {
        yield [source, receiver, effect];
        continue;
      }
      const [variable, factor] = nameOf(receiver, effect.variable) ?? [];
      if (variable === undefined || factor === undefined) throw new NoNumber('another variable');
      yield [source, receiver, { ...effect, variable, jumps: effect.jumps.map((jump) => jump / factor) }];
    }
  }
}

/** Returns the recorded variables of the synapses of a projection. */
function recordedOf({ model }: ValidModel, projection: string): readonly string[] {
  const { state } = model.synapses[model.projections[projection]!.synapse]!;
  const all = model.recordings.flatMap((recording) =>
    isRecording(recording, 'variables') && ownerOf(recording) === projection ? recording.variables : [],
  );
  return [...new Set(all)].filter((name) => state[name] !== undefined);
}

/** Returns a population and its type; listed spikes have one without variables. @throws NoNumber */
function receiverType(valid: ValidModel, name: string): readonly [Population, NeuronType] {
  const population = valid.model.populations[name];
  return population?.spikes && population.type === undefined ? [population, noVariables] : cellType(valid, name);
}

const noVariables: NeuronType = { ...noEquations, inputs: {}, events: {}, regimes: {} };

/** Returns a function that gives the cell of an index of an end. */
function endIn({ model, data }: ValidModel, { of }: Projection['from']): (index: number) => readonly [string, number] {
  const rule = writtenSelection(of);
  const population = populationOf(rule) ?? '';
  const elements = elementsIn(rule, model.populations[population]?.size ?? 0, data) ?? [];
  return (index) => [population, elements[index] ?? 0];
}
