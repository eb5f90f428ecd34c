/** All findings of the reader of SWC. */

import { finding } from '../../src/diagnostics/finding.js';
import { firstFew, shorten } from '../../src/diagnostics/suggest.js';

const form = 'index, type, x, y, z, radius and parent, such as 2 3 0 12.5 0 0.5 1';

/** A file without points. */
export const noPoints = () => finding`swc/no-points: the file has no points
  expected: a line for each point: ${form}`;

/** A line that is not a point. */
export const notAPoint = (line: string, reason: string) => finding`swc/not-a-point:
  the line is not a point: ${reason}
  expected: ${form}
  found: ${shorten(line)}`;

/** Columns after the seventh, which SWC does not define. */
export const moreColumns = (found: number) => finding`warning swc/more-columns:
  points have ${found} columns: those after the seventh are ignored
  expected: ${form}`;

/** A file that is too large. */
export const tooMany = (most: number) => finding`swc/too-many-points: the file has more than ${most} points
  expected: at most ${most} points
  hint: leave out points that lie on straight lines between others`;

/** An index that two points have. */
export const indexAgain = (index: number, line: number) => finding`swc/index-again:
  the index ${index} is already that of the point in line ${line}
  found: ${String(index)}
  hint: give each point its own index`;

/** A line that stands twice in a file. */
export const lineAgain = (line: number) => finding`warning swc/repaired:
  the point repeats line ${line} and is left out`;

/** Trees that are not connected to the soma: their first points have no parent. */
export const looseTrees = (lines: readonly number[], soma: number) => finding`warning swc/loose-trees:
  the points in ${lineNumbers(lines)} have no parent: they grow from the soma in line ${soma}, as in NEURON
  hint: the gap is no cable; give the points a parent if there should be one`;

/** Several trees of which none is the only one with a soma. */
export const severalTrees = (lines: readonly number[]) => finding`swc/several-trees:
  the file holds ${lines.length} trees, which begin in ${lineNumbers(lines)}
  expected: one tree, or a first tree with the soma and others without one
  hint: connect the trees, or write each to a file of its own`;

/** Returns the numbers of lines in words. */
const lineNumbers = (lines: readonly number[]): string =>
  `${lines.length === 1 ? 'line' : 'lines'} ${firstFew(lines.map(String))}`;

/** A parent that is no point of the file. */
export const noParent = (parent: number) => finding`swc/no-parent: no point has the index ${parent}
  expected: the index of another point, or -1 for the root
  found: ${String(parent)}`;

/** A point that is among its own ancestors, or grows from such a point. */
export const loop = () => finding`swc/loop: the parents of the point form a loop that does not reach the root
  expected: one point with parent -1, which all others grow from`;

/** A radius of zero. */
export const zeroRadius = (radius: number, line: number) => finding`warning swc/repaired:
  the radius is 0: it becomes ${radius} um, the radius of the point in line ${line}`;

/** A file in which all radii are zero. */
export const noRadius = () => finding`swc/no-radius: all radii are 0
  expected: radii in um`;

/** A point at the place of its parent. */
export const samePlace = (line: number) => finding`warning swc/repaired:
  the point lies on its parent in line ${line} and is left out: its children grow from that point`;

/** A branch of one point on the soma. */
export const shortBranch = (line: number) => finding`warning swc/short-branch:
  the branch has one point: it begins at the point of the soma in line ${line}`;

/** A type that SWC leaves to its users. */
export const customType = (type: number) => finding`note swc/custom-type:
  points of type ${type} belong to dendrite_group`;

/** A part of the shape that pyNeuroML's converter reads differently. */
export const otherReading = () => finding`note swc/other-reading:
  the branch begins at its parent's point. pyNeuroML's converter begins it at the next point of the file`;

/** Properties of the membrane, which SWC does not have. */
export const membrane = (values: string) => finding`note swc/membrane:
  SWC has no membrane: the cell has ${values}, as new sections in NEURON have, and no channels
  hint: convert it to NeuroML and add channels to its segment groups`;
