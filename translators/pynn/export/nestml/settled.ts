/**
 * Values of cells that are not PyNN's, as numbers, draws and formulas of the index: PyNN has no expressions of a cell's
 * other parameters.
 */

import { parseExpression } from '../../../../src/lang/parse.js';
import { environmentOf, valueOf } from '../../../../src/library/recognise/values.js';
import { valueInUnit } from '../../../../src/library/recognise/with-unit.js';
import { ownNames } from '../../../../src/model/declared-names.js';
import { mapped } from '../../../../src/model/collections.js';
import type { EquationSet, Model, NeuronType, ValidModel, Value } from '../../../../src/model/model.js';
import { declaredName } from '../../../../src/library/declared-types.js';

type Values = Readonly<Record<string, Value>>;

/**
 * Returns the parameters and first values of a type, with defaults for values that are not given. Derived variables
 * follow from them.
 */
export function allValues({ parameters, state, derived }: EquationSet, given: Values): Values {
  return {
    ...Object.fromEntries(Object.entries(derived).map(([name, { value }]) => [name, value])),
    ...Object.fromEntries(Object.entries(state).map(([name, { initial }]) => [name, initial])),
    ...Object.fromEntries(Object.entries(parameters).map(([name, { value }]) => [name, value])),
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
    const own = ownNames(type);
    const environment = environmentOf(all, data);
    const settled = names.flatMap((name) => {
      const value = all[name];
      if (typeof value !== 'string') return [];
      const found = valueOf(parseExpression(value), environment);
      const unit = (parameters[name] ?? state[name])?.unit ?? '1';
      return found === undefined ? [] : [[name, valueInUnit(found, unit, (taken) => own.has(taken))] as const];
    });
    return { ...given, ...Object.fromEntries(settled) };
  };
  const neurons = Object.entries(model.neurons).map(([id, type]): [string, NeuronType] => {
    if (declaredName(type) !== '') return [id, type];
    const { parameters, state } = type;
    const usual = settle(type, allValues(type, {}), [...Object.keys(parameters), ...Object.keys(state)], {});
    return [
      id,
      {
        ...type,
        parameters: mapped(parameters, (parameter, name) => ({ ...parameter, value: usual[name] ?? parameter.value })),
        state: mapped(state, (variable, name) => ({ ...variable, initial: usual[name] ?? variable.initial })),
      },
    ];
  });
  const populations = Object.entries(model.populations).map(
    ([id, population]): [string, Model['populations'][string]] => {
      const type = model.neurons[population.type ?? ''];
      if (type === undefined || declaredName(type) !== '') return [id, population];
      const all = { N: population.size, ...allValues(type, population.values) };
      const names = [...Object.keys(type.parameters), ...Object.keys(type.state)];
      return [id, { ...population, values: settle(type, all, names, population.values) }];
    },
  );
  const projections = Object.entries(model.projections).map(
    ([id, projection]): [string, Model['projections'][string]] => {
      const type = model.synapses[projection.synapse];
      if (type === undefined || declaredName(type) !== '') return [id, projection];
      const names = Object.keys(type.parameters);
      return [
        id,
        { ...projection, values: settle(type, allValues(type, projection.values), names, projection.values) },
      ];
    },
  );
  return {
    model: {
      ...model,
      neurons: Object.fromEntries(neurons),
      populations: Object.fromEntries(populations),
      projections: Object.fromEntries(projections),
    },
    data,
  };
}
