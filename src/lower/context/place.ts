/** Where in a step a kernel runs. */

import type { StepEntry } from '../../ir/program.js';

/**
 * Phases at one order of a slot, in sequence. Synapses contribute to sums and currents to inputs. Inboxes that events
 * may read are emptied. Inputs are copied for code that reads them after the integration. An event is tested, its
 * elements are listed, and their multiplicities are computed and logged. The elements store its time, and actions with
 * their own slot run.
 */
const phases = [
  'contribute',
  'inject',
  'flush',
  'keep inputs',
  'main',
  'list',
  'count',
  'log multiples',
  'mark',
  'act',
] as const;

/** One of the things that happen at one order of a slot. */
export type StepPhase = (typeof phases)[number];

/**
 * Slots run in the order of the timing profile. Within a slot, orders ascend; at one order, phases follow each other.
 */
export interface StepPlace {
  /** A slot of the timing profile. */
  readonly slot: string;
  /** A number, as in the model; or before, or after, all others in the slot. */
  readonly order: number | 'first' | 'last';
  /** Absent: `main`. */
  readonly phase?: StepPhase;
  /**
   * Name of the acting object (`object-names.ts`), if ties are resolved by names; absent: it precedes objects with
   * names.
   */
  readonly name?: string;
}

/** An entry of the step and its place. */
export interface PlacedEntry {
  readonly entry: StepEntry;
  readonly place: StepPlace;
  /** Whether it copies variables of other populations, and is repeated if a profile requires live copies. */
  readonly copies?: boolean;
}

/** Returns a kernel that runs in each step, or in every n-th from one on. */
export const inStep = (kernel: string, place: StepPlace, every = 1, offset = 0): PlacedEntry => ({
  entry: { kernel, every, offset, slot: place.slot },
  place,
});

const orderOf = ({ order }: StepPlace): number => (order === 'first' ? -Infinity : order === 'last' ? Infinity : order);

/** Resolves ties of one slot and order. */
export type Ties = 'name' | 'phase';

/**
 * Compares two places: negative if the first runs before the second, positive if after, 0 if they are equal.
 *
 * @param rankOf the position of a slot
 * @param ties `name`: phases only order entries with the same name
 */
export function comparePlaces(a: StepPlace, b: StepPlace, rankOf: (slot: string) => number, ties: Ties): number {
  const slots = rankOf(a.slot) - rankOf(b.slot);
  if (slots !== 0) return slots;
  const [first, second] = [orderOf(a), orderOf(b)];
  if (first !== second) return first < second ? -1 : 1;
  const [nameA = '', nameB = ''] = ties === 'name' ? [a.name, b.name] : [];
  if (nameA !== nameB) return nameA < nameB ? -1 : 1;
  return phases.indexOf(a.phase ?? 'main') - phases.indexOf(b.phase ?? 'main');
}

/** Sorts entries by their place; entries of one place keep the order of their addition. */
export const inOrder = (
  entries: readonly PlacedEntry[],
  rankOf: (slot: string) => number,
  ties: Ties = 'phase',
): StepEntry[] => [...entries].sort((a, b) => comparePlaces(a.place, b.place, rankOf, ties)).map(({ entry }) => entry);
