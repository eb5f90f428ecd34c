/**
 * Functions that compute only with u32 numbers and take upper halves of products, such as Philox, in C.
 *
 * Their numbers are held in 64 bits, with only the lower 32 valid. A product then gives its lower and its upper half at
 * once. Vector lanes avoid widening and narrowing, which take longer than the arithmetic itself. The upper bits are
 * cleared only if they would matter, before a multiplication.
 */

import { invariant } from '../../diagnostics/diagnostic.js';
import type { BinaryOperator, Expression, IrFunction, Local, Statement } from '../../ir/program.js';
import { expressionsOf, someExpression } from '../../ir/walk.js';
import { constantText } from './operations.js';
import { Scope } from './scope.js';
import type { ProgramContext } from './scope.js';
import { bitwise, cast, infix, precedence, primary } from './term.js';
import type { Term } from './term.js';
import { comment, indent } from './text.js';

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
  const known = e.kind === 'binary' && (e.op === 'mul' || e.op === 'mulHigh' || signs[e.op] !== undefined);
  return known && isOfWords(e.left) && isOfWords(e.right);
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

/** Prints an expression with undefined bits above the lower 32. */
function wideText(e: Expression, name: (local: string) => string, context: ProgramContext): Term {
  const part = (operand: Expression): Term => wideText(operand, name, context);
  if (e.kind === 'const') return constantText(e, context);
  if (e.kind === 'local') return primary(name(e.name));
  invariant(e.kind === 'binary', 'codegen/c/words', `${e.kind} in words`);
  // Only operands without bits above are multiplied.
  const clear = (operand: Expression): Term =>
    operand.kind === 'const' ? part(operand) : bitwise('&', part(operand), primary('0xffffffffu'));
  const product = infix('*', precedence.multiply, cast(context.dialect.types.u64, clear(e.left)), clear(e.right));
  if (e.op === 'mulHigh') return bitwise('>>', product, primary('32'));
  if (e.op === 'mul') return product;
  // The first of the numbers that a key is raised by.
  if (e.op === 'add' && e.right.kind === 'const' && e.right.value === 0) return part(e.left);
  const operator = signs[e.op];
  invariant(operator !== undefined, 'codegen/c/words', `${e.op} in words`);
  const { sign, level } = operator;
  return level === precedence.bits
    ? bitwise(sign, part(e.left), part(e.right))
    : infix(sign, level, part(e.left), part(e.right));
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
  const declared = new Set<string>();
  const lines = callee.body.flatMap((s: Statement): string[] => {
    if (s.kind !== 'set') return [];
    const value = wideText(s.value, (local) => words.get(local) ?? name(local), context);
    // The value is printed before its target is named, since it may read the previous value of the target.
    const id = words.get(s.local) ?? name(s.local);
    const type = words.has(s.local) || declared.has(id) ? '' : `${types.u64} `;
    declared.add(id);
    return [`${type}${id} = ${value.text};`];
  });
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
