/** The barrier at which threads wait for each other. */

import { control } from './layout.js';
import { i32Const, localGet, localSet } from './text.js';
import type { Form, Wat } from './text.js';

/** Waits for all threads. The last to arrive decides, if asked, whether another step may begin. */
export const barrier = (decide: boolean): Wat => ['call $barrier', localGet('$threads'), i32Const(decide ? 1 : 0)];

/**
 * Polls before a thread sleeps. The most of them takes longer than waking a thread does, since with less two threads
 * can fall into waking each other in turn for ever; on a machine with fewer free processors than threads each poll only
 * delays the other, and few are better.
 */
const polls = { least: 2_000, most: 100_000 } as const;

/**
 * At one barrier out of this number, a thread waits with the most polls, to find out whether processors are free again.
 */
const probe = 64;

const zero = i32Const(0);
const word = (instruction: string, offset: number, ...operands: Wat[]): Form => [
  `${instruction} offset=${offset}`,
  zero,
  ...operands,
];
const smaller = (a: Wat, b: Wat): Wat => ['select', a, b, ['i32.lt_u', a, b]];
const larger = (a: Wat, b: Wat): Wat => ['select', a, b, ['i32.gt_u', a, b]];

/** Code of the last thread to arrive: it wakes the others only if some of them sleep. */
const release: readonly Wat[] = [
  ['if', localGet('$decide'), ['then', word('i32.atomic.store', control.go, ['call $ready'])]],
  word('i32.atomic.store', control.arrived, zero),
  ['drop', word('i32.atomic.rmw.add', control.generation, i32Const(1))],
  [
    'if',
    word('i32.atomic.load', control.waiters),
    ['then', ['drop', word('memory.atomic.notify', control.generation, i32Const(-1))]],
  ],
  'return',
];

/** `$barrier`, and `$patience`: the number of polls recently worthwhile for this thread. */
export function barrierText(): Wat[] {
  const patience: Wat = ['global.get $patience'];
  const moved: Wat = ['i32.ne', word('i32.atomic.load', control.generation), localGet('$generation')];
  const isProbe: Wat = ['i32.eqz', ['i32.and', localGet('$generation'), i32Const(probe - 1)]];
  return [
    [`global $patience (mut i32)`, i32Const(polls.most)],
    [
      'func $barrier (param $threads i32) (param $decide i32)',
      '(local $generation i32) (local $left i32)',
      localSet('$generation', word('i32.atomic.load', control.generation)),
      [
        'if',
        [
          'i32.eq',
          word('i32.atomic.rmw.add', control.arrived, i32Const(1)),
          ['i32.sub', localGet('$threads'), i32Const(1)],
        ],
        ['then', ...release],
      ],
      localSet('$left', ['select', i32Const(polls.most), patience, isProbe]),
      [
        'loop $poll',
        [
          'if',
          moved,
          [
            'then',
            ['global.set $patience', smaller(['i32.mul', patience, i32Const(2)], i32Const(polls.most))],
            'return',
          ],
        ],
        localSet('$left', ['i32.sub', localGet('$left'), i32Const(1)]),
        ['br_if $poll', localGet('$left')],
      ],
      ['global.set $patience', larger(['i32.shr_u', patience, i32Const(2)], i32Const(polls.least))],
      ['drop', word('i32.atomic.rmw.add', control.waiters, i32Const(1))],
      [
        'block $awake',
        [
          'loop $sleep',
          ['br_if $awake', moved],
          ['drop', word('memory.atomic.wait32', control.generation, localGet('$generation'), ['i64.const -1'])],
          ['br $sleep'],
        ],
      ],
      ['drop', word('i32.atomic.rmw.sub', control.waiters, i32Const(1))],
    ],
  ];
}
