/** Engines by name, which of them are available here, and which of their devices is meant. */

import type { Availability, Target } from '../../runtime/targets/target.js';
import { loadTargets } from '#targets';
import { UsageError } from '../diagnostics/diagnostic.js';
import { joinWords, oneOf, suggestion } from '../diagnostics/suggest.js';
import type { Work } from './work.js';

/** Usual order for `auto`: the engine that starts soonest first. */
const quickStart = ['wasm', 'reference'];
/** Tried first if compiling pays. */
const quickRun = ['c', ...quickStart];
/**
 * Tried first for long work on large networks: a device takes ten microseconds and more for a step of more than 4096
 * elements.
 */
const largeRun = ['cuda', ...quickRun];

/** Seconds that native code saves for each operation: wasm takes some 0.045 ns for one on vector lanes, `c` half. */
const savedByOperation = 2e-11;
/** Seconds that a C compiler takes longer than wasm, in all and for each operation that it reads. */
const compiling = { start: 0.25, operation: 2e-4 };
/** Seconds that must be saved before a device, with its slower compiler, is tried. */
const longRun = 1;
/** Elements of a network above which a device's step is shorter than the step of a few processor cores. */
const largeNetwork = 50_000;

function preferenceFor({ operations = 0, code = 0, elements = 0 }: TargetWishes): readonly string[] {
  const saved = operations * savedByOperation;
  if (saved <= compiling.start + code * compiling.operation) return quickStart;
  return elements >= largeNetwork && saved > longRun ? largeRun : quickRun;
}

/** The size of the work as far as it is known, and the device that was asked for. */
interface TargetWishes extends Partial<Work> {
  /** A device of the engine: its number in the list of `interneuron targets`, or a part of its name. */
  readonly device?: string;
  /** Worker threads that were asked for. */
  readonly threads?: number;
  /** Processes that were asked for. */
  readonly ranks?: number;
}

/** Checks whether an engine runs wherever this program does. */
export const needsNothing = (target: string): boolean => quickStart.includes(target);

/** An engine, and the device of it that will be used. */
export interface ChosenTarget {
  readonly target: Target;
  readonly device: string;
  /** The place of the device in the engine's list; absent: it was not asked for. */
  readonly ordinal?: number;
  /** Bytes of the device; undefined: those of the machine, or not known. */
  readonly memory?: number | undefined;
}

/** Checks whether a model has room on an engine's first device, as far as is known before its synapses are counted. */
const fits = ({ memory = Infinity }: Availability, { bytes = 0 }: TargetWishes): boolean => bytes <= memory;

/**
 * Returns the engine with this name, or, for `auto`, the fastest one for the work that is available and has the memory.
 *
 * @param except  engines that `auto` passes over
 * @throws UsageError if there is no such engine or device, it is not available here, or it has no threads
 */
export async function chooseTarget(
  name: string,
  wishes: TargetWishes = {},
  except: readonly string[] = [],
): Promise<ChosenTarget> {
  const { device, threads = 1 } = wishes;
  const targets = await loadTargets();
  const names = Object.keys(targets);
  if (name !== 'auto' && !Object.hasOwn(targets, name)) {
    throw new UsageError(
      `there is no target ${name}: it is ${oneOf(name, ['auto', ...names])}`,
      suggestion(name, names).hint,
    );
  }
  if (name === 'auto' && device !== undefined) {
    throw new UsageError(
      '--device needs a target',
      'add a target, such as --target opencl; interneuron targets lists them',
    );
  }
  if (name !== 'auto' && threads > 1 && targets[name]?.hasThreads !== true) {
    const able = joinWords(
      names.filter((target) => targets[target]?.hasThreads === true),
      'and',
    );
    throw new UsageError(
      `the target ${name} cannot run on ${threads} threads`,
      `leave out the threads; ${able} have them`,
    );
  }
  if (wishes.ranks !== undefined && targets[name]?.hasRanks !== true)
    throw new UsageError(`the target ${name} has no ranks`, 'add --target mpi, or give --threads');
  let refusal: Availability | undefined;
  const candidates =
    name === 'auto'
      ? preferenceFor(wishes).filter(
          (target) => !except.includes(target) && (threads === 1 || targets[target]?.hasThreads),
        )
      : [name];
  for (const candidate of candidates) {
    const target = targets[candidate];
    const availability = await target?.probe();
    if (target && availability?.available && (name !== 'auto' || fits(availability, wishes))) {
      const { memory } = availability;
      if (device === undefined) return { target, device: availability.devices[0] ?? candidate, memory };
      const ordinal = chooseDevice(candidate, availability.devices, device);
      return { target, device: availability.devices[ordinal] ?? candidate, ordinal };
    }
    refusal ??= availability;
  }
  throw new UsageError(
    `the target ${refusal?.target ?? name} is not available: ${refusal?.reason ?? 'it does not run here'}`,
    refusal?.hint,
  );
}

/**
 * Checks that an engine, a device and threads that were asked for by name are there; `auto` always is.
 *
 * @throws UsageError when one of them is not, with what to install
 */
export async function requireTarget(target: string = 'auto', device?: string, threads?: number): Promise<void> {
  if (target === 'auto' && device === undefined) return;
  await chooseTarget(target, {
    ...(device === undefined ? {} : { device }),
    ...(threads === undefined ? {} : { threads }),
  });
}

/** Returns the place of the device that a number or a part of a name means. */
function chooseDevice(target: string, devices: readonly string[], wanted: string): number {
  const list = devices.map((title, ordinal) => `${ordinal}: ${title}`).join(', ');
  const refuse = (why: string): UsageError =>
    new UsageError(`the target ${target} has ${why} ${wanted}`, `its devices are ${list}`);
  if (/^\d+$/.test(wanted)) {
    if (Number(wanted) >= devices.length) throw refuse('no device');
    return Number(wanted);
  }
  const fitting = devices.flatMap((title, ordinal) =>
    title.toLowerCase().includes(wanted.toLowerCase()) ? [ordinal] : [],
  );
  const [first] = fitting;
  if (first === undefined) throw refuse('no device named');
  if (fitting.length > 1) throw refuse('several devices named');
  return first;
}

/** Returns the report of every engine on this machine, after testing the arithmetic of its devices. */
export async function probeTargets(): Promise<readonly Availability[]> {
  const targets = await loadTargets();
  return Promise.all(Object.values(targets).map((target) => target.judge?.() ?? target.probe()));
}
