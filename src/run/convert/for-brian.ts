/** Models for Brian: in its idiom, and with parts drawn here that Brian cannot draw. */

import { UsageError } from '../../diagnostics/diagnostic.js';
import { ConversionReport, type ConversionEntry } from '../../model/conversion-report.js';
import type { ValidModel } from '../../model/model.js';
import { typedModel } from '../../model/typed-model.js';
import { conventions } from '../../library/conventions.js';
import { chooseTarget } from '../choose-target.js';
import { freeze } from '../freeze.js';

/**
 * Returns a model in Brian's terms, written by `write`. Parts that Brian cannot draw are drawn here.
 *
 * @param options  `oneByOne`: whether cells are groups of their own if possible
 */
export async function forBrian<T extends { readonly report: readonly ConversionEntry[] }>(
  whole: ValidModel,
  write: (valid: ValidModel) => T,
  { oneByOne }: { readonly oneByOne: boolean },
): Promise<T> {
  const { inBrianIdiom } = await import('../../../translators/brian/export/idiom.js');
  const { expressiblePopulations } = await import('../../../translators/shared/expressible-populations.js');
  const { currentsAsParameters } = await import('../../../translators/brian/export/current-parameters.js');
  const { currentsOfCells } = await import('../../../translators/brian/export/currents-of-cells.js');
  const { cellsAsCables } = await import('../../../translators/brian/export/cells/as-cables.js');
  const { needsDrawnCells, withDrawnCells } = await import('../../../translators/brian/export/cells/cell-numbers.js');
  const { canBeOneByOne, cellsOneByOne } = await import('../../../translators/brian/export/cells/one-by-one.js');
  const { cellsOfOneType } = await import('./cells-of-one-type.js');
  const listed: ConversionEntry[] = [];
  let cells = whole;
  const isApart = oneByOne && canBeOneByOne(whole.model);
  if (needsDrawnCells(whole.model, isApart))
    try {
      const { model, data } = (await freeze(whole, (await chooseTarget('auto')).target)).valid;
      cells = { model: withDrawnCells(whole.model, model), data: new Map([...whole.data, ...data]) };
      listed.push({
        verdict: 'equivalent',
        code: 'brian/drawn',
        pointer: '/populations',
        message: 'values of cells with compartments, and of synapses onto them, are listed as they are with this seed',
      });
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      listed.push({ verdict: 'notExpressible', code: 'brian/drawn', pointer: '/populations', message: error.message });
    }
  if (isApart) {
    const report = new ConversionReport('brian');
    cells = { ...cells, model: cellsOneByOne(cells.model, cells.data, report) };
    listed.push(...report.entries);
  }
  const cabled = cellsAsCables(cells, cellsOfOneType);
  const { valid, entries, placed } = expressiblePopulations(
    currentsAsParameters(currentsOfCells(cabled.valid)),
    'brian',
  );
  const { knownPlaces } = await import('../../draw/space/places.js');
  const placesOf = ({ model, data }: ValidModel) => {
    const typed = { model: typedModel(model), data };
    return (population: string) => knownPlaces(population, typed);
  };
  const plain = inBrianIdiom(valid, placesOf(valid), {});
  const drawn = plain.needsDrawing ? (await freeze(valid, (await chooseTarget('auto')).target)).valid : undefined;
  const idiom = drawn ? inBrianIdiom(valid, placesOf(drawn), { drawn }) : plain;
  const written = write(idiom.valid);
  return {
    ...written,
    report: [
      ...listed,
      ...cabled.entries,
      ...entries,
      ...[...idiom.entries, ...written.report].map(placed),
      ...conventions(whole, 'brian'),
    ],
  };
}
