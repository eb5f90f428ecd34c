/**
 * PyNN's own simulators run the scripts that we export, and give our results. If one of them differs, the probe gives
 * the reason, and theory confirms our result. docs/pynn-conformance.md lists everything.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { peerRecords, peers } from '../support/peer-records.js';
import { missingPynn, recordedPynnPython } from './pynn/backend.js';
import { conformancePage, ofNetwork, ofProbe } from './pynn/conformance.js';
import { measure, type Measured } from './pynn/measure.js';
import { measureNetworks, type MeasuredNetwork } from './pynn/network.js';
import { networkProbes, probes } from './pynn/probes/all.js';

const records = peerRecords('pynn');
const missing = missingPynn();
const page = new URL('../../docs/pynn-conformance.md', import.meta.url);

describe.skipIf(missing !== null)(`PyNN${missing === null ? '' : ` (${missing})`}`, () => {
  let measured: readonly Measured[] = [];
  let networks: readonly MeasuredNetwork[] = [];

  beforeAll(async () => {
    measured = await measure(probes, records);
    networks = await measureNetworks(networkProbes, records);
  });

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

  test('docs/pynn-conformance.md is fresh; UPDATE_CONFORMANCE=1 writes it', async () => {
    const text = await conformancePage(measured, networks);
    if (process.env['UPDATE_CONFORMANCE']) writeFileSync(page, text);
    expect(readFileSync(page, 'utf8')).toBe(text);
  });

  test('the page has a row for everything that PyNN has', async () => {
    const text = readFileSync(page, 'utf8');
    const names = (await recordedPynnPython(records, peers.mock, 'pynn_names.py', [])) as readonly string[];
    expect(names.length).toBeGreaterThan(50);
    expect(names.filter((name) => !text.includes(name))).toEqual([]);
  });
});
