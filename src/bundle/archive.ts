/**
 * Unpacks ZIP archives without trust in their contents.
 *
 * @source PKWARE's APPNOTE.TXT 6.3.10, sections 4.3 and 4.4
 */

import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Entry, ZipFile } from 'yauzl';
import { Diagnostics } from '../diagnostics/diagnostic.js';
import { limits, mostUnpacked } from '../diagnostics/limits.js';
import { firstBytes } from '../../runtime/results/file-start.js';
import { messages } from './messages.js';

/** Most files in an archive. */
export const mostFiles = 10_000;

/** Checks whether a file is a ZIP archive, by its first bytes. */
export const isArchive = (path: string): boolean => /^PK(\x03\x04|\x05\x06)/.test(firstBytes(path, 4));

/**
 * Unpacks an archive into an empty folder.
 *
 * @returns the paths of its files, with `/`, in the order of the archive
 * @throws UsageError if the file is no archive
 * @throws DiagnosticError naming each entry that is unsafe, before anything is written, and each that is damaged
 */
export async function unpackArchive(path: string, folder: string): Promise<readonly string[]> {
  const { default: yauzl } = await import('yauzl');
  const zip = await opened(path);
  try {
    const diagnostics = new Diagnostics();
    const entries: { readonly entry: Entry; readonly name: string }[] = [];
    const names = new Set<string>();
    let bytes = 0;
    if (zip.entryCount > mostFiles)
      diagnostics.add(messages.tooManyFiles(zip.entryCount, mostFiles), { document: path });
    diagnostics.throwIfErrors();
    for await (const entry of entriesOf(zip, path)) {
      const name = yauzl.getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, false);
      const place = { document: `${path}/${name}` };
      const reason = yauzl.validateFileName(name) ?? nullIn(name);
      if (reason !== null) diagnostics.add(messages.unsafeName(reason), { document: path });
      if (name.split('/').length > limits.nesting)
        diagnostics.add(messages.tooDeep(limits.nesting), { document: path });
      if (names.has(name.toLowerCase())) diagnostics.add(messages.sameName(), place);
      if (!isRegular(entry)) diagnostics.add(messages.notRegular(), place);
      if (entry.isEncrypted()) diagnostics.add(messages.encrypted(), place);
      names.add(name.toLowerCase());
      bytes += entry.uncompressedSize;
      if (!name.endsWith('/')) entries.push({ entry, name });
    }
    for (const { name } of overlapping(entries))
      diagnostics.add(messages.overlapping(), { document: `${path}/${name}` });
    const most = mostUnpacked(zip.fileSize);
    if (bytes > most) diagnostics.add(messages.tooLarge(bytes, most), { document: path });
    diagnostics.throwIfErrors();
    for (const { entry, name } of entries) {
      const file = join(folder, ...name.split('/'));
      try {
        mkdirSync(dirname(file), { recursive: true });
        // The library ends a stream that grows beyond the stated size.
        await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(file, { flags: 'wx' }));
      } catch (error) {
        diagnostics.add(messages.damaged(reasonOf(error)), { document: `${path}/${name}` });
      }
    }
    diagnostics.throwIfErrors();
    return entries.map(({ name }) => name);
  } finally {
    zip.close();
  }
}

/** Length in bytes of a local header without its name. @source APPNOTE.TXT 4.3.7 */
const headerLength = 30;

/** Returns the entries that begin before the data of another one ends. */
function overlapping<T extends { readonly entry: Entry }>(entries: readonly T[]): readonly T[] {
  const sorted = [...entries].sort((a, b) => a.entry.relativeOffsetOfLocalHeader - b.entry.relativeOffsetOfLocalHeader);
  let end = 0;
  return sorted.filter(({ entry }) => {
    const begin = entry.relativeOffsetOfLocalHeader;
    const isOverlapping = begin < end;
    end = Math.max(end, begin + headerLength + entry.fileNameLength + entry.compressedSize);
    return isOverlapping;
  });
}

async function opened(path: string): Promise<ZipFile> {
  const { default: yauzl } = await import('yauzl');
  try {
    return await yauzl.openPromise(path, { autoClose: false, decodeStrings: false, validateEntrySizes: true });
  } catch (error) {
    throw messages.notAnArchive(path, reasonOf(error));
  }
}

/** Yields the entries of the central directory. @throws UsageError if it is damaged */
async function* entriesOf(zip: ZipFile, path: string): AsyncGenerator<Entry> {
  try {
    yield* zip.eachEntry();
  } catch (error) {
    throw messages.notAnArchive(path, reasonOf(error));
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const nullIn = (name: string): string | null => (name.includes('\0') ? 'a null character in the name' : null);

/** Checks whether an entry is a file or a folder. Archives of systems without modes state none. */
function isRegular({ externalFileAttributes }: Entry): boolean {
  const kind = (externalFileAttributes >>> 16) & 0o170000;
  return kind === 0 || kind === 0o100000 || kind === 0o040000;
}
