/** Names of PyNN that not all of its simulators have. */

import { memberOf } from '../../../src/diagnostics/member.js';
import { standardCells } from '../../../src/library/pynn/index.js';
import { firstSent } from '../../../src/library/simulators/nest-parts.js';
import type { Row } from '../../../src/library/simulators/pynn-backends.js';
import { simulators } from '../../../src/library/simulators/simulators.js';
import { defaultOf } from '../cells.js';
import { populationsOf } from '../selections.js';
import type { PynnSpecification, Values } from '../specification.generated.js';

/** Returns a row for each part of a document that PyNN 0.13 for NEST or NEURON lacks or gets wrong, by its sentence. */
export const rowsOfBackends = (document: PynnSpecification): readonly Row[] => {
  const used = typesIn(document);
  const rows = [
    ...Object.values(simulators).flatMap(({ lacks, fails }) =>
      [...lacks, ...fails].filter(({ part }) => used.has(part)),
    ),
    ...(document.populations ?? []).flatMap(({ cell: { type, params } }) => refusedValues(document, type, params)),
    ...sourcesWithTimes(document),
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
    ...resets(document),
  ];
  return rows.sort((a, b) => (a.says < b.says ? -1 : a.says > b.says ? 1 : 0));
};

/** Returns the sentences of rows, each once. */
export const sentencesOf = (rows: readonly Row[]): readonly string[] => [...new Set(rows.map(({ says }) => says))];

/** Returns a row about NEST. */
const nest = (part: string, effect: Row['effect'], says: string): Row => ({ part, simulator: 'nest', effect, says });

/** Returns a row about NEURON. */
const neuron = (part: string, effect: Row['effect'], says: string): Row => ({
  ...nest(part, effect, says),
  simulator: 'neuron',
});

/** Returns rows of one sentence about both simulators. */
const onBoth = (row: Row): readonly Row[] => [
  { ...row, simulator: 'nest' },
  { ...row, simulator: 'neuron' },
];

/** Sources of PyNN 0.13 that NEST lets neither begin nor end. */
const withoutTimes = ['SpikeSourceGamma', 'SpikeSourcePoissonRefractory'];

const sourcesWithTimes = ({ populations = [] }: PynnSpecification): readonly Row[] =>
  withoutTimes
    .filter((name) => populations.some(({ cell }) => cell.type === name && hasTimes(cell.params)))
    .map((name) =>
      nest(
        name,
        'raises',
        `${name} of PyNN 0.13 has no start and no duration under NEST, where the script does not run`,
      ),
    );

/** Returns values of parameters that prevent cells of PyNN 0.13 from running. */
function refusedValues({ setup }: PynnSpecification, type: string, params: Values = {}): readonly Row[] {
  const { timestep = 0.1, extra } = setup ?? {};
  const some = (name: string, test: (value: number) => boolean): boolean =>
    [params[name]].flat().some((value) => typeof value === 'number' && test(value));
  const notRunning = (what: string, by = 'NEST'): Row =>
    nest(type, 'raises', `${type} with ${what} does not run under ${by}`);
  if (type === 'SpikeSourceGamma') return some('alpha', (alpha) => alpha < 1) ? [notRunning('alpha below 1')] : [];
  const cells = standardCells.get(type);
  if (!/^(IF|EIF|HH|GIF)_/.test(type) || cells === undefined) return [];
  const offGrid = extra?.['spike_precision'] !== 'on_grid' && ['IF_curr_exp', 'IF_curr_delta'].includes(type);
  const resets = type.startsWith('IF_') && cells.neuron.parameters?.['v_thresh'] !== undefined;
  const given = (name: string): readonly unknown[] => [params[name] ?? defaultOf(cells, name)].flat();
  return [
    ...(some('cm', (cm) => cm <= 0) ? onBoth(notRunning('cm that is not positive', 'NEST or NEURON')) : []),
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
}: PynnSpecification): readonly Row[] {
  const places = [
    ...populations.flatMap(({ cell }) => Object.values(cell.receptors ?? {}).map(({ locations }) => locations)),
    ...[...recordings, ...phases.flatMap(({ record }) => record ?? [])].map(({ locations }) => locations),
    ...sources.map(({ location }) => location),
  ];
  return places.flat().some((place) => typeof place === 'object')
    ? [neuron('locations', 'raises', 'places other than the middles of sections raise an error under NEURON')]
    : [];
}

/**
 * Returns one sentence for each type of cells that loses or repeats spikes under NEURON. NEST and our engine do not.
 *
 * @source counted with PyNN 0.13 and NEURON 8.2: of the default EIF_cond_exp_isfa_ista at 1 nA, 9 of 11 spikes in steps
 *   of 0.1 ms, and all in steps of 0.025 ms or with v_spike = -41.5 mV; of Izhikevich with a = 0.1 at 0.02 nA, 66
 *   spikes in steps of 0.1 ms, 63 of 0.125 ms, 31 of 0.2 ms (NEURON 9)
 */
export function wrongSpikesUnderNeuron({ setup, populations = [] }: PynnSpecification): readonly Row[] {
  const lost = populations.flatMap(({ cell: { type, params = {} } }) => {
    const cells = standardCells.get(type);
    const { timestep = 0.1 } = setup ?? {};
    if (type === 'Izhikevich' && timestep > 0.125)
      return [neuron(type, 'loses', `Izhikevich loses or repeats spikes under NEURON in steps of ${timestep} ms`)];
    if (!type.startsWith('EIF_') || cells === undefined) return [];
    return skippedSpikes(type, (name) => [params[name] ?? defaultOf(cells, name)].flat(), timestep);
  });
  return lost;
}

/** Effects, from the mildest. */
const effects: readonly Row['effect'][] = ['differs', 'loses', 'raises'];

/**
 * Returns the simulator of a script called without one: the one with the milder effects on the document, otherwise
 * NEURON.
 *
 * @param isForNest  whether NEST is preferred
 */
export function usualSimulator(document: PynnSpecification, isForNest = false): 'neuron' | 'nest' {
  const rows = [...rowsOfBackends(document), ...wrongSpikesUnderNeuron(document)];
  const worst = (simulator: Row['simulator']): number =>
    Math.max(-1, ...rows.map((row) => (row.simulator === simulator ? effects.indexOf(row.effect) : -1)));
  const [ofNest, ofNeuron] = [worst('nest'), worst('neuron')];
  return ofNest < ofNeuron || (isForNest && ofNest === ofNeuron) ? 'nest' : 'neuron';
}

/** Checks whether neither NEST nor NEURON runs a script. */
export const runsNowhere = (document: PynnSpecification): boolean =>
  new Set(rowsOfBackends(document).flatMap(({ effect, simulator }) => (effect === 'raises' ? [simulator] : [])))
    .size === 2;

/**
 * Finds cells that lose spikes. NEURON's implicit steps pass over the exponential if it grows faster than a step: its
 * slope exceeds that of the capacitance, C/dt. Counted with PyNN 0.13 and NEURON 8.2 on both sides of this bound.
 */
function skippedSpikes(type: string, given: (name: string) => readonly unknown[], timestep: number): readonly Row[] {
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
        neuron(
          type,
          'loses',
          `${type} with v_spike above ${Math.min(...bounds).toFixed(1)} mV loses spikes under NEURON in steps of ${timestep} ms`,
        ),
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
function lostFirstValues({ populations = [] }: PynnSpecification): readonly Row[] {
  return populations.flatMap(({ cell: { type }, initial_values: initial = {} }) =>
    Object.entries(initial).flatMap(([name, value]) => {
      if (!/^([gi]syn_.*|w|i_eta|[mhn])$/.test(name) || !differs(value, 0)) return [];
      const isGate = /^[mhn]$/.test(name);
      const isCurrent = name.startsWith('isyn');
      const isGiven = startsUnderNeuron(type)?.variable === name;
      const where = [
        ...(isGiven ? [] : ['lost under NEURON']),
        ...(isGate ? [] : [`${isCurrent ? '' : 'a thousand times smaller under '}NEST`]),
      ];
      const says = `first values of ${name} of ${type} are ${where.join(' and ')}`;
      return [...(isGiven ? [] : [neuron(type, 'loses', says)]), ...(isGate ? [] : [nest(type, 'loses', says)])];
    }),
  );
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
function earlySpikes(document: PynnSpecification): readonly Row[] {
  const first: number[] = [];
  withSentSpikes(document, (_, __, time) => first.push(time));
  return first
    .slice(0, 1)
    .map((time) =>
      nest(
        'SpikeSourceArray',
        'loses',
        `SpikeSourceArray with spikes before ${time} ms loses them under NEST, or raises an error`,
      ),
    );
}

/** Runs that are no whole number of time steps, which NEST refuses. */
const unevenRuns = ({ setup, phases = [] }: PynnSpecification): readonly Row[] =>
  phases.some(({ run = 0, run_until: until = 0 }) =>
    [run, until].some((time) => {
      const steps = time / (setup?.timestep ?? 0.1);
      return Math.abs(steps - Math.round(steps)) > 1e-6 * Math.max(1, steps);
    }),
  )
    ? [nest('run', 'raises', 'runs that are no multiple of the time step raise an error under NEST')]
    : [];

/** The time step, if NEST refuses it: it is no whole number of NEST's tics of 1 us. */
export function refusedStep({ setup: { timestep = 0.1 } = {} }: PynnSpecification): readonly Row[] {
  const tics = timestep * 1e3;
  return Math.abs(tics - Math.round(tics)) < 1e-6 && tics > 0.5
    ? []
    : [
        nest(
          'timestep',
          'raises',
          `a time step of ${timestep} ms, which is no whole number of microseconds, raises an error under NEST`,
        ),
      ];
}

/**
 * Values that change after a run. PyNN 0.13 runs NEST for `min_delay` more at first, since NEST would not hand on the
 * last samples.
 */
function changesDuringRun({ setup, phases = [] }: PynnSpecification): readonly Row[] {
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
  return acts
    ? [nest('set', 'differs', `values that change after a run act ${late} ms later under NEST, by the shortest delay`)]
    : [];
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

function receptorsTogether({ populations = [] }: PynnSpecification): readonly Row[] {
  return populations.flatMap(({ cell: { type, neuron, receptors = {} } }) => {
    if (type !== 'PointNeuron' || neuron === undefined) return [];
    const responses = [...new Set(Object.values(receptors).map((receptor) => receptor.type))].sort();
    const known = responsesUnderNest[neuron.type] ?? [];
    return responses.length === 1 && responses.every((response) => known.includes(response))
      ? []
      : [
          nest(
            type,
            'raises',
            `PointNeuron of ${neuron.type} with ${responses.join(' and ')} raises an error under NEST`,
          ),
        ];
  });
}

/** Returns synapses for which PyNN 0.13 raises an error. */
function synapsesRefused(document: PynnSpecification): readonly Row[] {
  return (document.projections ?? []).flatMap(({ synapse, post }) => {
    if (synapse?.type === 'TsodyksMarkramSynapse')
      return populationsOf(document, post)
        .map(({ cell: { type } }) => type)
        .filter((type) => ['IF_curr_delta', 'Izhikevich'].includes(type))
        .map((type) =>
          nest(
            synapse.type,
            'raises',
            `TsodyksMarkramSynapse onto ${type}, which has no tau_syn, raises an error under NEST`,
          ),
        );
    return (synapse?.dendritic_delay_fraction ?? 1) === 1
      ? []
      : [
          nest(
            'dendritic_delay_fraction',
            'raises',
            'a dendritic_delay_fraction other than 1 raises an error under NEST',
          ),
        ];
  });
}

/** `initialize()` of PyNN 0.13's PopulationView: NEST's lacks a method, NEURON's cannot keep the values. */
const viewsInitialised = ({ views = [], phases = [] }: PynnSpecification): readonly Row[] =>
  phases.some(({ initialize }) => views.some(({ label }) => label === initialize?.target))
    ? onBoth(nest('initialize', 'raises', 'initialize() of a view raises an error under NEST and NEURON'))
    : [];

/** PyNN 0.13 gives NEURON new vectors to play while it plays the vectors of the run before. */
function sourcesSetAfterReset({ current_sources: sources = [], phases = [] }: PynnSpecification): readonly Row[] {
  const again = phases.findIndex(({ reset }) => reset !== undefined);
  const runs =
    again < 0 ? -1 : phases.findIndex(({ run, run_until: until }, k) => k > again && (run ?? until ?? 0) > 0);
  const later = runs < 0 ? [] : phases.slice(runs);
  const types = later.flatMap(({ set_source: set }) => sources.find(({ label }) => label === set?.target)?.type ?? []);
  return ['ACSource', 'NoisyCurrentSource']
    .filter((type) => types.some((one) => one === type))
    .map((type) => neuron(type, 'raises', `set_parameters() of ${type} within a run after reset() crashes NEURON`));
}

/** Longer runs are not followed step by step. */
const mostSteps = 1e7;

/**
 * Finds runs that never end. PyNN 0.13 calls functions that read synapses until its time is within 1e-9 ms of the end.
 * NEURON's time, a sum of half steps, may fall short of the end by more.
 */
function endlessReading({ setup, projections = [], recordings = [], phases = [] }: PynnSpecification): readonly Row[] {
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
        return [
          neuron(
            'run',
            'raises',
            `a run that reads synapses until ${end} ms never ends under NEURON: its time does not reach it`,
          ),
        ];
  }
  return [];
}

const resets = ({ setup, phases = [] }: PynnSpecification): readonly Row[] =>
  phases.some(({ reset }) => reset !== undefined) && setup?.extra?.['t_flush'] === undefined
    ? [nest('reset', 'raises', 'reset() raises an error under NEST where setup() is given no t_flush')]
    : [];

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
