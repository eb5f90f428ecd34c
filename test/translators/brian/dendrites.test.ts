/** Neurons of a few compartments in Dendrify's terms: their membranes, couplings, noise, and their mistakes. */

import { describe, expect, test } from 'vitest';
import { brian } from '../../support/brian-text.js';
import { simulate } from '../../support/simulate.js';
import { convertModel } from '../../../src/convert/convert.js';
import { document, findings, valid } from './support.js';

const wasm = { engines: [{ target: 'wasm', threads: 1 }] } as const;

/** Lines of a group `cell`, which begin on line 8. */
const cell = (lines: string, rest = 'run: 1 ms'): string =>
  brian(`dendritic_neurons:\n  cell:\n${lines.replace(/^/gm, '    ')}\n${rest}`);

/** Two lumped compartments. @param soma  more of the first, such as `, model: adex` */
const two = (soma: string, coupling = '[soma, dend, 15 nS]', more = ''): string =>
  cell(
    `N: 1\nv_rest: -65 mV\ncompartments: { soma: { cm_abs: 200 pF, gl_abs: 10 nS${soma} }, dend: { cm_abs: 50 pF, gl_abs: 2 nS } }\n` +
      `couplings: [${coupling}]\n${more}`,
  );

const equations = (text: string): readonly string[] => {
  const { derivatives, derived } = document(text).neurons.cell;
  return [...Object.entries(derivatives), ...Object.entries(derived)].map(
    ([name, part]) => `${name}: ${JSON.stringify(part)}`,
  );
};

describe('membranes', () => {
  test.each([
    ['adaptiveIF', 'tauw: 100 ms, a: 2 nS', ['V_soma', 'w_soma']],
    ['adex', 'tauw: 100 ms, a: 2 nS, DeltaT: 2 mV, Vth: -50 mV', ['V_soma', 'w_soma']],
    ['cadIF', 'gAmax: 1 nS, tauA: 100 ms, EA: -70 mV', ['V_soma', 'gA_soma']],
  ])('%s has its own variables', async (model, params, states) => {
    const text = two(
      `, model: ${model}, params: { ${params} }`,
      '[soma, dend, 15 nS]',
      'initializers: { I_ext_soma: 50 pA }',
    );
    expect(Object.keys(document(text).neurons.cell.derivatives)).toEqual(expect.arrayContaining(states));
    const { final } = await simulate(text, wasm);
    expect(final.get('cell.V_soma')![0]!).toBeGreaterThan(-0.065);
  });

  test('reach the potential at which currents balance', async () => {
    // (EL - V)*gL = g*(V - Vd), with the other compartment alike: 100 pA through 10 nS and 15 nS in series with 2 nS.
    const text = two('', '[soma, dend, 15 nS]', 'initializers: { I_ext_soma: 100 pA }').replace(
      'run: 1 ms',
      'run: 500 ms',
    );
    const { final } = await simulate(text, wasm);
    const conductance = 10e-9 + 1 / (1 / 15e-9 + 1 / 2e-9);
    expect(final.get('cell.V_soma')![0]!).toBeCloseTo(-0.065 + 100e-12 / conductance, 9);
  });
});

test('conductances between cylinders come from both halves, or from one of them', () => {
  const shapes = (rule: string): number =>
    document(
      cell(
        'N: 1\nv_rest: -65 mV\ncm: 1 uF/cm**2\ngl: 50 uS/cm**2\nr_axial: 150 ohm*cm\n' +
          `compartments: { a: { length: 100 um, diameter: 2 um }, b: { length: 50 um, diameter: 1 um } }\ncouplings: [[a, b, ${rule}]]`,
      ),
    ).neurons.cell.parameters.g_a_b.value;
  const axial = (length: number, diameter: number): number => (4 * 1.5 * length) / (Math.PI * diameter ** 2);
  const [a, b] = [axial(1e-4, 2e-6), axial(5e-5, 1e-6)];
  expect(Number.parseFloat(String(shapes('half_cylinders')))).toBeCloseTo(2 / (a + b), 20);
  expect(Number.parseFloat(String(shapes('cylinder_b')))).toBeCloseTo(1 / b, 20);
});

test('couplings may follow potentials', () => {
  const all = equations(two('', '[soma, dend, "15*nS/(1 + exp(-(V_dend + 40*mV)/(5*mV)))"]'));
  expect(all.find((line) => line.startsWith('g_soma_dend'))).toContain('exp(');
});

test('constants of the document stand before the usual ones', () => {
  const text = two(', synapses: [{ channel: AMPA, tag: x, g: 1 nS, t_decay: 2 ms }]');
  const reversal = (own: string): unknown => document(`${own}${text}`).neurons.cell.parameters.E_AMPA.value;
  expect(String(reversal(''))).toMatch(/^0/);
  expect(String(reversal('namespace: { E_AMPA: 10 mV }\n'))).toMatch(/^(?:10 mV|0\.01)/);
});

test('durations of dendritic spikes are steps of the neurons, which may have a clock of their own', () => {
  const spike =
    ', dspikes: { Na: { threshold: -40 mV, g_rise: 5 nS, g_fall: 5 nS, duration_rise: 1 ms, duration_fall: 2 ms, reversal_rise: E_Na, reversal_fall: E_K } }';
  const steps = (more: string): unknown =>
    document(two(spike, '[soma, dend, 15 nS]', more)).neurons.cell.parameters.duration_rise_Na_soma.value;
  expect([steps(''), steps('dt: 0.5 ms')]).toEqual([10, 2]);
});

test('noise has the standard deviation that it is given', async () => {
  const text = cell(
    'N: 4000\nv_rest: -65 mV\ncompartments: { soma: { cm_abs: 200 pF, gl_abs: 10 nS, noise: { tau: 5 ms, sigma: 10 pA, mean: 3 pA } } }',
    'run: 50 ms',
  );
  const { final } = await simulate(text, wasm);
  const values = final.get('cell.I_noise_soma')!;
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length);
  // Euler's steps of a fiftieth of tau make it larger by a hundredth; 4000 cells know it to about a hundredth.
  expect(deviation / 10e-12).toBeGreaterThan(0.96);
  expect(deviation / 10e-12).toBeLessThan(1.06);
  expect(Math.abs(mean - 3e-12)).toBeLessThan(0.7e-12);
});

describe('mistakes have places', () => {
  const lumped = 'soma: { cm_abs: 200 pF, gl_abs: 10 nS }';
  test.each([
    ['an unknown compartment', two('', '[soma, dent, 15 nS]'), ['brian/bad-morphology@11:17']],
    ['a coupling to itself', two('', '[soma, soma, 15 nS]'), ['brian/bad-morphology@11:17']],
    ['a coupling given twice', two('', '[soma, dend, 15 nS], [dend, soma, 1 nS]'), ['brian/bad-morphology@11:38']],
    [
      'a peak between equal times',
      two(', synapses: [{ channel: AMPA, tag: x, g: 1 nS, t_rise: 2 ms, t_decay: 2 ms, scale_g: true }]'),
      ['brian/bad-morphology@10:71'],
    ],
    [
      'a compartment that is no name',
      two('')
        .replace(/\bdend:/, "'a b':")
        .replace('[soma, dend, 15 nS]', ''),
      ['brian/bad-name@10:62'],
    ],
    ['halves of cylinders without a shape', two('', '[soma, dend]'), ['brian/bad-morphology@11:17']],
    [
      'shapes and capacitances',
      cell(
        `N: 1\nv_rest: -65 mV\ncm: 1 uF/cm**2\ngl: 1 mS/cm**2\nr_axial: 1 ohm*m\ncompartments: { ${lumped}, dend: { length: 1 um, diameter: 1 um } }`,
      ),
      ['brian/bad-morphology@13:19'],
    ],
    ['no potential at rest', cell(`N: 1\ncompartments: { ${lumped} }`), ['brian/bad-morphology@9:27']],
    [
      'a capacitance in volts',
      cell('N: 1\nv_rest: -65 mV\ncompartments: { soma: { cm_abs: 200 mV, gl_abs: 10 nS } }'),
      ['brian/wrong-dimension@10:37'],
    ],
    [
      'no capacitance',
      cell('N: 1\nv_rest: -65 mV\ncompartments: { soma: { cm_abs: 0 pF, gl_abs: 10 nS } }'),
      ['brian/bad-morphology@10:27'],
    ],
    [
      'receptors twice',
      two(
        ', synapses: [{ channel: AMPA, tag: x, g: 1 nS, t_decay: 2 ms }, { channel: AMPA, tag: x, g: 1 nS, t_decay: 3 ms }]',
      ),
      ['brian/bad-morphology@10:122'],
    ],
    [
      'a second reset alone',
      two('', '[soma, dend, 1 nS]', 'second_reset: { code: V_soma = -55*mV, after: 1 ms }'),
      ['brian/reset-without-threshold@12:19'],
    ],
    ['an unknown model', two(', model: hh'), ['brian/not-allowed@10:67']],
    [
      'an unknown name in more equations',
      two('', '[soma, dend, 1 nS]', 'equations: "x = V_sona : volt"'),
      ['brian/unknown-name@8:5'],
    ],
  ])('%s', (_, text, expected) => {
    expect([...new Set(findings(text))].filter((one) => !one.includes('unread'))).toEqual(expected);
  });
});

test('neurons of a few compartments are written as the equations of a group', async () => {
  const text = two(
    ', synapses: [{ channel: AMPA, tag: x, g: 2 nS, t_decay: 2 ms }]',
    '[soma, dend, 15 nS]',
    'threshold: V_soma > -50*mV\nreset: V_soma = 40*mV\nsecond_reset: { code: V_soma = -55*mV, after: 0.8 ms }\nrefractory: 4 ms',
  );
  const [file] = (await convertModel(valid(text), 'brian-json', { name: 'model' })).files;
  const { neuron_groups: groups, synapses } = JSON.parse(file!.text);
  expect(groups.cell.model).toContain('dV_soma/dt');
  expect(Object.keys(synapses)).toEqual(['cell_second_reset']);
  expect(equations(file!.text).toSorted()).toEqual(equations(text).toSorted());
});
