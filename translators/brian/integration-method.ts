/** Methods of integration and their options: `method`, `method_options`. */

import { child } from '../../src/model/pointer.js';
import { located, type Located } from '../shared/located.js';
import type { Reporter } from './context.js';
import * as messages from './messages.js';
import type { MethodOptions } from './specification.generated.js';
import type { Namespace, Variable } from './terms.js';
import { readNumber } from './values.js';
import { methodNames, refusedMethods } from './vocabulary.js';

/** The integration settings of the equations of a group or of synapses. */
interface Integrated {
  readonly method?: string;
  readonly method_options?: MethodOptions;
}

/** Whose equations they are. */
interface Owner {
  readonly name: string;
  readonly pointer: string;
  readonly variables: ReadonlyMap<string, Variable>;
  readonly namespace: Namespace;
}

/** Returns the canonical name of the integration method. Without a method, Brian chooses one. */
export function translateMethod(
  { method: written, method_options: options }: Integrated,
  owner: Owner,
  to: Reporter,
): { readonly method?: Located } {
  const key = written?.toLowerCase() ?? '';
  checkOptions(options ?? {}, key, owner, to);
  if (written === undefined) return {};
  const pointer = child(owner.pointer, 'method');
  const refused = refusedMethods[key];
  if (refused !== undefined) to.report(messages.unsupported(refused), pointer);
  const method = methodNames[key];
  if (method === undefined && refused === undefined)
    to.report(messages.unknownMethod(written, Object.keys(methodNames)), pointer);
  return method === undefined ? {} : { method: located(method, pointer) };
}

/** Options that decide how accurate steps are, or how many may be taken. */
const ofAccuracy = ['absolute_error', 'absolute_error_per_variable', 'max_steps', 'adaptable_timestep'] as const;

/** Checks the options of a method, and reports options without effect, because all adaptive steps have one accuracy. */
function checkOptions(options: MethodOptions, method: string, owner: Owner, to: Reporter): void {
  const at = child(owner.pointer, 'method_options');
  const adapts = methodNames[method] === 'adaptive';
  // Brian's other methods have only this option, or no option.
  const foreign = Object.keys(options).find((key) => (key === 'simplify') === adapts);
  if (foreign !== undefined) to.report(messages.foreignOption(foreign, method), child(at, foreign));
  const integrated = [...owner.variables.values()].filter(({ kind }) => kind === 'differential');
  for (const [name, error] of Object.entries(options.absolute_error_per_variable ?? {})) {
    const variable = integrated.find((one) => one.name === name);
    const place = child(child(at, 'absolute_error_per_variable'), name);
    if (variable === undefined) {
      const known = integrated.map((one) => one.name);
      to.report(messages.unknownVariable(name, owner.name, known), place);
      continue;
    }
    const slot = { name: `the error of ${name}`, dimension: variable.dimension, type: 'real' } as const;
    const value = readNumber(error, place, slot, owner.namespace, to);
    if (value !== undefined && !(value > 0)) to.report(messages.outOfRange(slot.name, 'more than 0', error), place);
  }
  const unused = ofAccuracy.filter((key) => options[key] !== undefined);
  if (adapts && unused.length > 0) to.report(messages.unusedOptions(unused), at);
}
