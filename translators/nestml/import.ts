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
import { neuronOf, type NeuronOfNestml } from './neuron.js';
import { parseNestml } from './parse.js';
import type { NestmlModel } from './syntax.js';
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
  /** Returns a neuron as a type; null after an error. */
  neuron(model: NestmlModel): NeuronOfNestml | null;
}

/** Checks whether a model is of a synapse: its ports have no qualifiers, and one is called as those of synapses. */
const isSynapse = ({ ports, receivers }: NestmlModel): boolean =>
  ports.some(({ name }) => name === 'pre_spikes') && receivers.some(({ port }) => port === 'pre_spikes');

function readFile(name: string, text: string, diagnostics: Diagnostics): ReadFile | null {
  const found = diagnostics.beside();
  const place = placesIn(name, text);
  const report: Report = (finding, span) => {
    found.add(finding, () => place(span));
  };
  const models = parseNestml(text, report);
  if (!models) {
    diagnostics.addAll(found.list);
    return null;
  }
  return {
    models,
    positions: { place: (_, span) => place(span ?? { start: 0, end: 1 }) },
    neuron(model) {
      const own = diagnostics.beside();
      try {
        return neuronOf(model, (finding, span) => {
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

/** Reads a file as the document of one cell of its first neuron. Returns null after an error. @diagnostic nestml/* */
export function importNestml(name: string, text: string, diagnostics: Diagnostics): ImportedNestml | null {
  const file = readFile(name, text, diagnostics);
  const model = file?.models.find((one) => !isSynapse(one)) ?? file?.models[0];
  if (!file || !model) return null;
  if (isSynapse(model)) {
    diagnostics.add(messages.otherKind(model.name, true), file.positions.place('', model.span));
    return null;
  }
  const neuron = file.neuron(model);
  if (!neuron) return null;
  if (neuron.ports.size > 0) diagnostics.add(messages.alone(model.name), file.positions.place('', model.span));
  const cell = identifier(model.name);
  const { type, states } = neuron;
  const ports = [...neuron.ports.values()];
  const document = {
    interneuron: 1,
    name: cell,
    neurons: { [cell]: type },
    populations: {
      cell: { type: cell, size: 1 },
      ...(ports.length > 0
        ? { source: { size: 1, spikes: { indices: [0], times: { array: [10], unit: 'ms' } } } }
        : {}),
    },
    ...(ports.length === 0
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
            ports.map((port) => [
              `to_${port}`,
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

/**
 * Returns a canonical document with the types of the models that it names: `nestml: file.nestml` in a neuron, with
 * `model: name` for a file of several models.
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
  const neurons = memberOf(document, 'neurons');
  const named = isObject(neurons)
    ? Object.entries(neurons).filter(([, one]) => memberOf(one, 'nestml') !== undefined)
    : [];
  if (named.length === 0) return { document, positions };
  const places = new Map<string, Positions>();
  const types = named.map(([name, one]): [string, unknown] => {
    const pointer = child('/neurons', name);
    const { nestml: file, model: wanted, ...more } = one as Members;
    const found = readText(String(file));
    if (isRefused(found)) {
      diagnostics.add(messages.notReadFile(String(file), found.refused), positions.place(`${pointer}/nestml`));
      return [name, more];
    }
    const read = readFile(
      isAbsolute(String(file)) ? String(file) : join(dirname(path), String(file)),
      found.text,
      diagnostics,
    );
    const model = read?.models.find((candidate) =>
      wanted === undefined ? !isSynapse(candidate) : candidate.name === wanted,
    );
    if (read && !model)
      diagnostics.add(
        messages.noModel(
          typeof wanted === 'string' ? wanted : '',
          read.models.map((candidate) => candidate.name),
        ),
        positions.place(pointer),
      );
    const neuron = model && read?.neuron(model);
    if (!neuron || !read) return [name, more];
    const settled = settle(neuron.type, read.positions);
    places.set(pointer, settled.positions);
    return [name, { ...(settled.document as Members), ...more }];
  });
  const placeOf = (pointer: string): readonly [string, Positions] | undefined => {
    const found = [...places].find(([at]) => pointer === at || pointer.startsWith(`${at}/`));
    return found && [pointer.slice(found[0].length), found[1]];
  };
  return {
    document: { ...(document as Members), neurons: { ...(neurons as Members), ...Object.fromEntries(types) } },
    positions: {
      place: (pointer, span) => {
        const [rest, own] = placeOf(pointer) ?? [pointer, positions];
        return own.place(rest, span);
      },
      keyPlace: (pointer) => {
        const [rest, own] = placeOf(pointer) ?? [pointer, positions];
        return own.keyPlace?.(rest) ?? own.place(rest);
      },
    },
  };
}
