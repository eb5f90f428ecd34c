/** Projections as edges. */

import { itemAt } from '../../src/diagnostics/entry.js';
import type { Functions } from '../../src/lang/evaluate.js';
import type { ConversionReport } from '../../src/model/conversion-report.js';
import { numbersOf } from '../../src/model/arrays.js';
import { pairsOf } from '../../src/library/recognise/connections.js';
import type { End, Projection, SynapseType, ValidModel } from '../../src/model/model.js';
import { child } from '../../src/model/pointer.js';
import { elementsIn, populationOf, selectionSize } from '../../src/model/selected.js';
import { typedValid } from '../../src/model/typed-model.js';
import { inUnit, numbersInUnit } from '../shared/in-unit.js';
import type { Hdf5Array } from '../shared/hdf5.js';
import { column, numbersOfValue, type ExportedFile, type WrittenPart } from './export-parts.js';
import { placedEdges, type SynapseKind } from './export-placed.js';
import type { Template } from './templates.js';

/** The file of parameters of a synapse, by receptor type; 0 for the sign of weights. */
const parameterFile = (receptor: number): string => (receptor === 0 ? 'static.json' : `receptor_${receptor}.json`);

/** Returns sources and targets of a projection's synapses, within its ends; undefined if they are drawn. */
export function pairsIn(
  projection: Projection,
  { model, data }: ValidModel,
): { readonly sources: ArrayLike<number>; readonly targets: ArrayLike<number> } | undefined {
  const [rule, ...others] = projection.connect;
  if (!rule || others.length > 0) return undefined;
  const [from, to] = [projection.from.of, projection.to.of];
  const sizes = {
    from: selectionSize(from, model.populations, data),
    to: selectionSize(to, model.populations, data),
    same: JSON.stringify(from) === JSON.stringify(to),
  };
  return pairsOf(rule, sizes, (array) => numbersOf(array, data));
}

/** Checks whether synapses only add their weight. */
const isStatic = ({ state, parameters, pathways, contributes }: SynapseType): boolean => {
  const [[name, pathway] = ['', undefined], ...others] = Object.entries(pathways);
  return (
    name !== '' &&
    others.length === 0 &&
    pathway?.on === 'pre.spike' &&
    pathway.do.join() === 'port += weight' &&
    Object.keys(parameters).join() === 'weight' &&
    Object.keys(state).length + Object.keys(contributes ?? {}).length === 0
  );
};

/** Returns the files of edge populations, and their entries in the config. */
export function edgeFiles(
  valid: ValidModel,
  parts: readonly WrittenPart[],
  functions: Functions,
  report: ConversionReport,
): { readonly files: readonly ExportedFile[]; readonly entries: readonly object[] } {
  const byName = new Map(parts.map((part) => [part.name, part]));
  const parameters = new Map<string, string>();
  let nextType = 100;
  const made = Object.keys(valid.model.projections).flatMap((name) => {
    const pointer = child('/projections', name);
    const edges = edgesOf(valid, name, byName, functions, report);
    if (typeof edges === 'string') {
      if (edges !== '' && !report.hasOmission(pointer)) report.missing(pointer, edges);
      return [];
    }
    const { source, target, sources, targets, weights, delays, kinds, kindOf, places = {} } = edges;
    const [weight, delay] = [weights, delays].map((numbers) =>
      numbers.every((number) => number === numbers[0]) ? (numbers[0] ?? 0) : undefined,
    );
    const first = nextType;
    nextType += kinds.length;
    const count = sources.length;
    const columns = ['syn_weight', 'delay'].filter((_, index) => [weight, delay][index] !== undefined);
    const cells = [weight, delay].filter((cell) => cell !== undefined);
    report.wrote(pointer);
    report.exact(pointer, `${count} edges`);
    return [
      {
        entry: {
          edges_file: `$NETWORK_DIR/${name}_edges.h5`,
          edge_types_file: `$NETWORK_DIR/${name}_edge_types.csv`,
        },
        files: [
          {
            name: `network/${name}_edges.h5`,
            tree: {
              edges: {
                [name]: {
                  source_node_id: column(sources, { node_population: source.population }),
                  target_node_id: column(targets, { node_population: target.population }),
                  edge_type_id: column(kindOf.map((kind) => first + kind)),
                  edge_group_id: column(new Uint32Array(count)),
                  edge_group_index: column(Uint32Array.from({ length: count }, (_, edge) => edge)),
                  ...(target.cell
                    ? { indices: { source_to_target: indexBy(sources), target_to_source: indexBy(targets) } }
                    : {}),
                  '0': {
                    ...(weight === undefined ? { syn_weight: column(weights) } : {}),
                    ...(delay === undefined ? { delay: column(delays) } : {}),
                    ...Object.fromEntries(Object.entries(places).map(([key, numbers]) => [key, column(numbers)])),
                  },
                },
              },
            },
          },
          {
            name: `network/${name}_edge_types.csv`,
            text: [
              ['edge_type_id', 'population', 'model_template', ...columns, 'dynamics_params'],
              ...kinds.map(({ template, file, content }, kind) => {
                parameters.set(file, `${JSON.stringify(content)}\n`);
                return [first + kind, name, template, ...cells, file];
              }),
            ]
              .map((row) => `${row.join(' ')}\n`)
              .join(''),
          },
        ],
      },
    ];
  });
  return {
    files: [
      ...made.flatMap(({ files }) => files),
      ...[...parameters].map(([file, text]) => ({ name: `components/synaptic_models/${file}`, text })),
    ],
    entries: made.map(({ entry }) => entry),
  };
}

/**
 * Returns an index of edges by the node at one end, without which BMTK's BioNet reads none: a range of rows for each
 * node, and in each row a range of edges.
 */
function indexBy(nodes: Uint32Array): Readonly<Record<'node_id_to_range' | 'range_to_edge_id', Hdf5Array>> {
  const rows = Uint32Array.from(nodes.keys()).sort((a, b) => nodes[a]! - nodes[b]! || a - b);
  const last = rows.at(-1);
  const ranges = new Uint32Array(last === undefined ? 0 : 2 * (nodes[last]! + 1));
  for (const [row, edge] of rows.entries()) {
    const at = 2 * nodes[edge]!;
    if (ranges[at + 1] === 0) ranges[at] = row;
    ranges[at + 1] = row + 1;
  }
  const edges = Uint32Array.from({ length: 2 * rows.length }, (_, k) => rows[k >> 1]! + (k & 1));
  const inPairs = (array: Uint32Array): Hdf5Array => ({ array, shape: [array.length / 2, 2] });
  return { node_id_to_range: inPairs(ranges), range_to_edge_id: inPairs(edges) };
}

interface Edges {
  readonly source: WrittenPart;
  readonly target: WrittenPart;
  /** Node ids. */
  readonly sources: Uint32Array;
  readonly targets: Uint32Array;
  /** In the template's unit. */
  readonly weights: Float64Array;
  /** In ms. */
  readonly delays: Float64Array;
  /** Types of edges, with their files of parameters. */
  readonly kinds: readonly (SynapseKind & { readonly file: string })[];
  /** The type of each edge. */
  readonly kindOf: Uint32Array;
  /** Columns of places on cells with a shape. */
  readonly places?: Readonly<Record<string, Float64Array | Uint32Array>>;
}

/** Returns the edges of a projection, or the reason why there are none; an empty text if its ends are left out. */
function edgesOf(
  valid: ValidModel,
  name: string,
  parts: ReadonlyMap<string, WrittenPart>,
  functions: Functions,
  report: ConversionReport,
): Edges | string {
  const { model, data } = valid;
  const projection = model.projections[name]!;
  const { from, to } = projection;
  const [source, target] = [from, to].map(({ of }) => parts.get(populationOf(of) ?? ''));
  if ([from, to].some(({ of }) => populationOf(of) === undefined)) return 'ends in several populations';
  if (!source || !target) return '';
  if (target.named === null) return 'synapses onto a source of given spikes';
  const event = from.event ?? 'spike';
  if (event !== (source.cell?.event ?? 'spike')) return `synapses that react to ${event}`;
  const type = model.synapses[projection.synapse];
  if (!type || (!target.cell && !isStatic(type))) return 'synapses that are not static';
  if (projection.clock !== undefined) return 'a clock of its own';
  const elements = [from, to].map((end) => elementsOf(end, valid));
  const pairs = pairsIn(projection, valid);
  const [senders, receivers] = elements;
  if (!pairs || !senders || !receivers) return 'connections that are drawn; --freeze makes them explicit';
  const count = pairs.sources.length;
  const [pathway = ''] = Object.keys(type.pathways);
  const given = projection.delays[pathway] ?? type.pathways[pathway]?.delay;
  const delay = numbersOfValue(given, count, data);
  const made = target.cell
    ? placedEdges(typedValid(valid), name, target.cell, count, functions)
    : pointEdges(valid, projection, target.named.template, count);
  if (typeof made === 'string') return made;
  if (!delay) return 'delays that are drawn; --freeze makes them explicit';
  const dt = inUnit(model.experiment.dt, 'ms');
  const delays = numbersInUnit(delay, 'ms');
  if (delays.some((value) => value < dt / 2)) {
    const message = `delays below half a time step become ${dt} ms, ${target.cell ? 'the shortest between cells' : "NEST's shortest"}`;
    report.different('sonata/short-delay', child('/projections', name), message);
    for (let k = 0; k < count; k++) if (delays[k]! < dt / 2) delays[k] = dt;
  }
  return {
    source,
    target,
    sources: Uint32Array.from({ length: count }, (_, k) =>
      itemAt(source.ids, itemAt(senders, itemAt(pairs.sources, k))),
    ),
    targets: Uint32Array.from({ length: count }, (_, k) =>
      itemAt(target.ids, itemAt(receivers, itemAt(pairs.targets, k))),
    ),
    delays,
    ...made,
  };
}

/** Returns the weights of static synapses and their receptor, or the reason why there are none. */
function pointEdges(
  { model, data }: ValidModel,
  { synapse, values, receptors }: Projection,
  template: Template,
  count: number,
): Pick<Edges, 'weights' | 'kinds' | 'kindOf'> | string {
  const weight = numbersOfValue(values['weight'] ?? model.synapses[synapse]?.parameters['weight']?.value, count, data);
  if (!weight) return 'weights that are drawn; --freeze makes them explicit';
  const variable = Object.values(receptors)[0] ?? '';
  const index = template.weight.variables.indexOf(variable);
  if (index < 0) return `synapses that act on ${variable}, which is no receptor of ${template.name}`;
  const weights = weightsOf(template, index, numbersInUnit(weight, template.weight.unit));
  if (typeof weights === 'string') return weights;
  const receptor = template.weight.by === 'receptor' ? index + 1 : 0;
  const content = receptor === 0 ? {} : { receptor_type: receptor };
  const kind = { template: 'static_synapse', file: parameterFile(receptor), content };
  return { weights, kinds: [kind], kindOf: new Uint32Array(count) };
}

/** Returns the elements of an end, in order. */
const elementsOf = ({ of }: End, { model, data }: ValidModel): ArrayLike<number> | undefined =>
  elementsIn(of, model.populations[populationOf(of) ?? '']?.size ?? 0, data);

/** Returns weights with the sign that stands for their receptor, or the reason why there is none. */
function weightsOf({ weight, name }: Template, index: number, numbers: Float64Array): Float64Array | string {
  const { variables, by, magnitude } = weight;
  if (by === 'receptor' || variables[0] === variables[1]) return numbers;
  if (magnitude)
    return numbers.some((number) => number < 0)
      ? 'a negative conductance'
      : index === 0
        ? numbers
        : numbers.map((number) => -number);
  const isOther = (number: number): boolean => (index === 0 ? number < 0 : number > 0);
  return numbers.some(isOther)
    ? `weights with the sign of the other receptor: ${name} has one receptor for each sign`
    : numbers;
}
