/** Operations on cells with compartments: they run on every compartment, with its potential as their `v`. */

import type { SelectionRule, Operation } from '../../model/typed.js';
import type { Statement } from '../../lang/ast.js';
import { expressionsOf, namesIn, writtenBy } from '../../lang/walk.js';
import { ownersOf } from '../../model/typed.js';
import type { Kind, StructuredCells } from './structured-cells.js';

/**
 * Rewrites an operation on cells to run on their compartments. Operations on point neurons stay unchanged. @diagnostic
 * lower/unsupported-feature
 */
export function operationOnCompartments(name: string, operation: Operation, cells: StructuredCells): Operation {
  const kinds = ownersOf(operation.on).flatMap((owner) => cells.kindOf(owner) ?? []);
  if (kinds.length === 0) return operation;
  for (const kind of new Set(kinds)) {
    const why = refusalOf(operation.do, kind, cells);
    if (why !== null) {
      cells.refuse(
        `the operation ${name} on cells with compartments, which ${why},`,
        'they read and write v, which is that of each compartment, and read parameters of the cell',
      );
      return operation;
    }
  }
  return { ...operation, on: everyCompartment(operation.on, cells) };
}

/** Why code cannot run on every compartment of cells; null if it can. */
function refusalOf(code: readonly Statement[], { name, type }: Kind, cells: StructuredCells): string | null {
  if ((cells.classes.get(name) ?? []).some(({ made }) => made.names.voltage !== 'v')) return 'have another v';
  const ions = Object.keys(type.compartments?.ions ?? {});
  const here = new Set([
    ...Object.keys(type.inputs),
    ...['lastspike', 'not_refractory'],
    ...ions.flatMap((ion) => [`${ion}_i`, `${ion}_o`, `e_${ion}`, `i_${ion}`]),
  ]);
  const read = code.flatMap(expressionsOf).flatMap((e) => [...namesIn(e)]);
  const [other] = [...read, ...writtenBy(code)].filter((candidate) => here.has(candidate));
  return other === undefined ? null : `uses ${other}`;
}

/** All compartments of selected cells. */
function everyCompartment(rule: SelectionRule, cells: StructuredCells): SelectionRule {
  if (rule.kind === 'assembly')
    return { kind: 'assembly', assembly: rule.assembly.flatMap((member) => partsOf(everyCompartment(member, cells))) };
  const [owner = ''] = ownersOf(rule);
  const kind = rule.kind === 'synapses' ? undefined : cells.kindOf(owner);
  if (!kind) return rule;
  const size = cells.model.populations[owner]?.size ?? 0;
  const { indices } = cells.elementsOf(rule);
  const isWhole = rule.kind === 'slice' && rule.slice === undefined;
  const parts = (cells.classes.get(kind.name) ?? []).map((cellClass): SelectionRule => {
    const population = cells.member(owner, cellClass);
    if (isWhole) return { kind: 'slice', population };
    const elements = cellClass.compartments.flatMap((_, ordinal) =>
      Array.from(indices, (cell) => ordinal * size + cell),
    );
    return { kind: 'indices', population, indices: cells.data.keep(Uint32Array.from(elements)) };
  });
  const [only] = parts;
  return parts.length === 1 && only ? only : { kind: 'assembly', assembly: parts };
}

const partsOf = (rule: SelectionRule): readonly SelectionRule[] => (rule.kind === 'assembly' ? rule.assembly : [rule]);
