/** Edits of text results, one by one: each is found, and the difference is named. */

import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importModel, runModel } from '../../src/pipeline/pipeline.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommand } from '../support/command.js';
import { someOf } from '../support/effort.js';
import { clocked, runInto, segmented, verifierOf } from './forged.js';

const folder = mkdtempSync(join(tmpdir(), 'forged-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A step towards a value: a key of an object or a position in a list. */
type Way = readonly (string | number)[];

/** A value with one thing in it changed. */
interface Edit {
  readonly what: string;
  readonly way: Way;
  /** The changed document. */
  readonly document: unknown;
}

/** Every leaf changed, every key removed, a key added to every object, an entry removed from every list. */
function* edits(document: unknown): Generator<Edit> {
  for (const [way, value] of nodes(document, [])) {
    if (typeof value === 'object' && value !== null) {
      if (Array.isArray(value)) {
        if (value.length > 0) yield { what: 'shortened', way, document: put(document, way, value.slice(0, -1)) };
        yield { what: 'lengthened', way, document: put(document, way, [...(value as unknown[]), value[0] ?? 0]) };
      } else yield { what: 'added', way, document: put(document, way, { ...value, extra: 1 }) };
    } else yield { what: 'changed', way, document: put(document, way, changed(value)) };
    if (typeof way.at(-1) === 'string') yield { what: 'removed', way, document: put(document, way, undefined) };
  }
}

function* nodes(value: unknown, way: Way): Generator<readonly [Way, unknown]> {
  if (way.length > 0) yield [way, value];
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value))
    yield* nodes(inner, [...way, Array.isArray(value) ? Number(key) : key]);
}

function put(value: unknown, [key, ...rest]: Way, inner: unknown): unknown {
  if (key === undefined) return inner;
  if (Array.isArray(value)) return value.map((entry: unknown, k) => (k === key ? put(entry, rest, inner) : entry));
  const object = value as Record<string, unknown>;
  return { ...object, [key]: put(object[key], rest, inner) };
}

/** The least change: a number by one unit in the last place, a text by one character. */
function changed(value: unknown): unknown {
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number') return nextAbove(value);
  if (typeof value === 'string') return value === '' ? 'x' : `${value[0] === 'A' ? 'B' : 'A'}${value.slice(1)}`;
  return 0;
}

function nextAbove(value: number): number {
  if (value === 0) return 5e-324;
  const bits = new BigInt64Array(Float64Array.of(value).buffer);
  bits[0]! += 1n;
  return new Float64Array(bits.buffer)[0]!;
}

describe.each(
  someOf(
    [
      ['segmented', segmented],
      ['clocked', clocked],
    ] as const,
    2,
    'models',
  ),
)('a Neo-like JSON file of the %s model', (name, text) => {
  const path = join(folder, `${name}.json`);
  const verify = verifierOf(join(folder, `${name}-again`));
  let document: unknown;
  beforeAll(async () => {
    await runInto(text, path);
    document = JSON.parse(readFileSync(path, 'utf8'));
  });

  test('is identical as it is', async () => expect(await verify(path)).toBeNull());

  test('is found out with any value in it changed, removed or added', async () => {
    const edited = join(folder, `${name}-edited.json`);
    const missed: string[] = [];
    const unnamed: string[] = [];
    let count = 0;
    // Lists of trains and signals are alike: results for the first few hold for all.
    for (const { what, way, document: forged } of edits(document)) {
      if (way.some((key, k) => typeof key === 'number' && key > 2 && way[k - 1] !== 'segments')) continue;
      if (way.includes('model') && way.length > 3) continue;
      count += 1;
      writeFileSync(edited, JSON.stringify(forged));
      const said = await verify(edited);
      const place = `${what} ${way.join('.')}`;
      if (said === null) missed.push(place);
      else if (!names(said, way)) unnamed.push(`${place}: ${said.slice(0, 200)}`);
    }
    expect(count).toBeGreaterThan(300);
    expect([missed, unnamed]).toEqual([[], []]);
  });

  test('is found out with its text laid out otherwise, or a key that stands twice', async () => {
    const edited = join(folder, `${name}-edited.json`);
    const original = readFileSync(path, 'utf8');
    for (const forged of [
      original.replace('"complete": true', '"complete": false,\n  "complete": true'),
      original.replace('{ "format"', '{  "format"'),
      `${original} `,
    ]) {
      expect(forged).not.toBe(original);
      writeFileSync(edited, forged);
      expect(await verify(edited)).toMatch(/line \d+, with the same meaning but different text/);
    }
  });
});

/** Whether a message names the edited part: its key, or its surroundings. */
function names(said: string, way: Way): boolean {
  const keys = ['extra', ...way].filter((key): key is string => typeof key === 'string');
  return keys.slice(-2).some((key) => said.includes(key)) || keys.slice(0, 3).some((key) => said.includes(key));
}

describe('large arrays of a model', () => {
  const path = join(folder, 'arrays.json');
  const verify = verifierOf(join(folder, 'arrays-again'));

  test('are found out when changed, though no recording depends on them', async () => {
    const positions = Buffer.from(Float64Array.from({ length: 9 }, (_, k) => k).buffer);
    const digest = createHash('sha256').update(positions).digest('hex');
    mkdirSync(join(folder, 'placed.data'));
    writeFileSync(join(folder, 'placed.data', digest), positions);
    writeFileSync(join(folder, 'clocked-source.json'), clocked);
    const model = join(folder, 'placed.json');
    const words = ['convert', join(folder, 'clocked-source.json'), '--to', 'canonical', '-o', model];
    expect((await runCommand(words)).code).toBe(0);
    const document = JSON.parse(readFileSync(model, 'utf8')) as { populations: { cells: object } };
    const { cells } = document.populations;
    Object.assign(cells, { positions: { $data: digest, dtype: 'f64', shape: [3, 3] } });
    writeFileSync(model, JSON.stringify(document));
    expect((await runCommand(['run', model, '--target', 'reference', '-o', path, '-q'])).code).toBe(0);
    expect(await verify(path)).toBeNull();
    const original = readFileSync(path, 'utf8');
    const { data } = (JSON.parse(original) as { provenance: { data: Record<string, { base64: string }> } }).provenance;
    const [first] = Object.values(data);
    expect(first).toBeDefined();
    const { base64 } = first!;
    const changedMiddle = `${base64.slice(0, 8)}${base64.startsWith('A', 8) ? 'B' : 'A'}${base64.slice(9)}`;
    writeFileSync(path, original.replace(base64, changedMiddle));
    expect(await verify(path)).toMatch(/the contents of the array \S+ do not match its digest/);
    writeFileSync(
      path,
      original.replace('"data": {', `"data": {"${'0'.repeat(64)}": {"dtype": "u8", "base64": "AAAA"},`),
    );
    expect(await verify(path)).toContain(`data.${'0'.repeat(64)}`);
  });
});

describe('a result in CSV', () => {
  const path = join(folder, 'table.csv');
  const verify = verifierOf(join(folder, 'table-again'));
  beforeAll(() => runInto(segmented, path));

  test('is identical as it is', async () => expect(await verify(path)).toBeNull());

  test('is found out with any line of any table changed, removed or doubled', async () => {
    const files = readdirSync(folder).filter((file) => file.startsWith('table.') && file.endsWith('.csv'));
    expect(files.length).toBeGreaterThan(2);
    for (const file of files) {
      const at = join(folder, file);
      const original = readFileSync(at, 'utf8');
      const lines = original.trimEnd().split('\n');
      for (const [k, line] of lines.entries()) {
        if (k > 12) break;
        const digit = line.replace(/\d(?=\D*$)/, (found) => String((Number(found) + 1) % 10));
        const variants = [
          lines.with(k, digit === line ? `${line}x` : digit),
          lines.toSpliced(k, 1),
          lines.toSpliced(k, 0, line),
        ];
        for (const forged of variants) {
          writeFileSync(at, `${forged.join('\n')}\n`);
          expect((await verify(path)) ?? `missed: ${file} line ${k + 1}`).toMatch(new RegExp(`${file} line|table`));
        }
      }
      for (const forged of [original.trimEnd(), `${original}\n`, original.replaceAll('\n', '\r\n')]) {
        writeFileSync(at, forged);
        expect(await verify(path)).not.toBeNull();
      }
      writeFileSync(at, original);
      if (file === 'table.csv') continue;
      rmSync(at);
      expect(await verify(path)).toContain(file);
      writeFileSync(at, original);
    }
    expect(await verify(path)).toBeNull();
  });

  test('is found out with its provenance changed or missing', async () => {
    const at = join(folder, 'table.provenance.json');
    const original = readFileSync(at, 'utf8');
    for (const [field, forged] of [
      ['seed', original.replace(/"seed": "\d+"/, '"seed": "99"')],
      ['complete', original.replace('"complete": true', '"complete": false')],
      ['target', original.replace('"target": "reference"', '"target": "cuda"')],
      ['environment', original.replace('"processor": "', '"processor": "x')],
    ] as const) {
      expect(forged).not.toBe(original);
      writeFileSync(at, forged);
      expect(await verify(path)).toContain(`record.${field}`);
    }
    rmSync(at);
    expect(await verify(path)).toContain('table.provenance.json is missing');
    writeFileSync(at, original);
    copyFileSync(at, join(folder, 'copy.json'));
    expect(await verify(path)).toBeNull();
  });
});

describe.each(['nwb', 'json', 'csv'])('an incomplete result as %s', (format) => {
  test('is reported as one, and is identical up to the stop of its run, before and after a reset', async () => {
    for (const steps of [37, 65]) {
      const name = `incomplete-${steps}`;
      const run = await runModel(importModel({ name: 'model.json', text: segmented }), {
        target: 'reference',
        outputs: [join(folder, `${name}.${format}`)],
        stopAfter: steps,
      });
      if (run.kind !== 'run') throw new Error('nothing was run');
      run.dispose();
      expect([run.record.outcome, run.record.complete, run.record.steps]).toEqual(['stopped', false, steps]);
      const path = join(folder, `${name}.incomplete.${format}`);
      expect(run.outputs).toContain(path);
      const { code, stdout } = await runCommand(['verify', path, '--target', 'wasm']);
      expect(stdout).toMatch(new RegExp(`^identical: ${steps} steps`));
      expect(stdout).toContain(`incomplete: the stored run was stopped after ${steps} of 80 steps`);
      expect(code).toBe(0);
      const told = await runCommand(['verify', path, '--target', 'reference', '--json']);
      expect(JSON.parse(told.stdout)).toMatchObject({ verdict: 'identical', complete: false, steps });
    }
  });
});
