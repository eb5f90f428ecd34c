/** What the parts of a script share: long lists, kept in a file beside it, and whether objects have names of their own. */

import { evenNumbers, list, quoted, type Source } from '../../shared/python.js';
import { pythonName } from './python-text.js';

/** Lists with more items than this go to the companion file. */
const longestInline = 40;

/** Collects the arrays of a script that are too long to stand in it. */
export class Companion {
  readonly #arrays: Record<string, readonly number[]> = {};

  /** @param isNamed  whether all objects need names; else those whose variables are not called like them */
  constructor(private readonly isNamed: boolean) {}

  /** The argument that names an object, where it needs one. */
  nameOf(name: string): readonly Source[] {
    return this.isNamed || pythonName(name) !== name ? [`name=${quoted(name)}`] : [];
  }

  /** Python code of a list: the list itself, or a look-up of `key` in the companion file. */
  list(values: readonly number[], key: string): Source {
    return evenNumbers(values) ?? this.#listed(values, key);
  }

  /** As `list`, of the numbers of elements: the same one again and again, or some at equal distances, are said in short. */
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

  /** Whether no list was long enough to be kept beside the script. */
  get isEmpty(): boolean {
    return Object.keys(this.#arrays).length === 0;
  }

  /** The file's text: JSON, whose numbers read back to the same doubles. */
  get text(): string {
    return `${JSON.stringify(this.#arrays)}\n`;
  }
}
