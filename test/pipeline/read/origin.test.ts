/** Converted documents carry the model that they were written from; it is read as long as their content is the same. */

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { hashModel } from '../../../src/model/hash.js';
import { convertModel, type ConvertedModel, type TargetNotation } from '../../../src/convert/convert.js';
import { jsonText } from '../../../src/convert/json-text.js';
import { importModel, readSource, type ImportedModel } from '../../../src/pipeline/pipeline.js';
import { runCommand, temporaryFolder } from '../../support/command.js';
import { someOf } from '../../support/effort.js';
import { root } from '../../support/import-graph.js';

const folder = temporaryFolder();

const documents = { brian: 'brian-json', pynn: 'pynn-json', neuroml: 'lems' } as const;
type Notation = keyof typeof documents;
const notations = ['brian', 'pynn', 'neuroml'] as const;

const fixture = (name: string): ImportedModel => importModel(readSource(join(root, 'fixtures', name)));
const read = (text: string, origin = true): ImportedModel => importModel({ name: 'model', text }, { origin });
const carrying = (valid: ImportedModel['valid'], to: TargetNotation, name?: string): Promise<ConvertedModel> =>
  convertModel(valid, to, { origin: true, ...(name === undefined ? {} : { name }) });
const textOf = ({ files }: ConvertedModel): string => files[0]?.text ?? '';
const remarksOf = ({ diagnostics }: ImportedModel): readonly string[] =>
  diagnostics.map(({ code }) => code).filter((code) => code.startsWith('origin/'));

/** Networks of thousands of cells fill megabytes in LEMS. */
const isLarge = /brunel|cobahh|vogels|hodgkin-huxley-network|potjans|microcircuit/;
const pairs = notations.flatMap((from) =>
  readdirSync(join(root, 'fixtures', from))
    .filter((name) => /\.(json|ya?ml|xml|nml)$/.test(name) && !isLarge.test(name))
    .flatMap((name) => notations.filter((to) => to !== from).map((to) => [`${from}/${name}`, to] as const)),
);

describe('a converted document is read as the model that it was written from', () => {
  // test/docs/conversion.test.ts reads every document as the model that it carries.
  it.each(someOf(pairs, 23, 'fixtures in all notations', 9))('%s in %s', async (name, to) => {
    const given = fixture(name);
    const converted = await carrying(given.valid, documents[to]);
    const reasons = converted.report.filter(({ code }) => code === 'origin/left-out');
    const again = importModel({ name: 'model', text: textOf(converted) }, { data: converted.data });
    if (again.isCarried) expect(again.hashes).toEqual(given.hashes);
    // A document with all of the model needs no other.
    else if (reasons.length === 0) expect(again.hashes.experiment).toEqual(given.hashes.experiment);
    const bare = await convertModel(given.valid, documents[to]);
    expect(read(textOf(converted), false).hashes).toEqual(read(textOf(bare), false).hashes);
  });

  it.each([
    ['pynn/if-cond-exp.json', 'brian', 'json'],
    ['brian/summed.yaml', 'neuroml', 'yaml'],
    ['neuroml/own-types.xml', 'pynn', 'xml'],
  ] as const)('%s is the same document after its way through %s', async (name, to, suffix) => {
    const given = fixture(name);
    const home = documents[name.split('/')[0] as Notation];
    const file = { name: `model.${suffix}` };
    const back = read(textOf(await carrying(given.valid, documents[to])));
    expect(remarksOf(back)).toEqual(['origin/read']);
    expect(textOf(await convertModel(back.valid, home, file))).toBe(
      textOf(await convertModel(given.valid, home, file)),
    );
  });

  it('with arrays in files next to a canonical document', async () => {
    const indices = Uint32Array.of(0);
    const $data = createHash('sha256').update(new Uint8Array(indices.buffer)).digest('hex');
    const { model } = fixture('pynn/if-cond-exp.json').valid;
    const [population = ''] = Object.keys(model.populations);
    const of = { population, indices: { $data, dtype: 'u32', shape: [1] } };
    const text = JSON.stringify({ ...model, recordings: [{ of, events: 'spike', name: 'r' }] });
    const given = importModel({ name: 'model.json', text }, { data: new Map([[$data, indices]]) });
    expect(given.valid.data.size).toBe(1);
    const carried = textOf(await carrying(given.valid, 'lems'));
    const back = read(carried);
    expect(back.isCarried).toBe(true);
    expect(back.hashes).toEqual(given.hashes);
    // They come with the model, whatever arrays are given.
    const beside = importModel({ name: 'model', text: carried }, { data: new Map() });
    expect(beside.hashes).toEqual(given.hashes);
    expect(beside.valid.data).toEqual(given.valid.data);
  });

  it('as a frozen one if its draws were frozen', async () => {
    const given = fixture('pynn/connector-fixed-probability.json');
    const back = read(textOf(await convertModel(given.valid, 'lems', { origin: true, freeze: true })));
    expect(back.isCarried).toBe(true);
    expect(Object.values(back.valid.model.projections)[0]?.connect[0]?.rule).toBe('list');
  });

  it('which no canonical document carries, and no conversion without being asked for', async () => {
    const { valid } = fixture('pynn/if-cond-exp.json');
    expect(textOf(await carrying(valid, 'canonical'))).toBe(textOf(await convertModel(valid, 'canonical')));
    expect(textOf(await convertModel(valid, 'lems'))).not.toContain('interneuron:');
  });

  it('unless the model is longer than the document, which the report states', async () => {
    const { report, files } = await carrying(fixture('pynn/connector-one-to-one.json').valid, 'brian-json');
    expect(report).toContainEqual(expect.objectContaining({ verdict: 'exact', code: 'origin/left-out' }));
    expect(files[0]?.text).not.toContain('sha256:');
  });
});

describe('the content of a document', () => {
  const inBrian = async (name: string): Promise<string> =>
    textOf(await carrying(fixture('pynn/if-cond-exp.json').valid, 'brian-json', name));
  const inLems = async (): Promise<string> => textOf(await carrying(fixture('pynn/if-cond-exp.json').valid, 'lems'));

  it('is the same in another layout and with comments', async () => {
    const text = await inBrian('model.json');
    expect(read(JSON.stringify(JSON.parse(text), null, 7)).isCarried).toBe(true);
    expect(read(`// A comment.\n${text}`).isCarried).toBe(true);
    expect(read(`# A comment.\n${await inBrian('model.yaml')}`).isCarried).toBe(true);
    const xml = await inLems();
    expect(read(xml.replace('<Simulation ', '<!-- A comment. -->\n<Simulation\n  ')).isCarried).toBe(true);
    expect(read(xml.replace(/(<population) (id="\w+") (component="\w+")/, '$1 $3 $2')).isCarried).toBe(true);
  });

  it.each([
    ['a number', (text: string) => text.replace(/"dt": "[^"]+"/, '"dt": "0.05 ms"')],
    ['a name', (text: string) => text.replace('"name": ', '"title": "another", "name": ')],
    ['an annotation', (text: string) => text.replace('"annotations": {', '"annotations": { "mine": 1,')],
  ])('is another one after a change of %s: it is read as it stands', async (_, change) => {
    const text = await inBrian('model.json');
    const changed = change(text);
    expect(changed).not.toBe(text);
    const again = read(changed);
    expect(again.isCarried).toBe(false);
    expect(remarksOf(again)).toEqual(['origin/changed']);
    expect(again.diagnostics.find(({ code }) => code === 'origin/changed')).toMatchObject({
      severity: 'note',
      place: { document: 'model', line: expect.any(Number) as number },
    });
    expect(again.hashes).toEqual(read(changed, false).hashes);
    expect(again.valid.model.annotations).not.toHaveProperty('interneuron');
  });

  it('is another one after a change of LEMS', async () => {
    const text = await inLems();
    const again = read(text.replace(/ length="([\d.]+)/, ' length="1$1'));
    expect(remarksOf(again)).toEqual(['origin/changed']);
    expect(again.valid.model.timing).toBe('lems-euler');
    expect(textOf(await convertModel(again.valid, 'lems'))).not.toContain('interneuron:');
  });

  it('covers all files of NeuroML', async () => {
    const given = fixture('pynn/if-curr-alpha.json');
    const { files } = await carrying(given.valid, 'neuroml', 'network.nml');
    expect(files.map(({ name }) => name)).toEqual(['network.nml', 'LEMS_network.xml']);
    for (const { name, text } of files) writeFileSync(folder.file(name), text);
    expect(importModel(readSource(folder.file('LEMS_network.xml'))).hashes).toEqual(given.hashes);
    const nml = readFileSync(folder.file('network.nml'), 'utf8');
    expect(nml).not.toContain('interneuron:');
    writeFileSync(folder.file('network.nml'), nml.replace(/cm="[^"]+"/, 'cm="2.5"'));
    const again = importModel(readSource(folder.file('LEMS_network.xml')));
    expect(remarksOf(again)).toEqual(['origin/changed']);
    expect(again.valid.model.timing).toBe('lems-euler');
  });
});

describe('an origin is data of a stranger', () => {
  const packed = (payload: unknown): string => deflateSync(JSON.stringify(payload)).toString('base64');
  const text = textOf;
  const origin = async (): Promise<{ document: Record<string, object>; origin: Record<string, unknown> }> => {
    const document = JSON.parse(text(await carrying(fixture('pynn/if-cond-exp.json').valid, 'brian-json'))) as Record<
      string,
      { interneuron: Record<string, unknown> }
    >;
    return { document, origin: document['annotations']?.interneuron ?? {} };
  };

  it.each([
    ['of a newer version', { version: 2, digest: ['anything'] }, 'origin/newer-version', 'newer version'],
    ['of no version', { version: 'one' }, 'origin/unreadable', 'no version'],
    ['with another digest', { digest: `sha256:${'0'.repeat(64)}` }, 'origin/changed', 'changed'],
    ['with a digest of an unknown kind', { digest: 'md5:00' }, 'origin/changed', 'changed'],
    ['that is no base64', { model: 'no base64 !' }, 'origin/unreadable', 'base64'],
    ['that is not deflated', { model: Buffer.from('{}').toString('base64') }, 'origin/unreadable', 'deflated'],
    ['that is no JSON', { model: deflateSync('{').toString('base64') }, 'origin/unreadable', 'JSON'],
    [
      'that is no model',
      { model: packed({ model: { interneuron: 1, populations: 3 } }) },
      'origin/unreadable',
      'not valid',
    ],
    ['that is a list', { model: packed([1]) }, 'origin/unreadable', 'not valid'],
    [
      'with a prototype',
      { model: packed(JSON.parse('{"__proto__": {"model": 1}}')) },
      'origin/unreadable',
      'not valid',
    ],
    [
      'that is a bomb',
      { model: deflateSync(Buffer.alloc(80e6, ' ')).toString('base64') },
      'origin/unreadable',
      'longer than',
    ],
  ])('%s', async (_, members, code, message) => {
    const { document, origin: before } = await origin();
    const hostile = JSON.stringify({
      ...document,
      annotations: { ...document['annotations'], interneuron: { ...before, ...members } },
    });
    const again = read(hostile);
    expect(again.isCarried).toBe(false);
    expect(again.diagnostics.filter(({ code: one }) => one.startsWith('origin/'))).toMatchObject([
      { code, severity: 'note', message: expect.stringContaining(message) as string },
    ]);
    expect(again.hashes).toEqual(read(hostile, false).hashes);
  });

  it.each([['a text'], [3], [[]], [null]])('%j', async (nothing) => {
    const { document } = await origin();
    const again = read(
      JSON.stringify({ ...document, annotations: { ...document['annotations'], interneuron: nothing } }),
    );
    expect(remarksOf(again)).toEqual(['origin/unreadable']);
  });

  it('in LEMS', async () => {
    const xml = text(await carrying(fixture('pynn/if-cond-exp.json').valid, 'lems'));
    const without = (tag: string): string => xml.replace(new RegExp(`.*interneuron:${tag}.*\n`), '');
    for (const tag of ['version', 'digest', 'model'])
      expect(remarksOf(read(without(tag)))).toEqual(['origin/unreadable']);
    expect(remarksOf(read(xml.replace('version" value="1"', 'version" value="7"')))).toEqual(['origin/newer-version']);
  });

  it('with arrays of other bytes is no model', async () => {
    const { document, origin: before } = await origin();
    const { model } = fixture('pynn/if-cond-exp.json').valid;
    const array = { $data: 'a'.repeat(64), dtype: 'u32', shape: [1] };
    const [name = ''] = Object.keys(model.populations);
    const changed = {
      ...model,
      recordings: [{ of: { population: name, indices: array }, events: 'spike', name: 'r' }],
    };
    const forged = packed({ model: changed, data: { ['a'.repeat(64)]: 'AAAAAA==' } });
    const again = read(
      JSON.stringify({
        ...document,
        annotations: { ...document['annotations'], interneuron: { ...before, model: forged } },
      }),
    );
    expect(remarksOf(again)).toEqual(['origin/unreadable']);
  });

  it('is believed if the digest is right', async () => {
    const { document, origin: before } = await origin();
    const other = fixture('brian/summed.yaml');
    const model = packed({ model: other.valid.model });
    const again = read(
      JSON.stringify({ ...document, annotations: { ...document['annotations'], interneuron: { ...before, model } } }),
    );
    expect(again.hashes).toEqual(other.hashes);
  });
});

describe('a script', () => {
  it('has its model in a file next to it with the option origin', async () => {
    const given = fixture('pynn/if-cond-exp.json');
    const { files } = await carrying(given.valid, 'brian', 'network.py');
    expect(files.map(({ name }) => name)).toEqual(['network.py', 'network.interneuron.json']);
    for (const { name, text } of files) writeFileSync(folder.file(name), text);
    const captured = textOf(await convertModel(given.valid, 'brian-json'));
    const path = folder.file('network.py');
    const inScript = (text: string): ImportedModel =>
      importModel({ name: 'network.json', text: captured, script: { name: path, text } });
    const script = readFileSync(path, 'utf8');
    expect(inScript(script).hashes).toEqual(given.hashes);
    expect(inScript(script.replaceAll('\n', '\r\n')).hashes).toEqual(given.hashes);
    const changed = inScript(script.replace('defaultclock.dt', 'defaultclock.dt '));
    expect(remarksOf(changed)).toEqual(['origin/changed']);
    writeFileSync(folder.file('network.interneuron.json'), '{');
    expect(remarksOf(inScript(script))).toEqual(['origin/unreadable']);
  });
});

describe('commands', () => {
  it('read and write origins, and neither with --no-origin', async () => {
    const [given, carried, bare] = [
      join(root, 'fixtures/pynn/if-cond-exp.json'),
      folder.file('carried.xml'),
      folder.file('bare.xml'),
    ];
    const hashOf = async (...words: readonly string[]): Promise<string> => {
      const { code, stdout } = await runCommand(['validate', '--json', ...words]);
      expect(code, stdout).toBe(0);
      return stdout.match(/"hash": ?"(\w+)"/)?.[1] ?? stdout;
    };
    expect((await runCommand(['convert', given, '--to', 'lems', '--no-check', '-o', carried])).code).toBe(0);
    expect((await runCommand(['convert', given, '--to', 'lems', '-o', bare, '--no-origin', '--no-check'])).code).toBe(
      0,
    );
    expect(await hashOf(carried)).toBe(await hashOf(given));
    expect(await hashOf(carried, '--no-origin')).toBe(await hashOf(bare));
    expect(await hashOf(bare)).not.toBe(await hashOf(given));
    const { stderr } = await runCommand(['describe', carried]);
    expect(stderr).toContain('is read as the model that it was converted from');
  });

  it('measure the document itself', async () => {
    const [given, path] = [join(root, 'fixtures/pynn/if-cond-exp.json'), folder.file('measured.xml')];
    const words = ['convert', given, '--to', 'lems', '-o', path, '--check', '--json'];
    const [one, other] = [await runCommand(words), await runCommand([...words, '--force', '--no-origin'])];
    const checkOf = ({ stdout }: { readonly stdout: string }): unknown =>
      (JSON.parse(stdout) as { readonly check: unknown }).check;
    expect(checkOf(one)).toEqual(checkOf(other));
    expect(checkOf(one)).not.toMatchObject({ populations: [{ largest: 0 }] });
  });

  it('write the origin of a script with --keep-origin', async () => {
    const path = folder.file('kept.py');
    const { stdout } = await runCommand([
      ...[
        'convert',
        join(root, 'fixtures/pynn/if-cond-exp.json'),
        '--to',
        'brian',
        '-o',
        path,
        '--keep-origin',
        '--no-check',
      ],
    ]);
    expect(stdout).toContain('kept.interneuron.json');
    const kept = JSON.parse(readFileSync(folder.file('kept.interneuron.json'), 'utf8')) as Record<string, unknown>;
    expect(kept).toMatchObject({ format: 'interneuron/origin', version: 1, files: [basename(path)] });
  });
});

it('a model in memory and the model read back have one hash', async () => {
  const { valid } = fixture('brian/summed.yaml');
  const back = read(textOf(await carrying(valid, 'lems')));
  expect(jsonText(back.valid.model)).toBe(jsonText(valid.model));
  expect(hashModel(back.valid.model)).toEqual(hashModel(valid.model));
});
