/**
 * Currents that phases change: those that are constant become parameters of the cells into which they flow, which phases
 * of Brian set; of others, the time decides.
 */

import { namesIn } from '../../../src/lang/walk.js';
import { parseExpression } from '../../../src/lang/parse.js';
import { ownNames } from '../../../src/model/declared-names.js';
import { freeName } from '../../../src/model/free-name.js';
import type { Model, NeuronType, Phase, Population, Stimulus, ValidModel } from '../../../src/model/model.js';
import { beforeStep } from '../../../src/library/gather/step-times.js';
import { populationOf, populationsOf } from '../../../src/model/selected.js';
import { isPhase, timeAfter } from '../../../src/model/tagged.js';
import { constantOf, fold, plain } from '../../../src/library/recognise/numbers.js';

/** The same model, with a parameter in the place of each current that is constant between the phases that change it. */
export function currentsAsParameters(valid: ValidModel): ValidModel {
  const { model } = valid;
  const changed = model.experiment.protocol.flatMap((phase) =>
    isPhase(phase, 'currents') ? Object.keys(phase.currents) : [],
  );
  const parameters = new Map<string, { readonly population: string; readonly name: string }>();
  const neurons: Record<string, NeuronType> = { ...model.neurons };
  const populations: Record<string, Population> = { ...model.populations };
  const stimuli: Record<string, Stimulus> = { ...model.stimuli };
  for (const id of new Set(changed)) {
    const stimulus = model.stimuli[id];
    if (stimulus?.kind !== 'current') continue;
    const population = populationOf(stimulus.to);
    const typeName = populations[population ?? '']?.type ?? '';
    const type = neurons[typeName];
    const value = constantIn(stimulus.value);
    if (population === undefined || type === undefined || value === undefined) continue;
    if (valuesOf(model, id).some((text) => constantIn(text) === undefined)) continue;
    const taken = ownNames(type);
    const name = freeName(id, (one) => taken.has(one) || usedIn(type).has(one));
    const unit = type.inputs[stimulus.input]?.unit ?? '1';
    const shared = Object.entries(populations).some(([other, one]) => other !== population && one.type === typeName);
    const ownName = shared ? freeName(typeName, (one) => Object.hasOwn(neurons, one)) : typeName;
    const own = populations[population];
    if (own !== undefined) populations[population] = { ...own, type: ownName };
    neurons[ownName] = {
      ...type,
      parameters: { ...type.parameters, [name]: { unit, type: 'real', value, shared: true } },
    };
    stimuli[id] = { ...stimulus, value: name };
    parameters.set(id, { population, name });
  }
  const ofTime = byTime(
    model,
    [...new Set(changed)].filter((id) => !parameters.has(id)),
  );
  for (const [id, value] of ofTime) {
    const stimulus = stimuli[id];
    if (stimulus?.kind === 'current') stimuli[id] = { ...stimulus, value };
  }
  if (parameters.size === 0 && ofTime.size === 0) return valid;
  const inPhase = (phase: Phase): readonly Phase[] => {
    if (!isPhase(phase, 'currents')) return [phase];
    const entries = Object.entries(phase.currents);
    const left = entries.filter(([id]) => !parameters.has(id) && !ofTime.has(id));
    const set = entries.flatMap(([id, text]) => {
      const parameter = parameters.get(id);
      const value = constantIn(text);
      return parameter && value !== undefined ? [[`${parameter.population}.${parameter.name}`, value] as const] : [];
    });
    return [
      ...(left.length === 0 ? [] : [{ currents: Object.fromEntries(left) }]),
      ...(set.length === 0 ? [] : [{ set: Object.fromEntries(set) }]),
    ];
  };
  const protocol = model.experiment.protocol.flatMap(inPhase);
  return {
    ...valid,
    model: { ...model, neurons, populations, stimuli, experiment: { ...model.experiment, protocol } },
  };
}

/** What currents are at any time of a run that never returns to an earlier one. */
function byTime(model: Model, ids: readonly string[]): ReadonlyMap<string, string> {
  const { protocol } = model.experiment;
  if (protocol.some((phase) => isPhase(phase, 'reset') || isPhase(phase, 'restore'))) return new Map();
  const values = new Map<string, string>();
  for (const id of ids) {
    const stimulus = model.stimuli[id];
    if (stimulus?.kind !== 'current' || stimulus.every !== undefined) continue;
    const types = populationsOf(stimulus.to).flatMap((id) => model.neurons[model.populations[id]?.type ?? ''] ?? []);
    const names = new Set(types.flatMap((type) => [...ownNames(type)]));
    let now = 0;
    let value = stimulus.value;
    for (const phase of protocol) {
      now = Number(timeAfter(now, phase).toPrecision(14));
      const next = isPhase(phase, 'currents') ? phase.currents[id] : undefined;
      if (next !== undefined) value = now === 0 ? next : `(${next}) if t > ${beforeStep(now, names)} else (${value})`;
    }
    values.set(id, value);
  }
  return values;
}

/** All that a current is told to be. */
const valuesOf = (model: Model, id: string): readonly string[] =>
  model.experiment.protocol.flatMap((phase) => (isPhase(phase, 'currents') ? [phase.currents[id] ?? []] : [])).flat();

/** A text as a number in SI, if it reads nothing. */
const constantIn = (text: string): number | undefined => constantOf(fold(plain(text, new Set())));

/** Names that code of a type reads, which may be of the whole model. */
const usedIn = (type: NeuronType): ReadonlySet<string> =>
  new Set(
    [
      ...Object.values(type.derivatives).map(({ rate }) => rate),
      ...Object.values(type.derived).map(({ value }) => value),
      ...Object.values(type.events).map(({ when }) => when),
    ].flatMap((text) => [...namesIn(parseExpression(text))]),
  );
