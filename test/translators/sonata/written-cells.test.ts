/** Cells with a shape as circuits: the same model, and bits, when they are read again. */

import { describe, expect, it } from 'vitest';
import { convertModel } from '../../../src/convert/convert.js';
import { inFolder } from '../../../src/convert/in-folder.js';
import { importModel, readSource } from '../../../src/pipeline/pipeline.js';
import { simulateModel } from '../../support/simulate.js';
import { branched, finer, spiking } from './written-cells.js';
import '../../../translators/nmodl/road.js';
import '../../../translators/sonata/road.js';

const engines = [{ target: 'wasm', threads: 1 }] as const;

describe('cells with a shape', () => {
  it.each<readonly [string, object, readonly number[], readonly string[], number]>([
    ['are divided by dL', branched, [1, 5, 3, 3, 3, 3, 3, 1, 1], [], 1e-15],
    ['have channels', spiking(), [1, 5, 3, 3, 3, 3, 3, 1, 1], ['sonata/drawn'], 1e-9],
    ['become sections for each compartment', finer(), new Array<number>(36).fill(1), ['sonata/shape-precision'], 1e-9],
  ])(
    'have the same spikes, and potentials up to rounding, if they %s',
    async (_, document, divided, codes, largest) => {
      const { valid } = importModel({ name: 'cells.json', text: JSON.stringify(document) });
      const { files, report } = await convertModel(valid, 'sonata');
      expect(report.filter(({ verdict }) => verdict !== 'exact').map(({ code }) => code)).toEqual(codes);
      const again = await inFolder(files, (path) => importModel(readSource(path)).valid);
      const sections = Object.values(again.model.neurons).flatMap(({ compartments }) =>
        Object.values(compartments?.sections ?? {}),
      );
      expect(sections.map(({ divisions }) => divisions)).toEqual(divided);
      const [own, other] = [await simulateModel(valid, { engines }), await simulateModel(again, { engines })];
      expect(own.events.get('cells.spike')!.length).toBeGreaterThan(2);
      expect(other.events.get('cells.spike')).toEqual(own.events.get('cells.spike'));
      const [v, w] = [own, other].map(({ samples }) => samples.get('v_soma/v')!.flat());
      expect(v!.length).toBe(4802);
      expect(Math.max(...v!.map((each, k) => Math.abs(each - w![k]!)))).toBeLessThan(largest);
      // With the axon that BMTK adds.
      const { files: written, outcome } = await convertModel(again, 'sonata');
      expect(outcome).not.toBe('incomplete');
      const twice = await inFolder(written, (path) => importModel(readSource(path)).valid);
      const third = await simulateModel(twice, { engines });
      expect(third.events.get('cells.spike')).toEqual(own.events.get('cells.spike'));
      expect(third.samples.get('v_soma/v')).toEqual(other.samples.get('v_soma/v'));
    },
  );

  it('of two types with the same channels write the file of each channel once', async () => {
    const document = spiking();
    const { neurons, populations } = document as typeof branched;
    const two = {
      ...document,
      neurons: { ...neurons, second: neurons.tree },
      populations: { ...populations, others: { ...populations.cells, type: 'second' } },
    };
    const { valid } = importModel({ name: 'cells.json', text: JSON.stringify(two) });
    const { files } = await convertModel(valid, 'sonata');
    const names = files.map(({ name }) => name);
    expect(names.filter((name) => name.endsWith('.mod')).length).toBeGreaterThan(0);
    expect(names).toHaveLength(new Set(names).size);
    const again = await inFolder(files, (path) => importModel(readSource(path)).valid);
    expect(Object.keys(again.model.populations)).toEqual(expect.arrayContaining(['cells', 'others']));
  });

  const { tree } = branched.neurons;
  const { mechanisms, sections } = tree.compartments;
  const withMechanism = (changes: object): object => ({
    ...tree,
    compartments: {
      ...tree.compartments,
      ions: { ca: { valence: 2, inside: '5e-5 mM', outside: '2 mM', reversal: '100 mV' } },
      mechanisms: { ...mechanisms, other: changes },
    },
  });
  it.each<readonly [string, object]>([
    [
      'more than three membranes',
      {
        ...tree,
        compartments: {
          ...tree.compartments,
          sections: { ...sections, axis: { ...sections.axis, resistivity: '90 ohm*cm' } },
        },
      },
    ],
    [
      'right, which grows from the middle of trunk',
      {
        ...tree,
        compartments: {
          ...tree.compartments,
          sections: { ...sections, right: { ...sections.right, parent: { section: 'trunk', fraction: 0.5 } } },
        },
      },
    ],
    [
      'events other than a potential',
      { ...tree, events: { spike: { when: 'v > -55*mV and t > 1*ms', edge: 'rising' } } },
    ],
    [
      'the mechanism other: values of ca_i',
      withMechanism({
        state: { c: { unit: 'mM', initial: 5e-5 } },
        derivatives: { c: '(5e-5*mM - c)/(10*ms)' },
        writes: { ca_i: 'c' },
      }),
    ],
    [
      'the mechanism other: values of ca_i',
      withMechanism({ reads: ['v', 'ca_i'], writes: { i: '1e-5*S/cm**2*ca_i/mM*(-80*mV - v)' } }),
    ],
    [
      'values of gmax of each compartment',
      withMechanism({
        parameters: { gmax: { unit: 'S/cm**2', value: 1e-5 } },
        on: ['trunk'],
        reads: ['v'],
        writes: { i: 'gmax*(-80*mV - v)' },
        values: { trunk: { gmax: { array: [1, 2, 3, 4, 5], unit: 'S/m**2' } } },
      }),
    ],
  ])('with %s are refused by name', async (message, type) => {
    const document = { ...branched, neurons: { tree: type } };
    const { valid } = importModel({ name: 'cells.json', text: JSON.stringify(document) });
    const { outcome, report } = await convertModel(valid, 'sonata');
    expect(outcome).toBe('incomplete');
    expect(report).toContainEqual({
      verdict: 'notExpressible',
      code: 'sonata/not-expressible',
      pointer: '/populations/cells',
      message: expect.stringContaining(message) as string,
    });
  });

  it('with a state that reads another are solved together', async () => {
    const type = withMechanism({
      state: { a: { unit: 1 }, b: { unit: 1 } },
      derivatives: { a: '(b - a)/ms', b: '(1 - b)/ms' },
      reads: ['v'],
      writes: { i: '1e-5*S/cm**2*a*(-80*mV - v)' },
    });
    const { valid } = importModel({
      name: 'cells.json',
      text: JSON.stringify({ ...branched, neurons: { tree: type } }),
    });
    const { files } = await convertModel(valid, 'sonata');
    const mechanism = files.find(({ name }) => name.endsWith('other.mod'))?.text;
    expect(mechanism).toMatch(/SOLVE \w+ METHOD derivimplicit/);
    expect(mechanism).toMatch(/a' = .*b/);
  });
});
