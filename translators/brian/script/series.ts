/** Dictionaries of pathways with equal entries: pathways of the second and further spikes of a step. */

import { call, dictionary, list, prefixed, quoted, type Source } from '../../shared/python.js';

/** The least number of keys to merge. */
const fewest = 3;

/** Returns a dictionary of code. The value of `pre`, `pre_2`, `pre_3` and so on is written once if it is the same. */
export function pathwayDictionary(map: Readonly<Record<string, Source>>): Source {
  const entries = Object.entries(map);
  const items: Source[] = [];
  for (let at = 0; at < entries.length;) {
    const [key, value] = entries[at] as readonly [string, Source];
    let last = at + 1;
    while (entries[last]?.[0] === `${key}_${last - at + 1}` && entries[last]?.[1] === value) last++;
    const keys = entries.slice(at, last).map(([one]) => quoted(one));
    if (keys.length < fewest) {
      items.push(prefixed(`${quoted(key)}: `, value));
      at++;
      continue;
    }
    const same = call('dict.fromkeys', [list(keys), value]);
    if (keys.length === entries.length) return same;
    items.push(prefixed('**', same));
    at = last;
  }
  const plain = dictionary({});
  return typeof plain === 'string' ? plain : { ...plain, items };
}
