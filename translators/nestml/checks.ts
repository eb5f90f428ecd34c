/**
 * Rules that hold for the text of a model, whatever its values are.
 *
 * @source nest/nestml, `pynestml/cocos` of NESTML 9.0.0
 */

import type { Finding } from '../../src/diagnostics/diagnostic.js';
import type { Expression, Span } from '../../src/lang/ast.js';
import { callsIn, namesIn } from '../../src/lang/walk.js';
import { functionNames } from './functions.js';
import * as messages from './messages.js';
import { bodiesOf, isSynapse, partsOf, targetsIn, type Handler, type NestmlModel, type Statement } from './syntax.js';
import type { Report } from './text.js';

/** Names of functions that NEST's classes of models have. */
const namesOfNest = new Set(
  'update calibrate handle connect_sender check_connection get_status set_status init_state_ init_buffers_'.split(' '),
);

/** Reports each rule that a model breaks. */
export function checkModel(model: NestmlModel, report: Report): void {
  for (const [finding, span] of brokenRules(model)) report(finding, span);
}

function* brokenRules(model: NestmlModel): Generator<readonly [Finding, Span]> {
  const { state, parameters, internals, inlines, ports, kernels, functions } = model;
  const declared = new Set([...parameters, ...internals, ...inlines, ...ports].map(({ name }) => name));
  for (const kernel of kernels) {
    const [first] = kernel.equations;
    if (first && (declared.has(first.name) || (first.order === 0 && state.some(({ name }) => name === first.name))))
      yield [messages.declaredTwice(first.name), first.span];
  }
  for (const { name, span } of functions.values())
    if (namesOfNest.has(name) || functionNames.includes(name)) yield [messages.declaredTwice(name), span];
  for (const { name, value, span } of [...state, ...inlines]) if (!value) yield [messages.noValue(name), span];
  for (const { name, kind, unit, span } of ports)
    if (kind === 'continuous' && !unit) yield [messages.noValue(name, 'a type, such as pA'), span];
  yield* brokenPriorities(model.receivers);
  for (const body of [...bodiesOf(model), ...[...functions.values()].map((one) => one.body)])
    yield* declaredAgain(body, new Set());
  const { update, equations } = model;
  const inEquations = [...equations, ...inlines, ...kernels.flatMap((one) => one.equations)].flatMap(
    (one) => one.value ?? [],
  );
  const elsewhere = bodiesOf(model).filter((body) => body !== update);
  for (const { function: name, span } of [...inEquations.flatMap(callsIn), ...elsewhere.flatMap(callsOf)])
    if (name === 'timestep') yield [messages.notHere(name), span];
  for (const { function: name, span } of inEquations.flatMap(callsIn))
    if (name === 'resolution') yield [messages.notHere(name), span];
  const emissions = bodiesOf(model).flatMap(emissionsIn);
  // Up to NESTML 8, spikes of synapses have a delay, too.
  for (const { arguments: given, span } of isSynapse(model) ? [] : emissions)
    if (given.length > 1) yield [messages.wrongArguments('emit_spike', 1, given.length), span];
  for (const { span } of model.emits ? [] : emissions.slice(0, 1)) yield [messages.noOutput(), span];
  for (const { name, body, result, span } of functions.values())
    if (result && !returns(body)) yield [messages.noResult(name), span];
}

/** Reports priorities of some ports only, and equal ones of two ports. */
function* brokenPriorities(handlers: readonly Handler[]): Generator<readonly [Finding, Span]> {
  const byPriority = new Map<number, string | undefined>();
  for (const { port, priority, span } of handlers) {
    if (priority === undefined) continue;
    const other = byPriority.get(priority);
    if (other !== undefined && other !== port) yield [messages.priority(priority), span];
    byPriority.set(priority, port);
  }
  const prior = new Set(byPriority.values());
  const without = handlers.find(({ port, priority }) => priority === undefined && !prior.has(port));
  if (prior.size === 1 && without) yield [messages.priority(), without.span];
}

/** Reports local variables that are declared again where they are known. */
function* declaredAgain(body: readonly Statement[], outer: ReadonlySet<string>): Generator<readonly [Finding, Span]> {
  const known = new Set(outer);
  for (const one of body)
    if (one.kind === 'declare') {
      for (const { name, span } of one.declarations) {
        if (known.has(name)) yield [messages.declaredTwice(name), span];
        known.add(name);
      }
    } else if (one.kind === 'if') for (const part of [one.whenTrue, one.whenFalse]) yield* declaredAgain(part, known);
    else if (one.kind === 'for' || one.kind === 'while') yield* declaredAgain(one.body, known);
}

/** Returns the expressions of statements. */
const expressionsIn = (body: readonly Statement[]): readonly Expression[] =>
  partsOf(body).flatMap((one): readonly Expression[] => {
    if (one.kind === 'declare') return one.declarations.flatMap(({ value }) => value ?? []);
    if (one.kind === 'call') return one.arguments;
    if (one.kind === 'for') return [one.from, one.to, ...(one.step ? [one.step] : [])];
    return one.kind === 'if' || one.kind === 'while' ? [one.condition] : one.value ? [one.value] : [];
  });

const callsOf = (body: readonly Statement[]): ReturnType<typeof callsIn> => expressionsIn(body).flatMap(callsIn);

/** Returns the names that statements read, and the targets of assignments. */
export const namesOf = (body: readonly Statement[]): readonly string[] => [
  ...expressionsIn(body).flatMap((e) => [...namesIn(e)]),
  ...targetsIn(body),
];

const emissionsIn = (body: readonly Statement[]): readonly Extract<Statement, { kind: 'call' }>[] =>
  partsOf(body).flatMap((one) => (one.kind === 'call' && one.name === 'emit_spike' ? [one] : []));

/** Checks whether all ways through statements end with a result. */
const returns = (body: readonly Statement[]): boolean =>
  body.some(
    (one) =>
      one.kind === 'return' ||
      (one.kind === 'if' && returns(one.whenTrue) && returns(one.whenFalse)) ||
      ((one.kind === 'for' || one.kind === 'while') && returns(one.body)),
  );
