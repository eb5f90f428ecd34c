/** Code without branches: guarded values are always computed, and kept if the condition holds. */

import * as ir from '../../ir/builder.js';
import type { Expression, Local, Statement } from '../../ir/program.js';
import type { Block } from './block.js';

/**
 * Writes statements into a block with a `select` instead of each `if`. Every operation is total, so unused values have
 * no effect. Loads under a condition must be legal without it, as loads at the item's own index are.
 *
 * @param block declares the locals that the statements use
 * @returns false for statements without a branchless form: loops, calls, sums, faults or bits under a condition
 */
export function writeBranchless(statements: readonly Statement[], block: Block): boolean {
  const types = new Map(block.locals.declared.map(({ name, type }) => [name, type]));
  return write(statements, null, { block, types, assigned: new Set() });
}

interface Writing {
  readonly block: Block;
  readonly types: ReadonlyMap<string, Local['type']>;
  /** Locals that have a value by now. */
  readonly assigned: Set<string>;
}

function write(statements: readonly Statement[], condition: Expression | null, writing: Writing): boolean {
  return statements.every((statement) => {
    if (statement.kind === 'if') return writeBranch(statement, condition, writing);
    if (condition === null) {
      if (statement.kind === 'set') writing.assigned.add(statement.local);
      if (statement.kind === 'call') for (const result of statement.results) writing.assigned.add(result);
      writing.block.emit(statement);
      return true;
    }
    return writeChosen(statement, condition, writing);
  });
}

function writeBranch(
  statement: Extract<Statement, { kind: 'if' }>,
  outer: Expression | null,
  writing: Writing,
): boolean {
  const { block } = writing;
  // Copy the condition, because the guarded code may change its operands.
  const local = block.local('holds', 'bool');
  const guard = statement.condition;
  block.emit(ir.set(local, outer === null ? guard : ir.and(outer, guard)));
  if (!write(statement.then, ir.get(local), writing)) return false;
  if (statement.else.length === 0) return true;
  const otherwise = outer === null ? ir.not(ir.get(local)) : ir.and(outer, ir.not(ir.get(local)));
  return write(statement.else, block.name('fails', otherwise), writing);
}

function writeChosen(statement: Statement, condition: Expression, { block, types, assigned }: Writing): boolean {
  switch (statement.kind) {
    case 'set': {
      const type = types.get(statement.local);
      if (type === undefined) return false;
      const local = { name: statement.local, type };
      // A local without a value is read only if the condition holds.
      const value = assigned.has(local.name) ? ir.select(condition, statement.value, ir.get(local)) : statement.value;
      block.emit(ir.set(local, value));
      assigned.add(local.name);
      return true;
    }
    case 'store': {
      const { buffer, index, value } = statement;
      const now: Expression = { kind: 'load', type: value.type, buffer, index };
      block.emit({ ...statement, value: ir.select(condition, value, now) });
      return true;
    }
    case 'comment':
      block.emit(statement);
      return true;
    default:
      return false;
  }
}
