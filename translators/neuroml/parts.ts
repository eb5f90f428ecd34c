/** Parts to check in a document that only holds parts of models: networks, cells, channels, synapses. */

import { Diagnostics } from '../../src/diagnostics/diagnostic.js';
import { holdsNetwork, isDynamic } from './build/apart.js';
import { Container } from './build/network.js';
import { growTree } from './flatten/tree.js';
import { unmetRequirements } from './flatten/variables.js';
import type { Part } from './import.js';
import type { Component, ComponentType, LemsModel, ParameterDefinition } from './lems/definitions.js';
import { noMembers } from './lems/read-type.js';

/**
 * Returns the networks of a document, and its components with equations outside all networks. Requirements on a missing
 * cell are provided as parameters around them, so that names and units can still be checked.
 *
 * @param document as places name it; components of included files are checked if the document uses them
 */
export function partsOf(lems: LemsModel, document: string): readonly Part[] {
  const own = lems.components.filter(({ place }) => place.document === document);
  const networks = own.filter((component) => !isDynamic(component.type) && holdsNetwork(component));
  const reaches = new Map(networks.map((network) => [network, reached(network, lems)]));
  const used = new Set([...reaches.values()].flatMap((all) => [...all]));
  const whole = (network: Component): boolean =>
    [...(reaches.get(network) ?? [])].every((component) => isWhole(component));
  return [
    ...networks.filter(whole).map((target): Part => ({ target, around: null })),
    ...own.flatMap((component) =>
      isDynamic(component.type) && !used.has(component) && isWhole(component) ? loosePart(component, lems) : [],
    ),
  ];
}

/** Checks whether a component has all single children that its equations read. A cell may validly be a mere shape. */
function isWhole({ type, children }: Component): boolean {
  return (type.dynamics?.derivedVariables ?? []).every(({ select }) => {
    const [first = ''] = select?.split('/') ?? [];
    return !type.child.has(first) || children.some(({ role }) => role === first);
  });
}

/** Returns top-level components that a component and its contents refer to. */
function reached(component: Component, lems: LemsModel, found = new Set<Component>()): ReadonlySet<Component> {
  const { references } = component.type;
  if (references.size > 0) {
    const { attributes } = component;
    for (const name of references.keys()) {
      const other = lems.byId.get(attributes[name] ?? '');
      if (!other || found.has(other)) continue;
      found.add(other);
      reached(other, lems, found);
    }
  }
  for (const inner of component.children) reached(inner, lems, found);
  return found;
}

/**
 * Returns a component with all its requirements around it. Returns no part if it requires an instance at the other end
 * of a connection.
 */
export function loosePart(target: Component, lems: LemsModel): readonly Part[] {
  const tree = growTree(target, lems, new Diagnostics());
  if (tree.nodes.some(({ type }) => type.instanceRequirements.size > 0)) return [];
  const unmet = unmetRequirements(tree);
  if (unmet.length === 0) return [{ target, around: null }];
  // The values are arbitrary: only names and dimensions are checked.
  const given = unmet.map((requirement): [string, ParameterDefinition] => [
    requirement.name,
    { ...requirement, fixed: 1 },
  ]);
  const around: Component = {
    ...target,
    id: '',
    type: surroundings(target.type, new Map(given)),
    parent: null,
    attributes: {},
    children: [],
  };
  return [{ target, around: new Container(around, null) }];
}

/** Returns a type with only parameters. */
const surroundings = (
  { place }: ComponentType,
  parameters: ReadonlyMap<string, ParameterDefinition>,
): ComponentType => ({
  ...noMembers(),
  name: 'surroundings',
  place,
  lineage: ['surroundings'],
  parameters,
  copied: new Set(),
  dynamics: null,
  structure: [],
  simulation: null,
});
