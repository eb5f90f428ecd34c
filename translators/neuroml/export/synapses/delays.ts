/** Delays of the connections of a projection. */

import { assignment } from '../../../../src/lang/build.js';
import { second } from '../../../../src/lang/dimension.js';
import type { Send, Statement } from '../../../../src/lang/ast.js';
import { equalExpressions } from '../../../../src/lang/walk.js';
import { isGiven } from '../../../../src/model/tagged.js';
import { numbersOf } from '../../../../src/model/arrays.js';
import { child } from '../../../../src/model/pointer.js';
import { timingProperties } from '../../../../src/model/timing-properties.js';
import {
  contentOf,
  formula,
  type DataStore,
  type Model,
  type Projection,
  type SynapseType,
  type Value,
} from '../../../../src/model/typed.js';
import type { ExportContext } from '../context.js';
import { keptTexts, quantityText } from '../text/quantity-text.js';
import { numberAt, type Numbers } from '../../../../src/library/element-values.js';

/** Returns the text of the delay of each connection, from delays in s. */
export function delayTexts(
  delays: Numbers,
  { model, dimensions }: Pick<ExportContext, 'model' | 'dimensions'>,
): (connection: number) => string {
  const textOf = keptTexts((seconds) =>
    quantityText(seconds, second, dimensions, timingProperties[model.timing].addsUpTime),
  );
  return (connection) => textOf(numberAt(delays, connection));
}

type NamedDelay = readonly [pathway: string | undefined, delay: Value | undefined];

const delayOf = (name: string, { delays }: Projection, { pathways }: SynapseType): Value | undefined =>
  delays[name] ?? pathways[name]?.delay;

/** Returns the delay of the first pathway that spikes of the source take; connections of LEMS have one delay. */
function firstOf(projection: Projection, type: SynapseType): NamedDelay {
  const [id] = Object.keys(type.pathways).filter((one) => type.pathways[one]?.on.end === 'pre');
  return [id, id === undefined ? undefined : delayOf(id, projection, type)];
}

/** Checks whether a pathway has the delay of connections. */
export const hasDelayOfConnection = (name: string, projection: Projection, type: SynapseType): boolean =>
  contentOf(delayOf(name, projection, type)) === contentOf(firstOf(projection, type)[1]);

/** Delays in s of connections. */
export function delaysOf(
  name: string,
  projection: Projection,
  type: SynapseType,
  count: number,
  { data, report }: Pick<ExportContext, 'data' | 'report'>,
): Numbers {
  const [pathway, value] = firstOf(projection, type);
  if (pathway === undefined || value === undefined) return 0;
  if (typeof value === 'number') return value;
  if (isGiven(value)) {
    const numbers = numbersOf(value.array, data);
    return Array.from({ length: count }, (_, k) => numbers[k] ?? 0);
  }
  report.missing(
    `${child('/projections', name)}/delays/${pathway}`,
    'delays that are drawn or computed; freeze the model first',
  );
  return 0;
}

/**
 * Returns the model with the delays of synapses as parts of the delays of their connections, since LEMS has no other:
 * values that a synapse sends arrive when its spike does, and events of the target act at once.
 */
export function withDelaysBefore({ model, data, report }: Pick<ExportContext, 'model' | 'data' | 'report'>): Model {
  const synapses: Record<string, SynapseType> = { ...model.synapses };
  const projections: Record<string, Projection> = { ...model.projections };
  for (const [name, projection] of Object.entries(model.projections)) {
    const type = model.synapses[projection.synapse];
    if (!type) continue;
    const delays: Record<string, Value> = { ...projection.delays };
    for (const [id, pathway] of Object.entries(type.pathways)) {
      const [sent] = sentIn(pathway.do);
      if (pathway.on.end === 'post') delays[id] = 0;
      else if (sent)
        delays[id] = together(delayOf(id, projection, type) ?? 0, delayAfter(sent, projection, type), data);
    }
    const moved = Object.keys(type.pathways).some((id) => (delays[id] ?? 0) !== (delayOf(id, projection, type) ?? 0));
    if (moved) projections[name] = { ...projection, delays, values: without(projection.values, delayNames(type)) };
    // A synapse that does nothing else does not see when its spikes arrive.
    const [only, ...others] = Object.values(type.pathways);
    const sends = Object.values(type.pathways).some((one) => sentIn(one.do).length > 0);
    if (moved && (others.length > 0 || only?.do.length !== 1 || only.on.end === 'post'))
      report.different(
        'lems/delay-before',
        child('/projections', name),
        sends
          ? 'all of the delay is before the synapse, since connections of LEMS have no other: pairs of spikes meet there at other times'
          : 'synapses act on spikes of their target at once: connections of LEMS have a delay from the source only',
      );
    if (sends) synapses[projection.synapse] = atOnce(type);
  }
  return { ...model, synapses, projections };
}

/** Returns statements that send values, all with one delay. */
function sentIn(actions: readonly Statement[]): readonly Send[] {
  const sent = actions.filter((statement) => statement.kind === 'send');
  return sent.every(({ after }) => equalExpressions(after, sent[0]?.after ?? after)) ? sent : [];
}

/** Returns the delay with which a value is sent, in s; an expression if it is not known before a run. */
function delayAfter({ after }: Send, { values }: Projection, { parameters }: SynapseType): Value {
  if (after.kind === 'quantity' || after.kind === 'number') return after.value;
  const own = after.kind === 'name' ? (values[after.name] ?? parameters[after.name]?.value) : undefined;
  return own ?? formula(after);
}

function together(a: Value, b: Value, data: DataStore): Value {
  if (a === 0 || b === 0) return a === 0 ? b : a;
  const [one, other] = [a, b].map((value) => (isGiven(value) ? numbersOf(value.array, data) : value));
  const isKnown = (value: typeof one): value is Numbers => typeof value === 'number' || Array.isArray(value);
  if (!isKnown(one) || !isKnown(other)) return typeof a === 'number' ? b : a;
  const sum = (k: number): number => Number((numberAt(one, k) + numberAt(other, k)).toPrecision(12));
  if (typeof one === 'number' && typeof other === 'number') return sum(0);
  return {
    kind: 'array',
    array: Array.from({ length: (typeof one === 'number' ? (other as readonly number[]) : one).length }, (_, k) =>
      sum(k),
    ),
  };
}

/** Returns a type that adds the values that it sends at once. */
function atOnce({ conformsTo: _, ...type }: SynapseType): SynapseType {
  const code = (actions: readonly Statement[]): readonly Statement[] =>
    actions.map((statement) =>
      statement.kind === 'send' ? assignment(statement.port, '+=', statement.value) : statement,
    );
  const pathways = Object.entries(type.pathways).map(([id, pathway]) => {
    const isSending = sentIn(pathway.do).length > 0;
    return [id, isSending ? { ...pathway, do: code(pathway.do) } : pathway] as const;
  });
  return { ...type, parameters: without(type.parameters, delayNames(type)), pathways: Object.fromEntries(pathways) };
}

/** Returns names of the parameters that are delays of sent values. */
const delayNames = ({ pathways }: SynapseType): readonly string[] =>
  Object.values(pathways).flatMap((pathway) =>
    sentIn(pathway.do).flatMap(({ after }) => (after.kind === 'name' ? [after.name] : [])),
  );

const without = <T>(map: Readonly<Record<string, T>>, names: readonly string[]): Record<string, T> =>
  Object.fromEntries(Object.entries(map).filter(([name]) => !names.includes(name)));
