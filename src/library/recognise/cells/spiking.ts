/** Spikes of a cell: its threshold, reset, adaptation and refractory period. */

import type { Expression } from '../../../lang/ast.js';
import type { EventDefinition } from '../../../model/typed.js';
import { difference, negated, number, product, quotient } from '../../../lang/build.js';
import { printExpression } from '../../../lang/print.js';
import { readsAny, substitute } from '../../../lang/walk.js';
import { polynomialOf } from '../polynomial.js';
import { constantOf, fold } from '../numbers.js';
import { type View, refuse, coefficient, isNought, addedTo, type CellUse, zero } from './view.js';

/** The effects of a spike on a cell, in volts and seconds. */
export interface Spiking {
  readonly threshold: Expression;
  /** Absent: the potential is not reset. */
  readonly reset: Expression | undefined;
  /** Amounts added to other variables. */
  readonly jumps: ReadonlyMap<string, Expression>;
}

/** Returns threshold, reset and jumps of an event; rejects conditions other than a threshold of the potential. */
export function spikingOf(view: View, spike: EventDefinition): Spiking {
  const unlike = (): never => refuse(`PyNN has no cell that spikes where ${printExpression(spike.when)}`);
  const e = view.read(spike.when);
  const backwards = e.kind === 'binary' && ['<', '<='].includes(e.operator);
  if (e.kind !== 'binary' || !['>', '>=', '<', '<='].includes(e.operator)) return unlike();
  const [upper, lower] = backwards ? [e.right, e.left] : [e.left, e.right];
  const polynomial = polynomialOf(difference(upper, lower), view.names);
  const slope = coefficient(polynomial, view.v);
  const keys = [...polynomial.terms.keys()].filter((key) => key !== '' && key !== view.v);
  if (keys.length > 0 || isNought(slope)) unlike();
  // Below a threshold, or on a side of it that is not known.
  if (!((constantOf(fold(slope)) ?? NaN) > 0)) unlike();
  const threshold = fold(negated(quotient(coefficient(polynomial), slope)));
  const jumps = new Map<string, Expression>();
  let reset: Expression | undefined;
  for (const statement of spike.do) {
    if (statement.kind !== 'assignment') return refuse('PyNN sends nothing at a spike');
    const value = view.read(statement.value);
    const added = statement.operator === '=' ? addedTo(statement.target, value, view) : undefined;
    if (added !== undefined) {
      jumps.set(statement.target, added);
      continue;
    }
    if (readsAny(value, view.names)) refuse(`PyNN has no reset like that of ${statement.target}`);
    if (statement.target === view.v && statement.operator === '=')
      reset = view.volts === 1 ? value : fold(product(number(view.volts), value));
    else if (statement.operator === '+=' || statement.operator === '-=')
      jumps.set(statement.target, statement.operator === '+=' ? value : fold(negated(value)));
    else refuse(`PyNN has no reset like that of ${statement.target}`);
  }
  if (spike.multiplicity !== undefined) refuse('PyNN counts a spike of a cell once');
  return { threshold, reset, jumps };
}

/** Returns the time for which the potential is held after a spike. */
export function refractoryPeriod(view: View, spike: EventDefinition, { dt }: CellUse): Expression {
  const { refractory } = spike;
  if (refractory === undefined) return zero;
  if (refractory.for === undefined) return refuse('PyNN has no conditional refractoriness');
  const period = fold(substitute(view.read(refractory.for), new Map([['dt', number(dt)]])));
  if (constantOf(period) === 0) return zero;
  if (refractory.rate.length !== 1 || refractory.rate[0] !== view.v)
    refuse(
      refractory.rate.length === 0
        ? 'its potential keeps changing while refractory, whereas PyNN holds it'
        : `${refractory.rate.join(', ')} are held after a spike, whereas PyNN holds only the potential`,
    );
  return period;
}
