/** The meaning of each kernel shape: plain loops in the documented order around a body that was compiled once. */

import { InvariantError, invariant } from '../../../src/diagnostics/diagnostic.js';
import { type Cell, type NumberSlot, createSlot } from '../../../src/ir/cells.js';
import { createSlots } from '../../../src/ir/evaluate.js';
import { type CompiledFunction, type Environment, outside } from '../../../src/ir/evaluate-expressions.js';
import { compileStatements } from '../../../src/ir/evaluate-statements.js';
import type {
  CompactKernel,
  EventRing,
  Extent,
  Kernel,
  Local,
  Log,
  MapKernel,
  PropagateKernel,
  ScalarType,
  Statement,
} from '../../../src/ir/program.js';

/** The data that kernels work on. */
export interface Machine {
  /** Buffers by name. */
  readonly cells: ReadonlyMap<string, Cell>;
  /** The program's functions by name, compiled. */
  readonly functions: ReadonlyMap<string, CompiledFunction>;
  /** Event rings by name. */
  readonly events: ReadonlyMap<string, EventRing>;
  /** Logs by name. */
  readonly logs: ReadonlyMap<string, Log>;
  /** The implicit local `step` of all kernels. */
  readonly step: NumberSlot;
}

/** A kernel ready to run, once, over its whole domain. */
export function compileKernel(kernel: Kernel, machine: Machine): () => void {
  switch (kernel.shape) {
    case 'map':
      return compileMap(kernel, machine);
    case 'sequential': {
      const body = compileBody(kernel.name, kernel.locals, kernel.body, {}, machine);
      return () => {
        body();
      };
    }
    case 'compact':
      return compileCompact(kernel, machine);
    case 'propagate':
      return compilePropagate(kernel, machine);
  }
}

/** An element of a buffer of numbers. @throws InvariantError outside it */
export function readElement(owner: string, cell: Cell, index: number): number {
  const value = cell.numbers[index];
  if (value === undefined) throw outside(owner, cell, index);
  return value;
}

/** Stores an element of a buffer of numbers. @throws InvariantError outside it */
function writeElement(owner: string, cell: Cell, index: number, value: number): void {
  if (index >= cell.numbers.length) throw outside(owner, cell, index);
  cell.numbers[index] = value;
}

/** The value of an extent, now. */
export function extentValue(owner: string, extent: Extent, cells: ReadonlyMap<string, Cell>): number {
  return typeof extent === 'number'
    ? extent
    : readElement(owner, find(cells, extent.buffer, owner, 'buffer'), extent.index);
}

function find<T>(things: ReadonlyMap<string, T>, name: string, owner: string, what: string): T {
  const thing = things.get(name);
  invariant(thing, 'reference target', `${owner}: no ${what} ${name}`);
  return thing;
}

/** The slot of an implicit local. */
function implicit(type: ScalarType): NumberSlot {
  const slot = createSlot(type);
  if (slot.kind !== 'number') throw new InvariantError('reference target', `an implicit local of type ${type}`);
  return slot;
}

function compileBody(
  owner: string,
  locals: readonly Local[],
  body: readonly Statement[],
  implicits: Readonly<Record<string, NumberSlot>>,
  machine: Machine,
): () => boolean {
  const slots = new Map([...createSlots(locals), ['step', machine.step] as const, ...Object.entries(implicits)]);
  const environment: Environment = { owner, slots, cells: machine.cells, functions: machine.functions };
  return compileStatements(body, environment);
}

function compileMap(kernel: MapKernel, machine: Machine): () => void {
  const { domain, name } = kernel;
  const index = implicit('u32');
  switch (domain.kind) {
    case 'ranges': {
      const begin = implicit('u32');
      const group = implicit('u32');
      const body = compileBody(name, kernel.locals, kernel.body, { index, begin, group }, machine);
      return () => {
        domain.ranges.forEach((range, ordinal) => {
          begin.value[0] = range.begin;
          group.value[0] = ordinal;
          for (let k = range.begin; k < range.end; k++) {
            index.value[0] = k;
            body();
          }
        });
      };
    }
    case 'count': {
      const body = compileBody(name, kernel.locals, kernel.body, { index }, machine);
      return () => {
        const count = extentValue(name, domain.count, machine.cells);
        for (let k = 0; k < count; k++) {
          index.value[0] = k;
          body();
        }
      };
    }
    case 'spikes': {
      const body = compileBody(name, kernel.locals, kernel.body, { index }, machine);
      const spikes = compileSpikes(name, domain.event, machine);
      return () => {
        spikes(stepOf(machine), (element) => {
          index.value[0] = element;
          body();
        });
      };
    }
  }
}

const stepOf = (machine: Machine): number => machine.step.value[0] ?? 0;

/** Visits the spikes that an event's ring holds for one step, in ascending order. */
function compileSpikes(
  owner: string,
  event: string,
  machine: Machine,
): (step: number, visit: (element: number) => void) => void {
  const ring = find(machine.events, event, owner, 'event');
  const list = find(machine.cells, ring.list, owner, 'buffer');
  const counts = find(machine.cells, ring.counts, owner, 'buffer');
  return (step, visit) => {
    const slot = step % ring.slots;
    const count = readElement(owner, counts, slot);
    for (let k = 0; k < count; k++) visit(readElement(owner, list, slot * ring.size + k));
  };
}

function compileCompact(kernel: CompactKernel, machine: Machine): () => void {
  const owner = kernel.name;
  const ring = find(machine.events, kernel.event, owner, 'event');
  const mask = find(machine.cells, ring.mask, owner, 'buffer');
  const list = find(machine.cells, ring.list, owner, 'buffer');
  const counts = find(machine.cells, ring.counts, owner, 'buffer');
  const append = ring.log === undefined ? () => {} : compileAppend(owner, ring.log, machine);
  return () => {
    const step = stepOf(machine);
    const slot = step % ring.slots;
    let count = 0;
    for (let element = 0; element < ring.size; element++) {
      const bit = ring.maskBegin + element;
      const word = readElement(owner, mask, bit >>> 5);
      if (word === 0) {
        // No spike in these 32 bits; the loop continues with the next 32.
        element |= 31;
        continue;
      }
      if (((word >>> (bit & 31)) & 1) === 0) continue;
      writeElement(owner, list, slot * ring.size + count, element);
      count += 1;
      append(step, element);
    }
    writeElement(owner, counts, slot, count);
  };
}

/** Appends (step, element) rows to a log. */
function compileAppend(owner: string, name: string, machine: Machine): (step: number, element: number) => void {
  const log = find(machine.logs, name, owner, 'log');
  const rows = find(machine.cells, log.buffer, owner, 'buffer');
  const cursor = find(machine.cells, log.cursor.buffer, owner, 'buffer');
  return (step, element) => {
    const row = readElement(owner, cursor, log.cursor.index);
    writeElement(owner, rows, row * log.rowLength, step);
    writeElement(owner, rows, row * log.rowLength + 1, element);
    writeElement(owner, cursor, log.cursor.index, row + 1);
  };
}

function compilePropagate(kernel: PropagateKernel, machine: Machine): () => void {
  const { name: owner, elements, delays } = kernel;
  const segments = find(machine.cells, kernel.segments, owner, 'buffer');
  const spikes = compileSpikes(owner, kernel.event, machine);
  const row = implicit('u32');
  const position = implicit('u32');
  const delay = implicit('i32');
  const body = compileBody(owner, kernel.locals, kernel.body, { row, position, delay }, machine);
  const delayCount = delays.last - delays.first + 1;
  return () => {
    for (let d = delays.last; d >= delays.first; d--) {
      const emission = stepOf(machine) - d;
      // Nothing was emitted before step 0.
      if (emission < 0) continue;
      delay.value[0] = d;
      spikes(emission, (element) => {
        if (element < elements.begin || element >= elements.end) return;
        const r = element - elements.begin;
        const segment = r * delayCount + d - delays.first;
        const end = readElement(owner, segments, segment + 1);
        row.value[0] = r;
        for (let p = readElement(owner, segments, segment); p < end; p++) {
          position.value[0] = p;
          body();
        }
      });
    }
  };
}
