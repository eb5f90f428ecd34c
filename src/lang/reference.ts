/** What names stand for by their spelling: the one place where names are taken apart at their dots. */

import type { Reference } from './ast.js';

/** What a name stands for: `pre.v` and `post.v` for variables of ends, any other for one of the code's owner. */
export function referenceOf(name: string): Reference {
  const dot = name.indexOf('.');
  const end = dot < 0 ? '' : name.slice(0, dot);
  return end === 'pre' || end === 'post'
    ? { kind: 'end', end, variable: name.slice(dot + 1) }
    : { kind: 'own', variable: name };
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
