/** Names of simulators. */

/** Simulators that run conversions, as `--with` names them. */
export const simulatorNames = ['nest', 'neuron', 'brian2', 'jneuroml'] as const;

/** A simulator that runs conversions. */
export type Simulator = (typeof simulatorNames)[number];
