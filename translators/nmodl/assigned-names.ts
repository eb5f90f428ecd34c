/** Variables that a file assigns. */

import type { Expression } from '../../src/lang/ast.js';
import { elementName } from './statements.js';
import type { NmodlFile, Statement } from './syntax.js';

/** Returns the variables that statements and the blocks that they call assign. */
export function assignedNames(statements: readonly Statement[], file: NmodlFile): Set<string> {
  const names = new Set<string>();
  const called = new Set<string>();
  // Blocks may call each other in long chains.
  const waiting = [...statements];
  const addAll = (more: readonly Statement[]): void => {
    for (const statement of more) waiting.push(statement);
  };
  const visitBlock = (name: string): void => {
    const block = file.blocks.get(name);
    if (!block || called.has(name)) return;
    called.add(name);
    addAll(block.body);
  };
  for (const statement of waiting)
    if (statement.kind === 'assign') {
      if (!statement.isRate) names.add(statement.target.name);
      for (const name of file.blocks.keys()) if (mentions(statement.value, name)) visitBlock(name);
    } else if (statement.kind === 'call') {
      const [target] = statement.arguments;
      if (statement.name === 'state_discontinuity' && target?.kind === 'name') names.add(target.name);
      visitBlock(statement.name);
    } else if (statement.kind === 'solve') visitBlock(statement.block);
    else if (statement.kind === 'if') {
      addAll(statement.whenTrue);
      addAll(statement.whenFalse);
    } else if (statement.kind === 'from' || statement.kind === 'connections') addAll(statement.body);
  return new Set(
    [...names].flatMap((name) => {
      const length = file.assigned.find((declared) => declared.name === name)?.length;
      return length === undefined ? [name] : [name, ...Array.from({ length }, (_, k) => elementName(name, k))];
    }),
  );
}

/** Whether an expression calls a function. */
const mentions = (e: Expression, name: string): boolean =>
  (e.kind === 'call' && (e.function === name || e.arguments.some((argument) => mentions(argument, name)))) ||
  (e.kind === 'binary' && (mentions(e.left, name) || mentions(e.right, name))) ||
  (e.kind === 'unary' && mentions(e.operand, name));
