/** Links that hold a model: compressed, in base64 for addresses, after `#model=`. */

import { printable } from '../src/diagnostics/display.js';
import { numericsVersion } from '../src/ir/program.js';
import type { Changes, GivenModel } from './messages.js';

const start = '#model=';

const through = async (bytes: Uint8Array, stream: CompressionStream | DecompressionStream): Promise<Uint8Array> =>
  new Uint8Array(await new Response(new Blob([bytes.slice()]).stream().pipeThrough(stream)).arrayBuffer());

/** Returns bytes from base64. */
export const fromBase64 = (text: string): Uint8Array =>
  Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/** Inflates a part of the page. */
export const inflated = async (text: string): Promise<string> =>
  new TextDecoder().decode(await through(fromBase64(text), new DecompressionStream('deflate')));

/** Returns the fragment of an address that holds a model. */
export async function fragmentOf({ files, main, options }: GivenModel): Promise<string> {
  const text = JSON.stringify({ files: files.map(([path, bytes]) => [path, toBase64(bytes)]), main, options });
  const packed = await through(new TextEncoder().encode(text), new CompressionStream('deflate-raw'));
  return `${start}${toBase64(packed).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}`;
}

/** Changes of the model of a page, and the fingerprint of the run with them. */
export interface Replay {
  readonly changes: Changes;
  readonly claim?: Claim;
}

/** A fingerprint that an address states, and its numerics version. */
export interface Claim {
  readonly fingerprint: string;
  readonly numerics: number;
}

/** Checks whether there is no change. */
export const isEmpty = ({ set, ...others }: Changes): boolean =>
  Object.keys(set).length === 0 && Object.values(others).every((value) => value === undefined);

/**
 * Returns the changes in an address, such as `#set=g_e=6 nS&seed=7&duration=2 s&fingerprint=…`, which may also stand
 * in its search.
 *
 * @returns a sentence for the reader, too, if there are settings without a name or a value
 */
export function replayIn({ search, hash }: Pick<URL, 'search' | 'hash'>): Replay & { readonly failure?: string } {
  const parts = [search.slice(1), hash.startsWith(start) ? hash.replace(/^[^&]*/, '') : hash.slice(1)];
  const given = new URLSearchParams(parts.join('&'));
  const pairs = given.getAll('set').map((each) => {
    const at = each.indexOf('=');
    return [each.slice(0, Math.max(0, at)).trim(), each.slice(at + 1).trim()] as const;
  });
  const isWhole = ([name, value]: readonly [string, string]): boolean => name !== '' && value !== '';
  const [seed, duration] = [given.get('seed')?.trim(), given.get('duration')?.trim()];
  const [fingerprint, numerics] = [given.get('fingerprint'), Number(given.get('numerics') ?? numericsVersion)];
  const isClaim = fingerprint !== null && /^[0-9a-f]{64}$/.test(fingerprint) && Number.isInteger(numerics);
  const changes = {
    set: Object.fromEntries(pairs.filter(isWhole)),
    ...(seed ? { seed } : {}),
    ...(duration ? { duration } : {}),
  };
  return {
    changes,
    ...(isClaim ? { claim: { fingerprint, numerics } } : {}),
    ...(!pairs.every(isWhole)
      ? { failure: 'the address has a setting that is not of the form set=name=value' }
      : fingerprint !== null && !isClaim
        ? { failure: 'the address has a damaged fingerprint' }
        : {}),
  };
}

/** Returns an address with changes, after the model of the address if it holds one. */
export function withReplay(address: string, { changes, claim }: Replay): string {
  const changed = new URL(address);
  changed.searchParams.delete('set');
  const entries = new URLSearchParams();
  for (const [name, value] of Object.entries(changes.set)) entries.append('set', `${name}=${value}`);
  for (const name of ['seed', 'duration'] as const) if (changes[name] !== undefined) entries.set(name, changes[name]);
  if (claim) {
    entries.set('fingerprint', claim.fingerprint);
    entries.set('numerics', String(claim.numerics));
  }
  const model = changed.hash.startsWith(start) ? changed.hash.replace(/&.*/, '') : undefined;
  changed.hash = [
    ...(model === undefined ? [] : [model.slice(1)]),
    ...(entries.size > 0 ? [String(entries)] : []),
  ].join('&');
  return changed.href;
}

/** A model as a page or a link holds it: bytes of files in base64. */
export interface HeldModel extends Pick<GivenModel, 'main' | 'options'> {
  readonly files: readonly (readonly [path: string, base64: string])[];
  /** Files beside the page, by their paths in the model. */
  readonly beside?: readonly FileBeside[];
}

/** A file of a model that is too large for the page. */
export interface FileBeside {
  readonly path: string;
  /** Name in the folder of the page. */
  readonly name: string;
  /** Its length. */
  readonly bytes: number;
}

/** Returns the model that a page or a link holds. */
export const givenModel = ({ files, main, options }: HeldModel): GivenModel => ({
  files: files.map(([path, text]) => [path, fromBase64(text)] as const),
  main,
  options,
});

/** Longest text of a link in bytes: what a link inflates to is not bounded by its length. */
const longestLinked = 64 * 2 ** 20;

/** Inflates at most `longestLinked` bytes. @throws RangeError beyond them, TypeError if the bytes are damaged */
async function inflatedWithin(packed: Uint8Array): Promise<string> {
  const stream = new Blob([packed.slice()]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  const reader = stream.getReader() as ReadableStreamDefaultReader<Uint8Array>;
  const decoder = new TextDecoder();
  let [text, length] = ['', 0];
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    length += piece.value.length;
    if (length > longestLinked) {
      await reader.cancel();
      throw new RangeError('the model in the link is larger than 64 MB');
    }
    text += decoder.decode(piece.value, { stream: true });
  }
  return text + decoder.decode();
}

const isText = (value: unknown): value is string => typeof value === 'string';

/** Checks whether a value is a model as links hold it. */
function isHeldModel(value: unknown): value is HeldModel {
  if (typeof value !== 'object' || value === null) return false;
  const { files, main, options } = value as Partial<Record<keyof HeldModel, unknown>>;
  const areFiles =
    Array.isArray(files) && files.every((file) => Array.isArray(file) && file.length === 2 && file.every(isText));
  return (
    areFiles && isText(main) && files.some(([path]) => path === main) && typeof options === 'object' && options !== null
  );
}

/** Options of a model in a link besides `set`. Their values are checked when the model is read. */
const optionNames = ['seed', 'dt', 'duration', 'from', 'timing'];

/** Returns the name of an option, or of a value in `set`, that is unknown or not a text. */
function wrongOption({ set = {}, ...others }: Readonly<Record<string, unknown>>): string | undefined {
  if (typeof set !== 'object' || set === null) return 'set';
  const [wrong] =
    Object.entries(others).find(([name, value]) => !optionNames.includes(name) || !isText(value)) ??
    Object.entries(set).find(([, value]) => !isText(value)) ??
    [];
  return wrong;
}

/**
 * Returns the model in the fragment of an address; undefined if it holds none.
 *
 * @throws Error with a sentence for the reader if the fragment is damaged or too long, or has other options
 */
export async function modelIn(fragment: string): Promise<GivenModel | undefined> {
  if (!fragment.startsWith(start)) return undefined;
  try {
    const packed = fromBase64(
      fragment.slice(start.length).replace(/&.*/s, '').replaceAll('-', '+').replaceAll('_', '/'),
    );
    const held: unknown = JSON.parse(await inflatedWithin(packed));
    const wrong = isHeldModel(held) ? wrongOption(held.options) : undefined;
    if (wrong !== undefined)
      throw new RangeError(`the link has an option that is unknown or not a text: ${printable(wrong.slice(0, 40))}`);
    if (isHeldModel(held)) return givenModel(held);
  } catch (error) {
    if (error instanceof RangeError) throw error;
  }
  throw new Error('the link is damaged: it may have been cut or changed on its way');
}
