/** Types of populations and projections that a script makes between two runs (`late.ts`). */

import type { Expression, Statement } from '../../src/lang/ast.js';
import { assignmentWhere, binary, call } from '../../src/lang/build.js';
import { parseExpression, parseStatements } from '../../src/lang/parse.js';
import { printStatement } from '../../src/lang/print.js';
import type { StandardCell, StandardSynapse } from '../../src/library/standard-type.js';
import type { EventDocument, PathwayDocument, Statements } from '../../src/model/document-types.js';
import type { Late } from './context.js';
import type { Phase } from './specification.generated.js';

/** Returns labels of populations and projections that phases create. */
export const createdBy = (phases: readonly Phase[]): Late => ({
  populations: new Set(phases.flatMap(({ create }) => create?.populations ?? [])),
  projections: new Set(phases.flatMap(({ create }) => create?.projections ?? [])),
});

/** Whether a cell was created: 0 before, 1 then. */
export const there = 'created';
/** From when on a synapse acts on the events of a pathway, in s. */
export const since = (pathway: string): string => `created_${pathway}`;

/** Returns a cell type with events that occur only after its cells were created. */
export function lateCell(cell: StandardCell): StandardCell {
  const { conformsTo: _, ...neuron } = cell.neuron;
  const events: Record<string, EventDocument> = {};
  for (const [name, given] of Object.entries(neuron.events ?? {})) {
    const event = typeof given === 'string' ? { when: given } : given;
    const { refractory: _none, ...before } = event;
    events[name] = { ...event, when: `(${event.when}) and ${there} > 0` };
    // Without resets some equations would leave all bounds until then.
    if (before.do !== undefined)
      events[`${name}_before`] = { ...before, when: `(${event.when}) and ${there} <= 0`, emits: null };
  }
  return {
    ...cell,
    neuron: { ...neuron, parameters: { ...neuron.parameters, [there]: { unit: 1, value: 0 } }, events },
  };
}

/** Returns a synapse type with pathways that ignore spikes sent before its synapses were created. */
export function lateSynapse(standard: StandardSynapse): StandardSynapse {
  const { conformsTo: _, ...synapse } = standard.synapse;
  const own = new Set([
    ...Object.keys(synapse.state ?? {}),
    ...Object.keys(synapse.parameters ?? {}),
    ...Object.keys(synapse.ports ?? {}),
  ]);
  const names = Object.keys(synapse.pathways ?? {});
  const pathways = Object.fromEntries(
    Object.entries(synapse.pathways ?? {}).map(([name, pathway]) => {
      const whole = isPathway(pathway) ? pathway : { do: pathway };
      const condition = parseExpression(`t >= ${since(name)} - dt/2`);
      const code = linesOf(whole.do ?? []).flatMap((text) => parseStatements(text));
      return [name, { ...whole, do: code.map((statement) => printStatement(guarded(statement, condition, own))) }];
    }),
  );
  const moments = Object.fromEntries(names.map((name) => [since(name), { unit: 's', value: never }]));
  return { ...standard, synapse: { ...synapse, parameters: { ...synapse.parameters, ...moments }, pathways } };
}

const linesOf = (statements: Statements): readonly string[] =>
  typeof statements === 'string' ? statements.split('\n') : statements;

const isPathway = (pathway: Statements | PathwayDocument): pathway is PathwayDocument =>
  typeof pathway === 'object' && !Array.isArray(pathway);

/** Later than any run, in s. */
const never = 1e15;

/** Returns a statement that has no effect unless a condition holds; values that later statements read stay. */
function guarded(statement: Statement, condition: Expression, own: ReadonlySet<string>): Statement {
  if (statement.kind === 'send') return { ...statement, value: onlyWhere(condition, statement.value) };
  if (!own.has(statement.target)) return statement;
  return statement.operator === '+=' || statement.operator === '-='
    ? { ...statement, value: onlyWhere(condition, statement.value) }
    : assignmentWhere(condition, statement);
}

/** Returns a value that is 0 when a condition does not hold. */
const onlyWhere = (condition: Expression, value: Expression): Expression =>
  binary('*', value, call('int', [condition]));
