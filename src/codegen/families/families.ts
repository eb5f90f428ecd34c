/**
 * Merged groups: kernels of one program that differ only in their buffers, numbers and comments share one piece of
 * code, with a table row for each. Thus code does not grow with the number of populations and projections of a type.
 */

import { invariant } from '../../diagnostics/diagnostic.js';
import type { Buffer, Constant, ElementType, Kernel, Program, ScalarType, Statement } from '../../ir/program.js';
import type { Amount, Family, Field, FieldValue, KernelPattern, Member } from './pattern.js';
import { patternOf } from './substitute.js';
import type { Substitution } from './substitute.js';
import { commonEnding, commonText, owners } from './common-names.js';

export type { Family } from './pattern.js';

/** The kernels of a program by family. */
export interface Families {
  /** In the order of their first members in the program. */
  readonly list: readonly Family[];
  /** Where a kernel is, by its name in the program. */
  readonly of: ReadonlyMap<string, Place>;
}

/** A member of a family. */
export interface Place {
  readonly family: Family;
  /** Ordinal of the member. */
  readonly member: number;
}

/** One kernel's own values for all differences within a family, in the order of the pattern. */
interface Own {
  readonly kernel: Kernel;
  readonly buffers: readonly string[];
  readonly numbers: readonly { readonly type: ScalarType; readonly value: number | bigint; readonly hint: string }[];
  readonly texts: readonly string[];
}

/** Splits a kernel into the part shared with its family, as a text to compare, and its own values. */
function takeApart(
  program: Program,
  kernel: Kernel,
  buffers: ReadonlyMap<string, Buffer>,
  kindOf: (buffer: Buffer) => string,
): { key: string; own: Own } {
  const ordinals = new Map<string, number>();
  const numbers: Own['numbers'][number][] = [];
  const texts: string[] = [];
  const pattern = patternOf(program, kernel, {
    buffer: (name) => {
      const buffer = buffers.get(name);
      invariant(buffer !== undefined, 'codegen/families', `no buffer is named ${name}`);
      // Members must have equal buffers at the same places, or two `restrict` pointers could refer to one buffer.
      const ordinal = ordinals.get(name) ?? ordinals.size;
      ordinals.set(name, ordinal);
      return `${ordinal} ${buffer.element} ${kindOf(buffer)}`;
    },
    amount: (value, hint, type) => {
      numbers.push({ type, value, hint });
      return 0;
    },
    constant: (constant, hint) => {
      const { type, value } = constant;
      invariant(typeof value !== 'boolean', 'codegen/families', 'a truth value is no number');
      numbers.push({ type, value, hint });
      return { kind: 'const', type, value: 1 };
    },
    text: (text) => {
      texts.push(text);
      return '';
    },
    fault: (statement) => {
      numbers.push({ type: 'u32', value: statement.bits >>> 0, hint: 'fault' });
      return { ...statement, bits: 0 };
    },
  });
  return {
    key: JSON.stringify({ ...pattern, name: '' }),
    own: { kernel, buffers: [...ordinals.keys()], numbers, texts },
  };
}

/** Names that no local and no buffer has. */
function namer(buffers: ReadonlyMap<string, Buffer>, kernel: Kernel): (wished: string) => string {
  const taken = new Set([
    ...(kernel.shape === 'compact' ? [] : kernel.locals.map(({ name }) => name)),
    'index',
    'begin',
    'group',
    'row',
    'position',
    'delay',
    'step',
  ]);
  return (wished) => {
    let name = wished;
    for (let k = 2; taken.has(name) || buffers.has(name); k += 1) name = `${wished}_${k}`;
    taken.add(name);
    return name;
  };
}

/** Returns numbers as text that is equal only for equal numbers. */
const numberText = (value: number | bigint): string => (Object.is(value, -0) ? '-0' : String(value));

/** Merges the values of all members at each place: equal ones stay in the code, others become fields. */
class Merger {
  readonly fields: Field[] = [];
  readonly values: FieldValue[][];
  readonly #members: readonly Own[];
  readonly #name: (wished: string) => string;
  readonly #known = new Map<string, string>();

  constructor(buffers: ReadonlyMap<string, Buffer>, members: readonly Own[], first: Own) {
    this.#members = members;
    this.#name = namer(buffers, first.kernel);
    this.values = members.map(() => []);
  }

  /** Returns the field with these values, one for each member. */
  #field(key: string, values: readonly FieldValue[], make: () => Field): string {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const field = make();
    this.fields.push(field);
    values.forEach((value, k) => this.values[k]?.push(value));
    this.#known.set(key, field.name);
    return field.name;
  }

  /** Returns the buffer at a place: the program's if all members share it, or a field. */
  buffer(ordinal: number, element: ElementType): string {
    const names = this.#members.map(({ buffers }) => buffers[ordinal] ?? '');
    const [first = ''] = names;
    if (names.every((name) => name === first)) return first;
    // Places with equal ordinals have the same buffer in every member; places with different ordinals never do.
    return this.#field(`buffer ${ordinal}`, names, () => ({
      kind: 'buffer',
      name: this.#name(commonEnding(names).replace(/\./g, '_') || 'buffer'),
      element,
    }));
  }

  /** Returns the number at a place: undefined if all members share it, or a field. */
  number(ordinal: number): { readonly field: string } | undefined {
    const numbers = this.#members.map(({ numbers: own }) => own[ordinal]);
    const [first] = numbers;
    invariant(first !== undefined, 'codegen/families', 'members differ in how many numbers they have');
    const values = numbers.map((number) => number?.value ?? 0);
    const texts = values.map(numberText);
    if (texts.every((text) => text === texts[0])) return undefined;
    const field = this.#field(`${first.type} ${texts.join(' ')}`, values, () => ({
      kind: 'value',
      name: this.#name(first.hint),
      type: first.type,
    }));
    return { field };
  }
}

/**
 * Returns the name of a family of several kernels: their common ending, after `deliver` for kernels that deliver
 * spikes.
 */
function nameOf(kernels: readonly Kernel[]): string {
  const ending = commonEnding(kernels.map(({ name }) => name));
  const [first] = kernels;
  if (first?.shape === 'propagate') return ending === '' ? 'deliver' : `deliver.${ending}`;
  return ending === '' ? (first?.name ?? '') : ending;
}

function familyOf(program: Program, members: readonly Own[], buffers: ReadonlyMap<string, Buffer>): Family {
  const [first] = members;
  invariant(first !== undefined, 'codegen/families', 'a family has a member');
  const merger = new Merger(buffers, members, first);
  const ordinals = new Map(first.buffers.map((name, k) => [name, k]));
  const faultFields = new Map<Statement, string>();
  let numbers = 0;
  let texts = 0;
  const substitution: Substitution = {
    buffer: (name) => merger.buffer(ordinals.get(name) ?? 0, buffers.get(name)?.element ?? 'u32'),
    amount: (value): Amount => merger.number(numbers++) ?? value,
    constant: (constant: Constant) => {
      const numberField = merger.number(numbers++);
      return numberField === undefined ? constant : { kind: 'local', type: constant.type, name: numberField.field };
    },
    text: () => {
      const ordinal = texts++;
      return commonText(members.map((member) => member.texts[ordinal] ?? ''));
    },
    fault: (statement) => {
      const faultField = merger.number(numbers++);
      if (faultField !== undefined) faultFields.set(statement, faultField.field);
      return statement;
    },
  };
  const pattern: KernelPattern = patternOf(program, first.kernel, substitution);
  const kernels = members.map(({ kernel }) => kernel);
  const names = kernels.map(({ name }) => name);
  const ownerNames = owners(names);
  return {
    name: members.length === 1 ? first.kernel.name : nameOf(kernels),
    pattern,
    fields: merger.fields,
    faultFields,
    members: names.map((kernel, k): Member => ({
      kernel,
      owner: ownerNames[k] ?? kernel,
      values: merger.values[k] ?? [],
    })),
  };
}

/**
 * Finds the families of a program.
 *
 * @param kindOf a property that must be equal for the buffers at one place, such as their kind of memory
 * @param least members of a family; fewer equal kernels are families of one member each
 * @returns every kernel in one family; the same for equal programs
 */
export function familiesOf(program: Program, kindOf: (buffer: Buffer) => string = () => '', least = 2): Families {
  const buffers = new Map(program.buffers.map((buffer) => [buffer.name, buffer]));
  const byKey = new Map<string, Own[]>();
  for (const kernel of program.kernels) {
    const { key, own } = takeApart(program, kernel, buffers, kindOf);
    const members = byKey.get(key);
    if (members === undefined) byKey.set(key, [own]);
    else members.push(own);
  }
  const list = [...byKey.values()]
    .flatMap((members) => (members.length < least ? members.map((own) => [own]) : [members]))
    .map((members) => familyOf(program, members, buffers));
  const of = new Map(
    list.flatMap((family) => family.members.map(({ kernel }, member): [string, Place] => [kernel, { family, member }])),
  );
  return { list, of };
}
