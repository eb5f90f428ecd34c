/** Steps 1 to 4 of the way from a file to a result: text in any notation to a valid model. */

import { addInputs } from './add-inputs.js';
import { addRecordings } from './add-recordings.js';
import { setConstants } from './apply-settings.js';
import { definitionsIn } from './read/definitions.js';
import { inStage } from './stages.js';
import { withFittingStep } from '../library/fitting-step.js';
import { readDataFiles } from './read/data-files.js';
import type { ImportedModel } from './read/imported-model.js';
import type { ImportOptions } from './read/import-options.js';
import { messages } from './messages.js';
import { isMarkup, recognise, withNotation, type Notation } from './read/recognise.js';
import { checkImportOptions } from './option-values.js';
import { checkArgument, object } from '../diagnostics/public-arguments.js';
import { placesInScript } from './read/script-places.js';
import { withDocumentation } from './read/script-documentation.js';
import { withComments } from './read/source-comments.js';
import {
  carriedModel,
  markupDigest,
  originInTree,
  originOfScript,
  reportedOfCarried,
  treeDigest,
  withoutOrigin,
} from './read/origin.js';
import { addPlaced, loadMarkup, readAsMarkup } from './read/read-markup.js';
import {
  factsOf,
  markupNotation,
  notationNames,
  notationOfSuffix,
  type NotationOf,
  type TreeNotation,
} from './read/notation.js';
import { roadOf } from './roads.js';
import type { Source } from './read/read-source.js';
import { sideTables } from './read/side-files.js';
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
import { withNamedFiles } from './read/named-files.js';
import {
  withSettings,
  type LoadedMarkup,
  type MarkupPart,
  type ReadDocument,
  type Reading,
  type TreeReader,
} from '../../translators/shared/notation.js';

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
    const own = ownNotation(source, options);
    if (own !== undefined)
      return (roadOf(own).asMarkup ? importAsMarkup : importWhole)(own, source, options, diagnostics);
    if (options.with !== undefined)
      throw new UsageError(
        `--with puts channels on a shape in SWC, which ${source.name} is not`,
        'leave the option out, or name a simulator that checks a conversion',
      );
    if (!isMarkup(source.text)) return importTree(source, options, diagnostics);
    const markup = loadMarkup(source, options, diagnostics);
    if (!markup) return null;
    checkNotation(markupNotation, options, markup.place, diagnostics);
    return (
      carriedByMarkup(markup, options, diagnostics) ?? importMarkup(markup.read(diagnostics), options, diagnostics)
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
  const recorded = addRecordings(timed, imported.positions, options.record ?? [], given.every);
  const { positions } = recorded;
  const { carried } = imported;
  const { seed } = options;
  const { set, dt, duration } = given;
  const isMarkupOrShape =
    notation === markupNotation || (notation !== 'canonical' && roadOf(notation).asMarkup !== undefined);
  const choosesStep = isMarkupOrShape && !carried && dt === undefined;
  const fitting = choosesStep ? withFittingStep(recorded.document, positions, set) : undefined;
  if (fitting) diagnostics.add(messages.stepChosen(fitting.found), positions.place('/experiment'));
  const { document } = fitting ?? recorded;
  // 4. Schema, names, dimensions, rules; defaults filled in, units in SI.
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
          ...(notation === markupNotation || carried ? { reported: reportedOfCarried } : {}),
        }),
      );
  const isLems = (notation === markupNotation && !carried) || memberOf(imported.document, 'timing') === 'lems-euler';
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

/** A document with all that the pipeline adds to what its reader returns. */
interface Imported extends ReadDocument {
  /**
   * The model that a converted document carries, with the findings about it; absent: the document is read as it stands.
   */
  readonly carried?: { readonly valid: ValidModel; readonly found: readonly Diagnostic[] };
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

/** Returns the model that a document of markup carries, if the document has not been changed; reports a changed one. */
export function carriedByMarkup(
  markup: LoadedMarkup,
  options: ImportOptions,
  diagnostics: Diagnostics,
): (Imported & { readonly notation: Notation }) | undefined {
  const found = options.origin === false ? undefined : markup.carried;
  if (found === undefined) return undefined;
  const carried = carriedBy(found.origin, () => markupDigest(markup), found.place, options, diagnostics);
  return carried && { ...carried, notation: markupNotation };
}

/** Returns the model that a document in JSON or YAML carries, or the model stored with its script or circuit. */
function carriedByTree(
  notation: TreeNotation,
  tree: unknown,
  { name, text, script: own }: Source,
  positions: Positions,
  options: ImportOptions,
  diagnostics: Diagnostics,
): Imported | undefined {
  if (options.origin === false) return undefined;
  const script = own ?? (factsOf(notation).origin === 'beside' ? { name, text } : undefined);
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

/** Reads a canonical document, with files of other notations that it names. */
const canonicalReader: TreeReader = (value, positions, reading) =>
  withSettings(withNamedFiles(value, positions, reading), reading);

/** Imports a document in JSON or YAML, in the notation that its content or an option states. */
function importTree(
  source: Source,
  options: ImportOptions,
  diagnostics: Diagnostics,
): (Imported & { readonly notation: Notation }) | null {
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
    notation === 'canonical' ? undefined : carriedByTree(notation, document, source, positions, options, diagnostics);
  if (carried) return { ...carried, notation };
  const lists = withLists(withoutOrigin(document), notation, positions, diagnostics, source.name, options);
  const { constants } = factsOf(notation);
  const { set = {} } = options;
  const settled =
    constants === undefined
      ? { ...lists, rest: set }
      : setConstants(lists.document, constants, lists.positions, set, diagnostics);
  const reading = readingOf(source.name, { ...options, set: settled.rest }, diagnostics);
  const reader = notation === 'canonical' ? canonicalReader : roadOf(notation).tree!;
  const imported = reader(settled.document, settled.positions, reading);
  return imported && { ...imported, notation, tables: lists.data };
}

/** Returns the inputs of a reader besides its document. */
function readingOf(path: string, options: ImportOptions, diagnostics: Diagnostics): Reading {
  const { set = {}, dt, inputs = {}, peers = false } = options;
  const signals = Object.fromEntries(
    Object.entries(inputs).flatMap(([node, input]) => (input.kind === 'signal' ? [[node, input] as const] : [])),
  );
  const files = sideTables(path, options);
  return {
    path,
    diagnostics,
    set,
    ...(dt === undefined ? {} : { dt }),
    signals,
    peers,
    text: (name) => files.text(name),
    named: (document, positions) =>
      withNamedFiles(document, positions, { path, diagnostics, text: (name) => files.text(name) }),
    hdf5: (name, only) => files.hdf5(name, only),
    reportRest: (rest) => {
      reportRest(rest, diagnostics);
    },
  };
}

/** Notations with a form of their own: neither trees nor markup. */
type OwnForm = NotationOf<'text' | 'hdf5'>;

/** Returns the notation of a file of HDF5 or with a suffix, or the one that an option names for a text. */
function ownNotation({ name, graph }: Source, { from }: ImportOptions): OwnForm | undefined {
  const [inHdf5] = notationNames.filter((one): one is NotationOf<'hdf5'> => factsOf(one).form === 'hdf5');
  if (graph) return inHdf5;
  return [notationOfSuffix(name), from].find(
    (notation): notation is NotationOf<'text'> => notation !== undefined && factsOf(notation).form === 'text',
  );
}

/** Imports a text or a file of HDF5 with files that it includes from its own folder. */
function importWhole(
  notation: OwnForm,
  { name, text, graph }: Source,
  options: ImportOptions,
  diagnostics: Diagnostics,
): (Imported & { readonly notation: Notation }) | null {
  checkNotation(notation, options, { document: name }, diagnostics);
  const reading = readingOf(name, options, diagnostics);
  const road = roadOf(notation);
  const imported = road.text ? road.text(text, reading) : graph && road.hdf5!.read!(graph, reading);
  return imported ? { ...imported, notation } : null;
}

/** Imports a text that markup stands for, such as a shape of a cell. */
function importAsMarkup(
  notation: OwnForm,
  source: Source,
  options: ImportOptions,
  diagnostics: Diagnostics,
): (Imported & { readonly notation: Notation }) | null {
  checkNotation(notation, options, { document: source.name }, diagnostics);
  const shape = readAsMarkup(source, roadOf(notation).asMarkup!, diagnostics);
  const found = diagnostics.beside();
  const imported = shape && importMarkup(shape.model, options, found);
  if (!shape) return null;
  const { placeOf } = shape;
  addPlaced(found, placeOf, diagnostics);
  const positions: Positions = { place: (...at) => placeOf(imported?.positions.place(...at) ?? { document: '' }) };
  if (!imported) return null;
  const { with: file } = options;
  const channels = file === undefined ? {} : withChannels(imported.document, positions, file, diagnostics, options);
  return { ...imported, positions, ...channels, notation };
}

/** Imports what documents of markup define. */
export function importMarkup(
  model: MarkupPart,
  { set = {} }: ImportOptions,
  diagnostics: Diagnostics,
): (Imported & { readonly notation: Notation }) | null {
  if (diagnostics.hasErrors) return null;
  const imported = model.read(diagnostics);
  return imported && { ...imported, set, notation: markupNotation };
}

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
