/**
 * Core types of NeuroML by name, for types that say that they are these (`conformsTo: { type:
 * neuroml/izhikevich2007Cell, where: … }`). Whether they are is
 * found by comparison: rates, what a spike does, for how long it holds what, and first values are the same at many
 * points.
 */

import type { Dimension } from '../../../src/lang/ast.js';
import { dimensionless } from '../../../src/lang/ast.js';
import type { NeuronType, Population } from '../../../src/model/model.js';
import type { CellPlan, ExportContext } from './context.js';
import { coreCell, coreParameters, type CoreCell } from './core-type.js';
import type { Demands } from './demands.js';
import { dimensionOfUnit } from './text/dimensions.js';
import { NoNumber } from '../../../src/lang/evaluate.js';
import { quantityText } from './text/quantity-text.js';
import { byName, difference, numberOf } from './same-behaviour.js';
import type { StandardCell } from './standard-cell.js';
import { numberAt, type Numbers } from './values.js';

const prefix = 'neuroml/';

/**
 * The core type that a neuron type is; a text saying why where it is none.
 *
 * @param values  numbers of parameters and first values, by population
 */
export function coreCellOf(
  id: string,
  type: NeuronType,
  populations: readonly (readonly [string, Population])[],
  values: ReadonlyMap<string, ReadonlyMap<string, Numbers>>,
  demands: Demands,
  context: ExportContext,
): StandardCell | string | undefined {
  const claim = type.conformsTo;
  if (!claim?.type.startsWith(prefix)) return undefined;
  const name = claim.type.slice(prefix.length);
  const parameters = coreParameters(name);
  if (!parameters) return `NeuroML has no cells called ${name}`;
  const missing = [...parameters.keys()].filter(
    (key) => claim.where[key] === undefined && type.parameters[key] === undefined,
  );
  if (missing.length > 0) return `it does not say what ${missing.join(', ')} of ${name} is`;
  if (
    demands.jumps.size +
      demands.sums.size +
      demands.operations.size +
      demands.places.size +
      demands.counted.size +
      demands.written.size >
    0
  )
    return `the network requires more of its cells than ${name} provides`;
  const attributes = (valueOf: (key: string) => number): Record<string, string> =>
    Object.fromEntries(
      [...parameters].map(([key, { dimension }]) => {
        const value = numberOf(claim.where[key] ?? key, type, valueOf, context.functions);
        return [key, quantityText(Number(value.toPrecision(14)), dimension ?? dimensionless, context.dimensions)];
      }),
    );
  try {
    for (const [population, { size }] of populations)
      for (const k of size > 2 ? [0, size >> 1, size - 1] : size === 2 ? [0, 1] : [0]) {
        const valueOf = (key: string): number => numberAt(values.get(population)?.get(key), k);
        const core = coreCell(name, attributes(valueOf));
        const hasOthers = Object.entries(type.state).some(([key, { unit }]) => core?.type.state[key]?.unit !== unit);
        if (core && hasOthers) return 'its variables have other names';
        const differs = core
          ? difference(type, valueOf, core, context.functions, byName(type))
          : `its values do not fit ${name}`;
        if (differs !== undefined) return differs;
      }
    const [[first, { size }] = ['', { size: 0 }]] = populations;
    const core =
      size > 0
        ? coreCell(
            name,
            attributes((key) => numberAt(values.get(first)?.get(key), 0)),
          )
        : undefined;
    if (!core) return 'it has no cells';
    return {
      plan: planOf(id, type, name, core),
      receptors: new Map(),
      keys: [...Object.keys(type.parameters), ...Object.keys(type.state)],
      attributes,
    };
  } catch (error) {
    if (!(error instanceof NoNumber)) throw error;
    return error.message;
  }
}

/** What may be attached to cells of a core type, and how their variables are called. */
export function planOf(id: string, type: NeuronType, name: string, { type: core, definition }: CoreCell): CellPlan {
  const [list] = definition.attachments.values();
  const [input] = Object.entries(type.inputs);
  const dimensionOf = (unit: string): Dimension => dimensionOfUnit(unit);
  const pure = list?.type === 'basePointCurrentDL';
  const exposed = Object.keys(type.state).filter((key) => Object.hasOwn(core.state, key));
  return {
    type: id,
    componentType: name,
    attachment: pure ? 'baseSynapseDL' : 'baseSynapse',
    channels: input
      ? [{ variable: input[0], kind: 'sum', dimension: dimensionOf(input[1].unit), exposure: pure ? 'I' : 'i' }]
      : [],
    varying: new Set(),
    visible: new Map(exposed.map((key) => [key, { name: key, dimension: dimensionOf(type.state[key]?.unit ?? '1') }])),
    starts: new Map(),
    ...(pure || !input ? { withoutCurrent: true as const } : {}),
  };
}
