/**
 * The form of PyNN plastic synapses in LEMS: differential equations instead of closed forms over the time between
 * spikes.
 */

import type { Expression, Statement } from '../../../../src/lang/ast.js';
import { binary, decaying, name as nameOf } from '../../../../src/lang/build.js';
import { parseStatements } from '../../../../src/lang/parse.js';
import { mapExpression, namesIn } from '../../../../src/lang/walk.js';
import { declaredName } from '../../../../src/library/declared-types.js';
import { mapped } from '../../../../src/model/collections.js';
import { recordedVariables } from '../../../../src/model/tagged.js';
import { withExpressions, type SynapseType } from '../../../../src/model/typed.js';
import type { ExportContext } from '../context.js';
import type { Numbers } from '../../../../src/library/element-values.js';

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
  const isStep = (e: Expression): boolean => e.kind === 'call' && e.function === 'int';
  const plain = withExpressions(type, (e) =>
    mapExpression(e, (part) =>
      part.kind === 'binary' && part.operator === '-' && isStep(part.right) ? part.left : part,
    ),
  );
  const { last_pre: _, last_post: __, ...state } = plain.state;
  const sent = (statement: Statement): readonly Statement[] => {
    if (statement.kind === 'send') return [statement];
    const { target, value } = statement;
    if (target.startsWith('last_')) return [];
    const [weight] = target === 'port' && value.kind === 'call' && value.function === 'clip' ? value.arguments : [];
    return [weight?.kind === 'name' ? { ...statement, value: weight } : statement];
  };
  const pathways = mapped(plain.pathways, (pathway) => ({ ...pathway, do: pathway.do.flatMap(sent) }));
  return { ...plain, state, pathways };
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
  const arriving = binary('/', nameOf('y'), nameOf('tau_syn'));
  const rates = {
    ...(facilitates ? { u: decaying('u', 'tau_facil') } : {}),
    y: decaying('y', 'tau_syn'),
    z: binary('-', arriving, binary('/', nameOf('z'), nameOf('tau_rec'))),
  };
  const { last: _, u, ...others } = type.state;
  const showsU =
    facilitates || Object.values(model.recordings).some((recording) => recordedVariables(recording).includes('u'));
  const state = { ...(showsU && u ? { u } : {}), ...others };
  const pathways = mapped(type.pathways, (pathway) => {
    const [sum = 'port'] = pathway.do.flatMap((one) =>
      one.kind === 'assignment' && one.operator === '+=' && namesIn(one.value).has('weight') ? [one.target] : [],
    );
    const used = facilitates ? 'u += U*(1 - u)' : showsU ? 'u = U' : '';
    const released = `released = (1 - y - z)*${showsU ? 'u' : 'U'}`;
    return {
      ...pathway,
      do: parseStatements([used, released, `${sum} += weight*released`, 'y += released'].join('\n')),
    };
  });
  const derivatives = mapped(rates, (rate) => ({ rate, eventDriven: false }));
  return { ...type, state, derivatives, pathways };
}
