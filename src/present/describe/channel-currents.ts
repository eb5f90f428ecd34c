/** Currents of ion channels under a voltage clamp, from the curves of their gates. */

import type { Component, LemsModel } from '../../../translators/neuroml/lems/definitions.js';
import { gateCurves, surroundings, type GateCurve } from './gate-curves.js';
import { channelsIn, componentsOf } from './membrane.js';
import { gatePlots, type DrawnCurrent } from '../../pictures/gate-plots.js';
import type { CurvePlot } from '../../pictures/curves.js';

/** Reversal potentials in V that are usual for ions. */
const usualReversals: Readonly<Record<string, number>> = { na: 0.05, k: -0.077, ca: 0.12, h: -0.03 };

/** Potential in V from which a voltage clamp steps. */
const holding = -0.08;

/** Times of a step at which its current is computed, as shares of the slowest time constant. */
const shares = Array.from({ length: 160 }, (_, k) => 10 ** (-4 + k / 32));

/** Potentials of drawn curves in V. */
const potentials = Array.from({ length: 301 }, (_, k) => (k - 200) / 2000);

/** Returns the plots of the channels of a document, and their conditions; no plots without gates. */
export function channelPlots(lems: LemsModel): { readonly plots: readonly CurvePlot[]; readonly note: string } {
  const channels = channelsIn(lems);
  const curves = channels.map((channel) => channelCurves(channel, lems));
  const gates = curves.flatMap(({ gates: own }) => own);
  const currents = curves.flatMap(({ currents: own }, k) =>
    own.map((one) => (channels.length === 1 ? one : { ...one, name: `${channels[k]?.id ?? ''}, ${one.name}` })),
  );
  const celsius = Number((surroundings.temperature - 273.15).toFixed(2));
  const notes = new Set([`at ${celsius} degC`, ...curves.map(({ note }) => note)].filter((note) => note !== ''));
  return { plots: gates.length === 0 ? [] : gatePlots(gates, currents), note: [...notes].join('; ') };
}

/** Gates and currents of a channel, and a note about its reversal potential. */
interface ChannelCurves {
  readonly gates: readonly GateCurve[];
  readonly currents: readonly DrawnCurrent[];
  readonly note: string;
}

/**
 * Returns the curves of a channel: its gates, and the peak of its current and its steady current after a step from -80
 * mV. Gates of kinetic schemes have more than one time constant, so their channels have no currents.
 */
function channelCurves(channel: Component, lems: LemsModel): ChannelCurves {
  const gates = gateCurves(channel, lems, potentials);
  const reversal = reversalOf(channel, lems);
  const components = channel.children.filter(({ role }) => role === 'gates');
  const isWhole =
    gates.length === components.length &&
    gates.every(({ isScheme, timeConstant }) => !isScheme && timeConstant.every((tau) => tau >= 0));
  if (!reversal || !isWhole || gates.length === 0) return { gates, currents: [], note: '' };
  const powers = components.map(({ attributes: { instances = '1' } }) => Number(instances));
  const start = potentials.reduce(
    (best, v, k) => (Math.abs(v - holding) < Math.abs((potentials[best] ?? 0) - holding) ? k : best),
    0,
  );
  const openAt = (states: readonly number[]): number =>
    states.reduce((product, state, k) => product * state ** (powers[k] ?? 1), 1);
  const steady = potentials.map(
    (v, k) => openAt(gates.map(({ steadyState }) => steadyState[k] ?? NaN)) * (v - reversal.value),
  );
  const peak = potentials.map((v, k) => {
    const slowest = Math.max(...gates.map(({ timeConstant }) => timeConstant[k] ?? NaN));
    const opens = shares.map((share) =>
      openAt(
        gates.map(({ steadyState, timeConstant }) => {
          const [from, to, tau] = [steadyState[start] ?? NaN, steadyState[k] ?? NaN, timeConstant[k] ?? NaN];
          return tau > 0 ? to + (from - to) * Math.exp((-share * slowest) / tau) : to;
        }),
      ),
    );
    return Math.max(...opens) * (v - reversal.value);
  });
  return {
    gates,
    currents: [
      { name: 'peak', potentials, current: peak },
      { name: 'steady state', potentials, current: steady },
    ],
    note: `currents after a step from -80 mV reverse at ${Number((reversal.value * 1e3).toPrecision(4))} mV (${reversal.source})`,
  };
}

/** Returns the reversal potential of a channel in V: that of its density in the document, else the usual of its ion. */
function reversalOf(
  { id, attributes: { species } }: Component,
  lems: LemsModel,
): { readonly value: number; readonly source: string } | undefined {
  const density = componentsOf(lems).find(
    ({ attributes }) => attributes['ionChannel'] === id && attributes['erev'] !== undefined,
  );
  const [, number, unit] = /^\s*([-+.\deE]+)\s*(m?)V\s*$/.exec(density?.attributes['erev'] ?? '') ?? [];
  if (number !== undefined) return { value: Number(number) * (unit === 'm' ? 1e-3 : 1), source: 'in the document' };
  const usual = usualReversals[species ?? ''];
  return usual === undefined ? undefined : { value: usual, source: `usual for ${species}, the channel states none` };
}
