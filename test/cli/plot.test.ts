import { readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { runCommand, temporaryFolder } from '../support/command.js';

const folder = temporaryFolder();
const model = 'fixtures/readme/first-steps.yaml';
const result = (): string => folder.file('result.nwb');
const dense = (): string => folder.file('dense.nwb');

beforeAll(async () => {
  expect(await runCommand(['run', model, '-o', result(), '-q'])).toMatchObject({ code: 0 });
  // 100 Poisson sources that fire in every step: 100,000 spikes.
  const words = ['run', model, '-o', dense(), '-q', '--set', 'input.rates=10000 Hz', '--duration', '100 ms'];
  expect(await runCommand([...words, '--record', 'input:spikes'])).toMatchObject({ code: 0 });
});

/** A picture in SVG. */
async function picture(...words: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runCommand(['plot', ...words, '-o', '-']);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"[^]*<\/svg>\n$/);
  return stdout;
}

/** Texts of a picture. */
const textsOf = (svg: string): readonly string[] =>
  [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text!);

describe('plot', () => {
  it('draws one mark for each spike', async () => {
    const { stdout } = await runCommand(['run', model, '--json']);
    const { populations } = JSON.parse(stdout) as { populations: { cells: { spikes: number } } };
    const svg = await picture(result());
    const [, marks = ''] = /<g (?=[^>]*stroke="#0072b2")[^>]*aria-label="line"[^>]*><path d="([^"]*)"/.exec(svg) ?? [];
    expect(marks.match(/M[\d.]+,[\d.]+L[\d.]+,[\d.]+/g)).toHaveLength(populations.cells.spikes);
    expect(textsOf(svg)).toEqual(expect.arrayContaining(['First steps', 'cells', 'time (ms)', '500']));
  });

  it('draws rates if spikes would cover the picture', async () => {
    const svg = await picture(dense());
    const texts = textsOf(svg);
    // The scale of the shades ends with the largest rate.
    expect(texts.filter((text) => / Hz$/.test(text))).toHaveLength(1);
    expect(texts.some((text) => text.startsWith('input: rates of groups of cells in bins of'))).toBe(true);
    // Every bin of every group of cells is full, and has the same shade.
    const shades = [...svg.matchAll(/fill="(rgb\([^)]*\))"/g)].map(([, shade]) => shade);
    expect(shades.length).toBeGreaterThan(1000);
    expect(shades.length).toBeLessThan(30_000);
    expect(shades.filter((shade) => shade === 'rgb(8,48,107)').length / shades.length).toBeGreaterThan(0.9);
  });

  it('counts spikes in the bins that are asked for', async () => {
    const svg = await picture(dense(), '--kind', 'rates', '--bin', '20 ms');
    expect(textsOf(svg)).toContain('rate per cell in bins of 20 ms');
    const bars = [...svg.matchAll(/aria-label="rect"[^>]*>(.*?)<\/g>/gs)].map(
      ([, own = '']) => own.match(/<rect /g)?.length,
    );
    expect(bars).toEqual([5, 5]);
  });

  it('draws samples in the unit that people use', async () => {
    const svg = await picture(result(), '--kind', 'traces');
    expect(textsOf(svg)).toEqual(expect.arrayContaining(['cells v', 'mV']));
    // Two cells are recorded.
    expect(svg.match(/<path[^>]*stroke-width="1"|<path [^>]*d="M[^"]{1000,}"/g)?.length).toBeGreaterThanOrEqual(2);
  });

  it('draws the network of a result and of a model alike', async () => {
    const words = ['--kind', 'network'];
    const svg = await picture(model, ...words);
    expect(svg).toBe(await picture(result(), ...words));
    const { stdout } = await runCommand(['describe', model]);
    const synapses = /^ {2}synapses +(\d+)$/m.exec(stdout)?.[1] ?? '';
    expect(textsOf(svg)).toEqual(expect.arrayContaining(['cells', '20', 'input', '100', synapses]));
  });

  it('draws populations in the colours of the network', async () => {
    const path = folder.file('inputs.json');
    writeFileSync(
      folder.file('inputs.yaml'),
      readFileSync(model, 'utf8').replace('source: cells }', 'source: input }'),
    );
    const words = ['run', folder.file('inputs.yaml'), '-o', path, '-q', '--duration', '50 ms'];
    expect(await runCommand(words)).toMatchObject({ code: 0 });
    const network = await picture(model, '--kind', 'network');
    const [, colour] = /<rect [^>]*stroke="(#\w+)"[^>]*\/><text [^>]*>input</.exec(network.replaceAll('\n', '')) ?? [];
    const [, marks] =
      /<g (?=[^>]*aria-label="line")[^>]*stroke="(#\w+)"/.exec(await picture(path, '--kind', 'raster')) ?? [];
    expect(marks).toBe(colour);
    expect(colour).toMatch(/^#/);
  });

  it('draws a loop for each projection of a single population, with its name and number of synapses', async () => {
    const { stdout } = await runCommand(['describe', 'fixtures/brian/vogels-abbott-cuba.yaml']);
    const counts = [...stdout.matchAll(/^ {2}\S+ +P\[\S+ +P .*? ([\d,]{4,}) /gm)].map(([, count]) => count);
    expect(counts).toHaveLength(2);
    const svg = await picture('fixtures/brian/vogels-abbott-cuba.yaml', '--kind', 'network');
    expect(textsOf(svg)).toEqual(expect.arrayContaining([`Ce: ${counts[0]}`, `Ci: ${counts[1]}`]));
  });

  it('draws a square for each connected pair of cells', async () => {
    const { stdout } = await runCommand(['describe', model]);
    const synapses = Number(/^ {2}synapses +(\d+)$/m.exec(stdout)?.[1]);
    const svg = await picture(model, '--kind', 'connectivity');
    expect(svg.match(/fill="rgb\(8,48,107\)"/g)).toHaveLength(synapses);
  });

  it('draws projections between parts of populations at the place of these parts', async () => {
    // Both projections of this network begin in a part of its population.
    const svg = await picture('fixtures/pynn/brunel.json', '--kind', 'connectivity');
    expect(textsOf(svg)).toEqual(expect.arrayContaining(['exc', 'inh', 'drive']));
  });

  it('draws weights in their unit', async () => {
    const texts = textsOf(await picture('fixtures/pynn/stdp-network.json', '--kind', 'weights'));
    expect(texts).toContain('weight (nS)');
    expect(texts).toEqual(expect.arrayContaining(['0.0', '1.0']));
  });

  it('draws a morphology to scale, from its soma on', async () => {
    const path = folder.file('cell.swc');
    writeFileSync(path, '1 1 0 0 0 10 -1\n2 3 0 10 0 1 1\n3 3 0 110 0 1 2\n4 3 50 160 0 1 3\n5 3 -50 160 0 1 3\n');
    const svg = await picture(path);
    const numbers = (text: string | undefined): number[] =>
      [...text!.matchAll(/"([\d.]+)"/g)].map(([, one]) => Number(one));
    const [soma] = [...svg.matchAll(/<circle [^>]*>/g)].map(([one]) => numbers(one));
    const lines = [...svg.matchAll(/<line x1[^>]*stroke="#0072b2"[^>]*>/g)].map(([one]) => numbers(one));
    // From the centre to the first point, three branches.
    expect(lines).toHaveLength(4);
    // The arms of the fork are 50 um wide and high; the soma has a radius of 10 um.
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = lines.at(-1)!;
    expect(Math.abs(x2 - x1)).toBeCloseTo(5 * soma![2]!, 0);
    expect(y1 - y2).toBeCloseTo(5 * soma![2]!, 0);
    expect(textsOf(svg)).toContain('20 µm');
  });

  it('writes PNG', async () => {
    const path = folder.file('raster.png');
    expect(await runCommand(['plot', result(), '-o', path])).toMatchObject({ code: 0, stdout: `wrote ${path}\n` });
    const bytes = readFileSync(path);
    expect(bytes.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
    // Two pixels for each of the picture.
    expect(bytes.readUInt32BE(16)).toBe(1520);
  });

  it('shows the title that is given, as text', async () => {
    const svg = await picture(result(), '--title', '<b>&');
    expect(svg).toContain('&lt;b&gt;&amp;');
  });

  it('draws a run of a document of a single cell, whose network would be one box', async () => {
    expect(await picture('fixtures/brian/single-hh.yaml')).toMatch(/time \(ms\).*mV|mV.*time \(ms\)/s);
  });

  it.each([
    [[model, '-o', 'x.pdf'], 'pictures are .svg or .png files, not x.pdf'],
    [['fixtures/neuroml/synapses.xml', '-o', 'x.svg', '--kind', 'gates'], 'has no channels with gates'],
    [[model, '-o', 'x.svg', '--kind', 'raser'], '--kind cannot be raser'],
    [['none.nwb', '-o', 'x.svg'], 'there is no file none.nwb'],
  ])('refuses %j', async (words, message) => {
    const { code, stderr } = await runCommand(['plot', ...words]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  it('draws weights of a result that has one number for all synapses', async () => {
    const { code, stderr } = await runCommand(['plot', dense(), '--kind', 'weights', '-o', folder.file('w.svg')]);
    // w of the model is one number for all synapses.
    expect([code, stderr]).toEqual([0, '']);
  });
});
