/**
 * Types that extend a core type by what it lacks. Their dynamics repeat those of the core type, since not all readers
 * add to what is inherited.
 */

import { Diagnostics } from '../../../src/diagnostics/diagnostic.js';
import { coreFile, coreFileNames } from '../core-types.js';
import type { XmlElement } from '../xml/element.js';
import { readXml } from '../xml/read-xml.js';
import { element, type Element } from './text/xml-text.js';

/** What an heir has beside what it inherits. */
export interface Additions {
  readonly parameters?: readonly Element[];
  readonly constants?: readonly Element[];
  readonly exposures?: readonly Element[];
  readonly attachments?: readonly Element[];
  readonly states?: readonly Element[];
  /** Those of a name that the core type has take its place. */
  readonly derived?: readonly Element[];
  readonly starts?: readonly Element[];
  readonly conditions?: readonly Element[];
}

/** A type that extends a core type; undefined where there is none of that name. */
export function heirOf(core: string, name: string, description: string, additions: Additions): Element | undefined {
  const definition = coreDefinition(core);
  if (!definition) return undefined;
  const { parameters = [], constants = [], exposures = [], attachments = [] } = additions;
  const { states = [], derived = [], starts: firsts = [], conditions = [] } = additions;
  const dynamics = definition.children.find((inner) => inner.name === 'Dynamics');
  const inner = (dynamics?.children ?? []).map(copy);
  const replaced = new Set(derived.map(({ attributes }) => attributes['name']));
  const [starts, others] = [
    inner.filter(({ tag }) => tag === 'OnStart'),
    inner.filter(({ tag, attributes }) => tag !== 'OnStart' && !(isDerived(tag) && replaced.has(attributes['name']))),
  ];
  return element('ComponentType', { name, extends: core, description }, [
    ...parameters,
    ...constants,
    ...exposures,
    ...(attachments.length > 0 ? [...ownAttachments(definition), ...attachments] : attachmentsOf(definition)),
    element('Dynamics', {}, [
      ...others.filter(({ tag }) => isState(tag)),
      ...states,
      ...derived,
      ...others.filter(({ tag }) => !isState(tag)),
      element('OnStart', {}, [...starts.flatMap(({ children }) => children), ...firsts]),
      ...conditions,
    ]),
  ]);
}

const isState = (tag: string): boolean => tag === 'StateVariable';
const isDerived = (tag: string): boolean => tag === 'DerivedVariable';

const ownAttachments = ({ children }: XmlElement): readonly Element[] =>
  children.filter((one) => one.name === 'Attachments').map(copy);

/** The lists of attachments of a type, which not all readers inherit. */
function attachmentsOf(definition: XmlElement): readonly Element[] {
  const own = ownAttachments(definition);
  const parent = own.length > 0 ? undefined : coreDefinition(definition.attribute('extends') ?? '');
  return parent ? attachmentsOf(parent) : own;
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
