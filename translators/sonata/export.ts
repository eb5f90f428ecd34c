/** Writes models of point neurons as circuits with a simulation of them. */

import { UsageError } from '../../src/diagnostics/diagnostic.js';
import { conventions } from '../../src/library/conventions.js';
import type { Functions } from '../../src/lang/evaluate.js';
import { isRandom } from '../../src/lang/functions.js';
import { callsIn } from '../../src/lang/walk.js';
import { withCurrentsApart } from '../../src/library/currents-apart.js';
import { gathered } from '../../src/library/gather/gather.js';
import { standardise } from '../../src/library/recognise/standardise.js';
import { ConversionReport, type ConversionEntry } from '../../src/model/conversion-report.js';
import type { Model, ValidModel, Value } from '../../src/model/model.js';
import { composed, type Became } from '../../src/model/rewriting/became.js';
import {
  applyPasses,
  reporting,
  type AfterPass,
  type PassContext,
  type Rewriting,
} from '../../src/model/rewriting/rewriting.js';
import { reportUnwritten } from '../../src/model/rewriting/unwritten-parts.js';
import { child } from '../../src/model/pointer.js';
import { endOf, isGiven } from '../../src/model/tagged.js';
import { expressionsIn } from '../../src/model/typed.js';
import { typedModel, typedValid, writtenValid } from '../../src/model/typed-model.js';
import { inUnit } from '../shared/in-unit.js';
import { edgeFiles, pairsIn } from './export-edges.js';
import { writtenCells } from './export-cells.js';
import { clampsOf, currentsOf, NodeSets, reportsOf, spikeFiles } from './export-inputs.js';
import { nodeFiles, partsOf } from './export-nodes.js';
import type { ExportedFile } from './export-parts.js';
import { templateOfType } from './templates.js';

/** A circuit with a simulation, and how faithful they are. */
export interface ExportedSonata {
  /** The config of the simulation first. */
  readonly files: readonly ExportedFile[];
  readonly report: readonly ConversionEntry[];
  readonly became: Became;
}

/** Attributes of the root of each file. */
export const rootAttributes: Readonly<Record<string, Uint32Array>> = {
  magic: Uint32Array.of(0x0a7a),
  version: Uint32Array.of(0, 1),
};

/** State of a conversion to SONATA. */
interface SonataContext extends PassContext {
  /** Returns a model with all its draws made. */
  readonly draw: (valid: ValidModel, options?: { readonly listsRegular: boolean }) => Promise<ValidModel>;
  /** Functions of numbers with the digits of every target. */
  readonly functions: Functions;
}

/** Most steps of a current that is taken out of the equations of its cells. */
const mostSteps = 1000;

const isNumbers = (value: Value): boolean => typeof value === 'number' || isGiven(value);

/** Checks whether some cells have a shape. */
const hasShapes = ({ neurons }: Model): boolean => Object.values(neurons).some(({ compartments }) => compartments);

/**
 * Checks whether a population is a source that has no equations besides the rule of its spikes, and draws them. NEURON
 * has no sources among cells with a shape but lists.
 */
const drawsSpikes = (model: Model, name: string): boolean => {
  const { neurons, populations } = typedModel(model);
  const { derivatives = {}, events = {}, compartments } = neurons[populations[name]?.type ?? ''] ?? {};
  const calls = expressionsIn(events).flatMap(callsIn);
  const isSource = Object.keys(derivatives).length === 0 && !compartments && Object.keys(events).length > 0;
  return isSource && (hasShapes(model) || calls.some(({ function: called }) => isRandom(called)));
};

/** Returns pointers of the parts that draw connections, values or spikes. */
function drawnParts(valid: ValidModel): readonly string[] {
  const { populations, projections, synapses } = valid.model;
  return [
    ...Object.entries(populations).flatMap(([name, { values }]) =>
      Object.values(values).every(isNumbers) && !drawsSpikes(valid.model, name) ? [] : [child('/populations', name)],
    ),
    ...Object.entries(projections).flatMap(([name, projection]) => {
      const { values, delays, synapse } = projection;
      const all = [
        ...Object.values(values),
        ...Object.values(delays),
        ...Object.values(synapses[synapse]?.pathways ?? {}).map(({ delay }) => delay),
      ];
      return pairsIn(projection, valid) && all.every(isNumbers) ? [] : [child('/projections', name)];
    }),
  ];
}

/** Checks whether all cells have templates already, or some have a shape: then others are not rewritten. */
const hasTemplates = ({ model }: ValidModel): boolean =>
  hasShapes(model) ||
  (model.timing === 'grid' &&
    Object.values(model.populations).every(({ type }) => {
      const own = model.neurons[type ?? ''];
      return own === undefined || templateOfType(own) !== undefined;
    }));

const listDraws: Rewriting<SonataContext> = {
  name: 'list-draws',
  why: 'circuits have lists of edges and numbers, and virtual nodes have lists of spikes',
  apply: async (typed, { draw, report }) => {
    const valid = writtenValid(typed);
    const drawn = drawnParts(valid);
    if (drawn.length === 0) return 'nothing of it is drawn';
    for (const pointer of drawn)
      report.convention('sonata/drawn', pointer, `listed as drawn with the seed ${valid.model.experiment.seed}`);
    try {
      return { valid: typedValid(await draw(valid, { listsRegular: hasShapes(valid.model) })) };
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      report.missing(drawn[0] ?? '', error.message, 'sonata/drawn');
      return error.message;
    }
  },
};

/** The rewritings of a model without draws for SONATA, in order. */
const sonataPasses: readonly Rewriting<SonataContext>[] = [
  {
    name: 'gather',
    why: 'components of LEMS become refractory periods, currents, sources and receptors, which templates have',
    apply: reporting((valid) => (hasTemplates(writtenValid(valid)) ? { valid } : gathered(valid, 'sonata'))),
  },
  {
    name: 'currents-apart',
    why: 'currents that only follow the time are inputs',
    apply: (valid) =>
      hasTemplates(writtenValid(valid)) ? 'it has templates' : { valid: withCurrentsApart(valid, mostSteps) },
  },
  {
    name: 'standardise',
    why: 'templates are named cells, and edges static synapses',
    apply: reporting((valid) => (hasTemplates(writtenValid(valid)) ? { valid } : standardise(valid, 'sonata'))),
  },
  { ...listDraws, name: 'list-draws-of-names' },
];

/**
 * Returns a model as a circuit and its simulation.
 *
 * @param draw  returns a model with all its draws made
 */
export async function exportSonata(
  original: ValidModel,
  {
    draw,
    functions,
    afterPass,
  }: Pick<SonataContext, 'draw' | 'functions'> & { readonly afterPass?: AfterPass | undefined },
): Promise<ExportedSonata> {
  const report = new ConversionReport('sonata');
  const context = { report, draw, functions, afterPass };
  const { valid: drawn, became: first } = await applyPasses([listDraws], typedValid(original), context);
  const { valid: named, became } = await applyPasses(sonataPasses, drawn, context);
  const valid = writtenValid(named);
  const { model } = valid;
  const currents = currentsOf(valid, report);
  const cells = writtenCells(named, functions);
  const { facts } = cells;
  const simulator = facts ? 'NEURON' : 'NEST';
  const parts = partsOf(valid, currents.constant, cells, report);
  const byName = new Map(parts.map((part) => [part.name, part]));
  const sets = new NodeSets(byName);
  const nodes = nodeFiles(parts, report);
  const edges = edgeFiles(valid, parts, functions, report);
  const spikes = spikeFiles(valid, parts, facts !== undefined, report);
  const inputs = { ...spikes.inputs, ...clampsOf(valid, currents, byName, sets, report) };
  const reports = reportsOf(valid, byName, sets, report);
  for (const name of Object.keys(model.operations))
    report.missing(child('/operations', name), 'code that runs during a simulation');
  reportUnwritten(model, report);
  for (const entry of conventions(writtenValid(drawn), 'grid', simulator)) report.add(entry);
  const used = new Set(parts.flatMap(({ cell }) => (cell ? [cell] : [])));
  const hasSets = Object.keys(sets.sets).length > 0;
  const simulation = {
    manifest: { $BASE_DIR: '.', $INPUT_DIR: '$BASE_DIR/inputs', $OUTPUT_DIR: '$BASE_DIR/output' },
    target_simulator: simulator,
    network: '$BASE_DIR/circuit_config.json',
    run: {
      tstart: 0,
      tstop: inUnit(endOf(model.experiment.protocol), 'ms'),
      dt: inUnit(model.experiment.dt, 'ms'),
      ...(facts ? { ...facts.run, nsteps_block: stepsInMemory } : {}),
      ...seedOf(model),
    },
    ...(facts ? { conditions: facts.conditions } : {}),
    ...(hasSets ? { node_sets_file: '$BASE_DIR/node_sets.json' } : {}),
    inputs,
    reports,
    output: {
      output_dir: '$OUTPUT_DIR',
      log_file: 'log.txt',
      spikes_file: 'spikes.h5',
      spikes_sort_order: 'time',
      overwrite_output_dir: true,
    },
  };
  const circuit = {
    manifest: { $BASE_DIR: '.', $NETWORK_DIR: '$BASE_DIR/network', $COMPONENTS_DIR: '$BASE_DIR/components' },
    components: {
      point_neuron_models_dir: '$COMPONENTS_DIR/cell_models',
      synaptic_models_dir: '$COMPONENTS_DIR/synaptic_models',
      ...(facts
        ? {
            biophysical_neuron_models_dir: '$COMPONENTS_DIR/cell_models',
            morphologies_dir: '$COMPONENTS_DIR/morphologies',
            mechanisms_dir: '$COMPONENTS_DIR/mechanisms',
          }
        : {}),
    },
    networks: { nodes: nodes.entries, edges: edges.entries },
  };
  const text = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;
  return {
    files: [
      { name: 'simulation_config.json', text: text(simulation) },
      { name: 'circuit_config.json', text: text(circuit) },
      ...(hasSets ? [{ name: 'node_sets.json', text: text(sets.sets) }] : []),
      ...nodes.files,
      ...edges.files,
      ...spikes.files,
      // Types share the files of their mechanisms.
      ...new Map([...used].flatMap(({ files }) => files.map((file) => [file.name, file]))).values(),
    ],
    report: report.entries,
    became: composed([
      first,
      became,
      {
        variable: (given) => {
          const { cell } = byName.get(given.owner) ?? {};
          if (!cell || given.section === undefined) return given;
          const { kind, index, fraction } = cell.placeOf(given.section, given.fraction ?? 0.5);
          // As readers name sections of a shape.
          return { ...given, section: `${kind}_${index}`, fraction };
        },
      },
    ]),
  };
}

/** Steps that BMTK holds in memory; it runs no cells with a shape without a number. */
const stepsInMemory = 1000;

/** Largest seed that other programs take. */
const largestSeed = 0xffffffff;

const seedOf = ({ experiment: { seed } }: Model): { readonly random_seed?: number } =>
  Number(seed) <= largestSeed ? { random_seed: Number(seed) } : {};
