/**
 * Values of parameters and initial states, for each element of a population: numbers, expressions (which may draw random
 * numbers and read each other), arrays. The same code serves the `set` and `initialise` phases of the protocol.
 */

import * as ir from '../ir/builder.js';
import type { Expression as Ir } from '../ir/program.js';
import { expressionOf } from './texts.js';
import { namesIn } from '../lang/walk.js';
import type { Value } from '../model/model.js';
import { Block } from './block.js';
import type { Context } from './context.js';
import { arrayOf } from './context.js';
import { keyAt, keyBuffer } from './draws.js';
import { ElementScope, scalarTypeOf } from './element-scope.js';
import type { Address } from './element-scope.js';
import { compile, compileCondition, to } from './expressions.js';
import type { Group, Member } from './groups.js';
import { drawsIn, elementOf, typed, valueOf } from './groups.js';
import { runsOnLanes } from './lanes.js';
import * as messages from './messages.js';

/** Kernels that give the elements of one population their first values. */
export function initialValues(group: Group, member: Member, context: Context): string[] {
  const names = [...group.equations.parameters.keys(), ...group.equations.state.keys()];
  const values = new Map<string, Value>();
  for (const name of names) {
    const storage = group.storage.get(name);
    if (!storage || storage.kind === 'folded') continue;
    const value = valueOf(member.population, group.equations, name);
    // Buffers start at zero, and tables of numbers come with their contents.
    if (value === 0 || (storage.kind === 'table' && typeof value === 'number' && group.equations.parameters.has(name))) continue;
    values.set(name, value);
  }
  return assignValues(
    `${member.name}.initialise`,
    `first values of ${member.name}`,
    values,
    group,
    member,
    `population/${member.name}/initial`,
    context,
  );
}

/** Address of the current item in a kernel over one population. */
export function memberAddress(member: Member): Address {
  const index: Ir = { kind: 'local', type: 'u32', name: 'index' };
  return { index, ordinal: ir.u32(member.ordinal), local: ir.sub(index, ir.u32(member.begin)) };
}

/** Which elements of a population an assignment is for. */
export interface Chosen {
  readonly where: string | null;
  /** Indices [begin, end). */
  readonly slice: readonly [number, number] | null;
}

const everyElement: Chosen = { where: null, slice: null };

/** The condition of being chosen, or null when all are. */
function choice(chosen: Chosen, scope: ElementScope): Ir | null {
  const conditions: Ir[] = [];
  if (chosen.slice)
    conditions.push(ir.ge(scope.address.local, ir.u32(chosen.slice[0])), ir.lt(scope.address.local, ir.u32(chosen.slice[1])));
  if (chosen.where !== null) conditions.push(compileCondition(expressionOf(chosen.where, scope.group.equations.names), scope));
  return conditions.length === 0
    ? null
    : scope.block.name(
        'chosen',
        conditions.reduce((a, b) => ir.and(a, b)),
      );
}

/**
 * Kernels that assign values to the elements of one population, each variable after those that its value reads.
 *
 * @random stream `<stream>/<variable>`, counter (element, 0, 0, site)
 * @diagnostic lower/cyclic-values
 */
export function assignValues(
  name: string,
  comment: string,
  values: ReadonlyMap<string, Value>,
  group: Group,
  member: Member,
  stream: string,
  context: Context,
  chosenElements: Chosen = everyElement,
): string[] {
  const ordered = inOrder(member.name, values, group, context);
  const kernels: string[] = [];
  for (const shared of [true, false]) {
    const chosen = ordered.filter((id) => (group.storage.get(id)?.kind === 'table') === shared);
    if (chosen.length === 0) continue;
    const block = new Block();
    const address = shared ? { index: ir.u32(member.begin), ordinal: ir.u32(member.ordinal), local: ir.u32(0) } : memberAddress(member);
    const draws = { element: address.local, subElement: ir.u32(0), step: ir.u32(0), perStep: false, sites: { next: 0 } };
    let current: readonly [Ir, Ir] = [ir.u32(0), ir.u32(0)];
    const scope = new ElementScope(context, group, address, block, {
      ...draws,
      get key() {
        return current;
      },
    });
    for (const id of chosen) {
      const value = values.get(id) as Value;
      if (typeof value === 'string' && drawsIn(value, group.equations.names)) {
        current = keyAt(keyBuffer(`${member.name}.${id}.keys`, [`${stream}/${id}`], context), ir.u32(0));
        draws.sites.next = 0;
      }
      const storage = group.storage.get(id);
      if (!storage) continue;
      const type = scalarTypeOf(storage.type, context.real);
      const given = to(type, valueExpression(id, value, scope, member, context));
      if (given.kind === 'const' && typeof given.value === 'number' && !Number.isFinite(given.value))
        context.diagnostics.add(messages.notFinite(id, member.name, given.value));
      const condition = shared ? null : choice(chosenElements, scope);
      scope.write(id, condition ? ir.select(condition, given, to(type, scope.read(id))) : given);
    }
    scope.storeAll();
    kernels.push(
      shared
        ? context.builder.sequential(`${name}.shared`, `${comment}, one value for all`, block.locals.declared, block.statements)
        : context.builder.map(
            name,
            comment,
            { kind: 'ranges', ranges: [{ begin: member.begin, end: member.end }] },
            runsOnLanes(block.statements, context.builder),
            block.locals.declared,
            block.statements,
          ),
    );
  }
  return kernels;
}

function valueExpression(id: string, value: Value, scope: ElementScope, member: Member, context: Context): Ir {
  if (typeof value === 'number') return ir.f64(value);
  if (typeof value === 'string') return compile(expressionOf(value, scope.group.equations.names), scope);
  if ('array' in value) {
    const storage = scope.group.storage.get(id);
    const element = elementOf(storage?.type ?? 'real', context.real);
    const buffer = context.builder.buffer(
      `${member.name}.${id}.values`,
      element,
      member.population.size,
      `given values of ${id} of ${member.name}`,
      { role: 'constant', initial: typed(element, arrayOf(value.array, context.data)) },
    );
    return ir.load(buffer, scope.address.local);
  }
  context.diagnostics.add(messages.unsupportedFeature(`a value drawn by the generator ${value.generator}`));
  return ir.f64(0);
}

/** Names sorted so that each comes after those that its value reads. */
function inOrder(owner: string, values: ReadonlyMap<string, Value>, group: Group, context: Context): string[] {
  const done: string[] = [];
  const visiting: string[] = [];
  const visit = (name: string): void => {
    if (done.includes(name)) return;
    if (visiting.includes(name)) {
      context.diagnostics.add(messages.cyclicValues(owner, [...visiting.slice(visiting.indexOf(name)), name]));
      return;
    }
    visiting.push(name);
    const value = values.get(name);
    if (typeof value === 'string')
      for (const used of [...namesIn(expressionOf(value, group.equations.names))].sort())
        if (used !== name && values.has(used)) visit(used);
    visiting.pop();
    done.push(name);
  };
  for (const name of values.keys()) visit(name);
  return done;
}
