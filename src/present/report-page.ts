/** A page about a model and a run of it: tables, equations, pictures, provenance. */

import { narrow } from '../pictures/layout.js';
import { platform } from '#platform';
import { openRecorded } from '../compare/open-recorded.js';
import { withNodes } from '../compare/read/ours.js';
import { milliseconds, type Recorded } from '../compare/recorded.js';
import { UsageError } from '../diagnostics/diagnostic.js';
import { isObject } from '../diagnostics/member.js';
import { formatCount, formatDuration } from '../diagnostics/quantities.js';
import { countAllSynapses } from '../pipeline/compile-model.js';
import { describeModel, networkCaption } from './describe/describe.js';
import type { FurtherParts } from './describe/description.js';
import { channelPlots } from './describe/channel-currents.js';
import { membraneSections, membraneTables } from './describe/membrane.js';
import type { NeuromlParts } from './describe/neuroml-parts.js';
import { plotsPicture } from '../pictures/plots-picture.js';
import { readSweep, type SweptTable } from '../sweep/read-table.js';
import { sweepPlots } from '../sweep/sweep-curves.js';
import { markupText } from '../diagnostics/display.js';
import { descriptionBlocks, htmlPage, htmlTable } from './describe/formats.js';
import type { Picture } from '../pictures/canvas.js';
import { cellDiagram } from '../pictures/cell-diagram.js';
import { modelDiagram } from '../pictures/model-diagram.js';
import { pictureOf, recordedPicture } from './draw-picture.js';
import { modelTitle } from './model-title.js';
import type { ImportOptions } from '../pipeline/read/import-options.js';
import { runOfCell } from './run-of-cell.js';
import type { ImportedModel } from '../pipeline/read/imported-model.js';
import { whatIsFile } from '../pipeline/read/what-is.js';
import { longestAside, readSource } from '../pipeline/read/read-source.js';
import { runProperties } from '../pipeline/results/run-properties.js';
import { inStage } from '../pipeline/stages.js';

/** Input of a report. */
export interface ReportOptions {
  /** Reads the model that a path names or that a result holds. */
  readonly model: (path: string, options?: ImportOptions) => Promise<ImportedModel>;
  /** Reads the components of a document of NeuroML; undefined for other files. */
  readonly neuroml?: (path: string) => NeuromlParts | undefined;
  /** Path of a conversion report. */
  readonly conversion?: string;
  /** Path that the page states; absent: where the file is. */
  readonly file?: string;
}

/** Most synapses for a picture of their weights, which builds the network. */
const mostSynapses = 5_000_000;

/**
 * Writes a self-contained page of HTML about a result of any program, or about a model.
 *
 * @throws UsageError for files that cannot be read
 * @throws DiagnosticError for models with mistakes
 */
export async function reportPage(
  path: string,
  { model, neuroml, conversion, file = path }: ReportOptions,
): Promise<string> {
  const { kind } = whatIsFile(path);
  if (kind === 'sweep') return sweepPage(path);
  const components = kind === 'model' ? neuroml?.(path) : undefined;
  const channels = components && (await channelsPage(path, components));
  if (channels !== undefined) return channels;
  const recorded = kind === 'model' ? null : withNodes(await openRecorded(path));
  const imported = recorded === null || recorded.record ? await model(path) : null;
  const parts = components && !imported?.isCarried ? membraneTables(components.lems) : undefined;
  const title = imported ? modelTitle(imported.valid.model, path) : platform.files.shareable(path);
  const synapses = imported === null ? null : await countAllSynapses(imported);
  const shown = recorded ?? (imported ? await runOfCell(imported, (options) => model(path, options)) : null) ?? null;
  return htmlPage(title, [
    ...(imported?.valid.model.metadata.description === undefined
      ? []
      : [`<p>${markupText(imported.valid.model.metadata.description)}</p>`]),
    ...answerBlocks(shown),
    ...(shown ? await pictures(shown) : []),
    ...(imported && synapses ? await networkFigures(path, imported, synapses, parts) : []),
    ...(recorded ? runBlocks(recorded, file) : []),
    ...(imported && synapses
      ? descriptionBlocks(inStage('describe', () => describeModel(imported.valid, imported.hashes, synapses, parts)))
      : []),
    ...(conversion === undefined ? [] : conversionBlocks(conversion)),
    ...(recorded?.record ? provenanceBlocks(recorded.record) : []),
  ]);
}

/** Returns the result in one sentence, before all pictures and tables. */
function answerBlocks(recorded: Recorded | null): readonly string[] {
  if (!recorded || recorded.trains.length === 0) return [];
  const { cells, spikes, rate } = spikeCounts(recorded.trains, recorded.end);
  const counts = `${formatCount(spikes)} ${spikes === 1 ? 'spike' : 'spikes'} of ${formatCount(cells)} ${cells === 1 ? 'cell' : 'cells'}`;
  return [`<p>${counts}${rate === '' ? '' : `, ${rate}${cells === 1 ? '' : ' each'}`}</p>`];
}

/** Returns the page of a document with cells and channels but no run; undefined for other documents. */
async function channelsPage(path: string, { lems }: NeuromlParts): Promise<string | undefined> {
  const sections = lems.target === null ? inStage('describe', () => membraneSections(lems, true)) : [];
  if (sections.length === 0) return undefined;
  const title = platform.paths.basename(path);
  const { plots, note } = inStage('describe', () => channelPlots(lems));
  return htmlPage(title, [
    ...(plots.length === 0 ? [] : [await figureOf('gates', plotsPicture('Gates of ion channels', note, plots))]),
    ...descriptionBlocks({ title, sections }),
  ]);
}

/** Returns the page of the table of a sweep. */
async function sweepPage(path: string): Promise<string> {
  const table = readSweep(readSource(path, longestAside).text);
  if (!table) throw new UsageError(`${path} is no table of a sweep`, 'write one with interneuron sweep -o table.csv');
  const { varied, populations, runs } = table;
  return htmlPage(platform.paths.basename(path), [
    ...(await sweepFigure(table)),
    htmlTable({
      columns: [...varied, 'seed', ...populations.map((name) => `rate of ${name} (Hz)`)],
      rows: runs.map(({ values, seed, rates }) => [
        ...values,
        seed,
        ...rates.map((rate) => (Number.isNaN(rate) ? '' : String(Number(rate.toPrecision(4))))),
      ]),
    }),
  ]);
}

/** Returns the curves of a sweep as a figure; none for a sweep that varies no number. */
export async function sweepFigure(table: SweptTable): Promise<readonly string[]> {
  const plots = sweepPlots(table);
  return plots.length === 0
    ? []
    : [await figureOf('sweep', plotsPicture('The result against the parameter', '', plots))];
}

/** Returns the numbers of cells and spikes of some trains, and the mean rate as text; empty without a duration. */
export function spikeCounts(
  trains: Recorded['trains'],
  end: Recorded['end'],
): { readonly cells: number; readonly spikes: number; readonly rate: string } {
  const cells = trains.reduce((sum, { ids }) => sum + ids.length, 0);
  const spikes = trains.flatMap((train) => train.trains).reduce((sum, { length }) => sum + length, 0);
  const rate = spikes / cells / (end ?? NaN);
  return { cells, spikes, rate: Number.isFinite(rate) ? `${Number(rate.toPrecision(4))} Hz` : '' };
}

function runBlocks({ path, format, end, dt, trains, record, notes }: Recorded, file: string): readonly string[] {
  const rows = [
    ['file', `${platform.files.shareable(file)}: ${format}`],
    ...(end === null ? [] : [['duration', formatDuration(end)]]),
    ...(dt === undefined ? [] : [['time step', milliseconds(dt)]]),
    ...(record ? [['fingerprint', record.fingerprint.total]] : []),
  ];
  const spikes = trains.map((train) => {
    const { cells, spikes: count, rate } = spikeCounts([train], end);
    const { population, event } = train;
    const name = `${population === '' ? 'cells' : population}${event === 'spike' ? '' : `.${event}`}`;
    return [name, formatCount(cells), formatCount(count), rate];
  });
  return [
    '<h2>Run</h2>',
    htmlTable({ columns: ['', ''], rows }),
    ...(spikes.length === 0 ? [] : [htmlTable({ columns: ['population', 'cells', 'spikes', 'rate'], rows: spikes })]),
    ...notes.map((note) => `<p>${markupText(note.replaceAll(path, platform.files.shareable(file)))}</p>`),
  ];
}

async function pictures(recorded: Recorded): Promise<readonly string[]> {
  const { trains, signals } = recorded;
  const cells = trains.filter(({ event }) => event === 'spike').map(({ ids }) => ids.length);
  const traces = signals.length > 0 ? (['traces'] as const) : [];
  const spikes = cells.some((count) => count > 0) ? (['raster'] as const) : [];
  const rates = cells.some((count) => count > 1) ? (['rates'] as const) : [];
  // The potential of a single cell says more than its spikes.
  const kinds = rates.length > 0 ? [...spikes, ...rates, ...traces] : traces.length > 0 ? traces : spikes;
  const titles = { raster: 'Spikes', rates: 'Rates', traces: 'Samples' } as const;
  const blocks: string[] = [];
  for (const kind of kinds)
    blocks.push(await figureOf(kind, await recordedPicture(recorded, { kind, title: titles[kind] })));
  return blocks;
}

/** Draws a picture for screens and for phones. @returns a figure in HTML with both, of which the style shows one */
export async function figureOf(kind: string, picture: Picture, caption = ''): Promise<string> {
  const { drawPicture } = await import('../pictures/canvas.js');
  const phone = drawPicture(picture, narrow).replace('<svg', '<svg class="narrow"');
  return `<figure class="${kind}" tabindex="0">${drawPicture(picture)}${phone}${caption}</figure>`;
}

type SynapseCounts = Awaited<ReturnType<typeof countAllSynapses>>;

/** Draws populations, projections and weights. */
async function networkFigures(
  path: string,
  imported: ImportedModel,
  synapses: SynapseCounts,
  parts: FurtherParts | undefined,
): Promise<readonly string[]> {
  const total = [...synapses.values()].reduce((sum, count) => sum + count, 0);
  if (total === 0 && !cellDiagram(imported.valid.model)) return [];
  const { svg, width, height } = modelDiagram(imported.valid.model, synapses);
  const caption = networkCaption(imported.valid.model, synapses, parts);
  const figures = [
    `<figure class="network"><svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="Network: ${caption}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${svg}</svg><figcaption>${caption}</figcaption></figure>`,
  ];
  if (total === 0 || total > mostSynapses) return figures;
  const settings = { kind: 'weights', title: 'Weights', importModel: () => imported } as const;
  try {
    return [...figures, await figureOf('weights', await pictureOf(path, settings))];
  } catch (error) {
    // Synapses of some models have no weights.
    if (!(error instanceof UsageError)) throw error;
    return figures;
  }
}

function conversionBlocks(path: string): readonly string[] {
  let report: unknown;
  const { text: written } = readSource(path, longestAside);
  try {
    report = JSON.parse(written);
  } catch {
    throw new UsageError(`${path} is no conversion report`, 'write one with interneuron convert --report FILE');
  }
  if (!isObject(report) || !Array.isArray(report['report']))
    throw new UsageError(`${path} is no conversion report`, 'write one with interneuron convert --report FILE');
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  const rows = (report['report'] as readonly unknown[])
    .filter(isObject)
    .map((one) => [text(one['verdict']), text(one['pointer']), text(one['message'])]);
  const { limit } = isObject(report['check']) ? report['check'] : {};
  // The limit of small steps decides whether both are one model.
  const verdicts = isObject(limit) ? text(limit['verdict']) : text(report['outcome']);
  return [
    '<h2>Conversion</h2>',
    `<p>From ${markupText(text(report['from']))} to ${markupText(text(report['to']))}: ${markupText(verdicts)}.</p>`,
    htmlTable({ columns: ['verdict', 'part', 'difference'], rows }),
  ];
}

function provenanceBlocks(record: NonNullable<Recorded['record']>): readonly string[] {
  const populations = Object.entries(record.fingerprint.populations).map(([name, { digest }]) => [name, digest]);
  const properties = Object.entries(runProperties(record)).map(([name, value]) => [name, String(value)]);
  return [
    '<h2>Provenance</h2>',
    htmlTable({ columns: ['', ''], rows: [...properties, ...record.notes.map((note) => ['method', note])] }),
    htmlTable({ columns: ['population', 'digest of its spikes and final state'], rows: populations }),
  ];
}
