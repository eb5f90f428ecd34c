/** Documents that carry the model that they were converted from (`../origin.ts`). */

import { hashModel } from '../model/hash.js';
import type { ValidModel } from '../model/model.js';
import { readDocument } from '../model/text/read.js';
import { Diagnostics } from '../diagnostics/diagnostic.js';
import { noFiles, type IncludeHost } from '../../translators/shared/include-host.js';
import { jsonText } from './json-text.js';
import { digestText, markupWithOrigin, originBeside, packedModel, treeWithOrigin } from '../pipeline/read/origin.js';
import { importModel } from '../pipeline/import-model.js';
import { loadMarkup } from '../pipeline/read/read-markup.js';
import { targetOf, type TargetNotation } from './target-notations.js';
import { documentText } from './document-text.js';
import { mainOf, type ConvertedFile, type Exported } from '../../translators/shared/writing.js';

/** A file with its whole text. */
interface TextFile {
  readonly name: string;
  readonly text: string;
  readonly isMain: boolean;
}

/** Longer documents, in characters, carry no model. */
const longestDocument = 200e6;

/** Longer documents, in characters, are not read again to find out that they are the same model without help. */
const longestCompared = 5e6;

/** Returns a conversion with a document that carries the model, unless the document expresses all of it. */
export async function withOrigin(exported: Exported, valid: ValidModel, to: TargetNotation): Promise<Exported> {
  const { origin } = targetOf(to);
  if (origin === 'none' || exported.files.length === 0) return exported;
  if (exported.files.some(({ name }) => name.endsWith('.parquet')))
    return leftOut(exported, 'its connections are in tables');
  const files = textsOf(exported.files);
  if (files === undefined) return leftOut(exported, `it is longer than ${longestDocument / 1e6} MB`);
  const length = files.reduce((sum, { text }) => sum + text.length, 0);
  if (origin === 'inside' && length <= longestCompared && saysAll(files, exported, valid)) return exported;
  const model = packedModel(valid);
  if (model === undefined) return leftOut(exported, 'the model is too large');
  if (origin === 'beside') {
    const { name, document } = originBeside(files, model);
    return { ...exported, files: [...exported.files, { name, text: jsonText(document) }] };
  }
  if (exported.files.some(({ bytes }) => bytes)) return leftOut(exported, 'its network is in HDF5');
  if (model.length > length) return leftOut(exported, 'the model is longer than the document');
  const main = mainOf(files)!;
  const text = await textWithOrigin(main, files, model);
  if (text === undefined) return leftOut(exported, 'none of its files defines the type annotation');
  return {
    ...exported,
    files: exported.files.map((file) =>
      file.name === main.name ? { name: file.name, text, ...(file.isMain ? { isMain: true as const } : {}) } : file,
    ),
  };
}

/** Returns the files of a conversion; undefined if they are too long. */
function textsOf(files: readonly ConvertedFile[]): readonly TextFile[] | undefined {
  let length = 0;
  const texts: TextFile[] = [];
  for (const { name, bytes, isMain = false, ...file } of files) {
    if (bytes) {
      texts.push({ name, text: digestText(bytes), isMain });
      continue;
    }
    const pieces: string[] = [];
    for (const piece of file.pieces ?? [file.text]) {
      length += piece.length;
      if (length > longestDocument) return undefined;
      pieces.push(piece);
    }
    texts.push({ name, text: pieces.join(''), isMain });
  }
  return texts;
}

const isXml = ({ text }: TextFile): boolean => text.startsWith('<');

/** Returns the text of a document that carries a model; undefined for a notation without annotations. */
async function textWithOrigin(main: TextFile, files: readonly TextFile[], model: string): Promise<string | undefined> {
  if (!isXml(main)) return documentText(treeWithOrigin(readDocument(main.text, main.name).value, model), main.name);
  const markup = loadMarkup({ ...main, host: hostOf(files) }, {}, new Diagnostics());
  return markup === null ? undefined : markupWithOrigin(main.text, markup, model);
}

const hostOf = (files: readonly TextFile[]): IncludeHost => ({
  ...noFiles,
  locate: (path) => (files.some(({ name }) => name === path) ? path : null),
  allows: () => true,
  read: (real) => ({ text: files.find(({ name }) => name === real)?.text ?? '' }),
});

/** Checks whether reading the documents as they stand gives the model. */
function saysAll(files: readonly TextFile[], { data }: Exported, valid: ValidModel): boolean {
  const main = mainOf(files)!;
  try {
    const source = { ...main, ...(isXml(main) ? { host: hostOf(files) } : {}) };
    return importModel(source, { origin: false, data }).hashes.experiment === hashModel(valid.model).experiment;
  } catch {
    // A document with omitted parts need not be a model.
    return false;
  }
}

const leftOut = (exported: Exported, why: string): Exported => ({
  ...exported,
  report: [
    ...exported.report,
    {
      verdict: 'exact',
      code: 'origin/left-out',
      pointer: '',
      message: `the document does not carry the model that it was converted from: ${why}`,
    },
  ],
});
