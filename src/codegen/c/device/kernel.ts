/**
 * Shared parts of the printers of all kernel shapes on devices: entries, their arguments, and their concurrent parts.
 */

import { invariant } from '../../../diagnostics/diagnostic.js';
import type { ElementType, MapKernel } from '../../../ir/program.js';
import { visitStatements } from '../../../ir/walk.js';
import type { Amount, Family } from '../../families/pattern.js';
import { largestOf } from '../../schedule/launches.js';
import type { Geometry, Launch } from '../../schedule/launches.js';
import { constantText } from '../operations.js';
import { fieldNames } from '../scope.js';
import type { Scope } from '../scope.js';
import { block, comment, indent } from '../text.js';
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
const partIds: Ids = { item: 'item', items: 'all_items', group: 'work_group', groups: 'work_groups' };

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
const argumentPointer = (
  context: DeviceContext,
  element: ElementType,
  { readOnly, shared, buffer }: { readonly readOnly: boolean; readonly shared: boolean; readonly buffer?: string },
): string =>
  context.device
    .bufferPointer(element, readOnly, shared || (buffer !== undefined && context.isChanging(buffer)))
    .replace(/const$/, '');

/** A family's members in one launch, and their code. */
interface Section {
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
function commonOwn(context: DeviceContext, sections: readonly Section[]): Parameter[] {
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
function ownFields(context: DeviceContext, { named, members, code }: Section) {
  return code.scope
    .touchedFields()
    .filter(
      ({ field }) => field.kind === 'buffer' && isOwn(context, bufferOf(named.family, members[0] ?? 0, field.name)),
    );
}

/**
 * Prints the declarations of a section's fields for the member `member`; buffers outside the arena are `chosen` before.
 */
function fieldLines(context: DeviceContext, { named, members, code }: Section, own: ReadonlySet<string>): string[] {
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

const commonLines = (context: DeviceContext, { code }: Section): string[] =>
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

/** Sets the pointers to buffers that are kernel arguments, by the part of the launch. */
function choice(context: DeviceContext, { named, members, code }: Section, first: number): string[] {
  const sectionFields = ownFields(context, { named, members, code });
  if (sectionFields.length === 0) return [];
  const declared = sectionFields.map(
    ({ field, id, readOnly }) =>
      `${plainPointer(context, field.kind === 'buffer' ? field.element : 'u8', readOnly)} ${id};`,
  );
  const cases = members.map((member, k) => {
    const set = sectionFields.map(
      ({ field, id }) => `${id} = ${context.bufferNames.id(bufferOf(named.family, member, field.name))};`,
    );
    return `${k === members.length - 1 ? 'default' : `case ${first + k}u`}: ${set.join(' ')} break;`;
  });
  return [...declared, ...block('switch (part)', cases)];
}

/** Computes `member` from `part`: by subtraction for consecutive members, else from a table. */
function memberLines(context: DeviceContext, { named, members }: Section, first: number, table: string) {
  const { u32 } = context.dialect.types;
  const [lowest = 0] = members;
  if (named.family.members.length === 1) return { tables: [], lines: [] };
  if (members.every((member, k) => member === lowest + k)) {
    const by = lowest - first;
    const text = by === 0 ? 'part' : by > 0 ? `part + ${by}u` : `part - ${-by}u`;
    return { tables: [], lines: [`const ${u32} member = ${text};`] };
  }
  return {
    tables: [
      `${tablePrefix(context, members.length)}${u32} ${table}[] = ` +
        `{${members.map((member) => `${member}u`).join(', ')}};`,
    ],
    lines: [`const ${u32} member = ${table}[${first === 0 ? 'part' : `part - ${first}u`}];`],
  };
}

/**
 * The distribution of work-groups over the parts of a launch if some parts have more work: group k takes entry k modulo
 * the length of the table.
 */
interface Shares {
  /** The part that the groups of an entry work on. */
  readonly parts: readonly number[];
  /** Ordinal of an entry among the entries of its part. */
  readonly ranks: readonly number[];
  /** Number of entries of each part. */
  readonly shares: readonly number[];
}

/** Mean number of entries for each part. */
const turnsOfPart = 4;

/**
 * Returns shares in proportion to the work of each part; null if they are equal, or if some part has a fixed number of
 * groups.
 */
function sharesOf(sections: readonly Section[], context: DeviceContext): Shares | null {
  const parts = sections.flatMap(({ named, members, code }) =>
    members.map((member) => ({ kernel: named.family.members[member]?.kernel ?? '', kind: code.geometry(member).kind })),
  );
  if (parts.some(({ kind }) => kind !== 'workers' && kind !== 'teams')) return null;
  const weights = parts.map(({ kernel }) => context.weightOf(kernel));
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  const shares = weights.map((weight) => Math.max(1, Math.round((turnsOfPart * parts.length * weight) / all)));
  if (shares.every((share) => share === shares[0])) return null;
  const turns = shares.flatMap((share, part) => Array.from({ length: share }, (_, rank) => ({ part, rank })));
  return { parts: turns.map(({ part }) => part), ranks: turns.map(({ rank }) => rank), shares };
}

/**
 * Prints an entry that runs several kernels at once: group k of a launch works on part k modulo the number of parts. A
 * family with synchronising work-items is the only one of its entry.
 */
export function partsEntry(
  context: DeviceContext,
  id: string,
  wanted: readonly { readonly named: DeviceFamily; readonly members: readonly number[]; readonly print: Print }[],
  stoppable: boolean,
): DeviceKernel {
  const sections = wanted.map(({ named, members, print }): Section => ({
    named,
    members,
    code: print(named, partIds),
  }));
  const [lead] = sections;
  invariant(lead !== undefined, 'codegen/c/device', `${id} has no parts`);
  const { u32 } = context.dialect.types;
  const ids = stepIds(context);
  const count = sections.reduce((sum, { members }) => sum + members.length, 0);
  const meets = sections.some(({ named }) => workItemsMeet(context, named.family));
  invariant(!meets || sections.length === 1, 'codegen/c/device', `${id} has branches in which work-items meet`);
  const stays = stoppable && meets;
  const item = 'work_group * local_items() + local_id()';
  const common = commonOwn(context, sections);
  const commonFields = new Map(common.map(({ buffer, text }) => [buffer, text]));
  const tables: string[] = [];
  const branches: { readonly end: number; readonly lines: readonly string[] }[] = [];
  let first = 0;
  sections.forEach((section, k) => {
    const fields = ownFields(context, section);
    for (const { field, ...access } of fields)
      for (const member of section.members) {
        const buffer = bufferOf(section.named.family, member, field.name);
        if (commonFields.has(buffer)) continue;
        const element = field.kind === 'buffer' ? field.element : 'u8';
        const pointer = argumentPointer(context, element, { ...access, buffer });
        commonFields.set(buffer, `${pointer}${context.bufferNames.id(buffer)}`);
      }
    const member = memberLines(context, section, first, `${id}_members${sections.length === 1 ? '' : `_${k}`}`);
    const names = new Set(fields.map(({ field }) => field.name));
    tables.push(...(section.code.tables ?? []), ...member.tables);
    first += section.members.length;
    branches.push({
      end: first,
      lines: [
        ...member.lines,
        ...commonLines(context, section),
        ...choice(context, section, first - section.members.length),
        ...fieldLines(context, section, names),
        ...section.code.lines,
      ],
    });
  });
  const dealt = sharesOf(sections, context);
  const turn = dealt === null ? count : dealt.parts.length;
  const constantTable = (name: string, values: readonly number[]): string =>
    `${tablePrefix(context, values.length)}${u32} ${id}_${name}[] = ` +
    `{${values.map((value) => `${value}u`).join(', ')}};`;
  if (dealt !== null)
    tables.push(
      constantTable('parts', dealt.parts),
      constantTable('ranks', dealt.ranks),
      constantTable('shares', dealt.shares),
    );
  const lines = [
    ...(dealt === null
      ? [
          `const ${u32} part = ${ids.group} % ${count}u, work_group = ${ids.group} / ${count}u, work_groups = ` +
            `${ids.groups} / ${count}u;`,
        ]
      : [
          `const ${u32} turn = ${ids.group} % ${turn}u, part = ${id}_parts[turn], shares = ${id}_shares[part];`,
          `const ${u32} work_group = ${ids.group} / ${turn}u * shares + ${id}_ranks[turn], work_groups = ` +
            `${ids.groups} / ${turn}u * shares;`,
        ]),
    ...(stays
      ? [itemUnlessStopped(context, item)]
      : [`const ${u32} item = ${item}, all_items = work_groups * local_items();`]),
    ...(branches.length === 1
      ? (branches[0]?.lines ?? [])
      : branches.flatMap(({ end, lines: own_lines }, k) => [
          `${k === 0 ? '' : 'else '}${k === branches.length - 1 ? '' : `if (part < ${end}u)`}`.trim(),
          '{',
          ...indent([...own_lines]),
          '}',
        ])),
  ];
  const kernels = sections.flatMap(({ named, members }) =>
    members.map((member) => named.family.members[member]?.kernel ?? ''),
  );
  const geometry = largestOf(sections.flatMap(({ members, code }) => members.map((member) => code.geometry(member))));
  return {
    lines: stepLines(context, {
      id,
      comment: sections.map(({ named }) => named.family.pattern.comment).join('; '),
      size: lead.code.size,
      stoppable: stoppable && !stays,
      parameters: [...commonFields.values()],
      tables,
      arrays: [...new Set(sections.flatMap(({ code }) => code.arrays ?? []))],
      lines,
    }),
    launches: [{ kernel: kernels.join(' '), entry: id, geometry, own: [...commonFields.keys()], parts: turn }],
  };
}
