/** Pass: the protocol's phases as procedures, and the list of what to run when. */

import type { Phase, Value } from '../model/model.js';
import type { Context } from './context.js';
import type { Group } from './groups.js';
import { assignValues } from './initial-values.js';
import * as messages from './messages.js';
import { phaseProcedure } from './protocol.js';
import type { BuiltProjection } from './recordings.js';
import { assignSynapseValues } from './synapse-values.js';

/** Names that some phase sets, as `owner.name`: they must stay variables. */
export function settableNames(protocol: readonly Phase[]): Set<string> {
  const names = new Set<string>();
  for (const phase of protocol) {
    if ('set' in phase) for (const name of Object.keys(phase.set)) names.add(name);
    if ('initialise' in phase) for (const name of Object.keys(phase.initialise)) names.add(name);
  }
  return names;
}

/** Adds a procedure for each phase that changes something. @random stream `phase/<k>/<owner>/<variable>` */
export function lowerPhases(groups: readonly Group[], projections: readonly BuiltProjection[], context: Context): void {
  context.model.experiment.protocol.forEach((phase, k) => {
    if ('run' in phase || 'runUntil' in phase || 'record' in phase) return;
    if ('set' in phase || 'initialise' in phase) setValues(phaseProcedure(k), 'set' in phase ? phase.set : phase.initialise, k, groups, projections, context);
    else context.diagnostics.add(messages.unsupportedFeature(`the phase ${Object.keys(phase)[0] ?? ''} of the protocol`));
  });
}

function setValues(procedure: string, values: Readonly<Record<string, Value>>, k: number, groups: readonly Group[], projections: readonly BuiltProjection[], context: Context): void {
  const { builder } = context;
  const byOwner = new Map<string, Map<string, Value>>();
  for (const [name, value] of Object.entries(values)) {
    const [owner, variable] = name.split('.') as [string, string];
    const own = byOwner.get(owner) ?? new Map<string, Value>();
    own.set(variable, value);
    byOwner.set(owner, own);
  }
  const actions = builder.procedure(procedure);
  for (const [owner, own] of byOwner) {
    const stream = `phase/${k}/${owner}`;
    const group = groups.find((candidate) => candidate.members.some((member) => member.name === owner));
    const member = group?.members.find((candidate) => candidate.name === owner);
    if (group && member) {
      for (const kernel of assignValues(`phase${k}.${owner}`, `phase ${k} sets values of ${owner}`, own, group, member, stream, context)) actions.push({ kind: 'run', kernel });
      actions.push(...(builder.procedures.get(`propagators/${group.name}`) ?? []));
      continue;
    }
    const built = projections.find(({ plan }) => plan.name === owner);
    if (!built) continue;
    const kernel = assignSynapseValues(`phase${k}.${owner}`, own, built.plan, built.connectivity, built.storage, stream, context);
    if (kernel) actions.push({ kind: 'run', kernel });
  }
}
