/** Reads graphs of NIR. */

import { replaced } from '../../src/library/replaced.js';
import { itemAt } from '../../src/diagnostics/entry.js';
import { platform } from '#platform';
import type { Diagnostics } from '../../src/diagnostics/diagnostic.js';
import type { Positions } from '../../src/diagnostics/positions.js';
import { parseQuantity } from '../../src/lang/quantity.js';
import { without } from '../../src/model/collections.js';
import type {
  ModelDocument,
  NeuronDocument,
  RecordingDocument,
  SynapseDocument,
} from '../../src/model/document.generated.js';
import { LangError } from '../../src/lang/lang-error.js';
import { identifier, UniqueNames } from '../../src/model/free-name.js';
import type { DataStore } from '../../src/model/model.js';
import { Arrays } from '../shared/arrays.js';
import type { Hdf5Group } from '../shared/hdf5.js';
import { located, settle } from '../shared/located.js';
import { withoutBatch } from './batch.js';
import { flatten, type FlatGraph } from './flatten.js';
import { readGraph, type Metadata, type PrimitiveNode, type Report } from './graph.js';
import { withInnerNodes } from './inner-nodes.js';
import * as messages from './messages.js';
import { networkOf, type Connection, type Network } from './network.js';
import { dynamics, innerTypes, primitives, times, usual, type Dynamics } from './primitives.js';
import { settingsOf, type Settings } from './settings.js';
import { inferShapes, sizeOf, type NodeShapes } from './shapes.js';

const { basename, extname } = platform.paths;

/** A canonical document with its places, its arrays, and the settings that are left for it. */
export interface ImportedNir {
  readonly document: unknown;
  readonly positions: Positions;
  readonly data: DataStore;
  readonly set: Readonly<Record<string, string>>;
}

/** A signal at an Input: its values in each step, row-major, one row for each step. */
export interface InputSignal {
  readonly dt: number;
  readonly values: Float64Array;
}

/** Settings from outside. */
export interface NirOptions {
  readonly set: Readonly<Record<string, string>>;
  /** Time step; absent: 0.1 ms. */
  readonly dt?: string;
  /** Returns the graph as text for the annotations; absent: it is not kept. */
  readonly keep?: (file: Hdf5Group) => string | undefined;
  /** Signals of Inputs that are no spikes, by the names of the nodes. */
  readonly signals?: Readonly<Record<string, InputSignal>>;
}

/** Reads a graph. Returns null after an error. */
export function importNir(
  file: Hdf5Group,
  path: string,
  diagnostics: Diagnostics,
  options: NirOptions,
): ImportedNir | null {
  const positions: Positions = { place: (pointer) => ({ document: path, pointer }) };
  const report: Report = (finding, pointer) => void diagnostics.add(finding, positions.place(pointer));
  const metadata: Metadata = {};
  const root = readGraph(file, metadata, report);
  const stated = metadata['/node'];
  const {
    names: settings,
    method,
    signal,
    reset,
    library,
  } = settingsOf(options.set, stated, (finding, setting) => {
    diagnostics.add(finding, { document: `--set ${setting}` });
  });
  if (!root) return null;
  const whole = flatten(root, report);
  if (diagnostics.hasErrors) return null;
  const single = withoutBatch(whole, report);
  if (diagnostics.hasErrors) return null;
  const inferred = inferShapes(single, report);
  const shaped = inferred && withInnerNodes({ graph: single, shapes: inferred });
  const network = shaped && networkOf(shaped, report);
  if (!network || diagnostics.hasErrors) return null;
  const { graph, shapes } = shaped;
  const ownStep = stated?.['dt'];
  const dt = options.dt ?? library?.dt ?? (typeof ownStep === 'number' && ownStep > 0 ? `${ownStep} s` : '0.1 ms');
  const arrays = new Arrays();
  const parts = partsOf(graph, shapes, network, options.signals ?? {}, report);
  if (diagnostics.hasErrors) return null;
  report(messages.discretised(dt, method.message, `${signal.message}; ${reset.message}`), '/node');
  const departing = graph.nodes.filter(({ type, fields }) => {
    const when = library?.departs[type];
    return when === 'always' || (when && fields[when]?.values.some((value) => value !== 1));
  });
  for (const type of new Set(departing.map((node) => node.type)))
    report(messages.platformDeparts(library?.name ?? '', type), '/node');
  if (method.method === 'euler') remarkFastTimes(parts, dt, report);
  const tree = documentOf(parts, arrays, { dt, method, signal, reset });
  const kept = Object.keys(options.signals ?? {}).length > 0 ? undefined : options.keep?.(file);
  const version = file.tables.find(({ name }) => name === 'version')?.texts?.[0];
  return {
    ...settle(
      {
        interneuron: 1,
        name: basename(path, extname(path)),
        ...tree,
        annotations: {
          nir: {
            ...(version === undefined ? {} : { version }),
            nodes: annotationOf(parts),
            weights: weightsOf(parts, graph),
            matrices: weightsOf(parts, graph, ['Affine', 'Linear']),
            maps: mapsOf(graph),
            settings,
            ...(kept === undefined ? {} : { graph: kept }),
            ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
          },
        },
      },
      positions,
    ),
    data: arrays.store,
    set: without(options.set, new Set(['library', ...Object.keys(settings)])),
  };
}

/** Warns of time constants below the step, with which forward Euler overshoots or is unstable. */
function remarkFastTimes({ populations }: Parts, dt: string, report: Report): void {
  let step: number;
  try {
    step = parseQuantity(dt).value;
  } catch (error) {
    // The run reports a wrong step.
    if (!(error instanceof LangError)) throw error;
    return;
  }
  for (const { node } of populations)
    for (const name of ['tau', 'tau_syn', 'tau_mem']) {
      const values = node.fields[name]?.values ?? new Float64Array(0);
      const least = values.reduce((a, b) => Math.min(a, b), Infinity);
      if (least < step) report(messages.fastTime(node.name, name, least, dt, step > 2 * least), `${node.path}/${name}`);
    }
}

// --- Parts ----------------------------------------------------------------------------------------------------------
/** A node that is a population. */
interface Part {
  readonly node: PrimitiveNode;
  /** Name of the population. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly size: number;
  /** Order of its step within the slot of groups. */
  readonly order: number;
  /** Variable that it sends on, or spikes. */
  readonly sends: 'spikes' | 'v' | 'u' | 'nothing';
  readonly signal?: InputSignal;
  /** Whether signals that are no spikes arrive. */
  readonly isAnalog: boolean;
  readonly first?: Float64Array;
  readonly later?: Float64Array;
}

interface Parts {
  readonly populations: readonly Part[];
  readonly connections: readonly (Connection & {
    readonly source: Part;
    readonly target: Part;
    readonly name: string;
  })[];
  /** Outputs that are another population's own signal, by the names of the nodes. */
  readonly outputs: Readonly<Record<string, Part>>;
}

/** Orders between the steps of two layers. */
const ordersPerLayer = 10;

function partsOf(
  graph: FlatGraph,
  shapes: readonly NodeShapes[],
  network: Network,
  inputs: Readonly<Record<string, InputSignal>>,
  report: Report,
): Parts {
  const names = new UniqueNames();
  const parts = new Map<number, Part>();
  const into = (node: number): readonly Connection[] => network.connections.filter(({ to }) => to === node);
  /** The node of the signal that an Output shows as it is. */
  const shownBy = (node: number): number | undefined => {
    const [only, ...others] = into(node);
    const isPlain = only && others.length === 0 && only.through.length === 0 && only.stepsBack === 0;
    return isPlain && !network.constants.has(node) && itemAt(graph.nodes, only.from).type !== 'Input'
      ? only.from
      : undefined;
  };
  const sendsOf = ({ type, name }: PrimitiveNode): Part['sends'] =>
    type === 'Output' ? 'nothing' : type === 'Input' ? (inputs[name] ? 'u' : 'spikes') : dynamics[type]!.sends;
  for (const index of network.nodes) {
    const node = itemAt(graph.nodes, index);
    if (node.type === 'Output' && shownBy(index) !== undefined) continue;
    const shape = itemAt(shapes, index).output;
    const given = inputs[node.name];
    const constant = network.constants.get(index);
    if (given && given.values.length % sizeOf(shape) !== 0)
      report(
        messages.wrongShape(`the signal of ${node.name}`, `rows of ${sizeOf(shape)}`, [given.values.length]),
        node.path,
      );
    parts.set(index, {
      node,
      name: names.take(identifier(node.name)),
      shape,
      size: sizeOf(shape),
      order: ordersPerLayer * (network.depthOf.get(index) ?? 0),
      sends: sendsOf(node),
      isAnalog: into(index).some(({ from }) => sendsOf(itemAt(graph.nodes, from)) !== 'spikes'),
      ...(given ? { signal: given } : {}),
      ...(constant ?? {}),
    });
  }
  const connectionNames = new UniqueNames();
  const connections = network.connections.flatMap((connection) => {
    const [source, target] = [parts.get(connection.from), parts.get(connection.to)];
    if (!source || !target || connection.map.sources.length === 0) return [];
    const { through, map, stepsBack } = connection;
    if (map.delays && source.sends !== 'spikes')
      report(
        messages.unsupported(`a Delay of ${source.node.name}, which sends no spikes,`),
        itemAt(
          graph.nodes,
          through.find((node) => primitives[itemAt(graph.nodes, node).type]?.role === 'delay') ?? connection.to,
        ).path,
      );
    if (stepsBack > 1 && source.sends !== 'spikes')
      report(messages.unsupported('a signal on a path that closes several cycles'), target.node.path);
    const middle = through.map((node) => identifier(itemAt(graph.nodes, node).name));
    const name = connectionNames.take([source.name, ...middle, target.name].join('_'));
    return [{ ...connection, source, target, name }];
  });
  return {
    populations: [...parts.values()],
    connections,
    outputs: Object.fromEntries(
      network.nodes.flatMap((index): [string, Part][] => {
        const node = itemAt(graph.nodes, index);
        const shown = node.type === 'Output' ? parts.get(shownBy(index) ?? -1) : undefined;
        return shown ? [[node.name, shown]] : [];
      }),
    ),
  };
}

// --- Document -------------------------------------------------------------------------------------------------------
interface Step extends Pick<Settings, 'method' | 'signal' | 'reset'> {
  readonly dt: string;
}

/**
 * Names the neuron types: after the primitive, with the number of the layer if it is in several, since the populations
 * of a type take their step together. Types that receive signals other than spikes have a second input.
 */
function typeNames(populations: readonly Part[]): (part: Part) => string {
  const nameOf = ({ node: { type, name }, isAnalog }: Part): string =>
    type === 'Input' ? `Input_${identifier(name)}` : isAnalog ? `${type}_signal` : type;
  return (part) => {
    const name = nameOf(part);
    const isOne = populations.every((other) => other.order === part.order || nameOf(other) !== name);
    return isOne ? name : `${name}_${part.order / ordersPerLayer}`;
  };
}

/** Slot in which nodes take their step, one layer after another. */
const slot = 'groups';

function documentOf(
  { populations, connections }: Parts,
  arrays: Arrays,
  step: Step,
): Omit<ModelDocument, 'interneuron' | 'populations' | 'projections'> & Record<'populations' | 'projections', unknown> {
  const own = populations.filter((part) => part.node.type !== 'Input' || part.signal);
  const dt = parseQuantity(step.dt).value;
  const typeOf = typeNames(populations);
  return {
    neurons: Object.fromEntries(own.map((part) => [typeOf(part), neuronOf(part, step)])),
    synapses: Object.fromEntries(connections.map((connection) => synapseOf(connection, step))),
    tables: Object.fromEntries(
      populations.flatMap(({ name, signal, size }) =>
        signal
          ? [[`${name}_signal`, { dt: `${signal.dt} s`, values: arrays.array(signal.values), columns: size }] as const]
          : [],
      ),
    ),
    populations: Object.fromEntries(
      populations.map((part) => [part.name, located(populationOf(part, typeOf(part), arrays), part.node.path)]),
    ),
    projections: Object.fromEntries(
      connections.map((connection) => {
        const { name, source, target, map, stepsBack } = connection;
        const delay = map.delays
          ? arrays.values(
              map.delays.map((delay) => delay + stepsBack * dt),
              's',
            )
          : stepsBack > 0
            ? stepsBack === 1
              ? step.dt
              : `${stepsBack * dt} s`
            : undefined;
        const isSpiking = source.sends === 'spikes';
        // A spike in each step has the area of a constant signal.
        const area = source.node.type === 'Bias' && step.signal.weight === 's' ? dt : 1;
        const tree = {
          from: source.name,
          to: target.name,
          synapse: synapseOf(connection, step)[0],
          connect: { rule: 'list', sources: arrays.array(map.sources), targets: arrays.array(map.targets) },
          receptor: isSpiking ? 'I' : 'signal',
          values: {
            weight: arrays.values(
              area === 1 ? map.weights : map.weights.map((weight) => weight * area),
              isSpiking ? step.signal.weight : '1',
            ),
          },
          ...(isSpiking && delay !== undefined ? { delay } : {}),
          order: target.order - 1,
        };
        return [name, located(tree, target.node.path)];
      }),
    ),
    operations: Object.fromEntries(
      own
        .filter(({ node }) => node.type !== 'Input')
        .map(({ name, order }) => [`clear_${name}`, { on: name, do: ['I = bias'], slot, order: order + 4 }]),
    ),
    record: populations.flatMap(({ name, node, sends, order, isAnalog }): readonly RecordingDocument[] => {
      if (sends === 'u' || innerTypes.includes(node.type)) return [];
      if (sends === 'spikes') return [{ of: name, events: 'spike', name: `${name}_spikes` }];
      const variable = node.type === 'Output' ? (isAnalog ? 'y' : 'I') : 'v';
      return [{ of: name, variables: [variable], slot, order: order + 3, name: `${name}_${variable}` }];
    }),
    timing: 'brian',
    experiment: { dt: step.dt },
  };
}

/** Returns the neuron type of a node: its equations, and the input `I` that is set back to the bias after each step. */
function neuronOf(part: Part, { method, reset }: Step): NeuronDocument {
  const { node, isAnalog, name } = part;
  if (node.type === 'Input') return { derived: { u: { unit: '1', value: `${name}_signal(t, i)` } } };
  const withInput = (text: string): string => (isAnalog ? replaced(text, { I: 'I + signal' }) : text);
  const { state, derivatives, spike }: Omit<Dynamics, 'sends'> = dynamics[node.type] ?? { state: [], derivatives: {} };
  const rates = Object.entries(derivatives).map(([variable, rate]): [string, string] => {
    const current = method.isCurrentFirst && variable === 'v' ? derivatives['I_syn'] : undefined;
    return [variable, withInput(current === undefined ? rate : replaced(rate, { I_syn: `I_syn + dt*${current}` }))];
  });
  const names = node.type === 'Output' ? [] : Object.keys(primitives[node.type]!.fields);
  return {
    parameters: Object.fromEntries(
      [...names, 'bias'].map((key) => [
        key,
        { unit: times.includes(key) ? 's' : '1', value: times.includes(key) ? '1 s' : 0 },
      ]),
    ),
    ...(isAnalog ? { inputs: { signal: '1' } } : {}),
    state: Object.fromEntries([...state, 'I'].map((variable) => [variable, { unit: '1', initial: 0 }])),
    ...(node.type === 'Output' && isAnalog ? { derived: { y: { unit: '1', value: 'I + signal' } } } : {}),
    ...(rates.length === 0 ? {} : { derivatives: Object.fromEntries(rates), method: method.method }),
    ...(spike
      ? {
          events: {
            spike: {
              when: withInput(spike.when),
              do: spike.sets ? [`v = ${withInput(spike.sets)}`] : state.includes('v') ? [reset.effect] : [],
              ...{ slot, order: 1, actionSlot: slot, actionOrder: 2 },
            },
          },
        }
      : {}),
  };
}

/** Returns the synapse type of a connection, with its name. It acts before the target's step. */
function synapseOf(
  { source, target }: { readonly source: Part; readonly target: Part },
  { signal }: Step,
): readonly [string, SynapseDocument] {
  const { sends } = source;
  const common = { ports: { port: '1' } } as const;
  if (sends !== 'spikes')
    return [
      `signal_${sends}`,
      { parameters: { weight: { unit: '1', value: 0 } }, ...common, contributes: { port: `weight*pre.${sends}` } },
    ];
  return [
    `spikes_to_${target.name}`,
    {
      parameters: { weight: { unit: signal.weight, value: 0 } },
      ...common,
      pathways: { pre: { on: 'pre.spike', slot, order: target.order - 1, do: [signal.effect] } },
    },
  ];
}

function populationOf(part: Part, type: string, arrays: Arrays): unknown {
  const { node, size, order, first, later } = part;
  if (node.type === 'Input' && !part.signal)
    return { size, spikes: { indices: [], times: [] }, slot, ...(order === 0 ? {} : { order }) };
  const values =
    node.type === 'Input' || node.type === 'Output'
      ? {}
      : Object.fromEntries(
          Object.keys(primitives[node.type]!.fields).map((name) => {
            const given = node.fields[name]?.values ?? Float64Array.of(usual[name] ?? 0);
            const all = given.length === 1 ? new Float64Array(size).fill(itemAt(given, 0)) : given;
            return [name, arrays.values(all, times.includes(name) ? 's' : '1')];
          }),
        );
  return {
    type,
    size,
    values: {
      ...values,
      ...(later ? { bias: arrays.values(later, '1') } : {}),
      ...(first ? { I: arrays.values(first, '1') } : {}),
    },
    ...(order === 0 ? {} : { order }),
  };
}

/** Returns the nodes of weights by projection, except for nodes that became one. @param types  absent: all */
function weightsOf({ connections }: Parts, { nodes }: FlatGraph, types?: readonly string[]): unknown {
  return Object.fromEntries(
    connections.flatMap(({ name, through: [only, ...others] }) =>
      only === undefined || others.length > 0 || types?.includes(itemAt(nodes, only).type) === false
        ? []
        : [[name, itemAt(nodes, only).name] as const],
    ),
  );
}

/** Returns the types of nodes that the model has as weights, and that are no matrices of weights in the graph. */
const mapsOf = ({ nodes }: FlatGraph): Readonly<Record<string, string>> =>
  Object.fromEntries(
    nodes.flatMap(({ name, type }) =>
      primitives[type]?.role === 'linear' && type !== 'Affine' && type !== 'Linear' ? [[name, type]] : [],
    ),
  );

/** Returns the node and shape of each population, and the population that each Output shows. */
function annotationOf({ populations, outputs }: Parts): unknown {
  const annotated = (node: PrimitiveNode, shape: readonly number[]): object => {
    // Paths alternate: /node/nodes/block/nodes/lif.
    const within = node.path.split('/').filter((_, k) => k > 2 && k % 2 === 1);
    return { node: node.name, ...(within.length > 1 && { within: within.slice(0, -1) }), type: node.type, shape };
  };
  return Object.fromEntries([
    ...populations.map(({ name, node, shape }) => [name, annotated(node, shape)] as const),
    ...Object.entries(outputs).map(
      ([output, part]) => [part.name, { ...annotated(part.node, part.shape), output }] as const,
    ),
  ]);
}
