/** The common form of components: instances of one form have the same equations. */

import { referenced } from '../components.js';
import type { Component, ComponentType, LemsModel } from '../lems/definitions.js';
import { standsApart } from './apart.js';

const signatures = new WeakMap<Component, string>();

/**
 * Returns a text that is equal for components with the same equations. It contains everything but values and the id of
 * the outermost component.
 */
export function formOf(component: Component, lems: LemsModel, depth = 0): string {
  const known = signatures.get(component);
  if (known !== undefined) return known;
  const { type, attributes } = component;
  const parts: string[] = [type.name];
  if (depth < 100) {
    for (const [name, text] of Object.entries(attributes)) {
      if (!shapes(type, name)) continue;
      const made =
        type.structure.some((part) => 'component' in part && part.component === name) &&
        referenced(component, name, lems);
      parts.push(`${name}=${made ? `${made.id}:${formOf(made, lems, depth + 1)}` : text}`);
    }
    for (const inner of component.children) {
      if (depth === 0 && standsApart(inner)) continue;
      parts.push(`${inner.role} ${inner.id}{${formOf(inner, lems, depth + 1)}}`);
    }
  }
  const made = parts.join(';');
  signatures.set(component, made);
  return made;
}

/**
 * Checks whether an attribute of a component has to do with the form of its equations rather than with their values.
 */
function shapes(type: ComponentType, name: string): boolean {
  return [type.texts, type.references, type.links, type.paths, type.indexParameters].some((map) => map.has(name));
}
