/** Compact kernels on devices: one team counts the bits of its shares of the mask, sums the counts, and writes the list in order. */

import { invariant } from '../../../diagnostics/diagnostic.js';
import type { CompactKernel } from '../../../ir/program.js';
import { ringOf } from '../../schedule/kernel-calls.js';
import { Scope } from '../scope.js';
import { block } from '../text.js';
import type { DeviceContext } from './context.js';
import { deviceKernel } from './kernel.js';
import type { DeviceKernel } from './kernel.js';

/** The function of a compact kernel. The list ascends whatever the size of the team: shares are in order of elements, and sums in order of shares. */
export function deviceCompactKernel(context: DeviceContext, kernel: CompactKernel): DeviceKernel {
  const { u32 } = context.dialect.types;
  const ring = ringOf(context.program, kernel.event);
  const log = ring.log === undefined ? undefined : context.program.logs.find(({ name }) => name === ring.log);
  invariant(ring.log === undefined || log?.rowLength === 2, 'codegen/c/device', `${ring.name} has no log of pairs named ${ring.log ?? ''}`);
  const scope = new Scope(context, { atomic: false, gathered: false });
  if (ring.size === 0) return deviceKernel(context, kernel, scope, { size: 'one', geometry: { kind: 'items', items: 0 }, lines: [] });
  const mask = scope.load(ring.mask);
  const list = scope.store(ring.list);
  const counts = scope.store(ring.counts);
  const words = Math.ceil(ring.size / 32);
  const rest = ring.size % 32;
  const word = `${mask}[${ring.maskBegin === 0 ? '' : `${ring.maskBegin / 32}u + `}word]`;
  const bits = [`${u32} bits = ${word};`, ...(rest === 0 ? [] : [`if (word == ${words - 1}u) bits &= ${(2 ** rest - 1).toString()}u;`])];
  const cursor = log === undefined ? '' : `${scope.store(log.cursor.buffer)}[${log.cursor.index}u]`;
  const rows = log === undefined ? '' : scope.store(log.buffer);
  const append =
    log === undefined ? [] : [`${rows}[2u * log_row] = (${u32})step;`, `${rows}[2u * log_row + 1u] = element;`, 'log_row += 1u;'];
  const lines = [
    `const ${u32} slot = ${ring.slots === 1 ? '0u' : `(${u32})step & ${ring.slots - 1}u`};`,
    `const ${u32} share = (${words}u + TEAM_SIZE - 1u) / TEAM_SIZE;`,
    `const ${u32} share_low = local_id() * share;`,
    `const ${u32} low = share_low < ${words}u ? share_low : ${words}u, high = ${words}u - low < share ? ${words}u : low + share;`,
    ...(log === undefined ? [] : [`${u32} log_row = ${cursor};`]),
    `${u32} own_sum = 0u;`,
    ...block(`for (${u32} word = low; word < high; word += 1u)`, [
      ...bits,
      `own_sum += (${u32})${context.dialect.bitCounts.popcount.u32}(bits);`,
    ]),
    `${u32} at = sum_before(sums, own_sum);`,
    ...(log === undefined ? [] : ['log_row += at;']),
    ...block(`for (${u32} word = low; word < high; word += 1u)`, [
      ...bits,
      ...block('while (bits != 0u)', [
        `const ${u32} element = word * 32u + (${u32})${context.dialect.bitCounts.ctz.u32}(bits);`,
        `${list}[slot * ${ring.size}u + at] = element;`,
        'at += 1u;',
        ...append,
        'bits &= bits - 1u;',
      ]),
    ]),
    ...block('if (local_id() == TEAM_SIZE - 1u)', [`${counts}[slot] = at;`, ...(log === undefined ? [] : [`${cursor} = log_row;`])]),
  ];
  const arrays = [context.device.groupArray('u32', 'sums', 'team')];
  return deviceKernel(context, kernel, scope, { size: 'team', geometry: { kind: 'team' }, arrays, lines });
}
