/** All findings of the NMODL translator. */

import type { Finding } from '../../src/diagnostics/diagnostic.js';
import { finding } from '../../src/diagnostics/finding.js';
import { shorten, suggestion } from '../../src/diagnostics/suggest.js';

// --- Syntax ---------------------------------------------------------------------------------------------------------
/** A word or a sign other than the grammar has there. */
export const expected = (wanted: string, found: string) => finding`nmodl/syntax:
  ${wanted} is expected before ${shorten(found)}
  expected: ${wanted}
  found: ${shorten(found)}
  hint: write ${wanted} before ${shorten(found)}, or correct ${shorten(found)}`;

/** A sign that is missing at the end of a text, such as a closing parenthesis. */
export const missing = (sign: string, before: string, next: string): Finding => ({
  code: 'nmodl/syntax',
  message: `${sign} is missing after ${shorten(before)}`,
  expected: sign,
  found: shorten(next),
  hint: sign === '=' && before !== ')' ? `write ${shorten(before)} = value` : `write ${sign} after ${shorten(before)}`,
});

/** A value that is missing in a formula. */
export const missingValue = (before: string, next: string): Finding => ({
  code: 'nmodl/syntax',
  message: `a value is missing between ${shorten(before)} and ${shorten(next)}`,
  expected: 'a value',
  found: shorten(next),
  hint: /^[-+*/^=,]$/.test(before) ? `write the value after ${before}, or remove ${before}` : 'write the value',
});

/** Two values without an operator between them, in place of a sign. */
export const missingOperator = (before: string, next: string, sign: string, isFunction: boolean): Finding => ({
  code: 'nmodl/syntax',
  message: isFunction
    ? `the argument of ${shorten(before)} has no parentheses`
    : `an operator${sign === ')' ? ' or a comma' : ''} is missing between ${shorten(before)} and ${shorten(next)}`,
  expected: isFunction ? shorten(`${before}(${next})`) : sign === ')' ? 'an operator, a comma or )' : 'an operator',
  found: shorten(next),
  hint: isFunction
    ? `write ${shorten(before)}(…)`
    : `write ${sign === ')' ? 'a comma between arguments, or ' : ''}* for a product`,
});

/** A sign of assignments in place of one of comparisons, or the other way round. */
export const comparison = (found: string) => finding`nmodl/syntax:
  ${found === '=' ? '= does not compare two values' : '== does not assign a value'}
  expected: ${found === '=' ? '==' : '='}
  found: ${found}
  hint: = assigns a value, == compares two`;

/** Signs and words of other languages, each with NMODL's and a hint. */
const foreignWords: readonly (readonly [words: string, own: string, hint: string])[] = [
  ['**', '^', 'write n^4 for n**4'],
  ['and', '&&', 'write a < 1 && b < 1'],
  ['or', '||', 'write a < 1 || b < 1'],
  ['not', '!', 'write !(a < 1)'],
  ['=<', '<=', 'write <= here'],
  ['=>', '>=', 'write >= here'],
  ['<>', '!=', 'write != here'],
  ['<=>', '<->', 'write <-> here'],
  ['+= -= *= /=', '=', 'write x = x + y for x += y'],
  ['// #', ':', 'begin the comment with :'],
  ['/*', ':', 'begin each line of the comment with :'],
  [';', 'line ends', 'remove ;'],
  ['elif elsif elseif', 'else if', 'write else if'],
  ['− – —', '-', 'write - as on the keyboard'],
  ['× · ⋅', '*', 'write * here'],
];

/** A sign or a word of another language in place of NMODL's. */
const foreignWord = (own: string, found: string, hint: string) => finding`nmodl/syntax:
  NMODL writes ${own}, not ${shorten(found)}
  expected: ${own}
  found: ${shorten(found)}
  hint: ${hint}`;

/** A sign that NMODL does not have. */
const unknownSign = (found: string) => finding`nmodl/syntax: NMODL has no sign ${shorten(found)}
  expected: signs of NMODL
  found: ${shorten(found)}
  hint: remove ${shorten(found)}`;

/** Returns the finding about a sign or word that NMODL lacks; undefined: it may be valid. */
export function foreign(text: string): Finding | undefined {
  const known = foreignWords.find(([words]) => words.split(' ').includes(text));
  if (known) return foreignWord(known[1], text, known[2]);
  return /^[^ -~]|^[@$`\\%]$/.test(text) ? unknownSign(text) : undefined;
}

/** Letters and digits that are neither a number nor a name. */
export const badName = (text: string) => finding`nmodl/syntax: ${shorten(text)} is neither a name nor a number
  expected: a letter, then letters, digits and _; or a number such as 1e-6
  found: ${shorten(text)}
  hint: begin names with a letter, and use only letters, digits and _`;

/** A second rate of a reaction in one direction. */
export const secondRate = () => finding`nmodl/syntax: a reaction with -> has one rate
  expected: )
  found: ,
  hint: write <-> for a reaction with two rates`;

/** A call of a FUNCTION with an unused value, after another statement in its line. */
export const unusedValue = (name: string) => finding`warning nmodl/unused-value:
  nothing takes the value of ${shorten(name)} after the statement before
  expected: an operator before ${shorten(name)}
  found: a call
  hint: write * before ${shorten(name)}, or begin a line`;

/** A result that is returned by a statement. */
export const returned = (block: string) => finding`nmodl/syntax: NMODL has no statement return
  expected: ${shorten(block)} = value
  found: return
  hint: assign the result to ${shorten(block)}, or leave return out`;

/** A rate of change as a quotient. */
export const quotientOfRate = (state: string) => finding`nmodl/syntax:
  NMODL writes rates of change with ', not as d${shorten(state)}/dt
  expected: ${shorten(state)}'
  found: ${shorten(`d${state}`)}
  hint: write ${shorten(state)}' = …`;

/** A reaction without its first sign. */
export const missingTilde = (before: string) => finding`nmodl/syntax:
  ~ is missing before the reaction of ${shorten(before)}
  expected: ~
  found: ${shorten(before)}
  hint: write ~ before ${shorten(before)}`;

/** A branch that follows no block of `if`. */
export const elseWithoutIf = () => finding`nmodl/syntax: this else follows no block of an if
  expected: } before else
  found: else
  hint: write } before else, or remove else`;

/** A statement of a name only. */
export const incomplete = (name: string) => finding`nmodl/syntax: ${shorten(name)} is no complete statement
  expected: a call or an assignment
  found: ${shorten(name)}
  hint: write ${shorten(name)}(…) to call it, or ${shorten(name)} = value`;

/** A parenthesis that closes none. */
export const extraParenthesis = () => finding`nmodl/syntax: this ) closes no (
  expected: as many ) as (
  found: )
  hint: remove it, or write the ( that it closes`;

/** A unit without parentheses. */
export const unitForm = (found: string): Finding => ({
  code: 'nmodl/syntax',
  message: `a unit in parentheses is expected before ${shorten(found)}`,
  expected: 'a unit such as (mV)',
  found: shorten(found),
  hint: /^\w+$/.test(found) && !/^\d/.test(found) ? `write (${found})` : 'write a unit, as in (mV) = (millivolt)',
});

/** Signs that cannot stand in a list of declarations, by their causes. */
const declarationHint = (found: string, before: string): string => {
  if (found === '[' || found === '/') return 'write units in parentheses: gbar = 0.1 (S/cm2)';
  if (/^[*+^]$/.test(found)) return 'write one number, or assign the product in INITIAL';
  if (/^[\d.]/.test(found)) return /^\d/.test(before) ? 'write one number' : `write ${shorten(before)} = ${found}`;
  return 'write a line for each name, as in gbar = 0.1 (S/cm2)';
};

/** A sign that cannot stand in a list of declarations. */
export const declaration = (found: string, before: string) => finding`nmodl/syntax:
  a declaration is expected before ${shorten(found)}: a name, = and its value, and its unit
  expected: name = number (unit)
  found: ${shorten(found)}
  hint: ${declarationHint(found, before)}`;

/** First values of local variables. */
export const localValue = (name: string) => finding`nmodl/syntax: LOCAL declares names only, without values
  expected: LOCAL ${shorten(name)}
  found: =
  hint: assign ${shorten(name)} in a statement after LOCAL`;

/** Local variables that a block declares after other statements. */
export const lateLocal = () => finding`nmodl/syntax: LOCAL is not the first statement of its block
  expected: LOCAL at the beginning of the block
  found: LOCAL after other statements
  hint: move LOCAL to the beginning of the block`;

/** A comment or C code without an end. */
export const openPassage = (word: string) => finding`nmodl/syntax:
  ${word} has no END${word}, and takes the rest of the file
  expected: END${word}
  found: the end of the file
  hint: write END${word} at its end, or remove ${word}`;

/** A word that follows the names of a statement in the NEURON block. */
export const notInList = (name: string, known: readonly string[]): Finding => ({
  ...finding`nmodl/syntax: ${shorten(name)} follows a name without a comma
    expected: ${['a comma', ...known].join(', ')}
    found: ${shorten(name)}
    hint: write a comma between two names`,
  ...suggestion(name, known),
});

/** A comma in place of a decimal point. */
export const decimalComma = () => finding`nmodl/syntax: a name is expected after this comma, not a number
  expected: a name
  found: a number
  hint: write a decimal point: 0.1 for 0,1`;

/** Blocks of a file. */
const blocks =
  'NEURON UNITS PARAMETER CONSTANT ASSIGNED STATE INITIAL BREAKPOINT DERIVATIVE KINETIC LINEAR PROCEDURE FUNCTION NET_RECEIVE INDEPENDENT'.split(
    ' ',
  );

/** Whether a block of a file begins with a word, which no other block may contain. */
export const isOuterBlock = (word: string): boolean => blocks.includes(word);

/** A block that begins within another one. */
export const openBlock = (inner: string, outer: string) => finding`nmodl/syntax:
  ${inner} begins within ${shorten(outer)}, which is still open
  expected: } before ${inner}
  found: ${shorten(inner)}
  hint: count the braces of ${shorten(outer)}: one { has no }`;

/** A block that the file does not close. */
export const unclosed = (block: string) => finding`nmodl/syntax: the file ends before ${shorten(block)} is closed
  expected: }
  found: the end of the file
  hint: count the braces of ${shorten(block)}: one { has no }`;

/** A closing brace outside of all blocks. */
export const extraBrace = () => finding`nmodl/syntax: this } closes no block
  expected: a block of the file
  found: }
  hint: remove it, or look for a } too many in the block before`;

/** A block that NMODL does not have. */
export const unknownBlock = (name: string): Finding => ({
  ...finding`nmodl/unknown-block: NMODL has no block ${shorten(name)}
    found: ${shorten(name)}`,
  ...suggestion(name, blocks),
});

/** A word of the NEURON block that is not known. */
export const unknownWord = (name: string, known: readonly string[]): Finding => ({
  ...finding`nmodl/unknown-block: the NEURON block has no statement ${shorten(name)}
    found: ${shorten(name)}`,
  ...suggestion(name, known),
});

/** A statement with a block that NMODL does not have. */
export const unknownStatement = (name: string): Finding => ({
  ...finding`nmodl/syntax: NMODL has no statement ${shorten(name)} with a block
    expected: if, while or FROM
    found: ${shorten(name)}
    hint: remove the block, or write if, while or FROM`,
  ...suggestion(name, ['if', 'else if', 'while', 'FROM']),
});

/** A file without a mechanism. */
export const noName = () => finding`nmodl/no-name: the file names no mechanism
  expected: NEURON { SUFFIX name }`;

/** Blocks or expressions within many others. */
export const tooDeep = () => finding`nmodl/too-deep: blocks, expressions or calls are nested too deeply
  hint: divide the expression with variables of its own`;

/** A file to include that cannot be read. */
export const notIncluded = (file: string, reason: string) => finding`nmodl/not-included:
  ${shorten(file)} cannot be included: ${reason}
  expected: a file in the folder of the model`;

/** A file that includes itself, at once or through others. */
export const includesItself = (file: string) => finding`nmodl/includes-itself:
  ${shorten(file)} is included while it is being read
  hint: remove this INCLUDE`;

/** Very many included files. */
export const manyFiles = (most: number) => finding`nmodl/many-files: more than ${most} files are included
  expected: at most ${most} files`;

/** A constant of the UNITS block that is not known. */
export const unknownConstant = (name: string): Finding => ({
  ...finding`nmodl/unknown-constant: (${shorten(name)}) is not a known constant
    expected: (faraday), (k-mole), (pi), or a number
    found: ${shorten(`(${name})`)}`,
  ...suggestion(name, ['faraday', 'k-mole', 'pi']),
});

// --- Parts that are not read ----------------------------------------------------------------------------------------
/** A part of the language that has no equations here. */
export const refused = (part: string, kind: string) => finding`nmodl/refused: ${shorten(part)} is not read: ${kind}
  found: ${shorten(part)}
  hint: write it as equations, or run this mechanism with NEURON`;

/** A call of a function that draws. */
export const randomNumber = (name: string) => finding`nmodl/random-number:
  ${shorten(name)}, a random number of NMODL, is not read
  found: ${shorten(name)}
  hint: run this mechanism with NEURON, or state a value in PARAMETER`;

/** A divisor that is zero before a script sets it. */
export const zeroDivisor = (name: string, isParameter: boolean): Finding => ({
  code: 'nmodl/zero-divisor',
  ...(isParameter ? { severity: 'warning' } : {}),
  message: `the divisor ${shorten(name)} is zero: ${
    isParameter ? 'scripts set it' : 'no statement assigns it, scripts set it'
  }`,
  expected: 'a value other than zero',
  found: '0',
  hint: isParameter ? `change its value in PARAMETER` : `state ${shorten(name)} with a value in PARAMETER`,
});

/** A loop with bounds that depend on variables. */
export const openLoop = () => finding`nmodl/open-loop: the bounds of this loop are not numbers
  expected: FROM i = 0 TO n-1, with n from DEFINE`;

/** An index that depends on variables. */
export const openIndex = (name: string) => finding`nmodl/open-index: the index of ${shorten(name)} is not a number
  expected: a number, or the variable of a FROM loop`;

/** An element that an array does not have. */
export const outOfArray = (name: string, index: number, length: number | undefined): Finding => ({
  ...finding`nmodl/out-of-array: ${shorten(name)} has no element ${index}`,
  ...(length === undefined ? { expected: 'an array' } : { expected: `an index from 0 to ${length - 1}` }),
});

/** An array of no or very many elements. */
export const arrayLength = (length: number, most: number) => finding`nmodl/array-length:
  an array cannot have ${length} elements
  expected: a whole number from 1 to ${most}`;

/** Loops and calls with very many statements. */
export const tooLong = (most: number) => finding`nmodl/too-long:
  the loops of this file execute more than ${most} statements
  expected: at most ${most} statements`;

/** A function that calls itself. */
export const recursion = (name: string) => finding`nmodl/recursion: ${shorten(name)} calls itself
  expected: functions without recursion`;

// --- Names ----------------------------------------------------------------------------------------------------------
/** A name without a declaration. */
export const unknownName = (name: string, known: readonly string[]): Finding => ({
  ...finding`nmodl/unknown-name: ${shorten(name)} is not declared
    found: ${shorten(name)}
    hint: declare it in PARAMETER, ASSIGNED, STATE or LOCAL`,
  ...suggestion(name, known),
});

/** A name that two declarations give. */
export const declaredTwice = (name: string) => finding`nmodl/declared-twice:
  ${shorten(name)} is declared a second time
  found: ${shorten(name)}
  hint: remove one of the declarations`;

/** A variable that its ion does not have. */
export const foreignIonVariable = (name: string, ion: string, own: readonly string[]): Finding => ({
  ...finding`nmodl/foreign-ion-variable: ${shorten(name)} is no variable of the ion ${shorten(ion)}
    expected: ${own.join(', ')}
    found: ${shorten(name)}
    hint: use ${own.join(', ')}, or another USEION`,
  ...suggestion(name, own),
});

/** An ion with variables of another ion in its statement. */
export const otherIon = (ion: string, other: string) => finding`nmodl/other-ion:
  the variables of this statement are those of the ion ${shorten(other)}, not of ${shorten(ion)}
  expected: USEION ${shorten(other)}
  found: USEION ${shorten(ion)}
  hint: write USEION ${shorten(other)}`;

/** An ion with two USEION statements. */
export const secondUse = (ion: string) => finding`nmodl/second-use:
  the ion ${shorten(ion)} has a USEION statement already
  hint: put its variables into one statement`;

/** A charge other than NEURON's. */
export const otherValence = (ion: string, known: number, found: number) => finding`nmodl/valence:
  the ion ${ion} has a VALENCE of ${known} in NEURON
  expected: ${String(known)}
  found: ${String(found)}`;

/** An ion without a stated charge. */
export const noValence = (ion: string) => finding`nmodl/valence:
  nothing states the charge of the ion ${shorten(ion)}
  expected: USEION ${shorten(ion)} ... VALENCE 1
  hint: NEURON knows the charges of na, k and ca only`;

/** A method that NMODL does not have. */
export const unknownMethod = (name: string, known: readonly string[]): Finding => ({
  ...finding`nmodl/unknown-method: NEURON has no method ${shorten(name)}
    expected: ${known.join(', ')}
    found: ${shorten(name)}`,
  ...suggestion(name, known),
});

/** A method for another kind of blocks. */
export const otherMethod = (name: string, kind: string, known: readonly string[]) => finding`nmodl/unknown-method:
  the method ${name} does not solve a ${kind} block
  expected: ${known.join(', ')}
  found: ${name}`;

/** A second SOLVE statement in BREAKPOINT. */
export const secondSolve = () => finding`nmodl/second-solve: BREAKPOINT has a second SOLVE statement
  hint: put the equations of both blocks into one`;

/** A second equation of a state. */
export const secondEquation = (name: string) => finding`nmodl/second-equation:
  ${shorten(name)} has an equation already
  expected: one equation of ${shorten(name)}'
  hint: remove one of them, or add their right-hand sides`;

/** A state that never changes. */
export const noEquation = (name: string) => finding`note nmodl/no-equation:
  nothing changes the state ${shorten(name)}: it has no equation and is never assigned
  hint: write an equation of ${shorten(name)}', or declare it in PARAMETER`;

/** A unit that is not known. */
export const unknownUnit = (text: string, known: readonly string[]): Finding => ({
  ...finding`warning nmodl/unknown-unit:
    the unit (${shorten(text)}) is not known, and its variables are plain numbers
    found: ${shorten(text)}
    hint: define it in UNITS, as in (mA) = (milliamp)`,
  ...suggestion(text, known),
});

/** A function or a block that the file does not have, with the blocks that could stand there. */
export const unknownFunction = (name: string, kind: string, known: readonly string[]): Finding => ({
  ...finding`nmodl/unknown-function: the file has no ${kind} ${shorten(name)}
    expected: a ${kind} of the file${kind === 'FUNCTION' ? ' or of NMODL' : ''}
    found: ${shorten(name)}
    hint: add ${kind} ${shorten(name)} to the file, or correct the name`,
  ...suggestion(name, known),
});

/** A block of equations that no SOLVE statement names. */
export const unsolved = (kind: string, name: string) => finding`warning nmodl/unsolved:
  no SOLVE statement names ${shorten(name)}, so its equations have no effect
  expected: ${shorten(`SOLVE ${name} METHOD ${kind === 'KINETIC' ? 'sparse' : 'cnexp'}`)}
  found: no SOLVE statement
  hint: write SOLVE ${shorten(name)} METHOD ${kind === 'KINETIC' ? 'sparse' : 'cnexp'} in BREAKPOINT`;

/** A current of an ion that a file computes without writing it. */
export const unwritten = (name: string, ion: string | undefined): Finding => ({
  code: 'nmodl/unwritten',
  severity: 'warning',
  message: `${shorten(name)} is assigned, but the NEURON block does not write it, so no current flows`,
  expected: ion === undefined ? 'a current' : `USEION ${ion} WRITE ${shorten(name)}`,
  found: 'no current',
  hint:
    ion === undefined ? `write NONSPECIFIC_CURRENT ${shorten(name)}` : `add WRITE ${shorten(name)} to USEION ${ion}`,
});

/** Equations of rates that a DERIVATIVE block lacks. */
export const noRates = (block: string, state: string | undefined) => finding`nmodl/no-rates:
  the DERIVATIVE block ${shorten(block)} has no equation of a rate of change
  expected: ${shorten(state ?? 'm')}' = …
  found: ${state === undefined ? 'no equation' : `an assignment of ${shorten(state)}`}
  hint: write ${shorten(state ?? 'm')}' = …`;

/** A rate of change outside of the blocks that are solved. */
export const rateOutside = (name: string, block: string) => finding`nmodl/rate-outside:
  ${shorten(name)}' cannot stand in ${block}, as only DERIVATIVE blocks have rates of change
  expected: DERIVATIVE { ${shorten(name)}' = … }
  found: ${shorten(`${name}' in ${block}`)}
  hint: move the equation to a DERIVATIVE block, which BREAKPOINT solves`;

/** Events in a file that is no point process. */
export const receivesNothing = (name: string) => finding`nmodl/receives-nothing:
  NET_RECEIVE can only stand in a POINT_PROCESS
  expected: POINT_PROCESS ${shorten(name)}
  found: SUFFIX ${shorten(name)}
  hint: write POINT_PROCESS ${shorten(name)} in the NEURON block`;

/** A product without its sign, so that the second factor is read as a unit. */
export const productAsUnit = (text: string) => finding`nmodl/product-as-unit:
  (${shorten(text)}) after a number is a unit, though it holds variables
  expected: an operator before (
  found: ${shorten(`(${text})`)}
  hint: write * before (`;

/** A call with too few or too many arguments. */
export const otherArguments = (
  name: string,
  parameters: readonly string[],
  given: number,
) => finding`nmodl/other-arguments: ${shorten(name)}
    takes ${parameters.length} argument${parameters.length === 1 ? '' : 's'}
  expected: ${shorten(`${name}(${parameters.join(', ')})`)}
  found: ${given} argument${given === 1 ? '' : 's'}
  hint: ${given < parameters.length ? 'write the missing arguments' : 'leave the last arguments out'}`;

/** A call of a block that is neither a PROCEDURE nor a FUNCTION. */
export const notCallable = (name: string, kind: string) => finding`nmodl/not-callable:
  ${shorten(name)} is a ${kind} block, which statements cannot call
  expected: a PROCEDURE or a FUNCTION
  found: a ${kind} block
  hint: write SOLVE ${shorten(name)} in BREAKPOINT, or call another block`;

/** A rate or a reaction of a variable that is not a state. */
export const notAState = (name: string, states: readonly string[]): Finding => ({
  ...finding`nmodl/not-a-state: ${shorten(name)} has a rate of change, but is not a state
    expected: STATE { ${shorten(name)} }
    found: ${shorten(name)} without a declaration
    hint: declare ${shorten(name)} in STATE, or correct its name`,
  ...suggestion(name, states),
});

/** A current that is never assigned. */
export const noCurrent = (name: string) => finding`note nmodl/no-current:
  nothing assigns the current ${shorten(name)}, so it is 0
  hint: assign ${shorten(name)} in BREAKPOINT`;

/** A variable that each step computes from its last value, other than by a rate. */
export const accumulates = (name: string) => finding`nmodl/accumulates:
  each step computes ${shorten(name)} from its last value, so its course depends on the time step
  expected: a differential equation of ${shorten(name)}
  hint: write a DERIVATIVE block with ${shorten(name)}'`;

/** A steady state of equations that are not linear. */
export const nonlinearSteady = (name: string) => finding`nmodl/nonlinear-steady:
  the steady state of ${shorten(name)} has no formula, as its equations are not linear
  hint: set its first value in INITIAL`;

/** A steady state of reactions without a given sum. */
export const openSum = () => finding`nmodl/open-sum:
  these reactions have a steady state for each sum of their states
  expected: CONSERVE a + b = 1`;

// --- Files that a document names -------------------------------------------------------------------------------------
/** A mechanism in a file that cannot be read. */
export const notRead = (file: string, reason: string) => finding`nmodl/not-read:
  the mechanism ${shorten(file)} cannot be read: ${reason}
  expected: a .mod file in the folder of the model`;

/** A point process on a membrane, or a membrane mechanism as a synapse. */
export const otherKind = (name: string, isSynapse: boolean): Finding => ({
  code: 'nmodl/other-kind',
  message: isSynapse
    ? `${shorten(name)} is a mechanism of a membrane, not a point process`
    : `${shorten(name)} is a point process, not a mechanism of a membrane`,
  hint: `name it under ${isSynapse ? 'mechanisms of the compartments' : 'synapses'}`,
});

/** A value of a variable that a mechanism does not have. */
export const unknownValue = (name: string, known: readonly string[]): Finding => ({
  ...finding`nmodl/unknown-value: the mechanism has no parameter or state ${shorten(name)}
    found: ${shorten(name)}`,
  ...suggestion(name, known),
});

/** Connections that share the state of one point process. */
export const sharedState = (name: string) => finding`nmodl/shared-state:
  several connections share one ${shorten(name)}, and its state is not a sum of their effects
  hint: give each connection a point process of its own`;

/** A delay of a point process that sends events to itself after a delay of its own. */
export const openDelay = (name: string) => finding`nmodl/open-delay:
  ${shorten(name)} sends events to itself, so that the delay of its connections must be known
  expected: a time such as 1 ms, or a list of times with a unit`;

/** A variable of BREAKPOINT that an event reads. */
export const valueOfStep = (name: string) => finding`warning nmodl/value-of-step:
  events read ${shorten(name)} of BREAKPOINT: in NEURON its value of the last step, here that of their time
  hint: assign ${shorten(name)} in NET_RECEIVE, too, or compare the run with one in NEURON`;

/** A synapse that changes concentrations. */
export const writesConcentration = (name: string) => finding`warning nmodl/writes-concentration:
  the current of the synapse ${shorten(name)} changes the potential only, no concentration
  hint: compare the run with one in NEURON`;

// --- Notes ----------------------------------------------------------------------------------------------------------
/** Units of one dimension that differ by a factor, which NEURON does not apply. */
export const contradiction = (from: string, to: string, factor: number) => finding`warning nmodl/contradiction:
  this is in ${from}, and its number is used in ${to}: ${factor} times the quantity
  expected: ${to}
  found: ${from}
  hint: NEURON does not convert units: write the factor`;

/** A current of the membrane in a file with one of an electrode. */
export const reversedCurrent = (name: string) => finding`warning nmodl/reversed-current:
  ${shorten(name)} flows inward, as NEURON gives all currents of a file with an ELECTRODE_CURRENT one sign
  hint: put the current of the electrode into a file of its own`;

/** Parameters of more than six digits. */
export const sixDigits = (name: string, value: number) => finding`note nmodl/six-digits:
  ${shorten(name)} is ${value}: NEURON keeps six digits of the values in PARAMETER, and so does this model
  hint: set the value in the document, or state it in CONSTANT`;

/** Tables in place of formulas. */
export const tables = () => finding`note nmodl/tables:
  TABLE is left out: this model computes the formulas, NEURON interpolates them
  hint: set usetable_NAME = 0 in NEURON to compare`;

/** A variable that a current reads before the first execution of the block that assigns it. */
export const zeroAtFirst = (name: string) => finding`note nmodl/zero-at-first:
  INITIAL does not assign ${shorten(name)}: NEURON takes 0 in the current of the first step, this model its value
  hint: assign ${shorten(name)} in INITIAL, the difference vanishes with the step`;

/** `cnexp` of an equation that is not linear in its state. */
export const nonlinearRate = (name: string) => finding`note nmodl/nonlinear-rate:
  the rate of ${shorten(name)} is not linear in it, and cnexp solves linear equations: NEURON's values differ
  hint: write METHOD derivimplicit`;

/** A state that statements advance by a multiple of the time step. */
export const ownStep = (name: string) => finding`note nmodl/own-step:
  a statement advances ${shorten(name)} by a multiple of dt: NEURON's values depend on its step, this model integrates
    the rate
  hint: write a DERIVATIVE block, the difference vanishes with the step`;

/** A single mechanism, on a cell of its own. */
export const onCell = (name: string, kind: string) => finding`note nmodl/on-cell:
  ${shorten(name)} is ${kind} on a cell of one compartment, at 6.3 degC and -65 mV`;

/** A synapse that only a spike of a source stimulates. */
export const oneSpike = (name: string) => finding`note nmodl/one-spike:
  one source of spikes reaches ${shorten(name)}, at 10 ms with a weight of 0.001`;
