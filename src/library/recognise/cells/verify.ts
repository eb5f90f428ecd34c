/** Whether a cell that was recognised has the rates of the type that it was taken for. */

import { normalisedCell } from '../../normalised.js';
import { plain, sequence, valueAt, near } from '../numbers.js';
import { ownNames } from '../../../model/declared-names.js';
import { type RecognisedCell, type View, type CellUse, refuse } from './view.js';

/** Compares the rates of a type with those of the standard cell at random points. */
export function verify(found: RecognisedCell, view: View, { environment }: CellUse): void {
  const library = normalisedCell(found.standard) ?? refuse(`there is no type ${found.standard.name}`);
  const names = ownNames(library);
  const derived = new Map(
    Object.entries(library.derived).map(([name, { value }]) => [name, plain(value, names)] as const),
  );
  const random = sequence(20260101);
  for (let point = 0; point < 12; point++) {
    const own = new Map<string, number>();
    const ownValue = (name: string): number => own.get(name) ?? refuse(`its equations read ${name}`);
    for (const name of environment.varying.keys()) own.set(name, 1e-3 * (1 + random()));
    const parameters = new Map(
      Object.entries(library.parameters).map(([name, { value }]) => {
        const e = found.parameters[name];
        return [name, e === undefined ? Number(value) : valueAt(e, ownValue)] as const;
      }),
    );
    const theirs = new Map<string, number>();
    for (const name of view.names) own.set(name, random());
    // Where spikes begin the exponential of an adaptive cell is cut off in PyNN.
    own.set(view.v, -0.08 + 0.02 * random());
    const input = Object.keys(library.inputs);
    for (const name of input) theirs.set(name, 0);
    for (const name of Object.keys(library.state)) theirs.set(name, 0);
    for (const [name, { name: standard, factor }] of found.variables) {
      // Receptors of cells that are compared without any.
      if (library.state[standard] === undefined) own.set(name, 0);
      const size = name === view.v ? 1 : standard.startsWith('gate') ? 1 : 1e-9 / Math.abs(factor || 1);
      if (name !== view.v) own.set(name, (own.get(name) ?? 0) * size);
      // The potential of the view is in volts already.
      theirs.set(standard, (own.get(name) ?? 0) * (name === view.v ? factor / view.volts : factor));
    }
    const inputs = [...view.names].filter((name) => !found.variables.has(name));
    for (const name of inputs) own.set(name, 0);
    const lookup = (name: string): number => {
      const e = derived.get(name);
      return theirs.get(name) ?? parameters.get(name) ?? (e === undefined ? NaN : valueAt(e, lookup));
    };
    for (const [name, { name: standard, factor }] of found.variables) {
      const rate = view.rates.get(name);
      const expected = library.derivatives[standard]?.rate;
      if (rate === undefined || expected === undefined) continue;
      const a = valueAt(rate, ownValue) * (name === view.v ? factor / view.volts : factor);
      const b = valueAt(plain(expected, names), lookup);
      if (!near(a, b, name === view.v ? 1 : 0)) refuse(`its rate of ${name} is not that of ${found.standard.name}`);
    }
  }
}
