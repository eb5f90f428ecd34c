/** The phases of `run` become the protocol. */

import { second } from '../../src/lang/dimension.js';
import { dimensionless } from '../../src/lang/ast.js';
import { child } from '../../src/model/pointer.js';
import { readExpression } from './context.js';
import { emitValue } from './emit.js';
import { delayVariable, groupScope, isGroup, synapseScope, type Group, type SynapseGroup } from './group.js';
import { isOfMorphology, whatMorphologySays, type Assignment } from './initializers.js';
import { located, locatedExpression, type Located } from '../shared/located.js';
import * as messages from './messages.js';
import { isUnknown } from './constants.js';
import type { Sources } from './monitors.js';
import { translate } from './names.js';
import type { Setting } from './neuron-groups.js';
import { translateSpikeTrain } from './sources.js';
import { stepLonger } from './synapses.js';
import type { BrianSpecification, Index, Phase, Values } from './specification.generated.js';
import type { Scope } from './terms.js';
import { readNumber, readValue } from './values.js';

/** Objects that can be switched on and off between runs. */
interface Switches {
  readonly monitors: ReadonlySet<string>;
  readonly inputs: ReadonlySet<string>;
}

/** Changes by earlier phases that Brian does not store with the state of a network. */
interface Unstored {
  /** Values of constants of the namespace, by the parameters that stand for them. */
  readonly constants: Record<string, unknown>;
  /** Whether inputs act. */
  readonly inputs: Map<string, boolean>;
}

/** Translates the protocol: runs, and the actions between them. */
export function translateProtocol(
  specification: BrianSpecification,
  sources: Sources,
  switches: Switches,
  setting: Setting,
): readonly unknown[] {
  const { run } = specification;
  if (run === undefined) {
    setting.to.report(messages.noRun(), '');
    return [];
  }
  if (typeof run === 'string') return duration(run, '/run', setting);
  const unstored: Unstored = { constants: {}, inputs: new Map() };
  return run.flatMap((phase, index) =>
    translatePhase(phase, child('/run', index), sources, switches, unstored, setting),
  );
}

function duration(value: string | number, pointer: string, setting: Setting): readonly unknown[] {
  const time = readNumber(
    value,
    pointer,
    { name: 'duration', dimension: second, type: 'real' },
    setting.namespace,
    setting.to,
  );
  if (time !== undefined && time < 0)
    setting.to.report(messages.outOfRange('the duration', '0 s or more', value), pointer);
  return time === undefined ? [] : [located({ run: time }, pointer)];
}

function translatePhase(
  phase: Phase,
  pointer: string,
  sources: Sources,
  switches: Switches,
  unstored: Unstored,
  setting: Setting,
): readonly unknown[] {
  const { to } = setting;
  const { set, initialize, reset, segment, annotations } = phase;
  const needs = (key: keyof Phase, ...others: readonly (keyof Phase)[]): void => {
    if (phase[key] !== undefined && others.every((other) => phase[other] === undefined))
      to.report(messages.badPhase(`${key} belongs to ${others.join(' or ')}`), child(pointer, key));
  };
  needs('where', 'set');
  needs('index', 'set', 'initialize');
  needs('segment', 'reset');
  needs('annotations', 'reset');
  if (phase.where !== undefined && phase.index !== undefined)
    to.report(messages.badPhase('where and index exclude each other'), child(pointer, 'index'));
  return [
    ...(phase.restore === undefined ? [] : restoreState(phase.restore, child(pointer, 'restore'), unstored)),
    ...(reset === undefined
      ? []
      : [
          located(
            {
              reset,
              ...(segment === undefined ? {} : { segment }),
              ...(annotations === undefined ? {} : { annotations }),
            },
            child(pointer, 'reset'),
          ),
        ]),
    ...(initialize === undefined ? [] : translateInitialize(initialize, phase, pointer, sources, setting)),
    ...(set === undefined ? [] : translateSet(set, phase, pointer, sources, unstored, setting)),
    ...Object.entries(phase.active ?? {}).flatMap(([key, on]) =>
      translateSwitch(key, on, child(child(pointer, 'active'), key), switches, sources, unstored, setting),
    ),
    ...translateSpikes(phase.set_spikes ?? {}, child(pointer, 'set_spikes'), sources, setting),
    ...(phase.duration === undefined ? [] : duration(phase.duration, child(pointer, 'duration'), setting)),
    ...(phase.store === undefined ? [] : [located({ store: phase.store }, child(pointer, 'store'))]),
  ];
}

/**
 * Returns to a stored state. Constants of the namespace keep the values that they have now, inputs stay on or off.
 *
 * @source Brian 2, `Network.restore`: stored states have the variables of objects
 */
function restoreState(name: string, pointer: string, { constants, inputs }: Unstored): readonly unknown[] {
  return [
    located({ restore: name }, pointer),
    ...(Object.keys(constants).length === 0 ? [] : [located({ set: { ...constants } }, pointer)]),
    ...[...inputs].map(([input, on]) => located(switchInput(input, on), pointer)),
  ];
}

const switchInput = (name: string, on: boolean): object => (on ? { attach: name } : { detach: name });

function translateSwitch(
  key: string,
  on: boolean,
  pointer: string,
  switches: Switches,
  sources: Sources,
  { inputs }: Unstored,
  setting: Setting,
): readonly unknown[] {
  if (switches.monitors.has(key)) return [located({ record: key, on }, pointer)];
  if (switches.inputs.has(key)) {
    inputs.set(key, on);
    return [located(switchInput(key, on), pointer)];
  }
  if (sources.groups.has(key) || sources.synapses.has(key))
    setting.to.report(messages.unsupported('switching off groups and synapses'), pointer);
  else setting.to.report(messages.unknownTarget(key, [...switches.monitors, ...switches.inputs]), pointer);
  return [];
}

/** Translates new spikes of generators, all in one phase. */
function translateSpikes(
  given: NonNullable<Phase['set_spikes']>,
  pointer: string,
  { groups }: Sources,
  setting: Setting,
): readonly unknown[] {
  const generators = new Map([...groups].filter(([, group]) => group.kind === 'generator'));
  const replay = Object.entries(given).flatMap(([name, spikes]) => {
    const group = generators.get(name);
    if (group !== undefined)
      return [[name, translateSpikeTrain(spikes, child(pointer, name), group, setting)] as const];
    setting.to.report(messages.unknownGroup(name, [...generators.keys()]), child(pointer, name));
    return [];
  });
  return replay.length === 0 ? [] : [located({ replay: Object.fromEntries(replay) }, pointer)];
}

/**
 * Translates `set`, which changes variables of groups or of synapses by `name.variable`, or constants of the namespace,
 * all in one phase.
 */
function translateSet(
  set: Readonly<Record<string, Values>>,
  { where, index }: Phase,
  phase: string,
  sources: Sources,
  { constants }: Unstored,
  setting: Setting,
): readonly unknown[] {
  const changes: Record<string, unknown> = {};
  const delays: Record<string, unknown> = {};
  let restriction: Located | undefined;
  for (const [key, value] of Object.entries(set)) {
    const pointer = child(child(phase, 'set'), key);
    const [name = '', variable, ...rest] = key.split('.');
    const owner = sources.groups.get(name) ?? sources.synapses.get(name);
    if (variable === undefined) {
      for (const [at, one] of Object.entries({ where, index }))
        if (one !== undefined)
          setting.to.report(messages.badPhase(`${at} cannot restrict a constant of the namespace`), child(phase, at));
      const values = setConstant(key, value, pointer, sources, setting);
      Object.assign(changes, values);
      Object.assign(constants, values);
    } else if (owner !== undefined && !isGroup(owner) && (variable === 'delay' || rest[0] === 'delay')) {
      const pathway = variable === 'delay' ? 'pre' : variable;
      if (where !== undefined || index !== undefined)
        setting.to.report(messages.unsupported('changing the delays of some synapses between runs'), pointer);
      const next = setDelay(pathway, value, pointer, owner, setting);
      if (next !== undefined) delays[`${name}.${pathway}`] = next;
    } else {
      Object.assign(changes, changeOf(key, value, index, child(phase, 'index'), pointer, sources, setting));
      if (where !== undefined && owner !== undefined)
        restriction ??= readWhere(where, child(phase, 'where'), scopeOf(owner, setting), setting);
    }
  }
  const at = child(phase, 'set');
  return [
    ...(Object.keys(delays).length === 0 ? [] : [located({ delays }, at)]),
    ...(Object.keys(changes).length === 0
      ? []
      : [located({ set: changes, ...(restriction === undefined ? {} : { where: restriction }) }, at)]),
  ];
}

/** Translates first values of variables of groups or of synapses, all in one phase. */
function translateInitialize(
  initialize: Readonly<Record<string, Values>>,
  { index }: Phase,
  phase: string,
  sources: Sources,
  setting: Setting,
): readonly unknown[] {
  const at = child(phase, 'initialize');
  const values = Object.entries(initialize).map(([key, value]) =>
    changeOf(key, value, index, child(phase, 'index'), child(at, key), sources, setting),
  );
  return [located({ initialise: Object.assign({}, ...values) as object }, at)];
}

/** Returns the new value of `group.variable` for all elements or for some, or undefined after a finding. */
function changeOf(
  key: string,
  value: Values,
  index: Index | undefined,
  indexPointer: string,
  pointer: string,
  { groups, synapses }: Sources,
  setting: Setting,
): Readonly<Record<string, unknown>> {
  const [name = '', variable = '', ...rest] = key.split('.');
  const owner = groups.get(name) ?? synapses.get(name);
  if (owner === undefined || rest.length > 0) {
    setting.to.report(messages.unknownGroup(name, [...groups.keys(), ...synapses.keys()]), pointer);
    return {};
  }
  const part = index === undefined ? undefined : readIndex(index, indexPointer, owner, setting);
  const size = part?.count ?? (isGroup(owner) ? owner.size : Number.NaN);
  const scope = scopeOf(owner, setting);
  return {
    [`${name}${part?.text ?? ''}.${variable}`]: setVariable(variable, value, pointer, { owner, size, scope }, setting),
  };
}

/** Sets new delays of a pathway for events from now on. */
function setDelay(pathway: string, value: Values, pointer: string, owner: SynapseGroup, setting: Setting): unknown {
  const { to } = setting;
  if (!owner.pathways.includes(pathway)) {
    to.report(messages.unknownPathway(pathway, owner.pathways), pointer);
    return undefined;
  }
  const read = readValue(value, pointer, delayVariable(pointer), scopeOf(owner, setting), Number.NaN, to);
  if (read?.kind === 'known' && read.value < 0)
    to.report(messages.outOfRange(`the delay of the pathway ${pathway}`, '0 s or more', value), pointer);
  if (read === undefined) return undefined;
  return emitValue(owner.hearsLater.has(pathway) ? stepLonger(read, setting.step, to) : read);
}

/** Elements by number, as keys of the canonical model have them, and how many; undefined after a finding. */
function readIndex(
  index: Index,
  pointer: string,
  owner: Group | SynapseGroup,
  setting: Setting,
): { readonly text: string; readonly count: number } | undefined {
  const size = isGroup(owner) ? owner.size : Infinity;
  const slice = typeof index === 'string' ? /^\s*(\d*)\s*:\s*(\d*)\s*$/.exec(index) : null;
  const [start, stop] = [Number(slice?.[1] ?? 0), slice?.[2] ? Number(slice[2]) : size];
  const list = typeof index === 'string' ? [] : typeof index === 'number' ? [index] : index;
  const isList = list.length > 0 && list.every((one) => Number.isInteger(one) && one >= 0 && one < size);
  if (slice !== null && start < stop && stop <= size && stop < Infinity)
    return { text: `[${start}:${stop}]`, count: stop - start };
  if (isList) return { text: `[${list.join(', ')}]`, count: list.length };
  setting.to.report(messages.badIndex(index), pointer);
  return undefined;
}

/**
 * Translates first values of synapses that are given by number, and the assignments after them. They are set before
 * time begins.
 */
export function translateLateInitializers(
  late: readonly Assignment[],
  owner: SynapseGroup,
  setting: Setting,
): readonly Located[] {
  return late.flatMap(({ variable, value, where, index, valuePointer }) => {
    const scope = scopeOf(owner, setting);
    const holder = valuePointer.slice(0, valuePointer.lastIndexOf('/'));
    const part = index === undefined ? undefined : readIndex(index, child(holder, 'index'), owner, setting);
    if (index !== undefined && part === undefined) return [];
    const at = { owner, size: part?.count ?? Number.NaN, scope };
    const condition = where === undefined ? undefined : readWhere(where, child(holder, 'where'), scope, setting);
    const next = setVariable(variable, value, valuePointer, at, setting);
    if (next === undefined) return [];
    const set = { [`${owner.name}${part?.text ?? ''}.${variable}`]: next };
    return [located({ set, ...(condition === undefined ? {} : { where: condition }) }, valuePointer)];
  });
}

function scopeOf(owner: Group | SynapseGroup, setting: Setting): Scope {
  const options = { constants: 'byValue' } as const;
  return isGroup(owner) ? groupScope(owner, setting.tables, options) : synapseScope(owner, setting.tables, options);
}

function readWhere(where: string, pointer: string, scope: Scope, setting: Setting): Located | undefined {
  const condition = readExpression(where, pointer, setting.to);
  return condition === undefined
    ? undefined
    : locatedExpression(translate(condition, scope, pointer, setting.to), pointer);
}

function setVariable(
  name: string,
  value: Values,
  pointer: string,
  { owner, size, scope }: { readonly owner: Group | SynapseGroup; readonly size: number; readonly scope: Scope },
  setting: Setting,
): unknown {
  const { to } = setting;
  const variable = owner.variables.get(name);
  const finding =
    /(^|\.)delay$/.test(name) && !isGroup(owner)
      ? messages.unsupported('delays of synapses by number', 'give the list of all delays')
      : variable === undefined
        ? messages.unknownVariable(name, owner.name, [...owner.variables.keys()])
        : variable.kind === 'subexpression'
          ? messages.readOnly(name, 'a subexpression')
          : isGroup(owner) && isOfMorphology(name, owner.spatial?.values)
            ? messages.readOnly(name, whatMorphologySays)
            : undefined;
  if (finding !== undefined) to.report(finding, pointer);
  if (variable === undefined || finding !== undefined) return undefined;
  const read = readValue(value, pointer, variable, scope, size, to);
  return read === undefined ? undefined : emitValue(read);
}

/** Sets a constant of the namespace. All its uses get the new value, as at the beginning of a run in Brian. */
function setConstant(
  key: string,
  value: Values,
  pointer: string,
  sources: Sources,
  setting: Setting,
): Record<string, unknown> {
  const { to } = setting;
  const constant = setting.namespace.find(key);
  const owners = [...sources.groups.values(), ...sources.synapses.values()];
  if (constant === undefined) {
    const variables = owners.flatMap((owner) =>
      [...owner.variables.keys()].map((variable) => `${owner.name}.${variable}`),
    );
    to.report(messages.unknownName(key, [...setting.namespace.names(), ...variables]), pointer);
    return {};
  }
  if (typeof value === 'object') {
    to.report(messages.wrongValue('one quantity', value), pointer);
    return {};
  }
  if (isUnknown(constant.tree)) return {};
  const slot = { name: key, dimension: constant.quantity?.dimension ?? dimensionless, type: constant.type } as const;
  const known = typeof value === 'boolean' ? value : readNumber(value, pointer, slot, setting.namespace, to);
  const users = owners.filter((owner) => owner.used.get(key) === constant);
  if (users.length === 0) to.report(messages.unusedConstant(key), pointer);
  return known === undefined
    ? {}
    : Object.fromEntries(users.map((owner) => [`${owner.name}.${key}`, located(known, pointer)]));
}

/** Returns constants that phases change, so that whole numbers among them may become fractions. */
export function changedConstants(specification: BrianSpecification): ReadonlySet<string> {
  const phases = Array.isArray(specification.run) ? (specification.run as readonly Phase[]) : [];
  return new Set(phases.flatMap((phase) => Object.keys(phase.set ?? {})).filter((key) => !key.includes('.')));
}
