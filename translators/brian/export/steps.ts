/** Currents in steps as tables, which are TimedArrays in Brian. */

import type { Expression } from '../../../src/lang/ast.js';
import { call, name as named } from '../../../src/lang/build.js';
import { isDimensionless } from '../../../src/lang/dimension.js';
import { literal, piecesOf } from '../../../src/library/pieces.js';
import { mapped } from '../../../src/model/collections.js';
import { freeName } from '../../../src/model/free-name.js';
import type { Model, Stimulus, Table } from '../../../src/model/typed.js';
import { recordedVariables } from '../../../src/model/tagged.js';

/** The most entries of a table for each of its steps. */
const mostEntries = 3;

/** Returns the model with a table for each current that only has steps at multiples of some interval. */
export function stepsAsTables(model: Model): Model {
  const tables: Record<string, Table> = { ...model.tables };
  const kept = currentsByName(model);
  const stimuli = mapped(model.stimuli, (stimulus, id): Stimulus => {
    const table = stimulus.kind === 'current' && !kept.has(id) ? tableOf(stimulus.value, model) : undefined;
    if (stimulus.kind !== 'current' || table === undefined) return stimulus;
    const text = JSON.stringify(table);
    const known = Object.keys(tables).find((name) => JSON.stringify(tables[name]) === text);
    const name =
      known ?? freeName(id, (one) => [tables, model.populations, model.projections].some((map) => one in map));
    tables[name] = table;
    return { ...stimulus, value: call(name, [named('t')]) };
  });
  return { ...model, tables, stimuli };
}

/** Returns names that recordings sample, and names of currents that phases change or switch. */
export const currentsByName = ({ recordings, experiment }: Model): ReadonlySet<string> =>
  new Set([
    ...recordings.flatMap(recordedVariables),
    ...experiment.protocol.flatMap((phase) => [
      ...(phase.kind === 'currents' ? Object.keys(phase.currents) : []),
      ...(phase.kind === 'attach' ? [phase.attach] : []),
      ...(phase.kind === 'detach' ? [phase.detach] : []),
    ]),
  ]);

/** Returns the table of a current (dimensionless at some ports), or undefined if it is no sequence of few steps. */
function tableOf(current: Expression, { experiment: { dt } }: Model): Table | undefined {
  const pieces = piecesOf(current) ?? [];
  const steps = pieces.map(({ from }) => Math.round(from / dt));
  const every = steps.reduce((a, b) => divisor(a, b), 0);
  const count = every === 0 ? 0 : (steps.at(-1) ?? 0) / every + 1;
  const amplitudes = pieces.map(({ value }) => literal(value));
  if (count < 2 || count > mostEntries * pieces.length || amplitudes.includes(undefined)) return undefined;
  if (pieces.some(({ from }, k) => Math.abs(from / dt - (steps[k] ?? 0)) > 1e-6)) return undefined;
  const values = Array.from(
    { length: count },
    (_, k) => amplitudes[steps.findLastIndex((step) => step <= k * every)] ?? 0,
  );
  const isCurrent = pieces.map(({ value: e }) => (e.kind === 'unary' ? e.operand : e)).some(hasUnit);
  return { dt: Number((every * dt).toPrecision(12)), unit: isCurrent ? 'A' : '1', values, columns: null };
}

const hasUnit = (e: Expression): boolean => e.kind === 'quantity' && !isDimensionless(e.dimension);

const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
