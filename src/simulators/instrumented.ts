/** Models that record what a result is to hold, as documents for a simulator. */

import { recordingPlan } from '../../runtime/record/plan.js';
import { protocolSteps, type Protocol } from '../../runtime/record/protocol.js';
import type { Program } from '../ir/program.js';
import { nameOn, type Simulator } from '../library/simulators/names.js';
import { protocolOf } from '../lower/context/protocol.js';
import type { Recording, ValidModel } from '../model/model.js';
import { isLoss } from '../model/conversion-report.js';
import { drawnParts } from '../model/drawn-parts.js';
import { remainingDraws } from '../model/remaining-draws.js';
import { isRecording, phaseKind } from '../model/tagged.js';
import { typedModel } from '../model/typed-model.js';
import { choicesForRun, drawnModel, loweredModel } from '../pipeline/build-program.js';
import type { RunnableModel } from '../pipeline/read/imported-model.js';
import { engines } from './engines.js';
import { comparableVariables, type Sampled } from './recorded-variables.js';
import { writtenWithSpikes, type WrittenWithSpikes } from './spike-recordings.js';
import { CannotRun, withoutDisplays, writtenFor, type WrittenFor } from './written.js';

/** A model that records what its result is to hold, and its document for a simulator. */
export interface Instrumented extends WrittenWithSpikes {
  readonly imported: RunnableModel;
  readonly simulator: Simulator;
  readonly program: Program;
  readonly protocol: Protocol;
  readonly samples: ReadonlyMap<string, Sampled>;
}

/** How a model is written for a simulator. */
export interface WriteOptions {
  readonly freeze: boolean;
  readonly partial: boolean;
}

/** Reads the conversion of a model as a model. */
export type ReadBack = (valid: ValidModel, written: WrittenFor) => Promise<ValidModel>;

/** Writes a model for a simulator. @throws CannotRun if the simulator cannot run it */
export async function instrumented(
  imported: RunnableModel,
  simulator: Simulator,
  options: WriteOptions,
  readBack: ReadBack,
): Promise<Instrumented> {
  const { valid, positions } = imported;
  const program = loweredModel(drawnModel(valid, positions), positions, {
    precision: 'float64',
    ...choicesForRun('null'),
  });
  const protocol = protocolOf(valid, program);
  const plan = recordingPlan(program, protocol);
  const to = engines[simulator].writes;
  const facts = { imported, simulator, program, protocol };
  const names = new Map(plan.trains.map(({ plan: { population } }, k) => [`spikes_${k}`, population] as const));
  const spiking = plan.trains.map(({ plan: { population, event } }, k): Recording => ({
    of: { population },
    events: event,
    name: `spikes_${k}`,
  }));
  let variables: Pick<ReturnType<typeof comparableVariables>, 'recordings' | 'sampled'> = {
    recordings: [],
    sampled: new Map(),
  };
  if (valid.model.recordings.some((recording) => isRecording(recording, 'variables'))) {
    const written = await writtenFor(valid, to, simulator, options);
    const { report, became } = written.converted;
    // A part of a model cannot always be read.
    if (!options.partial && report.some(isLoss))
      return { ...written, ...facts, recorded: valid, spikes: names, cells: new Map(), samples: new Map() };
    const seconds = protocolSteps(protocol) * program.dt;
    variables = comparableVariables(valid, await readBack(valid, written), seconds, { most: Infinity, became });
  }
  const recorded = withRecordings(valid, [...spiking, ...variables.recordings]);
  const written = await writtenWithSpikes(recorded, names, to, simulator, options);
  const refused = written.converted.report.find(({ refusedBy }) => refusedBy?.includes(simulator));
  if (refused !== undefined)
    throw new CannotRun(
      'refused',
      `${nameOn(simulator)} cannot run it: ${refused.message}`,
      'choose another simulator',
    );
  return { ...written, ...facts, samples: variables.sampled };
}

/** Returns a model with other recordings, all of which are on for the whole run. */
function withRecordings(valid: ValidModel, recordings: readonly Recording[]): ValidModel {
  const { model } = valid;
  const annotations = withoutDisplays(model.annotations);
  const protocol = model.experiment.protocol.filter((phase) => phaseKind(phase) !== 'record');
  return { ...valid, model: { ...model, annotations, recordings, experiment: { ...model.experiment, protocol } } };
}

/**
 * Returns sentences about draws that are the simulator's own.
 *
 * @param ranks  some draws depend on their number
 */
export function ownDraws({ model }: ValidModel, simulator: Simulator, ranks: number): readonly string[] {
  const { draws } = engines[simulator];
  if (draws === undefined) return [];
  const running = remainingDraws(typedModel(model));
  const totals = Object.entries(model.projections).flatMap(([name, { connect }]) =>
    connect.some(
      (one) => one.rule === 'fixedTotal' || (one.rule === 'hostDrawn' && one.arguments['connector'] === 'fixedTotal'),
    )
      ? [`connections of ${name}`]
      : [],
  );
  const anew = ranks === 1 ? [] : [...running, ...totals.map((what) => `${what} are drawn by each rank`)];
  return [
    ...(running.length + drawnParts(model).length > 0 ? [draws] : []),
    ...(anew.length > 0 ? [`drawn anew for ${ranks} ranks: ${anew.join(', ')}`] : []),
  ];
}
