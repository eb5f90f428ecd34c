/** A variable in the place of regimes, for notations without them. */

import type { Expression } from '../../lang/ast.js';
import { binary, name as named, number } from '../../lang/build.js';
import { parseExpression, parseStatements } from '../../lang/parse.js';
import { printExpression } from '../../lang/print.js';
import { substitute } from '../../lang/walk.js';
import type { ConversionReport } from '../../model/conversion-report.js';
import { freeName } from '../../model/free-name.js';
import type { EventDefinition, Model, NeuronType, Population } from '../../model/model.js';
import { child } from '../../model/pointer.js';
import { withRegimesAsVariable } from '../../model/regimes.js';
import { timingProperties } from '../../model/timing-properties.js';
import { typedModel, writtenModel } from '../../model/typed-model.js';

/** Returns the types of a model and their populations: regimes become a variable that selects rates and events. */
export function regimesAsVariable(
  model: Model,
  stage: string,
  report: ConversionReport,
): Pick<Model, 'neurons' | 'populations'> {
  const left = Object.entries(model.neurons).filter(([, { regimes }]) => Object.keys(regimes).length > 0);
  if (left.length === 0) return model;
  const typed = typedModel(model);
  const rewritten = writtenModel({
    ...typed,
    neurons: Object.fromEntries(
      Object.entries(typed.neurons).map(([name, type]) => [name, withRegimesAsVariable(type)]),
    ),
  }).neurons;
  const neurons = { ...model.neurons };
  const populations = { ...model.populations };
  for (const [name, before] of left) {
    const type = rewritten[name];
    if (type === undefined) continue;
    neurons[name] = thresholdAlone(byWhatTheyEmit(type));
    const said = 'a variable holds the number of the active regime, by which rates and events choose';
    const together =
      'where two conditions of a regime hold in one step, LEMS runs one after the other; here both see the same state';
    const several = Object.values(before.regimes).some(({ transitions }) => transitions.length > 1);
    if (!several || !timingProperties[model.timing].takesTurns)
      report.equivalent(`${stage}/regimes`, child('/neurons', name), said);
    else report.approximated(`${stage}/regimes`, child('/neurons', name), `${said}; ${together}`);
    for (const [key, population] of Object.entries(model.populations))
      if (population.type === name) populations[key] = entered(before, population);
  }
  return { neurons, populations };
}

/** Returns a population that begins as the first regime of its type leaves it on entry. */
function entered({ regimes, state, parameters }: NeuronType, population: Population): Population {
  const values: Record<string, Population['values'][string]> = { ...population.values };
  const first = Object.values(regimes).find(({ initial }) => initial);
  const known = new Map<string, Expression>([['t', number(0)]]);
  for (const [key, { initial }] of Object.entries(state)) {
    const value = values[key] ?? initial;
    if (typeof value === 'number') known.set(key, number(value));
    else if (typeof value === 'string') known.set(key, parseExpression(value));
  }
  for (const one of (first?.onEntry ?? []).flatMap((text) => parseStatements(text))) {
    if (one.kind !== 'assignment' || Object.hasOwn(parameters, one.target)) continue;
    const operator = one.operator === '=' ? undefined : one.operator[0];
    const before = known.get(one.target) ?? named(one.target);
    const whole = operator === undefined ? one.value : binary(operator as '+', before, one.value);
    const value = substitute(whole, known);
    known.set(one.target, value);
    values[one.target] = printExpression(value);
  }
  return { ...population, values };
}

/** Returns a type with events under the names that others receive, if these names are unique. */
export function byWhatTheyEmit(type: NeuronType): NeuronType {
  const events = Object.entries(type.events);
  const names = events.map(([name, { emits }]) => (emits === undefined || emits === null ? name : emits));
  if (new Set(names).size < names.length) return type;
  return {
    ...type,
    events: Object.fromEntries(
      events.map(([, event], k) => {
        const { emits, ...rest } = event;
        return [names[k] ?? '', emits === null ? event : rest];
      }),
    ),
  };
}

/**
 * Returns a type with one threshold. If several conditions emit spikes, the threshold holds when one of them does, and their
 * actions run at the reset. The slots of thresholds and resets have no other content, so the order there does not matter.
 */
function thresholdAlone(type: NeuronType): NeuronType {
  const events = Object.entries(type.events);
  const isEmitter = (key: string, { emits = key }: EventDefinition): boolean => emits === 'spike';
  const emitters = events.filter(([key, event]) => isEmitter(key, event));
  const spike = type.events['spike'];
  if (emitters.every(([key]) => key === 'spike'))
    return spike === undefined ? type : { ...type, events: { ...type.events, spike: { ...spike, order: 0 } } };
  if (spike !== undefined && !isEmitter('spike', spike)) return type;
  const free = (key: string): string => (key === 'spike' ? freeName('spike_', (one) => one in type.events) : key);
  const when = emitters
    .map(([, event]) => parseExpression(event.when))
    .reduce((either, one) => binary('or', either, one));
  const threshold: EventDefinition = { when: printExpression(when), edge: 'level', do: [], order: 0 };
  const own = events.map(([key, event]): [string, EventDefinition] =>
    isEmitter(key, event)
      ? [free(key), { ...event, emits: null, slot: 'thresholds', actionSlot: 'resets' }]
      : [key, event],
  );
  return { ...type, events: { spike: threshold, ...Object.fromEntries(own) } };
}
