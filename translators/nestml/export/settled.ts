/**
 * Values of cells that are not PyNN's, as numbers, draws and formulas of the index: PyNN has no expressions of a cell's
 * other parameters.
 */

import { environmentOf, valueOf } from '../../../src/library/recognise/values.js';
import { valueInUnit } from '../../../src/library/recognise/with-unit.js';
import { mapped } from '../../../src/model/collections.js';
import {
  formula,
  formulaOf,
  type EquationSet,
  type NeuronType,
  type ValidModel,
  type Value,
} from '../../../src/model/typed.js';
import { declaredName } from '../../../src/library/declared-types.js';

type Values = Readonly<Record<string, Value>>;

/**
 * Returns the parameters and first values of a type, with defaults for values that are not given. Derived variables
 * follow from them.
 */
export function allValues({ parameters, state, derived }: EquationSet, given: Values): Values {
  return {
    ...mapped(derived, ({ value }) => formula(value)),
    ...mapped(state, ({ initial }) => initial),
    ...mapped(parameters, ({ value }) => value),
    ...given,
  };
}

/**
 * Returns a model in which the given values of populations and projections do not read other values of the same owner.
 */
export function withSettledValues(valid: ValidModel): ValidModel {
  const { model, data } = valid;
  const settle = (type: EquationSet, all: Values, names: readonly string[], given: Values): Values => {
    const { parameters, state } = type;
    const environment = environmentOf(all, data);
    const settled = names.flatMap((name) => {
      const e = formulaOf(all[name] ?? 0);
      const found = e && valueOf(e, environment);
      const unit = (parameters[name] ?? state[name])?.unit ?? '1';
      return found === undefined ? [] : [[name, valueInUnit(found, unit)] as const];
    });
    return { ...given, ...Object.fromEntries(settled) };
  };
  const neurons = mapped(model.neurons, (type): NeuronType => {
    if (declaredName(type) !== '') return type;
    const { parameters, state } = type;
    const usual = settle(type, allValues(type, {}), [...Object.keys(parameters), ...Object.keys(state)], {});
    return {
      ...type,
      parameters: mapped(parameters, (parameter, name) => ({ ...parameter, value: usual[name] ?? parameter.value })),
      state: mapped(state, (variable, name) => ({ ...variable, initial: usual[name] ?? variable.initial })),
    };
  });
  const populations = mapped(model.populations, (population) => {
    const type = model.neurons[population.type ?? ''];
    if (type === undefined || declaredName(type) !== '') return population;
    const all = { N: population.size, ...allValues(type, population.values) };
    const names = [...Object.keys(type.parameters), ...Object.keys(type.state)];
    return { ...population, values: settle(type, all, names, population.values) };
  });
  const projections = mapped(model.projections, (projection) => {
    const type = model.synapses[projection.synapse];
    if (type === undefined || declaredName(type) !== '') return projection;
    const all = allValues(type, projection.values);
    return { ...projection, values: settle(type, all, Object.keys(type.parameters), projection.values) };
  });
  return { model: { ...model, neurons, populations, projections }, data };
}
