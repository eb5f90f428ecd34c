/** Files as text. */

import { platform } from '#platform';
import { isRefused, readRefusal, systemCode } from '../../diagnostics/system-error.js';
import { DiagnosticError, UsageError, type Diagnostic } from '../../diagnostics/diagnostic.js';
import { formatBytes } from '../../diagnostics/quantities.js';
import { decodeText } from '../../model/text/read.js';
import { mostUnpacked } from '../../diagnostics/limits.js';
import { isHdf5 } from './included-files.js';
import type { IncludeHost } from '../../../translators/shared/include-host.js';
import type { Hdf5Group } from '../../../translators/shared/hdf5.js';
import { decodeXml, longestText, looksLikeXml } from '../../xml/decode.js';
import { readHdf5Document } from './hdf5-documents.js';
import { joined } from './joined.js';
import { notationOfSuffix } from './notation.js';
import { checkArgument, text } from '../../diagnostics/public-arguments.js';

/** A document's text, with the name that diagnostics give it. */
export interface Source {
  /** Path of the file. */
  readonly name: string;
  /** Decoded; empty if its bytes are not text. */
  readonly text: string;
  /** Findings about its bytes. */
  readonly diagnostics?: readonly Diagnostic[];
  /** Contents of a file of HDF5 without text. */
  readonly graph?: Hdf5Group;
  /** SHA-256 of the bytes of a file without text. */
  readonly sha256?: string;
  /** Files that a document of markup may include; absent: files on disk. */
  readonly host?: IncludeHost;
  /** The script that defines this network; findings are placed there. */
  readonly script?: Source;
}

/**
 * Reads a model's text.
 *
 * @param longest  longest text
 * @throws UsageError if the file does not exist, is a directory, or may not be read
 * @throws DiagnosticError if its content is not text
 */
export function readSource(path: string, longest = longestText): Source {
  checkArgument('readSource', path, text('model.yaml'));
  const bytes = readBytes(path, longest);
  if (isHdf5(bytes)) {
    const found = readHdf5Document(path);
    if (found && isRefused(found))
      throw new UsageError(`${path} cannot be read as HDF5: ${found.refused}`, 'check that the file is complete');
    if (found?.graph) return { name: path, ...found, sha256: platform.sha256().update(bytes).hex() };
    // Text is like any other, whatever file it comes from.
    if (found) return { name: path, text: found.text };
    throw new UsageError(
      `${path} is an HDF5 file, not a document of a model`,
      'inspect, plot, compare and report take its recordings; verify compares them with a run of a model',
    );
  }
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return decodeSource(path, unzipped(path, bytes, longest));
  if (bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4)
    throw new UsageError(
      `${path} is a ZIP archive, not a document`,
      'interneuron run and describe take COMBINE archives',
    );
  return decodeSource(path, bytes);
}

/** Returns the content of a file that gzip has compressed. @throws UsageError if it is damaged or too long */
function unzipped(path: string, bytes: Uint8Array, longest: number): Uint8Array {
  let content: Uint8Array | undefined;
  const most = Math.min(longest, mostUnpacked(bytes.length));
  try {
    content = platform.bytes.inflate(bytes, most);
  } catch (error) {
    throw new UsageError(
      `${path} cannot be unpacked by gzip: ${systemCode(error) ?? 'it is damaged'}`,
      'check that the file is complete',
    );
  }
  if (!content) throw tooLarge(path, `more than ${formatBytes(most)}`);
  return content;
}

/**
 * Decodes a document's bytes.
 *
 * @param path  its name in diagnostics
 * @throws DiagnosticError if they are not text
 */
export function decodeSource(path: string, bytes: Uint8Array): Source {
  if (looksLikeXml(bytes)) {
    const decoded = decodeXml(bytes);
    if (isRefused(decoded))
      throw new DiagnosticError([{ severity: 'error', ...decoded.refused, place: { document: path } }]);
    const { finding } = decoded;
    return {
      name: path,
      text: decoded.text,
      diagnostics: finding ? [{ severity: 'warning', ...finding, place: { document: path } }] : [],
    };
  }
  const decoded = decodeText(bytes, path);
  // These files are older than UTF-8: their comments may be in Latin-1, the rest is ASCII.
  if (decoded.diagnostics.length > 0 && notationOfSuffix(path) !== undefined)
    return { name: path, text: platform.bytes.latin1(bytes) };
  if (decoded.diagnostics.length > 0) throw new DiagnosticError(decoded.diagnostics);
  return { name: path, text: decoded.text };
}

/** Longest text in bytes that is no model, such as facts about an article. */
export const longestAside = 64 * 2 ** 20;

/** Name of standard input in diagnostics. */
export const standardInput = '<stdin>';

/**
 * Reads a model's text from standard input.
 *
 * @throws DiagnosticError when its bytes are not text
 */
export function readStandardInput(bytes = readToEnd(0, standardInput)): Source {
  if (isHdf5(bytes))
    throw new UsageError(
      'standard input is an HDF5 file, which can be read only from disk',
      'give the path of the file',
    );
  return decodeSource(standardInput, bytes);
}

/** Returns the content of a file. */
function readBytes(path: string, longest: number): Uint8Array {
  try {
    const { kind, size } = platform.files.status(path);
    if (kind === 'other') return readToEnd(path, path, longest);
    if (size <= longest) return platform.files.read(path);
    throw tooLarge(path, formatBytes(size));
  } catch (error) {
    throw error instanceof UsageError ? error : (readRefusal(error, path) ?? error);
  }
}

/** Reads a pipe or a device to its end, which some devices do not have. @throws UsageError if it is too long */
export function readToEnd(from: string | 0, name: string, longest = longestText): Uint8Array {
  const pieces: Uint8Array[] = [];
  let total = 0;
  for (const piece of platform.files.pieces(from, 1 << 20)) {
    pieces.push(piece);
    total += piece.length;
    if (total > longest) throw tooLarge(name, `more than ${formatBytes(longest)}`);
  }
  return joined(pieces);
}

const tooLarge = (path: string, size: string): UsageError =>
  new UsageError(
    `${path} is ${size} long, which is too large to read`,
    'store large arrays in separate files, as $data',
  );
