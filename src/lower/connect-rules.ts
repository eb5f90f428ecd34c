/**
 * Connection rules as code: for one item of work (a row, or a row and a block of targets), which synapses exist, in order.
 *
 * The algorithms are part of the rules of `docs/determinism.md` (connectivity): they decide which network a seed gives.
 */

import * as ir from '../ir/builder.js';
import { drawFunction } from '../ir/library/index.js';
import type { Expression as Ir, Statement } from '../ir/program.js';
import { expressionOf } from './texts.js';
import type { Expression } from '../lang/ast.js';
import { namesIn } from '../lang/walk.js';
import type { ConnectionRule } from '../model/model.js';
import type { Block } from './block.js';
import type { Context } from './context.js';
import { keyAt, keyBuffer, philox, siteWord, uniformOf } from './draws.js';
import type { Draws } from './draws.js';
import { compile, compileCondition, library, to } from './expressions.js';
import type { ProjectionPlan } from './projection.js';
import { SynapseScope } from './synapse-scope.js';
import { boundsOf } from './bounds.js';
import * as messages from './messages.js';

/** Targets a block holds in the skipping algorithm; part of the rules. */
export const blockSize = 1024;

/** A rule ready to be written into kernels. */
export interface RuleCode {
  /** Which end the items run over; the other is what each item lists. */
  readonly outer: 'pre' | 'post';
  /** Items for each outer element. */
  readonly blocks: number;
  /** Writes the code of one item; `found(inner, block)` is called where a synapse with inner element `inner` exists. */
  write(outer: Ir, blockIndex: Ir, block: Block, found: (inner: Ir, block: Block) => void): void;
  /** Whether inner elements ascend strictly within an outer one when no pair is repeated. */
  readonly ascending: boolean;
  /** Most synapses of one pair; infinite when unknown. */
  readonly copies: number;
}

/** The code of a rule, or null after a diagnostic. */
export function ruleCode(rule: ConnectionRule, ordinal: number, plan: ProjectionPlan, context: Context): RuleCode | null {
  switch (rule.rule) {
    case 'all':
      return pairs({ rule: 'pairs', condition: null, p: 1, copies: 1, self: rule.self }, ordinal, plan, context);
    case 'pairs':
      return pairs(rule, ordinal, plan, context);
    case 'oneToOne':
      return {
        outer: 'pre',
        blocks: 1,
        ascending: true,
        copies: 1,
        write: (outer, _block, block, found) => {
          block.emit(
            ir.when(
              ir.lt(outer, ir.u32(plan.post.size)),
              block.nested((inner) => found(outer, inner)),
            ),
          );
        },
      };
    case 'generator':
      return generator(rule, ordinal, plan, context);
    default:
      context.diagnostics.add(messages.unsupportedFeature(`the connection rule ${rule.rule} (projection ${plan.name})`));
      return null;
  }
}

type Pairs = Extract<ConnectionRule, { rule: 'pairs' }>;

const streamOf = (plan: ProjectionPlan, ordinal: number): string => `projection/${plan.name}/connect/${ordinal}`;

const sameElements = (plan: ProjectionPlan): boolean => plan.pre.population === plan.post.population;

function pairs(rule: Pairs, ordinal: number, plan: ProjectionPlan, context: Context): RuleCode {
  const names = plan.equations.names;
  const p = typeof rule.p === 'number' ? rule.p : null;
  const skipping = p !== null && p > 0 && p < 1;
  const keys = keyBuffer(`${plan.name}.connect${ordinal}.keys`, [streamOf(plan, ordinal)], context);
  const key = keyAt(keys, ir.u32(0));
  const copiesText = rule.copies;
  const copies =
    typeof copiesText === 'number' ? copiesText : boundsOf(expressionOf(copiesText, plan.equations.names), () => undefined).high;
  /** The condition, the pair's own probability, and as many copies as the rule says. */
  const accept = (source: Ir, target: Ir, block: Block, found: (inner: Ir, block: Block) => void): void => {
    const scope = new SynapseScope(context, plan, new Map(), { position: null, source, target }, block, pairDraws(source, target, key));
    let condition: Ir | null = null;
    const also = (e: Ir): void => {
      condition = condition ? ir.and(condition, e) : e;
    };
    if (rule.condition !== null) also(compileCondition(expressionOf(rule.condition, names), scope));
    if (!rule.self && sameElements(plan)) also(ir.ne(ir.add(source, ir.u32(plan.pre.offset)), ir.add(target, ir.u32(plan.post.offset))));
    if (typeof rule.p === 'string') {
      const [low, high] = philox([source, target, ir.u32(0), siteWord(255)], key, block, context);
      also(ir.lt(uniformOf(low, high, context), to('f64', compile(expressionOf(rule.p, names), scope))));
    }
    const repeat = (inner: Block): void => {
      if (copiesText === 1) {
        found(target, inner);
        return;
      }
      const count =
        typeof copiesText === 'number' ? ir.i32(copiesText) : to('i32', compile(expressionOf(copiesText, plan.equations.names), scope));
      const k = inner.local('copy', 'u32');
      inner.emit(
        ir.loop(
          k,
          ir.u32(0),
          to('u32', inner.name('copies', ir.select(ir.gt(count, ir.i32(0)), count, ir.i32(0)))),
          inner.nested((body) => found(target, body)),
        ),
      );
    };
    if (condition === null) repeat(block);
    else block.emit(ir.when(condition, block.nested(repeat)));
  };
  const write = (source: Ir, blockIndex: Ir, block: Block, found: (inner: Ir, block: Block) => void): void => {
    if (p !== null && !(p > 0)) return;
    const begin = block.name('block_begin', ir.mul(blockIndex, ir.u32(blockSize)));
    const untilBlock = ir.add(begin, ir.u32(blockSize));
    const end = block.name('block_end', ir.select(ir.lt(untilBlock, ir.u32(plan.post.size)), untilBlock, ir.u32(plan.post.size)));
    if (skipping)
      block.emit(...skips(p, source, blockIndex, begin, end, key, block, context, (target, inner) => accept(source, target, inner, found)));
    else {
      const target = block.local('target', 'u32');
      block.emit(
        ir.loop(
          target,
          begin,
          end,
          block.nested((inner) => accept(source, ir.get(target), inner, found)),
        ),
      );
    }
  };
  return { outer: 'pre', blocks: Math.max(1, Math.ceil(plan.post.size / blockSize)), ascending: true, copies, write };
}

/** Draws of conditions for a pair. @random stream of the rule, counter (source, target, 0, site) */
const pairDraws = (source: Ir, target: Ir, key: readonly [Ir, Ir]): Draws => ({
  element: source,
  subElement: target,
  step: ir.u32(0),
  perStep: false,
  key,
  sites: { next: 1 },
});

/**
 * Bernoulli pairs by geometric skips within a block: from one synapse to the next lie floor(log(u) / log(1 - p)) others.
 *
 * @random counter (source, block, 0, m) with m counting generator calls; each gives two uniform numbers
 */
function skips(
  p: number,
  source: Ir,
  blockIndex: Ir,
  begin: Ir,
  end: Ir,
  key: readonly [Ir, Ir],
  block: Block,
  context: Context,
  accept: (target: Ir, block: Block) => void,
): Statement[] {
  const inverse = library('log1p', [ir.f64(-p)], {
    real: 'f64',
    block,
    use: (f) => f,
    read: () => ir.f64(0),
    draw: () => ir.f64(0),
    table: () => undefined,
  });
  const inverseLog = ir.f64(1 / Number(inverse.kind === 'const' ? inverse.value : NaN));
  const skip = context.builder.use(drawFunction('geometricSkip'));
  const next = block.local('next', 'u32');
  const call = block.local('call', 'u32');
  const draws = block.nested((inner) => {
    const [a, b, c, d] = philox([source, blockIndex, ir.u32(0), ir.get(call)], key, inner, context);
    inner.emit(ir.set(call, ir.add(ir.get(call), ir.u32(1))));
    for (const u of [uniformOf(a, b, context), uniformOf(c, d, context)]) {
      const jump = inner.name('jump', ir.call(skip, u, inverseLog));
      const room = inner.name('room', ir.sub(end, ir.get(next)));
      // Beyond the block's end the chain stops for good.
      inner.emit(
        ir.when(
          ir.ge(jump, room),
          [ir.set(next, end)],
          inner.nested((body) => {
            const target = body.name('target', ir.add(ir.get(next), jump));
            accept(target, body);
            body.emit(ir.set(next, ir.add(target, ir.u32(1))));
          }),
        ),
      );
    }
  });
  return [ir.set(next, begin), ir.set(call, ir.u32(0)), ir.whilst(ir.lt(ir.get(next), end), draws)];
}

type Generator = Extract<ConnectionRule, { rule: 'generator' }>;

/** `index for variable in range(from, to, step) if condition`, or over a sample of the range. */
function generator(rule: Generator, ordinal: number, plan: ProjectionPlan, context: Context): RuleCode | null {
  const innerEnd = rule.outer === 'pre' ? plan.post : plan.pre;
  const names = new Set([...plan.equations.names, rule.variable]);
  const keys = keyBuffer(`${plan.name}.connect${ordinal}.keys`, [streamOf(plan, ordinal)], context);
  const key = keyAt(keys, ir.u32(0));
  const index = expressionOf(rule.index, names);
  const condition = rule.condition === null ? null : expressionOf(rule.condition, names);
  const plain = index.kind === 'name' && index.name === rule.variable;
  const outside = context.builder.faultBit(`a synapse of projection ${plan.name} would connect an element that does not exist`);
  const write = (outer: Ir, _blockIndex: Ir, block: Block, found: (inner: Ir, block: Block) => void): void => {
    const scope = generatorScope(rule, 'range', ir.u32(0), outer, ir.u32(0), ir.i32(0), block, plan, context, key);
    const whole = (text: string, name: string): Ir => block.name(name, to('i32', compile(expressionOf(text, names), scope)));
    const [from, until, by] = [
      whole(rule.range.from, 'range_from'),
      whole(rule.range.to, 'range_to'),
      whole(rule.range.step, 'range_step'),
    ];
    const length = block.name('range_length', rangeLength(from, until, by));
    const make = (k: Ir, value: Ir, tested: boolean, inner: Block): void => {
      const first = generatorScope(rule, 'index', k, outer, ir.u32(0), value, inner, plan, context, key);
      const element = inner.name('element', to('i32', compile(index, first)));
      const inside = ir.and(ir.ge(element, ir.i32(0)), ir.lt(element, ir.i32(innerEnd.size)));
      const take = inner.nested((body) => {
        const chosen = body.name('chosen', to('u32', element));
        const second = generatorScope(rule, 'condition', k, outer, chosen, value, body, plan, context, key);
        const repeat = (last: Block): void => {
          if (rule.copies === 1) {
            found(chosen, last);
            return;
          }
          const count =
            typeof rule.copies === 'number' ? ir.i32(rule.copies) : to('i32', compile(expressionOf(rule.copies, names), second));
          const copy = last.local('copy', 'u32');
          last.emit(
            ir.loop(
              copy,
              ir.u32(0),
              to('u32', ir.select(ir.gt(count, ir.i32(0)), count, ir.i32(0))),
              last.nested((each) => found(chosen, each)),
            ),
          );
        };
        if (condition === null || tested) repeat(body);
        else body.emit(ir.when(compileCondition(condition, second), body.nested(repeat)));
      });
      inner.emit(ir.when(inside, take, rule.skipInvalid ? [] : [ir.fault(outside, ir.bool(true))]));
    };
    const visit = (k: Ir, inner: Block): void => {
      const value = inner.name(rule.variable, ir.add(from, ir.mul(to('i32', k), by)));
      // A condition that does not read the element decides before it is asked whether the element exists.
      if (condition === null || readsInner(condition, rule)) make(k, value, false, inner);
      else {
        const early = generatorScope(rule, 'condition', k, outer, ir.u32(0), value, inner, plan, context, key);
        inner.emit(
          ir.when(
            compileCondition(condition, early),
            inner.nested((body) => make(k, value, true, body)),
          ),
        );
      }
    };
    const sample = rule.range.sample;
    if (sample?.size !== undefined) sampleOfSize(whole(sample.size, 'sample_size'), length, outer, key, block, context, visit);
    else if (sample?.p !== undefined)
      sampleWithProbability(to('f64', compile(expressionOf(sample.p, names), scope)), length, outer, key, block, context, visit);
    else {
      const k = block.local('k', 'u32');
      block.emit(
        ir.loop(
          k,
          ir.u32(0),
          length,
          block.nested((inner) => visit(ir.get(k), inner)),
        ),
      );
    }
  };
  const copies = typeof rule.copies === 'number' ? rule.copies : boundsOf(expressionOf(rule.copies, names), () => undefined).high;
  const ascending = plain && rule.range.step === '1';
  const single = !rule.range.sample && rule.range.from === '0' && rule.range.to === '1' && !namesIn(index).has(rule.variable);
  return { outer: rule.outer, blocks: 1, ascending: ascending || single, copies: plain || single ? copies : Infinity, write };
}

/** What a generator's expression is drawn for: the bounds of its range, the index at place k of it, or the condition there. */
type Purpose = 'range' | 'index' | 'condition';
const purposeWord: Readonly<Record<Purpose, number>> = { range: 1, index: 2, condition: 3 };

/**
 * Names of generator code: the outer index, the loop variable, the inner index once it is known.
 *
 * @random stream of the rule, counter (outer element, place in the range, purpose, site)
 */
function generatorScope(
  rule: Generator,
  purpose: Purpose,
  place: Ir,
  outer: Ir,
  inner: Ir,
  value: Ir,
  block: Block,
  plan: ProjectionPlan,
  context: Context,
  key: readonly [Ir, Ir],
): SynapseScope {
  const [source, target] = rule.outer === 'pre' ? [outer, inner] : [inner, outer];
  const draws: Draws = { element: outer, subElement: place, step: ir.u32(purposeWord[purpose]), perStep: false, key, sites: { next: 0 } };
  const scope = new SynapseScope(context, plan, new Map(), { position: null, source, target }, block, draws);
  scope.overrides = new Map([[rule.variable, value]]);
  return scope;
}

/** Whether an expression reads the index or a variable of the element that a generator yields. */
const readsInner = (e: Expression, rule: Generator): boolean =>
  [...namesIn(e)].some((name) => name === (rule.outer === 'pre' ? 'j' : 'i') || name.startsWith(rule.outer === 'pre' ? 'post.' : 'pre.'));

/** u32 number of values of range(from, until, by); none for a step of zero. */
function rangeLength(from: Ir, until: Ir, by: Ir): Ir {
  const one = ir.i32(1);
  const up = ir.add(ir.div(ir.sub(ir.sub(until, from), one), by), one);
  const down = ir.add(ir.div(ir.sub(ir.sub(from, until), one), ir.neg(by)), one);
  const steps = ir.select(
    ir.and(ir.gt(by, ir.i32(0)), ir.lt(from, until)),
    up,
    ir.select(ir.and(ir.lt(by, ir.i32(0)), ir.gt(from, until)), down, ir.i32(0)),
  );
  return ir.convert('u32', steps);
}

/**
 * Each value of the range with probability p, by geometric skips.
 *
 * @random counter (outer element, 0xffffffff, 0, m)
 */
function sampleWithProbability(
  p: Ir,
  length: Ir,
  outer: Ir,
  key: readonly [Ir, Ir],
  block: Block,
  context: Context,
  visit: (k: Ir, block: Block) => void,
): void {
  const scope = {
    real: 'f64' as const,
    block,
    use: context.builder.use.bind(context.builder),
    read: () => ir.f64(0),
    draw: () => ir.f64(0),
    table: () => undefined,
  };
  const chance = block.name('chance', p);
  const log = block.name('log_miss', library('log1p', [ir.neg(chance)], scope));
  const skip = context.builder.use(drawFunction('geometricSkip'));
  const next = block.local('next', 'u32');
  const call = block.local('call', 'u32');
  const certain = ir.ge(chance, ir.f64(1));
  block.emit(
    ir.set(next, ir.select(ir.gt(chance, ir.f64(0)), ir.u32(0), length)),
    ir.set(call, ir.u32(0)),
    ir.whilst(
      ir.lt(ir.get(next), length),
      block.nested((inner) => {
        const [a, b] = philox([outer, ir.u32(0xffffffff), ir.u32(0), ir.get(call)], key, inner, context);
        inner.emit(ir.set(call, ir.add(ir.get(call), ir.u32(1))));
        const jump = inner.name('jump', ir.select(certain, ir.u32(0), ir.call(skip, uniformOf(a, b, context), ir.div(ir.f64(1), log))));
        inner.emit(
          ir.when(
            ir.ge(jump, ir.sub(length, ir.get(next))),
            [ir.set(next, length)],
            inner.nested((body) => {
              const k = body.name('picked', ir.add(ir.get(next), jump));
              visit(k, body);
              body.emit(ir.set(next, ir.add(k, ir.u32(1))));
            }),
          ),
        );
      }),
    ),
  );
}

/**
 * `size` different values of the range in ascending order, each set equally likely: value k is taken with probability
 * (still wanted) / (still left) (selection sampling; Knuth, The Art of Computer Programming 2, 3.4.2 S).
 *
 * @random counter (outer element, 0xfffffffe, 0, k)
 */
function sampleOfSize(
  size: Ir,
  length: Ir,
  outer: Ir,
  key: readonly [Ir, Ir],
  block: Block,
  context: Context,
  visit: (k: Ir, block: Block) => void,
): void {
  const k = block.local('k', 'u32');
  const wanted = block.local('wanted', 'u32');
  block.emit(
    ir.set(wanted, to('u32', ir.select(ir.gt(size, ir.i32(0)), size, ir.i32(0)))),
    ir.set(k, ir.u32(0)),
    ir.whilst(
      ir.and(ir.gt(ir.get(wanted), ir.u32(0)), ir.lt(ir.get(k), length)),
      block.nested((inner) => {
        const [a, b] = philox([outer, ir.u32(0xfffffffe), ir.u32(0), ir.get(k)], key, inner, context);
        const left = ir.convert('f64', ir.sub(length, ir.get(k)));
        inner.emit(
          ir.when(
            ir.lt(ir.mul(uniformOf(a, b, context), left), ir.convert('f64', ir.get(wanted))),
            inner.nested((body) => {
              visit(ir.get(k), body);
              body.emit(ir.set(wanted, ir.sub(ir.get(wanted), ir.u32(1))));
            }),
          ),
          ir.set(k, ir.add(ir.get(k), ir.u32(1))),
        );
      }),
    ),
  );
}
