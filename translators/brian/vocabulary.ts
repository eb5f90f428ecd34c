/** The vocabulary of Brian 2 with its canonical equivalents: the one table that import and export share. */

import type { Call, Expression, NumberLiteral } from '../../src/lang/ast.js';
import { callsIn } from '../../src/lang/walk.js';
import type { IntegrationMethod } from '../../src/model/model.js';

/**
 * Sections of a document with keys that name objects, and the classes of the objects. All objects share one namespace.
 */
export const objects = {
  timed_arrays: 'TimedArray',
  functions: 'Function',
  binomial_functions: 'BinomialFunction',
  neuron_groups: 'NeuronGroup',
  spatial_neurons: 'SpatialNeuron',
  dendritic_neurons: 'NeuronGroup',
  poisson_groups: 'PoissonGroup',
  spike_generators: 'SpikeGeneratorGroup',
  synapses: 'Synapses',
  poisson_inputs: 'PoissonInput',
  spike_monitors: 'SpikeMonitor',
  event_monitors: 'EventMonitor',
  state_monitors: 'StateMonitor',
  population_rate_monitors: 'PopulationRateMonitor',
} as const;

/** Names of the sections of objects. */
export const namedSections = Object.keys(objects) as (keyof typeof objects)[];

/** Slots of a step in Brian's usual schedule, in order. */
const slots: readonly string[] = ['start', 'groups', 'thresholds', 'synapses', 'resets', 'end'].flatMap((slot) => [
  `before_${slot}`,
  slot,
  `after_${slot}`,
]);

/** Brian's functions that have another canonical name. Functions with the same name are in `sharedFunctions`. */
export const functionNames: Readonly<Record<string, string>> = {
  rand: 'uniform',
  randn: 'normal',
  arcsin: 'asin',
  arccos: 'acos',
  arctan: 'atan',
};

/** Functions of Brian's default namespace that are called the same in the canonical model. */
const sharedFunctions: readonly string[] = [
  'sin',
  'cos',
  'tan',
  'sinh',
  'cosh',
  'tanh',
  'exp',
  'log',
  'log10',
  'expm1',
  'log1p',
  'exprel',
  'sqrt',
  'abs',
  'floor',
  'ceil',
  'sign',
  'clip',
  'int',
  'timestep',
  'poisson',
];

/** Every function of Brian's default namespace. */
export const brianFunctions: readonly string[] = [...Object.keys(functionNames), ...sharedFunctions];

/** Functions that draw a random number at each evaluation. */
export const randomFunctions: ReadonlySet<string> = new Set(['rand', 'randn', 'poisson']);

/** Number of arguments of Brian's functions, if it is not one. */
export const functionArity: Readonly<Record<string, number>> = { rand: 0, randn: 0, clip: 3, timestep: 2 };

/** Constants of Brian's default namespace. */
export const brianConstants: readonly string[] = ['pi', 'e', 'inf'];

/** Brian's names of integration methods (compared without regard to case) and the canonical ones. */
export const methodNames: Readonly<Record<string, IntegrationMethod>> = {
  exact: 'exact',
  linear: 'exact',
  exponential_euler: 'exponentialEuler',
  euler: 'euler',
  rk2: 'rk2',
  rk4: 'rk4',
  heun: 'heun',
  milstein: 'milstein',
  gsl_rkf45: 'adaptive',
  gsl: 'adaptive',
  gsl_rk2: 'adaptive',
  gsl_rk4: 'adaptive',
  gsl_rkck: 'adaptive',
  gsl_rk8pd: 'adaptive',
};

/** Methods of Brian that are rejected by name, with the reason. */
export const refusedMethods: Readonly<Record<string, string>> = {
  independent: 'the deprecated method independent',
};

/** Default slots of Brian's objects. */
export const defaultSlot = {
  operation: 'start',
  stateMonitor: 'start',
  poissonInput: 'synapses',
  pathway: 'synapses',
  threshold: 'thresholds',
  reset: 'resets',
  customEvent: 'after_thresholds',
  customEventCode: 'after_resets',
} as const;

/** Default order of a pathway. */
export const defaultPathwayOrder = { pre: -1, post: 1 } as const;

/** Flags that each kind of equation may carry, by kind of object. */
export const equationFlags = {
  neuron: {
    differential: ['unless refractory'],
    parameter: ['constant', 'shared', 'linked'],
    subexpression: ['shared', 'constant over dt'],
  },
  spatial: {
    differential: ['point current', 'unless refractory'],
    parameter: ['constant', 'shared', 'linked', 'point current'],
    subexpression: ['shared', 'point current', 'constant over dt'],
  },
  synapse: {
    differential: ['event-driven', 'clock-driven'],
    parameter: ['constant', 'shared', 'linked'],
    subexpression: ['summed', 'shared', 'constant over dt'],
  },
} as const;

/** Names that Brian defines itself in every group. */
export const groupSpecials: readonly string[] = ['t', 'dt', 't_in_timesteps', 'N', 'i'];

/** Names that Brian defines itself in synapses, in addition to `groupSpecials`. */
export const synapseSpecials: readonly string[] = [
  'j',
  'N_pre',
  'N_post',
  'N_incoming',
  'N_outgoing',
  'delay',
  'lastupdate',
];

/** Names that the refractory mechanism defines. */
export const refractoryNames: readonly string[] = ['not_refractory', 'lastspike', 'refractory', 'refractory_until'];

/** The change of the potential in a step, which determines the current that charges the membrane. */
export const riseName = 'v_rise';

/** Names that Brian defines itself in a SpatialNeuron. */
export const spatialNames: readonly string[] = [
  ...['v', 'Cm', 'Ri', 'Ic', 'area', 'length', 'diameter', 'distance', 'volume'],
  ...['r_length_1', 'r_length_2', 'time_constant', 'space_constant'],
];

/** Names that Brian also defines if the morphology has coordinates. */
export const coordinateNames = ['x', 'y', 'z'] as const;

/** Words that no variable of a script can be called. */
export const pythonKeywords: ReadonlySet<string> = new Set([
  'False',
  'None',
  'True',
  'and',
  'as',
  'assert',
  'async',
  'await',
  'break',
  'class',
  'continue',
  'def',
  'del',
  'elif',
  'else',
  'except',
  'finally',
  'for',
  'from',
  'global',
  'if',
  'import',
  'in',
  'is',
  'lambda',
  'nonlocal',
  'not',
  'or',
  'pass',
  'raise',
  'return',
  'try',
  'while',
  'with',
  'yield',
]);

/**
 * Features of Brian that this translator does not support: key of a section → the feature's name. Sections are the keys
 * of the specification, and the empty section is its top level.
 */
export const refusedKeys: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '': {
    network_operations: 'network_operation',
    linked_variables: 'linked variables',
    preferences: 'preferences',
    prefs: 'preferences',
    networks: 'several networks',
    clocks: 'named clocks',
  },
  neuron_groups: {
    dtype: 'dtype',
    run_at: 'run_at',
    clock: 'named clocks',
    morphology: 'SpatialNeuron',
    set_event_schedule: 'set_event_schedule',
  },
  poisson_groups: { dtype: 'dtype', run_at: 'run_at', clock: 'named clocks' },
  spike_generators: { sorted: 'the argument sorted', clock: 'named clocks' },
  synapses: {
    dtype: 'dtype',
    run_at: 'run_at',
    clock: 'named clocks',
    linked_variables: 'linked variables',
  },
  poisson_inputs: { clock: 'named clocks' },
  spike_monitors: { when: 'a slot of its own for a SpikeMonitor', order: 'an order of its own for a SpikeMonitor' },
  event_monitors: { when: 'a slot of its own for an EventMonitor', order: 'an order of its own for an EventMonitor' },
  state_monitors: { clock: 'named clocks' },
  population_rate_monitors: { clock: 'named clocks' },
  run: {
    report: 'progress reports (the command line has its own)',
    namespace: 'a namespace for one run',
    profile: 'profiling',
    run_until: 'stop conditions',
  },
};

/** Checks whether a slot comes before the thresholds of its step. */
export const isBeforeThresholds = (slot = ''): boolean => slots.slice(0, slots.indexOf('thresholds')).includes(slot);

/** Name of the default clock in models with finer steps. No object has a name that begins with an underscore. */
export const defaultClock = '_default';

/** A draw from a binomial distribution with numbers as arguments, which is a function of its own in Brian. */
interface PlainBinomial extends Call {
  readonly arguments: readonly [NumberLiteral, NumberLiteral];
}

/** Checks whether a call draws from a binomial distribution with numbers as arguments. */
export const isPlainBinomial = (call: Call): call is PlainBinomial =>
  call.function === 'binomial' && call.arguments.length === 2 && call.arguments.every(({ kind }) => kind === 'number');

/** Returns the name that BinomialFunctions with these arguments share. */
export const binomialKey = ({ arguments: [n, p] }: PlainBinomial): string => `binomial(${n.text}, ${p.text})`;

const unknown: ReadonlySet<string> = new Set(['gamma', 'gammahazard', 'binomial', 'vonMises', 'truncatedNormal']);

/** Returns the name of a called function that Brian does not have; undefined if it has all of them. */
export const unknownFunction = (e: Expression): string | undefined =>
  callsIn(e).find((call) => unknown.has(call.function) && !isPlainBinomial(call))?.function;

/** Schema definitions of slots and methods. */
export const definitions = { when: { enum: slots }, method: { examples: Object.keys(methodNames) } };
