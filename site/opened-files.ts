/** Files that a visitor opens: what archives hold, and which of them are documents of models. */

import { unzipSync } from 'fflate';
import { platform } from './platform.js';
import type { GivenModel, OpenedFiles } from './messages.js';
import { isAside } from '../src/bundle/contents.js';
import { fileCommands } from '../src/present/next-commands.js';
import { sweepCurves } from './shown-curves.js';
import { namedFiles } from '../src/pipeline/read/names-in-text.js';
import { shownBytes, timedTable, unknownFile, whatIs, type Kind } from '../src/pipeline/read/what-is.js';
import { UsageError } from '../src/diagnostics/diagnostic.js';
import { formatBytes } from '../src/diagnostics/quantities.js';

type Files = GivenModel['files'];

/** Most bytes that the files of an archive have together: a tab keeps them in memory. */
const mostUnpacked = 2 ** 30;

/** Returns files with those of archives, and their documents. @throws UsageError as `unpacked` */
export function opened(given: Files): Promise<{ readonly answer: OpenedFiles; readonly findings: [] }> {
  const files = unpacked(given);
  const documents = documentsAmong(files);
  const others = files.flatMap(([path, bytes]): OpenedFiles['others'] => {
    const { title, advice, ...what } = whatIs(path, startOf(bytes));
    if (isAside(path) || what.kind === 'model' || documents.includes(path)) return [];
    // A result has a command for each of three purposes, other files one that comes first.
    const isResult = what.kind === 'result' || what.kind === 'recording';
    const commands = fileCommands(path, { title, ...what })
      .slice(0, isResult ? 3 : 1)
      .map(([purpose, command]) => (isResult ? `${purpose} by ${command}` : command));
    return ['script', 'notebook', 'connections', 'sweep', 'result', 'expectations'].includes(what.kind) ||
      documents.length === 0
      ? [{ path, title, instead: commands.length > 0 ? commands.join(', ') : advice }]
      : [];
  });
  const ofKind = (...kinds: readonly Kind[]): Files =>
    files.filter(([path, bytes]) => kinds.includes(whatIs(path, startOf(bytes)).kind) && !documents.includes(path));
  const [sweep] = ofKind('sweep');
  const curves = sweep && sweepCurves(new TextDecoder().decode(sweep[1]));
  // Results in HDF5 and packed ones are read by commands. Beside a model, tables that it names are its inputs.
  const inputs = namedIn(files.filter(([path]) => documents.includes(path)));
  const results = ofKind('result', 'recording').flatMap(([path, bytes]) => {
    const isResult = documents.length === 0 || whatIs(path, startOf(bytes)).title === timedTable;
    return isText(bytes) && isResult && !inputs.has(nameOf(path)) ? [path] : [];
  });
  return Promise.resolve({
    answer: { files, documents, curves, results, others: others.filter(({ path }) => !results.includes(path)) },
    findings: [],
  });
}

/**
 * Returns files with those in archives in place of the archives.
 *
 * @throws UsageError for an archive that is damaged or too large
 */
export const unpacked = (files: Files): Files =>
  files.flatMap(([path, bytes]) => (/^PK\x03\x04/.test(startOf(bytes)) ? contentsOf(path, bytes) : [[path, bytes]]));

function contentsOf(path: string, bytes: Uint8Array): Files {
  let size = 0;
  try {
    const found = unzipSync(bytes, {
      filter: ({ name, originalSize }) => !name.endsWith('/') && (size += originalSize) <= mostUnpacked,
    });
    if (size <= mostUnpacked) return Object.entries(found).filter(([name]) => !isAside(name));
  } catch {
    throw new UsageError(`${path} cannot be unpacked: it is damaged`, 'check that the file is complete');
  }
  throw new UsageError(
    `${path} holds more than ${formatBytes(mostUnpacked)}`,
    'unpack it, and open the files of the model',
  );
}

const nameOf = (path: string): string => path.replace(/^.*\//, '');

/** Returns the names of files that others among the files name. */
const namedIn = (files: Files): ReadonlySet<string> =>
  new Set(
    files.flatMap(([path, bytes]) =>
      [...namedFiles(platform.bytes.latin1(bytes))].map(nameOf).filter((name) => name !== nameOf(path)),
    ),
  );

const isText = (bytes: Uint8Array): boolean => !bytes.subarray(0, 4000).includes(0);

const startOf = (bytes: Uint8Array): string => platform.bytes.latin1(bytes.subarray(0, shownBytes));

/**
 * Lists the documents of models among files, best first: those that no other document names, in the order of their
 * depth and length. Other files are left out. Without a document that names its notation, those with a suffix of models
 * stand for them.
 */
export function documentsAmong(files: Files): readonly string[] {
  const found = files.filter(([path, bytes]) => !isAside(path) && whatIs(path, startOf(bytes)).notation !== undefined);
  if (found.length === 0)
    return files.flatMap(([path, bytes]) => {
      const { kind, title } = whatIs(path, startOf(bytes));
      const isText = kind === 'recording' && title === unknownFile && files.length === 1;
      return kind === 'model' || isText ? [path] : [];
    });
  const named = namedIn(found);
  const rank = (path: string): readonly number[] => [
    Number(named.has(nameOf(path))),
    path.split('/').length,
    path.length,
  ];
  return found
    .map(([path]) => ({ path, ranks: rank(path) }))
    .sort(({ ranks: one }, { ranks: other }) => one.map((x, k) => x - (other[k] ?? 0)).find((x) => x !== 0) ?? 0)
    .map(({ path }) => path);
}
