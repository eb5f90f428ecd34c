/** The membrane of a cell in the words of the field: channels with gates, pools of calcium, on each section. */

import type { Expression } from '../../lang/ast.js';
import type { Id } from '../../model/model.js';
import type { LocalEquations } from './equations.js';

/** The mechanisms of a cell, and what holds calcium on its sections. */
export interface Membrane {
  readonly mechanisms: ReadonlyMap<Id, MembraneMechanism>;
  /** By section; null if a mechanism sets the concentration, but is no pool. */
  readonly pools: ReadonlyMap<Id, Pool | null>;
}

/** A mechanism on its sections. */
export interface MembraneMechanism {
  readonly places: readonly MembranePlace[];
  /** Why it is neither channels nor a pool on the sections that are left. */
  readonly reason?: string;
}

/** A mechanism on one section. */
export interface MembranePlace {
  readonly section: Id;
  readonly equations: LocalEquations;
  /** Of state variables at the start, in SI. */
  readonly initial: ReadonlyMap<string, number>;
  readonly currents: readonly MembraneCurrent[];
}

/** A current of one ion, or of none: the sum of its conductances. */
export interface MembraneCurrent {
  readonly ion: 'non_specific' | (string & {});
  readonly conductances: readonly Conductance[];
  /** Whether shifts of the potential that step over a division by zero are left out. */
  readonly isGuarded: boolean;
}

/** `conductance * gates * open * (reversal - v)`, inward positive. */
export interface Conductance {
  /** In S/m**2, or in S for a current that is not per area. */
  readonly conductance: number;
  /** In V, or the potential of calcium if a pool sets its concentration. */
  readonly reversal: number | 'nernst';
  /** State variables that are its factors, with their powers. */
  readonly gates: ReadonlyMap<string, number>;
  /** Its other factors that state variables are in. */
  readonly mixed: readonly Expression[];
  /** Its other factor that changes with the potential, or null. */
  readonly open: Expression | null;
}

/**
 * How a gate x follows the potential and calcium: `opening*(1 - x) - closing*x`, which is `(steady - x)/tau`, and
 * `opening - leaving*x`.
 */
export interface Kinetics {
  readonly opening: Expression;
  /** Undefined if the rate is not written with an opening rate of its own. */
  readonly closing: Expression | undefined;
  readonly leaving: Expression;
  readonly steady: Expression;
  readonly tau: Expression;
}

/** How a current fills a pool: by a factor in mol/(m A s), or into a shell below the membrane, of a thickness in m. */
export type Filling = { readonly rho: number } | { readonly shellThickness: number };

/** `rho*i_ca - (c - rest)/tau`. */
export interface Pool {
  readonly mechanism: Id;
  /** The state variable that is the concentration. */
  readonly state: Id;
  /** mol/m**3, as are `start` and `outside`. */
  readonly rest: number;
  /** s */
  readonly tau: number;
  readonly filling: Filling;
  readonly start: number;
  readonly outside: number;
}
