import { describe, expect, it } from 'vitest';
import type { RasterPopulation } from '../../src/cli/raster.js';
import { drawRaster, shareRows } from '../../src/cli/raster.js';

/** A population with its spikes drawn as rows of text, a column per step. */
function population(name: string, rows: readonly string[]): RasterPopulation {
  return {
    name,
    size: rows.length,
    spikes: (cell) => [...(rows[cell] ?? '')].flatMap((mark, step) => (mark === '#' ? [step] : [])),
  };
}

/** Returns the dots of the drawing, as text in the form that `population` takes. */
function dots(lines: readonly string[], nameWidth: number): string[] {
  return lines.slice(0, -1).flatMap((line) => {
    const characters = [...line.slice(nameWidth + 2)].map((character) =>
      character === ' ' ? 0 : character.codePointAt(0)! - 0x2800,
    );
    // Braille patterns: dots 1 2 3 7 are the left column, 4 5 6 8 the right.
    return [
      [0x01, 0x08],
      [0x02, 0x10],
      [0x04, 0x20],
      [0x40, 0x80],
    ].map(([left, right]) =>
      characters.map((bits) => (bits & left! ? '#' : '.') + (bits & right! ? '#' : '.')).join(''),
    );
  });
}

describe('drawRaster', () => {
  it('draws rates as bars if single spikes would form a block', () => {
    // In the first half four spikes in each column of dots, in the second half one in two columns.
    const rows = ['####################', '##########..........', '##########..........', '##########..........'];
    const [line = ''] = drawRaster([population('p', rows)], { steps: 20, from: '', to: '', columns: 13, rows: 1 });
    expect(line).toBe('p │█████▂▂▂▂▂');
  });

  it('puts a dot for each spike at its cell and time', () => {
    const rows = [
      '#..................#',
      '.#..................',
      '..#.................',
      '...#................',
      '....##..............',
    ];
    const lines = drawRaster([population('exc', rows)], { steps: 20, from: '0 s', to: '2 ms', columns: 15, rows: 4 });
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^exc │/);
    expect(lines[1]).toMatch(/^ {4}│/);
    expect(lines[2]).toBe('     0 s   2 ms');
    expect(
      dots(lines, 3)
        .slice(0, 5)
        .map((row) => row.padEnd(20, '.')),
    ).toEqual(rows);
  });

  it('is never wider or higher than asked', () => {
    const rows = Array.from({ length: 1000 }, () => '#'.repeat(200));
    const lines = drawRaster([population('a_population_with_a_long_name', rows), population('b', rows)], {
      steps: 200,
      from: '0 s',
      to: '1 s',
      columns: 80,
      rows: 12,
    });
    expect(lines).toHaveLength(13);
    expect(Math.max(...lines.map((line) => line.length))).toBe(80);
    expect(lines[0]).toMatch(/^a_population_… │[▁-█]+$/);
  });

  it('shows evenly spaced cells if there are more cells than dots', () => {
    const rows = Array.from({ length: 8 }, (_, cell) => (cell % 2 === 0 ? '#' : '.'));
    const lines = drawRaster([population('p', rows)], { steps: 1, from: '0', to: '1', columns: 13, rows: 1 });
    expect(dots(lines, 1).map((row) => row[0])).toEqual(['#', '#', '#', '#']);
  });

  it('reports the populations that it leaves out', () => {
    const many = Array.from({ length: 5 }, (_, i) => population(`p${i}`, ['#']));
    expect(drawRaster(many, { steps: 1, from: '', to: '', columns: 40, rows: 3 }).at(-1)).toBe(
      '(2 more populations not drawn)',
    );
    expect(drawRaster([], { steps: 1, from: '', to: '', columns: 40, rows: 3 })).toEqual([]);
    expect(drawRaster([population('p', ['#'])], { steps: 0, from: '', to: '', columns: 40, rows: 3 })).toEqual([]);
  });
});

describe('shareRows', () => {
  it.each([
    [[3200, 800], 12, [10, 2]],
    [[3200, 800], 2, [1, 1]],
    [[4, 1000], 12, [1, 11]],
    [[4], 12, [1]],
    [[5], 12, [2]],
    [[1, 1, 1], 12, [1, 1, 1]],
  ])('%j over %i lines: %j', (sizes, rows, expected) => {
    expect(shareRows(sizes, rows)).toEqual(expected);
  });
});
