/** The times at which Brian computes subexpressions that code reads, if the code writes their inputs. */

import type { Expression, Statement } from '../../src/lang/ast.js';
import { assignment, name } from '../../src/lang/build.js';
import { expressionsOf, mapExpression, mapStatement, namesIn } from '../../src/lang/walk.js';
import type { Scope } from './terms.js';

/** A subexpression that code reads, directly or through another one. */
interface Read {
  /** As the code spells it. */
  readonly key: string;
  /** In names of the code. */
  readonly expression: Expression;
  /** Names in its expression, in canonical names. */
  readonly names: ReadonlySet<string>;
  /** Variables that it depends on, directly or through others, in canonical names. */
  readonly leaves: ReadonlySet<string>;
  /** Whether Brian loads its inputs when the code begins. */
  readonly atOnce: boolean;
}

/**
 * Rewrites code so that it reads subexpressions at Brian's times. Returns it unchanged if the time has no effect.
 *
 * Code of pathways, and of operations on parts of groups, refers to subexpressions of another object. Brian loads their
 * inputs when the code begins. Other code computes a subexpression before each statement that reads it, but only once
 * if no later statement writes a name in its expression.
 *
 * @param refers  whether all subexpressions are of another object
 */
export function withSubexpressions(
  statements: readonly Statement[],
  scope: Scope,
  refers: boolean,
): readonly Statement[] {
  const written = statements.map((each) => (each.kind === 'assignment' ? canonical(each.target, scope) : ''));
  const reads = new Map<string, Read>();
  const lines = statements.map((each) => {
    const line = new Set<string>();
    for (const part of expressionsOf(each)) for (const key of namesIn(part)) collect(key, scope, refers, reads, line);
    return line;
  });
  const computed = lines.map((line, k) => [...line].filter((each) => !reads.get(each)?.atOnce).filter(isDue(k)));
  function isDue(k: number): (id: string) => boolean {
    return (id) => {
      const first = lines.findIndex((line) => line.has(id));
      return first === k || written.slice(first + 1).some((each) => reads.get(id)?.names.has(each));
    };
  }
  if (!makesDifference(lines, computed, written, reads)) return statements;

  const held = new Map([...reads].map(([id, { key }]) => [id, heldName(key, statements, scope)]));
  const withHeld = (tree: Expression): Expression =>
    mapExpression(tree, (part) => {
      const local = part.kind === 'name' ? held.get(canonical(part.name, scope)) : undefined;
      return local === undefined ? part : name(local, part.span);
    });
  const rest = statements.flatMap((statement, k) => [
    ...(computed[k] ?? []).flatMap((id) => {
      const read = reads.get(id);
      return read ? [assignment(held.get(id) ?? id, '=', withHeld(read.expression), statement.span)] : [];
    }),
    mapStatement(statement, withHeld),
  ]);
  const named = new Set(rest.flatMap(expressionsOf).flatMap((part) => [...namesIn(part)]));
  const begins = [...reads].flatMap(([id, { key, atOnce }]) => {
    const local = held.get(id);
    return atOnce && local !== undefined && named.has(local) ? [assignment(local, '=', name(key))] : [];
  });
  return [...begins, ...rest];
}

/** Returns subexpressions that code reads and that depend on some of these variables, as spelled in the code. */
export function subexpressionsOn(
  variables: ReadonlySet<string>,
  statements: readonly Statement[],
  scope: Scope,
): readonly string[] {
  const reads = new Map<string, Read>();
  for (const part of statements.flatMap(expressionsOf))
    for (const key of namesIn(part)) collect(key, scope, true, reads, new Set());
  return [...reads.values()]
    .filter(({ leaves }) => [...leaves].some((each) => variables.has(each)))
    .map(({ key }) => key);
}

/**
 * Checks whether a statement reads a subexpression with another value in Brian than its expression has at that time.
 */
function makesDifference(
  lines: readonly ReadonlySet<string>[],
  computed: readonly (readonly string[])[],
  written: readonly string[],
  reads: ReadonlyMap<string, Read>,
): boolean {
  const old = new Set<string>();
  return lines.some((line, k) => {
    for (const id of computed[k] ?? []) {
      const read = reads.get(id);
      if (read && ![...read.names].some((each) => old.has(each))) old.delete(id);
    }
    const differs = [...line].some((id) => old.has(id));
    for (const [id, { leaves }] of reads) if (leaves.has(written[k] ?? '')) old.add(id);
    return differs;
  });
}

/** Notes a subexpression, after the subexpressions that it reads. */
function collect(key: string, scope: Scope, refers: boolean, reads: Map<string, Read>, line: Set<string>): void {
  const meaning = scope.meaning(key);
  if (meaning?.kind !== 'variable' || !isComputed(meaning.variable) || line.has(meaning.canonical)) return;
  const { canonical: id, owner, variable } = meaning;
  const suffix = owner === 'self' ? '' : `_${owner}`;
  const spelt = (each: string): string =>
    scope.meaning(`${each}${suffix}`)?.kind === 'variable' ? each + suffix : each;
  const expression = mapExpression(variable.expression ?? name(key), (part) =>
    part.kind === 'name' && suffix !== '' ? name(spelt(part.name), part.span) : part,
  );
  const names = new Set<string>();
  const leaves = new Set<string>();
  for (const each of namesIn(expression)) {
    const found = canonical(each, scope);
    names.add(found);
    collect(each, scope, refers, reads, line);
    for (const leaf of reads.get(found)?.leaves ?? [found]) leaves.add(leaf);
  }
  line.add(id);
  if (!reads.has(id)) reads.set(id, { key, expression, names, leaves, atOnce: refers || owner !== 'self' });
}

const isComputed = ({ kind, flags }: { readonly kind: string; readonly flags: ReadonlySet<string> }): boolean =>
  kind === 'subexpression' && !flags.has('constant over dt');

function canonical(key: string, scope: Scope): string {
  const meaning = scope.meaning(key);
  return meaning?.kind === 'variable' ? meaning.canonical : key;
}

function heldName(key: string, statements: readonly Statement[], scope: Scope): string {
  let found = `${key}_before`;
  const isTaken = (): boolean =>
    scope.meaning(found) !== undefined ||
    statements.some((each) => each.kind === 'assignment' && each.target === found);
  while (isTaken()) found += '_';
  return found;
}
