/**
 * The text of conversions, kept in `test/translators/golden` to be read: a folder for each fixture, with a script for
 * Brian 2 and one for PyNN, a Brian-like specification, and NeuroML or LEMS. UPDATE_GOLDEN=1 writes them. They are our
 * own output.
 */

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, parse } from 'node:path';
import { describe, expect, it } from 'vitest';
import { convertModel } from '../../src/convert/convert.js';
import { importModel, readSource } from '../../src/pipeline/pipeline.js';
import type { TargetNotation } from '../../src/convert/target-notations.js';
import { root } from '../support/import-graph.js';
import '../../src/notations.js';

const update = process.env['UPDATE_GOLDEN'] === '1';
const golden = join(root, 'test/translators/golden');

const fixtures = [
  'readme/first-steps.yaml',
  'brian/single-lif.yaml',
  'brian/single-hh.yaml',
  'brian/poisson-input.yaml',
  'brian/stdp-pair.yaml',
  'brian/refractory-variants.yaml',
  'pynn/if-cond-exp.json',
  'pynn/stdp-additive.json',
  'pynn/tsodyks-markram.json',
  'pynn/hh-cond-exp.json',
  'neuroml/cells.net.nml',
  'neuroml/pynn-cells.xml',
];

const targets: Readonly<Record<string, TargetNotation>> = {
  'brian.py': 'brian',
  'brian.yaml': 'brian-json',
  'pynn.py': 'pynn',
  nml: 'neuroml',
};

describe.each(fixtures)('%s', (fixture) => {
  it.each(Object.entries(targets))('as %s', async (suffix, to) => {
    const imported = importModel(readSource(join(root, 'fixtures', fixture)));
    const name = basename(fixture).replace(/\..*$/, '');
    const converted = await convertModel(imported.valid, to, { name: `${name}.${suffix}` });
    const folder = join(golden, name, suffix);
    const report = converted.report.map(({ verdict, pointer, message }) => `${verdict}  ${pointer}  ${message}\n`);
    const portable = converted.portable ? '' : ', not portable';
    const files = [
      ...converted.files.map((file) => ({ name: file.name, text: file.text })),
      { name: 'report.txt', text: `${converted.outcome}${portable}\n${report.join('')}` },
    ];
    if (update) rmSync(folder, { recursive: true, force: true });
    for (const file of files) {
      const path = join(folder, parse(file.name).base);
      if (update) {
        mkdirSync(folder, { recursive: true });
        writeFileSync(path, file.text);
      }
      expect(existsSync(path) ? readFileSync(path, 'utf8') : undefined, file.name).toBe(file.text);
    }
  });
});
