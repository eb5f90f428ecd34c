/** What calls the kernels: the step, the lists of initialisation and procedures, and where threads wait for each other. */

import { invariant } from '../../diagnostics/diagnostic.js';
import { faultsBuffer } from '../../ir/names.js';
import type { Action, Kernel, Log, StepEntry } from '../../ir/program.js';
import { barriersBefore } from '../schedule/barriers.js';
import { kernelArguments } from '../schedule/kernel-calls.js';
import type { ProgramContext } from './scope.js';
import { block, comment } from './text.js';

const pass = 'codegen/c/driver';

function kernelOf(context: ProgramContext, name: string): Kernel {
  const kernel = context.program.kernels.find((candidate) => candidate.name === name);
  invariant(kernel !== undefined, pass, `no kernel is named ${name}`);
  return kernel;
}

/** A cell of the network as an expression. */
function cell(context: ProgramContext, buffer: string, index: number): string {
  context.buffer(buffer);
  return `network->${context.bufferNames.id(buffer)}[${index}u]`;
}

/** Items of a map kernel. */
function itemCount(context: ProgramContext, kernel: Kernel): string {
  invariant(kernel.shape === 'map' && kernel.domain.kind !== 'spikes', pass, `${kernel.name} has no items`);
  const { domain } = kernel;
  if (domain.kind === 'ranges') return `${Math.max(0, ...domain.ranges.map((range) => range.end))}u`;
  return typeof domain.count === 'number' ? `${domain.count}u` : cell(context, domain.count.buffer, domain.count.index);
}

/** The call of a kernel by one thread. */
function callText(context: ProgramContext, kernel: Kernel): string {
  const callee = context.kernelNames.id(kernel.name);
  switch (kernelArguments(kernel)) {
    case 'none':
      return `if (thread == 0u) ${callee}(network, step);`;
    case 'thread':
      return `${callee}(network, step, thread, threads);`;
    case 'items': {
      const total = itemCount(context, kernel);
      return `${callee}(network, step, share_of_blocks(${total}, thread, threads), share_of_blocks(${total}, thread + 1u, threads));`;
    }
  }
}

/** Whether an entry's turn has come; undefined when it always has. */
function isDue({ kernel, every, offset }: StepEntry): string | undefined {
  invariant(every >= 1, pass, `${kernel} runs every ${every} steps`);
  if (every === 1 && offset <= 0) return undefined;
  const late = `step >= ${offset}`;
  return every === 1 ? late : `${late} && (step - ${offset}) % ${every} == 0`;
}

/** The statements of one step, as each thread runs them. */
export function stepLines(context: ProgramContext): string[] {
  const entries = context.program.schedule.step.map((entry) => ({ entry, kernel: kernelOf(context, entry.kernel) }));
  const waits = barriersBefore(
    context.program,
    entries.map(({ kernel }) => kernel),
  );
  let slot: string | undefined;
  return entries.flatMap(({ entry, kernel }, k) => {
    const due = isDue(entry);
    const title = entry.slot === slot ? [] : [comment(entry.slot)];
    slot = entry.slot;
    const call = callText(context, kernel);
    return [
      ...(waits[k] === true ? ['#pragma omp barrier'] : []),
      ...title,
      ...(due === undefined ? [call] : block(`if (${due})`, [call])),
    ];
  });
}

/** One list of actions, as a host performs them one by one. */
export interface ActionList {
  readonly name: string;
  readonly actions: readonly Action[];
}

/** Initialisation, then the procedures in the order of their names in the program. */
export function actionLists({ program }: ProgramContext): readonly ActionList[] {
  const { initialise, procedures } = program.schedule;
  return [{ name: 'initialise', actions: initialise }, ...Object.entries(procedures).map(([name, actions]) => ({ name, actions }))];
}

function cases(lists: readonly ActionList[], text: (action: Action) => readonly string[]): string[] {
  return lists.flatMap(({ name, actions }, list) => {
    const inner = actions.flatMap((action, k) => {
      const lines = text(action);
      return lines.length === 0 ? [] : [...block(`case ${k}:`, [...lines, 'break;'])];
    });
    return inner.length === 0
      ? []
      : [comment(name), ...block(`case ${list}:`, [...block('switch (action)', [...inner, 'default:', '  break;']), 'break;'])];
  });
}

/** A `switch` over lists and actions that runs a kernel. */
export function performLines(context: ProgramContext): string[] {
  const lines = cases(actionLists(context), (action) =>
    action.kind === 'run' ? [callText(context, kernelOf(context, action.kernel))] : [],
  );
  return block('switch (list)', [...lines, 'default:', '  break;']);
}

/** A `switch` over lists and actions that gives buffers the lengths that kernels have computed. */
export function allocateLines(context: ProgramContext): string[] {
  const lines = cases(actionLists(context), (action) => {
    if (action.kind !== 'allocate') return [];
    return action.buffers.map((name) => {
      const { length } = context.buffer(name);
      const value = typeof length === 'number' ? `${length}u` : cell(context, length.buffer, length.index);
      const ordinal = context.program.buffers.findIndex((buffer) => buffer.name === name);
      return `if (!allocate(network, ${ordinal}u, ${value})) return false;`;
    });
  });
  return block('switch (list)', [...lines, 'default:', '  break;']);
}

/** How many actions each list has. */
export const actionCounts = (context: ProgramContext): string =>
  actionLists(context)
    .map(({ actions }) => `${actions.length}u`)
    .join(', ');

/** Statements that lower `steps` to what every log has room for. */
export function roomLines(context: ProgramContext): string[] {
  return context.program.logs.flatMap((log: Log) => {
    invariant(log.maxRowsPerStep <= log.capacity, pass, `the log ${log.name} has no room for one step`);
    if (log.maxRowsPerStep === 0) return [];
    const used = cell(context, log.cursor.buffer, log.cursor.index);
    return [`steps = least(steps, room_of(${used}, ${log.capacity}u, ${log.maxRowsPerStep}u));`];
  });
}

/** The fault bits of a network as an expression, and the statements that raise `bits` in `step`. */
export function faultTexts(context: ProgramContext): { readonly value: string; readonly raise: readonly string[] } {
  // A program without the buffer raises no faults.
  if (!context.buffers.has(faultsBuffer)) return { value: '0u', raise: ['(void)network, (void)step, (void)bits;'] };
  const value = cell(context, faultsBuffer, 0);
  return {
    value,
    raise: [`__atomic_fetch_or(&${value}, bits, __ATOMIC_RELAXED);`, '__atomic_store_n(&network->fault_step, step, __ATOMIC_RELAXED);'],
  };
}
