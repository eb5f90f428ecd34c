/**
 * Functions of a specification: functions of the user, given as expressions, and BinomialFunctions. Their bodies are
 * inserted at calls.
 */

import type { Expression, Span } from '../../src/lang/ast.js';
import { call, number } from '../../src/lang/build.js';
import { callsIn, namesIn, visit } from '../../src/lang/walk.js';
import { child } from '../../src/model/pointer.js';
import { readExpression, type Reporter } from './context.js';
import { reservedWord } from './equations.js';
import * as messages from './messages.js';
import type { BrianSpecification } from './specification.generated.js';
import type { Callable, UserFunction } from './terms.js';

/** Returns the functions of a specification by name. Each can call the earlier ones. */
export function readFunctions(
  { functions = {}, binomial_functions: binomials = {} }: BrianSpecification,
  tables: ReadonlyMap<string, Callable>,
  to: Reporter,
): ReadonlyMap<string, Callable> {
  const found = new Map<string, Callable>(tables);
  const add = (name: string, pointer: string, made: UserFunction | undefined): void => {
    const reason = reservedWord(name, 'neuron');
    if (reason !== undefined) to.report(messages.reservedName(name, reason), pointer);
    if (made) found.set(name, made);
  };
  for (const [name, { n, p, approximate = true }] of Object.entries(binomials)) {
    const pointer = child('/binomial_functions', name);
    if (!(p >= 0 && p <= 1)) to.report(messages.outOfRange('p', 'a probability', p), child(pointer, 'p'));
    const written =
      approximate && n * p > 5 && n * (1 - p) > 5 ? `${n * p} + sqrt(${n * p * (1 - p)})*randn()` : undefined;
    const body = written === undefined ? undefined : readExpression(written, pointer, to);
    const drawn = call('binomial', [number(n, noSpan, true), number(p)]);
    add(name, pointer, {
      kind: 'function',
      parameters: [],
      pointer,
      known: new Map(),
      ...(body ? { body } : { drawn }),
    });
  }
  for (const [name, { arguments: parameters = [], value }] of Object.entries(functions)) {
    const pointer = child('/functions', name);
    const at = child(pointer, 'value');
    const body = readExpression(String(value), at, to);
    add(name, pointer, body && { kind: 'function', parameters, body, pointer: at, known: new Map(found) });
  }
  return found;
}

const noSpan: Span = { start: 0, end: 0 };

/** Reports arguments and names of a call that change their meaning when the body of the function is inserted. */
export function checkCall(
  name: string,
  { parameters, body }: UserFunction,
  given: readonly Expression[],
  span: Span,
  pointer: string,
  to: Reporter,
): void {
  if (given.length !== parameters.length)
    to.report(messages.argumentCount(name, parameters.length, given.length), pointer, span);
  parameters.forEach((parameter, k) => {
    const draws = callsIn(given[k] ?? unknown).some((each) => drawing.has(each.function));
    if (draws && body && timesRead(parameter, body) > 1) to.report(messages.drawnTwice(name, parameter), pointer, span);
  });
}

const unknown = number(0);

function timesRead(name: string, body: Expression): number {
  let times = 0;
  visit(body, (part) => {
    if (part.kind === 'name' && part.name === name) times++;
  });
  return times;
}

/** Canonical names of functions that draw. */
const drawing: ReadonlySet<string> = new Set(['uniform', 'normal', 'poisson', 'binomial']);

/** Returns names in the body of a function that are not its parameters. */
export const foreignNames = ({ parameters, body }: UserFunction): readonly string[] =>
  body ? [...namesIn(body)].filter((name) => !parameters.includes(name)) : [];
