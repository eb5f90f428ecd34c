/** Compact kernels: from a mask of bits to the ascending list of the elements that emitted in this step. */

import { invariant } from '../../diagnostics/diagnostic.js';
import type { CompactKernel, EventRing, Log } from '../../ir/program.js';
import { kernelFunction } from './kernel.js';
import { ringOf } from '../schedule/kernel-calls.js';
import { Scope } from './scope.js';
import type { ProgramContext } from './scope.js';
import { block } from './text.js';

function logOf(context: ProgramContext, ring: EventRing): Log | undefined {
  if (ring.log === undefined) return undefined;
  const log = context.program.logs.find((candidate) => candidate.name === ring.log);
  invariant(log !== undefined && log.rowLength === 2, 'codegen/c', `${ring.name} has no log of pairs named ${ring.log}`);
  return log;
}

/** The function of a compact kernel: it goes over the mask 64 bits at a time. */
export function compactKernelText(context: ProgramContext, kernel: CompactKernel): string[] {
  const ring = ringOf(context.program, kernel.event);
  const log = logOf(context, ring);
  const scope = new Scope(context, { atomic: false, gathered: false });
  if (ring.size === 0) return kernelFunction(context, kernel, scope, ['(void)network;', '(void)step;']);
  const { u32, u64 } = context.dialect.types;
  const mask = scope.load(ring.mask);
  const list = scope.store(ring.list);
  const counts = scope.store(ring.counts);
  const words = Math.ceil(ring.size / 32);
  const rest = ring.size % 64;
  const at = ring.maskBegin === 0 ? 'word' : `${ring.maskBegin / 32}u + word`;
  const both = `${mask}[${at}] | (${u64})${mask}[${at} + 1u] << 32`;
  const append =
    log === undefined
      ? []
      : [
          `${scope.store(log.buffer)}[2u * log_row] = (${u32})step;`,
          `${scope.store(log.buffer)}[2u * log_row + 1u] = element;`,
          'log_row += 1u;',
        ];
  const cursor = log === undefined ? '' : `${scope.store(log.cursor.buffer)}[${log.cursor.index}u]`;
  const lines = [
    `const ${u32} slot = ${ring.slots === 1 ? '0u' : `(${u32})step & ${ring.slots - 1}u`};`,
    `${u32} count = 0u;`,
    ...(log === undefined ? [] : [`${u32} log_row = ${cursor};`]),
    ...block(`for (${u32} word = 0u; word < ${words}u; word += 2u)`, [
      // The last word may have no second half.
      words % 2 === 0
        ? `${u64} bits = ${both};`
        : words === 1
          ? `${u64} bits = ${mask}[${at}];`
          : `${u64} bits = word + 1u < ${words}u ? ${both} : ${mask}[${at}];`,
      ...(rest === 0 ? [] : [`if (word == ${2 * Math.floor(ring.size / 64)}u) bits &= ((${u64})1 << ${rest}) - 1u;`]),
      ...block('while (bits != 0u)', [
        `const ${u32} element = word * 32u + (${u32})${context.dialect.bitCounts.ctz.u64}(bits);`,
        `${list}[slot * ${ring.size}u + count] = element;`,
        'count += 1u;',
        ...append,
        'bits &= bits - 1u;',
      ]),
    ]),
    `${counts}[slot] = count;`,
    ...(log === undefined ? [] : [`${cursor} = log_row;`]),
  ];
  return kernelFunction(context, kernel, scope, lines);
}
