/** The context of printing one function's body. */

import { invariant } from '../../diagnostics/diagnostic.js';
import { faultsBuffer } from '../../ir/names.js';
import type { Buffer, ElementType, Fault, IrFunction, Program } from '../../ir/program.js';
import type { Amount, Family, Field } from '../families/pattern.js';
import type { Distribution } from '../mpi/distribution.js';
import type { Dialect } from './dialect.js';
import { helperNames } from './helpers.js';
import type { HelperName } from './helpers.js';
import { identifierOf, Names } from './names.js';
import type { Language } from './operations.js';
import type { RoundArray } from './split-loops.js';

/** The local that is the first item of a block. Names of models have no spaces. */
export const firstOfBlock = 'first of block';

/** Names that the printer's own text uses for locals; no local of the program may have them. */
const ownLocals = [
  'network',
  'member',
  'pointer_at',
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
  'words',
  'bits',
  'segment',
  'end',
  'emission',
  'due',
  'due_low',
  'due_high',
  'due_row',
  'due_delay',
  'due_item',
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
  'share_between',
  'store_flags_32',
  'store_flags_64',
  'raise_fault',
] as const;

/** The shared context of printing all bodies of a program. */
export class ProgramContext implements Language {
  /** The printed program. */
  readonly program: Program;
  /** The language that is printed. */
  readonly dialect: Dialect;
  /** How ranks share the steps; absent: there is one process. */
  readonly distribution: Distribution | undefined;
  /** Buffers by name. */
  readonly buffers: ReadonlyMap<string, Buffer>;
  /** Functions by name. */
  readonly functions: ReadonlyMap<string, IrFunction>;
  /** Fields of the network, and the pointers to them in kernels. */
  readonly bufferNames: Names;
  /** Identifiers of kernels. */
  readonly kernelNames = new Names('kernel_');
  /** Identifiers of functions. */
  readonly functionNames = new Names('fn_');
  /** Helpers that were called so far. */
  readonly used = new Set<HelperName>();
  /** Functions that were called for blocks of items so far. */
  readonly usedByBlocks = new Set<string>();

  constructor(program: Program, dialect: Dialect, distribution?: Distribution) {
    this.program = program;
    this.dialect = dialect;
    this.distribution = distribution;
    this.buffers = new Map(program.buffers.map((buffer) => [buffer.name, buffer]));
    this.functions = new Map(program.functions.map((callee) => [callee.name, callee]));
    this.bufferNames = new Names('', [...ownLocals, ...helperNames, ...dialect.reserved]);
    for (const { name } of program.buffers) this.bufferNames.id(name);
    for (const { name } of program.functions) this.functionNames.id(name);
    for (const { name } of program.kernels) this.kernelNames.id(name);
  }

  /** Records the use of a helper, and returns its name. */
  readonly use = (helper: HelperName): string => {
    this.used.add(helper);
    return helper;
  };

  /** A statement that raises fault bits in the body of a kernel. */
  raise(_scope: Scope, bits: string): string {
    this.buffer(faultsBuffer);
    return `raise_fault(network, step, ${bits});`;
  }

  /** Returns the declaration of a kernel's pointer to a buffer; undefined if the kernel already has it. */
  pointer({ name, element }: Buffer, readOnly: boolean): string | undefined {
    const id = this.bufferNames.id(name);
    return `${this.dialect.bufferPointer(element, readOnly)} ${id} = network->${id};`;
  }

  /** The declaration of a kernel's pointer to the buffer that a field of its member names. */
  memberPointer(element: ElementType, id: string, field: string, readOnly: boolean): string {
    return `${this.dialect.bufferPointer(element, readOnly)} ${id} = pointer_at(network, member->${field});`;
  }

  /** The declaration of a number that a field of a kernel's member holds. */
  memberValue(type: string, id: string, field: string): string {
    return `const ${type} ${id} = member->${field};`;
  }

  /** The declaration of a buffer. */
  buffer(name: string): Buffer {
    const buffer = this.buffers.get(name);
    invariant(buffer !== undefined, 'codegen/c', `no buffer is named ${name}`);
    return buffer;
  }
}

/** The form of a body's writes. */
interface Writes {
  /** Whether an accumulation may meet another thread at the same element. */
  readonly atomic: boolean;
  /** True in a loop over vector lanes: faults and bits are collected and written after it. */
  readonly gathered: boolean;
  /** True if a work-item has one element: bits are set in a local and written by the work-group at the end. */
  readonly single?: boolean;
  /** True if a team shares the rounds of loops with `lanes`, and its work-items read each other's writes. */
  readonly team?: boolean;
  /** Type of the flags that become bits. */
  readonly flagType?: string;
}

/** Names of the fields in the rows of a family's members, one for each, in order. */
export function fieldNames({ fields }: Family): readonly string[] {
  const names = new Names('');
  return fields.map(({ name }) => names.fresh(identifierOf(name)));
}

/** How a body uses a buffer. */
interface Access {
  readonly readOnly: boolean;
  /** Whether others of its team write to it while the body runs. */
  readonly shared: boolean;
}

/** A field of a family, in a function of its members. */
interface OwnField {
  readonly field: Field;
  /** In the member's row. */
  readonly inRow: string;
  /** The pointer or number in the function. */
  readonly id: string;
}

/** The names of one function, and the buffers that it touches. */
export class Scope {
  /** The shared context of all bodies of the program. */
  readonly context: ProgramContext;
  /** Buffers that the body writes; their pointers are not constant. */
  readonly writes: Writes;
  /** Identifiers of locals. */
  readonly names: Names;
  readonly #loaded = new Set<string>();
  readonly #stored = new Set<string>();
  readonly #fields: ReadonlyMap<string, OwnField>;
  readonly #faultFields: Family['faultFields'] | undefined;
  readonly #arrays: ReadonlyMap<string, Omit<RoundArray, 'name'> & { readonly id: string }>;
  /** Names of collected faults, with their bits. */
  readonly faults: { readonly id: string; readonly bits: string }[] = [];
  /** Names of collected flags, with their masks. */
  readonly flags: { readonly id: string; readonly any: string; readonly mask: string }[] = [];

  /**
   * @param kernel false in a function of the program, which has no buffers and no locals of the printer
   * @param family the family with the function's members; its fields may replace buffers and locals
   * @param arrays arrays of the function, which statements name like buffers
   */
  constructor(
    context: ProgramContext,
    writes: Writes,
    kernel = true,
    family?: Family,
    arrays: readonly RoundArray[] = [],
  ) {
    this.context = context;
    this.writes = writes;
    const { program, bufferNames, functionNames } = context;
    this.names = new Names('', [
      ...helperNames,
      ...context.dialect.reserved,
      ...program.functions.map(({ name }) => functionNames.id(name)),
      ...(kernel ? [...ownLocals, ...program.buffers.map(({ name }) => bufferNames.id(name))] : []),
    ]);
    this.#faultFields = family?.faultFields;
    const rows = family === undefined ? [] : fieldNames(family);
    this.#fields = new Map(
      (family?.fields ?? []).map((field, k) => [
        field.name,
        { field, inRow: rows[k] ?? '', id: this.names.fresh(identifierOf(field.name)) },
      ]),
    );
    this.#arrays = new Map(
      arrays.map(({ name, ...array }) => [name, { ...array, id: this.names.fresh(identifierOf(name)) }]),
    );
  }

  /** Returns the identifier of a local; locals defined by kernel shapes keep their names. */
  local(name: string, implicit: ReadonlySet<string>): string {
    const own = this.#own(name, 'value')?.id;
    if (own !== undefined) return own;
    if (!implicit.has(name)) return this.names.id(name);
    return name === firstOfBlock ? 'block' : name;
  }

  /** A number, as an unsigned literal or the name of the member's own. */
  amount(amount: Amount): string {
    if (typeof amount === 'number') return `${amount}u`;
    const valueField = this.#own(amount.field, 'value');
    invariant(valueField !== undefined, 'codegen/c', `no field is named ${amount.field}`);
    return valueField.id;
  }

  /** A number as a signed literal or the name of the member's own. */
  signedAmount(amount: Amount): string {
    return typeof amount === 'number' ? String(amount) : this.amount(amount);
  }

  /** The bits that a statement raises. */
  faultBits(fault: Fault): string {
    const field = this.#faultFields?.get(fault);
    return this.amount(field === undefined ? fault.bits >>> 0 : { field });
  }

  /** The type of a buffer's elements. */
  element(buffer: string): ElementType {
    const array = this.#arrays.get(buffer);
    if (array) return array.element;
    const bufferField = this.#fields.get(buffer);
    return bufferField?.field.kind === 'buffer' ? bufferField.field.element : this.context.buffer(buffer).element;
  }

  /** Returns the name of a buffer's pointer. */
  id(buffer: string): string {
    const bufferField = this.#fields.get(buffer);
    return bufferField?.field.kind === 'buffer' ? bufferField.id : this.context.bufferNames.id(buffer);
  }

  /** A field of the family, which is noted as used. */
  #own(name: string, kind: Field['kind']): OwnField | undefined {
    const fieldOfName = this.#fields.get(name);
    if (fieldOfName?.field.kind !== kind) return undefined;
    this.#loaded.add(name);
    return fieldOfName;
  }

  /** The pointer to a buffer, for reading. */
  load(buffer: string): string {
    const array = this.#arrays.get(buffer);
    if (array) return array.id;
    const bufferField = this.#own(buffer, 'buffer');
    if (bufferField !== undefined) return bufferField.id;
    this.context.buffer(buffer);
    this.#loaded.add(buffer);
    return this.context.bufferNames.id(buffer);
  }

  /** The pointer to a buffer, for writing. */
  store(buffer: string): string {
    if (!this.#arrays.has(buffer)) this.#stored.add(buffer);
    return this.load(buffer);
  }

  /** The buffers of the program that the body uses and that are not fields, in the order of the program. */
  touched(): readonly ({ readonly buffer: Buffer } & Access)[] {
    return this.context.program.buffers
      .filter(({ name }) => this.#loaded.has(name))
      .map((buffer) => ({ buffer, ...this.#access(buffer.name) }));
  }

  /** The fields of the family that the body uses, in their order. */
  touchedFields(): readonly (OwnField & Access)[] {
    return [...this.#fields.values()]
      .filter(({ field }) => this.#loaded.has(field.name))
      .map((own) => ({ ...own, ...this.#access(own.field.name) }));
  }

  #access(name: string): Access {
    const readOnly = !this.#stored.has(name);
    return { readOnly, shared: !readOnly && this.writes.team === true };
  }

  /**
   * Declarations of the arrays of the function, and of the pointers and numbers that the body uses, in the order of the
   * program's buffers and of the family's fields.
   */
  prologue(): string[] {
    const { context } = this;
    const arrays = [...this.#arrays.values()];
    return [
      ...arrays.map(({ element, id, length }) => `${context.dialect.elementTypes[element]} ${id}[${length}];`),
      ...this.touched().flatMap(({ buffer, readOnly }) => context.pointer(buffer, readOnly) ?? []),
      ...this.touchedFields().map(({ field, inRow, id, readOnly }) =>
        field.kind === 'buffer'
          ? context.memberPointer(field.element, id, inRow, readOnly)
          : context.memberValue(context.dialect.types[field.type], id, inRow),
      ),
    ];
  }
}
