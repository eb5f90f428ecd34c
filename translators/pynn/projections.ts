/** Projections: ends, connections, synapse types with their values, receptors, delays, space. */

import type { SynapseDocument } from '../../src/model/document.js';
import { missingTypes, stdpName, stdpSynapse, synapsesFor, timingRules, weightDependences } from '../../src/library/pynn/index.js';
import type { Receptor, StandardSynapse } from '../../src/library/standard-type.js';
import { child } from '../../src/model/pointer.js';
import { translateConnector, type Connections } from './connectors.js';
import { own, type Setting } from './context.js';
import { located, type Located } from './located.js';
import * as messages from './messages.js';
import { endOf, targetOf, type Target } from './selections.js';
import type { Projection, Space, Synapse, Value } from './specification.js';
import { quantity } from './distributions.js';
import { isNumbers, translateValue, type Slot } from './values.js';

/** A projection of the canonical model, with what the rest of the document may ask of it. */
export interface TranslatedProjection {
  readonly id: string;
  readonly synapse: { readonly type: string; readonly standard: StandardSynapse };
  readonly projection: Located;
  readonly connections: Connections;
}

/** What projections are made with. */
export interface Network {
  readonly targets: ReadonlyMap<string, Target>;
  /** Connections of the projections before, by label. */
  readonly others: ReadonlyMap<string, Connections>;
  /** Synapse types in use, by canonical name. */
  readonly synapses: Map<string, SynapseDocument>;
}

/** Translates one projection; undefined after what is wrong was reported. */
export function translateProjection(
  projection: Projection,
  id: string,
  label: string,
  pointer: string,
  network: Network,
  setting: Setting,
): TranslatedProjection | undefined {
  const pre = targetOf(projection.pre, network.targets, child(pointer, 'pre'), setting);
  const post = targetOf(projection.post, network.targets, child(pointer, 'post'), setting);
  if (pre === undefined || post === undefined) return undefined;
  if (projection.source !== undefined && projection.source !== null)
    setting.report(messages.unsupported('a source other than the cell'), child(pointer, 'source'));
  const written: Synapse = projection.synapse ?? { type: 'StaticSynapse' };
  const receptors = commonReceptors(post, child(pointer, 'post'), setting);
  if (receptors === undefined) return undefined;
  const connections = translateConnector(
    projection.connector,
    child(pointer, 'connector'),
    { label, pre, post, others: network.others },
    setting,
  );
  if (connections === undefined) return undefined;
  const receptor = chooseReceptor(projection, written, connections, receptors, pointer, setting);
  if (receptor === undefined) return undefined;
  const standard = synapseOf(written, receptor.receptor.kind, child(pointer, 'synapse'), setting);
  if (standard === undefined) return undefined;
  checkSigns(written, connections, receptor, projection, pointer, setting);
  const values = synapseValues(written, standard, receptor.receptor, connections, projection, pointer, setting);
  const type = `${written.type === 'STDPMechanism' ? stdpName(written.timing_dependence?.type ?? '', written.weight_dependence?.type ?? '') : standard.name}_${receptor.receptor.kind}`;
  const name = nameOfType(type, standard, network.synapses);
  const space = translateSpace(projection.space, child(pointer, 'space'));
  const range = delayRange(setting);
  const document = {
    from: endOf(pre, child(pointer, 'pre')),
    to: endOf(post, child(pointer, 'post')),
    synapse: name,
    connect: located(connections.rule, child(pointer, 'connector')),
    receptor: located(receptor.receptor.variable, receptor.pointer),
    values: values.values,
    delays: values.delays,
    ...range,
    ...space,
  };
  return { id, synapse: { type: name, standard }, projection: located(document, pointer), connections };
}

/** Types of one name differ where a projection needs another variant of them. */
function nameOfType(name: string, { synapse }: StandardSynapse, types: Map<string, SynapseDocument>): string {
  const text = JSON.stringify(synapse);
  for (let k = 1; ; k++) {
    const candidate = k === 1 ? name : `${name}_${k}`;
    const known = types.get(candidate);
    if (known !== undefined && JSON.stringify(known) !== text) continue;
    types.set(candidate, synapse);
    return candidate;
  }
}

function delayRange({ minDelay, maxDelay, dt }: Setting): { readonly delayRange?: unknown } {
  if (minDelay === dt && maxDelay === Infinity) return {};
  return { delayRange: { min: `${minDelay} ms`, ...(maxDelay === Infinity ? {} : { max: `${maxDelay} ms` }) } };
}

// --- Receptors ----------------------------------------------------------------------------------------------------

type Receptors = Readonly<Record<string, Receptor>>;
interface Chosen {
  readonly name: string;
  readonly receptor: Receptor;
  readonly pointer: string;
}

/** The receptors that all cells of a target have. */
function commonReceptors(target: Target, pointer: string, setting: Setting): Receptors | undefined {
  const [first, ...others] = target.portions.map(({ population }) => population.cell?.receptors ?? {});
  const names = Object.keys(first ?? {}).filter((name) => others.every((receptors) => Object.hasOwn(receptors, name)));
  if (names.length === 0) return void setting.report(messages.noReceptors(target.label), pointer);
  const mixed = names.find((name) =>
    others.some((receptors) => receptors[name]?.kind !== first?.[name]?.kind || receptors[name]?.variable !== first?.[name]?.variable),
  );
  if (mixed !== undefined) return void setting.report(messages.mixedReceptors(target.label), pointer);
  return Object.fromEntries(
    names.map((name) => [name, first?.[name]] as const).filter((entry): entry is readonly [string, Receptor] => entry[1] !== undefined),
  );
}

/** The receptor that the projection names; without a name the sign of the weight decides, as in PyNN. */
function chooseReceptor(
  projection: Projection,
  synapse: Synapse,
  connections: Connections,
  receptors: Receptors,
  pointer: string,
  setting: Setting,
): Chosen | undefined {
  const names = Object.keys(receptors);
  const at = child(pointer, 'receptor_type');
  const pick = (name: string | undefined, place: string): Chosen | undefined => {
    const receptor = name === undefined ? undefined : own(receptors, name);
    return name === undefined || receptor === undefined ? undefined : { name, receptor, pointer: place };
  };
  const { receptor_type: written } = projection;
  if (written !== undefined && written !== null && written !== 'default') {
    return pick(written, at) ?? void setting.report(messages.unknownReference('receptor', written, names), at);
  }
  if (names.length === 1) return pick(names[0], pointer);
  const weight = lastNumber(own(synapse.params ?? {}, 'weight') ?? 0, connections);
  if (weight === undefined) return void setting.report(messages.receptorNeeded(names), pointer);
  return pick(weight >= 0 ? names[0] : names[1], pointer);
}

/** The weight between the last pair, where it is known. */
function lastNumber(weight: Value, connections: Connections): number | undefined {
  const column = connections.columns?.['weight'];
  if (column !== undefined) return column.at(-1) ?? 0;
  if (typeof weight === 'number') return weight;
  if (isNumbers(weight)) return weight.at(-1);
  if (Array.isArray(weight)) {
    const row: unknown = weight.at(-1);
    return isNumbers(row) ? row.at(-1) : undefined;
  }
  return undefined;
}

const excitatory: ReadonlySet<string> = new Set(['excitatory', 'AMPA', 'NMDA']);
const inhibitory: ReadonlySet<string> = new Set(['inhibitory', 'GABA', 'GABAA', 'GABAB']);

/** PyNN's rules on the signs of weights, for those that are known; it does not check listed connections. */
function checkSigns(
  synapse: Synapse,
  connections: Connections,
  { name, receptor }: Chosen,
  projection: Projection,
  pointer: string,
  setting: Setting,
): void {
  if (
    projection.connector.safe === false ||
    connections.columns?.['weight'] !== undefined ||
    projection.connector.type === 'FromListConnector'
  )
    return;
  const weight = own(synapse.params ?? {}, 'weight') ?? 0;
  const numbers: readonly number[] = typeof weight === 'number' ? [weight] : isNumbers(weight) ? weight : [];
  const negative = receptor.kind !== 'conductance' && inhibitory.has(name);
  if (receptor.kind !== 'conductance' && !negative && !excitatory.has(name)) return;
  const wrong = numbers.find((number) => (negative ? number > 0 : number < 0));
  if (wrong !== undefined)
    setting.report(
      messages.wrongSign(receptor.kind, name, negative ? '0 or less' : '0 or more', wrong),
      `${pointer}/synapse/params/weight`,
    );
}

// --- Synapse types ------------------------------------------------------------------------------------------------

function synapseOf(written: Synapse, kind: Receptor['kind'], pointer: string, setting: Setting): StandardSynapse | undefined {
  if (written.type === 'STDPMechanism') return stdpOf(written, kind, pointer, setting);
  for (const key of ['timing_dependence', 'weight_dependence', 'voltage_dependence', 'dendritic_delay_fraction'] as const) {
    if (written[key] !== undefined) setting.reportKey(messages.unknownParameter(key, written.type, ['params']), child(pointer, key));
  }
  const known = synapsesFor(kind);
  const standard = own(known, written.type);
  if (standard !== undefined) {
    if (kind === 'voltage' && standard.synapse.parameters?.['tau_syn'] !== undefined)
      return void setting.report(
        messages.unsupported(`${written.type} onto cells whose synapses step the voltage`),
        child(pointer, 'type'),
      );
    return standard;
  }
  const missing = own(missingTypes, written.type);
  if (missing !== undefined) setting.report(messages.unsupported(`${written.type} (${missing})`), child(pointer, 'type'));
  else if (written.type.startsWith('native:')) setting.report(messages.nativeType(written.type), child(pointer, 'type'));
  else setting.report(messages.unknownType('synapse type', written.type, [...Object.keys(known), 'STDPMechanism']), child(pointer, 'type'));
  return undefined;
}

function stdpOf(written: Synapse, kind: Receptor['kind'], pointer: string, setting: Setting): StandardSynapse | undefined {
  const { timing_dependence: timing, weight_dependence: dependence } = written;
  let whole = true;
  if (written.voltage_dependence !== undefined && written.voltage_dependence !== null) {
    whole = false;
    setting.report(messages.unsupported('voltage_dependence, which no simulator implements'), child(pointer, 'voltage_dependence'));
  }
  for (const [key, part, known] of [
    ['timing_dependence', timing, timingRules],
    ['weight_dependence', dependence, weightDependences],
  ] as const) {
    if (part !== undefined && own<unknown>(known, part.type) !== undefined) continue;
    whole = false;
    if (part === undefined) setting.report(messages.missingParameter(key, 'STDPMechanism'), pointer);
    else setting.report(messages.unknownType(key.replace('_', ' '), part.type, Object.keys(known)), child(child(pointer, key), 'type'));
  }
  if (!whole) return undefined;
  const fraction = written.dendritic_delay_fraction ?? 1;
  return stdpSynapse(kind, timing?.type ?? '', dependence?.type ?? '', { preAtOnce: fraction > 0, postAtOnce: true, sends: fraction > 0 });
}

// --- Values and delays --------------------------------------------------------------------------------------------

interface Values {
  readonly values: Readonly<Record<string, unknown>>;
  readonly delays: Readonly<Record<string, unknown>>;
}

/** Units of synaptic parameters, by canonical type. */
function unitOf({ synapse }: StandardSynapse, name: string): string {
  const declared = synapse.parameters?.[name] ?? synapse.state?.[name];
  return typeof declared === 'object' && declared.unit !== undefined ? String(declared.unit) : '1';
}

/** The value that a type itself gives to a parameter. */
function defaultOf({ synapse }: StandardSynapse, name: string): unknown {
  const declared = synapse.parameters?.[name] ?? synapse.state?.[name];
  return typeof declared !== 'object' ? declared : 'value' in declared ? declared.value : 'initial' in declared ? declared.initial : 0;
}

function synapseValues(
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
  const names = Object.keys({ weight: 0, ...standard.synapse.parameters }).filter((name) => name !== 'tau_syn' && name !== 'transmission');
  const given = givenValues(written, at);
  const known = ['weight', 'delay', ...names.filter((name) => name !== 'weight')];
  const place = (name: string): number => known.indexOf(name);
  let delay: readonly [Value, string] = [setting.minDelay, pointer];
  for (const [name, value, where] of [...given].sort(([a], [b]) => place(a) - place(b))) {
    if (name === 'delay') delay = [value ?? setting.minDelay, where];
    else if (!names.includes(name))
      setting.reportKey(messages.unknownParameter(name, written.type, [...names.slice(0, 1), 'delay', ...names.slice(1)]), where);
    else {
      const translated = perSynapse(
        value,
        where,
        { what: name, unit: unitOf(standard, name), count: null, formulas: ['d', 'ij'] },
        connections,
        setting,
      );
      if (translated !== undefined && translated.value !== defaultOf(standard, name)) values[name] = translated;
    }
  }
  for (const [name, column] of Object.entries(connections.columns ?? {})) {
    if (name === 'delay') delay = [column, connections.columnsAt ?? pointer];
    else if (names.includes(name)) values[name] = located(column, connections.columnsAt ?? pointer);
    else setting.report(messages.unknownParameter(name, written.type, names), connections.columnsAt ?? pointer);
  }
  for (const [name, value] of Object.entries(projection.initial_values ?? {})) {
    const where = child(child(pointer, 'initial_values'), name);
    const variable = own(standard.initial, name);
    if (variable === undefined) setting.reportKey(messages.unknownVariable(name, written.type, Object.keys(standard.initial)), where);
    else
      values[variable] = perSynapse(
        value,
        where,
        { what: name, unit: unitOf(standard, variable), count: null, formulas: ['d', 'ij'] },
        connections,
        setting,
      );
  }
  if (standard.synapse.parameters?.['tau_syn'] !== undefined) values['tau_syn'] = `post.${receptor.timeConstant ?? 'tau_syn'}`;
  if (written.type !== 'STDPMechanism') return { values, delays: { pre: delayValue(...delay, 1, connections, setting) } };
  const fraction = written.dendritic_delay_fraction ?? 1;
  // The delays are of one draw: where it is random, only all of it can be before or after the synapse.
  const share = (part: number): unknown => (part === 0 ? undefined : delayValue(...delay, part, connections, setting));
  const [before, after] = [share(1 - fraction), share(fraction)];
  if (after !== undefined && isNative(delay[0], setting))
    setting.report(messages.needsGenerator('a random delay of a plastic synapse'), delay[1]);
  if (before !== undefined && after !== undefined && !isKnown(delay[0]))
    setting.report(messages.unsupported('a random delay of which a part is dendritic', 'use a fraction of 0 or 1'), delay[1]);
  return {
    values: { ...values, ...(after === undefined ? {} : { transmission: after }) },
    delays: { ...(before === undefined ? {} : { pre: before }), ...(after === undefined ? {} : { post: after }) },
  };
}

/** Whether a value is drawn on the target, each time that it is needed. */
const isNative = (value: Value, { rngs }: Setting): boolean =>
  typeof value === 'object' && value !== null && 'random' in value && own(rngs, value.rng ?? '')?.seed === undefined;

const isKnown = (value: Value): boolean => typeof value === 'number' || Array.isArray(value);

/** The values that a synapse description gives, each with its place. */
function givenValues(written: Synapse, pointer: string): readonly (readonly [name: string, value: Value, pointer: string])[] {
  const of = (params: Synapse['params'], at: string): [string, Value, string][] =>
    Object.entries(params ?? {}).map(([name, value]) => [name, value, child(child(at, 'params'), name)]);
  return [
    ...of(written.params, pointer),
    ...of(written.timing_dependence?.params, child(pointer, 'timing_dependence')),
    ...of(written.weight_dependence?.params, child(pointer, 'weight_dependence')),
  ];
}

/** A value of each synapse; a matrix has one for each pair. */
function perSynapse(value: Value, pointer: string, slot: Slot, connections: Connections, setting: Setting): Located | undefined {
  if (!Array.isArray(value)) return translateValue(value, pointer, slot, setting);
  if (connections.pairs === undefined)
    return void setting.report(messages.unsupported(`a list for ${slot.what} of connections that are drawn`), pointer);
  const { sources, targets } = connections.pairs();
  const rows: readonly unknown[] = value;
  if (isNumbers(rows)) return translateValue(rows, pointer, { ...slot, count: sources.length }, setting);
  const numbers = sources.map((i, k) => {
    const row: unknown = rows[i];
    const number: unknown = Array.isArray(row) ? row[targets[k] ?? 0] : undefined;
    return typeof number === 'number' ? number : NaN;
  });
  if (numbers.some(Number.isNaN))
    return void setting.report(messages.wrongValue(slot.what, 'a number for each connected pair', value), pointer);
  return translateValue(numbers, pointer, slot, setting);
}

/** A delay in ms, or a part of it, within the limits that setup sets. */
function delayValue(value: Value, pointer: string, part: number, connections: Connections, setting: Setting): unknown {
  const numbers = typeof value === 'number' ? [value] : isNumbers(value) ? value : [];
  const { minDelay, maxDelay } = setting;
  const tolerance = 1e-9 * setting.dt;
  const wrong = numbers.find((delay) => !(delay >= minDelay - tolerance && delay <= maxDelay + tolerance));
  if (wrong !== undefined) setting.report(messages.delayOutOfRange(wrong, minDelay, maxDelay), pointer);
  if (typeof value === 'number') return located(quantity(value * part, 'ms'), pointer);
  if (isNumbers(value) && part !== 1) return located({ array: value.map((delay) => delay * part), unit: 'ms' }, pointer);
  return perSynapse(
    value,
    pointer,
    { what: 'delay', unit: 'ms', count: null, formulas: ['d', 'ij'], explicit: true },
    connections,
    setting,
  );
}

// --- Space --------------------------------------------------------------------------------------------------------

function translateSpace(space: Space | undefined, pointer: string): { readonly space?: Located } {
  if (space === undefined) return {};
  const { axes, scale_factor: scale, offset, periodic_boundaries: periodic } = space;
  const um = (value: number): string => `${value}*um`;
  const offsets = typeof offset === 'number' ? um(offset) : offset?.map(um);
  return {
    space: located(
      {
        ...(axes === undefined || axes === null ? {} : { axes }),
        ...(scale === undefined ? {} : { scale }),
        ...(offsets === undefined ? {} : { offset: offsets }),
        ...(periodic === undefined || periodic === null ? {} : { periodic: periodic.map((interval) => interval?.map(um) ?? null) }),
      },
      pointer,
    ),
  };
}
