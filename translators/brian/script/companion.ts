/**
 * Data shared by the parts of a script: long lists, which are kept in a companion file, and whether objects have their
 * own names.
 */

import { evenNumbers, list, quoted, type Source } from '../../shared/python.js';
import { pythonName } from './python-text.js';

/** Lists with more items than this go to the companion file. */
const longestInline = 40;

/** Collects the arrays that are too long for the script. */
export class Companion {
  readonly #arrays: Record<string, readonly number[]> = {};

  /** @param isNamed  whether all objects need names; otherwise only objects with a different variable name do */
  constructor(private readonly isNamed: boolean) {}

  /** Returns the argument that names an object, if it needs one. */
  nameOf(name: string): readonly Source[] {
    return this.isNamed || pythonName(name) !== name ? [`name=${quoted(name)}`] : [];
  }

  /** Returns Python code of a list: the list itself, or a look-up of `key` in the companion file. */
  list(values: readonly number[], key: string): Source {
    return evenNumbers(values) ?? this.#listed(values, key);
  }

  /** Returns code as `list` does, for numbers of elements. Repeated numbers and equal distances are abbreviated. */
  indices(values: readonly number[], key: string): Source {
    const [first = 0, second = first] = values;
    const step = second - first;
    const even = values.length > 2 && values.every((value, k) => value === first + k * step);
    if (even && step === 0) return `[${first}] * ${values.length}`;
    if (!even || step < 0) return this.#listed(values, key);
    const end = first + (values.length - 1) * step + 1;
    const bounds = first === 0 && step === 1 ? [end] : [first, end, ...(step === 1 ? [] : [step])];
    return `np.arange(${bounds.join(', ')})`;
  }

  #listed(values: readonly number[], key: string): Source {
    if (values.length <= longestInline) return list(values.map(String));
    this.#arrays[key] = values;
    return `data[${quoted(key)}]`;
  }

  /** Whether all lists were short enough to stay in the script. */
  get isEmpty(): boolean {
    return Object.keys(this.#arrays).length === 0;
  }

  /** The file's text in JSON. Its numbers read back to the same doubles. */
  get text(): string {
    return `${JSON.stringify(this.#arrays)}\n`;
  }
}
