/** Responses that each synapse keeps, as receptors of the cells that they reach. */

import { ownNames } from '../../model/declared-names.js';
import { freeName } from '../../model/free-name.js';
import { contentOf, type NeuronType, type SynapseType } from '../../model/typed.js';
import { child } from '../../model/pointer.js';
import { populationsOf } from '../../model/selected.js';
import type { Gathering } from './gathering.js';
import { Receptors, withReceptors, type Receptor } from './receptors.js';

/** Gives cells the receptors that add up the responses of their synapses. */
export function asReceptors(gathering: Gathering): void {
  const { neurons, populations, projections, stage } = gathering;
  const receptors = new Receptors(
    Object.values(neurons).flatMap((type) => [...ownNames(type)]),
    gathering.valid.data,
  );
  const ofPopulation = new Map<string, Map<string, Receptor>>();
  for (const [name, projection] of Object.entries(projections)) {
    const type = gathering.synapses[projection.synapse];
    // Sections have no receptors of their own.
    const onTree = populationsOf(projection.to.of).some((to) => neurons[populations[to]?.type ?? '']?.compartments);
    if (type === undefined || onTree) continue;
    const found = receptors.of(type, projection);
    if (found === undefined) continue;
    const { receptor, synapse, moved } = found;
    const { variables } = receptor;
    // A response of its own for each synapse can be recorded; the sum over a cell's synapses has two variables or one.
    const shown = [...(gathering.recorded.get(name) ?? [])];
    if (stage === 'brian' && shown.some((one) => variables.size > 1 || !variables.has(one))) continue;
    if ([...moved, ...variables.keys()].some((one) => gathering.changed.has(`${name}.${one}`))) continue;
    for (const target of populationsOf(projection.to.of))
      ofPopulation.set(target, (ofPopulation.get(target) ?? new Map<string, Receptor>()).set(receptor.key, receptor));
    const values = Object.entries(projection.values).filter(([key]) => !moved.has(key) || synapse.parameters[key]);
    projections[name] = {
      ...projection,
      synapse: nameIn(gathering.synapses, projection.synapse, synapse),
      values: Object.fromEntries(values),
    };
    gathering.sums.set(name, variables);
    gathering.report.exact(
      child('/projections', name),
      'responses of its synapses add up in the target',
      `${stage}/receptor`,
    );
  }
  // A type stays under its name for populations without receptors, if there are any.
  const plain = new Set(Object.entries(populations).map(([name, { type }]) => (ofPopulation.has(name) ? '' : type)));
  const before = { ...neurons };
  const made: Record<string, NeuronType> = Object.fromEntries(
    Object.entries(neurons).filter(([name]) => plain.has(name)),
  );
  for (const [name, population] of Object.entries(populations)) {
    const own = [...(ofPopulation.get(name)?.values() ?? [])];
    const type = before[population.type ?? ''];
    if (type === undefined || own.length === 0) continue;
    const typeName = nameIn(made, population.type ?? '', withReceptors(type, own));
    populations[name] = { ...population, type: typeName };
  }
  Object.assign(neurons, made);
}

/** Returns the name of a type among others, which hold it from now on. */
function nameIn<T extends NeuronType | SynapseType>(types: Record<string, T>, wanted: string, type: T): string {
  const content = contentOf(type);
  const name =
    Object.keys(types).find((one) => contentOf(types[one]) === content) ??
    freeName(wanted, (one) => Object.hasOwn(types, one));
  types[name] = type;
  return name;
}
