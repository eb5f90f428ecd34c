/** Files of a model that stand beside the page, since they are too large to be in it. */

import { formatBytes } from '../src/diagnostics/quantities.js';
import type { FileBeside } from './link.js';
import type { GivenModel } from './messages.js';

/** The files that were found, and those that are still missing. */
interface Found {
  readonly files: GivenModel['files'];
  readonly missing: readonly FileBeside[];
}

/** Reads files from the folder of the page. Pages from a disk may not read others, and get none. */
export async function fetchBeside(beside: readonly FileBeside[]): Promise<Found> {
  const read = await Promise.all(beside.map(async (file) => [file, await bytesOf(file)] as const));
  return {
    files: read.flatMap(([{ path }, bytes]) => (bytes ? [[path, bytes] as const] : [])),
    missing: read.filter(([, bytes]) => !bytes).map(([file]) => file),
  };
}

async function bytesOf({ name, bytes }: FileBeside): Promise<Uint8Array | undefined> {
  if (!location.protocol.startsWith('http')) return undefined;
  try {
    const response = await fetch(encodeURIComponent(name));
    const found = new Uint8Array(await response.arrayBuffer());
    return response.ok && found.length === bytes ? found : undefined;
  } catch {
    return undefined;
  }
}

/** Returns those of the files that readers opened which the model needs. */
export function withBeside(missing: readonly FileBeside[], opened: GivenModel['files']): Found {
  const found = missing.map((file) => {
    const named = opened.find(
      ([path, bytes]) => path.replace(/^.*\//, '') === file.name && bytes.length === file.bytes,
    );
    return [file, named?.[1]] as const;
  });
  return {
    files: found.flatMap(([{ path }, bytes]) => (bytes ? [[path, bytes] as const] : [])),
    missing: found.filter(([, bytes]) => !bytes).map(([file]) => file),
  };
}

/** Returns the sentence that asks for files. */
export const missingText = (missing: readonly FileBeside[]): string => {
  const names = missing.map(({ name, bytes }) => `${name} (${formatBytes(bytes)})`).join(' and ');
  return `This model reads ${names}, which came with this page. Open it here, or drop it on the page: then the model runs.`;
};
