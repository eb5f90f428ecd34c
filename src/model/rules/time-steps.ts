import { namesIn } from '../../lang/walk.js';
import { numbersOf } from '../arrays.js';
import { areInFile, isPhase, timeAfter } from '../tagged.js';
import { parseExpression } from '../../lang/parse.js';
import { messages } from '../messages.js';
import type { Model, NeuronType, Population, SpikeTrain } from '../model.js';
import { child } from '../pointer.js';
import { isBetween, refractoryInSteps, spikeStep, spikeTime, stepsOf } from '../steps.js';
import { knownNumbersOf } from './known-values.js';
import type { Rule, RuleContext } from './rule.js';

/**
 * Reports times that fall between two steps, with the times that a run uses instead. Delays and comparisons with `t`
 * have rules of their own.
 */
export const timeSteps: Rule = (model, context) => {
  const { dt, protocol } = model.experiment;
  checkRuns(model, context);
  for (const [id, table] of Object.entries(model.tables))
    if (isBetween(table.dt, dt)) context.report(messages.tableBetween(table.dt, dt), child('/tables', id));
  for (const [id, stimulus] of Object.entries(model.stimuli)) {
    // A current that reads the time defines its start there.
    const alone = stimulus.kind === 'current' && !namesIn(parseExpression(stimulus.value)).has('t');
    const from = alone ? (stimulus.from ?? 0) : 0;
    if (isBetween(from, dt))
      context.report(
        messages.timeBetween('start', from, Math.round(from / dt) * dt, dt),
        `${child('/stimuli', id)}/from`,
      );
  }
  for (const [id, population] of Object.entries(model.populations)) {
    const at = child('/populations', id);
    const type = model.neurons[population.type ?? ''];
    if (population.spikes && !areInFile(population.spikes))
      checkSpikes(population.spikes, `${at}/spikes`, model, context);
    if (type) checkRefractory(type, population, at, model, context);
  }
  for (const [index, phase] of protocol.entries())
    for (const [id, train] of Object.entries(isPhase(phase, 'replay') ? phase.replay : {}))
      checkSpikes(train, child(`/experiment/protocol/${index}/replay`, id), model, context);
};

function checkRuns({ experiment: { dt, protocol }, timing }: Model, context: RuleContext): void {
  let time = 0;
  const stored = new Map<string, number>();
  for (const [index, phase] of protocol.entries()) {
    if (isPhase(phase, 'reset')) time = 0;
    if (isPhase(phase, 'store')) stored.set(phase.store, time);
    if (isPhase(phase, 'restore')) time = stored.get(phase.restore) ?? 0;
    const until = timeAfter(time, phase);
    if (until <= time) continue;
    time = until;
    if (!isBetween(until, dt)) continue;
    const used = stepsOf(until, dt, timing) * dt;
    context.report(messages.timeBetween('run', until, used, dt), `/experiment/protocol/${index}`);
  }
}

function checkSpikes({ times }: SpikeTrain, pointer: string, model: Model, context: RuleContext): void {
  const { timing } = model;
  const { dt } = model.experiment;
  const numbers = numbersOf(times, context.data);
  let [between, first] = [0, NaN];
  for (let k = 0; k < numbers.length; k++) {
    const time = numbers[k] as number;
    if (isBetween(time, dt) && between++ === 0) first = time;
  }
  if (between === 0) return;
  const used = spikeTime(spikeStep(first, dt, timing), dt, timing);
  context.report(messages.spikesBetween(first, used, dt, between, numbers.length), `${pointer}/times`);
}

function checkRefractory(
  type: NeuronType,
  population: Population,
  at: string,
  model: Model,
  context: RuleContext,
): void {
  const { dt } = model.experiment;
  for (const [name, { refractory }] of Object.entries(type.events)) {
    if (refractory?.for === undefined) continue;
    const e = parseExpression(refractory.for);
    const between = knownNumbersOf(e, population, type, model, context.data).find((number) => isBetween(number, dt));
    if (between === undefined) continue;
    context.report(
      messages.timeBetween('refractory', between, refractoryInSteps(between, dt, refractory.rounding) * dt, dt),
      e.kind === 'name' && Object.hasOwn(population.values, e.name)
        ? child(`${at}/values`, e.name)
        : `${child(`/neurons/${population.type}/events`, name)}/refractory`,
    );
  }
}
