/** Recognises PyNN's standard types among the types of a model, and writes their values. */

import { declaredCell, declaredName } from '../../../src/library/declared-types.js';
import { typedSynapse } from '../../../src/library/normalised.js';
import {
  electricalSynapse,
  membraneOf,
  receptorsOf,
  responseParts,
  stdpSynapse,
  synapsesFor,
  timingRules,
  weightDependences,
} from '../../../src/library/pynn/index.js';
import type { StdpTiming } from '../../../src/library/pynn/plasticity.js';
import { cellNamed } from '../../../src/library/standard-names.js';
import type { StandardCell, StandardSynapse, WeightKind } from '../../../src/library/standard-type.js';
import { mapped } from '../../../src/model/collections.js';
import { contentOf, formulaOf, type NeuronType, type SynapseType } from '../../../src/model/typed.js';
import { inUnit } from '../../shared/in-unit.js';
import { defaultOf } from '../cells.js';
import { placedResponse } from '../compartments.js';
import { atPlace } from '../placed-synapses.js';
import type { Cell, Part, Synapse, Value as PynnValue } from '../specification.generated.js';
import { given } from './given.js';

/** Returns the standard cell that a type is by name and by its equations; otherwise a text with the reason. */
export function standardCellOf(name: string, type: NeuronType): StandardCell | string {
  const claimed = declaredName(type);
  if (cellNamed(claimed, type) === undefined)
    return claimed === '' ? `${name} is not a standard PyNN type` : `PyNN has no type ${claimed}`;
  return (
    declaredCell(type) ??
    `${name} claims to be ${claimed}, but its equations or names differ from those of the PyNN type`
  );
}

/** Returns a cell type by name, with the values that differ from PyNN's. */
export function cellOf(type: NeuronType, standard: StandardCell, params: Readonly<Record<string, PynnValue>>): Cell {
  return standard.name === 'PointNeuron'
    ? pointNeuronCell(type, params)
    : { type: standard.name, ...given('params', withLists(params, standard)) };
}

/** Components of lists as the lists that PyNN has: one for all cells, or one for each. */
export function withLists(
  params: Readonly<Record<string, PynnValue>>,
  standard: StandardCell,
): Record<string, PynnValue> {
  const lists = Object.entries(standard.lists ?? {}).filter(([, components]) =>
    components.some((component) => Object.hasOwn(params, component)),
  );
  const inLists = new Set(lists.flatMap(([, components]) => components));
  const listOf = (components: readonly string[]): PynnValue => {
    const values = components.map((component) => params[component] ?? defaultOf(standard, component)) as (
      number | readonly unknown[]
    )[];
    const count = Math.max(...values.map((value) => (Array.isArray(value) ? value.length : 0)));
    const ofCell = (cell: number): readonly unknown[] =>
      values.map((value) => (Array.isArray(value) ? (value[cell] as unknown) : value));
    return count === 0 ? { sequence: values } : { sequences: Array.from({ length: count }, (_, cell) => ofCell(cell)) };
  };
  return {
    ...Object.fromEntries(Object.entries(params).filter(([name]) => !inLists.has(name))),
    ...Object.fromEntries(lists.map(([name, components]) => [name, listOf(components)])),
  };
}

/** Returns names of a composed cell's parameters as PyNN has them, with a dot after the receptor. */
export function dottedName(type: NeuronType, key: string): string {
  const owner = ownerOf(receptorsOf(type), key);
  return owner === undefined ? key : `${owner}.${key.slice(owner.length + 1)}`;
}

/** Returns the receptor that a parameter belongs to: of `fast` and `fast_2` the longer name that fits. */
function ownerOf(receptors: readonly { readonly name: string }[], key: string): string | undefined {
  if (key === 'tau_m' || key === 'tau_w') return undefined;
  const fitting = receptors.map(({ name }) => name).filter((name) => key.startsWith(`${name}_`));
  return fitting.sort((a, b) => b.length - a.length)[0];
}

/** Returns a composed cell with each parameter in its component. */
function pointNeuronCell(type: NeuronType, params: Readonly<Record<string, PynnValue>>): Cell {
  const receptors = receptorsOf(type);
  const of = (owner: string | undefined): Record<string, PynnValue> =>
    Object.fromEntries(
      Object.entries(params)
        .filter(([key]) => ownerOf(receptors, key) === owner)
        .map(([key, one]) => [owner === undefined ? key : key.slice(owner.length + 1), one]),
    );
  return {
    type: 'PointNeuron',
    neuron: { type: membraneOf(type), ...given('params', of(undefined)) },
    receptors: Object.fromEntries(
      receptors.map(({ name, type: receptor }) => [name, { type: receptor, ...given('params', of(name)) }]),
    ),
  };
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);

/** A standard synapse, and how its values are written. */
export interface SynapseParts {
  /** The library's type. */
  readonly standard: StandardSynapse;
  /** Whether the weight is captured when a spike is sent and arrives later. */
  readonly sends: boolean;
  /** Returns the synapse type of a projection with the given values; `fraction` of the delay is dendritic. */
  readonly make: (values: Readonly<Record<string, PynnValue>>, fraction: number) => Synapse;
}

const plainParts = (type: string, standard: StandardSynapse): SynapseParts => ({
  standard,
  sends: false,
  make: (values) => ({ type, ...given('params', values) }),
});

/** Returns PyNN's name of a synapse type; undefined if it has no name. */
export function synapseParts(type: SynapseType, kind: WeightKind): SynapseParts | undefined {
  const claimed = declaredName(type);
  if (claimed === 'ElectricalSynapse') return plainParts(claimed, electricalSynapse);
  if (claimed !== 'STDPMechanism') {
    const standard = synapsesFor(kind)[claimed];
    if (standard === undefined || codeOf(type) !== codeOf(typedSynapse(standard, kind))) return undefined;
    return plainParts(claimed, standard);
  }
  const sends = type.parameters['transmission'] !== undefined;
  const whole = type.parameters['delay'] === undefined ? {} : { whole: true };
  return plasticParts(kind, { preAtOnce: sends, postAtOnce: true, sends, ...whole }).find(
    ({ standard }) => codeOf(type) === codeOf(typedSynapse(standard, kind)),
  );
}

/** Returns the synapses of all rules of plasticity by spike timing. */
function plasticParts(kind: WeightKind, when: StdpTiming): readonly SynapseParts[] {
  return Object.entries(timingRules).flatMap(([timing, rule]) =>
    Object.entries(weightDependences).flatMap(([dependence, weights]): readonly SynapseParts[] => {
      const standard = stdpSynapse(kind, timing, dependence, when);
      if (standard === undefined) return [];
      const make: SynapseParts['make'] = (values, fraction) => {
        const of = (names: readonly string[]): Record<string, PynnValue> =>
          Object.fromEntries(Object.entries(values).filter(([name]) => names.includes(name)));
        return {
          type: 'STDPMechanism',
          timing_dependence: { type: timing, ...given('params', of(Object.keys(rule.parameters))) },
          weight_dependence: { type: dependence, ...given('params', of(Object.keys(weights.parameters))) },
          ...(fraction === 1 ? {} : { dendritic_delay_fraction: fraction }),
          ...given('params', of(['weight', 'delay'])),
        };
      };
      return [{ standard, sends: when.sends, make }];
    }),
  );
}

/** A standard synapse at places, and the response of its receptor, which it has itself. */
export interface PlacedParts {
  readonly parts: SynapseParts;
  readonly response: Part;
}

/** A cell with compartments by PyNN's name. */
export interface ExportedCompartments {
  readonly standard: StandardCell;
  readonly cell: Cell;
  /** Receptors of synapse types, by their names in the model. */
  readonly synapses: ReadonlyMap<string, PlacedParts & { readonly receptor: string }>;
}

/** Returns PyNN's names of a synapse with a response of its own; undefined if it has none. */
export function placedParts(type: SynapseType): PlacedParts | undefined {
  const sends = type.parameters['transmission'] !== undefined;
  const whole = type.parameters['delay'] === undefined ? {} : { whole: true };
  const arrival = formulaOf(type.pathways['arrival']?.delay ?? 0);
  const share = arrival?.kind === 'binary' && arrival.right.kind === 'number' ? arrival.right.value : 1;
  const own = placedForm(type);
  for (const [name, { kind }] of Object.entries(responseParts)) {
    const { variable, response, parameters } = placedResponse(name);
    const parts = [
      ...Object.entries(synapsesFor(kind)).map(([synapse, standard]) => plainParts(synapse, standard)),
      ...plasticParts(kind, { preAtOnce: sends, postAtOnce: true, sends, ...whole }),
    ].find(({ standard }) => {
      const placed = atPlace(standard, { variable, response }, share);
      const isLike = Object.keys({ ...placed.synapse.parameters }).every((key) => Object.hasOwn(type.parameters, key));
      const normalised = isLike ? typedSynapse(placed, kind) : undefined;
      return normalised !== undefined && placedForm(normalised) === own;
    });
    const values = parameters.map(({ theirs, ours, unit, usual }) => {
      const value = type.parameters[ours]?.value;
      return [theirs, typeof value === 'number' ? inUnit(value, unit) : undefined, usual] as const;
    });
    if (parts === undefined || values.some(([, value]) => value === undefined)) continue;
    const unusual = values.flatMap(([key, value, usual]) => (value === usual ? [] : [[key, value ?? 0] as const]));
    return { parts, response: { type: name, ...given('params', Object.fromEntries(unusual)) } };
  }
  return undefined;
}

/** Returns what a synapse type must have in common with a library one at a place, as text: all but its values. */
function placedForm({ parameters, state, derived, derivatives, pathways, contributes }: SynapseType): string {
  const sorted = (map: Readonly<Record<string, unknown>>): unknown => Object.entries(map).sort(byName);
  const units = (map: Readonly<Record<string, { readonly unit: string }>>): unknown =>
    sorted(mapped(map, ({ unit }) => unit));
  return contentOf([units(parameters), units(state), ...[derived, derivatives, pathways].map(sorted), contributes]);
}

/** Returns the actions of a synapse at spikes, as text. */
const codeOf = (type: SynapseType | undefined): string =>
  contentOf(
    Object.entries(type?.pathways ?? {})
      .map(([name, pathway]) => [name, pathway.do] as const)
      .sort(byName),
  );
