/**
 * Code that depends on the numbers of cells. In a SpatialNeuron the elements are compartments with their own numbers.
 */

import { NoNumber } from '../../../../src/lang/evaluate.js';
import type { Expression } from '../../../../src/lang/ast.js';
import { drawsIn } from '../../../../src/lang/functions.js';
import { readsAny, substitute } from '../../../../src/lang/walk.js';
import { mapped } from '../../../../src/model/collections.js';
import { integer } from '../../../../src/lang/build.js';
import { valueAt } from '../../../../src/library/recognise/numbers.js';
import type { ConversionReport } from '../../../../src/model/conversion-report.js';
import { assignedBy } from '../../../../src/model/assigned.js';
import { child } from '../../../../src/model/pointer.js';
import { populationsOf } from '../../../../src/model/selected.js';
import {
  formulaOf,
  namesOf,
  type Model,
  type Population,
  type Projection,
  type Stimulus,
  type Value,
} from '../../../../src/model/typed.js';

/** Returns names of populations of cells with sections. */
const structured = ({ populations, neurons }: Model): ReadonlySet<string> =>
  new Set(Object.keys(populations).filter((name) => neurons[populations[name]?.type ?? '']?.compartments));

/** Ends of a projection on such cells, by the name that their number has. */
const numbersOf = ({ from, to }: Projection, cells: ReadonlySet<string>): readonly string[] => [
  ...(populationsOf(from.of).some((name) => cells.has(name)) ? ['i'] : []),
  ...(populationsOf(to.of).some((name) => cells.has(name)) ? ['j'] : []),
];

const reads = (value: Value, names: readonly string[]): boolean => {
  const e = formulaOf(value);
  return e !== undefined && readsAny(e, new Set(names));
};

/**
 * Checks whether values of such cells, or of synapses onto them, must be listed because they are drawn or follow from
 * cell numbers.
 */
export function needsDrawnCells(model: Model): boolean {
  const cells = structured(model);
  const isOpen = (value: Value, names: readonly string[]): boolean =>
    typeof value === 'object' &&
    (value.kind === 'draw' || (value.kind === 'expression' && drawsIn(value.expression)) || reads(value, names));
  const ofType = (name: string): readonly Value[] => {
    const { compartments } = model.neurons[model.populations[name]?.type ?? ''] ?? {};
    const mechanisms = Object.values(compartments?.mechanisms ?? {}).flatMap(({ parameters, state, values = {} }) => [
      ...Object.values(parameters).map(({ value }) => value),
      ...Object.values(state).map(({ initial }) => initial),
      ...Object.values(values).flatMap((given) => Object.values(given)),
    ]);
    return [compartments?.initial ?? 0, ...mechanisms];
  };
  return (
    [...cells].some((name) =>
      [...Object.values(model.populations[name]?.values ?? {}), ...ofType(name)].some((value) => isOpen(value, [])),
    ) ||
    Object.values(model.projections).some((projection) => {
      const names = numbersOf(projection, cells);
      const { values, delays } = projection;
      return names.length > 0 && [...Object.values(values), ...Object.values(delays)].some((one) => isOpen(one, names));
    })
  );
}

/** Returns the model with the drawn values of such cells and of the synapses on them. */
export function withDrawnCells(model: Model, drawn: Model): Model {
  const cells = structured(model);
  const isOn = (projection: Projection): boolean => numbersOf(projection, cells).length > 0;
  const pick = (of: Model, wanted: boolean): [string, Projection][] =>
    Object.entries(of.projections).filter(([, projection]) => isOn(projection) === wanted);
  return {
    ...model,
    neurons: mapped(model.neurons, (type, name) => (type.compartments ? (drawn.neurons[name] ?? type) : type)),
    synapses: { ...drawn.synapses, ...model.synapses },
    populations: Object.fromEntries(
      Object.entries(model.populations).map(([name, population]) => [
        name,
        cells.has(name) ? { ...population, values: drawn.populations[name]?.values ?? population.values } : population,
      ]),
    ),
    projections: Object.fromEntries([...pick(model, false), ...pick(drawn, true)]),
  };
}

/**
 * Returns the model without numbers of single cells in inputs, and reports all other code that reads cell numbers in
 * each step.
 */
export function withoutCellNumbers(model: Model, report: ConversionReport): Model {
  const cells = structured(model);
  for (const [name, projection] of Object.entries(model.projections)) {
    const names = namesOf(model.synapses[projection.synapse]);
    const found = numbersOf(projection, cells).find((number) => names.has(number));
    if (found !== undefined)
      report.missing(
        child('/projections', name),
        `code of synapses that reads ${found}, the number of a cell with compartments`,
        'brian/compartments',
      );
  }
  for (const [name, { on, do: code }] of Object.entries(model.operations)) {
    const names = namesOf(code);
    if (populationsOf(on).some((owner) => cells.has(owner)) && (names.has('i') || names.has('N')))
      report.missing(
        child('/operations', name),
        'code that reads the number of a cell with compartments',
        'brian/compartments',
      );
  }
  model.experiment.protocol.forEach((phase, k) => {
    if (phase.kind !== 'set') return;
    const of = (key: string): boolean => cells.has(assignedBy(key).owner);
    if (Object.entries(phase.set).some(([key, value]) => of(key) && reads(value, ['i', 'N'])))
      report.missing(
        child('/experiment/protocol', k),
        'values that follow the number of a cell with compartments',
        'brian/compartments',
      );
  });
  const stimuli = Object.entries(model.stimuli).map(([name, stimulus]): [string, Stimulus] => {
    const owners = populationsOf(stimulus.to).filter((owner) => cells.has(owner));
    if (stimulus.kind !== 'current' || owners.length === 0 || !readsAny(stimulus.value, new Set(['i'])))
      return [name, stimulus];
    if (owners.some((owner) => (model.populations[owner]?.size ?? 0) > 1)) {
      report.missing(
        child('/stimuli', name),
        'an input that follows the number of a cell with compartments',
        'brian/compartments',
      );
      return [name, stimulus];
    }
    return [name, { ...stimulus, value: substitute(stimulus.value, new Map([['i', integer(0)]])) }];
  });
  const populations = Object.entries(model.populations).map(([name, population]): [string, Population] => {
    if (!cells.has(name)) return [name, population];
    const values = Object.entries(population.values).map(([key, value]): [string, Value] => {
      const formula = formulaOf(value);
      if (formula === undefined || !reads(value, ['i', 'N'])) return [key, value];
      const ofEach = numbersOfCells(formula, population.size);
      if (ofEach) return [key, { kind: 'array', array: ofEach }];
      report.missing(
        `${child('/populations', name)}/values/${key}`,
        'a value that follows the number of a cell with compartments, and what is not known before a run',
        'brian/compartments',
      );
      return [key, value];
    });
    return [name, { ...population, values: Object.fromEntries(values) }];
  });
  return { ...model, populations: Object.fromEntries(populations), stimuli: Object.fromEntries(stimuli) };
}

/** Evaluates an expression of `i` and `N` for each cell. Returns undefined if it reads anything else. */
function numbersOfCells(e: Expression, size: number): readonly number[] | undefined {
  try {
    return Array.from({ length: size }, (_, i) =>
      valueAt(e, (name) => {
        if (name === 'i' || name === 'N') return name === 'i' ? i : size;
        throw new NoNumber(name);
      }),
    );
  } catch (error) {
    if (!(error instanceof NoNumber)) throw error;
    return undefined;
  }
}
