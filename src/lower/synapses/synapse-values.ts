/** Pass: storage and first values of synapses' own variables. */

import * as ir from '../../ir/builder.js';
import type { Buffer, ElementType, Expression as Ir, Extent } from '../../ir/program.js';
import { code } from '../../ir/template.js';
import { namesIn } from '../../lang/walk.js';
import { dependencyOrder } from '../../lang/graph.js';
import type { Value } from '../../model/typed.js';
import { Block } from '../code/block.js';
import type { Context } from '../context/context.js';
import { arrayOf } from '../../model/arrays.js';
import { ChangingDraws, keyAt, keyBuffer, philox } from '../code/draws.js';
import type { Draws } from '../code/draws.js';
import { scalarTypeOf, storedValue } from '../code/typed-values.js';
import { compile, compileCondition, to } from '../code/expressions.js';
import type { Expression } from '../../lang/ast.js';
import { drawsIn } from '../../lang/functions.js';
import { formulaOf } from '../../model/typed.js';
import { elementOf, numberOf, typed } from '../context/groups.js';
import type { Storage } from '../context/groups.js';
import * as messages from '../context/messages.js';
import type { Connectivity, ProjectionPlan } from '../plan/projection.js';
import type { BuiltProjection, SynapseStorage } from '../plan/synapse-scope.js';
import { namedIndex } from '../plan/rule-code.js';
import { SynapseScope } from '../plan/synapse-scope.js';
import { overPositions } from '../plan/positions.js';
import { KeysOfCopies } from './keys-of-copies.js';

/** The pair of a synapse that draws. */
interface DrawingPair {
  readonly source: Ir;
  readonly target: Ir;
  /** Index of the synapse among the synapses of its pair; null if each pair has one. */
  readonly copy: Ir | null;
}

/**
 * Returns draws for one synapse: counter (source, target, 0, site). Copy c > 0 of a pair uses as its key the numbers 0
 * and 1 of the generator at (c, 0, 0, 0). A value drawn again because it was out of range uses, at attempt a, the key
 * at (c, a, 0, 0).
 */
export function synapseDraws(
  { source, target, copy }: DrawingPair,
  key: readonly [Ir, Ir],
  block: Block,
  attempt: Ir | null = null,
): Draws {
  let drawKey = key;
  if (copy || attempt) {
    const number = copy ? block.name('copy', copy) : ir.u32(0);
    const words = philox([number, attempt ?? ir.u32(0), ir.u32(0), ir.u32(0)], key, block);
    const first = attempt ? code`${number} == 0u & ${attempt} == 0u` : code`${number} == 0u`;
    drawKey = [
      block.name('key', code`select(${first}, ${key[0]}, ${words[0]})`),
      block.name('key', code`select(${first}, ${key[1]}, ${words[1]})`),
    ];
  }
  return { element: source, subElement: target, step: ir.u32(0), perStep: false, key: drawKey, sites: { next: 0 } };
}

/** Returns the value of a synapse's parameter or initial state in a projection. */
export function synapseValue(plan: ProjectionPlan, name: string): Value {
  return (
    plan.projection.values[name] ??
    plan.equations.parameters.get(name)?.value ??
    plan.equations.state.get(name)?.initial ??
    0
  );
}

/** Buffers of a projection's synaptic variables; parameters that are one number become constants. */
export function synapseStorage(
  plan: ProjectionPlan,
  count: Extent,
  needsLastUpdate: boolean,
  context: Context,
): SynapseStorage {
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
    const value = numberOf(synapseValue(plan, name));
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
      const value = numberOf(synapseValue(plan, name));
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
  for (const [name, variable] of plan.equations.derived) if (variable.held) array(name, variable.type, variable.unit);
  if (needsLastUpdate)
    storage.set('last update', { kind: 'array', buffer: updateBuffer(plan.name, count, context), type: 'integer' });
  return storage;
}

/** Returns the name of the array of the step of each synapse's last update. */
export const updatesOf = (projection: string): string => `${projection}.last_update`;

/** Adds this array. */
export function updateBuffer(projection: string, count: Extent, { builder }: Context): Buffer {
  const comment = `step of the last update of each synapse of ${projection}`;
  const buffer = builder.buffer(updatesOf(projection), 'i32', count, comment);
  if (typeof count !== 'number') builder.allocate(buffer);
  return buffer;
}

/** Adds a kernel that assigns variables shared by all synapses of a projection. Returns null if there are none. */
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
    const given = numberOf(value);
    if (place?.kind !== 'table' || given === null) continue;
    const next = storedValue(place.buffer, to(scalarTypeOf(place.type, context.real), ir.f64(given)));
    block.write`${place.buffer}[0u] = ${next}`;
  }
  return block.statements.length === 0
    ? null
    : context.builder.sequential(name, `values that the synapses of ${plan.name} share`, block);
}

/** Which synapses an assignment is for. */
export interface ChosenSynapses {
  /** A condition on the synapses; null: none. */
  readonly where: Expression | null;
  /** By index of creation: start, end, step; or a list. Null: all. */
  readonly indices: readonly [number, number, number] | Uint32Array | null;
}

/** Values for synapses of a projection. */
interface SynapseAssignment {
  /** Of the kernel. */
  readonly name: string;
  /** Whether the kernel runs only where it is added, while the network is built. */
  readonly once?: boolean;
  /** By variable. */
  readonly values: ReadonlyMap<string, Value>;
  /** Random stream, without the name of the variable. */
  readonly stream: string;
}

const everySynapse: ChosenSynapses = { where: null, indices: null };

/**
 * Adds a kernel that assigns values to synapses, each variable after the variables that its value reads.
 *
 * @random stream `<stream>/<variable>`, counter (source, target, 0, site)
 */
export function assignSynapseValues(
  { name, values, stream, once = false }: SynapseAssignment,
  { plan, connectivity, storage }: BuiltProjection,
  context: Context,
  some: ChosenSynapses = everySynapse,
): string | null {
  const chosen = [...values].filter(([id]) => {
    const place = storage.get(id);
    return place !== undefined && place.kind === 'array';
  });
  const shared = [...values].filter(([id, value]) => storage.get(id)?.kind === 'table' && numberOf(value) === null);
  if (shared.length > 0)
    context.diagnostics.add(
      messages.unsupportedFeature(`a shared variable of projection ${plan.name} with a value that is not a number`),
    );
  if (chosen.length === 0) return null;
  for (const [id, value] of chosen)
    if (some.indices === null && typeof value === 'object' && value.kind === 'array' && value.columns === undefined)
      checkLength(id, arrayOf(value.array, context.data).length, plan, connectivity, context);
  const draws = chosen.some(([, value]) => drawsValue(value));
  const stored = { name: plan.name, count: connectivity.count, rows: connectivity.rows, sources: plan.pre.size };
  const keysOfCopies = once ? new KeysOfCopies(plan, context) : null;
  return overPositions(name, `values of the synapses of ${plan.name}`, stored, context, (position, source, inner) => {
    const target = inner.name('target', code`u32(${connectivity.targets}[${position}])`);
    const copy = connectivity.copies ? ir.load(connectivity.copies, position) : null;
    const [sender, receiver] = draws ? [namedIndex(plan.pre, source), namedIndex(plan.post, target)] : [source, target];
    const drawn = new ChangingDraws(sender, receiver);
    const scope = new SynapseScope(context, { plan, storage }, { position, source, target }, inner, drawn);
    const created = connectivity.creation ? ir.load(connectivity.creation, position) : position;
    const { place, chosen: given } = placeAmong(some, created, name, inner, context);
    const where = some.where === null ? null : compileCondition(some.where, scope);
    const condition = given && where ? code`${given} & ${where}` : (given ?? where);
    const free = condition && inner.name('chosen', condition);
    const rank = (length: number): Ir => (some.indices === null ? within(connectivity, place, length) : place);
    for (const [id, value] of inOrder(chosen)) {
      if (drawsValue(value)) {
        const keys = keyBuffer(`${name}.${id}.keys`, [`${stream}/${id}`], context);
        const pair = { source: sender, target: receiver, copy };
        const known = copy && keysOfCopies?.of(keys, code`u32(${copy})`);
        drawn.current = known
          ? synapseDraws({ ...pair, copy: null }, known, inner)
          : synapseDraws(pair, keyAt(keys, ir.u32(0)), inner);
      }
      const { buffer, type: valueType } = storage.get(id) as Extract<Storage, { kind: 'array' }>;
      const type = scalarTypeOf(valueType, context.real);
      const given = { name: `${name}.${id}.given`, element: buffer.element, what: id, rank };
      const next = to(type, synapseExpression(value, given, scope));
      scope.write(id, free ? code`select(${free}, ${next}, ${to(type, scope.read(id))})` : next);
    }
    scope.storeAll();
  });
}

/** Returns the index of a synapse among the selected ones, and whether it is selected; null if all are. */
export function placeAmong(
  { indices }: Pick<ChosenSynapses, 'indices'>,
  created: Ir,
  name: string,
  block: Block,
  context: Context,
): { readonly place: Ir; readonly chosen: Ir | null } {
  if (indices === null) return { place: created, chosen: null };
  const index = block.name('created', created);
  if (!(indices instanceof Uint32Array)) {
    const [from, until, by] = indices;
    const since = block.name('since', code`${index} - ${from}u`);
    const inside = code`${index} >= ${from}u & ${index} < ${until}u`;
    if (by === 1) return { place: code`select(${inside}, ${since}, 0u)`, chosen: inside };
    const chosen = block.name('inside', code`${inside} & ${since} % ${by}u == 0u`);
    return { place: code`select(${chosen}, ${since} / ${by}u, 0u)`, chosen };
  }
  // The place is found by binary search in the sorted list; a synapse that is listed twice takes the later value.
  const order = Array.from(indices.keys()).sort((a, b) => (indices[a] ?? 0) - (indices[b] ?? 0) || a - b);
  const last = order.filter((k, at) => indices[order[at + 1] ?? -1] !== indices[k]);
  const buffer = (what: string, values: readonly number[]) =>
    context.builder.buffer(`${name}.${what}`, 'u32', values.length + 1, `${what} of the synapses that ${name} is for`, {
      role: 'constant',
      initial: Uint32Array.from([...values, 0xffffffff]),
    });
  const sorted = buffer(
    'indices',
    last.map((k) => indices[k] ?? 0),
  );
  const places = buffer('places', last);
  const at = block.write`
    var low = 0u
    var high = ${last.length}u
    while low < high {
      var middle = (low + high) >> 1u
      if ${sorted}[middle] < ${index} {
        low = middle + 1u
      } else {
        high = middle
      }
    }
    let inside = ${sorted}[low] == ${index}
    let rank = select(inside, ${places}[low], 0u)`;
  return { place: at('rank'), chosen: at('inside') };
}

/** The buffer of values given as an array, and the index of a synapse in it. */
interface GivenArray {
  readonly name: string;
  readonly element: ElementType;
  /** Whose values they are. */
  readonly what: string;
  /** Index of the synapse's value, given the number of values. */
  readonly rank: (length: number) => Ir;
}

function synapseExpression(value: Value, { name, element, what, rank }: GivenArray, scope: SynapseScope): Ir {
  const { context, plan } = scope;
  if (typeof value === 'number') return ir.f64(value);
  switch (value.kind) {
    case 'expression':
      return compile(value.expression, scope);
    case 'array': {
      const numbers = arrayOf(value.array, context.data);
      const comment = `given ${what} of the synapses of ${plan.name} in order of creation`;
      const given = context.builder.buffer(name, element, Math.max(1, numbers.length), comment, {
        role: 'constant',
        initial: typed(element, numbers.length === 0 ? [0] : numbers),
      });
      return ir.load(given, value.columns === undefined ? rank(numbers.length) : cellOf(scope, value.columns));
    }
    case 'draw':
      context.diagnostics.add(messages.unsupportedFeature(`a value drawn by the generator ${value.generator}`));
      return ir.f64(0);
    default:
      return value satisfies never;
  }
}

/** Returns the index of a synapse's pair in a matrix with the given number of columns. */
function cellOf({ plan, address }: SynapseScope, columns: number): Ir {
  return code`${namedIndex(plan.pre, address.source)} * ${columns}u + ${namedIndex(plan.post, address.target)}`;
}

/** Checks an index of creation against a list of the given length. */
export function within({ count }: Pick<Connectivity, 'count'>, index: Ir, length: number): Ir {
  // Where the number of synapses is drawn, a list of another length raises a fault, and must not be read beyond its
  // end.
  return typeof count === 'number' ? index : code`select(${index} < ${length}u, ${index}, 0u)`;
}

/**
 * Checks that a list has one value for each synapse. @diagnostic lower/wrong-number-of-values; a fault if their number
 * is drawn
 */
export function checkLength(
  what: string,
  length: number,
  plan: ProjectionPlan,
  { count }: Pick<Connectivity, 'count'>,
  context: Context,
): void {
  const { builder } = context;
  if (typeof count === 'number') {
    if (count !== length) context.diagnostics.add(messages.wrongNumberOfValues(what, plan.name, count, length));
    return;
  }
  builder.once(`${plan.name}.${what}.check`, (kernel) => {
    const bits = builder.faultBit(
      `projection ${plan.name} has another number of synapses than ${what} has values (${length})`,
      `/projections/${plan.name}`,
    );
    const counted = ir.load({ name: count.buffer, element: 'u32' }, ir.u32(count.index));
    const block = new Block();
    block.write`fault ${bits} when ${counted} != ${length}u`;
    builder.initially(builder.sequential(kernel, `whether ${what} has a value for each synapse`, block));
  });
}

/** Whether a value draws random numbers. */
function drawsValue(value: Value): boolean {
  const formula = formulaOf(value);
  return formula !== undefined && drawsIn(formula);
}

/** Values that read others of the list come after them; validation has refused circles. */
function inOrder(values: readonly [string, Value][]): readonly (readonly [string, Value])[] {
  const byName = new Map(values);
  const reads = (id: string): string[] => {
    const formula = formulaOf(byName.get(id) as Value);
    return formula ? [...namesIn(formula)].filter((name) => byName.has(name)).sort() : [];
  };
  return dependencyOrder(byName.keys(), reads).map((id) => [id, byName.get(id) as Value]);
}
