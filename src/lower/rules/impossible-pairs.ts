/**
 * Pairs that a probability excludes without a draw: uniform numbers are at least 2^-53, so no pair with a smaller
 * probability is connected. Bounds of the probability for some neighbouring targets at once skip them together. No
 * connection changes.
 *
 * The bounds are interval arithmetic in the operations of the probability itself. Sums, products, quotients and roots
 * are correctly rounded and so keep the order of their operands; the exponential function errs by less than a unit in
 * the last place. Whatever gives a NaN, or has no rule here, is not skipped.
 */

import * as ir from '../../ir/builder.js';
import type { Buffer, Expression as Ir, Statement } from '../../ir/program.js';
import { code } from '../../ir/template.js';
import { isLocal, someExpression, withParts } from '../../ir/walk.js';
import { Block } from '../code/block.js';
import type { Context } from '../context/context.js';

/** Neighbouring targets with common bounds. */
export const pieceLength = 64;

/** Relative widening of exponentials, 2^-50, four times their error, and an absolute one for subnormal numbers. */
const widening = 8.881784197001252e-16;
const tiny = 1e-300;
/** The least uniform number. */
const leastUniform = 1.1102230246251565e-16;

/** Locals that stand for the ends of a pair; no name of a program has spaces. */
export const sourceOfPair: Ir = { kind: 'local', type: 'u32', name: 'source of pair' };
export const targetOfPair: Ir = { kind: 'local', type: 'u32', name: 'target of pair' };

/** The least and greatest value of an expression for a piece of targets. */
interface Bounds {
  readonly low: Ir;
  readonly high: Ir;
}

/** Some targets of one source: [first, end), in one piece. */
interface Piece {
  readonly source: Ir;
  readonly first: Ir;
  readonly end: Ir;
}

/** Arrays with the least and greatest element of each piece of the targets. */
type PieceArrays = Readonly<Record<'low' | 'high', Pick<Buffer, 'name' | 'element'>>>;

const noArrays: PieceArrays = { low: { name: '', element: 'f64' }, high: { name: '', element: 'f64' } };

/** The probability of a pair as code. */
interface Probability {
  /** f64, of `sourceOfPair`, `targetOfPair` and locals of the statements. */
  readonly value: Ir;
  readonly statements: readonly Statement[];
}

/**
 * Bounds of a rule's probability. The arrays that it needs are computed by kernels that precede the one that is being
 * written.
 */
export class ImpossiblePairs {
  readonly #definitions: ReadonlyMap<string, Ir> | null;
  readonly #probability: Probability;
  readonly #targets: number;
  readonly #name: string;
  readonly #context: Context;
  readonly #arrays = new Map<string, PieceArrays>();
  /** Whether all of its operations have bounds; undefined until it is first asked. */
  #isBounded: boolean | undefined;

  /** @param name of the rule, for names of arrays and kernels */
  constructor(probability: Probability, targets: number, name: string, context: Context) {
    this.#probability = probability;
    this.#targets = targets;
    this.#name = name;
    this.#context = context;
    this.#definitions = definitionsOf(probability.statements);
  }

  /** Writes the bounds for a piece. @returns whether none of its pairs can be connected; null if there are no bounds */
  excludes(piece: Piece, block: Block): Ir | null {
    const { value } = this.#probability;
    if (!this.#definitions || !variesWith(value, this.#definitions)) return null;
    const bounded = (into: Block, arraysOf: (e: Ir) => PieceArrays): Ir | null => {
      const writer = new BoundsWriter(this.#definitions ?? new Map<string, Ir>(), piece, into, arraysOf);
      const bounds = writer.of(value);
      return bounds && code`${writer.valid} & ${bounds.high} <= ${ir.f64(leastUniform)}`;
    };
    this.#isBounded ??= bounded(new Block(), () => noArrays) !== null;
    return this.#isBounded ? bounded(block, (e) => this.#arraysOf(e)) : null;
  }

  /** The arrays for a load of an element that belongs to the target. */
  #arraysOf(e: Ir): PieceArrays {
    const key = JSON.stringify(e);
    const known = this.#arrays.get(key);
    if (known) return known;
    const { builder } = this.#context;
    const pieces = Math.ceil(this.#targets / pieceLength);
    const ordinal = this.#arrays.size;
    const array = (which: string): Buffer =>
      builder.buffer(`${this.#name}.${which}${ordinal}`, 'f64', pieces, `${which} value of ${pieceLength} targets`, {
        role: 'constant',
      });
    const arrays = { low: array('least'), high: array('greatest') };
    const block = new Block();
    const at = block.write`
      let first = index * ${pieceLength}u
      let end = select(first + ${pieceLength}u < ${this.#targets}u, first + ${pieceLength}u, ${this.#targets}u)
      var low = ${ir.f64(Infinity)}
      var high = ${ir.f64(-Infinity)}`;
    const [low, high] = [at('low'), at('high')];
    block.write`
      for target = ${at('first')} until ${at('end')} {
        ${(inside, inner) => {
          const value = withParts(e, (part) => (isTarget(part) ? inside('target') : undefined));
          inner.write`
            let own = ${value}
            ${low} = select(own < ${low}, own, ${low})
            ${high} = select(own > ${high}, own, ${high})`;
        }}
      }
      ${arrays.low}[index] = ${low}
      ${arrays.high}[index] = ${high}`;
    const domain = { kind: 'count', count: pieces } as const;
    const kernel = `${this.#name}.bounds${ordinal}`;
    builder.initially(builder.map(kernel, 'bounds of a value of neighbouring targets', domain, false, block));
    this.#arrays.set(key, arrays);
    return arrays;
  }
}

const isTarget = (e: Ir): boolean => isLocal(e, 'target of pair');

/** The values of locals that are set once each; null if there are other statements. */
function definitionsOf(statements: readonly Statement[]): ReadonlyMap<string, Ir> | null {
  const found = new Map<string, Ir>();
  for (const s of statements) {
    if (s.kind === 'comment') continue;
    if (s.kind !== 'set' || found.has(s.local)) return null;
    found.set(s.local, s.value);
  }
  return found;
}

/** Whether an expression depends on the target. */
function variesWith(e: Ir, definitions: ReadonlyMap<string, Ir>): boolean {
  return someExpression(e, (part) => {
    const definition = part.kind === 'local' ? definitions.get(part.name) : undefined;
    return isTarget(part) || (definition !== undefined && variesWith(definition, definitions));
  });
}

const least = (a: Ir, b: Ir): Ir => code`select(${a} < ${b}, ${a}, ${b})`;
const greatest = (a: Ir, b: Ir): Ir => code`select(${a} > ${b}, ${a}, ${b})`;

/** Writes the bounds of expressions for one piece. */
class BoundsWriter {
  /** Whether all bounds are numbers: bool. */
  valid: Ir = ir.bool(true);
  readonly #definitions: ReadonlyMap<string, Ir>;
  readonly #piece: Piece;
  readonly #block: Block;
  readonly #arraysOf: (e: Ir) => PieceArrays;
  readonly #known = new Map<string, Bounds | null>();

  constructor(definitions: ReadonlyMap<string, Ir>, piece: Piece, block: Block, arraysOf: (e: Ir) => PieceArrays) {
    this.#definitions = definitions;
    this.#piece = piece;
    this.#block = block;
    this.#arraysOf = arraysOf;
  }

  /** The bounds of an expression; null if there is no rule for it. */
  of(e: Ir): Bounds | null {
    if (e.type === 'bool' || e.type === 'f32' || e.type === 'i64') return null;
    if (!variesWith(e, this.#definitions)) return this.#same(this.#block.name('own', this.#ofSource(e)));
    if (e.kind === 'local') {
      const definition = this.#definitions.get(e.name);
      if (!definition) {
        const { first, end } = this.#piece;
        return { low: first, high: code`${end} - 1u` };
      }
      const known = this.#known.get(e.name);
      if (known !== undefined) return known;
      const bounds = this.of(definition);
      this.#known.set(e.name, bounds);
      return bounds;
    }
    const bounds = this.#operation(e);
    if (!bounds) return null;
    const [low, high] = [this.#block.name('low', bounds.low), this.#block.name('high', bounds.high)];
    this.#require(code`${low} <= ${high}`);
    return { low, high };
  }

  #same(value: Ir): Bounds {
    return { low: value, high: value };
  }

  #require(condition: Ir): void {
    this.valid = this.#block.name('valid', code`${this.valid} & ${condition}`);
  }

  /** An expression that does not depend on the target, without locals of the statements. */
  #ofSource(e: Ir): Ir {
    return withParts(e, (part) => {
      if (part.kind !== 'local') return undefined;
      if (isLocal(part, 'source of pair')) return this.#piece.source;
      const definition = this.#definitions.get(part.name);
      return definition && this.#ofSource(definition);
    });
  }

  #operation(e: Exclude<Ir, { kind: 'local' }>): Bounds | null {
    switch (e.kind) {
      case 'load':
        return this.#load(e);
      case 'convert':
        return this.#converted(e.type, this.of(e.operand), e.operand.type);
      case 'unary':
        return this.#unary(e.op, e.type === 'i32' ? ir.i32(0) : ir.f64(0), this.of(e.operand));
      case 'binary':
        return this.#binary(e);
      case 'call': {
        const [operand] = e.arguments;
        return e.function === 'exp_f64' && operand ? this.#exponential(e, this.of(operand)) : null;
      }
      case 'select': {
        const [a, b] = [this.of(e.whenTrue), this.of(e.whenFalse)];
        return e.type === 'f64' && a && b ? { low: least(a.low, b.low), high: greatest(a.high, b.high) } : null;
      }
      default:
        return null;
    }
  }

  /** An element that the target alone determines. */
  #load(e: Extract<Ir, { kind: 'load' }>): Bounds | null {
    const index = withParts(e.index, (part) => (part.kind === 'local' ? this.#definitions.get(part.name) : undefined));
    const isOther = (part: Ir): boolean => part.kind === 'load' || (part.kind === 'local' && !isTarget(part));
    if (e.type !== 'f64' || someExpression(index, isOther)) return null;
    const { low, high } = this.#arraysOf({ ...e, index });
    const piece = code`${this.#piece.first} / ${pieceLength}u`;
    return { low: ir.load(low, piece), high: ir.load(high, piece) };
  }

  /** Indices are below 2^31, so their conversions keep them. */
  #converted(type: Ir['type'], operand: Bounds | null, from: Ir['type']): Bounds | null {
    const keeps = (from === 'u32' && (type === 'i32' || type === 'f64')) || (from === 'i32' && type === 'f64');
    return operand && keeps ? { low: ir.convert(type, operand.low), high: ir.convert(type, operand.high) } : null;
  }

  #unary(op: string, zero: Ir, operand: Bounds | null): Bounds | null {
    if (!operand) return null;
    const { low, high } = operand;
    switch (op) {
      case 'neg':
        return { low: ir.neg(high), high: ir.neg(low) };
      case 'abs':
        return { low: greatest(greatest(low, ir.neg(high)), zero), high: greatest(high, ir.neg(low)) };
      case 'sqrt':
        return { low: ir.unary('sqrt', greatest(low, zero)), high: ir.unary('sqrt', high) };
      default:
        return null;
    }
  }

  #binary(e: Extract<Ir, { kind: 'binary' }>): Bounds | null {
    // Differences of indices don't wrap around; other operations on integers may.
    const isDifference = e.op === 'sub' && this.#isIndex(e.left) && this.#isIndex(e.right);
    if (e.type !== 'f64' && !(e.type === 'i32' && isDifference)) return null;
    const a = this.of(e.left);
    if (!a) return null;
    if (e.op === 'mul' && e.left.kind === 'local' && isLocal(e.right, e.left.name)) return this.#square(a);
    const b = this.of(e.right);
    if (!b) return null;
    switch (e.op) {
      case 'add':
        return { low: code`${a.low} + ${b.low}`, high: code`${a.high} + ${b.high}` };
      case 'sub':
        return { low: code`${a.low} - ${b.high}`, high: code`${a.high} - ${b.low}` };
      case 'mul':
        return this.#ofEnds(a, b, (x, y) => code`${x} * ${y}`);
      case 'div':
        this.#require(code`${b.low} > 0.0 | ${b.high} < 0.0`);
        return this.#ofEnds(a, b, (x, y) => code`${x} / ${y}`);
      default:
        return null;
    }
  }

  #isIndex(e: Ir): boolean {
    const value = (e.kind === 'local' && this.#definitions.get(e.name)) || e;
    return value.kind === 'convert' && value.operand.type === 'u32';
  }

  #square({ low, high }: Bounds): Bounds {
    const nearest = this.#block.name('nearest', greatest(greatest(low, ir.neg(high)), ir.f64(0)));
    const farthest = this.#block.name('farthest', greatest(high, ir.neg(low)));
    return { low: code`${nearest} * ${nearest}`, high: code`${farthest} * ${farthest}` };
  }

  /** The hull of an operation at the ends of its operands, which are numbers. */
  #ofEnds(a: Bounds, b: Bounds, operation: (x: Ir, y: Ir) => Ir): Bounds {
    const ends = ({ low, high }: Bounds): readonly Ir[] => (low === high ? [low] : [low, high]);
    const values = ends(a).flatMap((x) => ends(b).map((y) => this.#block.name('end', operation(x, y))));
    for (const value of values) this.#require(code`${value} == ${value}`);
    return { low: values.reduce(least), high: values.reduce(greatest) };
  }

  #exponential(e: Extract<Ir, { kind: 'call' }>, operand: Bounds | null): Bounds | null {
    if (!operand) return null;
    const of = (x: Ir, factor: number, more: number): Ir =>
      code`${{ ...e, arguments: [x] }} * ${ir.f64(factor)} + ${ir.f64(more)}`;
    return { low: of(operand.low, 1 - widening, -tiny), high: of(operand.high, 1 + widening, tiny) };
  }
}
