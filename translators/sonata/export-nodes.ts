/** Populations as nodes: their templates, parameters, types and ids. */

import { entryOf, itemAt } from '../../src/diagnostics/entry.js';
import { memberOf } from '../../src/diagnostics/member.js';
import type { ConversionReport } from '../../src/model/conversion-report.js';
import { numbersOf } from '../../src/model/arrays.js';
import type { DataStore, Model, NeuronType, Population, ValidModel } from '../../src/model/model.js';
import { child } from '../../src/model/pointer.js';
import { mechanismAt } from '../../src/model/rewriting/unwritten-parts.js';
import { isStructure } from '../../src/model/tagged.js';
import type { Hdf5Array, Hdf5Tree } from '../shared/hdf5.js';
import { numbersInUnit } from '../shared/in-unit.js';
import { column, numbersOfValue, type ExportedFile, type WrittenPart } from './export-parts.js';
import type { WrittenCells } from './export-cells.js';
import { parametersAsLists, templateOfType, type NamedTemplate } from './templates.js';

/** A part with the numbers of its template's parameters, in the template's units. */
interface PartWithValues extends WrittenPart {
  readonly values: ReadonlyMap<string, Float64Array>;
  /** Coordinates in µm, or null without them. */
  readonly positions: readonly Float64Array[] | null;
}

/** Most types of nodes of a population. With more, parameters are those of single nodes. */
const mostTypes = 200;

/** Returns the populations of a model that SONATA has nodes for. */
export function partsOf(
  { model, data }: ValidModel,
  currents: ReadonlyMap<string, ReadonlyMap<number, number>>,
  cells: WrittenCells,
  report: ConversionReport,
): readonly PartWithValues[] {
  const stated = statedNodes(model);
  return Object.entries(model.populations).flatMap(([name, population]) => {
    const part = partOf(model, name, population, data, currents.get(name), cells, report);
    return part ? [{ ...part, ...(stated.get(name) ?? { population: name, ids: upTo(population.size) }) }] : [];
  });
}

const upTo = (size: number): Uint32Array => Uint32Array.from({ length: size }, (_, k) => k);

/** Node populations and ids that the model's source had, by population. */
function statedNodes({
  annotations,
  populations,
}: Model): ReadonlyMap<string, Pick<WrittenPart, 'population' | 'ids'>> {
  const nodes = memberOf(annotations['sonata'], 'nodes');
  const found = new Map<string, Pick<WrittenPart, 'population' | 'ids'>>();
  const taken = new Map<string, Set<number>>();
  for (const [name, { size }] of Object.entries(populations)) {
    const nodeSet = memberOf(nodes, name);
    const population = memberOf(nodeSet, 'population');
    const runs = memberOf(nodeSet, 'ids');
    const ids = Array.isArray(runs)
      ? (runs as readonly (readonly [number, number])[]).flatMap(([first, count]) =>
          Array.from({ length: count }, (_, k) => first + k),
        )
      : [...upTo(size)];
    if (typeof population !== 'string' || ids.length !== size) continue;
    const others = taken.get(population) ?? new Set();
    if (ids.some((id) => others.has(id))) continue;
    taken.set(population, new Set([...others, ...ids]));
    found.set(name, { population, ids: Uint32Array.from(ids) });
  }
  // A population without a statement keeps its own name.
  const names = new Set([...found.values()].map(({ population }) => population));
  const isFree = Object.keys(populations).every((name) => found.has(name) || !names.has(name));
  return isFree ? found : new Map();
}

function partOf(
  model: Model,
  name: string,
  population: Population,
  data: DataStore,
  current: ReadonlyMap<number, number> | undefined,
  { byType, facts }: WrittenCells,
  report: ConversionReport,
): Omit<PartWithValues, 'population' | 'ids'> | undefined {
  const pointer = child('/populations', name);
  const { size, linked, clock, positions } = population;
  if (Object.keys(linked ?? {}).length > 0) return report.missing(pointer, 'variables linked to another population');
  if (clock !== undefined) return report.missing(pointer, 'a clock of its own');
  if (positions && isStructure(positions))
    report.convention(
      'sonata/positions',
      pointer,
      'positions by a rule are left out: they act only on connections, which are listed',
    );
  const common = {
    name,
    size,
    positions: positions && !isStructure(positions) ? coordinates(numbersOf(positions, data), size) : null,
  };
  if (population.type === undefined) return { ...common, named: null, values: new Map() };
  const cell = byType.get(population.type);
  if (typeof cell === 'string') return report.missing(pointer, cell);
  if (cell) {
    if (Object.keys(population.values).length > 0)
      return report.missing(pointer, 'values of single cells with a shape');
    report.exact(pointer, 'a shape in SWC, and a membrane in a file of parameters');
    if (cell.isRounded)
      report.convention('sonata/shape-precision', pointer, 'NEURON rounds points of shapes to single precision');
    for (const mechanism of cell.mechanisms) report.wrote(mechanismAt(population.type, mechanism));
    return { ...common, named: cell.named, cell, values: new Map() };
  }
  const type = model.neurons[population.type];
  const named = type && templateOfType(type);
  if (!type || !named)
    return report.hasOmission(pointer)
      ? undefined
      : report.missing(pointer, `cells of the type ${population.type}, for which SONATA has no template`);
  if (facts && named.name !== amongShapes)
    return report.missing(pointer, `${named.name} among cells with a shape, which NEURON runs`);
  const values = valuesOf(named, type, population, data);
  if (typeof values === 'string')
    return report.missing(pointer, `values of ${values} that are drawn; --freeze makes them explicit`);
  const { constantCurrent } = named.template;
  if (current && constantCurrent !== undefined) {
    const amplitudes = entryOf(values, constantCurrent);
    for (const [element, more] of current) amplitudes[element]! += more;
  }
  if (named.remark !== undefined) report.different('sonata/reset', pointer, named.remark);
  report.exact(pointer, `${named.name} by name`);
  return { ...common, named, values };
}

/** Template of point neurons that may be among cells with a shape. */
const amongShapes = 'nrn:IntFire1';

/** Returns x, y and z of each element in µm. */
function coordinates(numbers: readonly number[], size: number): readonly Float64Array[] {
  const all = numbersInUnit(numbers, 'um');
  const axes = size === 0 ? 0 : all.length / size;
  return Array.from({ length: axes }, (_, axis) =>
    Float64Array.from({ length: size }, (_, k) => itemAt(all, k * axes + axis)),
  );
}

/** Returns numbers of a template's parameters, or the name of a value that is drawn. */
function valuesOf(
  { template }: NamedTemplate,
  type: NeuronType,
  population: Population,
  data: DataStore,
): Map<string, Float64Array> | string {
  const found = new Map<string, Float64Array>();
  const ratios: (readonly [over: string, under: string, numbers: Float64Array])[] = [];
  for (const [name, source] of Object.entries(template.values)) {
    const given = population.values[name] ?? type.parameters[name]?.value ?? type.state[name]?.initial;
    const numbers = numbersOfValue(given, population.size, data);
    if (!numbers) return name;
    if (typeof source === 'string') found.set(source, numbersInUnit(numbers, template.parameters[source]?.unit ?? '1'));
    else ratios.push([...source.ratio, numbersInUnit(numbers, source.unit)]);
  }
  for (const [over, under, quotients] of ratios) {
    const dividends = entryOf(found, over);
    found.set(
      under,
      quotients.map((quotient, k) => divisorOf(itemAt(dividends, k), quotient)),
    );
  }
  return found;
}

/** Returns the number that divides a dividend to a quotient, to the last bit if there is one. */
function divisorOf(dividend: number, quotient: number): number {
  const near = dividend / quotient;
  const step = 0.75 * Number.EPSILON * near;
  const short = Number(near.toPrecision(12));
  return [short, near, near + step, near - step].find((divisor) => dividend / divisor === quotient) ?? near;
}

// --- Files ----------------------------------------------------------------------------------------------------------
/** Types of nodes under construction: rows of the table and files of parameters. */
interface Types {
  /** Without the population. */
  readonly rows: (readonly (string | number)[])[];
  readonly files: ExportedFile[];
}

/** Returns the files of node populations, and their entries in the config. */
export function nodeFiles(
  parts: readonly PartWithValues[],
  report: ConversionReport,
): { readonly files: readonly ExportedFile[]; readonly entries: readonly object[] } {
  const populations = new Map<string, PartWithValues[]>();
  for (const part of parts) populations.set(part.population, [...(populations.get(part.population) ?? []), part]);
  let nextType = 100;
  const made = [...populations].map(([population, own]) => {
    for (const { name } of own) report.wrote(child('/populations', name));
    const types: Types = { rows: [], files: [] };
    const typeIds = own.map((part) => typesOf(part, nextType + types.rows.length, types));
    nextType += types.rows.length;
    const columns = [
      ...['node_type_id', 'model_type', 'model_template', 'dynamics_params', 'model_processing', 'morphology'],
    ].slice(0, Math.max(...types.rows.map(({ length }) => length)));
    const lines = [columns, ...types.rows].map((row, k) => {
      const [id = '', ...others] = columns.map((_, column) => row[column] ?? 'NULL');
      return `${[id, k === 0 ? 'population' : population, ...others].join(' ')}\n`;
    });
    const base = `network/${population}`;
    return {
      entry: {
        nodes_file: `$NETWORK_DIR/${population}_nodes.h5`,
        node_types_file: `$NETWORK_DIR/${population}_node_types.csv`,
      },
      files: [
        { name: `${base}_nodes.h5`, tree: { nodes: { [population]: nodesOf(own, typeIds, report) } } },
        { name: `${base}_node_types.csv`, text: lines.join('') },
        ...types.files,
      ],
    };
  });
  return { files: made.flatMap(({ files }) => files), entries: made.map(({ entry }) => entry) };
}

/** Adds the types of a part. @returns type id of each element */
function typesOf({ name, named, cell, size, values }: PartWithValues, first: number, types: Types): Uint32Array {
  if (named === null || cell) {
    const { parameters, morphology } = cell ?? {};
    types.rows.push(
      named && cell
        ? [first, 'biophysical', named.name, `${parameters}`, 'aibs_perisomatic', `${morphology}`]
        : [first, 'virtual'],
    );
    return new Uint32Array(size).fill(first);
  }
  const { varying, count } = variation(values, size);
  const isByType = count.size <= mostTypes;
  const kinds = new Map<string, number>();
  const ids = new Uint32Array(size);
  for (let element = 0; element < Math.max(1, size); element++) {
    const key = isByType ? keyOf(varying, values, element) : '';
    if (!kinds.has(key)) {
      const file = `${name}${kinds.size === 0 ? '' : `_${kinds.size + 1}`}.json`;
      const given = Object.fromEntries([...values].map(([parameter, numbers]) => [parameter, numbers[element] ?? 0]));
      types.files.push({
        name: `components/cell_models/${file}`,
        text: `${JSON.stringify({ ...parametersAsLists(given), ...named.switches }, null, 2)}\n`,
      });
      types.rows.push([first + kinds.size, 'point_neuron', named.name, file]);
      kinds.set(key, first + kinds.size);
    }
    if (size > 0) ids[element] = kinds.get(key)!;
  }
  return ids;
}

const keyOf = (names: readonly string[], values: PartWithValues['values'], element: number): string =>
  names.map((name) => entryOf(values, name)[element]).join(' ');

/** Returns the parameters that differ between elements, and the distinct sets of them, no more than matter. */
function variation(
  values: PartWithValues['values'],
  size: number,
): { readonly varying: readonly string[]; readonly count: ReadonlySet<string> } {
  const varying = [...values].flatMap(([name, numbers]) =>
    numbers.some((number) => number !== numbers[0]) ? [name] : [],
  );
  const count = new Set<string>();
  for (let element = 0; element < size && count.size <= mostTypes; element++)
    count.add(keyOf(varying, values, element));
  return { varying, count };
}

/** Returns the datasets of a node population. Nodes are in the order of their ids. */
function nodesOf(
  parts: readonly PartWithValues[],
  typeIds: readonly Uint32Array[],
  report: ConversionReport,
): Hdf5Tree {
  const rows = parts
    .flatMap(({ ids }, part) => Array.from(ids, (id, element) => ({ id, part, element })))
    .sort((a, b) => a.id - b.id);
  const own = parts.map((part) => {
    const { varying, count } = variation(part.values, part.size);
    return count.size > mostTypes ? varying : [];
  });
  // Parameters of single nodes need a group of their own, since other nodes of the group would lack them.
  const hasGroups = parts.length > 1 && own.some((names) => names.length > 0);
  const groupOf = (part: number): number => (hasGroups ? part : 0);
  const counts = new Map<number, number>();
  const indices = rows.map(({ part }) => {
    const group = groupOf(part);
    const index = counts.get(group) ?? 0;
    counts.set(group, index + 1);
    return index;
  });
  const groups = parts.flatMap((_, part) => (hasGroups || part === 0 ? [part] : []));
  const trees = groups.map((group): [string, Hdf5Tree] => {
    const members = rows.filter(({ part }) => groupOf(part) === group);
    const names = own[group] ?? [];
    const { positions } = itemAt(parts, group);
    const dimensions = parts.every(
      (other, part) => groupOf(part) !== group || other.positions?.length === positions?.length,
    )
      ? (positions?.length ?? 0)
      : 0;
    const numbers = (valueOf: (row: (typeof rows)[number]) => number): Hdf5Array =>
      column(Float64Array.from(members, valueOf));
    if (names.length > 0)
      report.different(
        'sonata/node-parameters',
        child('/populations', itemAt(parts, group).name),
        `${names.join(', ')} of single nodes are in the file of nodes, as SONATA has it; BMTK 1.2 and NEST read the parameters of types only`,
      );
    return [
      String(group),
      {
        ...Object.fromEntries(
          ['x', 'y', 'z']
            .slice(0, dimensions)
            .map((axis, k) => [
              axis,
              numbers(({ part, element }) => itemAt(itemAt(itemAt(parts, part).positions!, k), element)),
            ]),
        ),
        ...(names.length === 0
          ? {}
          : {
              dynamics_params: Object.fromEntries(
                names.map((name) => [
                  name,
                  numbers(({ part, element }) => itemAt(entryOf(itemAt(parts, part).values, name), element)),
                ]),
              ),
            }),
      },
    ];
  });
  const integers = (valueOf: (row: (typeof rows)[number], k: number) => number): Hdf5Array =>
    column(Uint32Array.from(rows, valueOf));
  return {
    node_id: integers(({ id }) => id),
    node_type_id: integers(({ part, element }) => itemAt(itemAt(typeIds, part), element)),
    node_group_id: integers(({ part }) => groupOf(part)),
    node_group_index: integers((_, k) => itemAt(indices, k)),
    ...Object.fromEntries(trees),
  };
}
