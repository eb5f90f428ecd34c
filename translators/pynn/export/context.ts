/** State that all parts of an export share. */

import { populationsOf } from '../../../src/model/selected.js';
import { tidy } from '../../../src/library/recognise/numbers.js';
import type { StandardCell } from '../../../src/library/standard-type.js';
import type { DataStore, Model, SelectionRule, Value } from '../../../src/model/typed.js';
import { isNumbers } from '../values.js';
import type { Value as PynnValue } from '../specification.generated.js';
import type { ConversionReport } from '../../../src/model/conversion-report.js';
import type { NativeParts } from './native-parts.js';
import type { NestmlModels } from '../../nestml/export/models.js';
import type { Targets } from './targets.js';
import type { ExportedCompartments } from './types.js';
import { isMissing, pynnValue, type FormulaOf, type Generators } from './values.js';

/** Facts about the model that are known while its parts are written. */
export interface ExportContext {
  readonly model: Model;
  /** Arrays that the model refers to. */
  readonly data: DataStore;
  /** Receives one entry for each part. */
  readonly report: ConversionReport;
  /** Generators that draws need, as they come up. */
  readonly generators: Generators;
  /** Label of a population or projection. */
  readonly label: (name: string) => string;
  /** PyNN's types of the model's neuron types, by name. */
  readonly cells: ReadonlyMap<string, StandardCell>;
  /** The same with compartments. */
  readonly compartments: ReadonlyMap<string, ExportedCompartments>;
  /** Collects parts without a name in PyNN; undefined if such parts are left out. */
  readonly natives?: NativeParts;
  /** Collects NESTML models of types without a name in PyNN; undefined if they are left out or in `natives`. */
  readonly nestml?: NestmlModels;
  /** Views and assemblies that selections need, as they come up. */
  readonly targets: Targets;
}

/** Returns a value in PyNN's unit; undefined after a report that PyNN has no form for it. */
export function valueIn(
  context: ExportContext,
  value: Value,
  unit: string,
  pointer: string,
  of: FormulaOf = 'i',
): PynnValue | undefined {
  const translated = pynnValue(value, unit, context.data, context.generators, of);
  if (isMissing(translated)) return context.report.missing(pointer, translated.missing);
  // NEST's units round such numbers anyway.
  const isTidied = context.nestml !== undefined && isNumbers(translated);
  return isTidied ? translated.map((number) => tidy(number)) : translated;
}

/** Returns the type of the first population of a selection. */
export const cellOfSelection = (context: ExportContext, rule: SelectionRule): StandardCell | undefined =>
  context.cells.get(typeOfSelection(context, rule));

/** Returns the name of the type of the first population of a selection; empty if it has none. */
export const typeOfSelection = ({ model }: ExportContext, rule: SelectionRule): string =>
  model.populations[populationsOf(rule)[0] ?? '']?.type ?? '';
