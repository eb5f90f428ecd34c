/** Edge populations: lists of synapses between the parts of node populations. */

import { entryOf, itemAt } from '../../src/diagnostics/entry.js';
import { memberOf } from '../../src/diagnostics/member.js';
import { identifier, UniqueNames } from '../../src/model/free-name.js';
import { exp } from '../../src/numpy/functions.js';
import { RandomState } from '../../src/numpy/random-state.js';
import type { Config } from './config.js';
import type { TypeRow, TypeTable } from './csv.js';
import { checkColumns, checkMembers } from './keys.js';
import * as messages from './messages.js';
import {
  idRange,
  noPart,
  parameterReader,
  populationsAt,
  typeRows,
  typesAt,
  type NodePart,
  type Nodes,
} from './nodes.js';
import { placedSynapseOf } from './placed-synapses.js';
import { placeColumns, placesOn, type PlacedSynapses } from './places.js';
import { attributeIn, checkRows, groupingOf, numbersIn, placeIn, tableIn, type GroupAt } from './tables.js';
import type { Template } from './templates.js';

/** Synapses of one projection, in the order of the file. */
export interface Synapses {
  readonly name: string;
  readonly from: NodePart;
  readonly to: NodePart;
  readonly template: Template;
  /** Number of the variable among the template's that weights are added to. */
  readonly receptor: number;
  readonly sources: Uint32Array;
  readonly targets: Uint32Array;
  /** In the template's unit. */
  readonly weights: Float64Array;
  /** In ms. */
  readonly delays: Float64Array;
  /** Position of its entry in the config. */
  readonly entry: number;
  /** Synapses on cells with a shape; absent: they only add weights. */
  readonly placed?: PlacedSynapses;
}

/** NEST's default delay of a connection, in ms. */
const usualDelay = 1;

/** Checks whether a synapse model only adds its weight. */
const isStatic = (name: string | undefined): boolean =>
  name === undefined || /^(nest:)?static_synapse$/.test(name) || name === 'pynn:StaticSynapse';

/**
 * Weight functions that BMTK defines. All but `gaussianLL` give syn_weight.
 *
 * @source BMTK 1.2.0, bmtk/simulator/pointnet and bionet, default_setters/synaptic_weights.py
 */
const weightFunctions: readonly string[] = ['wmax', 'set_syn_weight', 'default_weight_fnc', 'gaussianLL'];

/** Returns the factor of a weight between cells with these tuning angles, all in degrees (`gaussianLL`). */
function tuningFactor(source: number, target: number, sigma: number): number {
  const difference = Math.abs(Math.abs(Math.abs(180 - (Math.abs(target - source) % 360)) - 90) - 90);
  const ratio = difference / sigma;
  return exp(-(ratio * ratio));
}

/** The common values of a type of edges. */
interface EdgeType {
  readonly row: TypeRow;
  readonly weight: number | undefined;
  readonly delay: number | undefined;
  readonly count: number | undefined;
  /** From 1 on. */
  readonly receptor: number | undefined;
  /** Factor of the weight of edges with a number of synapses, onto cells of NEURON without shape. */
  readonly sign: number;
  /** Name among `weightFunctions`. */
  readonly weightFunction: string | undefined;
  /** Standard deviation of `gaussianLL`, in degrees. */
  readonly sigma: number | undefined;
}

/** A population of edges in a file. */
interface EdgePopulation {
  readonly at: GroupAt;
  readonly types: TypeTable | null;
  /** Position of its entry in the config. */
  readonly entry: number;
}

/**
 * Returns populations in the order in which BMTK connects them and draws: first edges between cells, then edges from
 * virtual nodes in the order of the inputs.
 *
 * @param fed  virtual nodes in the order of the inputs
 * @source BMTK 1.2.0, bmtk/simulator/bionet/biosimulator.py and bionetwork.py
 */
function inOrderOfBmtk(
  populations: readonly EdgePopulation[],
  nodes: ReadonlyMap<string, Nodes>,
  fed: readonly NodePart[],
): readonly EdgePopulation[] {
  const rank = ({ at }: EdgePopulation): number => {
    const source = nodes.get(tableIn(at, 'source_node_id')?.attributes['node_population'] ?? '');
    if (source?.parts.every(({ template }) => template !== null)) return -1;
    const input = fed.findIndex((part) => source?.parts.includes(part));
    return input < 0 ? fed.length : input;
  };
  return [...populations].sort((a, b) => rank(a) - rank(b));
}

/**
 * Reads all edge populations of a config.
 *
 * @param dt  time step in ms
 * @param fed  virtual nodes in the order of the inputs
 * @param groups  takes the number of groups of each edge population
 */
export function readEdges(
  config: Config,
  nodes: ReadonlyMap<string, Nodes>,
  dt: number,
  fed: readonly NodePart[],
  groups: Map<string, number>,
): readonly Synapses[] {
  const entries = config.get('networks', 'edges');
  const list: readonly unknown[] = Array.isArray(entries) ? entries : [];
  if (entries !== undefined && !Array.isArray(entries))
    config.report(messages.wrongValue('edges', 'a list of files', entries), config.place('networks', 'edges'));
  const parameters = parameterReader(config, 'synaptic_models_dir');
  const populations = [...list.keys()].flatMap((entry): readonly EdgePopulation[] => {
    const types = typesAt(config, 'edge', entry);
    checkColumns(types, 'edge', config.report);
    return populationsAt(config, 'edge', entry).map((at) => ({ at, types, entry }));
  });
  const around = { config, nodes, dt, parameters, groups, generatorOf: generatorsOf(nodes) };
  const read = new Map(
    inOrderOfBmtk(populations, nodes, fed).map((population) => [population, readPopulation(population, around)]),
  );
  const names = new UniqueNames();
  return populations
    .flatMap((population) => read.get(population) ?? [])
    .map((synapses) => ({ ...synapses, name: names.take(synapses.name) }));
}

/** Returns the generators of cells, whose seeds number the nodes of all populations, by population and id. */
function generatorsOf(nodes: ReadonlyMap<string, Nodes>): Surroundings['generatorOf'] {
  const offsets = new Map<Nodes, number>();
  let offset = 0;
  for (const population of nodes.values()) {
    offsets.set(population, offset);
    offset += idRange(population)[1] + 1;
  }
  const generators = new Map<number, RandomState>();
  return (population, row) => {
    const seed = (offsets.get(population) ?? 0) + population.idOf(row);
    const known = generators.get(seed) ?? new RandomState(seed);
    generators.set(seed, known);
    return known;
  };
}

interface Surroundings {
  readonly config: Config;
  readonly nodes: ReadonlyMap<string, Nodes>;
  readonly dt: number;
  /** Returns the generator of the places on a cell. */
  readonly generatorOf: (nodes: Nodes, row: number) => RandomState;
  readonly groups: Map<string, number>;
  /** Node populations with mistakes that were reported. */
  readonly parameters: ReturnType<typeof parameterReader>;
}

/**
 * Checks whether cells of NEURON take bare weights. Arrivals at points act without a synapse, whatever model is named;
 * those on shapes have models of their own.
 */
const takesBareWeights = (to: Nodes | undefined): boolean =>
  to !== undefined && to.parts.every(({ template }) => template?.weight.unit === '1' || template?.shape);

/** Checks of columns with names, which types and single edges have. Each returns a finding on an unknown name. */
const checks = {
  model_template: (name: string) => (isStatic(name) ? undefined : messages.unknownSynapse(name)),
  weight_function: (name: string) =>
    weightFunctions.includes(name) ? undefined : messages.unknownWeightFunction(name, weightFunctions),
};

/** Returns the columns with names. @param isBare  whether synapses have no model */
const namedColumns = (isBare: boolean): readonly (keyof typeof checks)[] =>
  isBare ? ['weight_function'] : ['model_template', 'weight_function'];

function typeOf(row: TypeRow, isBare: boolean, { config, parameters }: Surroundings): EdgeType {
  const { cells, place } = row;
  for (const column of namedColumns(isBare)) {
    const finding = cells.has(column) ? checks[column](entryOf(cells, column)) : undefined;
    if (finding) config.report(finding, place);
  }
  const file = cells.get('dynamics_params');
  const found = file === undefined ? undefined : parameters(file, row);
  // NEURON's cells without shape take no more than the sign.
  const given = isBare ? { sign: found?.value['sign'] } : { ...(found?.value ?? {}) };
  const known = ['weight', 'delay', 'receptor_type', 'receptor', 'synapse_model', 'model'];
  for (const name of Object.keys(given))
    if (!known.includes(name) && found && !isBare)
      config.report(messages.unknownParameter(name, 'static_synapse', known.slice(0, 3)), found.placeOf(name));
  const number = (...names: readonly string[]): number | undefined => {
    for (const name of names) {
      const text = cells.get(name) ?? memberOf(given, name);
      if (text === undefined) continue;
      const value = Number(text);
      if (Number.isFinite(value)) return value;
      config.report(messages.notANumber(name, text), place);
    }
    return undefined;
  };
  return {
    row,
    weight: number('syn_weight', 'weight'),
    delay: number('delay'),
    count: number('nsyns'),
    receptor: number('receptor_type'),
    sign: (isBare ? number('sign') : undefined) ?? 1,
    weightFunction: cells.get('weight_function'),
    sigma: number('weight_sigma'),
  };
}

/** Nodes at an end of edges. */
function endOf(at: GroupAt, end: 'source' | 'target', { nodes }: Surroundings): Nodes | undefined {
  const name = `${end}_node_id`;
  const population = tableIn(at, name)?.attributes['node_population'];
  if (population === undefined) {
    if (tableIn(at, name))
      at.report(messages.missingDataset(`attribute node_population of ${name}`), placeIn(at, name));
    return undefined;
  }
  const found = nodes.get(population);
  if (!found) at.report(messages.unknownPopulation(population, [...nodes.keys()]), placeIn(at, name));
  return found;
}

/** Returns the row of each node that edges name, and reports missing nodes. */
function rowsOf(at: GroupAt, end: 'source' | 'target', ids: Float64Array, nodes: Nodes): Int32Array {
  const rows = new Int32Array(ids.length);
  let [first, count] = [-1, 0];
  for (let edge = 0; edge < ids.length; edge++) {
    const row = nodes.rowOf(ids[edge]!);
    rows[edge] = row;
    if (row >= 0) continue;
    if (first < 0) first = edge;
    count++;
  }
  if (count > 0)
    at.report(
      messages.danglingNode(nodes.name, idRange(nodes), itemAt(ids, first), count),
      placeIn(at, `${end}_node_id`, first),
    );
  return rows;
}

function readPopulation({ at, types, entry }: EdgePopulation, around: Surroundings): readonly Synapses[] {
  const { dt } = around;
  const wanted = { isRequired: true, isInteger: true };
  const typeIds = numbersIn(at, 'edge_type_id', wanted);
  const length = typeIds?.length;
  const wantedRows = length === undefined ? wanted : { ...wanted, length };
  const sourceIds = numbersIn(at, 'source_node_id', wantedRows);
  const targetIds = numbersIn(at, 'target_node_id', wantedRows);
  const [from, to] = [endOf(at, 'source', around), endOf(at, 'target', around)];
  if (!typeIds) return [];
  const rowsById = typeRows(at, 'edge', typeIds, types);
  const typesById = new Map([...rowsById].map(([id, row]) => [id, typeOf(row, takesBareWeights(to), around)]));
  if (!sourceIds || !targetIds || !from || !to) return [];
  const count = typeIds.length;
  const sourceRows = rowsOf(at, 'source', sourceIds, from);
  const targetRows = rowsOf(at, 'target', targetIds, to);
  const grouping = groupingOf(at, 'edge', count);
  checkMembers(at, 'edge', grouping.groups.values());
  around.groups.set(at.group.name, grouping.groups.size);
  const column = (name: string): ReadonlyMap<number, Float64Array | undefined> => {
    const found = new Map([...grouping.groups].map(([id, group]) => [id, group && numbersIn(group, name)]));
    for (const [id, values] of found) if (values) checkRows(at, 'edge', grouping, id, values.length, count);
    return found;
  };
  const [weightsIn, delaysIn, countsIn, sigmasIn] = ['syn_weight', 'delay', 'nsyns', 'weight_sigma'].map(column);
  const places = placesOn(at, grouping, column, to.name, (row) =>
    placedSynapseOf(around.config, row, around.parameters),
  );
  const functions = new Map([...grouping.groups].map(([id, group]) => [id, group && functionsIn(group, to)]));
  reportUnread(at, grouping.groups, to.parts.some(({ template }) => template?.shape) ? readOnShapes : readAttributes);
  const [weights, delays] = [new Float64Array(count), new Float64Array(count)];
  const keys = new Int32Array(count).fill(-1);
  const sizes = new Map<number, number>();
  const reported = new Set<string>();
  const once = (key: string, say: () => void): void => {
    if (!reported.has(key)) say();
    reported.add(key);
  };
  let [counted, undelayed] = [0, 0];
  for (let edge = 0; edge < count; edge++) {
    const type = typesById.get(typeIds[edge]!);
    const [source, target] = [sourceRows[edge]!, targetRows[edge]!];
    if (!type || source < 0 || target < 0) continue;
    const [group, row] = [grouping.groupOf(edge), grouping.rowIn(edge)];
    let weight = weightsIn?.get(group)?.[row] ?? type.weight;
    const stated = countsIn?.get(group)?.[row] ?? type.count;
    let synapses = stated ?? 1;
    const delay = delaysIn?.get(group)?.[row] ?? type.delay;
    const [sourcePart, targetPart] = [from.partOf[source]!, to.partOf[target]!];
    if (sourcePart === noPart || targetPart === noPart) continue;
    const template = to.parts[targetPart]?.template;
    if (!template) {
      once('virtual', () => at.report(messages.virtualTarget(to.name), placeIn(at, 'target_node_id', edge)));
      continue;
    }
    if (weight === undefined) {
      once(`weight ${type.row.id}`, () => at.report(messages.missingWeight(type.row.id), type.row.place));
      continue;
    }
    if ((functions.get(group)?.[row] ?? type.weightFunction) === 'gaussianLL') {
      const sigma = sigmasIn?.get(group)?.[row] ?? type.sigma;
      const angles = [from.attribute(source, 'tuning_angle'), to.attribute(target, 'tuning_angle')].map(Number);
      if (!(sigma! > 0) || !angles.every(Number.isFinite)) {
        once(`tuning ${type.row.id}`, () => at.report(messages.missingTuning(type.row.id), type.row.place));
        continue;
      }
      weight *= tuningFactor(angles[0]!, angles[1]!, sigma!);
    }
    if (!(synapses >= 0 && (!template.shape || Number.isInteger(synapses)))) {
      const place = type.count === synapses ? type.row.place : placeIn(at, `${group}/nsyns`, row);
      once('nsyns', () => at.report(messages.wrongValue('nsyns', 'a number of synapses, 0 or more', synapses), place));
      continue;
    }
    // Each synapse on a shape has the weight of its edge.
    if (template.shape) synapses = 1;
    else if (stated !== undefined) weight *= type.sign;
    if (synapses !== 1) counted++;
    if (delay === undefined && template.shape) {
      once(`delay ${type.row.id}`, () => at.report(messages.missingInEdges(type.row.id, 'delay'), type.row.place));
      continue;
    }
    if (delay === undefined) undelayed++;
    else if (delay < dt / 2)
      once('delay', () =>
        at.report(
          messages.shortDelay(delay, dt),
          type.delay === delay ? type.row.place : placeIn(at, `${group}/delay`, row),
        ),
      );
    const { by, variables } = template.weight;
    const model =
      template.shape &&
      places.modelOf(
        edge,
        type.row,
        { compartments: template.shape.compartments, random: around.generatorOf(to, target) },
        stated,
      );
    if (template.shape && (model === undefined || places.countOf(edge) === 0)) continue;
    const receptor = model ?? (by === 'receptor' ? (type.receptor ?? 0) - 1 : weight < 0 ? 1 : 0);
    if (model === undefined && (receptor < 0 || receptor >= variables.length)) {
      once(`receptor ${type.row.id}`, () =>
        at.report(messages.unknownReceptor(receptor + 1, template.name, variables.length), type.row.place),
      );
      continue;
    }
    weights[edge] = template.weight.magnitude ? Math.abs(weight * synapses) : weight * synapses;
    delays[edge] = delay ?? usualDelay;
    const key = (sourcePart * to.parts.length + targetPart) * mostReceptors + receptor;
    keys[edge] = key;
    sizes.set(key, (sizes.get(key) ?? 0) + 1);
  }
  if (counted > 0) at.report(messages.countedSynapses(at.group.name, counted), placeIn(at));
  places.note();
  if (undelayed > 0) at.report(messages.usualDelay(at.group.name), placeIn(at));
  return [...sizes.keys()].map((key): Synapses => {
    const receptor = key % mostReceptors;
    const pair = Math.floor(key / mostReceptors);
    const source = itemAt(from.parts, Math.floor(pair / to.parts.length));
    const target = itemAt(to.parts, pair % to.parts.length);
    const template = target.template!;
    const edges: number[] = [];
    for (let edge = 0; edge < count; edge++) if (keys[edge] === key) edges.push(edge);
    const all = template.shape ? edges.flatMap((edge) => Array<number>(places.countOf(edge)).fill(edge)) : edges;
    return {
      name: identifier(sizes.size === 1 ? at.group.name : partName(at.group.name, source, target, template, receptor)),
      from: source,
      to: target,
      template,
      receptor,
      sources: Uint32Array.from(all, (edge) => from.elementOf[sourceRows[edge]!]!),
      targets: Uint32Array.from(all, (edge) => to.elementOf[targetRows[edge]!]!),
      weights: Float64Array.from(all, (edge) => weights[edge]!),
      delays: Float64Array.from(all, (edge) => delays[edge]!),
      entry,
      ...(template.shape ? { placed: places.synapsesOf(edges) } : {}),
    };
  });
}

/** More than any template has. */
const mostReceptors = 1024;

function partName(edges: string, from: NodePart, to: NodePart, template: Template, receptor: number): string {
  const { weight, shape } = template;
  if (shape) return `${edges}_${from.name}_${to.name}_${receptor + 1}`;
  const kind = weight.by === 'receptor' ? `receptor_${receptor + 1}` : receptor === 0 ? 'excitatory' : 'inhibitory';
  return `${edges}_${from.name}_${to.name}_${kind}`;
}

/** Attributes of single edges that are read. */
const readAttributes = ['syn_weight', 'delay', 'nsyns', 'weight_sigma', 'model_template', 'weight_function'];

/** Attributes that only synapses on shapes have. */
const readOnShapes = [...readAttributes, ...placeColumns];

/** Checks the names that single edges have. @returns their weight functions, if they are given */
function functionsIn(at: GroupAt, to: Nodes): ArrayLike<number | string> | undefined {
  for (const column of namedColumns(takesBareWeights(to)))
    for (const name of new Set(Array.from(attributeIn(at, column) ?? [], String))) {
      const finding = checks[column](name);
      if (finding) at.report(finding, placeIn(at, column));
    }
  return attributeIn(at, 'weight_function');
}

function reportUnread(at: GroupAt, groups: ReadonlyMap<number, GroupAt | undefined>, read: readonly string[]): void {
  const names = new Set<string>();
  for (const group of groups.values()) {
    for (const { name } of group?.group.tables ?? []) if (!read.includes(name)) names.add(name);
    for (const inner of group?.group.groups ?? [])
      if (inner.name === 'dynamics_params') for (const { name } of inner.tables) names.add(`dynamics_params/${name}`);
  }
  if (names.size > 0) at.report(messages.unreadAttributes([...names]), placeIn(at));
}
