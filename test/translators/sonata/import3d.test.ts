/** Shapes in SWC as sections, against NEURON's Import3d. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importSections } from '../../../translators/sonata/import3d.js';
import { missingPynn, runPynnPython } from '../../interoperability/pynn/backend.js';
import { root } from '../../support/import-graph.js';
import { peerRecords, peers } from '../../support/peer-records.js';

type NeuronSection = readonly [
  name: string,
  parent: readonly [name: string, fraction: number] | null,
  length: number,
  diameter: number,
];

const folder = 'test/translators/swc/files';
const files = readdirSync(join(root, folder)).filter((name) => name.endsWith('.swc'));
const records = peerRecords('import3d');
const runner = 'neuron_import3d.py';

/** Sections of all files in NEURON. */
const ofNeuron = (): Promise<readonly (readonly NeuronSection[])[]> =>
  records.output(
    peers.neuron,
    {
      what: 'shapes in SWC',
      texts: files.map((name) => readFileSync(join(root, folder, name), 'utf8')),
      runners: [`test/interoperability/python/${runner}`],
    },
    async () =>
      (await runPynnPython(
        runner,
        files.map((name) => join(root, folder, name)),
      )) as readonly (readonly NeuronSection[])[],
  );

describe.skipIf(missingPynn() !== null)('sections of NEURON', () => {
  it('have the names, parents, lengths and diameters of its own', async () => {
    const expected = await ofNeuron();
    expect(expected.length).toBe(20);
    for (const [k, name] of files.entries()) {
      const own = importSections(readFileSync(join(root, folder, name), 'utf8'), () => {
        throw new Error(name);
      })!;
      const nameOf = ({ kind, index }: { kind: string; index: number }): string => `${kind}[${index}]`;
      const found = own.map((section): NeuronSection => {
        const { parent, length, diameter } = section;
        return [nameOf(section), parent ? [nameOf(parent.section), parent.fraction] : null, length, diameter];
      });
      const sections = expected[k]!;
      expect(found.map(([section, parent]) => [section, parent])).toEqual(
        sections.map(([section, parent]) => [section, parent]),
      );
      for (const [n, [, , length, diameter]] of sections.entries()) {
        expect(Math.abs(found[n]![2] / length - 1)).toBeLessThan(1e-12);
        expect(Math.abs(found[n]![3] / diameter - 1)).toBeLessThan(1e-9);
      }
    }
  });
});

describe('shapes that NEURON does not read', () => {
  it.each([
    ['1 1 0 0 0 5 -1\n2 3 0 0', ['sonata/morphology 2']],
    ['1 1 0 0 0 5 -1\n2 3 0 x 0 1 1', ['sonata/morphology 2']],
    ['1 1 0 0 0 5 -1\n2 3 9 0 0 0 1', ['sonata/morphology 2']],
    ['1 1 0 0 0 5 -1\n2 3 9 0 0 1 1\n2 3 9 9 0 1 1', ['sonata/morphology 3']],
    ['1 1 0 0 0 5 -1\n2 3 9 0 0 1 -1', ['sonata/morphology 2']],
    ['1 1 0 0 0 5 -1\n2 3 9 0 0 1 3\n3 3 9 9 0 1 1', ['sonata/morphology 2']],
    ['1 1 0 0 0 5 -1\n2 3 9 0 0 1 7', ['sonata/morphology 2']],
    ['# nothing\n', ['sonata/morphology 1']],
  ])('%j has its mistakes named', (text, expected) => {
    const found: string[] = [];
    expect(importSections(text, ({ code }, line) => found.push(`${code} ${line}`))).toBeUndefined();
    expect(found).toEqual(expected);
  });
});
