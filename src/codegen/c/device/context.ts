/** Printing for a device: buffers are places in an arena, and work-items take the place of threads. */

import { invariant } from '../../../diagnostics/diagnostic.js';
import { faultsBuffer } from '../../../ir/names.js';
import type { Buffer, Kernel, Program } from '../../../ir/program.js';
import { bodyOf, visitStatements } from '../../../ir/walk.js';
import type { StrategyChoice, Way } from '../../schedule/strategies.js';
import { synapsesOf, wayOf } from '../../schedule/strategies.js';
import { ringOf } from '../../schedule/kernel-calls.js';
import { ProgramContext } from '../scope.js';
import type { Scope } from '../scope.js';
import type { DeviceDialect } from './dialect.js';
import { layOut } from './layout.js';
import type { DeviceLayout } from './layout.js';

/** How spikes are spread over work-items; changes no bit. */
export type TargetStrategy = StrategyChoice;

/** What the printers of kernels share. */
export class DeviceContext extends ProgramContext {
  /** The language that is printed. */
  readonly device: DeviceDialect;
  /** Where buffers lie. */
  readonly layout: DeviceLayout;
  /** How ranges of targets are shared out. */
  readonly targets: TargetStrategy;
  readonly #stoppable: ReadonlySet<string>;
  /** About how many synapses spikes go to in a step, over all kernels. */
  readonly #synapses: number;

  constructor(program: Program, dialect: DeviceDialect, targets: TargetStrategy) {
    super(program, dialect);
    this.device = dialect;
    this.targets = targets;
    this.layout = layOut(program);
    this.#stoppable = stoppable(program, dialect);
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
   * The declaration of a pointer to a buffer of the arena; undefined for those with memory of their own, which are
   * arguments.
   */
  override pointer(buffer: Buffer, readOnly: boolean, shared = false): string | undefined {
    const place = this.layout.places.get(buffer.name);
    invariant(place !== undefined, 'codegen/c/device', `no place for ${buffer.name}`);
    if (place.kind === 'own') return undefined;
    const type = this.dialect.bufferPointer(buffer.element, readOnly, shared);
    const plain = type.replace(/(?: ?__restrict__)? const$|const$/, '').trim();
    return `${type} ${this.bufferNames.id(buffer.name)} = (${plain})(arena + ${place.offset}u);`;
  }

  /** How a propagate kernel goes over its spikes; nothing for other kernels. */
  way(kernel: Kernel): Way | undefined {
    return kernel.shape === 'propagate' ? wayOf(kernel, this.targets, this.#synapses, this.program.dt) : undefined;
  }

  /** Weight of a kernel where parts of a launch share groups: about how many synapses it has; 1 for kernels without. */
  weightOf(name: string): number {
    const kernel = this.program.kernels.find((candidate) => candidate.name === name);
    return kernel?.shape === 'propagate' ? synapsesOf(kernel) : 1;
  }

  /** Whether what a kernel accumulates is added atomically. */
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

/**
 * Kernels of the step, where any of them can raise a fault or fill a log: many steps are launched ahead, and those
 * after a fault, or for which a log may lack room, must do nothing.
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
