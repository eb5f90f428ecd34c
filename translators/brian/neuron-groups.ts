/**
 * NeuronGroup: equations, threshold, reset, refractoriness and custom events become a neuron type and a population of
 * it.
 */

import { second } from '../../src/lang/dimension.js';
import { dimensionless, type Expression } from '../../src/lang/ast.js';
import { binary } from '../../src/lang/build.js';
import { child } from '../../src/model/pointer.js';
import { quantityOf, readNamespace } from './constants.js';
import { readExpression, readStatements, type Reporter } from './context.js';
import { emitEquations, emitValue, emitValues } from './emit.js';
import { readModel } from './equations.js';
import { testPlace, type PlaceInStep } from './event-places.js';
import { groupScope, type Group, type Tables } from './group.js';
import { translateMethod } from './integration-method.js';
import { isOfMorphology, listInitializers, readInitializers, whatMorphologySays } from './initializers.js';
import { located, locatedExpression, locatedStatement, type Located } from '../shared/located.js';
import * as messages from './messages.js';
import { translate, translateStatements } from './names.js';
import { atLocation, placeSlice } from './places.js';
import { withSubexpressions } from './subexpressions.js';
import type { CustomEvent, Link, NeuronGroup, SpatialNeuron } from './specification.generated.js';
import type { Namespace, Scope } from './terms.js';
import { readNumber, readSize, readValue } from './values.js';
import { defaultClock, defaultSlot } from './vocabulary.js';

/** Settings shared by all sections of a specification. */
export interface Setting {
  /** Constants of the whole specification. */
  readonly namespace: Namespace;
  /** Timed arrays, callable from all code. */
  readonly tables: Tables;
  /** Receiver of findings. */
  readonly to: Reporter;
  /** Time step of the default clock in s. */
  readonly dt: number;
  /** Common divisor of all time steps of the run, in s. */
  readonly step: number;
  /** Whether some group or synapses have their own time step. */
  readonly hasClocks: boolean;
  /** Reads a file in the folder of the specification. Returns its text, or the reason why it was not read. */
  readFile(name: string): { readonly text: string } | { readonly refused: string };
}

/** Returns a group before its code is translated. */
export function declareNeuronGroup(key: string, specification: NeuronGroup, pointer: string, setting: Setting): Group {
  const { to } = setting;
  const namespace = readNamespace(specification.namespace, child(pointer, 'namespace'), setting.namespace, to);
  const variables = readModel(specification.model, child(pointer, 'model'), 'neuron', to);
  const size = readSize(specification.N, child(pointer, 'N'), namespace, to);
  return declaredGroup(specification, { name: key, pointer, variables, namespace, size });
}

/** Returns a group of neurons or compartments before the translation of its code. */
export function declaredGroup(
  specification: Specified,
  known: Pick<Group, 'name' | 'pointer' | 'variables' | 'namespace' | 'size'>,
): Group {
  return {
    ...known,
    kind: 'neuron',
    events: [...(specification.threshold === undefined ? [] : ['spike']), ...Object.keys(specification.events ?? {})],
    used: new Map(),
    written: new Set(),
    refractory:
      specification.refractory !== undefined &&
      specification.refractory !== false &&
      specification.threshold !== undefined,
    flagged: [...known.variables.values()].some((variable) => variable.flags.has('unless refractory')),
    ...order(specification.order),
    tests: testsOf(specification, known.name),
  };
}

/** Returns the places at which the events of a group are tested. */
function testsOf(
  { threshold_when: slot, threshold_order: order, order: own = 0, events = {} }: Specified,
  name: string,
): ReadonlyMap<string, PlaceInStep> {
  const group = { name, order: own };
  return new Map([
    ['spike', testPlace(group, 'spike', { slot, order })],
    ...Object.entries(events).map(([key, { condition_when, order: acts, condition_order = acts }]) => {
      const place = testPlace(group, key, { slot: condition_when, order: condition_order });
      return [key, place] as const;
    }),
  ]);
}

/** The translation of a group, made by `finish` after the translation of all code that writes its variables. */
export interface Translation {
  /** Parts of the canonical document, with their places in the user's. */
  finish(): { readonly type?: Located; readonly population: Located; readonly clock?: Located };
}

/** A NeuronGroup, or a SpatialNeuron, which defines its size in another way. */
type Specified = Omit<NeuronGroup, 'N'> & Pick<SpatialNeuron, 'threshold_location'>;

/** Translates a group's own code. */
export function translateNeuronGroup(
  group: Group,
  specification: Specified,
  groups: ReadonlyMap<string, Group>,
  setting: Setting,
): Translation {
  const { to } = setting;
  const scope = groupScope(group, setting.tables, { constants: 'byName' });
  const equations = groupScope(group, setting.tables, { constants: 'byName', noise: true });
  const right = new Map<string, Expression>();
  for (const variable of group.variables.values()) {
    if (variable.expression !== undefined)
      right.set(variable.name, translate(variable.expression, equations, variable.pointer, to));
  }
  const events = translateEvents(group, specification, scope, setting);
  const method = translateMethod(specification, group, to);
  return {
    finish: () => {
      for (const name of group.written)
        if (isOfMorphology(name, group.spatial?.values))
          to.report(messages.readOnly(name, whatMorphologySays), group.pointer);
      const once = groupScope(group, setting.tables, { constants: 'byValue' });
      const values = readInitializers(
        listInitializers(specification.initializers, child(group.pointer, 'initializers')),
        {
          ...{ name: group.name, variables: group.variables, size: group.size, scope: once },
          ...(group.spatial
            ? {
                given: group.spatial.values,
                place: (text: string, pointer: string) => placeSlice(text, pointer, group, to),
              }
            : {}),
        },
        new Map(),
        to,
      );
      const clock = translateClock(group.name, specification.dt, group.pointer, setting);
      const type = {
        ...emitEquations({ ...group, right, values }),
        ...method,
        events,
        ...(group.spatial ? { cable: group.spatial.cable } : {}),
      };
      const population = {
        type: group.name,
        size: located(group.size, child(group.pointer, 'N')),
        values: emitValues(values),
        ...translateLinks(group, specification, groups, once, setting),
        ...clock.use,
        ...order(specification.order),
      };
      return {
        type: located(type, group.pointer),
        population: located(population, group.pointer),
        ...clock.definition,
      };
    },
  };
}

/** Links each parameter with the flag `linked` to a variable of another group. */
function translateLinks(
  group: Group,
  { linked = {} }: Specified,
  groups: ReadonlyMap<string, Group>,
  scope: Scope,
  { to }: Setting,
): { readonly linked?: Record<string, unknown> } {
  const pointer = child(group.pointer, 'linked');
  const flagged = [...group.variables.values()].filter(({ flags }) => flags.has('linked'));
  for (const variable of flagged)
    if (!Object.hasOwn(linked, variable.name))
      to.report(messages.linkMissing(variable.name), variable.pointer, variable.nameSpan);
  const entries = Object.entries(linked).flatMap(([name, link]) => {
    const at = child(pointer, name);
    const { variable: text, index }: Exclude<Link, string> = typeof link === 'string' ? { variable: link } : link;
    const [population = '', variable = ''] = text.split('.');
    if (!flagged.some((each) => each.name === name)) {
      const names = flagged.map((each) => each.name);
      to.report(messages.unknownVariable(name, group.name, names), at);
    }
    const slot = { name: 'the index', dimension: dimensionless, type: 'integer' } as const;
    const read = index === undefined ? undefined : readValue(index, child(at, 'index'), slot, scope, group.size, to);
    // A variable shared by all neurons can be read from any of them.
    const isShared = groups.get(population)?.variables.get(variable)?.flags.has('shared') ?? false;
    const place = isShared ? { index: 0 } : read === undefined ? {} : { index: emitValue(read) };
    return [[name, located({ population, variable, ...place }, at)] as const];
  });
  return entries.length === 0 ? {} : { linked: Object.fromEntries(entries) };
}

/** Returns `order` if it is given. */
export const order = (value: number | undefined): { order?: number } =>
  value === undefined || value === 0 ? {} : { order: value };

/**
 * Translates a group's own clock, named after the group. A group without a clock gets the default clock if the run
 * takes finer steps.
 */
export function translateClock(
  name: string,
  dt: string | number | undefined,
  pointer: string,
  setting: Setting,
): { readonly use: { clock?: string }; readonly definition: { clock?: Located } } {
  const none = { use: {}, definition: {} };
  if (dt === undefined && setting.dt === setting.step) return none;
  if (dt === undefined) return { use: { clock: defaultClock }, definition: none.definition };
  const at = child(pointer, 'dt');
  const step = readNumber(dt, at, { name: 'dt', dimension: second, type: 'real' }, setting.namespace, setting.to);
  if (step === undefined || step === setting.step) return none;
  if (!(step > 0)) setting.to.report(messages.outOfRange('dt', 'a time above 0', dt), at);
  return { use: { clock: name }, definition: { clock: located({ dt: step }, at) } };
}

/** Returns an expression given as text or as a bare number or truth value. */
export function readBare(value: string | number | boolean, pointer: string, to: Reporter): Expression | undefined {
  return readExpression(typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value), pointer, to);
}

function translateEvents(
  group: Group,
  specification: Specified,
  scope: Scope,
  setting: Setting,
): Record<string, unknown> {
  const { to } = setting;
  const events: Record<string, unknown> = {};
  if (specification.threshold === undefined) {
    if (specification.reset !== undefined) to.report(messages.resetWithoutThreshold(), child(group.pointer, 'reset'));
    if (specification.refractory !== undefined && specification.refractory !== false) {
      to.report(messages.refractoryWithoutThreshold(), child(group.pointer, 'refractory'));
    }
  } else {
    events['spike'] = translateSpike(group, specification, specification.threshold, scope, setting);
  }
  for (const [key, event] of Object.entries(specification.events ?? {})) {
    const pointer = child(child(group.pointer, 'events'), key);
    if (key === 'spike') to.report(messages.reservedName(key, 'the event of the threshold'), pointer);
    else events[key] = translateCustomEvent(event, pointer, group, scope, to);
  }
  return events;
}

function translateSpike(
  group: Group,
  specification: Specified,
  threshold: string | number | boolean,
  scope: Scope,
  setting: Setting,
): Located {
  const { to } = setting;
  const pointer = child(group.pointer, 'threshold');
  const written = readBare(threshold, pointer, to);
  const location = specification.threshold_location;
  const here = location === undefined ? undefined : atLocation(location, group, to);
  const condition = written && translate(written, scope, pointer, to);
  const when =
    condition === undefined ? 'False' : locatedExpression(here ? binary('and', condition, here) : condition, pointer);
  const actions = translateCode(specification.reset ?? '', child(group.pointer, 'reset'), group, scope, true, to);
  const refractory = translateRefractory(group, specification.refractory, scope, to);
  const slot = specification.threshold_when ?? defaultSlot.threshold;
  const actionSlot = specification.reset_when ?? defaultSlot.reset;
  const { threshold_order: tested = 0, reset_order: acts = 0 } = specification;
  if (actions.length > 0 && actionSlot === slot && acts <= tested)
    to.report(messages.codeBeforeEvent(slot), child(group.pointer, 'reset_when'));
  return located(
    {
      when,
      ...(actions.length === 0 ? {} : { do: actions }),
      ...(slot === defaultSlot.threshold ? {} : { slot }),
      ...(actionSlot === defaultSlot.reset ? {} : { actionSlot }),
      ...order(tested),
      ...(acts === tested ? {} : { actionOrder: acts }),
      ...(refractory === undefined ? {} : { refractory }),
    },
    pointer,
  );
}

function translateCustomEvent(event: CustomEvent, pointer: string, group: Group, scope: Scope, to: Reporter): Located {
  const at = child(pointer, 'condition');
  const written = readBare(event.condition, at, to);
  const when = written === undefined ? 'False' : locatedExpression(translate(written, scope, at, to), at);
  const actions = translateCode(event.code ?? '', child(pointer, 'code'), group, scope, true, to);
  const slot = event.condition_when ?? defaultSlot.customEvent;
  const actionSlot = event.when ?? defaultSlot.customEventCode;
  const { order: acts = 0, condition_order: tested = acts } = event;
  if (actions.length > 0 && actionSlot === slot && acts <= tested) to.report(messages.codeBeforeEvent(slot), pointer);
  return located(
    {
      when,
      ...(actions.length === 0 ? {} : { do: actions }),
      slot,
      actionSlot,
      ...order(tested),
      ...(acts === tested ? {} : { actionOrder: acts }),
    },
    pointer,
  );
}

/** Translates statements on a group's own variables. */
function translateCode(
  text: string,
  pointer: string,
  group: Group,
  scope: Scope,
  perEvent: boolean,
  to: Reporter,
): readonly Located[] {
  const statements = withSubexpressions(readStatements(text, pointer, to), scope, false);
  const translated = translateStatements(
    statements,
    scope,
    pointer,
    to,
    perEvent,
    (variable) => void group.written.add(variable.name),
  );
  return translated.map((statement) => locatedStatement(statement, pointer));
}

/**
 * Translates Brian's four forms: a duration, an expression of a duration, a condition that keeps the neuron refractory,
 * or False. A literal duration cannot change, so the time of its evaluation has no effect.
 */
function translateRefractory(
  group: Group,
  refractory: string | number | boolean | undefined,
  scope: Scope,
  to: Reporter,
): Located | undefined {
  if (refractory === undefined || refractory === false) return undefined;
  const pointer = child(group.pointer, 'refractory');
  const rate = [...group.variables.values()]
    .filter((variable) => variable.flags.has('unless refractory'))
    .map((variable) => variable.name)
    .sort();
  const common = rate.length === 0 ? {} : { rate, writes: 'block' };
  const slot = { name: 'refractory', dimension: second, type: 'real' } as const;
  if (typeof refractory === 'string' && isCondition(refractory, group)) {
    const written = readExpression(refractory, pointer, to);
    if (written === undefined) return undefined;
    return located(
      { while: locatedExpression(translate(written, scope, pointer, to), pointer), evaluated: 'eachStep', ...common },
      pointer,
    );
  }
  if (refractory === true) return located({ while: 'True', evaluated: 'eachStep', ...common }, pointer);
  const duration = readValue(refractory, pointer, slot, scope, 1, to);
  if (duration === undefined || duration.kind === 'array' || duration.kind === 'data') return undefined;
  if (duration.kind === 'known') {
    if (duration.value < 0)
      to.report(messages.outOfRange('refractory', 'a duration of 0 or more', refractory), pointer);
    return located({ for: located(duration.text === 0 ? '0*second' : duration.text, pointer), ...common }, pointer);
  }
  return located({ for: locatedExpression(duration.tree, pointer), evaluated: 'eachStep', ...common }, pointer);
}

/** Checks whether a text yields true or false, by its outermost operation. */
function isCondition(text: string, group: Group): boolean {
  const quiet: Reporter = { report: () => undefined };
  const tree = readExpression(text, '', quiet);
  if (tree === undefined || quantityOf(tree) !== undefined) return false;
  if (tree.kind === 'boolean') return true;
  if (tree.kind === 'unary') return tree.operator === 'not';
  if (tree.kind === 'binary') return ['<', '<=', '>', '>=', '==', '!=', 'and', 'or'].includes(tree.operator);
  if (tree.kind === 'name') return group.variables.get(tree.name)?.type === 'boolean';
  return false;
}
