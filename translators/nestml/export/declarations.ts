/** Declarations of a NESTML model, with units: state, parameters, and their counterparts in PyNN. */

import { parseUnit } from '../../../src/lang/units.js';
import { identityOf, type StandardCell } from '../../../src/library/standard-type.js';
import type { Parameter } from '../../../src/model/typed.js';
import type { CellCode } from './cell-code.js';
import { textOf } from './expressions.js';
import { nestmlQuantity, nestNumber, nestUnitOf } from './units.js';

/** Returns the units of recordable variables, by name. */
export function unitsOf(code: CellCode): Readonly<Record<string, string>> {
  const { state, derived } = code.type;
  const of = Object.entries({ ...state, ...derived }).flatMap(([name, { unit }]) => {
    if (!isRecordable(code, name)) return [];
    const { type } = nestUnitOf(unit);
    return [[name, type === 'real' ? 'dimensionless' : type] as const];
  });
  return Object.fromEntries(of);
}

function isRecordable(code: CellCode, name: string): boolean {
  return Object.hasOwn(code.type.state, name) || (code.cell.recorded.has(name) && !code.isTruth(name));
}

/** Returns the cell as PyNN sees it. */
export function standardOf(code: CellCode): StandardCell {
  const { name, type, ports } = code.cell;
  const recordable = [...Object.keys(type.state), ...Object.keys(type.derived)].filter((one) =>
    isRecordable(code, one),
  );
  const inOwnUnit = (unit: string, value: unknown): { readonly unit: string; readonly value: number } => ({
    unit: nestUnitOf(unit).own,
    value: typeof value === 'number' ? nestNumber(value, parseUnit(unit).dimension) : 0,
  });
  return {
    name: `nestml:${name}`,
    neuron: {
      parameters: Object.fromEntries(
        readParameters(code).map(([key, { unit, value }]) => [key, inOwnUnit(unit, value)]),
      ),
      state: Object.fromEntries(
        Object.entries(type.state).map(([key, { unit, initial }]) => {
          const { unit: own, value } = inOwnUnit(unit, initial);
          return [key, { unit: own, initial: value }];
        }),
      ),
    },
    receptors: Object.fromEntries(
      ports.map(({ receptor, variable, kind }) => [receptor, { variable, kind: kind ?? 'voltage' }]),
    ),
    recordable: identityOf(recordable),
    initial: identityOf(Object.keys(type.state)),
  };
}

/** Returns lines of the state. */
export function stateLines(code: CellCode): readonly string[] {
  const { state, derived } = code.type;
  const held = [...code.held].map((name) => [name, { unit: derived[name]?.unit ?? '1', initial: 0 }] as const);
  return [...Object.entries(state), ...held].map(
    ([name, { unit, initial }]) => `${name} ${nestUnitOf(unit).type} = ${literal(initial, unit)}`,
  );
}

/** Returns lines of the parameters. */
export function parameterLines(code: CellCode): readonly string[] {
  return readParameters(code).map(
    ([name, { unit, value }]) => `${name} ${nestUnitOf(unit).type} = ${literal(value, unit)}`,
  );
}

/** Returns parameters that code reads; others were for first values only. */
function readParameters(code: CellCode): readonly (readonly [string, Parameter])[] {
  return Object.entries(code.type.parameters).filter(([name]) => code.reads(name));
}

/** Returns a first value or the value of a parameter. Values that are not numbers come from the populations. */
const literal = (value: unknown, unit: string): string =>
  textOf(nestmlQuantity(typeof value === 'number' ? value : 0, parseUnit(unit).dimension));
