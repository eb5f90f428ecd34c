/** The addresses of all data in the single linear memory. */

import { UsageError, invariant } from '../../diagnostics/diagnostic.js';
import type { Buffer, Program } from '../../ir/program.js';
import { elementBytes } from '../../ir/program.js';
import type { DomainPattern, Family } from '../families/pattern.js';

/**
 * Addresses (bytes) of the numbers that host, driver and barrier share; each contended number has its own cache line.
 */
export const control = {
  /** Not zero: end the run before the next step. */
  stop: 0,
  /** Not zero: all threads do another step. */
  go: 4,
  arrived: 64,
  generation: 128,
  waiters: 192,
  /** Operands of the trust microkernel, up to 32 f64. */
  trust: 256,
  /** Base addresses of buffers that are allocated while initialising, u32 each. */
  bases: 512,
} as const;

/** Bytes of a row of synapses that is due: its bounds, number and delay. */
export const rowBytes = 16;
/** Bytes of the rows that a thread collects before it delivers the first. */
export const collectedBytes = 64 * rowBytes;
/** Most threads of a session. */
export const mostThreads = 1024;

/** Bytes of a WebAssembly page, and the most bytes that a 32-bit memory can hold. */
export const pageBytes = 65536;
/** Most bytes that a 32-bit memory can hold: 4 GiB. */
export const memoryLimit = 65536 * pageBytes;

/** A buffer of fixed size at a constant address, or one with its address stored in the control block. */
type Placement =
  { readonly kind: 'fixed'; readonly address: number } | { readonly kind: 'dynamic'; readonly cell: number };

/** Constants in memory, at an address that is a multiple of 64. */
export interface Table {
  readonly address: number;
  readonly data: Uint32Array;
}

/** The addresses of buffers and tables. */
export interface Layout {
  /** Buffers by name. */
  readonly buffers: ReadonlyMap<string, Buffer>;
  /** Where each buffer is, by its name. */
  readonly placements: ReadonlyMap<string, Placement>;
  /** Begin and end of each range as u32 pairs, by name of the kernel that runs over several ranges. */
  readonly ranges: ReadonlyMap<string, Table>;
  /** Rows of the members of families with several. */
  readonly members: ReadonlyMap<Family, Table>;
  /** Address of the rows that each thread collects. */
  readonly collected: number;
  /** Bytes used by everything of fixed size; allocation continues from here. */
  readonly size: number;
}

const alignment = 64;

/** The next multiple of 64 bytes. */
export function alignUp(address: number): number {
  return Math.ceil(address / alignment) * alignment;
}

/**
 * Staggers the beginnings of buffers. Large buffers of equal power-of-two size would all begin at the same offset in a
 * 4 KiB page. Processors then treat a load as dependent on an earlier store to another buffer.
 */
function staggered(address: number, bytes: number, ordinal: number): number {
  if (bytes < 4096) return alignUp(address);
  const wanted = (ordinal * 5 * alignment) % 4096;
  return alignUp(address) + ((((wanted - alignUp(address)) % 4096) + 4096) % 4096);
}

/** Bytes as GiB with two digits, for messages. */
function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(2)} GiB`;
}

/** The error for a model that outgrows a 32-bit memory. */
export function tooLarge(bytes: number, what: string): UsageError {
  return new UsageError(
    `${what} needs ${gibibytes(bytes)} of memory; the wasm target can hold at most ${gibibytes(memoryLimit)}`,
    'use `--target c`, which has no such limit, or reduce the model',
  );
}

function rangesOf(domain: DomainPattern): Uint32Array | undefined {
  if (domain.kind !== 'ranges' || domain.ranges.length === 1) return undefined;
  const bounds = domain.ranges.flatMap(({ begin, end }) => [begin, end]);
  return Uint32Array.from(bounds, (bound) => (typeof bound === 'number' ? bound : 0));
}

/** Bytes of a field in a member's row. */
export const fieldBytes = 8;

/**
 * Writes the rows of a family's members: the number of each field, or the address of its buffer. Dynamic buffers have
 * the address of the cell that holds theirs.
 */
function writeRows(data: Uint32Array, { fields, members }: Family, placements: Layout['placements']): void {
  const view = new DataView(data.buffer);
  members.forEach(({ values }, member) => {
    fields.forEach((field, k) => {
      const at = (member * fields.length + k) * fieldBytes;
      const value = values[k] ?? 0;
      if (field.kind === 'buffer') {
        const placement = placements.get(String(value));
        invariant(placement !== undefined, 'codegen/wasm/layout', `no buffer is named ${value}`);
        view.setUint32(at, placement.kind === 'fixed' ? placement.address : placement.cell, true);
      } else if (field.type === 'i64') view.setBigInt64(at, BigInt(value), true);
      else if (field.type === 'f64') view.setFloat64(at, Number(value), true);
      else if (field.type === 'f32') view.setFloat32(at, Number(value), true);
      else view.setUint32(at, Number(value) >>> 0, true);
    });
  });
}

/**
 * Lays out a program's buffers.
 *
 * @param threads that may compute at the same time
 * @throws UsageError if the buffers of fixed size exceed 4 GiB
 */
export function layOut(program: Program, families: readonly Family[], threads: number): Layout {
  const buffers = new Map<string, Buffer>();
  const placements = new Map<string, Placement>();
  const ranges = new Map<string, Table>();
  const members = new Map<Family, Table>();
  let address: number = control.bases;
  for (const buffer of program.buffers) {
    invariant(!buffers.has(buffer.name), 'codegen/wasm/layout', `two buffers are named ${buffer.name}`);
    buffers.set(buffer.name, buffer);
    if (typeof buffer.length === 'number') continue;
    placements.set(buffer.name, { kind: 'dynamic', cell: address });
    address += 4;
  }
  const table = (data: Uint32Array): Table => {
    const begin = alignUp(address);
    address = begin + data.byteLength;
    return { address: begin, data };
  };
  for (const family of families) {
    const { pattern } = family;
    const data = pattern.shape === 'map' ? rangesOf(pattern.domain) : undefined;
    if (data !== undefined) ranges.set(pattern.name, table(data));
    const fields = family.members.length * family.fields.length;
    if (fields > 0) members.set(family, table(new Uint32Array((fields * fieldBytes) / 4)));
  }
  program.buffers.forEach((buffer, ordinal) => {
    if (typeof buffer.length !== 'number') return;
    const bytes = buffer.length * elementBytes[buffer.element];
    address = staggered(address, bytes, ordinal);
    placements.set(buffer.name, { kind: 'fixed', address });
    address += bytes;
  });
  const collected = alignUp(address);
  const collects = families.some(({ pattern }) => pattern.shape === 'propagate');
  const size = collected + (collects ? threads * collectedBytes : 0);
  if (size > memoryLimit) throw tooLarge(size, `the model ${program.name}`);
  for (const [family, { data }] of members) writeRows(data, family, placements);
  return { buffers, placements, ranges, members, collected, size };
}

/** The placement of a buffer that the program declares. */
export function placementOf(layout: Layout, buffer: string): Placement {
  const placement = layout.placements.get(buffer);
  invariant(placement !== undefined, 'codegen/wasm', `no buffer is named ${buffer}`);
  return placement;
}

/** The declaration of a buffer. */
export function bufferOf(layout: Layout, name: string): Buffer {
  const buffer = layout.buffers.get(name);
  invariant(buffer !== undefined, 'codegen/wasm', `no buffer is named ${name}`);
  return buffer;
}
