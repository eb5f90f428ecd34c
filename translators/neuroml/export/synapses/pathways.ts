/** Actions of events on a synapse and on its cell, in LEMS: arriving spikes act at once. */

import { dimensionless as pure, type Statement } from '../../../../src/lang/ast.js';
import { binary, name as nameOf } from '../../../../src/lang/build.js';
import { callsIn } from '../../../../src/lang/walk.js';
import { expressionsIn, type Pathway, type Projection, type SynapseType } from '../../../../src/model/typed.js';
import type { CellPlan, ExportContext } from '../context.js';
import { countOf } from '../usage.js';
import { withBounds } from './bounds.js';
import { hasDelayOfConnection } from './delays.js';
import { variableOfTarget } from './effects.js';
import { responded } from './response.js';
import { mostTrials } from '../text/function-text.js';
import type { Attempt } from '../builder.js';
import type { TypeBuilder } from '../type-builder.js';
import { NotExpressible } from '../../../../src/library/not-expressible.js';
import { element, type Element } from '../text/xml-text.js';

/** A projection whose pathways are written. */
interface Acting {
  readonly projection: Projection;
  readonly type: SynapseType;
  readonly target: CellPlan;
  readonly pointer: string;
  readonly builder: TypeBuilder;
  readonly context: ExportContext;
}

/** Writes the pathways of one projection, each on its own. */
export function writePathways(given: Acting, attempt: Attempt): void {
  const { type, bounds } = withBounds(given.type);
  const acting = { ...given, type };
  const { projection, builder } = acting;
  /** Actions of an arriving spike of the source. LEMS runs one handler of a port. */
  const arriving: Element[] = [];
  const own = Object.entries(type.pathways).sort(([, a], [, b]) => a.order - b.order);
  for (const [name, pathway] of own)
    attempt(`pathways/${name}`, () => {
      if (pathway.on.end === 'post') builder.conditions.push(postEvent(name, pathway, acting));
      else if (hasDelayOfConnection(name, projection, type)) arriving.push(...statementsOf(name, pathway, acting));
      else throw new NotExpressible('several delays of what spikes of the source do: a connection of LEMS has one');
    });
  if (arriving.length > 0) builder.handlers.push(element('OnEvent', { port: 'in' }, arriving));
  for (const [variable, limits] of bounds)
    limits.forEach((limit, k) => {
      const isBeyond = binary(k === 0 ? '<' : '>', nameOf(variable), builder.folded(limit));
      const test = builder.condition(isBeyond, 'statement');
      const action = builder.assign(builder.nameOf(variable), builder.text(builder.folded(limit), 'statement'));
      builder.conditions.push(element('OnCondition', { test }, [action]));
    });
}

/**
 * Returns the actions at an event of the synapse's cell, one step after it: the cell counts them.
 *
 * @throws NotExpressible
 */
function postEvent(name: string, pathway: Pathway, acting: Acting): Element {
  const { builder, target } = acting;
  const count = countOf(pathway.on.event);
  const counted = target.visible.get(count);
  if (!counted) throw new NotExpressible(`post.${pathway.on.event}, which cells of ${target.type} do not have`);
  const now = builder.requirement(`post ${count}`, pure, counted.name);
  // Each pathway sees the event by itself.
  const known = builder.state(`seen ${builder.has(`seen ${count}`) ? `${count} ${name}` : count}`, pure, false);
  return element('OnCondition', { test: `${now} .neq. ${known}` }, [
    builder.assign(known, now),
    ...statementsOf(name, pathway, acting),
  ]);
}

/** @throws NotExpressible */
function statementsOf(name: string, { do: actions }: Pathway, acting: Acting): readonly Element[] {
  const { builder, context, pointer } = acting;
  if (
    expressionsIn(actions)
      .flatMap(callsIn)
      .some((call) => call.function === 'binomial')
  )
    context.report.different(
      'lems/binomial',
      `${pointer}/pathways/${name}`,
      `numbers of binomial distributions are drawn for up to ${mostTrials} trials`,
    );
  return builder.statements(actions).flatMap((statement) => statementOf(name, statement, acting));
}

function statementOf(
  name: string,
  statement: Statement,
  { projection, type, target, pointer, builder, context }: Acting,
): readonly Element[] {
  if (statement.kind === 'send') throw new NotExpressible('values that are sent with several delays');
  const variable = variableOfTarget(statement.to, projection.receptors, type.ports);
  const channel = target.channels.find((one) => one.variable === variable);
  if (channel?.kind === 'sum') {
    context.report.different(
      'lems/added-to-sum',
      `${pointer}/pathways/${name}`,
      `${channel.variable} is a sum that is taken again in each step: what spikes add to it until then is not seen`,
    );
    return [];
  }
  if (variable === null) return [builder.assignment(statement)];
  const isResponse = target.responses?.has(variable) === true;
  if (!(channel ?? isResponse) || (statement.operator !== '+=' && statement.operator !== '-='))
    throw new NotExpressible(`an effect on ${statement.target} other than adding to a state variable`);
  return [builder.assignment({ ...statement, target: isResponse ? responded : waitingFor(variable) })];
}

/** Returns the synapse's name for arrived values of a variable of the cell. */
export const waitingFor = (variable: string): string => `waiting for ${variable}`;
