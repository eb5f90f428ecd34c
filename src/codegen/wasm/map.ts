/** Map kernels: independent items, one after another or on vector lanes. */

import type { Family, MapPattern, RingPattern } from '../families/pattern.js';
import { countedLoop, kernelFunction, kernelScope, shareBounds } from './kernel.js';
import type { KernelContext } from './kernel.js';
import { laneItems } from './lanes.js';
import { loadText, statementsText } from './scalar.js';
import type { Scope } from './scalar.js';
import { i32Const, localGet, localSet } from './text.js';
import type { Wat } from './text.js';

/** The items [$.low, $.high) of a map kernel, as scalar code. */
function scalarItems(scope: Scope, kernel: MapPattern): Wat[] {
  const body = statementsText(scope, kernel.body);
  return countedLoop(scope, scope.id('index'), localGet('$.low'), localGet('$.high'), body);
}

const larger = (a: Wat, b: Wat): Wat => ['select', a, b, ['i32.gt_u', a, b]];
const smaller = (a: Wat, b: Wat): Wat => ['select', a, b, ['i32.lt_u', a, b]];

/** Runs `items` over the part of every range within [$.from, $.to). */
function overRanges(context: KernelContext, kernel: MapPattern, scope: Scope, items: readonly Wat[]): Wat[] {
  scope.declare('$.low', 'i32');
  scope.declare('$.high', 'i32');
  const from = localGet('$.from');
  const to = localGet('$.to');
  const { domain } = kernel;
  if (domain.kind !== 'ranges') return [localSet('$.low', from), localSet('$.high', to), ...items];
  const [only] = domain.ranges;
  const begin = scope.id('begin');
  const group = scope.id('group');
  const table = context.module.layout.ranges.get(kernel.name);
  if (table === undefined || only === undefined) {
    const range = only ?? { begin: 0, end: 0 };
    return [
      localSet(begin, scope.amount(range.begin)),
      localSet('$.low', larger(localGet(begin), from)),
      localSet('$.high', smaller(scope.amount(range.end), to)),
      ...items,
    ];
  }
  const cell = (word: number): Wat => [
    `i32.load offset=${table.address + 4 * word}`,
    ['i32.shl', localGet(group), i32Const(3)],
  ];
  scope.declare('$.end', 'i32');
  return countedLoop(scope, group, i32Const(0), i32Const(domain.ranges.length), [
    localSet(begin, cell(0)),
    localSet('$.end', cell(1)),
    localSet('$.low', larger(localGet(begin), from)),
    localSet('$.high', smaller(localGet('$.end'), to)),
    ...items,
  ]);
}

/** Runs the body for this step's spikes of an event. */
function overSpikes(context: KernelContext, kernel: MapPattern, scope: Scope, ring: RingPattern): Wat[] {
  const slot: Wat = ['i32.and', localGet('$step'), scope.amount(ring.slotMask)];
  for (const id of ['$.count', '$.first', '$.k', '$.last']) scope.declare(id, 'i32');
  const shared = context.module.parallel;
  const bounds = shared ? shareBounds(localGet('$.count')) : { low: i32Const(0), high: localGet('$.count') };
  const body = statementsText(scope, kernel.body);
  return [
    localSet('$.count', loadText(scope, ring.counts, slot)),
    localSet('$.first', ['i32.mul', slot, scope.amount(ring.size)]),
    localSet('$.last', bounds.high),
    ...countedLoop(scope, '$.k', bounds.low, localGet('$.last'), [
      localSet(scope.id('index'), loadText(scope, ring.list, ['i32.add', localGet('$.first'), localGet('$.k')])),
      ...body,
    ]),
  ];
}

/**
 * Prints the functions of a map kernel: on vector lanes if it promises them and can use them, else one item after
 * another.
 */
export function mapKernelText(context: KernelContext, family: Family, kernel: MapPattern): Wat[] {
  const ranged = kernel.domain.kind === 'ranges';
  const newScope = (implicit: readonly string[]): Scope =>
    kernelScope(context, family, kernel.locals, implicit, context.module.parallel);
  if (kernel.domain.kind === 'spikes') {
    const scope = newScope(['index']);
    return kernelFunction(context, family, scope, overSpikes(context, kernel, scope, kernel.domain.ring));
  }
  const implicit = ranged ? ['index', 'begin', 'group'] : ['index'];
  if (kernel.lanes && family.faultFields.size === 0) {
    // IR locals are values of the graph here, so none is declared.
    const scope = kernelScope(context, family, [], implicit, context.module.parallel);
    const onLanes = laneItems(context, family, kernel, scope, newScope([]));
    if (onLanes !== undefined)
      return [
        ...kernelFunction(context, family, scope, overRanges(context, kernel, scope, onLanes.items)),
        onLanes.rest,
      ];
  }
  const scope = newScope(implicit);
  return kernelFunction(context, family, scope, overRanges(context, kernel, scope, scalarItems(scope, kernel)));
}
