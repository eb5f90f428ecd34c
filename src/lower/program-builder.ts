/** Collects the parts of a program while passes run, keeping names unique and functions closed under calls. */

import { withCallees } from '../ir/library/index.js';
import { bodyOf, calleesOf } from '../ir/walk.js';
import type {
  Action,
  Buffer,
  ElementType,
  EventRing,
  Extent,
  Inbox,
  IrFunction,
  Kernel,
  Local,
  Log,
  MapDomain,
  PropagateKernel,
  Statement,
  TypedArray,
} from '../ir/program.js';
import { freeName } from '../model/free-name.js';
import { rememberCallee } from '../ir/fold.js';
import { resolvedStatements } from './invariant.js';

interface BufferOptions {
  readonly role?: 'state' | 'constant';
  readonly initial?: TypedArray | { readonly fill: number | bigint };
  readonly inbox?: Inbox;
}

/** Code of a kernel: a block, or statements without locals. */
type Code =
  | { readonly locals: { readonly declared: readonly Local[] }; readonly statements: readonly Statement[] }
  | readonly Statement[];

const isList = (code: Code): code is readonly Statement[] => Array.isArray(code);

const bodyOfCode = (code: Code): { readonly locals: readonly Local[]; readonly body: readonly Statement[] } =>
  isList(code) ? { locals: [], body: code } : { locals: code.locals.declared, body: code.statements };

/**
 * The program so far: passes add buffers and kernels to it, and read what those before added. What runs in each step is
 * what passes return.
 */
export class ProgramBuilder {
  /** By name. */
  readonly buffers = new Map<string, Buffer>();
  /** By name. */
  readonly kernels = new Map<string, Kernel>();
  /** Rings of events. */
  readonly events: EventRing[] = [];
  /** Records that the host drains. */
  readonly logs: Log[] = [];
  /** What initialisation does, in order. */
  readonly initialise: Action[] = [];
  /** Named lists that the host runs between steps. */
  readonly procedures = new Map<string, Action[]>();
  /** Choices worth reporting, as sentences. */
  readonly notes: string[] = [];
  /** What each fault bit means. */
  readonly faults = new Map<number, string>();
  readonly #functions = new Map<string, IrFunction>();

  /** Adds a buffer, under a free name like the wanted one; zeros unless `options` give contents. */
  buffer(name: string, element: ElementType, length: Extent, comment: string, options: BufferOptions = {}): Buffer {
    const buffer: Buffer = {
      name: this.#unique(name, this.buffers),
      element,
      length,
      role: options.role ?? 'state',
      ...(options.inbox === undefined ? {} : { inbox: options.inbox }),
      ...(options.initial === undefined ? {} : { initial: options.initial }),
      comment,
    };
    this.buffers.set(buffer.name, buffer);
    return buffer;
  }

  /** Adds a log, with the buffer of its rows and the cell that counts them. `counter`: name and comment of the cell. */
  log(
    name: string,
    element: ElementType,
    comment: string,
    rows: Pick<Log, 'rowLength' | 'capacity' | 'maxRowsPerStep'>,
    counter: readonly [name: string, comment: string] = [`${name}.rows`, `rows in ${name}`],
  ): { readonly log: Buffer; readonly cursor: Buffer } {
    const log = this.buffer(name, element, rows.capacity * rows.rowLength, comment);
    const cursor = this.buffer(counter[0], 'u32', 1, counter[1]);
    this.logs.push({ name, buffer: log.name, cursor: { buffer: cursor.name, index: 0 }, ...rows });
    return { log, cursor };
  }

  /** Remembers a library function for the program. */
  use(callee: IrFunction): IrFunction {
    this.#functions.set(callee.name, callee);
    rememberCallee(callee);
    return callee;
  }

  /** All library functions that code so far may call. */
  functions(): IrFunction[] {
    return closed([...this.#functions.values()]);
  }

  /** Those that kernels call. */
  calledFunctions(): IrFunction[] {
    const called = new Set([...this.kernels.values()].flatMap((kernel) => [...calleesOf(bodyOf(kernel))]));
    return closed([...this.#functions.values()].filter(({ name }) => called.has(name)));
  }

  /**
   * Adds a kernel that runs code for each item of a domain.
   *
   * @param lanes  whether several items may run at a time
   * @returns its name
   */
  map(name: string, comment: string, domain: MapDomain, lanes: boolean, code: Code): string {
    return this.#kernel({
      name: this.#unique(name, this.kernels),
      comment,
      shape: 'map',
      domain,
      lanes,
      ...bodyOfCode(code),
    });
  }

  /** Adds a kernel that runs code once. @returns its name */
  sequential(name: string, comment: string, code: Code): string {
    return this.#kernel({ name: this.#unique(name, this.kernels), comment, shape: 'sequential', ...bodyOfCode(code) });
  }

  /** Adds a kernel that lists the elements that emit an event. @returns its name */
  compact(name: string, comment: string, event: string): string {
    return this.#kernel({ name: this.#unique(name, this.kernels), comment, shape: 'compact', event });
  }

  /**
   * Adds a kernel that delivers spikes.
   * @returns its name
   */
  propagate(kernel: Omit<PropagateKernel, 'shape'>): string {
    return this.#kernel({ ...kernel, name: this.#unique(kernel.name, this.kernels), shape: 'propagate' });
  }

  /** Runs a kernel once, when the session initialises. */
  initially(kernel: string): void {
    this.initialise.push({ kind: 'run', kernel });
  }

  /** Has buffers allocated at this point of initialisation, with the lengths that cells hold then. */
  allocate(...buffers: Buffer[]): void {
    this.initialise.push({ kind: 'allocate', buffers: buffers.map((buffer) => buffer.name) });
  }

  /** The list of a name, empty at first, to be added to. */
  procedure(name: string): Action[] {
    let actions = this.procedures.get(name);
    if (!actions) this.procedures.set(name, (actions = []));
    return actions;
  }

  /** The fault bit for a sentence; bit 31 gathers what does not get its own. */
  faultBit(sentence: string): number {
    for (const [bits, text] of this.faults) if (text === sentence) return bits;
    const bits = (1 << Math.min(this.faults.size, 31)) >>> 0;
    const known = this.faults.get(bits);
    this.faults.set(bits, known === undefined ? sentence : `${known}; or ${sentence}`);
    return bits;
  }

  #kernel(kernel: Kernel): string {
    const plain = kernel.shape === 'compact' ? kernel : { ...kernel, body: resolvedStatements(kernel.body) };
    this.kernels.set(kernel.name, plain);
    return kernel.name;
  }

  #unique(name: string, taken: ReadonlyMap<string, unknown>): string {
    return freeName(name, (one) => taken.has(one));
  }
}

const closed = (functions: readonly IrFunction[]): IrFunction[] =>
  withCallees([...functions].sort((a, b) => (a.name < b.name ? -1 : 1)));
