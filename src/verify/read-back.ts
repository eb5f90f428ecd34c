/** Written conversions as models again, without the model that documents carry. */

import { asComputedBy } from '../library/simulators/simulators.js';
import type { ValidModel } from '../model/model.js';
import { timingProperties } from '../model/timing-properties.js';
import { typedValid, writtenValid } from '../model/typed-model.js';
import { convertModel, type ConvertedModel, type ConvertOptions, type TargetNotation } from '../convert/convert.js';
import { mainOf } from '../../translators/shared/writing.js';
import { inFolder } from '../convert/in-folder.js';
import { documentNotation, isFolderNotation, runFor, targetOf, usualName } from '../convert/target-notations.js';
import { hasNestml } from '../simulators/written.js';
import { importModel } from '../pipeline/import-model.js';
import { readSource } from '../pipeline/read/read-source.js';
import type { ImportedModel } from '../pipeline/read/imported-model.js';

/** Options of a conversion that affect a check of it. */
export type HowToConvert = Pick<ConvertOptions, 'freeze'>;

/** Returns the notation that is read for a conversion: the document that corresponds to a script, if it has one. */
export const notationRead = (to: TargetNotation): TargetNotation => (isCompiled(to) ? to : documentNotation(to));

/** Checks whether a form has models that a simulator compiles and no reader reads. */
export const isCompiled = (to: TargetNotation): boolean => targetOf(runFor(to)).onlyHere?.instead === to;

/** Converts a model to the documents that are read. */
export const convertWritten = (
  valid: ValidModel,
  to: TargetNotation,
  { freeze = false }: HowToConvert = {},
): Promise<ConvertedModel> => {
  const document = notationRead(to);
  return convertModel(valid, document, { name: usualName(document), freeze });
};

/**
 * Returns the model that the written files of a conversion are when they are read without the model that they carry.
 * Scripts are only read by Python: the document that corresponds to a script is read in its place. A script for NEST
 * is the model that NEST runs.
 *
 * @param options.converted  the conversion to `to`; made if absent
 */
export async function readBack(
  valid: ValidModel,
  to: TargetNotation,
  { converted, ...how }: HowToConvert & { readonly converted?: ConvertedModel } = {},
): Promise<ValidModel> {
  if (isCompiled(to)) return inSimulator(valid, to, how, converted);
  const document = documentNotation(to);
  const written = converted && document === to ? converted : await convertWritten(valid, to, how);
  return (await readWritten(written, document)).valid;
}

/** Checks whether scripts move early spikes of a model; those of PyNN keep the times that their authors gave. */
export const movesEarlySpikes = ({ model }: ValidModel): boolean => timingProperties[model.timing].simulator !== 'PyNN';

/** Returns the model of a script with NESTML. Nothing reads that: models in it are those after the last rewriting. */
async function inSimulator(
  valid: ValidModel,
  to: TargetNotation,
  how: HowToConvert,
  converted?: ConvertedModel,
): Promise<ValidModel> {
  let settled = valid;
  const onPass: ConvertOptions['onPass'] = (_, rewritten) => void (settled = rewritten);
  const isPlain = converted !== undefined && !hasNestml(converted);
  const script = isPlain ? converted : await convertModel(valid, to, { ...how, name: usualName(to), onPass });
  const read = hasNestml(script) ? settled : await readBack(valid, documentNotation(to), how);
  const [simulator] = targetOf(to).runBy ?? [];
  if (simulator === undefined) return read;
  return writtenValid(await asComputedBy(simulator, typedValid(read), { movesEarlySpikes: movesEarlySpikes(valid) }));
}

/** Reads the main file of a conversion to a document, without the model that it carries. */
export async function readWritten({ files, data }: ConvertedModel, to: TargetNotation): Promise<ImportedModel> {
  const main = mainOf(files);
  if (isFolderNotation(to) || files.length > 1 || main?.bytes) {
    const ordered = [...files.filter((file) => file === main), ...files.filter((file) => file !== main)];
    return inFolder(ordered, (path) => importModel(readSource(path), { data, origin: false }));
  }
  return importModel({ name: main?.name ?? 'model', text: main?.text ?? '' }, { data, origin: false });
}
