/** Recordings and files of a simulation, by the paths of LEMS. */

import { describe, expect, it } from 'vitest';
import { cellTypes, documentOf, importing, networkTypes } from './support/importing.js';
import { lems } from './support/reading.js';

const model = `${networkTypes}${cellTypes}<Leaky id="cell" tau="10ms" rest="-60mV" top="-50mV" perSiemens="1000per_F"/>
  <Conductance id="syn" peak="1nS" towards="0mV" decay="5ms"/><Pulse id="pulse" from="10ms" until="20ms" height="1nA"/><Clock id="clock" every="5ms"/>
  <Net id="net"><Group id="p" of="cell" count="3"/><Group id="c" of="clock" count="2"/>
  <Bundle id="b" by="syn"><Link a="../c[0]" b="../p[1]" w="1" d="0ms"/><Link a="../c[1]" b="../p[1]" w="1" d="0ms"/><Link a="../c[1]" b="../p[2]" w="1" d="0ms"/></Bundle>
  <Drive on="p[2]" by="pulse"/></Net>`.replace(/\n\s*/g, '');
const run = (content: string): string =>
  lems(
    `${model}<Run id="r" length="100ms" step="0.05ms" target="net" seed="7">${content}</Run><Target component="r"/>`,
  );
const columns = (...paths: readonly string[]): string =>
  `<File id="f" name="out.dat">${paths.map((path, k) => `<Column id="c${k}" q="${path}"/>`).join('')}</File>`;

describe('a simulation', () => {
  it('states its duration, its step and its seed', () => {
    expect(documentOf(run('')).experiment).toEqual({ dt: 5e-5, seed: '7', duration: 0.1 });
  });

  it('is not needed', () => {
    const document = documentOf(lems(model));
    expect(document.name).toBe('net');
    expect(document.experiment).toEqual({});
    expect(document.timing).toBe('lems-euler');
  });
});

describe('quantities', () => {
  it.each([
    ['a cell by its index', 'p[1]/u', { of: { population: 'p', indices: [1] }, variables: ['u'] }],
    ['a cell by its number', 'p/2/u', { of: { population: 'p', indices: [2] }, variables: ['u'] }],
    ['a cell with its component', 'p/2/cell/u', { of: { population: 'p', indices: [2] }, variables: ['u'] }],
    ['a variable that is not exposed', 'p[0]/i', { of: { population: 'p', indices: [0] }, variables: ['i_'] }],
    [
      'an attachment by list, component and number',
      'p[1]/inward:syn:1/g',
      { of: { projection: 'b', indices: [1] }, variables: ['g'] },
    ],
    ['the first attachment of a component', 'p[2]/syn/g', { of: { projection: 'b', indices: [2] }, variables: ['g'] }],
    ['an input', 'p[2]/pulse/amount', { of: { population: 'pulse', indices: [0] }, variables: ['amount'] }],
  ])('of %s: %s', (_, path, expected) => {
    const { recordings, annotations } = documentOf(run(columns(path)));
    expect(recordings).toEqual([expect.objectContaining(expected)]);
    const [{ name } = {}] = recordings ?? [];
    const [index] = (recordings?.[0]?.of as { indices: number[] }).indices;
    expect(annotations?.['outputFiles']).toEqual([
      {
        file: 'out.dat',
        kind: 'columns',
        columns: [{ id: 'c0', recording: name, variable: expected.variables[0], index }],
      },
    ]);
  });

  it('of equal elements are recorded together, and once', () => {
    const { recordings } = documentOf(run(columns('p[0]/u', 'p[0]/i', 'p[1]/u', 'p[1]/i', 'p[0]/u')));
    expect(recordings).toEqual([
      { of: { population: 'p', indices: [0, 1] }, variables: ['u', 'i_'], name: 'p_traces' },
    ]);
  });

  it.each([
    ['no such cell', 'p[3]/u', 'lems/index-out-of-range'],
    ['no such population', 'x[0]/u', 'lems/unknown-path'],
    ['no such variable', 'p[0]/w', 'lems/unknown-quantity'],
    ['no such attachment', 'p[0]/inward:syn:0/g', 'lems/unknown-quantity'],
    ['a population as a whole', 'p', 'lems/not-an-instance'],
  ])('that there are not: %s', (_, path, code) => {
    const { findings } = importing(run(columns(path)));
    expect(findings).toEqual([expect.stringMatching(new RegExp(`^${code} \\d+:\\d+`))]);
  });
});

describe('files and displays', () => {
  it('of events name the cells that emit them, in the order in which cells are stepped', () => {
    const { recordings, annotations } = documentOf(
      run(
        '<List id="l" name="spikes.txt" order="TIME_ID"><Source id="x" of="c[1]" port="tick"/><Source id="y" ' +
          'of="p[0]" port="out"/></List>',
      ),
    );
    expect(recordings).toEqual([
      { of: { population: 'c', indices: [1] }, events: 'tick', name: 'c_tick' },
      { of: { population: 'p', indices: [0] }, events: 'out', name: 'p_out' },
    ]);
    expect(annotations?.['outputFiles']).toMatchObject([
      {
        file: 'spikes.txt',
        kind: 'events',
        format: 'TIME_ID',
        selections: [
          { id: 'y', recording: 'p_out', population: 'p', index: 0 },
          { id: 'x', recording: 'c_tick', population: 'c', index: 1 },
        ],
      },
    ]);
  });

  it('of displays are recorded too, and kept', () => {
    const { recordings, annotations } = documentOf(
      run('<Plot id="d" title="What is seen"><Column id="l" q="p[0]/u"/></Plot>'),
    );
    expect(recordings).toHaveLength(1);
    expect(annotations?.['displays']).toEqual([
      { title: 'What is seen', lines: [{ id: 'l', recording: 'p_u', variable: 'u', index: 0 }] },
    ]);
  });
});
