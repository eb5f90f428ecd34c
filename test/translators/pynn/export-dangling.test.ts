import { expect, it } from 'vitest';
import { importModel } from '../../../src/index.js';
import { exportPynn } from '../../../translators/pynn/export.js';
import { exportPynnScript } from '../../../translators/pynn/export-script.js';

const { valid } = importModel({
  name: 'model.yaml',
  text: `
format: interneuron/brian
name: one cell that PyNN knows and one that it does not
dt: 0.1 ms
spike_generators:
  given: { N: 2, indices: [0, 1], times: [1 ms, 2 ms] }
neuron_groups:
  own:
    N: 2
    model: 'dv/dt = -v**3/(10*ms) : 1'
    threshold: v > 1
    reset: v = 0
synapses:
  across: { source: given, target: own, on_pre: v += 2, connect: { j: i } }
spike_monitors:
  of_own: { source: own }
  of_given: { source: given }
run: 10 ms
`,
});

it('what needs a population that PyNN has no form for is left out, and said', () => {
  const { document, report } = exportPynn(valid);
  expect(document.populations?.map(({ label }) => label)).toEqual(['given']);
  expect(document.projections).toBeUndefined();
  expect(document.recordings).toEqual([{ target: 'given', variables: ['spikes'] }]);
  const missing = report.filter(({ verdict }) => verdict === 'notExpressible').map(({ message }) => message);
  expect(missing).toContain('a recording of own, which is left out');
});

it('scripts name nothing that they do not make', () => {
  const script = exportPynnScript(valid).files[0]?.text ?? '';
  expect(script).toContain("given.record('spikes')");
  expect(script).not.toContain('None.');
  expect(script).not.toContain('own');
});
