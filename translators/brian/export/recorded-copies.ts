/**
 * Variables that monitors of synapses can record. Brian's monitors cannot compute variables of the synapses' two ends.
 */

import { derivedOf } from '../../../src/library/gather/texts.js';
import { ownNames } from '../../../src/model/declared-names.js';
import { freeName } from '../../../src/model/free-name.js';
import type { SynapseType } from '../../../src/model/typed.js';
import { name as nameOf } from '../../../src/lang/build.js';
import { referencesIn } from '../../../src/lang/walk.js';

/**
 * Returns a type that keeps recorded variables under another name, once in each step, if they read an end of the
 * synapse. Monitors take only stored values, unless an expression reads only the synapse itself.
 */
export function withRecordedCopies(
  type: SynapseType,
  recorded: ReadonlySet<string>,
): { readonly type: SynapseType; readonly names: ReadonlyMap<string, string> } {
  const spelt = derivedOf(type);
  const names = new Map<string, string>();
  const copies: Record<string, SynapseType['derived'][string]> = {};
  const known = ownNames(type);
  for (const [name, variable] of Object.entries(type.derived)) {
    const whole = spelt?.get(name);
    if (!recorded.has(name) || variable.held || whole === undefined) continue;
    if (referencesIn(whole).every(({ kind }) => kind === 'own')) continue;
    const copy = freeName(`${name}_recorded`, (one) => known.has(one));
    names.set(name, copy);
    copies[copy] = { ...variable, value: nameOf(name), held: true };
  }
  return { type: names.size === 0 ? type : { ...type, derived: { ...type.derived, ...copies } }, names };
}
