/** Entries with work-items that run several map kernels one after another for their elements. */

import { invariant } from '../../../diagnostics/diagnostic.js';
import type { Buffer } from '../../../ir/program.js';
import type { MapPattern } from '../../families/pattern.js';
import { largestOf } from '../../schedule/launches.js';
import type { Geometry } from '../../schedule/launches.js';
import { bodyOfLocals, statementsText } from '../body.js';
import { Scope } from '../scope.js';
import { block, comment } from '../text.js';
import { planKey, planOf } from './chain-plan.js';
import type { ChainPlan, ChainSection, Link } from './chain-plan.js';
import type { DeviceContext } from './context.js';
import {
  bufferOf,
  isOwn,
  itemUnlessStopped,
  workItemsMeet,
  plainPointer,
  stepIds,
  stepLines,
  tableOf,
  tablePrefix,
} from './kernel.js';
import type { DeviceFamily, DeviceKernel } from './kernel.js';

/** Work-items of several ranges follow each other, each range rounded up to a multiple of this. */
const blockLength = 64;
const blocked = (items: number): number => Math.ceil(items / blockLength) * blockLength;

/** Chains that one piece of code computes: consecutive parts of the launch, the first of them `first`. */
interface Group {
  readonly plans: readonly ChainPlan[];
  readonly first: number;
}

/** The code of one section, before the buffers shared with other sections are known. */
interface Body {
  readonly scope: Scope;
  readonly section: ChainSection;
  readonly pattern: MapPattern;
  readonly items: readonly string[];
  readonly uses: (name: string) => boolean;
}

/** The parts collected while a launch of chains is printed. */
interface Printing {
  readonly context: DeviceContext;
  readonly id: string;
  readonly tables: string[];
  readonly arrays: string[];
  /** Buffers outside the arena, and whether they are only read. */
  readonly own: Map<string, { readonly buffer: Buffer; readOnly: boolean }>;
  /** The tables of a family's numbers, each once in a program. */
  readonly familyTables: (named: DeviceFamily, scope: Scope) => void;
}

function bodyOfSection(context: DeviceContext, section: ChainSection): Body {
  const { family } = section.named;
  const { pattern } = family;
  invariant(pattern.shape === 'map', 'codegen/c/device/chain', `${family.name} has no items`);
  const strided = pattern.domain.kind === 'spikes';
  const scope = new Scope(
    context,
    strided ? { atomic: true, gathered: false } : { atomic: !pattern.lanes, gathered: false, single: true },
    true,
    family,
  );
  const implicit = pattern.domain.kind === 'ranges' ? ['index', 'step', 'begin', 'group'] : ['index', 'step'];
  const items = statementsText(bodyOfLocals(scope, pattern.locals, pattern.body, implicit), pattern.body);
  const uses = (name: string): boolean => items.some((line) => new RegExp(`\\b${name}\\b`).test(line));
  return { scope, section, pattern, items, uses };
}

/** All members that a section has, over all chains of a group. */
const membersOf = ({ plans }: Group, s: number): readonly number[] => [
  ...new Set(
    plans.flatMap(({ sections }) =>
      (sections[s]?.places ?? []).flatMap((place) => (place === undefined ? [] : [place.member])),
    ),
  ),
];

/**
 * Returns buffers that several pointers of the function may refer to, with at least one writer: none of these pointers
 * may be `restrict`.
 */
function sharedBuffers(group: Group, bodies: readonly Body[]): ReadonlySet<string> {
  const seen = new Map<string, { pointers: Set<string>; written: boolean }>();
  const see = (buffer: string, pointer: string, readOnly: boolean): void => {
    const known = seen.get(buffer) ?? { pointers: new Set<string>(), written: false };
    seen.set(buffer, known);
    known.pointers.add(pointer);
    known.written ||= !readOnly;
  };
  bodies.forEach(({ scope, section }, s) => {
    for (const { buffer, readOnly } of scope.touched()) see(buffer.name, 'common', readOnly);
    for (const { field, id, readOnly } of scope.touchedFields()) {
      if (field.kind !== 'buffer') continue;
      for (const member of membersOf(group, s))
        see(bufferOf(section.named.family, member, field.name), `${s} ${id}`, readOnly);
    }
  });
  return new Set(
    [...seen].flatMap(([buffer, { pointers, written }]) => (written && pointers.size > 1 ? [buffer] : [])),
  );
}

const unrestricted = (text: string): string => text.replace(/ ?__restrict__/, '');

/** Pointers to buffers that are not fields: one for all sections. */
function commonPointers(printing: Printing, bodies: readonly Body[], shared: ReadonlySet<string>): string[] {
  const { context, own } = printing;
  const touchedBuffers = new Map<string, { readonly buffer: Buffer; readOnly: boolean }>();
  for (const { scope } of bodies)
    for (const { buffer, readOnly } of scope.touched()) {
      const into = isOwn(context, buffer.name) ? own : touchedBuffers;
      const known = into.get(buffer.name);
      into.set(buffer.name, { buffer, readOnly: readOnly && known?.readOnly !== false });
    }
  return [...touchedBuffers.values()].flatMap(({ buffer, readOnly }) => {
    const text = context.pointer(buffer, readOnly);
    return text === undefined ? [] : [shared.has(buffer.name) ? unrestricted(text) : text];
  });
}

/** A table with a row for each range of each chain of a group. */
function rowsTable(printing: Printing, name: string, rows: readonly (readonly number[])[]): void {
  const { context, tables } = printing;
  const columns = rows[0]?.length ?? 0;
  const texts = rows.map((row) =>
    columns === 1 ? `${row[0] ?? 0}u` : `{${row.map((value) => `${value}u`).join(', ')}}`,
  );
  const prefix = tablePrefix(context, rows.length * columns);
  tables.push(
    `${prefix}${context.dialect.types.u32} ${name}[]${columns === 1 ? '' : `[${columns}]`} = {${texts.join(', ')}};`,
  );
}

/** Declares the item's `index`, the `begin` and `end` of its range and, for several ranges, their `group`. */
function itemLines(printing: Printing, { plans, first }: Group, name: string, item: string): string[] {
  const { u32 } = printing.context.dialect.types;
  const count = plans[0]?.ranges.length ?? 1;
  const rows = plans.flatMap(({ ranges }) => {
    let before = 0;
    return ranges.map(({ begin, end }) => {
      const row = [begin, end, before];
      before += blocked(end - begin);
      return row;
    });
  });
  const [only] = rows;
  if (rows.length === 1 && only !== undefined) {
    const [begin = 0, end = 0] = only;
    return [
      `const ${u32} begin = ${begin}u, end = ${end}u;`,
      `const ${u32} index = ${begin === 0 ? '' : 'begin + '}${item};`,
    ];
  }
  const table = `${name}_items`;
  rowsTable(printing, table, rows);
  const base =
    plans.length === 1 ? '' : `${count === 1 ? '' : `${count}u * `}${first === 0 ? 'part' : `(part - ${first}u)`}`;
  const at = (group: string): string => (base === '' ? group : count === 1 ? base : `${base} + ${group}`);
  const search =
    count === 1
      ? []
      : [
          `${u32} group = 0u;`,
          `for (${u32} high = ${count}u; high - group > 1u;) {`,
          `  const ${u32} middle = (group + high) / 2u;`,
          `  if (${table}[${at('middle')}][2] <= ${item}) group = middle;`,
          '  else high = middle;',
          '}',
        ];
  return [
    ...search,
    `const ${u32} row = ${at('group')}, begin = ${table}[row][0], end = ${table}[row][1];`,
    `const ${u32} index = begin + (${item} - ${table}[row][2]);`,
  ];
}

/** Pointers and numbers that are fields of a section's member. */
function fieldLines(
  printing: Printing,
  { named }: ChainSection,
  { scope }: Body,
  members: readonly number[],
  shared: ReadonlySet<string>,
): string[] {
  const { context, own } = printing;
  const chosen: { readonly id: string; readonly name: string }[] = [];
  const lines = scope.touchedFields().flatMap(({ field, inRow, id, readOnly }) => {
    const value = `${tableOf(named, inRow)}[member]`;
    if (field.kind === 'value') return [`const ${context.dialect.types[field.type]} ${id} = ${value};`];
    const buffers = members.map((member) => bufferOf(named.family, member, field.name));
    const plain = plainPointer(context, field.element, readOnly);
    if (buffers.some((buffer) => isOwn(context, buffer))) {
      for (const name of buffers) {
        const known = own.get(name);
        own.set(name, { buffer: context.buffer(name), readOnly: readOnly && known?.readOnly !== false });
      }
      chosen.push({ id, name: field.name });
      return [`${plain} ${id};`];
    }
    const changes = buffers.some((buffer) => shared.has(buffer) || context.isChanging(buffer));
    const pointer = context.device.bufferPointer(field.element, readOnly);
    return [`${changes ? unrestricted(pointer) : pointer} ${id} = (${plain})(arena + ${value});`];
  });
  if (chosen.length === 0) return lines;
  const cases = members.map((member, k) => {
    const set = chosen.map(
      ({ id, name }) => `${id} = ${context.bufferNames.id(bufferOf(named.family, member, name))};`,
    );
    return `${k === members.length - 1 ? 'default' : `case ${member}u`}: ${set.join(' ')} break;`;
  });
  return [...lines, ...block('switch (member)', cases)];
}

/** Where the items of a section are, and which member is theirs. */
interface Where {
  readonly low: string;
  readonly high: string;
  readonly lines: readonly string[];
  /** The condition under which an item is one of the section's. */
  readonly condition: string;
}

function whereOf(printing: Printing, group: Group, s: number, body: Body, name: string): Where {
  const { u32 } = printing.context.dialect.types;
  const { plans } = group;
  const count = plans[0]?.ranges.length ?? 1;
  const rows = plans.flatMap(({ ranges, sections }) =>
    ranges.map((range, g) => ({ range, place: sections[s]?.places[g] })),
  );
  const complete = rows.every(
    ({ range, place }) => place !== undefined && place.begin === range.begin && place.end === range.end,
  );
  const needsMember = body.section.named.family.members.length > 1 && body.scope.touchedFields().length > 0;
  const members = new Set(rows.flatMap(({ place }) => (place === undefined ? [] : [place.member])));
  const [single = 0] = members;
  const at = rows.length === 1 ? '0u' : plans.length === 1 && count > 1 ? 'group' : 'row';
  if (complete) {
    if (!needsMember) return { low: 'begin', high: 'end', lines: [], condition: 'index < end' };
    if (members.size === 1)
      return { low: 'begin', high: 'end', lines: [`const ${u32} member = ${single}u;`], condition: 'index < end' };
    rowsTable(
      printing,
      name,
      rows.map(({ place }) => [place?.member ?? 0]),
    );
    return { low: 'begin', high: 'end', lines: [`const ${u32} member = ${name}[${at}];`], condition: 'index < end' };
  }
  rowsTable(
    printing,
    name,
    rows.map(({ place }) => [place?.begin ?? 0, place?.end ?? 0, ...(needsMember ? [place?.member ?? 0] : [])]),
  );
  return {
    low: 'low',
    high: 'high',
    lines: [
      `const ${u32} low = ${name}[${at}][0], high = ${name}[${at}][1];`,
      ...(needsMember ? [`const ${u32} member = ${name}[${at}][2];`] : []),
    ],
    condition: 'index >= low && index < high',
  };
}

/** Prints the work of a section on an item, inside its condition. */
function ownLines({ pattern, items, uses }: Body, { low }: Where, u32: string, ranges: number): string[] {
  if (pattern.domain.kind === 'spikes')
    return [
      `const ${u32} element = index - ${low};`,
      '{',
      `  const ${u32} index = element;`,
      ...items.map((line) => `  ${line}`),
      '}',
    ];
  const begin = uses('begin') && low !== 'begin' ? [`const ${u32} begin = ${low};`] : [];
  const group =
    uses('group') && pattern.domain.kind === 'ranges' && (ranges === 1 || pattern.domain.ranges.length === 1);
  return [...begin, ...(group ? [`const ${u32} group = 0u;`] : []), ...items];
}

function sectionLines(
  printing: Printing,
  group: Group,
  s: number,
  body: Body,
  shared: ReadonlySet<string>,
  name: string,
): string[] {
  const { context } = printing;
  const { device } = context;
  const { scope, section, pattern } = body;
  const { u32 } = context.dialect.types;
  // A mask may be the only field of a section, which needs its member to find it.
  const flags = scope.flags.map(({ id, mask }) => ({ id, array: scope.names.fresh(`${id}s`), to: scope.store(mask) }));
  const where = whereOf(printing, group, s, body, name);
  const fields = fieldLines(printing, section, body, membersOf(group, s), shared);
  printing.familyTables(section.named, scope);
  const stored = flags.flatMap(({ id, array, to }, k) => {
    const gathered = device.gathersFlags ? device.groupArray('u8', array, 'items') : undefined;
    // The array may hold the flags of an earlier section, which all work-items must have read.
    const again = gathered !== undefined && printing.arrays.includes(gathered) ? ['sync_team();'] : [];
    if (gathered !== undefined && again.length === 0) printing.arrays.push(gathered);
    const bit = section.marks === undefined ? undefined : section.marks + k;
    return [
      ...again,
      `store_flags(${to}, ${gathered === undefined ? '' : `${array}, `}${id}, index, ` +
        `${where.low === 'low' ? 'index >= low ? high : 0u' : where.high});`,
      ...(bit === undefined ? [] : [`if (${id}) marks |= ${(2 ** bit).toString()}u;`]),
    ];
  });
  const marked = section.mark === undefined ? '' : ` && (marks & ${(2 ** section.mark).toString()}u) != 0u`;
  return [
    comment(pattern.comment),
    '{',
    ...[
      ...where.lines,
      ...fields,
      ...flags.map(({ id }) => `${device.types.bool} ${id} = false;`),
      ...block(`if (${where.condition}${marked})`, ownLines(body, where, u32, group.plans[0]?.ranges.length ?? 1)),
      ...stored,
    ].map((line) => (line === '' ? line : `  ${line}`)),
    '}',
  ];
}

function groupLines(printing: Printing, group: Group, ordinal: number, item: string): string[] {
  const { context, id } = printing;
  const [plan] = group.plans;
  invariant(plan !== undefined, 'codegen/c/device/chain', `${id} has a part that does nothing`);
  const name = `${id}_${ordinal}`;
  const bodies = plan.sections.map((section) => bodyOfSection(context, section));
  const shared = sharedBuffers(group, bodies);
  const head = itemLines(printing, group, name, item);
  const sections = bodies.flatMap((body, s) => sectionLines(printing, group, s, body, shared, `${name}_${s}`));
  const marks = plan.sections.some(({ mark }) => mark !== undefined)
    ? [`${context.dialect.types.u32} marks = 0u;`]
    : [];
  // Masks are noted as written when their flags are stored.
  return [...commonPointers(printing, bodies, shared), ...head, ...marks, ...sections];
}

/** Chains by their form, in the order of the first of each. */
function groupsOf(context: DeviceContext, chains: readonly (readonly Link[])[]): readonly Group[] {
  const byKey = new Map<string, ChainPlan[]>();
  for (const chain of chains) {
    const plan = planOf(context.program, chain);
    const key = planKey(plan);
    byKey.set(key, [...(byKey.get(key) ?? []), plan]);
  }
  let first = 0;
  return [...byKey.values()].map((plans) => {
    const group = { plans, first };
    first += plans.length;
    return group;
  });
}

const geometryOf = ({ ranges }: ChainPlan): Geometry => ({
  kind: 'items',
  items:
    ranges.length === 1
      ? (ranges[0]?.end ?? 0) - (ranges[0]?.begin ?? 0)
      : ranges.reduce((sum, { begin, end }) => sum + blocked(end - begin), 0),
});

/** An entry for chains that run side by side: group k of a launch works on chain k modulo their number. */
export function chainsEntry(
  context: DeviceContext,
  id: string,
  chains: readonly (readonly Link[])[],
  stoppable: boolean,
  familyTables: Printing['familyTables'],
): DeviceKernel {
  const { u32 } = context.dialect.types;
  const printing: Printing = { context, id, tables: [], arrays: [], own: new Map(), familyTables };
  const groups = groupsOf(context, chains);
  const parts = chains.length;
  const meets = chains.some((chain) => chain.some(({ named }) => workItemsMeet(context, named.family)));
  invariant(!meets || groups.length === 1, 'codegen/c/device/chain', `${id} has branches in which work-items meet`);
  const stays = stoppable && meets;
  const ids = stepIds(context);
  const itemText = parts === 1 ? ids.item : `${ids.group} / ${parts}u * local_items() + local_id()`;
  const item = parts === 1 && !stays && !context.resident ? itemText : 'item';
  const printed = groups.map((group, ordinal) => groupLines(printing, group, ordinal, item));
  const [only = []] = printed;
  const lines =
    parts === 1
      ? [
          ...(stays ? [itemUnlessStopped(context, itemText)] : []),
          ...(context.resident ? [`const ${u32} item = ${itemText};`] : []),
          ...only,
        ]
      : [
          ...(stays
            ? [`const ${u32} part = ${ids.group} % ${parts}u;`, itemUnlessStopped(context, itemText)]
            : [`const ${u32} part = ${ids.group} % ${parts}u, item = ${itemText};`]),
          ...(printed.length === 1
            ? only
            : printed.flatMap((branch, k) => {
                const end = (groups[k]?.first ?? 0) + (groups[k]?.plans.length ?? 0);
                const head = `${k === 0 ? '' : 'else '}${k === printed.length - 1 ? '' : `if (part < ${end}u)`}`.trim();
                return [head, '{', ...branch.map((line) => (line === '' ? line : `  ${line}`)), '}'];
              })),
        ];
  const parameters = [...printing.own].map(([name, { buffer, readOnly }]) => {
    const pointer = context.device.bufferPointer(buffer.element, readOnly, context.isChanging(name));
    return `${pointer.replace(/const$/, '')}${context.bufferNames.id(name)}`;
  });
  const plans = groups.flatMap((group) => group.plans);
  const comments = groups.flatMap(
    ({ plans: [plan] }) => plan?.sections.map(({ named }) => named.family.pattern.comment) ?? [],
  );
  return {
    lines: stepLines(context, {
      id,
      comment: `for each element: ${[...new Set(comments)].join('; ')}`,
      size: 'items',
      stoppable: stoppable && !stays,
      parameters,
      tables: printing.tables,
      arrays: printing.arrays,
      lines,
    }),
    launches: [
      {
        kernel: chains.flatMap((chain) => chain.map(({ kernel }) => kernel.name)).join(' '),
        entry: id,
        geometry: largestOf(plans.map((plan) => geometryOf(plan))),
        own: [...printing.own.keys()],
        ...(parts === 1 ? {} : { parts }),
      },
    ],
  };
}
