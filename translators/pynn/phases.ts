/** The phases of a script as those of the canonical protocol. */

import type { Setting } from './context.js';
import { own } from './context.js';
import { child } from '../../src/model/pointer.js';
import { parameterName, parameterValues } from './cells.js';
import type { SourceChange } from './currents.js';
import { located, type Located } from './located.js';
import * as messages from './messages.js';
import { initialValues } from './populations.js';
import type { TranslatedProjection } from './projections.js';
import type { Recordings } from './recordings.js';
import { countOf, rangesOf, targetOf, type Target } from './selections.js';
import type { Phase, Values } from './specification.js';
import { translateValue } from './values.js';

/** What phases may name. */
export interface Stage {
  readonly targets: ReadonlyMap<string, Target>;
  readonly projections: ReadonlyMap<string, TranslatedProjection>;
  readonly sources: ReadonlySet<string>;
  readonly recordings: Recordings;
}

export interface TranslatedPhases {
  readonly protocol: readonly unknown[];
  /** Changes of current sources, by label. */
  readonly changes: ReadonlyMap<string, readonly SourceChange[]>;
}

/** Translates all phases. Recordings that begin later are off until then. */
export function translatePhases(phases: readonly Phase[], stage: Stage, setting: Setting): TranslatedPhases {
  const protocol: unknown[] = [];
  const late: unknown[] = [];
  const changes = new Map<string, SourceChange[]>();
  let now = 0;
  let resets = 0;
  for (const [k, phase] of phases.entries()) {
    const pointer = child('/phases', k);
    const put = (entry: unknown): void => void protocol.push(located(entry, pointer));
    if (phase.run !== undefined) {
      if (phase.run < 0) setting.report(messages.outOfRange('the time to run', '0 ms or more', `${phase.run} ms`), child(pointer, 'run'));
      now += phase.run;
      put({ run: `${phase.run} ms` });
    } else if (phase.run_until !== undefined) {
      if (phase.run_until < now - setting.dt / 2) setting.report(messages.timePassed(now, phase.run_until), child(pointer, 'run_until'));
      now = phase.run_until;
      put({ runUntil: `${phase.run_until} ms` });
    } else if (phase.set !== undefined) {
      for (const entry of setCells(phase.set, child(pointer, 'set'), stage, setting)) put({ set: entry });
    } else if (phase.initialize !== undefined) {
      for (const entry of initialise(phase.initialize, child(pointer, 'initialize'), stage, setting)) put({ initialise: entry });
    } else if (phase.set_projection !== undefined) {
      const entry = setProjection(phase.set_projection, child(pointer, 'set_projection'), stage, setting);
      if (entry !== undefined) put({ set: entry });
    } else if (phase.set_source !== undefined) {
      const { target, params } = phase.set_source;
      const at = child(pointer, 'set_source');
      if (resets > 0) setting.report(messages.unsupported('a change of a current source after a reset'), at);
      if (!stage.sources.has(target))
        setting.report(messages.unknownReference('current source', target, [...stage.sources]), child(at, 'target'));
      changes.set(target, [...(changes.get(target) ?? []), { time: now, params, pointer: child(at, 'params') }]);
    } else if (phase.record !== undefined) {
      const { begins, ends } = stage.recordings.add(phase.record, child(pointer, 'record'));
      for (const name of begins) {
        late.push({ record: name, on: false });
        put({ record: name, on: true });
      }
      for (const name of ends) put({ record: name, on: false });
    } else if (phase.reset !== undefined) {
      resets++;
      now = 0;
      put({ reset: true, segment: `segment${String(resets).padStart(3, '0')}` });
    } else if (phase.get_data !== undefined) setting.report(messages.getDataNote(), child(pointer, 'get_data'));
  }
  if (!phases.some((phase) => phase.run !== undefined || phase.run_until !== undefined)) setting.report(messages.noRun(), '/phases');
  return { protocol: [...late, ...protocol], changes };
}

/** Keys `population[begin:end].name` with their values, for each range of cells of a target. */
function assignments(
  target: Target,
  pointer: string,
  setting: Setting,
  valuesFor: (cells: number, portion: Target['portions'][number]) => Readonly<Record<string, Located>>,
): Record<string, Located>[] {
  return target.portions.flatMap((portion) => {
    const ranges = rangesOf(portion);
    if (ranges === undefined) {
      setting.report(messages.unsupported('a change of a drawn sample of cells'), pointer);
      return [];
    }
    const values = valuesFor(countOf(portion.cells), portion);
    const { id, size } = portion.population;
    let done = 0;
    return ranges.map(([begin, end]) => {
      const from = done;
      done += end - begin;
      const name = begin === 0 && end === size ? id : `${id}[${begin}:${end}]`;
      return Object.fromEntries(
        Object.entries(values).map(([key, value]) => [`${name}.${key}`, slice(value, from, done, ranges.length > 1)]),
      );
    });
  });
}

/** The part of a list that is for a range of cells. */
const slice = (value: Located, from: number, to: number, several: boolean): Located =>
  several && Array.isArray(value.value) ? located(value.value.slice(from, to), value.pointer) : value;

function setCells(
  { target, params }: { readonly target: string; readonly params: Values },
  pointer: string,
  stage: Stage,
  setting: Setting,
): Record<string, Located>[] {
  const found = targetOf(target, stage.targets, child(pointer, 'target'), setting);
  if (found === undefined) return [];
  const given = Object.entries(params).map(([name, value]) => [parameterName(name), value, child(child(pointer, 'params'), name)] as const);
  return assignments(found, pointer, setting, (count, { population }) => {
    if (population.cell !== null) return parameterValues(population.cell, given, count, setting, true);
    setting.report(messages.unsupported('a change of the spike times of a SpikeSourceArray'), pointer);
    return {};
  });
}

function initialise(
  { target, values }: { readonly target: string; readonly values: Values },
  pointer: string,
  stage: Stage,
  setting: Setting,
): Record<string, Located>[] {
  const found = targetOf(target, stage.targets, child(pointer, 'target'), setting);
  if (found === undefined) return [];
  return assignments(found, pointer, setting, (count, { population }) =>
    population.cell === null ? {} : initialValues(population.cell, values, count, child(pointer, 'values'), setting, true),
  );
}

function setProjection(
  { target, params }: { readonly target: string; readonly params: Values },
  pointer: string,
  stage: Stage,
  setting: Setting,
): Record<string, Located> | undefined {
  const projection = stage.projections.get(target);
  if (projection === undefined)
    return void setting.report(messages.unknownReference('projection', target, [...stage.projections.keys()]), child(pointer, 'target'));
  const { standard } = projection.synapse;
  const result: Record<string, Located> = {};
  const declared: Readonly<Record<string, unknown>> = {
    ...standard.synapse.parameters,
    ...(standard.synapse.state?.['weight'] === undefined ? {} : { weight: standard.synapse.state['weight'] }),
  };
  const known = Object.keys(declared).filter((name) => name !== 'tau_syn' && name !== 'transmission');
  for (const [name, value] of Object.entries(params)) {
    const at = child(child(pointer, 'params'), name);
    const parameter = own(declared, name);
    if (name === 'delay') setting.report(messages.unsupported('a change of delays during the run'), at);
    else if (parameter === undefined || !known.includes(name)) setting.reportKey(messages.unknownParameter(name, standard.name, known), at);
    else {
      const unit = typeof parameter === 'object' && parameter !== null && 'unit' in parameter ? String(parameter.unit) : '1';
      const translated = translateValue(value, at, { what: name, unit, count: null, formulas: ['ij', 'd'] }, setting);
      if (translated !== undefined) result[`${projection.id}.${name}`] = translated;
    }
  }
  return result;
}
