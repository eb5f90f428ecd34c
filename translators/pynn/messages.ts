/** Every message of the PyNN translator: functions of what was found. */

import type { Finding } from '../../src/diagnostics/diagnostic.js';
import { oneOf, shorten, suggestion } from '../../src/diagnostics/suggest.js';

const named = (name: string, known: readonly string[]): Pick<Finding, 'expected' | 'found' | 'hint'> => ({
  expected: known.length === 0 ? 'none' : oneOf(name, known),
  found: shorten(name),
  ...suggestion(name, known),
});

export const notASpecification = (found: unknown): Finding => ({
  code: 'pynn/not-a-specification',
  message: 'this is not a PyNN-style document',
  expected: 'a map with format: interneuron/pynn',
  found: shorten(found),
});

export const unsupported = (feature: string, hint?: string): Finding => ({
  code: 'pynn/unsupported',
  message: `${feature} cannot be imported`,
  ...(hint === undefined ? {} : { hint }),
});

export const unknownType = (what: string, name: string, known: readonly string[]): Finding => ({
  code: 'pynn/unknown-type',
  message: `PyNN has no ${what} ${shorten(name)}`,
  ...named(name, known),
});

export const nativeType = (name: string): Finding => ({
  code: 'pynn/native-type',
  message: `${shorten(name)} is a type of one simulator, not one of PyNN's standard types`,
  found: shorten(name),
  hint: 'use a standard type; its name says what it does on every simulator',
});

export const unknownParameter = (name: string, type: string, known: readonly string[]): Finding => ({
  code: 'pynn/unknown-parameter',
  message: `${type} has no parameter ${shorten(name)}`,
  ...named(name, known),
});

export const missingParameter = (name: string, type: string): Finding => ({
  code: 'pynn/missing-parameter',
  message: `${type} needs the parameter ${name}`,
  expected: name,
});

export const unknownVariable = (name: string, type: string, known: readonly string[]): Finding => ({
  code: 'pynn/unknown-variable',
  message: `${type} has no variable ${shorten(name)}`,
  ...named(name, known),
});

export const unknownReference = (what: string, name: string, known: readonly string[]): Finding => ({
  code: 'pynn/unknown-reference',
  message: `there is no ${what} ${shorten(name)}`,
  ...named(name, known),
});

export const duplicateLabel = (label: string, what: string): Finding => ({
  code: 'pynn/duplicate-label',
  message: `${shorten(label)} is already the label of ${what}`,
  found: shorten(label),
  hint: 'names refer to labels, so each must be one of its own',
});

export const unknownDistribution = (name: string, known: readonly string[]): Finding => ({
  code: 'pynn/unknown-distribution',
  message: `PyNN has no random distribution ${shorten(name)}`,
  ...named(name, known),
});

export const distributionParameters = (name: string, expected: readonly string[], found: readonly string[]): Finding => ({
  code: 'pynn/distribution-parameters',
  message: `the distribution ${name} is given other parameters than it has`,
  expected: expected.join(', '),
  found: found.length === 0 ? 'none' : found.map((key) => shorten(key)).join(', '),
});

export const needsGenerator = (what: string): Finding => ({
  code: 'pynn/needs-generator',
  message: `${what} can only be drawn by a NumpyRNG`,
  expected: 'rng: the name of a NumpyRNG with a seed in rngs',
});

export const wrongValue = (what: string, expected: string, found: unknown): Finding => ({
  code: 'pynn/wrong-value',
  message: `${what} has the wrong form`,
  expected,
  found: shorten(found),
});

export const wrongLength = (what: string, expected: number, found: number): Finding => ({
  code: 'pynn/wrong-length',
  message: `${what} has the wrong number of values`,
  expected: String(expected),
  found: String(found),
});

export const outOfRange = (what: string, expected: string, found: unknown): Finding => ({
  code: 'pynn/out-of-range',
  message: `${what} is out of range`,
  expected,
  found: shorten(found),
});

export const unsortedSpikeTimes = (before: number, after: number): Finding => ({
  code: 'pynn/unsorted-spike-times',
  message: 'spike times must be in ascending order',
  found: `${after} after ${before}`,
});

export const earlySpike = (time: number, dt: number): Finding => ({
  code: 'pynn/early-spike',
  severity: 'warning',
  message: `a spike at ${time} ms comes before the end of the first step and is emitted there`,
  expected: `${dt} ms or later`,
  found: `${time} ms`,
});

export const wrongSign = (kind: string, receptor: string, sign: string, found: number): Finding => ({
  code: 'pynn/wrong-sign',
  message: `a weight onto ${receptor} of ${kind}-based cells has the wrong sign`,
  expected: sign,
  found: String(found),
  hint:
    kind === 'conductance'
      ? 'the reversal potential, not the weight, makes a conductance inhibitory'
      : 'the sign of the weight must agree with the receptor',
});

export const receptorNeeded = (known: readonly string[]): Finding => ({
  code: 'pynn/receptor-needed',
  message: 'which receptor is meant depends on the sign of the weight, which is not known beforehand',
  expected: `receptor_type: one of ${known.join(', ')}`,
});

export const noReceptors = (label: string): Finding => ({
  code: 'pynn/no-receptors',
  message: `${shorten(label)} has no receptors: its cells are sources of spikes`,
  found: shorten(label),
});

export const mixedReceptors = (label: string): Finding => ({
  code: 'pynn/mixed-receptors',
  message: `the cells of ${shorten(label)} do not receive in the same way`,
  hint: 'make one projection for each type of cell',
});

export const delayOutOfRange = (found: number, least: number, most: number): Finding => ({
  code: 'pynn/delay-out-of-range',
  message: 'a delay is out of range',
  expected: most === Infinity ? `${least} ms or more` : `${least} to ${most} ms`,
  found: `${found} ms`,
  hint: 'min_delay and max_delay of setup set the range; min_delay is the time step unless stated',
});

export const notInjectable = (label: string): Finding => ({
  code: 'pynn/not-injectable',
  message: `no current can be injected into ${shorten(label)}: its cells are sources of spikes`,
  found: shorten(label),
});

export const notAMultiple = (what: string, dt: number, found: number): Finding => ({
  code: 'pynn/not-a-multiple',
  message: `${what} is no multiple of the time step`,
  expected: `a multiple of ${dt} ms`,
  found: `${found} ms`,
});

export const timePassed = (now: number, until: number): Finding => ({
  code: 'pynn/time-passed',
  message: 'this phase runs into the past',
  expected: `${now} ms or later`,
  found: `${until} ms`,
});

export const noRun = (): Finding => ({
  code: 'pynn/no-run',
  severity: 'warning',
  message: 'no phase runs the model',
  expected: 'phases: [{run: 1000}]',
});

export const formula = (detail: string): Finding => ({ code: 'pynn/formula', message: detail });

export const getDataNote = (): Finding => ({
  code: 'pynn/get-data',
  severity: 'note',
  message: 'data are written at the end of the run, whole; get_data in between has no effect',
});
