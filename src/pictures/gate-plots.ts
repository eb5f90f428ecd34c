/** Plots of ion channels over the membrane potential. */

import type { CurvePlot } from './curves.js';

/** A gate of a channel at each potential; NaN where it has no value. */
export interface DrawnGate {
  readonly channel: string;
  readonly gate: string;
  /** In V. */
  readonly potentials: readonly number[];
  readonly steadyState: readonly number[];
  /** In s. */
  readonly timeConstant: readonly number[];
}

/** The current of a channel at each potential, divided by its largest conductance, in V. */
export interface DrawnCurrent {
  readonly name: string;
  readonly potentials: readonly number[];
  readonly current: readonly number[];
}

const potentialAxis = 'membrane potential (mV)';

/** Returns plots of the steady states of all gates, of their time constants, and of currents. */
export function gatePlots(gates: readonly DrawnGate[], currents: readonly DrawnCurrent[]): readonly CurvePlot[] {
  const isOne = new Set(gates.map(({ channel }) => channel)).size === 1;
  const curves = (values: (gate: DrawnGate) => readonly number[], scale: number): CurvePlot['curves'] =>
    gates.map((one) => ({
      name: isOne ? one.gate : `${one.channel} ${one.gate}`,
      points: one.potentials.map((v, k) => [v * 1e3, (values(one)[k] ?? NaN) * scale]),
    }));
  return [
    { x: potentialAxis, y: 'steady state', curves: curves(({ steadyState }) => steadyState, 1) },
    { x: potentialAxis, y: 'time constant (ms)', curves: curves(({ timeConstant }) => timeConstant, 1e3) },
    ...(currents.length === 0
      ? []
      : [
          {
            x: potentialAxis,
            y: 'current / largest conductance (mV)',
            curves: currents.map(({ name, potentials, current }) => ({
              name,
              points: potentials.map((v, k): readonly [number, number] => [v * 1e3, (current[k] ?? NaN) * 1e3]),
            })),
          },
        ]),
  ];
}
