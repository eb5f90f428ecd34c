/**
 * Rules as generator expressions: `index for variable in range(from, to, step) if condition`, or over a sample of the
 * range.
 */

import * as ir from '../../ir/builder.js';
import { drawFunction } from '../../ir/library/index.js';
import type { Expression as Ir } from '../../ir/program.js';
import type { Expression } from '../../lang/ast.js';
import { namesIn, referencesIn } from '../../lang/walk.js';
import type { ConnectionRule } from '../../model/typed.js';
import type { Block } from '../code/block.js';
import { boundsOf } from '../code/bounds.js';
import type { Context } from '../context/context.js';
import type { Draws } from '../code/draws.js';
import { philox, uniformOf } from '../code/draws.js';
import { compile, compileCondition, library, to } from '../code/expressions.js';
import type { ProjectionPlan } from '../plan/projection.js';
import { SynapseScope } from '../plan/synapse-scope.js';
import { ruleKey, withElement, type PairwiseCode } from '../plan/rule-code.js';

type Generator = Extract<ConnectionRule, { rule: 'generator' }>;

/** An outer element: its number within the end that is named, and the element. */
interface Outer {
  readonly named: Ir;
  readonly element: Ir;
}

/** A generator expression, and the context of its code. */
interface GeneratorCode {
  readonly rule: Generator;
  readonly plan: ProjectionPlan;
  readonly context: Context;
  /** Of the stream of the rule. */
  readonly key: readonly [Ir, Ir];
}

/** A place in the range of a generator. */
interface RangePlace {
  /** u32 index, which makes its draws unique. */
  readonly k: Ir;
  /** i32 value of the range there. */
  readonly value: Ir;
  /** The inner element, once it is known. */
  readonly inner?: Ir;
}

/** The range of a generator for one outer element. */
interface Range {
  readonly outer: Outer;
  /** u32 number of its values. */
  readonly length: Ir;
  readonly visit: (k: Ir, block: Block) => void;
}

/** The elements that a generator expression yields for each outer one. */
export function generator(rule: Generator, ordinal: number, plan: ProjectionPlan, context: Context): PairwiseCode {
  const [outerEnd, innerEnd] = rule.outer === 'pre' ? [plan.pre, plan.post] : [plan.post, plan.pre];
  const code: GeneratorCode = { rule, plan, context, key: ruleKey(ordinal, plan, context) };
  const { index, condition } = rule;
  const plain = index.kind === 'name' && index.name === rule.variable;
  const outside = context.builder.faultBit(
    `a synapse of projection ${plan.name} would connect an element that does not exist`,
  );
  const write = (outer: Ir, _blockIndex: Ir, around: Block, found: (inner: Ir, block: Block) => void): void =>
    withElement(outerEnd, outer, around, (element, block) => writeFor({ named: outer, element }, block, found));
  const writeFor = (outer: Outer, block: Block, found: (inner: Ir, block: Block) => void): void => {
    const scope = generatorScope(code, 'range', outer, { k: ir.u32(0), value: ir.i32(0) }, block);
    const whole = (e: Expression, name: string): Ir => block.name(name, to('i32', compile(e, scope)));
    const [from, until, by] = [
      whole(rule.range.from, 'range_from'),
      whole(rule.range.to, 'range_to'),
      whole(rule.range.step, 'range_step'),
    ];
    const length = block.name('range_length', rangeLength(from, until, by));
    const make = (k: Ir, value: Ir, tested: boolean, inner: Block): void => {
      const first = generatorScope(code, 'index', outer, { k, value }, inner);
      const element = inner.name('element', to('i32', compile(index, first)));
      const inside = ir.and(ir.ge(element, ir.i32(0)), ir.lt(element, ir.i32(innerEnd.named)));
      const connect = (chosen: Ir, body: Block): void => {
        const second = generatorScope(code, 'condition', outer, { k, value, inner: chosen }, body);
        const repeat = (last: Block): void => {
          if (rule.copies === 1) {
            found(chosen, last);
            return;
          }
          const count = typeof rule.copies === 'number' ? ir.i32(rule.copies) : to('i32', compile(rule.copies, second));
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
      };
      const take = inner.nested((body) =>
        withElement(innerEnd, body.name('chosen', to('u32', element)), body, connect),
      );
      inner.emit(ir.when(inside, take, rule.skipInvalid ? [] : [ir.fault(outside, ir.bool(true))]));
    };
    const visit = (k: Ir, inner: Block): void => {
      const value = inner.name(rule.variable, ir.add(from, ir.mul(to('i32', k), by)));
      // A condition that does not read the element decides before it is asked whether the element exists.
      if (condition === null || readsInner(condition, rule)) make(k, value, false, inner);
      else {
        const early = generatorScope(code, 'condition', outer, { k, value }, inner);
        inner.emit(
          ir.when(
            compileCondition(condition, early),
            inner.nested((body) => make(k, value, true, body)),
          ),
        );
      }
    };
    const range: Range = { outer, length, visit };
    const sample = rule.range.sample;
    if (sample?.size !== undefined) sampleOfSize(whole(sample.size, 'sample_size'), range, block, code);
    else if (sample?.p !== undefined) sampleWithProbability(to('f64', compile(sample.p, scope)), range, block, code);
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
  const copies = typeof rule.copies === 'number' ? rule.copies : boundsOf(rule.copies, () => undefined).high;
  const ascending = plain && isInteger(rule.range.step, 1);
  const single =
    !rule.range.sample &&
    isInteger(rule.range.from, 0) &&
    isInteger(rule.range.to, 1) &&
    !namesIn(index).has(rule.variable);
  return {
    kind: 'pairwise',
    keepsFound: false,
    outer: rule.outer,
    blocks: 1,
    ascending: !innerEnd.map && (ascending || single),
    copies: plain || single ? copies : Infinity,
    write,
  };
}

/** Purpose of an evaluation: the bounds of the range, the index at position k, or the condition there. */
type Purpose = 'range' | 'index' | 'condition';
const purposeWord: Readonly<Record<Purpose, number>> = { range: 1, index: 2, condition: 3 };

/**
 * Names of generator code: the outer index, the loop variable, the inner index once it is known.
 *
 * @random stream of the rule, counter (outer element, place in the range, purpose, site)
 */
function generatorScope(
  { rule, plan, context, key }: GeneratorCode,
  purpose: Purpose,
  outer: Outer,
  { k, value, inner = ir.u32(0) }: RangePlace,
  block: Block,
): SynapseScope {
  const [source, target] = rule.outer === 'pre' ? [outer.element, inner] : [inner, outer.element];
  const draws: Draws = {
    element: outer.named,
    subElement: k,
    step: ir.u32(purposeWord[purpose]),
    perStep: false,
    key,
    sites: { next: 0 },
  };
  const scope = new SynapseScope(
    context,
    { plan, storage: new Map() },
    { position: null, source, target },
    block,
    draws,
  );
  scope.overrides = new Map([[rule.variable, value]]);
  return scope;
}

const isInteger = (e: Expression, value: number): boolean => e.kind === 'number' && e.integer && e.value === value;

/** Whether an expression reads the index or a variable of the element that a generator yields. */
const readsInner = (e: Expression, rule: Generator): boolean =>
  referencesIn(e).some((to) =>
    to.kind === 'end'
      ? to.end === (rule.outer === 'pre' ? 'post' : 'pre')
      : to.variable === (rule.outer === 'pre' ? 'j' : 'i'),
  );

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
function sampleWithProbability(p: Ir, { outer, length, visit }: Range, block: Block, { key }: GeneratorCode): void {
  const chance = block.name('chance', p);
  const log = block.name('log_miss', library('log1p', [ir.neg(chance)]));
  const skip = drawFunction('geometricSkip');
  const next = block.local('next', 'u32');
  const call = block.local('call', 'u32');
  const certain = ir.ge(chance, ir.f64(1));
  block.emit(
    ir.set(next, ir.select(ir.gt(chance, ir.f64(0)), ir.u32(0), length)),
    ir.set(call, ir.u32(0)),
    ir.whilst(
      ir.lt(ir.get(next), length),
      block.nested((inner) => {
        const [a, b] = philox([outer.named, ir.u32(0xffffffff), ir.u32(0), ir.get(call)], key, inner);
        inner.emit(ir.set(call, ir.add(ir.get(call), ir.u32(1))));
        const jump = inner.name(
          'jump',
          ir.select(certain, ir.u32(0), ir.call(skip, uniformOf(a, b), ir.div(ir.f64(1), log))),
        );
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
 * `size` different values of the range in ascending order, each set equally likely, by skips in a time proportional to
 * `size`.
 *
 * @random counter (outer element, 0xfffffffe, 0, m)
 */
function sampleOfSize(size: Ir, { outer, length, visit }: Range, block: Block, { key }: GeneratorCode): void {
  const count = block.name('sample_count', to('u32', ir.select(ir.gt(size, ir.i32(0)), size, ir.i32(0))));
  const next = block.local('next', 'u32');
  const wanted = block.local('wanted', 'u32');
  const call = block.local('call', 'u32');
  const skip = block.local('skip', 'u32');
  const accepted = block.local('accepted', 'bool');
  block.emit(
    ir.set(next, ir.u32(0)),
    ir.set(wanted, ir.select(ir.lt(length, count), length, count)),
    ir.set(call, ir.u32(0)),
    ir.whilst(
      ir.gt(ir.get(wanted), ir.u32(0)),
      block.nested((inner) => {
        const words = philox([outer.named, ir.u32(0xfffffffe), ir.u32(0), ir.get(call)], key, inner);
        const left = ir.sub(length, ir.get(next));
        inner.emit(
          ir.invoke(drawFunction('sampleSkip'), [left, ir.get(wanted), ...words], [skip, accepted]),
          ir.set(call, ir.add(ir.get(call), ir.u32(1))),
          ir.when(
            ir.get(accepted),
            inner.nested((body) => {
              const k = body.name('picked', ir.add(ir.get(next), ir.get(skip)));
              visit(k, body);
              body.emit(ir.set(next, ir.add(k, ir.u32(1))), ir.set(wanted, ir.sub(ir.get(wanted), ir.u32(1))));
            }),
          ),
        );
      }),
    ),
  );
}
