/**
 * Cells and sources in the library's own names: as PyNN's users write them elsewhere, in whatever form. What a type
 * does is compared with the library's type at random points, with the values that it has.
 */

import type { Expression } from '../../../lang/ast.js';
import { name as nameOf, number } from '../../../lang/build.js';
import { NoNumber, type Functions } from '../../../lang/evaluate.js';
import { parseExpression, parseStatements } from '../../../lang/parse.js';
import { printExpression } from '../../../lang/print.js';
import { ownNames } from '../../../model/declared-names.js';
import type { EventDefinition, NeuronType, Refractory } from '../../../model/model.js';
import { normalisedCell } from '../../normalised.js';
import { hasMoreCases } from '../../gather/texts.js';
import { composedCell, gifCell, standardCells } from '../../pynn/index.js';
import type { StandardCell } from '../../standard-type.js';
import { near, plain, sequence, valueAt } from '../numbers.js';
import { combinations, nameThere } from '../same-names.js';
import type { CellUse, Port, RecognisedCell } from './view.js';

/** The cell or source whose names and functions a type has; undefined where there is none. */
export function cellByNames(type: NeuronType, use: CellUse): RecognisedCell | undefined {
  for (const standard of candidates(type)) {
    const library = normalisedCell(standard);
    if (library === undefined || !hasItsVariables(type, library) || !hasItsSigns(standard, use)) continue;
    const values = missingValues(type, library, use);
    if (values === undefined) continue;
    const parameters = Object.keys(library.parameters).map((key): readonly [string, Expression] => {
      const there = nameThere(key, type);
      return [key, there === undefined ? number(values.get(key) ?? 0) : nameOf(there)];
    });
    const states = Object.keys(library.state).map(
      (key) => [nameThere(key, type) ?? key, { name: key, factor: 1 }] as const,
    );
    const ports = Object.values(standard.receptors).map(({ variable, kind }): readonly [string, Port] => [
      nameThere(variable, type) ?? variable,
      { kind, positive: variable, negative: variable, factor: 1 },
    ]);
    return {
      standard,
      parameters: Object.fromEntries(parameters),
      variables: new Map(states),
      ports: new Map(ports),
      currents: new Map(Object.keys(type.inputs).map((key) => [key, 1] as const)),
      remarks: [],
    };
  }
  return undefined;
}

/** Cells and sources of the library, with as many components as a type has. */
function candidates(type: NeuronType): readonly StandardCell[] {
  const components = Object.keys(type.parameters).filter((key) => key.startsWith('tau_eta_')).length;
  const composed = composedCell(type);
  return [
    ...standardCells.values(),
    ...(components === 0 ? [] : [gifCell(components)]),
    ...(composed === undefined ? [] : [composed]),
  ];
}

/** Whether a type has the variables and inputs of another one and no more. */
function hasItsVariables(type: NeuronType, library: NeuronType): boolean {
  const wanted = Object.entries(library.state);
  if (Object.keys(type.state).length !== wanted.length) return false;
  if (Object.keys(type.inputs).some((key) => library.inputs[key] === undefined)) return false;
  if (hasMoreCases(type, library)) return false;
  const isSame = (a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): boolean =>
    Object.keys(a).sort().join() === Object.keys(b).sort().join();
  return (
    wanted.every(([key, { unit }]) => type.state[nameThere(key, type) ?? '']?.unit === unit) &&
    isSame(type.events, library.events)
  );
}

/** Whether what reaches receptors has the signs that they take. */
const hasItsSigns = ({ receptors }: StandardCell, { signs }: CellUse): boolean =>
  Object.values(receptors).every(({ variable, kind }) => {
    const found = signs.get(variable) ?? new Set();
    if (kind === 'voltage') return true;
    return !found.has(kind === 'current' && /_inh\b|_inh_/.test(variable) ? 1 : -1);
  });

/** One number for all draws at a point. */
const drawn =
  (u: number): Functions =>
  (name, [a = 0, b = 0]) => {
    if (name === 'uniform') return u;
    if (name === 'exponential') return -a * Math.log(u);
    return name === 'gamma' ? a * b * u : undefined;
  };

/** A type's texts as functions at points. */
function reader(type: NeuronType): (text: string, values: ReadonlyMap<string, number>, u: number) => number {
  const names = ownNames(type);
  const derived = new Map(Object.entries(type.derived).map(([key, { value }]) => [key, plain(value, names)] as const));
  const texts = new Map<string, Expression>();
  return (text, values, u) => {
    const e = texts.get(text) ?? plain(text, names);
    texts.set(text, e);
    const lookup = (name: string): number => {
      const value = values.get(name);
      const formula = derived.get(name);
      if (value !== undefined) return value;
      if (formula === undefined) throw new NoNumber(name);
      return valueAt(formula, lookup, drawn(u));
    };
    return valueAt(e, lookup, drawn(u));
  };
}

/** How large variables of a unit are. */
const sizes: Readonly<Record<string, number>> = { A: 1e-9, S: 1e-8, '1': 1 };

/**
 * Values of parameters that a type has not since nothing reads them; undefined where no values make both types the
 * same.
 */
function missingValues(
  type: NeuronType,
  library: NeuronType,
  { environment, dt }: CellUse,
): ReadonlyMap<string, number> | undefined {
  const random = sequence(20261124);
  const missing = Object.keys(library.parameters).filter((key) => nameThere(key, type) === undefined);
  const lists = missing.map((key) => {
    const { value } = library.parameters[key] ?? {};
    const usual = typeof value === 'number' ? [value] : [];
    return [...new Set([...(key === 'i_offset' ? [0] : usual), 0])].map((one) => [key, one] as const);
  });
  const [ours, theirs] = [reader(type), reader(library)];
  const points = Array.from({ length: 12 }, () => {
    const own = new Map<string, number>([
      ['dt', dt],
      ['t', random()],
    ]);
    for (const key of Object.keys(type.parameters)) own.set(key, environment.numbers.get(key) ?? 1e-3 * (1 + random()));
    for (const [key, { unit }] of Object.entries(type.state))
      own.set(key, unit === 'V' ? -0.08 + 0.06 * random() : (sizes[unit] ?? 1e-3) * (random() + 0.1));
    for (const key of Object.keys(library.inputs)) own.set(key, type.inputs[key] === undefined ? 0 : 1e-9 * random());
    return { own, u: random() };
  });
  const isSame = (chosen: readonly (readonly [string, number])[]): boolean => {
    const all = points.map(({ own, u }) => {
      const renamed = [...Object.keys(library.parameters), ...Object.keys(library.state)].flatMap((key) => {
        const value = own.get(nameThere(key, type) ?? '');
        return value === undefined ? [] : [[key, value] as const];
      });
      return { own, u, other: new Map([...own, ...chosen, ...renamed]) };
    });
    const agree = (a: string, b: string): boolean =>
      all.every(({ own, other, u }) => near(ours(a, own, u), theirs(b, other, u)));
    const held = (a: Refractory | undefined, b: Refractory | undefined): boolean => {
      if (a?.for === undefined || b?.for === undefined) return a === b;
      if (a.rate.join() !== b.rate.map((key) => nameThere(key, type)).join()) return false;
      const [first, second] = [a.for, b.for];
      return all.every(({ own, other, u }) => near(ours(first, own, u), theirs(second, other, u)));
    };
    return (
      Object.entries(library.derivatives).every(([key, { rate }]) =>
        agree(type.derivatives[nameThere(key, type) ?? '']?.rate ?? '0', rate),
      ) &&
      Object.entries(library.events).every(([key, event]) => {
        const own = type.events[key];
        if (own === undefined || own.multiplicity !== event.multiplicity) return false;
        return (
          conditionsAgree(own.when, event.when, agree) &&
          actionsAgree(own, event, type, agree) &&
          turnsAgree(own, event, held)
        );
      })
    );
  };
  try {
    const found = combinations(lists).find(isSame);
    return found && new Map(found);
  } catch {
    return undefined;
  }
}

type Agree = (a: string, b: string) => boolean;

/** Whether two conditions hold together: comparisons of the same sides. */
function conditionsAgree(a: string, b: string, agree: Agree): boolean {
  const [left, right] = [parseExpression(a), parseExpression(b)];
  if (left.kind !== 'binary' || right.kind !== 'binary' || left.operator !== right.operator) return agree(a, b);
  const joins = left.operator === 'and' || left.operator === 'or';
  const sides = [
    [left.left, right.left],
    [left.right, right.right],
  ] as const;
  return sides.every(([one, other]) =>
    (joins ? conditionsAgree : agreeing)(printExpression(one), printExpression(other), agree),
  );
}

const agreeing = (a: string, b: string, agree: Agree): boolean => agree(a, b);

/** Whether two events do the same. */
function actionsAgree(a: EventDefinition, b: EventDefinition, type: NeuronType, agree: Agree): boolean {
  const [ours, theirs] = [a, b].map(({ do: texts }) => texts.flatMap((text) => parseStatements(text)));
  return (
    ours?.length === theirs?.length &&
    (ours ?? []).every((one, k) => {
      const other = theirs?.[k];
      if (one.kind !== 'assignment' || other?.kind !== 'assignment') return false;
      return (
        one.target === nameThere(other.target, type) &&
        one.operator === other.operator &&
        agree(printExpression(one.value), printExpression(other.value))
      );
    })
  );
}

/** Whether two events happen as often: at each step or each crossing, and after the same time. */
function turnsAgree(
  a: EventDefinition,
  b: EventDefinition,
  held: (a: Refractory | undefined, b: Refractory | undefined) => boolean,
): boolean {
  const isWhile = a.refractory?.while === a.when && a.refractory.rate.length === 0;
  // Brian's users count crossings by cells that are refractory while they are above the threshold.
  if (b.edge === 'rising')
    return b.refractory === undefined && (a.edge === 'rising' ? a.refractory === undefined : isWhile);
  return a.edge === b.edge && held(a.refractory, b.refractory);
}
