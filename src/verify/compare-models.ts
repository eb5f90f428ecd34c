/** Compares two models part by part, regardless of their notations. */

import { platform } from '#platform';
import { itemAt } from '../diagnostics/entry.js';
import { equalDimensions } from '../lang/dimension.js';
import { divideRationals } from '../lang/rational.js';
import { parseUnit, unitOf } from '../lang/units.js';
import { symbolicQuantity } from '../lang/readable-quantity.js';
import { readableModel } from '../library/readable/readable-model.js';
import { standardise } from '../library/recognise/standardise.js';
import { lengthOf, numbersOf } from '../model/arrays.js';
import type { DataStore, GivenValues, NeuronType, Projection, SynapseType, ValidModel } from '../model/model.js';
import { areInFile } from '../model/tagged.js';
import { typedModel, typedValid, writtenModel, writtenValid } from '../model/typed-model.js';
import type { ImportedModel } from '../pipeline/read/imported-model.js';
import { renameParts, renamings, type Outline, type Pairs, type Properties, type Renaming } from './pair-parts.js';

/** A difference of two models. */
export interface ModelDifference {
  /** Property that differs, such as `tau_m`; empty for an entire part. */
  readonly property: string;
  /** Parts with this difference, such as `population exc`. */
  readonly parts: readonly string[];
  /** Value on each side; null if absent. */
  readonly first: string | null;
  readonly second: string | null;
  /** Parameter of the first model that has the value of the first side. */
  readonly parameter?: string;
}

/** Comparison of two models. */
export interface ModelComparison {
  /** Whether the models are equal by their hashes: equations, populations, projections and stimuli. */
  readonly sameModel: boolean;
  /** Whether also seed, time step, timing and protocol are equal. */
  readonly sameExperiment: boolean;
  readonly differences: readonly ModelDifference[];
  /** Parts with other names that were compared with one another. */
  readonly renamed: readonly Renaming[];
}

/**
 * Compares two models. Models of different notations are compared by standard types, if these express all of a part.
 *
 * @param pairs  pairs of populations that the user states
 */
export function compareModels(first: ImportedModel, second: ImportedModel, pairs?: Pairs): ModelComparison {
  const sameModel = first.hashes.model === second.hashes.model;
  const sameExperiment = sameModel && first.hashes.experiment === second.hashes.experiment;
  const isCommon = first.notation === second.notation;
  const [a, b] = [first, second].map(({ valid }) => outlineOf(isCommon ? valid : standardModel(valid))) as [
    Outline,
    Outline,
  ];
  const renamed = renamings(a, b, pairs);
  return {
    sameModel,
    sameExperiment,
    differences: sameExperiment ? [] : grouped(differencesOf(a, renameParts(b, renamed))),
    renamed,
  };
}

/** Returns the model in standard types. Models that no standard type can express stay as they are. */
const standardModel = (valid: ValidModel): ValidModel => writtenValid(standardise(typedValid(valid), 'diff').valid);

// --- Outlines -------------------------------------------------------------------------------------------------------
function outlineOf({ model: written, data }: ValidModel): Outline {
  const model = writtenModel(readableModel(typedModel(written)));
  const { experiment, timing } = written;
  const outline = new Map<string, Properties>();
  for (const [name, { type, values, ...rest }] of Object.entries(written.populations)) {
    const neuron = type === undefined ? undefined : written.neurons[type];
    const equations = type === undefined ? undefined : model.neurons[type];
    outline.set(
      `population ${name}`,
      new Map([
        ...(neuron && equations ? typeProperties(neuron, equations, values, data) : []),
        ...leaves('', { ...rest, order: undefined }),
        ...(rest.spikes && !areInFile(rest.spikes)
          ? [['spikes.times', valueText({ array: rest.spikes.times }, 's', data)] as const]
          : []),
      ]),
    );
  }
  for (const [name, { synapse, values, ...rest }] of Object.entries(written.projections)) {
    const type = written.synapses[synapse]!;
    const readable = model.synapses[synapse]!;
    const pathways = Object.fromEntries(
      Object.entries(readable.pathways).map(([path, pathway]) => [path, { ...pathway, delay: undefined }]),
    );
    outline.set(
      `projection ${name}`,
      new Map([
        ...typeProperties(type, { ...readable, pathways }, values, data),
        ...Object.entries(type.pathways).map(
          ([path, { delay }]) => [`delay of ${path}`, valueText(rest.delays[path] ?? delay, 's', data)] as const,
        ),
        ...leaves('', { ...rest, connect: withPairs(rest.connect, data), order: undefined, delays: undefined }),
      ]),
    );
  }
  for (const [name, stimulus] of Object.entries(model.stimuli))
    outline.set(`stimulus ${name}`, new Map(leaves('', stimulus)));
  for (const kind of ['operation', 'table', 'clock'] as const)
    for (const [name, definition] of Object.entries(written[`${kind}s`]))
      outline.set(`${kind} ${name}`, new Map(leaves('', { ...definition, order: undefined })));
  const { dt, ...others } = experiment;
  const settings = leaves('', others).map(([key, text]): readonly [string, string] => {
    const isTime = /(?:^|\.)run$/.test(key) && Number.isFinite(Number(text));
    return [key, isTime ? valueText(Number(text), 's', data) : text];
  });
  outline.set('experiment', new Map([['dt', valueText(dt, 's', data)], ['timing', timing], ...settings]));
  return outline;
}

/** Returns rules with the number of listed connections and their digest in place of the lists. */
const withPairs = (connect: Projection['connect'], data: DataStore): readonly object[] =>
  connect.map((rule) => {
    if (rule.rule !== 'list') return rule;
    const { sources, targets, ...rest } = rule;
    const hash = platform.sha256();
    for (const ends of [sources, targets]) hash.update(new Uint8Array(Uint32Array.from(numbersOf(ends, data)).buffer));
    return { ...rest, pairs: `${lengthOf(sources)} (SHA-256 ${hash.hex().slice(0, 12)})` };
  });

/**
 * Returns values of parameters and first values of a part, and the equations of its type or the standard type's name.
 */
function typeProperties(
  type: NeuronType | SynapseType,
  readable: NeuronType | (Omit<SynapseType, 'pathways'> & { readonly pathways: object }),
  values: Readonly<Record<string, unknown>>,
  data: DataStore,
): readonly (readonly [string, string])[] {
  const standard = type.conformsTo;
  const valueOf = (name: string): string => {
    const [parameter, state] = [type.parameters[name], type.state[name]];
    const given = values[name] ?? parameter?.value ?? state?.initial ?? 0;
    const unit = parameter?.unit ?? state?.unit ?? '1';
    return valueText(given, unit, data);
  };
  if (standard) {
    const names = Object.entries(standard.where).map(([name, source]): readonly [string, string] => [
      name,
      typeof source === 'string' && source in type.parameters ? valueOf(source) : valueText(source, '1', data),
    ]);
    const initial = Object.keys(type.state).map((name) => [`first ${name}`, valueOf(name)] as const);
    return [['type', standard.type], ...names, ...initial];
  }
  const { parameters, state, ...equations } = readable;
  return [
    ...Object.entries({ ...parameters, ...state }).flatMap(([name, variable]) => [
      [name, valueOf(name)] as const,
      ...leaves(name, { ...variable, unit: undefined, type: undefined, shared: undefined, ...noValue }),
    ]),
    ...leaves('', equations),
  ];
}

/** Members of a variable that its text has. */
const noValue = { value: undefined, initial: undefined };

function valueText(value: unknown, unit: string, data: DataStore): string {
  const text = (number: number): string => String(symbolicQuantity(number, parseUnit(unit).dimension));
  if (typeof value === 'number') return text(value);
  if (typeof value === 'string') return value;
  const { array } = value as Partial<GivenValues>;
  if (array === undefined || lengthOf(array) > mostListed) return compact(value);
  return numbersOf(array, data).map(text).join(listed);
}

/** Longest list that is compared element by element. */
const mostListed = 10_000;

/** Stands between the values of elements in a property. */
const listed = ', ';

/** Longest list that is shown. */
const mostItems = 6;

function compact(value: unknown): string {
  const text = JSON.stringify(value) ?? '';
  if (!Array.isArray(value) || value.length <= mostItems) return text.length <= 80 ? text : digest(text);
  return `${value.length} values, ${digest(text)}`;
}

const digest = (text: string): string => `SHA-256 ${platform.sha256().update(text).hex().slice(0, 12)}`;

/** Returns every value of a tree with the way to it. Long lists are one value. */
function leaves(path: string, item: unknown): readonly (readonly [string, string])[] {
  if (item === undefined) return [];
  if (typeof item !== 'object' || item === null)
    return [[path, typeof item === 'string' ? item : JSON.stringify(item)]];
  const isList = Array.isArray(item);
  if (isList && (item.length > mostItems || item.every((element) => typeof element !== 'object')))
    return item.length === 0 ? [] : [[path, compact(item)]];
  const isOnly = isList && item.length === 1;
  return Object.entries(item).flatMap(([key, value]) => {
    const step = isOnly ? '' : key;
    return leaves([path, step].filter((part) => part !== '').join('.'), value);
  });
}

// --- Differences ----------------------------------------------------------------------------------------------------
function differencesOf(a: Outline, b: Outline): readonly ModelDifference[] {
  return [...new Set([...a.keys(), ...b.keys()])].flatMap((part): readonly ModelDifference[] => {
    const [first, second] = [a.get(part), b.get(part)];
    if (!first || !second)
      return [
        { property: '', parts: [part], first: first ? summary(first) : null, second: second ? summary(second) : null },
      ];
    return [...wholes(part, first, second), ...withoutUnpaired(part, singles(part, first, second))];
  });
}

/** Most values of a part that only one side has and that are listed: more come from equations with other names. */
const mostUnpaired = 12;

/** Returns differences with a count in place of many values that only one side has. */
function withoutUnpaired(part: string, differences: readonly ModelDifference[]): readonly ModelDifference[] {
  const isLone = ({ first, second }: ModelDifference): boolean => first === null || second === null;
  const lone = differences.filter(isLone);
  if (lone.length <= mostUnpaired) return differences;
  const count = (read: (difference: ModelDifference) => string | null): string | null => {
    const own = lone.filter((one) => read(one) !== null).length;
    return own === 0 ? null : `${own} values under other names`;
  };
  const [first, second] = [count((one) => one.first), count((one) => one.second)];
  return [
    ...differences.filter((one) => !isLone(one)),
    ...(first === null ? [] : [{ property: 'equations', parts: [part], first, second: null }]),
    ...(second === null ? [] : [{ property: 'equations', parts: [part], first: null, second }]),
  ];
}

/** Returns types and rules that differ as a whole, as one difference each. */
function wholes(part: string, left: Properties, right: Properties): readonly ModelDifference[] {
  const texts = (key: 'type' | 'connect.rule'): readonly [string | null, string | null] => {
    const text = (properties: Properties): string | null =>
      key === 'type'
        ? (properties.get('type') ?? (properties.has('method') ? 'equations of its own' : null))
        : wordsOf(properties, 'connect.');
    return [text(left), text(right)];
  };
  return (['type', 'connect.rule'] as const).flatMap((key) => {
    if (left.get(key) === right.get(key)) return [];
    const [first, second] = texts(key);
    return [{ property: key === 'type' ? 'type' : 'connect', parts: [part], first, second }];
  });
}

/** Returns the properties below a name, in one line. */
function wordsOf(properties: Properties, below: string): string | null {
  const words = [...properties].filter(([key, value]) => key.startsWith(below) && value !== 'null');
  return words.length === 0
    ? null
    : words.map(([key, value]) => `${key.slice(key.lastIndexOf('.') + 1)} ${value}`).join(', ');
}

/**
 * Returns differences of properties. For parts with different types or rules, only properties that both have are
 * compared.
 */
function singles(part: string, left: Properties, right: Properties): readonly ModelDifference[] {
  const isWhole = (key: string): boolean => left.get(key) !== right.get(key);
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((property) => {
    const [first, second] = [left.get(property) ?? null, right.get(property) ?? null];
    const isBelow = property.startsWith('connect.')
      ? isWhole('connect.rule')
      : isWhole('type') && (first ?? second) !== null;
    if (property === 'type' || property === 'connect.rule' || (property.startsWith('connect.') && isBelow)) return [];
    if (isBelow && (first === null || second === null)) return [];
    const elements = elementsOf(first, second);
    return isEqual(elements.first, elements.second) ? [] : [{ property, parts: [part], ...elements }];
  });
}

/** Returns texts of two values, of lists only the elements that differ. */
function elementsOf(first: string | null, second: string | null): Pick<ModelDifference, 'first' | 'second'> {
  const elements = (text: string | null): readonly (string | null)[] => (isList(text) ? text.split(listed) : [text]);
  const [left, right] = [elements(first), elements(second)];
  const length = Math.max(left.length, right.length);
  if (first === null || second === null) return { first, second };
  if (length === 1) return alikeTexts(first, second);
  const at = (values: readonly (string | null)[], k: number): string =>
    (values.length === 1 ? values[0] : values[k]) ?? 'none';
  const places = Array.from({ length }, (_, k) => k).filter((k) => at(left, k) !== at(right, k));
  const text = (values: readonly (string | null)[]): string => {
    const shown = places.slice(0, mostShown).map((k) => `[${k}] ${at(values, k)}`);
    return `${shown.join(listed)}${places.length > mostShown ? ` and ${places.length - mostShown} more` : ''}`;
  };
  return { first: text(left), second: text(right) };
}

/**
 * Returns quantities without digits that only rounding gives, and in the unit of the first, if they still differ then.
 */
function alikeTexts(first: string, second: string): Pick<ModelDifference, 'first' | 'second'> {
  const [left, right] = [first, second].map((text) => {
    const [, size, unit = '1'] = /^(-?[\d.]+(?:e[-+]?\d+)?)(?: (\S+))?$/.exec(text) ?? [];
    const isUnit = unit === '1' || unit.split(/[*/]+/).every((part) => /^\d$/.test(part) || unitOf(part) !== undefined);
    return size === undefined || !isUnit ? null : { value: Number(size), unit, symbol: unit === '1' ? '' : ` ${unit}` };
  });
  if (!left || !right) return { first, second };
  const [to, from] = [parseUnit(left.unit), parseUnit(right.unit)];
  const isShared = equalDimensions(to.dimension, from.dimension);
  const scale = isShared ? divideRationals(from.scale, to.scale) : { numerator: 1n, denominator: 1n };
  const value = (right.value * Number(scale.numerator)) / Number(scale.denominator);
  const short = (size: number, symbol: string): string => `${Number(size.toPrecision(15))}${symbol}`;
  const texts = { first: short(left.value, left.symbol), second: short(value, isShared ? left.symbol : right.symbol) };
  return texts.first === texts.second ? { first, second } : texts;
}

/** Elements of a list that are shown if they differ. */
const mostShown = 3;

/** Checks whether a property is a list of numbers with units. */
const isList = (text: string | null): text is string => text !== null && /^[-\d.]\S*( \S+)?, [-\d.]/.test(text);

/** Checks whether two texts are equal. NeuroML's types of PyNN hold numbers without the units that PyNN prescribes. */
function isEqual(first: string | null, second: string | null): boolean {
  if (first === second) return true;
  if (first === null || second === null) return false;
  const [left, right] = [first.split(' '), second.split(' ')];
  return left.length + right.length === 3 && left[0] === right[0] && Number.isFinite(Number(left[0]));
}

const summary = (properties: Properties): string =>
  ['type', 'size', 'kind', 'from.of.population', 'to.of.population', 'to.population', 'rate', 'value']
    .flatMap((key) =>
      properties.has(key) ? [`${key.replace(/(?:\.of)?\.population/, '')} ${properties.get(key) ?? ''}`] : [],
    )
    .join(', ');

/** Joins equal differences of several parts into one. */
function grouped(differences: readonly ModelDifference[]): readonly ModelDifference[] {
  const groups = new Map<string, ModelDifference>();
  for (const difference of differences) {
    const { property, first, second, parts } = difference;
    const key =
      property === ''
        ? JSON.stringify(difference)
        : JSON.stringify([property, first, second, itemAt(parts, 0).split(' ')[0]]);
    const known = groups.get(key);
    groups.set(key, known ? { ...known, parts: [...known.parts, ...parts] } : difference);
  }
  return [...groups.values()];
}
