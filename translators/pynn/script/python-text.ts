/** Values and types of a PyNN-style document as Python. */

import { readFormula, withComponents } from '../formulas.js';
import { isFormula, limitAsNumber } from '../value-kinds.js';
import type { Expression } from '../../../src/lang/ast.js';
import { binary, call as callOf, integer, name as nameOf } from '../../../src/lang/build.js';
import { printExpression } from '../../../src/lang/print.js';
import { mapExpression } from '../../../src/lang/walk.js';
import type { Cell, Part, Rng, Structure, Synapse, Values } from '../specification.generated.js';
import { call, evenNumbers, list, prefixed, quoted, spaced, type Source } from '../../shared/python.js';

/** Names that code in a script needs from the rest of it. */
export interface ScriptNames {
  /** Variable of a generator. */
  readonly rng: (label?: string) => string;
  /** Says that the script uses an imported name, and gives it back. */
  readonly use: (name: ImportedName) => string;
  /** Name of a class for an expression of two indices, which the script then declares. */
  readonly expression: (python: string) => string;
  /** Values of the cells that are meant, by a Python expression of their places `x`, `y`, `z`. */
  readonly ofPosition: (python: string) => Source;
  /** Classes that the script declares, by the names of types. */
  readonly types?: ReadonlyMap<string, string>;
}

/** Names that scripts import besides the simulator, by module. */
export const imports = {
  larray: 'lazyarray',
  PickleIO: 'neo.io',
  Morphology: 'neuroml',
  Point3DWithDiam: 'neuroml',
  Segment: 'neuroml',
  IndexBasedExpression: 'pyNN.core',
  NeuroMLMorphology: 'pyNN.morphology',
  'any as any_of': 'pyNN.morphology',
  IonicSpecies: 'pyNN.parameters',
  Sequence: 'pyNN.parameters',
  NumpyRNG: 'pyNN.random',
  RandomDistribution: 'pyNN.random',
  Cuboid: 'pyNN.space',
  Grid2D: 'pyNN.space',
  Grid3D: 'pyNN.space',
  Line: 'pyNN.space',
  RandomStructure: 'pyNN.space',
  Space: 'pyNN.space',
  Sphere: 'pyNN.space',
  get_simulator: 'pyNN.utility',
  generate_nest_target: 'pynestml.frontend.pynestml_frontend',
} as const;

/** A name that a script imports, of PyNN or another module. */
export type ImportedName = keyof typeof imports;

/** Checks whether something is an object with keys, as opposed to a list. */
export const isRecord = (item: unknown): item is Readonly<Record<string, unknown>> =>
  typeof item === 'object' && item !== null && !Array.isArray(item);

/** Rows of numbers, with none for pairs that are not connected. */
const isMatrix = (item: unknown): item is readonly (readonly (number | null)[])[] =>
  Array.isArray(item) &&
  item.length > 0 &&
  item.every((row) => Array.isArray(row) && row.every((one) => typeof one === 'number' || one === null));

/** Returns a number as Python has it. */
function number(value: number): string {
  if (Number.isNaN(value)) return 'float("nan")';
  return Number.isFinite(value) ? String(value) : value > 0 ? 'float("inf")' : 'float("-inf")';
}

/** Returns a value as Python. */
export function valueSource(item: unknown, names: ScriptNames): Source {
  if (typeof item === 'number') return number(item);
  if (typeof item === 'boolean') return item ? 'True' : 'False';
  if (typeof item === 'string') return quoted(item);
  if (isMatrix(item))
    return call('np.array', [list(item.map((row) => list(row.map((one) => (one === null ? 'np.nan' : number(one))))))]);
  const even = Array.isArray(item) && item.every((one) => typeof one === 'number') ? evenNumbers(item) : undefined;
  if (even !== undefined) return even;
  if (Array.isArray(item)) return list(item.map((one) => valueSource(one, names)));
  if (!isRecord(item)) return 'None';
  if (typeof item['random'] === 'string') {
    const { random, params, rng } = item;
    const generator = names.rng(typeof rng === 'string' ? rng : undefined);
    const parameters = isRecord(params)
      ? Object.entries(params).map(([key, one]) =>
          prefixed(`${key}=`, one === 'inf' || one === '-inf' ? number(limitAsNumber(one)) : valueSource(one, names)),
        )
      : [];
    return call(names.use('RandomDistribution'), [
      quoted(random),
      ...parameters,
      ...(generator === 'None' ? [] : [`rng=${generator}`]),
    ]);
  }
  if (typeof item['expr'] === 'string')
    return formulaSource(item['expr'], typeof item['of'] === 'string' ? item['of'] : 'i', names);
  if (Array.isArray(item['sequence'])) return call(names.use('Sequence'), [valueSource(item['sequence'], names)]);
  if (Array.isArray(item['sequences'])) {
    const sequences: readonly unknown[] = item['sequences'];
    // One list is for all cells.
    const [first] = sequences;
    if (sequences.every((sequence) => JSON.stringify(sequence) === JSON.stringify(first)))
      return valueSource(first, names);
    return list(sequences.map((one) => call(names.use('Sequence'), [valueSource(one, names)])));
  }
  return 'None';
}

function formulaSource(text: string, of: string, names: ScriptNames): Source {
  if (of === 'd') {
    // PyNN evaluates texts of the distance without NumPy's names.
    const python = numpyText(text, 'np.');
    return python.includes('np.') ? `lambda d: ${spaced(python)}` : quoted(python);
  }
  if (of === 'ij') return `${names.expression(numpyText(text, 'np.'))}()`;
  // Displacements are arrays of three rows.
  if (of === 'displacement') return `lambda d: ${spaced(numpyText(text, 'np.'))}`;
  // PyNN has no functions of the place of a cell: their values are computed by the script.
  if (of === 'xyz') return names.ofPosition(numpyText(text, 'np.'));
  return `lambda i: ${spaced(numpyText(text, 'np.'))}`;
}

/** Checks whether a formula of the place of a cell is anywhere in a value, a cell type or a map of values. */
export const readsPlaces = (item: unknown): boolean =>
  typeof item === 'object' &&
  item !== null &&
  ((isFormula(item) && item.of === 'xyz') || Object.values(item).some(readsPlaces));

/** Returns an expression of arrays: functions, logic and choices are NumPy's. */
function numpyText(text: string, prefix: string): string {
  const numpy = (name: string, args: readonly Expression[]): Expression => callOf(`${prefix}${name}`, args);
  return arrayText(text, (node) => {
    if (node.kind === 'call') return numpy(node.function, node.arguments);
    if (node.kind === 'conditional') return numpy('where', [node.condition, node.whenTrue, node.whenFalse]);
    if (node.kind === 'binary' && (node.operator === 'and' || node.operator === 'or'))
      return numpy(`logical_${node.operator}`, [node.left, node.right]);
    if (node.kind === 'unary' && node.operator === 'not') return numpy('logical_not', [node.operand]);
    if (node.kind === 'name' && (node.name === 'pi' || node.name === 'e'))
      return nameOf(`${prefix}${node.name}`, node.span);
    return node;
  });
}

/**
 * Returns an expression of the distance for PyNN's connectors, which know some of NumPy's functions, but none for logic
 * and choices.
 */
export function distanceText(text: string): string {
  const product = (left: Expression, right: Expression): Expression => binary('*', left, right);
  const not = (operand: Expression): Expression => binary('-', integer(1), operand);
  return arrayText(text, (node) => {
    if (node.kind === 'conditional')
      return binary('+', product(node.condition, node.whenTrue), product(not(node.condition), node.whenFalse));
    if (node.kind === 'binary' && node.operator === 'and') return product(node.left, node.right);
    if (node.kind === 'binary' && node.operator === 'or') return callOf('maximum', [node.left, node.right]);
    return node.kind === 'unary' && node.operator === 'not' ? not(node.operand) : node;
  });
}

const arrayText = (text: string, change: (node: Expression) => Expression): string =>
  withComponents(printExpression(mapExpression(readFormula(text), change)));

/** Returns keyword arguments. */
export const keywords = (
  values: Values | Readonly<Record<string, unknown>> | undefined,
  names: ScriptNames,
): readonly Source[] => Object.entries(values ?? {}).map(([key, one]) => prefixed(`${key}=`, valueSource(one, names)));

/** Returns a cell type with its parameters. */
export function cellSource(cell: Cell, names: ScriptNames): Source {
  const part = ({ type, params }: Part): Source => call(`sim.${type}`, keywords(params, names));
  if (cell.neuron === undefined) return part(cell);
  const receptors = Object.entries(cell.receptors ?? {}).map(([name, receptor]) =>
    prefixed(`${name}=`, part(receptor)),
  );
  return call(`sim.${cell.type}`, [part(cell.neuron), ...receptors]);
}

/** Returns a synapse type with its parameters. */
export function synapseSource(synapse: Synapse | undefined, names: ScriptNames): Source {
  if (synapse === undefined) return 'sim.StaticSynapse()';
  const rules = (
    [
      ['timing_dependence', synapse.timing_dependence],
      ['weight_dependence', synapse.weight_dependence],
    ] as const
  ).flatMap(([key, part]) =>
    part === undefined ? [] : [prefixed(`${key}=`, call(`sim.${part.type}`, keywords(part.params, names)))],
  );
  const fraction =
    synapse.dendritic_delay_fraction === undefined
      ? []
      : [`dendritic_delay_fraction=${synapse.dendritic_delay_fraction}`];
  return call(names.types?.get(synapse.type) ?? `sim.${synapse.type}`, [
    ...rules,
    ...fraction,
    ...keywords(synapse.params, names),
  ]);
}

/** Returns the positions of cells. */
export function structureSource({ type, params, rng }: Structure, names: ScriptNames): Source {
  const { boundary, ...rest } = params ?? {};
  const shape = isRecord(boundary)
    ? [
        prefixed(
          'boundary=',
          call(
            imported(String(boundary['type']), names),
            keywords(isRecord(boundary['params']) ? boundary['params'] : {}, names),
          ),
        ),
      ]
    : [];
  return call(imported(type, names), [...shape, ...keywords(rest, names), ...(rng ? [`rng=${names.rng(rng)}`] : [])]);
}

const imported = (name: string, names: ScriptNames): string =>
  Object.hasOwn(imports, name) ? names.use(name as ImportedName) : `sim.${name}`;

/** Returns a generator of random numbers. */
export const generatorSource = ({ seed, parallel_safe: safe }: Rng, names: ScriptNames): Source =>
  call(names.use('NumpyRNG'), [
    ...(seed === undefined ? [] : [`seed=${seed}`]),
    ...(safe === false ? ['parallel_safe=False'] : []),
  ]);
