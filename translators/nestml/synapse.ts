/** Models of synapses in NESTML as canonical types. */

import type { Span } from '../../src/lang/ast.js';
import { assignment, conditional, number } from '../../src/lang/build.js';
import { locatedExpression, locatedStatement } from '../shared/located.js';
import { variablesOf } from './canonical-type.js';
import { checkModel } from './checks.js';
import { Code } from './code.js';
import { Draft } from './draft.js';
import { checkIntegration, readEquations } from './equations.js';
import * as messages from './messages.js';
import { byPriority, type NestmlModel } from './syntax.js';
import type { Report } from './text.js';
import { zeroOf } from './values.js';
import { withoutVectors } from './vectors.js';

/** Pathways of synapses, by the ports that NESTML connects to the cells. */
const pathwayOfPort: Readonly<Record<string, string>> = { pre_spikes: 'pre', post_spikes: 'post' };

/**
 * Returns the type of a model of a synapse.
 *
 * @param unit  of the variable that emitted weights are added to, whose numbers count NEST's unit
 * @throws Unreadable after a finding
 */
export function synapseOf(given: NestmlModel, report: Report, unit: string): Readonly<Record<string, unknown>> {
  const draft = new Draft(withoutVectors(given, report), report);
  const { model } = draft;
  const target = draft.names.take('target');
  const notRead = (what: string, span: Span): never => draft.fail(messages.notRead(what, 'a part of a synapse'), span);
  for (const { name, span } of model.ports) if (!Object.hasOwn(pathwayOfPort, name)) notRead(`the port ${name}`, span);
  for (const { span } of model.conditions) notRead('onCondition', span);
  for (const [k, one] of model.update.filter(({ kind }) => kind !== 'declare').entries())
    if (k > 0 || one.kind !== 'call' || one.name !== 'integrate_odes' || one.arguments.length > 0)
      notRead('code of each step', one.span);
  readEquations(draft);
  checkModel(draft.model, draft.translator.report);
  const weights = draft.translator.type({ text: unit === '1' ? 'real' : unit, span: model.span });
  const none = zeroOf(weights).e;
  // NEST runs code of simultaneous spikes of the target first, unless the source has the lower one of two priorities.
  const [pre = 0, post = 0] = Object.keys(pathwayOfPort).map(
    (port) => model.receivers.find((one) => one.port === port)?.priority,
  );
  const isPreFirst = pre !== 0 && post !== 0 && pre < post;
  const pathways = Object.entries(pathwayOfPort).flatMap(([port, pathway]) => {
    const handlers = model.receivers.filter((one) => one.port === port).sort(byPriority);
    const code = new Code(draft.translator, draft.scope, draft.names, {
      targets: draft.targets(),
      call: ({ name, arguments: [weight, delay], span }, guard, own) => {
        if (name !== 'emit_spike') return false;
        if (delay) draft.translator.report(messages.delayOfProjection(), delay.span);
        const sent = draft.translator.stored(draft.translator.value(weight ?? number(1), own.scope), weights, span);
        own.statements.push(assignment(target, '+=', guard ? conditional(guard, sent, none, span) : sent, span));
        return true;
      },
    });
    for (const { body } of handlers) code.run(body);
    return handlers.length === 0
      ? []
      : [
          [
            pathway,
            {
              do: code.statements.map((one) => locatedStatement(one, '')),
              ...(pathway === 'post' && !isPreFirst ? { order: -2 } : {}),
            },
          ] as const,
        ];
  });
  for (const { port = '', span } of model.receivers)
    if (!Object.hasOwn(pathwayOfPort, port)) notRead(`the port ${port}`, span);
  checkIntegration(draft);
  return {
    ...variablesOf(draft),
    derivatives: Object.fromEntries(
      [...draft.rates].map(([name, rate]) => [name, { rate: locatedExpression(rate, ''), eventDriven: true }]),
    ),
    ports: { target: unit },
    pathways: Object.fromEntries(pathways),
  };
}
