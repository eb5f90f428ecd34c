/** Conditions on synapses as code that runs on all of them in each step, since Brian's synapses test none. */

import { assignmentWhere } from '../../../src/lang/build.js';
import type { Expression } from '../../../src/lang/ast.js';
import { namesIn, substitute } from '../../../src/lang/walk.js';
import { derivedOf } from '../../../src/library/gather/texts.js';
import { mapped } from '../../../src/model/collections.js';
import { freeName } from '../../../src/model/free-name.js';
import type { LocalEvent, Model, Operation, SynapseType } from '../../../src/model/typed.js';

/**
 * Returns a model without conditions on synapses, as far as code can replace them.
 *
 *     when x > 1: x = 0   becomes   x = 0 if x > 1 else x
 */
export function withConditionsAsCode(model: Model): Model {
  const codes = mapped(model.synapses, codeOf);
  const operations: Record<string, Operation> = { ...model.operations };
  for (const [name, { synapse }] of Object.entries(model.projections))
    for (const [event, code] of Object.entries(codes[synapse] ?? {}))
      operations[freeName(`${name}_${event}`, (one) => Object.hasOwn(operations, one))] = {
        on: { kind: 'synapses', projection: name },
        slot: 'after_groups',
        ...code,
      };
  const synapses = mapped(model.synapses, (type, id) => {
    const { events: _, sequence: __, ...rest } = type;
    return codes[id] === undefined ? type : rest;
  });
  return { ...model, synapses, operations };
}

type Code = Pick<Operation, 'do' | 'order'>;

/** Returns the code of each condition of a type; undefined if it has none, or if one needs more than code. */
function codeOf(type: SynapseType): Readonly<Record<string, Code>> | undefined {
  const { events } = type;
  const derived = derivedOf(type);
  if (events === undefined || derived === undefined) return undefined;
  const codes = Object.entries(events).map(([name, event]) => [name, statementsOf(event, derived)] as const);
  return codes.some(([, code]) => code === undefined) ? undefined : (Object.fromEntries(codes) as Record<string, Code>);
}

function statementsOf(
  { when, edge, do: actions, order }: LocalEvent,
  derived: ReadonlyMap<string, Expression>,
): Code | undefined {
  const read = namesIn(substitute(when, derived));
  const assignments = actions.filter((statement) => statement.kind === 'assignment');
  // A condition that must begin to hold has a memory, and an early change of what it reads would change later tests.
  const isPlain = edge === 'level' && assignments.length === actions.length;
  if (!isPlain || assignments.slice(0, -1).some(({ target }) => read.has(target))) return undefined;
  return { do: assignments.map((assignment) => assignmentWhere(when, assignment)), order };
}
