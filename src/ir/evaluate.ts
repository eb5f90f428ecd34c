/**
 * Evaluates the IR: expressions, statements and functions become closures over the slots of their locals.
 *
 * Constant folding, the tests of our mathematics and the reference target share it. It checks only the bounds of
 * buffers; `checkProgram` defines legal programs. Slots keep their values between runs of a body. A legal program
 * cannot observe this, because it sets its locals before it reads them.
 */

import { invariant } from '../diagnostics/diagnostic.js';
import { type Slot, coerceScalar, createSlot, writeSlot } from './cells.js';
import type { Scalar } from './code.js';
import { type CompiledFunction, compileExpression, readResults, slotOf } from './evaluate-expressions.js';
import { compileStatements } from './evaluate-statements.js';
import type { Expression, IrFunction, Local } from './program.js';

/** Evaluates IR functions and closed expressions. */
interface Evaluator {
  /** The results of a function, in order. */
  call(name: string, args: readonly Scalar[]): Scalar[];
  /** The value of an expression without locals and loads. */
  evaluate(expression: Expression): Scalar;
}

/** An evaluator of the given functions, in any order; callees must be among them. */
export function createEvaluator(functions: readonly IrFunction[]): Evaluator {
  const compiled = compileFunctions(functions);
  return {
    call(name, args) {
      const callee = compiled.get(name);
      invariant(callee, 'ir/evaluate', `no function ${name}`);
      invariant(
        callee.parameters.length === args.length,
        'ir/evaluate',
        `${name} takes ${callee.parameters.length} arguments, not ${args.length}`,
      );
      callee.parameters.forEach((slot, k) => writeSlot(slot, coerceScalar(slot.type, args[k] ?? 0)));
      callee.run();
      return readResults(callee);
    },
    evaluate(expression) {
      return compileExpression(expression, {
        owner: 'closed expression',
        slots: new Map(),
        cells: new Map(),
        functions: compiled,
      })();
    },
  };
}

/** Slots for locals, by name. */
export function createSlots(locals: readonly Local[]): Map<string, Slot> {
  return new Map(locals.map((local) => [local.name, createSlot(local.type)]));
}

/** Compiles functions, given in any order, by name. @throws InvariantError for a missing callee or recursion */
export function compileFunctions(functions: readonly IrFunction[]): ReadonlyMap<string, CompiledFunction> {
  const sources = new Map(functions.map((f) => [f.name, f]));
  const compiled = new Map<string, CompiledFunction>();
  const compile = (name: string, callers: readonly string[]): CompiledFunction => {
    const done = compiled.get(name);
    if (done) return done;
    const source = sources.get(name);
    invariant(source, 'ir/evaluate', `${callers.at(-1) ?? 'the program'} calls ${name}, which does not exist`);
    invariant(!callers.includes(name), 'ir/evaluate', `${name} calls itself`);
    const slots = createSlots([...source.parameters, ...source.locals]);
    const callees = { get: (callee: string): CompiledFunction => compile(callee, [...callers, name]) };
    const body = compileStatements(source.body, { owner: name, slots, cells: new Map(), functions: callees });
    const result: CompiledFunction = {
      name,
      parameters: source.parameters.map((local) => slotOf(local.name, { owner: name, slots })),
      results: source.results.map((local) => slotOf(local.name, { owner: name, slots })),
      run: () => {
        body();
      },
    };
    compiled.set(name, result);
    return result;
  };
  for (const { name } of functions) compile(name, []);
  return compiled;
}
