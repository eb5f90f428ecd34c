/** Variables that regimes advance, which others see as they were before the step: LEMS shows a part before its regimes. */

import { name as named } from '../../lang/build.js';
import { parseStatements } from '../../lang/parse.js';
import { namesIn, writtenBy } from '../../lang/walk.js';
import { freeName } from '../../model/free-name.js';
import { mapped } from '../../model/collections.js';
import type { Model, NeuronType, Population, Projection, SynapseType } from '../../model/model.js';
import { populationsOf } from '../../model/selected.js';
import { KeptValues } from './kept-values.js';
import { treesIn, withParts } from '../readable/texts.js';

type Link = NonNullable<Population['linked']>[string];

/** Variables of a type that its regimes change. */
export function changedByRegimes({ regimes }: Pick<NeuronType, 'regimes'>): ReadonlySet<string> {
  return new Set(
    Object.values(regimes).flatMap(({ derivatives, onEntry, transitions }) => [
      ...Object.keys(derivatives),
      ...writtenBy([...onEntry, ...transitions.flatMap((one) => one.do)].flatMap((text) => parseStatements(text))),
    ]),
  );
}

/** Variables of the cells at both ends that synapses of a projection read and regimes change, as `post.v`. */
export function seenLate(
  { neurons, populations, synapses }: Pick<Model, 'neurons' | 'populations' | 'synapses'>,
  { synapse, from, to }: Projection,
): readonly string[] {
  const type = synapses[synapse];
  const read = new Set(treesIn(type).flatMap((e) => [...namesIn(e)]));
  const ends = [
    ['pre', from],
    ['post', to],
  ] as const;
  return ends.flatMap(([side, { of }]) =>
    populationsOf(of).flatMap((name) => {
      const cell = neurons[populations[name]?.type ?? ''];
      return cell === undefined
        ? []
        : [...changedByRegimes(cell)].map((one) => `${side}.${one}`).filter((one) => read.has(one));
    }),
  );
}

/** Variables of other cells that a population is linked to and regimes change, by the parameters that stand for them. */
export function linkedLate(
  { neurons, populations }: Pick<Model, 'neurons' | 'populations'>,
  { linked = {} }: Population,
): readonly (readonly [parameter: string, link: Link])[] {
  return Object.entries(linked).filter(([, { population, variable }]) => {
    const cell = neurons[populations[population]?.type ?? ''];
    return cell !== undefined && changedByRegimes(cell).has(variable);
  });
}

/** The model with variables that keep what others see of variables that regimes change. */
export function withShownValues(model: Model): Model {
  const values = new KeptValues(model.neurons, model.experiment.dt);
  const synapses: Record<string, SynapseType> = { ...model.synapses };
  const projections = Object.fromEntries(
    Object.entries(model.projections).map(([key, projection]) => {
      const late = new Set(seenLate(model, projection));
      const type = synapses[projection.synapse];
      if (late.size === 0 || type === undefined) return [key, projection];
      const put = new Map<string, string>();
      for (const [side, { of }] of [
        ['pre', projection.from],
        ['post', projection.to],
      ] as const) {
        const cells = [...new Set(populationsOf(of).map((name) => model.populations[name]?.type ?? ''))];
        const [cell = ''] = cells;
        for (const name of late) {
          const variable = name.slice(side.length + 1);
          const kept = name.startsWith(`${side}.`) && cells.length === 1 ? values.of(cell, variable) : undefined;
          if (kept !== undefined) put.set(name, `${side}.${kept}`);
        }
      }
      if (put.size < late.size) return [key, projection];
      const changed = withParts(type, (e) => (e.kind === 'name' && put.has(e.name) ? named(put.get(e.name) ?? '') : e));
      const text = JSON.stringify(changed);
      const same = Object.entries(synapses).find(([, one]) => JSON.stringify(one) === text)?.[0];
      const synapse = same ?? freeName(projection.synapse, (one) => Object.hasOwn(synapses, one));
      synapses[synapse] = changed;
      return [key, { ...projection, synapse }];
    }),
  );
  const populations = mapped(model.populations, (population) => {
    const links = linkedLate(model, population).flatMap(([parameter, link]) => {
      const variable = values.of(model.populations[link.population]?.type ?? '', link.variable);
      return variable === undefined ? [] : [[parameter, { ...link, variable }] as const];
    });
    return links.length === 0
      ? population
      : { ...population, linked: { ...population.linked, ...Object.fromEntries(links) } };
  });
  return { ...model, neurons: values.neurons, synapses, projections, populations };
}
