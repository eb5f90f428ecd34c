/** Findings of flattening. */

import type { Finding } from '../../../src/diagnostics/diagnostic.js';
import { finding } from '../../../src/diagnostics/finding.js';
import { shorten, unlike } from '../../../src/diagnostics/suggest.js';

/** Dynamics of LEMS that are not imported. */
export const unsupported = (feature: string, hint?: string) => finding`lems/unsupported:
  ${feature} cannot be imported
  hint: ${hint === undefined ? undefined : hint}`;

/** Components that hold each other without end. */
export const tooDeep = (depth: number) => finding`lems/too-deep: components are nested more than ${depth} deep
  hint: a component may contain an instance of itself, directly or indirectly`;

/** Parts of one instance, more than are worth flattening. */
export const tooMany = (most: number) => finding`lems/too-many-parts: an instance has more than ${most} parts
  hint: references that each lead to several others multiply at every level`;

/** A name that the component type does not declare. */
export const unknownName = (name: string, known: readonly string[]): Finding => ({
  ...finding`lems/unknown-name: ${shorten(name)} is not defined here`,
  ...unlike(name, known),
});

/** A `Requirement` that no component around it exposes. */
export const unmetRequirement = (name: string, chain: readonly string[]) => finding`lems/unmet-requirement:
  no enclosing component provides ${shorten(name)}, which is required here
  expected: ${name} in ${chain.join(', or ')}
  hint: ${name === 'temperature' ? giveTemperature : undefined}`;

const giveTemperature = 'add type="networkWithTemperature" and temperature="…" to the network';

/** A cell that reads the temperature of a network that states none. */
export const noTemperature = (cell: string) => finding`warning neuroml/no-temperature:
  ${shorten(cell)} reads a temperature, and the network has none; it is 6.3 degC as in NEURON
  hint: ${giveTemperature}`;

/** A path of a `select` with a step that leads nowhere. */
export const unknownPath = (path: string, name: string, known: readonly string[]): Finding => ({
  ...finding`lems/unknown-path: the path ${shorten(path)} cannot be resolved: there is no ${shorten(name)}`,
  ...unlike(name, known),
});

/** A `select` of several values without `reduce`. */
export const severalTargets = (path: string, count: number) => finding`lems/several-targets:
  the path ${shorten(path)} has ${count} targets, but no rule to reduce them to one value
  expected: reduce="add" or reduce="multiply"`;

/** A `Transition` to a regime that the type lacks. */
export const unknownRegime = (name: string, known: readonly string[]): Finding => ({
  ...finding`lems/unknown-regime: there is no regime ${shorten(name)}`,
  ...unlike(name, known),
});

/** A `StateAssignment` to a name that is not a state variable. */
export const notAState = (name: string, known: readonly string[]): Finding => ({
  ...finding`lems/not-a-state-variable: ${shorten(name)} is not a state variable and cannot be assigned`,
  ...unlike(name, known),
});

/** Events that cause each other within one moment. */
export const eventCircle = (port: string) => finding`lems/event-circle:
  an event on ${shorten(port)} returns to its origin without delay`;
