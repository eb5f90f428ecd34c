/** The code that calls the kernels: single calls, the step, and the barriers between threads. */

import { isCell } from '../families/pattern.js';
import { invariant } from '../../diagnostics/diagnostic.js';
import { faultsBuffer } from '../../ir/names.js';
import type { Kernel, StepEntry } from '../../ir/program.js';
import type { Amount } from '../families/pattern.js';
import { barriersBefore } from '../schedule/barriers.js';
import { kernelArguments } from '../schedule/kernel-calls.js';
import { repeatsOf } from '../schedule/repeats.js';
import type { Repeat } from '../schedule/repeats.js';
import { argumentsOf, spacesOf } from './kernel.js';
import type { NamedFamily } from './kernel.js';
import type { DistributedEntry, Divided } from '../mpi/distribution.js';
import type { ProgramContext } from './scope.js';
import { block, comment, indent } from './text.js';

const pass = 'codegen/c/driver';

/** A callee: a family, and one of its members. */
interface Callee {
  readonly named: NamedFamily;
  readonly member: number;
}

/** The families of a program by the names of their kernels. */
export type Callees = ReadonlyMap<string, Callee>;

/** Where each kernel of the program is. */
export function calleesOf(families: readonly NamedFamily[]): Callees {
  return new Map(
    families.flatMap((named) =>
      named.family.members.map(({ kernel }, member): [string, Callee] => [kernel, { named, member }]),
    ),
  );
}

/** A kernel's family. */
export function calleeOf(callees: Callees, name: string): Callee {
  const callee = callees.get(name);
  invariant(callee !== undefined, pass, `no kernel is named ${name}`);
  return callee;
}

/** A cell of the network as an expression. */
function cell(context: ProgramContext, buffer: string, index: number): string {
  context.buffer(buffer);
  return `network->${context.bufferNames.id(buffer)}[${index}u]`;
}

/** Returns the field of a member's row, as an expression; undefined for other names. */
function rowField({ family, rows }: NamedFamily, member: string, name: string): string | undefined {
  const ordinal = family.fields.findIndex((field) => field.name === name);
  return ordinal < 0 || rows === undefined ? undefined : `${rows.table}[${member}].${rows.fields[ordinal] ?? ''}`;
}

function amountText(named: NamedFamily, member: string, amount: Amount): string {
  if (typeof amount === 'number') return `${amount}u`;
  const text = rowField(named, member, amount.field);
  invariant(text !== undefined, pass, `no field is named ${amount.field}`);
  return text;
}

/** Returns the items of a map kernel: the first, and the end. */
function itemBounds(
  context: ProgramContext,
  named: NamedFamily,
  member: string,
): { readonly begin: string; readonly end: string } {
  const { pattern } = named.family;
  invariant(pattern.shape === 'map' && pattern.domain.kind !== 'spikes', pass, `${pattern.name} has no items`);
  const { domain } = pattern;
  if (domain.kind === 'ranges') {
    const [only] = domain.ranges;
    if (only !== undefined && domain.ranges.length === 1)
      return { begin: amountText(named, member, only.begin), end: amountText(named, member, only.end) };
    const numbers = (amounts: readonly Amount[]): number[] =>
      amounts.map((amount) => (typeof amount === 'number' ? amount : 0));
    const begins = numbers(domain.ranges.map(({ begin }) => begin));
    const ends = numbers(domain.ranges.map(({ end }) => end));
    return { begin: `${begins.length === 0 ? 0 : Math.min(...begins)}u`, end: `${Math.max(0, ...ends)}u` };
  }
  if (!isCell(domain.count)) return { begin: '0u', end: amountText(named, member, domain.count) };
  const { buffer, index } = domain.count;
  const place = rowField(named, member, buffer);
  const cells =
    place === undefined
      ? `network->${context.bufferNames.id(buffer)}`
      : `((const ${context.dialect.types.u32} *)pointer_at(network, ${place}))`;
  return { begin: '0u', end: `${cells}[${amountText(named, member, index)}]` };
}

/**
 * The call of a kernel by one thread.
 *
 * @param member  ordinal of the member, as an expression
 * @param divided  whether ranks share the kernel, or each of them computes it whole
 */
export function callText(context: ProgramContext, named: NamedFamily, member: string, divided = false): string {
  const { id, rows, family } = named;
  const { pattern } = family;
  const first = ['network', ...(rows === undefined ? [] : [`&${rows.table}[${member}]`]), 'step'].join(', ');
  if (context.distribution && argumentsOf(context, pattern) === 'items') {
    const space = `${spacesOf(id)}[${member}]`;
    const { begin, end } =
      pattern.shape === 'map' && pattern.domain.kind !== 'spikes'
        ? itemBounds(context, named, member)
        : { begin: '0u', end: `${space}.count` };
    const bounds = `network, ${divided ? space : `whole(${space})`}, ${begin}, ${end}`;
    return pattern.shape === 'compact'
      ? `if (thread == 0u) ${id}(${first}, own_share(${bounds}, 0u, 1u), own_share(${bounds}, 1u, 1u));`
      : `${id}(${first}, own_share(${bounds}, thread, threads), own_share(${bounds}, thread + 1u, threads));`;
  }
  switch (kernelArguments(pattern)) {
    case 'none':
      return `if (thread == 0u) ${id}(${first});`;
    case 'thread':
      return `${id}(${first}, thread, threads);`;
    case 'items': {
      const { begin, end } = itemBounds(context, named, member);
      const share = begin === '0u' ? `share_of_blocks(${end}` : `share_between(${begin}, ${end}`;
      return `${id}(${first}, ${share}, thread, threads), ${share}, thread + 1u, threads));`;
    }
  }
}

// --- The step -------------------------------------------------------------------------------------------------------
/** Whether an entry is due in a step; undefined if it is due in every step. */
function isDue({ kernel, every, offset }: StepEntry): string | undefined {
  invariant(every >= 1, pass, `${kernel} runs every ${every} steps`);
  if (every === 1 && offset <= 0) return undefined;
  const late = `step >= ${offset}`;
  if (every === 1) return late;
  return offset === 0 ? `step % ${every} == 0` : `${late} && (step - ${offset}) % ${every} == 0`;
}

interface Call extends Callee {
  readonly entry: StepEntry;
  /** Whether all threads must have finished the preceding calls. */
  readonly waits: boolean;
  /** Exchanges with other ranks before and after it, as lines. */
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** The members that one place of a loop calls, by iteration. */
function memberText(
  calls: readonly Call[],
  order: string,
): { readonly text: string; readonly tables: readonly string[] } {
  const [first = 0, second = first + 1] = calls.map(({ member }) => member);
  if (calls.length === 1) return { text: `${first}u`, tables: [] };
  if (calls.every(({ member }, k) => member === first + k))
    return { text: first === 0 ? 'turn' : `${first}u + turn`, tables: [] };
  if (calls.every(({ member }, k) => member === first + k * (second - first)) && second > first)
    return { text: `${first === 0 ? '' : `${first}u + `}turn * ${second - first}u`, tables: [] };
  return {
    text: `${order}[turn]`,
    tables: [`static const uint32_t ${order}[] = {${calls.map(({ member }) => member).join(', ')}};`],
  };
}

const barrier = 'meet(network, threads);';

/** Where threads wait in the iterations of a loop. `first` precedes the loop. */
function waitText(
  calls: readonly Call[],
  leads: boolean,
  waits: string,
): { first: string[]; tables: string[]; inside: string[] } {
  const [first, ...rest] = calls.map((call) => call.waits);
  if (rest.every((wait) => wait === first)) return { first: [], tables: [], inside: first === true ? [barrier] : [] };
  if (leads && rest.every((wait) => !wait)) return { first: [barrier], tables: [], inside: [] };
  const table = `static const bool ${waits}[] = {${calls.map((call) => String(call.waits)).join(', ')}};`;
  return { first: [], tables: [table], inside: block(`if (${waits}[turn])`, [barrier]) };
}

/** The calls of a repeat, as a loop if it has several iterations. */
function repeatLines(context: ProgramContext, calls: readonly Call[], { first, period, times }: Repeat): string[] {
  const before: string[] = [];
  const inside = calls.slice(first, first + period).flatMap(({ named, entry }, k) => {
    const turns = Array.from({ length: times }, (_, turn) => calls[first + turn * period + k]).filter(
      (call) => call !== undefined,
    );
    const members = memberText(turns, `order_${first + k}`);
    const waits = waitText(turns, k === 0, `waits_${first + k}`);
    before.push(...members.tables, ...waits.tables, ...waits.first);
    const due = isDue(entry);
    // Calls with exchanges are no part of loops.
    const [only] = turns;
    const lines = [...(only?.before ?? []), callText(context, named, members.text, true), ...(only?.after ?? [])];
    return [...waits.inside, ...(due === undefined ? lines : block(`if (${due})`, lines))];
  });
  if (times === 1) return inside;
  return [...before, ...block(`for (uint32_t turn = 0u; turn < ${times}u; turn += 1u)`, inside)];
}

/** Repeats of a step above which it is a table: compilers take long for functions of thousands of calls. */
const mostRepeats = 256;

/** The calls of a step as a table, with a case for each key: families that run at the same intervals. */
function tableLines(context: ProgramContext, calls: readonly Call[], keys: readonly string[]): string[] {
  const cases = new Map([...new Set(keys)].map((key, k) => [key, k]));
  const rows = calls.map(
    ({ entry, member, waits }, k) =>
      `${comment(entry.kernel)} {${cases.get(keys[k] ?? '') ?? 0}u, ${member}u, ${waits ? 1 : 0}u},`,
  );
  const texts = [...cases].flatMap(([key, ordinal]) => {
    const call = calls[keys.indexOf(key)];
    if (call === undefined) return [];
    const due = isDue(call.entry);
    const line = callText(context, call.named, 'call->member');
    return block(`case ${ordinal}u:`, [...(due === undefined ? [line] : block(`if (${due})`, [line])), 'break;']);
  });
  return [
    'static const struct call { uint32_t kernel, member, waits; } calls[] = {',
    ...indent(rows),
    '};',
    ...block(`for (uint32_t k = 0u; k < ${calls.length}u; k += 1u)`, [
      'const struct call *const call = &calls[k];',
      ...block('if (call->waits)', [barrier]),
      ...block('switch (call->kernel)', texts),
    ]),
  ];
}

/** The statements of one step, as each thread runs them. */
export function stepLines(context: ProgramContext, callees: Callees): string[] {
  const { program } = context;
  const byName = new Map(program.kernels.map((kernel): [string, Kernel] => [kernel.name, kernel]));
  const entries = program.schedule.step.map((entry) => ({ entry, ...calleeOf(callees, entry.kernel) }));
  const waits = barriersBefore(
    program,
    entries.flatMap(({ entry }) => byName.get(entry.kernel) ?? []),
  );
  const exchanges = exchangesOf(context);
  const calls = entries.map((call, k): Call => ({
    ...call,
    waits: waits[k] === true || exchanges.waits[k] === true,
    before: exchanges.before[k] ?? [],
    after: exchanges.after[k] ?? [],
  }));
  const keys = calls.map(({ named, entry: { every, offset, slot }, before, after }, k) =>
    JSON.stringify([named.id, every, offset, slot, ...(before.length + after.length > 0 ? [k] : [])]),
  );
  const repeats = repeatsOf(keys);
  if (repeats.length > mostRepeats && !context.distribution) return tableLines(context, calls, keys);
  let slot: string | undefined;
  const lines = repeats.flatMap((repeat) => {
    const { slot: repeatSlot } = calls[repeat.first]?.entry ?? {};
    const title = repeatSlot === undefined || repeatSlot === slot ? [] : [comment(repeatSlot)];
    slot = repeatSlot;
    return [...title, ...repeatLines(context, calls, repeat)];
  });
  return [...lines, ...exchanges.end];
}

// --- Exchanges between ranks ----------------------------------------------------------------------------------------
/** Lines before and after each call of a step, and at its end. */
interface Exchanges {
  readonly before: readonly (readonly string[])[];
  readonly after: readonly (readonly string[])[];
  /** Calls that are shared by other threads than the one before. */
  readonly waits: readonly boolean[];
  readonly end: readonly string[];
}

/** Lets the first thread exchange data while the others wait. */
const byFirstThread = (lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [barrier, ...block('if (thread == 0u)', lines), barrier];

/** Events in the order of their tables in the generated program. */
export const listedEvents = ({ program }: ProgramContext): readonly string[] => program.events.map(({ name }) => name);

function exchangesOf(context: ProgramContext): Exchanges {
  const { distribution, program } = context;
  if (!distribution) return { before: [], after: [], waits: [], end: [] };
  const { entries, interval, gathersAtEnd, mayFault, spaces } = distribution;
  const kernels = new Map(program.kernels.map((kernel) => [kernel.name, kernel]));
  const buffers = new Map(program.buffers.map(({ name }, k) => [name, k]));
  const ordinalOf = (name: string): string => `${buffers.get(name) ?? 0}u`;
  const gatherLine = ({ buffer, positions, perElement, synapses }: Divided): string =>
    synapses
      ? `gather_synapses(network, ${ordinalOf(buffer)}, ${ordinalOf(synapses.targets)}, ${positions}u, ${synapses.offset}u);`
      : `gather(network, ${ordinalOf(buffer)}, ${positions}u, ${perElement}u);`;
  const ordinals = listedEvents(context);
  let listed: number[] = [];
  const exchangeLine = (rings: readonly number[]): string =>
    `exchange_spikes(network, step, step + 1, (const uint32_t[]){${rings.join(', ')}}, ${rings.length}u);`;
  const exchange = (): string[] => {
    const rings = listed;
    listed = [];
    return rings.length === 0 ? [] : [exchangeLine(rings)];
  };
  const isDivided = ({ entry }: DistributedEntry): boolean => (spaces.get(entry.kernel)?.positions ?? 0) > 0;
  const before: (readonly string[])[] = [];
  const after: (readonly string[])[] = [];
  for (const { entry, needsSpikes, gathers } of entries) {
    before.push(byFirstThread([...(needsSpikes ? exchange() : []), ...gathers.map(gatherLine)]));
    const kernel = kernels.get(entry.kernel);
    const ring = kernel?.shape === 'compact' ? ordinals.indexOf(kernel.event) : -1;
    // A list that is not made in each step is exchanged at once.
    const isConditional = ring >= 0 && isDue(entry) !== undefined;
    if (ring >= 0 && interval === 0 && !isConditional) listed.push(ring);
    after.push(isConditional ? byFirstThread([exchangeLine([ring])]) : []);
  }
  const rest =
    interval === 0 ? exchange() : block(`if ((step + 1) % ${interval} == 0)`, ['exchange_all(network, step + 1);']);
  const last = [...rest, ...gathersAtEnd.map(gatherLine), ...(mayFault ? ['agree_on_faults(network);'] : [])];
  const waits = entries.map((entry, k) => {
    const previous = entries[k - 1];
    return previous !== undefined && isDivided(entry) !== isDivided(previous);
  });
  return { before, after, waits, end: byFirstThread(last) };
}

/** The fault bits of a network as an expression, and the statements that raise `bits` in `step`. */
export function faultTexts(context: ProgramContext): { readonly value: string; readonly raise: readonly string[] } {
  // A program without the buffer raises no faults.
  if (!context.buffers.has(faultsBuffer)) return { value: '0u', raise: ['(void)network, (void)step, (void)bits;'] };
  const value = cell(context, faultsBuffer, 0);
  return {
    value,
    raise: [
      `__atomic_fetch_or(&${value}, bits, __ATOMIC_RELAXED);`,
      '__atomic_store_n(&network->fault_step, step, __ATOMIC_RELAXED);',
    ],
  };
}
