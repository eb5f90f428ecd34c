/**
 * Facts about simulators. A simulator computes some parts otherwise than the model states: rewritings, in order. A
 * conversion is measured under all of those of its simulator, and the cause of a difference is sought among them.
 */

import { mapped } from '../../model/collections.js';
import type { Dimension } from '../../lang/ast.js';
import type * as written from '../../model/model.js';
import type { TimingProfile } from '../../model/model.js';
import { rewrite, type Rewriting } from '../../model/rewriting/rewriting.js';
import type { NeuronType, ValidModel } from '../../model/typed.js';
import { declaredName } from '../declared-types.js';
import { withDendriticDelays } from './dendritic-delays.js';
import { hodgkinHuxleyOfNest, sourcesOfNest } from './nest-parts.js';
import { siOf } from './nest-units.js';
import type { Simulator } from './names.js';
import { ofPynn, type Backend } from './pynn-backends.js';

/** A script that a simulator runs. */
export interface Script {
  /** Whether it moves listed spikes to the first time at which the simulator sends one. */
  readonly movesEarlySpikes?: boolean;
}

/** A simulator of a notation, or a compiler of types for one. */
interface SimulatorFacts extends Backend {
  /** Name in sentences. */
  readonly title: string;
  readonly profile: TimingProfile;
  /** Whether it runs types of cells that its notation has no name for. */
  readonly runsOwnTypes?: true;
  /** Deviations of its computation from the model. */
  readonly computes: readonly Rewriting<Script>[];
  /** Whether there are other deviations of its own step: then only its runs have grades. */
  readonly deviatesOtherwise?: true;
  /** Recordings that it loses: those that a return to a stored state discards. Absent: none. */
  readonly loses?: 'restored';
  /** Python modules without which it does not run. */
  readonly runs: readonly string[];
  /** Python packages whose versions tell its own: its own first, each with the name that people give it. */
  readonly packages: readonly (readonly [distribution: string, name: string])[];
  /** The simulator that runs what it compiles. */
  readonly within?: Simulator;
  /** Returns the size in SI of the unit that variables of a dimension are recorded in; absent: the notation says it. */
  readonly recordsIn?: (dimension: Dimension) => number;
}

const complete: Backend = { lacks: [], fails: [] };

/** Returns a rewriting of types of neurons. */
const ofCells = (
  name: string,
  why: string,
  reason: string,
  change: (type: NeuronType) => NeuronType,
): Rewriting<Script> => ({
  name,
  why,
  apply: ({ model, data }) => {
    const neurons = mapped(model.neurons, change);
    const isChanged = Object.entries(neurons).some(([key, type]) => type !== model.neurons[key]);
    return isChanged ? { valid: { model: { ...model, neurons }, data } } : reason;
  },
});

const nest: SimulatorFacts = {
  ...ofPynn.nest,
  title: 'NEST',
  profile: 'grid',
  runs: ['pyNN', 'nest'],
  packages: [
    ['nest-simulator', 'NEST'],
    ['pynn', 'PyNN'],
  ],
  computes: [
    {
      name: 'dendritic delays of NEST',
      why: "NEST has a plastic synapse's delay behind the synapse",
      apply: ({ model, data }) => {
        const delayed = withDendriticDelays(model);
        return delayed === model
          ? 'no plastic synapse of the model has one delay'
          : { valid: { model: delayed, data } };
      },
    },
    ofCells(
      "NEST's Izhikevich cells",
      "NEST's izhikevich takes steps of forward Euler",
      'no cell is an Izhikevich of PyNN',
      (type) => (declaredName(type) === 'Izhikevich' && type.method !== 'euler' ? { ...type, method: 'euler' } : type),
    ),
    ofCells(
      "NEST's Hodgkin–Huxley cells",
      "NEST's hh_cond_exp_traub spikes at a maximum of its voltage",
      'no cell is an HH_cond_exp of PyNN',
      (type) => (declaredName(type) === 'HH_cond_exp' ? hodgkinHuxleyOfNest(type) : type),
    ),
    {
      name: "listed spikes as PyNN's NEST sends them",
      why: 'PyNN sends no spike to NEST that is earlier than the shortest delay and a step',
      apply: ({ model, data }, { movesEarlySpikes = false }) => {
        const populations = sourcesOfNest(model, data, movesEarlySpikes);
        const isChanged = Object.entries(populations).some(([key, one]) => one !== model.populations[key]);
        return isChanged ? { valid: { model: { ...model, populations }, data } } : 'no listed spike is too early';
      },
    },
  ],
};

const nestml: SimulatorFacts = {
  ...complete,
  title: 'NEST with NESTML',
  profile: 'grid',
  runs: ['pynestml'],
  packages: [['nestml', 'NESTML']],
  within: 'nest',
  recordsIn: siOf,
  computes: [
    ofCells(
      "adaptive steps of NEST's compiled cells",
      'NESTML solves equations by steps that adapt to an error',
      "no type of the model's own is integrated in fixed steps",
      (type) =>
        type.conformsTo !== undefined || type.method === 'exact' || type.noise.length > 0
          ? type
          : { ...type, method: 'adaptive' },
    ),
  ],
};

/** Facts by simulator, and about what it runs. */
export const simulators: Readonly<Record<Simulator | 'nestml', SimulatorFacts>> = {
  nest,
  nestml,
  neuron: {
    ...ofPynn.neuron,
    title: 'NEURON',
    profile: 'grid',
    // PyNN's cells for NEURON are integrated otherwise: 11 spikes of IF_curr_exp for 10 of NEST.
    computes: [],
    deviatesOtherwise: true,
    runs: ['pyNN', 'neuron'],
    packages: [
      ['neuron', 'NEURON'],
      ['pynn', 'PyNN'],
    ],
  },
  // https://brian2.readthedocs.io/en/stable/user/running.html#checkpointing
  brian2: {
    ...complete,
    title: 'Brian',
    profile: 'brian',
    runsOwnTypes: true,
    computes: [],
    runs: ['brian2'],
    packages: [['brian2', 'Brian']],
    loses: 'restored',
  },
  jneuroml: {
    ...complete,
    title: 'jNeuroML',
    profile: 'lems-euler',
    runsOwnTypes: true,
    computes: [],
    runs: ['pyneuroml'],
    packages: [['pyneuroml', 'pyNeuroML']],
  },
  // Point neurons in NEST, and cells with a shape in NEURON.
  bmtk: {
    ...complete,
    title: 'BMTK',
    profile: 'grid',
    computes: [],
    deviatesOtherwise: true,
    runs: ['bmtk'],
    packages: [
      ['bmtk', 'BMTK'],
      ['neuron', 'NEURON'],
      ['nest-simulator', 'NEST'],
    ],
    recordsIn: siOf,
  },
};

/** Returns the units of a simulator that does not state them. @param isCompiled  whether NESTML compiles it */
export const unitsIn = (simulator: Simulator, isCompiled: boolean): SimulatorFacts['recordsIn'] =>
  simulators[isCompiled ? 'nestml' : simulator].recordsIn;

/** Returns those of some simulators that run a model: they have its time steps and its types. */
export function runnersOf(
  { timing, populations, neurons, synapses }: written.Model,
  names: readonly Simulator[],
): readonly Simulator[] {
  const cells = Object.values(populations).flatMap(({ type = '' }) => neurons[type] ?? []);
  const types = cells.map((type) => declaredName(type) || (type.compartments ? 'MultiCompartmentNeuron' : ''));
  const parts = new Set([...types, ...Object.values(synapses).map(declaredName)]);
  return names.filter((name) => {
    const { profile, runsOwnTypes = false, lacks, fails } = simulators[name];
    const isRefused = [...lacks, ...fails].some(({ part, effect }) => effect === 'raises' && parts.has(part));
    return profile === timing && !isRefused && (runsOwnTypes || !types.includes(''));
  });
}

/** Returns a model as a simulator computes it, with the types that are compiled for it. */
export async function asComputedBy(
  simulator: Simulator,
  { model, data }: ValidModel,
  script: Script = {},
): Promise<ValidModel> {
  const { profile, computes } = simulators[simulator];
  const compiled = Object.values(simulators).filter(({ within }) => within === simulator);
  const all = [...compiled.flatMap((one) => one.computes), ...computes];
  return (await rewrite(all, { model: { ...model, timing: profile }, data }, script)).valid;
}
