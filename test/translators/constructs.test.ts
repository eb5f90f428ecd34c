/**
 * Constructs as texts side by side, a file each in `test/translators/constructs`: a model as people type it in one or
 * several notations, and as it is written in others. UPDATE_CASES=1 fills in the texts, rows and differences of keys
 * that a case has.
 */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isMap, isScalar, parseAllDocuments, type Document } from 'yaml';
import { DiagnosticError } from '../../src/diagnostics/diagnostic.js';
import { checkConversion } from '../support/check-conversion.js';
import { convertModel, type ConvertedModel } from '../../src/convert/convert.js';
import type { TargetNotation } from '../../src/convert/target-notations.js';
import { importModel, type ImportedModel } from '../../src/pipeline/pipeline.js';
import { root } from '../support/import-graph.js';
import '../../src/notations.js';

type Notation = 'model' | 'brian' | 'pynn' | 'neuroml';
type Texts<Key extends string, Value> = Readonly<Partial<Record<Key, Value>>>;

/** Accepted distances of the samples of a variable: the largest, and the range of the others. */
interface Distances {
  readonly largest?: number;
  readonly rms?: readonly [from: number, to: number];
  /** Of the model's own samples, from the least to the largest. */
  readonly range?: readonly [from: number, to: number];
}

/** A document of a file of cases. */
interface Case {
  readonly title: string;
  /** The model as people type it. Later ones are conversions of the first one. */
  readonly typed?: Texts<Notation, string>;
  /** A file in `fixtures` in place of a typed text. */
  readonly fixture?: string;
  /** Parts of the typed text and their replacements: the other keys then are of the model with them. */
  readonly variants?: readonly (Partial<Case> & { readonly change?: Readonly<Record<string, string>> })[];
  /** Places at which a typed text differs from the conversion of the first one. */
  readonly differences?: Texts<Notation, readonly string[]>;
  /** Whole texts of conversions of the first typed text. */
  readonly written?: Texts<Target, string>;
  /** The model as a modeller writes it by hand. A conversion is not more than twice as long. */
  readonly hand?: Texts<Target, string>;
  /** Lines of conversions. */
  readonly lines?: Texts<Target, readonly string[]>;
  /** How often conversions have some texts. */
  readonly times?: Texts<Target, Readonly<Record<string, number>>>;
  /** Rows of reports that are not exact: verdict, code, place. */
  readonly report?: Texts<Target, readonly string[]>;
  /** Parts of the sentences of reports. */
  readonly messages?: Texts<Target, readonly string[]>;
  /** The number of spikes; a conversion has all of them within a step. */
  readonly spikes?: Texts<Target, number>;
  /** Accepted distances of samples after a conversion, by variable, in SI units. A number is the largest one. */
  readonly samples?: Texts<Target, Readonly<Record<string, number | Distances>>>;
  /** Conversions that have all spikes of the model within a step if they are differ by conventions only. */
  readonly honest?: readonly Target[];
  /** Whether a variant is the same model as the text that it changes. */
  readonly same?: boolean;
  /** Codes of the errors that refuse the typed text, each with its line and column. */
  readonly refused?: readonly string[];
}

/** Names of files choose the notation: a script, a document, NeuroML or LEMS. */
const targets = {
  'brian.py': 'brian',
  'brian.yaml': 'brian-json',
  'pynn.py': 'pynn',
  'pynn-nestml.py': 'pynn-nestml',
  'pynn.yaml': 'pynn-json',
  'model.yaml': 'canonical',
  nml: 'neuroml',
  lems: 'lems',
} as const satisfies Readonly<Record<string, TargetNotation>>;
type Target = keyof typeof targets;

/** The document of each notation. */
const documentOf = { model: 'model.yaml', brian: 'brian.yaml', pynn: 'pynn.yaml', neuroml: 'lems' } as const;

const folder = join(root, 'test/translators/constructs');
const update = process.env['UPDATE_CASES'] === '1';
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

const keysOf = <Key extends string>(texts: Texts<Key, unknown> | undefined): readonly Key[] =>
  Object.keys(texts ?? {}) as Key[];
const nameOf = (notation: string): string => (notation === 'neuroml' || notation === 'lems' ? 'case.xml' : 'case.yaml');

const converted = (from: ImportedModel, target: Target): Promise<ConvertedModel> =>
  convertModel(from.valid, targets[target], {
    name: target === 'nml' ? 'case.nml' : target === 'lems' ? 'case.xml' : `case.${target.split('.')[1]}`,
  });

/**
 * The text of a conversion, with the names of the other files and of the types in them.
 *
 * @param isWhole whether the file of types is part of it, as it is of what a modeller writes
 */
const textOf = ({ files: [first, ...others] }: ConvertedModel, isWhole = false): string => {
  const typesIn = (text: string): readonly string[] =>
    [...text.matchAll(/<ComponentType name="(\w+)"/g)].map(([, name = '']) => name);
  return [
    first?.text ?? '',
    ...others.map(({ name, text }) =>
      (isWhole && name.endsWith('_types.xml')) || name.endsWith('.nestml')
        ? text
        : `${[name, ...typesIn(text)].join(' ')}\n`,
    ),
  ].join('');
};

/**
 * The number of characters, however the text is laid out, without comments and the text at the beginning of a script.
 */
const lengthOf = (text: string): number =>
  text
    .replace(/^"""[^]*?"""$/m, '')
    .replace(/^\s*#.*$/gm, '')
    .replace(/\s+/g, '').length;

const rowsOf = ({ report }: ConvertedModel): readonly string[] =>
  report.flatMap(({ verdict, code, pointer }) =>
    verdict === 'exact' ? [] : [`${verdict} ${code} ${pointer}`.trimEnd()],
  );

/** Pointers of the places, at most three names deep, at which two trees differ. */
function differencesOf(one: unknown, other: unknown, place = ''): readonly string[] {
  if (JSON.stringify(one) === JSON.stringify(other)) return [];
  const bothTrees = [one, other].every((tree) => typeof tree === 'object' && tree !== null && !Array.isArray(tree));
  if (!bothTrees || place.split('/').length > 3) return [place];
  const [a, b] = [one, other] as [Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((key) =>
    differencesOf(a[key], b[key], `${place}/${key}`),
  );
}

/** The parts of a model that its hash depends on. */
const partsOf = ({ valid: { model } }: ImportedModel): object => {
  const { neurons, synapses, populations, projections, stimuli, operations, tables } = model;
  return { neurons, synapses, populations, projections, stimuli, operations, tables };
};

/** Sets a value of a case, in its document and in the parsed case. */
type Set = (path: readonly (string | number)[], value: unknown) => void;

function setIn(document: Document, path: readonly (string | number)[], value: unknown): void {
  const node = document.createNode(value);
  if (isScalar(node) && String(value).includes('\n')) node.type = 'BLOCK_LITERAL';
  document.setIn(path, node);
  // Texts of several lines stand in blocks.
  const parent = document.getIn(path.slice(0, -1));
  if (isMap(parent)) parent.flow = false;
}

const codesOf = (notation: Notation, text: string): readonly string[] => {
  try {
    importModel({ name: nameOf(notation), text });
    return [];
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return error.diagnostics.map(({ code, place }) => `${code} ${place?.line}:${place?.column}`);
  }
};

/** Checks one case. @param set is called with the results if cases are to be filled in */
async function check(
  one: Case,
  typed: Texts<Notation, string>,
  path: readonly (string | number)[],
  set: Set,
): Promise<void> {
  const [first = 'model', ...others] = keysOf(typed);
  const text = typed[first] ?? '';
  if (one.refused !== undefined) {
    const codes = codesOf(first, text);
    if (update) set([...path, 'refused'], codes);
    else expect(codes).toEqual(one.refused);
    return;
  }
  const source = importModel({
    name: one.fixture === undefined ? nameOf(first) : join(root, 'fixtures', one.fixture),
    text,
  });
  for (const notation of [first, ...others]) {
    const read = notation === first ? source : importModel({ name: nameOf(notation), text: typed[notation] ?? '' });
    const again = await converted(read, documentOf[notation]);
    if (again.outcome !== 'incomplete') {
      const { hashes } = importModel({ name: nameOf(notation), text: textOf(again) }, { data: again.data });
      expect(hashes.model, `${notation} read again`).toBe(read.hashes.model);
    }
    if (notation === first) continue;
    const became = importModel({ name: nameOf(notation), text: textOf(await converted(source, documentOf[notation])) });
    const differences = differencesOf(partsOf(became), partsOf(read));
    if (!update) expect(differences, `${first} as ${notation}`).toEqual(one.differences?.[notation] ?? []);
    else if (differences.length > 0) set([...path, 'differences', notation], differences);
  }
  const of = new Map<Target, ConvertedModel>();
  for (const target of new Set([
    ...keysOf(one.written),
    ...keysOf(one.lines),
    ...keysOf(one.times),
    ...keysOf(one.report),
    ...keysOf(one.hand),
    ...keysOf(one.messages),
  ]))
    of.set(target, await converted(source, target));
  for (const [target, result] of of) {
    const byHand = one.hand?.[target];
    const whole = textOf(result, byHand !== undefined);
    const rows = rowsOf(result);
    // A document can be read, whatever it leaves out.
    if (target.endsWith('.yaml') || target === 'lems')
      importModel({ name: nameOf(target), text: result.files[0]?.text ?? '' }, { data: result.data });
    if (update) {
      if (one.written?.[target] !== undefined) set([...path, 'written', target], whole);
      if (one.report?.[target] !== undefined || (one.written?.[target] !== undefined && rows.length > 0))
        set([...path, 'report', target], rows);
    } else {
      if (one.written?.[target] !== undefined) expect(whole).toBe(one.written[target]);
      if (one.written?.[target] !== undefined || one.report?.[target] !== undefined)
        expect(rows, `${target}: rows`).toEqual(one.report?.[target] ?? []);
    }
    if (byHand !== undefined) expect(lengthOf(whole), target).toBeLessThanOrEqual(2 * lengthOf(byHand));
    for (const part of one.messages?.[target] ?? [])
      expect(result.report.map(({ message }) => message).join('\n')).toContain(part);
    for (const line of one.lines?.[target] ?? []) expect(whole, target).toContain(line);
    for (const [part, count] of Object.entries(one.times?.[target] ?? {}))
      expect(whole.split(part).length - 1, part).toBe(count);
  }
  for (const target of one.honest ?? []) {
    const { outcome, report } = await convertModel(source.valid, targets[target]);
    if (report.some(({ verdict }) => verdict === 'different' || verdict === 'notExpressible')) continue;
    const { matched, spikes } = await checkConversion(source.valid, targets[target]);
    expect(spikes, `${target}, called ${outcome}`).toEqual([matched, matched]);
  }
  for (const target of new Set([...keysOf(one.spikes), ...keysOf(one.samples)])) {
    const { matched, spikes, variables = [] } = await checkConversion(source.valid, targets[target]);
    if (one.spikes?.[target] !== undefined) {
      expect(spikes, `${target}: spikes`).toEqual([matched, matched]);
      if (update) set([...path, 'spikes', target], matched);
      else expect(matched).toBe(one.spikes[target]);
    }
    for (const [name, most] of Object.entries(one.samples?.[target] ?? {})) {
      const found = variables.filter(({ variable, samples }) => variable === name && samples > 1);
      expect(found.length, `${target}: ${name}`).toBeGreaterThan(0);
      const accepted: Distances = typeof most === 'number' ? { largest: most } : most;
      for (const { largest, rootMeanSquare, range } of found) {
        expect(largest, `${target}: ${name}`).toBeLessThanOrEqual(accepted.largest ?? Infinity);
        expectWithin(rootMeanSquare, accepted.rms);
        expectWithin(range, accepted.range);
      }
    }
  }
}

function expectWithin(value: number, [from, to]: readonly [number, number] = [-Infinity, Infinity]): void {
  expect(value).toBeGreaterThanOrEqual(from);
  expect(value).toBeLessThanOrEqual(to);
}

/** The model hash of a typed text. */
const hashOf = (typed: Texts<Notation, string>): string => {
  const [notation = 'model'] = keysOf(typed);
  return importModel({ name: nameOf(notation), text: typed[notation] ?? '' }).hashes.model;
};

/** The text of a fixture. */
function typedIn(path: string): Texts<Notation, string> {
  const notation = path.split('/')[0] as Notation;
  return { [notation]: readFileSync(join(root, 'fixtures', path), 'utf8') };
}

/** The typed text of a variant. */
function changed(typed: Texts<Notation, string>, change: Readonly<Record<string, string>>): Texts<Notation, string> {
  const [[first, text]] = Object.entries(typed) as [[Notation, string]];
  const result = Object.entries(change).reduce((before, [from, to]) => {
    expect(before).toContain(from);
    return before.replaceAll(from, to);
  }, text);
  return { [first]: result };
}

describe.each(files)('%s', (file) => {
  const documents = parseAllDocuments(readFileSync(join(folder, file), 'utf8')) as unknown as readonly Document[];
  const cases = documents.map((document) => document.toJS() as Case);
  it.each(cases.map((one, k) => [one.title, k] as const))('%s', async (_, k) => {
    const [one, document] = [cases[k]!, documents[k]!];
    expect(document.errors).toEqual([]);
    expect(isMap(document.contents)).toBe(true);
    const typed = one.fixture === undefined ? (one.typed ?? {}) : typedIn(one.fixture);
    const set: Set = (path, value) => setIn(document, path, value);
    await check(one, typed, [], set);
    for (const [n, { change = {}, ...variant }] of (one.variants ?? []).entries()) {
      const variantTyped = changed(typed, change);
      await check({ title: one.title, ...variant }, variantTyped, ['variants', n], set);
      if (variant.same !== undefined) expect(hashOf(variantTyped) === hashOf(typed)).toBe(variant.same);
    }
    if (update)
      writeFileSync(
        join(folder, file),
        documents.map((each) => each.toString({ lineWidth: 0, singleQuote: true })).join(''),
      );
  });
});
