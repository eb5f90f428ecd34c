/**
 * Types that extend a core type by missing features: recorded sums of a receptor, the adaptation current with a
 * dimension, first values, and the spikes of HH_cond_exp. Their dynamics repeat the core type's, since not all readers
 * add to inherited dynamics.
 */

import { Diagnostics } from '../../../src/diagnostics/diagnostic.js';
import { coreFile, coreFileNames } from '../core-types.js';
import type { XmlElement } from '../xml/element.js';
import { readXml } from '../xml/read-xml.js';
import { element, type Element } from './text/xml-text.js';

/** Exposures of an extended cell in addition to its core type's. */
export interface Shown {
  /** Name of the variable in the extended type. */
  readonly name: string;
  /** Name of its dimension in LEMS. */
  readonly dimension: 'current' | 'conductance';
  /** The list of attachments that it is the sum over; absent: it is a variable of the cell. */
  readonly sum?: { readonly list: string; readonly type: string };
}

/** Features of a cell in addition to its core type's. */
interface Extension {
  readonly shown: readonly Shown[];
  /** First values of variables, with the parameters that give them. */
  readonly starts: readonly { readonly variable: string; readonly parameter: string; readonly dimension: string }[];
  /** Whether elements of a population give first values, rather than components. */
  readonly startsApart: boolean;
  /** Whether it emits a spike when v rises above 0 mV. */
  readonly isFiring: boolean;
}

/** Returns a type that extends a core type, or undefined if there is none of that name. */
export function extendedCell(
  core: string,
  name: string,
  { shown, starts, startsApart, isFiring }: Extension,
): Element | undefined {
  const definition = coreDefinition(core);
  if (!definition) return undefined;
  const more = [
    ...(isFiring ? ['fires where v rises above 0 mV'] : []),
    ...(starts.length > 0 ? [`begins with a given ${starts.map(({ variable }) => variable).join(' and ')}`] : []),
    ...(shown.length > 0 ? [`shows ${shown.map((one) => one.name).join(', ')}`] : []),
  ];
  const sums = shown.flatMap((one) => (one.sum ? [{ ...one, ...one.sum }] : []));
  const derived = derivedFrom(shown);
  const replaced = new Set(derived.map(({ attributes }) => attributes['name']));
  const dynamics = definition.children.find((inner) => inner.name === 'Dynamics');
  const inner = (dynamics?.children ?? []).map(copy);
  const [begins, others] = [
    inner.filter(({ tag }) => tag === 'OnStart'),
    inner.filter(
      ({ tag, attributes }) => tag !== 'OnStart' && !(tag === 'DerivedVariable' && replaced.has(attributes['name'])),
    ),
  ];
  const constants = [
    ...(sums.some(({ dimension }) => dimension === 'conductance')
      ? [element('Constant', { name: 'USIEMENS', dimension: 'conductance', value: '1uS' })]
      : []),
    ...(shown.some(({ sum }) => !sum)
      ? [element('Constant', { name: 'NAMP', dimension: 'current', value: '1nA' })]
      : []),
  ];
  return element('ComponentType', { name, extends: core, description: `${core} that ${more.join(' and ')}.` }, [
    ...starts.map(({ parameter, dimension }) =>
      element(startsApart ? 'Requirement' : 'Parameter', { name: parameter, dimension }),
    ),
    ...constants,
    ...shown.map((one) => element('Exposure', { name: one.name, dimension: one.dimension })),
    ...(sums.length > 0
      ? [...ownAttachments(definition), ...sums.map(({ list, type }) => element('Attachments', { name: list, type }))]
      : attachmentsOf(definition)),
    element('Dynamics', {}, [
      ...others.filter(({ tag }) => tag === 'StateVariable'),
      ...(isFiring ? [element('StateVariable', { name: 'spiking', dimension: 'none' })] : []),
      ...derived,
      ...others.filter(({ tag }) => tag !== 'StateVariable'),
      element('OnStart', {}, [
        ...begins.flatMap(({ children }) => children),
        ...starts.map(({ variable, parameter }) => element('StateAssignment', { variable, value: parameter })),
      ]),
      ...(isFiring ? firing : []),
    ]),
  ]);
}

const firing: readonly Element[] = [
  element('OnCondition', { test: '(v .gt. 0) .and. (spiking .lt. 0.5)' }, [
    element('StateAssignment', { variable: 'spiking', value: '1' }),
    element('EventOut', { port: 'spike' }),
  ]),
  element('OnCondition', { test: 'v .leq. 0' }, [element('StateAssignment', { variable: 'spiking', value: '0' })]),
];

/** Sums over the synapses of a receptor, which have a list of their own; other synapses and inputs stay in theirs. */
function derivedFrom(shown: readonly Shown[]): readonly Element[] {
  const add = (name: string, dimension: string, select: string, exposure?: string): Element =>
    element('DerivedVariable', { name, dimension, ...(exposure ? { exposure } : {}), select, reduce: 'add' });
  const scaled = (name: string, dimension: string, value: string): Element =>
    element('DerivedVariable', { name, dimension, exposure: name, value });
  const sums = shown.flatMap((one) => (one.sum ? [{ ...one, ...one.sum }] : []));
  const currents = sums.map(({ name, dimension, list }) => (dimension === 'current' ? name : `${list}_i`));
  const summed = sums.flatMap(({ name, dimension, list }) =>
    dimension === 'current'
      ? [add(name, 'current', `${list}[*]/i`, name)]
      : [
          add(`${list}_i`, 'current', `${list}[*]/i`),
          add(`${list}_g`, 'none', `${list}[*]/g`),
          scaled(name, dimension, `${list}_g * USIEMENS`),
        ],
  );
  const all = element('DerivedVariable', {
    name: 'iSyn',
    dimension: 'current',
    exposure: 'iSyn',
    value: ['other_i', ...currents].join(' + '),
  });
  return [
    ...(sums.length === 0 ? [] : [add('other_i', 'current', 'synapses[*]/i'), ...summed, all]),
    ...shown.flatMap((one) =>
      one.sum ? [] : [scaled(one.name, one.dimension, `${one.name.replace(/_current$/, '')} * NAMP`)],
    ),
  ];
}

const ownAttachments = ({ children }: XmlElement): readonly Element[] =>
  children.filter((one) => one.name === 'Attachments').map(copy);

/** Returns the lists of attachments of a type, which not all readers inherit. */
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
