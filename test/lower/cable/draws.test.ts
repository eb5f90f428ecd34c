/** Values of mechanisms that are drawn: each cell and compartment has its own, whatever else is on the cell. */

import { describe, expect, test } from 'vitest';
import { simulate } from '../../support/simulate.js';

const membrane = 'specificCapacitance: 1 uF/cm**2, resistivity: 100 ohm*cm';
const leak = (parameters: string, more = ''): string =>
  `{ ${more}parameters: { ${parameters}, E: -60 mV }, reads: [v], writes: { i: g*(E - v) } }`;
const drawn = '"uniform(1, 2)*siemens/m**2"';
const dendrite = [0.1, 0.5, 0.9].map((fraction) => ({ section: 'dend', fraction }));
const everywhereOnIt = [{ section: 'soma', fraction: 0.5 }, ...dendrite];

interface Options {
  /** The section on which spikes are detected. */
  readonly event?: string;
  /** Of the population. */
  readonly values?: string;
  /** Further recordings, besides the conductance at places. */
  readonly more?: string;
  readonly places?: typeof dendrite;
}

const model = (
  mechanisms: string,
  { event = 'soma', values = '', more = '', places = everywhereOnIt }: Options = {},
): string => `
interneuron: 1
neurons:
  cell:
    inputs: { I: nA }
    compartments:
      initial: -65 mV
      sections:
        soma: { length: 20 um, diameter: 20 um, ${membrane} }
        dend: { parent: soma, length: 200 um, diameter: 2 um, divisions: 4, ${membrane} }
      mechanisms: { ${mechanisms} }
    events: { spike: { when: v > 0*mV, edge: rising, section: ${event}, fraction: 0.9 } }
populations: { cells: { type: cell, size: 3${values} } }
record:
${places.map(({ section, fraction }, k) => `  - { of: cells, variables: [leak.g], section: ${section}, fraction: ${fraction}, every: 1 ms, name: at${k} }`).join('\n')}
${more}
timing: grid
experiment: { dt: 0.025 ms, duration: 0.1 ms, seed: 5 }
`;

/** Returns the initial values at each place of each cell. */
async function firstValues(text: string): Promise<readonly (readonly number[])[]> {
  const { samples } = await simulate(text);
  return [...samples].flatMap(([key, [first]]) => (/^at\d\//.test(key) && first ? [first] : []));
}

describe('values that are drawn', () => {
  const everywhere = `leak: ${leak(`g: { unit: S/m**2, value: ${drawn} }`)}`;

  test('differ between cells and compartments', async () => {
    const values = (await firstValues(model(everywhere))).flat();
    expect(new Set(values).size).toBe(12);
    expect(values.every((value) => value >= 1 && value < 2)).toBe(true);
  });

  test.each([
    ['where spikes are detected', { event: 'dend' }],
    ['recorded inputs', { more: '  - { of: cells, variables: [I], section: dend, fraction: 0.5, every: 1 ms }' }],
  ])('do not depend on %s', async (_, options) => {
    expect(await firstValues(model(everywhere, options))).toEqual(await firstValues(model(everywhere)));
  });

  const two = `fixed: ${leak('g: 3 S/m**2', 'on: soma, ')}, leak: ${leak('g: 1.5 S/m**2', 'on: dend, ')}`;

  test('may belong to one mechanism, although another has the same equations', async () => {
    const values = `, values: { leak.g: ${drawn} }`;
    const [first, ...others] = await firstValues(model(two, { event: 'dend', values, places: dendrite }));
    // A population's values are shared by its cells.
    expect(others).toEqual([first, first]);
    expect(new Set(first).size).toBe(3);
  });

  test('of a phase do not depend on other mechanisms with the same equations', async () => {
    const phase = 'protocol: [{ run: 0.05 ms }, { set: { cells.leak.g: ' + drawn + ' } }, { run: 0.05 ms }]';
    const finalValues = async (event: string): Promise<readonly number[]> => {
      const other = `leak: ${leak('g: 3 S/m**2', 'on: soma, ')}, other: ${leak('g: 1.5 S/m**2', 'on: dend, ')}`;
      const text = model(other, { event, places: [{ section: 'soma', fraction: 0.5 }] }).replace(
        'duration: 0.1 ms',
        phase,
      );
      const { samples } = await simulate(text.replaceAll('every: 1 ms', 'every: 0.025 ms'));
      return [...samples].flatMap(([key, rows]) => (/^at\d\//.test(key) ? (rows.at(-1) ?? []) : []));
    };
    const values = await finalValues('dend');
    expect(new Set(values).size).toBe(3);
    expect(await finalValues('soma')).toEqual(values);
  });

  test('may be given by section', async () => {
    const bySection = `leak: ${leak('g: 3 S/m**2', `values: { dend: { g: ${drawn} } }, `)}`;
    const [soma, ...dend] = await firstValues(model(bySection));
    expect(soma).toEqual([3, 3, 3]);
    expect(new Set(dend.flat()).size).toBe(9);
    expect(dend.flat().every((value) => value >= 1 && value < 2)).toBe(true);
  });
});
