/**
 * Barriers of OpenCL kernels. PoCL 3.1 takes the path of a group's first work-item after a barrier that other
 * work-items do not pass, so that spiking elements of a group may not be reset. A barrier for flags is therefore never
 * in a branch or loop, or after a return.
 */

import { someOf } from '../../../support/effort.js';
import { describe, expect, test } from 'vitest';
import { generateOpencl } from '../../../../src/codegen/c/device/generate.js';
import { documentsIn, loadDocument } from '../../../fixtures/documents.js';
import '../../../../translators/brian/road.js';
import '../../../../translators/neuroml/road.js';

/** Returns the bodies of the kernels with an element for each work-item, by name. */
function kernelsOfElements(source: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  const lines = source.split('\n');
  lines.forEach((line, first) => {
    if (!line.includes('reqd_work_group_size(GROUP_SIZE')) return;
    const name = /void (\w+)\(/.exec(lines.slice(first, first + 2).join(' '))?.[1] ?? '';
    found.set(name, lines.slice(first, lines.indexOf('}', first)));
  });
  return found;
}

/** The lines with a barrier that some work-groups may not pass. */
function conditional(body: readonly string[]): readonly string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  let left = false;
  body.forEach((line, k) => {
    const text = line.trim();
    if (text.startsWith('}')) open.pop();
    if (
      /\b(?:store_flags|sync_team)\(/.test(text) &&
      (left || open.some((head) => /^(?:\} )?(?:if|else|for|while|do)\b/.test(head)))
    )
      wrong.push(text);
    if (/\breturn;/.test(text)) left = true;
    if (text.endsWith('{')) open.push(text === '{' ? (body[k - 1] ?? '').trim() : text);
  });
  return wrong;
}

const documents = ['brian', 'model', 'model/hard', 'neuroml', 'pynn', 'readme']
  .map((folder) => `fixtures/${folder}`)
  .flatMap(documentsIn)
  .filter(({ refused }) => refused === undefined);

describe('work-items that store flags meet on the only path through their kernel', () => {
  const cases = documents.map((document) => ({ name: document.path, document }));
  test.each(someOf(cases, 4, 'documents'))('$name', ({ document }) => {
    const { source } = generateOpencl(loadDocument(document, 'float64').program, 'split');
    for (const [name, body] of kernelsOfElements(source)) expect([name, ...conditional(body)]).toEqual([name]);
  });

  test('a barrier in a branch, in a loop or after a way out is found', () => {
    const flags = 'store_flags(mask, flags, flag, index, end);';
    expect(conditional(['{', 'if (part < 1u)', '{', flags, '}', '}'])).toEqual([flags]);
    expect(conditional(['{', 'for (uint k = 0u; k < 2u; k += 1u) {', flags, '}', '}'])).toEqual([flags]);
    expect(conditional(['{', 'if (is_stopped(arena, step)) return;', flags, '}'])).toEqual([flags]);
    expect(conditional(['{', '/* tests */', '{', flags, '}', '}'])).toEqual([]);
  });
});
