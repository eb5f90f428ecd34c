/** How a step calls its kernels, independent of the language. */

import { invariant } from '../../diagnostics/diagnostic.js';
import type { EventRing, Program } from '../../ir/program.js';

/** Arguments that the driver passes to a kernel, in addition to the step. */
type KernelArguments =
  /** Items [from, to) of the merged elements. */
  | 'items'
  /** Ordinal of the thread, and number of threads. */
  | 'thread'
  /** No sharing: it runs only on the first thread. */
  | 'none';

/** The properties of a kernel that decide how it is called. */
type Called =
  | { readonly shape: 'map'; readonly domain: { readonly kind: 'ranges' | 'count' | 'spikes' } }
  | { readonly shape: 'propagate'; readonly order: { readonly kind: 'any' | 'byTarget' | 'byRow' | 'sequential' } }
  | { readonly shape: 'sequential' | 'compact' };

/** How the driver calls a kernel. */
export function kernelArguments(kernel: Called): KernelArguments {
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
  invariant(ring !== undefined, 'codegen/schedule', `no event is named ${event}`);
  invariant(
    ring.slots > 0 && (ring.slots & (ring.slots - 1)) === 0,
    'codegen/schedule',
    `${event} has ${ring.slots} slots`,
  );
  return ring;
}
