/** Compact kernels: from a mask of bits to the ascending list of the elements that emitted in this step. */

import type { Amount, CompactPattern, Family } from '../families/pattern.js';
import { kernelFunction, kernelScope } from './kernel.js';
import type { KernelContext } from './kernel.js';
import { addressOf, loadText, storeText, withOffset } from './scalar.js';
import type { Scope } from './scalar.js';
import { i32Const, localGet, localSet } from './text.js';
import type { Wat } from './text.js';

/** Loads 64 bits of the mask; bits after the last element belong to no element. */
function wordText(scope: Scope, { mask, firstWord, ring: { size } }: CompactPattern): Wat {
  const byte: Wat = ['i32.shl', localGet('$.word'), i32Const(3)];
  const address = addressOf(scope, mask, scope.amount(firstWord));
  const operand: Wat = address.operand[0] === 'i32.const 0' ? byte : ['i32.add', address.operand, byte];
  const word: Wat = [withOffset('i64.load', address), operand];
  if (typeof size === 'number') {
    if (size % 64 === 0) return word;
    const inside = `i64.const ${(1n << BigInt(size % 64)) - 1n}`;
    return [
      'i64.and',
      word,
      ['select', [inside], ['i64.const -1'], ['i32.eq', localGet('$.word'), i32Const(Math.floor(size / 64))]],
    ];
  }
  // The last 64 bits, of which size modulo 64 belong to elements: all if that is 0.
  const unused: Wat = ['i64.extend_i32_u', ['i32.and', ['i32.sub', i32Const(0), scope.amount(size)], i32Const(63)]];
  const isLast: Wat = [
    'i32.eq',
    localGet('$.word'),
    ['i32.shr_u', ['i32.sub', scope.amount(size), i32Const(1)], i32Const(6)],
  ];
  return ['i64.and', word, ['select', ['i64.shr_u', ['i64.const -1'], unused], ['i64.const -1'], isLast]];
}

/** Number of u64 that hold the bits of this many elements. */
const wordsText = (scope: Scope, size: Amount): Wat =>
  typeof size === 'number'
    ? i32Const(Math.ceil(size / 64))
    : ['i32.shr_u', ['i32.add', scope.amount(size), i32Const(63)], i32Const(6)];

/** The function of a compact kernel. */
export function compactKernelText(context: KernelContext, family: Family, kernel: CompactPattern): Wat[] {
  const { ring, log } = kernel;
  const scope = kernelScope(context, family, [], [], false);
  for (const id of ['$.slot', '$.first', '$.count', '$.word', '$.element']) scope.declare(id, 'i32');
  scope.declare('$.bits', 'i64');
  const cursor = log === undefined ? undefined : scope.amount(log.cursor.index);
  const append: Wat[] = [];
  if (log !== undefined) {
    scope.declare('$.row', 'i32');
    append.push(
      storeText(scope, log.buffer, localGet('$.row'), localGet('$step')),
      storeText(scope, log.buffer, ['i32.add', localGet('$.row'), i32Const(1)], localGet('$.element')),
      localSet('$.row', ['i32.add', localGet('$.row'), i32Const(2)]),
    );
  }
  const bits: Wat = localGet('$.bits');
  const body: Wat[] = [
    localSet('$.slot', ['i32.and', localGet('$step'), scope.amount(ring.slotMask)]),
    localSet('$.first', ['i32.mul', localGet('$.slot'), scope.amount(ring.size)]),
    ...(log === undefined || cursor === undefined
      ? []
      : [localSet('$.row', ['i32.shl', loadText(scope, log.cursor.buffer, cursor), i32Const(1)])]),
    [
      'loop $words',
      localSet('$.bits', wordText(scope, kernel)),
      [
        'if',
        ['i64.ne', bits, ['i64.const 0']],
        [
          'then',
          [
            'loop $bits',
            localSet('$.element', [
              'i32.add',
              ['i32.shl', localGet('$.word'), i32Const(6)],
              ['i32.wrap_i64', ['i64.ctz', bits]],
            ]),
            storeText(scope, ring.list, ['i32.add', localGet('$.first'), localGet('$.count')], localGet('$.element')),
            localSet('$.count', ['i32.add', localGet('$.count'), i32Const(1)]),
            ...append,
            localSet('$.bits', ['i64.and', bits, ['i64.sub', bits, ['i64.const 1']]]),
            ['br_if $bits', ['i64.ne', bits, ['i64.const 0']]],
          ],
        ],
      ],
      localSet('$.word', ['i32.add', localGet('$.word'), i32Const(1)]),
      ['br_if $words', ['i32.lt_u', localGet('$.word'), wordsText(scope, ring.size)]],
    ],
    storeText(scope, ring.counts, localGet('$.slot'), localGet('$.count')),
    ...(log === undefined || cursor === undefined
      ? []
      : [storeText(scope, log.cursor.buffer, cursor, ['i32.shr_u', localGet('$.row'), i32Const(1)])]),
  ];
  return kernelFunction(context, family, scope, ring.size === 0 ? [] : body);
}
