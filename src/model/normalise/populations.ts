import { areInFile, isGiven } from '../tagged.js';
import type { PopulationDocument } from '../document.generated.js';
import { equalDimensions, metre } from '../../lang/dimension.js';
import { wrongDimension } from '../../lang/messages.js';
import { messages } from '../messages.js';
import type { Id, Population } from '../model.js';
import { child } from '../pointer.js';
import * as shapes from '../shape/populations.js';
import * as shapesOfValues from '../shape/values.js';
import { isArrayDocument, normaliseArray, numbersOf } from './arrays.js';
import { compartmentsWith, mechanismNames, mechanismVariable } from './compartments.js';
import type { Context } from './context.js';
import { normaliseCount } from './literals.js';
import {
  eventVariables,
  namesFrom,
  namesOfKinds,
  noNames,
  pureUnit,
  secondUnit,
  siUnit,
  sourceSpecials,
  type Names,
} from './names.js';
import { madeOf, readObject } from './members.js';
import type { NeuronInfo } from './neurons.js';
import { normalisePlaces } from './places.js';
import { indicesOf, type PopulationInfo } from './selections.js';
import { assignedValues, drawnValues, normaliseValue, type ValueSlot } from './values.js';

/** Resolves the size and type of a population; undefined after a finding that leaves either unknown. */
export function declarePopulation(
  context: Context,
  document: PopulationDocument,
  neurons: ReadonlyMap<Id, NeuronInfo>,
  pointer: string,
): PopulationInfo {
  const size = normaliseCount(context, document.size, 'the size', `${pointer}/size`) ?? NaN;
  if (document.type === undefined) {
    if (document.spikes !== undefined) return { size };
    context.report(messages.oneOfKeys(['type', 'spikes'], 0), pointer);
    return { size, unknown: true };
  }
  if (document.spikes !== undefined) context.report(messages.oneOfKeys(['type', 'spikes'], 2), `${pointer}/spikes`);
  const neuron = neurons.get(document.type);
  if (!neuron)
    context.report(messages.unknownReference('neuron type', document.type, [...neurons.keys()]), `${pointer}/type`);
  const parents = neuron?.type.cable && numbersOf(context, neuron.type.cable.parents);
  if (parents && !Number.isNaN(size) && size % parents.length !== 0)
    context.report(messages.cableSize(size, parents.length), `${pointer}/size`);
  return { size, ...(neuron ? { neuron } : { unknown: true }) };
}

/** Normalises the other parts of a population. */
export function normalisePopulation(
  context: Context,
  id: Id,
  document: PopulationDocument,
  { size, neuron }: PopulationInfo,
  clocks: ReadonlySet<Id>,
  populations: ReadonlyMap<Id, PopulationInfo>,
  pointer: string,
): Population {
  const scope: Names = neuron?.scope ?? namesFrom(sourceSpecials);
  const count = Number.isNaN(size) ? undefined : size;
  const { compartments } = neuron?.type ?? {};
  const known = {
    names: neuron?.own ?? noNames,
    variableOf: (name: Id) => neuron?.own.lookup(name) ?? (compartments && mechanismVariable(compartments, name)),
    others: compartments ? mechanismNames(compartments) : [],
  };
  const slotOf = (name: Id): Partial<ValueSlot> => ({
    infinite: true,
    count: isShared(neuron, name) ? 1 : count,
    otherCount: compartments && size * compartmentsWith(compartments, name),
  });
  const values =
    neuron || document.type === undefined
      ? assignedValues(context, document.values, known, [scope], slotOf, `${pointer}/values`)
      : {};
  if (neuron && document.type !== undefined) {
    const own = new Set([...Object.keys(document.values ?? {}), ...Object.keys(document.linked ?? {})]);
    checkListsOfType(context, neuron, `/neurons/${document.type}`, id, size, own);
  }
  const linked =
    document.linked && normaliseLinks(context, document.linked, size, neuron, scope, populations, `${pointer}/linked`);
  if (document.clock !== undefined && !clocks.has(document.clock))
    context.report(messages.unknownReference('clock', document.clock, [...clocks]), `${pointer}/clock`);
  const { positions: places, spikes: train } = document;
  const positions = places && normalisePositions(context, places, size, scope, `${pointer}/positions`);
  const spikes = train && normaliseSpikes(context, train, size, id, `${pointer}/spikes`);
  // Only sources emit spikes in a slot of their own.
  const slot = document.type === undefined ? document.slot : undefined;
  const members = { size, values, linked, positions, spikes, slot };
  return readObject(shapes.population.reading.slots, document, { context, pointer, scopes: [scope] }, members);
}

/**
 * Checks that value lists of a type have one value for each element of a population of it. `own`: values that the
 * population gives itself.
 */
function checkListsOfType(
  context: Context,
  { type }: NeuronInfo,
  pointer: string,
  population: Id,
  size: number,
  own: ReadonlySet<string>,
): void {
  const lists = [
    ...Object.entries(type.parameters).map(([name, { value, shared }]) => ['parameters', name, value, shared] as const),
    ...Object.entries(type.state).map(([name, { initial, shared }]) => ['state', name, initial, shared] as const),
  ];
  for (const [section, name, value, shared] of lists) {
    if (shared || own.has(name) || Number.isNaN(size) || !isGiven(value)) continue;
    const { length = size } = numbersOf(context, value.array) ?? {};
    if (length === size) continue;
    context.report(
      messages.wrongLength(`${name} in population ${population}`, size, length),
      child(`${pointer}/${section}`, name),
    );
  }
}

/**
 * Normalises parameters that stand for variables of other populations, of equal dimension and with an element for each.
 */
function normaliseLinks(
  context: Context,
  links: NonNullable<PopulationDocument['linked']>,
  size: number,
  neuron: NeuronInfo | undefined,
  scope: Names,
  populations: ReadonlyMap<Id, PopulationInfo>,
  pointer: string,
): NonNullable<Population['linked']> {
  const count = Number.isNaN(size) ? undefined : size;
  return madeOf(links, pointer, (link, at, name) => {
    const { population, variable, index } = link;
    const own = neuron?.own.lookup(name);
    if (own?.kind !== 'parameter') {
      const known = namesOfKinds(neuron?.own, ['parameter']);
      context.reportKey(messages.unknownVariable(name, known, 'parameter'), at);
    }
    const source = populations.get(population);
    if (!source) {
      context.report(messages.unknownReference('population', population, [...populations.keys()]), `${at}/population`);
      return undefined;
    }
    const names = source.neuron?.own;
    const target = names?.lookup(variable) ?? (source.neuron ? eventVariables.get(variable) : undefined);
    if (!target || !['parameter', 'state', 'derived', 'special'].includes(target.kind))
      context.report(
        messages.unknownVariable(variable, names?.names() ?? [], `variable of ${population}`),
        `${at}/variable`,
      );
    else if (own && !equalDimensions(own.dimension, target.dimension))
      context.report(
        wrongDimension(`the linked variable ${variable}`, own.dimension, target.dimension),
        `${at}/variable`,
      );
    const slot = {
      what: 'the index',
      unit: pureUnit,
      type: 'integer',
      least: 0,
      most: source.size - 1,
      count,
    } as const;
    const element = index === undefined ? undefined : normaliseValue(context, index, [scope], slot, `${at}/index`);
    if (index === undefined && source.size !== 1 && source.size !== size)
      context.report(messages.wrongLength(`the linked variable ${variable}`, size, source.size), at);
    const member = { kind: 'population', id: population, population: source } as const;
    const placed = { selection: { members: [member] }, each: 'element', count } as const;
    const known = { index: element, ...normalisePlaces(context, link, placed, at) };
    return readObject(shapes.link.reading.slots, link, { context, pointer: at, scopes: [scope] }, known);
  });
}

function isShared(neuron: NeuronInfo | undefined, name: string): boolean {
  return neuron?.type.parameters[name]?.shared ?? neuron?.type.state[name]?.shared ?? false;
}

function normalisePositions(
  context: Context,
  written: NonNullable<PopulationDocument['positions']>,
  size: number,
  scope: Names,
  pointer: string,
): Population['positions'] | undefined {
  if (isArrayDocument(written)) {
    const slot = { what: 'the positions', unit: siUnit(metre), type: 'real' } as const;
    const array = normaliseArray(context, written, slot, pointer);
    if (!array) return undefined;
    const length = array.shape.reduce((product, side) => product * side, 1);
    const wrongRow = array.shape.length === 2 && array.shape[1] !== 3;
    if ((length === 3 * size || Number.isNaN(size)) && !wrongRow) return array.values;
    context.report(
      wrongRow
        ? messages.wrongLength('a position (x, y, z)', 3, array.shape[1] ?? 0)
        : messages.wrongLength('the positions (x, y, z of each)', 3 * size, length),
      pointer,
    );
    return undefined;
  }
  const { structure, generator } = written;
  const allowed = structureArguments[structure] ?? [];
  const parameters = madeOf(written.arguments, `${pointer}/arguments`, (item, at, name) => {
    const unit = name.startsWith('aspectRatio') ? pureUnit : siUnit(metre);
    if (allowed.includes(name))
      return normaliseValue(context, item, [scope], { what: `the argument ${name}`, unit, type: 'real' }, at);
    context.reportKey(messages.unknownVariable(name, allowed, `argument of ${structure}`), at);
    return undefined;
  });
  const slot = { what: 'the positions', unit: pureUnit, type: 'real' } as const;
  const draw = generator && drawnValues(context, generator, slot, `${pointer}/generator`);
  const known = { arguments: parameters, generator: draw };
  return readObject(shapesOfValues.structure.reading.slots, written, { context, pointer, scopes: [] }, known);
}

/** Arguments of each structure: distances in m, ratios of counts. */
const structureArguments: Readonly<Record<string, readonly string[]>> = {
  line: ['dx', 'x0', 'y', 'z'],
  grid2D: ['aspectRatio', 'dx', 'dy', 'x0', 'y0', 'z'],
  grid3D: ['aspectRatioXY', 'aspectRatioXZ', 'dx', 'dy', 'dz', 'x0', 'y0', 'z0'],
  randomCuboid: ['width', 'height', 'depth', 'x0', 'y0', 'z0'],
  randomSphere: ['radius', 'x0', 'y0', 'z0'],
};

/** Normalises the spikes that a population replays, by time, then element; undefined after a finding. */
export function normaliseSpikes(
  context: Context,
  written: NonNullable<PopulationDocument['spikes']>,
  size: number,
  id: Id,
  pointer: string,
): Population['spikes'] | undefined {
  if (areInFile(written)) return written;
  const indices = indicesOf(context, written.indices, Number.isNaN(size) ? undefined : size, id, `${pointer}/indices`);
  const slot = { what: 'the spike times', unit: secondUnit, type: 'real' } as const;
  const times = normaliseArray(context, written.times, slot, `${pointer}/times`);
  const at = { context, pointer, scopes: [] };
  const known = { indices: indices?.values, times: times?.values };
  const train = readObject(shapesOfValues.spikeSources.train.reading.slots, written, at, known);
  if (!indices || !times) return undefined;
  if (indices.shape[0] !== times.shape[0]) {
    context.report(
      messages.wrongLength('the spike times', indices.shape[0] ?? 0, times.shape[0] ?? 0),
      `${pointer}/times`,
    );
    return undefined;
  }
  const { period } = train;
  const [when, of] = [numbersOf(context, times.values), numbersOf(context, indices.values)];
  for (let index = 0; when && index < when.length; index++) {
    const time = when[index] ?? 0;
    if (time >= 0 && (period === undefined || time < period)) continue;
    context.report(
      time < 0 ? messages.negative('a spike time', time) : messages.outOfRange('a spike time', 0, period ?? 0, time),
      Array.isArray(written.times) ? child(`${pointer}/times`, index) : `${pointer}/times`,
    );
    return undefined;
  }
  if (!when || !of || '$data' in times.values || '$data' in indices.values) return train;
  return { ...train, ...sortedSpikes(Array.from(of), Array.from(when)) };
}

/** Sorts spikes by time, then element: their order in the document has no meaning. */
function sortedSpikes(
  indices: readonly number[],
  times: readonly number[],
): { indices: readonly number[]; times: readonly number[] } {
  const compare = (a: number, b: number): number =>
    (times[a] ?? 0) - (times[b] ?? 0) || (indices[a] ?? 0) - (indices[b] ?? 0);
  if (times.every((_, index) => index === 0 || compare(index - 1, index) <= 0)) return { indices, times };
  const order = indices.map((_, index) => index);
  order.sort(compare);
  return { indices: order.map((index) => indices[index] ?? 0), times: order.map((index) => times[index] ?? 0) };
}
