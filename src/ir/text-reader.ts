/** Reads the text form of a program. */

import { UsageError } from '../diagnostics/diagnostic.js';
import { implicitLocals } from './check-kernels.js';
import {
  type Action,
  type Buffer,
  type ElementType,
  type EventRing,
  type Extent,
  type Inbox,
  type IrFunction,
  type Kernel,
  type Local,
  type Log,
  type Manifest,
  type MapKernel,
  type Program,
  type PropagateKernel,
  type Range,
  type ScalarType,
  type StepEntry,
  elementBytes,
} from './program.js';
import { arrayOfBase64, arrayOfElements } from './text-data.js';
import { TokenReader, tokenize } from './text-lexer.js';
import { type BodyNames, readBlock, readList, readType } from './text-read-body.js';

interface Draft {
  readonly events: EventRing[];
  readonly logs: Log[];
  readonly buffers: Buffer[];
  readonly functions: Pending<IrFunction>[];
  readonly kernels: Pending<Kernel>[];
  readonly step: StepEntry[];
  readonly initialise: Action[];
  readonly procedures: Record<string, readonly Action[]>;
}

/** A function or kernel with a body that is read after all names are known. */
interface Pending<T> {
  readonly head: T;
  readonly body: number | null;
  /** The finer form of a map kernel. */
  readonly finer?: Pending<MapKernel>;
}

/**
 * The program that a text describes.
 *
 * @throws UsageError with the line, when the text is not the text form of a program
 */
export function parseProgram(text: string): Program {
  const split = /\nmanifest\n(?=\{)/.exec(text);
  if (!split) throw new UsageError('program text: there is no manifest');
  const reader = new TokenReader(tokenize(text.slice(0, split.index)));
  reader.expect('program');
  const name = reader.string();
  reader.expect('precision');
  const precision = reader.name();
  if (precision !== 'float64' && precision !== 'float32') throw reader.error('float64 or float32 before this');
  reader.expect('dt');
  const dt = reader.number();
  reader.expect('numerics');
  const numericsVersion = reader.number();
  const draft: Draft = {
    events: [],
    logs: [],
    buffers: [],
    functions: [],
    kernels: [],
    step: [],
    initialise: [],
    procedures: {},
  };
  while (reader.peek().kind !== 'end') readItem(reader, draft);
  const { events, logs, buffers } = draft;
  return {
    name,
    precision,
    dt,
    numericsVersion,
    events,
    logs,
    buffers,
    ...readBodies(reader, draft),
    schedule: { initialise: draft.initialise, step: draft.step, procedures: draft.procedures },
    manifest: readManifest(text.slice(split.index + split[0].length)),
  };
}

function readItem(reader: TokenReader, draft: Draft): void {
  const word = reader.name();
  switch (word) {
    case 'event':
      draft.events.push(readEvent(reader));
      break;
    case 'log':
      draft.logs.push(readLog(reader));
      break;
    case 'buffer':
      draft.buffers.push(readBuffer(reader));
      break;
    case 'function':
      draft.functions.push(readFunction(reader));
      break;
    case 'kernel':
      draft.kernels.push(readKernel(reader));
      break;
    case 'initialise':
      draft.initialise.push(...readActions(reader));
      break;
    case 'procedure': {
      const name = reader.name();
      draft.procedures[name] = readActions(reader);
      break;
    }
    case 'step':
      while (!reader.pass('end')) draft.step.push(readEntry(reader));
      break;
    default:
      throw reader.error(`event, log, buffer, function, kernel or a schedule, not ${word}, before this`);
  }
}

function readBodies(reader: TokenReader, draft: Draft): Pick<Program, 'functions' | 'kernels'> {
  const known = {
    buffers: new Map(draft.buffers.map((buffer) => [buffer.name, buffer])),
    functions: new Map(draft.functions.map(({ head }) => [head.name, head])),
  };
  const types = (locals: readonly Local[]): [string, ScalarType][] => locals.map(({ name, type }) => [name, type]);
  const body = (at: number, names: BodyNames): ReturnType<typeof readBlock> => readBlock(reader.from(at), names);
  const bodyOf = (at: number, head: Exclude<Kernel, { shape: 'compact' }>): ReturnType<typeof readBlock> =>
    body(at, { ...known, locals: new Map([...types(head.locals), ...implicitLocals(head)]) });
  return {
    functions: draft.functions.map(({ head, body: at }) => ({
      ...head,
      body: body(at ?? 0, {
        ...known,
        buffers: new Map(),
        locals: new Map(types([...head.parameters, ...head.locals])),
      }),
    })),
    kernels: draft.kernels.map(({ head, body: at, finer }) => {
      if (head.shape === 'compact' || at === null) return head;
      const kernel = { ...head, body: bodyOf(at, head) };
      if (kernel.shape !== 'map' || !finer) return kernel;
      const { domain, team, locals } = finer.head;
      const finerMap = { domain, ...(team ? { team } : {}), locals, body: bodyOf(finer.body ?? 0, finer.head) };
      return { ...kernel, finer: finerMap };
    }),
  };
}

/** Reads a keyword and the text after it. */
function after<T>(reader: TokenReader, word: string, read: () => T): T {
  reader.expect(word);
  return read();
}

function readCell(reader: TokenReader): { buffer: string; index: number } {
  const buffer = reader.name();
  reader.expect('[');
  const index = reader.number();
  reader.expect(']');
  return { buffer, index };
}

const readExtent = (reader: TokenReader): Extent =>
  reader.peek().kind === 'name' ? readCell(reader) : reader.number();

function readEvent(reader: TokenReader): EventRing {
  const name = (): string => reader.name();
  const number = (): number => reader.number();
  const event: EventRing = {
    name: name(),
    size: after(reader, 'size', number),
    mask: after(reader, 'mask', name),
    maskBegin: after(reader, 'at', number),
    list: after(reader, 'list', name),
    counts: after(reader, 'counts', name),
    slots: after(reader, 'slots', number),
  };
  // `log` also begins the next item: there, `buffer` follows the name.
  return reader.sees('log') && !reader.sees('buffer', 2) ? { ...event, log: after(reader, 'log', name) } : event;
}

function readLog(reader: TokenReader): Log {
  const number = (): number => reader.number();
  return {
    name: reader.name(),
    buffer: after(reader, 'buffer', () => reader.name()),
    cursor: after(reader, 'cursor', () => readCell(reader)),
    rowLength: after(reader, 'rowLength', number),
    capacity: after(reader, 'capacity', number),
    maxRowsPerStep: after(reader, 'maxRowsPerStep', number),
  };
}

const isElement = (name: string): name is ElementType => Object.hasOwn(elementBytes, name);

const readInbox = (reader: TokenReader): Inbox =>
  reader.peek().kind === 'name' ? { scale: reader.name(), unit: reader.name() } : { exponent: reader.number() };

function readBuffer(reader: TokenReader): Buffer {
  const name = reader.name();
  reader.expect(':');
  const element = reader.name();
  if (!isElement(element)) throw reader.error(`an element type, not ${element}, before this`);
  reader.expect('[');
  const length = readExtent(reader);
  reader.expect(']');
  const role = reader.name();
  if (role !== 'state' && role !== 'constant') throw reader.error(`state or constant, not ${role}, before this`);
  const bound = reader.pass('atMost') ? { atMost: reader.number() } : {};
  const inbox = reader.pass('inbox') ? { inbox: readInbox(reader) } : {};
  const buffer: Buffer = { name, element, length, role, ...bound, ...inbox, comment: reader.string() };
  return reader.pass('=') ? { ...buffer, initial: readInitial(reader, element) } : buffer;
}

function readInitial(reader: TokenReader, element: ElementType): NonNullable<Buffer['initial']> {
  if (reader.pass('fill')) return { fill: readElement(reader, element) };
  if (reader.pass('base64')) {
    const lines: string[] = [];
    while (reader.peek().kind === 'string') lines.push(reader.string());
    return arrayOfBase64(element, lines.join(''));
  }
  reader.expect('[');
  return arrayOfElements(
    element,
    readList(reader, ']', () => readElement(reader, element)),
  );
}

/** Reads an element; i64 elements would lose digits as numbers. */
function readElement(reader: TokenReader, element: ElementType): number | bigint {
  if (element !== 'i64') return reader.number();
  const negative = reader.pass('-');
  if (reader.peek().kind !== 'number') throw reader.error('an integer');
  const value = BigInt(reader.next().text.replace(/L$/, ''));
  return negative ? -value : value;
}

function readLocal(reader: TokenReader): Local {
  const name = reader.name();
  reader.expect(':');
  return { name, type: readType(reader) };
}

function readLocals(reader: TokenReader): Local[] {
  if (!reader.pass('locals')) return [];
  const locals = [readLocal(reader)];
  while (reader.pass(',')) locals.push(readLocal(reader));
  return locals;
}

/** Skips a body in braces. @returns its beginning */
function skipBody(reader: TokenReader): number {
  const begin = reader.position;
  reader.expect('{');
  for (let depth = 1; depth > 0;) {
    if (reader.peek().kind === 'end') throw reader.error('}');
    if (reader.sees('{')) depth += 1;
    if (reader.sees('}')) depth -= 1;
    reader.next();
  }
  return begin;
}

function readFunction(reader: TokenReader): Pending<IrFunction> {
  const name = reader.name();
  reader.expect('(');
  const parameters = readList(reader, ')', () => readLocal(reader));
  reader.expect('->');
  reader.expect('(');
  const results = readList(reader, ')', () => readLocal(reader));
  const comment = reader.string();
  return { head: { name, comment, parameters, results, locals: readLocals(reader), body: [] }, body: skipBody(reader) };
}

function readKernel(reader: TokenReader): Pending<Kernel> {
  const shape = reader.name();
  const base = { name: reader.name(), comment: reader.string() };
  switch (shape) {
    case 'map': {
      const mapKernel = readMap(reader, base);
      return reader.pass('finer') ? { ...mapKernel, finer: readMap(reader, base) } : mapKernel;
    }
    case 'sequential':
      return { head: { ...base, shape, locals: readLocals(reader), body: [] }, body: skipBody(reader) };
    case 'compact':
      return { head: { ...base, shape, event: after(reader, 'event', () => reader.name()) }, body: null };
    case 'propagate': {
      const event = after(reader, 'event', () => reader.name());
      const elements = after(reader, 'elements', () => readRange(reader));
      const first = after(reader, 'delays', () => reader.number());
      const last = after(reader, 'to', () => reader.number());
      const segments = after(reader, 'segments', () => reader.name());
      const order = after(reader, 'order', () => readOrder(reader));
      const synapses = reader.pass('synapses') ? reader.number() : undefined;
      const head = {
        ...base,
        shape,
        event,
        elements,
        delays: { first, last },
        segments,
        ...(synapses === undefined ? {} : { synapses }),
        order,
        locals: readLocals(reader),
        body: [],
      } as const;
      return { head, body: skipBody(reader) };
    }
    default:
      throw reader.error(`a kernel of shape map, sequential, compact or propagate, not ${shape}, before this`);
  }
}

function readMap(reader: TokenReader, base: Pick<Kernel, 'name' | 'comment'>): Pending<MapKernel> {
  const domain = readDomain(reader);
  const lanes = reader.pass('lanes');
  const team = reader.pass('team') ? ({ team: true } as const) : {};
  const head = { ...base, shape: 'map', domain, lanes, ...team, locals: readLocals(reader), body: [] } as const;
  return { head, body: skipBody(reader) };
}

function readDomain(reader: TokenReader): MapKernel['domain'] {
  reader.expect('over');
  if (reader.pass('count')) return { kind: 'count', count: readExtent(reader) };
  if (reader.pass('spikes')) return { kind: 'spikes', event: reader.name() };
  reader.expect('ranges');
  const ranges: Range[] = [];
  while (reader.sees('[')) ranges.push(readRange(reader));
  return { kind: 'ranges', ranges };
}

function readRange(reader: TokenReader): Range {
  reader.expect('[');
  const begin = reader.number();
  reader.expect(',');
  const end = reader.number();
  reader.expect(')');
  return { begin, end };
}

function readOrder(reader: TokenReader): PropagateKernel['order'] {
  const kind = reader.name();
  if (kind === 'byTarget') return { kind, targets: reader.name(), targetCount: reader.number() };
  if (kind === 'any' || kind === 'byRow' || kind === 'sequential') return { kind };
  throw reader.error(`any, byTarget, byRow or sequential, not ${kind}, before this`);
}

function readActions(reader: TokenReader): Action[] {
  const actions: Action[] = [];
  while (!reader.pass('end')) {
    if (reader.pass('run')) {
      actions.push({ kind: 'run', kernel: reader.name() });
    } else {
      const kind = reader.pass('release') ? 'release' : 'allocate';
      if (kind === 'allocate') reader.expect('allocate');
      reader.expect('(');
      actions.push({ kind, buffers: readList(reader, ')', () => reader.name()) });
    }
  }
  return actions;
}

function readEntry(reader: TokenReader): StepEntry {
  const number = (): number => reader.number();
  return {
    kernel: after(reader, 'run', () => reader.name()),
    every: after(reader, 'every', number),
    offset: after(reader, 'offset', number),
    slot: after(reader, 'slot', () => reader.string()),
  };
}

/** The manifest is our own JSON; only its typed arrays need making. */
function readManifest(text: string): Manifest {
  const revive = (key: string, value: unknown): unknown => {
    const elements =
      key === 'indices' && typeof value === 'object' && value !== null && 'u32' in value ? value.u32 : undefined;
    return Array.isArray(elements) ? Uint32Array.from(elements as number[]) : value;
  };
  try {
    return JSON.parse(text, revive) as Manifest;
  } catch (error) {
    throw new UsageError(
      `program text: the manifest is not JSON (${error instanceof Error ? error.message : String(error)})`,
    );
  }
}
