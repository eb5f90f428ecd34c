/** Compact kernels: from a mask of bits to the ascending list of the elements that emitted in this step. */

import { invariant } from '../../diagnostics/diagnostic.js';
import type { CompactKernel, EventRing, Log } from '../../ir/program.js';
import { kernelFunction, kernelScope } from './kernel.js';
import { ringOf } from '../schedule/kernel-calls.js';
import type { KernelContext } from './kernel.js';
import { addressOf, loadText, storeText, withOffset } from './scalar.js';
import type { Scope } from './scalar.js';
import { i32Const, localGet, localSet } from './text.js';
import type { Wat } from './text.js';

/** Loads 64 bits of the mask; bits after the last element belong to no element. */
function wordText(scope: Scope, ring: EventRing): Wat {
  const byte: Wat = ['i32.shl', localGet('$.word'), i32Const(3)];
  const address = addressOf(scope, ring.mask, i32Const(ring.maskBegin / 32));
  const operand: Wat = address.operand[0] === 'i32.const 0' ? byte : ['i32.add', address.operand, byte];
  const word: Wat = [withOffset('i64.load', address), operand];
  const rest = ring.size % 64;
  if (rest === 0) return word;
  const inside = `i64.const ${(1n << BigInt(rest)) - 1n}`;
  return [
    'i64.and',
    word,
    ['select', [inside], ['i64.const -1'], ['i32.eq', localGet('$.word'), i32Const(Math.floor(ring.size / 64))]],
  ];
}

function logOf(context: KernelContext, ring: EventRing): Log | undefined {
  if (ring.log === undefined) return undefined;
  const log = context.program.logs.find((candidate) => candidate.name === ring.log);
  invariant(
    log !== undefined && log.rowLength === 2,
    'codegen/wasm/compact',
    `${ring.name} has no log of pairs named ${ring.log}`,
  );
  return log;
}

/** The function of a compact kernel. */
export function compactKernelText(context: KernelContext, kernel: CompactKernel): Wat[] {
  const ring = ringOf(context.program, kernel.event);
  const log = logOf(context, ring);
  const scope = kernelScope(context, [], [], false);
  for (const id of ['$.slot', '$.first', '$.count', '$.word', '$.element']) scope.declare(id, 'i32');
  scope.declare('$.bits', 'i64');
  const cursor = log === undefined ? undefined : i32Const(log.cursor.index);
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
    localSet('$.slot', ['i32.and', localGet('$step'), i32Const(ring.slots - 1)]),
    localSet('$.first', ['i32.mul', localGet('$.slot'), i32Const(ring.size)]),
    ...(log === undefined || cursor === undefined
      ? []
      : [localSet('$.row', ['i32.shl', loadText(scope, log.cursor.buffer, cursor), i32Const(1)])]),
    [
      'loop $words',
      localSet('$.bits', wordText(scope, ring)),
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
      ['br_if $words', ['i32.lt_u', localGet('$.word'), i32Const(Math.ceil(ring.size / 64))]],
    ],
    storeText(scope, ring.counts, localGet('$.slot'), localGet('$.count')),
    ...(log === undefined || cursor === undefined
      ? []
      : [storeText(scope, log.cursor.buffer, cursor, ['i32.shr_u', localGet('$.row'), i32Const(1)])]),
  ];
  return kernelFunction(context, kernel, scope, ring.size === 0 ? [] : body);
}
