/** Runs of a neuron in NESTML under NEST and here: every port receives spikes, and a current flows for a while. */

import { dirname } from 'node:path';
import { importModel } from '../../../src/pipeline/pipeline.js';
import { openModel } from '../../../src/session/open-model.js';
import { parseNestml } from '../../../translators/nestml/parse.js';
import type { NestmlModel } from '../../../translators/nestml/syntax.js';
import '../../../translators/nestml/road.js';

const dt = 0.1;

/** Strengths of inputs: weights, a current from outside in pA, and the parameter I_e in pA. */
export interface Setting {
  readonly weight: number;
  readonly inhibition: number;
  readonly current: number;
  readonly constant: number;
}

/** A run, as `run_nestml_models.py` reads it. */
export interface NestCase {
  readonly model: string;
  readonly dt: number;
  readonly duration: number;
  readonly parameters: Readonly<Record<string, number>>;
  readonly ports: readonly { readonly name: string; readonly weight: number; readonly times: readonly number[] }[];
  readonly current: number;
  readonly record: readonly string[];
  readonly emits: boolean;
}

/** Spikes in ms, and variables in NEST's units. */
export interface NestOutcome {
  readonly times: readonly number[];
  readonly variables: Readonly<Record<string, readonly number[]>>;
  readonly error?: string;
}

/** Returns the only model of a text; undefined if it is not read. */
export const modelIn = (text: string): NestmlModel | undefined => parseNestml(text, () => undefined)?.[0];

/** Returns a run of a model of 200 ms. */
export function caseOf(model: NestmlModel, { weight, inhibition, current, constant }: Setting): NestCase {
  const ports = model.ports.filter(({ kind }) => kind === 'spike');
  return {
    model: model.name,
    dt,
    duration: 200,
    parameters: model.parameters.some(({ name }) => name === 'I_e') ? { I_e: constant } : {},
    ports: ports.map(({ name, qualifiers }, k) => ({
      name,
      weight: qualifiers.includes('inhibitory') ? -Math.abs(inhibition) : k === 0 ? weight : inhibition,
      times: [5, 12.3, 12.4, 60.2, 95, 140].map((time) => Number((time + 1.7 * k).toFixed(1))),
    })),
    current: model.ports.some(({ kind }) => kind === 'continuous') ? current : 0,
    record: model.state.map(({ name }) => name),
    emits: model.emits,
  };
}

const factors: Readonly<Record<string, number>> = {
  V: 1e3,
  s: 1e3,
  A: 1e12,
  S: 1e9,
  '1': 1,
  'S*s**-1': 1e6,
  'A*s**-1': 1e9,
  mole: 1e3,
};

/** Runs a case here, with the model by the name of its file. @throws DiagnosticError */
export async function runHere(file: string, model: NestmlModel, given: NestCase): Promise<NestOutcome> {
  const stimulus = model.ports.find(({ kind }) => kind === 'continuous')?.name;
  const values = Object.entries(given.parameters).map(([name, value]) => [name, `${value} pA`]);
  // NEST's current flows after its delay.
  const dc = `${given.current}*pA if t > 30.95*ms and t < 70.95*ms else 0*pA`;
  const document = {
    interneuron: 1,
    neurons: { cell: { nestml: file } },
    populations: {
      cell: { type: 'cell', size: 1, values: Object.fromEntries(values) },
      ...Object.fromEntries(
        given.ports.map(({ name, times }) => [
          `source_${name}`,
          { size: 1, spikes: { indices: times.map(() => 0), times: { array: times, unit: 'ms' } } },
        ]),
      ),
    },
    synapses: {
      add: { parameters: { weight: 1 }, ports: { target: '1' }, pathways: { pre: { do: ['target += weight'] } } },
    },
    projections: Object.fromEntries(
      given.ports.map(({ name, weight }) => [
        `to_${name}`,
        {
          from: `source_${name}`,
          to: 'cell',
          synapse: 'add',
          connect: 'all',
          receptor: name,
          delay: '1 ms',
          values: {
            weight: model.ports.some((one) => one.name === name && one.qualifiers.includes('inhibitory'))
              ? -weight
              : weight,
          },
        },
      ]),
    ),
    ...(given.current === 0 || stimulus === undefined
      ? {}
      : { stimuli: { dc: { kind: 'current', to: 'cell', input: stimulus, value: dc } } }),
    timing: 'grid',
    experiment: { dt: `${given.dt} ms`, duration: `${given.duration} ms` },
  };
  const name = `${dirname(file)}/network.json`;
  const read = (record: readonly string[]): ReturnType<typeof importModel> => {
    const recordings = record.map((one) => ({ of: 'cell', variables: [one] }));
    const spikes = given.emits ? [{ of: 'cell', events: 'spike' }] : [];
    return importModel({ name, text: JSON.stringify({ ...document, record: [...spikes, ...recordings] }) });
  };
  const type = read([]).valid.model.neurons['cell'];
  // Names with a meaning of their own have an underscore here, and recognised timers are no variables.
  const names = new Map(given.record.flatMap((one) => [one, `${one}_`].map((own) => [own, one] as const)));
  const recorded = [...names.keys()].filter((own) => type && (own in type.state || own in type.derived));
  const session = openModel(read(recorded));
  await session.run();
  const { spikes, samples, spikeLabel } = await session.take();
  return {
    times: [...(spikes[0]?.steps ?? [])].map((step) => (step + spikeLabel) * given.dt),
    variables: Object.fromEntries(
      samples.map(({ variable, unit, values: rows }) => [
        names.get(variable) ?? variable,
        [...rows].map((value) => Number(value) * (factors[unit] ?? NaN)),
      ]),
    ),
  };
}

/** Differences of a run here from one under NEST. */
export interface Difference {
  readonly spikes: number;
  readonly isSame: boolean;
  /** Largest difference of each variable, relative to its largest value. */
  readonly variables: Readonly<Record<string, number>>;
}

/** Compares two runs. */
export function differenceOf(here: NestOutcome, there: NestOutcome): Difference {
  const steps = (times: readonly number[]): readonly number[] => times.map((time) => Math.round(time / dt));
  const [own, other] = [steps(here.times), steps(there.times)];
  const variables = Object.entries(there.variables).flatMap(([name, values]) => {
    const mine = here.variables[name];
    if (!mine || values.length === 0) return [];
    // NEST's samples begin at the end of the first step, and end a step before the end of the run.
    const shifted = mine.slice(1, 1 + values.length);
    const largest = Math.max(...values.map((value, k) => Math.abs(value - (shifted[k] ?? NaN))));
    return [[name, largest / Math.max(...values.map(Math.abs), 1e-300)] as const];
  });
  const isSame = own.length === other.length && own.every((step, k) => step === other[k]);
  return { spikes: other.length, isSame, variables: Object.fromEntries(variables) };
}
