/** The calls of the server: sessions by number, each with its own calls. docs/protocol.md describes them. */

import { resolve } from 'node:path';
import { readStart, readStore, readValues, sentArray } from './arrays.js';
import { DiagnosticError, UsageError } from '../diagnostics/diagnostic.js';
import { diagnosticsToJson } from '../diagnostics/render.js';
import { oneOf, shorten } from '../diagnostics/suggest.js';
import type { Precision } from '../ir/program.js';
import type { DataStore } from '../model/model.js';
import { probeTargets, requireTarget } from '../pipeline/choose-target.js';
import { openModel } from '../session/open-model.js';
import {
  importModel,
  readSource,
  validateModel,
  type ImportedModel,
  type ImportOptions,
  type Source,
} from '../pipeline/pipeline.js';
import { runReport } from '../pipeline/results/report.js';
import type { RunResult } from '../pipeline/run-options.js';
import type { SessionOptions } from '../pipeline/run-options.js';
import type { ModelSession, Taken } from '../session/model-session.js';
import { version } from '../pipeline/version.js';
import { elementAt, elementCount, type Elements, areListed } from '../../runtime/results/result.js';

/** Version of the protocol: raised when a client must change. */
const protocolVersion = 2;

/** Signals and progress of a call. */
interface Call {
  /** Aborts when the client cancels the request. */
  readonly signal: AbortSignal;
  /** Tells the client how much is done, in [0, 1]. */
  readonly progress: (fraction: number) => void;
}

/** Parameters of a call, by name. */
export type Parameters = Readonly<Record<string, unknown>>;
/**
 * Answers one call.
 * @throws UsageError or DiagnosticError for the client's mistakes
 */
type Method = (parameters: Parameters, call: Call) => Promise<unknown>;

/** All that a client may call. */
interface Methods {
  /** By the names of the protocol. */
  readonly byName: Readonly<Record<string, Method>>;
  /** Ends all sessions. */
  dispose(): Promise<void>;
}

interface Opened {
  readonly session: ModelSession;
  imported: ImportedModel;
  readonly began: number;
  data: DataStore;
}

/** @param cacheDirectory  of compiled programs */
export function serverMethods(cacheDirectory: string | undefined): Methods {
  const sessions = new Map<number, Opened>();
  let next = 1;
  let opening: Promise<unknown> = Promise.resolve();
  // Clients may send further calls before a model is open.
  const opened = async (parameters: Parameters): Promise<Opened> => {
    await opening;
    const { session } = parameters;
    const found = typeof session === 'number' ? sessions.get(session) : undefined;
    if (!found) throw new UsageError(`there is no session ${shorten(session)}`, 'open a model first');
    return found;
  };
  const close = async (parameters: Parameters): Promise<void> => {
    const { session } = await opened(parameters);
    sessions.delete(Number(parameters['session']));
    await session.dispose();
  };
  const stateOf = ({ session }: Opened): Record<string, unknown> => ({
    time: session.time(),
    steps: session.steps(),
    computed: session.computed(),
    engine: session.engine(),
  });
  const changing =
    (change: (opened: Opened, parameters: Parameters) => Promise<void>): Method =>
    async (parameters) => {
      const found = await opened(parameters);
      await change(found, parameters);
      return stateOf(found);
    };
  const open = async (parameters: Parameters): Promise<unknown> => {
    const began = performance.now();
    const options = runOptions(parameters, cacheDirectory);
    await requireTarget(options.target, options.device, options.threads);
    const data = readStore(parameters['data']);
    const imported = importModel(sourceOf(parameters), importOptions(parameters, data));
    const session = openModel(imported, options);
    const number = next++;
    sessions.set(number, { session, imported, began, data });
    return {
      session: number,
      name: imported.valid.model.name,
      notation: imported.notation,
      hashes: imported.hashes,
      dt: session.dt,
      populations: session.populations(),
      diagnostics: diagnosticsToJson(imported.diagnostics),
    };
  };
  const byName: Readonly<Record<string, Method>> = {
    initialize: async () => ({ version, protocol: protocolVersion, node: process.versions.node }),
    targets: async () => probeTargets(),
    requireTarget: async (parameters) => {
      await requireTarget(optional(parameters, 'target', 'string'), optional(parameters, 'device', 'string'));
      return {};
    },
    validate: async (parameters) => {
      const { notation, hashes, diagnostics } = await validateModel(
        sourceOf(parameters),
        importOptions(parameters, new Map()),
      );
      return { notation, hashes: hashes ?? null, diagnostics: diagnosticsToJson(diagnostics) };
    },
    model: async (parameters) => {
      const { valid, diagnostics } = importModel(sourceOf(parameters), importOptions(parameters, new Map()));
      return { model: valid.model, diagnostics: diagnosticsToJson(diagnostics) };
    },
    open: (parameters) => {
      const session = open(parameters);
      opening = Promise.allSettled([opening, session]);
      return session;
    },
    extend: async (parameters) => {
      const found = await opened(parameters);
      found.data = new Map([...found.data, ...readStore(parameters['data'])]);
      found.imported = importModel(sourceOf(parameters), importOptions(parameters, found.data));
      await found.session.extend(found.imported, parameters['later'] === true);
      const { diagnostics } = found.imported;
      return {
        ...stateOf(found),
        populations: found.session.populations(),
        diagnostics: diagnosticsToJson(diagnostics),
      };
    },
    run: async (parameters, { signal, progress }) => {
      const found = await opened(parameters);
      const time = optional(parameters, 'time', 'number');
      const complete = await found.session.run(time, { signal, onProgress: progress });
      const findings = await found.session.findings();
      return { complete, ...stateOf(found), diagnostics: diagnosticsToJson(findings) };
    },
    set: changing(({ session }, parameters) =>
      session.set(readValues(parameters['values']), optional(parameters, 'atOnce', 'boolean')),
    ),
    initialise: changing(({ session }, parameters) => session.initialise(readValues(parameters['values']))),
    record: changing(({ session }, parameters) => {
      const [section, fraction] = [
        optional(parameters, 'section', 'string'),
        optional(parameters, 'fraction', 'number'),
      ];
      return session.record(
        text(parameters, 'population'),
        text(parameters, 'variable'),
        optional(parameters, 'every', 'number'),
        { ...(section === undefined ? {} : { section }), ...(fraction === undefined ? {} : { fraction }) },
      );
    }),
    reset: changing(({ session }, parameters) =>
      session.reset(optional(parameters, 'annotations', 'object'), optional(parameters, 'segment', 'string')),
    ),
    snapshot: changing(({ session }, parameters) => session.snapshot(text(parameters, 'name'))),
    restore: changing(({ session }, parameters) => session.restore(text(parameters, 'name'))),
    take: async (parameters) => sentTaken(await (await opened(parameters)).session.take()),
    read: async (parameters) =>
      sentArray(await (await opened(parameters)).session.read(text(parameters, 'owner'), text(parameters, 'variable'))),
    synapses: async (parameters) => {
      const { sources, targets, delays } = await (
        await opened(parameters)
      ).session.synapses(text(parameters, 'projection'));
      return { sources: sentArray(sources), targets: sentArray(targets), delays: sentArray(delays) };
    },
    count: async (parameters) => (await opened(parameters)).session.synapseCount(text(parameters, 'projection')),
    write: async (parameters) => {
      const found = await opened(parameters);
      return sentReport(found, await found.session.write());
    },
    finish: async (parameters) => {
      const found = await opened(parameters);
      const result = await found.session.finish();
      result.dispose();
      sessions.delete(Number(parameters['session']));
      return sentReport(found, result);
    },
    close: async (parameters) => {
      await close(parameters);
      return null;
    },
  };
  return {
    byName,
    dispose: async () => {
      const all = [...sessions.values()];
      sessions.clear();
      await Promise.allSettled(all.map(({ session }) => session.dispose()));
    },
  };
}

// --- What is sent ---------------------------------------------------------------------------------------------------

const sentReport = ({ imported, began }: Opened, result: RunResult): unknown => ({
  ...runReport(imported, result, (performance.now() - began) / 1000),
  record: { ...result.record, model: undefined },
});

const indicesOf = (elements: Elements): readonly number[] =>
  Array.from({ length: elementCount(elements) }, (_, k) => elementAt(elements, k));

function sentTaken({ steps, spikeLabel, segments, spikes, samples }: Taken): unknown {
  return {
    steps,
    spikeLabel,
    segments,
    spikes: spikes.map((train) => ({
      ...train,
      steps: sentArray(train.steps),
      cells: sentArray(train.cells),
      variables: train.variables.map((variable) => ({ ...variable, values: sentArray(variable.values) })),
    })),
    samples: samples.map(({ steps: at, segments: within, values, elements, ...series }) => ({
      ...series,
      elements: elements === null ? null : areListed(elements) ? indicesOf(elements) : elements,
      steps: sentArray(at),
      segments: sentArray(within),
      values: sentArray(values, [at.length, elements === null ? 1 : elementCount(elements)]),
    })),
  };
}

// --- What is received -----------------------------------------------------------------------------------------------

interface Kinds {
  readonly string: string;
  readonly number: number;
  readonly boolean: boolean;
  readonly object: Readonly<Record<string, unknown>>;
}

function optional<K extends keyof Kinds>(parameters: Parameters, name: string, kind: K): Kinds[K] | undefined {
  const value = parameters[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== kind || Array.isArray(value))
    throw new UsageError(`${name} is ${shorten(value)}`, `give ${kind === 'object' ? 'an' : 'a'} ${kind}`);
  return value as Kinds[K];
}

function text(parameters: Parameters, name: string): string {
  const value = optional(parameters, name, 'string');
  if (value === undefined)
    throw new UsageError(`the call lacks ${name}`, 'docs/protocol.md lists the parameters of each call');
  return value;
}

function texts(parameters: Parameters, name: string): readonly string[] {
  const value = parameters[name] ?? [];
  if (!Array.isArray(value) || !value.every((each) => typeof each === 'string'))
    throw new UsageError(`${name} is ${shorten(value)}`, 'give a list of strings');
  return value;
}

/** Returns a document: a file by its path, or a text with a name. */
function sourceOf(parameters: Parameters): Source {
  const path = optional(parameters, 'path', 'string');
  if (path !== undefined) return readSource(resolve(path));
  return { name: optional(parameters, 'name', 'string') ?? 'model', text: text(parameters, 'text') };
}

/** Returns the text of the document that a call names or carries, or undefined for other documents. */
export function textOf(parameters: Parameters, document: string): string | undefined {
  try {
    const { name, text } = sourceOf(parameters);
    return name === document ? text : undefined;
  } catch (error) {
    if (error instanceof UsageError || error instanceof DiagnosticError) return undefined;
    throw error;
  }
}

function importOptions(parameters: Parameters, data: DataStore): ImportOptions {
  const set = optional(parameters, 'set', 'object');
  const seed = parameters['seed'] ?? undefined;
  if (seed !== undefined && typeof seed !== 'number' && typeof seed !== 'string')
    throw new UsageError('seed is neither a number nor a string', 'give a whole number');
  const dt = optional(parameters, 'dt', 'string');
  const duration = optional(parameters, 'duration', 'string');
  return {
    ...(set ? { set: Object.fromEntries(Object.entries(set).map(([name, value]) => [name, settingText(value)])) } : {}),
    ...(seed === undefined ? {} : { seed: String(seed) }),
    ...(dt === undefined ? {} : { dt }),
    ...(duration === undefined ? {} : { duration }),
    record: texts(parameters, 'recordings'),
    allowPaths: texts(parameters, 'allowPaths'),
    ...(data.size === 0 ? {} : { data }),
  };
}

function runOptions(parameters: Parameters, cacheDirectory: string | undefined): SessionOptions {
  const target = optional(parameters, 'target', 'string');
  const threads = optional(parameters, 'threads', 'number');
  const device = optional(parameters, 'device', 'string');
  const precision = optional(parameters, 'precision', 'string') ?? 'float64';
  if (precision !== 'float64' && precision !== 'float32')
    throw new UsageError(`precision is ${precision}`, `it is ${oneOf(precision, ['float64', 'float32'])}`);
  const folder = optional(parameters, 'outputFolder', 'string');
  const start = optional(parameters, 'start', 'object');
  return {
    precision: precision satisfies Precision,
    ...(target === undefined ? {} : { target }),
    ...(threads === undefined ? {} : { threads }),
    ...(device === undefined ? {} : { device }),
    ...(cacheDirectory === undefined ? {} : { cacheDirectory }),
    ...(start === undefined ? {} : { start: readStart(start) }),
    outputs: texts(parameters, 'outputs').map((path) => resolve(path)),
    ...(folder === undefined ? {} : { outputFolder: resolve(folder) }),
    force: optional(parameters, 'force', 'boolean') ?? false,
  };
}

/** Returns a value as `--set` has it. */
const settingText = (value: unknown): string =>
  typeof value === 'number' || typeof value === 'boolean' ? String(value) : shorten(value, Infinity);
