/**
 * Propagate kernels: for each spike that is due, over its row of synapses.
 *
 * Rows lie anywhere in memory, and most are shorter than a cache line. The addresses of several rows are collected
 * before the first is used, so that the processor fetches them side by side. The order of the rows stays.
 */

import { elementBytes, type Statement } from '../../ir/program.js';
import { expressionsOf, isLocal, someExpression, visitExpression, visitStatements } from '../../ir/walk.js';
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

/** Rows with addresses that are collected before the first is used. */
const rowsAhead = 64;

/** Bytes of a cache line on the processors in use; a wrong number costs speed only. */
const lineBytes = 64;

/** Whether a body reads a local that the kernel's shape defines. */
function reads(body: readonly Statement[], name: string): boolean {
  let found = false;
  visitStatements(body, (statement) => {
    found ||= expressionsOf(statement).some((e) => someExpression(e, (part) => isLocal(part, name)));
  });
  return found;
}

/** Returns the buffers with an element for each synapse that a body reads. */
function loadedAtSynapses(body: readonly Statement[]): ReadonlySet<string> {
  const buffers = new Set<string>();
  visitStatements(body, (statement) => {
    for (const e of expressionsOf(statement))
      visitExpression(e, (part) => {
        if (part.kind === 'load' && isLocal(part.index, 'position')) buffers.add(part.buffer);
      });
  });
  return buffers;
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
  // Values of a row that a body reads in addition to its synapses.
  const kept = [
    ...(reads(kernel.body, 'row') ? [{ name: 'row', type: u32 }] : []),
    ...(reads(kernel.body, 'delay') ? [{ name: 'delay', type: i32 }] : []),
  ];
  const fetched = [...loadedAtSynapses(kernel.body)].map((buffer) => ({
    row: scope.load(buffer),
    inLine: lineBytes / elementBytes[scope.element(buffer)],
  }));
  const ahead = `${rowsAhead}u`;
  // Nothing was emitted before step 0.
  const collected = [
    `const ${i32} emission = step - delay;`,
    `const ${u32} slot = ${slot};`,
    ...block(`if (emission < 0 || k >= ${counts}[slot])`, ['delay -= 1;', 'k = 0u;', 'continue;']),
    `const ${u32} row = ${list}[slot * ${scope.amount(ring.size)} + k]${begin === 0 ? '' : ` - ${scope.amount(begin)}`};`,
    'k += 1u;',
    ...otherRows.map((condition) => `if (${condition}) continue;`),
    `due_low[due] = ${segment};`,
    ...kept.map(({ name }) => `due_${name}[due] = ${name};`),
    `__builtin_prefetch(&${segments}[due_low[due]]);`,
    'due += 1u;',
  ];
  const bounds = [
    `const ${u32} segment = due_low[due_item];`,
    `const ${u32} low = ${segments}[segment], high = ${segments}[segment + 1u];`,
    // All of a row's cache lines: a long row has more than the processor foresees from its first.
    ...fetched.flatMap(({ row, inLine }) => [
      `__builtin_prefetch(&${row}[low]);`,
      `for (${u32} line = low; high - line > ${inLine}u; line += ${inLine}u) __builtin_prefetch(&${row}[line + ${inLine}u]);`,
      `__builtin_prefetch(&${row}[high]);`,
    ]),
    'due_low[due_item] = low;',
    'due_high[due_item] = high;',
  ];
  const delivered = [
    ...kept.map(({ name, type }) => `const ${type} ${name} = due_${name}[due_item];`),
    `${u32} low = due_low[due_item], high = due_high[due_item];`,
    ...share.cut,
    ...block(`for (${u32} position = low; position < high; position += 1u)`, items),
  ];
  return kernelFunction(context, named, scope, [
    ...share.entry,
    `${i32} delay = ${last};`,
    `${u32} k = 0u;`,
    ...block(`while (delay >= ${first})`, [
      `${u32} due = 0u, due_low[${ahead}], due_high[${ahead}];`,
      ...kept.map(({ name, type }) => `${type} due_${name}[${ahead}];`),
      ...block(`while (due < ${ahead} && delay >= ${first})`, collected),
      ...block(`for (${u32} due_item = 0u; due_item < due; due_item += 1u)`, bounds),
      ...block(`for (${u32} due_item = 0u; due_item < due; due_item += 1u)`, delivered),
    ]),
  ]);
}
