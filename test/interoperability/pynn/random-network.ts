/**
 * Random networks of PyNN's standard types, as documents: every feature together with every other one. They avoid
 * features that PyNN's NEST implements differently; `randomNetworkLines` of `conformance.ts` lists them.
 */

import { documentOf } from './probe.js';

/** Cells that spike in the same steps in NEST as here. */
const integrating = ['IF_curr_exp', 'IF_curr_alpha', 'IF_curr_delta', 'IF_cond_exp', 'IF_cond_alpha'] as const;
/** Cells that receive spikes and send none. NEST places spikes of the first three by other rules. */
const leaves = [
  'EIF_cond_exp_isfa_ista',
  'EIF_cond_alpha_isfa_ista',
  'HH_cond_exp',
  'IF_cond_exp_gsfa_grr',
  'IF_facets_hardware1',
] as const;

type Cell = (typeof integrating)[number] | (typeof leaves)[number] | 'PointNeuron' | 'SpikeSourceArray';

/** How a population is compared: to rounding, to NEST's steps of conductances, or up to its first spike. */
export type Comparison = 'exact' | 'conductance' | 'until spike';

const comparisonOf = (type: Cell): Comparison =>
  /^(EIF|HH)/.test(type) ? 'until spike' : /cond|facets/.test(type) ? 'conductance' : 'exact';

interface Population {
  readonly label: string;
  readonly size: number;
  readonly type: Cell;
  readonly hasConductances: boolean;
  readonly isLeaf: boolean;
  readonly receptors: readonly string[];
}

/** A random network, and how its populations of cells are compared. */
export interface RandomNetwork {
  readonly document: object;
  /** ms. */
  readonly dt: number;
  readonly comparisons: Readonly<Record<string, Comparison>>;
}

/** Numbers in [0, 1) that look random, the same each time for a seed (mulberry32). */
function uniformNumbers(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b9);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The network of a seed. */
export function randomNetwork(seed: number): RandomNetwork {
  const uniform = uniformNumbers(seed);
  const chance = (p: number): boolean => uniform() < p;
  const whole = (low: number, high: number): number => low + Math.floor(uniform() * (high - low + 1));
  const between = (low: number, high: number): number => Number((low + uniform() * (high - low)).toPrecision(6));
  const choose = <T>(choices: readonly T[]): T => choices[whole(0, choices.length - 1)]!;
  const below = (count: number): readonly number[] => Array.from({ length: count }, (_, k) => k);

  const dt = choose([0.125, 0.25, 0.5, 1]);
  const steps = (count: number): number => Number((count * dt).toFixed(6));
  /** NEST has it as a property of the receiving cell, so all synapses of a cell share it. */
  const tauMinus = between(5, 30);
  const duration = whole(Math.round(60 / dt), Math.round(120 / dt));
  /** One value for all cells, or one for each. */
  const perCell = (size: number, draw: () => number): unknown => (chance(0.3) ? below(size).map(draw) : draw());

  const cellOf = (type: Cell, size: number): object => {
    const value = (low: number, high: number): unknown => perCell(size, () => between(low, high));
    if (type === 'SpikeSourceArray') {
      const train = (): readonly number[] => {
        const chosen = new Set(below(whole(0, 12)).map(() => whole(3, duration - 2)));
        return [...chosen].sort((a, b) => a - b).map(steps);
      };
      const times = chance(0.3) ? { sequence: train() } : { sequences: below(size).map(train) };
      return { type, params: { spike_times: times } };
    }
    const refractory = chance(0.7) ? { tau_refrac: choose([steps(1), steps(whole(2, 20)), between(dt, 5)]) } : {};
    const membrane = {
      v_rest: value(-68, -62),
      v_reset: between(-72, -62),
      v_thresh: between(-55, -48),
      cm: value(0.2, 1.2),
      tau_m: value(8, 30),
      i_offset: value(-0.1, 0.9),
      ...refractory,
    };
    const synaptic = { tau_syn_E: value(0.4, 6), tau_syn_I: value(0.4, 12) };
    const reversal = { e_rev_E: between(-10, 10), e_rev_I: between(-85, -70) };
    switch (type) {
      case 'IF_curr_exp':
      case 'IF_curr_alpha':
        return { type, params: { ...membrane, ...synaptic } };
      case 'IF_curr_delta':
        return { type, params: membrane };
      case 'IF_cond_exp':
      case 'IF_cond_alpha':
        return { type, params: { ...membrane, ...synaptic, ...reversal } };
      case 'IF_cond_exp_gsfa_grr':
        return {
          type,
          params: {
            ...membrane,
            ...synaptic,
            ...reversal,
            tau_sfa: between(50, 150),
            q_sfa: between(5, 20),
            tau_rr: between(1, 4),
            q_rr: between(500, 3000),
          },
        };
      case 'IF_facets_hardware1':
        return { type, params: { g_leak: value(10, 40), v_rest: value(-68, -60), ...synaptic, e_rev_I: -80 } };
      case 'EIF_cond_exp_isfa_ista':
      case 'EIF_cond_alpha_isfa_ista':
        return {
          type,
          params: {
            ...synaptic,
            ...reversal,
            cm: between(0.2, 0.4),
            tau_m: between(8, 15),
            a: between(1, 6),
            b: between(0.02, 0.1),
            delta_T: between(1, 3),
            tau_w: between(50, 200),
            i_offset: value(0, 0.8),
          },
        };
      case 'HH_cond_exp':
        return { type, params: { ...synaptic, ...reversal, i_offset: value(0, 0.4) } };
      case 'PointNeuron':
        return {
          type,
          neuron: { type: 'LIF', params: membrane },
          receptors: {
            fast: { type: 'CurrExpPostSynapticResponse', params: { tau_syn: between(0.5, 3) } },
            slow: { type: 'CurrExpPostSynapticResponse', params: { tau_syn: between(4, 12) } },
          },
        };
    }
  };

  const populationOf = (label: string, type: Cell): Population => ({
    label,
    size: whole(1, 8),
    type,
    hasConductances: type.includes('cond') || type.includes('facets'),
    isLeaf: (leaves as readonly string[]).includes(type),
    receptors: type === 'PointNeuron' ? ['fast', 'slow'] : ['excitatory', 'inhibitory'],
  });
  const sources = below(whole(1, 2)).map((k) => populationOf(`source${k}`, 'SpikeSourceArray'));
  const cells = [
    ...below(whole(1, 3)).map((k) => populationOf(`cells${k}`, choose([...integrating, 'PointNeuron']))),
    ...(chance(0.5)
      ? [populationOf('leaf', choose(dt > 0.25 ? leaves.filter((type) => type !== 'HH_cond_exp') : leaves))]
      : []),
  ];

  const projectionOf = (k: number): object => {
    const pre = choose([...sources, ...sources, ...cells.filter(({ isLeaf }) => !isLeaf)]);
    const post = choose(cells);
    const receptor = choose(post.receptors);
    const isInhibitory = receptor === 'inhibitory';
    const [low, high] = post.hasConductances ? [0.0005, 0.02] : post.type === 'IF_curr_delta' ? [0.5, 6] : [0.05, 1];
    const sign = isInhibitory && !post.hasConductances ? -1 : 1;
    const amount = (): number => between(sign > 0 ? low : -high, sign > 0 ? high : -low);
    const delay = (): number => (chance(0.8) ? steps(whole(1, 20)) : between(dt, 20 * dt));
    const mayBePlastic = post.type !== 'IF_curr_delta' && comparisonOf(post.type) !== 'until spike';
    const isPlastic = sign > 0 && pre.label !== post.label && mayBePlastic && chance(0.3);
    const hasDraws = !isPlastic && chance(0.3);
    const drawn = (bounds: readonly [number, number]): object => ({
      random: 'uniform',
      params: { low: Math.min(...bounds), high: Math.max(...bounds) },
      rng: 'values',
    });
    const params = {
      weight: hasDraws ? drawn([sign * low, sign * high]) : amount(),
      delay: hasDraws && chance(0.5) ? drawn([2 * dt, 15 * dt]) : delay(),
    };
    const facilitation = { U: between(0.1, 0.9), tau_rec: between(5, 300), tau_facil: choose([0, between(5, 300)]) };
    const synapse = isPlastic
      ? {
          type: 'STDPMechanism',
          timing_dependence: {
            type: 'SpikePairRule',
            params: {
              tau_plus: between(5, 30),
              tau_minus: tauMinus,
              A_plus: between(0.01, 0.3),
              A_minus: between(0.01, 0.3),
            },
          },
          weight_dependence: {
            type: choose([
              'AdditiveWeightDependence',
              'MultiplicativeWeightDependence',
              'AdditivePotentiationMultiplicativeDepression',
            ]),
            params: { w_min: 0, w_max: 1.5 * high },
          },
          dendritic_delay_fraction: 1,
          params: { weight: amount(), delay: delay() },
        }
      : post.receptors[0] === 'excitatory' && post.type !== 'IF_curr_delta' && chance(0.25)
        ? { type: 'TsodyksMarkramSynapse', params: { ...params, ...facilitation } }
        : { type: 'StaticSynapse', params };
    const isRecurrent = pre.label === post.label;
    const self = isRecurrent ? { allow_self_connections: chance(0.5) } : {};
    const rng = 'pairs';
    const pairs = below(whole(1, 12)).map(() => [whole(0, pre.size - 1), whole(0, post.size - 1)] as const);
    const connector = choose<object>([
      { type: 'AllToAllConnector', params: self },
      { type: 'OneToOneConnector' },
      { type: 'FixedProbabilityConnector', params: { p_connect: between(0.2, 0.9), ...self }, rng },
      { type: 'FixedNumberPreConnector', params: { n: whole(1, pre.size), with_replacement: chance(0.3) }, rng },
      { type: 'FixedNumberPostConnector', params: { n: whole(1, post.size), with_replacement: chance(0.3) }, rng },
      { type: 'FixedTotalNumberConnector', params: { n: whole(1, 20) }, rng },
      {
        type: 'FromListConnector',
        params: { conn_list: [...new Map(pairs.map((pair) => [pair.join(), [...pair, amount(), delay()]])).values()] },
      },
    ]);
    return { label: `way${k}`, pre: pre.label, post: post.label, receptor_type: receptor, connector, synapse };
  };

  const currentOf = (k: number): object => {
    const from = whole(3, Math.floor(duration / 2));
    const to = whole(from + 5, duration);
    const kind = choose(['DCSource', 'StepCurrentSource', 'ACSource']);
    const params =
      kind === 'DCSource'
        ? { amplitude: between(-0.3, 0.8), start: steps(from), stop: steps(to) }
        : kind === 'ACSource'
          ? {
              amplitude: between(0.1, 0.6),
              offset: between(-0.2, 0.4),
              frequency: between(5, 80),
              phase: between(0, 360),
              start: steps(from),
              stop: steps(to),
            }
          : {
              times: [steps(from), steps(from + 3), steps(to)],
              amplitudes: below(3).map(() => between(-0.4, 0.8)),
            };
    return { label: `current${k}`, type: kind, params, inject_into: [choose(cells).label] };
  };

  const recorded = ({ hasConductances, type }: Population): readonly string[] => [
    'spikes',
    'v',
    ...(hasConductances ? ['gsyn_exc', 'gsyn_inh'] : []),
    ...(type.startsWith('EIF') ? ['w'] : []),
  ];
  const half = whole(5, duration - 5);
  return {
    dt,
    comparisons: Object.fromEntries(cells.map(({ label, type }) => [label, comparisonOf(type)] as const)),
    document: documentOf({
      setup: { timestep: dt, min_delay: dt, max_delay: steps(25) },
      rngs: {
        pairs: { type: 'NumpyRNG', seed: 100 + seed },
        values: { type: 'NumpyRNG', seed: 200 + seed },
      },
      populations: [...sources, ...cells].map(({ label, size, type }) => ({
        label,
        size,
        cell: cellOf(type, size),
        ...(type === 'SpikeSourceArray' || type === 'HH_cond_exp'
          ? {}
          : { initial_values: { v: perCell(size, () => between(-70, -58)) } }),
      })),
      projections: below(whole(2, 6)).map(projectionOf),
      current_sources: below(whole(0, 2)).map(currentOf),
      recordings: cells.map((each) => ({ target: each.label, variables: recorded(each) })),
      phases: chance(0.3) ? [{ run: steps(half) }, { run: steps(duration - half) }] : [{ run: steps(duration) }],
    }),
  };
}
