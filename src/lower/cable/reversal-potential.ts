/** The reversal potential of an ion at the compartments of a class: a number, or Nernst's potential. */

import { dimensionless } from '../../lang/ast.js';
import type { Expression } from '../../lang/ast.js';
import { binary, call, conditional, integer, product, quantity, quotient } from '../../lang/build.js';
import { volt } from '../../lang/dimension.js';
import { faradayQuantity, gasConstantQuantity } from '../../lang/physics.js';
import type { ClassParts } from './class-parts.js';
import { isEmpty, kelvins, levelOn } from './ion-values.js';
import { giveTemperature, missing } from './mechanism-errors.js';

/** The ion, the mechanism that reads its potential, and the class. */
interface Read {
  readonly ion: string;
  readonly reader: string;
  readonly parts: Pick<ClassParts, 'compartments' | 'places'>;
}

/** Names that the class has or makes. */
interface ClassNames {
  readonly concentration: (end: 'i' | 'o') => Expression | undefined;
  /** A parameter with a value for each place. */
  readonly bySection: (wanted: string, unit: string, values: readonly number[]) => Expression;
}

/**
 * Returns the potential in volts, or undefined if a concentration can't be read.
 *
 * @throws BadMechanism if nothing sets it, or what Nernst's equation needs is missing
 */
export function reversalPotential({ ion, reader, parts }: Read, names: ClassNames): Expression | undefined {
  const { compartments, places } = parts;
  const potentials = places.map(({ compartment }) => levelOn(compartments, ion, 'reversal', compartment.section));
  if (potentials.includes(undefined))
    throw missing(
      reader,
      `the reversal potential of ${ion}, which nothing sets,`,
      `give the ion ${ion} a reversal potential, or reversal: nernst with its concentrations and a temperature`,
    );
  const [potential] = potentials;
  if (typeof potential === 'number' && potentials.every((other) => other === potential))
    return quantity(potential, volt);
  const isNernst = potentials.map((value) => value === 'nernst');
  const numbers = potentials.map((value) => (typeof value === 'number' ? value : 0));
  const given = isNernst.every(Boolean) ? undefined : names.bySection('given', 'V', numbers);
  if (given && !isNernst.includes(true)) return given;
  const [inside, outside] = [names.concentration('i'), names.concentration('o')];
  const { temperature } = compartments;
  if (temperature === undefined)
    throw missing(reader, `Nernst's potential of ${ion}, without a temperature,`, giveTemperature);
  const valence = compartments.ions[ion]?.valence ?? 0;
  if (valence === 0 || isEmpty(ion, parts))
    throw missing(
      reader,
      `Nernst's potential of ${ion}, ${valence === 0 ? 'whose valence' : 'one of whose concentrations'} is 0,`,
      `give the ion ${ion} its valence and concentrations above 0, or a number as its reversal potential`,
    );
  if (!inside || !outside) return undefined;
  const scale = quotient(
    product(gasConstantQuantity, kelvins(temperature)),
    product(quantity(valence, dimensionless), faradayQuantity),
  );
  const nernst = product(scale, call('log', [binary('/', outside, inside)]));
  if (!given) return nernst;
  const follows = names.bySection('follows', '1', isNernst.map(Number));
  return conditional(binary('>', follows, integer(0)), nernst, given);
}
