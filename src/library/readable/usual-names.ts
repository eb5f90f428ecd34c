/** Usual names for the variables of a cell's channels, and short names for all others. */

import type { NeuronType } from '../../model/typed.js';
import { bareName, type Channel } from './channels.js';

/** Names that every model has. */
const everywhere: ReadonlySet<string> = new Set(['t', 'dt', 'i', 'j', 'N', 'x', 'y', 'z', 'e', 'pi']);

/** Usual names for variables of a gate, around the gate's name. */
const ofGates: Readonly<Record<string, readonly [before: string, after: string]>> = {
  q: ['', ''],
  inf: ['', '_inf'],
  steadyState_x: ['', '_inf'],
  tau: ['tau_', ''],
  timeCourse_t: ['tau_', ''],
  tauUnscaled: ['tau_', '_unscaled'],
  forwardRate_r: ['alpha_', ''],
  alpha: ['alpha_', ''],
  reverseRate_r: ['beta_', ''],
  beta: ['beta_', ''],
  q10Settings_q10: ['q10_', ''],
  rateScale: ['q10_', ''],
};

/** Usual names for variables of a density or number of channels, before the channel's name. */
const ofChannels: Readonly<Record<string, string>> = {
  iDensity: 'i_',
  i: 'i_',
  gDensity: 'g_',
  geff: 'g_',
  condDensity: 'gbar_',
  erev: 'E_',
  number: 'N_',
  permeability: 'P_',
  vShift: 'v_shift_',
};

/** Names of a cell. */
const ofCells: Readonly<Record<string, string>> = {
  totCap: 'C',
  totSpecCap: 'C_m',
  surfaceArea: 'area',
  iSyn: 'I_syn',
  iMemb: 'I_m',
  iCa: 'I_Ca',
};

/** Names of a pool of calcium, by the rest of its variables' names after their prefix. */
const ofCalcium: Readonly<Record<string, string>> = {
  concentration: 'Ca',
  extConcentration: 'Ca_o',
  restingConc: 'Ca_rest',
  decayConstant: 'tau_Ca',
};

/** Meanings of the names of a type. */
export interface Meaning {
  readonly channels: readonly Channel[];
  /** Prefix of the variables of a pool of calcium; absent: there is no pool, or several. */
  readonly calcium?: string;
  /** Names for the variables that transitions of kinetic schemes are computed from, by variable. */
  readonly transitions: ReadonlyMap<string, string>;
  /** Whether synapses add to an input of this name. */
  readonly hasSynapses: (input: string) => boolean;
}

/** Factors for the temperature. */
const isFactor = (name: string): boolean => /_(?:q10Settings_q10|conductanceScaling_factor)$/.test(name);

/** Wishes for the name of each variable, the best first. */
function wishes(
  all: readonly string[],
  { channels, calcium, transitions, hasSynapses }: Meaning,
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const { prefix, inner, name, gates } of channels) {
    for (const [member, before] of Object.entries(ofChannels)) found.set(`${prefix}_${member}`, [`${before}${name}`]);
    found.set(`${inner}_conductance`, [`gamma_${name}`]);
    found.set(`${inner}_g`, [`g_${name}_single`]);
    found.set(`${inner}_conductanceScaling_factor`, [`q10_${name}`, `q10_g_${name}`]);
    for (const { prefix: gate, id } of gates)
      for (const [member, [before, after]] of Object.entries(ofGates))
        found.set(`${gate}_${member}`, [`${before}${id}${after}`, `${before}${id}_${name}${after}`]);
    // States of kinetic schemes.
    for (const { prefix: gate, id } of gates)
      found.set(`${gate}_occupancy`, [id.replace(/^.*_/, ''), id, `${id}_${name}`]);
    for (const [variable, wish] of transitions)
      if (variable.startsWith(`${inner}_`)) found.set(variable, [wish, `${wish}_${name}`]);
  }
  const [factor, ...factors] = all.filter(isFactor);
  if (factor !== undefined && factors.length === 0) found.set(factor, ['q10', ...(found.get(factor) ?? [])]);
  for (const name of all) {
    const short = ofCells[bareName(name)];
    if (short !== undefined) found.set(name, [short]);
    if (/^synapses_[iI]$/.test(name)) found.set(name, hasSynapses(name) ? ['I_syn', 'I_in'] : ['I_ext', 'I_in']);
  }
  if (calcium !== undefined)
    for (const [member, short] of Object.entries(ofCalcium)) found.set(`${calcium}_${member}`, [short]);
  return found;
}

/**
 * Returns another name for each variable that has a usual or a shorter one.
 *
 * @param fixed  names that stay as they are
 * @param taken  names with another meaning in code around the type
 */
export function usualNames(
  type: NeuronType,
  meaning: Meaning,
  fixed: ReadonlySet<string>,
  taken: ReadonlySet<string>,
): ReadonlyMap<string, string> {
  const maps = [type.parameters, type.state, type.derived, type.inputs, type.events];
  const all = [...new Set(maps.flatMap((map) => Object.keys(map)))];
  const free = all.filter((name) => !fixed.has(name) && name !== 'spike');
  const used = new Set([...all.filter((name) => fixed.has(name)), 'spike', ...taken, ...everywhere]);
  const wanted = wishes(all, meaning);
  const isName = (name: string): boolean => /^[A-Za-z]\w*$/.test(name) && !used.has(name);
  const found = new Map<string, string>();
  const take = (name: string, short: string): void => {
    found.set(name, short);
    used.add(short);
  };
  // Of several variables that could have a name none gets it, so that alike things are called alike.
  for (let rank = 0; rank < 3; rank++) {
    const asked = free.filter((name) => !found.has(name) && wanted.get(name)?.[rank] !== undefined);
    const counts = new Map<string, number>();
    for (const name of asked) {
      const wish = wanted.get(name)?.[rank] ?? '';
      counts.set(wish, (counts.get(wish) ?? 0) + 1);
    }
    for (const name of asked) {
      const wish = wanted.get(name)?.[rank] ?? '';
      if (counts.get(wish) === 1 && isName(wish) && !(all.includes(wish) && wish !== name)) take(name, wish);
    }
  }
  const prefixes = meaning.channels.map(({ prefix }) => `${prefix}_`);
  const isLong = (name: string): boolean =>
    bareName(name) !== name || prefixes.some((prefix) => name.startsWith(prefix));
  for (const name of free) if (!found.has(name) && !isLong(name)) take(name, name);
  for (const name of free) {
    if (found.has(name)) continue;
    const short = endingsOf(bareName(name)).find(
      (ending) => isTelling(ending) && isName(ending) && !isEnding(ending, name, all),
    );
    take(name, short ?? name);
  }
  return new Map([...found].filter(([name, short]) => name !== short));
}

/** Returns the suffixes of a name at underscores, the shortest first. */
function endingsOf(name: string): readonly string[] {
  const words = name.split('_');
  return words.map((_, k) => words.slice(words.length - 1 - k).join('_'));
}

/** Checks whether an ending is descriptive: it has several parts, or is not short. */
const isTelling = (ending: string): boolean => ending.length > 4 || ending.includes('_');

/** Checks whether another name ends so, too. */
const isEnding = (ending: string, own: string, all: readonly string[]): boolean =>
  all.some((name) => name !== own && (bareName(name) === ending || name.endsWith(`_${ending}`)));
