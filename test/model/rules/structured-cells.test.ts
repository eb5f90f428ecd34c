/** Warnings of cells with structure as no cell is: the network of a fixture, in one document, with one slip each. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { importModel, readSource } from '../../../src/pipeline/pipeline.js';
import '../../../translators/brian/road.js';
import '../../../translators/neuroml/road.js';

const cell = readFileSync('fixtures/cells/branched.cell.nml', 'utf8').replace(/<\/?neuroml[^>]*>/g, '');
const network = readFileSync('fixtures/cells/branched-cell.xml', 'utf8').replace(
  '<Include file="branched.cell.nml"/>',
  cell,
);

const warnings = (text: string): readonly (readonly (string | undefined)[])[] =>
  importModel({ name: 'cells.xml', text })
    .diagnostics.filter(({ code }) => code.startsWith('model/') && !code.endsWith('-rounded'))
    .map(({ code, message, found }) => [code, message, found]);

/** The network with some text replaced. */
const slip = (before: string | RegExp, after: string): string => {
  const changed = network.replace(before, after);
  expect(changed).not.toBe(network);
  return changed;
};

test('the fixture has no warnings, at a short step and at one of 0.1 ms', () => {
  expect(warnings(network)).toEqual([]);
  expect(warnings(slip('step="0.005ms"', 'step="0.1ms"'))).toEqual([]);
});

// Hodgkin and Huxley's m at 6.3 °C has a time constant of 0.5 ms at most, near -68 mV; h and n have more.
test('a time step that no gate of a channel resolves', () => {
  const [first, ...others] = warnings(slip('step="0.005ms"', 'step="0.5ms"'));
  expect(others).toEqual([]);
  expect(first).toEqual(['model/gate-not-resolved', expect.stringMatching(/naAll on somatic/), '0.5 ms']);
});

test('a step beyond the time constants of all gates is a warning for each', () => {
  const gates = warnings(slip('step="0.005ms"', 'step="20ms"')).map(([code]) => code);
  expect(gates).toEqual(Array.from({ length: 3 }, () => 'model/gate-not-resolved'));
});

test('the gates of an axon with equations of its own', () => {
  const { text, ...source } = readSource('fixtures/brian/hodgkin-huxley-axon.yaml');
  const codes = (dt: string): readonly string[] =>
    importModel({ ...source, text: text.replace('dt: 0.01 ms', `dt: ${dt}`) }).diagnostics.map(({ code }) => code);
  expect(codes('0.01 ms')).not.toContain('model/gate-not-resolved');
  expect(codes('1 ms')).toContain('model/gate-not-resolved');
});

describe('conductances', () => {
  test('below zero', () => {
    expect(warnings(slip('condDensity="120mS_per_cm2"', 'condDensity="-120mS_per_cm2"'))).toEqual([
      ['model/negative-conductance', 'the conductance condDensity of naAll is negative', '-1200 S/m**2'],
    ]);
  });
  test('of zero are a channel that was taken out', () => {
    expect(warnings(slip('condDensity="120mS_per_cm2"', 'condDensity="0mS_per_cm2"'))).toEqual([]);
  });
});
