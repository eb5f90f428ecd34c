/** Links that hold a model: compressed, in base64 for addresses, after `#model=`. */

import type { GivenModel } from './messages.js';

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

/** Returns the values of parameters that an address gives: `?set=g_e=6 nS`. */
export function settingsIn(search: string): Readonly<Record<string, string>> {
  const pairs = new URLSearchParams(search).getAll('set').flatMap((each) => {
    const [, name, value] = /^([^=]+)=(.+)$/s.exec(each) ?? [];
    return name === undefined || value === undefined ? [] : [[name.trim(), value.trim()] as const];
  });
  return Object.fromEntries(pairs);
}

/** Returns an address with values of parameters. */
export function withSettings(address: string, settings: Readonly<Record<string, string>>): string {
  const changed = new URL(address);
  changed.searchParams.delete('set');
  for (const [name, value] of Object.entries(settings)) changed.searchParams.append('set', `${name}=${value}`);
  return changed.href;
}

/** A model as a page or a link holds it: bytes of files in base64. */
export interface HeldModel extends Pick<GivenModel, 'main' | 'options'> {
  readonly files: readonly (readonly [path: string, base64: string])[];
}

/** Returns the model that a page or a link holds. */
export const givenModel = ({ files, main, options }: HeldModel): GivenModel => ({
  files: files.map(([path, text]) => [path, fromBase64(text)] as const),
  main,
  options,
});

/** Returns the model in the fragment of an address; undefined if it holds none. */
export async function modelIn(fragment: string): Promise<GivenModel | undefined> {
  if (!fragment.startsWith(start)) return undefined;
  const packed = fromBase64(fragment.slice(start.length).replaceAll('-', '+').replaceAll('_', '/'));
  const text = new TextDecoder().decode(await through(packed, new DecompressionStream('deflate-raw')));
  return givenModel(JSON.parse(text) as HeldModel);
}
