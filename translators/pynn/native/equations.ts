/**
 * Types without a name in PyNN, as Brian-like text with one equation in a line. Rates are `dv/dt = (El - v)/tau : V`,
 * derived variables `I = g*(E - v) : A`. Variables that only events change are `x : 1`. Flags follow the unit.
 * Parameters and first values are separate maps of quantities.
 */

import { readEquationLines } from '../../../src/lang/parse.js';
import { LangError } from '../../../src/lang/lang-error.js';
import { parseQuantity } from '../../../src/lang/quantity.js';
import { parseUnit, unitText } from '../../../src/lang/units.js';
import { channelOf } from '../../../src/library/readable/channel-parts.js';
import { symbolicQuantity } from '../../../src/lang/readable-quantity.js';

/** Properties that types of cells and of synapses share. */
export interface NativeType {
  /** Equations, a line each; an import reads one text as well. */
  readonly equations?: string | readonly string[];
  /**
   * Default of each parameter: a number, a quantity with a unit and optional flags (`10 mV (shared)`), or a map as in
   * the canonical model.
   */
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** First values of variables that do not begin with 0. */
  readonly initial?: Readonly<Record<string, unknown>>;
  /** All else as in the canonical model: `events`, `inputs`, `regimes`, `pathways`, `contributes`, `method`, ... */
  readonly [part: string]: unknown;
}

type Compact = Readonly<Record<string, unknown>>;
type Entry = Readonly<Record<string, unknown>>;

const entriesOf = (map: unknown): readonly (readonly [string, Entry])[] =>
  Object.entries((map ?? {}) as Readonly<Record<string, Entry>>);

const without = (map: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(map).filter(
      ([, value]) =>
        value !== undefined && !(typeof value === 'object' && value !== null && Object.keys(value).length === 0),
    ),
  );

/**
 * Returns a type as text.
 *
 * @param type      a normalised type without its defaults
 * @param channels  variables of each channel, by the name of its current
 */
export function nativeType(type: Compact, channels: ReadonlyMap<string, readonly string[]>): NativeType {
  const { parameters, state, derived, derivatives, conformsTo: _, ...rest } = type;
  const rates = new Map(entriesOf(derivatives));
  const lines = new Map(
    entriesOf(state).map(([name, variable]) => {
      const rate = rates.get(name);
      const text = rate === undefined ? name : `d${name}/dt = ${String(rate['rate'])}`;
      return [name, `${text} : ${flagged(variable, rate)}`] as const;
    }),
  );
  for (const [name, variable] of entriesOf(derived))
    lines.set(name, `${name} = ${String(variable['value'])} : ${flagged(variable)}`);
  const inChannels = new Set([...channels.values()].flat());
  const initial = entriesOf(state).flatMap(([name, variable]) => {
    const value = variable['initial'];
    return value === undefined ? [] : [[name, quantityOf(value, String(variable['unit']))] as const];
  });
  return without({
    equations: [
      ...[...lines].flatMap(([name, line]) => (inChannels.has(name) ? [] : [line])),
      ...[...channels].flatMap(([current, names]) => [
        `# ${channelOf(current)}`,
        ...names.flatMap((name) => lines.get(name) ?? []),
      ]),
    ],
    parameters: Object.fromEntries(entriesOf(parameters).map(([name, one]) => [name, parameterOf(one)])),
    initial: Object.fromEntries(initial),
    ...rest,
  });
}

/** Returns the unit followed by flags. */
function flagged(variable: Entry, rate: Entry = {}): string {
  const flags = [
    ...(typeof variable['type'] === 'string' ? [variable['type']] : []),
    ...(variable['shared'] === true ? ['shared'] : []),
    ...(variable['held'] === true ? ['held'] : []),
    ...(rate['eventDriven'] === true ? ['event-driven'] : []),
  ];
  return `${String(variable['unit'])}${flags.length === 0 ? '' : ` (${flags.join(', ')})`}`;
}

/**
 * Returns a number with a readable unit. A unit with a factor could be a variable (`ohm*m`), so the result then has no
 * unit.
 */
export function quantityOf(value: unknown, unit: string): unknown {
  if (typeof value !== 'number') return value;
  const text = symbolicQuantity(value, parseUnit(unit).dimension);
  return typeof text === 'string' && /\*[A-Za-z]/.test(text) ? value : text;
}

/** Returns a parameter as its quantity followed by flags, if that expresses all of it: `20 ms (shared)`. */
function parameterOf({ unit, value, ...rest }: Entry): unknown {
  const quantity = quantityOf(value, String(unit));
  const says = typeof value === 'number' && (unit === '1' || typeof quantity === 'string');
  const { type, shared, ...others } = rest;
  if (!says || Object.keys(others).length > 0) return { unit, ...rest, value: quantity };
  const flags = [...(typeof type === 'string' ? [type] : []), ...(shared === true ? ['shared'] : [])];
  return flags.length === 0 ? quantity : `${String(quantity)} (${flags.join(', ')})`;
}

const withFlags =
  /^(?<value>[-+]?[\d.]+(?:e[-+]?\d+)?)\s*(?<unit>.*?)\s*\((?<flags>(?:integer|boolean|shared|, )+)\)$/i;

/** Returns a quantity with its unit in SI, without names of the model; the text itself if it is not a quantity. */
function inUnit(text: string): Entry {
  try {
    const { value, dimension } = parseQuantity(text);
    return { unit: unitText(dimension), value };
  } catch (error) {
    if (!(error instanceof LangError)) throw error;
    return { value: text };
  }
}

/** Returns parameters as the canonical document has them. */
function parametersOf(parameters: unknown): unknown {
  if (typeof parameters !== 'object' || parameters === null) return parameters;
  const read = (one: unknown): unknown => {
    const { value, unit, flags } = (typeof one === 'string' ? withFlags.exec(one)?.groups : undefined) ?? {};
    if (flags === undefined) return one;
    const type = ['integer', 'boolean'].find((name) => flags.includes(name));
    return {
      ...inUnit(`${value ?? ''} ${unit ?? ''}`),
      ...(type === undefined ? {} : { type }),
      ...(flags.includes('shared') ? { shared: true } : {}),
    };
  };
  return Object.fromEntries(Object.entries(parameters).map(([name, one]) => [name, read(one)]));
}

/** An invalid line of equations. */
interface BrokenLine {
  readonly line: string;
  readonly document?: undefined;
}

const shape = /^(?:d(?<rate>\w+)\/dt\s*=\s*(?<slope>.+)|(?<name>\w+)\s*=\s*(?<value>.+)|(?<plain>\w+))$/;
/** Matches the beginning of a new definition, even after one without a unit. */
const begins = /^(?:d\w+\/dt|\w+)\s*=(?!=)/;
const declared = /^(?<left>.*\S)\s*:\s*(?<unit>[^:()]+?)\s*(?:\((?<flags>[a-z\-, ]*)\))?$/;

/** Returns a type as the canonical document has it, or a line that is not an equation. */
export function documentOf({
  equations = [],
  parameters,
  initial = {},
  ...rest
}: NativeType): { readonly document: Readonly<Record<string, unknown>> } | BrokenLine {
  const state: Record<string, unknown> = {};
  const derived: Record<string, unknown> = {};
  const derivatives: Record<string, unknown> = {};
  for (const line of definitionsIn(equations)) {
    const { left = '', unit, flags = '' } = declared.exec(line)?.groups ?? {};
    const parts = shape.exec(left)?.groups;
    if (unit === undefined || parts === undefined) return { line };
    const flag = new Set(flags.split(',').map((one) => one.trim()));
    const type = ['integer', 'boolean'].find((one) => flag.has(one));
    const own = { unit, ...(type === undefined ? {} : { type }), ...(flag.has('shared') ? { shared: true } : {}) };
    const { rate, slope, name, value, plain } = parts;
    if (name !== undefined) {
      derived[name] = { ...own, value, ...(flag.has('held') ? { held: true } : {}) };
      continue;
    }
    const variable = rate ?? plain ?? '';
    state[variable] = { ...own, ...(Object.hasOwn(initial, variable) ? { initial: initial[variable] } : {}) };
    if (rate !== undefined) derivatives[rate] = flag.has('event-driven') ? { rate: slope, eventDriven: true } : slope;
  }
  return { document: without({ parameters: parametersOf(parameters), state, derived, derivatives, ...rest }) };
}

/** Returns definitions without comments; each continues to the line of its unit. */
function definitionsIn(equations: string | readonly string[]): readonly string[] {
  const definitions: string[] = [];
  for (const raw of typeof equations === 'string' ? equations.split('\n') : equations) {
    const line = raw.replace(/#.*/, '').trim();
    if (line === '') continue;
    const before = definitions.at(-1);
    if (before === undefined || before.includes(':') || begins.test(line)) definitions.push(line);
    else definitions[definitions.length - 1] = `${before} ${line}`;
  }
  return definitions;
}

/** Checks whether the text of a type has an equation for a name. */
export function hasEquation({ equations = [] }: NativeType, name: string): boolean {
  return readEquationLines([equations].flat().join('\n')).lines.some((line) => line.name === name);
}
