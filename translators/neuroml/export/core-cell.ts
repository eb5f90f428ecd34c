/**
 * Core types of NeuroML by name, for types that say that they are these (`conformsTo: { type:
 * neuroml/izhikevich2007Cell, where: … }`). Whether they are is
 * found by comparison: rates, what a spike does, for how long it holds what, and first values are the same at many
 * points.
 */

import type { Dimension } from '../../../src/lang/ast.js';
import { dimensionless } from '../../../src/lang/ast.js';
import { foldConstants } from '../../../src/lang/fold.js';
import { constants } from '../../../src/lang/functions.js';
import { parseExpression } from '../../../src/lang/parse.js';
import type { NeuronType, Population } from '../../../src/model/model.js';
import { behaviourOf, type Behaviour, type Point } from './behaviour.js';
import type { CellPlan, ExportContext } from './context.js';
import { coreCell, coreParameters, type CoreCell } from './core-type.js';
import type { Demands } from './demands.js';
import { dimensionOfUnit } from './dimensions.js';
import { evaluate, NoNumber, type Functions } from '../../../src/lang/evaluate.js';
import { quantityText } from './quantity-text.js';
import type { StandardCell } from './standard-cell.js';
import { numberAt, type Numbers } from './values.js';

const prefix = 'neuroml/';

/**
 * The core type that a neuron type is; a text saying why where it is none.
 *
 * @param values  numbers of parameters and first values, by population
 */
export function coreCellOf(
  id: string,
  type: NeuronType,
  populations: readonly (readonly [string, Population])[],
  values: ReadonlyMap<string, ReadonlyMap<string, Numbers>>,
  demands: Demands,
  context: ExportContext,
): StandardCell | string | undefined {
  const claim = type.conformsTo;
  if (!claim?.type.startsWith(prefix)) return undefined;
  const name = claim.type.slice(prefix.length);
  const parameters = coreParameters(name);
  if (!parameters) return `NeuroML has no cells called ${name}`;
  const missing = [...parameters.keys()].filter(
    (key) => claim.where[key] === undefined && type.parameters[key] === undefined,
  );
  if (missing.length > 0) return `it does not say what ${missing.join(', ')} of ${name} is`;
  if (
    demands.jumps.size +
      demands.sums.size +
      demands.operations.size +
      demands.places.size +
      demands.counted.size +
      demands.written.size >
    0
  )
    return `the network requires more of its cells than ${name} provides`;
  const attributes = (valueOf: (key: string) => number): Record<string, string> =>
    Object.fromEntries(
      [...parameters].map(([key, { dimension }]) => {
        const value = whereValue(claim.where[key] ?? key, type, valueOf, context.functions);
        return [key, quantityText(Number(value.toPrecision(14)), dimension ?? dimensionless, context.dimensions)];
      }),
    );
  try {
    for (const [population, { size }] of populations)
      for (const k of size > 2 ? [0, size >> 1, size - 1] : size === 2 ? [0, 1] : [0]) {
        const valueOf = (key: string): number => numberAt(values.get(population)?.get(key), k);
        const core = coreCell(name, attributes(valueOf));
        const differs = core ? difference(type, valueOf, core, context) : `its values do not fit ${name}`;
        if (differs !== undefined) return differs;
      }
    const [[first, { size }] = ['', { size: 0 }]] = populations;
    const core =
      size > 0
        ? coreCell(
            name,
            attributes((key) => numberAt(values.get(first)?.get(key), 0)),
          )
        : undefined;
    if (!core) return 'it has no cells';
    return {
      plan: planOf(id, type, name, core),
      receptors: new Map(),
      keys: [...Object.keys(type.parameters), ...Object.keys(type.state)],
      attributes,
    };
  } catch (error) {
    if (!(error instanceof NoNumber)) throw error;
    return error.message;
  }
}

/** The value of a parameter of the core type. @throws NoNumber */
function whereValue(text: string, type: NeuronType, valueOf: (key: string) => number, functions: Functions): number {
  const isOwn = (name: string): boolean => Object.hasOwn(type.parameters, name) || Object.hasOwn(type.state, name);
  const lookup = (name: string): number => {
    if (isOwn(name)) return valueOf(name);
    const found = constants.get(name);
    if (found === undefined) throw new NoNumber(`a value that depends on ${name}`);
    return found;
  };
  return evaluate(foldConstants(parseExpression(text), undefined, isOwn), lookup, functions);
}

const points = 40;

/** What of a type is other than the core type has it; undefined where nothing is. */
function difference(
  type: NeuronType,
  valueOf: (key: string) => number,
  core: CoreCell,
  { functions }: ExportContext,
): string | undefined {
  const start = Object.fromEntries(Object.keys(type.state).map((key) => [key, valueOf(key)]));
  const own = behaviourOf(type, valueOf, functions, start);
  const numbers = (name: string): number => {
    const value = core.type.parameters[name]?.value;
    if (typeof value === 'number') return value;
    if (typeof value !== 'string') throw new NoNumber(`a value of ${name}`);
    return whereValue(value, core.type, numbers, functions);
  };
  const its = behaviourOf(core.type, numbers, functions);
  if (!own || !its) return 'it does more than can be compared';
  const names = Object.keys(type.state);
  if (names.some((name) => core.type.state[name]?.unit !== type.state[name]?.unit))
    return 'its variables have other names';
  const [inputs, others] = [Object.keys(type.inputs), Object.keys(core.type.inputs)];
  if (inputs.length !== others.length || inputs.length > 1) return 'its inputs differ';
  const [input, other] = [inputs[0], others[0]];
  if (input !== undefined && other !== undefined && type.inputs[input]?.unit !== core.type.inputs[other]?.unit)
    return 'its inputs differ';
  const scale = (name: string): number => scales[type.state[name]?.unit ?? type.inputs[name]?.unit ?? '1'] ?? 1;
  for (let k = 0; k < points; k++) {
    const state = Object.fromEntries(names.map((name, j) => [name, spread(k, j) * scale(name)]));
    const drive = input === undefined ? 0 : spread(k, names.length) * scale(input);
    const at: Point = { ...state, t: 1, ...(input === undefined ? {} : { [input]: drive }) };
    const there: Point = { ...state, t: 1, ...(other === undefined ? {} : { [other]: drive }) };
    const found = atPoint(own, its, at, there, names);
    if (found !== undefined) return found;
  }
  return atThreshold(own, its, names) ?? atEnds(own, its, names);
}

/** Sizes that values of a unit have. */
const scales: Readonly<Record<string, number>> = { V: 0.1, A: 1e-9, S: 1e-7, s: 0.01, '1': 50 };

/** Numbers between -1 and 1 that fill the interval evenly, another sequence for each variable. */
function spread(k: number, j: number): number {
  const step = Math.sqrt([2, 3, 5, 7, 11, 13, 17, 19][j % 8] ?? 2);
  const x = (k + 1) * step;
  return 2 * (x - Math.floor(x)) - 1;
}

const near = (a: number, b: number): boolean =>
  a === b || Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b), 1e-30);

function atPoint(
  own: Behaviour,
  its: Behaviour,
  at: Point,
  there: Point,
  names: readonly string[],
): string | undefined {
  const [a, b] = [own.rates(at), its.rates(there)];
  const rate = names.find((name) => !near(a[name] ?? 0, b[name] ?? 0));
  if (rate !== undefined) return `the rate of ${rate} differs`;
  const [after, then] = [own.after(at), its.after(there)];
  const reset = names.find((name) => !near(after[name] ?? 0, then[name] ?? 0));
  if (reset !== undefined) return `a spike changes ${reset} differently`;
  return own.fires(at) === its.fires(there) ? undefined : 'its spike condition differs';
}

/** Fires at the same threshold: found by halving between a potential that is silent and one that fires. */
function atThreshold(own: Behaviour, its: Behaviour, names: readonly string[]): string | undefined {
  const at = (v: number): Point => ({ ...Object.fromEntries(names.map((name) => [name, 0])), v, t: 1 });
  let [low, high] = [-1, 1];
  if (own.fires(at(low)) || !own.fires(at(high))) return undefined;
  for (let k = 0; k < 60; k++) {
    const middle = (low + high) / 2;
    if (own.fires(at(middle))) high = middle;
    else low = middle;
  }
  return its.fires(at(low - 1e-9)) || !its.fires(at(high + 1e-9)) ? 'its threshold differs' : undefined;
}

/** Holds the same variables for the same time, and starts alike. */
function atEnds(own: Behaviour, its: Behaviour, names: readonly string[]): string | undefined {
  if (names.some((name) => !near(own.initial[name] ?? 0, its.initial[name] ?? 0))) return 'its initial values differ';
  const times = Array.from({ length: 400 }, (_, k) => (k + 0.5) * 5e-5);
  if (times.some((seconds) => own.isRefractory(seconds) !== its.isRefractory(seconds)))
    return 'its refractory period differs';
  const refractory = own.isRefractory(0);
  const held = names.find((name) => own.held.has(name) !== its.held.has(name));
  return refractory && held !== undefined ? `${held} is held differently while refractory` : undefined;
}

function planOf(id: string, type: NeuronType, name: string, { type: core, definition }: CoreCell): CellPlan {
  const [list] = definition.attachments.values();
  const [input] = Object.entries(type.inputs);
  const dimensionOf = (unit: string): Dimension => dimensionOfUnit(unit);
  const pure = list?.type === 'basePointCurrentDL';
  const exposed = Object.keys(type.state).filter((key) => Object.hasOwn(core.state, key));
  return {
    type: id,
    componentType: name,
    attachment: pure ? 'baseSynapseDL' : 'baseSynapse',
    list: list?.name ?? 'synapses',
    channels: input
      ? [{ variable: input[0], kind: 'sum', dimension: dimensionOf(input[1].unit), exposure: pure ? 'I' : 'i' }]
      : [],
    varying: new Set(),
    visible: new Map(exposed.map((key) => [key, { name: key, dimension: dimensionOf(type.state[key]?.unit ?? '1') }])),
    starts: new Map(),
    ...(pure || !input ? { withoutCurrent: true as const } : {}),
  };
}
