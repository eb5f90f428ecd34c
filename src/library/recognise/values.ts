/** Values of a population or projection as functions of its parameters. */

import { itemAt } from '../../diagnostics/entry.js';
import { isGiven } from '../../model/tagged.js';
import { numbersOf } from '../../model/arrays.js';
import type { Expression } from '../../lang/ast.js';
import { binary, call, name as nameOf, number, product, sum } from '../../lang/build.js';
import { isRandom } from '../../lang/functions.js';
import { linearForm } from '../../lang/linear.js';
import { callsIn, mapExpression, namesIn, substitute, visit } from '../../lang/walk.js';
import { formula as computed, formulaOf, type DataStore, type Value } from '../../model/typed.js';
import { constantOf, fold, hasCases, near, plain, tidy, valueAt, type Declared } from './numbers.js';

/** Parameters of one population or projection: numbers, and values that differ between elements. */
export interface Environment {
  /** Values in SI of parameters that all elements share. */
  readonly numbers: ReadonlyMap<string, number>;
  /** Values of parameters that differ between elements. */
  readonly varying: ReadonlyMap<string, Value>;
  /** Arrays that the values refer to. */
  readonly data: DataStore;
}

/** Sorts values into numbers and varying values; replaces other parameters in expressions by their values. */
export function environmentOf(values: Readonly<Record<string, Value>>, data: DataStore): Environment {
  const numbers = new Map<string, number>();
  const varying = new Map<string, Value>();
  const pending = new Map<string, Expression>();
  const declared = new Set(Object.keys(values));
  for (const [name, value] of Object.entries(values)) {
    const e = formulaOf(value);
    if (typeof value === 'number') numbers.set(name, value);
    else if (e) pending.set(name, plain(e, declared));
    else varying.set(name, value);
  }
  const readers = new Map<string, string[]>();
  for (const [name, e] of pending)
    for (const read of namesIn(e)) if (pending.has(read)) readers.set(read, [...(readers.get(read) ?? []), name]);
  // Each again after a value that it reads has become a number.
  const queue = [...pending.keys()];
  for (const name of queue) {
    const e = pending.get(name);
    if (e === undefined) continue;
    const settled = fold(withNumbers(e, numbers));
    const constant = constantOf(settled);
    pending.set(name, settled);
    if (constant === undefined) continue;
    numbers.set(name, constant);
    pending.delete(name);
    queue.push(...(readers.get(name) ?? []));
  }
  for (const [name, e] of pending) varying.set(name, computed(e));
  return { numbers, varying, data };
}

/** Returns an expression with numbers in the place of names. */
export const withNumbers = (e: Expression, numbers: ReadonlyMap<string, number>): Expression =>
  substitute(
    e,
    new Map(
      [...namesIn(e)].flatMap((name) => {
        const value = numbers.get(name);
        return value === undefined ? [] : [[name, number(value)] as const];
      }),
    ),
  );

/**
 * Returns an expression of an environment's parameters as a value: a number, an expression of indices and draws, or an
 * array. Undefined if it has no such form.
 */
export function valueOf(e: Expression, environment: Environment): Value | undefined {
  // A given number keeps its digits.
  const given = e.kind === 'name' ? environment.numbers.get(e.name) : undefined;
  if (given !== undefined) return given;
  const whole = fold(withNumbers(plain(e, declaredIn(environment)), environment.numbers));
  const constant = constantOf(whole);
  if (constant !== undefined) return tidy(constant);
  const read = [...namesIn(whole)].filter((name) => environment.varying.has(name));
  const values = read.map((name) => environment.varying.get(name) ?? 0);
  const formulas = values.map((value) => (typeof value === 'number' ? number(value) : formulaOf(value)));
  if (formulas.every((one) => one !== undefined)) {
    const put = new Map(read.map((name, k) => [name, plain(itemAt(formulas, k), declaredIn(environment))] as const));
    // A draw that is read twice would be drawn twice.
    const twice = read.filter(
      (name) => occurrences(whole, name) > 1 && callsIn(put.get(name) ?? whole).some((one) => isRandom(one.function)),
    );
    if (twice.length > 1) return undefined;
    const form = twice.length === 0 ? whole : affine(whole, twice[0] ?? '');
    return form && drawOf(fold(substitute(form, put)));
  }
  return elementwise(whole, read, values, environment.data);
}

const declaredIn = ({ numbers, varying }: Environment): Declared => ({
  has: (name) => numbers.has(name) || varying.has(name),
});

/** Returns how often an expression reads a name. */
export function occurrences(e: Expression, name: string): number {
  let count = 0;
  visit(e, (part) => (count += part.kind === 'name' && part.name === name ? 1 : 0));
  return count;
}

/** Returns an expression of one name as `a + b*name`, if it has that form. */
function affine(e: Expression, name: string): Expression | undefined {
  // Points far apart may all be in one case of an expression that has several.
  if (namesIn(e).size !== 1 || hasCases(e)) return undefined;
  const at = (x: number): number => valueAt(e, () => x);
  try {
    // Far away, so that rounding of the offset does not count.
    const far = 2 ** 20;
    const [offset, slope] = [at(0), (at(far) - at(0)) / far];
    const [a, b] = Number.isFinite(offset) ? [offset, slope] : [0, at(1)];
    if (![0.37, 2.5, 19].every((x) => near(at(x), a + b * x))) return undefined;
    return sum(number(tidy(a)), product(number(tidy(b)), nameOf(name, e.span)));
  } catch {
    return undefined;
  }
}

/** Returns an array of the values for each element, if all varying values are arrays of one length. */
function elementwise(
  e: Expression,
  names: readonly string[],
  values: readonly Value[],
  data: DataStore,
): Value | undefined {
  const arrays = values.map((value) =>
    isGiven(value) && value.columns === undefined && value.gaps === undefined
      ? numbersOf(value.array, data)
      : undefined,
  );
  const [first] = arrays;
  if (first === undefined || arrays.some((array) => array?.length !== first.length)) return undefined;
  const place = new Map(names.map((name, k) => [name, k]));
  try {
    return {
      kind: 'array',
      array: first.map((_, element) =>
        tidy(
          valueAt(e, (name) => {
            const k = place.get(name);
            const value = k === undefined ? undefined : arrays[k]?.[element];
            if (value === undefined) throw new RangeError(name);
            return value;
          }),
        ),
      ),
    };
  } catch {
    return undefined;
  }
}

/** The exponential or logarithm of a draw, times a number, as a draw of another distribution. */
function transformed(e: Expression, draw: Expression & { readonly kind: 'call' }): Expression | undefined {
  const [outer, ...others] = callsIn(e).filter((one) => one.function === 'exp' || one.function === 'log');
  const inner = outer?.arguments[0];
  if (outer === undefined || inner === undefined || others.length > 0) return undefined;
  const [factor, rest] = lineOf(e, outer) ?? [];
  const [slope, offset] = lineOf(inner, draw) ?? [];
  // Without arguments, draws have 0 and 1.
  const [a, b] = [0, 1].map((k) => (draw.arguments[k] === undefined ? k : constantOf(draw.arguments[k])));
  if (factor === undefined || rest !== 0 || slope === undefined || offset === undefined) return undefined;
  if (a === undefined || b === undefined) return undefined;
  if (outer.function === 'exp' && draw.function === 'normal' && factor > 0) {
    const median = number(tidy(factor * Math.exp(offset + slope * a)));
    return product(median, call('lognormal', [number(0), number(tidy(Math.abs(slope) * b))]));
  }
  const ends = [offset + slope * a, offset + slope * b];
  const isOfUnit = Math.min(...ends) === 0 && Math.max(...ends) === 1;
  return outer.function === 'log' && draw.function === 'uniform' && isOfUnit && factor < 0
    ? call('exponential', [number(tidy(-factor))])
    : undefined;
}

/** A draw that is scaled and moved, and kept between two numbers. */
interface Clipped {
  readonly slope: number;
  readonly offset: number;
  readonly low: number;
  readonly high: number;
}

const cutting: ReadonlySet<string> = new Set(['clip', 'max', 'min']);

/** Returns a limit, which may be infinite; undefined if it is not a number. */
function limitAt(e: Expression): number | undefined {
  try {
    return valueAt(e, (name) => {
      if (name === 'inf') return Infinity;
      throw new RangeError(name);
    });
  } catch {
    return undefined;
  }
}

/** Returns the limits of a draw: `clip`, `max` and `min` with numbers, within each other, scaled and shifted. */
function clippedDraw(e: Expression, draw: Expression): Clipped | undefined {
  const [slope, offset] = lineOf(e, draw) ?? [];
  if (slope !== undefined && offset !== undefined) return { slope, offset, low: -Infinity, high: Infinity };
  const cut = callsIn(e).find((one) => cutting.has(one.function) && lineOf(e, one) !== undefined);
  const [factor = 0, added = 0] = (cut && lineOf(e, cut)) ?? [];
  const at = cut?.arguments.findIndex((argument) => limitAt(argument) === undefined) ?? -1;
  const inner = cut?.arguments[at];
  const within = inner && factor !== 0 ? clippedDraw(inner, draw) : undefined;
  const limits = cut?.arguments.flatMap((one, k) => (k === at ? [] : (limitAt(one) ?? [])));
  if (!cut || !within || !limits || limits.length !== cut.arguments.length - 1) return undefined;
  if (cut.function === 'clip' && at !== 0) return undefined;
  const [a = 0, b = 0] = limits;
  const least = cut.function === 'clip' || cut.function === 'max' ? a : -Infinity;
  const most = cut.function === 'clip' ? b : cut.function === 'min' ? a : Infinity;
  const ends = [within.low, within.high].map((end) => added + factor * Math.min(most, Math.max(least, end)));
  return {
    slope: factor * within.slope,
    offset: added + factor * within.offset,
    low: Math.min(...ends),
    high: Math.max(...ends),
  };
}

/** A normal draw that is kept within limits, which may be infinite. */
interface ClippedNormal {
  readonly mean: number;
  readonly deviation: number;
  readonly low: number;
  readonly high: number;
}

/** Returns an expression's draw if it is a normal number within limits, by `clip`, `max` and `min`; in SI. */
export function clippedNormal(e: Expression): ClippedNormal | undefined {
  const [draw, ...others] = callsIn(e).filter((one) => isRandom(one.function));
  const found = draw?.function === 'normal' && others.length === 0 ? clippedDraw(e, draw) : undefined;
  // Without arguments, draws have 0 and 1.
  const [mean, deviation] = [0, 1].map((k) => (draw?.arguments[k] === undefined ? k : constantOf(draw.arguments[k])));
  if (!found || mean === undefined || deviation === undefined) return undefined;
  const { slope, offset, low, high } = found;
  const limit = (x: number): number => (Number.isFinite(x) ? tidy(x) : x);
  return {
    mean: tidy(offset + slope * mean),
    deviation: tidy(Math.abs(slope) * deviation),
    low: limit(low),
    high: limit(high),
  };
}

/** Returns the same as one draw that is clipped. */
function clipped(e: Expression): Expression | undefined {
  const found = clippedNormal(e);
  if (!found) return undefined;
  const infinity = nameOf('inf', e.span);
  const limit = (x: number): Expression => (Number.isFinite(x) ? literal(x) : x > 0 ? infinity : negative(infinity));
  const { mean, deviation, low, high } = found;
  return call('clip', [call('normal', [literal(mean), literal(deviation)]), limit(low), limit(high)]);
}

/** Returns the factor and offset of an expression that is linear in a part of it. */
function lineOf(e: Expression, part: Expression): readonly [factor: number, offset: number] | undefined {
  const name = 'drawn';
  const form = linearForm(
    mapExpression(e, (expression) => (expression === part ? nameOf(name, part.span) : expression)),
    [name],
  );
  const factor = constantOf(form?.coefficients.get(name) ?? number(0));
  const offset = constantOf(form?.constant ?? number(0));
  return form === null || factor === undefined || offset === undefined ? undefined : [factor, offset];
}

/**
 * Draws of standard distributions that are scaled and moved, as one draw with other arguments; else the text itself.
 */
function drawOf(e: Expression): Value {
  const draws = callsIn(e).filter((one) => isRandom(one.function));
  const [draw] = draws;
  if (draw === undefined && [...namesIn(e)].join() === 'i') return computed(fold(affine(e, 'i') ?? e));
  if (draw === undefined || draws.length > 1) return computed(e);
  const [slope, offset] = lineOf(e, draw) ?? [];
  const given = draw.arguments.map(constantOf);
  if (slope === undefined || offset === undefined || given.some((one) => one === undefined)) {
    return computed(clipped(e) ?? transformed(e, draw) ?? e);
  }
  const [a, b] = given;
  const at = (x: number): number => tidy(offset + slope * x);
  const drawn = (values: readonly number[]): Value => computed(call(draw.function, values.map(literal)));
  switch (draw.function) {
    case 'uniform': {
      const ends = [at(a ?? 0), at(b ?? 1)];
      return drawn([Math.min(...ends), Math.max(...ends)]);
    }
    case 'normal':
      return drawn([at(a ?? 0), tidy(Math.abs(slope) * (b ?? 1))]);
    case 'truncatedNormal': {
      const [, , low = -Infinity, high = Infinity] = given;
      const ends = [at(low), at(high)];
      return drawn([at(a ?? 0), tidy(Math.abs(slope) * (b ?? 1)), Math.min(...ends), Math.max(...ends)]);
    }
    case 'exponential':
      return offset === 0 ? drawn([tidy(slope * (a ?? 1))]) : computed(e);
    case 'gamma':
      return offset === 0 ? drawn([a ?? 1, tidy(slope * (b ?? 1))]) : computed(e);
    case 'lognormal':
      return offset === 0 && slope > 0 ? computed(product(number(tidy(slope)), draw)) : computed(e);
    default:
      return computed(e);
  }
}

const negative = (operand: Expression): Expression => ({
  kind: 'unary',
  operator: '-',
  operand,
  span: { start: 0, end: 0 },
});

const literal = (value: number): Expression => (value < 0 ? negative(number(-value)) : number(value));

/** Returns a value times a number. */
export function scaledValue(value: Value, factor: number, environment: Environment): Value | undefined {
  const e = typeof value === 'number' ? number(value) : formulaOf(value);
  if (factor === 1 && (e === undefined || typeof value === 'number')) return value;
  if (isGiven(value)) {
    const { array, ...rest } = value;
    return { ...rest, array: numbersOf(array, environment.data).map((one) => tidy(one * factor)) };
  }
  return e && valueOf(binary('*', number(factor), e), environment);
}

/** Returns the signs that a value may have: of draws the sign of most of them. */
export function signOf(value: Value | undefined, data: DataStore): 1 | -1 | 0 {
  if (value === undefined) return 1;
  if (typeof value === 'number') return value < 0 ? -1 : 1;
  if (isGiven(value)) {
    const numbers = numbersOf(value.array, data);
    const negative = numbers.filter((one) => one < 0).length;
    return negative === 0 ? 1 : numbers.every((one) => one <= 0) ? -1 : 0;
  }
  const e = formulaOf(value);
  if (e === undefined) return 1;
  try {
    const middle = mapExpression(plain(e, { has: () => false }), (part) =>
      part.kind === 'call' && isRandom(part.function)
        ? part.function === 'uniform' && part.arguments.length === 2
          ? binary('/', sum(itemAt(part.arguments, 0), itemAt(part.arguments, 1)), number(2))
          : part.function === 'lognormal'
            ? number(1)
            : part.arguments.length === 0
              ? number(part.function === 'normal' ? 0 : 0.5)
              : itemAt(part.arguments, 0)
        : part,
    );
    return valueAt(middle, () => 1) < 0 ? -1 : 1;
  } catch {
    return 1;
  }
}
