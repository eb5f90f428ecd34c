/**
 * Converts each fixture to each other notation, and compares the verdicts with the table in docs/conversion.md, the log
 * next to this file and the support matrix, which share conversions. UPDATE_CONVERSION=1 writes all three.
 */

import { askedEffort, slow, triesAll } from '../support/effort.js';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../support/import-graph.js';
import { cellOf, fixturesOf, recordVerdicts, takesLong, targets, type Cell, type Fixture } from './conversions.js';
import { supportPage } from './support.js';
import '../../src/notations.js';

const pagePath = join(root, 'docs/conversion.md');
const path = join(root, 'test/docs/conversions.md');
const notations = ['brian', 'pynn', 'neuroml', 'canonical'] as const;
const names = { brian: 'Brian', pynn: 'PyNN', neuroml: 'NeuroML and LEMS', canonical: 'canonical' } as const;
const thorough = askedEffort === 'thorough';
const updating = process.env['UPDATE_CONVERSION'] === '1';
/** Verdicts of the table. */
const verdicts = [
  'exact',
  'the same model',
  'the same model as far as it acted',
  'another model',
  'no limit',
  'not decided',
] as const;

const cells: Cell[] = [];

beforeAll(async () => {
  for (const from of ['brian', 'pynn', 'neuroml'] as const)
    for (const fixture of fixturesOf(from))
      for (const to of notations) {
        if (!thorough && takesLong(fixture, to)) {
          cells.push(asWritten(fixture, to));
          continue;
        }
        cells.push(await cellOf(fixture, to));
      }
}, 3_600_000);
afterAll(recordVerdicts);

/** A cell as the page states it: for conversions that run only with INTERNEURON_TESTS=thorough. */
function asWritten({ name: fixture, from }: Fixture, to: Cell['to']): Cell {
  const lines = readFileSync(path, { encoding: 'utf8', flag: 'a+' }).split('\n');
  const columns = (start: string): string[] | undefined =>
    lines
      .find((line) => line.startsWith(start))
      ?.split(/(?<!\\)\|/)
      .map((column) => column.trim());
  const text = columns(`| ${fixture} | `)?.[2 + notations.indexOf(to)] ?? '';
  const [reason, stated = ''] = columns(`| ${fixture} | ${names[to]} | `)?.slice(3) ?? [];
  // The longest word first: one begins with another.
  const outcome = (['incomplete', ...verdicts] as const)
    .toSorted((a, b) => b.length - a.length)
    .find((one) => text.startsWith(one));
  return {
    fixture,
    from,
    to,
    outcome: outcome ?? 'refused',
    portable: text.includes('not portable') ? 'no' : text.includes('NESTML') ? 'nestml' : 'yes',
    sameHash: text.startsWith('**'),
    backAgain: text.endsWith('and back'),
    reasons: [reason, ...(stated === '' ? [] : stated.split('; '))].flatMap((text) => text?.replaceAll('\\', '') ?? []),
    errors: [],
  };
}

const portability: Readonly<Record<Cell['portable'], readonly string[]>> = {
  yes: [],
  nestml: ['through NESTML'],
  no: ['not portable'],
};

/** A cell as text. */
function textOf(cell: Cell): string {
  const words = [cell.sameHash ? '**same hash**' : cell.outcome, ...portability[cell.portable]];
  return [...words, ...(cell.backAgain && !cell.sameHash ? ['and back'] : [])].join(', ');
}

const summaryOf = (own: readonly Cell[]): string => {
  const count = (test: (cell: Cell) => boolean): number => own.filter(test).length;
  return [
    count(({ sameHash }) => sameHash),
    ...verdicts.map((verdict) => count(({ sameHash, outcome }) => !sameHash && outcome === verdict)),
    count(({ outcome }) => outcome === 'incomplete' || outcome === 'refused'),
    count(({ portable }) => portable === 'no'),
    count(({ backAgain, sameHash }) => backAgain && !sameHash),
  ].join(' | ');
};

const escaped = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '\\<').replaceAll('*', '\\*');

/** The table of docs/conversion.md, and the log of all conversions. */
function written(): { readonly table: string; readonly log: string } {
  const pairs = notations.flatMap((from) =>
    notations.flatMap((to) => {
      const own = cells.filter((cell) => cell.from === from && cell.to === to);
      return own.length === 0 ? [] : [`| ${names[from]} | ${names[to]} | ${summaryOf(own)} |`];
    }),
  );
  const fixtures = [...new Set(cells.map(({ fixture }) => fixture))];
  const rows = fixtures.map((fixture) => {
    const own = notations.map((to) => cells.find((cell) => cell.fixture === fixture && cell.to === to));
    return `| ${fixture} | ${own.map((cell) => (cell === undefined ? '' : textOf(cell))).join(' | ')} |`;
  });
  const withOutcome = (...outcomes: readonly Cell['outcome'][]): readonly Cell[] =>
    cells.filter(({ outcome, sameHash }) => !sameHash && outcomes.includes(outcome));
  const others = withOutcome('the same model as far as it acted', 'another model', 'no limit', 'not decided').map(
    ({ fixture, to, reasons: [verdict = '', ...stated] }) =>
      `| ${fixture} | ${names[to]} | ${escaped(verdict)} | ${escaped(verdict.startsWith('another') ? stated.join('; ') : '')} |`,
  );
  const leftOut = withOutcome('incomplete', 'refused').map(({ fixture, to, reasons: [first = '', ...more] }) => {
    const rest = more.length === 0 ? '' : ` (and ${more.length} more)`;
    return `| ${fixture} | ${names[to]} | ${escaped(first)}${rest} |`;
  });
  return {
    table: `| from | to | same hash | ${verdicts.join(' | ')} | incomplete or refused | not portable | and back |
|---|---|---|${'---|'.repeat(verdicts.length + 3)}
${pairs.join('\n')}

${inAll()}`,
    log: `# Conversions of the fixtures

Written by \`UPDATE_CONVERSION=1 npx vitest run test/docs/conversion.test.ts\`, which also reads every document again.
[Conversion](../../docs/conversion.md) explains the verdicts.

| fixture | ${notations.map((to) => names[to]).join(' | ')} |
|---|---|---|---|---|
${rows.join('\n')}

## Other verdicts

The measured reason of each conversion that is not shown to be the same model. For another model, the differences that the report states are beside it, without conventions of a step.

| fixture | to | verdict | stated |
|---|---|---|---|
${others.join('\n')}

## What is left out

The first reason of each incomplete or refused conversion.

| fixture | to | left out |
|---|---|---|
${leftOut.join('\n')}
`,
  };
}

/** Returns the number of conversions into another notation that are the same model, and are run by a simulator. */
function inAll(): string {
  const foreign = cells.filter(({ from, to }) => to !== 'canonical' && from !== to);
  const same = foreign.filter(
    ({ sameHash, outcome }) => sameHash || outcome === 'exact' || outcome === 'the same model',
  );
  const count = (portable: Cell['portable']): number => same.filter((cell) => cell.portable === portable).length;
  return (
    `Of the ${foreign.length} conversions from Brian, PyNN, and NeuroML and LEMS to another of these, ${count('yes')} are the same model in ` +
    `the terms of the notation's own simulators, ${count('nestml')} more through NESTML, and ${count('no')} only for interneuron's backend.`
  );
}

// Converting every fixture to every notation takes a while; single conversions have tests of their own.
describe.skipIf(!triesAll && !updating)(slow('docs/conversion.md'), () => {
  it('states the outcome of each conversion', () => {
    const { table, log } = written();
    const page = readFileSync(pagePath, 'utf8').replace(/^\| from \| to[\s\S]*?^Of the .*$/m, () => table);
    if (updating) {
      writeFileSync(path, log);
      writeFileSync(pagePath, page);
    }
    expect(readFileSync(path, 'utf8')).toBe(log);
    expect(readFileSync(pagePath, 'utf8')).toBe(page);
    expect(page).toContain(table);
  });

  it('every other model is a difference that the report states', () => {
    const stated = cells.filter(({ outcome, sameHash }) => !sameHash && outcome === 'another model');
    expect(stated.filter(({ reasons }) => reasons.length < 2)).toEqual([]);
  });

  it('every document that is written reads again', () => {
    expect(cells.filter(({ errors }) => errors.length > 0)).toEqual([]);
  });

  it('gives reasons for every incomplete conversion', () => {
    expect(cells.filter(({ outcome, reasons }) => outcome === 'incomplete' && reasons.length === 0)).toEqual([]);
  });

  it('keeps the hash of a model written in its own notation', () => {
    const own = cells.filter(({ from, to }) => from === to && to in targets);
    // A current that is changed while it flows is written as one source of steps. The schema of NeuroML orders parts
    // and projections, and has no projections of other events.
    expect(own.filter(({ sameHash }) => !sameHash).map(({ fixture }) => fixture)).toEqual([
      'pynn/current-sources.json',
      'neuroml/densities.xml',
      'neuroml/own-types.xml',
      'neuroml/synapses.xml',
    ]);
  });
});

describe.skipIf(!triesAll && !updating)(slow('docs/support.md'), () => {
  it('states the features of each notation', async () => {
    const supportPath = join(root, 'docs/support.md');
    const text = await supportPage();
    if (updating) writeFileSync(supportPath, text);
    expect(readFileSync(supportPath, 'utf8')).toBe(text);
  });
});
