/** NeuroML written from every fixture: its network is valid, and has the model's populations. */

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { convertModel } from '../../../../src/convert/convert.js';
import { importModel, readSource } from '../../../../src/pipeline/pipeline.js';
import { missingInterpreter, validateByReference } from '../../../interoperability/reference-interpreter.js';
import { withReason } from '../../../support/skip-reasons.js';
import '../../../../src/notations.js';

/** Networks of thousands of cells, which are written the same way. */
const large = /brunel|potjans|vogels|cobahh|hodgkin-huxley-network/;
const fixtures = ['fixtures/pynn', 'fixtures/brian', 'fixtures/neuroml', 'fixtures/cells'].flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => /\.(json|yaml|xml|net\.nml)$/.test(name) && !large.test(name))
    .map((name) => `${folder}/${name}`),
);
const written = new Map<string, string>();

it.each(fixtures)('%s', async (fixture) => {
  const source = readSource(fixture);
  const { valid } = importModel(source);
  const name = fixture.replace(/\W/g, '_');
  const { files, report } = await convertModel(valid, 'neuroml', { name: `${name}.net.nml` });
  const [network] = files;
  expect(network?.name).toBe(`${name}.net.nml`);
  expect(network?.text).toMatch(/^<neuroml /);
  for (const file of files) if (/\.nml$|_types\.xml$/.test(file.name)) written.set(file.name, file.text);
  // A set of values has a component, and with it a population or projection; so has each train of given spikes.
  const isSplit = (section: 'populations' | 'projections', part: string): boolean =>
    report.some(({ code, pointer }) => code === 'lems/one-by-one' && pointer === `/${section}/${part}`);
  const { populations, projections } = valid.model;
  const idsIn = (text = ''): readonly string[] =>
    [...text.matchAll(/<population id="(\w+)"/g)].map(([, id = '']) => id);
  const found = idsIn(network?.text);
  // The model's other populations are inputs of NeuroML.
  if (/\.(xml|nml)$/.test(fixture)) return expect(found).toEqual(expect.arrayContaining([...idsIn(source.text)]));
  const whole = Object.keys(populations).filter((population) => !isSplit('populations', population));
  expect(found).toEqual(expect.arrayContaining(whole));
  if (whole.length < Object.keys(populations).length) return;
  if (Object.keys(projections).some((projection) => isSplit('projections', projection))) return;
  expect(found).toHaveLength(whole.length);
  const left = report.filter(
    ({ pointer, verdict }) => verdict === 'notExpressible' && pointer.startsWith('/projections/'),
  );
  expect(network?.text.match(/<(p|electricalP|continuousP)rojection /g) ?? []).toHaveLength(
    Object.keys(projections).length - left.length,
  );
});

const noInterpreter = missingInterpreter();
it.skipIf(noInterpreter !== null)(withReason('is valid for the validator of jNeuroML', noInterpreter), async () => {
  expect(written.size).toBeGreaterThan(fixtures.length);
  const folder = mkdtempSync(join(tmpdir(), 'interneuron-valid-'));
  try {
    for (const [name, text] of written) writeFileSync(join(folder, name), text);
    const networks = [...written.keys()].filter((name) => name.endsWith('.nml'));
    expect(await validateByReference(folder, ...networks)).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
