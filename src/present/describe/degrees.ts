/** Degrees of cells in long lists of connections. */

import { itemAt } from '../../diagnostics/entry.js';
import { formatCount } from '../../diagnostics/quantities.js';
import { arrayOf, isListed } from '../../model/arrays.js';
import type { DataStore, Model, Projection } from '../../model/model.js';
import { selectionSize } from '../../model/selected.js';

/**
 * Returns the smallest, median and largest number of synapses that cells send and receive, as text; empty unless all
 * connections are in arrays outside the document.
 */
export function degreesText({ connect, from, to }: Projection, { populations }: Model, data: DataStore): string {
  const lists = connect.flatMap((rule) => (rule.rule === 'list' && !isListed(rule.sources) ? [rule] : []));
  const [senders, receivers] = [from.of, to.of].map((rule) => selectionSize(rule, populations, data)) as [
    number,
    number,
  ];
  // Ends that are synapses have no size.
  if (lists.length === 0 || lists.length < connect.length || senders === 0 || receivers === 0) return '';
  const [sent, received] = [new Uint32Array(senders), new Uint32Array(receivers)];
  for (const { sources, targets } of lists) {
    const [i, j] = [arrayOf(sources, data), arrayOf(targets, data)];
    for (let k = 0; k < i.length; k++) {
      sent[itemAt(i, k)]!++;
      received[itemAt(j, k)]!++;
    }
  }
  return `; ${rangeText('out-degrees', sent)}; ${rangeText('in-degrees', received)}`;
}

/** Sorts the degrees. */
function rangeText(name: string, degrees: Uint32Array): string {
  degrees.sort();
  const middle = degrees.length / 2;
  const median = (itemAt(degrees, Math.ceil(middle) - 1) + itemAt(degrees, Math.floor(middle))) / 2;
  const [least, most] = [degrees[0] ?? 0, degrees.at(-1) ?? 0];
  return `${name} ${formatCount(least)} to ${formatCount(most)}, median ${formatCount(Math.floor(median))}${median % 1 === 0 ? '' : '.5'}`;
}
