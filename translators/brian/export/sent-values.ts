/** Values that synapses send later, as a second pathway with a longer delay. */

import type { Expression, Statement } from '../../../src/lang/ast.js';
import { assignment, name as nameOf } from '../../../src/lang/build.js';
import { namesIn } from '../../../src/lang/walk.js';
import { child } from '../../../src/model/pointer.js';
import { freeName } from '../../../src/model/free-name.js';
import { formula, type Formula, type Projection, type SynapseType, type Value } from '../../../src/model/typed.js';
import { isPhase } from '../../../src/model/tagged.js';
import { delayOf, delaySum, listedDelays } from './delays.js';
import type { IdiomContext } from './idiom-context.js';

/** Replaces a value that is sent later by a separate pathway with a longer delay. */
export function withoutSends(
  type: SynapseType,
  projection: Projection,
  name: string,
  context: IdiomContext,
): SynapseType {
  const { model, data, report } = context;
  const sent: Record<string, SynapseType['state'][string]> = {};
  const pathways: Record<string, SynapseType['pathways'][string]> = {};
  for (const [key, pathway] of Object.entries(type.pathways)) {
    const sends = pathway.do.flatMap((statement) => (statement.kind === 'send' ? [statement] : []));
    const [send] = sends;
    const before = projection.delays[key] ?? pathway.delay;
    const after =
      send &&
      (delayOf(send.after, type, projection) ??
        listedDelays(send.after, type, projection, data) ??
        formula(send.after));
    const together =
      after === undefined ? undefined : delaySum(before, after, model, data, isComputed(after, projection));
    if (send === undefined || sends.length > 1 || after === undefined || together === undefined) {
      pathways[key] = pathway;
      continue;
    }
    const arriving = (value: Expression): Statement => assignment(send.port, '+=', value);
    if (after === 0) {
      pathways[key] = { ...pathway, do: [...pathway.do.filter((one) => one !== send), arriving(send.value)] };
      continue;
    }
    report.different(
      'brian/sent-weight',
      child('/projections', name),
      'each synapse holds one weight in transit: of spikes that follow one another within the delay, all arrive with that of the last',
    );
    if (changesDelay(name, key, send.after, context))
      report.different(
        'brian/sent-weight',
        child('/projections', name),
        'weights in transit keep the delay that they had at the beginning, where phases change it',
      );
    const isTaken = (one: string): boolean =>
      [type.parameters, type.state, type.derived, type.ports, sent].some((map) => Object.hasOwn(map, one));
    const inTransit = freeName('sent', isTaken);
    sent[inTransit] = { unit: type.ports[send.port]?.unit ?? '1', type: 'real', initial: 0, shared: false };
    pathways[key] = {
      ...pathway,
      do: pathway.do.map((one) => (one === send ? assignment(inTransit, '=', send.value) : one)),
    };
    const second = freeName('transmit', (one) => Object.hasOwn(type.pathways, one));
    const { slot: _, ...plain } = pathway;
    pathways[second] = { ...plain, order: 0, delay: together, do: [arriving(nameOf(inTransit))] };
  }
  return { ...type, state: { ...type.state, ...sent }, pathways };
}

/** Checks whether phases change the delay of a pathway, or values that the rest of the delay follows from. */
const changesDelay = (
  projection: string,
  pathway: string,
  after: Expression,
  { model, changed }: IdiomContext,
): boolean =>
  [...namesIn(after)].some((name) => changed.has(`${projection}.${name}`)) ||
  model.experiment.protocol.some(
    (phase) => isPhase(phase, 'delays') && Object.hasOwn(phase.delays, `${projection}.${pathway}`),
  );

/** Checks whether an expression defines a delay. */
const isComputed = (delay: Value, { values }: Projection): boolean =>
  isExpression(delay) && delay.expression.kind === 'name' && isExpression(values[delay.expression.name]);

const isExpression = (value: Value | undefined): value is Formula =>
  typeof value === 'object' && value.kind === 'expression';
