/**
 * Synapses that hear several events of their source, as synapses for each of these: a connection of LEMS hears one
 * port of its source.
 */

import { parseStatements } from '../../../src/lang/parse.js';
import { namesIn } from '../../../src/lang/walk.js';
import { freeName } from '../../../src/model/free-name.js';
import type { Model, Projection, SynapseType } from '../../../src/model/model.js';
import { child } from '../../../src/model/pointer.js';
import type { ConversionReport } from '../../../src/model/conversion-report.js';

type Pathway = SynapseType['pathways'][string];

/** What synapses hear where code of theirs does not say. */
export const usualEvent = 'spike';

/** Events of the source that synapses hear. */
const heardBy = ({ pathways }: SynapseType): readonly string[] => [
  ...new Set(Object.values(pathways).flatMap(({ on }) => (on.startsWith('pre.') ? [on.slice('pre.'.length)] : []))),
];

/** The event of the source that synapses hear. */
export const heardEvent = (type: SynapseType): string => heardBy(type)[0] ?? usualEvent;

/** The model with a projection for each event that synapses of a projection hear. */
export function withEventsApart(model: Model, report: ConversionReport): Model {
  const synapses: Record<string, SynapseType> = { ...model.synapses };
  const projections: Record<string, Projection> = {};
  for (const [name, projection] of Object.entries(model.projections)) {
    const type = synapses[projection.synapse];
    const [first = usualEvent, ...others] = type === undefined ? [] : heardBy(type);
    if (type === undefined || others.length === 0) {
      projections[name] = projection;
      continue;
    }
    const part = (event: string): Pick<SynapseType, 'pathways'> => ({
      pathways: Object.fromEntries(
        Object.entries(type.pathways).filter(([, { on }]) =>
          on.startsWith('pre.') ? on === `pre.${event}` : event === first,
        ),
      ),
    });
    const add = (wanted: string, parts: Partial<SynapseType>): void => {
      const taken = (one: string): boolean => Object.hasOwn(synapses, one) || Object.hasOwn(model.projections, one);
      const synapse = freeName(`${wanted}_synapse`, taken);
      synapses[synapse] = { ...type, ...parts };
      const delays = Object.entries(projection.delays).filter(([key]) => Object.hasOwn(parts.pathways ?? {}, key));
      projections[wanted] = { ...projection, synapse, delays: Object.fromEntries(delays) };
    };
    add(name, part(first));
    if (!isSeparable(name, type, [first, ...others].map(part), model)) {
      for (const key of others.flatMap((event) => Object.keys(part(event).pathways)))
        report.missing(
          `${child('/projections', name)}/pathways/${key}`,
          'a second event of the source, where synapses keep what both events change: connections of LEMS hear one port',
        );
      continue;
    }
    for (const event of others) {
      const own = freeName(`${name}_${event}`, (one) => Object.hasOwn({ ...model.projections, ...projections }, one));
      add(own, part(event));
    }
  }
  return { ...model, synapses, projections };
}

/** Whether what synapses do at one event changes nothing that another part of them sees, and nobody sees them. */
function isSeparable(
  name: string,
  type: SynapseType,
  parts: readonly Pick<SynapseType, 'pathways'>[],
  { recordings, operations, experiment }: Model,
): boolean {
  if (JSON.stringify([recordings, operations, experiment]).includes(`"projection":${JSON.stringify(name)}`))
    return false;
  const { derivatives, derived, events = {}, contributes, summed } = type;
  if ([derivatives, derived, events, contributes, summed].some((map) => Object.keys(map).length > 0)) return false;
  const written = parts.map(({ pathways }) => new Set(Object.values(pathways).flatMap(writtenBy)));
  const seen = parts.map(({ pathways }) => new Set(Object.values(pathways).flatMap(readBy)));
  const isOwn = (variable: string): boolean => Object.hasOwn(type.state, variable);
  return written.every((ours, k) =>
    [...ours]
      .filter(isOwn)
      .every((one) => parts.every((_, j) => j === k || !(written[j]?.has(one) || seen[j]?.has(one)))),
  );
}

const writtenBy = ({ do: actions }: Pathway): readonly string[] =>
  actions.flatMap((text) => parseStatements(text)).flatMap((one) => (one.kind === 'assignment' ? [one.target] : []));

const readBy = ({ do: actions }: Pathway): readonly string[] =>
  actions.flatMap((text) => parseStatements(text)).flatMap((one) => [...namesIn(one.value)]);
