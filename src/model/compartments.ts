import type { ArrayValue, EquationSet, Form, Id, KineticScheme, Value, Written } from './equations.js';
import type { LocalEvent } from './shape/normal-form.js';

/** A point along a section, in m. */
export type Point = readonly [x: number, y: number, z: number, diameter: number];

/**
 * An unbranched piece of a cell, given by its shape, or by its capacitance and its coupling to the parent. All in SI.
 */
export interface Section {
  /** Where it grows from; absent: it is the root. */
  readonly parent?: { readonly section: Id; readonly fraction: number };
  /** Points along it. */
  readonly points?: readonly Point[];
  /** In m, if no points are given. */
  readonly length?: number;
  /** In m, if no points are given. */
  readonly diameter?: number;
  /** Into how many compartments it is cut. */
  readonly divisions: number;
  /** F/m**2. */
  readonly specificCapacitance?: number;
  /** Of the inside, ohm*m. */
  readonly resistivity?: number;
  /** Of the whole section in F, if no shape is given. */
  readonly capacitance?: number;
  /** Conductance to the parent in S, if no shape is given. */
  readonly coupling?: number;
  /** Membrane potential at the start in V, if it differs from the cell's. */
  readonly initial?: number;
}

/** An ion with concentrations that mechanisms read and write. */
export interface Ion {
  /** Charge in units of the elementary charge. */
  readonly valence: number;
  /** Concentrations at the start, mol/m**3. */
  readonly inside?: number;
  /** Outside the cell, in the same unit. */
  readonly outside?: number;
  /** Reversal potential in V, or by Nernst's equation from the present concentrations. */
  readonly reversal?: number | 'nernst';
  /** Values on sections where they differ, by section or group; of several the last holds. */
  readonly at?: Readonly<Record<Id, Pick<Ion, 'inside' | 'outside' | 'reversal'>>>;
}

/**
 * Equations on sections: a channel, a leak, a pool of an ion.
 *
 * It reads `v`, `area`, `temperature`, `distance`, `diameter` and `length` from its place. `distance` is from the
 * root's beginning to its middle along the tree, in m; `diameter` and `length` are of its compartment, in m. For an ion
 * `ca` it reads `ca_i`, `ca_o`, `e_ca` and `i_ca`. It writes currents `i` or `i_ca` (inward positive, per area if
 * `density`) or concentrations `ca_i`, `ca_o`.
 */
export interface Mechanism<F extends Form = Written> extends EquationSet<F>, KineticScheme<F> {
  /** Sections and groups that it is on; absent: all sections. */
  readonly on?: readonly Id[];
  /** Whether its currents are per membrane area (A/m**2) rather than of the whole compartment (A). */
  readonly density: boolean;
  /** Variables that it reads from its place. */
  readonly reads: readonly Id[];
  /** Variables of its place that it adds to or sets. */
  readonly writes: Readonly<Record<Id, F['expression']>>;
  /** Conditions on the variables that it reads and on its own; absent: none. */
  readonly events?: Readonly<Record<Id, LocalEvent<F>>>;
  /**
   * Parameters and first values of state that are others on some sections, by section or group; of several the last
   * holds. Expressions read the place (`distance`, `diameter`, `length`, `area`, `x`, `y`, `z`); lists have a value for
   * each compartment, in the order of the sections.
   */
  readonly values?: Readonly<Record<Id, Readonly<Record<Id, Value<F>>>>>;
}

/** A cell with structure: a tree of sections with mechanisms on them. Its membrane potential is `v` everywhere. */
export interface Compartments<F extends Form = Written> {
  /** Tree of sections by name; one has no parent. */
  readonly sections: Readonly<Record<Id, Section>>;
  /** Names for sets of sections, which mechanisms may be on. */
  readonly groups: Readonly<Record<Id, readonly Id[]>>;
  /** By name, such as `ca`. */
  readonly ions: Readonly<Record<Id, Ion>>;
  /** By name; variables of one are recorded as `mechanism.variable`. */
  readonly mechanisms: Readonly<Record<Id, Mechanism<F>>>;
  /** Membrane potential at the start, in V. */
  readonly initial: Value<F>;
  /** In K. */
  readonly temperature?: number;
}

/**
 * A tree of compartments that all have the equations of their type: the elements of a population are the compartments
 * of its cells, the first compartment of all cells first. Compartments meet at the ends of others, points without area.
 */
export interface CableTree<F extends Form = Written> {
  /** For each compartment the earlier compartment that it is attached to at the far end; -1 for the root, the first. */
  readonly parents: ArrayValue;
  /** Axial conductance times resistivity, from each compartment's beginning to its centre, in m. */
  readonly near: ArrayValue;
  /** The same from its centre to its far end, in m. */
  readonly far: ArrayValue;
  /** Of the inside, in ohm*m. */
  readonly resistivity: number;
  /** The membrane potential, a state variable in V. */
  readonly voltage: Id;
  /** Of each compartment, in F. */
  readonly capacitance: F['expression'];
  /** Through the membrane of each compartment, inward positive, in A. */
  readonly current: F['expression'];
  /** A state variable that is set to the change of the membrane potential in each step; absent: none. */
  readonly rise?: Id;
  /** Names of ranges of compartments; absent: no names. */
  readonly sections?: Readonly<Record<Id, { readonly first: number; readonly count: number }>>;
}
