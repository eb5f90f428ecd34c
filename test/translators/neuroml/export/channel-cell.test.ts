import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { convertModel } from '../../../../src/convert/convert.js';
import { importModel } from '../../../../src/pipeline/pipeline.js';
import '../../../../translators/brian/road.js';
import '../../../../translators/neuroml/road.js';

test('a point cell keeps a conductance of 0 without gates as a channel', async () => {
  const text = readFileSync('fixtures/brian/single-hh.yaml', 'utf8').replace('gL: 0.3 msiemens', 'gL: 0 msiemens');
  const { valid } = importModel({ name: 'hh.yaml', text });
  const { files } = await convertModel(valid, 'neuroml', { name: 'hh.nml' });
  const densities = [...(files[0]?.text ?? '').matchAll(/ionChannel="(\w+)" condDensity="(\S+)" erev="(\S+)"/g)];
  expect(densities.map(([, ...all]) => all)).toEqual([
    ['na', '120mS_per_cm2', '50mV'],
    ['k', '36mS_per_cm2', '-77mV'],
    ['leak', '0mS_per_cm2', '-54.387mV'],
  ]);
});
