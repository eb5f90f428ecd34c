/** Pieces of populations that stimuli and operations act on. */

import * as ir from '../ir/builder.js';
import type { Expression as Ir, MapDomain } from '../ir/program.js';
import type { SelectionRule } from '../model/model.js';
import type { Context } from './context.js';
import type { Address } from './element-scope.js';
import type { Group, Member } from './groups.js';
import { memberAddress } from './initial-values.js';
import * as messages from './messages.js';

/** A whole population or a contiguous slice of it. */
export interface Piece {
  readonly group: Group;
  readonly member: Member;
  readonly begin: number;
  readonly end: number;
}

/** The piece of a group that a selection names, or null after a diagnostic. */
export function pieceOf(selection: SelectionRule, groups: readonly Group[], what: string, context: Context): Piece | null {
  if (!('population' in selection) || 'indices' in selection || 'mask' in selection || 'sample' in selection) {
    context.diagnostics.add(messages.unsupportedFeature(`${what} on a selection that is neither a population nor a slice`));
    return null;
  }
  for (const group of groups) {
    const member = group.members.find((candidate) => candidate.name === selection.population);
    if (!member) continue;
    const [from, until, by] = selection.slice ?? [0, member.population.size, 1];
    if (by !== 1) {
      context.diagnostics.add(messages.unsupportedFeature(`${what} on a slice with a step`));
      return null;
    }
    return { group, member, begin: member.begin + from, end: member.begin + until };
  }
  context.diagnostics.add(messages.unsupportedFeature(`${what} on a population that replays spikes`));
  return null;
}

/** What a kernel over a piece runs over, and how it addresses elements. Ranges must begin at multiples of 64. */
export function pieceDomain(piece: Piece): { readonly domain: MapDomain; readonly address: Address } {
  const { member, begin, end } = piece;
  if (begin === member.begin) return { domain: { kind: 'ranges', ranges: [{ begin, end }] }, address: memberAddress(member) };
  const item: Ir = { kind: 'local', type: 'u32', name: 'index' };
  return {
    domain: { kind: 'count', count: end - begin },
    address: { index: ir.add(item, ir.u32(begin)), ordinal: ir.u32(member.ordinal), local: ir.add(item, ir.u32(begin - member.begin)) },
  };
}
