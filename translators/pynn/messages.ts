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
  hint: 'labels identify populations, so each must be unique',
});

export const unknownDistribution = (name: string, known: readonly string[]): Finding => ({
  code: 'pynn/unknown-distribution',
  message: `PyNN has no random distribution ${shorten(name)}`,
  ...named(name, known),
});

export const distributionParameters = (
  name: string,
  expected: readonly string[],
  found: readonly string[],
): Finding => ({
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

export const tooManyListed = (found: number, most: number): Finding => ({
  code: 'pynn/too-many-listed',
  message: 'too many cells, spikes or pairs would be written out one by one',
  expected: `at most ${most}`,
  found: String(found),
  hint: 'use fewer cells, or say it without lists: whole populations, expressions, Poisson sources',
});

export const tooManyConnections = (found: number, most: number): Finding => ({
  code: 'pynn/too-many-connections',
  message: 'the connector asks for more connections than there are',
  expected: most === 0 ? '0, since there is no pair to connect' : `0 to ${most}`,
  found: String(found),
  hint: 'with_replacement: true lets a pair be connected more than once',
});

export const otherEnds = (label: string, theirs: string, own: string): Finding => ({
  code: 'pynn/other-ends',
  message: `the connections of ${shorten(label)} cannot be copied, since it is between other cells`,
  expected: theirs,
  found: own,
});

export const unreadableFile = (name: string, reason: string): Finding => ({
  code: 'pynn/unreadable-file',
  message: `the file ${shorten(name)} is not read: ${reason}`,
  found: shorten(name),
  hint: 'names of files count from the folder of the document; folders elsewhere are allowed by --allow-path',
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

export const cellsTwice = (label: string, before: string): Finding => ({
  code: 'pynn/cells-twice',
  severity: 'warning',
  message: `${shorten(label)} has cells that the assembly has already, of ${shorten(before)}: it is left out, as PyNN does`,
  found: shorten(label),
});

export const countUnknown = (what: string): Finding => ({
  code: 'pynn/count-unknown',
  message: `a list for ${what} of cells that are drawn from several populations`,
  expected:
    'one value for all, a distribution or an expression: how many cells of each population are drawn is not known',
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

export const delayRounded = (found: number, dt: number): Finding => ({
  code: 'pynn/delay-rounded',
  severity: 'note',
  message: 'a delay is not a multiple of the time step; spikes arrive at the nearest step',
  expected: `a multiple of ${dt} ms`,
  found: `${found} ms`,
});

export const notInjectable = (label: string): Finding => ({
  code: 'pynn/not-injectable',
  message: `no current can be injected into ${shorten(label)}: its cells are sources of spikes`,
  found: shorten(label),
});

export const notAMultiple = (what: string, dt: number, found: number): Finding => ({
  code: 'pynn/not-a-multiple',
  message: `${what} is not a multiple of the time step`,
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

export const rateTooHigh = (type: string, mean: number, dt: number): Finding => ({
  code: 'pynn/rate-too-high',
  severity: 'warning',
  message: `${type} emits at most one spike in a step, and its intervals are shorter: spikes will be late and then too few`,
  expected: `a mean interval of ${dt} ms or more`,
  found: `${Number(mean.toPrecision(4))} ms`,
  hint: 'use a smaller timestep',
});

export const unusedGenerator = (label: string): Finding => ({
  code: 'pynn/unused-generator',
  severity: 'note',
  message:
    `the generator of the current source ${shorten(label)} is not used, as on PyNN's simulators: its noise follows ` +
    'from the seed of the model',
});

export const nothingToRecord = (label: string): Finding => ({
  code: 'pynn/nothing-to-record',
  severity: 'warning',
  message: `the current source ${shorten(label)} is recorded and flows into no cell`,
  hint: 'inject_into: the labels of populations or views',
});

export const formula = (detail: string, known: readonly string[] = [], hint?: string): Finding => ({
  code: 'pynn/formula',
  message: detail,
  ...(known.length === 0 ? {} : { expected: known.join(', ') }),
  ...(hint === undefined ? {} : { hint }),
});

export const getDataNote = (clear: boolean): Finding => ({
  code: 'pynn/get-data',
  severity: 'note',
  message: clear
    ? 'results hold all segments, also data that a script throws away after reading them (clear)'
    : 'results are written at the end of the run and hold all that get_data gives at this place, and what comes after',
});
