/** Writes models of NIR's primitives as graphs. */

import { entryOf, itemAt } from '../../src/diagnostics/entry.js';
import { memberOf } from '../../src/diagnostics/member.js';
import { standardise } from '../../src/library/recognise/standardise.js';
import { standardCells } from '../../src/library/pynn/index.js';
import { numbersOf } from '../../src/model/arrays.js';
import { ConversionReport, type ConversionEntry } from '../../src/model/conversion-report.js';
import { UniqueNames } from '../../src/model/free-name.js';
import type { DataStore, Model, NeuronType, Population, Projection, ValidModel, Value } from '../../src/model/model.js';
import { child } from '../../src/model/pointer.js';
import { reportUnwritten } from '../../src/model/rewriting/unwritten-parts.js';
import { areInFile } from '../../src/model/tagged.js';
import { typedValid, writtenValid } from '../../src/model/typed-model.js';
import type { Hdf5Array, Hdf5Tree } from '../shared/hdf5.js';
import { keptGraph } from './kept-graph.js';
import { dynamics, innerTypes, primitives } from './primitives.js';
import { leavingOf, sweep } from './sweep.js';
import { numbersIn } from './values.js';

/** A graph, and how faithful it is. */
export interface ExportedNir {
  /** Null if the model has no graph. */
  readonly tree: Hdf5Tree | null;
  readonly report: readonly ConversionEntry[];
}

/** A population as a node. */
interface Node {
  readonly type: string;
  readonly fields: Readonly<Record<string, Float64Array>>;
  /** Variables that receive signals. */
  readonly ports: readonly string[];
  /** A constant signal that it receives, from the first step on and later. */
  readonly bias?: { readonly first: Float64Array; readonly later: Float64Array };
  readonly method?: string;
}

const floats = (array: Float64Array, shape: readonly number[] = [array.length]): Hdf5Array => ({ array, shape });

/** Largest weight matrix. */
const mostWeights = 50_000_000;

/** Returns a model in standard types, and its report. */
function standardised(given: ValidModel) {
  const { valid, entries } = standardise(typedValid(given), 'nir');
  return { valid: writtenValid(valid), entries };
}

/** Returns a model as a graph. */
export function exportNir(original: ValidModel): ExportedNir {
  const report = new ConversionReport('nir');
  const kept = keptGraph(original);
  if (kept) {
    for (const section of ['populations', 'projections', 'operations'] as const)
      for (const name of Object.keys(original.model[section])) report.wrote(child(`/${section}`, name));
    reportUnwritten(original.model, report);
    return { tree: kept, report: report.entries };
  }
  const isOwn = Object.values(original.model.populations).every(
    ({ type }) => type === undefined || primitiveOf(original.model.neurons[type]) !== undefined,
  );
  const { valid, entries } = isOwn ? { valid: original, entries: [] } : standardised(original);
  for (const { verdict, code, pointer, message } of entries)
    if (verdict === 'different') report.different(code, pointer, message);
    else if (verdict === 'convention') report.convention(code, pointer, message);
  const { model } = valid;
  const nodes = new Map<string, Node>();
  for (const [name, population] of Object.entries(model.populations)) {
    const node = isOwn ? ownNode(model, population, valid.data) : standardNode(model, population, valid.data);
    const pointer = `/populations/${name}`;
    if (typeof node === 'string') report.missing(pointer, node);
    else nodes.set(name, node);
    const { spikes } = population;
    if (spikes && (areInFile(spikes) || numbersOf(spikes.indices, valid.data).length > 0))
      report.missing(
        pointer,
        'given spikes: graphs have Inputs without data, and --input gives the spikes to a run',
        'nir/not-expressible',
      );
  }
  for (const section of ['stimuli', 'operations'] as const)
    for (const name of Object.keys(model[section]))
      if (isOwn && section === 'operations' && name.startsWith('clear_')) report.wrote(child('/operations', name));
      else
        report.missing(
          `/${section}/${name}`,
          'NIR has neither currents nor code besides the equations of nodes',
          'nir/not-expressible',
        );
  const effects = new Set(
    Object.values(model.synapses).flatMap(({ pathways }) => Object.values(pathways).flatMap((pathway) => pathway.do)),
  );
  const signal = isOwn && !effects.has('port += weight/dt') ? 'steps' : 'impulses';
  const tree = graphOf(valid, nodes, report, {
    signal,
    method: [...nodes.values()].find(({ method }) => method !== undefined)?.method ?? (isOwn ? 'euler' : 'exact'),
  });
  if (tree !== null) reportUnwritten(model, report);
  const maps = memberOf(model.annotations['nir'], 'maps');
  for (const [name, type] of Object.entries(typeof maps === 'object' && maps !== null ? maps : {}))
    report.different('nir/matrix', '/annotations/nir/maps', `${name} (${String(type)}) is written as weights`);
  if (!isOwn)
    report.different(
      'nir/step',
      '',
      'NIR leaves the time step to the program that runs a graph: interneuron spreads impulses over their step, and takes it layer by layer',
    );
  return { tree: tree && { version: '1.0.8', node: tree }, report: report.entries };
}

// --- Nodes ----------------------------------------------------------------------------------------------------------
const valueIn = (type: NeuronType, { values }: Population, name: string): Value | undefined =>
  values[name] ?? type.parameters[name]?.value ?? type.state[name]?.initial;

/** Returns the primitive with the equations of a type that `import.ts` has made, and the method of its step. */
function primitiveOf(type: NeuronType | undefined): { readonly name: string; readonly method?: string } | undefined {
  if (type?.parameters['bias'] === undefined || type.state['I'] === undefined) return undefined;
  const plain = (text: string): string =>
    text.replace('(I + signal)', 'I').replace('/second', '/(1*s)').replaceAll(' ', '');
  const derivatives = Object.entries(type.derivatives).map(([name, { rate }]) => [name, plain(rate)] as const);
  const current = plain('(I_syn + dt*(w_in*I - I_syn)/tau_syn)');
  const isCurrentFirst = derivatives.some(([, rate]) => rate.includes(current));
  const name = [...Object.keys(dynamics), 'Output'].find((key) => {
    if (innerTypes.includes(key)) return false;
    const known = dynamics[key];
    const fields = key === 'Output' ? [] : Object.keys(primitives[key]!.fields);
    const rates = Object.entries(known?.derivatives ?? {});
    return (
      fields.length + 1 === Object.keys(type.parameters).length &&
      fields.every((field) => type.parameters[field]) &&
      rates.length === derivatives.length &&
      (known?.spike !== undefined) === (type.events['spike'] !== undefined) &&
      derivatives.every(
        ([variable, rate]) => plain(known?.derivatives[variable] ?? '') === rate.replace(current, 'I_syn'),
      )
    );
  });
  if (name === undefined) return undefined;
  if (derivatives.length === 0) return { name };
  return { name, method: isCurrentFirst ? 'euler-current-first' : type.method };
}

function ownNode(model: Model, population: Population, data: DataStore): Node | string {
  const { size } = population;
  if (population.type === undefined) return { type: 'Input', fields: {}, ports: [] };
  const type = model.neurons[population.type];
  const found = primitiveOf(type);
  if (!type || !found) return 'equations that are no primitive';
  const fields = found.name === 'Output' ? [] : Object.keys(primitives[found.name]!.fields);
  const values = fields.map((field) => [field, numbersIn(valueIn(type, population, field), size, data)] as const);
  const [later, first] = ['bias', 'I'].map((name) => numbersIn(valueIn(type, population, name), size, data));
  const drawn = values.find(([, value]) => value === undefined);
  if (drawn || !later || !first)
    return `values of ${drawn?.[0] ?? 'bias'} that are drawn; --freeze makes them explicit`;
  return {
    type: found.name,
    fields: Object.fromEntries(values) as Record<string, Float64Array>,
    ports: ['I', 'signal'],
    ...(later.some((value) => value !== 0) ? { bias: { first, later } } : {}),
    ...(found.method === undefined ? {} : { method: found.method }),
  };
}

/** Returns a standard cell without refractory period as a node. Potentials are counted from their first values. */
function standardNode(model: Model, population: Population, data: DataStore): Node | string {
  const { size } = population;
  if (population.type === undefined) return { type: 'Input', fields: {}, ports: [] };
  const type = model.neurons[population.type];
  const name = /^pynn\/(IF_curr_(?:exp|delta))$/.exec(type?.conformsTo?.type ?? '')?.[1];
  if (!type || name === undefined) return 'a cell that is no leaky integrator with currents or jumps of the potential';
  const get = (parameter: string): Float64Array | undefined =>
    numbersIn(valueIn(type, population, parameter), size, data);
  const names = ['tau_m', 'cm', 'v_rest', 'v_reset', 'v_thresh', 'i_offset', 'tau_refrac', 'v'] as const;
  const all = names.map(get);
  const drawn = names.find((_, k) => all[k] === undefined);
  if (drawn !== undefined) return `values of ${drawn} that are drawn; --freeze makes them explicit`;
  const [tau, cm, rest, reset, threshold, offset, refractory, first] = all as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  if (refractory.some((time) => time > 0)) return 'a refractory period';
  const resistance = tau.map((time, k) => time / itemAt(cm, k));
  const membrane = {
    v_leak: rest.map((value, k) => value + itemAt(resistance, k) * itemAt(offset, k) - itemAt(first, k)),
    v_threshold: threshold.map((value, k) => value - itemAt(first, k)),
    v_reset: reset.map((value, k) => value - itemAt(first, k)),
  };
  const ports = Object.values(standardCells.get(name)?.receptors ?? {}).map(({ variable }) => variable);
  if (name === 'IF_curr_delta') return { type: 'LIF', fields: { tau, r: tau, ...membrane }, ports: ['v', ...ports] };
  const [excitatory, inhibitory] = ['tau_syn_E', 'tau_syn_I'].map(get);
  if (!excitatory || !inhibitory || excitatory.some((time, k) => time !== inhibitory[k]))
    return 'two time constants of synapses in one cell';
  return {
    type: 'CubaLIF',
    fields: { tau_syn: excitatory, tau_mem: tau, r: resistance, w_in: excitatory, ...membrane },
    ports,
  };
}

// --- Edges ----------------------------------------------------------------------------------------------------------
/** A linear part of a graph between two populations, all of one delay for each source. */
interface Part {
  readonly name: string;
  readonly projection: string;
  readonly from: string;
  readonly to: string;
  readonly weights: Float64Array;
  /** In s, for each source. */
  readonly delays: Float64Array;
}

function graphOf(
  valid: ValidModel,
  nodes: ReadonlyMap<string, Node>,
  report: ConversionReport,
  settings: Readonly<Record<string, string>>,
): Hdf5Tree | null {
  const { model } = valid;
  const sizeOf = (name: string): number => model.populations[name]?.size ?? 0;
  const parts = Object.entries(model.projections).flatMap(([name, projection]) => {
    const made = partsOf(name, projection, nodes, valid);
    if (typeof made !== 'string') return made;
    report.missing(`/projections/${name}`, made);
    return [];
  });
  const names = [...nodes.keys()];
  const edges = parts.map(({ from, to }) => ({ from: names.indexOf(from), to: names.indexOf(to) }));
  const drawn = { nodes: names.map((name) => entryOf(nodes, name)), edges };
  const { closing } = sweep(drawn, leavingOf(drawn));
  const { dt } = model.experiment;
  const annotated = memberOf(model.annotations['nir'], 'nodes');
  const nameOf = namesOf(names, annotated);
  const taken = new UniqueNames(names.map(nameOf));
  const tree: Record<string, Hdf5Tree> = {};
  const written: string[] = [];
  const connect = (...path: readonly string[]): void => {
    for (let k = 1; k < path.length; k++) written.push(itemAt(path, k - 1), itemAt(path, k));
  };
  for (const [name, { type, fields }] of nodes) {
    report.wrote(child('/populations', name));
    tree[nameOf(name)] = {
      type,
      ...(type === 'Input' || type === 'Output'
        ? { shape: { array: BigInt64Array.of(BigInt(sizeOf(name))), shape: [1] } }
        : Object.fromEntries(Object.entries(fields).map(([field, values]) => [field, floats(values)]))),
    };
  }
  const biased = new Set<string>();
  for (const [k, { name, projection, from, to, weights, delays }] of parts.entries()) {
    const rest = delays.map((delay) => delay - (closing.has(k) ? dt : 0));
    if (rest.some((delay) => delay < -dt * 1e-6)) {
      report.missing(`/projections/${name}`, 'a delay of zero on a path that closes a cycle', 'nir/not-expressible');
      continue;
    }
    const path = [nameOf(from)];
    if (rest.some((delay) => delay > dt * 1e-6)) {
      const delay = taken.take(`${name}_delay`);
      tree[delay] = { type: 'Delay', delay: floats(rest.map((value) => Math.max(0, value))) };
      path.push(delay);
    }
    const bias = entryOf(nodes, to).bias;
    const takesBias = bias && !biased.has(to) && !closing.has(k);
    const node = memberOf(memberOf(model.annotations['nir'], 'weights'), name);
    const own = taken.take(isNodeName(node) ? node : name);
    tree[own] = {
      type: takesBias ? 'Affine' : 'Linear',
      weight: floats(weights, [sizeOf(to), sizeOf(from)]),
      ...(takesBias ? { bias: floats(bias.later) } : {}),
    };
    report.wrote(child('/projections', projection));
    if (takesBias) biased.add(to);
    connect(...path, own, nameOf(to));
  }
  for (const [name, { bias }] of nodes)
    if (bias && (!biased.has(name) || bias.first.some((value, k) => value !== bias.later[k])))
      report.missing(
        `/populations/${name}`,
        'a bias that reaches no node from the first step on',
        'nir/not-expressible',
      );
  const ends = names.filter((name) => entryOf(nodes, name).type === 'Output');
  const shown = names.filter((name) => typeof memberOf(memberOf(annotated, name), 'output') === 'string');
  const last = names.filter((name) => parts.every(({ from }) => from !== name) && !ends.includes(name));
  const sent = shown.length + ends.length > 0 ? shown : last.length > 0 ? last : names.slice(-1);
  for (const name of sent) {
    const given = memberOf(memberOf(annotated, name), 'output');
    const output = taken.take(isNodeName(given) ? given : `${nameOf(name)}_output`);
    tree[output] = { type: 'Output', shape: { array: BigInt64Array.of(BigInt(sizeOf(name))), shape: [1] } };
    connect(nameOf(name), output);
  }
  if (![...nodes.values()].some(({ type }) => type === 'Input')) {
    report.missing('/populations', 'a graph without an Input: no population replays spikes', 'nir/not-expressible');
    return null;
  }
  return {
    type: 'NIRGraph',
    nodes: tree,
    edges: { array: written, shape: [written.length / 2, 2] },
    metadata: { ...settings, dt: floats(Float64Array.of(dt), []) },
  };
}

/** Checks whether a name can serve for a node: for a group in HDF5. */
const isNodeName = (name: unknown): name is string =>
  typeof name === 'string' && /^[^\p{C}/]+$/u.test(name) && !/^\.+$/.test(name);

/** Returns the nodes of populations in the graph that the model was read from, or their own names. */
function namesOf(names: readonly string[], annotated: unknown): (name: string) => string {
  const stated = names.map((name) => {
    const node = memberOf(memberOf(annotated, name), 'node');
    return isNodeName(node) ? node : name;
  });
  if (new Set(stated).size < names.length) return (name) => name;
  const found = new Map(names.map((name, k) => [name, itemAt(stated, k)]));
  return (name) => entryOf(found, name);
}

/** Returns the linear parts of a projection, or the reason why it lacks them. */
function partsOf(
  name: string,
  projection: Projection,
  nodes: ReadonlyMap<string, Node>,
  { model, data }: ValidModel,
): readonly Part[] | string {
  const ends = [projection.from.of, projection.to.of].map((of) => memberOf(of, 'population'));
  const [from, to] = ends.map(String) as [string, string];
  const isWhole = [projection.from.of, projection.to.of].every((of) => Object.keys(of).length === 1);
  const target = nodes.get(to);
  if (!isWhole || !nodes.has(from) || !target) return 'synapses between parts of populations, or without a node';
  const type = model.synapses[projection.synapse];
  const isStatic =
    type !== undefined && Object.keys(type.state).length === 0 && Object.keys(type.parameters).length === 1;
  if (!isStatic || !type.parameters['weight']) return 'synapses that are not static';
  if (!Object.values(projection.receptors).every((variable) => target.ports.includes(variable)))
    return 'synapses that are neither currents nor jumps of the potential';
  const [rule, ...others] = projection.connect;
  const [rows, columns] = [model.populations[to]!.size, model.populations[from]!.size];
  if (rows * columns > mostWeights) return 'a weight matrix with more than 50 million elements';
  let sources: readonly number[];
  let targets: readonly number[];
  if (rule?.rule === 'list' && others.length === 0)
    [sources, targets] = [numbersOf(rule.sources, data), numbersOf(rule.targets, data)];
  else if (rule?.rule === 'oneToOne' && others.length === 0)
    sources = targets = Array.from({ length: Math.min(rows, columns) }, (_, k) => k);
  else if (rule?.rule === 'all' && others.length === 0 && rule.self) {
    sources = Array.from({ length: rows * columns }, (_, k) => Math.floor(k / rows));
    targets = Array.from({ length: rows * columns }, (_, k) => k % rows);
  } else return 'connections by a rule; --freeze makes them explicit';
  const weights = numbersIn(projection.values['weight'] ?? type.parameters['weight'].value, sources.length, data);
  const [pathway] = Object.keys(type.pathways);
  const delay = pathway === undefined ? 0 : (projection.delays[pathway] ?? type.pathways[pathway]!.delay);
  const delays = numbersIn(delay, sources.length, data);
  if (!weights || !delays) return 'weights or delays that are drawn; --freeze makes them explicit';
  // Of each source, the synapses of its k-th delay are in the k-th part.
  const known = Array.from({ length: columns }, (): number[] => []);
  const parts: { readonly weights: Float64Array; readonly delays: Float64Array }[] = [];
  for (const [k, source] of sources.entries()) {
    const own = itemAt(known, source);
    let at = own.indexOf(itemAt(delays, k));
    if (at < 0) at = own.push(itemAt(delays, k)) - 1;
    const part = (parts[at] ??= { weights: new Float64Array(rows * columns), delays: new Float64Array(columns) });
    part.weights[itemAt(targets, k) * columns + source]! += itemAt(weights, k);
    part.delays[source] = itemAt(delays, k);
    if (parts.length * rows * columns > mostWeights) return 'a weight matrix for each of too many delays';
  }
  // A source without synapses in a part has the shortest delay, so that it needs no delay of its own.
  const least = delays.reduce((shortest, value) => Math.min(shortest, value), Infinity);
  return parts.map((part, k) => ({
    name: k === 0 ? name : `${name}_${k + 1}`,
    projection: name,
    from,
    to,
    weights: part.weights,
    delays: part.delays.map((value, source) => (itemAt(known, source).length > k ? value : least)),
  }));
}
