/** Gives one model the draws of another, where both draw by the same definition. */

import { drawnParts } from '../model/drawn-parts.js';
import type { Model, Projection, ValidModel } from '../model/model.js';

/** Returns whether two parts of models are written alike. */
const alike = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Definitions of parts by their names. */
type Definitions = Readonly<Record<string, unknown>>;

/** Returns the definitions of the drawn members of a population or projection. */
function definitionsOf(
  { populations, projections, neurons, synapses }: Model,
  name: string,
  isProjection: boolean,
): Definitions {
  const [population, projection] = isProjection ? [undefined, projections[name]] : [populations[name], undefined];
  const type = projection ? synapses[projection.synapse] : neurons[population?.type ?? ''];
  const own = Object.entries({ ...type?.parameters }).map(([key, { value }]) => [key, value] as const);
  const first = Object.entries({ ...type?.state }).map(([key, { initial }]) => [key, initial] as const);
  const { connect: connections, delays, values } = { ...population, ...projection } as Partial<Projection>;
  return { ...Object.fromEntries([...own, ...first]), ...values, connections, delays };
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
    const isProjection = pointer.startsWith('/projections');
    const [ours, theirs] = [source, model].map((one) => definitionsOf(one, name, isProjection)) as [
      Definitions,
      Definitions,
    ];
    const different = drawn.filter((member) => !alike(ours[member], theirs[member]));
    others.push(
      ...different.map(
        (member) => `${member} of ${name} ${member.endsWith('s') ? 'are' : 'is'} drawn otherwise in the second model`,
      ),
    );
    const made = (values: Projection['values'] = {}): Projection['values'] =>
      Object.fromEntries(drawn.flatMap((member) => (values[member] === undefined ? [] : [[member, values[member]]])));
    const [projection, population] = [projections[name], populations[name]];
    if (isProjection && projection) {
      const { connect, delays, values } = frozen.model.projections[name] ?? projection;
      const lists = drawn.includes('connections') || drawn.includes('delays') ? { connect, delays } : {};
      projections[name] = { ...projection, ...lists, values: { ...projection.values, ...made(values) } };
    } else if (population)
      populations[name] = {
        ...population,
        values: { ...population.values, ...made(frozen.model.populations[name]?.values) },
      };
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
