/**
 * Compact kernels on devices: one group counts the bits of its shares of the mask, sums the counts, and writes the list
 * in order.
 */

import type { CompactPattern } from '../../families/pattern.js';
import { Scope } from '../scope.js';
import { block } from '../text.js';
import type { DeviceContext } from './context.js';
import type { Code, DeviceFamily } from './kernel.js';

/** Number of u32 in the mask, and the bits of one of them: the last may have bits of other elements. */
function wordText(
  scope: Scope,
  { ring, mask, firstWord }: CompactPattern,
): { readonly words: string; readonly bits: readonly string[] } {
  const { u32 } = scope.context.dialect.types;
  const at = firstWord === 0 ? 'word' : `${scope.amount(firstWord)} + word`;
  const word = `${u32} bits = ${scope.load(mask)}[${at}];`;
  const { size } = ring;
  if (typeof size === 'number') {
    const rest = size % 32;
    const cut = rest === 0 ? [] : [`if (word == ${Math.ceil(size / 32) - 1}u) bits &= ${(2 ** rest - 1).toString()}u;`];
    return { words: `${Math.ceil(size / 32)}u`, bits: [word, ...cut] };
  }
  const elements = scope.amount(size);
  return {
    words: `((${elements} + 31u) / 32u)`,
    bits: [word, `if (${elements} - word * 32u < 32u) bits &= (1u << (${elements} - word * 32u)) - 1u;`],
  };
}

/**
 * Prints the code of compact kernels. The list ascends for any group size: shares are in order of elements, and sums in
 * order of shares.
 */
export function deviceCompactCode(context: DeviceContext, { family }: DeviceFamily, kernel: CompactPattern): Code {
  const { u32 } = context.dialect.types;
  const { ring, log } = kernel;
  const scope = new Scope(context, { atomic: false, gathered: false }, true, family);
  if (ring.size === 0) return { scope, size: 'one', geometry: () => ({ kind: 'items', items: 0 }), lines: [] };
  const { words, bits } = wordText(scope, kernel);
  const list = scope.store(ring.list);
  const counts = scope.store(ring.counts);
  const size = scope.amount(ring.size);
  const cursor = log === undefined ? '' : `${scope.store(log.cursor.buffer)}[${scope.amount(log.cursor.index)}]`;
  const rows = log === undefined ? '' : scope.store(log.buffer);
  const append =
    log === undefined
      ? []
      : [`${rows}[2u * log_row] = (${u32})step;`, `${rows}[2u * log_row + 1u] = element;`, 'log_row += 1u;'];
  const lines = [
    `const ${u32} slot = ${ring.slotMask === 0 ? '0u' : `(${u32})step & ${scope.amount(ring.slotMask)}`};`,
    `const ${u32} share = (${words} + SCAN_SIZE - 1u) / SCAN_SIZE;`,
    `const ${u32} share_low = local_id() * share;`,
    `const ${u32} low = share_low < ${words} ? share_low : ${words}, high = ${words} - low < share ? ${words} : ` +
      'low + share;',
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
        `${list}[slot * ${size} + at] = element;`,
        'at += 1u;',
        ...append,
        'bits &= bits - 1u;',
      ]),
    ]),
    ...block('if (local_id() == SCAN_SIZE - 1u)', [
      `${counts}[slot] = at;`,
      ...(log === undefined ? [] : [`${cursor} = log_row;`]),
      ...(log === undefined || !context.device.guardsLogs
        ? []
        : [`if (log_row > ${scope.amount(log.room)}) stop_after(arena, step);`]),
    ]),
  ];
  const arrays = [context.device.groupArray('u32', 'sums', 'scan')];
  return { scope, size: 'scan', geometry: () => ({ kind: 'team' }), arrays, lines };
}
