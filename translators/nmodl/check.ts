/**
 * Rules that NEURON's compiler has beyond the grammar: variables of ions, methods, one equation for each state.
 *
 * @source NEURON 9, nocmodl
 */

import type { Span } from '../../src/lang/ast.js';
import { namesIn } from '../../src/lang/walk.js';
import type { Report } from './expressions.js';
import { ionRoles, ionVariable, ownValences, roleOf } from './ions.js';
import * as messages from './messages.js';
import type { NmodlFile, Statement } from './syntax.js';
import { powersOf } from './units.js';

/** Methods by the kinds of the blocks that they solve. */
const methods: Readonly<Record<string, readonly string[]>> = {
  DERIVATIVE: ['cnexp', 'derivimplicit', 'euler', 'runge', 'after_cvode', 'cvode_t'],
  KINETIC: ['sparse', 'euler', 'runge', 'after_cvode', 'cvode_t'],
  LINEAR: ['after_cvode', 'cvode_t'],
  PROCEDURE: ['after_cvode', 'cvode_t'],
};
const steadyMethods: Readonly<Record<string, readonly string[]>> = {
  DERIVATIVE: ['derivimplicit', 'cnexp', 'euler', 'runge'],
  KINETIC: ['sparse', 'euler', 'runge'],
};

/** Reports the parts of a file that NEURON's compiler refuses. */
export function checkFile(file: NmodlFile, report: Report): void {
  checkIons(file, report);
  checkDeclarations(file, report);
  const solved = statementsIn(file.breakpoint).filter((one) => one.kind === 'solve');
  const [, second] = solved.filter(({ isSteady }) => !isSteady);
  if (second) report(messages.secondSolve(), second.span);
  for (const one of [...solved, ...statementsIn(file.initial).filter((each) => each.kind === 'solve')])
    checkMethod(one, file, report);
  checkEquations(file, report);
  for (const [text, span] of file.stated)
    if (powersOf(text, file.units) === undefined && !file.unitless.some((part) => contains(part, span)))
      report(messages.unknownUnit(text), span);
}

const contains = ({ start, end }: Span, part: Span): boolean => part.start >= start && part.start < end;

function checkIons({ ions }: NmodlFile, report: Report): void {
  for (const [k, { ion, reads, writes, valence, span }] of ions.entries()) {
    const own = ionRoles.map((role) => ionVariable(ion, role));
    for (const variable of [...reads, ...writes])
      if (!own.includes(variable.name)) report(messages.foreignIonVariable(variable.name, ion, own), variable.span);
    if (ions.slice(0, k).some((other) => other.ion === ion)) report(messages.secondUse(ion), span);
    const charge = Object.hasOwn(ownValences, ion) ? ownValences[ion] : undefined;
    if (charge !== undefined && valence !== undefined && valence !== charge)
      report(messages.otherValence(ion, charge, valence), span);
  }
}

function checkDeclarations({ parameters, assigned, states, constants }: NmodlFile, report: Report): void {
  const known = new Set<string>();
  for (const { name, span } of [...parameters, ...constants, ...assigned, ...states].sort(
    (a, b) => a.span.start - b.span.start,
  )) {
    if (known.has(name) && !outer.has(name)) report(messages.declaredTwice(name), span);
    known.add(name);
  }
}

/** Variables of NEURON, which a file may declare in several blocks. */
const outer = new Set(['v', 't', 'dt', 'celsius', 'area', 'diam']);

function checkMethod(
  { block, method, methodSpan, isSteady }: Extract<Statement, { kind: 'solve' }>,
  { blocks }: NmodlFile,
  report: Report,
): void {
  const kind = blocks.get(block)?.kind;
  const known = (isSteady ? steadyMethods : methods)[kind ?? ''];
  if (method === '' || known === undefined || known.includes(method)) return;
  const all = [...new Set(Object.values(methods).flat())];
  report(
    all.includes(method) ? messages.otherMethod(method, kind ?? '', known) : messages.unknownMethod(method, known),
    methodSpan,
  );
}

function checkEquations(file: NmodlFile, report: Report): void {
  const derivatives = [...file.blocks.values()].filter(({ kind }) => kind === 'DERIVATIVE');
  const seen = new Set<string>();
  for (const { body } of derivatives)
    for (const one of body) {
      if (one.kind !== 'assign' || !one.isRate || one.target.index) continue;
      if (seen.has(one.target.name)) report(messages.secondEquation(one.target.name), one.span);
      seen.add(one.target.name);
    }
  const changed = changedIn(file);
  const ofIons = new Set(file.ions.flatMap(({ reads, writes }) => [...reads, ...writes].map(({ name }) => name)));
  for (const { name, span } of file.states)
    if (!changed.has(name) && !ofIons.has(name)) report(messages.noEquation(name), span);
}

/** Reports currents that nothing assigns, of a file without errors. */
export function checkCurrents(file: NmodlFile, report: Report): void {
  const currents = [
    ...file.ions.flatMap(({ ion, writes }) => writes.filter(({ name }) => roleOf(name, ion) === 'current')),
    ...[...file.nonspecific, ...file.electrode].map((name) => ({
      name,
      span: file.assigned.find((one) => one.name === name)?.span ?? { start: 0, end: 1 },
    })),
  ];
  const changed = new Set([...changedIn(file), ...statementsIn(file.initial).flatMap(changedBy)]);
  for (const { name, span } of currents) if (!changed.has(name)) report(messages.noCurrent(name), span);
}

/** Returns the names of variables that statements outside of INITIAL may change. */
function changedIn({ blocks, breakpoint, receive }: NmodlFile): ReadonlySet<string> {
  const bodies = [...blocks.values()].map(({ body }) => body);
  return new Set([...bodies, breakpoint, receive?.body ?? []].flatMap((body) => statementsIn(body).flatMap(changedBy)));
}

/** Returns the names of variables that a statement may change. */
function changedBy(statement: Statement): readonly string[] {
  switch (statement.kind) {
    case 'assign':
      return [statement.target.name];
    case 'call':
      return statement.arguments.flatMap((argument) => (argument.kind === 'name' ? [argument.name] : []));
    case 'reaction':
      return [...statement.left, ...statement.right].map(({ state }) => state.name);
    case 'flux':
      return [statement.state.name];
    case 'equation':
      return [...namesIn(statement.left), ...namesIn(statement.right)];
    default:
      return [];
  }
}

/** Returns statements with those of their branches and loops. */
function statementsIn(statements: readonly Statement[]): Statement[] {
  return statements.flatMap((one): Statement[] => {
    if (one.kind === 'if') return [one, ...statementsIn(one.whenTrue), ...statementsIn(one.whenFalse)];
    return one.kind === 'from' || one.kind === 'initial' ? [one, ...statementsIn(one.body)] : [one];
  });
}
