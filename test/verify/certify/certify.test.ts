/** `interneuron certify`: the certificate of a bundle and of a folder, and the configuration of a CODECHECK. */

import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, release, userInfo } from 'node:os';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { chromium } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { exitCodes } from '../../../src/cli/exit-codes.js';
import { isOrcid } from '../../../src/verify/certify/codecheck.js';
import { runCommand, temporaryFolder } from '../../support/command.js';
import { withReason } from '../../support/skip-reasons.js';

const browserPath = '/usr/bin/chromium';
const folder = temporaryFolder();
const model = {
  format: 'interneuron/brian',
  name: 'noise',
  authors: [{ name: 'Ada Example', orcid: '0000-0002-1825-0097' }],
  dt: '0.1 ms',
  seed: 3,
  neuron_groups: {
    cells: {
      N: 5,
      model: 'dv/dt = (15*mV - v)/(10*ms) + 3*mV*xi*(10*ms)**-0.5 : volt',
      method: 'euler',
      threshold: 'v > 10*mV',
      reset: 'v = 0*mV',
    },
  },
  spike_monitors: { spikes: { source: 'cells' } },
  run: '100 ms',
};
const paper = {
  title: 'Noise in five cells',
  authors: [{ name: 'Ada Example', ORCID: '0000-0002-1825-0097' }],
  reference: 'https://doi.org/10.1000/example',
  codechecker: [{ name: 'Grace Checker', ORCID: '0000-0001-5109-3700' }],
  certificate: '2026-001',
  report: 'https://doi.org/10.5281/zenodo.1234567',
};

interface Written {
  readonly verdict: string;
  readonly outputs: readonly { readonly path: string; readonly grade: string; readonly statement: string }[];
  readonly files: readonly { readonly path: string; readonly verdict: string }[];
}

const certificateIn = (output: string): Written =>
  JSON.parse(readFileSync(folder.file(`${output}/certificate.json`), 'utf8')) as Written;

/** Returns the paths of all files in a folder. */
const filesIn = (path: string): readonly string[] =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(path, join(entry.parentPath, entry.name)))
    .sort();

const certify = (path: string, output: string, ...words: string[]): ReturnType<typeof runCommand> =>
  runCommand(['certify', folder.file(path), '-o', folder.file(output), ...words]);

beforeAll(async () => {
  writeFileSync(folder.file('noise.json'), JSON.stringify(model));
  writeFileSync(folder.file('paper.yaml'), JSON.stringify(paper));
  mkdirSync(folder.file('study'));
  writeFileSync(folder.file('study/noise.json'), JSON.stringify(model));
  const run = ['run', folder.file('noise.json'), '-q', '-o', folder.file('noise.nwb')];
  expect(await runCommand([...run, '-o', folder.file('study/foreign.csv')])).toMatchObject({ code: 0 });
  const pack = ['pack', folder.file('noise.json'), folder.file('noise.nwb'), '-o', folder.file('noise.omex'), '-q'];
  expect(await runCommand(pack)).toMatchObject({ code: 0, stderr: '' });
});

describe('interneuron certify', () => {
  it('grades the outputs of a bundle, and writes a certificate that its schema describes', async () => {
    const { code, stdout } = await certify('noise.omex', 'bundle');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^reproduced: 2 identical, 1 cannot say$/m);
    expect(stdout).toMatch(/^no codecheck\.yml, which needs --paper with:\n {2}title, authors with ORCIDs/m);
    expect(existsSync(folder.file('bundle/codecheck.yml'))).toBe(false);
    const found = certificateIn('bundle');
    expect(found.outputs.map(({ path, grade }) => [path, grade])).toEqual([
      // LEMS draws other noise.
      ['run.sedml', 'cannot say'],
      ['expect.yaml', 'identical'],
      ['results/noise.nwb', 'identical'],
    ]);
    const schema = JSON.parse(readFileSync('schemas/certificate.schema.json', 'utf8')) as object;
    const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema);
    expect([validate(found), validate.errors]).toEqual([true, null]);
  });

  it('states no names of people, folders or machines', () => {
    const text = ['html', 'json']
      .map((suffix) => readFileSync(folder.file(`bundle/certificate.${suffix}`), 'utf8'))
      .join();
    for (const secret of [folder.file(''), homedir(), release(), '/tmp/'])
      expect(text.includes(secret.length > 1 ? secret : '\0')).toBe(false);
    if (userInfo().username !== 'root') expect(text).not.toContain(userInfo().username);
  });

  it.skipIf(!existsSync(browserPath))(
    withReason(
      'breaks no rule of axe, fits a phone, and prints on at most two pages of A4',
      existsSync(browserPath) ? null : 'Chromium is not installed',
    ),
    async () => {
      const browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox'] });
      try {
        const page = await browser.newPage();
        const asked: string[] = [];
        page.on('request', (request) => asked.push(request.url().replace(/:.*/s, '')));
        await page.goto(pathToFileURL(folder.file('bundle/certificate.html')).href);
        expect(await page.textContent('.badge b')).toBe('reproduced');
        expect(asked.filter((scheme) => scheme !== 'file' && scheme !== 'data')).toEqual([]);
        await page.evaluate(readFileSync('node_modules/axe-core/axe.min.js', 'utf8'));
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme });
          await page.setViewportSize({ width: 375, height: 800 });
          const found = await page.evaluate(
            `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
               [document.documentElement.scrollWidth, violations.map(({ id, nodes }) => id + ' ' + nodes[0].target.join(' '))])`,
          );
          expect([colorScheme, found]).toEqual([colorScheme, [375, []]]);
        }
        const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
        expect(pdf.match(/\/Type\s*\/Page\b/g)?.length).toBeLessThanOrEqual(2);
        // A4 in points.
        expect(pdf).toMatch(/\/MediaBox\s*\[0 0 59[45]\S* 84[12]\S*\]/);
      } finally {
        await browser.close();
      }
    },
  );

  it('compares the reports of SED-ML with the result in the bundle', async () => {
    const { cells } = model.neuron_groups;
    const network = { ...model, neuron_groups: { cells: { ...cells, model: 'dv/dt = (15*mV - v)/(10*ms) : volt' } } };
    writeFileSync(folder.file('even.json'), JSON.stringify(network));
    const [result, bundle] = [folder.file('even.nwb'), folder.file('even.omex')];
    for (const words of [
      ['run', folder.file('even.json'), '-o', result],
      ['pack', folder.file('even.json'), result, '-o', bundle],
    ])
      expect(await runCommand([...words, '-q'])).toMatchObject({ code: 0 });
    const { code, stdout } = await certify('even.omex', 'even');
    const { outputs } = certificateIn('even');
    expect({ code, stdout, outputs }).toMatchObject({
      code: 0,
      // Leaky integrators of 10 ms reach 10 mV of 15 mV in 110 steps of forward Euler: nine spikes of five cells each.
      outputs: [
        { path: 'run.sedml', statement: expect.stringContaining('results/even.nwb: 45 spikes') as string },
        {},
        {},
      ],
    });
    const verified = await runCommand(['verify', bundle]);
    expect(verified).toMatchObject({ code: 0 });
    expect(verified.stdout).toMatch(/^run\.sedml: same .*: compared with results\/even\.nwb: 45 spikes/m);
  });

  it('compares a result with the model in its folder', async () => {
    writeFileSync(folder.file('study/noise.json'), JSON.stringify(model).replace('15*mV', '25*mV'));
    expect((await certify('study', 'changed')).code).toBe(1);
    const [changed] = certificateIn('changed').outputs;
    expect([changed?.path, changed?.grade]).toEqual(['foreign.csv', 'different']);
    expect(changed?.statement).toContain('made by another model than the one beside it');
    expect(certificateIn('changed').verdict).toBe('not reproduced');
    writeFileSync(folder.file('study/noise.json'), JSON.stringify(model));
    expect((await certify('study', 'study-certificate')).code).toBe(0);
    expect(certificateIn('study-certificate').outputs).toMatchObject([{ path: 'foreign.csv', grade: 'identical' }]);
  });

  it.each([
    ['euler', 'exact', 'reproduced', 'the same model', /; the same model: differences vanish with the step/],
    ['14*mV', '15*mV', 'not reproduced', 'different', /; another model: .* of cells\[\d\] is /],
  ])('a result with %s beside a model with %s', async (from, to, verdict, grade, statement) => {
    const cells = {
      ...model.neuron_groups.cells,
      model: 'dv/dt = (14*mV + I - v)/(10*ms) : volt\nI : volt',
      initializers: { I: 'i*0.4*mV' },
    };
    const document = JSON.stringify({ ...model, neuron_groups: { cells }, run: '400 ms' });
    const study = `limit-${grade.replaceAll(' ', '-')}`;
    mkdirSync(folder.file(study));
    const [before, after] = [folder.file(`${study}.json`), folder.file(`${study}/cells.json`)];
    writeFileSync(before, document);
    writeFileSync(after, document.replace(from, to));
    await runCommand(['run', before, '-q', '-o', folder.file(`${study}/cells.csv`)]);
    await certify(study, `${study}-certificate`);
    expect(certificateIn(`${study}-certificate`)).toMatchObject({
      verdict,
      outputs: [{ grade, statement: expect.stringMatching(statement) as string }],
    });
  });

  it('judges an own result bit by bit, and does not call other random numbers reproduced', async () => {
    const study = (name: string): string => folder.file(`judged/${name}`);
    mkdirSync(folder.file('judged'));
    writeFileSync(study('noise.json'), JSON.stringify(model));
    const run = ['run', study('noise.json'), '-q', '-o', study('noise.csv')];
    expect(await runCommand(run)).toMatchObject({ code: 0 });
    const text = readFileSync(study('noise.csv'), 'utf8');
    writeFileSync(
      study('noise.csv'),
      text.replace(/(\d)\n$/, (_, digit: string) => `${(Number(digit) + 1) % 10}\n`),
    );
    expect((await certify('judged', 'judged-certificate')).code).toBe(1);
    expect(certificateIn('judged-certificate')).toMatchObject({
      verdict: 'not reproduced',
      outputs: [{ path: 'noise.csv', grade: 'different' }],
    });
    // A table of other random numbers, without provenance.
    expect(await runCommand([...run.slice(0, -1), study('other.csv'), '--seed', '99'])).toMatchObject({ code: 0 });
    for (const name of ['noise.csv', 'noise.provenance.json', 'other.provenance.json']) rmSync(study(name));
    expect((await certify('judged', 'judged-certificate')).code).not.toBe(0);
    const { verdict, outputs } = certificateIn('judged-certificate');
    expect([verdict, outputs[0]?.path]).toEqual(['not reproduced', 'other.csv']);
    expect(['not shown to differ', 'cannot say', 'different']).toContain(outputs[0]?.grade);
  });

  it('appends the summary of the checker to the verdict, and states the time of the check', async () => {
    writeFileSync(folder.file('summary.yaml'), stringify({ ...paper, summary: 'All figures were made again.' }));
    expect((await certify('noise.omex', 'summary', '--paper', folder.file('summary.yaml'))).code).toBe(0);
    const found = parse(readFileSync(folder.file('summary/codecheck.yml'), 'utf8')) as Record<string, unknown>;
    expect(found['summary']).toMatch(/^reproduced: .*\. All figures were made again\.$/);
    const time = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)$/.exec(String(found['check_time']));
    const apart = Date.now() - Date.parse(`${time?.[1] ?? ''}T${time?.[2] ?? ''}Z`);
    expect(Math.abs(apart)).toBeLessThan(600_000);
  });

  it('writes a codecheck.yml with --paper, by the rules of severity error of CODECHECK 2.0', async () => {
    expect((await certify('noise.omex', 'paper', '--paper', folder.file('paper.yaml'))).code).toBe(0);
    const text = readFileSync(folder.file('paper/codecheck.yml'), 'utf8');
    expect(text).toMatch(/^---\n/);
    const { manifest, summary, ...found } = parse(text) as {
      readonly manifest: readonly { readonly file: string }[];
      readonly summary: string;
    };
    expect(found).toMatchObject({
      paper: { title: paper.title, authors: paper.authors, reference: paper.reference },
      codechecker: paper.codechecker,
      certificate: '2026-001',
      report: paper.report,
    });
    expect(summary).toMatch(/^reproduced: /);
    expect(manifest).toHaveLength(3);
    for (const { file } of manifest) expect(existsSync(folder.file(`paper/${file}`))).toBe(true);
  });

  it.each([
    ['0000-0002-1825-0098', 'the ORCID of Ada Example is wrong', 'paper/wrong-orcid'],
    ['https://orcid.org/0000-0002-1825-0097', 'the ORCID of Ada Example is wrong', 'paper/wrong-orcid'],
    [undefined, 'the document lacks the ORCID of Ada Example', 'paper/missing'],
  ])('refuses the ORCID %s without writing', async (orcid, message, code) => {
    const wrong = { ...paper, authors: [{ name: 'Ada Example', ...(orcid === undefined ? {} : { ORCID: orcid }) }] };
    writeFileSync(folder.file('wrong.yaml'), JSON.stringify(wrong));
    const outcome = await certify('noise.omex', 'wrong', '--paper', folder.file('wrong.yaml'));
    expect([outcome.code, outcome.stderr]).toEqual([1, expect.stringContaining(message)]);
    expect(outcome.stderr).toContain(code);
    expect(existsSync(folder.file('wrong'))).toBe(false);
  });

  it('lists every file of a folder as read, as an output or as not checked', async () => {
    mkdirSync(folder.file('whole/results'), { recursive: true });
    writeFileSync(folder.file('whole/noise.json'), JSON.stringify(model));
    writeFileSync(folder.file('whole/net.py'), 'import nest\n');
    writeFileSync(folder.file('whole/figure.svg'), '<svg/>\n');
    writeFileSync(folder.file('whole/table.csv'), 'a,b\n1,2\n');
    writeFileSync(folder.file('whole/broken.yaml'), 'format: interneuron/brian\nneuron_groups: 1\n');
    const run = ['run', folder.file('whole/noise.json'), '-q', '-o', folder.file('whole/results/noise.csv')];
    expect(await runCommand(run)).toMatchObject({ code: 0 });
    const { code, stdout } = await certify('whole', 'listed');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^net\.py: not checked: a script of PyNEST/m)]);
    const found = certificateIn('listed');
    expect(found.files.map(({ path, verdict }) => [path, verdict])).toEqual(
      expect.arrayContaining([
        ['broken.yaml', 'not checked'],
        ['figure.svg', 'not checked'],
        ['net.py', 'not checked'],
        ['noise.json', 'read'],
        ['results/noise.provenance.json', 'read'],
        ['table.csv', 'not checked'],
      ]),
    );
    const listed = [...found.files, ...found.outputs].map(({ path }) => path).sort();
    expect(listed).toEqual(filesIn(folder.file('whole')));
    const page = readFileSync(folder.file('listed/certificate.html'), 'utf8');
    for (const path of listed) expect(page).toContain(path);
  });

  it('does not take a part in a language of its own for the model beside a script', async () => {
    mkdirSync(folder.file('parts'));
    cpSync('test/translators/nmodl/files/leak.mod', folder.file('parts/leak.mod'));
    writeFileSync(folder.file('parts/run.py'), 'from neuron import h\n');
    cpSync(folder.file('noise.nwb'), folder.file('parts/noise.nwb'));
    const { code, stdout } = await certify('parts', 'apart');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^reproduced: 1 identical$/m)]);
  });

  it('states each tolerance, and takes one that no run can miss for no check', async () => {
    mkdirSync(folder.file('wide'));
    writeFileSync(folder.file('wide/noise.json'), JSON.stringify(model));
    const expected = (spikes: string): void =>
      writeFileSync(folder.file('wide/expect.yaml'), `expect: 1\nmodel: noise.json\nspikes: { cells: ${spikes} }\n`);
    expected('{ count: 5 ± 1e5, rate: 20 Hz ± 1e9 % }');
    expect(await certify('wide', 'wide-all')).toMatchObject({
      code: exitCodes.uncertain,
      stdout: expect.stringMatching(/^nothing to check: 1 not checked$/m),
    });
    // 5 cells spike at most 5,000 times in 1,000 steps.
    expected('{ count: 2500 ± 2500, rate: 80 Hz ± 50 % }');
    const { code, stdout } = await certify('wide', 'wide-one');
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(
        /within tolerances: 2 expectations: cells: count 2500 ± 2500 \(no check: no run can miss it\); cells: rate 80 Hz ± 50 %$/m,
      ),
    ]);
  });

  it('reports everything that is wrong with the article at once', async () => {
    const wrong = {
      titel: 'x',
      authors: [],
      reference: 'a PDF',
      codechecker: 'TODO',
      certificate: '26-1',
      report: 'FIXME',
    };
    writeFileSync(folder.file('wrong.yaml'), JSON.stringify(wrong));
    const { code, stderr } = await certify('noise.omex', 'wrong', '--paper', folder.file('wrong.yaml'));
    expect(code).toBe(1);
    expect(new Set([...stderr.matchAll(/error\[([^\]]+)\]/g)].map(([, rule]) => rule))).toEqual(
      new Set(['paper/unknown-key', 'paper/missing', 'paper/wrong-value', 'paper/placeholder']),
    );
    expect(existsSync(folder.file('wrong'))).toBe(false);
  });

  it('refuses a folder without anything to certify', async () => {
    mkdirSync(folder.file('empty'));
    const { code, stderr } = await certify('empty', 'none');
    expect([code, stderr]).toEqual([2, expect.stringContaining('holds no model, result or expectation')]);
    expect((await certify('noise.json', 'none')).code).toBe(2);
  });
});

describe('the check digit of an ORCID', () => {
  // Examples of https://support.orcid.org/hc/en-us/articles/360006897674.
  it.each([
    ['0000-0002-1825-0097', true],
    ['0000-0001-5109-3700', true],
    ['0000-0002-1694-233X', true],
    ['0000-0002-1694-2338', false],
    ['0000000218250097', false],
  ])('of %s is right: %s', (orcid, isRight) => {
    expect(isOrcid(orcid)).toBe(isRight);
  });
});
