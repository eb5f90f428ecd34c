/** Groups of neurons and groups of synapses during import, and the meaning of names in them. */

import { second } from '../../src/lang/dimension.js';
import type { Finding } from '../../src/diagnostics/diagnostic.js';
import type { Dimension, Expression } from '../../src/lang/ast.js';
import { boolean } from '../../src/lang/build.js';
import { constantTree, quantityTree } from './constants.js';
import { isNoise } from './equations.js';
import type { PlaceInStep } from './event-places.js';
import * as messages from './messages.js';
import type { Located } from '../shared/located.js';
import type { Morphology } from './morphology/morphology.js';
import type { ReadValue } from './values.js';
import type { Callable, Constant, Meaning, Namespace, Scope, Variable } from './terms.js';

const nowhere = { start: 0, end: 0 };

/** A source or target of spikes. `used` and `written` fill while code is translated. */
export interface Group {
  /** NeuronGroup, PoissonGroup or SpikeGeneratorGroup, or Synapses that are an end of other synapses. */
  readonly kind: 'neuron' | 'poisson' | 'generator' | 'synapses';
  /** Name in the specification and in the model. */
  readonly name: string;
  /** JSON pointer of its definition. */
  readonly pointer: string;
  /** Number of neurons. It is infinite for synapses, whose number is not known yet. */
  readonly size: number;
  /** Variables of its equations, by name. */
  readonly variables: ReadonlyMap<string, Variable>;
  /** Events that synapses and monitors can listen to. */
  readonly events: readonly string[];
  /** Whether a spike makes the neuron refractory. */
  readonly refractory: boolean;
  /** Whether an equation is flagged `unless refractory`. Brian then defines the names of the mechanism. */
  readonly flagged: boolean;
  /** Its own constants, then constants of the whole specification. */
  readonly namespace: Namespace;
  /** Constants that its code names, which become parameters. */
  readonly used: Map<string, Constant>;
  /** Variables that code writes. Parameters among them become state. */
  readonly written: Set<string>;
  /** Order in its slot; absent: 0. */
  readonly order?: number;
  /** Places of tests for its events. Events that are not listed are tested in the usual slot at the group's order. */
  readonly tests?: ReadonlyMap<string, PlaceInStep>;
  /** The cells of its elements, if these are compartments. */
  readonly spatial?: Spatial;
}

/** The cells of a group of compartments. The first compartments of all cells are the first elements. */
export interface Spatial {
  readonly morphology: Morphology;
  readonly cells: number;
  /** Values of variables that it defines itself. */
  readonly values: ReadonlyMap<string, ReadValue>;
  /** The tree of the canonical type. */
  readonly cable: Located;
}

/** A group or a slice of it. */
export interface Subgroup {
  readonly group: Group;
  /** Absent: all of it. */
  readonly slice?: readonly [number, number];
  /** Number of neurons. */
  readonly size: number;
  /**
   * Whether it is written as a slice although it is the whole group. Brian's operations on slices have another order.
   */
  readonly isSlice?: true;
}

/** Synapses while they are imported. */
export interface SynapseGroup {
  readonly name: string;
  /** JSON pointer of its definition. */
  readonly pointer: string;
  /** Presynaptic neurons. */
  readonly source: Subgroup;
  /** Postsynaptic neurons. */
  readonly target: Subgroup;
  /** Variables of its equations, by name. */
  readonly variables: ReadonlyMap<string, Variable>;
  /** Names of its pathways. */
  readonly pathways: readonly string[];
  /**
   * Pathways in slots before the thresholds that run before the test for their event. They receive it one step later,
   * since Brian delivers events when a pathway runs.
   */
  readonly hearsLater: ReadonlySet<string>;
  /** Name of the number that identifies a synapse in its pair. */
  readonly copy?: string;
  /** Its own constants, then constants of the whole specification. */
  readonly namespace: Namespace;
  /** Constants that its code names, which become parameters. */
  readonly used: Map<string, Constant>;
  /** Variables that code writes. Parameters among them become state. */
  readonly written: Set<string>;
}

/** Returns synapses as an end of other synapses. Code of the latter reads and writes variables of the former. */
export const synapsesAsEnd = ({ name, pointer, variables, namespace, used, written }: SynapseGroup): Subgroup => ({
  group: {
    kind: 'synapses',
    name,
    pointer,
    size: Infinity,
    variables: new Map([...variables].filter(([, { flags }]) => !flags.has('summed'))),
    events: [],
    refractory: false,
    flagged: false,
    namespace,
    used,
    written,
  },
  size: Infinity,
});

/** Timed arrays and functions by name. */
export type Tables = ReadonlyMap<string, Callable>;

/** How a text may use names. */
interface ScopeOptions {
  /**
   * Constants become parameters of that name in code that runs repeatedly, and are replaced by their value in code that
   * runs once.
   */
  readonly constants: 'byName' | 'byValue';
  /** White noise may be used. */
  readonly noise?: boolean;
}

/** Returns the meaning of names in code and equations of a group. */
export function groupScope(group: Group, tables: Tables, options: ScopeOptions): Scope {
  return {
    meaning: (key) => {
      const variable = group.variables.get(key);
      if (variable !== undefined) return { kind: 'variable', canonical: key, variable, owner: 'self' };
      return special(key, group) ?? noise(key, options) ?? constantMeaning(key, group, options);
    },
    constant: group.namespace.definition,
    table: (key) => tables.get(key),
    names: () => [...group.variables.keys(), ...group.namespace.names(), ...tables.keys(), 't', 'dt', 'i', 'N'],
  };
}

/** Returns the canonical meaning of Brian's special names, which every group has. */
function special(key: string, group: Group): Meaning | undefined {
  switch (key) {
    case 't':
    case 'dt':
    case 'i':
    case 'N':
    case 't_in_timesteps':
      return { kind: 'special', canonical: key };
    case 'not_refractory':
      if (group.refractory) return { kind: 'special', canonical: key };
      return group.flagged ? { kind: 'expression', tree: boolean(true) } : undefined;
    case 'lastspike':
      if (group.refractory) return { kind: 'special', canonical: key };
      return group.flagged
        ? { kind: 'expression', tree: quantityTree({ value: -1e4, dimension: second }, nowhere) }
        : undefined;
    default:
      return undefined;
  }
}

function noise(key: string, options: ScopeOptions): Meaning | undefined {
  if (!isNoise(key)) return undefined;
  if (options.noise === true) return { kind: 'special', canonical: key };
  return { kind: 'refused', finding: noiseElsewhere(key) };
}

const noiseElsewhere = (key: string): Finding => ({
  ...messages.reservedName(key, 'white noise'),
  message: `${key} is white noise, which only equations can use`,
  hint: 'use randn() in code',
});

function constantMeaning(
  key: string,
  holder: { readonly namespace: Namespace; readonly used: Map<string, Constant> },
  options: ScopeOptions,
): Meaning | undefined {
  const constant = holder.namespace.find(key);
  if (constant === undefined) return undefined;
  if (options.constants === 'byName' || holder.used.get(key) === constant) {
    return { kind: 'parameter', constant, use: () => void holder.used.set(key, constant) };
  }
  return { kind: 'expression', tree: constantTree(constant, nowhere) };
}

/**
 * Returns the meaning of names in code and equations of synapses: synaptic variables first, then variables of the ends,
 * then constants.
 */
export function synapseScope(synapses: SynapseGroup, tables: Tables, options: ScopeOptions): Scope {
  const { source, target } = synapses;
  return {
    meaning: (key) => {
      const own = synapses.variables.get(key);
      // A summed variable belongs to the end that receives the sum.
      if (own !== undefined && !own.flags.has('summed'))
        return { kind: 'variable', canonical: key, variable: own, owner: 'self' };
      return (
        synapseSpecial(key, synapses) ??
        endMeaning(key, source, target) ??
        noise(key, options) ??
        constantMeaning(key, synapses, options)
      );
    },
    constant: synapses.namespace.definition,
    table: (key) => tables.get(key),
    names: () => [
      ...synapses.variables.keys(),
      ...target.group.variables.keys(),
      ...[...target.group.variables.keys()].map((key) => `${key}_post`),
      ...[...source.group.variables.keys()].map((key) => `${key}_pre`),
      ...synapses.namespace.names(),
      ...tables.keys(),
      't',
      'dt',
      'i',
      'j',
    ],
  };
}

function synapseSpecial(key: string, synapses: SynapseGroup): Meaning | undefined {
  if (key === synapses.copy) return { kind: 'special', canonical: 'copy' };
  // If an end is synapses, these names are indices of their source neurons.
  if (key === 'i_pre' && synapses.source.group.kind === 'synapses') return undefined;
  if (key === 'i_post' && synapses.target.group.kind === 'synapses') return undefined;
  switch (key) {
    case 't':
    case 'dt':
    case 't_in_timesteps':
    case 'i':
    case 'j':
    case 'N':
    case 'N_pre':
    case 'N_post':
    case 'N_incoming':
    case 'N_outgoing':
      return { kind: 'special', canonical: key };
    case 'i_pre':
      return { kind: 'special', canonical: 'i' };
    case 'i_post':
      return { kind: 'special', canonical: 'j' };
    case 'delay':
      return { kind: 'refused', finding: messages.delayInCode() };
    case 'lastupdate':
      return [...synapses.variables.values()].some((variable) => variable.flags.has('event-driven'))
        ? { kind: 'special', canonical: key }
        : undefined;
    default:
      return undefined;
  }
}

function endMeaning(key: string, source: Subgroup, target: Subgroup): Meaning | undefined {
  if (key.endsWith('_pre')) return atEnd(key.slice(0, -'_pre'.length), source.group, 'pre');
  if (key.endsWith('_post')) return atEnd(key.slice(0, -'_post'.length), target.group, 'post');
  return atEnd(key, target.group, 'post');
}

function atEnd(key: string, group: Group, owner: 'pre' | 'post'): Meaning | undefined {
  const variable = group.variables.get(key);
  if (variable !== undefined) return { kind: 'variable', canonical: `${owner}.${key}`, variable, owner };
  if (key !== 'lastspike' && key !== 'not_refractory') return undefined;
  const meaning = special(key, group);
  return meaning?.kind === 'special' ? { kind: 'special', canonical: `${owner}.${key}` } : meaning;
}

/** Returns a variable that Brian defines itself, such as the rates of a PoissonGroup. */
export function builtInVariable(
  key: string,
  kind: Variable['kind'],
  dimension: Dimension,
  pointer: string,
  expression?: Expression,
): Variable {
  return {
    kind,
    name: key,
    type: 'real',
    dimension,
    flags: new Set(),
    pointer,
    nameSpan: nowhere,
    span: nowhere,
    ...(expression === undefined ? {} : { expression }),
  };
}

/** Returns the variable `delay` of a pathway, for reading its values. */
export const delayVariable = (pointer: string): Variable => builtInVariable('delay', 'parameter', second, pointer);

/** Checks whether an owner of variables is a group of neurons rather than of synapses. */
export const isGroup = (owner: Group | SynapseGroup): owner is Group => 'kind' in owner;
