/**
 * Connections drawn on the target by rules. Rules that decide pair by pair run twice: once to count, and once to fill
 * arrays of that size. Rules over sources fill rows. Other rules, and rules between selections, fill a list that is
 * then moved into rows.
 */

import * as ir from '../../ir/builder.js';
import type { Buffer, Expression as Ir, Extent } from '../../ir/program.js';
import { code } from '../../ir/template.js';
import { Block, item } from '../code/block.js';
import { ruleCode } from '../rules/connect-rules.js';
import type { Context } from '../context/context.js';
import * as messages from '../context/messages.js';
import { none } from '../../draw/drawn-model.js';
import type { ProjectionPlan } from '../plan/projection.js';
import { shortestBlock, type CountedCode, type PairwiseCode, type RuleCode } from '../plan/rule-code.js';
import { copyNumbers } from './copy-numbers.js';
import { expectedSynapses } from './expected.js';
import { moveToRows } from './move-to-rows.js';
import { targetElement, type RawSynapses } from '../plan/projection.js';
import { runningSum } from './running-sum.js';

/** One rule's counts: the exclusive prefix sum over its items, items + 1. */
interface Counted<C extends RuleCode = RuleCode> {
  readonly writer: C;
  readonly starts: Buffer;
  readonly items: number;
  /** u32 bits of the accepted pairs, 32 u32 values per block for each item; null if they are computed again. */
  readonly found: Buffer | null;
}

/** Largest number of pairs with stored bits: 128 MiB. */
const mostKept = 1 << 30;
const wordsOfBlock = shortestBlock / 32;

/** The synapses of rules that draw or enumerate them, or null after a finding. */
export function drawn(plan: ProjectionPlan, context: Context): RawSynapses | null {
  const codes: RuleCode[] = [];
  for (const [ordinal, rule] of plan.projection.connect.entries()) {
    const writer = ruleCode(rule, ordinal, plan, context);
    if (!writer) return null;
    codes.push(writer);
  }
  const fillsRows = (writer: RuleCode): boolean =>
    writer.outer === 'pre' && !plan.pre.map && !(writer.kind === 'counted' && plan.post.map);
  const mixed = codes.length > 1 && codes.find((writer) => !fillsRows(writer) || writer.kind === 'counted');
  if (mixed) {
    const which = mixed.outer === 'post' ? 'runs over targets' : 'fixes numbers or is between selections';
    context.diagnostics.add(
      messages.unsupportedFeature(`several connection rules of which one ${which} (projection ${plan.name})`),
    );
    return null;
  }
  const counted = codes.map((writer, ordinal) => count(writer, ordinal, plan, context));
  const [only] = counted;
  if (only && !fillsRows(only.writer)) return moved(only, plan, context);
  return filled(counted, plan, context);
}

/** Kernels that count each item's synapses and sum the counts up. */
function count(writer: RuleCode, ordinal: number, plan: ProjectionPlan, context: Context): Counted {
  const { builder } = context;
  const name = `${plan.name}.connect${ordinal}`;
  const items = (writer.outer === 'pre' ? plan.pre.named : plan.post.named) * writer.blocks;
  const starts = builder.buffer(
    `${name}.starts`,
    'u32',
    items + 1,
    `first synapse of each item of work of rule ${ordinal} of ${plan.name}`,
  );
  const acceptedPairs =
    writer.kind === 'pairwise' && writer.keepsFound && items * shortestBlock <= mostKept
      ? builder.buffer(
          `${name}.found`,
          'u32',
          items * wordsOfBlock,
          `pairs that rule ${ordinal} of ${plan.name} connects, a bit each`,
        )
      : null;
  if (writer.kind === 'counted') writer.count(starts);
  else builder.initially(countingKernel(ordinal, writer, { starts, found: acceptedPairs, items }, plan, context));
  const overflow = context.builder.faultBit(
    `more than 2^32 synapses in projection ${plan.name}`,
    `/projections/${plan.name}`,
  );
  runningSum(`${name}.sum`, starts, items, overflow, context);
  return { writer, starts, items, found: acceptedPairs };
}

function countingKernel(
  ordinal: number,
  writer: PairwiseCode,
  { starts, found: bits, items }: Omit<Counted, 'writer'>,
  plan: ProjectionPlan,
  context: Context,
): string {
  const block = new Block();
  const accepted = block.write`var found = 0u`('found');
  const [outer, inner] = itemOf(writer, block);
  writer.write(outer, inner, block, (element, body) => {
    body.write`${accepted} = ${accepted} + 1u`;
    if (bits)
      body.write`
        let within = ${element} - ${inner} * ${shortestBlock}u
        let word = index * ${wordsOfBlock}u + (within >> 5u)
        ${bits}[word] = ${bits}[word] | (1u << (within & 31u))`;
  });
  block.write`${starts}[index] = ${accepted}`;
  return context.builder.map(
    `${plan.name}.connect${ordinal}.count`,
    `counts the synapses of ${plan.name} by rule ${ordinal}`,
    { kind: 'count', count: items },
    false,
    block,
  );
}

/** Outer element and block of a work item. */
function itemOf(writer: RuleCode, block: Block): [Ir, Ir] {
  if (writer.blocks === 1) return [item, ir.u32(0)];
  const at = block.write`
    let outer = index / ${writer.blocks}u
    let block = index - outer * ${writer.blocks}u`;
  return [at('outer'), at('block')];
}

/** Rows from rules that run over sources; a row holds the synapses of the first rule, then of the next. */
function filled(counted: readonly Counted[], plan: ProjectionPlan, context: Context): RawSynapses {
  const { builder } = context;
  const sources = plan.pre.size;
  const many = counted.length > 1;
  const rows = builder.buffer(`${plan.name}.rows`, 'u32', sources + 1, `first synapse of each source of ${plan.name}`);
  builder.initially(
    builder.map(
      `${plan.name}.rows_from_items`,
      `first synapse of each source of ${plan.name}`,
      { kind: 'count', count: sources + 1 },
      false,
      [ir.store(rows, item, counted.map((rule) => startOfRow(item, rule)).reduce(ir.add))],
    ),
  );
  const count: Extent = { buffer: rows.name, index: sources };
  const targets = builder.buffer(
    `${plan.name}.targets`,
    targetElement(plan),
    count,
    `target of each synapse of ${plan.name}`,
  );
  const creation = many
    ? builder.buffer(`${plan.name}.creation`, 'u32', count, `creation index of each synapse of ${plan.name}`)
    : null;
  const ascending = !many && counted.every((rule) => rule.writer.ascending);
  const repeated = counted.some((rule) => rule.writer.copies > 1) || many;
  const copies = repeated
    ? builder.commonBuffer(`${plan.name}.copies`, 'u16', count, `which of the synapses of its pair each is`)
    : null;
  builder.allocate(targets, ...[creation, copies].filter((buffer) => buffer !== null));
  counted.forEach((rule, ordinal) => {
    const block = new Block();
    if (rule.writer.kind === 'counted') fillCounted(rule.writer, rule.starts, targets, block);
    else fillPairwise(rule.writer, ordinal, block);
    builder.initially(
      builder.map(
        `${plan.name}.connect${ordinal}.fill`,
        `makes the synapses of ${plan.name} by rule ${ordinal}`,
        { kind: 'count', count: rule.items },
        false,
        block,
      ),
    );
    function fillPairwise(writer: PairwiseCode, which: number, block: Block): void {
      const [outer, inner] = itemOf(writer, block);
      const createdBefore = counted
        .slice(0, which)
        .map((before) => ir.load(before.starts, ir.u32(before.items)))
        .reduce(ir.add, ir.u32(0));
      const at = block.write`
        var position = ${many ? rowStart(counted, which, outer, rows) : ir.load(rule.starts, item)}
        var created: u32`;
      const [position, created] = [at('position'), at('created')];
      if (creation) block.write`${created} = ${createdBefore} + ${rule.starts}[index]`;
      const put = (element: Ir, body: Block): void => {
        body.write`
          ${targets}[${position}] = ${element}
          ${position} = ${position} + 1u`;
        if (creation)
          body.write`
            ${creation}[${position} - 1u] = ${created}
            ${created} = ${created} + 1u`;
      };
      if (rule.found) eachBit(rule.found, inner, block, put);
      else writer.write(outer, inner, block, put);
    }
  });
  const counts = counted[0]?.writer;
  const parts = counted.every((rule) => rule.writer.ascending)
    ? counted.map((_, ordinal) => (row: Ir) => startOfPart(counted, ordinal, row, rows))
    : null;
  if (copies) builder.initially(copyNumbers({ rows, targets, copies, parts }, plan, context));
  if (counts?.kind === 'counted')
    return { count, rows, targets, creation, copies, ascending, ...bounded(counts, plan) };
  const fanIn = counted.reduce((sum, rule) => sum + rule.writer.copies * sources, 0);
  return {
    count,
    rows,
    targets,
    creation,
    copies,
    ascending,
    fanIn,
    fanOut: Math.max(1, fanIn / Math.max(1, sources)) * plan.post.size,
  };
}

/** Goes through the pairs of an item that were found when they were counted. */
function eachBit(found: Buffer, blockIndex: Ir, block: Block, put: (element: Ir, block: Block) => void): void {
  block.write`
    for k = 0u until ${wordsOfBlock}u {
      var word = ${found}[index * ${wordsOfBlock}u + k]
      while word != 0u {
        let bit = ctz(word)
        let target = ${blockIndex} * ${shortestBlock}u + k * 32u + bit
        ${(at, inner) => put(at('target'), inner)}
        word = word & (word - 1u)
      }
    }`;
}

/** Chooses an item's synapses and puts them into storage. */
function fillCounted(writer: CountedCode, starts: Buffer, storage: Buffer, block: Block): void {
  const [outer, blockIndex] = itemOf(writer, block);
  const at = block.write`
    let first = ${starts}[index]
    let number = ${starts}[index + 1u] - first`;
  writer.fill({ outer, blockIndex, first: at('first'), count: at('number'), storage }, block);
}

/** The number of a rule's synapses in the rows before one. */
const startOfRow = (row: Ir, { writer: { blocks }, starts }: Counted): Ir =>
  blocks === 1 ? ir.load(starts, row) : code`${starts}[${row} * ${blocks}u]`;

/** Where an item of a rule starts in storage when a row also holds the synapses of other rules. */
function rowStart(counted: readonly Counted[], ordinal: number, outer: Ir, rows: Buffer): Ir {
  const own = counted[ordinal] as Counted;
  return code`${startOfPart(counted, ordinal, outer, rows)} + (${own.starts}[index] - ${startOfRow(outer, own)})`;
}

/** Where the synapses of a rule start in a row that also holds those of other rules. */
const startOfPart = (counted: readonly Counted[], ordinal: number, row: Ir, rows: Buffer): Ir =>
  counted
    .slice(0, ordinal)
    .map((rule) => code`(${startOfRow(code`${row} + 1u`, rule)} - ${startOfRow(row, rule)})`)
    .reduce((sum, ofRow) => code`${sum} + ${ofRow}`, ir.load(rows, row));

/**
 * Builds rows from a rule that runs over targets, or between selections: its synapses in order of creation are moved to
 * the rows of their sources in that order. For an end with elements of several populations, only elements of this piece
 * are kept.
 */
function moved(rule: Counted, plan: ProjectionPlan, context: Context): RawSynapses {
  const { builder } = context;
  const { writer } = rule;
  const { pre, post } = plan;
  const drawnCount: Extent = { buffer: rule.starts.name, index: rule.items };
  const otherEnds = builder.buffer(
    `${plan.name}.others_by_item`,
    'u32',
    drawnCount,
    `the other end of each synapse of ${plan.name} in order of creation`,
  );
  builder.allocate(otherEnds);
  const block = new Block();
  if (writer.kind === 'counted') fillCounted(writer, rule.starts, otherEnds, block);
  else {
    const [outer, inner] = itemOf(writer, block);
    const position = block.write`var position = ${rule.starts}[index]`('position');
    writer.write(outer, inner, block, (element, body) => {
      body.write`
        ${otherEnds}[${position}] = ${element}
        ${position} = ${position} + 1u`;
    });
  }
  builder.initially(
    builder.map(
      `${plan.name}.connect0.fill`,
      `makes the synapses of ${plan.name} by rule 0`,
      { kind: 'count', count: rule.items },
      false,
      block,
    ),
  );
  const [outerEnd, innerEnd] = writer.outer === 'pre' ? [pre, post] : [post, pre];
  const outerNumber = (group: Ir): Ir => (writer.blocks === 1 ? group : code`${group} / ${writer.blocks}u`);
  const outerElement = (group: Ir): Ir =>
    outerEnd.map ? ir.load(outerEnd.map.elementOf, outerNumber(group)) : outerNumber(group);
  // Rules that decide pair by pair have mapped and chosen elements already.
  const innerMap = writer.kind === 'counted' ? innerEnd.map : null;
  const innerElement = (p: Ir): Ir =>
    innerMap ? code`${innerMap.elementOf}[${otherEnds}[${p}]]` : ir.load(otherEnds, p);
  const sourceOf = (p: Ir, group: Ir): Ir => (writer.outer === 'pre' ? outerElement(group) : innerElement(p));
  const targetOf = (p: Ir, group: Ir): Ir => (writer.outer === 'pre' ? innerElement(p) : outerElement(group));
  const chosen = [
    ...(outerEnd.map ? [(_p: Ir, group: Ir): Ir => code`${outerElement(group)} != ${none}u`] : []),
    ...(innerMap ? [(p: Ir): Ir => code`${innerElement(p)} != ${none}u`] : []),
  ];
  const keep =
    chosen.length === 0 ? undefined : (p: Ir, group: Ir): Ir => chosen.map((test) => test(p, group)).reduce(ir.and);
  const rows = builder.buffer(`${plan.name}.rows`, 'u32', pre.size + 1, `first synapse of each source of ${plan.name}`);
  const count: Extent = { buffer: rows.name, index: pre.size };
  const targets = builder.buffer(
    `${plan.name}.targets`,
    targetElement(plan),
    count,
    `target of each synapse of ${plan.name}`,
  );
  const creation = builder.buffer(
    `${plan.name}.creation`,
    'u32',
    count,
    `creation index of each synapse of ${plan.name}`,
  );
  const copies =
    writer.copies > 1
      ? builder.commonBuffer(`${plan.name}.copies`, 'u16', count, `which of the synapses of its pair each is`)
      : null;
  moveToRows({
    name: `${plan.name}.transpose`,
    from: rule.starts,
    groups: rule.items,
    expected: expectedSynapses(plan, context),
    rowOf: sourceOf,
    ...(keep ? { keep } : {}),
    rows,
    rowCount: pre.size,
    allocate: [targets, creation, ...(copies ? [copies] : [])],
    place: (p, group, at, ordinal, block) => {
      block.write`
        ${targets}[${at}] = ${targetOf(p, group)}
        ${creation}[${at}] = ${ordinal}`;
    },
    context,
  });
  // Targets of a row ascend if the rule runs over plain targets, or lists targets in ascending order.
  const ascending = writer.outer === 'post' ? !post.map : writer.ascending && !innerEnd.map;
  const parts = ascending ? [(row: Ir) => ir.load(rows, row)] : null;
  if (copies) builder.initially(copyNumbers({ rows, targets, copies, parts }, plan, context));
  if (writer.kind === 'counted') return { count, rows, targets, creation, copies, ascending, ...bounded(writer, plan) };
  const [fanIn, fanOut] = [writer.copies * pre.size, Math.max(1, writer.copies) * post.size];
  return { count, rows, targets, creation, copies, ascending, fanIn, fanOut };
}

/**
 * Returns the largest numbers of synapses of a target and of a source. If no pair has two, they are computed as for a
 * list, so that a frozen network sums in the same units.
 */
function bounded(
  { copies, fanIn, fanOut }: CountedCode,
  { pre, post }: ProjectionPlan,
): { readonly fanIn: number; readonly fanOut: number } {
  return copies <= 1 ? { fanIn: pre.size, fanOut: post.size } : { fanIn, fanOut: Math.max(1, fanOut) };
}
