/** Kernels as linear equations: sums of c t^k exp(a t), and equations with initial values. */

import type { Dimension, Expression } from '../../src/lang/ast.js';
import {
  call,
  difference,
  integer,
  isZero,
  name as nameOf,
  negated,
  number,
  product,
  quantity,
  quotient,
  sum,
} from '../../src/lang/build.js';
import { hertz } from '../../src/lang/dimension.js';
import { linearForm } from '../../src/lang/linear.js';
import { printExpression } from '../../src/lang/print.js';
import { namesIn } from '../../src/lang/walk.js';

/** Names of the time since a spike and of Dirac's function, in kernels. */
export const kernelTime = 'time since the spike';
export const dirac = 'delta of the time';

/** Checks whether an expression reads pulses of a port. */
export const hasPulses = (e: Expression): boolean => [...namesIn(e)].some((name) => name.startsWith(`${dirac} `));

/** A term c t^power exp(rate t), or c delta(t). */
interface Term {
  readonly factor: Expression;
  readonly power: number;
  /** Null for no exponential. */
  readonly rate: Expression | null;
  readonly isDelta: boolean;
}

/** A variable of a kernel's equations: its rate reads the variables of the kernel by their keys. */
export interface Mode {
  readonly key: string;
  readonly rate: Expression;
  /** Value right after a spike of weight 1. */
  readonly gain: Expression;
  readonly unit: string;
}

/** The equations of a kernel, and its value by the keys of their variables. */
export interface KernelEquations {
  readonly modes: readonly Mode[];
  readonly value: Expression;
  readonly isDelta: boolean;
  /** Of the value; absent: a pure number. */
  readonly dimension?: Dimension;
}

const readsTime = (e: Expression): boolean => namesIn(e).has(kernelTime) || namesIn(e).has(dirac);

/** Returns the terms of a function of the time; null for another form. */
function termsOf(e: Expression): readonly Term[] | null {
  const plain = { factor: integer(1), power: 0, rate: null, isDelta: false };
  if (!readsTime(e)) return [{ ...plain, factor: e }];
  switch (e.kind) {
    case 'name':
      return [e.name === dirac ? { ...plain, isDelta: true } : { ...plain, power: 1 }];
    case 'unary': {
      const terms = termsOf(e.operand);
      return terms && (e.operator === '-' ? terms.map((term) => ({ ...term, factor: negated(term.factor) })) : terms);
    }
    case 'call': {
      const form = e.function === 'exp' ? linearForm(e.arguments[0] as Expression, [kernelTime]) : null;
      if (!form) return null;
      const factor = isZero(form.constant) ? integer(1) : call('exp', [form.constant]);
      return [{ ...plain, factor, rate: form.coefficients.get(kernelTime) ?? null }];
    }
    case 'binary': {
      if (e.operator === '**') {
        const power = e.right.kind === 'number' ? e.right.value : NaN;
        const isPower =
          e.left.kind === 'name' && e.left.name === kernelTime && Number.isInteger(power) && power >= 0 && power <= 8;
        return isPower ? [{ ...plain, power }] : null;
      }
      if (e.operator === '/') {
        const terms = readsTime(e.right) ? null : termsOf(e.left);
        return terms && terms.map((term) => ({ ...term, factor: quotient(term.factor, e.right) }));
      }
      const [left, right] = [termsOf(e.left), termsOf(e.right)];
      if (!left || !right) return null;
      if (e.operator === '+') return [...left, ...right];
      if (e.operator === '-') return [...left, ...right.map((term) => ({ ...term, factor: negated(term.factor) }))];
      if (e.operator !== '*' || left.length * right.length > 64) return null;
      return left.flatMap((a) =>
        right.map((b) => ({
          factor: product(a.factor, b.factor),
          power: a.power + b.power,
          rate: a.rate && b.rate ? sum(a.rate, b.rate) : (a.rate ?? b.rate),
          isDelta: a.isDelta || b.isDelta,
        })),
      );
    }
    default:
      return null;
  }
}

const rateOf = (term: Term | undefined): Expression => term?.rate ?? quantity(0, hertz);

/** Returns the equations of a function of the time since a spike; null for one without linear equations. */
export function equationsOf(e: Expression): KernelEquations | null {
  const terms = termsOf(e);
  if (!terms) return null;
  if (terms.some(({ isDelta }) => isDelta)) {
    const [only] = terms;
    if (terms.length > 1 || !only || only.power > 0 || only.rate) return null;
    return { modes: [], value: product(only.factor, nameOf(dirac)), isDelta: true };
  }
  const groups = new Map<string, Term[]>();
  for (const term of terms) {
    const text = printExpression(rateOf(term));
    groups.set(text, [...(groups.get(text) ?? []), term]);
  }
  const rows = [...groups.values()];
  const [[first], [second]] = [rows[0] ?? [], rows[1] ?? []];
  // A difference of exponentials with one factor is a cascade, in which spikes act on the first variable only.
  if (
    first?.rate &&
    second?.rate &&
    terms.length === 2 &&
    first.power + second.power === 0 &&
    printExpression(negated(first.factor)) === printExpression(second.factor)
  )
    return {
      modes: [
        { key: 'y0', rate: product(first.rate, nameOf('y0')), gain: integer(1), unit: '1' },
        { key: 'y1', rate: sum(nameOf('y0'), product(second.rate, nameOf('y1'))), gain: integer(0), unit: 'second' },
      ],
      value: product(product(first.factor, difference(first.rate, second.rate)), nameOf('y1')),
      isDelta: false,
    };
  const modes: Mode[] = [];
  let value: Expression = number(0);
  for (const [k, group] of rows.entries()) {
    const key = (power: number): string => `y${k}${'t'.repeat(power)}`;
    const rate = rateOf(group[0]);
    for (let power = 0; power <= Math.max(...group.map((term) => term.power)); power++) {
      const decay = product(rate, nameOf(key(power)));
      const fed = power === 0 ? decay : sum(product(integer(power), nameOf(key(power - 1))), decay);
      modes.push({
        key: key(power),
        rate: fed,
        gain: integer(power === 0 ? 1 : 0),
        unit: power === 0 ? '1' : `second**${power}`,
      });
    }
    for (const { factor, power } of group) value = sum(value, product(factor, nameOf(key(power))));
  }
  return { modes, value, isDelta: false };
}
