/** Conditions on synapses as code that runs on all of them in each step, for notations whose synapses test none. */

import type { Assignment } from '../../lang/ast.js';
import { assignmentWhere } from '../../lang/build.js';
import { parseExpression, parseStatements } from '../../lang/parse.js';
import { printStatement } from '../../lang/print.js';
import { namesIn, substitute } from '../../lang/walk.js';
import type { LocalEvent, SynapseType } from '../../model/model.js';
import { derivedOf, readsOf } from './texts.js';

/** Code for all synapses of a projection, of the kind that an operation runs. */
export interface SynapseCode {
  readonly do: readonly string[];
  readonly order: number;
}

/**
 * Statements with the one that changes what a condition reads behind the others, where it means the same there: `seen =
 * count` of `count != seen`.
 */
function withLast(statements: readonly Assignment[], read: ReadonlySet<string>): readonly Assignment[] {
  const index = statements.findIndex(({ target }) => read.has(target));
  const changing = statements[index];
  if (changing === undefined) return statements;
  const later = statements.slice(index + 1);
  const own = readsOf(printStatement(changing));
  const reads = (one: Assignment): boolean => readsOf(printStatement(one)).has(changing.target);
  if (later.some((one) => own.has(one.target) || one.target === changing.target || reads(one))) return statements;
  return [...statements.slice(0, index), ...later, changing];
}

/**
 * The code that tests a condition and does what follows from it: `x = y if condition else x`.
 *
 * @returns undefined where that says something else: the condition must become true first (`rising`), or a statement
 * changes what it reads before the last has run
 */
function codeOf({ when, edge, do: actions, order }: LocalEvent, type: SynapseType): SynapseCode | undefined {
  const derived = derivedOf(type);
  if (edge !== 'level' || derived === undefined) return undefined;
  const condition = parseExpression(when);
  const read = namesIn(substitute(condition, derived));
  const written = actions.flatMap((text) => parseStatements(text));
  const assignments = written.filter((one) => one.kind === 'assignment');
  if (assignments.length < written.length) return undefined;
  const statements = withLast(assignments, read);
  const code: string[] = [];
  for (const [k, statement] of statements.entries()) {
    if (k < statements.length - 1 && read.has(statement.target)) return undefined;
    code.push(printStatement(assignmentWhere(condition, statement)));
  }
  return { do: code, order };
}

/** A type without conditions, and the code that replaces them; undefined where some of them cannot be replaced. */
export function conditionsAsCode(
  type: SynapseType,
): { readonly type: SynapseType; readonly code: ReadonlyMap<string, SynapseCode> } | undefined {
  const { events = {}, ...rest } = type;
  const code = new Map<string, SynapseCode>();
  for (const [name, event] of Object.entries(events)) {
    const own = codeOf(event, type);
    if (own === undefined) return undefined;
    code.set(name, own);
  }
  return { type: rest, code };
}
