/** Printing for a device: buffers are places in an arena, and work-items take the place of threads. */

import { invariant } from '../../../diagnostics/diagnostic.js';
import { faultsBuffer } from '../../../ir/names.js';
import type { Buffer, Kernel, Program } from '../../../ir/program.js';
import { bodyOf, visitStatements } from '../../../ir/walk.js';
import type { StrategyChoice, Way } from '../../schedule/strategies.js';
import { synapsesOf, wayOf } from '../../schedule/strategies.js';
import { ringOf } from '../../schedule/kernel-calls.js';
import { touchesOf } from '../../schedule/touches.js';
import { ProgramContext } from '../scope.js';
import type { Scope } from '../scope.js';
import type { DeviceDialect } from './dialect.js';
import { layOut } from './layout.js';
import type { DeviceLayout } from './layout.js';

/** How spikes are spread over work-items; changes no bit. */
export type TargetStrategy = StrategyChoice;

/** The shared context of kernel printers. */
export class DeviceContext extends ProgramContext {
  /** The language that is printed. */
  readonly device: DeviceDialect;
  /** The places of buffers. */
  readonly layout: DeviceLayout;
  /** How ranges of targets are shared out. */
  readonly targets: TargetStrategy;
  /** Whether one launch runs whole steps, with the launches of a step as functions. */
  readonly resident: boolean;
  readonly #stoppable: ReadonlySet<string>;
  /** Buffers that a launch of whole steps writes. */
  readonly #changing: ReadonlySet<string>;
  /** Estimated number of synapses reached by spikes in a step, over all kernels. */
  readonly #synapses: number;

  constructor(program: Program, dialect: DeviceDialect, targets: TargetStrategy, resident: boolean) {
    super(program, dialect);
    this.device = dialect;
    this.targets = targets;
    this.resident = resident;
    this.layout = layOut(program);
    this.#stoppable = stoppable(program, dialect);
    this.#changing = resident ? writtenInStep(program) : new Set();
    this.#synapses = program.kernels.reduce(
      (sum, kernel) => sum + (kernel.shape === 'propagate' ? synapsesOf(kernel) : 0),
      0,
    );
  }

  /** A statement that raises fault bits and notes the step. */
  override raise(scope: Scope, bits: string): string {
    return `raise_fault(arena, ${scope.store(faultsBuffer)}, step, ${bits});`;
  }

  /**
   * Returns the declaration of a pointer to a buffer of the arena; undefined for buffers with their own memory, which
   * are arguments.
   */
  override pointer(buffer: Buffer, readOnly: boolean, shared = false): string | undefined {
    const place = this.layout.places.get(buffer.name);
    invariant(place !== undefined, 'codegen/c/device', `no place for ${buffer.name}`);
    if (place.kind === 'own') return undefined;
    const type = this.device.bufferPointer(buffer.element, readOnly, shared || this.isChanging(buffer.name));
    const plain = type.replace(/(?: ?__restrict__)? const$|const$/, '').trim();
    return `${type} ${this.bufferNames.id(buffer.name)} = (${plain})(arena + ${place.offset}u);`;
  }

  /**
   * Whether a buffer changes during the launch. No pointer may promise otherwise: the compiler would read through a
   * cache that does not follow stores of other blocks.
   */
  isChanging(buffer: string): boolean {
    return this.#changing.has(buffer);
  }

  /** Returns the strategy of a propagate kernel for its spikes; undefined for other kernels. */
  way(kernel: Kernel): Way | undefined {
    return kernel.shape === 'propagate' ? wayOf(kernel, this.targets, this.#synapses, this.program.dt) : undefined;
  }

  /**
   * Returns the weight of a kernel if parts of a launch share groups: its approximate number of synapses; 1 for kernels
   * without synapses.
   */
  weightOf(name: string): number {
    const kernel = this.program.kernels.find((candidate) => candidate.name === name);
    return kernel?.shape === 'propagate' ? synapsesOf(kernel) : 1;
  }

  /** Whether a kernel accumulates atomically. */
  addsAtomically(kernel: Kernel): boolean {
    if (kernel.shape === 'map') return !kernel.lanes;
    const way = this.way(kernel);
    return way === 'presynaptic' || way === 'postsynaptic' || way === 'flat';
  }

  /** Whether a kernel must look whether an earlier step has raised a fault. */
  isStoppable(kernel: Kernel): boolean {
    return this.#stoppable.has(kernel.name);
  }
}

/** Returns the buffers that kernels of the step write. */
function writtenInStep(program: Program): ReadonlySet<string> {
  const names = new Set(program.schedule.step.map(({ kernel }) => kernel));
  return new Set(
    program.kernels
      .filter(({ name }) => names.has(name))
      .flatMap((kernel) =>
        [...touchesOf(program, kernel, false)].flatMap(([buffer, touches]) =>
          touches.some(({ writes }) => writes) ? [buffer] : [],
        ),
      ),
  );
}

/**
 * Returns the kernels of the step if any of them can raise a fault or fill a log. Many steps are launched ahead. Steps
 * after a fault, or with a log that may overflow, must have no effect.
 */
function stoppable(program: Program, { guardsLogs }: DeviceDialect): ReadonlySet<string> {
  const names = new Set(program.schedule.step.map(({ kernel }) => kernel));
  let raises = false;
  for (const kernel of program.kernels) {
    if (!names.has(kernel.name)) continue;
    raises ||= guardsLogs && kernel.shape === 'compact' && ringOf(program, kernel.event).log !== undefined;
    visitStatements(bodyOf(kernel), (s) => {
      raises ||= s.kind === 'fault';
    });
  }
  return raises ? names : new Set();
}
