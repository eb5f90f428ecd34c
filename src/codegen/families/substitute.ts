/** Turns a kernel into a pattern: all possible differences within a family are substituted, in one fixed order. */

import { invariant } from '../../diagnostics/diagnostic.js';
import { expandFixed } from '../../ir/fixed-point.js';
import type {
  BinaryOp,
  CompactKernel,
  Constant,
  Expression,
  Fault,
  Kernel,
  LocalGet,
  MapKernel,
  Program,
  PropagateKernel,
  Statement,
} from '../../ir/program.js';
import { logOf, ringOf } from '../schedule/kernel-calls.js';
import type { Amount, CompactPattern, DomainPattern, KernelPattern, PropagatePattern, RingPattern } from './pattern.js';

/** The replacements of parts that may differ between kernels. `hint` is a name for the meaning of a number. */
export interface Substitution {
  /** Replaces the name of a buffer. */
  readonly buffer: (name: string) => string;
  /** Replaces a number of the kernel's frame: a bound, a size, a delay. */
  readonly amount: (value: number, hint: string, type: 'u32' | 'i32') => Amount;
  /** Replaces a constant of the body. */
  readonly constant: (constant: Constant, hint: string) => Expression;
  /** Replaces a comment. */
  readonly text: (text: string) => string;
  /** Replaces the bits that a statement raises. */
  readonly fault: (statement: Fault) => Fault;
}

const u32 = (value: number): Constant => ({ kind: 'const', type: 'u32', value });
const isZero = (e: Expression): boolean => e.kind === 'const' && e.value === 0;

/** `local op offset`; an offset of zero that all members share is not written. */
function displaced(s: Substitution, op: 'add' | 'sub', local: LocalGet, offset: Constant, hint: string): Expression {
  const right = s.constant(offset, hint);
  if (isZero(right)) return local;
  return { kind: 'binary', type: 'u32', op, left: local, right } satisfies BinaryOp;
}

/** Splits an expression into a local and a constant added to it or subtracted from it, if it has this form. */
function displacement(
  e: Expression,
  op: 'add' | 'sub',
): { readonly local: LocalGet; readonly offset: Constant } | undefined {
  if (e.kind === 'local' && e.type === 'u32') return { local: e, offset: u32(0) };
  if (e.kind !== 'binary' || e.op !== op || e.type !== 'u32' || e.left.kind !== 'local' || e.right.kind !== 'const')
    return undefined;
  return { local: e.left, offset: e.right };
}

/** The index of an access: populations begin at different elements of merged arrays, the first of them at 0. */
function indexOf(s: Substitution, e: Expression): Expression {
  const increment = displacement(e, 'add');
  if (increment !== undefined)
    return displaced(s, 'add', increment.local, increment.offset, `${increment.local.name}_begin`);
  // Buffers with one entry for several elements, such as notes of cache lines.
  if (e.kind === 'binary' && e.op === 'shr')
    return { ...e, left: indexOf(s, e.left), right: expressionOf(s, e.right, 'shift') };
  return expressionOf(s, e, 'index');
}

/** Whether an expression is the index, in such a buffer, of the entry of an element of merged arrays. */
const isCell = (e: BinaryOp): boolean =>
  e.op === 'shr' && (displacement(e.left, 'add')?.local.name ?? 'index') !== 'index';

function expressionOf(s: Substitution, e: Expression, hint: string): Expression {
  const part = (operand: Expression): Expression => expressionOf(s, operand, hint);
  // Index minus beginning: an item's number in its own population.
  const decrement = displacement(e, 'sub');
  if (decrement?.local.name === 'index') return displaced(s, 'sub', decrement.local, decrement.offset, 'begin');
  switch (e.kind) {
    case 'const':
      return e.type === 'bool' ? e : s.constant(e, hint);
    case 'local':
      return e;
    case 'load':
      return { ...e, buffer: s.buffer(e.buffer), index: indexOf(s, e.index) };
    case 'unary':
    case 'convert':
    case 'reinterpret':
      return { ...e, operand: part(e.operand) };
    case 'toFixed':
    case 'fromFixed':
      // Members may differ in the exponent: as a number among others it becomes part of their tables.
      return part(expandFixed(e));
    case 'binary':
      if (isCell(e)) return indexOf(s, e);
      return { ...e, left: part(e.left), right: part(e.right) };
    case 'compare':
      return { ...e, left: part(e.left), right: part(e.right) };
    case 'select':
      return { ...e, condition: part(e.condition), whenTrue: part(e.whenTrue), whenFalse: part(e.whenFalse) };
    case 'call':
      return { ...e, arguments: e.arguments.map(part) };
  }
}

function statementOf(s: Substitution, statement: Statement): Statement {
  const all = (list: readonly Statement[]): readonly Statement[] => list.map((inner) => statementOf(s, inner));
  switch (statement.kind) {
    case 'set':
      return { ...statement, value: expressionOf(s, statement.value, statement.local) };
    case 'store':
    case 'accumulate':
      return {
        ...statement,
        buffer: s.buffer(statement.buffer),
        index: indexOf(s, statement.index),
        value: expressionOf(s, statement.value, 'value'),
      };
    case 'if':
      return {
        ...statement,
        condition: expressionOf(s, statement.condition, 'limit'),
        then: all(statement.then),
        else: all(statement.else),
      };
    case 'for': {
      const from = expressionOf(s, statement.from, `${statement.local}_from`);
      const to = expressionOf(s, statement.to, `${statement.local}_to`);
      return { ...statement, from, to, body: all(statement.body) };
    }
    case 'while':
      return { ...statement, condition: expressionOf(s, statement.condition, 'limit'), body: all(statement.body) };
    case 'call':
      return { ...statement, arguments: statement.arguments.map((argument) => expressionOf(s, argument, 'argument')) };
    case 'setBit':
      return {
        ...statement,
        mask: s.buffer(statement.mask),
        condition: expressionOf(s, statement.condition, 'threshold'),
      };
    case 'fault':
      return s.fault({ ...statement, when: expressionOf(s, statement.when, 'limit') });
    case 'comment':
      return { ...statement, text: s.text(statement.text) };
    case 'break':
      return statement;
  }
}

function ringPattern(program: Program, event: string, s: Substitution): RingPattern {
  const ring = ringOf(program, event);
  return {
    size: s.amount(ring.size, 'size', 'u32'),
    slotMask: s.amount(ring.slots - 1, 'slot_mask', 'u32'),
    list: s.buffer(ring.list),
    counts: s.buffer(ring.counts),
  };
}

function domainPattern(program: Program, { domain }: MapKernel, s: Substitution): DomainPattern {
  switch (domain.kind) {
    case 'ranges': {
      const range = ({ begin, end }: { begin: number; end: number }): { begin: Amount; end: Amount } => ({
        begin: s.amount(begin, 'items_begin', 'u32'),
        end: s.amount(end, 'items_end', 'u32'),
      });
      // Several ranges are a separate table, the same for all members.
      return { kind: 'ranges', ranges: domain.ranges.length === 1 ? domain.ranges.map(range) : domain.ranges };
    }
    case 'count': {
      const { count } = domain;
      if (typeof count === 'number') return { kind: 'count', count: s.amount(count, 'items', 'u32') };
      return {
        kind: 'count',
        count: { buffer: s.buffer(count.buffer), index: s.amount(count.index, 'count_index', 'u32') },
      };
    }
    case 'spikes':
      return { kind: 'spikes', ring: ringPattern(program, domain.event, s) };
  }
}

function propagatePattern(program: Program, kernel: PropagateKernel, s: Substitution): PropagatePattern {
  const { elements, delays, order } = kernel;
  const ring = ringOf(program, kernel.event);
  const rows = elements.end - elements.begin;
  const columns = delays.last - delays.first + 1;
  return {
    shape: 'propagate',
    name: kernel.name,
    comment: s.text(kernel.comment),
    ring: ringPattern(program, kernel.event, s),
    begin: s.amount(elements.begin, 'row_begin', 'u32'),
    rows: s.amount(rows, 'rows', 'u32'),
    everyElement: elements.begin === 0 && rows === ring.size,
    delays: { first: s.amount(delays.first, 'delay_first', 'i32'), last: s.amount(delays.last, 'delay_last', 'i32') },
    // Rows of one segment are separate from others, which look their segment up.
    columns: columns === 1 ? 1 : s.amount(columns, 'columns', 'u32'),
    segments: s.buffer(kernel.segments),
    order:
      order.kind === 'byTarget'
        ? {
            kind: 'byTarget',
            targets: s.buffer(order.targets),
            targetCount: s.amount(order.targetCount, 'target_count', 'u32'),
          }
        : order,
    locals: kernel.locals,
    body: kernel.body.map((statement) => statementOf(s, statement)),
  };
}

function compactPattern(program: Program, kernel: CompactKernel, s: Substitution): CompactPattern {
  const ring = ringOf(program, kernel.event);
  const log = logOf(program, ring);
  invariant(
    ring.log === undefined || log?.rowLength === 2,
    'codegen/families',
    `${ring.name} has no log of pairs named ${ring.log ?? ''}`,
  );
  const pattern: CompactPattern = {
    shape: 'compact',
    name: kernel.name,
    comment: s.text(kernel.comment),
    ring: ringPattern(program, kernel.event, s),
    mask: s.buffer(ring.mask),
    firstWord: s.amount(ring.maskBegin / 32, 'first_word', 'u32'),
  };
  if (log === undefined) return pattern;
  const { buffer, cursor, capacity, maxRowsPerStep } = log;
  return {
    ...pattern,
    log: {
      buffer: s.buffer(buffer),
      cursor: { buffer: s.buffer(cursor.buffer), index: s.amount(cursor.index, 'cursor', 'u32') },
      room: s.amount(capacity - maxRowsPerStep, 'room', 'u32'),
    },
  };
}

/** The pattern of a kernel. Equal kernels meet the functions of the substitution in the same order. */
export function patternOf(program: Program, kernel: Kernel, s: Substitution): KernelPattern {
  switch (kernel.shape) {
    case 'map': {
      const { shape, name, lanes, team = false, locals } = kernel;
      const comment = s.text(kernel.comment);
      const domain = domainPattern(program, kernel, s);
      return {
        shape,
        name,
        comment,
        domain,
        lanes,
        team,
        locals,
        body: kernel.body.map((statement) => statementOf(s, statement)),
      };
    }
    case 'sequential': {
      const { shape, name, locals } = kernel;
      return {
        shape,
        name,
        comment: s.text(kernel.comment),
        locals,
        body: kernel.body.map((statement) => statementOf(s, statement)),
      };
    }
    case 'compact':
      return compactPattern(program, kernel, s);
    case 'propagate':
      return propagatePattern(program, kernel, s);
  }
}
