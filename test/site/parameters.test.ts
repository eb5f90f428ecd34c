/** The parameters that a page offers: those that code reads, with ranges in which they make a difference. */

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parametersOf } from '../../site/parameters.js';
import { reactionOrder, type ComparedRun } from '../../site/reactions.js';
import { parameterLabel } from '../../src/pictures/variable-label.js';
import { importModel, readSource } from '../../src/pipeline/pipeline.js';
import '../../translators/brian/road.js';
import '../../translators/neuroml/road.js';
import '../../translators/pynn/road.js';

/** Returns a line for each parameter of a document: value and range, or that it is a switch. */
function offered(path: string, names: RegExp): readonly string[] {
  const { valid } = importModel(readSource(path));
  return parametersOf(valid.model, readFileSync(path, 'utf8'))
    .filter(({ name }) => names.test(name))
    .map(({ name, value, unit, low, high, isSwitch }) =>
      isSwitch ? `${name} ${value} switch` : `${name} ${value} ${unit} ${low}…${high}`,
    );
}

it.each<readonly [path: string, names: RegExp, lines: readonly string[]]>([
  // The model takes 1 - poisson; its scale is a share.
  [
    'model/cortical-microcircuit.yaml',
    /^(?:poisson|scale|L23E\.(?:C|E_L))$/,
    ['scale 0.1  0.01…1', 'poisson 1 switch', 'L23E.C 250 pF 25…2500', 'L23E.E_L -65 mV -95…-35'],
  ],
  // Factors of 1 are no switches.
  ['brian/poisson-input.yaml', /gain/, ['G.gain 1  0.1…10']],
  // The voltage clamps read whether they are active, and a slope of 0 is compared with 0.
  ['neuroml/inputs.xml', /active/, ['clamp3.active 1 switch', 'clampOff.active 0 switch']],
  ['neuroml/pynn-cells.xml', /delta_T/, ['eifExps.delta_T 2  0.2…20', 'eifAlphas.delta_T 0  -2…2']],
  // No code reads the resistivity by its name: the cable has its value.
  ['brian/hodgkin-huxley-axon.yaml', /Ri/, []],
  // 10,000,000 s stand for ever.
  [
    'starters/pynn.json',
    /^(?:input\.(?:start|duration)|cells\.i_offset|cells\.tau_m|.*\.weight)$/,
    [
      'drive.weight 6 nS 0.6…60',
      'cells.i_offset 0 nA -1…1',
      'recurrent.weight 1 nS 0.1…10',
      'cells.tau_m 20 ms 2…200',
      'input.start 0 ms 0…500',
    ],
  ],
  // A current of 0 takes the scale of the other population.
  ['model/hard/gap-junction.yaml', /drive/, ['left.drive 60 pA 6…600', 'right.drive 0 pA -60…60']],
  // The constants of synapses; the current of the cell is set by the protocol.
  ['brian/vogels-abbott-cuba.yaml', /^C[ei]\./, ['Ce.we 1.62 mV 0.162…16.2', 'Ci.wi -9 mV -90…-0.9']],
  ['brian/single-hh.yaml', /^G\.(?:I|gNa)$/, ['G.gNa 120 mS/cm**2 12…1200']],
])('%s', (path, names, lines) => {
  expect(offered(`fixtures/${path}`, names)).toEqual(lines);
});

it('orders parameters by how much a run changes with them, and puts refused ones last', async () => {
  const run = (count: number, values: readonly number[]): ComparedRun => ({
    recorded: {
      fingerprint: { populations: { p: { spikes: { count } } } },
    } as unknown as ComparedRun['recorded'],
    blocks: [{ series: 0, steps: [0, 1, 2], values }] as unknown as ComparedRun['blocks'],
  });
  const parameters = ['none', 'refused', 'small', 'large', 'zero'].map((name) => ({
    name,
    value: name === 'zero' ? 0 : 2,
    unit: 'mV',
    low: 0,
    high: 20,
    isSwitch: false,
  }));
  const given: Readonly<Record<string, string>>[] = [];
  const order = await reactionOrder(parameters, run(10, [0, 1, 0]), (set) => {
    given.push(set);
    const [name = ''] = Object.keys(set);
    if (name === 'refused') return Promise.reject(new Error('refused'));
    const samples = { small: [0, 1.1, 0], large: [0, 3, 0] }[name] ?? [0, 1, 0];
    return Promise.resolve(run(name === 'zero' ? 40 : 10, samples));
  });
  expect(given.map((set) => Object.values(set)[0])).toEqual(['2.2 mV', '2.2 mV', '2.2 mV', '2.2 mV', '2 mV']);
  expect(order).toEqual(['zero', 'large', 'small', 'none', 'refused']);
});

it.each([
  ['cells.tau_m', 'cells.tau_m'],
  ['w', 'w'],
  [
    'soma.biophysicalProperties_membraneProperties_naAll_na_h_forwardRate_rate',
    'soma: rate of forwardRate of h of na of naAll',
  ],
])('labels %s', (name, label) => {
  expect(parameterLabel(name)).toBe(label);
});
