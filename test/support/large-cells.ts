/** Models of cells with so many compartments that teams of a device share them, and of smaller ones. */

const membrane = 'specificCapacitance: 1 uF/cm**2, resistivity: 100 ohm*cm';
/** A section of compartments of 20 um. */
export const section = (name: string, parent: string, divisions: number, where = ''): string =>
  `${name}: { ${parent}length: ${20 * divisions} um, diameter: 2 um, divisions: ${divisions}, ${membrane}${where} }`;

/**
 * Sections that fork at their ends, some at once into three, and of different lengths: about 1900 nodes after seven.
 */
export const bush = (generations: number): readonly string[] => {
  const sections = [section('soma', '', 1)];
  let ends = ['soma'];
  for (let generation = 0; generation < generations; generation++) {
    ends = ends.flatMap((parent, k) =>
      Array.from({ length: k % 5 === 2 ? 3 : 2 }, (_, branch) => {
        const name = `${parent === 'soma' ? 'd' : parent}${branch}`;
        sections.push(section(name, `parent: ${parent}, `, 3 + ((k + branch) % 4)));
        return name;
      }),
    );
  }
  return sections;
};

/** A type of cells, with the sizes of its populations. */
export interface CellType {
  readonly sections: readonly string[];
  readonly sizes: readonly number[];
}

const cellText = ({ sections }: CellType, type: number): string => `
  cell${type}:
    inputs: { I: nA }
    compartments:
      initial: -65 mV
      sections:
        ${sections.join('\n        ')}
      mechanisms:
        leak: { parameters: { g: 0.0003 S/cm**2, E: -65 mV }, reads: [v], writes: { i: g*(E - v) } }
        spiking:
          on: soma
          parameters: { g: 0.1 S/cm**2 }
          state: { m: 0.05 }
          derivatives: { m: (1/(1 + exp(-(v + 40*mV)/(5*mV))) - m)/(0.3*ms) }
          reads: [v]
          writes: { i: g*m**3*(50*mV - v) }
    events: { spike: { when: v > -45*mV, edge: rising, section: soma, fraction: 0.5 } }`;

/** A model of cells with spikes of points onto places of them. */
export function cellsText(types: readonly CellType[]): string {
  const populations = types.flatMap(({ sections, sizes }, type) =>
    sizes.map((size, k) => ({ name: `cells${type}_${k}`, type, size, last: /^\w+/.exec(sections.at(-1) ?? '')?.[0] })),
  );
  const onto = populations.map(
    ({ name, last }) =>
      `onto_${name}: { from: points, to: { of: ${name}, section: ${last}, fraction: 0.8 }, synapse: fast, ` +
      'connect: all, delay: 0.05 ms }',
  );
  return `
interneuron: 1
neurons:${types.map(cellText).join('')}
synapses:
  fast:
    parameters: { w: 20 nS, tau: 2 ms }
    state: { g: { unit: nS } }
    derivatives: { g: -g/tau }
    pathways: { pre: g += w }
    contributes: { post.I: g*(0*mV - post.v) }
populations:
  points: { size: 3, spikes: { indices: [0, 1, 2], times: [0.05 ms, 0.1 ms, 0.2 ms] } }
  ${populations.map(({ name, type, size }) => `${name}: { type: cell${type}, size: ${size} }`).join('\n  ')}
projections:
  ${onto.join('\n  ')}
stimuli:
  step: { kind: current, to: cells0_0, input: I, value: 2*nA, section: soma, fraction: 0.5 }
record:
  - { of: cells0_0, events: spike }
timing: grid
experiment: { dt: 0.025 ms, duration: 1 ms }
`;
}
