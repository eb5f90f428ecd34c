/** Names of PyNN that not all of its simulators have. */

import { memberOf } from '../../../src/diagnostics/member.js';
import { standardCells } from '../../../src/library/pynn/index.js';
import { firstSent } from '../../../src/library/simulators/nest-parts.js';
import { defaultOf } from '../cells.js';
import { populationsOf } from '../selections.js';
import type { PynnSpecification, Values } from '../specification.generated.js';

/** The simulator that lacks a type of PyNN 0.13, of NEST and NEURON. */
export const lackedBy: Readonly<Record<string, 'NEST' | 'NEURON'>> = {
  BetaPSR: 'NEURON',
  SpikeSourceInhGamma: 'NEURON',
  ElectricalSynapse: 'NEST',
  MultiCompartmentNeuron: 'NEST',
  Vogels2011Rule: 'NEST',
};

/** Failures of types of PyNN 0.13 under one simulator. */
export const failing: Readonly<Record<string, string>> = {
  GIF_cond_exp: 'NEURON hands on and records none of its spikes',
  IF_curr_delta: 'it raises an error under NEURON, where the script does not run',
  SpikeSourceInhGamma: 'it raises an error under NEST, too',
};

/**
 * Synapses of PyNN 0.13 that need an extension of NEST. PyNN builds it at its installation if NEST is already
 * installed.
 */
const inExtension = ['StochasticTsodyksMarkramSynapse'];

/** Sources of PyNN 0.13 that NEST lets neither begin nor end. */
const withoutTimes = ['SpikeSourceGamma', 'SpikeSourcePoissonRefractory'];

/** Returns one sentence for each type of a document that PyNN's simulators lack or get wrong. */
export const remarksOnBackends = (document: PynnSpecification): readonly string[] => {
  const used = typesIn(document);
  return [
    ...Object.entries(lackedBy)
      .filter(([name]) => used.has(name))
      .map(([name, lacking]) => `PyNN has no ${name} for ${lacking}, where the script does not run`),
    ...withoutTimes
      .filter((name) => (document.populations ?? []).some(({ cell }) => cell.type === name && hasTimes(cell.params)))
      .map((name) => `${name} of PyNN 0.13 has no start and no duration under NEST, where the script does not run`),
    ...inExtension
      .filter((name) => used.has(name))
      .map((name) => `${name} of PyNN 0.13 runs under NEST only with PyNN's extension of it`),
    ...Object.entries(failing)
      .filter(([name]) => used.has(name))
      .map(([name, what]) => `${name} of PyNN 0.13: ${what}`),
    ...new Set((document.populations ?? []).flatMap(({ cell }) => refusedValues(document, cell.type, cell.params))),
    ...placesBesideMiddles(document),
    ...lostFirstValues(document),
    ...earlySpikes(document),
    ...unevenRuns(document),
    ...refusedStep(document),
    ...changesDuringRun(document),
    ...viewsInitialised(document),
    ...receptorsTogether(document),
    ...synapsesRefused(document),
    ...sourcesSetAfterReset(document),
    ...endlessReading(document),
    ...(isReset(document) ? ['reset() raises an error under NEST where setup() is given no t_flush'] : []),
  ].sort();
};

/** Returns values of parameters that prevent cells of PyNN 0.13 from running. */
function refusedValues({ setup }: PynnSpecification, type: string, params: Values = {}): readonly string[] {
  const { timestep = 0.1, extra } = setup ?? {};
  const some = (name: string, test: (value: number) => boolean): boolean =>
    [params[name]].flat().some((value) => typeof value === 'number' && test(value));
  const notRunning = (what: string, by = 'NEST'): string => `${type} with ${what} does not run under ${by}`;
  if (type === 'SpikeSourceGamma') return some('alpha', (alpha) => alpha < 1) ? [notRunning('alpha below 1')] : [];
  const cells = standardCells.get(type);
  if (!/^(IF|EIF|HH|GIF)_/.test(type) || cells === undefined) return [];
  const offGrid = extra?.['spike_precision'] !== 'on_grid' && ['IF_curr_exp', 'IF_curr_delta'].includes(type);
  const resets = type.startsWith('IF_') && cells.neuron.parameters?.['v_thresh'] !== undefined;
  const given = (name: string): readonly unknown[] => [params[name] ?? defaultOf(cells, name)].flat();
  return [
    ...(some('cm', (cm) => cm <= 0) ? [notRunning('cm that is not positive', 'NEST or NEURON')] : []),
    ...Object.keys(params)
      .filter((name) => name.startsWith('tau_') && name !== 'tau_refrac' && some(name, (tau) => tau <= 0))
      .map((name) => notRunning(`${name} that is not positive`)),
    ...(offGrid && some('tau_refrac', (duration) => duration < timestep)
      ? [notRunning('tau_refrac below a time step', 'NEST without spike_precision="on_grid"')]
      : []),
    ...(resets && anyAtOrAbove(given('v_reset'), given('v_thresh'))
      ? [notRunning('v_reset at v_thresh or above')]
      : []),
  ];
}

/** Places on cells with compartments: PyNN's interface to NEURON finds the middles of sections. */
function placesBesideMiddles({
  populations = [],
  recordings = [],
  phases = [],
  current_sources: sources = [],
}: PynnSpecification): readonly string[] {
  const places = [
    ...populations.flatMap(({ cell }) => Object.values(cell.receptors ?? {}).map(({ locations }) => locations)),
    ...[...recordings, ...phases.flatMap(({ record }) => record ?? [])].map(({ locations }) => locations),
    ...sources.map(({ location }) => location),
  ];
  return places.flat().some((place) => typeof place === 'object')
    ? ['places other than the middles of sections raise an error under NEURON']
    : [];
}

/**
 * Returns one sentence for each type of cells that loses or repeats spikes under NEURON. NEST and our engine do not.
 *
 * @source counted with PyNN 0.13 and NEURON 8.2: of the default EIF_cond_exp_isfa_ista at 1 nA, 9 of 11 spikes in steps
 *   of 0.1 ms, and all in steps of 0.025 ms or with v_spike = -41.5 mV; of Izhikevich with a = 0.1 at 0.02 nA, 66
 *   spikes in steps of 0.1 ms, 63 of 0.125 ms, 31 of 0.2 ms (NEURON 9)
 */
export function wrongSpikesUnderNeuron({ setup, populations = [] }: PynnSpecification): readonly string[] {
  const lost = populations.flatMap(({ cell: { type, params = {} } }) => {
    const cells = standardCells.get(type);
    const { timestep = 0.1 } = setup ?? {};
    if (type === 'Izhikevich' && timestep > 0.125)
      return [`Izhikevich loses or repeats spikes under NEURON in steps of ${timestep} ms`];
    if (!type.startsWith('EIF_') || cells === undefined) return [];
    return skippedSpikes(type, (name) => [params[name] ?? defaultOf(cells, name)].flat(), timestep);
  });
  return [...new Set(lost)].sort();
}

/**
 * Returns the simulator of a script called without one: NEURON, or NEST if only NEST has all of the document.
 *
 * @param isForNest  whether NEST is preferred
 */
export function usualSimulator(document: PynnSpecification, isForNest = false): 'neuron' | 'nest' {
  const used = typesIn(document);
  const isLackedBy = (simulator: 'NEST' | 'NEURON'): boolean =>
    Object.entries(lackedBy).some(([name, lacking]) => lacking === simulator && used.has(name));
  const failsUnderNeuron =
    isLackedBy('NEURON') ||
    ['GIF_cond_exp', 'IF_curr_delta'].some((name) => used.has(name)) ||
    wrongSpikesUnderNeuron(document).length > 0;
  const failsUnderNest =
    isLackedBy('NEST') ||
    used.has('SpikeSourceInhGamma') ||
    inExtension.some((name) => used.has(name)) ||
    isReset(document) ||
    remarksOnBackends(document).some((remark) => /\bunder NEST\b/.test(remark));
  return (failsUnderNeuron || isForNest) && !failsUnderNest ? 'nest' : 'neuron';
}

/** Checks whether neither NEST nor NEURON runs a script. */
export function runsNowhere(document: PynnSpecification): boolean {
  const remarks = remarksOnBackends(document);
  return ['NEST', 'NEURON'].every((simulator) => {
    const fails = new RegExp(
      `${simulator}, where the script does not run|(?:not run|raises? an error) under ${simulator}`,
    );
    return remarks.some((remark) => fails.test(remark));
  });
}

/**
 * Finds cells that lose spikes. NEURON's implicit steps pass over the exponential if it grows faster than a step: its
 * slope exceeds that of the capacitance, C/dt. Counted with PyNN 0.13 and NEURON 8.2 on both sides of this bound.
 */
function skippedSpikes(type: string, given: (name: string) => readonly unknown[], timestep: number): readonly string[] {
  const columns = ['v_spike', 'v_thresh', 'delta_T', 'tau_m'].map(given);
  const cells = Array.from({ length: Math.max(...columns.map((column) => column.length)) }, (_, k) =>
    columns.map((column) => Number(column[column.length === 1 ? 0 : k])),
  );
  const bounds = cells.flatMap(([spike = NaN, threshold = NaN, slope = NaN, tau = NaN]) => {
    const bound = threshold + slope * Math.log(tau / timestep);
    return slope > 0 && spike > bound ? [bound] : [];
  });
  return bounds.length === 0
    ? []
    : [
        `${type} with v_spike above ${Math.min(...bounds).toFixed(1)} mV loses spikes under NEURON in steps of ${timestep} ms`,
      ];
}

/** Checks whether a number is no smaller than its counterpart, cell by cell. */
const anyAtOrAbove = (some: readonly unknown[], others: readonly unknown[]): boolean =>
  Array.from({ length: Math.max(some.length, others.length) }, (_, k) => [
    some[some.length === 1 ? 0 : k],
    others[others.length === 1 ? 0 : k],
  ]).some(([a, b]) => typeof a === 'number' && typeof b === 'number' && a >= b);

/**
 * Returns the variable, other than `v`, that NEURON's mechanism initialises from a name of its own, with that name and
 * its value.
 */
export function startsUnderNeuron(type: string): { variable: string; as: string; value: number } | undefined {
  if (type === 'Izhikevich') return { variable: 'u', as: 'izh.uinit', value: -14 };
  return type.startsWith('EIF_') ? { variable: 'w', as: 'adexp.winit', value: 0 } : undefined;
}

/** Checks whether a first value is another than the one that a simulator begins with. */
export const differs = (first: unknown, start: number): boolean =>
  first !== undefined && !(typeof first === 'number' && Math.abs(first - start) <= 1e-9 * Math.abs(start));

/**
 * Returns first values other than `v` that PyNN 0.13 loses. NEURON's mechanisms overwrite them, and NEST reads values
 * in nA or uS as pA or nS. Found by recording them.
 */
function lostFirstValues({ populations = [] }: PynnSpecification): readonly string[] {
  const remarks = populations.flatMap(({ cell, initial_values: initial = {} }) =>
    Object.entries(initial).flatMap(([name, value]) => {
      if (!/^([gi]syn_.*|w|i_eta|[mhn])$/.test(name) || !differs(value, 0)) return [];
      const where = [
        ...(startsUnderNeuron(cell.type)?.variable === name ? [] : ['lost under NEURON']),
        ...(/^[mhn]$/.test(name) ? [] : [`${name.startsWith('isyn') ? '' : 'a thousand times smaller under '}NEST`]),
      ];
      return [`first values of ${name} of ${cell.type} are ${where.join(' and ')}`];
    }),
  );
  return [...new Set(remarks)];
}

/**
 * Returns a document without listed spikes that PyNN for NEST sends before the run or at its beginning: they come at
 * the first time that it sends.
 *
 * @param remark  receives the number of such spikes and that time
 */
export function withSentSpikes(
  document: PynnSpecification,
  remark: (population: string, count: number, first: number) => void,
): PynnSpecification {
  const { timestep = 0.1, min_delay: least = 'auto' } = document.setup ?? {};
  const first = firstSent({ shortest: least === 'auto' ? timestep : least, step: timestep });
  const populations = document.populations?.map((population) => {
    const { cell, label } = population;
    const { spike_times: given } = cell.type === 'SpikeSourceArray' ? (cell.params ?? {}) : {};
    let count = 0;
    const later = (time: unknown): unknown => {
      if (Array.isArray(time)) return [...new Set(time.map(later))];
      if (typeof time !== 'number' || time >= first * (1 - 1e-9)) return time;
      count++;
      return first;
    };
    const sequences = memberOf(given, 'sequences');
    const times = sequences === undefined ? later(given) : { sequences: later(sequences) };
    if (count === 0) return population;
    remark(label, count, first);
    return { ...population, cell: { ...cell, params: { ...cell.params, spike_times: times } } } as typeof population;
  });
  return populations === undefined ? document : { ...document, populations };
}

/** Listed spikes that PyNN for NEST sends before the run or at its beginning. */
function earlySpikes(document: PynnSpecification): readonly string[] {
  const first: number[] = [];
  withSentSpikes(document, (_, __, time) => first.push(time));
  return first
    .slice(0, 1)
    .map((time) => `SpikeSourceArray with spikes before ${time} ms loses them under NEST, or raises an error`);
}

/** Runs that are no whole number of time steps, which NEST refuses. */
const unevenRuns = ({ setup, phases = [] }: PynnSpecification): readonly string[] =>
  phases.some(({ run = 0, run_until: until = 0 }) =>
    [run, until].some((time) => {
      const steps = time / (setup?.timestep ?? 0.1);
      return Math.abs(steps - Math.round(steps)) > 1e-6 * Math.max(1, steps);
    }),
  )
    ? ['runs that are no multiple of the time step raise an error under NEST']
    : [];

/** The time step, if NEST refuses it: it is no whole number of NEST's tics of 1 us. */
export function refusedStep({ setup: { timestep = 0.1 } = {} }: PynnSpecification): readonly string[] {
  const tics = timestep * 1e3;
  return Math.abs(tics - Math.round(tics)) < 1e-6 && tics > 0.5
    ? []
    : [`a time step of ${timestep} ms, which is no whole number of microseconds, raises an error under NEST`];
}

/**
 * Values that change after a run. PyNN 0.13 runs NEST for `min_delay` more at first, since NEST would not hand on the
 * last samples.
 */
function changesDuringRun({ setup, phases = [] }: PynnSpecification): readonly string[] {
  let [isRunning, hasChanged] = [false, false];
  const acts = phases.some(({ run, run_until: until, reset, set, set_source: source, set_projection: synapses }) => {
    const runs = (run ?? until ?? 0) > 0;
    if (runs && hasChanged) return true;
    if (reset !== undefined) [isRunning, hasChanged] = [false, false];
    isRunning ||= runs;
    hasChanged ||= isRunning && (set ?? source ?? synapses) !== undefined;
    return false;
  });
  const { timestep = 0.1, min_delay: least = 'auto' } = setup ?? {};
  const late = least === 'auto' ? timestep : least;
  return acts ? [`values that change after a run act ${late} ms later under NEST, by the shortest delay`] : [];
}

/**
 * Connectors that only interneuron's backend has: `connect()` of PyNN 0.13's SmallWorldConnector raises a
 * NotImplementedError.
 */
export const connectorsWithoutCode = ({ projections = [] }: PynnSpecification): readonly string[] =>
  projections.some(({ connector }) => connector.type === 'SmallWorldConnector')
    ? [
        "SmallWorldConnector is not implemented in PyNN 0.13: it runs on PyNN's interneuron backend, not on other simulators",
      ]
    : [];

/** Responses of receptors that NEST's models of a PointNeuron have; each model has one of them for all receptors. */
const responsesUnderNest: Readonly<Record<string, readonly string[]>> = {
  LIF: ['CurrExpPostSynapticResponse', 'CurrExpPSR'],
  AdExp: ['CondAlphaPostSynapticResponse', 'AlphaPSR', 'CondBetaPostSynapticResponse', 'BetaPSR'],
};

function receptorsTogether({ populations = [] }: PynnSpecification): readonly string[] {
  const remarks = populations.flatMap(({ cell: { type, neuron, receptors = {} } }) => {
    if (type !== 'PointNeuron' || neuron === undefined) return [];
    const responses = [...new Set(Object.values(receptors).map((receptor) => receptor.type))].sort();
    const known = responsesUnderNest[neuron.type] ?? [];
    return responses.length === 1 && responses.every((response) => known.includes(response))
      ? []
      : [`PointNeuron of ${neuron.type} with ${responses.join(' and ')} raises an error under NEST`];
  });
  return [...new Set(remarks)];
}

/** Returns synapses for which PyNN 0.13 raises an error. */
function synapsesRefused(document: PynnSpecification): readonly string[] {
  const remarks = (document.projections ?? []).flatMap(({ synapse, post }) => {
    if (synapse?.type === 'ElectricalSynapse')
      return ['ElectricalSynapse of PyNN 0.13 raises an error under NEURON, too'];
    if (synapse?.type === 'TsodyksMarkramSynapse')
      return populationsOf(document, post)
        .map(({ cell: { type } }) => type)
        .filter((type) => ['IF_curr_delta', 'Izhikevich'].includes(type))
        .map((type) => `TsodyksMarkramSynapse onto ${type}, which has no tau_syn, raises an error under NEST`);
    return (synapse?.dendritic_delay_fraction ?? 1) === 1
      ? []
      : ['a dendritic_delay_fraction other than 1 raises an error under NEST'];
  });
  return [...new Set(remarks)];
}

/** `initialize()` of PyNN 0.13's PopulationView: NEST's lacks a method, NEURON's cannot keep the values. */
const viewsInitialised = ({ views = [], phases = [] }: PynnSpecification): readonly string[] =>
  phases.some(({ initialize }) => views.some(({ label }) => label === initialize?.target))
    ? ['initialize() of a view raises an error under NEST and NEURON']
    : [];

/** PyNN 0.13 gives NEURON new vectors to play while it plays the vectors of the run before. */
function sourcesSetAfterReset({ current_sources: sources = [], phases = [] }: PynnSpecification): readonly string[] {
  const again = phases.findIndex(({ reset }) => reset !== undefined);
  const runs =
    again < 0 ? -1 : phases.findIndex(({ run, run_until: until }, k) => k > again && (run ?? until ?? 0) > 0);
  const later = runs < 0 ? [] : phases.slice(runs);
  const types = later.flatMap(({ set_source: set }) => sources.find(({ label }) => label === set?.target)?.type ?? []);
  return ['ACSource', 'NoisyCurrentSource']
    .filter((type) => types.some((one) => one === type))
    .map((type) => `set_parameters() of ${type} within a run after reset() crashes NEURON`);
}

/** Longer runs are not followed step by step. */
const mostSteps = 1e7;

/**
 * Finds runs that never end. PyNN 0.13 calls functions that read synapses until its time is within 1e-9 ms of the end.
 * NEURON's time, a sum of half steps, may fall short of the end by more.
 */
function endlessReading({
  setup,
  projections = [],
  recordings = [],
  phases = [],
}: PynnSpecification): readonly string[] {
  const readAt = [...recordings, ...phases.flatMap(({ record }) => record ?? [])];
  const reads = readAt.some(({ target }) =>
    projections.some(({ label, pre, post }) => (label ?? `${pre}→${post}`) === target),
  );
  if (!reads) return [];
  const { timestep = 0.1 } = setup ?? {};
  let [now, sum] = [0, 0];
  for (const { run, run_until: until, reset } of phases) {
    if (reset !== undefined) [now, sum] = [0, 0];
    const end = until ?? now + (run ?? 0);
    const steps = Math.round((end - now) / timestep);
    if (steps > mostSteps) return [];
    for (let step = 0; step < steps; step++) sum = sum + timestep / 2 + timestep / 2;
    now = end;
    if (run !== undefined || until !== undefined)
      if (end - sum > 1e-9)
        return [`a run that reads synapses until ${end} ms never ends under NEURON: its time does not reach it`];
  }
  return [];
}

const isReset = ({ setup, phases = [] }: PynnSpecification): boolean =>
  phases.some(({ reset }) => reset !== undefined) && setup?.extra?.['t_flush'] === undefined;

const hasTimes = ({ start, duration }: Values = {}): boolean => start !== undefined || duration !== undefined;

function typesIn({ populations = [], projections = [] }: PynnSpecification): ReadonlySet<string | undefined> {
  return new Set([
    ...populations.flatMap(({ cell }) => [cell.type, ...Object.values(cell.receptors ?? {}).map(({ type }) => type)]),
    ...projections.flatMap(({ synapse }) => [synapse?.type, synapse?.timing_dependence?.type]),
  ]);
}

/**
 * Replaces zero rates of Poisson sources. For a zero, PyNN's NEURON divides by zero or gets an infinite interval. Then
 * sources of the population that get another rate stay silent.
 *
 * @returns undefined if no rate is zero
 */
export function withoutZeroRates({ rate, ...others }: Values): Values | undefined {
  if (rate === 0) return { ...others, rate: almostNever };
  if (!Array.isArray(rate) || !rate.includes(0)) return undefined;
  return { ...others, rate: rate.map((one: unknown) => (one === 0 ? almostNever : one)) as Values[string] };
}

/** In Hz. */
const almostNever = 1e-9;
