/** Compares sources of drawn spikes of two models by their laws, without draws: rates, active times and values. */

import { randomSources } from '../convert/freeze.js';
import type { Expression, Statement } from '../lang/ast.js';
import { NoNumber } from '../lang/evaluate.js';
import { drawsIn } from '../lang/functions.js';
import { namesIn } from '../lang/walk.js';
import { gathered } from '../library/gather/gather.js';
import { near, sequence, valueAt } from '../library/recognise/numbers.js';
import { contentOf, type NeuronType, type Phase, type ValidModel } from '../model/typed.js';
import { populationsOf } from '../model/selected.js';
import type { ValidModel as WrittenValid } from '../model/model.js';
import { endOf } from '../model/tagged.js';
import { writtenSelection, writtenValid } from '../model/typed-model.js';
import { chosenStatements } from './chosen-draws.js';
import type { LedgerRow } from './ledger.js';
import { compared } from './open-pair.js';
import type { CellPair, StateDifference } from './states/cell-pair.js';
import { timesBetween } from './states/edges.js';
import { comparedTrains } from './states/given-spikes.js';
import { cellType, readThrough, scopeOf, spikeOf, valueIn, valueOf, type Scope } from './states/element-scope.js';
import { stageAt, stagesOf, type Stages } from './states/stages.js';

/** Laws of two models, compared. */
export interface LawComparison {
  readonly differences: readonly StateDifference[];
  readonly rows: readonly LedgerRow[];
}

/** Populations of one law, or reasons why laws were not compared. */
interface SourceComparison extends LawComparison {
  /** Populations of the second model with equal sources, with their names in the first. */
  readonly equal: ReadonlyMap<string, string>;
}

/** A model with its whole protocol. */
interface Staged {
  readonly valid: ValidModel;
  readonly stages: Stages;
}

/** Step in s at which chances of a step are rates. */
const short = 1e-12;

/** Most elements of a population that are compared, evenly spread. */
const mostElements = 200;

/** Relative size of rounding of numbers in documents. */
const rounding = 2e-7;

/**
 * Compares sources of drawn spikes.
 *
 * @param nameThere  gives a population's name in the second model
 * @param until  end of the compared protocols in s
 * @param drawn  the first model with its draws made: the second one can list them
 */
export function compareSources(
  models: readonly [ValidModel, ValidModel],
  protocols: readonly [readonly Phase[], readonly Phase[]],
  nameThere: (population: string) => string | undefined,
  until: number,
  drawn?: WrittenValid,
): SourceComparison {
  const sides = models.map((given, k): Staged => {
    // LEMS draws intervals where other notations draw in each step.
    const { valid } = gathered(given, 'limit');
    return { valid, stages: stagesOf(valid, protocols[k]!) };
  });
  const [first, second] = sides as [Staged, Staged];
  const differences: StateDifference[] = [];
  const rows: LedgerRow[] = [];
  const equal = new Map<string, string>();
  const drawnThere = new Set(randomSources(second.valid.model));
  for (const population of randomSources(first.valid.model)) {
    const there = nameThere(population);
    const row = (quantity: string, how: LedgerRow['how'], reason?: string): number =>
      rows.push({
        part: population,
        ...(there === undefined || there === population ? {} : { counterpart: there }),
        quantity,
        how,
        ...(reason === undefined ? {} : { reason }),
      });
    const trains =
      drawn && there !== undefined ? trainsApart(drawn, second.valid, [population, there], until) : undefined;
    if (trains) {
      // Listed spikes of one step are moved to later ones.
      if (trains.length > 0 && isSeveral(first.valid, population)) continue;
      differences.push(...trains);
      if (trains.length === 0) row('drawn spikes', 'by value', 'listed as the first model draws them');
      continue;
    }
    if (there === undefined || !drawnThere.has(there)) {
      row('drawn spikes', 'not looked at', 'no source of drawn spikes in the second model');
      continue;
    }
    try {
      const found = sourceApart(first, second, population, there, until);
      differences.push(...found);
      if (found.length > 0) continue;
      equal.set(there, population);
      row('rate', 'by value');
      row('active time', 'by value');
      const several = [first, second].map(({ valid }, k) => isSeveral(valid, k === 0 ? population : there));
      const isOther = several[0] !== several[1];
      row('spikes per step', 'by value', isOther ? 'several and at most one: equal in small steps' : undefined);
    } catch (error) {
      if (!(error instanceof NoNumber || error instanceof RangeError)) throw error;
      row('drawn spikes', 'not looked at', error.message);
    }
  }
  for (const [name, own, other] of pairedInputs(models, nameThere)) {
    const [rate, rateThere] = [own.n * own.rate, other.n * other.rate];
    const [population = ''] = populationsOf(writtenSelection(own.to));
    const isApart = Math.abs(rate - rateThere) > rounding * Math.max(rate, rateThere);
    const quantity = `rate of the Poisson input ${name}`;
    if (isApart) differences.push({ population, cell: 0, quantity, values: [rate, rateThere], unit: 'Hz' });
    else rows.push({ part: name, quantity: 'rate', how: 'by value' });
  }
  return { differences, rows, equal };
}

/** Compares the drawn spikes of a source with the list of them in the second model; undefined without a list. */
function trainsApart(
  drawn: WrittenValid,
  second: ValidModel,
  [population, there]: readonly [string, string],
  until: number,
): readonly StateDifference[] | undefined {
  const { size = 0 } = drawn.model.populations[population] ?? {};
  const cells = Array.from({ length: size }, (_, cell): CellPair => {
    return { population, cell, there, element: cell, names: new Map(), states: [], isTaken: true };
  });
  const end = Math.min(until, endOf(drawn.model.experiment.protocol), compared.longest);
  const { differences, given } = comparedTrains(drawn, writtenValid(second), cells, () => end);
  return given.has(population) ? differences : undefined;
}

type PoissonInput = Extract<ValidModel['model']['stimuli'][string], { kind: 'poisson' }>;

/** Returns Poisson inputs of one variable of corresponding cells, where both models have one such input. */
function pairedInputs(
  [first, second]: readonly [ValidModel, ValidModel],
  nameThere: (population: string) => string | undefined,
): readonly (readonly [name: string, first: PoissonInput, second: PoissonInput])[] {
  const inputsOf = ({ model }: ValidModel): readonly (readonly [string, PoissonInput])[] =>
    Object.entries(model.stimuli).flatMap(([name, one]) => (one.kind === 'poisson' ? [[name, one] as const] : []));
  const placeOf = ({ to, variable }: PoissonInput, named: typeof nameThere): string =>
    JSON.stringify([populationsOf(writtenSelection(to)).map(named), variable]);
  const there = inputsOf(second);
  return inputsOf(first).flatMap(([name, input]) => {
    const place = placeOf(input, nameThere);
    const found = there.filter(([, other]) => placeOf(other, (own) => own) === place);
    const isOnly = inputsOf(first).filter(([, one]) => placeOf(one, nameThere) === place).length === 1;
    return found.length === 1 && isOnly ? [[name, input, found[0]![1]] as const] : [];
  });
}

/** Checks whether a source emits several spikes in a step. */
const isSeveral = (valid: ValidModel, population: string): boolean =>
  spikeOf(cellType(valid, population)[1])?.multiplicity !== undefined;

/** Returns the first difference of two sources. @throws NoNumber if their laws cannot be compared */
function sourceApart(
  first: Staged,
  second: Staged,
  population: string,
  there: string,
  until: number,
): readonly StateDifference[] {
  const [size, sizeThere] = [first, second].map(
    ({ valid }, k) => valid.model.populations[k === 0 ? population : there]!.size,
  ) as [number, number];
  const difference = (
    quantity: string,
    values: readonly [number, number],
    unit: string,
    cell = 0,
  ): StateDifference => ({
    population,
    cell,
    quantity,
    values,
    unit,
  });
  if (size !== sizeThere) return [difference('number of trains', [size, sizeThere], '1')];
  const own = changing(first, population, until);
  const other = changing(second, there, until);
  const [law, lawThere] = [lawOf(first.valid, population), lawOf(second.valid, there)];
  if (law === undefined || lawThere === undefined) return intervalsApart(first, second, population, there, difference);
  const changes = [...new Set([...own, ...other])].sort((a, b) => a - b);
  const stages = [0, ...changes.filter((time) => time > 0)];
  for (let element = 0; element < size; element += Math.ceil(size / mostElements)) {
    const scopes = [
      [first, population],
      [second, there],
    ] as const;
    const timed = scopes.map(([{ valid }, name]) => {
      const [owner, type] = cellType(valid, name);
      const scope = scopeOf(type, owner, element, new Map([['dt', short]]), valid);
      return { valid, type, scope, currents: [] };
    });
    const times = [...timesBetween(timed, until), ...stages.map((time, k) => (time + (stages[k + 1] ?? until)) / 2)];
    const values = times.map((time) => {
      const rateIn = (k: 0 | 1): number => {
        const [staged, name] = scopes[k];
        return (k === 0 ? law : lawThere)(scopeAt(staged, name, element, time));
      };
      return [rateIn(0), rateIn(1)] as const;
    });
    const isApart = ([a, b]: readonly [number, number]): boolean =>
      Math.abs(a - b) > rounding * Math.max(Math.abs(a), Math.abs(b));
    const k = values.findIndex(isApart);
    const quantity = values.every(isApart) ? 'rate' : `rate at ${ms(times[k] ?? 0)} ms`;
    if (k >= 0) return [difference(quantity, values[k]!, 'Hz', element)];
  }
  return [];
}

const ms = (seconds: number): number => Number((seconds * 1e3).toPrecision(4));

/** Returns the values that a source reads at a time, in a step without length. */
function scopeAt({ valid, stages }: Staged, population: string, element: number, time: number): Scope {
  const [owner, type] = cellType(valid, population);
  const values = stageAt(stages, time)?.populations[population] ?? owner;
  const at = new Map([
    ['t', time],
    ['dt', short],
  ]);
  return scopeOf(type, values, element, at, valid);
}

/** Returns the times at which the protocol changes a source. @throws NoNumber for other changes than of its values */
function changing({ valid, stages }: Staged, population: string, until: number): readonly number[] {
  const touched = stages.others.filter(
    ({ time, phase }) => time < until && JSON.stringify(phase).includes(JSON.stringify(population)),
  );
  if (touched.length > 0) throw new NoNumber('the protocol changes it in another way than by values');
  const valuesAt = (populations: ValidModel['model']['populations']): unknown => populations[population]?.values;
  return stages.stages.flatMap((stage, k) =>
    valuesAt(stage.populations) === valuesAt(stages.stages[k - 1]?.populations ?? valid.model.populations)
      ? []
      : [stage.time],
  );
}

/** Returns the rate in Hz of a source without memory at some values; undefined for sources with memory. */
function lawOf(valid: ValidModel, population: string): ((scope: Scope) => number) | undefined {
  const [, type] = cellType(valid, population);
  const spike = spikeOf(type);
  if (spike === undefined || Object.keys(type.events).length > 1) return undefined;
  const { when, do: actions, multiplicity, refractory } = spike;
  const parts = conjuncts(when);
  const chances = parts.flatMap((part) => chanceOf(part) ?? []);
  const conditions = parts.filter((part) => !drawsIn(part));
  if (actions.length > 0 || refractory || chances.length !== 1 || conditions.length !== parts.length - 1)
    return undefined;
  // LEMS has no name for the step: a chance without it is that of the model's own step.
  const step = [chances[0]!, ...(multiplicity ? [multiplicity] : [])].some((e) => readsStep(type, e))
    ? short
    : valid.model.experiment.dt;
  return (scope) => {
    if (conditions.some((condition) => valueIn(valid, condition, scope) === 0)) return 0;
    const chance = valueIn(valid, chances[0]!, scope);
    return (chance * (multiplicity ? valueAt(multiplicity, scope, meanDraws) : 1)) / step;
  };
}

/** Checks whether an expression reads the step, itself or by way of derived variables. */
const readsStep = ({ derived }: NeuronType, e: Expression): boolean => readThrough(derived, [...namesIn(e)]).has('dt');

/** Means of draws, and the middle of a uniform number. */
const meanDraws = (name: string, [mean = 0]: readonly number[]): number | undefined =>
  name === 'uniform' ? 0.5 : name === 'poisson' ? mean : undefined;

const conjuncts = (e: Expression): readonly Expression[] =>
  e.kind === 'binary' && e.operator === 'and' ? [...conjuncts(e.left), ...conjuncts(e.right)] : [e];

/** Returns the chance p of a condition `uniform() < p`. */
function chanceOf(e: Expression): Expression | undefined {
  if (e.kind !== 'binary') return undefined;
  const isDraw = (part: Expression): boolean =>
    part.kind === 'call' && part.function === 'uniform' && part.arguments.length === 0;
  const [draw, chance] = /^</.test(e.operator) ? [e.left, e.right] : /^>/.test(e.operator) ? [e.right, e.left] : [];
  return draw && chance && isDraw(draw) && !drawsIn(chance) ? chance : undefined;
}

/** Checks whether the events of two types with the same names do the same, with equal uniform numbers for draws. */
function drawAlike(type: NeuronType, other: NeuronType): boolean {
  const namesOf = ({ events }: NeuronType): string => Object.keys(events).sort().join();
  if (namesOf(type) !== namesOf(other) || contentOf(type.derived) !== contentOf(other.derived)) return false;
  return Object.entries(type.events).every(([name, event]) => {
    const { do: effects, ...conditions } = event;
    const { do: effectsThere, ...conditionsThere } = other.events[name]!;
    if (contentOf(conditions) !== contentOf(conditionsThere)) return false;
    if (contentOf(effects) === contentOf(effectsThere)) return true;
    return [0.05, 0.3, 0.55, 0.8].every((share) => {
      const [own, there] = [effects, effectsThere].map((all) => chosenStatements(all, { share })) as [
        readonly Statement[],
        readonly Statement[],
      ];
      const next = sequence(1);
      const values = new Map<string, number>();
      const scope = (read: string): number => {
        const value = values.get(read) ?? 0.5 + next();
        values.set(read, value);
        return value;
      };
      const isSame = (one: Statement, two: Statement | undefined): boolean =>
        one.kind === 'assignment' &&
        two?.kind === 'assignment' &&
        one.target === two.target &&
        one.operator === two.operator &&
        near(valueAt(one.value, scope), valueAt(two.value, scope));
      return own.length === there.length && own.every((one, k) => isSame(one, there[k]));
    });
  });
}

/** Compares the values of two sources with memory, which must have equal code. @throws NoNumber for other code */
function intervalsApart(
  { valid }: Staged,
  { valid: other }: Staged,
  population: string,
  there: string,
  difference: (quantity: string, values: readonly [number, number], unit: string, cell?: number) => StateDifference,
): readonly StateDifference[] {
  const [[owner, type], [ownerThere, typeThere]] = [cellType(valid, population), cellType(other, there)];
  if (!drawAlike(type, typeThere)) throw new NoNumber('intervals are drawn by another rule');
  const names = Object.keys({ ...type.parameters, ...type.state });
  for (let element = 0; element < owner.size; element += Math.ceil(owner.size / mostElements))
    for (const name of names) {
      const values = (
        [
          [owner, type, valid],
          [ownerThere, typeThere, other],
        ] as const
      ).map(([{ values: given }, { parameters, state }, model]) => {
        const value = given[name] ?? parameters[name]?.value ?? state[name]?.initial;
        if (value === undefined) throw new NoNumber(`${name} is only in one of them`);
        return valueOf(value, element, scopeOf(type, owner, element, new Map(), model), model);
      }) as [number, number];
      const unit = (type.parameters[name] ?? type.state[name])?.unit ?? '1';
      if (Math.abs(values[0] - values[1]) > rounding * Math.max(...values.map(Math.abs)))
        return [difference(name, values, unit, element)];
    }
  return [];
}
