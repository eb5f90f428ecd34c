/** Long lists of a script, kept in a file beside it. */

import { list, quoted, type Source } from '../../shared/python.js';

/** Lists with more items than this go to the companion file. */
const longestInline = 40;

/** Collects the arrays of a script that are too long to stand in it. */
export class Companion {
  readonly #arrays: Record<string, readonly number[]> = {};

  /** Python code of a list: the list itself, or a look-up of `key` in the companion file. */
  list(values: readonly number[], key: string): Source {
    if (values.length <= longestInline) return list(values.map(String));
    this.#arrays[key] = values;
    return `data[${quoted(key)}]`;
  }

  /** Whether no list was long enough to be kept beside the script. */
  get isEmpty(): boolean {
    return Object.keys(this.#arrays).length === 0;
  }

  /** The file's text: JSON, whose numbers read back to the same doubles. */
  get text(): string {
    return `${JSON.stringify(this.#arrays)}\n`;
  }
}
