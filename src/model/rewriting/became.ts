/** Statements on the parts of a model after a rewriting, which are composed over a list of rewritings. */

import type { ConversionEntry } from '../conversion-report.js';
import { segments } from '../pointer.js';

/** A cell of a population. */
export interface Cell {
  readonly population: string;
  readonly cell: number;
}

/** A variable of an element; of cells with compartments at a place. */
export interface Variable {
  /** A population or a projection. */
  readonly owner: string;
  readonly name: string;
  /** The element of the population; absent: all of them. */
  readonly element?: number;
  /** The section; absent: the spike-detection site. */
  readonly section?: string;
  /** Place along the section; absent: its middle. */
  readonly fraction?: number;
}

/** A variable after a rewriting. */
export interface VariableAfter extends Variable {
  /** Its size after the rewriting relative to before; absent: 1. */
  readonly factor?: number;
}

/** Parts of a model after a rewriting, by their names before; undefined for parts that are left out. */
export interface Became {
  readonly population: (name: string, cell: number) => Cell | undefined;
  readonly variable: (variable: Variable) => VariableAfter | undefined;
  readonly projection: (name: string) => string | undefined;
}

/** All parts keep their names. */
export const unchanged: Became = {
  population: (population, cell) => ({ population, cell }),
  variable: (variable) => variable,
  projection: (name) => name,
};

/** Returns the statement on a list of rewritings; parts that a statement omits keep their names. */
export const composed = (statements: readonly Partial<Became>[]): Became =>
  statements.reduce<Became>(
    (before, { population, variable, projection }) => ({
      population: population
        ? (name, cell) => {
            const now = before.population(name, cell);
            return now && population(now.population, now.cell);
          }
        : before.population,
      variable: variable
        ? (given) => {
            const { factor: first = 1, ...now } = before.variable(given) ?? { owner: undefined };
            if (now.owner === undefined) return undefined;
            const { factor = 1, ...after } = variable(now) ?? { owner: undefined };
            if (after.owner === undefined) return undefined;
            return first * factor === 1 ? after : { ...after, factor: first * factor };
          }
        : before.variable,
      projection: projection
        ? (name) => {
            const now = before.projection(name);
            return now === undefined ? undefined : projection(now);
          }
        : before.projection,
    }),
    unchanged,
  );

/** Returns the statement on populations of cells that became populations, from entries of a report. */
export function cellsApart(entries: readonly ConversionEntry[]): Partial<Became> {
  const parts = new Map(
    entries.flatMap(({ pointer, cells }) => {
      const [collection, name] = segments(pointer);
      return cells && collection === 'populations' && name !== undefined
        ? [[name, Object.entries(cells)] as const]
        : [];
    }),
  );
  const cellOf = (name: string, cell: number): Cell => {
    const [population, cells] = parts.get(name)?.find(([, all]) => all.includes(cell)) ?? [name, undefined];
    return { population, cell: cells?.indexOf(cell) ?? cell };
  };
  return {
    population: cellOf,
    variable: (given) => {
      if (given.element === undefined || !parts.has(given.owner)) return given;
      const { population, cell } = cellOf(given.owner, given.element);
      return { ...given, owner: population, element: cell };
    },
  };
}
