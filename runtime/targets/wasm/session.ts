/** A running program on WebAssembly. */

import { invariant } from '../../../src/diagnostics/diagnostic.js';
import type { Segment } from '../../../src/codegen/wasm/driver.js';
import type { WasmModuleText } from '../../../src/codegen/wasm/generate.js';
import { operationsOfActions } from '../../../src/ir/operations.js';
import type { Action, Program, TypedArray } from '../../../src/ir/program.js';
import { snapshotMismatch } from '../snapshot-mismatch.js';
import { RequestQueue } from '../request-queue.js';
import type { Progress, Session, Snapshot } from '../target.js';
import { SessionMemory } from './memory.js';
import { createTeamChooser, type TeamChooser } from './team-size.js';
import type { WasmModule } from '../../webassembly.js';
import { Workers } from './workers.js';

/** Starts a session: memory with its initial values, and threads that hold the module. */
export function startSession(
  program: Program,
  generated: WasmModuleText,
  module: WasmModule,
  threads: number,
): Session {
  return new WasmSession(program, generated, module, threads);
}

/** Operations of a list of actions that is over before another thread would have begun it. */
const fewOperations = 1e5;

const noActions: readonly Action[] = [];

/** Most steps of a short run, and the milliseconds that it may take. */
const fewSteps = 1000;
const shortTime = 1;
/** Milliseconds that steps may take, in all and at a time, in place of starting a thread. */
const startTime = 20;
const pieceTime = 5;

class WasmSession implements Session {
  readonly #program: Program;
  readonly #generated: WasmModuleText;
  readonly #memory: SessionMemory;
  readonly #workers: Workers;
  readonly #pace: TeamChooser;
  readonly #threads: number;
  /** Milliseconds of a step in the caller's own thread; null before the first one. */
  #stepTime: number | null = null;
  /** Milliseconds that steps took in the caller's own thread. */
  #timeHere = 0;
  #step = 0;
  /** Lists of actions that are over before another thread would have begun them. */
  readonly #short = new Map<readonly Action[], boolean>();
  readonly #requests = new RequestQueue('runtime/targets/wasm');

  constructor(program: Program, generated: WasmModuleText, module: WasmModule, threads: number) {
    this.#program = program;
    this.#generated = generated;
    this.#memory = new SessionMemory(generated.layout);
    this.#workers = new Workers(module, this.#memory.memory, threads);
    this.#pace = createTeamChooser(threads);
    this.#threads = threads;
  }

  get step(): number {
    return this.#step;
  }

  get memory(): number {
    return this.#memory.bytes;
  }

  #faulted(): boolean {
    return this.#generated.layout.buffers.has('faults') && this.#memory.read('faults', 0, 1)[0] !== 0;
  }

  /**
   * Returns how many steps to run on the caller's own thread. All of them, if they take less time than waking another
   * thread; one, to measure the duration of a step; otherwise zero. Before another thread has started, which takes
   * longer, as many as fit into that time.
   */
  #stepsHere(wanted: number): number {
    if (this.#stepTime === null) return 1;
    if (!this.#workers.started && this.#timeHere < startTime)
      return Math.min(wanted, Math.max(1, Math.floor(pieceTime / this.#stepTime)));
    if (wanted > fewSteps) return 0;
    if (wanted * this.#stepTime < shortTime) return wanted;
    // A step may have taken long because other programs ran: after a while it is tried again.
    this.#stepTime *= 0.9;
    return 0;
  }

  #isShort(actions: readonly Action[]): boolean {
    const known = this.#short.get(actions);
    if (known !== undefined) return known;
    const isShort = operationsOfActions(this.#program, actions) <= fewOperations;
    this.#short.set(actions, isShort);
    return isShort;
  }

  /** Runs an action list; ends early after a fault, because later lengths are then invalid. */
  async #runSegments(segments: readonly Segment[], actions: readonly Action[], progress?: Progress): Promise<void> {
    const isShort = this.#isShort(actions);
    for (const [k, segment] of segments.entries()) {
      if (segment.kind === 'call') {
        const given = segment.member === undefined ? [this.#step] : [this.#step, segment.member];
        if (isShort) this.#workers.callHere(segment.export, ...given);
        else await this.#workers.call(Infinity, segment.export, ...given);
      }
      if (segment.kind === 'allocate') this.#memory.allocate(segment.buffers);
      if (segment.kind === 'release') this.#memory.release(segment.buffers);
      progress?.((k + 1) / segments.length);
      if (this.#faulted()) return;
    }
  }

  initialise(progress?: Progress): Promise<void> {
    const { initialise } = this.#program.schedule;
    return this.#requests.add(() => this.#runSegments(this.#generated.initialise, initialise, progress));
  }

  run(steps: number): Promise<number> {
    return this.#requests.add(async () => {
      let done = 0;
      while (done < steps) {
        const piece = this.#pace.next();
        const wanted = Math.min(piece.steps, steps - done, 0x7fffffff);
        const began = performance.now();
        const here = this.#threads === 1 ? this.#stepsHere(wanted) : 0;
        const ran = Number(
          here > 0
            ? this.#workers.callHere('run', this.#step, here)
            : await this.#workers.call(piece.threads, 'run', this.#step, wanted),
        );
        const spent = performance.now() - began;
        if (here > 0) {
          this.#stepTime = spent / Math.max(1, ran);
          this.#timeHere += spent;
        } else this.#pace.note(ran, spent);
        this.#step += ran;
        done += ran;
        if (ran < (here > 0 ? here : wanted)) break;
      }
      return done;
    });
  }

  call(procedure: string): Promise<void> {
    const segments = this.#generated.procedures[procedure];
    invariant(segments !== undefined, 'runtime/targets/wasm', `no procedure is named ${procedure}`);
    const actions = this.#program.schedule.procedures[procedure] ?? noActions;
    return this.#requests.add(() => this.#runSegments(segments, actions));
  }

  read(buffer: string, offset?: number, length?: number): Promise<TypedArray> {
    return this.#requests.add(() => this.#memory.read(buffer, offset, length));
  }

  write(buffer: string, data: TypedArray, offset?: number): Promise<void> {
    return this.#requests.add(() => this.#memory.write(buffer, data, offset));
  }

  length(buffer: string): Promise<number> {
    return this.#requests.add(() => this.#memory.length(buffer));
  }

  snapshot(): Promise<Snapshot> {
    return this.#requests.add(() => ({
      step: this.#step,
      buffers: new Map(
        this.#program.buffers.filter(({ role }) => role === 'state').map(({ name }) => [name, this.#memory.read(name)]),
      ),
    }));
  }

  restore(snapshot: Snapshot): Promise<void> {
    return this.#requests.add(() => {
      for (const [name, data] of snapshot.buffers) {
        if (!this.#memory.holds(name, data)) throw snapshotMismatch(name);
      }
      for (const [name, data] of snapshot.buffers) this.#memory.write(name, data);
      this.#step = snapshot.step;
    });
  }

  async dispose(): Promise<void> {
    if (this.#requests.closed) return;
    this.#memory.requestStop(true);
    await this.#requests.close();
    await this.#workers.terminate();
  }
}
