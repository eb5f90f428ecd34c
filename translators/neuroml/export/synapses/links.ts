/** Parameters that are variables of other populations, as sums over one synapse for each cell. */

import { numbersOf } from '../../../../src/model/arrays.js';
import { freeName } from '../../../../src/model/free-name.js';
import type { Link, Model, NeuronType, Population, Projection, SynapseType } from '../../../../src/model/model.js';
import { isGiven } from '../../../../src/model/tagged.js';
import { hasCompartments, type ExportContext } from '../context.js';
import { noEquations } from '../values.js';

type Linking = Pick<ExportContext, 'model' | 'data'>;

/**
 * Returns the model with links replaced by synapses that add a variable of their source, since LEMS has tunnels for
 * them. Links that are not known before a run stay, and are reported when the cells are written.
 */
export function withLinksAsSums({ model, data }: Linking): Model {
  const linking = Object.entries(model.populations).filter(([, { linked }]) => Object.keys(linked ?? {}).length > 0);
  if (linking.length === 0 || hasCompartments(model)) return model;
  const neurons: Record<string, NeuronType> = { ...model.neurons };
  const populations: Record<string, Population> = { ...model.populations };
  const synapses: Record<string, SynapseType> = { ...model.synapses };
  const projections: Record<string, Projection> = { ...model.projections };
  for (const [name, population] of linking) {
    const links = Object.entries(population.linked ?? {});
    const kept = links.filter(([, link]) => elementsOf(link, population, { model, data }) === undefined);
    if (kept.length === links.length) continue;
    populations[name] = {
      ...population,
      ...ownType(name, population, neurons, model),
      linked: Object.fromEntries(kept),
    };
    for (const [parameter, link] of links) {
      const sources = elementsOf(link, population, { model, data });
      if (!sources) continue;
      const key = freeName(`${name}_${parameter}`, (one) =>
        [synapses, projections, populations].some((map) => Object.hasOwn(map, one)),
      );
      synapses[key] = {
        ...noEquations,
        pathways: {},
        contributes: {},
        summed: { [`post.${parameter}`]: `pre.${link.variable}` },
        ports: {},
      };
      projections[key] = {
        from: { of: { population: link.population } },
        to: { of: { population: name } },
        synapse: key,
        connect: [{ rule: 'list', sources, targets: sources.map((_, k) => k) }],
        receptors: {},
        values: {},
        delays: {},
        order: Object.keys(projections).length,
      };
    }
  }
  return { ...model, neurons, populations, synapses, projections };
}

/** Returns the element of the other population for each cell, or undefined if it or its variable is not known. */
function elementsOf(
  { population, variable, index, places, section }: Link,
  { size }: Population,
  { model, data }: Linking,
): readonly number[] | undefined {
  const source = model.populations[population];
  const type = model.neurons[source?.type ?? ''];
  if (!source || !type || places || section !== undefined) return undefined;
  if (![type.state, type.derived].some((map) => Object.hasOwn(map, variable))) return undefined;
  const each = (of: (k: number) => number): readonly number[] => Array.from({ length: size }, (_, k) => of(k));
  if (index === undefined) return each((k) => (source.size === 1 ? 0 : k));
  if (typeof index === 'number') return each(() => index);
  if (!isGiven(index) || index.columns !== undefined) return undefined;
  const numbers = numbersOf(index.array, data);
  return each((k) => numbers[k] ?? 0);
}

/** Returns a separate type for cells that share a type with unlinked cells. */
function ownType(
  name: string,
  { type = '', linked }: Population,
  neurons: Record<string, NeuronType>,
  { populations }: Model,
): Pick<Population, 'type'> {
  const names = (one: Pick<Population, 'linked'>): string =>
    Object.keys(one.linked ?? {})
      .sort()
      .join();
  const known = neurons[type];
  const alike = Object.values(populations).every(
    (one) => one.type !== type || names(one) === names({ ...(linked ? { linked } : {}) }),
  );
  if (alike || !known) return { type };
  const own = freeName(`${type}_of_${name}`, (one) => Object.hasOwn(neurons, one));
  neurons[own] = known;
  return { type: own };
}
