/** Reads shapes of cells in SWC, as documents in NeuroML. */

import { platform } from '#platform';
import type { Diagnostics } from '../../src/diagnostics/diagnostic.js';
import { identifier } from '../../src/model/free-name.js';
import * as messages from './messages.js';
import { readPoints, type Report } from './points.js';
import { branchesOf, segmentsOf, type Place, type Segment } from './segments.js';

/** A document in NeuroML with one cell, and a network of it. */
export interface SwcDocument {
  readonly text: string;
  /** The line in the file of each line of the text. */
  readonly lines: readonly number[];
}

/** Names of types in the names of segments. */
const typeNames = ['undefined', 'soma', 'axon', 'basal_dendrite', 'apical_dendrite'];

/** Groups that each cell has: which types of points and which groups they hold. */
const usualGroups = [
  ['soma_group', 'GO:0043025', [1], []],
  ['axon_group', 'GO:0030424', [2], []],
  ['dendrite_group', 'GO:0030425', [], ['basal_dendrite', 'apical_dendrite']],
] as const;

/** Returns a file as a document in NeuroML, or null after an error. @diagnostic swc/* */
export function readSwc(name: string, text: string, diagnostics: Diagnostics): SwcDocument | null {
  const report: Report = (finding, line) => {
    diagnostics.add(finding, { document: name, line, column: 1 });
  };
  const root = readPoints(text, report);
  return root && documentOf(cellName(name), segmentsOf(root, report), report);
}

function cellName(name: string): string {
  const base = identifier(platform.paths.basename(name).replace(/\.swc$/i, ''));
  return base.startsWith('_') ? `Cell${base}` : base;
}

function documentOf(cell: string, segments: readonly Segment[], report: Report): SwcDocument {
  const written: string[] = [];
  const lines: number[] = [];
  const write = (text: string, line = 1): void => {
    written.push(text);
    lines.push(line);
  };
  write('<neuroml xmlns="http://www.neuroml.org/schema/neuroml2" id="' + cell + '">');
  write(`<cell id="${cell}"><morphology id="morphology">`);
  const branches = branchesOf(segments);
  const firsts = new Set(branches.map(([first]) => first));
  for (const [number, { type, parent, proximal, distal, startsApart, line }] of segments.entries()) {
    const fraction = parent?.fraction === 0 ? ' fractionAlong="0"' : '';
    write(
      `<segment id="${number}" name="${typeNames[type] ?? `type_${type}`}_Seg_${number}">` +
        (parent ? `<parent segment="${parent.segment}"${fraction}/>` : '') +
        (startsApart || firsts.has(number) ? pointOf('proximal', proximal) : '') +
        `${pointOf('distal', distal)}</segment>`,
      line,
    );
  }
  writeGroups(segments, branches, write, report);
  write('</morphology>');
  // Values of a new section in NEURON.
  write(
    '<biophysicalProperties id="biophys"><membraneProperties><spikeThresh value="0 mV"/>' +
      '<specificCapacitance value="1 uF_per_cm2"/><initMembPotential value="-65 mV"/></membraneProperties>' +
      '<intracellularProperties><resistivity value="35.4 ohm_cm"/></intracellularProperties></biophysicalProperties>',
  );
  report(messages.membrane('1 uF/cm2, 35.4 ohm cm and -65 mV'), 1);
  write(`</cell><network id="net"><population id="cells" component="${cell}" size="1"/></network></neuroml>`);
  return { text: written.join('\n'), lines };
}

/** Whether a type is not defined by SWC. */
const isCustom = (type: number): boolean => type === 0 || type > 4;

const pointOf = (role: string, [x, y, z, diameter]: Place): string =>
  `<${role} x="${x}" y="${y}" z="${z}" diameter="${diameter}"/>`;

/** Writes segment groups: those of types, unbranched ones, and the usual ones of all cells. */
function writeGroups(
  segments: readonly Segment[],
  branches: readonly (readonly number[])[],
  write: (text: string, line?: number) => void,
  report: Report,
): void {
  const byType = new Map<number, number[]>();
  for (const [number, { type, line }] of segments.entries()) {
    const known = byType.get(type);
    if (!known && isCustom(type)) report(messages.customType(type), line);
    if (known) known.push(number);
    else byType.set(type, [number]);
  }
  const typed = [...byType].filter(([type]) => type === 3 || type === 4);
  const group = (
    id: string,
    about: string,
    members: readonly number[],
    groups: readonly string[] = [],
    line = 1,
  ): void => {
    write(`<segmentGroup id="${id}"${about === '' ? '' : ` neuroLexId="${about}"`}>`, line);
    for (const member of members) write(`<member segment="${member}"/>`, segments[member]?.line);
    for (const inner of groups) write(`<include segmentGroup="${inner}"/>`);
    write('</segmentGroup>');
  };
  for (const [type, members] of typed) group(typeNames[type] ?? '', '', members);
  // The number in the name is that of the groups before it. pyNeuroML counts the first two alike.
  for (const [k, branch] of branches.entries()) {
    const first = branch[0] ?? 0;
    const before = 4 + typed.length + Math.max(0, k - 1);
    group(`seg_group_${before}_seg_${first}`, 'sao864921383', branch, [], segments[first]?.line);
  }
  const has = (name: string): boolean => typed.some(([type]) => typeNames[type] === name);
  for (const [id, about, types, groups] of usualGroups) {
    const custom = id === 'dendrite_group' ? [...byType.keys()].filter(isCustom) : [];
    const members = [...types, ...custom].flatMap((type) => byType.get(type) ?? []);
    group(id, about, members, groups.filter(has));
  }
  group(
    'all',
    '',
    [],
    usualGroups.map(([id]) => id),
  );
}
