/** Choosing elements of a block at random, in ascending order: a given number of them, with or without repetition. */

import { libraryFunction } from '../../ir/library/index.js';
import type { Buffer, Expression as Ir } from '../../ir/program.js';
import { code } from '../../ir/template.js';
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
  return code`u32(${uniformOf(low, high)} * f64(${count}))`;
}

/**
 * Draws independent choices in ascending order: the smallest of m uniform numbers leaves a share of u^(1/m) above it,
 * and so on.
 *
 * @random call k: numbers 0 and 1 for the k-th smallest
 */
export function withRepetition({ size, count, first, storage, words }: Chosen, block: Block): void {
  const log = libraryFunction('logOrdinary', 'f64');
  const exp = libraryFunction('expOrdinary', 'f64');
  block.write`
    var share = 1.0
    for choice = 0u until ${count} {
      ${(at, inner) => {
        const [low, high] = words(at('choice'), inner);
        return { uniform: uniformOf(low, high) };
      }}
      let factor = ${exp}(${log}(uniform) / f64(${count} - choice))
      share = share * factor
      let chosen = u32((1.0 - share) * f64(${size}))
      ${storage}[${first} + choice] = select(chosen < ${size}, chosen, ${size} - 1u)
    }`;
}

/** Different elements, each set equally likely, in ascending order. */
export function withoutRepetition(chosen: Chosen, block: Block): void {
  block.write`
    if ${chosen.count} <= ${mostChosen}u {
      ${(_, inner) => oneByOne(chosen, inner)}
    } else {
      ${(_, inner) => bySelection(chosen, inner)}
    }`;
}

/**
 * Draws a set without repetition. Each number from size - count to size - 1 adds a random number that is at most as
 * large, or itself if that one is already chosen (Floyd; Bentley, Communications of the ACM 30 (1987) 754). Choices are
 * inserted in ascending order, so the largest number so far comes last.
 *
 * @random call k: numbers 0 and 1 for the k-th choice
 */
function oneByOne({ size, count, first, storage, words }: Chosen, block: Block): void {
  block.write`
    var place: u32
    var known: bool
    var moved: u32
    for choice = 0u until ${count} {
      ${(at, inner) => {
        const [low, high] = words(at('choice'), inner);
        return { low, high };
      }}
      let largest = ${size} - ${count} + choice
      let drawn = ${(at) => below(at('low'), at('high'), code`${at('largest')} + 1u`)}
      let end = ${first} + choice
      place = end
      known = false
      while place > ${first} {
        if ${storage}[place - 1u] < drawn {
          break
        }
        if ${storage}[place - 1u] == drawn {
          known = true
          break
        }
        place = place - 1u
      }
      if known {
        place = end
      }
      moved = end
      while moved > place {
        ${storage}[moved] = ${storage}[moved - 1u]
        moved = moved - 1u
      }
      ${storage}[place] = select(known, largest, drawn)
    }`;
}

/**
 * Takes element k with probability (still wanted)/(still left) (selection sampling; Knuth, The Art of Computer
 * Programming 2, 3.4.2 S). The last element may be the first of a pair; the wanted number is then zero.
 *
 * @random call m: numbers 0 and 1 for element 2m, numbers 2 and 3 for element 2m + 1
 */
function bySelection({ size, count, first, storage, words }: Chosen, block: Block): void {
  block.write`
    var element = 0u
    var taken = 0u
    while taken < ${count} {
      ${(at, inner) => {
        const element = at('element');
        const [a, b, c, d] = words(code`${element} >> 1u`, inner);
        return { even: uniformOf(a, b), odd: uniformOf(c, d) };
      }}
      if even * f64(${size} - element) < f64(${count} - taken) & taken < ${count} {
        ${storage}[${first} + taken] = element
        taken = taken + 1u
      }
      element = element + 1u
      if odd * f64(${size} - element) < f64(${count} - taken) & taken < ${count} {
        ${storage}[${first} + taken] = element
        taken = taken + 1u
      }
      element = element + 1u
    }`;
}
