/** Projections as edges. */

import { itemAt } from '../../src/diagnostics/entry.js';
import type { ConversionReport } from '../../src/model/conversion-report.js';
import { numbersOf } from '../../src/model/arrays.js';
import { pairsOf } from '../../src/library/recognise/connections.js';
import type { End, Projection, SynapseType, ValidModel } from '../../src/model/model.js';
import { child } from '../../src/model/pointer.js';
import { elementsIn, populationOf, selectionSize } from '../../src/model/selected.js';
import { inUnit, numbersInUnit } from '../shared/in-unit.js';
import { column, numbersOfValue, type ExportedFile, type WrittenPart } from './export-parts.js';
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
  report: ConversionReport,
): { readonly files: readonly ExportedFile[]; readonly entries: readonly object[] } {
  const byName = new Map(parts.map((part) => [part.name, part]));
  const receptors = new Set<number>();
  const made = Object.entries(valid.model.projections).flatMap(([name, projection], k) => {
    const pointer = child('/projections', name);
    const edges = edgesOf(valid, projection, byName, pointer, report);
    if (typeof edges === 'string') {
      if (edges !== '' && !report.hasOmission(pointer)) report.missing(pointer, edges);
      return [];
    }
    const { source, target, sources, targets, weights, delays, receptor } = edges;
    receptors.add(receptor);
    const [weight, delay] = [weights, delays].map((numbers) =>
      numbers.every((number) => number === numbers[0]) ? (numbers[0] ?? 0) : undefined,
    );
    const id = 100 + k;
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
                  edge_type_id: column(new Uint32Array(count).fill(id)),
                  edge_group_id: column(new Uint32Array(count)),
                  edge_group_index: column(Uint32Array.from({ length: count }, (_, edge) => edge)),
                  '0': {
                    ...(weight === undefined ? { syn_weight: column(weights) } : {}),
                    ...(delay === undefined ? { delay: column(delays) } : {}),
                  },
                },
              },
            },
          },
          {
            name: `network/${name}_edge_types.csv`,
            text: [
              ['edge_type_id', 'population', 'model_template', ...columns, 'dynamics_params'],
              [id, name, 'static_synapse', ...cells, parameterFile(receptor)],
            ]
              .map((row) => `${row.join(' ')}\n`)
              .join(''),
          },
        ],
      },
    ];
  });
  const parameters = [...receptors].map((receptor): ExportedFile => ({
    name: `components/synaptic_models/${parameterFile(receptor)}`,
    text: `${JSON.stringify(receptor === 0 ? {} : { receptor_type: receptor })}\n`,
  }));
  return {
    files: [...made.flatMap(({ files }) => files), ...parameters],
    entries: made.map(({ entry }) => entry),
  };
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
  /** From 1 on; 0 for templates whose weights choose by their sign. */
  readonly receptor: number;
}

/** Returns the edges of a projection, or the reason why there are none; an empty text if its ends are left out. */
function edgesOf(
  valid: ValidModel,
  projection: Projection,
  parts: ReadonlyMap<string, WrittenPart>,
  pointer: string,
  report: ConversionReport,
): Edges | string {
  const { model, data } = valid;
  const { from, to } = projection;
  const [source, target] = [from, to].map(({ of }) => parts.get(populationOf(of) ?? ''));
  if ([from, to].some(({ of }) => populationOf(of) === undefined)) return 'ends in several populations';
  if (!source || !target) return '';
  if (target.named === null) return 'synapses onto a source of given spikes';
  if (from.event !== undefined && from.event !== 'spike') return `synapses that react to ${from.event}`;
  const type = model.synapses[projection.synapse];
  if (!type || !isStatic(type)) return 'synapses that are not static';
  if (projection.clock !== undefined) return 'a clock of its own';
  const elements = [from, to].map((end) => elementsOf(end, valid));
  const pairs = pairsIn(projection, valid);
  const [senders, receivers] = elements;
  if (!pairs || !senders || !receivers) return 'connections that are drawn; --freeze makes them explicit';
  const count = pairs.sources.length;
  const [pathway = ''] = Object.keys(type.pathways);
  const given = [
    projection.values['weight'] ?? type.parameters['weight']?.value,
    projection.delays[pathway] ?? type.pathways[pathway]?.delay,
  ].map((value) => numbersOfValue(value, count, data));
  const [weight, delay] = given;
  if (!weight || !delay) return 'weights or delays that are drawn; --freeze makes them explicit';
  const { template } = target.named;
  const variable = Object.values(projection.receptors)[0] ?? '';
  const index = template.weight.variables.indexOf(variable);
  if (index < 0) return `synapses that act on ${variable}, which is no receptor of ${template.name}`;
  const weights = weightsOf(template, index, numbersInUnit(weight, template.weight.unit));
  if (typeof weights === 'string') return weights;
  const dt = inUnit(model.experiment.dt, 'ms');
  const delays = numbersInUnit(delay, 'ms');
  if (delays.some((value) => value < dt / 2)) {
    report.different('sonata/short-delay', pointer, `delays below half a time step become ${dt} ms, NEST's shortest`);
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
    weights,
    delays,
    receptor: template.weight.by === 'receptor' ? index + 1 : 0,
  };
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
