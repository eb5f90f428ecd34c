/** Compares two models of different notations: one is converted to the notation of the other and read again. */

import { DiagnosticError, UsageError } from '../diagnostics/diagnostic.js';
import { symbolicQuantity } from '../lang/readable-quantity.js';
import { parseUnit } from '../lang/units.js';
import { targetOf, targetsOf, type TargetNotation } from '../convert/target-notations.js';
import { composed, type Became, type Variable } from '../model/rewriting/became.js';
import type { ValidModel } from '../model/model.js';
import { drawnParts } from '../model/drawn-parts.js';
import type { ImportedModel } from '../pipeline/read/imported-model.js';
import { markupNotation, type Notation } from '../pipeline/read/notation.js';
import { convertWritten, readWritten } from './read-back.js';
import type { Pairs } from './pair-parts.js';
import { compareModels, type ModelComparison, type ModelDifference } from './compare-models.js';

/** Returns forms that different documents of a notation come from; a notation that is only read stands for markup. */
const conversionsTo = (notation: Notation): readonly TargetNotation[] => {
  if (notation === 'canonical') return [];
  const forms = targetsOf(notation).filter((to) => targetOf(to).document === undefined && !targetOf(to).isPart);
  return (forms.length > 0 ? forms : targetsOf(markupNotation)).toReversed();
};

/** Comparison of two models, and what the parts of the first are in the second. */
interface Across {
  readonly comparison: ModelComparison;
  readonly became: Became;
  /** Whether all values are equal, apart from names, durations, seeds and steps. */
  readonly isEqual: boolean;
}

/** Returns the statement on parts with other names. */
const renamedParts = ({ renamed }: ModelComparison): Partial<Became> => {
  const namesOf = (kind: string): ((name: string) => string) => {
    const names = new Map(renamed.flatMap(({ part, first, second }) => (part === kind ? [[first, second]] : [])));
    return (name) => names.get(name) ?? name;
  };
  const [population, projection] = [namesOf('population'), namesOf('projection')];
  return {
    population: (name, cell) => ({ population: population(name), cell }),
    projection,
    variable: (given) => {
      const owner = population(given.owner);
      return { ...given, owner: owner === given.owner ? projection(owner) : owner };
    },
  };
};

/** Returns the statement of a conversion, where the second model also has variables that the conversion renames. */
const orOfOneName = (became: Became, { model }: ValidModel): Became => ({
  ...became,
  variable: (given) => {
    const after = became.variable(given);
    const has = ({ owner, name }: Variable): boolean =>
      Object.hasOwn(model.neurons[model.populations[owner]?.type ?? '']?.state ?? {}, name);
    const { owner = given.owner } = after ?? {};
    const own = { ...(after ?? given), owner, name: given.name, factor: 1 };
    return (after === undefined || !has(after)) && has(own) ? own : after;
  },
});

/**
 * Compares two models. For different notations, each is converted to the notation of the other, where that is possible:
 * both then have the words of one notation, and lists for the connections that rules draw. The comparison with the
 * fewest differences is returned, and its statement on parts is that of the first model's conversion.
 *
 * @param pairs  pairs of populations that the user states
 */
export async function compareAcross(first: ImportedModel, second: ImportedModel, pairs?: Pairs): Promise<Across> {
  const direct = compareModels(first, second, pairs);
  const asNamed = { comparison: direct, became: composed([renamedParts(direct)]), isEqual: hasEqualValues(direct) };
  if (first.notation === second.notation || direct.sameModel) return asNamed;
  const there: Across[] = [];
  const back: Pick<Across, 'comparison' | 'isEqual'>[] = [];
  const found = new Map(pairs);
  for (const to of conversionsTo(first.notation))
    for (const { again, became, isExact } of await readAgain(second, to)) {
      const comparison = compareModels(first, again, pairs);
      back.push({ comparison, isEqual: isExact && hasEqualValues(comparison) });
      // A notation can have populations for inputs that the other one adds to cells.
      for (const name of Object.keys(second.valid.model.populations)) {
        const after = became.population(name, 0)?.population;
        const own = comparison.renamed.find((one) => one.part === 'population' && one.second === after)?.first;
        if (own !== undefined && !found.has(own)) found.set(own, name);
      }
    }
  for (const to of conversionsTo(second.notation))
    for (const { again, became, isExact } of await readAgain(first, to)) {
      const named = [...found].map(([from, as]) => [became.population(from, 0)?.population ?? from, as] as const);
      const comparison = compareModels(again, second, new Map(named));
      const isEqual = isExact && hasEqualValues(comparison);
      there.push({ comparison, became: composed([became, renamedParts(comparison)]), isEqual });
    }
  // A result holds the canonical form of its document, with the same names and units: no standard types are needed.
  const all = [compareModels({ ...first, notation: second.notation }, second, pairs), direct];
  const isEqual = [...all.map(hasEqualValues), ...[...there, ...back].map((one) => one.isEqual)].includes(true);
  all.push(...[...there, ...back].map(({ comparison }) => comparison));
  const [{ became: after }] = [...there.toSorted((a, b) => sizeOf(a.comparison) - sizeOf(b.comparison)), asNamed] as [
    Across,
  ];
  const became = orOfOneName(after, second.valid);
  const isUntimed = [first, second].some(({ valid }) => valid.model.experiment.protocol.length === 0);
  // A conversion without named generators hides that one side draws with them.
  const hidesDraws = hasOwnGenerators(first) !== hasOwnGenerators(second);
  const [best = direct] = all
    .filter(({ differences }) => differences.length > 0 || !hidesDraws)
    .sort((a, b) => sizeOf(a) - sizeOf(b));
  const comparison = {
    ...best,
    sameModel: false,
    sameExperiment: false,
    // A network of NeuroML by itself states no time step and no protocol.
    differences: best.differences
      .filter(({ parts }) => !(isUntimed && parts[0] === 'experiment'))
      .map((difference) => withParameter(difference, first)),
  };
  return { comparison, became, isEqual: isEqual && !hidesDraws };
}

/** Checks whether two models differ only in the duration, seed and step of their experiment. */
const hasEqualValues = ({ differences }: ModelComparison): boolean =>
  differences.every(
    ({ parts, property }) => parts[0] === 'experiment' && ['protocol.run', 'seed', 'dt', 'timing'].includes(property),
  );

/** Whether a model draws with generators that have seeds of their own. */
const hasOwnGenerators = ({ valid: { model } }: ImportedModel): boolean =>
  drawnParts(model, { seeded: true }).length > drawnParts(model, { seeded: false }).length;

/** Number of differences and new names, which orders comparisons. */
const sizeOf = ({ differences, renamed }: ModelComparison): number =>
  renamed.length / 1000 +
  differences.reduce((sum, { parts, property }) => sum + (property === '' ? 10 : 1) * parts.length, 0);

/** Converts a model and reads the conversion; an empty list if it would be incomplete. */
async function readAgain(
  { valid }: ImportedModel,
  to: TargetNotation,
): Promise<readonly { readonly again: ImportedModel; readonly became: Became; readonly isExact: boolean }[]> {
  try {
    const converted = await convertWritten(valid, to);
    if (converted.outcome === 'incomplete' || converted.files.length === 0) return [];
    const isExact = converted.report.every(({ verdict }) => verdict !== 'different');
    return [{ again: await readWritten(converted, to), became: converted.became, isExact }];
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
