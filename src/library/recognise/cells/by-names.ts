/**
 * Recognises cells and sources in the library's own names, in any form, as PyNN's users write them elsewhere. The behaviour of a
 * type is compared with the library's type at random points, with the values that it has.
 */

import type { Expression } from '../../../lang/ast.js';
import { name as nameOf, number } from '../../../lang/build.js';
import { parseExpression, parseStatements } from '../../../lang/parse.js';
import { printExpression } from '../../../lang/print.js';
import type { EventDefinition, NeuronType, Refractory } from '../../../model/model.js';
import { normalisedCell } from '../../normalised.js';
import { hasMoreCases } from '../../gather/texts.js';
import { composedCell, gifCell, standardCells } from '../../pynn/index.js';
import type { StandardCell } from '../../standard-type.js';
import { combinations, nameThere } from '../same-names.js';
import { comparisonOf } from './verify.js';
import type { CellUse, Port, RecognisedCell } from './view.js';

/** Returns the cell or source with the names and functions of a type; undefined if there is no such cell. */
export function cellByNames(type: NeuronType, use: CellUse): RecognisedCell | undefined {
  for (const standard of candidates(type)) {
    const library = normalisedCell(standard);
    if (library === undefined || !hasItsVariables(type, library) || !hasItsSigns(standard, use)) continue;
    const found = correspondence(type, library, use);
    if (found === undefined) continue;
    const ports = Object.values(standard.receptors).map(({ variable, kind }): readonly [string, Port] => [
      nameThere(variable, type) ?? variable,
      { kind, positive: variable, negative: variable, factor: 1 },
    ]);
    return {
      standard,
      ...found,
      ports: new Map(ports),
      currents: new Map(Object.keys(type.inputs).map((key) => [key, 1] as const)),
      remarks: [],
    };
  }
  return undefined;
}

/** Returns cells and sources of the library, with as many components as a type has. */
function candidates(type: NeuronType): readonly StandardCell[] {
  const components = Object.keys(type.parameters).filter((key) => key.startsWith('tau_eta_')).length;
  const composed = composedCell(type);
  return [
    ...standardCells.values(),
    ...(components === 0 ? [] : [gifCell(components)]),
    ...(composed === undefined ? [] : [composed]),
  ];
}

/** Checks whether a type has the variables and inputs of another one and no more. */
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

/** Checks whether arrivals at receptors have the signs that the receptors take. */
const hasItsSigns = ({ receptors }: StandardCell, { signs }: CellUse): boolean =>
  Object.values(receptors).every(({ variable, kind }) => {
    const found = signs.get(variable) ?? new Set();
    if (kind === 'voltage') return true;
    return !found.has(kind === 'current' && /_inh\b|_inh_/.test(variable) ? 1 : -1);
  });

/** Returns a type as a library cell of the same names. Undefined if no values of missing parameters make both the same. */
function correspondence(
  type: NeuronType,
  library: NeuronType,
  use: CellUse,
): Pick<RecognisedCell, 'parameters' | 'variables'> | undefined {
  const variables = new Map(
    Object.keys(library.state).map((key) => [nameThere(key, type) ?? key, { name: key, factor: 1 }] as const),
  );
  const values = Object.entries(library.parameters).map(
    ([key, { value }]): readonly (readonly [string, Expression])[] => {
      const there = nameThere(key, type);
      if (there !== undefined) return [[key, nameOf(there)]];
      const usual = typeof value === 'number' ? [value] : [];
      return [...new Set([...(key === 'i_offset' ? [0] : usual), 0])].map((one) => [key, number(one)] as const);
    },
  );
  const isSame = (parameters: RecognisedCell['parameters']): boolean => {
    const { agree } = comparisonOf(type, library, { parameters, variables }, use);
    const held = (a: Refractory | undefined, b: Refractory | undefined): boolean => {
      if (a?.for === undefined || b?.for === undefined) return a === b;
      return a.rate.join() === b.rate.map((key) => nameThere(key, type)).join() && agree(a.for, b.for);
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
    const parameters = combinations(values)
      .map((chosen) => Object.fromEntries(chosen))
      .find(isSame);
    return parameters && { parameters, variables };
  } catch {
    return undefined;
  }
}

type Agree = (a: string, b: string) => boolean;

/** Checks whether two conditions hold together: comparisons of the same sides. */
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

/** Checks whether two events do the same. */
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

/** Checks whether two events happen as often: at each step or each crossing, and after the same time. */
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
