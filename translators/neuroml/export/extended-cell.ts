/**
 * Types that extend a core type by missing features: first values, and the spikes of HH_cond_exp. Their dynamics repeat
 * the core type's, since not all readers add to inherited dynamics.
 */

import { Diagnostics } from '../../../src/diagnostics/diagnostic.js';
import { coreFile, coreFileNames } from '../core-types.js';
import type { XmlElement } from '../../../src/xml/element.js';
import { readXml } from '../../../src/xml/read-xml.js';
import { element, type Element } from './text/xml-text.js';

/** Features of a cell in addition to its core type's. */
interface Extension {
  /** First values of variables, with the parameters that give them. */
  readonly starts: readonly {
    readonly variable: string;
    readonly value: string;
    readonly parameters: readonly string[];
    readonly dimension: string;
  }[];
  /** Whether elements of a population give first values, rather than components. */
  readonly startsApart: boolean;
  /** Whether it emits a spike when v rises above 0 mV. */
  readonly isFiring: boolean;
  /** The variable that counts its spikes, if synapses react to them. */
  readonly spikeCount?: string;
}

/** Returns a type that extends a core type, or undefined if there is none of that name. */
export function extendedCell(
  core: string,
  name: string,
  { starts, startsApart, isFiring, spikeCount }: Extension,
): Element | undefined {
  const definition = coreDefinition(core);
  if (!definition) return undefined;
  const more = [
    ...(isFiring ? ['fires where v rises above 0 mV'] : []),
    ...(spikeCount === undefined ? [] : ['counts its spikes']),
    ...(starts.length > 0 ? [`begins with a given ${starts.map(({ variable }) => variable).join(' and ')}`] : []),
  ];
  const dynamics = definition.children.find((inner) => inner.name === 'Dynamics');
  const counted = (one: Element): Element => (spikeCount === undefined ? one : counting(one, spikeCount));
  const inner = (dynamics?.children ?? []).map(copy).map(counted);
  const begins = inner.filter(({ tag }) => tag === 'OnStart');
  const others = inner.filter(({ tag }) => tag !== 'OnStart');
  return element('ComponentType', { name, extends: core, description: `${core} that ${more.join(' and ')}.` }, [
    ...starts.flatMap(({ parameters, dimension }) =>
      parameters.map((name) => element(startsApart ? 'Requirement' : 'Parameter', { name, dimension })),
    ),
    ...(spikeCount === undefined ? [] : [element('Exposure', { name: spikeCount, dimension: 'none' })]),
    ...attachmentsOf(definition),
    element('Dynamics', {}, [
      ...others.filter(({ tag }) => tag === 'StateVariable'),
      ...(isFiring ? [element('StateVariable', { name: 'spiking', dimension: 'none' })] : []),
      ...(spikeCount === undefined
        ? []
        : [element('StateVariable', { name: spikeCount, dimension: 'none', exposure: spikeCount })]),
      ...others.filter(({ tag }) => tag !== 'StateVariable'),
      element('OnStart', {}, [
        ...begins.flatMap(({ children }) => children),
        ...starts.map(({ variable, value }) => element('StateAssignment', { variable, value })),
      ]),
      ...(isFiring ? firing.map(counted) : []),
    ]),
  ]);
}

/** Returns an element with a variable that counts the spikes that its conditions emit. */
function counting(one: Element, variable: string): Element {
  const children = one.children.map((inner) => counting(inner, variable));
  if (!children.some(({ tag }) => tag === 'EventOut')) return { ...one, children };
  const count = element('StateAssignment', { variable, value: `${variable} + 1` });
  return { ...one, children: [count, ...children] };
}

const firing: readonly Element[] = [
  element('OnCondition', { test: '(v .gt. 0) .and. (spiking .lt. 0.5)' }, [
    element('StateAssignment', { variable: 'spiking', value: '1' }),
    element('EventOut', { port: 'spike' }),
  ]),
  element('OnCondition', { test: 'v .leq. 0' }, [element('StateAssignment', { variable: 'spiking', value: '0' })]),
];

/** Returns the lists of attachments of a type, which not all readers inherit. */
function attachmentsOf(definition: XmlElement): readonly Element[] {
  const own = definition.children.filter((child) => child.name === 'Attachments').map(copy);
  const parent = own.length > 0 ? undefined : coreDefinition(definition.attribute('extends') ?? '');
  return parent ? attachmentsOf(parent) : own;
}

/** Definitions that have been read: many cells extend the same type. */
const definitions = new Map<string, XmlElement>();

function coreDefinition(name: string): XmlElement | undefined {
  const known = definitions.get(name);
  if (known) return known;
  for (const file of coreFileNames()) {
    const text = coreFile(file) ?? '';
    if (!text.includes(`<ComponentType name="${name}"`)) continue;
    const root = readXml(text, file, new Diagnostics());
    const found = root?.children.find((child) => child.name === 'ComponentType' && child.attribute('name') === name);
    if (found) {
      definitions.set(name, found);
      return found;
    }
  }
  return undefined;
}

const copy = ({ name, attributes, children }: XmlElement): Element =>
  element(name, { ...attributes }, children.map(copy));
