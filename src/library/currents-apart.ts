/**
 * Currents that only follow the time, taken out of the equations of cells: stimuli of the model, as notations have them
 * that inject currents from outside.
 */

import type { Expression } from '../lang/ast.js';
import { binary, name as named, negated, number, quantity } from '../lang/build.js';
import { second } from '../lang/dimension.js';
import { NoNumber } from '../lang/evaluate.js';
import { isRandom } from '../lang/functions.js';
import { addendsOf } from '../lang/addends.js';
import { parseUnit } from '../lang/units.js';
import { callsIn, equalExpressions, mapExpression, namesIn, substitute } from '../lang/walk.js';
import { arrayOf, numbersOf } from '../model/arrays.js';
import { changedNames } from '../model/changed.js';
import { mapped } from '../model/collections.js';
import { ownNames } from '../model/declared-names.js';
import { freeName } from '../model/free-name.js';
import { rowOf } from '../model/selected.js';
import { timingProperties } from '../model/timing-properties.js';
import {
  expressionsIn,
  formulaOf,
  namesOf,
  type DataStore,
  type Model,
  type NeuronType,
  type SelectionRule,
  type Stimulus,
  type Table,
  type ValidModel,
  type Value,
} from '../model/typed.js';
import { beforeStep, during } from './gather/step-times.js';
import { plain, tidy, valueAt } from './recognise/numbers.js';

/** Runs of more steps are not looked through, and currents with more pieces or shares stay in their equations. */
const mostSteps = 1_000_000;
const mostShares = 64;

/** Methods that take the time at the beginning of a step. */
const atBegin: ReadonlySet<string> = new Set(['euler', 'exact', 'exponentialEuler', 'auto']);

/** A current of the time for some of the cells. */
interface Share {
  readonly cells: readonly number[] | undefined;
  readonly value: Expression;
}

/**
 * Returns a model with time-dependent currents as stimuli; the same model if its equations have no such currents.
 *
 * @param mostPieces  how often a current may change
 */
export function withCurrentsApart(valid: ValidModel, mostPieces: number): ValidModel {
  const { model } = valid;
  const steps = stepsOf(model);
  if (timingProperties[model.timing].addsUpTime || steps === undefined) return valid;
  const neurons: Record<string, NeuronType> = { ...model.neurons };
  const stimuli: Record<string, Stimulus> = { ...model.stimuli };
  const changed = changedNames(model);
  const users = new Map<string, number>();
  for (const { type = '' } of Object.values(model.populations)) users.set(type, (users.get(type) ?? 0) + 1);
  for (const [id, { type: typeName = '' }] of Object.entries(model.populations)) {
    const whole = neurons[typeName];
    if (whole === undefined || users.get(typeName) !== 1 || whole.compartments !== undefined) continue;
    const type = tablesAsVariables(whole, model.tables);
    let next = type;
    for (const [variable, { unit }] of Object.entries(type.derived)) {
      // A time is no current: conditions compare it.
      if (unit === 's') continue;
      const found = apart({ valid, id, type: next, names: ownNames(next), changed, steps, mostPieces }, variable);
      if (found === undefined) continue;
      next = found.type;
      for (const { cells, value } of found.shares) {
        const name = freeName(`${id}_${variable}`, (one) =>
          [stimuli, model.populations, model.projections].some((map) => Object.hasOwn(map, one)),
        );
        const to: SelectionRule = cells === undefined ? { kind: 'slice', population: id } : ofCells(id, cells);
        stimuli[name] = { kind: 'current', to, input: found.input, value, attached: true };
      }
    }
    if (next !== type) neurons[typeName] = next;
  }
  if (Object.keys(stimuli).length === Object.keys(model.stimuli).length) return valid;
  const rest = { ...model, neurons, stimuli, tables: {} };
  const called = new Set(expressionsIn(rest).flatMap((e) => callsIn(e).map((one) => one.function)));
  const tables = Object.fromEntries(Object.entries(model.tables).filter(([name]) => called.has(name)));
  return { ...valid, model: { ...rest, tables } };
}

/** Returns the time steps of a run; undefined if their number is unknown or too large. */
function stepsOf({ experiment: { protocol, dt } }: Model): number | undefined {
  const time = protocol.reduce(
    (sum, phase) =>
      phase.kind === 'run' ? sum + phase.run : phase.kind === 'runUntil' ? Math.max(sum, phase.runUntil) : sum,
    0,
  );
  const steps = Math.ceil(time / dt - 1e-6);
  return steps > 0 && steps <= mostSteps ? steps : undefined;
}

const ofCells = (population: string, cells: readonly number[]): SelectionRule => {
  const row = rowOf(cells);
  return row ? { kind: 'slice', population, slice: [...row, 1] } : { kind: 'indices', population, indices: [...cells] };
};

/** Returns a type with separate variables for the tables that rates read. */
function tablesAsVariables(type: NeuronType, tables: Model['tables']): NeuronType {
  const derived = { ...type.derived };
  const own: { readonly call: Expression; readonly name: string }[] = [];
  const withNames = (rate: Expression): Expression =>
    mapExpression(rate, (part) => {
      const table = part.kind === 'call' && Object.hasOwn(tables, part.function) ? tables[part.function] : undefined;
      if (part.kind !== 'call' || table === undefined) return part;
      const known = own.find(({ call }) => equalExpressions(call, part));
      if (known) return named(known.name, part.span);
      const name = freeName(`${part.function}_now`, (one) =>
        [type.parameters, type.state, derived, type.inputs].some((map) => Object.hasOwn(map, one)),
      );
      own.push({ call: part, name });
      derived[name] = { unit: table.unit, type: 'real', value: part, shared: false, held: false };
      return named(name, part.span);
    });
  const derivatives = mapped(type.derivatives, (one) => ({ ...one, rate: withNames(one.rate) }));
  return own.length === 0 ? type : { ...type, derived, derivatives };
}

interface Within {
  readonly valid: ValidModel;
  /** Of the population. */
  readonly id: string;
  readonly type: NeuronType;
  /** That its type declares. */
  readonly names: ReadonlySet<string>;
  /** Variables changed from outside, as `population.variable`. */
  readonly changed: ReadonlySet<string>;
  readonly steps: number;
  readonly mostPieces: number;
}

/**
 * Returns the part of a variable that is a time-dependent current. Undefined if it has no such part, or if other
 * equations read it.
 */
function apart(
  within: Within,
  variable: string,
): { readonly type: NeuronType; readonly input: string; readonly shares: readonly Share[] } | undefined {
  const { type, valid, id } = within;
  const whole = type.derived[variable];
  if (whole === undefined || (!whole.held && !atBegin.has(type.method))) return undefined;
  const { value, unit } = whole;
  const terms = addendsOf(value).map((addend) => (addend.sign === 1 ? addend.value : negated(addend.value)));
  const found = terms.map((term) => ({ term, of: sharesOf(term, unit, within) }));
  if (found.every(({ of }) => of === undefined) || isReadElsewhere(valid.model, id, type, variable)) return undefined;
  const stepped = found.filter(({ of }) => of?.isSmooth === false);
  // All stepwise terms form one current.
  const [first, ...others] = stepped.map(({ term }) => term);
  const sum = others.reduce((all, term) => binary('+', all, term), first ?? number(0));
  const together = others.length === 0 ? undefined : sharesOf(sum, unit, within)?.shares;
  const parts = together === undefined ? found : found.filter(({ of }) => of?.isSmooth === true);
  const shares = [...(together ?? []), ...parts.flatMap(({ of }) => of?.shares ?? [])];
  if (shares.length === 0) return undefined;
  const rest = found.flatMap(({ term, of }) => (of === undefined ? [term] : []));
  const { [variable]: _, ...derived } = type.derived;
  const input = rest.length === 0 ? variable : freeName(`${variable}_in`, (one) => within.names.has(one));
  const inputs = { ...type.inputs, [input]: { unit, reduce: 'sum' as const } };
  if (rest.length === 0) return { type: { ...type, inputs, derived }, input, shares };
  const left = rest.reduce((sum, term) => binary('+', sum, term), named(input));
  const again = { ...type.derived, [variable]: { ...whole, value: left } };
  return { type: { ...type, inputs, derived: again }, input, shares };
}

/** Checks whether something besides rates reads a variable, or a population is changed by parts that may. */
function isReadElsewhere(model: Model, id: string, type: NeuronType, variable: string): boolean {
  const { events, regimes, state } = type;
  const { synapses, projections, operations, stimuli, recordings, populations, experiment } = model;
  const links = Object.values(populations).map(({ linked }) => linked);
  const own = [events, regimes, state, populations[id]?.values];
  const near = namesOf([own, operations, stimuli, recordings, links, experiment.protocol]);
  const far = namesOf([synapses, projections]);
  const isSet = [...changedNames(model)].some((one) => one.endsWith(`.${variable}`));
  return isSet || near.has(variable) || far.has(`pre.${variable}`) || far.has(`post.${variable}`);
}

function factorsOf(e: Expression): readonly Expression[] {
  if (e.kind === 'binary' && e.operator === '*') return [...factorsOf(e.left), ...factorsOf(e.right)];
  if (e.kind === 'unary' && e.operator === '-') return [number(-1), ...factorsOf(e.operand)];
  return [e];
}

interface Shares {
  readonly shares: readonly Share[];
  readonly isSmooth: boolean;
}

/**
 * Returns a sum or one of its terms as time-dependent currents, one for cells with the same amplitude. Undefined for
 * other terms, and for sums with smooth terms.
 */
function sharesOf(term: Expression, unit: string, within: Within): Shares | undefined {
  const { valid, id, type, changed } = within;
  const { tables, populations, experiment } = valid.model;
  const { size = 0, values = {} } = populations[id] ?? {};
  const { dt } = experiment;
  const e = plain(term, within.names);
  const isTable = (name: string): boolean => Object.hasOwn(tables, name);
  const follows = (part: Expression): boolean =>
    namesIn(part).has('t') || callsIn(part).some(({ function: called }) => isTable(called));
  if (!follows(e) || callsIn(e).some(({ function: called }) => isRandom(called) && !isTable(called))) return undefined;
  const numbers = new Map<string, readonly number[]>();
  for (const name of namesIn(e)) {
    if (name === 't' || name === 'dt' || name === 'i') continue;
    const known = Object.hasOwn(type.parameters, name) && !changed.has(`${id}.${name}`);
    const one = known ? numbersFor(values[name] ?? type.parameters[name]?.value, size, valid.data) : undefined;
    if (one === undefined) return undefined;
    numbers.set(name, one);
  }
  const read = (part: Expression, t: number, cell: number): number => {
    const lookup = (name: string): number => {
      if (name === 't') return t;
      if (name === 'dt') return dt;
      if (name === 'i') return cell;
      const own = numbers.get(name) ?? [];
      return own[own.length === 1 ? 0 : cell] ?? NaN;
    };
    return valueAt(part, lookup, (name, given) => {
      const table = isTable(name) ? tables[name] : undefined;
      return table && tableAt(table, valid.data, dt, given);
    });
  };
  const differs = (part: Expression): boolean =>
    [...namesIn(part)].some((name) => name === 'i' || (numbers.get(name)?.length ?? 1) > 1);
  const isSum = e.kind === 'binary' && (e.operator === '+' || e.operator === '-');
  const factors = isSum ? [e] : factorsOf(e);
  const [inTime, still] = [factors.filter(follows), factors.filter((factor) => !follows(factor))];
  const times = (some: readonly Expression[], t: number, cell: number): number =>
    some.reduce((product, factor) => product * read(factor, t, cell), 1);
  try {
    const each = inTime.some(differs);
    const groups = new Map<number, number[]>();
    for (let cell = 0; cell < size; cell++) {
      const weight = times(still, 0, cell);
      const key = each ? cell : weight;
      if (weight !== 0) groups.set(key, [...(groups.get(key) ?? []), cell]);
      if (groups.size > mostShares) return undefined;
    }
    let isSmooth = false;
    const shares = [...groups.values()].map((cells): Share | undefined => {
      const [first = 0] = cells;
      const weight = times(still, 0, first);
      const stepwise = inPieces((t) => weight * times(inTime, t, first), dt, unit, within);
      isSmooth = stepwise === undefined;
      const isAlone = !isSum && groups.size === 1;
      const value = stepwise ?? (isAlone ? whileFlowing(term, unit, within, read) : undefined);
      return value === undefined ? undefined : { cells: cells.length === size ? undefined : cells, value };
    });
    return shares.every((share) => share !== undefined) ? { shares, isSmooth } : undefined;
  } catch (error) {
    if (error instanceof NoNumber) return undefined;
    throw error;
  }
}

/** Returns numbers of each cell, or one for all; undefined if they are drawn or computed. */
function numbersFor(value: Value | undefined, size: number, data: DataStore): readonly number[] | undefined {
  if (typeof value === 'number') return [value];
  if (typeof value === 'object' && value.kind === 'array') return numbersOf(value.array, data);
  const formula = value && formulaOf(value);
  if (formula === undefined) return undefined;
  const e = plain(formula, { has: (name) => name === 'i' });
  if ([...namesIn(e)].some((name) => name !== 'i') || callsIn(e).some((call) => isRandom(call.function)))
    return undefined;
  try {
    return Array.from({ length: size }, (_, cell) => valueAt(e, () => cell));
  } catch (error) {
    if (error instanceof NoNumber) return undefined;
    throw error;
  }
}

/** Returns the value of a table at a time; the time is rounded to steps as in Brian's TimedArray. */
function tableAt(
  { values, dt, columns }: Table,
  data: DataStore,
  step: number,
  [t = 0, cell = 0]: readonly number[],
): number {
  const all = arrayOf(values, data);
  const width = columns ?? 1;
  const parts = 2 ** Math.max(0, Math.ceil(Math.log2((8 * dt) / step)));
  const row = Math.trunc((t / (dt / parts) + 0.5) / parts);
  const within = Math.min(Math.max(row, 0), all.length / width - 1);
  return all[within * width + (columns === null ? 0 : cell)] ?? NaN;
}

/** Returns the value in each step as pieces, each with a condition on the time; undefined for too many pieces. */
function inPieces(
  at: (t: number) => number,
  dt: number,
  unit: string,
  { steps, mostPieces }: Within,
): Expression | undefined {
  const pieces: { readonly from: number; readonly value: number }[] = [];
  for (let k = 0; k < steps; k++) {
    const value = tidy(at(k * dt));
    if (pieces.at(-1)?.value === value) continue;
    pieces.push({ from: k, value });
    if (pieces.length > mostPieces) return undefined;
  }
  // Smooth functions differ in each step.
  if (pieces.length > 3 && pieces.length > steps / 5) return undefined;
  const { dimension } = parseUnit(unit);
  const one = (value: number): Expression => quantity(value, dimension);
  const border = (step: number): Expression => beforeStep(tidy(step * dt));
  const [first = { from: 0, value: 0 }, second, third] = pieces;
  if (second === undefined) return one(first.value);
  if (third !== undefined && pieces.length === 3 && first.value === 0 && third.value === 0)
    return during(one(second.value), border(second.from), border(third.from), one(0));
  const within = (low: number, high: number): Expression => {
    if (low === high) return one(pieces[low]?.value ?? 0);
    const middle = Math.ceil((low + high) / 2);
    const from = border(pieces[middle]?.from ?? 0);
    return during(within(middle, high), from, undefined, within(low, middle - 1));
  };
  return within(0, pieces.length - 1);
}

/**
 * Returns a smooth function of the time that flows between two steps, or all the time, in the units that it is written
 * in.
 */
function whileFlowing(
  term: Expression,
  unit: string,
  { steps, valid, names }: Within,
  read: (part: Expression, t: number, cell: number) => number,
): Expression | undefined {
  const { dt } = valid.model.experiment;
  const isMask = (factor: Expression): boolean => factor.kind === 'call' && factor.function === 'int';
  const factors = factorsOf(names.has('dt') ? term : substitute(term, new Map([['dt', quantity(dt, second)]])));
  const smooth = factors.filter((factor) => !isMask(factor));
  if (smooth.some((factor) => [...namesIn(factor)].some((name) => name === 'i' || names.has(name)))) return undefined;
  if (callsIn(term).some(({ function: called }) => Object.hasOwn(valid.model.tables, called))) return undefined;
  const masks = factors.filter(isMask).map((mask) => plain(mask, names));
  const open = Array.from({ length: steps }, (_, k) => masks.every((mask) => read(mask, k * dt, 0) === 1));
  const [begin, last] = [open.indexOf(true), open.lastIndexOf(true)];
  if (begin < 0 || open.slice(begin, last + 1).includes(false)) return undefined;
  const value = smooth.reduce((left, right) => binary('*', left, right));
  const border = (step: number): Expression => beforeStep(tidy(step * dt));
  return during(
    value,
    begin > 0 ? border(begin) : undefined,
    last < steps - 1 ? border(last + 1) : undefined,
    quantity(0, parseUnit(unit).dimension),
  );
}
