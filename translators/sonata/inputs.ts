/** Inputs of a simulation: spikes of virtual nodes, and current clamps. */

import { itemAt } from '../../src/diagnostics/entry.js';
import { memberOf } from '../../src/diagnostics/member.js';
import type { StimulusDocument } from '../../src/model/document.generated.js';
import { identifier, UniqueNames } from '../../src/model/free-name.js';
import type { Config, PathAt } from './config.js';
import * as messages from './messages.js';
import { elementsOf, type NodeSets } from './node-sets.js';
import { idRange, noPart, type NodePart, type Nodes } from './nodes.js';
import type { PlaceOnCell, Shape } from './templates.js';
import { groupIn, numbersIn, placeIn, tableIn, type GroupAt } from './tables.js';

/** Given spikes of a part: elements, and times in ms. */
export interface Spikes {
  readonly elements: Uint32Array;
  readonly times: Float64Array;
}

/** Spikes as a file has them. */
interface ListedSpikes {
  readonly ids: Float64Array;
  /** In ms. */
  readonly times: Float64Array;
  readonly place: (row: number) => Parameters<Config['report']>[1];
}

/** Additions to a model by the inputs of a config. */
export interface Inputs {
  /** As the files have them, by part in the order of the inputs. */
  readonly spikes: ReadonlyMap<NodePart, Spikes>;
  readonly stimuli: Readonly<Record<string, StimulusDocument>>;
}

const isVirtual = ({ parts }: Nodes): boolean => parts.some(({ template }) => template === null);

/**
 * Modules of a current clamp with a constant current from `delay` for `duration`: BMTK's, and none.
 *
 * @source BMTK 1.2.0, `bmtk/simulator/core/modules/iclamp.py`; SONATA extension of the Blue Brain Project, whose
 *   modules linear, noise, pulse and others have currents that change
 */
const constantClamps: readonly string[] = ['current_clamp', 'IClamp'];

/** Reads the inputs of a config. @param dt  time step in ms */
export function readInputs(
  config: Config,
  populations: ReadonlyMap<string, Nodes>,
  sets: NodeSets,
  dt: number,
): Inputs {
  const names = new UniqueNames();
  const spikes = new Map<NodePart, Spikes[]>();
  const stimuli: Record<string, StimulusDocument> = {};
  const inputs = config.get('inputs');
  for (const [name, input] of Object.entries(typeof inputs === 'object' && inputs !== null ? inputs : {})) {
    const place = config.place('inputs', name);
    if (memberOf(input, 'enabled') === false) continue;
    const text = (key: string): string | undefined => {
      const value = memberOf(input, key);
      return typeof value === 'string' ? value : undefined;
    };
    const type = text('input_type') ?? text('module') ?? '';
    const module = text('module') ?? type;
    if (type === 'spikes') {
      const path = config.path('inputs', name, 'input_file');
      if (!path) config.report(messages.missingKey(`input_file of ${name}`, 'the path of a file of spikes'), place);
      else if (!['sonata', 'h5', 'hdf5', 'csv', 'spikes'].includes(module))
        config.report(
          messages.unsupported(`spikes of the module ${module}`, 'store them in a file of SONATA or CSV'),
          place,
        );
      else
        addSpikes(
          config,
          path,
          module === 'csv',
          sets(memberOf(input, 'node_set') ?? 'all', config.place('inputs', name, 'node_set')),
          spikes,
        );
    } else if (type === 'current_clamp' && constantClamps.includes(module)) {
      for (const [part, stimulus] of clampOf(config, dt, name, input, sets))
        stimuli[names.take(identifier(`${name}${part}`))] = stimulus;
    } else if (type === 'current_clamp')
      config.report(
        messages.unsupported(
          `the module ${module} of current_clamp`,
          'write the module IClamp with amp, delay and duration',
        ),
        config.place('inputs', name, 'module'),
      );
    else config.report(messages.unsupported(`the input ${name} of type ${type}`), place);
  }
  const whole = new Map([...spikes].map(([part, lists]) => [part, joined(lists)]));
  for (const nodes of populations.values())
    if (isVirtual(nodes) && !nodes.parts.some((part) => whole.has(part)))
      config.report(messages.silentSource(nodes.name), config.place('networks', 'nodes', nodes.entry));
  return { spikes: whole, stimuli };
}

function joined(lists: readonly Spikes[]): Spikes {
  const [first] = lists;
  if (first && lists.length === 1) return first;
  return {
    elements: Uint32Array.from(lists.flatMap(({ elements }) => [...elements])),
    times: Float64Array.from(lists.flatMap(({ times }) => [...times])),
  };
}

/** Largest rounding error of a time on a step, in steps; NEST moves times that are 1e-8 ms late, not 1e-16 ms. */
const rounding = 1e-9;

/**
 * Returns spikes with times between two steps moved to a step, and notes their number: to the later one, as BMTK and
 * NEST deliver them, or in circuits with shapes to the one in which NEURON delivers them.
 *
 * @param dt  time step in ms
 * @param delay  of the part's synapses in ms, if the circuit has shapes
 * @source NEST 3.10.0, spike_generator with precise_times as BMTK 1.2.0 sets it: neurons on the grid ignore the offset
 */
export function onGrid(
  { elements, times }: Spikes,
  { name }: NodePart,
  dt: number,
  delay: number | undefined,
  config: Config,
): Spikes {
  const steps =
    delay === undefined ? times.map((time) => Math.ceil(time / dt - rounding)) : stepsOfNeuron(times, delay, dt);
  const moved = times.filter((time, k) => Math.abs(time / dt - itemAt(steps, k)) > rounding).length;
  if (moved > 0)
    config.report(messages.betweenSteps(name, moved, times.length, dt, delay !== undefined), config.place('inputs'));
  return { elements, times: moved > 0 ? steps.map((step) => step * dt) : times };
}

/** Steps that the clock counts; spikes after them are at the nearest step. */
const mostSteps = 1e8;

/**
 * Returns the steps of spikes, without their delay. A step of NEURON begins with the arrivals until its middle, by a
 * clock that adds half a step twice in each.
 *
 * @source NEURON 9.0, src/nrnoc/fadvance.cpp and src/nrncvode/netcvode.cpp
 */
function stepsOfNeuron(times: Float64Array, delay: number, dt: number): Float64Array {
  const steps = new Float64Array(times.length);
  let [step, clock] = [0, 0];
  for (const k of Array.from(times.keys()).sort((a, b) => itemAt(times, a) - itemAt(times, b))) {
    const arrival = itemAt(times, k) + delay;
    if (arrival > mostSteps * dt) step = Math.round(arrival / dt);
    else for (; clock + dt / 2 < arrival; step++) clock = clock + dt / 2 + dt / 2;
    steps[k] = Math.max(step - Math.round(delay / dt), 0);
  }
  return steps;
}

// --- Spikes ---------------------------------------------------------------------------------------------------------
function addSpikes(
  config: Config,
  path: PathAt,
  isCsv: boolean,
  selected: ReturnType<NodeSets>,
  spikes: Map<NodePart, Spikes[]>,
): void {
  const targets = selected.filter(({ nodes }) => isVirtual(nodes));
  const listed = spikesIn(config, path, isCsv);
  if (!listed) return;
  for (const { nodes, rows } of targets) {
    const own = listed.get(nodes.name) ?? listed.get('');
    if (own === null || listed.get(nodes.name) === null) continue;
    if (!own) {
      if (selected.length === 1)
        config.report(messages.noSpikes(nodes.name, [...listed.keys()]), {
          document: path.document,
          pointer: '/spikes',
        });
      continue;
    }
    const chosen = new Set(rows);
    const found = nodes.parts.map((): [number[], number[]] => [[], []]);
    let dangling = 0;
    for (let k = 0; k < own.ids.length; k++) {
      const row = nodes.rowOf(itemAt(own.ids, k));
      if (row < 0 && dangling++ === 0)
        config.report(messages.danglingNode(nodes.name, idRange(nodes), itemAt(own.ids, k), 1), own.place(k));
      if (!chosen.has(row) || nodes.partOf[row] === noPart) continue;
      const [elements, times] = itemAt(found, itemAt(nodes.partOf, row));
      elements.push(itemAt(nodes.elementOf, row));
      times.push(itemAt(own.times, k));
    }
    for (const [index, part] of nodes.parts.entries()) {
      if (part.template !== null) continue;
      const [elements, times] = itemAt(found, index);
      const list = spikes.get(part) ?? [];
      spikes.set(part, list);
      list.push({ elements: Uint32Array.from(elements), times: Float64Array.from(times) });
    }
  }
}

/**
 * Returns the spikes of a file by population; null for those with mistakes that were reported. Spikes in files without
 * populations have the name `''`.
 */
function spikesIn(config: Config, path: PathAt, isCsv: boolean): ReadonlyMap<string, ListedSpikes | null> | undefined {
  if (isCsv || /\.csv$/i.test(path.path)) return spikesInCsv(config, path);
  const file = config.hdf5(path, ['spikes']);
  if (!file) return undefined;
  const [group] = file.groups;
  if (!group) {
    config.report(messages.missingDataset('/spikes'), { document: path.document, pointer: '/' });
    return undefined;
  }
  const root: GroupAt = { group, document: path.document, path: '/spikes', report: config.report };
  const named = group.groups.map(({ name }) => [name, groupIn(root, name)!] as const);
  const all = tableIn(root, 'timestamps') ? [['', root] as const, ...named] : named;
  return new Map(
    all.map(([name, at]): [string, ListedSpikes | null] => {
      const times = numbersIn(at, 'timestamps', { isRequired: true });
      const key = tableIn(at, 'node_ids') ? 'node_ids' : 'gids';
      const ids = numbersIn(at, key, { isRequired: true, isInteger: true, ...(times ? { length: times.length } : {}) });
      if (!times || !ids) return [name, null];
      const inSeconds = /^(s|sec|seconds?)$/.test(tableIn(at, 'timestamps')?.attributes['units'] ?? '');
      return [
        name,
        { ids, times: inSeconds ? times.map((time) => time * 1e3) : times, place: (row) => placeIn(at, key, row) },
      ];
    }),
  );
}

/** Returns spikes in a table with the columns `timestamps`, `node_ids` and, optionally, `population`. */
function spikesInCsv(config: Config, path: PathAt): ReadonlyMap<string, ListedSpikes> | undefined {
  const text = config.text(path);
  if (text === undefined) return undefined;
  const lines = text.split(/\r\n|\r|\n/);
  const cellsOf = (line: string): readonly string[] => line.trim().split(/[\s,]+/);
  const columns = cellsOf(lines[0] ?? '');
  const [time, id, population] = ['timestamps', 'node_ids', 'population'].map((name) => columns.indexOf(name));
  if (time === undefined || id === undefined || time < 0 || id < 0) {
    config.report(messages.missingColumn(time === -1 ? 'timestamps' : 'node_ids', columns), {
      document: path.document,
      line: 1,
    });
    return undefined;
  }
  const found = new Map<string, { readonly ids: number[]; readonly times: number[]; readonly lines: number[] }>();
  for (const [index, line] of lines.entries()) {
    if (index === 0 || line.trim() === '') continue;
    const cells = cellsOf(line);
    const numbers = [Number(cells[id]), Number(cells[time])] as const;
    const place = { document: path.document, line: index + 1, column: 1 };
    if (cells.length < columns.length) config.report(messages.rowLength(cells.length, columns.length), place);
    else if (!numbers.every(Number.isFinite)) config.report(messages.notANumber('a spike', line.trim()), place);
    else {
      const name = cells[population ?? -1] ?? '';
      const list = found.get(name) ?? { ids: [], times: [], lines: [] };
      found.set(name, list);
      list.ids.push(numbers[0]);
      list.times.push(numbers[1]);
      list.lines.push(index + 1);
    }
  }
  return new Map(
    [...found].map(([name, own]) => [
      name,
      {
        ids: Float64Array.from(own.ids),
        times: Float64Array.from(own.times),
        place: (row) => ({ document: path.document, line: own.lines[row] ?? 1, column: 1 }),
      },
    ]),
  );
}

// --- Current clamps -------------------------------------------------------------------------------------------------
function clampOf(
  config: Config,
  dt: number,
  name: string,
  input: unknown,
  sets: NodeSets,
): readonly (readonly [string, StimulusDocument])[] {
  const place = config.place('inputs', name);
  const lists = ['amp', 'delay', 'duration'].map((key) => {
    const value = memberOf(input, key);
    const list: readonly unknown[] = value === undefined ? [] : [value].flat();
    const numbers = list.filter((item): item is number => typeof item === 'number' && Number.isFinite(item));
    if (numbers.length !== list.length || list.length === 0)
      config.report(messages.wrongValue(`${key} of ${name}`, 'a number or a list of numbers', value ?? null), place);
    return numbers;
  });
  const [amplitudes = [], delays = [], durations = []] = lists;
  if (new Set(lists.map(({ length }) => length)).size > 1) {
    config.report(
      messages.wrongLength(
        `delay or duration of ${name}`,
        amplitudes.length,
        Math.min(delays.length, durations.length),
      ),
      place,
    );
    return [];
  }
  let isEarly = delays.some((delay) => delay <= dt);
  return sets(memberOf(input, 'node_set') ?? 'all', config.place('inputs', name, 'node_set')).flatMap((selected) =>
    [...elementsOf(selected)].flatMap(([index, elements]): (readonly [string, StimulusDocument])[] => {
      const part = selected.nodes.parts[index];
      if (!part || part.template === null) return [];
      const { current, cell, name: model } = part.template;
      if (cell.injectable === undefined) {
        config.report(messages.unsupported(`a current into ${model}`), place);
        return [];
      }
      const site = part.template.shape && siteOf(config, name, part.template.shape);
      if (site === null) return [];
      if (!site && isEarly) {
        config.report(messages.earlyClamp(name, dt), place);
        isEarly = false;
      }
      const value = amplitudes
        .map((amplitude, k) => {
          const isOn = (site ? onInNeuron : onInNest)(itemAt(delays, k), itemAt(delays, k) + itemAt(durations, k));
          return `(${amplitude}*${current} if ${isOn} else 0*${current})`;
        })
        .join(' + ');
      const to = elements === null ? part.name : { population: part.name, indices: elements };
      const suffix = selected.nodes.parts.length === 1 ? '' : `_${part.name}`;
      return [[suffix, { kind: 'current', to, input: cell.injectable, value, ...site }]];
    }),
  );
}

/** A step after it is switched, a current reaches cells of NEST, which sends it over connections. */
const onInNest = (start: number, stop: number): string => `t > ${start}*ms + dt/2 and t < ${stop}*ms + dt/2`;

/** NEURON computes currents in the middle of a step. */
const onInNeuron = (start: number, stop: number): string => `t + dt/2 >= ${start}*ms and t + dt/2 < ${stop}*ms`;

/** Returns the place of a clamp on a cell with a shape; null after a report. */
function siteOf(config: Config, name: string, { sections, placeOf }: Shape): PlaceOnCell | null {
  const of = (key: string, usual: unknown): unknown => config.get('inputs', name, key) ?? usual;
  const [kind, index, fraction] = [of('section_name', 'soma'), of('section_index', 0), of('section_dist', 0.5)];
  const section = `${String(kind)}_${JSON.stringify(index)}`;
  if (!sections.includes(section))
    config.report(messages.noSuchNamedSection(section, sections), config.place('inputs', name));
  else if (typeof fraction !== 'number' || !(fraction >= 0 && fraction <= 1))
    config.report(messages.outsideSection(fraction), config.place('inputs', name, 'section_dist'));
  else return placeOf(sections.indexOf(section), fraction);
  return null;
}
