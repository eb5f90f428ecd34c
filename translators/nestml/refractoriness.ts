/** Refractory periods that a timer of the model counts. */

import type { Expression } from '../../src/lang/ast.js';
import { binary } from '../../src/lang/build.js';
import { namesIn } from '../../src/lang/walk.js';
import { namesOf } from './checks.js';
import { numberOf } from './functions.js';
import { variableOf, type Handler, type NestmlModel, type Statement } from './syntax.js';

/** A timer: it runs down from `duration` after `handler`, and meanwhile only some equations are integrated. */
export interface Timer {
  readonly name: string;
  readonly handler: Handler;
  /** The condition of the handler without the timer. */
  readonly condition: Expression;
  readonly duration: Expression;
  /** The statement of the handler that starts it. */
  readonly reset: Statement;
  /** Equations that are integrated while it runs, and while it does not; empty for all. */
  readonly always: readonly string[];
  readonly free: readonly string[];
}

const compares = (e: Expression, name: string, operator: string, isZero: (e: Expression) => boolean): boolean =>
  e.kind === 'binary' && e.operator === operator && e.left.kind === 'name' && e.left.name === name && isZero(e.right);

const conjuncts = (e: Expression): readonly Expression[] =>
  e.kind === 'binary' && e.operator === 'and' ? [...conjuncts(e.left), ...conjuncts(e.right)] : [e];

/** Returns the names that a call of `integrate_odes` states, if it is the only statement. */
function integratedBy(body: readonly Statement[]): readonly string[] | null {
  const [only] = body;
  if (body.length !== 1 || only?.kind !== 'call' || only.name !== 'integrate_odes') return null;
  return only.arguments.flatMap((e) => (e.kind === 'name' ? [variableOf(e.name)] : []));
}

/** Returns the timer of a refractory period; undefined if the model has none, or uses it in other ways. */
export function timerOf(model: NestmlModel): Timer | undefined {
  const [choice, ...more] = model.update;
  if (choice?.kind !== 'if' || more.length > 0) return undefined;
  const { state, parameters, internals, inlines } = model;
  const declared = new Set([...state, ...parameters, ...internals, ...inlines].map(({ name }) => name));
  const valueOf = (e: Expression): number | undefined => numberOf(e, (name) => declared.has(name));
  const isNought = (e: Expression): boolean => valueOf(e) === 0;
  for (const equation of model.equations) {
    const { name } = equation;
    const start = model.state.find((one) => one.name === name);
    const isRunning = compares(choice.condition, name, '>', isNought);
    if (equation.order !== 1 || valueOf(equation.value) !== -1 || !start?.value || !isNought(start.value)) continue;
    if (!isRunning && !compares(choice.condition, name, '<=', isNought)) continue;
    const [while_, free] = (isRunning ? [choice.whenTrue, choice.whenFalse] : [choice.whenFalse, choice.whenTrue]).map(
      integratedBy,
    );
    const handlers = model.conditions.filter(
      (one) => namesIn(one.condition as Expression).has(name) || namesOf(one.body).includes(name),
    );
    const [handler] = handlers;
    if (!while_ || !free || !while_.includes(name) || handlers.length !== 1 || !handler) continue;
    const parts = conjuncts(handler.condition as Expression);
    const rest = parts.filter((one) => !compares(one, name, '<=', isNought));
    const reset = handler.body.find((one) => one.kind === 'assign' && one.target === name);
    const isElsewhere = [
      ...model.equations.flatMap((one) => (one === equation ? [] : [...namesIn(one.value)])),
      ...[...model.inlines, ...model.internals].flatMap(({ value }) => (value ? [...namesIn(value)] : [])),
      ...rest.flatMap((one) => [...namesIn(one)]),
      ...namesOf(handler.body.filter((one) => one !== reset)),
      ...model.receivers.flatMap(({ body }) => namesOf(body)),
    ].includes(name);
    const always = while_.filter((one) => one !== name);
    const isSubset = free.length === 0 || always.every((one) => free.includes(one));
    if (
      rest.length !== parts.length - 1 ||
      rest.length === 0 ||
      reset?.kind !== 'assign' ||
      reset.operator !== '=' ||
      isElsewhere ||
      !isSubset
    )
      continue;
    if (namesIn(reset.value).has(name)) continue;
    return {
      name,
      handler,
      condition: rest.reduce((a, b) => binary('and', a, b)),
      duration: reset.value,
      reset,
      always,
      free,
    };
  }
  return undefined;
}
