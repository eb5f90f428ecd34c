/**
 * Equations as text of NMODL. Numbers are in NEURON's units: mV, ms, cm, and mA for currents per area or nA for whole
 * ones, from which all others follow (S, mM, mA/cm2; uS, nF).
 */

import type { Expression } from '../../../src/lang/ast.js';
import { parseUnit } from '../../../src/lang/units.js';
import { NotExpressible } from '../../../src/library/not-expressible.js';

/** Units of numbers: powers of ten of the units of m, kg, s, A, K, mol and cd, and names of units in NMODL. */
export interface NeuronUnits {
  readonly powers: readonly number[];
  readonly names: ReadonlyMap<string, string>;
}

const unitsOf = (
  powers: readonly number[],
  names: readonly (readonly [unit: string, name: string])[],
): NeuronUnits => ({
  powers,
  names: new Map(
    [['V', 'mV'], ['s', 'ms'], ['1/s', '/ms'], ['1/V', '/mV'], ['mol/m**3', 'mM'], ['kelvin', 'degC'], ...names].map(
      ([unit, name]) => [parseUnit(unit ?? '').dimension.join(), name ?? ''],
    ),
  ),
});

/** Units of density mechanisms. */
export const densityUnits = unitsOf(
  [-2, -11, -3, -3, 0, -6, 0],
  [
    ['S/m**2', 'S/cm2'],
    ['A/m**2', 'mA/cm2'],
  ],
);

/** Units of point processes. */
export const pointUnits = unitsOf(
  [-2, -17, -3, -9, 0, -6, 0],
  [
    ['S', 'uS'],
    ['A', 'nA'],
  ],
);

/** Returns a number in SI as one in NEURON's units, by its decimal digits. */
export function inNeuronUnits(value: number, dimension: readonly number[], { powers } = densityUnits): number {
  const shift = dimension.reduce((sum, exponent, k) => sum - exponent * (powers[k] ?? 0), 0);
  const [digits = '', exponent = '0'] = String(value).split('e');
  return Number(`${digits}e${Number(exponent) + shift}`);
}

/** Returns the value that NEURON gives a parameter, of six digits. @source NEURON 9, nocmodl: parout.cpp */
export const sixDigits = (value: number): number => Number(value.toPrecision(6));

/** Returns a unit as a declaration of NMODL has it; an empty text for a number. */
export function unitText(unit: string, { names }: NeuronUnits): string {
  const name = names.get(parseUnit(unit).dimension.join());
  return name === undefined ? '' : ` (${name})`;
}

/** Functions of NMODL by their names in models. */
const functions: Readonly<Record<string, string>> = {
  ...Object.fromEntries(['exp', 'log', 'log10', 'sqrt', 'sin', 'cos', 'tanh'].map((name) => [name, name])),
  ...Object.fromEntries(
    ['tan', 'sinh', 'cosh', 'asin', 'acos', 'atan', 'atan2', 'floor', 'ceil'].map((name) => [name, name]),
  ),
  abs: 'fabs',
};

/** Functions that NMODL lacks, as blocks of a file. */
const helpers: Readonly<Record<string, string>> = {
  exprel:
    'FUNCTION exprel(x) {\n  if (fabs(x) < 1e-5) { exprel = 1 + x/2 + x*x/6 } else { exprel = (exp(x) - 1)/x }\n}',
  expm1:
    'FUNCTION expm1_of(x) {\n  if (fabs(x) < 1e-5) { expm1_of = x*(1 + x/2 + x*x/6) } else { expm1_of = exp(x) - 1 }\n}',
  min: 'FUNCTION min_of(a, b) {\n  if (a < b) { min_of = a } else { min_of = b }\n}',
  max: 'FUNCTION max_of(a, b) {\n  if (a > b) { max_of = a } else { max_of = b }\n}',
  clip: 'FUNCTION clip_of(x, low, high) {\n  clip_of = x\n  if (x < low) { clip_of = low }\n  if (x > high) { clip_of = high }\n}',
  sign: 'FUNCTION sign_of(x) {\n  sign_of = 0\n  if (x > 0) { sign_of = 1 }\n  if (x < 0) { sign_of = -1 }\n}',
};

/** Names of functions of the helpers. */
const helperName = (name: string): string => (name === 'exprel' ? name : `${name}_of`);

/** Names that functions of NMODL or of the helpers have. */
export const functionNames: readonly string[] = [...Object.values(functions), ...Object.keys(helpers).map(helperName)];

const operators: Readonly<Record<string, string>> = {
  ...Object.fromEntries(['+', '-', '*', '/', '<', '<=', '>', '>=', '==', '!='].map((name) => [name, name])),
  ...{ '**': '^', and: '&&', or: '||' },
};

/** Strength with which operators bind; stronger ones are higher. */
const strengths: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    [['||'], ['&&'], ['<', '<=', '>', '>=', '==', '!='], ['+', '-'], ['*', '/']].flatMap((all, k) =>
      all.map((one) => [one, k]),
    ),
  ),
  '^': 6,
};

/** Statements of a block, with the local variables that they need. */
export class NmodlBlock {
  readonly #lines: string[] = [];
  readonly #locals: string[] = [];

  /**
   * @param nameOf  returns the text of a name
   * @param used  takes the names of helpers that the text calls
   */
  constructor(
    private readonly nameOf: (name: string) => string,
    private readonly units: NeuronUnits,
    private readonly used: Set<string>,
  ) {}

  /** Returns an expression as text, after statements that choose between values. */
  text(e: Expression): string {
    return this.#within(e, -1);
  }

  /** Returns an expression as text, in parentheses if it binds more weakly than its surroundings. */
  #within(e: Expression, around: number): string {
    const of = (part: Expression): string => this.text(part);
    const enclosed = (text: string, strength: number): string => (strength < around ? `(${text})` : text);
    switch (e.kind) {
      case 'number':
        return e.value < 0 ? `(${e.value})` : String(e.value);
      case 'quantity': {
        const value = inNeuronUnits(e.value, e.dimension, this.units);
        return value < 0 ? `(${value})` : String(value);
      }
      case 'boolean':
        return e.value ? '1' : '0';
      case 'name':
        return this.nameOf(e.name);
      case 'unary':
        return e.operator === '+'
          ? of(e.operand)
          : `(${e.operator === 'not' ? '!' : '-'}${this.#within(e.operand, 6)})`;
      case 'binary': {
        const operator = operators[e.operator];
        if (operator === undefined) throw new NotExpressible(`the operator ${e.operator}, which NMODL lacks`);
        const strength = strengths[operator]!;
        // A quotient by one unit of time, such as 1/ms, is the number.
        if (operator === '/' && this.#isOne(e.right)) return this.#within(e.left, around);
        const [left, right] = [e.left, e.right].map((part, k) =>
          this.#within(part, strength + (operator === '^' || k === 1 ? 0.5 : 0)),
        );
        return enclosed(
          operator === '^' || operator === '*' || operator === '/'
            ? `${left}${operator}${right}`
            : `${left} ${operator} ${right}`,
          strength,
        );
      }
      case 'conditional': {
        const local = `chosen${this.#locals.length + 1}`;
        this.#locals.push(local);
        const [condition, whenTrue, whenFalse] = [e.condition, e.whenTrue, e.whenFalse].map(of);
        this.#lines.push(`if (${condition}) { ${local} = ${whenTrue} } else { ${local} = ${whenFalse} }`);
        return local;
      }
      case 'call':
        return `${this.#function(e.function)}(${e.arguments.map(of).join(', ')})`;
      default:
        return e satisfies never;
    }
  }

  #isOne = (e: Expression): boolean => e.kind === 'quantity' && inNeuronUnits(e.value, e.dimension, this.units) === 1;

  #function(name: string): string {
    const known = Object.hasOwn(functions, name) ? functions[name] : undefined;
    if (known !== undefined) return known;
    if (!Object.hasOwn(helpers, name)) throw new NotExpressible(`the function ${name}, which NMODL lacks`);
    this.used.add(name);
    return helperName(name);
  }

  assign(target: string, e: Expression, sign = ''): void {
    const text = this.#within(e, sign === '' ? -1 : 5);
    this.#lines.push(`${target} = ${sign}${text}`);
  }

  line(text: string): void {
    this.#lines.push(text);
  }

  /** Returns the block. */
  named(head: string): string {
    const locals = this.#locals.length > 0 ? [`LOCAL ${this.#locals.join(', ')}`] : [];
    return `${head} {\n${[...locals, ...this.#lines].map((line) => `  ${line}\n`).join('')}}`;
  }
}

/** Returns the blocks of helpers. */
export const helperBlocks = (used: ReadonlySet<string>): readonly string[] =>
  Object.entries(helpers).flatMap(([name, text]) => (used.has(name) ? [text] : []));
