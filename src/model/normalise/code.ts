import { checkStatement } from '../../lang/check.js';
import { type Inferred, type Report } from '../../lang/inferred.js';
import { expressionsOf, namesIn } from '../../lang/walk.js';
import { isUnknowable, namesFrom, ownToEach, scopeFor, special, unknown, type Names, type Variable } from './names.js';
import { messages } from '../messages.js';
import type { Context } from './context.js';
import { allNames, canCheck, infer, readStatements, statementText, type PlacedStatement } from './expressions.js';

/** Permissions of code at its place. */
interface CodeRules {
  /** In messages: `the actions of spike`. */
  readonly what: string;
  /** Whether `send` and ports may be used: in pathways of synapses. */
  readonly ports: boolean;
  /** Whether the code may write variables with one value for all elements, because it runs for all elements at once. */
  readonly forAll?: boolean;
}

/**
 * Checks a block of statements and yields their canonical texts. Names that it assigns first with `=` are temporaries,
 * known until its end.
 *
 * @param scopes  meanings of names, one for each pair of types that the code runs between
 */
export function normaliseCode(
  context: Context,
  written: string | readonly string[] | undefined,
  scopes: readonly Names[],
  rules: CodeRules,
  pointer: string,
): string[] {
  return normaliseStatements(context, readStatements(context, written, pointer), scopes, rules);
}

/** Checks statements that were parsed before, like `normaliseCode`. */
export function normaliseStatements(
  context: Context,
  statements: readonly PlacedStatement[],
  scopes: readonly Names[],
  rules: CodeRules,
): string[] {
  const withTemporaries = scopes.map((names) => namesFrom(names, checkBlock(context, statements, names, rules)));
  const names = allNames(withTemporaries);
  return statements.map((placed) => statementText(context, placed, names)).filter((text) => text !== undefined);
}

/** Checks a block under one meaning of names. @returns the temporaries that it makes */
function checkBlock(
  context: Context,
  statements: readonly PlacedStatement[],
  names: Names,
  rules: CodeRules,
): ReadonlyMap<string, Variable> {
  const temporaries = new Map<string, Variable>();
  const inner = namesFrom(temporaries, names);
  for (const placed of statements) {
    const { statement, pointer } = placed;
    const report: Report = (finding, span, related) => context.report(finding, pointer, span, related);
    const name = statement.kind === 'send' ? statement.port : statement.target;
    const span = statement.kind === 'send' ? statement.span : statement.targetSpan;
    if (isUnknowable(context, inner, name) || !expressionsOf(statement).every((e) => canCheck(context, e, inner))) {
      for (const e of expressionsOf(statement)) infer(context, e, inner, pointer);
      if (!name.includes('.') && !inner.lookup(name)) temporaries.set(name, unknown('state'));
      continue;
    }
    const target = inner.lookup(name);
    if (target?.shared === true && rules.forAll !== true) {
      report(messages.sharedWritten(name, rules.what), span);
      continue;
    }
    const makesTemporary =
      !target &&
      statement.kind === 'assignment' &&
      statement.operator === '=' &&
      !name.includes('.') &&
      !context.constants.has(name);
    if (!makesTemporary && !mayWrite(context, placed, name, target, temporaries, inner, rules, span)) continue;
    const found: Inferred | null = checkStatement(statement, scopeFor(context, inner), target, report);
    // Whatever is wrong with its value, the name is known from here on.
    if (makesTemporary) temporaries.set(name, found ? special(found.dimension, found.type, 'state') : unknown('state'));
  }
  if (rules.forAll) checkShared(context, statements, inner, temporaries);
  return temporaries;
}

/**
 * Checks statements that write a variable with one value for all elements. They run once, before the statements for
 * each element, so they stand first and read no per-element values (the rule of Brian 2, `codegen/translation.py`).
 */
function checkShared(
  context: Context,
  statements: readonly PlacedStatement[],
  names: Names,
  temporaries: ReadonlyMap<string, Variable>,
): void {
  const isShared = ({ statement }: PlacedStatement): boolean =>
    statement.kind === 'assignment' && names.lookup(statement.target)?.shared === true;
  const first = statements.slice(0, statements.findLastIndex(isShared) + 1);
  const once = new Set(first.map(({ statement }) => (statement.kind === 'assignment' ? statement.target : '')));
  for (const { statement, pointer } of first) {
    if (statement.kind !== 'assignment') continue;
    const { target, targetSpan } = statement;
    if (names.lookup(target)?.shared !== true && !temporaries.has(target)) {
      context.report(messages.sharedWrittenLate(target), pointer, targetSpan);
      return;
    }
    for (const e of expressionsOf(statement)) {
      const own = [...namesIn(e)].find((name) => {
        const variable = names.lookup(name);
        if (!variable || variable.unknown === true || variable.shared === true || once.has(name)) return false;
        return variable.kind !== 'special' || ownToEach.has(name);
      });
      if (own === undefined) continue;
      context.report(messages.sharedReadsOwn(target, own), pointer, e.span);
      return;
    }
  }
  for (const { statement, pointer } of statements.slice(first.length)) {
    for (const e of expressionsOf(statement)) {
      const read = [...namesIn(e)].find((name) => once.has(name) && temporaries.has(name));
      if (read !== undefined) {
        context.report(messages.sharedTemporary(read), pointer, e.span);
        return;
      }
    }
  }
}

function mayWrite(
  context: Context,
  { statement, pointer }: PlacedStatement,
  name: string,
  target: Variable | undefined,
  temporaries: ReadonlyMap<string, Variable>,
  names: Names,
  rules: CodeRules,
  span: { start: number; end: number },
): boolean {
  const refuse = (finding: Parameters<Context['report']>[0]): false => {
    context.report(finding, pointer, span);
    return false;
  };
  if (!target) {
    if (context.constants.has(name)) return refuse(messages.notWritable(name, 'a parameter of the model'));
    const known = names.names().filter((other) => ['state', 'port'].includes(names.lookup(other)?.kind ?? ''));
    return refuse(messages.unknownVariable(name, known, statement.kind === 'send' ? 'port' : 'variable'));
  }
  if (statement.kind === 'send') {
    if (!rules.ports) return refuse(messages.sendOutside(rules.what));
    return target.kind === 'port' || refuse(messages.notAPort(name));
  }
  if (target.kind === 'port') {
    if (statement.operator === '+=' || statement.operator === '-=') return true;
    return refuse(messages.portOnlyAdds(name, statement.operator));
  }
  if (target.kind === 'state' || temporaries.has(name)) return true;
  return refuse(messages.notWritable(name, kindWords[target.kind]));
}

const kindWords: Readonly<Record<Variable['kind'], string>> = {
  parameter: 'a parameter',
  state: 'a state variable',
  derived: 'a derived variable',
  input: 'an input',
  noise: 'a noise',
  port: 'a port',
  special: 'set by the simulator',
};
