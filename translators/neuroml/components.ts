/** Facts about components that building and flattening share: values in SI, references, inheritance. */

import type { Component, ComponentType, LemsModel, StructureDefinition } from './lems/definitions.js';
import { quantityValue } from './lems/values.js';

/** The climb to the enclosing component in a reference or path. */
const up = '../';

const childrenById = new WeakMap<Component, ReadonlyMap<string, Component>>();

/** Returns the child of a component with an id, the first one if several have it. */
export function childWithId(component: Component, id: string): Component | undefined {
  let known = childrenById.get(component);
  if (!known) {
    const made = new Map<string, Component>();
    for (const inner of component.children) if (inner.id !== '' && !made.has(inner.id)) made.set(inner.id, inner);
    known = made;
    childrenById.set(component, known);
  }
  return known.get(id);
}

/**
 * Returns the component that a reference names.
 *
 * @param written name of an attribute that holds an id, perhaps of an enclosing component (`../component`)
 * @returns undefined if the attribute is missing or no component has that id
 */
export function referenced(component: Component, written: string, lems: LemsModel): Component | undefined {
  if (written.startsWith(up))
    return component.parent ? referenced(component.parent, written.slice(up.length), lems) : undefined;
  const id = component.attributes[written];
  if (id === undefined) return undefined;
  const local = component.type.links.has(written) || component.type.references.get(written)?.local === true;
  if (!local) {
    const found = lems.byId.get(id);
    if (found) return found;
  }
  for (let at = component.parent; at; at = at.parent) {
    const found = childWithId(at, id);
    if (found) return found;
  }
  return local ? lems.byId.get(id) : undefined;
}

const plain = new WeakMap<ComponentType, Component>();

/**
 * Returns the component that a structure makes instances of: a referenced one, or one without parameters of a type.
 *
 * @returns undefined if there is none
 */
export function instantiated(
  component: Component,
  part: Extract<StructureDefinition, { readonly component: string }>,
  lems: LemsModel,
): Component | undefined {
  if (part.kind === 'childInstance' || !part.byType) return referenced(component, part.component, lems);
  const type = lems.types.get(part.component);
  if (!type) return undefined;
  const made = plain.get(type) ?? {
    ...{ id: type.name, type, role: '', parent: null },
    ...{ attributes: {}, children: [], place: part.place },
  };
  plain.set(type, made);
  return made;
}

/**
 * Returns the SI value of a parameter, constant or property default of a component.
 *
 * @returns undefined if neither the component nor its type gives one, or the given text is not a quantity
 */
export function valueOf(component: Component, name: string, lems: LemsModel): number | undefined {
  const { type } = component;
  const written = component.attributes[name];
  if (type.parameters.has(name) || type.indexParameters.has(name) || type.properties.has(name)) {
    if (written !== undefined) return quantityValue(written, lems.units);
    return type.parameters.get(name)?.fixed ?? type.properties.get(name)?.defaultValue;
  }
  return type.constants.get(name)?.value;
}
