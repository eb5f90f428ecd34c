/** What the kernel printers of every shape share. */

import { invariant } from '../../diagnostics/diagnostic.js';
import type { EventRing, Kernel, Program } from '../../ir/program.js';
import type { ProgramContext, Scope } from './scope.js';
import { comment, indent } from './text.js';

/** What the driver passes to a kernel, after the network and `step`. */
export type KernelArguments =
  /** Items [from, to) of the merged elements. */
  | 'items'
  /** Ordinal of the thread, and how many there are. */
  | 'thread'
  /** Nothing: runs on the first thread alone. */
  | 'none';

/** How the driver calls a kernel. */
export function kernelArguments(kernel: Kernel): KernelArguments {
  switch (kernel.shape) {
    case 'map':
      return kernel.domain.kind === 'spikes' ? 'thread' : 'items';
    case 'propagate':
      return kernel.order.kind === 'sequential' ? 'none' : 'thread';
    case 'sequential':
    case 'compact':
      return 'none';
  }
}

/** The ring of an event. */
export function ringOf(program: Program, event: string): EventRing {
  const ring = program.events.find((candidate) => candidate.name === event);
  invariant(ring !== undefined, 'codegen/c', `no event is named ${event}`);
  invariant(ring.slots > 0 && (ring.slots & (ring.slots - 1)) === 0, 'codegen/c', `${event} has ${ring.slots} slots`);
  return ring;
}

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
