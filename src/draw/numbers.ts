/** Values of expressions of indices and places while drawing, in float64 with the library's functions. */

import type { BinaryOperator, Expression } from '../lang/ast.js';
import { operations } from '../lang/evaluate.js';
import { libraryCall, type HostFunction } from '../ir/library-calls.js';
import { inMicrometres } from './space/micrometres.js';
import { exp, log } from '../numpy/functions.js';
import { CannotDraw } from './generators.js';

function callOf(name: string): HostFunction {
  const call = libraryCall(name);
  if (!call) throw new CannotDraw(`the function ${name} in an expression that is evaluated while the network is built`);
  return call;
}

/** Functions that need no evaluator of the IR, with the library's results to the bit. */
const exactCalls: Readonly<Record<string, (a: number, b: number) => number>> = {
  exp,
  log,
  sqrt: (a) => Math.sqrt(a),
  floor: (a) => Math.floor(a),
  ceil: (a) => Math.ceil(a),
  int: (a) => Math.trunc(a),
  abs: (a) => Math.abs(a),
  min: (a, b) => (b < a ? b : a),
  max: (a, b) => (b > a ? b : a),
};

type Evaluated = () => number;
/** Evaluates a name; lengths in micrometres have the names of `inMicrometresName`. */
type Reader = (name: string) => Evaluated;

/** The name under which a reader is asked for a length in micrometres. */
const inMicrometresName = (name: string): string => `${name} in um`;

const lengths: ReadonlySet<string> = new Set([
  'distance',
  ...['pre', 'post'].flatMap((side) => ['x', 'y', 'z'].map((axis) => `${side}.${axis}`)),
]);

/** A name without the mark of `inMicrometresName`. */
export const bareName = (name: string): string => name.replace(/ in um$/, '');

/** Returns the length that a name denotes, in metres or in micrometres; undefined for other names. */
export function lengthName(name: string): string | undefined {
  const bare = bareName(name);
  return lengths.has(bare) ? bare : undefined;
}

/**
 * Returns a function that evaluates an expression of a typed model; names are looked up once. Units and constants are
 * literals there, so a name always refers to the model, even if a unit has the same name.
 */
export function numberFunction(e: Expression, read: Reader): Evaluated {
  switch (e.kind) {
    case 'number':
    case 'quantity': {
      const { value } = e;
      return () => value;
    }
    case 'boolean': {
      const value = e.value ? 1 : 0;
      return () => value;
    }
    case 'name':
      return e.name === 'inf' ? () => Infinity : read(e.name);
    case 'unary': {
      const operand = numberFunction(e.operand, read);
      return e.operator === '-' ? () => -operand() : e.operator === 'not' ? () => (operand() === 0 ? 1 : 0) : operand;
    }
    case 'conditional': {
      const [condition, yes, no] = [
        numberFunction(e.condition, read),
        numberFunction(e.whenTrue, read),
        numberFunction(e.whenFalse, read),
      ];
      return () => (condition() !== 0 ? yes() : no());
    }
    case 'call': {
      const args = e.arguments.map((argument) => numberFunction(argument, read));
      const [first = (): number => 0, second = (): number => 0] = args;
      const exact = Object.hasOwn(exactCalls, e.function) ? exactCalls[e.function] : undefined;
      if (exact) return () => exact(first(), second());
      const call = callOf(e.function);
      return () => call(args.map((argument) => argument()));
    }
    case 'binary':
      return (
        inLengths(e.operator, e.left, e.right, read) ??
        binaryFunction(e.operator, numberFunction(e.left, read), numberFunction(e.right, read))
      );
  }
}

const comparesOrDivides: ReadonlySet<BinaryOperator> = new Set(['/', '<', '<=', '>', '>=', '==', '!=']);

/** Comparisons and quotients of lengths: in micrometres, as lowering has them (`expressions.ts`). */
function inLengths(operator: BinaryOperator, left: Expression, right: Expression, read: Reader): Evaluated | undefined {
  if (!comparesOrDivides.has(operator)) return undefined;
  const lengthFlag = { any: false };
  const a = lengthOf(left, read, lengthFlag);
  const b = a && lengthOf(right, read, lengthFlag);
  return a && b && lengthFlag.any ? binaryFunction(operator, a, b) : undefined;
}

function lengthOf(e: Expression, read: Reader, found: { any: boolean }): Evaluated | undefined {
  switch (e.kind) {
    case 'quantity': {
      const value = inMicrometres(e.value);
      return () => value;
    }
    case 'name':
      if (!lengths.has(e.name)) return undefined;
      found.any = true;
      return read(inMicrometresName(e.name));
    case 'unary': {
      const operand = e.operator === 'not' ? undefined : lengthOf(e.operand, read, found);
      return operand && e.operator === '-' ? () => -operand() : operand;
    }
    case 'binary': {
      if (e.operator !== '+' && e.operator !== '-') return undefined;
      const a = lengthOf(e.left, read, found);
      const b = a && lengthOf(e.right, read, found);
      return a && b && binaryFunction(e.operator, a, b);
    }
    case 'call': {
      const argument = e.function === 'abs' ? e.arguments[0] : undefined;
      const value = argument && lengthOf(argument, read, found);
      return value && (() => Math.abs(value()));
    }
    default:
      return undefined;
  }
}

function binaryFunction(operator: BinaryOperator, left: Evaluated, right: Evaluated): Evaluated {
  const result = operations[operator];
  return () => result(left(), right());
}
