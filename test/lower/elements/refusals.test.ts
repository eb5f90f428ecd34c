/** Features unsupported when stepping element by element are rejected by name, with an alternative. */

import { describe, expect, it } from 'vitest';
import { runCommand } from '../../support/command.js';

describe('the timing profile lems-euler', () => {
  it.each([
    ['fixtures/brian/methods.yaml', ['an integration method (']],
    ['fixtures/pynn/stdp-network.json', ['sending later (', 'an integration method (']],
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
