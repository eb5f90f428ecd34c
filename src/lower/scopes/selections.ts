/** Parts of populations that stimuli, operations, phases and recordings refer to. */

import * as ir from '../../ir/builder.js';
import type { Expression as Ir, MapDomain } from '../../ir/program.js';
import { code } from '../../ir/template.js';
import { oncePerObject } from '../../diagnostics/memoise.js';
import { ownersOf } from '../../model/typed.js';
import type { SelectionRule } from '../../model/typed.js';
import type { Block } from '../code/block.js';
import { item } from '../code/block.js';
import type { Context } from '../context/context.js';
import type { DrawnAt } from '../code/draws.js';
import { arrayOf } from '../../model/arrays.js';
import type { Address } from './element-scope.js';
import type { Group, Member } from '../context/groups.js';
import * as messages from '../context/messages.js';

/** Elements by their index in a population: [begin, end), or a list. */
export type Indices = Uint32Array | { readonly begin: number; readonly end: number };

/** Number of elements. */
export const indexCount = (indices: Indices): number =>
  indices instanceof Uint32Array ? indices.length : indices.end - indices.begin;

/** Elements of one population. */
export interface Part {
  readonly population: string;
  /** Its elements, within the population. */
  readonly indices: Indices;
  /** Place of its first element in the selection. */
  readonly first: number;
}

/** Elements of one population that has a neuron type. */
export interface Piece {
  readonly group: Group;
  /** The population. */
  readonly member: Member;
  /** Its elements, within the population. */
  readonly indices: Indices;
  /** Place of its first element in the selection that it is a piece of. */
  readonly first: number;
}

/** The populations that a selection takes elements of, in its order; null after a diagnostic. */
export function partsOf(selection: SelectionRule, what: string, context: Context): Part[] | null {
  const { data, model } = context;
  const part = (population: string, indices: Indices): Part[] => [{ population, indices, first: 0 }];
  const refused = (where: string): null => {
    context.diagnostics.add(messages.unsupportedFeature(`${what} on ${where}`));
    return null;
  };
  switch (selection.kind) {
    case 'assembly': {
      const parts: Part[] = [];
      for (const rule of selection.assembly) {
        const some = partsOf(rule, what, context);
        if (!some) return null;
        const first = parts.reduce((sum, { indices }) => sum + indexCount(indices), 0);
        parts.push(...some.map((each) => ({ ...each, first: first + each.first })));
      }
      return parts;
    }
    case 'indices':
      return part(selection.population, Uint32Array.from(arrayOf(selection.indices, data)));
    case 'mask': {
      const mask = arrayOf(selection.mask, data);
      const all = Uint32Array.from({ length: mask.length }, (_, k) => k);
      return part(
        selection.population,
        all.filter((k) => mask[k] !== 0),
      );
    }
    case 'slice': {
      const size = model.populations[selection.population]?.size ?? 0;
      const [from, until, by] = selection.slice ?? [0, size, 1];
      return part(
        selection.population,
        by === 1
          ? { begin: from, end: Math.max(from, until) }
          : Uint32Array.from({ length: Math.max(0, Math.ceil((until - from) / by)) }, (_, k) => from + k * by),
      );
    }
    case 'synapses':
      return refused('synapses');
    case 'sample':
    case 'sampleOf':
      return refused('a sample that no generator has drawn');
    default:
      return selection satisfies never;
  }
}

/** The pieces of groups that a selection names, or null after a diagnostic. */
export function piecesOf(
  selection: SelectionRule,
  groups: readonly Group[],
  what: string,
  context: Context,
): Piece[] | null {
  const parts = partsOf(selection, what, context);
  const pieces: Piece[] = [];
  for (const { population, indices, first } of parts ?? []) {
    const memberOfGroup = memberOf(population, groups);
    if (!memberOfGroup) {
      context.diagnostics.add(messages.unsupportedFeature(`${what} on a population that replays spikes`));
      return null;
    }
    pieces.push({ ...memberOfGroup, indices, first });
  }
  return parts && pieces;
}

/** Where a population is; undefined for one that replays spikes. */
export function memberOf(
  population: string,
  groups: readonly Group[],
): { readonly group: Group; readonly member: Member } | undefined {
  return membersByName(groups).get(population);
}

const membersByName = oncePerObject(
  (groups: readonly Group[]): ReadonlyMap<string, { readonly group: Group; readonly member: Member }> =>
    new Map(groups.flatMap((group) => group.members.map((member) => [member.name, { group, member }]))),
);

/** A population as a piece. */
export const wholeOf = (found: { readonly group: Group; readonly member: Member }): Piece => ({
  ...found,
  indices: { begin: 0, end: found.member.population.size },
  first: 0,
});

/**
 * Returns the random streams of a selection's elements, and the index of a population's stream. Elements are counted
 * within their population, and equal indices in two populations must not draw the same numbers.
 */
export function selectionStreams(
  stream: string,
  selection: SelectionRule,
  population: string,
): Pick<DrawnAt, 'streams' | 'ordinal'> {
  return streamsOf(stream, ownersOf(selection), population);
}

/** Returns the streams for elements of several populations, and the index of one population's stream. */
export function streamsOf(
  stream: string,
  owners: readonly string[],
  population: string,
): Pick<DrawnAt, 'streams' | 'ordinal'> {
  const populations = [...new Set(owners)];
  return {
    streams: populations.map((name, k) => (k === 0 ? stream : `${stream}/${name}`)),
    ordinal: ir.u32(populations.indexOf(population)),
  };
}

/**
 * Returns the domain of a kernel over a piece, and the address of its elements. Ranges must begin at multiples of 64.
 */
export function pieceDomain(
  { member, indices }: Piece,
  name: string,
  block: Block,
  context: Context,
): { readonly domain: MapDomain; readonly address: Address } {
  const ordinal = ir.u32(member.ordinal);
  if (!(indices instanceof Uint32Array)) {
    const [begin, end] = [member.begin + indices.begin, member.begin + indices.end];
    if (indices.begin === 0)
      return {
        domain: { kind: 'ranges', ranges: [{ begin, end }] },
        address: { index: item, ordinal, local: code`index - ${member.begin}u` },
      };
    return {
      domain: { kind: 'count', count: end - begin },
      address: { index: code`index + ${begin}u`, ordinal, local: code`index + ${indices.begin}u` },
    };
  }
  const list = context.builder.buffer(
    `${name}.elements`,
    'u32',
    indices.length,
    `elements of ${member.name} that ${name} is for`,
    {
      role: 'constant',
      initial: indices,
    },
  );
  const local: Ir = block.name('element', ir.load(list, item));
  return {
    domain: { kind: 'count', count: indices.length },
    address: { index: block.name('place', code`${local} + ${member.begin}u`), ordinal, local },
  };
}

/** A piece with each element once, for code that runs for all elements at the same time. */
export const withoutRepeats = (piece: Piece): Piece =>
  piece.indices instanceof Uint32Array ? { ...piece, indices: Uint32Array.from(new Set(piece.indices)) } : piece;
