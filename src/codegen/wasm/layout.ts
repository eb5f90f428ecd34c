/** The addresses of all data in the single linear memory. */

import { UsageError, invariant } from '../../diagnostics/diagnostic.js';
import type { Buffer, MapDomain, Program } from '../../ir/program.js';
import { elementBytes } from '../../ir/program.js';

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

/** Bytes of a WebAssembly page, and the most bytes that a 32-bit memory can hold. */
export const pageBytes = 65536;
/** Most bytes that a 32-bit memory can hold: 4 GiB. */
export const memoryLimit = 65536 * pageBytes;

/** A buffer of fixed size at a constant address, or one with its address stored in the control block. */
type Placement =
  { readonly kind: 'fixed'; readonly address: number } | { readonly kind: 'dynamic'; readonly cell: number };

/** Begin and end of each range of a map kernel, u32 pairs, for kernels that run over several ranges. */
interface RangeTable {
  readonly address: number;
  readonly data: Uint32Array;
}

/** The addresses of buffers and tables. */
export interface Layout {
  /** Buffers by name. */
  readonly buffers: ReadonlyMap<string, Buffer>;
  /** Where each buffer is, by its name. */
  readonly placements: ReadonlyMap<string, Placement>;
  /** Tables of ranges, by name of the kernel that runs over them. */
  readonly tables: ReadonlyMap<string, RangeTable>;
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

function rangesOf(domain: MapDomain): Uint32Array | undefined {
  if (domain.kind !== 'ranges' || domain.ranges.length === 1) return undefined;
  return Uint32Array.from(domain.ranges.flatMap((range) => [range.begin, range.end]));
}

/**
 * Lays out a program's buffers.
 *
 * @throws UsageError if the buffers of fixed size exceed 4 GiB
 */
export function layOut(program: Program): Layout {
  const buffers = new Map<string, Buffer>();
  const placements = new Map<string, Placement>();
  const tables = new Map<string, RangeTable>();
  let address: number = control.bases;
  for (const buffer of program.buffers) {
    invariant(!buffers.has(buffer.name), 'codegen/wasm/layout', `two buffers are named ${buffer.name}`);
    buffers.set(buffer.name, buffer);
    if (typeof buffer.length === 'number') continue;
    placements.set(buffer.name, { kind: 'dynamic', cell: address });
    address += 4;
  }
  for (const kernel of program.kernels) {
    const data = kernel.shape === 'map' ? rangesOf(kernel.domain) : undefined;
    if (data === undefined) continue;
    address = alignUp(address);
    tables.set(kernel.name, { address, data });
    address += data.byteLength;
  }
  program.buffers.forEach((buffer, ordinal) => {
    if (typeof buffer.length !== 'number') return;
    const bytes = buffer.length * elementBytes[buffer.element];
    address = staggered(address, bytes, ordinal);
    placements.set(buffer.name, { kind: 'fixed', address });
    address += bytes;
  });
  const size = alignUp(address);
  if (size > memoryLimit) throw tooLarge(size, `the model ${program.name}`);
  return { buffers, placements, tables, size };
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
