/** Populations as NeuronGroup, PoissonGroup and SpikeGeneratorGroup. */

import { changedNames } from '../../../src/model/changed.js';
import { isSpatial } from './spatial-type.js';
import { areInFile, isGiven } from '../../../src/model/tagged.js';
import { knownNumbers } from '../../../src/model/arrays.js';
import type { Expression } from '../../../src/lang/ast.js';
import { integer } from '../../../src/lang/build.js';
import { namesIn, writtenBy } from '../../../src/lang/walk.js';
import { spikeStep } from '../../../src/model/steps.js';
import { timingProperties } from '../../../src/model/timing-properties.js';
import {
  statementsIn,
  type EquationSet,
  type EventDefinition,
  type NeuronType,
  type SpikeTrain,
} from '../../../src/model/typed.js';
import { defaultClock, methodNames, defaultSlot } from '../vocabulary.js';
import { brianExpression, brianStatements, folded, spacedQuantity, type Remarks } from './brian-text.js';
import { constantText, dimensionOf, equationLines, initializers, valueText } from './equations-text.js';
import { inputParts } from './inputs.js';
import { remarksAt, type ExportContext, type GroupPlan, type Plans, type TypePlan } from './plan.js';
import { gslMethod } from './adaptive-steps.js';
import { keptOptions } from '../method-options.js';
import { quantityText, writtenQuantities } from '../../../src/lang/readable-quantity.js';
import { membraneValues, ownEquations, structure } from './spatial.js';
import type { Link, MethodOptions } from '../specification.generated.js';

const secondDimension = dimensionOf('s');

/** Constants of a group or of synapses, by Brian's name. */
export type Constants = Readonly<Record<string, string | number>>;

/** A part of the specification, with the constants that it names. */
export interface Exported {
  /** Members of the specification's own form. */
  readonly specification: Record<string, unknown>;
  /** Constants that its texts name, for its namespace. */
  readonly constants: Constants;
}

/** Returns Brian's name of a canonical integration method, with its options. */
export function methodName(
  { type, name: owner }: TypePlan & { readonly type: EquationSet; readonly name: string },
  { model }: ExportContext,
  remarks: Remarks,
): { readonly method?: string; readonly method_options?: MethodOptions } {
  const { method } = type;
  if (method === 'auto' || (method === 'adaptive' && Object.keys(type.derivatives).length === 0)) return {};
  if (method === 'adaptive') {
    const options = keptOptions(model.annotations, owner);
    return { method: gslMethod, ...(options === undefined ? {} : { method_options: options }) };
  }
  const found = Object.entries(methodNames).find(([, canonical]) => canonical === method)?.[0];
  if (found === undefined) remarks.notExpressible('brian/method', `Brian has no integration method like ${method}`);
  return found === undefined ? {} : { method: found };
}

/** Returns a population as a part of the specification. */
export function exportGroup(plan: GroupPlan, plans: Plans, context: ExportContext): Exported {
  const pointer = `/populations/${plan.id}`;
  const remarks = remarksAt(context.report, pointer);
  if (plan.population.positions !== undefined)
    remarks.notExpressible('brian/positions', "Brian's groups have no positions");
  const common = {
    ...clock(plan.name, plan.population.clock, context),
    ...(plan.population.order === 0 ? {} : { order: plan.population.order }),
  };
  switch (plan.kind) {
    case 'generator':
      return { specification: { ...generator(plan, context, remarks), ...common }, constants: {} };
    case 'poisson':
      return {
        specification: { ...poisson(plan, context, remarks), ...common },
        constants: constantsOf(plan, context),
      };
    case 'neuron':
    case 'spatial':
      return {
        specification: { ...neurons(plan, plans, context, remarks), ...common },
        constants: constantsOf(plan, context),
      };
    default:
      return plan.kind satisfies never;
  }
}

/** Returns the time step of an object with its own clock. Clocks have no names in Brian. */
export function clock(name: string, clockId: string | undefined, context: ExportContext): { dt?: string | number } {
  const { clocks, experiment } = context.model;
  const own = clockId === undefined ? undefined : clocks[clockId];
  const text = (dt: number): string | number => quantityText(dt, secondDimension, context.arithmetic);
  // Objects without a clock need the time step if the default clock is coarser than the steps of the run.
  if (own === undefined) return Object.hasOwn(clocks, defaultClock) ? { dt: text(experiment.dt) } : {};
  if (clockId === defaultClock) return {};
  if (clockId !== name)
    context.report.exact(
      `/clocks/${clockId}`,
      "Brian's clocks have no names; when read back, it is named after the group or synapses",
      'brian/clock',
    );
  return { dt: text(own.dt) };
}

/** Returns the constants that a plan's type puts into the namespace. */
function constantsOf(plan: GroupPlan, context: ExportContext): Constants {
  const { type } = plan;
  if (type === undefined) return {};
  const remarks = remarksAt(context.report, `/neurons/${plan.population.type ?? ''}`);
  return Object.fromEntries(
    [...plan.constants].flatMap((key) => {
      const parameter = type.parameters[key];
      return parameter === undefined
        ? []
        : [
            [
              plan.names.get(key) ?? key,
              constantText(parameter.value, parameter.unit, parameter.type, plan.view, remarks),
            ] as const,
          ];
    }),
  );
}

// --- Sources --------------------------------------------------------------------------------------------------------

function generator(plan: GroupPlan, context: ExportContext, remarks: Remarks): Record<string, unknown> {
  const { spikes, size, slot } = plan.population;
  if (spikes === undefined || areInFile(spikes)) {
    remarks.notExpressible(
      'brian/spike-file',
      'spikes stored in a file are not exported; freezing the model makes them explicit',
    );
    return { N: size, indices: [], times: [] };
  }
  return {
    N: size,
    ...trainParts(spikes, context, remarks),
    ...(slot === undefined ? {} : { when: slot }),
    ...(spikes.period === undefined
      ? {}
      : { period: quantityText(spikes.period, secondDimension, context.arithmetic) }),
  };
}

/** Returns given spikes in the form of a SpikeGeneratorGroup. */
export function trainParts(
  spikes: Pick<SpikeTrain, 'indices' | 'times'>,
  context: ExportContext,
  remarks: Remarks,
): Record<'indices' | 'times', unknown> {
  const indices = knownNumbers(spikes.indices, context.data);
  const times = knownNumbers(spikes.times, context.data);
  if (indices === undefined || times === undefined)
    remarks.notExpressible('brian/missing-data', 'the spikes were not given with the model');
  const kept = onceAStep(indices ?? [], times ?? [], context);
  const count = times?.length ?? 0;
  if (kept.length < count)
    remarks.notExpressible(
      'brian/coincident-spikes',
      `${count - kept.length} additional spikes of cells within the same step are left out: Brian allows ` +
        'one per step',
    );
  return {
    indices: kept.map(({ index }) => index),
    times: writtenQuantities(
      kept.map(({ time }) => time),
      secondDimension,
      context.arithmetic,
    ),
  };
}

interface GivenSpike {
  readonly index: number;
  readonly time: number;
}

/** Returns the first given spike of each cell in a step: Brian allows one. */
function onceAStep(
  indices: readonly number[],
  times: readonly number[],
  { model }: ExportContext,
): readonly GivenSpike[] {
  const seen = new Set<string>();
  return times.flatMap((time, k) => {
    const index = indices[k] ?? 0;
    const key = `${index} ${spikeStep(time, model.experiment.dt, 'brian')}`;
    if (seen.has(key)) return [];
    seen.add(key);
    return [{ index, time }];
  });
}

function poisson(plan: GroupPlan, context: ExportContext, remarks: Remarks): Record<string, unknown> {
  const { type, population } = plan;
  const derived = type?.derived['rates'];
  if (derived !== undefined) return { N: population.size, rates: brianExpression(derived.value, plan.view, remarks) };
  const value = population.values['rates'] ?? type?.parameters['rates']?.value ?? type?.state['rates']?.initial ?? 0;
  return { N: population.size, rates: valueText(value, 'Hz', 'real', plan.view, context.data, remarks) };
}

// --- Neurons --------------------------------------------------------------------------------------------------------

function neurons(plan: GroupPlan, plans: Plans, context: ExportContext, remarks: Remarks): Record<string, unknown> {
  const { type: whole, population, view } = plan;
  if (whole === undefined) return {};
  const cable = plan.kind === 'spatial' ? whole.cable : undefined;
  const type = cable ? ownEquations(whole) : whole;
  const about = remarksAt(context.report, `/neurons/${population.type ?? ''}`);
  refuseFeatures(whole, about);
  const spike = type.events['spike'];
  const blocked = new Set(spike?.refractory?.rate ?? []);
  const custom = Object.entries(type.events).filter(([key]) => key !== 'spike');
  const inputs = inputParts(plan, plans.synapses, context);
  const linked = new Set(Object.keys(population.linked ?? {}));
  const { refractory, ...spiking } = spike === undefined ? {} : spikeParts(spike, plan, context, about);
  const valuesOf = (one: NeuronType): Record<string, unknown> =>
    initializers(one, plan, population.values, view, context.data, remarks, linked);
  const initial = { ...(cable ? valuesOf(membraneValues(whole)) : {}), ...valuesOf(type), ...inputs.initial };
  return {
    ...(cable ? structure(whole, cable, plan, context, remarks) : { N: population.size }),
    model: equationLines(
      type,
      plan,
      view,
      about,
      (key) => (blocked.has(key) ? ['unless refractory'] : []),
      inputs.lines,
      { linked, hasChannels: !timingProperties[context.model.timing].hasSlots },
    ),
    ...spiking,
    ...(refractory === undefined ? {} : { refractory }),
    ...methodName({ ...plan, type }, context, about),
    ...(custom.length === 0
      ? {}
      : { events: Object.fromEntries(custom.map(([key, event]) => [key, customEvent(key, event, plan, about)])) }),
    ...(Object.keys(initial).length === 0 ? {} : { initializers: initial }),
    ...(inputs.regular.length === 0 ? {} : { run_regularly: inputs.regular }),
    ...linkParts(plan, plans, remarks, context),
  };
}

/** Returns parameters that stand for variables of other groups. */
function linkParts(
  { population, names }: GroupPlan,
  { groups }: Plans,
  remarks: Remarks,
  context: ExportContext,
): { readonly linked?: Readonly<Record<string, Link>> } {
  const links = Object.entries(population.linked ?? {}).flatMap(([key, link]) => {
    const source = groups.get(link.population);
    const variable = source?.view.brian(link.variable);
    const { index } = link;
    const whole =
      index === undefined || typeof index === 'number'
        ? index
        : isGiven(index)
          ? knownNumbers(index.array, context.data)
          : undefined;
    if (source === undefined || variable === undefined || (index !== undefined && whole === undefined)) {
      remarks.notExpressible('brian/linked', `the link of ${key} to ${link.population} is not exported`);
      return [];
    }
    const text = `${source.name}.${variable}`;
    const { parameters = {}, state = {}, derived = {} } = source.type ?? {};
    const isShared = (parameters[link.variable] ?? state[link.variable] ?? derived[link.variable])?.shared === true;
    // Brian reads variables shared by all neurons without an index.
    return [
      [names.get(key) ?? key, isShared || whole === undefined ? text : { variable: text, index: whole }] as const,
    ];
  });
  return links.length === 0 ? {} : { linked: Object.fromEntries(links) };
}

function refuseFeatures(type: NeuronType, remarks: Remarks): void {
  if (type.cable !== undefined && !isSpatial(type))
    remarks.notExpressible('brian/cable', 'a cable is exported where its type has the equations of a SpatialNeuron');
}

function checkEvent(key: string, event: EventDefinition, remarks: Remarks): void {
  if (event.edge === 'rising' && key !== 'spike')
    remarks.notExpressible(
      'brian/rising',
      `Brian tests ${key} at every step; it cannot detect the onset of a condition`,
    );
  if (event.multiplicity !== undefined && !(event.multiplicity.kind === 'number' && event.multiplicity.value === 1))
    remarks.notExpressible('brian/multiplicity', `Brian counts an event once; ${key} would count several times`);
  if (event.emits !== undefined && event.emits !== null)
    remarks.notExpressible('brian/emits', `Brian's events keep their own names; ${key} would need another`);
}

/** When Brian tests a condition and runs the actions. */
interface Schedule {
  readonly slot: string;
  readonly actionSlot: string;
  /** Order of the test within its slot, and of the actions within theirs. */
  readonly tested: number;
  readonly acts: number;
}

/**
 * Returns the schedule of an event. Of equal slots and orders, Brian takes the actions first: a group with such events
 * has its orders doubled, with an odd one for their actions.
 */
function schedule(key: string, event: EventDefinition, { type }: GroupPlan): Schedule {
  const written = (name: string, { slot, actionSlot, order, actionOrder = order }: EventDefinition): Schedule => ({
    slot: slot ?? (name === 'spike' ? defaultSlot.threshold : defaultSlot.customEvent),
    actionSlot: actionSlot ?? (name === 'spike' ? defaultSlot.reset : defaultSlot.customEventCode),
    tested: order,
    acts: actionOrder,
  });
  const isTied = (name: string, each: EventDefinition): boolean => {
    const { slot, actionSlot, tested, acts } = written(name, each);
    return each.do.length > 0 && slot === actionSlot && acts === tested;
  };
  const own = written(key, event);
  return Object.entries(type?.events ?? {}).some(([name, each]) => isTied(name, each))
    ? { ...own, tested: 2 * own.tested, acts: 2 * own.acts + (isTied(key, event) ? 1 : 0) }
    : own;
}

function spikeParts(
  spike: EventDefinition,
  plan: GroupPlan,
  context: ExportContext,
  remarks: Remarks,
): Record<string, unknown> & { readonly refractory?: string | number | boolean } {
  checkEvent('spike', spike, remarks);
  const { slot, actionSlot, tested, acts } = schedule('spike', spike, plan);
  // On a grid, orders are orders of the events of a cell, unless the events have slots of Brian.
  const hasOrder = timingProperties[context.model.timing].hasSlots || spike.slot !== undefined;
  if (spike.do.length > 0 && slot === actionSlot && acts < tested)
    remarks.notExpressible('brian/spike-slot', 'the reset comes before the threshold in one slot');
  return {
    threshold: brianExpression(spike.when, plan.view, remarks),
    ...(slot === defaultSlot.threshold ? {} : { threshold_when: slot }),
    ...(hasOrder && tested !== 0 ? { threshold_order: tested } : {}),
    ...(spike.do.length === 0 ? {} : { reset: brianStatements(spike.do, plan.view, remarks) }),
    ...(spike.do.length === 0 || actionSlot === defaultSlot.reset ? {} : { reset_when: actionSlot }),
    ...(hasOrder && spike.do.length > 0 && acts !== 0 ? { reset_order: acts } : {}),
    ...refractoryParts(spike, plan, context, remarks),
  };
}

/** Writes an upward crossing as a condition with refractoriness as long as it holds. */
function whileItHolds(spike: EventDefinition, plan: GroupPlan, remarks: Remarks): { readonly refractory: string } {
  if (spike.refractory !== undefined || spike.do.length > 0)
    remarks.notExpressible('brian/rising', 'Brian tests a threshold at every step; it cannot detect its crossing');
  remarks.convention(
    'brian/rising',
    'an upward crossing is written as a threshold with refractoriness while it is exceeded',
  );
  return { refractory: brianExpression(spike.when, plan.view, remarks) };
}

function refractoryParts(
  spike: EventDefinition,
  plan: GroupPlan,
  context: ExportContext,
  remarks: Remarks,
): { refractory?: string | number | boolean } {
  const { model } = context;
  const { refractory } = spike;
  if (spike.edge === 'rising') return whileItHolds(spike, plan, remarks);
  if (refractory === undefined) return {};
  if (!refractory.suppress) remarks.notExpressible('brian/refractory', 'a refractory neuron of Brian cannot spike');
  if (refractory.of !== undefined && refractory.of.length > 0)
    remarks.notExpressible('brian/refractory', 'a spike of Brian suppresses no other events');
  if (refractory.rate.length > 0 && refractory.writes === 'allow') {
    remarks.different(
      'brian/refractory-writes',
      'Brian does not let synapses change variables that it does not integrate while refractory',
    );
  }
  if (refractory.while !== undefined) return { refractory: brianExpression(refractory.while, plan.view, remarks) };
  const tree = folded(refractory.for ?? integer(0), plan.view);
  const text = brianExpression(tree, plan.view, remarks);
  const literal = spacedQuantity(text, tree);
  if (literal === undefined && refractory.evaluated === 'atEvent' && !isFixed(tree, plan, model))
    remarks.different('brian/refractory-time', 'Brian evaluates the refractory period at every step, not at the spike');
  return { refractory: literal ?? text };
}

/** Checks whether an expression reads only parameters that do not change during a run. */
function isFixed(e: Expression, { id, type, name }: GroupPlan, model: ExportContext['model']): boolean {
  const own = model.neurons[model.populations[id]?.type ?? ''];
  const pathways = Object.values(model.synapses).map((synapse) => synapse.pathways);
  const changed = new Set([...changedNames(model), ...writtenBy(statementsIn([own?.events, own?.regimes, pathways]))]);
  return [...namesIn(e)].every(
    (one) =>
      type?.parameters[one] !== undefined &&
      ![`${name}.${one}`, one, `pre.${one}`, `post.${one}`].some((key) => changed.has(key)),
  );
}

function customEvent(key: string, event: EventDefinition, plan: GroupPlan, remarks: Remarks): Record<string, unknown> {
  checkEvent(key, event, remarks);
  if (event.refractory !== undefined)
    remarks.notExpressible('brian/refractory', `in Brian, only spikes make a neuron refractory; ${key} does not`);
  const { slot, actionSlot, tested, acts } = schedule(key, event, plan);
  if (event.do.length > 0 && slot === actionSlot && acts < tested)
    remarks.notExpressible('brian/event-slot', `the actions of ${key} come before its condition in one slot`);
  return {
    condition: brianExpression(event.when, plan.view, remarks),
    ...(event.do.length === 0 ? {} : { code: brianStatements(event.do, plan.view, remarks) }),
    ...(slot === defaultSlot.customEvent ? {} : { condition_when: slot }),
    ...(actionSlot === defaultSlot.customEventCode ? {} : { when: actionSlot }),
    ...(acts === 0 ? {} : { order: acts }),
    ...(acts === tested ? {} : { condition_order: tested }),
  };
}
