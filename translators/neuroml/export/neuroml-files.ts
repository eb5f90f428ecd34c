/**
 * A LEMS document as the usual files of a NeuroML model: elements of NeuroML's schema in `x.nml`, custom component
 * types in `x_types.xml`, and the simulation in `LEMS_x.xml`, which includes both.
 */

import { Diagnostics } from '../../../src/diagnostics/diagnostic.js';
import type { IncludeHost } from '../../shared/include-host.js';
import { readBack } from './read-back.js';
import { contents, explanations } from '../nml/content.js';
import { inOrder, inSchemaOrder, isInSchema } from './text/schema-order.js';
import { splitFiles } from './split-files.js';
import { element, xmlText, type Element, type NamedFile } from './text/xml-text.js';

const definitions: ReadonlySet<string> = new Set(['Dimension', 'Unit', 'Constant', 'ComponentType']);
const ofSimulation: ReadonlySet<string> = new Set(['Target', 'Include', 'Simulation']);
/** A channel that NeuroML has by only its type. */
const passive = 'ionChannelPassive';
const schema = 'http://www.neuroml.org/schema/neuroml2';
/** Elements whose attribute `type` may name any component type, with their other attributes in the schema. */
const ofAnyType: Readonly<Record<string, readonly string[]>> = {
  forwardRate: ['rate', 'midpoint', 'scale'],
  reverseRate: ['rate', 'midpoint', 'scale'],
  timeCourse: ['tau', 'rate', 'midpoint', 'scale'],
  steadyState: ['rate', 'midpoint', 'scale'],
  q10Settings: ['fixedQ10', 'q10Factor', 'experimentalTemp'],
};

/** The most projections into which a projection of cells with their own values is split. */
const mostProjections = 10_000;

/**
 * Returns the files of a document, `name` first. If NeuroML cannot express a part, returns a sentence with the reason
 * for a single file.
 *
 * @param name   of the NeuroML file, such as `x.nml`, `x.net.nml`
 * @param split  whether channels, synapses and cells have files of their own
 */
export function neuromlFiles(root: Element, name: string, split = false): readonly NamedFile[] | string {
  if (root.tag === 'neuroml') return split ? splitFiles({ name, root }, undefined) : [{ name, root }];
  const elements = root.children.map((child) => withProjections(plainElement(child)));
  const has = (tags: ReadonlySet<string>): readonly Element[] => elements.filter(({ tag }) => tags.has(tag));
  const own = has(definitions);
  const [target, includes, runs] = ['Target', 'Include', 'Simulation'].map((tag) => has(new Set([tag])));
  const others = withOneNote(elements.filter(({ tag }) => !definitions.has(tag) && !ofSimulation.has(tag)));
  const ownTypes = new Set(
    own.flatMap(({ tag, attributes }) => (tag === 'ComponentType' ? (attributes['name'] ?? '') : [])),
  );
  const known = others.filter(
    (other) =>
      isInSchema(other.tag) &&
      (other.tag === 'network' || (ownPart(other, ownTypes) ?? strangePart(other)) === undefined),
  );
  const custom = others.filter((one) => !known.includes(one));
  const networks = others.filter(({ tag }) => tag === 'network');
  const foreign =
    connectionsIn(networks).find((tag) => !connectionTags.has(tag)) ??
    networks.map((network) => ownPart(network, ownTypes)).find((tag) => tag !== undefined);
  if (foreign !== undefined) return `NeuroML has no element ${foreign}`;
  if (known.length === 0) return 'it holds component types alone';
  if (runs?.length === 0) return 'types of its own belong to it';
  const base = baseOf(name);
  const [types, simulation] = [`${base}_types.xml`, simulationName(name)];
  const include = (file: string): Element => element('Include', { file });
  const hasTypes = custom.length + own.length > 0;
  const document = (id: string, children: readonly Element[]): Element =>
    element(
      'neuroml',
      {
        xmlns: schema,
        'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
        'xsi:schemaLocation': `${schema} https://raw.github.com/NeuroML/NeuroML2/development/Schemas/NeuroML2/NeuroML_v2.3.1.xsd`,
        id: id.replace(/\W/g, '_').replace(/^(?=\d)/, '_'),
      },
      children,
    );
  const neuroml = document(
    base,
    inSchemaOrder([...known, ...(hasTypes ? [element('include', { href: types })] : [])]).map((one) =>
      inOrder(one.tag === 'network' ? networkOf(one) : one),
    ),
  );
  const projections = projectionsIn(neuroml.children);
  if (projections > mostProjections)
    return `cells with values of their own are populations of their own, with ${projections.toLocaleString('en')} projections between two`;
  // NeuroML documents include only NeuroML documents, and those may hold LEMS's definitions.
  const typesFile = hasTypes
    ? document(`${base}_types`, [...inSchemaOrder(underKnownNames(custom, networks, own)), ...own])
    : undefined;
  const parts = split
    ? splitFiles({ name, root: neuroml }, typesFile === undefined ? undefined : { name: types, root: typesFile })
    : [{ name, root: neuroml }];
  const [network, ...apart] = parts.map((part) => [part.name, part.root] as const);
  const roots: readonly (readonly [string, Element])[] = [
    ...(network === undefined ? [] : [network]),
    [
      simulation,
      element('Lems', root.attributes, [...(target ?? []), ...(includes ?? []), include(name), ...(runs ?? [])]),
    ],
    ...(typesFile === undefined ? [] : [[types, typesFile] as const]),
    ...apart,
  ];
  // Items of a list all have the same form: one stands for all.
  const short = new Map(roots.map(([file, one]) => [file, xmlText(one, 1)]));
  return (
    errorIn(xmlText(root, 1), short, { neuroml: name, simulation }) ??
    roots.map(([file, one]) => ({ name: file, root: one }))
  );
}

/** Returns the name of a NeuroML file without its suffix, such as `x` of `x.net.nml`. */
const baseOf = (name: string): string => name.replace(/(\.(net|cell|channel|synapse))?\.nml(\.h5)?$/i, '');

/** Returns the name of the LEMS document with the simulation of a NeuroML file, such as `LEMS_x.xml` of `x.net.nml`. */
export const simulationName = (name: string): string => `LEMS_${baseOf(name)}.xml`;

/**
 * Returns an element under the name of its type: `<Component type="T">` as `<T>`, a passive channel by its type. Gates
 * of several kinds in one channel are `<gate type="…">`, since the schema allows one kind of element.
 */
function plainElement(given: Element): Element {
  const kinds = new Set(given.children.flatMap(({ tag }) => (tag.startsWith('gate') ? [tag] : [])));
  const isMixed = given.tag.startsWith('ionChannel') && kinds.size > 1;
  const children = given.children.map(underSchemaName);
  const one = { ...given, children: isMixed ? children.map(generalGate) : children };
  const { type, ...attributes } = one.attributes;
  if (one.tag === 'Component' && type !== undefined) return { ...one, tag: type, attributes };
  return one.tag === passive ? { ...one, tag: 'ionChannel', attributes: { ...one.attributes, type: passive } } : one;
}

/** Names in the schema of mechanisms whose type is an attribute. */
const mechanisms: Readonly<Record<string, string>> = {
  tsodyksMarkramDepMechanism: 'plasticityMechanism',
  tsodyksMarkramDepFacMechanism: 'plasticityMechanism',
  voltageConcDepBlockMechanism: 'blockMechanism',
};

/** Returns a mechanism of a synapse under the schema's name, where it has no id. */
function underSchemaName(one: Element): Element {
  const tag = mechanisms[one.tag];
  const { id: _, ...attributes } = one.attributes;
  return tag === undefined ? one : { ...one, tag, attributes: { type: one.tag, ...attributes } };
}

/** Returns a gate, except one of a kinetic scheme, as `<gate type="…">`; other elements stay unchanged. */
const generalGate = (one: Element): Element =>
  /^gate(HH|Fractional)/.test(one.tag)
    ? { ...one, tag: 'gate', attributes: { ...one.attributes, type: one.tag } }
    : one;

/** Returns elements with their notes as one, since a NeuroML document has one. */
function withOneNote(elements: readonly Element[]): readonly Element[] {
  const notes = elements.filter(({ tag }) => tag === 'notes');
  if (notes.length < 2) return elements;
  const text = notes.map((note) => (note.text ?? '').trim()).join('\n\n');
  return [{ ...element('notes'), text }, ...elements.filter(({ tag }) => tag !== 'notes')];
}

/** Returns the first part of an element with one of the types, which the schema does not know; undefined if none. */
function ownPart(one: Element, types: ReadonlySet<string>): string | undefined {
  const { type = '' } = one.attributes;
  if (types.has(one.tag)) return one.tag;
  const allowed = ofAnyType[one.tag];
  const isKnown = allowed && Object.keys(one.attributes).every((name) => name === 'type' || allowed.includes(name));
  if (types.has(type) && !isKnown) return type;
  return one.children.map((child) => ownPart(child, types)).find((tag) => tag !== undefined);
}

/**
 * Returns elements of types that the schema does not know under names of the schema, with their types as attributes,
 * so that populations and projections of a valid document may refer to them: the name of the type that they extend, if
 * the schema has it.
 *
 *     <my_cell id="a" tau="5ms"/>   becomes   <baseCell type="my_cell" id="a" tau="5ms"/>
 */
function underKnownNames(
  custom: readonly Element[],
  networks: readonly Element[],
  own: readonly Element[],
): readonly Element[] {
  const extended = new Map(own.map(({ attributes }) => [attributes['name'], attributes['extends'] ?? '']));
  const parts = networks.flatMap(({ children }) => children);
  const named = (tag: string, attribute: string): ReadonlySet<string | undefined> =>
    new Set(parts.flatMap((part) => (part.tag === tag ? [part.attributes[attribute]] : [])));
  const [cells, synapses] = [named('population', 'component'), named('projection', 'synapse')];
  return custom.map((one) => {
    const { id } = one.attributes;
    const general = cells.has(id) ? 'baseCell' : synapses.has(id) ? 'silentSynapse' : undefined;
    const core = extended.get(one.tag) ?? '';
    const tag = isInSchema(core) ? core : general;
    return general === undefined || tag === undefined || isInSchema(one.tag)
      ? one
      : { ...one, tag, attributes: { type: one.tag, ...one.attributes } };
  });
}

/** Returns the first part of an element that its type has in LEMS, but not in the schema; undefined if none. */
function strangePart({ tag, attributes, children }: Element): string | undefined {
  const slots = contents.get(attributes['type'] ?? '') ?? contents.get(tag);
  const allowed = slots && new Set([...explanations, ...slots.flatMap(({ names }) => names)]);
  const strange = allowed && children.find((part) => !allowed.has(part.tag));
  return strange?.tag ?? children.map(strangePart).find((part) => part !== undefined);
}

/** Returns a network with its weighted single connections, which only LEMS has, as projections. */
function withProjections(network: Element): Element {
  if (network.tag !== 'network') return network;
  const connections = new Map<string, Element[]>();
  const children = network.children.flatMap((child): readonly Element[] => {
    const { from = '', to = '', synapse = '', weight = '1', delay = '0ms', destination } = child.attributes;
    if (child.tag !== 'synapticConnectionWD' || (destination ?? 'synapses') !== 'synapses') return [child];
    const [presynapticPopulation = '', postsynapticPopulation = ''] = [from, to].map((path) => path.split(/[[/]/)[0]);
    const id = [presynapticPopulation, postsynapticPopulation, synapse].join('_');
    const known = connections.get(id);
    const all = known ?? [];
    const ends = { preCellId: `../${from}`, postCellId: `../${to}` };
    all.push(element('connectionWD', { id: String(all.length), ...ends, weight, delay }));
    connections.set(id, all);
    return known ? [] : [element('projection', { id, presynapticPopulation, postsynapticPopulation, synapse }, all)];
  });
  return { ...network, children };
}

/** Elements of projections of events in NeuroML. */
const connectionTags: ReadonlySet<string> = new Set(['connection', 'connectionWD']);

/** Returns the elements of the projections of networks, by the first of each. */
const connectionsIn = (elements: readonly Element[]): readonly string[] =>
  elements
    .flatMap(({ tag, children }) => (tag === 'network' ? children : []))
    .flatMap(({ tag, children, items }) => {
      if (tag !== 'projection') return [];
      const [first = children[0]] = items ?? [];
      return first ? [first.tag] : [];
    });

/** How many projections the networks among some elements have. */
const projectionsIn = (elements: readonly Element[]): number =>
  elements
    .flatMap(({ tag, children }) => (tag === 'network' ? children : []))
    .reduce((sum, { tag }) => sum + (tag === 'projection' ? 1 : 0), 0);

/** Returns a network with connections that name their destination only if it is unusual. */
function networkOf(network: Element): Element {
  const plain = (one: Element): Element => {
    const { destination, ...attributes } = one.attributes;
    return /^connection/.test(one.tag) && destination === 'synapses' ? { ...one, attributes } : one;
  };
  const children = network.children.map((child): Element => {
    const { items } = child;
    return {
      ...child,
      children: child.children.map(plain),
      ...(items === undefined
        ? {}
        : {
            items: {
              *[Symbol.iterator]() {
                for (const item of items) yield plain(item);
              },
            },
          }),
    };
  });
  return { ...network, children };
}

/**
 * Returns a violation of the schema, or the error that files have and the single document has not; undefined without
 * one.
 */
function errorIn(
  whole: string,
  texts: ReadonlyMap<string, string>,
  names: { readonly neuroml: string; readonly simulation: string },
): string | undefined {
  const host: IncludeHost = {
    locate: (path) => (texts.has(path) ? path : null),
    allows: () => true,
    read: (real) => ({ text: texts.get(real) ?? '' }),
    list: () => [],
    root: '.',
    folders: [],
  };
  const diagnostics = new Diagnostics();
  const several = readBack(texts.get(names.simulation) ?? '', names.simulation, { host, diagnostics });
  const found = diagnostics.list.find(
    ({ code, place }) =>
      code.startsWith('neuroml/') && code !== 'neuroml/segment-order' && place?.document === names.neuroml,
  );
  if (found) return found.message;
  return typeof several === 'string' && typeof readBack(whole) !== 'string' ? several : undefined;
}
