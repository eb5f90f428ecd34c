/** Predefined functions and units of NESTML, and the values that they take. */

import { dimensionless, type Dimension, type Expression, type Span } from '../../src/lang/ast.js';
import { binary, call, integer, name as nameOf, number } from '../../src/lang/build.js';
import { isDimensionless, second } from '../../src/lang/dimension.js';
import { longUnitName, unitOf } from '../../src/lang/units.js';
import { mapExpression } from '../../src/lang/walk.js';
import { constantOf } from '../../src/library/recognise/numbers.js';
import { unitMarker } from './syntax.js';

/** A value: its expression in SI, its type and dimension. */
export interface Value {
  readonly e: Expression;
  readonly kind: 'real' | 'integer' | 'boolean';
  readonly dimension: Dimension;
  /** Whether the expression lacks a factor of 1/s, as spikes of a port do. */
  readonly isTrain?: true;
}

/** A type: its dimension, and NEST's unit of it, which numbers from outside count. */
export interface Type {
  readonly kind: Value['kind'];
  readonly dimension: Dimension;
  readonly unit: string;
}

/** Returns a number with a unit. */
export const real = (e: Expression, dimension: Dimension = dimensionless): Value => ({ e, kind: 'real', dimension });

/** Returns the canonical name of a unit, such as `mV`, `second` for `s`; undefined for an unknown one. */
export function canonicalUnit(text: string): string | undefined {
  return [text, longUnitName(text), text.toLowerCase()].find((one) => one !== undefined && unitOf(one));
}

/** Returns the value in SI of an expression of numbers and units; undefined for one with other names. */
export const numberOf = (e: Expression, isDeclared: (name: string) => boolean): number | undefined =>
  constantOf(
    mapExpression(e, (part) => {
      if (part.kind === 'call' && part.function === unitMarker)
        return binary('*', part.arguments[0] as Expression, part.arguments[1] as Expression);
      if (part.kind === 'name' && part.name === 'inf') return number(Infinity);
      const unit = part.kind === 'name' && !isDeclared(part.name) ? unitOf(canonicalUnit(part.name) ?? '') : undefined;
      return unit ? number(Number(unit.scale.numerator) / Number(unit.scale.denominator)) : part;
    }),
  );

/** What functions need of a translator. */
interface Translation {
  readonly names: () => readonly string[];
  as(value: Value, dimension: Dimension, span: Span): Value;
  modest(e: Expression): Expression;
}

/** A predefined function: the number of its arguments, and its value. */
interface Predefined {
  readonly takes: number;
  value(given: readonly Value[], translation: Translation, span: Span): Value;
}

/** Returns a function of pure numbers. */
const pure = (takes: number, make: (x: Expression, y: Expression) => Expression): Predefined => ({
  takes,
  value(given, translation, span) {
    const [x, y] = given.map((one) => translation.as(one, dimensionless, span).e) as [Expression, Expression];
    return real(translation.modest(make(x, y)));
  },
});

/** Returns a function whose value has the unit of its arguments. */
const keeping = (
  takes: number,
  make: (
    given: readonly [Expression, Expression],
    half: () => Expression,
    names: () => readonly string[],
  ) => Expression,
  keepsKind = false,
): Predefined => ({
  takes,
  value(given, translation, span) {
    const dimension = given.find((one) => !isDimensionless(one.dimension))?.dimension ?? dimensionless;
    const inUnit = (one: Value): Expression => translation.as(one, dimension, span).e;
    const own = given.map(inUnit) as [Expression, Expression];
    const e = make(own, () => inUnit(real(number(0.5))), translation.names);
    const isInteger = keepsKind && given.every(({ kind }) => kind === 'integer');
    return { ...real(translation.modest(e), dimension), kind: isInteger ? 'integer' : 'real' };
  },
});

/** Returns the smaller or the larger one of two values. An infinite bound is none. */
const extreme = (name: string, bound: number): Predefined =>
  keeping(
    2,
    (given, _, names) => {
      const k = given.findIndex((one) => numberOf(one, (own) => names().includes(own)) === bound);
      return k < 0 ? call(name, given) : (given[1 - k] as Expression);
    },
    true,
  );

/** Returns a function of a number that gives an integer. */
const whole = (dimension: Dimension, make: (x: Expression) => Expression): Predefined => ({
  takes: 1,
  value: ([x], translation, span) => ({
    e: make(translation.as(x as Value, dimension, span).e),
    kind: 'integer',
    dimension: dimensionless,
  }),
});

/** Predefined functions. @source nest/nestml, `pynestml/symbols/predefined_functions.py` */
export const predefined: ReadonlyMap<string, Predefined> = new Map<string, Predefined>([
  ...'exp expm1 log10 sin cos tan sinh cosh tanh erf'
    .split(' ')
    .map((name) => [name, pure(1, (x) => call(name, [x]))] as const),
  ['ln', pure(1, (x) => call('log', [x]))],
  ['erfc', pure(1, (x) => binary('-', integer(1), call('erf', [x])))],
  ['pow', pure(2, (x, y) => binary('**', x, y))],
  ...['abs', 'floor', 'ceil'].map((name) => [name, keeping(1, (x) => call(name, x), true)] as const),
  ['clip', keeping(3, (given) => call('clip', given), true)],
  ['min', extreme('min', Infinity)],
  ['max', extreme('max', -Infinity)],
  // C++ rounds halves away from zero.
  [
    'round',
    keeping(1, (x, half) => binary('*', call('sign', x), call('floor', [binary('+', call('abs', x), half())]))),
  ],
  ['random_normal', keeping(2, (given) => call('normal', given))],
  ['random_uniform', keeping(2, ([low, width]) => binary('+', low, binary('*', width, call('uniform', []))))],
  ['random_poisson', whole(dimensionless, (mean) => call('poisson', [mean]))],
  ['steps', whole(second, (time) => call('int', [call('round', [binary('/', time, nameOf('dt'))])]))],
]);

/** Functions that statements and equations may call. */
export const functionNames = [...predefined.keys(), 'resolution', 'timestep', 'convolve', 'delta'];
