/** Resolves names by their spelling; the only place that splits names at dots. */

import type { Reference, Side } from './ast.js';

/**
 * Returns the reference of a name: `pre.v` and `post.v` are variables of ends, any other is a variable of the code's
 * owner.
 */
export function referenceOf(name: string): Reference {
  const dot = name.indexOf('.');
  const end = dot < 0 ? '' : name.slice(0, dot);
  return end === 'pre' || end === 'post'
    ? { kind: 'end', end, variable: name.slice(dot + 1) }
    : { kind: 'own', variable: name };
}

/** Returns the end that a name is of; undefined for names of the code's owner. */
export function sideOf(name: string): Side | undefined {
  const reference = referenceOf(name);
  return reference.kind === 'end' ? reference.end : undefined;
}

/** How a reference is spelt. */
export function spelling(reference: Reference): string {
  switch (reference.kind) {
    case 'own':
      return reference.variable;
    case 'end':
      return `${reference.end}.${reference.variable}`;
    default:
      return reference satisfies never;
  }
}
