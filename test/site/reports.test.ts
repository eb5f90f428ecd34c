/** Reports in Debian's Chromium: without JavaScript, for everybody, on a phone, and in dark colours. */

import { existsSync, mkdirSync, readFileSync } from 'node:fs';
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
const smallestLetters = 11;

/**
 * Returns the rules of accessibility that a page breaks, its width, the number of its pictures, tables and equations
 * without cases that need to be scrolled, its smallest letters, the most filters on a letter, and its background: two
 * filters would turn dark colours back.
 */
const examine = `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => ({
  violations: violations.map(({ id, nodes }) => id + ' ' + nodes[0].target.join(' ')),
  width: document.documentElement.scrollWidth,
  cut: [...document.querySelectorAll('figure, .table, .equations:not(:has(mtable))')].filter((one) => one.scrollWidth > one.clientWidth).length,
  letters: Math.min(...[...document.querySelectorAll('figure svg text')].filter((one) => one.checkVisibility()).map((text) => {
    const { a, b } = text.getScreenCTM();
    return parseFloat(getComputedStyle(text).fontSize) * Math.hypot(a, b);
  })),
  filters: Math.max(0, ...[...document.querySelectorAll('figure svg text')].map((text) => {
    let count = 0;
    for (let one = text; one; one = one.parentElement) if (getComputedStyle(one).filter !== 'none') count += 1;
    return count;
  })),
  paper: getComputedStyle(document.body).backgroundColor }))`;

describe.skipIf(!hasBrowser)(withReason('a report', hasBrowser ? null : 'Chromium is not installed'), () => {
  const at = (name: string): string => join(folder.path, name);
  beforeAll(async () => {
    mkdirSync(at('runs'));
    const model = 'fixtures/readme/first-steps.yaml';
    for (const words of [
      ['run', model, '--duration', '100 ms', '-o', at('runs/run.nwb')],
      ['run', model, '--duration', '100 ms', '--seed', '2', '-o', at('runs/other.nwb')],
      ['report', at('runs/run.nwb'), '-o', at('run.html')],
      ['report', at('runs'), '-o', at('folder.html')],
      ['report', 'fixtures/neuroml/network.xml', '-o', at('model.html')],
      ['report', 'fixtures/cells/ball-and-stick.xml', '-o', at('cell.html')],
      ['report', 'fixtures/neuroml/channels.xml', '-o', at('channels.html')],
      ['run', model, '-o', at('whole.nwb')],
      ['pack', model, at('whole.nwb'), '-o', at('model.omex')],
      ['certify', at('model.omex'), '-o', at('certificate')],
    ])
      expect(await runCommand([...words, '-q'])).toMatchObject({ code: 0, stderr: '' });
    browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox'] });
  });
  afterAll(() => browser.close());

  it.each(['run.html', 'folder.html', 'model.html', 'cell.html', 'channels.html', 'certificate/certificate.html'])(
    '%s breaks no rule of axe and has letters to read, in both themes at three widths',
    async (name) => {
      for (const colorScheme of ['light', 'dark'] as const) {
        const page = await browser.newPage({ colorScheme });
        await page.goto(pathToFileURL(at(name)).href);
        await page.evaluate(readFileSync('node_modules/axe-core/axe.min.js', 'utf8'));
        for (const width of [1280, 768, 375]) {
          await page.setViewportSize({ width, height: 800 });
          const { letters, filters, ...found } = await page.evaluate<{
            letters: number;
            filters: number;
            violations: string[];
          }>(examine);
          const paper = colorScheme === 'dark' ? 'rgb(22, 25, 29)' : 'rgb(255, 255, 255)';
          expect([colorScheme, found]).toEqual([colorScheme, { violations: [], width, cut: 0, paper }]);
          expect(letters).toBeGreaterThanOrEqual(smallestLetters);
          expect(filters).toBeLessThanOrEqual(1);
        }
        // The width of A4 within its margins.
        await page.setViewportSize({ width: 688, height: 800 });
        await page.emulateMedia({ media: 'print' });
        const tables = `[...document.querySelectorAll('table')].map((one) => one.getBoundingClientRect().right)`;
        expect(Math.max(...(await page.evaluate<readonly number[]>(tables)))).toBeLessThanOrEqual(688);
        await page.close();
      }
    },
  );
});
