import { readFileSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';

const folder = new URL('./', import.meta.url);
const here = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
  (name) => name.endsWith('.test.ts') && name !== 'messages.test.ts',
);
/** The present file, and the table of slips in cells with compartments. */
const tests = [...here, '../pipeline/bad-cells.test.ts']
  .map((name) => readFileSync(new URL(name, folder), 'utf8'))
  .join('\n');

/** Codes written out in a source file. */
function codesIn(path: string): string[] {
  const text = readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
  return [
    ...new Set(
      [...text.matchAll(/(?<=['`]|warning |note )(?:model|read|\$\{stage\})\/[a-z-]*[a-z](?![a-z-])(?!-\$)/g)].map(
        ([code]) => code.replace('${stage}', 'model'),
      ),
    ),
  ];
}

test.each([...codesIn('src/model/messages.ts'), ...codesIn('src/model/schema/schema-findings.ts')])(
  '%s is asserted by a test',
  (code) => {
    expect(new RegExp(`['\` ]${code}[ @'\`:]`).test(tests)).toBe(true);
  },
);
