/**
 * What LEMS does within one step, which advances one population after another: spikes without delay reach the cells of
 * later populations before these are advanced. In Brian, such a source is tested, and its spikes are delivered, in the
 * slot of the equations, between those of its cells and those of the later ones.
 */

import { parseExpression, parseStatements } from '../../lang/parse.js';
import { namesIn, substitute, writtenBy } from '../../lang/walk.js';
import { numbersOf } from '../../model/arrays.js';
import { child } from '../../model/pointer.js';
import { mapped } from '../../model/collections.js';
import type { NeuronType, Pathway, Population, Projection, SynapseType } from '../../model/model.js';
import { wholePopulation } from '../../model/selected.js';
import { areInFile } from '../../model/tagged.js';
import { freeName } from '../../model/free-name.js';
import type { Gathering } from './gathering.js';
import { sumsAhead } from './shown-sums.js';
import { derivedOf } from './texts.js';

/** The slot in which Brian advances cells. */
const slot = 'groups';

/** Orders between those of two populations: for sums, and for the tests and actions of a cell's events. */
function room({ neurons }: Gathering): number {
  const most = Math.max(0, ...Object.values(neurons).map(({ events }) => Object.keys(events).length));
  return 10 * Math.ceil((2 * most + 4) / 10);
}

/** Makes room between the orders of populations, which stay in their order. @returns how much */
export function spaced(gathering: Gathering): number {
  const every = room(gathering);
  const sorted = Object.entries(gathering.populations).sort(([a, x], [b, y]) => x.order - y.order || (a < b ? -1 : 1));
  const rank = new Map(sorted.map(([name], k) => [name, k]));
  gathering.populations = Object.fromEntries(
    Object.entries(gathering.populations).map(([name, one]) => [
      name,
      { ...one, order: every * (rank.get(name) ?? 0) },
    ]),
  );
  return every;
}

/** A type whose events are tested and act one after another, as in LEMS, behind the equations of its cells. */
export function withEventsInTurn(type: NeuronType): NeuronType {
  const keys = Object.keys(type.events).sort((a, b) => (type.events[a]?.order ?? 0) - (type.events[b]?.order ?? 0));
  const events = mapped(type.events, (event, key) => {
    const order = 1 + 2 * keys.indexOf(key);
    return { ...event, slot, order, actionSlot: slot, actionOrder: order + 1 };
  });
  return { ...type, events };
}

/** Whether all cells at one end of a projection are advanced before those at the other end, and there is one population. */
export function isForward({ populations }: Gathering, { from, to }: Projection): boolean {
  const [source, target] = [from, to].map(({ of }) => populations[wholePopulation(of) ?? '']);
  return source !== undefined && target !== undefined && source.order < target.order;
}

/**
 * A projection whose spikes reach later cells in the step in which they are emitted.
 *
 * @param every  orders between two populations
 * @returns undefined where that cannot be: a given spike in the first step, which nothing can be sent before
 */
export function inSameStep(
  gathering: Gathering,
  name: string,
  projection: Projection,
  type: SynapseType,
  every: number,
): { readonly type: SynapseType; readonly projection: Projection; readonly isAhead: boolean } | undefined {
  const source = wholePopulation(projection.from.of) ?? '';
  const population = gathering.populations[source];
  if (population === undefined) return undefined;
  if (population.spikes !== undefined) {
    const ahead = populationAhead(gathering, source, population);
    if (ahead === undefined) return undefined;
    gathering.report.exact(
      child('/projections', name),
      `LEMS advances one population after another: spikes of ${source} without delay reach these cells in their step, ` +
        `to which ${ahead} sends them a step earlier`,
      'brian/order-in-step',
    );
    return {
      type,
      projection: { ...projection, from: { ...projection.from, of: { population: ahead } } },
      isAhead: true,
    };
  }
  if (gathering.neurons[population.type ?? ''] === undefined) return undefined;
  const order = population.order + every - 1 - sumsAhead(gathering);
  const placed = (one: Pathway): Pathway => (one.on.startsWith('pre.') ? { ...one, slot, order } : one);
  const pathways = Object.fromEntries(Object.entries(type.pathways).map(([key, one]) => [key, placed(one)]));
  gathering.report.exact(
    child('/projections', name),
    `LEMS advances one population after another: spikes of ${source} without delay reach these cells in their step, ` +
      `before they are advanced`,
    'brian/order-in-step',
  );
  return { type: { ...type, pathways }, projection, isAhead: false };
}

/** A generator that sends the given spikes of a population a step earlier; undefined where some are in the first step. */
function populationAhead(gathering: Gathering, name: string, population: Population): string | undefined {
  const { spikes } = population;
  const { dt } = gathering;
  if (spikes === undefined || areInFile(spikes) || spikes.period !== undefined) return undefined;
  const times = numbersOf(spikes.times, gathering.valid.data);
  if (times.some((time) => time < 1.5 * dt)) return undefined;
  const ahead = `${name}_ahead`;
  const own = { ...spikes, times: times.map((time) => Number((time - dt).toPrecision(12))) };
  const text = JSON.stringify(own);
  const known = Object.entries(gathering.populations).find(
    ([key, one]) => key.startsWith(ahead) && JSON.stringify(one.spikes) === text,
  );
  if (known !== undefined) return known[0];
  const label = freeName(ahead, (one) =>
    [gathering.populations, gathering.projections, gathering.stimuli].some((map) => Object.hasOwn(map, one)),
  );
  gathering.populations = { ...gathering.populations, [label]: { ...population, spikes: own } };
  return label;
}

/**
 * Whether what reaches a synapse changes nothing that its cell feels, nor anything that it advances: then it does not
 * matter whether that comes before or after its step.
 */
export function isSilent(type: SynapseType): boolean {
  const derived = derivedOf(type);
  if (derived === undefined || Object.keys(type.derivatives).length > 0) return false;
  if (Object.keys(type.events ?? {}).length > 0 || Object.keys(type.summed).length > 0) return false;
  const written = writtenBy(
    Object.values(type.pathways).flatMap(({ do: code }) => code.flatMap((text) => parseStatements(text))),
  );
  const read = Object.values(type.contributes).flatMap((text) => [
    ...namesIn(substitute(parseExpression(text), derived)),
  ]);
  return ![...written].some((one) => read.includes(one) || one.includes('.'));
}
