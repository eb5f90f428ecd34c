/** Mechanisms with equations that are too large for a step: validating, running and converting give one answer. */

import { describe, expect, it } from 'vitest';
import { DiagnosticError } from '../../../src/diagnostics/diagnostic.js';
import { importModel } from '../../../src/pipeline/pipeline.js';

/** Codes and pointers of the errors about a cell with a mechanism. */
function errors(mechanism: object): readonly string[] {
  const section = { length: '20 um', diameter: '20 um', specificCapacitance: '1 uF/cm**2', resistivity: '1 ohm*m' };
  const document = {
    interneuron: 1,
    neurons: { c: { compartments: { sections: { soma: section }, mechanisms: { x: mechanism }, initial: '-65 mV' } } },
    populations: { cell: { type: 'c', size: 1 } },
    experiment: { dt: '0.1 ms', duration: '1 ms' },
  };
  try {
    importModel({ name: 'x.json', text: JSON.stringify(document) });
    return [];
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return error.diagnostics.flatMap(({ code, severity, place }) =>
      severity === 'error' ? [`${code} ${place?.pointer}`] : [],
    );
  }
}

const names = (count: number): readonly string[] => Array.from({ length: count }, (_, k) => `s${k}`);

/** A mechanism of states that react with some of each other. */
function scheme(count: number, reacts: (a: number, b: number) => boolean): object {
  const states = names(count);
  const rates = states.map((name, a) => {
    const others = states.filter((_, b) => b !== a && reacts(a, b)).map((other) => `(${other} - ${name})`);
    return [name, `(${others.join(' + ')})/ms`] as const;
  });
  return {
    state: Object.fromEntries(states.map((name) => [name, { unit: '1', initial: 0.1 }])),
    derivatives: Object.fromEntries(rates),
    scheme: states,
    reads: ['v'],
    writes: { i: '1*siemens/m**2*s0*(0*mV - v)' },
  };
}

describe('equations of a step', () => {
  it.each([
    [18, []],
    [40, ['lang/too-large /neurons/c/compartments/mechanisms/x/derived/s18']],
  ])('of %d derived variables that each read the one before twice', (count, expected) => {
    const derived = names(count).map((name, k) => [
      name,
      { unit: 'V', value: k === 0 ? 'v' : `s${k - 1} + s${k - 1}*1` },
    ]);
    const current = `1*siemens/m**2*(0*mV - s${count - 1})`;
    expect(errors({ derived: Object.fromEntries(derived), reads: ['v'], writes: { i: current } })).toEqual(expected);
  });

  const place = '/neurons/c/compartments/mechanisms/x/scheme';
  it.each([
    ['30 states that all react', scheme(30, () => true), []],
    ['32 states that all react', scheme(32, () => true), [`model/large-scheme ${place}`]],
    ['a chain of 300 states', scheme(300, (a, b) => Math.abs(a - b) === 1), []],
  ])('of %s', (_, mechanism, expected) => {
    expect(errors(mechanism)).toEqual(expected);
  });
});
