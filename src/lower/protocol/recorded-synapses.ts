/** The synapses that recordings name: by index of creation. */

import * as ir from '../../ir/builder.js';
import type { Buffer } from '../../ir/program.js';
import { code } from '../../ir/template.js';
import { referenceOf } from '../../lang/reference.js';
import { arrayOf } from '../../model/arrays.js';
import type { SelectionRule } from '../../model/typed.js';
import type { Context } from '../context/context.js';
import { unitOfVariable } from '../context/groups.js';
import { overPositions } from '../plan/positions.js';
import type { BuiltProjection } from '../plan/synapse-scope.js';
import type { Indices } from '../scopes/selections.js';

/** Returns the SI unit of a recordable variable of synapses, as text; `1` for dimensionless variables. */
export function unitOfSynapse({ equations, pre, post }: BuiltProjection['plan'], name: string): string {
  const definition = equations.parameters.get(name) ?? equations.state.get(name) ?? equations.derived.get(name);
  if (definition) return definition.unit;
  const reference = referenceOf(name);
  const group = reference.kind === 'end' ? { pre, post }[reference.end].group : null;
  if (group) return unitOfVariable(group, reference.variable);
  return ['t', 'dt', 'lastupdate'].includes(name) ? 's' : '1';
}

/** The synapses that a selection names; null for all of a number that is drawn. */
export function creationIndices(
  selection: Extract<SelectionRule, { projection: string }>,
  known: number | null,
  context: Context,
): Indices | null {
  if (selection.indices !== undefined) return Uint32Array.from(arrayOf(selection.indices, context.data));
  if (selection.slice) {
    const [from, until, by] = selection.slice;
    return Uint32Array.from({ length: Math.max(0, Math.ceil((until - from) / by)) }, (_, k) => from + k * by);
  }
  return known === null ? null : { begin: 0, end: known };
}

/** Storage position and source of each recorded synapse, found once after building. */
export function synapsePlaces(
  name: string,
  indices: Indices,
  count: number,
  built: BuiltProjection,
  context: Context,
): { readonly positions: Buffer; readonly sources: Buffer } {
  const { builder } = context;
  const { plan, connectivity } = built;
  const positions = builder.buffer(`${name}.places`, 'u32', count, `position of each recorded synapse of ${plan.name}`);
  const sources = builder.buffer(`${name}.sources`, 'u32', count, `source of each recorded synapse of ${plan.name}`);
  const { creation, rows } = connectivity;
  const positionBuffer = builder.buffer(
    `${name}.found`,
    'u32',
    1,
    `how many of the recorded synapses of ${plan.name} there are`,
  );
  const firstIndex = indices instanceof Uint32Array ? 0 : indices.begin;
  const wanted =
    indices instanceof Uint32Array
      ? builder.buffer(`${name}.wanted`, 'u32', count, `creation index of each recorded synapse of ${plan.name}`, {
          role: 'constant',
          initial: indices,
        })
      : null;
  const stored = { name: plan.name, count: connectivity.count, rows, sources: plan.pre.size };
  builder.initially(
    overPositions(`${name}.find`, 'finds the recorded synapses', stored, context, (position, row, block) => {
      const created = creation ? ir.load(creation, position) : position;
      const k = block.local('k', 'u32');
      const note = [
        ir.store(positions, ir.get(k), position),
        ir.store(sources, ir.get(k), row),
        ir.accumulate(positionBuffer, ir.u32(0), ir.u32(1)),
      ];
      if (wanted)
        block.emit(ir.loop(k, ir.u32(0), ir.u32(count), [ir.when(code`${wanted}[${k}] == ${created}`, note)]));
      // For a range, the place in the row follows from the index.
      else
        block.write`
          ${k} = ${created} - ${firstIndex}u
          if ${k} < ${count}u {
            ${note}
          }`;
    }),
  );
  const missing = builder.faultBit(
    `a recorded synapse of projection ${plan.name} does not exist`,
    `/projections/${plan.name}`,
  );
  builder.initially(
    builder.sequential(`${name}.check`, 'whether all recorded synapses exist', [
      ir.fault(missing, code`${positionBuffer}[0u] != ${count}u`),
    ]),
  );
  return { positions, sources };
}
