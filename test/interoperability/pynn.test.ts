/**
 * PyNN's own simulators run the scripts that we export, and give what we give; where one of them does something else,
 * the probe says why, and theory speaks for us. All of it is told in docs/pynn-conformance.md.
 */

import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { missingPynn, runPynnPython } from './pynn/backend.js';
import { conformancePage, ofNetwork, ofProbe } from './pynn/conformance.js';
import { measure, type Measured } from './pynn/measure.js';
import { measureNetworks, type MeasuredNetwork } from './pynn/network.js';
import { networkProbes, probes } from './pynn/probes/all.js';

const missing = missingPynn();

describe.skipIf(missing !== null)(`PyNN${missing === null ? '' : ` (${missing})`}`, () => {
  let measured: readonly Measured[] = [];
  let networks: readonly MeasuredNetwork[] = [];

  beforeAll(async () => {
    measured = await measure(probes);
    networks = await measureNetworks(networkProbes);
  }, 900_000);

  describe('runs', () => {
    test.each(probes.map((probe, k) => [`${probe.section}: ${probe.name}`, k] as const))('%s', (_, k) => {
      expect(ofProbe(measured[k]!)).toEqual([]);
    });
  });

  describe('networks', () => {
    test.each(networkProbes.map((probe, k) => [`${probe.section}: ${probe.name}`, k] as const))('%s', (_, k) => {
      expect(ofNetwork(networks[k]!)).toEqual([]);
    });
  });

  test('docs/pynn-conformance.md is fresh; npx tsx scripts/pynn-conformance.ts writes it', async () => {
    const page = readFileSync(new URL('../../docs/pynn-conformance.md', import.meta.url), 'utf8');
    expect(page).toBe(await conformancePage(measured, networks));
  });

  test('the page has a row for everything that PyNN has', async () => {
    const page = readFileSync(new URL('../../docs/pynn-conformance.md', import.meta.url), 'utf8');
    const names = (await runPynnPython('pynn_names.py', [])) as readonly string[];
    expect(names.length).toBeGreaterThan(50);
    expect(names.filter((name) => !page.includes(name))).toEqual([]);
  });
});
