/** Values of the canonical model in PyNN's units and forms. */

import { isGiven } from '../../../src/model/tagged.js';
import { numbersOf } from '../../../src/model/arrays.js';
import type { Expression } from '../../../src/lang/ast.js';
import { name as nameOf, number } from '../../../src/lang/build.js';
import { isDimensionless } from '../../../src/lang/dimension.js';
import { printExpression } from '../../../src/lang/print.js';
import { callsIn, childrenOf, mapExpression, namesIn } from '../../../src/lang/walk.js';
import { isRandom } from '../../../src/lang/functions.js';
import type { DataStore, DrawnValues, Value } from '../../../src/model/typed.js';
import { distributions } from '../../../src/library/pynn/distributions.js';
import { fold, tidy, valueAt } from '../../../src/library/recognise/numbers.js';
import { clippedNormal } from '../../../src/library/recognise/values.js';
import { inUnit, unitScaler } from '../../shared/in-unit.js';
import { functionNames } from '../formulas.js';
import type { Formula, Rng, Value as PynnValue } from '../specification.generated.js';
import { limitOf } from '../value-kinds.js';
import { freeName } from '../../../src/model/free-name.js';

/** The properties that distinguish NumpyRNGs. */
type NamedGenerator = Pick<DrawnValues, 'seed' | 'stream' | 'skip'>;

/** Generators that an export needs, by the name that it gives them. */
export class Generators {
  /** Generators as the document declares them, by name. */
  readonly rngs: Record<string, Rng> = {};

  /** Returns name of the NumpyRNG with a seed; streams of one seed are generators of their own. */
  numpy({ seed: text, stream = '', skip = 0 }: NamedGenerator): string {
    const seed = Number(text);
    const isOther = (rng: Rng | undefined): boolean =>
      rng !== undefined && (rng.seed !== seed || (rng.skip ?? 0) !== skip);
    const name = freeName(stream === '' ? `rng_${seed}` : stream, (one) =>
      isOther(Object.hasOwn(this.rngs, one) ? this.rngs[one] : undefined),
    );
    this.rngs[name] = { type: 'NumpyRNG', seed, ...(skip === 0 ? {} : { skip }) };
    return name;
  }

  /** Returns name of the simulator's own generator. */
  native(): string {
    this.rngs['native'] = { type: 'NativeRNG' };
    return 'native';
  }
}

/** The reason why a value cannot be expressed in PyNN. */
interface Missing {
  readonly missing: string;
}

/** Checks whether a value has no form in PyNN. */
export const isMissing = (value: unknown): value is Missing =>
  typeof value === 'object' && value !== null && 'missing' in value;

/** A connected pair: the indices of its cells. */
export type Pair = readonly [i: number, j: number];

/**
 * Variables that formulas of a value may read: the index of a cell, or the indices of a pair and its distance. PyNN
 * evaluates functions of indices for matrices only, so listed pairs have their values.
 */
export type FormulaOf = 'i' | 'ij' | readonly Pair[];

/** Returns a value in a unit in PyNN's form, or a text with the reason if PyNN has no form for it. */
export function pynnValue(
  value: Value,
  unit: string,
  data: DataStore,
  generators: Generators,
  of: FormulaOf = 'i',
): PynnValue | Missing {
  if (typeof value === 'number') return inUnit(value, unit);
  if (value.kind === 'expression') return expressionValue(fold(value.expression), unit, of);
  if (isGiven(value)) {
    const gaps = new Set(value.gaps === undefined ? [] : numbersOf(value.gaps, data));
    const scaled = unitScaler(unit);
    const numbers = numbersOf(value.array, data).map((number, place) => (gaps.has(place) ? null : scaled(number)));
    const { columns } = value;
    // A matrix has a row for each sender.
    return columns === undefined
      ? numbers
      : Array.from({ length: numbers.length / columns }, (_, row) => numbers.slice(row * columns, (row + 1) * columns));
  }
  return drawn(value, unit, generators);
}

/** Returns a draw by NumPy: its parameters are in the unit that it draws in, which must be PyNN's. */
function drawn(draw: DrawnValues, unit: string, generators: Generators): PynnValue | Missing {
  const known = distributions[draw.distribution];
  if (known === undefined) return { missing: `PyNN has no distribution ${draw.distribution}` };
  if (inUnit(1, unit) !== Number(`1e${-(draw.exponent10 ?? 0)}`))
    return { missing: `the distribution draws in a unit other than ${unit}` };
  return {
    random: draw.distribution,
    params: Object.fromEntries(known.parameters.map((name, k) => [name, limitOf(draw.arguments[k] ?? 0)])),
    // Draws seeded by the model itself have no generator in PyNN.
    ...(draw.seed === 'model' ? {} : { rng: generators.numpy(draw) }),
  };
}

const literal = (e: Expression | undefined): number | undefined => {
  if (e === undefined) return undefined;
  if (e.kind === 'number' || e.kind === 'quantity') return e.value;
  if (e.kind === 'unary' && e.operator === '-') {
    const inner = literal(e.operand);
    return inner === undefined ? undefined : -inner;
  }
  if (e.kind === 'name' && e.name === 'inf') return Infinity;
  // `inf*nA`
  const left = e.kind === 'binary' && e.operator === '*' ? literal(e.left) : undefined;
  return left !== undefined && !Number.isFinite(left) && e.kind === 'binary' && e.right.kind === 'quantity'
    ? left
    : undefined;
};

/** Whether a parameter of a distribution is in the unit of the value, by distribution. */
const inUnits: Readonly<Record<string, readonly boolean[]>> = {
  uniform: [true, true],
  normal: [true, true],
  exponential: [true],
  gamma: [false, true],
};

/** Distributions of pure numbers, which a unit is multiplied with. */
const pure: ReadonlySet<string> = new Set(['binomial', 'poisson', 'lognormal']);

function expressionValue(e: Expression, unit: string, of: FormulaOf): PynnValue | Missing {
  const known = literal(e);
  if (known !== undefined) return inUnit(known, unit);
  return (
    distributionValue(e, unit) ??
    distributionValue(withoutUnit(e, unit), '1') ??
    scaledLognormal(e, unit) ??
    formulaValue(e, unit, of)
  );
}

/** Returns `x` of `x*(0.001*s)` if the quantity is one of the unit; else the expression itself. */
function withoutUnit(e: Expression, unit: string): Expression {
  const one = e.kind === 'binary' && e.operator === '*' && e.right.kind === 'quantity' ? e.right.value : undefined;
  return e.kind === 'binary' && one !== undefined && inUnit(one, unit) === 1 ? e.left : e;
}

/** Returns `x*lognormal(mu, sigma)` as a draw with a shifted mean of the logarithm. */
function scaledLognormal(e: Expression, unit: string): PynnValue | undefined {
  const factor = e.kind === 'binary' && e.operator === '*' ? literal(e.left) : undefined;
  if (e.kind !== 'binary' || factor === undefined || e.right.kind !== 'call' || e.right.function !== 'lognormal')
    return undefined;
  const [mu, sigma] = e.right.arguments.map(literal);
  return mu === undefined || sigma === undefined
    ? undefined
    : { random: 'lognormal', params: { mu: mu + Math.log(inUnit(factor, unit)), sigma } };
}

/** Returns a draw of a distribution that PyNN has; undefined for other expressions. */
function distributionValue(e: Expression, unit: string): PynnValue | undefined {
  if (e.kind !== 'call') return undefined;
  const draw = (name: string, from: Expression, scaled: readonly boolean[]): PynnValue | undefined => {
    const numbers = from.kind === 'call' ? from.arguments.map(literal) : [];
    const names = distributions[name]?.parameters ?? [];
    if (numbers.length !== names.length || !numbers.every((number) => number !== undefined)) return undefined;
    return {
      random: name,
      params: Object.fromEntries(
        names.map((parameter, k) => [
          parameter,
          limitOf(scaled[k] === true ? inUnit(numbers[k] ?? 0, unit) : (numbers[k] ?? 0)),
        ]),
      ),
    };
  };
  const scaled = inUnits[e.function];
  if (scaled !== undefined) return draw(e.function, e, scaled);
  if (e.function === 'truncatedNormal') return draw('normal_clipped', e, [true, true, true, true]);
  if (unit === '1' && e.function === 'vonMises') return draw('vonmises', e, []);
  if (unit === '1' && pure.has(e.function)) return draw(e.function, e, []);
  const clipped = clippedNormal(e);
  if (clipped) {
    const { mean, deviation, low, high } = clipped;
    const values = [mean, deviation, low, high].map((value) => number(value));
    return draw('normal_clipped_to_boundary', { ...e, arguments: values }, [true, true, true, true]);
  }
  const [inner] = e.arguments;
  if (inner?.kind !== 'call') return undefined;
  if (unit === '1' && e.function === 'floor' && inner.function === 'uniform') return draw('uniform_int', inner, []);
  return undefined;
}

/** Returns an expression of indices, places or the distance, as numbers in SI scaled to the unit. */
function formulaValue(e: Expression, unit: string, of: FormulaOf): PynnValue | Missing {
  const bare = withoutUnit(e, unit);
  const written = bare === e ? withConstantsIn(e, unit) : bare;
  const formula = formulaOf(written ?? e, of === 'i' ? 'i' : 'ij');
  if (isMissing(formula)) return formula;
  const factor = written === undefined ? inUnit(1, unit) : 1;
  const { tree, of: kind } = formula;
  if (typeof of !== 'string' && kind === 'ij')
    return of.map(([i, j]) => tidy(valueAt(tree, (name) => ({ i, j, pi: Math.PI, e: Math.E })[name] ?? NaN) * factor));
  const expr = numpyText(tree);
  return { expr: factor === 1 ? expr : `(${expr})*${factor}`, of: kind };
}

/**
 * Returns `0.8 + 0.05*i`, in nA, for `8e-10*A + 5e-11*A*i`: an expression with its constants in a unit. Returns
 * undefined if a term has no constant. Recognised parameters are expressions of numbers in SI.
 */
function withConstantsIn(e: Expression, unit: string): Expression | undefined {
  switch (e.kind) {
    case 'quantity':
    case 'number':
      return number(inUnit(e.value, unit), e.span);
    case 'unary': {
      const operand = withConstantsIn(e.operand, unit);
      return e.operator === '-' && operand ? { ...e, operand } : undefined;
    }
    case 'conditional': {
      const [whenTrue, whenFalse] = [withConstantsIn(e.whenTrue, unit), withConstantsIn(e.whenFalse, unit)];
      return whenTrue && whenFalse ? { ...e, whenTrue, whenFalse } : undefined;
    }
    case 'binary': {
      const left = withConstantsIn(e.left, unit);
      if (e.operator === '/') return left && { ...e, left };
      const right = withConstantsIn(e.right, unit);
      if (e.operator === '+' || e.operator === '-') return left && right ? { ...e, left, right } : undefined;
      if (e.operator !== '*') return undefined;
      if (right && (!left || hasUnit(e.right))) return literal(right) === 1 ? e.left : { ...e, right };
      return left && (literal(left) === 1 ? e.right : { ...e, left });
    }
    default:
      return undefined;
  }
}

/** Checks whether an expression reads a constant with a unit. */
const hasUnit = (e: Expression): boolean =>
  e.kind === 'quantity' ? !isDimensionless(e.dimension) : childrenOf(e).some(hasUnit);

/** Variables that each kind of formula may read. */
const readable: Readonly<Record<NonNullable<Formula['of']>, readonly string[]>> = {
  d: ['d'],
  i: ['i'],
  ij: ['i', 'j'],
  xyz: ['x', 'y', 'z'],
  displacement: ['d[0]', 'd[1]', 'd[2]'],
};

/** An expression that PyNN evaluates; lengths are in um. */
interface FormulaTree {
  readonly tree: Expression;
  readonly of: NonNullable<Formula['of']>;
}

/** NumPy's names of functions, by ours. */
const numpy = new Map(Object.entries(functionNames).map(([theirs, ours]) => [ours, theirs]));

/** Returns an expression of cells or pairs as one that PyNN evaluates. */
function formulaOf(e: Expression, of: 'i' | 'ij'): FormulaTree | Missing {
  if (callsIn(e).some((call) => isRandom(call.function)))
    return { missing: 'PyNN draws single numbers of a distribution, not expressions of them' };
  const call = callsIn(e).find(
    (one) => !numpy.has(one.function) && !(one.function === 'int' && isTruth(one.arguments[0])),
  );
  if (call !== undefined) return { missing: `the function ${call.function}` };
  const plain = mapExpression(mapExpression(e, inMicrometres), (node): Expression => {
    if (node.kind === 'quantity') return number(node.value, node.span);
    // Python counts true as 1.
    if (node.kind === 'call' && node.function === 'int' && isTruth(node.arguments[0])) return node.arguments[0];
    return node.kind === 'conditional' && literal(node.whenTrue) === 1 && literal(node.whenFalse) === 0
      ? node.condition
      : node;
  });
  const names = [...namesIn(plain)].filter((name) => name !== 'pi' && name !== 'e');
  const usual = of === 'i' ? (['i', 'xyz'] as const) : (['ij', 'd', 'displacement'] as const);
  const kind = usual.find((one) => names.every((name) => readable[one].includes(name)));
  return kind === undefined ? { missing: `an expression of ${names.join(', ')}` } : { tree: plain, of: kind };
}

/** Returns an expression by NumPy's names of functions. */
const numpyText = (tree: Expression): string =>
  printExpression(
    mapExpression(tree, (node) =>
      node.kind === 'call' ? { ...node, function: numpy.get(node.function) ?? node.function } : node,
    ),
  );

/** Returns an expression of pairs in NumPy's notation; lengths are in um. */
export function formulaText(e: Expression): Required<Formula> | Missing {
  const formula = formulaOf(fold(e), 'ij');
  return isMissing(formula) ? formula : { expr: numpyText(formula.tree), of: formula.of };
}

/** Checks whether an expression is true or false. */
const isTruth = (e: Expression | undefined): e is Expression =>
  e !== undefined &&
  ((e.kind === 'binary' && ['<', '<=', '>', '>=', '==', '!=', 'and', 'or'].includes(e.operator)) ||
    (e.kind === 'unary' && e.operator === 'not'));

/** Lengths over 1 um as the names that PyNN's formulas have; other lengths as such a name times 1e-6. */
function inMicrometres(node: Expression): Expression {
  if (
    node.kind === 'binary' &&
    node.operator === '/' &&
    node.right.kind === 'quantity' &&
    inUnit(node.right.value, 'um') === 1
  ) {
    const name = lengthName(node.left);
    if (name !== undefined) return nameOf(name, node.span);
  }
  return node;
}

/** Returns PyNN's name of a length: the distance, a coordinate, or a component of the displacement. */
function lengthName(e: Expression): string | undefined {
  if (e.kind === 'name') return e.name === 'distance' ? 'd' : ['x', 'y', 'z'].includes(e.name) ? e.name : undefined;
  if (e.kind !== 'binary' || e.operator !== '-' || e.left.kind !== 'name' || e.right.kind !== 'name') return undefined;
  const [target, source] = [e.left.name, e.right.name];
  const axis = ['x', 'y', 'z'].findIndex((one) => target === `post.${one}` && source === `pre.${one}`);
  return axis < 0 ? undefined : `d[${axis}]`;
}
