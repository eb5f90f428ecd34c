/** Reads objects of a document into the normal form, by their shapes. */

import type { Unit } from '../../lang/units.js';
import type { StatementsDocument } from '../document.generated.js';
import { messages } from '../messages.js';
import type { Normal, Written } from '../model.js';
import { child } from '../pointer.js';
import type { Reading, Slot, Slots } from '../shape/form.js';
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
}

/** Returns the place of a member of an object, or of an item of a list. */
export const within = (at: Place, key: string | number): Place => ({ ...at, pointer: child(at.pointer, key) });

/** Returns the members that an object has in the normal form, in the order of its shape. `known`: those read before. */
export function readObject<S extends Slots>(
  slots: S,
  written: object,
  at: Place,
  known: Partial<Normal<Written, S>> = {},
): Normal<Written, S> {
  const made: Record<string, unknown> = {};
  for (const [key, slot] of Object.entries(slots)) {
    const value = valueIn(known, key) ?? readMember(slot, valueIn(written, key), within(at, key));
    if (value !== undefined && !(slot.omitted && value === slot.otherwise)) made[key] = value;
  }
  return made as Normal<Written, S>;
}

const valueIn = (object: object, key: string): unknown => (object as Readonly<Record<string, unknown>>)[key];

/** Values of wrong members that objects must have, so that the other members are checked. */
const replacements: Partial<Readonly<Record<Reading['as'], unknown>>> = {
  amount: 0,
  count: 0,
  expression: '0',
  quantity: 0,
};

function readMember({ reading, otherwise, required }: Slot, written: unknown, at: Place): unknown {
  if (written === undefined) return otherwise;
  if (!reading) return written;
  const read = readers[reading.as] as (written: unknown, at: Place, reading: Reading) => unknown;
  const value = read(written, at, reading) ?? otherwise;
  return value === undefined && required ? replacements[reading.as] : value;
}

type Text = string | number | boolean;
type Readers = {
  readonly [K in Reading['as']]: (written: never, at: Place, reading: Extract<Reading, { as: K }>) => unknown;
};

/** A reader for each kind of member; undefined after a finding. */
const readers: Readers = {
  amount(written: Text, { context, scopes, pointer }, { what, type, most }) {
    const e = checkedExpression(context, written, scopes, { what, unit: pureUnit, type }, pointer);
    const value = e && literalValue(e);
    if (e === undefined || value === undefined) return e && textOf(e, allNames(scopes));
    if (most === Infinity && value > largestCount)
      context.report(messages.tooLarge(what, value, largestCount), pointer);
    else if (value < 0 && most === Infinity) context.report(messages.negative(what, value), pointer);
    else if (value < 0 || value > most) context.report(messages.outOfRange(what, 0, most, value), pointer);
    else return value;
    return undefined;
  },
  expression(written: Text, { context, scopes, unit = pureUnit, pointer }, { what, type }) {
    const own = type === 'real' ? unit : pureUnit;
    return own ? normaliseExpression(context, written, scopes, { what, unit: own, type }, pointer) : undefined;
  },
  condition(written: Text | null, { context, scopes, pointer }, { what }) {
    if (written === null) return undefined;
    const slot = { what, unit: pureUnit, type: 'boolean' } as const;
    const text = normaliseExpression(context, written, scopes, slot, pointer);
    return text === 'True' ? undefined : text;
  },
  quantity(written: string | number, { context, pointer }, { what, dimension, positive, most = Infinity }) {
    const read = positive ? positiveQuantity : nonNegativeQuantity;
    const value = read(context, written, siUnit(dimension), what, pointer);
    if (value !== undefined && value > most) context.report(messages.outOfRange(what, 0, most, value), pointer);
    return value;
  },
  count: (written: string | number, { context, pointer }, { what }) => normaliseCount(context, written, what, pointer),
  statements: (written: StatementsDocument, { context, scopes, pointer }, { what }) =>
    normaliseCode(context, written, scopes, { what, ports: false, forAll: true }, pointer),
  object: (written: object, at, { slots }) => readObject(slots, written, at),
  list: (written: readonly unknown[], at, { of }) =>
    written.flatMap((item, index) => readMember({ node: {}, reading: of }, item, within(at, index)) ?? []),
  selection: () => undefined,
  places: () => undefined,
  own: () => undefined,
};
