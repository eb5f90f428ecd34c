/** States that cells pass through in a run, at which the error of a step can be measured. */

import { SampleKeeper } from '../check-samples.js';
import { runModel } from '../pipeline.js';
import { parseExpression } from '../../lang/parse.js';
import { namesIn } from '../../lang/walk.js';
import type { CellState } from '../../library/sub-step-count.js';
import { hashModel } from '../../model/hash.js';
import type { Model, NeuronType, Recording, ValidModel } from '../../model/model.js';
import { recordableOfCells } from '../../model/normalise/recordings.js';
import { phaseKind } from '../../model/tagged.js';

/** Cells of a type that are observed. */
const mostCells = 16;
/** A run is as long as the model's, but no longer than this, in steps. */
const mostSteps = 20_000;
/** And no longer than this for all cells together, unless a run is short. */
const mostCellSteps = 4e6;
const leastSteps = 500;
/** States that are kept: those at which variables change most abruptly, and others evenly over the run. */
const mostAbrupt = 150;
const mostEven = 50;

/** After how many steps an observed run ends. */
export function observedSteps({ populations }: Model): number {
  const cells = Object.values(populations).reduce((sum, { size }) => sum + size, 0);
  return Math.max(leastSteps, Math.min(mostSteps, Math.floor(mostCellSteps / Math.max(1, cells))));
}

/** What equations of a type read, of what can be recorded. */
function readBy(type: NeuronType): readonly string[] {
  const texts = [
    ...Object.values(type.derivatives).map(({ rate }) => rate),
    ...Object.values(type.derived).map(({ value }) => value),
    ...Object.values(type.events).map(({ when }) => when),
  ];
  const read = new Set([...texts.flatMap((text) => [...namesIn(parseExpression(text))]), 'not_refractory']);
  const own = [type.parameters, type.state, type.inputs].flatMap((part) => Object.keys(part));
  return [...own, ...recordableOfCells.filter((name) => read.has(name) && name !== 'dt' && !own.includes(name))];
}

/** One variable of some cells, with the name of its recording. */
interface Observed {
  readonly name: string;
  readonly variable: string;
  readonly population: string;
  readonly indices: readonly number[];
}

/** What is recorded of cells of a type. */
function observedOf(type: string, { neurons, populations }: Model): readonly Observed[] {
  const own = Object.entries(populations).filter(([, one]) => one.type === type);
  const each = Math.max(1, Math.floor(mostCells / own.length));
  const variables = neurons[type] ? readBy(neurons[type]) : [];
  return own.slice(0, mostCells).flatMap(([population, { size }]) => {
    const cells = Math.min(each, size);
    const indices = Array.from({ length: cells }, (_, cell) => Math.floor((cell * size) / cells));
    return variables.map((variable) => ({
      name: `observed_${type}_${population}_${variable}`,
      variable,
      population,
      indices,
    }));
  });
}

/** States at the beginning of steps, by type; none for a type without cells, or of a model that does not run. */
export async function observedStates(
  valid: ValidModel,
  types: readonly string[],
): Promise<ReadonlyMap<string, readonly CellState[]>> {
  const { model } = valid;
  const { experiment } = model;
  const observed = new Map(types.map((type) => [type, observedOf(type, model)]));
  const recordings = [...observed.values()].flat().map(({ name, population, indices, variable }): Recording => ({
    of: { population, indices },
    variables: [variable],
    name,
  }));
  const protocol = experiment.protocol.filter((phase) => phaseKind(phase) !== 'record');
  const whole = { ...model, recordings, experiment: { ...experiment, protocol } };
  const keeper = new SampleKeeper();
  try {
    const result = await runModel(
      { valid: { ...valid, model: whole }, hashes: hashModel(whole) },
      { writers: [keeper], stopAfter: observedSteps(model) },
    );
    if (result.kind === 'run') result.dispose();
  } catch {
    return new Map();
  }
  const kept = keeper.kept();
  return new Map(
    [...observed].map(([type, all]) => {
      const derivatives = Object.keys(model.neurons[type]?.derivatives ?? {});
      return [type, telling(all, kept, new Set(derivatives))] as const;
    }),
  );
}

/** A state and how abruptly a variable changes there. */
interface Moment {
  readonly column: number;
  readonly row: number;
  readonly change: number;
}

/** States at which variables change most abruptly, and others evenly over the run. */
function telling(
  all: readonly Observed[],
  kept: ReturnType<SampleKeeper['kept']>,
  integrated: ReadonlySet<string>,
): readonly CellState[] {
  const groups = new Map<string, Observed[]>();
  for (const one of all) groups.set(one.population, [...(groups.get(one.population) ?? []), one]);
  return [...groups.values()].flatMap((group) => {
    const series = group.flatMap(({ name, variable }) => {
      const samples = kept.get(name);
      return samples === undefined
        ? []
        : [{ variable, columns: samples.values.length / samples.times.length, samples }];
    });
    const rows = Math.min(...series.map(({ samples }) => samples.times.length));
    const [{ indices } = { indices: [] }] = group;
    const valueOf = ({ columns, samples }: (typeof series)[number], column: number, row: number): number =>
      Number(samples.values[row * columns + Math.min(column, columns - 1)]);
    const moments = indices.flatMap((_, column) =>
      Array.from({ length: Math.max(0, rows - 2) }, (_row, at): Moment => {
        const changes = series.map((one) => {
          if (!integrated.has(one.variable)) return 0;
          const [a, b, c] = [at, at + 1, at + 2].map((row) => valueOf(one, column, row)) as [number, number, number];
          return Math.abs(a - 2 * b + c) / (Math.abs(b) + Math.abs(c - b) || 1);
        });
        return { column, row: at + 1, change: Math.max(0, ...changes) };
      }),
    );
    const every = Math.max(1, Math.floor((moments.length * groups.size) / mostEven));
    const chosen = new Set([
      ...[...moments].sort((a, b) => b.change - a.change).slice(0, Math.ceil(mostAbrupt / groups.size)),
      ...moments.filter((_, k) => k % every === 0),
    ]);
    return [...chosen].map(
      ({ column, row }): CellState => new Map(series.map((one) => [one.variable, valueOf(one, column, row)])),
    );
  });
}
