/**
 * The form of PyNN plastic synapses in LEMS: differential equations instead of closed forms over the time between
 * spikes.
 */

import { declaredName } from '../../../../src/library/declared-types.js';
import { withParts } from '../../../../src/library/readable/texts.js';
import { recordedVariables } from '../../../../src/model/tagged.js';
import type { SynapseType } from '../../../../src/model/model.js';
import type { ExportContext } from '../context.js';
import type { Numbers } from '../values.js';

/** Returns PyNN's plastic synapse in a form for LEMS; other types unchanged. */
export function plasticForm(
  type: SynapseType,
  values: ReadonlyMap<string, Numbers>,
  context: Pick<ExportContext, 'dt' | 'model'>,
): SynapseType {
  const { last_pre: pre, last_post: post } = type.state;
  return pre && post ? withoutSteps(type) : withRates(type, values, context);
}

/**
 * Returns an STDP synapse without the numbers of the steps of its last spikes, which leave out pairs of one step: the
 * order within a step is LEMS's.
 */
function withoutSteps(type: SynapseType): SynapseType {
  const plain = withParts(type, (part) =>
    part.kind === 'binary' && part.operator === '-' && part.right.kind === 'call' && part.right.function === 'int'
      ? part.left
      : part,
  );
  const { last_pre: _, last_post: __, ...state } = plain.state;
  const pathways = Object.entries(plain.pathways).map(([name, pathway]) => {
    const actions = pathway.do.filter((text) => !text.startsWith('last_'));
    return [
      name,
      { ...pathway, do: actions.map((text) => text.replace(/^(port \+= )clip\((\w+), .*\)$/, '$1$2')) },
    ] as const;
  });
  return { ...plain, state, pathways: Object.fromEntries(pathways) };
}

/**
 * Returns a Tsodyks–Markram synapse with rates, if either all or none of its synapses facilitate, and no time is as
 * short as a step.
 */
function withRates(
  type: SynapseType,
  values: ReadonlyMap<string, Numbers>,
  { dt, model }: Pick<ExportContext, 'dt' | 'model'>,
): SynapseType {
  if (declaredName(type) !== 'TsodyksMarkramSynapse' || !Object.hasOwn(type.parameters, 'tau_syn')) return type;
  const times = [values.get('tau_facil') ?? 0].flat();
  // What is left of u after ten time constants is less than 1e-4.
  const isLong = (time: number): boolean => time > dt / 10;
  const facilitates = times.every(isLong);
  if (!facilitates && times.some(isLong)) return type;
  // Forward Euler is stable for longer times.
  const all = [...(facilitates ? times : []), ...['tau_rec', 'tau_syn'].flatMap((key) => values.get(key) ?? 0)];
  if (all.some((time) => time < 2 * dt)) return type;
  const rates = {
    ...(facilitates ? { u: '-u/tau_facil' } : {}),
    y: '-y/tau_syn',
    z: 'y/tau_syn - z/tau_rec',
  };
  const { last: _, u, ...others } = type.state;
  const showsU =
    facilitates || Object.values(model.recordings).some((recording) => recordedVariables(recording).includes('u'));
  const state = { ...(showsU && u ? { u } : {}), ...others };
  const pathways = Object.entries(type.pathways).map(([name, pathway]) => {
    const add = pathway.do.find((text) => /^\S+ \+= weight/.test(text))?.split(' ')[0] ?? 'port';
    const used = facilitates ? ['u += U*(1 - u)'] : showsU ? ['u = U'] : [];
    const actions = [...used, `released = (1 - y - z)*${showsU ? 'u' : 'U'}`];
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
