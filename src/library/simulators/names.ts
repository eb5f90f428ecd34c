/** Names of simulators. */

/** Simulators that run conversions, as `--with` names them. */
export const simulatorNames = ['nest', 'neuron', 'brian2', 'jneuroml', 'bmtk'] as const;

/** A simulator that runs conversions. */
export type Simulator = (typeof simulatorNames)[number];

/** Returns the name of a simulator that `--on` takes. */
export const nameOn = (simulator: Simulator): string => (simulator === 'brian2' ? 'brian' : simulator);

/** Returns the simulator that `--on` names. */
export const simulatorOn = (name: string | undefined): Simulator | undefined =>
  simulatorNames.find((simulator) => nameOn(simulator) === name);
