/** The kernel of a pathway: applies an event to the synapses of an element, and through them to their ends. */

import { drawsIn } from '../../lang/functions.js';
import { invariant } from '../../diagnostics/diagnostic.js';
import * as ir from '../../ir/builder.js';
import type { Expression as Ir, PropagateKernel } from '../../ir/program.js';
import { code } from '../../ir/template.js';
import type { EndReference, Expression } from '../../lang/ast.js';
import { Block } from '../code/block.js';
import { namedIndex } from '../plan/rule-code.js';
import { expectedSynapses } from '../synapses/expected.js';
import { combined, readChanging } from '../plan/phase-values.js';
import { onClock } from '../code/clocks.js';
import type { Context } from '../context/context.js';
import { isInForce } from './delay-windows.js';
import { receives } from './pending-delivery.js';
import { drawStep, keyAt, keyBuffer, philox } from '../code/draws.js';
import { upToDate } from '../plan/event-driven.js';
import { step } from '../code/step-time.js';
import { combine } from '../code/typed-values.js';
import type { EventSource } from '../events/events.js';
import { compile, to } from '../code/expressions.js';
import { fold } from '../../ir/fold.js';
import type { Inbox } from './inbox.js';
import { quantise, roundingSlack } from './inbox.js';
import { constantOf } from '../context/invariant.js';
import { timesAt } from '../events/multiplicity.js';
import { inboxKey, onlyParameters, sharedByEnds, type PathwayCode, type PathwayStatement } from './pathways.js';
import { synapseDraws } from '../synapses/synapse-values.js';
import { elementIndex, SynapseScope } from '../plan/synapse-scope.js';
import { delaySteps } from '../plan/round-delay.js';

const local = (name: string, type: 'u32' | 'i32' = 'u32'): Ir => ({ kind: 'local', type, name });

/** Writes a pathway's kernel. */
export function pathwayKernel(
  pathwayCode: PathwayCode,
  source: EventSource,
  inboxes: ReadonlyMap<string, Inbox>,
  context: Context,
): string {
  const { plan, pathway, connectivity } = pathwayCode;
  const outer = new Block();
  const block = new Block(outer.locals);
  const emission = code`${step} - ${local('delay', 'i32')}`;
  const forward = pathway.side === 'pre';
  const end = forward ? plan.pre : plan.post;
  const varied = plan.sortedBy === pathway;
  const { index } = pathwayCode;
  invariant(forward || index, 'lower/pathway-kernel', `${plan.name} has no columns for ${pathway.name}`);
  const stored = index ? ir.load(index.positions, local('position')) : local('position');
  const position = index ? block.name('synapse', stored) : stored;
  const other = forward
    ? block.name('target', code`u32(${connectivity.targets}[${position}])`)
    : block.name('source', ir.load(index?.sources ?? connectivity.rows, local('position')));
  const [from, into] = forward ? [local('row'), other] : [other, local('row')];
  const copy = connectivity.copies ? ir.load(connectivity.copies, position) : null;
  const keys = keyBuffer(
    `${plan.name}.${pathway.name}.keys`,
    [`projection/${plan.stream}/pathway/${pathway.name}`],
    context,
  );
  const [sender, receiver] = drawsAny(pathwayCode)
    ? [namedIndex(plan.pre, from), namedIndex(plan.post, into)]
    : [from, into];
  const repeat = source.times ? outer.local('repeat', 'u32') : null;
  const key =
    repeat && drawsAny(pathwayCode) ? repeatKey(ir.get(repeat), keyAt(keys, ir.u32(0)), block) : keyAt(keys, ir.u32(0));
  const base = synapseDraws(
    { source: sender, target: receiver, copy: drawsAny(pathwayCode) ? copy : null },
    key,
    block,
  );
  // Draws are counted by the step of the emission.
  const draws = { ...base, step: drawStep(emission, context) };
  const address = { position, source: from, target: into };
  const projectionContext = onClock(plan.projection.clock, context);
  const scope = new SynapseScope(projectionContext, pathwayCode, address, block, draws, pathway.place);
  scope.sharedByEnds = sharedByEnds(pathwayCode);
  scope.ownedAt = forward ? { pre: 'own event', post: 'now' } : { pre: 'now', post: 'own event' };
  upToDate(scope, () => {
    for (const entry of pathwayCode.statements) write(entry, { pathwayCode, scope, inboxes, context });
  });
  scope.storeAll();
  const postOnly = pathwayCode.statements.every(
    ({ to, later }) => (to.kind === 'own' || to.end === 'post') && later === null,
  );
  const order: PropagateKernel['order'] = pathwayCode.ordered
    ? { kind: 'sequential' }
    : !postOnly
      ? { kind: 'any' }
      : !forward
        ? { kind: 'byRow' }
        : connectivity.ascending && !index && (varied || !plan.sortedBy)
          ? { kind: 'byTarget', targets: connectivity.targets.name, targetCount: plan.post.size }
          : { kind: 'any' };
  let body = block.statements;
  if (repeat && source.times) {
    // A spike that counts several times does all that as often.
    const element = end.offset === 0 ? local('row') : code`${local('row')} + ${end.offset}u`;
    body = [ir.loop(repeat, ir.u32(0), ir.load(source.times.buffer, timesAt(source, emission, element)), body)];
  }
  const isReceived = receives(pathwayCode, stored, emission, context);
  if (isReceived) body = [ir.when(isReceived, body)];
  if (pathway.window) body = [ir.when(isInForce(plan, pathway.window, emission, context), body)];
  return context.builder.propagate({
    name: `${plan.name}.${pathway.name}`,
    comment: `${plan.name}: effects of ${pathway.side}.${pathway.pathway.on.event} on its synapses and their ends`,
    event: source.ring.name,
    elements: { begin: end.offset, end: end.offset + end.size },
    delays: { first: pathway.steps.first + pathway.late, last: pathway.steps.last + pathway.late },
    segments: (index ? index.starts : varied ? connectivity.segments : connectivity.rows).name,
    synapses: Math.round(expectedSynapses(plan, context)),
    order,
    locals: block.locals.declared,
    body,
  });
}

/** Key of the draws of a spike that counts several times: the first draws as any other would. */
function repeatKey(repeat: Ir, key: readonly [Ir, Ir], block: Block): readonly [Ir, Ir] {
  const words = philox([repeat, ir.u32(1), ir.u32(0), ir.u32(0)], key, block);
  return [
    block.name('key', code`select(${repeat} == 0u, ${key[0]}, ${words[0]})`),
    block.name('key', code`select(${repeat} == 0u, ${key[1]}, ${words[1]})`),
  ];
}

const drawsAny = ({ statements }: PathwayCode): boolean => statements.some(({ statement }) => drawsIn(statement.value));

/** A pathway that is being written. */
interface Delivering {
  readonly pathwayCode: PathwayCode;
  readonly scope: SynapseScope;
  readonly inboxes: ReadonlyMap<string, Inbox>;
  readonly context: Context;
}

/** Writes a statement. */
function write(entry: PathwayStatement, delivering: Delivering): void {
  const { scope } = delivering;
  const { statement, to } = entry;
  const { operator } = statement;
  switch (to.kind) {
    case 'own': {
      const { variable } = to;
      const right = compile(statement.value, scope);
      scope.write(variable, operator === '=' ? right : combine(operator, scope.read(variable), right, scope));
      return;
    }
    case 'end': {
      if (!delivering.pathwayCode.ordered || entry.later) return addTo(to, entry, delivering);
      const { end, variable } = to;
      const right = compile(statement.value, scope);
      const before = scope.end(end).readTarget(variable);
      scope.writeEnd(end, variable, operator === '=' ? right : combine(operator, before, right, scope));
      return;
    }
    default:
      to satisfies never;
  }
}

/** Adds a value to the inbox of a variable of an end. */
function addTo(target: EndReference, entry: PathwayStatement, delivering: Delivering): void {
  const { pathwayCode, scope, context } = delivering;
  const { statement, additive } = entry;
  const { variable } = target;
  const { group } = pathwayCode.plan[target.end];
  const right = compile(statement.value, scope);
  invariant(group, 'lower/pathway-kernel', `${pathwayCode.plan.name}: the ${target.end} end has no variables`);
  const { inbox, element } = inboxPlace(target, entry, delivering);
  invariant(additive !== null, 'lower/pathway-kernel', `${group.name}.${variable} has no bound`);
  const value = statement.operator === '-=' ? fold(ir.neg(to('f64', right))) : to('f64', right);
  // Parameters were checked against their bounds. Values that change with time are checked when they are sent.
  if (constantOf(value) || onlyParameters(statement.value, pathwayCode.plan, context)) {
    scope.block.write`${inbox.buffer}[${element}] += ${quantise(value, inbox.scale)}`;
    return;
  }
  const limit = readChanging(
    `${pathwayCode.plan.name}.${pathwayCode.pathway.name}.most`,
    `most that projection ${pathwayCode.plan.name} adds to ${variable} of ${group.name}`,
    combined([additive], ([most = 0]) => most * (1 + roundingSlack(context.real))),
    context,
  );
  const outside = context.builder.faultBit(
    `what projection ${pathwayCode.plan.name} adds to ${variable} of ${group.name} is not a number, or larger ` +
      'than its parameters allow',
    `/projections/${pathwayCode.plan.name}`,
  );
  scope.block.write`
    let sent = ${value}
    let legal = abs(sent) <= ${limit}
    fault ${outside} when !legal
    ${inbox.buffer}[${element}] += ${(at) => quantise(code`select(${at('legal')}, ${at('sent')}, 0.0)`, inbox.scale)}`;
}

/** Where a statement adds to. */
function inboxPlace(
  { end, variable }: EndReference,
  entry: PathwayStatement,
  delivering: Delivering,
): { readonly inbox: Inbox; readonly element: Ir } {
  const { pathwayCode, scope, inboxes } = delivering;
  const side = pathwayCode.plan[end];
  const inbox = side.group ? inboxes.get(inboxKey(variable, entry, side.group)) : undefined;
  invariant(inbox, 'lower/pathway-kernel', `no inbox for ${variable} of ${pathwayCode.plan.name}`);
  const targetElement = elementIndex(side, end === 'pre' ? scope.address.source : scope.address.target);
  return { inbox, element: entry.later ? laterIndex(entry.later, targetElement, inbox, delivering) : targetElement };
}

/**
 * Returns the index in an inbox with several slots for an arrival `after` from now. It is at least one step later,
 * since this step's slot has been emptied.
 */
function laterIndex(
  { after, last }: { readonly after: Expression; readonly last: number },
  element: Ir,
  inbox: Inbox,
  { pathwayCode: { plan }, scope, context }: Delivering,
): Ir {
  const outside = `what projection ${plan.name} sends would arrive at once, or later than stated`;
  const at = scope.block.write`
    let steps_later = ${delaySteps(to('f64', compile(after, scope)), context)}
    let in_time = steps_later >= 1i & steps_later <= ${last}i
    fault ${context.builder.faultBit(outside, `/projections/${plan.name}`)} when !in_time
    let arrival = (${step} + select(in_time, steps_later, 1i)) % ${inbox.slots}i`;
  return code`u32(${at('arrival')}) * ${inbox.group.length}u + ${element}`;
}
