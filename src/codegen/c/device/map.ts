/** Map kernels on devices: a work-item for each item. */

import { isCell } from '../../families/pattern.js';
import { invariant } from '../../../diagnostics/diagnostic.js';
import type { DomainPattern, MapPattern } from '../../families/pattern.js';
import type { Geometry } from '../../schedule/launches.js';
import { bodyOfLocals, statementsText } from '../body.js';
import { Scope } from '../scope.js';
import { block } from '../text.js';
import type { DeviceContext } from './context.js';
import { amountOf, bufferOf } from './kernel.js';
import type { Code, DeviceFamily, Ids } from './kernel.js';

/** Ranges begin at multiples of this, so that each u32 of a mask belongs to one of them. */
const blockLength = 64;

const blocked = (items: number): number => Math.ceil(items / blockLength) * blockLength;

type RangePatterns = Extract<DomainPattern, { kind: 'ranges' }>['ranges'];

interface Domain {
  readonly geometry: (member: number) => Geometry;
  readonly tables: readonly string[];
  /** Declares `index`, `end` and the other locals of the body. */
  readonly head: readonly string[];
}

function domainOf(
  context: DeviceContext,
  named: DeviceFamily,
  domain: DomainPattern,
  scope: Scope,
  ids: Ids,
  uses: (name: string) => boolean,
): Domain {
  const { u32 } = scope.context.dialect.types;
  const { family } = named;
  const items =
    (count: (member: number) => number) =>
    (member: number): Geometry => ({ kind: 'items', items: count(member) });
  if (domain.kind === 'count') {
    const { count } = domain;
    invariant(!isCell(count), 'codegen/c/device', `the items of ${family.name} are not counted before`);
    return {
      geometry: items((member) => amountOf(family, member, count)),
      tables: [],
      head: [`const ${u32} index = ${ids.item}, end = ${scope.amount(count)};`],
    };
  }
  invariant(domain.kind === 'ranges', 'codegen/c/device', `${family.name} runs over spikes`);
  const [only] = domain.ranges;
  if (only === undefined) return { geometry: items(() => 0), tables: [], head: [`const ${u32} index = 0u, end = 0u;`] };
  if (domain.ranges.length > 1) return manyRanges(context, named, domain.ranges, ids);
  const begin = scope.amount(only.begin);
  return {
    geometry: items((member) => amountOf(family, member, only.end) - amountOf(family, member, only.begin)),
    tables: [],
    head: [
      ...(uses('begin') ? [`const ${u32} begin = ${begin};`] : []),
      ...(uses('group') ? [`const ${u32} group = 0u;`] : []),
      `const ${u32} index = ${only.begin === 0 ? '' : `${begin} + `}${ids.item}, end = ${scope.amount(only.end)};`,
    ],
  };
}

/** Ranges follow one another in blocks of work-items; a table has the beginning of each. */
function manyRanges(
  context: DeviceContext,
  { family, id }: DeviceFamily,
  ranges: RangePatterns,
  { item }: Ids,
): Domain {
  const { u32 } = context.dialect.types;
  const table = `${id}_ranges`;
  let first = 0;
  const rows = ranges.map(({ begin, end }) => {
    invariant(
      typeof begin === 'number' && typeof end === 'number',
      'codegen/c/device',
      `the ranges of ${family.name} differ`,
    );
    invariant(begin % blockLength === 0, 'codegen/c/device', `a range of ${family.name} begins at ${begin}`);
    const row = `{${begin}u, ${end}u, ${first}u}`;
    first += blocked(end - begin);
    return row;
  });
  return {
    geometry: () => ({ kind: 'items', items: first }),
    tables: [`${context.device.constant}${u32} ${table}[][3] = {${rows.join(', ')}};`],
    head: [
      `${u32} group = 0u;`,
      `for (${u32} high = ${ranges.length}u; high - group > 1u;) {`,
      `  const ${u32} at = (group + high) / 2u;`,
      `  if (${table}[at][2] <= ${item}) group = at;`,
      '  else high = at;',
      '}',
      `const ${u32} begin = ${table}[group][0], end = ${table}[group][1];`,
      `const ${u32} index = begin + (${item} - ${table}[group][2]);`,
    ],
  };
}

/** Prints a kernel over the spikes of this step, or over a number of items in a cell: work-items stride over them. */
function stridedCode(
  context: DeviceContext,
  { family }: DeviceFamily,
  kernel: MapPattern,
  { item, items: all }: Ids,
): Code {
  const { u32 } = context.dialect.types;
  const scope = new Scope(context, { atomic: true, gathered: false }, true, family);
  const { domain } = kernel;
  const items = statementsText(bodyOfLocals(scope, kernel.locals, kernel.body, ['index', 'step']), kernel.body);
  if (domain.kind === 'spikes') {
    const { ring } = domain;
    const slot = ring.slotMask === 0 ? '0u' : `(${u32})step & ${scope.amount(ring.slotMask)}`;
    const lines = [
      `const ${u32} slot = ${slot};`,
      `const ${u32} count = ${scope.load(ring.counts)}[slot];`,
      ...block(`for (${u32} k = ${item}; k < count; k += ${all})`, [
        `const ${u32} index = ${scope.load(ring.list)}[slot * ${scope.amount(ring.size)} + k];`,
        ...items,
      ]),
    ];
    return {
      scope,
      size: 'items',
      geometry: (member) => ({ kind: 'spikes', most: amountOf(family, member, ring.size) }),
      lines,
    };
  }
  invariant(domain.kind === 'count' && isCell(domain.count), 'codegen/c/device', 'no items are counted');
  const { buffer, index } = domain.count;
  const lines = [
    `const ${u32} count = ${scope.load(buffer)}[${scope.amount(index)}];`,
    ...block(`for (${u32} index = ${item}; index < count; index += ${all})`, items),
  ];
  const geometry = (member: number): Geometry => ({
    kind: 'counted',
    count: { buffer: bufferOf(family, member, buffer), index: amountOf(family, member, index) },
  });
  return { scope, size: 'items', geometry, lines };
}

/**
 * Prints a kernel with a team for each item. Teams without an item, or after a fault, still reach every barrier with
 * the others: PoCL 3.1 confuses the paths of work-items after barriers that some of them do not pass.
 */
function teamCode(context: DeviceContext, { family }: DeviceFamily, kernel: MapPattern, { item, group }: Ids): Code {
  const { u32 } = context.dialect.types;
  const { domain } = kernel;
  invariant(domain.kind === 'count' && !isCell(domain.count), 'codegen/c/device', `${family.name} has no known items`);
  const { count } = domain;
  const scope = new Scope(context, { atomic: true, gathered: false, team: true }, true, family);
  const body = statementsText(bodyOfLocals(scope, kernel.locals, kernel.body, ['index', 'step']), kernel.body);
  const items = scope.amount(count);
  return {
    scope,
    size: 'team',
    geometry: (member) => ({ kind: 'ownTeams', items: amountOf(family, member, count) }),
    lines: [
      `const ${u32} index = ${group} < ${items} ? ${group} : 0u;`,
      `const ${u32} in_team = ${item} < ${items} * TEAM_SIZE ? local_id() : no_item;`,
      ...body,
    ],
  };
}

/** The code of map kernels. */
export function deviceMapCode(context: DeviceContext, named: DeviceFamily, kernel: MapPattern, ids: Ids): Code {
  const { domain } = kernel;
  if (kernel.team) return teamCode(context, named, kernel, ids);
  if (domain.kind === 'spikes' || (domain.kind === 'count' && isCell(domain.count)))
    return stridedCode(context, named, kernel, ids);
  const implicit = domain.kind === 'ranges' ? ['index', 'step', 'begin', 'group'] : ['index', 'step'];
  const scope = new Scope(context, { atomic: !kernel.lanes, gathered: false, single: true }, true, named.family);
  const items = statementsText(bodyOfLocals(scope, kernel.locals, kernel.body, implicit), kernel.body);
  const uses = (name: string): boolean => items.some((line) => new RegExp(`\\b${name}\\b`).test(line));
  const { geometry, tables, head } = domainOf(context, named, domain, scope, ids, uses);
  const { device } = context;
  const flags = scope.flags.map(({ id, mask }) => ({ id, array: scope.names.fresh(`${id}s`), to: scope.store(mask) }));
  const lines = [
    ...head,
    ...flags.map(({ id }) => `${device.types.bool} ${id} = false;`),
    ...block('if (index < end)', items),
    ...flags.map(
      ({ id, array, to }) => `store_flags(${to}, ${device.gathersFlags ? `${array}, ` : ''}${id}, index, end);`,
    ),
  ];
  const arrays = device.gathersFlags ? flags.map(({ array }) => device.groupArray('u8', array, 'items')) : [];
  return { scope, size: 'items', geometry, tables, arrays, lines };
}
