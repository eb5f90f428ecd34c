/** The sections of a model for Brian while they are written. */

import { freeName } from '../../../src/model/free-name.js';
import type { NeuronType, Operation, Population, Projection, SynapseType } from '../../../src/model/typed.js';

/** The sections to write, by name. */
export interface Sections {
  readonly neurons: Record<string, NeuronType>;
  readonly synapses: Record<string, SynapseType>;
  readonly populations: Record<string, Population>;
  readonly projections: Record<string, Projection>;
  readonly operations: Record<string, Operation>;
}

/** Returns empty sections. */
export const noSections = (): Sections => ({
  neurons: {},
  synapses: {},
  populations: {},
  projections: {},
  operations: {},
});

/** Returns a name that a record does not have yet. */
export const freeIn = (record: Readonly<Record<string, unknown>>, name: string): string =>
  freeName(name, (one) => Object.hasOwn(record, one));
