/** Random channels of NeuroML: Hodgkin and Huxley's with gates of every kind, kinetic schemes, leaks, calcium. */

import { between, some } from './draw.js';
import { component, element, quantity, type Draft } from './markup.js';

/** A channel, and how a membrane of Hodgkin and Huxley's uses it. */
export interface ChannelUse {
  readonly channel: string;
  readonly ion: string;
  readonly reversal: string | undefined;
  /** In pS per square micrometre. */
  readonly density: number;
  /** Paths below the channel of the states of its gates. */
  readonly states: readonly string[];
}

/** Names of gates' states are of the gate and `q`. */
const q = (gate: string): string => `${gate}/q`;

const rate = (tag: string, type: string, speed: string, midpoint: string, scale: string): string =>
  element(tag, { type, rate: speed, midpoint, scale });

/** Sodium as in the axon of the squid; a shift of all midpoints, in mV. */
function sodium(draft: Draft): ChannelUse {
  const { random } = draft;
  const shift = random.below(7) - 3;
  const at = (midpoint: number): string => `${midpoint + shift}mV`;
  const channel = component(draft, 'ionChannelHH', { conductance: '10pS', species: 'na' }, [
    element('gateHHrates', { id: 'm', instances: 3 }, [
      rate('forwardRate', 'HHExpLinearRate', '1per_ms', at(-40), '10mV'),
      rate('reverseRate', 'HHExpRate', '4per_ms', at(-65), '-18mV'),
    ]),
    element('gateHHrates', { id: 'h', instances: 1 }, [
      ...(random.once(3) ? [element('q10Settings', { type: 'q10Fixed', fixedQ10: between(random, 0.8, 2) })] : []),
      rate('forwardRate', 'HHExpRate', '0.07per_ms', at(-65), '-20mV'),
      rate('reverseRate', 'HHSigmoidRate', '1per_ms', at(-35), '10mV'),
    ]),
  ]);
  return { channel, ion: 'na', reversal: '50mV', density: 1200, states: [q('m'), q('h')] };
}

/** Potassium with a gate of any kind. */
function potassium(draft: Draft): ChannelUse {
  const { random } = draft;
  const forward = rate('forwardRate', 'HHExpLinearRate', '0.1per_ms', '-55mV', '10mV');
  const reverse = rate('reverseRate', 'HHExpRate', '0.125per_ms', '-65mV', '-80mV');
  const course = element('timeCourse', { type: 'fixedTimeCourse', tau: quantity(random, 0.8, 4, 'ms') });
  const steady = rate('steadyState', 'HHSigmoidVariable', '1', quantity(random, -55, -45, 'mV'), '15mV');
  const kinds: Readonly<Record<string, readonly string[]>> = {
    gateHHrates: [forward, reverse],
    gateHHtauInf: [course, steady],
    gateHHratesTau: [forward, reverse, course],
    gateHHratesInf: [forward, reverse, steady],
    gateHHratesTauInf: [forward, reverse, course, steady],
    gateHHInstantaneous: [steady],
    gateFractional: ['slow', 'fast'].map((id, k) =>
      element('subGate', { id, fractionalConductance: k === 0 ? 0.3 : 0.7 }, [steady, course]),
    ),
  };
  const kind = random.pick(Object.keys(kinds));
  const channel = component(draft, 'ionChannelHH', { conductance: '10pS', species: 'k' }, [
    element(kind, { id: 'n', instances: kind === 'gateFractional' ? 1 : 4 }, kinds[kind]),
  ]);
  return { channel, ion: 'k', reversal: '-77mV', density: 360, states: [q('n')] };
}

/** Potassium with a kinetic scheme. */
function scheme(draft: Draft): ChannelUse {
  const { random } = draft;
  const transitions = random.once(2)
    ? [
        element('vHalfTransition', {
          from: 'shut',
          to: 'open',
          vHalf: quantity(random, -55, -40, 'mV'),
          z: between(random, 1, 2),
          gamma: between(random, 0.3, 0.8),
          tau: quantity(random, 1, 4, 'ms'),
          tauMin: '0.3ms',
        }),
      ]
    : [
        element('forwardTransition', { id: 'f', from: 'shut', to: 'open' }, [
          rate('rate', 'HHExpRate', '0.2per_ms', '-50mV', '20mV'),
        ]),
        element('reverseTransition', { id: 'r', from: 'shut', to: 'open' }, [
          rate('rate', 'HHSigmoidRate', '0.5per_ms', '-40mV', '-15mV'),
        ]),
      ];
  const channel = component(draft, 'ionChannelKS', { conductance: '10pS', species: 'k' }, [
    element('gateKS', { id: 'n', instances: random.below(3) + 1 }, [
      element('closedState', { id: 'shut' }),
      element('openState', { id: 'open' }),
      ...transitions,
    ]),
  ]);
  return { channel, ion: 'k', reversal: '-80mV', density: 100, states: ['n/open/occupancy', 'n/q'] };
}

function calcium(draft: Draft): ChannelUse {
  const { random } = draft;
  const channel = component(draft, 'ionChannelHH', { conductance: '10pS', species: 'ca' }, [
    element('gateHHtauInf', { id: 's', instances: 2 }, [
      element('timeCourse', { type: 'fixedTimeCourse', tau: quantity(random, 1, 4, 'ms') }),
      rate('steadyState', 'HHSigmoidVariable', '1', quantity(random, -40, -25, 'mV'), '8mV'),
    ]),
  ]);
  return { channel, ion: 'ca', reversal: '120mV', density: 2, states: [q('s')] };
}

function leak(draft: Draft): ChannelUse {
  const isBare = draft.random.once(2);
  const channel = component(draft, isBare ? 'ionChannelHH' : 'ionChannelPassive', { conductance: '10pS' });
  const reversal = quantity(draft.random, -65, -54, 'mV');
  return { channel, ion: 'non_specific', reversal, density: 3, states: [] };
}

/** Returns channels of a membrane: a leak, the channels of spikes, and some optional ones. */
export function channels(draft: Draft): readonly ChannelUse[] {
  const spiking = draft.random.once(6) ? [] : [sodium, potassium];
  return [leak, ...spiking, ...some(draft.random, [scheme, calcium], 50)].map((make) => make(draft));
}
