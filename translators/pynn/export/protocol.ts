/** Recordings and phases in PyNN's terms. */

import { itemAt } from '../../../src/diagnostics/entry.js';
import { populationOf, selectionSize } from '../../../src/model/selected.js';
import { isDrawn, isIdle, isPhase, isSelection } from '../../../src/model/tagged.js';
import type { Expression } from '../../../src/lang/ast.js';
import { equalExpressions, namesIn } from '../../../src/lang/walk.js';
import { numbersOf } from '../../../src/model/arrays.js';
import type * as written from '../../../src/model/model.js';
import {
  contentOf,
  formulaOf,
  type Phase,
  type SelectionRule,
  type SpikeTrain,
  type Value,
} from '../../../src/model/typed.js';
import { child } from '../../../src/model/pointer.js';
import { typedSelection } from '../../../src/model/typed-model.js';
import { unitOf } from '../cells.js';
import { isNumbers } from '../values.js';
import type {
  Phase as PynnPhase,
  PynnSpecification,
  Recording as PynnRecording,
  Value as PynnValue,
} from '../specification.generated.js';
import { cellOfSelection, valueIn, type ExportContext } from './context.js';
import { currentSources } from './currents.js';
import { quantityOf } from '../native/equations.js';
import { isNative, runsHere } from './native.js';
import { declaredOf } from './projections.js';
import { recordingOf } from './recordings.js';
import { dottedName, synapseParts, withLists } from './types.js';
import { inUnit } from '../../shared/in-unit.js';

/** Recordings from the start, phases, and the model's recordings. */
interface Protocol extends Required<Pick<PynnSpecification, 'recordings' | 'phases'>> {
  /** Pointers to recordings of the model, by target and variable in PyNN's terms. */
  readonly recorded: ReadonlyMap<string, string>;
}

/** Returns the key of a recorded variable. */
export const recordedKey = (target: string, variable: string): string => JSON.stringify([target, variable]);

/** Returns the protocol of a model. */
export function protocolOf(context: ExportContext): Protocol {
  const { recordings, experiment } = context.model;
  const first = experiment.protocol.findIndex((phase) => !isPhase(phase, 'record') || phase.on);
  const lead = experiment.protocol.slice(0, first < 0 ? undefined : first);
  const late = new Set(lead.flatMap((phase) => (isPhase(phase, 'record') ? [phase.record] : [])));
  const described = new Map(
    recordings.map(
      (recording, k) => [recording.name, recordingOf(context, recording, child('/recordings', k))] as const,
    ),
  );
  const on = new Set(recordings.map(({ name }) => name).filter((name) => !late.has(name)));
  const phases = new Phases(context, described, on);
  experiment.protocol.slice(lead.length).forEach((phase, k) => {
    if (!isIdle(phase, experiment.protocol)) phases.add(phase, lead.length + k);
  });
  const begun = recordings.flatMap(({ name }) => (late.has(name) ? [] : (described.get(name) ?? [])));
  const recorded = recordings.flatMap(({ name }, k) => {
    const { target = '', variables } = described.get(name) ?? {};
    const pointer = child('/recordings', k);
    return [variables ?? []].flat().map((variable) => [recordedKey(target, variable), pointer] as const);
  });
  return { recordings: once(begun), phases: phases.end(), recorded: new Map(recorded) };
}

/** Returns a list without duplicates, such as one for each population of a sample. */
const once = <T>(list: readonly T[]): readonly T[] => [
  ...new Map(list.map((item) => [JSON.stringify(item), item] as const)).values(),
];

class Phases {
  readonly #context: ExportContext;
  readonly #described: ReadonlyMap<string, PynnRecording | undefined>;
  readonly #on: Set<string>;
  readonly #list: PynnPhase[] = [];
  /** Recordings that end together: PyNN ends all of a target. */
  readonly #ending = new Map<string, string>();

  constructor(context: ExportContext, described: ReadonlyMap<string, PynnRecording | undefined>, on: Set<string>) {
    this.#context = context;
    this.#described = described;
    this.#on = on;
  }

  end(): readonly PynnPhase[] {
    this.#stop();
    return this.#list;
  }

  add(phase: Phase, index: number): void {
    const pointer = child('/experiment/protocol', index);
    if (isPhase(phase, 'record') && !phase.on) {
      this.#ending.set(phase.record, pointer);
      return;
    }
    this.#stop();
    const { natives, report } = this.#context;
    switch (phase.kind) {
      case 'run':
        return void this.#list.push({ run: inUnit(phase.run, 'ms') });
      case 'runUntil':
        return void this.#list.push({ run_until: inUnit(phase.runUntil, 'ms') });
      case 'reset':
        return void this.#list.push({
          reset: phase.annotations === undefined ? {} : { annotations: phase.annotations },
        });
      case 'record':
        return this.#start(phase.record);
      case 'set':
      case 'initialise':
      case 'delays':
      case 'replay':
      case 'currents':
      case 'attach':
      case 'detach':
      case 'store':
      case 'restore':
        if (natives === undefined) break;
        report.convention('pynn/native', pointer, runsHere);
        return void this.#list.push({
          native: natives.plain(withUnits(itemAt(natives.model.experiment.protocol, index), this.#context)),
        });
      default:
        return phase satisfies never;
    }
    switch (phase.kind) {
      case 'set':
        if (phase.where === undefined) return this.#assign('set', phase.set, phase, pointer);
        return report.missing(pointer, 'the phase set');
      case 'initialise':
        return this.#assign('initialize', phase.initialise, phase, pointer);
      case 'delays':
        return this.#delays(phase.delays, pointer);
      case 'replay':
        return this.#replay(phase.replay, phase.of);
      case 'currents':
        return this.#currents(phase.currents, pointer);
      case 'attach':
      case 'detach':
      case 'store':
      case 'restore':
        return report.missing(pointer, `the phase ${phase.kind}`);
      default:
        return phase satisfies never;
    }
  }

  #start(name: string): void {
    const recording = this.#described.get(name);
    this.#on.add(name);
    if (recording !== undefined) this.#list.push({ record: recording });
  }

  #stop(): void {
    const targets = new Set([...this.#ending.keys()].flatMap((name) => this.#described.get(name)?.target ?? []));
    for (const target of targets) {
      const active = [...this.#on].filter((name) => this.#described.get(name)?.target === target);
      if (active.every((name) => this.#ending.has(name))) this.#list.push({ record: { target, variables: null } });
      else {
        const [pointer = ''] = active.flatMap((name) => this.#ending.get(name) ?? []);
        this.#context.report.missing(pointer, `switching off part of the recordings of ${target}`);
      }
    }
    for (const name of this.#ending.keys()) this.#on.delete(name);
    this.#ending.clear();
  }

  #replay(trains: Readonly<Record<string, SpikeTrain>>, of: SelectionRule | undefined): void {
    const { model, data, targets, label } = this.#context;
    for (const [name, spikes] of Object.entries(trains)) {
      const size = of === undefined ? (model.populations[name]?.size ?? 0) : selectionSize(of, model.populations, data);
      const sequences = trainsOf(this.#context, spikes, size);
      const [first] = sequences;
      const same = sequences.every((sequence) => JSON.stringify(sequence) === JSON.stringify(first));
      // How many of the cells of an assembly a sample has is not known: they have one list.
      const times = of !== undefined && isSelection(of, 'sampleOf') && same ? { sequence: first ?? [] } : { sequences };
      this.#list.push({
        set: { target: of === undefined ? label(name) : targets.of(of), params: { spike_times: times } },
      });
    }
  }

  /** A source takes all its parameters from now on; stimuli of one source share one value. */
  #currents(values: Readonly<Record<string, Expression>>, pointer: string): void {
    const { model, report } = this.#context;
    let before: readonly [name: string, value: Expression] | undefined;
    for (const [name, value] of Object.entries(values)) {
      if (before && name.startsWith(`${before[0]}_`) && equalExpressions(before[1], value)) continue;
      before = [name, value];
      const stimulus = model.stimuli[name];
      const dt = (stimulus?.kind === 'current' ? stimulus.every : undefined) ?? model.experiment.dt;
      const [source, ...others] = currentSources(value, dt) ?? [];
      if (source === undefined || others.length > 0) report.missing(pointer, `a change of the current ${name}`);
      else this.#list.push({ set_source: { target: this.#context.label(name), params: source.params ?? {} } });
    }
  }

  /** Delays of projections on the side of the receiver, as phases have set them. */
  readonly #dendritic = new Map<string, Value | undefined>();

  #delays(delays: Readonly<Record<string, Value>>, pointer: string): void {
    const byProjection = new Map<string, Record<string, Value>>();
    for (const [key, value] of Object.entries(delays)) {
      const [projection = '', pathway = ''] = key.split('.');
      byProjection.set(projection, { ...byProjection.get(projection), [pathway]: value });
    }
    for (const [projection, { pre, post }] of byProjection) {
      this.#dendritic.set(projection, post);
      if (pre !== undefined && post !== undefined) {
        this.#context.report.missing(pointer, `a change of delays of ${projection} that are partly dendritic`);
        continue;
      }
      const delay = valueIn(this.#context, post ?? pre ?? 0, 'ms', pointer, 'ij');
      if (delay === undefined) continue;
      const params = { delay: this.#byPair(delay, projection, pointer) };
      this.#list.push({ set_projection: { target: this.#context.label(projection), params } });
    }
  }

  /** Values by `owner[selection].variable`, or variables of a selection: one phase for each target. */
  #assign(
    what: 'set' | 'initialize',
    values: Readonly<Record<string, Value>>,
    { of, numbered }: { readonly of?: SelectionRule; readonly numbered?: 'selection' },
    pointer: string,
  ): void {
    const groups = new Map<string, { readonly rule: SelectionRule; readonly values: Record<string, Value> }>();
    for (const [key, value] of Object.entries(values)) {
      const { owner, variable } = of === undefined ? parted(key) : { owner: '', variable: key };
      const rule = of ?? ruleOf(owner, this.#context);
      if (rule === undefined) {
        this.#context.report.missing(pointer, `a change of ${key}`);
        continue;
      }
      const formula = formulaOf(value);
      if (numbered === undefined && !isWhole(rule) && formula && namesIn(formula).has('i')) {
        this.#context.report.missing(
          pointer,
          `a change of ${key} by the index within the population; PyNN counts within a view`,
        );
        continue;
      }
      const group = groups.get(owner) ?? { rule, values: {} };
      groups.set(owner, group);
      group.values[variable] = value;
    }
    const parts = [...groups.values()].flatMap(({ rule, values: all }) =>
      isSelection(rule, 'synapses') || what === 'initialize'
        ? [{ rule, what, values: all }]
        : this.#byKind(rule, all).map((part) => ({ rule, ...part })),
    );
    for (const { rule, what: own, values: assigned } of parts) {
      const phase = isSelection(rule, 'synapses')
        ? this.#setSynapses(own, rule.projection, assigned, pointer)
        : this.#setCells(own, rule, assigned, pointer);
      // A sample of several populations has one equal phase for each population.
      const again =
        isSelection(rule, 'sampleOf') &&
        rule.only !== undefined &&
        JSON.stringify(this.#list.at(-1)) === JSON.stringify(phase);
      if (phase !== undefined && !again) this.#list.push(phase);
    }
  }

  /** Separates parameters of cells, which are set, from state, which is initialised: PyNN has a call for each. */
  #byKind(
    rule: SelectionRule,
    values: Readonly<Record<string, Value>>,
  ): readonly { readonly what: 'set' | 'initialize'; readonly values: Readonly<Record<string, Value>> }[] {
    const { model } = this.#context;
    const state = model.neurons[model.populations[populationOf(rule) ?? '']?.type ?? '']?.state ?? {};
    const some = (states: boolean): Record<string, Value> =>
      Object.fromEntries(Object.entries(values).filter(([name]) => Object.hasOwn(state, name) === states));
    const parts = [
      { what: 'set', values: some(false) },
      { what: 'initialize', values: some(true) },
    ] as const;
    return parts.filter((part) => Object.keys(part.values).length > 0);
  }

  #setCells(
    what: 'set' | 'initialize',
    rule: SelectionRule,
    values: Readonly<Record<string, Value>>,
    pointer: string,
  ): PynnPhase | undefined {
    const context = this.#context;
    const cell = cellOfSelection(context, rule);
    const type = context.model.neurons[context.model.populations[populationOf(rule) ?? '']?.type ?? ''];
    if (cell === undefined) return context.report.missing(pointer, 'a change of cells that have no name in PyNN');
    const params: Record<string, PynnValue> = {};
    for (const [variable, value] of Object.entries(values)) {
      const name = what === 'set' ? variable : Object.entries(cell.initial).find(([, ours]) => ours === variable)?.[0];
      const translated =
        name === undefined
          ? context.report.missing(pointer, `a change of ${variable}`)
          : valueIn(context, value, unitOf(cell, variable), pointer);
      if (name !== undefined && translated !== undefined) params[name] = translated;
    }
    if (Object.keys(params).length === 0) return undefined;
    const target = context.targets.of(rule);
    if (what === 'initialize') return { initialize: { target, values: params } };
    const named = Object.entries(withLists(params, cell)).map(([key, value]) => [
      cell.name === 'PointNeuron' && type ? dottedName(type, key) : key,
      value,
    ]);
    return { set: { target, params: Object.fromEntries(named) as Record<string, PynnValue> } };
  }

  /**
   * Returns a list with a number for each listed synapse as PyNN has it: for each connected pair, by sender and then
   * receiver.
   */
  #byPair(value: PynnValue, name: string, pointer: string): PynnValue {
    const [rule, ...others] = this.#context.model.projections[name]?.connect ?? [];
    if (!isNumbers(value) || rule?.rule !== 'list' || others.length > 0) return value;
    const [sources, targets] = [rule.sources, rule.targets].map((array) => numbersOf(array, this.#context.data)) as [
      number[],
      number[],
    ];
    const order = [...value.keys()].sort(
      (a, b) => itemAt(sources, a) - itemAt(sources, b) || itemAt(targets, a) - itemAt(targets, b),
    );
    const pairs = order.filter(
      (k, at) =>
        at === 0 || sources[k] !== sources[itemAt(order, at - 1)] || targets[k] !== targets[itemAt(order, at - 1)],
    );
    const byPair = new Map(pairs.map((k) => [`${sources[k]} ${targets[k]}`, value[k]]));
    if (value.some((one, k) => one !== byPair.get(`${sources[k]} ${targets[k]}`)))
      this.#context.report.missing(pointer, `separate values for several synapses of one pair of ${name}`);
    return pairs.map((k) => value[k] ?? 0);
  }

  #setSynapses(
    what: 'set' | 'initialize',
    name: string,
    values: Readonly<Record<string, Value>>,
    pointer: string,
  ): PynnPhase | undefined {
    const context = this.#context;
    const projection = context.model.projections[name];
    const type = context.model.synapses[projection?.synapse ?? ''];
    const cell = projection && cellOfSelection(context, projection.to.of);
    const receptor = Object.values(cell?.receptors ?? {}).find(
      ({ variable }) => variable === projection?.receptors['port'],
    );
    const parts = type && receptor && synapseParts(type, receptor.kind);
    const synapse = context.nestml?.synapse(name);
    const own = synapse?.variables;
    if (parts === undefined && own === undefined)
      return context.report.missing(pointer, `a change of synapses of ${name}`);
    if (synapse?.isPaired && this.#list.some(({ run, run_until: until }) => (run ?? until) !== undefined))
      context.report.different(
        'pynn/nestml-step',
        pointer,
        'NEST computes these synapses at presynaptic spikes: spikes of the target since the last of these change the new values',
      );
    const params: Record<string, PynnValue> = {};
    for (const [key, value] of Object.entries(values)) {
      if (key === 'transmission') {
        // It is PyNN's delay, which a phase before this one sets.
        if (contentOf(value) !== contentOf(this.#dendritic.get(name)))
          context.report.missing(pointer, `a change of when synapses of ${name} send, without that of their delay`);
        continue;
      }
      const { unit, name: inNest } = own?.get(key) ?? { unit: parts && declaredOf(parts, key).unit, name: key };
      const translated = valueIn(context, value, unit ?? '1', pointer, 'ij');
      if (translated !== undefined) params[inNest] = this.#byPair(translated, name, pointer);
    }
    if (Object.keys(params).length === 0) return undefined;
    // A weight that changes by itself is set as one that stays; other state has first values.
    const weightOnly = own !== undefined || Object.keys(params).every((key) => key === 'weight');
    const target = context.label(name);
    return what === 'set' || weightOnly
      ? { set_projection: { target, params } }
      : { initialize: { target, values: params } };
  }
}

/** Checks whether a selection is all of a population or projection. */
const isWhole = (rule: SelectionRule): boolean =>
  rule.kind === 'slice' ? rule.slice === undefined : rule.kind === 'synapses' && !(rule.slice ?? rule.indices);

/** Returns a phase with units. A reader takes numbers without units in PyNN's units for standard types, else in SI. */
function withUnits(phase: written.Phase, context: ExportContext): Readonly<Record<string, unknown>> {
  const changed = (
    values: Readonly<Record<string, written.Value>>,
    of: SelectionRule | undefined,
  ): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(values).map(([key, value]) => {
        const { owner, variable } = of === undefined ? parted(key) : { owner: '', variable: key };
        const rule = of ?? ruleOf(owner, context);
        const unit = rule === undefined ? undefined : unitOfVariable(rule, variable, context);
        if (rule === undefined || unit === undefined) return [key, value];
        if (typeof value === 'number') return [key, quantityOf(value, unit)];
        return [key, isOwnType(rule, context) ? value : quantityIn(value, unit)];
      }),
    );
  if (isPhase(phase, 'set')) return { ...phase, set: changed(phase.set, phase.of && typedSelection(phase.of)) };
  if (isPhase(phase, 'initialise'))
    return { ...phase, initialise: changed(phase.initialise, phase.of && typedSelection(phase.of)) };
  return { ...phase };
}

/** Checks whether cells or synapses are of a type of the document's own. */
function isOwnType(rule: SelectionRule, context: ExportContext): boolean {
  const projection = isSelection(rule, 'synapses') ? context.model.projections[rule.projection] : undefined;
  if (projection !== undefined) return isNative(context, projection);
  const cell = cellOfSelection(context, rule);
  return cell === undefined || cell.native === true;
}

/** Returns the unit of a variable; undefined if it has no unit. */
function unitOfVariable(rule: SelectionRule, variable: string, { model }: ExportContext): string | undefined {
  const type = isSelection(rule, 'synapses')
    ? model.synapses[model.projections[rule.projection]?.synapse ?? '']
    : model.neurons[model.populations[populationOf(rule) ?? '']?.type ?? ''];
  const unit = type?.parameters[variable]?.unit ?? type?.state[variable]?.unit;
  return unit === '1' ? undefined : unit;
}

function quantityIn(value: Exclude<written.Value, number>, unit: string): unknown {
  if (typeof value === 'string') return value;
  return isDrawn(value) && value.exponent10 !== undefined ? value : { ...value, unit };
}

/** `owner[selection].variable`. */
function parted(key: string): { readonly owner: string; readonly variable: string } {
  const dot = key.lastIndexOf('.');
  return { owner: key.slice(0, dot), variable: key.slice(dot + 1) };
}

/** Returns the selection that the text of a key means; undefined for other texts. */
function ruleOf(owner: string, { model }: ExportContext): SelectionRule | undefined {
  const [, name = '', inside] = /^(\w+)(?:\[([^\]]*)\])?$/.exec(owner) ?? [];
  if (inside === undefined)
    return Object.hasOwn(model.projections, name)
      ? { kind: 'synapses', projection: name }
      : Object.hasOwn(model.populations, name)
        ? { kind: 'slice', population: name }
        : undefined;
  if (!Object.hasOwn(model.populations, name)) return undefined;
  if (/^\d+(,\s*\d+)*$/.test(inside))
    return { kind: 'indices', population: name, indices: inside.split(',').map(Number) };
  const [, from, to, step = '1'] = /^(\d+):(\d+)(?::(\d+))?$/.exec(inside) ?? [];
  return from === undefined || to === undefined
    ? undefined
    : { kind: 'slice', population: name, slice: [Number(from), Number(to), Number(step)] };
}

/** Spike times in ms of each cell. */
export function trainsOf({ data }: ExportContext, spikes: SpikeTrain, size: number): readonly (readonly number[])[] {
  const trains = Array.from({ length: size }, (): number[] => []);
  const times = numbersOf(spikes.times, data);
  numbersOf(spikes.indices, data).forEach((cell, k) => trains[cell]?.push(inUnit(times[k] ?? 0, 'ms')));
  return trains;
}
