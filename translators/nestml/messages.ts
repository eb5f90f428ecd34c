/** All findings of the NESTML translator. */

import type { Finding } from '../../src/diagnostics/diagnostic.js';
import { finding } from '../../src/diagnostics/finding.js';
import { didYouMean, shorten, suggestion } from '../../src/diagnostics/suggest.js';

// --- Syntax ---------------------------------------------------------------------------------------------------------
/** A word or a sign other than the grammar has there. */
export const expected = (wanted: string, found: string) => finding`nestml/syntax:
  ${wanted} is expected before ${shorten(found)}
  expected: ${wanted}
  found: ${shorten(found)}
  hint: write ${wanted} here, or correct ${shorten(found)}`;

/** A character that NESTML does not use. */
export const character = (found: string) => finding`nestml/syntax: ${shorten(found)} has no meaning here
  found: ${shorten(found)}
  hint: remove it, or write it as on an English keyboard`;

/** A line that begins at none of the columns of the blocks around it. */
export const indentation = () => finding`nestml/syntax: the line begins at a column of no block
  expected: the spaces or tabs of the lines before
  hint: indent all lines of a block alike, with spaces only`;

/** Expressions or blocks nested beyond the limit. */
export const tooDeep = (limit: number) => finding`nestml/too-deep: expressions or blocks are nested too deeply
  expected: at most ${limit} levels
  hint: name parts of it as inline expressions`;

/** An expression that grows beyond the limit. */
export const tooLarge = () => finding`nestml/too-deep:
  the expression becomes too large when functions are put in place
  hint: name parts of it as inline expressions`;

/** A model of NESTML 5.3 to 7. */
export const olderVersion = (word: string) => finding`note nestml/older-version:
  ${word} begins a model of NESTML 5.3 to 7, read as NESTML 8
  hint: write model in place of ${word}`;

/** A model of NESTML up to 5.2. */
export const endsOfBlocks = () => finding`nestml/older-version:
  this is NESTML 5.2 or older, where blocks end with the word end
  expected: NESTML 5.3 to 9
  hint: write model for neuron or synapse, state for initial_values, kernel for shape, inline for function in
    equations, and remove each line with end`;

/** A block that NESTML does not have. */
export const unknownBlock = (name: string): Finding => ({
  code: 'nestml/unknown-block',
  message: `NESTML has no block ${shorten(name)}`,
  found: shorten(name),
  hint:
    didYouMean(name, blocks) === undefined
      ? `blocks are ${blocks.join(', ')}`
      : `did you mean ${String(didYouMean(name, blocks))}?`,
});

const blocks = 'state parameters internals equations input output update onReceive onCondition function'.split(' ');

/** A vector in a place that does not allow vectors. */
export const vector = (name: string) => finding`nestml/vector: the vector ${shorten(name)} cannot stand here
  expected: a variable without an index`;

/** A size of a vector that is not known, or out of range. */
export const vectorSize = (limit: number) => finding`nestml/range: the size of a vector is unknown or out of range
  expected: a whole number from 1 to ${limit}, or a parameter with such a value`;

/** A vector as the value of a number. */
export const vectorValue = (name: string) => finding`nestml/vector:
  ${shorten(name)} is a vector, its place holds one number
  hint: name an element, as in ${shorten(name)}[0]`;

/** An element that a vector does not have. */
export const noElement = (name: string, index: number) => finding`nestml/range:
  ${shorten(name)} has no element ${index}
  hint: indices begin with 0`;

/** An index that depends on values that change. */
export const unknownIndex = () => finding`nestml/unknown-bounds:
  the index of an element depends on values that change
  expected: a number, a parameter, or the variable of a loop`;

/** A vector of too many ports. */
export const ports = (limit: number) => finding`nestml/range: the number of ports is out of range
  expected: 1 to ${limit}`;

/** An equation of a variable instead of a derivative. */
export const noDerivative = (name: string) => finding`nestml/equation:
  the equation of ${shorten(name)} has no derivative
  expected: ${shorten(name)}' = …
  hint: write ${shorten(name)}' for an equation, or inline for an expression`;

const placesOf: Readonly<Record<string, string>> = {
  delta: 'delta(t) in a kernel',
  convolve: 'convolve(kernel, port) in an equation or an inline expression',
  resolution: 'resolution() in declarations or code',
  timestep: 'timestep() in the update block',
};

/** A function in a place where it has no meaning. */
export const notHere = (name: string) => finding`nestml/not-here: ${name} has no value here
  expected: ${placesOf[name] ?? name}`;

/** A part of the language that is not read. */
export const notRead = (what: string, place: string) => finding`nestml/not-read: ${what} as ${place} is not read
  hint: write it with the words that the page of the notation lists`;

// --- Names and types ------------------------------------------------------------------------------------------------
/** A name that is declared twice. */
export const declaredTwice = (name: string) => finding`nestml/declared-twice: ${shorten(name)} is declared twice
  hint: remove or rename one of the declarations`;

/** A block of a model that is written a second time. */
export const blockTwice = (name: string) => finding`nestml/declared-twice: the model has two blocks ${shorten(name)}
  hint: put the lines of both into one block`;

/** A variable without a first value, or a port without a type. */
export const noValue = (name: string, wanted = 'a value after =') => finding`nestml/no-value:
  ${shorten(name)} has no ${wanted.startsWith('a value') ? 'value' : 'type'}
  expected: ${wanted}`;

/** An inline expression with several names. */
export const severalNames = () => finding`nestml/syntax: an inline expression has one name
  hint: write a line for each name`;

/** Priorities that leave the order of code at spikes open. */
export const priority = (equal?: number): Finding => ({
  code: 'nestml/priority',
  message:
    equal === undefined
      ? 'this code has no priority, but the code of another port has one'
      : `the code of two ports has the priority ${equal}`,
  hint: 'give the code of each port another priority, or none',
});

/** A spike of a model that emits none. */
export const noOutput = () => finding`nestml/no-output: the model emits a spike but has no output
  hint: add the block \`output:\` with the line \`spike\``;

/** A name without a meaning. */
export const unknownName = (name: string, known: readonly string[]): Finding => ({
  ...finding`nestml/unknown-name: ${shorten(name)} is not declared here
    found: ${shorten(name)}`,
  ...suggestion(name, known),
});

/** A function without a meaning. */
export const unknownFunction = (name: string, known: readonly string[]): Finding => ({
  ...finding`nestml/unknown-function: there is no function ${shorten(name)} here
    found: ${shorten(name)}`,
  ...suggestion(name, known),
});

/** A function with too few or too many arguments. */
export const wrongArguments = (name: string, wanted: number, found: number) => finding`nestml/arguments:
  ${shorten(name)} takes another number of arguments
  expected: ${String(wanted)}
  found: ${String(found)}`;

/** A word that is neither a type nor a unit. */
export const unknownType = (name: string) => finding`nestml/unknown-unit: ${shorten(name)} is no unit or type
  expected: real, integer, boolean, or a unit such as mV or pA/mV
  found: ${shorten(name)}`;

/** Values of two units. */
export const units = (found: string, wanted: string, isTrain = false): Finding => ({
  code: 'nestml/units',
  message: `the value has the unit ${found}, its place the unit ${wanted}`,
  expected: wanted,
  found,
  hint: isTrain
    ? `write port * 1 s * ${wanted === '1' ? 'a number' : `1 ${wanted}`}: a spike port counts spikes times weights per second`
    : 'multiply or divide by a quantity such as 1 ms',
});

/** A number where a quantity is expected, or the other way round: NEST computes with its own units. */
export const impliedUnit = (unit: string) => finding`note nestml/implied-unit:
  a number and a quantity in ${unit} meet here, so the number counts NEST's units (mV, ms, pA)
  hint: write the unit behind the number`;

/** A condition in place of a number. */
export const notNumber = () => finding`nestml/type: the value is true or false here, not a number
  hint: choose numbers by it, as in c ? 1 : 0`;

/** A value at the start that breaks the condition of its own declaration. */
export const brokenInvariant = (name: string) => finding`warning nestml/invariant:
  the value of ${shorten(name)} breaks the condition of its declaration
  hint: correct the value or the condition: NEST rejects such a value when it is set`;

/** A number in place of a condition. */
export const notCondition = () => finding`nestml/type: the value is a number here, not true or false
  hint: compare it, as in x > 0`;

/** A power of a quantity whose exponent changes. */
export const exponent = () => finding`nestml/units: the exponent of a quantity is not a constant
  hint: divide the base by a quantity such as 1 mV`;

// --- Code -----------------------------------------------------------------------------------------------------------
/** A loop or calls that take too many steps. */
export const endless = (limit: number) => finding`nestml/endless: loops and calls run too many statements
  expected: at most ${limit} statements
  hint: check the bounds and the step of the loop`;

/** A loop with bounds that are not constants. */
export const unknownBounds = () => finding`nestml/unknown-bounds: the number of rounds depends on values that change
  expected: numbers, or variables with known values`;

/** A function that calls itself. */
export const recursive = (name: string) => finding`nestml/recursive: the function ${shorten(name)} calls itself
  hint: write a loop with known bounds`;

/** A function that ends without a result. */
export const noResult = (name: string) => finding`nestml/no-result:
  the function ${shorten(name)} ends without a result
  hint: end each branch with return`;

/** An assignment to a name that cannot change. */
export const notAssigned = (name: string, states: readonly string[]): Finding => ({
  ...finding`nestml/not-assigned: code cannot assign to ${shorten(name)}
    expected: a variable of the state block, or a local one`,
  ...suggestion(name, states),
});

/** Equations of a model whose code never integrates them. */
export const neverIntegrated = (name: string) => finding`nestml/never-integrated:
  the equation of ${shorten(name)} is never integrated
  expected: a call of integrate_odes()
  hint: add \`update:\` with integrate_odes()`;

/** A derivative as an argument of `integrate_odes`. */
export const noPrimes = () => finding`nestml/syntax: integrate_odes takes variables without primes
  hint: name the variable: all its derivatives are integrated with it`;

/** Equations that are integrated twice within a step. */
export const integratedTwice = (name: string) => finding`nestml/integrated-twice:
  a step integrates ${shorten(name)} twice
  hint: call integrate_odes once in each branch of the update block`;

// --- Equations ------------------------------------------------------------------------------------------------------
/** A kernel whose equations cannot be found. */
export const kernel = (name: string) => finding`nestml/kernel:
  the kernel ${shorten(name)} has no linear equations here
  expected: sums of products of numbers, powers of t, exp(-t/tau) and delta(t)
  hint: write the kernel by equations, or integrate its variables yourself`;

/** A convolution with other arguments than a kernel and a port. */
export const convolution = () => finding`nestml/convolution: a convolution takes a kernel and a spike port
  expected: convolve(kernel, port)`;

/** Pulses of spikes that are no linear term of an equation. */
export const jump = (name: string) => finding`nestml/kernel: pulses of spikes are no linear term of ${shorten(name)}
  expected: a sum with the port, or its convolution with delta(t), times a factor
  hint: move the pulses out of functions, powers and conditions`;

/** An inline expression with pulses, which have no value at the end of a step. */
export const betweenPulses = (name: string) => finding`note nestml/pulse:
  ${shorten(name)} is recorded without its pulses of spikes`;

/** Pulses of spikes in a value that belongs to no equation. */
export const pulse = (name: string) => finding`nestml/pulse:
  ${shorten(name)} has pulses of spikes outside of equations
  hint: use the port in an equation, or in onReceive`;

/** A random number in an equation. */
export const drawnRate = () => finding`nestml/random: an equation cannot draw random numbers
  hint: draw them in the update block, into a variable of the state`;

/** A file without a model that its document names. */
export const noModel = (name: string, known: readonly string[]): Finding => ({
  ...finding`nestml/no-model: the file has no model ${shorten(name)}
    found: ${shorten(name)}`,
  ...suggestion(name, known),
});

/** A file that is not read. */
export const notReadFile = (file: string, reason: string) => finding`nestml/file:
  ${shorten(file)} is not read: ${reason}`;

/** A model of a synapse where a neuron is expected, or the other way round. */
export const otherKind = (name: string, isSynapse: boolean) => finding`nestml/kind:
  ${shorten(name)} is a model of a ${isSynapse ? 'synapse' : 'neuron'}
  expected: ${isSynapse ? 'a neuron' : 'a synapse'}
  hint: name the file in a network, as \`nestml: …\` of a ${isSynapse ? 'synapse' : 'neuron'}`;

/** A note on a delay in a model of a synapse. */
export const delayOfProjection = () => finding`note nestml/delay:
  delays of spikes are those of the projection, not of the model of the synapse
  hint: give the delay in the network`;

/** A note on a cell without a network. */
export const alone = (name: string) => finding`note nestml/alone:
  ${shorten(name)} runs as one cell, which receives a spike at 10 ms in each port
  hint: name the file in a network, as \`nestml: …\` of a neuron`;

/** A note on a statement that prints. */
export const printed = (name: string) => finding`note nestml/printed:
  ${shorten(name)} is left out: it changes no value`;

/** A value of an earlier time. */
export const delayed = (name: string) => finding`nestml/not-read:
  delayed variables such as ${shorten(name)}(t - lag) are not read
  hint: write ${shorten(name)} for its value now, or ${shorten(name)} * (…) for a product`;

/** A note on a synapse without a network. */
export const pairs = (name: string) => finding`note nestml/alone:
  ${shorten(name)} runs between pairs of cells, whose spikes are up to 100 ms apart
  hint: name the file in a network, as \`nestml: …\` of a synapse`;

/** Values at the start that depend on each other. */
export const cycle = () => finding`nestml/cycle: the value depends on itself
  hint: give one of the variables a number`;
