/** Cells with structure for notations that have one set of equations for a cell. */

import { drawModel } from '../draw/draw.js';
import type { Cable } from '../lower/context/cable.js';
import { withoutStructure } from '../lower/cable/expand.js';
import type { OneType } from '../lower/cable/one-type.js';
import { LoweringDiagnostics } from '../lower/context/context.js';
import type { ValidModel as WrittenModel } from '../model/model.js';
import type { ValidModel } from '../model/typed.js';

/** A model that represents cells with structure as populations of compartments. */
interface OfOneType extends ValidModel {
  readonly cables: readonly Pick<Cable, 'name' | 'tree' | 'classes' | 'populations'>[];
}

/**
 * Returns the model with all compartments of a cell in one population, of one type.
 *
 * @throws DiagnosticError for parts that cannot be drawn or expressed as such populations
 */
export function cellsOfOneType(valid: WrittenModel, oneType: OneType): OfOneType {
  const { drawn, cables } = withoutStructure(drawModel(valid), new LoweringDiagnostics(), oneType);
  return { model: drawn.model, data: drawn.data, cables: cables.filter(({ ownEquations }) => !ownEquations) };
}
