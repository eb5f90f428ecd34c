/** Recordings in PyNN's terms. */

import { numbersOf } from '../../../src/model/arrays.js';
import type { Model, Recording, SelectionRule } from '../../../src/model/typed.js';
import { populationsOf } from '../../../src/model/selected.js';
import { isRecording, isSelection } from '../../../src/model/tagged.js';
import { timingProperties } from '../../../src/model/timing-properties.js';
import type { Recording as PynnRecording } from '../specification.generated.js';
import { placeOnCells } from './compartments.js';
import { cellOfSelection, typeOfSelection, type ExportContext } from './context.js';
import { inUnit } from '../../shared/in-unit.js';

/** Returns a recording; undefined after a report that PyNN has no recording of its kind. */
export function recordingOf(context: ExportContext, recording: Recording, pointer: string): PynnRecording | undefined {
  const { report, targets } = context;
  const hasOwn = context.natives !== undefined || context.nestml !== undefined;
  if (isRecording(recording, 'rate') && hasOwn && spikes(context.model, recording.of)) {
    report.convention('pynn/rate-from-spikes', pointer, 'the rate of a population is computed from its spikes');
    return { target: targets.of(recording.of), variables: ['spikes'] };
  }
  if (isRecording(recording, 'rate'))
    return report.missing(pointer, 'the rate of a population; PyNN computes it from spikes');
  const target = targets.of(recording.of);
  const declared = cellOfSelection(context, recording.of)?.events ?? [];
  if (isRecording(recording, 'events')) {
    const what = recording.events === 'spike' && !declared.includes('spike') ? 'spikes' : recording.events;
    if (what !== 'spikes' && !declared.includes(what)) return report.missing(pointer, `the event ${recording.events}`);
    return { target, variables: [what], ...valuesAtEvents(context, recording, pointer) };
  }
  const known = new Map(
    Object.entries(cellOfSelection(context, recording.of)?.recordable ?? {}).map(([theirs, ours]) => [ours, theirs]),
  );
  const synapse = isSelection(recording.of, 'synapses') ? context.nestml?.synapse(recording.of.projection) : undefined;
  if (synapse !== undefined)
    report.convention(
      'pynn/nestml-step',
      pointer,
      'NEST computes these synapses at presynaptic spikes: samples are values after the last of these',
    );
  // The current of a source is recorded with the source.
  const own = recording.variables.filter((variable) => !Object.hasOwn(context.model.stimuli, variable));
  const variables = own.flatMap((variable) =>
    isSelection(recording.of, 'synapses')
      ? [synapse?.variables.get(variable)?.name ?? variable]
      : (known.get(variable) ?? report.missing(pointer, `the variable ${variable}`) ?? []),
  );
  if (variables.length === 0) return undefined;
  const other = `${target}_${own.length === 1 ? own[0] : 'signals'}`;
  // PyNN records potentials at the soma, and names them so.
  const isUsual = recording.name === other && own.join() === 'v';
  const type = typeOfSelection(context, recording.of);
  const place = isUsual ? placeOnCells(context, type, recording) : placeOnCells(context, type, recording, '');
  return {
    target,
    variables,
    ...(recording.every === undefined ? {} : { sampling_interval: inUnit(recording.every, 'ms') }),
    ...withSynapses(context, recording.of, placeInStep(context, recording, other, pointer)),
    ...(place === undefined ? {} : { locations: [place] }),
  };
}

/** Adds the recorded synapses of a projection, if only some are recorded. */
function withSynapses(
  { data }: ExportContext,
  of: SelectionRule,
  { native }: Pick<PynnRecording, 'native'>,
): Pick<PynnRecording, 'native'> {
  if (!isSelection(of, 'synapses')) return native === undefined ? {} : { native };
  const { indices, slice } = of;
  const some = {
    ...(indices === undefined ? {} : { indices: numbersOf(indices, data) }),
    ...(slice === undefined ? {} : { slice }),
  };
  const all = { ...native, ...some };
  return Object.keys(all).length === 0 ? {} : { native: all };
}

/** Checks whether the files that a run of the model writes take columns from a recording of this name. */
const isInFiles = ({ annotations: { outputFiles } }: Model, name: string): boolean =>
  outputFiles !== undefined && JSON.stringify(outputFiles).includes(`"recording":${JSON.stringify(name)}`);

/**
 * Returns the time of sampling within a step. The name is kept if Brian's timing orders equal slots and orders by it,
 * or if output files use it.
 *
 * @param other  the name that the recording would have
 */
function placeInStep(
  { model, natives, report }: ExportContext,
  recording: Extract<Recording, { readonly variables: readonly string[] }>,
  other: string,
  pointer: string,
): Pick<PynnRecording, 'native'> {
  const { slot, order = 0, name } = recording;
  const isPlaced = slot !== undefined || order !== 0;
  const beside = Object.entries(model.operations).flatMap(([id, operation]) =>
    (operation.slot ?? usual) === (slot ?? usual) && operation.order === order ? [id] : [],
  );
  const decides = timingProperties[model.timing].hasSlots && beside.some((id) => name < id !== other < id);
  const isNamed = isInFiles(model, name);
  if (!isPlaced && !decides && !(isNamed && natives !== undefined)) return {};
  if (natives === undefined) {
    report.missing(pointer, 'when in a step samples are taken');
    return {};
  }
  return { native: placeOf(recording) };
}

type Placed = Pick<Extract<Recording, { readonly events: string }>, 'slot' | 'order' | 'name'>;

/** Returns a recording's place in the order of a step, in the form of the document. */
const placeOf = ({ slot, order = 0, name }: Placed): object => ({
  ...(slot === undefined ? {} : { slot }),
  ...(order === 0 ? {} : { order }),
  name,
});

/** Returns variables that are recorded at events, and when in a step their values are taken. */
function valuesAtEvents(
  { model, natives, report }: ExportContext,
  recording: Extract<Recording, { readonly events: string }>,
  pointer: string,
): Pick<PynnRecording, 'native'> {
  const { variables = [], name } = recording;
  if (variables.length === 0) return natives !== undefined && isInFiles(model, name) ? { native: { name } } : {};
  if (natives === undefined) return report.missing(pointer, 'values of variables at events') ?? {};
  return { native: { variables, ...placeOf(recording) } };
}

/** The slot for samples and operations in Brian's timing. */
const usual = 'start';

/** Checks whether cells of a selection have spikes to be recorded. */
const spikes = ({ populations, neurons }: Model, rule: SelectionRule): boolean =>
  populationsOf(rule).some((name) => {
    const { type, spikes: trains } = populations[name] ?? {};
    const { events = {}, regimes = {} } = neurons[type ?? ''] ?? {};
    return trains !== undefined || Object.hasOwn(events, 'spike') || Object.keys(regimes).length > 0;
  });
