import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { words } from '../../../translators/pynn/vocabulary.js';

const page = readFileSync(new URL('../../../docs/pynn-conformance.md', import.meta.url), 'utf8');
/** Documents have the parts of the listed classes, or their connections elsewhere. */
const parts = new Set(['native']);

test.each(Object.keys(words))('the page of conformance has each %s', (kind) => {
  const classes = Object.keys(words[kind] ?? {}).filter((name) => !parts.has(name));
  expect(classes.filter((name) => !new RegExp(`\\b${name}\\b`).test(page))).toEqual([]);
});
