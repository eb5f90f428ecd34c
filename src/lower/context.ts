/** The context of every lowering pass. */

import type { Finding, Place } from '../diagnostics/diagnostic.js';
import { DiagnosticError, Diagnostics } from '../diagnostics/diagnostic.js';
import { LangError } from '../lang/lang-error.js';
import type { Precision } from '../ir/program.js';
import type { DataStore, Model } from '../model/typed.js';
import type { PartBuilder } from './program-part.js';
import type { Part } from '../draw/drawn-model.js';
import type { Cable, Shown } from './cable/cable.js';
import type { Profile } from './step/profile.js';
import type { Places } from '../draw/space/axes.js';

/** Findings of lowering: each gets the pointer, within the canonical document, of what is being lowered. */
export class LoweringDiagnostics extends Diagnostics {
  #pointer = '';

  /**
   * What `action` yields; what it finds is about the object at `pointer`.
   *
   * @throws DiagnosticError for expressions that become too large or too deep when they are put into each other
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

  /** What is found from here on is about the object at `pointer`, except for what lies `within` another. */
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

/** Where a program begins in the middle, with synapses that may not have heard all events that are under way. */
export interface Heard {
  /** Pathways of such synapses, as `projection.pathway`. */
  readonly pathways: ReadonlySet<string>;
  /** The first step of the program: its events are heard by all. */
  readonly step: number;
}

/** What all passes know of the model. */
export interface Known {
  /** The drawn model. */
  readonly model: Model;
  /** Arrays that the model refers to. */
  readonly data: DataStore;
  /** Type in which the model's numbers are computed. */
  readonly precision: Precision;
  /** Element type of the model's real variables. */
  readonly real: Real;
  /** Seconds a step: of the program, or of the clock that code goes by (`clocks.ts`). */
  readonly dt: number;
  /** Steps of the program in one of these. */
  readonly every: number;
  /** Whether code reads the time, and the number of the step, that the step leads to. */
  readonly ahead: boolean;
  /** The order of a step. */
  readonly profile: Profile;
  /** Takes what is found. */
  readonly diagnostics: LoweringDiagnostics;
  /** Where the elements of populations are, for those that have places. */
  readonly places: ReadonlyMap<string, Places>;
  /** For projections that stand for a piece of one that the model names: which piece. */
  readonly parts: ReadonlyMap<string, Part>;
  /** Cells with structure, whose compartments are elements of groups. */
  readonly cables: readonly Cable[];
  /** What the model calls populations of compartments, and pieces of projections between them. */
  readonly shown: Shown;
  /** Names that some phase of the protocol sets, as `population.parameter`; they are never folded into code. */
  readonly settable: ReadonlySet<string>;
  /** Whether the protocol turns time back, by a reset or to a stored state: then draws count steps on their own. */
  readonly turnsBack: boolean;
  /** Synapses of projections whose number is drawn, where somebody has built them before. */
  readonly counts: ReadonlyMap<string, number>;
  /** Which synapses may not have heard all events that are under way at first. */
  readonly heard: Heard;
}

/** What code of a pass gets: what all know, and where this pass adds to the program. */
export interface Context extends Known {
  /** Collects what this pass adds. */
  readonly builder: PartBuilder;
}
