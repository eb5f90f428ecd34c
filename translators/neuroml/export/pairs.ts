/** What projections connect. */

import { populationOf } from '../../../src/model/selected.js';
import { parseExpression } from '../../../src/lang/parse.js';
import { namesIn } from '../../../src/lang/walk.js';
import { numbersOf } from '../../../src/model/arrays.js';
import { child } from '../../../src/model/pointer.js';
import type { ConnectionRule, Projection, SynapseType } from '../../../src/model/model.js';
import { elementsOf, type ExportContext } from './context.js';
import { readsOnlyPre } from './effects.js';
import type { Numbers } from './values.js';

/** Connections as they are made, one after another. */
export interface Pairs {
  /** Index of the source of each. */
  readonly sources: readonly number[];
  /** Index of the target of each. */
  readonly targets: readonly number[];
}

/** A projection with its pairs and its numbers. */
export interface PairedProjection {
  readonly name: string;
  readonly projection: Projection;
  readonly type: SynapseType;
  readonly source: string;
  readonly target: string;
  readonly pairs: Pairs;
  /** Of parameters and first values of the synapses, in SI. */
  readonly values: ReadonlyMap<string, Numbers>;
}

/** Pairs of elements, by their indices in the populations; undefined after a report that they are not known. */
export function pairsOf(
  name: string,
  projection: Projection,
  context: Pick<ExportContext, 'model' | 'data' | 'report'>,
): Pairs | undefined {
  const { report } = context;
  const pointer = child('/projections', name);
  const from = elementsOf(projection.from.of, context);
  const into = elementsOf(projection.to.of, context);
  if (typeof from === 'string') return report.missing(`${pointer}/from`, from);
  if (typeof into === 'string') return report.missing(`${pointer}/to`, into);
  const same = populationOf(projection.from.of) === populationOf(projection.to.of);
  const all: Pairs[] = [];
  for (const rule of projection.connect) {
    const pairs = explicit(rule, from, into, same, context);
    if (!pairs)
      return report.missing(
        `${pointer}/connect`,
        `connections by the rule ${rule.rule} are drawn; freeze the model first`,
      );
    all.push(pairs);
  }
  const [only] = all;
  return only !== undefined && all.length === 1
    ? only
    : { sources: all.flatMap(({ sources }) => sources), targets: all.flatMap(({ targets }) => targets) };
}

/** The pairs of a rule that draws nothing. */
function explicit(
  rule: ConnectionRule,
  from: readonly number[],
  into: readonly number[],
  same: boolean,
  { data }: Pick<ExportContext, 'data'>,
): Pairs | undefined {
  switch (rule.rule) {
    case 'list':
      return {
        sources: numbersOf(rule.sources, data).map((k) => from[k] ?? 0),
        targets: numbersOf(rule.targets, data).map((k) => into[k] ?? 0),
      };
    case 'all': {
      const targetsOf = (i: number): readonly number[] => into.filter((j) => rule.self || !same || i !== j);
      return {
        sources: from.flatMap((i) => targetsOf(i).map(() => i)),
        targets: from.flatMap(targetsOf),
      };
    }
    case 'oneToOne':
      return { sources: from.slice(0, into.length), targets: into.slice(0, from.length) };
    default:
      return undefined;
  }
}

/**
 * Populations that receive nothing and only add to inputs of one other population, each element to one cell; with the
 * projection that does so.
 */
export function attachedPopulations({ model }: ExportContext): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const projections = Object.entries(model.projections);
  for (const [name, { type }] of Object.entries(model.populations)) {
    if (type === undefined) continue;
    if (projections.some(([, { to }]) => populationOf(to.of) === name)) continue;
    const out = projections.filter(([, { from }]) => populationOf(from.of) === name);
    const [[id, projection] = []] = out;
    if (out.length !== 1 || id === undefined || !projection) continue;
    const synapse = model.synapses[projection.synapse];
    if (!synapse || !readsOnlyPre(synapse)) continue;
    const texts = Object.values(synapse.contributes).flatMap((text) => [...namesIn(parseExpression(text))]);
    if (texts.every((text) => text.startsWith('pre.') || !text.includes('.'))) found.set(name, id);
  }
  return found;
}
