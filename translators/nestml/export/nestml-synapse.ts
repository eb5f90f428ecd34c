/** A NESTML model of synapses, as scripts use it. */

import type { Value } from '../../../src/model/typed.js';

/** A NESTML model of synapses. */
export interface NestmlSynapse {
  readonly name: string;
  readonly text: string;
  /** The variable that NEST calls the weight. */
  readonly weight: string;
  /** Whether it reacts to spikes of its target. */
  readonly isPaired: boolean;
  /** Values that differ between synapses, in NEST's units. */
  readonly values: Readonly<Record<string, { readonly value: Value; readonly unit: string }>>;
  /** Variables that presynaptic spikes do not change. */
  readonly traces: readonly string[];
  /** Names and units in NEST of its variables. */
  readonly variables: ReadonlyMap<string, { readonly name: string; readonly unit: string }>;
}
