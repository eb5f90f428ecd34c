/**
 * Restores the model of a converted document. The document carries the model that it was written from, and the digest
 * of its own content. While the content has that digest, reading the document gives that model. `docs/conversion.md`
 * describes the format, `docs/security.md` its limits of trust.
 */

import { platform } from '#platform';
import type { LoadedMarkup } from '../../../translators/shared/notation.js';
import { Diagnostics, type Finding } from '../../diagnostics/diagnostic.js';
import { memberOf } from '../../diagnostics/member.js';
import type { Positions } from '../../diagnostics/positions.js';
import type { Sha256 } from '../../platform/platform.js';
import { without } from '../../model/collections.js';
import type { ValidModel } from '../../model/model.js';
import { normalise } from '../../model/normalise.js';
import { storedArrays } from './data-files.js';
import { messages } from '../messages.js';
import { statusOf } from './file-status.js';

const { dirname, join, parse } = platform.paths;

/** Data that a document carries. */
export interface Origin {
  /** Of this format. */
  readonly version: number;
  /** `sha256:` and the digest of the document's content in hexadecimal digits. */
  readonly digest: string;
  /** Base64 of the deflated JSON of `Payload`. */
  readonly model: string;
}

/** A canonical document, and the bytes of the arrays that it refers to, in base64 by digest. */
interface Payload {
  readonly model: unknown;
  readonly data?: Readonly<Record<string, string>>;
}

/** The model that a document carries. */
interface CarriedModel {
  readonly document: unknown;
  readonly valid: ValidModel;
}

/** The version of the format that this program reads and writes. */
const currentVersion = 1;

/** Remarks of the importer that the model was converted with. */
export const reportedOfCarried: readonly string[] = ['model/section-gap'];

/** The member of `annotations` that holds an origin in documents of JSON and YAML. */
const originKey = 'interneuron';

/** The longest JSON of a model that is carried, in characters. A reader inflates no more. */
const longestModel = 32e6;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

// --- Content of a document ------------------------------------------------------------------------------------------

const prefixed = (hash: Sha256): string => `sha256:${hash.hex()}`;

/** Returns the digest of a document in JSON or YAML, as it was read, without its origin. */
export function treeDigest(tree: unknown): string {
  const text = JSON.stringify(withoutOrigin(tree), (_, value: unknown) =>
    typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value)) ? String(value) : value,
  );
  return prefixed(platform.sha256().update(text ?? ''));
}

/** Returns a document of JSON or YAML without its origin. */
export function withoutOrigin(tree: unknown): unknown {
  if (originInTree(tree) === undefined || !isRecord(tree)) return tree;
  const annotations = without(tree['annotations'] as Readonly<Record<string, unknown>>, new Set([originKey]));
  return Object.keys(annotations).length === 0 ? without(tree, new Set(['annotations'])) : { ...tree, annotations };
}

/** Returns the origin of a document in JSON or YAML; undefined without one. */
export const originInTree = (tree: unknown): unknown => {
  const annotations = memberOf(tree, 'annotations');
  return isRecord(annotations) ? memberOf(annotations, originKey) : undefined;
};

/** Returns the digest of a document of markup with the files that it includes. */
export const markupDigest = (markup: LoadedMarkup): string => prefixed(markup.digest(platform.sha256()));

/** A file of a script, or of a circuit of SONATA. The text of a file of HDF5 is the digest of its bytes. */
interface ScriptFile {
  readonly name: string;
  readonly text: string;
}

/** Returns the digest of a script with the files that it reads. */
function scriptDigest(files: readonly ScriptFile[]): string {
  const content = files.map(({ name, text }) => [name, text.replace(/\r\n?/g, '\n').trimEnd()]);
  return prefixed(platform.sha256().update(JSON.stringify(content)));
}

/** Returns what stands for a file that is no text in the digest of its document. */
export const digestText = (bytes: Uint8Array): string => prefixed(platform.sha256().update(bytes));

const besideScript = (script: string): string => `${parse(script).name}.interneuron.json`;

// --- Writing --------------------------------------------------------------------------------------------------------

/** Returns a model as an origin has it; undefined if it is too large. */
export function packedModel({ model, data }: ValidModel): string | undefined {
  const bytes = [...data.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
  if (bytes > longestModel / 2) return undefined;
  const arrays = [...data].map(
    ([digest, { buffer, byteOffset, byteLength }]) =>
      [digest, platform.bytes.toBase64(new Uint8Array(buffer, byteOffset, byteLength))] as const,
  );
  const payload: Payload = { model, ...(arrays.length === 0 ? {} : { data: Object.fromEntries(arrays) }) };
  const text = JSON.stringify(payload);
  return text.length > longestModel ? undefined : platform.bytes.toBase64(platform.bytes.deflate(text));
}

/** Returns a document of JSON or YAML, as it would be read, with an origin. */
export function treeWithOrigin(tree: unknown, model: string): object {
  const bare = withoutOrigin(tree) as Readonly<Record<string, unknown>>;
  const origin: Origin = { version: currentVersion, digest: treeDigest(bare), model };
  const { annotations } = bare;
  return { ...bare, annotations: { ...(isRecord(annotations) ? annotations : {}), [originKey]: origin } };
}

/** Returns the text of a document of markup with an origin; undefined if its language has no place for it. */
export const markupWithOrigin = (text: string, markup: LoadedMarkup, model: string): string | undefined =>
  markup.withOrigin(text, { version: currentVersion, digest: markupDigest(markup), model });

/** Returns the origin of a script as a separate document for the same folder. */
export function originBeside(
  files: readonly ScriptFile[],
  model: string,
): { readonly name: string; readonly document: object } {
  const [script] = files;
  const names = files.map(({ name }) => name);
  const origin: Origin = { version: currentVersion, digest: scriptDigest(files), model };
  return {
    name: besideScript(script?.name ?? ''),
    document: { format: 'interneuron/origin', files: names, ...origin },
  };
}

// --- Reading --------------------------------------------------------------------------------------------------------

/** Returns the origin in the folder of a script or circuit, and the digest of its files; undefined without one. */
export function originOfScript(
  script: ScriptFile,
): { readonly origin: unknown; readonly digest: () => string } | undefined {
  const folder = dirname(script.name);
  const path = join(folder, besideScript(script.name));
  if (!isShortFile(path)) return undefined;
  let origin: unknown;
  try {
    origin = JSON.parse(readText(path));
  } catch {
    origin = undefined;
  }
  const digest = (): string => {
    const names: unknown = memberOf(origin, 'files');
    const others = Array.isArray(names) ? names.slice(1) : [];
    const files = others.map((name: unknown) => ({ name: String(name), text: textBeside(folder, String(name)) }));
    return scriptDigest([{ name: parse(script.name).base, text: script.text }, ...files]);
  };
  return { origin, digest };
}

/** Reads a file named in an origin, which may only name files in its own folder. */
const textBeside = (folder: string, name: string): string => {
  const path = join(folder, name);
  const isWithin = /^[^\\:]+$/.test(name) && name.split('/').every((part) => !['', '.', '..'].includes(part));
  if (!isWithin || !isShortFile(path)) return '';
  return name.endsWith('.h5') ? digestText(platform.files.read(path)) : readText(path);
};

const readText = (path: string): string => platform.bytes.utf8(platform.files.read(path));

function isShortFile(path: string): boolean {
  const status = statusOf(path);
  return status?.kind === 'file' && status.size <= 2 * longestModel;
}

/**
 * Returns the model that an origin carries, or a finding with the reason why it is not used.
 *
 * @param digest  of the content of the document as it is
 * @param diagnostics  receives findings about a model that is used
 */
export function carriedModel(
  origin: unknown,
  digest: () => string,
  positions: Positions,
  diagnostics: Diagnostics,
): CarriedModel | Finding {
  const [version, known, packed] = ['version', 'digest', 'model'].map((key) => memberOf(origin, key));
  if (typeof version === 'number' && version > currentVersion) return messages.originNewer(version, currentVersion);
  if (version !== currentVersion || typeof known !== 'string' || typeof packed !== 'string')
    return messages.originUnreadable('it has no version, digest and model');
  if (known !== digest()) return messages.originChanged();
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(packed)) return messages.originUnreadable('the model is not in base64');
  let payload: unknown;
  try {
    const text = platform.bytes.inflate(platform.bytes.fromBase64(packed), 2 * longestModel);
    if (!text) return messages.originUnreadable(`the model is longer than ${longestModel / 1e6} MB`);
    payload = JSON.parse(platform.bytes.utf8(text));
  } catch {
    return messages.originUnreadable('the model is no deflated JSON');
  }
  const document = memberOf(payload, 'model');
  const arrays: unknown = memberOf(payload, 'data');
  const data = storedArrays(document, (name) => {
    const bytes: unknown = memberOf(arrays, name);
    return typeof bytes === 'string' ? platform.bytes.fromBase64(bytes) : undefined;
  });
  const found = new Diagnostics();
  const valid = normalise(document, positions, found, { data, reported: reportedOfCarried });
  if (valid !== null && !found.hasErrors) {
    diagnostics.addAll(found.list);
    return { document, valid };
  }
  return messages.originUnreadable(`the model is not valid: ${found.list[0]?.message ?? 'it cannot be read'}`);
}
