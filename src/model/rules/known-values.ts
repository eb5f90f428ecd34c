import { isListed, numbersOf } from '../arrays.js';
import { isGiven } from '../tagged.js';
import { calledFunction } from '../../lang/constant-value.js';
import { evaluate, NoNumber } from '../../lang/evaluate.js';
import type { Expression } from '../../lang/ast.js';
import { parseExpression } from '../../lang/parse.js';
import { unitInText } from '../../lang/units.js';
import type { DataStore, EquationSet, Id, Model, NeuronType, Population, Value } from '../model.js';

/** Returns the number that a name stands for before a run; undefined for drawn, computed or differing values. */
export type Constants = (name: string) => number | undefined;

/**
 * Returns the value of an expression over constants and the values in `also`; undefined if it is not known before a
 * run.
 */
export function valueOf(e: Expression, constants: Constants, also: Constants = () => undefined): number | undefined {
  const lookup = (name: string): number => {
    const value = also(name) ?? constants(name);
    if (value === undefined) throw new NoNumber(name);
    return value;
  };
  try {
    return evaluate(e, lookup, calledFunction);
  } catch (error) {
    if (error instanceof NoNumber) return undefined;
    throw error;
  }
}

/** Returns the values of an expression of a population's type that are known before a run, over all cells. */
export function knownNumbersOf(
  e: Expression,
  { values }: Population,
  type: NeuronType,
  model: Model,
  data?: DataStore,
): readonly number[] {
  const given = e.kind === 'name' && Object.hasOwn(values, e.name) ? values[e.name] : undefined;
  if (isGiven(given)) return Array.from(numbersOf(given.array, data));
  const known = valueOf(e, constantsOf(model, type, values));
  return known === undefined ? [] : [known];
}

/** Names that mean something in every expression, although some are units too. */
const changing: ReadonlySet<string> = new Set(['t', 'dt', 'i', 'j', 'N', 'N_pre', 'N_post', 'drawn']);

const numbers: Readonly<Record<string, number>> = { pi: Math.PI, e: Math.E, inf: Infinity };

/**
 * Returns constants as code of a type reads them: its parameters with one value for all, the model's parameters, and
 * units, which are SI units in a normalised model.
 *
 * @param given  values that a population or projection gives to parameters
 */
export function constantsOf(
  model: Model,
  type?: Pick<EquationSet, 'parameters' | 'state' | 'derived'> & { readonly inputs?: Readonly<Record<Id, unknown>> },
  given: Readonly<Record<Id, Value>> = {},
): Constants {
  const known = new Map<string, number | undefined>();
  const constants: Constants = (name) => {
    if (known.has(name)) return known.get(name);
    // A name that is defined by itself has no value.
    known.set(name, undefined);
    const value = find(name);
    known.set(name, value);
    return value;
  };
  const find = (name: string): number | undefined => {
    const parameter = type && Object.hasOwn(type.parameters, name) ? type.parameters[name] : undefined;
    if (parameter) {
      const value = Object.hasOwn(given, name) ? given[name] : parameter.value;
      return typeof value === 'string' ? valueOf(parseExpression(value), constants) : numberOf(value);
    }
    const derived = type && Object.hasOwn(type.derived, name) ? type.derived[name] : undefined;
    if (derived) return valueOf(parseExpression(derived.value), constants);
    if (type && (Object.hasOwn(type.state, name) || Object.hasOwn(type.inputs ?? {}, name))) return undefined;
    if (changing.has(name)) return undefined;
    if (Object.hasOwn(model.parameters, name)) return model.parameters[name]?.value;
    return numbers[name] ?? (unitInText(name) === undefined ? undefined : 1);
  };
  return constants;
}

/** Returns the one number of a value; undefined if elements differ. */
function numberOf(value: Value | undefined): number | undefined {
  if (typeof value === 'number') return value;
  if (!isGiven(value) || !isListed(value.array)) return undefined;
  const [first] = value.array;
  return value.array.every((element) => element === first) ? first : undefined;
}
