/**
 * The order in which parts of a type are advanced, in short notation. A part names the variables that it advances, `"m"` or `"v
 * spike"`. A derived variable is computed in the first part that reads it, unless it is listed.
 */

import { parseExpression, parseStatements } from '../../../src/lang/parse.js';
import { expressionsOf, namesIn } from '../../../src/lang/walk.js';

/** The parts of a type that determine its dependencies. */
interface Texts {
  readonly derived?: Readonly<Record<string, unknown>>;
  readonly derivatives?: Readonly<Record<string, unknown>>;
  readonly events?: Readonly<Record<string, unknown>>;
}

/** A part as the canonical model has it. */
interface Part {
  readonly derived?: readonly string[];
  readonly propagate?: readonly string[];
  readonly state?: readonly string[];
  readonly events?: readonly string[];
  readonly regimes?: true;
  readonly current?: readonly string[];
}

const memberOf = (entry: unknown, key: string): string => {
  const value: unknown = typeof entry === 'object' && entry !== null ? (entry as Record<string, unknown>)[key] : entry;
  return typeof value === 'string' ? value : '0';
};

/** Returns names that expressions and statements of a text read; empty for text that does not parse. */
function namesRead(text: string, isCode = false): readonly string[] {
  try {
    if (!isCode) return [...namesIn(parseExpression(text))];
    return parseStatements(text).flatMap((one) => [
      ...expressionsOf(one).flatMap((e) => [...namesIn(e)]),
      ...(one.kind === 'assignment' && one.operator !== '=' ? [one.target] : []),
    ]);
  } catch {
    return [];
  }
}

/** Returns the statements of an event. */
function codeOf(event: unknown): readonly string[] {
  const code: unknown = typeof event === 'object' && event !== null ? (event as Record<string, unknown>)['do'] : [];
  const list: readonly unknown[] = Array.isArray(code) ? code : [];
  return list.filter((one) => typeof one === 'string');
}

/** Returns the names that an event reads. */
const readByEvent = (event: unknown): readonly string[] => [
  ...namesRead(memberOf(event, 'when')),
  ...codeOf(event).flatMap((text) => namesRead(text, true)),
];

/** The dependencies within a type. */
interface Reads {
  readonly derived: ReadonlyMap<string, readonly string[]>;
  readonly state: ReadonlyMap<string, readonly string[]>;
  readonly events: ReadonlyMap<string, readonly string[]>;
  /** Variables that events assign to. */
  readonly written: ReadonlyMap<string, readonly string[]>;
}

function readsIn({ derived = {}, derivatives = {}, events = {} }: Texts): Reads {
  const of = (map: Readonly<Record<string, unknown>>, read: (one: unknown) => readonly string[]) =>
    new Map(Object.entries(map).map(([name, one]) => [name, read(one)] as const));
  return {
    derived: of(derived, (one) => namesRead(memberOf(one, 'value'))),
    state: of(derivatives, (one) => namesRead(memberOf(one, 'rate'))),
    events: of(events, readByEvent),
    written: of(events, (one) =>
      codeOf(one).flatMap((text) => [...(/^(\w+) [-+*\/]?= /.exec(text.trim())?.slice(1) ?? [])]),
    ),
  };
}

/** Returns a sequence in the canonical model's form; parts in long notation stay as they are. */
export const wholeSequence = (sequence: readonly unknown[], texts: Texts): readonly unknown[] =>
  whole(sequence, readsIn(texts));

const wordsOf = (part: string): readonly string[] => part.split(/\s+/).filter((word) => word !== '');

function whole(sequence: readonly unknown[], { derived, state, events }: Reads): readonly unknown[] {
  const listed = new Set(
    sequence.flatMap((part) => (typeof part === 'string' ? wordsOf(part) : ((part as Part | null)?.derived ?? []))),
  );
  const done = new Set<string>();
  return sequence.map((part) => {
    if (typeof part !== 'string') return part;
    const own = wordsOf(part);
    const order: string[] = [];
    const place = (name: string): void => {
      if (!derived.has(name) || done.has(name)) return;
      done.add(name);
      for (const one of derived.get(name) ?? []) if (!listed.has(one)) place(one);
      order.push(name);
    };
    for (const name of own) place(name);
    // The checks report unknown names.
    const advanced = own.filter((name) => !derived.has(name) && !events.has(name));
    const tested = own.filter((name) => events.has(name));
    for (const name of [...advanced, ...tested])
      for (const one of state.get(name) ?? events.get(name) ?? []) if (!listed.has(one)) place(one);
    return {
      ...(order.length === 0 ? {} : { derived: order }),
      ...(advanced.length === 0 ? {} : { state: advanced }),
      ...(tested.length === 0 ? {} : { events: tested }),
    };
  });
}

/**
 * Returns a sequence in short notation if every variable is read as in the long one: from the step before, or from this step.
 * Otherwise returns it unchanged.
 */
export function shortSequence(sequence: readonly Part[], texts: Texts): readonly unknown[] {
  if (sequence.some(({ propagate, regimes, current }) => propagate ?? regimes ?? current)) return sequence;
  const reads = readsIn(texts);
  const wanted = readingsOf(sequence, reads);
  const all = new Set(sequence.flatMap(({ derived = [] }) => derived));
  const own = new Set<string>();
  for (;;) {
    const parts = sequence
      .map(({ derived = [], state = [], events = [] }) => [
        ...derived.filter((name) => own.has(name)),
        ...state,
        ...events,
      ])
      .filter((names) => names.length > 0)
      .map((names) => names.join(' '));
    const found = whole(parts, reads) as readonly Part[];
    const placed = new Set(found.flatMap(({ derived = [] }) => derived));
    const unread = [...all].filter((name) => !placed.has(name) && !isReadIn(reads, name));
    if (unread.length > 0) {
      for (const name of unread) own.add(name);
      continue;
    }
    const made = readingsOf(found, reads);
    const differing = [...wanted].flatMap(([key, { names, isBefore }]) =>
      made.get(key)?.isBefore === isBefore ? [] : [names],
    );
    if (differing.length === 0) return placed.size === all.size ? parts : sequence;
    // Prefers variables that are read over their readers.
    const candidates = [1, 0].flatMap((k) => differing.map((names) => names[k] ?? ''));
    const next = candidates.find((name) => all.has(name) && !own.has(name));
    if (next === undefined) return sequence;
    own.add(next);
  }
}

const isReadIn = ({ derived, state, events }: Reads, name: string): boolean =>
  [derived, state, events].some((map) => [...map.values()].some((names) => names.includes(name)));

/** Whether a variable changes before another part of a type reads it, in a step. */
interface Reading {
  readonly names: readonly [reader: string, read: string];
  readonly isBefore: boolean;
}

function readingsOf(sequence: readonly Part[], reads: Reads): ReadonlyMap<string, Reading> {
  const moments = new Map<string, readonly [part: number, phase: number, place: number]>();
  const changes: (readonly [name: string, by: string])[] = [];
  sequence.forEach(({ derived = [], state = [], events = [] }, part) => {
    derived.forEach((name, place) => moments.set(name, [part, 0, place]));
    for (const name of state) moments.set(name, [part, 1, 0]);
    events.forEach((name, place) => moments.set(`event ${name}`, [part, 2, place]));
  });
  for (const name of [...reads.derived.keys(), ...reads.state.keys()]) changes.push([name, name]);
  for (const [event, names] of reads.written) for (const name of names) changes.push([name, `event ${event}`]);
  const changers = new Map<string, string[]>();
  for (const [name, by] of changes) changers.set(name, [...(changers.get(name) ?? []), by]);
  const found = new Map<string, Reading>();
  const note = (reader: string, names: readonly string[]): void => {
    for (const name of names)
      for (const by of changers.get(name) ?? []) {
        const [a, b] = [moments.get(by), moments.get(reader)];
        // A missing name counts as not changed before the reading.
        const isBefore = a !== undefined && b !== undefined && isEarlier(a, b);
        found.set(`${reader} ${name} ${by}`, { names: [reader, name], isBefore });
      }
  };
  for (const [name, names] of reads.derived) note(name, names);
  for (const [name, names] of reads.state) note(name, names);
  for (const [name, names] of reads.events) note(`event ${name}`, names);
  return found;
}

const isEarlier = (a: readonly number[], b: readonly number[]): boolean => {
  const k = a.findIndex((one, place) => one !== b[place]);
  return k >= 0 && (a[k] ?? 0) < (b[k] ?? 0);
};
