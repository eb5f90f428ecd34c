import type { Dimension, ValueType } from '../../lang/ast.js';
import { dimensionless } from '../../lang/ast.js';
import { canonicalUnitNames, metre, second } from '../../lang/dimension.js';
import type { Scope, Symbol } from '../../lang/inferred.js';
import { isKeyword } from '../../lang/parse-expression.js';
import { one } from '../../lang/rational.js';
import type { Unit } from '../../lang/units.js';
import { child } from '../pointer.js';
import { messages } from '../messages.js';
import type { Context } from './context.js';

/** Meaning of a name of a type. */
export type VariableKind = 'parameter' | 'state' | 'derived' | 'input' | 'noise' | 'port' | 'special';

/** A variable that expressions may read or code may write. */
export interface Variable extends Symbol {
  readonly kind: VariableKind;
  /** The unit it was declared with: bare numbers in its place are in it. */
  readonly unit: Unit;
  /**
   * Set when its unit could not be found out, which has been reported; expressions that read it get no further
   * findings.
   */
  readonly unknown?: boolean;
  /** Set when it has one value for all elements. */
  readonly shared?: boolean;
}

/** The names that have a meaning somewhere in the model. */
export interface Names {
  /** Returns the meaning of a name; undefined if it has no meaning here. */
  lookup(name: string): Variable | undefined;
  /** All of them, for suggestions. */
  names(): readonly string[];
  /** Set if the ends of a synapse are not known, because its type is unused; code that reads them cannot be checked. */
  readonly open?: boolean;
}

/** Returns the names of some kinds, for suggestions. */
export const namesOfKinds = (names: Names | undefined, kinds: readonly VariableKind[]): readonly string[] =>
  names?.names().filter((name) => kinds.includes(names.lookup(name)?.kind ?? 'special')) ?? [];

/** Dimension of a white noise. */
export const noiseDimension: Dimension = [0, 0, -0.5, 0, 0, 0, 0];

/** Returns the SI unit of a dimension. */
export const siUnit = (dimension: Dimension): Unit => ({ dimension, scale: one });
/** SI unit of a time: bare numbers in its place are seconds. */
export const secondUnit = siUnit(second);
/** The unit 1. */
export const pureUnit = siUnit(dimensionless);

/** Returns a variable that exists without being declared. */
export function special(dimension: Dimension, type: ValueType = 'real', kind: VariableKind = 'special'): Variable {
  return { kind, dimension, type, unit: siUnit(dimension) };
}

const time: readonly (readonly [string, Variable])[] = [
  ['t', special(second)],
  ['dt', special(second)],
  ['t_in_timesteps', special(dimensionless, 'integer')],
];
const place: readonly (readonly [string, Variable])[] = [
  ['x', special(metre)],
  ['y', special(metre)],
  ['z', special(metre)],
];
const integer = special(dimensionless, 'integer');

/** Returns a variable with an unknown unit and a known kind. */
export function unknown(kind: VariableKind, type: ValueType = 'real'): Variable {
  return { ...special(dimensionless, type, kind), unknown: true };
}

/** Names with a value for each element that the simulator sets. */
export const ownToEach: ReadonlySet<string> = new Set([
  ...['i', 'j', 'x', 'y', 'z', 'lastspike', 'not_refractory', 'lastupdate', 'delay', 'distance'],
]);

/** Variables of neurons that events set. */
export const eventVariables: ReadonlyMap<string, Variable> = new Map([
  ['lastspike', special(second)],
  ['not_refractory', special(dimensionless, 'boolean')],
]);

/** Names that every neuron's expressions may read besides its own variables. */
export const neuronSpecials: ReadonlyMap<string, Variable> = new Map([
  ...time,
  ...place,
  ['i', integer],
  ['N', integer],
  ...eventVariables,
]);

/** Names that expressions for the elements of a source of given spikes may read. */
export const sourceSpecials: ReadonlyMap<string, Variable> = new Map([...place, ['i', integer], ['N', integer]]);

/** Names that every synapse's expressions may read besides its own variables and the variables of its ends. */
export const synapseSpecials: ReadonlyMap<string, Variable> = new Map([
  ...time,
  ['i', integer],
  ['j', integer],
  ['N', integer],
  ['N_pre', integer],
  ['N_post', integer],
  ['N_incoming', integer],
  ['N_outgoing', integer],
  ['copy', integer],
  ['lastupdate', special(second)],
  ['delay', special(second)],
  ['distance', special(metre)],
]);

/** Names that the places of synapses, or of elements of a selection, may be computed from. */
export const placeSpecials: Readonly<Record<'synapse' | 'element', ReadonlyMap<string, Variable>>> = {
  synapse: new Map([
    ['i', integer],
    ['j', integer],
    ['N_pre', integer],
    ['N_post', integer],
  ]),
  element: new Map([
    ['i', integer],
    ['N', integer],
  ]),
};

/** Reserved names, which have a meaning of their own in expressions. */
const reserved: ReadonlyMap<string, string> = new Map([
  ...['t', 'dt', 't_in_timesteps'].map((name) => [name, 'it is the time'] as const),
  ...['i', 'j', 'N', 'N_pre', 'N_post'].map((name) => [name, 'it is an index or a size'] as const),
  ...['pre', 'post'].map((name) => [name, 'it refers to one side of a synapse'] as const),
  ...['lastspike', 'not_refractory'].map((name) => [name, 'it is set by events'] as const),
  ...['pi', 'inf'].map((name) => [name, 'it is a constant'] as const),
]);

/** Names that objects of the host language have: a map of the model could not tell them from its own. */
const hostNames: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype));

/** Returns the reason why a variable cannot have a name; undefined if it can. */
export function reservedReason(name: string): string | undefined {
  const known = reserved.get(name);
  if (known !== undefined) return known;
  if (canonicalUnitNames.has(name)) return 'it is a unit';
  if (isKeyword(name)) return 'it is a keyword of the expression language';
  return hostNames.has(name) ? 'it is reserved for internal use' : undefined;
}

/** Checks a name of a variable. @returns whether it may be used */
export function checkVariableName(context: Context, name: string, pointer: string): boolean {
  const reason = reservedReason(name);
  if (reason === undefined) return true;
  context.reportKey(messages.reservedName(name, reason), pointer);
  return false;
}

/** Checks the names of a map of types, populations, … */
export function checkIds(context: Context, map: Readonly<Record<string, unknown>> | undefined, pointer: string): void {
  for (const name of Object.keys(map ?? {}))
    if (hostNames.has(name))
      context.reportKey(messages.reservedName(name, 'it is reserved for internal use'), child(pointer, name));
}

/** Joins names from several sources; the first that knows a name gives its meaning. */
export function namesFrom(...sources: readonly (Names | ReadonlyMap<string, Variable>)[]): Names {
  return {
    lookup(name) {
      for (const source of sources) {
        const found =
          source instanceof Map ? (source as ReadonlyMap<string, Variable>).get(name) : (source as Names).lookup(name);
        if (found) return found;
      }
      return undefined;
    },
    ...(sources.some((source) => !(source instanceof Map) && (source as Names).open) ? { open: true } : {}),
    names: () => [
      ...new Set(
        sources.flatMap((source) =>
          source instanceof Map ? [...(source as ReadonlyMap<string, Variable>).keys()] : (source as Names).names(),
        ),
      ),
    ],
  };
}

/** Accepts any name, with unknown properties. */
export const anyName: Names = { lookup: () => unknown('state'), names: () => [] };

/** No names but the model-wide ones. */
export const noNames: Names = { lookup: () => undefined, names: () => [] };

/** Returns the variables of one end of a synapse under their dotted names. */
export function endNames(side: 'pre' | 'post', own: Names): Names {
  const prefix = `${side}.`;
  return {
    lookup: (name) => (name.startsWith(prefix) ? own.lookup(name.slice(prefix.length)) : undefined),
    names: () => own.names().map((name) => prefix + name),
  };
}

/** Returns the scope of an expression: the names given, then the model's own parameters, and tables as functions. */
export function scopeFor(context: Context, names: Names): Scope {
  return {
    lookup: (name) => names.lookup(name) ?? context.constants.get(name),
    names: () => [...names.names(), ...context.constants.keys()],
    functions: context.tables,
  };
}

const ofAnEnd = /^(?:pre|post)\./;

/** Checks whether a name cannot be judged: it is of an unknown end, or its definition is wrong. */
export function isUnknowable(context: Context, names: Names, name: string): boolean {
  const found = names.lookup(name) ?? context.constants.get(name);
  return found ? found.unknown === true : names.open === true && ofAnEnd.test(name);
}
