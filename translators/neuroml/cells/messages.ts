/** Findings of reading morphologies and biophysics. */

import { loopText } from '../../../src/diagnostics/display.js';
import type { Finding } from '../../../src/diagnostics/diagnostic.js';
import { finding } from '../../../src/diagnostics/finding.js';
import { oneOf, shorten, suggestion } from '../../../src/diagnostics/suggest.js';

/** A segment with an id that is not a whole number. */
export const segmentId = (id: string) => finding`neuroml/segment-id:
  ${id === '' ? 'the segment has no id' : `${shorten(id)} is not a valid segment id`}
  expected: a whole number, zero or more`;

/** Two segments of a morphology with one id. */
export const secondSegment = (id: string) => finding`neuroml/segment-twice: two segments have the id ${id}
  expected: each id once in a morphology
  found: ${id}
  hint: give one of them another id`;

/** A segment without its distal point, or a root without its proximal one. */
export const pointMissing = (id: string, end: 'proximal' | 'distal'): Finding => ({
  code: 'neuroml/segment-point',
  message: `segment ${id} has no ${end} point`,
  expected: `<${end} x="…" y="…" z="…" diameter="…"/>`,
  ...(end === 'proximal'
    ? { hint: 'only a segment with a parent may leave it out: it begins where the parent ends' }
    : {}),
});

/** A coordinate or diameter that is absent or no number. */
export const coordinate = (name: string, text: string | undefined): Finding => ({
  code: 'neuroml/coordinate',
  message: text === undefined ? `the point has no ${name}` : `${shorten(text)} is not a valid ${name}`,
  expected:
    name === 'diameter'
      ? 'a number in micrometres without a unit, zero or more'
      : 'a number in micrometres without a unit',
});

/** A reference to a segment that the morphology lacks. */
export const unknownSegment = (id: string, known: readonly string[]): Finding => ({
  ...finding`neuroml/unknown-segment: there is no segment ${shorten(id)}
    found: ${shorten(id)}`,
  ...suggestion(id, known),
});

/** A `fractionAlong` that is not between 0 and 1. */
export const fraction = (text: string) => finding`neuroml/fraction-along:
  ${shorten(text)} is not a position along a segment
  expected: a number from 0 to 1`;

/** A morphology with several roots, or without segments. */
export const roots = (ids: readonly string[]): Finding => ({
  code: 'neuroml/segment-roots',
  message: ids.length === 0 ? 'the morphology has no segments' : `the segments ${ids.join(', ')} have no parent`,
  expected: 'one segment without a parent',
});

/** Segments that are each other's ancestors. */
export const segmentLoop = (ids: readonly string[]) => finding`neuroml/segment-loop:
  the segments ${loopText(ids)} form a loop`;

/** A reference to a segment group that the morphology lacks. */
export const unknownGroup = (id: string, known: readonly string[]): Finding => ({
  ...finding`neuroml/unknown-group: there is no segment group ${shorten(id)}
    expected: ${oneOf(id, known)}`,
  ...suggestion(id, known),
});

/** Segment groups that include each other. */
export const groupLoop = (ids: readonly string[]) => finding`neuroml/group-loop:
  the segment groups ${loopText(ids)} include each other in a loop`;

/** Inclusions of groups beyond the limit of recursion. */
export const deepGroup = (id: string, depth: number) => finding`neuroml/deep-group:
  segment groups are nested more than ${depth} deep, down to ${shorten(id)}`;

/** A path or subtree with an end that does not lie beyond the other. */
export const noPath = (from: string, to: string) => finding`neuroml/path:
  segment ${to} does not lie beyond segment ${from}
  expected: a path away from the root`;

/** A group marked `sao864921383` (an unbranched section) that branches or has gaps. */
export const branchedSection = (group: string) => finding`neuroml/branched-section:
  the group ${group} is marked as an unbranched section but branches
  hint: each of its segments becomes a section`;

/** A segment that two unbranched sections claim. */
export const sharedSegment = (segment: number, group: string) => finding`neuroml/section-overlap:
  segment ${segment} of the group ${group} already belongs to another unbranched section
  hint: it remains in the first one`;

/** An invalid number of compartments. */
export const divisions = (group: string, found: string) => finding`neuroml/bad-divisions:
  numberInternalDivisions of the section ${group} is not a number of compartments; it has one
  expected: a whole number from 1
  found: ${shorten(found)}`;

/** Numbers of compartments within annotations, where NEURON's export reads them; the first group is named. */
export const divisionsInAnnotation = (group: string, count: number) => finding`note neuroml/divisions-in-annotation:
  numberInternalDivisions in the annotation of ${group}${count > 1 ? ` and ${count - 1} more` : ''} applies, as in
    jNeuroML's export to NEURON
  hint: move the property out of the annotation`;

/** Segments that begin at their own end; the first one is named. */
export const noLength = (segment: number, count: number) => finding`neuroml/no-length:
  segment ${segment}${count > 1 ? `, and ${count - 1} more, have` : ' has'} no length: the membrane is that of a
    sphere
  hint: its proximal and distal points are the same`;

/** Segments that begin away from their parents, in micrometres; the first one is named. */
export const gap = (segment: number, parent: number, distance: number, count: number) => finding`neuroml/segment-gap:
  segment ${segment}${count > 1 ? `, and ${count - 1} more, begin` : ' begins'} away from
    ${count > 1 ? 'their parents' : `its parent, segment ${parent}`}
  expected: a proximal point on the parent
  found: ${Number(distance.toPrecision(4))} um from it
  hint: it is connected to the parent as if there were no gap`;

/** A channel or pool that reads a concentration without a species in the cell. */
export const noConcentration = (mechanism: string, ion: string) => finding`neuroml/no-concentration:
  ${mechanism} reads the concentration of ${ion}, but the cell has no species ${ion}
  found: a concentration of 0
  hint: add <species ion="${ion}" …/> to intracellularProperties, with its concentration model`;

/** A channel with two densities at one place. */
export const channelAgain = (
  channel: string,
  first: string,
  second: string,
  segments: number,
) => finding`neuroml/channel-again: the
    densities ${first} and ${second} of the channel ${channel} overlap on ${segments}
    segment${segments === 1 ? '' : 's'}
  found: both currents, which add as in LEMS; NEURON, as jNeuroML exports to it, keeps the last density alone
  hint: place one of them on a group without the segments of the other, or give them channels of their own`;

/** A group that cuts through sections. It is left out because it carries no mechanism. */
export const partialGroup = (group: string) => finding`neuroml/partial-group:
  the group ${group} contains parts of sections, and nothing is placed on it
  hint: it is left out; unbranched sections are the segment groups with the neuroLexId sao864921383`;

/** A cell with a shape and no membrane. */
export const biophysicsMissing = (cell: string) => finding`neuroml/no-biophysics:
  the cell ${cell} has a morphology but no biophysical properties
  hint: its membrane has no mechanisms`;

/** A membrane without an initial potential. */
export const noInitialPotential = (cell: string) => finding`neuroml/no-initial-potential:
  the cell ${cell} does not say its membrane potential at the start
  expected: <initMembPotential value="…"/> in membraneProperties
  found: none; it begins at -65 mV, as in NEURON
  hint: write <initMembPotential value="-65 mV"/>, or the potential that it has`;

/** An ion without a known charge. */
export const unknownValence = (ion: string, known: readonly string[]) => finding`neuroml/unknown-ion:
  the valence of ${shorten(ion)} is not known
  expected: ${oneOf(ion, known)}
  hint: its current is treated as nonspecific`;

/** A reference of a mechanism that is not given or leads to no component. */
export const noReference = (reference: string, id: string | undefined): Finding => ({
  code: 'neuroml/unknown-reference',
  message: id === undefined ? `the reference ${reference} is not given` : `there is no component ${shorten(id)}`,
});

/** An inhomogeneous parameter with another metric than NeuroML's one. */
export const metric = (text: string | undefined) => finding`neuroml/metric:
  the metric of an inhomogeneous parameter is ${shorten(text ?? 'not given')}
  expected: Path Length from root`;

/** A variable parameter that refers to no inhomogeneous parameter of its group. */
export const unknownParameter = (
  id: string,
  known: readonly string[],
) => finding`neuroml/unknown-inhomogeneous-parameter: there
    is no inhomogeneous parameter ${shorten(id)} in the group
  expected: ${oneOf(id, known)}`;

/** A quantity that is absent or not readable. */
export const badQuantity = (name: string, text: string | undefined) => finding`neuroml/quantity:
  ${text === undefined ? `${name} is not given` : `${shorten(text)} is not a valid value for ${name}`}`;

/** A cell of one compartment with ends of different diameter. */
export const taperedPoint = (cell: string) => finding`neuroml/tapered-point-cell:
  the single compartment of ${cell} is tapered and treated as a cylinder with the diameter of its distal end
  hint: this follows the NeuroML definition; multicompartment simulators use the truncated cone`;
