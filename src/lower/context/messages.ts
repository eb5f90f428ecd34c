/** All findings of lowering. */

import type { Finding } from '../../diagnostics/diagnostic.js';
import { finding } from '../../diagnostics/finding.js';
import { oneOf } from '../../diagnostics/suggest.js';

/** A part of a valid model without kernels, with the number of similar ones. */
export const unsupportedFeature = (feature: string, hint?: string, others = 0): Finding => ({
  code: 'lower/unsupported-feature',
  message: others > 0 ? `${feature} and ${others} more like it cannot be run yet` : `${feature} cannot be run yet`,
  expected: 'a feature that docs/timing-profiles.md lists as supported',
  found: feature.replace(/,$/, ''),
  hint: hint ?? 'the model is valid and can be converted to other notations',
});

/** Hint for a feature that only one timing profile lacks. */
export const otherTiming = "run it with --timing grid, or with its notation's own timing";

/** An integration method that was asked for by name, with why the equations do not suit it. */
export const methodRefused = (
  method: string,
  owner: string,
  why: string,
  hint: string,
) => finding`lower/method-refused: the
    integration method ${method} cannot integrate the equations of ${owner}: ${why}
  hint: ${hint}`;

/** Coupled linear equations without a named method that `exact` cannot solve. */
export const notSolvedExactly = (owner: string, why: string) => finding`note lower/not-solved-exactly:
  the equations of ${owner} are not solved exactly: ${why}
  hint: Brian 2 would use exact here; to be explicit, name a method such as rk4`;

/** Why `exact` rejects equations with coefficients that change within a step. */
export const changingCoefficient = (changes: string): string => `a coefficient changes with ${changes}`;

/** A drawn delay without an upper bound, from which the length of a ring of spikes follows. */
export const unboundedDelay = (projection: string) => finding`lower/unbounded-delay:
  the delays of projection ${projection} have no upper bound
  expected: delays with an upper bound
  found: a delay that may be infinite
  hint: clip them, as in clip(expression, 0*ms, 10*ms), or draw them from a bounded distribution`;

/** A delay of more steps than are stored. */
export const delayTooLong = (projection: string, steps: number) => finding`lower/delay-too-long:
  a delay of projection ${projection} may be ${steps} steps long
  expected: at most 65535 steps
  hint: use shorter delays or a larger dt`;

/** A range of delays that redrawing would never hit. */
export const delayNeverInRange = (
  projection: string,
  low: number,
  high: number,
) => finding`lower/delay-never-in-range: no
    delay drawn for projection ${projection} can fall within its range
  expected: delays of which some fall within it
  found: ${low} to ${high} s
  hint: widen delayRange, or clip the delays`;

/** A delay below zero, or a drawn one that may be. */
export const negativeDelay = (projection: string, least: number, most: number): Finding => {
  const found = `${Number((least * 1e3).toPrecision(6))} ms`;
  const expected = 'a delay of zero or more';
  if (least === most)
    return {
      code: 'lower/negative-delay',
      message: `the delay of projection ${projection} is negative`,
      expected,
      found,
      hint: 'use a delay of 0 ms or more',
    };
  return {
    code: 'lower/delay-may-be-negative',
    message: `a delay of projection ${projection} can be negative`,
    expected,
    found: `${found}, the least that may be drawn`,
    hint: 'clip the delays, as in clip(expression, 0*ms, 10*ms)',
  };
};

/** A delay of zero steps under a profile that delivers spikes before it tests thresholds. */
export const zeroDelay = (projection: string) => finding`lower/zero-delay:
  a delay of projection ${projection} rounds to zero steps, and this timing profile delivers before it tests
    thresholds
  expected: a delay of one step or more
  found: a delay of less than half a time step
  hint: use a delay of at least dt, or the brian timing profile`;

/** A listed pair that names an element beyond the population. */
export const indexOutOfRange = (
  projection: string,
  what: string,
  found: number,
  size: number,
) => finding`lower/index-out-of-range: projection
    ${projection} connects a ${what} that does not exist
  expected: 0 to ${size - 1}
  found: ${String(found)}`;

/** A list of values that does not have one value for each synapse. */
export const wrongNumberOfValues = (
  what: string,
  projection: string,
  expected: number,
  found: number,
) => finding`lower/wrong-number-of-values: ${what}
    of projection ${projection} must have one value for each synapse
  expected: ${String(expected)}
  found: ${String(found)}`;

/** Distances or coordinates of elements without positions in the model. */
export const noPositions = (population: string) => finding`lower/no-positions:
  the elements of ${population} have no positions, but distances and coordinates need them
  expected: positions: a list of [x, y, z], or {structure: line, arguments: {dx: 1 um}}`;

/** A time of the protocol or of a recording that falls between steps. */
export const notAWholeNumberOfSteps = (
  what: string,
  seconds: number,
  dt: number,
) => finding`lower/not-a-whole-number-of-steps: ${what}
    is not a whole number of time steps
  expected: a multiple of ${dt} s
  found: ${seconds} s`;

/** A period that steps cannot be counted for. */
export const periodTooLong = (what: string, steps: number, most: number) => finding`lower/period-too-long:
  ${what} is too long: ${steps} time steps
  expected: at most ${most} steps
  hint: use a shorter interval or a larger dt`;

/** Replayed spikes of one element that are nearer than a step. */
export const twoSpikesInOneStep = (
  population: string,
  index: number,
  time: number,
) => finding`lower/two-spikes-in-one-step: element
    ${index} of ${population} has two spikes in the step at ${time} s
  hint: use a smaller dt or move one of the spikes`;

/** Initial values that depend on each other. */
export const cyclicValues = (owner: string, names: readonly string[]) => finding`lower/cyclic-values:
  the initial values of ${owner} depend on each other: ${names.join(' → ')}
  hint: give one of them a value that does not depend on the others`;

/** A divisor known before the run that is zero. */
export const divisionByZero = (divisor: string) => finding`lower/division-by-zero: the divisor ${divisor} is zero
  hint: give it another value, or guard the division, as in x/a if a > 0 else 0`;

/** A value known before the run that is infinite or no number. */
export const notFinite = (variable: string, owner: string, found: number) => finding`lower/not-finite:
  the value of ${variable} of ${owner} is not a finite number
  found: ${String(found)}
  hint: check the arguments of log, sqrt, divisions and powers`;

/** More calls of random functions in one place than counters can distinguish. */
export const tooManyDraws = (most: number) => finding`lower/too-many-draws:
  a single expression or block of code draws random numbers in too many places
  expected: at most ${most} calls of rand(), randn(), poisson() and similar functions
  hint: approximate a sum of n uniform numbers by n/2 + sqrt(n/12)*randn(), or draw in several variables`;

/** A name without a value in this code or at this time. */
export const unreadable = (name: string, owner: string): Finding => ({
  code: 'lower/unreadable',
  message: `${name} has no value in the code of ${owner}`,
  expected: 'a name that has a value at this point',
  found: name,
  hint:
    name === 'N'
      ? 'the number of synapses is not known while they are being created: use N_pre or N_post'
      : 'use another variable, or a constant',
});

/** Sections that do not make a cable: no length, no capacitance, or not one tree. */
export const badTree = (message: string) => finding`lower/bad-tree: ${message}
  expected: sections with a length and a diameter above zero, a specificCapacitance and a resistivity
  hint: give the section what it lacks`;

/** Something that a mechanism reads of its place, and that has no value there. */
export const notGiven = (what: string, hint: string) => finding`lower/not-given: ${what} has no value
  hint: ${hint}`;

/** A variable that no mechanism on the section has. */
export const notAtPlace = (variable: string, section: string, known: readonly string[]) => finding`lower/not-at-place:
  the section ${section} has no variable ${variable}
  expected: ${oneOf(variable, known)}`;
