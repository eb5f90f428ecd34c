/**
 * Checkpoints: a folder with all data that another process needs to continue a run.
 *
 * - `run.json`: the model and the options of the run, written once
 * - `rows`: all recorded rows, in the order of their arrival; it only grows
 * - `state`: the engine and the protocol between two steps, and the length of `rows` at that time; each checkpoint
 *   replaces the file atomically
 */

import { createHash, type Hash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  readdirSync,
  rmdirSync,
  truncateSync,
} from 'node:fs';
import { join } from 'node:path';

import { invariant, UsageError } from '../../src/diagnostics/diagnostic.js';
import type { ElementType, Program, TypedArray } from '../../src/ir/program.js';
import { arrayFromBytes, bytesOf, elementTypeOf } from '../results/arrays.js';
import { ownerOf, partialPath, tidyFolder } from '../results/file-sets.js';
import { systemFiles, writeAll, type FileSystem } from '../results/file-system.js';
import { orOutputError } from '../results/output-error.js';
import { writeWhole } from '../results/output-files.js';
import type { Snapshot } from '../targets/target.js';
import type { Checkpoint, IntakeCall, RecordingState, StoredCheckpoint } from './recording-state.js';
import type { TimelineState } from './timeline.js';

const names = { run: 'run.json', rows: 'rows', state: 'state' } as const;

/** An empty file under the name of the process that writes the checkpoint. */
const claim = 'writer';

/**
 * Creates a checkpoint; the run cannot be continued before the first `store`.
 *
 * @param run the model and the options of the run, as JSON
 * @param seconds wall time between two checkpoints
 * @throws UsageError if the folder exists or cannot be written
 */
export function createCheckpoint(
  folder: string,
  run: object,
  seconds: number,
  fileSystem: FileSystem = systemFiles,
): Checkpoint {
  if (existsSync(folder) && !isBeforeFirstState(folder))
    throw new UsageError(
      `${folder} is the checkpoint of a run that did not end`,
      'continue the run with --resume, save its data with --recover, or remove the folder',
    );
  return orOutputError(folder, () => {
    mkdirSync(folder, { recursive: true });
    tidyFolder(folder);
    const text = Buffer.from(`${JSON.stringify(run)}\n`);
    writeWhole([{ path: join(folder, names.run), parts: [text] }], fileSystem);
    const descriptor = fileSystem.create(join(folder, names.rows));
    const rows = { descriptor, digest: createHash('sha256'), length: 0 };
    return checkpoint(folder, sha256(text), rows, seconds, fileSystem);
  });
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** The open file `rows`. */
interface RowsFile {
  readonly descriptor: number;
  /** Of all of it. */
  readonly digest: Hash;
  readonly length: number;
}

/** @param run  digest of `run.json` */
function checkpoint(folder: string, run: string, file: RowsFile, seconds: number, fileSystem: FileSystem): Checkpoint {
  const { descriptor, digest } = file;
  let { length } = file;
  const claimed = partialPath(join(folder, claim), fileSystem.process);
  fileSystem.close(fileSystem.create(claimed));
  let last = performance.now();
  const write = (bytes: Uint8Array): void => {
    writeAll(descriptor, bytes, fileSystem);
    digest.update(bytes);
    length += bytes.length;
  };
  return {
    append: (call) => orOutputError(folder, () => encodeCall(call).forEach(write)),
    isDue: () => performance.now() - last >= 1000 * seconds,
    store: (state) =>
      orOutputError(folder, () => {
        fileSystem.sync(join(folder, names.rows));
        const rows = { length, sha256: digest.copy().digest('hex') };
        const parts = encodeState(state, { run, rows });
        writeWhole([{ path: join(folder, names.state), parts }], fileSystem);
        last = performance.now();
      }),
    end: (outcome) => {
      fileSystem.close(descriptor);
      fileSystem.remove(claimed);
      const canContinue = outcome === 'stopped' && existsSync(join(folder, names.state));
      if (canContinue) return;
      for (const name of Object.values(names)) fileSystem.remove(join(folder, name));
      // The results of the run may be in the folder, too.
      if (readdirSync(folder).length === 0) rmdirSync(folder);
    },
  };
}

/**
 * Opens a checkpoint.
 *
 * @throws UsageError for a folder that is not a checkpoint or has no complete one
 */
export function openCheckpoint(folder: string): StoredCheckpoint {
  const stateFile = join(folder, names.state);
  if (!existsSync(join(folder, names.run)))
    throw new UsageError(`${folder} is not a checkpoint`, 'give the folder that run --checkpoint wrote');
  if (!existsSync(stateFile))
    throw new UsageError(`${folder} has no checkpoint yet: its run ended before the first one`, 'run the model again');
  tidyFolder(folder);
  try {
    const text = readFileSync(join(folder, names.run));
    const { state, files } = decodeState(readFileSync(stateFile));
    const { rows } = files;
    if (sha256(text) !== files.run) throw changed(folder);
    const path = join(folder, names.rows);
    const digest = digestOfStart(path, rows.length);
    if (digest.copy().digest('hex') !== rows.sha256) throw changed(folder);
    return {
      run: JSON.parse(text.toString('utf8')) as unknown,
      state,
      calls: function* calls(program) {
        yield* decodeCalls(path, rows.length, program);
      },
      resume: (seconds) =>
        orOutputError(folder, () => {
          const owner = writerOf(folder);
          if (owner !== undefined)
            throw new UsageError(
              `${folder} is in use: process ${owner} runs its model`,
              'wait until the run has ended',
            );
          truncateSync(path, rows.length);
          const file = { descriptor: openSync(path, 'a'), digest, length: rows.length };
          return checkpoint(folder, files.run, file, seconds, systemFiles);
        }),
    };
  } catch (error) {
    throw error instanceof UsageError ? error : changed(folder);
  }
}

/** Checks whether a run can be continued from a folder. */
export const hasState = (folder: string): boolean => existsSync(join(folder, names.state));

/** Checks whether a folder is the checkpoint of a run that was killed before its first state, which is begun anew. */
function isBeforeFirstState(folder: string): boolean {
  if (!existsSync(join(folder, names.run)) || hasState(folder)) return false;
  // A killed process leaves its claim.
  tidyFolder(folder);
  return writerOf(folder) === undefined;
}

/** The process of this machine that writes a checkpoint; undefined: none does. */
const writerOf = (folder: string): number | undefined =>
  readdirSync(folder)
    .filter((name) => name.startsWith(`${claim}.`))
    .map(ownerOf)
    .find((owner) => owner !== undefined);

const changed = (folder: string): UsageError =>
  new UsageError(`${folder} is damaged: its files were changed or cut off`, 'run the model again');

// --- Encoding -------------------------------------------------------------------------------------------------------
/** An array among bytes: its element type and its length in bytes. */
type Layout = readonly [element: ElementType, bytes: number];

const layoutOf = (array: TypedArray): Layout => [elementTypeOf(array), array.byteLength];

/** A line of JSON, then the bytes of arrays that it describes. */
const encode = (head: object, arrays: readonly TypedArray[]): Uint8Array[] => [
  Buffer.from(`${JSON.stringify(head)}\n`),
  ...arrays.map(bytesOf),
];

interface CallHead {
  readonly call: Exclude<IntakeCall, { readonly kind: 'absorb' }> | { readonly kind: 'absorb'; readonly step: number };
  readonly rows: readonly (readonly [log: string, rows: number, layout: Layout])[];
}

function encodeCall(call: IntakeCall): Uint8Array[] {
  if (call.kind !== 'absorb') return encode({ call, rows: [] } satisfies CallHead, []);
  const { kind, step, rows } = call;
  const head: CallHead = {
    call: { kind, step },
    rows: rows.map(({ log, rows: count, data }) => [log.name, count, layoutOf(data)]),
  };
  return encode(
    head,
    rows.map(({ data }) => data),
  );
}

/** The digest of the first bytes of a file. */
function digestOfStart(path: string, length: number): Hash {
  const digest = createHash('sha256');
  const block = new Uint8Array(1 << 20);
  const descriptor = openSync(path, 'r');
  try {
    for (let at = 0; at < length;) {
      const read = readSync(descriptor, block, 0, Math.min(block.length, length - at), at);
      if (read === 0) throw new Error('cut off');
      digest.update(block.subarray(0, read));
      at += read;
    }
  } finally {
    closeSync(descriptor);
  }
  return digest;
}

function* decodeCalls(path: string, length: number, { logs }: Program): Generator<IntakeCall> {
  const descriptor = openSync(path, 'r');
  try {
    let at = 0;
    const take = (count: number): Uint8Array => {
      const bytes = new Uint8Array(count);
      for (let done = 0; done < count;) {
        const read = readSync(descriptor, bytes, done, count - done, at + done);
        invariant(read > 0, 'checkpoint', 'rows end early');
        done += read;
      }
      at += count;
      return bytes;
    };
    while (at < length) {
      const head = JSON.parse(readLine(descriptor, at, take)) as CallHead;
      const rows = head.rows.map(([name, count, [element, bytes]]) => ({
        log: logs.find((log) => log.name === name)!,
        rows: count,
        data: arrayFromBytes(element, take(bytes)),
      }));
      yield head.call.kind === 'absorb' ? { ...head.call, rows } : head.call;
    }
  } finally {
    closeSync(descriptor);
  }
}

/** The line of a file that begins at `at`. */
function readLine(descriptor: number, at: number, take: (count: number) => Uint8Array): string {
  const block = Buffer.alloc(1 << 12);
  for (let length = 0; ; length += block.length) {
    const read = readSync(descriptor, block, 0, block.length, at + length);
    const end = block.subarray(0, read).indexOf(0x0a);
    if (end >= 0) return Buffer.from(take(length + end + 1)).toString('utf8');
    invariant(read === block.length, 'checkpoint', 'rows end early');
  }
}

/** A snapshot without its arrays. */
type SnapshotHead = { readonly step: number; readonly buffers: readonly (readonly [name: string, layout: Layout])[] };

/** The other files when a checkpoint was made. */
interface FilesHead {
  /** Digest of `run.json`. */
  readonly run: string;
  readonly rows: { readonly length: number; readonly sha256: string };
}

interface StateHead {
  readonly files: FilesHead;
  readonly state: Omit<RecordingState, 'session' | 'timeline'> & {
    readonly timeline: Omit<TimelineState, 'initial' | 'stored'>;
  };
  readonly session: SnapshotHead;
  readonly initial: SnapshotHead | null;
  readonly stored: readonly (readonly [name: string, snapshot: SnapshotHead])[];
}

/** Encodes the SHA-256 of the rest in one line, then the state. */
function encodeState(given: RecordingState, files: FilesHead): readonly Uint8Array[] {
  const { session, timeline, ...state } = given;
  const { initial, stored, ...clock } = timeline;
  const head: StateHead = {
    files,
    state: { ...state, timeline: clock },
    session: snapshotHead(session),
    initial: initial && snapshotHead(initial),
    stored: [...stored].map(([name, snapshot]) => [name, snapshotHead(snapshot)]),
  };
  const arrays = [session, ...(initial ? [initial] : []), ...stored.values()].flatMap(({ buffers }) => [
    ...buffers.values(),
  ]);
  const parts = encode(head, arrays);
  const digest = createHash('sha256');
  for (const part of parts) digest.update(part);
  return [Buffer.from(`${digest.digest('hex')}\n`), ...parts];
}

const snapshotHead = ({ step, buffers }: Snapshot): SnapshotHead => ({
  step,
  buffers: [...buffers].map(([name, array]) => [name, layoutOf(array)]),
});

function decodeState(file: Buffer): { readonly state: RecordingState; readonly files: FilesHead } {
  const content = file.subarray(65);
  if (sha256(content) !== file.toString('latin1', 0, 64)) throw new Error('changed');
  const end = content.indexOf(0x0a);
  const head = JSON.parse(content.toString('utf8', 0, end)) as StateHead;
  let at = end + 1;
  const snapshot = ({ step, buffers }: SnapshotHead): Snapshot => ({
    step,
    buffers: new Map(
      buffers.map(([name, [element, bytes]]) => [name, arrayFromBytes(element, content.subarray(at, (at += bytes)))]),
    ),
  });
  const session = snapshot(head.session);
  const initial = head.initial && snapshot(head.initial);
  const stored = new Map(head.stored.map(([name, each]) => [name, snapshot(each)]));
  return {
    files: head.files,
    state: { ...head.state, session, timeline: { ...head.state.timeline, initial, stored } },
  };
}
