/** `Dynamics`: variables, derivatives, conditions, events, regimes and kinetic schemes. */

import type { XmlElement } from '../../../src/xml/element.js';
import { nameOf } from './attributes.js';
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
import * as messages from './messages.js';
import { elements, readMembers, taking, type Members, type TypeContext } from './vocabulary.js';

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
  elements.Dynamics.read(element, context);
  readMembers(
    element,
    {
      ...blockMembers(block, context),
      OnStart: (inner) => onStart.push(...readActions(inner, context)),
      Regime: (inner) => {
        const regime = readRegime(inner, context);
        if (regime) regimes.push(regime);
      },
      KineticScheme: taking(elements.KineticScheme, context, (made) => kineticSchemes.push(made)),
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

/** Members that a type and each of its regimes may have. */
function blockMembers(
  block: Block,
  context: TypeContext,
): Members<
  'StateVariable' | 'DerivedVariable' | 'ConditionalDerivedVariable' | 'TimeDerivative' | 'OnCondition' | 'OnEvent'
> {
  return {
    StateVariable: taking(elements.StateVariable, context, (made) => block.stateVariables.push(made)),
    DerivedVariable: taking(elements.DerivedVariable, context, (made) => block.derivedVariables.push(made)),
    ConditionalDerivedVariable: taking(elements.ConditionalDerivedVariable, context, (made, element) =>
      block.derivedVariables.push({ ...made, required: true, cases: readCases(element, context) }),
    ),
    TimeDerivative: taking(elements.TimeDerivative, context, (made, element) => {
      if (block.timeDerivatives.some((other) => other.variable === made.variable))
        context.diagnostics.add(messages.twoDerivatives(made.variable), element.valuePlace('variable'));
      else block.timeDerivatives.push(made);
    }),
    OnCondition: (element) => {
      const actions = readActions(element, context);
      const made = elements.OnCondition.read(element, context);
      if (made) block.onConditions.push({ ...made, actions });
    },
    OnEvent: taking(elements.OnEvent, context, (made, element) =>
      block.onEvents.push({ ...made, actions: readActions(element, context) }),
    ),
  };
}

function readCases(owner: XmlElement, context: TypeContext): NonNullable<DerivedVariableDefinition['cases']> {
  const cases: NonNullable<DerivedVariableDefinition['cases']>[number][] = [];
  const take = taking(elements.Case, context, ({ condition = null, value }) => cases.push({ condition, value }));
  readMembers(owner, { Case: take }, context);
  return cases;
}

/** Returns the actions of a block, in order. */
function readActions(owner: XmlElement, context: TypeContext): ActionDefinition[] {
  const actions: ActionDefinition[] = [];
  const assign = taking(elements.StateAssignment, context, (made) => actions.push({ kind: 'assign', ...made }));
  const members: Members<string> = {
    StateAssignment: assign,
    EventOut: taking(elements.EventOut, context, (made) => actions.push({ kind: 'emit', ...made })),
    Transition: taking(elements.Transition, context, (made) => actions.push({ kind: 'transition', ...made })),
  };
  readMembers(owner, owner.name === 'OnStart' ? { StateAssignment: assign } : members, context);
  return actions;
}

function readRegime(element: XmlElement, context: TypeContext): RegimeDefinition | null {
  const block = emptyBlock();
  const onEntry: ActionDefinition[] = [];
  const made = elements.Regime.read(element, context);
  readMembers(
    element,
    { ...blockMembers(block, context), OnEntry: (inner) => onEntry.push(...readActions(inner, context)) },
    context,
  );
  return made && { ...made, ...block, onEntry };
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
