/** Pass: the protocol's phases as procedures, and the list of what to run when. */

import { invariant } from '../diagnostics/diagnostic.js';
import type { Phase, Value } from '../model/model.js';
import type { Context } from './context.js';
import type { Group } from './groups.js';
import { assignValues } from './initial-values.js';
import * as messages from './messages.js';
import { phaseProcedure } from './protocol.js';
import type { BuiltProjection } from './recordings.js';
import { assignSharedValues, assignSynapseValues } from './synapse-values.js';

/** What the key of a `set` names: a variable of a population, of a piece of it, or of a projection's synapses. */
interface Assigned {
  readonly owner: string;
  readonly slice: readonly [number, number] | null;
  readonly variable: string;
}

function assigned(key: string): Assigned {
  const match = /^(\w+)(?:\[(\d+):(\d+)\])?\.(\w+)$/.exec(key);
  invariant(match?.[1] && match[4], 'lower/phases', `${key} names no variable`);
  return {
    owner: match[1],
    slice: match[2] !== undefined && match[3] !== undefined ? [Number(match[2]), Number(match[3])] : null,
    variable: match[4],
  };
}

/** Names that some phase sets, as `owner.name`: they must stay variables. */
export function settableNames(protocol: readonly Phase[]): Set<string> {
  const keys = protocol.flatMap((phase) =>
    'set' in phase ? Object.keys(phase.set) : 'initialise' in phase ? Object.keys(phase.initialise) : [],
  );
  return new Set(
    keys.map((key) => {
      const { owner, variable } = assigned(key);
      return `${owner}.${variable}`;
    }),
  );
}

/** Adds a procedure for each phase that changes something. @random stream `phase/<k>/<owner>/<variable>` */
export function lowerPhases(groups: readonly Group[], projections: readonly BuiltProjection[], context: Context): void {
  context.model.experiment.protocol.forEach((phase, k) => {
    if ('run' in phase || 'runUntil' in phase || 'record' in phase) return;
    if ('set' in phase) setValues(phaseProcedure(k), phase.set, phase.where ?? null, k, groups, projections, context);
    else if ('initialise' in phase) setValues(phaseProcedure(k), phase.initialise, null, k, groups, projections, context);
    else context.diagnostics.add(messages.unsupportedFeature(`the phase ${Object.keys(phase)[0] ?? ''} of the protocol`));
  });
}

function setValues(
  procedure: string,
  values: Readonly<Record<string, Value>>,
  where: string | null,
  k: number,
  groups: readonly Group[],
  projections: readonly BuiltProjection[],
  context: Context,
): void {
  const actions = context.builder.procedure(procedure);
  const stale = new Set<string>();
  for (const [key, value] of Object.entries(values)) {
    const { owner, slice, variable } = assigned(key);
    const stream = `phase/${k}/${owner}`;
    const own = new Map([[variable, value]]);
    const group = groups.find((candidate) => candidate.members.some((member) => member.name === owner));
    const member = group?.members.find((candidate) => candidate.name === owner);
    const name = `phase${k}.${owner}.${variable}`;
    if (group && member) {
      const kernels = assignValues(name, `phase ${k} sets ${variable} of ${owner}`, own, group, member, stream, context, { where, slice });
      for (const kernel of kernels) actions.push({ kind: 'run', kernel });
      stale.add(group.name);
      continue;
    }
    const built = projections.find(({ plan }) => plan.name === owner);
    invariant(built, 'lower/phases', `${owner} is neither a population nor a projection`);
    if (where !== null || slice !== null)
      context.diagnostics.add(messages.unsupportedFeature(`setting ${variable} of some synapses of ${owner} during the run`));
    const kernel = assignSynapseValues(name, own, built.plan, built.connectivity, built.storage, stream, context);
    const shared = assignSharedValues(`${name}.shared`, own, built.plan, built.storage, context);
    for (const each of [kernel, shared]) if (each) actions.push({ kind: 'run', kernel: each });
  }
  for (const group of stale) actions.push(...(context.builder.procedures.get(`propagators.${group}`) ?? []));
}
