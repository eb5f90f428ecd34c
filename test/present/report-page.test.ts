/** `interneuron report`, and `describe` as documents; pages are laid out by Chromium without a network. */

import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { runCommand, temporaryFolder } from '../support/command.js';
import { withReason } from '../support/skip-reasons.js';

const folder = temporaryFolder();
const model = 'fixtures/brian/single-lif.yaml';
const hasLatex = spawnSync('pdflatex', ['--version']).status === 0;
const hasBrowser = spawnSync('chromium', ['--version']).status === 0;

/** Sizes of the parts of a page, as the browser lays it out, and its error messages. */
interface Layout {
  readonly heights: Readonly<Record<string, readonly number[]>>;
  readonly loaded: readonly string[];
  readonly errors: readonly string[];
}

/** Opens a page with a script that measures it. */
function laidOut(page: string): Layout {
  const path = folder.file('measured.html');
  const script = `<script>
    const heights = {};
    for (const tag of ['svg', 'math', 'table', 'mfrac'])
      heights[tag] = [...document.querySelectorAll(tag)].map((one) => one.getBoundingClientRect().height);
    const loaded = performance.getEntriesByType('resource').map(({ name }) => name);
    document.body.innerHTML = '<pre>' + btoa(JSON.stringify({ heights, loaded })) + '</pre>';
  </script>`;
  writeFileSync(path, page.replace('</body>', `${script}</body>`));
  const { stdout, stderr } = spawnSync(
    'chromium',
    [
      ...[
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--enable-logging=stderr',
        `--user-data-dir=${folder.file('browser')}`,
      ],
      ...['--host-resolver-rules=MAP * ~NOTFOUND', '--dump-dom', `file://${path}`],
    ],
    { encoding: 'utf8' },
  );
  const [, encoded = ''] = /<pre>(.*?)<\/pre>/.exec(stdout) ?? [];
  const errors = stderr.split('\n').filter((line) => line.includes('CONSOLE'));
  return { ...(JSON.parse(Buffer.from(encoded, 'base64').toString()) as Omit<Layout, 'errors'>), errors };
}

/** Checks that a page has no address of another file. */
const needsNothing = (page: string): boolean => !/(?:src|href)="(?!data:)|@import|url\(|<script/.test(page);

beforeAll(async () => {
  expect(await runCommand(['run', model, '-q', '-o', folder.file('lif.nwb')])).toMatchObject({ code: 0 });
});

describe('report', () => {
  it('a result: pictures, tables, equations, provenance', async () => {
    const { code } = await runCommand(['report', folder.file('lif.nwb'), '-o', folder.file('lif.html'), '-q']);
    expect(code).toBe(0);
    const page = readFileSync(folder.file('lif.html'), 'utf8');
    expect(needsNothing(page)).toBe(true);
    expect([...page.matchAll(/<h2>(.*?)<\/h2>/g)].map(([, heading]) => heading)).toEqual([
      'Run',
      'A Model summary',
      'B Populations',
      'D Neuron models',
      'F Measurements',
      'Protocol',
      'Provenance',
    ]);
    expect([...page.matchAll(/<figure class="(\w+)"/g)].map(([, kind]) => kind)).toEqual(['traces']);
    expect(page).toContain('<p>18 spikes of 1 cell, 90 Hz</p>');
    expect(page).toMatch(/<td>fingerprint<\/td><td class="digest">e4e899e418a9db8a/);
    expect(page).toContain('<td class="number">18</td><td class="number">90 Hz</td>');
    // Without SOURCE_DATE_EPOCH, a file has no date of its own.
    expect(page).not.toContain('2000-01-01');
  });

  it.skipIf(!hasBrowser)(
    withReason(
      'a browser lays the page out, without a network and without errors',
      hasBrowser ? null : 'Chromium is not installed',
    ),
    async () => {
      const { stdout: page } = await runCommand(['report', folder.file('lif.nwb'), '-o', '-']);
      const { heights, loaded, errors } = laidOut(page);
      expect({ loaded, errors }).toEqual({ loaded: [], errors: [] });
      expect(heights['svg']!.filter((height) => height > 100).length).toBeGreaterThanOrEqual(1);
      expect(heights['table']!.every((height) => height > 20)).toBe(true);
      // Fractions are laid out, not read as text of one line.
      expect(Math.min(...heights['mfrac']!)).toBeGreaterThan(25);
    },
  );

  it('a model with a conversion report', async () => {
    const source = 'fixtures/brian/deterministic-30.yaml';
    const [converted, report] = [folder.file('converted.xml'), folder.file('report.json')];
    await runCommand(['convert', source, '--to', 'neuroml', '-o', converted, '--report', report, '-q', '--no-check']);
    const { stdout } = await runCommand(['report', source, '-o', '-', '--conversion', report]);
    expect(stdout).toContain('<h2>C Connectivity</h2>');
    expect(stdout).toContain('<p>From brian to neuroml: not measured.</p>');
    expect(stdout).toContain('<figure class="network"');
    expect(needsNothing(stdout)).toBe(true);
    const cell = 'fixtures/brian/single-lif.yaml';
    await runCommand(['convert', cell, '--to', 'neuroml', '-o', converted, '--report', report, '-q', '--force']);
    const measured = await runCommand(['report', cell, '-o', '-', '--conversion', report]);
    expect(measured.stdout).toMatch(/<p>From brian to neuroml: the same model\.<\/p>/);
  });

  it('a document of NeuroML: tables of its channels instead of their equations', async () => {
    const { stdout } = await runCommand(['report', 'fixtures/neuroml/channels.xml', '-o', '-', '-q']);
    const headings = [...stdout.matchAll(/<h2>(.*?)<\/h2>/g)].map(([, heading]) => heading);
    expect(headings).toEqual(expect.arrayContaining(['Channel densities', 'Gates']));
  });

  it.each(['report', 'page'])(
    'the caption of a network in a %s counts as its summary: inputs apart',
    async (command) => {
      // Three pulse generators with three synapses drive three cells and one, with two synapses each way.
      const { stdout } = await runCommand([command, 'fixtures/neuroml/network.xml', '-o', '-', '-q']);
      expect(stdout).toMatch(/<figcaption[^>]*>4 cells, 4 synapses<\/figcaption>/);
      expect(stdout).toMatch(/<td>cells<\/td><td[^>]*>4<\/td>/);
      expect(stdout).toMatch(/<td>synapses<\/td><td[^>]*>4<\/td>/);
    },
  );

  it('a result of another program', async () => {
    writeFileSync(folder.file('nest.dat'), 'sender\ttime_ms\n1\t10.0\n2\t12.5\n');
    const { stdout } = await runCommand(['report', folder.file('nest.dat'), '-o', '-']);
    expect(stdout).toMatch(/<figure class="raster"[^]*<h2>Run<\/h2>/);
    expect(stdout).not.toContain('Provenance');
  });

  it('a folder of results: a row and a picture of each, with the values that a sweep varied', async () => {
    const runs = folder.file('runs');
    await runCommand(['sweep', model, '--vary', 'tau=8,12 ms', '--seeds', '1', '-o', runs, '-q']);
    writeFileSync(`${runs}/notes.txt`, 'no result');
    writeFileSync(`${runs}/notes.conf`, '# settings of the plot\n# none yet\n');
    const { code } = await runCommand(['report', runs, '-o', folder.file('runs.html'), '-q']);
    expect(code).toBe(0);
    const page = readFileSync(folder.file('runs.html'), 'utf8');
    expect(needsNothing(page)).toBe(true);
    expect(
      [
        ...page.matchAll(
          /<td data-column="file">(run-\d\.nwb)<\/td><td class="number" data-column="tau \(ms\)">(\d+)<\/td>/g,
        ),
      ].map((row) => row.slice(1)),
    ).toEqual([
      ['run-1.nwb', '8'],
      ['run-2.nwb', '12'],
    ]);
    // Each picture is drawn for screens and for phones.
    expect([...page.matchAll(/<title>tau = (\d+) ms, seed = 1<\/title>/g)].map(([, tau]) => tau)).toEqual([
      '8',
      '8',
      '12',
      '12',
    ]);
    expect(page).toContain('Not shown: notes.conf, notes.txt.');
    // The curve of the rate against the parameter comes first, with a point for each value.
    const [, curve = ''] = /<figure class="sweep"[^>]*>(<svg[^]*?<\/svg>)[^]*<figure class="run"/.exec(page) ?? [];
    expect(curve).toContain('>rate of G (Hz)<');
    expect(curve).toContain('>tau (ms)<');
    expect(curve.match(/<circle /g)).toHaveLength(2);
  });

  it('a cell without synapses: its shape', async () => {
    const { stdout } = await runCommand(['report', 'fixtures/cells/ball-and-stick.xml', '-o', '-', '-q']);
    expect(stdout).toContain('<figure class="network"><svg');
    expect(stdout).toMatch(/<text [^>]*>recorded: v<\/text>/);
  });

  it('rejects a folder without results', async () => {
    const { code, stderr } = await runCommand(['report', 'docs', '-o', folder.file('docs.html')]);
    expect(code).toBe(2);
    expect(stderr).toContain('docs is a folder without results');
  });

  it('names are escaped', async () => {
    const text = readFileSync(model, 'utf8').replace('name: Single LIF', "name: '<img src=x>'");
    writeFileSync(folder.file('hostile.yaml'), text);
    const { stdout } = await runCommand(['report', folder.file('hostile.yaml'), '-o', '-']);
    expect(stdout).toContain('<h1>&lt;img src=x&gt;</h1>');
    expect(stdout).not.toContain('<img');
  });

  it.each([
    [['report', model, '-o', 'x.pdf'], /a report is an \.html file, not x\.pdf/],
    [['report', 'none.nwb', '-o', '-'], /there is no file none\.nwb/],
    [['report', 'CUT', '-o', '-'], /cut\.nwb .*not a complete HDF5 file/],
    [['report', model, '-o', '-', '--conversion', model], /is no conversion report/],
  ])('%j', async (words, message) => {
    writeFileSync(folder.file('cut.nwb'), readFileSync(folder.file('lif.nwb')).subarray(0, 9000));
    const given = words.map((word) => (word === 'CUT' ? folder.file('cut.nwb') : word));
    expect(await runCommand(given)).toMatchObject({ code: 2, stderr: expect.stringMatching(message) });
  });
});

describe('describe', () => {
  it('types of equal equations are one', async () => {
    const neuron = (tau: string): string =>
      `{ N: 1, model: "dv/dt = -v/tau : 1", threshold: v > 1, reset: v = 0, namespace: { tau: ${tau} } }`;
    const groups = ['10 ms', '10 ms', '20 ms'].map((tau, k) => `  G${k}: ${neuron(tau)}\n`).join('');
    writeFileSync(folder.file('three.yaml'), `format: interneuron/brian\nneuron_groups:\n${groups}run: 1 ms\n`);
    const { stdout } = await runCommand(['describe', folder.file('three.yaml'), '--format', 'markdown']);
    expect(stdout).toContain('### G0, G1, G2\n');
    expect(stdout).toContain(
      '| parameter | G0 | G1 | G2 |\n| --- | --- | --- | --- |\n| tau | 10 ms | 10 ms | 20 ms |',
    );
  });

  it('LaTeX', async () => {
    const { stdout } = await runCommand(['describe', model, '--format', 'latex']);
    expect(stdout).toMatch(
      /^\\documentclass[^]*\\section\*\{D Neuron models\}[^]*\\frac\{d v\}\{d t\}[^]*\\end\{document\}\n$/,
    );
    const opened = stdout.match(/(?<!\\)\{/g)?.length;
    expect(stdout.match(/(?<!\\)\}/g)?.length).toBe(opened);
  });

  // Debian's texlive-latex-base has all that the documents need.
  it.skipIf(!hasLatex).each(['brian/cobahh.yaml', 'pynn/stdp-network.json', 'neuroml/channels.xml'])(
    withReason('LaTeX compiles the description of %s', hasLatex ? null : 'LaTeX is not installed'),
    async (name) => {
      await runCommand([
        'describe',
        `fixtures/${name}`,
        '--format',
        'latex',
        '-o',
        folder.file('model.tex'),
        '--force',
        '-q',
      ]);
      const { status, stdout } = spawnSync('pdflatex', ['-halt-on-error', '-interaction=nonstopmode', 'model.tex'], {
        cwd: dirname(folder.file('model.tex')),
        encoding: 'utf8',
      });
      expect(stdout.slice(-500)).toContain('Output written');
      expect(status).toBe(0);
    },
  );
});
