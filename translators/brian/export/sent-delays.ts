/** Delays of values that synapses send, if phases change them. */

import type { Expression } from '../../../src/lang/ast.js';
import { parseStatements } from '../../../src/lang/parse.js';
import { namesIn } from '../../../src/lang/walk.js';
import { assignedBy } from '../../../src/model/assigned.js';
import type { Model, Phase, Projection, SynapseType, ValidModel, Value } from '../../../src/model/model.js';
import type { ConversionReport } from '../../../src/model/conversion-report.js';
import { child } from '../../../src/model/pointer.js';
import { isPhase } from '../../../src/model/tagged.js';
import { delayOf, delaySum, listedDelays } from './delays.js';

/** A pathway that sends a value, and the pathway that delivers the value. */
export interface Sending {
  readonly key: string;
  readonly arrival: string;
  readonly after: Expression;
}

/** A projection with sending pathways, before each of them became two. */
export interface SendingProjection {
  readonly type: SynapseType;
  readonly projection: Projection;
  readonly sending: readonly Sending[];
}

/** Returns the pathways of a type that have become two, each with the name of the second. */
export const sendingOf = (before: SynapseType, after: SynapseType): readonly Sending[] => {
  const arrivals = Object.keys(after.pathways).filter((name) => !Object.hasOwn(before.pathways, name));
  const senders = Object.entries(before.pathways).flatMap(([key, pathway]) => {
    const [send] = pathway.do.flatMap((text) => parseStatements(text)).filter((one) => one.kind === 'send');
    const isSplit = JSON.stringify(after.pathways[key]?.do) !== JSON.stringify(pathway.do);
    return send !== undefined && isSplit ? [{ key, after: send.after }] : [];
  });
  return arrivals.length === senders.length ? senders.map((one, k) => ({ ...one, arrival: arrivals[k] ?? '' })) : [];
};

/** Adds delays to phases: if a phase changes values, sent values get the delay that follows from the new values. */
export function withSentDelays(
  phases: readonly Phase[],
  projections: ReadonlyMap<string, SendingProjection>,
  model: Model,
  data: ValidModel['data'],
  report: ConversionReport,
): readonly Phase[] {
  const now = new Map([...projections].map(([name, one]) => [name, one.projection]));
  return phases.flatMap((phase): readonly Phase[] => {
    const isSet = isPhase(phase, 'set');
    const given = isSet ? phase.set : isPhase(phase, 'delays') ? phase.delays : {};
    const delays: Record<string, Value> = {};
    for (const [key, value] of Object.entries(given)) {
      const { owner, variable, slice, indices } = assignedBy(key);
      const [sender, before] = [projections.get(owner), now.get(owner)];
      const concerned = sender?.sending.filter((one) =>
        isSet ? namesIn(one.after).has(variable) : one.key === variable,
      );
      if (sender === undefined || before === undefined || concerned === undefined || concerned.length === 0) continue;
      const changed = isSet
        ? { ...before, values: { ...before.values, [variable]: value } }
        : { ...before, delays: { ...before.delays, [variable]: value } };
      now.set(owner, changed);
      for (const one of concerned) {
        const first = changed.delays[one.key] ?? sender.type.pathways[one.key]?.delay ?? 0;
        const left = delayOf(one.after, sender.type, changed) ?? listedDelays(one.after, sender.type, changed, data);
        const isPart = slice !== undefined || indices !== undefined || (isSet && phase.where !== undefined);
        const together = left === undefined || isPart ? undefined : delaySum(first, left, model, data, false);
        if (together === undefined)
          report.approximated(
            'brian/sent-weight',
            child('/projections', owner),
            'weights in transit keep the delay that they had at the beginning, where phases change it',
          );
        else delays[`${owner}.${one.arrival}`] = together;
      }
    }
    return Object.keys(delays).length === 0 ? [phase] : [phase, { delays }];
  });
}
