import { unitText } from '../../lang/dimension.js';
import type { EventDocument, NeuronDocument, RefractoryDocument, RegimeDocument } from '../document.generated.js';
import { messages } from '../messages.js';
import type { EventDefinition, NeuronType, Refractory, Regime } from '../model.js';
import { child } from '../pointer.js';
import { normaliseCable } from './cable.js';
import * as cells from '../shape/cells.js';
import * as shapes from '../shape/events.js';
import { declareCompartments, normaliseCompartments } from './compartments.js';
import type { Context } from './context.js';
import { declareEquations, normaliseDerivatives, normaliseEquations } from './equations.js';
import { checkedExpression, readUnit, textOf } from './expressions.js';
import { literalValue } from './literals.js';
import { madeOf, readObject } from './members.js';
import { normaliseOrder, normaliseSequence } from './sequence.js';
import {
  checkIds,
  checkVariableName,
  namesFrom,
  namesOfKinds,
  neuronSpecials,
  secondUnit,
  unknown,
  type Names,
  type Variable,
} from './names.js';

/** A normalised neuron type with the facts that other parts read. */
export interface NeuronInfo {
  readonly type: NeuronType;
  /** Its own variables. */
  readonly own: Names;
  /** Names that its expressions may read. */
  readonly scope: Names;
  /** Names under which others see its events. */
  readonly events: ReadonlySet<string>;
}

/** Normalises a neuron type. Reports findings and replaces wrong parts with harmless ones. */
export function normaliseNeuron(context: Context, document: NeuronDocument, pointer: string): NeuronInfo {
  if (document.nestml !== undefined) context.report(messages.tableNotRead(document.nestml), pointer);
  const more = new Map<string, Variable>([
    ...declareInputs(context, document, `${pointer}/inputs`),
    ...declareCompartments(document),
  ]);
  const declared = declareEquations(context, document, pointer, more, () => namesFrom(neuronSpecials));
  const scope = namesFrom(declared.names, neuronSpecials);
  const equations = normaliseEquations(context, document, declared, [scope], [scope], pointer);
  const events = eventNames(document);
  const inputs = madeOf(document.inputs, `${pointer}/inputs`, (item, at, name) => {
    const variable = declared.names.lookup(name);
    const known = variable?.kind === 'input' && { unit: unitText(variable.dimension) };
    const place = { context, scopes: [scope], pointer: at };
    return known ? readObject(cells.input, typeof item === 'object' ? item : {}, place, known) : undefined;
  });
  const cable = document.cable && normaliseCable(context, document.cable, scope, declared.names, `${pointer}/cable`);
  if (document.cable && document.compartments)
    context.report(messages.oneOfKeys(['compartments', 'cable'], 2), `${pointer}/cable`);
  const [own, regimes] = [Object.keys(document.events ?? {}), Object.keys(document.regimes ?? {})];
  const listed = { equations, events: own, regimes: regimes.length > 0 };
  const known = {
    ...equations,
    inputs,
    events: normaliseEvents(context, document, scope, declared.names, `${pointer}/events`),
    regimes: normaliseRegimes(context, document.regimes, scope, declared.names, `${pointer}/regimes`),
    compartments:
      document.compartments && normaliseCompartments(context, document.compartments, scope, `${pointer}/compartments`),
    cable,
    ...normaliseSequence(context, document.sequence, listed, `${pointer}/sequence`),
  };
  const type = readObject(cells.neuron, document, { context, pointer, scopes: [scope] }, known);
  return { type, own: declared.names, scope, events };
}

function declareInputs(context: Context, document: NeuronDocument, pointer: string): ReadonlyMap<string, Variable> {
  const inputs = new Map<string, Variable>();
  for (const [name, item] of Object.entries(document.inputs ?? {})) {
    const at = child(pointer, name);
    if (!checkVariableName(context, name, at)) continue;
    const unit = readUnit(
      context,
      typeof item === 'object' ? item.unit : item,
      typeof item === 'object' ? `${at}/unit` : at,
    );
    inputs.set(name, unit ? { kind: 'input', dimension: unit.dimension, type: 'real', unit } : unknown('input'));
  }
  return inputs;
}

/** Returns the events that others see. */
function eventNames(document: NeuronDocument): ReadonlySet<string> {
  const emitted = Object.values(document.regimes ?? {}).flatMap((regime) =>
    (regime.transitions ?? []).map(({ emit }) => emit),
  );
  const own = Object.entries(document.events ?? {}).map(([name, event]) =>
    emittedName(name, typeof event === 'string' ? {} : event),
  );
  return new Set([...own, ...emitted].filter((name) => typeof name === 'string'));
}

/** Returns the name that other elements receive an event under; null if it is not sent. */
function emittedName(name: string, { emits }: { readonly emits?: string | null }): string | null {
  return emits === undefined ? name : emits;
}

function normaliseEvents(
  context: Context,
  document: NeuronDocument,
  scope: Names,
  own: Names,
  pointer: string,
): Record<string, EventDefinition> {
  checkIds(context, document.events, pointer);
  const events = new Set(Object.keys(document.events ?? {}));
  return madeOf(document.events, pointer, (item, at, name) => {
    const event: EventDocument = typeof item === 'string' ? { when: item } : item;
    const { refractory, actionOrder, emits } = event;
    const place = { context, scopes: [scope], name, isShort: typeof item === 'string', pointer: at };
    const known = {
      refractory:
        refractory === undefined
          ? undefined
          : normaliseRefractory(context, refractory, scope, own, events, `${at}/refractory`),
      actionOrder: actionOrder === (event.order ?? 0) ? undefined : actionOrder,
      emits: emits === name ? undefined : emits,
    };
    const members = readObject(shapes.event, event, place, known);
    return { ...members, ...checkPlace(context, document, event.section, event.fraction, at) };
  });
}

/** Checks the place of an event or reading on a cell with structure. */
function checkPlace(
  context: Context,
  document: NeuronDocument,
  section: string | undefined,
  fraction: number | undefined,
  pointer: string,
): { section?: string; fraction?: number } {
  if (section === undefined && fraction === undefined) return {};
  const sections = Object.keys(document.compartments?.sections ?? {});
  if (section !== undefined && !sections.includes(section))
    context.report(messages.unknownReference('section', section, sections), `${pointer}/section`);
  if (section === undefined) context.report(messages.fractionWithoutSection(), `${pointer}/fraction`);
  return placeOf(context, section, fraction, pointer);
}

/** Checks section and fraction, the fraction within 0 and 1. */
export function placeOf(
  context: Context,
  section: string | undefined,
  fraction: number | undefined,
  pointer: string,
): { section?: string; fraction?: number } {
  if (fraction !== undefined && !(fraction >= 0 && fraction <= 1))
    context.report(messages.outOfRange('the fraction', 0, 1, fraction), `${pointer}/fraction`);
  return { ...(section === undefined ? {} : { section }), ...(fraction === undefined ? {} : { fraction }) };
}

function normaliseRefractory(
  context: Context,
  written: string | number | RefractoryDocument,
  scope: Names,
  own: Names,
  events: ReadonlySet<string>,
  pointer: string,
): Refractory {
  const map: RefractoryDocument = typeof written === 'object' ? written : { for: written };
  const at = (key: string): string => (typeof written === 'object' ? `${pointer}/${key}` : pointer);
  if ((map.for === undefined) === (map.while === undefined))
    context.report(messages.oneOfKeys(['for', 'while'], map.for === undefined ? 0 : 2), pointer);
  for (const [index, name] of (map.rate ?? []).entries()) {
    if (own.lookup(name)?.kind === 'state') continue;
    const states = namesOfKinds(own, ['state']);
    context.report(messages.unknownVariable(name, states, 'state variable'), `${pointer}/rate/${index}`);
  }
  for (const [index, name] of (map.of ?? []).entries()) {
    if (!events.has(name))
      context.report(messages.unknownReference('event', name, [...events]), `${pointer}/of/${index}`);
  }
  const time = map.for === undefined ? undefined : refractoryTime(context, map.for, scope, at('for'));
  const known = { for: time, of: map.of?.length === 0 ? undefined : map.of };
  return readObject(shapes.refractory, map, { context, scopes: [scope], pointer }, known);
}

/** Normalises a refractory time to text; a literal is not negative. */
function refractoryTime(
  context: Context,
  written: string | number | boolean,
  scope: Names,
  pointer: string,
): string | undefined {
  const what = 'the refractory time';
  const e = checkedExpression(context, written, [scope], { what, unit: secondUnit, type: 'real' }, pointer);
  const value = e && literalValue(e);
  if (value !== undefined && value < 0) context.report(messages.negative(what, value), pointer);
  return e && textOf(e, scope);
}

function normaliseRegimes(
  context: Context,
  regimes: Readonly<Record<string, RegimeDocument>> | undefined,
  scope: Names,
  own: Names,
  pointer: string,
): Record<string, Regime> {
  const all = Object.entries(regimes ?? {});
  checkIds(context, regimes, pointer);
  const names = all.map(([name]) => name);
  const initial = all.filter(([, regime]) => regime.initial === true).length;
  if (all.length > 0 && initial !== 1) context.report(messages.initialRegimes(initial, names), pointer);
  return madeOf(regimes, pointer, (regime, at, name) => {
    for (const [index, { to }] of (regime.transitions ?? []).entries())
      if (to !== undefined && !names.includes(to))
        context.report(messages.unknownReference('regime', to, names), `${at}/transitions/${index}/to`);
    const known = {
      derivatives: normaliseDerivatives(context, regime.derivatives, own, [scope], `${at}/derivatives`),
      ...normaliseOrder(context, regime.order, Object.keys(regime.derivatives ?? {}), `${at}/order`),
    };
    return readObject(shapes.regime, regime, { context, scopes: [scope], name, pointer: at }, known);
  });
}
