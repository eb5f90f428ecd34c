/**
 * Populations and projections that a script makes between two runs. The document has them from the beginning. Until a phase
 * creates them, cells send no spikes, and synapses ignore arriving spikes.
 */

import type { NeuronDocument } from '../../src/model/document.js';
import { child } from '../../src/model/pointer.js';
import { isGiven } from '../../src/model/tagged.js';
import { Located, located } from '../shared/located.js';
import type { Setting } from './context.js';
import { since, there } from './late-types.js';
import * as messages from './messages.js';
import type { TranslatedProjection } from './projections.js';
import type { PopulationInfo } from './selections.js';
import type { Phase } from './specification.generated.js';
import { isNumbers } from './values.js';

/** Objects that a phase may create: populations with their part of the canonical document, and projections. */
export interface Creatable {
  readonly populations: ReadonlyMap<string, { readonly info: PopulationInfo; readonly document: Located }>;
  readonly projections: ReadonlyMap<string, TranslatedProjection>;
}

/** Returns phases that create: cells take their first values, and synapses act on spikes sent from now on. */
export function create(
  created: NonNullable<Phase['create']>,
  now: number,
  { populations, projections }: Creatable,
  pointer: string,
  setting: Setting,
): unknown[] {
  const set: Record<string, unknown> = {};
  const first: Record<string, unknown> = {};
  for (const [k, label] of (created.populations ?? []).entries()) {
    const found = populations.get(label);
    if (found === undefined) {
      const at = child(`${pointer}/populations`, k);
      setting.report(messages.unknownReference('population', label, [...populations.keys()]), at);
      continue;
    }
    const { id, cell } = found.info;
    if (cell === null) continue;
    set[`${id}.${there}`] = 1;
    for (const [name, value] of Object.entries(firstValues(cell.neuron, found.document)))
      first[`${id}.${name}`] = value;
  }
  for (const [k, label] of (created.projections ?? []).entries()) {
    const found = projections.get(label);
    const at = child(`${pointer}/projections`, k);
    if (found === undefined)
      setting.report(messages.unknownReference('projection', label, [...projections.keys()]), at);
    else
      for (const [name, delay] of Object.entries(delaysOf(found))) {
        const moment = afterDelay(delay, now);
        if (moment === undefined)
          setting.report(messages.unsupported('delays that are drawn, of a late projection'), at);
        else set[`${found.id}.${since(name)}`] = moment;
      }
  }
  const entries = [{ set }, { initialise: first }].filter((entry) => Object.values(entry).some(isFilled));
  return entries.map((entry) => located(entry, pointer));
}

/** After a reset synapses that were created are there from the beginning. */
export function afterReset(created: Iterable<TranslatedProjection>): unknown[] {
  const set = Object.fromEntries(
    [...created].flatMap((each) => Object.keys(delaysOf(each)).map((name) => [`${each.id}.${since(name)}`, '-1 s'])),
  );
  return isFilled(set) ? [{ set }] : [];
}

const isFilled = (map: object): boolean => Object.keys(map).length > 0;

const bare = (value: unknown): unknown => (value instanceof Located ? bare(value.value) : value);

/** Returns first values of all state: the population's values, or else the type's. */
function firstValues(neuron: NeuronDocument, document: Located): Record<string, unknown> {
  const { values = {} } = bare(document) as { readonly values?: Readonly<Record<string, unknown>> };
  return Object.fromEntries(
    Object.entries(neuron.state ?? {}).map(([name, state]) => {
      const usual = typeof state === 'object' ? quantity(state.initial ?? 0, state.unit) : 0;
      return [name, values[name] ?? usual];
    }),
  );
}

const quantity = (value: unknown, unit: unknown): unknown =>
  typeof value === 'number' && typeof unit === 'string' && unit !== '1' ? `${value} ${unit}` : value;

/** Returns delays of the pathways of a projection; pathways without a delay get 0. */
function delaysOf({ projection, synapse }: TranslatedProjection): Record<string, unknown> {
  const { delays = {} } = bare(projection) as { readonly delays?: Readonly<Record<string, unknown>> };
  const names = Object.keys(synapse.standard.synapse.pathways ?? {});
  return Object.fromEntries(names.map((name) => [name, bare(delays[name] ?? 0)]));
}

/** Returns the arrival time of spikes sent now, or one for each synapse; undefined for drawn delays. */
function afterDelay(delay: unknown, now: number): unknown {
  if (typeof delay === 'number') return `${now}*ms + ${delay}*second`;
  if (typeof delay === 'string') return `${now}*ms + (${delay})`;
  if (!isGiven(delay) || !isNumbers(delay.array)) return undefined;
  return { ...delay, array: delay.array.map((each) => each + now) };
}
