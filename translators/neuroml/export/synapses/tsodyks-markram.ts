/** PyNN's Tsodyks–Markram synapses with differential equations: in closed form over the time between spikes LEMS has long sums. */

import { declaredName } from '../../../../src/library/declared-types.js';
import type { SynapseType } from '../../../../src/model/model.js';
import { child } from '../../../../src/model/pointer.js';
import type { ExportContext } from '../context.js';
import type { Numbers } from '../values.js';

/**
 * Returns a synapse type with rates, if it is PyNN's, either all or none of its synapses facilitate, and no time is as
 * short as a step.
 */
export function withRates(
  id: string,
  type: SynapseType,
  values: ReadonlyMap<string, Numbers>,
  { report, dt }: Pick<ExportContext, 'report' | 'dt'>,
): SynapseType {
  if (declaredName(type) !== 'TsodyksMarkramSynapse' || !Object.hasOwn(type.parameters, 'tau_syn')) return type;
  const times = [values.get('tau_facil') ?? 0].flat();
  const facilitates = times.every((time) => time > 0);
  if (!facilitates && times.some((time) => time > 0)) return type;
  // Forward Euler is stable for longer times.
  const all = [...(facilitates ? times : []), ...['tau_rec', 'tau_syn'].flatMap((key) => values.get(key) ?? 0)];
  if (all.some((time) => time < 2 * dt)) return type;
  const rates = {
    ...(facilitates ? { u: '-u/tau_facil' } : {}),
    y: '-y/tau_syn',
    z: 'y/tau_syn - z/tau_rec',
  };
  for (const variable of Object.keys(rates))
    report.different(
      'lems/event-driven',
      child(child(child('/synapses', id), 'derivatives'), variable),
      'the variable is advanced at every step by forward Euler, not in closed form at events',
    );
  const { last: _, ...state } = type.state;
  const pathways = Object.entries(type.pathways).map(([name, pathway]) => {
    const add = pathway.do.find((text) => /^\S+ \+= weight/.test(text))?.split(' ')[0] ?? 'port';
    const actions = [facilitates ? 'u += U*(1 - u)' : 'u = U', 'released = (1 - y - z)*u'];
    return [name, { ...pathway, do: [...actions, `${add} += weight*released`, 'y += released'] }] as const;
  });
  return {
    ...type,
    state,
    derivatives: Object.fromEntries(
      Object.entries(rates).map(([name, rate]) => [name, { rate, eventDriven: false }] as const),
    ),
    pathways: Object.fromEntries(pathways),
  };
}
