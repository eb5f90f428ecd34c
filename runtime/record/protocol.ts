/** The protocol of an experiment after lowering: the actions on a session, step by step. */

import type { TypedArray } from '../../src/ir/program.js';
import type { SegmentSpan } from '../results/result.js';

/** One entry of a protocol. Recordings are on at the start. */
export type ProtocolEntry =
  /** Advances time by whole steps. */
  | { readonly kind: 'run'; readonly steps: number; readonly name?: string }
  /**
   * Runs a procedure of the program's schedule between two steps. `first`: it sets initial values, which a reset
   * restores.
   */
  | { readonly kind: 'call'; readonly procedure: string; readonly first?: true }
  /** Puts numbers into a buffer, then runs procedures; `first` as above. */
  | {
      readonly kind: 'write';
      readonly buffer: string;
      readonly offset: number;
      readonly data: TypedArray;
      readonly procedures: readonly string[];
      readonly first?: true;
    }
  | { readonly kind: 'record'; readonly recording: string; readonly on: boolean }
  /** Phases that follow belong to a segment of this name; time goes on. */
  | { readonly kind: 'segment'; readonly name: string }
  /** Back to step 0 and to first values, in a new segment. Annotations are of the one that ends. */
  | { readonly kind: 'reset'; readonly segment?: string; readonly annotations?: Readonly<Record<string, unknown>> }
  /** Keeps all that changes under a name, and goes back to it, in a new segment. */
  | { readonly kind: 'store'; readonly name: string }
  | { readonly kind: 'restore'; readonly name: string };

/** Entries that are carried out one after the other. */
export type Protocol = readonly ProtocolEntry[];

/** Whether time is ever turned back. */
export const turnsBack = (protocol: Protocol): boolean =>
  protocol.some(({ kind }) => kind === 'reset' || kind === 'restore');

/**
 * Returns the segments between resets of the time, in order; one for a protocol without resets. Steps are counted over
 * all segments; step n of a segment is step n - begin + start of its own time. @param first the first step of the first
 * segment
 */
export function segmentSpans(protocol: Protocol, steps = Infinity, first = 0): readonly SegmentSpan[] {
  const several = turnsBack(protocol);
  const usual = (k: number): string => (several ? `segment${String(k).padStart(3, '0')}` : 'run');
  const spans: SegmentSpan[] = [];
  const stored = new Map<string, number>();
  let current = { name: usual(0), begin: first, start: first };
  let done = first;
  const end = (annotations: Readonly<Record<string, unknown>> = {}): void => {
    if (current.begin >= steps && spans.length > 0) return;
    spans.push({
      ...current,
      end: Math.min(done, steps),
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    });
  };
  for (const entry of protocol) {
    if (entry.kind === 'run') done += entry.steps;
    else if (entry.kind === 'store') stored.set(entry.name, done - current.begin + current.start);
    else if (entry.kind === 'reset') {
      end(entry.annotations);
      current = { name: entry.segment ?? usual(spans.length), begin: done, start: 0 };
    } else if (entry.kind === 'restore') {
      end();
      current = { name: usual(spans.length), begin: done, start: stored.get(entry.name) ?? 0 };
    }
  }
  end();
  return spans;
}

/** Steps of the entire protocol. */
export function protocolSteps(protocol: Protocol): number {
  return protocol.reduce((sum, entry) => sum + (entry.kind === 'run' ? entry.steps : 0), 0);
}

/**
 * Returns the ranges of steps in which a recording is on.
 *
 * @returns ascending, disjoint [begin, end), at most `steps`; one range for a recording that is never switched
 */
export function recordedSpans(
  protocol: Protocol,
  recording: string,
  steps = protocolSteps(protocol),
): readonly (readonly [number, number])[] {
  const spans: [number, number][] = [];
  let step = 0;
  let on = true;
  for (const entry of protocol) {
    if (entry.kind === 'record' && entry.recording === recording) on = entry.on;
    if (entry.kind !== 'run') continue;
    const begin = Math.min(step, steps);
    const end = Math.min(step + entry.steps, steps);
    step += entry.steps;
    if (!on || begin === end) continue;
    const last = spans[spans.length - 1];
    if (last && last[1] === begin) last[1] = end;
    else spans.push([begin, end]);
  }
  return spans;
}

/** Whether a recording is ever switched on or off. */
export function isSwitched(protocol: Protocol, recording: string): boolean {
  return protocol.some((entry) => entry.kind === 'record' && entry.recording === recording);
}

/** Whether a recording is on in a part of a segment only; time being turned back begins another. */
export function isSwitchedWithin(protocol: Protocol, recording: string): boolean {
  let on = true;
  let before: boolean | null = null;
  for (const entry of protocol) {
    if (entry.kind === 'reset' || entry.kind === 'restore') before = null;
    else if (entry.kind === 'record' && entry.recording === recording) ({ on } = entry);
    else if (entry.kind === 'run' && entry.steps > 0) {
      if (before !== null && before !== on) return true;
      before = on;
    }
  }
  return false;
}

/** Union of lists of stretches, ascending and disjoint. */
export function unionSpans(
  lists: readonly (readonly (readonly [number, number])[])[],
): readonly (readonly [number, number])[] {
  const sorted = lists.flat().sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const union: [number, number][] = [];
  for (const [begin, end] of sorted) {
    const last = union[union.length - 1];
    if (last && begin <= last[1]) last[1] = Math.max(last[1], end);
    else union.push([begin, end]);
  }
  return union;
}
