import canonicalize from 'canonicalize';
import { isListed } from '../arrays.js';
import { isGiven } from '../tagged.js';
import type { ConnectionDocument, EndDocument, ProjectionDocument, ValueDocument } from '../document.generated.js';
import { equalDimensions, metre } from '../../lang/dimension.js';
import { wrongDimension } from '../../lang/messages.js';
import { messages } from '../messages.js';
import type { End, Id, Projection, Value } from '../model.js';
import { child } from '../pointer.js';
import * as shapes from '../shape/projections.js';
import { normaliseConnections } from './connections.js';
import type { Context } from './context.js';
import { allNames } from './expressions.js';
import { literalBounds, normaliseQuantity } from './literals.js';
import { foldConstants } from '../../lang/fold.js';
import { oncePerObject } from '../../diagnostics/memoise.js';
import { parseExpression } from '../../lang/parse.js';
import { sideOf } from '../../lang/reference.js';
import {
  anyName,
  eventVariables,
  namesFrom,
  namesOfKinds,
  secondUnit,
  siUnit,
  sourceSpecials,
  type Names,
  type Variable,
} from './names.js';
import { readObject } from './members.js';
import { normalisePlaces } from './places.js';
import type { NeuronInfo } from './neurons.js';
import { normaliseSelection, type Elements, type Member, type Selection } from './selections.js';
import { noEnd, synapseScopes, type DeclaredSynapse, type EndInfo, type Ends, type SynapseInfo } from './synapses.js';
import { assignedValues, normaliseValue, type Matrix } from './values.js';

/** A projection with known ends, before its synapse type is checked. */
export interface DeclaredProjection {
  readonly document: ProjectionDocument;
  /** Presynaptic end; undefined if it is wrong, which has been reported. */
  readonly from: ReadEnd | undefined;
  /** Postsynaptic end; undefined if it is wrong, which has been reported. */
  readonly to: ReadEnd | undefined;
}

interface ReadEnd {
  readonly end: End;
  readonly selection: Selection;
}

/** Normalises the ends of a projection. */
export function declareProjection(
  context: Context,
  document: ProjectionDocument,
  elements: Elements,
  pointer: string,
): DeclaredProjection {
  const count = listedSynapses(document.connect);
  const from = readEnd(context, document.from, elements, count, `${pointer}/from`);
  const to = readEnd(context, document.to, elements, count, `${pointer}/to`);
  return { document, from, to };
}

/** Returns how many synapses a list makes; undefined for other rules. */
function listedSynapses(connect: ProjectionDocument['connect']): number | undefined {
  const rules = [connect].flat() as readonly ConnectionDocument[];
  const [rule] = rules;
  if (rules.length > 1 || typeof rule !== 'object' || rule.rule !== 'list') return undefined;
  if (rule.pairs) return rule.pairs.length;
  const { sources } = rule;
  const list = isGiven(sources) ? sources.array : sources;
  return Array.isArray(list) ? list.length : undefined;
}

function readEnd(
  context: Context,
  written: EndDocument,
  elements: Elements,
  synapses: number | undefined,
  pointer: string,
): ReadEnd | undefined {
  const full = typeof written === 'object' && 'of' in written;
  const map: Extract<EndDocument, { of: unknown }> = full ? written : { of: written };
  const selection = normaliseSelection(context, map.of, elements, full ? `${pointer}/of` : pointer);
  if (!selection) return undefined;
  if (map.event !== undefined) checkEvent(context, map.event, selection, `${pointer}/event`);
  const placed = { selection, each: 'synapse', count: synapses } as const;
  const known = { of: selection.rule, ...normalisePlaces(context, map, placed, pointer) };
  return { end: readObject(shapes.end.reading.slots, map, { context, pointer, scopes: [] }, known), selection };
}

function checkEvent(context: Context, event: Id, selection: Selection, pointer: string): void {
  for (const member of selection.members) {
    const events = eventsOf(member);
    if (events && !events.has(event)) context.report(messages.unknownReference('event', event, [...events]), pointer);
  }
}

/** Returns the events of a population: a source of given spikes has spikes. Undefined if its type is wrong. */
export function eventsOf(member: Member): ReadonlySet<string> | undefined {
  if (member.kind === 'projection') return new Set();
  if (member.population.unknown === true) return undefined;
  return member.population.neuron?.events ?? new Set(['spike']);
}

/** Variables of a neuron that a synapse may read: its own variables, its index and place. */
const endSpecials: ReadonlyMap<string, Variable> = new Map([...sourceSpecials, ...eventVariables]);

/** Returns all pairs of ends that a projection connects, one for each pair of types. */
export function endsOf(
  { from, to }: DeclaredProjection,
  synapseOf: (projection: Id) => DeclaredSynapse | undefined,
): Ends[] {
  const infos = (read: ReadEnd | undefined): EndInfo[] => {
    const found = new Map<object, EndInfo>();
    for (const member of read?.selection.members ?? []) {
      const info = endInfo(member, synapseOf, read?.end.event);
      found.set(member.kind === 'population' ? (member.population.neuron ?? noEnd) : member, info);
    }
    return [...found.values()];
  };
  return infos(from).flatMap((pre) => infos(to).map((post) => ({ pre, post })));
}

function endInfo(
  member: Member,
  synapseOf: (projection: Id) => DeclaredSynapse | undefined,
  event: Id | undefined,
): EndInfo {
  if (member.kind === 'projection') {
    const synapse = synapseOf(member.id);
    return synapse ? { names: synapse.declared.names, events: new Set() } : noEnd;
  }
  const { neuron, unknown } = member.population;
  if (unknown === true) return { names: anyName, events: undefined };
  if (!neuron) return { names: namesFrom(sourceSpecials), events: new Set(['spike']) };
  const info = infoOfType(neuron);
  // The event chosen at this end takes the place of the spike.
  return event === undefined ? info : { ...info, events: new Set([...neuron.events, 'spike']) };
}

const infoOfType = oncePerObject(({ own, events }: NeuronInfo): EndInfo => ({
  names: namesFrom(own, endSpecials),
  events,
}));

/** Normalises a projection. */
export function normaliseProjection(
  context: Context,
  { document, from, to }: DeclaredProjection,
  ends: readonly Ends[],
  synapse: SynapseInfo | undefined,
  synapseNames: readonly Id[],
  projections: ReadonlyMap<Id, DeclaredProjection>,
  pointer: string,
): Projection | undefined {
  if (!synapse)
    context.report(messages.unknownReference('synapse type', document.synapse, synapseNames), `${pointer}/synapse`);
  if (!from || !to || !synapse) return undefined;
  const scopes = synapseScopes(synapse.own, ends);
  const connectionScopes = synapseScopes({ lookup: () => undefined, names: () => [] }, ends);
  const matrix = matrixOf(from, to);
  const slotOf = () => ({ infinite: true as const, matrix });
  const names = { names: synapse.own };
  const values = assignedValues(context, document.values, names, scopes, slotOf, `${pointer}/values`);
  const delayRange = document.delayRange && normaliseDelayRange(context, document.delayRange, `${pointer}/delayRange`);
  const delays = normaliseDelays(context, document, synapse, scopes, delayRange, matrix, pointer);
  const space = document.space && normaliseSpace(context, document.space, `${pointer}/space`);
  const sameEnds = (name: Id): boolean | undefined => {
    const other = projections.get(name);
    return (
      other &&
      other.document !== document &&
      [other.from?.end, other.to?.end].every((end, k) => canonicalize(end) === canonicalize([from.end, to.end][k]))
    );
  };
  const between = { from: from.selection, to: to.selection, scopes: connectionScopes, sameEnds, projections };
  const known = {
    from: from.end,
    to: to.end,
    connect: normaliseConnections(context, document.connect, between, `${pointer}/connect`),
    receptors: normaliseReceptors(context, document, synapse, ends, pointer),
    ...{ values, delays, delayRange, space },
  };
  return readObject(shapes.projection.reading.slots, document, { context, pointer, scopes }, known);
}

/** Returns the matrix that has a value for each pair of elements. */
export const matrixOf = ({ selection: from }: ReadEnd, { selection: to }: ReadEnd): Matrix | undefined =>
  from.count === undefined || to.count === undefined ? undefined : [from.count, to.count];

/** Normalises the variables of the target that the ports write to. */
function normaliseReceptors(
  context: Context,
  document: ProjectionDocument,
  synapse: SynapseInfo,
  ends: readonly Ends[],
  pointer: string,
): Record<Id, Id> {
  const ports = [...synapse.ports.keys()];
  const [only] = ports;
  if (document.receptor !== undefined && document.receptors !== undefined)
    context.report(messages.oneOfKeys(['receptor', 'receptors'], 2), `${pointer}/receptor`);
  if (document.receptor !== undefined && (only === undefined || ports.length > 1)) {
    context.report(messages.receptorPorts(ports), `${pointer}/receptor`);
    return {};
  }
  const written =
    document.receptors ?? (document.receptor !== undefined && only !== undefined ? { [only]: document.receptor } : {});
  const at = (port: string): string =>
    document.receptors ? child(`${pointer}/receptors`, port) : `${pointer}/receptor`;
  for (const port of ports) if (!Object.hasOwn(written, port)) context.report(messages.missingReceptor(port), pointer);
  for (const [port, name] of Object.entries(written)) {
    const variable = synapse.ports.get(port);
    if (!variable) {
      context.reportKey(messages.unknownReference('port', port, ports), at(port));
      continue;
    }
    for (const { post } of ends) checkReceptor(context, port, variable, name, post.names, at(port));
  }
  return written;
}

function checkReceptor(context: Context, port: Id, variable: Variable, name: Id, names: Names, pointer: string): void {
  const target = names.lookup(name);
  if (target?.unknown === true || variable.unknown === true) return;
  const known = namesOfKinds(names, ['state', 'input']);
  if (target?.kind !== 'state' && target?.kind !== 'input')
    context.report(messages.unknownVariable(name, known, 'variable of the target'), pointer);
  else if (!equalDimensions(target.dimension, variable.dimension))
    context.report(
      wrongDimension(`the variable ${name}, to which ${port} is bound,`, variable.dimension, target.dimension),
      pointer,
    );
}

/** Normalises the delays that this projection sets, one for each pathway. */
function normaliseDelays(
  context: Context,
  document: ProjectionDocument,
  synapse: SynapseInfo,
  scopes: readonly Names[],
  range: Projection['delayRange'],
  matrix: Matrix | undefined,
  pointer: string,
): Record<Id, Value> {
  const pathways = synapse.type.pathways;
  const result: Record<Id, Value> = {};
  const set = (name: Id, written: ValueDocument, at: string): void => {
    const slot = { what: `the delay of ${name}`, unit: secondUnit, type: 'real', least: 0, matrix } as const;
    const value = normaliseValue(context, written, scopes, slot, at);
    if (value === undefined) return;
    result[name] = value;
    checkDelay(context, value, range, allNames(scopes), at);
  };
  if (document.delay !== undefined) {
    const before = Object.keys(pathways).filter((name) => sideOf(pathways[name]?.on ?? '') === 'pre');
    const [only] = before;
    if (only === undefined || before.length > 1) context.report(messages.delayPathways(before), `${pointer}/delay`);
    else if (document.delays && Object.hasOwn(document.delays, only))
      context.report(messages.oneOfKeys(['delay', `delays/${only}`], 2), `${pointer}/delay`);
    else set(only, document.delay, `${pointer}/delay`);
  }
  for (const [name, written] of Object.entries(document.delays ?? {})) {
    const at = child(`${pointer}/delays`, name);
    if (Object.hasOwn(pathways, name)) set(name, written, at);
    else context.reportKey(messages.unknownReference('pathway', name, Object.keys(pathways)), at);
  }
  for (const [name, { delay }] of Object.entries(pathways))
    if (!Object.hasOwn(result, name)) checkDelay(context, delay, range, allNames(scopes), pointer);
  return result;
}

/** Checks that a delay known now lies within the projection's range, unless the range handles delays outside it. */
function checkDelay(
  context: Context,
  value: Value,
  range: Projection['delayRange'],
  names: Names,
  pointer: string,
): void {
  if (!range || range.outOfRange !== 'error') return;
  const { min = 0, max = Infinity } = range;
  const numbers: readonly number[] =
    typeof value === 'number' ? [value] : isGiven(value) && isListed(value.array) ? value.array : [];
  const { low, high } =
    typeof value === 'string'
      ? literalBounds(foldConstants(parseExpression(value), undefined, (name) => names.lookup(name) !== undefined))
      : { low: min, high: min };
  const wrong = [...numbers, low, high].find((number) => Number.isFinite(number) && (number < min || number > max));
  if (wrong !== undefined) context.report(messages.delayOutOfRange(min, max, wrong), pointer);
}

function normaliseDelayRange(
  context: Context,
  written: NonNullable<ProjectionDocument['delayRange']>,
  pointer: string,
): NonNullable<Projection['delayRange']> {
  const range = readObject(shapes.delayRange.reading.slots, written, { context, pointer, scopes: [] });
  const { min, max } = range;
  if (min !== undefined && max !== undefined && min > max) context.report(messages.emptyRange(min, max), pointer);
  return range;
}

function normaliseSpace(
  context: Context,
  written: NonNullable<ProjectionDocument['space']>,
  pointer: string,
): NonNullable<Projection['space']> {
  const three = <T>(item: T | readonly T[] | undefined, otherwise: T, key: string): readonly T[] => {
    if (item === undefined) return [otherwise, otherwise, otherwise];
    if (!Array.isArray(item)) return [item as T, item as T, item as T];
    if (item.length !== 3)
      context.report(messages.wrongLength(`${key} (one item for each axis)`, 3, item.length), `${pointer}/${key}`);
    return item as readonly T[];
  };
  const length = (item: string | number, at: string): number =>
    normaliseQuantity(context, item, siUnit(metre), 'a length', at) ?? 0;
  const scale = three(written.scale, 1, 'scale');
  if (!scale.every((factor) => Number.isFinite(factor)))
    context.report(messages.notFinite(scale.find((factor) => !Number.isFinite(factor))), `${pointer}/scale`);
  const offset = three(written.offset, 0, 'offset').map((item, axis) =>
    length(item, Array.isArray(written.offset) ? `${pointer}/offset/${axis}` : `${pointer}/offset`),
  );
  const periodic = three<readonly (string | number)[] | null>(written.periodic, null, 'periodic').map((item, axis) => {
    if (item === null) return null;
    const at = `${pointer}/periodic/${axis}`;
    const [low, high] = [length(item[0] ?? 0, `${at}/0`), length(item[1] ?? 0, `${at}/1`)];
    if (item.length !== 2) context.report(messages.wrongLength('a periodic interval', 2, item.length), at);
    else if (!(low < high)) context.report(messages.emptyRange(low, high), at);
    return [low, high] as const;
  });
  const known = { scale, offset, periodic };
  return readObject(shapes.space.reading.slots, written, { context, pointer, scopes: [] }, known);
}
