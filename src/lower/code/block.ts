/** A block under construction, such as the body of a kernel. */

import { Locals, get, set } from '../../ir/builder.js';
import type { Expression, Local, ScalarType, Statement } from '../../ir/program.js';
import { type Names, type StatementHole, type StatementSink, writeTemplate } from '../../ir/template.js';
import {
  constantOf,
  definitionOf,
  invariantLocal,
  keepResolved,
  known,
  resolvedStatements,
} from '../context/invariant.js';
import { shallowStatements } from './deep-expressions.js';

/** The item that a map runs for: implicit local `index`. */
export const item: Expression = { kind: 'local', type: 'u32', name: 'index' };

/** Names of the locals that the shapes of kernels define: variables of a model may be called the same. */
const definedByShapes = ['step', 'index', 'begin', 'group', 'row', 'position', 'delay'];

/** Statements of a kernel's body, or of a part of it, with the locals that they use. */
export class Block implements StatementSink<Block> {
  /** Locals of the kernel; blocks within one kernel share them. */
  readonly locals: Locals;
  /** The statements written so far. */
  readonly statements: Statement[] = [];

  constructor(locals: Locals = new Locals(definedByShapes)) {
    this.locals = locals;
  }

  /** Adds statements. */
  emit(...statements: Statement[]): void {
    for (const statement of resolvedStatements(statements))
      this.statements.push(...shallowStatements(statement, this.locals));
  }

  /**
   * Writes statements in the text form of programs.
   *
   * @example block.write`let own = ${counts}[index]`
   * @returns the names that the text declares
   */
  write(parts: TemplateStringsArray, ...holes: readonly StatementHole<Block>[]): Names {
    return writeTemplate<Block>(this, parts, holes);
  }

  /** A new local, with a name like the wanted one. */
  local(name: string, type: ScalarType): Local {
    return this.locals.fresh(name, type);
  }

  /**
   * Names a value, so it is computed once; constants and locals stay as they are, and a number that is known when
   * lowering needs no local.
   */
  name(name: string, value: Expression): Expression {
    if (value.kind === 'const' || value.kind === 'local') return value;
    const definition = definitionOf(value);
    const constant = constantOf(value);
    if (constant) return known(constant);
    const local = this.local(name, value.type);
    this.emit(set(local, value));
    return definition ? invariantLocal(local, definition) : get(local);
  }

  /** Statements of a nested block that shares this one's locals. */
  nested(write: (inner: Block) => void): Statement[] {
    const inner = new Block(this.locals);
    write(inner);
    keepResolved(inner.statements);
    return inner.statements;
  }
}
