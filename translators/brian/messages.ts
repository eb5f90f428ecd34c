/** All findings of the Brian translator. */

import { referenceOf } from '../../src/lang/reference.js';
import type { Finding } from '../../src/diagnostics/diagnostic.js';
import { finding } from '../../src/diagnostics/finding.js';
import { nearest, oneOf, shorten, suggestion, unlike } from '../../src/diagnostics/suggest.js';

const rule = 'schemas/brian.schema.json';

// --- Shape of the document ------------------------------------------------------------------------------------------

/** A document that is not a map with the notation's `format`. */
export const notASpecification = (found: unknown): Finding => ({
  ...finding`brian/not-a-specification: this is not a Brian-like specification
    expected: a map with format: interneuron/brian
    found: ${shorten(found)}`,
  rule,
});

/** A value of another form than the schema has in its place. */
export const wrongValue = (expected: string, found: unknown): Finding => ({
  ...finding`brian/wrong-value: this value has the wrong form
    expected: ${expected}
    found: ${shorten(found)}`,
  rule,
});

/** Something that Brian has and this import lacks. */
export const unsupported = (feature: string, hint?: string) => finding`brian/unsupported:
  ${feature} cannot be imported
  hint: ${hint === undefined ? undefined : hint}`;

// --- Names ----------------------------------------------------------------------------------------------------------

/** A name that is not an identifier of Python. */
export const notAnIdentifier = (name: string) => finding`brian/not-an-identifier: ${shorten(name)} is not a name
  expected: a letter, then letters, digits or _
  found: ${shorten(name)}`;

/** A name with a meaning in Brian or Python. @param what  its meaning there */
export const reservedName = (name: string, what: string) => finding`brian/reserved-name:
  ${shorten(name)} cannot be used as a name: it is ${what}
  found: ${shorten(name)}
  hint: call it ${shorten(name)}_, for instance`;

/** A name that two objects of the network share. */
export const duplicateName = (name: string, what: string): Finding => ({
  ...finding`brian/duplicate-name: ${shorten(name)} is already the name of ${what}
    found: ${shorten(name)}`,
  names: [name],
});

/** A synaptic variable called as one of a group it connects, which Brian refuses. */
export const clashingVariable = (name: string, side: string) => finding`brian/clashing-variable:
  the synaptic variable ${name} has the same name as a variable of the ${side}
  found: ${name}
  hint: rename one of the two: Brian requires different names, because a name without a suffix would be ambiguous`;

/**
 * A name that neither group, namespace, units nor constants define. Units are suggested only if no name of the model is
 * similar, because there are many short units.
 */
export const unknownName = (name: string, known: readonly string[], units: readonly string[] = []): Finding => ({
  ...finding`brian/unknown-name: ${shorten(name)} is not defined
    expected: ${oneOf(name, known)}
    found: ${shorten(name)}
    hint: define ${shorten(name)} in the equations or the namespace`,
  ...suggestion(name, nearest(name, known).length > 0 ? known : units),
});

/** A unit that Brian writes in full. */
export const longUnit = (name: string, long: string) => finding`brian/unknown-name: ${name} is not defined
  expected: ${long}
  found: ${name}
  hint: Brian has no unit ${name}; write ${long}`;

/** A call of a name that is not a function of Brian. */
export const unknownFunction = (name: string, known: readonly string[]): Finding => ({
  ...finding`brian/unknown-function: Brian has no function ${shorten(name)}
    expected: ${oneOf(name, known)}
    found: ${shorten(name)}`,
  ...suggestion(name, known),
});

/** A call with too many or too few arguments. */
export const argumentCount = (name: string, expected: number, found: number) => finding`brian/argument-count:
  ${name} is called with the wrong number of arguments
  expected: ${expected} argument${expected === 1 ? '' : 's'}
  found: ${String(found)}`;

/** A function that reads a name that is a variable at the call. */
export const functionOfVariable = (called: string, name: string) => finding`brian/function-of-variable:
  the function ${called} reads ${name}, which is a variable here
  hint: give ${name} as an argument`;

/** An argument that draws a random number, for a function that uses it several times. */
export const drawnTwice = (called: string, parameter: string) => finding`brian/drawn-twice:
  the function ${called} uses ${parameter} several times, and what is given for it draws a random number
  hint: assign the random number to a variable first`;

/** A parenthesis after a variable. */
export const notCallable = (name: string) => finding`brian/not-callable: ${shorten(name)} is not a function
  found: ${shorten(name)}
  hint: write ${shorten(name)}*(...) for a product`;

/** A function's name without arguments. */
export const functionAsValue = (name: string) => finding`brian/function-as-value:
  ${name} is a function and needs its arguments
  found: ${name}
  hint: write ${name}(...)`;

/** A reference to a group that the network lacks. */
export const unknownGroup = (name: string, known: readonly string[]): Finding => ({
  ...finding`brian/unknown-group: there is no group ${shorten(name)}`,
  ...unlike(name, known),
});

/** A variable that the group's equations do not declare. */
export const unknownVariable = (name: string, group: string, known: readonly string[]): Finding => ({
  ...finding`brian/unknown-variable: ${group} has no variable ${shorten(name)}`,
  ...unlike(name, known),
});

/** An event that the group does not define; `spike` comes of a threshold. */
export const unknownEvent = (name: string, group: string, known: readonly string[]): Finding => ({
  ...finding`brian/unknown-event: ${group} has no event ${shorten(name)}`,
  ...unlike(name, known),
});

/** Something to be switched on or off that is not there. */
export const unknownTarget = (name: string, known: readonly string[]): Finding => ({
  ...finding`brian/unknown-object: there is no ${shorten(name)} to switch on or off`,
  ...unlike(name, known),
});

/** `a if condition else b`, which Brian's code strings lack. */
export const ternary = () => finding`brian/conditional: Brian has no conditional expressions
  hint: write int(condition)*a + int(not (condition))*b`;

/** A dot in a name: ends are read as `v_pre` and `v_post`. */
export function dottedName(name: string): Finding {
  const reference = referenceOf(name);
  return {
    code: 'brian/attribute',
    message: "Brian's expressions do not support attributes",
    found: shorten(name),
    hint: reference.kind === 'end' ? `write ${reference.variable}_${reference.end}` : 'use a plain name',
  };
}

/** `send`, a statement of only the canonical model. */
export const sendStatement = () => finding`brian/send: Brian has no send statement
  hint: write an assignment, and give the pathway a delay`;

// --- Equations ------------------------------------------------------------------------------------------------------

/** A flag that this kind of equation does not take. */
export const unknownFlag = (flag: string, allowed: readonly string[]): Finding => ({
  ...finding`brian/unknown-flag: the flag ${shorten(flag)} does not apply to this kind of equation`,
  ...unlike(flag, allowed),
});

/** Two flags of one equation that exclude each other. */
export const conflictingFlags = (first: string, second: string) => finding`brian/conflicting-flags:
  the flags ${first} and ${second} exclude each other`;

/** The flag `point current` elsewhere than in a SpatialNeuron. */
export const pointCurrent = () => finding`brian/unknown-flag: only equations of a SpatialNeuron have point currents
  found: point current
  hint: add the current to the equation that it drives, or give the model under spatial_neurons`;

/** A SpatialNeuron without a membrane current, or with an invalid one. */
export const membraneCurrent = (found: string) => finding`brian/membrane-current:
  a SpatialNeuron has the transmembrane current Im as a subexpression without flags
  expected: Im = gL*(EL - v) : amp/meter**2, for instance
  found: ${found}`;

/** Sections that do not form a tree. */
export const badMorphology = (message: string, expected: string, found: string) => finding`brian/bad-morphology:
  ${message}
  expected: ${expected}
  found: ${shorten(found)}`;

/** A place on a cell that is not there. */
export const badPlace = (found: string, expected: string) => finding`brian/bad-place:
  ${shorten(found)} is not a place on the cell
  expected: ${expected}
  found: ${shorten(found)}`;

/** White noise in the current that a cable is solved with. */
export const noisyMembrane = () => finding`brian/membrane-current:
  the membrane current has white noise, which a cable is not solved with
  found: xi
  hint: let the current read a variable with noise of its own, such as dn/dt = -n/tau + xi*sqrt(2/tau) : 1`;

/** A place of several compartments that must be a single one. */
export const severalCompartments = (found: string, count: number, single: string) => finding`brian/bad-place:
  ${shorten(found)} is ${count} compartments, but spikes are detected in one
  expected: a single compartment, such as ${single}
  found: ${shorten(found)}
  hint: a section stands for all that grows from it, too; with .main it stands for itself alone`;

/** A cell of a size that no cell has; a warning. */
export const oddMorphology = (odd: 'long' | 'thick' | 'short', metres: number): Finding => ({
  code: 'brian/odd-morphology',
  severity: 'warning',
  message:
    odd === 'thick'
      ? `a compartment of the cell is ${Number(metres.toPrecision(3))} m thick`
      : `all compartments of the cell together are ${Number(metres.toPrecision(3))} m long`,
  hint: 'lengths are written with units, such as 10 um',
});

/** A section with coordinates that begin away from its parent. */
export const sectionGap = (section: string, metres: number) => finding`warning brian/section-gap:
  the section ${section} begins away from its parent
  expected: coordinates relative to the end of the parent, the first of them near 0
  found: ${Number((metres * 1e6).toPrecision(4))} um from it
  hint: it is connected to the parent as if there were no gap`;

/** A file with a jump between points, because a piece is missing. */
export const pointsJump = (file: string, line: number, metres: number) => finding`warning brian/points-jump:
  ${file}: line ${line} is ${Number((metres * 1e6).toPrecision(3))} um from its parent, far more than other points
  hint: a piece of the reconstruction may be missing; the points are connected by a cone of that length`;

/** Equations declared in a unit with a prefix, which Brian refuses. */
export const scaledUnit = (unit: string) => finding`brian/scaled-unit:
  ${shorten(unit)} is a scaled unit; variables are declared in base units
  expected: a base unit such as volt or siemens
  found: ${shorten(unit)}
  hint: values can be written in any unit`;

/** A summed variable without the suffix `_post` or `_pre`. */
export const summedName = (name: string) => finding`brian/summed-name:
  a summed variable is named after the variable it sums into, with the suffix _post or _pre
  found: ${name}
  hint: ${name}_post = ... : 1 (summed)`;

/** A summed variable without a parameter in the group. */
export const summedTarget = (name: string, group: string) => finding`brian/summed-target:
  ${name} of ${group} cannot be the target of a summed variable
  expected: a variable declared without an equation, as in x : 1
  found: ${name}`;

/** Two synapses that sum into one variable: in Brian the last one wins. */
export const summedTwice = (name: string, other: string): Finding => ({
  ...finding`brian/summed-twice: ${other} already sums into ${name}
    expected: one synapses object that sums into it
    found: ${other} and another
    hint: declare a variable for each and add them`,
  names: [other],
});

/** A subexpression that would draw again wherever it is read. */
export const randomInSubexpression = (name: string) => finding`brian/random-in-subexpression:
  ${name} draws random numbers, so it must be flagged
  expected: (constant over dt)`;

/** `xi` in an equation that only events advance. */
export const noiseInSynapses = () => finding`brian/unsupported:
  noise (xi) in event-driven equations cannot be imported`;

/** A synaptic differential equation without a flag, which costs time for every synapse; a warning. */
export const clockDrivenByDefault = (name: string) => finding`warning brian/clock-driven-by-default:
  the equation for ${name} is integrated for every synapse at every step
  hint: flag it (event-driven), or (clock-driven) if this is intended`;

/**
 * Code of an event in the slot of its condition. Brian orders such objects by name, and runs the code on events of the
 * previous step.
 */
export const codeBeforeEvent = (slot: string) => finding`brian/code-before-event:
  the code and the condition of this event have one slot (${slot}), in which Brian runs the code first
  expected: a later slot for the code
  hint: set when to a later slot than condition_when, or reset_when to a later one than threshold_when; or a larger
    order`;

/** A pathway that reads an event-driven variable through a subexpression; a warning. */
export const readBeforeUpdate = (name: string) => finding`warning brian/read-before-update:
  ${shorten(name)} depends on an event-driven variable: Brian computes it from the value before the update, while here
    it has the value of now
  hint: write its expression into the code: then the value is that of now in Brian, too`;

// --- Code -----------------------------------------------------------------------------------------------------------

/** An assignment to a subexpression, a constant of the network or the like. */
export const readOnly = (name: string, what: string) => finding`brian/read-only:
  ${shorten(name)} cannot be assigned to: it is ${what}
  found: ${shorten(name)}`;

/** An assignment to a parameter flagged constant. */
export const constantWritten = (name: string) => finding`brian/constant-written:
  ${name} is flagged (constant) but written here
  found: ${name}
  hint: remove the flag from its declaration`;

/** A name that code reads before it has a value. */
export const readBeforeAssignment = (name: string, known: readonly string[]): Finding => ({
  ...finding`brian/unknown-name: ${shorten(name)} is neither defined nor assigned before it is read
    expected: ${oneOf(name, known)}
    found: ${shorten(name)}`,
  ...suggestion(name, known),
});

/** A reset of a group that never spikes. */
export const resetWithoutThreshold = () => finding`brian/reset-without-threshold: a reset needs a threshold
  expected: threshold: condition
  found: a reset without a threshold
  hint: add a threshold, such as threshold: v > 10*mV, or remove the reset`;

/** A refractory period of a group that never spikes. */
export const refractoryWithoutThreshold = () => finding`brian/refractory-without-threshold:
  refractory needs a threshold: without one the group never spikes
  expected: threshold: condition`;

/** An integration method that Brian lacks, or that this import does not know. */
export const unknownMethod = (name: string, known: readonly string[]): Finding => ({
  ...finding`brian/unknown-method: there is no integration method ${shorten(name)}`,
  ...unlike(name, known),
});

/** An option that an integration method does not have. @param method  absent: Brian chooses it */
export const foreignOption = (option: string, method: string): Finding => ({
  code: 'brian/method-option',
  message: `${method === '' ? 'a method that Brian chooses' : method} has no option ${option}`,
  expected:
    option === 'simplify' ? 'options of the GNU Scientific Library, such as absolute_error' : 'simplify, or none',
  found: option,
});

/** Options of steps that adapt, which have one accuracy here; a warning. */
export const unusedOptions = (options: readonly string[]) => finding`warning brian/method-accuracy:
  ${options.join(', ')} ${options.length === 1 ? 'is' : 'are'} not used: steps adapt to a relative error of 1e-6
  hint: to compare both accuracies, run the model in Brian, too`;

// --- Values ---------------------------------------------------------------------------------------------------------

/** A text that is not a number with a unit. */
export const notAQuantity = (found: unknown) => finding`brian/not-a-quantity: this is not a quantity
  expected: a number and a unit, such as 5 ms or 5*ms
  found: ${shorten(found)}`;

/** A value needed before the run that depends on variables. */
export const notConstant = (what: string, found: unknown) => finding`brian/not-constant:
  ${what} must be a number known before the run
  expected: a quantity or arithmetic of constants
  found: ${shorten(found)}`;

/** Delays that differ between synapses of a pathway that needs a single delay. */
export const delayOfSynapse = (pathway: string, found: unknown): Finding => ({
  ...notConstant('the delay', found),
  hint: `give each synapse its own in initializers: {${pathway === 'pre' ? 'delay' : `${pathway}.delay`}: ${shorten(found)}}`,
});

/** A constant with a name that has another meaning at its use, which Brian prefers; a warning. */
export const constantHidden = (name: string, variable: boolean) => finding`warning brian/constant-hidden:
  the constant ${name} is hidden here: ${name} is ${variable ? 'a variable' : "one of Brian's own names"}
  expected: a constant with a unique name
  found: ${name}
  hint: rename the constant`;

/** A bare number for a variable with a unit. */
export const unitMissing = (name: string, unit: string) => finding`brian/unit-missing: ${name} needs a unit
  expected: a quantity in ${unit}
  hint: multiply the number by a unit, such as 5*mV`;

/** A quantity in a unit of another dimension than its place needs. */
export const wrongDimension = (what: string, expected: string, found: string) => finding`brian/wrong-dimension:
  ${what} has the wrong dimension
  expected: ${expected}
  found: ${found}`;

/** A value that is infinite or no number. */
export const notFinite = (what: string, written?: string | number) => finding`brian/not-finite:
  ${what} is not a finite number
  expected: a finite number
  found: ${written === undefined ? undefined : String(written).slice(0, 60)}
  hint: look for a division by zero, a root of a negative number or a number beyond 1.8e308`;

/** A number out of range. */
export const outOfRange = (what: string, expected: string, found: unknown) => finding`brian/out-of-range:
  ${what} is out of range
  expected: ${expected}
  found: ${shorten(found)}`;

/** Values that have to be written out for each element, of too many elements. */
export const tooManyListed = (found: number, most: number) => finding`brian/too-many-listed:
  there are too many values to list individually
  expected: at most ${most}
  found: ${String(found)}
  hint: use fewer elements, or expressions and conditions instead of values for some elements`;

/** A cycle of constants of the namespace that are computed from each other. */
export const namespaceCycle = (names: readonly string[]) => finding`brian/namespace-cycle:
  the constants ${names.join(', ')} refer to each other
  found: ${names.join(' → ')}`;

/** A constant that is computed from another, and that from another, too often to be read. */
export const namespaceTooDeep = (key: string, most: number) => finding`brian/namespace-too-deep:
  ${key} is computed from constants that are computed from others, more than ${most} in a row
  expected: at most ${most} constants in a row
  found: more
  hint: write a quantity instead of the definition of ${key}`;

/** A list with another number of values than there are elements, or another list has. */
export const lengthMismatch = (what: string, expected: number, found: number) => finding`brian/length-mismatch:
  ${what} has the wrong number of values
  expected: ${String(expected)}
  found: ${String(found)}`;

/** Values of a two-dimensional TimedArray with rows of different lengths. */
export const raggedRows = () => finding`brian/length-mismatch: the rows of this timed array differ in length
  expected: rows of equal length`;

/** A TimedArray with columns called with `t`, or one without columns called with `t, i`. */
export const timedArrayArguments = (name: string, columns: boolean) => finding`brian/argument-count:
  the timed array ${name} is called with the wrong arguments
  expected: ${columns ? `${name}(t, i)` : `${name}(t)`}`;

/** An index of elements that is neither number, list nor slice. */
export const badIndex = (found: unknown) => finding`brian/bad-index: this is not an index
  expected: a whole number, a list of them, or a slice such as 0:10
  found: ${shorten(found)}`;

/** A subgroup that is not a contiguous slice within its group. */
export const badSlice = (found: string) => finding`brian/bad-slice: a subgroup must be a slice of its group
  expected: name[start:stop], with whole numbers within the group
  found: ${shorten(found)}`;

/** Synapses end at others as a whole; which of them is a matter of `connect`. */
export const partOfSynapses = (name: string, found: string) => finding`brian/bad-slice:
  synapses end at all of ${shorten(name)}, not at a part of it
  expected: ${name}
  found: ${shorten(found)}
  hint: write ${name}, and which synapses are meant in connect, as in condition: j < 2`;

/** A random first value that another one was computed from and that changes before the run. */
export const overwrittenInitializer = (name: string) => finding`brian/initializer-order:
  ${name} is read here and changed again later, but its initial value is random
  hint: use a separate variable for the value that is read here`;

/** Two spikes of one neuron of a SpikeGeneratorGroup in one step, which Brian refuses. */
export const duplicateSpike = (index: number, step: number) => finding`brian/duplicate-spike:
  neuron ${index} has two spikes in time step ${step}
  expected: at most one spike per neuron and time step
  found: two spikes
  hint: remove one of them, or shorten the time step`;

// --- Synapses and monitors ------------------------------------------------------------------------------------------

/** Synapses without a call of `connect`. */
export const noConnect = () => finding`brian/no-connect: the synapses have no connect entry
  expected: connect
  hint: connect: true connects all to all`;

/** Arguments of `connect` that do not go together. */
export const badConnect = (message: string, hint?: string) => finding`brian/bad-connect: ${message}
  hint: ${hint === undefined ? undefined : hint}`;

/** A `j='… for k in …'` that is not of Brian's generator syntax. */
export const badGenerator = (expected: string, found: string) => finding`brian/bad-generator:
  this is not Brian's generator syntax
  expected: ${expected}
  found: ${shorten(found)}`;

/** A delay or order for a pathway that the synapses lack. */
export const unknownPathway = (name: string, known: readonly string[]): Finding => ({
  ...finding`brian/unknown-pathway: there is no pathway ${shorten(name)}`,
  ...unlike(name, known),
});

/** A place for a summed variable that synapses do not have. */
export const unknownSum = (name: string, known: readonly string[]): Finding => ({
  ...finding`brian/unknown-sum: there is no summed variable ${shorten(name)}`,
  ...unlike(name, known),
});

/** A `delay` that statements read or write. */
export const delayInCode = () => finding`brian/unsupported: code that reads or writes delays cannot be imported
  hint: delays are constant during a run`;

/** A monitor with `record=False`; a note. */
export const countOnly = () => finding`note brian/count-only:
  this monitor records nothing; every result includes the spike count of each population`;

/** A parameter with the flag `linked` but no linked variable. */
export const linkMissing = (name: string) => finding`brian/link-missing: ${name} is linked to nothing
  hint: name the variable that it stands for: linked: {${name}: group.variable}`;

/** The order of a monitor of events without a slot; as in Brian. */
export const orderWithoutWhen = () => finding`brian/order-without-when:
  the order of this monitor has no effect without when
  expected: when and order together, or neither: then the monitor comes right after the event
  found: order without when
  hint: add when, such as when: thresholds`;

/** A phase without exactly one action. */
export const badPhase = (message: string) => finding`brian/bad-phase: ${message}`;

/** A specification without a run; a warning. */
export const noRun = () => finding`warning brian/no-run: the model does not say how long to run
  expected: run: 1 s, or a list of phases`;

/** A constant changed between runs that no code reads; a warning. */
export const unusedConstant = (name: string) => finding`warning brian/unused-constant:
  nothing in the model uses ${name}, so changing it has no effect
  found: ${name}`;

/** A constant of a namespace that no code reads, perhaps because of a misspelling; a note. */
export const unreadConstant = (name: string) => finding`note brian/unread-constant:
  nothing uses the constant ${shorten(name)}
  expected: a constant that equations, code or values use
  found: ${shorten(name)}
  hint: remove it, or check the spelling where it should be used`;
