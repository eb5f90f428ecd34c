/** Chooses and writes the integration of a group: its method, propagators and modes. */

import type { Expression as Ir } from '../../ir/program.js';
import { code } from '../../ir/template.js';
import { Block } from '../code/block.js';
import { isCableMethod } from '../context/cable.js';
import type { Context } from '../context/context.js';
import { ElementScope, rangesAddress } from '../scopes/element-scope.js';
import { to } from '../code/expressions.js';
import { compiledTerms, computePropagators, propagated, propagatorsOf } from './exact.js';
import { folded } from '../../ir/fold.js';
import { namesIn, writtenBy } from '../../lang/walk.js';
import { inputsOf, leaderOf, orderOf, rangesOf, type Group } from '../context/groups.js';
import { divergingVariables } from './blow-up.js';
import { decayed, exponentialSteps, separateDecays } from './decays.js';
import { newValues, steppedDerivatives } from './integrate.js';
import { chooseMethod } from './choose-method.js';
import type { Chosen } from './choose-method.js';
import type { LinearSystem } from './integrate.js';
import * as messages from '../context/messages.js';
import { noiseOfStep, type Noise } from './noise.js';
import { activity } from './refractoriness.js';
import type { Site } from './propagators.js';
import { settled } from '../code/settled.js';
import { mostOften, settlingOf, settlingSteps, type Settling } from './settling.js';
import { groupKernel, stepScope } from '../scopes/step-scope.js';
import { objectNames } from '../../model/object-names.js';
import { inStep, type PlacedEntry, type StepPlace } from '../context/place.js';

/**
 * Writes the new values of a group's state variables into a scope. @returns the kernels to run before it in each step
 */
export function integrateGroup(
  group: Group,
  noise: ReadonlyMap<string, Noise>,
  scope: ElementScope,
  context: Context,
): readonly PlacedEntry[] {
  const equations = group.equations;
  if (steppedDerivatives(equations).size === 0) return [];
  const chosen = methodOf(group, context);
  if (!chosen) return [];
  const active = activity(scope);
  const note = (names: string, how: string): void => context.builder.note(`${names} is integrated by ${how}`);
  if (chosen.method === 'exact') {
    note(group.name, chosen.method);
    const { values, entries, settling } = exactValues(group, chosen.system, active, scope);
    for (const [name, value] of values)
      scope.write(name, settling.get(name) === 'always' ? settled(value, scope.block) : value);
    const slow = [...values.keys()].filter((name) => settling.get(name) === 'now and then');
    return [...settleNowAndThen(slow, group, context), ...entries];
  }
  const { method } = chosen;
  const separated =
    !context.profile.exactLikeBrian && (method === 'rk4' || method === 'adaptive')
      ? separateDecays(equations, inputsOf(group), new Set(active.keys()))
      : null;
  const solved = separated && decayed(separated, propagatorSite(group, context), scope);
  const exponential = separated?.isExponential === true;
  note(group.name, exponential ? 'exponential steps of fourth order' : method);
  if (separated)
    context.builder.note(
      `${[...separated.decays.derivatives.keys()].join(', ')} of ${group.name}: the exact solution of linear equations`,
    );
  const rest = separated?.rest ?? equations;
  const names = [...steppedDerivatives(rest).keys()];
  // Where the model names no method, the chosen one must cope with variables that a threshold is about to reset.
  const watched = equations.method === 'auto' && group.events.length > 0 ? divergingVariables(names, equations) : [];
  const values =
    exponential && solved
      ? exponentialSteps(separated, solved.course, scope)
      : newValues(method, rest, scope, noiseOfStep(noise, scope), {
          active,
          watched,
          resets: names.filter((name) =>
            group.events.some((event) => writtenBy(event.do).has(name) && namesIn(event.when).has(name)),
          ),
          ...(solved ? { course: solved.course } : {}),
        });
  for (const [name, computed] of [...(solved?.values ?? []), ...values]) {
    const value = settled(computed, scope.block);
    const condition = active.get(name);
    scope.write(name, condition ? folded`select(${condition}, ${value}, ${to(value.type, scope.read(name))})` : value);
  }
  if (!solved) return [];
  const place = updatePlace(group, context);
  return computePropagators(solved.kernels, { changing: false }, group.name, place, context);
}

/** Where a group is integrated in each step. */
const updatePlace = (group: Group, context: Context): StepPlace => ({
  slot: context.profile.defaults.integrate,
  order: orderOf(group, context),
  name: objectNames.stateUpdater(leaderOf(group)),
  phase: 'keep inputs',
});

/** Where the propagators of a group's elements are computed and kept. */
function propagatorSite(group: Group, context: Context): Site {
  const scope = (block: Block): ElementScope => {
    const result = new ElementScope(context, group, rangesAddress, block, null);
    result.integrating = true;
    return result;
  };
  return {
    name: group.name,
    context,
    at: rangesAddress.index,
    scope,
    buffer: (name, comment) => context.builder.buffer(name, context.real, group.length, comment),
    kernel(name, comment, write) {
      const block = new Block();
      write(scope(block), rangesAddress.index);
      return context.builder.map(name, comment, rangesOf(group), false, block);
    },
  };
}

/** Settles variables in every 64th step, right before their integration. */
function settleNowAndThen(names: readonly string[], group: Group, context: Context): readonly PlacedEntry[] {
  if (names.length === 0) return [];
  const block = new Block();
  const scope = stepScope(group, 'settling', block, context);
  scope.integrating = true;
  for (const name of names) scope.write(name, settled(to(context.real, scope.read(name)), block));
  scope.storeAll();
  const kernel = groupKernel(group, 'settling', `decayed values of ${group.name}, which become 0`, block, context);
  return [inStep(kernel, updatePlace(group, context), settlingSteps)];
}

/** An exact step of a group. */
interface ExactStep {
  readonly values: ReadonlyMap<string, Ir>;
  readonly entries: readonly PlacedEntry[];
  /** How often each variable is settled. */
  readonly settling: ReadonlyMap<string, Settling>;
}

/** Exact step in both modes: with the equations in force, and with the rates of refractory variables zero. */
function exactValues(
  group: Group,
  system: LinearSystem,
  active: ReadonlyMap<string, Ir>,
  scope: ElementScope,
): ExactStep {
  const { context } = scope;
  const site = propagatorSite(group, context);
  const free = propagatorsOf(system, new Set(), site);
  const frozen = new Set(active.keys());
  const held = frozen.size > 0 ? propagatorsOf(system, frozen, site) : null;
  const kernels = [...free.kernels, ...(held?.kernels ?? [])];
  const entries = computePropagators(kernels, system, group.name, updatePlace(group, context), context);
  const terms = compiledTerms(system, site, scope);
  const [all = null] = active.values();
  const values = new Map(
    system.names.map((name, i) => {
      const running = propagated(i, system, free, terms, scope);
      if (!held || !all) return [name, scope.block.name(`next_${name}`, running)];
      const stopped = frozen.has(name)
        ? to(scope.real, scope.read(name))
        : propagated(
            i,
            system,
            held,
            terms.map((term, j) => (frozen.has(system.names[j] as string) ? null : term)),
            scope,
          );
      const same = JSON.stringify(running) === JSON.stringify(stopped);
      return [name, scope.block.name(`next_${name}`, same ? running : code`select(${all}, ${running}, ${stopped})`)];
    }),
  );
  const settling = new Map(
    system.names.map((name, i) => {
      const modes = held && !frozen.has(name) ? [free, held] : [free];
      return [name, mostOften(modes.map(({ p, constants }) => settlingOf(p[i]?.[i], constants[i], context.real)))];
    }),
  );
  return { values, entries, settling };
}

/** Candidate methods for the equations of compartments other than the potential. @source Brian 2, `SpatialNeuron` */
const cableMethods = ['exact', 'exponentialEuler', 'rk2', 'heun'] as const;

/** The integration method of a group, or null after a diagnostic. */
function methodOf(group: Group, context: Context): Chosen | null {
  const { equations } = group;
  const { method: named } = equations;
  if (isCableMethod(named)) {
    const hint = 'leave the method out, or give the type compartments';
    context.diagnostics.add(messages.methodRefused(named, group.name, 'it has no compartments', hint));
    return null;
  }
  const methods = group.type.cable ? cableMethods : undefined;
  const elsewhere = severalModes(group);
  return chooseMethod(
    group.name,
    equations,
    { inputs: inputsOf(group), elsewhere, ...(methods ? { methods } : {}) },
    context,
  );
}

/** There are two sets of propagators: as the equations stand, and with the rates of one set of variables zero. */
function severalModes(group: Group): string | null {
  const frozen = group.events.map((event) => event.definition.refractory?.rate ?? []).filter((rate) => rate.length > 0);
  const sets = new Set(frozen.map((rate) => [...rate].sort().join()));
  return sets.size > 1 || (sets.size === 1 && frozen.length > 1) ? 'several events freeze variables of it' : null;
}
