/** Compact kernels: from a mask of bits to the ascending list of the elements that emitted in this step. */

import type { CompactPattern } from '../families/pattern.js';
import { kernelFunction } from './kernel.js';
import type { NamedFamily } from './kernel.js';
import { Scope } from './scope.js';
import type { ProgramContext } from './scope.js';
import { block } from './text.js';

/**
 * Two u32 of the mask as the bits of 64 elements; the last may lack the second u32, and its last bits may belong to
 * other elements.
 */
function bitsText(context: ProgramContext, scope: Scope, { ring, mask, firstWord }: CompactPattern): string[] {
  const { u64 } = context.dialect.types;
  const at = firstWord === 0 ? 'word' : `${scope.amount(firstWord)} + word`;
  const words = scope.load(mask);
  const both = `${words}[${at}] | (${u64})${words}[${at} + 1u] << 32`;
  const { size } = ring;
  if (typeof size !== 'number') {
    const elements = scope.amount(size);
    return [
      `${u64} bits = word + 1u < words ? ${both} : ${words}[${at}];`,
      `if (${elements} - word * 32u < 64u) bits &= ((${u64})1 << (${elements} - word * 32u)) - 1u;`,
    ];
  }
  const count = Math.ceil(size / 32);
  const rest = size % 64;
  const value =
    count % 2 === 0 ? both : count === 1 ? `${words}[${at}]` : `word + 1u < ${count}u ? ${both} : ${words}[${at}]`;
  return [
    `${u64} bits = ${value};`,
    ...(rest === 0 ? [] : [`if (word == ${2 * Math.floor(size / 64)}u) bits &= ((${u64})1 << ${rest}) - 1u;`]),
  ];
}

/** The function of a compact kernel: it goes over the mask 64 bits at a time. */
export function compactKernelText(context: ProgramContext, named: NamedFamily, kernel: CompactPattern): string[] {
  const { ring } = kernel;
  // Ranks log the spikes of all of them when they exchange them.
  const log = context.distribution ? undefined : kernel.log;
  const scope = new Scope(context, { atomic: false, gathered: false }, true, named.family);
  if (ring.size === 0) return kernelFunction(context, named, scope, ['(void)network;', '(void)step;']);
  const { u32 } = context.dialect.types;
  const bits = bitsText(context, scope, kernel);
  const list = scope.store(ring.list);
  const counts = scope.store(ring.counts);
  const size = scope.amount(ring.size);
  const words = typeof ring.size === 'number' ? `${Math.ceil(ring.size / 32)}u` : 'words';
  const range = context.distribution ? ['from / 32u', '(to + 31u) / 32u'] : ['0u', words];
  const append =
    log === undefined
      ? []
      : [
          `${scope.store(log.buffer)}[2u * log_row] = (${u32})step;`,
          `${scope.store(log.buffer)}[2u * log_row + 1u] = element;`,
          'log_row += 1u;',
        ];
  const cursor = log === undefined ? '' : `${scope.store(log.cursor.buffer)}[${scope.amount(log.cursor.index)}]`;
  const lines = [
    ...(words === 'words' ? [`const ${u32} words = (${size} + 31u) / 32u;`] : []),
    `const ${u32} slot = ${ring.slotMask === 0 ? '0u' : `(${u32})step & ${scope.amount(ring.slotMask)}`};`,
    `${u32} count = 0u;`,
    ...(log === undefined ? [] : [`${u32} log_row = ${cursor};`]),
    ...block(`for (${u32} word = ${range[0]}; word < ${range[1]}; word += 2u)`, [
      ...bits,
      ...block('while (bits != 0u)', [
        `const ${u32} element = word * 32u + (${u32})${context.dialect.bitCounts.ctz.u64}(bits);`,
        `${list}[slot * ${size} + count] = element;`,
        'count += 1u;',
        ...append,
        'bits &= bits - 1u;',
      ]),
    ]),
    `${counts}[slot] = count;`,
    ...(log === undefined ? [] : [`${cursor} = log_row;`]),
  ];
  return kernelFunction(context, named, scope, lines);
}
