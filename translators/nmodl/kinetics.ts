/** Rates of change by reactions, and sums of states that reactions keep. */

import type { Expression, Span } from '../../src/lang/ast.js';
import {
  binary,
  difference,
  integer,
  isZero,
  name as nameOf,
  negated,
  product,
  quotient,
  sum,
} from '../../src/lang/build.js';
import { linearForm } from '../../src/lang/linear.js';
import { namesIn, requireModest } from '../../src/lang/walk.js';
import { Untranslatable, type Effects, type Flow } from './definitions.js';
import { rateOf } from './execute.js';
import type { Equation } from './linear-system.js';
import * as messages from './messages.js';
import type { Report } from './expressions.js';
import { pure, times, type Powers } from './units.js';
import { inUnits, type Contradiction, type Value } from './values.js';

/** States of a file. */
export interface StateFacts {
  readonly states: ReadonlyMap<string, unknown>;
  readonly unitOf: (state: string) => Powers;
  /** Name of a state in the equations. */
  readonly nameOf: (state: string) => string;
  /** Name of the array that a state is an element of, or of the state. */
  readonly arrayOf: (state: string) => string;
  readonly report: Report;
  readonly contradiction: Contradiction;
}

/** Returns the rates of change of states. @throws LangError lang/too-deep for a state with too many reactions */
export function ratesOf({ flows, volumes }: Effects, facts: StateFacts): Map<string, Expression> {
  const rates = new Map<string, Expression>();
  const add = (state: string, rate: Expression, span: Span): void => {
    rates.set(state, requireModest(sum(rates.get(state) ?? integer(0), rate), span));
  };
  const inVolume = (state: string, value: Value): Expression => {
    const volume = volumes.get(state) ?? volumes.get(facts.arrayOf(state));
    const unit = facts.unitOf(state);
    if (!volume) return rateOf(value, unit);
    return rateOf(
      {
        expression: quotient(value.expression, volume.expression),
        unit: times(value.unit ?? pure, volume.unit ?? pure, -1),
      },
      unit,
    );
  };
  for (const flow of flows) {
    for (const state of statesOf(flow))
      if (!facts.states.has(state)) {
        facts.report(messages.notAState(state, [...facts.states.keys()]), flow.span);
        throw new Untranslatable();
      }
    if (flow.kind === 'rate') rates.set(flow.state, rateOf(flow.value, facts.unitOf(flow.state), facts.contradiction));
    else if (flow.kind === 'flux') add(flow.state, inVolume(flow.state, flow.value), flow.span);
    else {
      const speed = (side: typeof flow.left, constant: Value | undefined): Value | undefined =>
        constant && !isZero(constant.expression)
          ? side.reduce<Value>((rate, [state, count]) => {
              const unit = facts.unitOf(state);
              const level: Expression = nameOf(facts.nameOf(state), flow.span);
              const power = count === 1 ? level : binary('**', level, integer(count));
              return {
                expression: requireModest(product(rate.expression, power), flow.span),
                unit: times(rate.unit ?? pure, unit, count),
              };
            }, constant)
          : undefined;
      const forward = speed(flow.left, flow.forward);
      const backward = speed(flow.right, flow.backward);
      for (const [side, sign] of [
        [flow.left, -1],
        [flow.right, 1],
      ] as const)
        for (const [state, count] of side)
          for (const [part, direction] of [
            [forward, sign],
            [backward, -sign],
          ] as const) {
            if (!part) continue;
            const rate = inVolume(state, part);
            const whole = count === 1 ? rate : product(integer(count), rate);
            add(state, direction < 0 ? negated(whole) : whole, flow.span);
          }
    }
  }
  return rates;
}

/** Returns the equations of states whose rates are zero, and of the sums that CONSERVE states. */
export function steadyEquations(effects: Effects, span: Span, facts: StateFacts): Equation[] {
  const rates = ratesOf(effects, facts);
  const names = [...rates.keys()];
  const equations = names.map((name) => ({
    zero: rates.get(name) ?? integer(0),
    unit: times(facts.unitOf(name), { ms: 1 }, -1),
  }));
  const free = names.map(facts.nameOf);
  for (const value of effects.conserved) {
    const unit = value.unit ?? pure;
    const sum = inUnits(value, unit);
    const last = free.findLastIndex((name) => namesIn(sum).has(name));
    if (last < 0) continue;
    // The rate of one state follows from the other rates.
    equations[last] = { zero: sum, unit };
    free[last] = '';
  }
  if (effects.conserved.length === 0 && names.length > 0 && isClosed(effects)) {
    facts.report(messages.openSum(), span);
    throw new Untranslatable();
  }
  return equations;
}

/** Returns states as expressions of others, by the sums that CONSERVE states. @param states  of the equations */
export function conservedStates(sums: readonly Value[], states: readonly string[]): Map<string, Expression> {
  const found = new Map<string, Expression>();
  for (const value of sums) {
    const form = linearForm(inUnits(value, value.unit ?? pure), states);
    const last = states.findLast((name) => form?.coefficients.has(name) && !found.has(name));
    const own = last === undefined ? undefined : form?.coefficients.get(last);
    if (!form || !own || last === undefined) continue;
    const others = [...form.coefficients].filter(([name]) => name !== last);
    const rest = others
      .map(([name, factor]) => product(factor, nameOf(name)))
      .reduce((all, term) => requireModest(difference(all, term)), negated(form.constant));
    found.set(last, quotient(rest, own));
  }
  return found;
}

/** Returns the states that a flow changes. */
export const statesOf = (flow: Flow): string[] =>
  flow.kind === 'reaction' ? [...flow.left, ...flow.right].map(([state]) => state) : [flow.state];

/** Whether reactions keep the sum of all states: no flow enters or leaves. */
const isClosed = ({ flows }: Effects): boolean =>
  flows.every((flow) => {
    if (flow.kind !== 'reaction') return false;
    const total = (side: typeof flow.left): number => side.reduce((all, [, count]) => all + count, 0);
    return total(flow.left) === total(flow.right);
  });
