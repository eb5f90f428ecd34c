/** Connection rules by the names that notations have for them. */

import type { Expression } from '../../lang/ast.js';
import { conditional, integer, number, product } from '../../lang/build.js';
import { callsIn, namesIn } from '../../lang/walk.js';
import { isRandom } from '../../lang/functions.js';
import type { ArrayValue, ConnectionRule as Written, Form } from '../../model/model.js';
import type { ConnectionRule } from '../../model/typed.js';
import { constantOf, plain, valueAt } from './numbers.js';

/** Sizes of the two ends, and whether they are the same cells. */
export interface Ends {
  /** Number of senders. */
  readonly from: number;
  /** Number of receivers. */
  readonly to: number;
  /** Whether both ends are the same cells. */
  readonly same: boolean;
}

/** Indices are not units whatever they are called. */
const indices = { has: (name: string): boolean => !['um', 'm', 's', 'ms'].includes(name) };

/** Most pairs that are gone through to list connections. */
const mostPairs = 4e6;

/** Returns the simplest equivalent of a rule; the rule itself if no simpler one exists. */
export function namedRule(rule: ConnectionRule, ends: Ends): ConnectionRule {
  switch (rule.rule) {
    case 'pairs':
      return ofPairs(rule, ends);
    case 'generator':
      return ofGenerator(rule, ends) ?? rule;
    default:
      return rule;
  }
}

const isDeterministic = (e: Expression): boolean => !callsIn(e).some((call) => isRandom(call.function));
const readsOnly = (e: Expression, names: readonly string[]): boolean =>
  [...namesIn(e)].every((name) => names.includes(name));

/** Returns pairs in the order of creation, for rules without draws; undefined for others, and for too many pairs. */
export function pairsOf<F extends Form>(
  rule: Written<F>,
  ends: Ends,
  numbers: (array: ArrayValue) => readonly number[],
): { readonly sources: readonly number[]; readonly targets: readonly number[] } | undefined {
  switch (rule.rule) {
    case 'list':
      return { sources: numbers(rule.sources), targets: numbers(rule.targets) };
    case 'oneToOne': {
      const both = Array.from({ length: Math.min(ends.from, ends.to) }, (_, k) => k);
      return { sources: both, targets: both };
    }
    case 'all': {
      const found = rule.self || ends.same ? listed(ends, (i, j) => rule.self || i !== j) : undefined;
      return found?.rule === 'list' ? { sources: numbers(found.sources), targets: numbers(found.targets) } : undefined;
    }
    default:
      return undefined;
  }
}

/** Checks whether a condition only compares two names. */
const compares = (e: Expression, operator: '==' | '!=', ...names: readonly string[]): boolean =>
  e.kind === 'binary' &&
  e.operator === operator &&
  e.left.kind === 'name' &&
  e.right.kind === 'name' &&
  [e.left.name, e.right.name].sort().join() === names.toSorted().join();

function ofPairs(rule: Extract<ConnectionRule, { rule: 'pairs' }>, ends: Ends): ConnectionRule {
  const { condition, copies } = rule;
  if (copies !== 1) return rule;
  if (condition === null) return rule.p === 1 ? { rule: 'all', self: rule.self } : rule;
  const e = plain(condition, indices);
  if (compares(e, '!=', 'i', 'j') && ends.same) {
    const free = { ...rule, condition: null, self: false };
    return rule.p === 1 ? { rule: 'all', self: false } : free;
  }
  // A condition of a drawn pair is a factor of its probability.
  if (typeof rule.p === 'number' && rule.p !== 1 && rule.self && isDeterministic(e) && readsOnly(e, ['i', 'j']))
    return {
      ...rule,
      condition: null,
      p: product(number(rule.p), conditional(e, integer(1), integer(0))),
    };
  if (rule.p !== 1 || !rule.self || !isDeterministic(e) || !readsOnly(e, ['i', 'j', 'N_pre', 'N_post'])) return rule;
  if (ends.from === ends.to && compares(e, '==', 'i', 'j')) return { rule: 'oneToOne' };
  return listed(ends, (i, j) => valueAt(e, at({ i, j, N_pre: ends.from, N_post: ends.to })) !== 0) ?? rule;
}

const at =
  (values: Readonly<Record<string, number>>) =>
  (name: string): number => {
    const value = values[name];
    if (value === undefined) throw new RangeError(name);
    return value;
  };

/** Returns the pairs for which a test holds; undefined for too many pairs. */
function listed(ends: Ends, holds: (i: number, j: number) => boolean): ConnectionRule | undefined {
  if (ends.from * ends.to > mostPairs) return undefined;
  const sources: number[] = [];
  const targets: number[] = [];
  try {
    for (let i = 0; i < ends.from; i++)
      for (let j = 0; j < ends.to; j++)
        if (holds(i, j)) {
          sources.push(i);
          targets.push(j);
        }
  } catch {
    return undefined;
  }
  return { rule: 'list', sources, targets };
}

function ofGenerator(rule: Extract<ConnectionRule, { rule: 'generator' }>, ends: Ends): ConnectionRule | undefined {
  const { outer, variable, condition, copies, range } = rule;
  if (copies !== 1) return undefined;
  const [index, from, to, step] = [rule.index, range.from, range.to, range.step].map((e) => plain(e, indices));
  if (index === undefined || from === undefined || to === undefined || step === undefined) return undefined;
  const test = condition === null ? undefined : plain(condition, indices);
  const own = outer === 'pre' ? 'i' : 'j';
  const inner = outer === 'pre' ? ends.to : ends.from;
  const wide =
    constantOf(from) === 0 &&
    constantOf(step) === 1 &&
    (constantOf(to) === inner || isSize(to, outer === 'pre' ? 'N_post' : 'N_pre'));
  const direct = index.kind === 'name' && index.name === variable;
  if (range.sample !== undefined) {
    const { p, size } = range.sample;
    const self =
      test === undefined
        ? true
        : ends.same && (compares(test, '!=', 'i', 'j') || compares(test, '!=', own, variable))
          ? false
          : undefined;
    if (!wide || !direct || self === undefined) return undefined;
    if (p !== undefined) {
      const probability = constantOf(plain(p, indices));
      return probability === undefined
        ? undefined
        : { rule: 'pairs', condition: null, p: probability, copies: 1, self };
    }
    const n = constantOf(plain(size ?? number(0), indices));
    // A condition leaves some of the sample out, so numbers differ.
    return n === undefined || !self
      ? undefined
      : { rule: outer === 'pre' ? 'fixedOutDegree' : 'fixedInDegree', n, replace: false, self };
  }
  const all = [index, from, to, step, ...(test === undefined ? [] : [test])];
  const count = constantOf(to);
  const fromStart = constantOf(from) === 0 && constantOf(step) === 1 && test === undefined;
  if (fromStart && count !== undefined && isAnyOf(index, inner, outer === 'pre' ? 'N_post' : 'N_pre'))
    return { rule: outer === 'pre' ? 'fixedOutDegree' : 'fixedInDegree', n: count, replace: true, self: true };
  if (!all.every(isDeterministic)) return undefined;
  const outerSize = outer === 'pre' ? ends.from : ends.to;
  const sources: number[] = [];
  const targets: number[] = [];
  try {
    for (let k = 0; k < outerSize; k++) {
      const known = { [own]: k, N_pre: ends.from, N_post: ends.to };
      const [a, b, by] = [from, to, step].map((e) => valueAt(e, at(known)));
      if (a === undefined || b === undefined || by === undefined || by === 0) return undefined;
      for (let value = a; by > 0 ? value < b : value > b; value += by) {
        const inside = { ...known, [variable]: value };
        const other = valueAt(index, at(inside));
        const valid = Number.isInteger(other) && other >= 0 && other < inner;
        const whole = { ...inside, [outer === 'pre' ? 'j' : 'i']: other };
        if (test !== undefined && valueAt(test, at(whole)) === 0) continue;
        if (!valid) {
          if (rule.skipInvalid) continue;
          return undefined;
        }
        sources.push(outer === 'pre' ? k : other);
        targets.push(outer === 'pre' ? other : k);
        if (sources.length > mostPairs) return undefined;
      }
    }
  } catch {
    return undefined;
  }
  const straight = sources.every((source, k) => source === k && targets[k] === k);
  if (straight && ends.from === ends.to && sources.length === ends.from) return { rule: 'oneToOne' };
  return { rule: 'list', sources, targets };
}

const isSize = (e: Expression, name: string): boolean => e.kind === 'name' && e.name === name;

/** Checks whether an index is drawn from all: `int(uniform()*N)`. */
function isAnyOf(e: Expression, size: number, name: string): boolean {
  const [inside] = e.kind === 'call' && (e.function === 'int' || e.function === 'floor') ? e.arguments : [];
  if (inside?.kind !== 'binary' || inside.operator !== '*') return false;
  const isDraw = (expression: Expression): boolean =>
    expression.kind === 'call' && expression.function === 'uniform' && expression.arguments.length === 0;
  const factor = isDraw(inside.left) ? inside.right : isDraw(inside.right) ? inside.left : undefined;
  return factor !== undefined && (isSize(factor, name) || constantOf(factor) === size);
}
