/** Channels and gates of a NeuroML cell, found in the names that its tree of components gives to variables. */

/** A gate of a channel, or a part of one that has several. */
export interface Gate {
  /** Prefix of the names of its variables. */
  readonly prefix: string;
  /** The ids of the gate, and of its part if it is one. */
  readonly id: string;
}

/** A density or number of channels on the membrane. */
export interface Channel {
  /** Prefix of the names of its variables. */
  readonly prefix: string;
  /** Prefix of the variables of the channel itself, which is within. */
  readonly inner: string;
  /** The shortest name that tells it from the others. */
  readonly name: string;
  readonly gates: readonly Gate[];
}

/** Matches parts of names from the tree that do not describe a variable. */
const tree =
  /^(?:biophysicalProperties_)?(?:membraneProperties_|intracellularProperties_)|^biophysicalProperties_|^morphology__/;

/** Returns a name without parts from the tree that do not describe it. */
export const bareName = (name: string): string => name.replace(tree, '');

/** Matches customary suffixes of names of channels. */
const ending = /_?(?:chan(?:nel)?s?|cond(?:uctance)?|density|pop(?:ulation)?|all)$/i;

const last = (prefix: string): string => bareName(prefix).replace(/^.*\//, '');

/**
 * Returns the channels of a type.
 *
 * @param all  names of all of its variables, before any is left out
 */
export function channelsOf(all: ReadonlySet<string>): readonly Channel[] {
  const names = [...all];
  const found = names.flatMap((name) => {
    const [, prefix] = /^(.+)_(?:iDensity|i)$/.exec(name) ?? [];
    if (prefix === undefined) return [];
    const inner = names.flatMap((one) =>
      one.startsWith(`${prefix}_`) && one.endsWith('_fopen') ? [one.slice(0, -'_fopen'.length)] : [],
    );
    // A channel's id may begin with the id of another.
    const [channel] = inner.sort((a, b) => a.length - b.length);
    return channel === undefined ? [] : [{ prefix, inner: channel }];
  });
  const channelIds = found.map(({ prefix, inner }) => inner.slice(prefix.length + 1));
  const own = found.map(({ prefix }, k) => {
    const id = channelIds[k] ?? '';
    return channelIds.filter((other) => other === id).length === 1 ? id : last(prefix);
  });
  const short = own.map((name) => {
    const stem = name.replace(ending, '');
    return /^[A-Za-z]/.test(stem) ? stem : name;
  });
  return found.map(({ prefix, inner }, k) => {
    const stem = short[k] ?? '';
    const isAlone = short.filter((other) => other.toLowerCase() === stem.toLowerCase()).length === 1;
    const prefixes = names.flatMap((one) =>
      one.startsWith(`${inner}_`) && one.endsWith('_q') ? [one.slice(0, -'_q'.length)] : [],
    );
    return {
      prefix,
      inner,
      name: isAlone ? stem : (own[k] ?? ''),
      gates: prefixes.map((gate) => ({ prefix: gate, id: gate.slice(inner.length + 1) })),
    };
  });
}
