/**
 * Decides whether the order of a population's elements within a step has no observable effect. If so, their inputs are
 * summed first, then all elements are stepped, and their events act last, in order.
 */

import { expressionsOf, referencesIn } from '../../lang/walk.js';
import type { Member } from '../context/groups.js';
import { reached, summedAt } from '../plan/receptors.js';
import type { Deliveries, ProjectionPathway } from './deliveries.js';
import type { Network, SteppedGroup } from './layout.js';

/**
 * Whether no element reads a variable that other elements of the population, or its events, change within the step:
 *
 * - no projection has both of its ends in the population, and its parameters are not linked to itself;
 * - immediate effects of its events change only synapses that its elements do not read, and read only variables that a
 *   step of an element does not change;
 * - all events with targets are of one kind, so that the events of an element in a step can be counted.
 */
export function inAnyOrder(network: Network, stepped: SteppedGroup, member: Member, deliveries: Deliveries): boolean {
  const { name, population } = member;
  if (network.projectionsAt.get(name)?.some(({ plan }) => plan.pre.population === plan.post.population)) return false;
  if (Object.values(population.linked ?? {}).some((link) => link.population === name)) return false;
  const [received, another] = [...emitted(stepped)].filter((event) => deliveries.isHeard(name, event));
  if (received === undefined) return true;
  return (
    another === undefined && deliveries.listeners(name, received).every((listener) => isSeparate(listener, stepped))
  );
}

/** The events that code emits. */
function emitted({ code }: SteppedGroup): ReadonlySet<string> {
  return new Set(
    code.parts
      .flatMap((part) => [...part.events, ...part.regimes.flatMap((regime) => regime.transitions)])
      .flatMap(({ emits }) => (emits === null ? [] : [emits])),
  );
}

/**
 * Whether the effect of an event on synapses can be postponed until all elements of the population have been stepped.
 */
function isSeparate({ projection, pathway }: ProjectionPathway, stepped: SteppedGroup): boolean {
  const { plan } = projection;
  // Synapses that add to the presynaptic end are read by both.
  const { receptors } = plan.projection;
  const sums = [...plan.type.contributes, ...plan.type.summed];
  if (sums.some(({ to }) => summedAt(to, receptors).end === 'pre')) return false;
  const statements = pathway.pathway.do;
  const written = statements.flatMap((statement) => (statement.kind === 'assignment' ? [statement.to] : []));
  if (written.some((to) => reached(to, receptors).kind === 'end')) return false;
  return statements
    .flatMap(expressionsOf)
    .flatMap(referencesIn)
    .every((read) => {
      const target = reached(read, receptors);
      return target.kind === 'own' || target.end !== pathway.side || isParameter(target.variable, stepped);
    });
}

/** Whether a variable of an end is one that steps don't change. */
const isParameter = (variable: string, { group }: SteppedGroup): boolean =>
  variable === 'i' || variable === 'N' || group.type.parameters[variable] !== undefined;
