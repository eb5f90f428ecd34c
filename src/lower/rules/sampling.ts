/** Choosing elements of a block at random, in ascending order: a given number of them, with or without repetition. */

import * as ir from '../../ir/builder.js';
import { libraryFunction } from '../../ir/library/index.js';
import type { Buffer, Expression as Ir } from '../../ir/program.js';
import type { Block } from '../code/block.js';
import { uniformOf } from '../code/draws.js';

/** Up to this number, elements are chosen one by one; beyond it, each element is tested. Part of the rules. */
const mostChosen = 64;

/** Elements of one block: `size` are allowed, numbered from 0; `count` of them are stored from `first`. */
interface Chosen {
  readonly size: Ir;
  readonly count: Ir;
  readonly first: Ir;
  readonly storage: Buffer;
  /** Random numbers of call m. */
  readonly words: (call: Ir, block: Block) => readonly [Ir, Ir, Ir, Ir];
}

/** Floor of a uniform number times a count, below the count. */
function below(low: Ir, high: Ir, count: Ir): Ir {
  return ir.convert('u32', ir.mul(uniformOf(low, high), ir.convert('f64', count)));
}

/**
 * Draws independent choices in ascending order: the smallest of m uniform numbers leaves a share of u^(1/m) above it,
 * and so on.
 *
 * @random call k: numbers 0 and 1 for the k-th smallest
 */
export function withRepetition({ size, count, first, storage, words }: Chosen, block: Block): void {
  const log = libraryFunction('log', 'f64');
  const exp = libraryFunction('exp', 'f64');
  const k = block.local('choice', 'u32');
  const share = block.local('share', 'f64');
  block.emit(
    ir.set(share, ir.f64(1)),
    ir.loop(
      k,
      ir.u32(0),
      count,
      block.nested((inner) => {
        const [low, high] = words(ir.get(k), inner);
        const left = ir.convert('f64', ir.sub(count, ir.get(k)));
        const factor = inner.name('factor', ir.call(exp, ir.div(ir.call(log, uniformOf(low, high)), left)));
        inner.emit(ir.set(share, ir.mul(ir.get(share), factor)));
        const at = inner.name(
          'chosen',
          ir.convert('u32', ir.mul(ir.sub(ir.f64(1), ir.get(share)), ir.convert('f64', size))),
        );
        const last = ir.sub(size, ir.u32(1));
        inner.emit(ir.store(storage, ir.add(first, ir.get(k)), ir.select(ir.lt(at, size), at, last)));
      }),
    ),
  );
}

/** Different elements, each set equally likely, in ascending order. */
export function withoutRepetition(chosen: Chosen, block: Block): void {
  block.emit(
    ir.when(
      ir.le(chosen.count, ir.u32(mostChosen)),
      block.nested((inner) => oneByOne(chosen, inner)),
      block.nested((inner) => bySelection(chosen, inner)),
    ),
  );
}

/**
 * Draws a set without repetition. Each number from size - count to size - 1 adds a random number that is at most as
 * large, or itself if that one is already chosen (Floyd; Bentley, Communications of the ACM 30 (1987) 754). Choices are
 * inserted in ascending order.
 *
 * @random call k: numbers 0 and 1 for the k-th choice
 */
function oneByOne({ size, count, first, storage, words }: Chosen, block: Block): void {
  const k = block.local('choice', 'u32');
  const place = block.local('place', 'u32');
  const known = block.local('known', 'bool');
  const moved = block.local('moved', 'u32');
  block.emit(
    ir.loop(
      k,
      ir.u32(0),
      count,
      block.nested((inner) => {
        const [low, high] = words(ir.get(k), inner);
        const largest = inner.name('largest', ir.add(ir.sub(size, count), ir.get(k)));
        const drawn = inner.name('drawn', below(low, high, ir.add(largest, ir.u32(1))));
        const end = inner.name('end', ir.add(first, ir.get(k)));
        const before = ir.load(storage, ir.sub(ir.get(place), ir.u32(1)));
        inner.emit(
          ir.set(place, end),
          ir.set(known, ir.bool(false)),
          ir.whilst(ir.gt(ir.get(place), first), [
            ir.when(ir.lt(before, drawn), [ir.leave]),
            ir.when(ir.eq(before, drawn), [ir.set(known, ir.bool(true)), ir.leave]),
            ir.set(place, ir.sub(ir.get(place), ir.u32(1))),
          ]),
          // The largest number so far comes last.
          ir.when(ir.get(known), [ir.set(place, end)]),
          ir.set(moved, end),
          ir.whilst(ir.gt(ir.get(moved), ir.get(place)), [
            ir.store(storage, ir.get(moved), ir.load(storage, ir.sub(ir.get(moved), ir.u32(1)))),
            ir.set(moved, ir.sub(ir.get(moved), ir.u32(1))),
          ]),
          ir.store(storage, ir.get(place), ir.select(ir.get(known), largest, drawn)),
        );
      }),
    ),
  );
}

/**
 * Takes element k with probability (still wanted)/(still left) (selection sampling; Knuth, The Art of Computer
 * Programming 2, 3.4.2 S).
 *
 * @random call m: numbers 0 and 1 for element 2m, numbers 2 and 3 for element 2m + 1
 */
function bySelection({ size, count, first, storage, words }: Chosen, block: Block): void {
  const k = block.local('element', 'u32');
  const taken = block.local('taken', 'u32');
  block.emit(
    ir.set(k, ir.u32(0)),
    ir.set(taken, ir.u32(0)),
    ir.whilst(
      ir.lt(ir.get(taken), count),
      block.nested((inner) => {
        const [a, b, c, d] = words(ir.shr(ir.get(k), ir.u32(1)), inner);
        for (const u of [uniformOf(a, b), uniformOf(c, d)]) {
          const left = ir.convert('f64', ir.sub(size, ir.get(k)));
          const wanted = ir.convert('f64', ir.sub(count, ir.get(taken)));
          // The last element may be the first of a pair; the wanted number is then zero.
          inner.emit(
            ir.when(ir.and(ir.lt(ir.mul(u, left), wanted), ir.lt(ir.get(taken), count)), [
              ir.store(storage, ir.add(first, ir.get(taken)), ir.get(k)),
              ir.set(taken, ir.add(ir.get(taken), ir.u32(1))),
            ]),
            ir.set(k, ir.add(ir.get(k), ir.u32(1))),
          );
        }
      }),
    ),
  );
}
