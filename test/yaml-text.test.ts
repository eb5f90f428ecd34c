import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { convertModel } from '../src/convert/convert.js';
import { importModel } from '../src/pipeline/pipeline.js';
import { yamlText } from '../src/convert/yaml-text.js';
import { fc } from './support/property.js';
import { missingEnvironment, python } from './support/python.js';
import '../translators/brian/road.js';
import '../translators/pynn/road.js';

describe('yamlText', () => {
  it('has equations as blocks, and short values on one line', () => {
    const model = {
      name: 'a network',
      neuron_groups: {
        cells: {
          N: 20,
          model: 'dv/dt = (g - v)/tau : volt\ng : volt',
          threshold: 'v > 10*mV',
          initializers: { v: '-65*mV', g: 'rand()*mV' },
        },
      },
      spike_monitors: { spikes: { source: 'cells' } },
    };
    expect(yamlText(model)).toBe(`name: a network
neuron_groups:
  cells:
    N: 20
    model: |-
      dv/dt = (g - v)/tau : volt
      g : volt
    threshold: v > 10*mV
    initializers: { v: -65*mV, g: rand()*mV }
spike_monitors: { spikes: { source: cells } }
`);
  });

  it('is YAML of the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(parse(yamlText(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  const missing = missingEnvironment('.venv');
  it.skipIf(missing !== null)(`is the same to PyYAML${missing === null ? '' : ` (skipped: ${missing})`}`, async () => {
    const value = {
      on: 'pre.spike',
      off: 'no',
      rate: 1e-7,
      large: [1e21, -2e-9],
      nested: { yes: 'On', code: ['x += 1 : 1'] },
    };
    const read = 'import json, sys, yaml; print(json.dumps(yaml.safe_load(sys.argv[1])))';
    expect(JSON.parse(await python('.venv', ['-c', read, yamlText(value)]))).toEqual(value);
  });
});

it.each(['canonical', 'brian-json', 'pynn-json'] as const)(
  '%s under the name of YAML is the same model',
  async (to) => {
    const text = JSON.stringify({
      format: 'interneuron/pynn',
      populations: [{ label: 'a', size: 2, cell: { type: 'IF_curr_exp', params: { i_offset: [0.8, 1.2] } } }],
      recordings: [{ target: 'a', variables: ['spikes', 'v'] }],
      phases: [{ run: 20 }],
    });
    const { valid } = importModel({ name: 'a.json', text });
    const hashes = await Promise.all(
      ['b.json', 'b.yaml'].map(async (name) => {
        const { files } = await convertModel(valid, to, { name });
        expect(files[0]?.text.startsWith('{')).toBe(name === 'b.json');
        return importModel({ name, text: files[0]?.text ?? '' }).hashes.model;
      }),
    );
    expect(hashes[1]).toBe(hashes[0]);
  },
);
