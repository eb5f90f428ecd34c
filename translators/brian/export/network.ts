/** Stimuli, operations, recordings and tables in Brian's notation. */

import { populationOf } from '../../../src/model/selected.js';
import { isRecording, isSelection } from '../../../src/model/tagged.js';
import { knownNumbers } from '../../../src/model/arrays.js';
import { referenceOf } from '../../../src/lang/reference.js';
import type { RecordingKinds } from '../../../src/model/model.js';
import type { Operation, Recording, Stimulus, Table, Typed } from '../../../src/model/typed.js';
import { recounted } from '../subgroup.js';
import { defaultSlot } from '../vocabulary.js';
import { brianExpression, brianStatements, folded, spacedQuantity } from './brian-text.js';
import { dimensionOf } from './equations-text.js';
import { currentName } from './inputs.js';
import { remarksAt, type ExportContext, type GroupPlan, type Plans, type SynapsesPlan } from './plan.js';
import { quantityText, writtenQuantities } from '../../../src/lang/readable-quantity.js';
import { groupSlice, sliceText } from './selection-text.js';

const time = dimensionOf('s');

// --- Tables ---------------------------------------------------------------------------------------------------------

/** Returns a table as a TimedArray. */
export function exportTable(id: string, table: Table, context: ExportContext): Record<string, unknown> {
  const numbers = knownNumbers(table.values, context.data);
  if (numbers === undefined)
    context.report.missing(`/tables/${id}`, 'the values were not given with the model', 'brian/missing-data');
  const { values, unit } = writtenQuantities(numbers ?? [], dimensionOf(table.unit), context.arithmetic);
  const { columns } = table;
  const rows =
    columns === null
      ? values
      : Array.from({ length: Math.floor(values.length / columns) }, (_, row) =>
          values.slice(row * columns, (row + 1) * columns),
        );
  return {
    values: rows,
    ...(unit === undefined ? {} : { unit }),
    dt: quantityText(table.dt, time, context.arithmetic),
  };
}

// --- Stimuli and operations -----------------------------------------------------------------------------------------

/** Returns a stimulus as a PoissonInput, or undefined for a current, which is part of the equations. */
export function exportStimulus(
  id: string,
  stimulus: Stimulus,
  plans: Plans,
  context: ExportContext,
): Record<string, unknown> | undefined {
  const pointer = `/stimuli/${id}`;
  const remarks = remarksAt(context.report, pointer);
  if (stimulus.kind === 'current') {
    if (populationOf(stimulus.to) === undefined) groupSlice(stimulus.to, plans.groups, pointer, context);
    context.report.wrote(pointer);
    remarks.convention('brian/current', 'Brian has no current sources: it is written into the equations');
    return undefined;
  }
  const target = groupSlice(stimulus.to, plans.groups, pointer, context);
  if (target === undefined) return undefined;
  const { view, names, type } = target.group;
  // Inputs become expressions, and a PoissonInput cannot add to an expression.
  if (type && stimulus.variable !== 'v' && !Object.hasOwn(type.state, stimulus.variable)) {
    remarks.notExpressible(
      'brian/input',
      `a PoissonInput cannot add to ${stimulus.variable}, which is no state variable`,
    );
    return undefined;
  }
  const given = folded(stimulus.weight, view);
  const size = target.group.population.size;
  const weight = target.range === undefined ? given : recounted(given, target.range[0], size);
  const text = brianExpression(weight, view, remarks);
  return {
    target: sliceText(target),
    target_var: names.get(stimulus.variable) ?? stimulus.variable,
    N: stimulus.n,
    rate: quantityText(stimulus.rate, dimensionOf('Hz'), context.arithmetic),
    weight: spacedQuantity(text, weight) ?? text,
    ...(stimulus.slot === undefined ? {} : { when: stimulus.slot }),
    ...(stimulus.order === 0 ? {} : { order: stimulus.order }),
  };
}

/** Returns an operation as an item of run_regularly of its owner. */
export function exportOperation(
  id: string,
  operation: Operation,
  index: number,
  plans: Plans,
  context: ExportContext,
): { readonly owner: GroupPlan | SynapsesPlan; readonly item: Record<string, unknown> } | undefined {
  const pointer = `/operations/${id}`;
  const remarks = remarksAt(context.report, pointer);
  const found = ownerOf(operation.on, plans, pointer, context);
  if (found === undefined) return undefined;
  const { owner, range } = found;
  if (operation.times !== undefined)
    context.report.convention('brian/run-at', pointer, 'run_at of Brian 2.10 and later; older ones lack it');
  const usual = index === 0 ? `${owner.name}_run_regularly` : `${owner.name}_run_regularly_${index}`;
  return {
    owner,
    item: {
      code: brianStatements(operation.do, owner.view, remarks),
      ...(range === undefined ? {} : { slice: range.join(':') }),
      ...(operation.every === undefined ? {} : { dt: quantityText(operation.every, time, context.arithmetic) }),
      ...(operation.times === undefined
        ? {}
        : { times: operation.times.map((at) => quantityText(at, time, context.arithmetic)) }),
      ...(operation.slot === undefined || operation.slot === defaultSlot.operation ? {} : { when: operation.slot }),
      ...(operation.order === 0 ? {} : { order: operation.order }),
      ...(id === usual ? {} : { name: context.objects.claim(id, 'operation') }),
    },
  };
}

/** Returns the group that a selection covers fully or as a slice, or the synapses that it covers fully. */
function ownerOf(
  on: Operation['on'],
  plans: Plans,
  pointer: string,
  context: ExportContext,
): { readonly owner: GroupPlan | SynapsesPlan; readonly range?: readonly [number, number] | undefined } | undefined {
  if (isSelection(on, 'synapses') && on.slice === undefined && on.indices === undefined) {
    const owner = plans.synapses.get(on.projection);
    return owner && { owner };
  }
  const slice = groupSlice(on, plans.groups, pointer, context);
  return slice && { owner: slice.group, range: slice.range };
}

// --- Recordings -----------------------------------------------------------------------------------------------------

/** Returns a recording as a monitor, with its section of the specification. */
export function exportRecording(
  recording: Recording,
  index: number,
  plans: Plans,
  context: ExportContext,
): { readonly section: string; readonly name: string; readonly monitor: Record<string, unknown> } | undefined {
  const pointer = `/recordings/${index}`;
  const remarks = remarksAt(context.report, pointer);
  const name = context.objects.claim(recording.name, 'monitor');
  if (name !== recording.name) context.report.exact(pointer, `called ${name} in Brian`, 'brian/renamed');
  if (isSelection(recording.of, 'synapses')) {
    const synapses = plans.synapses.get(recording.of.projection);
    if (synapses === undefined || !isRecording(recording, 'variables')) return undefined;
    return {
      section: 'state_monitors',
      name,
      monitor: stateMonitor(
        recording,
        synapses.name,
        (key) => synapses.names.get(key) ?? key,
        recordOf(recording.of, context),
        context,
      ),
    };
  }
  const part = monitoredPart(recording.of, plans, pointer, context);
  if (part === undefined) return undefined;
  const { plan, record } = part;
  if (isRecording(recording, 'rate') && plan.type && !Object.hasOwn(plan.type.events, 'spike')) {
    remarks.notExpressible('brian/rate', 'the rate of cells that do not spike: Brian has no monitor of it');
    return undefined;
  }
  if (isRecording(recording, 'rate'))
    return { section: 'population_rate_monitors', name, monitor: { source: withRange(plan.name, record) } };
  const nameOf = (key: string): string =>
    plan.names.get(key) ?? (Object.hasOwn(context.model.stimuli, key) ? currentName(key, plan) : key);
  if (isRecording(recording, 'variables'))
    return {
      section: 'state_monitors',
      name,
      monitor: stateMonitor(recording, plan.name, nameOf, record, context),
    };
  const own = {
    source: withRange(plan.name, record),
    ...(typeof record === 'object' ? { record } : {}),
    ...(recording.variables === undefined || recording.variables.length === 0
      ? {}
      : { variables: recording.variables.map(nameOf) }),
    ...(recording.slot === undefined ? {} : { when: recording.slot }),
    ...(recording.order === undefined ? {} : { order: recording.order }),
  };
  if (recording.events === 'spike') return { section: 'spike_monitors', name, monitor: own };
  return { section: 'event_monitors', name, monitor: { ...own, event: recording.events } };
}

type Recorded = true | string | readonly number[];

const withRange = (name: string, record: Recorded): string =>
  typeof record === 'string' ? `${name}[${record}]` : name;

function stateMonitor(
  recording: RecordingKinds<Typed>['variables'],
  source: string,
  nameOf: (variable: string) => string,
  record: Recorded,
  context: ExportContext,
): Record<string, unknown> {
  // Brian writes variables of the ends of synapses with the end as a suffix.
  const variables = recording.variables.map((key) => {
    const reference = referenceOf(key);
    return reference.kind === 'end' ? `${reference.variable}_${reference.end}` : nameOf(key);
  });
  return {
    source,
    variables: variables.length === 1 ? variables[0] : variables,
    record,
    ...(recording.every === undefined ? {} : { dt: quantityText(recording.every, time, context.arithmetic) }),
    ...(recording.slot === undefined ? {} : { when: recording.slot }),
    ...(recording.order === undefined || recording.order === 0 ? {} : { order: recording.order }),
  };
}

/** Returns the elements of a recording: all, a range, or indices. */
function monitoredPart(
  of: Recording['of'],
  plans: Plans,
  pointer: string,
  context: ExportContext,
): { readonly plan: GroupPlan; readonly record: Recorded } | undefined {
  if (isSelection(of, 'indices')) {
    const plan = plans.groups.get(of.population);
    return plan === undefined ? undefined : { plan, record: recordOf(of, context) };
  }
  const slice = groupSlice(of, plans.groups, pointer, context);
  return slice === undefined
    ? undefined
    : { plan: slice.group, record: slice.range === undefined ? true : `${slice.range[0]}:${slice.range[1]}` };
}

function recordOf(of: Recording['of'], context: ExportContext): Recorded {
  switch (of.kind) {
    case 'indices':
      return knownNumbers(of.indices, context.data) ?? true;
    case 'slice':
    case 'synapses':
      if (of.kind === 'synapses' && of.indices !== undefined) return knownNumbers(of.indices, context.data) ?? true;
      return of.slice === undefined ? true : `${of.slice[0]}:${of.slice[1]}`;
    case 'mask':
    case 'sample':
    case 'sampleOf':
    case 'assembly':
      return true;
    default:
      return of satisfies never;
  }
}
