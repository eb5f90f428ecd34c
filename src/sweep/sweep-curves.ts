/** Curves of the result of a sweep against the parameter that it varies. */

import { partsOf } from './axes.js';
import type { SweptRun, SweptTable } from './read-table.js';
import type { Curve, CurvePlot } from '../pictures/curves.js';

/** Most plots of a sweep, and curves of a plot. */
const [mostPlots, mostCurves] = [4, 8];

/**
 * Returns the rates of populations against the varied parameter with most values; other parameters and populations
 * have a curve each, and runs with several seeds their mean. Without a parameter of numbers, the seed takes its place.
 */
export function sweepPlots(table: SweptTable): readonly CurvePlot[] {
  const own = plotsOf(table);
  if (own.length > 0) return own;
  const runs = table.runs.map(({ seed, ...run }) => ({ ...run, seed, values: [...run.values, seed] }));
  return plotsOf({ ...table, varied: [...table.varied, 'seed'], runs });
}

function plotsOf({ varied, populations, runs }: SweptTable): readonly CurvePlot[] {
  const axes = varied.map((name, column) => {
    const parts = runs.map(({ values }) => partsOf(values[column] ?? ''));
    const units = new Set(parts.map((one) => one?.unit));
    const [unit = ''] = units;
    const isOne = units.size === 1 && parts.every((one) => one !== null);
    const count = new Set(parts.map((one) => one?.number)).size;
    return { label: unit === '' ? name : `${name} (${unit})`, column, count: isOne ? count : 0 };
  });
  const axis = axes.reduce((best, one) => (one.count > best.count ? one : best), { label: '', column: -1, count: 1 });
  if (axis.column < 0) return [];
  const groups = grouped(runs, ({ values }) =>
    values
      .flatMap((value, k) => (k === axis.column ? [] : [`${varied[k]?.replace(/ \(.*/, '') ?? ''} = ${value}`]))
      .join(', '),
  );
  const curveOf = (name: string, own: readonly SweptRun[], population: number): Curve => ({
    name,
    points: [...grouped(own, ({ values }) => partsOf(values[axis.column] ?? '')?.number ?? '')]
      .map(([x, of]): readonly [number, number] => [Number(x), mean(of.map(({ rates }) => rates[population] ?? NaN))])
      .sort(([one], [other]) => one - other),
  });
  const all = populations.map((name, k) => ({
    name,
    curves: [...groups].slice(0, mostCurves).map(([group, own]) => curveOf(group, own, k)),
  }));
  // Inputs whose rate does not react say nothing.
  const reacting = all.filter(
    ({ curves }) => new Set(curves.flatMap(({ points }) => points.map(([, y]) => y))).size > 1,
  );
  const shown = reacting.length > 0 ? reacting : all;
  if (groups.size > 1)
    return shown
      .slice(0, mostPlots)
      .map(({ name, curves }) => ({ x: axis.label, y: `rate of ${name} (Hz)`, curves, hasMarks: true }));
  const [only, ...others] = shown;
  if (!only) return [];
  const curves = shown.slice(0, mostCurves).flatMap(({ name, curves: [curve] }) => (curve ? [{ ...curve, name }] : []));
  return [{ x: axis.label, y: others.length > 0 ? 'rate (Hz)' : `rate of ${only.name} (Hz)`, curves, hasMarks: true }];
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function grouped<T>(all: readonly T[], keyOf: (one: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const key = keyOf(one);
    const own = groups.get(key);
    if (own) own.push(one);
    else groups.set(key, [one]);
  }
  return groups;
}
