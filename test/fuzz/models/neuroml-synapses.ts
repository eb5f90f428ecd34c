/** Random synapses of NeuroML: event-driven ones, and ends of contacts. */

import { between } from './draw.js';
import { component, element, quantity, type Draft } from './markup.js';
import type { Synapse } from './neuroml-parts.js';
import { ownSynapse } from './neuroml-types.js';

type SynapseKind = (draft: Draft) => Synapse;

/** Conductances that move a cell of 50 pF by millivolts. */
const conductance = (draft: Draft): string => quantity(draft.random, 0.5, 6, 'nS');
const reversal = (draft: Draft): string => (draft.random.once(3) ? quantity(draft.random, -90, -70, 'mV') : '0mV');
const tau = (draft: Draft, low: number, high: number): string => quantity(draft.random, low, high, 'ms');

const simple = (
  type: string,
  attributes: (draft: Draft) => Readonly<Record<string, string>>,
  recordables: readonly string[] = ['g', 'i'],
): SynapseKind => {
  return (draft) => ({ id: component(draft, type, attributes(draft)), recordables, weight: [0.5, 2] });
};

const alphaCurrent = simple(
  'alphaCurrentSynapse',
  (draft) => ({ tau: tau(draft, 0.5, 4), ibase: quantity(draft.random, -100, 300, 'pA') }),
  ['i'],
);
const expOne = simple('expOneSynapse', (draft) => ({
  gbase: conductance(draft),
  erev: reversal(draft),
  tauDecay: tau(draft, 0.5, 6),
}));
const alpha = simple('alphaSynapse', (draft) => ({
  gbase: conductance(draft),
  erev: reversal(draft),
  tau: tau(draft, 0.5, 4),
}));
const two = (draft: Draft): Readonly<Record<string, string>> => ({
  gbase: conductance(draft),
  erev: reversal(draft),
  tauRise: tau(draft, 0.2, 1),
  tauDecay: draft.random.once(5) ? '1ms' : tau(draft, 1.5, 6),
});
const expTwo = simple('expTwoSynapse', two);
const expThree = simple('expThreeSynapse', (draft) => ({
  gbase1: conductance(draft),
  gbase2: conductance(draft),
  erev: reversal(draft),
  tauRise: tau(draft, 0.2, 1),
  tauDecay1: tau(draft, 1.5, 4),
  tauDecay2: tau(draft, 5, 12),
}));
const plasticPair = simple('stdpSynapse', two);

const block = (draft: Draft): string =>
  element('blockMechanism', {
    type: 'voltageConcDepBlockMechanism',
    species: 'mg',
    blockConcentration: quantity(draft.random, 0.5, 1.5, 'mM'),
    scalingConc: quantity(draft.random, 1.5, 3, 'mM'),
    scalingVolt: quantity(draft.random, 12, 20, 'mV'),
  });

function plasticity(draft: Draft): string {
  const isFacilitating = draft.random.once(2);
  return element('plasticityMechanism', {
    type: isFacilitating ? 'tsodyksMarkramDepFacMechanism' : 'tsodyksMarkramDepMechanism',
    initReleaseProb: between(draft.random, 0.1, 0.7),
    tauRec: tau(draft, 2, 40),
    tauFac: isFacilitating ? tau(draft, 2, 40) : undefined,
  });
}

/** With a block, with plasticity, with both or with neither. */
const blocking: SynapseKind = (draft) => {
  const children = [
    ...(draft.random.once(2) ? [block(draft)] : []),
    ...(draft.random.below(3) > 0 ? [plasticity(draft)] : []),
  ];
  return {
    id: component(draft, 'blockingPlasticSynapse', two(draft), children),
    recordables: ['g', 'i'],
    weight: [0.5, 2],
  };
};

const double: SynapseKind = (draft) => {
  const [one, other] = [
    draft.random.pick([expOne, expTwo, alpha])(draft),
    draft.random.pick([blocking, expTwo])(draft),
  ];
  const id = component(draft, 'doubleSynapse', {
    synapse1: one.id,
    synapse1Path: `./${one.id}`,
    synapse2: other.id,
    synapse2Path: `./${other.id}`,
  });
  return { id, recordables: ['i', `${one.id}/g`], weight: [0.5, 2] };
};

const pynn: SynapseKind = (draft) => {
  const type = draft.random.pick(['expCondSynapse', 'alphaCondSynapse', 'expCurrSynapse', 'alphaCurrSynapse']);
  const isCurrent = type.includes('Curr');
  const id = component(draft, type, {
    tau_syn: between(draft.random, 0.5, 5),
    e_rev: isCurrent ? undefined : draft.random.once(3) ? between(draft.random, -85, -70) : 0,
  });
  const sign = isCurrent && draft.random.once(3) ? -1 : 1;
  const [low, high] = isCurrent ? [0.05, 0.8] : [0.002, 0.02];
  return { id, recordables: [isCurrent ? 'I' : 'g', 'i'], weight: [sign * low, sign * high] };
};

/** A synapse of any kind. */
export const synapse: SynapseKind = (draft) =>
  draft.random.pick([
    ...[alphaCurrent, expOne, expOne, alpha, expTwo, expTwo, expThree, plasticPair],
    ...[blocking, blocking, double, pynn, pynn, ownSynapse, ownSynapse],
  ])(draft);

/** One that timed and Poisson inputs can carry: the `in` port of the synapse is its own. */
export const carried: SynapseKind = (draft) =>
  draft.random.pick([expOne, alpha, expTwo, alphaCurrent, blocking])(draft);

/** A gap junction. @returns its id */
export const gap = (draft: Draft): string =>
  component(draft, 'gapJunction', { conductance: quantity(draft.random, 0.1, 3, 'nS') });

/** Two ends of a contact: the presynaptic and the postsynaptic one. */
export function ends(draft: Draft): readonly [string, string] {
  const { random } = draft;
  const acting = random.once(2)
    ? component(draft, 'linearGradedSynapse', { conductance: quantity(random, 0.1, 2, 'nS') })
    : component(draft, 'gradedSynapse', {
        conductance: quantity(random, 0.5, 4, 'nS'),
        delta: quantity(random, 2, 6, 'mV'),
        Vth: quantity(random, -65, -45, 'mV'),
        k: quantity(random, 0.02, 0.5, 'per_ms'),
        erev: reversal(draft),
      });
  if (random.once(5)) return [acting, acting];
  const silent = component(draft, 'silentSynapse', {});
  return random.once(4) ? [acting, silent] : [silent, acting];
}
