import type { Form, Written } from './equations.js';
import type * as cells from './shape/cells.js';
import type { Normal } from './shape/normal-form.js';

export type { Point } from './shape/cells.js';

/** An unbranched piece of a cell, given by its shape, or by its capacitance and its coupling to the parent; in SI. */
export type Section = Normal<Written, typeof cells.section>;

/** An ion with concentrations that mechanisms read and write. */
export type Ion = Normal<Written, typeof cells.ion>;

/** Equations on sections: a channel, a leak, a pool of an ion. */
export type Mechanism<F extends Form = Written> = Normal<F, typeof cells.mechanism>;

/** A cell with structure: a tree of sections with mechanisms on them. Its membrane potential is `v` everywhere. */
export type Compartments<F extends Form = Written> = Normal<F, typeof cells.compartments>;

/**
 * A tree of compartments that all have the equations of their type: the elements of a population are the compartments
 * of its cells, the first compartment of all cells first.
 */
export type CableTree<F extends Form = Written> = Normal<F, typeof cells.cable>;
