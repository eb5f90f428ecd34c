/** Entries that run several kernels of a launch at once, as its parts. */

import { invariant } from '../../../diagnostics/diagnostic.js';
import { largestOf } from '../../schedule/launches.js';
import { block, indent } from '../text.js';
import type { DeviceContext } from './context.js';
import {
  argumentPointer,
  bufferOf,
  commonLines,
  commonOwn,
  fieldLines,
  itemUnlessStopped,
  ownFields,
  partIds,
  plainPointer,
  stepIds,
  stepLines,
  tablePrefix,
  workItemsMeet,
} from './kernel.js';
import type { DeviceFamily, DeviceKernel, Print, Section } from './kernel.js';

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
