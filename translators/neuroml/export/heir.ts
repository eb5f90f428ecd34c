/**
 * Types that extend a core type by what it lacks. Their dynamics repeat those of the core type, since not all readers
 * add to what is inherited.
 */

import { Diagnostics } from '../../../src/diagnostics/diagnostic.js';
import { coreFile, coreFileNames } from '../core-types.js';
import type { XmlElement } from '../xml/element.js';
import { readXml } from '../xml/read-xml.js';
import { element, type Element } from './xml-text.js';

/** What an heir has beside what it inherits. */
interface Additions {
  readonly parameters: readonly Element[];
  readonly states: readonly Element[];
  readonly starts: readonly Element[];
  readonly conditions: readonly Element[];
}

/** A type that extends a core type; undefined where there is none of that name. */
export function heirOf(core: string, name: string, description: string, additions: Additions): Element | undefined {
  const definition = coreDefinition(core);
  if (!definition) return undefined;
  const dynamics = definition.children.find((inner) => inner.name === 'Dynamics');
  const inner = (dynamics?.children ?? []).map(copy);
  const [starts, others] = [inner.filter(({ tag }) => tag === 'OnStart'), inner.filter(({ tag }) => tag !== 'OnStart')];
  const isState = ({ tag }: Element): boolean => tag === 'StateVariable';
  return element('ComponentType', { name, extends: core, description }, [
    ...additions.parameters,
    ...definition.children.filter((one) => one.name === 'Attachments').map(copy),
    element('Dynamics', {}, [
      ...others.filter(isState),
      ...additions.states,
      ...others.filter((one) => !isState(one)),
      element('OnStart', {}, [...starts.flatMap(({ children }) => children), ...additions.starts]),
      ...additions.conditions,
    ]),
  ]);
}

function coreDefinition(name: string): XmlElement | undefined {
  for (const file of coreFileNames()) {
    const text = coreFile(file) ?? '';
    if (!text.includes(`<ComponentType name="${name}"`)) continue;
    const root = readXml(text, file, new Diagnostics());
    const found = root?.children.find((one) => one.name === 'ComponentType' && one.attribute('name') === name);
    if (found) return found;
  }
  return undefined;
}

const copy = ({ name, attributes, children }: XmlElement): Element =>
  element(name, { ...attributes }, children.map(copy));
