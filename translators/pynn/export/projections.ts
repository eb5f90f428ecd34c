/** Projections in PyNN's terms: receptor, connector, synapse type with its values and delays, space. */

import type { Expression } from '../../../src/lang/ast.js';
import { declaredIn } from '../../../src/library/standard-type.js';
import { rangeOfValue } from '../../../src/model/rules/weight-sign.js';
import { selectionSize } from '../../../src/model/selected.js';
import { isDrawn, isGiven, isSelection } from '../../../src/model/tagged.js';
import type { Receptor, StandardCell } from '../../../src/library/standard-type.js';
import { formulaOf, type Projection, type SynapseType, type Value } from '../../../src/model/typed.js';
import { child } from '../../../src/model/pointer.js';
import type {
  Connector,
  Locations,
  Projection as PynnProjection,
  Value as PynnValue,
} from '../specification.generated.js';
import { columnsOf, connectorOf, pairsOf, withColumns } from './connectors.js';
import { locationsOf } from './compartments.js';
import { cellOfSelection, typeOfSelection, valueIn, type ExportContext } from './context.js';
import { given } from './given.js';
import { isNative, nativeProjection } from './native.js';
import { spaceOf } from './positions.js';
import { portProjection } from './nestml-projections.js';
import { responseParts } from '../../../src/library/pynn/index.js';
import { declaredName } from '../../../src/library/declared-types.js';
import { synapseParts, type SynapseParts } from './types.js';
import type { FormulaOf } from './values.js';

/** Said of a projection that goes with the cells that it is onto. */
export const withItsTarget = 'its target has no name in PyNN';

/** Returns one projection; undefined after a report of the reason why PyNN cannot express it. */
export function projectionOf(context: ExportContext, name: string, projection: Projection): PynnProjection | undefined {
  const { report, model, targets } = context;
  const pointer = child('/projections', name);
  const missing = (message: string): undefined => report.missing(pointer, message);
  if (context.natives !== undefined && isNative(context, projection))
    return nativeProjection(context, context.natives, name, projection, pointer);
  const use = context.nestml?.use(name);
  if (typeof use === 'string') return report.missing(pointer, `NESTML: ${use}`, 'pynn/not-in-nestml');
  if (use !== undefined) return portProjection(context, name, projection, use, pointer);
  if (report.hasOmission(pointer)) return undefined;
  if (isSelection(projection.from.of, 'synapses') || isSelection(projection.to.of, 'synapses'))
    return missing('a projection onto synapses');
  const cell = cellOfSelection(context, projection.to.of);
  const type = model.synapses[projection.synapse];
  if (cell === undefined || type === undefined) return missing(withItsTarget);
  const isPlaced = cell.structure !== undefined && (projection.to.section ?? projection.from.section) !== undefined;
  if (declaredName(type) === 'ElectricalSynapse' && isPlaced) return missing('gap junctions at places on cells');
  if (declaredName(type) === 'ElectricalSynapse') return gapJunctions(context, name, projection, type, pointer);
  const at = placedOf(context, projection);
  if (typeof at === 'string') return missing(at);
  const receptor = at?.receptor ?? receptorOf(context, projection, cell);
  if (receptor === undefined)
    return missing(
      `it acts on ${projection.receptors['port'] ?? 'no variable'}, which is not a receptor of ${cell.name}`,
    );
  const [receptorName, { kind }] = receptor;
  const parts = at?.parts ?? synapseParts(type, kind);
  if (parts === undefined) return missing(`the synapse type ${projection.synapse} has no name in PyNN`);
  const connector = connectorOf(context, projection.connect, pointer);
  if (connector === undefined) return undefined;
  const pairs = pairsOf(connector);
  const delay = delayOf(context, projection, type, pairs, pointer);
  const values = {
    ...synapseValues(context, projection, type, parts, pairs, pointer),
    ...(delay?.value === undefined ? {} : { delay: delay.value }),
  };
  const initial = initialOf(context, projection, type, parts, pointer);
  // PyNN keeps lists of values with listed connections.
  const [columns, rest] = columnsOf(connector, values);
  const space = spaceOf(projection, missing);
  // PyNN's lists begin again with a generator for each receiver, its matrices do not.
  const goesOn =
    connector.type === 'FromListConnector' &&
    [...Object.values(projection.values), ...Object.values(projection.delays)].some(
      (value) => isDrawn(value) && value.anew === undefined,
    );
  const matrix = goesOn ? asMatrix(context, projection, connector, columns) : undefined;
  if (goesOn && matrix === undefined)
    report.convention(
      'pynn/own-draws',
      pointer,
      'PyNN begins again with its generator for each target of a list of connections: other numbers, from the same ' +
        'distribution; --freeze keeps those of the model',
    );
  return {
    label: context.label(name),
    pre: targets.of(projection.from.of),
    post: targets.of(projection.to.of),
    receptor_type: receptorName,
    ...(at === undefined ? {} : { location: at.location }),
    connector: matrix?.connector ?? withColumns(connector, columns),
    synapse: parts.make({ ...rest, ...matrix?.values }, delay?.fraction ?? 1),
    ...(space === undefined ? {} : { space }),
    ...given('initial_values', initial),
  };
}

/** Synapses at places on cells with compartments: their receptor, type and places. */
interface Placed {
  readonly receptor: readonly [string, Pick<Receptor, 'kind'>];
  readonly parts: SynapseParts;
  readonly location: Locations;
}

/** Returns synapses at places; a text with the reason if PyNN lacks them; undefined for cells without compartments. */
function placedOf(context: ExportContext, projection: Projection): Placed | string | undefined {
  const name = typeOfSelection(context, projection.to.of);
  const { synapses, cell } = context.compartments.get(name) ?? {};
  const type = context.model.neurons[name];
  if (synapses === undefined || type === undefined) return undefined;
  const found = synapses.get(projection.synapse);
  const location = locationsOf(context, type, projection);
  const own = Object.keys(projection.values).find((key) => ['tau_receptor', 'tau_rise', 'e_syn'].includes(key));
  if (found === undefined || own !== undefined)
    return `its synapse type ${projection.synapse} is none of PyNN's with a receptor of MultiCompartmentNeuron${own === undefined ? '' : `: ${own} differs between synapses`}; NeuroML has it (--to neuroml)`;
  if (location === undefined) return 'its places are computed; --freeze lists them';
  const { type: response = '' } = cell?.receptors?.[found.receptor] ?? {};
  return { ...found, receptor: [found.receptor, responseParts[response] ?? { kind: 'conductance' }], location };
}

/** Gap junctions act on both cells and have neither receptor nor delay. */
function gapJunctions(
  context: ExportContext,
  name: string,
  projection: Projection,
  type: SynapseType,
  pointer: string,
): PynnProjection | undefined {
  const parts = synapseParts(type, 'conductance');
  const connector = connectorOf(context, projection.connect, pointer);
  if (parts === undefined || connector === undefined) return undefined;
  const [columns, rest] = columnsOf(
    connector,
    synapseValues(context, projection, type, parts, pairsOf(connector), pointer),
  );
  const space = spaceOf(projection, (message) => context.report.missing(pointer, message));
  return {
    label: context.label(name),
    pre: context.targets.of(projection.from.of),
    post: context.targets.of(projection.to.of),
    connector: withColumns(connector, columns),
    synapse: parts.make(rest, 1),
    ...(space === undefined ? {} : { space }),
  };
}

/** Most pairs that are written as a matrix. */
const mostCells = 1e6;

/** Returns listed pairs and their values as matrices if they are in matrix order; undefined otherwise. */
function asMatrix(
  { model, data }: ExportContext,
  { from, to }: Projection,
  { params }: Connector,
  columns: readonly (readonly [string, PynnValue])[],
): { readonly connector: Connector; readonly values: Readonly<Record<string, PynnValue>> } | undefined {
  const [n, m] = [from.of, to.of].map((rule) => selectionSize(rule, model.populations, data)) as [number, number];
  if (n * m > mostCells) return undefined;
  const pairs = (params?.['conn_list'] ?? []) as readonly (readonly [number, number])[];
  const ordered = pairs.every(
    ([i, j], k) => k === 0 || j * n + i > (pairs[k - 1]?.[1] ?? 0) * n + (pairs[k - 1]?.[0] ?? 0),
  );
  if (!ordered) return undefined;
  const matrixOf = <T>(usual: T, of: (k: number) => T): T[][] => {
    const matrix = Array.from({ length: n }, () => new Array<T>(m).fill(usual));
    pairs.forEach(([i, j], k) => ((matrix[i] as T[])[j] = of(k)));
    return matrix;
  };
  return {
    connector: { type: 'ArrayConnector', params: { array: matrixOf(false, () => true) } },
    values: Object.fromEntries(
      columns.map(([key, values]) => [
        key,
        matrixOf<number | null>(null, (k) => (values as readonly number[])[k] ?? 0),
      ]),
    ),
  };
}

/**
 * Returns the receptor with the variable that a projection acts on. If two receptors share it, the sign of the weights
 * decides.
 */
function receptorOf(
  context: ExportContext,
  projection: Projection,
  cell: StandardCell,
): readonly [string, Receptor] | undefined {
  const receptors = Object.entries(cell.receptors).filter(
    ([, { variable }]) => variable === projection.receptors['port'],
  );
  return receptors[receptors.length > 1 && isNegative(context, projection) ? 1 : 0];
}

/** Checks whether weights are negative: one of a list, and all that others can be. */
function isNegative({ model, data }: ExportContext, projection: Projection): boolean {
  const { weight } = projection.values;
  const type = model.synapses[projection.synapse];
  if (weight === undefined || type === undefined) return false;
  const [low, high] = rangeOfValue(weight, { ...model, data }, projection, type);
  return low < 0 && (high <= 0 || isGiven(weight));
}

/** Returns unit and own value of a synapse's parameter or state. */
export const declaredOf = ({ standard }: SynapseParts, key: string): ReturnType<typeof declaredIn> =>
  declaredIn(standard.synapse, key);

/** Returns parameters of a synapse as PyNN has them. */
const synapseParameters = ({ standard }: SynapseParts): readonly string[] =>
  Object.keys({ weight: 0, ...standard.synapse.parameters }).filter(
    (key) => !['tau_syn', 'transmission', 'delay'].includes(key),
  );

function synapseValues(
  context: ExportContext,
  projection: Projection,
  type: SynapseType,
  parts: SynapseParts,
  of: FormulaOf,
  pointer: string,
): Record<string, PynnValue> {
  const result: Record<string, PynnValue> = {};
  for (const key of synapseParameters(parts)) {
    const { unit, value: usual } = declaredOf(parts, key);
    const value = projection.values[key] ?? type.parameters[key]?.value ?? type.state[key]?.initial ?? 0;
    const translated = valueIn(context, value, unit, child(child(pointer, 'values'), key), of);
    if (translated !== undefined && translated !== usual) result[key] = translated;
  }
  return result;
}

/** Returns first values of a synapse's state. */
function initialOf(
  context: ExportContext,
  projection: Projection,
  type: SynapseType,
  parts: SynapseParts,
  pointer: string,
): Record<string, PynnValue> {
  const result: Record<string, PynnValue> = {};
  for (const [theirs, ours] of Object.entries(parts.standard.initial)) {
    const value = projection.values[ours];
    if (value === undefined || type.state[ours] === undefined) continue;
    const translated = valueIn(
      context,
      value,
      declaredOf(parts, ours).unit,
      child(child(pointer, 'values'), ours),
      'ij',
    );
    if (translated !== undefined) result[theirs] = translated;
  }
  return result;
}

/**
 * Returns the delay of the whole way; of plastic synapses a fraction of it is dendritic: before a postsynaptic spike is
 * seen, and after a send.
 */
function delayOf(
  context: ExportContext,
  projection: Projection,
  type: SynapseType,
  of: FormulaOf,
  pointer: string,
): { readonly value: PynnValue | undefined; readonly fraction: number } | undefined {
  if (Object.keys(type.pathways).length === 0) return undefined;
  const at = child(pointer, 'delays');
  const read = (value: Value | undefined): PynnValue | undefined =>
    value === undefined ? undefined : valueIn(context, value, 'ms', at, of);
  const drawn = type.pathways['post'] !== undefined && type.parameters['delay'] !== undefined;
  const pre = drawn ? undefined : read(projection.delays['pre'] ?? type.pathways['pre']?.delay);
  if (type.pathways['post'] === undefined) return { value: pre, fraction: 1 };
  // Both parts of a delay that is drawn are written as shares of it.
  const share = shareOf(formulaOf(projection.delays['post'] ?? 0));
  if (share !== undefined) return { value: read(projection.values['delay']), fraction: share };
  const post = read(projection.delays['post']);
  if (post === undefined || post === 0) return { value: pre, fraction: 0 };
  if (pre === undefined || pre === 0) return { value: post, fraction: 1 };
  return (
    shared(pre, post) ?? context.report.missing(at, 'delays whose axonal and dendritic parts are of different kinds')
  );
}

/** Returns the factor of `0.25*delay`; undefined for expressions other than a share of the whole delay. */
function shareOf(e: Expression | undefined): number | undefined {
  if (e?.kind === 'name') return e.name === 'delay' ? 1 : undefined;
  const isShare = e?.kind === 'binary' && e.operator === '*' && e.left.kind === 'number';
  return isShare && shareOf(e.right) === 1 ? e.left.value : undefined;
}

/** Returns a partly dendritic delay, from its two parts. */
function shared(pre: PynnValue, post: PynnValue): { readonly value: PynnValue; readonly fraction: number } | undefined {
  const parts = (value: PynnValue): readonly number[] =>
    typeof value === 'number' ? [value] : Array.isArray(value) ? (value as readonly number[]) : [];
  const [before, after] = [parts(pre), parts(post)];
  if (before.length === 0 || before.length !== after.length) return undefined;
  // Sums and ratios of decimals, without the digits that rounding adds.
  const rounded = (value: number): number => Number(value.toPrecision(12));
  const whole = before.map((one, k) => rounded(one + (after[k] ?? 0)));
  const fraction = rounded((after[0] ?? 0) / (whole[0] ?? 1));
  if (whole.some((delay, k) => Math.abs(delay * fraction - (after[k] ?? 0)) > 1e-9)) return undefined;
  return { value: typeof pre === 'number' ? (whole[0] ?? 0) : whole, fraction };
}
