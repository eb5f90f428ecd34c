/** Values of NESTML's expressions: canonical expressions with their type and dimension. */

import { dimensionless, type Dimension, type Expression, type Span } from '../../src/lang/ast.js';
import {
  binary,
  boolean,
  call,
  conditional,
  integer,
  name as nameOf,
  number,
  quantity,
  unary,
} from '../../src/lang/build.js';
import {
  divideDimensions,
  equalDimensions,
  hertz,
  isDimensionless,
  multiplyDimensions,
  powerDimension,
  second,
  unitText,
} from '../../src/lang/dimension.js';
import { LangError } from '../../src/lang/lang-error.js';
import { parseUnit, unitOf } from '../../src/lang/units.js';
import { requireModest } from '../../src/lang/walk.js';
import { constantOf } from '../../src/library/recognise/numbers.js';
import { nestUnit, siOf } from '../../src/library/simulators/nest-units.js';
import { canonicalUnit, functionNames, numberOf, predefined, real, type Type, type Value } from './functions.js';
import * as messages from './messages.js';
import {
  elementName,
  indexMarker,
  unitMarker,
  type FunctionDefinition,
  type Statement,
  type TypeText,
} from './syntax.js';
import { Unreadable, type Report } from './text.js';

/** Returns the meaning of a name; undefined if it has none. */
export interface Scope {
  (name: string, span: Span): Value | undefined;
  /** Names of the model, which its functions see; absent: those of the scope. */
  readonly model?: Scope;
}

/** Unrolled loops and calls have at most so many statements. */
const mostStatements = 20_000;
const deepestCalls = 40;

/** Translates expressions, and functions of a model by their results. */
export class Translator {
  #statements = 0;
  readonly #calls: string[] = [];

  constructor(
    readonly report: Report,
    private readonly functions: ReadonlyMap<string, FunctionDefinition>,
    readonly names: () => readonly string[],
  ) {}

  fail(finding: Parameters<Report>[0], span: Span): never {
    this.report(finding, span);
    throw new Unreadable();
  }

  /** Counts a statement of an unrolled loop or call. */
  count(span: Span): void {
    if (++this.#statements > mostStatements) this.fail(messages.endless(mostStatements), span);
  }

  type({ text, span }: TypeText): Type {
    if (text === 'boolean' || text === 'integer') return { kind: text, dimension: dimensionless, unit: '1' };
    if (text === 'real') return { kind: 'real', dimension: dimensionless, unit: '1' };
    const unit = text.replaceAll(
      /[A-Za-z]+/g,
      (word) => canonicalUnit(word) ?? this.fail(messages.unknownType(word), span),
    );
    try {
      const { dimension } = parseUnit(unit);
      return { kind: 'real', dimension, unit: nestUnit(dimension)?.own ?? unitText(dimension) };
    } catch (error) {
      if (error instanceof LangError) return this.fail(messages.unknownType(text), span);
      throw error;
    }
  }

  /** Returns a value with the factor that trains of spikes lack. */
  whole(value: Value): Value {
    return value.isTrain ? real(this.modest(binary('*', value.e, quantity(1, hertz))), value.dimension) : value;
  }

  /** Returns an expression that is not too large. */
  modest(e: Expression): Expression {
    try {
      return requireModest(e);
    } catch (error) {
      if (error instanceof LangError) this.fail(messages.tooLarge(), e.span);
      throw error;
    }
  }

  /** Returns a value in a dimension. Numbers count the units of NEST, as in the code that NESTML writes. */
  as(given: Value, dimension: Dimension, span: Span): Value {
    const value = this.whole(given);
    if (equalDimensions(value.dimension, dimension)) return value;
    const zero = constantOf(value.e) === 0;
    const isPure = isDimensionless(value.dimension);
    if (!isPure && !isDimensionless(dimension))
      return this.fail(messages.units(unitText(value.dimension), unitText(dimension), given.isTrain), span);
    if (value.kind === 'boolean') return this.fail(messages.notNumber(), span);
    if (!zero) this.report(messages.impliedUnit(unitText(isPure ? dimension : value.dimension)), span);
    const unit = isPure ? dimension : value.dimension;
    return real(binary(isPure ? '*' : '/', value.e, quantity(siOf(unit), unit, span), span), dimension);
  }

  /** Returns a value as a declared type stores it. */
  stored(value: Value, { kind, dimension }: Type, span: Span): Expression {
    // Real numbers and truths are cast, as in C++.
    if (kind === 'boolean') {
      if (value.kind === 'boolean') return value.e;
      const isCast = value.kind === 'real' && isDimensionless(value.dimension);
      return isCast ? asLiteral(binary('!=', value.e, number(0), span)) : this.fail(messages.notCondition(), span);
    }
    const { e, kind: own } = this.as(value, dimension, span);
    if (own === 'boolean')
      return kind === 'real'
        ? asLiteral(conditional(e, number(1), number(0), span))
        : this.fail(messages.notNumber(), span);
    return asLiteral(kind === 'integer' && own === 'real' ? call('int', [e], span) : e);
  }

  condition(e: Expression, scope: Scope): Value {
    const value = this.value(e, scope);
    return value.kind === 'boolean' ? value : this.fail(messages.notCondition(), e.span);
  }

  value(e: Expression, scope: Scope): Value {
    switch (e.kind) {
      case 'number':
        return { e, kind: e.integer ? 'integer' : 'real', dimension: dimensionless };
      case 'quantity':
      case 'boolean':
        return { e, kind: e.kind === 'boolean' ? 'boolean' : 'real', dimension: dimensionless };
      case 'name': {
        const found = scope(e.name, e.span) ?? this.#special(e.name, e.span);
        return found ?? this.fail(messages.unknownName(e.name, this.names()), e.span);
      }
      case 'unary': {
        if (e.operator === 'not') {
          const { e: operand } = this.condition(e.operand, scope);
          return { e: unary('not', operand, e.span), kind: 'boolean', dimension: dimensionless };
        }
        const operand = this.value(e.operand, scope);
        if (operand.kind === 'boolean') return this.fail(messages.notNumber(), e.operand.span);
        return { ...operand, e: e.operator === '-' ? unary('-', operand.e, e.span) : operand.e };
      }
      case 'binary':
        return this.#operation(e.operator, e, scope);
      case 'conditional': {
        const condition = this.condition(e.condition, scope);
        return this.choose(condition.e, this.value(e.whenTrue, scope), this.value(e.whenFalse, scope), e.span);
      }
      case 'call':
        return this.#call(e, scope);
    }
  }

  #special(name: string, span: Span): Value | undefined {
    if (name === 'e' || name === 'pi' || name === 'inf') return real(nameOf(name, span));
    // A unit alone stands for one of it.
    const unit = canonicalUnit(name);
    return unit === undefined ? undefined : real(nameOf(unit, span), unitOf(unit)?.dimension);
  }

  /** Returns a choice of two values. */
  choose(condition: Expression, yes: Value, no: Value, span: Span): Value {
    const known = condition.kind === 'boolean' ? condition.value : undefined;
    if (known !== undefined) return known ? yes : no;
    if ((yes.kind === 'boolean') !== (no.kind === 'boolean')) this.fail(messages.notNumber(), span);
    const { dimension } = isDimensionless(yes.dimension) ? no : yes;
    const [a, b] = [this.as(yes, dimension, span), this.as(no, dimension, span)];
    const kind = a.kind === b.kind ? a.kind : 'real';
    return { e: this.modest(conditional(condition, a.e, b.e, span)), kind, dimension };
  }

  #operation(
    operator: Extract<Expression, { kind: 'binary' }>['operator'],
    e: Extract<Expression, { kind: 'binary' }>,
    scope: Scope,
  ): Value {
    if (operator === 'and' || operator === 'or') {
      const [left, right] = [this.condition(e.left, scope), this.condition(e.right, scope)];
      return { e: this.modest(binary(operator, left.e, right.e, e.span)), kind: 'boolean', dimension: dimensionless };
    }
    const [left, right] = [this.value(e.left, scope), this.value(e.right, scope)];
    const isComparison = /^[<>=!]/.test(operator);
    if (isComparison && left.kind === 'boolean' && right.kind === 'boolean') {
      const both = left.e.kind === 'boolean' ? [right.e, left.e] : [left.e, right.e];
      const [value, known] = both as [Expression, Expression];
      if (known.kind !== 'boolean') this.fail(messages.notNumber(), e.span);
      const isSame = (known as { value: boolean }).value === (operator === '==');
      return { e: isSame ? value : unary('not', value, e.span), kind: 'boolean', dimension: dimensionless };
    }
    for (const [side, at] of [
      [left, e.left],
      [right, e.right],
    ] as const)
      if (side.kind === 'boolean') this.fail(messages.notNumber(), at.span);
    const made = (own: Expression, dimension: Dimension, kind: Value['kind'] = 'real'): Value => ({
      e: this.modest(own),
      kind,
      dimension,
    });
    const kind = left.kind === 'integer' && right.kind === 'integer' ? 'integer' : 'real';
    if (operator === '*' && (left.isTrain || right.isTrain)) {
      const [train, other] = left.isTrain ? [left, right] : [right, left];
      const dimension = multiplyDimensions(left.dimension, right.dimension);
      if (equalDimensions(other.dimension, second) && numberOf(other.e, () => false) === 1)
        return real(train.e, dimension);
      return { ...made(binary('*', left.e, right.e, e.span), dimension), isTrain: true };
    }
    const [a, b] = [this.whole(left), this.whole(right)];
    if (operator === '*')
      return made(binary('*', a.e, b.e, e.span), multiplyDimensions(a.dimension, b.dimension), kind);
    if (operator === '/') {
      const quotient = binary('/', a.e, b.e, e.span);
      // NESTML's C++ divides integer variables without a remainder; literal divisors are real.
      if (kind === 'integer' && e.right.kind !== 'number')
        return made(call('int', [quotient], e.span), dimensionless, kind);
      return made(quotient, divideDimensions(a.dimension, b.dimension));
    }
    if (operator === '**') {
      const exponent = this.as(b, dimensionless, e.right.span);
      if (isDimensionless(a.dimension)) return made(binary('**', a.e, exponent.e, e.span), dimensionless);
      const known = constantOf(exponent.e) ?? this.fail(messages.exponent(), e.right.span);
      return made(binary('**', a.e, exponent.e, e.span), powerDimension(a.dimension, known));
    }
    const { dimension } = isDimensionless(a.dimension) ? b : a;
    const [x, y] = [this.as(a, dimension, e.left.span), this.as(b, dimension, e.right.span)];
    if (operator === '%') return made(call('fmod', [x.e, y.e], e.span), dimension, kind);
    return made(
      binary(operator, x.e, y.e, e.span),
      isComparison ? dimensionless : dimension,
      isComparison ? 'boolean' : kind,
    );
  }

  #call(e: Extract<Expression, { kind: 'call' }>, scope: Scope): Value {
    const { function: name, span } = e;
    if (name === unitMarker) {
      const [value, unit] = e.arguments as readonly [Expression, Extract<Expression, { kind: 'name' }>];
      const own = canonicalUnit(unit.name) ?? this.fail(messages.unknownType(unit.name), unit.span);
      return real(binary('*', value, nameOf(own, unit.span), span), unitOf(own)?.dimension);
    }
    if (name === indexMarker) {
      const [vector, index] = e.arguments as readonly [Extract<Expression, { kind: 'name' }>, Expression];
      return this.value(nameOf(this.element(vector.name, index, scope), span), scope);
    }
    const special = scope(`${name}()`, span);
    if (special && e.arguments.length === 0) return special;
    const definition = this.functions.get(name);
    const values = (): Value[] => e.arguments.map((one) => this.whole(this.value(one, scope)));
    if (definition) return this.#invoke(definition, values(), span, scope.model ?? scope);
    if (scope(name, span)) return this.fail(messages.delayed(name), span);
    if (name === 'convolve' || name === 'delta') return this.fail(messages.notHere(name), span);
    const known = predefined.get(name);
    if (!known) return this.fail(messages.unknownFunction(name, [...this.functions.keys(), ...functionNames]), span);
    if (e.arguments.length !== known.takes)
      this.fail(messages.wrongArguments(name, known.takes, e.arguments.length), span);
    const given = values();
    for (const [k, one] of given.entries())
      if (one.kind === 'boolean') this.fail(messages.notNumber(), e.arguments[k]?.span ?? span);
    return known.value(given, this, span);
  }

  /** Returns the name of an element of a vector. */
  element(vector: string, index: Expression, scope: Scope): string {
    const known = constantOf(this.value(index, scope).e) ?? this.fail(messages.unknownIndex(), index.span);
    const name = elementName(vector, known);
    return scope(name, index.span) ? name : this.fail(messages.noElement(vector, known), index.span);
  }

  #invoke(
    { name, parameters, result, body, span: place }: FunctionDefinition,
    given: readonly Value[],
    span: Span,
    model: Scope,
  ): Value {
    if (given.length !== parameters.length)
      this.fail(messages.wrongArguments(name, parameters.length, given.length), span);
    if (this.#calls.includes(name) || this.#calls.length > deepestCalls) this.fail(messages.recursive(name), place);
    const locals = new Map(
      parameters.map((parameter, k) => {
        const type = this.type(parameter.type);
        return [
          parameter.name,
          { e: this.stored(given[k] as Value, type, span), kind: type.kind, dimension: type.dimension },
        ];
      }),
    );
    this.#calls.push(name);
    const found = (result && this.#body(body, locals, model)) ?? this.fail(messages.noResult(name), place);
    this.#calls.pop();
    const own = this.type(result as TypeText);
    return { e: this.stored(found, own, span), kind: own.kind, dimension: own.dimension };
  }

  /** Checks the result of a function for arguments that have no values yet. Loops are checked by calls. */
  checkFunction(definition: FunctionDefinition, model: Scope): void {
    const isKnown = !definition.body.some(({ kind }) => kind === 'for' || kind === 'while');
    const given = definition.parameters.map((one): Value => ({ e: nameOf(one.name), ...this.type(one.type) }));
    if (isKnown && definition.result) this.#invoke(definition, given, definition.span, model);
  }

  /** Executes statements of a function. Returns its result, or undefined if it goes on. */
  #body(body: readonly Statement[], locals: Map<string, Value>, model: Scope): Value | undefined {
    const scope: Scope = Object.assign((name: string, span: Span) => locals.get(name) ?? model(name, span), { model });
    for (const [k, statement] of body.entries()) {
      const { span } = statement;
      this.count(span);
      switch (statement.kind) {
        case 'declare':
          for (const { name, type, value } of statement.declarations) {
            const own = this.type(type);
            const e = this.stored(value ? this.value(value, scope) : zeroOf(own), own, span);
            locals.set(name, { e, kind: own.kind, dimension: own.dimension });
          }
          break;
        case 'assign': {
          const { index } = statement;
          const target = index ? this.element(statement.target, index, scope) : statement.target;
          const old = locals.get(target) ?? this.fail(messages.unknownName(target, [...locals.keys()]), span);
          const value = this.value(assigned({ ...statement, target }), scope);
          locals.set(target, { ...old, e: this.stored(value, { ...old, unit: '' }, span) });
          break;
        }
        case 'return':
          return statement.value && this.value(statement.value, scope);
        case 'if': {
          const { e: condition } = this.condition(statement.condition, scope);
          const [yes, no] = [new Map(locals), new Map(locals)];
          const rest = body.slice(k + 1);
          const known = truthOf(condition);
          if (known !== undefined)
            return this.#body([...(known ? statement.whenTrue : statement.whenFalse), ...rest], locals, model);
          const returns = (list: readonly Statement[]): boolean =>
            list.some(
              (one) =>
                one.kind === 'return' || (one.kind === 'if' && (returns(one.whenTrue) || returns(one.whenFalse))),
            );
          if (returns(statement.whenTrue) || returns(statement.whenFalse)) {
            const [a, b] = [
              this.#body([...statement.whenTrue, ...rest], yes, model),
              this.#body([...statement.whenFalse, ...rest], no, model),
            ];
            return a && b ? this.choose(condition, a, b, span) : undefined;
          }
          this.#body(statement.whenTrue, yes, model);
          this.#body(statement.whenFalse, no, model);
          for (const [name, old] of locals) {
            const [a, b] = [yes.get(name) ?? old, no.get(name) ?? old];
            if (a !== b) locals.set(name, this.choose(condition, a, b, span));
          }
          break;
        }
        case 'for':
        case 'while':
          for (const _ of this.rounds(statement, scope, (variable, value) => locals.set(variable, value))) {
            const result = this.#body(statement.body, locals, model);
            if (result) return result;
          }
          break;
        case 'call':
          return this.fail(messages.notRead(`${statement.name}()`, 'a part of a function'), span);
      }
    }
    return undefined;
  }

  /** Goes through the rounds of a loop, whose bounds are known. */
  *rounds(
    statement: Extract<Statement, { kind: 'for' | 'while' }>,
    scope: Scope,
    set: (variable: string, value: Value) => void,
  ): Generator<void> {
    if (statement.kind === 'while') {
      for (;;) {
        this.count(statement.span);
        const holds =
          truthOf(this.condition(statement.condition, scope).e) ??
          this.fail(messages.unknownBounds(), statement.condition.span);
        if (!holds) return;
        yield;
      }
    }
    const bound = (e: Expression | undefined, usual: number): number => {
      if (!e) return usual;
      return constantOf(this.value(e, scope).e) ?? this.fail(messages.unknownBounds(), e.span);
    };
    const [from, to, step] = [bound(statement.from, 0), bound(statement.to, 0), bound(statement.step, 1)];
    if (step === 0) this.fail(messages.endless(mostStatements), statement.span);
    for (let k = from; step > 0 ? k < to : k > to; k += step) {
      this.count(statement.span);
      set(statement.variable, {
        e: integer(k, statement.span),
        kind: Number.isInteger(k) ? 'integer' : 'real',
        dimension: dimensionless,
      });
      yield;
    }
  }
}

/** Returns a number for an expression of numbers. */
function asLiteral(e: Expression): Expression {
  const value = e.kind === 'number' || e.kind === 'boolean' ? undefined : constantOf(e);
  return value === undefined ? e : number(value, e.span, Number.isInteger(value));
}

/** Returns the truth of a condition without names; undefined if it depends on names. */
export function truthOf(e: Expression): boolean | undefined {
  const value = constantOf(e);
  return value === undefined ? undefined : value !== 0;
}

/** Returns what a statement assigns, as an expression: `x + y` for `x += y`. */
export const assigned = ({ target, operator, value, span }: Extract<Statement, { kind: 'assign' }>): Expression =>
  operator === '=' ? value : binary(operator.slice(0, -1) as '+', nameOf(target, span), value, span);

/** Returns the value of a variable without one. */
export const zeroOf = ({ kind, dimension }: Type): Value => ({
  e: kind === 'boolean' ? boolean(false) : kind === 'integer' ? integer(0) : quantity(0, dimension),
  kind,
  dimension,
});
