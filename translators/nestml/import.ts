/** Reads models in NESTML, the language of models for NEST. */

import { platform } from '#platform';
import type { Diagnostics } from '../../src/diagnostics/diagnostic.js';
import { isObject, memberOf } from '../../src/diagnostics/member.js';
import type { Positions } from '../../src/diagnostics/positions.js';
import { isRefused } from '../../src/diagnostics/system-error.js';
import { child } from '../../src/model/pointer.js';
import { identifier } from '../../src/model/free-name.js';
import { settle } from '../shared/located.js';
import * as messages from './messages.js';
import { neuronOf, type NeuronOfNestml, type Receptors } from './canonical-type.js';
import { synapseOf } from './synapse.js';
import { parseNestml } from './parse.js';
import { isSynapse, receptorsOf, type NestmlModel } from './syntax.js';
import { placesIn, Unreadable, type Report } from './text.js';

const { dirname, isAbsolute, join } = platform.paths;

type Members = Readonly<Record<string, unknown>>;
type Text = { readonly text: string } | { readonly refused: string };

/** A canonical document with its places. */
export interface ImportedNestml {
  readonly document: unknown;
  readonly positions: Positions;
}

/** The models of a file, and how their parts are read and placed. */
interface ReadFile {
  readonly models: readonly NestmlModel[];
  readonly positions: Positions;
  /** Returns a model as a type; null after an error. */
  read<T>(read: (report: Report) => T): T | null;
}

function readFile(name: string, text: string, diagnostics: Diagnostics): ReadFile | null {
  const found = diagnostics.beside();
  const place = placesIn(name, text);
  const report: Report = (finding, span) => {
    found.add(finding, () => place(span));
  };
  const models = parseNestml(text, report);
  diagnostics.addAll(found.list);
  if (!models) return null;
  return {
    models,
    positions: { place: (_, span) => place(span ?? { start: 0, end: 1 }) },
    read(reading) {
      const own = diagnostics.beside();
      try {
        return reading((finding, span) => {
          own.add(finding, () => place(span));
        });
      } catch (error) {
        if (error instanceof Unreadable) return null;
        throw error;
      } finally {
        diagnostics.addAll(own.list);
      }
    },
  };
}

/**
 * Reads a file as the document of one cell of its first neuron, or of pairs of cells with its first synapse. Returns
 * null after an error. @diagnostic nestml/*
 */
export function importNestml(name: string, text: string, diagnostics: Diagnostics): ImportedNestml | null {
  const file = readFile(name, text, diagnostics);
  const model = file?.models.find((one) => !isSynapse(one)) ?? file?.models[0];
  if (!file || !model) return null;
  if (isSynapse(model)) {
    const type = file.read((report) => synapseOf(model, report, '1'));
    if (!type) return null;
    diagnostics.add(messages.pairs(model.name), file.positions.place('', model.span));
    return settle(pairsOf(model, type), file.positions);
  }
  const neuron: NeuronOfNestml | null = file.read((report) => neuronOf(model, report));
  if (!neuron) return null;
  const { type, receptors, states } = neuron;
  const projections = [...new Map(Object.entries(receptors).map(([name, port]) => [port, name]))];
  if (projections.length > 0) diagnostics.add(messages.alone(model.name), file.positions.place('', model.span));
  const cell = identifier(model.name);
  const document = {
    interneuron: 1,
    name: cell,
    neurons: { [cell]: type },
    populations: {
      cell: { type: cell, size: 1 },
      ...(projections.length > 0
        ? { source: { size: 1, spikes: { indices: [0], times: { array: [10], unit: 'ms' } } } }
        : {}),
    },
    ...(projections.length === 0
      ? {}
      : {
          synapses: {
            spike_of_weight: {
              parameters: { weight: 1 },
              ports: { target: '1' },
              pathways: { pre: { do: ['target += weight'] } },
            },
          },
          projections: Object.fromEntries(
            projections.map(([port, name]) => [
              `${name}_spikes`,
              { from: 'source', to: 'cell', synapse: 'spike_of_weight', connect: 'all', receptor: port, delay: '1 ms' },
            ]),
          ),
        }),
    record: [
      ...(memberOf(type['events'], 'spike') === undefined ? [] : [{ of: 'cell', events: 'spike' }]),
      ...(states.length > 0 ? [{ of: 'cell', variables: states }] : []),
    ],
    timing: 'grid',
    experiment: { dt: '0.1 ms', duration: '100 ms' },
  };
  return settle(document, file.positions);
}

/** Times between the spikes of a pair, or between two spikes of a source, in ms. */
const intervals = Array.from({ length: 41 }, (_, k) => 5 * k - 100);
const firstSpike = 150;

/**
 * Returns a document with a synapse between pairs of cells: the target of each spikes from 100 ms before to 100 ms
 * after its source. If the synapse does not read spikes of its target, the sources spike twice instead.
 */
function pairsOf(model: NestmlModel, type: Members): unknown {
  const isPaired = model.receivers.some(({ port }) => port === 'post_spikes');
  const second = intervals.filter((interval) => isPaired || interval > 0);
  const indices = second.map((_, k) => k);
  const first = second.map(() => firstSpike);
  const later = second.map((interval) => firstSpike + interval);
  const size = second.length;
  const synapse = identifier(model.name);
  const variables = Object.keys(memberOf(type, 'state') ?? {});
  return {
    interneuron: 1,
    name: synapse,
    neurons: {
      cell: {
        parameters: { spike_time: '0 s' },
        state: { received: { unit: '1' } },
        ...(isPaired && { events: { spike: { when: 't + 1.5*dt > spike_time', edge: 'rising', do: [] } } }),
      },
    },
    synapses: { [synapse]: type },
    populations: {
      source: {
        size,
        spikes: {
          indices: isPaired ? indices : [...indices, ...indices],
          times: { array: isPaired ? first : [...first, ...later], unit: 'ms' },
        },
      },
      cell: { type: 'cell', size, ...(isPaired && { values: { spike_time: { array: later, unit: 'ms' } } }) },
    },
    projections: {
      pairs: {
        from: 'source',
        to: 'cell',
        synapse,
        connect: 'oneToOne',
        receptor: 'received',
        delays: { pre: '1 ms', ...(isPaired && { post: '2 ms' }) },
      },
    },
    record: [
      { of: 'source', events: 'spike' },
      ...(isPaired ? [{ of: 'cell', events: 'spike' }] : []),
      { of: 'cell', variables: ['received'] },
      ...(variables.length > 0 ? [{ of: 'pairs', variables }] : []),
    ],
    timing: 'grid',
    experiment: { dt: '0.1 ms', duration: '300 ms' },
  };
}

/** Returns receptors of PyNN on ports: NEST adds numbers of nS to models with conductances, and of pA to others. */
function receptorsAsIn(model: NestmlModel): Receptors {
  const hasConductances = [...model.state, ...model.inlines].some(({ name }) => name.startsWith('g'));
  const kind = hasConductances ? 'conductance' : 'current';
  return Object.fromEntries(
    Object.entries(receptorsOf(model)).map(([name, variable]) => [name, { variable, kind }] as const),
  );
}

/**
 * Returns a canonical document with the types of the models that it names: `nestml: file.nestml` in a neuron or a
 * synapse, with `model: name` for a file of several models. Neurons with `receptors`, as PyNN has them, count
 * weights in NEST's units, and get the receptors if there are none yet.
 *
 * @param path  of the document
 * @diagnostic nestml/*
 */
export function withNamedModels(
  document: unknown,
  positions: Positions,
  diagnostics: Diagnostics,
  path: string,
  readText: (file: string) => Text,
): { readonly document: unknown; readonly positions: Positions } {
  const places = new Map<string, Positions>();
  const typesOf = (kind: 'neurons' | 'synapses'): Members | undefined => {
    const all = memberOf(document, kind);
    const named = isObject(all) ? Object.entries(all).filter(([, one]) => memberOf(one, 'nestml') !== undefined) : [];
    const types = named.map(([name, one]) => [name, typeOf(kind, name, one as Members)] as const);
    return types.length === 0 ? undefined : { [kind]: { ...(all as Members), ...Object.fromEntries(types) } };
  };
  const typeOf = (
    kind: 'neurons' | 'synapses',
    name: string,
    { nestml: given, model: wanted, ...more }: Members,
  ): unknown => {
    const pointer = child(`/${kind}`, name);
    const source = String(given);
    // A text of several lines is the model itself.
    const isText = source.includes('\n');
    const found = isText ? { text: source } : readText(source);
    if (isRefused(found)) {
      diagnostics.add(messages.notReadFile(source, found.refused), positions.place(`${pointer}/nestml`));
      return more;
    }
    const file = isText ? `${name}.nestml` : isAbsolute(source) ? source : join(dirname(path), source);
    const read = readFile(file, found.text, diagnostics);
    if (!read) return more;
    const ofKind = (one: NestmlModel): boolean => isSynapse(one) === (kind === 'synapses');
    const model = read.models.find((one) => (wanted === undefined ? ofKind(one) : one.name === wanted));
    if (!model || !ofKind(model)) {
      const known = read.models.filter(ofKind).map((one) => one.name);
      const finding = model
        ? messages.otherKind(model.name, kind === 'neurons')
        : messages.noModel(typeof wanted === 'string' ? wanted : kind.slice(0, -1), known);
      diagnostics.add(finding, positions.place(pointer));
      return more;
    }
    const stated = more['receptors'] as Receptors | undefined;
    const receptors = stated && (Object.keys(stated).length > 0 ? stated : receptorsAsIn(model));
    const unit = memberOf(more['ports'], 'target');
    const type = read.read((report) =>
      kind === 'synapses'
        ? synapseOf(model, report, typeof unit === 'string' ? unit : '1')
        : neuronOf(model, report, receptors).type,
    );
    if (!type) return more;
    const settled = settle(type, read.positions);
    places.set(pointer, settled.positions);
    return { ...(settled.document as Members), ...more, ...(receptors ? { receptors } : {}) };
  };
  const types = { ...typesOf('neurons'), ...typesOf('synapses') };
  if (Object.keys(types).length === 0) return { document, positions };
  const owner = (pointer: string): readonly [rest: string, own: Positions] => {
    const [root, own] = [...places].find(([one]) => pointer === one || pointer.startsWith(`${one}/`)) ?? [
      '',
      positions,
    ];
    return [pointer.slice(root.length), own];
  };
  return {
    document: { ...(document as Members), ...types },
    positions: {
      place(pointer, span) {
        const [rest, own] = owner(pointer);
        return own.place(rest, span);
      },
      keyPlace(pointer) {
        const [rest, own] = owner(pointer);
        return own.keyPlace?.(rest) ?? own.place(rest);
      },
    },
  };
}
