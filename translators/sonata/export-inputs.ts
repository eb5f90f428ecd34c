/** Spikes of sources, currents and recordings as inputs and reports of a simulation. */

import { itemAt } from '../../src/diagnostics/entry.js';
import type { ConversionReport } from '../../src/model/conversion-report.js';
import { namesIn } from '../../src/lang/walk.js';
import { plain, valueAt } from '../../src/library/recognise/numbers.js';
import { numbersOf } from '../../src/model/arrays.js';
import type { Model, Recording, SelectionRule, Stimulus, ValidModel } from '../../src/model/model.js';
import { child } from '../../src/model/pointer.js';
import { elementsIn, populationOf, wholePopulation } from '../../src/model/selected.js';
import { areInFile, endOf, taggedPhase, taggedRecording, timeAfter } from '../../src/model/tagged.js';
import { inUnit, numbersInUnit } from '../shared/in-unit.js';
import { templateOfType } from './templates.js';
import { column, type ExportedFile, type WrittenCell, type WrittenPart } from './export-parts.js';

type Parts = ReadonlyMap<string, WrittenPart>;

/** Node sets of a simulation, by name. */
export class NodeSets {
  readonly sets: Record<string, { readonly population: string; readonly node_id?: readonly number[] }> = {};
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Returns the name of a set of nodes; undefined for drawn ones, and for nodes of several populations. */
  nameOf(rule: SelectionRule, wanted: string, { model, data }: ValidModel): string | undefined {
    const part = this.#parts.get(populationOf(rule) ?? '');
    if (!part) return undefined;
    const isOnly = [...this.#parts.values()].every((other) => other === part || other.population !== part.population);
    if (isOnly && wholePopulation(rule) !== undefined) return part.population;
    const elements = elementsIn(rule, model.populations[part.name]?.size ?? 0, data);
    if (!elements) return undefined;
    this.sets[wanted] = { population: part.population, node_id: elements.map((element) => itemAt(part.ids, element)) };
    return wanted;
  }
}

// --- Spikes ---------------------------------------------------------------------------------------------------------
/** Returns files of the spikes of virtual nodes, and their inputs by name. */
export function spikeFiles(
  { model, data }: ValidModel,
  parts: readonly WrittenPart[],
  hasShapes: boolean,
  report: ConversionReport,
): { readonly files: readonly ExportedFile[]; readonly inputs: Readonly<Record<string, object>> } {
  const dt = inUnit(model.experiment.dt, 'ms');
  const files: ExportedFile[] = [];
  const inputs: Record<string, object> = {};
  for (const { name, population, named, ids } of parts) {
    const { spikes } = model.populations[name]!;
    const pointer = child('/populations', name);
    if (named !== null || spikes === undefined) continue;
    if (areInFile(spikes)) {
      report.missing(pointer, 'spikes stored in a file');
      continue;
    }
    if (spikes.period !== undefined) {
      report.missing(pointer, 'spikes that repeat with a period');
      continue;
    }
    const times = numbersInUnit(numbersOf(spikes.times, data), 'ms');
    const nodes = Uint32Array.from(numbersOf(spikes.indices, data), (element) => itemAt(ids, element));
    if (hasShapes)
      for (let k = 0; k < times.length; k++) times[k] = inUnit(Math.round(times[k]! / dt) * model.experiment.dt, 'ms');
    else if (times.some((time) => time < dt / 2)) {
      report.different(
        'sonata/first-spikes',
        pointer,
        `spikes at the start of the run come at ${dt} ms, the first time at which NEST emits spikes`,
      );
      for (let k = 0; k < times.length; k++) if (itemAt(times, k) < dt / 2) times[k] = dt;
    }
    files.push({
      name: `inputs/${name}_spikes.h5`,
      tree: {
        spikes: { [population]: { timestamps: column(times, { units: 'ms' }), node_ids: column(nodes) } },
      },
    });
    inputs[`${name}_spikes`] = {
      input_type: 'spikes',
      module: 'sonata',
      input_file: `$INPUT_DIR/${name}_spikes.h5`,
      node_set: population,
    };
    report.exact(pointer, `${times.length} spikes of virtual nodes`);
  }
  return { files, inputs };
}

// --- Currents -------------------------------------------------------------------------------------------------------
/** Most pieces of a current. */
const mostPieces = 1000;
/** Most steps that a current is computed at. */
const mostSteps = 10_000_000;

/** Steps with one current: from the first to the last, in A. */
interface Piece {
  readonly first: number;
  last: number;
  readonly value: number;
}

type CurrentStimulus = Extract<Stimulus, { readonly kind: 'current' }>;

/** Currents of a model: constant ones by population and element in A, others as pieces by stimulus. */
export interface Currents {
  readonly constant: ReadonlyMap<string, ReadonlyMap<number, number>>;
  readonly pieces: ReadonlyMap<string, readonly Piece[]>;
}

/** Finds the currents of a model, and reports those that SONATA has no input for. */
export function currentsOf({ model, data }: ValidModel, report: ConversionReport): Currents {
  const steps = Math.round(endOf(model.experiment.protocol) / model.experiment.dt);
  const constant = new Map<string, Map<number, number>>();
  const pieces = new Map<string, readonly Piece[]>();
  for (const [name, stimulus] of Object.entries(model.stimuli)) {
    const pointer = child('/stimuli', name);
    const found = stimulus.kind === 'current' ? piecesOf(stimulus, model, steps) : 'a stimulus other than a current';
    if (typeof found === 'string') {
      if (!report.hasOmission(pointer)) report.missing(pointer, found);
      continue;
    }
    const population = populationOf(stimulus.to);
    const [only] = found;
    const elements = population && elementsIn(stimulus.to, model.populations[population]?.size ?? 0, data);
    const isWhole = only !== undefined && only.first === 0 && only.last === steps - 1;
    if (isWhole && population !== undefined && elements && takesConstant(model, population)) {
      const own = constant.get(population) ?? new Map<number, number>();
      constant.set(population, own);
      for (const element of elements) own.set(element, (own.get(element) ?? 0) + only.value);
      report.wrote(pointer);
      report.exact(pointer, 'a constant current, which is a parameter of its cells');
    } else pieces.set(name, found);
  }
  return { constant, pieces };
}

/** Checks whether a constant current is a parameter of a population's cells. */
const takesConstant = ({ neurons, populations }: Model, population: string): boolean => {
  const type = neurons[populations[population]?.type ?? ''];
  return type !== undefined && templateOfType(type)?.template.constantCurrent !== undefined;
};

/** Names in a current that are not units. */
const variables = new Set(['t', 'dt', 'i']);

/** Returns the steps at which a current flows, or the reason why they are not known. */
function piecesOf(
  { value, attached, every, places }: CurrentStimulus,
  { experiment: { dt } }: Model,
  steps: number,
): readonly Piece[] | string {
  if (!attached) return 'a current that is switched on during the run';
  if (every !== undefined || places !== undefined) return 'a current with a clock, or with several places on cells';
  if (steps > mostSteps) return 'a current of a run with more than 10 million steps';
  const e = plain(value, variables);
  const other = [...namesIn(e)].find((name) => !['t', 'dt'].includes(name));
  if (other !== undefined) return `a current that depends on ${other}`;
  const pieces: Piece[] = [];
  try {
    for (let step = 0; step < steps; step++) {
      const now = valueAt(e, (name) => (name === 't' ? step * dt : dt));
      const last = pieces.at(-1);
      if (now === 0) continue;
      if (last && last.last === step - 1 && last.value === now) last.last = step;
      else if (pieces.push({ first: step, last: step, value: now }) > mostPieces)
        return `a current with more than ${mostPieces} values: clamps of SONATA are constant`;
    }
  } catch {
    return 'a current that is drawn';
  }
  return pieces;
}

/** Returns the current clamps of a simulation, by name. */
export function clampsOf(
  valid: ValidModel,
  { pieces }: Currents,
  parts: Parts,
  sets: NodeSets,
  report: ConversionReport,
): Readonly<Record<string, object>> {
  const dt = inUnit(valid.model.experiment.dt, 'ms');
  const inputs: Record<string, object> = {};
  for (const [name, list] of pieces) {
    const pointer = child('/stimuli', name);
    const stimulus = valid.model.stimuli[name]!;
    const { to } = stimulus;
    const { named, cell } = parts.get(populationOf(to) ?? '') ?? {};
    const set = sets.nameOf(to, `${name}_cells`, valid);
    if (!named || set === undefined || named.template.cell.injectable === undefined) {
      report.missing(pointer, 'a current into cells of several populations, or without a template that takes one');
      continue;
    }
    if (list.length === 0) continue;
    // A current reaches point neurons one step after it begins: NEST sends it over connections.
    const at = (step: number): number => Number((step * dt).toPrecision(12));
    const early = cell ? 0 : 1;
    const lists = {
      amp: list.map(({ value }) => inUnit(value, named.template.current)),
      delay: list.map(({ first }) => at(Math.max(0, first - early))),
      duration: list.map(({ first, last }) => at(last + 1 - early - Math.max(0, first - early))),
    };
    if (!cell && itemAt(list, 0).first <= 2)
      report.different(
        'sonata/early-current',
        pointer,
        `BMTK 1.2 leaves out currents that begin by ${dt} ms, and none reaches a cell in the first step`,
      );
    else report.exact(pointer, 'a current clamp');
    const [only, second] = list;
    report.wrote(pointer);
    inputs[name] = {
      input_type: 'current_clamp',
      module: 'IClamp',
      node_set: set,
      ...(cell && stimulus.kind === 'current' ? siteOf(cell, stimulus) : {}),
      ...(only && !second
        ? Object.fromEntries(Object.entries(lists).map(([key, numbers]) => [key, numbers[0]]))
        : lists),
    };
  }
  return inputs;
}

/** Returns the place of a clamp on a cell with a shape. */
function siteOf({ placeOf, soma }: WrittenCell, { section = soma, fraction = 0.5 }: CurrentStimulus): object {
  const place = placeOf(section, fraction);
  return { section_name: place.kind, section_index: place.index, section_dist: place.fraction };
}

// --- Recordings -----------------------------------------------------------------------------------------------------
/** Times in s at which a recording is on. */
type Windows = readonly (readonly [from: number, to: number])[];

/** Returns the times at which each recording is on, and reports phases other than runs. */
function windowsOf({ experiment: { protocol }, recordings }: Model, report: ConversionReport): Map<string, Windows> {
  const windows = new Map<string, [number, number][]>(recordings.map(({ name }) => [name, []]));
  const since = new Map<string, number>(recordings.map(({ name }) => [name, 0]));
  let now = 0;
  const close = (name: string): void => {
    const from = since.get(name);
    if (from !== undefined && now > from) windows.get(name)?.push([from, now]);
    since.delete(name);
  };
  for (const [k, phase] of protocol.entries()) {
    const tagged = taggedPhase(phase);
    if (tagged.kind === 'record') {
      if (!tagged.on) close(tagged.record);
      else if (!since.has(tagged.record)) since.set(tagged.record, now);
    } else if (tagged.kind !== 'run' && tagged.kind !== 'runUntil')
      report.missing(child('/experiment/protocol', k), 'changes during a run');
    now = timeAfter(now, phase);
  }
  for (const { name } of recordings) close(name);
  return windows;
}

/** Returns the reports of a simulation, by name. */
export function reportsOf(
  valid: ValidModel,
  parts: Parts,
  sets: NodeSets,
  report: ConversionReport,
): Readonly<Record<string, object>> {
  const { model } = valid;
  const windows = windowsOf(model, report);
  const end = endOf(model.experiment.protocol);
  const found: Record<string, object> = {};
  const recorded = new Set<string>();
  for (const [k, recording] of model.recordings.entries()) {
    const pointer = child('/recordings', k);
    const written = recordingOf(recording, valid, parts, sets, recorded);
    if (typeof written === 'string') {
      if (written !== '') report.missing(pointer, written);
      continue;
    }
    if (written.sections !== 'soma')
      report.convention(
        'sonata/whole-sections',
        pointer,
        `the report samples each compartment of all sections named ${written.sections}, and BMTK 1.2 fails with it`,
      );
    for (const [number, [from, to]] of (windows.get(recording.name) ?? []).entries())
      found[number === 0 ? recording.name : `${recording.name}_${number + 1}`] = {
        ...written,
        ...(from > 0 ? { start_time: inUnit(from, 'ms') } : {}),
        ...(to < end ? { end_time: inUnit(to, 'ms') } : {}),
        file_name: `${recording.name}${number === 0 ? '' : `_${number + 1}`}.h5`,
      };
    report.exact(pointer, 'a report');
  }
  const unrecorded = [...parts.values()].filter(({ name, named }) => named !== null && !recorded.has(name));
  if (unrecorded.length > 0 && recorded.size > 0)
    report.convention(
      'sonata/all-spikes',
      '/recordings',
      `simulations write the spikes of all cells: also those of ${unrecorded.map(({ name }) => name).join(', ')}`,
    );
  return found;
}

/**
 * Returns a recording of variables as a report, or the reason why there is none; an empty text for spikes, which all
 * simulations write, and for cells that are left out.
 */
function recordingOf(
  recording: Recording,
  valid: ValidModel,
  parts: Parts,
  sets: NodeSets,
  recorded: Set<string>,
): { readonly sections: string; readonly [key: string]: unknown } | string {
  const tagged = taggedRecording(recording);
  const population = populationOf(tagged.of);
  const part = parts.get(population ?? '');
  const isLeftOut = population !== undefined && !part;
  switch (tagged.kind) {
    case 'events':
      if (tagged.variables !== undefined) return 'variables at spikes';
      if (tagged.events !== 'spike') return `events other than spikes (${tagged.events})`;
      if (part) recorded.add(part.name);
      return '';
    case 'rate':
      return 'rates of populations';
    case 'variables': {
      if (!part?.named) return isLeftOut ? '' : 'variables of anything but cells of one population';
      const known = Object.entries(part.named.template.recordable);
      const names = tagged.variables.map((variable) => known.find(([, own]) => own === variable)?.[0]);
      const missing = tagged.variables.find((_, k) => names[k] === undefined);
      if (missing !== undefined) return `the variable ${missing}, which ${part.named.name} does not record`;
      const set = sets.nameOf(tagged.of, `${recording.name}_cells`, valid);
      if (set === undefined) return 'cells that are drawn';
      const { cell } = part;
      const place = cell?.placeOf(tagged.section ?? cell.soma, tagged.fraction ?? 0.5);
      if (place?.kind === 'soma' && place.fraction !== 0.5) return 'a place on the soma other than its middle';
      return {
        module: cell ? 'membrane_report' : 'multimeter_report',
        cells: set,
        variable_name: names.length === 1 ? names[0] : names,
        sections: place?.kind ?? 'soma',
        dt: inUnit(tagged.every ?? valid.model.experiment.dt, 'ms'),
      };
    }
    default:
      return tagged satisfies never;
  }
}
