/**
 * Rules that NEURON's compiler has beyond the grammar: variables of ions, methods, one equation for each state.
 *
 * @source NEURON 9, nocmodl
 */

import type { Expression, Span } from '../../src/lang/ast.js';
import { namesIn } from '../../src/lang/walk.js';
import { assignedNames } from './assigned-names.js';
import type { Report } from './expressions.js';
import { ionRoles, ionVariable, ownValences, roleOf } from './ions.js';
import * as messages from './messages.js';
import type { Declaration, NmodlFile, Statement } from './syntax.js';
import { powersOf, sameDimension, usualUnits } from './units.js';

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

/** Returns the kind of the blocks that a method solves. */
export function kindOfMethod(method: string): string {
  if (method === '') return 'PROCEDURE';
  return Object.keys(methods).find((kind) => methods[kind]?.includes(method)) ?? 'DERIVATIVE';
}

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
  checkUnits(file, report);
  if (file.receive && file.kind === 'density') report(messages.receivesNothing(file.name), file.receive.span);
  checkEvents(file, report);
  const variables = declarationsOf(file);
  const names = variables.map(({ name }) => name);
  for (const table of file.tables)
    for (const { name, span } of table.names)
      if (!names.includes(name) && !file.blocks.has(name)) report(messages.unknownName(name, names), span);
}

/** Reports variables of BREAKPOINT that events read: in NEURON they have the values of the last step. */
function checkEvents(file: NmodlFile, report: Report): void {
  const body = file.receive?.body ?? [];
  const own = assignedNames(body, file);
  const states = file.states.map(({ name }) => name);
  for (const name of assignedNames(file.breakpoint, file)) {
    if (own.has(name) || states.includes(name)) continue;
    const reader = statementsIn(body).find((one) => readBy(one).some((value) => namesIn(value).has(name)));
    if (reader) report(messages.valueOfStep(name), reader.span);
  }
}

/** Returns the expressions that a statement itself reads. */
function readBy(statement: Statement): readonly Expression[] {
  if (statement.kind === 'assign') return [statement.value];
  if (statement.kind === 'if') return [statement.condition];
  return statement.kind === 'call' ? statement.arguments : [];
}

function checkUnits(file: NmodlFile, report: Report): void {
  const variables = new Set([...declarationsOf(file).map(({ name }) => name), ...outer]);
  for (const [text, span] of file.stated) {
    if (powersOf(text, file.units) !== undefined || file.unitless.some((part) => contains(part, span))) continue;
    const words = text.match(/[A-Za-z_]\w*/g) ?? [];
    if (/[-+*/]/.test(text) && words.every((word) => variables.has(word))) report(messages.productAsUnit(text), span);
    else report(messages.unknownUnit(text, [...file.units.keys(), ...usualUnits]), span);
  }
  for (const [text, span] of file.defined)
    if (powersOf(text, file.units) === undefined) report(messages.unknownUnit(text, usualUnits), span);
}

const declarationsOf = ({ parameters, assigned, states, constants }: NmodlFile): readonly Declaration[] => [
  ...parameters,
  ...constants,
  ...assigned,
  ...states,
];

const contains = ({ start, end }: Span, part: Span): boolean => part.start >= start && part.start < end;

function checkIons({ ions }: NmodlFile, report: Report): void {
  for (const [k, { ion, reads, writes, valence, span, ionSpan }] of ions.entries()) {
    const variablesOf = (name: string): string[] => ionRoles.map((role) => ionVariable(name, role));
    const [own, used] = [variablesOf(ion), [...reads, ...writes]];
    // If another ion has all of the variables, the name of the ion is the mistake.
    const other = [...used.flatMap(({ name }) => [name.slice(1), name.slice(0, -1)]), ...Object.keys(ownValences)].find(
      (name) => used.length > 1 && used.every((variable) => variablesOf(name).includes(variable.name)),
    );
    if (other !== undefined && other !== ion) report(messages.otherIon(ion, other), ionSpan);
    else
      for (const variable of used)
        if (!own.includes(variable.name)) report(messages.foreignIonVariable(variable.name, ion, own), variable.span);
    if (ions.slice(0, k).some((other) => other.ion === ion)) report(messages.secondUse(ion), span);
    const charge = Object.hasOwn(ownValences, ion) ? ownValences[ion] : undefined;
    if (charge !== undefined && valence !== undefined && valence !== charge)
      report(messages.otherValence(ion, charge, valence), span);
  }
}

function checkDeclarations(file: NmodlFile, report: Report): void {
  const known = new Set<string>();
  for (const { name, span } of declarationsOf(file).toSorted((a, b) => a.span.start - b.span.start)) {
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
  for (const block of derivatives) {
    const all = statementsIn(block.body);
    if (all.some((one) => one.kind === 'assign' && one.isRate)) continue;
    const states = file.states.map(({ name }) => name);
    const assigned = all.find((one) => one.kind === 'assign' && states.includes(one.target.name));
    const state = assigned?.kind === 'assign' ? assigned.target.name : undefined;
    report(messages.noRates(block.name, state), assigned?.span ?? block.span);
  }
  const others = [...file.blocks.values()].filter(({ kind }) => kind === 'PROCEDURE' || kind === 'FUNCTION');
  const bodies = [
    ['BREAKPOINT', file.breakpoint],
    ['INITIAL', file.initial],
    ...others.map(({ name, body }) => [name, body] as const),
  ] as const;
  for (const [name, body] of bodies)
    for (const one of statementsIn(body))
      if (one.kind === 'assign' && one.isRate) report(messages.rateOutside(one.target.name, name), one.span);
}

/** Reports parts without effect, of a file without errors: states, unsolved blocks, values and currents. */
export function checkEffects(file: NmodlFile, report: Report): void {
  const bodies = [file.breakpoint, file.initial, ...[...file.blocks.values()].map(({ body }) => body)];
  for (const one of bodies.flatMap(statementsIn))
    if (one.kind === 'call' && one.isAppended && file.blocks.get(one.name)?.kind === 'FUNCTION')
      report(messages.unusedValue(one.name), one.span);
  const ofIons = new Set(file.ions.flatMap(({ reads, writes }) => [...reads, ...writes].map(({ name }) => name)));
  const inSteps = changedIn(file);
  for (const { name, span } of file.states)
    if (!inSteps.has(name) && !ofIons.has(name)) report(messages.noEquation(name), span);
  const solved = [file.breakpoint, file.initial].flatMap((body) =>
    statementsIn(body).flatMap((one) => (one.kind === 'solve' ? [one.block] : [])),
  );
  for (const { kind, name, span } of file.blocks.values())
    if ((kind === 'DERIVATIVE' || kind === 'KINETIC') && !solved.includes(name))
      report(messages.unsolved(kind, name), span);
  const assigned = statementsIn(file.breakpoint).flatMap((one) => (one.kind === 'assign' ? [one.target] : []));
  for (const { name, unit } of hasEffect(file) ? [] : file.assigned) {
    const target = assigned.find((one) => one.name === name);
    const powers = unit === undefined ? undefined : powersOf(unit, file.units);
    if (!target || !powers || !currentUnits.some((current) => sameDimension(powers, current))) continue;
    const ion = file.ions.find((use) => roleOf(name, use.ion) === 'current')?.ion;
    report(messages.unwritten(name, ion), target.span);
  }
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

/** Units of currents: of membranes, and of points. */
const currentUnits = [{ mA: 1, cm: -2 }, { nA: 1 }];

/** Whether a file writes a current or a concentration. */
const hasEffect = ({ ions, nonspecific, electrode }: NmodlFile): boolean =>
  nonspecific.length > 0 || electrode.length > 0 || ions.some(({ writes }) => writes.length > 0);

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

/** Returns statements, and the statements in their branches and loops. */
function statementsIn(statements: readonly Statement[]): Statement[] {
  return statements.flatMap((one): Statement[] => {
    if (one.kind === 'if') return [one, ...statementsIn(one.whenTrue), ...statementsIn(one.whenFalse)];
    return one.kind === 'from' || one.kind === 'initial' || one.kind === 'connections'
      ? [one, ...statementsIn(one.body)]
      : [one];
  });
}

/** Reports pointers to anything but the potential of the presynaptic end, and such potentials that the file assigns. */
export function checkPointers(file: NmodlFile, presynaptic: readonly string[], report: Report): void {
  for (const { name, span } of file.pointers)
    if (!presynaptic.includes(name)) report(messages.refused(`POINTER ${name}`, 'a variable of another part'), span);
  const known = [...declarationsOf(file), ...file.pointers];
  const assigned = [file.initial, file.breakpoint, file.receive?.body ?? []].map((one) => assignedNames(one, file));
  for (const name of presynaptic) {
    const span = known.find((one) => one.name === name)?.span;
    const names = known.map((one) => one.name);
    if (!span) report(messages.unknownName(name, names), { start: 0, end: 1 });
    else if (assigned.some((one) => one.has(name))) report(messages.refused(name, 'a potential that it sets'), span);
  }
}
