/** Gives one model the draws of another, where both draw by the same definition. */

import { drawnParts } from '../model/drawn-parts.js';
import type { Model, Population, Projection, ValidModel } from '../model/model.js';

/** Returns whether two parts of models are written alike. */
const alike = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Returns the definition of a value of a population or projection. */
function definitionOf(model: Model, part: Population | Projection | undefined, name: string): unknown {
  if (part === undefined) return undefined;
  const type = 'synapse' in part ? model.synapses[part.synapse] : model.neurons[part.type ?? ''];
  return part.values[name] ?? type?.parameters[name]?.value ?? type?.state[name]?.initial;
}

/**
 * Returns a model with the draws of another one.
 *
 * @param frozen  the other one with its draws made
 * @returns also a phrase for each part that draws otherwise than its namesake
 */
export function withDrawsOf(
  { model, data }: ValidModel,
  { model: source }: ValidModel,
  frozen: ValidModel,
): { readonly valid: ValidModel; readonly others: readonly string[] } {
  const others: string[] = [];
  const [populations, projections] = [{ ...model.populations }, { ...model.projections }];
  for (const { pointer, name, drawn } of drawnParts(model, { seeded: true })) {
    const kind = pointer.startsWith('/projections') ? 'projections' : 'populations';
    const [own, their, made] = [model[kind][name]!, source[kind][name], frozen.model[kind][name]];
    const values = { ...own.values };
    let part: Population | Projection = own;
    for (const member of drawn) {
      const isSame =
        member === 'connections' || member === 'delays'
          ? their !== undefined &&
            'connect' in their &&
            'connect' in own &&
            alike(their.connect, own.connect) &&
            alike(their.delays, own.delays)
          : alike(definitionOf(source, their, member), definitionOf(model, own, member));
      if (!isSame || made === undefined) {
        others.push(`${member} of ${name} ${member.endsWith('s') ? 'are' : 'is'} drawn otherwise in the second model`);
        continue;
      }
      if (member === 'connections' || member === 'delays')
        part = { ...part, connect: (made as Projection).connect, delays: (made as Projection).delays } as Projection;
      else if (made.values[member] !== undefined) values[member] = made.values[member];
    }
    if (kind === 'projections') projections[name] = { ...(part as Projection), values };
    else populations[name] = { ...(part as Population), values };
  }
  for (const [name, { spikes }] of Object.entries(frozen.model.populations)) {
    const [own, their] = [model.populations[name], source.populations[name]];
    if (spikes === undefined || their?.type === undefined || own?.type === undefined) continue;
    if (!alike([model.neurons[own.type], own.values], [source.neurons[their.type], their.values]))
      others.push(`spikes of ${name} are drawn otherwise in the second model`);
    else populations[name] = { ...frozen.model.populations[name]!, order: own.order };
  }
  return { valid: { model: { ...model, populations, projections }, data: new Map([...data, ...frozen.data]) }, others };
}
