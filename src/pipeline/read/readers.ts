/** Readers of notations: the register of what turns their documents into canonical ones. */

import { importBrian } from '../../../translators/brian/import.js';
import { importNir } from '../../../translators/nir/import.js';
import { importNmodl } from '../../../translators/nmodl/import.js';
import { withNamedMechanisms } from '../../../translators/nmodl/named-mechanisms.js';
import { importPynn } from '../../../translators/pynn/import.js';
import type {
  Hdf5Reader,
  ReadDocument,
  Reading,
  TextReader,
  TreeReader,
} from '../../../translators/shared/notation.js';
import { importSonata } from '../../../translators/sonata/import.js';
import { readSwc, type SwcDocument } from '../../../translators/swc/import.js';
import type { Diagnostics } from '../../diagnostics/diagnostic.js';
import type { NotationOf, TreeNotation } from './notation.js';

/** Returns a document with all settings left for the canonical model. */
const withSettings = <T extends Omit<ReadDocument, 'set'>>(
  read: T | null,
  { set }: Reading,
): (T & ReadDocument) | null => read && { ...read, set };

/** Readers of trees. */
export const treeReaders: Readonly<Record<TreeNotation, TreeReader>> = {
  canonical: (value, positions, reading) =>
    withSettings(withNamedMechanisms(value, positions, reading.diagnostics, reading.path, reading.text), reading),
  brian: (value, positions, reading) =>
    withSettings(importBrian(value, positions, reading.diagnostics, reading.text, reading.reportRest), reading),
  pynn: (value, positions, reading) =>
    withSettings(importPynn(value, positions, reading.diagnostics, reading.text, reading.reportRest), reading),
  sonata: (value, positions, reading) =>
    withSettings(importSonata(value, positions, reading.diagnostics, reading, reading.peers), reading),
};

/** Texts that a document of NeuroML stands for, which is read in their place. */
export const markupOf = { swc: readSwc } as const satisfies Readonly<
  Record<string, (name: string, text: string, diagnostics: Diagnostics) => SwcDocument | null>
>;

/** Readers of texts. */
export const textReaders: Readonly<Record<Exclude<NotationOf<'text'>, keyof typeof markupOf>, TextReader>> = {
  nmodl: (text, reading) => withSettings(importNmodl(reading.path, text, reading.diagnostics, reading.text), reading),
};

/** Readers of files of HDF5. */
export const hdf5Readers: Readonly<Record<NotationOf<'hdf5'>, Hdf5Reader>> = {
  nir: (root, reading) => importNir(root, reading.path, reading.diagnostics, reading),
};
