/** The phases of `run` become the protocol. */

import { child } from '../../src/model/pointer.js';
import { readExpression } from './context.js';
import { emitValue } from './emit.js';
import { groupScope, seconds, synapseScope, type Group, type SynapseGroup } from './group.js';
import { located, locatedExpression } from './located.js';
import * as messages from './messages.js';
import type { Sources } from './monitors.js';
import { translate } from './names.js';
import type { Setting } from './neuron-groups.js';
import type { BrianSpecification, PhaseSpecification, Values } from './specification.js';
import { readNumber, readValue } from './values.js';

/** What can be switched on and off between runs. */
export interface Switches {
  readonly monitors: ReadonlySet<string>;
  readonly inputs: ReadonlySet<string>;
}

/** The protocol: runs, and what happens between them. */
export function translateProtocol(specification: BrianSpecification, sources: Sources, switches: Switches, setting: Setting): readonly unknown[] {
  const { run } = specification;
  if (run === undefined) {
    setting.to.report(messages.noRun(), '');
    return [];
  }
  if (typeof run === 'string') return duration(run, '/run', setting);
  return run.flatMap((phase, index) => translatePhase(phase, child('/run', index), sources, switches, setting));
}

function duration(value: string | number, pointer: string, setting: Setting): readonly unknown[] {
  const time = readNumber(value, pointer, { name: 'duration', dimension: seconds, type: 'real' }, setting.namespace, setting.to);
  if (time !== undefined && time < 0) setting.to.report(messages.outOfRange('the duration', '0 s or more', value), pointer);
  return time === undefined ? [] : [located({ run: time }, pointer)];
}

function translatePhase(phase: PhaseSpecification, pointer: string, sources: Sources, switches: Switches, setting: Setting): readonly unknown[] {
  const { to } = setting;
  if (phase.where !== undefined && phase.set === undefined) to.report(messages.badPhase('where belongs to set'), child(pointer, 'where'));
  return [
    ...(phase.restore === undefined ? [] : [located({ restore: phase.restore }, child(pointer, 'restore'))]),
    ...(phase.set === undefined ? [] : translateSet(phase.set, phase.where, pointer, sources, setting)),
    ...Object.entries(phase.active ?? {}).flatMap(([key, on]) => translateSwitch(key, on, child(child(pointer, 'active'), key), switches, sources, setting)),
    ...(phase.duration === undefined ? [] : duration(phase.duration, child(pointer, 'duration'), setting)),
    ...(phase.store === undefined ? [] : [located({ store: phase.store }, child(pointer, 'store'))]),
  ];
}

function translateSwitch(key: string, on: boolean, pointer: string, switches: Switches, sources: Sources, setting: Setting): readonly unknown[] {
  if (switches.monitors.has(key)) return [located({ record: key, on }, pointer)];
  if (switches.inputs.has(key)) return [located(on ? { attach: key } : { detach: key }, pointer)];
  if (sources.groups.has(key) || sources.synapses.has(key)) setting.to.report(messages.unsupported('switching off groups and synapses'), pointer);
  else setting.to.report(messages.unknownTarget(key, [...switches.monitors, ...switches.inputs]), pointer);
  return [];
}

/** What `set` changes: a variable of a group or of synapses, by `name.variable`. */
function translateSet(set: Readonly<Record<string, Values>>, where: string | undefined, phase: string, sources: Sources, setting: Setting): readonly unknown[] {
  return Object.entries(set).flatMap(([key, value]) => {
    const pointer = child(child(phase, 'set'), key);
    const [name = '', variable, ...rest] = key.split('.');
    const owner = sources.groups.get(name) ?? sources.synapses.get(name);
    if (rest.length > 0 || (variable !== undefined && owner === undefined)) {
      setting.to.report(messages.unknownGroup(name, [...sources.groups.keys(), ...sources.synapses.keys()]), pointer);
      return [];
    }
    if (variable === undefined || owner === undefined) return setConstant(key, value, where, phase, pointer, sources, setting);
    return setVariable(variable, value, where, phase, pointer, owner, setting);
  });
}

function setVariable(
  name: string, value: Values, where: string | undefined, phase: string, pointer: string, owner: Group | SynapseGroup, setting: Setting,
): readonly unknown[] {
  const { to } = setting;
  const variable = owner.variables.get(name);
  if (name === 'delay' && !('kind' in owner)) {
    to.report(messages.unsupported('changing delays between runs'), pointer);
    return [];
  }
  if (variable === undefined) {
    to.report(messages.unknownVariable(name, owner.name, [...owner.variables.keys()]), pointer);
    return [];
  }
  if (variable.kind === 'subexpression') {
    to.report(messages.readOnly(name, 'a subexpression'), pointer);
    return [];
  }
  const options = { constants: 'byValue' } as const;
  const scope = 'kind' in owner ? groupScope(owner, setting.tables, options) : synapseScope(owner, setting.tables, options);
  const read = readValue(value, pointer, variable, scope, 'kind' in owner ? owner.size : Number.NaN, to);
  if (read === undefined) return [];
  const condition = where === undefined ? undefined : readExpression(where, child(phase, 'where'), to);
  const restriction = condition === undefined ? {} : { where: locatedExpression(translate(condition, scope, child(phase, 'where'), to), child(phase, 'where')) };
  return [located({ set: { [`${owner.name}.${name}`]: emitValue(read) }, ...restriction }, pointer)];
}

/** A constant of the namespace: everything that uses it gets the new value, as at the beginning of a run in Brian. */
function setConstant(
  key: string, value: Values, where: string | undefined, phase: string, pointer: string, sources: Sources, setting: Setting,
): readonly unknown[] {
  const { to } = setting;
  const constant = setting.namespace.find(key);
  const owners = [...sources.groups.values(), ...sources.synapses.values()];
  if (constant === undefined) {
    to.report(messages.unknownName(key, [...setting.namespace.names(), ...owners.flatMap((owner) => [...owner.variables.keys()].map((variable) => `${owner.name}.${variable}`))]), pointer);
    return [];
  }
  if (where !== undefined) to.report(messages.badPhase('where cannot restrict a constant of the namespace'), child(phase, 'where'));
  if (typeof value === 'object') {
    to.report(messages.wrongValue('one quantity', value), pointer);
    return [];
  }
  const dimension = constant.quantity?.dimension;
  const users = owners.filter((owner) => owner.used.get(key) === constant);
  const slot = { name: key, dimension: dimension ?? seconds, type: 'real' } as const;
  const scope = { meaning: () => undefined, table: () => undefined, names: () => [] };
  const read = typeof value === 'string' || typeof value === 'number' ? readNumber(value, pointer, slot, setting.namespace, to) : undefined;
  const boolean = typeof value === 'boolean' ? readValue(value, pointer, { ...slot, type: 'boolean' }, scope, 1, to) : undefined;
  if (read === undefined && boolean === undefined) return [];
  if (users.length === 0) to.report(messages.unusedConstant(key), pointer);
  const text = read ?? Boolean(value);
  return users.length === 0 ? [] : [located({ set: Object.fromEntries(users.map((owner) => [`${owner.name}.${key}`, located(text, pointer)])) }, pointer)];
}

/** Constants that phases change, so that whole numbers among them may become fractions. */
export function changedConstants(specification: BrianSpecification): ReadonlySet<string> {
  const phases = Array.isArray(specification.run) ? (specification.run as readonly PhaseSpecification[]) : [];
  return new Set(phases.flatMap((phase) => Object.keys(phase.set ?? {})).filter((key) => !key.includes('.')));
}
