/** `Dynamics`: variables, derivatives, conditions, events, regimes and kinetic schemes. */

import type { Diagnostics } from '../../../src/diagnostics/diagnostic.js';
import type { Dimension } from '../../../src/lang/ast.js';
import type { XmlElement } from '../xml/element.js';
import { nameOf, optional, required } from './attributes.js';
import type {
  ActionDefinition,
  ConditionDefinition,
  DerivedVariableDefinition,
  DynamicsDefinition,
  HandlerDefinition,
  KineticSchemeDefinition,
  Named,
  RegimeDefinition,
  StateVariableDefinition,
  TimeDerivativeDefinition,
} from './definitions.js';
import { readExpression } from './expressions.js';
import { checkDefinition, isDefinition } from './known-attributes.js';
import * as messages from './messages.js';

/** Context in which a type is read. */
export interface TypeContext {
  /** By name. */
  readonly dimensions: ReadonlyMap<string, Dimension>;
  /** Receives the findings. */
  readonly diagnostics: Diagnostics;
}

/**
 * Returns the dimension that an attribute names: dimensionless if it is absent, null for any. @diagnostic
 * lems/unknown-dimension
 */
export function readDimensionName(element: XmlElement, { dimensions, diagnostics }: TypeContext): Dimension | null {
  const name = optional(element, 'dimension') ?? 'none';
  if (name === '*') return null;
  const dimension = dimensions.get(name);
  if (!dimension)
    diagnostics.add(messages.unknownDimension(name, [...dimensions.keys(), '*']), element.valuePlace('dimension'));
  return dimension ?? null;
}

type Members<K extends string> = Readonly<Record<K, (element: XmlElement) => void>>;

/** Elements with actions. Published models also contain definitions in them, which have no effect. */
const actionBlocks: ReadonlySet<string> = new Set(['OnStart', 'OnEntry', 'OnEvent', 'OnCondition']);

/**
 * Reads the elements within one by their names. @diagnostic lems/unknown-element, lems/misplaced-element,
 * lems/unsupported-element
 */
export function readMembers<K extends string>(
  owner: XmlElement,
  members: Members<K>,
  { diagnostics }: TypeContext,
  unsupported: readonly string[] = [],
): void {
  for (const element of owner.children) {
    checkDefinition(element, diagnostics);
    if (Object.hasOwn(members, element.name)) members[element.name as K](element);
    else if (unsupported.includes(element.name))
      diagnostics.add(messages.unsupportedElement(element.name, nameOf(owner)), element.place);
    else if (actionBlocks.has(owner.name) && isDefinition(element.name))
      diagnostics.add(messages.misplacedElement(element.name, nameOf(owner), Object.keys(members)), element.place);
    else if (!commentary.has(element.name))
      diagnostics.add(messages.unknownElement(element.name, nameOf(owner), Object.keys(members)), element.place);
  }
}

/** Elements that only explain. */
const commentary: ReadonlySet<string> = new Set(['About', 'Meta', 'notes', 'annotation', 'property']);

/** Collects definitions while a block is read. */
interface Block {
  readonly stateVariables: StateVariableDefinition[];
  readonly derivedVariables: DerivedVariableDefinition[];
  readonly timeDerivatives: TimeDerivativeDefinition[];
  readonly onConditions: ConditionDefinition[];
  readonly onEvents: HandlerDefinition[];
}

const emptyBlock = (): Block => ({
  stateVariables: [],
  derivedVariables: [],
  timeDerivatives: [],
  onConditions: [],
  onEvents: [],
});

/** Reads a `Dynamics` element. `extends` is true if it contains `<Super/>`. */
export function readDynamics(
  element: XmlElement,
  context: TypeContext,
): { readonly own: DynamicsDefinition; readonly extendsInherited: boolean } {
  const block = emptyBlock();
  const onStart: ActionDefinition[] = [];
  const regimes: RegimeDefinition[] = [];
  const kineticSchemes: KineticSchemeDefinition[] = [];
  let extendsInherited = false;
  readMembers(
    element,
    {
      ...blockMembers(block, context),
      OnStart: (inner) => onStart.push(...readActions(inner, context, startActions)),
      Regime: (inner) => addIfRead(regimes, readRegime(inner, context)),
      KineticScheme: (inner) => addIfRead(kineticSchemes, readKineticScheme(inner, context)),
      Super: () => (extendsInherited = true),
    },
    context,
  );
  checkRegimes(element, regimes, context);
  return { own: { ...withoutRepeats(block, context), onStart, regimes, kineticSchemes }, extendsInherited };
}

/**
 * Returns a block with each variable once. Of several with one name the last holds, and a derived variable prevails
 * over a state variable. The reference interpreter stores them all in one place. @diagnostic lems/repeated-variable,
 * lems/two-kinds
 */
function withoutRepeats(block: Block, { diagnostics }: TypeContext): Block {
  const last = <T extends Named>(variables: readonly T[]): T[] => {
    const byName = new Map<string, T>();
    for (const variable of variables) {
      const { name, place } = variable;
      if (byName.has(name)) diagnostics.add(messages.repeatedVariable(name), place);
      byName.set(name, variable);
    }
    return [...byName.values()];
  };
  // A derived variable that is the state variable of its own name only shows it.
  const states = new Set(block.stateVariables.map(({ name }) => name));
  const derivedVariables = last(block.derivedVariables).filter(
    ({ name, value }) => !(states.has(name) && value?.tree.kind === 'name' && value.tree.name === name),
  );
  const derived = new Set(derivedVariables.map(({ name }) => name));
  const stateVariables = last(block.stateVariables).filter(({ name, place }) => {
    if (derived.has(name)) diagnostics.add(messages.twoKinds(name), place);
    return !derived.has(name);
  });
  return { ...block, stateVariables, derivedVariables };
}

function addIfRead<T>(list: T[], item: T | null): void {
  if (item !== null) list.push(item);
}

/** Members that a type and each of its regimes may have. */
function blockMembers(
  block: Block,
  context: TypeContext,
): Members<
  'StateVariable' | 'DerivedVariable' | 'ConditionalDerivedVariable' | 'TimeDerivative' | 'OnCondition' | 'OnEvent'
> {
  return {
    StateVariable: (element) => {
      const name = required(element, 'name', context.diagnostics);
      if (name !== null)
        block.stateVariables.push({
          name,
          place: element.place,
          dimension: readDimensionName(element, context),
          ...exposureOf(element),
        });
    },
    DerivedVariable: (element) => addIfRead(block.derivedVariables, readDerivedVariable(element, context)),
    ConditionalDerivedVariable: (element) => addIfRead(block.derivedVariables, readConditional(element, context)),
    TimeDerivative: (element) => {
      const variable = required(element, 'variable', context.diagnostics);
      const value = readExpression(element, 'value', context.diagnostics);
      if (variable === null || value === null) return;
      if (block.timeDerivatives.some((other) => other.variable === variable))
        context.diagnostics.add(messages.twoDerivatives(variable), element.valuePlace('variable'));
      else block.timeDerivatives.push({ variable, value, place: element.place });
    },
    OnCondition: (element) => {
      const test = readExpression(element, 'test', context.diagnostics);
      const actions = readActions(element, context, conditionActions);
      if (test !== null) block.onConditions.push({ test, actions });
    },
    OnEvent: (element) => {
      const port = required(element, 'port', context.diagnostics);
      const actions = readActions(element, context, conditionActions);
      if (port !== null) block.onEvents.push({ port, actions, place: element.place });
    },
  };
}

function exposureOf(element: XmlElement): { readonly exposure?: string } {
  const exposure = optional(element, 'exposure');
  return exposure === undefined ? {} : { exposure };
}

/** Returns a derived variable's dimension, or null if it is not stated and must be inferred later. */
function derivedDimension(element: XmlElement, context: TypeContext): Dimension | null {
  return optional(element, 'dimension') === undefined ? null : readDimensionName(element, context);
}

function readDerivedVariable(element: XmlElement, context: TypeContext): DerivedVariableDefinition | null {
  const { diagnostics } = context;
  const name = required(element, 'name', diagnostics);
  const select = optional(element, 'select');
  const reduce = optional(element, 'reduce');
  if (name === null) return null;
  if (reduce !== undefined && reduce !== 'add' && reduce !== 'multiply') {
    diagnostics.add(messages.badChoice('reduce', reduce, ['add', 'multiply']), element.valuePlace('reduce'));
    return null;
  }
  const common = { name, place: element.place, dimension: derivedDimension(element, context), ...exposureOf(element) };
  const isRequired = optional(element, 'required') !== 'false';
  if (select !== undefined)
    return { ...common, select, required: isRequired, ...(reduce === undefined ? {} : { reduce }) };
  const value = readExpression(element, 'value', diagnostics);
  return value && { ...common, value, required: isRequired };
}

function readConditional(element: XmlElement, context: TypeContext): DerivedVariableDefinition | null {
  const name = required(element, 'name', context.diagnostics);
  const cases: {
    condition: DerivedVariableDefinition['value'] | null;
    value: NonNullable<DerivedVariableDefinition['value']>;
  }[] = [];
  readMembers(
    element,
    {
      Case: (inner) => {
        const condition =
          optional(inner, 'condition') === undefined ? null : readExpression(inner, 'condition', context.diagnostics);
        const value = readExpression(inner, 'value', context.diagnostics);
        if (value) cases.push({ condition, value });
      },
    },
    context,
  );
  if (name === null) return null;
  return {
    name,
    place: element.place,
    dimension: derivedDimension(element, context),
    ...exposureOf(element),
    required: true,
    cases: cases.map(({ condition, value }) => ({ condition: condition ?? null, value })),
  };
}

const startActions = ['StateAssignment'] as const;
const conditionActions = ['StateAssignment', 'EventOut', 'Transition'] as const;

/** Actions of a block, in order. */
function readActions(
  owner: XmlElement,
  context: TypeContext,
  allowed: readonly (typeof conditionActions)[number][],
): ActionDefinition[] {
  const actions: ActionDefinition[] = [];
  const { diagnostics } = context;
  const members: Members<(typeof conditionActions)[number]> = {
    StateAssignment: (element) => {
      const variable = required(element, 'variable', diagnostics);
      const value = readExpression(element, 'value', diagnostics);
      if (variable !== null && value) actions.push({ kind: 'assign', variable, value, place: element.place });
    },
    EventOut: (element) => {
      const port = required(element, 'port', diagnostics);
      if (port !== null) actions.push({ kind: 'emit', port, place: element.place });
    },
    Transition: (element) => {
      const regime = required(element, 'regime', diagnostics);
      if (regime !== null) actions.push({ kind: 'transition', regime, place: element.place });
    },
  };
  readMembers(owner, Object.fromEntries(allowed.map((name) => [name, members[name]])), context);
  return actions;
}

function readRegime(element: XmlElement, context: TypeContext): RegimeDefinition | null {
  const name = required(element, 'name', context.diagnostics);
  const block = emptyBlock();
  const onEntry: ActionDefinition[] = [];
  readMembers(
    element,
    {
      ...blockMembers(block, context),
      OnEntry: (inner) => onEntry.push(...readActions(inner, context, conditionActions)),
    },
    context,
  );
  return name === null
    ? null
    : { name, place: element.place, initial: optional(element, 'initial') === 'true', ...block, onEntry };
}

/** Names of regimes are unique, at most one is initial, and transitions lead to one of them. */
function checkRegimes(element: XmlElement, regimes: readonly RegimeDefinition[], { diagnostics }: TypeContext): void {
  const names = new Set<string>();
  for (const { name, place } of regimes) {
    if (names.has(name)) diagnostics.add(messages.duplicate('the regime', name), place);
    names.add(name);
  }
  const initial = regimes.filter((regime) => regime.initial);
  const [first, second] = initial;
  if (first && second) diagnostics.add(messages.twoInitial(first.name, second.name), second.place);
  for (const regime of regimes) {
    const handlers = [
      regime.onEntry,
      ...regime.onConditions.map(({ actions }) => actions),
      ...regime.onEvents.map(({ actions }) => actions),
    ];
    for (const action of handlers.flat()) {
      if (action.kind === 'transition' && !names.has(action.regime))
        diagnostics.add(
          messages.unknownMember('regime', action.regime, nameOf(element.parent ?? element), names),
          action.place,
        );
    }
  }
}

const schemeAttributes = [
  'nodes',
  'edges',
  'stateVariable',
  'edgeSource',
  'edgeTarget',
  'forwardRate',
  'reverseRate',
] as const;

function readKineticScheme(element: XmlElement, { diagnostics }: TypeContext): KineticSchemeDefinition | null {
  const name = required(element, 'name', diagnostics);
  const [nodes, edges, stateVariable, edgeSource, edgeTarget, forwardRate, reverseRate] = schemeAttributes.map(
    (attribute) => required(element, attribute, diagnostics),
  );
  if (name === null || !nodes || !edges || !stateVariable || !edgeSource || !edgeTarget || !forwardRate || !reverseRate)
    return null;
  return { name, place: element.place, nodes, edges, stateVariable, edgeSource, edgeTarget, forwardRate, reverseRate };
}
