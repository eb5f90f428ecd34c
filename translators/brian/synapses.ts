/** Synapses: equations, pathways, delays and connections become a synapse type and a projection. */

import type { Expression } from '../../src/lang/ast.js';
import { child } from '../../src/model/pointer.js';
import { translateConnect } from './connect.js';
import { constantTree, readNamespace } from './constants.js';
import { readStatements, type Reporter } from './context.js';
import { emitEquations, emitValue, emitValues } from './emit.js';
import { isNoise, readModel, reservedWord } from './equations.js';
import { delayVariable, synapseScope, synapsesAsEnd, type Group, type Subgroup, type SynapseGroup } from './group.js';
import { readInitializers, splitInitializers, type Assignment } from './initializers.js';
import { located, locatedExpression, locatedStatement, type Located } from '../shared/located.js';
import * as messages from './messages.js';
import { translate, translateStatements } from './names.js';
import { translateMethod } from './integration-method.js';
import { order, translateClock, type Setting } from './neuron-groups.js';
import { subexpressionsOn, withSubexpressions } from './subexpressions.js';
import { readSubgroup } from './subgroup.js';
import type { Synapses } from './specification.generated.js';
import type { Scope, Variable } from './terms.js';
import { readValue, type ReadValue } from './values.js';
import { namesIn } from '../../src/lang/walk.js';
import { binary, name as nameOf, number } from '../../src/lang/build.js';
import { hearsStepLater, testPlace } from './event-places.js';
import { objectNames } from '../../src/model/object-names.js';
import { defaultPathwayOrder, defaultSlot } from './vocabulary.js';

/** A pathway as written. */
interface PathwaySpecification {
  readonly side: 'pre' | 'post';
  readonly key: string;
  readonly code: string;
  readonly pointer: string;
}

/**
 * Returns synapses before their code is translated, or undefined if an end is unknown.
 *
 * @param synapses  synapses declared before
 */
export function declareSynapses(
  key: string,
  specification: Synapses,
  pointer: string,
  groups: ReadonlyMap<string, Group>,
  synapses: ReadonlyMap<string, SynapseGroup>,
  setting: Setting,
): SynapseGroup | undefined {
  const { to } = setting;
  const source = readEnd(specification.source, child(pointer, 'source'), groups, synapses, setting);
  const target =
    specification.target === undefined
      ? source
      : readEnd(specification.target, child(pointer, 'target'), groups, synapses, setting);
  const namespace = readNamespace(specification.namespace, child(pointer, 'namespace'), setting.namespace, to);
  const variables = readModel(specification.model ?? '', child(pointer, 'model'), 'synapse', to);
  if (source === undefined || target === undefined) return undefined;
  for (const variable of variables.values()) {
    if (variable.flags.has('summed')) continue;
    for (const [side, end] of [
      ['target', target],
      ['source', source],
    ] as const) {
      if (end.group.variables.has(variable.name))
        to.report(messages.clashingVariable(variable.name, side), variable.pointer, variable.nameSpan);
    }
  }
  const { multisynaptic_index: copy } = specification;
  if (copy !== undefined) checkCopy(copy, variables, child(pointer, 'multisynaptic_index'), to);
  const named = copy === undefined ? {} : { copy };
  const sides = (['pre', 'post'] as const).flatMap((side) => {
    const code = specification[`on_${side}`];
    const keys = code === undefined ? [] : typeof code === 'string' ? [side] : Object.keys(code);
    return keys.map((one) => [one, side] as const);
  });
  const pathways = sides.map(([one]) => one);
  const hearsLater = new Set(
    sides.flatMap(([one, side]) => {
      const { group } = side === 'pre' ? source : target;
      const { when: slot = defaultSlot.pathway, order = defaultPathwayOrder[side] } =
        specification.pathways?.[one] ?? {};
      const { name: event } = eventOf(one, specification, pointer);
      const test = group.tests?.get(event) ?? testPlace(group, event);
      return hearsStepLater({ slot, order, name: objectNames.pathway(key, one) }, test) ? [one] : [];
    }),
  );
  return {
    name: key,
    pointer,
    source,
    target,
    variables,
    pathways,
    hearsLater,
    ...named,
    namespace,
    used: new Map(),
    written: new Set(),
  };
}

/** Checks that the name of the number in a pair of cells is unique. */
function checkCopy(name: string, variables: SynapseGroup['variables'], pointer: string, to: Reporter): void {
  const reason = reservedWord(name, 'synapse');
  if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(name)) to.report(messages.notAnIdentifier(name), pointer);
  else if (reason !== undefined) to.report(messages.reservedName(name, reason), pointer);
  else if (variables.has(name)) to.report(messages.duplicateName(name, 'a variable of the equations'), pointer);
}

function readEnd(
  text: string,
  pointer: string,
  groups: ReadonlyMap<string, Group>,
  synapses: ReadonlyMap<string, SynapseGroup>,
  setting: Setting,
): Subgroup | undefined {
  const part = /^\s*([^[\]\s]+)\s*\[/.exec(text)?.[1];
  if (part !== undefined && !groups.has(part) && synapses.has(part)) {
    setting.to.report(messages.partOfSynapses(part, text), pointer);
    return undefined;
  }
  const named = synapses.get(text.trim());
  return named ? synapsesAsEnd(named) : readSubgroup(text, pointer, groups, setting);
}

/** The translation of synapses, after the translation of all code that writes their variables. */
export interface SynapsesTranslation {
  /** Summed variables by group and variable, to find a variable that two Synapses sum into. */
  readonly summed: readonly { readonly variable: string; readonly at: Variable }[];
  /** Parts of the canonical document, with their places in the user's. */
  finish(): {
    readonly type: Located;
    readonly projection: Located;
    readonly clock?: Located;
    /** First values that follow once the synapses are numbered. */
    readonly late: readonly Assignment[];
  };
}

/** Translates the code of synapses, and notes the variables that it writes at both ends. */
export function translateSynapses(
  synapses: SynapseGroup,
  specification: Synapses,
  setting: Setting,
): SynapsesTranslation {
  const { to } = setting;
  const scope = synapseScope(synapses, setting.tables, { constants: 'byName' });
  const right = translateEquations(synapses, setting);
  const summed = translateSummed(synapses, scope, to);
  const written = listPathways(specification, synapses.pointer, to);
  const pathways = Object.fromEntries(
    written.map((pathway) => [pathway.key, translatePathway(pathway, specification, synapses, scope, to)]),
  );
  for (const key of Object.keys(specification.pathways ?? {})) {
    if (!written.some((pathway) => pathway.key === key))
      to.report(
        messages.unknownPathway(
          key,
          written.map((pathway) => pathway.key),
        ),
        child(child(synapses.pointer, 'pathways'), key),
      );
  }
  const method = translateMethod(specification, synapses, to);
  return {
    summed: summed.map(({ variable, at }) => ({ variable, at })),
    finish: () => {
      const once = synapseScope(synapses, setting.tables, { constants: 'byValue' });
      const delays = pathwayDelayVariables(written, synapses.pointer);
      const { first, late } = splitInitializers(
        specification.initializers,
        child(synapses.pointer, 'initializers'),
        delays,
      );
      const values = readInitializers(
        first,
        { name: synapses.name, variables: synapses.variables, scope: once },
        delays,
        to,
      );
      const clock = translateClock(synapses.name, specification.dt, synapses.pointer, setting);
      const own = new Map([...values].filter(([key]) => !delays.has(key)));
      const type = {
        ...emitEquations({ ...synapses, right, values: own }),
        ...method,
        pathways,
        ...(summed.length === 0
          ? {}
          : { summed: Object.fromEntries(summed.map(({ variable, value }) => [variable, value])) }),
        ...sumSlots(specification, summed, synapses.pointer, to),
      };
      const projection = {
        from: { of: selection(synapses.source) },
        to: { of: selection(synapses.target) },
        synapse: synapses.name,
        connect: translateConnect(
          specification.connect,
          child(synapses.pointer, 'connect'),
          synapses,
          setting.tables,
          to,
        ),
        values: emitValues(own),
        delays: afterThresholds(translateDelays(specification, values, written, synapses, once, to), synapses, setting),
        ...clock.use,
        ...order(specification.order),
      };
      const parts = { type: located(type, synapses.pointer), projection: located(projection, synapses.pointer) };
      return { ...parts, ...clock.definition, late };
    },
  };
}

/** Returns a group or a slice of it, as a selection of the canonical model. */
export function selection(end: Subgroup): Record<string, unknown> {
  const { name, kind } = end.group;
  if (kind === 'synapses') return { projection: name };
  return { population: name, ...(end.slice === undefined ? {} : { slice: [...end.slice, 1] }) };
}

// --- Equations ------------------------------------------------------------------------------------------------------

function translateEquations(synapses: SynapseGroup, setting: Setting): ReadonlyMap<string, Expression> {
  const { to } = setting;
  const scope = synapseScope(synapses, setting.tables, { constants: 'byName', noise: true });
  const right = new Map<string, Expression>();
  for (const variable of synapses.variables.values()) {
    if (variable.expression === undefined || variable.flags.has('summed')) continue;
    const tree = translate(variable.expression, scope, variable.pointer, to);
    right.set(variable.name, tree);
    if (variable.kind !== 'differential') continue;
    if (variable.flags.has('event-driven')) {
      if ([...namesIn(tree)].some(isNoise)) to.report(messages.noiseInSynapses(), variable.pointer, variable.span);
    } else if (!variable.flags.has('clock-driven'))
      to.report(messages.clockDrivenByDefault(variable.name), variable.pointer, variable.nameSpan);
  }
  return right;
}

function translateSummed(
  synapses: SynapseGroup,
  scope: Scope,
  to: Reporter,
): readonly { readonly variable: string; readonly at: Variable; readonly end: Subgroup; readonly value: Located }[] {
  return [...synapses.variables.values()].flatMap((variable) => {
    if (!variable.flags.has('summed') || variable.expression === undefined) return [];
    const side = variable.name.endsWith('_pre') ? 'pre' : 'post';
    const end = side === 'pre' ? synapses.source : synapses.target;
    const key = variable.name.slice(0, variable.name.lastIndexOf('_'));
    const summedInto = end.group.variables.get(key);
    if (summedInto === undefined) {
      to.report(
        messages.unknownVariable(key, end.group.name, [...end.group.variables.keys()]),
        variable.pointer,
        variable.nameSpan,
      );
      return [];
    }
    if (summedInto.kind !== 'parameter' || summedInto.flags.has('constant'))
      to.report(messages.summedTarget(key, end.group.name), variable.pointer, variable.nameSpan);
    end.group.written.add(key);
    const value = locatedExpression(translate(variable.expression, scope, variable.pointer, to), variable.pointer);
    return [{ variable: `${side}.${key}`, at: variable, end, value }];
  });
}

/**
 * Returns slot and order of summed variables outside the usual place. In Brian, sums into slices come one order later.
 */
function sumSlots(
  { summed_updaters: given = {} }: Synapses,
  summed: readonly { readonly variable: string; readonly at: Variable; readonly end: Subgroup }[],
  pointer: string,
  to: Reporter,
): Record<string, unknown> {
  const names = summed.map(({ at }) => at.name);
  for (const name of Object.keys(given))
    if (!names.includes(name))
      to.report(messages.unknownSum(name, names), child(child(pointer, 'summed_updaters'), name));
  const entries = summed.flatMap(({ variable, at, end }) => {
    const { when, order: own = end.isSlice ? (end.group.order ?? 0) : undefined } = given[at.name] ?? {};
    const place = { ...(when === undefined ? {} : { slot: when }), ...(own === undefined ? {} : { order: own }) };
    if (Object.keys(place).length === 0) return [];
    const from = Object.hasOwn(given, at.name) ? child(child(pointer, 'summed_updaters'), at.name) : at.pointer;
    return [[variable, located(place, from)] as const];
  });
  return entries.length === 0 ? {} : { sumSlots: Object.fromEntries(entries) };
}

// --- Pathways and delays --------------------------------------------------------------------------------------------

function listPathways(specification: Synapses, pointer: string, to: Reporter): readonly PathwaySpecification[] {
  const pathways: PathwaySpecification[] = [];
  for (const [side, argument] of [
    ['pre', 'on_pre'],
    ['post', 'on_post'],
  ] as const) {
    const code = specification[argument];
    const at = child(pointer, argument);
    if (code === undefined) continue;
    const entries =
      typeof code === 'string'
        ? [{ side, key: side, code, pointer: at }]
        : Object.entries(code).map(([key, text]) => ({ side, key, code: text, pointer: child(at, key) }));
    for (const entry of entries) {
      if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(entry.key)) to.report(messages.notAnIdentifier(entry.key), entry.pointer);
      if (pathways.some((other) => other.key === entry.key))
        to.report(messages.duplicateName(entry.key, 'another pathway'), entry.pointer);
      pathways.push(entry);
    }
  }
  return pathways;
}

function translatePathway(
  pathway: PathwaySpecification,
  specification: Synapses,
  synapses: SynapseGroup,
  scope: Scope,
  to: Reporter,
): Located {
  const { side, key, code, pointer } = pathway;
  const event = eventOf(key, specification, synapses.pointer);
  const group = (side === 'pre' ? synapses.source : synapses.target).group;
  if (!group.events.includes(event.name))
    to.report(messages.unknownEvent(event.name, group.name, group.events), event.pointer ?? pointer);
  const read = readStatements(code, pointer, to);
  const lazy = [...synapses.variables.values()].filter(({ flags }) => flags.has('event-driven'));
  for (const each of subexpressionsOn(new Set(lazy.map((variable) => variable.name)), read, scope))
    to.report(messages.readBeforeUpdate(each), pointer);
  const statements = translateStatements(
    withSubexpressions(read, scope, true),
    scope,
    pointer,
    to,
    true,
    (variable, owner) => {
      const holder = owner === 'self' ? synapses : owner === 'pre' ? synapses.source.group : synapses.target.group;
      holder.written.add(variable.name);
    },
  );
  const { pathways = {} } = specification;
  const schedule = Object.hasOwn(pathways, key) ? pathways[key] : undefined;
  const own = schedule?.order ?? defaultPathwayOrder[side];
  const slot = schedule?.when === undefined || schedule.when === 'synapses' ? {} : { slot: schedule.when };
  return located(
    {
      on: `${side}.${event.name}`,
      ...slot,
      ...(own === defaultPathwayOrder[side] ? {} : { order: own }),
      do: statements.map((statement) => locatedStatement(statement, pointer)),
    },
    pointer,
  );
}

function eventOf(
  key: string,
  specification: Synapses,
  pointer: string,
): { readonly name: string; readonly pointer?: string } {
  const { on_event: events } = specification;
  const at = child(pointer, 'on_event');
  if (events === undefined) return { name: 'spike' };
  if (typeof events === 'string') return { name: events, pointer: at };
  const name = Object.hasOwn(events, key) ? events[key] : undefined;
  return name === undefined ? { name: 'spike' } : { name, pointer: child(at, key) };
}

/** Returns the variables `delay` (of the pathway pre) and `<pathway>.delay`. */
function pathwayDelayVariables(
  pathways: readonly PathwaySpecification[],
  pointer: string,
): ReadonlyMap<string, Variable> {
  const delay = delayVariable(pointer);
  return new Map([
    ...(pathways.some((pathway) => pathway.key === 'pre') ? [['delay', delay] as const] : []),
    ...pathways.map((pathway) => [`${pathway.key}.delay`, delay] as const),
  ]);
}

/** Returns a scope with values of constants, including constants that code keeps as parameters. */
const withKnownConstants = (scope: Scope): Scope => ({
  ...scope,
  meaning: (key) => {
    const meaning = scope.meaning(key);
    return meaning?.kind === 'parameter'
      ? { kind: 'expression', tree: constantTree(meaning.constant, { start: 0, end: 0 }) }
      : meaning;
  },
});

function translateDelays(
  specification: Synapses,
  values: ReadonlyMap<string, ReadValue>,
  pathways: readonly PathwaySpecification[],
  synapses: SynapseGroup,
  scope: Scope,
  to: Reporter,
): ReadonlyMap<string, ReadValue> {
  const delays = new Map<string, ReadValue>();
  const keys = pathways.map((pathway) => pathway.key);
  const { delay } = specification;
  const at = child(synapses.pointer, 'delay');
  const slot = delayVariable(at);
  if (delay !== undefined) {
    const entries =
      typeof delay === 'object'
        ? Object.entries(delay).map(([key, value]) => ({ key, value, pointer: child(at, key) }))
        : [{ key: 'pre', value: delay, pointer: at }];
    for (const { key, value, pointer } of entries) {
      if (!keys.includes(key)) to.report(messages.unknownPathway(key, keys), pointer);
      const read = readValue(value, pointer, slot, withKnownConstants(scope), 1, to);
      if (read?.kind === 'expression') to.report(messages.delayOfSynapse(key, value), pointer);
      if (read !== undefined) delays.set(key, read);
    }
  }
  for (const key of keys) {
    const value = values.get(`${key}.delay`) ?? (key === 'pre' ? values.get('delay') : undefined);
    if (value !== undefined) delays.set(key, value);
  }
  for (const [key, value] of delays) {
    const numbers = value.kind === 'known' ? [value.value] : value.kind === 'array' ? value.values : [];
    const negative = numbers.find((seconds) => seconds < 0);
    if (negative !== undefined)
      to.report(messages.outOfRange(`the delay of the pathway ${key}`, '0 s or more', `${negative} s`), value.pointer);
  }
  return delays;
}

/** Adds a time step (s) to a delay. Delays in a file stay unchanged, after a finding. */
export function stepLonger(value: ReadValue, dt: number, to: Reporter): ReadValue {
  const longer = (seconds: number): number => Number((seconds + dt).toPrecision(14));
  switch (value.kind) {
    case 'known':
      return { ...value, value: longer(value.value), text: `${longer(value.value)} s` };
    case 'array':
      return { ...value, values: value.values.map(longer) };
    case 'expression':
      // A variable of the synapses may be called s; none is called second.
      return { ...value, tree: binary('+', value.tree, binary('*', number(dt), nameOf('second'))) };
    case 'data':
      to.report(messages.unsupported('delays in a file, of a pathway in a slot before the thresholds'), value.pointer);
      return value;
    default:
      return value satisfies never;
  }
}

/** Returns delays as counted from the spike. */
function afterThresholds(
  delays: ReadonlyMap<string, ReadValue>,
  { hearsLater }: SynapseGroup,
  { step: dt, to }: Setting,
): Record<string, unknown> {
  const whole = new Map(delays);
  for (const key of hearsLater)
    whole.set(key, stepLonger(whole.get(key) ?? { kind: 'known', value: 0, text: 0, pointer: '' }, dt, to));
  return Object.fromEntries(
    [...whole]
      .filter(([, value]) => !(value.kind === 'known' && value.value === 0))
      .map(([key, value]) => [key, emitValue(value)]),
  );
}
