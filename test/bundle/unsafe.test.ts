/** Hostile archives: no file is extracted. */

import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { mostFiles, unpackArchive } from '../../src/bundle/archive.js';
import { DiagnosticError } from '../../src/diagnostics/diagnostic.js';
import { runCommand, temporaryFolder } from '../support/command.js';

const folder = temporaryFolder();

/** An entry of an archive as no writer makes it. */
interface RawEntry {
  readonly name: string;
  readonly text: string;
  readonly mode?: number;
  readonly flags?: number;
  /** Stated instead of the length of the text. */
  readonly size?: number;
  /** Stated instead of the place of the entry. */
  readonly offset?: number;
}

/** Returns an archive by APPNOTE.TXT 4.3: local headers, central directory, and its end. */
function rawArchive(entries: readonly RawEntry[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const { name, text, mode = 0o100644, flags = 0, size = Buffer.byteLength(text) } = entry;
    const [path, content] = [Buffer.from(name), deflateRawSync(text)];
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(flags, 2);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(text), 10);
    common.writeUInt32LE(content.length, 14);
    common.writeUInt32LE(size, 18);
    common.writeUInt16LE(path.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, path, content]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE((mode << 16) >>> 0, 6);
    rest.writeUInt32LE(entry.offset ?? offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x03', 'latin1'), common, rest, path]));
    locals.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, central, end]);
}

let count = 0;

/** Unpacks an archive; returns the codes of the findings, or the files. */
async function unpacked(bytes: Uint8Array): Promise<readonly string[]> {
  const archive = folder.file(`${count++}.omex`);
  const target = folder.file(`out${count}`);
  writeFileSync(archive, bytes);
  mkdirSync(target);
  try {
    return await unpackArchive(archive, target);
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return error.diagnostics.map(({ code }) => code);
  }
}

describe('an archive', () => {
  it('gives its files', async () => {
    expect(
      await unpacked(
        rawArchive([
          { name: 'a/b.txt', text: 'b' },
          { name: 'c.txt', text: 'c' },
        ]),
      ),
    ).toEqual(['a/b.txt', 'c.txt']);
  });

  it.each(['../evil', 'a/../../evil', '/etc/evil', 'C:\\evil', '..\\evil', 'a/b\0c'])(
    'with a file %j leaves the folder unchanged',
    async (name) => {
      const before = readdirSync(folder.path).length;
      expect(
        await unpacked(
          rawArchive([
            { name: 'good', text: 'g' },
            { name, text: 'x' },
          ]),
        ),
      ).toEqual(['bundle/unsafe-name']);
      expect(existsSync(join(folder.path, 'evil'))).toBe(false);
      // The archive, and an empty folder.
      expect(readdirSync(folder.path)).toHaveLength(before + 2);
      expect(readdirSync(folder.file(`out${count}`))).toEqual([]);
    },
  );

  it('with links, devices, encryption or a name twice is refused for each', async () => {
    const entries = [
      { name: 'link', text: '/etc/passwd', mode: 0o120777 },
      { name: 'pipe', text: '', mode: 0o010644 },
      { name: 'secret', text: 's', flags: 1 },
      { name: 'Same', text: '1' },
      { name: 'same', text: '2' },
    ];
    expect(await unpacked(rawArchive(entries))).toEqual([
      'bundle/not-regular',
      'bundle/not-regular',
      'bundle/encrypted',
      'bundle/same-name',
    ]);
  });

  it('that grows beyond the limits is refused before it is unpacked', async () => {
    // 64 MiB, and 50 bytes for each byte of the archive.
    const entriesOf = (size: number) => ['a', 'b'].map((name) => ({ name, text: 'x', size }));
    expect(await unpacked(rawArchive(entriesOf(2 ** 25 + 60_000)))).toEqual(['bundle/too-large']);
    expect(await unpacked(rawArchive(entriesOf(2 ** 25)))).toEqual(['bundle/damaged', 'bundle/damaged']);
    const deep = (levels: number) => [{ name: `${'d/'.repeat(levels - 1)}f`, text: '' }];
    expect(await unpacked(rawArchive(deep(2000)))).toEqual(['bundle/too-deep']);
    expect(await unpacked(rawArchive(deep(101)))).toEqual(['bundle/too-deep']);
    const many = Array.from({ length: mostFiles + 1 }, (_, k) => ({ name: `${k}`, text: '' }));
    expect(await unpacked(rawArchive(many))).toEqual(['bundle/too-many-files']);
  });

  it('that holds more than it states ends at the stated size', async () => {
    expect(await unpacked(rawArchive([{ name: 'bomb', text: 'x'.repeat(1e6), size: 10 }]))).toEqual(['bundle/damaged']);
  });

  it('with files that share bytes is refused', async () => {
    const entries = ['a', 'b', 'c'].map((name) => ({ name, text: 'x'.repeat(100), offset: 0 }));
    expect(await unpacked(rawArchive(entries))).toEqual(['bundle/overlapping', 'bundle/overlapping']);
  });

  it('that is cut is no archive', async () => {
    const bytes = rawArchive([{ name: 'a', text: 'a' }]);
    await expect(unpacked(bytes.subarray(0, bytes.length - 30))).rejects.toThrow('cannot be read as a ZIP archive');
  });
});

describe('a bundle', () => {
  const manifest = (name: string): string =>
    `<omexManifest><content location="./${name}" format="http://identifiers.org/combine.specifications/neuroml" master="true"/></omexManifest>`;
  const run = async (files: Readonly<Record<string, string>>): Promise<{ code: number; codes: readonly string[] }> => {
    const path = folder.file(`${count++}.omex`);
    writeFileSync(path, rawArchive(Object.entries(files).map(([name, text]) => ({ name, text }))));
    const { code, stdout } = await runCommand(['validate', path, '--json']);
    const [document] = (JSON.parse(stdout) as { documents: { diagnostics: { code: string }[] }[] }).documents;
    return { code, codes: document?.diagnostics.map((found) => found.code) ?? [] };
  };

  it.each([
    ['without a manifest', { 'a.nml': '' }, ['bundle/no-manifest']],
    ['with a manifest that is not XML', { 'manifest.xml': '<omexManifest>' }, ['xml/unclosed', 'bundle/no-model']],
    ['whose model is not there', { 'manifest.xml': manifest('gone.nml') }, ['bundle/missing']],
    [
      'whose model includes a file above it',
      {
        'manifest.xml': manifest('source/a.nml'),
        'source/a.nml':
          '<neuroml xmlns="http://www.neuroml.org/schema/neuroml2" id="a"><include href="../b.nml"/>' +
          '<include href="/etc/passwd"/></neuroml>',
        'b.nml': '<neuroml xmlns="http://www.neuroml.org/schema/neuroml2" id="b"/>',
      },
      ['lems/include-outside'],
    ],
    [
      'whose manifest is too long',
      {
        'manifest.xml': manifest('gone.nml').padEnd(2 ** 26 + 1),
      },
      ['bundle/too-long'],
    ],
    [
      'whose crate has a malformed address',
      {
        'ro-crate-metadata.json': '{"@graph": [{"@id": "./", "mainEntity": {"@id": "%E0%A4%A"}}]}',
        'manifest.xml': '<omexManifest/>',
      },
      ['bundle/no-model'],
    ],
    ['without a model', { 'manifest.xml': '<omexManifest/>', 'a.txt': 'a' }, ['bundle/no-model']],
    [
      'with a changed file',
      {
        'manifest.xml': manifest('a.nml'),
        'a.nml': '<neuroml/>',
        'checksums.sha256': `${'0'.repeat(64)}  a.nml\n${'0'.repeat(64)}  b\n`,
      },
      ['bundle/changed', 'bundle/missing'],
    ],
    [
      'whose SED-ML is wrong in several ways',
      {
        'manifest.xml': manifest('run.sedml').replace('neuroml', 'sed-ml'),
        'run.sedml':
          '<sedML><listOfModels><model id="m" language="urn:sedml:language:lems" source="m.xml"/></listOfModels><listOfSimulations>' +
          '<uniformTimeCourse id="s" outputStartTime="0" outputEndTime="soon" numberOfSteps="0"/></listOfSimulations><listOfTasks>' +
          '<task id="t" modelReference="m" simulationReference="s"/><task id="u" modelReference="n" simulationReference="s"/></listOfTasks></sedML>',
      },
      ['sedml/not-a-number', 'sedml/not-a-number', 'sedml/unknown-reference'],
    ],
    [
      'whose SED-ML runs a model in another language, with changes',
      {
        'manifest.xml': manifest('run.sedml').replace('neuroml', 'sed-ml'),
        'run.sedml':
          '<sedML><listOfModels><model id="m" language="urn:sedml:language:sbml" source="m.xml"><listOfChanges/></model></listOfModels></sedML>',
      },
      ['sedml/unread-language'],
    ],
    [
      'whose SED-ML has no task',
      { 'manifest.xml': manifest('run.sedml').replace('neuroml', 'sed-ml'), 'run.sedml': '<sedML/>' },
      ['sedml/no-task'],
    ],
    [
      'whose SED-ML asks for a steady state',
      {
        'manifest.xml': manifest('run.sedml').replace('neuroml', 'sed-ml'),
        'run.sedml':
          '<sedML><listOfModels><model id="m" language="urn:sedml:language:lems" source="m.xml"/></listOfModels><listOfSimulations>' +
          '<steadyState id="s"/></listOfSimulations><listOfTasks><task id="t" modelReference="m" simulationReference="s"/></listOfTasks></sedML>',
      },
      ['sedml/unread-element'],
    ],
  ])('%s names each mistake', async (_, files, codes) => {
    const found = await run(files);
    expect(found.code).toBe(1);
    if (codes[0]?.startsWith('xml/')) expect(found.codes[0]).toMatch(/^xml\//);
    else expect(found.codes).toEqual(codes);
  });
});
