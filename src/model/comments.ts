/**
 * Comments of the document that a model was read from, with the parts that they are about: the annotation `comments`,
 * by JSON pointer. Recordings are called by their names there, and phases by how many runs are before them
 * (`/experiment/runs/0`), which all notations have in the same order.
 */

import { segments } from './pointer.js';

/** The annotation that holds them. */
export const commentsKey = 'comments';

/** Comments that a writer has not yet placed. */
export class Comments {
  readonly #left: Map<string, string>;

  /** @param annotations  of the model; an entry of another form is not a comment */
  constructor(annotations: Readonly<Record<string, unknown>> | undefined) {
    const given = annotations?.[commentsKey];
    const entries = typeof given === 'object' && given !== null ? Object.entries(given) : [];
    this.#left = new Map(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
  }

  /** Returns the comment on a part itself. */
  take(pointer: string): readonly string[] {
    const text = this.#left.get(pointer);
    this.#left.delete(pointer);
    return text === undefined ? [] : text.split('\n');
  }

  /** Takes the comments on a part and on its members, which are prefixed with the member's name. */
  takeAll(pointer: string): readonly string[] {
    const inner = [...this.#left.keys()].filter((known) => known.startsWith(`${pointer}/`));
    return [
      ...this.take(pointer),
      ...inner.flatMap((inside) => {
        const [first = '', ...more] = this.take(inside);
        const name = segments(inside).at(-1) ?? '';
        return [/^\d*$/.test(name) ? first : `${name}: ${first}`, ...more];
      }),
    ];
  }

  /** Returns all that are left. */
  takeRest(): readonly string[] {
    return [...this.#left.keys()].flatMap((pointer) => this.take(pointer));
  }
}
