/** Elements of random documents: components under fresh ids, and numbers with units. */

import type { Random } from '../random.js';
import { between } from './draw.js';

/** Attributes of an element; undefined attributes are left out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** An element as text, with its children on lines of their own. */
export function element(tag: string, attributes: Attributes, children: readonly string[] = []): string {
  const words = Object.entries(attributes).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}="${value}"`],
  );
  const head = ['<' + tag, ...words].join(' ');
  return children.length === 0 ? `${head}/>` : `${head}>\n${children.join('\n')}\n</${tag}>`;
}

/** A document that is being drawn. */
export interface Draft {
  readonly random: Random;
  /** Components and types at the top of the document, in order. */
  readonly top: string[];
  /** An unused id. */
  fresh(stem: string): string;
}

export function draftOf(random: Random): Draft {
  const taken = new Set<string>();
  return {
    random,
    top: [],
    fresh: (stem) => {
      let k = 0;
      while (taken.has(`${stem}${k}`)) k++;
      taken.add(`${stem}${k}`);
      return `${stem}${k}`;
    },
  };
}

/** Adds a component at the top. @returns its id */
export function component(
  draft: Draft,
  type: string,
  attributes: Attributes,
  children: readonly string[] = [],
): string {
  const id = draft.fresh(type.replace(/[^A-Za-z]/g, '').slice(0, 6));
  draft.top.push(element(type, { id, ...attributes }, children));
  return id;
}

/** A number between two bounds, with a unit. */
export const quantity = (random: Random, low: number, high: number, unit: string): string =>
  `${between(random, low, high)}${unit}`;
