/** Which parts of a component hold networks of their own. */

import type { Component, ComponentType, StructureDefinition } from '../lems/definitions.js';

/** Checks whether a type has dynamics that do anything. */
export function isDynamic({ dynamics }: ComponentType): boolean {
  if (!dynamics) return false;
  const { stateVariables, derivedVariables, onConditions, onEvents, kineticSchemes, regimes } = dynamics;
  return [stateVariables, derivedVariables, onConditions, onEvents, kineticSchemes, regimes].some(
    ({ length }) => length > 0,
  );
}

/** Parts of structures that make or connect instances of their own, rather than parts of the one that they are in. */
function connects(part: StructureDefinition): boolean {
  switch (part.kind) {
    case 'multiInstantiate':
    case 'tunnel':
      return true;
    case 'eventConnection':
      return part.receiver !== undefined;
    case 'forEach':
      return part.body.some(connects);
    case 'childInstance':
    case 'with':
      return false;
    default:
      return part satisfies never;
  }
}

const networks = new WeakMap<Component, boolean>();

/** Checks whether a component holds a network: something in it makes or connects instances. */
export function holdsNetwork(component: Component): boolean {
  const known = networks.get(component);
  if (known !== undefined) return known;
  const found = component.type.structure.some(connects) || component.children.some(holdsNetwork);
  networks.set(component, found);
  return found;
}

/**
 * Checks whether a child of a running component is a separate network, not a part: no equation of the component reads
 * it.
 */
export function standsApart(inner: Component): boolean {
  const { dynamics } = inner.parent?.type ?? {};
  const read = dynamics?.derivedVariables.some(
    ({ select }) => select?.startsWith(`${inner.role}/`) === true || select?.startsWith(`${inner.role}[`) === true,
  );
  return read !== true && holdsNetwork(inner);
}
