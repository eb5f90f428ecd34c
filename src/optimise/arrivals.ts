/**
 * Empties only the lines of inboxes that spikes reached, for inboxes with few arrivals per step.
 *
 * By default a kernel visits all elements and adds the sum in each inbox to its variable. If most sums are zero, most
 * of its time goes into moving zeros through the caches. With this pass, the kernels that fill an inbox mark the lines
 * of eight elements that they reach, and only marked lines are emptied.
 *
 * No bit changes. Adding zero keeps every number except -0, which becomes 0. So the kernel that last computes the
 * variable before it receives also adds this zero, if that costs no extra load. Without such a kernel, the inbox is not
 * changed.
 */

import * as ir from '../ir/builder.js';
import type {
  Buffer,
  Expression,
  Kernel,
  Local,
  MapKernel,
  Program,
  PropagateKernel,
  Statement,
} from '../ir/program.js';
import {
  bodyOf,
  buffersOf,
  expressionsOf,
  someExpression,
  visitExpression,
  visitStatements,
  withParts,
} from '../ir/walk.js';
import type { Pass } from './pass.js';

/** Elements of a line, as many as a cache line has float64 values. */
const lineLength = 8;
/**
 * A reached line is marked by its bit of a u32, so one test of the combined values finds the marked ones of 64 lines.
 */
const linesPerItem = 64;

/** Synapses of an element above which so much arrives in each step that noting it would take longer. */
const mostSynapses = 250;

/** An inbox with its variable, and the statements that add one element of the inbox to that of the variable. */
interface Receiver {
  readonly inbox: Buffer;
  readonly variable: string;
  readonly statements: readonly Statement[];
}

const isOwn = (e: Expression): boolean => e.kind === 'local' && e.name === 'index';
const isOwnLoad = (e: Expression, buffer: string): boolean =>
  e.kind === 'load' && e.buffer === buffer && isOwn(e.index);
const loads = (e: Expression, buffer: string): boolean =>
  someExpression(e, (part) => part.kind === 'load' && part.buffer === buffer);

/** Returns the names of locals that straight-line statements need for `wanted`, directly or through other locals. */
function neededLocals(body: readonly Statement[], wanted: readonly Expression[]): ReadonlySet<string> {
  const names = new Set<string>();
  const need = (e: Expression): void =>
    visitExpression(e, (part) => {
      if (part.kind !== 'local' || names.has(part.name)) return;
      names.add(part.name);
      for (const s of body) if (s.kind === 'set' && s.local === part.name) need(s.value);
    });
  wanted.forEach(need);
  return names;
}

/**
 * Returns the value of a store in terms of the memory before the statements; undefined if they change memory that the
 * value reads.
 */
function valueOf(body: readonly Statement[], value: Expression): Expression {
  const known = new Map<string, Expression>();
  const expand = (e: Expression): Expression =>
    withParts(e, (part) => (part.kind === 'local' ? known.get(part.name) : undefined));
  for (const s of body) if (s.kind === 'set') known.set(s.local, expand(s.value));
  return expand(value);
}

/** Whether a value equals `variable` for an empty inbox, up to the sign of zero. */
function keeps(value: Expression, variable: string, inbox: string): boolean {
  const isVariable = (e: Expression): boolean => isOwnLoad(e, variable);
  if (isVariable(value)) return true;
  if (value.kind === 'select')
    return (
      !loads(value.condition, inbox) &&
      keeps(value.whenTrue, variable, inbox) &&
      keeps(value.whenFalse, variable, inbox)
    );
  if (value.kind !== 'binary' || value.op !== 'add' || !isVariable(value.left)) return false;
  const sum = value.right.kind === 'convert' ? value.right.operand : value.right;
  return sum.kind === 'fromFixed' && isOwnLoad(sum.operand, inbox);
}

/** Returns the statements of a kernel by inbox, if it only empties inboxes, each independently; else undefined. */
function receiversOf(kernel: MapKernel, buffers: ReadonlyMap<string, Buffer>): readonly Receiver[] | undefined {
  const { body } = kernel;
  if (kernel.domain.kind !== 'ranges' || !kernel.lanes || body.some((s) => s.kind !== 'set' && s.kind !== 'store'))
    return undefined;
  if (
    body
      .flatMap(expressionsOf)
      .some((e) => someExpression(e, (part) => part.kind === 'local' && /^(?:begin|group)$/.test(part.name)))
  )
    return undefined;
  const stores = body.flatMap((s) => (s.kind === 'store' ? [s] : []));
  if (!stores.every(({ index }) => isOwn(index)) || new Set(stores.map(({ buffer }) => buffer)).size !== stores.length)
    return undefined;
  const emptied = stores.filter(({ buffer }) => buffers.get(buffer)?.inbox !== undefined);
  const written = stores.filter((s) => !emptied.includes(s));
  const receivers = emptied.flatMap(({ buffer }): Receiver[] => {
    const inbox = buffers.get(buffer);
    const storesOfVariable = written.filter(({ value }) => loads(valueOf(body, value), buffer));
    const [only] = storesOfVariable;
    if (
      inbox === undefined ||
      only === undefined ||
      storesOfVariable.length > 1 ||
      !keeps(valueOf(body, only.value), only.buffer, buffer)
    )
      return [];
    const locals = neededLocals(body, [only.value]);
    const statements = body.filter((s) =>
      s.kind === 'set' ? locals.has(s.local) : s === only || (s.kind === 'store' && s.buffer === buffer),
    );
    return [{ inbox, variable: only.buffer, statements }];
  });
  const reads = (receiver: Receiver, other: Receiver): boolean =>
    receiver !== other && [other.inbox.name, other.variable].some((name) => buffersOf(receiver.statements).has(name));
  const apart = receivers.every((receiver) => !receivers.some((other) => reads(receiver, other)));
  return receivers.length === emptied.length && written.length === emptied.length && apart ? receivers : undefined;
}

/** Where a program accesses its buffers and runs its kernels. */
interface Accesses {
  /** By the name of a buffer, the kernels that read or write it, in the order of the program. */
  readonly kernels: ReadonlyMap<string, readonly Kernel[]>;
  /** By the name of a kernel, its positions in the step, ascending. */
  readonly places: ReadonlyMap<string, readonly number[]>;
}

/** Adds a value to the list of a key. */
function addTo<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

/** Lists the accesses of a program in one walk, so that the pass is linear in the number of kernels. */
function accessesOf(program: Program): Accesses {
  const kernels = new Map<string, Kernel[]>();
  for (const kernel of program.kernels) for (const buffer of buffersOf(bodyOf(kernel))) addTo(kernels, buffer, kernel);
  const places = new Map<string, number[]>();
  program.schedule.step.forEach(({ kernel }, place) => addTo(places, kernel, place));
  return { kernels, places };
}

/** Returns the position in the step of a kernel that runs once in every step, else undefined. */
function regularPlace(program: Program, accesses: Accesses, kernel: string): number | undefined {
  const [place, ...others] = accesses.places.get(kernel) ?? [];
  const entry = place === undefined ? undefined : program.schedule.step[place];
  return others.length === 0 && entry?.every === 1 && entry.offset <= 0 ? place : undefined;
}

/**
 * Returns the kernel that computes a variable for all elements before contributions are added, if no kernel in between
 * reads or writes the variable.
 */
function lastWriter(
  program: Program,
  accesses: Accesses,
  receiver: MapKernel,
  variable: string,
): MapKernel | undefined {
  const place = regularPlace(program, accesses, receiver.name);
  if (place === undefined) return undefined;
  let last = -1;
  let kernel: Kernel | undefined;
  for (const user of accesses.kernels.get(variable) ?? []) {
    const before = accesses.places.get(user.name)?.findLast((k) => k < place) ?? -1;
    if (before > last) [last, kernel] = [before, user];
  }
  if (kernel?.shape !== 'map' || !kernel.lanes || regularPlace(program, accesses, kernel.name) !== last)
    return undefined;
  if (JSON.stringify(kernel.domain) !== JSON.stringify(receiver.domain)) return undefined;
  const at = kernel.body.findIndex((s) => s.kind === 'store' && s.buffer === variable);
  const store = kernel.body[at];
  if (store?.kind !== 'store' || !isOwn(store.index)) return undefined;
  const later = kernel.body.slice(at + 1);
  let stores = 0;
  visitStatements(kernel.body, (s) => (stores += s.kind === 'store' && s.buffer === variable ? 1 : 0));
  return stores === 1 && !buffersOf(later).has(variable) ? kernel : undefined;
}

/**
 * Returns the kernels that add to an inbox; undefined if other kernels access it. Threads that reach a line at once
 * store the same bit.
 */
function fillersOf(accesses: Accesses, inbox: Buffer, receiver: MapKernel): readonly PropagateKernel[] | undefined {
  const fillers: PropagateKernel[] = [];
  for (const kernel of accesses.kernels.get(inbox.name) ?? []) {
    if (kernel === receiver) continue;
    if (kernel.shape !== 'propagate') return undefined;
    let onlyAdds = true;
    visitStatements(kernel.body, (s) => {
      if (s.kind === 'store' && s.buffer === inbox.name) onlyAdds = false;
      if (expressionsOf(s).some((e) => loads(e, inbox.name))) onlyAdds = false;
    });
    if (!onlyAdds) return undefined;
    fillers.push(kernel);
  }
  return fillers;
}

/** Adds, after each addition to an inbox, the note of the line that it reached. */
function noting(statements: readonly Statement[], lines: ReadonlyMap<string, Buffer>): readonly Statement[] {
  return statements.flatMap((s): Statement[] => {
    switch (s.kind) {
      case 'accumulate': {
        const noted = lines.get(s.buffer);
        if (noted === undefined) return [s];
        const line = ir.shr(s.index, ir.u32(3));
        return [
          s,
          ir.store(noted, line, ir.shl(ir.i64(1n), ir.convert('i64', ir.and(line, ir.u32(linesPerItem - 1))))),
        ];
      }
      case 'if':
        return [{ ...s, then: [...noting(s.then, lines)], else: [...noting(s.else, lines)] }];
      case 'for':
      case 'while':
        return [{ ...s, body: [...noting(s.body, lines)] }];
      default:
        return [s];
    }
  });
}

const named = (name: string, type: Local['type']): Local => ({ name, type });

/** The kernel that empties the lines of one inbox that were reached. */
function lineKernel(kernel: MapKernel, { inbox, variable, statements }: Receiver, lines: Buffer): MapKernel {
  const length = inbox.length as number;
  const [mask, line, first, lane, rest, element, noted] = [
    named('reached', 'i64'),
    named('line', 'u32'),
    named('first', 'u32'),
    named('lane', 'u32'),
    named('rest', 'u32'),
    named('element_of_line', 'u32'),
    named('noted', 'u32'),
  ] as const;
  const items = (lines.length as number) / linesPerItem;
  let limit = 1;
  while (limit < items) limit *= 2;
  // This has no effect, but shows the compiler that the index does not wrap around, so that it loads a line at once.
  const item = ir.mul(ir.and({ kind: 'local', type: 'u32', name: 'index' }, ir.u32(limit - 1)), ir.u32(linesPerItem));
  const at = (e: Expression): Expression => withParts(e, (part) => (isOwn(part) ? ir.get(element) : undefined));
  const statementsOfLine = statements.map((s): Statement => {
    if (s.kind === 'set') return { ...s, value: at(s.value) };
    return s.kind === 'store' ? { ...s, index: at(s.index), value: at(s.value) } : s;
  });
  const elements = (counter: Local, count: Expression): Statement => ({
    kind: 'for',
    local: counter.name,
    from: ir.u32(0),
    to: count,
    body: [ir.set(element, ir.add(ir.get(first), ir.get(counter))), ...statementsOfLine],
    lanes: true,
  });
  const emptying = [
    ir.set(line, ir.add(item, ir.convert('u32', ir.unary('ctz', ir.get(mask))))),
    ir.set(mask, ir.and(ir.get(mask), ir.sub(ir.get(mask), ir.i64(1n)))),
    ir.store(lines, ir.get(line), ir.i64(0n)),
    ir.set(first, ir.mul(ir.get(line), ir.u32(lineLength))),
    ...(length % lineLength === 0
      ? [elements(lane, ir.u32(lineLength))]
      : [
          ir.when(
            ir.le(ir.get(first), ir.u32(length - lineLength)),
            [elements(lane, ir.u32(lineLength))],
            [elements(rest, ir.sub(ir.u32(length), ir.get(first)))],
          ),
        ]),
  ];
  return {
    shape: 'map',
    name: `${kernel.name}.${variable}`,
    comment: `adds the contributions to ${variable} in marked lines`,
    domain: { kind: 'count', count: items },
    lanes: false,
    locals: [mask, line, first, lane, rest, element, noted, ...kernel.locals],
    body: [
      ir.set(mask, ir.i64(0n)),
      ir.loop(noted, ir.u32(0), ir.u32(linesPerItem), [
        ir.set(mask, ir.or(ir.get(mask), ir.load(lines, ir.add(item, ir.get(noted))))),
      ]),
      ir.whilst(ir.ne(ir.get(mask), ir.i64(0n)), emptying),
    ],
  };
}

interface Plan {
  readonly kernel: MapKernel;
  readonly receivers: readonly Receiver[];
  readonly writers: ReadonlyMap<string, MapKernel>;
}

/** Whether so little arrives that it pays. */
function isSparse(inbox: Buffer, fillers: readonly PropagateKernel[]): boolean {
  const synapses = fillers.reduce((sum, { synapses: own }) => sum + (own ?? Infinity), 0);
  return (
    typeof inbox.length === 'number' && inbox.length >= 8 * linesPerItem && synapses <= mostSynapses * inbox.length
  );
}

function planOf(program: Program, accesses: Accesses, kernel: Kernel, buffers: ReadonlyMap<string, Buffer>): Plan[] {
  if (kernel.shape !== 'map') return [];
  const receivers = receiversOf(kernel, buffers);
  if (receivers === undefined || receivers.length === 0) return [];
  if (regularPlace(program, accesses, kernel.name) === undefined) return [];
  const writers = new Map<string, MapKernel>();
  for (const { inbox, variable } of receivers) {
    const fillers = fillersOf(accesses, inbox, kernel);
    const writer = lastWriter(program, accesses, kernel, variable);
    if (fillers === undefined || fillers.length === 0 || !isSparse(inbox, fillers) || writer === undefined) return [];
    writers.set(variable, writer);
  }
  return [{ kernel, receivers, writers }];
}

/**
 * Returns the same program, to the same bits, with inboxes emptied by lines if few contributions arrive. Its new
 * buffers follow the program's.
 */
function withArrivalLines(program: Program): Program {
  const buffers = new Map(program.buffers.map((buffer) => [buffer.name, buffer]));
  const accesses = accessesOf(program);
  const plans = program.kernels.flatMap((kernel) => planOf(program, accesses, kernel, buffers));
  if (plans.length === 0) return program;
  const lines = new Map(
    plans.flatMap(({ receivers }) =>
      receivers.map(({ inbox, variable }): [string, Buffer] => {
        const items = Math.ceil((inbox.length as number) / (lineLength * linesPerItem));
        const comment = `2^(k mod ${linesPerItem}) if contributions reached elements 8k to 8k + 7 of ${variable}`;
        return [
          inbox.name,
          { name: `${inbox.name}.lines`, element: 'i64', length: items * linesPerItem, role: 'state', comment },
        ];
      }),
    ),
  );
  const settledBy = new Map<MapKernel, string[]>();
  for (const { writers } of plans) for (const [variable, writer] of writers) addTo(settledBy, writer, variable);
  const settled = (kernel: MapKernel): MapKernel => {
    const variablesOfKernel = new Set(settledBy.get(kernel));
    const body = kernel.body.map((s): Statement => {
      if (s.kind !== 'store' || !variablesOfKernel.has(s.buffer) || (s.value.type !== 'f64' && s.value.type !== 'f32'))
        return s;
      return { ...s, value: ir.add(s.value, ir.constant(s.value.type, 0)) };
    });
    return variablesOfKernel.size === 0 ? kernel : { ...kernel, body };
  };
  const inPlaceOf = new Map(
    plans.map(({ kernel, receivers }): [string, readonly MapKernel[]] => [
      kernel.name,
      receivers.map((receiver) => lineKernel(kernel, receiver, lines.get(receiver.inbox.name) as Buffer)),
    ]),
  );
  const kernels = program.kernels.flatMap((kernel): readonly Kernel[] => {
    if (kernel.shape === 'propagate') return [{ ...kernel, body: noting(kernel.body, lines) }];
    return inPlaceOf.get(kernel.name) ?? [kernel.shape === 'map' ? settled(kernel) : kernel];
  });
  const step = program.schedule.step.flatMap(
    (entry) => inPlaceOf.get(entry.kernel)?.map(({ name }) => ({ ...entry, kernel: name })) ?? [entry],
  );
  return {
    ...program,
    buffers: [...program.buffers, ...lines.values()],
    kernels,
    schedule: { ...program.schedule, step },
  };
}

/** Marks the lines of inboxes that received contributions, so that only these are emptied. For processors only. */
export const arrivals: Pass = { name: 'arrivals', audience: 'processors', run: withArrivalLines };
