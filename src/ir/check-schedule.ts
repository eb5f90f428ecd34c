/** Checks events, logs, the schedule and the manifest. */

import { type ProgramContext, isCount } from './check-kernels.js';
import type { Action, EventRing, Kernel, Log, Program } from './program.js';
import { bodyOf, buffersOf } from './walk.js';

type Report = (sentence: string) => void;

/** Checks one event's ring. */
export function checkEvent(event: EventRing, program: Program, context: ProgramContext): void {
  const report: Report = (sentence) => context.report(`event ${event.name}: ${sentence}`);
  if (!isCount(event.size)) report(`has size ${event.size}`);
  if (!isCount(event.slots, 1) || (event.slots & (event.slots - 1)) !== 0)
    report(`has ${event.slots} slots, not a power of two`);
  if (!isCount(event.maskBegin) || event.maskBegin % 64 !== 0)
    report(`begins at bit ${event.maskBegin} of its mask, not a multiple of 64`);
  const needs = (name: string, what: string, length: number): void => {
    const buffer = context.buffers.get(name);
    if (!buffer) report(`has its ${what} in ${name}, which is not a buffer`);
    else if (buffer.element !== 'u32' || buffer.role !== 'state')
      report(`has its ${what} in ${name}, which is ${buffer.role} ${buffer.element}, not state u32`);
    else if (typeof buffer.length === 'number' && buffer.length < length)
      report(`needs ${length} elements in ${name}, which has ${buffer.length}`);
  };
  needs(event.mask, 'mask', Math.ceil((event.maskBegin + event.size) / 32));
  needs(event.list, 'list', event.slots * event.size);
  needs(event.counts, 'counts', event.slots);
  if (event.log === undefined) return;
  const log = program.logs.find((candidate) => candidate.name === event.log);
  if (!log) {
    report(`is logged in ${event.log}, which is not a log`);
    return;
  }
  if (log.rowLength !== 2 || context.buffers.get(log.buffer)?.element !== 'u32')
    report(`is logged in ${log.name}, whose rows are not two u32`);
  if (log.maxRowsPerStep < event.size)
    report(`is logged in ${log.name}, which expects ${log.maxRowsPerStep} rows a step for ${event.size} elements`);
  if (program.events.some((other) => other !== event && other.log === event.log))
    report(`shares its log ${log.name} with another event`);
}

/** Checks one log. */
export function checkLog(log: Log, program: Program, context: ProgramContext): void {
  const report: Report = (sentence) => context.report(`log ${log.name}: ${sentence}`);
  if (!isCount(log.rowLength, 1)) report(`has rows of ${log.rowLength} elements`);
  if (!isCount(log.maxRowsPerStep) || !isCount(log.capacity) || log.capacity < log.maxRowsPerStep) {
    report(`has room for ${log.capacity} rows and may get ${log.maxRowsPerStep} in a step`);
  }
  const buffer = context.buffers.get(log.buffer);
  if (!buffer) report(`is in ${log.buffer}, which is not a buffer`);
  else if (typeof buffer.length === 'number' && buffer.length < log.capacity * log.rowLength) {
    report(`needs ${log.capacity * log.rowLength} elements in ${log.buffer}, which has ${buffer.length}`);
  }
  const cursor = context.buffers.get(log.cursor.buffer);
  if (!cursor) report(`has its cursor in ${log.cursor.buffer}, which is not a buffer`);
  else if (cursor.element !== 'u32' || cursor.role !== 'state')
    report(`has its cursor in ${log.cursor.buffer}, which is ${cursor.role} ${cursor.element}, not state u32`);
  else if (!isCount(log.cursor.index) || (typeof cursor.length === 'number' && log.cursor.index >= cursor.length)) {
    report(`has its cursor at ${log.cursor.index}, outside ${log.cursor.buffer}`);
  }
  const shares = (other: Log): boolean =>
    other !== log && other.cursor.buffer === log.cursor.buffer && other.cursor.index === log.cursor.index;
  if (program.logs.some(shares)) report('shares its cursor with another log');
}

/** Checks the schedule: its names exist, buffers are allocated before use, spikes are listed before they are read. */
export function checkSchedule(program: Program, context: ProgramContext): void {
  const kernels = new Map(program.kernels.map((kernel) => [kernel.name, kernel]));
  const late = new Set(
    program.buffers.filter((buffer) => typeof buffer.length !== 'number').map((buffer) => buffer.name),
  );
  const missing = new Set(late);
  checkActions('initialise', program.schedule.initialise, kernels, late, missing, context);
  const released = new Set(
    program.schedule.initialise.flatMap((action) => (action.kind === 'release' ? action.buffers : [])),
  );
  for (const name of missing)
    if (!released.has(name)) context.report(`buffer ${name}: is never allocated in initialisation`);
  for (const [name, actions] of Object.entries(program.schedule.procedures)) {
    checkActions(`procedure ${name}`, actions, kernels, late, new Set(missing), context);
  }
  for (const { kernel } of program.schedule.step) {
    const kernelOfName = kernels.get(kernel);
    for (const name of kernelOfName ? usedBuffers(kernelOfName, context) : [])
      if (missing.has(name) && released.has(name))
        context.report(`schedule: ${kernel} needs ${name}, which is released`);
  }
  const listed = new Set<string>();
  for (const entry of program.schedule.step) {
    const report: Report = (sentence) => context.report(`schedule: ${entry.kernel} ${sentence}`);
    const kernel = kernels.get(entry.kernel);
    if (!kernel) report('is not a kernel');
    if (!isCount(entry.every, 1) || !isCount(entry.offset))
      report(`runs every ${entry.every} steps from step ${entry.offset}`);
    if (kernel?.shape === 'compact') {
      if (entry.every !== 1)
        report('is a compaction that does not run in every step, so that its ring would hold old spikes');
      listed.add(kernel.event);
    }
    const reads = kernel ? readsSpikesOfThisStep(kernel) : undefined;
    if (reads !== undefined && !listed.has(reads))
      report(`reads this step's spikes of ${reads} before they are listed`);
  }
}

/** Returns the event with spikes of the current step that a kernel visits. */
function readsSpikesOfThisStep(kernel: Kernel): string | undefined {
  if (kernel.shape === 'map' && kernel.domain.kind === 'spikes') return kernel.domain.event;
  return kernel.shape === 'propagate' && kernel.delays.first === 0 ? kernel.event : undefined;
}

function checkActions(
  owner: string,
  actions: readonly Action[],
  kernels: ReadonlyMap<string, Kernel>,
  late: ReadonlySet<string>,
  missing: Set<string>,
  context: ProgramContext,
): void {
  for (const action of actions) {
    if (action.kind !== 'run') {
      const does = action.kind === 'allocate' ? 'allocates' : 'releases';
      for (const name of action.buffers) {
        if (!context.buffers.has(name)) context.report(`${owner}: ${does} ${name}, which is not a buffer`);
        else if (!late.has(name)) context.report(`${owner}: ${does} ${name}, whose length is known`);
        if (action.kind === 'release') {
          if (missing.has(name)) context.report(`${owner}: releases ${name}, which is not allocated`);
          missing.add(name);
          continue;
        }
        const length = context.buffers.get(name)?.length;
        if (typeof length === 'object' && missing.has(length.buffer))
          context.report(`${owner}: allocates ${name} before ${length.buffer}, which holds its length`);
        missing.delete(name);
      }
      continue;
    }
    const kernel = kernels.get(action.kernel);
    if (!kernel) {
      context.report(`${owner}: runs ${action.kernel}, which is not a kernel`);
      continue;
    }
    for (const name of usedBuffers(kernel, context)) {
      if (missing.has(name)) context.report(`${owner}: runs ${kernel.name} before its buffer ${name} is allocated`);
    }
  }
}

function usedBuffers(kernel: Kernel, context: ProgramContext): ReadonlySet<string> {
  const buffers = new Set(buffersOf(bodyOf(kernel)));
  const event = context.events.get(eventOf(kernel) ?? '');
  if (event) [event.mask, event.list, event.counts].forEach((name) => buffers.add(name));
  if (kernel.shape === 'propagate') buffers.add(kernel.segments);
  if (kernel.shape === 'map' && kernel.domain.kind === 'count' && typeof kernel.domain.count !== 'number')
    buffers.add(kernel.domain.count.buffer);
  return buffers;
}

function eventOf(kernel: Kernel): string | undefined {
  if (kernel.shape === 'compact' || kernel.shape === 'propagate') return kernel.event;
  return kernel.shape === 'map' && kernel.domain.kind === 'spikes' ? kernel.domain.event : undefined;
}

/** Checks that all names in the manifest exist. */
export function checkManifest(program: Program, context: ProgramContext): void {
  const { manifest } = program;
  const { report } = context;
  const buffer = (owner: string, name: string | undefined): void => {
    if (name !== undefined && !context.buffers.has(name))
      report(`manifest: ${owner} is in ${name}, which is not a buffer`);
  };
  for (const variable of manifest.variables) {
    const owner = `${variable.owner}.${variable.variable}`;
    buffer(owner, variable.buffer);
    const length = context.buffers.get(variable.buffer)?.length;
    if (
      typeof length === 'number' &&
      typeof variable.length === 'number' &&
      variable.offset + variable.length > length
    ) {
      report(`manifest: ${owner} ends at ${variable.offset + variable.length}, outside ${variable.buffer}`);
    }
  }
  for (const projection of manifest.projections) {
    buffer(`targets of ${projection.name}`, projection.targets);
    buffer(`segments of ${projection.name}`, projection.segments);
    buffer(`creation order of ${projection.name}`, projection.creation ?? undefined);
  }
  for (const sample of manifest.samples) {
    if (!program.logs.some((log) => log.name === sample.log))
      report(`manifest: ${sample.recording} is in log ${sample.log}, which does not exist`);
  }
  for (const population of manifest.populations) {
    if (population.event !== null && !context.events.has(population.event))
      report(`manifest: ${population.name} emits ${population.event}, which is not an event`);
  }
  for (const { event, name } of manifest.events) {
    if (!context.events.has(event)) report(`manifest: ${name} is ${event}, which is not an event`);
  }
}
