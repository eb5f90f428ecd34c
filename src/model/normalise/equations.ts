import { limits } from '../../diagnostics/limits.js';
import { dimensionless, type Expression, type ValueType } from '../../lang/ast.js';
import { divideDimensions, equalDimensions, second, unitText, volt } from '../../lang/dimension.js';
import { dependencyOrder, findCycle } from '../../lang/graph.js';
import { wrongDimension } from '../../lang/messages.js';
import { namesIn } from '../../lang/walk.js';
import type {
  DerivativeDocument,
  DerivedVariableDocument,
  NeuronDocument,
  ParameterDocument,
  StateVariableDocument,
  ValueDocument,
} from '../document.generated.js';
import { messages } from '../messages.js';
import type { ConformsTo, DerivedVariable, Derivative, EquationSet } from '../model.js';
import { child } from '../pointer.js';
import * as shapes from '../shape/variables.js';
import type { Context } from './context.js';
import { allNames, infer, normaliseExpression, readExpression, readUnit, settled, textOf } from './expressions.js';
import {
  checkVariableName,
  namesFrom,
  namesOfKinds,
  noiseDimension,
  pureUnit,
  siUnit,
  special,
  unknown,
  type Names,
  type Variable,
  type VariableKind,
} from './names.js';
import { normaliseQuantity } from './literals.js';
import { madeOf, readObject } from './members.js';
import { normaliseValue } from './values.js';

/** Members common to neuron types, synapse types and mechanisms. */
type EquationSetDocument = Omit<NeuronDocument, 'inputs' | 'events' | 'regimes' | 'compartments' | 'cable'>;

/** The declared variables of an equation set; units that were not written are inferred when first asked for. */
export interface Declared {
  /** Own variables, in the order of declaration: parameters, state, derived, then `more`. */
  readonly names: Names;
  /** Noises that the equations use or list. */
  readonly noise: readonly string[];
}

interface Pending {
  readonly kind: VariableKind;
  readonly written: ValueDocument;
  readonly type?: ValueType;
  readonly pointer: string;
  readonly shared?: boolean;
}

/**
 * Collects the variables of an equation set.
 *
 * @param more  variables of other kinds that the type declares (inputs, ports), already resolved
 * @param around  further names that its expressions may read: special names, variables of ends
 */
export function declareEquations(
  context: Context,
  document: EquationSetDocument,
  pointer: string,
  more: ReadonlyMap<string, Variable>,
  around: () => Names,
): Declared {
  const resolved = new Map<string, Variable>();
  const pending = new Map<string, Pending>();
  const declaredAt = new Map<string, string>();
  const declare = (
    name: string,
    kind: VariableKind,
    at: string,
    item: ParameterDocument | StateVariableDocument | DerivedVariableDocument,
  ): void => {
    if (!checkVariableName(context, name, at)) return;
    const before = declaredAt.get(name);
    if (before !== undefined || more.has(name)) {
      context.reportKey(messages.declaredTwice(name), at);
      return;
    }
    declaredAt.set(name, at);
    const found = declaration(context, kind, item, at);
    const shared = typeof item === 'object' && 'shared' in item && item.shared;
    if (found && 'unit' in found) resolved.set(name, { ...defined(found, at), ...(shared ? { shared } : {}) });
    else if (found) pending.set(name, { ...found, shared });
    else resolved.set(name, unknown(kind));
  };
  for (const [name, item] of Object.entries(document.parameters ?? {}))
    declare(name, 'parameter', child(`${pointer}/parameters`, name), item);
  for (const [name, item] of Object.entries(document.state ?? {}))
    declare(name, 'state', child(`${pointer}/state`, name), item);
  for (const [name, item] of Object.entries(document.derived ?? {}))
    declare(name, 'derived', child(`${pointer}/derived`, name), item);

  const noise = noisesOf(document, (name) => declaredAt.has(name) || more.has(name));
  for (const name of noise) resolved.set(name, special(noiseDimension, 'real', 'noise'));
  const listed = (): readonly string[] => [...declaredAt.keys(), ...noise, ...more.keys()];
  /** Knows that pending variables exist, without their units. */
  const existing: Names = {
    lookup: (name) => resolved.get(name) ?? more.get(name) ?? (pending.has(name) ? unknown('derived') : undefined),
    names: listed,
  };
  const expressions = new Map<string, Expression | undefined>();
  const expressionOf = (name: string): Expression | undefined => {
    const waiting = pending.get(name);
    if (waiting && !expressions.has(name))
      expressions.set(
        name,
        readExpression(context, waiting.written as string, pureUnit, waiting.pointer, namesFrom(existing, around())),
      );
    return expressions.get(name);
  };
  const reads = (name: string): string[] => {
    const e = expressionOf(name);
    return e ? [...namesIn(e)].filter((read) => pending.has(read) && !resolved.has(read)) : [];
  };
  let inferring = false;
  const names: Names = {
    lookup(name) {
      const known = resolved.get(name) ?? more.get(name);
      const waiting = pending.get(name);
      if (known || !waiting) return known;
      if (inferring) {
        // The variables that it reads come first, so it is read in a circle.
        context.report(messages.unitUnknown(findCycle([name], reads) ?? [name, name]), waiting.pointer);
        resolved.set(name, unknown(waiting.kind));
        return resolved.get(name);
      }
      inferring = true;
      for (const each of dependencyOrder([name], reads)) {
        const { shared, ...item } = pending.get(each) as Pending;
        const found = defined(
          inferred(context, item, expressionOf(each), namesFrom(names, around())),
          declaredAt.get(each) ?? pointer,
        );
        if (!resolved.has(each)) resolved.set(each, { ...found, ...(shared ? { shared } : {}) });
      }
      inferring = false;
      return resolved.get(name);
    },
    names: listed,
  };
  for (const name of pending.keys()) names.lookup(name);
  return { names, noise };
}

/** Returns a variable with the place of its definition. */
const defined = (variable: Variable, definition: string): Variable => ({
  ...variable,
  definition,
  ...(variable.kind === 'parameter' ? { given: true } : {}),
});

/** Returns a variable if its declaration gives its unit, else the text to infer it from; undefined after a finding. */
function declaration(
  context: Context,
  kind: VariableKind,
  item: ParameterDocument | StateVariableDocument | DerivedVariableDocument,
  pointer: string,
): Variable | Pending | undefined {
  const map = typeof item === 'object' ? item : undefined;
  const key = kind === 'state' ? 'initial' : 'value';
  const written = map ? ((map as Record<string, unknown>)[key] as ValueDocument | undefined) : (item as ValueDocument);
  const at = map ? `${pointer}/${key}` : pointer;
  const type = map?.type;
  if (map?.unit !== undefined) {
    const unit = readUnit(context, map.unit, `${pointer}/unit`);
    if (unit && (type === 'boolean' || type === 'integer') && !equalDimensions(unit.dimension, dimensionless)) {
      context.report(
        wrongDimension(`the unit of a variable of type ${type}`, dimensionless, unit.dimension),
        `${pointer}/unit`,
      );
    }
    return unit && { kind, dimension: unit.dimension, type: type ?? 'real', unit };
  }
  if (type !== undefined && type !== 'real') return { kind, dimension: dimensionless, type, unit: pureUnit };
  if (typeof written === 'boolean') return { kind, dimension: dimensionless, type: 'boolean', unit: pureUnit };
  // Numbers and lists of numbers without a unit are pure.
  if (written === undefined || typeof written !== 'string') return special(dimensionless, 'real', kind);
  return { kind, written, pointer: at, ...(type ? { type } : {}) };
}

/** Infers the unit of a variable from its value. */
function inferred(
  context: Context,
  { kind, type, pointer }: Pending,
  e: Expression | undefined,
  names: Names,
): Variable {
  const found = e && infer(context, e, names, pointer);
  if (!found) return unknown(kind, type);
  // An integer as a default does not make the variable one: `a: 1` may well become 0.5 elsewhere.
  return special(found.dimension, type ?? (found.type === 'boolean' ? 'boolean' : 'real'), kind);
}

const noiseName = /^xi(?:_[A-Za-z0-9_]+)?$/;

/** Returns the listed noises and the noises used under a noise's usual name; sorted. */
function noisesOf(
  document: EquationSetDocument & {
    readonly regimes?: Readonly<
      Record<string, { readonly derivatives?: Readonly<Record<string, DerivativeDocument>> }>
    >;
  },
  declared: (name: string) => boolean,
): string[] {
  const found = new Set(document.noise ?? []);
  const search = (text: unknown): void => {
    if (typeof text !== 'string') return;
    for (const [word] of text.matchAll(/(?<![\w.])xi(?:_\w+)?(?![\w.(])/g))
      if (noiseName.test(word) && !declared(word)) found.add(word);
  };
  const rates = [document.derivatives, ...Object.values(document.regimes ?? {}).map((regime) => regime.derivatives)];
  for (const map of rates)
    for (const item of Object.values(map ?? {})) search(typeof item === 'object' ? item.rate : item);
  for (const item of Object.values(document.derived ?? {})) search(typeof item === 'object' ? item.value : item);
  return [...found].sort();
}

/** Normalises the equation set of a type, except for the members that only neurons or only synapses have. */
export function normaliseEquations(
  context: Context,
  document: EquationSetDocument,
  declared: Declared,
  scopes: readonly Names[],
  valueScopes: readonly Names[],
  pointer: string,
): EquationSet {
  const own = declared.names;
  const unitOf = (variable: Variable): string => unitText(variable.dimension);
  const each = <T, R>(
    map: Readonly<Record<string, T>> | undefined,
    key: string,
    kind: VariableKind,
    make: (item: T, variable: Variable, at: string, name: string) => R,
  ): Record<string, R> =>
    madeOf(map, `${pointer}/${key}`, (item, at, name) => {
      const variable = own.lookup(name);
      return variable?.kind === kind ? make(item, variable, at, name) : undefined;
    });
  const value = (
    item: ParameterDocument | StateVariableDocument,
    key: 'value' | 'initial',
    variable: Variable,
    at: string,
    name: string,
  ) => {
    const map = typeof item === 'object' ? (item as Record<string, unknown>) : undefined;
    const written = (map ? map[key] : item) as ValueDocument | undefined;
    const shared = map?.['shared'] === true;
    const what = key === 'initial' ? `the initial value of ${name}` : `the value of ${name}`;
    const count = shared ? 1 : undefined;
    const slot = { what, unit: variable.unit, type: variable.type, infinite: key === 'initial', count };
    const done =
      written === undefined || variable.unknown === true
        ? 0
        : normaliseValue(context, written, valueScopes, slot, map ? `${at}/${key}` : at);
    const known = { unit: unitOf(variable), type: variable.type, [key]: done ?? 0, shared };
    return [map ?? {}, { context, pointer: at, scopes: valueScopes }, known] as const;
  };
  const parameters = each(document.parameters, 'parameters', 'parameter', (item, variable, at, name) =>
    readObject(shapes.parameter, ...value(item, 'value', variable, at, name)),
  );
  const state = each(document.state, 'state', 'state', (item, variable, at, name) =>
    readObject(shapes.stateVariable, ...value(item, 'initial', variable, at, name)),
  );
  const derived = each(document.derived, 'derived', 'derived', (item, variable, at, name) =>
    derivedVariable(context, item, variable, scopes, unitOf(variable), at, name),
  );
  const derivatives = normaliseDerivatives(context, document.derivatives, own, scopes, `${pointer}/derivatives`);
  const conformsTo =
    document.conformsTo && normaliseClaim(context, document.conformsTo, scopes, `${pointer}/conformsTo`);
  const known = { conformsTo, parameters, state, derived, derivatives, noise: declared.noise };
  return readObject(shapes.equations, document, { context, pointer, scopes }, known);
}

function derivedVariable(
  context: Context,
  item: DerivedVariableDocument,
  variable: Variable,
  scopes: readonly Names[],
  unit: string,
  pointer: string,
  name: string,
): DerivedVariable {
  const map = typeof item === 'object' ? item : undefined;
  const written = typeof item === 'object' ? item.value : item;
  const slot = { what: `the value of ${name}`, unit: variable.unit, type: variable.type };
  if (variable.unknown === true) return { unit, type: variable.type, value: '0', shared: false, held: false };
  const value = normaliseExpression(context, written, scopes, slot, map ? `${pointer}/value` : pointer) ?? '0';
  const table = map?.table && normaliseTable(context, map.table, name, `${pointer}/table`);
  const known = { unit, type: variable.type, value, table };
  return readObject(shapes.derivedVariable, map ?? {}, { context, pointer, scopes }, known);
}

/** Normalises the potentials between which a derived variable is interpolated. */
function normaliseTable(
  context: Context,
  { from, to, intervals }: NonNullable<Exclude<DerivedVariableDocument, string | number | boolean>['table']>,
  name: string,
  pointer: string,
): DerivedVariable['table'] {
  const end = (written: string | number, what: string, key: string): number | undefined =>
    normaliseQuantity(context, written, siUnit(volt), `the ${what} of the table of ${name}`, `${pointer}/${key}`);
  const [first, last] = [end(from, 'beginning', 'from'), end(to, 'end', 'to')];
  if (first === undefined || last === undefined) return undefined;
  if (last > first) return { from: first, to: last, intervals };
  context.report(messages.notPositive(`the width of the table of ${name}`, last - first), pointer);
  return undefined;
}

/** Normalises rates of change of state variables, in their unit per second. */
export function normaliseDerivatives(
  context: Context,
  map: Readonly<Record<string, DerivativeDocument>> | undefined,
  own: Names,
  scopes: readonly Names[],
  pointer: string,
): Record<string, Derivative> {
  const { length } = Object.keys(map ?? {});
  if (length > limits.equations) context.report(messages.tooManyEquations(length), pointer);
  return madeOf(length > limits.equations ? {} : map, pointer, (item, at, name) => {
    const variable = own.lookup(name);
    if (variable?.kind !== 'state' || variable.type !== 'real') {
      const finding = variable
        ? messages.notIntegrable(name, variable.kind, variable.type)
        : messages.unknownVariable(name, namesOfKinds(own, ['state']), 'state variable');
      context.reportKey(finding, at);
      return undefined;
    }
    if (variable.unknown === true) return undefined;
    const full = typeof item === 'object';
    const dimension = divideDimensions(variable.dimension, second);
    const slot = { what: `the rate of ${name}`, unit: siUnit(dimension), type: 'real' } as const;
    const rate = normaliseExpression(context, full ? item.rate : item, scopes, slot, full ? `${at}/rate` : at);
    const place = { context, pointer: at, scopes };
    return readObject(shapes.derivative, full ? item : {}, place, { rate: rate ?? '0' });
  });
}

/**
 * Normalises the claim that a type equals a library type: the expressions of its parameters must have the right
 * dimensions.
 */
function normaliseClaim(
  context: Context,
  claim: NonNullable<EquationSetDocument['conformsTo']>,
  scopes: readonly Names[],
  pointer: string,
): ConformsTo {
  const names = allNames(scopes);
  const where = madeOf(claim.where, `${pointer}/where`, (written, at) => {
    const e = readExpression(context, written, pureUnit, at, names);
    const done = e && infer(context, e, names, at) ? settled(context, e, scopes, at) : undefined;
    return done && textOf(done, names);
  });
  return readObject(shapes.conformsTo, claim, { context, pointer, scopes }, { where });
}
