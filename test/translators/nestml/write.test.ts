/** Types of a model that are written in NESTML. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { ConversionEntry } from '../../../src/model/conversion-report.js';
import { convertModel } from '../../../src/convert/convert.js';
import { importModel } from '../../../src/pipeline/import-model.js';
import '../../../translators/nestml/road.js';
import { root } from '../../support/import-graph.js';
import { caseOf, modelIn, runHere } from './nest-cases.js';

const folder = mkdtempSync(join(tmpdir(), 'written-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const cell = {
  parameters: { E_l: '-60 mV', tau_m: '20 ms', tau_s: '5 ms', C: '200 pF', t_ref: '3 ms' },
  state: { v: { unit: 'V', initial: 'E_l' }, i_s: '0 pA' },
  inputs: { I: 'A' },
  derivatives: { v: '(E_l - v)/tau_m + (i_s + I)/C', i_s: '-i_s/tau_s' },
  events: { spike: { when: 'v > -50*mV', do: ['v = -65*mV'], refractory: { for: 't_ref', rate: ['v'] } } },
};
const network = (weight: number, current: number, more: object = {}): string =>
  JSON.stringify({
    interneuron: 1,
    neurons: { cell: { ...cell, ...more } },
    populations: {
      cells: { type: 'cell', size: 1, values: { tau_m: '15 ms' } },
      source: { size: 1, spikes: { indices: [0, 0, 0], times: { array: [5, 12.3, 60.2], unit: 'ms' } } },
    },
    synapses: {
      add: { parameters: { w: `${weight} pA` }, pathways: { pre: { delay: '1 ms', do: ['post.i_s += w'] } } },
    },
    projections: { p: { from: 'source', to: 'cells', synapse: 'add', connect: 'all' } },
    stimuli: {
      dc: {
        kind: 'current',
        to: 'cells',
        input: 'I',
        value: `${current}*pA if t > 30.95*ms and t < 70.95*ms else 0*pA`,
      },
    },
    record: [
      { of: 'cells', events: 'spike' },
      { of: 'cells', variables: ['v'] },
    ],
    timing: 'grid',
    experiment: { dt: '0.1 ms', duration: '200 ms' },
  });

/** Returns a model as NESTML, with the report of its conversion. */
async function inNestml(
  text: string,
  name = 'model.json',
): Promise<{ text: string; report: readonly ConversionEntry[] }> {
  const { valid } = importModel({ name, text });
  const { files, report } = await convertModel(valid, 'nestml', { name: 'written.nestml' });
  return { text: files[0]?.text ?? '', report };
}

test.each([
  { weight: 400, current: 120 },
  { weight: 900, current: 300 },
])('runs as the type that it was written from, %o', async ({ weight, current }) => {
  const source = network(weight, current);
  const { text, report } = await inNestml(source);
  expect(report.filter(({ verdict }) => verdict === 'notExpressible').map(({ code }) => code)).toEqual([
    'nestml/network',
  ]);
  const path = join(folder, 'cell.nestml');
  writeFileSync(path, text);
  const model = modelIn(text);
  if (!model) throw new Error('the text is not read');
  expect(model.ports.map(({ name, kind }) => `${name} ${kind}`)).toEqual(['spikes spike', 'I continuous']);
  const here = await runHere(path, model, {
    ...{ model: model.name, dt: 0.1, duration: 200, parameters: {}, current, record: ['v'], emits: true },
    ports: [{ name: 'spikes', weight, times: [5, 12.3, 60.2] }],
  });
  const session = (await import('../../../src/session/open-model.js')).openModel(
    importModel({ name: 'model.json', text: source }),
  );
  await session.run();
  const { spikes, samples, spikeLabel } = await session.take();
  expect(here.times).toEqual([...(spikes[0]?.steps ?? [])].map((step) => (step + spikeLabel) * 0.1));
  expect(here.times.length).toBeGreaterThan(current > 200 ? 1 : -1);
  const there = [...(samples[0]?.values ?? [])].map((value) => Number(value) * 1e3);
  const own = here.variables['v'] ?? [];
  expect(own).toHaveLength(there.length);
  for (const [k, value] of own.entries()) expect(Math.abs(value - (there[k] ?? NaN))).toBeLessThan(1e-10);
});

test.each(['conductances', 'kernels'])('runs as %s.nestml, from which it was written', async (name) => {
  const source = join(root, `test/translators/nestml/files/${name}.nestml`);
  const { text } = await inNestml(readFileSync(source, 'utf8'), `${name}.nestml`);
  const path = join(folder, `${name}.nestml`);
  writeFileSync(path, text);
  const [first, second] = [readFileSync(source, 'utf8'), text].map(modelIn);
  if (!first || !second) throw new Error(`${name} is not read`);
  const given = caseOf(first, { weight: 60, inhibition: 15, current: 120, constant: 450 });
  const [before, after] = [first, second].map((one) => one.ports.filter(({ kind }) => kind === 'spike'));
  // What an inhibitory port adds has the sign of its statement.
  const ports = given.ports.map(({ weight, times }, k) => {
    const isInhibitory = before?.[k]?.qualifiers.includes('inhibitory') === true;
    return { name: after?.[k]?.name ?? '', times, weight: isInhibitory ? -weight : weight };
  });
  const [there, here] = [
    await runHere(source, first, given),
    await runHere(path, second, { ...given, model: second.name, ports }),
  ];
  expect(here.times).toEqual(there.times);
  expect(there.times.length).toBeGreaterThan(0);
  const [own = [], other = []] = [here, there].map(({ variables }) => variables['V_m']);
  expect(own.length).toBeGreaterThan(0);
  for (const [k, value] of own.entries()) expect(Math.abs(value - (other[k] ?? NaN))).toBeLessThan(1e-8);
});

test('has the values of the only population as defaults', async () => {
  const { text } = await inNestml(network(400, 0));
  expect(text).toContain('tau_m ms = 15 ms');
  expect(text).toContain('v mV = -60 mV');
});

test('leaves out by name what NESTML does not express', async () => {
  const { text, report } = await inNestml(network(400, 0, { inputs: { I: { unit: 'A', reduce: 'product' } } }));
  expect(text).toBe('');
  expect(report).toContainEqual(
    expect.objectContaining({ code: 'nestml/not-expressible', pointer: '/neurons/cell', verdict: 'notExpressible' }),
  );
  const jumps = await inNestml(
    readFileSync(join(root, 'test/translators/nestml/files/jumps.nestml'), 'utf8'),
    'a.nestml',
  );
  expect(jumps.report.find(({ code }) => code === 'nestml/not-expressible')?.message).toContain(
    'update, which is tested',
  );
});
