/** The face of a notation: its names, how its documents are recognised, and how they are read. */

import type { Diagnostic, Diagnostics, Finding, Place } from '../../src/diagnostics/diagnostic.js';
import type { Positions } from '../../src/diagnostics/positions.js';
import type { Simulator } from '../../src/library/simulators/names.js';
import type { DataStore, ValidModel } from '../../src/model/model.js';
import type { Sha256 } from '../../src/platform/platform.js';
import type { FileKind } from './file-kinds.js';
import type { Hdf5Group } from './hdf5.js';
import type { IncludeHost } from './include-host.js';
import type { Writers } from './writing.js';

/** Statements of a script that runs two models one after the other. */
export interface ScriptLoop {
  /** Before the loop. */
  readonly begin: string;
  /** At the beginning and at the end of each turn; they add to the lists `spike_times` in ms and `values`. */
  readonly first?: string;
  readonly last: string;
  /** Statements of a usual script with what takes their place. */
  readonly replaced: readonly (readonly [statement: RegExp, by: string])[];
}

/** A form in which a notation is written, as `convert --to` names it. */
export interface TargetFacts {
  /** Name in sentences. */
  readonly title: string;
  readonly files: FileKind;
  /** Suffix that stands for it, of those of its files; absent: any of them, and the first is usual. */
  readonly suffix?: string;
  /** Further names of its files. */
  readonly alsoNamed?: RegExp;
  /** Another name that `convert --to` takes. */
  readonly short?: string;
  /** First part of the codes of its findings, as in `lems/not-expressible`. */
  readonly subject: string;
  /** The original model of a written document: in the document, in a file next to it, or not stored. */
  readonly origin: 'inside' | 'beside' | 'none';
  /** The target that corresponds to a script. Scripts are only read by Python. */
  readonly document?: string;
  /** The target that holds a whole model in one file, for files with several. */
  readonly whole?: string;
  /** Beginning of the names of files with a simulation, which bundles have of it. */
  readonly simulationPrefix?: string;
  /** Whether it keeps the setup of a script with its simulator, or holds nothing that runs. */
  readonly keepsSetup?: true;
  /** Whether its cells spike between steps as those of a script with such a setup. */
  readonly keepsSpikesBetweenSteps?: true;
  /** Whether users expect that only a part of the model is written. */
  readonly isPart?: true;
  /** Reason why what is written cannot be run by itself; and the error of a request for it, with a hint. */
  readonly notRun?: {
    readonly reason: string;
    readonly refusal: string;
    readonly hint: string;
    /** Whether this holds for models with spikes of sources only. */
    readonly ofSpikes?: boolean;
  };
  /** Whether types without populations are models. */
  readonly holdsTypes?: true;
  /** Whether parts can have files of their own. */
  readonly splits?: true;
  /** Simulators that run it. */
  readonly runBy?: readonly Simulator[];
  /** Loop over two models in a script that prints what both recorded; absent: `same --witness` writes none. */
  readonly witness?: ScriptLoop;
  /** What only interneuron's own backend runs. */
  readonly onlyHere?: {
    /** Code of such parts in reports. */
    readonly parts: string;
    /** Code of the reasons for them. */
    readonly reasons: string;
    /** The target for simulators that may express them. */
    readonly instead: string;
    /** Returns the finding on a model with such parts. @param isInOther  whether that target expresses them */
    readonly finding: (parts: number, isInOther: boolean) => Finding;
  };
  /** Whether `describe` writes it. */
  readonly describes?: true;
  /** Place among the targets to which `about` shows a conversion; absent: none is shown. */
  readonly shown?: number;
  /** Place among the targets that are suggested for parts that others lack; absent: it is not suggested. */
  readonly suggested?: number;
}

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
  /** Suffixes of files that may be in this notation: their content tells. */
  readonly sharedSuffixes?: readonly string[];
  /** Text near the beginning of its documents, besides the value of `format`. */
  readonly mark?: RegExp;
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
  /** Whether a document is a single cell with a mechanism, which fits every machine. */
  readonly isOneCell?: true;
  /** The picture that its files are usually drawn as; absent: of a run. */
  readonly picture?: 'morphology';
  /** Name of its JSON Schema. */
  readonly schema?: string;
  /** Model to start from: its file in fixtures/starters, and the name of the user's copy. */
  readonly starter?: { readonly file: string; readonly copy: string };
  /** The forms in which it is written; absent: it is only read. */
  readonly targets?: Readonly<Record<string, TargetFacts>>;
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
  /** Returns a canonical document with what files of other notations hold that it names. */
  readonly named: (document: unknown, positions: Positions) => Placed;
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

/** Documents in HDF5, and in other files that are named like them. */
export interface Hdf5Road {
  readonly named: RegExp;
  /** Members of the root that are read. */
  readonly members: readonly string[];
  readonly deepest?: number;
  readonly keepLinks?: boolean;
  /** Checks whether a file holds a document. */
  readonly holds: (root: Hdf5Group, path: string) => boolean;
  /** Returns the text that a document stands for; absent: it is read as it is. */
  readonly text?: (root: Hdf5Group) => string;
  readonly read?: Hdf5Reader;
}

/** A canonical document with its places. */
export type Placed = Pick<ReadDocument, 'document' | 'positions'>;

/** A model, or a part of one, that documents of markup define. */
export interface MarkupPart {
  /** Whether it can stand by itself, without surroundings that were made up for it. */
  readonly isWhole: boolean;
  /** Returns a canonical document, or null after an error. */
  read(diagnostics: Diagnostics): Placed | null;
}

/** What documents of markup define. */
export interface MarkupModel extends MarkupPart {
  /** Whether they define a run; otherwise they hold only parts of models. */
  readonly hasRun: boolean;
  /** Returns the parts that can be checked by themselves. @param document  as places name it */
  parts(document: string): readonly MarkupPart[];
}

/** A document of markup with the files that it includes, as elements. */
export interface LoadedMarkup {
  readonly place: Place;
  /** The place of the model that it carries, and that model's data as they are written. */
  readonly carried?: { readonly place: Place; readonly origin: unknown };
  /** Adds its content, without the model that it carries, to a digest. */
  digest(hash: Sha256): Sha256;
  /** Returns the text of the document with data of a model; undefined if its language has no place for them. */
  withOrigin(text: string, origin: Readonly<Record<string, string | number>>): string | undefined;
  read(diagnostics: Diagnostics): MarkupModel;
}

/** How markup is read. */
export interface MarkupRoad {
  /** Returns a document with the files that it includes; null after an error. */
  load(text: string, name: string, host: IncludeHost, diagnostics: Diagnostics): LoadedMarkup | null;
  /** Checks whether a text begins as such a document, well-formed or not. */
  begins(text: string): boolean;
  /** Names of files that come with the program. */
  ownFiles(): readonly string[];
  /** Names of elements that only hold others. */
  readonly wrappers: ReadonlySet<string>;
}

/** Text in markup that a text stands for, and the line in the text of each of its lines. */
export interface AsMarkup {
  readonly text: string;
  readonly lines: readonly number[];
}

/** Reads files that a canonical document names. */
export type NamedFilesReader = (
  document: unknown,
  positions: Positions,
  reading: Pick<Reading, 'path' | 'diagnostics' | 'text'>,
) => Placed;

/** How a notation is read and written. It has one of the readers. */
export interface Road {
  readonly tree?: TreeReader;
  readonly text?: TextReader;
  readonly hdf5?: Hdf5Road;
  readonly markup?: MarkupRoad;
  /** Returns the text in markup that is read in place of a text; null after an error. */
  readonly asMarkup?: (name: string, text: string, diagnostics: Diagnostics) => AsMarkup | null;
  /** Replaces names of its files in canonical documents by what the files hold. */
  readonly named?: NamedFilesReader;
  /** Writers by target; absent: it is only read. */
  readonly write?: Writers;
  /** Returns a part of a model as text that people read. @throws UsageError for a model without such a part */
  readonly describe?: (valid: ValidModel) => string;
}

/** Returns a document with all settings left for the canonical model. */
export const withSettings = <T extends Omit<ReadDocument, 'set'>>(
  read: T | null,
  { set }: Pick<Reading, 'set'>,
): (T & ReadDocument) | null => read && { ...read, set };
