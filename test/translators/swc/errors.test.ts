/** Mistakes in files of SWC, and repairs: each has the line that it is in. */

import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DiagnosticError, UsageError } from '../../../src/diagnostics/diagnostic.js';
import { importModel } from '../../../src/pipeline/pipeline.js';
import { decodeSource } from '../../../src/pipeline/read/read-source.js';
import { temporaryFolder } from '../../support/command.js';

/** Codes and lines of the findings about a file, without notes and findings about the model that it becomes. */
function findings(text: string | Uint8Array): readonly string[] {
  const found = (list: DiagnosticError['diagnostics']): readonly string[] =>
    list.flatMap(({ code, severity, place }) =>
      severity === 'note' || !code.startsWith('swc') ? [] : [`${code} ${place?.line}`],
    );
  try {
    const bytes = typeof text === 'string' ? Buffer.from(text) : text;
    return found(importModel(decodeSource('x.swc', bytes)).diagnostics);
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return found(error.diagnostics);
  }
}

const soma = '1 1 0 0 0 10 -1\n';
const star = Array.from({ length: 150_000 }, (_, k) => `${k + 2} 3 0 0 0 0 1\n`).join('');

it.each([
  ['an empty file', '', ['swc/no-points 1']],
  ['comments only', '# nothing\n\n', ['swc/no-points 1']],
  ['a loop', `${soma}2 3 1 0 0 1 4\n3 3 2 0 0 1 2\n4 3 3 0 0 1 3\n`, ['swc/loop 2']],
  ['a point that is its own parent', `${soma}2 3 1 0 0 1 2\n`, ['swc/loop 2']],
  ['loops without a root', '1 3 0 0 0 1 2\n2 3 1 0 0 1 1\n', ['swc/loop 1']],
  ['a missing parent', `${soma}2 3 1 0 0 1 7\n`, ['swc/no-parent 2']],
  ['two trees with a soma', `${soma}# other\n2 1 5 0 0 10 -1\n3 1 9 0 0 10 -1\n`, ['swc/several-trees 3']],
  ['an axon before the soma', '1 2 9 0 0 1 -1\n2 1 5 0 0 10 -1\n', ['swc/several-trees 2']],
  ['NaN', `${soma}2 3 NaN 0 0 1 1\n`, ['swc/not-a-point 2']],
  ['an infinite place', `${soma}2 3 1e999 0 0 1 1\n`, ['swc/not-a-point 2']],
  ['a negative radius', `${soma}2 3 1 0 0 -1 1\n`, ['swc/not-a-point 2']],
  ['six columns', `${soma}2 3 1 0 0 1\n`, ['swc/not-a-point 2']],
  ['an index with a fraction', `${soma}2.5 3 1 0 0 1 1\n`, ['swc/not-a-point 2']],
  ['ten megabytes of one line', `${soma}${'1'.repeat(1e7)}`, ['swc/not-a-point 2']],
  ['an index for two points', `${soma}1 3 1 0 0 1 1\n`, ['swc/index-again 2']],
  ['radii of zero', `1 1 0 0 0 0 -1\n`, ['swc/no-radius 1']],
  ['too many points', `${soma}${star}`, ['swc/too-many-points 100001']],
])('refused: %s', (_, text, expected) => {
  expect(findings(text)).toEqual(expected);
});

it.each([
  ['a line twice', `${soma}2 3 10 0 0 1 1\n2 3 10 0 0 1 1\n3 3 20 0 0 1 2\n`, ['swc/repaired 3']],
  ['a radius of zero', `${soma}2 3 10 0 0 1 1\n3 3 20 0 0 0 2\n`, ['swc/repaired 3']],
  ['a point on its parent', `${soma}2 3 10 0 0 1 1\n3 3 10 0 0 1 2\n4 3 20 0 0 1 3\n`, ['swc/repaired 3']],
  ['a branch of one point', `${soma}2 3 10 0 0 1 1\n`, ['swc/short-branch 2']],
  [
    'trees beside the soma',
    `${soma}2 2 40 0 0 1 -1\n3 2 60 0 0 1 2\n4 3 0 40 0 1 -1\n5 3 0 60 0 1 4\n`,
    ['swc/loose-trees 2'],
  ],
  ['an eighth column', `${soma}2 3 10 0 0 1 1 0.5\n3 3 20 0 0 1 2 0.5\n`, ['swc/more-columns 2']],
  ['parents after their children', `3 3 20 0 0 1 2\n2 3 10 0 0 1 1\n${soma}`, []],
  ['Windows line ends', `${soma}2 3 10 0 0 1 1\n3 3 20 0 0 1 2\n`.replaceAll('\n', '\r\n'), []],
  ['Latin-1 in comments', Buffer.from(`# Ram\xf3n\n${soma}2 3 10 0 0 1 1\n3 3 20 0 0 1 2\n`, 'latin1'), []],
])('read: %s', (_, text, expected) => {
  expect(findings(text)).toEqual(expected);
});

describe('a file of mechanisms for a shape', () => {
  const folder = temporaryFolder();
  const read = (
    channels: string,
    shape = `${soma}2 3 10 0 0 1 1\n3 3 60 0 0 1 2\n`,
  ): ReturnType<typeof importModel> => {
    const path = folder.file('channels.yaml');
    writeFileSync(path, channels);
    return importModel(decodeSource('x.swc', Buffer.from(shape)), { with: path });
  };

  it('puts mechanisms of NEURON on groups', () => {
    copyFileSync(
      join(import.meta.dirname, '../nmodl/files/fast_potassium.mod'),
      join(folder.path, 'fast_potassium.mod'),
    );
    const { model } = read(
      'mechanisms:\n  k: { nmodl: fast_potassium.mod, on: [soma_group], values: { soma_group: { gbar: 0.02 } } }\ntemperature: 300 kelvin\n',
    ).valid;
    const compartments = model.neurons['x']?.compartments;
    expect(compartments?.mechanisms['k']).toMatchObject({ on: ['soma_group'], values: { soma_group: { gbar: 200 } } });
    expect([compartments?.temperature, compartments?.ions['k']?.reversal]).toEqual([300, -0.077]);
  });

  it.each([
    ['an unknown part', 'channels: {}\n', 'set/unknown-part 1'],
    ['nothing', '[]\n', 'set/unknown-part 1'],
    ['an unknown group', 'mechanisms:\n  leak:\n    on: [soma_grup]\n', 'model/unknown-section 3'],
    ['a file of NEURON that is not there', 'mechanisms:\n  k: { nmodl: absent.mod }\n', 'nmodl/not-read 2'],
  ])('is refused at its line: %s', (_, channels, expected) => {
    const found = errorOf(() => read(channels));
    expect(found.diagnostics.filter(({ severity }) => severity === 'error')).toHaveLength(1);
    const { code, place } = found.diagnostics.find(({ severity }) => severity === 'error') ?? {};
    expect(`${code} ${place?.line}`).toBe(expected);
  });

  it('is refused for a point', () => {
    expect(errorOf(() => read('temperature: 300 kelvin\n', soma)).diagnostics.map(({ code }) => code)).toContain(
      'set/point-cell',
    );
  });

  it('is for shapes only', () => {
    expect(() => importModel({ name: 'x.json', text: '{}' }, { with: 'channels.yaml' })).toThrow(UsageError);
  });
});

function errorOf(action: () => unknown): DiagnosticError {
  try {
    action();
  } catch (error) {
    if (error instanceof DiagnosticError) return error;
    throw error;
  }
  throw new Error('no mistake was found');
}
