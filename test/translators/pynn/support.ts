/** PyNN-style documents in; findings and runs out. */

import { Diagnostics } from '../../../src/diagnostics/diagnostic.js';
import { normalise } from '../../../src/model/normalise.js';
import { readDocument } from '../../../src/model/text/read.js';
import { importPynn } from '../../../translators/pynn/import.js';
import { simulate, type Simulation } from '../../support/simulate.js';

/** A document with the parts that every document needs. */
export const documentOf = (parts: Readonly<Record<string, unknown>>): string =>
  JSON.stringify({ format: 'interneuron/pynn', version: 1, pynn: '0.13', ...parts }, null, 1);

/** `code pointer: message` of all that is found while importing and normalising, in order. */
export function findings(parts: Readonly<Record<string, unknown>>): string[] {
  const diagnostics = new Diagnostics();
  const { value, positions } = readDocument(documentOf(parts), 'm.json');
  const placed = {
    place: (pointer: string, span?: { readonly start: number; readonly end: number }) => ({
      ...positions.place(pointer, span),
      pointer,
    }),
    keyPlace: (pointer: string) => ({ ...(positions.keyPlace?.(pointer) ?? positions.place(pointer)), pointer }),
  };
  const imported = importPynn(value, placed, diagnostics);
  if (imported) normalise(imported.document, imported.positions, diagnostics);
  return diagnostics.list.map(
    ({ code, message, place, expected, hint }) =>
      `${code} ${place?.pointer ?? ''}: ` +
      `${message}${expected === undefined ? '' : ` | ${expected}`}${hint === undefined ? '' : ` | ${hint}`}`,
  );
}

/** Runs a document on all engines, which must agree to the bit. */
export const run = (parts: Readonly<Record<string, unknown>>): Promise<Simulation> => simulate(documentOf(parts));

/** Times of a population's spikes in ms, as PyNN labels them: the end of their step. */
export const spikeTimes = (result: Simulation, population: string, dt = 0.1): number[] =>
  (result.events.get(`${population}.spike`) ?? []).map(([step]) => Math.round((step + 1) * dt * 1e6) / 1e6);

/** Samples of one cell's variable, the first at t = 0, in the unit of `scale` (1e3 for mV of V). */
export const samples = (result: Simulation, key: string, scale: number, cell = 0): number[] =>
  (result.samples.get(key) ?? []).map((row) => row[cell]! * scale);
