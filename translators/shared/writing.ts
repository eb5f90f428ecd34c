/** How models are written in a notation: the files of a conversion, and the tools of a writer. */

import type { Functions } from '../../src/lang/evaluate.js';
import type { ConversionEntry } from '../../src/model/conversion-report.js';
import type { Compartment, Tree } from '../../src/model/compartment-tree.js';
import type { DataStore, ValidModel } from '../../src/model/model.js';
import type { Became } from '../../src/model/rewriting/became.js';
import { unchanged } from '../../src/model/rewriting/became.js';
import type { AfterPass } from '../../src/model/rewriting/rewriting.js';
import type * as typed from '../../src/model/typed.js';
import type { NumberColumn } from '../../src/tables/write-parquet.js';
import type { Hdf5Tree } from './hdf5.js';

/** A file of a conversion. */
export interface ConvertedFile {
  readonly name: string;
  /** Throws a UsageError if it is too long for one string. */
  readonly text: string;
  /** The text in pieces, which are made as they are taken; absent: it is short. */
  readonly pieces?: Iterable<string>;
  /** The content of a file that is no text. */
  readonly bytes?: Uint8Array;
  /** Whether it includes the others; absent everywhere: the first one does. */
  readonly isMain?: true;
}

/** Result of a writer. */
export interface Exported {
  /** The document first, then files that it reads. Only circuits have files in folders. */
  readonly files: readonly ConvertedFile[];
  /** Large arrays that the document refers to by digest. */
  readonly data: DataStore;
  readonly report: readonly ConversionEntry[];
  /** Parts of the model in the document. */
  readonly became: Became;
}

/** Returns the file that includes the others. */
export const mainOf = <File extends { readonly isMain?: boolean }>(files: readonly File[]): File | undefined =>
  files.find(({ isMain }) => isMain) ?? files[0];

/** Returns the result of a writer without arrays of data. */
export const written = (
  files: Exported['files'],
  { report, became = unchanged }: Pick<Exported, 'report'> & Partial<Pick<Exported, 'became'>>,
): Exported => ({ files, data: new Map(), report, became });

/** Returns files with the first one under a name. */
export const renamed = <File extends { readonly name: string }>(files: readonly File[], name: string): File[] =>
  files.map((file, ordinal) => (ordinal === 0 ? { ...file, name } : file));

/** A model that represents cells with sections as populations of compartments, all of one type. */
interface OfOneType extends typed.ValidModel {
  readonly cables: readonly {
    /** Type of the cells. */
    readonly name: string;
    readonly tree: Tree;
    /** The type of all compartments. */
    readonly classes: readonly { readonly type: string }[];
    readonly populations: readonly { readonly name: string; readonly size: number }[];
  }[];
}

/** How a model is written, with stages of the program that writers use. */
export interface Writing {
  /** Name of the document's file; others are named after it. */
  readonly name: string;
  /** The model before its draws were made explicit on request. */
  readonly original: ValidModel;
  /** Whether parts that a notation can have in files of their own do. */
  readonly split: boolean;
  /** Whether long lists of connections become tables in files beside the document. */
  readonly tables: boolean;
  readonly afterPass: AfterPass | undefined;
  /**
   * Returns a model with all its draws made.
   *
   * @param options.replays  whether a population that spikes only by chance lists its spikes; absent: all do
   * @param options.listsRegular  whether populations that spike by a rule alone list their spikes, too
   */
  draw(
    valid: ValidModel,
    options?: { readonly replays?: (population: string) => boolean; readonly listsRegular?: boolean },
  ): Promise<ValidModel>;
  /** Returns populations that spike only by chance. */
  randomSources(model: typed.Model): readonly string[];
  /** Returns coordinates of a population's elements in micrometres; undefined if they are unknown or none. */
  placesOf(
    population: string,
    valid: typed.ValidModel,
  ): Readonly<Record<'x' | 'y' | 'z', ArrayLike<number>>> | undefined;
  /** Functions of numbers with the digits of every target. */
  readonly functions: Functions;
  /**
   * Returns a model with all compartments of a cell in one population, of one type.
   *
   * @throws DiagnosticError for parts that cannot be drawn or expressed as such populations
   */
  cellsOfOneType(
    valid: ValidModel,
    order: { readonly orderOf: (compartments: typed.Compartments, cut: readonly Compartment[]) => readonly number[] },
  ): OfOneType;
  /** Returns the text of a document in the form that its name states: YAML or JSON. */
  documentText(document: unknown, name: string): Promise<string>;
  /** Returns a file of HDF5. */
  hdf5Bytes(tree: Hdf5Tree, attributes?: Readonly<Record<string, Uint32Array>>): Promise<Uint8Array>;
  /** Returns a table in Parquet. */
  tableBytes(columns: readonly NumberColumn[]): Uint8Array;
}

/** Writes a model. The report has an entry for each part that is not expressed unchanged. */
export type Writer = (valid: ValidModel, writing: Writing) => Promise<Exported>;

/** Writers of a notation, by the names of its targets. Each loads its code when it is called. */
export type Writers = Readonly<Record<string, Writer>>;
