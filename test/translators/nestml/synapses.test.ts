/** Models of synapses in NESTML, named by canonical documents: weights that follow from their definition. */

import { expect, test } from 'vitest';
import '../../../translators/nestml/road.js';
import { DiagnosticError } from '../../../src/diagnostics/diagnostic.js';
import { importModel } from '../../../src/pipeline/pipeline.js';
import { openModel } from '../../../src/session/open-model.js';

const synapse = `model pair_rule:
    state:
        w real = 4 [[w >= 0]]
        before real = 0
        after real = 0
        count integer = 0
    parameters:
        up real = 0.5
        down real = 0.25
        tau ms = 10 ms
    equations:
        before' = -before / tau
        after' = -after / tau
    input:
        pre_spikes <- spike
        post_spikes <- spike
    output:
        spike
    onReceive(post_spikes, priority=1):
        w += up * before
        after = 1
    onReceive(pre_spikes, priority=3):
        count += 1
        before = scaled(1)
    onReceive(pre_spikes, priority=2):
        if count > 1:
            w = max(w - down * after, 0)
            emit_spike(w)
    update:
        integrate_odes()
    function scaled(x real) real:
        return 2 * x
`;

const network = (nestml: string): string =>
  JSON.stringify({
    interneuron: 1,
    neurons: {
      cell: {
        state: { sum: { unit: '1' } },
        events: { spike: { when: 't > 14.95*ms and t < 15.05*ms', do: [] } },
      },
    },
    synapses: { pair: { nestml } },
    populations: {
      source: { size: 1, spikes: { indices: [0, 0], times: { array: [10, 20], unit: 'ms' } } },
      cell: { type: 'cell', size: 1 },
    },
    projections: {
      p: {
        from: 'source',
        to: 'cell',
        synapse: 'pair',
        connect: 'all',
        receptor: 'sum',
        delays: { pre: '1 ms', post: '2 ms' },
      },
    },
    record: [{ of: 'cell', events: 'spike' }],
    timing: 'grid',
    experiment: { dt: '0.1 ms', duration: '30 ms' },
  });

test('spikes of both sides change the weight, by priorities, and emitted weights arrive', async () => {
  const session = openModel(importModel({ name: 'network.json', text: network(synapse) }));
  await session.run();
  const [weight] = await session.read('p', 'w');
  const [sum] = await session.read('cell', 'sum');
  const { spikes, spikeLabel } = await session.take();
  const post = ((spikes[0]?.steps[0] ?? NaN) + spikeLabel) * 0.1;
  await session.dispose();
  // Spikes act on the synapse at 11 and 21 ms, and 2 ms after that of the cell.
  const potentiated = 4 + 0.5 * 2 * Math.exp(-(post + 2 - 11) / 10);
  const expected = potentiated - 0.25 * Math.exp(-(21 - post - 2) / 10);
  expect(Number(weight)).toBeCloseTo(expected, 9);
  expect(Number(sum)).toBeCloseTo(expected, 9);
});

const errors: readonly (readonly [what: string, text: string, error: string])[] = [
  ['another port', synapse.replace('post_spikes <- spike', 'mod <- spike'), 'nestml/not-read 16:9'],
  ['code of each step', synapse.replace('integrate_odes()', 'w = 1'), 'nestml/not-read 30:9'],
  ['conditions', `${synapse}    onCondition(w > 5):\n        w = 5\n`, 'nestml/not-read 33:5'],
  ['a neuron', synapse.replaceAll('pre_spikes', 'spikes'), 'nestml/no-model 1:1'],
];

test.each(errors)('%s is refused', (_, text, error) => {
  try {
    importModel({ name: 'network.json', text: network(text) });
    expect.unreachable();
  } catch (thrown) {
    if (!(thrown instanceof DiagnosticError)) throw thrown;
    const [first] = thrown.diagnostics;
    expect(`${first?.code} ${first?.place?.line}:${first?.place?.column}`).toContain(error.replace(/ 1:1$/, ' 1:'));
  }
});
