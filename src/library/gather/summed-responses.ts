/** Responses that each synapse keeps, as receptors of the cells that they reach. */

import { ownNames } from '../../model/declared-names.js';
import { freeName } from '../../model/free-name.js';
import type { SynapseType } from '../../model/model.js';
import { child } from '../../model/pointer.js';
import { populationsOf } from '../../model/selected.js';
import type { Gathering } from './gathering.js';
import { Receptors, withReceptors, type Receptor } from './receptors.js';

/** Gives cells the receptors that add up the responses of their synapses. */
export function asReceptors(gathering: Gathering): void {
  const taken = Object.values(gathering.neurons).flatMap((type) => [...ownNames(type)]);
  const receptors = new Receptors(taken, gathering.valid.data);
  const ofPopulation = new Map<string, Map<string, Receptor>>();
  for (const [name, projection] of Object.entries(gathering.projections)) {
    const type = gathering.synapses[projection.synapse];
    const targets = populationsOf(projection.to.of);
    if (type === undefined || Object.keys(type.contributes).length === 0 || targets.length === 0) continue;
    const found = receptors.of(type, projection);
    if (typeof found === 'string') continue;
    const shown = [...(gathering.recorded.get(name) ?? [])];
    const { variables } = found.receptor;
    // A response of its own for each synapse can be recorded; the sum over a cell's synapses has two variables or one.
    if (gathering.stage === 'brian' && shown.some((one) => variables.size > 1 || !variables.has(one))) continue;
    const { receptor, synapse, moved } = found;
    if ([...moved, ...variables.keys()].some((one) => gathering.changed.has(`${name}.${one}`))) continue;
    for (const target of targets) {
      const own = ofPopulation.get(target) ?? new Map<string, Receptor>();
      ofPopulation.set(target, own.set(receptor.key, receptor));
    }
    const synapseName = synapseTypeOf(gathering, projection.synapse, synapse);
    gathering.projections[name] = {
      ...projection,
      synapse: synapseName,
      values: Object.fromEntries(
        Object.entries(projection.values).filter(([key]) => !moved.has(key) || synapse.parameters[key] !== undefined),
      ),
    };
    gathering.sums.set(name, receptor.variables);
    gathering.report.exact(
      child('/projections', name),
      'responses of its synapses add up in the target',
      `${gathering.stage}/receptor`,
    );
  }
  const variants = new Map<string, string>();
  for (const [name, population] of Object.entries(gathering.populations)) {
    const own = [...(ofPopulation.get(name)?.values() ?? [])];
    const type = gathering.neurons[population.type ?? ''];
    if (type === undefined || own.length === 0 || population.type === undefined) continue;
    const key = JSON.stringify([population.type, own.map((one) => one.key).sort()]);
    const known = variants.get(key);
    if (known !== undefined) {
      gathering.populations[name] = { ...population, type: known };
      continue;
    }
    const label = freeName(population.type, (one) => one !== population.type && Object.hasOwn(gathering.neurons, one));
    const alone = Object.entries(gathering.populations).every(
      ([other, { type: one }]) => one !== population.type || sameKeys(ofPopulation.get(other), ofPopulation.get(name)),
    );
    const typeName = alone ? label : freeName(population.type, (one) => Object.hasOwn(gathering.neurons, one));
    gathering.neurons[typeName] = withReceptors(type, own);
    variants.set(key, typeName);
    gathering.populations[name] = { ...population, type: typeName };
  }
}

function synapseTypeOf(gathering: Gathering, wanted: string, type: SynapseType): string {
  const text = JSON.stringify(type);
  const same = Object.entries(gathering.synapses).find(([, one]) => JSON.stringify(one) === text);
  if (same !== undefined) return same[0];
  const name = freeName(wanted, (one) => Object.hasOwn(gathering.synapses, one));
  gathering.synapses[name] = type;
  return name;
}

const sameKeys = (a: ReadonlyMap<string, unknown> | undefined, b: ReadonlyMap<string, unknown> | undefined): boolean =>
  JSON.stringify([...(a?.keys() ?? [])].sort()) === JSON.stringify([...(b?.keys() ?? [])].sort());
