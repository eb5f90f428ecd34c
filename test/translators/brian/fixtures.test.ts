/**
 * Every specification in `fixtures/brian` is imported without a finding, and survives being written out and read again.
 */

import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { hashModel } from '../../../src/model/hash.js';
import { exportBrian } from '../../../translators/brian/export.js';
import { exportBrianScript } from '../../../translators/brian/export-script.js';
import { check, fixture, valid } from './support.js';
import '../../../src/notations.js';

const names = readdirSync(new URL('../../../fixtures/brian', import.meta.url)).filter((name) => name.endsWith('.yaml'));

test('there are the networks of the literature and the small deterministic ones', () => {
  expect(names).toEqual(
    expect.arrayContaining([
      'vogels-abbott-cuba.yaml',
      'vogels-abbott-coba.yaml',
      'cobahh.yaml',
      'brunel-2000.yaml',
      'brunel-hakim.yaml',
      'deterministic-30.yaml',
    ]),
  );
});

/** Fixtures with times that are no multiples of the time step are told so. */
const timesBetweenSteps: Readonly<Record<string, readonly string[]>> = {
  'delays-small.yaml': ['note model/delay-rounded', 'note model/time-rounded'],
  'events-of-every-kind.yaml': ['note model/delay-rounded'],
  'heterogeneous-delays.yaml': ['note model/delay-rounded'],
};

describe.each(names)('%s', (name) => {
  test('is valid, without a warning', () => {
    const { list } = check(fixture(name));
    expect(list.map(({ code, severity }) => `${severity} ${code}`)).toEqual(timesBetweenSteps[name] ?? []);
  });

  test('names its source and has a description', () => {
    expect(fixture(name)).toMatch(/^# /);
    expect(valid(fixture(name)).model.annotations).toHaveProperty('source');
    expect(valid(fixture(name)).model.metadata.description).toBeTruthy();
  });

  test('is the same model after export and import', () => {
    const model = valid(fixture(name));
    const { document, report } = exportBrian(model);
    expect(report.filter(({ verdict }) => verdict !== 'exact')).toEqual([]);
    expect(hashModel(valid(JSON.stringify(document)).model)).toEqual(hashModel(model.model));
  });

  test('becomes a script, the same each time', () => {
    const model = valid(fixture(name));
    const [first, again] = [exportBrianScript(model, 'm'), exportBrianScript(model, 'm')];
    expect(again.files).toEqual(first.files);
  });
});

/** Numbers of the papers, recomputed here from the fixtures. */
describe('parameters', () => {
  const model = (name: string) => valid(fixture(name)).model;

  test('CUBA: 3200 and 800 neurons, weights of 1.62 and -9 mV', () => {
    const { populations, projections, synapses } = model('vogels-abbott-cuba.yaml');
    expect(populations['P']?.size).toBe(4000);
    expect(projections['Ce']).toMatchObject({
      from: { of: { slice: [0, 3200, 1] } },
      connect: [{ rule: 'pairs', p: 0.02 }],
    });
    expect(projections['Ci']).toMatchObject({ from: { of: { slice: [3200, 4000, 1] } } });
    expect(synapses['Ce']?.parameters['we']?.value).toBeCloseTo(1.62e-3, 15);
    expect(synapses['Ci']?.parameters['wi']?.value).toBe(-9e-3);
  });

  test('COBAHH: conductances of a cell of 20000 um2', () => {
    const { parameters } = model('cobahh.yaml').neurons['P']!;
    const value = (key: string): number => Number(parameters[key]?.value);
    expect([value('Cm'), value('gl'), value('g_na'), value('g_kd')].map((x) => Number(x.toPrecision(12)))).toEqual([
      2e-10, 1e-8, 2e-5, 6e-6,
    ]);
  });

  test('Brunel 2000: twice the outside rate that reaches the threshold', () => {
    const { stimuli, populations, experiment } = model('brunel-2000.yaml');
    expect(populations['P']?.size).toBe(12500);
    expect(stimuli['external']).toMatchObject({ n: 1000, weight: 'J' });
    expect((stimuli['external'] as { rate: number }).rate).toBeCloseTo(20, 12);
    expect(experiment.dt).toBe(1e-4);
  });

  test('Brunel-Hakim: delays of 2 ms, V += -J, noise sigma*sqrt(tau)*xi', () => {
    const { projections, synapses, neurons } = model('brunel-hakim.yaml');
    expect(projections['conn']?.delays).toEqual({ pre: 0.002 });
    expect(synapses['conn']?.pathways['pre']?.do).toEqual(['post.V += -J']);
    expect(neurons['group']).toMatchObject({
      noise: ['xi'],
      derivatives: { V: { rate: '(-V + muext + sigmaext*sqrt(tau)*xi)/tau' } },
    });
  });
});
