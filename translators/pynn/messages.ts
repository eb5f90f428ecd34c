/** All findings of the PyNN translator. */

import type { Finding } from '../../src/diagnostics/diagnostic.js';
import { finding } from '../../src/diagnostics/finding.js';
import { joinWords, renaming, shorten, unlike } from '../../src/diagnostics/suggest.js';

/** A document that is not a map with the notation's `format`. */
export const notASpecification = (found: unknown) => finding`pynn/not-a-specification:
  this is not a PyNN-style document
  expected: a map with format: interneuron/pynn
  found: ${shorten(found)}`;

/** Something that PyNN has and this import lacks. */
export const unsupported = (feature: string, hint?: string) => finding`pynn/unsupported:
  ${feature} cannot be imported
  hint: ${hint === undefined ? undefined : hint}`;

/** A cell type, synapse type, connector or other class that PyNN lacks. */
export const unknownType = (what: string, name: string, known: readonly string[]): Finding => ({
  ...finding`pynn/unknown-type: PyNN has no ${what} ${shorten(name)}`,
  ...unlike(name, known),
});

/** A cell or synapse type of one simulator (`native_cell_type` and the like). */
export const nativeType = (name: string) => finding`pynn/native-type:
  ${shorten(name)} is a native type of one simulator, not a standard PyNN type
  found: ${shorten(name)}
  hint: use a standard type, or write its equations under native and name it native:NAME`;

/** A parameter that the standard type lacks. */
export const unknownParameter = (name: string, type: string, known: readonly string[]): Finding => ({
  ...finding`pynn/unknown-parameter: ${type} has no parameter ${shorten(name)}`,
  ...unlike(name, known),
  ...renaming(name, known),
});

/** A parameter without default that is not given. */
export const missingParameter = (name: string, type: string) => finding`pynn/missing-parameter:
  ${type} needs the parameter ${name}
  expected: ${name}`;

/**
 * Text with a unit in place of a number.
 *
 * @param number  the value in the unit of PyNN; undefined if the unit has another dimension
 */
export const numberInUnit = (name: string, unit: string, found: string, number: number | undefined): Finding => ({
  code: 'pynn/number-in-unit',
  message: `${shorten(name)} is a number in ${unit}`,
  expected: `a number in ${unit}`,
  found: shorten(found),
  hint:
    number === undefined
      ? `write the value in ${unit}, as a number without its unit`
      : `write ${number}: PyNN's units are fixed`,
});

/** A place on cells without compartments. */
export const noCompartments = (label: string) => finding`pynn/no-compartments:
  cells of ${shorten(label)} have no compartments, so they have no places
  hint: leave location out; MultiCompartmentNeuron has sections`;

/** Several places instead of one. */
export const severalPlaces = (what: string, found: unknown) => finding`pynn/several-places:
  ${what} needs one place on a cell, and there are several
  expected: the name of a section, or a map with section and fraction
  found: ${shorten(found)}`;

/** Synapses without a known place on a cell. */
export const placeNeeded = (receptor: string, known: readonly string[]) => finding`pynn/place-needed:
  the receptor ${shorten(receptor)} is at several places, so the projection must name one
  expected: location: one of ${known.join(', ')}, or a list with one for each connection`;

/** A place that the receptor of a projection is not at. */
export const receptorElsewhere = (
  receptor: string,
  section: string,
  known: readonly string[],
) => finding`pynn/receptor-elsewhere: the
    receptor ${shorten(receptor)} is not at ${shorten(section)}
  expected: ${known.join(', ')}
  found: ${shorten(section)}`;

/** A variable that the cell type cannot record or begin with. */
export const unknownVariable = (name: string, type: string, known: readonly string[]): Finding => ({
  ...finding`pynn/unknown-variable: ${type} has no variable ${shorten(name)}
    hint: ${known.length === 0 ? 'leave it out' : `${type} has ${joinWords(known, 'and')}`}`,
  ...unlike(name, known),
});

/** A label or name that is not in the document. */
export const unknownReference = (what: string, name: string, known: readonly string[]): Finding => ({
  ...finding`pynn/unknown-reference: there is no ${what} ${shorten(name)}`,
  ...unlike(name, known),
});

/** Two populations, views or assemblies of one label. */
export const duplicateLabel = (label: string, what: string): Finding => ({
  ...finding`pynn/duplicate-label: ${shorten(label)} is already the label of ${what}
    found: ${shorten(label)}
    hint: rename one of the two: labels identify populations`,
  names: [label],
});

/** A `RandomDistribution` of a name that PyNN lacks. */
export const unknownDistribution = (name: string, known: readonly string[]): Finding => ({
  ...finding`pynn/unknown-distribution: PyNN has no random distribution ${shorten(name)}`,
  ...unlike(name, known),
});

/** A `RandomDistribution` with parameters of another one. */
export const distributionParameters = (
  name: string,
  expected: readonly string[],
  found: readonly string[],
) => finding`pynn/distribution-parameters: the distribution ${name} has the wrong parameters
  expected: ${expected.join(', ')}
  found: ${found.length === 0 ? 'none' : found.map((key) => shorten(key)).join(', ')}`;

/** A draw in an order that only NumPy's generator prescribes. */
export const needsGenerator = (what: string) => finding`pynn/needs-generator:
  ${what} can only be drawn by a NumpyRNG
  expected: rng: the name of a seeded NumpyRNG in rngs`;

/** A value of another form than its place needs. */
export const wrongValue = (what: string, expected: string, found: unknown) => finding`pynn/wrong-value:
  ${what} has the wrong form
  expected: ${expected}
  found: ${shorten(found)}`;

/** A list of places on a cell that names none. */
export const noPlaces = (key: 'on' | 'locations') => finding`pynn/no-places: the list of sections is empty
  expected: labels of sections or groups
  found: []
  hint: ${key === 'on' ? 'leave it out for all sections' : `leave ${key} out for the usual place`}`;

/** An ion channel without a conductance on any section; a warning. */
export const channelNowhere = (channel: string) => finding`warning pynn/channel-nowhere:
  the channel ${channel} has no conductance on any section
  found: a density of 0 everywhere
  hint: it is left out; give it a density, on sections or groups that there are`;

/** A list with another number of values than there are cells or connections. */
export const wrongLength = (what: string, expected: number, found: number) => finding`pynn/wrong-length:
  ${what} has the wrong number of values
  expected: ${String(expected)}
  found: ${String(found)}`;

/** A number outside the allowed range. */
export const outOfRange = (what: string, expected: string, found: unknown) => finding`pynn/out-of-range:
  ${what} is out of range
  expected: ${expected}
  found: ${shorten(found)}`;

/** A threshold that is not above the reset. */
export const lowThreshold = (threshold: number, reset: number) => finding`warning pynn/threshold-below-reset:
  v_thresh, ${threshold} mV, is not above v_reset, ${reset} mV: NEST refuses such cells, and PyNN on NEURON gives no
    spikes
  expected: v_thresh above ${reset} mV
  found: ${threshold} mV
  hint: raise v_thresh, or lower v_reset`;

/** A document that would become too large when written out. */
export const tooManyListed = (found: number, most: number) => finding`pynn/too-many-listed:
  there are too many cells, spikes or pairs to list individually
  expected: at most ${most}
  found: ${String(found)}
  hint: use fewer cells, or replace lists with entire populations, expressions or Poisson sources`;

/** A connector without replacement that needs more pairs than there are. */
export const tooManyConnections = (found: number, most: number) => finding`pynn/too-many-connections:
  the connector asks for more connections than there are pairs
  expected: ${most === 0 ? '0, since there are no pairs to connect' : `0 to ${most}`}
  found: ${String(found)}
  hint: with_replacement: true lets a pair be connected more than once`;

/** A `CloneConnector` of a projection between other cells. */
export const otherEnds = (label: string, theirs: string, own: string) => finding`pynn/other-ends:
  the connections of ${shorten(label)} cannot be copied: it connects different cells
  expected: ${theirs}
  found: ${own}`;

/** A file of a `FromFileConnector` or an array that cannot be read. */
export const unreadableFile = (name: string, reason: string) => finding`pynn/unreadable-file:
  the file ${shorten(name)} cannot be read: ${reason}
  found: ${shorten(name)}
  hint: file names are relative to the folder of the document; --allow-path allows other folders`;

/** Spike times of a `SpikeSourceArray` out of order, which PyNN refuses. */
export const unsortedSpikeTimes = (before: number, after: number) => finding`pynn/unsorted-spike-times:
  spike times must be in ascending order
  found: ${after} after ${before}`;

/** A spike in the first step, which cannot come at its time; a warning. */
export const earlySpike = (time: number, dt: number) => finding`warning pynn/early-spike:
  a spike at ${time} ms comes before the end of the first step and is emitted there
  expected: ${dt} ms or later
  found: ${time} ms`;

/** A weight with a sign that PyNN rejects: currents need the receptor's sign, conductances are never negative. */
export const wrongSign = (kind: string, receptor: string, sign: string, found: number): Finding => ({
  code: 'pynn/wrong-sign',
  message: `a weight for the receptor ${receptor} of ${kind}-based cells has the wrong sign`,
  expected: sign,
  found: String(found),
  hint:
    kind === 'conductance'
      ? 'the reversal potential, not the weight, makes a conductance inhibitory'
      : 'the sign of the weight must agree with the receptor',
});

/** A projection without `receptor_type`, with weights of a sign that is not known beforehand. */
export const receptorNeeded = (known: readonly string[]) => finding`pynn/receptor-needed:
  the receptor depends on the sign of the weight, which is not known before the run
  expected: receptor_type: one of ${known.join(', ')}`;

/** A population that an assembly holds already, in part or as a whole; a warning. */
export const cellsTwice = (label: string, before: string): Finding => ({
  ...finding`warning pynn/cells-twice:
    the assembly already contains cells of ${shorten(label)}, from ${shorten(before)}: it is left out, as in PyNN
    found: ${shorten(label)}
    hint: leave it out of the list`,
  names: [label, before],
});

/** A list of values for a view with a size that is known only after drawing. */
export const countUnknown = (what: string) => finding`pynn/count-unknown:
  a list cannot set ${what} for cells drawn from several populations
  expected: a single value, a distribution or an expression: the number of cells drawn from each population is not
    known`;

/** A projection onto spike sources. */
export const noReceptors = (label: string) => finding`pynn/no-receptors:
  ${shorten(label)} has no receptors: its cells are spike sources
  found: ${shorten(label)}`;

/** A projection onto an assembly of cells with currents and cells with conductances. */
export const mixedReceptors = (label: string) => finding`pynn/mixed-receptors:
  the cells of ${shorten(label)} have different receptors
  hint: make one projection for each type of cell`;

/** A delay outside `min_delay` to `max_delay`. */
export const delayOutOfRange = (found: number, least: number, most: number) => finding`pynn/delay-out-of-range:
  a delay is out of range
  expected: ${most === Infinity ? `${least} ms or more` : `${least} to ${most} ms`}
  found: ${found} ms
  hint: min_delay and max_delay in setup set the range; min_delay defaults to the time step`;

/** A delay between steps, which simulators round; a note. */
export const delayRounded = (found: number, dt: number) => finding`note pynn/delay-rounded:
  a delay is not a multiple of the time step; spikes arrive at the nearest step
  expected: a multiple of ${dt} ms
  found: ${found} ms`;

/** A current source injected into spike sources. */
export const notInjectable = (label: string) => finding`pynn/not-injectable:
  no current can be injected into ${shorten(label)}: its cells are spike sources
  found: ${shorten(label)}`;

/** A duration or interval between steps. */
export const notAMultiple = (what: string, dt: number, found: number) => finding`pynn/not-a-multiple:
  ${what} is not a multiple of the time step
  expected: a multiple of ${dt} ms
  found: ${found} ms`;

/** `run_until` a time that has passed. */
export const timePassed = (now: number, until: number) => finding`pynn/time-passed:
  this phase would run backwards in time
  expected: ${now} ms or later
  found: ${until} ms`;

/** A document without a phase that runs; a warning. */
export const noRun = () => finding`warning pynn/no-run: no phase runs the model
  expected: phases: [{run: 1000}]`;

/** A Poisson source with a mean interval shorter than a step; a warning. */
export const rateTooHigh = (type: string, mean: number, dt: number) => finding`warning pynn/rate-too-high:
  ${type} emits at most one spike per step, but its mean interval is shorter: spikes come late, and too few
  expected: a mean interval of ${dt} ms or more
  found: ${Number(mean.toPrecision(4))} ms
  hint: use a smaller timestep`;

/** A `NoisyCurrentSource` with a generator, which PyNN's simulators ignore; a note. */
export const unusedGenerator = (label: string) => finding`note pynn/unused-generator:
  the generator of the current source ${shorten(label)} is ignored, as in PyNN's simulators: its noise depends on the
    seed of the model`;

/** A recorded current source that is injected into no cell; a warning. */
export const nothingToRecord = (label: string) => finding`warning pynn/nothing-to-record:
  the current source ${shorten(label)} is recorded but not injected into any cell
  hint: inject_into: the labels of populations or views`;

/** A mistake in an expression over distances or indices. */
export const formula = (detail: string, known: readonly string[] = [], hint?: string) => finding`pynn/formula:
  ${detail}
  expected: ${known.length === 0 ? undefined : known.join(', ')}
  hint: ${hint === undefined ? undefined : hint}`;

/** A `get_data` in the midst of a script; a note. */
export const getDataNote = (clear: boolean): Finding => ({
  code: 'pynn/get-data',
  severity: 'note',
  message: clear
    ? 'results keep all segments, including data that a script discards with clear'
    : 'results are written at the end of the run; they include what get_data returns here and everything after it',
});

/** A parameter outside its range, such as a time constant below zero; a warning. */
export const unphysical = (name: string, expected: string, found: number) => finding`pynn/unphysical:
  ${name} is outside its range
  expected: ${expected}
  found: ${String(found)}
  hint: check the sign and the unit of the value`;
