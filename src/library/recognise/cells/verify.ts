/** The numeric comparison of types with cells of the library: rates at random points. */

import type { Expression } from '../../../lang/ast.js';
import { NoNumber } from '../../../lang/evaluate.js';
import { ownNames } from '../../../model/declared-names.js';
import type { NeuronType } from '../../../model/typed.js';
import { typedCell } from '../../normalised.js';
import { near, plain, sequence, valueAt } from '../numbers.js';
import { type CellUse, type RecognisedCell, refuse } from './view.js';

type Values = ReadonlyMap<string, number>;

/** Returns a function that evaluates an expression of a type, which may read derived variables, at some points. */
function reader(type: NeuronType, points: readonly Values[]): (e: Expression) => readonly number[] {
  const names = ownNames(type);
  const derived = new Map(Object.entries(type.derived).map(([key, { value }]) => [key, plain(value, names)] as const));
  return (given) => {
    const e = plain(given, names);
    return points.map((values) => {
      const lookup = (name: string): number => {
        const [value, formula] = [values.get(name), derived.get(name)];
        if (value === undefined && formula === undefined) throw new NoNumber(name);
        return value ?? valueAt(formula!, lookup);
      };
      return valueAt(e, lookup);
    });
  };
}

/** How large variables of a unit are. */
const sizes: Readonly<Record<string, number>> = { A: 1e-9, S: 1e-8, '1': 1 };

/**
 * Rejects a type with rates that differ from the recognised cell's. Variables of receptors that the cell has not are 0.
 */
export function verify(type: NeuronType, found: RecognisedCell, { environment, dt }: CellUse): void {
  const { standard, parameters, variables } = found;
  const library = typedCell(standard) ?? refuse(`there is no type ${standard.name}`);
  const random = sequence(20261124);
  const points = Array.from({ length: 12 }, () => {
    const moment = [
      ['dt', dt],
      ['t', random()],
    ] as const;
    const own = new Map<string, number>(moment);
    const other = new Map<string, number>(moment);
    for (const key of Object.keys(type.parameters)) own.set(key, environment.numbers.get(key) ?? 1e-3 * (1 + random()));
    for (const [key, value] of environment.numbers) own.set(key, value);
    for (const key of Object.keys(library.state)) other.set(key, 0);
    for (const [key, { unit }] of Object.entries(type.state)) {
      const { name, factor } = variables.get(key) ?? { name: '', factor: 0 };
      // Potentials are below thresholds, above which PyNN cuts the exponential of an adaptive cell off.
      const value = /^v$/i.test(name) ? (-0.08 + 0.02 * random()) / factor : (sizes[unit] ?? 1e-3) * (random() + 0.1);
      own.set(key, library.state[name] === undefined ? 0 : value);
      other.set(name, (own.get(key) ?? 0) * factor);
    }
    for (const key of Object.keys(type.inputs)) own.set(key, library.inputs[key] === undefined ? 0 : 1e-9 * random());
    for (const key of Object.keys(library.inputs)) other.set(key, own.get(key) ?? 0);
    for (const [key, { value }] of Object.entries(library.parameters)) {
      const e = parameters[key];
      other.set(key, e === undefined ? Number(value) : valueAt(e, (name) => own.get(name) ?? NaN));
    }
    return [own, other] as const;
  });
  const [ours, theirs] = [type, library].map((one, side) =>
    reader(
      one,
      points.map((point) => point[side]!),
    ),
  );
  for (const [own, { name, factor }] of variables) {
    const [rate, expected] = [type.derivatives[own]?.rate, library.derivatives[name]?.rate];
    if (rate === undefined || expected === undefined) continue;
    const values = theirs!(expected);
    if (!ours!(rate).every((value, k) => near(value * factor, values[k]!, name === 'v' ? 1 : 0)))
      refuse(`its rate of ${own} is not that of ${standard.name}`);
  }
}
