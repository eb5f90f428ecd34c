/** What the network, and code that runs at regular times, ask of the types of cells. */

import { parseExpression, parseStatements } from '../../../src/lang/parse.js';
import { namesIn } from '../../../src/lang/walk.js';
import type { Model, NeuronType, Operation, SelectionRule } from '../../../src/model/model.js';
import { elementsOf, populationOf, type ExportContext } from './context.js';

/** What equations and code read and write beside the variables of a type. */
export interface Uses {
  /** `i`, `N` and `lastspike`, where something reads them. */
  readonly places: ReadonlySet<string>;
  /** Operations by the name of the parameter that says which cells they are for. */
  readonly operations: ReadonlyMap<string, Operation>;
  /** Parameters that code changes. */
  readonly written: ReadonlySet<string>;
}

/** What is read and written of a neuron type. */
export function usesOf(id: string, { model }: Pick<ExportContext, 'model'>): Uses {
  const type = model.neurons[id];
  if (!type) return { places: new Set(), operations: new Map(), written: new Set() };
  const operations = new Map(
    Object.entries(model.operations)
      .filter(([, { on }]) => model.populations[populationOf(on) ?? '']?.type === id)
      .sort(([, a], [, b]) => a.order - b.order)
      .map(([name, operation]) => [`operation_${name}`, operation] as const),
  );
  const statements = [
    ...Object.values(type.events).flatMap(({ do: actions }) => actions),
    ...[...operations.values()].flatMap(({ do: actions }) => actions),
    ...Object.values(type.regimes).flatMap(({ onEntry, transitions }) => [
      ...onEntry,
      ...transitions.flatMap(({ do: actions }) => actions),
    ]),
  ].flatMap(parseStatements);
  const read = new Set([
    ...expressionsOf(type).flatMap((text) => [...namesIn(parseExpression(text))]),
    ...statements.flatMap(({ value }) => [...namesIn(value)]),
  ]);
  const written = statements.flatMap((one) =>
    one.kind === 'assignment' && Object.hasOwn(type.parameters, one.target) ? [one.target] : [],
  );
  return {
    places: new Set(['i', 'N', 'lastspike'].filter((name) => read.has(name) && !declares(type, name))),
    operations,
    written: new Set(written),
  };
}

const declares = ({ parameters, state, derived, inputs }: NeuronType, name: string): boolean =>
  [parameters, state, derived, inputs].some((map) => Object.hasOwn(map, name));

function expressionsOf(type: NeuronType): readonly string[] {
  return [
    ...Object.values(type.derived).map(({ value }) => value),
    ...Object.values(type.derivatives).map(({ rate }) => rate),
    ...Object.values(type.events).flatMap(({ when, refractory }) => [when, refractory?.for ?? '0', refractory?.while ?? '0']),
    ...Object.values(type.regimes).flatMap(({ derivatives, transitions }) => [
      ...Object.values(derivatives).map(({ rate }) => rate),
      ...transitions.map(({ when }) => when),
    ]),
  ];
}

/** 1 for each element of a population that a selection names, else 0; one number where all are alike. */
export function flags(on: SelectionRule, population: string, size: number, context: ExportContext): number | readonly number[] {
  if (populationOf(on) !== population) return 0;
  const elements = elementsOf(on, context);
  if (typeof elements === 'string' || elements.length === size) return 1;
  const chosen = new Set(elements);
  return Array.from({ length: size }, (_, k) => (chosen.has(k) ? 1 : 0));
}

/** Events of cells of a type that synapses on them react to. */
export function countedEvents(id: string, { projections, populations, synapses }: Model): ReadonlySet<string> {
  const events = Object.values(projections).flatMap(({ to, synapse }) => {
    if (populations[populationOf(to.of) ?? '']?.type !== id) return [];
    return Object.values(synapses[synapse]?.pathways ?? {}).flatMap(({ on }) => (on.startsWith('post.') ? [on.slice('post.'.length)] : []));
  });
  return new Set(events);
}
