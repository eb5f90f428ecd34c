/** Projections: their synapses, and their connections one by one. */

import { populationOf } from '../../../../src/model/selected.js';
import type { Dimension } from '../../../../src/lang/ast.js';
import { child } from '../../../../src/model/pointer.js';
import type { Projection } from '../../../../src/model/typed.js';
import { isSelection } from '../../../../src/model/tagged.js';
import { contactsOf, writeGapJunctions } from './gap-junctions.js';
import { coreSynapses, writePlacedConnections } from '../cells/network.js';
import { type CellPlan, type ExportContext } from '../context.js';
import { delaysOf, delayTexts } from './delays.js';
import { dimensionOfUnit } from '../text/dimensions.js';
import { jumpsOf, receivedEvents, seesSource, usualEvent } from './effects.js';
import { connectionType, contactTypes, type OwnValue } from './network-types.js';
import { isStandardSynapse } from '../named-cell.js';
import { writeNamedProjection } from '../named-parts.js';
import { numbersOfElements } from '../network-values.js';
import { elementsBySet, mostSets, withFewSets } from '../few-values.js';
import { numbersAt, pairsOf, type PairedProjection } from './pairs.js';
import { commonUnit, keptTexts, numberText, quantityText } from '../text/quantity-text.js';
import { ownSynapse, weightNames } from './synapse-code.js';
import { synapseType, type BuiltSynapse } from './synapse-type.js';
import { plasticForm } from './plastic-form.js';
import { numberAt } from '../../../../src/library/element-values.js';
import { countsOf, type NetworkOutput } from '../network-output.js';
import { element, listOf, type Element } from '../text/xml-text.js';

/** A projection with all that is known of it. */
interface Known extends PairedProjection {
  readonly plan: CellPlan;
  readonly dimensionOf: (key: string) => Dimension;
}

/** Writes a projection. */
export function writeProjection(name: string, given: Projection, written: NetworkOutput, context: ExportContext): void {
  const known = knownOf(name, given, written, context);
  if (!known) return;
  if (gapJunctions(known, written, context)) return;
  const named = written.named.get(known.plan.type);
  const isStandard = named && isStandardSynapse(known.type, known.projection.receptors, named.cell);
  if (isStandard && portOf(known, written, context) === undefined)
    return writeNamedProjection(known, named, written, context);
  writeOwnProjection(known, written, context);
}

/** Writes a projection with a component type of its own, or with core types between cells with compartments. */
function writeOwnProjection(given: Known, written: NetworkOutput, context: ExportContext): void {
  const { name, projection, plan, source, target, type, pairs } = given;
  const isPlaced = written.cells.has(target);
  const [event = usualEvent] = receivedEvents(type);
  if (event !== usualEvent && (isPlaced || written.cells.has(source)))
    return context.report.missing(
      child('/projections', name),
      `the event ${event} of cells, between cells with compartments`,
    );
  if (isPlaced) {
    const core = coreSynapses(given, written, context);
    if (core) return writePlacedConnections(given, core, undefined, written, context);
  }
  const port = portOf(given, written, context);
  if (context.plain === true && port !== undefined)
    return context.report.missing(
      child('/projections', name),
      `the event ${port} of cells with several events: connections of NeuroML transmit the spikes of cells`,
    );
  const { known, varying } = withGivenValues(given, context);
  const { values } = known;
  const started = new Set(
    [...values].flatMap(([key, numbers]) => (Object.hasOwn(type.state, key) && numbers !== 0 ? [key] : [])),
  );
  const sourcePlan = written.plans.get(context.model.populations[source]?.type ?? '');
  const possible = weightNames(type, projection);
  const hasWeight =
    varying.size <= 1 &&
    port === undefined &&
    (context.plain === true || [...varying].every((key) => possible.has(key)));
  const made = synapseType(
    name,
    projection,
    type,
    plan,
    { varying, started, hasWeight, values, source: sourcePlan },
    context,
  );
  const built = made.peer ? made : { ...made, componentType: written.sharedType(made.element) };
  if (made.peer) written.types.push(made.element);
  const weights = built.weight && weightsOf(known, built.weight, context);
  const sets = elementsBySet(pairs.sources.length, [...built.parameters.keys()], values);
  const groups = (sets.length === 0 ? [[]] : sets).map((members): ConnectionGroup => {
    const id = context.ids.claim(`${name}_synapses`);
    const attributes = [...built.parameters].map(([key, lems]) => {
      const value = numberAt(values.get(key), members[0] ?? 0);
      return [lems, quantityText(value, known.dimensionOf(key), context.dimensions)] as const;
    });
    written.components.push(
      element(built.componentType, {
        id,
        ...weights?.attributes,
        ...built.attributes,
        ...Object.fromEntries(attributes),
      }),
    );
    return { id, members };
  });
  if (groups.length > 1)
    context.report.convention(
      'lems/one-by-one',
      child('/projections', name),
      `${groups.length} sets of values are projections of their own, since those of NeuroML have one component`,
    );
  written.placeSynapses(name, target, pairs.targets, groups, built.visible);
  const receptor = jumpsOf(projection, type).flatMap((variable) => plan.responses?.get(variable) ?? [])[0];
  for (const { id, members } of receptor ? groups : []) {
    const counts = countsOf(members.map((k) => pairs.targets[k] ?? 0));
    written.receptors.push({ receptor: receptor!, population: target, component: id, counts });
  }
  if (isPlaced && built.peer)
    context.report.missing(
      child('/projections', name),
      'synapses that read the cell that they come from, on cells with compartments',
    );
  else if (isPlaced) {
    const weightOf = (k: number): number => Number(weights?.textOf(k) ?? 1);
    const placed = groups.map(({ id, members }) => ({ id, members, weightOf }));
    writePlacedConnections(known, placed, built, written, context);
  } else if (built.peer) contacts(known, built, built.peer, groups, written, context);
  else
    groups.forEach((group, n) => {
      connections(known, built, weights?.textOf, n === 0 ? name : context.ids.claim(name), group, written, context);
    });
}

/** Connections through synapses of one component. */
interface ConnectionGroup {
  readonly id: string;
  readonly members: readonly number[];
}

/**
 * Returns a projection with the values that its connections give. In NeuroML this is at most one, the weight, and other
 * values form few sets. Synapses that see the cell that they come from have no weight in NeuroML.
 */
function withGivenValues(known: Known, { plain, report }: ExportContext) {
  const { name, projection, type, values, pairs } = known;
  const differing = [...values].flatMap(([key, numbers]) => (typeof numbers === 'number' ? [] : [key]));
  if (plain !== true) return { known, varying: new Set(differing) };
  const [pointer, size] = [child('/projections', name), pairs.sources.length];
  const weights = weightNames(type, projection);
  // Sets of values are components, which give them by their names.
  const isFew = elementsBySet(size, differing, values).length <= mostSets;
  const usual = differing.find((key) => weights.has(key)) ?? (isFew ? undefined : differing[0]);
  const weight = seesSource(type) ? undefined : usual;
  const few = withFewSets(pointer, 'a projection', size, type, values, (key) => key !== weight, report);
  return { known: { ...known, values: few }, varying: new Set(weight === undefined ? [] : [weight]) };
}

/** Returns weights of connections, as texts, and the component's attributes for weight 1. */
function weightsOf(
  { values, dimensionOf }: Known,
  { of, base }: NonNullable<BuiltSynapse['weight']>,
  { dimensions }: ExportContext,
): { readonly attributes: Readonly<Record<string, string>>; readonly textOf: (connection: number) => string } {
  const numbers = of === undefined ? 1 : values.get(of);
  if (of === undefined || base === undefined)
    return { attributes: {}, textOf: (k) => numberText(numberAt(numbers, k)) };
  const all = typeof numbers === 'number' ? [numbers] : (numbers ?? []);
  const { one, numberOf } = commonUnit(all, dimensionOf(of), dimensions);
  return { attributes: { [base]: one }, textOf: (k) => numberText(numberOf(numberAt(numbers, k))) };
}

/** Writes gap junctions. Returns false for other projections. */
function gapJunctions(known: Known, written: NetworkOutput, context: ExportContext): boolean {
  const { name, source, target } = known;
  if (written.mirrored.has(name)) return true;
  const contacts = contactsOf(known, written, context);
  if (!contacts) return false;
  for (const [other, given] of Object.entries(context.model.projections)) {
    if (other === name || populationOf(given.from.of) !== target || populationOf(given.to.of) !== source) continue;
    const mirror = source === target ? undefined : knownOf(other, given, written, context);
    const back = mirror && contactsOf(mirror, written, context);
    if (!back) continue;
    if (!writeGapJunctions(known, contacts, back, written, context)) continue;
    written.mirrored.add(other);
    return true;
  }
  return writeGapJunctions(known, contacts, [], written, context);
}

/** Returns the facts of a projection, after a report of its parts that LEMS cannot express. */
function knownOf(
  name: string,
  projection: Projection,
  written: NetworkOutput,
  context: ExportContext,
): Known | undefined {
  const { model, report, dt } = context;
  const pointer = child('/projections', name);
  const [source, target] = [populationOf(projection.from.of), populationOf(projection.to.of)];
  const type = model.synapses[projection.synapse];
  const plan = written.plans.get(model.populations[target ?? '']?.type ?? '');
  if ([projection.from.of, projection.to.of].some((end) => isSelection(end, 'synapses')))
    return report.missing(pointer, 'synapses between cells and other synapses: LEMS connects cells');
  if (source === undefined || target === undefined || !type)
    return report.missing(pointer, 'projections between several populations');
  if (!plan) return report.missing(pointer, 'synapses on a source of spikes that are not listed');
  if ((projection.from.event ?? 'spike') !== 'spike')
    return report.missing(`${pointer}/from`, `the event ${String(projection.from.event)}`);
  if (receivedEvents(type).length > 1)
    return report.missing(pointer, 'several events of the source: a connection of LEMS receives those of one port');
  const pairs = pairsOf(name, projection, context);
  if (!pairs) return undefined;
  const absent = [source, target].find((population) => written.pathOf(population, 0) === undefined);
  if (absent !== undefined && pairs.sources.length > 0)
    return report.missing(pointer, `synapses of ${absent}, which is left out`);
  const own = ownSynapse(projection, type, pairs);
  const count = pairs.sources.length;
  const values = numbersOfElements(own.type, own.projection.values, count, pointer, numbersAt(pairs, dt), context);
  const dimensionOf = (key: string): Dimension =>
    dimensionOfUnit(own.type.parameters[key]?.unit ?? own.type.state[key]?.unit ?? '1');
  const rated = plasticForm(own.type, values, context);
  return { name, ...own, type: rated, source, target, plan, pairs, values, dimensionOf };
}

/** Connections by events. */
function connections(
  known: Known,
  { properties }: BuiltSynapse,
  weightOf: ((connection: number) => string) | undefined,
  id: string,
  { id: synapse, members }: ConnectionGroup,
  written: NetworkOutput,
  context: ExportContext,
): void {
  const { name, projection, type, source, target, pairs } = known;
  const seconds = delaysOf(name, projection, type, pairs.sources.length, context);
  const delayOf = delayTexts(seconds, context);
  const valuesOf = ownValues(known, properties, context);
  const delay = new Set(properties.values()).has('delay') ? 'delay_of_connection' : 'delay';
  const tag = weightOf ? 'connectionWD' : connectionTag(known, properties, delay, written, context);
  const port = portOf(known, written, context);
  const connection = (k: number, ordinal: number): Element =>
    element(tag, {
      id: String(ordinal),
      preCellId: `../${written.pathOf(source, pairs.sources[k] ?? 0) ?? ''}`,
      postCellId: `../${written.pathOf(target, pairs.targets[k] ?? 0) ?? ''}`,
      destination: 'synapses',
      ...(port === undefined ? {} : { sourcePort: port }),
      ...valuesOf(k),
      ...(weightOf ? { weight: weightOf(k) } : {}),
      [delay]: delayOf(k),
    });
  written.projections.push({
    ...element('projection', { id, presynapticPopulation: source, postsynapticPopulation: target, synapse }),
    items: listOf(members, connection),
  });
}

/** Contacts through which synapses see the cells that they come from. */
function contacts(
  known: Known,
  { properties }: BuiltSynapse,
  peer: NonNullable<BuiltSynapse['peer']>,
  groups: readonly ConnectionGroup[],
  written: NetworkOutput,
  context: ExportContext,
): void {
  const { name, source, target, pairs } = known;
  const { ids } = context;
  const other = ids.claim(`${name}_other_ends`);
  written.types.push(peer.element);
  written.components.push(element(peer.componentType, { id: other }));
  const isCore = properties.size === 0;
  const [list, item] = isCore
    ? ['continuousProjection', 'continuousConnectionInstance']
    : [ids.claim(`${name}_contacts`), ids.claim(`${name}_contact`)];
  if (!isCore) written.types.push(...contactTypes(list, item, name, ownNames(known, properties, context)));
  const valuesOf = ownValues(known, properties, context);
  const synapses: string[] = [];
  for (const { id, members } of groups) for (const k of members) synapses[k] = id;
  const contact = (i: number, k: number): Element =>
    element(item, {
      id: String(k),
      preCell: `../${written.pathOf(source, i) ?? ''}`,
      postCell: `../${written.pathOf(target, pairs.targets[k] ?? 0) ?? ''}`,
      preComponent: other,
      postComponent: synapses[k] ?? '',
      ...valuesOf(k),
    });
  written.projections.push({
    ...element(list, { id: name, presynapticPopulation: source, postsynapticPopulation: target }),
    items: listOf(pairs.sources, contact),
  });
}

/** Returns values of each connection. */
function ownValues(
  { values, dimensionOf }: Known,
  properties: ReadonlyMap<string, string>,
  { dimensions }: ExportContext,
): (connection: number) => Readonly<Record<string, string>> {
  const columns = [...properties].map(([key, lems]) => {
    const dimension = dimensionOf(key);
    const textOf = keptTexts((value) => quantityText(value, dimension, dimensions));
    return { lems, numbers: values.get(key), textOf };
  });
  return (k) => Object.fromEntries(columns.map(({ lems, numbers, textOf }) => [lems, textOf(numberAt(numbers, k))]));
}

/** Returns the values that connections give, with their dimensions. */
function ownNames(
  { dimensionOf }: Known,
  properties: ReadonlyMap<string, string>,
  { dimensions }: ExportContext,
): readonly OwnValue[] {
  return [...properties].map(([key, lems]) => [lems, dimensions.nameOf(dimensionOf(key))] as const);
}

/** Returns the port that connections name, or undefined if they need no name. */
function portOf({ type, source }: Known, written: NetworkOutput, { model }: ExportContext): string | undefined {
  const [event = usualEvent] = receivedEvents(type);
  const { namesPort } = written.plans.get(model.populations[source]?.type ?? '') ?? {};
  return event !== usualEvent || namesPort ? event : undefined;
}

/** Returns a type of connections that name a port, or give several values. */
function connectionTag(
  known: Known,
  properties: ReadonlyMap<string, string>,
  delay: string,
  written: NetworkOutput,
  context: ExportContext,
): string {
  const port = portOf(known, written, context) !== undefined;
  const type = context.ids.claim(`${known.name}_connection`);
  written.types.push(connectionType(type, delay, ownNames(known, properties, context), port));
  return type;
}
