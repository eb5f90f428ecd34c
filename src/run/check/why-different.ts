/**
 * The cause of a difference, measured: the model of one side runs again under each convention that it concerns, until shortly
 * after the first spike that differs. No cause is named that was not run.
 */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../../runtime/results/temporary-folder.js';
import type { RunRecord } from '../../../runtime/results/result.js';
import { compareRecorded, type Comparison } from '../../compare/compare.js';
import { openRecorded } from '../../compare/open-recorded.js';
import type { CompareOptions } from '../../compare/options.js';
import type { Recorded } from '../../compare/recorded.js';
import { DiagnosticError, UsageError } from '../../diagnostics/diagnostic.js';
import type { Model, ValidModel } from '../../model/model.js';
import { timingProperties } from '../../model/timing-properties.js';
import type { NeuronType } from '../../model/types.js';
import type { ImportedModel, RunOptions } from '../pipeline.js';
import { runWithSpikes } from './run-with-spikes.js';

/** Another way to run a model. */
interface Convention {
  readonly name: string;
  /** Returns the changed model; null if the convention does not concern it. */
  readonly model?: (model: Model) => Model | null;
  readonly precision?: 'float32' | 'float64';
  /** Steps by which the labels of spikes move. */
  readonly labels?: number;
}

/** Agreement with the other side under a convention. */
export interface Trial {
  readonly convention: string;
  /** Spikes that agree, of the most that either side has. */
  readonly matched: number;
  readonly spikes: number;
  /** First difference in s; null if there is none. */
  readonly divergence: number | null;
}

/** Trials of all conventions that concern a model. */
export interface Cause {
  /** Until this time in s. */
  readonly until: number;
  readonly before: Trial;
  readonly trials: readonly Trial[];
  /** Conventions that remove the difference together; empty if none does. */
  readonly removes: readonly string[];
}

/** Time in s that is run after the first difference. */
const after = 0.05;

/** Conventions that are tried in pairs if none removes the difference. */
const mostPaired = 4;

/**
 * Runs the model of the first side under other conventions and compares each run with the second side.
 *
 * @returns null if no spike differs by a step
 * @throws UsageError if the model cannot be run
 */
export async function whyDifferent(
  imported: ImportedModel,
  own: Recorded,
  other: Recorded,
  run: Pick<RunOptions, 'target' | 'device' | 'threads' | 'cacheDirectory' | 'onProgress' | 'signal'>,
  options: CompareOptions,
): Promise<Cause | null> {
  const { dt } = imported.valid.model.experiment;
  // Spikes of neighbouring steps differ.
  const given: CompareOptions = { ...options, within: 0.4 * dt, measures: 'matches', firstOnly: true };
  const compared = (recorded: Recorded, to?: number): Comparison =>
    compareRecorded(recorded, other, { ...given, ...(to === undefined ? {} : { to }) });
  const first = compared(own).divergence;
  if (!first) return null;
  const until = first.time + after;
  const folder = temporaryFolder('why');
  let count = 0;
  const tried = async (conventions: readonly Convention[]): Promise<Trial | null> => {
    let model: Model = imported.valid.model;
    for (const convention of conventions) {
      const changed = convention.model ? convention.model(model) : model;
      if (changed === null) return null;
      model = changed;
    }
    const isRun = conventions.some(({ model: change, precision }) => change ?? precision);
    const labels = conventions.reduce((sum, one) => sum + (one.labels ?? 0), 0) * model.experiment.dt;
    const precision = conventions.find((one) => one.precision)?.precision ?? own.record?.precision;
    let recorded = own;
    if (isRun) {
      count += 1;
      const valid: ValidModel = { ...imported.valid, model };
      const path = join(folder, `${count}.nwb`);
      const written = await runs({ ...imported, valid }, { ...run, outputs: [path] }, precision, until);
      if (written === null) return null;
      recorded = await openRecorded(written);
    }
    return trial(
      conventions.map(({ name }) => name).join(', and '),
      compared({ ...recorded, end: null, trains: labels === 0 ? recorded.trains : moved(recorded, labels) }, until),
    );
  };
  try {
    const applicable: Convention[] = [];
    const trials: Trial[] = [];
    for (const convention of conventionsFor(imported.valid.model, own.record, other.record)) {
      const found = await tried([convention]);
      if (!found) continue;
      applicable.push(convention);
      trials.push(found);
    }
    const before = trial('as it was', compared(own, until));
    const sole = trials.find(({ divergence }) => divergence === null);
    if (sole) return { until, before, trials, removes: [sole.convention] };
    const better = applicable
      .map((convention, k) => ({ convention, matched: trials[k]!.matched }))
      .sort((a, b) => b.matched - a.matched)
      .slice(0, mostPaired);
    for (const [k, { convention }] of better.entries())
      for (const { convention: second } of better.slice(k + 1)) {
        const found = await tried([convention, second]);
        if (found) trials.push(found);
        if (found?.divergence === null) return { until, before, trials, removes: [convention.name, second.name] };
      }
    return { until, before, trials, removes: [] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs a model until a time and returns its result; null if the convention does not fit the model. */
async function runs(
  imported: ImportedModel,
  options: RunOptions,
  precision: RunOptions['precision'],
  until: number,
): Promise<string | null> {
  const { dt } = imported.valid.model.experiment;
  try {
    const { outputs } = await runWithSpikes(imported, {
      ...options,
      stopAfter: Math.ceil(until / dt) + 1,
      ...(precision === undefined ? {} : { precision }),
    });
    return outputs[0] ?? null;
  } catch (error) {
    if (error instanceof DiagnosticError || error instanceof UsageError) return null;
    throw error;
  }
}

const moved = ({ trains }: Recorded, by: number): Recorded['trains'] =>
  trains.map((one) => ({ ...one, trains: one.trains.map((train) => train.map((time) => time + by)) }));

function trial(convention: string, { populations, divergence }: Comparison): Trial {
  const sum = (of: (one: Comparison['populations'][number]) => number): number =>
    populations.reduce((all, one) => all + of(one), 0);
  return {
    convention,
    matched: sum(({ matched }) => matched),
    spikes: Math.max(
      sum(({ spikes }) => spikes[0]),
      sum(({ spikes }) => spikes[1]),
    ),
    divergence: divergence?.time ?? null,
  };
}

// --- Conventions ----------------------------------------------------------------------------------------------------
/** Returns the conventions that can make another simulator differ from a model, the likeliest first. */
function conventionsFor(
  { timing, neurons, experiment }: Model,
  own: RunRecord | undefined,
  other: RunRecord | undefined,
): readonly Convention[] {
  const profiles = (Object.keys(timingProperties) as (keyof typeof timingProperties)[]).filter((one) => one !== timing);
  const methods = new Set(Object.values(neurons).map(({ method }) => method));
  const otherMethods = (['euler', 'exact', 'rk4', 'exponentialEuler'] as const).filter((one) => !methods.has(one));
  const seeded: readonly Convention[] =
    own && other && own.seed !== other.seed
      ? [{ name: `seed ${other.seed}`, model: (model) => withExperiment(model, { seed: other.seed }) }]
      : [];
  const stepped: readonly Convention[] =
    other && other.dt !== experiment.dt
      ? [{ name: `steps of ${other.dt * 1e3} ms`, model: (model) => withExperiment(model, { dt: other.dt }) }]
      : [];
  return [
    ...seeded,
    ...stepped,
    { name: 'spikes named one step later', labels: 1 },
    { name: 'spikes named one step earlier', labels: -1 },
    ...([1, -1] as const).map((steps): Convention => ({
      name: `delays one step ${steps > 0 ? 'longer' : 'shorter'}`,
      model: (model) => withDelays(model, steps),
    })),
    ...([1, -1] as const).map((steps): Convention => ({
      name: `refractory period one step ${steps > 0 ? 'longer' : 'shorter'}`,
      model: (model) =>
        withRefractory(model, (one) =>
          one.for === undefined ? null : { ...one, for: `(${one.for}) ${steps > 0 ? '+' : '-'} ${experiment.dt}*s` },
        ),
    })),
    {
      name: 'refractory cells keep or drop their input the other way',
      model: (model) =>
        withRefractory(model, (one) => ({ ...one, writes: one.writes === 'block' ? 'allow' : 'block' })),
    },
    ...profiles.map((profile): Convention => ({
      name: `steps of ${timingProperties[profile].simulator}`,
      model: (model) => ({ ...model, timing: profile }),
    })),
    ...otherMethods.map((method): Convention => ({
      name: `method ${method}`,
      model: (model) => withMethod(model, method),
    })),
    ...(own?.precision === 'float32'
      ? [{ name: 'double precision', precision: 'float64' } as const]
      : [{ name: 'single precision', precision: 'float32' } as const]),
    ...([1000, 0.001] as const).map((factor): Convention => ({
      name: `weights times ${factor}`,
      model: (model) => withWeights(model, factor),
    })),
  ];
}

const withExperiment = (model: Model, more: Partial<Model['experiment']>): Model => ({
  ...model,
  experiment: { ...model.experiment, ...more },
});

/** Returns a model with changed types of neurons; null if nothing changed. */
function withNeurons(model: Model, change: (type: NeuronType) => NeuronType): Model | null {
  const neurons = Object.fromEntries(Object.entries(model.neurons).map(([name, type]) => [name, change(type)]));
  const isChanged = Object.entries(neurons).some(([name, type]) => type !== model.neurons[name]);
  return isChanged ? { ...model, neurons } : null;
}

type Refractory = NonNullable<NeuronType['events'][string]['refractory']>;

const withRefractory = (model: Model, change: (one: Refractory) => Refractory | null): Model | null =>
  withNeurons(model, (type) => {
    let isChanged = false;
    const events = Object.fromEntries(
      Object.entries(type.events).map(([name, event]) => {
        const refractory = event.refractory ? change(event.refractory) : null;
        isChanged ||= refractory !== null;
        return [name, refractory ? { ...event, refractory } : event];
      }),
    );
    return isChanged ? { ...type, events } : type;
  });

const withMethod = (model: Model, method: NeuronType['method']): Model | null =>
  withNeurons(model, (type) => (Object.keys(type.derivatives).length === 0 ? type : { ...type, method }));

function withDelays(model: Model, steps: number): Model | null {
  const by = steps * model.experiment.dt;
  let isChanged = false;
  const later = <T>(delay: T): T | number => {
    if (typeof delay !== 'number' || delay + by < 0) return delay;
    isChanged = true;
    return delay + by;
  };
  const projections = Object.fromEntries(
    Object.entries(model.projections).map(([name, one]) => {
      const delays = Object.fromEntries(Object.entries(one.delays).map(([pathway, delay]) => [pathway, later(delay)]));
      return [name, { ...one, delays }];
    }),
  );
  const synapses = Object.fromEntries(
    Object.entries(model.synapses).map(([name, one]) => {
      const pathways = Object.fromEntries(
        Object.entries(one.pathways).map(([pathway, own]) => [pathway, { ...own, delay: later(own.delay) }]),
      );
      return [name, { ...one, pathways }];
    }),
  );
  return isChanged ? { ...model, projections, synapses } : null;
}

/** Multiplies numbers of synapses that are named as weights, of projections and types. */
function withWeights(model: Model, factor: number): Model | null {
  let isChanged = false;
  const scaled = <T>(name: string, value: T): T | number | string => {
    if (!/^w/i.test(name) || (typeof value !== 'number' && typeof value !== 'string')) return value;
    isChanged = true;
    return typeof value === 'number' ? value * factor : `${factor}*(${value})`;
  };
  const projections = Object.fromEntries(
    Object.entries(model.projections).map(([name, one]) => {
      const values = Object.fromEntries(Object.entries(one.values).map(([key, value]) => [key, scaled(key, value)]));
      return [name, { ...one, values }];
    }),
  );
  const synapses = Object.fromEntries(
    Object.entries(model.synapses).map(([name, one]) => {
      const parameters = Object.fromEntries(
        Object.entries(one.parameters).map(([key, own]) => [key, { ...own, value: scaled(key, own.value) }]),
      );
      return [name, { ...one, parameters }];
    }),
  );
  return isChanged ? { ...model, projections, synapses } : null;
}
