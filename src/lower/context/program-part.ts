/**
 * The part of a program that a pass adds. Names are unique in the whole program, and the functions of a program include
 * all that they call.
 */

import { invariant } from '../../diagnostics/diagnostic.js';
import type { FaultMeaning } from '../../ir/manifest.js';
import type {
  Action,
  Buffer,
  ElementType,
  EventRing,
  Extent,
  Inbox,
  Kernel,
  Local,
  Log,
  MapDomain,
  PropagateKernel,
  Statement,
  TypedArray,
} from '../../ir/program.js';
import { freeNameFrom } from '../../model/free-name.js';
import { resolvedStatements } from './invariant.js';
import type { PlacedEntry } from './place.js';
import { isList } from '../../model/collections.js';

interface BufferOptions {
  readonly role?: 'state' | 'constant';
  readonly initial?: TypedArray | { readonly fill: number | bigint };
  readonly inbox?: Inbox;
}

/** Code of a kernel: a block, or statements without locals. */
type Code =
  | { readonly locals: { readonly declared: readonly Local[] }; readonly statements: readonly Statement[] }
  | readonly Statement[];

const bodyOfCode = (code: Code): { readonly locals: readonly Local[]; readonly body: readonly Statement[] } =>
  isList(code) ? { locals: [], body: code } : { locals: code.locals.declared, body: code.statements };

/** Additions to a program, by one pass or by all passes so far. */
export interface ProgramPart {
  /** By name. */
  readonly buffers: ReadonlyMap<string, Buffer>;
  /** Largest absolute values of buffers with a known bound; the maximum of several bounds. */
  readonly bounds: ReadonlyMap<string, number>;
  /** By name. */
  readonly kernels: ReadonlyMap<string, Kernel>;
  /** Rings of events. */
  readonly events: readonly EventRing[];
  /** Records that the host drains. */
  readonly logs: readonly Log[];
  /** Actions of initialisation, in order. */
  readonly initialise: readonly Action[];
  /** Named lists that the host runs between steps. */
  readonly procedures: ReadonlyMap<string, readonly Action[]>;
  /** Kernels of each step; of one place, in this order. */
  readonly entries: readonly PlacedEntry[];
  /** Choices worth reporting, as sentences. */
  readonly notes: ReadonlySet<string>;
  /** Faults by their sentence; bit 31 is shared by all faults without a bit of their own. */
  readonly faults: ReadonlyMap<string, RaisedFault>;
  /** Buffers shared by passes, and other actions that are done once, by their key. */
  readonly common: ReadonlyMap<string, Buffer | null>;
}

interface RaisedFault {
  readonly bit: number;
  /** JSON pointer of the part of the model that it concerns. */
  readonly pointer: string;
}

/** The program before the first pass. */
export const emptyPart: ProgramPart = {
  buffers: new Map(),
  bounds: new Map(),
  kernels: new Map(),
  events: [],
  logs: [],
  initialise: [],
  procedures: new Map(),
  entries: [],
  notes: new Set(),
  faults: new Map(),
  common: new Map(),
};

/** Joins a program and an addition, which was built with the names of the program excluded. */
export const joinedParts = (program: ProgramPart, part: ProgramPart): ProgramPart => ({
  buffers: new Map([...program.buffers, ...part.buffers]),
  bounds: merged(program.bounds, part.bounds, (a, b) => Math.max(a, b)),
  kernels: new Map([...program.kernels, ...part.kernels]),
  events: [...program.events, ...part.events],
  logs: [...program.logs, ...part.logs],
  initialise: [...program.initialise, ...part.initialise],
  procedures: merged(program.procedures, part.procedures, (a, b) => [...a, ...b]),
  entries: [...program.entries, ...part.entries],
  notes: new Set([...program.notes, ...part.notes]),
  faults: new Map([...program.faults, ...part.faults]),
  common: new Map([...program.common, ...part.common]),
});

/** The entries of both maps; `both`: the value of a key that both have. */
function merged<T>(a: ReadonlyMap<string, T>, b: ReadonlyMap<string, T>, both: (a: T, b: T) => T): Map<string, T> {
  const all = new Map(a);
  for (const [key, value] of b) {
    const known = all.get(key);
    all.set(key, known === undefined ? value : both(known, value));
  }
  return all;
}

/** Returns the meaning of each fault bit; a bit may have several. */
export function faultMeanings(faults: ReadonlyMap<string, RaisedFault>): Record<number, FaultMeaning> {
  const meanings: Record<number, FaultMeaning> = {};
  for (const [says, { bit, pointer }] of faults) {
    const known = meanings[bit];
    meanings[bit] = known === undefined ? { says, pointer } : { says: `${known.says}; or ${says}`, pointer: '' };
  }
  return meanings;
}

/**
 * Collects the additions of one pass. It reads earlier passes only for names: taken names, messages of faults, and
 * shared buffers.
 */
export class PartBuilder {
  readonly #program: ProgramPart;
  readonly #buffers = new Map<string, Buffer>();
  readonly #bounds = new Map<string, number>();
  readonly #kernels = new Map<string, Kernel>();
  /** Numbers from which to look for free names, by kind and name, so that many equal names take linear time. */
  readonly #next = new Map<string, number>();
  readonly #events: EventRing[] = [];
  readonly #logs: Log[] = [];
  readonly #initialise: Action[] = [];
  readonly #procedures = new Map<string, Action[]>();
  readonly #notes = new Set<string>();
  readonly #faults = new Map<string, RaisedFault>();
  readonly #common = new Map<string, Buffer | null>();
  #complete = false;

  /** @param program the additions of all earlier passes */
  constructor(program: ProgramPart = emptyPart) {
    this.#program = program;
  }

  /** Ends the pass. @param entries  its kernels of each step */
  part(entries: readonly PlacedEntry[] = []): ProgramPart {
    this.#complete = true;
    return {
      buffers: this.#buffers,
      bounds: this.#bounds,
      kernels: this.#kernels,
      events: this.#events,
      logs: this.#logs,
      initialise: this.#initialise,
      procedures: this.#procedures,
      entries,
      notes: this.#notes,
      faults: this.#faults,
      common: this.#common,
    };
  }

  /** Adds a buffer under an unused name like the preferred one; zeros unless `options` have contents. */
  buffer(name: string, element: ElementType, length: Extent, comment: string, options: BufferOptions = {}): Buffer {
    const buffer: Buffer = {
      name: this.#unique(name, 'buffers', this.#buffers),
      element,
      length,
      role: options.role ?? 'state',
      ...(options.inbox === undefined ? {} : { inbox: options.inbox }),
      ...(options.initial === undefined ? {} : { initial: options.initial }),
      comment,
    };
    this.#buffers.set(buffer.name, buffer);
    return buffer;
  }

  /** Returns the shared buffer of a key; the first call creates it. */
  common(key: string, make: (name: string) => Buffer): Buffer {
    const known = this.known(key);
    if (known) return known;
    const buffer = make(key);
    this.#common.set(key, buffer);
    return buffer;
  }

  /** The same of a buffer that takes no more than a declaration. */
  commonBuffer(...[name, ...declared]: Parameters<PartBuilder['buffer']>): Buffer {
    return this.common(name, (key) => this.buffer(key, ...declared));
  }

  /** The buffer of `common`, if something has asked for it. */
  known(key: string): Buffer | undefined {
    return this.#common.get(key) ?? this.#program.common.get(key) ?? undefined;
  }

  /** Adds something unless something has under the same key. */
  once(key: string, add: (key: string) => void): void {
    if (this.#common.has(key) || this.#program.common.has(key)) return;
    this.#common.set(key, null);
    add(key);
  }

  /** Says that no value of a buffer is larger. */
  atMost({ name }: Buffer, bound: number): void {
    this.#bounds.set(name, Math.max(this.#bounds.get(name) ?? 0, bound));
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
    this.#logs.push({ name, buffer: log.name, cursor: { buffer: cursor.name, index: 0 }, ...rows });
    return { log, cursor };
  }

  /** Adds a ring of events. */
  event(ring: EventRing): void {
    this.#events.push(ring);
  }

  /** Reports a choice, once. */
  note(sentence: string): void {
    this.#notes.add(sentence);
  }

  /**
   * Adds a kernel that runs code for each item of a domain.
   *
   * @param lanes  whether several items may run at a time
   * @param finer  the same in smaller pieces, for devices
   * @returns its name
   */
  map(
    name: string,
    comment: string,
    domain: MapDomain,
    lanes: boolean,
    code: Code,
    finer?: { readonly items: number; readonly team: boolean; readonly code: Code } | null,
  ): string {
    return this.#kernel({
      name: this.#unique(name, 'kernels', this.#kernels),
      comment,
      shape: 'map',
      domain,
      lanes,
      ...bodyOfCode(code),
      ...(finer && {
        finer: {
          domain: { kind: 'count', count: finer.items },
          ...(finer.team && { team: true }),
          ...bodyOfCode(finer.code),
        },
      }),
    });
  }

  /** Adds a kernel that runs code once. @returns its name */
  sequential(name: string, comment: string, code: Code): string {
    return this.#kernel({
      name: this.#unique(name, 'kernels', this.#kernels),
      comment,
      shape: 'sequential',
      ...bodyOfCode(code),
    });
  }

  /** Adds a kernel that lists the elements that emit an event. @returns its name */
  compact(name: string, comment: string, event: string): string {
    return this.#kernel({ name: this.#unique(name, 'kernels', this.#kernels), comment, shape: 'compact', event });
  }

  /**
   * Adds a kernel that delivers spikes.
   * @returns its name
   */
  propagate(kernel: Omit<PropagateKernel, 'shape'>): string {
    return this.#kernel({ ...kernel, name: this.#unique(kernel.name, 'kernels', this.#kernels), shape: 'propagate' });
  }

  /** Runs a kernel once, when the session initialises. */
  initially(kernel: string): void {
    this.#initialise.push({ kind: 'run', kernel });
  }

  /** Has buffers allocated at this point of initialisation, with the lengths that cells hold then. */
  allocate(...buffers: Buffer[]): void {
    this.#initialise.push({ kind: 'allocate', buffers: buffers.map((buffer) => buffer.name) });
  }

  /** Appends to the list of a name. */
  procedure(name: string, ...actions: readonly Action[]): void {
    const known = this.#procedures.get(name);
    if (known) known.push(...actions);
    else this.#procedures.set(name, [...actions]);
  }

  /**
   * The fault bit for a sentence.
   *
   * @param pointer  JSON pointer of the part of the model that it concerns; absent: the whole model
   */
  faultBit(sentence: string, pointer = ''): number {
    const known = this.#faults.get(sentence) ?? this.#program.faults.get(sentence);
    if (known !== undefined) return known.bit;
    const bit = (1 << Math.min(this.#program.faults.size + this.#faults.size, 31)) >>> 0;
    this.#faults.set(sentence, { bit, pointer });
    return bit;
  }

  #kernel(kernel: Kernel): string {
    const resolved = <T extends { readonly body: readonly Statement[] }>(code: T): T => ({
      ...code,
      body: resolvedStatements(code.body),
    });
    const plain =
      kernel.shape === 'compact'
        ? kernel
        : kernel.shape === 'map' && kernel.finer
          ? { ...resolved(kernel), finer: resolved(kernel.finer) }
          : resolved(kernel);
    this.#kernels.set(kernel.name, plain);
    return kernel.name;
  }

  #unique(name: string, kind: 'buffers' | 'kernels', own: ReadonlyMap<string, unknown>): string {
    invariant(!this.#complete, 'lower/program-part', `${name} is added to a pass that has ended`);
    const wanted = `${kind} ${name}`;
    const free = freeNameFrom(
      this.#next.get(wanted) ?? 2,
      name,
      (candidate) => own.has(candidate) || this.#program[kind].has(candidate),
    );
    this.#next.set(wanted, free.next);
    return free.name;
  }
}
