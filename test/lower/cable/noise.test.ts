/**
 * White noise in the equations of mechanisms, by Euler and Maruyama's method.
 *
 * Source: the Ornstein-Uhlenbeck process has the stationary standard deviation sigma (Uhlenbeck & Ornstein 1930).
 */

import { describe, expect, test } from 'vitest';
import { refused, simulate } from '../../support/simulate.js';

const membrane = 'specificCapacitance: 1 uF/cm**2, resistivity: 100 ohm*cm';
const ou = (more = ''): string =>
  '{ parameters: { g: 0.0003 S/cm**2, sigma: 0.1, tau: 5 ms }, state: { x: 0 }, ' +
  `derivatives: { x: -x/tau + sigma*(2/tau)**0.5*xi }, reads: [v], writes: { i: g*(1 + x)*(-65*mV - v) }${more} }`;

const network = (mechanism: string, method = 'auto', more = '', duration = 20): string => `
interneuron: 1
name: noisy cells
neurons:
  cell:
    method: ${method}
    inputs: { I: nA }
    compartments:
      initial: -60 mV
      sections:
        soma: { length: 20 um, diameter: 20 um, ${membrane} }
        stick: { parent: soma, length: 200 um, diameter: 2 um, divisions: 4, ${membrane} }
      mechanisms: { leak: ${mechanism} }
    events: { spike: { when: v > 0*mV, edge: rising, section: soma } }
populations: { cells: { type: cell, size: 40 } }
record:
  - { of: cells, variables: [leak.x], section: soma, every: 1 ms, name: near }
  - { of: cells, variables: [leak.x], section: stick, fraction: 0.6, every: 1 ms, name: far }
${more}
experiment: { dt: 0.1 ms, duration: ${duration} ms }
`;

const rows = (run: Awaited<ReturnType<typeof simulate>>, recording: string): readonly (readonly number[])[] =>
  run.samples.get(`${recording}/leak.x`) ?? [];

describe('noise in a mechanism', () => {
  test.each(['auto', 'cable-then-gates', 'gates-then-cable'])(
    'has the same bits on all engines by %s',
    async (method) => {
      await simulate(network(ou(), method));
    },
  );

  test('has the moments of an Ornstein-Uhlenbeck process, and no two compartments share it', async () => {
    const run = await simulate(network(ou(), 'auto', '', 400), { engines: [{ target: 'wasm', threads: 1 }] });
    const [near, far] = [rows(run, 'near'), rows(run, 'far')];
    const late = near.slice(50).flat();
    const square = late.reduce((sum, x) => sum + x * x, 0) / late.length;
    // 40 cells over 35 time constants of 10 ms of the square: 1400 independent squares, so 3 sigma are 11 %; the step
    // of Euler's method makes 1 % of it.
    expect(Math.sqrt(square)).toBeGreaterThan(0.093);
    expect(Math.sqrt(square)).toBeLessThan(0.107);
    const product = near.slice(50).flatMap((row, k) => row.map((x, cell) => x * (far[k + 50]?.[cell] ?? 0)));
    const correlation = product.reduce((sum, x) => sum + x, 0) / product.length / square;
    expect(Math.abs(correlation)).toBeLessThan(0.1);
  });

  test('stays the same whatever else the compartment has', async () => {
    const input =
      'stimuli: { s: { kind: current, to: cells, input: I, value: 0.01*nA, section: stick, fraction: 0.6 } }';
    const [bare, driven] = await Promise.all(
      ['', input].map((more) => simulate(network(ou(), 'auto', more), { engines: [{ target: 'wasm', threads: 1 }] })),
    );
    expect(rows(bare!, 'far').length).toBeGreaterThan(10);
    expect(rows(driven!, 'far')).toEqual(rows(bare!, 'far'));
  });

  test.each([
    [
      'in a current',
      ou().replace('g*(1 + x)', 'g*(1 + xi*0.1*ms**0.5)'),
      'noise in i, which the mechanism leak writes',
    ],
    ['multiplied by what changes with it', ou().replace('sigma*(2', 'x*sigma*(2'), 'noise of x in the mechanism leak'],
    ['not in proportion', ou().replace('**0.5*xi', '**0.5*xi*xi*0.01*ms**0.5'), 'noise of x in the mechanism leak'],
  ])('%s is refused by name', (_, mechanism, message) => {
    expect(refused(network(mechanism)).join()).toContain(message);
  });
});
