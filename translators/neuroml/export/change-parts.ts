/** Populations, projections and stimuli that a model has got since it was imported, or lost. */

import { populationOf } from '../../../src/model/selected.js';
import type { Component } from '../lems/definitions.js';
import type { Changes } from './changes.js';
import { planOf } from './change-types.js';
import { type ExportContext } from './context.js';
import { writeNetwork, type KeptParts } from './network.js';
import { nodeOf } from './kept-tree.js';
import { OutputPaths } from './output-paths.js';
import type { Written } from './written.js';

/** What was added, with where it is; null where nothing was; undefined where the document cannot take it. */
export function changeParts(changes: Changes, context: ExportContext): Written | null | undefined {
  const { old, wanted } = changes;
  const [populations, projections] = [
    difference(old.populations, wanted.populations),
    difference(old.projections, wanted.projections),
  ];
  for (const name of [...populations.gone, ...projections.gone]) if (!removePart(name, changes)) return undefined;
  const stimuli = Object.keys(wanted.stimuli).length;
  if (populations.added.length + projections.added.length + stimuli === 0) return null;
  return addParts(changes, context);
}

function difference(
  before: object,
  after: object,
): { readonly gone: readonly string[]; readonly added: readonly string[] } {
  return {
    gone: Object.keys(before).filter((name) => !Object.hasOwn(after, name)),
    added: Object.keys(after).filter((name) => !Object.hasOwn(before, name)),
  };
}

/** Takes what made a population or projection out of the document; false where that made others too. */
function removePart(name: string, { before, wanted, tree }: Changes): boolean {
  const { network, naming, wires } = before.parts;
  const makers: readonly (readonly [holder: Component, name: string])[] = [
    ...network.drafts.map((draft) => [draft.holder, naming.populations.get(draft) ?? ''] as const),
    ...wires.connections.map((group) => [group.holder, naming.projections.get(group) ?? ''] as const),
    ...wires.attached.flatMap((one) =>
      [...one.holders].flatMap((holder) => [
        [holder, naming.attached.get(one) ?? ''] as const,
        [holder, naming.attachments.get(one) ?? ''] as const,
      ]),
    ),
  ];
  const holders = makers.filter(([, made]) => made === name).map(([holder]) => holder);
  const left = (made: string): boolean =>
    Object.hasOwn(wanted.populations, made) || Object.hasOwn(wanted.projections, made);
  if (holders.length === 0 || makers.some(([holder, made]) => holders.includes(holder) && left(made))) return false;
  for (const holder of holders) {
    const node = tree.nodeOf(holder);
    if (!node) return false;
    node.removed = true;
  }
  return true;
}

/** Writes what is new, and puts it into the network. */
function addParts(changes: Changes, context: ExportContext): Written | undefined {
  const { before, wanted, tree } = changes;
  const { network, naming } = before.parts;
  const into = tree.nodeOf(network.root.component);
  if (!into) return undefined;
  const paths = new OutputPaths(before.parts);
  const populations = new Map<string, NonNullable<ReturnType<KeptParts['populations']['get']>>>();
  for (const draft of network.drafts) {
    const name = naming.populations.get(draft) ?? '';
    if (!Object.hasOwn(wanted.populations, name)) continue;
    populations.set(name, { plan: planOf(draft, changes), path: (index) => paths.cellPath(draft, index) ?? '' });
  }
  for (const name of naming.attached.values())
    if (Object.hasOwn(wanted.populations, name)) populations.set(name, { plan: undefined, path: () => '' });
  // Cells of a type that the document has a component of would need one with values of their own.
  const known = new Set([...populations.keys()].map((name) => wanted.populations[name]?.type));
  const added = Object.entries(wanted.populations).filter(([name]) => !populations.has(name));
  if (added.some(([, { type }]) => type !== undefined && known.has(type))) return undefined;
  const unreachable = (name: string): boolean => populations.has(name) && populations.get(name)?.plan === undefined;
  const targets = [
    ...Object.entries(wanted.projections).flatMap(([name, { to }]) =>
      Object.hasOwn(changes.old.projections, name) ? [] : [populationOf(to.of)],
    ),
    ...Object.values(wanted.stimuli).map(({ to }) => populationOf(to)),
  ];
  if (targets.some((name) => name !== undefined && unreachable(name))) return undefined;
  const written = writeNetwork(context, { populations, projections: new Set(Object.keys(changes.old.projections)) });
  changes.added.push(...written.types, ...written.components);
  changes.generated.push(...added.map(([name]) => `/populations/${name}`));
  const last = into.children.findLastIndex((inner) =>
    network.drafts.some(({ holder }) => tree.nodeOf(holder) === inner),
  );
  into.children = [
    ...into.children.slice(0, last + 1),
    ...written.populations.map(nodeOf),
    ...into.children.slice(last + 1),
    ...written.projections.map((one) => nodeOf({ ...one, children: [...one.children, ...(one.items ?? [])] })),
    ...written.inputs.map(nodeOf),
  ];
  return written;
}
