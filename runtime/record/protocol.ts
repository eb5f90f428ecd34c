/** What is done with a session, step by step: the protocol of an experiment, after lowering. */

/** One entry of a protocol. Recordings are on at the start. */
export type ProtocolEntry =
  /** Advances time by whole steps. */
  | { readonly kind: 'run'; readonly steps: number; readonly name?: string }
  /** Runs a procedure of the program's schedule between two steps. */
  | { readonly kind: 'call'; readonly procedure: string }
  | { readonly kind: 'record'; readonly recording: string; readonly on: boolean }
  /** A new segment begins: what follows belongs to it. */
  | { readonly kind: 'segment'; readonly name: string };

export type Protocol = readonly ProtocolEntry[];

/** Steps of the whole protocol. */
export function protocolSteps(protocol: Protocol): number {
  return protocol.reduce((sum, entry) => sum + (entry.kind === 'run' ? entry.steps : 0), 0);
}

/**
 * Stretches of steps in which a recording is on.
 *
 * @returns ascending, disjoint [begin, end), at most `steps`; one stretch for a recording that is never switched
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

/** Union of lists of stretches, ascending and disjoint. */
export function unionSpans(lists: readonly (readonly (readonly [number, number])[])[]): readonly (readonly [number, number])[] {
  const sorted = lists.flat().sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const union: [number, number][] = [];
  for (const [begin, end] of sorted) {
    const last = union[union.length - 1];
    if (last && begin <= last[1]) last[1] = Math.max(last[1], end);
    else union.push([begin, end]);
  }
  return union;
}
