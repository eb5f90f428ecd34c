/** Evaluates IR expressions with constant operands by the IR's own evaluator, so folding changes no bit. */

import { createEvaluator } from './evaluate.js';
import { namedFunction, withCallees } from './library/index.js';
import type { Constant, Expression, IrFunction, ScalarType } from './program.js';
import { type ValueHole, expressionOf } from './template.js';

const plain = createEvaluator([]);
const evaluators = new Map<string, ReturnType<typeof createEvaluator>>();

function evaluatorOf(callee: IrFunction): ReturnType<typeof createEvaluator> {
  let evaluator = evaluators.get(callee.name);
  if (!evaluator) evaluators.set(callee.name, (evaluator = createEvaluator(withCallees([callee]))));
  return evaluator;
}

const isConst = (e: Expression): e is Constant => e.kind === 'const';

/** The constant that an operation on constants yields, or the operation itself. */
export function fold(e: Expression): Expression {
  switch (e.kind) {
    case 'unary':
    case 'convert':
    case 'reinterpret':
      return isConst(e.operand) ? constantOf(e.type, plain.evaluate(e)) : e;
    case 'toFixed':
      return isConst(e.operand) && isConst(e.scale) ? constantOf(e.type, plain.evaluate(e)) : e;
    case 'binary':
    case 'compare':
      return isConst(e.left) && isConst(e.right) ? constantOf(e.type, plain.evaluate(e)) : e;
    case 'select':
      return isConst(e.condition) ? (e.condition.value === true ? e.whenTrue : e.whenFalse) : e;
    default:
      return e;
  }
}

/**
 * An expression written as text, with every operation on constants in it replaced by its result.
 *
 * @example folded`${x} + ${h} * ${slope}`
 */
export const folded = (parts: TemplateStringsArray, ...holes: readonly ValueHole[]): Expression =>
  expressionOf(parts, holes, fold);

/** Calls a one-result library function, at once when all arguments are constants. */
export function foldCall(callee: IrFunction, args: readonly Expression[], call: Expression): Expression {
  if (!args.every(isConst)) return call;
  const result = evaluatorOf(callee).call(
    callee.name,
    args.map((argument) => argument.value),
  )[0];
  return result === undefined ? call : constantOf(call.type, result);
}

/** Replaces a call by its result if all arguments are constants and the function is known. */
export function foldCallByName(call: Extract<Expression, { kind: 'call' }>): Expression {
  return foldCall(namedFunction(call.function), call.arguments, call);
}

const constantOf = (type: ScalarType, value: number | bigint | boolean): Constant => ({ kind: 'const', type, value });
