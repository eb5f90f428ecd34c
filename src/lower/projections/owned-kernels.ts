/** Kernels for variables of synapses that an end owns: at the events of its elements, and for readers of results. */

import * as ir from '../../ir/builder.js';
import { showSynapses } from '../../ir/names.js';
import { lastUpdate } from '../plan/owned.js';
import type { Expression as Ir } from '../../ir/program.js';
import { code } from '../../ir/template.js';
import type { Side } from '../../lang/ast.js';
import { Block } from '../code/block.js';
import { settled } from '../code/settled.js';
import { step } from '../code/step-time.js';
import { combine, storedValue } from '../code/typed-values.js';
import type { Context } from '../context/context.js';
import { compile } from '../code/expressions.js';
import type { EventSource } from '../events/events.js';
import { overPositions } from '../plan/positions.js';
import { SynapseScope, type BuiltProjection } from '../plan/synapse-scope.js';
import { updateBuffer } from '../synapses/synapse-values.js';
import { readReferences, type PathwayCode, type PathwayStatement } from './pathways.js';

/** The kernels around that of a pathway, and the statements that are left to it. */
export interface PathwayAroundOwned {
  /** Kernels of the elements before and after the synapses. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly statements: readonly PathwayStatement[];
}

/** Splits a pathway: what it does to variables that the end of its event owns becomes kernels of that end. */
export function aroundOwned(pathwayCode: PathwayCode, source: EventSource, context: Context): PathwayAroundOwned {
  const { plan, pathway, statements } = pathwayCode;
  if (!plan.owned?.lastEvent[pathway.side]) return { before: [], after: [], statements };
  const own = ownedBy(pathway.side, pathwayCode);
  const isOwn = ({ to }: PathwayStatement): boolean => to.kind === 'own' && own.has(to.variable);
  const left = needed(
    statements.filter((entry) => !isOwn(entry)),
    pathwayCode,
  );
  const isEarly = left.some((entry) => {
    const later = statements.slice(statements.indexOf(entry) + 1).filter(isOwn);
    return readReferences(entry.statement.value, plan).some(
      ({ kind, variable }) => kind === 'own' && later.some(({ to }) => to.variable === variable),
    );
  });
  const kernel = (advances: boolean, acts: boolean): string =>
    endKernel(pathwayCode, source, { advances, acts }, context);
  // Synapses that read a value before it changes change it themselves, and the end stores it afterwards.
  return isEarly
    ? { before: [kernel(true, false)], after: [kernel(false, true)], statements }
    : { before: [kernel(true, true)], after: [], statements: left };
}

const ownedBy = (side: Side, { plan }: BuiltProjection): ReadonlySet<string> =>
  new Set([...(plan.owned?.variables ?? [])].flatMap(([name, variable]) => (variable.side === side ? [name] : [])));

/** Leaves out temporaries that no later statement reads. */
function needed(statements: readonly PathwayStatement[], { plan, storage }: PathwayCode): readonly PathwayStatement[] {
  const read = new Set<string>();
  const kept = statements.toReversed().filter(({ to, statement }) => {
    if (to.kind === 'own' && !storage.has(to.variable) && !read.has(to.variable)) return false;
    if (statement.operator === '=') read.delete(to.variable);
    for (const { kind, variable } of readReferences(statement.value, plan)) if (kind === 'own') read.add(variable);
    return true;
  });
  return kept.toReversed();
}

/**
 * Adds a kernel of the elements with an event: their owned variables follow their courses up to it, and the statements
 * of the pathway act on them.
 */
function endKernel(
  pathwayCode: PathwayCode,
  { ring }: EventSource,
  { advances, acts }: { readonly advances: boolean; readonly acts: boolean },
  context: Context,
): string {
  const { plan, pathway, statements, storage } = pathwayCode;
  const { side } = pathway;
  const { builder } = context;
  const end = plan[side];
  const row: Ir = { kind: 'local', type: 'u32', name: 'row' };
  const block = new Block();
  const address = { position: null, source: row, target: row };
  const scope = new SynapseScope(context, pathwayCode, address, block, null, pathway.place);
  const own = ownedBy(side, pathwayCode);
  const written = new Set<string>();
  scope.ownedAt = { ...scope.ownedAt, [side]: advances ? 'now' : 'own event' };
  const variables = [...own].map((name) => [name, plan.owned?.variables.get(name)] as const);
  if (advances) {
    const values = variables.flatMap(([name, variable]) =>
      variable?.course ? [[name, scope.read(name)] as const] : [],
    );
    for (const [name, value] of values) {
      scope.write(name, settled(value, block));
      written.add(name);
    }
  }
  const isTemporary = (name: string): boolean => !storage.has(name);
  if (acts) {
    const owned = own;
    const chosen = needed(
      statements.filter(({ to }) => to.kind === 'own' && (owned.has(to.variable) || isTemporary(to.variable))),
      pathwayCode,
    );
    for (const { statement, to } of chosen) {
      const { operator, value } = statement;
      const right = compile(value, scope);
      scope.write(to.variable, operator === '=' ? right : combine(operator, scope.read(to.variable), right, scope));
      if (owned.has(to.variable)) written.add(to.variable);
    }
  }
  for (const [name, variable] of variables)
    if (variable && written.has(name))
      block.write`${variable.value}[${row}] = ${storedValue(variable.value, scope.read(name))}`;
  const last = plan.owned?.lastEvent[side];
  if (advances && last) block.write`${last}[${row}] = ${step}`;
  const each = builder.common(`${plan.name}.${side}.each`, (key) =>
    builder.buffer(key, 'u32', end.size + 1, `a row of one for each element of the ${side} end of ${plan.name}`, {
      role: 'constant',
      initial: Uint32Array.from({ length: end.size + 1 }, (_, k) => k),
    }),
  );
  return builder.propagate({
    name: `${plan.name}.${pathway.name}.${side}${advances ? '' : '_after'}`,
    comment: `${plan.name}: effects of ${side}.${pathway.event} on values of the elements themselves`,
    event: ring.name,
    elements: { begin: end.offset, end: end.offset + end.size },
    delays: { first: pathway.steps.first + pathway.late, last: pathway.steps.last + pathway.late },
    segments: each.name,
    synapses: end.size,
    order: { kind: 'byRow' },
    locals: block.locals.declared,
    body: block.statements,
  });
}

/** Adds a kernel that writes the values that ends own to arrays with an element for each synapse. */
export function showOwned(built: BuiltProjection, context: Context): void {
  const { plan, connectivity, storage } = built;
  const { owned } = plan;
  if (!owned) return;
  const { builder } = context;
  const updates = storage.has('last update') ? null : updateBuffer(plan.name, connectivity.count, context);
  const stored = { name: plan.name, count: connectivity.count, rows: connectivity.rows, sources: plan.pre.size };
  const comment = `writes values that ends of ${plan.name} own to its synapses`;
  const kernel = overPositions(`${plan.name}.show`, comment, stored, context, (position, source, block) => {
    const target = block.name('target', code`u32(${connectivity.targets}[${position}])`);
    const scope = new SynapseScope(context, built, { position, source, target }, block, null);
    if (updates) block.emit(ir.store(updates, position, lastUpdate(owned, { pre: source, post: target })));
    for (const name of owned.variables.keys()) {
      const place = storage.get(name);
      if (place?.kind === 'array')
        block.emit(ir.store(place.buffer, position, storedValue(place.buffer, scope.read(name))));
    }
  });
  builder.procedure(showSynapses, { kind: 'run', kernel });
}
