/**
 * Names of recorded variables of NeuroML's cells, and short expressions. Their equations are in
 * test/translators/constructs.
 */

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { convertModel } from '../../src/convert/convert.js';
import { checkConversion } from '../support/check-conversion.js';
import type { SynapseType } from '../../src/model/model.js';
import { typedType, writtenType } from '../../src/model/typed-model.js';
import { tidied } from '../../src/library/readable/tidied.js';
import { importModel, readSource } from '../../src/pipeline/pipeline.js';
import { root } from '../support/import-graph.js';
import '../../translators/brian/road.js';
import '../../translators/neuroml/road.js';

interface Specification {
  readonly state_monitors: Record<string, { readonly variables: readonly string[] }>;
  readonly annotations: {
    readonly outputFiles: readonly { readonly columns?: readonly { readonly variable: string }[] }[];
  };
}

test('recordings have their new names in monitors and files, and are compared', async () => {
  const source = readSource(join(root, 'fixtures/neuroml/channels.xml'));
  const { valid } = importModel(source);
  const { files } = await convertModel(valid, 'brian-json');
  const { state_monitors, annotations } = JSON.parse(files[0]?.text ?? '') as Specification;
  const variables = ['v', 'm', 'h', 'n', 'a', 'b', 'c', 'd_inf', 'e_kFast', 'g_kTau_single', 'I_m'];
  expect(state_monitors['pop_traces']?.variables).toEqual(variables);
  expect(annotations.outputFiles[0]?.columns?.map(({ variable }) => variable)).toEqual(variables);
  const check = await checkConversion(valid, 'brian-json', { seconds: 0.005 });
  expect(check.absent).toEqual([]);
  expect(check.variables?.length).toBe(variables.length);
});

test('expressions lose factors of 1.0, zeros and double signs, and whole numbers stay as they are', () => {
  const parameter = { unit: '1', value: 1, shared: false } as const;
  const type = {
    parameters: { a: { ...parameter, type: 'real' }, n: { ...parameter, type: 'integer' } },
    state: {},
    derived: {},
    derivatives: { a: { rate: '1.0*a*b + -(a*2)*b' }, b: { rate: '-(a - 1)*b + 1.0*n*b' } },
    noise: [],
    contributes: {},
    summed: {},
    pathways: { pre: { on: 'pre.spike', do: ['a = a + 2*a', 'a = 2*a + a'] } },
  } as unknown as SynapseType;
  expect(writtenType(tidied(typedType(type)))).toMatchObject({
    derivatives: { a: { rate: 'a*b - a*2*b' }, b: { rate: '(1 - a)*b + 1.0*n*b' } },
    pathways: { pre: { do: ['a += 2*a', 'a = 2*a + a'] } },
  });
});
