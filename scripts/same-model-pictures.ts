/** Writes the pictures of docs/same-model.md: `npx tsx scripts/same-model-pictures.ts`. */

import { readFileSync, writeFileSync } from 'node:fs';
import { registerNotations } from '../src/notations.js';
import type { ValidModel } from '../src/model/model.js';
import { importModel } from '../src/pipeline/pipeline.js';
import { chooseTarget } from '../src/pipeline/choose-target.js';
import type { Distances } from '../src/verify/approach.js';
import { spikesOf } from '../src/verify/check-conversion.js';
import { limitOf } from '../src/verify/limit.js';
import { drawnOnce } from '../src/verify/open-loop.js';
import { convertWritten, readWritten } from '../src/verify/read-back.js';

registerNotations();

/** Returns Vogels and Abbott's network with conductances, with a tenth of its cells, and its draws made. */
async function network(): Promise<ValidModel> {
  const path = new URL('../fixtures/pynn/vogels-abbott-coba.json', import.meta.url);
  const document = JSON.parse(readFileSync(path, 'utf8')) as {
    readonly populations: { readonly label: string; size: number }[];
    readonly projections: { readonly label: string; readonly connector: { readonly params: { p_connect: number } } }[];
  };
  const isRecurrent = (label: string): boolean => !label.startsWith('stimulus');
  for (const population of document.populations) if (isRecurrent(population.label)) population.size /= 10;
  for (const { label, connector } of document.projections) if (isRecurrent(label)) connector.params.p_connect *= 10;
  const { valid } = importModel({ name: 'coba.json', text: JSON.stringify(document) });
  return (await drawnOnce(valid, (await chooseTarget('wasm')).target)).valid;
}

type Change = (valid: ValidModel) => ValidModel;

/** Returns a change of the refractory period of all cells to a time in s. */
const refractory =
  (seconds: number): Change =>
  ({ model, data }) => ({
    model: {
      ...model,
      populations: Object.fromEntries(
        Object.entries(model.populations).map(([name, population]) => [
          name,
          population.type === undefined
            ? population
            : { ...population, values: { ...population.values, tau_refrac: seconds } },
        ]),
      ),
    },
    data,
  });

/** Makes the weights of the first projection 1 % larger. */
const heavier: Change = ({ model, data }) => {
  const [[first, projection] = []] = Object.entries(model.projections);
  if (first === undefined || projection === undefined) throw new Error('no projection');
  const weight = projection.values['weight'];
  if (typeof weight !== 'number') throw new Error('weights are not one number');
  const changed = { ...projection, values: { ...projection.values, weight: weight * 1.01 } };
  return { model: { ...model, projections: { ...model.projections, [first]: changed } }, data };
};

/** A model beside the source, as the pictures name it. */
interface Curve {
  readonly name: string;
  readonly colour: string;
  readonly levels: readonly Distances[];
}

/** Compares the network with its conversion to Brian after a change, by spikes alone. */
async function curve(source: ValidModel, name: string, colour: string, change: Change): Promise<Curve> {
  const { levels } = await limitOf(source, source, {
    runTarget: async (opened) => {
      const converted = await convertWritten(change(opened), 'brian-json');
      const { valid } = await readWritten(converted, 'brian-json');
      return spikesOf(valid, { target: 'wasm', seconds: 0.2 }, opened);
    },
  });
  return { name, colour, levels };
}

const [width, height, left, right, top, bottom] = [680, 330, 70, 210, 40, 60];

/** Returns a picture of a quantity against the step, with both scales logarithmic or the second one linear. */
function picture(
  title: string,
  label: string,
  curves: readonly Curve[],
  quantity: (level: Distances) => number,
  { from, to, ticks, isLinear = false }: { from: number; to: number; ticks: readonly number[]; isLinear?: boolean },
): string {
  const steps = curves.flatMap(({ levels }) => levels.map(({ step }) => step * 1e3));
  const [shortest, longest] = [Math.min(...steps), Math.max(...steps)];
  const x = (step: number): number =>
    left + (Math.log(longest / step) / Math.log(longest / shortest)) * (width - left - right);
  const share = (value: number): number =>
    isLinear ? (value - from) / (to - from) : Math.log(Math.max(value, from) / from) / Math.log(to / from);
  const y = (value: number): number => height - bottom - share(value) * (height - top - bottom);
  const point = (a: number, b: number): string => `${a.toFixed(1)},${b.toFixed(1)}`;
  const horizontal = ticks.map(
    (value) =>
      `  <path class="grid" d="M${point(left, y(value))} H${width - right}"/><text class="end" x="${left - 8}" y="${(y(value) + 4).toFixed(1)}">${value}</text>`,
  );
  const vertical = [...new Set(steps)].map(
    (step) =>
      `  <path class="grid" d="M${point(x(step), top)} V${height - bottom}"/><text class="middle" x="${x(step).toFixed(1)}" y="${height - bottom + 18}">${step}</text>`,
  );
  const lines = curves.map(({ colour, levels }) => {
    const points = levels.map((level) => point(x(level.step * 1e3), y(quantity(level))));
    const marks = points.map((at) => `<circle cx="${at.replace(',', '" cy="')}" r="3.5" fill="${colour}"/>`).join('');
    return `  <polyline fill="none" stroke="${colour}" stroke-width="2" points="${points.join(' ')}"/>${marks}`;
  });
  const names = curves.map(
    ({ name, colour }, k) =>
      `  <circle cx="${width - right + 18}" cy="${top + 16 + 24 * k}" r="4" fill="${colour}"/><text x="${width - right + 30}" y="${top + 20 + 24 * k}">${name}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="13">
  <title>${title}</title>
  <style>
    .grid { stroke: #ddd; fill: none; }
    text { fill: #222; }
    .end { text-anchor: end; }
    .middle { text-anchor: middle; }
  </style>
  <rect width="${width}" height="${height}" fill="#fff"/>
  <text x="${left}" y="22">${label}</text>
${[...horizontal, ...vertical, ...lines, ...names].join('\n')}
  <text class="middle" x="${(left + width - right) / 2}" y="${height - 18}">time step in ms</text>
</svg>
`;
}

const source = await network();
const curves = [
  await curve(source, 'right conversion', '#2f7d4f', (valid) => valid),
  await curve(source, 'refractory period 5.1 ms', '#c2452d', refractory(5.1e-3)),
  await curve(source, 'one weight of four +1 %', '#8a5fb0', heavier),
];
const quantities = {
  nearly: ({ apart }: Distances): number => (apart[Math.floor(0.99 * (apart.length - 1))] ?? 0) * 1e3,
  beyond: ({ units }: Distances): number =>
    (100 * [...units.values()].filter(({ ratio }) => ratio > 1.2).length) / units.size,
};
for (const { name, levels } of curves)
  for (const level of levels) {
    const { step, spikes, unmatched, apart } = level;
    const figures = [step * 1e3, unmatched.length, quantities.nearly(level), (apart.at(-1) ?? 0) * 1e3];
    const texts = [...figures, quantities.beyond(level)].map((figure) => Number(figure.toPrecision(3)));
    console.log([name, `${spikes} spikes`, ...texts].join(' | '));
  }
const pictures = {
  'same-model-distance': picture(
    'Distances of spikes of a right conversion and of two wrong models',
    '99 % of spikes within, in ms (loop open)',
    curves,
    quantities.nearly,
    { from: 0.03, to: 3, ticks: [0.03, 0.1, 0.3, 1, 3] },
  ),
  'same-model-ratio': picture(
    'Distances beyond the own error of the steps, of a right conversion and of two wrong models',
    'share of the compared units beyond the own error (q &gt; 1.2), in %',
    curves,
    quantities.beyond,
    { from: 0, to: 10, ticks: [0, 2, 4, 6, 8, 10], isLinear: true },
  ),
};
for (const [name, text] of Object.entries(pictures))
  writeFileSync(new URL(`../docs/pictures/${name}.svg`, import.meta.url), text);
