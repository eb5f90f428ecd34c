/** The title of a page about a model. */

import type { Model } from '../model/model.js';
import { unnamed } from '../../translators/shared/documentation.js';

/** Names that tell nothing about a model. */
const emptyNames: readonly string[] = ['', unnamed, 'net', 'network'];

/** Names of files that tell nothing about their model, but perhaps their folder does. */
const emptyFiles = /^(?:(?:circuit_|simulation_)?config|index|main|model|net|network)$/i;

/** Returns the title in the metadata of a model, else its name, else one made of the path of its file. */
export const modelTitle = ({ name, metadata }: Pick<Model, 'name' | 'metadata'>, file: string): string =>
  metadata.title ?? (emptyNames.includes(name.toLowerCase()) ? titleOfFile(file) : name);

/** Returns the name of a file without its endings, or the name of its folder, with blanks between words. */
function titleOfFile(path: string): string {
  const [folder = '', file = ''] = ['', ...path.split(/[/\\]/)].slice(-2);
  const stem = file.replace(/\.[\w.]+$/, '');
  return (emptyFiles.test(stem) && folder !== '' ? folder : stem).replaceAll(/[-_]+/g, ' ').trim();
}
