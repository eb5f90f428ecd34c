/** Reads objects of a document into the normal form, by their shapes. */

import type { Unit } from '../../lang/units.js';
import type { StatementsDocument } from '../document.generated.js';
import { mapped } from '../collections.js';
import { messages } from '../messages.js';
import type { Normal, Written } from '../model.js';
import { child } from '../pointer.js';
import type { OwnKind, Reading, Slot, Slots, What } from '../shape/form.js';
import { normaliseCode } from './code.js';
import type { Context } from './context.js';
import { allNames, checkedExpression, normaliseExpression, textOf } from './expressions.js';
import { largestCount, literalValue, nonNegativeQuantity, normaliseCount, positiveQuantity } from './literals.js';
import { pureUnit, siUnit, type Names } from './names.js';

/** Where an object or a member stands. */
export interface Place {
  readonly context: Context;
  readonly pointer: string;
  /** Names that its code may read, once for each type that it acts on. */
  readonly scopes: readonly Names[];
  /** Unit of its real expressions; absent: 1; null: not known, which has been reported. */
  readonly unit?: Unit | null;
  /** Name of the object, for messages about its members. */
  readonly name?: string;
  /** Whether the object is written in its short form, as one of its members. */
  readonly isShort?: boolean;
  /** Whether its statements may write to ports. */
  readonly ports?: boolean;
}

/** Returns the place of a member of an object, or of an item of a list. */
export const within = (at: Place, key: string | number): Place => ({ ...at, pointer: child(at.pointer, key) });

type Known<T> = { readonly [K in keyof T]?: T[K] | undefined };

/** Returns the members that an object has in the normal form, in the order of its shape. `known`: those read before. */
export function readObject<S extends Slots>(
  slots: S,
  written: object,
  at: Place,
  known: Known<Normal<Written, S>> = {},
): Normal<Written, S> {
  const made: Record<string, unknown> = {};
  for (const [key, slot] of Object.entries(slots)) {
    const value = Object.hasOwn(known, key)
      ? valueIn(known, key)
      : readMember(slot, valueIn(written, key), at.isShort ? { ...at, isShort: false } : within(at, key));
    if (value !== undefined && !(slot.omitted && value === slot.otherwise)) made[key] = value;
  }
  return made as Normal<Written, S>;
}

const valueIn = (object: object, key: string): unknown => (object as Readonly<Record<string, unknown>>)[key];

/** Makes a map of the model from one of the document; leaves out entries that `make` returns undefined for. */
export function madeOf<D, M>(
  written: Readonly<Record<string, D>> | undefined,
  pointer: string,
  make: (item: D, at: string, name: string) => M | undefined,
): Record<string, M> {
  const result: Record<string, M> = {};
  for (const [name, item] of Object.entries(written ?? {})) {
    const made = make(item, child(pointer, name), name);
    if (made !== undefined) result[name] = made;
  }
  return result;
}

/** Values of wrong members that objects must have, so that the other members are checked. */
const replacements: Partial<Readonly<Record<Reading['as'], unknown>>> = {
  amount: 0,
  count: 0,
  expression: '0',
  quantity: 0,
};

function readMember({ reading, otherwise, required, own }: Slot, written: unknown, at: Place): unknown {
  if (own) return undefined;
  if (written === undefined) return otherwise;
  if (!reading || !(reading.as in readers)) return written;
  const read = readers[reading.as as keyof Readers] as (written: unknown, at: Place, reading: Reading) => unknown;
  const value = read(written, at, reading) ?? otherwise;
  return value === undefined && required ? replacements[reading.as] : value;
}

const phrase = (what: What, { name = '' }: Place): string => (typeof what === 'string' ? what : what(name));

type Text = string | number | boolean;
type Readers = {
  readonly [K in Exclude<Reading['as'], OwnKind>]: (
    written: never,
    at: Place,
    reading: Extract<Reading, { readonly as: K }>,
  ) => unknown;
};

/** A reader for each kind of member; undefined after a finding. */
const readers: Readers = {
  amount(written: Text, at, { what, type, most }) {
    const { context, scopes, pointer } = at;
    const slot = { what: phrase(what, at), unit: pureUnit, type };
    const e = checkedExpression(context, written, scopes, slot, pointer);
    const value = e && literalValue(e);
    if (e === undefined || value === undefined) return e && textOf(e, allNames(scopes));
    if (most === Infinity && value > largestCount)
      context.report(messages.tooLarge(slot.what, value, largestCount), pointer);
    else if (value < 0 && most === Infinity) context.report(messages.negative(slot.what, value), pointer);
    else if (value < 0 || value > most) context.report(messages.outOfRange(slot.what, 0, most, value), pointer);
    else return value;
    return undefined;
  },
  expression(written: Text, at, { what, type }) {
    const unit = type === 'real' && at.unit !== undefined ? at.unit : pureUnit;
    const slot = unit && { what: phrase(what, at), unit, type };
    return slot ? normaliseExpression(at.context, written, at.scopes, slot, at.pointer) : undefined;
  },
  condition(written: Text | null, at, { what }) {
    if (written === null) return undefined;
    const slot = { what: phrase(what, at), unit: pureUnit, type: 'boolean' } as const;
    const text = normaliseExpression(at.context, written, at.scopes, slot, at.pointer);
    return text === 'True' ? undefined : text;
  },
  quantity(written: string | number, at, { what, dimension, positive, most = Infinity }) {
    const { context, pointer } = at;
    const name = phrase(what, at);
    const value = (positive ? positiveQuantity : nonNegativeQuantity)(
      context,
      written,
      siUnit(dimension),
      name,
      pointer,
    );
    if (value !== undefined && value > most) context.report(messages.outOfRange(name, 0, most, value), pointer);
    return value;
  },
  count: (written: string | number, at, { what }) => normaliseCount(at.context, written, phrase(what, at), at.pointer),
  statements(written: StatementsDocument, at, { what, forAll = false }) {
    const rules = { what: phrase(what, at), ports: at.ports ?? false, forAll };
    return normaliseCode(at.context, written, at.scopes, rules, at.pointer);
  },
  object: (written: object, at, { slots }) => readObject(slots, written, at),
  list: (written: readonly unknown[], at, { of }) =>
    written.flatMap((item, index) => readMember({ node: {}, reading: of }, item, within(at, index)) ?? []),
  map: (written: Readonly<Record<string, unknown>>, at, { of }) =>
    mapped(written, (item, key) => readMember({ node: {}, reading: of }, item, within(at, key))),
};
