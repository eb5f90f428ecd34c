/** A running program on a device that launches kernels. */

import { invariant } from '../../../src/diagnostics/diagnostic.js';
import type { GeneratedDevice } from '../../../src/codegen/c/device/generate.js';
import type { ResidentStep } from '../../../src/codegen/c/device/resident.js';
import { arrivalsOffset, memberOffset, notStopped } from '../../../src/codegen/c/device/layout.js';
import { sizeOfLaunch } from '../../../src/codegen/schedule/launches.js';
import type { DeviceSizes, Launch, Size } from '../../../src/codegen/schedule/launches.js';
import { faultsBuffer } from '../../../src/ir/names.js';
import type { Action, Extent, Program, TypedArray } from '../../../src/ir/program.js';
import { isSameKind } from '../../../src/ir/arrays.js';
import { snapshotMismatch } from '../snapshot-mismatch.js';
import { RequestQueue } from '../request-queue.js';
import type { Progress, Session, Snapshot } from '../target.js';
import { OutOfDeviceMemory } from './driver.js';
import type { Command, DeviceDriver, Handle } from './driver.js';
import { DeviceMemory, memoryError } from './memory.js';
import { isDue, nextStretch } from './steps.js';

const pass = 'runtime/targets/device';

/** Milliseconds that the launches between two looks at the device aim at. */
const turn = 50;
/** Most launches that are queued at once: drivers keep a record of each. */
const mostLaunches = 20_000;
/** Number of launches after which the queue is flushed. */
const flushEvery = 64;

/** The program of a session. */
interface LoadedProgram {
  readonly program: Program;
  readonly generated: GeneratedDevice;
  readonly sizes: DeviceSizes;
  /** With the compiled program; the session disposes of it. */
  readonly driver: DeviceDriver;
}

interface ReadyKernel {
  readonly launch: Launch;
  readonly handle: Handle;
  readonly sizes: DeviceSizes;
  size: Size;
}

/** Starts a session: memory with its initial values. @throws UsageError when the device does not have the memory */
export function startSession(loaded: LoadedProgram): Session {
  return new DeviceSession(loaded);
}

type Cell = Exclude<Extent, number>;

class DeviceSession implements Session {
  readonly #loaded: LoadedProgram;
  readonly #memory: DeviceMemory;
  readonly #kernels: ReadonlyMap<string, ReadyKernel>;
  readonly #step = new Int32Array(1);
  readonly #status: Uint32Array;
  readonly #requests = new RequestQueue(pass);
  /** Steps that the next launches are for. */
  #piece = 1;

  constructor(loaded: LoadedProgram) {
    this.#loaded = loaded;
    const { program, generated, driver } = loaded;
    this.#status = new Uint32Array(Math.ceil(generated.layout.status / 4));
    let memory: DeviceMemory | undefined;
    try {
      memory = new DeviceMemory(program, generated.layout, driver);
      this.#memory = memory;
      this.#kernels = this.#createKernels();
    } catch (error) {
      memory?.dispose();
      driver.dispose();
      throw error;
    }
  }

  #createKernels(): ReadonlyMap<string, ReadyKernel> {
    const { generated, driver } = this.#loaded;
    const kernels = new Map<string, ReadyKernel>();
    for (const [name, launch] of generated.launches) {
      const kernel = driver.kernel(launch.entry);
      driver.setMemory(kernel, 0, this.#memory.arena);
      const sizes = driver.sizesOf?.(kernel, launch) ?? this.#loaded.sizes;
      kernels.set(name, { launch, handle: kernel, sizes, size: { global: 0, local: 1 } });
    }
    for (const ready of kernels.values()) {
      ready.size = this.#sizeOf(ready);
      for (const buffer of ready.launch.own) this.#bind(ready, buffer);
    }
    return kernels;
  }

  #sizeOf({ launch, sizes }: Pick<ReadyKernel, 'launch' | 'sizes'>): Size {
    return sizeOfLaunch(launch, sizes, (cell) => this.#cell(cell));
  }

  /** Returns the current value of a cell; 0 if it is not allocated. */
  #cell({ buffer, index }: Cell): number {
    return this.#memory.length(buffer) > index ? Number(this.#memory.read(buffer, index, 1)[0]) : 0;
  }

  /** Sets the address of a buffer in a kernel; kernels with unallocated buffers are not run. */
  #bind({ launch, handle }: ReadyKernel, buffer: string): void {
    const memory = this.#memory.own(buffer) ?? this.#memory.arena;
    this.#loaded.driver.setMemory(handle, 2 + launch.own.indexOf(buffer), memory);
  }

  get step(): number {
    return this.#step[0] ?? 0;
  }

  get memory(): number {
    return this.#requests.closed ? 0 : this.#memory.bytes;
  }

  #enqueue<Result>(request: () => Result | Promise<Result>): Promise<Result> {
    const result = this.#requests.add(request);
    return result.catch((error: unknown) => {
      // Drivers may take memory no sooner than when it is used.
      if (!(error instanceof OutOfDeviceMemory)) throw error;
      const { driver } = this.#loaded;
      throw memoryError(driver, this.#memory.bytes, 'its arrays need', driver.memory);
    });
  }

  #launch({ launch, handle, size }: ReadyKernel): void {
    if (size.global === 0) return;
    const { driver } = this.#loaded;
    if (launch.member !== undefined) driver.fill(this.#memory.arena, memberOffset, 4, Uint32Array.of(launch.member));
    driver.launch(handle, this.#step, size);
  }

  #kernel(name: string): ReadyKernel {
    const kernel = this.#kernels.get(name);
    invariant(kernel !== undefined, pass, `no kernel is named ${name}`);
    return kernel;
  }

  /** Reads the arena's first part: control values, faults, cursors of logs. */
  #look(): void {
    this.#loaded.driver.read(this.#memory.arena, 0, this.#status);
  }

  #faulted(): boolean {
    return (
      this.#loaded.program.buffers.some(({ name }) => name === faultsBuffer) &&
      this.#memory.statusWord(this.#status, faultsBuffer, 0) !== 0
    );
  }

  /** Forgets when the last fault was. */
  #clearControl(): void {
    this.#loaded.driver.fill(this.#memory.arena, 0, 8, Int32Array.of(notStopped));
  }

  async #perform(list: string, progress?: Progress): Promise<void> {
    const { schedule } = this.#loaded.program;
    const actions = list === '' ? schedule.initialise : schedule.procedures[list];
    invariant(actions !== undefined, pass, `no procedure is named ${list}`);
    this.#clearControl();
    for (const [k, action] of actions.entries()) {
      if (this.#requests.closed) return;
      await this.#act(action);
      progress?.((k + 1) / actions.length);
      this.#look();
      // After a fault, later lengths are invalid.
      if (this.#faulted()) return;
    }
  }

  async #act(action: Action): Promise<void> {
    if (action.kind === 'run') {
      const ready = this.#kernel(action.kernel);
      if (ready.launch.geometry.kind === 'counted') ready.size = this.#sizeOf(ready);
      this.#launch(ready);
      await this.#loaded.driver.finish();
      return;
    }
    for (const name of action.buffers) {
      const { length } = this.#memory.buffer(name);
      const elements = action.kind === 'release' ? 0 : typeof length === 'number' ? length : this.#cell(length);
      const moved = this.#memory.allocate(name, elements);
      if (!moved) continue;
      for (const ready of this.#kernels.values()) if (ready.launch.own.includes(name)) this.#bind(ready, name);
    }
  }

  initialise(progress?: Progress): Promise<void> {
    return this.#enqueue(() => this.#perform('', progress));
  }

  call(procedure: string): Promise<void> {
    invariant(
      procedure !== '' && Object.hasOwn(this.#loaded.program.schedule.procedures, procedure),
      pass,
      `no procedure is named ${procedure}`,
    );
    return this.#enqueue(() => this.#perform(procedure));
  }

  run(steps: number): Promise<number> {
    return this.#enqueue(async () => {
      for (const { kernel } of this.#loaded.generated.step) {
        const ready = this.#kernel(kernel);
        if (ready.launch.geometry.kind === 'counted') ready.size = this.#sizeOf(ready);
      }
      let done = 0;
      this.#look();
      while (done < steps && !this.#requests.closed && !this.#faulted()) {
        const piece = Math.min(this.#piece, steps - done, this.#stepsWithRoom(), this.#mostSteps());
        if (piece <= 0) break;
        const began = performance.now();
        done += await this.#runPiece(piece);
        this.#adjust(piece, performance.now() - began);
      }
      return done;
    });
  }

  #mostSteps(): number {
    return Math.max(1, Math.floor(mostLaunches / Math.max(1, this.#loaded.generated.step.length)));
  }

  /** Returns the number of steps with certain room in every log, except logs for which the device itself stops. */
  #stepsWithRoom(): number {
    const { program, generated } = this.#loaded;
    const { logs } = program;
    return logs.reduce((least, { name, cursor, capacity, maxRowsPerStep }) => {
      invariant(maxRowsPerStep <= capacity, pass, `the log ${name} has no room for one step`);
      const used = this.#memory.statusWord(this.#status, cursor.buffer, cursor.index);
      if (maxRowsPerStep === 0) return least;
      const stepsWithRoom = Math.floor(Math.max(0, capacity - used) / maxRowsPerStep);
      return stepsWithRoom > 0 && generated.guardedLogs.has(name) ? least : Math.min(least, stepsWithRoom);
    }, Infinity);
  }

  /** Launches the kernels of some steps, waits for them, and counts the completed steps. */
  async #runPiece(piece: number): Promise<number> {
    const first = this.step;
    this.#clearControl();
    this.#launchSteps(piece);
    await this.#loaded.driver.finish();
    this.#look();
    // After a step with a fault or a nearly full log, the kernels of later steps have had no effect.
    const last = Math.min((this.#status[0] ?? 0) | 0, (this.#status[1] ?? 0) | 0);
    const done = Math.min(piece, last - first + 1);
    this.#step[0] = first + done;
    return done;
  }

  /** Launches the kernels of the next steps, as one command for many steps if the device supports it. */
  #launchSteps(count: number): void {
    const { generated, driver } = this.#loaded;
    if (generated.resident !== undefined) return this.#launchResident(generated.resident, count);
    const entries = generated.step.map((entry) => ({ entry, ready: this.#kernel(entry.kernel) }));
    const end = this.step + count;
    const sizes = entries.map(({ ready }) => `${ready.size.global}/${ready.size.local}`).join(' ');
    const commandsOf = (step: number): Command[] =>
      entries.flatMap(({ entry, ready: { handle, size } }) =>
        isDue(entry, step) && size.global > 0 ? [{ kernel: handle, size }] : [],
      );
    let launches = 0;
    while (this.step < end) {
      const { step } = this;
      const stretch = driver.launchSteps === undefined ? undefined : nextStretch(generated.step, step, end - step);
      if (stretch !== undefined) {
        const commands = (): Command[][] => Array.from({ length: stretch.steps }, (_, k) => commandsOf(step + k));
        if (driver.launchSteps?.(this.#memory.arena, step, `${stretch.key} ${sizes}`, commands) === true) {
          this.#step[0] = step + stretch.steps;
          continue;
        }
      }
      for (const { kernel, size } of commandsOf(step)) {
        driver.launch(kernel, this.#step, size);
        launches += 1;
        if (launches % flushEvery === 0) driver.flush();
      }
      this.#step[0] = step + 1;
    }
  }

  /** Launches the next steps at once, with no more groups than one of its parts has. */
  #launchResident({ launch: { kernel, own }, parts }: ResidentStep, count: number): void {
    const { driver, sizes } = this.#loaded;
    const groups = parts.map((launch) => {
      const { global, local } = this.#sizeOf({ launch, sizes });
      return global / local;
    });
    const size = { global: Math.min(sizes.groups, Math.max(...groups)) * sizes.team, local: sizes.team };
    driver.fill(this.#memory.arena, arrivalsOffset, 4, new Uint32Array(1));
    driver.launchTogether?.(this.#kernel(kernel).handle, this.#step, 2 + own.length, [count, ...groups], size);
    this.#step[0] = this.step + count;
  }

  /**
   * Aims at pieces that take one or two turns of the event loop. Part of a piece's time is waiting, which does not grow
   * with the piece.
   */
  #adjust(steps: number, milliseconds: number): void {
    if (milliseconds < turn) this.#piece = Math.min(Math.max(4 * steps, this.#piece), 1 << 30);
    else if (milliseconds > 2 * turn) this.#piece = Math.max(1, Math.ceil((steps * turn) / milliseconds));
  }

  read(buffer: string, offset?: number, length?: number): Promise<TypedArray> {
    return this.#enqueue(() => this.#memory.read(buffer, offset, length));
  }

  write(buffer: string, data: TypedArray, offset?: number): Promise<void> {
    return this.#enqueue(() => this.#memory.write(buffer, data, offset));
  }

  length(buffer: string): Promise<number> {
    return this.#enqueue(() => this.#memory.length(buffer));
  }

  snapshot(): Promise<Snapshot> {
    return this.#enqueue(() => ({
      step: this.step,
      buffers: new Map(this.#memory.stateNames.map((name) => [name, this.#memory.read(name)])),
    }));
  }

  restore(snapshot: Snapshot): Promise<void> {
    return this.#enqueue(() => {
      const known = new Set(this.#loaded.program.buffers.map(({ name }) => name));
      for (const [name, data] of snapshot.buffers) {
        if (
          !known.has(name) ||
          data.length !== this.#memory.length(name) ||
          !isSameKind(data, this.#memory.buffer(name).element)
        ) {
          throw snapshotMismatch(name);
        }
      }
      for (const [name, data] of snapshot.buffers) this.#memory.write(name, data);
      this.#step[0] = snapshot.step;
    });
  }

  async dispose(): Promise<void> {
    if (this.#requests.closed) return;
    await this.#requests.close();
    this.#memory.dispose();
    this.#loaded.driver.dispose();
  }
}
