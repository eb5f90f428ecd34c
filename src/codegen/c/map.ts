/** Map kernels: independent items, written so that a compiler uses vector lanes if the kernel promises `lanes`. */

import { isCell } from '../families/pattern.js';
import { calleesOf, expressionsOf, isLocal, someExpression } from '../../ir/walk.js';
import type { Expression, ScalarType } from '../../ir/program.js';
import type { Amount, Family, MapPattern, RingPattern } from '../families/pattern.js';
import { type UsualCase, usualCase } from '../families/usual.js';
import { bodyOfLocals, expressionText, statementsText } from './body.js';
import { kernelFunction } from './kernel.js';
import type { NamedFamily } from './kernel.js';
import { constantText } from './operations.js';
import { firstOfBlock, Scope } from './scope.js';
import type { ProgramContext } from './scope.js';
import { type DrawnBlocks, drawnBlocks } from './drawn-blocks.js';
import { splitLoops } from './split-loops.js';
import { block, comment, indent } from './text.js';
import { blockFunctionName } from './widened-u32.js';

/** Number of items with flags collected before they become bits of a mask: two u32. */
const blockLength = 64;

const hasBits = (kernel: MapPattern): boolean => kernel.body.some((s) => s.kind === 'setBit');
/** Whether a body computes with numbers of 64 bits. */
function isWide(context: ProgramContext, kernel: MapPattern): boolean {
  const wide = (type: ScalarType): boolean => type === 'f64' || type === 'i64';
  const values = kernel.body.flatMap(expressionsOf);
  return (
    values.some((e) => someExpression(e, ({ type }) => wide(type))) ||
    [...calleesOf(kernel.body)].some(
      (name) => context.functions.get(name)?.parameters.some(({ type }) => wide(type)) === true,
    )
  );
}

/**
 * Bits of a flag, as wide as the computed numbers. Bytes would take the least memory. But compilers would then process
 * as many items at once as a vector has bytes, for which registers do not suffice.
 */
function flagBits(context: ProgramContext, kernel: MapPattern): 32 | 64 {
  return calleesOf(kernel.body).size > 0 && isWide(context, kernel) ? 64 : 32;
}

const hasOwnFaults = (kernel: MapPattern): boolean => kernel.body.some((s) => s.kind === 'fault');

/** Whether a kernel's items take so little that the loop over a block of them is worth knowing to the compiler. */
const hasShortBlocks = (kernel: MapPattern): boolean =>
  kernel.lanes &&
  hasBits(kernel) &&
  !hasOwnFaults(kernel) &&
  calleesOf(kernel.body).size === 0 &&
  !kernel.body.some((s) =>
    expressionsOf(s).some((e) => someExpression(e, (part) => isLocal(part, 'begin') || isLocal(part, 'group'))),
  );

/**
 * Prints the arrays of collected flags, and the code that turns them into bits of masks, for `count` items from `block`
 * on.
 */
function flagsText(
  scope: Scope,
  bits: number,
  count: string,
): { readonly before: readonly string[]; readonly after: readonly string[] } {
  const type = scope.writes.flagType ?? '';
  return {
    before: scope.flags.map(({ id, any }) => `${type} ${id}[${blockLength}], ${any} = 0u;`),
    after: scope.flags.map(
      ({ id, any, mask }) => `store_flags_${bits}(&${scope.store(mask)}[block / 32u], ${id}, ${any}, ${count});`,
    ),
  };
}

/** A function for one block of items, which is part of its caller: it returns `type`. */
function ofBlock(
  { dialect }: ProgramContext,
  { rows }: NamedFamily,
  type: string,
  id: string,
  lines: readonly string[],
): string[] {
  const { u32, i32 } = dialect.types;
  const member = rows === undefined ? '' : `const ${rows.type} *member, `;
  const parameters = `struct network *network, ${member}${i32} step, ${u32} block, ${u32} count`;
  const certain = `CERTAINLY(block <= INT32_MAX - ${blockLength});`;
  return [
    `static inline __attribute__((always_inline)) ${type} ${id}(${parameters})`,
    '{',
    ...indent([certain, ...lines]),
    '}',
    '',
  ];
}

/** The loop over the items of a block. */
const overBlock = ({ dialect }: ProgramContext, reductions: readonly string[], items: readonly string[]): string[] => [
  dialect.independentLoop(reductions),
  ...block(`for (${dialect.types.u32} index = block; index < block + count; index += 1u)`, items),
];

/**
 * Prints a function for the items of one block, which the kernel's function calls with a constant number of items. Such
 * a short loop would otherwise spend as much time on its beginning and end as on its items.
 */
function blockFunction(
  context: ProgramContext,
  named: NamedFamily,
  kernel: MapPattern,
  scope: Scope,
  id: string,
  fills: UsualCase['fills'] = [],
): string[] {
  const filled = fills.flatMap(({ buffer, value }) =>
    overBlock(context, [], [`${scope.store(buffer)}[index] = ${constantText(value, context).text};`]),
  );
  const items = statementsText(bodyOfLocals(scope, kernel.locals, kernel.body, ['index', 'step']), kernel.body);
  const { before, after } = flagsText(scope, flagBits(context, kernel), 'count');
  const flags = scope.flags.map(({ any }) => any);
  const lines = [...scope.prologue(), ...filled, ...before, ...overBlock(context, flags, items), ...after];
  return ofBlock(context, named, 'void', id, lines);
}

/** Prints a function that returns whether some item of a block is not in the usual case. */
function caseFunction(
  context: ProgramContext,
  named: NamedFamily,
  kernel: MapPattern,
  otherwise: Expression,
  scope: Scope,
  id: string,
): string[] {
  const other = expressionText(bodyOfLocals(scope, kernel.locals, [], ['index', 'step']), otherwise).text;
  const items = [`others |= ${other} ? 1u : 0u;`];
  const lines = [`${context.dialect.types.u32} others = 0u;`, ...overBlock(context, ['others'], items)];
  return ofBlock(context, named, 'bool', id, [...scope.prologue(), ...lines, 'return others != 0u;']);
}

/** The functions for blocks of a kernel's items, and their calls. */
function inBlocks(
  context: ProgramContext,
  named: NamedFamily,
  kernel: MapPattern,
  newScope: () => Scope,
): { readonly functions: readonly string[]; readonly calls: readonly string[] } {
  const id = context.kernelNames.fresh(`${named.id}_block`);
  const first = `network, ${named.rows === undefined ? '' : 'member, '}step, block`;
  const whole = `${first}, ${blockLength}u`;
  const functions = [
    comment(`${kernel.comment}: \`count\` elements from \`block\` on`),
    ...blockFunction(context, named, kernel, newScope(), id),
  ];
  let call = [`${id}(${whole});`];
  const usual = usualCase(kernel);
  if (usual) {
    const [short, test] = ['usual', 'others'].map((name) => context.kernelNames.fresh(`${named.id}_${name}`));
    functions.push(
      comment('the same if no element is refractory'),
      ...blockFunction(context, named, { ...kernel, body: usual.body }, newScope(), short ?? '', usual.fills),
      comment('whether an element is refractory'),
      ...caseFunction(context, named, kernel, usual.otherwise, newScope(), test ?? ''),
    );
    call = [`if (${test}(${whole})) ${id}(${whole});`, `else ${short}(${whole});`];
  }
  const { u32 } = context.dialect.types;
  const calls = [
    `${u32} block = low;`,
    ...block(`for (; block < high && high - block >= ${blockLength}u; block += ${blockLength}u)`, call),
    `if (block < high) ${id}(${first}, high - block);`,
  ];
  return { functions, calls };
}

/** Fills the arrays of the draws of a block of items. */
function drawsText(
  scope: Scope,
  { locals }: MapPattern,
  { words, counts }: DrawnBlocks,
  implicit: readonly string[],
): string[] {
  const { context } = scope;
  const { u32, u64 } = context.dialect.types;
  const names = [...implicit, firstOfBlock];
  const loop = (items: readonly string[]): string[] =>
    block(`for (${u32} index = block; index < stop; index += 1u)`, items);
  const filled = words.map(({ function: callee, arguments: given, pairs }) => {
    context.usedByBlocks.add(callee);
    const body = bodyOfLocals(scope, locals, [], names);
    const args = given.map((e) => expressionText(body, e).text);
    const [first = '0', second = '0'] = pairs.map((pair) => scope.store(pair));
    return `${blockFunctionName(context, callee)}(${[...args, 'stop - block', first, second].join(', ')});`;
  });
  const counted = counts.flatMap(({ usual, isRare, all }) => {
    const rare = scope.names.fresh('rare');
    const ofUsual = bodyOfLocals(scope, locals, usual, names);
    const usualLines = statementsText(ofUsual, usual);
    const test = `${rare} |= ${expressionText(ofUsual, isRare).text} ? 1u : 0u;`;
    const allLines = statementsText(bodyOfLocals(scope, locals, all, names), all);
    return [
      `${u64} ${rare} = 0u;`,
      context.dialect.independentLoop([rare]),
      ...loop([...usualLines, test]),
      ...block(`if (${rare} != 0u)`, [context.dialect.independentLoop([]), ...loop(allLines)]),
    ];
  });
  return [...filled, ...counted];
}

/** The loop over the items [low, high), as lines. */
function itemsText(
  context: ProgramContext,
  kernel: MapPattern,
  scope: Scope,
  bits: number,
  implicit: readonly string[],
  drawn?: DrawnBlocks,
): string[] {
  const { u32 } = context.dialect.types;
  const names = drawn ? [...implicit, firstOfBlock] : implicit;
  const items = statementsText(bodyOfLocals(scope, kernel.locals, kernel.body, names), kernel.body);
  const draws = drawn ? drawsText(scope, kernel, drawn, implicit) : [];
  const faults = scope.faults.map(({ id }) => `${u32} ${id} = 0u;`);
  const raised = scope.faults.map((fault) => `if (${fault.id} != 0u) raise_fault(network, step, ${fault.bits});`);
  const pragma = kernel.lanes
    ? [context.dialect.independentLoop([...scope.faults.map(({ id }) => id), ...scope.flags.map(({ any }) => any)])]
    : [];
  if (scope.flags.length === 0 && !drawn)
    return [...faults, ...pragma, ...block(`for (${u32} index = low; index < high; index += 1u)`, items), ...raised];
  const { before, after } = flagsText(scope, bits, 'stop - block');
  return [
    ...faults,
    ...block(`for (${u32} block = low; block < high; block += ${blockLength}u)`, [
      `const ${u32} stop = high - block < ${blockLength}u ? high : block + ${blockLength}u;`,
      ...draws,
      ...before,
      ...pragma,
      ...block(`for (${u32} index = block; index < stop; index += 1u)`, items),
      ...after,
    ]),
    ...raised,
  ];
}

interface RangePattern {
  readonly begin: Amount;
  readonly end: Amount;
}

/** The largest of some numbers, whichever member of a family runs. */
function largest({ fields, members }: Family, amounts: readonly Amount[]): number {
  const values = amounts.flatMap((amount) => {
    if (typeof amount === 'number') return [amount];
    const column = fields.findIndex(({ name }) => name === amount.field);
    return members.map((member) => Number(member.values[column]));
  });
  return Math.max(0, ...values);
}

/**
 * Asserts that indices do not wrap around, as the largest end shows. The text omits this number, which would change
 * with population sizes.
 */
const certainly = (family: Family, ends: readonly Amount[]): readonly string[] =>
  largest(family, ends) <= 2147483647 ? ['CERTAINLY(high <= INT32_MAX);'] : [];

/** Runs `items` over the part of every range within [from, to). */
function overRanges(
  scope: Scope,
  table: string,
  ranges: readonly RangePattern[],
  family: Family,
  items: readonly string[],
): string[] {
  const { u32 } = scope.context.dialect.types;
  const uses = (name: string): boolean => items.some((line) => new RegExp(`\\b${name}\\b`).test(line));
  const certain = certainly(
    family,
    ranges.map(({ end }) => end),
  );
  const clipped = (begin: string, end: string): string[] => [
    `const ${u32} low = from < ${begin} ? ${begin} : from;`,
    `const ${u32} high = to < ${end} ? to : ${end};`,
    ...(/^\d+u$/.test(end) ? [] : certain),
  ];
  const [only] = ranges;
  if (only === undefined) return [];
  if (ranges.length === 1) {
    const begin = scope.amount(only.begin);
    const end = scope.amount(only.end);
    return [
      ...(uses('begin') ? [`const ${u32} begin = ${begin};`] : []),
      ...(uses('group') ? [`const ${u32} group = 0u;`] : []),
      ...(only.begin === 0 ? [`const ${u32} low = from;`, ...clipped('0u', end).slice(1)] : clipped(begin, end)),
      ...items,
    ];
  }
  return block(`for (${u32} group = 0u; group < ${ranges.length}u; group += 1u)`, [
    `const ${u32} begin = ${table}[group][0], end = ${table}[group][1];`,
    ...clipped('begin', 'end'),
    ...items,
  ]);
}

/** Runs the body for this step's spikes of an event; each thread takes its share of them. */
function overSpikes(context: ProgramContext, kernel: MapPattern, scope: Scope, ring: RingPattern): string[] {
  const { u32 } = context.dialect.types;
  const counts = scope.load(ring.counts);
  const list = scope.load(ring.list);
  const items = statementsText(bodyOfLocals(scope, kernel.locals, kernel.body, ['index', 'step']), kernel.body);
  const slot = ring.slotMask === 0 ? '0u' : `(${u32})step & ${scope.amount(ring.slotMask)}`;
  if (context.distribution)
    return [
      `const ${u32} slot = ${slot};`,
      `const ${u32} begin = slot * ${scope.amount(ring.size)}, end = begin + ${counts}[slot];`,
      `${u32} low, high;`,
      `FIRST_AT_LEAST(${list}, begin, end, from, low);`,
      `FIRST_AT_LEAST(${list}, low, end, to, high);`,
      ...block(`for (${u32} k = low; k < high; k += 1u)`, [`const ${u32} index = ${list}[k];`, ...items]),
    ];
  return [
    `const ${u32} slot = ${slot};`,
    `const ${u32} count = ${counts}[slot];`,
    `const ${u32} high = share(count, thread + 1u, threads);`,
    ...block(`for (${u32} k = share(count, thread, threads); k < high; k += 1u)`, [
      `const ${u32} index = ${list}[slot * ${scope.amount(ring.size)} + k];`,
      ...items,
    ]),
  ];
}

/** Prints the table of a kernel's ranges, if it has several. */
function rangeTable(scope: Scope, ranges: readonly RangePattern[], table: string): string[] {
  if (ranges.length < 2) return [];
  const rows = ranges.map(({ begin, end }) => `{${scope.amount(begin)}, ${scope.amount(end)}}`).join(', ');
  return [`static const ${scope.context.dialect.types.u32} ${table}[][2] = {${rows}};`];
}

/** The function of a map kernel, and the table of its ranges. */
export function mapKernelText(context: ProgramContext, named: NamedFamily, pattern: MapPattern): string[] {
  const { domain } = pattern;
  const { family } = named;
  if (domain.kind === 'spikes') {
    const scope = new Scope(context, { atomic: true, gathered: false }, true, family);
    const lines = overSpikes(context, pattern, scope, domain.ring);
    return kernelFunction(context, named, scope, lines);
  }
  const drawn = drawnBlocks(pattern, family, context.functions, blockLength);
  const split = splitLoops(drawn?.body ?? pattern.body, pattern.locals, context.functions);
  const kernel = { ...pattern, body: split.body, locals: split.locals };
  const arrays = [...(drawn?.arrays ?? []), ...split.arrays];
  const bits = flagBits(context, pattern);
  const flagType = { 32: context.dialect.types.u32, 64: context.dialect.types.u64 }[bits];
  const newScope = (): Scope =>
    new Scope(
      context,
      { atomic: !kernel.lanes, gathered: kernel.lanes || hasBits(kernel), flagType },
      true,
      family,
      arrays,
    );
  const scope = newScope();
  const { u32 } = context.dialect.types;
  const blocks = !drawn && hasShortBlocks(kernel) ? inBlocks(context, named, kernel, newScope) : undefined;
  const implicit = domain.kind === 'ranges' ? ['index', 'step', 'begin', 'group'] : ['index', 'step'];
  const items = blocks ? blocks.calls : itemsText(context, kernel, scope, bits, implicit, drawn);
  const flat =
    kernel.body !== pattern.body || (kernel.lanes && (calleesOf(kernel.body).size > 0 || hasOwnFaults(kernel)));
  if (domain.kind === 'count') {
    const { count } = domain;
    const certain = isCell(count) ? [] : certainly(family, [count]);
    const lines = [`const ${u32} low = from;`, `const ${u32} high = to;`, ...certain, ...items];
    return [...(blocks?.functions ?? []), ...kernelFunction(context, named, scope, lines, flat)];
  }
  const table = `${named.id}_ranges`;
  const lines = overRanges(scope, table, domain.ranges, family, items);
  return [
    ...(blocks?.functions ?? []),
    ...rangeTable(scope, domain.ranges, table),
    ...kernelFunction(context, named, scope, lines, flat),
  ];
}
