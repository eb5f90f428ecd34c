/** Pictures of results and models. */

import { basename } from 'node:path';
import { openRecorded, isOurs } from '../compare/open-recorded.js';
import { withNodes } from '../compare/read/ours.js';
import type { Recorded } from '../compare/recorded.js';
import { openRecord } from '../../runtime/results/open.js';
import { namesIn } from '../../runtime/results/written-nodes.js';
import { UsageError } from '../diagnostics/diagnostic.js';
import type { SynapseType, ValidModel } from '../model/model.js';
import { elementsIn, populationsOf } from '../model/selected.js';
import { writtenSelection } from '../model/typed-model.js';
import type { SelectionRule } from '../model/typed.js';
import type { ConnectedProjection, DrawnCell, DrawnWeights } from '../pictures/network-pictures.js';
import type { Picture } from '../pictures/canvas.js';
import type { CurvePlot } from '../pictures/curves.js';
import { shapeOf, shapeOfTree, type DrawnCellShape } from '../pictures/cell-shape.js';
import { drawnModel } from '../pipeline/build-program.js';
import { countPieces } from '../pipeline/compile-model.js';
import type { NeuromlParts } from './describe/neuroml-parts.js';
import { factsOf, markupNotation, mayBe, notationOfSuffix } from '../pipeline/read/notation.js';
import type { ImportedModel, RunnableModel } from '../pipeline/read/imported-model.js';
import type { PictureKind } from './picture-kinds.js';
import type { ImportOptions } from '../pipeline/read/import-options.js';
import { plotsPicture } from '../pictures/plots-picture.js';
import { longestAside, readSource } from '../pipeline/read/read-source.js';
import { whatIsFile } from '../pipeline/read/what-is.js';
import { readSweep } from '../sweep/read-table.js';
import { sweepPlots } from '../sweep/sweep-curves.js';
import { openModel } from '../session/open-model.js';
import { storedModel } from '../pipeline/results/stored-model.js';

/** Returns the picture that a file is usually drawn as; undefined: it depends on its content. */
const usualPicture = (path: string): PictureKind | undefined => {
  const notation = notationOfSuffix(path);
  return notation && factsOf(notation).picture;
};

/** How a picture is drawn. */
export interface PictureOptions {
  /** Absent: spikes, or else samples, which come first for a single cell. */
  readonly kind?: PictureKind;
  /** Width of the bins of rates in s. */
  readonly bin?: number;
  /** Title; absent: the name of the model, or else of the file. */
  readonly title?: string;
  /** Reads a model that is given instead of a result. */
  readonly importModel: (options?: ImportOptions) => ImportedModel;
  /** Reads the components of a document of NeuroML; undefined for other files. */
  readonly neuroml?: () => NeuromlParts | undefined;
}

/**
 * Draws a picture of a result of any program; pictures of networks need a result of interneuron or a model.
 *
 * @returns a document in SVG
 * @throws UsageError for a file that lacks the data of the picture
 */
export async function drawPictureOf(path: string, options: PictureOptions): Promise<string> {
  const { drawPicture } = await import('../pictures/canvas.js');
  return drawPicture(await pictureOf(path, options));
}

/** Returns the picture that `drawPictureOf` draws. */
export async function pictureOf(path: string, options: PictureOptions): Promise<Picture> {
  const { title } = options;
  const picture = await untitledPictureOf(path, options);
  return title === undefined ? picture : { ...picture, title };
}

async function untitledPictureOf(path: string, { kind, bin, importModel, neuroml }: PictureOptions): Promise<Picture> {
  if (kind === 'weights' || kind === 'connectivity' || kind === 'network')
    return networkPictureOf(await modelOf(path, importModel), kind);
  if (kind === 'morphology' || (kind === undefined && usualPicture(path) === 'morphology'))
    return morphologyPictureOf(path, await modelOf(path, importModel));
  const what = kind === undefined ? whatIsFile(path).kind : undefined;
  if (what === 'sweep') return sweepPictureOf(path);
  const parts = kind === 'gates' || (kind === undefined && mayBe(markupNotation, path)) ? neuroml?.() : undefined;
  const { channelPlots } = await import('./describe/channel-currents.js');
  const gates = parts && channelPlots(parts.lems);
  if (gates && (kind === 'gates' || gates.plots.length > 0)) return gatesPictureOf(path, gates);
  if (kind === 'gates')
    throw new UsageError(`${path} is not a document of NeuroML`, 'name a file of channels, such as na.channel.nml');
  // A model has no recordings: its network is what it shows without a run.
  if (what === 'model') {
    const imported = importModel();
    const { runOfCell } = await import('./run-of-cell.js');
    const run = await runOfCell(imported, (options) => Promise.resolve(importModel(options)));
    return run ? recordedPicture(run, { bin }) : networkPictureOf(imported, 'network');
  }
  return recordedPicture(withNodes(await openRecorded(path)), { kind, bin });
}

/** How a picture of recordings is drawn. */
interface RecordedPictureOptions {
  readonly kind?: 'raster' | 'rates' | 'traces' | undefined;
  readonly bin?: number | undefined;
  readonly title?: string | undefined;
}

/** Draws recordings. @returns a document in SVG */
export async function drawRecorded(recorded: Recorded, options: RecordedPictureOptions = {}): Promise<string> {
  const { drawPicture } = await import('../pictures/canvas.js');
  return drawPicture(await recordedPicture(recorded, options));
}

/** Returns the picture that `drawRecorded` draws. */
export async function recordedPicture(
  recorded: Recorded,
  { kind, bin, title }: RecordedPictureOptions,
): Promise<Picture> {
  const { rasterPicture, ratesPicture, tracesPicture } = await import('../pictures/recorded-pictures.js');
  const cells = recorded.trains.reduce((sum, { ids }) => sum + ids.length, 0);
  // The potential of a single cell says more than its spikes.
  const chosen = kind ?? (cells > 1 || (cells === 1 && recorded.signals.length === 0) ? 'raster' : 'traces');
  const picture =
    chosen === 'traces' ? tracesPicture(recorded) : (chosen === 'raster' ? rasterPicture : ratesPicture)(recorded, bin);
  return title === undefined ? picture : { ...picture, title };
}

function gatesPictureOf(
  path: string,
  { plots, note }: { readonly plots: readonly CurvePlot[]; readonly note: string },
): Picture {
  if (plots.length === 0)
    throw new UsageError(`${path} has no channels with gates`, 'name a file of channels, such as na.channel.nml');
  return plotsPicture(basename(path), `gates of ion channels ${note}`, plots);
}

/** Returns the curves of a sweep. @throws UsageError for one that varies no number */
function sweepPictureOf(path: string): Picture {
  const table = readSweep(readSource(path, longestAside).text);
  const plots = table ? sweepPlots(table) : [];
  if (plots.length === 0)
    throw new UsageError(`${path} varies no parameter with numbers`, 'vary one, such as --vary w=1:5:9 mV');
  return plotsPicture(basename(path), '', plots);
}

async function morphologyPictureOf(path: string, { valid: { model } }: RunnableModel): Promise<Picture> {
  const { morphologyPicture } = await import('../pictures/morphology-pictures.js');
  const cells = Object.entries(model.neurons).flatMap(([name, { compartments }]): DrawnCellShape[] => {
    const shape = compartments && shapeOf(name, compartments);
    return shape ? [shape] : [];
  });
  const trees = Object.entries(model.populations).flatMap(([name, population]): DrawnCellShape[] => {
    const { cable } = model.neurons[population.type ?? ''] ?? {};
    const shape = cable && shapeOfTree(name, cable, population);
    return shape ? [shape] : [];
  });
  if (cells.length + trees.length === 0)
    throw new UsageError(
      `no cell of ${path} has sections with points in space or sizes`,
      'name a morphology, such as cell.swc',
    );
  return morphologyPicture(basename(path), [...cells, ...trees]);
}

/** Returns the model in a result, or the model that the path itself names. */
async function modelOf(path: string, importModel: () => RunnableModel): Promise<RunnableModel> {
  return (await isOurs(path)) ? storedModel(await openRecord(path)) : importModel();
}

async function networkPictureOf(
  imported: RunnableModel,
  kind: 'weights' | 'connectivity' | 'network',
): Promise<Picture> {
  const { model } = imported.valid;
  const { connectivityPicture, networkPicture, weightsPicture } = await import('../pictures/network-pictures.js');
  const nameOf = namesIn(model);
  const populations = Object.entries(model.populations).map(([name, { size }]) => ({ name: nameOf(name), size }));
  // Projections between several populations have a part for each pair.
  const drawn = drawnModel(imported.valid, imported.positions);
  const pairs = Object.entries(drawn.model.projections).flatMap(([name, { from, to }]) => {
    const [sender, receiver] = [from.of, to.of].map((rule) => populationsOf(writtenSelection(rule))[0]);
    if (sender === undefined || receiver === undefined) return [];
    return [{ ends: { name, from: nameOf(sender), to: nameOf(receiver) }, rules: [from.of, to.of] as const }];
  });
  if (kind === 'network') {
    const counts = await countPieces(imported);
    const projections = pairs.map(({ ends }) => ({ ...ends, count: counts.get(ends.name) ?? 0 }));
    return networkPicture({ title: model.name, populations, projections });
  }
  const session = openModel(imported);
  try {
    if (kind === 'weights') {
      const weights = await weightsIn(drawn.model.projections, imported.valid, (projection, variable) =>
        session.read(projection, variable),
      );
      if (weights.length === 0)
        throw new UsageError('no projection of the model has weights', 'use --kind connectivity');
      return weightsPicture(model.name, weights);
    }
    const projections: ConnectedProjection[] = [];
    for (const { ends, rules } of pairs) {
      const [senders, receivers] = rules.map((rule) => cellsOf(rule, imported.valid));
      if (!senders || !receivers) continue;
      const synapses = await session.synapses(ends.name);
      projections.push({
        ...ends,
        sources: Array.from(synapses.sources, (element) => senders[element] ?? nowhere),
        targets: Array.from(synapses.targets, (element) => receivers[element] ?? nowhere),
      });
    }
    return connectivityPicture({ title: model.name, populations, projections });
  } finally {
    await session.dispose();
  }
}

const nowhere: DrawnCell = { population: '', index: 0 };

/** Returns the cells of a selection of one population, in its order; undefined for synapses. */
function cellsOf(rule: SelectionRule, valid: ValidModel): readonly DrawnCell[] | undefined {
  const [population = ''] = populationsOf(writtenSelection(rule));
  const elements = elementsIn(writtenSelection(rule), valid.model.populations[population]?.size ?? 0, valid.data);
  return elements?.map((index) => ({ population, index }));
}

/** Names that weights have, in order of preference. */
const weightNames = ['weight', 'w'] as const;

async function weightsIn(
  projections: Readonly<Record<string, { readonly synapse: string }>>,
  { model }: ValidModel,
  read: (projection: string, variable: string) => Promise<ArrayLike<number | bigint>>,
): Promise<readonly DrawnWeights[]> {
  const weights: DrawnWeights[] = [];
  for (const [projection, { synapse }] of Object.entries(projections)) {
    const found = weightOf(model.synapses[synapse]);
    if (found === undefined) continue;
    const values = Float64Array.from(await read(projection, found.variable), Number);
    if (values.length > 0) weights.push({ projection, ...found, values });
  }
  return weights;
}

function weightOf(type: SynapseType | undefined): { readonly variable: string; readonly unit: string } | undefined {
  for (const variable of weightNames) {
    const declared = type?.state[variable] ?? type?.parameters[variable];
    if (declared) return { variable, unit: declared.unit };
  }
  return undefined;
}
