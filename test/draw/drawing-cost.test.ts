/** The cost of drawing a model is computed before any draw, and a model above the limits is rejected. */

import { describe, expect, it } from 'vitest';
import { drawModel } from '../../src/draw/draw.js';
import { DiagnosticError, type Diagnostic } from '../../src/diagnostics/diagnostic.js';
import { importModel } from '../../src/pipeline/pipeline.js';
import '../../translators/pynn/road.js';

const synapse = { type: 'StaticSynapse', params: { weight: 0.01, delay: 1 } };
const rng = 'numpy';

interface Parts {
  readonly size?: number;
  readonly population?: object;
  readonly connector?: object;
}

/** Returns the diagnostics of a PyNN document on a machine of 1 GB. */
function findings({ size = 10, population = {}, connector }: Parts): readonly Diagnostic[] {
  const document = {
    format: 'interneuron/pynn',
    version: 1,
    setup: { timestep: 0.1 },
    rngs: { numpy: { type: 'NumpyRNG', seed: 1 } },
    populations: [{ label: 'a', size, cell: { type: 'IF_cond_exp' }, ...population }],
    ...(connector
      ? {
          projections: [
            { label: 'p', pre: 'a', post: 'a', receptor_type: 'excitatory', connector: { ...connector, rng }, synapse },
          ],
        }
      : {}),
    phases: [{ run: 1 }],
  };
  try {
    drawModel(importModel({ name: 'large.json', text: JSON.stringify(document) }).valid, 1e9);
    return [];
  } catch (error) {
    if (error instanceof DiagnosticError) return error.diagnostics;
    throw error;
  }
}

const numbers = { random: 'uniform', params: { low: -70, high: -60 }, rng };

const cases: readonly (readonly [string, Parts, string])[] = [
  ['positions', { size: 2 ** 31, population: { structure: { type: 'Line' } } }, 'draw/too-much-memory'],
  ['first values', { size: 2 ** 31, population: { initial_values: { v: numbers } } }, 'draw/too-much-memory'],
  [
    'a fixed number for each cell',
    { connector: { type: 'FixedNumberPreConnector', params: { n: 2 ** 33 } } },
    'draw/too-much-memory',
  ],
  [
    'a fixed number in all',
    { connector: { type: 'FixedTotalNumberConnector', params: { n: 2 ** 31 - 1 } } },
    'draw/too-much-memory',
  ],
  [
    'all pairs that are asked',
    { size: 1e6, connector: { type: 'FixedProbabilityConnector', params: { p_connect: 1e-6 } } },
    'draw/too-many-draws',
  ],
];

describe('too large to be drawn', () => {
  it.each(cases)('%s', (_, parts, code) => {
    const found = findings(parts);
    expect(found.map((finding) => finding.code)).toEqual([code]);
    expect(found[0]).toMatchObject({
      expected: expect.any(String),
      found: expect.any(String),
      hint: expect.any(String),
    });
    expect(found[0]?.place?.pointer).toMatch(/^\/(populations|projections)\//);
  });

  it('grids of any aspect ratio take no time', () => {
    for (const ratio of [1e12, 1e100, 1e300, 1e-300]) {
      const [first] = findings({ population: { structure: { type: 'Grid3D', params: { aspect_ratioXY: ratio } } } });
      expect(first?.code).toMatch(/^(pynn|draw)\//);
    }
  });

  it('is a message only beyond the limits', () => {
    expect(findings({ size: 1000, population: { initial_values: { v: numbers } } })).toEqual([]);
    expect(findings({ connector: { type: 'FixedNumberPreConnector', params: { n: 5 } } })).toEqual([]);
  });
});

it.each([
  ['compartments of a cell', 4294967295, 1],
  ['cells with compartments', 3, 2147483647],
])('refuses more %s than there is memory for', (_, divisions, size) => {
  const sections = {
    soma: {
      length: '9 um',
      diameter: '9 um',
      divisions,
      specificCapacitance: '1 uF/cm**2',
      resistivity: '1 ohm*m',
    },
  };
  const cell = {
    compartments: { initial: '-65 mV', sections, mechanisms: {} },
    events: { spike: { when: 'v > 0*mV', section: 'soma' } },
  };
  const text = JSON.stringify({ interneuron: 1, neurons: { cell }, populations: { p: { type: 'cell', size } } });
  expect(() => drawModel(importModel({ name: 'large.json', text }).valid, 1e9)).toThrow(
    expect.objectContaining({ diagnostics: [expect.objectContaining({ code: 'draw/too-much-memory' })] }),
  );
});
