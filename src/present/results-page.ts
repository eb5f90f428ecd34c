/** A page about a folder of results, such as the runs of a sweep: a row and a picture for each. */

import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { openRecorded } from '../compare/open-recorded.js';
import { withNodes } from '../compare/read/ours.js';
import { milliseconds, type Recorded } from '../compare/recorded.js';
import { DiagnosticError, UsageError } from '../diagnostics/diagnostic.js';
import { markupText } from '../diagnostics/display.js';
import { formatCount } from '../diagnostics/quantities.js';
import { longestAside, readSource } from '../pipeline/read/read-source.js';
import type { Picture } from '../pictures/canvas.js';
import { htmlPage, htmlTable } from './describe/formats.js';
import { recordedPicture } from './draw-picture.js';
import { figureOf, spikeCounts, sweepFigure } from './report-page.js';
import { readSweep, type SweptTable } from '../sweep/read-table.js';

/** Most pictures of a page; further results have a row of the table only. */
const mostPictures = 30;

/** Two pictures side by side if the window has space for their letters. */
const style = `<style>
body{max-width:100rem}
.runs{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,48.5rem),1fr));gap:1rem 1.5rem}
.runs figure{margin:0;border:1px solid var(--line);border-radius:8px;padding:.6rem;min-width:0}
.runs figcaption{font-size:.9375rem}
@media screen and (max-width:52rem){.runs figure{border:0;padding:0;margin-inline:-1rem}}
</style>`;

/**
 * Writes a self-contained page of HTML about the results in a folder. Values that a sweep varied are in its
 * `table.csv`, and are the titles of the pictures.
 *
 * @param folder  its files are results of any program; others are listed as not shown
 * @throws UsageError for a folder without results
 */
export async function resultsPage(folder: string): Promise<string> {
  const table = sweepOf(join(folder, 'table.csv'));
  const varied = variedValues(table);
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.') && entry.name !== 'table.csv')
    .map(({ name }) => name)
    .sort((a, b) => numbered(a, b));
  const rows: (readonly string[])[] = [];
  const figures: string[] = [];
  const notShown: string[] = [];
  for (const name of names) {
    let recorded: Recorded;
    let picture: Picture | undefined;
    const values = varied.rows.get(name) ?? varied.columns.map(() => '');
    const caption = varied.columns.map((column, k) => valueText(column, values[k] ?? '')).join(', ');
    try {
      recorded = withNodes(await openRecorded(join(folder, name)));
      if (figures.length < mostPictures)
        picture = await recordedPicture(recorded, { title: caption === '' ? name : caption });
    } catch (error) {
      if (!(error instanceof UsageError || error instanceof DiagnosticError)) throw error;
      notShown.push(name);
      continue;
    }
    rows.push([name, ...values, ...totalsOf(recorded)]);
    if (picture !== undefined)
      figures.push(
        await figureOf('run', picture, caption === '' ? '' : `<figcaption>${markupText(name)}</figcaption>`),
      );
  }
  if (rows.length === 0)
    throw new UsageError(`${folder} is a folder without results`, 'name a result, a model, or the folder of a sweep');
  const hidden = rows.length - figures.length;
  return htmlPage(basename(folder), [
    style,
    ...(table ? await sweepFigure(table) : []),
    htmlTable({ columns: ['file', ...varied.columns, 'duration', 'spikes', 'rate', 'fingerprint'], rows }),
    `<div class="runs">\n${figures.join('\n')}\n</div>`,
    ...(hidden > 0 ? [`<p>The first ${mostPictures} results have pictures; ${hidden} more are in the table.</p>`] : []),
    ...(notShown.length > 0 ? [`<p>Not shown: ${markupText(notShown.join(', '))}.</p>`] : []),
  ]);
}

/** Returns a value with its name and unit: `w = 3 mV` for a column `w (mV)`. */
const valueText = (column: string, value: string): string => {
  const [, name = column, unit = ''] = /^(.+) \((.+)\)$/.exec(column) ?? [];
  return `${name} = ${value} ${unit}`.trimEnd();
};

/** Returns duration, spikes and rate of all cells, and the first digits of the fingerprint. */
function totalsOf({ end, trains, record }: Recorded): readonly string[] {
  const spiking = trains.filter(({ event }) => event === 'spike');
  const { cells, spikes, rate } = spikeCounts(spiking, end);
  return [
    end === null ? '' : milliseconds(end),
    cells === 0 ? '' : formatCount(spikes),
    rate,
    record?.fingerprint.total.slice(0, 12) ?? '',
  ];
}

/** Columns of a sweep's table before the outcome, and their values by the name of the file of each run. */
interface VariedValues {
  readonly columns: readonly string[];
  readonly rows: ReadonlyMap<string, readonly string[]>;
}

function variedValues(table: SweptTable | undefined): VariedValues {
  const runs = table?.runs.filter(({ file }) => file !== '') ?? [];
  if (!table || runs.length === 0) return { columns: [], rows: new Map() };
  return {
    columns: [...table.varied, 'seed'],
    rows: new Map(runs.map(({ file, values, seed }) => [basename(file), [...values, seed]] as const)),
  };
}

const sweepOf = (path: string): SweptTable | undefined =>
  existsSync(path) ? readSweep(readSource(path, longestAside).text) : undefined;

/** Compares names by the numbers in them: `run-2` comes before `run-10`. */
function numbered(a: string, b: string): number {
  const [first, second] = [a, b].map((name) => name.replace(/\d+/g, (digits) => digits.padStart(12, '0')));
  return first! < second! ? -1 : Number(first! > second!);
}
