/** Reads SONATA circuits and simulations. */

import { platform } from '#platform';
import { memberOf } from '../../src/diagnostics/member.js';
import type { Diagnostics, Place } from '../../src/diagnostics/diagnostic.js';
import type { Positions } from '../../src/diagnostics/positions.js';
import { itemAt } from '../../src/diagnostics/entry.js';
import type {
  ModelDocument,
  NeuronDocument,
  PhaseDocument,
  RecordingDocument,
  SynapseDocument,
  ValueDocument,
} from '../../src/model/document.generated.js';
import { identifier, UniqueNames } from '../../src/model/free-name.js';
import type { DataStore } from '../../src/model/model.js';
import { synapsesFor } from '../../src/library/pynn/index.js';
import type { WeightKind } from '../../src/library/standard-type.js';
import { located, settle } from '../shared/located.js';
import { readConfig, type Config, type SonataFiles } from './config.js';
import { kindsByName } from './drawn-places.js';
import { readEdges, type Synapses } from './edges.js';
import type { PlacedSynapses } from './places.js';
import { onGrid, readInputs, type Inputs } from './inputs.js';
import * as messages from './messages.js';
import { elementsOf, nodeSetsOf, type NodeSets } from './node-sets.js';
import { readNodes, type NodePart, type Nodes } from './nodes.js';
import { notePeers } from './peers.js';
import type { PlaceOnCell, Template } from './templates.js';
import { Arrays } from '../shared/arrays.js';

const { basename, dirname, resolve } = platform.paths;

export type { SonataFiles } from './config.js';

/** A canonical document with its places, and its arrays. */
export interface ImportedSonata {
  readonly document: unknown;
  readonly positions: Positions;
  readonly data: DataStore;
}

/**
 * Reads a config and the files that it names.
 *
 * @param peers  whether notes describe how other readers interpret the circuit
 * @returns null after an error
 */
export function importSonata(
  value: unknown,
  positions: Positions,
  diagnostics: Diagnostics,
  files: SonataFiles,
  peers = false,
): ImportedSonata | null {
  const config = readConfig(value, positions, diagnostics, files);
  const run = readRun(config);
  const names = new UniqueNames();
  const nodes = readNodes(config, names);
  if (nodes === null) return null;
  if (config.get('networks', 'nodes') === undefined && !diagnostics.hasErrors)
    config.report(messages.missingKey('networks.nodes', 'a list of files of nodes'), config.place('networks'));
  const groups = new Map([...nodes.values()].map((population) => [population.name, population.groups]));
  const sets = nodeSetsOf(config, nodes);
  const inputs = readInputs(config, nodes, sets, run.dt);
  const edges = readEdges(config, nodes, run.dt, [...inputs.spikes.keys()], groups);
  const reports = readReports(config, sets, run);
  if (diagnostics.hasErrors) return null;
  if (peers) notePeers(config, value, nodes, groups);
  const hasShapes = [...nodes.values()].some(({ parts }) => parts.some(({ template }) => template?.shape));
  const delayFrom = (part: NodePart): number | undefined =>
    hasShapes ? (edges.find(({ from }) => from === part)?.delays[0] ?? 0) : undefined;
  const spikes = new Map(
    [...inputs.spikes].map(([part, own]) => [part, onGrid(own, part, run.dt, delayFrom(part), config)]),
  );
  const arrays = new Arrays();
  const parts = [...nodes.values()].flatMap((population) => population.parts.map((part) => ({ population, part })));
  const templates = new Set(parts.flatMap(({ part: { template } }) => (template ? [template] : [])));
  const typeNames = new UniqueNames();
  const types = new Map([...templates].map((template) => [template, typeNames.take(identifier(template.name))]));
  const document: Omit<ModelDocument, 'populations' | 'projections'> = {
    interneuron: 1,
    name: basename(dirname(resolve(positions.place('').document))),
    neurons: Object.fromEntries([...types].map(([{ cell }, name]): [string, NeuronDocument] => [name, cell.neuron])),
    synapses: Object.fromEntries(edges.map(synapseOf)),
    stimuli: inputs.stimuli,
    record: [
      ...parts
        .filter(({ part }) => part.template !== null)
        .map(({ part }): RecordingDocument => ({ of: part.name, events: 'spike', name: `${part.name}_spikes` })),
      ...reports.map(({ recording }) => recording),
    ],
    timing: 'grid',
    experiment: {
      dt: `${run.dt} ms`,
      ...(run.duration === undefined ? {} : { protocol: protocolOf(run.duration, reports) }),
    },
    annotations: { sonata: annotationOf(nodes) },
  };
  const tree = {
    ...document,
    populations: Object.fromEntries(
      parts.map(({ population, part }) => [
        part.name,
        located(populationOf(part, types, spikes, arrays), config.pointer('networks', 'nodes', population.entry)),
      ]),
    ),
    projections: Object.fromEntries(
      edges.map((synapses) => [
        synapses.name,
        located(projectionOf(synapses, arrays), config.pointer('networks', 'edges', synapses.entry)),
      ]),
    ),
  };
  return { ...settle(tree, positions), data: arrays.store };
}

// --- Network --------------------------------------------------------------------------------------------------------
function populationOf(
  part: NodePart,
  types: ReadonlyMap<Template, string>,
  spikes: Inputs['spikes'],
  arrays: Arrays,
): unknown {
  const { template, ids, values, positions } = part;
  const places = positions && { positions: { array: positions, unit: 'um' } };
  if (!template) {
    const { elements, times } = spikes.get(part) ?? { elements: new Uint32Array(0), times: new Float64Array(0) };
    return {
      size: ids.length,
      ...places,
      spikes: { indices: arrays.array(elements), times: arrays.array(times, 'ms') },
    };
  }
  return {
    type: types.get(template),
    size: ids.length,
    ...places,
    values: Object.fromEntries(
      Object.entries(template.values).map(([name, source]): [string, ValueDocument] => {
        const of = (key: string): Float64Array => values.get(key) ?? new Float64Array(ids.length);
        if (typeof source === 'string')
          return [name, arrays.values(of(source), template.parameters[source]?.unit ?? '1')];
        const [above, below] = source.ratio.map(of);
        return [
          name,
          arrays.values(
            above!.map((value, k) => value / itemAt(below!, k)),
            source.unit,
          ),
        ];
      }),
    ),
  };
}

const kindOf = ({ weight: { unit } }: Template): WeightKind =>
  unit.endsWith('A') ? 'current' : unit.endsWith('S') ? 'conductance' : 'voltage';

/** Returns the synapse type of a projection, with its name. */
function synapseOf({ template, placed }: Synapses): [string, SynapseDocument] {
  if (placed) return [placed.name, placed.type];
  if (template.weight.unit === '1')
    return [
      'static_synapse',
      {
        parameters: { weight: { unit: 1, value: 0 } },
        ports: { port: { unit: 1 } },
        pathways: { pre: { on: 'pre.spike', do: ['port += weight'] } },
      },
    ];
  const kind = kindOf(template);
  return [`static_synapse_${kind}`, synapsesFor(kind)['StaticSynapse']!.synapse];
}

function projectionOf(synapses: Synapses, arrays: Arrays): unknown {
  const { from, to, template, receptor, sources, targets, weights, delays, placed } = synapses;
  return {
    from: from.name,
    to: placed ? { of: to.name, places: placesOf(placed, template, arrays) } : to.name,
    synapse: synapseOf(synapses)[0],
    connect: { rule: 'list', sources: arrays.array(sources), targets: arrays.array(targets) },
    receptor: template.weight.variables[placed ? 0 : receptor],
    values: {
      weight: arrays.values(weights, template.weight.unit),
      ...(placed ? valuesOf(placed, arrays) : {}),
    },
    delay: arrays.values(delays, 'ms'),
  };
}

/** Returns the places of synapses: those of sections among the ones that they are on. */
function placesOf({ sections, fractions }: PlacedSynapses, { shape }: Template, arrays: Arrays): unknown {
  const places = Array.from(sections, (section, k) => shape!.placeOf(section, itemAt(fractions, k)));
  const order = new Map(shape!.sections.map((section, k) => [section, k]));
  const rank = (section: string): number => order.get(section) ?? order.size;
  const used = [...new Set(places.map(({ section }) => section))].sort((a, b) => rank(a) - rank(b));
  const position = new Map(used.map((section, k) => [section, k]));
  return {
    sections: used,
    section: arrays.array(Uint32Array.from(places, ({ section }) => position.get(section) ?? 0)),
    fraction: arrays.array(Float64Array.from(places, ({ fraction }) => fraction)),
  };
}

/** Returns values of a point process. Numbers without a unit are in the units of its file in NMODL. */
function valuesOf({ values, type }: PlacedSynapses, arrays: Arrays): Record<string, unknown> {
  return Object.fromEntries(
    [...values].map(([name, numbers]) => {
      const unit = memberOf(type.parameters?.[name], 'unit');
      if (typeof unit === 'string') return [name, arrays.values(numbers, unit)];
      const [first = 0] = numbers;
      return [name, numbers.every((value) => value === first) ? first : Array.from(numbers)];
    }),
  );
}

/**
 * Returns node ids of populations that number their elements differently: runs of consecutive ids, each with its
 * length.
 */
function annotationOf(populations: ReadonlyMap<string, Nodes>): unknown {
  const nodes = Object.fromEntries(
    [...populations.values()].flatMap(({ name, parts }) =>
      parts.map((part) => {
        const isPlain = part.ids.every((id, element) => id === element);
        return [part.name, { population: name, ...(isPlain ? {} : { ids: runsOf(part.ids) }) }];
      }),
    ),
  );
  return { nodes };
}

function runsOf(ids: readonly number[]): readonly (readonly [first: number, count: number])[] {
  const runs: [number, number][] = [];
  for (const id of ids) {
    const last = runs.at(-1);
    if (last && last[0] + last[1] === id) last[1]++;
    else runs.push([id, 1]);
  }
  return runs;
}

// --- Simulation -----------------------------------------------------------------------------------------------------
/** Times in ms. */
interface Run {
  readonly dt: number;
  readonly duration: number | undefined;
}

function readRun(config: Config): Run {
  const number = (key: string): number | undefined => {
    const value = config.get('run', key);
    if (value === undefined || (typeof value === 'number' && Number.isFinite(value))) return value;
    config.report(messages.wrongValue(key, 'a number of ms', value), config.place('run', key));
    return undefined;
  };
  const [dt, start, stop, duration] = ['dt', 'tstart', 'tstop', 'duration'].map(number);
  if (dt !== undefined && !(dt > 0))
    config.report(messages.wrongValue('dt', 'a time above 0 ms', dt), config.place('run', 'dt'));
  if (config.get('run') !== undefined && dt === undefined && config.get('run', 'dt') === undefined)
    config.report(messages.missingKey('run.dt', 'the time step in ms'), config.place('run'));
  const end = stop ?? duration;
  if (config.get('run') !== undefined && end === undefined)
    config.report(messages.missingKey('run.tstop', 'the end of the run in ms'), config.place('run'));
  if (end !== undefined && end < 0)
    config.report(
      messages.wrongValue('the end of the run', 'a time of 0 ms or more', end),
      config.place('run', stop === undefined ? 'duration' : 'tstop'),
    );
  if (start !== undefined && start !== 0)
    config.report(
      messages.unsupported(`a run that starts at ${start} ms`, 'let it start at 0'),
      config.place('run', 'tstart'),
    );
  return { dt: dt !== undefined && dt > 0 ? dt : 0.1, duration: end };
}

/** Modules of reports that sample variables of point neurons. */
const membraneReports: readonly string[] = ['membrane_report', 'multimeter_report', 'multimeter'];

/** A recording, and the time in ms that it is on. */
interface Report {
  readonly recording: RecordingDocument;
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

function readReports(config: Config, sets: NodeSets, { dt, duration = 0 }: Run): readonly Report[] {
  const reports = config.get('reports');
  const names = new UniqueNames();
  return Object.entries(typeof reports === 'object' && reports !== null ? reports : {}).flatMap(
    ([name, report]): Report[] => {
      const place = config.place('reports', name);
      if (memberOf(report, 'enabled') === false) return [];
      const module = memberOf(report, 'module');
      // Spikes of all cells are recorded.
      if (module === 'spikes_report') return [];
      if (typeof module === 'string' && !membraneReports.includes(module)) {
        config.report(messages.reportLeftOut(name, module), place);
        return [];
      }
      const given = memberOf(report, 'variable_name');
      const variables = given === undefined ? ['V_m'] : [given].flat().map(String);
      const time = (key: string, usual: number): number => {
        const value = memberOf(report, key);
        if (typeof value === 'number' && Number.isFinite(value)) return value;
        if (value !== undefined && value !== null)
          config.report(messages.wrongValue(`${key} of ${name}`, 'a time in ms', value), place);
        return usual;
      };
      const every = time('interval', time('dt', dt));
      const [start, end] = [time('start_time', 0), time('end_time', duration)];
      return sets(memberOf(report, 'cells') ?? memberOf(report, 'node_set') ?? 'all', place).flatMap((selected) =>
        [...elementsOf(selected)].flatMap(([index, elements]): Report[] => {
          const part = selected.nodes.parts[index];
          if (!part?.template) return [];
          const { recordable, name: model } = part.template;
          const recorded = variables.flatMap((variable) => {
            const known = Object.hasOwn(recordable, variable)
              ? recordable[variable]
              : variable === 'v'
                ? recordable['V_m']
                : undefined;
            if (known === undefined)
              config.report(messages.unknownVariableOf(variable, model, Object.keys(recordable)), place);
            return known === undefined ? [] : [known];
          });
          const base = identifier(selected.nodes.parts.length === 1 ? name : `${name}_${part.name}`);
          const of = elements === null ? part.name : { population: part.name, indices: elements };
          const sites = part.template.shape ? sitesOf(part.template, report, config, place) : [undefined];
          return (recorded.length === 0 ? [] : sites).map((site) => {
            const own = names.take(sites.length > 1 && site ? `${base}_${site.section}` : base);
            const recording = { of, variables: recorded, every: `${every} ms`, ...site, name: own };
            return { name: own, start, end, recording };
          });
        }),
      );
    },
  );
}

/** Kinds of sections by their names in reports. @source BMTK 1.2.0, bmtk/simulator/bionet/modules/record_cellvars.py */
const reportedKinds: Readonly<Record<string, string>> = { ...kindsByName, 'basal dendrite': 'dend' };

/** Returns the places that a report samples: the middle of the soma, or that of each compartment of some sections. */
function sitesOf({ cell }: Template, report: unknown, config: Config, place: Place): readonly PlaceOnCell[] {
  const { structure, neuron } = cell;
  const stated: readonly unknown[] = [memberOf(report, 'sections') ?? 'all'].flat();
  const names = stated.map((name) => (typeof name === 'string' ? name.toLowerCase() : JSON.stringify(name)));
  if (names.length === 1 && names[0] === 'soma') return [{ section: structure?.soma ?? '', fraction: 0.5 }];
  const labels = [...(structure?.labels ?? [])];
  const kinds = new Set(
    names.includes('all') ? labels.map(([kind]) => kind) : names.map((name) => reportedKinds[name]),
  );
  for (const name of names)
    if (name !== 'all' && !Object.hasOwn(reportedKinds, name))
      config.report(messages.unknownSection(name, ['all', ...Object.keys(reportedKinds)]), place);
  const sections = labels.flatMap(([kind, members]) => (kinds.has(kind) ? members : []));
  return sections.flatMap((section) => {
    const divisions = Number(memberOf(neuron.compartments?.sections[section], 'divisions'));
    return Array.from({ length: divisions }, (_, k) => ({ section, fraction: (k + 0.5) / divisions }));
  });
}

/** Returns the run. Reports that begin late or end early are switched on and off. */
function protocolOf(duration: number, reports: readonly Report[]): readonly PhaseDocument[] {
  const switches = reports.flatMap(({ name, start, end }) => [
    ...(start > 0
      ? [
          { at: 0, phase: { record: name, on: false } },
          { at: start, phase: { record: name, on: true } },
        ]
      : []),
    ...(end < duration ? [{ at: end, phase: { record: name, on: false } }] : []),
  ]);
  const times = [...new Set(switches.map(({ at }) => at))].filter((at) => at < duration).sort((a, b) => a - b);
  return [
    ...times.flatMap((at): PhaseDocument[] => [
      ...(at > 0 ? [{ runUntil: `${at} ms` }] : []),
      ...switches.filter((toggle) => toggle.at === at).map(({ phase }) => phase),
    ]),
    { runUntil: `${duration} ms` },
  ];
}
