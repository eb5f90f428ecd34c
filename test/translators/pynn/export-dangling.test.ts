import { expect, it } from 'vitest';
import { withoutDangling } from '../../../translators/pynn/export/dangling.js';
import { ConversionReport } from '../../../src/model/conversion-report.js';
import type { PynnSpecification } from '../../../translators/pynn/specification.generated.js';

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
