/** Map kernels on devices: a work-item for each item. */

import { invariant } from '../../../diagnostics/diagnostic.js';
import type { MapKernel, Range } from '../../../ir/program.js';
import { ringOf } from '../../schedule/kernel-calls.js';
import type { Geometry } from '../../schedule/launches.js';
import { bodyOfLocals, statementsText } from '../body.js';
import { Scope } from '../scope.js';
import { block } from '../text.js';
import type { DeviceContext } from './context.js';
import { deviceKernel } from './kernel.js';
import type { DeviceKernel } from './kernel.js';

/** Ranges begin at multiples of this, so that a word of a mask belongs to one of them. */
const blockLength = 64;

const blocked = (items: number): number => Math.ceil(items / blockLength) * blockLength;

interface Domain {
  readonly geometry: Geometry;
  readonly tables: readonly string[];
  /** Declares `index`, `end` and what else the body uses. */
  readonly head: readonly string[];
}

function domainOf(context: DeviceContext, kernel: MapKernel, uses: (name: string) => boolean): Domain {
  const { u32 } = context.dialect.types;
  const { domain } = kernel;
  if (domain.kind === 'count') {
    invariant(typeof domain.count === 'number', 'codegen/c/device', `the items of ${kernel.name} are not counted before`);
    return {
      geometry: { kind: 'items', items: domain.count },
      tables: [],
      head: [`const ${u32} index = item_id(), end = ${domain.count}u;`],
    };
  }
  invariant(domain.kind === 'ranges', 'codegen/c/device', `${kernel.name} runs over spikes`);
  const [only] = domain.ranges;
  if (only === undefined) return { geometry: { kind: 'items', items: 0 }, tables: [], head: [`const ${u32} index = 0u, end = 0u;`] };
  if (domain.ranges.length === 1) {
    return {
      geometry: { kind: 'items', items: only.end - only.begin },
      tables: [],
      head: [
        ...(uses('begin') ? [`const ${u32} begin = ${only.begin}u;`] : []),
        ...(uses('group') ? [`const ${u32} group = 0u;`] : []),
        `const ${u32} index = ${only.begin === 0 ? '' : `${only.begin}u + `}item_id(), end = ${only.end}u;`,
      ],
    };
  }
  return manyRanges(context, kernel, domain.ranges);
}

/** Ranges lie one after another in blocks of work-items; a table says where each begins. */
function manyRanges(context: DeviceContext, kernel: MapKernel, ranges: readonly Range[]): Domain {
  const { u32 } = context.dialect.types;
  const table = `${context.kernelNames.id(kernel.name)}_ranges`;
  let first = 0;
  const rows = ranges.map(({ begin, end }) => {
    invariant(begin % blockLength === 0, 'codegen/c/device', `a range of ${kernel.name} begins at ${begin}`);
    const row = `{${begin}u, ${end}u, ${first}u}`;
    first += blocked(end - begin);
    return row;
  });
  return {
    geometry: { kind: 'items', items: first },
    tables: [`${context.device.constant}${u32} ${table}[][3] = {${rows.join(', ')}};`],
    head: [
      `${u32} group = 0u;`,
      `for (${u32} high = ${ranges.length}u; high - group > 1u;) {`,
      `  const ${u32} at = (group + high) / 2u;`,
      `  if (${table}[at][2] <= item_id()) group = at;`,
      '  else high = at;',
      '}',
      `const ${u32} begin = ${table}[group][0], end = ${table}[group][1];`,
      `const ${u32} index = begin + (item_id() - ${table}[group][2]);`,
    ],
  };
}

/** A kernel over the spikes of this step, or over as many items as a cell says: work-items stride over them. */
function stridedKernel(context: DeviceContext, kernel: MapKernel): DeviceKernel {
  const { u32 } = context.dialect.types;
  const scope = new Scope(context, { atomic: true, gathered: false });
  const { domain } = kernel;
  const items = statementsText(bodyOfLocals(scope, kernel.locals, kernel.body, ['index', 'step']), kernel.body);
  if (domain.kind === 'spikes') {
    const ring = ringOf(context.program, domain.event);
    const slot = ring.slots === 1 ? '0u' : `(${u32})step & ${ring.slots - 1}u`;
    const lines = [
      `const ${u32} slot = ${slot};`,
      `const ${u32} count = ${scope.load(ring.counts)}[slot];`,
      ...block(`for (${u32} k = item_id(); k < count; k += items())`, [
        `const ${u32} index = ${scope.load(ring.list)}[slot * ${ring.size}u + k];`,
        ...items,
      ]),
    ];
    return deviceKernel(context, kernel, scope, { size: 'items', geometry: { kind: 'spikes', most: ring.size }, lines });
  }
  invariant(domain.kind === 'count' && typeof domain.count !== 'number', 'codegen/c/device', `${kernel.name} counts no items`);
  const { buffer, index } = domain.count;
  const lines = [
    `const ${u32} count = ${scope.load(buffer)}[${index}u];`,
    ...block(`for (${u32} index = item_id(); index < count; index += items())`, items),
  ];
  return deviceKernel(context, kernel, scope, { size: 'items', geometry: { kind: 'counted', count: domain.count }, lines });
}

/** The function of a map kernel. */
export function deviceMapKernel(context: DeviceContext, kernel: MapKernel): DeviceKernel {
  const { domain } = kernel;
  if (domain.kind === 'spikes' || (domain.kind === 'count' && typeof domain.count !== 'number')) return stridedKernel(context, kernel);
  const implicit = domain.kind === 'ranges' ? ['index', 'step', 'begin', 'group'] : ['index', 'step'];
  const scope = new Scope(context, { atomic: !kernel.lanes, gathered: false, single: true });
  const items = statementsText(bodyOfLocals(scope, kernel.locals, kernel.body, implicit), kernel.body);
  const { geometry, tables, head } = domainOf(context, kernel, (name) => items.some((line) => new RegExp(`\\b${name}\\b`).test(line)));
  const { device } = context;
  const flags = scope.flags.map(({ id, mask }) => ({ id, array: scope.names.fresh(`${id}s`), to: scope.store(mask) }));
  const lines = [
    ...head,
    ...flags.map(({ id }) => `${device.types.bool} ${id} = false;`),
    ...block('if (index < end)', items),
    ...flags.map(({ id, array, to }) => `store_flags(${to}, ${device.gathersFlags ? `${array}, ` : ''}${id}, index, end);`),
  ];
  const arrays = device.gathersFlags ? flags.map(({ array }) => device.groupArray('u8', array, 'items')) : [];
  return deviceKernel(context, kernel, scope, { size: 'items', geometry, tables, arrays, lines });
}
