/** A spike raster in braille characters: two columns and four rows of dots to a character. */

/** Spikes of one population; `spikes` yields the steps at which a cell fired. */
export interface RasterPopulation {
  readonly name: string;
  /** Number of cells. */
  readonly size: number;
  /** Steps of a cell's spikes, ascending. */
  spikes(cell: number): Iterable<number>;
}

interface RasterOptions {
  /** Steps that the width stands for. */
  readonly steps: number;
  /** Text below the left and the right end. */
  readonly from: string;
  readonly to: string;
  /** Characters, names included. */
  readonly columns: number;
  /** Lines, without the axis. */
  readonly rows: number;
}

/** Dot bits of a braille character (Unicode chapter 21.1), by row and column. */
const dotBits = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;
const dotRows = dotBits.length;
const longestName = 14;

/** Share of dots beyond which single spikes cannot be told apart: rates are drawn then. */
const densest = 0.5;
/** Heights of bars, from no spike to the highest rate. */
const bars = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

const bitCount = (bits: number): number => bits.toString(2).replaceAll('0', '').length;

/**
 * Draws each population with lines in proportion to its size, at least one. A row of dots is one cell. If there are
 * more cells than rows, evenly spaced ones are shown, since all of them together would be a grey field. If most dots
 * would be set, bars show the rate.
 *
 * @returns lines of text; empty when there are no cells or no steps
 */
export function drawRaster(populations: readonly RasterPopulation[], options: RasterOptions): string[] {
  const shown = populations.filter(({ size }) => size > 0).slice(0, options.rows);
  if (shown.length === 0 || options.steps <= 0) return [];
  const nameWidth = Math.min(Math.max(...shown.map(({ name }) => name.length)), longestName);
  const width = Math.max(options.columns - nameWidth - 2, 10);
  const heights = shareRows(
    shown.map(({ size }) => size),
    options.rows,
  );
  const lines = shown.flatMap((population, ordinal) =>
    drawPopulation(population, heights[ordinal] ?? 1, width, nameWidth, options.steps),
  );
  const axis = options.from + options.to.padStart(width - options.from.length);
  const hidden = populations.length - shown.length;
  return [
    ...lines,
    `${' '.repeat(nameWidth + 2)}${axis}`,
    ...(hidden > 0 ? [`(${hidden} more populations not drawn)`] : []),
  ];
}

/**
 * Returns lines for each population: one each, the rest in proportion to size, none taller than its cells need.
 *
 * @source Webster's method: the next seat goes to the largest size / (seats + 1/2)
 * @returns as many numbers as `sizes`, adding up to at most `rows`
 */
export function shareRows(sizes: readonly number[], rows: number): number[] {
  const tallest = sizes.map((size) => Math.ceil(size / dotRows));
  const heights = sizes.map(() => 1);
  for (let left = rows - sizes.length; left > 0; left--) {
    const claims = sizes.map((size, ordinal) => {
      const height = heights[ordinal] ?? 0;
      return height < (tallest[ordinal] ?? 0) ? size / (height + 0.5) : -1;
    });
    const best = claims.indexOf(Math.max(...claims.filter((claim) => claim > 0)));
    if (best < 0) break;
    heights[best] = (heights[best] ?? 0) + 1;
  }
  return heights;
}

function drawPopulation(
  population: RasterPopulation,
  height: number,
  width: number,
  nameWidth: number,
  steps: number,
): string[] {
  const dots = Math.min(height * dotRows, population.size);
  const cells = Array.from({ length: height }, () => new Uint8Array(width));
  const spikes = Array.from({ length: height }, () => new Uint32Array(width));
  for (let row = 0; row < dots; row++) {
    const cell = Math.floor((row * population.size) / dots);
    for (const step of population.spikes(cell)) {
      const column = Math.min(Math.floor((step / steps) * width * 2), width * 2 - 1);
      const line = cells[Math.floor(row / dotRows)];
      const bit = dotBits[row % dotRows]?.[column % 2];
      if (!line || bit === undefined || column < 0) continue;
      line[column >> 1] = (line[column >> 1] ?? 0) | bit;
      const counts = spikes[Math.floor(row / dotRows)];
      if (counts) counts[column >> 1] = (counts[column >> 1] ?? 0) + 1;
    }
  }
  const name = population.name.length > nameWidth ? `${population.name.slice(0, nameWidth - 1)}…` : population.name;
  const filled = cells.reduce((sum, line) => sum + line.reduce((all, bits) => all + bitCount(bits), 0), 0);
  const isDense = filled > densest * dots * width * 2;
  const most = spikes.reduce((largest, line) => Math.max(largest, ...line), 1);
  return cells.map((line, ordinal) => {
    const label = ordinal === 0 ? name.padEnd(nameWidth) : ' '.repeat(nameWidth);
    const characters = isDense
      ? Array.from(spikes[ordinal] ?? [], (count) => bars[Math.ceil((count / most) * (bars.length - 1))] ?? ' ')
      : Array.from(line, (bits) => (bits === 0 ? ' ' : String.fromCodePoint(0x2800 + bits)));
    return `${label} │${characters.join('')}`.trimEnd();
  });
}
