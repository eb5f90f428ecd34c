/** Functions of expressions in terms of LEMS's functions. */

import type { Dimension, Expression } from '../../../../src/lang/ast.js';
import { binary, call, conditional, name as nameOf, number, quantity } from '../../../../src/lang/build.js';
import { powerDimension, second } from '../../../../src/lang/dimension.js';
import { isPure, isWhole } from './dimensions.js';
import { atom, closed, joined, negative, type Piece } from './pieces.js';
import { NotExpressible } from '../../../../src/library/not-expressible.js';
import type { Place, StepFunction, Words } from './words.js';

/** Writes the arguments of a function. */
interface ArgumentWriter {
  piece(e: Expression, place: Place): Piece;
  bare(e: Expression, place: Place): Piece;
  sign(bare: string): string;
  choice(condition: Expression, whenTrue: Expression, whenFalse: Expression, place: Place, wanted?: string): Piece;
}

/** Trials of a binomial number, at most. */
export const mostTrials = 20;

/** Functions of LEMS, by ours. */
const plain: Readonly<Record<string, string>> = {
  exp: 'exp',
  log: 'ln',
  sin: 'sin',
  cos: 'cos',
  tan: 'tan',
  sinh: 'sinh',
  cosh: 'cosh',
  tanh: 'tanh',
};

/** A standard normal number. */
export const normalDraw = '(sqrt(0 - 2 * ln(random(1))) * cos(6.283185307179586 * random(1)))';

/**
 * Returns a call in LEMS.
 *
 * @throws NotExpressible
 */
export function callPiece(
  name: string,
  given: readonly Expression[],
  place: Place,
  words: Words,
  writer: ArgumentWriter,
): Piece {
  const table = words.tables(name);
  if (table) return atom(words.asVariable(tableValue(table, given), table.dimension, 'table'));
  const [x = number(0)] = given;
  const direct = plain[name];
  if (direct !== undefined) return atom(`${direct}(${writer.piece(x, place).text})`);
  return (
    rounded(name, x, place, words, writer) ?? drawn(name, given, place, writer) ?? composed(name, given, place, writer)
  );
}

/** Functions of a number that keep its dimension, which LEMS has for pure numbers only, and roots. */
function rounded(name: string, x: Expression, place: Place, words: Words, writer: ArgumentWriter): Piece | undefined {
  const dimension = words.infer(x);
  const bare = (): string => writer.bare(x, place).text;
  const back = (text: string, of: Dimension): Piece =>
    isPure(of) || !isWhole(of) ? atom(text) : joined(atom(text), '*', atom(words.one(of)));
  switch (name) {
    case 'abs':
      return back(`abs(${bare()})`, dimension);
    case 'ceil':
      return back(`ceil(${bare()})`, dimension);
    case 'floor':
      return back(`(0 - ceil(${negative(writer.bare(x, place)).text}))`, dimension);
    case 'round':
      return back(`ceil(${joined(writer.bare(x, place), '-', atom('0.5')).text})`, dimension);
    case 'sqrt':
      return back(`sqrt(${bare()})`, powerDimension(dimension, 0.5));
    case 'sign':
      return atom(writer.sign(bare()));
    default:
      return undefined;
  }
}

/** Random numbers. */
function drawn(name: string, given: readonly Expression[], place: Place, writer: ArgumentWriter): Piece | undefined {
  const [x = number(0), y = number(0)] = given;
  const closedText = (e: Expression): string => closed(writer.piece(e, place));
  // A zero has no dimension in LEMS, and neither would a sum with it.
  const above = (e: Expression): string => (closedText(e) === '0' ? '' : `${closedText(e)} + `);
  const span = (): string =>
    closedText(x) === '0' ? closedText(y) : `(${joined(writer.piece(y, place), '-', writer.piece(x, place)).text})`;
  switch (name) {
    case 'uniform':
      return given.length === 0 ? atom('random(1)') : atom(`(${above(x)}random(1) * ${span()})`);
    case 'binomial': {
      // One draw for each of so many trials as there may be.
      const [trials, chance] = [closedText(x), closedText(y)];
      const each = Array.from({ length: mostTrials }, (_, k) => `H(${trials} - ${k + 0.5}) * H(${chance} - random(1))`);
      return atom(`(${each.join(' + ')})`);
    }
    case 'exponential':
      return atom(`(0 - ${closedText(x)} * ln(random(1)))`);
    case 'normal':
      return atom(given.length === 0 ? normalDraw : `(${above(x)}${closedText(y)} * ${normalDraw})`);
    default:
      return undefined;
  }
}

/** Functions that are expressions of others. */
function composed(name: string, given: readonly Expression[], place: Place, writer: ArgumentWriter): Piece {
  const [x = number(0), y = number(0), z = number(0)] = given;
  const piece = (e: Expression): Piece => writer.piece(e, place);
  const text = (e: Expression): string => piece(e).text;
  switch (name) {
    case 'expm1':
      return joined(atom(`exp(${text(x)})`), '-', atom('1'));
    case 'log1p':
      return atom(`ln(${joined(atom('1'), '+', piece(x)).text})`);
    case 'log10':
      return joined(atom(`ln(${text(x)})`), '/', atom('2.302585092994046'));
    case 'log2':
      return joined(atom(`ln(${text(x)})`), '/', atom('0.6931471805599453'));
    case 'exprel': {
      const near = binary('<', call('abs', [x]), number(1e-8));
      const divisor = place === 'derived' ? x : binary('+', x, number(1e-300));
      return writer.choice(
        near,
        binary('+', number(1), binary('/', x, number(2))),
        binary('/', binary('-', call('exp', [x]), number(1)), divisor),
        place,
        'exprel',
      );
    }
    case 'min':
      return writer.choice(binary('<', x, y), x, y, place, 'smaller');
    case 'max':
      return writer.choice(binary('>', x, y), x, y, place, 'larger');
    case 'clip':
      return piece(call('min', [call('max', [x, y]), z]));
    case 'int':
      return isTruth(x)
        ? writer.choice(x, number(1), number(0), place)
        : writer.choice(binary('>', x, number(0)), call('floor', [x]), call('ceil', [x]), place);
    case 'timestep':
      return piece(call('floor', [binary('+', binary('/', x, y), number(1e-3))]));
    default:
      throw new NotExpressible(`the function ${name}`);
  }
}

const truths: ReadonlySet<string> = new Set(['<', '<=', '>', '>=', '==', '!=', 'and', 'or']);
const isTruth = (e: Expression): boolean =>
  (e.kind === 'binary' && truths.has(e.operator)) ||
  (e.kind === 'unary' && e.operator === 'not') ||
  e.kind === 'boolean';

/** Most changes of value in a table: more would make each step slow. */
const longestTable = 20_000;
const longestChain = 50;

/**
 * Returns a table as cases over time, and over the element's number.
 *
 * @throws NotExpressible
 */
function tableValue({ dt, dimension, rows }: StepFunction, given: readonly Expression[]): Expression {
  const [at = nameOf('t'), element = number(0)] = given;
  const changes = (row: ArrayLike<number>): number =>
    Array.from(row).filter((value, k) => k === row.length - 1 || value !== row[k + 1]).length;
  if (rows.reduce((sum, row) => sum + changes(row), 0) > longestTable)
    throw new NotExpressible(`a table that changes more than ${longestTable} times`);
  const over = (row: ArrayLike<number>): Expression => {
    const cases: { readonly until: number; readonly value: Expression }[] = [];
    for (let k = 0; k < row.length; k++)
      if (k === row.length - 1 || row[k] !== row[k + 1])
        cases.push({ until: Number(((k + 1) * dt).toPrecision(15)), value: quantity(row[k] ?? 0, dimension) });
    const chain = (some: typeof cases): Expression =>
      some.reduceRight<Expression | undefined>(
        (rest, { until, value }) => (rest ? conditional(binary('<', at, quantity(until, second)), value, rest) : value),
        undefined,
      ) ?? quantity(0, dimension);
    // Long chains of cases would be nested too deeply for readers: variables each have a part of them.
    if (cases.length <= longestChain) return chain(cases);
    const parts = Array.from({ length: Math.ceil(cases.length / longestChain) }, (_, part) =>
      cases.slice(part * longestChain, (part + 1) * longestChain),
    );
    return chain(parts.map((part) => ({ until: part.at(-1)?.until ?? 0, value: chain(part) })));
  };
  return rows
    .map(over)
    .reduceRight((rest, chain, k) => conditional(binary('<', element, number(k + 0.5)), chain, rest));
}
