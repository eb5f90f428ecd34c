/**
 * The model that a document was converted from, kept in the document as what that model has otherwise. On the way back
 * it is taken where converting it again gives the document's own content, which wins where it was changed.
 */

import { isList, without } from '../../model/collections.js';
import type { ConversionEntry } from '../../model/conversion-report.js';
import { hashModel } from '../../model/hash.js';
import type { Model, ValidModel } from '../../model/model.js';
import { child } from '../../model/pointer.js';
import { importModel } from '../pipeline.js';
import { differenceOf, withDifference, type Difference } from './difference.js';
import { differences } from './returned.js';

/** Notations of which a model is in the words. */
export type Words = 'brian' | 'pynn' | 'neuroml';

/** Longer documents, and those of more numbers, are not read again to find what they say otherwise. */
export const mostCharacters = 50_000_000;
const mostRead = 300_000;
/** More numbers than these, and longer texts, are not written twice. */
const mostNumbers = 10_000;
const longest = 200_000;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The notation in whose words a model is. */
export function wordsOf({ timing, annotations }: Model): Words {
  if (timing === 'lems-euler' || isRecord(annotations['lems'])) return 'neuroml';
  return timing === 'brian' ? 'brian' : 'pynn';
}

const areMany = (part: unknown): boolean => countNumbers(part) > mostNumbers || JSON.stringify(part).length > longest;

function countNumbers(part: unknown): number {
  if (typeof part === 'number') return 1;
  if (typeof part !== 'object' || part === null) return 0;
  return Object.values(part).reduce<number>((sum, one) => sum + countNumbers(one), 0);
}

/** A document's text, and the model in it. */
export interface Written {
  readonly name: string;
  readonly text: string;
}

/** The model in a document; undefined where it is long, or none. */
export const modelIn = ({ name, text }: Written): ValidModel | undefined => {
  if (text.length > mostCharacters) return undefined;
  try {
    return importModel({ name, text }).valid;
  } catch {
    // Documents from which something is left out may not be models.
    return undefined;
  }
};

/** A model that is valid, with its defaults; throws for others. */
const checked = (model: unknown, { data }: ValidModel): ValidModel =>
  importModel({ name: 'model.json', text: JSON.stringify(model) }, { data }).valid;

/** Annotations that a notation's own documents say, as far as they are short. */
function notesOf({ annotations }: Model, written: Model): Readonly<Record<string, unknown>> {
  const others: ReadonlySet<string> = new Set(['comments', 'source', 'brian', 'pynn', 'neuroml']);
  return Object.fromEntries(
    Object.entries(annotations).filter(
      ([key, value]) =>
        !others.has(key) && (written.annotations[key] === undefined || ofLems.has(key)) && !areMany(value),
    ),
  );
}

/** Annotations of what documents of LEMS say in words of theirs. */
const ofLems: ReadonlySet<string> = new Set(['lems', 'claims', 'connect', 'outputFiles', 'displays']);

/** What a document keeps of the model that it was written from, or that it does not. */
export interface KeptOrigin {
  /** What that model has otherwise; absent where the document says all of it, and where this is not kept. */
  readonly difference?: Difference;
  readonly entries: readonly ConversionEntry[];
}

const nothingToKeep: KeptOrigin = { entries: [] };

/**
 * What is said of a document that keeps nothing.
 *
 * @param words  of the model that it was written from
 * @param why    it is not kept
 */
export const notKept = (words: Words, why: string): KeptOrigin => ({
  entries: [
    {
      verdict: 'equivalent',
      code: words === 'brian' ? 'brian/no-origin' : words === 'pynn' ? 'pynn/no-origin' : 'lems/no-origin',
      pointer: '',
      message: `the document does not keep what the model of ${names[words]} has otherwise, so that it comes back as another model (with another hash): ${why}`,
    },
  ],
});

/**
 * What a document is to keep of the model that it was written from.
 *
 * @param write  the document; undefined where it is long
 * @param saidBy  the model that a document gives by other means
 */
export async function originOf(
  valid: ValidModel,
  write: () => Written | undefined,
  saidBy: (document: ValidModel) => Promise<ValidModel | undefined> = async () => Promise.resolve(undefined),
): Promise<KeptOrigin> {
  const words = wordsOf(valid.model);
  const inData = [...valid.data.values()].reduce((sum, { length }) => sum + length, 0);
  if (inData + countNumbers(valid.model) > mostRead)
    return notKept(words, `the model has more than ${mostRead.toLocaleString('en')} numbers`);
  const written = write();
  if (written === undefined || written.text.length > mostCharacters)
    return notKept(words, `the document is longer than ${mostCharacters / 1e6} MB`);
  const document = modelIn(written);
  // Something is left out of it, which the report says.
  if (document === undefined) return nothingToKeep;
  const ours = hashModel(valid.model);
  if (hashModel(document.model).model === ours.model) return nothingToKeep;
  const said = await saidBy(document);
  if (said !== undefined && hashModel(said.model).experiment === ours.experiment) return nothingToKeep;
  const difference = differenceOf(valid.model, document.model);
  if (Object.keys(difference).length === 0) return nothingToKeep;
  const isLong = 'that would be as long as the document';
  if (areMany(difference)) return notKept(words, isLong);
  try {
    const data = new Map([...document.data, ...valid.data]);
    const again = checked(withDifference(document.model, difference), { ...document, data });
    if (hashModel(again.model).experiment !== ours.experiment) return notKept(words, isNoDifference);
  } catch {
    return notKept(words, isNoDifference);
  }
  const notes = notesOf(valid.model, document.model);
  const whole = { ...difference, ...(Object.keys(notes).length === 0 ? {} : { annotations: notes }) };
  return { difference: areMany(whole) ? difference : whole, entries: [] };
}

const isNoDifference = 'it has more than values and parts that are otherwise';

/** The origin that an annotation keeps, where it has the form of one: annotations are everybody's to write. */
export function keptOrigin({ annotations }: Model, words: Words): Difference | undefined {
  const { [words]: all } = annotations;
  const origin = isRecord(all) ? all['origin'] : undefined;
  return isRecord(origin) ? origin : undefined;
}

/** A model without what its document keeps of where it came from. */
export function withoutOrigins(valid: ValidModel): ValidModel {
  const annotations = Object.fromEntries(
    Object.entries(valid.model.annotations).flatMap(([key, value]): readonly (readonly [string, unknown])[] => {
      if (!['brian', 'pynn', 'neuroml'].includes(key) || !isRecord(value) || value['origin'] === undefined)
        return [[key, value]];
      const { origin: _, ...rest } = value;
      return Object.keys(rest).length === 0 ? [] : [[key, rest]];
    }),
  );
  return { ...valid, model: { ...valid.model, annotations } };
}

/** Annotations with an origin. */
export const withOrigin = (
  annotations: Readonly<Record<string, unknown>> | undefined,
  words: Words,
  origin: Difference,
): Readonly<Record<string, unknown>> => {
  const before = annotations?.[words];
  return { ...annotations, [words]: { ...(isRecord(before) ? before : {}), origin } };
};

/** A model on its way back. */
interface Home {
  /** Absent: it is converted as it is. */
  readonly valid?: ValidModel;
  readonly entries: readonly ConversionEntry[];
}

const names: Readonly<Record<Words, string>> = { brian: 'Brian', pynn: 'PyNN', neuroml: 'NeuroML' };

/**
 * The model that a document was written from.
 *
 * @param words  in whose words that is
 * @param write  a model as a document of the notation of this one, in its words or strictly the same
 */
export async function atHome(valid: ValidModel, words: Words, write: Writer): Promise<Home> {
  const origin = keptOrigin(valid.model, words);
  if (origin === undefined) return { entries: [] };
  const bare = withoutOrigins(valid);
  const inWords = await tried(bare, origin, async (made) => write(made, false));
  const found = isList(inWords) ? await strictly(bare, origin, write, inWords) : inWords;
  const of = `the model of ${names[words]} from which the document was written`;
  if (!isList(found)) {
    const entry: ConversionEntry = {
      verdict: 'exact',
      code: words === 'brian' ? 'brian/origin' : words === 'pynn' ? 'pynn/origin' : 'lems/origin',
      pointer: '',
      message: `${of}: written again, it is this document`,
    };
    return { valid: found, entries: [entry] };
  }
  const [first, ...more] = found;
  const others = more.length === 0 ? '' : ` and ${more.length} more`;
  const why = first === undefined ? 'it is no model' : `the document has something else in ${first}${others}`;
  const entry: ConversionEntry = {
    verdict: 'equivalent',
    code: words === 'brian' ? 'brian/origin-changed' : words === 'pynn' ? 'pynn/origin-changed' : 'lems/origin-changed',
    pointer: first ?? '',
    message: `what is kept of ${of} is not used: ${why}`,
  };
  return { entries: [entry] };
}

/** Writes a model as a document, in its words or strictly the same. */
type Writer = (valid: ValidModel, strict: boolean) => Promise<Written | undefined>;

/** The model of an origin that was converted strictly; what differed in its words where it was not. */
async function strictly(
  bare: ValidModel,
  origin: Difference,
  write: Writer,
  differing: readonly string[],
): Promise<ValidModel | readonly string[]> {
  const found = await tried(bare, origin, async (made) => write(made, true));
  return isList(found) ? differing : found;
}

/** The model of an origin; pointers to what differs where it gives another document. */
async function tried(
  bare: ValidModel,
  origin: Difference,
  write: (valid: ValidModel) => Promise<Written | undefined>,
): Promise<ValidModel | readonly string[]> {
  try {
    const notes = isRecord(origin.annotations) ? origin.annotations : {};
    const made = withDifference(bare.model, origin) as Model;
    const valid = checked({ ...made, annotations: { ...notes, ...without(made.annotations, ofLems) } }, bare);
    const written = await write(valid);
    const again = written && modelIn(written);
    if (again === undefined) return [];
    const found = [
      ...differences(bare.model, again.model).map(([section, name]) =>
        section === '' ? '/experiment' : child(`/${section}`, name),
      ),
      ...(JSON.stringify(bare.model.clocks) === JSON.stringify(again.model.clocks) ? [] : ['/clocks']),
    ];
    return found.length === 0 ? valid : found;
  } catch {
    return [];
  }
}
