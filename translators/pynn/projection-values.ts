/** Weights, delays and parameters of the synapses of a projection, with PyNN's units and defaults. */

import { declaredIn } from '../../src/library/standard-type.js';
import type { StandardSynapse, Receptor } from '../../src/library/standard-type.js';
import { child } from '../../src/model/pointer.js';
import { located } from '../shared/located.js';
import type { Synapse, Projection, Value } from './specification.generated.js';
import type { Connections } from './connectors.js';
import { type Setting, own, stepsIn } from './context.js';
import type { Slot } from './values.js';
import * as messages from './messages.js';
import { perSynapse, delaysOf } from './synapse-values.js';

interface Values {
  readonly values: Readonly<Record<string, unknown>>;
  readonly delays: Readonly<Record<string, unknown>>;
}

/** Returns units of synaptic parameters, by canonical type. */
export const unitOf = ({ synapse }: StandardSynapse, name: string): string => declaredIn(synapse, name).unit;

/** Returns the value that a type itself gives to a parameter. */
const defaultOf = ({ synapse }: StandardSynapse, name: string): unknown => declaredIn(synapse, name).value;

/** Returns values and delays of the synapses of a projection, in the canonical document's form. */
export function synapseValues(
  written: Synapse,
  standard: StandardSynapse,
  receptor: Receptor,
  connections: Connections,
  projection: Projection,
  pointer: string,
  setting: Setting,
): Values {
  const at = child(pointer, 'synapse');
  const values: Record<string, unknown> = {};
  const names = Object.keys({ weight: 0, ...standard.synapse.parameters }).filter(
    (name) => name !== 'tau_syn' && name !== 'transmission' && name !== 'delay',
  );
  const given = givenValues(written, at);
  const known = ['weight', 'delay', ...names.filter((name) => name !== 'weight')];
  const place = (name: string): number => known.indexOf(name);
  const hasDelay = fractionOf(written, setting.dt) !== undefined;
  const anew: Pick<Slot, 'draws'> = connections.drawsAnew === true ? { draws: 'anew' } : {};
  let delay: readonly [Value, string] = [setting.minDelay, pointer];
  for (const [name, value, where] of [...given].sort(([a], [b]) => place(a) - place(b))) {
    if (name === 'delay' && hasDelay) delay = [value ?? setting.minDelay, where];
    else if (!names.includes(name))
      setting.reportKey(
        messages.unknownParameter(name, written.type, [
          ...names.slice(0, 1),
          ...(hasDelay ? ['delay'] : []),
          ...names.slice(1),
        ]),
        where,
      );
    else {
      const translated = perSynapse(
        value,
        where,
        { what: name, unit: unitOf(standard, name), count: null, formulas: ['d', 'ij'], ...anew },
        connections,
        setting,
      );
      if (translated !== undefined && translated.value !== defaultOf(standard, name)) values[name] = translated;
    }
  }
  for (const [name, column] of Object.entries(connections.columns ?? {})) {
    if (name === 'delay' && !hasDelay) continue;
    else if (name === 'delay') delay = [column, connections.columnsAt ?? pointer];
    else if (names.includes(name)) values[name] = located(column, connections.columnsAt ?? pointer);
    else setting.report(messages.unknownParameter(name, written.type, names), connections.columnsAt ?? pointer);
  }
  for (const [name, value] of Object.entries(projection.initial_values ?? {})) {
    const where = child(child(pointer, 'initial_values'), name);
    const variable = own(standard.initial, name);
    if (variable === undefined)
      setting.reportKey(messages.unknownVariable(name, written.type, Object.keys(standard.initial)), where);
    else
      values[variable] = perSynapse(
        value,
        where,
        { what: name, unit: unitOf(standard, variable), count: null, formulas: ['d', 'ij'] },
        connections,
        setting,
      );
  }
  if (standard.synapse.parameters?.['tau_syn'] !== undefined)
    values['tau_syn'] = `post.${receptor.timeConstant ?? 'tau_syn'}`;
  const fraction = fractionOf(written, setting.dt);
  if (fraction === undefined) return { values, delays: {} };
  const delays = delaysOf(...delay, fraction, connections, setting);
  return { values: { ...values, ...delays.values }, delays: delays.delays };
}

/**
 * Returns the dendritic fraction of a plastic synapse's delay: 0 if the dendritic part is shorter than a step. Returns
 * null for other synapses, and undefined for synapses without a delay.
 *
 * @param dt  in the unit of the delay
 */
export function fractionOf(written: Synapse, dt: number): number | null | undefined {
  if (written.type === 'ElectricalSynapse') return undefined;
  if (written.type !== 'STDPMechanism') return null;
  const { dendritic_delay_fraction: fraction = 1, params = {} } = written;
  const delay = params['delay'];
  return typeof delay === 'number' && fraction < 1 && stepsIn(fraction * delay, dt).steps === 0 ? 0 : fraction;
}

/** Returns the values that a synapse description gives, each with its place. */
function givenValues(
  written: Synapse,
  pointer: string,
): readonly (readonly [name: string, value: Value, pointer: string])[] {
  const of = (params: Synapse['params'], at: string): [string, Value, string][] =>
    Object.entries(params ?? {}).map(([name, value]) => [name, value, child(child(at, 'params'), name)]);
  return [
    ...of(written.params, pointer),
    ...of(written.timing_dependence?.params, child(pointer, 'timing_dependence')),
    ...of(written.weight_dependence?.params, child(pointer, 'weight_dependence')),
  ];
}
