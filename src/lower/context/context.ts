/** The context of every lowering pass. */

import type { Finding, Place } from '../../diagnostics/diagnostic.js';
import { DiagnosticError, Diagnostics } from '../../diagnostics/diagnostic.js';
import { LangError } from '../../lang/lang-error.js';
import type { Precision } from '../../ir/program.js';
import type { DataStore, Model } from '../../model/typed.js';
import type { PartBuilder } from './program-part.js';
import type { Part } from '../../draw/drawn-model.js';
import type { Cable, ModelNames } from './cable.js';
import type { Profile } from './profile.js';
import type { Places } from '../../draw/space/axes.js';

/** Diagnostics of lowering. Each gets the pointer, within the canonical document, of the object being lowered. */
export class LoweringDiagnostics extends Diagnostics {
  #pointer = '';

  /**
   * Runs `action` and returns its result. Its diagnostics refer to the object at `pointer`.
   *
   * @throws DiagnosticError for expressions that become too large or too deep by substitution
   */
  within<T>(pointer: string, action: () => T): T {
    const outer = this.#pointer;
    this.#pointer = pointer;
    try {
      return action();
    } catch (error) {
      if (!(error instanceof LangError)) throw error;
      this.add(error.finding);
      throw new DiagnosticError(this.list);
    } finally {
      this.#pointer = outer;
    }
  }

  /** Sets the pointer of later diagnostics, except for those `within` another object. */
  at(pointer: string): void {
    this.#pointer = pointer;
  }

  /** Says the same thing once, however often an expression is compiled. */
  override add(finding: Finding, place: Place = { document: '', pointer: this.#pointer }): void {
    if (
      this.list.some(
        (known) =>
          known.code === finding.code && known.message === finding.message && known.place?.pointer === place.pointer,
      )
    )
      return;
    super.add(finding, place);
  }
}

/** Element type of real variables in a precision. */
export type Real = 'f64' | 'f32';

/**
 * For a program that begins in the middle of a run: the pathways with synapses that do not receive all events already
 * in flight.
 */
export interface PendingDelivery {
  /** Pathways of such synapses, as `projection.pathway`. */
  readonly pathways: ReadonlySet<string>;
  /** The first step of the program. All synapses receive its events. */
  readonly step: number;
}

/** Facts of the model that all passes can read. */
export interface Known {
  /** The drawn model. */
  readonly model: Model;
  /** Arrays that the model refers to. */
  readonly data: DataStore;
  /** Floating-point type of the model's numbers. */
  readonly precision: Precision;
  /** Element type of the model's real variables. */
  readonly real: Real;
  /** Seconds per step of the program, or of the clock of the code (`clocks.ts`). */
  readonly dt: number;
  /** Program steps in one step of the current clock. */
  readonly every: number;
  /** Whether code reads the time, and the number of the step, that the step leads to. */
  readonly ahead: boolean;
  /** The order of a step. */
  readonly profile: Profile;
  /** Collects diagnostics. */
  readonly diagnostics: LoweringDiagnostics;
  /** Positions of elements, for populations that have positions. */
  readonly places: ReadonlyMap<string, Places>;
  /** For projections that replace a piece of one in the model: that piece. */
  readonly parts: ReadonlyMap<string, Part>;
  /** Cells with structure, with compartments as elements of groups. */
  readonly cables: readonly Cable[];
  /** The model's names of populations of compartments, and of the parts of projections between them. */
  readonly shown: ModelNames;
  /** Names that some phase of the protocol sets, as `population.parameter`; they are never folded into code. */
  readonly settable: ReadonlySet<string>;
  /** Whether the protocol turns time back, by a reset or to a stored state: then draws count steps on their own. */
  readonly turnsBack: boolean;
  /** Synapse counts of projections with a drawn number of synapses, if known from an earlier build. */
  readonly counts: ReadonlyMap<string, number>;
  /** Pathways with synapses that do not receive all events in flight at the start. */
  readonly pendingDelivery: PendingDelivery;
}

/** Context of a pass: the facts of the model, and the builder of its part of the program. */
export interface Context extends Known {
  /** Collects the additions of this pass. */
  readonly builder: PartBuilder;
}
