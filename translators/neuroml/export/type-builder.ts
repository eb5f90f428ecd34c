/**
 * A component type in the making, and the expressions in it. LEMS has no choice within an expression: where a value is derived, a choice becomes a
 * variable of its own with cases; in statements and conditions, which see variables that were just updated, it becomes a sum in which the
 * branch that is not taken has the factor zero.
 */

import type { Dimension, Expression, Statement } from '../../../src/lang/ast.js';
import { dimensionless } from '../../../src/lang/ast.js';
import { binary, call, conditional, name as nameOf, number, quantity } from '../../../src/lang/build.js';
import { inferType, scopeOf, type Inferred } from '../../../src/lang/check.js';
import { powerDimension } from '../../../src/lang/dimension.js';
import { foldConstants } from '../../../src/lang/fold.js';
import { constants } from '../../../src/lang/functions.js';
import { parseExpression, parseStatements } from '../../../src/lang/parse.js';
import { mapExpression, mapStatement } from '../../../src/lang/walk.js';
import { numberText, quantityText, type Dimensions, isPure } from './dimensions.js';
import { element, type Element } from './xml-text.js';

/** LEMS has no words for something; the message says for what. */
export class NotExpressible extends Error {}

/** Where an expression stands. */
type Place = 'derived' | 'statement';

interface DerivedEntry {
  readonly name: string;
  readonly element: Element;
  readonly conditional: boolean;
}

/** Words of LEMS's expressions, and its time. */
const reserved = [
  't',
  'sin',
  'cos',
  'tan',
  'sinh',
  'cosh',
  'tanh',
  'exp',
  'sqrt',
  'ceil',
  'ln',
  'log',
  'abs',
  'factorial',
  'random',
  'H',
  'sum',
  'product',
  'index',
];

const plain: Readonly<Record<string, string>> = {
  exp: 'exp',
  log: 'ln',
  sin: 'sin',
  cos: 'cos',
  tan: 'tan',
  sinh: 'sinh',
  cosh: 'cosh',
  tanh: 'tanh',
};

/** How a type tells time: `start` of a step, as the timings of other notations have it, or the end, as LEMS does. */
export interface Clock {
  readonly reads: 'start' | 'end';
  /** Seconds. */
  readonly dt: number;
}

/** A function of time, and perhaps of the element, that is constant in between. */
export interface StepFunction {
  /** Seconds for each value. */
  readonly dt: number;
  readonly dimension: Dimension;
  /** Values in SI over time, for each element where there are several; the last element's hold for those beyond. */
  readonly rows: readonly ArrayLike<number>[];
}
export type TableLookup = (name: string) => StepFunction | undefined;

/** Longer tables would make each step slow. */
const longestTable = 2000;

/** Collects the parts of one component type. */
export class TypeBuilder {
  readonly #symbols = new Map<string, Inferred>();
  readonly #names = new Map<string, string>();
  readonly #taken = new Set(reserved);
  readonly #constants = new Map<string, Element>();
  readonly #derived: DerivedEntry[] = [];
  readonly #choices = new Map<string, string>();
  readonly #stale = new Set<string>();
  readonly parameters: Element[] = [];
  readonly properties: Element[] = [];
  readonly requirements: Element[] = [];
  readonly exposures: Element[] = [];
  readonly ports: Element[] = [];
  readonly attachments: Element[] = [];
  /** Other members. */
  readonly parts: Element[] = [];
  readonly states: Element[] = [];
  readonly selected: Element[] = [];
  readonly rates: Element[] = [];
  readonly starts: Element[] = [];
  readonly conditions: Element[] = [];
  readonly handlers: Element[] = [];
  readonly regimes: Element[] = [];
  /** What names mean that are no variables of the type. */
  readonly aliases = new Map<string, Expression>();
  /** Definitions put in the place of derived variables in conditions and statements. */
  readonly inlined = new Map<string, Expression>();

  constructor(
    readonly dimensions: Dimensions,
    readonly clock: Clock,
    private readonly tables: TableLookup = () => undefined,
  ) {}

  /** A name of the model's that this type has; the name that it has here. */
  declare(name: string, dimension: Dimension, wanted = name): string {
    const lems = this.free(wanted.replace(/\W/g, '_'));
    this.#names.set(name, lems);
    this.#symbols.set(name, { type: 'real', dimension });
    return lems;
  }

  /** A name that nothing here has. */
  free(wanted: string): string {
    let name = wanted;
    for (let k = 2; this.#taken.has(name); k++) name = `${wanted}_${k}`;
    this.#taken.add(name);
    return name;
  }

  has(name: string): boolean {
    return this.#names.has(name);
  }

  nameOf(name: string): string {
    return this.#names.get(name) ?? name;
  }

  dimensionOf(name: string): Dimension {
    return this.#symbols.get(name)?.dimension ?? dimensionless;
  }

  parse(text: string): Expression {
    return foldConstants(parseExpression(text), undefined, (name) => this.#names.has(name));
  }

  statements(texts: readonly string[]): readonly Statement[] {
    return texts.flatMap((text) =>
      parseStatements(text).map((statement) =>
        mapStatement(statement, (e) => foldConstants(e, undefined, (name) => this.#names.has(name))),
      ),
    );
  }

  // --- Parts --------------------------------------------------------------------------------------------------------

  parameter(name: string, dimension: Dimension): string {
    const lems = this.declare(name, dimension);
    this.parameters.push(element('Parameter', { name: lems, dimension: this.dimensions.nameOf(dimension) }));
    return lems;
  }

  requirement(name: string, dimension: Dimension, wanted = name): string {
    const lems = this.declare(name, dimension, wanted);
    this.requirements.push(element('Requirement', { name: lems, dimension: this.dimensions.nameOf(dimension) }));
    return lems;
  }

  state(name: string, dimension: Dimension, exposed = true): string {
    const lems = this.declare(name, dimension);
    const attributes = { name: lems, dimension: this.dimensions.nameOf(dimension) };
    if (exposed) this.exposures.push(element('Exposure', attributes));
    this.states.push(element('StateVariable', exposed ? { ...attributes, exposure: lems } : attributes));
    return lems;
  }

  select(name: string, dimension: Dimension, path: string, reduce: string): string {
    const lems = this.declare(name, dimension);
    this.selected.push(element('DerivedVariable', { name: lems, dimension: this.dimensions.nameOf(dimension), select: path, reduce }));
    return lems;
  }

  /** A variable of the instance at the other end of a tunnel. */
  peer(name: string, dimension: Dimension, wanted: string): string {
    const lems = this.declare(name, dimension, `peer_${wanted}`);
    this.selected.push(element('DerivedVariable', { name: lems, dimension: this.dimensions.nameOf(dimension), select: `peer/${wanted}` }));
    return lems;
  }

  /** A constant of half a step. */
  get halfStep(): string {
    return this.#constant('HALF_STEP', time, this.clock.dt / 2);
  }

  /** A variable computed in each step; declared before. */
  derive(lems: string, dimension: Dimension, value: Expression, exposure?: string): void {
    const cases = this.#cases(value);
    const attributes = { name: lems, dimension: this.dimensions.nameOf(dimension), ...(exposure === undefined ? {} : { exposure }) };
    // What LEMS computes by cases comes after all other derived variables, so that what reads it must be one of that kind.
    const texts = cases.map(({ condition, value: text }) => `${condition ?? ''} ${text}`).join(' ');
    const byCases = cases.length > 1 || (texts.match(/[A-Za-z_]\w*/g) ?? []).some((word) => this.#stale.has(word));
    const [only] = cases;
    if (!byCases && only) {
      this.#derived.push({ name: lems, element: element('DerivedVariable', { ...attributes, value: only.value }), conditional: false });
      return;
    }
    this.#stale.add(lems);
    const inner = cases.map(({ condition, value: text }) =>
      element('Case', condition === undefined ? { value: text } : { condition, value: text }),
    );
    this.#derived.push({ name: lems, element: element('ConditionalDerivedVariable', attributes, inner), conditional: true });
  }

  #cases(value: Expression): readonly { readonly condition?: string; readonly value: string }[] {
    if (value.kind !== 'conditional') return [{ value: this.text(value, 'derived') }];
    return [
      { condition: this.condition(value.condition, 'derived'), value: this.text(value.whenTrue, 'derived') },
      ...this.#cases(value.whenFalse),
    ];
  }

  rate(name: string, value: Expression): Element {
    return element('TimeDerivative', { variable: this.nameOf(name), value: this.text(value, 'derived') });
  }

  assign(lems: string, value: string): Element {
    return element('StateAssignment', { variable: lems, value });
  }

  /** A statement on a variable of this type. */
  assignment(statement: Statement): Element {
    if (statement.kind === 'send') throw new NotExpressible('values that are sent with a delay of their own');
    const { target, operator, value } = statement;
    // A value that only the statements after it read is a variable like others in LEMS.
    if (!this.#names.has(target) && operator === '=' && !target.includes('.')) this.state(target, this.infer(value), false);
    if (!this.#names.has(target)) throw new NotExpressible(`an assignment to ${target}`);
    const result = operator === '=' ? value : binary(operatorOf(operator), nameOf(target), value);
    return this.assign(this.nameOf(target), this.text(this.inline(result), 'statement'));
  }

  /** A constant with the value 1 in a dimension. */
  one(dimension: Dimension): string {
    const label = this.dimensions.nameOf(dimension);
    return this.#constant(`ONE_${label}`, dimension, 1);
  }

  #constant(key: string, dimension: Dimension, value: number): string {
    const known = this.#constants.get(key);
    if (known) return known.attributes['name'] ?? key;
    const name = this.free(key);
    const made = { name, dimension: this.dimensions.nameOf(dimension), value: quantityText(value, dimension, this.dimensions) };
    this.#constants.set(key, element('Constant', made));
    return name;
  }

  /** Definitions in the place of derived variables, so that updated variables are seen. */
  inline(e: Expression): Expression {
    if (this.inlined.size === 0) return e;
    return mapExpression(e, (part) => (part.kind === 'name' ? (this.inlined.get(part.name) ?? part) : part));
  }

  /** The type as an element. */
  build(name: string, base: string, description: string): Element {
    const { states, selected, rates, starts, conditions, handlers, regimes } = this;
    const derived = [...this.#derived.filter((entry) => !entry.conditional), ...this.#derived.filter((entry) => entry.conditional)];
    const dynamics = [
      ...states,
      ...selected,
      ...derived.map((entry) => entry.element),
      ...rates,
      ...(starts.length > 0 ? [element('OnStart', {}, starts)] : []),
      ...conditions,
      ...handlers,
      ...regimes,
    ];
    return element('ComponentType', { name, extends: base, description }, [
      ...this.properties,
      ...this.parameters,
      ...this.#constants.values(),
      ...this.requirements,
      ...this.exposures,
      ...this.ports,
      ...this.attachments,
      ...this.parts,
      ...(dynamics.length > 0 ? [element('Dynamics', {}, dynamics)] : []),
    ]);
  }

  // --- Expressions --------------------------------------------------------------------------------------------------

  infer(written: Expression): Dimension {
    const e = mapExpression(written, (part) => {
      const table = part.kind === 'call' ? this.tables(part.function) : undefined;
      const alias = part.kind === 'name' ? this.aliases.get(part.name) : undefined;
      return table ? quantity(1, table.dimension) : (alias ?? part);
    });
    const scope = scopeOf(new Map([...this.#symbols, ...alwaysKnown]));
    return inferType(e, scope, () => undefined)?.dimension ?? dimensionless;
  }

  /** @throws NotExpressible */
  text(e: Expression, place: Place): string {
    switch (e.kind) {
      case 'number':
        return signed(e.value);
      case 'quantity':
        if (e.value === 0) return '0';
        if (isPure(e.dimension)) return signed(e.value);
        return e.value === 1 ? this.one(e.dimension) : `(${signed(e.value)} * ${this.one(e.dimension)})`;
      case 'boolean':
        return e.value ? '1' : '0';
      case 'name': {
        const alias = this.aliases.get(e.name);
        return alias ? this.text(alias, place) : this.#nameText(e.name);
      }
      case 'unary':
        if (e.operator === 'not') return this.#choice(e.operand, number(0), number(1), place);
        return e.operator === '-' ? `(0 - ${this.text(e.operand, place)})` : this.text(e.operand, place);
      case 'binary':
        return this.#binaryText(e, place);
      case 'conditional':
        return this.#choice(e.condition, e.whenTrue, e.whenFalse, place);
      case 'call':
        return this.#callText(e.function, e.arguments, place);
      default:
        return e satisfies never;
    }
  }

  #nameText(name: string): string {
    const own = this.#names.get(name);
    if (own !== undefined) return own;
    if (name === endOfStep) return 't';
    if (name === 't' || name === ownTime)
      return this.clock.reads === 'end' ? 't' : `(t - ${this.#constant('STEP', time, this.clock.dt * almostOne)})`;
    if (name === 'dt') return this.#constant('DT', time, this.clock.dt);
    if (name === 't_in_timesteps') return this.text(call('timestep', [nameOf('t'), nameOf('dt')]), 'statement');
    const constant = constants.get(name);
    if (constant !== undefined) return numberText(constant);
    throw new NotExpressible(`the name ${name}`);
  }

  #binaryText(e: Extract<Expression, { kind: 'binary' }>, place: Place): string {
    const { left, right } = e;
    switch (e.operator) {
      case '+':
      case '-':
      case '*':
      case '/':
        return `(${this.text(left, place)} ${e.operator} ${this.text(right, place)})`;
      case '**':
        return this.#power(left, right, place);
      case '//':
        return this.text(call('floor', [binary('/', left, right)]), place);
      case '%':
        return this.text(binary('-', left, binary('*', right, call('floor', [binary('/', left, right)]))), place);
      default:
        return this.#choice(e, number(1), number(0), place);
    }
  }

  #power(base: Expression, exponent: Expression, place: Place): string {
    const dimension = this.infer(base);
    if (isPure(dimension)) return `((${this.text(base, place)})^(${this.text(exponent, place)}))`;
    const power =
      exponent.kind === 'unary' && exponent.operator === '-' && exponent.operand.kind === 'number'
        ? -exponent.operand.value
        : exponent.kind === 'number'
          ? exponent.value
          : NaN;
    if (!Number.isInteger(power) || power === 0 || Math.abs(power) > 8)
      throw new NotExpressible(`a value with a dimension to the power of ${String(power)}`);
    const factor = this.text(base, place);
    const repeated = Array.from({ length: Math.abs(power) }, () => factor).join(' * ');
    return power > 0 ? `(${repeated})` : `(1 / (${repeated}))`;
  }

  /** A table as a variable of its own with a case for each value. */
  #tableText({ dt, dimension, rows }: StepFunction, given: readonly Expression[]): string {
    const [at = nameOf('t'), element = number(0)] = given;
    if (rows.reduce((sum, row) => sum + row.length, 0) > longestTable)
      throw new NotExpressible(`a table of more than ${longestTable} values`);
    const over = (row: ArrayLike<number>): Expression => {
      const last = row.length - 1;
      let chain: Expression = quantity(row[last] ?? 0, dimension);
      for (let k = last - 1; k >= 0; k--)
        if (row[k] !== row[k + 1])
          chain = conditional(binary('<', at, quantity((k + 1) * dt, time)), quantity(row[k] ?? 0, dimension), chain);
      return chain;
    };
    const chains = rows.map(over);
    const whole = chains.reduceRight((rest, chain, k) => conditional(binary('<', element, number(k + 0.5)), chain, rest));
    return this.#asVariable(whole, dimension);
  }

  /** A derived variable with the value of an expression; each expression is one variable. */
  #asVariable(value: Expression, dimension: Dimension): string {
    const key = JSON.stringify(value, (field, inner: unknown) => (field === 'span' ? undefined : inner));
    const known = this.#choices.get(key);
    if (known !== undefined) return known;
    const name = this.free('choice');
    this.#choices.set(key, name);
    this.derive(name, dimension, value);
    return name;
  }

  #callText(name: string, given: readonly Expression[], place: Place): string {
    const table = this.tables(name);
    if (table) return this.#tableText(table, given);
    const [x = number(0), y = number(0), z = number(0)] = given;
    const text = (e: Expression): string => this.text(e, place);
    const direct = plain[name];
    if (direct !== undefined) return `${direct}(${text(x)})`;
    const dimension = this.infer(x);
    const bare = isPure(dimension) ? text(x) : `${text(x)} / ${this.one(dimension)}`;
    const back = (value: string): string => (isPure(dimension) ? value : `(${value} * ${this.one(dimension)})`);
    switch (name) {
      case 'abs':
        return back(`abs(${bare})`);
      case 'ceil':
        return back(`ceil(${bare})`);
      case 'floor':
        return back(`(0 - ceil(0 - (${bare})))`);
      case 'round':
        return back(`ceil((${bare}) - 0.5)`);
      case 'sqrt': {
        const root = powerDimension(dimension, 0.5);
        return isPure(dimension) ? `sqrt(${bare})` : `(sqrt(${bare}) * ${this.one(root)})`;
      }
      case 'expm1':
        return `(exp(${text(x)}) - 1)`;
      case 'log1p':
        return `ln(1 + ${text(x)})`;
      case 'log10':
        return `(ln(${text(x)}) / 2.302585092994046)`;
      case 'log2':
        return `(ln(${text(x)}) / 0.6931471805599453)`;
      case 'exprel': {
        const series = binary('+', number(1), binary('/', x, number(2)));
        const near = binary('<', call('abs', [x]), number(1e-8));
        return this.#choice(
          near,
          series,
          binary(
            '/',
            binary('-', call('exp', [x]), number(1)),
            place === 'derived' ? x : binary('+', x, binary('*', number(1e-300), number(1))),
          ),
          place,
        );
      }
      case 'sign':
        return this.#sign(bare);
      case 'min':
        return this.#choice(binary('<', x, y), x, y, place);
      case 'max':
        return this.#choice(binary('>', x, y), x, y, place);
      case 'clip':
        return text(call('min', [call('max', [x, y]), z]));
      case 'int':
        return this.#isCondition(x)
          ? this.#choice(x, number(1), number(0), place)
          : this.#choice(binary('>', x, number(0)), call('floor', [x]), call('ceil', [x]), place);
      case 'timestep':
        return text(call('floor', [binary('+', binary('/', x, y), number(1e-3))]));
      case 'uniform':
        return given.length === 0 ? 'random(1)' : `(${text(x)} + random(1) * (${text(y)} - ${text(x)}))`;
      case 'exponential':
        return `(0 - ${text(x)} * ln(random(1)))`;
      case 'normal': {
        const draw = '(sqrt(0 - 2 * ln(random(1))) * cos(6.283185307179586 * random(1)))';
        return given.length === 0 ? draw : `(${text(x)} + ${text(y)} * ${draw})`;
      }
      default:
        throw new NotExpressible(`the function ${name}`);
    }
  }

  /** An expression as the number that it is in SI. */
  bare(e: Expression): Expression {
    return mapExpression(e, (part) => {
      if (part.kind === 'quantity') return number(part.value);
      const dimension = part.kind === 'name' ? this.#symbols.get(part.name)?.dimension : undefined;
      return dimension && !isPure(dimension) ? binary('/', part, quantity(1, dimension)) : part;
    });
  }

  #isCondition(e: Expression): boolean {
    return (e.kind === 'binary' && logical.has(e.operator)) || (e.kind === 'unary' && e.operator === 'not') || e.kind === 'boolean';
  }

  /** -1, 0 or 1: LEMS's step function is a half at zero. */
  #sign(bare: string): string {
    return `(2 * H(${bare}) - 1)`;
  }

  #choice(condition: Expression, whenTrue: Expression, whenFalse: Expression, place: Place): string {
    if (place === 'derived') {
      const whole = conditional(condition, whenTrue, whenFalse);
      return this.#asVariable(whole, this.infer(whole));
    }
    const factor = this.#truth(condition);
    const isNumber = (e: Expression, value: number): boolean => e.kind === 'number' && e.value === value;
    if (isNumber(whenTrue, 1) && isNumber(whenFalse, 0)) return factor;
    const [taken, other] = [this.#guarded(whenTrue, condition, 0, 1), this.#guarded(whenFalse, condition, 1, 0)];
    // A zero times a factor is a pure number, which is no voltage.
    const isNone = (e: Expression): boolean => (e.kind === 'number' || e.kind === 'quantity') && e.value === 0;
    const terms = [
      ...(isNone(taken) ? [] : [`${factor} * ${this.text(taken, place)}`]),
      ...(isNone(other) ? [] : [`(1 - ${factor}) * ${this.text(other, place)}`]),
    ];
    return terms.length === 0 ? '0' : `(${terms.join(' + ')})`;
  }

  /** A branch whose divisors are not zero while the other one is taken: there the product with zero would not be zero. */
  #guarded(branch: Expression, condition: Expression, whenTrue: number, whenFalse: number): Expression {
    return mapExpression(branch, (part) => {
      if (part.kind !== 'binary' || part.operator !== '/' || part.right.kind === 'number' || part.right.kind === 'quantity') return part;
      const shift = binary('*', conditional(condition, number(whenTrue), number(whenFalse)), quantity(1, this.infer(part.right)));
      return binary('/', part.left, binary('+', part.right, shift));
    });
  }

  /** 1 where a condition holds, else 0. */
  #truth(e: Expression): string {
    const alias = e.kind === 'name' ? this.aliases.get(e.name) : undefined;
    if (alias) return this.#truth(alias);
    if (e.kind === 'unary' && e.operator === 'not') return `(1 - ${this.#truth(e.operand)})`;
    if (e.kind === 'boolean') return e.value ? '1' : '0';
    if (e.kind !== 'binary' || !logical.has(e.operator)) return this.text(e, 'statement');
    if (e.operator === 'and') return `(${this.#truth(e.left)} * ${this.#truth(e.right)})`;
    if (e.operator === 'or') return `(1 - (1 - ${this.#truth(e.left)}) * (1 - ${this.#truth(e.right)}))`;
    const dimension = this.infer(e.left);
    const difference = `(${this.text(e.left, 'statement')} - ${this.text(e.right, 'statement')})`;
    const s = this.#sign(isPure(dimension) ? difference : `${difference} / ${this.one(dimension)}`);
    switch (e.operator) {
      case '>':
        return `(${s} * (${s} + 1) / 2)`;
      case '<':
        return `(${s} * (${s} - 1) / 2)`;
      case '>=':
        return `(1 - ${s} * (${s} - 1) / 2)`;
      case '<=':
        return `(1 - ${s} * (${s} + 1) / 2)`;
      case '==':
        return `(1 - ${s} * ${s})`;
      default:
        return `(${s} * ${s})`;
    }
  }

  /** A condition in LEMS's words. @throws NotExpressible */
  condition(e: Expression, place: Place, negated = false): string {
    const alias = e.kind === 'name' ? this.aliases.get(e.name) : undefined;
    if (alias) return this.condition(alias, place, negated);
    if (e.kind === 'unary' && e.operator === 'not') return this.condition(e.operand, place, !negated);
    if (e.kind === 'boolean') return e.value === negated ? '1 .eq. 0' : '1 .eq. 1';
    if (e.kind === 'binary' && (e.operator === 'and' || e.operator === 'or')) {
      const word = (e.operator === 'and') !== negated ? '.and.' : '.or.';
      return `(${this.condition(e.left, place, negated)}) ${word} (${this.condition(e.right, place, negated)})`;
    }
    if (e.kind === 'binary') {
      const words = comparisons.get(e.operator);
      if (words) return `${this.text(e.left, place)} ${negated ? words[1] : words[0]} ${this.text(e.right, place)}`;
    }
    return `${this.text(e, place)} ${negated ? '.lt.' : '.gt.'} 0.5`;
  }
}

/** Stands for LEMS's own time, the end of the step, in expressions that an export makes. */
export const endOfStep = 'time at the end of the step';
/** Stands for the model's time where `t` means another. */
export const ownTime = 'time of the model';
const time: Dimension = [0, 0, 1, 0, 0, 0, 0];
/** Time is a sum of steps in LEMS, and may be off in its last digits: a start of a step that is late by so little is not before it. */
const almostOne = 0.9999;
const real = (dimension: Dimension): Inferred => ({ type: 'real', dimension });
const alwaysKnown: readonly (readonly [string, Inferred])[] = [
  ['t', real(time)],
  ['dt', real(time)],
  ['t_in_timesteps', real(dimensionless)],
  [endOfStep, real(time)],
  [ownTime, real(time)],
];
const comparisons: ReadonlyMap<string, readonly [string, string]> = new Map([
  ['<', ['.lt.', '.geq.']],
  ['<=', ['.leq.', '.gt.']],
  ['>', ['.gt.', '.leq.']],
  ['>=', ['.geq.', '.lt.']],
  ['==', ['.eq.', '.neq.']],
  ['!=', ['.neq.', '.eq.']],
]);
const logical: ReadonlySet<string> = new Set([...comparisons.keys(), 'and', 'or']);

const signed = (value: number): string => (value < 0 || Object.is(value, -0) ? `(0 - ${numberText(-value)})` : numberText(value));

function operatorOf(operator: string): '+' | '-' | '*' | '/' | '%' {
  switch (operator) {
    case '+=':
      return '+';
    case '-=':
      return '-';
    case '*=':
      return '*';
    case '/=':
      return '/';
    default:
      return '%';
  }
}
