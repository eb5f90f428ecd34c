/** Times at which given functions of time of a cell change: conditions on the time, and steps of tables. */

import type { Expression } from '../../lang/ast.js';
import { NoNumber } from '../../lang/evaluate.js';
import { callsIn, namesIn, visit } from '../../lang/walk.js';
import { changeBetween } from '../../library/recognise/numbers.js';
import { arrayOf } from '../../model/arrays.js';
import { expressionsIn, type NeuronType, type ValidModel } from '../../model/typed.js';
import { valueIn, type Scope } from './element-scope.js';

/** A cell of a model with its currents. */
export interface TimedCell {
  readonly valid: ValidModel;
  readonly type: NeuronType;
  readonly scope: Scope;
  /** Names of the currents on it. */
  readonly currents: readonly string[];
}

/** Times in a run that are searched for changes of other conditions, and most times that are returned. */
const [searched, most] = [1000, 500];

/** Times without changes that are also returned, for functions that are no steps. */
const others = 40;

/**
 * Returns times in s between the changes of functions of time of two cells, none if nothing depends on the time.
 * Changes that are less than half a step apart count as one: conventions differ by as much.
 */
export function timesBetween(cells: readonly TimedCell[], until: number): readonly number[] {
  const dt = Math.max(...cells.map(({ valid }) => valid.model.experiment.dt));
  const all = cells.map((cell) => edgesOf(cell, until));
  if (all.every((edges) => edges === undefined)) return [];
  const edges = [...new Set(all.flatMap((found) => found ?? []))]
    .filter((time) => time > 0 && time < until)
    .sort((a, b) => a - b);
  const clusters: [first: number, last: number][] = [[0, 0]];
  for (const edge of [...edges, until]) {
    const last = clusters.at(-1)!;
    if (edge - last[1] <= 0.51 * dt) last[1] = edge;
    else clusters.push([edge, edge]);
  }
  const between = clusters.slice(1).map(([first], k) => (clusters[k]![1] + first) / 2);
  const every = Math.ceil(between.length / most);
  const isNearEdge = (time: number): boolean => edges.some((edge) => Math.abs(edge - time) < 1.5 * dt);
  const spread = Array.from({ length: others }, (_, k) => ((k + 0.37) / others) * until);
  return [...between.filter((_, k) => k % every === 0), ...spread.filter((time) => !isNearEdge(time))];
}

/** Returns the times of changes; undefined if no function of the cell reads the time. */
function edgesOf({ valid, type, scope, currents }: TimedCell, until: number): readonly number[] | undefined {
  const { derivatives, derived, events } = type;
  const code = [derivatives, derived, Object.values(events).map(({ when, refractory }) => [when, refractory])];
  const stimuli = currents.map((name) => valid.model.stimuli[name]);
  const expressions = expressionsIn([...code, stimuli]);
  const found = new Set<number>();
  let readsTime = false;
  for (const e of expressions) {
    if (!namesIn(e).has('t')) continue;
    readsTime = true;
    visit(e, (part) => {
      const edge = edgeOf(valid, part, scope);
      if (edge === undefined) return;
      if (typeof edge === 'number') found.add(edge);
      else changesOf(valid, part, scope, until).forEach((time) => found.add(time));
    });
    for (const { function: name } of callsIn(e)) tableEdges(valid, name, until).forEach((time) => found.add(time));
  }
  for (const { every, from = 0 } of stimuli.flatMap((stimulus) => (stimulus?.kind === 'current' ? [stimulus] : [])))
    if (every !== undefined) for (let k = 0; k < most && from + k * every < until; k += 1) found.add(from + k * every);
  return readsTime ? [...found] : undefined;
}

/** Returns the time of a comparison of `t` with a constant, true for other comparisons that read it. */
function edgeOf(valid: ValidModel, part: Expression, scope: Scope): number | true | undefined {
  if (part.kind !== 'binary' || !['<', '<=', '>', '>=', '==', '!='].includes(part.operator)) return undefined;
  const { left, right } = part;
  if (!namesIn(part).has('t')) return undefined;
  const [time, bound] = namesIn(left).has('t') ? [left, right] : [right, left];
  const isDirect = time.kind === 'name' && !namesIn(bound).has('t');
  if (!isDirect) return true;
  try {
    return valueIn(valid, bound, scope);
  } catch (error) {
    if (!(error instanceof NoNumber)) throw error;
    return undefined;
  }
}

/** Returns the times at which a condition changes, by search and bisection. */
function changesOf(valid: ValidModel, condition: Expression, scope: Scope, until: number): readonly number[] {
  const holds = (t: number): boolean => valueIn(valid, condition, (name) => (name === 't' ? t : scope(name))) !== 0;
  const found: number[] = [];
  let before = holds(0);
  for (let k = 1; k <= searched; k += 1) {
    const now = holds((k / searched) * until);
    if (now === before) continue;
    found.push(changeBetween(((k - 1) / searched) * until, (k / searched) * until, holds));
    before = now;
  }
  return found;
}

/** Returns the times at which a table changes its values. */
function tableEdges({ model, data }: ValidModel, name: string, until: number): readonly number[] {
  const table = model.tables[name];
  if (table === undefined) return [];
  const values = arrayOf(table.values, data);
  const columns = table.columns ?? 1;
  const rows = Math.min(values.length / columns, Math.ceil(until / table.dt));
  const isChanged = (row: number): boolean =>
    Array.from({ length: columns }, (_, k) => k).some(
      (k) => values[row * columns + k] !== values[(row - 1) * columns + k],
    );
  return Array.from({ length: Math.max(0, rows - 1) }, (_, k) => k + 1).flatMap((row) =>
    isChanged(row) ? [row * table.dt] : [],
  );
}
