/** Translates the phases of a script to phases of the canonical protocol. */

import { isFormula } from './value-kinds.js';
import { child } from '../../src/model/pointer.js';
import { listCount, parameterName, parameterValues } from './cells.js';
import type { Setting } from './context.js';
import { readsIndex } from './formulas.js';
import type { SourceChange } from './currents.js';
import { located } from '../shared/located.js';
import * as messages from './messages.js';
import { initialValues, replayed, spikeTrains, type Trains } from './populations.js';
import { checkRanges } from './check-ranges.js';
import { initialiseSynapses, setSynapses } from './projection-phases.js';
import type { TranslatedProjection } from './projections.js';
import type { Recordings } from './recordings.js';
import { countOf, selectionOf, targetOf, type Portion, type Target } from './selections.js';
import type { CurrentSource, Phase, Values } from './specification.generated.js';

/** Objects that phases may name. */
interface Stage {
  readonly targets: ReadonlyMap<string, Target>;
  readonly projections: ReadonlyMap<string, TranslatedProjection>;
  readonly sources: ReadonlyMap<string, CurrentSource>;
  readonly recordings: Recordings;
  /** Spike times of each SpikeSourceArray, by its name in the canonical model. */
  readonly trains: ReadonlyMap<string, Trains>;
}

interface TranslatedPhases {
  /** Phases that come before all others. */
  readonly late: readonly unknown[];
  /** Phases; undefined at the position of a change of a current source. */
  readonly protocol: unknown[];
  /** Changes of current sources, by label. */
  readonly changes: ReadonlyMap<string, readonly SourceChange[]>;
}

/** Translates all phases. Recordings that begin later are off until then. */
export function translatePhases(phases: readonly Phase[], stage: Stage, setting: Setting): TranslatedPhases {
  const state: State = {
    stage,
    setting,
    now: 0,
    resets: 0,
    trains: new Map(stage.trains),
    drawn: new Set(),
    protocol: [],
    late: [],
    changes: new Map(),
  };
  for (const [k, phase] of phases.entries()) translatePhase(phase, child('/phases', k), state);
  if (!phases.some((phase) => phase.run !== undefined || phase.run_until !== undefined))
    setting.report(messages.noRun(), '/phases');
  return { late: state.late, protocol: state.protocol, changes: state.changes };
}

/** State while phases are translated in order. */
interface State {
  readonly stage: Stage;
  readonly setting: Setting;
  now: number;
  resets: number;
  /** Current spike times of each SpikeSourceArray, except arrays with times changed for a drawn sample. */
  readonly trains: Map<string, Trains>;
  readonly drawn: Set<string>;
  readonly protocol: unknown[];
  readonly late: unknown[];
  readonly changes: Map<string, SourceChange[]>;
}

function translatePhase(phase: Phase, pointer: string, state: State): void {
  const { stage, setting, protocol, late } = state;
  const put = (entry: unknown): void => void protocol.push(located(entry, pointer));
  if (phase.run !== undefined) {
    if (phase.run < 0)
      setting.report(messages.outOfRange('the time to run', '0 ms or more', `${phase.run} ms`), child(pointer, 'run'));
    state.now += phase.run;
    put({ run: `${phase.run} ms` });
  } else if (phase.run_until !== undefined) {
    if (phase.run_until < state.now - setting.dt / 2)
      setting.report(messages.timePassed(state.now, phase.run_until), child(pointer, 'run_until'));
    // PyNN takes a time within half a step of the present for the present.
    state.now = Math.max(state.now, phase.run_until);
    put({ runUntil: `${state.now} ms` });
  } else if (phase.set !== undefined) {
    checkRanges(phase.set.params, `${pointer}/set/params`, setting);
    for (const entry of setCells(phase.set, child(pointer, 'set'), state)) put(entry);
  } else if (phase.initialize !== undefined) {
    for (const entry of initialise(phase.initialize, child(pointer, 'initialize'), stage, setting)) put(entry);
  } else if (phase.set_projection !== undefined) {
    const { target, params } = phase.set_projection;
    const at = child(pointer, 'set_projection');
    const projection = projectionOf(target, at, stage, setting);
    checkRanges(params, child(at, 'params'), setting);
    if (projection !== undefined)
      for (const entry of setSynapses(projection, params, child(at, 'params'), setting)) put(entry);
  } else if (phase.set_source !== undefined) setSource(phase.set_source, child(pointer, 'set_source'), state);
  else if (phase.record !== undefined) {
    const { begins, ends } = stage.recordings.add(phase.record, child(pointer, 'record'));
    for (const name of begins) {
      late.push({ record: name, on: false });
      put({ record: name, on: true });
    }
    for (const name of ends) put({ record: name, on: false });
  } else if (phase.reset !== undefined) {
    state.resets++;
    state.now = 0;
    const { annotations } = phase.reset;
    put({
      reset: true,
      segment: `segment${String(state.resets).padStart(3, '0')}`,
      ...(annotations === undefined || Object.keys(annotations).length === 0 ? {} : { annotations }),
    });
  } else if (phase.native !== undefined) put(phase.native);
  else if (phase.get_data !== undefined) getData(phase.get_data, child(pointer, 'get_data'), stage, setting);
}

function projectionOf(
  target: string,
  pointer: string,
  { projections }: Stage,
  setting: Setting,
): TranslatedProjection | undefined {
  const projection = projections.get(target);
  if (projection === undefined)
    setting.report(messages.unknownReference('projection', target, [...projections.keys()]), child(pointer, 'target'));
  return projection;
}

/** Data are kept whole, segment by segment, including data that a script discards after reading. */
function getData(
  { target, clear }: NonNullable<Phase['get_data']>,
  pointer: string,
  stage: Stage,
  setting: Setting,
): void {
  const known =
    target === undefined ||
    stage.targets.has(target) ||
    targetOf(target, stage.targets, child(pointer, 'target'), setting);
  if (known) setting.report(messages.getDataNote(clear === true), pointer);
}

/**
 * A change of a current source. Where time is never turned back its moment is known, and it becomes part of the
 * source's expression; else a phase gives the source another value.
 */
function setSource({ target, params }: NonNullable<Phase['set_source']>, pointer: string, state: State): void {
  const { stage, setting, changes } = state;
  const at = child(pointer, 'params');
  if (!stage.sources.has(target)) {
    setting.report(
      messages.unknownReference('current source', target, [...stage.sources.keys()]),
      child(pointer, 'target'),
    );
    return;
  }
  const place = state.protocol.length;
  changes.set(target, [...(changes.get(target) ?? []), { time: state.now, params, pointer: at, place }]);
  // Its place in the protocol, for a value that is put in when all changes are known.
  state.protocol.push(undefined);
}

// --- Cells --------------------------------------------------------------------------------------------------------

/**
 * Returns the values set on some cells. A selection with gaps is separate from the variables that it applies to;
 * formulas count its cells.
 *
 * @param given  the values as written
 */
function entryFor(
  what: 'set' | 'initialise',
  portion: Portion,
  values: Readonly<Record<string, unknown>>,
  given: Values,
): unknown {
  const { population, cells } = portion;
  if (cells.kind === 'range' && cells.begin === 0 && cells.end === population.size)
    return {
      [what]: Object.fromEntries(Object.entries(values).map(([name, value]) => [`${population.id}.${name}`, value])),
    };
  const counts = Object.values(given).some((value) => isFormula(value) && readsIndex(value));
  return { [what]: values, of: selectionOf(portion), ...(counts ? { numbered: 'selection' } : {}) };
}

function setCells(
  { target, params }: { readonly target: string; readonly params: Values },
  pointer: string,
  state: State,
): unknown[] {
  const { stage, setting } = state;
  const found = targetOf(target, stage.targets, child(pointer, 'target'), setting);
  const at = child(pointer, 'params');
  return (found?.portions ?? []).flatMap((portion) => {
    const { cell } = portion.population;
    if (cell === null) return setTrains(portion, params, at, state);
    const given = Object.entries(params).map(([name, value]) => [parameterName(name), value, child(at, name)] as const);
    const values = parameterValues(cell, given, countOf(portion.cells), setting, true);
    return Object.keys(values).length === 0 ? [] : [entryFor('set', portion, values, params)];
  });
}

/** Other spike times for some or all cells of a SpikeSourceArray; the others go on with theirs. */
function setTrains(portion: Portion, params: Values, pointer: string, state: State): unknown[] {
  const { population, cells } = portion;
  const { setting, trains } = state;
  for (const key of Object.keys(params))
    if (key !== 'spike_times')
      setting.reportKey(messages.unknownParameter(key, 'SpikeSourceArray', ['spike_times']), child(pointer, key));
  const { spike_times: value } = params;
  if (value === undefined) return [];
  const at = child(pointer, 'spike_times');
  const count = countOf(cells);
  // How many of the drawn cells are of this population is not known: one list is for all that there may be.
  const most = Number.isNaN(count) && cells.kind === 'sample' ? Math.min(cells.size, population.size) : count;
  if (most !== count && listCount(value) !== null) {
    setting.report(messages.countUnknown('spike_times'), at);
    return [];
  }
  const given = spikeTrains(value, most, at, setting);
  if (given === undefined) return [];
  const whole = cells.kind === 'range' && cells.begin === 0 && cells.end === population.size;
  if (cells.kind === 'sample' || (state.drawn.has(population.id) && !whole)) {
    state.drawn.add(population.id);
    return [{ replay: { [population.id]: replayed(given, at) }, of: selectionOf(portion) }];
  }
  state.drawn.delete(population.id);
  const all = [...(trains.get(population.id) ?? Array.from({ length: population.size }, () => []))];
  given.forEach((train, k) => {
    all[cells.kind === 'range' ? cells.begin + k : (cells.indices[k] ?? 0)] = train;
  });
  trains.set(population.id, all);
  return [{ replay: { [population.id]: replayed(all, at) } }];
}

function initialise(
  { target, values }: { readonly target: string; readonly values: Values },
  pointer: string,
  stage: Stage,
  setting: Setting,
): unknown[] {
  const at = child(pointer, 'values');
  const projection = stage.targets.has(target) ? undefined : stage.projections.get(target);
  if (projection !== undefined) return initialiseSynapses(projection, values, at, setting);
  const found = targetOf(target, stage.targets, child(pointer, 'target'), setting);
  return (found?.portions ?? []).flatMap((portion) => {
    const { cell } = portion.population;
    if (cell === null) {
      for (const key of Object.keys(values))
        setting.reportKey(messages.unknownVariable(key, 'SpikeSourceArray', []), child(at, key));
      return [];
    }
    const first = initialValues(cell, values, countOf(portion.cells), at, setting, true);
    return Object.keys(first).length === 0 ? [] : [entryFor('initialise', portion, first, values)];
  });
}
