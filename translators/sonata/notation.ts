/** Configs of SONATA as a notation. */

import { memberOf } from '../../src/diagnostics/member.js';
import { json } from '../shared/file-kinds.js';
import type { NotationFacts } from '../shared/notation.js';

/** Names and marks of configs. */
export const sonata = {
  title: 'a config of SONATA',
  names: ['sonata'],
  form: 'tree',
  sharedSuffixes: json.suffixes,
  mark: /"(?:nodes|edges)_file"\s*:|"(?:network|simulation)"\s*:\s*"[^"\n]*\.json"|"run"\s*:\s*\{[^{}]{0,4000}"tstop"\s*:/,
  heading: { networks: { edges: [] } },
  recognises: isSonataConfig,
  origin: 'beside',
  fileUnits: 'mV, nA, ms',
  targets: {
    sonata: {
      title: 'SONATA',
      files: { called: 'a folder', suffixes: [], document: 'simulation_config.json' },
      subject: 'sonata',
      origin: 'beside',
      runBy: ['bmtk'],
    },
  },
} as const satisfies NotationFacts;

/** Checks whether a document is a config of SONATA. */
function isSonataConfig(document: unknown): boolean {
  const networks = memberOf(document, 'networks');
  const names = ['network', 'simulation'].map((key) => memberOf(document, key));
  if (memberOf(document, 'format') === undefined && typeof memberOf(memberOf(document, 'run'), 'tstop') === 'number')
    return true;
  return (
    (typeof networks === 'object' &&
      networks !== null &&
      !Array.isArray(networks) &&
      ['nodes', 'edges'].some((key) => memberOf(networks, key) !== undefined)) ||
    (names.some((name) => typeof name === 'string') && memberOf(document, 'format') === undefined)
  );
}
