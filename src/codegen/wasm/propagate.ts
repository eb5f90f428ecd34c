/** Propagate kernels: for each spike that is due, over its row of synapses. */

import { elementBytes } from '../../ir/program.js';
import type { Load, Statement } from '../../ir/program.js';
import { expressionsOf, isLocal, visitExpression, visitStatements } from '../../ir/walk.js';
import type { Amount, Family, PropagatePattern } from '../families/pattern.js';
import { kernelFunction, kernelScope } from './kernel.js';
import type { KernelContext } from './kernel.js';
import { collectedBytes, rowBytes } from './layout.js';
import { expressionText, loadText, statementsText } from './scalar.js';
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

/** Loads of a body at the position of a synapse, and at indices that are loaded there. */
function loadsOf(body: readonly Statement[]): { readonly direct: readonly Load[]; readonly indirect: readonly Load[] } {
  const [direct, indirect] = [new Map<string, Load>(), new Map<string, Load>()];
  const indices = new Map<string, Load>();
  visitStatements(body, (statement) => {
    for (const e of expressionsOf(statement))
      visitExpression(e, (part) => {
        if (part.kind !== 'load') return;
        if (isLocal(part.index, 'position')) direct.set(part.buffer, part);
        const index = part.index.kind === 'local' ? indices.get(part.index.name) : undefined;
        if (index) indirect.set(part.buffer, { ...part, index });
      });
    if (statement.kind === 'set' && statement.value.kind === 'load' && isLocal(statement.value.index, 'position'))
      indices.set(statement.local, statement.value);
  });
  return { direct: [...direct.values()], indirect: [...indirect.values()] };
}

/** Synapses whose scattered values are fetched together. */
const partLength = 64;

/** Buffers that may not be in the first caches have more bytes. */
const cachedBytes = 1 << 17;

function isLarge({ module }: Scope, { buffer }: Load): boolean {
  const known = module.layout.buffers.get(buffer);
  return known !== undefined && !(Number(known.length) * elementBytes[known.element] <= cachedBytes);
}

/** Reads values, so that their cache lines are there when they are needed. Engines keep loads, which may trap. */
const fetchText = (scope: Scope, loads: readonly Load[]): Wat[] =>
  loads.map((load): Wat => ['drop', expressionText(scope, load)]);

/** The spikes that are due: rows are collected, their first cache lines fetched, then their synapses visited. */
function overSpikes(kernel: PropagatePattern, scope: Scope, share: Partition): Wat[] {
  const { ring, begin, columns, delays } = kernel;
  const row = scope.id('row');
  const position = scope.id('position');
  const delay = scope.id('delay');
  for (const id of ['$.slot', '$.list', '$.count', '$.k', '$.segment', '$.end', '$.due', '$.item', '$.rows'])
    scope.declare(id, 'i32');
  const label = scope.label();
  const items = statementsText(scope, kernel.body);
  const [due, item] = [localGet('$.due'), localGet('$.item')];
  const slot: Wat[] = [
    localSet('$.slot', ['i32.and', ['i32.sub', localGet('$step'), localGet(delay)], scope.amount(ring.slotMask)]),
    localSet('$.list', ['i32.mul', localGet('$.slot'), scope.amount(ring.size)]),
    localSet('$.count', loadText(scope, ring.counts, localGet('$.slot'))),
    localSet('$.k', i32Const(0)),
  ];
  const isOver: Wat = ['i32.ge_u', localGet('$.k'), localGet('$.count')];
  const isLast: Wat = ['i32.le_s', localGet(delay), scope.amount(delays.first)];
  const element = loadText(scope, ring.list, ['i32.add', localGet('$.list'), localGet('$.k')]);
  const column: Wat = delays.first === 0 ? localGet(delay) : ['i32.sub', localGet(delay), scope.amount(delays.first)];
  const tests: Wat[] = kernel.everyElement ? [] : [['i32.lt_u', localGet(row), scope.amount(kernel.rows)]];
  if (share.rowTest !== undefined) tests.push(share.rowTest);
  const collect: Wat[] = [
    [
      'if',
      isOver,
      [
        'then',
        [`br_if $collected${label}`, isLast],
        localSet(delay, ['i32.sub', localGet(delay), i32Const(1)]),
        ...slot,
        [`br $collect${label}`],
      ],
    ],
    localSet(row, begin === 0 ? element : ['i32.sub', element, scope.amount(begin)]),
    localSet('$.k', ['i32.add', localGet('$.k'), i32Const(1)]),
    ...tests.map((test): Wat => [`br_if $collect${label}`, ['i32.eqz', test]]),
    localSet(
      '$.segment',
      columns === 1 ? localGet(row) : ['i32.add', ['i32.mul', localGet(row), scope.amount(columns)], column],
    ),
    localSet(position, loadText(scope, kernel.segments, localGet('$.segment'))),
    localSet('$.end', loadText(scope, kernel.segments, ['i32.add', localGet('$.segment'), i32Const(1)])),
    ['i32.store', due, localGet(position)],
    ['i32.store offset=4', due, localGet('$.end')],
    ['i32.store offset=8', due, localGet(row)],
    ['i32.store offset=12', due, localGet(delay)],
    // A row without synapses is written over by the next one.
    localSet('$.due', [
      'i32.add',
      due,
      ['i32.shl', ['i32.lt_u', localGet(position), localGet('$.end')], i32Const(Math.log2(rowBytes))],
    ]),
    [`br_if $collect${label}`, ['i32.lt_u', due, ['i32.add', localGet('$.rows'), i32Const(collectedBytes)]]],
  ];
  const overRows = (name: string, body: readonly Wat[]): Wat[] => [
    localSet('$.item', localGet('$.rows')),
    [
      `block $no_${name}${label}`,
      [`br_if $no_${name}${label}`, ['i32.eq', item, due]],
      [
        `loop $${name}${label}`,
        localSet(position, ['i32.load', item]),
        localSet('$.end', ['i32.load offset=4', item]),
        ...body,
        localSet('$.item', ['i32.add', item, i32Const(rowBytes)]),
        [`br_if $${name}${label}`, ['i32.lt_u', item, due]],
      ],
    ],
  ];
  const loads = loadsOf(kernel.body);
  const scattered = loads.indirect.filter((load) => isLarge(scope, load));
  const overPositions = (name: string, body: readonly Wat[]): Wat => [
    `loop $${name}${label}`,
    ...body,
    localSet(position, ['i32.add', localGet(position), i32Const(1)]),
    [`br_if $${name}${label}`, ['i32.lt_u', localGet(position), localGet('$.end')]],
  ];
  for (const id of ['$.delay', '$.part', '$.stop']) scope.declare(id, 'i32');
  const left: Wat = ['i32.sub', localGet('$.stop'), localGet(position)];
  const inParts: Wat[] = [
    localSet('$.stop', localGet('$.end')),
    [
      `loop $part${label}`,
      localSet('$.part', localGet(position)),
      localSet('$.end', [
        'i32.add',
        localGet(position),
        ['select', left, i32Const(partLength), ['i32.lt_u', left, i32Const(partLength)]],
      ]),
      overPositions('scattered', fetchText(scope, scattered)),
      localSet(position, localGet('$.part')),
      overPositions('position', items),
      [`br_if $part${label}`, ['i32.lt_u', localGet(position), localGet('$.stop')]],
    ],
  ];
  const deliver: Wat[] = [
    localSet(row, ['i32.load offset=8', item]),
    localSet(delay, ['i32.load offset=12', item]),
    ...share.cut,
    [
      `block $row${label}`,
      [`br_if $row${label}`, ['i32.ge_u', localGet(position), localGet('$.end')]],
      ...(scattered.length > 0 ? inParts : [overPositions('position', items)]),
    ],
  ];
  return [
    localSet(delay, scope.amount(delays.last)),
    ...slot,
    [
      `loop $batch${label}`,
      localSet('$.due', localGet('$.rows')),
      [`block $collected${label}`, [`loop $collect${label}`, ...collect]],
      localSet('$.delay', localGet(delay)),
      ...overRows('fetch', fetchText(scope, loads.direct)),
      ...overRows('deliver', deliver),
      localSet(delay, localGet('$.delay')),
      [`br_if $batch${label}`, ['i32.eqz', ['i32.and', isOver, isLast]]],
    ],
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
  const rows = context.module.layout.collected;
  const first: Wat = shared
    ? ['i32.add', i32Const(rows), ['i32.mul', localGet('$.thread'), i32Const(collectedBytes)]]
    : i32Const(rows);
  const spikes = overSpikes(kernel, scope, share);
  return kernelFunction(context, family, scope, [...share.entry, localSet('$.rows', first), ...spikes]);
}
