/** Builds the program that engines run from a model: explicit draws, lowering, passes over the program. */

import { platform } from '#platform';
import { unplaced, type Positions } from '../diagnostics/positions.js';
import { drawModel } from '../draw/draw.js';
import type { DrawnModel } from '../draw/drawn-model.js';
import type { Program } from '../ir/program.js';
import { lower, type LowerOptions } from '../lower/lower.js';
import type { ValidModel } from '../model/model.js';
import { optimise } from '../optimise/optimise.js';
import { placed } from './read/placed.js';
import { inStage } from './stages.js';

/** Choices of a caller. */
export interface BuildOptions extends LowerOptions {
  /** Keeps weights as the model gives them, rather than as integers, for callers that read them; takes more memory. */
  readonly exactValues?: boolean;
  /** Whether callers number synapses in order of creation; absent: they do. The order takes more memory. */
  readonly keepsOrder?: boolean;
  /** Whether projections of one source may share rows; absent: unless the order is kept. */
  readonly sharesRows?: boolean;
  /** Bytes that arrays which are drawn may take; absent: any number. */
  readonly memory?: number;
}

/** Returns the choices for a run on a target. Checks before a run take the same ones, and so need the same memory. */
export const choicesForRun = (
  target: string | undefined,
  exactValues = false,
): Required<Pick<BuildOptions, 'exactValues' | 'keepsOrder' | 'sharesRows'>> => ({
  exactValues,
  keepsOrder: exactValues,
  // Joining takes longer than it saves where each process builds every synapse.
  sharesRows: !exactValues && target !== 'mpi',
});

/**
 * Returns the program of a model.
 *
 * @throws DiagnosticError for parts that cannot be drawn or lowered
 */
export const buildProgram = (valid: ValidModel, options: BuildOptions): Program =>
  programOf(drawModel(valid, options.memory), options);

/** Returns the program of a model with explicit draws. @throws DiagnosticError for parts that cannot be lowered */
const programOf = (
  drawn: DrawnModel,
  { exactValues = false, keepsOrder = true, sharesRows = !keepsOrder, ...options }: BuildOptions,
): Program =>
  optimise(lower(drawn, options), 'every engine', {
    without: [
      ...(exactValues ? ['integer-weights'] : []),
      ...(keepsOrder ? ['creation-order'] : []),
      ...(sharesRows ? [] : ['merged-rows']),
    ],
    onPass: options.onPass,
  });

/**
 * Performs step 5: draws the parts of a model that named generators prescribe.
 *
 * @throws DiagnosticError with places of the user's text
 */
export const drawnModel = (valid: ValidModel, positions: Positions = unplaced): DrawnModel =>
  inStage('draw', () => placed(positions, new Map(), () => drawModel(valid, platform.machine.memory())));

/**
 * Performs step 6: lowers a drawn model to its program.
 *
 * @throws DiagnosticError with places of the user's text
 */
export const loweredModel = (
  drawn: DrawnModel,
  positions: Positions = unplaced,
  options: Omit<BuildOptions, 'memory'>,
): Program => inStage('lower', () => placed(positions, drawn.parts, () => programOf(drawn, options)));
