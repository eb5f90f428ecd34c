/** What the kernel printers of every shape share. */

import { kernelArguments } from '../schedule/kernel-calls.js';
import type { Kernel } from '../../ir/program.js';
import type { ProgramContext, Scope } from './scope.js';
import { comment, indent } from './text.js';

/** A kernel's function; the pointers that `lines` use are declared at its head. */
export function kernelFunction(context: ProgramContext, kernel: Kernel, scope: Scope, lines: readonly string[], flat = false): string[] {
  const { i32, u32 } = context.dialect.types;
  const extra = { items: [`${u32} from`, `${u32} to`], thread: [`${u32} thread`, `${u32} threads`], none: [] }[kernelArguments(kernel)];
  const qualifiers = flat ? context.dialect.flatFunction : context.dialect.kernelFunction;
  const parameters = ['struct network *network', `${i32} step`, ...extra].join(', ');
  return [
    comment(kernel.comment),
    `${qualifiers} void ${context.kernelNames.id(kernel.name)}(${parameters})`,
    '{',
    ...indent([...scope.prologue(), ...lines]),
    '}',
  ];
}
