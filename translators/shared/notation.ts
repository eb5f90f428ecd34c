/** The face of a notation: its names, how its documents are recognised, and how they are read. */

import type { Diagnostic, Diagnostics, Finding } from '../../src/diagnostics/diagnostic.js';
import type { Positions } from '../../src/diagnostics/positions.js';
import type { DataStore } from '../../src/model/model.js';
import type { Hdf5Group } from './hdf5.js';

/** Names of a notation, and what marks its documents. They are known before the reader is loaded. */
export interface NotationFacts {
  /** Name in sentences. */
  readonly title: string;
  /** Names that `--from` takes. */
  readonly names: readonly string[];
  /** Whether documents are trees of JSON or YAML, markup, text of a language of their own, or HDF5. */
  readonly form: 'tree' | 'markup' | 'text' | 'hdf5';
  /** Suffixes of files that are in this notation, whatever they contain. */
  readonly suffixes?: readonly string[];
  /** Comments of a text, with groups for their contents. */
  readonly comments?: RegExp;
  /** Members that mark a tree. */
  readonly heading?: Readonly<Record<string, unknown>>;
  /** Value of `format` at the top of a tree. */
  readonly format?: string;
  /** Checks whether a tree without such marks is in this notation. */
  readonly recognises?: (document: unknown) => boolean;
  /** Whether the model of a converted document is stored in a file beside it; absent: in the document. */
  readonly origin?: 'beside';
  /** Section of a tree with projections, whose connections may be tables in files; absent: it names no tables. */
  readonly connections?: string;
  /** How a tree writes lists of connections: as the canonical form, or as arrays `i` and `j`. */
  readonly lists?: 'i-j';
  /** Section of a tree with constants of its own, which `--set` changes. */
  readonly constants?: string;
  /** Units of samples and times in files of results; absent: SI. */
  readonly fileUnits?: 'mV, nA, ms';
  /** Whether a document is a single cell, which fits every machine. */
  readonly isOneCell?: true;
}

/** A file that a document names: its content, or why it is not read. */
type SideContent<T> = T | { readonly refused: string };

/** Settings from outside, and files beside a document, while it is read. */
export interface Reading {
  /** Path of the document. */
  readonly path: string;
  readonly diagnostics: Diagnostics;
  /** Values of parameters, by name. */
  readonly set: Readonly<Record<string, string>>;
  /** Time step with its unit; absent: the document's. */
  readonly dt?: string;
  /** Signals of inputs that are no spikes, row-major, one row for each step of `dt` seconds. */
  readonly signals: Readonly<Record<string, { readonly dt: number; readonly values: Float64Array }>>;
  /** Whether notes describe how other programs treat the document. */
  readonly peers: boolean;
  /** Reads the text of a file that the document names. */
  readonly text: (name: string) => SideContent<{ readonly text: string }>;
  /** Reads members of the root of an HDF5 file that the document names. */
  readonly hdf5: (name: string, only: readonly string[]) => SideContent<Hdf5Group>;
  /** Reports mistakes in the readable rest of a document with errors. */
  readonly reportRest: (rest: Pick<ReadDocument, 'document' | 'positions'>) => void;
}

/** A canonical document with its places, and the settings that are left for it. */
export interface ReadDocument {
  readonly document: unknown;
  readonly positions: Positions;
  readonly set: Readonly<Record<string, string>>;
  /**
   * Puts values in place of the notation's own constants in a text given from outside; absent: it has no constants.
   *
   * @param owner  name of the object that has the variable; absent: no object
   * @param warn  receives warnings of names that could be taken for units
   */
  readonly given?: (text: string, owner: string | undefined, warn: (finding: Finding) => void) => string;
  /** Remarks on a document without mistakes. */
  readonly remarks?: () => readonly Diagnostic[];
  /** Arrays that were read from files of the notation; absent: arrays are in files next to the document. */
  readonly data?: DataStore;
}

/** Reads a tree of JSON or YAML. Returns null after an error. */
export type TreeReader = (value: unknown, positions: Positions, reading: Reading) => ReadDocument | null;

/** Reads a text. Returns null after an error. */
export type TextReader = (text: string, reading: Reading) => ReadDocument | null;

/** Reads a file of HDF5. Returns null after an error. */
export type Hdf5Reader = (root: Hdf5Group, reading: Reading) => ReadDocument | null;
