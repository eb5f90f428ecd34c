/**
 * The exact method: x(h) = P x + R b with the propagators of `propagators.ts`.
 *
 * If every coefficient is a number, the propagators are numbers in the code. If a coefficient is a parameter that
 * differs between elements or that a phase may set, a kernel computes them into buffers at initialisation and after
 * each `set`. Both ways use the same operations. Phase-invariant terms are summed in the same way, and take a buffer
 * even beside numbers if they differ between elements. Variables with a rate of
 * zero during refractoriness have a second set of rows for that mode.
 */

import * as ir from '../../ir/builder.js';
import type { Expression as Ir } from '../../ir/program.js';
import { reach } from '../../lang/linear.js';
import { Block } from '../code/block.js';
import type { Context } from '../context/context.js';
import { compileReal, compile, to } from '../code/expressions.js';
import type { IntegrationScope } from '../code/expressions.js';
import { folded } from '../../ir/fold.js';
import type { LinearSystem } from './integrate.js';
import { definitionOf } from '../context/invariant.js';
import { propagatorsProcedure, storedPropagators } from './propagators.js';
import type { Entry, Propagators, Site } from './propagators.js';
import { inStep, type PlacedEntry, type StepPlace } from '../context/place.js';

/** Returns the propagators of a system with zero rows for the `frozen` variables. */
export function propagatorsOf(system: LinearSystem, frozen: ReadonlySet<string>, site: Site): Propagators {
  const isFrozen = (i: number): boolean => frozen.has(system.names[i] as string);
  const rows = system.matrix.map((row, i) => row.map((entry) => (isFrozen(i) ? null : entry)));
  const closed = reach(rows.map((row) => row.map((entry) => entry !== null)));
  const held = system.terms.map((term, i) => (!isFrozen(i) && term !== null && holds(term, site) ? term : null));
  return storedPropagators({ names: system.names, rows, closed, held, frozen }, site);
}

/** Whether a term is the same until some phase changes it. */
function holds(term: NonNullable<LinearSystem['terms'][number]>, site: Site): boolean {
  return definitionOf(compile(term, site.scope(new Block()))) !== null;
}

/**
 * Runs the kernels that compute propagators: before each integration if a coefficient changes, else once and after each
 * `set`.
 *
 * @param place in each step, right before the integration
 * @returns the kernels that run in each step
 */
export function computePropagators(
  kernels: readonly string[],
  { changing }: Pick<LinearSystem, 'changing'>,
  owner: string,
  place: StepPlace,
  context: Context,
): readonly PlacedEntry[] {
  if (changing) return kernels.map((kernel) => inStep(kernel, place));
  for (const kernel of kernels) onceAndAfterSet(kernel, owner, context);
  return [];
}

/** Runs a kernel at the start and after each `set` of a variable of its owner. */
export function onceAndAfterSet(kernel: string, owner: string, { builder }: Context): void {
  builder.initially(kernel);
  builder.procedure(propagatorsProcedure(owner), { kind: 'run', kernel });
}

/** New value of one variable: its row of P times the old values plus its row of R times the terms. */
export function propagated(
  i: number,
  system: LinearSystem,
  { p, r, constants, at }: Propagators,
  terms: readonly (Ir | null)[],
  scope: IntegrationScope,
): Ir {
  const entry = (e: Entry): Ir => (typeof e === 'number' ? to(scope.real, ir.f64(e)) : ir.load(e, at));
  let sum: Ir | null = null;
  const include = (value: Ir): void => {
    sum = sum ? folded`${sum} + ${value}` : value;
  };
  system.names.forEach((name, j) => {
    const factor = p[i]?.[j] ?? null;
    if (factor === null) return;
    const x = to(scope.real, scope.read(name));
    include(factor === 1 ? x : folded`${entry(factor)} * ${x}`);
  });
  terms.forEach((term, j) => {
    const factor = r[i]?.[j] ?? null;
    if (factor !== null && term !== null) include(folded`${entry(factor)} * ${term}`);
  });
  const constant = constants[i] ?? null;
  if (constant !== null) include(entry(constant));
  return sum ?? to(scope.real, ir.f64(0));
}

/** The terms of a system that change from step to step, compiled once and named. */
export function compiledTerms(system: LinearSystem, site: Site, scope: IntegrationScope): (Ir | null)[] {
  return system.terms.map((term, i) =>
    term === null || holds(term, site)
      ? null
      : scope.block.name(`drive_${system.names[i] as string}`, compileReal(term, scope)),
  );
}
