/** Propagate kernels on devices: how spikes and rows are spread over work-items, as far as the order of the kernel allows. */

import type { PropagateKernel } from '../../../ir/program.js';
import { ringOf } from '../../schedule/kernel-calls.js';
import type { Geometry } from '../../schedule/launches.js';
import { bodyOfLocals, statementsText } from '../body.js';
import { Scope } from '../scope.js';
import { block } from '../text.js';
import type { DeviceContext } from './context.js';
import type { GroupSize } from './dialect.js';
import { deviceKernel } from './kernel.js';
import type { DeviceKernel } from './kernel.js';

type Way = 'atomic' | 'split' | 'rows' | 'sequential';

function wayOf(context: DeviceContext, { order }: PropagateKernel): Way {
  switch (order.kind) {
    case 'any':
      return 'atomic';
    case 'byTarget':
      return context.targets;
    case 'byRow':
      return 'rows';
    case 'sequential':
      return 'sequential';
  }
}

interface Spread {
  readonly size: GroupSize;
  readonly geometry: Geometry;
  readonly entry: readonly string[];
  /** First spike of a work-item, and how far it is to the next. */
  readonly spikes: readonly [string, string];
  readonly otherRow?: string;
  readonly cut: readonly string[];
  /** First position of a work-item in a segment, and how far it is to the next. */
  readonly positions: readonly [string, string];
}

function spreadOf(context: DeviceContext, kernel: PropagateKernel, scope: Scope, most: number): Spread {
  const { u32 } = context.dialect.types;
  const { order, delays } = kernel;
  const all = { entry: [], cut: [], spikes: ['0u', '1u'], positions: ['low', '1u'] } as const;
  const way = wayOf(context, kernel);
  switch (way) {
    case 'sequential':
      return { ...all, size: 'one', geometry: { kind: 'one' } };
    case 'atomic':
      return {
        ...all,
        size: 'team',
        geometry: { kind: 'teams', most },
        spikes: ['group_id()', 'groups()'],
        positions: ['low + local_id()', 'TEAM_SIZE'],
      };
    case 'rows': {
      const workers = { ...all, size: 'team', geometry: { kind: 'workers', most } } as const;
      // A row can be in the lists of several delays, and its spikes are to be taken in order: by one worker.
      return delays.first === delays.last
        ? { ...workers, spikes: ['item_id()', 'items()'] }
        : { ...workers, otherRow: 'row % items() != item_id()' };
    }
    case 'split': {
      if (order.kind !== 'byTarget') return { ...all, size: 'one', geometry: { kind: 'one' } };
      const targets = scope.load(order.targets);
      return {
        ...all,
        size: 'team',
        geometry: { kind: 'workers', most: order.targetCount },
        // The targets of a row ascend: this worker's are in one piece.
        entry: [
          `const ${u32} worker = item_id(), workers = items();`,
          `const ${u32} target_low = share_of(${order.targetCount}u, worker, workers), target_high = share_of(${order.targetCount}u, worker + 1u, workers);`,
        ],
        cut: [
          `if (worker != 0u) FIRST_AT_LEAST(${targets}, low, high, target_low, low);`,
          `if (worker + 1u != workers) FIRST_AT_LEAST(${targets}, low, high, target_high, high);`,
        ],
      };
    }
  }
}

/** The function of a propagate kernel. */
export function devicePropagateKernel(context: DeviceContext, kernel: PropagateKernel): DeviceKernel {
  const { i32, u32 } = context.dialect.types;
  const ring = ringOf(context.program, kernel.event);
  const scope = new Scope(context, { atomic: wayOf(context, kernel) === 'atomic', gathered: false });
  const { first, last } = kernel.delays;
  const { begin, end } = kernel.elements;
  const rows = end - begin;
  const columns = last - first + 1;
  const spread = spreadOf(context, kernel, scope, rows);
  const counts = scope.load(ring.counts);
  const list = scope.load(ring.list);
  const segments = scope.load(kernel.segments);
  const items = statementsText(bodyOfLocals(scope, kernel.locals, kernel.body, ['row', 'position', 'delay', 'step']), kernel.body);
  const column = first === 0 ? `(${u32})delay` : `(${u32})(delay - ${first})`;
  const otherRows = [
    ...(begin === 0 && rows === ring.size ? [] : [`row >= ${rows}u`]),
    ...(spread.otherRow === undefined ? [] : [spread.otherRow]),
  ];
  const [firstSpike, toNextSpike] = spread.spikes;
  const [firstPosition, toNextPosition] = spread.positions;
  const spikes = [
    `const ${i32} emission = step - delay;`,
    // Nothing was emitted before step 0.
    'if (emission < 0) continue;',
    `const ${u32} slot = ${ring.slots === 1 ? '0u' : `(${u32})emission & ${ring.slots - 1}u`};`,
    `const ${u32} count = ${counts}[slot];`,
    ...block(`for (${u32} k = ${firstSpike}; k < count; k += ${toNextSpike})`, [
      `const ${u32} row = ${list}[slot * ${ring.size}u + k]${begin === 0 ? '' : ` - ${begin}u`};`,
      ...otherRows.map((condition) => `if (${condition}) continue;`),
      `const ${u32} segment = ${columns === 1 ? 'row' : `row * ${columns}u + ${column}`};`,
      `${u32} low = ${segments}[segment], high = ${segments}[segment + 1u];`,
      ...spread.cut,
      ...block(`for (${u32} position = ${firstPosition}; position < high; position += ${toNextPosition})`, items),
    ]),
  ];
  const lines = [...spread.entry, ...block(`for (${i32} delay = ${last}; delay >= ${first}; delay -= 1)`, spikes)];
  return deviceKernel(context, kernel, scope, { size: spread.size, geometry: spread.geometry, lines });
}
