/** Projections as Synapses. */

import { changedNames } from '../../../src/model/changed.js';
import { binary, name, quantity } from '../../../src/lang/build.js';
import { second } from '../../../src/lang/dimension.js';
import { oncePerObject } from '../../../src/diagnostics/memoise.js';
import { referenceOf, sideOf, spelling } from '../../../src/lang/reference.js';
import { mapExpression } from '../../../src/lang/walk.js';
import { numbersOf } from '../../../src/model/arrays.js';
import { isGiven, isSelection } from '../../../src/model/tagged.js';
import {
  formula,
  namesOf,
  type Model,
  type Pathway,
  type Projection,
  type SelectionRule,
  type Sum,
  type SynapseType,
  type Value,
} from '../../../src/model/typed.js';
import { objectNames } from '../../../src/model/object-names.js';
import { hearsStepLater, testPlace } from '../event-places.js';
import { defaultPathwayOrder, defaultSlot, isBeforeThresholds } from '../vocabulary.js';
import { brianExpression, brianStatements, type NameView, type Remarks } from './brian-text.js';
import { constantText, dimensionOf, equationLines, initializers, valueText } from './equations-text.js';
import { clock, methodName, type Exported } from './groups.js';
import {
  codeOfSynapses,
  definitionOf,
  dimensionIn,
  isConstant,
  remarksAt,
  renameAll,
  seenBySynapses,
  type ExportContext,
  type GroupPlan,
  type SynapsesEnd,
  type SynapsesPlan,
} from './plan.js';
import { declaredUnit } from '../../../src/lang/readable-quantity.js';
import { contributedName, contributionLines } from './inputs.js';
import { connectParts } from './connections/connect-calls.js';
import { groupSlice, sliceText } from './selection-text.js';

const specials: Readonly<Record<string, string | undefined>> = {
  t: 't',
  dt: 'dt',
  t_in_timesteps: 't_in_timesteps',
  i: 'i',
  j: 'j',
  N: 'N',
  N_pre: 'N_pre',
  N_incoming: 'N_incoming',
  N_outgoing: 'N_outgoing',
  N_post: 'N_post',
  lastupdate: 'lastupdate',
  copy: 'copy',
  'pre.i': 'i',
  'post.i': 'j',
  'pre.N': 'N_pre',
  'post.N': 'N_post',
  'pre.t': 't',
  'post.t': 't',
  'pre.dt': 'dt',
  'post.dt': 'dt',
};
const unsayable: ReadonlySet<string> = new Set(['delay', 'distance']);

/** Plans all projections. Synapses that are ends of other projections come before these projections. */
export function planAllSynapses(
  groups: ReadonlyMap<string, GroupPlan>,
  context: ExportContext,
): ReadonlyMap<string, SynapsesPlan> {
  const { projections } = context.model;
  const plans = new Map<string, SynapsesPlan>();
  const seen = new Set<string>();
  const visit = (id: string): void => {
    const projection = projections[id];
    if (projection === undefined || seen.has(id)) return;
    seen.add(id);
    for (const { of } of [projection.from, projection.to]) if (isSelection(of, 'synapses')) visit(of.projection);
    const plan = planSynapses(id, projection, groups, plans, context);
    if (plan !== undefined) plans.set(id, plan);
  };
  Object.keys(projections).forEach(visit);
  return plans;
}

/** Returns the plan of a projection, or undefined if Brian has no equivalent of its ends. */
function planSynapses(
  id: string,
  projection: Projection,
  groups: ReadonlyMap<string, GroupPlan>,
  synapses: ReadonlyMap<string, SynapsesPlan>,
  context: ExportContext,
): SynapsesPlan | undefined {
  const pointer = `/projections/${id}`;
  const end = (side: 'from' | 'to'): SynapsesEnd | undefined => {
    const { of } = projection[side];
    if (!isSelection(of, 'synapses') || of.slice !== undefined || of.indices !== undefined)
      return groupSlice(of, groups, `${pointer}/${side}`, context);
    const group = synapses.get(of.projection);
    return group && { group };
  };
  const [source, target] = [end('from'), end('to')];
  const type = context.model.synapses[projection.synapse];
  if (source === undefined || target === undefined || type === undefined) return undefined;
  const name = context.objects.claim(id, 'synapses');
  if (name !== id) context.report.exact(pointer, `called ${name} in Brian`, 'brian/renamed');
  if (projection.synapse !== id)
    context.report.exact(
      pointer,
      `the synapse type ${projection.synapse} has no name in Brian; when read back, it is called ${name}`,
      'brian/type-name',
    );
  const code = codeOfSynapses(id, type, context);
  const changed = changedNames(context.model);
  const constants = new Set(
    Object.keys(type.parameters).filter(
      (key) =>
        isConstant(key, type, projection.values, code) &&
        !changed.has(`${id}.${key}`) &&
        !seenBySynapses(id, key, context),
    ),
  );
  const names = renameAll(type, 'synapse', constants, pointer, context, namesAtEnds(source, target));
  return {
    id,
    name,
    kind: 'synapses',
    projection,
    type,
    source,
    target,
    names,
    constants,
    view: synapseView(type, names, projection, source, target, context),
  };
}

/** Returns names that mean a variable of an end, with and without its suffix. */
function namesAtEnds(source: SynapsesEnd, target: SynapsesEnd): ReadonlySet<string> {
  const visible = ({ group }: SynapsesEnd): readonly string[] =>
    [...group.names].filter(([key]) => !group.constants.has(key)).map(([, name]) => name);
  const before = visible(source);
  const after = visible(target);
  return new Set([...before, ...after, ...before.map((name) => `${name}_pre`), ...after.map((name) => `${name}_post`)]);
}

function synapseView(
  type: SynapseType,
  names: ReadonlyMap<string, string>,
  projection: Projection,
  source: SynapsesEnd,
  target: SynapsesEnd,
  context: ExportContext,
): NameView {
  const ports = new Map(Object.keys(type.ports).map((port) => [port, projection.receptors[port]]));
  const atEnd = (key: string): string | undefined => {
    const reference = referenceOf(key);
    if (reference.kind !== 'end') return undefined;
    const { group } = reference.end === 'pre' ? source : target;
    const brian = group.view.brian(reference.variable);
    return brian === undefined ? undefined : `${brian}_${reference.end}`;
  };
  return {
    declared: (key) =>
      names.has(key) || key in specials || unsayable.has(key) || sideOf(key) !== undefined || type.noise.includes(key),
    brian: (key) => {
      const port = ports.get(key);
      if (port !== undefined) return atEnd(`post.${port}`);
      return names.get(key) ?? specials[key] ?? (type.noise.includes(key) ? key : atEnd(key));
    },
    tables: context.tables,
    arithmetic: context.arithmetic,
    derived: (key) => {
      const reference = referenceOf(ports.has(key) ? `post.${ports.get(key) ?? ''}` : key);
      if (reference.kind !== 'end') return definitionOf(key, type);
      const { group } = reference.end === 'pre' ? source : target;
      const found = group.type && definitionOf(reference.variable, group.type);
      return (
        found &&
        mapExpression(found, (part) =>
          part.kind === 'name' && group.names.has(part.name) ? name(`${reference.end}.${part.name}`, part.span) : part,
        )
      );
    },
    isEventDriven: (key) => type.derivatives[key]?.eventDriven === true,
    dimension: (key) => dimensionIn(type, key),
  };
}

/** Returns a projection as a part of the specification. */
export function exportSynapses(plan: SynapsesPlan, context: ExportContext): Exported {
  const { projection, type, view, id } = plan;
  const remarks = remarksAt(context.report, `/projections/${id}`);
  const about = remarksAt(context.report, `/synapses/${projection.synapse}`);
  checkFeatures(plan, remarks);
  if (type.events !== undefined)
    about.notExpressible('brian/synapse-events', "Brian's synapses cannot test conditions");
  const summed = [...type.summed.map((sum) => summedLine(sum, plan, about)), ...contributionLines(plan, context)];
  const model = equationLines(
    type,
    plan,
    view,
    about,
    (key) => [type.derivatives[key]?.eventDriven === true ? 'event-driven' : 'clock-driven'],
    summed,
  );
  const initial = {
    ...initializers(type, plan, projection.values, view, context.data, remarks),
    ...delayInitializers(plan, context, remarks),
  };
  const constants = Object.fromEntries(
    [...plan.constants].flatMap((key) => {
      const parameter = type.parameters[key];
      return parameter === undefined
        ? []
        : [
            [
              plan.names.get(key) ?? key,
              constantText(parameter.value, parameter.unit, parameter.type, view, about),
            ] as const,
          ];
    }),
  );
  const target = sliceText(plan.target);
  const specification = {
    source: sliceText(plan.source),
    target,
    ...(model === '' ? {} : { model }),
    ...pathwayParts(plan, about),
    ...sumParts(plan),
    ...methodName(plan, context, about),
    ...constantDelays(plan, context, remarks),
    connect: connectParts(plan, context, remarks),
    ...(Object.keys(initial).length === 0 ? {} : { initializers: initial }),
    ...(readsCopies(plan, context) ? { multisynaptic_index: 'copy' } : {}),
    ...clock(plan.name, projection.clock, context),
    ...(projection.order === 0 ? {} : { order: projection.order }),
  };
  return { specification, constants };
}

/** Checks whether something reads the number of a synapse in its pair. */
function readsCopies({ id, projection, names }: SynapsesPlan, { model }: ExportContext): boolean {
  if (names.has('copy') || !mentionsCopies(model)) return false;
  const own = ({ on, of }: { readonly on?: SelectionRule; readonly of?: SelectionRule }): boolean =>
    [on, of].some((rule) => rule?.kind === 'synapses' && rule.projection === id);
  const { values, delays } = model.projections[id] ?? {};
  const operations = Object.values(model.operations).filter(own);
  const parts = [model.synapses[projection.synapse], values, delays, operations, model.recordings.filter(own)];
  return namesOf([parts, model.experiment.protocol]).has('copy');
}

/** Checks whether any code of a model reads `copy`, once for all projections. */
const mentionsCopies = oncePerObject(({ synapses, operations, recordings, experiment, projections }: Model) => {
  const values = Object.values(projections).map((projection) => [projection.values, projection.delays]);
  return namesOf([synapses, operations, recordings, experiment, values]).has('copy');
});

function checkFeatures({ projection }: SynapsesPlan, remarks: Remarks): void {
  if (projection.space !== undefined) remarks.notExpressible('brian/positions', "Brian's groups have no positions");
  if (projection.delayRange !== undefined && projection.delayRange.outOfRange !== 'error') {
    remarks.notExpressible(
      'brian/delay-range',
      'Brian does not clip or redraw delays; freezing the model makes them explicit',
    );
  }
}

function summedLine({ to, value }: Sum, plan: SynapsesPlan, remarks: Remarks): string {
  const key = spelling(to);
  const side = to.kind === 'end' && to.end === 'pre' ? plan.source : plan.target;
  const variable = side.group.type?.state[to.variable];
  const unit = declaredUnit(dimensionOf(variable?.unit ?? '1'));
  return `${plan.view.brian(key) ?? key} = ${brianExpression(value, plan.view, remarks)} : ${unit} (summed)`;
}

/** Returns the places in a step at which Brian computes sums, if they are unusual. */
function sumParts(plan: SynapsesPlan): Record<string, unknown> {
  const entries = Object.entries(plan.type.sumSlots ?? {}).map(([key, { slot, order }]) => [
    contributedName(key, plan) ?? plan.view.brian(key) ?? key,
    { ...(slot === undefined ? {} : { when: slot }), ...(order === undefined ? {} : { order }) },
  ]);
  return entries.length === 0 ? {} : { summed_updaters: Object.fromEntries(entries) };
}

// --- Pathways -------------------------------------------------------------------------------------------------------

/** Returns the event that a pathway listens to. An end may define which of its events counts as the spike. */
function eventOf(pathway: Pathway, projection: Projection): string {
  const { event } = pathway.on;
  const end = pathway.on.end === 'pre' ? projection.from : projection.to;
  return event === 'spike' ? (end.event ?? event) : event;
}

function pathwayParts(plan: SynapsesPlan, remarks: Remarks): Record<string, unknown> {
  const entries = Object.entries(plan.type.pathways);
  const parts: Record<string, unknown> = {};
  for (const [side, argument] of [
    ['pre', 'on_pre'],
    ['post', 'on_post'],
  ] as const) {
    const own = entries.filter(([, pathway]) => pathway.on.end === side);
    const [only] = own;
    if (only === undefined) continue;
    const codes = Object.fromEntries(
      own.map(([key, pathway]) => [key, brianStatements(pathway.do, plan.view, remarks)]),
    );
    parts[argument] = own.length === 1 && only[0] === side ? codes[side] : codes;
  }
  const events = [...new Set(entries.map(([, pathway]) => eventOf(pathway, plan.projection)))];
  if (events.length === 1 && events[0] !== 'spike') parts['on_event'] = events[0];
  if (events.length > 1)
    parts['on_event'] = Object.fromEntries(entries.map(([key, pathway]) => [key, eventOf(pathway, plan.projection)]));
  const scheduled = entries.flatMap(([key, pathway]) => {
    const order = pathway.order === defaultPathwayOrder[pathway.on.end] ? {} : { order: pathway.order };
    const when = pathway.slot === undefined ? {} : { when: pathway.slot };
    return Object.keys({ ...order, ...when }).length === 0 ? [] : [[key, { ...when, ...order }] as const];
  });
  if (scheduled.length > 0) parts['pathways'] = Object.fromEntries(scheduled);
  return parts;
}

/** Returns the delay of each pathway, from the projection or else from the type. */
function delaysOf(plan: SynapsesPlan, context: ExportContext): readonly (readonly [string, Value])[] {
  const { projection, type } = plan;
  return Object.entries(type.pathways).map(
    ([key, pathway]) => [key, delayOn(plan, key, projection.delays[key] ?? pathway.delay, context)] as const,
  );
}

/** Returns a delay as Brian counts it. Pathways that run before the test for their event receive it one step later. */
export function delayOn(plan: SynapsesPlan, key: string, delay: Value, { model, data }: ExportContext): Value {
  const pathway = plan.type.pathways[key];
  if (!isBeforeThresholds(pathway?.slot) || pathway === undefined) return delay;
  const { group } = pathway.on.end === 'pre' ? plan.source : plan.target;
  const event = eventOf(pathway, plan.projection);
  const population = group.kind === 'synapses' ? { order: 0 } : group.population;
  const definition =
    group.kind === 'synapses' ? undefined : (group.type?.events[event] ?? { slot: group.population.slot });
  const { slot = defaultSlot.pathway } = pathway;
  const place = { slot, order: pathway.order, name: objectNames.pathway(plan.name, key) };
  const isLater = hearsStepLater(place, testPlace({ name: group.name, order: population.order }, event, definition));
  return isLater ? stepShorter(delay, model.experiment.dt, data) : delay;
}

/** Returns a delay without the step that Brian adds. */
function stepShorter(delay: Value, dt: number, data: ExportContext['data']): Value {
  const shorter = (seconds: number): number => {
    const rest = Number((seconds - dt).toPrecision(14));
    return Math.abs(rest) < dt * 1e-9 ? 0 : rest;
  };
  if (typeof delay === 'number') return shorter(delay);
  if (delay.kind === 'expression') return formula(binary('-', delay.expression, quantity(dt, second)));
  if (!isGiven(delay)) return delay;
  return { ...delay, array: numbersOf(delay.array, data).map(shorter) };
}

function constantDelays(plan: SynapsesPlan, context: ExportContext, remarks: Remarks): { delay?: unknown } {
  const constant = delaysOf(plan, context).filter(([, delay]) => typeof delay === 'number' && delay !== 0);
  if (constant.length === 0) return {};
  const texts = constant.map(
    ([key, delay]) => [key, valueText(delay, 's', 'real', plan.view, context.data, remarks)] as const,
  );
  const [only] = texts;
  return texts.length === 1 && only?.[0] === 'pre' ? { delay: only[1] } : { delay: Object.fromEntries(texts) };
}

function delayInitializers(plan: SynapsesPlan, context: ExportContext, remarks: Remarks): Record<string, unknown> {
  return Object.fromEntries(
    delaysOf(plan, context).flatMap(([key, delay]) => {
      if (typeof delay === 'number') return [];
      const text = valueText(delay, 's', 'real', plan.view, context.data, remarks);
      return text === undefined ? [] : [[key === 'pre' ? 'delay' : `${key}.delay`, text] as const];
    }),
  );
}
