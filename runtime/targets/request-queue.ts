/** The order of requests to a session. */

import { InvariantError } from '../../src/diagnostics/diagnostic.js';

/**
 * Performs requests one after another: a read waits for the run before it. If the queue is empty, a request begins
 * within the call, so that a target computes while its caller continues.
 */
export class RequestQueue {
  readonly #place: string;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #closed = false;

  /** @param place  the part of the program that internal errors name */
  constructor(place: string) {
    this.#place = place;
  }

  /** Whether no request begins any more. */
  get closed(): boolean {
    return this.#closed;
  }

  /** @throws InvariantError in the promise, if the queue is closed before the request's turn */
  add<Result>(request: () => Result | Promise<Result>): Promise<Result> {
    const perform = async (): Promise<Result> => {
      if (this.#closed) throw new InvariantError(this.#place, 'the session was disposed');
      return request();
    };
    const result = this.#waiting === 0 ? perform() : this.#last.then(perform);
    this.#waiting += 1;
    const ended = (): void => {
      this.#waiting -= 1;
    };
    this.#last = result.then(ended, ended);
    return result;
  }

  /** Lets no other request begin, and waits for the one that is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#last;
  }
}
