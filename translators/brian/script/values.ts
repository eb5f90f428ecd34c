/** Values of a specification as Python. */

import { invariant } from '../../../src/diagnostics/diagnostic.js';
import { followed, quoted, spaced, type Source } from '../../shared/python.js';
import type { DataReference, Quantities, Values } from '../specification.generated.js';
import type { Companion } from './companion.js';
import { pythonName, pythonValue } from './python-text.js';
import { isList } from '../../../src/model/collections.js';

/** Returns a list such as `[1, 2, 3] * mV`. */
export function listCode(values: Quantities, key: string, companion: Companion): Source {
  if (isList(values)) return companion.list(values.map(Number), key);
  return inUnit(companion.list(values.values.map(Number), key), values.unit);
}

/** Returns numbers in a unit. */
export const inUnit = (values: Source, unit: string | undefined): Source =>
  unit === undefined ? values : followed(values, ` * ${spaced(unit)}`);

/** Returns data that is in the document. A written specification contains all its data. */
export function inDocument<T extends object>(value: T | DataReference): T {
  invariant(!('$data' in value), 'brian/script', 'a specification that is written out has its arrays in it');
  return value;
}

/** Returns a value, or a list of values. */
export function valueCode(value: Values, key: string, companion: Companion): Source {
  return typeof value === 'object' ? listCode(inDocument(value), key, companion) : pythonValue(value);
}

/** Returns a slice such as `P[0:3200]` with P's name in Python. */
export function sliceCode(text: string): string {
  const bracket = text.indexOf('[');
  return bracket < 0 ? pythonName(text) : `${pythonName(text.slice(0, bracket))}${text.slice(bracket)}`;
}

/** Returns a text in quotes, if there is one. */
export const textOf = (text: string | undefined): string | undefined => (text === undefined ? undefined : quoted(text));

/**
 * Attributes of groups and synapses, which hide a variable with the same name.
 *
 * @source Brian 2.9, `Group.__setattr__`: names in the object's `__dict__`, and its properties
 */
const ownAttributes: ReadonlySet<string> = new Set(
  (
    'add_to_magic_network before_run check_variable_write codeobj_class connect default_event delay_ equations event_codes ' +
    'event_driven events indices method_choice multisynaptic_index namespace order post pre record_variables ' +
    'register_variable resetter run_on_event set_event_schedule source spikes start state state_updater stop ' +
    'subexpression_updater summed_updaters target thresholder unregister_variable user_equations variables ' +
    'verify_dependencies when'
  ).split(' '),
);

/**
 * Returns a variable of an object, or some of its values (`["i > 0"]`). `G.x_` reads `x` without its unit, and
 * `G.order` is the group's order. Therefore Brian gives a variable with such a name as the object's state.
 */
export const variableCode = (object: string, name: string, where: string): string =>
  ownAttributes.has(name) || (where !== '' && name.endsWith('_'))
    ? `${object}.state(${quoted(name)})${where || '[:]'}`
    : `${object}.${name}${where}`;
