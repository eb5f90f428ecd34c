/** When what a synapse sends arrives: values that are sent later, and arrivals that the threshold of the step sees. */

import type { Expression } from '../../../src/lang/ast.js';
import { parseExpression, parseStatements } from '../../../src/lang/parse.js';
import { printExpression, printStatement } from '../../../src/lang/print.js';
import { namesIn } from '../../../src/lang/walk.js';
import { leastProbable } from '../../../src/library/poisson-counts.js';
import { assignedBy } from '../../../src/model/assigned.js';
import { child } from '../../../src/model/pointer.js';
import { freeName } from '../../../src/model/free-name.js';
import type { Model, Projection, SelectionRule, SynapseType, Value } from '../../../src/model/model.js';
import { populationsOf } from '../../../src/model/selected.js';
import { delayInSteps } from '../../../src/model/steps.js';
import { isPhase } from '../../../src/model/tagged.js';
import { delayOf, delaySum, largestOf, listedDelays, longestDelay } from './delays.js';
import type { IdiomContext } from './idiom-context.js';
import { keptUntilArrival, mostInTransit } from './transit.js';

/** A value that is sent later becomes a separate pathway, with a longer delay. */
export function withoutSends(
  type: SynapseType,
  projection: Projection,
  name: string,
  context: IdiomContext,
): SynapseType {
  const { model, data } = context;
  const sent: Record<string, SynapseType['state'][string]> = {};
  const pathways: Record<string, SynapseType['pathways'][string]> = {};
  for (const [key, pathway] of Object.entries(type.pathways)) {
    const statements = pathway.do.flatMap((text) => parseStatements(text));
    const sends = statements.flatMap((one) => (one.kind === 'send' ? [one] : []));
    const [send] = sends;
    const before = projection.delays[key] ?? pathway.delay;
    const after =
      send &&
      (delayOf(send.after, type, projection) ??
        listedDelays(send.after, type, projection, data) ??
        printExpression(send.after));
    const together =
      after === undefined ? undefined : delaySum(before, after, model, data, isComputed(after, projection));
    if (send === undefined || sends.length > 1 || after === undefined || together === undefined) {
      pathways[key] = pathway;
      continue;
    }
    const arriving = (what: string): string => `${send.port} += ${what}`;
    const written = (put: readonly string[]): readonly string[] =>
      statements.flatMap((one) => (one === send ? put : [printStatement(one)]));
    if (after === 0) {
      const rest = statements.filter((one) => one !== send).map((one) => printStatement(one));
      pathways[key] = { ...pathway, do: [...rest, arriving(printExpression(send.value))] };
      continue;
    }
    const places = placesFor(send.after, after, pathway, type, projection, name, context);
    const kept = keptUntilArrival(
      printExpression(send.value),
      type.ports[send.port]?.unit ?? '1',
      places,
      arriving,
      (one) => [type.parameters, type.state, type.derived, type.ports, sent].some((map) => Object.hasOwn(map, one)),
    );
    Object.assign(sent, kept.state);
    pathways[key] = { ...pathway, do: written(kept.put) };
    const second = freeName('transmit', (one) => Object.hasOwn(type.pathways, one));
    const { slot: _, ...plain } = pathway;
    pathways[second] = { ...plain, order: 0, delay: together, do: kept.arrive };
  }
  return { ...type, state: { ...type.state, ...sent }, pathways };
}

/** How many values a synapse has a place for while they are on their way; says where these may be too few. */
function placesFor(
  e: Expression,
  after: Value,
  pathway: SynapseType['pathways'][string],
  type: SynapseType,
  projection: Projection,
  name: string,
  context: IdiomContext,
): number {
  const { model, data, report, strict } = context;
  const { dt } = model.experiment;
  const pointer = child('/projections', name);
  const isChanged =
    [...namesIn(e)].some((one) => context.changed.has(`${name}.${one}`)) ||
    model.experiment.protocol.some(
      (phase) => isPhase(phase, 'delays') && Object.keys(phase.delays).some((one) => assignedBy(one).owner === name),
    );
  const longest = isChanged ? undefined : (largestOf(after, data) ?? longestDelay(e, type, projection, model, data));
  // What arrives does so before anything is sent in the same step where that is sent after the resets.
  const before = pathway.slot === 'after_resets' ? 0 : 1;
  const steps = longest === undefined ? undefined : delayInSteps(longest, dt, model.timing) + before;
  const limit = steps === undefined ? undefined : mostInTransit(projection.from.of, steps, context);
  if (limit?.most === 1 && limit.isCertain) return 1;
  if (!strict || limit === undefined) {
    report.approximated(
      'brian/sent-weight',
      pointer,
      'each synapse holds one weight in transit: of spikes that follow one another within the delay, all arrive with ' +
        'that of the last',
    );
    return 1;
  }
  const holds = `each synapse holds up to ${limit.most} weights in transit`;
  if (limit.isCertain) report.exact(pointer, `${holds}: there are never more`, 'brian/sent-weight');
  else
    report.equivalent(
      'brian/sent-weight',
      pointer,
      `${holds}; that there are more at some time of the run has a probability below ${leastProbable}`,
    );
  return limit.most;
}

/**
 * What arrives at a variable that the threshold reads counts in the same step, as on a grid: Brian would deliver it
 * after it has tested the threshold.
 */
export function beforeThreshold(
  type: SynapseType,
  part: Projection,
  model: Model,
): { type: SynapseType; delays: Projection['delays'] } {
  const delays = delaysOf(type, part);
  const read = thresholdOf(part.to.of, model);
  const pathways = Object.entries(type.pathways).map(([key, pathway]) => {
    const written = pathway.do
      .flatMap((text) => parseStatements(text))
      .flatMap((one) => (one.kind === 'assignment' ? [part.receptors[one.target] ?? one.target] : []))
      .map((name) => name.replace(/^post\./, ''));
    const delay = delays[key] ?? pathway.delay;
    const late = typeof delay !== 'number' || delay >= model.experiment.dt / 2;
    if (pathway.slot !== undefined || !pathway.on.startsWith('pre.') || !late) return [key, pathway] as const;
    if (!written.some((name) => read.has(name))) return [key, pathway] as const;
    return [key, { ...pathway, slot: 'before_thresholds' }] as const;
  });
  return { type: { ...type, pathways: Object.fromEntries(pathways) }, delays };
}

/** Variables that the thresholds of some cells read. */
function thresholdOf(rule: SelectionRule, model: Model): ReadonlySet<string> {
  return new Set(
    populationsOf(rule).flatMap((name) => {
      const type = model.neurons[model.populations[name]?.type ?? ''];
      return type?.events['spike'] === undefined ? [] : [...namesIn(parseExpression(type.events['spike'].when))];
    }),
  );
}

/** Delays of the ways that a type has. */
const delaysOf = (type: SynapseType, { delays }: Projection): Projection['delays'] =>
  Object.fromEntries(Object.entries(delays).filter(([key]) => Object.hasOwn(type.pathways, key)));

/** Whether a delay is a value that an expression gives. */
const isComputed = (delay: Value, { values }: Projection): boolean =>
  typeof delay === 'string' && typeof values[delay] === 'string';
