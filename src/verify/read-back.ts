/** Written conversions as models again, without the model that documents carry. */

import type { ValidModel } from '../model/model.js';
import {
  convertModel,
  type ConversionEntry,
  type ConvertedModel,
  type ConvertOptions,
  type TargetNotation,
} from '../convert/convert.js';
import { mainOf } from '../convert/exported.js';
import { inFolder } from '../convert/in-folder.js';
import { documentNotation, isFolderNotation, usualName } from '../convert/target-notations.js';
import { importModel, readSource } from '../pipeline/pipeline.js';
import type { ImportedModel } from '../pipeline/read/imported-model.js';

/** Options of a conversion that affect a check of it. */
export type HowToConvert = Partial<Pick<ConvertOptions, 'freeze' | 'partial'>>;

/** Converts a model to the documents that are read: scripts by the document that corresponds to them. */
export const convertWritten = (
  valid: ValidModel,
  to: TargetNotation,
  { freeze = false, partial = false }: HowToConvert = {},
): Promise<ConvertedModel> => {
  const document = documentNotation(to);
  return convertModel(valid, document, { name: usualName(document), freeze, partial, nest: to === 'pynn-nestml' });
};

/** Checks whether written files hold models in NESTML, which need its compiler. */
export const hasNestml = ({ files }: Pick<ConvertedModel, 'files'>): boolean =>
  files.some(({ name }) => name.endsWith('.nestml'));

/**
 * Returns the model that the written files of a conversion are when they are read without the model that they carry.
 * Scripts are only read by Python: the document that corresponds to a script is read in its place.
 *
 * @param options.converted  the conversion to `to`; made if absent
 */
export async function readBack(
  valid: ValidModel,
  to: TargetNotation,
  { converted, ...how }: HowToConvert & { readonly converted?: ConvertedModel } = {},
): Promise<ValidModel> {
  const document = documentNotation(to);
  const written = converted && document === to ? converted : await convertWritten(valid, to, how);
  return (await readWritten(written, document)).valid;
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

/** Adds the populations of the model whose cells became several populations, with the spikes of each cell. */
export const joined = (
  found: ReadonlyMap<string, readonly (readonly number[])[]>,
  report: readonly ConversionEntry[] = [],
): ReadonlyMap<string, readonly (readonly number[])[]> =>
  new Map([
    ...found,
    ...report.flatMap(({ pointer, cells }): (readonly [string, readonly (readonly number[])[]])[] => {
      const trains: (readonly number[])[] = [];
      for (const [name, elements] of Object.entries(cells ?? {})) {
        const own = found.get(name) ?? [];
        // A population of one cell may be its compartments.
        const whole = elements.length === 1 ? [own.flat().sort((a, b) => a - b)] : own;
        elements.forEach((cell, k) => (trains[cell] = whole[k] ?? []));
      }
      return cells ? [[pointer.slice('/populations/'.length), trains]] : [];
    }),
  ]);
