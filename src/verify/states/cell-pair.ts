/** A cell of one model and the cell of another one that it became, and how they differ. */

import type { Form, ValidModel } from '../../model/model.js';
import type { LedgerRow } from '../ledger.js';

/** Relative difference of numbers that documents state with few digits, such as areas by 3.1415926; sums enlarge it. */
export const fewDigits = 1e-6;

/** Variables of a population by name. */
export type State = ReadonlyMap<string, number>;

/** A cell of the source, and the element of the target that it became. */
export interface CellPair {
  readonly population: string;
  readonly cell: number;
  readonly there: string;
  readonly element: number;
  /** Whether the effects of synapses on it are compared. */
  readonly isTaken: boolean;
  /** States of the source along a run. */
  readonly states: readonly State[];
  /** Names of the target's variables and their size relative to the source's. */
  readonly names: ReadonlyMap<string, readonly [name: string, factor: number]>;
}

/** A quantity that differs. */
export interface StateDifference {
  readonly population: string;
  readonly cell: number;
  /** Such as `threshold` or `rate of v`. */
  readonly quantity: string;
  /** Of a synapse, its quantity without the cell that the synapse comes from. */
  readonly ofSynapse?: string;
  /** Values in SI units of both models; null for a part that one of them lacks. */
  readonly values: readonly [source: number | null, target: number | null];
  /** SI unit of the values. */
  readonly unit: string;
}

/** Result of comparing states. */
export interface StateComparison {
  readonly differences: readonly StateDifference[];
  /** Populations with states without counterparts: only their runs are compared. */
  readonly apart: readonly string[];
  /** Rows for protocols and operations. */
  readonly rows: readonly LedgerRow[];
  /** Why the rates of populations are compared in runs, too, and why their events are. */
  readonly reasons: ReadonlyMap<string, readonly string[]>;
  readonly ofEvents: ReadonlyMap<string, readonly string[]>;
  /** Number of compared cells of each population. */
  readonly looked: ReadonlyMap<string, number>;
  /** Conditions that no sampled state takes both ways. */
  readonly oneWay: readonly { readonly population: string; readonly text: string }[];
  /** Largest difference of two numbers that are equal up to rounding, relative to their size. */
  readonly rounding: number;
  /** Whether the effects of all synapses were compared. */
  readonly synapses: boolean;
  /** Why effects of synapses on a population were not compared at states. */
  readonly unknown: ReadonlyMap<string, string>;
  /** Cells of each population whose synapses were compared, and all its cells. */
  readonly receivers: ReadonlyMap<string, { readonly compared: number; readonly of: number }>;
  /** Projections with plastic synapses and effects that were not compared. */
  readonly plastic: readonly string[];
  /** Delays or times of given spikes in s that differ by less than half a step of the source: the first two. */
  readonly close?: { readonly what: string; readonly values: readonly [source: number, target: number] };
}

/** The comparison of nothing. */
export const notCompared: StateComparison = {
  differences: [],
  apart: [],
  rows: [],
  reasons: new Map(),
  ofEvents: new Map(),
  looked: new Map(),
  oneWay: [],
  rounding: 0,
  synapses: false,
  unknown: new Map(),
  receivers: new Map(),
  plastic: [],
};

/** Returns more states than a run has: terms that were zero in the run count there. */
export function moreStates(states: readonly State[], next: () => number): readonly State[] {
  const [first] = states;
  if (!first) return [];
  return Array.from(
    { length: 4 },
    () =>
      new Map(
        [...first.keys()].map((name) => {
          const values = states.map((state) => state.get(name) ?? 0).filter(Number.isFinite);
          const [low, high] = [Math.min(...values), Math.max(...values)];
          const middle =
            high - low > 1e-6 * Math.abs(high)
              ? low + (high - low) * next()
              : high === 0
                ? 1e-9
                : high * (0.9 + 0.2 * next());
          return [name, middle] as const;
        }),
      ),
  );
}

/** Checks whether both have one step: a target that was written for a shorter one has its times on its grid. */
export const isAtOneStep = <F extends Form>(source: ValidModel<F>, target: ValidModel<F>): boolean =>
  source.model.experiment.dt === target.model.experiment.dt;
