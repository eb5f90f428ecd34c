/** Diagrams of networks: where boxes and arrows are. */

import { expect, it } from 'vitest';
import { networkDiagram } from '../../src/pictures/network-diagram.js';

/** Boxes and the points of arrows of a network in which each population projects to all others. */
function drawn(names: readonly string[], width: number) {
  const projections = names.flatMap((from) =>
    names.filter((to) => to !== from).map((to) => ({ name: `${from}-${to}`, from, to, count: 1000 })),
  );
  const { svg, height } = networkDiagram(
    names.map((name) => ({ name, size: 100 })),
    projections,
    width,
  );
  const boxes = [...svg.matchAll(/class="paper" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/g)].map(
    ([, ...numbers]) => numbers.map(Number) as [number, number, number, number],
  );
  const points = [...svg.matchAll(/d="M([\d.]+) ([\d.]+)Q([-\d.]+) ([-\d.]+) ([\d.]+) ([\d.]+)"/g)].flatMap(
    ([, ...numbers]) => {
      const [x0 = 0, y0 = 0, x1 = 0, y1 = 0, x2 = 0, y2 = 0] = numbers.map(Number);
      // Points of a quadratic curve.
      return Array.from({ length: 21 }, (_, k) => {
        const t = k / 20;
        const [a, b, c] = [(1 - t) ** 2, 2 * t * (1 - t), t ** 2];
        return [a * x0 + b * x1 + c * x2, a * y0 + b * y1 + c * y2] as const;
      });
    },
  );
  // Ends of labels, of letters of 6 pixels.
  const labels = [...svg.matchAll(/class="label" x="([-\d.]+)" y="([-\d.]+)"[^>]*>([^<]*)</g)].flatMap(
    ([, x, y, text = '']) => [-1, 1].map((side) => [Number(x) + side * 3 * text.length, Number(y) - 4] as const),
  );
  return { boxes, points, labels, height };
}

it.each([
  [['excitatory_layer4', 'inhibitory_layer4', 'thalamic_inputs_', 'background_noise'], 340],
  [['excitatory_layer4', 'inhibitory_layer4', 'thalamic_inputs_', 'background_noise'], 760],
  [['excitatory_layer4', 'inhibitory_layer4', 'thalamic_inputs_'], 340],
  [['E', 'I', 'in', 'noise'], 340],
  [['excitatory_layer4', 'inhibitory_layer4'], 340],
])('arrows between %j and their labels are outside boxes, and in a picture of %d pixels', (names, width) => {
  const { boxes, points, labels, height } = drawn(names, width);
  const arrows = names.length * (names.length - 1);
  expect([boxes.length, points.length, labels.length]).toEqual([names.length, 21 * arrows, 2 * arrows]);
  const inside = [...points, ...labels].filter(([x, y]) =>
    boxes.some(([left, top, wide, high]) => x > left && x < left + wide && y > top && y < top + high),
  );
  expect(inside).toEqual([]);
  const ys = labels.map(([, y]) => y);
  expect(Math.min(...ys)).toBeGreaterThan(4);
  expect(Math.max(...ys)).toBeLessThan(height - 4);
});

it.each([
  [5, 340],
  [6, 340],
  [6, 760],
])('arrows between %d populations pass behind no box in a picture of %d pixels', (count, width) => {
  const { boxes, points, height } = drawn(
    Array.from({ length: count }, (_, k) => `p${k}`),
    width,
  );
  expect([boxes.length, points.length]).toEqual([count, 21 * count * (count - 1)]);
  const inside = points.filter(([x, y]) =>
    boxes.some(([left, top, wide, high]) => x > left && x < left + wide && y > top && y < top + high),
  );
  expect(inside).toEqual([]);
  expect(points.every(([x, y]) => x > 0 && x < width && y > 0 && y < height)).toBe(true);
});
