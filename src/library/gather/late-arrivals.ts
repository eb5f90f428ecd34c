/** Delays that last a step longer in some stretches of a run, as a pathway for each length. */

import type { Assignment } from '../../lang/ast.js';
import { assignment, assignmentWhere, call, product } from '../../lang/build.js';
import { parseExpression, parseStatements } from '../../lang/parse.js';
import { printStatement } from '../../lang/print.js';
import { declaredNames } from '../../model/declared-names.js';
import { freeName } from '../../model/free-name.js';
import type { Pathway, Projection, SynapseType, Value } from '../../model/model.js';
import { tidy } from '../recognise/numbers.js';
import { during, stretchesOf } from './waits.js';

/** Delays of different lengths of one pathway that are written down. */
const mostDelays = 12;

/** A projection whose spikes arrive in the steps of LEMS, and its synapses. */
interface Punctual {
  readonly type: SynapseType;
  readonly projection: Projection;
}

/**
 * A projection in which each spike takes as many steps as LEMS, whose time is a sum, waits for it: of two pathways with
 * delays a step apart, one delivers what is emitted while the sum is late, the other one all else.
 *
 * @param numbersIn  the numbers of a delay; undefined where it is not known
 * @param choices    `dt` in s; `most`: steps of the run; `shorter`: steps by which delays are shorter, where Brian
 *   delivers behind the step of the cells and LEMS before it
 * @returns undefined where there is no such form
 */
export function punctual(
  type: SynapseType,
  projection: Projection,
  numbersIn: (value: Value) => readonly number[] | undefined,
  { dt, most, shorter }: { readonly dt: number; readonly most: number; readonly shorter: 0 | 1 },
): Punctual | undefined {
  const pathways: Record<string, Pathway> = {};
  const delays: Record<string, Value> = { ...projection.delays };
  const names = declaredNames(type);
  const taken = (name: string): boolean => names.has(name) || Object.hasOwn(parameters, name);
  const parameters: Record<string, SynapseType['parameters'][string]> = { ...type.parameters };
  const values: Record<string, Value> = { ...projection.values };
  for (const [key, pathway] of Object.entries(type.pathways)) {
    pathways[key] = pathway;
    if (!pathway.on.startsWith('pre.')) continue;
    const given = projection.delays[key] ?? pathway.delay;
    const listed = numbersIn(given);
    const lengths = [...new Set(listed)];
    if (listed === undefined || lengths.length > mostDelays) return undefined;
    const ways = lengths.map((seconds) =>
      seconds > 0 ? stretchesOf(seconds, dt, false, most) : [{ from: 1, steps: shorter }],
    );
    const known = ways.flatMap((one) => (one === undefined ? [] : [one]));
    if (known.length < ways.length) return undefined;
    const least = known.map((one) => Math.min(...one.map(({ steps }) => steps)));
    const spans = known.map((one, k) => Math.max(...one.map(({ steps }) => steps)) - (least[k] ?? 0));
    const span = Math.max(0, ...spans);
    if (span === 0) continue;
    const way = freeName('delay_kind', taken);
    if (lengths.length > 1) {
      parameters[way] = { unit: '1', type: 'integer', value: 0, shared: false };
      values[way] = { array: listed.map((seconds) => lengths.indexOf(seconds)) };
    }
    for (let more = 0; more <= span; more++) {
      const name =
        more === 0
          ? key
          : freeName(`${key}_late`, (one) => Object.hasOwn(type.pathways, one) || Object.hasOwn(pathways, one));
      const stepsOf = (k: number): number => (least[k] ?? shorter) + more;
      const inTime = (k: number): number => tidy(Number(((stepsOf(k) - shorter) * dt).toPrecision(12)));
      const conditions = known.flatMap((stretches, k) => {
        const which = lengths.length > 1 ? `${way} == ${k}` : undefined;
        if (!stretches.some(({ steps }) => steps === stepsOf(k))) return [];
        const when = during(stretches, stepsOf(k), { time: 't', later: stepsOf(k) - shorter, dt, names });
        const both = [which, when === undefined ? undefined : which === undefined ? when : `(${when})`];
        return [both.flatMap((one) => one ?? []).join(' and ')];
      });
      const condition = parseExpression(
        conditions.length > 1 ? conditions.map((one) => `(${one})`).join(' or ') : (conditions[0] ?? ''),
      );
      const where = (one: Assignment): Assignment =>
        one.operator === '+=' || one.operator === '-='
          ? assignment(one.target, one.operator, product(call('int', [condition]), one.value))
          : assignmentWhere(condition, one);
      const code = pathway.do.flatMap((text) => parseStatements(text));
      const isPlain = code.every((one) => one.kind === 'assignment');
      if (!isPlain) return undefined;
      pathways[name] = {
        ...pathway,
        do: code.flatMap((one) =>
          one.kind === 'assignment' ? [printStatement(where(one), { taken: (unit) => names.has(unit) })] : [],
        ),
      };
      const own = listed.map((seconds) => inTime(lengths.indexOf(seconds)));
      delays[name] = typeof given === 'number' ? (own[0] ?? given) : { array: own };
    }
  }
  if (Object.keys(pathways).length === Object.keys(type.pathways).length) return undefined;
  return { type: { ...type, parameters, pathways }, projection: { ...projection, values, delays } };
}
