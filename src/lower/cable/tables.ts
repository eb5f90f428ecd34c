/** Pass before others: derived variables that are interpolated in a table of the potential, as in NEURON. */

import type { Expression } from '../../lang/ast.js';
import { call, difference, integer, name as nameOf, number, product, sum } from '../../lang/build.js';
import { readsAny, substitute } from '../../lang/walk.js';
import { UniqueNames } from '../../model/free-name.js';
import type { DerivedVariable, Mechanism, Model, NeuronType } from '../../model/typed.js';
import type { LoweringDiagnostics } from '../context/context.js';
import * as messages from '../context/messages.js';

type Table = NonNullable<DerivedVariable['table']>;

type Equations = Pick<NeuronType, 'parameters' | 'state' | 'derived'> & Partial<Pick<Mechanism, 'reads'>>;

/**
 * Returns a model whose tables are equations: of the formulas at the two potentials of a table next to the actual one.
 *
 * @diagnostic lower/unsupported-feature
 */
export function withTables(model: Model, diagnostics: LoweringDiagnostics): Model {
  const neurons = Object.entries(model.neurons).map(([name, type]) => [name, withTablesOf(type)] as const);
  for (const [name, type] of Object.entries(model.synapses))
    if (hasTable(type)) diagnostics.add(messages.unsupportedFeature(`a table in the synapse ${name}`));
  return neurons.some(([name, type]) => type !== model.neurons[name])
    ? { ...model, neurons: Object.fromEntries(neurons) }
    : model;
}

function withTablesOf(type: NeuronType): NeuronType {
  const own = hasTable(type) ? interpolated(type) : type;
  const mechanisms = Object.entries(type.compartments?.mechanisms ?? {});
  if (!type.compartments || !mechanisms.some(([, one]) => hasTable(one))) return own;
  const others = mechanisms.map(([name, one]) => [name, hasTable(one) ? interpolated(one) : one] as const);
  return { ...own, compartments: { ...type.compartments, mechanisms: Object.fromEntries(others) } };
}

const hasTable = ({ derived }: Pick<Equations, 'derived'>): boolean =>
  Object.values(derived).some(({ table }) => table !== undefined);

/** Interpolates the tables of a type. Each of their formulas is computed at two potentials. */
function interpolated<T extends Equations>(type: T): T {
  const { parameters, state, reads = [] } = type;
  const derived: Record<string, DerivedVariable> = { ...type.derived };
  const names = new UniqueNames([...Object.keys({ ...parameters, ...state, ...derived }), ...reads]);
  const define = (wanted: string, like: Pick<DerivedVariable, 'unit' | 'type'>, value: Expression): Expression => {
    const name = names.take(wanted);
    derived[name] = { unit: like.unit, type: like.type, value, shared: false, held: false };
    return nameOf(name);
  };
  const following = followingPotential(type);
  const grids = new Map<string, ReturnType<typeof gridOf>>();
  for (const [name, one] of Object.entries(type.derived)) {
    const { table } = one;
    if (!table || !following.has(name)) continue;
    const key = `${table.from} ${table.to} ${table.intervals}`;
    const grid = grids.get(key) ?? gridOf(table, define);
    grids.set(key, grid);
    const [low, high] = grid.ends.map(({ suffix, at, known }) => {
      const formula = (own: string): Expression => {
        const before = known.get(own);
        if (before) return before;
        const { value } = type.derived[own]!;
        const others = [...following].filter((other) => other !== own && readsAny(value, new Set([other])));
        const inner = new Map([['v', at], ...others.map((other) => [other, formula(other)] as const)]);
        const found = define(`${own}_${suffix}`, type.derived[own]!, substitute(value, inner));
        known.set(own, found);
        return found;
      };
      return formula(name);
    });
    const { table: _, ...rest } = one;
    derived[name] = { ...rest, value: sum(low!, product(grid.share, difference(high!, low!))) };
  }
  return { ...type, derived };
}

/** Returns the derived variables that depend on the potential. */
function followingPotential({ derived }: Equations): ReadonlySet<string> {
  const following = new Set(['v']);
  for (let before = 0; before < following.size;) {
    before = following.size;
    for (const [name, { value }] of Object.entries(derived)) if (readsAny(value, following)) following.add(name);
  }
  following.delete('v');
  return following;
}

/** Defines the potentials of a table next to the actual one, and the share of the way between them. */
function gridOf(
  { from, to, intervals }: Table,
  define: (wanted: string, like: Pick<DerivedVariable, 'unit' | 'type'>, value: Expression) => Expression,
): {
  readonly share: Expression;
  readonly ends: readonly { suffix: string; at: Expression; known: Map<string, Expression> }[];
} {
  const step = (to - from) / intervals;
  const pure = { unit: '1', type: 'real' } as const;
  const volts = { unit: 'V', type: 'real' } as const;
  const steps = product(difference(nameOf('v'), number(from)), number(1 / step));
  const place = define('place', pure, call('clip', [steps, integer(0), number(intervals)]));
  const index = define('row', pure, call('min', [call('floor', [place]), number(intervals - 1)]));
  const at = (k: Expression): Expression => sum(number(from), product(number(step), k));
  return {
    share: define('share', pure, difference(place, index)),
    ends: [
      { suffix: 'low', at: define('v_low', volts, at(index)), known: new Map() },
      { suffix: 'high', at: define('v_high', volts, at(sum(index, integer(1)))), known: new Map() },
    ],
  };
}
