/** Values of expressions of indices on the host, in float64 with the library's functions. */

import type { Expression } from '../../lang/ast.js';
import { createEvaluator } from '../../ir/evaluate.js';
import { libraryFunction, libraryNames, withCallees, type LibraryName } from '../../ir/library/index.js';
import { HostError } from './draws.js';

const evaluators = new Map<string, (args: readonly number[]) => number>();

function callOf(name: string): (args: readonly number[]) => number {
  let call = evaluators.get(name);
  if (!call) {
    if (!(libraryNames as readonly string[]).includes(name))
      throw new HostError(`the function ${name} in an expression that is evaluated while building`);
    const f = libraryFunction(name as LibraryName, 'f64');
    const evaluator = createEvaluator(withCallees([f]));
    evaluators.set(name, (call = (args) => Number(evaluator.call(f.name, args)[0])));
  }
  return call;
}

/** A function that evaluates an expression for given values of its names. */
export function numberFunction(e: Expression): (names: (name: string) => number) => number {
  switch (e.kind) {
    case 'number':
    case 'quantity':
      return () => e.value;
    case 'boolean':
      return () => (e.value ? 1 : 0);
    case 'name':
      return (names) => (e.name === 'pi' ? Math.PI : e.name === 'e' ? Math.E : names(e.name));
    case 'unary': {
      const operand = numberFunction(e.operand);
      return e.operator === '-' ? (names) => -operand(names) : (names) => (operand(names) === 0 ? 1 : 0);
    }
    case 'conditional': {
      const [condition, yes, no] = [numberFunction(e.condition), numberFunction(e.whenTrue), numberFunction(e.whenFalse)];
      return (names) => (condition(names) !== 0 ? yes(names) : no(names));
    }
    case 'call': {
      const call = callOf(e.function);
      const args = e.arguments.map(numberFunction);
      return (names) => call(args.map((argument) => argument(names)));
    }
    case 'binary':
      return binaryFunction(e.operator, numberFunction(e.left), numberFunction(e.right));
  }
}

type Evaluated = (names: (name: string) => number) => number;

function binaryFunction(operator: string, left: Evaluated, right: Evaluated): Evaluated {
  const whether =
    (test: (a: number, b: number) => boolean): Evaluated =>
    (names) =>
      test(left(names), right(names)) ? 1 : 0;
  const pow = callOf('pow');
  const modulo = callOf('modulo');
  const floorDivide = callOf('floorDivide');
  switch (operator) {
    case '+':
      return (names) => left(names) + right(names);
    case '-':
      return (names) => left(names) - right(names);
    case '*':
      return (names) => left(names) * right(names);
    case '/':
      return (names) => left(names) / right(names);
    case '**':
      return (names) => pow([left(names), right(names)]);
    case '%':
      return (names) => modulo([left(names), right(names)]);
    case '//':
      return (names) => floorDivide([left(names), right(names)]);
    case '<':
      return whether((a, b) => a < b);
    case '<=':
      return whether((a, b) => a <= b);
    case '>':
      return whether((a, b) => a > b);
    case '>=':
      return whether((a, b) => a >= b);
    case '==':
      return whether((a, b) => a === b);
    case '!=':
      return whether((a, b) => a !== b);
    case 'and':
      return whether((a, b) => a !== 0 && b !== 0);
    case 'or':
      return whether((a, b) => a !== 0 || b !== 0);
    default:
      throw new HostError(`the operator ${operator} in an expression that is evaluated while building`);
  }
}
