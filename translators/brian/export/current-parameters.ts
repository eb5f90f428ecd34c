/**
 * Currents that phases change. The changing numbers become parameters of the target cells, which phases of Brian set.
 */

import { commonShape } from '../../../src/lang/common-shape.js';
import { unitText } from '../../../src/lang/dimension.js';
import type { Expression } from '../../../src/lang/ast.js';
import { equalExpressions, namesIn } from '../../../src/lang/walk.js';
import { ownNames } from '../../../src/model/declared-names.js';
import { freeName, UniqueNames } from '../../../src/model/free-name.js';
import type {
  Model,
  NeuronType,
  Parameter,
  Phase,
  Population,
  Stimulus,
  ValidModel,
} from '../../../src/model/typed.js';
import { populationOf } from '../../../src/model/selected.js';
import { recordedVariables } from '../../../src/model/tagged.js';

/** Values of parameters, for each value given to the current. */
type CurrentParameters = readonly (readonly [value: Expression, parameters: Readonly<Record<string, number>>])[];

/** Returns the model with parameters in place of the numbers of currents that phases change. */
export function currentsAsParameters(valid: ValidModel): ValidModel {
  const { model } = valid;
  const changed = model.experiment.protocol.flatMap((phase) =>
    phase.kind === 'currents' ? Object.keys(phase.currents) : [],
  );
  // A current that is recorded is a variable of its name.
  const recorded = new Set(model.recordings.flatMap(recordedVariables));
  const parameters = new Map<string, CurrentParameters>();
  const neurons: Record<string, NeuronType> = { ...model.neurons };
  const populations: Record<string, Population> = { ...model.populations };
  const stimuli: Record<string, Stimulus> = { ...model.stimuli };
  for (const id of new Set(changed)) {
    const stimulus = model.stimuli[id];
    if (stimulus?.kind !== 'current') continue;
    const population = populationOf(stimulus.to);
    const typeName = populations[population ?? '']?.type ?? '';
    const type = neurons[typeName];
    if (population === undefined || type === undefined) continue;
    const taken = new Set([...ownNames(type), ...usedIn(type)]);
    const names = new UniqueNames(taken);
    const given = [stimulus.value, ...valuesOf(model, id)];
    const currents = given.filter((e, k) => given.findIndex((other) => equalExpressions(e, other)) === k);
    const common = commonShape(currents, () => names.take(recorded.has(id) ? `${id}_value` : id));
    if (common === undefined) continue;
    const numbers = [...common.numbers];
    const shared = Object.entries(populations).some(([other, one]) => other !== population && one.type === typeName);
    const ownName = shared ? freeName(typeName, (one) => Object.hasOwn(neurons, one)) : typeName;
    const own = populations[population];
    if (own !== undefined) populations[population] = { ...own, type: ownName };
    const declared = numbers.map(([name, { dimension, values }]): readonly [string, Parameter] => [
      name,
      { unit: unitText(dimension), type: 'real', value: values[0] ?? 0, shared: true },
    ]);
    neurons[ownName] = { ...type, parameters: { ...type.parameters, ...Object.fromEntries(declared) } };
    stimuli[id] = { ...stimulus, value: common.shape };
    parameters.set(
      id,
      currents.map((e, k) => [
        e,
        Object.fromEntries(numbers.map(([name, { values }]) => [`${population}.${name}`, values[k] ?? 0])),
      ]),
    );
  }
  if (parameters.size === 0) return valid;
  const inPhase = (phase: Phase): readonly Phase[] => {
    if (phase.kind !== 'currents') return [phase];
    const entries = Object.entries(phase.currents);
    const left = entries.filter(([id]) => !parameters.has(id));
    const set = Object.fromEntries(
      entries.flatMap(([id, e]) =>
        Object.entries(parameters.get(id)?.find(([value]) => equalExpressions(value, e))?.[1] ?? {}),
      ),
    );
    return [
      ...(left.length === 0 ? [] : [{ kind: 'currents', currents: Object.fromEntries(left) } as const]),
      ...(Object.keys(set).length === 0 ? [] : [{ kind: 'set', set } as const]),
    ];
  };
  const protocol = model.experiment.protocol.flatMap(inPhase);
  return {
    ...valid,
    model: { ...model, neurons, populations, stimuli, experiment: { ...model.experiment, protocol } },
  };
}

/** Returns all values given to a current. */
const valuesOf = (model: Model, id: string): readonly Expression[] =>
  model.experiment.protocol.flatMap((phase) => (phase.kind === 'currents' ? [phase.currents[id] ?? []] : [])).flat();

/** Returns names that code of a type reads and that may belong to the whole model. */
export const usedIn = (type: NeuronType): ReadonlySet<string> =>
  new Set(
    [
      ...Object.values(type.derivatives).map(({ rate }) => rate),
      ...Object.values(type.derived).map(({ value }) => value),
      ...Object.values(type.events).map(({ when }) => when),
    ].flatMap((e) => [...namesIn(e)]),
  );
