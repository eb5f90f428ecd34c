/**
 * Rules and distributions in the place of what they drew: a document lists connections, values and spikes, and says
 * from what they were drawn. Drawing again shows of which parts that is true; the others keep their lists.
 */

import { DiagnosticError, Diagnostics, UsageError } from '../diagnostics/diagnostic.js';
import { unplaced } from '../diagnostics/positions.js';
import type { ConversionEntry } from '../model/conversion-report.js';
import { numbersOf } from '../model/arrays.js';
import type { Population, Projection, ValidModel, Value } from '../model/model.js';
import { normalise } from '../model/normalise.js';
import { child } from '../model/pointer.js';
import { elementsIn, populationOf } from '../model/selected.js';
import { areInFile, isGiven } from '../model/tagged.js';
import { chooseTarget } from './choose-target.js';
import { freeze } from './freeze.js';

/** Parts as they are said to have been before they were drawn; a population of another type keeps nothing of its own. */
export interface BeforeDraws {
  readonly populations: Readonly<Record<string, Partial<Population>>>;
  readonly projections: Readonly<Record<string, Partial<Projection>>>;
}

/** A model with rules and distributions, and of which parts they are not what the lists come from. */
interface DrawnAgain {
  readonly valid: ValidModel;
  readonly entries: readonly ConversionEntry[];
}

/**
 * The model with those parts as they were before, of which drawing gives what it has.
 *
 * @param listed  nothing of it is drawn but what happens in each step
 * @param types   neuron types that parts before draws may have, and the model has not
 */
export async function drawnAgain(
  listed: ValidModel,
  before: BeforeDraws,
  types: ValidModel['model']['neurons'] = {},
): Promise<DrawnAgain> {
  const entries: ConversionEntry[] = [];
  const left = {
    populations: new Set(Object.keys(before.populations)),
    projections: new Set(Object.keys(before.projections)),
  };
  while (left.populations.size + left.projections.size > 0) {
    const made = withParts(listed, before, left, types);
    const other = made && (await differing(listed, made, left));
    const failed = other ?? { populations: [...left.populations], projections: [...left.projections] };
    if (made && failed.populations.length + failed.projections.length === 0) return { valid: made, entries };
    for (const kind of ['populations', 'projections'] as const)
      for (const name of failed[kind]) {
        left[kind].delete(name);
        entries.push({
          verdict: 'equivalent',
          code: 'pynn/listed',
          pointer: child(`/${kind}`, name),
          message: 'listed as in the document, which has not what is drawn by what its properties say',
        });
      }
  }
  return { valid: listed, entries };
}

interface Names {
  readonly populations: ReadonlySet<string>;
  readonly projections: ReadonlySet<string>;
}

/** What a document says is anybody's: it is checked as one. */
function withParts(
  { model, data }: ValidModel,
  before: BeforeDraws,
  names: Names,
  types: ValidModel['model']['neurons'],
): ValidModel | null {
  const put = <T extends object>(
    parts: Readonly<Record<string, T>>,
    kind: 'populations' | 'projections',
  ): Record<string, T> =>
    Object.fromEntries(
      Object.entries(parts).map(([name, part]) => [
        name,
        names[kind].has(name) ? merged(part, before[kind][name] as Partial<T>) : part,
      ]),
    );
  const whole = {
    ...model,
    neurons: { ...types, ...model.neurons },
    populations: put(model.populations, 'populations'),
    projections: put(model.projections, 'projections'),
  };
  return normalise(whole, unplaced, new Diagnostics(), { data });
}

/** A part with members of another; values and delays are put in one by one. */
function merged<T extends object>(part: T, other: Partial<T>): T {
  const { values, delays } = part as { readonly values?: object; readonly delays?: object };
  const { values: some, delays: others } = other as { readonly values?: object; readonly delays?: object };
  const { spikes: _, ...rest } = part as { readonly spikes?: unknown };
  const isCell = (other as Partial<Population>).type !== undefined;
  return {
    ...(isCell ? rest : part),
    ...other,
    ...(values === undefined ? {} : { values: { ...values, ...some } }),
    ...(delays === undefined ? {} : { delays: { ...delays, ...others } }),
  } as T;
}

/** Parts of which drawing gives something else; undefined where a model cannot be drawn. */
async function differing(
  listed: ValidModel,
  made: ValidModel,
  names: Names,
): Promise<{ readonly populations: readonly string[]; readonly projections: readonly string[] } | undefined> {
  const { target } = await chooseTarget('auto');
  const replays = (source: string): boolean =>
    names.populations.has(source) && listed.model.populations[source]?.type === undefined;
  try {
    const [one, other] = [
      (await freeze(listed, target, unplaced, { replays })).valid,
      (await freeze(made, target, unplaced, { replays })).valid,
    ];
    return {
      populations: [...names.populations].filter(
        (name) => !samePopulation(one.model.populations[name], other.model.populations[name], one, other),
      ),
      projections: [...names.projections].filter((name) => !sameProjection(name, one, other)),
    };
  } catch (error) {
    if (error instanceof UsageError || error instanceof DiagnosticError) return undefined;
    throw error;
  }
}

const closeTo = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));

/** The numbers of a value, one for each of so many. */
function each(value: Value | undefined, count: number, { data }: ValidModel): readonly number[] {
  if (typeof value === 'number' || value === undefined) return Array.from({ length: count }, () => value ?? 0);
  return typeof value === 'object' && isGiven(value) ? numbersOf(value.array, data) : [];
}

function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((one, k) => closeTo(one, b[k] ?? NaN));
}

type Values = Readonly<Record<string, Value>>;
const sameValues = (a: Values, b: Values, count: number, one: ValidModel, other: ValidModel): boolean =>
  Object.keys(b).every(
    (key) => a[key] === undefined || sameNumbers(each(a[key], count, one), each(b[key], count, other)),
  );

function samePopulation(
  a: Population | undefined,
  b: Population | undefined,
  one: ValidModel,
  other: ValidModel,
): boolean {
  if (!a || !b || a.size !== b.size || a.type !== b.type) return false;
  if (a.spikes === undefined || b.spikes === undefined) return sameValues(a.values, b.values, a.size, one, other);
  if (areInFile(a.spikes) || areInFile(b.spikes)) return false;
  const rows = ({ data }: ValidModel, { indices, times }: typeof a.spikes): readonly number[] => {
    const numbers = numbersOf(times, data);
    return Array.from(numbersOf(indices, data), (index, k) => [numbers[k] ?? 0, index] as const)
      .sort(([s, i], [t, j]) => s - t || i - j)
      .flat();
  };
  return sameNumbers(rows(one, a.spikes), rows(other, b.spikes));
}

/** The elements of both ends of each synapse, as indices of their populations. */
function pairsOf({ model, data }: ValidModel, { connect, from, to }: Projection): readonly number[] | undefined {
  const [rule, second] = connect;
  const elements = [from.of, to.of].map((of) =>
    elementsIn(of, model.populations[populationOf(of) ?? '']?.size ?? 0, data),
  );
  const [sources, targets] = elements;
  if (rule?.rule !== 'list' || second || !sources || !targets) return undefined;
  const ends = numbersOf(rule.targets, data);
  return Array.from(numbersOf(rule.sources, data)).flatMap((i, k) => [sources[i] ?? -1, targets[ends[k] ?? -1] ?? -1]);
}

function sameProjection(name: string, one: ValidModel, other: ValidModel): boolean {
  const [a, b] = [one.model.projections[name], other.model.projections[name]];
  const [p, q] = [a && pairsOf(one, a), b && pairsOf(other, b)];
  if (!a || !b || !p || !q || p.length !== q.length || p.some((index, k) => index !== q[k])) return false;
  if (populationOf(a.from.of) !== populationOf(b.from.of) || populationOf(a.to.of) !== populationOf(b.to.of))
    return false;
  const count = p.length / 2;
  return sameValues(a.values, b.values, count, one, other) && sameValues(a.delays, b.delays, count, one, other);
}
