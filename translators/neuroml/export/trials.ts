/** How many trials the binomial numbers of a synapse may have. */

import type { Call, Expression, Statement } from '../../../src/lang/ast.js';
import { parseStatements } from '../../../src/lang/parse.js';
import { callsIn, namesIn } from '../../../src/lang/walk.js';
import type { Projection, SynapseType } from '../../../src/model/model.js';
import type { ExportContext } from './context.js';
import { longestIn } from './transit.js';

const isName = (e: Expression | undefined, name: string): boolean => e?.kind === 'name' && e.name === name;

const binomialsIn = (e: Expression): readonly Call[] => callsIn(e).filter((call) => call.function === 'binomial');

/**
 * The most trials of the binomial numbers that a pathway draws; undefined where that is not known.
 *
 * @param actions  of the pathway
 */
export function mostTrialsIn(
  actions: readonly string[],
  type: SynapseType,
  { values }: Projection,
  context: Pick<ExportContext, 'data'>,
): number | undefined {
  const most = (e: Expression | undefined): number | undefined => {
    if (e?.kind === 'number') return e.value;
    if (e?.kind === 'name' && Object.hasOwn(type.parameters, e.name))
      return longestIn(values[e.name] ?? type.parameters[e.name]?.value, context);
    if (e?.kind === 'name') return Object.hasOwn(values, e.name) ? undefined : most(supplyOf(e.name, type));
    if (e?.kind !== 'binary' || e.operator !== '-' || e.right.kind !== 'name') return undefined;
    const supply = supplyOf(e.right.name, type);
    const isRest = supply !== undefined && !Object.hasOwn(values, e.right.name) && isName(e.left, supply.name);
    return isRest ? most(e.left) : undefined;
  };
  const all = actions
    .flatMap(parseStatements)
    .flatMap(({ value }) => binomialsIn(value).map((call) => most(call.arguments[0])));
  return all.reduce<number | undefined>(
    (before, one) => (before === undefined || one === undefined ? undefined : Math.max(before, one)),
    0,
  );
}

/**
 * The parameter that a variable counts down from and up to: it starts as it, loses some of those that it has, and gets some of
 * those that are missing. Undefined for other variables.
 */
function supplyOf(variable: string, type: SynapseType): Extract<Expression, { kind: 'name' }> | undefined {
  const { initial } = type.state[variable] ?? {};
  const [start] = typeof initial === 'string' ? parseStatements(`supply = ${initial}`) : [];
  const supply = start?.value;
  if (supply?.kind !== 'name' || !Object.hasOwn(type.parameters, supply.name)) return undefined;
  const codes = [...Object.values(type.pathways), ...Object.values(type.events ?? {})].map((one) =>
    one.do.flatMap(parseStatements),
  );
  const isChange = (code: readonly Statement[]): boolean =>
    code.every((one, k) => {
      if (one.kind !== 'assignment' || one.target !== variable) return true;
      const drawn = one.value.kind === 'call' && one.value.function === 'binomial' ? one.value.arguments[0] : undefined;
      if (one.operator === '+=')
        return (
          drawn?.kind === 'binary' &&
          drawn.operator === '-' &&
          isName(drawn.left, supply.name) &&
          isName(drawn.right, variable)
        );
      return one.operator === '-=' && (isName(drawn, variable) || isPartOf(one.value, variable, code.slice(0, k)));
    });
  return codes.every(isChange) ? supply : undefined;
}

/** Whether a value is a name that was given a part of a variable, which has not changed since. */
function isPartOf(value: Expression, variable: string, before: readonly Statement[]): boolean {
  if (value.kind !== 'name') return false;
  const at = before.findLastIndex((one) => one.kind === 'assignment' && one.target === value.name);
  const given = before[at]?.value;
  return (
    given?.kind === 'call' &&
    given.function === 'binomial' &&
    isName(given.arguments[0], variable) &&
    before.slice(at).every((one) => one.kind !== 'assignment' || one.target !== variable) &&
    !namesIn(given).has(value.name)
  );
}
