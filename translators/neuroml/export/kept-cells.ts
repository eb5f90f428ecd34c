/** Cells of a kept document, as what may be attached to them. */

import { dimensionless } from '../../../src/lang/ast.js';
import type { Draft } from '../build/network.js';
import type { ImportedParts } from '../import.js';
import type { CellPlan, Channel } from './context.js';

/** Lists of attachments by their type, with what extends it and hears spikes. */
const synapseOf: Readonly<Record<string, string>> = {
  basePointCurrent: 'baseSynapse',
  basePointCurrentDL: 'baseSynapseDL',
};

/** The list of a cell that things are attached to. */
interface KeptList {
  readonly name: string;
  /** The type of what may be in it. */
  readonly type: string;
  /** The type of what may be in it and hears spikes. */
  readonly synapse: string;
  readonly channels: readonly Channel[];
}

/** What cells have that nothing can be attached to. */
const nothing: KeptList = { name: 'synapses', type: 'basePointCurrent', synapse: 'baseSynapse', channels: [] };

/**
 * The only list of attachments of cells of a population, and the sums over it; undefined where there is none, or
 * several, or other sums.
 */
export function keptList(draft: Draft, { types }: ImportedParts): KeptList | undefined {
  const { flat } = types.ofCell(draft);
  const { attachments } = flat.tree.root.type;
  if (attachments.size === 0 && flat.inputs.length === 0) return nothing;
  const [[name, list] = [], ...more] = [...attachments];
  if (name === undefined || !list || more.length > 0) return undefined;
  const plain = flat.inputs.every(
    (input) =>
      input.node === flat.tree.root &&
      input.list === name &&
      (input.predicate === null || input.predicate.kind === 'all') &&
      input.reduce === 'sum',
  );
  if (!plain || flat.inputs.length === 0) return undefined;
  const channels = flat.inputs.map(({ name: variable, dimension, variable: exposure }): Channel => ({
    variable,
    kind: 'sum',
    dimension: dimension ?? dimensionless,
    exposure,
  }));
  return { name, type: list.type, synapse: synapseOf[list.type] ?? list.type, channels };
}

/** A kept population as a plan for what is attached to its cells; undefined where nothing that is generated can be. */
export function keptPlan(draft: Draft, type: string, parts: ImportedParts): CellPlan | undefined {
  const list = keptList(draft, parts);
  if (!list) return undefined;
  const { flat } = parts.types.ofCell(draft);
  const visible = flat.visible.flatMap((name) => {
    const seen = flat.seen([name]);
    return seen?.expression.kind === 'name'
      ? [[seen.expression.name, { name, dimension: seen.dimension ?? dimensionless }] as const]
      : [];
  });
  return {
    type,
    componentType: draft.component.type.name,
    attachment: list.synapse,
    list: list.name,
    channels: list.channels,
    varying: new Set(),
    visible: new Map(visible),
    starts: new Map(),
    ...(list.channels.some(({ exposure }) => exposure === 'i') ? {} : { withoutCurrent: true as const }),
  };
}
