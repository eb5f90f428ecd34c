/** Steps 1 to 4 of the way from a file to a result: text in any notation to a valid model. */

import { addInputs } from './add-inputs.js';
import { addRecordings } from './add-recordings.js';
import { setNamespace } from './apply-settings.js';
import { definitionsIn } from './read/definitions.js';
import { inStage } from './stages.js';
import { readDataFiles } from './read/data-files.js';
import type { ImportedModel } from './read/imported-model.js';
import type { ImportOptions } from './read/import-options.js';
import { messages } from './messages.js';
import { isMarkup, recognise, withNotation, type Notation, type TreeNotation } from './read/recognise.js';
import { checkImportOptions } from './option-values.js';
import { checkArgument, object } from '../diagnostics/public-arguments.js';
import { placesInScript } from './read/script-places.js';
import { withDocumentation } from './read/script-documentation.js';
import { withComments } from './read/source-comments.js';
import {
  carriedModel,
  markupDigest,
  originInMarkup,
  originInTree,
  originOfScript,
  reportedOfCarried,
  treeDigest,
  withoutOrigin,
} from './read/origin.js';
import { addPlaced, loadMarkup, readMarkup, readShape, type Markup } from './read/read-markup.js';
import type { Source } from './read/read-source.js';
import type { Hdf5Group } from '../../translators/shared/hdf5.js';
import { sideFiles, sideTables } from './read/side-files.js';
import { withLists } from './read/edge-tables.js';
import { sourceOf } from './results/provenance.js';
import { Diagnostics, DiagnosticError, UsageError, type Diagnostic, type Place } from '../diagnostics/diagnostic.js';
import { memberOf } from '../diagnostics/member.js';
import type { Positions } from '../diagnostics/positions.js';
import { ownMistakes } from '../model/schema/follow-on.js';
import { hashModel } from '../model/hash.js';
import type { DataStore, TimingProfile, ValidModel } from '../model/model.js';
import { atEndOfStep } from '../model/end-of-step.js';
import { normalise } from '../model/normalise.js';
import { isWellFormed } from '../model/text/well-formed.js';
import { withChannels } from './read/with-channels.js';
import { readDocument } from '../model/text/read.js';
import { importBrian, type ImportedBrian } from '../../translators/brian/import.js';
import { importNeuroML } from '../../translators/neuroml/import.js';
import type { LemsModel } from '../../translators/neuroml/lems/definitions.js';
import { importPynn } from '../../translators/pynn/import.js';
import { importNmodl, isNmodlName } from '../../translators/nmodl/import.js';
import { withNamedMechanisms } from '../../translators/nmodl/named-mechanisms.js';
import { importNir } from '../../translators/nir/import.js';
import { isSwcName } from '../../translators/swc/import.js';
import { importSonata, isSonataConfig } from '../../translators/sonata/import.js';

/**
 * Reads a model in any notation.
 *
 * @throws DiagnosticError with everything that is wrong with the document
 * @throws UsageError for an option that cannot be understood
 */
export function importModel(source: Source, options: ImportOptions = {}): ImportedModel {
  checkSource('importModel', source);
  checkImportOptions(options);
  if (!isWellFormed(source.text))
    throw new UsageError(`${source.name} contains half a character`, 'give text that UTF-8 can hold');
  const began = performance.now();
  const diagnostics = new Diagnostics();
  // 1 to 3. Text to a tree with places, and that to the canonical document.
  const imported = inStage('import', () => {
    if (source.graph) return importGraph(source, source.graph, options, diagnostics);
    if (isNmodlName(source.name) || options.from === 'nmodl') return importMechanism(source, options, diagnostics);
    if (isSwcName(source.name) || options.from === 'swc') return importShape(source, options, diagnostics);
    if (options.with !== undefined)
      throw new UsageError(
        `--with puts channels on a shape in SWC, which ${source.name} is not`,
        'leave the option out, or name a simulator that checks a conversion',
      );
    if (!isMarkup(source.text)) return importTree(source, options, diagnostics);
    const markup = loadMarkup(source, options, diagnostics);
    if (!markup) return null;
    checkNotation('neuroml', options, markup.documents.root.place, diagnostics);
    return (
      carriedByMarkup(markup, options, diagnostics) ??
      importMarkup(readMarkup(markup, diagnostics), options, diagnostics)
    );
  });
  return complete(source, options, imported, diagnostics, began);
}

/** @throws UsageError for anything but a result of `readSource` */
export function checkSource(caller: string, source: unknown): void {
  const hint = typeof source === 'string' ? `${caller}(readSource(path)) reads a file` : undefined;
  checkArgument(caller, source, object('what readSource returns', ['name', 'text']), hint);
}

/** Performs the steps that all notations share. */
export function complete(
  source: Source,
  options: ImportOptions,
  imported: (Imported & { readonly notation: Notation }) | null,
  diagnostics: Diagnostics,
  began: number,
): ImportedModel {
  if (!imported || diagnostics.hasErrors) throw new DiagnosticError(diagnostics.list);
  const { notation } = imported;
  const timed = addInputs(withTiming(imported.document, options.timing), options.inputs ?? {}, diagnostics);
  const given = givenTexts(imported, options, diagnostics);
  const { document, positions } = addRecordings(timed, imported.positions, options.record ?? [], given.every);
  // 4. Schema, names, dimensions, rules; defaults filled in, units in SI.
  const { carried } = imported;
  const { seed } = options;
  const { set, dt, duration } = given;
  const overrides = {
    ...(Object.keys(set).length === 0 ? {} : { set }),
    ...(seed === undefined ? {} : { seed }),
    ...(dt === undefined ? {} : { dt }),
    ...(duration === undefined ? {} : { duration }),
  };
  const isUnchanged = carried && document === imported.document && Object.keys(overrides).length === 0;
  if (isUnchanged) diagnostics.addAll(carried.found);
  const normalised = isUnchanged
    ? carried.valid
    : inStage('normalise', () =>
        normalise(document, positions, diagnostics, {
          ...overrides,
          data:
            carried?.valid.data ??
            imported.data ??
            joinedData(options.data ?? readDataFiles(document, source.name, options.onFile), imported.tables),
          warnsOfUnits: notation === 'canonical',
          ...(notation === 'neuroml' || carried ? { reported: reportedOfCarried } : {}),
        }),
      );
  const isLems = (notation === 'neuroml' && !carried) || memberOf(imported.document, 'timing') === 'lems-euler';
  const valid =
    normalised && isLems ? inStage('normalise', () => atEndOfStep(normalised, positions, diagnostics)) : normalised;
  diagnostics.throwIfErrors();
  if (!valid) throw new DiagnosticError(diagnostics.list);
  diagnostics.addAll(imported.remarks?.() ?? []);
  const documented = carried ? valid : withDocumentation(withComments(valid, source, positions), source);
  return {
    valid: documented,
    notation,
    isCarried: carried !== undefined,
    hashes: inStage('normalise', () => hashModel(documented.model)),
    diagnostics: diagnostics.list,
    positions,
    source: sourceOf(source),
    seconds: (performance.now() - began) / 1000,
  };
}

/** Returns the settings given from outside, with values in place of constants that only the notation knows. */
function givenTexts(
  { given, set }: Imported,
  { dt, duration }: ImportOptions,
  diagnostics: Diagnostics,
): {
  readonly set: Imported['set'];
  readonly dt: string | undefined;
  readonly duration: string | undefined;
  every(text: string, option: string): string;
} {
  const read = (text: string, option: string, owner?: string): string =>
    given === undefined
      ? text
      : given(text, owner, (finding) => {
          diagnostics.add(finding, { document: option });
        });
  return {
    set: Object.fromEntries(
      Object.entries(set).map(([key, text]) => [
        key,
        read(text, `--set ${key}=${text}`, key.slice(0, Math.max(0, key.lastIndexOf('.')))),
      ]),
    ),
    dt: dt === undefined ? undefined : read(dt, `--dt ${dt}`),
    duration: duration === undefined ? undefined : read(duration, `--duration ${duration}`),
    every: (text, option) => read(text, option),
  };
}

/** Returns a canonical document under another timing profile; any other value stays, for validation to report it. */
function withTiming(document: unknown, timing: TimingProfile | undefined): unknown {
  return timing === undefined || typeof document !== 'object' || document === null ? document : { ...document, timing };
}

/** A canonical document with its places, and the settings that are left for it. */
interface Imported {
  readonly document: unknown;
  readonly positions: Positions;
  readonly set: Readonly<Record<string, string>>;
  /** Puts values in place of the notation's own constants in a text given from outside; absent: it has no constants. */
  readonly given?: ImportedBrian['given'];
  /** Remarks on a document without mistakes. */
  readonly remarks?: () => readonly Diagnostic[];
  /**
   * The model that a converted document carries, with the findings about it; absent: the document is read as it stands.
   */
  readonly carried?: { readonly valid: ValidModel; readonly found: readonly Diagnostic[] };
  /** Arrays that an importer read from files of its notation; absent: arrays are in files next to the document. */
  readonly data?: DataStore;
  /** Arrays of tables of connections; absent: there are none. */
  readonly tables?: DataStore;
}

const joinedData = (data: DataStore, tables: DataStore | undefined): DataStore =>
  tables ? new Map([...data, ...tables]) : data;

/** Returns the model that a converted document carries, if the document has not been changed; reports a changed one. */
function carriedBy(
  origin: unknown,
  digest: () => string,
  place: Place,
  { set = {} }: ImportOptions,
  diagnostics: Diagnostics,
): Imported | undefined {
  const positions: Positions = { place: (pointer) => ({ ...place, pointer }) };
  const found = diagnostics.beside();
  const carried = carriedModel(origin, digest, positions, found);
  if ('code' in carried) {
    diagnostics.add(carried, place);
    return undefined;
  }
  diagnostics.add(messages.originRead(), place);
  return { document: carried.document, carried: { valid: carried.valid, found: found.list }, positions, set };
}

export function carriedByMarkup(
  { documents }: Markup,
  options: ImportOptions,
  diagnostics: Diagnostics,
): (Imported & { readonly notation: Notation }) | undefined {
  const origin = options.origin === false ? undefined : originInMarkup(documents);
  if (origin === undefined) return undefined;
  const place = documents.annotation?.place ?? documents.root.place;
  const carried = carriedBy(origin, () => markupDigest(documents), place, options, diagnostics);
  return carried && { ...carried, notation: 'neuroml' };
}

/** Returns the model that a document in JSON or YAML carries, or the model stored with its script or circuit. */
function carriedByTree(
  tree: unknown,
  { name, text, script: own }: Source,
  positions: Positions,
  options: ImportOptions,
  diagnostics: Diagnostics,
): Imported | undefined {
  if (options.origin === false) return undefined;
  const script = own ?? (isSonataConfig(tree) ? { name, text } : undefined);
  if (script) {
    const found = originOfScript(script);
    return found && carriedBy(found.origin, found.digest, { document: script.name }, options, diagnostics);
  }
  const origin = originInTree(tree);
  if (origin === undefined) return undefined;
  const { line, column } = positions.place('/annotations');
  const place = {
    document: name,
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
  };
  return carriedBy(origin, () => treeDigest(tree), place, options, diagnostics);
}

/** Reports a document in another notation than `from`. @diagnostic recognise/other-notation */
export function checkNotation(
  notation: Notation,
  { from }: ImportOptions,
  place: Place,
  diagnostics: Diagnostics,
): void {
  if (from !== undefined && from !== notation) diagnostics.add(messages.otherNotation(notation, from), place);
}

/** Imports a document in JSON or YAML, in the notation that its content or an option states. */
function importTree(
  source: Source,
  options: ImportOptions,
  diagnostics: Diagnostics,
): (Imported & { readonly notation: Notation }) | null {
  const { set = {} } = options;
  const read = readDocument(source.text, source.name);
  diagnostics.addAll(read.diagnostics);
  diagnostics.throwIfErrors();
  const positions = source.script ? placesInScript(read.positions, read.value, source.script) : read.positions;
  diagnostics.lookUpIn(definitionsIn(read.value, positions));
  const document = withNotation(read.value, options.from);
  const notation = recognise(document, positions, diagnostics);
  if (!notation) return null;
  checkNotation(notation, options, positions.place(''), diagnostics);
  const carried =
    notation === 'canonical' ? undefined : carriedByTree(document, source, positions, options, diagnostics);
  if (carried) return { ...carried, notation };
  const lists = withLists(withoutOrigin(document), notation, positions, diagnostics, source.name, options);
  const imported = importers[notation](lists.document, lists.positions, diagnostics, { ...options, set }, source.name);
  return imported && { ...imported, notation, tables: lists.data };
}

/** Imports a graph of NIR. */
function importGraph(
  { name }: Source,
  graph: Hdf5Group,
  options: ImportOptions,
  diagnostics: Diagnostics,
): (Imported & { readonly notation: Notation }) | null {
  checkNotation('nir', options, { document: name }, diagnostics);
  const { set = {}, dt, inputs } = options;
  const signals = Object.fromEntries(
    Object.entries(inputs ?? {}).flatMap(([node, input]) => (input.kind === 'signal' ? [[node, input] as const] : [])),
  );
  const imported = importNir(graph, name, diagnostics, { set, signals, ...(dt === undefined ? {} : { dt }) });
  return imported && { ...imported, notation: 'nir' };
}

/** Imports a mechanism in NMODL, with files that it includes from its own folder. */
function importMechanism(
  { name, text }: Source,
  options: ImportOptions,
  diagnostics: Diagnostics,
): (Imported & { readonly notation: Notation }) | null {
  checkNotation('nmodl', options, { document: name }, diagnostics);
  const { set = {} } = options;
  const imported = importNmodl(name, text, diagnostics, sideFiles(name, options));
  return imported && { ...imported, set, notation: 'nmodl' };
}

/** Imports a shape in SWC. */
function importShape(
  source: Source,
  options: ImportOptions,
  diagnostics: Diagnostics,
): (Imported & { readonly notation: Notation }) | null {
  checkNotation('swc', options, { document: source.name }, diagnostics);
  const shape = readShape(source, diagnostics);
  const found = diagnostics.beside();
  const imported = shape && importMarkup(shape.lems, options, found);
  if (!shape) return null;
  const { placeOf } = shape;
  addPlaced(found, placeOf, diagnostics);
  const positions: Positions = { place: (...at) => placeOf(imported?.positions.place(...at) ?? { document: '' }) };
  if (!imported) return null;
  const { with: file } = options;
  const channels = file === undefined ? {} : withChannels(imported.document, positions, file, diagnostics, options);
  return { ...imported, positions, ...channels, notation: 'swc' };
}

/** Imports a document in NeuroML or LEMS. */
export function importMarkup(
  lems: LemsModel | null,
  { set = {} }: ImportOptions,
  diagnostics: Diagnostics,
): (Imported & { readonly notation: Notation }) | null {
  if (!lems || diagnostics.hasErrors) return null;
  const imported = importNeuroML(lems, diagnostics);
  return imported && { ...imported, set, notation: 'neuroml' };
}

type Importer = (
  value: unknown,
  positions: Positions,
  diagnostics: Diagnostics,
  options: ImportOptions & Pick<Imported, 'set'>,
  /** Path of the document; names of files are relative to its folder. */
  path: string,
) => Imported | null;

const importers: Readonly<Record<TreeNotation, Importer>> = {
  canonical: (document, positions, diagnostics, { set, ...options }, path) => ({
    ...withNamedMechanisms(document, positions, diagnostics, path, sideFiles(path, options)),
    set,
  }),
  brian: (value, positions, diagnostics, { set, ...options }, path) => {
    const settled = setNamespace(value, positions, set, diagnostics);
    const files = sideFiles(path, options);
    const imported = importBrian(settled.document, settled.positions, diagnostics, files, (rest) =>
      reportRest(rest, diagnostics),
    );
    return imported && { ...imported, set: settled.rest };
  },
  pynn: (value, positions, diagnostics, { set, ...options }, path) => {
    const files = sideFiles(path, options);
    const imported = importPynn(value, positions, diagnostics, files, (rest) => reportRest(rest, diagnostics));
    return imported && { ...imported, set };
  },
  sonata: (value, positions, diagnostics, { set, peers, ...options }, path) => {
    const imported = importSonata(value, positions, diagnostics, sideTables(path, options), peers);
    return imported && { ...imported, set };
  },
};

/** Reports mistakes in the readable rest of a document with errors. */
function reportRest({ document, positions }: Pick<Imported, 'document' | 'positions'>, diagnostics: Diagnostics): void {
  const found = diagnostics.beside();
  try {
    normalise(document, positions, found, {});
  } catch {
    // A broken document can have any shape: if reading it fails, only the mistakes found before are reported.
    return;
  }
  const before = diagnostics.list.filter(({ severity }) => severity === 'error');
  const own = ownMistakes(
    found.list.filter(({ code }) => code.startsWith('lang/') && !code.startsWith('lang/unknown')),
    before.map(({ place }) => place?.pointer ?? ''),
  );
  diagnostics.addAll(own);
}
