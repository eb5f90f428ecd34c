/** How a step calls its kernels, independent of the language. */

import { invariant } from '../../diagnostics/diagnostic.js';
import type { EventRing, Log, Program } from '../../ir/program.js';

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

const byName = <T extends { readonly name: string }>(): ((list: readonly T[]) => ReadonlyMap<string, T>) => {
  const known = new WeakMap<readonly T[], ReadonlyMap<string, T>>();
  return (list) => {
    const names = known.get(list) ?? new Map(list.map((one) => [one.name, one]));
    known.set(list, names);
    return names;
  };
};
const ringsByName = byName<EventRing>();
const logsByName = byName<Log>();

/** The log of an event's ring; undefined if it has none. */
export const logOf = ({ logs }: Pick<Program, 'logs'>, ring: EventRing): Log | undefined =>
  ring.log === undefined ? undefined : logsByName(logs).get(ring.log);

/** The ring of an event. */
export function ringOf(program: Program, event: string): EventRing {
  const ring = ringsByName(program.events).get(event);
  invariant(ring !== undefined, 'codegen/schedule', `no event is named ${event}`);
  invariant(
    ring.slots > 0 && (ring.slots & (ring.slots - 1)) === 0,
    'codegen/schedule',
    `${event} has ${ring.slots} slots`,
  );
  return ring;
}
