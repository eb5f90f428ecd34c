/**
 * Functions that compute only with u32 numbers and take upper halves of products, such as Philox, in C.
 *
 * Their numbers are held in 64 bits, with only the lower 32 valid. A product then gives its lower and its upper half at
 * once. Vector lanes avoid widening and narrowing, which take longer than the arithmetic itself. The upper bits are
 * cleared only if they would matter, before a multiplication.
 */

import { invariant } from '../../diagnostics/diagnostic.js';
import type { BinaryOperator, Expression, IrFunction, Local } from '../../ir/program.js';
import { expressionsOf, someExpression } from '../../ir/walk.js';
import { constantText } from './operations.js';
import { Scope } from './scope.js';
import type { ProgramContext } from './scope.js';
import { bitwise, call, cast, infix, precedence, primary } from './term.js';
import type { Term } from './term.js';
import { block, comment, indent } from './text.js';

/** Operators with lower 32 bits that depend only on the lower 32 bits of their operands. */
const signs: Readonly<Partial<Record<BinaryOperator, { readonly sign: string; readonly level: number }>>> = {
  add: { sign: '+', level: precedence.add },
  sub: { sign: '-', level: precedence.add },
  and: { sign: '&', level: precedence.bits },
  or: { sign: '|', level: precedence.bits },
  xor: { sign: '^', level: precedence.bits },
};

const isWord = ({ type }: { readonly type: string }): boolean => type === 'u32';

function isOfWords(e: Expression): boolean {
  if (!isWord(e)) return false;
  if (e.kind === 'const' || e.kind === 'local') return true;
  if (e.kind !== 'binary' || !isOfWords(e.left) || !isOfWords(e.right)) return false;
  return e.op === 'mul' || e.op === 'mulHigh' ? e.left.kind === 'const' : signs[e.op] !== undefined;
}

/** Whether a function is faster in 64-bit numbers. */
export function computesWithWords({ parameters, locals, results, body }: IrFunction): boolean {
  const takesUpperHalf = (e: Expression): boolean =>
    someExpression(e, (part) => part.kind === 'binary' && part.op === 'mulHigh');
  return (
    [...parameters, ...locals, ...results].every(isWord) &&
    results.length > 1 &&
    body.every((s) => s.kind === 'set' && isOfWords(s.value)) &&
    body.some((s) => expressionsOf(s).some(takesUpperHalf))
  );
}

type Product = (constant: Term, factor: Term) => Term;

/** Only factors without bits above the lower 32 are multiplied as 64-bit numbers. */
const productOfNumbers =
  (context: ProgramContext): Product =>
  (constant, factor) =>
    infix('*', precedence.multiply, cast(context.dialect.types.u64, constant), lowerHalf(factor));

const lowerHalf = (factor: Term): Term => bitwise('&', factor, primary('0xffffffffu'));

/** Prints an expression with undefined bits above the lower 32. */
function wideText(e: Expression, name: (local: string) => string, context: ProgramContext, product: Product): Term {
  const part = (operand: Expression): Term => wideText(operand, name, context, product);
  if (e.kind === 'const') return constantText(e, context);
  if (e.kind === 'local') return primary(name(e.name));
  invariant(e.kind === 'binary', 'codegen/c/words', `${e.kind} in words`);
  if (e.op === 'mulHigh') return bitwise('>>', product(part(e.left), part(e.right)), primary('32'));
  if (e.op === 'mul') return product(part(e.left), part(e.right));
  // The first of the numbers that a key is raised by.
  if (e.op === 'add' && e.right.kind === 'const' && e.right.value === 0) return part(e.left);
  const operator = signs[e.op];
  invariant(operator !== undefined, 'codegen/c/words', `${e.op} in words`);
  const { sign, level } = operator;
  return level === precedence.bits
    ? bitwise(sign, part(e.left), part(e.right))
    : infix(sign, level, part(e.left), part(e.right));
}

/** Prints the assignments of a function in numbers or vectors of a type. */
function assignments(
  callee: IrFunction,
  type: string,
  words: ReadonlyMap<string, string>,
  scope: Scope,
  product: Product,
): string[] {
  const declared = new Set<string>();
  return callee.body.flatMap((s): string[] => {
    if (s.kind !== 'set') return [];
    const id = (local: string): string => words.get(local) ?? scope.names.id(local);
    const value = wideText(s.value, id, scope.context, product);
    // The value is printed before its target is named, since it may read the previous value of the target.
    const target = id(s.local);
    const declaration = words.has(s.local) || declared.has(target) ? '' : `${type} `;
    declared.add(target);
    return [`${declaration}${target} = ${value.text};`];
  });
}

/** A function of `computesWithWords`, with the same signature as any other. */
export function wordsFunctionText(context: ProgramContext, callee: IrFunction): string[] {
  const scope = new Scope(context, { atomic: false, gathered: false }, false);
  const { types, inlineFunction } = context.dialect;
  const name = (local: string): string => scope.names.id(local);
  const inputs = callee.parameters.map((parameter) => ({
    id: name(parameter.name),
    word: scope.names.fresh(`${parameter.name}_word`),
  }));
  const words = new Map(callee.parameters.map((parameter, k) => [parameter.name, inputs[k]?.word ?? '']));
  const lines = assignments(callee, types.u64, words, scope, productOfNumbers(context));
  const outputs = callee.results.map((result: Local) => ({
    result,
    id: scope.names.fresh(`result_${name(result.name)}`),
  }));
  const signature = [
    ...inputs.map(({ id }) => `${types.u32} ${id}`),
    ...outputs.map(({ id }) => `${types.u32} *${id}`),
  ];
  return [
    comment(callee.comment),
    `${inlineFunction} void ${context.functionNames.id(callee.name)}(${signature.join(', ')})`,
    '{',
    ...indent([
      ...inputs.map(({ id, word }) => `${types.u64} ${word} = ${id};`),
      ...lines,
      ...outputs.map(({ result, id }) => `*${id} = (${types.u32})${words.get(result.name) ?? name(result.name)};`),
    ]),
    '}',
  ];
}

/** Returns the name of the function that computes a function of `computesWithWords` for a block of items. */
export const blockFunctionName = (context: ProgramContext, callee: string): string =>
  context.functionNames.id(`${callee}.block`);

/**
 * Types and products of vectors for `blockFunctionText`. gcc would compute all 64 bits of a product, which takes three
 * instructions or a slow one.
 */
export const wordLanesText = `#if defined(__x86_64__) && defined(__GNUC__)
#ifndef __has_builtin
#define __has_builtin(name) 0
#endif
#if defined(__AVX512F__)
#define LANE_BYTES 64
#elif defined(__AVX2__)
#define LANE_BYTES 32
#else
#define LANE_BYTES 16
#endif
/* Numbers of 64 bits on vector lanes, of which the lower 32 are valid. */
typedef uint64_t lanes __attribute__((vector_size(LANE_BYTES)));
typedef int lane_halves __attribute__((vector_size(LANE_BYTES)));

/* Products of the lower halves. */
static inline __attribute__((always_inline)) lanes product_of_lanes(lanes a, uint64_t b)
{
  const lanes all = (lanes){0} + b;
#if defined(__AVX512F__) && __has_builtin(__builtin_ia32_pmuludq512_mask)
  typedef long long signed_lanes __attribute__((vector_size(LANE_BYTES)));
  return (lanes)__builtin_ia32_pmuludq512_mask((lane_halves)a, (lane_halves)all, (signed_lanes){0}, 0xff);
#elif !defined(__AVX512F__) && defined(__AVX2__) && __has_builtin(__builtin_ia32_pmuludq256)
  return (lanes)__builtin_ia32_pmuludq256((lane_halves)a, (lane_halves)all);
#elif !defined(__AVX2__) && __has_builtin(__builtin_ia32_pmuludq128)
  return (lanes)__builtin_ia32_pmuludq128((lane_halves)a, (lane_halves)all);
#else
  return (a & 0xffffffffu) * all;
#endif
}
#endif
`;

/**
 * Prints a function that computes a function of `computesWithWords` for items with consecutive first arguments. Its
 * results are stored in pairs, as the halves of 64-bit numbers; there is no second array if it is 0.
 */
export function blockFunctionText(context: ProgramContext, callee: IrFunction): string[] {
  const scope = new Scope(context, { atomic: false, gathered: false }, false);
  const { types } = context.dialect;
  const name = (local: string): string => scope.names.id(local);
  const [counted = '', ...others] = callee.parameters.map((parameter) => name(parameter.name));
  const words = new Map(
    callee.parameters.map((parameter) => [parameter.name, scope.names.fresh(`${parameter.name}_lanes`)]),
  );
  const word = (k: number): string => words.get(callee.parameters[k]?.name ?? '') ?? '';
  const results = callee.results.map((result) => words.get(result.name) ?? name(result.name));
  const lines = assignments(callee, 'lanes', words, scope, (constant, factor) =>
    call('product_of_lanes', factor, constant),
  );
  const scalar = callee.results.map((_, k) => `r${k}`);
  const pair = (low = '', high = ''): string => `(${low} & 0xffffffffu) | ${high} << 32`;
  const store = (target: string, low = '', high = ''): string[] => [
    `const lanes ${target}_lanes = ${pair(low, high)};`,
    `memcpy(${target} + k, &${target}_lanes, sizeof ${target}_lanes);`,
  ];
  const parameters = [counted, ...others].map((id) => `${types.u32} ${id}`);
  return [
    comment(
      `${callee.comment}: \`count\` items with consecutive ${counted}; results 0 and 1, and 2 and 3, as lower and upper halves`,
    ),
    `static __attribute__((noinline)) void ${blockFunctionName(context, callee.name)}(${parameters.join(', ')}, ${types.u32} count,`,
    `    ${types.i64} *restrict first, ${types.i64} *restrict second)`,
    '{',
    '#ifdef LANE_BYTES',
    ...indent([
      'lanes numbers = {0};',
      ...block(`for (${types.u32} k = 0u; k < LANE_BYTES / 8u; k += 1u)`, ['numbers[k] = k;']),
      ...block(`for (${types.u32} k = 0u; k < count; k += LANE_BYTES / 8u)`, [
        `lanes ${word(0)} = numbers + (${types.u64})(${counted} + k);`,
        ...others.map((id, k) => `lanes ${word(k + 1)} = (lanes){0} + (${types.u64})${id};`),
        ...lines,
        ...store('first', results[0], results[1]),
        ...block('if (second != 0)', store('second', results[2], results[3])),
      ]),
    ]),
    '#else',
    ...indent(
      block(`for (${types.u32} k = 0u; k < count; k += 1u)`, [
        `${types.u32} ${scalar.join(', ')};`,
        `${context.functionNames.id(callee.name)}(${counted} + k, ${others.join(', ')}, ${scalar.map((id) => `&${id}`).join(', ')});`,
        `first[k] = (${types.i64})(r0 | (${types.u64})r1 << 32);`,
        `if (second != 0) second[k] = (${types.i64})(r2 | (${types.u64})r3 << 32);`,
      ]),
    ),
    '#endif',
    '}',
  ];
}
