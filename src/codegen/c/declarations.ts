/**
 * Places the declaration of each local in the innermost block with all of its uses, with its first value if possible.
 */

import type { Expression, Statement } from '../../ir/program.js';
import { expressionsOf, visitExpression } from '../../ir/walk.js';

/**
 * For a list of statements: locals declared at its head without a value, and locals declared by one of its own
 * statements.
 */
export interface Placement {
  /** Names of the locals that are declared before the first statement, without a value. */
  readonly atHead: readonly string[];
  /** The local that a statement's assignment declares, by that statement. */
  readonly byStatement: ReadonlyMap<Statement, string>;
}

/** The lists directly inside a statement. */
function listsOf(s: Statement): readonly (readonly Statement[])[] {
  switch (s.kind) {
    case 'if':
      return [s.then, s.else];
    case 'for':
    case 'while':
      return [s.body];
    default:
      return [];
  }
}

function readsOf(e: Expression, names: Set<string>): void {
  visitExpression(e, (node) => {
    if (node.kind === 'local') names.add(node.name);
  });
}

/** Returns the names in a statement itself, without those of nested statements. */
function ownNames(s: Statement): { readonly reads: ReadonlySet<string>; readonly writes: readonly string[] } {
  const reads = new Set<string>();
  for (const e of expressionsOf(s)) readsOf(e, reads);
  const writes = s.kind === 'set' ? [s.local] : s.kind === 'for' ? [s.local] : s.kind === 'call' ? s.results : [];
  return { reads, writes };
}

function allNames(s: Statement): Set<string> {
  const { reads, writes } = ownNames(s);
  const names = new Set([...reads, ...writes]);
  for (const list of listsOf(s)) for (const inner of list) for (const name of allNames(inner)) names.add(name);
  return names;
}

/**
 * Places the declarations of a body's locals.
 *
 * @param kept locals that are read after the body, and so are declared directly in it
 */
export function placeDeclarations(
  body: readonly Statement[],
  locals: ReadonlySet<string>,
  kept: ReadonlySet<string>,
): ReadonlyMap<readonly Statement[], Placement> {
  const placements = new Map<readonly Statement[], Placement>();
  place(body, locals, kept, placements);
  return placements;
}

function place(
  list: readonly Statement[],
  wanted: ReadonlySet<string>,
  kept: ReadonlySet<string>,
  placements: Map<readonly Statement[], Placement>,
): void {
  const mentions = list.map((s) => ({ s, own: ownNames(s), names: allNames(s) }));
  const atHead: string[] = [];
  const byStatement = new Map<Statement, string>();
  const inner = new Map<readonly Statement[], Set<string>>();
  for (const name of wanted) {
    const users = mentions.filter(({ names }) => names.has(name));
    const [first] = users;
    if (first === undefined) {
      if (kept.has(name)) atHead.push(name);
      continue;
    }
    const lists = listsOf(first.s).filter((candidate) => candidate.some((s) => allNames(s).has(name)));
    const isOwn = first.own.reads.has(name) || first.own.writes.includes(name);
    const [only] = lists;
    if (users.length === 1 && lists.length === 1 && only !== undefined && !isOwn && !kept.has(name)) {
      inner.set(only, (inner.get(only) ?? new Set()).add(name));
    } else if (first.s.kind === 'set' && first.s.local === name && !first.own.reads.has(name)) {
      byStatement.set(first.s, name);
    } else if (
      first.s.kind === 'call' &&
      first.s.results.length === 1 &&
      first.s.results[0] === name &&
      !first.own.reads.has(name)
    ) {
      byStatement.set(first.s, name);
    } else if (
      first.s.kind === 'for' &&
      first.s.local === name &&
      users.length === 1 &&
      !first.own.reads.has(name) &&
      !kept.has(name)
    ) {
      byStatement.set(first.s, name);
    } else {
      atHead.push(name);
    }
  }
  placements.set(list, { atHead, byStatement });
  for (const { s } of mentions)
    for (const child of listsOf(s)) place(child, inner.get(child) ?? new Set(), new Set(), placements);
}
