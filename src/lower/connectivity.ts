/**
 * Pass: builds the synapses of a projection on the target, and the indices by which pathways find them.
 *
 * Rules are run twice: once to count, once to fill what the count has sized. Where delays differ from synapse to synapse, rows
 * are then sorted by delay, so that at each step a row's synapses that are due stand together. Explicit lists are sorted here,
 * on the host.
 */

import * as ir from '../ir/builder.js';
import type { Buffer, Expression as Ir, Extent } from '../ir/program.js';
import { namesIn } from '../lang/walk.js';
import { expressionOf } from './texts.js';
import { Block, item } from './block.js';
import type { RuleCode } from './connect-rules.js';
import { ruleCode } from './connect-rules.js';
import type { Context } from './context.js';
import { arrayOf } from './context.js';
import { keyAt, keyBuffer } from './draws.js';
import type { Draws } from './draws.js';
import { scalarTypeOf } from './element-scope.js';
import { compile, to } from './expressions.js';
import { drawsIn } from './groups.js';
import * as messages from './messages.js';
import type { Connectivity, DelayedIndex, PathwayPlan, ProjectionPlan, SynapseIndex } from './projection.js';
import { synapseDraws } from './synapse-values.js';
import { SynapseScope } from './synapse-scope.js';

/** Synapses as they come out of the rules: by row, in order of creation within a row. */
interface RawSynapses {
  readonly count: Extent;
  readonly rows: Buffer;
  readonly targets: Buffer;
  readonly creation: Buffer | null;
  readonly copies: Buffer | null;
  readonly ascending: boolean;
  readonly fanIn: number;
}

const targetElement = (plan: ProjectionPlan): 'u16' | 'u32' => (plan.post.size <= 65536 ? 'u16' : 'u32');

/** Builds one projection's connectivity. `needsColumns`: some pathway or sum goes by target. */
export function lowerConnectivity(plan: ProjectionPlan, needsColumns: boolean, context: Context): Connectivity | null {
  const rules = plan.projection.connect;
  const raw = rules.every((rule) => rule.rule === 'list') ? listed(plan, context) : drawn(plan, context);
  if (!raw) return null;
  const sorted = plan.sortedBy ? sortByDelay(raw, plan.sortedBy, plan, context) : null;
  const stored: RawSynapses = sorted ? { ...raw, targets: sorted.targets, creation: sorted.creation, copies: sorted.copies } : raw;
  const others = plan.pathways.filter((pathway) => pathway !== plan.sortedBy && pathway.steps.first !== pathway.steps.last);
  return {
    count: raw.count,
    known: typeof raw.count === 'number' ? raw.count : knownCount(plan),
    segments: sorted?.segments ?? raw.rows,
    rows: raw.rows,
    targets: stored.targets,
    creation: stored.creation,
    copies: stored.copies,
    ascending: raw.ascending,
    fanIn: raw.fanIn,
    columns: needsColumns ? columnsOf(plan, raw.count, raw.rows, stored.targets, context) : null,
    delayed: new Map(others.map((pathway) => [pathway.name, delayedIndex(stored, pathway, plan, context)])),
  };
}

/** Synapses that rules without chance or condition make, or null. */
function knownCount(plan: ProjectionPlan): number | null {
  let sum = 0;
  for (const rule of plan.projection.connect) {
    if (rule.rule === 'oneToOne') sum += Math.min(plan.pre.size, plan.post.size);
    else if (rule.rule === 'all' && rule.self) sum += plan.pre.size * plan.post.size;
    else if (rule.rule === 'pairs' && rule.condition === null && rule.p === 1 && rule.self && typeof rule.copies === 'number')
      sum += plan.pre.size * plan.post.size * rule.copies;
    else return null;
  }
  return sum;
}

/** Connections given as lists: sorted by source here, keeping the order of the lists within a row. */
function listed(plan: ProjectionPlan, context: Context): RawSynapses | null {
  const { builder, diagnostics } = context;
  const sources: number[] = [];
  const targets: number[] = [];
  for (const rule of plan.projection.connect) {
    if (rule.rule !== 'list') continue;
    const [from, into] = [arrayOf(rule.sources, context.data), arrayOf(rule.targets, context.data)];
    for (let k = 0; k < from.length; k++) {
      sources.push(from[k] as number);
      targets.push(into[k] as number);
    }
  }
  const wrong = sources.find((i) => !(i >= 0 && i < plan.pre.size));
  const wrongTarget = targets.find((j) => !(j >= 0 && j < plan.post.size));
  if (wrong !== undefined) diagnostics.add(messages.indexOutOfRange(plan.name, 'source', wrong, plan.pre.size));
  if (wrongTarget !== undefined) diagnostics.add(messages.indexOutOfRange(plan.name, 'target', wrongTarget, plan.post.size));
  if (wrong !== undefined || wrongTarget !== undefined) return null;
  const order = Uint32Array.from(sources.keys()).sort((a, b) => (sources[a] as number) - (sources[b] as number) || a - b);
  const rows = new Uint32Array(plan.pre.size + 1);
  for (const i of sources) rows[i + 1] = (rows[i + 1] as number) + 1;
  for (let i = 0; i < plan.pre.size; i++) rows[i + 1] = (rows[i + 1] as number) + (rows[i] as number);
  const seen = new Map<number, number>();
  const copies = new Uint16Array(order.length);
  let ascending = true;
  order.forEach((k, position) => {
    const [i, j] = [sources[k] as number, targets[k] as number];
    const pair = i * plan.post.size + j;
    const copy = seen.get(pair) ?? 0;
    seen.set(pair, copy + 1);
    copies[position] = copy;
    const before = position > 0 ? (order[position - 1] as number) : -1;
    if (before >= 0 && sources[before] === i && (targets[before] as number) > j) ascending = false;
  });
  const plainOrder = order.every((k, position) => k === position);
  const element = targetElement(plan);
  const inOrder = Array.from(order, (k) => targets[k] as number);
  return {
    count: order.length,
    rows: builder.buffer(`${plan.name}.rows`, 'u32', rows.length, `first synapse of each source of ${plan.name}`, {
      role: 'constant',
      initial: rows,
    }),
    targets: builder.buffer(`${plan.name}.targets`, element, order.length, `target of each synapse of ${plan.name}`, {
      role: 'constant',
      initial: element === 'u16' ? Uint16Array.from(inOrder) : Uint32Array.from(inOrder),
    }),
    creation: plainOrder
      ? null
      : builder.buffer(`${plan.name}.creation`, 'u32', order.length, `creation index of each synapse of ${plan.name}`, {
          role: 'constant',
          initial: order,
        }),
    copies: copies.some((copy) => copy > 0)
      ? builder.buffer(`${plan.name}.copies`, 'u16', order.length, `which of the synapses of its pair each is`, {
          role: 'constant',
          initial: copies,
        })
      : null,
    ascending,
    // As for drawn rules: a frozen network then sums in the same units as the one it was drawn from.
    fanIn: plan.pre.size * (1 + copies.reduce((most, copy) => Math.max(most, copy), 0)),
  };
}

/** One rule's counts: the exclusive prefix sum over its items, items + 1. */
interface Counted {
  readonly code: RuleCode;
  readonly starts: Buffer;
  readonly items: number;
}

/** Connections drawn on the target. */
function drawn(plan: ProjectionPlan, context: Context): RawSynapses | null {
  const rules = plan.projection.connect;
  const codes = rules.map((rule, ordinal) => ruleCode(rule, ordinal, plan, context));
  if (codes.some((code) => code === null)) return null;
  const [only] = codes as RuleCode[];
  if (codes.length > 1 && codes.some((code) => code?.outer === 'post')) {
    context.diagnostics.add(
      messages.unsupportedFeature(`several connection rules of which one runs over targets (projection ${plan.name})`),
    );
    return null;
  }
  const counted = (codes as RuleCode[]).map((code, ordinal) => count(code, ordinal, plan, context));
  if (only?.outer === 'post') return transposed(counted[0] as Counted, plan, context);
  return filled(counted, plan, context);
}

/** Kernels that count each item's synapses and sum the counts up. */
function count(code: RuleCode, ordinal: number, plan: ProjectionPlan, context: Context): Counted {
  const { builder } = context;
  const name = `${plan.name}.connect${ordinal}`;
  const items = (code.outer === 'pre' ? plan.pre.size : plan.post.size) * code.blocks;
  const starts = builder.buffer(
    `${name}.starts`,
    'u32',
    items + 1,
    `first synapse of each item of work of rule ${ordinal} of ${plan.name}`,
  );
  const block = new Block();
  const found = block.local('found', 'u32');
  block.emit(ir.set(found, ir.u32(0)));
  const [outer, inner] = itemOf(code, block);
  code.write(outer, inner, block, (_element, body) => body.emit(ir.set(found, ir.add(ir.get(found), ir.u32(1)))));
  block.emit(ir.store(starts, item, ir.get(found)));
  builder.initially(
    builder.map(
      `${name}.count`,
      `counts the synapses of ${plan.name} by rule ${ordinal}`,
      { kind: 'count', count: items },
      false,
      block.locals.declared,
      block.statements,
    ),
  );
  builder.initially(scanKernel(`${name}.sum`, starts, items, `more than 2^32 synapses in projection ${plan.name}`, context));
  return { code, starts, items };
}

/** Outer element and block of a work item. */
function itemOf(code: RuleCode, block: Block): [Ir, Ir] {
  if (code.blocks === 1) return [item, ir.u32(0)];
  const outer = block.name('outer', ir.div(item, ir.u32(code.blocks)));
  return [outer, block.name('block', ir.sub(item, ir.mul(outer, ir.u32(code.blocks))))];
}

/** Replaces counts by their exclusive prefix sums; the last cell becomes the total. */
export function scanKernel(name: string, counts: Buffer, items: number, overflow: string, context: Context): string {
  const block = new Block();
  const sum = block.local('sum', 'u32');
  const own = block.local('own', 'u32');
  const k = block.local('k', 'u32');
  const lost = block.local('overflowed', 'bool');
  block.emit(
    ir.set(sum, ir.u32(0)),
    ir.set(lost, ir.bool(false)),
    ir.loop(k, ir.u32(0), ir.u32(items), [
      ir.set(own, ir.load(counts, ir.get(k))),
      ir.store(counts, ir.get(k), ir.get(sum)),
      ir.set(sum, ir.add(ir.get(sum), ir.get(own))),
      ir.set(lost, ir.or(ir.get(lost), ir.lt(ir.get(sum), ir.get(own)))),
    ]),
    ir.store(counts, ir.u32(items), ir.get(sum)),
    ir.fault(context.builder.faultBit(overflow), ir.get(lost)),
  );
  return context.builder.sequential(name, 'running sum of counts', block.locals.declared, block.statements);
}

/** Rows from rules that run over sources; a row holds the synapses of the first rule, then of the next. */
function filled(counted: readonly Counted[], plan: ProjectionPlan, context: Context): RawSynapses {
  const { builder } = context;
  const sources = plan.pre.size;
  const many = counted.length > 1;
  const rows = builder.buffer(`${plan.name}.rows`, 'u32', sources + 1, `first synapse of each source of ${plan.name}`);
  const k = (row: Ir, { code }: Counted): Ir => (code.blocks === 1 ? row : ir.mul(row, ir.u32(code.blocks)));
  const sumTo = (row: Ir): Ir => counted.map((rule) => ir.load(rule.starts, k(row, rule))).reduce((a, b) => ir.add(a, b));
  builder.initially(
    builder.map(
      `${plan.name}.rows_from_items`,
      `first synapse of each source of ${plan.name}`,
      { kind: 'count', count: sources + 1 },
      false,
      [],
      [ir.store(rows, item, sumTo(item))],
    ),
  );
  const count: Extent = { buffer: rows.name, index: sources };
  const targets = builder.buffer(`${plan.name}.targets`, targetElement(plan), count, `target of each synapse of ${plan.name}`);
  const creation = many ? builder.buffer(`${plan.name}.creation`, 'u32', count, `creation index of each synapse of ${plan.name}`) : null;
  const repeated = counted.some((rule) => rule.code.copies > 1) || many;
  const copies = repeated ? builder.buffer(`${plan.name}.copies`, 'u16', count, `which of the synapses of its pair each is`) : null;
  builder.allocate(targets, ...[creation, copies].filter((buffer) => buffer !== null));
  counted.forEach((rule, ordinal) => {
    const block = new Block();
    const [outer, inner] = itemOf(rule.code, block);
    const position = block.local('position', 'u32');
    const start = many ? rowStart(counted, ordinal, outer, rows, k) : ir.load(rule.starts, item);
    block.emit(ir.set(position, start));
    const created = block.local('created', 'u32');
    if (creation) {
      const base = counted
        .slice(0, ordinal)
        .map((before) => ir.load(before.starts, ir.u32(before.items)))
        .reduce((a, b) => ir.add(a, b), ir.u32(0));
      block.emit(ir.set(created, ir.add(base, ir.load(rule.starts, item))));
    }
    rule.code.write(outer, inner, block, (element, body) => {
      body.emit(ir.store(targets, ir.get(position), element), ir.set(position, ir.add(ir.get(position), ir.u32(1))));
      if (creation)
        body.emit(
          ir.store(creation, ir.sub(ir.get(position), ir.u32(1)), ir.get(created)),
          ir.set(created, ir.add(ir.get(created), ir.u32(1))),
        );
    });
    builder.initially(
      builder.map(
        `${plan.name}.connect${ordinal}.fill`,
        `makes the synapses of ${plan.name} by rule ${ordinal}`,
        { kind: 'count', count: rule.items },
        false,
        block.locals.declared,
        block.statements,
      ),
    );
  });
  if (copies) builder.initially(copyNumbers(plan, rows, targets, copies, context));
  return {
    count,
    rows,
    targets,
    creation,
    copies,
    ascending: !many && counted.every((rule) => rule.code.ascending),
    fanIn: counted.reduce((sum, rule) => sum + rule.code.copies * sources, 0),
  };
}

/** Where an item of a rule starts in storage when a row also holds the synapses of other rules. */
function rowStart(counted: readonly Counted[], ordinal: number, outer: Ir, rows: Buffer, itemsBefore: (row: Ir, rule: Counted) => Ir): Ir {
  const own = counted[ordinal] as Counted;
  let start: Ir = ir.add(ir.load(rows, outer), ir.sub(ir.load(own.starts, item), ir.load(own.starts, itemsBefore(outer, own))));
  for (const before of counted.slice(0, ordinal)) {
    start = ir.add(
      start,
      ir.sub(ir.load(before.starts, itemsBefore(ir.add(outer, ir.u32(1)), before)), ir.load(before.starts, itemsBefore(outer, before))),
    );
  }
  return start;
}

/** Numbers the synapses of each pair in order of creation. */
function copyNumbers(plan: ProjectionPlan, rows: Buffer, targets: Buffer, copies: Buffer, context: Context): string {
  const block = new Block();
  const p = block.local('p', 'u32');
  const q = block.local('q', 'u32');
  const n = block.local('copy', 'u32');
  const first = block.name('first', ir.load(rows, item));
  const end = block.name('end', ir.load(rows, ir.add(item, ir.u32(1))));
  block.emit(
    ir.loop(p, first, end, [
      ir.set(n, ir.u32(0)),
      ir.loop(q, first, ir.get(p), [
        ir.set(n, ir.add(ir.get(n), ir.convert('u32', ir.eq(ir.load(targets, ir.get(q)), ir.load(targets, ir.get(p)))))),
      ]),
      ir.store(copies, ir.get(p), ir.get(n)),
    ]),
  );
  return context.builder.map(
    `${plan.name}.copy_numbers`,
    `numbers the synapses of each pair of ${plan.name}`,
    { kind: 'count', count: plan.pre.size },
    false,
    block.locals.declared,
    block.statements,
  );
}

/** Rows from a rule that runs over targets: its synapses by target, then moved to their sources' rows in that order. */
function transposed(rule: Counted, plan: ProjectionPlan, context: Context): RawSynapses {
  const { builder } = context;
  const count: Extent = { buffer: rule.starts.name, index: rule.items };
  const found = builder.buffer(
    `${plan.name}.sources_by_target`,
    'u32',
    count,
    `source of each synapse of ${plan.name} in order of creation`,
  );
  builder.allocate(found);
  const block = new Block();
  const [outer, inner] = itemOf(rule.code, block);
  const position = block.local('position', 'u32');
  block.emit(ir.set(position, ir.load(rule.starts, item)));
  rule.code.write(outer, inner, block, (element, body) =>
    body.emit(ir.store(found, ir.get(position), element), ir.set(position, ir.add(ir.get(position), ir.u32(1)))),
  );
  builder.initially(
    builder.map(
      `${plan.name}.connect0.fill`,
      `makes the synapses of ${plan.name} by rule 0`,
      { kind: 'count', count: rule.items },
      false,
      block.locals.declared,
      block.statements,
    ),
  );
  const rows = builder.buffer(`${plan.name}.rows`, 'u32', plan.pre.size + 1, `first synapse of each source of ${plan.name}`);
  const targets = builder.buffer(`${plan.name}.targets`, targetElement(plan), count, `target of each synapse of ${plan.name}`);
  const creation = builder.buffer(`${plan.name}.creation`, 'u32', count, `creation index of each synapse of ${plan.name}`);
  const copies =
    rule.code.copies > 1 ? builder.buffer(`${plan.name}.copies`, 'u16', count, `which of the synapses of its pair each is`) : null;
  builder.allocate(targets, creation, ...(copies ? [copies] : []));
  moveToRows({
    name: `${plan.name}.transpose`,
    from: rule.starts,
    groups: plan.post.size,
    rowOf: (p) => ir.load(found, p),
    rows,
    rowCount: plan.pre.size,
    place: (p, group, at) => [ir.store(targets, at, group), ir.store(creation, at, p)],
    context,
  });
  if (copies) builder.initially(copyNumbers(plan, rows, targets, copies, context));
  return { count, rows, targets, creation, copies, ascending: true, fanIn: rule.code.copies * plan.pre.size };
}

interface Move {
  readonly name: string;
  /** Offsets of the groups that the synapses stand in now, and how many groups. */
  readonly from: Buffer;
  readonly groups: number;
  /** Row that the synapse at a position goes to. */
  readonly rowOf: (position: Ir, group: Ir) => Ir;
  /** Offsets to compute, rowCount + 1. */
  readonly rows: Buffer;
  readonly rowCount: number;
  /** Statements that put the synapse from `position` (of `group`) to `at`. */
  readonly place: (position: Ir, group: Ir, at: Ir) => ReturnType<typeof ir.store>[];
  readonly context: Context;
}

/** A stable counting sort of synapses into rows. */
function moveToRows({ name, from, groups, rowOf, rows, rowCount, place, context }: Move): void {
  const { builder } = context;
  const each = (body: (position: Ir, group: Ir, block: Block) => void): [Block, string] => {
    const block = new Block();
    const group = block.local('group_', 'u32');
    const position = block.local('position_', 'u32');
    block.emit(
      ir.loop(
        group,
        ir.u32(0),
        ir.u32(groups),
        block.nested((inner) => {
          inner.emit(
            ir.loop(
              position,
              ir.load(from, ir.get(group)),
              ir.load(from, ir.add(ir.get(group), ir.u32(1))),
              inner.nested((innermost) => body(ir.get(position), ir.get(group), innermost)),
            ),
          );
        }),
      ),
    );
    return [block, name];
  };
  const next = builder.buffer(`${name}.next`, 'u32', rowCount + 1, 'where the next synapse of each row goes');
  const [counting] = each((position, group, block) => {
    const row = block.name('row', rowOf(position, group));
    block.emit(ir.accumulate(next, row, ir.u32(1)));
  });
  builder.initially(builder.sequential(`${name}.count`, 'counts the synapses of each row', counting.locals.declared, counting.statements));
  builder.initially(scanKernel(`${name}.sum`, next, rowCount, 'more than 2^32 synapses in one projection', context));
  builder.initially(
    builder.map(
      `${name}.rows`,
      'first synapse of each row',
      { kind: 'count', count: rowCount + 1 },
      false,
      [],
      [ir.store(rows, item, ir.load(next, item))],
    ),
  );
  const [placing] = each((position, group, block) => {
    const row = block.name('row', rowOf(position, group));
    const at = block.name('at', ir.load(next, row));
    block.emit(ir.store(next, row, ir.add(at, ir.u32(1))), ...place(position, group, at));
  });
  builder.initially(builder.sequential(`${name}.place`, 'puts each synapse into its row', placing.locals.declared, placing.statements));
}

interface Sorted {
  readonly segments: Buffer;
  readonly targets: Buffer;
  readonly creation: Buffer;
  readonly copies: Buffer | null;
}

/** Draws each synapse's delay and sorts rows by it, keeping the order of creation among equals. */
function sortByDelay(raw: RawSynapses, pathway: PathwayPlan, plan: ProjectionPlan, context: Context): Sorted {
  const { builder } = context;
  const { first, last } = pathway.steps;
  const delays = last - first + 1;
  const rows = plan.pre.size;
  const steps = builder.buffer(
    `${plan.name}.${pathway.name}.delay_steps`,
    'u16',
    raw.count,
    `delay of each synapse of ${plan.name} in steps, before sorting`,
  );
  if (typeof raw.count !== 'number') builder.allocate(steps);
  builder.initially(delayKernel(raw, pathway, plan, steps, context));
  const segments = builder.buffer(
    `${plan.name}.segments`,
    'u32',
    rows * delays + 1,
    `first synapse of each source and delay of ${plan.name}`,
  );
  const targets = builder.buffer(
    `${plan.name}.sorted_targets`,
    raw.targets.element,
    raw.count,
    `target of each synapse of ${plan.name}, rows sorted by delay`,
  );
  const creation = builder.buffer(`${plan.name}.sorted_creation`, 'u32', raw.count, `creation index of each synapse of ${plan.name}`);
  const copies = raw.copies
    ? builder.buffer(`${plan.name}.sorted_copies`, 'u16', raw.count, `which of the synapses of its pair each is`)
    : null;
  if (typeof raw.count !== 'number') builder.allocate(targets, creation, ...(copies ? [copies] : []));
  moveToRows({
    name: `${plan.name}.sort`,
    from: raw.rows,
    groups: rows,
    rowOf: (p, row) => ir.add(ir.mul(row, ir.u32(delays)), ir.sub(ir.load(steps, p), ir.u32(first))),
    rows: segments,
    rowCount: rows * delays,
    place: (p, _row, at) => [
      ir.store(targets, at, ir.load(raw.targets, p)),
      ir.store(creation, at, raw.creation ? ir.load(raw.creation, p) : p),
      ...(copies && raw.copies ? [ir.store(copies, at, ir.load(raw.copies, p))] : []),
    ],
    context,
  });
  return { segments, targets, creation, copies };
}

/**
 * The delay of each synapse in steps, rounded as the profile says.
 *
 * @random stream `projection/<id>/delay/<pathway>`, counter (source, target, 0, site); parameters as in their own streams
 */
function delayKernel(raw: RawSynapses, pathway: PathwayPlan, plan: ProjectionPlan, steps: Buffer, context: Context): string {
  const { builder } = context;
  const block = new Block();
  const p = block.local('position', 'u32');
  const range = plan.projection.delayRange;
  const outside = builder.faultBit(
    `a delay of projection ${plan.name} is negative, not a number or ${range?.outOfRange === 'error' ? 'outside of its range' : 'longer than stated'}`,
  );
  const body = block.nested((inner) => {
    const seconds = inner.name('delay', to('f64', delaySeconds(pathway, plan, raw, ir.get(p), inner, context)));
    const exact = ir.div(seconds, ir.f64(context.dt));
    const rounded = inner.name(
      'rounded',
      ir.convert('i32', context.profile.delayRounding === 'halfEven' ? ir.unary('nearest', exact) : ir.add(exact, ir.f64(0.5))),
    );
    const least = range?.outOfRange === 'error' ? Math.max(0, range.min ?? 0) : 0;
    const most = range?.outOfRange === 'error' ? (range.max ?? Infinity) : Infinity;
    const inRange = ir.and(ir.ge(seconds, ir.f64(least)), ir.le(seconds, ir.f64(most)));
    const legal = inner.name(
      'legal',
      ir.and(inRange, ir.and(ir.ge(rounded, ir.i32(pathway.steps.first)), ir.le(rounded, ir.i32(pathway.steps.last)))),
    );
    inner.emit(
      ir.fault(outside, ir.not(legal)),
      ir.store(steps, ir.get(p), ir.convert('u32', ir.select(legal, rounded, ir.i32(pathway.steps.first)))),
    );
  });
  block.emit(ir.loop(p, ir.load(raw.rows, item), ir.load(raw.rows, ir.add(item, ir.u32(1))), body));
  return builder.map(
    `${plan.name}.${pathway.name}.delays`,
    `delays of the synapses of ${plan.name}`,
    { kind: 'count', count: plan.pre.size },
    false,
    block.locals.declared,
    block.statements,
  );
}

function delaySeconds(pathway: PathwayPlan, plan: ProjectionPlan, raw: RawSynapses, position: Ir, block: Block, context: Context): Ir {
  const { delay } = pathway;
  const range = plan.projection.delayRange;
  let seconds: Ir;
  if (typeof delay === 'number') seconds = ir.f64(delay);
  else if (typeof delay === 'string') seconds = delayExpression(delay, pathway, plan, raw, position, block, context);
  else if ('array' in delay)
    seconds = givenByCreation(
      `${plan.name}.${pathway.name}.given_delays`,
      `delays of ${plan.name} in order of creation (s)`,
      delay.array,
      raw,
      position,
      context,
    );
  else {
    context.diagnostics.add(messages.unsupportedFeature('delays drawn by a named generator'));
    seconds = ir.f64(0);
  }
  if (range?.outOfRange !== 'clip') return seconds;
  const low = ir.f64(range.min ?? 0);
  const high = ir.f64(range.max ?? Infinity);
  const given = block.name('seconds', seconds);
  return ir.select(ir.lt(given, low), low, ir.select(ir.gt(given, high), high, given));
}

function givenByCreation(
  name: string,
  comment: string,
  array: Parameters<typeof arrayOf>[0],
  raw: RawSynapses,
  position: Ir,
  context: Context,
): Ir {
  const values = Float64Array.from(arrayOf(array, context.data));
  const given = context.builder.buffer(name, 'f64', values.length, comment, { role: 'constant', initial: values });
  return ir.load(given, raw.creation ? ir.load(raw.creation, position) : position);
}

/** A delay given by an expression. The parameters that it reads are drawn here as they will be for the synapse: same stream, same number. */
function delayExpression(
  text: string,
  pathway: PathwayPlan,
  plan: ProjectionPlan,
  raw: RawSynapses,
  position: Ir,
  block: Block,
  context: Context,
): Ir {
  const { equations, name: id } = plan;
  const target = block.name('target', ir.convert('u32', ir.load(raw.targets, position)));
  const copy = raw.copies ? ir.load(raw.copies, position) : null;
  const drawsOf = (buffer: string, stream: string): Draws =>
    synapseDraws(item, target, copy, keyAt(keyBuffer(buffer, [stream], context), ir.u32(0)), block, context);
  let current: Draws | null = null;
  const draws: Draws = {
    element: item,
    subElement: target,
    step: ir.u32(0),
    perStep: false,
    get key() {
      return current?.key ?? ([ir.u32(0), ir.u32(0)] as const);
    },
    get sites() {
      return current?.sites ?? { next: 0 };
    },
  };
  const scope = new SynapseScope(context, plan, new Map(), { position, source: item, target }, block, draws);
  const values = new Map<string, Ir>();
  scope.overrides = values;
  const compiled = (value: string, buffer: string, stream: string): Ir => {
    const e = expressionOf(value, equations.names);
    [...namesIn(e)].sort().forEach(provide);
    current = drawsIn(value, equations.names) ? drawsOf(buffer, stream) : null;
    return compile(e, scope);
  };
  const provide = (name: string): void => {
    const parameter = equations.parameters.get(name);
    if (!parameter || values.has(name)) return;
    if (context.settable.has(`${id}.${name}`))
      context.diagnostics.add(
        messages.unsupportedFeature(`setting ${name} of projection ${id}, on which its delays depend, during the run`),
      );
    const value = plan.projection.values[name] ?? parameter.value;
    const type = scalarTypeOf(parameter.type, context.real);
    if (typeof value === 'number') values.set(name, to(type, ir.f64(value)));
    else if (typeof value === 'string')
      values.set(
        name,
        block.name(name, to(type, compiled(value, `${id}.${pathway.name}.${name}.keys`, `projection/${id}/initial/${name}`))),
      );
    else if ('array' in value)
      values.set(
        name,
        to(
          type,
          givenByCreation(
            `${id}.${pathway.name}.${name}.given`,
            `${name} of ${id} in order of creation`,
            value.array,
            raw,
            position,
            context,
          ),
        ),
      );
    else context.diagnostics.add(messages.unsupportedFeature(`a value drawn by the generator ${value.generator}`));
  };
  return compiled(text, `${id}.${pathway.name}.delay.keys`, `projection/${id}/delay/${pathway.name}`);
}

/** The synapses by target, each column in order of source and creation. */
function columnsOf(plan: ProjectionPlan, count: Extent, rows: Buffer, targets: Buffer, context: Context): SynapseIndex {
  return indexOf(`${plan.name}.by_target`, plan, count, rows, plan.post.size, (p) => ir.load(targets, p), context);
}

/** The synapses by (row, delay) for a pathway whose delays are not those that storage is sorted by. */
function delayedIndex(stored: RawSynapses, pathway: PathwayPlan, plan: ProjectionPlan, context: Context): DelayedIndex {
  const { builder } = context;
  const { first, last } = pathway.steps;
  const delays = last - first + 1;
  const steps = builder.buffer(
    `${plan.name}.${pathway.name}.delay_steps`,
    'u16',
    stored.count,
    `delay of each synapse of ${plan.name} in steps`,
  );
  if (typeof stored.count !== 'number') builder.allocate(steps);
  builder.initially(delayKernel(stored, pathway, plan, steps, context));
  const ends = pathway.side === 'pre' ? plan.pre.size : plan.post.size;
  const index = indexOf(
    `${plan.name}.${pathway.name}.by_delay`,
    plan,
    stored.count,
    stored.rows,
    ends * delays,
    (p, source) =>
      ir.add(
        ir.mul(pathway.side === 'pre' ? source : ir.convert('u32', ir.load(stored.targets, p)), ir.u32(delays)),
        ir.sub(ir.load(steps, p), ir.u32(first)),
      ),
    context,
  );
  return { ...index, steps };
}

/** An index of the synapses by some key, entries in order of source and creation. */
function indexOf(
  name: string,
  plan: ProjectionPlan,
  count: Extent,
  rows: Buffer,
  keys: number,
  keyOf: (position: Ir, source: Ir) => Ir,
  context: Context,
): SynapseIndex {
  const { builder } = context;
  const starts = builder.buffer(`${name}.starts`, 'u32', keys + 1, `first entry of each key of ${name}`);
  const positions = builder.buffer(`${name}.positions`, 'u32', count, `synapse of each entry of ${name}`);
  const sources = builder.buffer(`${name}.sources`, 'u32', count, `source of each entry of ${name}`);
  if (typeof count !== 'number') builder.allocate(positions, sources);
  moveToRows({
    name,
    from: rows,
    groups: plan.pre.size,
    rowOf: keyOf,
    rows: starts,
    rowCount: keys,
    place: (p, source, at) => [ir.store(positions, at, p), ir.store(sources, at, source)],
    context,
  });
  return { starts, positions, sources };
}

/**
 * The index of a pathway whose code must meet the synapses of a key (a row, a column, with one delay) in order of creation: the
 * given one, sorted; for rows that another pathway's delays have sorted, one of its own. Null where rows are in that order.
 */
export function inOrderOfCreation(
  index: SynapseIndex | null,
  plan: ProjectionPlan,
  pathway: PathwayPlan,
  connectivity: Connectivity,
  context: Context,
): SynapseIndex | null {
  const { creation } = connectivity;
  // Rows keep the order of creation, but for other delays than those that they are sorted by.
  if (!creation || (!index && (!plan.sortedBy || plan.sortedBy === pathway))) return index;
  const name = `${plan.name}.${pathway.name}`;
  const sorted =
    index ?? indexOf(`${name}.by_row`, plan, connectivity.count, connectivity.rows, plan.pre.size, (_, source) => source, context);
  context.builder.initially(creationSort(`${name}.by_creation`, sorted, creation, context));
  return sorted;
}

/** Sorts the entries of each key by creation, by insertion: they are nearly in order already. */
function creationSort(name: string, { starts, positions, sources }: SynapseIndex, creation: Buffer, context: Context): string {
  const block = new Block();
  const [p, q] = [block.local('entry', 'u32'), block.local('place', 'u32')];
  const first = block.name('first', ir.load(starts, item));
  const end = block.name('end', ir.load(starts, ir.add(item, ir.u32(1))));
  block.emit(
    ir.loop(
      p,
      first,
      end,
      block.nested((inner) => {
        const position = inner.name('position', ir.load(positions, ir.get(p)));
        const source = inner.name('source', ir.load(sources, ir.get(p)));
        const created = inner.name('created', ir.load(creation, position));
        inner.emit(
          ir.set(q, ir.get(p)),
          ir.whilst(
            ir.gt(ir.get(q), first),
            inner.nested((moving) => {
              const before = moving.name('before', ir.load(positions, ir.sub(ir.get(q), ir.u32(1))));
              moving.emit(
                ir.when(ir.le(ir.load(creation, before), created), [ir.leave]),
                ir.store(positions, ir.get(q), before),
                ir.store(sources, ir.get(q), ir.load(sources, ir.sub(ir.get(q), ir.u32(1)))),
                ir.set(q, ir.sub(ir.get(q), ir.u32(1))),
              );
            }),
          ),
          ir.store(positions, ir.get(q), position),
          ir.store(sources, ir.get(q), source),
        );
      }),
    ),
  );
  return context.builder.map(
    name,
    'sorts the entries of each key by order of creation',
    { kind: 'count', count: (starts.length as number) - 1 },
    false,
    block.locals.declared,
    block.statements,
  );
}
