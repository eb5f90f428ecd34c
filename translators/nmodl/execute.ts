/**
 * Symbolic execution of NMODL's statements. Each assignment becomes a definition of a variable by an expression, so a
 * block of statements becomes equations that hold at any time.
 */

import { limits } from '../../src/diagnostics/limits.js';
import type { Expression, Span } from '../../src/lang/ast.js';
import { integer, name as nameOf } from '../../src/lang/build.js';
import { NoNumber, evaluate } from '../../src/lang/evaluate.js';
import { tooLarge } from '../../src/lang/messages.js';
import { measure, requireModest } from '../../src/lang/walk.js';
import { decidedBy } from './covered-cases.js';
import { Untranslatable, type Definitions, type Effects, type Program } from './definitions.js';
import * as messages from './messages.js';
import type { Report } from './expressions.js';
import { elementName } from './statements.js';
import type { Block, Side, Statement, Target } from './syntax.js';
import { pure, times, unitExpression, type Powers } from './units.js';
import {
  asCondition,
  asPure,
  callFunction,
  choose,
  functionNames,
  inUnits,
  negate,
  operate,
  randomFunctions,
  type Contradiction,
  type Value,
} from './values.js';

/** Unrolled loops and calls have at most so many statements. */
const mostStatements = 20_000;
/** Calls are nested at most so deep. */
const deepestCalls = 40;

type Scope = Map<string, Value>;

/** Executes the statements of one pass over a mechanism: its INITIAL block, or one step. */
export class Execution {
  readonly globals: Scope;
  #locals: Scope[] = [];
  #statements = 0;
  #nodes = 0;
  #calls: string[] = [];
  /** Conditions that do not hold where statements are executed: those before an `else`. */
  #denied: Expression[] = [];
  /** Fluxes of the last reaction, which NMODL names `f_flux` and `b_flux`. */
  #fluxes: ReadonlyMap<string, () => Value> = new Map();
  /** Values of a SOLVE statement, with their copies that statements after it read. */
  readonly copies = new Map<Value, Value>();
  readonly effects: Effects = { flows: [], volumes: new Map(), zeros: [], conserved: [], sent: [] };

  constructor(
    private readonly program: Program,
    private readonly definitions: Definitions,
    /** Executes a SOLVE statement. */
    private readonly solve: (statement: Extract<Statement, { kind: 'solve' }>, execution: Execution) => void,
    globals: ReadonlyMap<string, Value> = new Map(),
    /** Whether assigned values stand wherever they are read, rather than in definitions. */
    private readonly isInline = false,
  ) {
    this.globals = new Map(globals);
  }

  #fail(finding: Parameters<Report>[0], span: Span): never {
    this.program.report(finding, span);
    throw new Untranslatable();
  }

  /** Executes statements in a scope of their own. */
  run(statements: readonly Statement[], locals: Scope = new Map()): Scope {
    this.#locals.push(locals);
    for (const statement of statements) this.#statement(statement);
    this.#locals.pop();
    return locals;
  }

  #statement(statement: Statement): void {
    if (++this.#statements > mostStatements) this.#fail(messages.tooLong(mostStatements), statement.span);
    switch (statement.kind) {
      case 'local':
        for (const name of statement.names) this.#locals.at(-1)?.set(name, { expression: integer(0), unit: undefined });
        return;
      case 'assign': {
        const value = this.value(statement.value);
        if (!statement.isRate) return this.assign(this.#nameOf(statement.target), value, statement.span);
        this.effects.flows.push({
          kind: 'rate',
          state: this.#nameOf(statement.target),
          value,
          span: statement.span,
        });
        return;
      }
      case 'call':
        return this.#callStatement(statement);
      case 'if':
        return this.#if(statement);
      case 'from':
        return this.#from(statement);
      case 'solve':
        return this.solve(statement, this);
      case 'reaction': {
        const side = (given: Side): [string, number][] => given.map(({ state, count }) => [this.#nameOf(state), count]);
        const [left, right] = [side(statement.left), side(statement.right)];
        const forward = this.value(statement.forward);
        const backward = statement.backward && this.value(statement.backward);
        this.effects.flows.push({ kind: 'reaction', left, right, forward, backward, span: statement.span });
        this.#fluxes = new Map([
          ['f_flux', () => this.#fluxOf(forward, left, statement.span)],
          ['b_flux', () => (backward ? this.#fluxOf(backward, right, statement.span) : nothing)],
        ]);
        return;
      }
      case 'flux': {
        const value = this.value(statement.value);
        this.effects.flows.push({ kind: 'flux', state: this.#nameOf(statement.state), value, span: statement.span });
        this.#fluxes = new Map([
          ['f_flux', () => value],
          ['b_flux', () => nothing],
        ]);
        return;
      }
      case 'equation': {
        const { left, right } = statement;
        this.effects.zeros.push(operate('-', this.value(left), this.value(right), this.program.contradiction));
        return;
      }
      case 'conserve': {
        // A sum counts amounts: states of a compartment are multiplied by its volume.
        const amounts = [...this.effects.volumes].map(([state, volume]): [string, Value] => [
          state,
          operate('*', volume, this.value(nameOf(state, statement.span)), this.program.contradiction),
        ]);
        this.#locals.push(new Map(amounts));
        const left = this.value(statement.left);
        this.#locals.pop();
        this.effects.conserved.push(operate('-', left, this.value(statement.right), this.program.contradiction));
        return;
      }
      case 'compartment':
        for (const name of statement.states) {
          const length = this.program.lengths.get(name);
          if (length === undefined || statement.variable === undefined) {
            this.effects.volumes.set(name, this.value(statement.volume));
            continue;
          }
          for (let k = 0; k < length; k++) {
            const bound = new Map([[statement.variable, { expression: integer(k), unit: undefined }]]);
            this.#locals.push(bound);
            this.effects.volumes.set(elementName(name, k), this.value(statement.volume));
            this.#locals.pop();
          }
        }
        return;
      case 'initial':
        return;
      case 'watch':
        return this.#fail(messages.refused('WATCH', 'a condition that sends events'), statement.span);
      case 'connections':
        return this.#fail(messages.refused('FOR_NETCONS', 'a statement'), statement.span);
      case 'refused':
        return this.#fail(messages.refused(statement.part, 'a statement'), statement.span);
    }
  }

  /** Counts the nodes of a value, since values may stand wherever a variable is read. */
  #count(e: Expression, span: Span): void {
    this.#nodes += measure(e).size;
    if (this.#nodes > limits.expressionNodes) this.#fail(tooLarge(limits.expressionNodes), span);
  }

  /** Assigns a value to a variable of the innermost scope that has it. */
  assign(name: string, given: Value, span: Span): void {
    const local = this.#locals.findLast((scope) => scope.has(name));
    if (!local && !this.program.isDeclared(name)) this.#fail(messages.unknownName(name, this.program.names), span);
    // Numbers of a formula take up the units of variables without a declared one: rates are numbers, differences of
    // potentials stay what they are.
    const value = local && !this.#calls.includes(name) ? asPure(given) : given;
    const { declaredUnit, contradiction, lengths } = this.program;
    const base = /^(.*)_\d+$/.exec(name)?.[1];
    const declared = declaredUnit(name) ?? (base !== undefined && lengths.has(base) ? declaredUnit(base) : undefined);
    const unit = local ? value.unit : (declared ?? pure);
    const expression =
      unit === undefined ? value.expression : inUnits(value, unit, declared && !local ? contradiction : undefined);
    const isPlain = expression.kind === 'number' || expression.kind === 'name';
    this.#count(expression, span);
    const scope = local ?? this.globals;
    if (
      isPlain ||
      unit === undefined ||
      this.isInline ||
      (local && isSmall(expression)) ||
      this.program.isState(name)
    ) {
      scope.set(name, { expression, unit });
      return;
    }
    const defined = this.definitions.define(name, expression, unit, span);
    scope.set(name, { expression: nameOf(defined, span), unit });
  }

  #callStatement({ name, arguments: given, span }: Extract<Statement, { kind: 'call' }>): void {
    if (name === 'net_send' || name === 'net_event') {
      this.effects.sent.push({ name, arguments: given.map((expression) => this.value(expression)), span });
      return;
    }
    if (name === 'state_discontinuity') {
      const [target, value] = given;
      if (target?.kind === 'name' && value) return this.assign(target.name, this.value(value), span);
    }
    if (name === 'printf' || name === 'fprintf' || name === 'at_time') return;
    this.#invoke(name, given, span, 'PROCEDURE');
  }

  #if({ condition, whenTrue, whenFalse, span }: Extract<Statement, { kind: 'if' }>): void {
    const test = asCondition(this.value(condition));
    const decided = constantOf(test) ?? decidedBy(this.#denied, test);
    if (decided !== undefined) {
      for (const statement of decided ? whenTrue : whenFalse) this.#statement(statement);
      return;
    }
    const scopes = [this.globals, ...this.#locals];
    const before = scopes.map((scope) => new Map(scope));
    const flows = this.effects.flows.length;
    const sent = this.effects.sent.length;
    const branch = (statements: readonly Statement[]): Scope[] => {
      for (const [k, scope] of scopes.entries()) refill(scope, before[k]);
      for (const one of statements) this.#statement(one);
      return scopes.map((scope) => new Map(scope));
    };
    const yes = branch(whenTrue);
    this.#denied.push(test);
    const no = branch(whenFalse);
    this.#denied.pop();
    if (this.effects.flows.length > flows || this.effects.sent.length > sent)
      this.#fail(messages.refused('if', 'a condition on a rate of change or an event'), span);
    for (const [k, scope] of scopes.entries()) {
      refill(scope, before[k]);
      const changed = new Set([...(yes[k]?.keys() ?? []), ...(no[k]?.keys() ?? [])]);
      for (const name of changed) {
        const was = before[k]?.get(name);
        const [a, b] = [yes[k]?.get(name) ?? was, no[k]?.get(name) ?? was];
        if (a === b) continue;
        const missing = (): Value => this.#outside(name, span);
        const value = choose(test, a ?? missing(), b ?? missing(), this.program.contradiction);
        const unit = value.unit ?? this.program.declaredUnit(name) ?? pure;
        const expression = inUnits(value, unit);
        this.#count(expression, span);
        if (this.isInline || this.program.isState(name)) scope.set(name, { expression, unit });
        else {
          const defined = this.definitions.define(name, expression, unit, span);
          scope.set(name, { expression: nameOf(defined, span), unit });
        }
      }
    }
  }

  #from({ variable, from, to, by, body, span }: Extract<Statement, { kind: 'from' }>): void {
    const bound = (e: Expression): number => {
      const value = number(this.value(e).expression);
      if (value === undefined) this.#fail(messages.openLoop(), e.span);
      return value;
    };
    const [first, last, step] = [bound(from), bound(to), by ? bound(by) : 1];
    if (!(step > 0) || (last - first) / step > mostStatements) this.#fail(messages.tooLong(mostStatements), span);
    for (let k = first; k <= last; k += step) {
      const locals = new Map([[variable, { expression: integer(k), unit: undefined }]]);
      this.#locals.push(locals);
      if (++this.#statements > mostStatements) this.#fail(messages.tooLong(mostStatements), span);
      for (const statement of body) this.#statement(statement);
      this.#locals.pop();
    }
  }

  /** Returns the flux of one direction of a reaction: its constant times the states of a side. */
  #fluxOf(constant: Value, side: readonly (readonly [state: string, count: number])[], span: Span): Value {
    const { contradiction } = this.program;
    let flux = constant;
    for (const [state, count] of side)
      for (let k = 0; k < count; k++) {
        flux = operate('*', flux, this.value(nameOf(state, span)), contradiction);
        requireModest(flux.expression, span);
      }
    return flux;
  }

  #nameOf({ name, index, span }: Target): string {
    const length = this.program.lengths.get(name);
    if (index === undefined) return name;
    const k = number(this.value(index).expression);
    if (k === undefined) return this.#fail(messages.openIndex(name), index.span);
    if (length === undefined || !Number.isInteger(k) || k < 0 || k >= length)
      return this.#fail(messages.outOfArray(name, k, length), span);
    return elementName(name, k);
  }

  #failArguments({ name, parameters }: Block, given: readonly Expression[], span: Span): never {
    const names = parameters.map((one) => one.name);
    return this.#fail(messages.otherArguments(name, names, given.length), span);
  }

  /** Calls a PROCEDURE or FUNCTION; returns the result of a FUNCTION. */
  #invoke(name: string, given: readonly Expression[], span: Span, wanted = 'FUNCTION'): Value {
    const block = this.program.blocks.get(name);
    if (!block) {
      if (randomFunctions.includes(name)) this.#fail(messages.randomNumber(name), span);
      const callable = [...this.program.blocks.values()].filter(({ kind }) => kind === wanted || kind === 'FUNCTION');
      const known = [...callable.map((one) => one.name), ...(wanted === 'FUNCTION' ? functionNames : [])];
      return this.#fail(messages.unknownFunction(name, wanted, known), span);
    }
    if (block.kind !== 'FUNCTION' && block.kind !== 'PROCEDURE')
      return this.#fail(messages.notCallable(name, block.kind), span);
    if (given.length > block.parameters.length) this.#failArguments(block, given, span);
    if (this.#calls.includes(name)) this.#fail(messages.recursion(name), span);
    if (this.#calls.length >= deepestCalls) this.#fail(messages.tooDeep(), span);
    const locals: Scope = new Map();
    for (const [k, parameter] of block.parameters.entries()) {
      const argument = given[k];
      if (!argument) return this.#failArguments(block, given, span);
      const value = this.value(argument);
      const unit = parameter.unit === undefined ? value.unit : this.program.unit(parameter.unit);
      locals.set(parameter.name, unit === undefined ? value : { expression: inUnits(value, unit), unit });
    }
    if (block.kind === 'FUNCTION') locals.set(name, { expression: integer(0), unit: undefined });
    // A block reads its own variables and the file's, not its caller's.
    const outer = this.#locals;
    this.#locals = [];
    this.#calls.push(name);
    const [argument] = locals.values();
    this.run(block.body, locals);
    this.#calls.pop();
    this.#locals = outer;
    const result = locals.get(name) ?? { expression: integer(0), unit: undefined };
    const unit = block.unit === undefined ? result.unit : this.program.unit(block.unit);
    const value = unit === undefined ? result : { expression: inUnits(result, unit), unit };
    const hasArgument = block.parameters.length === 1 && argument;
    const table = hasArgument ? this.program.tableOf(block, argument.expression) : undefined;
    if (!table) return value;
    const { names, ...grid } = table;
    for (const one of names) {
      const known = this.globals.get(one)?.expression;
      if (known?.kind === 'name') this.definitions.tabulate(known.name, grid);
    }
    if (block.kind !== 'FUNCTION') return value;
    const defined = this.definitions.define(name, value.expression, value.unit ?? pure, span);
    this.definitions.tabulate(defined, grid);
    return { expression: nameOf(defined, span), unit: value.unit };
  }

  #outside(name: string, span: Span): Value {
    const value = this.program.outside(name, span);
    return (
      value ??
      this.#fail(
        messages.unknownName(name, [...this.program.names, ...this.#locals.flatMap((scope) => [...scope.keys()])]),
        span,
      )
    );
  }

  /** Returns the value of an expression within scopes of another's. */
  within(scopes: readonly Scope[], e: Expression): Value {
    const outer = this.#locals;
    this.#locals = [...scopes];
    const value = this.value(e);
    this.#locals = outer;
    return value;
  }

  /** Reports a variable of the file that divides and is zero, because scripts set it. */
  #checkDivisor(name: string, span: Span): void {
    if (this.#locals.some((scope) => scope.has(name))) return;
    const zero = this.program.zeroOf(name);
    if (zero === 'unassigned') this.#fail(messages.zeroDivisor(name, false), span);
    if (zero === 'parameter') this.program.report(messages.zeroDivisor(name, true), span);
  }

  /** Returns the value of an expression. */
  value(e: Expression): Value {
    const { contradiction } = this.program;
    switch (e.kind) {
      case 'number':
        return { expression: e, unit: undefined };
      case 'name': {
        const { name, span } = e;
        const found = this.#locals.findLast((scope) => scope.has(name))?.get(name) ?? this.globals.get(name);
        return (found && this.copies.get(found)) ?? found ?? this.#fluxes.get(name)?.() ?? this.#outside(name, span);
      }
      case 'unary':
        return e.operator === '+' ? this.value(e.operand) : negate(e.operator, this.value(e.operand));
      case 'binary': {
        const [left, right] = [this.value(e.left), this.value(e.right)];
        if (e.operator === '/' && e.right.kind === 'name') this.#checkDivisor(e.right.name, e.right.span);
        return operate(e.operator, left, right, contradiction);
      }
      case 'call': {
        const array = /^(.*)\[\]$/.exec(e.function)?.[1];
        const [first] = e.arguments;
        if (array !== undefined && first)
          return this.value(nameOf(this.#nameOf({ name: array, index: first, span: e.span }), e.span));
        const unit = /^\((.*)\)$/.exec(e.function)?.[1];
        if (unit !== undefined && first) {
          const powers = this.program.unit(unit) ?? pure;
          const factor = unitExpression(powers);
          return { expression: factor ? inUnits({ expression: first, unit: undefined }, powers) : first, unit: powers };
        }
        if (this.program.blocks.has(e.function)) return this.#invoke(e.function, e.arguments, e.span);
        const given = e.arguments.map((argument) => this.value(argument));
        return callFunction(e.function, given, contradiction) ?? this.#invoke(e.function, e.arguments, e.span);
      }
      default:
        return { expression: e, unit: undefined };
    }
  }
}

const nothing: Value = { expression: integer(0), unit: undefined };

/** Whether an expression is short enough to stand wherever it is read. */
const isSmall = (e: Expression): boolean =>
  (e.kind === 'binary' && isAtom(e.left) && isAtom(e.right)) || (e.kind === 'unary' && isAtom(e.operand));
const isAtom = (e: Expression): boolean => e.kind === 'number' || e.kind === 'name';

function refill(scope: Scope, content: Scope | undefined): void {
  scope.clear();
  for (const [name, value] of content ?? []) scope.set(name, value);
}

/** The value of an expression of literals, or undefined. */
export function number(e: Expression): number | undefined {
  try {
    return evaluate(
      e,
      () => {
        throw new NoNumber();
      },
      () => undefined,
    );
  } catch (error) {
    if (error instanceof NoNumber) return undefined;
    throw error;
  }
}

/** The truth of a condition of literals, or undefined. */
export function constantOf(e: Expression): boolean | undefined {
  const value = number(e);
  return value === undefined ? undefined : value !== 0;
}

/** Returns a rate of change with the unit of its state by milliseconds. */
export const rateOf = (value: Value, unit: Powers, contradiction?: Contradiction): Expression =>
  inUnits(value, times(unit, { ms: 1 }, -1), contradiction);
