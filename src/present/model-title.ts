/** The title of a page about a model. */

import type { Model } from '../model/model.js';
import { unnamed } from '../../translators/shared/documentation.js';

/** Names that tell nothing about a model. */
const emptyNames: readonly string[] = ['', unnamed, 'net', 'network'];

/** Returns the title in the metadata of a model, else its name, else the name of its file. */
export const modelTitle = ({ name, metadata }: Pick<Model, 'name' | 'metadata'>, file: string): string =>
  metadata.title ?? (emptyNames.includes(name.toLowerCase()) ? file : name);
