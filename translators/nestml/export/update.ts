/** Actions of a NESTML model in each step before spikes arrive. */

import type { Statement } from '../../../src/lang/ast.js';
import { binary, name as nameOf, number } from '../../../src/lang/build.js';
import { linearForm } from '../../../src/lang/linear.js';
import type { CellCode } from './cell-code.js';
import { indented } from './cell-of-nest.js';
import { nestmlExpression, textOf } from './expressions.js';
import type { Refractoriness } from './refractoriness.js';
import { nestUnitOf } from './units.js';

/** Returns lines that run in each step before spikes arrive. */
export function updateLines(code: CellCode, refractoriness: Refractoriness): readonly string[] {
  const { operations } = code.cell;
  const { derivatives, derived, noise } = code.type;
  const lines: string[] = [];
  const operationsOf = (late: boolean): readonly string[] =>
    operations.flatMap(({ statements, every, isLate }) =>
      isLate === late ? operation(statements, every, code, refractoriness) : [],
    );
  lines.push(...operationsOf(false));
  lines.push(...refractoriness.begin());
  for (const name of code.held) lines.push(`${name} = ${code.text(derived[name]?.value ?? number(0))}`);
  const noises = new Map(
    Object.entries(derivatives).flatMap(([name, { rate }]) => {
      const form = noise.length === 0 ? null : linearForm(rate, noise);
      const parts = [...(form?.coefficients.values() ?? [])].filter(
        (coefficient) => !(coefficient.kind === 'number' && coefficient.value === 0),
      );
      return parts.length === 0 ? [] : [[name, parts] as const];
    }),
  );
  const sums = new Map<string, string>();
  for (const [name, parts] of noises) {
    const local = code.free(`noise_${name}`);
    sums.set(name, local);
    const { state } = code.type;
    const terms = parts.map((part) =>
      binary(
        '*',
        binary('*', nestmlExpression(part, code.names), nameOf('resolution()**0.5')),
        nameOf('random_normal(0.0, 1.0)'),
      ),
    );
    const sum = terms.reduce((all, term) => binary('+', all, term));
    lines.push(`${local} ${nestUnitOf(state[name]?.unit ?? '1').type} = ${textOf(sum)}`);
  }
  lines.push(...integration(Object.keys(derivatives), sums, refractoriness), ...operationsOf(true));
  return lines;
}

function operation(
  statements: readonly Statement[],
  every: number,
  code: CellCode,
  refractoriness: Refractoriness,
): readonly string[] {
  const body = statements.map((statement) => refractoriness.guarded(statement));
  if (every === 1) return body.flat();
  const counter = code.free('steps_to_code');
  code.ownState.push(`${counter} real = 0    # steps until code runs that does so every ${every} steps`);
  return [`if ${counter} <= 0:`, ...body.flat().map(indented), `    ${counter} = ${every}`, `${counter} -= 1`];
}

function integration(
  variables: readonly string[],
  noises: ReadonlyMap<string, string>,
  { period, lasts }: Refractoriness,
): readonly string[] {
  if (variables.length === 0) return [];
  const add = (names: readonly string[]): readonly string[] =>
    names.flatMap((name) => (noises.has(name) ? [`${name} += ${noises.get(name)}`] : []));
  const frozen = new Set(period?.definition.rate ?? []);
  if (frozen.size === 0 || period === undefined) return ['integrate_odes()', ...add(variables)];
  const free = variables.filter((name) => !frozen.has(name));
  const held = variables.filter((name) => frozen.has(name));
  if (free.length === 0) return [`if ${textOf(period.isOver)}:`, ...['integrate_odes()', ...add(held)].map(indented)];
  return [
    `if ${lasts}:`,
    indented(`integrate_odes(${free.join(', ')})`),
    'else:',
    ...['integrate_odes()', ...add(held)].map(indented),
    ...add(free),
  ];
}
