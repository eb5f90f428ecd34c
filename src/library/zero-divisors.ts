/** Divisions by zero in the rates of cells: models that can be written, but run in no simulator. */

import type { Expression } from '../lang/ast.js';
import { printExpression } from '../lang/print.js';
import { childrenOf, namesIn } from '../lang/walk.js';
import { numbersOf } from '../model/arrays.js';
import type { ConversionEntry } from '../model/conversion-report.js';
import { ownNames } from '../model/declared-names.js';
import { expressionsIn, type NeuronType, type Population, type ValidModel } from '../model/typed.js';
import { child } from '../model/pointer.js';
import { isGiven } from '../model/tagged.js';
import { constantOf, plain } from './recognise/numbers.js';
import { environmentOf, withNumbers } from './recognise/values.js';

/**
 * Divisors that are 0 in some cells of a population whatever happens in a run, one entry for each.
 *
 * @param stage  first part of the report's codes
 */
export function zeroDivisors({ model, data }: ValidModel, stage: string): readonly ConversionEntry[] {
  return Object.entries(model.populations).flatMap(([name, population]) => {
    const type = model.neurons[population.type ?? ''];
    return type === undefined
      ? []
      : zerosOf(type, population, data).map((divisor): ConversionEntry => ({
          verdict: 'notExpressible',
          code: `${stage}/division-by-zero`,
          pointer: child('/populations', name),
          message: `cells in which the divisor ${divisor} is zero: no simulator runs them`,
        }));
  });
}

function zerosOf(type: NeuronType, { values }: Population, data: ValidModel['data']): readonly string[] {
  const given = Object.fromEntries(
    Object.entries(type.parameters).map(([key, { value }]) => [key, values[key] ?? value] as const),
  );
  const { numbers, varying } = environmentOf(given, data);
  const declared = ownNames(type);
  const isZero = (divisor: Expression): boolean => {
    const e = withNumbers(plain(divisor, declared), numbers);
    const [only, ...others] = namesIn(e);
    if (only === undefined) return constantOf(e) === 0;
    const listed = others.length === 0 ? varying.get(only) : undefined;
    if (listed === undefined || typeof listed !== 'object' || !isGiven(listed)) return false;
    const different = [...new Set(numbersOf(listed.array, data))];
    return different.some((one) => constantOf(withNumbers(e, new Map([[only, one]]))) === 0);
  };
  const found = expressionsIn([type.derivatives, type.derived])
    .flatMap(divisorsOf)
    .filter(isZero)
    .map((divisor) => printExpression(divisor));
  return [...new Set(found)];
}

/** Divisors that no condition guards. */
function divisorsOf(e: Expression): readonly Expression[] {
  if (e.kind === 'conditional') return divisorsOf(e.condition);
  const own = e.kind === 'binary' && e.operator === '/' ? [e.right] : [];
  return [...own, ...childrenOf(e).flatMap(divisorsOf)];
}
