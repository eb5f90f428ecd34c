/** Values of parameters, and sizes of populations, where a model has others than the document that it came from. */

import { dimensionless } from '../../../src/lang/ast.js';
import type { EquationSet, Model, Value } from '../../../src/model/model.js';
import type { CellType } from '../build/types.js';
import type { FlatParameter } from '../flatten/variables.js';
import type { Component } from '../lems/definitions.js';
import { assignable } from './change-lists.js';
import type { Changes } from './changes.js';
import { Dimensions } from './dimensions.js';
import { like } from './like.js';

/** An owner of values: a population or a projection, with its type. */
interface Owner {
  readonly type: EquationSet | undefined;
  readonly values: Readonly<Record<string, Value>>;
}

/** @returns whether all that differs could be said */
export function changeValues(changes: Changes): boolean {
  const { before, old, wanted } = changes;
  const { naming, types, network, wires } = before.parts;
  const populationIn = (model: Model, name: string): Owner => {
    const population = model.populations[name];
    return { type: model.neurons[population?.type ?? ''], values: population?.values ?? {} };
  };
  const projectionIn = (model: Model, name: string): Owner => {
    const projection = model.projections[name];
    return { type: model.synapses[projection?.synapse ?? ''], values: projection?.values ?? {} };
  };
  const cells = network.drafts.map((draft) => {
    const name = naming.populations.get(draft) ?? '';
    if (!Object.hasOwn(wanted.populations, name)) return true;
    if (!changeSize(name, draft.holder, changes)) return false;
    return (
      changes.replaced.populations.has(name) ||
      changeOwner(types.ofCell(draft), populationIn(old, name), populationIn(wanted, name), changes, new Set())
    );
  });
  const inputs = wires.attached.map((one) => {
    const name = naming.attached.get(one) ?? '';
    if (!Object.hasOwn(wanted.populations, name)) return true;
    const cell = types.ofAttached(one.component, one.to);
    return changeOwner(
      cell,
      populationIn(old, name),
      populationIn(wanted, name),
      changes,
      assigned(one.component, cell),
    );
  });
  const synapses = wires.connections.map((group) => {
    const { receiver, from, to, peer } = group;
    if (!receiver) return true;
    const name = naming.projections.get(group) ?? '';
    if (!Object.hasOwn(wanted.projections, name) || changes.replaced.projections.has(name)) return true;
    const cell = types.ofSynapse(receiver, from, to, peer);
    return changeOwner(cell, projectionIn(old, name), projectionIn(wanted, name), changes, assigned(receiver, cell));
  });
  return [...cells, ...inputs, ...synapses].every((said) => said);
}

/** A population's size, where one attribute says it. */
function changeSize(name: string, holder: Component, changes: Changes): boolean {
  const [before, size] = [changes.old.populations[name]?.size, changes.wanted.populations[name]?.size];
  if (before === size) return true;
  const part = holder.type.structure.find((one) => one.kind === 'multiInstantiate');
  const node = changes.tree.nodeOf(holder);
  return (
    part?.kind === 'multiInstantiate' &&
    node !== undefined &&
    size !== undefined &&
    changes.set(node, part.number, String(size))
  );
}

/** Names of properties that connections and inputs give, each its own. */
const assigned = (component: Component, { flat }: CellType): ReadonlySet<string> =>
  new Set(assignable(component, flat.parameters).keys());

const given = ({ type, values }: Owner, name: string): Value | undefined =>
  values[name] ?? type?.parameters[name]?.value;

function changeOwner(
  cell: CellType,
  before: Owner,
  after: Owner,
  changes: Changes,
  left: ReadonlySet<string>,
): boolean {
  return cell.flat.parameters.every((parameter) => {
    const { name, source } = parameter;
    if (source.kind === 'expression' || left.has(source.name)) return true;
    const value = given(after, name);
    if (typeof value !== 'number')
      return value === undefined || JSON.stringify(value) === JSON.stringify(given(before, name));
    return value === given(before, name) || changeParameter(cell, parameter, value, changes);
  });
}

function changeParameter(
  cell: CellType,
  { source, dimension }: FlatParameter,
  value: number,
  changes: Changes,
): boolean {
  if (source.kind === 'expression') return false;
  const component = source.kind === 'component' ? cell.nodes[source.ordinal]?.component : providerOf(cell, source.name);
  const node = component && changes.tree.nodeOf(component);
  if (!node || component.type.parameters.get(source.name)?.fixed !== undefined) return false;
  const unit = new Dimensions().unitOf(dimension ?? dimensionless);
  return changes.set(node, source.name, like(node.attributes[source.name], value, unit, changes.before.lems));
}

/** The component around a cell that gives it a value. */
function providerOf({ container }: CellType, name: string): Component | undefined {
  for (let at = container; at; at = at.parent) if (at.component.type.parameters.has(name)) return at.component;
  return undefined;
}
