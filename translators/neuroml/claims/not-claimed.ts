/** What the parts of a claimed model are made with, and why one is none. */

import { NoNumber } from '../../../src/lang/evaluate.js';
import type { EquationSet, NeuronType, Population, SynapseType, ValidModel, Value } from '../../../src/model/model.js';
import { ElementValues } from '../export/values.js';
import { isGiven } from '../../../src/model/tagged.js';
import { numbersOf } from '../../../src/model/arrays.js';
import type { KeptElement, KeptSource } from '../kept-source.js';

/** A document that is not what it claims to be, with the reason. */
export class NotClaimed extends Error {}

/** What parts are made with; types are collected. */
export interface ClaimedParts {
  /** As the document is read. */
  readonly valid: ValidModel;
  /** Its populations with given spikes in the place of what only knows the time. */
  readonly sources: Readonly<Record<string, Population>>;
  readonly neurons: Record<string, NeuronType>;
  readonly synapses: Record<string, SynapseType>;
  /** Time step in s. */
  readonly dt: number;
}

/** Numbers of a value, each changed; what is not known before a run is none of a document. */
export function eachOf(value: Value, { valid }: ClaimedParts, change: (one: number) => number): Value {
  if (typeof value === 'number') return change(value);
  if (!isGiven(value)) throw new NotClaimed('a value of it is computed');
  const numbers = numbersOf(value.array, valid.data).map(change);
  return numbers.every((one) => one === numbers[0]) ? (numbers[0] ?? 0) : { array: numbers };
}

/** A number without the digits that rounding adds. */
export const short = (value: number, digits = 15): number => Number(value.toPrecision(digits));

/** What is kept of a document beside its model. */
const keptOf = ({
  model,
}: ValidModel): { readonly types?: Readonly<Record<string, string>>; readonly source?: KeptSource } =>
  model.annotations['lems'] ?? {};

/** The LEMS type of a canonical one, and the core type that it extends where it is the document's own. */
export function lemsTypeOf(valid: ValidModel, id: string): string {
  const { types = {}, source } = keptOf(valid);
  const name = types[id] ?? id;
  const own = source?.elements.find(({ tag, attributes }) => tag === 'ComponentType' && attributes?.['name'] === name);
  return own?.attributes?.['extends'] ?? name;
}

/**
 * An attribute of the components of a population, which no equation reads: numbers of all cells, or the one of all of
 * them; undefined where a component lacks it.
 */
export function unreadNumbers(valid: ValidModel, population: string, attribute: string): Value | undefined {
  const elements = keptOf(valid).source?.elements ?? [];
  const idOf = ({ attributes }: KeptElement): string | undefined => attributes?.['id'];
  const holder = elements.flatMap(({ children = [] }) => children).find((one) => idOf(one) === population);
  const names = holder?.children?.flatMap(({ attributes }) => attributes?.['cell'] ?? []) ?? [];
  const components = names.length > 0 ? names : [holder?.attributes?.['component']];
  const byId = new Map(elements.map((one) => [idOf(one), one] as const));
  const numbers = components.map((id) => Number(byId.get(id)?.attributes?.[attribute]));
  if (numbers.some((one) => Number.isNaN(one))) return undefined;
  return numbers.length === 1 ? numbers[0] : { array: numbers };
}

/** A name for a type among others, and the type there. */
export function typeName<T>(types: Record<string, T>, wanted: string, type: T): string {
  const text = JSON.stringify(type);
  for (let k = 1; ; k++) {
    const name = k === 1 ? wanted : `${wanted}_${k}`;
    types[name] ??= type;
    if (JSON.stringify(types[name]) === text) return name;
  }
}

/** What of a library type's values a document has otherwise. */
export function otherValues(
  type: EquationSet,
  valueOf: (key: string, isState: boolean) => Value | undefined,
  { valid: { data } }: ClaimedParts,
): Record<string, Value> {
  const found: Record<string, Value> = {};
  const usual = new ElementValues(type, found, 1, { data, functions: () => undefined });
  const isUsual = (key: string, value: Value, own: Value): boolean => {
    if (typeof own !== 'string' || typeof value !== 'number') return own === value;
    try {
      return usual.of(key) === value;
    } catch (error) {
      if (!(error instanceof NoNumber)) throw error;
      return false;
    }
  };
  const all = [
    ...Object.entries(type.parameters).map(([key, { value }]) => [key, value, false] as const),
    ...Object.entries(type.state).map(([key, { initial }]) => [key, initial, true] as const),
  ];
  for (const [key, own, isState] of all) {
    const value = valueOf(key, isState);
    if (value !== undefined && !isUsual(key, value, own)) found[key] = value;
  }
  return found;
}
