/**
 * Types of cells and of synapses whose equations a model has changed since it was imported: their components become
 * ones of generated types, under the ids
 * that they had, so all that refers to them stays.
 */

import { isGiven } from '../../../src/model/tagged.js';
import { numbersOf } from '../../../src/model/arrays.js';
import { child } from '../../../src/model/pointer.js';
import type { Draft } from '../build/network.js';
import { cellType } from './cell-type.js';
import { assignable } from './change-lists.js';
import type { Changes } from './changes.js';
import type { CellPlan, ExportContext } from './context.js';
import { demandsOf } from './demands.js';
import { dimensionOfUnit, lemsDimension } from './dimensions.js';
import { neuronEquations, synapseEquations } from './essence.js';
import { keptList, keptPlan } from './kept-cells.js';
import type { Node } from './kept-tree.js';
import { populationValues } from './network-values.js';
import { quantityText } from './quantity-text.js';
import { synapseType } from './synapse-type.js';
import { numberAt, type Numbers } from './values.js';

/** @returns whether all types that differ could be replaced */
export function changeTypes(changes: Changes, context: ExportContext): boolean {
  return changeCells(changes, context) && changeSynapses(changes, context);
}

function changeCells(changes: Changes, context: ExportContext): boolean {
  const { old, wanted, before } = changes;
  const { network, naming } = before.parts;
  const byType = new Map<string, Draft[]>();
  for (const draft of network.drafts) {
    const name = naming.populations.get(draft) ?? '';
    const [earlier, later] = [old.populations[name]?.type, wanted.populations[name]?.type];
    if (earlier !== later && later !== undefined) return false;
    const [a, b] = [old.neurons[earlier ?? ''], wanted.neurons[later ?? '']];
    if (!a || !b || later === undefined || neuronEquations(a) === neuronEquations(b)) continue;
    byType.set(later, [...(byType.get(later) ?? []), draft]);
  }
  return [...byType].every(([id, drafts]) => replaceCells(id, drafts, changes, context));
}

/** Generates one neuron type and puts it in the place of the components of its populations. */
function replaceCells(id: string, drafts: readonly Draft[], changes: Changes, context: ExportContext): boolean {
  const { wanted, before, tree } = changes;
  const type = wanted.neurons[id];
  const [first] = drafts;
  const list = first && keptList(first, before.parts);
  if (!type || !list) return false;
  const nameOf = (draft: Draft): string => before.parts.naming.populations.get(draft) ?? '';
  const populations = drafts.flatMap((draft) => {
    const population = wanted.populations[nameOf(draft)];
    return population ? [[nameOf(draft), population] as const] : [];
  });
  const values = new Map(populations.map(([name, population]) => [name, populationValues(name, population, context)]));
  const demands = demandsOf(id, populations, values, context);
  if (demands.varying.size + demands.jumps.size + demands.sums.size > 0) return false;
  const { plan, elements } = cellType(id, type, demands, context, list);
  changes.added.push(...elements);
  const texts = new Map<Node, string>();
  for (const draft of drafts) {
    const node = tree.nodeOf(draft.component);
    const name = nameOf(draft);
    if (!node) return false;
    const unitOf = (key: string): string => type.parameters[key]?.unit ?? type.state[key]?.unit ?? '1';
    const attributes = [...new Set([...Object.keys(type.parameters), ...plan.starts.keys()])].flatMap((key) => {
      const target = plan.starts.get(key) ?? plan.visible.get(key)?.name;
      const text = quantityText(
        numberAt(values.get(name)?.get(key), 0),
        lemsDimension(unitOf(key)),
        context.dimensions,
      );
      return target === undefined ? [] : [[target, text] as const];
    });
    if (!replaceNode(node, plan.componentType, attributes, texts)) return false;
    changes.replaced.populations.set(name, plan);
  }
  changes.generated.push(child('/neurons', id));
  return true;
}

/** Gives a component another type; false where it was given a different one before. */
function replaceNode(
  node: Node,
  tag: string,
  attributes: readonly (readonly [string, string])[],
  texts: Map<Node, string>,
): boolean {
  const text = JSON.stringify([tag, attributes]);
  const known = texts.get(node);
  if (known !== undefined) return known === text;
  texts.set(node, text);
  node.tag = tag;
  const { id } = node.attributes;
  node.attributes = { ...(id === undefined ? {} : { id }), ...Object.fromEntries(attributes) };
  node.children = node.children.filter(
    (inner) => inner.tag === 'notes' || inner.tag === 'property' || inner.tag === 'annotation',
  );
  return true;
}

function changeSynapses(changes: Changes, context: ExportContext): boolean {
  const { old, wanted, before, tree } = changes;
  const { wires, naming, types } = before.parts;
  const texts = new Map<Node, string>();
  const built = new Map<string, ReturnType<typeof synapseType>>();
  for (const group of wires.connections) {
    const name = naming.projections.get(group) ?? '';
    const [projection, earlier] = [wanted.projections[name], old.projections[name]];
    if (!projection || !earlier) continue;
    const [a, b] = [old.synapses[earlier.synapse], wanted.synapses[projection.synapse]];
    if (!a || !b || (projection.synapse === earlier.synapse && synapseEquations(a) === synapseEquations(b))) continue;
    const { receiver } = group;
    const node = receiver && tree.nodeOf(receiver);
    const plan = planOf(group.to, changes);
    if (!receiver || !node || !plan || group.peer || projection.synapse !== earlier.synapse) return false;
    const varying = new Set(
      assignable(receiver, types.ofSynapse(receiver, group.from, group.to, group.peer).flat.parameters).values(),
    );
    const values = projectionValues(name, changes);
    if ([...values].some(([key, numbers]) => typeof numbers !== 'number' && !varying.has(key))) return false;
    const key = JSON.stringify([projection.synapse, plan.componentType]);
    const started = new Set(
      [...values].flatMap(([one, numbers]) => (Object.hasOwn(b.state, one) && numbers !== 0 ? [one] : [])),
    );
    const made =
      built.get(key) ?? synapseType(name, projection, b, plan, { varying, started, postDelays: new Map() }, context);
    if (!built.has(key)) changes.added.push(made.element);
    built.set(key, made);
    // Connections give their values under the names that the properties had.
    if ([...made.properties].some(([own, lems]) => own !== lems)) return false;
    const attributes = [...made.parameters].map(
      ([own, lems]) =>
        [
          lems,
          quantityText(
            numberAt(values.get(own), 0),
            dimensionOfUnit(b.parameters[own]?.unit ?? b.state[own]?.unit ?? '1'),
            context.dimensions,
          ),
        ] as const,
    );
    if (!replaceNode(node, made.componentType, attributes, texts)) return false;
    changes.replaced.projections.add(name);
    changes.generated.push(child('/synapses', projection.synapse));
  }
  return true;
}

/** What may be attached to the cells of a population, which may be of a generated type by now. */
export function planOf(draft: Draft, changes: Changes): CellPlan | undefined {
  const { wanted, before } = changes;
  const name = before.parts.naming.populations.get(draft) ?? '';
  return changes.replaced.populations.get(name) ?? keptPlan(draft, wanted.populations[name]?.type ?? '', before.parts);
}

function projectionValues(name: string, { wanted, valid }: Changes): ReadonlyMap<string, Numbers> {
  const projection = wanted.projections[name];
  const type = wanted.synapses[projection?.synapse ?? ''];
  const found = new Map<string, Numbers>();
  for (const key of [...Object.keys(type?.parameters ?? {}), ...Object.keys(type?.state ?? {})]) {
    const value = projection?.values[key] ?? type?.parameters[key]?.value ?? type?.state[key]?.initial ?? 0;
    if (typeof value === 'number') found.set(key, value);
    else if (isGiven(value)) found.set(key, Array.from(numbersOf(value.array, valid.data)));
  }
  return found;
}
