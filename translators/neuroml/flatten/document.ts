/** A flattened type as part of a canonical document, with the places of its parts. */

import type { Place } from '../../../src/diagnostics/diagnostic.js';
import type { Assignment, Dimension, Expression } from '../../../src/lang/ast.js';
import { printExpression, printStatement } from '../../../src/lang/print.js';
import { unitText } from '../../../src/lang/units.js';
import { isRandomExpression, type FlatEvent, type FlatPart } from './flat.js';
import type { FlatType } from './flatten.js';
import type { FlatParameter } from './variables.js';

/** Plain data with places by pointer relative to it. */
export interface PlacedDocument {
  readonly document: Record<string, unknown>;
  /** Places in the user's text. */
  readonly places: ReadonlyMap<string, Place>;
}

/** Texts of expressions, with units spelt out if a variable has the same name. */
interface Texts {
  readonly expression: (e: Expression) => string;
  readonly statement: (s: Assignment) => string;
}

function textsOf(taken: (name: string) => boolean): Texts {
  return { expression: (e) => printExpression(e, { taken }), statement: (s) => printStatement(s, { taken }) };
}

const unit = (dimension: Dimension | null): { readonly unit?: string } =>
  dimension ? { unit: unitText(dimension) } : {};
const ofType = (item: { readonly integer?: true }): { readonly type?: string } =>
  item.integer ? { type: 'integer' } : {};

/**
 * Returns the common part of neuron types and synapse types: parameters, state, derived variables, derivatives, the
 * order of parts.
 *
 * @param valueOf value in SI of a parameter for the component that represents the type
 */
export function equationsDocument(flat: FlatType, valueOf: (parameter: FlatParameter) => number): PlacedDocument {
  const texts = textsOf(flat.names.has);
  const places = new Map<string, Place>([['', flat.component.place]]);
  const parameters = flat.parameters.map((parameter) => {
    const { name, dimension, source } = parameter;
    const value = source.kind === 'expression' ? texts.expression(source.value) : valueOf(parameter);
    return [name, { ...unit(dimension), value }];
  });
  const state = flat.states.map((one) => [
    one.name,
    { ...unit(one.dimension), ...ofType(one), ...(one.initial ? { initial: texts.expression(one.initial) } : {}) },
  ]);
  const derived = flat.allDerived.map((one) => {
    places.set(`/derived/${one.name}`, one.place);
    return [
      one.name,
      {
        ...unit(one.dimension),
        ...ofType(one),
        value: texts.expression(one.value),
        ...(isRandomExpression(one.value) ? { held: true } : {}),
      },
    ];
  });
  const derivatives = [...flat.rates].map(([name, { value, place }]) => {
    places.set(`/derivatives/${name}`, place);
    return [name, texts.expression(value)];
  });
  const sequence = flat.sequence.map(partDocument);
  return {
    document: {
      ...section('parameters', parameters),
      ...section('state', state),
      ...section('derived', derived),
      ...section('derivatives', derivatives),
      ...(sequence.length > 0 ? { sequence } : {}),
    },
    places,
  };
}

function section(key: string, entries: readonly (readonly unknown[])[]): Record<string, unknown> {
  return entries.length === 0 ? {} : { [key]: Object.fromEntries(entries as readonly (readonly [string, unknown])[]) };
}

function partDocument({ derived, propagate, state, events, regimes, current }: FlatPart): Record<string, unknown> {
  return {
    ...(derived.length > 0 ? { derived } : {}),
    ...(propagate.length > 0 ? { propagate } : {}),
    ...(state.length > 0 ? { state } : {}),
    ...(events.length > 0 ? { events } : {}),
    ...(regimes ? { regimes: true } : {}),
    ...(current.length > 0 ? { current } : {}),
  };
}

/**
 * Returns a neuron type.
 *
 * @param ports received events that are never emitted
 */
export function neuronDocument(
  flat: FlatType,
  valueOf: (parameter: FlatParameter) => number,
  ports: ReadonlySet<string>,
): PlacedDocument {
  const texts = textsOf(flat.names.has);
  const equations = equationsDocument(flat, valueOf);
  const places = new Map(equations.places);
  const inputs = flat.inputs.map(({ name, dimension, reduce }) => [
    name,
    { unit: dimension ? unitText(dimension) : '1', reduce },
  ]);
  const events: (readonly [string, unknown])[] = flat.events.map(({ name, when, do: actions, emits, place }, order) => {
    places.set(`/events/${name}`, place);
    return [
      name,
      {
        when: texts.expression(when),
        ...(actions.length > 0 ? { do: actions.map(texts.statement) } : {}),
        ...(emits === name ? {} : { emits }),
        ...(order === 0 ? {} : { order }),
      },
    ];
  });
  const silent = [...ports].filter((port) => !flat.emits(port));
  for (const port of silent) events.push([port, { when: 'False', order: events.length }]);
  const sequence = equations.document['sequence'] as readonly unknown[] | undefined;
  const regimes = flat.regimes.map((regime) => [regime.name, regimeDocument(regime, texts)]);
  return {
    document: {
      ...equations.document,
      ...section('inputs', inputs),
      ...section('events', events),
      ...section('regimes', regimes),
      ...(silent.length > 0 && sequence ? { sequence: [...sequence, { events: silent }] } : {}),
    },
    places,
  };
}

function regimeDocument(regime: FlatType['regimes'][number], texts: Texts): Record<string, unknown> {
  const { initial, rates, onEntry, transitions } = regime;
  return {
    ...(initial ? { initial } : {}),
    ...section(
      'derivatives',
      [...rates].map(([name, value]) => [name, texts.expression(value)]),
    ),
    ...(rates.size > 1 ? { order: [...rates.keys()] } : {}),
    ...(onEntry.length > 0 ? { onEntry: onEntry.map(texts.statement) } : {}),
    ...(transitions.length > 0
      ? {
          transitions: transitions.map(({ when, do: actions, to, emit }) => ({
            when: texts.expression(when),
            ...(actions.length > 0 ? { do: actions.map(texts.statement) } : {}),
            ...(to === undefined ? {} : { to }),
            ...(emit === undefined ? {} : { emit }),
          })),
        }
      : {}),
  };
}

/** Returns conditions of an instance on a connection or a membrane, with no other receivers. */
function localEvents(events: readonly FlatEvent[], texts: Texts): Record<string, unknown> {
  const documents = events.map(({ name, when, do: actions }, order) => [
    name,
    { when: texts.expression(when), do: actions.map(texts.statement), ...(order === 0 ? {} : { order }) },
  ]);
  return section('events', documents);
}

/** Equations and conditions of a mechanism. */
export function mechanismDocument(
  flat: FlatType,
  valueOf: (parameter: FlatParameter) => number,
): Record<string, unknown> {
  const { sequence: _, ...equations } = equationsDocument(flat, valueOf).document;
  const scheme = flat.sequence.flatMap(({ propagate }) => propagate);
  return {
    ...equations,
    ...(scheme.length > 0 ? { scheme } : {}),
    ...localEvents(flat.events, textsOf(flat.names.has)),
  };
}

/** Parts of a synapse type in addition to its equations. */
interface SynapseParts {
  /** Actions at an event of the source; null if none arrives. */
  readonly onEvent: readonly Assignment[] | null;
  /** Contributions to inputs of the ends, by dotted name. */
  readonly contributes: ReadonlyMap<string, Expression>;
}

/** Returns a synapse type. */
export function synapseDocument(
  flat: FlatType | null,
  valueOf: (parameter: FlatParameter) => number,
  { onEvent, contributes }: SynapseParts,
): PlacedDocument {
  const texts = textsOf(flat?.names.has ?? (() => false));
  const equations = flat ? equationsDocument(flat, valueOf) : { document: {}, places: new Map<string, Place>() };
  return {
    document: {
      ...equations.document,
      // Profiles that go by slots deliver after all events are tested: there an event may act without delay.
      ...(onEvent ? { pathways: { pre: { slot: 'before_resets', do: onEvent.map(texts.statement) } } } : {}),
      ...localEvents(flat?.events ?? [], texts),
      ...section(
        'contributes',
        [...contributes].map(([target, value]) => [target, texts.expression(value)]),
      ),
    },
    places: equations.places,
  };
}
