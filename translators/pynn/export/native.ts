/**
 * Model parts without a name in PyNN: types by their equations, and related parts in the notation of the canonical
 * model.
 */

import { isSelection } from '../../../src/model/tagged.js';
import { populationsOf } from '../../../src/model/selected.js';
import { weightKindOf, type Receptor } from '../../../src/library/standard-type.js';
import type * as written from '../../../src/model/model.js';
import type { ConnectionRule, Model, Projection } from '../../../src/model/typed.js';
import { child } from '../../../src/model/pointer.js';
import type { Connector, Projection as PynnProjection } from '../specification.generated.js';
import { connectorOf } from './connectors.js';
import { cellOfSelection, type ExportContext } from './context.js';
import { given } from './given.js';
import type { NativeParts } from './native-parts.js';
import { declaredName } from '../../../src/library/declared-types.js';

/** Report text for a type that PyNN's simulators lack. */
export const runsHere =
  'has no name in PyNN and is written by its equations: ' +
  "they run on PyNN's interneuron backend, not on other simulators";

/** Checks whether a projection goes beyond PyNN's own synapses, receptors and connectors. */
export function isNative(context: ExportContext, { from, to, synapse, receptors }: Projection): boolean {
  if (context.natives === undefined) return false;
  const type = context.model.synapses[synapse];
  const target = cellOfSelection(context, to.of);
  const known = Object.values(target?.receptors ?? {}).some(({ variable }) => variable === receptors['port']);
  return (
    type === undefined ||
    declaredName(type) === '' ||
    isSelection(from.of, 'synapses') ||
    isSelection(to.of, 'synapses') ||
    (target?.native === true && !known)
  );
}

/** Returns variables of a cell type that synapses by PyNN's names act on, called as they are. */
export function receptorsOf(model: Model, name: string): Readonly<Record<string, Receptor>> {
  const state = model.neurons[name]?.state ?? {};
  const variables = Object.values(model.projections).flatMap(({ to, synapse, receptors }) => {
    const types = isSelection(to.of, 'synapses')
      ? []
      : populationsOf(to.of).map((population) => model.populations[population]?.type);
    const type = model.synapses[synapse];
    const isNamed = type !== undefined && !['', 'ElectricalSynapse'].includes(declaredName(type));
    return isNamed && types.includes(name) ? (receptors['port'] ?? []) : [];
  });
  return Object.fromEntries(
    variables.flatMap((variable) => {
      const kind = weightKindOf(state[variable]?.unit ?? '');
      return kind === undefined ? [] : [[variable, { variable, kind }] as const];
    }),
  );
}

/** Checks whether a connector of PyNN expresses a rule without loss. */
function isPynnRule(rule: ConnectionRule): boolean {
  switch (rule.rule) {
    case 'all':
    case 'oneToOne':
    case 'list':
    case 'fixedTotal':
      return true;
    case 'pairs':
      return rule.condition === null && rule.copies === 1 && typeof rule.p === 'number';
    case 'fixedInDegree':
    case 'fixedOutDegree':
      return typeof rule.n === 'number';
    default:
      return false;
  }
}

/** Returns a projection with a type of the document's own; undefined if it is written as a whole under `native`. */
export function nativeProjection(
  context: ExportContext,
  natives: NativeParts,
  name: string,
  projection: Projection,
  pointer: string,
): PynnProjection | undefined {
  const { from, to, synapse, connect, receptors, delayRange, space, clock, order } = projection;
  const own = natives.model.projections[name];
  context.report.convention('pynn/native', pointer, runsHere);
  context.report.convention('pynn/native', child('/synapses', synapse), runsHere);
  const type = context.model.synapses[synapse];
  if (type !== undefined) natives.synapse(synapse, type);
  if (isSelection(from.of, 'synapses') || isSelection(to.of, 'synapses')) {
    natives.add('projections', name);
    return undefined;
  }
  const [rule, ...others] = connect;
  const isNamed = rule !== undefined && others.length === 0 && isPynnRule(rule);
  const connector: Connector | undefined = isNamed ? connectorOf(context, connect, pointer) : undefined;
  const end = ({ of: _, ...rest }: written.End): object => rest;
  const more = {
    ...given('from', { ...(own && end(own.from)) }),
    ...given('to', { ...(own && end(own.to)) }),
    ...(connector === undefined ? { connect: own?.connect } : {}),
    ...given('receptors', receptors),
    ...(delayRange === undefined ? {} : { delayRange }),
    ...(space === undefined ? {} : { space }),
    ...(clock === undefined ? {} : { clock }),
    ...(order === 0 ? {} : { order }),
  };
  return {
    label: context.label(name),
    pre: context.targets.of(from.of),
    post: context.targets.of(to.of),
    connector: connector ?? { type: 'native' },
    synapse: {
      type: `native:${synapse}`,
      ...given('values', natives.plain(own?.values ?? {})),
      ...given('delays', natives.plain(own?.delays ?? {})),
    },
    ...given('native', natives.plain(more)),
  };
}
