import { expect, it } from 'vitest';
import { convertModel } from '../../../src/convert/convert.js';
import { importModel, readSource } from '../../../src/pipeline/pipeline.js';
import { withoutDangling } from '../../../translators/pynn/export/dangling.js';
import { ConversionReport, isLoss } from '../../../src/model/conversion-report.js';
import type { PynnSpecification } from '../../../translators/pynn/specification.generated.js';
import '../../../translators/pynn/road.js';

const document: PynnSpecification = {
  format: 'interneuron/pynn',
  populations: [{ label: 'given', size: 2, cell: { type: 'SpikeSourceArray' } }],
  views: [{ label: 'some', of: 'own', select: { slice: [0, 1] } }],
  projections: [{ label: 'across', pre: 'given', post: 'own', connector: { type: 'OneToOneConnector' } }],
  recordings: [
    { target: 'some', variables: ['v'] },
    { target: 'given', variables: ['spikes'] },
  ],
  phases: [{ run: 10 }],
};

it('parts that need a population without a form in PyNN are left out, and reported', () => {
  const report = new ConversionReport('pynn');
  const { populations, views, projections, recordings, phases } = withoutDangling(document, report);
  expect(populations?.map(({ label }) => label)).toEqual(['given']);
  expect([views, projections]).toEqual([undefined, undefined]);
  expect(recordings).toEqual([{ target: 'given', variables: ['spikes'] }]);
  expect(phases).toEqual([{ run: 10 }]);
  expect(report.entries.map(({ verdict, message }) => [verdict, message])).toEqual([
    ['notExpressible', 'a projection of own, which is left out'],
    ['notExpressible', 'a recording of some, which is left out'],
  ]);
});

it.each([
  ['driven.tau_m', '-20 ms', 'tau_m is outside its range: it is -20, and PyNN takes more than 0'],
  ['receiver.tau_refrac', '-1 ms', 'tau_refrac is outside its range: it is -1, and PyNN takes 0 or more'],
])(
  'a population whose %s is outside the range of documents is a loss, not a document that cannot be read',
  async (name, value, message) => {
    const { valid } = importModel(readSource('fixtures/pynn/if-curr-exp.json'), { set: { [name]: value } });
    const [population = ''] = name.split('.');
    for (const notation of ['pynn-json', 'pynn'] as const) {
      const { outcome, report } = await convertModel(valid, notation);
      expect(outcome).toBe('incomplete');
      expect(report.filter(isLoss).find(({ pointer }) => pointer === `/populations/${population}`)?.message).toBe(
        message,
      );
    }
  },
);
