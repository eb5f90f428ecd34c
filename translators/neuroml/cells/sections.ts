/**
 * Unbranched sections of a cell, as tools for several compartments cut them: segment groups with the neuroLexId of an
 * unbranched section, and its own section for every other segment. Where properties differ along a section, it is
 * cut there.
 */

import { itemAt } from '../../../src/diagnostics/entry.js';
import type { Diagnostics } from '../../../src/diagnostics/diagnostic.js';
import { XmlElement } from '../../../src/xml/element.js';
import type { Component } from '../lems/definitions.js';
import type { Groups } from './groups.js';
import * as messages from './messages.js';
import { childrenOf, type Morphology, type Point } from './segments.js';
import { identifier, UniqueNames } from '../../../src/model/free-name.js';

/** The NeuroLex id of an unbranched section. */
const unbranched = 'sao864921383';

interface CellSection {
  readonly id: string;
  /** Positions of its segments, each growing from the end of the one before. */
  readonly segments: readonly number[];
  readonly divisions: number;
  /** Sum of the lengths of its segments, in micrometres. */
  readonly length: number;
}

/** Sections of a cell, and how its segments lie in them. */
export interface Sections {
  /** Parents before children. */
  readonly sections: readonly CellSection[];
  /** For each segment, the position of its section. */
  readonly of: Uint32Array;
  /** For each segment, the length in front of it within its section, in micrometres. */
  readonly before: Float64Array;
}

/** Returns the text of the number of compartments of a group: of a property of its own, or within its annotation. */
function divisionsOf(group: Component): { readonly text: string; readonly annotated: boolean } {
  const within = (group.kept ?? []).flatMap((kept) =>
    kept instanceof XmlElement && kept.name === 'annotation' ? kept.children : [],
  );
  const find = (all: readonly Pick<XmlElement, 'attributes'>[]): string | undefined =>
    all.find(({ attributes }) => attributes['tag'] === 'numberInternalDivisions')?.attributes['value'];
  const own = find(childrenOf(group, 'property'));
  const annotated = own === undefined ? find(within.filter(({ name }) => name === 'property')) : undefined;
  return { text: own ?? annotated ?? '1', annotated: annotated !== undefined };
}

/**
 * Cuts a cell into sections.
 *
 * @param used  groups that properties are given for: a section never lies partly in one
 * @diagnostic neuroml/branched-section, neuroml/section-overlap (warnings)
 */
export function cutSections(
  morphology: Morphology,
  groups: Groups,
  used: readonly Uint32Array[],
  diagnostics: Diagnostics,
): Sections {
  const { segments, order } = morphology;
  const chains = markedChains(morphology, groups, diagnostics);
  const inChain = new Uint8Array(segments.length);
  for (const { members } of chains) for (const position of members) inChain[position] = 1;
  const named = new Map(chains.map((chain) => [itemAt(chain.members, 0), chain]));
  const signature = signatures(segments.length, used);
  const sections: CellSection[] = [];
  const of = new Uint32Array(segments.length);
  const before = new Float64Array(segments.length);
  const names = new UniqueNames();
  const take = (wanted: string): string => names.take(identifier(wanted));
  const add = (wanted: string, members: readonly number[], divisions: number): void => {
    let length = 0;
    for (const position of members) {
      of[position] = sections.length;
      before[position] = length;
      length += itemAt(segments, position).length;
    }
    sections.push({ id: take(wanted), segments: members, divisions, length });
  };
  for (const position of order) {
    const chain = named.get(position);
    if (chain) {
      const pieces = cut(chain.members, signature);
      const lengthOf = (piece: readonly number[]): number =>
        piece.reduce((sum, at) => sum + itemAt(segments, at).length, 0);
      const total = lengthOf(chain.members);
      for (const piece of pieces) {
        const share = total === 0 ? 1 / pieces.length : lengthOf(piece) / total;
        add(chain.id, piece, pieces.length === 1 ? chain.divisions : Math.max(1, Math.round(chain.divisions * share)));
      }
    } else if (inChain[position] === 0) {
      const { id, name } = itemAt(segments, position);
      add(name === '' ? `segment_${id}` : name, [position], 1);
    }
  }
  return { sections, of, before };
}

interface Chain {
  readonly id: string;
  readonly members: readonly number[];
  readonly divisions: number;
}

/** Groups that are marked as unbranched sections, from the root's side outwards. */
function markedChains({ segments, order }: Morphology, groups: Groups, diagnostics: Diagnostics): readonly Chain[] {
  const rank = new Uint32Array(segments.length);
  for (const [at, position] of order.entries()) rank[position] = at;
  const taken = new Uint8Array(segments.length);
  const chains: Chain[] = [];
  const annotated: Component[] = [];
  for (const [id, group] of groups.components) {
    if (group.attributes['neuroLexId'] !== unbranched) continue;
    const members = [...(groups.segmentsOf(id, group) ?? [])].sort((a, b) => itemAt(rank, a) - itemAt(rank, b));
    const shared = members.find((position) => taken[position] === 1);
    if (shared !== undefined) {
      diagnostics.add({ severity: 'warning', ...messages.sharedSegment(itemAt(segments, shared).id, id) }, group.place);
      continue;
    }
    const isChain = members.every((position, at) => {
      const { parent, fraction } = itemAt(segments, position);
      return at === 0 || (parent === members[at - 1] && fraction === 1);
    });
    if (!isChain || members.length === 0) {
      if (members.length > 0) diagnostics.add({ severity: 'warning', ...messages.branchedSection(id) }, group.place);
      continue;
    }
    for (const position of members) taken[position] = 1;
    const { text, annotated: isAnnotated } = divisionsOf(group);
    if (isAnnotated) annotated.push(group);
    const divisions = Number(text);
    const counts = Number.isInteger(divisions) && divisions > 0;
    if (!counts) diagnostics.add({ severity: 'warning', ...messages.divisions(id, text) }, group.place);
    chains.push({ id, members, divisions: counts ? divisions : 1 });
  }
  const [first] = annotated;
  if (first) diagnostics.add(messages.divisionsInAnnotation(first.id, annotated.length), first.place);
  return chains;
}

/** Returns a number for each segment. Segments in the same groups have equal numbers. */
function signatures(count: number, used: readonly Uint32Array[]): Uint32Array {
  const signature = new Uint32Array(count);
  for (const members of used) {
    const inside = new Uint8Array(count);
    for (const position of members) inside[position] = 1;
    const renumbered = new Map<number, number>();
    for (let position = 0; position < count; position += 1) {
      const key = itemAt(signature, position) * 2 + itemAt(inside, position);
      const number = renumbered.get(key) ?? renumbered.size;
      renumbered.set(key, number);
      signature[position] = number;
    }
  }
  return signature;
}

function cut(members: readonly number[], signature: Uint32Array): readonly (readonly number[])[] {
  const pieces: number[][] = [];
  let last: number | undefined;
  for (const position of members) {
    const piece = pieces[pieces.length - 1];
    if (piece && last === signature[position]) piece.push(position);
    else pieces.push([position]);
    last = signature[position];
  }
  return pieces;
}

/** Where along a section a place on a segment is. */
export function fractionOf(
  { sections, of, before }: Sections,
  morphology: Morphology,
  segment: number,
  along: number,
): number {
  const { length } = itemAt(sections, itemAt(of, segment));
  if (length === 0) return along;
  return (itemAt(before, segment) + along * itemAt(morphology.segments, segment).length) / length;
}

/** Micrometres as metres, exact to the last decimal. */
function metres(micrometres: number): number {
  const text = String(micrometres);
  return text.includes('e') ? micrometres * 1e-6 : Number(`${text}e-6`);
}

/** Returns a section as a part of a canonical document, without its mechanisms. */
export function sectionDocument(cut: Sections, index: number, morphology: Morphology): Record<string, unknown> {
  const { segments: members, divisions } = itemAt(cut.sections, index);
  const { segments } = morphology;
  const first = itemAt(segments, itemAt(members, 0));
  const parent =
    first.parent < 0
      ? {}
      : {
          parent: {
            section: itemAt(cut.sections, itemAt(cut.of, first.parent)).id,
            fraction: fractionOf(cut, morphology, first.parent, first.fraction),
          },
        };
  const shape = members.every((position) => itemAt(segments, position).length === 0)
    ? // A sphere has the area of a cylinder that is as long as wide.
      { length: metres(first.distal.diameter), diameter: metres(first.distal.diameter) }
    : { points: pointsOf(members, morphology) };
  return { ...parent, ...shape, ...(divisions === 1 ? {} : { divisions }) };
}

function pointsOf(members: readonly number[], { segments }: Morphology): readonly (readonly number[])[] {
  const points: (readonly number[])[] = [];
  let last: Point | null = null;
  for (const position of members) {
    const { proximal, distal, ownProximal } = itemAt(segments, position);
    const same =
      last !== null &&
      last.x === proximal.x &&
      last.y === proximal.y &&
      last.z === proximal.z &&
      last.diameter === proximal.diameter;
    if (last === null || (ownProximal && !same)) points.push(numbers(proximal));
    points.push(numbers(distal));
    last = distal;
  }
  return points;
}

const numbers = ({ x, y, z, diameter }: Point): readonly number[] => [
  metres(x),
  metres(y),
  metres(z),
  metres(diameter),
];
