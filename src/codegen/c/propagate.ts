/** Propagate kernels: for each spike that is due, over its row of synapses. */

import type { Amount, PropagatePattern } from '../families/pattern.js';
import { bodyOfLocals, statementsText } from './body.js';
import { kernelFunction } from './kernel.js';
import type { NamedFamily } from './kernel.js';
import { Scope } from './scope.js';
import type { ProgramContext } from './scope.js';
import { block } from './text.js';

interface Partition {
  /** Once, at the kernel's entry. */
  readonly entry: readonly string[];
  /** A row that is not this thread's, as a condition; undefined when every row is. */
  readonly otherRow?: string;
  /** Cuts [low, high) to this thread's part. */
  readonly cut: readonly string[];
}

/** How several threads share a propagate kernel: each works on separate elements, or adds atomically. */
function partition(context: ProgramContext, kernel: PropagatePattern, scope: Scope): Partition {
  const { u32 } = context.dialect.types;
  const part = (what: string, total: Amount): string[] => [
    `const ${u32} ${what}_low = share_of_blocks(${scope.amount(total)}, thread, threads);`,
    `const ${u32} ${what}_high = share_of_blocks(${scope.amount(total)}, thread + 1u, threads);`,
  ];
  const { order } = kernel;
  switch (order.kind) {
    case 'sequential':
      return { entry: [], cut: [] };
    case 'byRow':
      return {
        entry: context.distribution ? [`const ${u32} row_low = from, row_high = to;`] : part('row', kernel.rows),
        otherRow: 'row < row_low || row >= row_high',
        cut: [],
      };
    case 'byTarget': {
      const targets = scope.load(order.targets);
      // The targets of a row ascend: this thread's are in one piece.
      if (context.distribution)
        return {
          entry: [],
          cut: [
            `FIRST_AT_LEAST(${targets}, low, high, from, low);`,
            `FIRST_AT_LEAST(${targets}, low, high, to, high);`,
          ],
        };
      return {
        entry: part('target', order.targetCount),
        cut: [
          `if (thread != 0u) FIRST_AT_LEAST(${targets}, low, high, target_low, low);`,
          `if (thread + 1u != threads) FIRST_AT_LEAST(${targets}, low, high, target_high, high);`,
        ],
      };
    }
    case 'any':
      return {
        entry: [],
        cut: [
          `const ${u32} first_synapse = low, all_synapses = high - low;`,
          'low = first_synapse + share(all_synapses, thread, threads);',
          'high = first_synapse + share(all_synapses, thread + 1u, threads);',
        ],
      };
  }
}

/** The function of a propagate kernel. */
export function propagateKernelText(context: ProgramContext, named: NamedFamily, kernel: PropagatePattern): string[] {
  const { i32, u32 } = context.dialect.types;
  const { ring, begin, rows, columns } = kernel;
  const scope = new Scope(context, { atomic: kernel.order.kind === 'any', gathered: false }, true, named.family);
  const first = scope.signedAmount(kernel.delays.first);
  const last = scope.signedAmount(kernel.delays.last);
  const share = partition(context, kernel, scope);
  const counts = scope.load(ring.counts);
  const list = scope.load(ring.list);
  const segments = scope.load(kernel.segments);
  const items = statementsText(
    bodyOfLocals(scope, kernel.locals, kernel.body, ['row', 'position', 'delay', 'step']),
    kernel.body,
  );
  const column = kernel.delays.first === 0 ? `(${u32})delay` : `(${u32})(delay - ${first})`;
  const segment = columns === 1 ? 'row' : `row * ${scope.amount(columns)} + ${column}`;
  const otherRows = [
    ...(kernel.everyElement ? [] : [`row >= ${scope.amount(rows)}`]),
    ...(share.otherRow === undefined ? [] : [share.otherRow]),
  ];
  const slot = ring.slotMask === 0 ? '0u' : `(${u32})emission & ${scope.amount(ring.slotMask)}`;
  // Nothing was emitted before step 0.
  const spikes = [
    `const ${i32} emission = step - delay;`,
    'if (emission < 0) continue;',
    `const ${u32} slot = ${slot};`,
    `const ${u32} count = ${counts}[slot];`,
    ...block(`for (${u32} k = 0u; k < count; k += 1u)`, [
      `const ${u32} row = ${list}[slot * ${scope.amount(ring.size)} + ` +
        `k]${begin === 0 ? '' : ` - ${scope.amount(begin)}`};`,
      ...otherRows.map((condition) => `if (${condition}) continue;`),
      `const ${u32} segment = ${segment};`,
      `${u32} low = ${segments}[segment], high = ${segments}[segment + 1u];`,
      ...share.cut,
      ...block(`for (${u32} position = low; position < high; position += 1u)`, items),
    ]),
  ];
  return kernelFunction(context, named, scope, [
    ...share.entry,
    ...block(`for (${i32} delay = ${last}; delay >= ${first}; delay -= 1)`, spikes),
  ]);
}
