/** Generated C does not grow with the number of populations and projections of a type, but for its tables. */

import { describe, expect, test } from 'vitest';
import { generateC } from '../../../src/codegen/c/generate.js';
import { ring } from '../../support/ring.js';
import { lowered } from '../../support/simulate.js';

/** Removes comments, tables of constants and the list of the network's buffers from a source. */
function code(source: string): string {
  return source
    .replace(/\/\*[^]*?\*\//g, '')
    .replace(/^(?: *static const [^;{}]*\[[^\]]*\](?:\[2\])? =\s*)\{[^;]*\};/gm, '')
    .replace(/^struct network \{[^]*?^\};/m, '');
}

/** Counts statements and declarations, except for copies from a member's row. */
const statements = (source: string): number =>
  [
    ...code(source)
      .replace(/^struct \w+_member \{[^}]*\};/gm, '')
      .replace(/^ *[^\n]*= (?:member->\w+|pointer_at\(network,\s*member->\w+\));/gm, '')
      .matchAll(/[;{]/g),
  ].length;

const functions = (source: string): readonly string[] =>
  [...code(source).matchAll(/^static[^;=]*?\b(\w+)\(struct network \*network/gm)].map(([, name]) => name ?? '');

describe('the C source of a ring of populations', () => {
  const of = (count: number): string => generateC(lowered(ring(count)).program).source;
  const two = of(2);
  const hundred = of(100);

  test('has the same functions for 100 populations and 200 projections as for 2 and 4', () => {
    expect(functions(hundred)).toEqual(functions(two));
    expect(functions(two).filter((name) => name.startsWith('kernel_deliver'))).toEqual([
      'kernel_deliver_pre',
      'kernel_deliver_pre_pre',
      'kernel_deliver_pre_2',
      'kernel_deliver_post_post',
      'kernel_deliver_post',
    ]);
  });

  test('has as many statements', () => {
    expect(statements(hundred)).toBe(statements(two));
  });

  test('has tables that name their members', () => {
    expect(hundred).toMatch(/^ {2}\/\* fixed99 \*\/ \{.*PLACE\(fixed99_segments\)/m);
    expect(hundred.length).toBeLessThan(50 * two.length);
  });

  test('but for tables is a small part of the whole', () => {
    expect(code(hundred).length).toBeLessThan(1.02 * code(two).length);
    expect(code(hundred).length).toBeLessThan(hundred.length / 5);
  });
});
