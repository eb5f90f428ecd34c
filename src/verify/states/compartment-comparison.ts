/**
 * Compares the compartments of cells of two models without a step: their capacitances, axial conductances, and the
 * currents of their membranes under a voltage clamp, which show all channels, whatever their variables are called.
 */

import { DiagnosticError } from '../../diagnostics/diagnostic.js';
import { valueAt } from '../../library/recognise/numbers.js';
import { withoutStructure } from '../../lower/cable/expand.js';
import type { Cable } from '../../lower/context/cable.js';
import { LoweringDiagnostics } from '../../lower/context/context.js';
import type { ValidModel } from '../../model/typed.js';
import { scopeOf, type Scope } from './element-scope.js';

/** A model with a population for compartments of equal equations; the one that detects spikes has the cells' name. */
export interface Structured extends ValidModel {
  readonly cables: readonly Cable[];
}

/** Returns a model without draws with its cells as populations of compartments; as it is if they cannot be run. */
export function withoutCompartments({ model, data }: ValidModel): Structured {
  const own = Object.entries(model.populations).filter(([, { type = '' }]) => {
    const { compartments, cable } = model.neurons[type] ?? {};
    return compartments !== undefined || cable !== undefined;
  });
  if (own.length === 0) return { model, data, cables: [] };
  const populations = Object.fromEntries(own);
  const cells = { ...model, populations, projections: {}, stimuli: {}, operations: {}, recordings: [] };
  const alone = { ...cells, experiment: { ...model.experiment, protocol: [] } };
  try {
    const { drawn, cables } = withoutStructure(
      { model: alone, data, places: new Map(), parts: new Map() },
      new LoweringDiagnostics(),
    );
    const { neurons } = drawn.model;
    return {
      model: { ...model, neurons, populations: { ...model.populations, ...drawn.model.populations } },
      data: drawn.data,
      cables,
    };
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return { model, data, cables: [] };
  }
}

interface Passive {
  readonly capacitance: number;
  /** To all neighbours together. */
  readonly 'axial conductance': number;
}

/** A compartment of a cell, without inputs. */
interface Compartment {
  /** Values in SI units. */
  readonly passive: Passive;
  /** Returns the currents of the membrane under the voltage clamp, in A. @throws NoNumber */
  readonly clamped: () => readonly number[];
}

/** A cell with compartments. */
export interface StructuredCell {
  /** By section, in order. */
  readonly sections: ReadonlyMap<string, readonly Compartment[]>;
  /** Name of the potential of the element that detects spikes, and the element. */
  readonly voltage: string;
  readonly home: number;
  /** Most compartments with membranes that are compared, evenly spread. */
  readonly most: number;
}

type Cells = Cable['populations'][number];

const cellsOf = ({ cables }: Structured, name: string): readonly [Cable, Cells] | undefined => {
  for (const cable of cables) for (const cells of cable.populations) if (cells.name === name) return [cable, cells];
  return undefined;
};

/** Returns the number of the cell of an element: elements are the first compartments of all cells first. */
export const cellNumber = (valid: Structured, name: string, element: number): number =>
  element % (cellsOf(valid, name)?.[1].size ?? Infinity);

/** Returns a cell with compartments by its number; undefined for a cell without them. */
export function structuredCell(valid: Structured, name: string, cell: number): StructuredCell | undefined {
  const [cable, own] = cellsOf(valid, name) ?? [];
  if (cable === undefined || own === undefined) return undefined;
  const { classes, tree, ownEquations } = cable;
  const places = new Map([...tree.order].map((node, place) => [node, place]));
  const made: Compartment[] = [];
  let [voltage, home] = ['v', cell];
  for (const [k, { type: typeName, compartments, names }] of classes.entries()) {
    const member = own.members[k] ?? '';
    const [population, type] = [valid.model.populations[member]!, valid.model.neurons[typeName]!];
    for (const [ordinal, at] of compartments.entries()) {
      const element = ordinal * own.size + cell;
      const scope = (state: ReadonlyMap<string, number>): Scope => scopeOf(type, population, element, state, valid);
      const { spike } = type.events;
      // All elements of a cable have the condition, with the number of the one that it concerns.
      const detects = !ownEquations || (spike && valueAt(spike.when, scope(new Map([[names.voltage, 1]]))) !== 0);
      if (member === name && detects) [voltage, home] = [names.voltage, element];
      made[at] = {
        passive: {
          capacitance: valueAt(names.capacitance, scope(new Map())),
          'axial conductance': tree.axial[places.get(at) ?? 0] ?? 0,
        },
        clamped: () => {
          const state = new Map<string, number>();
          for (const variable of Object.keys(type.state)) state.set(variable, scope(state)(variable));
          const here = scope(state);
          const rates = Object.entries(type.derivatives).flatMap(([variable, { rate }]) =>
            variable === names.voltage ? [] : [[variable, () => valueAt(rate, here)] as const],
          );
          return clamp(names.voltage, state, rates, () => valueAt(names.current, here));
        },
      };
    }
  }
  const sections = new Map<string, Compartment[]>();
  for (const [k, { section }] of tree.compartments.entries())
    sections.set(section, [...(sections.get(section) ?? []), made[k]!]);
  return { sections, voltage, home, most: Math.max(1, Math.floor(mostClamped / own.size)) };
}

/** Potentials of the clamp in V, at no singular point of usual rates, and times in s between samples at each. */
const potentials = [-0.0713, -0.0917, -0.0523, -0.0381, -0.0212, 0.0047, 0.0336, -0.0648];
const intervals = Array.from({ length: 8 }, (_, k) => 2e-5 * 5 ** k);

/** Samples of the clamp until states have forgotten their first values. */
const firstSamples = intervals.length + 2;

/**
 * Returns the currents of a membrane: at first, and at each potential at once and after each interval. States advance
 * by exponential Euler steps, exact for gates: both models have the same steps, so equal equations have equal currents.
 */
function clamp(
  voltage: string,
  values: Map<string, number>,
  rates: readonly (readonly [variable: string, rate: () => number])[],
  current: () => number,
): readonly number[] {
  const found = [current()];
  for (const potential of potentials) {
    values.set(voltage, potential);
    found.push(current());
    for (const seconds of intervals) {
      const next = rates.map(([variable, rate]) => {
        const [value, change] = [values.get(variable)!, rate()];
        const moved = value + 1e-3 * (1 + Math.abs(value));
        values.set(variable, moved);
        const exponent = ((rate() - change) / (moved - value)) * seconds;
        values.set(variable, value);
        return value + change * seconds * (Math.abs(exponent) < 1e-9 ? 1 : Math.expm1(exponent) / exponent);
      });
      rates.forEach(([variable], k) => values.set(variable, next[k]!));
      found.push(current());
    }
  }
  return found;
}

/** Most compartments of a population with membranes that are compared. */
const mostClamped = 200;

/** Units of passive values. */
const passiveUnits = [
  ['capacitance', 'F'],
  ['axial conductance', 'S'],
] as const;

/** A quantity that differs. */
interface Found {
  readonly quantity: string;
  readonly values: readonly [source: number, target: number];
  readonly unit: string;
}

interface HowToCompare {
  readonly isDrivenAlike: boolean;
  readonly same: (a: number, b: number, size: number) => boolean;
}

/**
 * Returns differences of the compartments of two cells, and whether all of their values were compared.
 *
 * @param isDrivenAlike  whether both have equally many inputs; else one can be part of the other's membrane
 * @throws NoNumber for membranes without a clamp
 */
export function compartmentsApart(
  [{ sections: own, most }, { sections: there }]: readonly [StructuredCell, StructuredCell],
  { isDrivenAlike, same }: HowToCompare,
): { readonly differences: readonly Found[]; readonly isWhole: boolean } {
  const differences: Found[] = [];
  const all = [...own].flatMap(([section, pieces]) =>
    pieces.map((piece, k) => [`${section} ${k}`, piece, there.get(section)?.[k]] as const),
  );
  let isWhole = own.size === there.size && [...own].every(([name, { length }]) => length === there.get(name)?.length);
  for (const [place, piece, other] of all)
    for (const [quantity, unit] of isWhole && other ? passiveUnits : []) {
      const values = [piece.passive[quantity], other!.passive[quantity]] as const;
      if (!same(...values, 0)) differences.push({ quantity: `${quantity} of ${place}`, values, unit });
    }
  if (!isWhole) return { differences, isWhole };
  const every = Math.ceil(all.length / most);
  for (const [place, piece, other] of all.filter((_, k) => k % every === 0)) {
    const pairs = zipped(piece.clamped(), other!.clamped());
    if (apartIn(pairs, same).length === 0) continue;
    const [own = 0, others = 0] = isDrivenAlike ? [] : pairs.at(-1)!;
    const changes = pairs.map(([a, b]) => [a - own, b - others] as const);
    const apart = apartIn(changes, same);
    const [worst] = apart.toSorted((p, q) => distance(changes[q]!) - distance(changes[p]!));
    if (worst === undefined) {
      isWhole = false;
      continue;
    }
    const when = apart.every((sample) => sample < firstSamples)
      ? 'first current'
      : `current at ${potentials[Math.floor((worst - 1) / (intervals.length + 1))]! * 1e3} mV`;
    differences.push({ quantity: `${when} of ${place}`, values: changes[worst]!, unit: 'A' });
  }
  return { differences, isWhole };
}

type Pair = readonly [source: number, target: number];

const zipped = (a: readonly number[], b: readonly number[]): readonly Pair[] => a.map((value, k) => [value, b[k]!]);

const distance = ([a, b]: Pair): number => Math.abs(a - b);

/** Returns the samples that differ by more than rounding. */
function apartIn(pairs: readonly Pair[], same: HowToCompare['same']): readonly number[] {
  const size = Math.max(...pairs.flat().map(Math.abs).filter(Number.isFinite), 0);
  return pairs.flatMap((pair, sample) => (same(...pair, size) ? [] : [sample]));
}
