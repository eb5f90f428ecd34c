/** Compares what the protocols and operations of two models do to their cells. */

import { NoNumber } from '../../lang/evaluate.js';
import { namesIn } from '../../lang/walk.js';
import { elementsIn, populationOf, populationsOf } from '../../model/selected.js';
import { contentOf, expressionsIn, type Operation, type Phase, type ValidModel } from '../../model/typed.js';
import { writtenSelection } from '../../model/typed-model.js';
import type { CellPair, State, StateDifference } from './cell-pair.js';
import { perform, valueIn, type Scope } from './element-scope.js';
import type { LedgerRow } from '../ledger.js';
import { stageAt, stagesOf, type Stages } from './stages.js';

/** A pair of cells with the values that expressions read. */
export interface ScopedPair {
  readonly pair: CellPair;
  readonly points: readonly State[];
  readonly moved: (state: State) => Map<string, number>;
  /** Returns values in the first and in the second model, at a state of each, with the values of a stage. */
  readonly scopes: readonly [first: StagedScope, second: StagedScope];
}

/** Returns values at a state, with the parameters of a population at some stage. */
type StagedScope = (state: State, populations?: ValidModel['model']['populations']) => Scope;

type Same = (a: number, b: number, size: number) => boolean;

/** Differences that protocols make, and rows for what was compared. */
interface Found {
  readonly differences: readonly StateDifference[];
  readonly rows: readonly LedgerRow[];
}

/** End of the shorter protocol, and time that both models are run, in s. */
interface Times {
  readonly until: number;
  readonly ran: number;
}

/** Most cells of a population that are compared at each stage. */
const mostCells = 200;

/** Compares the values that two protocols give cells, by the rates that follow from them. */
export function compareProtocols(
  [source, target]: readonly [ValidModel, ValidModel],
  [protocol, protocolThere]: readonly [readonly Phase[], readonly Phase[]],
  pairs: ReadonlyMap<string, readonly ScopedPair[]>,
  { until, ran }: Times,
  same: Same,
): Found {
  const [own, other] = [stagesOf(source, protocol), stagesOf(target, protocolThere)] as const;
  const differences: StateDifference[] = [];
  const times = [...new Set([...own.stages, ...other.stages].map(({ time }) => time))]
    .filter((time) => time < until)
    .sort((a, b) => a - b);
  for (const time of times)
    for (const [population, all] of pairs) {
      const [stage, there] = [stageAt(own, time), stageAt(other, time)];
      const isChanged = (cell: ScopedPair): boolean =>
        source.model.populations[population]?.values !== stage?.populations[population]?.values ||
        target.model.populations[cell.pair.there]?.values !== there?.populations[cell.pair.there]?.values;
      for (const cell of all.filter(isChanged).slice(0, mostCells)) {
        const found = rateApart([source, target], cell, [stage?.populations, there?.populations], same);
        if (found === undefined) continue;
        const { name, values, unit } = found;
        const quantity = `rate of ${name} from ${Number((time * 1e3).toPrecision(6))} ms on`;
        differences.push({ population, cell: cell.pair.cell, quantity, values, unit });
        return { differences, rows: [] };
      }
      for (const cell of all)
        for (const [name, [as, factor]] of cell.pair.names) {
          const at = (stages: Stages, key: string, element: number): number | undefined =>
            stages.stages
              .find((one) => Math.abs(one.time - time) < 1e-9)
              ?.states.get(key)
              ?.get(element);
          const [value, valueThere] = [
            at(own, `${population}.${name}`, cell.pair.cell),
            at(other, `${cell.pair.there}.${as}`, cell.pair.element),
          ];
          if (value === undefined && valueThere === undefined) continue;
          const after = valueThere === undefined ? undefined : valueThere / factor;
          if (value !== undefined && after !== undefined && same(value, after, 0)) continue;
          const unit = source.model.neurons[source.model.populations[population]?.type ?? '']?.state[name]?.unit ?? '1';
          const quantity = `${name} set at ${Number((time * 1e3).toPrecision(6))} ms`;
          differences.push({
            population,
            cell: cell.pair.cell,
            quantity,
            values: [value ?? null, after ?? null],
            unit,
          });
          return { differences, rows: [] };
        }
    }
  const areCompared = own.stages
    .flatMap(({ populations, states }) => [
      ...Object.keys(populations).filter((name) => populations[name] !== source.model.populations[name]),
      ...[...states.keys()].map((key) => key.slice(0, key.lastIndexOf('.'))),
    ])
    .every((name) => pairs.has(name));
  const row = { part: 'experiment', quantity: 'values set during the run' };
  const values: readonly LedgerRow[] =
    times.length === 0
      ? []
      : areCompared
        ? [{ ...row, how: 'by state' }]
        : [{ ...row, how: 'by run', seconds: { compared: ran, of: until } }];
  return { differences, rows: [...values, ...otherPhases(own, other, ran, until)] };
}

/** Returns a rate that differs at a stage. @throws NoNumber */
function rateApart(
  [source, target]: readonly [ValidModel, ValidModel],
  { pair, points, moved, scopes: [scope, otherScope] }: ScopedPair,
  [populations, populationsThere]: readonly (ValidModel['model']['populations'] | undefined)[],
  same: Same,
): { readonly name: string; readonly values: readonly [number, number]; readonly unit: string } | undefined {
  const type = source.model.neurons[source.model.populations[pair.population]!.type ?? '']!;
  const otherType = target.model.neurons[target.model.populations[pair.there]!.type ?? '']!;
  for (const [name, [as, factor]] of pair.names) {
    const [rate, otherRate] = [type.derivatives[name]?.rate, otherType.derivatives[as]?.rate];
    if (!rate || !otherRate) continue;
    for (const point of points) {
      const values = [
        valueIn(source, rate, scope(point, populations)),
        valueIn(target, otherRate, otherScope(moved(point), populationsThere)) / factor,
      ] as const;
      const unit = `(${type.state[name]?.unit ?? '1'})/s`;
      if (!same(...values, Math.abs(values[0]) * 1e-2)) return { name, values, unit };
    }
  }
  return undefined;
}

/** Returns rows for phases that do more than to set values of cells. */
function otherPhases(own: Stages, other: Stages, ran: number, until: number): readonly LedgerRow[] {
  const textOf = ({ others }: Stages): readonly string[] =>
    others.filter(({ time }) => time < until).map(({ time, phase }) => `${time} ${contentOf(phase)}`);
  const [first, second] = [textOf(own), textOf(other)];
  if (first.length + second.length === 0) return [];
  const isEqual = first.length === second.length && first.every((text, k) => text === second[k]);
  const kinds = [...new Set([...own.others, ...other.others].map(({ phase }) => nameOf(phase)))].join(', ');
  return [
    {
      part: 'experiment',
      quantity: `${kinds} during the run`,
      how: isEqual ? 'by value' : 'by run',
      ...(isEqual ? {} : { seconds: { compared: ran, of: until } }),
    },
  ];
}

const nameOf = (phase: Phase): string => phase.kind;

/** Compares the operations on cells of two models, by what they do to their states. */
export function compareOperations(
  [source, target]: readonly [ValidModel, ValidModel],
  pairs: ReadonlyMap<string, readonly ScopedPair[]>,
  same: Same,
): Found {
  const differences: StateDifference[] = [];
  const rows: LedgerRow[] = [];
  const taken = new Set<string>();
  for (const [name, operation] of Object.entries(source.model.operations)) {
    const [population] = populationsOf(writtenSelection(operation.on));
    const [first] = pairs.get(population ?? '') ?? [];
    const [found, ...more] = Object.entries(target.model.operations).filter(
      ([as, one]) =>
        !taken.has(as) &&
        populationsOf(writtenSelection(one.on)).includes(first?.pair.there ?? '') &&
        isAtSameTimes(operation, one),
    );
    const row = (how: LedgerRow['how'], reason?: string): number =>
      rows.push({ part: name, quantity: 'operation', how, ...(reason === undefined ? {} : { reason }) });
    if (!first || !found || more.length > 0) {
      row('not looked at', 'no operation on the same cells at the same times');
      continue;
    }
    taken.add(found[0]);
    const readsStep = [operation, found[1]].some((one) => expressionsIn(one.do).some((e) => namesIn(e).has('dt')));
    try {
      const apart = effectApart([source, target], pairs.get(population!)!, operation, found[1], same);
      if (apart) differences.push({ population: population!, ...apart });
      else if (readsStep && contentOf(operation.do) !== contentOf(found[1].do))
        row('not looked at', `${name} reads dt`);
      else row('by state');
    } catch (error) {
      if (!(error instanceof NoNumber || error instanceof RangeError)) throw error;
      row('by run', error.message);
    }
  }
  for (const name of Object.keys(target.model.operations))
    if (!taken.has(name))
      rows.push({ part: name, quantity: 'operation', how: 'not looked at', reason: 'only in the second model' });
  return { differences, rows };
}

const isAtSameTimes = (a: Operation, b: Operation): boolean =>
  a.every === b.every && JSON.stringify(a.times ?? null) === JSON.stringify(b.times ?? null);

/** Times in s at which effects of operations are compared. */
const operationTimes = [1e-4, 3.3e-3, 0.0171, 0.0993, 0.31, 0.77];

/** Returns a variable with another value after an operation. @throws NoNumber */
function effectApart(
  [source, target]: readonly [ValidModel, ValidModel],
  pairs: readonly ScopedPair[],
  operation: Operation,
  other: Operation,
  same: Same,
): Omit<StateDifference, 'population'> | undefined {
  const chosen = ({ model, data }: ValidModel, { on }: Operation): ReadonlySet<number> | undefined => {
    const selection = writtenSelection(on);
    const elements = elementsIn(selection, model.populations[populationOf(selection) ?? '']?.size ?? 0, data);
    return elements && new Set(elements);
  };
  const [own, there] = [chosen(source, operation), chosen(target, other)];
  for (const { pair, points, moved, scopes } of pairs.slice(0, mostCells)) {
    const [isOn, isOnThere] = [own?.has(pair.cell) ?? true, there?.has(pair.element) ?? true];
    if (isOn !== isOnThere)
      return { cell: pair.cell, quantity: 'operations', values: [Number(isOn), Number(isOnThere)], unit: '1' };
    if (!isOn) continue;
    for (const point of points.slice(0, 6))
      for (const time of operationTimes) {
        const at = new Map([...point, ['t', time]]);
        const [after, otherAfter] = [new Map(at), moved(at)];
        perform(operation.do, scopes[0](after), after);
        perform(other.do, scopes[1](otherAfter), otherAfter);
        for (const [name, [as, factor]] of pair.names) {
          const values = [after.get(name) ?? 0, (otherAfter.get(as) ?? 0) / factor] as const;
          const unit = source.model.neurons[source.model.populations[pair.population]!.type!]?.state[name]?.unit ?? '1';
          if (!same(...values, Math.abs(point.get(name) ?? 0)))
            return { cell: pair.cell, quantity: `${name} after an operation`, values, unit };
        }
      }
  }
  return undefined;
}
