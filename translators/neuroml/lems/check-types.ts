/** Names and dimensions in the expressions of types. */

import type { Diagnostics, Finding, Severity } from '../../../src/diagnostics/diagnostic.js';
import { dimensionless, type Dimension, type Expression } from '../../../src/lang/ast.js';
import { divideDimensions, equalDimensions, second } from '../../../src/lang/dimension.js';
import type {
  ActionDefinition,
  ComponentType,
  ComponentTypes,
  ConstantDefinition,
  DerivedVariableDefinition,
  DynamicsDefinition,
  LemsExpression,
  Named,
  RegimeDefinition,
  StructureDefinition,
} from './definitions.js';
import { circleIn } from './derived-order.js';
import { originOf } from './expressions.js';
import { inferDimension, type Inference } from './infer-dimension.js';
import { namesOf } from './missing-dimensions.js';
import { namesIn } from '../../../src/lang/walk.js';
import * as messages from './messages.js';

interface TypeCheck {
  readonly types: ComponentTypes;
  /** Types of the components of the document. */
  readonly used: ReadonlySet<ComponentType>;
  /** Names of types that the user defines: they are checked even when unused. */
  readonly own: ReadonlySet<string>;
  readonly constants: ReadonlyMap<string, ConstantDefinition>;
  readonly diagnostics: Diagnostics;
}

interface Scope {
  readonly owner: string;
  readonly names: ReadonlyMap<string, Dimension | 'any'>;
  readonly diagnostics: Diagnostics;
  /** Findings by expression and message: a type's heirs share its expressions. */
  readonly reported: Set<string>;
  readonly numbers: Map<LemsExpression, number>;
  /** Unused types get warnings. */
  readonly severity: Severity;
  /** Severity of dimensions that do not fit. */
  readonly mismatch: Severity;
}

/**
 * Checks every expression of the types: dimensions of values and of the sides of conditions (warnings), names, ports,
 * regimes.
 *
 * The reference interpreter stops at mismatched dimensions in time derivatives, assignments and tests of conditions
 * outside regimes. They are errors. Elsewhere it calculates with numbers in SI units, as published models rely on: in
 * derived parameters, derived variables of both kinds, exponents, and regimes. The same holds for sums that start from
 * a zero of any dimension, as every leading minus does. Such mismatches are warnings.
 *
 * @diagnostic lems/unknown-name, lems/dimension-mismatch, lems/unknown-member, lems/assigns-derived,
 *   lems/derived-circle, lems/later-parameter, lems/not-a-condition, lems/not-a-number
 */
export function checkTypes({ types, used, own, constants, diagnostics }: TypeCheck): void {
  const reported = new Set<string>();
  const numbers = new Map<LemsExpression, number>();
  for (const type of new Set([...[...own].flatMap((name) => types.get(name) ?? []), ...used])) {
    if (type.incomplete) continue;
    const isUsed = used.has(type);
    const scope = {
      owner: type.name,
      names: namesOf(type, constants),
      diagnostics,
      reported,
      numbers,
      severity: isUsed ? 'error' : 'warning',
      mismatch: 'error',
    } as const;
    for (const { name, value, dimension } of type.derivedParameters.values())
      if (value) checkValue(value, dimension, `the derived parameter ${name}`, lenient(scope));
    checkOrder(type, scope);
    if (type.dynamics) checkDynamics(type, type.dynamics, scope);
    checkStructure(type, type.structure, types, scope);
  }
}

/** The reference interpreter computes derived parameters in their order: of a later one it takes 0. */
function checkOrder({ name: owner, derivedParameters }: ComponentType, scope: Scope): void {
  const later = new Set(derivedParameters.keys());
  for (const { name, value } of derivedParameters.values()) {
    later.delete(name);
    const used = value && [...namesIn(value.tree)].find((other) => later.has(other));
    if (value && used !== undefined)
      tell(scope, `${owner} ${name} order`, () => messages.laterParameter(name, used), value.place);
  }
}

function checkDynamics(type: ComponentType, dynamics: DynamicsDefinition, scope: Scope): void {
  checkCircle(type, scope);
  checkBlock(type, dynamics, scope);
  checkActions(type, dynamics.onStart, scope);
  for (const regime of dynamics.regimes) {
    const names = new Map(scope.names);
    for (const { name, dimension } of [...regime.stateVariables, ...regime.derivedVariables])
      names.set(name, dimension ?? 'any');
    checkBlock(type, regime, lenient({ ...scope, names }));
    checkActions(type, regime.onEntry, lenient({ ...scope, names }));
  }
  for (const { nodes, edges, place } of dynamics.kineticSchemes) {
    for (const list of [nodes, edges]) {
      if (!type.children.has(list))
        tell(
          scope,
          `${type.name} ${list} list`,
          () => messages.unknownMember('list of children', list, type.name, type.children.keys()),
          place,
        );
    }
  }
  for (const { exposure, place, name } of [...dynamics.stateVariables, ...dynamics.derivedVariables]) {
    if (exposure !== undefined && !type.exposures.has(exposure))
      tell(
        scope,
        `${type.name} ${name} exposure`,
        () => messages.unknownMember('exposure', exposure, type.name, type.exposures.keys()),
        place,
      );
  }
}

/** Returns all derived variables of a type, including its regimes'. */
function derivedIn({ dynamics }: ComponentType): readonly DerivedVariableDefinition[] {
  return [
    ...(dynamics?.derivedVariables ?? []),
    ...(dynamics?.regimes ?? []).flatMap(({ derivedVariables }) => derivedVariables),
  ];
}

/** Derived variables that are calculated from each other in a circle have no value. */
function checkCircle(type: ComponentType, scope: Scope): void {
  const circle = circleIn(derivedIn(type));
  const [first] = circle;
  if (!first) return;
  const names = circle.map(({ name }) => name);
  tell(
    scope,
    `${type.name} circle`,
    () => messages.derivedCircle([...names, first.name]),
    first.value?.place ?? first.place,
  );
}

function checkBlock(type: ComponentType, block: DynamicsDefinition | RegimeDefinition, scope: Scope): void {
  for (const { name, dimension, value, cases } of block.derivedVariables) {
    const what = `the variable ${name}`;
    if (value) checkValue(value, dimension, what, lenient(scope));
    for (const { condition, value: inner } of cases ?? []) {
      if (condition) checkCondition(condition, lenient(scope));
      checkValue(inner, dimension, what, lenient(scope));
    }
  }
  for (const { variable, value, place } of block.timeDerivatives) {
    const dimension = variableDimension(type, variable, place, scope);
    if (dimension === undefined) continue;
    checkValue(
      value,
      dimension === 'any' ? null : divideDimensions(dimension, second),
      `the derivative of ${variable}`,
      scope,
    );
  }
  for (const { test, actions } of block.onConditions) {
    checkCondition(test, scope);
    checkActions(type, actions, scope);
  }
  for (const { port, actions, place } of block.onEvents) {
    if (type.ports.get(port)?.direction !== 'in') tellPort(type, port, 'in', place, scope);
    checkActions(type, actions, scope);
  }
}

/** Returns the same scope with warnings for mismatched dimensions. */
const lenient = (scope: Scope): Scope => ({ ...scope, mismatch: 'warning' });

function tell(scope: Scope, key: string, finding: () => Finding, place: Named['place']): void {
  if (scope.reported.has(key)) return;
  scope.reported.add(key);
  const made = finding();
  scope.diagnostics.add(
    { ...made, severity: scope.severity === 'warning' ? 'warning' : (made.severity ?? 'error') },
    place,
  );
}

function tellPort(
  type: ComponentType,
  port: string,
  direction: 'in' | 'out',
  place: Named['place'],
  scope: Scope,
): void {
  const known = [...type.ports.values()].filter((other) => other.direction === direction).map(({ name }) => name);
  tell(
    scope,
    `${type.name} ${port} ${direction}`,
    () => messages.unknownMember(`event port of direction ${direction}`, port, type.name, known),
    place,
  );
}

/** Dimension of a variable that is written; undefined after a finding. */
function variableDimension(
  type: ComponentType,
  variable: string,
  place: Named['place'],
  scope: Scope,
): Dimension | 'any' | undefined {
  const states = [
    ...(type.dynamics?.stateVariables ?? []),
    ...(type.dynamics?.regimes.flatMap((regime) => regime.stateVariables) ?? []),
  ];
  const state = states.find(({ name }) => name === variable);
  if (state) return state.dimension ?? 'any';
  // Properties are written too, such as the weight of a synapse.
  const property = type.properties.get(variable);
  if (property) return property.dimension ?? 'any';
  const known = states.map(({ name }) => name);
  if (derivedIn(type).some(({ name }) => name === variable)) {
    tell(scope, `${type.name} ${variable} derived`, () => messages.assignsDerived(variable, known), place);
    return undefined;
  }
  tell(
    scope,
    `${type.name} ${variable} state`,
    () => messages.unknownMember('state variable', variable, type.name, known),
    place,
  );
  return undefined;
}

function checkActions(type: ComponentType, actions: readonly ActionDefinition[], scope: Scope): void {
  for (const action of actions) {
    if (action.kind === 'emit' && type.ports.get(action.port)?.direction !== 'out')
      tellPort(type, action.port, 'out', action.place, scope);
    if (action.kind !== 'assign') continue;
    const dimension = variableDimension(type, action.variable, action.place, scope);
    if (dimension !== undefined)
      checkValue(action.value, dimension === 'any' ? null : dimension, `the value of ${action.variable}`, scope);
  }
}

/**
 * Checks only the names of a structure. Properties belong to the attached components, which only the builder resolves.
 */
function checkStructure(
  type: ComponentType,
  structure: readonly StructureDefinition[],
  types: TypeCheck['types'],
  scope: Scope,
): void {
  for (const entry of structure) {
    if (entry.kind === 'forEach') checkStructure(type, entry.body, types, scope);
    if (entry.kind === 'multiInstantiate' && entry.byType) checkMade(entry, types, scope);
    else if (entry.kind === 'childInstance' || entry.kind === 'multiInstantiate')
      checkComponentName(type, entry.component, entry.place, scope);
    if (entry.kind !== 'multiInstantiate' && entry.kind !== 'eventConnection' && entry.kind !== 'tunnel') continue;
    const names = new Map([...scope.names, ['index', dimensionless] as const]);
    for (const { value } of entry.assigns)
      inferDimension(value.tree, { ...scope, names, report: reporter(value, scope, 'error') });
  }
}

/** Checks that instances of a type need no parameters, since only properties can be assigned. */
function checkMade(
  { component: name, place }: Extract<StructureDefinition, { kind: 'multiInstantiate' }>,
  types: TypeCheck['types'],
  scope: Scope,
): void {
  const type = types.get(name);
  const missing = [...(type?.parameters.values() ?? [])].find(({ fixed }) => fixed === undefined);
  if (!type) tell(scope, `${name} type`, () => messages.unknownType(name, types.keys()), place);
  else if (missing) tell(scope, `${name} made`, () => messages.missingParameter(missing.name, name), place);
}

/** Checks that a built component is a reference of the type, a reference of an enclosing component, or a child. */
function checkComponentName(type: ComponentType, name: string, place: Named['place'], scope: Scope): void {
  if (
    name.startsWith('../') ||
    type.references.has(name) ||
    type.links.has(name) ||
    type.child.has(name) ||
    type.children.has(name)
  )
    return;
  tell(
    scope,
    `${type.name} ${name} component`,
    () => messages.unknownMember('component reference', name, type.name, type.references.keys()),
    place,
  );
}

/** Adds findings about a part of an expression, each once. */
function reporter(expression: LemsExpression, scope: Scope, severity: Severity): Inference['report'] {
  return (finding, span) => {
    let number = scope.numbers.get(expression);
    if (number === undefined) scope.numbers.set(expression, (number = scope.numbers.size));
    const key = `${number} ${span.start} ${finding.message}`;
    if (scope.reported.has(key)) return;
    scope.reported.add(key);
    const origin = originOf(expression);
    const worst = scope.severity === 'warning' ? 'warning' : (finding.severity ?? severity);
    scope.diagnostics.add(
      { ...finding, severity: worst },
      origin ? origin.element.valuePlace(origin.attribute, span) : expression.place,
    );
  };
}

function checkValue(value: LemsExpression, expected: Dimension | null, what: string, scope: Scope): void {
  if (value.malformed) return;
  const add = reporter(value, scope, 'error');
  const mismatch = startsFromZero(value.tree, scope.names) ? 'warning' : scope.mismatch;
  const found = inferDimension(value.tree, { ...scope, mismatch, report: add });
  if (found === 'condition') add(messages.notNumber(what), value.tree.span);
  else if (found !== null && found !== 'any' && expected !== null && !equalDimensions(found, expected))
    add(
      { ...messages.expressionDimension(what, expected, found, mismatch), names: [...namesIn(value.tree)] },
      value.tree.span,
    );
}

function checkCondition(test: LemsExpression, scope: Scope): void {
  if (test.malformed) return;
  const add = reporter(test, scope, 'warning');
  const found = inferDimension(test.tree, { ...scope, report: add });
  if (found !== 'condition' && found !== null)
    add({ ...messages.notCondition('the test'), severity: 'error' }, test.tree.span);
}

/**
 * Checks whether an expression is a sum with a zero as its first term. A leading minus is read as a difference from
 * zero.
 */
function startsFromZero(e: Expression, names: Scope['names']): boolean {
  switch (e.kind) {
    case 'unary':
      return true;
    case 'number':
      return e.value === 0;
    case 'name':
      return names.get(e.name) === 'any';
    case 'binary':
      return e.operator === '+' || e.operator === '-' ? startsFromZero(e.left, names) : beginsWithMinus(e.left);
    default:
      return false;
  }
}

function beginsWithMinus(e: Expression): boolean {
  return e.kind === 'binary' ? beginsWithMinus(e.left) : e.kind === 'unary';
}
