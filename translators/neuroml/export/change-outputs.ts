/**
 * What is recorded, where a model records other things than the document that it came from: columns and selections of
 * its output files.
 */

import { freeName } from '../../../src/model/free-name.js';
import type { Component } from '../lems/definitions.js';
import type { Changes } from './changes.js';
import type { Node } from './kept-tree.js';
import { OutputPaths, type Located } from './output-paths.js';
import type { Written } from './written.js';
import { allWanted, keyOf, notWanted, type Wanted } from './outputs-wanted.js';

/** A column or selection of a kept document. */
interface Column {
  readonly component: Component;
  readonly file: Component;
  readonly key: string;
}

/** Files as the core types have them. */
const files = {
  variable: { file: 'OutputFile', column: 'OutputColumn', extension: 'dat' },
  event: { file: 'EventOutputFile', column: 'EventSelection', extension: 'spikes' },
} as const;

/** Changes what is written; what the document has no words for is noted. */
export function changeOutputs(changes: Changes, written: Written | null): void {
  const { before, old, wanted, tree, valid, replaced } = changes;
  if (JSON.stringify(old.recordings) === JSON.stringify(wanted.recordings) && replaced.populations.size === 0) return;
  for (const [k, why] of notWanted({ model: wanted, data: valid.data })) changes.lose(`/recordings/${k}`, why);
  const asked = allWanted({ model: wanted, data: valid.data });
  const { simulation } = before.parts;
  const node = simulation && tree.nodeOf(simulation);
  if (!node) {
    if (asked.size > 0) changes.lose('/recordings', 'recordings, in a document that runs nothing');
    return;
  }
  const paths = new OutputPaths(before.parts);
  const columns = columnsOf(simulation, paths);
  // A model that has lost its displays records what only these showed in files.
  const isShownOnly = (file: Component): boolean =>
    (file.type.simulation?.dataDisplays ?? []).length > 0 &&
    old.annotations['displays'] !== undefined &&
    wanted.annotations['displays'] === undefined;
  const shown = new Set(columns.flatMap(({ key, file }) => (isShownOnly(file) ? [] : [key])));
  const gone = columns.filter(({ key }) => !asked.has(key));
  for (const { component } of gone) remove(component, changes);
  for (const column of columns) if (!gone.includes(column)) follow(column, paths, changes);
  for (const file of new Set(gone.map((one) => one.file)))
    if (columns.every((column) => column.file !== file || gone.includes(column))) remove(file, changes);
  const added = [...asked.values()].filter((one) => !shown.has(keyOf(one)));
  for (const kind of ['variable', 'event'] as const)
    addFiles(
      kind,
      added,
      node,
      (one) => ownPath(one, paths, changes) ?? newPath(one, written, changes) ?? paths.locate(one)?.path,
      changes,
    );
}

/** Cells of generated types record the variables of these types. */
function follow({ component, key }: Column, paths: OutputPaths, changes: Changes): void {
  const wanted = allWanted({ model: changes.old, data: changes.valid.data }).get(key);
  const [record] = component.type.simulation?.records ?? [];
  const node = changes.tree.nodeOf(component);
  const path = wanted && ownPath(wanted, paths, changes);
  if (record && node && path !== undefined) changes.set(node, record.quantity, path);
}

/** The path to a variable of a cell of a generated type. */
function ownPath(
  { owner, index, kind, name }: Wanted,
  paths: OutputPaths,
  { before, replaced }: Changes,
): string | undefined {
  if (kind !== 'variable' || owner.kind !== 'population') return undefined;
  const seen = replaced.populations.get(owner.id)?.visible.get(name);
  const { network, naming } = before.parts;
  const draft = seen && network.drafts.find((one) => naming.populations.get(one) === owner.id);
  const cell = draft && paths.cellPath(draft, index);
  return cell === undefined || !seen ? undefined : `${cell}/${seen.name}`;
}

/** The path to something of a population that is new. */
function newPath(
  { owner, index, kind, name }: Wanted,
  written: Written | null,
  { wanted }: Changes,
): string | undefined {
  if (!written || owner.kind !== 'population') return undefined;
  const cell = written.pathOf(owner.id, index);
  if (cell === undefined || kind === 'event') return cell;
  const seen = written.plans.get(wanted.populations[owner.id]?.type ?? '')?.visible.get(name);
  return seen && `${cell}/${seen.name}`;
}

function remove(component: Component, { tree }: Changes): void {
  const node = tree.nodeOf(component);
  if (node) node.removed = true;
}

/** Columns, lines and selections of a simulation with what they are of. */
function columnsOf(simulation: Component, paths: OutputPaths): readonly Column[] {
  const found: Column[] = [];
  const visit = (component: Component, file: Component | null): void => {
    const {
      dataWriters = [],
      eventWriters = [],
      dataDisplays = [],
      records = [],
      eventRecords = [],
    } = component.type.simulation ?? {};
    const within = dataWriters.length + eventWriters.length + dataDisplays.length > 0 ? component : file;
    const { attributes } = component;
    const wanted = [
      ...records.map(({ quantity }) => paths.read(attributes[quantity] ?? '', 'variable', undefined, component)),
      ...eventRecords.map(({ quantity, eventPort }) =>
        paths.read(attributes[quantity] ?? '', 'event', attributes[eventPort], component),
      ),
    ];
    for (const one of wanted) if (within && one) found.push({ component, file: within, key: keyOf(one) });
    for (const inner of component.children) visit(inner, within);
  };
  visit(simulation, null);
  return found;
}

/** New files for what no file of the document has, one for each population. */
function addFiles(
  kind: Wanted['kind'],
  added: readonly Wanted[],
  simulation: Node,
  pathOf: (wanted: Wanted) => string | undefined,
  changes: Changes,
): void {
  const groups = new Map<string, Located[]>();
  for (const one of added) {
    if (one.kind !== kind) continue;
    const owner = one.owner.id;
    const path = pathOf(one);
    if (path === undefined) {
      changes.lose('/recordings', `recordings of ${one.name} of ${owner}, which is not exposed`);
      continue;
    }
    const known = groups.get(owner);
    if (known) known.push({ wanted: one, path });
    else groups.set(owner, [{ wanted: one, path }]);
  }
  const { file, column, extension } = files[kind];
  for (const [owner, columns] of groups) {
    const id = changes.freeId(`${owner}_${kind === 'event' ? 'spikes' : 'traces'}`);
    // Systems may take names that differ in case for the same.
    const written = new Set(simulation.children.map(({ attributes }) => (attributes['fileName'] ?? '').toLowerCase()));
    const base = freeName(id, (name) => written.has(`${name}.${extension}`.toLowerCase()));
    const children = columns.map(({ wanted: { name, index }, path }): Node => {
      const attributes: Record<string, string> =
        kind === 'event'
          ? { id: String(index), select: path, eventPort: name }
          : { id: `${name}_${index}`, quantity: path };
      return { tag: column, attributes, children: [] };
    });
    simulation.children.push({
      tag: file,
      attributes: { id, fileName: `${base}.${extension}`, ...(kind === 'event' ? { format: 'ID_TIME' } : {}) },
      children,
    });
  }
}
