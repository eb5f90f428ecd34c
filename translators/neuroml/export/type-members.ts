/** Types with other members. */

import type { EquationSet } from '../../../src/model/model.js';

/** A type with a parameter that is like a variable of it. */
export function withParameter<T extends EquationSet>(type: T, name: string, variable: string): T {
  const { unit = '1', type: kind = 'real' } = type.parameters[variable] ?? type.state[variable] ?? {};
  const parameter = { unit, type: kind, value: 0, shared: false } as const;
  return { ...type, parameters: { ...type.parameters, [name]: parameter } };
}

/** A type of which a parameter is state, for code to change. */
export function asState<T extends EquationSet>(type: T, name: string): T {
  const { [name]: parameter, ...parameters } = type.parameters;
  if (!parameter) return type;
  const { value, ...rest } = parameter;
  return { ...type, parameters, state: { ...type.state, [name]: { ...rest, initial: value } } };
}
