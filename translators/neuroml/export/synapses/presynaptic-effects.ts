/** Contributions of synapses to their sources, as synapses of the other direction. */

import type { Expression } from '../../../../src/lang/ast.js';
import { drawsIn } from '../../../../src/lang/functions.js';
import { name as named } from '../../../../src/lang/build.js';
import { referenceOf, spelling } from '../../../../src/lang/reference.js';
import { mapExpression } from '../../../../src/lang/walk.js';
import { mapped } from '../../../../src/model/collections.js';
import { freeName } from '../../../../src/model/free-name.js';
import {
  formula,
  formulaOf,
  type Model,
  type Projection,
  type Sum,
  type SynapseType,
  type Value,
} from '../../../../src/model/typed.js';
import { child } from '../../../../src/model/pointer.js';
import { pairsOf } from './pairs.js';
import { hasCompartments, type ExportContext } from '../context.js';

/** Checks whether a sum is one of the cells that synapses come from. */
const isOfSource = ({ to }: Sum): boolean => to.kind === 'end' && to.end === 'pre';
const toTarget = (sums: readonly Sum[]): readonly Sum[] => sums.filter((sum) => !isOfSource(sum));

/** Returns the other end: `pre.v` for `post.v`, `j` for `i`. */
function turned(name: string): string {
  const reference = referenceOf(name);
  return reference.kind === 'end'
    ? spelling({ ...reference, end: reference.end === 'pre' ? 'post' : 'pre' })
    : (opposites[name] ?? name);
}

/** Index names of a synapse, and their names at its other end. */
const opposites: Readonly<Record<string, string>> = {
  i: 'j',
  j: 'i',
  N_pre: 'N_post',
  N_post: 'N_pre',
  N_incoming: 'N_outgoing',
  N_outgoing: 'N_incoming',
};

const turnedNames = (e: Expression): Expression =>
  mapExpression(e, (part) => (part.kind === 'name' ? named(turned(part.name)) : part));

const turnedSums = (sums: readonly Sum[]): readonly Sum[] =>
  sums
    .filter(isOfSource)
    .map(({ to, value }) => ({ to: referenceOf(turned(spelling(to))), value: turnedNames(value) }));

/**
 * Returns the model with synapses that add only to their targets. In LEMS a synapse has an end on each cell, and only
 * the target's end acts. Contributions to sources in each step become synapses from target to source.
 */
export function withPresynapticEffects(context: Returning): Model {
  const { model, report } = context;
  // Cells with compartments have contacts of their own.
  if (hasCompartments(model) || Object.values(model.synapses).every(isOneWay)) return model;
  const synapses: Record<string, SynapseType> = {};
  for (const [name, type] of Object.entries(model.synapses))
    synapses[name] = isOneWay(type)
      ? type
      : { ...withoutName(type), contributes: toTarget(type.contributes), summed: toTarget(type.summed) };
  const projections: Record<string, Projection> = {};
  for (const [name, projection] of Object.entries(model.projections)) {
    projections[name] = projection;
    const type = model.synapses[projection.synapse];
    if (type === undefined || isOneWay(type)) continue;
    const back = returnOf(name, projection, type, context);
    if (back === undefined) {
      const left = 'what synapses with spikes, state or drawn values add to the cells they come from';
      report.missing(child('/projections', name), left);
      continue;
    }
    const key = freeName(`${name}_back`, (one) => one in model.synapses || one in model.projections);
    synapses[key] = back.type;
    projections[key] = { ...back.projection, synapse: key };
  }
  return { ...model, synapses, projections };
}

type Returning = Pick<ExportContext, 'model' | 'data' | 'report'>;

/** Checks whether a type adds only to the targets of its synapses. */
const isOneWay = ({ contributes, summed }: SynapseType): boolean => ![...contributes, ...summed].some(isOfSource);

const withoutName = ({ conformsTo: _, ...type }: SynapseType): SynapseType => type;

/**
 * Returns the synapses of the other direction. Returns undefined for synapses with events, state or code, which are not
 * turned.
 */
function returnOf(
  name: string,
  projection: Projection,
  type: SynapseType,
  context: Returning,
): { readonly type: SynapseType; readonly projection: Projection } | undefined {
  if (Object.keys(type.pathways).length > 0 || Object.keys(type.state).length > 0) return undefined;
  if (Object.keys(type.events ?? {}).length > 0) return undefined;
  const pairs = pairsOf(name, projection, context);
  if (pairs === undefined) return undefined;
  const values: Record<string, Value> = {};
  for (const [key, value] of Object.entries(projection.values)) {
    const e = formulaOf(value);
    if (e && drawsIn(e)) return undefined;
    values[key] = e ? formula(turnedNames(e)) : value;
  }
  return {
    type: {
      ...withoutName(type),
      derived: mapped(type.derived, (one) => ({ ...one, value: turnedNames(one.value) })),
      contributes: turnedSums(type.contributes),
      summed: turnedSums(type.summed),
    },
    projection: {
      ...projection,
      from: { of: projection.to.of },
      to: { of: projection.from.of },
      connect: [{ rule: 'list', sources: pairs.numbers.post, targets: pairs.numbers.pre }],
      values,
    },
  };
}
