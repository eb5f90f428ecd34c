/** When what a synapse sends arrives: values that are sent later, and arrivals that the threshold of the step sees. */

import { parseExpression, parseStatements } from '../../../src/lang/parse.js';
import { printExpression, printStatement } from '../../../src/lang/print.js';
import { namesIn } from '../../../src/lang/walk.js';
import { freeName } from '../../../src/model/free-name.js';
import type { Model, Projection, SelectionRule, SynapseType, Value } from '../../../src/model/model.js';
import { populationsOf } from '../../../src/model/selected.js';
import { areSpaced, delayOf, delaySum, listedDelays } from './delays.js';
import type { IdiomContext } from './idiom-context.js';

/** A value that is sent later becomes a separate pathway, with a longer delay. */
export function withoutSends(
  type: SynapseType,
  projection: Projection,
  pointer: string,
  { model, data, report, drawn }: IdiomContext,
): SynapseType {
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
    const arriving = `${send.port} += ${printExpression(send.value)}`;
    const rest = statements.filter((one) => one !== send).map((one) => printStatement(one));
    if (after === 0) pathways[key] = { ...pathway, do: [...rest, arriving] };
    else {
      // What is sent is kept until it arrives.
      const kept = freeName('sent', (one) =>
        [type.parameters, type.state, type.derived, sent].some((map) => Object.hasOwn(map, one)),
      );
      sent[kept] = { unit: type.ports[send.port]?.unit ?? '1', type: 'real', initial: 0, shared: false };
      const keeping = statements.map((one) =>
        one === send ? `${kept} = ${printExpression(send.value)}` : printStatement(one),
      );
      pathways[key] = { ...pathway, do: keeping };
      const name = freeName('transmit', (one) => Object.hasOwn(type.pathways, one));
      const { slot: _, ...plain } = pathway;
      pathways[name] = { ...plain, order: 0, delay: together, do: [`${send.port} += ${kept}`] };
    }
    if (after !== 0 && !areSpaced(projection.from.of, after, drawn ?? model, data))
      report.approximated(
        'brian/sent-weight',
        pointer,
        'each synapse holds one weight in transit: of spikes that follow one another within the delay, all arrive ' +
          'with that of the last',
      );
  }
  return { ...type, state: { ...type.state, ...sent }, pathways };
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
