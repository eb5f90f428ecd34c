/**
 * Rules as generator expressions: `index for variable in range(from, to, step) if condition`, or over a sample of the
 * range.
 */

import * as ir from '../../ir/builder.js';
import { drawFunction } from '../../ir/library/index.js';
import type { Expression as Ir } from '../../ir/program.js';
import { code } from '../../ir/template.js';
import type { Expression } from '../../lang/ast.js';
import { namesIn, referencesIn } from '../../lang/walk.js';
import type { ConnectionRule } from '../../model/typed.js';
import type { Block } from '../code/block.js';
import { boundsOf } from '../code/bounds.js';
import type { Context } from '../context/context.js';
import type { Draws } from '../code/draws.js';
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
  const comprehension: GeneratorCode = { rule, plan, context, key: ruleKey(ordinal, plan, context) };
  const { index, condition } = rule;
  const plain = index.kind === 'name' && index.name === rule.variable;
  const outside = context.builder.faultBit(
    `a synapse of projection ${plan.name} would connect an element that does not exist`,
    `/projections/${plan.name}`,
  );
  const write = (outer: Ir, _blockIndex: Ir, around: Block, found: (inner: Ir, block: Block) => void): void =>
    withElement(outerEnd, outer, around, (element, block) => writeFor({ named: outer, element }, block, found));
  const writeFor = (outer: Outer, block: Block, found: (inner: Ir, block: Block) => void): void => {
    const scope = generatorScope(comprehension, 'range', outer, { k: ir.u32(0), value: ir.i32(0) }, block);
    const whole = (e: Expression, name: string): Ir => block.name(name, to('i32', compile(e, scope)));
    const [from, until, by] = [
      whole(rule.range.from, 'range_from'),
      whole(rule.range.to, 'range_to'),
      whole(rule.range.step, 'range_step'),
    ];
    const length = block.name('range_length', rangeLength(from, until, by));
    const make = (k: Ir, value: Ir, tested: boolean, inner: Block): void => {
      const first = generatorScope(comprehension, 'index', outer, { k, value }, inner);
      const element = inner.name('element', to('i32', compile(index, first)));
      const connect = (chosen: Ir, body: Block): void => {
        const second = generatorScope(comprehension, 'condition', outer, { k, value, inner: chosen }, body);
        const repeat = (last: Block): void => {
          if (rule.copies === 1) {
            found(chosen, last);
            return;
          }
          const count = typeof rule.copies === 'number' ? ir.i32(rule.copies) : to('i32', compile(rule.copies, second));
          last.write`
            for copy = 0u until u32(select(${count} > 0i, ${count}, 0i)) {
              ${(_, each) => found(chosen, each)}
            }`;
        };
        if (condition === null || tested) repeat(body);
        else body.emit(ir.when(compileCondition(condition, second), body.nested(repeat)));
      };
      inner.write`
        if ${element} >= 0i & ${element} < ${innerEnd.named}i {
          ${(_, body) => withElement(innerEnd, body.name('chosen', to('u32', element)), body, connect)}
        } else {
          ${rule.skipInvalid ? [] : ir.fault(outside, ir.bool(true))}
        }`;
    };
    const visit = (k: Ir, inner: Block): void => {
      const value = inner.name(rule.variable, code`${from} + i32(${k}) * ${by}`);
      // A condition that does not read the element decides before it is asked whether the element exists.
      if (condition === null || readsInner(condition, rule)) make(k, value, false, inner);
      else {
        const early = generatorScope(comprehension, 'condition', outer, { k, value }, inner);
        inner.write`
          if ${compileCondition(condition, early)} {
            ${(_, body) => make(k, value, true, body)}
          }`;
      }
    };
    const range: Range = { outer, length, visit };
    const sample = rule.range.sample;
    if (sample?.size !== undefined) sampleOfSize(whole(sample.size, 'sample_size'), range, block, comprehension);
    else if (sample?.p !== undefined)
      sampleWithProbability(to('f64', compile(sample.p, scope)), range, block, comprehension);
    else
      block.write`
        for k = 0u until ${length} {
          ${(at, inner) => visit(at('k'), inner)}
        }`;
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
  const up = code`(${until} - ${from} - 1i) / ${by} + 1i`;
  const down = code`(${from} - ${until} - 1i) / -${by} + 1i`;
  const downward = code`select(${by} < 0i & ${from} > ${until}, ${down}, 0i)`;
  return code`u32(select(${by} > 0i & ${from} < ${until}, ${up}, ${downward}))`;
}

/**
 * Each value of the range with probability p, by geometric skips.
 *
 * @random counter (outer element, 0xffffffff, 0, m)
 */
function sampleWithProbability(p: Ir, { outer, length, visit }: Range, block: Block, { key }: GeneratorCode): void {
  const [philox, uniform] = [drawFunction('philox4x32'), drawFunction('uniformFromWords')];
  const skip = drawFunction('geometricSkip');
  block.write`
    let chance = ${p}
    let log_miss = ${(at) => library('log1p', [code`-${at('chance')}`])}
    var next = select(chance > 0.0, 0u, ${length})
    var call = 0u
    while next < ${length} {
      ${philox}(${outer.named}, 0xffffffffu, 0u, call, ${key[0]}, ${key[1]}) -> (word0, word1, word2, word3)
      call = call + 1u
      let jump = select(chance >= 1.0, 0u, ${skip}(${uniform}(word0, word1), 1.0 / log_miss))
      if jump >= ${length} - next {
        next = ${length}
      } else {
        let picked = next + jump
        ${(at, body) => visit(at('picked'), body)}
        next = picked + 1u
      }
    }`;
}

/**
 * `size` different values of the range in ascending order, each set equally likely, by skips in a time proportional to
 * `size`.
 *
 * @random counter (outer element, 0xfffffffe, 0, m)
 */
function sampleOfSize(size: Ir, { outer, length, visit }: Range, block: Block, { key }: GeneratorCode): void {
  const [philox, sampleSkip] = [drawFunction('philox4x32'), drawFunction('sampleSkip')];
  block.write`
    let sample_count = u32(select(${size} > 0i, ${size}, 0i))
    var next = 0u
    var wanted = select(${length} < sample_count, ${length}, sample_count)
    var call = 0u
    while wanted > 0u {
      ${philox}(${outer.named}, 0xfffffffeu, 0u, call, ${key[0]}, ${key[1]}) -> (word0, word1, word2, word3)
      ${sampleSkip}(${length} - next, wanted, word0, word1, word2, word3) -> (skip, accepted)
      call = call + 1u
      if accepted {
        let picked = next + skip
        ${(at, body) => visit(at('picked'), body)}
        next = picked + 1u
        wanted = wanted - 1u
      }
    }`;
}
