/** The figures of a result in a bundle: its picture, and a page about it. */

import { basename, extname, parse } from 'node:path';
import { textFile, type BundleFile } from '../bundle/contents.js';
import type { ImportedModel } from '../pipeline/read/imported-model.js';
import { drawPictureOf } from './draw-picture.js';
import { reportPage } from './report-page.js';

/** Draws the figures of a result. @param packed  its path in the bundle */
export async function figuresOf(path: string, packed: string, imported: ImportedModel): Promise<readonly BundleFile[]> {
  const figure = `figures/${parse(basename(path)).name}${extname(path).replace('.', '-')}`;
  const picture = await drawPictureOf(path, { importModel: () => imported });
  const page = await reportPage(path, { model: () => Promise.resolve(imported), file: packed });
  return [
    textFile(`${figure}.svg`, picture, 'figure', `picture of ${packed}`),
    textFile(`${figure}.html`, page, 'figure', `page about ${packed}, for a browser`),
  ];
}
