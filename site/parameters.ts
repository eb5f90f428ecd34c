/** Parameters of a model that readers can change, each with a range of values that make a difference. */

import type { Parameter } from './messages.js';
import { namesInText } from '../src/lang/lexer.js';
import { writtenInSymbols } from '../src/lang/readable-quantity.js';
import { parseUnit } from '../src/lang/units.js';
import type { Model } from '../src/model/model.js';
import { endOf } from '../src/model/tagged.js';

/** A parameter in SI units. */
interface Quantity {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly type: string;
}

/** Potentials of membranes make a difference within tens of mV of their value, in V. */
const around = 0.03;

/** Highest values of parameters that are 0, by unit, in models without other values of the unit. */
const usual: Readonly<Record<string, number>> = { V: around, s: 0.01, A: 1e-9, S: 1e-8, Hz: 100, F: 1e-9 };

/** Units of parameters that models divide by, or that are not negative. */
const positive = /^(?:s|F|F\*m\*\*-2|ohm)$/;
const notNegative = /^(?:s|F|F\*m\*\*-2|ohm|Hz|S|S\*m\*\*-2)$/;

/** A time that is as many times as long as the run is meant to be endless. */
const endless = 10;

/**
 * Returns the parameters of the model, and those of populations that are one number and that its code reads.
 *
 * @param source  text of the document, in which the parameters of the model stand
 */
export function parametersOf(model: Model, source: string): readonly Parameter[] {
  const ofModel = Object.entries(model.parameters).map(([name, { value, unit }]) => ({ name, value, unit, type: '' }));
  const texts = [...textsIn({ ...model, annotations: {} })];
  const read = new Set(texts.flatMap((text) => namesInText(text).flatMap(({ name }) => name.split('.'))));
  const ofPopulations = Object.entries(model.populations).flatMap(([population, { type, values }]) =>
    Object.entries(model.neurons[type ?? '']?.parameters ?? {}).flatMap(([name, parameter]): readonly Quantity[] => {
      const value = values[name] ?? parameter.value;
      if (typeof value !== 'number' || !read.has(name)) return [];
      return [{ name: `${population}.${name}`, value, unit: parameter.unit, type: parameter.type }];
    }),
  );
  const all = [...ofModel, ...ofPopulations];
  const duration = endOf(model.experiment.protocol);
  const code = `${texts.join('\n')}\n${source}`;
  return all.map((one) => shown(one, rangeOf(one, all, duration), isSwitch(one, code)));
}

/** Returns the name of a parameter within its population. */
const wordOf = (name: string): string => name.replace(/^.*\./, '');

/** Returns the texts of a model, without the names of parameters at their declarations. */
function* textsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (Array.isArray(value)) for (const item of value) yield* textsIn(item);
  else if (typeof value === 'object' && value !== null) for (const item of Object.values(value)) yield* textsIn(item);
}

/**
 * Checks whether a parameter has two values: it is a boolean, or it is 0 or 1 and some code compares it with 1, takes
 * its complement or uses it as a condition.
 */
function isSwitch({ name, value, unit, type }: Quantity, code: string): boolean {
  if (type === 'boolean') return true;
  if (unit !== '1' || (value !== 0 && value !== 1)) return false;
  const word = wordOf(name);
  return new RegExp(
    String.raw`\b1 ?- ?${word}\b|\b(?:not|and|or|if) ${word}\b(?! ?[-+*/<>=!])|(?<![-+*/<>=] ?)\b${word} (?:and|or)\b|\b${word} ?(?:[=!]= ?1|[<>] ?0?\.5)\b`,
  ).test(code);
}

/** Returns the range of a parameter: around a potential of a membrane, else up to twice the value. */
function rangeOf(
  { name, value, unit }: Quantity,
  all: readonly Quantity[],
  duration: number,
): readonly [number, number] {
  if (unit === 'V' && (value === 0 || Math.abs(value) >= around)) return [value - around, value + around];
  if (unit === 's' && value > endless * duration) return [0, duration];
  if (value < 0) return [2 * value, 0];
  if (value > 0) return [positive.test(unit) ? value / 10 : 0, 2 * value];
  const alike = all.filter((other) => other.unit === unit && other.value !== 0);
  const namesakes = alike.filter((other) => wordOf(other.name) === wordOf(name));
  const values = (namesakes.length > 0 || unit === '1' ? namesakes : alike).map((other) => Math.abs(other.value));
  const high = values.length > 0 ? Math.max(...values) : (usual[unit] ?? 1);
  return [notNegative.test(unit) ? 0 : -high, high];
}

/** Returns a parameter in the unit that people use: -49 mV for -0.049 V. */
function shown({ name, value, unit }: Quantity, [low, high]: readonly [number, number], isSwitch: boolean): Parameter {
  if (unit === '1') return { name, value, unit: '', low, high, isSwitch };
  const { dimension } = parseUnit(unit);
  // A value of 0 has no unit of its own.
  const { number: top, unit: symbols } = writtenInSymbols(value === 0 ? high : value, dimension);
  const scaled = (bound: number): number => Number(((bound * top) / (value === 0 ? high : value)).toPrecision(12));
  return { name, value: value === 0 ? 0 : top, unit: symbols, low: scaled(low), high: scaled(high), isSwitch };
}
