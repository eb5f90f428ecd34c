/** What a step that goes element by element has no place for is refused by name, with the way round it. */

import { describe, expect, it } from 'vitest';
import { runCommand } from '../../support/command.js';

describe('the timing profile lems-euler', () => {
  it.each([
    ['fixtures/brian/single-lif.yaml', ['a refractory period (G)']],
    ['fixtures/brian/brunel-hakim.yaml', ['noise (group)', 'a refractory period (group)']],
    ['fixtures/brian/stdp-pair.yaml', ['event-driven equations (S)']],
    ['fixtures/brian/summed.yaml', ['a summed variable']],
    ['fixtures/brian/run-regularly.yaml', ['the operation']],
    [
      'fixtures/pynn/vogels-abbott-coba.json',
      ['a refractory period (IF_cond_exp)', 'events with a multiplicity (SpikeSourcePoisson)'],
    ],
  ])('refuses %s', async (model, features) => {
    const { code, stderr } = await runCommand([
      'run',
      model,
      '--timing',
      'lems-euler',
      '--duration',
      '1 ms',
      '--target',
      'null',
    ]);
    expect(code).toBe(1);
    for (const feature of features) expect(stderr).toContain(feature);
    const refusals = stderr.split('\n').filter((line) => line.includes('[lower/unsupported-feature]'));
    expect(refusals.every((line) => line.includes('under the timing profile lems-euler'))).toBe(true);
    expect(stderr.split('\n').filter((line) => line.includes('run it with --timing grid'))).toHaveLength(
      refusals.length,
    );
  });
});
