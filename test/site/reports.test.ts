/** Reports in Debian's Chromium: without JavaScript, for everybody, on a phone, and in dark colours. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand, temporaryFolder } from '../support/command.js';
import { withReason } from '../support/skip-reasons.js';

const browserPath = '/usr/bin/chromium';
const hasBrowser = existsSync(browserPath);
const folder = temporaryFolder();
let browser: Browser;

/** Smallest letters of pictures, in pixels of the screen. */
const smallestLetters = 9;

/** Returns the rules of accessibility that a page breaks, its width, its smallest letters and its background. */
const examine = `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => ({
  violations: violations.map(({ id, nodes }) => id + ' ' + nodes[0].target.join(' ')),
  width: document.documentElement.scrollWidth,
  letters: Math.min(...[...document.querySelectorAll('figure svg text')].map((text) => {
    const { a, b } = text.getScreenCTM();
    return parseFloat(getComputedStyle(text).fontSize) * Math.hypot(a, b);
  })),
  paper: getComputedStyle(document.body).backgroundColor }))`;

describe.skipIf(!hasBrowser)(withReason('a report', hasBrowser ? null : 'Chromium is not installed'), () => {
  const [result, ofRun, ofModel] = ['run.nwb', 'run.html', 'model.html'].map(
    (name) => (): string => join(folder.path, name),
  ) as [() => string, () => string, () => string];
  beforeAll(async () => {
    const words = ['run', 'fixtures/readme/first-steps.yaml', '--duration', '100 ms', '-o', result(), '-q'];
    expect((await runCommand(words)).code).toBe(0);
    expect((await runCommand(['report', result(), '-o', ofRun(), '-q'])).code).toBe(0);
    expect((await runCommand(['report', 'fixtures/neuroml/network.xml', '-o', ofModel(), '-q'])).code).toBe(0);
    browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox'] });
  });
  afterAll(() => browser.close());

  it.each([
    ['a run', ofRun, 'light', 1280],
    ['a run', ofRun, 'light', 375],
    ['a run', ofRun, 'dark', 375],
    ['a model', ofModel, 'light', 768],
    ['a model', ofModel, 'dark', 375],
  ] as const)('of %s breaks no rule of axe and has letters to read', async (_, path, colorScheme, width) => {
    const page = await browser.newPage({ colorScheme, viewport: { width, height: 800 } });
    await page.goto(pathToFileURL(path()).href);
    await page.evaluate(readFileSync('node_modules/axe-core/axe.min.js', 'utf8'));
    const { letters, ...found } = await page.evaluate<{ letters: number; violations: string[] }>(examine);
    const paper = colorScheme === 'dark' ? 'rgb(22, 25, 29)' : 'rgb(255, 255, 255)';
    expect(found).toEqual({ violations: [], width, paper });
    expect(letters).toBeGreaterThanOrEqual(smallestLetters);
    await page.close();
  });
});
