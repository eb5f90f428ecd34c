/** Ions of a cell: their uses by mechanisms, and their reversal potentials and first concentrations by place. */

import { entriesOf, isObject, memberOf } from '../../src/diagnostics/member.js';
import { isList } from '../../src/model/collections.js';
import { reversalOf } from './document.js';
import { portName, type IonAccess, type IonName } from './ions.js';
import type { GivenValues, Mechanism } from './mechanism.js';

type Members = Readonly<Record<string, unknown>>;

/** Uses of ions on the sections of a cell. */
export class IonUses {
  readonly #uses = new Map<string, Map<string, IonAccess[]>>();

  constructor(
    private readonly sections: readonly string[],
    private readonly groups: unknown,
  ) {}

  /** Adds a use. @param places  sections and groups */
  add(ion: string, places: readonly string[], use: IonAccess): void {
    const bySection = this.#uses.get(ion) ?? new Map<string, IonAccess[]>();
    this.#uses.set(ion, bySection);
    for (const section of this.sectionsOf(places)) bySection.set(section, [...(bySection.get(section) ?? []), use]);
  }

  /** Returns the sections of some sections and groups. */
  sectionsOf(places: readonly string[]): readonly string[] {
    const used = new Set(places.flatMap((place) => memberOf(this.groups, place) ?? [place]));
    return this.sections.filter((section) => used.has(section));
  }

  /** Returns values of a mechanism by their names, if they are one number on all of its sections; else undefined. */
  commonValues(values: unknown, places: readonly string[]): GivenValues {
    const entries = entriesOf(values);
    const names = new Set(entries.flatMap(([, given]) => entriesOf(given).map(([name]) => name)));
    return new Map(
      [...names].map((name) => {
        const own = entries.filter(([, given]) => memberOf(given, name) !== undefined);
        const [first, ...others] = new Set(own.map(([, given]) => memberOf(given, name)));
        const isEverywhere = this.sectionsOf(own.map(([place]) => place)).length === this.sectionsOf(places).length;
        return [name, typeof first === 'number' && others.length === 0 && isEverywhere ? first : undefined];
      }),
    );
  }

  /** Returns an ion with its reversal potential on each section, unless the document states it. */
  withPotentials(ion: string, entry: unknown): unknown {
    const bySection = [...(this.#uses.get(ion) ?? [])];
    const isRead = bySection.some(([, uses]) => uses.some(({ readsReversal }) => readsReversal));
    if (!isObject(entry) || memberOf(entry, 'reversal') !== undefined || !isRead) return entry;
    const first = bySection[0]?.[1] ?? [];
    const reversal = reversalOf(ion, first);
    const others = bySection.flatMap(([section, uses]) => {
      const own = reversalOf(ion, uses);
      return own === reversal ? [] : [[section, { reversal: own }] as const];
    });
    const at = joined([...others, ...entriesOf(memberOf(entry, 'at'))]);
    return { ...entry, reversal, ...(Object.keys(at).length === 0 ? {} : { at }) };
  }
}

/** Returns how a mechanism with equations of its own uses an ion. */
export function portUse(ion: string, mechanism: Members): IonAccess {
  const [reads, writes] = [memberOf(mechanism, 'reads'), memberOf(mechanism, 'writes')];
  const isRead = (role: IonName['role']): boolean => isList(reads) && reads.includes(portName(ion, role));
  const isWritten = (role: IonName['role']): boolean => memberOf(writes, portName(ion, role)) !== undefined;
  return {
    readsReversal: isRead('reversal'),
    readsInside: isRead('inside'),
    readsOutside: isRead('outside'),
    writesConcentration: isWritten('inside') || isWritten('outside'),
  };
}

/** Returns first concentrations by parameters, with the ports of the concentrations, such as `ca_i`. */
export const levelsOf = (starts: Mechanism['starts'], of: (ion: string) => unknown): Members =>
  Object.fromEntries(
    [...starts].flatMap(([parameter, port]) => {
      const level = memberOf(of(port.slice(0, -2)), port.endsWith('_i') ? 'inside' : 'outside');
      return level === undefined ? [] : [[parameter, level]];
    }),
  );

/** Returns first concentrations of places that differ from the others in a document. */
export const levelsAround = (starts: Mechanism['starts'], ions: ReadonlyMap<string, unknown>): [string, Members][] =>
  [...new Set([...ions.values()].flatMap((ion) => Object.keys(memberOf(ion, 'at') ?? {})))]
    .map((place): [string, Members] => [
      place,
      levelsOf(starts, (ion) => memberOf(memberOf(ions.get(ion), 'at'), place)),
    ])
    .filter(([, levels]) => Object.keys(levels).length > 0);

/** Returns the values of all entries of a place as one map. */
export function joined(entries: readonly (readonly [string, unknown])[]): Members {
  const all: Record<string, Members> = {};
  for (const [place, given] of entries) all[place] = { ...all[place], ...(given as Members) };
  return all;
}
