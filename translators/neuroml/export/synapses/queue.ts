/**
 * Delayed values within one instance, as LEMS can keep them: a row of variables with times of arrival, the latest
 * first.
 */

import { second } from '../../../../src/lang/dimension.js';
import type { Dimension } from '../../../../src/lang/ast.js';
import type { TypeBuilder } from '../type-builder.js';
import { element, type Element } from '../text/xml-text.js';

/** Most values that may be under way at once; more would make each step slow. */
export const mostUnderWay = 8;

/** Values under way to their cell within one instance, with their times of arrival. */
export class Queue {
  readonly #due: readonly string[];
  readonly #values: readonly string[];

  /** @param dimension  of the values; null if only their times of arrival matter */
  constructor(
    label: string,
    dimension: Dimension | null,
    private readonly builder: TypeBuilder,
  ) {
    const places = Array.from({ length: mostUnderWay }, (_, k) => k);
    this.#due = places.map((k) => builder.state(`due ${label} ${k}`, second, false));
    this.#values = dimension ? places.map((k) => builder.state(`under way ${label} ${k}`, dimension, false)) : [];
  }

  /** Actions that put one more under way. */
  push(due: string, value?: string): readonly Element[] {
    const { builder } = this;
    const moved = (row: readonly string[]): Element[] =>
      row
        .slice(1)
        .map((name, k) => builder.assign(name, row[k] ?? ''))
        .reverse();
    const [firstDue = ''] = this.#due;
    const [firstValue] = this.#values;
    return [
      ...moved(this.#due),
      ...moved(this.#values),
      builder.assign(firstDue, due),
      ...(firstValue === undefined || value === undefined ? [] : [builder.assign(firstValue, value)]),
    ];
  }

  /** Adds the conditions for the arrival of pending values. */
  arrive(actions: (value: string) => readonly Element[]): void {
    const { builder } = this;
    const half = builder.halfStep;
    this.#due.forEach((due, k) => {
      const test = `(${due} .gt. 0) .and. (t .gt. (${due} - ${half}))`;
      builder.conditions.push(
        element('OnCondition', { test }, [builder.assign(due, '0'), ...actions(this.#values[k] ?? '')]),
      );
    });
  }
}
