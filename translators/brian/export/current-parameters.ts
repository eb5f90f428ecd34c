/**
 * Currents that phases change. The changing numbers become parameters of the target cells, which phases of Brian set.
 */

import { commonShape } from '../../../src/lang/common-shape.js';
import { unitText } from '../../../src/lang/dimension.js';
import { foldConstants } from '../../../src/lang/fold.js';
import { parseExpression } from '../../../src/lang/parse.js';
import { printExpression } from '../../../src/lang/print.js';
import { namesIn } from '../../../src/lang/walk.js';
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
} from '../../../src/model/model.js';
import { populationOf } from '../../../src/model/selected.js';
import { isPhase, recordedVariables } from '../../../src/model/tagged.js';

/** Values of parameters, by the value given to the current. */
type CurrentParameters = ReadonlyMap<string, Readonly<Record<string, number>>>;

/** Returns the model with parameters in place of the numbers of currents that phases change. */
export function currentsAsParameters(valid: ValidModel): ValidModel {
  const { model } = valid;
  const changed = model.experiment.protocol.flatMap((phase) =>
    isPhase(phase, 'currents') ? Object.keys(phase.currents) : [],
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
    const texts = [...new Set([stimulus.value, ...valuesOf(model, id)])];
    const common = commonShape(
      texts.map((text) => foldConstants(parseExpression(text), undefined, (one) => taken.has(one))),
      () => names.take(recorded.has(id) ? `${id}_value` : id),
    );
    if (common === undefined) continue;
    const numbers = [...common.numbers];
    const shared = Object.entries(populations).some(([other, one]) => other !== population && one.type === typeName);
    const ownName = shared ? freeName(typeName, (one) => Object.hasOwn(neurons, one)) : typeName;
    const own = populations[population];
    if (own !== undefined) populations[population] = { ...own, type: ownName };
    const given = numbers.map(([name, { dimension, values }]): readonly [string, Parameter] => [
      name,
      { unit: unitText(dimension), type: 'real', value: values[0] ?? 0, shared: true },
    ]);
    neurons[ownName] = { ...type, parameters: { ...type.parameters, ...Object.fromEntries(given) } };
    stimuli[id] = { ...stimulus, value: printExpression(common.shape, { taken: (one) => taken.has(one) }) };
    parameters.set(
      id,
      new Map(
        texts.map((text, k) => [
          text,
          Object.fromEntries(numbers.map(([name, { values }]) => [`${population}.${name}`, values[k] ?? 0])),
        ]),
      ),
    );
  }
  if (parameters.size === 0) return valid;
  const inPhase = (phase: Phase): readonly Phase[] => {
    if (!isPhase(phase, 'currents')) return [phase];
    const entries = Object.entries(phase.currents);
    const left = entries.filter(([id]) => !parameters.has(id));
    const set = Object.assign({}, ...entries.map(([id, text]) => parameters.get(id)?.get(text))) as Record<
      string,
      number
    >;
    return [
      ...(left.length === 0 ? [] : [{ currents: Object.fromEntries(left) }]),
      ...(Object.keys(set).length === 0 ? [] : [{ set }]),
    ];
  };
  const protocol = model.experiment.protocol.flatMap(inPhase);
  return {
    ...valid,
    model: { ...model, neurons, populations, stimuli, experiment: { ...model.experiment, protocol } },
  };
}

/** Returns all values given to a current. */
const valuesOf = (model: Model, id: string): readonly string[] =>
  model.experiment.protocol.flatMap((phase) => (isPhase(phase, 'currents') ? [phase.currents[id] ?? []] : [])).flat();

/** Returns names that code of a type reads and that may belong to the whole model. */
export const usedIn = (type: NeuronType): ReadonlySet<string> =>
  new Set(
    [
      ...Object.values(type.derivatives).map(({ rate }) => rate),
      ...Object.values(type.derived).map(({ value }) => value),
      ...Object.values(type.events).map(({ when }) => when),
    ].flatMap((text) => [...namesIn(parseExpression(text))]),
  );
