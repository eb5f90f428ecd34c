/**
 * NeuroML's own examples to the canonical model and back: the model hash stays, no part is lost, and documents of pure
 * NeuroML are valid by the schema as the reference interpreter reads it.
 *
 * The examples are read from a checkout of the standard's repository, which the variable NEUROML2_CHECKOUT names;
 * without it the project's own documents stand for them.
 */

import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { convertModel } from '../../src/convert/convert.js';
import { jsonText } from '../../src/convert/json-text.js';
import { importModel, readSource } from '../../src/pipeline/pipeline.js';
import { inFolder } from './output-tables.js';
import { missingInterpreter, validateByReference } from './reference-interpreter.js';
import { withReason } from '../support/skip-reasons.js';
import '../../translators/neuroml/road.js';

const checkout = process.env.NEUROML2_CHECKOUT;
const folders =
  checkout === undefined
    ? ['fixtures/neuroml']
    : [join(checkout, 'LEMSexamples'), join(checkout, 'examples'), 'fixtures/neuroml'];
if (checkout !== undefined && !existsSync(join(checkout, 'LEMSexamples')))
  throw new Error(`NEUROML2_CHECKOUT: no LEMSexamples in ${checkout}`);

/** Documents that run something, or are something. */
const documents = folders.flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => /^(LEMS_.*\.xml|.*\.nml)$/.test(name) || (folder.startsWith('fixtures') && name.endsWith('.xml')))
    .map((name) => join(folder, name)),
);

/** Documents of the checkout that are no models by themselves, with the importer's messages. */
const apart: Readonly<Record<string, string>> = {
  // Channels and synapses without a use.
  'NML2_SimpleIonChannel.nml': 'lems/nothing-to-run',
  'NML2_SynapseTypes.nml': 'lems/nothing-to-run',
  // Morphologies without membranes.
  'NML2_SimpleMorphology.nml': 'lems/unknown-path',
  'NML2_SegmentConnections.nml': 'lems/unknown-path',
};
const codeOf = (path: string): string | undefined => apart[path.split('/').at(-1) ?? ''];
const models = documents.filter((path) => codeOf(path) === undefined);

const isPure = (text: string): boolean => /<neuroml\b/.test(text.slice(0, 2000));
const why = missingInterpreter();

it.each(documents.filter((path) => codeOf(path) !== undefined))('%s is no model by itself', (path) => {
  expect(() => importModel(readSource(path))).toThrow(codeOf(path));
});

describe.each(models)('%s', (path) => {
  it('keeps its model hash, by way of a canonical document', async () => {
    const original = importModel(readSource(path));
    const canonical = importModel(
      { name: 'model.json', text: jsonText(original.valid.model) },
      { data: original.valid.data },
    );
    const { files, report } = await convertModel(canonical.valid, 'neuroml');
    expect(report.filter(({ verdict }) => verdict !== 'exact')).toEqual([]);
    const back = importModel({ name: 'back.xml', text: files[0]?.text ?? '' });
    expect(back.hashes.model).toBe(original.hashes.model);
    expect(back.hashes.experiment).toBe(original.hashes.experiment);
  });
});

const pure = models.filter((path) => path.endsWith('.nml'));

describe.skipIf(why !== null).each(pure)(withReason('%s', why), (path) => {
  it('is written as a document that is valid to the schema', async () => {
    const { valid } = importModel(readSource(path));
    const { files } = await convertModel(valid, 'neuroml');
    const text = files[0]?.text ?? '';
    expect(isPure(text)).toBe(true);
    await inFolder(async (folder) => {
      writeFileSync(join(folder, 'written.nml'), text);
      expect(await validateByReference(folder, 'written.nml')).toEqual([]);
    });
  });
});
