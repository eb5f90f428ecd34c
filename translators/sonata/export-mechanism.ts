/**
 * Mechanisms of cells with a shape as files of NMODL, with the same equations. Numbers are in NEURON's units: mV, ms,
 * cm and mA, from which all others follow (S, mM, mA/cm2).
 */

import type { Expression } from '../../src/lang/ast.js';
import { constants } from '../../src/lang/functions.js';
import { dependencyOrder } from '../../src/lang/graph.js';
import { linearRate } from '../../src/lang/linear.js';
import { parseUnit } from '../../src/lang/units.js';
import { namesIn, substitute } from '../../src/lang/walk.js';
import { NotExpressible } from '../../src/library/not-expressible.js';
import { formulaOf, type Mechanism } from '../../src/model/typed.js';

/** Powers of ten of NEURON's units of the SI base units m, kg, s, A, K, mol and cd. */
const powers: readonly number[] = [-2, -11, -3, -3, 0, -6, 0];

/** Returns a number in SI as one in NEURON's units, by its decimal digits. */
export function inNeuronUnits(value: number, dimension: readonly number[]): number {
  const shift = dimension.reduce((sum, exponent, k) => sum - exponent * (powers[k] ?? 0), 0);
  const [digits = '', exponent = '0'] = String(value).split('e');
  return Number(`${digits}e${Number(exponent) + shift}`);
}

/** Names of units in NMODL, by the units of a model. */
const units: readonly (readonly [unit: string, name: string])[] = [
  ['V', 'mV'],
  ['s', 'ms'],
  ['S/m**2', 'S/cm2'],
  ['A/m**2', 'mA/cm2'],
  ['1/s', '/ms'],
  ['1/V', '/mV'],
  ['mol/m**3', 'mM'],
];

const namesByDimension = new Map(units.map(([unit, name]) => [parseUnit(unit).dimension.join(), name]));

/** Returns a unit as a declaration of NMODL has it; an empty text for a number. */
function unitText(unit: string): string {
  const name = namesByDimension.get(parseUnit(unit).dimension.join());
  return name === undefined ? '' : ` (${name})`;
}

/** Functions of NMODL by their names in models. */
const functions: Readonly<Record<string, string>> = {
  ...Object.fromEntries(['exp', 'log', 'log10', 'sqrt', 'sin', 'cos', 'tanh'].map((name) => [name, name])),
  abs: 'fabs',
};

const operators: Readonly<Record<string, string>> = {
  ...Object.fromEntries(['+', '-', '*', '/', '<', '<=', '>', '>=', '==', '!='].map((name) => [name, name])),
  ...{ '**': '^', and: '&&', or: '||' },
};

/** Names that NMODL or NEURON has for other things. */
const reserved = new Set(['v', 't', 'dt', 'celsius', 'area', 'diam', 'L', 'Ra', 'cm', 'states', 'rates', 'e', 'i']);

/** Names of mechanisms that are in NEURON itself. */
const builtIn = new Set(['hh', 'pas', 'fastpas', 'extracellular', 'capacitance', 'morphology']);

/** A mechanism in a file. */
export interface WrittenMechanism {
  /** Its name in NEURON. */
  readonly suffix: string;
  readonly text: string;
  /** Names of its parameters there, by their names in the model. */
  readonly parameters: ReadonlyMap<string, string>;
  /** Ions whose reversal potential it reads. */
  readonly reversals: readonly string[];
}

/** Statements of a block, with the local variables that they need. */
class Block {
  readonly #lines: string[] = [];
  readonly #locals: string[] = [];

  constructor(private readonly nameOf: (name: string) => string) {}

  /** Returns an expression as text, after statements that choose between values. */
  text(e: Expression): string {
    const of = (part: Expression): string => this.text(part);
    switch (e.kind) {
      case 'number':
        return e.value < 0 ? `(${e.value})` : String(e.value);
      case 'quantity': {
        const value = inNeuronUnits(e.value, e.dimension);
        return value < 0 ? `(${value})` : String(value);
      }
      case 'boolean':
        return e.value ? '1' : '0';
      case 'name':
        return this.nameOf(e.name);
      case 'unary':
        return e.operator === '+' ? of(e.operand) : `(${e.operator === 'not' ? '!' : '-'}${of(e.operand)})`;
      case 'binary': {
        const operator = operators[e.operator];
        if (operator === undefined) throw new NotExpressible(`the operator ${e.operator}, which NMODL lacks`);
        return `(${of(e.left)} ${operator} ${of(e.right)})`;
      }
      case 'conditional': {
        const local = `chosen${this.#locals.length + 1}`;
        this.#locals.push(local);
        const [condition, whenTrue, whenFalse] = [e.condition, e.whenTrue, e.whenFalse].map(of);
        this.#lines.push(`IF (${condition}) { ${local} = ${whenTrue} } ELSE { ${local} = ${whenFalse} }`);
        return local;
      }
      case 'call': {
        const name = functions[e.function];
        if (name === undefined) throw new NotExpressible(`the function ${e.function}, which NMODL lacks`);
        return `${name}(${e.arguments.map(of).join(', ')})`;
      }
      default:
        return e satisfies never;
    }
  }

  assign(target: string, e: Expression, sign = ''): void {
    const text = this.text(e);
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

/**
 * Returns a mechanism as a file.
 *
 * @param files  texts of other mechanisms by their names in NEURON
 * @throws NotExpressible for pools, kinetic schemes, events, noise, and values of the place other than potentials
 */
export function writtenMechanism(
  name: string,
  mechanism: Mechanism,
  files: ReadonlyMap<string, string>,
): WrittenMechanism {
  const { parameters, state, derived, derivatives, writes, reads } = mechanism;
  const fail = (what: string): never => {
    throw new NotExpressible(`the mechanism ${name}: ${what}`);
  };
  if (!mechanism.density) fail('currents of whole compartments');
  if (mechanism.noise.length > 0 || Object.keys(mechanism.events ?? {}).length > 0) fail('noise or events');
  if ((mechanism.scheme ?? []).length > 0) fail('a kinetic scheme');
  const written = Object.keys(writes);
  const other = written.find((one) => !/^i(_\w+)?$/.test(one));
  if (other !== undefined) fail(`a change of ${other}`);
  const own = [...Object.keys(parameters), ...Object.keys(state), ...Object.keys(derived)];
  const ions = [...reads, ...written].flatMap((one) => /^[ei]_(\w+)$/.exec(one)?.[1] ?? []);
  const ionNames = [...new Set(ions)].flatMap((ion) => [`e${ion}`, `i${ion}`]);
  const names = new Map<string, string>();
  const used = new Set([...reserved, ...ionNames]);
  for (const one of own) {
    let free = one === 'e' || one === 'i' ? `${one}_own` : one;
    while (used.has(free)) free = `${free}_own`;
    used.add(free);
    names.set(one, free);
  }
  const nameOf = (one: string): string => {
    const known = names.get(one);
    if (known !== undefined) return known;
    if (one === 'v') return 'v';
    if (one === 'temperature') return '(celsius + 273.15)';
    const [, ion] = /^e_(\w+)$/.exec(one) ?? [];
    if (ion !== undefined) return `e${ion}`;
    const constant = constants.get(one);
    return constant === undefined ? fail(`values of ${one}`) : String(constant);
  };
  const states = Object.keys(derivatives);
  const constantStates = Object.keys(state).filter((one) => !states.includes(one));
  if (constantStates.length > 0) fail(`the state ${constantStates.join()}, which does not change`);
  // Derived variables in order; those that depend on states are put in the place of their names in rates.
  const order = dependencyOrder(Object.keys(derived), (one) =>
    [...namesIn(derived[one]!.value)].filter((inner) => Object.hasOwn(derived, inner)),
  );
  const moving = new Map<string, Expression>();
  for (const one of order) {
    const value = substitute(derived[one]!.value, moving);
    if (states.some((each) => namesIn(value).has(each))) moving.set(one, value);
  }
  const block = (): Block => new Block(nameOf);
  const rates = block();
  for (const one of order) if (!moving.has(one)) rates.assign(nameOf(one), derived[one]!.value);
  const step = block();
  step.line('rates(v)');
  for (const one of states) {
    const rate = substitute(derivatives[one]!.rate, moving);
    const others = states.filter((each) => each !== one && namesIn(rate).has(each));
    if (others.length > 0 || !linearRate(rate, [one])) fail(`the state ${one}, which does not decay by itself`);
    step.assign(`${nameOf(one)}'`, rate);
  }
  const initial = block();
  initial.line('rates(v)');
  for (const one of states) {
    const value = state[one]!.initial;
    const e = formulaOf(value);
    if (e) initial.assign(nameOf(one), substitute(e, moving));
    else if (typeof value === 'number') {
      const { dimension } = parseUnit(state[one]!.unit);
      initial.line(`${nameOf(one)} = ${inNeuronUnits(value, dimension)}`);
    } else fail(`first values of ${one}`);
  }
  const currents = block();
  if (states.length > 0) currents.line('SOLVE states METHOD cnexp');
  currents.line('rates(v)');
  const currentName = (one: string): string => one.replace('_', '');
  for (const [one, e] of Object.entries(writes)) currents.assign(currentName(one), substitute(e, moving), '-');
  const reversals = reads.flatMap((one) => /^e_(\w+)$/.exec(one)?.[1] ?? []);
  const unknown = reads.find((one) => one !== 'v' && one !== 'temperature' && !/^e_\w+$/.test(one));
  if (unknown !== undefined) fail(`values of ${unknown}`);
  const ionLines = [...new Set(ions)].map((ion) => {
    const read = reversals.includes(ion) ? ` READ e${ion}` : '';
    return `  USEION ${ion}${read}${written.includes(`i_${ion}`) ? ` WRITE i${ion}` : ''}\n`;
  });
  const declared = (one: string, unit: string): string => `  ${nameOf(one)}${unitText(unit)}\n`;
  const fixed = order.filter((one) => !moving.has(one));
  const range = Object.keys(parameters).map(nameOf);
  const textOf = (suffix: string): string =>
    [
      `NEURON {\n  SUFFIX ${suffix}\n${ionLines.join('')}${written.includes('i') ? '  NONSPECIFIC_CURRENT i\n' : ''}${
        range.length > 0 ? `  RANGE ${range.join(', ')}\n` : ''
      }}`,
      'UNITS {\n  (mV) = (millivolt)\n  (mA) = (milliamp)\n  (S) = (siemens)\n  (mM) = (milli/liter)\n}',
      `PARAMETER {\n${Object.entries(parameters)
        .map(([one, { unit, value }]) => {
          const number = typeof value === 'number' ? inNeuronUnits(value, parseUnit(unit).dimension) : 0;
          return `  ${nameOf(one)} = ${number}${unitText(unit)}\n`;
        })
        .join('')}}`,
      `ASSIGNED {\n  v (mV)\n  celsius (degC)\n${[...new Set(ions)]
        .map(
          (ion) =>
            `${reversals.includes(ion) ? `  e${ion} (mV)\n` : ''}${written.includes(`i_${ion}`) ? `  i${ion} (mA/cm2)\n` : ''}`,
        )
        .join(
          '',
        )}${written.includes('i') ? '  i (mA/cm2)\n' : ''}${fixed.map((one) => declared(one, derived[one]!.unit)).join('')}}`,
      ...(states.length > 0
        ? [`STATE {\n${states.map((one) => declared(one, state[one]!.unit)).join('')}}`, initial.named('INITIAL')]
        : []),
      currents.named('BREAKPOINT'),
      ...(states.length > 0 ? [step.named('DERIVATIVE states')] : []),
      `${rates.named('PROCEDURE rates(v (mV))')}\n`,
    ].join('\n\n');
  let suffix = name;
  for (let k = 2; builtIn.has(suffix) || (files.get(suffix) ?? textOf(suffix)) !== textOf(suffix); k++)
    suffix = `${name}_${k}`;
  return {
    suffix,
    text: textOf(suffix),
    parameters: new Map(Object.keys(parameters).map((one) => [one, nameOf(one)])),
    reversals,
  };
}
