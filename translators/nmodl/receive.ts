/** NET_RECEIVE blocks as statements that run, in order, when an event arrives. */

import type { Expression, Span } from '../../src/lang/ast.js';
import { binary, conditional, integer, name as nameOf, unary } from '../../src/lang/build.js';
import { limits } from '../../src/diagnostics/limits.js';
import { tooLarge } from '../../src/lang/messages.js';
import { measure, namesIn, readsAny, substitute } from '../../src/lang/walk.js';
import type { UniqueNames } from '../../src/model/free-name.js';
import { allowed, Untranslatable, type Program } from './definitions.js';
import { constantOf, type Execution } from './execute.js';
import * as messages from './messages.js';
import type { Statement } from './syntax.js';
import { pure, type Powers } from './units.js';
import { asCondition, inUnits, type Value } from './values.js';

/** One assignment at an event. */
export interface EventStatement {
  readonly target: string;
  readonly value: Expression;
  readonly span: Span;
}

/** A variable that keeps a value within an event, after its operands have changed. */
export interface Kept {
  readonly name: string;
  readonly unit: Powers;
}

/** An event that a point process sends to itself. */
export interface Sent {
  /** Time until it arrives; for `net_move`, the time at which it arrives. */
  readonly when: Expression;
  readonly flag: Expression;
  /** Whether it moves the event that is on its way. */
  readonly isMove: boolean;
  /** Conditions under which it is sent. */
  readonly conditions: readonly Expression[];
  readonly span: Span;
}

/** A condition that sends an event when it turns true. */
export interface Watched {
  readonly condition: Expression;
  readonly flag: Expression;
  /** Whether it is watched only under another condition. */
  readonly isConditional: boolean;
  readonly span: Span;
}

type Scope = Map<string, Value>;

/** Translates the statements of one event. */
export class EventCode {
  readonly statements: EventStatement[] = [];
  readonly kept: Kept[] = [];
  readonly sent: Sent[] = [];
  readonly watched: Watched[] = [];
  readonly #locals: Scope[] = [];
  #conditions: readonly Expression[] = [];
  #depth = 0;
  #nodes = 0;

  /**
   * @param execution  evaluates expressions; its variables are the names themselves
   * @param given      names of the arguments of the block
   * @param stored     variables that keep their values: states and arguments, by their names here, with their units
   * @param decide     the truth of conditions that are known
   * @param onSend     returns the assignment of an event that the point process sends to itself
   */
  constructor(
    private readonly program: Program,
    private readonly execution: Execution,
    private readonly given: readonly string[],
    private readonly stored: ReadonlyMap<string, { readonly name: string; readonly unit: Powers }>,
    private readonly names: UniqueNames,
    private readonly decide: (condition: Expression) => boolean | undefined = constantOf,
    private readonly onSend: (sent: Sent) => { readonly target: string; readonly value: Expression } | undefined = () =>
      undefined,
  ) {}

  get #condition(): Expression | undefined {
    return this.#conditions.reduce<Expression | undefined>(
      (all, expression) => (all ? binary('and', all, expression) : expression),
      undefined,
    );
  }

  #refuse(part: string, kind: string, span: Span): never {
    this.program.report(messages.refused(part, kind), span);
    throw new Untranslatable();
  }

  run(statements: readonly Statement[], scope: Scope = new Map()): void {
    this.#locals.push(scope);
    for (const statement of statements) this.#statement(statement);
    this.#locals.pop();
  }

  #value(e: Expression): Value {
    const value = this.execution.within(this.#locals, e);
    this.#nodes += measure(value.expression).size;
    if (this.#nodes > limits.expressionNodes) {
      this.program.report(tooLarge(limits.expressionNodes), e.span);
      throw new Untranslatable();
    }
    return value;
  }

  #statement(statement: Statement): void {
    const { span } = statement;
    switch (statement.kind) {
      case 'initial':
        return;
      case 'local':
        for (const name of statement.names) this.#locals.at(-1)?.set(name, { expression: integer(0), unit: undefined });
        return;
      case 'assign':
        if (statement.isRate || statement.target.index) return this.#refuse('NET_RECEIVE', 'a rate or an array', span);
        return this.#assign(statement.target.name, this.#value(statement.value), span);
      case 'call':
        return this.#call(statement);
      case 'if':
        return this.#if(statement);
      case 'watch': {
        const [condition, flag] = [statement.condition, statement.flag].map((e) => this.#value(e));
        if (!condition || !flag) return;
        const isConditional = this.#conditions.length > 0;
        this.watched.push({ condition: asCondition(condition), flag: flag.expression, isConditional, span });
        return;
      }
      case 'connections': {
        // Each connection has a point process of its own here.
        const names = new Map(statement.names.flatMap((name, k) => [[name, this.given[k] ?? name] as const]));
        for (const one of statement.body) this.#statement(withNames(one, names));
        return;
      }
      default:
        return this.#refuse(statement.kind, 'a statement of NET_RECEIVE', span);
    }
  }

  #call({ name, arguments: given, span }: Extract<Statement, { kind: 'call' }>): void {
    const [target, value] = given;
    if (name === 'state_discontinuity' && target?.kind === 'name' && value)
      return this.#assign(target.name, this.#value(value), span);
    if (name === 'printf') return;
    if ((name === 'net_send' || name === 'net_move') && target) {
      const flag = value ? this.#value(value).expression : integer(0);
      const when = inUnits(this.#value(target), { ms: 1 });
      const sent = { when, flag, isMove: name === 'net_move', conditions: this.#conditions, span };
      this.sent.push(sent);
      const made = this.onSend(sent);
      if (made) this.#store(made.target, made.value, span);
      return;
    }
    const block = this.program.blocks.get(name);
    if (block?.kind !== 'PROCEDURE' || this.#depth > 20)
      return this.#refuse(name, 'an event that a mechanism sends', span);
    const scope: Scope = new Map();
    for (const [k, parameter] of block.parameters.entries()) {
      const argument = given[k];
      if (argument) scope.set(parameter.name, this.#value(argument));
    }
    this.#depth++;
    this.run(block.body, scope);
    this.#depth--;
  }

  #assign(name: string, value: Value, span: Span): void {
    const stored = this.stored.get(name);
    const local = this.#locals.findLast((scope) => scope.has(name));
    if (local || !stored) {
      const scope = local ?? this.#locals[0];
      const before = scope?.get(name) ?? { expression: integer(0), unit: undefined };
      const unit = value.unit ?? before.unit;
      const chosen = this.#condition
        ? {
            expression: conditional(this.#condition, inUnits(value, unit ?? pure), inUnits(before, unit ?? pure)),
            unit: unit ?? pure,
          }
        : value;
      scope?.set(name, chosen);
      return;
    }
    this.#keepReaders(stored.name, span);
    this.#store(stored.name, inUnits(value, stored.unit), span);
  }

  #store(target: string, value: Expression, span: Span): void {
    const condition = this.#condition;
    this.statements.push({ target, value: condition ? conditional(condition, value, nameOf(target)) : value, span });
  }

  /** Stores local values that read a variable which is about to change. */
  #keepReaders(changed: string, span: Span): void {
    const one = new Set([changed]);
    for (const scope of this.#locals)
      for (const [name, value] of scope)
        if (readsAny(value.expression, one)) {
          const unit = value.unit ?? pure;
          const kept = this.#keep(name, value.expression, unit, span);
          scope.set(name, { expression: nameOf(kept), unit });
        }
  }

  #keep(name: string, value: Expression, unit: Powers, span: Span): string {
    const kept = this.names.take(allowed(name));
    this.kept.push({ name: kept, unit });
    this.statements.push({ target: kept, value, span });
    return kept;
  }

  #if({ condition, whenTrue, whenFalse, span }: Extract<Statement, { kind: 'if' }>): void {
    const test = asCondition(this.#value(condition));
    const decided = this.decide(test);
    if (decided !== undefined) {
      for (const statement of decided ? whenTrue : whenFalse) this.#statement(statement);
      return;
    }
    const read = namesIn(test);
    const isChanging = [...this.stored.values()].some(({ name }) => read.has(name));
    const stable = isChanging
      ? binary('>', nameOf(this.#keep('condition', conditional(test, integer(1), integer(0)), pure, span)), integer(0))
      : test;
    const outer = this.#conditions;
    this.#conditions = [...outer, stable];
    for (const one of whenTrue) this.#statement(one);
    this.#conditions = [...outer, unary('not', stable, stable.span)];
    for (const one of whenFalse) this.#statement(one);
    this.#conditions = outer;
  }
}

/** Returns a statement with other names. */
function withNames(statement: Statement, names: ReadonlyMap<string, string>): Statement {
  const known = new Map([...names].map(([name, other]) => [name, nameOf(other)]));
  const all = (statements: readonly Statement[]): Statement[] => statements.map((one) => withNames(one, names));
  if (statement.kind === 'call')
    return { ...statement, arguments: statement.arguments.map((one) => substitute(one, known)) };
  if (statement.kind === 'assign') {
    const { target, value } = statement;
    return {
      ...statement,
      target: { ...target, name: names.get(target.name) ?? target.name },
      value: substitute(value, known),
    };
  }
  if (statement.kind !== 'if') return statement;
  const { condition, whenTrue, whenFalse } = statement;
  return {
    ...statement,
    condition: substitute(condition, known),
    whenTrue: all(whenTrue),
    whenFalse: all(whenFalse),
  };
}
