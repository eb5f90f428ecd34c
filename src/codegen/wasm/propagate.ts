/** Propagate kernels: for each spike that is due, over its row of synapses. */

import type { Amount, Family, PropagatePattern } from '../families/pattern.js';
import { countedLoop, kernelFunction, kernelScope } from './kernel.js';
import type { KernelContext } from './kernel.js';
import { loadText, statementsText } from './scalar.js';
import type { Scope } from './scalar.js';
import { i32Const, localGet, localSet } from './text.js';
import type { Wat } from './text.js';

/** Sets `result` to the first position in [low, $.end) with a target of at least `bound`. */
function lowerBound(scope: Scope, targets: string, low: Wat, bound: string, result: string): Wat[] {
  const label = scope.label();
  for (const id of ['$.high', '$.middle']) scope.declare(id, 'i32');
  const middle = localGet('$.middle');
  return [
    localSet(result, low),
    localSet('$.high', localGet('$.end')),
    [
      `block $exit${label}`,
      [
        `loop $next${label}`,
        [`br_if $exit${label}`, ['i32.ge_u', localGet(result), localGet('$.high')]],
        localSet('$.middle', [
          'i32.add',
          localGet(result),
          ['i32.shr_u', ['i32.sub', localGet('$.high'), localGet(result)], i32Const(1)],
        ]),
        [
          'if',
          ['i32.lt_u', loadText(scope, targets, middle), localGet(bound)],
          ['then', localSet(result, ['i32.add', middle, i32Const(1)])],
          ['else', localSet('$.high', middle)],
        ],
        [`br $next${label}`],
      ],
    ],
  ];
}

/** A thread's share of a total: `floor(blocks * thread / threads)` blocks of 64. */
function blockShare(scope: Scope, total: Amount, thread: Wat): Wat {
  const blocks: Wat =
    typeof total === 'number'
      ? i32Const(Math.ceil(total / 64))
      : ['i32.shr_u', ['i32.add', scope.amount(total), i32Const(63)], i32Const(6)];
  return ['i32.shl', ['i32.div_u', ['i32.mul', blocks, thread], localGet('$.threads')], i32Const(6)];
}

const nextThread: Wat = ['i32.add', localGet('$.thread'), i32Const(1)];

interface Partition {
  /** Once, at the kernel's entry. */
  readonly entry: readonly Wat[];
  /** Whether `row` is for this thread; undefined when every row is. */
  readonly rowTest?: Wat;
  /** Cuts [$.position.., $.end) to this thread's part. */
  readonly cut: readonly Wat[];
}

/** How several threads share a propagate kernel: each works on separate elements, or adds atomically. */
function partition(scope: Scope, kernel: PropagatePattern): Partition {
  const { order, rows } = kernel;
  const position = scope.id('position');
  const part = (low: string, high: string, total: Amount): Wat[] => {
    scope.declare(low, 'i32');
    scope.declare(high, 'i32');
    return [
      localSet(low, blockShare(scope, total, localGet('$.thread'))),
      localSet(high, blockShare(scope, total, nextThread)),
    ];
  };
  switch (order.kind) {
    case 'sequential':
      return { entry: [], cut: [] };
    case 'byRow': {
      const row = localGet(scope.id('row'));
      const test: Wat = ['i32.and', ['i32.ge_u', row, localGet('$.rowLow')], ['i32.lt_u', row, localGet('$.rowHigh')]];
      return { entry: part('$.rowLow', '$.rowHigh', rows), rowTest: test, cut: [] };
    }
    case 'byTarget': {
      scope.declare('$.cut', 'i32');
      const entry = part('$.targetLow', '$.targetHigh', order.targetCount);
      return {
        entry,
        cut: [
          [
            'if',
            localGet('$.thread'),
            [
              'then',
              ...lowerBound(scope, order.targets, localGet(position), '$.targetLow', '$.cut'),
              localSet(position, localGet('$.cut')),
            ],
          ],
          [
            'if',
            ['i32.ne', nextThread, localGet('$.threads')],
            [
              'then',
              ...lowerBound(scope, order.targets, localGet(position), '$.targetHigh', '$.cut'),
              localSet('$.end', localGet('$.cut')),
            ],
          ],
        ],
      };
    }
    case 'any': {
      for (const id of ['$.begin', '$.length']) scope.declare(id, 'i32');
      // In 64 bits: a row may have more synapses than 2^32 / threads.
      const bound = (thread: Wat): Wat => [
        'i32.add',
        localGet('$.begin'),
        [
          'i32.wrap_i64',
          [
            'i64.div_u',
            ['i64.mul', ['i64.extend_i32_u', localGet('$.length')], ['i64.extend_i32_u', thread]],
            ['i64.extend_i32_u', localGet('$.threads')],
          ],
        ],
      ];
      return {
        entry: [],
        cut: [
          localSet('$.begin', localGet(position)),
          localSet('$.length', ['i32.sub', localGet('$.end'), localGet(position)]),
          localSet(position, bound(localGet('$.thread'))),
          localSet('$.end', bound(nextThread)),
        ],
      };
    }
  }
}

/** All spikes of one slot of the ring. */
function overSpikes(kernel: PropagatePattern, scope: Scope, share: Partition): Wat[] {
  const { ring, begin, columns } = kernel;
  const { first } = kernel.delays;
  const row = scope.id('row');
  const position = scope.id('position');
  const delay = localGet(scope.id('delay'));
  for (const id of ['$.slot', '$.list', '$.count', '$.k', '$.segment', '$.end']) scope.declare(id, 'i32');
  const items = statementsText(scope, kernel.body);
  const label = scope.label();
  const loop: Wat[] = [
    [
      `block $row${label}`,
      [`br_if $row${label}`, ['i32.ge_u', localGet(position), localGet('$.end')]],
      [
        `loop $position${label}`,
        ...items,
        localSet(position, ['i32.add', localGet(position), i32Const(1)]),
        [`br_if $position${label}`, ['i32.lt_u', localGet(position), localGet('$.end')]],
      ],
    ],
  ];
  const column: Wat = first === 0 ? delay : ['i32.sub', delay, scope.amount(first)];
  const synapses: Wat[] = [
    localSet(
      '$.segment',
      columns === 1 ? localGet(row) : ['i32.add', ['i32.mul', localGet(row), scope.amount(columns)], column],
    ),
    localSet(position, loadText(scope, kernel.segments, localGet('$.segment'))),
    localSet('$.end', loadText(scope, kernel.segments, ['i32.add', localGet('$.segment'), i32Const(1)])),
    ...share.cut,
    ...loop,
  ];
  const tests: Wat[] = kernel.everyElement ? [] : [['i32.lt_u', localGet(row), scope.amount(kernel.rows)]];
  if (share.rowTest !== undefined) tests.push(share.rowTest);
  const [test, second] = tests;
  const guarded: Wat[] =
    test === undefined
      ? synapses
      : [['if', second === undefined ? test : ['i32.and', test, second], ['then', ...synapses]]];
  const element = loadText(scope, ring.list, ['i32.add', localGet('$.list'), localGet('$.k')]);
  return [
    localSet('$.slot', ['i32.and', ['i32.sub', localGet('$step'), delay], scope.amount(ring.slotMask)]),
    localSet('$.list', ['i32.mul', localGet('$.slot'), scope.amount(ring.size)]),
    localSet('$.count', loadText(scope, ring.counts, localGet('$.slot'))),
    ...countedLoop(scope, '$.k', i32Const(0), localGet('$.count'), [
      localSet(row, begin === 0 ? element : ['i32.sub', element, scope.amount(begin)]),
      ...guarded,
    ]),
  ];
}

/** The function of a propagate kernel. */
export function propagateKernelText(context: KernelContext, family: Family, kernel: PropagatePattern): Wat[] {
  const shared = context.module.parallel && kernel.order.kind !== 'sequential';
  const scope = kernelScope(
    context,
    family,
    kernel.locals,
    ['row', 'position', 'delay'],
    shared && kernel.order.kind === 'any',
  );
  const share = shared ? partition(scope, kernel) : { entry: [], cut: [] };
  const delay = scope.id('delay');
  const { first, last } = kernel.delays;
  const spikes = overSpikes(kernel, scope, share);
  const body: Wat[] =
    kernel.columns === 1
      ? [localSet(delay, scope.amount(last)), ...spikes]
      : [
          localSet(delay, scope.amount(last)),
          [
            'loop $delays',
            ...spikes,
            localSet(delay, ['i32.sub', localGet(delay), i32Const(1)]),
            ['br_if $delays', ['i32.ge_s', localGet(delay), scope.amount(first)]],
          ],
        ];
  return kernelFunction(context, family, scope, [...share.entry, ...body]);
}
