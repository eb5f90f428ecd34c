/** Kernels with placeholders for the differences between members of a family. */

import type { ElementType, Local, ScalarType, Statement } from '../../ir/program.js';

/** A number that is equal for all members, or the name of the field that holds each member's own. */
export type Amount = number | { readonly field: string };

/** The parts of an event's ring that a kernel reads or writes. Buffers are named as in bodies. */
export interface RingPattern {
  /** Elements of the population. */
  readonly size: Amount;
  /** Buffer of the lists of the last steps. */
  readonly list: string;
  /** Buffer of the lengths of the lists. */
  readonly counts: string;
  /** The slot of step n is n & slotMask. */
  readonly slotMask: Amount;
}

interface PatternBase {
  readonly name: string;
  readonly comment: string;
}

/** A number known when printing or in the member's row, or the value of a cell. */
type ExtentPattern = Amount | CellPattern;

/** An element of a buffer. */
interface CellPattern {
  readonly buffer: string;
  readonly index: Amount;
}

/** Whether the items of a domain are counted by a cell, while the network runs. */
export const isCell = (count: ExtentPattern): count is CellPattern => typeof count !== 'number' && 'buffer' in count;

/** The items of a map, with numbers that may differ between members. */
export type DomainPattern =
  | { readonly kind: 'ranges'; readonly ranges: readonly { readonly begin: Amount; readonly end: Amount }[] }
  | { readonly kind: 'count'; readonly count: ExtentPattern }
  | { readonly kind: 'spikes'; readonly ring: RingPattern };

/** A map kernel with placeholders for the differences between members. */
export interface MapPattern extends PatternBase {
  readonly shape: 'map';
  readonly domain: DomainPattern;
  readonly lanes: boolean;
  /** Whether each item is the work of a team. */
  readonly team: boolean;
  readonly locals: readonly Local[];
  readonly body: readonly Statement[];
}

interface SequentialPattern extends PatternBase {
  readonly shape: 'sequential';
  readonly locals: readonly Local[];
  readonly body: readonly Statement[];
}

/** A kernel that lists spikes, with placeholders for the differences between members. */
export interface CompactPattern extends PatternBase {
  readonly shape: 'compact';
  readonly ring: RingPattern;
  /** Buffer of the bits of the elements that emitted. */
  readonly mask: string;
  /** First u32 of the mask. */
  readonly firstWord: Amount;
  /** Log that receives every spike; absent: none. */
  readonly log?: {
    readonly buffer: string;
    readonly cursor: { readonly buffer: string; readonly index: Amount };
    /** Largest number of rows with certain room for another step. */
    readonly room: Amount;
  };
}

/** A kernel that delivers spikes, with placeholders for the differences between members. */
export interface PropagatePattern extends PatternBase {
  readonly shape: 'propagate';
  readonly ring: RingPattern;
  /** First element of the ring with a row, and the number of elements with rows. */
  readonly begin: Amount;
  /** Number of elements that have a row. */
  readonly rows: Amount;
  /** Whether every element of the ring has a row. */
  readonly everyElement: boolean;
  /** Delays in steps, i32. */
  readonly delays: { readonly first: Amount; readonly last: Amount };
  /** Segments of a row: one for each delay. */
  readonly columns: Amount;
  /** Buffer of the first positions of segments, row-major by delay. */
  readonly segments: string;
  readonly order:
    | { readonly kind: 'any' | 'byRow' | 'sequential' }
    | { readonly kind: 'byTarget'; readonly targets: string; readonly targetCount: Amount };
  readonly locals: readonly Local[];
  readonly body: readonly Statement[];
}

/**
 * A kernel that may use fields of a family (`Field.name`) instead of buffers of the program, and a `local` of its body
 * may name a field with a number.
 */
export type KernelPattern = MapPattern | SequentialPattern | CompactPattern | PropagatePattern;

/**
 * A difference between members: a buffer, or a number. Its name is unused by buffers of the program and locals of the
 * kernel.
 */
export type Field =
  | { readonly kind: 'buffer'; readonly name: string; readonly element: ElementType }
  | { readonly kind: 'value'; readonly name: string; readonly type: ScalarType };

/** The name of a buffer of the program, or a number of the field's type. */
export type FieldValue = string | number | bigint;

/** One kernel of the program as a member of its family. */
export interface Member {
  /** Its name in the program. */
  readonly kernel: string;
  /** Its distinguishing name for readers: usually its population or projection. */
  readonly owner: string;
  /** One value for each field of the family. */
  readonly values: readonly FieldValue[];
}

/**
 * Kernels that one piece of code can compute; a kernel that is like no other is a family of one member and no fields.
 */
export interface Family {
  /**
   * Name in dotted form, not of a kernel of the program unless it is the only member; two families may have the same.
   */
  readonly name: string;
  /** The common part of the members. */
  readonly pattern: KernelPattern;
  /** Numbers and buffers that differ between members: columns of the table. */
  readonly fields: readonly Field[];
  /** Names of the fields with the bits of `fault` statements of the body, if members raise different ones. */
  readonly faultFields: ReadonlyMap<Statement, string>;
  /** In the order of the program's kernels. */
  readonly members: readonly Member[];
}
