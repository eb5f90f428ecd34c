/** Compares two models of different notations: one is converted to the notation of the other and read again. */

import { DiagnosticError, UsageError } from '../diagnostics/diagnostic.js';
import { symbolicQuantity } from '../lang/readable-quantity.js';
import { parseUnit } from '../lang/units.js';
import { targetOf, targetsOf, type TargetNotation } from '../convert/target-notations.js';
import { drawnParts } from '../model/drawn-parts.js';
import type { ImportedModel } from '../pipeline/read/imported-model.js';
import { markupNotation, type Notation } from '../pipeline/read/notation.js';
import { convertWritten, readWritten } from './read-back.js';
import { compareModels, type ModelComparison, type ModelDifference } from './compare-models.js';

/** Returns forms that different documents of a notation come from; a notation that is only read stands for markup. */
const conversionsTo = (notation: Notation): readonly TargetNotation[] => {
  if (notation === 'canonical') return [];
  const forms = targetsOf(notation).filter((to) => targetOf(to).document === undefined && !targetOf(to).isPart);
  return (forms.length > 0 ? forms : targetsOf(markupNotation)).toReversed();
};

/**
 * Compares two models. For different notations, each is converted to the notation of the other, where that is possible:
 * both then have the words of one notation, and lists for the connections that rules draw. The comparison with the
 * fewest differences is returned.
 */
export async function compareAcross(first: ImportedModel, second: ImportedModel): Promise<ModelComparison> {
  const direct = compareModels(first, second);
  if (first.notation === second.notation || direct.sameModel) return direct;
  // A result holds the canonical form of its document, with the same names and units: no standard types are needed.
  const all = [compareModels({ ...first, notation: second.notation }, second), direct];
  for (const to of conversionsTo(second.notation))
    for (const again of await readAgain(first, to)) all.push(compareModels(again, second));
  for (const to of conversionsTo(first.notation))
    for (const again of await readAgain(second, to)) all.push(compareModels(first, again));
  const isUntimed = [first, second].some(({ valid }) => valid.model.experiment.protocol.length === 0);
  // A conversion without named generators hides that one side draws with them.
  const hidesDraws = hasOwnGenerators(first) !== hasOwnGenerators(second);
  const [best = direct] = all
    .filter(({ differences }) => differences.length > 0 || !hidesDraws)
    .sort((a, b) => sizeOf(a) - sizeOf(b));
  return {
    ...best,
    sameModel: false,
    sameExperiment: false,
    // A network of NeuroML by itself states no time step and no protocol.
    differences: best.differences
      .filter(({ parts }) => !(isUntimed && parts[0] === 'experiment'))
      .map((difference) => withParameter(difference, first)),
  };
}

/** Whether a model draws with generators that have seeds of their own. */
const hasOwnGenerators = ({ valid: { model } }: ImportedModel): boolean =>
  drawnParts(model, { seeded: true }).length > drawnParts(model, { seeded: false }).length;

/** Number of differences and new names, by which comparisons are ordered. */
const sizeOf = ({ differences, renamed }: ModelComparison): number =>
  renamed.length / 1000 +
  differences.reduce((sum, { parts, property }) => sum + (property === '' ? 10 : 1) * parts.length, 0);

/** Converts a model and reads the conversion; an empty list if it would be incomplete. */
async function readAgain({ valid }: ImportedModel, to: TargetNotation): Promise<readonly ImportedModel[]> {
  try {
    const converted = await convertWritten(valid, to);
    if (converted.outcome === 'incomplete' || converted.files.length === 0) return [];
    return [await readWritten(converted, to)];
  } catch (error) {
    if (error instanceof UsageError || error instanceof DiagnosticError) return [];
    throw error;
  }
}

/** Names the parameter of the first model with the value of the first side, if there is exactly one. */
function withParameter(difference: ModelDifference, { valid }: ImportedModel): ModelDifference {
  const named = Object.entries(valid.model.parameters).filter(
    ([, { value, unit }]) => String(symbolicQuantity(value, parseUnit(unit).dimension)) === difference.first,
  );
  const [only] = named;
  return only && named.length === 1 ? { ...difference, parameter: only[0] } : difference;
}
