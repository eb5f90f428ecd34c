/**
 * PyNN 0.13's synapses without long-term plasticity. Each exists for every kind of weight; all add to the port `port`.
 *
 * Between spikes the state is advanced in closed form over the time `elapsed` since the last one (in s).
 *
 * @source PyNN 0.13, pyNN.standardmodels.synapses; Tsodyks, Uziel & Markram, Journal of Neuroscience 20 (2000) RC50;
 *   Fuhrmann et al.,
 *   Journal of Neurophysiology 87 (2002) 140 for the stochastic variants; Loebel et al., Frontiers in Computational
 *   Neuroscience 3 (2009) 27
 */

import type { ParameterDocument, StateVariableDocument } from '../../model/document.generated.js';
import { identityOf, weightUnits, type StandardSynapse, type WeightKind } from '../standard-type.js';

interface Description {
  readonly parameters?: Readonly<Record<string, ParameterDocument>>;
  readonly state?: Readonly<Record<string, StateVariableDocument>>;
  readonly initial?: Readonly<Record<string, string>>;
  readonly do: readonly string[];
}

/** Names of parameters that only the canonical type has. */
const ownParameters: readonly string[] = ['tau_syn'];

function onArrival(
  name: string,
  kind: WeightKind,
  { parameters, state, initial, do: statements }: Description,
): StandardSynapse {
  const all = { weight: { unit: weightUnits[kind], value: 0 }, ...parameters };
  return {
    name,
    synapse: {
      conformsTo: {
        type: `pynn/${name}`,
        where: identityOf(Object.keys(all).filter((key) => !ownParameters.includes(key))),
        timing: 'grid',
      },
      parameters: all,
      ...(state === undefined ? {} : { state }),
      ports: { port: { unit: weightUnits[kind] } },
      pathways: { pre: { on: 'pre.spike', do: statements } },
    },
    initial: initial ?? {},
  };
}

const ms = (value: number): ParameterDocument => ({ unit: 'ms', value });

/** u grows by U(1 - u) at a spike and decays with tau_facil; without facilitation it is U. */
const facilitate = 'u = U + u*(1 - U)*exp(-elapsed/tau_facil) if tau_facil > 0*ms else U';
const elapsed = ['elapsed = t - last', 'last = t'];
const last: Readonly<Record<string, StateVariableDocument>> = { last: { unit: 's' } };

/**
 * A gap junction: each side gets weight times the difference to the other one's voltage, as both stood at the end of
 * the step before. Its weight is a conductance whatever the cells' receptors are; it has no delay.
 */
export const electricalSynapse: StandardSynapse = {
  name: 'ElectricalSynapse',
  synapse: {
    conformsTo: { type: 'pynn/ElectricalSynapse', where: identityOf(['weight']), timing: 'grid' },
    parameters: { weight: { unit: weightUnits.conductance, value: 0 } },
    contributes: { 'post.i_inj': 'weight*(pre.v - post.v)', 'pre.i_inj': 'weight*(post.v - pre.v)' },
  },
  initial: {},
};

/** Returns synapse types by name, for weights of one kind. */
export function synapsesFor(kind: WeightKind): Readonly<Record<string, StandardSynapse>> {
  const make = (name: string, description: Description): [string, StandardSynapse] => [
    name,
    onArrival(name, kind, description),
  ];
  return Object.fromEntries([
    make('StaticSynapse', { do: ['port += weight'] }),
    // Resources x = 1 - y - z: recovered, active, inactive. The amount that becomes inactive over `elapsed` is the
    // integral of the decay of y that has not yet recovered. exprel keeps it finite if the two time constants are
    // equal. tau_syn is the receptor's time constant. If a synapse steps the voltage, active resources become inactive
    // at once: the limit of a short tau_syn.
    make('TsodyksMarkramSynapse', {
      parameters: {
        U: { unit: 1, value: 0.5 },
        tau_rec: ms(100),
        tau_facil: ms(0),
        ...(kind === 'voltage' ? {} : { tau_syn: ms(5) }),
      },
      state: { u: { unit: 1 }, y: { unit: 1 }, z: { unit: 1 }, ...last },
      initial: { u: 'u', y: 'y', z: 'z' },
      do: [
        ...elapsed,
        ...(kind === 'voltage'
          ? ['z = (z + y)*exp(-elapsed/tau_rec)', 'y = 0']
          : [
              'z = z*exp(-elapsed/tau_rec) + y*elapsed/tau_syn*exp(-elapsed/max(tau_rec, ' +
                'tau_syn))*exprel(-elapsed*abs(1/tau_rec - 1/tau_syn))',
              'y *= exp(-elapsed/tau_syn)',
            ]),
        facilitate,
        'released = clip((1 - y - z)*u, 0, 1)',
        'port += weight*clip(released, 0, 1)',
        'y += released',
      ],
    }),
    make('SimpleStochasticSynapse', {
      parameters: { p: { unit: 1, value: 0.5 } },
      do: ['port += weight*clip(int(uniform() < p), 0, 1)'],
    }),
    // One site: R is 1 when it holds a vesicle.
    make('StochasticTsodyksMarkramSynapse', {
      parameters: { U: { unit: 1, value: 0.5 }, tau_rec: ms(100), tau_facil: ms(0) },
      state: { u: { unit: 1 }, R: { unit: 1, initial: 1 }, ...last },
      initial: { u: 'u', R: 'R' },
      do: [
        ...elapsed,
        facilitate,
        'R = 1 if R > 0.5 or uniform() < -expm1(-elapsed/tau_rec) else 0',
        'released = R*int(uniform() < u)',
        'port += weight*clip(released, 0, 1)',
        'R -= released',
      ],
    }),
    // n sites, a of them filled; u starts at U.
    make('MultiQuantalSynapse', {
      parameters: { U: { unit: 1, value: 0.5 }, n: { type: 'integer', value: 1 }, tau_rec: ms(800), tau_facil: ms(0) },
      state: { u: { unit: 1, initial: 'U' }, a: { type: 'integer', initial: 'n' }, ...last },
      initial: { u: 'u', a: 'a' },
      do: [
        ...elapsed,
        facilitate,
        'a += binomial(n - a, -expm1(-elapsed/tau_rec))',
        'released = binomial(a, clip(u, 0, 1))',
        'port += weight*clip(released/n, 0, 1)',
        'a -= released',
      ],
    }),
  ]);
}
