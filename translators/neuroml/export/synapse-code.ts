/** The synapse type of one projection: what its code reads of its place, and what code at times does to it. */

import { parseExpression, parseStatements } from '../../../src/lang/parse.js';
import { namesIn } from '../../../src/lang/walk.js';
import { ownNames } from '../../../src/model/declared-names.js';
import { synapsesIn } from '../../../src/model/assigned.js';
import type { Operation, Parameter, Projection, SynapseType, Value } from '../../../src/model/model.js';
import { isSelection } from '../../../src/model/tagged.js';
import type { Change, ExportContext } from './context.js';
import { placesOf, type Pairs } from './pairs.js';
import { withSourceParameters } from './source-parameters.js';
import { asState } from './type-members.js';

/** Code at regular times, or once. */
interface SynapseCode {
  readonly operation: Operation;
  readonly once: Change | undefined;
  /** The parameter that is one for the synapses that it is for; null for all. */
  readonly flag: string | null;
}

/** Code that acts on the synapses of a projection, by its name. */
export type SynapseCodes = ReadonlyMap<string, SynapseCode>;

/** A type in which places and flags are parameters, and what code changes is state. */
export interface OwnSynapse {
  readonly type: SynapseType;
  readonly projection: Projection;
  readonly code: SynapseCodes;
}

/** What a place of a synapse is called among its values. */
export const placeWords: Readonly<Record<string, string>> = {
  i: 'source_number',
  j: 'target_number',
  N: 'synapse_count',
};

/** The type of a projection's synapses, with what its code needs to be known of each of them. */
export function ownSynapse(
  name: string,
  projection: Projection,
  type: SynapseType,
  pairs: Pairs,
  context: Pick<ExportContext, 'model' | 'changes' | 'data' | 'functions' | 'dt'>,
): OwnSynapse {
  const { model, changes, data } = context;
  const parameters: Record<string, Parameter> = {};
  const values: Record<string, Value> = {};
  const give = (key: string, value: readonly number[] | number): void => {
    parameters[key] = { unit: '1', type: 'real', value: 0, shared: false };
    values[key] = typeof value === 'number' ? value : { array: value };
  };
  const code = new Map<string, SynapseCode>();
  let own = type;
  for (const [id, operation] of Object.entries(model.operations).sort(([, a], [, b]) => a.order - b.order)) {
    const { on } = operation;
    if (!isSelection(on, 'synapses') || on.projection !== name) continue;
    const chosen = synapsesIn(on, data);
    const all = new Set(chosen);
    if (chosen)
      give(
        id,
        pairs.targets.map((_, k) => (all.has(k) ? 1 : 0)),
      );
    code.set(id, { operation, once: changes.get(id), flag: chosen ? id : null });
    for (const statement of operation.do.flatMap(parseStatements))
      if (statement.kind === 'assignment') own = asState(own, statement.target);
  }
  const place = placesOf(pairs);
  const declared = ownNames(own);
  for (const read of namesRead(own, code)) {
    const known = declared.has(read) ? undefined : place(read);
    if (known !== undefined) give(read, known);
  }
  const moved = withSourceParameters(own, projection, namesRead(own, new Map()), pairs.sources, context);
  return {
    type: { ...moved.type, parameters: { ...moved.type.parameters, ...parameters } },
    projection: { ...projection, values: { ...projection.values, ...moved.values, ...values } },
    code,
  };
}

/** Texts of equations and of code of synapses. */
export function textsOf(
  type: SynapseType,
  code: SynapseCodes,
): { readonly expressions: readonly string[]; readonly statements: readonly string[] } {
  const events = Object.values(type.events ?? {});
  const codes = [...code.values()];
  return {
    expressions: [
      ...Object.values(type.derived).map(({ value }) => value),
      ...Object.values(type.derivatives).map(({ rate }) => rate),
      ...Object.values(type.contributes),
      ...Object.values(type.summed),
      ...events.map(({ when }) => when),
      ...codes.flatMap(({ once }) => once?.where ?? []),
    ],
    statements: [...Object.values(type.pathways), ...events, ...codes.map(({ operation }) => operation)].flatMap(
      ({ do: actions }) => actions,
    ),
  };
}

/** Names that equations and code of synapses read. */
function namesRead(type: SynapseType, code: SynapseCodes): ReadonlySet<string> {
  const { expressions, statements } = textsOf(type, code);
  const read = [
    ...expressions.map(parseExpression),
    ...statements
      .flatMap(parseStatements)
      .flatMap((one) => (one.kind === 'send' ? [one.value, one.after] : [one.value])),
  ];
  return new Set(read.flatMap((e) => [...namesIn(e)]));
}
