/** Bundles that `interneuron pack` writes, and the commands that take them. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { unpackArchive } from '../../src/bundle/archive.js';
import { runCommand, temporaryFolder } from '../support/command.js';

const folder = temporaryFolder();
const model = {
  interneuron: 1,
  name: 'pair',
  metadata: {
    title: 'A pair of cells',
    authors: [{ name: 'Ada Lovelace', orcid: '0000-0002-1825-0097' }, 'Hodgkin, Alan'],
    licence: 'CC-BY-4.0',
    doi: 'https://doi.org/10.1000/example',
    species: 'Mus musculus',
  },
  neurons: {
    cell: {
      state: { v: { unit: 'mV', initial: '0 mV' } },
      derivatives: { v: '(15*mV - v)/(10*ms)' },
      events: { spike: { when: 'v > 10*mV', do: ['v = 0*mV'] } },
    },
  },
  populations: { cells: { type: 'cell', size: 2 } },
  record: [
    { of: 'cells', events: 'spike' },
    { of: 'cells', variables: ['v'], every: '1 ms' },
  ],
  experiment: { dt: '0.1 ms', duration: '50 ms', seed: 3 },
} as const;

interface Packed {
  readonly hash: string;
  readonly files: readonly { readonly path: string; readonly role: string }[];
  readonly remarks: readonly string[];
}

let packed: Packed;
let fingerprint: string;

const json = async <T>(words: readonly string[]): Promise<T> => {
  const { code, stdout, stderr } = await runCommand([...words, '--json']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as T;
};

beforeAll(async () => {
  writeFileSync(folder.file('pair.yaml'), JSON.stringify(model));
  const run = await json<{ fingerprint: string }>(['run', folder.file('pair.yaml'), '-o', folder.file('pair.nwb')]);
  fingerprint = run.fingerprint;
  packed = await json([
    'pack',
    folder.file('pair.yaml'),
    folder.file('pair.nwb'),
    '--to',
    'lems',
    '-o',
    folder.file('pair.omex'),
  ]);
});

describe('interneuron pack', () => {
  it('writes the sources, the model, notations with reports, results and pictures', () => {
    expect(packed.files.map(({ path }) => path)).toEqual(
      expect.arrayContaining([
        ...[
          'manifest.xml',
          'README.md',
          'run.sedml',
          'CITATION.cff',
          'metadata.rdf',
          '.zenodo.json',
          'ro-crate-metadata.json',
        ],
        ...['checksums.sha256', 'source/pair.yaml', 'model/model.json', 'notations/lems/LEMS_model.xml'],
        ...[
          'expect.yaml',
          'figures/pair-nwb.html',
          'notations/lems/report.json',
          'results/pair.nwb',
          'figures/pair-nwb.svg',
        ],
      ]),
    );
    expect(packed.remarks).toEqual([]);
  });

  it('writes the same bytes again', async () => {
    const words = [folder.file('pair.yaml'), folder.file('pair.nwb'), '--to', 'lems'];
    await json(['pack', ...words, '-o', folder.file('again.omex')]);
    expect(readFileSync(folder.file('again.omex')).equals(readFileSync(folder.file('pair.omex')))).toBe(true);
  });

  it('keeps the bytes of the sources, and cites the authors', async () => {
    const unpacked = folder.file('unpacked');
    await unpackArchive(folder.file('pair.omex'), unpacked);
    const text = (name: string): string => readFileSync(join(unpacked, name), 'utf8');
    const tested = await runCommand(['test', unpacked]);
    expect(tested.code, tested.stdout + tested.stderr).toBe(0);
    expect(text('expect.yaml')).toContain(fingerprint);
    expect(text('source/pair.yaml')).toBe(JSON.stringify(model));
    // Citation File Format 1.2.0: required keys, and ORCID as a URL.
    expect(text('CITATION.cff')).toContain('cff-version: 1.2.0');
    expect(text('CITATION.cff')).toContain('family-names: Lovelace');
    expect(text('CITATION.cff')).toContain('orcid: https://orcid.org/0000-0002-1825-0097');
    expect(text('CITATION.cff')).toContain('doi: 10.1000/example');
    expect(text('metadata.rdf')).toContain('<vCard:family-name>Lovelace</vCard:family-name>');
    expect(text('metadata.rdf')).toContain('<dcterms:license rdf:resource="https://spdx.org/licenses/CC-BY-4.0"/>');
    expect(text('metadata.rdf')).toContain('<bqmodel:isDescribedBy rdf:resource="https://doi.org/10.1000/example"/>');
    expect(text('metadata.rdf')).toContain('<rdfs:label>Mus musculus</rdfs:label>');
    const crate = JSON.parse(text('ro-crate-metadata.json')) as { readonly '@graph': readonly object[] };
    expect(crate['@graph']).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ '@id': 'https://doi.org/10.1000/example', '@type': 'ScholarlyArticle' }),
        expect.objectContaining({ '@type': 'Taxon', name: 'Mus musculus' }),
      ]),
    );
    expect(JSON.parse(text('.zenodo.json'))).toMatchObject({
      creators: [{ name: 'Lovelace, Ada', orcid: '0000-0002-1825-0097' }, { name: 'Hodgkin, Alan' }],
      license: 'cc-by-4.0',
    });
    // 50 ms in steps of 0.1 ms, and the two potentials that are recorded.
    expect(text('run.sedml')).toMatch(/outputEndTime="0.05" numberOfSteps="500"/);
    // Two potentials, and times and cells of the spikes.
    expect(text('run.sedml').match(/ target="/g)).toHaveLength(4);
  });

  it('packs the run of a result with its options', async () => {
    const changed = ['--dt', '0.2 ms', '--duration', '20 ms'];
    const run = await json<{ fingerprint: string }>([
      'run',
      folder.file('pair.yaml'),
      ...changed,
      '-o',
      folder.file('short.nwb'),
    ]);
    const words = [folder.file('pair.yaml'), folder.file('short.nwb'), ...changed];
    await json(['pack', ...words, '-o', folder.file('short.omex')]);
    expect((await json<{ fingerprint: string }>(['run', folder.file('short.omex')])).fingerprint).toBe(run.fingerprint);
  });

  it('refuses a result of another model', async () => {
    writeFileSync(folder.file('other.yaml'), JSON.stringify(model).replace('15*mV', '16*mV'));
    const words = ['pack', folder.file('other.yaml'), folder.file('pair.nwb'), '-o', folder.file('other.omex')];
    const { code, stderr } = await runCommand(words);
    expect(code).toBe(2);
    expect(stderr).toContain('was made by another model');
  });
});

describe('a bundle', () => {
  it('is run to the same fingerprint, and verified', async () => {
    const run = await json<{ fingerprint: string }>(['run', folder.file('pair.omex'), '-o', folder.file('again.nwb')]);
    expect(run.fingerprint).toBe(fingerprint);
    expect(await json(['verify', folder.file('pair.omex')])).toMatchObject({ verdict: 'identical' });
  });

  /**
   * Writes the bundle with one file changed and its checksum corrected, or with a file that is missing from all lists.
   */
  const changedBundle = async (path: string, change: (text: string) => string): Promise<string> => {
    const { unzipSync, zipSync } = await import('fflate');
    const { createHash } = await import('node:crypto');
    const files = unzipSync(readFileSync(folder.file('pair.omex')));
    const text = (name: string): string => new TextDecoder().decode(files[name] ?? new Uint8Array());
    const sum = (of: string): string => createHash('sha256').update(of).digest('hex');
    const changed = change(text(path));
    expect(changed).not.toBe(text(path));
    const sums = text('checksums.sha256').replace(sum(text(path)), sum(changed));
    const bytes = (of: string): Uint8Array => new TextEncoder().encode(of);
    writeFileSync(
      folder.file('changed.omex'),
      zipSync({ ...files, [path]: bytes(changed), 'checksums.sha256': bytes(sums) }),
    );
    return folder.file('changed.omex');
  };

  it.each([
    ['source/pair.yaml', (text: string) => text.replace('15*mV', '16*mV'), 'another model'],
    ['source/pair.yaml', (text: string) => text.replace('50 ms', '40 ms'), 'another time step, seed or protocol'],
    ['source/pair.yaml', (text: string) => text.replace('15*mV', '15*mVolt'), 'cannot be read as a model'],
    ['model/model.json', (text: string) => text.replace('0.015', '0.016'), 'another model'],
    ['notations/lems/LEMS_model.xml', (text: string) => text.replace('15mV', '16mV'), 'another document'],
    ['run.sedml', (text: string) => text.replace('numberOfSteps="500"', 'numberOfSteps="1000"'), 'line 7'],
    ['run.sedml', (text: string) => text.replace('notations/lems/LEMS_model.xml', 'source/pair.yaml'), 'line 4'],
    ['expect.yaml', (text: string) => text.replace('fingerprint: ', 'fingerprint: 00'), 'another document'],
    ['metadata.rdf', (text: string) => text.replace('10.1000/example', '10.1000/another'), 'another document'],
    ['.zenodo.json', (text: string) => text.replace('Lovelace', 'Byron'), 'another document'],
    ['ro-crate-metadata.json', (text: string) => text.replace('Ada Lovelace', 'Lord Byron'), 'another document'],
    ['results/extra.nwb', () => 'x', 'not listed in manifest.xml or checksums.sha256'],
  ])('with a changed %s does not pass, although its checksums fit', async (path, change, reason) => {
    const { code, stdout } = await runCommand(['verify', await changedBundle(path, change)]);
    expect(stdout).toContain(reason);
    expect(stdout).toContain(path);
    expect(code).toBe(1);
  });

  /** Writes the bundle with changed files, and with sizes and checksums that fit. */
  const alteredBundle = async (change: (files: Record<string, string>) => void): Promise<string> => {
    const { unzipSync, zipSync } = await import('fflate');
    const { createHash } = await import('node:crypto');
    const entries = Object.entries(unzipSync(readFileSync(folder.file('pair.omex'))));
    // Latin-1 keeps every byte.
    const files = Object.fromEntries(entries.map(([name, bytes]) => [name, Buffer.from(bytes).toString('latin1')]));
    change(files);
    const [crate, sums] = ['ro-crate-metadata.json', 'checksums.sha256'];
    const graph = files[crate];
    if (graph !== undefined)
      files[crate] = graph.replace(
        /"@id": "([^"]+)",(\s+"@type": "File",[^}]*"contentSize": ")\d+"/g,
        (_, path: string, rest: string) => `"@id": "${path}",${rest}${files[path]?.length ?? 0}"`,
      );
    const sumOf = (text: string): string => createHash('sha256').update(text, 'latin1').digest('hex');
    const names = Object.keys(files).filter((name) => name !== 'manifest.xml' && name !== sums);
    if (files[sums] !== undefined) files[sums] = names.map((name) => `${sumOf(files[name] ?? '')}  ${name}\n`).join('');
    const changed = Object.entries(files).map(([name, text]) => [name, new Uint8Array(Buffer.from(text, 'latin1'))]);
    writeFileSync(folder.file('altered.omex'), zipSync(Object.fromEntries(changed) as Record<string, Uint8Array>));
    return folder.file('altered.omex');
  };

  type Files = Record<string, string>;
  const replaceIn = (files: Files, path: string, from: RegExp | string, to: string): void => {
    const before = files[path] ?? '';
    files[path] = before.replace(from, to);
    expect(files[path]).not.toBe(before);
  };
  const [report, crate, sedml] = ['notations/lems/report.json', 'ro-crate-metadata.json', 'run.sedml'] as const;
  const otherVersion = (files: Files): void =>
    replaceIn(files, crate, /"softwareVersion": "[^"]*"/g, '"softwareVersion": "0.0.1"');

  it.each<[string, (files: Files) => void, number, RegExp]>([
    ['nothing changed', () => undefined, 0, /^identical/],
    [
      'another picture',
      (files) => replaceIn(files, 'figures/pair-nwb.svg', '</svg>', '<text>99 Hz</text></svg>'),
      1,
      /^figures\/pair-nwb\.svg: another document/m,
    ],
    [
      'another page about the result',
      (files) => replaceIn(files, 'figures/pair-nwb.html', / Hz/, '0 Hz'),
      1,
      /^figures\/pair-nwb\.html: another document/m,
    ],
    [
      'a measurement that is not measured here',
      (files) => replaceIn(files, report, /"outcome": "[^"]*"/, '"outcome": "apart"'),
      3,
      /^notations\/lems\/report\.json: its measurement was otherwise here/m,
    ],
    [
      'other authors in the source',
      (files) => replaceIn(files, 'source/pair.yaml', 'Ada Lovelace', 'Lord Byron'),
      1,
      /^source\/pair\.yaml: other metadata, such as authors/m,
    ],
    [
      'another DOI in the source',
      (files) => replaceIn(files, 'source/pair.yaml', '10.1000/example', '10.1000/another'),
      1,
      /^source\/pair\.yaml: other metadata/m,
    ],
    [
      'no checksums',
      (files) => {
        delete files['checksums.sha256'];
        replaceIn(files, 'manifest.xml', /<content location="\.\/checksums\.sha256"[^>]*>/, '');
      },
      1,
      /^checksums\.sha256: missing/m,
    ],
    [
      'no crate, and a shorter experiment',
      (files) => {
        delete files['ro-crate-metadata.json'];
        replaceIn(files, 'manifest.xml', /<content location="\.\/ro-crate-metadata\.json"[^>]*>/, '');
        replaceIn(files, sedml, 'outputEndTime="0.05"', 'outputEndTime="0.025"');
      },
      3,
      /^ro-crate-metadata\.json: missing/m,
    ],
    [
      'the crate of another version, and a shorter experiment',
      (files) => {
        otherVersion(files);
        replaceIn(files, sedml, 'numberOfSteps="500"', 'numberOfSteps="250"');
      },
      3,
      /^run\.sedml: another document .*, which interneuron 0\.0\.1 may write otherwise$/m,
    ],
    [
      'a README that says more',
      (files) => replaceIn(files, 'README.md', /the model in lems: [^\n]*/, 'the model in lems: exact'),
      3,
      /^not checked: README\.md; all results come out again\n[^]*^README\.md: edited/m,
    ],
    [
      'no report on a notation',
      (files) => {
        delete files['notations/lems/report.json'];
        replaceIn(files, 'manifest.xml', /<content location="\.\/notations\/lems\/report\.json"[^>]*>/, '');
      },
      1,
      /^notations\/lems\/report\.json: missing, although pack writes it/m,
    ],
    [
      'no file that opens the archive',
      (files) => replaceIn(files, 'manifest.xml', ' master="true"', ''),
      1,
      /^manifest\.xml: another document/m,
    ],
    [
      'a second source of another model',
      (files) => {
        files['source/second.yaml'] = JSON.stringify(model).replace('15*mV', '16*mV');
        const entry =
          '  <content location="./source/second.yaml" format="http://purl.org/NET/mediatypes/text/x-yaml"/>';
        replaceIn(files, 'manifest.xml', '</omexManifest>', `${entry}\n</omexManifest>`);
      },
      1,
      /^source\/second\.yaml: another model/m,
    ],
  ])('with %s, with sizes and checksums that fit', async (_, change, code, text) => {
    const found = await runCommand(['verify', await alteredBundle(change)]);
    expect([found.code, found.stdout]).toEqual([code, expect.stringMatching(text)]);
  });

  it('is described, validated, converted and compared', async () => {
    expect(await json(['validate', folder.file('pair.omex')])).toMatchObject({
      documents: [{ valid: true, hash: packed.hash }],
    });
    expect(await json(['describe', folder.file('pair.omex')])).toMatchObject({ title: 'A pair of cells' });
    const converted = ['convert', folder.file('pair.omex'), '--to', 'canonical', '-o', folder.file('canonical.json')];
    expect(await json(converted)).toMatchObject({ outcome: 'exact', model: { hash: packed.hash } });
    const words = ['compare', folder.file('pair.omex'), folder.file('pair.nwb')];
    expect(await json(words)).toMatchObject({ grade: 'identical' });
  });
});

describe('a bundle of another program', () => {
  it('runs as its SED-ML describes', async () => {
    const archive = folder.file('foreign.omex');
    const { archiveBytes } = await import('../../src/bundle/write-archive.js');
    const { textFile } = await import('../../src/bundle/contents.js');
    const lems =
      '<Lems><Target component="s"/><Include file="Cells.xml"/><Include file="Networks.xml"/><Include file="Simulation.xml"/>' +
      '<iafCell id="c" leakReversal="-60mV" thresh="-50mV" reset="-65mV" C="1 nF" leakConductance="0.05 uS"/>' +
      '<network id="net"><population id="p" component="c" size="1"/></network>' +
      '<Simulation id="s" length="10ms" step="0.1ms" target="net"/></Lems>';
    const sedml = (model: string): string =>
      '<sedML xmlns="http://sed-ml.org/sed-ml/level1/version3" level="1" version="3">' +
      `<listOfModels><model id="m" language="urn:sedml:language:lems" source="${model}"/></listOfModels>` +
      '<listOfSimulations><uniformTimeCourse id="sim" initialTime="0" outputStartTime="0.05" outputEndTime="0.1" numberOfPoints="1000">' +
      '<algorithm kisaoID="KISAO:0000030"/></uniformTimeCourse></listOfSimulations>' +
      '<listOfTasks><task id="t" modelReference="m" simulationReference="sim"/></listOfTasks></sedML>';
    const manifest =
      '<omexManifest><content location="./a/run.sedml" format="http://identifiers.org/combine.specifications/sed-ml" master="True"/></omexManifest>';
    const write = async (named: string): Promise<void> => {
      writeFileSync(
        archive,
        archiveBytes([
          textFile('manifest.xml', manifest, 'about', ''),
          textFile('a/run.sedml', sedml(named), 'about', ''),
          textFile('LEMS_c.xml', lems, 'source', ''),
        ]),
      );
    };
    await write('../LEMS_c.xml');
    // Reported are 50 ms in 1000 steps of 0.05 ms; the run of 100 ms has 2000.
    expect(await json(['run', archive, '--target', 'wasm'])).toMatchObject({ steps: 2000, dt: 5e-5 });
    await write('../LEMS_d.xml');
    const { code, stderr } = await runCommand(['run', archive]);
    expect(code).toBe(1);
    expect(stderr).toContain('../LEMS_d.xml is not in the archive');
  });
});

describe('an experiment in SED-ML', () => {
  const sedml = (
    source: string,
  ): string => `<sedML xmlns="http://sed-ml.org/sed-ml/level1/version2" level="1" version="2">
  <listOfModels><model id="m" language="urn:sedml:language:lems" source="${source}"/></listOfModels>
  <listOfSimulations><uniformTimeCourse id="s" initialTime="0" outputStartTime="0" outputEndTime="0.1" numberOfPoints="1000"><algorithm kisaoID="KISAO:0000030"/></uniformTimeCourse></listOfSimulations>
  <listOfTasks><task id="t" modelReference="m" simulationReference="s"/></listOfTasks>
</sedML>`;

  it('runs with its model beside it', async () => {
    writeFileSync(folder.file('LEMS_ramp.xml'), readFileSync('fixtures/expectations/omv/LEMS_ramp.xml'));
    writeFileSync(folder.file('beside.sedml'), sedml('LEMS_ramp.xml'));
    const spikes = folder.file('beside.csv');
    expect(
      await runCommand(['run', folder.file('beside.sedml'), '-o', spikes, '--output-dir', folder.file('.')]),
    ).toMatchObject({ code: 0 });
    // A spike each 20 ms, in the 0.1 s of the experiment.
    expect(readFileSync(spikes, 'utf8').match(/^seldom,/gm)).toHaveLength(5);
    expect((await runCommand([folder.file('beside.sedml')])).stdout).toContain(
      'an experiment with NeuroML or LEMS, valid',
    );
  });

  it('names a model that is not there, also one outside of its folder', async () => {
    for (const source of ['missing.xml', '../LEMS_ramp.xml']) {
      writeFileSync(folder.file('alone.sedml'), sedml(source));
      const { code, stderr, stdout } = await runCommand(['validate', folder.file('alone.sedml')]);
      expect([code, stderr + stdout]).toEqual([
        1,
        expect.stringContaining(`${source} is not in the archive, or not beside`),
      ]);
    }
  });
});
