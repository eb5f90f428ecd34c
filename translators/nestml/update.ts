/** The update block: what a step does before and after the integration, and which equations it integrates. */

import type { Expression, Span, Statement as Written } from '../../src/lang/ast.js';
import {
  assignment,
  binary,
  boolean,
  conditional,
  name as nameOf,
  opposite,
  product,
  sum,
} from '../../src/lang/build.js';
import { drawsIn } from '../../src/lang/functions.js';
import { printExpression } from '../../src/lang/print.js';
import { namesIn, readsAny } from '../../src/lang/walk.js';
import { locatedExpression } from '../shared/located.js';
import { Code, conditionType, timed } from './code.js';
import type { Draft } from './draft.js';
import { noteSpike } from './events.js';
import { numberOf } from './functions.js';
import { integrates, plainName, targetsIn, variableOf } from './syntax.js';
import * as messages from './messages.js';
import { zeroOf } from './values.js';

/** Reads the update block. */
export function readUpdate(draft: Draft): void {
  const { update, span } = draft.model;
  const timer = draft.timer;
  if (timer) {
    const frozen = new Set(draft.integrated(timer.always));
    for (const name of draft.integrated([])) {
      const isFree = frozen.has(name) && timer.always.length > 0;
      const isHeld = draft.integrated(timer.free).includes(name);
      if (isHeld) draft.active.set(name, isFree ? true : nameOf('not_refractory'));
    }
    return;
  }
  const calls: {
    readonly literals: readonly Expression[];
    readonly names: readonly string[];
    readonly span: Span;
  }[] = [];
  const [begin, after]: [Written[], Written[]] = [[], []];
  let isAfter = false;
  const ends = new Set<boolean>();
  const hasJumps = [...draft.gains.values()].some((gains) =>
    [...gains.keys()].some((name) => draft.integrated([]).includes(name)),
  );
  const assignedNames = new Set(targetsIn(update));
  const odes = new Set(
    draft.model.equations.flatMap(({ name, order }) => Array.from({ length: order }, (_, k) => plainName(name, k))),
  );
  const code = new Code(draft.translator, draft.scope, draft.names, {
    targets: draft.targets(),
    call: (statement, guard, own) => {
      if (statement.name === 'emit_spike') noteSpike(draft, guard, own, statement.span);
      else if (statement.name === 'integrate_odes') {
        const names = statement.arguments.map((e) => {
          const variable = e.kind === 'name' ? variableOf(e.name) : undefined;
          if (e.kind === 'name' && e.name !== variable) return draft.fail(messages.noPrimes(), e.span);
          if (variable !== undefined && draft.model.equations.some(({ name }) => name === variable)) return variable;
          return draft.fail(messages.unknownName(e.kind === 'name' ? e.name : 'this', [...odes]), e.span);
        });
        calls.push({ literals: literalsOf(guard), names: draft.integrated(names), span: statement.span });
        isAfter = true;
        own.statements = after;
      } else return false;
      return true;
    },
    hold: (condition, { whenTrue, whenFalse, span: at }) => {
      const bodies = [...whenTrue, ...whenFalse];
      if (!integrates(bodies)) return undefined;
      const own = (name: string): string => draft.ownName(name) || name;
      const isLast = [whenTrue, whenFalse].every(
        (body) => body.findIndex((one) => integrates([one])) >= body.length - 1 || !integrates(body),
      );
      const unstable = [...assignedNames, ...(isLast && !hasJumps ? [] : odes)].map(own);
      if (!drawsIn(condition) && !readsAny(condition, new Set(unstable))) return condition;
      const name = draft.newState('branch', conditionType, boolean(false), at);
      code.assign(name, condition, undefined, at);
      return nameOf(name, at);
    },
    branch: (run) => {
      const was = isAfter;
      run();
      ends.add(isAfter);
      isAfter = was;
      code.statements = was ? after : begin;
    },
  });
  code.statements = begin;
  for (const statement of update) {
    ends.clear();
    code.run([statement]);
    if (ends.has(true)) isAfter = true;
    if (isAfter) code.statements = after;
  }
  for (const name of draft.integrated([])) {
    const own = calls.filter(({ names }) => names.includes(name));
    for (const [k, one] of own.entries())
      if (own.slice(0, k).some((other) => !contradict(one.literals, other.literals)))
        draft.fail(messages.integratedTwice(name), one.span);
    const active = either(own.map(({ literals }) => literals));
    if (active !== false) draft.active.set(name, active);
  }
  // Timers become statements, so that they need no mode of their own.
  const timers: Written[] = [];
  for (const [name, active] of draft.active) {
    const rate = draft.rates.get(name);
    if (active === true || !rate || isReadByRates(draft, name)) continue;
    if (numberOf(rate, (one) => draft.types.has(one)) === undefined) continue;
    draft.rates.delete(name);
    const next = sum(nameOf(name), product(rate, nameOf('dt')));
    timers.push(assignment(name, '=', conditional(active, timed(name, next, span), nameOf(name)), span));
  }
  // Local variables that nothing reads have no effect; those that are read after the integration outlive their block.
  const readBy = (list: readonly Written[]): ReadonlySet<string> =>
    new Set(list.flatMap(({ value }) => [...namesIn(value)]));
  const [later, all] = [readBy([...timers, ...after]), readBy([...begin, ...timers, ...after])];
  const before = begin.filter((one) => one.kind !== 'assignment' || !code.kept.has(one.target) || all.has(one.target));
  for (const one of before) {
    const local = one.kind === 'assignment' && later.has(one.target) ? code.kept.get(one.target) : undefined;
    if (local && one.kind === 'assignment') draft.states.set(one.target, { ...local, initial: zeroOf(local.type).e });
  }
  draft.silent('update', { when: boolean(true), do: before, slot: 'before_groups', order: 0 });
  draft.hasLaterCode = timers.length + after.length > 0;
  // Spikes of the step have arrived by then.
  draft.silent('after_update', {
    when: boolean(true),
    do: [...timers, ...after],
    slot: 'after_synapses',
    order: -1,
  });
  for (const one of after) readPorts(draft, one, true);
  for (const one of before) readPorts(draft, one, false);
  const held = new Map<string, [condition: Expression, names: string[]]>();
  for (const [name, active] of draft.active) {
    if (active === true || !draft.rates.has(name)) continue;
    const text = printExpression(active);
    const group = held.get(text) ?? [opposite(active), []];
    group[1].push(name);
    held.set(text, group);
  }
  for (const [condition, names] of held.values())
    draft.silent(
      'hold',
      {
        when: condition,
        do: [],
        slot: 'before_groups',
        order: 1,
        refractory: { while: locatedExpression(condition, ''), rate: names, suppress: false },
      },
      true,
    );
}

/** Notes ports that code of each step reads. */
function readPorts(draft: Draft, statement: Written, isAfter: boolean): void {
  for (const [name] of draft.gains) {
    if (statement.kind !== 'assignment' || !namesIn(statement.value).has(draft.ownName(name))) continue;
    if (!isAfter) draft.fail(messages.notRead(`${name} before integrate_odes`, 'a value'), statement.span);
    draft.portReads.add(name);
  }
}

/** Checks whether a rate reads a variable. */
function isReadByRates(draft: Draft, name: string): boolean {
  const reads = (e: Expression, depth = 0): boolean =>
    namesIn(e).has(name) ||
    (depth < 50 &&
      [...namesIn(e)].some(
        (one) =>
          draft.derived.has(one) && reads((draft.derived.get(one) as { readonly value: Expression }).value, depth + 1),
      ));
  return [...draft.rates].some(([, rate]) => reads(rate));
}

const literalsOf = (e: Expression | undefined): readonly Expression[] =>
  e === undefined
    ? []
    : e.kind === 'binary' && e.operator === 'and'
      ? [...literalsOf(e.left), ...literalsOf(e.right)]
      : [e];

const isOpposite = (a: Expression, b: Expression): boolean =>
  printExpression(opposite(a)) === printExpression(b) || printExpression(opposite(b)) === printExpression(a);

const contradict = (a: readonly Expression[], b: readonly Expression[]): boolean =>
  a.some((one) => b.some((other) => isOpposite(one, other)));

/** Returns a condition that holds if all literals of one of several conditions hold. */
function either(conditions: readonly (readonly Expression[])[]): Expression | boolean {
  const all = [...conditions];
  for (let k = 0; k < all.length; k++)
    for (let other = k + 1; other < all.length; other++) {
      const [a, b] = [all[k] ?? [], all[other] ?? []];
      const only = a.filter((one) => !b.some((two) => printExpression(one) === printExpression(two)));
      const back = b.filter((one) => !a.some((two) => printExpression(one) === printExpression(two)));
      if (only.length !== 1 || back.length !== 1 || !isOpposite(only[0] as Expression, back[0] as Expression)) continue;
      all.splice(other, 1);
      all[k] = a.filter((one) => one !== only[0]);
      [k, other] = [-1, all.length];
    }
  if (all.length === 0) return false;
  if (all.some((one) => one.length === 0)) return true;
  return all.map((one) => one.reduce((a, b) => binary('and', a, b))).reduce((a, b) => binary('or', a, b));
}
