/** The documentation site in Debian's Chromium: for everybody, on a phone, and in dark colours. */

import { existsSync, readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serve } from '../support/serve-folder.js';
import { withReason } from '../support/skip-reasons.js';

const browserPath = '/usr/bin/chromium';
const site = 'out/site';
const missing = !existsSync(browserPath)
  ? 'Chromium is not installed'
  : existsSync(join(site, 'index.html'))
    ? null
    : 'the site is not built: npm run docs';

const pages = [
  'index.html',
  'gallery.html',
  'support.html',
  'questions.html',
  'tutorials/brian.html',
  'how-to/page.html',
  'matrix.html',
  'reference/documents/brian.html',
];

describe.skipIf(missing !== null)(withReason('the documentation site', missing), () => {
  let browser: Browser;
  let server: Server;
  beforeAll(async () => {
    server = await serve(site);
    browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser.close();
    server.close();
  });

  it.each(pages)('breaks no rule of axe and has the width of a phone in %s', async (path) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await browser.newPage({ colorScheme, reducedMotion: 'reduce' });
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/${path}`);
      await page.waitForSelector('[role=main], main');
      await page.evaluate(readFileSync('node_modules/axe-core/axe.min.js', 'utf8'));
      for (const width of [1280, 768, 375]) {
        await page.setViewportSize({ width, height: 900 });
        // Models in frames are pages of their own, with tests of their own.
        const found = await page.evaluate(
          `axe.run({ exclude: ['iframe'] }, { resultTypes: ['violations'] }).then(({ violations }) => [
             document.documentElement.scrollWidth,
             violations.map(({ id, nodes }) => id + ' ' + nodes.map(({ html }) => html.slice(0, 120)).slice(0, 3).join(' '))])`,
        );
        expect([colorScheme, found]).toEqual([colorScheme, [width, []]]);
      }
      await page.close();
    }
  });
});
