/** All findings of the NMODL translator. */

import type { Finding } from '../../src/diagnostics/diagnostic.js';
import { shorten, suggestion } from '../../src/diagnostics/suggest.js';

// --- Syntax ---------------------------------------------------------------------------------------------------------
/** A word or a sign other than the grammar has there. */
export const expected = (wanted: string, found: string): Finding => ({
  code: 'nmodl/syntax',
  message: `${wanted} is expected before ${shorten(found)}`,
  expected: wanted,
  found: shorten(found),
  hint:
    wanted === '=' && found === '=='
      ? '= assigns a value, == compares two'
      : `write ${wanted} here, or correct ${shorten(found)}`,
});

/** A sign that is missing at the end of a text, such as a closing parenthesis. */
export const missing = (sign: string, before: string, next: string): Finding => ({
  code: 'nmodl/syntax',
  message: `${sign} is missing after ${shorten(before)}`,
  expected: sign,
  found: shorten(next),
  hint: sign === '=' ? 'write name = value' : `write ${sign} here, or remove the sign that it would close`,
});

/** A power by two stars. */
export const powerSign = (): Finding => ({
  code: 'nmodl/syntax',
  message: 'NMODL has no operator **: powers are written with ^',
  expected: '^',
  found: '**',
  hint: 'write n^4 for n**4',
});

/** A comma in place of a decimal point. */
export const decimalComma = (): Finding => ({
  code: 'nmodl/syntax',
  message: 'a name is expected after this comma, not a number',
  expected: 'a name',
  hint: 'write a decimal point: 0.1 for 0,1',
});

/** Blocks of a file. */
const blocks =
  'NEURON UNITS PARAMETER CONSTANT ASSIGNED STATE INITIAL BREAKPOINT DERIVATIVE KINETIC LINEAR PROCEDURE FUNCTION NET_RECEIVE INDEPENDENT'.split(
    ' ',
  );

/** Whether a block of a file begins with a word, which no other block may contain. */
export const isOuterBlock = (word: string): boolean => blocks.includes(word);

/** A block that begins within another one. */
export const openBlock = (inner: string, outer: string): Finding => ({
  code: 'nmodl/syntax',
  message: `${inner} begins within ${shorten(outer)}, which is still open`,
  expected: `} before ${inner}`,
  hint: `count the braces of ${shorten(outer)}: one { has no }`,
});

/** A block that the file does not close. */
export const unclosed = (block: string): Finding => ({
  code: 'nmodl/syntax',
  message: `the file ends before ${shorten(block)} is closed`,
  expected: '}',
  hint: `count the braces of ${shorten(block)}: one { has no }`,
});

/** A closing brace outside of all blocks. */
export const extraBrace = (): Finding => ({
  code: 'nmodl/syntax',
  message: 'this } closes no block',
  expected: 'a block of the file',
  found: '}',
  hint: 'remove it, or look for a } too many in the block before',
});

/** A block that NMODL does not have. */
export const unknownBlock = (name: string): Finding => ({
  code: 'nmodl/unknown-block',
  message: `NMODL has no block ${shorten(name)}`,
  found: shorten(name),
  ...suggestion(name, blocks),
});

/** A word of the NEURON block that is not known. */
export const unknownWord = (name: string, known: readonly string[]): Finding => ({
  code: 'nmodl/unknown-block',
  message: `the NEURON block has no statement ${shorten(name)}`,
  found: shorten(name),
  ...suggestion(name, known),
});

/** A statement with a block that NMODL does not have. */
export const unknownStatement = (name: string): Finding => ({
  code: 'nmodl/syntax',
  message: `NMODL has no statement ${shorten(name)} with a block`,
  found: shorten(name),
  ...suggestion(name, ['if', 'else if', 'while', 'FROM']),
});

/** A file without a mechanism. */
export const noName = (): Finding => ({
  code: 'nmodl/no-name',
  message: 'the file names no mechanism',
  expected: 'NEURON { SUFFIX name }',
});

/** Blocks or expressions within many others. */
export const tooDeep = (): Finding => ({
  code: 'nmodl/too-deep',
  message: 'blocks, expressions or calls are nested too deeply',
  hint: 'divide the expression with variables of its own',
});

/** A file to include that cannot be read. */
export const notIncluded = (file: string, reason: string): Finding => ({
  code: 'nmodl/not-included',
  message: `${shorten(file)} cannot be included: ${reason}`,
  expected: 'a file in the folder of the model',
});

/** A file that includes itself, at once or through others. */
export const includesItself = (file: string): Finding => ({
  code: 'nmodl/includes-itself',
  message: `${shorten(file)} is included while it is being read`,
  hint: 'remove this INCLUDE',
});

/** Very many included files. */
export const manyFiles = (most: number): Finding => ({
  code: 'nmodl/many-files',
  message: `more than ${most} files are included`,
  expected: `at most ${most} files`,
});

/** A constant of the UNITS block that is not known. */
export const unknownConstant = (name: string): Finding => ({
  code: 'nmodl/unknown-constant',
  message: `the value of ${shorten(name)} is not a known constant`,
  expected: '(faraday), (k-mole), (pi), or a number',
});

// --- Parts that are not read ----------------------------------------------------------------------------------------
/** A part of the language that has no equations here. */
export const refused = (part: string, kind: string): Finding => ({
  code: 'nmodl/refused',
  message: `${shorten(part)} is not read: ${kind}`,
  found: shorten(part),
  hint: 'write it as equations, or run this mechanism with NEURON',
});

/** A loop whose bounds depend on variables. */
export const openLoop = (): Finding => ({
  code: 'nmodl/open-loop',
  message: 'the bounds of this loop are not numbers',
  expected: 'FROM i = 0 TO n-1, with n from DEFINE',
});

/** An index that depends on variables. */
export const openIndex = (name: string): Finding => ({
  code: 'nmodl/open-index',
  message: `the index of ${shorten(name)} is not a number`,
  expected: 'a number, or the variable of a FROM loop',
});

/** An element that an array does not have. */
export const outOfArray = (name: string, index: number, length: number | undefined): Finding => ({
  code: 'nmodl/out-of-array',
  message: `${shorten(name)} has no element ${index}`,
  ...(length === undefined ? { expected: 'an array' } : { expected: `an index from 0 to ${length - 1}` }),
});

/** An array of no or very many elements. */
export const arrayLength = (length: number, most: number): Finding => ({
  code: 'nmodl/array-length',
  message: `an array cannot have ${length} elements`,
  expected: `a whole number from 1 to ${most}`,
});

/** Loops and calls with very many statements. */
export const tooLong = (most: number): Finding => ({
  code: 'nmodl/too-long',
  message: `the loops of this file execute more than ${most} statements`,
  expected: `at most ${most} statements`,
});

/** A function that calls itself. */
export const recursion = (name: string): Finding => ({
  code: 'nmodl/recursion',
  message: `${shorten(name)} calls itself`,
  expected: 'functions without recursion',
});

// --- Names ----------------------------------------------------------------------------------------------------------
/** A name without a declaration. */
export const unknownName = (name: string, known: readonly string[]): Finding => ({
  code: 'nmodl/unknown-name',
  message: `${shorten(name)} is not declared`,
  found: shorten(name),
  hint: 'declare it in PARAMETER, ASSIGNED, STATE or LOCAL',
  ...suggestion(name, known),
});

/** A name that two declarations give. */
export const declaredTwice = (name: string): Finding => ({
  code: 'nmodl/declared-twice',
  message: `${shorten(name)} is declared a second time`,
  found: shorten(name),
  hint: 'remove one of the declarations',
});

/** A variable that is none of its ion's. */
export const foreignIonVariable = (name: string, ion: string, own: readonly string[]): Finding => ({
  code: 'nmodl/foreign-ion-variable',
  message: `${shorten(name)} is no variable of the ion ${shorten(ion)}`,
  expected: own.join(', '),
  found: shorten(name),
  ...suggestion(name, own),
});

/** An ion with two USEION statements. */
export const secondUse = (ion: string): Finding => ({
  code: 'nmodl/second-use',
  message: `the ion ${shorten(ion)} has a USEION statement already`,
  hint: 'put its variables into one statement',
});

/** A charge other than NEURON's. */
export const otherValence = (ion: string, known: number, found: number): Finding => ({
  code: 'nmodl/valence',
  message: `the ion ${ion} has a VALENCE of ${known} in NEURON`,
  expected: String(known),
  found: String(found),
});

/** An ion whose charge nothing states. */
export const noValence = (ion: string): Finding => ({
  code: 'nmodl/valence',
  message: `nothing states the charge of the ion ${shorten(ion)}`,
  expected: `USEION ${shorten(ion)} ... VALENCE 1`,
  hint: 'NEURON knows the charges of na, k and ca only',
});

/** A method that NMODL does not have. */
export const unknownMethod = (name: string, known: readonly string[]): Finding => ({
  code: 'nmodl/unknown-method',
  message: `NEURON has no method ${shorten(name)}`,
  expected: known.join(', '),
  found: shorten(name),
  ...suggestion(name, known),
});

/** A method for another kind of blocks. */
export const otherMethod = (name: string, kind: string, known: readonly string[]): Finding => ({
  code: 'nmodl/unknown-method',
  message: `the method ${name} does not solve a ${kind} block`,
  expected: known.join(', '),
  found: name,
});

/** A second SOLVE statement in BREAKPOINT. */
export const secondSolve = (): Finding => ({
  code: 'nmodl/second-solve',
  message: 'BREAKPOINT has a second SOLVE statement',
  hint: 'put the equations of both blocks into one',
});

/** A second equation of a state. */
export const secondEquation = (name: string): Finding => ({
  code: 'nmodl/second-equation',
  message: `${shorten(name)} has an equation already`,
  expected: `one equation of ${shorten(name)}'`,
  hint: 'remove one of them, or add their right-hand sides',
});

/** A state that nothing changes. */
export const noEquation = (name: string): Finding => ({
  code: 'nmodl/no-equation',
  severity: 'note',
  message: `nothing changes the state ${shorten(name)}: it has no equation and is never assigned`,
  hint: `write an equation of ${shorten(name)}', or declare it in PARAMETER`,
});

/** A unit that is not known. */
export const unknownUnit = (text: string): Finding => ({
  code: 'nmodl/unknown-unit',
  severity: 'warning',
  message: `the unit (${shorten(text)}) is not known, and its variables are plain numbers`,
  found: shorten(text),
  hint: 'define it in UNITS, as in (mA) = (milliamp)',
});

/** A function or a block that the file does not have. */
export const unknownFunction = (name: string, known: readonly string[]): Finding => ({
  code: 'nmodl/unknown-function',
  message: `the file has no function or block ${shorten(name)}`,
  found: shorten(name),
  ...suggestion(name, known),
});

/** A call with too few arguments. */
export const fewArguments = (name: string, parameters: readonly string[], given: number): Finding => ({
  code: 'nmodl/few-arguments',
  message: `${shorten(name)} takes ${parameters.length} argument${parameters.length === 1 ? '' : 's'}`,
  expected: shorten(`${name}(${parameters.join(', ')})`),
  found: `${given} argument${given === 1 ? '' : 's'}`,
  hint: 'write the missing arguments',
});

/** A rate or a reaction of a variable that is not a state. */
export const notAState = (name: string): Finding => ({
  code: 'nmodl/not-a-state',
  message: `${shorten(name)} has a rate of change, but is not a state`,
  expected: `STATE { ${shorten(name)} }`,
  hint: `declare ${shorten(name)} in STATE, or correct its name`,
});

/** A current that nothing assigns. */
export const noCurrent = (name: string): Finding => ({
  code: 'nmodl/no-current',
  severity: 'note',
  message: `nothing assigns the current ${shorten(name)}, so it is 0`,
  hint: `assign ${shorten(name)} in BREAKPOINT`,
});

/** A variable that each step computes from its last value, other than by a rate. */
export const accumulates = (name: string): Finding => ({
  code: 'nmodl/accumulates',
  message: `each step computes ${shorten(name)} from its last value, so its course depends on the time step`,
  expected: `a differential equation of ${shorten(name)}`,
  hint: `write a DERIVATIVE block with ${shorten(name)}'`,
});

/** A steady state of equations that are not linear. */
export const nonlinearSteady = (name: string): Finding => ({
  code: 'nmodl/nonlinear-steady',
  message: `the steady state of ${shorten(name)} has no formula, as its equations are not linear`,
  hint: 'set its first value in INITIAL',
});

/** A steady state of reactions without a given sum. */
export const openSum = (): Finding => ({
  code: 'nmodl/open-sum',
  message: 'these reactions have a steady state for each sum of their states',
  expected: 'CONSERVE a + b = 1',
});

// --- Files that a document names -------------------------------------------------------------------------------------
/** A mechanism whose file cannot be read. */
export const notRead = (file: string, reason: string): Finding => ({
  code: 'nmodl/not-read',
  message: `the mechanism ${shorten(file)} cannot be read: ${reason}`,
  expected: 'a .mod file in the folder of the model',
});

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
  code: 'nmodl/unknown-value',
  message: `the mechanism has no parameter or state ${shorten(name)}`,
  found: shorten(name),
  ...suggestion(name, known),
});

/** Connections that share the state of one point process. */
export const sharedState = (name: string): Finding => ({
  code: 'nmodl/shared-state',
  message: `several connections share one ${shorten(name)}, and its state is not a sum of their effects`,
  hint: 'give each connection a point process of its own',
});

/** A delay of a point process that sends events to itself after a delay of its own. */
export const openDelay = (name: string): Finding => ({
  code: 'nmodl/open-delay',
  message: `${shorten(name)} sends events to itself, so that the delay of its connections must be known`,
  expected: 'a time such as 1 ms, or a list of times with a unit',
});

/** A synapse that changes concentrations. */
export const writesConcentration = (name: string): Finding => ({
  code: 'nmodl/writes-concentration',
  severity: 'warning',
  message: `the current of the synapse ${shorten(name)} changes the potential only, no concentration`,
  hint: 'compare the run with one in NEURON',
});

// --- Notes ----------------------------------------------------------------------------------------------------------
/** Units of one dimension that differ by a factor, which NEURON does not apply. */
export const contradiction = (from: string, to: string, factor: number): Finding => ({
  code: 'nmodl/contradiction',
  severity: 'warning',
  message: `this is in ${from}, and its number is used in ${to}: ${factor} times the quantity`,
  expected: to,
  found: from,
  hint: 'NEURON does not convert units: write the factor',
});

/** A current of the membrane in a file with one of an electrode. */
export const reversedCurrent = (name: string): Finding => ({
  code: 'nmodl/reversed-current',
  severity: 'warning',
  message: `${shorten(name)} flows inward, as NEURON gives all currents of a file with an ELECTRODE_CURRENT one sign`,
  hint: 'put the current of the electrode into a file of its own',
});

/** Parameters of more than six digits. */
export const sixDigits = (name: string, value: number): Finding => ({
  code: 'nmodl/six-digits',
  severity: 'note',
  message: `${shorten(name)} is ${value}: NEURON keeps six digits of the values in PARAMETER, and so does this model`,
  hint: 'set the value in the document, or state it in CONSTANT',
});

/** Tables in place of formulas. */
export const tables = (): Finding => ({
  code: 'nmodl/tables',
  severity: 'note',
  message: 'TABLE is left out: this model computes the formulas, NEURON interpolates them',
  hint: 'set usetable_NAME = 0 in NEURON to compare',
});

/** A mechanism alone, on a cell of its own. */
export const onCell = (name: string, kind: string): Finding => ({
  code: 'nmodl/on-cell',
  severity: 'note',
  message: `${shorten(name)} is ${kind} on a cell of one compartment, at 6.3 degC and -65 mV`,
});

/** A synapse that nothing stimulates but a spike of a source. */
export const oneSpike = (name: string): Finding => ({
  code: 'nmodl/one-spike',
  severity: 'note',
  message: `one source of spikes reaches ${shorten(name)}, at 10 ms with a weight of 0.001`,
});
