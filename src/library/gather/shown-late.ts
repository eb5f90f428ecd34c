/** Variables that regimes advance, which others see as they were before the step: LEMS shows a part before its regimes. */

import { name as named } from '../../lang/build.js';
import { second } from '../../lang/dimension.js';
import { parseStatements } from '../../lang/parse.js';
import { inSI } from '../../lang/print.js';
import { namesIn, writtenBy } from '../../lang/walk.js';
import { ownNames } from '../../model/declared-names.js';
import { freeName } from '../../model/free-name.js';
import type { Model, NeuronType, Projection, SynapseType } from '../../model/model.js';
import { populationsOf } from '../../model/selected.js';
import { treesIn, withParts } from '../readable/texts.js';

/** Variables of a type that its regimes change. */
export function changedByRegimes({ regimes }: NeuronType): ReadonlySet<string> {
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

/** The model with variables that keep what others see of variables that regimes change. */
export function withShownValues(model: Model): Model {
  const neurons: Record<string, NeuronType> = { ...model.neurons };
  const synapses: Record<string, SynapseType> = { ...model.synapses };
  const kept = new Map<string, string>();
  const keeping = (type: string, variable: string): string => {
    const key = `${type}.${variable}`;
    const known = kept.get(key);
    const cell = neurons[type];
    if (known !== undefined || cell === undefined) return known ?? variable;
    const taken = ownNames(cell);
    const name = freeName(`${variable}_before`, (one) => taken.has(one));
    kept.set(key, name);
    const { unit = '1' } = cell.state[variable] ?? {};
    // By a number: Brian's NumPy code for `/dt` takes a variable that refractoriness holds as it is after the step.
    const step = inSI(model.experiment.dt, second, (one) => taken.has(one));
    neurons[type] = {
      ...cell,
      state: { ...cell.state, [name]: { unit, type: 'real', initial: variable, shared: false } },
      derivatives: { ...cell.derivatives, [name]: { rate: `(${variable} - ${name})/(${step})`, eventDriven: false } },
    };
    return name;
  };
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
          if (name.startsWith(`${side}.`) && cells.length === 1) put.set(name, `${side}.${keeping(cell, variable)}`);
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
  return { ...model, neurons, synapses, projections };
}
