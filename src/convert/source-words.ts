/** Names of parts of a model in the document that it was read from. */

import type { Place } from '../diagnostics/diagnostic.js';
import type { Positions } from '../diagnostics/positions.js';
import { bareName, channelsOf } from '../library/readable/channels.js';
import type { ConversionEntry } from '../model/conversion-report.js';
import type { Model, NeuronType } from '../model/model.js';
import { segments } from '../model/pointer.js';
import { markupNotation } from '../pipeline/read/notation.js';
import { placeOf } from '../pipeline/read/placed.js';
import { roadOf } from '../pipeline/roads.js';

/** Names the parts of one model. */
export interface SourceWords {
  /** Returns the name of the part at a pointer into the model: `population exc`, `neuron_groups/P/threshold`. */
  readonly part: (pointer: string) => string;
  /** Returns the nearest place of the part in a document of the user. */
  readonly place: (pointer: string) => Place;
  /** Returns the name of a variable in the document. */
  readonly variable: (name: string) => string;
  /** Returns a message with names of the document in place of names that the model gives to its parts. */
  readonly message: (entry: ConversionEntry) => string;
}

/**
 * Returns the words of a document for the parts of a model.
 *
 * @param report  entries of the conversion; for recognised types they map variables to names in the other notation
 */
export function sourceWords(model: Model, positions: Positions, report: readonly ConversionEntry[]): SourceWords {
  const core = new Set(roadOf(markupNotation).markup!.ownFiles());
  const place = (pointer: string): Place => {
    const found = placeOf(positions, pointer);
    const parent = pointer.slice(0, Math.max(0, pointer.lastIndexOf('/')));
    return core.has(found.document) && pointer !== '' ? place(parent) : found;
  };
  const names = namesOf(model, positions);
  const part = (pointer: string): string => {
    if (pointer === '') return '(all)';
    const { pointer: path = pointer, document } = place(pointer);
    const [first = '', own] = segments(pointer);
    if (own === undefined) return first;
    if (path.includes('[')) return elementName(path);
    const [section = '', key = '', ...rest] = segments(path);
    if (key === '') return first;
    const name = names.get(`/${section}/${key}`) ?? key;
    return [...(document.endsWith('.py') ? [] : [section]), name, ...rest].join('/').replace('/from ', ' from ');
  };
  const variables = variableNames(model);
  const parts = new Map<string, string>([
    ...(['populations', 'projections', 'stimuli', 'neurons', 'synapses'] as const).flatMap((section) =>
      Object.keys(model[section]).map((name) => [name, `/${section}/${name}`] as const),
    ),
    ...model.recordings.map(({ name }, k) => [name, `/recordings/${k}`] as const),
  ]);
  const ids = [...parts.values()].flatMap((pointer) => (place(pointer).pointer ?? '').match(/\w+(?=\])/g) ?? []);
  const known = [...Object.values(model.neurons).flatMap(variablesOf), ...parts.keys(), ...ids];
  const pieces = new Set([...known, 'g'].flatMap((name) => name.replace(/Synapse$/, '').split('_')));
  const words = new Map(report.flatMap((entry) => Object.entries(entry.names ?? {})));
  const isXml = (place('').pointer ?? '').includes('[') || /\.(?:xml|nml)$/.test(place('').document);
  const worded = (token: string): string => {
    const user = words.get(token);
    if (user !== undefined && user !== token) return `${user} (${token})`;
    if (!isXml || !token.includes('_')) return token;
    const found = variables.get(token);
    if (found !== undefined) return found;
    const pointer = parts.get(token);
    if (pointer !== undefined) return part(pointer).endsWith(` ${token}`) ? token : part(pointer);
    // Names that the conversion made of parts of longer ones.
    return token.split('_').every((piece) => pieces.has(piece)) ? plain(token) : token;
  };
  return {
    part,
    place,
    variable: (name) => (isXml ? (variables.get(name) ?? name) : name),
    message: ({ message }) => message.replace(/(?<![\w./'])[A-Za-z_]\w*(?![\w(/])/g, worded),
  };
}

/** Returns names of the parts that documents of PyNN list without keys, by the pointers of their places. */
function namesOf({ populations, projections }: Model, positions: Positions): ReadonlyMap<string, string> {
  const pathOf = (section: string, name: string): string => positions.place(`/${section}/${name}`).pointer ?? '';
  const all = [
    ...Object.keys(populations).map((name) => [pathOf('populations', name), name] as const),
    // Projections without a label are named by their ends.
    ...Object.keys(projections).map(
      (name) => [pathOf('projections', name), name.replace(/^(\w+)_to_(\w+)$/, 'from $1 to $2')] as const,
    ),
  ];
  return new Map(all.filter(([path]) => /^\/\w+\/\d+$/.test(path)));
}

/** Returns `cell soma, channelDensity naAll` for the path of an element. */
function elementName(path: string): string {
  const elements = [...path.matchAll(/\/([^/[\]]+)(?:\[([^\]]*)\])?/g)].map(([, tag = '', id = '']) => ({ tag, id }));
  const isNamed = ({ id }: { readonly id: string }): boolean => id !== '' && !/^\d+$/.test(id);
  const { wrappers } = roadOf(markupNotation).markup!;
  const named = elements.filter((element) => isNamed(element) && !wrappers.has(element.tag));
  return (named.length === 0 ? elements.filter(isNamed).slice(-1) : named)
    .map(({ tag, id }) => `${tag} ${id}`)
    .join(', ');
}

/** Returns words for the variables that NeuroML's tree of components gives long names. */
function variableNames({ neurons }: Model): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const type of Object.values(neurons)) {
    const all = variablesOf(type);
    const prefixes = channelsOf(new Set(all)).flatMap(({ prefix, inner, gates }) => {
      const density = bareName(prefix);
      const channel = inner.slice(prefix.length + 1);
      return [
        ...gates.map((gate) => [gate.prefix, `gate ${gate.id} of channel ${channel} (${density})`] as const),
        [inner, `channel ${channel} (${density})`] as const,
        [prefix, `channel density ${density}`] as const,
      ];
    });
    for (const name of all) {
      const owner = prefixes.find(([prefix]) => name.startsWith(`${prefix}_`));
      if (owner !== undefined) found.set(name, `${plain(name.slice(owner[0].length + 1))} of ${owner[1]}`);
      else if (bareName(name) !== name || /_\d*$/.test(name)) found.set(name, plain(bareName(name)));
    }
  }
  return found;
}

const variablesOf = ({ parameters, state, derived, inputs, events }: NeuronType): readonly string[] =>
  [parameters, state, derived, inputs, events].flatMap((map) => Object.keys(map));

/** Returns a name without the number that tells it from its like, with blanks between its parts. */
const plain = (name: string): string =>
  name
    .replace(/_\d*$/, '')
    .replace(/^_?(\d+)_/, '')
    .replaceAll('_', ' ');
