/** How the network, and code that runs at regular times, use the types of cells. */

import { populationOf } from '../../../src/model/selected.js';
import { namesIn, writtenBy } from '../../../src/lang/walk.js';
import { child } from '../../../src/model/pointer.js';
import {
  expressionsIn,
  statementsIn,
  type Model,
  type NeuronType,
  type Operation,
  type Population,
  type SelectionRule,
} from '../../../src/model/typed.js';
import { elementsOf, type Change, type ExportContext, type RewritingContext } from './context.js';
import type { DrawnStart } from './drawn-starts.js';
import { jumpsOf } from './synapses/effects.js';
import type { Numbers } from '../../../src/library/element-values.js';

/** Effects of the network on cells of a type. */
export interface Usage {
  /** State variables that synapses add to at events. */
  readonly jumps: ReadonlySet<string>;
  /** Parameters that are sums over synapses. */
  readonly sums: ReadonlySet<string>;
  /** Parameters and state variables with values that differ within a population. */
  readonly varying: ReadonlySet<string>;
  /** State variables with a first value that is not zero somewhere. */
  readonly started: ReadonlySet<string>;
  /** State variables whose first values cells draw. */
  readonly drawn: ReadonlyMap<string, DrawnStart>;
  /** Parameters that code changes during the run. */
  readonly written: ReadonlySet<string>;
  /** `i`, `N` and `lastspike`, if they are read. */
  readonly places: ReadonlySet<string>;
  /** Events that synapses of the cell react to, which it counts. */
  readonly counted: ReadonlySet<string>;
  /** Code that runs at regular times, by the name of the parameter that flags its cells. */
  readonly operations: ReadonlyMap<string, TimedOperation>;
  /** Names of operations that need no parameter, because the code is for all cells. */
  readonly forAll: ReadonlySet<string>;
}

/** Code that runs at regular times, or once. */
export type TimedOperation = Operation & { readonly id: string; readonly once?: Change };

/** Returns the variable that counts events of a cell. */
export const countOf = (event: string): string => `${event} count`;
/** The variable with the time at which a cell fired last. */
export const lastSpike = 'time of the last spike';

/**
 * Returns the usage of the network on a neuron type.
 *
 * @param populations of the type that are written as cells
 * @param values numbers of their parameters and variables, by population
 * @param drawn state variables whose first values cells draw
 */
export function usageOf(
  id: string,
  populations: readonly (readonly [string, Population])[],
  values: ReadonlyMap<string, ReadonlyMap<string, Numbers>>,
  drawn: ReadonlyMap<string, DrawnStart>,
  context: ExportContext,
): Usage {
  const { model, report } = context;
  const { jumps, sums } = effectsOn(id, model);
  const [varying, started] = [new Set<string>(), new Set<string>(drawn.keys())];
  for (const [name, population] of populations) {
    for (const [key, numbers] of values.get(name) ?? []) {
      if (typeof numbers !== 'number') varying.add(key);
      if (Object.hasOwn(model.neurons[id]?.state ?? {}, key) && numbers !== 0) started.add(key);
    }
    if (Object.keys(population.linked ?? {}).length > 0)
      report.missing(
        child(child('/populations', name), 'linked'),
        'parameters linked to variables of another population',
      );
  }
  const { places, operations, written } = usesOf(id, context);
  const forAll = new Set<string>();
  if (places.has('i')) varying.add('i');
  for (const name of [...written, ...operations.keys()]) {
    const differs = populations.some(([population]) => typeof values.get(population)?.get(name) !== 'number');
    if (operations.has(name) && differs) varying.add(name);
    if (operations.has(name) && populations.every(([population]) => values.get(population)?.get(name) === 1))
      forAll.add(name);
    if (written.has(name)) started.add(name);
  }
  return {
    jumps,
    sums,
    varying,
    started,
    drawn,
    places,
    operations,
    forAll,
    written,
    counted: countedEvents(id, model),
  };
}

/** Returns the variables of a type that synapses and stimuli add to: at events, and in each step. */
function effectsOn(
  id: string,
  { projections, populations, synapses, stimuli, neurons }: Model,
): Pick<Usage, 'jumps' | 'sums'> {
  const [jumps, sums] = [new Set<string>(), new Set<string>()];
  for (const projection of Object.values(projections)) {
    const to = populationOf(projection.to.of);
    const type = synapses[projection.synapse];
    if (to === undefined || populations[to]?.type !== id || !type) continue;
    for (const variable of jumpsOf(projection, type)) if (neurons[id]?.state[variable]) jumps.add(variable);
    for (const { to: sum } of type.summed) if (sum.kind === 'end' && sum.end === 'post') sums.add(sum.variable);
  }
  for (const stimulus of Object.values(stimuli)) {
    const to = populationOf(stimulus.to);
    if (stimulus.kind === 'poisson' && populations[to ?? '']?.type === id && neurons[id]?.state[stimulus.variable])
      jumps.add(stimulus.variable);
  }
  return { jumps, sums };
}

/** Names that equations and code read and write besides the variables of a type. */
interface Uses {
  /** `i`, `N` and `lastspike`, if they are read. */
  readonly places: ReadonlySet<string>;
  /** Operations by the name of the parameter that flags their cells. */
  readonly operations: ReadonlyMap<string, TimedOperation>;
  /** Parameters that code changes. */
  readonly written: ReadonlySet<string>;
}

/** Returns the names of a neuron type that are read and written. */
export function usesOf(id: string, { model, changes }: Pick<RewritingContext, 'model' | 'changes'>): Uses {
  const type = model.neurons[id];
  if (!type) return { places: new Set(), operations: new Map(), written: new Set() };
  const operations = new Map<string, TimedOperation>(
    Object.entries(model.operations)
      .filter(([, { on, times }]) => times === undefined && model.populations[populationOf(on) ?? '']?.type === id)
      .sort(([, a], [, b]) => a.order - b.order)
      .map(([name, operation]) => {
        const once = changes.get(name);
        const own = { ...operation, id: name };
        return once ? ([name, { ...own, once }] as const) : ([`operation_${name}`, own] as const);
      }),
  );
  const timed = [...operations.values()].map(({ do: actions, once }) => [actions, once?.where]);
  const currents = Object.values(model.stimuli).flatMap((stimulus) =>
    stimulus.kind === 'current' && model.populations[populationOf(stimulus.to) ?? '']?.type === id
      ? [stimulus.value]
      : [],
  );
  const { derived, derivatives, events, regimes } = type;
  const read = new Set(
    expressionsIn([timed, currents, derived, derivatives, events, regimes]).flatMap((e) => [...namesIn(e)]),
  );
  const written = [...writtenBy(statementsIn([timed, events, regimes]))];
  return {
    places: new Set(['i', 'N', 'lastspike'].filter((name) => read.has(name) && !declares(type, name))),
    operations,
    written: new Set(written.filter((name) => Object.hasOwn(type.parameters, name))),
  };
}

const declares = ({ parameters, state, derived, inputs }: NeuronType, name: string): boolean =>
  [parameters, state, derived, inputs].some((map) => Object.hasOwn(map, name));

/** Returns 1 for each element of a population that a selection names, else 0. Returns one number if all are equal. */
export function flags(
  on: SelectionRule,
  population: string,
  size: number,
  context: RewritingContext,
): number | readonly number[] {
  if (populationOf(on) !== population) return 0;
  const elements = elementsOf(on, context);
  if (typeof elements === 'string' || elements.length === size) return 1;
  const chosen = new Set(elements);
  return Array.from({ length: size }, (_, k) => (chosen.has(k) ? 1 : 0));
}

/** Events of cells of a type that synapses on them react to. */
function countedEvents(id: string, { projections, populations, synapses }: Model): ReadonlySet<string> {
  const events = Object.values(projections).flatMap(({ to, synapse }) => {
    if (populations[populationOf(to.of) ?? '']?.type !== id) return [];
    return Object.values(synapses[synapse]?.pathways ?? {}).flatMap(({ on }) => (on.end === 'post' ? [on.event] : []));
  });
  return new Set(events);
}
