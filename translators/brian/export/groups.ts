/** Populations as NeuronGroup, PoissonGroup and SpikeGeneratorGroup. */

import type { EventDefinition, NeuronType } from '../../../src/model/model.js';
import { methodNames, defaultSlot } from '../vocabulary.js';
import { brianExpression, brianStatements, type Remarks } from './brian-text.js';
import { constantText, dimensionOf, equationLines, initializers, valueText } from './equations-text.js';
import { inputParts } from './inputs.js';
import { numbersOf, remarksAt, type ExportContext, type GroupPlan, type Plans } from './plan.js';
import { quantityText, writtenQuantities } from './quantity-text.js';

const secondDimension = dimensionOf('s');

/** Constants of a group or of synapses, by Brian's name. */
export type Constants = Readonly<Record<string, string | number>>;

/** A part of the specification, with the constants that it names. */
export interface Exported {
  readonly specification: Record<string, unknown>;
  readonly constants: Constants;
}

/** Brian's name of a canonical integration method. */
export function methodName(method: NeuronType['method'], remarks: Remarks): { method?: string } {
  if (method === 'auto') return {};
  const found = Object.entries(methodNames).find(([, canonical]) => canonical === method)?.[0];
  if (found === undefined) remarks.notExpressible('brian/method', `Brian has no integration method like ${method}`);
  return found === undefined ? {} : { method: found };
}

/** A population as a part of the specification. */
export function exportGroup(plan: GroupPlan, plans: Plans, context: ExportContext): Exported {
  const pointer = `/populations/${plan.id}`;
  const remarks = remarksAt(context.report, pointer);
  if (plan.population.positions !== undefined)
    remarks.notExpressible('brian/positions', "Brian's groups have no positions");
  const common = { ...clock(plan, context), ...(plan.population.order === 0 ? {} : { order: plan.population.order }) };
  switch (plan.kind) {
    case 'generator':
      return { specification: { ...generator(plan, context, remarks), ...common }, constants: {} };
    case 'poisson':
      return {
        specification: { ...poisson(plan, context, remarks), ...common },
        constants: constantsOf(plan, context),
      };
    case 'neuron':
      return {
        specification: { ...neurons(plan, plans, context, remarks), ...common },
        constants: constantsOf(plan, context),
      };
    default:
      return plan.kind satisfies never;
  }
}

function clock(plan: GroupPlan, context: ExportContext): { dt?: string | number } {
  const clockId = plan.population.clock;
  const own = clockId === undefined ? undefined : context.model.clocks[clockId];
  if (own === undefined) return {};
  if (clockId !== plan.name)
    context.report.exact(
      `/clocks/${clockId}`,
      "Brian's clocks have no names; read back, it is named after the group",
      'brian/clock',
    );
  return { dt: quantityText(own.dt, secondDimension, context.arithmetic) };
}

/** The constants that a plan's type puts into the namespace. */
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
  const { spikes, size } = plan.population;
  if (spikes === undefined || 'file' in spikes) {
    remarks.notExpressible(
      'brian/spike-file',
      'spikes that are kept in a file are not read for an export; freezing the model makes them explicit',
    );
    return { N: size, indices: [], times: [] };
  }
  const indices = numbersOf(spikes.indices, context.data);
  const times = numbersOf(spikes.times, context.data);
  if (indices === undefined || times === undefined)
    remarks.notExpressible('brian/missing-data', 'the spikes were not given with the model');
  return {
    N: size,
    indices: indices ?? [],
    times: writtenQuantities(times ?? [], secondDimension, context.arithmetic),
    ...(spikes.period === undefined
      ? {}
      : { period: quantityText(spikes.period, secondDimension, context.arithmetic) }),
  };
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
  const { type, population, view } = plan;
  if (type === undefined) return {};
  const about = remarksAt(context.report, `/neurons/${population.type ?? ''}`);
  refuseFeatures(type, about);
  for (const name of Object.keys(population.linked ?? {}))
    remarks.notExpressible('brian/linked', `the link of ${name} to another population is not exported`);
  const spike = type.events['spike'];
  const blocked = new Set(spike?.refractory?.rate ?? []);
  const custom = Object.entries(type.events).filter(([key]) => key !== 'spike');
  const inputs = inputParts(plan, plans.synapses, context);
  const initial = { ...initializers(type, plan, population.values, view, context.data, remarks), ...inputs.initial };
  return {
    N: population.size,
    model: equationLines(
      type,
      plan,
      view,
      about,
      (key) => (blocked.has(key) ? ['unless refractory'] : []),
      inputs.lines,
    ),
    ...(spike === undefined ? {} : spikeParts(spike, plan, about)),
    ...methodName(type.method, about),
    ...(custom.length === 0
      ? {}
      : { events: Object.fromEntries(custom.map(([key, event]) => [key, customEvent(key, event, plan, about)])) }),
    ...(Object.keys(initial).length === 0 ? {} : { initializers: initial }),
  };
}

function refuseFeatures(type: NeuronType, remarks: Remarks): void {
  if (type.compartments !== undefined)
    remarks.notExpressible('brian/compartments', 'cells with structure are not exported');
  if (Object.keys(type.regimes).length > 0) remarks.notExpressible('brian/regimes', 'Brian has no regimes');
}

function checkEvent(key: string, event: EventDefinition, remarks: Remarks): void {
  if (event.edge === 'rising')
    remarks.notExpressible('brian/rising', `Brian tests ${key} at every step; it cannot wait for a condition to begin`);
  if (event.multiplicity !== undefined && event.multiplicity !== '1')
    remarks.notExpressible('brian/multiplicity', `events of Brian count once; ${key} would count several times`);
  if (event.emits !== undefined)
    remarks.notExpressible('brian/emits', `events of Brian go by their own name; ${key} would go by another`);
  if (event.section !== undefined)
    remarks.notExpressible('brian/compartments', 'cells with structure are not exported');
}

function spikeParts(spike: EventDefinition, plan: GroupPlan, remarks: Remarks): Record<string, unknown> {
  checkEvent('spike', spike, remarks);
  if (spike.slot !== undefined || spike.actionSlot !== undefined || spike.order !== 0)
    remarks.notExpressible('brian/spike-slot', 'threshold and reset have slots of their own in Brian');
  return {
    threshold: brianExpression(spike.when, plan.view, remarks),
    ...(spike.do.length === 0 ? {} : { reset: brianStatements(spike.do, plan.view, remarks) }),
    ...refractoryParts(spike, plan, remarks),
  };
}

function refractoryParts(
  spike: EventDefinition,
  plan: GroupPlan,
  remarks: Remarks,
): { refractory?: string | number | boolean } {
  const { refractory } = spike;
  if (refractory === undefined) return {};
  if (!refractory.suppress) remarks.notExpressible('brian/refractory', 'a refractory neuron of Brian cannot spike');
  if (refractory.of !== undefined && refractory.of.length > 0)
    remarks.notExpressible('brian/refractory', 'a spike of Brian suppresses no other events');
  if (refractory.rounding !== undefined && refractory.rounding !== 'nearest')
    remarks.approximated('brian/refractory-rounding', 'Brian rounds refractory times to the nearest step');
  if (refractory.rate.length > 0 && refractory.writes === 'allow') {
    remarks.approximated(
      'brian/refractory-writes',
      'what Brian does not integrate while refractory it does not let synapses write either',
    );
  }
  if (refractory.while !== undefined) return { refractory: brianExpression(refractory.while, plan.view, remarks) };
  const text = brianExpression(refractory.for ?? '0', plan.view, remarks);
  const literal = /^[\d.e+-]+\*[A-Za-z]+$/.test(text);
  if (!literal && refractory.evaluated === 'atEvent')
    remarks.approximated(
      'brian/refractory-time',
      'Brian works out how long a neuron is refractory at every step, not at the spike',
    );
  return { refractory: literal ? text.replace('*', ' ') : text };
}

function customEvent(key: string, event: EventDefinition, plan: GroupPlan, remarks: Remarks): Record<string, unknown> {
  checkEvent(key, event, remarks);
  if (event.refractory !== undefined)
    remarks.notExpressible('brian/refractory', `only spikes make a neuron of Brian refractory, ${key} does not`);
  return {
    condition: brianExpression(event.when, plan.view, remarks),
    ...(event.do.length === 0 ? {} : { code: brianStatements(event.do, plan.view, remarks) }),
    ...(event.slot === undefined || event.slot === defaultSlot.customEvent ? {} : { condition_when: event.slot }),
    ...(event.actionSlot === undefined || event.actionSlot === defaultSlot.customEventCode
      ? {}
      : { when: event.actionSlot }),
    ...(event.order === 0 ? {} : { order: event.order }),
  };
}
