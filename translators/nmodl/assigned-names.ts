/** Variables that a file assigns. */

import type { Expression } from '../../src/lang/ast.js';
import { elementName } from './parse.js';
import type { NmodlFile, Statement } from './syntax.js';

/** Returns the variables that statements assign, with those of the blocks that they call. */
export function assignedNames(
  statements: readonly Statement[],
  file: NmodlFile,
  seen = new Set<string>(),
): Set<string> {
  const names = new Set<string>();
  const addAll = (more: Iterable<string>): void => {
    for (const name of more) names.add(name);
  };
  const visitBlock = (name: string): void => {
    const block = file.blocks.get(name);
    if (!block || seen.has(name)) return;
    seen.add(name);
    addAll(assignedNames(block.body, file, seen));
  };
  for (const one of statements)
    if (one.kind === 'assign' && !one.isRate) {
      names.add(one.target.name);
      for (const name of file.blocks.keys()) if (mentions(one.value, name)) visitBlock(name);
    } else if (one.kind === 'assign') {
      for (const name of file.blocks.keys()) if (mentions(one.value, name)) visitBlock(name);
    } else if (one.kind === 'call') {
      const [target] = one.arguments;
      if (one.name === 'state_discontinuity' && target?.kind === 'name') names.add(target.name);
      visitBlock(one.name);
    } else if (one.kind === 'solve') visitBlock(one.block);
    else if (one.kind === 'if')
      addAll([...assignedNames(one.whenTrue, file, seen), ...assignedNames(one.whenFalse, file, seen)]);
    else if (one.kind === 'from') addAll(assignedNames(one.body, file, seen));
  return new Set(
    [...names].flatMap((name) => {
      const length = file.assigned.find((declared) => declared.name === name)?.length;
      return length === undefined ? [name] : [name, ...Array.from({ length }, (_, k) => elementName(name, k))];
    }),
  );
}

/** Whether an expression calls a function. */
const mentions = (e: Expression, name: string): boolean =>
  (e.kind === 'call' && (e.function === name || e.arguments.some((one) => mentions(one, name)))) ||
  (e.kind === 'binary' && (mentions(e.left, name) || mentions(e.right, name))) ||
  (e.kind === 'unary' && mentions(e.operand, name));
