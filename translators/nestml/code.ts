/** Statements of NESTML as canonical statements: branches become choices of values, loops are unrolled. */

import { dimensionless, type Expression, type Span, type Statement as Written } from '../../src/lang/ast.js';
import { assignment, binary, conditional, integer, name as nameOf, number, opposite } from '../../src/lang/build.js';
import { drawsIn } from '../../src/lang/functions.js';
import { namesIn } from '../../src/lang/walk.js';
import { constantOf } from '../../src/library/recognise/numbers.js';
import type { UniqueNames } from '../../src/model/free-name.js';
import type { Type, Value } from './functions.js';
import * as messages from './messages.js';
import { allowedName, targetsIn, type Statement } from './syntax.js';
import { assigned, truthOf, zeroOf, type Scope, type Translator } from './values.js';

/** What statements may do besides assignments. */
export interface Effects {
  /** Canonical names and types of variables that code may assign to. */
  readonly targets: ReadonlyMap<string, { readonly name: string; readonly type: Type }>;
  /** Receives calls of functions with an effect. @returns whether it is known */
  call(statement: Extract<Statement, { kind: 'call' }>, guard: Expression | undefined, code: Code): boolean;
  /** Returns a condition that code of other places may read later; undefined if only its own branches read it. */
  hold?(condition: Expression, statement: Extract<Statement, { kind: 'if' }>): Expression | undefined;
  /** Runs one of the two branches of a condition. */
  branch?(run: () => void): void;
}

/** Returns the next value of a timer: zero within rounding of a step, as its period is a number of steps. */
export function timed(name: string, next: Expression, span: Span): Expression {
  const size: Expression = { kind: 'call', function: 'abs', arguments: [next], span };
  const isOver = binary('<', size, binary('*', number(1e-6), nameOf('dt')));
  return conditional(isOver, binary('*', integer(0), nameOf(name)), next);
}

/** Checks whether a statement takes a step from a timer. */
const countsDown = ({ operator, value }: Extract<Statement, { kind: 'assign' }>): boolean =>
  operator === '-=' && value.kind === 'call' && /^(?:resolution|timestep)$/.test(value.function);

/** A block of canonical statements under construction. */
export class Code {
  statements: Written[] = [];
  /** Local variables that hold values. */
  readonly kept = new Map<string, { readonly type: Type; readonly span: Span }>();
  readonly #locals = new Map<string, { readonly value: Value; readonly type: Type }>();

  constructor(
    readonly translator: Translator,
    outer: Scope,
    private readonly temporaries: UniqueNames,
    private readonly effects: Effects,
  ) {
    const own = (name: string, span: Span): Value | undefined => this.#locals.get(name)?.value ?? outer(name, span);
    this.scope = Object.assign(own, { model: outer });
  }

  /** The meaning of a name at this point. */
  readonly scope: Scope;

  /** Keeps a value under a new name, and returns the name. */
  keep(wanted: string, e: Expression, span: Span, type: Type = conditionType): Expression {
    const name = this.temporaries.take(allowedName(wanted));
    this.kept.set(name, { type, span });
    this.statements.push(assignment(name, '=', e, span));
    return nameOf(name, span);
  }

  /** Assigns a value to a variable if a condition holds. */
  assign(target: string, e: Expression, guard: Expression | undefined, span: Span): void {
    this.statements.push(assignment(target, '=', guard ? conditional(guard, e, nameOf(target), span) : e, span));
  }

  run(body: readonly Statement[], guard?: Expression): void {
    for (const statement of body) {
      this.translator.count(statement.span);
      this.#statement(statement, guard);
    }
  }

  #statement(statement: Statement, guard: Expression | undefined): void {
    const { translator, scope } = this;
    const { span } = statement;
    switch (statement.kind) {
      case 'declare':
        for (const { name, type: text, value } of statement.declarations) {
          const type = translator.type(text);
          const e = translator.stored(value ? translator.value(value, scope) : zeroOf(type), type, span);
          this.#set(name, type, constantOf(e) === undefined ? this.keep(name, e, span, type) : e);
        }
        return;
      case 'assign': {
        const { index, target: vector } = statement;
        const own = index ? translator.element(vector, index, scope) : vector;
        const local = this.#locals.get(own);
        const target = this.effects.targets.get(own);
        if (!local && !target)
          return translator.fail(messages.notAssigned(own, [...this.effects.targets.keys()]), span);
        const type = local?.type ?? (target as { readonly type: Type }).type;
        const e = translator.stored(translator.value(assigned({ ...statement, target: own }), scope), type, span);
        if (!local) {
          const { name } = target as { readonly name: string };
          return this.assign(name, countsDown(statement) ? timed(name, e, span) : e, guard, span);
        }
        const chosen = guard ? conditional(guard, e, local.value.e, span) : e;
        return this.#set(own, type, constantOf(chosen) === undefined ? this.keep(own, chosen, span, type) : chosen);
      }
      case 'call':
        if (!this.effects.call(statement, guard, this))
          translator.fail(messages.unknownFunction(statement.name, ['emit_spike', 'integrate_odes']), span);
        return;
      case 'return':
        return translator.fail(messages.notRead('return', 'a statement outside a function'), span);
      case 'if':
        return this.#if(statement, guard);
      case 'for':
      case 'while':
        for (const _ of translator.rounds(statement, scope, (variable, value) =>
          this.#locals.set(variable, { value, type: { ...value, unit: '1' } }),
        ))
          this.run(statement.body, guard);
    }
  }

  #set(name: string, type: Type, e: Expression): void {
    this.#locals.set(name, { value: { e, kind: type.kind, dimension: type.dimension }, type });
  }

  #if(statement: Extract<Statement, { kind: 'if' }>, guard: Expression | undefined): void {
    const { condition, whenTrue, whenFalse, span } = statement;
    const { e } = this.translator.condition(condition, this.scope);
    const known = truthOf(e);
    if (known !== undefined) return this.run(known ? whenTrue : whenFalse, guard);
    const changed = new Set(
      [...targetsIn(whenTrue), ...targetsIn(whenFalse)].map((one) => this.effects.targets.get(one)?.name ?? one),
    );
    const mustKeep = drawsIn(e) || [...namesIn(e)].some((name) => changed.has(name));
    const held = this.effects.hold?.(e, statement) ?? (mustKeep ? this.keep('condition', e, span) : e);
    for (const [own, body] of [
      [held, whenTrue],
      [opposite(held), whenFalse],
    ] as const) {
      const run = (): void => this.run(body, guard ? binary('and', guard, own) : own);
      if (this.effects.branch) this.effects.branch(run);
      else run();
    }
  }
}

/** The type of conditions. */
export const conditionType: Type = { kind: 'boolean', dimension: dimensionless, unit: '1' };
