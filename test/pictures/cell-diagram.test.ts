/** Cells with structure as diagrams: their shape, with inputs and recorded places. */

import { describe, expect, it } from 'vitest';
import { modelDiagram } from '../../src/pictures/model-diagram.js';
import { importModel, readSource } from '../../src/pipeline/pipeline.js';
import '../../translators/brian/road.js';
import '../../translators/swc/road.js';
import '../../translators/neuroml/road.js';

/** A soma with a dendrite. @param dendrite  its members */
const model = (dendrite: string): string => `
interneuron: 1
neurons:
  cell:
    compartments:
      sections:
        soma: { points: [[0 um, 0 um, 0 um, 20 um], [20 um, 0 um, 0 um, 20 um]], divisions: 1, specificCapacitance: 1 uF/cm**2, resistivity: 100 ohm*cm }
        dendrite: { parent: soma, ${dendrite}, divisions: 5, specificCapacitance: 1 uF/cm**2, resistivity: 100 ohm*cm }
      mechanisms: { leak: { parameters: { g: 0.0001 S/cm**2, E: -70 mV }, reads: [v], writes: { i: g*(E - v) } } }
      initial: -70 mV
    events: { spike: { when: v > 0*mV, section: soma } }
synapses:
  s: { pathways: { pre: { on: pre.spike, do: post.v += 1*mV, delay: 1 ms } } }
populations:
  cells: { type: cell, size: 3 }
  far: { spikes: { indices: [0], times: [1 ms] }, size: 1 }
projections:
  touch: { from: far, to: { of: cells, section: dendrite, fraction: 0.25 }, synapse: s, connect: all }
record:
  - { of: cells, variables: v, section: dendrite, fraction: 1 }
  - { of: cells, events: spike }
experiment: { dt: 0.025 ms, duration: 1 ms }
`;

const diagramOf = (text: string): string =>
  modelDiagram(importModel({ name: 'cell.yaml', text }).valid.model, new Map()).svg;

describe('cells whose sections have points', () => {
  const svg = diagramOf(model('points: [[20 um, 0 um, 0 um, 2 um], [120 um, 0 um, 0 um, 2 um]]'));
  const [, dendrite] = [...svg.matchAll(/<line x1="([\d.]+)" y1="([\d.]+)" x2="([\d.]+)"/g)];
  const [from, to] = [Number(dendrite?.[1]), Number(dendrite?.[3])];
  const marks = [...svg.matchAll(/<circle class="paper" cx="([\d.]+)"/g)].map(([, x]) => Number(x));

  it('are drawn with their inputs and recorded places', () => {
    expect(to).toBeGreaterThan(from);
    expect(marks[0]).toBeCloseTo(from + 0.25 * (to - from), 1);
    expect(marks[1]).toBeCloseTo(to, 1);
    const texts = [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, text]) => text);
    expect(texts).toEqual(['20 µm', 'cells: 3 cells', 'far (1)', 'recorded: v']);
  });
});

/** Ends of the drawn lines, in pixels. */
const linesOf = (svg: string): readonly (readonly number[])[] =>
  [
    ...svg.matchAll(
      /<line x1="([\d.]+)" y1="([\d.]+)" x2="([\d.]+)" y2="([\d.]+)" stroke="[^"]*" stroke-width="([\d.]+)/g,
    ),
  ].map(([, ...numbers]) => numbers.map(Number));

const sized = (sections: string): string => `
interneuron: 1
neurons:
  cell:
    compartments:
      initial: -70 mV
      sections:
${sections.trim().replaceAll(/^ */gm, '        ').replaceAll(' }', ', divisions: 1, specificCapacitance: 1 uF/cm**2, resistivity: 100 ohm*cm }')}
      mechanisms: { leak: { parameters: { g: 0.0001 S/cm**2, E: -70 mV }, reads: [v], writes: { i: g*(E - v) } } }
populations: { cells: { type: cell, size: 1 } }
experiment: { dt: 0.025 ms, duration: 1 ms }
`;

describe('cells of sections with lengths and diameters only', () => {
  const svg = diagramOf(
    sized(`
      soma: { length: 20 um, diameter: 20 um }
      trunk: { parent: soma, length: 200 um, diameter: 4 um }
      left: { parent: trunk, length: 100 um, diameter: 2 um }
      right: { parent: trunk, length: 50 um, diameter: 2 um }
      axon: { parent: soma, length: 80 um, diameter: 1 um }
    `),
  );
  const lines = linesOf(svg);
  const lengths = lines.map(([x0 = 0, y0 = 0, x1 = 0, y1 = 0]) => Math.hypot(x1 - x0, y1 - y0));

  it('are drawn to scale', () => {
    for (const [k, length] of [200, 100, 50, 80].entries())
      expect(lengths[k]! / lengths[0]!).toBeCloseTo(length / 200, 2);
    const [, radius] = /<circle cx="[\d.]+" cy="[\d.]+" r="([\d.]+)"/.exec(svg) ?? [];
    expect(Number(radius) / lengths[0]!).toBeCloseTo(10 / 200, 2);
    expect(lines[0]![4]! / lengths[0]!).toBeCloseTo(4 / 200, 2);
    expect(svg).toContain('; angles are not in the model<');
  });

  it('grow from the ends of their parents, apart from each other', () => {
    const [trunk, left, right] = lines;
    expect(left!.slice(0, 2)).toEqual(trunk!.slice(2, 4));
    expect(right!.slice(0, 2)).toEqual(trunk!.slice(2, 4));
    expect(left![3]).not.toBeCloseTo(right![3]!, 0);
  });

  it('are boxes if a size is not known', () => {
    const text = sized('soma: { length: 20 um, diameter: 20 um }').replace(
      'length: 20 um, diameter: 20 um, divisions: 1, specificCapacitance: 1 uF/cm**2, resistivity: 100 ohm*cm',
      'capacitance: 10 pF',
    );
    expect(diagramOf(text)).not.toContain('<circle');
    expect(diagramOf(text)).toContain('<rect');
  });
});

it('cells of Brian are drawn by their compartments', () => {
  const { model: found } = importModel(readSource('fixtures/brian/hodgkin-huxley-axon.yaml')).valid;
  const { svg } = modelDiagram(found, new Map());
  const lengths = linesOf(svg).map(([x0 = 0, y0 = 0, x1 = 0, y1 = 0]) => Math.hypot(x1 - x0, y1 - y0));
  const total = (from: number, until: number): number => lengths.slice(from, until).reduce((sum, one) => sum + one, 0);
  // Sections of 2 cm, 1 cm and 7 mm.
  expect(lengths).toHaveLength(33);
  expect(total(20, 30) / total(0, 20)).toBeCloseTo(0.5, 2);
  expect(total(30, 33) / total(0, 20)).toBeCloseTo(0.35, 2);
  // Three compartments with synapses, and four recorded ones.
  expect([...svg.matchAll(/<circle class="paper" [^>]*r="(\d)"/g)].map(([, radius]) => radius).join('')).toBe(
    '666777767',
  );
});

it('two populations are as high as their boxes and arrows', () => {
  const text = `
interneuron: 1
synapses: { s: { pathways: { pre: { on: pre.spike, do: post.v += 1*mV, delay: 1 ms } } } }
neurons: { cell: { state: { v: 0 mV }, events: { spike: { when: v > 1*mV, do: v = 0*mV } } } }
populations: { cells: { type: cell, size: 3 }, far: { spikes: { indices: [0], times: [1 ms] }, size: 1 } }
projections: { touch: { from: far, to: cells, synapse: s, connect: all } }
experiment: { dt: 0.1 ms, duration: 1 ms }
`;
  const { svg, height } = modelDiagram(importModel({ name: 'cells.yaml', text }).valid.model, new Map());
  const [box = [0, 0]] = [...svg.matchAll(/<rect class="paper" [^>]*y="([\d.]+)" width="\d+" height="(\d+)"/g)].map(
    ([, y, high]) => [Number(y), Number(high)],
  );
  expect([box[0], height]).toEqual([16, box[1]! + 2 * 16]);
});

it('the sections of a soma have one colour', () => {
  const { model: found } = importModel(readSource('test/translators/swc/files/row_3.swc')).valid;
  const { svg } = modelDiagram(found, new Map());
  const colours = [...svg.matchAll(/<line [^>]*stroke="(#\w+)"/g)].map(([, colour]) => colour);
  // Five points of the soma are four pieces, in two sections.
  expect(colours.filter((colour) => colour === '#d55e00')).toHaveLength(4);
});
