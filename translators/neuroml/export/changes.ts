/** What is at hand while a kept document is changed into one that says a model. */

import type { ArrayValue, Model, ValidModel, Value } from '../../../src/model/model.js';
import type { KeptTree, Node } from './kept-tree.js';
import type { ReadBack } from './read-back.js';
import { numbersOf } from './values.js';

/** A kept document, what it says as it is, and what it is to say. */
export class Changes {
  readonly #set = new Map<Node, Map<string, string>>();

  constructor(
    readonly tree: KeptTree,
    readonly before: ReadBack,
    readonly valid: ValidModel,
  ) {}

  get old(): Model {
    return this.before.valid.model;
  }

  get wanted(): Model {
    return this.valid.model;
  }

  /** Gives an attribute another value; false where another change gave it yet another. */
  set(node: Node, attribute: string, text: string): boolean {
    let known = this.#set.get(node);
    if (!known) this.#set.set(node, (known = new Map<string, string>()));
    const earlier = known.get(attribute);
    known.set(attribute, text);
    node.attributes[attribute] = text;
    return earlier === undefined || earlier === text;
  }

  /** Numbers of the model. */
  numbers(value: ArrayValue): ArrayLike<number> {
    return numbersOf(value, this.valid.data);
  }

  /** A value that is one number or one for each; undefined for other values. */
  numeric(value: Value | undefined): number | ArrayLike<number> | undefined {
    if (typeof value === 'number') return value;
    return typeof value === 'object' && 'array' in value && value.columns === undefined ? this.numbers(value.array) : undefined;
  }
}
