/** Projections: ends, connections, synapse types with their values, receptors, delays, space. */

import type { StandardSynapse, Receptor } from '../../src/library/standard-type.js';
import type { SynapseDocument } from '../../src/model/document.generated.js';
import { child } from '../../src/model/pointer.js';
import { stdpName, synapsesFor, electricalSynapse, stdpSynapse } from '../../src/library/pynn/index.js';
import { type Located, located } from '../shared/located.js';
import { connectors, type Connections, translateConnector } from './connectors.js';
import { type Target, targetOf, endOf } from './selections.js';
import type { Projection, Synapse, Space } from './specification.generated.js';
import { type Setting, own } from './context.js';
import { nativeName, whereFrom } from './native/types.js';
import * as messages from './messages.js';
import { commonReceptors, chooseReceptor, checkSigns } from './projection-receptors.js';
import { checkRanges } from './check-ranges.js';
import { synapseValues, fractionOf } from './projection-values.js';
import { sharesDelay } from './synapse-values.js';
import { atPlace, placesOf, structureOf } from './placed-synapses.js';

/** A projection of the canonical model, with the facts that other parts of the document need. */
export interface TranslatedProjection {
  /** Name in the canonical model. */
  readonly id: string;
  /** Its type in the model, and the library's type that this is. */
  readonly synapse: { readonly type: string; readonly standard: StandardSynapse };
  /** Part of the canonical document, with its place in the user's. */
  readonly projection: Located;
  /** The connected cells, for copies and for values by connection. */
  readonly connections: Connections;
  /** The dendritic fraction of a plastic synapse's delay; null for others; undefined for synapses without a delay. */
  readonly fraction: number | null | undefined;
}

/** The context in which projections are created. */
export interface Network {
  /** Targets by label. */
  readonly targets: ReadonlyMap<string, Target>;
  /** Connections of the projections before, by label. */
  readonly others: ReadonlyMap<string, Connections & { readonly id: string }>;
  /** Synapse types in use, by canonical name. */
  readonly synapses: Map<string, SynapseDocument>;
}

/** Translates one projection; undefined after an error was reported. */
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
  const written: Synapse = projection.synapse ?? { type: 'StaticSynapse' };
  const { params, timing_dependence, weight_dependence } = written;
  checkRanges({ params, timing_dependence, weight_dependence }, child(pointer, 'synapse'), setting);
  if (written.type === 'ElectricalSynapse')
    return gapJunctions(projection, written, id, label, { pre, post }, pointer, network, setting);
  const native = nativeName(written.type);
  if (native !== undefined)
    return nativeProjection(projection, native, id, label, { pre, post }, pointer, network, setting);
  if (projection.source !== undefined && projection.source !== null)
    setting.report(messages.unsupported('a source other than the cell'), child(pointer, 'source'));
  const structure = structureOf(projection, post, pointer, setting);
  if (structure === undefined) return undefined;
  const receptors = commonReceptors(post, child(pointer, 'post'), setting);
  if (receptors === undefined) return undefined;
  const connections = translateConnector(
    projection.connector,
    child(pointer, 'connector'),
    { label, pre, post, others: network.others },
    setting,
  );
  if (connections === undefined && connectors[projection.connector.type]?.hasColumns) return undefined;
  // Mistakes in the synapse are reported together with mistakes in the connector and the receptor.
  const assumed = connections ?? { between: [pre.label, post.label], rule: { rule: 'all' } };
  const receptor = chooseReceptor(projection, written, assumed, receptors, pointer, setting);
  const standard = synapseOf(
    written,
    (receptor?.receptor ?? Object.values(receptors)[0])?.kind ?? 'current',
    assumed.columns?.['delay'] !== undefined,
    child(pointer, 'synapse'),
    setting,
  );
  if (standard === undefined) return undefined;
  if (connections === undefined || receptor === undefined) {
    const [first] = Object.values(receptors);
    if (receptor !== undefined) checkSigns(written, assumed, receptor, projection, pointer, setting);
    if (first !== undefined)
      synapseValues(written, standard, receptor?.receptor ?? first, assumed, projection, pointer, setting);
    return undefined;
  }
  checkSigns(written, connections, receptor, projection, pointer, setting);
  const values = synapseValues(written, standard, receptor.receptor, connections, projection, pointer, setting);
  const { type: mechanism, timing_dependence: timing, weight_dependence: weight } = written;
  const ofType = mechanism === 'STDPMechanism' ? stdpName(timing?.type ?? '', weight?.type ?? '') : standard.name;
  const type = `${ofType}_${receptor.receptor.kind}`;
  const placed = structure && own(structure.receptors, receptor.name);
  const ends = placed && placesOf(projection, placed, structure, connections, pointer, setting);
  if (structure && !ends) return undefined;
  const name = nameOfType(
    placed ? `${type}_${receptor.name}` : type,
    placed ? atPlace(standard, placed, fractionOf(written, setting.dt) ?? 1) : standard,
    network.synapses,
  );
  const space = translateSpace(projection.space, child(pointer, 'space'));
  // The sides of a plastic synapse have a part of the delay each; that the whole is within limits has been checked.
  const range = typeof fractionOf(written, setting.dt) === 'number' ? {} : delayRange(setting);
  const rest = {
    ...(ends ? {} : { receptor: located(receptor.receptor.variable, receptor.pointer) }),
    values: ends ? omit(values.values, 'tau_syn') : values.values,
    delays: values.delays,
    ...range,
    ...space,
  };
  const plain = endsOf(pre, post, pointer);
  const both = ends ? { ...plain, to: { of: plain.to, ...ends } } : plain;
  return translated(id, { type: name, standard }, connections, both, rest, pointer, fractionOf(written, setting.dt));
}

const omit = (values: Readonly<Record<string, unknown>>, key: string): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).filter(([name]) => name !== key));

/** Returns both ends of a projection in the canonical document. */
const endsOf = (pre: Target, post: Target, pointer: string): { readonly from: unknown; readonly to: unknown } => ({
  from: endOf(pre, child(pointer, 'pre')),
  to: endOf(post, child(pointer, 'post')),
});

/**
 * Returns a projection with all its properties in the canonical document: ends, synapse type, connections and others.
 */
const translated = (
  id: string,
  synapse: TranslatedProjection['synapse'],
  connections: Connections,
  ends: ReturnType<typeof endsOf>,
  rest: object,
  pointer: string,
  fraction?: number | null,
): TranslatedProjection => {
  const connect = located(connections.rule, child(pointer, 'connector'));
  const projection = located({ ...ends, synapse: synapse.type, connect, ...rest }, pointer);
  return { id, synapse, projection, connections, fraction };
};

/** Names of a gap junction's two sides, such as `source_section.gap`. */
const isGap = (name: string): boolean => /(^|\.)gap$/.test(name);

/**
 * Returns a projection of gap junctions: both ends need a voltage and an input for currents; neither has a receptor.
 */
function gapJunctions(
  projection: Projection,
  written: Synapse,
  id: string,
  label: string,
  { pre, post }: { readonly pre: Target; readonly post: Target },
  pointer: string,
  network: Network,
  setting: Setting,
): TranslatedProjection | undefined {
  for (const key of ['receptor_type', 'source'] as const) {
    const name = projection[key];
    if (name !== undefined && name !== null && name !== 'default' && !isGap(name))
      setting.report(
        messages.unknownReference('side of a gap junction', name, ['source_section.gap']),
        child(pointer, key),
      );
  }
  for (const [key, target] of [
    ['pre', pre],
    ['post', post],
  ] as const) {
    if (target.portions.every(({ population }) => population.cell?.injectable !== undefined)) continue;
    setting.report(messages.notInjectable(target.label), child(pointer, key));
    return undefined;
  }
  const ends = { label, pre, post, others: network.others };
  const connections = translateConnector(projection.connector, child(pointer, 'connector'), ends, setting);
  if (connections === undefined) return undefined;
  const receptor: Receptor = { variable: 'i_inj', kind: 'conductance' };
  const standard = synapseOf(written, 'conductance', false, child(pointer, 'synapse'), setting);
  if (standard === undefined) return undefined;
  const { values } = synapseValues(written, standard, receptor, connections, projection, pointer, setting);
  const name = nameOfType(standard.name, standard, network.synapses);
  const rest = { values, ...translateSpace(projection.space, child(pointer, 'space')) };
  return translated(id, { type: name, standard }, connections, endsOf(pre, post, pointer), rest, pointer);
}

/** Returns a projection of synapses of a type of the document's own. */
function nativeProjection(
  projection: Projection,
  name: string,
  id: string,
  label: string,
  { pre, post }: { readonly pre: Target; readonly post: Target },
  pointer: string,
  network: Network,
  setting: Setting,
): TranslatedProjection | undefined {
  const standard = setting.natives.synapse(name, `${pointer}/synapse/type`);
  if (standard === undefined) return undefined;
  const { connect, from, to, ...rest } = projection.native ?? {};
  const ends = { label, pre, post, others: network.others };
  const connections =
    connect === undefined
      ? translateConnector(projection.connector, child(pointer, 'connector'), ends, setting)
      : { between: [pre.label, post.label] as const, rule: connect };
  if (connections === undefined) return undefined;
  const { values = {}, delays = {} } = projection.synapse ?? {};
  const at = child(pointer, 'synapse');
  const end = (target: Target, key: 'pre' | 'post', more: unknown): unknown =>
    more === undefined ? endOf(target, child(pointer, key)) : { of: endOf(target, child(pointer, key)), ...more };
  network.synapses.set(name, standard.synapse);
  const properties = {
    values: whereFrom(values, child(at, 'values')),
    delays: whereFrom(delays, child(at, 'delays')),
    ...receptorOf(projection, post, pointer, setting),
    ...translateSpace(projection.space, child(pointer, 'space')),
    ...whereFrom(rest, child(pointer, 'native')),
  };
  const own = { from: end(pre, 'pre', from), to: end(post, 'post', to) };
  return translated(id, { type: name, standard }, connections, own, properties, pointer);
}

/** Returns the variable of the receptor that a projection of native synapses names. */
function receptorOf(projection: Projection, post: Target, pointer: string, setting: Setting): object {
  const { receptor_type: name } = projection;
  const receptors = name ? commonReceptors(post, child(pointer, 'post'), setting) : undefined;
  const at = child(pointer, 'receptor_type');
  const receptor = name && receptors ? own(receptors, name) : undefined;
  if (name && receptors && !receptor)
    setting.report(messages.unknownReference('receptor', name, Object.keys(receptors)), at);
  return receptor ? { receptor: located(receptor.variable, at) } : {};
}

/** Returns a name for a type. Types of one name differ if a projection needs another variant. */
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

/** @param listed  whether the connector lists the delays */
function synapseOf(
  written: Synapse,
  kind: Receptor['kind'],
  listed: boolean,
  pointer: string,
  setting: Setting,
): StandardSynapse | undefined {
  if (written.type === 'STDPMechanism') return stdpOf(written, kind, listed, pointer, setting);
  const known: Readonly<Record<string, StandardSynapse>> = {
    ...synapsesFor(kind),
    ElectricalSynapse: electricalSynapse,
  };
  const standard = own(known, written.type);
  if (standard === undefined) setting.report(messages.nativeType(written.type), child(pointer, 'type'));
  return standard;
}

function stdpOf(
  written: Synapse,
  kind: Receptor['kind'],
  listed: boolean,
  pointer: string,
  setting: Setting,
): StandardSynapse | undefined {
  const { timing_dependence: timing, weight_dependence: dependence } = written;
  if (written.voltage_dependence !== undefined && written.voltage_dependence !== null)
    return void setting.report(
      messages.unsupported('voltage_dependence, which no simulator implements'),
      child(pointer, 'voltage_dependence'),
    );
  const fraction = fractionOf(written, setting.dt) ?? 1;
  const delay = written.params?.['delay'] ?? 0;
  const isShared = sharesDelay(listed ? [] : delay, fraction);
  return stdpSynapse(kind, timing?.type ?? '', dependence?.type ?? '', {
    preAtOnce: fraction > 0,
    postAtOnce: true,
    sends: fraction > 0,
    ...(isShared ? { whole: true } : {}),
  });
}

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
        ...(periodic === undefined || periodic === null
          ? {}
          : { periodic: periodic.map((interval) => interval?.map(um) ?? null) }),
      },
      pointer,
    ),
  };
}
