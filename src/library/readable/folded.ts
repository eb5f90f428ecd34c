/** Types with constants folded, without second names for one variable, and without unread variables. */

import type { Expression } from '../../lang/ast.js';
import { binary, call, integer, isZero, name as named, number, unary } from '../../lang/build.js';
import { NoNumber } from '../../lang/evaluate.js';
import { matched, nameOf } from '../../lang/pattern.js';
import { mapExpression, readsAny, writtenBy } from '../../lang/walk.js';
import { ownNames } from '../../model/declared-names.js';
import {
  formulaOf,
  namesOf,
  statementsIn,
  withExpressions,
  type EquationSet,
  type NeuronType,
  type SynapseType,
} from '../../model/typed.js';
import { plain, tidy, valueAt, withoutRounding } from '../recognise/numbers.js';
import { withSequence } from './in-steps.js';

/** `0*V - x` as `-x`. */
export function withoutZero(e: Expression, known: ReadonlySet<string>): Expression {
  if (e.kind !== 'binary' || (e.operator !== '-' && e.operator !== '+')) return e;
  const isNothing = (side: Expression): boolean =>
    isZero(side) ||
    (side.kind === 'binary' &&
      (side.operator === '*' || side.operator === '/') &&
      isNothing(side.left) &&
      !readsAny(side.right, known));
  if (isNothing(e.left)) return e.operator === '-' ? negative(e.right) : e.right;
  return isNothing(e.right) ? e.left : e;
}

/** `-x`; of a quotient, its numerator's. */
const negative = (e: Expression): Expression =>
  e.kind === 'binary' && (e.operator === '/' || e.operator === '*') ? { ...e, left: negative(e.left) } : unary('-', e);

/** Names that are never replaced by a number, since users of other notations change them. */
const kept: ReadonlySet<string> = new Set(['temperature']);

/** Replaces constant variables by numbers, and second names by the variable itself. */
export function folded(type: NeuronType, outside: ReadonlySet<string>): NeuronType {
  const known = ownNames(type);
  const written = writtenBy(statementsIn([type.events, type.regimes]));
  const numbers = new Map<string, number>();
  const aliases = new Map<string, string>();
  const isKept = (name: string): boolean => outside.has(name) || kept.has(name) || numbers.has(name);
  const evaluated = (e: Expression): number | undefined => {
    try {
      return valueAt(plain(e, known), (name) => {
        const value = numbers.get(name);
        if (value === undefined) throw new RangeError(name);
        return value;
      });
    } catch (error) {
      if (error instanceof RangeError || error instanceof NoNumber) return undefined;
      throw error;
    }
  };
  for (let before = -1; before !== numbers.size;) {
    before = numbers.size;
    for (const [name, { value, type: kind }] of Object.entries(type.parameters))
      if (!isKept(name) && !written.has(name) && kind === 'real') {
        const e = formulaOf(value);
        const found = typeof value === 'number' ? value : e && evaluated(e);
        if (found !== undefined && Number.isFinite(found)) numbers.set(name, found);
      }
    for (const [name, { value, type: kind, held }] of Object.entries(type.derived))
      if (!isKept(name) && kind === 'real' && !held) {
        const found = evaluated(value);
        if (found !== undefined && Number.isFinite(found)) numbers.set(name, found);
        else if (known.has(nameOf(value)) && type.sequence === undefined) aliases.set(name, nameOf(value));
      }
  }
  const parameters = { ...type.parameters };
  for (const [name, parameter] of Object.entries(parameters)) {
    const value = numbers.get(name);
    if (formulaOf(parameter.value) && value !== undefined) parameters[name] = { ...parameter, value: tidy(value) };
  }
  const constants = Object.entries(type.derived).filter(([name]) => numbers.has(name));
  for (const [name, { unit }] of constants)
    parameters[name] = { unit, type: 'real', value: tidy(numbers.get(name) ?? 0), shared: false };
  const followed = (name: string): string => {
    const next = aliases.get(name);
    return next === undefined ? name : followed(next);
  };
  const derived = Object.fromEntries(
    Object.entries(type.derived).filter(([name]) => !numbers.has(name) && !aliases.has(name)),
  );
  const factors = new Set(
    constants.flatMap(([name, { unit }]) => (unit === '1' && numbers.get(name) === 1 ? [name] : [])),
  );
  const isOne = (e: Expression): boolean => e.kind === 'name' && factors.has(e.name);
  const shortened = (e: Expression): Expression => {
    if (e.kind === 'name') return aliases.has(e.name) ? named(followed(e.name)) : e;
    if (e.kind === 'number') {
      const short = withoutRounding(e.value);
      return e.integer || short === e.value ? e : number(short, e.span);
    }
    if (e.kind === 'quantity') {
      const value = withoutRounding(e.value);
      return value === e.value ? e : { ...e, value };
    }
    if (e.kind === 'conditional') return linearRate(e) ?? e;
    if (e.kind !== 'binary') return e;
    const { left, right } = e;
    if (e.operator === '*') return isOne(left) ? right : isOne(right) ? left : e;
    if (e.operator === '/') return isOne(right) ? left : e;
    const shorter = withoutZero(e, known);
    if (shorter !== e) return shorter;
    const power = e.operator === '**' && right.kind === 'name' ? numbers.get(right.name) : undefined;
    if (power === 1) return left;
    return power !== undefined && Number.isInteger(power) && power > 0 ? { ...e, right: integer(power) } : e;
  };
  return withExpressions(withSequence({ ...type, parameters, derived }), (e) => mapExpression(e, shortened));
}

/** `rate*x/(1 - exp(-x))` with its series near 0 as `rate/exprel(-x)`; undefined for other choices. */
function linearRate(e: Expression): Expression | undefined {
  const choice = 'series if abs(x) < 0.0001 else rate*x/(1 - exp(-x))';
  const { rate, x } = matched(e, choice, 'series', 'rate', 'x') ?? {};
  return rate && x?.kind === 'name' ? binary('/', rate, call('exprel', [unary('-', x)])) : undefined;
}

/** Returns a type without unread parameters and derived variables. */
export function pruned<T extends NeuronType | SynapseType>(type: T, outside: ReadonlySet<string>): T {
  const read = new Set<string>(outside);
  const { parameters, derived, sequence: _, conformsTo: __, ...rest } = type;
  const waiting = new Set(namesOf(rest));
  for (const name of outside) waiting.add(name);
  for (const name of waiting) {
    read.add(name);
    for (const next of namesOf(type.derived[name]?.value ?? type.parameters[name]?.value)) waiting.add(next);
  }
  const only = <V>(map: Readonly<Record<string, V>>): Record<string, V> =>
    Object.fromEntries(Object.entries(map).filter(([name]) => read.has(name)));
  return { ...type, parameters: only(parameters), derived: only(derived) };
}

/** `0*V - x` in every expression of a type as `-x`. */
export const withoutZeros = <T extends EquationSet & { readonly ports?: object }>(type: T): T => {
  const known = new Set([type.parameters, type.state, type.derived, type.ports ?? {}].flatMap((m) => Object.keys(m)));
  return withExpressions(type, (e) => mapExpression(e, (part) => withoutZero(part, known)));
};
