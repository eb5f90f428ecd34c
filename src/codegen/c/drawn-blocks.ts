/**
 * Draws of a map kernel's items, taken for a block of items at a time.
 *
 * A function of its own computes the generator's words and fills arrays with them. Poisson and binomial draws with
 * constant parameters count the thresholds below a uniform number. Usual draws pass few of them, so blocks compare with
 * all thresholds only if one of their draws passes more. Every value stays the same.
 */

import { firstOfBlock } from './scope.js';
import * as ir from '../../ir/builder.js';
import type { Expression, IrFunction, Statement } from '../../ir/program.js';
import { accessesOf, expressionsOf, isLocal, someExpression, visitStatements, withParts } from '../../ir/walk.js';
import type { Family, MapPattern } from '../families/pattern.js';
import { almostAll, fewestRare } from '../families/rare-draws.js';
import type { RoundArray } from './split-loops.js';
import { computesWithWords } from './widened-u32.js';

/** A call of the generator for a block of items. */
interface DrawnWords {
  readonly function: string;
  /** Arguments of the first item, which is `block`. */
  readonly arguments: readonly Expression[];
  /** Arrays of results 0 and 1, and of results 2 and 3 if anything reads them, as lower and upper half. */
  readonly pairs: readonly string[];
}

/** Numbers of thresholds below a draw, in an array. */
interface DrawnCounts {
  /** Stores the numbers of usual draws. */
  readonly usual: readonly Statement[];
  /** Whether a draw passes further thresholds. */
  readonly isRare: Expression;
  /** Stores the numbers of all draws. */
  readonly all: readonly Statement[];
}

/** A body with draws by blocks. */
export interface DrawnBlocks {
  readonly words: readonly DrawnWords[];
  readonly counts: readonly DrawnCounts[];
  /** Statements of an item. */
  readonly body: readonly Statement[];
  readonly arrays: readonly RoundArray[];
}

const first = ir.get({ name: firstOfBlock, type: 'u32' });
const inBlock = ir.sub(ir.get({ name: 'index', type: 'u32' }), first);

/**
 * Takes the draws of a kernel's items by blocks.
 *
 * @param length items of a block
 * @returns undefined if the kernel draws nothing on vector lanes
 */
export function drawnBlocks(
  kernel: MapPattern,
  family: Family,
  functions: ReadonlyMap<string, IrFunction>,
  length: number,
): DrawnBlocks | undefined {
  if (!kernel.lanes) return undefined;
  const arrays: RoundArray[] = [];
  const newArray = (name: string, element: 'i64' | 'f64'): { readonly name: string; readonly load: Expression } => {
    const array = { name: `${name}.${arrays.length}`, element, length };
    arrays.push(array);
    return { name: array.name, load: ir.load(array, inBlock) };
  };
  const words: DrawnWords[] = [];
  const isInvariant = invariance(kernel.body);
  const taken = kernel.body.flatMap((s): readonly Statement[] => {
    const callee = s.kind === 'call' ? functions.get(s.function) : undefined;
    if (s.kind !== 'call' || !callee || !computesWithWords(callee) || callee.results.length !== 4) return [s];
    const [element, ...others] = s.arguments;
    if (!element || !isCounted(element, isInvariant) || !others.every(isInvariant)) return [s];
    const ofFirst = withParts(element, (e) => (isLocal(e, 'index') ? first : undefined));
    const isRead = s.results.map((name) => reads(kernel.body, name));
    const pairs = Array.from({ length: isRead[2] || isRead[3] ? 2 : 1 }, () => newArray('drawn', 'i64'));
    words.push({ function: s.function, arguments: [ofFirst, ...others], pairs: pairs.map(({ name }) => name) });
    return s.results.flatMap((name, k) => {
      const { load } = pairs[k >> 1] ?? {};
      if (!isRead[k] || !load) return [];
      const half = k % 2 === 0 ? load : ir.binary('shrU', load, ir.i64(32n));
      return [ir.set({ name, type: 'u32' }, ir.convert('u32', half))];
    });
  });
  if (words.length === 0) return undefined;
  const counts: DrawnCounts[] = [];
  const body: Statement[] = [];
  for (let k = 0; k < taken.length; k += 1) {
    const chain = chainAt(taken.slice(k));
    const usual = chain.findIndex(({ threshold }) => least(threshold, family) >= almostAll);
    const drawn = chain[0] && valuesFor(chain[0].drawn, taken.slice(0, k), kernel.body);
    const [last, rare] = [chain.at(-1), chain[usual]];
    if (usual < 1 || chain.length - usual < fewestRare || !last || !rare || !drawn) {
      body.push(taken[k] as Statement);
      continue;
    }
    const array = newArray('counts', 'f64');
    const upTo = (end: number): readonly Statement[] => [
      ...drawn,
      ...chain.slice(0, end).map(({ statement }) => statement),
      {
        kind: 'store',
        buffer: array.name,
        index: inBlock,
        value: ir.get({ name: chain[end - 1]?.name ?? '', type: 'f64' }),
      },
    ];
    counts.push({ usual: upTo(usual), isRare: rare.passed, all: upTo(chain.length) });
    body.push(ir.set({ name: last.name, type: 'f64' }, array.load));
    k += chain.length - 1;
  }
  return { words, counts, body: counts.length === 0 ? body : withoutUnread(body), arrays };
}

const reads = (statements: readonly Statement[], name: string): boolean => {
  let found = false;
  visitStatements(statements, (s) => {
    found ||= expressionsOf(s).some((e) => someExpression(e, (part) => isLocal(part, name)));
  });
  return found;
};

const setsOf = (statements: readonly Statement[]): ReadonlyMap<string, number> => {
  const sets = new Map<string, number>();
  visitStatements(statements, (s) => {
    const names = s.kind === 'set' || s.kind === 'for' ? [s.local] : s.kind === 'call' ? s.results : [];
    for (const name of names) sets.set(name, (sets.get(name) ?? 0) + 1);
  });
  return sets;
};

/** Returns a test for expressions that have one value for all items. */
function invariance(body: readonly Statement[]): (e: Expression) => boolean {
  const sets = setsOf(body);
  const { writes } = accessesOf(body);
  return (e) =>
    !someExpression(
      e,
      (part) =>
        isLocal(part, 'index') ||
        part.kind === 'call' ||
        (part.kind === 'local' && sets.has(part.name)) ||
        (part.kind === 'load' && writes.has(part.buffer)),
    );
}

/** Whether an expression grows by one from item to item. */
function isCounted(e: Expression, isInvariant: (e: Expression) => boolean): boolean {
  if (isLocal(e, 'index')) return true;
  if (e.kind !== 'binary' || e.type !== 'u32') return false;
  if (e.op === 'add' && isInvariant(e.left)) return isCounted(e.right, isInvariant);
  return (e.op === 'add' || e.op === 'sub') && isInvariant(e.right) && isCounted(e.left, isInvariant);
}

/** One statement of a count: `name = drawn > threshold ? constant : previous`. */
interface Step {
  readonly statement: Statement;
  readonly name: string;
  readonly drawn: string;
  readonly passed: Expression;
  readonly threshold: Expression;
}

/** Returns the steps of the count that statements begin with; none if they begin with something else. */
function chainAt(statements: readonly Statement[]): readonly Step[] {
  const steps: Step[] = [];
  for (const statement of statements) {
    if (statement.kind !== 'set' || statement.value.kind !== 'select') break;
    const { condition: passed, whenTrue, whenFalse } = statement.value;
    const before = steps.at(-1);
    if (passed.kind !== 'compare' || passed.op !== 'gt' || passed.left.kind !== 'local') break;
    if (whenTrue.kind !== 'const' || statement.value.type !== 'f64') break;
    if (before ? !isLocal(whenFalse, before.name) || passed.left.name !== before.drawn : whenFalse.kind !== 'const')
      break;
    const { local: name } = statement;
    if (before && reads(statements.slice(steps.length + 1), before.name)) break;
    steps.push({ statement, name, drawn: passed.left.name, passed, threshold: passed.right });
  }
  return steps;
}

/** Returns the least value of a threshold among the members; NaN if it is no number known when printing. */
function least(threshold: Expression, { fields, members }: Family): number {
  if (threshold.kind === 'const') return Number(threshold.value);
  const column = threshold.kind === 'local' ? fields.findIndex(({ name }) => name === threshold.name) : -1;
  return column < 0 ? NaN : Math.min(...members.map(({ values }) => Number(values[column])));
}

/** Returns the statements that compute a local from arrays of a block; undefined if it depends on anything else. */
function valuesFor(
  name: string,
  before: readonly Statement[],
  body: readonly Statement[],
): readonly Statement[] | undefined {
  const needed = new Set([name]);
  const found: Statement[] = [];
  for (const s of [...before].reverse()) {
    if (s.kind !== 'set' || !needed.has(s.local)) continue;
    if (found.some((other) => other.kind === 'set' && other.local === s.local)) return undefined;
    someExpression(s.value, (part) => {
      if (part.kind === 'local' && part.name !== 'index' && part.name !== firstOfBlock) needed.add(part.name);
      return false;
    });
    found.unshift(s);
  }
  const sets = setsOf(body);
  const { writes } = accessesOf(body);
  const isOwn = [...needed].every(
    (local) => sets.get(local) === 1 && found.some((s) => s.kind === 'set' && s.local === local),
  );
  return isOwn && ![...accessesOf(found).reads].some((buffer) => writes.has(buffer)) ? found : undefined;
}

/** Leaves out assignments at the top of a body to locals that nothing reads. */
function withoutUnread(body: readonly Statement[]): readonly Statement[] {
  const kept = body.filter((s) => s.kind !== 'set' || reads(body, s.local));
  return kept.length === body.length ? kept : withoutUnread(kept);
}
