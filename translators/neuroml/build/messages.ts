/** Findings of building a network. */

import type { Finding } from '../../../src/diagnostics/diagnostic.js';
import { finding } from '../../../src/diagnostics/finding.js';
import { shorten, unlike } from '../../../src/diagnostics/suggest.js';

export { tooDeep, unsupported } from '../flatten/messages.js';

/** A document of definitions only. */
export const nothingToRun = () => finding`lems/nothing-to-run: the document contains nothing to run
  expected: a Simulation with a target, a network, or a component with dynamics`;

/** A target that is no simulation, but holds some. */
export const simulationsInside = (target: string, simulations: readonly string[]) => finding`lems/simulations-inside:
  the target ${shorten(target)} is not a simulation, but contains ${simulations.length}
  expected: a Target that is a simulation
  found: ${simulations.map((id) => (id === '' ? 'one without an id' : shorten(id))).join(', ')}
  hint: move one of them to the top level of the document, and name it as the Target`;

/** A path of LEMS (`pop[0]/synapses:syn:0`) with a step that leads nowhere. */
export const unresolvedPath = (path: string, step: string, known: readonly string[]): Finding => ({
  ...finding`lems/unknown-path: the path ${shorten(path)} cannot be resolved: there is no ${shorten(step)}`,
  ...unlike(step, known),
});

/** A path to an instance beyond the size of its population. */
export const outOfRange = (path: string, index: number, size: number) => finding`lems/index-out-of-range:
  the path ${shorten(path)} asks for instance ${index}
  expected: ${size === 0 ? 'no index: there are no instances' : `an index from 0 to ${size - 1}`}
  found: ${String(index)}`;

/** A path that ends at a population or at a part of a cell. */
export const notAnInstance = (path: string) => finding`lems/not-an-instance:
  the path ${shorten(path)} does not refer to an instance
  hint: name an instance of a population, such as pop[0] or pop/0/cell`;

/** A number of instances that is not a whole number. */
export const badCount = (name: string, found: number | undefined) => finding`lems/bad-count:
  ${shorten(name)} is not a valid number of instances
  expected: a whole number, zero or more
  found: ${found === undefined ? 'nothing' : String(found)}`;

/** A component attached to a cell that accepts no attachment of its type. */
export const noAttachments = (
  component: string,
  type: string,
  list: string | undefined,
  known: readonly string[],
): Finding => ({
  code: 'lems/no-attachments',
  message:
    list === undefined
      ? `${shorten(component)} cannot be attached to a ${shorten(type)}`
      : `a ${shorten(type)} has no attachments ${shorten(list)} for ${shorten(component)}`,
  expected: known.length === 0 ? 'a type that takes attachments' : `attachments of ${known.join(', or ')}`,
});

/** A component at an end of a connection that neither sends nor receives events. */
export const noPort = (component: string, direction: 'in' | 'out') => finding`lems/no-port:
  ${shorten(component)} has no port on which events ${direction === 'in' ? 'arrive' : 'leave'}
  expected: an EventPort with direction="${direction}"`;

/** An `Assign` of a structure that depends on values known only at run time. */
export const badAssignment = (property: string) => finding`lems/bad-assignment:
  the value that is assigned to ${shorten(property)} cannot be computed before the run
  expected: sums, products and quotients of numbers and parameters of the component`;

/** A tunnel (as `gapJunction` in LEMS) that reads unexposed variables of its peer. */
export const peerVariable = (name: string) => finding`lems/unsupported:
  a tunnel that reads ${shorten(name)} of the instance at its other end cannot be imported
  hint: a tunnel can read the parameters of that instance and what it requires from its cell`;

/** Connections from a component without an `EventOut` for their port; a warning. */
export const neverEmits = (component: string, port: string) => finding`warning lems/never-emits:
  ${shorten(component)} never emits on ${shorten(port)}: its outgoing connections have no effect`;

/** A parameter of a component that neither it nor its prototypes give. */
export const missingValue = (name: string, component: string) => finding`lems/missing-parameter:
  ${shorten(component)} has no value for ${shorten(name)}
  expected: ${name}="…"`;

/** A recorded quantity with a step that leads nowhere. */
export const unknownQuantity = (path: string, name: string, known: readonly string[]): Finding => ({
  ...finding`lems/unknown-quantity: the quantity ${shorten(path)} cannot be resolved: there is no ${shorten(name)}`,
  ...unlike(name, known),
});

/** A recorded quantity of an attachment that the cell does not have. */
export const noAttachment = (path: string, id: string, index: number, count: number) => finding`lems/unknown-quantity:
  the quantity ${shorten(path)} asks for attachment ${index} of ${shorten(id)}
  expected: ${count === 0 ? 'none is attached there' : `an index from 0 to ${count - 1}`}
  found: ${String(index)}`;

/** A path that names a component other than the population's. */
export const otherComponent = (path: string, component: string, of: 'connection' | 'quantity'): Finding => ({
  code: 'lems/other-component',
  message: `${shorten(path)} names a component other than the population's`,
  expected: component,
  hint:
    of === 'connection'
      ? 'the connection is made to the instance that the path refers to'
      : 'the quantity is that of the instance that the path refers to',
});

/** Instances within instances, more than fit in memory. */
export const tooMany = (most: number) => finding`lems/too-many-parts:
  the network has more than ${most} instances that contain others
  hint: references that each lead to several others multiply at every level`;

/** A source of events that arrive here, and are lost in the reference interpreter; a warning. */
export const portOfSeveralActions = (type: string, port: string) => finding`warning neuroml/port-of-several-actions:
  several actions of ${shorten(type)} emit on the port ${shorten(port)}, which this connection does not name
  expected: one EventOut for the port, outside of regimes
  hint: the events arrive here; jNeuroML delivers none of them: it connects the port of the first action, and sends
    from that of the last`;

/** A synapse with one time constant for rise and decay. */
export const equalTimes = (id: string, time: string) => finding`warning neuroml/equal-times:
  tauRise and tauDecay of ${shorten(id)} are equal: jNeuroML stops, since the peak of its waveform has no value
  expected: tauRise below tauDecay
  found: ${time} for both
  hint: use alphaSynapse, or make tauRise a little shorter`;

/** A Poisson source with a mean interval shorter than a step; a warning. */
export const rateBeyondStep = (parameter: 'averageRate' | 'period', written: string, step: number): Finding => ({
  code: 'neuroml/rate-beyond-step',
  severity: 'warning',
  message: 'this source emits at most one spike per time step, fewer than requested',
  expected:
    parameter === 'period'
      ? `a period of at least ${Number((step * 1e3).toPrecision(6))} ms`
      : `at most ${Number((1 / step).toPrecision(6))} Hz`,
  found: `${parameter}="${written}"`,
  hint: 'use a smaller step, or several sources',
});
