/**
 * The code that calls the kernels: the step loop, the lists of initialisation and procedures, and the barrier between
 * threads.
 */

import { invariant } from '../../diagnostics/diagnostic.js';
import type { Action, Log, StepEntry } from '../../ir/program.js';
import { barrier, barrierText } from './barrier.js';
import type { Place } from '../families/families.js';
import { isCell } from '../families/pattern.js';
import type { Family, KernelPattern } from '../families/pattern.js';
import { barriersBefore } from '../schedule/barriers.js';
import { kernelArguments } from '../schedule/kernel-calls.js';
import { functionId, takesMember } from './kernel.js';
import type { KernelContext } from './kernel.js';
import { control, fieldBytes } from './layout.js';
import { Scope, loadText } from './scalar.js';
import { Names } from './names.js';
import { commentText, i32Const, localGet, localSet } from './text.js';
import type { Wat } from './text.js';

/** An action: a function of the module that all threads call, or buffers that the host allocates or releases. */
export type Segment =
  | {
      readonly kind: 'call';
      readonly export: string;
      /** Address of the row of a family's member. */ readonly member?: number;
    }
  | { readonly kind: 'allocate' | 'release'; readonly buffers: readonly string[] };

const zero = i32Const(0);
const step = localGet('$step');

function placeOf({ families }: KernelContext, name: string): Place {
  const place = families.of.get(name);
  invariant(place !== undefined, 'codegen/wasm/driver', `no kernel is named ${name}`);
  return place;
}

/** Address of the row of a family's member. */
function rowAddress({ module }: KernelContext, family: Family, member: number): number {
  const table = module.layout.members.get(family);
  return (table?.address ?? 0) + member * family.fields.length * fieldBytes;
}

/** The items that threads share: their number from the first one on, and the granularity of their division. */
interface Items {
  readonly first: Wat;
  readonly total: Wat;
  readonly granule: number;
}

/** The items of a map kernel; masks are written in whole u32, vectors begin at even positions. */
function itemsOf(scope: Scope, kernel: KernelPattern): Items {
  invariant(
    kernel.shape === 'map' && kernel.domain.kind !== 'spikes',
    'codegen/wasm/driver',
    `${kernel.name} has no items`,
  );
  const { domain } = kernel;
  const granule = 64;
  if (domain.kind === 'ranges') {
    const [only] = domain.ranges;
    if (only !== undefined && (typeof only.begin !== 'number' || typeof only.end !== 'number')) {
      const begin = scope.amount(only.begin);
      const first: Wat = scope.module.parallel ? ['i32.and', begin, i32Const(-granule)] : zero;
      return { first, total: ['i32.sub', scope.amount(only.end), first], granule };
    }
    const bounds = (which: 'begin' | 'end'): number[] => domain.ranges.map((range) => Number(range[which]));
    const begin = domain.ranges.length === 0 ? 0 : Math.min(...bounds('begin'));
    // One thread takes them all: a kernel finds its ranges itself.
    const first = scope.module.parallel ? Math.floor(begin / granule) * granule : 0;
    return { first: i32Const(first), total: i32Const(Math.max(first, ...bounds('end')) - first), granule };
  }
  const total = isCell(domain.count)
    ? loadText(scope, domain.count.buffer, scope.amount(domain.count.index))
    : scope.amount(domain.count);
  return { first: zero, total, granule };
}

/** `min(total, granule * floor(ceil(total / granule) * thread / threads))`. */
function itemBound(total: Wat, granule: number, thread: Wat): Wat {
  const wide = (value: Wat): Wat => ['i64.extend_i32_u', value];
  const blocks: Wat = [
    'i64.shr_u',
    ['i64.add', wide(total), [`i64.const ${granule - 1}`]],
    [`i64.const ${Math.log2(granule)}`],
  ];
  return [
    'i32.wrap_i64',
    [
      'i64.shl',
      ['i64.div_u', ['i64.mul', blocks, wide(thread)], wide(localGet('$threads'))],
      [`i64.const ${Math.log2(granule)}`],
    ],
  ];
}

/** Runs a kernel on [$.low, $.high) in pieces, so one entered only once is still soon run as optimised code. */
function inPieces(scope: Scope, callee: string, first: readonly Wat[], piece: number): Wat[] {
  scope.declare('$.next', 'i32');
  const next: Wat = [
    'i32.add',
    localGet('$.low'),
    [
      'select',
      i32Const(piece),
      ['i32.sub', localGet('$.high'), localGet('$.low')],
      ['i32.lt_u', i32Const(piece), ['i32.sub', localGet('$.high'), localGet('$.low')]],
    ],
  ];
  const label = scope.label();
  return [
    [
      `block $exit${label}`,
      [
        `loop $pieces${label}`,
        [`br_if $exit${label}`, ['i32.ge_u', localGet('$.low'), localGet('$.high')]],
        localSet('$.next', next),
        [`call ${callee}`, ...first, localGet('$.low'), localGet('$.next')],
        localSet('$.low', localGet('$.next')),
        [`br $pieces${label}`],
      ],
    ],
  ];
}

/**
 * The call of a kernel by one thread.
 *
 * @param family  the kernel's family; the scope must have it if members differ in their items
 * @param member  address of the row of the member
 * @param once  whether it is in a list that is run seldom
 */
function callText(context: KernelContext, scope: Scope, family: Family, member: Wat, once: boolean): Wat[] {
  const { pattern } = family;
  const callee = functionId(context, family);
  const { parallel } = context.module;
  const given: readonly Wat[] = takesMember(family) ? [step, member] : [step];
  const wanted = kernelArguments(pattern);
  if (wanted === 'none') {
    const call: Wat = [`call ${callee}`, ...given];
    return parallel ? [['if', ['i32.eqz', localGet('$thread')], ['then', call]]] : [call];
  }
  if (wanted === 'thread')
    return [
      parallel ? [`call ${callee}`, ...given, localGet('$thread'), localGet('$threads')] : [`call ${callee}`, ...given],
    ];
  const { first, total, granule } = itemsOf(scope, pattern);
  const shifted = (value: Wat): Wat => (first[0] === zero[0] ? value : ['i32.add', first, value]);
  const high: Wat = parallel ? itemBound(total, granule, ['i32.add', localGet('$thread'), i32Const(1)]) : total;
  const low = parallel ? itemBound(total, granule, localGet('$thread')) : zero;
  const clipped: Wat = parallel
    ? ['select', localGet('$.high'), localGet('$.total'), ['i32.lt_u', localGet('$.high'), localGet('$.total')]]
    : high;
  if (!once && !parallel) return [[`call ${callee}`, ...given, low, high]];
  for (const id of ['$.low', '$.high']) scope.declare(id, 'i32');
  if (parallel) scope.declare('$.total', 'i32');
  const bounds: Wat[] = parallel
    ? [
        localSet('$.total', total),
        localSet('$.low', shifted(low)),
        localSet('$.high', high),
        localSet('$.high', shifted(clipped)),
      ]
    : [localSet('$.low', low), localSet('$.high', high)];
  return [
    ...bounds,
    ...(once
      ? inPieces(scope, callee, given, 256)
      : [[`call ${callee}`, ...given, localGet('$.low'), localGet('$.high')] as Wat]),
  ];
}

function driverScope(context: KernelContext, family?: Family): Scope {
  const names = new Names('$');
  for (const name of ['step', 'steps', 'thread', 'threads']) names.id(name);
  return new Scope(context.module, names, false, family);
}

function exported(id: string, name: string, parameters: string, scope: Scope, body: readonly Wat[], result = ''): Wat {
  const { locals, prologue } = scope;
  return [`func ${id} (export "${name}") (param $step i32)${parameters}${result}`, ...locals, ...prologue, ...body];
}

/** Returns the host's steps for an action list. Kernels run one by one, so that the host can report progress. */
export function segmentsOf(context: KernelContext, actions: readonly Action[]): Segment[] {
  return actions.map((action): Segment => {
    if (action.kind !== 'run') return action;
    const { family, member } = placeOf(context, action.kernel);
    const call = { kind: 'call', export: onceName(context, family) } as const;
    return takesMember(family) ? { ...call, member: rowAddress(context, family, member) } : call;
  });
}

/**
 * Made from the identifier of the function, which holds no character that a string of WebAssembly text would have to
 * escape.
 */
const onceName = (context: KernelContext, family: Family): string =>
  functionId(context, family).replace('$kernel:', 'once:');

/** Whether a step calls the kernels of a family through the function that all threads call. */
const dividesItems = (family: Family): boolean => takesMember(family) && kernelArguments(family.pattern) === 'items';

/** For each family with a kernel that is named in an action list: a function that all threads call to run it once. */
export function onceText(context: KernelContext): Wat[] {
  const { initialise, procedures, step: entries } = context.program.schedule;
  const actions = [...initialise, ...Object.values(procedures).flat()];
  const families = new Set([
    ...actions.flatMap((action) => (action.kind === 'run' ? [placeOf(context, action.kernel).family] : [])),
    ...entries.map(({ kernel }) => placeOf(context, kernel).family).filter(dividesItems),
  ]);
  return [...families].map((family) => {
    const scope = driverScope(context, family);
    const body = callText(context, scope, family, localGet('$.member'), true);
    const name = onceName(context, family);
    const member = takesMember(family) ? ' (param $.member i32)' : '';
    const parameters = `${member} (param $thread i32) (param $threads i32)`;
    return exported(`$${name}`, name, parameters, scope, body);
  });
}

/** Whether an entry is due in a step. */
function isDue(entry: StepEntry): Wat | undefined {
  invariant(entry.every >= 1, 'codegen/wasm/driver', `${entry.kernel} runs every ${entry.every} steps`);
  if (entry.every === 1 && entry.offset <= 0) return undefined;
  const late: Wat = ['i32.ge_s', step, i32Const(entry.offset)];
  if (entry.every === 1) return late;
  const since: Wat = entry.offset === 0 ? step : ['i32.sub', step, i32Const(entry.offset)];
  return ['i32.and', late, ['i32.eqz', ['i32.rem_s', since, i32Const(entry.every)]]];
}

function fullText(scope: Scope, log: Log): Wat {
  invariant(log.maxRowsPerStep <= log.capacity, 'codegen/wasm/driver', `the log ${log.name} has no room for one step`);
  return [
    'i32.gt_u',
    loadText(scope, log.cursor.buffer, i32Const(log.cursor.index)),
    i32Const(log.capacity - log.maxRowsPerStep),
  ];
}

/** `$ready`: whether another step may begin: no request to stop, no fault, and room in every log. */
function readyText(context: KernelContext): Wat {
  const scope = driverScope(context);
  const obstacles: Wat[] = [[`i32.atomic.load offset=${control.stop}`, zero]];
  if (context.module.layout.buffers.has('faults')) obstacles.push(loadText(scope, 'faults', zero));
  obstacles.push(...context.program.logs.map((log) => fullText(scope, log)));
  const body = obstacles.map((obstacle): Wat => ['if', obstacle, ['then', ['return', zero]]]);
  return ['func $ready (result i32)', ...scope.locals, ...scope.prologue, ...body, i32Const(1)];
}

function entriesText(context: KernelContext, scope: Scope): Wat[] {
  const entries = context.program.schedule.step;
  const kernels = entries.flatMap(({ kernel }) => context.byName.get(kernel) ?? []);
  const waits = context.module.parallel ? barriersBefore(context.program, kernels) : [];
  const threads = [localGet('$thread'), localGet('$threads')];
  return entries.flatMap((entry, k): Wat[] => {
    const { family, member } = placeOf(context, entry.kernel);
    const row = i32Const(rowAddress(context, family, member));
    const call: Wat[] = dividesItems(family)
      ? [[`call $${onceName(context, family)}`, step, row, ...threads]]
      : callText(context, scope, family, row, false);
    const due = isDue(entry);
    const guarded: Wat[] = due === undefined ? call : [['if', due, ['then', ...call]]];
    const before: Wat[] = waits[k] === true ? [barrier(false)] : [];
    return [`;; ${commentText(entry.slot)}`, ...before, ...guarded];
  });
}

/** Prints the functions of a step: `run`, which runs up to `steps` steps and returns their number, and its callees. */
export function stepText(context: KernelContext): Wat[] {
  const { parallel } = context.module;
  const scope = driverScope(context);
  scope.declare('$.done', 'i32');
  const done = localGet('$.done');
  const body = entriesText(context, scope);
  const gate: Wat[] = parallel
    ? [barrier(true), ['br_if $end', ['i32.eqz', [`i32.atomic.load offset=${control.go}`, zero]]]]
    : [['br_if $end', ['i32.eqz', ['call $ready']]]];
  const loop: Wat = [
    'block $end',
    [
      'loop $step',
      ['br_if $end', ['i32.ge_u', done, localGet('$steps')]],
      ...gate,
      ...body,
      localSet('$step', ['i32.add', step, i32Const(1)]),
      localSet('$.done', ['i32.add', done, i32Const(1)]),
      ['br $step'],
    ],
  ];
  const run = exported(
    '$run',
    'run',
    ' (param $steps i32) (param $thread i32) (param $threads i32)',
    scope,
    [loop, done],
    ' (result i32)',
  );
  return [readyText(context), ...(parallel ? barrierText() : []), run];
}
