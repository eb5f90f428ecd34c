/** Where in a step a kernel runs. */

import type { StepEntry } from '../../ir/program.js';

/**
 * What happens at one order of a slot, one after the other. Synapses contribute to sums and currents to inputs; inboxes
 * that events may read are emptied; inputs are kept for code that reads them after the integration. An event is tested
 * for, its elements are listed, how often each counts is computed and noted for readers of results, the elements note
 * when it was, and actions run that come in its own slot.
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

/** Slots run as the timing profile says; within a slot, orders ascend; at one order, phases follow each other. */
export interface StepPlace {
  /** A slot of the timing profile. */
  readonly slot: string;
  /** As the model gives it: a whole number; or before, or after, everything else in the slot. */
  readonly order: number | 'first' | 'last';
  /** Absent: `main`. */
  readonly phase?: StepPhase;
  /** Of the object that acts (`object-names.ts`), where ties go by names; absent: it comes before those with names. */
  readonly name?: string;
}

/** An entry of the step and its place. */
export interface PlacedEntry {
  readonly entry: StepEntry;
  readonly place: StepPlace;
  /** Whether it copies variables of other populations, and runs wherever a profile wants copies to be live. */
  readonly copies?: boolean;
}

/** A kernel that runs in each step, or in every so many from one on. */
export const inStep = (kernel: string, place: StepPlace, every = 1, offset = 0): PlacedEntry => ({
  entry: { kernel, every, offset, slot: place.slot },
  place,
});

const orderOf = ({ order }: StepPlace): number => (order === 'first' ? -Infinity : order === 'last' ? Infinity : order);

/** What decides between things of one slot and order. */
export type Ties = 'name' | 'phase';

/**
 * What of two things runs first: negative for the first, positive for the second, 0 for neither.
 *
 * @param rankOf  the place of a slot
 * @param ties  `name`: phases only tell things with one name apart
 */
export function comparePlaces(a: StepPlace, b: StepPlace, rankOf: (slot: string) => number, ties: Ties): number {
  const slots = rankOf(a.slot) - rankOf(b.slot);
  if (slots !== 0) return slots;
  const [first, second] = [orderOf(a), orderOf(b)];
  if (first !== second) return first < second ? -1 : 1;
  const [one = '', other = ''] = ties === 'name' ? [a.name, b.name] : [];
  if (one !== other) return one < other ? -1 : 1;
  return phases.indexOf(a.phase ?? 'main') - phases.indexOf(b.phase ?? 'main');
}

/** Entries in the order in which they run; of one place, as they were added. */
export const inOrder = (
  entries: readonly PlacedEntry[],
  rankOf: (slot: string) => number,
  ties: Ties = 'phase',
): StepEntry[] => [...entries].sort((a, b) => comparePlaces(a.place, b.place, rankOf, ties)).map(({ entry }) => entry);
