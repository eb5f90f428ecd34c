/**
 * Differences between other readers of SONATA and the guide, or between each other.
 *
 * @source BMTK 1.2.0 (PointNet), NEST 3.10 (SonataNetwork), libsonata 0.2.2; runs with small files
 */

import { isObject, memberOf } from '../../src/diagnostics/member.js';
import type { Config } from './config.js';
import * as messages from './messages.js';
import type { Nodes } from './nodes.js';
import { typesAt } from './nodes.js';

type Keys = readonly (string | number)[];

/** Adds notes on readers that reject parts of a circuit or interpret them differently. */
export function notePeers(
  config: Config,
  document: unknown,
  populations: ReadonlyMap<string, Nodes>,
  groups: ReadonlyMap<string, number>,
): void {
  const note = (reader: messages.Reader, does: string, ...keys: Keys): void =>
    config.report(messages.peer(reader, does), config.place(...keys));
  const entriesOf = (key: string): readonly (readonly [string, unknown])[] => {
    const value = config.get(key);
    return isObject(value) ? Object.entries(value) : [];
  };
  const simulator = config.get('target_simulator');
  if (simulator === 'NEST') note('libsonata', 'refuses target_simulator NEST', 'target_simulator');
  else note('NEST', 'refuses configs whose target_simulator is not NEST', 'target_simulator');
  if (config.get('run') !== undefined && config.get('run', 'random_seed') === undefined)
    note('libsonata', 'refuses a run without random_seed', 'run');
  if (JSON.stringify(document).includes('${')) note('NEST', 'does not replace variables written ${NAME}', 'manifest');
  for (const [name, input] of entriesOf('inputs')) {
    const isSpikes = memberOf(input, 'input_type') === 'spikes';
    const set = memberOf(input, 'node_set');
    if (!isSpikes) note('NEST', `ignores the input ${name}`, 'inputs', name);
    else if (typeof set !== 'string' || !populations.has(set))
      note('NEST', `finds no spikes for ${name}, whose node_set is not the name of a population`, 'inputs', name);
  }
  for (const [name, report] of entriesOf('reports')) {
    note('NEST', `ignores the report ${name}`, 'reports', name);
    const cells = memberOf(report, 'cells');
    if (isObject(cells) && cells['node_type_id'] !== undefined)
      note('BMTK', `ignores node_type_id in the cells of ${name} and takes all nodes`, 'reports', name);
  }
  if (config.get('node_sets_file') !== undefined) note('NEST', 'ignores node sets', 'node_sets_file');
  for (const [name, count] of groups)
    if (count > 1) {
      note('libsonata', `refuses ${name}, which has ${count} groups`, 'networks');
      if (!populations.has(name)) note('NEST', `refuses ${name}, which has ${count} groups`, 'networks');
    }
  for (const { name, idOf, size, entry } of populations.values())
    if (Array.from({ length: size }, (_, row) => row).some((row) => idOf(row) !== row))
      note('NEST', `numbers the nodes of ${name} by their rows, not by node_id`, 'networks', 'nodes', entry);
  for (const kind of ['node', 'edge'] as const) noteTypes(config, kind, note);
}

function noteTypes(
  config: Config,
  kind: 'node' | 'edge',
  note: (reader: messages.Reader, does: string, ...keys: Keys) => void,
): void {
  const list = config.get('networks', `${kind}s`);
  for (const entry of Array.isArray(list) ? list.keys() : []) {
    const keys = ['networks', `${kind}s`, entry, `${kind}_types_file`] as const;
    const table = typesAt(config, kind, entry);
    const rows = [...(table?.rows.values() ?? [])];
    const models = new Set(rows.map(({ cells }) => cells.get('model_type')));
    if (kind === 'node' && models.size > 1) note('NEST', 'refuses several model types in one table', ...keys);
    for (const { cells, id } of rows) {
      const template = cells.get('model_template');
      if (kind === 'edge' && template?.startsWith('nest:'))
        note('NEST', `does not know the synapse model ${template} of type ${id}, since it keeps nest:`, ...keys);
      if (kind === 'node' && template !== undefined && !template.includes(':'))
        note('BMTK', `fails on the template ${template} of type ${id}, which has no schema`, ...keys);
      const isNull = ['model_template', 'dynamics_params'].every(
        (key) => table?.columns.includes(key) && !cells.has(key),
      );
      if (kind === 'node' && cells.get('model_type') === 'virtual' && isNull)
        note('BMTK', `fails on NULL as model_template and dynamics_params of the virtual type ${id}`, ...keys);
    }
  }
}
