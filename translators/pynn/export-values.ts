/** Values of the canonical model in PyNN's units and forms. */

import type { Expression } from '../../src/lang/ast.js';
import { number } from '../../src/lang/build.js';
import { foldConstants } from '../../src/lang/fold.js';
import { parseExpression } from '../../src/lang/parse.js';
import { printExpression } from '../../src/lang/print.js';
import { scaleDecimal } from '../../src/lang/quantity.js';
import { divideRationals, one } from '../../src/lang/rational.js';
import { parseUnit } from '../../src/lang/units.js';
import { callsIn, mapExpression, namesIn } from '../../src/lang/walk.js';
import { isRandom } from '../../src/lang/functions.js';
import type { ArrayValue, DataStore, HostDraw, Value } from '../../src/model/model.js';
import { distributions } from './distributions.js';
import { functionNames } from './formulas.js';
import type { Rng, Value as PynnValue } from './specification.js';

/** Generators that an export needs, by the name that it gives them. */
export class Generators {
  readonly rngs: Record<string, Rng> = {};

  /** Name of the NumpyRNG with a seed; streams of one seed are generators of their own. */
  numpy(seed: string, stream: string | undefined): string {
    const wanted = stream !== undefined && stream !== '' ? stream : `rng_${seed}`;
    let name = wanted;
    for (let k = 2; Object.hasOwn(this.rngs, name) && this.rngs[name]?.seed !== Number(seed); k++) name = `${wanted}_${k}`;
    this.rngs[name] = { type: 'NumpyRNG', seed: Number(seed) };
    return name;
  }

  /** Name of the simulator's own generator. */
  native(): string {
    this.rngs['native'] = { type: 'NativeRNG' };
    return 'native';
  }
}

/** A number in SI as one in a unit, by its decimal digits. */
export function inUnit(value: number, unit: string): number {
  if (unit === '1' || !Number.isFinite(value)) return value;
  return scaleDecimal(String(value), divideRationals(one, parseUnit(unit).scale));
}

/** The numbers of an array in SI. */
export function numbersOf(array: ArrayValue, data: DataStore): readonly number[] {
  if (!('$data' in array)) return array;
  const stored = data.get(array.$data);
  return stored === undefined ? [] : Array.from(stored as ArrayLike<number | bigint>, Number);
}

/** A value in a unit as PyNN has it; a text where PyNN has no form for it, saying why. */
export function pynnValue(value: Value, unit: string, data: DataStore, generators: Generators): PynnValue | { readonly missing: string } {
  if (typeof value === 'number') return inUnit(value, unit);
  if (typeof value === 'string') return expressionValue(foldConstants(parseExpression(value)), unit);
  if ('array' in value) return numbersOf(value.array, data).map((number) => inUnit(number, unit));
  return drawn(value, unit, generators);
}

/** A draw by NumPy: its parameters are in the unit that it draws in, which must be PyNN's. */
function drawn(draw: HostDraw, unit: string, generators: Generators): PynnValue | { readonly missing: string } {
  const known = distributions[draw.distribution];
  if (known === undefined) return { missing: `PyNN has no distribution ${draw.distribution}` };
  if (inUnit(1, unit) !== Number(`1e${-(draw.exponent10 ?? 0)}`)) return { missing: `the distribution draws in another unit than ${unit}` };
  return {
    random: draw.distribution,
    params: Object.fromEntries(known.parameters.map((name, k) => [name, draw.arguments[k] ?? 0])),
    rng: generators.numpy(draw.seed, draw.stream),
  };
}

const literal = (e: Expression | undefined): number | undefined => {
  if (e === undefined) return undefined;
  if (e.kind === 'number' || e.kind === 'quantity') return e.value;
  if (e.kind === 'unary' && e.operator === '-') {
    const inner = literal(e.operand);
    return inner === undefined ? undefined : -inner;
  }
  return undefined;
};

/** Distributions whose parameters are all in the unit of the value. */
const scalable: Readonly<Record<string, readonly string[]>> = { uniform: ['low', 'high'], normal: ['mu', 'sigma'], exponential: ['beta'] };

function expressionValue(e: Expression, unit: string): PynnValue | { readonly missing: string } {
  const known = literal(e);
  if (known !== undefined) return inUnit(known, unit);
  if (e.kind === 'call' && Object.hasOwn(scalable, e.function) && e.arguments.length > 0) {
    const numbers = e.arguments.map(literal);
    if (numbers.every((argument) => argument !== undefined)) {
      return {
        random: e.function,
        params: Object.fromEntries((scalable[e.function] ?? []).map((name, k) => [name, inUnit(numbers[k] ?? 0, unit)])),
      };
    }
  }
  if (e.kind === 'call' && e.function === 'clip') {
    const [inner, low, high] = e.arguments;
    const [mu, sigma] = inner?.kind === 'call' && inner.function === 'normal' ? inner.arguments.map(literal) : [];
    const [from, to] = [literal(low), literal(high)];
    if (mu !== undefined && sigma !== undefined && from !== undefined && to !== undefined) {
      return {
        random: 'normal_clipped_to_boundary',
        params: { mu: inUnit(mu, unit), sigma: inUnit(sigma, unit), low: inUnit(from, unit), high: inUnit(to, unit) },
      };
    }
  }
  return formulaValue(e, unit);
}

/** An expression of indices, as numbers in SI scaled to the unit. */
function formulaValue(e: Expression, unit: string): PynnValue | { readonly missing: string } {
  if (callsIn(e).some((call) => isRandom(call.function)))
    return { missing: 'PyNN draws single numbers of a distribution, not expressions of them' };
  const names = [...namesIn(e)].filter((name) => name !== 'pi' && name !== 'e');
  if (!names.every((name) => name === 'i' || name === 'j')) return { missing: `an expression of ${names.join(', ')}` };
  const numpy = new Map(Object.entries(functionNames).map(([theirs, ours]) => [ours, theirs]));
  const unknown = callsIn(e).find((call) => !numpy.has(call.function));
  if (unknown !== undefined) return { missing: `the function ${unknown.function}` };
  const plain = mapExpression(e, (node): Expression => {
    if (node.kind === 'quantity') return number(node.value, node.span);
    return node.kind === 'call' ? { ...node, function: numpy.get(node.function) ?? node.function } : node;
  });
  const factor = inUnit(1, unit);
  return { expr: factor === 1 ? printExpression(plain) : `(${printExpression(plain)})*${factor}`, of: names.includes('j') ? 'ij' : 'i' };
}
