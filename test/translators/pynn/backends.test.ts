/** Types that PyNN has for one simulator only. */

import { expect, test } from 'vitest';
import { lackedBy, lackedTypes } from '../../../translators/pynn/script/backends.js';
import type { PynnSpecification } from '../../../translators/pynn/specification.js';
import { missingEnvironment, python } from '../../support/python.js';

const none = missingEnvironment('.venv-pynn');

/** Prints the types that one of the backends lacks, of all that PyNN declares, native ones aside. */
const listed = `
import importlib, inspect, json
from pyNN.standardmodels import cells, receptors, synapses
backends = {title: importlib.import_module("pyNN." + title.lower()) for title in ("NEST", "NEURON")}
lacked = {}
for module in (cells, synapses, receptors):
    for name, each in vars(module).items():
        if not inspect.isclass(each) or each.__module__ != module.__name__:
            continue
        lacking = [title for title, backend in backends.items() if not hasattr(backend, name)]
        if len(lacking) == 1:
            lacked[name] = lacking[0]
print("found " + json.dumps(lacked))
`;

test.skipIf(none !== null)(
  `PyNN has them${none === null ? '' : ` (skipped: ${none})`}`,
  { timeout: 120_000 },
  async () => {
    const said = await python('.venv-pynn', ['-W', 'ignore', '-c', listed]);
    const found: unknown = JSON.parse(said.slice(said.lastIndexOf('found ') + 'found '.length));
    const { BetaPSR, ...others } = lackedBy;
    // What PyNN's notation calls BetaPSR has another name as a class.
    expect(found).toEqual({ ...others, CondBetaPostSynapticResponse: BetaPSR });
  },
);

test('of cells, receptors, synapses and rules of plasticity', () => {
  const document = {
    populations: [
      { label: 'a', size: 1, cell: { type: 'SpikeSourceInhGamma' } },
      { label: 'b', size: 1, cell: { type: 'PointNeuron', receptors: { e: { type: 'BetaPSR' } } } },
    ],
    projections: [
      { synapse: { type: 'ElectricalSynapse' } },
      { synapse: { type: 'STDPMechanism', timing_dependence: { type: 'Vogels2011Rule' } } },
    ],
  };
  expect(lackedTypes(document as unknown as PynnSpecification)).toEqual([
    'BetaPSR',
    'ElectricalSynapse',
    'SpikeSourceInhGamma',
    'Vogels2011Rule',
  ]);
});
