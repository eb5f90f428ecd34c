/**
 * Spike-timing-dependent plasticity as PyNN 0.13 composes it: a timing rule and a weight dependence.
 * The synapse meets a presynaptic spike at t + d(1 - f) and a postsynaptic one at t + d f, with the delay d and its
 * dendritic fraction f. At a presynaptic spike the weight is depressed, then captured, and the captured weight arrives
 * d f later. At a postsynaptic spike it is potentiated at once. Traces x (pre) and y (post) pair each spike with all
 * before; two at the same instant do not pair. If both meet the synapse in one step, potentiation comes first, as in
 * NEST, so the captured weight has it. With f = 0 the presynaptic spike comes first, since its arrival may cause the
 * postsynaptic one.
 *
 * @source PyNN 0.13, pyNN.standardmodels.synapses; Song, Miller & Abbott, Nature Neuroscience 3 (2000) 919; van Rossum,
 *   Bi & Turrigiano, Journal of Neuroscience 20 (2000) 8812; Gütig et al., Journal of Neuroscience 23 (2003) 3697;
 *   Vogels et al., Science 334 (2011) 1569
 */

import type { ParameterDocument } from '../../model/document.generated.js';
import { weightUnits, type StandardSynapse, type WeightKind } from '../standard-type.js';

type Parameters = Readonly<Record<string, ParameterDocument>>;

/** Change of the weight by a spike, before limits. */
interface TimingRule {
  /** Parameters; parameters in the unit of weights have the unit `weight`. */
  readonly parameters: Parameters;
  /**
   * Change at a pre- and at a postsynaptic spike, by the amount `q` by which the weight dependence changes weights down
   * or up.
   */
  readonly pre: (down: (q: string) => string) => string;
  readonly post: (up: (q: string) => string) => string;
  readonly tauPre: string;
  readonly tauPost: string;
}

interface WeightDependence {
  readonly parameters: Parameters;
  /** Returns the change of the weight for the amount q, in the unit of weights. */
  readonly up: (q: string) => string;
  readonly down: (q: string) => string;
}

/** Trace of the other side, without a spike of this very instant. */
const earlierPost = '(y - int(t_in_timesteps == last_post))';
const earlierPre = '(x - int(t_in_timesteps == last_pre))';

/** Timing rules by name. */
export const timingRules: Readonly<Record<string, TimingRule>> = {
  SpikePairRule: {
    parameters: {
      tau_plus: { unit: 'ms', value: 20 },
      tau_minus: { unit: 'ms', value: 20 },
      A_plus: { unit: 1, value: 0.01 },
      A_minus: { unit: 1, value: 0.01 },
    },
    pre: (down) => `weight -= ${down(`A_minus*${earlierPost}`)}`,
    post: (up) => `weight += ${up(`A_plus*${earlierPre}`)}`,
    tauPre: 'tau_plus',
    tauPost: 'tau_minus',
  },
  // Inhibitory plasticity towards the target rate rho; eta is in the unit of weights, and no weight dependence enters
  // but its limits.
  Vogels2011Rule: {
    parameters: {
      tau: { unit: 'ms', value: 20 },
      eta: { unit: 'weight', value: 1e-10 },
      rho: { unit: 'Hz', value: 3 },
    },
    pre: () => `weight += eta*(${earlierPost} - 2*rho*tau)`,
    post: () => `weight += eta*${earlierPre}`,
    tauPre: 'tau',
    tauPost: 'tau',
  },
};

const limits: Parameters = { w_min: { unit: 'weight', value: 0 }, w_max: { unit: 'weight', value: 1 } };
const range = '(w_max - w_min)';
const scaled = '((weight - w_min)/(w_max - w_min))';
const power = (base: string, exponent: string): string => `clip(${base}, 0, 1)**${exponent}`;

/** Weight dependences by name: additive, multiplicative, mixed, and Gütig's powers in between. */
export const weightDependences: Readonly<Record<string, WeightDependence>> = {
  AdditiveWeightDependence: { parameters: limits, up: (q) => `${q}*${range}`, down: (q) => `${q}*${range}` },
  MultiplicativeWeightDependence: {
    parameters: limits,
    up: (q) => `${q}*(w_max - weight)`,
    down: (q) => `${q}*(weight - w_min)`,
  },
  AdditivePotentiationMultiplicativeDepression: {
    parameters: limits,
    up: (q) => `${q}*${range}`,
    down: (q) => `${q}*(weight - w_min)`,
  },
  GutigWeightDependence: {
    parameters: { ...limits, mu_plus: { unit: 1, value: 0.5 }, mu_minus: { unit: 1, value: 0.5 } },
    up: (q) => `${q}*${range}*${power(`1 - ${scaled}`, 'mu_plus')}`,
    down: (q) => `${q}*${range}*${power(scaled, 'mu_minus')}`,
  },
};

/** Order of actions in a step: pathways with delays that may be less than a step run after the tests for spikes. */
export interface StdpTiming {
  /** Whether presynaptic spikes may meet the synapse within their own step. */
  readonly preAtOnce: boolean;
  /** Whether postsynaptic spikes may meet the synapse within their own step. */
  readonly postAtOnce: boolean;
  /**
   * Whether the effect arrives after the presynaptic spike has met the synapse; the parameter `transmission` is the
   * difference.
   */
  readonly sends: boolean;
  /** Whether a parameter holds the delay of both ways, for delays that are drawn. */
  readonly whole?: boolean;
}

/** Returns a synapse type from its parts; undefined for names that do not exist. */
export function stdpSynapse(
  kind: WeightKind,
  timing: string,
  dependence: string,
  when: StdpTiming,
): StandardSynapse | undefined {
  const rule = timingRules[timing];
  const weights = weightDependences[dependence];
  if (rule === undefined || weights === undefined) return undefined;
  const unit = weightUnits[kind];
  const inUnits = (parameters: Parameters): Record<string, ParameterDocument> =>
    Object.fromEntries(
      Object.entries(parameters).map(([name, parameter]) => [
        name,
        typeof parameter === 'object' && parameter.unit === 'weight' ? { ...parameter, unit } : parameter,
      ]),
    );
  const own = { ...inUnits(rule.parameters), ...inUnits(weights.parameters) };
  const limit = 'weight = clip(weight, w_min, w_max)';
  const late = { slot: 'after_resets' } as const;
  return {
    name: 'STDPMechanism',
    synapse: {
      conformsTo: {
        type: 'pynn/STDPMechanism',
        where: { weight: 'weight', ...Object.fromEntries(Object.keys(own).map((name) => [name, name])) },
        timing: 'grid',
      },
      parameters: {
        ...own,
        ...(when.sends ? { transmission: { unit: 'ms', value: 1 } } : {}),
        ...(when.whole ? { delay: { unit: 'ms', value: 1 } } : {}),
      },
      state: {
        weight: { unit },
        x: { unit: 1 },
        y: { unit: 1 },
        last_pre: { type: 'integer', initial: -1 },
        last_post: { type: 'integer', initial: -1 },
      },
      derivatives: {
        x: { rate: `-x/${rule.tauPre}`, eventDriven: true },
        y: { rate: `-y/${rule.tauPost}`, eventDriven: true },
      },
      ports: { port: { unit } },
      pathways: {
        pre: {
          on: 'pre.spike',
          ...(when.preAtOnce ? late : {}),
          do: [
            'x += 1',
            'last_pre = t_in_timesteps',
            rule.pre(weights.down),
            limit,
            when.sends ? 'send(port, clip(weight, w_min, w_max), transmission)' : 'port += clip(weight, w_min, w_max)',
          ],
        },
        post: {
          on: 'post.spike',
          ...(when.postAtOnce ? { ...late, ...(when.preAtOnce ? { order: -2 } : {}) } : {}),
          do: ['y += 1', 'last_post = t_in_timesteps', rule.post(weights.up), limit],
        },
      },
    },
    initial: {},
  };
}

/** Returns the names of a mechanism's parts, as the type's name in a document. */
export function stdpName(timing: string, dependence: string): string {
  return `${timing}_${dependence}`;
}
