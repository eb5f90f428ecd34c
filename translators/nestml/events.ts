/** Code at spikes that arrive, and at conditions. */

import { dimensionless, type Expression, type Span, type Statement as Written } from '../../src/lang/ast.js';
import {
  assignment,
  binary,
  boolean,
  integer,
  isZero,
  name as nameOf,
  number,
  product,
  quotient,
  sum,
} from '../../src/lang/build.js';
import { second } from '../../src/lang/dimension.js';
import { drawsIn } from '../../src/lang/functions.js';
import { linearForm } from '../../src/lang/linear.js';
import { readsAny, substitute } from '../../src/lang/walk.js';
import { locatedExpression } from '../shared/located.js';
import { Code, conditionType } from './code.js';
import type { Draft } from './draft.js';
import { numberOf, type Type } from './functions.js';
import { bodiesOf, byPriority, targetsIn, type Handler } from './syntax.js';
import * as messages from './messages.js';

/** Reads code at spikes that arrive, and jumps of variables. */
export function readReceivers(draft: Draft): void {
  const handlers = [...draft.model.receivers].sort(byPriority);
  for (const { port = '', span } of handlers)
    if (!draft.gains.has(port)) draft.fail(messages.unknownName(port, [...draft.gains.keys()]), span);
  for (const [port, gains] of draft.gains) {
    const own = handlers.filter((one) => one.port === port);
    const name = draft.ownName(port);
    const type: Type = { kind: 'real', dimension: dimensionless, unit: '1' };
    const span = draft.port(port)?.span ?? draft.model.span;
    draft.states.set(name, { type, initial: integer(0), span });
    const [only] = own;
    const [target] = gains.keys();
    const single =
      gains.size === 1 && own.length === 0 && target !== undefined && !draft.portReads.has(port)
        ? ([target, gains.get(target) as Expression] as const)
        : only && own.length === 1 && gains.size === 0 && !draft.portReads.has(port)
          ? sumOf(draft, only, name)
          : null;
    if (single && isRescaled(draft, single[0], single[1], name)) continue;
    const code = codeOf(draft);
    for (const { body } of own) code.run(body);
    const when = binary('!=', nameOf(name, span), number(0), span);
    // Pulses of equations act at their integration: before the rest of the update block and code of spikes.
    const pulses = jumpsOf(draft, new Map([...gains].filter(([variable]) => draft.isIntegrated(variable))), name, span);
    const responses = jumpsOf(
      draft,
      new Map([...gains].filter(([variable]) => !draft.isIntegrated(variable))),
      name,
      span,
    );
    const isAtOnce = handlers.length === 0 && !draft.hasLaterCode;
    if (!isAtOnce) draft.silent(`integrate_${port}`, { when, do: pulses, slot: 'after_synapses', order: -2 });
    if (own.length + gains.size === 0 && !draft.portReads.has(port)) continue;
    const order = only ? handlers.indexOf(only) : handlers.length;
    const jumps = isAtOnce ? [...pulses, ...responses] : responses;
    const statements = [...code.statements, ...jumps, assignment(name, '=', number(0), span)];
    draft.silent(`receive_${port}`, { when, do: statements, slot: 'after_synapses', order });
  }
}

/** Reads code at conditions, and the event of the spikes that other code emits. */
export function readConditions(draft: Draft): void {
  const handlers = [...draft.model.conditions].sort(byPriority);
  const isSimple = handlers.length === 1 && draft.emits === undefined;
  for (const [order, handler] of handlers.entries()) {
    const isSpike = handler.body.filter((one) => one.kind === 'call' && one.name === 'emit_spike').length === 1;
    const isTimed = handler === draft.timer?.handler;
    const timed = isTimed ? draft.timer : undefined;
    const body = handler.body.filter(
      (one) => !(isSpike && one.kind === 'call' && one.name === 'emit_spike') && one !== timed?.reset,
    );
    const code = codeOf(draft);
    code.run(body);
    const { e } = draft.translator.condition(timed?.condition ?? (handler.condition as Expression), draft.scope);
    const frozen = [...draft.active].flatMap(([name, active]) =>
      active !== true && draft.rates.has(name) ? [name] : [],
    );
    draft.events.push([
      isSpike ? 'spike' : 'condition',
      {
        when: e,
        do: code.statements,
        ...(isSimple && isSpike ? {} : { slot: 'thresholds', actionSlot: 'thresholds', order }),
        ...(isSpike ? { emits: 'spike' } : { emits: null }),
        ...(timed
          ? {
              refractory: {
                for: locatedExpression(
                  draft.value(timed.duration, { kind: 'real', dimension: second, unit: 's' }, draft.scope),
                  '',
                ),
                rate: frozen,
              },
            }
          : {}),
      },
    ]);
  }
  if (draft.emits === undefined) return;
  const { span } = draft.model;
  const statements = [assignment(draft.emits, '=', boolean(false), span)];
  draft.events.push([
    'spike',
    {
      when: nameOf(draft.emits, span),
      do: statements,
      slot: 'thresholds',
      actionSlot: 'thresholds',
      order: handlers.length,
      emits: 'spike',
    },
  ]);
}

/** Returns jumps of variables by gains times the value of a port, which all read the values before them. */
function jumpsOf(draft: Draft, gains: ReadonlyMap<string, Expression>, port: string, span: Span): readonly Written[] {
  const isMutual = [...gains].some(([variable, gain]) =>
    readsAny(gain, new Set([...gains.keys()].filter((one) => one !== variable))),
  );
  const code = codeOf(draft);
  const sizes = [...gains].map(([variable, gain]) => {
    const size = product(gain, nameOf(port));
    return [variable, isMutual ? code.keep('pulse', size, span) : size] as const;
  });
  for (const [variable, size] of sizes) {
    const active = draft.active.get(variable);
    code.assign(variable, sum(nameOf(variable), size), active === true ? undefined : active, span);
  }
  return code.statements;
}

/** Returns a block of code that may emit spikes. */
function codeOf(draft: Draft): Code {
  return new Code(draft.translator, draft.scope, draft.names, {
    targets: draft.targets(),
    call: ({ name, span }, guard, code) => {
      if (name === 'emit_spike') noteSpike(draft, guard, code, span);
      return name === 'emit_spike';
    },
  });
}

/** Notes a spike that code emits elsewhere than in a condition. */
export function noteSpike(draft: Draft, guard: Expression | undefined, code: Code, span: Span): void {
  draft.emits ??= draft.newState('spiking', conditionType, boolean(false), span);
  code.assign(draft.emits, boolean(true), guard, span);
}

/** Returns the variable that a handler adds weights to, with their factor, if it does nothing else. */
function sumOf(draft: Draft, { body }: Handler, port: string): readonly [string, Expression] | null {
  const [statement] = body;
  if (body.length !== 1 || statement?.kind !== 'assign' || statement.operator !== '+=') return null;
  const { target } = statement;
  const own = draft.ownName(target);
  const state = draft.states.get(own);
  const writers = bodiesOf(draft.model)
    .flatMap(targetsIn)
    .filter((one) => one === target);
  if (!state || writers.length !== 1 || numberOf(state.initial, () => false) !== 0) return null;
  const { translator } = codeOf(draft);
  const value = translator.stored(translator.value(statement.value, draft.scope), state.type, statement.span);
  const form = linearForm(value, [port]);
  const factor = form?.coefficients.get(port);
  return form && factor && isZero(form.constant) ? [own, factor] : null;
}

/** Replaces a variable by a factor times another one, to which synapses add weights. Returns whether it can. */
function isRescaled(draft: Draft, variable: string, gain: Expression, port: string): boolean {
  const state = draft.states.get(variable);
  const rate = draft.rates.get(variable);
  const form = rate && linearForm(rate, [variable]);
  const isConstant = !readsAny(gain, draft.states) && !readsAny(gain, new Set(['t', 'dt'])) && !drawsIn(gain);
  if (!state || !form || !isConstant || isJump(draft, variable)) return false;
  draft.states.delete(variable);
  draft.rates.delete(variable);
  draft.derived.set(variable, { type: state.type, value: product(gain, nameOf(port, state.span)), span: state.span });
  const own = new Map([[variable, nameOf(port)]]);
  const decay = product(form.coefficients.get(variable) ?? number(0), nameOf(port));
  draft.rates.set(port, isZero(form.constant) ? substitute(rate, own) : sum(decay, quotient(form.constant, gain)));
  const active = draft.active.get(variable);
  if (active !== undefined) draft.active.set(port, active);
  draft.active.delete(variable);
  return true;
}

/** Checks whether a variable is one of the model's equations that spikes make jump. */
function isJump(draft: Draft, variable: string): boolean {
  return [...draft.gains.values()].some((gains) => gains.has(variable)) && draft.isIntegrated(variable);
}
