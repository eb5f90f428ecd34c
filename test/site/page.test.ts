/** The page in Debian's Chromium, from `file://`: every fixture has the fingerprint of the command line. */

import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { unzipSync, zipSync } from 'fflate';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleProgram, writeSite } from '../../scripts/page.js';
import { importModel, readSource, runModel, type ImportOptions, type RunResult } from '../../src/pipeline/pipeline.js';
import { needsDuration, usualDuration } from '../../src/present/next-commands.js';
import { runCommand } from '../support/command.js';
import { documentsIn, importFixture, type FixtureDocument } from '../fixtures/documents.js';
import { someOf } from '../support/effort.js';
import { serve } from '../support/serve-folder.js';
import { withReason } from '../support/skip-reasons.js';

const browserPath = '/usr/bin/chromium';
const hasBrowser = existsSync(browserPath);

/** Longest run, in steps; others end after a time. */
const mostSteps = 1000;

/** Options of a run that ends after few steps. */
function shortOptions(document: FixtureDocument): ImportOptions {
  const { dt, protocol } = importFixture(document).valid.model.experiment;
  const time = protocol.reduce((sum, phase) => sum + ('run' in phase ? phase.run : 0), 0);
  const { steps = mostSteps, options } = document;
  return time / dt <= mostSteps ? options : { ...options, duration: `${steps * dt} s` };
}

async function fingerprintOf(
  document: Pick<FixtureDocument, 'path' | 'shorten'>,
  options: ImportOptions,
): Promise<string> {
  const stated = importFixture({ ...document, options });
  // The page runs a model without a duration for the usual one.
  const timed = needsDuration(stated.valid)
    ? importFixture({ ...document, options: { ...options, duration: usualDuration } })
    : stated;
  const result = await runModel(timed, { target: 'wasm', threads: 1 });
  if (result.kind !== 'run') throw new Error('nothing was run');
  result.dispose();
  return result.record.fingerprint.total;
}

/** Shows the slider of a parameter, in one task of the page: the page may be about to order its sliders. */
async function showSlider(page: Page, name: string): Promise<void> {
  await page.evaluate(`{
    const list = document.getElementById('parameter');
    if (!document.getElementById('slider-${name}')) {
      list.value = '${name}';
      list.dispatchEvent(new Event('change'));
    }
  }`);
}

const base64 = (data: string | Uint8Array): string => Buffer.from(data).toString('base64');

/** The fragment of a link that holds a document with the files that it reads. */
function fragmentOf({ path, shorten }: Pick<FixtureDocument, 'path' | 'shorten'>, options: ImportOptions): string {
  const others: string[] = [];
  importModel(readSource(path), { ...options, onFile: (file) => others.push(file) });
  const text = readFileSync(path, 'utf8');
  const root = `${process.cwd()}/`;
  const files = [
    [path, base64(shorten ? shorten(text) : readFileSync(path))],
    ...[...new Set(others)].map((file) => [file.replace(root, ''), base64(readFileSync(file))]),
  ];
  const packed = deflateRawSync(JSON.stringify({ files, main: path, options }));
  return `#model=${packed.toString('base64url')}`;
}

/** A channel without a network. */
const channel = `<neuroml xmlns="http://www.neuroml.org/schema/neuroml2" id="channels">
  <ionChannelHH id="na" conductance="10pS" species="na">
    <gateHHrates id="m" instances="3">
      <forwardRate type="HHExpLinearRate" rate="1per_ms" midpoint="-40mV" scale="10mV"/>
      <reverseRate type="HHExpRate" rate="4per_ms" midpoint="-65mV" scale="-18mV"/>
    </gateHHrates>
  </ionChannelHH>
</neuroml>`;

/** A text of an author; HTML in it is shown, and a link that runs code is dropped. */
const aboutText =
  '# Why\n\nTo *learn*. <script>document.title = "run"</script> [link](javascript:alert(1)) [site](https://doi.org/1)\n';

/** What three pages of version 0.1.0 hold: the model, its files and the recorded fingerprint. */
const savedPages = JSON.parse(readFileSync('test/site/pages-0.1.0.json', 'utf8')) as { readonly main: string }[];

/** Pictures of the page for people to look at. */
const picturesFolder = 'out/page-pictures';

const folder = hasBrowser ? mkdtempSync(join(tmpdir(), 'interneuron-page-')) : '';
let browser: Browser;
let page: Page;
const errors: string[] = [];

/** Waits until the page has a result, or reports that it has no result. @returns its fingerprint and status */
async function result(): Promise<{ readonly fingerprint: string; readonly status: string }> {
  await page.waitForFunction(`document.querySelector('main').getAttribute('aria-busy') !== 'true'`);
  const [fingerprint, status] = [await page.textContent('#fingerprint'), await page.textContent('#status')];
  return { fingerprint: fingerprint ?? '', status: status ?? '' };
}

/** Returns the rules of accessibility that a page with axe breaks. */
const violationsOf = (visit: Page, rules: { readonly runOnly?: readonly string[] } = {}): Promise<unknown> =>
  visit.evaluate(
    `axe.run(document, ${JSON.stringify({ resultTypes: ['violations'], ...rules })}).then(({ violations }) =>
       violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 160)).join(' ')))`,
  );
const axeText = (): string => readFileSync('node_modules/axe-core/axe.min.js', 'utf8');

let built: Promise<void> | undefined;
const builtPage = (): Promise<void> => (built ??= bundleProgram(resolve('dist')));

describe.skipIf(!hasBrowser)(withReason('a page of one file', hasBrowser ? null : 'Chromium is not installed'), () => {
  beforeAll(async () => {
    await builtPage();
    writeFileSync(join(folder, 'about.md'), aboutText);
    const about = ['--about', join(folder, 'about.md'), '--nwb', '--badge', join(folder, 'model.svg')];
    const words = ['page', 'fixtures/readme/first-steps.yaml', '-o', join(folder, 'model.html'), '-q', ...about];
    expect(await runCommand(words)).toEqual({ code: 0, stdout: '', stderr: '' });
    const text = readFileSync(join(folder, 'model.html'), 'utf8');
    // This page holds HDF5. The others must be small.
    expect(
      (await runCommand(['page', 'fixtures/readme/first-steps.yaml', '-o', join(folder, 'usual.html'), '-q'])).code,
    ).toBe(0);
    expect(gzipSync(readFileSync(join(folder, 'usual.html'))).length).toBeLessThan(1.5e6);
    process.stdout.write(
      `the page has ${(text.length / 1e6).toFixed(2)} MB, ${(gzipSync(text).length / 1e6).toFixed(2)} MB compressed\n`,
    );
    browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox'] });
    page = await browser.newPage();
    page.setDefaultTimeout(30_000);
    page.on('pageerror', ({ message }) => errors.push(message));
    page.on('request', (request) => {
      if (!/^(file|blob|data):/.test(request.url())) errors.push(`it asks for ${request.url()}`);
    });
  });

  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  it('runs its model, and ticks the recorded fingerprint', async () => {
    const began = performance.now();
    await page.goto(pathToFileURL(join(folder, 'model.html')).href);
    await page.waitForFunction(`document.getElementById('tick').textContent !== ''`);
    process.stdout.write(`first result after ${((performance.now() - began) / 1000).toFixed(2)} s\n`);
    expect(await page.textContent('#tick')).toMatch(/^✓ Same fingerprint as recorded/);
    expect((await result()).status).toMatch(/^The run is complete: 3,063 spikes/);
    expect(await page.getAttribute('#raster', 'aria-label')).toBe('Spikes: 543 of cells');
    expect(await page.textContent('#description')).toContain('Populations');
    expect(await page.locator('#recorded').count()).toBe(0);
    expect(await page.textContent('#diagram-caption')).toMatch(/^120 cells, \d+ synapses$/);
    expect(await page.textContent('#diagram')).toContain('input');
    expect(errors).toEqual([]);
  });

  it('is a report before its program runs, and without JavaScript', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    try {
      const reader = await context.newPage();
      await reader.goto(pathToFileURL(join(folder, 'model.html')).href);
      expect([await reader.title(), await reader.textContent('#title')]).toEqual(['First steps', 'First steps']);
      for (const part of ['#recorded svg', '#diagram', '#description math', '#facts code'])
        expect([part, await reader.locator(part).first().isVisible()]).toEqual([part, true]);
      expect(await reader.textContent('#recorded')).toContain('543 spikes of 20 cells');
      expect(await reader.textContent('#facts')).toMatch(/recorded fingerprint\s*[0-9a-f]{64}/);
      for (const part of ['#run', '#editor', '#notation'])
        expect([part, await reader.locator(part).isVisible()]).toEqual([part, false]);
      await reader.setViewportSize({ width: 375, height: 800 });
      for (const [part, shown] of Object.entries({ '.narrow': true, '.narrow svg': true, 'svg:not(.narrow)': false }))
        expect([part, await reader.locator(`#recorded > ${part}`).first().isVisible()]).toEqual([part, shown]);
    } finally {
      await context.close();
    }
  });

  it('moves a slider, and shows that the model was changed', async () => {
    const expected = await fingerprintOf(
      { path: 'fixtures/readme/first-steps.yaml' },
      { set: { 'cells.tau': '0.1 s' } },
    );
    const slider = page.locator('[id="slider-cells.tau"]');
    await showSlider(page, 'cells.tau');
    await slider.focus();
    await page.keyboard.press('End');
    await page.waitForFunction(`document.getElementById('fingerprint').textContent === '${expected}'`);
    expect(await page.textContent('#tick')).toMatch(/^The model was changed/);
    // The address replays the run for another reader.
    await result();
    const replay = new URLSearchParams(new URL(page.url()).hash.slice(1));
    expect([replay.get('set'), replay.get('fingerprint')]).toEqual(['cells.tau=100 ms', expected]);
    expect(await page.textContent('#rates thead tr')).toContain('recorded rate');
    await page.click('#undo');
    await page.waitForFunction(`document.getElementById('tick').className === 'same'`);
    await result();
  });

  it('takes values of parameters from the address', async () => {
    const expected = await fingerprintOf(
      { path: 'fixtures/readme/first-steps.yaml' },
      { set: { 'cells.tau': '0.02 s' } },
    );
    await page.goto(`${pathToFileURL(join(folder, 'model.html')).href}?set=cells.tau=20%20ms`);
    await page.waitForFunction(`document.getElementById('fingerprint').textContent === '${expected}'`);
    await page.click('#reset');
    await page.waitForFunction(`document.getElementById('tick').className === 'same'`);
    await result();
  });

  it('replays the run of a link: with its parameters, seed and duration, and a tick for its fingerprint', async () => {
    const path = 'fixtures/readme/first-steps.yaml';
    const options = { set: { 'cells.tau': '12 ms' }, seed: '7', duration: '200 ms' };
    const expected = await fingerprintOf({ path }, options);
    const other = await browser.newPage();
    const tick = `document.getElementById('tick').textContent`;
    const address = pathToFileURL(join(folder, 'model.html')).href;
    await other.goto(address);
    await other.waitForFunction(`${tick} !== ''`);
    await other.fill('#seed', '7');
    await other.press('#seed', 'Tab');
    await other.fill('#duration', '200 ms');
    await other.press('#duration', 'Tab');
    await other.getByLabel('cells.tau in ms, exact value').fill('12');
    await other.getByLabel('cells.tau in ms, exact value').press('Tab');
    await other.waitForFunction(`document.getElementById('fingerprint').textContent === '${expected}'`);
    await other.waitForFunction(`location.hash.includes('${expected}')`);
    await other.click('#tab-save');
    await other.click('#replay');
    const link = other.url();
    expect(link.length).toBeLessThan(address.length + 160);
    await other.goto('about:blank');
    await other.goto(link);
    await other.waitForFunction(`${tick} === '✓ Same fingerprint as in the link.'`);
    expect([await other.inputValue('#seed'), await other.inputValue('#duration')]).toEqual(['7', '200 ms']);
    // A link that was changed has no tick, and keeps its claim.
    await other.goto('about:blank');
    await other.goto(link.replace('seed=7', 'seed=8'));
    await other.waitForFunction(`${tick}.startsWith('✗ Another fingerprint than in the link')`);
    expect(other.url()).toContain(expected);
    // A changed model leaves the claim behind.
    await other.click('#reset');
    await other.waitForFunction(`${tick}.startsWith('✓ Same fingerprint as recorded')`);
    expect(other.url()).toBe(address);
    await other.close();
  });

  it('tells a spike and a rate under the pointer, and enlarges a stretch of time', async () => {
    const ticks = async (): Promise<string | null> => page.getAttribute('#raster', 'aria-label');
    const canvas = page.locator('#rate-curves');
    await canvas.scrollIntoViewIfNeeded();
    const box = await canvas.boundingBox();
    if (!box) throw new Error('there are no rates');
    await page.mouse.move(box.x + box.width / 2, box.y + 60);
    expect(await page.locator('#rate-curves + .stretch + .tip').textContent()).toMatch(/^\d.* ms: cells [\d.]+ Hz/);
    const before = await page.screenshot({ clip: box });
    await page.mouse.move(box.x + 200, box.y + 60);
    await page.mouse.down();
    await page.mouse.move(box.x + 300, box.y + 60);
    await page.mouse.up();
    await page.waitForTimeout(100);
    expect((await page.screenshot({ clip: box })).equals(before)).toBe(false);
    expect(await ticks()).toBe('Spikes: 543 of cells');
    await page.click('#zoom-all');
  });

  it('shows a text about the model without running it', async () => {
    await page.click('#tab-about');
    const about = await page.innerHTML('#panel-about');
    expect(about).toContain('<h2>Why</h2>');
    expect(about).toContain('&lt;script&gt;');
    expect(about).toContain('href="https://doi.org/1"');
    expect(about).not.toMatch(/<script|href="javascript/);
    expect(readFileSync(join(folder, 'model.svg'), 'utf8')).toMatch(/^<svg [^]*reproducible[^]*<\/svg>\n$/);
  });

  it('shows mistakes with their places while the text is edited', async () => {
    await page.click('#tab-model');
    await page.click('.cm-content');
    await page.keyboard.press('Control+End');
    expect(await page.textContent('#tick')).toMatch(/^✓/);
    await page.keyboard.type('\n');
    // The tick belongs to the text that ran, so it goes with the first key, before the text is read.
    expect(await page.textContent('#tick')).toBe('');
    expect(await page.textContent('#fingerprint')).toBe('');
    await page.keyboard.type('nonsense: 1');
    const finding = page.locator('#findings li.error').first();
    await finding.waitFor();
    expect(await finding.textContent()).toMatch(/^line \d+ error: .*nonsense/);
    expect(await page.isDisabled('#run')).toBe(true);
    await finding.locator('button').click();
    expect(await page.evaluate(`document.activeElement.className`)).toContain('cm-content');
    await page.keyboard.press('Control+End');
    for (const _ of 'nonsense: 1') await page.keyboard.press('Backspace');
    await page.waitForFunction(`document.querySelectorAll('#findings li').length === 0`);
    expect(await page.textContent('#tick')).toBe('');
  });

  it('shows the tick again after a run, also if the run is started while another one is prepared', async () => {
    await page.click('#run');
    await page.click('#run');
    await page.waitForFunction(`document.getElementById('tick').className === 'same'`);
    await result();
    expect(await page.textContent('#findings')).toBe('');
  });

  it('removes the tick when another model is opened', async () => {
    await page.setInputFiles('#files', 'fixtures/brian/single-lif.yaml');
    await page.waitForFunction(`document.getElementById('status').textContent.includes('was read as')`);
    expect(await page.textContent('#tick')).toBe('');
    await result();
    await page.click('#run');
    expect((await result()).status).toMatch(/^The run is complete/);
    expect(await page.textContent('#tick')).toBe('');
  });

  it('compares results that a visitor opens with its run, and with each other', async () => {
    const spikes = join(folder, 'spikes.csv');
    expect((await runCommand(['run', 'fixtures/readme/first-steps.yaml', '-q', '-o', spikes])).code).toBe(0);
    const [head, first = '', ...rows] = readFileSync(spikes, 'utf8').split('\n');
    writeFileSync(join(folder, 'fewer.csv'), [head, ...rows].join('\n'));
    const [, cell, time] = first.split(',');
    const missing = `the first difference is at ${Number(time) * 1e3} ms in cells[${cell}]`;
    const status = async (text: string): Promise<string> => {
      await page.waitForFunction(`document.getElementById('status').textContent.includes(${JSON.stringify(text)})`);
      return (await page.textContent('#status')) ?? '';
    };
    await page.goto(pathToFileURL(join(folder, 'usual.html')).href);
    await page.waitForFunction(`document.getElementById('tick').className === 'same'`);
    await page.setInputFiles('#files', spikes);
    expect(await status('spikes.csv: ')).toMatch(/^spikes\.csv: all \d+ spikes agree within 0\.1 ms\. /);
    await page.setInputFiles('#files', join(folder, 'fewer.csv'));
    expect(await status('fewer.csv: ')).toContain(missing);
    await page.goto(pathToFileURL(join(folder, 'model.html')).href);
    await page.waitForFunction(`document.getElementById('tick').className === 'same'`);
  });

  it('draws the gates of a document of channels', async () => {
    writeFileSync(join(folder, 'na.channel.nml'), channel);
    const written = join(folder, 'channel.html');
    expect(await runCommand(['page', join(folder, 'na.channel.nml'), '-o', written, '-q'])).toMatchObject({ code: 0 });
    const visit = await browser.newPage();
    await visit.goto(pathToFileURL(written).href);
    await visit.locator('#curves svg').waitFor();
    expect(await visit.textContent('#curves')).toMatch(/steady state.*time constant/s);
    expect(await visit.textContent('h1')).toBe('na.channel.nml');
    await visit.close();
  });

  it('draws the rate of a single cell against its current', async () => {
    const cell = `format: interneuron/brian
namespace: { I: 0.2 nA }
neuron_groups:
  g: { N: 1, model: "dv/dt = (100*Mohm*I - v)/(10*ms) : volt", threshold: v > 10*mV, reset: v = 0*mV, method: exact }
spike_monitors: { s: { source: g } }
run: 50 ms
`;
    writeFileSync(join(folder, 'driven.yaml'), cell);
    const written = join(folder, 'driven.html');
    expect(await runCommand(['page', join(folder, 'driven.yaml'), '-o', written, '-q'])).toMatchObject({ code: 0 });
    const visit = await browser.newPage();
    await visit.goto(pathToFileURL(written).href);
    await visit.locator('#curves svg').waitFor();
    expect(await visit.textContent('#curves')).toMatch(/rate of g \(Hz\).*g\.I \(nA\)/s);
    await visit.close();
  });

  it('offers the notations that hold the model, and gives the reason for others', async () => {
    await page.click('#tab-save');
    await page.locator('#refused li', { hasText: /^swc: .*no cells with sections/ }).waitFor({ state: 'attached' });
    await result();
    const offered = await page.locator('#notation option').allTextContents();
    expect(offered).toEqual(expect.arrayContaining(['brian', 'pynn', 'lems']));
    expect(offered).not.toContain('swc');
  });

  it('gives the verdict of the command on a conversion of an opened document', async () => {
    const path = 'fixtures/brian/single-lif.yaml';
    const other = await browser.newPage();
    await other.goto(pathToFileURL(join(folder, 'model.html')).href);
    await other.waitForFunction(`document.getElementById('tick').textContent !== ''`);
    await other.setInputFiles('#files', path);
    await other.waitForFunction(`document.getElementById('status').textContent.includes('was read as brian')`);
    await other.click('#tab-save');
    await other.locator('#notation option[value="pynn"]').waitFor({ state: 'attached' });
    await other.selectOption('#notation', 'pynn');
    await Promise.all([other.waitForEvent('download'), other.click('#convert')]);
    await other.waitForFunction(`document.getElementById('verdict').textContent.startsWith('conversion: ')`);
    const shown = (await other.textContent('#verdict')) ?? '';
    const { stdout } = await runCommand(['convert', path, '--to', 'pynn', '-o', join(folder, 'single-lif.py')]);
    const printed = stdout.slice(stdout.indexOf('conversion: '));
    expect(shown.split('\n')[0]).toMatch(/^conversion: the same model: /);
    expect(`${shown.replaceAll('\n', '\n  ')}\n`).toBe(printed);
    await other.close();
  });

  it('completes keys from the schema', async () => {
    await page.click('#tab-model');
    await page.click('.cm-content');
    await page.keyboard.press('Control+Home');
    await page.keyboard.type('titl');
    await page.locator('.cm-tooltip-autocomplete li', { hasText: 'title' }).waitFor();
  });

  it('converts, saves the run and a bundle, and gives a link that holds the model', async () => {
    const document = documentsIn('fixtures/readme').find(({ path }) => path.includes('first-steps'));
    if (!document) throw new Error('there is no such fixture');
    await page.evaluate(`void (location.hash = '${fragmentOf(document, {})}')`);
    await page.waitForFunction(`document.getElementById('fingerprint').textContent !== ''`);
    await result();
    await page.click('#tab-save');
    await page.selectOption('#notation', 'lems');
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('#convert')]);
    expect(download.suggestedFilename()).toBe('first-steps.xml');
    expect(readFileSync(await download.path(), 'utf8')).toContain('<Lems');
    await result();
    const [written] = await Promise.all([page.waitForEvent('download'), page.click('#nwb')]);
    expect(written.suggestedFilename()).toBe('first-steps.nwb');
    const file = join(folder, 'first-steps.nwb');
    await written.saveAs(file);
    expect(await runCommand(['verify', file])).toMatchObject({ code: 0, stdout: expect.stringContaining('identical') });
    await result();
    const [packed] = await Promise.all([page.waitForEvent('download'), page.click('#bundle')]);
    expect(packed.suggestedFilename()).toBe('first-steps.omex');
    const bundle = join(folder, 'first-steps.omex');
    await packed.saveAs(bundle);
    expect(await runCommand(['verify', file, bundle])).toMatchObject({ code: 0 });
    expect(Object.keys(unzipSync(readFileSync(bundle)))).toEqual(
      expect.arrayContaining(['manifest.xml', 'expect.yaml', 'model/model.json', 'results/first-steps.nwb']),
    );
    await result();
    await page.click('#share');
    await page.waitForFunction(`document.getElementById('status').textContent.includes('characters')`);
    expect(page.url()).toContain('#model=');
  });

  const documents = ['brian', 'cells', 'model', 'model/hard', 'neuroml', 'pynn', 'readme', 'starters']
    .flatMap((name) => documentsIn(`fixtures/${name}`))
    .filter(({ refused }) => !refused)
    .map((each) => [each, shortOptions(each)] as const);
  const graphs = readdirSync('fixtures/nir')
    .filter((name) => name.endsWith('.nir'))
    .map((name) => [{ path: `fixtures/nir/${name}` }, { dt: '0.1 ms', duration: '20 ms' }] as const);
  const circuits = readdirSync('fixtures/sonata').map(
    (name) => [{ path: `fixtures/sonata/${name}/config.json` }, { duration: '20 ms' }] as const,
  );
  const all = [...documents, ...graphs, ...circuits].map(([each, options]) => [each.path, each, options] as const);

  it.each([
    'brian/vogels-abbott-cuba.yaml',
    'pynn/if-cond-exp.json',
    'neuroml/channels.xml',
    'model/hard/gap-junction.yaml',
    'nir/affine-lif.nir',
    'sonata/several-populations/config.json',
  ])('works for everybody: axe finds no fault in the page of %s, and no width is too small for it', async (model) => {
    const [, document, options] = all.find(([path]) => path === `fixtures/${model}`) ?? [];
    if (!document) throw new Error(`there is no ${model}`);
    mkdirSync(picturesFolder, { recursive: true });
    await page.goto('about:blank');
    const address = pathToFileURL(join(folder, 'model.html')).href;
    await page.goto(`${address}${fragmentOf(document, options ?? {})}`);
    await page.waitForFunction(`document.getElementById('fingerprint').textContent !== ''`);
    await result();
    await page.evaluate(axeText());
    // Colours are all that the dark page has of its own.
    const rules = { light: {}, dark: { runOnly: ['color-contrast'] } } as const;
    for (const colorScheme of ['light', 'dark'] as const) {
      // Colours that are still changing would be measured half-way.
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width: 1280, height: 800 });
      for (const tab of ['results', 'equations', 'model', 'save', 'about']) {
        await page.click(`#tab-${tab}`);
        expect([colorScheme, tab, await violationsOf(page, rules[colorScheme])]).toEqual([colorScheme, tab, []]);
      }
      await page.click('#tab-results');
      for (const width of [1280, 768, 375]) {
        await page.setViewportSize({ width, height: 800 });
        await page.evaluate('window.scrollTo(0, 0)');
        await page.waitForTimeout(50);
        expect([width, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([width, width]);
        await page.screenshot({
          path: join(picturesFolder, `${model.replaceAll('/', '-')}-${colorScheme}-${width}.png`),
        });
      }
    }
    // The width of A4 within its margins.
    await page.setViewportSize({ width: 688, height: 800 });
    await page.emulateMedia({ media: 'print' });
    const tables = `[...document.querySelectorAll('table')].map((one) => one.getBoundingClientRect().right)`;
    expect(Math.max(...(await page.evaluate<readonly number[]>(tables)))).toBeLessThanOrEqual(688);
    await page.emulateMedia({ media: 'screen', colorScheme: 'light', reducedMotion: 'no-preference' });
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  it('reads a large table from a file beside it, or from the file that a reader opens', async () => {
    const beside = mkdtempSync(join(tmpdir(), 'interneuron-beside-'));
    const rows = Array.from({ length: 900_000 }, (_, k) => `${k % 50},${(7 * k) % 50}\n`);
    writeFileSync(join(folder, 'wiring.csv'), `source,target\n${rows.join('')}${' '.repeat(4_000_000)}`);
    writeFileSync(
      join(folder, 'wired.yaml'),
      `{ format: interneuron/brian, version: 1, name: wired, dt: 0.1 ms, run: 5 ms,
         neuron_groups: { cells: { N: 50, model: 'dv/dt = (2 - v)/(2*ms) : 1', threshold: v > 1, reset: v = 0, method: exact } },
         synapses: { wiring: { source: cells, target: cells, on_pre: v -= 1e-9, delay: 1 ms,
                     connect: { from: wiring.csv, source: source, target: target } } } }`,
    );
    const wired = join(beside, 'wired.html');
    const { code, stderr } = await runCommand(['page', join(folder, 'wired.yaml'), '-o', wired]);
    expect([code, stderr]).toEqual([0, '']);
    const ticks = `document.getElementById('tick').className === 'same'`;
    await page.goto(pathToFileURL(wired).href);
    await page.waitForFunction(
      `document.getElementById('status').textContent.startsWith('This model reads wiring.csv')`,
    );
    await page.setInputFiles('#files', join(beside, 'wiring.csv'));
    await page.waitForFunction(ticks);
    await result();
    const server = await serve(beside);
    const other = await browser.newPage();
    try {
      await other.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/wired.html`);
      await other.waitForFunction(ticks);
    } finally {
      await other.close();
      server.close();
      rmSync(beside, { recursive: true });
    }
    const piped = await runCommand(['page', join(folder, 'wired.yaml'), '-o', '-']);
    expect([piped.code, piped.stderr]).toEqual([2, expect.stringContaining('so it stands in a file beside the page')]);
  });

  it.each(savedPages)(
    'opens the model of a page of an earlier version, $main, and says that its bits are of another numerics version',
    async (saved) => {
      const path = join(folder, 'saved.html');
      const held = JSON.stringify(saved).replaceAll('<', '\\u003c');
      const text = readFileSync(join(folder, 'model.html'), 'utf8');
      writeFileSync(
        path,
        text.replace(/(<script type="application\/json" id="model">)[^<]*/, (_, tag: string) => tag + held),
      );
      await page.goto('about:blank');
      await page.goto(pathToFileURL(path).href);
      await page.waitForFunction(`document.getElementById('tick').textContent.includes('numerics version 9')`);
      await result();
    },
  );

  it('runs the page of a bundle', async () => {
    const bundle = join(folder, 'with-page.omex');
    expect((await runCommand(['pack', 'fixtures/readme/first-steps.yaml', '--page', '-o', bundle, '-q'])).code).toBe(0);
    const pages = Object.entries(unzipSync(readFileSync(bundle))).filter(([name]) => name.endsWith('.html'));
    expect(pages.map(([name]) => name)).toEqual(['page/index.html']);
    writeFileSync(join(folder, 'bundled.html'), pages[0]?.[1] ?? '');
    await page.goto(pathToFileURL(join(folder, 'bundled.html')).href);
    await page.waitForFunction(`document.getElementById('tick').className === 'same'`);
    await result();
  });

  it.each([
    ['silent', 50, 'v = 0', /^The run is complete: 0 spikes/],
    ['of a million cells', 1_000_000, 'v = 2', /^The run is complete: 1,000,000 spikes/],
  ])('runs a model that is %s', async (_, cells, start, status) => {
    const [document, path] = [join(folder, 'cells.yaml'), join(folder, 'cells.html')];
    writeFileSync(
      document,
      `{ format: interneuron/brian, version: 1, dt: 0.1 ms, run: 0.3 ms,
         neuron_groups: { cells: { N: ${cells}, model: 'dv/dt = -v/(10*ms) : 1', threshold: v > 1, reset: v = 0,
                          method: exact, initializers: { ${start.replace(' =', ':')} } } } }`,
    );
    expect((await runCommand(['page', document, '-o', path, '-q'])).code).toBe(0);
    await page.goto(pathToFileURL(path).href);
    await page.waitForFunction(`document.getElementById('tick').className === 'same'`);
    expect((await result()).status).toMatch(status);
    expect(await page.textContent('#title')).toBe('cells');
    expect(errors).toEqual([]);
  });

  /** Opens the page of a model, and waits for its tick. */
  async function opened(document: string, settings: Parameters<Browser['newPage']>[0] = {}): Promise<Page> {
    const path = join(folder, `${basename(document).replace(/\..*/, '')}.html`);
    const duration = document.endsWith('.nir') ? ['--duration', '20 ms'] : [];
    if (!existsSync(path)) expect((await runCommand(['page', document, '-o', path, '-q', ...duration])).code).toBe(0);
    const other = await browser.newPage(settings);
    await other.goto(pathToFileURL(path).href);
    await other.waitForFunction(`document.getElementById('tick').className === 'same'`);
    return other;
  }

  it('has channels as tables of gates with their rates, before and after the run', async () => {
    const other = await opened('fixtures/neuroml/network.xml');
    const html = readFileSync(join(folder, 'network.html'), 'utf8');
    const [written, shown] = [
      // Lines of cells can end after a slash.
      /<div id="description"[^]*?<section/.exec(html)?.[0].replaceAll('<wbr>', ''),
      await other.textContent('#description'),
    ];
    for (const text of [written, shown]) {
      for (const expected of ['m³ h', 'n⁴', 'forward rate α', 'reverse rate β', '4per_ms * exp((v - (-65mV))/(-18mV))'])
        expect(text).toContain(expected);
      expect(text).not.toContain('biophysicalProperties');
    }
    // Populations have the colours of the diagram, also if an input stands before them in the document.
    const boxes = ['exc', 'inh'].map(
      (name) => new RegExp(`stroke="(#\\w+)"[^>]*/><text [^>]*>${name}<`).exec(html)?.[1],
    );
    const [, picture = ''] = /<div id="recorded">([^]*?)<\/svg>\n/.exec(html) ?? [];
    const marks = [...picture.matchAll(/<g [^>]*stroke="(#\w+)"[^>]*aria-label="line"/g)].map(([, colour]) => colour);
    expect(marks).toEqual(boxes);
    await other.close();
  });

  it('has the network of many populations in the width of a phone, and potentials that make a difference', async () => {
    const other = await opened('fixtures/neuroml/point-cells.xml', { viewport: { width: 375, height: 800 } });
    expect([await other.title(), await other.textContent('#title')]).toEqual(['point cells', 'point cells']);
    expect(await other.textContent('#citation')).toBe('point cells.');
    for (const tab of ['results', 'equations', 'model', 'save', 'about']) {
      await other.click(`#tab-${tab}`);
      const wide = `[document.documentElement, ...document.querySelectorAll('.diagram, .tabs, .scroll, .table')]
        .filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.id || one.className)`;
      expect([tab, await other.evaluate(wide)]).toEqual([tab, []]);
      // All tabs are in one line.
      expect(await other.evaluate(`document.querySelector('.tabs').clientHeight`)).toBeLessThan(50);
    }
    const slider = other.locator('[id="slider-tauPop.thresh"]');
    await showSlider(other, 'tauPop.thresh');
    expect([await slider.getAttribute('min'), await slider.getAttribute('max')]).toEqual(['-85', '-25']);
    await other.close();
  });

  it.each(['sonata/several-populations/config.json', 'nir/affine-lif.nir'])(
    'reads %s without the library of HDF5, also from a link, and says that it writes none',
    async (document) => {
      const other = await opened(`fixtures/${document}`);
      const text = readFileSync(fileURLToPath(other.url().replace(/#.*/, '')), 'utf8');
      expect([text.includes('id="part-hdf5"'), gzipSync(text).length < 1.7e6]).toEqual([false, true]);
      await other.click('#tab-save');
      await other
        .locator('#refused li', { hasText: /^nir: this page holds no library for HDF5 files/ })
        .waitFor({ state: 'attached' });
      const fingerprint = await other.textContent('#fingerprint');
      await other.click('#share');
      await other.waitForFunction(`document.getElementById('status').textContent.includes('characters')`);
      await other.reload();
      await other.waitForFunction(`document.getElementById('tick').className === 'same'`);
      expect(await other.textContent('#fingerprint')).toBe(fingerprint);
      await other.close();
    },
  );

  it('ticks the task of a page once a run solves it', async () => {
    const path = join(folder, 'task.html');
    const task = ['--task', 'Set tau so that the cells fire at 40 Hz.', '--task-check', 'rate(cells) = 40 Hz ± 10 %'];
    const written = await runCommand(['page', 'fixtures/readme/first-steps.yaml', '-o', path, ...task]);
    // 543 spikes of 20 cells in 500 ms.
    expect([written.code, written.stdout]).toEqual([0, expect.stringMatching(/^task +rate\(cells\) is 54\.3 Hz$/m)]);
    const other = await browser.newPage();
    await other.goto(pathToFileURL(path).href);
    const state = `document.getElementById('task-state').textContent`;
    await other.waitForFunction(`${state} === 'rate(cells) is 54.3 Hz. The task asks for 40 Hz ± 10 %.'`);
    expect(await other.textContent('#task-text')).toBe('Set tau so that the cells fire at 40 Hz.');
    await other.getByLabel('cells.tau in ms, exact value').fill('8');
    await other.getByLabel('cells.tau in ms, exact value').press('Tab');
    const { trains, record, dispose } = (await runModel(
      importFixture({ path: 'fixtures/readme/first-steps.yaml', options: { set: { 'cells.tau': '8 ms' } } }),
    )) as RunResult;
    const spikes =
      trains.find(({ plan }) => plan.population === 'cells')?.counts.reduce((sum, count) => sum + count, 0) ?? 0;
    dispose();
    const rate = Number((spikes / 20 / (record.steps * 1e-4)).toPrecision(4));
    expect(Math.abs(rate - 40)).toBeLessThan(4);
    await other.waitForFunction(`${state} === '✓ rate(cells) is ${rate} Hz, as the task asks: 40 Hz ± 10 %.'`);
    expect(await other.getAttribute('#task-state', 'class')).toBe('same');
    await other.close();
  });

  it('has ranges and a duration for a protocol that runs until times', async () => {
    const other = await opened('fixtures/sonata/several-populations/config.json');
    expect(await other.inputValue('#duration')).toBe('200 ms');
    await showSlider(other, 'exc_iaf_psc_alpha.tau_m');
    const slider = other.locator('[id="slider-exc_iaf_psc_alpha.tau_m"]');
    // By decades, from a tenth to ten times 15 ms.
    expect(
      [await slider.getAttribute('min'), await slider.getAttribute('max')].map((end) => 10 ** Number(end)),
    ).toEqual([1.5, 150].map((end): unknown => expect.closeTo(end)));
    await other.close();
  });

  it('has a box to tick for a parameter with two values', async () => {
    const path = 'fixtures/neuroml/inputs.xml';
    const expected = await fingerprintOf({ path }, { set: { 'clampOff.active': '1' } });
    const other = await opened(path);
    await showSlider(other, 'clampOff.active');
    await other.getByLabel('clampOff.active').check();
    await other.waitForFunction(`document.getElementById('fingerprint').textContent === '${expected}'`);
    await other.close();
  });

  it('shows traces first if no cell spikes, by their places on the cell', async () => {
    const other = await opened('fixtures/model/hard/calcium-cell.yaml');
    expect([await other.isVisible('#raster'), await other.isVisible('#rate-curves')]).toEqual([false, false]);
    const described = (await other.getAttribute('#traces', 'aria-label')) ?? '';
    for (const name of ['cells.soma(0.5).v', 'cells.apical(0.7).v']) expect(described).toContain(name);
    await other.close();
  });

  it('prints on two pages', async () => {
    await page.goto('about:blank');
    await page.goto(pathToFileURL(join(folder, 'model.html')).href);
    await page.waitForFunction(`document.getElementById('tick').className === 'same'`);
    await result();
    const printed = await page.pdf({ path: join(picturesFolder, 'printed.pdf'), format: 'A4' });
    expect(printed.toString('latin1').match(/\/Type\s*\/Page\b/g)).toHaveLength(2);
  });

  it.each([
    ['throws', 'half a program', deflateSync('[["index.js",34]]\nthrow new Error("half a program");')],
    ['is cut', 'The program in this page is damaged', gzipSync('')],
  ])('says why nothing runs where its program %s', async (_, reason, program) => {
    const text = readFileSync(join(folder, 'model.html'), 'utf8');
    const damaged = text.replace(/(id="part-worker">)[^<]*/, `$1${base64(program)}`);
    expect(damaged.length).toBeLessThan(text.length);
    writeFileSync(join(folder, 'damaged.html'), damaged);
    const other = await browser.newPage();
    await other.goto(pathToFileURL(join(folder, 'damaged.html')).href);
    await other.waitForFunction(`document.getElementById('status').textContent.includes('${reason}')`);
    expect(await other.getAttribute('main', 'aria-busy')).toBe(null);
    await other.close();
  });

  it.each(['#model=!!!!', '#model=AAAA'])('opens its own model for the damaged link %s', async (fragment) => {
    const other = await browser.newPage();
    await other.goto(`${pathToFileURL(join(folder, 'model.html')).href}${fragment}`);
    await other.waitForFunction(`document.getElementById('status').textContent.includes('the link is damaged')`);
    expect(await other.textContent('#fingerprint')).toMatch(/[0-9a-f]{8}/);
    await other.close();
  });

  // That every fixture has one fingerprint in WebAssembly is tested outside the page as well.
  it.each(someOf(all, 2, 'fixtures', 2))('gives %s its fingerprint', async (path, each, options) => {
    const expected = await fingerprintOf(each, options);
    await page.evaluate(`void (location.hash = '${fragmentOf(each, options)}')`);
    await page.waitForFunction(
      `document.querySelector('main').getAttribute('aria-busy') !== 'true' &&
       /^The run (is|failed)|cannot be run/.test(document.getElementById('status').textContent) &&
       document.querySelector('.cm-content').getAttribute('aria-label') === 'Text of ${path}'`,
    );
    const { fingerprint, status } = await result();
    expect([basename(path), fingerprint, status.slice(0, 20)]).toEqual([
      basename(path),
      expected,
      'The run is complete:',
    ]);
    expect(errors).toEqual([]);
  });
});

describe.skipIf(!hasBrowser)(withReason('interneuron/browser', hasBrowser ? null : 'Chromium is not installed'), () => {
  beforeAll(builtPage);

  it('runs and converts a model that a page gives it', async () => {
    const server = await serve('.');
    const chromiumHere = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox'] });
    try {
      const visit = await chromiumHere.newPage();
      await visit.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/site/page.html`);
      const path = 'fixtures/readme/first-steps.yaml';
      const said = await visit.evaluate(`(async () => {
        const interneuron = await import('/dist/browser/index.js');
        const bytes = new Uint8Array(await (await fetch('/${path}')).arrayBuffer());
        interneuron.giveFiles(new Map([['model.yaml', bytes]]));
        const imported = interneuron.importModel(interneuron.readSource('model.yaml'), { duration: '100 ms' });
        const { fingerprint, trains } = await interneuron.runModel(imported);
        const { outcome } = await interneuron.convertModel(imported.valid, 'brian');
        return { fingerprint, populations: trains.length, outcome };
      })()`);
      const fingerprint = await fingerprintOf({ path }, { duration: '100 ms' });
      expect(said).toEqual({ fingerprint, populations: 1, outcome: 'not measured' });
    } finally {
      await chromiumHere.close();
      server.close();
    }
  });
});

describe.skipIf(!hasBrowser)(withReason('a site', hasBrowser ? null : 'Chromium is not installed'), () => {
  it('runs an example, with threads if it is isolated, and loads HDF5 only for files that need it', async () => {
    const root = mkdtempSync(join(tmpdir(), 'interneuron-site-'));
    await writeSite(root);
    expect(readFileSync(join(root, '_headers'), 'utf8')).toContain('Cross-Origin-Embedder-Policy: require-corp');
    const server = await serve(root);
    const chromiumHere = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox'] });
    try {
      const visit = await chromiumHere.newPage();
      const asked: string[] = [];
      visit.on('request', (request) => asked.push(request.url()));
      await visit.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      expect(await visit.evaluate('crossOriginIsolated')).toBe(true);
      const finished = async (path: string, options: ImportOptions): Promise<void> => {
        const expected = await fingerprintOf({ path }, options);
        await visit.waitForFunction(`document.getElementById('fingerprint').textContent === '${expected}'`);
      };
      await visit.selectOption('#examples', 'brian/vogels-abbott-cuba.yaml');
      await finished('fixtures/brian/vogels-abbott-cuba.yaml', {});
      expect(asked.filter((url) => url.includes('hdf5'))).toEqual([]);
      const graph = 'fixtures/nir/affine-lif.nir';
      const options = { dt: '0.1 ms', duration: '20 ms' };
      await visit.evaluate(`void (location.hash = '${fragmentOf({ path: graph }, options)}')`);
      await finished(graph, options);
      expect(asked.some((url) => url.endsWith('/hdf5.js'))).toBe(true);
      await visit.setInputFiles('#files', 'fixtures/readme/two-slips.yaml');
      await visit.locator('#findings li.error').first().waitFor();
    } finally {
      await chromiumHere.close();
      server.close();
      rmSync(root, { recursive: true });
    }
  });

  it('breaks no rule of axe without a model and with a broken one, in both themes at three widths', async () => {
    const root = mkdtempSync(join(tmpdir(), 'interneuron-fair-'));
    await writeSite(root);
    const server = await serve(root);
    const chromiumHere = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox'] });
    try {
      mkdirSync(picturesFolder, { recursive: true });
      for (const colorScheme of ['light', 'dark'] as const) {
        const visit = await chromiumHere.newPage({ colorScheme, reducedMotion: 'reduce' });
        const expectNoFault = async (state: string): Promise<void> => {
          for (const width of [1280, 768, 375]) {
            await visit.setViewportSize({ width, height: 800 });
            const found = [await violationsOf(visit), await visit.evaluate('document.documentElement.scrollWidth')];
            expect([state, colorScheme, ...found]).toEqual([state, colorScheme, [], width]);
            await visit.screenshot({ path: join(picturesFolder, `${state}-${colorScheme}-${width}.png`) });
          }
        };
        await visit.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
        await visit.getByRole('heading', { name: 'Drop your model here' }).waitFor();
        await visit.evaluate(axeText());
        await expectNoFault('open');
        await visit.setInputFiles('#files', 'fixtures/readme/two-slips.yaml');
        await visit.locator('#findings li.error').first().waitFor();
        await expectNoFault('broken');
        await visit.close();
      }
    } finally {
      await chromiumHere.close();
      server.close();
      rmSync(root, { recursive: true });
    }
  });

  const nodes = (text: string): string => text.replaceAll('"nodes_file"', '"nods_file"');
  const spoilt = (path: string, change: (text: string) => string): string => change(readFileSync(path, 'latin1'));

  /** A document of each notation: its path, its notation, the same with a mistake, and the message about it. */
  const dropped: readonly (readonly [path: string, notation: string, broken: string, message: RegExp])[] = [
    [
      'fixtures/readme/first-steps.yaml',
      'brian',
      spoilt('fixtures/readme/first-steps.yaml', (text) => text.replace('-v/tau', '-v')),
      /line 14 error: the rate of v has the wrong dimension.*lang\/dimension-mismatch/,
    ],
    [
      'fixtures/pynn/if-cond-exp.json',
      'pynn',
      spoilt('fixtures/pynn/if-cond-exp.json', (text) => text.replaceAll('IF_cond_exp', 'IF_cond_axp')),
      /line \d+ error: .*IF_cond_axp/,
    ],
    [
      'fixtures/neuroml/point-cells.xml',
      'neuroml',
      spoilt('fixtures/neuroml/point-cells.xml', (text) => text.slice(0, text.length / 2)),
      /line \d+ error: /,
    ],
    [
      'fixtures/nir/affine-lif.nir',
      'nir',
      spoilt('fixtures/nir/affine-lif.nir', (text) => text.slice(0, text.length / 2)),
      /error: .*affine-lif\.nir/,
    ],
    ['test/translators/swc/files/three_points_1.swc', 'swc', '1 1 0 0 0 5 -1\n2 3 0 x 0 1 1\n', /line 2 error: /],
    [
      'test/translators/nmodl/files/leak.mod',
      'nmodl',
      spoilt('test/translators/nmodl/files/leak.mod', (text) => text.replace(/i = [^\n}]*/, 'i = g*(v - )')),
      /line \d+ error: /,
    ],
    [
      'test/translators/nestml/files/conductances.nestml',
      'nestml',
      spoilt('test/translators/nestml/files/conductances.nestml', (text) => text.replace(/^( +state):/m, '$1')),
      /line \d+ error: /,
    ],
  ];

  it('takes files, folders and archives of every notation in a drop, and says what is wrong with broken ones', async () => {
    const root = mkdtempSync(join(tmpdir(), 'interneuron-open-'));
    await writeSite(root);
    const server = await serve(root);
    const chromiumHere = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox'] });
    try {
      const visit = await chromiumHere.newPage();
      visit.setDefaultTimeout(60_000);
      const gestures = await visit.context().newCDPSession(visit);
      await visit.addInitScript('drops = 0; addEventListener("drop", () => (drops += 1), true)');
      /**
       * Drags a file or folder of the disk over a place of the page, and drops it: again if Chromium took it for a drag
       * that left the page, since what is at the place has moved.
       */
      const dropAt = async (x: number, y: number, path: string): Promise<void> => {
        const data = { items: [], files: [resolve(path)], dragOperationsMask: 1 };
        const before = await visit.evaluate('drops');
        for (let isHeard = false; !isHeard;) {
          for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
            await gestures.send('Input.dispatchDragEvent', { type, x, y, data });
          isHeard = await visit
            .waitForFunction(`drops > ${String(before)}`, undefined, { timeout: 3000 })
            .then(() => true)
            .catch(() => false);
        }
      };
      const drop = (path: string): Promise<void> => dropAt(300, 200, path);
      const status = async (text: string): Promise<void> => {
        await visit.waitForFunction(`document.getElementById('status').textContent.includes('${text}')`);
      };
      const commands = (): Promise<readonly string[]> => visit.locator('#commands code').allTextContents();
      await visit.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      await visit.getByRole('heading', { name: 'Drop your model here' }).waitFor();
      // The heading is there before the program is.
      await visit.waitForFunction('document.body.ondrop !== null');
      // A file that is dropped before the program has loaded is opened by the program.
      let letProgramLoad = (): void => undefined;
      const untilLoaded = new Promise<void>((loaded) => (letProgramLoad = loaded));
      await visit.route('**/main.js', async (route) => {
        await untilLoaded;
        await route.continue();
      });
      await visit.reload({ waitUntil: 'commit' });
      await visit.locator('#status').waitFor({ state: 'attached' });
      expect(await visit.isVisible('#open-heading')).toBe(true);
      await drop('fixtures/brian/single-lif.yaml');
      await status('One moment');
      letProgramLoad();
      await status('single-lif.yaml was read as brian');
      await visit.unroute('**/main.js');
      await visit.reload();
      await visit.waitForFunction('document.body.ondrop !== null');
      mkdirSync(picturesFolder, { recursive: true });
      await visit.screenshot({ path: join(picturesFolder, 'open.png') });
      for (const [path, notation, broken, message] of dropped) {
        const name = basename(path);
        await drop(path);
        await status(`${name} was read as ${notation}`);
        await visit.locator('#description table').first().waitFor();
        expect(await commands()).toEqual([
          expect.stringMatching(`^interneuron run ${name} (--duration '100 ms' )?-o `),
          expect.stringMatching(`^interneuron convert ${name} --to \\w+ -o `),
          `interneuron same ${name} OTHER`,
        ]);
        mkdirSync(join(root, 'broken'), { recursive: true });
        writeFileSync(join(root, 'broken', name), broken, 'latin1');
        await drop(join(root, 'broken', name));
        await status(`${name} cannot be run`);
        expect(await visit.locator('#findings li.error').first().textContent()).toMatch(message);
        expect((await commands())[0]).toBe(`interneuron validate ${name}`);
      }
      await visit.locator('#commands button').first().scrollIntoViewIfNeeded();
      await visit.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      await visit.locator('#commands button').first().click();
      expect(await visit.evaluate('navigator.clipboard.readText()')).toBe('interneuron validate conductances.nestml');
      await drop('fixtures/sonata/aeif-cond-exp');
      await status('aeif-cond-exp/config.json was read as sonata');
      expect((await commands())[0]).toMatch(/^interneuron run aeif-cond-exp\/config\.json /);
      const circuit = join(root, 'broken', 'circuit');
      cpSync('fixtures/sonata/aeif-cond-exp', circuit, { recursive: true });
      const config = join(circuit, 'config.json');
      writeFileSync(config, spoilt(config, nodes));
      await drop(circuit);
      await status('circuit/config.json cannot be run');
      expect(await visit.locator('#findings li.error').first().textContent()).toContain('the config has no nodes_file');
      const packed = readdirSync('fixtures/sonata/aeif-cond-exp', { recursive: true, encoding: 'utf8' })
        .map((name) => [name, join('fixtures/sonata/aeif-cond-exp', name)] as const)
        .filter(([, path]) => statSync(path).isFile())
        .map(([name, path]) => [`zipped/${name}`, new Uint8Array(readFileSync(path))] as const);
      writeFileSync(join(root, 'circuit.zip'), zipSync(Object.fromEntries(packed)));
      await drop(join(root, 'circuit.zip'));
      await status('zipped/config.json was read as sonata');
      const zip = zipSync({ 'model/lems/first.yaml': new Uint8Array(readFileSync('fixtures/brian/single-lif.yaml')) });
      writeFileSync(join(root, 'notes.ipynb'), '{"cells": [], "nbformat": 4}');
      await drop(join(root, 'notes.ipynb'));
      await status('No model was opened. notes.ipynb is a notebook: jupyter nbconvert --to script notes.ipynb.');
      const script = new TextEncoder().encode('from brian2 import *\n');
      const cell = new Uint8Array(readFileSync('fixtures/brian/single-lif.yaml'));
      writeFileSync(join(root, 'mixed.zip'), zipSync({ 'cell.yaml': cell, 'model.py': script }));
      await drop(join(root, 'mixed.zip'));
      await status('model.py is a Python script of Brian 2, which is read by executing it: interneuron run model.py');
      // Several models: the page lists them, and offers the others.
      writeFileSync(join(root, 'two.zip'), zipSync({ 'a.yaml': cell, 'b.yaml': cell }));
      await drop(join(root, 'two.zip'));
      await status('There are 2 models: a.yaml, b.yaml. This is a.yaml');
      expect(await visit.locator('#main option').allTextContents()).toEqual(['a.yaml', 'b.yaml']);
      // Channels and sweeps have curves, results their spikes.
      writeFileSync(join(root, 'na.channel.nml'), channel);
      await drop(join(root, 'na.channel.nml'));
      await status('na.channel.nml holds channels and cells');
      expect(await visit.textContent('#curves')).toContain('time constant (ms)');
      expect(await visit.textContent('#description')).toContain('Steady states of gates');
      const table =
        'w_mV,seed,outcome,fingerprint,cells.spikes,cells.rate_Hz\n1,1,complete,ab,2,4\n2,1,complete,cd,4,8\n';
      writeFileSync(join(root, 'table.csv'), table);
      await drop(join(root, 'table.csv'));
      await visit.getByText('The result of the sweep against the parameter').waitFor();
      expect(await visit.textContent('#curves')).toContain('rate of cells (Hz)');
      expect(await visit.locator('#curves circle').count()).toBe(2);
      writeFileSync(join(root, 'spikes.csv'), 'id,time_ms\n1,2\n');
      await drop(join(root, 'spikes.csv'));
      await status('spikes.csv: table of spikes with 1 spike. ');
      await visit.waitForFunction(
        `document.getElementById('raster').getAttribute('aria-label') === 'Spikes: 1 of cells'`,
      );
      writeFileSync(join(root, 'later.csv'), 'id,time_ms\n1,3\n');
      await drop(join(root, 'later.csv'));
      await status('later.csv: 0 of 1 spikes agree within 0.1 ms, the first difference is at 2 ms in cells[1]');
      writeFileSync(join(root, 'model.zip'), zip);
      await drop(join(root, 'model.zip'));
      await status('model/lems/first.yaml was read as brian');
      writeFileSync(join(root, 'cut.zip'), zip.subarray(0, zip.length / 2));
      await drop(join(root, 'cut.zip'));
      await status('cut.zip cannot be unpacked: it is damaged');
      writeFileSync(join(root, 'run.py'), 'import brian2');
      await drop(join(root, 'run.py'));
      await status('No model was opened. run.py is a Python script of Brian 2');
      writeFileSync(join(root, 'bread.yaml'), 'bread: 2\n');
      await drop(join(root, 'bread.yaml'));
      await status('bread.yaml cannot be run');
      expect(await visit.isVisible('#editor')).toBe(true);
      // A drop on the editor opens the file: its text isn't inserted into the document before.
      const place = await visit.locator('#editor').boundingBox();
      await dropAt((place?.x ?? 0) + 100, (place?.y ?? 0) + 10, 'fixtures/brian/single-lif.yaml');
      await status('single-lif.yaml was read as brian');
      await visit.waitForTimeout(1000);
      expect(await visit.evaluate(`document.getElementById('status').textContent`)).toMatch(
        /^single-lif.yaml was read/,
      );
      const text = await visit.locator('#editor .cm-content').innerText();
      expect(text.match(/format: interneuron\/brian|import brian2/g)).toEqual(['format: interneuron/brian']);
      // The buttons open the same files.
      await visit.setInputFiles('#files', 'fixtures/readme/first-steps.yaml');
      await status('first-steps.yaml was read as brian');
      await visit.setInputFiles('#folder', 'fixtures/sonata/aeif-cond-exp');
      await status('aeif-cond-exp/config.json was read as sonata');
    } finally {
      await chromiumHere.close();
      server.close();
      rmSync(root, { recursive: true });
    }
  });
});
