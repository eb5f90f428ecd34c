/** Types of PyNN 0.13 that its simulators lack or get wrong. */

import type { Simulator } from './names.js';

/** The effect of a simulator on a part of a document. */
export interface Row {
  /** A type, or a word of the notation. */
  readonly part: string;
  readonly simulator: Simulator & ('nest' | 'neuron');
  /** The script does not run or crashes; values or spikes are lost; results differ, or an extension is necessary. */
  readonly effect: 'raises' | 'loses' | 'differs';
  /** One sentence, for reports. */
  readonly says: string;
}

/** Types that a simulator lacks, and types that fail under it. */
export interface Backend {
  readonly lacks: readonly Row[];
  readonly fails: readonly Row[];
}

const lacking = (simulator: Row['simulator'], called: string, parts: readonly string[]): readonly Row[] =>
  parts.map((part) => ({
    part,
    simulator,
    effect: 'raises',
    says: `PyNN has no ${part} for ${called}, where the script does not run`,
  }));

const failing = (simulator: Row['simulator'], part: string, effect: Row['effect'], says: string): Row => ({
  part,
  simulator,
  effect,
  says: `${part} of PyNN 0.13${says}`,
});

/** PyNN's simulators. */
export const ofPynn: Readonly<Record<Row['simulator'], Backend>> = {
  nest: {
    lacks: lacking('nest', 'NEST', ['ElectricalSynapse', 'MultiCompartmentNeuron', 'Vogels2011Rule']),
    fails: [
      failing('nest', 'SpikeSourceInhGamma', 'raises', ': it raises an error under NEST, too'),
      // PyNN builds it at its installation if NEST is already installed.
      failing(
        'nest',
        'StochasticTsodyksMarkramSynapse',
        'differs',
        " runs under NEST only with PyNN's extension of it",
      ),
    ],
  },
  neuron: {
    lacks: lacking('neuron', 'NEURON', ['BetaPSR', 'SpikeSourceInhGamma']),
    fails: [
      failing('neuron', 'GIF_cond_exp', 'loses', ': NEURON hands on and records none of its spikes'),
      failing('neuron', 'IF_curr_delta', 'raises', ': it raises an error under NEURON, where the script does not run'),
      failing('neuron', 'ElectricalSynapse', 'raises', ' raises an error under NEURON, too'),
    ],
  },
};
