/**
 * docs/conversion.md says what each fixture is in each other notation. With UPDATE_CONVERSION=1 it is written anew;
 * otherwise it must be what is found.
 */

import { askedEffort, triesAll } from '../support/effort.js';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { root } from '../support/import-graph.js';
import { cellOf, fixturesOf, takesLong, targets, type Cell, type Fixture } from './conversions.js';

const path = join(root, 'docs/conversion.md');
const notations = ['brian', 'pynn', 'neuroml', 'canonical'] as const;
const names = { brian: 'Brian', pynn: 'PyNN', neuroml: 'NeuroML and LEMS', canonical: 'canonical' } as const;
const thorough = askedEffort === 'thorough';
const updating = process.env['UPDATE_CONVERSION'] === '1';

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

/** A cell as the page says it is: for conversions that are done with INTERNEURON_TESTS=thorough alone. */
function asWritten({ name: fixture, from }: Fixture, to: Cell['to']): Cell {
  const lines = readFileSync(path, { encoding: 'utf8', flag: 'a+' }).split('\n');
  const columns = (start: string): string[] | undefined =>
    lines
      .find((line) => line.startsWith(start))
      ?.split(/(?<!\\)\|/)
      .map((column) => column.trim());
  const text = columns(`| ${fixture} | `)?.[2 + notations.indexOf(to)] ?? '';
  const [reason] = columns(`| ${fixture} | ${names[to]} | `)?.slice(3) ?? [];
  const outcome = (['exact', 'equivalent', 'approximate', 'incomplete'] as const).find((one) => text.startsWith(one));
  return {
    fixture,
    from,
    to,
    outcome: outcome ?? 'refused',
    sameHash: text.startsWith('**'),
    backAgain: text.endsWith('and back'),
    reasons: reason === undefined ? [] : [reason.replaceAll('\\', '')],
    errors: [],
  };
}

/** A cell as text. */
function textOf(cell: Cell): string {
  return cell.sameHash ? '**same hash**' : cell.backAgain ? `${cell.outcome}, and back` : cell.outcome;
}

const summaryOf = (own: readonly Cell[]): string => {
  const count = (test: (cell: Cell) => boolean): number => own.filter(test).length;
  return [
    count(({ sameHash }) => sameHash),
    count(({ sameHash, outcome }) => !sameHash && outcome === 'exact'),
    count(({ sameHash, outcome }) => !sameHash && outcome === 'equivalent'),
    count(({ sameHash, outcome }) => !sameHash && outcome === 'approximate'),
    count(({ outcome }) => outcome === 'incomplete' || outcome === 'refused'),
    count(({ backAgain, sameHash }) => backAgain && !sameHash),
  ].join(' | ');
};

const escaped = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '\\<').replaceAll('*', '\\*');

function page(): string {
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
  const reasons = cells
    .filter(({ outcome }) => outcome === 'incomplete' || outcome === 'refused')
    .map(({ fixture, to, reasons: list }) => {
      const [first = '', ...more] = list;
      const rest = more.length === 0 ? '' : ` (and ${more.length} more)`;
      return `| ${fixture} | ${names[to]} | ${escaped(first)}${rest} |`;
    });
  return `# Conversion

The result of converting each fixture to each other notation with \`interneuron convert\`. Written by
\`UPDATE_CONVERSION=1 npx vitest run test/docs/conversion.test.ts\`, which also reads every document again.

- **same hash**: the document is the same model when it is read again.
- **exact, equivalent, approximate, incomplete**: the least faithful part of the report. *Exact* means the same function. *Equivalent*
  means the same up to rounding, to the stated convention by which spikes and samples are labelled, or to other draws of the same
  distribution. *Approximate* means anything else: another integration method, another order within a step, another distribution. The
  report states each convention that differs, and \`--check\` measures what that does to a model. *Incomplete* means that something is
  left out, *refused* that no document can be written.
- No document is bent to make another simulator take the steps of the model. A shorter step (\`--dt\`) makes LEMS more accurate.
- **\`--strict\`** writes nothing unless the conversion is exact or equivalent.
- **and back**: the document carries the model, with the same hash ([The way back](#the-way-back)). The others are shorter than the model, or longer than
  200 MB.
- Scripts for Brian and PyNN contain the same as documents in these notations. Where PyNN's simulators refuse something that documents have, the report
  of a script says so.

| from | to | same hash | exact | equivalent | approximate | incomplete or refused | and back |
|---|---|---|---|---|---|---|---|
${pairs.join('\n')}

${inAll()}

## The way back

No notation can say everything that another one says. Therefore a converted document carries the model that it was written from, and the digest of its
own content. While the content has this digest, every command reads the document as that model, with the same hashes. Once the document is
edited, it is read as what it says, with a remark (\`origin/changed\`).

| notation | place |
|---|---|
| Brian-like specification, PyNN documents | \`annotations.interneuron\`: a map of \`version\`, \`digest\`, \`model\` |
| NeuroML and LEMS | an \`annotation\` below the root of the LEMS document, with properties \`interneuron:version\`, \`interneuron:digest\`, \`interneuron:model\` |
| scripts of Brian and PyNN | with \`--keep-origin\` a file \`NAME.interneuron.json\` beside the script; converting the script reads it |

- \`version\` is 1. \`model\` is base64 of the deflated (zlib) JSON of \`{ model, data }\`: the canonical document, and the bytes of its large arrays in base64 by their digests.
- \`digest\` is \`sha256:\` and the SHA-256 of the content without this annotation: the tree of values of JSON and YAML, the tree of elements of a LEMS document with
  all files that it includes, the text of a script and its data files. Layout, comments and the order of XML attributes do not count; the order of keys does.
- With \`--freeze\` it is the model with its draws listed. With \`--partial\` it is the whole model, from which the document leaves something out.
- A document that gives the same model without help carries none, as the canonical form does. Nor does one that is shorter than the model in this form, and one longer than
  200 MB, or a LEMS document without NeuroML's type \`annotation\`; the report says so (\`origin/left-out\`).
- \`--no-origin\` writes none. When reading, it gives what the document itself says. \`--check\`, \`--strict\`, the reports and the tables of this page always
  compare what documents say.
- [security.md](security.md#models-that-converted-documents-carry) says what the digest is worth.

## Fixtures

| fixture | ${notations.map((to) => names[to]).join(' | ')} |
|---|---|---|---|---|
${rows.join('\n')}

## What is left out

The first reason of each incomplete or refused conversion.

| fixture | to | left out |
|---|---|---|
${reasons.join('\n')}
`;
}

/** How many conversions into another notation are exact or equivalent. */
function inAll(): string {
  const foreign = cells.filter(({ from, to }) => to !== 'canonical' && from !== to);
  const faithful = foreign.filter(
    ({ sameHash, outcome }) => sameHash || outcome === 'exact' || outcome === 'equivalent',
  );
  return `Of the ${foreign.length} conversions from Brian, PyNN, and NeuroML and LEMS to another of these, ${faithful.length} are exact or equivalent.`;
}

// Every fixture in every notation takes a while; what conversions are is also tested one by one.
describe.skipIf(!triesAll && !updating)('docs/conversion.md', () => {
  it('says what conversions are', () => {
    if (updating) writeFileSync(path, page());
    expect(readFileSync(path, 'utf8')).toBe(page());
  });

  it('every document that is written reads again', () => {
    expect(cells.filter(({ errors }) => errors.length > 0)).toEqual([]);
  });

  it('every incomplete conversion says what is left out', () => {
    expect(cells.filter(({ outcome, reasons }) => outcome === 'incomplete' && reasons.length === 0)).toEqual([]);
  });

  it('a notation says its own models by the same hash', () => {
    const own = cells.filter(({ from, to }) => from === to && to in targets);
    // A current that is changed while it flows is written as one source of steps.
    expect(own.filter(({ sameHash }) => !sameHash).map(({ fixture }) => fixture)).toEqual([
      'pynn/current-sources.json',
    ]);
  });
});
