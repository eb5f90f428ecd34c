/** Expressions, equations and statements: made from a grammar, and parts of models with a term exchanged. */

import { names, quantities } from './nasty.js';
import type { Random } from './random.js';

const functions = [
  'exp', 'log', 'sqrt', 'sin', 'tanh', 'abs', 'clip', 'int', 'floor', 'exprel', 'rand', 'randn', 'poisson', 'sign', 'min', 'max', 'log10', 'arctan', 'timestep', 'binomial', 'step',
]; // prettier-ignore
const operators = [
  '+',
  '-',
  '*',
  '/',
  '**',
  '^',
  '%',
  '//',
  '<',
  '<=',
  '>',
  '>=',
  '==',
  '!=',
  ' and ',
  ' or ',
  ' & ',
  '&&',
  '||',
  ', ',
  ' if ',
  '=',
];
const operands = [
  'v',
  'tau',
  'w',
  'x',
  'i',
  'j',
  't',
  'dt',
  'N',
  'xi',
  '1',
  '0',
  '2.5',
  '1e308',
  '1e-308',
  '1e999',
  '0.1',
  '10',
  '3',
  'True',
  'mV',
  'ms',
  'nS',
  'Vt',
  'g',
  'ge',
  'mu',
];

/** An expression of the grammar, at most so deep. */
export function expression(random: Random, depth: number): string {
  if (depth <= 0 || random.once(4)) return operand(random);
  const inner = (): string => expression(random, depth - 1);
  switch (random.below(9)) {
    case 0:
      return `(${inner()})`;
    case 1:
      return `-${inner()}`;
    case 2: {
      const given = Array.from({ length: random.below(4) }, inner);
      return `${random.pick(functions)}(${given.join(', ')})`;
    }
    case 3:
      return `${inner()} if ${inner()} else ${inner()}`;
    case 4:
      return `not ${inner()}`;
    default:
      return `${inner()}${random.pick(operators)}${inner()}`;
  }
}

function operand(random: Random): string {
  if (random.once(12)) return random.pick(quantities);
  return random.once(10) ? random.pick(names) : random.pick(operands);
}

/** A text that is large of its kind: many terms, deep brackets, a long chain. */
export function large(random: Random): string {
  const count = 2 ** (4 + random.below(10));
  switch (random.below(7)) {
    case 0:
      return `${'('.repeat(count)}v${')'.repeat(count)}`;
    case 1:
      return Array.from({ length: count }, () => 'rand()').join('+');
    case 2:
      return `${'-'.repeat(count)}v`;
    case 3:
      return Array.from({ length: count }, (_, k) => (k % 2 === 0 ? 'v' : 'tau')).join(
        random.pick([' + ', '*', '**', '/']),
      );
    case 4:
      return `${'v if v > 0*mV else '.repeat(count)}v`;
    case 5:
      return `v${'**2'.repeat(count)}`;
    default:
      return `${'exp('.repeat(count)}v${')'.repeat(count)}`;
  }
}

/** An equation or statement around an expression. */
export function line(random: Random): string {
  const value = expression(random, 4);
  const unit = random.pick([
    'volt',
    '1',
    'second',
    'volt/second',
    'siemens',
    'boolean',
    'integer',
    'meter**3',
    random.pick(quantities),
  ]);
  switch (random.below(7)) {
    case 0:
      return `dv/dt = ${value} : ${unit}`;
    case 1:
      return `x = ${value} : ${unit}`;
    case 2:
      return (
        `w : ${unit} ` +
        `(${random.pick(['constant', 'shared', 'unless refractory', 'summed', 'event-driven', 'constant over dt', ''])})`
      );
    case 3:
      return (
        `${random.pick(['v', 'x_post', 'w', random.pick(names)])} ` +
        `${random.pick(['=', '+=', '-=', '*=', '/=', '%='])} ${value}`
      );
    case 4:
      return `d${random.pick(names)}/dt = ${value} : ${unit}`;
    default:
      return value;
  }
}

const word = /[A-Za-z_]\w*|\d+(?:\.\d*)?(?:e[+-]?\d+)?|[-+*/%<>=!&|^]+|[(),:\n]/g;

/** Returns a text with one of its tokens exchanged, dropped or doubled. */
export function exchanged(text: string, random: Random): string {
  const words = [...text.matchAll(word)];
  if (words.length === 0) return line(random);
  const { 0: old, index } = random.pick(words);
  const [before, after] = [text.slice(0, index), text.slice(index + old.length)];
  switch (random.below(6)) {
    case 0:
      return `${before}${after}`;
    case 1:
      return `${before}${old}${old}${after}`;
    case 2:
      return `${before}${random.pick(words)[0]}${after}`;
    case 3:
      return `${before}${random.pick(operators)}${after}`;
    case 4:
      return `${before}${random.once(40) ? large(random) : expression(random, 2)}${after}`;
    default:
      return `${before}${random.pick(random.once(2) ? names : quantities)}${after}`;
  }
}
