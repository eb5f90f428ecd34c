/** Pass: storage and first values of synapses' own variables. */

import * as ir from '../ir/builder.js';
import type { Expression as Ir, Extent } from '../ir/program.js';
import { expressionOf } from './texts.js';
import { namesIn } from '../lang/walk.js';
import type { Value } from '../model/model.js';
import { Block, item } from './block.js';
import type { Context } from './context.js';
import { arrayOf } from './context.js';
import { keyAt, keyBuffer, philox } from './draws.js';
import type { Draws } from './draws.js';
import { scalarTypeOf, storedValue } from './element-scope.js';
import { compile, to } from './expressions.js';
import { drawsIn, elementOf, numberOf, typed } from './groups.js';
import type { Storage } from './groups.js';
import * as messages from './messages.js';
import type { Connectivity, ProjectionPlan } from './projection.js';
import type { SynapseStorage } from './synapse-scope.js';
import { SynapseScope } from './synapse-scope.js';

/**
 * Draws for one synapse: counter (source, target, 0, site); copy c > 0 of a pair draws under the key of words 0 and 1 of the
 * generator at (c, 0, 0, 0).
 */
export function synapseDraws(source: Ir, target: Ir, copy: Ir | null, key: readonly [Ir, Ir], block: Block, context: Context): Draws {
  let own = key;
  if (copy) {
    const number = block.name('copy', copy);
    const words = philox([number, ir.u32(0), ir.u32(0), ir.u32(0)], key, block, context);
    const first = ir.eq(number, ir.u32(0));
    own = [block.name('key', ir.select(first, key[0], words[0])), block.name('key', ir.select(first, key[1], words[1]))];
  }
  return { element: source, subElement: target, step: ir.u32(0), perStep: false, key: own, sites: { next: 0 } };
}

/** The value that a projection gives to a synapse's parameter or initial state. */
export function synapseValue(plan: ProjectionPlan, name: string): Value {
  return plan.projection.values[name] ?? plan.equations.parameters.get(name)?.value ?? plan.equations.state.get(name)?.initial ?? 0;
}

/** Buffers of a projection's synaptic variables; parameters that are one number become constants. */
export function synapseStorage(plan: ProjectionPlan, count: Extent, needsLastUpdate: boolean, context: Context): SynapseStorage {
  const { builder, real } = context;
  const storage = new Map<string, Storage>();
  const array = (name: string, type: 'real' | 'integer' | 'boolean', unit: string): void => {
    const buffer = builder.buffer(
      `${plan.name}.${name}`,
      elementOf(type, real),
      count,
      `${name} of each synapse of ${plan.name} (${unit})`,
    );
    if (typeof count !== 'number') builder.allocate(buffer);
    storage.set(name, { kind: 'array', buffer, type });
  };
  for (const [name, parameter] of plan.equations.parameters) {
    const value = numberOf(synapseValue(plan, name), plan.equations.names);
    const settable = context.settable.has(`${plan.name}.${name}`);
    if (value !== null && !settable) storage.set(name, { kind: 'folded', value, type: parameter.type });
    else if (parameter.shared) {
      const element = elementOf(parameter.type, real);
      const buffer = builder.buffer(
        `${plan.name}.${name}`,
        element,
        1,
        `${name} of ${plan.name} (${parameter.unit})`,
        value === null ? {} : { initial: typed(element, [value]) },
      );
      storage.set(name, { kind: 'table', buffer, type: parameter.type });
    } else array(name, parameter.type, parameter.unit);
  }
  for (const [name, variable] of plan.equations.state) {
    if (variable.shared) {
      const element = elementOf(variable.type, real);
      const value = numberOf(synapseValue(plan, name), plan.equations.names);
      storage.set(name, {
        kind: 'table',
        type: variable.type,
        buffer: builder.buffer(
          `${plan.name}.${name}`,
          element,
          1,
          `${name} of ${plan.name} (${variable.unit})`,
          value === null ? {} : { initial: typed(element, [value]) },
        ),
      });
    } else array(name, variable.type, variable.unit);
  }
  if (needsLastUpdate) {
    const buffer = builder.buffer(
      `${plan.name}.last_update`,
      'i32',
      count,
      `step in which each synapse of ${plan.name} was last brought up to date`,
    );
    if (typeof count !== 'number') builder.allocate(buffer);
    storage.set('last update', { kind: 'array', buffer, type: 'integer' });
  }
  return storage;
}

/** A kernel that gives numbers to variables that all synapses of a projection share, or null when there is nothing to give. */
export function assignSharedValues(
  name: string,
  values: ReadonlyMap<string, Value>,
  plan: ProjectionPlan,
  storage: SynapseStorage,
  context: Context,
): string | null {
  const block = new Block();
  for (const [id, value] of values) {
    const place = storage.get(id);
    const given = numberOf(value, plan.equations.names);
    if (place?.kind !== 'table' || given === null) continue;
    block.emit(ir.store(place.buffer, ir.u32(0), storedValue(place.buffer, to(scalarTypeOf(place.type, context.real), ir.f64(given)))));
  }
  return block.statements.length === 0
    ? null
    : context.builder.sequential(name, `values that the synapses of ${plan.name} share`, block.locals.declared, block.statements);
}

/**
 * A kernel that assigns values to all synapses, each variable after those that its value reads.
 *
 * @random stream `<stream>/<variable>`, counter (source, target, 0, site)
 */
export function assignSynapseValues(
  name: string,
  values: ReadonlyMap<string, Value>,
  plan: ProjectionPlan,
  connectivity: Connectivity,
  storage: SynapseStorage,
  stream: string,
  context: Context,
): string | null {
  const chosen = [...values].filter(([id]) => {
    const place = storage.get(id);
    return place !== undefined && place.kind === 'array';
  });
  const shared = [...values].filter(([id, value]) => storage.get(id)?.kind === 'table' && numberOf(value, plan.equations.names) === null);
  if (shared.length > 0)
    context.diagnostics.add(messages.unsupportedFeature(`a shared variable of projection ${plan.name} with a value that is no number`));
  if (chosen.length === 0) return null;
  const block = new Block();
  const position = block.local('position', 'u32');
  const body = block.nested((inner) => {
    const target = inner.name('target', ir.convert('u32', ir.load(connectivity.targets, ir.get(position))));
    const copy = connectivity.copies ? ir.load(connectivity.copies, ir.get(position)) : null;
    let current: Draws | null = null;
    const delegate: Draws = {
      element: item,
      subElement: target,
      step: ir.u32(0),
      perStep: false,
      get key() {
        return current?.key ?? ([ir.u32(0), ir.u32(0)] as const);
      },
      get sites() {
        return current?.sites ?? { next: 0 };
      },
    };
    const scope = new SynapseScope(context, plan, storage, { position: ir.get(position), source: item, target }, inner, delegate);
    for (const [id, value] of dependencyOrder(chosen, plan)) {
      if (typeof value === 'string' && drawsIn(value, plan.equations.names)) {
        const keys = keyBuffer(`${name}.${id}.keys`, [`${stream}/${id}`], context);
        current = synapseDraws(item, target, copy, keyAt(keys, ir.u32(0)), inner, context);
      }
      const place = storage.get(id) as Extract<Storage, { kind: 'array' }>;
      scope.write(
        id,
        to(scalarTypeOf(place.type, context.real), synapseExpression(id, value, place, scope, connectivity, plan, name, context)),
      );
    }
    scope.storeAll();
  });
  block.emit(ir.loop(position, ir.load(connectivity.rows, item), ir.load(connectivity.rows, ir.add(item, ir.u32(1))), body));
  return context.builder.map(
    name,
    `values of the synapses of ${plan.name}`,
    { kind: 'count', count: plan.pre.size },
    false,
    block.locals.declared,
    block.statements,
  );
}

function synapseExpression(
  id: string,
  value: Value,
  place: Extract<Storage, { kind: 'array' }>,
  scope: SynapseScope,
  connectivity: Connectivity,
  plan: ProjectionPlan,
  name: string,
  context: Context,
): Ir {
  if (typeof value === 'number') return ir.f64(value);
  if (typeof value === 'string') return compile(expressionOf(value, plan.equations.names), scope);
  if ('array' in value) {
    const position = scope.address.position ?? ir.u32(0);
    const given = context.builder.buffer(
      `${name}.${id}.given`,
      place.buffer.element,
      arrayOf(value.array, context.data).length,
      `given ${id} of the synapses of ${plan.name} in order of creation`,
      { role: 'constant', initial: typed(place.buffer.element, arrayOf(value.array, context.data)) },
    );
    return ir.load(given, connectivity.creation ? ir.load(connectivity.creation, position) : position);
  }
  context.diagnostics.add(messages.unsupportedFeature(`a value drawn by the generator ${value.generator}`));
  return ir.f64(0);
}

/** Values that read others of the list come after them; validation has refused circles. */
function dependencyOrder(values: readonly [string, Value][], plan: ProjectionPlan): [string, Value][] {
  const names = new Map(values);
  const done = new Map<string, Value>();
  const visit = (id: string, value: Value, path: ReadonlySet<string>): void => {
    if (done.has(id) || path.has(id)) return;
    if (typeof value === 'string') {
      for (const used of [...namesIn(expressionOf(value, plan.equations.names))].sort()) {
        const other = names.get(used);
        if (used !== id && other !== undefined) visit(used, other, new Set([...path, id]));
      }
    }
    done.set(id, value);
  };
  for (const [id, value] of values) visit(id, value, new Set());
  return [...done];
}
