/** Types of synapses without derived variables that are other names for something. */

import type { Expression } from '../../lang/ast.js';
import { substitute } from '../../lang/walk.js';
import { withExpressions, type SynapseType } from '../../model/typed.js';
import { readsIn } from '../gather/texts.js';

/**
 * Returns a type with second names replaced by their values: a variable of the synapse or of an end, or a number.
 *
 * @param isSeen  whether a name is known outside the type
 */
export function withoutAliases(type: SynapseType, isSeen: (name: string) => boolean): SynapseType {
  const given = readsIn([type.contributes, type.summed]);
  const found = Object.entries(type.derived).flatMap(
    ([name, { value: e, held, shared, unit }]): readonly [string, Expression][] => {
      if (held || shared || isSeen(name) || given.has(name)) return [];
      return e.kind === 'name' || (e.kind === 'number' && unit === '1') ? [[name, e]] : [];
    },
  );
  // Second names of second names are replaced later.
  const names = new Set(found.map(([name]) => name));
  const put = new Map(found.filter(([, e]) => e.kind !== 'name' || !names.has(e.name)));
  if (put.size === 0) return type;
  const derived = Object.fromEntries(Object.entries(type.derived).filter(([name]) => !put.has(name)));
  return withoutAliases(
    withExpressions({ ...type, derived }, (e) => substitute(e, put)),
    isSeen,
  );
}
