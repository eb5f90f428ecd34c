/** What printing one function's body needs. */

import { invariant } from '../../diagnostics/diagnostic.js';
import { faultsBuffer } from '../../ir/names.js';
import type { Buffer, IrFunction, Program } from '../../ir/program.js';
import type { Dialect } from './dialect.js';
import { helperNames } from './helpers.js';
import type { HelperName } from './helpers.js';
import { Names } from './names.js';
import type { Language } from './operations.js';

/** Names that the printer's own text uses for locals; no local of the program may have them. */
const ownLocals = [
  'network',
  'step',
  'index',
  'begin',
  'group',
  'row',
  'position',
  'delay',
  'from',
  'to',
  'low',
  'high',
  'thread',
  'threads',
  'block',
  'stop',
  'flags',
  'k',
  'count',
  'slot',
  'list',
  'element',
  'word',
  'bits',
  'segment',
  'end',
  'emission',
  'row_low',
  'row_high',
  'target_low',
  'target_high',
  'log_row',
  'all_synapses',
  'first_synapse',
  'search_low',
  'search_high',
  'search_middle',
  'share',
  'share_of_blocks',
  'store_flags_8',
  'store_flags_32',
  'store_flags_64',
  'raise_fault',
] as const;

/** What printing all bodies of a program shares. */
export class ProgramContext implements Language {
  readonly program: Program;
  readonly dialect: Dialect;
  readonly buffers: ReadonlyMap<string, Buffer>;
  readonly functions: ReadonlyMap<string, IrFunction>;
  /** Fields of the network, and the pointers to them in kernels. */
  readonly bufferNames: Names;
  readonly kernelNames = new Names('kernel_');
  readonly functionNames = new Names('fn_');
  readonly used = new Set<HelperName>();

  constructor(program: Program, dialect: Dialect) {
    this.program = program;
    this.dialect = dialect;
    this.buffers = new Map(program.buffers.map((buffer) => [buffer.name, buffer]));
    this.functions = new Map(program.functions.map((callee) => [callee.name, callee]));
    this.bufferNames = new Names('', [...ownLocals, ...helperNames, ...dialect.reserved]);
    for (const { name } of program.buffers) this.bufferNames.id(name);
    for (const { name } of program.functions) this.functionNames.id(name);
    for (const { name } of program.kernels) this.kernelNames.id(name);
  }

  readonly use = (helper: HelperName): string => {
    this.used.add(helper);
    return helper;
  };

  /** A statement that raises fault bits in the body of a kernel. */
  raise(_scope: Scope, bits: number): string {
    this.buffer(faultsBuffer);
    return `raise_fault(network, step, ${bits >>> 0}u);`;
  }

  /** The declaration of a kernel's pointer to a buffer; undefined where the kernel has it already. */
  pointer({ name, element }: Buffer, readOnly: boolean): string | undefined {
    const id = this.bufferNames.id(name);
    return `${this.dialect.bufferPointer(element, readOnly)} ${id} = network->${id};`;
  }

  /** The declaration of a buffer. */
  buffer(name: string): Buffer {
    const buffer = this.buffers.get(name);
    invariant(buffer !== undefined, 'codegen/c', `no buffer is named ${name}`);
    return buffer;
  }
}

/** How a body's writes are to be made. */
export interface Writes {
  /** Whether an accumulation may meet another thread at the same element. */
  readonly atomic: boolean;
  /** True in a loop over vector lanes: faults and bits are gathered and written after it. */
  readonly gathered: boolean;
  /** True where a work-item has one element: bits are set in a local and written by the work-group after it. */
  readonly single?: boolean;
  /** Type of the flags that become bits. */
  readonly flagType?: string;
}

/** The names of one function, and the buffers that it touches. */
export class Scope {
  readonly context: ProgramContext;
  readonly writes: Writes;
  readonly names: Names;
  readonly #loaded = new Set<string>();
  readonly #stored = new Set<string>();
  /** Names of gathered faults, with their bits. */
  readonly faults: { readonly id: string; readonly bits: number }[] = [];
  /** Names of gathered flags, with the masks that they belong to. */
  readonly flags: { readonly id: string; readonly any: string; readonly mask: string }[] = [];

  /** @param kernel  false in a function of the program, where there are no buffers and no locals of the printer's own */
  constructor(context: ProgramContext, writes: Writes, kernel = true) {
    this.context = context;
    this.writes = writes;
    const { program, bufferNames, functionNames } = context;
    this.names = new Names('', [
      ...helperNames,
      ...context.dialect.reserved,
      ...program.functions.map(({ name }) => functionNames.id(name)),
      ...(kernel ? [...ownLocals, ...program.buffers.map(({ name }) => bufferNames.id(name))] : []),
    ]);
  }

  /** The identifier of a local; those that kernel shapes define keep their names. */
  local(name: string, implicit: ReadonlySet<string>): string {
    return implicit.has(name) ? name : this.names.id(name);
  }

  /** The pointer to a buffer, for reading. */
  load(buffer: string): string {
    this.context.buffer(buffer);
    this.#loaded.add(buffer);
    return this.context.bufferNames.id(buffer);
  }

  /** The pointer to a buffer, for writing. */
  store(buffer: string): string {
    this.#stored.add(buffer);
    return this.load(buffer);
  }

  /** The buffers that the body uses, in the order of the program. */
  touched(): readonly { readonly buffer: Buffer; readonly readOnly: boolean }[] {
    return this.context.program.buffers
      .filter(({ name }) => this.#loaded.has(name))
      .map((buffer) => ({ buffer, readOnly: !this.#stored.has(buffer.name) }));
  }

  /** Declarations of the pointers that the body uses, in the order of the program's buffers. */
  prologue(): string[] {
    return this.touched().flatMap(({ buffer, readOnly }) => this.context.pointer(buffer, readOnly) ?? []);
  }
}
