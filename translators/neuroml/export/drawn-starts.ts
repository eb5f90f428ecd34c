/** First values that cells of NeuroML draw when they start, in place of one component for each cell. */

import type { Expression } from '../../../src/lang/ast.js';
import { isRandom } from '../../../src/lang/functions.js';
import { foldConstants } from '../../../src/lang/fold.js';
import { linearForm } from '../../../src/lang/linear.js';
import { name as nameOf, number } from '../../../src/lang/build.js';
import { callsIn, mapExpression } from '../../../src/lang/walk.js';
import { constantOf } from '../../../src/library/recognise/numbers.js';
import { formulaOf, type Model, type Population, type Value } from '../../../src/model/typed.js';
import { child } from '../../../src/model/pointer.js';
import type { ExportContext } from './context.js';
import { normalDraw } from './text/function-text.js';
import type { Numbers } from '../../../src/library/element-values.js';

type Distribution = 'uniform' | 'normal';

/** Names of the two numbers of each distribution. */
const numbersOf = { uniform: ['low', 'high'], normal: ['mean', 'sd'] } as const;

/** A first value that is drawn: the distribution, and the keys of its two numbers among the values of a population. */
export interface DrawnStart {
  readonly distribution: Distribution;
  readonly keys: readonly [string, string];
}

/** Returns the name of a parameter with a number of a distribution, such as `v_low`, from its key (`low of v`). */
export const parameterOf = (key: string, variable: string): string => `${variable}_${key.split(' ')[0] ?? ''}`;

/** Returns the expression in LEMS of a draw, from the names of the numbers of its distribution. */
export const drawText = ({ distribution }: DrawnStart, [first, second]: readonly [string, string]): string =>
  distribution === 'uniform' ? `${first} + (${second} - ${first}) * random(1)` : `${first} + ${second} * ${normalDraw}`;

/**
 * Returns the first values of a neuron type that its cells draw, by state variable, and puts the numbers of their
 * distributions into the values of the populations. These are first values with a uniform or normal distribution.
 *
 * @param undrawn  the model before its draws were listed
 */
export function drawnStarts(
  id: string,
  populations: readonly (readonly [string, Population])[],
  values: Map<string, ReadonlyMap<string, Numbers>>,
  { model, undrawn, report }: ExportContext,
): ReadonlyMap<string, DrawnStart> {
  const found = new Map<string, DrawnStart>();
  for (const variable of Object.keys(model.neurons[id]?.state ?? {})) {
    const given = populations.map(([name]) => {
      const own = values.get(name) ?? new Map<string, Numbers>();
      const numbers = own.get(variable) ?? 0;
      if (typeof numbers === 'number') return numbers;
      return (undrawn && drawnValue(firstValueIn(undrawn, name, variable), own)) ?? numbers;
    });
    const distributions = new Set(given.flatMap((start) => (isDraw(start) ? [start.distribution] : [])));
    const [distribution] = distributions;
    if (distribution === undefined || distributions.size > 1) continue;
    const [a, b] = numbersOf[distribution];
    const keys = [`${a} of ${variable}`, `${b} of ${variable}`] as const;
    found.set(variable, { distribution, keys });
    populations.forEach(([name], k) => {
      const start = given[k] ?? 0;
      // Listed values are distributions of no width.
      const numbers = isDraw(start) ? start.numbers : [start, distribution === 'uniform' ? start : 0];
      const own = new Map(values.get(name)).set(variable, numbers[0] ?? 0);
      keys.forEach((key, n) => own.set(key, numbers[n] ?? 0));
      values.set(name, own);
      const pointer = child(child(child('/populations', name), 'values'), variable);
      if (isDraw(start))
        report.convention(
          'lems/drawn-start',
          pointer,
          `first values of ${variable} are drawn when the simulation starts, with other random numbers`,
        );
    });
  }
  return found;
}

const firstValueIn = ({ populations, neurons }: Model, name: string, variable: string): Value | undefined => {
  const { type = '', values = {} } = populations[name] ?? {};
  return values[variable] ?? neurons[type]?.state[variable]?.initial;
};

interface Drawn {
  readonly distribution: Distribution;
  /** Lowest and highest value, or mean and standard deviation, in SI. */
  readonly numbers: readonly [number, number];
}

const isDraw = (start: number | Drawn | readonly number[]): start is Drawn =>
  typeof start === 'object' && !Array.isArray(start);

/**
 * Returns a value as a draw of one distribution; undefined for other values.
 *
 * @param values  of the population's parameters, which the value may read if they are equal for all cells
 */
function drawnValue(value: Value | undefined, values: ReadonlyMap<string, Numbers>): Drawn | undefined {
  if (typeof value === 'object' && value.kind === 'draw') {
    const { distribution, arguments: given, exponent10 = 0, then = nameOf('drawn') } = value;
    const line = lineOf(then, 'drawn');
    return line && distributionOf(distribution, given, [line[0], line[1] * 10 ** exponent10]);
  }
  const written = value === undefined ? undefined : formulaOf(value);
  if (written === undefined) return undefined;
  const e = mapExpression(written, (part) => {
    const known = part.kind === 'name' ? values.get(part.name) : undefined;
    return typeof known === 'number' ? number(known) : part;
  });
  const [call, ...others] = callsIn(e).filter((one) => isRandom(one.function));
  if (call === undefined || others.length > 0) return undefined;
  const line = lineOf(
    mapExpression(e, (part) => (part.kind === 'call' && part.function === call.function ? nameOf('drawn') : part)),
    'drawn',
  );
  const given =
    call.arguments.length === 0 ? [0, 1] : call.arguments.map((argument) => constantOf(foldConstants(argument)) ?? NaN);
  return line && distributionOf(call.function, given, line);
}

/** Returns offset and factor of an expression that is linear in a name; undefined for other expressions. */
function lineOf(e: Expression, name: string): readonly [offset: number, factor: number] | undefined {
  const form = linearForm(foldConstants(e), [name]);
  const factor = form?.coefficients.get(name);
  if (!form || !factor) return undefined;
  const numbers = [form.constant, factor].map((expression) => constantOf(expression) ?? NaN);
  return [numbers[0] ?? NaN, numbers[1] ?? NaN];
}

/** Returns a distribution of numbers in SI, after a line is applied to its draws; undefined for unknown ones. */
function distributionOf(
  name: string,
  [a = NaN, b = NaN]: readonly number[],
  [offset, factor]: readonly [number, number],
): Drawn | undefined {
  if (name !== 'uniform' && name !== 'normal') return undefined;
  const second = name === 'uniform' ? offset + factor * b : Math.abs(factor) * b;
  const numbers = [offset + factor * a, second] as const;
  return numbers.every(Number.isFinite) ? { distribution: name, numbers } : undefined;
}
