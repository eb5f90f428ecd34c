/** Spikes given from outside for populations that replay spikes. */

import { statedNodes } from '../../runtime/results/written-nodes.js';
import { memberOf } from '../diagnostics/member.js';
import type { Diagnostics } from '../diagnostics/diagnostic.js';
import { messages } from './messages.js';
import type { ModelInput } from './read/import-options.js';

/**
 * Returns a canonical document in which populations replay these spikes.
 *
 * @param taken  names of inputs that the importer has used
 * @diagnostic set/unknown-input
 */
export function addInputs(
  document: unknown,
  inputs: Readonly<Record<string, ModelInput>>,
  diagnostics: Diagnostics,
): unknown {
  const populations = memberOf(document, 'populations');
  const isSource = (name: string): boolean => memberOf(memberOf(populations, name), 'spikes') !== undefined;
  const nodes = Object.entries(statedNodes(memberOf(document, 'annotations')));
  const ofNode = new Map(nodes.map(([name, stated]) => [memberOf(stated, 'node'), name]));
  const replayed = Object.entries(inputs).flatMap(([given, input]): [string, object][] => {
    if (input.kind === 'signal') return [];
    const name = ofNode.get(given) ?? given;
    if (!isSource(name)) {
      const known = Object.keys(typeof populations === 'object' && populations !== null ? populations : {});
      diagnostics.add(messages.unknownInput(name, known.filter(isSource)), { document: `--input ${name}` });
      return [];
    }
    const spikes = { indices: Array.from(input.elements), times: { array: Array.from(input.times), unit: 's' } };
    return [[name, { ...(memberOf(populations, name) as object), spikes }]];
  });
  if (replayed.length === 0) return document;
  return { ...(document as object), populations: { ...(populations as object), ...Object.fromEntries(replayed) } };
}
