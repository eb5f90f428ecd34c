/** Shared parts of the printers of all kernel shapes on devices: entries and their arguments. */

import { invariant } from '../../../diagnostics/diagnostic.js';
import type { ElementType, MapKernel } from '../../../ir/program.js';
import { visitStatements } from '../../../ir/walk.js';
import type { Amount, Family } from '../../families/pattern.js';
import type { Geometry, Launch } from '../../schedule/launches.js';
import { constantText } from '../operations.js';
import { fieldNames } from '../scope.js';
import type { Scope } from '../scope.js';
import { comment, indent } from '../text.js';
import type { DeviceContext } from './context.js';
import type { GroupSize } from './dialect.js';

/** A kernel's text, and how it is launched. */
export interface DeviceKernel {
  /** Functions and entries of the source. */
  readonly lines: readonly string[];
  /** One for each kernel of the program that it computes. */
  readonly launches: readonly Launch[];
}

/** A kernel's names of its work-item and work-group, and of their numbers. */
export interface Ids {
  /** Number of the work-item in its group. */
  readonly item: string;
  /** Work-items of a group. */
  readonly items: string;
  /** Number of the group. */
  readonly group: string;
  /** Groups of the launch. */
  readonly groups: string;
}

/** The entire launch. */
const allIds: Ids = { item: 'item_id()', items: 'items()', group: 'group_id()', groups: 'groups()' };
/** The same in a launch that runs whole steps: its groups take turns as the groups of a smaller launch. */
const turnIds: Ids = {
  item: 'this_group * local_items() + local_id()',
  items: 'all_groups * local_items()',
  group: 'this_group',
  groups: 'all_groups',
};
/** The names of work-items of a launch of the step. */
export const stepIds = ({ resident }: DeviceContext): Ids => (resident ? turnIds : allIds);
/** One of several parts of a launch. */
export const partIds: Ids = { item: 'item', items: 'all_items', group: 'work_group', groups: 'work_groups' };

/** A family of the program, with the name of its function and of the tables of its members' numbers. */
export interface DeviceFamily {
  readonly family: Family;
  /** Name of the function. */
  readonly id: string;
}

/** The code of one family. */
export interface Code {
  /** Names and buffers of its function. */
  readonly scope: Scope;
  /** Work-items of a group that it is printed for. */
  readonly size: GroupSize;
  /** Number of work-items of a member. */
  readonly geometry: (member: number) => Geometry;
  /** Tables ahead of the function. */
  readonly tables?: readonly string[];
  /** Arrays of the work-group, at the head of the function, as OpenCL requires. */
  readonly arrays?: readonly string[];
  /** Body of the function. */
  readonly lines: readonly string[];
}

/** Prints the code of a family for work-items with the given names. */
export type Print = (named: DeviceFamily, ids: Ids) => Code;

/** A member's number. */
export function amountOf({ fields, members }: Family, member: number, amount: Amount): number {
  if (typeof amount === 'number') return amount;
  const value = members[member]?.values[fields.findIndex(({ name }) => name === amount.field)];
  invariant(value !== undefined && typeof value !== 'string', 'codegen/c/device', `no number ${amount.field}`);
  return Number(value);
}

/** A buffer as a member of a family has it. */
export function bufferOf({ fields, members }: Family, member: number, name: string): string {
  const field = fields.findIndex((candidate) => candidate.kind === 'buffer' && candidate.name === name);
  return field < 0 ? name : String(members[member]?.values[field]);
}

/** The name of the table of a field of a family's members. */
export const tableOf = ({ id }: DeviceFamily, row: string): string => `${id}_${row}`;

/** Larger tables may not all fit into constant memory, which has 64 KiB on devices. */
const mostConstants = 256;

/** Prefix of a table with the given number of entries. */
export const tablePrefix = ({ device }: DeviceContext, length: number): string =>
  length > mostConstants ? device.longConstant : device.constant;

/** The tables of a family's numbers and places, one for each field that its code uses. */
export function familyTables(context: DeviceContext, named: DeviceFamily, scope: Scope): string[] {
  const { family } = named;
  const names = fieldNames(family);
  return scope.touchedFields().flatMap(({ field }) => {
    const k = family.fields.indexOf(field);
    const table = tableOf(named, names[k] ?? '');
    const values = family.members.map((member) => member.values[k] ?? 0);
    if (field.kind === 'value') {
      const texts = values.map(
        (value) => constantText({ type: field.type, value: typeof value === 'string' ? 0 : value }, context).text,
      );
      return [
        `${tablePrefix(context, values.length)}${context.dialect.types[field.type]} ${table}[] = ` +
          `{${texts.join(', ')}};`,
      ];
    }
    const places = values.map((value) => context.layout.places.get(String(value)));
    if (places.some((place) => place?.kind === 'own')) return [];
    return [
      `${tablePrefix(context, places.length)}${context.dialect.types.u32} ${table}[] = ` +
        `{${places.map((place) => `${place?.kind === 'arena' ? place.offset : 0}u`).join(', ')}};`,
    ];
  });
}

/** A pointer to elements, without qualifiers of the pointer itself. */
export const plainPointer = (context: DeviceContext, element: ElementType, readOnly: boolean): string =>
  context.device
    .bufferPointer(element, readOnly)
    .replace(/(?: ?__restrict__)? const$|const$/, '')
    .trim();

/** The type of an argument that points to elements. */
export const argumentPointer = (
  context: DeviceContext,
  element: ElementType,
  { readOnly, shared, buffer }: { readonly readOnly: boolean; readonly shared: boolean; readonly buffer?: string },
): string =>
  context.device
    .bufferPointer(element, readOnly, shared || (buffer !== undefined && context.isChanging(buffer)))
    .replace(/const$/, '');

/** A family's members in one launch, and their code. */
export interface Section {
  readonly named: DeviceFamily;
  readonly members: readonly number[];
  readonly code: Code;
}

interface Parameter {
  readonly buffer: string;
  readonly text: string;
}

/** Whether a buffer is outside the arena. */
export const isOwn = (context: DeviceContext, buffer: string): boolean =>
  context.layout.places.get(buffer)?.kind === 'own';

/** Returns buffers outside the arena that are not fields. */
export function commonOwn(context: DeviceContext, sections: readonly Section[]): Parameter[] {
  const sharedParameters = new Map<string, { readonly element: ElementType; readOnly: boolean; shared: boolean }>();
  for (const { code } of sections)
    for (const { buffer, readOnly, shared } of code.scope.touched()) {
      if (!isOwn(context, buffer.name)) continue;
      const known = sharedParameters.get(buffer.name);
      sharedParameters.set(buffer.name, {
        element: buffer.element,
        readOnly: readOnly && known?.readOnly !== false,
        shared: shared || known?.shared === true,
      });
    }
  return [...sharedParameters].map(([buffer, { element, ...access }]) => ({
    buffer,
    text: `${argumentPointer(context, element, { ...access, buffer })}${context.bufferNames.id(buffer)}`,
  }));
}

/** Returns the fields of a section with buffers outside the arena. */
export function ownFields(
  context: DeviceContext,
  { named, members, code }: Section,
): ReturnType<Scope['touchedFields']> {
  return code.scope
    .touchedFields()
    .filter(
      ({ field }) => field.kind === 'buffer' && isOwn(context, bufferOf(named.family, members[0] ?? 0, field.name)),
    );
}

/**
 * Prints the declarations of a section's fields for the member `member`; buffers outside the arena are `chosen` before.
 */
export function fieldLines(
  context: DeviceContext,
  { named, members, code }: Section,
  own: ReadonlySet<string>,
): string[] {
  return code.scope.touchedFields().flatMap(({ field, inRow, id, readOnly, shared }) => {
    if (own.has(field.name)) return [];
    const value = `${tableOf(named, inRow)}[member]`;
    if (field.kind === 'value') return [`const ${context.dialect.types[field.type]} ${id} = ${value};`];
    const changes = members.some((k) => context.isChanging(bufferOf(named.family, k, field.name)));
    return [
      `${context.device.bufferPointer(field.element, readOnly, shared || changes)} ${id} = ` +
        `(${plainPointer(context, field.element, readOnly)})(arena + ${value});`,
    ];
  });
}

/** The declarations of a section's pointers that are not fields. */
export const commonLines = (context: DeviceContext, { code }: Section): string[] =>
  code.scope.touched().flatMap(({ buffer, readOnly, shared }) => context.pointer(buffer, readOnly, shared) ?? []);

/** Returns the masks with bits set by a map kernel, in the order of its statements. */
export function masksOf({ body }: Pick<MapKernel, 'body'>): readonly string[] {
  const masks: string[] = [];
  visitStatements(body, (statement) => {
    if (statement.kind === 'setBit') masks.push(statement.mask);
  });
  return masks;
}

/**
 * Whether work-items synchronise in the items of a family: teams, and items that set bits of masks in some languages.
 */
export const workItemsMeet = ({ device }: DeviceContext, { pattern }: Family): boolean =>
  pattern.shape === 'map' && (pattern.team || (device.gathersFlags && masksOf(pattern).length > 0));

/**
 * The number of a work-item, or of none when an earlier step has raised a fault: for entries that have no way out but
 * the end.
 */
export const itemUnlessStopped = ({ device }: DeviceContext, item: string): string =>
  `const ${device.types.u32} item = is_stopped(arena, step) ? no_item : ${item};`;

interface Entry {
  readonly id: string;
  readonly comment: string;
  readonly size: GroupSize;
  readonly stoppable: boolean;
  readonly parameters: readonly string[];
  readonly tables: readonly string[];
  readonly arrays: readonly string[];
  readonly lines: readonly string[];
}

/** The text of an entry, from its head to its end. */
export function entryLines({ device }: DeviceContext, entry: Entry): string[] {
  const parameters = [
    `${device.global}${device.elementTypes.u8} *arena`,
    `const ${device.types.i32} ${device.countsAhead ? 'ahead' : 'step'}`,
    ...entry.parameters,
  ];
  const begin = device.countsAhead ? [`const ${device.types.i32} step = first_step(arena) + ahead;`] : [];
  const stop = entry.stoppable ? ['if (is_stopped(arena, step)) return;'] : [];
  return [
    ...entry.tables,
    comment(entry.comment),
    `${device.deviceKernel(entry.size)} void ${entry.id}(${parameters.join(', ')})`,
    '{',
    ...indent([...entry.arrays, ...begin, ...stop, ...entry.lines]),
    '}',
  ];
}

/**
 * The text of a launch of the step: an entry, or a function of the kernel that runs whole steps. That kernel has the
 * arrays of work-groups.
 */
export function stepLines(context: DeviceContext, entry: Entry): string[] {
  if (!context.resident) return entryLines(context, entry);
  const { device } = context;
  const { i32, u32 } = device.types;
  const parameters = [
    `${device.global}${device.elementTypes.u8} *arena`,
    `const ${i32} step`,
    `const ${u32} this_group`,
    `const ${u32} all_groups`,
    ...entry.parameters,
  ];
  return [
    ...entry.tables,
    comment(entry.comment),
    `${device.inlineFunction} void ${entry.id}(${parameters.join(', ')})`,
    '{',
    ...indent([...entry.lines]),
    '}',
  ];
}

/**
 * Prints the entry of a family: it runs one of its kernels, selected by a u32 of the arena if there are several.
 *
 * @param members the members that are launched on their own
 */
export function singleEntry(
  context: DeviceContext,
  named: DeviceFamily,
  members: readonly number[],
  stoppable: boolean,
  print: Print,
): DeviceKernel {
  const { family } = named;
  const stays = stoppable && workItemsMeet(context, family);
  const code = print(named, stays ? { ...allIds, item: 'item' } : allIds);
  const section = { named, members, code };
  const several = family.members.length > 1;
  const sectionFields = ownFields(context, section);
  const common = commonOwn(context, [section]);
  const fields = sectionFields.map(
    ({ field, id, ...access }) =>
      `${argumentPointer(context, field.kind === 'buffer' ? field.element : 'u8', access)}${id}`,
  );
  const names = new Set(sectionFields.map(({ field }) => field.name));
  const { u32 } = context.dialect.types;
  const declared = several && code.scope.touchedFields().length > 0 ? [`const ${u32} member = member_of(arena);`] : [];
  const lines = entryLines(context, {
    id: named.id,
    comment: family.pattern.comment,
    size: code.size,
    stoppable: stoppable && !stays,
    parameters: [...common.map(({ text }) => text), ...fields],
    tables: code.tables ?? [],
    arrays: code.arrays ?? [],
    lines: [
      ...(stays ? [itemUnlessStopped(context, allIds.item)] : []),
      ...declared,
      ...commonLines(context, section),
      ...fieldLines(context, section, names),
      ...code.lines,
    ],
  });
  const launches = members.map((member): Launch => ({
    kernel: family.members[member]?.kernel ?? '',
    entry: named.id,
    geometry: code.geometry(member),
    own: [
      ...common.map(({ buffer }) => buffer),
      ...sectionFields.map(({ field }) => bufferOf(family, member, field.name)),
    ],
    ...(several ? { member } : {}),
  }));
  return { lines, launches };
}
