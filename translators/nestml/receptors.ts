/** Spike ports by the names that NEST gives to receptors. */

import type { NestmlModel } from './syntax.js';

/** Returns the ports of a model by the names that NEST gives to its receptors. */
export function receptorsOf({ ports }: NestmlModel): Readonly<Record<string, string>> {
  const spiking = ports.filter(({ kind }) => kind === 'spike');
  const [only] = spiking;
  const named = (name: string): string | undefined =>
    spiking.length === 1 && only?.qualifiers.length !== 1
      ? only?.name
      : spiking.find(({ qualifiers }) => qualifiers.includes(name))?.name;
  const [excitatory, inhibitory] = [named('excitatory'), named('inhibitory')];
  const isUsual = spiking.every(({ name }) => name === excitatory || name === inhibitory);
  return isUsual
    ? { ...(excitatory === undefined ? {} : { excitatory }), ...(inhibitory === undefined ? {} : { inhibitory }) }
    : Object.fromEntries(spiking.map(({ name }) => [name.toUpperCase(), name]));
}
