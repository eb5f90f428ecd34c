/** The cell types of populations: library types, and the values that a document gives to their parameters. */

import { declaredIn } from '../../src/library/standard-type.js';
import { valueKind } from './value-kinds.js';
import type { NeuronDocument } from '../../src/model/document.generated.js';
import {
  gifCell,
  inhomogeneousGamma,
  pointNeuron,
  responseParts,
  standardCells,
} from '../../src/library/pynn/index.js';
import type { StandardCell } from '../../src/library/standard-type.js';
import { child } from '../../src/model/pointer.js';
import { own, type Setting } from './context.js';
import { located, type Located } from '../shared/located.js';
import { structuredCell } from './compartments.js';
import * as messages from './messages.js';
import { nativeName, whereFrom } from './native/types.js';
import type { Cell, Value, Values } from './specification.generated.js';
import { isNumbers, translateValue } from './values.js';
import { freeName } from '../../src/model/free-name.js';

/** Types that the network uses, by the name that they get in the canonical model. */
export class CellTypes {
  readonly #byKey = new Map<string, string>();
  /** By their names in the canonical model. */
  readonly documents = new Map<string, NeuronDocument>();
  /** The same with their places in the user's document. */
  readonly placed = new Map<string, Located>();

  /** Returns the name of a type; equal types share one name. Errors of a type are reported at its first cell. */
  add(cell: StandardCell, pointer: string): string {
    const key = JSON.stringify(cell.native === true ? [cell.name, cell.neuron] : cell.neuron);
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const name = freeName(cell.name, (one) => this.documents.has(one));
    this.#byKey.set(key, name);
    this.documents.set(name, cell.neuron);
    this.placed.set(name, located(withPlaces(cell.neuron, pointer), pointer));
    return name;
  }
}

/** Returns the compartments with places in the user's document. */
function withPlaces(neuron: NeuronDocument, pointer: string): unknown {
  const { compartments } = neuron;
  if (!compartments) return neuron;
  const { sections, groups = {}, mechanisms = {} } = compartments;
  return {
    ...neuron,
    compartments: {
      ...compartments,
      sections: whereFrom(sections, child(pointer, 'sections')),
      groups: whereFrom(groups, child(pointer, 'groups')),
      mechanisms: whereFrom(mechanisms, child(pointer, 'ion_channels')),
    },
  };
}

/** Returns the standard type that a document names; undefined after an error was reported. */
export function cellOf(cell: Cell, pointer: string, setting: Setting): StandardCell | undefined {
  if (cell.type === 'MultiCompartmentNeuron') return structuredCell(cell, pointer, setting);
  if (cell.type === 'PointNeuron') return pointNeuronOf(cell, pointer, setting);
  if (cell.type === 'GIF_cond_exp')
    return gifCell(components(cell.params, ['tau_eta', 'tau_gamma', 'a_eta', 'a_gamma']) ?? 3);
  if (cell.type === 'SpikeSourceInhGamma') return inhomogeneousGamma(components(cell.params, ['a', 'b', 'tbins']) ?? 1);
  const known = standardCells.get(cell.type);
  if (known !== undefined) return known;
  const at = child(pointer, 'type');
  const native = nativeName(cell.type);
  if (native !== undefined) return setting.natives.cell(native, at);
  return void setting.report(messages.nativeType(cell.type), at);
}

/** Returns the length of the given lists of a cell. */
function components(params: Values | undefined, names: readonly string[]): number | undefined {
  for (const key of names) {
    const value = params === undefined ? undefined : own(params, key);
    const first = value === undefined ? undefined : listFor(value, 0);
    if (first !== undefined && first.length > 0) return first.length;
  }
  return undefined;
}

function pointNeuronOf(cell: Cell, pointer: string, setting: Setting): StandardCell | undefined {
  const receptors = Object.entries(cell.receptors ?? {}).map(([name, { type }]) => ({ name, type }));
  const kinds = new Set(receptors.map(({ type }) => own(responseParts, type)?.kind));
  if (kinds.size <= 1) return pointNeuron(cell.neuron?.type ?? '', receptors);
  const types = receptors.map(({ type }) => type);
  return void setting.report(
    messages.wrongValue('the receptors', 'all currents or all conductances', types),
    child(pointer, 'receptors'),
  );
}

/** Returns the parameters that a cell description gives, by the canonical type's names, each with its place. */
export function givenParameters(
  cell: Cell,
  pointer: string,
): readonly (readonly [name: string, value: Value, pointer: string])[] {
  const of = (params: Values | undefined, at: string, prefix: string): [string, Value, string][] =>
    Object.entries(params ?? {}).map(([key, value]) => [`${prefix}${key}`, value, child(at, key)]);
  // Cells with compartments take their values from their type.
  if (cell.type === 'MultiCompartmentNeuron') return [];
  if (cell.type !== 'PointNeuron') return of(cell.params, child(pointer, 'params'), '');
  return [
    ...of(cell.params, child(pointer, 'params'), ''),
    ...of(cell.neuron?.params, `${pointer}/neuron/params`, ''),
    ...Object.entries(cell.receptors ?? {}).flatMap(([name, part]) =>
      of(part.params, `${child(child(pointer, 'receptors'), name)}/params`, `${name}_`),
    ),
  ].filter(([name]) => !/_?locations$/.test(name));
}

/** Returns canonical name and place of a parameter that a `set` or a document names, in PyNN's dotted spelling. */
export const parameterName = (name: string): string => name.replace('.', '_');

/** Returns the unit of a parameter or variable of a cell type. */
export const unitOf = ({ neuron }: StandardCell, name: string): string => declaredIn(neuron, name).unit;

/** Returns names of a cell's parameters as PyNN has them. */
export function parameterNames(cell: StandardCell): readonly string[] {
  const lists = Object.entries(cell.lists ?? {});
  const inLists = new Set(lists.flatMap(([, names]) => names));
  return [
    ...Object.keys(cell.neuron.parameters ?? {}).filter((name) => !inLists.has(name)),
    ...lists.map(([name]) => name),
  ];
}

/**
 * Returns values of parameters for `size` cells, by canonical name, in PyNN's order of parameters, the order of random
 * draws.
 *
 * @param given     result of `givenParameters`
 * @param settable  whether to include values equal to the type's own, as a phase that sets them must
 */
export function parameterValues(
  cell: StandardCell,
  given: readonly (readonly [name: string, value: Value, pointer: string])[],
  size: number,
  setting: Setting,
  settable = false,
): Record<string, Located> {
  const result: Record<string, Located> = {};
  const known = parameterNames(cell);
  const place = (name: string): number => known.indexOf(name);
  for (const [name, value, pointer] of [...given].sort(([a], [b]) => place(a) - place(b))) {
    const components = own(cell.lists ?? {}, name);
    if (components !== undefined) {
      const parts = componentValues(name, components, value, pointer, size, setting);
      for (const [part, located] of Object.entries(parts))
        if (settable || located.value !== defaultOf(cell, part)) result[part] = located;
    } else if (!known.includes(name)) setting.reportKey(messages.unknownParameter(name, cell.name, known), pointer);
    else {
      const translated = translateValue(
        value,
        pointer,
        { what: name, unit: unitOf(cell, name), count: size, formulas: ['i'] },
        setting,
      );
      if (translated !== undefined && (settable || translated.value !== defaultOf(cell, name)))
        result[name] = translated;
    }
  }
  return result;
}

/** Returns the value that a type itself gives to a parameter or variable, so writing it again has no effect. */
export const defaultOf = ({ neuron }: StandardCell, name: string): unknown => declaredIn(neuron, name).value;

/** Returns the numbers of a list-valued parameter for one cell; undefined for values of another form. */
export function listFor(value: Value, cell: number): readonly number[] | undefined {
  const { shared, each } = listsOf(value);
  const one: unknown = shared ?? each?.[cell];
  return isNumbers(one) ? one : undefined;
}

/** Checks whether a value gives each cell its own list, and for how many cells. */
export const listCount = (value: Value): number | null => listsOf(value).each?.length ?? null;

/** Returns the list that all cells share, or one list for each cell; neither for values of another form. */
function listsOf(value: Value): { readonly shared?: readonly unknown[]; readonly each?: readonly unknown[] } {
  const known = valueKind(value);
  switch (known.kind) {
    case 'list':
      return isNumbers(known.value) ? { shared: known.value } : { each: known.value };
    case 'sequence':
      return { shared: known.value.sequence };
    case 'sequences':
      return { each: known.value.sequences };
    case 'number':
    case 'flag':
    case 'random':
    case 'formula':
    case 'data':
      return {};
    default:
      return known satisfies never;
  }
}

function componentValues(
  name: string,
  components: readonly string[],
  value: Value,
  pointer: string,
  size: number,
  setting: Setting,
): Record<string, Located> {
  const count = listCount(value);
  if (count !== null && count !== size) {
    setting.report(Number.isNaN(size) ? messages.countUnknown(name) : messages.wrongLength(name, size, count), pointer);
    return {};
  }
  const lists = Array.from({ length: count ?? 1 }, (_, k) => listFor(value, k));
  const wrong = lists.find((list) => list?.length !== components.length);
  if (lists.some((list) => list === undefined) || wrong !== undefined) {
    setting.report(
      wrong === undefined
        ? messages.wrongValue(name, 'a list of numbers', value)
        : messages.wrongLength(name, components.length, wrong.length),
      pointer,
    );
    return {};
  }
  return Object.fromEntries(
    components.map((component, k) => {
      const numbers = lists.map((list) => list?.[k] ?? 0);
      return [component, located(count === null ? numbers[0] : numbers, pointer)];
    }),
  );
}
