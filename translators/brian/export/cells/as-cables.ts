/**
 * Cells with sections and mechanisms as SpatialNeurons. All compartments have one set of equations, and the currents of
 * a mechanism are zero in compartments without it.
 */

import { DiagnosticError } from '../../../../src/diagnostics/diagnostic.js';
import { composed, type Became } from '../../../../src/model/rewriting/became.js';
import { recordedVariables } from '../../../../src/model/rewriting/recorded-variables.js';
import type { Expression } from '../../../../src/lang/ast.js';
import {
  binary,
  conditional,
  integer,
  isZero,
  name as nameOf,
  quantity,
  quotient,
} from '../../../../src/lang/build.js';
import { ampereByArea } from '../../../../src/lang/dimension.js';
import { parseUnit } from '../../../../src/lang/units.js';
import { ConversionReport, type ConversionEntry } from '../../../../src/model/conversion-report.js';
import type { ArrayValue } from '../../../../src/model/model.js';
import { mechanismAt } from '../../../../src/model/rewriting/unwritten-parts.js';
import { child } from '../../../../src/model/pointer.js';
import { arrayOf } from '../../../../src/model/arrays.js';
import { changedNames } from '../../../../src/model/changed.js';
import { namesOf } from '../../../../src/model/typed.js';
import type {
  Compartments,
  DataStore,
  End,
  Model,
  NeuronType,
  Parameter,
  Population,
  Projection,
  ValidModel,
  Value,
} from '../../../../src/model/typed.js';
import { writtenValid } from '../../../../src/model/typed-model.js';
import type { Compartment } from '../../../../src/model/compartment-tree.js';
import type { Writing } from '../../../shared/writing.js';
import { builtIn, isBuiltIn } from '../spatial-type.js';
import { brianTree, type BrianTree } from './brian-tree.js';
import { withoutCellNumbers } from './cell-numbers.js';
import { withLinearParts } from './linear-parts.js';
import { cellsOneByOne } from './one-by-one.js';
import { mapped, without } from '../../../../src/model/collections.js';

/** A number for each compartment of a cell. */
interface ByCompartment {
  readonly unit: string;
  readonly values: readonly number[];
}

/** Cells of a type as compartments of one type. */
type Cable = ReturnType<Writing['cellsOfOneType']>['cables'][number];

/** A model without cells of sections, and a report of everything that changed. */
interface Cabled {
  readonly valid: ValidModel;
  readonly entries: readonly ConversionEntry[];
  readonly became?: Became;
}

/**
 * Returns the model with SpatialNeurons in place of cells with sections. It stays unchanged without cells that Brian
 * can represent.
 */
export function cellsAsCables(valid: ValidModel, ofOneType: Writing['cellsOfOneType']): Cabled {
  const report = new ConversionReport('brian');
  const used = new Set(Object.values(valid.model.populations).map(({ type = '' }) => type));
  for (const [name, type] of Object.entries(valid.model.neurons)) {
    if (type.compartments === undefined || !used.has(name)) continue;
    checkNames(child('/neurons', name), type, report);
    checkShape(child('/neurons', name), type.compartments, report);
  }
  if (report.entries.length > 0) return { valid, entries: report.entries };
  const apart = cellsOneByOne(valid, report);
  if (apart === undefined) return { valid, entries: report.entries };
  const own = withoutCellNumbers(apart.model, report);
  try {
    const trees = new Map<readonly Compartment[], BrianTree>();
    const treeOf = (compartments: Pick<Compartments, 'sections'>, cut: readonly Compartment[]): BrianTree => {
      const made = trees.get(cut) ?? brianTree(compartments, cut);
      trees.set(cut, made);
      return made;
    };
    const { cables, data, ...drawn } = ofOneType(writtenValid({ ...valid, model: own }), {
      orderOf: (compartments, cut) => treeOf(compartments, cut).order,
    });
    let { model } = drawn;
    const made = new Set<string>();
    for (const cable of cables) {
      const compartments = own.neurons[cable.name]?.compartments;
      if (!compartments) continue;
      const tree = treeOf(compartments, cable.tree.compartments);
      remark(child('/neurons', cable.name), tree, report);
      for (const mechanism of Object.keys(compartments.mechanisms))
        report.exact(mechanismAt(cable.name, mechanism), 'equations of the compartments', 'brian/mechanism');
      model = withCable(model, cable, compartments, tree);
      for (const { type } of cable.classes) made.add(type);
    }
    const projections = Object.fromEntries(
      Object.entries(model.projections).map(([name, projection]) => [name, ofElements(projection, model, data)]),
    );
    for (const name of Object.keys(own.projections))
      if (!Object.hasOwn(projections, name))
        report.exact(child('/projections', name), 'a projection for each pair of its populations', 'brian/cells');
    const neurons = mapped(model.neurons, (type, name) => (made.has(name) ? withLinearParts(type) : type));
    const rewritten = { model: { ...model, projections, neurons }, data };
    const before = { ...valid, model: apart.model };
    const became = composed([apart.became, recordedVariables(before, rewritten)]);
    return { valid: rewritten, entries: report.entries, became };
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    for (const { message, place } of error.diagnostics) report.missing(place?.pointer ?? '', message);
    return { valid, entries: report.entries };
  }
}

/** Names of compartments in Brian, and their temporary replacements. */
const ofCompartments: ReadonlySet<string> = new Set([...builtIn, 'Im', 'capacitance', 'membrane_current']);

/** Reports names of a cell that Brian already uses in its compartments. */
function checkNames(pointer: string, type: NeuronType | undefined, report: ConversionReport): void {
  for (const kind of ['parameters', 'inputs'] as const)
    for (const name of Object.keys(type?.[kind] ?? {}))
      if (ofCompartments.has(name))
        report.missing(
          child(`${pointer}/${kind}`, name),
          `${name} is something else of compartments in Brian; give it another name`,
          'brian/compartments',
        );
}

/** Reports properties of a cell that Brian's morphologies cannot have. */
function checkShape(pointer: string, { sections }: Compartments, report: ConversionReport): void {
  const all = Object.entries(sections);
  const lumped = all.find(([, { capacitance }]) => capacitance !== undefined);
  if (lumped)
    report.missing(
      `${pointer}/compartments/sections/${lumped[0]}`,
      'a section without a shape: compartments of Brian have lengths and diameters',
      'brian/compartments',
    );
  const resistivities = new Set(all.map(([, { resistivity }]) => resistivity));
  if (resistivities.size > 1 && !lumped)
    report.missing(
      `${pointer}/compartments/sections`,
      'resistivities that differ between sections: a cell of Brian has one',
      'brian/compartments',
    );
}

const percent = (share: number): string => `${Number((100 * share).toPrecision(2))} %`;

/** Reports compartments that moved or changed their shape. */
function remark(pointer: string, { moved, reshaped }: BrianTree, report: ConversionReport): void {
  const at = `${pointer}/compartments/sections`;
  if (moved.count > 0)
    report.different(
      'brian/compartments',
      at,
      `dendrites at the beginning of the cell (${moved.count}) grow from the end of its first compartment, ` +
        `${Number((moved.most * 1e6).toPrecision(2))} um away`,
    );
  if (reshaped.most > 1e-6)
    report.different(
      'brian/compartments',
      at,
      `compartments that are no cones (${reshaped.count}) become cones of the same area and axial resistance, ` +
        `whose lengths differ by at most ${percent(reshaped.most)}`,
    );
  report.different(
    'brian/compartments',
    `${pointer}/compartments`,
    'Brian advances gates and potentials one after the other, with an error proportional to the step; here they are ' +
      'half a step apart, with one proportional to its square',
  );
}

/** Returns the model with the compartments of a cell as elements of a cable. */
function withCable(
  model: Model,
  cable: Cable,
  { sections: written }: Pick<Compartments, 'sections'>,
  tree: BrianTree,
): Model {
  const [only] = cable.classes;
  const type = model.neurons[only?.type ?? ''];
  if (!only || !type) return model;
  const { capacitance: _, ...own } = type.parameters;
  const { membrane_current: total, ...derived } = type.derived;
  const { numbers, parents, sections } = tree.morphology;
  const resistivity = Object.values(written)[0]?.resistivity ?? 1;
  const specific = tree.order.map(
    (at) => written[cable.tree.compartments[at]?.section ?? '']?.specificCapacitance ?? 0,
  );
  const each: Readonly<Record<string, ByCompartment>> = {
    area: { unit: 'm**2', values: numbers.area },
    length: { unit: 'm', values: numbers.length },
    diameter: { unit: 'm', values: numbers.diameter },
    distance: { unit: 'm', values: numbers.distance },
    volume: { unit: 'm**3', values: numbers.volume },
    Cm: { unit: 'F*m**-2', values: specific },
  };
  const spread = Object.entries(each).map(([name, { unit, values }]): readonly [string, Parameter, boolean] => {
    const [value = 0] = values;
    const same = values.every((other) => Object.is(other, value));
    return [name, { unit, type: 'real', value: same ? value : 0, shared: false }, same];
  });
  const made: NeuronType = {
    ...type,
    parameters: {
      ...own,
      ...Object.fromEntries(spread.map(([name, parameter]) => [name, parameter])),
      Ri: { unit: 'ohm*m', type: 'real', value: resistivity, shared: true },
    },
    derived: {
      Im: { unit: 'A*m**-2', type: 'real', value: byArea(total?.value ?? nameOf('v')), shared: false, held: false },
      ...derived,
    },
    method: 'exponentialEuler',
    cable: {
      parents: [...parents],
      near: [...numbers.r_length_1],
      far: [...numbers.r_length_2],
      resistivity,
      voltage: 'v',
      capacitance: binary('*', nameOf('Cm'), nameOf('area')),
      current: binary('*', nameOf('Im'), nameOf('area')),
      sections: Object.fromEntries(sections.map(({ name, first, count }) => [name, { first, count }])),
    },
  };
  const unread = unreadParameters(made, model);
  const populations = cable.populations.flatMap(({ name, size }): readonly (readonly [string, Population])[] => {
    const population = model.populations[name];
    if (!population) return [];
    const { capacitance: __, ...values } = population.values;
    const listed = spread.flatMap(([key, , same]): readonly (readonly [string, Value])[] => {
      if (same || unread.has(key)) return [];
      const { unit = '1', values: numbersOfCell = [] } = each[key] ?? {};
      const isShape = key !== 'Cm';
      const ranges = size === 1 && !isShape ? byRanges(numbersOfCell, unit) : undefined;
      if (ranges) return [[key, { kind: 'expression', expression: ranges }]];
      const all = numbersOfCell.flatMap((value) => new Array<number>(size).fill(value));
      return [[key, { kind: 'array', array: all }]];
    });
    const left = Object.entries(values).filter(([key]) => !unread.has(key));
    return [[name, { ...population, values: { ...Object.fromEntries(left), ...Object.fromEntries(listed) } }]];
  });
  return {
    ...model,
    neurons: { ...model.neurons, [only.type]: { ...made, parameters: without(made.parameters, unread) } },
    populations: { ...model.populations, ...Object.fromEntries(populations) },
  };
}

/** Returns parameters that the model never reads, except those that Brian defines for compartments. */
function unreadParameters(type: NeuronType, model: Model): ReadonlySet<string> {
  // Arrays have no names, and parameters may read each other.
  const { populations: _, projections, ...rest } = model;
  const values = Object.values(projections).map((projection) => [projection.values, projection.delays]);
  const names = new Set([...namesOf([{ ...rest, neurons: type }, values]), ...changedNames(model)]);
  const isRead = (name: string): boolean =>
    [...names].some((one) => one === name || one.endsWith(`.${name}`)) || isBuiltIn(name, type);
  return new Set(Object.keys(type.parameters).filter((name) => !isRead(name)));
}

/** The most ranges of compartments that are written as conditions. */
const mostRanges = 8;

/** Returns numbers as a choice by ranges of compartments, or undefined if there are many ranges. */
function byRanges(values: readonly number[], unit: string): Expression | undefined {
  const ends = values.flatMap((value, k) => (k > 0 && !Object.is(value, values[k - 1]) ? [k] : []));
  if (ends.length >= mostRanges) return undefined;
  const { dimension } = parseUnit(unit);
  const last: Expression = quantity(values.at(-1) ?? 0, dimension);
  return ends.reduceRight(
    (after: Expression, end) =>
      conditional(binary('<', nameOf('i'), integer(end)), quantity(values[end - 1] ?? 0, dimension), after),
    last,
  );
}

/** Returns a projection of one list with the numbers of compartments within whole populations. */
function ofElements(projection: Projection, model: Model, data: DataStore): Projection {
  const [rule, second] = projection.connect;
  if (rule?.rule !== 'list' || second !== undefined) return projection;
  const moved = (end: End, indices: ArrayValue): readonly [End, ArrayValue] => {
    const { of } = end;
    if (of.kind !== 'slice' || !of.slice || !model.neurons[model.populations[of.population]?.type ?? '']?.cable)
      return [end, indices];
    const [first, , step] = of.slice;
    const elements = Array.from(arrayOf(indices, data), (index) => first + index * step);
    return [{ ...end, of: { kind: 'slice', population: of.population } }, elements];
  };
  const [from, sources] = moved(projection.from, rule.sources);
  const [to, targets] = moved(projection.to, rule.targets);
  return { ...projection, from, to, connect: [{ ...rule, sources, targets }] };
}

/** Converts a current of the whole compartment to a current per area. */
function byArea(e: Expression): Expression {
  if (isZero(e)) return quantity(0, ampereByArea);
  if (e.kind === 'binary' && (e.operator === '+' || e.operator === '-'))
    return { ...e, left: byArea(e.left), right: byArea(e.right) };
  if (e.kind === 'binary' && e.operator === '*' && e.right.kind === 'name' && e.right.name === 'area') return e.left;
  return quotient(e, nameOf('area'));
}
