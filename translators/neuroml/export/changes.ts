/** What is at hand while a kept document is changed into one that says a model. */

import { isGiven } from '../../../src/model/tagged.js';
import { numbersOf } from '../../../src/model/arrays.js';
import type { ArrayValue, Model, ValidModel, Value } from '../../../src/model/model.js';
import { Ids, type CellPlan } from './context.js';
import type { Functions } from '../../../src/lang/evaluate.js';
import type { KeptTree, Node } from './kept-tree.js';
import type { ReadBack } from './read-back.js';
import type { Element } from './xml-text.js';

/** Something of a model that the changed document does not say. */
export interface Loss {
  /** JSON pointer into the canonical model. */
  readonly pointer: string;
  /** What differs, as a sentence. */
  readonly message: string;
}

/** A kept document, what it says as it is, and what it is to say. */
export class Changes {
  readonly #set = new Map<Node, Map<string, string>>();
  readonly #losses: Loss[] = [];
  readonly #ids: Ids;
  /** Elements that stand before all others at the end. */
  readonly added: Element[] = [];
  /** Populations whose cells are of generated types, with what these are, and projections whose synapses are. */
  readonly replaced = { populations: new Map<string, CellPlan>(), projections: new Set<string>() };
  /** Parts of the model that generated types stand for. */
  readonly generated: string[] = [];

  constructor(
    readonly tree: KeptTree,
    readonly before: ReadBack,
    readonly valid: ValidModel,
    readonly functions: Functions,
  ) {
    this.#ids = new Ids();
    for (const id of before.lems.byId.keys()) this.#ids.claim(id);
    for (const name of before.lems.types.keys()) this.#ids.claim(name);
  }

  /** Names that nothing in the document has. */
  get ids(): Ids {
    return this.#ids;
  }

  /** An id that the document does not have, like the one wanted; it is taken from now on. */
  freeId(wanted: string): string {
    return this.#ids.claim(wanted);
  }

  /** Notes that something is not said. */
  lose(pointer: string, message: string): void {
    this.#losses.push({ pointer, message });
  }

  /** What could not be said so far. */
  get losses(): readonly Loss[] {
    return this.#losses;
  }

  /** The model that the kept document says as it is. */
  get old(): Model {
    return this.before.valid.model;
  }

  /** The model that it is to say. */
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
    return isGiven(value) && value.columns === undefined ? this.numbers(value.array) : undefined;
  }
}
