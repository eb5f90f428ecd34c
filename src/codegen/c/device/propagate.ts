/**
 * Propagate kernels on devices: how spikes and rows are spread over work-items, as far as the order of the kernel
 * allows.
 */

import type { PropagatePattern } from '../../families/pattern.js';
import type { Geometry } from '../../schedule/launches.js';
import type { Way } from '../../schedule/strategies.js';
import { bodyOfLocals, statementsText } from '../body.js';
import { Scope } from '../scope.js';
import { block, comment } from '../text.js';
import type { DeviceContext } from './context.js';
import type { GroupSize } from './dialect.js';
import { amountOf } from './kernel.js';
import type { Code, DeviceFamily, Ids } from './kernel.js';

/** Texts shared by all strategies. */
interface Texts {
  readonly first: string;
  readonly last: string;
  readonly columns: string;
  /** Whether there is one delay. */
  readonly single: boolean;
  readonly slot: string;
  readonly counts: string;
  readonly row: string;
  /** Conditions under which a spike has no row here. */
  readonly otherRows: readonly string[];
  readonly segment: string;
  readonly segments: string;
  readonly items: readonly string[];
}

function textsOf(kernel: PropagatePattern, scope: Scope): Texts {
  const { i32: _, u32 } = scope.context.dialect.types;
  const { ring, begin, rows, columns } = kernel;
  const first = scope.signedAmount(kernel.delays.first);
  const column = kernel.delays.first === 0 ? `(${u32})delay` : `(${u32})(delay - ${first})`;
  return {
    first,
    last: scope.signedAmount(kernel.delays.last),
    columns: scope.amount(columns),
    single: columns === 1,
    slot: ring.slotMask === 0 ? '0u' : `(${u32})emission & ${scope.amount(ring.slotMask)}`,
    counts: scope.load(ring.counts),
    row:
      `${scope.load(ring.list)}[slot * ${scope.amount(ring.size)} + ` +
      `k]${begin === 0 ? '' : ` - ${scope.amount(begin)}`}`,
    otherRows: kernel.everyElement ? [] : [`row >= ${scope.amount(rows)}`],
    segment: columns === 1 ? 'row' : `row * ${scope.amount(columns)} + ${column}`,
    segments: scope.load(kernel.segments),
    items: statementsText(
      bodyOfLocals(scope, kernel.locals, kernel.body, ['row', 'position', 'delay', 'step']),
      kernel.body,
    ),
  };
}

interface Spread {
  readonly entry: readonly string[];
  /** First spike of a work-item, and its distance to the next. */
  readonly spikes: readonly [string, string];
  readonly otherRow?: string;
  readonly cut: readonly string[];
}

/** Delay after delay, spike after spike. */
function nested(scope: Scope, texts: Texts, { entry, spikes, otherRow, cut }: Spread): string[] {
  const { i32, u32 } = scope.context.dialect.types;
  const { first, last, slot, counts, row, otherRows, segment, segments, items } = texts;
  const conditions = [...otherRows, ...(otherRow === undefined ? [] : [otherRow])];
  const [from, next] = spikes;
  return [
    ...entry,
    ...block(`for (${i32} delay = ${last}; delay >= ${first}; delay -= 1)`, [
      `const ${i32} emission = step - delay;`,
      // Nothing was emitted before step 0.
      'if (emission < 0) continue;',
      `const ${u32} slot = ${slot};`,
      `const ${u32} count = ${counts}[slot];`,
      ...block(`for (${u32} k = ${from}; k < count; k += ${next})`, [
        `const ${u32} row = ${row};`,
        ...conditions.map((condition) => `if (${condition}) continue;`),
        `const ${u32} segment = ${segment};`,
        `${u32} low = ${segments}[segment], high = ${segments}[segment + 1u];`,
        ...cut,
        ...block(`for (${u32} position = low; position < high; position += 1u)`, items),
      ]),
    ]),
  ];
}

/** Prints the largest number of spikes of any delay: pairs of a spike and a delay are numbered spike by spike. */
function mostSpikes(scope: Scope, { first, last, single, slot, counts }: Texts): string[] {
  const { i32, u32 } = scope.context.dialect.types;
  const look = [
    `const ${i32} emission = step - delay;`,
    'if (emission < 0) continue;',
    `const ${u32} here = ${counts}[${slot}];`,
    'if (here > own_most) own_most = here;',
  ];
  if (!single)
    return [
      `${u32} own_most = 0u;`,
      // One after another they would cost more than the spikes.
      ...block(`for (${i32} delay = ${first} + (${i32})local_id(); delay <= ${last}; delay += TEAM_SIZE)`, look),
      `const ${u32} most = most_of_team(sums, own_most);`,
    ];
  return [
    `const ${i32} delay = ${first}, emission = step - delay;`,
    // Nothing was emitted before step 0.
    `const ${u32} slot = ${slot}, most = emission < 0 ? 0u : ${counts}[slot];`,
  ];
}

/** Prints the spike and the delay of a pair, if this spike exists. */
function ofPair(scope: Scope, { first, columns, single, slot, counts, row }: Texts): string[] {
  const { i32, u32 } = scope.context.dialect.types;
  if (single) return [`const ${u32} k = pair;`, `const ${u32} row = ${row};`];
  return [
    `const ${u32} k = pair / ${columns};`,
    `const ${i32} delay = ${first} + (${i32})(pair - k * ${columns});`,
    `const ${i32} emission = step - delay;`,
    `const ${u32} slot = ${slot};`,
    `if (emission < 0 || k >= ${counts}[slot]) continue;`,
    `const ${u32} row = ${row};`,
  ];
}

/** Prints a loop over pairs; `positions` are a work-item's first position in a row and its distance to the next. */
function byPairs(
  scope: Scope,
  texts: Texts,
  [from, next]: readonly [string, string],
  positions: readonly [string, string],
): string[] {
  const { u32 } = scope.context.dialect.types;
  const { columns, single, otherRows, segment, segments, items } = texts;
  return [
    ...mostSpikes(scope, texts),
    `const ${u32} pairs = ${single ? 'most' : `most * ${columns}`};`,
    ...block(`for (${u32} pair = ${from}; pair < pairs; pair += ${next})`, [
      ...ofPair(scope, texts),
      ...otherRows.map((condition) => `if (${condition}) continue;`),
      `const ${u32} segment = ${segment};`,
      `const ${u32} low = ${segments}[segment], high = ${segments}[segment + 1u];`,
      ...block(`for (${u32} position = ${positions[0]}; position < high; position += ${positions[1]})`, items),
    ]),
  ];
}

/** Each work-item of a team looks up one pair; the synapses of all of them are then numbered through and dealt out. */
function flatLines(scope: Scope, texts: Texts, { group, groups }: Ids): string[] {
  const { i32, u32 } = scope.context.dialect.types;
  const { first, columns, single, otherRows, segment, segments, items, slot, counts, row } = texts;
  const uses = (name: string): boolean => items.some((line) => new RegExp(`\\b${name}\\b`).test(line));
  const pairText = single
    ? [`const ${u32} k = pair;`, ...block('if (pair < pairs)', boundsOf())]
    : block('if (pair < pairs)', [
        `const ${u32} k = pair / ${columns};`,
        `const ${i32} delay = ${first} + (${i32})(pair - k * ${columns});`,
        `const ${i32} emission = step - delay;`,
        `const ${u32} slot = ${slot};`,
        ...block(`if (emission >= 0 && k < ${counts}[slot])`, boundsOf()),
      ]);
  function boundsOf(): string[] {
    const look = [
      `const ${u32} segment = ${segment};`,
      `from = ${segments}[segment];`,
      `own_sum = ${segments}[segment + 1u] - from;`,
    ];
    const [other] = otherRows;
    return [
      `const ${u32} row = ${row};`,
      ...(uses('row') ? ['rows[local_id()] = row;'] : []),
      ...(other === undefined ? look : block(`if (!(${other}))`, look)),
    ];
  }
  const owner = [
    ...(uses('row') ? [`const ${u32} row = rows[owner];`] : []),
    ...(uses('delay') && !single
      ? [
          `const ${u32} its_pair = begin_pair + owner;`,
          `const ${i32} delay = ${first} + (${i32})(its_pair % ${columns});`,
        ]
      : []),
  ];
  return [
    ...mostSpikes(scope, texts),
    `const ${u32} pairs = ${single ? 'most' : `most * ${columns}`};`,
    // As many pairs for a team as leave none without work, and no more than it has work-items.
    `const ${u32} dealt = (pairs + ${groups} - 1u) / ${groups}, chunk = dealt < TEAM_SIZE ? dealt : TEAM_SIZE;`,
    ...block(`for (${u32} begin_pair = ${group} * chunk; begin_pair < pairs; begin_pair += ${groups} * chunk)`, [
      `const ${u32} pair = local_id() < chunk ? begin_pair + local_id() : pairs;`,
      `${u32} from = 0u, own_sum = 0u;`,
      ...pairText,
      // Position of synapse t of this round, less t.
      'starts[local_id()] = from - sum_before(sums, own_sum);',
      'sync_team();',
      `const ${u32} all = sums[TEAM_SIZE - 1u];`,
      ...block(`for (${u32} t = local_id(); t < all; t += TEAM_SIZE)`, [
        `${u32} owner = 0u;`,
        ...block(`for (${u32} other = TEAM_SIZE; owner < other;)`, [
          `const ${u32} at = (owner + other) / 2u;`,
          'if (sums[at] <= t) owner = at + 1u;',
          'else other = at;',
        ]),
        ...owner,
        `const ${u32} position = starts[owner] + t;`,
        ...items,
      ]),
      // The arrays are filled again.
      'sync_team();',
    ]),
  ];
}

/** The code of propagate kernels that go over their spikes in a certain way. */
export function devicePropagateCode(
  context: DeviceContext,
  { family }: DeviceFamily,
  kernel: PropagatePattern,
  way: Way,
  ids: Ids,
): Code {
  const { u32 } = context.dialect.types;
  const { order } = kernel;
  const atomic = way === 'presynaptic' || way === 'postsynaptic' || way === 'flat';
  const scope = new Scope(context, { atomic, gathered: false }, true, family);
  const texts = textsOf(kernel, scope);
  const spikesOf = (member: number): number => amountOf(family, member, kernel.rows);
  const pairsOf = (member: number): number => spikesOf(member) * amountOf(family, member, kernel.columns);
  const remark = comment(`strategy: ${way}`);
  const code = (
    size: GroupSize,
    kind: 'workers' | 'teams' | 'one',
    most: (member: number) => number,
    lines: readonly string[],
  ): Code => ({
    scope,
    size,
    geometry: (member): Geometry => (kind === 'one' ? { kind } : { kind, most: most(member) }),
    lines: [remark, ...lines],
  });
  // With several delays the team looks for the most spikes of one.
  const together = (printed: Code): Code =>
    texts.single ? printed : { ...printed, arrays: [context.device.groupArray('u32', 'sums', 'team')] };
  switch (way) {
    case 'sequential':
      return code('one', 'one', () => 1, nested(scope, texts, { entry: [], cut: [], spikes: ['0u', '1u'] }));
    case 'presynaptic':
      return together(code('team', 'workers', pairsOf, byPairs(scope, texts, [ids.item, ids.items], ['low', '1u'])));
    case 'postsynaptic':
      return together(
        code(
          'team',
          'teams',
          pairsOf,
          byPairs(scope, texts, [ids.group, ids.groups], ['low + local_id()', 'TEAM_SIZE']),
        ),
      );
    case 'flat': {
      const lines = flatLines(scope, texts, ids);
      const arrays = ['sums', 'starts', ...(lines.some((line) => line.includes('rows[local_id()]')) ? ['rows'] : [])];
      return {
        ...code('team', 'workers', pairsOf, lines),
        arrays: arrays.map((array) => context.device.groupArray('u32', array, 'team')),
      };
    }
    case 'rows': {
      // A row can be in the lists of several delays, so a single worker takes its spikes in order.
      const spread: Spread = texts.single
        ? { entry: [], cut: [], spikes: [ids.item, ids.items] }
        : { entry: [], cut: [], spikes: ['0u', '1u'], otherRow: `row % ${ids.items} != ${ids.item}` };
      return code('team', 'workers', spikesOf, nested(scope, texts, spread));
    }
    case 'targets': {
      if (order.kind !== 'byTarget')
        return code('one', 'one', () => 1, nested(scope, texts, { entry: [], cut: [], spikes: ['0u', '1u'] }));
      const targets = scope.load(order.targets);
      const count = scope.amount(order.targetCount);
      // The targets of a row ascend: this worker's are in one piece.
      const spread: Spread = {
        entry: [
          `const ${u32} worker = ${ids.item}, workers = ${ids.items};`,
          `const ${u32} target_low = share_of(${count}, worker, workers), target_high = share_of(${count}, ` +
            'worker + 1u, workers);',
        ],
        spikes: ['0u', '1u'],
        cut: [
          `if (worker != 0u) FIRST_AT_LEAST(${targets}, low, high, target_low, low);`,
          `if (worker + 1u != workers) FIRST_AT_LEAST(${targets}, low, high, target_high, high);`,
        ],
      };
      return code(
        'team',
        'workers',
        (member) => amountOf(family, member, order.targetCount),
        nested(scope, texts, spread),
      );
    }
  }
}
