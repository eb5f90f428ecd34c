/** Pictures of the gates of ion channels over the membrane potential. */

import * as Plot from '@observablehq/plot';
import { margins, pictureWidth, type Panel, type Picture } from './canvas.js';
import { colourOf } from './palette.js';

/** A gate of a channel at each potential; NaN where it has no value. */
interface DrawnGate {
  readonly channel: string;
  readonly gate: string;
  /** In V. */
  readonly potentials: readonly number[];
  readonly steadyState: readonly number[];
  /** In s. */
  readonly timeConstant: readonly number[];
}

const panelHeight = 220;

/** Steady states of all gates, and below them their time constants. */
export function gatesPicture(title: string, subtitle: string, gates: readonly DrawnGate[]): Picture {
  const names = gates.map(({ channel, gate }) => `${channel} ${gate}`);
  const panel = (label: string, values: (gate: DrawnGate) => readonly number[], scale: number): Panel => {
    const rows = gates.flatMap((gate, k) =>
      gate.potentials.map((v, ordinal) => ({
        gate: names[k] ?? '',
        v: v * 1e3,
        value: (values(gate)[ordinal] ?? NaN) * scale,
      })),
    );
    // Labels are spread over the potentials, so that they do not cover each other where curves meet.
    const labels = gates.flatMap((gate, k) => {
      const ordinal = Math.round((gate.potentials.length * (k + 1)) / (gates.length + 1));
      return rows.slice(k * gate.potentials.length + ordinal, k * gate.potentials.length + ordinal + 1);
    });
    return {
      height: panelHeight,
      options: {
        ...margins,
        marginBottom: 34,
        width: pictureWidth,
        height: panelHeight,
        x: { label: 'membrane potential (mV)', labelArrow: 'none', labelAnchor: 'center' },
        y: { label, labelArrow: 'none', nice: true, zero: true, grid: true },
        marks: [
          Plot.lineY(rows, {
            x: 'v',
            y: 'value',
            z: 'gate',
            stroke: ({ gate }: { gate: string }) => colourOf(names.indexOf(gate)),
            strokeWidth: 1.5,
          }),
          Plot.text(labels, {
            x: 'v',
            y: 'value',
            text: 'gate',
            dy: -8,
            fill: ({ gate }: { gate: string }) => colourOf(names.indexOf(gate)),
          }),
        ],
      },
    };
  };
  return {
    title,
    subtitle,
    panels: [
      panel('steady state', ({ steadyState }) => steadyState, 1),
      panel('time constant (ms)', ({ timeConstant }) => timeConstant, 1e3),
    ],
  };
}
