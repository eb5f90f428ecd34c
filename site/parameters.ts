/** Parameters of a model that readers can change, each with a range of values that make a difference. */

import type { Parameter } from './messages.js';
import { namesInText } from '../src/lang/lexer.js';
import { writtenInSymbols } from '../src/lang/readable-quantity.js';
import { parseUnit } from '../src/lang/units.js';
import type { Model, NeuronType } from '../src/model/model.js';
import { endOf, isPhase } from '../src/model/tagged.js';

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

/** Units of parameters that are not negative. */
const notNegative = /^(?:s|F|F\*m\*\*-2|ohm|Hz|S|S\*m\*\*-2)$/;

/** A time that is as many times as long as the run is meant to be endless. */
const endless = 10;

/** How many times a value its range ends above it, and begins below it. */
const factor = 10;

/**
 * Returns the parameters of the model, and those of synapses and populations that are one number and that its code
 * reads. Those of the model come first, then weights and constants of synapses, currents and rates, and others take
 * turns. Left out are parameters that the protocol sets, and times that stand for ever.
 *
 * @param source  text of the document, in which the parameters of the model stand
 */
export function parametersOf(model: Model, source: string): readonly Parameter[] {
  const ofModel = Object.entries(model.parameters).map(([name, { value, unit }]) => ({ name, value, unit, type: '' }));
  const texts = [...textsIn({ ...model, annotations: {} })];
  const read = new Set(texts.flatMap((text) => namesInText(text).flatMap(({ name }) => name.split('.'))));
  const duration = endOf(model.experiment.protocol);
  const set = new Set(
    model.experiment.protocol.flatMap((phase) => (isPhase(phase, 'set') ? Object.keys(phase.set) : [])),
  );
  const numbersOf = (
    owner: string,
    parameters: NeuronType['parameters'] = {},
    values: Readonly<Record<string, unknown>>,
  ): readonly Quantity[] =>
    Object.entries(parameters).flatMap(([name, parameter]): readonly Quantity[] => {
      const value = values[name] ?? parameter.value;
      const isChanged = typeof value === 'number' && read.has(name) && !set.has(`${owner}.${name}`);
      if (!isChanged || (parameter.unit === 's' && value > endless * duration)) return [];
      return [{ name: `${owner}.${name}`, value, unit: parameter.unit, type: parameter.type }];
    });
  const ofSynapses = Object.entries(model.projections).flatMap(([name, { synapse, values }]) =>
    numbersOf(name, model.synapses[synapse]?.parameters, values),
  );
  const ofPopulations = Object.entries(model.populations).flatMap(([name, { type, values }]) =>
    numbersOf(name, model.neurons[type ?? '']?.parameters, values),
  );
  const isInput = ({ unit }: Quantity): boolean => /^(?:A|A\*m\*\*-2|Hz)$/.test(unit);
  // Windows of inputs change what people ask about least.
  const isWindow = ({ name, unit }: Quantity): boolean => unit === 's' && /\.(?:start|stop|duration|delay)$/.test(name);
  const own = ofPopulations.filter((one) => !isInput(one) && !isWindow(one));
  const all = [
    ...ofModel,
    ...inTurns([ofSynapses, ofPopulations.filter(isInput), own]),
    ...ofPopulations.filter(isWindow),
  ];
  const code = `${texts.join('\n')}\n${source}`;
  return all.map((one) => shown(one, rangeOf(one, all, duration), isSwitch(one, code)));
}

/** Returns the members of lists in turns: the first of each, then the second of each. */
const inTurns = <T>(lists: readonly (readonly T[])[]): readonly T[] =>
  Array.from({ length: Math.max(...lists.map(({ length }) => length)) }, (_, k) =>
    lists.flatMap((list) => list.slice(k, k + 1)),
  ).flat();

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

/** Returns the range of a parameter: around a potential of a membrane, else from a tenth to ten times its value. */
function rangeOf(
  { name, value, unit }: Quantity,
  all: readonly Quantity[],
  duration: number,
): readonly [number, number] {
  if (unit === 'V' && (value === 0 || Math.abs(value) >= around)) return [value - around, value + around];
  if (value > 0) return [value / factor, value * factor];
  if (value < 0) return [value * factor, value / factor];
  if (unit === 's') return [0, duration];
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
  return {
    name,
    value: value === 0 ? 0 : Number(top.toPrecision(12)),
    unit: symbols,
    low: scaled(low),
    high: scaled(high),
    isSwitch,
  };
}
