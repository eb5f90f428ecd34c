/** A probe: a small document that runs here and on PyNN's simulators, and the quantities that are compared. */

import type { Simulator } from './backend.js';
import type { Results } from './results.js';

/** The parts of PyNN, in the order of the page. */
export const sections = [
  'Cells',
  'Recorded variables',
  'Sources of spikes',
  'Synapses',
  'Plasticity',
  'Current sources',
  'Structures and space',
  'Connectors',
  'Random distributions',
  'Phases',
] as const;

export type Section = (typeof sections)[number];

/** How a simulator is met. */
export interface Expectation {
  /** Largest accepted distances, by quantity. */
  readonly within?: Readonly<Record<string, number>>;
  /** Pattern of the error with which the simulator refuses the script. */
  readonly refuses?: RegExp;
  /** Why the simulator differs, or why there is no comparison. */
  readonly because?: string;
}

/** A distance between two runs. */
export interface Quantity {
  readonly unit: string;
  readonly distance: (ours: Results, theirs: Results, against: Reference) => number;
}

export type Reference = Exclude<Simulator, 'mock'> | 'exact';

export interface Probe {
  readonly section: Section;
  /** PyNN's name of the probed feature. */
  readonly name: string;
  /** A document without the keys that all have. */
  readonly document: Readonly<Record<string, unknown>>;
  readonly quantities: Readonly<Record<string, Quantity>>;
  /** Distances of our run from the theory or a converged solution. */
  readonly exact?: {
    /** The reference of the comparison. */
    readonly what: string;
    readonly within: Readonly<Record<string, number>>;
    readonly distances: (ours: Results) => Readonly<Record<string, readonly [distance: number, unit: string]>>;
  };
  readonly simulators: Readonly<Partial<Record<Exclude<Simulator, 'mock'>, Expectation>>>;
  /** Remark for readers on our own choice. */
  readonly note?: string;
}

/** A whole document. NEST is told to keep spikes on the grid, as all others do. */
export const documentOf = (parts: Readonly<Record<string, unknown>>): object => ({
  format: 'interneuron/pynn',
  version: 1,
  pynn: '0.13',
  ...Object.fromEntries(Object.entries(parts).filter(([key]) => key !== 'extra')),
  setup: {
    timestep: 0.1,
    ...(parts['setup'] as object | undefined),
    extra: { spike_precision: 'on_grid', ...(parts['extra'] as object | undefined) },
  },
});
