/**
 * Pass: the work of synapses in every step: their clock-driven equations, summed variables and continuous
 * contributions.
 *
 * A sum of an element runs over its synapses in order of source and creation, so that its rounding is defined. It reads
 * values from the end of the previous step.
 */

import { spelling } from '../../lang/reference.js';
import { invariant } from '../../diagnostics/diagnostic.js';
import * as ir from '../../ir/builder.js';
import type { Buffer, Expression as Ir } from '../../ir/program.js';
import { code } from '../../ir/template.js';
import type { Extent } from '../../ir/program.js';
import { call } from '../../lang/build.js';
import { expressionsOf } from '../../lang/walk.js';
import type { Sum, LocalEvent } from '../../model/typed.js';
import type { Side } from '../../lang/ast.js';
import { Block, item } from '../code/block.js';
import { atTicks, onClock, onClockOf } from '../code/clocks.js';
import type { Context } from '../context/context.js';
import { constantOf } from '../context/invariant.js';
import type { Draws } from '../code/draws.js';
import { draw, drawStep, keyAt, keyBuffer } from '../code/draws.js';
import { step } from '../code/step-time.js';
import { combine, storedValue } from '../code/typed-values.js';
import { drawsIn } from '../../lang/functions.js';
import { compile, compileCondition, compileReal, to } from '../code/expressions.js';
import { compiledTerms, computePropagators, propagated, propagatorsOf } from '../integration/exact.js';
import { chooseMethod } from '../integration/choose-method.js';
import { newValues, steppedDerivatives, withoutNoise } from '../integration/integrate.js';
import { schemesOf, schemeStep } from '../integration/kinetic-scheme.js';
import * as messages from '../context/messages.js';
import { splitByEnd, type EndValue } from './end-values.js';
import { readReferences, sharedKey } from './pathways.js';
import type { ProjectionPlan } from '../plan/projection.js';
import { bySpelling, summedAt } from '../plan/receptors.js';
import { namedIndex } from '../plan/rule-code.js';
import { synapseDraws } from '../synapses/synapse-values.js';
import { elementIndex, SynapseScope, type SynapseAddress } from '../plan/synapse-scope.js';
import { overPositions } from '../plan/positions.js';
import type { Site } from '../integration/propagators.js';
import { runsOnLanes } from '../code/lanes.js';
import { settled } from '../code/settled.js';
import type { BuiltProjection } from '../plan/synapse-scope.js';
import { begins } from '../integration/rising-edge.js';
import { heldOf } from '../context/equations.js';
import { orderOf } from '../context/groups.js';
import { objectNames } from '../../model/object-names.js';
import { inStep, type PlacedEntry, type StepPlace } from '../context/place.js';

/** Kernels of one projection that run in every step. */
export function lowerContinuousSynapses(built: BuiltProjection, context: Context): readonly PlacedEntry[] {
  const { plan } = built;
  const { order } = plan.projection;
  const { summed, integrate } = context.profile.defaults;
  refuseReadingSums(plan, context);
  const projectionContext = onClock(plan.projection.clock, context);
  // A sum is computed at the ticks of its target's clock.
  const placedSum = (sum: Sum, kernels: readonly string[], place: StepPlace): readonly PlacedEntry[] =>
    atTicks(
      kernels.map((kernel) => inStep(kernel, place)),
      onClockOf(plan[summedAt(sum.to, plan.projection.receptors).end].population, context),
    );
  return [
    ...bySpelling(plan.type.summed).flatMap((sum) =>
      placedSum(sum, sumKernels(sum, 'summed', built, projectionContext), summedPlace(sum, plan, context)),
    ),
    ...bySpelling(plan.type.contributes).flatMap((sum) =>
      placedSum(sum, sumKernels(sum, 'contributed', built, projectionContext), {
        slot: summed,
        order: context.profile.ties === 'phase' ? 'first' : order,
        phase: 'contribute',
      }),
    ),
    ...atTicks(
      [
        ...heldUpdate(built, projectionContext),
        ...synapseUpdate(
          built,
          { slot: integrate, order, name: objectNames.stateUpdater(plan.name) },
          projectionContext,
        ),
      ],
      projectionContext,
    ),
  ];
}

/**
 * Returns the place of a sum in the step: by default before the integration of the synapses. If ties are resolved by
 * names, it is before the integration of its target's group. For an end that is a part of a group, it has the name of
 * that part, as Brian's subgroups do.
 */
function summedPlace({ to }: Sum, plan: ProjectionPlan, context: Context): StepPlace {
  return { ...usualPlace(to, plan, context), ...plan.type.sumSlots?.[spelling(to)] };
}

function usualPlace(to: Sum['to'], plan: ProjectionPlan, context: Context): StepPlace {
  const slot = context.profile.defaults.summed;
  const { end, variable } = summedAt(to, plan.projection.receptors);
  const { group, member, size } = plan[end];
  if (context.profile.ties === 'phase' || !group || !member) return { slot, order: plan.projection.order - 1 };
  const isPart = size < member.population.size;
  const name = objectNames.summed(plan.name, variable, end);
  return { slot, order: orderOf(group, context) - (isPart ? 0 : 1), name };
}

/** Where in a step the sums of a projection are made and its synapses integrated. */
export const continuousPlaces = (plan: ProjectionPlan, context: Context): readonly StepPlace[] => [
  ...plan.type.summed.map((sum) => summedPlace(sum, plan, context)),
  {
    slot: context.profile.defaults.integrate,
    order: plan.projection.order,
    name: objectNames.stateUpdater(plan.name),
  },
];

/**
 * Rejects a sum that reads its own target, because its value would depend on the order of elements, or that reads
 * targets of contributions. Sums of other variables are ordered by their places.
 */
function refuseReadingSums(plan: ProjectionPlan, context: Context): void {
  const keyOf = ({ to }: Sum): string => sharedKey(plan, summedAt(to, plan.projection.receptors));
  const contributed = new Set(plan.type.contributes.map(keyOf));
  const all = new Set([...contributed, ...plan.type.summed.map(keyOf)]);
  for (const sum of [...plan.type.summed, ...plan.type.contributes]) {
    const { to, value } = sum;
    const written = plan.type.summed.includes(sum) ? new Set([...contributed, keyOf(sum)]) : all;
    for (const read of readReferences(value, plan)) {
      if (read.kind !== 'end' || !written.has(sharedKey(plan, read))) continue;
      context.diagnostics.add(
        messages.unsupportedFeature(
          `a sum (${spelling(to)} of projection ${plan.name}) that reads ${spelling(read)}, which sums write,`,
          'keep a copy of the variable from the step before and read that',
        ),
      );
    }
  }
}

/**
 * `post.x = Σ expression` (summed) or `post.I += Σ expression` (contribution): the kernels in their order. The last one
 * sums, and those before it compute values of the other end.
 */
function sumKernels(
  { to: target, value: whole }: Sum,
  kind: 'summed' | 'contributed',
  { plan, connectivity, storage }: BuiltProjection,
  context: Context,
): readonly string[] {
  const { value, derived, moved } = splitByEnd(whole, plan);
  const rest = { plan: { ...plan, equations: { ...plan.equations, derived } }, storage };
  const replaces = kind === 'summed';
  const { end: side, variable } = summedAt(target, plan.projection.receptors);
  const end = plan[side];
  const place = end.group?.storage.get(variable);
  invariant(
    place && place.kind === 'array',
    'lower/sums',
    `${spelling(target)} of ${plan.name} is no variable of each element`,
  );
  const block = new Block();
  const product = !replaces && end.group?.type.inputs[variable]?.reduce === 'product';
  const join = product ? ir.mul : ir.add;
  const sum = block.write`var sum = ${to(context.real, ir.f64(product ? 1 : 0))}`('sum');
  const columns = connectivity.columns;
  const starts = side === 'pre' ? connectivity.rows : columns?.starts;
  invariant(starts, 'lower/sums', `${plan.name} has no columns`);
  const addressOf = (k: Ir, inner: Block): SynapseAddress => {
    if (side === 'pre')
      return { position: k, source: item, target: inner.name('target', code`u32(${connectivity.targets}[${k}])`) };
    const position = inner.name('synapse', ir.load(columns?.positions ?? starts, k));
    return { position, source: inner.name('source', ir.load(columns?.sources ?? starts, k)), target: item };
  };
  const atEnds = valuesOfEnds(`${plan.name}.sum_${variable}`, moved, side, rest, block, context);
  const element = elementIndex(end, item);
  const before = replaces ? null : to(context.real, ir.load(place.buffer, element));
  block.write`
    for k = ${starts}[index] until ${starts}[index + 1u] {
      ${(at, inner) => {
        const address = addressOf(at('k'), inner);
        const scope = new SynapseScope(context, rest, address, inner, null);
        scope.overrides = atEnds.read(address);
        inner.write`${sum} = ${join(sum, compileReal(value, scope))}`;
      }}
    }
    ${place.buffer}[${element}] = ${storedValue(place.buffer, before ? join(before, sum) : sum)}`;
  const sums = context.builder.map(
    `${plan.name}.sum_${variable}`,
    `sums ${variable} of ${end.population} over the synapses of ${plan.name}`,
    { kind: 'count', count: end.size },
    false,
    block,
  );
  return [...atEnds.kernels, sums];
}

/**
 * Computes the parts of a sum that one end determines. Those of the end that is summed for become locals of its kernel.
 * A kernel of its own stores those of the other end.
 */
function valuesOfEnds(
  name: string,
  moved: readonly EndValue[],
  side: Side,
  built: Pick<BuiltProjection, 'plan' | 'storage'>,
  block: Block,
  context: Context,
): { readonly kernels: readonly string[]; readonly read: (address: SynapseAddress) => ReadonlyMap<string, Ir> } {
  const [here, there] = [block, new Block()].map(
    (each) => new SynapseScope(context, built, { position: null, source: item, target: item }, each, null),
  ) as [SynapseScope, SynapseScope];
  const other = side === 'pre' ? 'post' : 'pre';
  const { population, size } = built.plan[other];
  const values = new Map<string, Ir>();
  const buffers = new Map<string, Buffer>();
  for (const part of moved) {
    const scope = part.end === side ? here : there;
    const value = scope.block.name(`${part.end}_value`, compile(part.value, scope));
    // Constants are rounded where they are combined.
    if (part.end === side || constantOf(value)) {
      values.set(part.name, value);
      continue;
    }
    const element = value.type === 'f32' ? 'f32' : 'f64';
    const buffer = context.builder.buffer(`${name}.${other}`, element, size, `values of ${population} for ${name}`);
    there.block.write`${buffer}[index] = ${value}`;
    buffers.set(part.name, buffer);
  }
  if (buffers.size === 0) return { kernels: [], read: () => values };
  const kernel = context.builder.map(
    `${name}.${other}`,
    `computes values of ${population} for ${name}`,
    { kind: 'count', count: size },
    runsOnLanes(there.block.statements),
    there.block,
  );
  const read = ({ source, target }: SynapseAddress): ReadonlyMap<string, Ir> => {
    const element = other === 'pre' ? source : target;
    return new Map([...values, ...[...buffers].map(([part, buffer]) => [part, ir.load(buffer, element)] as const)]);
  };
  return { kernels: [kernel], read };
}

/** Derived variables that hold over a step are computed at its start. @random stream `projection/<id>/held` */
function heldUpdate(built: BuiltProjection, context: Context): readonly PlacedEntry[] {
  const { plan, connectivity } = built;
  const held = heldOf(plan.equations);
  if (held.length === 0) return [];
  const slot = context.profile.defaults.hold;
  const isDrawn = held.some(([, { expression }]) => drawsIn(expression));
  const stored = { name: plan.name, count: connectivity.count, rows: connectivity.rows, sources: plan.pre.size };
  const comment = `derived variables of the synapses of ${plan.name} that hold over the step`;
  const kernel = overPositions(`${plan.name}.hold`, comment, stored, context, (position, source, block) => {
    const target = block.name('target', code`u32(${connectivity.targets}[${position}])`);
    const at = { position, source, target };
    const draws = isDrawn ? drawsOf(built, 'held', at, block, context) : null;
    const scope = new SynapseScope(context, built, at, block, draws, { slot });
    for (const [name, variable] of held) scope.write(name, compile(variable.expression, scope));
    scope.storeAll();
  });
  const name = objectNames.subexpressionUpdate(plan.name);
  return kernel === null ? [] : [inStep(kernel, { slot, order: plan.projection.order, name })];
}

/** Adds the clock-driven equations and conditions of the synapses, and the kernels that they require. */
function synapseUpdate(built: BuiltProjection, place: StepPlace, context: Context): readonly PlacedEntry[] {
  const { plan, connectivity } = built;
  const { equations } = plan;
  const hasRates = steppedDerivatives(equations).size > 0;
  const events = Object.entries(plan.type.events ?? {}).sort(([a, x], [b, y]) => x.order - y.order || (a < b ? -1 : 1));
  if (!hasRates && events.length === 0) return [];
  const block = new Block();
  const before: PlacedEntry[] = [];
  const update = (position: Ir, inner: Block): void => {
    const target = inner.name('target', code`u32(${connectivity.targets}[${position}])`);
    const at = { position, source: item, target };
    const draws = events.length > 0 ? eventDraws(built, at, inner, context) : null;
    const scope = new SynapseScope(context, built, at, inner, draws);
    if (hasRates) {
      const { values, entries } = integrated(built, place, scope, context);
      before.push(...entries);
      for (const [name, value] of values) scope.write(name, settled(value, scope.block));
    }
    for (const [name, event] of events) testEvent(name, event, connectivity.count, scope, context);
    scope.storeAll();
  };
  block.write`
    for position = ${connectivity.rows}[index] until ${connectivity.rows}[index + 1u] {
      ${(at, inner) => update(at('position'), inner)}
    }`;
  const kernel = context.builder.map(
    `${plan.name}.update`,
    `integrates the synapses of ${plan.name}`,
    { kind: 'count', count: plan.pre.size },
    false,
    block,
  );
  return [...before, inStep(kernel, place)];
}

/** Draws in conditions of synapses. @random stream `projection/<id>/events`, counter (source, target, step, site) */
function eventDraws(
  built: BuiltProjection,
  at: { readonly position: Ir; readonly source: Ir; readonly target: Ir },
  block: Block,
  context: Context,
): Draws | null {
  const drawing = Object.values(built.plan.type.events ?? {}).some(
    (event) => drawsIn(event.when) || event.do.some((statement) => expressionsOf(statement).some(drawsIn)),
  );
  return drawing ? drawsOf(built, 'events', at, block, context) : null;
}

/** Draws of each synapse in each step, in a stream of its projection: counter (source, target, step, site). */
function drawsOf(
  { plan, connectivity }: BuiltProjection,
  purpose: 'events' | 'held',
  { position, source, target }: { readonly position: Ir; readonly source: Ir; readonly target: Ir },
  block: Block,
  context: Context,
): Draws {
  const keys = keyBuffer(`${plan.stream}.${purpose}.keys`, [`projection/${plan.stream}/${purpose}`], context);
  const copy = connectivity.copies ? ir.load(connectivity.copies, position) : null;
  const pair =
    purpose === 'events'
      ? { source, target }
      : { source: namedIndex(plan.pre, source), target: namedIndex(plan.post, target) };
  return {
    ...synapseDraws({ ...pair, copy }, keyAt(keys, ir.u32(0)), block),
    step: drawStep(step, context),
  };
}

/** Tests a condition of a synapse and runs its actions on the synapse's variables if it holds. */
function testEvent(name: string, event: LocalEvent, count: Extent, scope: SynapseScope, context: Context): void {
  const { plan, block } = scope;
  let holds = block.name('holds', compileCondition(event.when, scope));
  if (event.edge === 'rising') {
    const index = scope.address.position;
    invariant(index, 'lower/sums', `${name} of ${plan.name} is tested before there are synapses`);
    holds = block.name('begins', begins(holds, { name: `${plan.name}.${name}`, length: count, index, block }, context));
  }
  for (const statement of event.do) {
    if (statement.kind === 'send' || statement.target.includes('.') || plan.type.ports[statement.target]) {
      context.diagnostics.add(
        messages.unsupportedFeature(`a condition of a synapse that acts on its ends (${plan.name}.${name})`),
      );
      continue;
    }
    const right = compile(statement.value, scope);
    if (!scope.owns(statement.target)) {
      scope.write(
        statement.target,
        statement.operator === '=' ? right : combine(statement.operator, scope.read(statement.target), right, scope),
      );
      continue;
    }
    const old = scope.read(statement.target);
    const value = statement.operator === '=' ? right : combine(statement.operator, old, right, scope);
    scope.write(statement.target, code`select(${holds}, ${to(old.type, value)}, ${old})`);
  }
}

/** Where the propagators of a projection's synapses are computed and kept. */
function propagatorSite(built: BuiltProjection, at: Ir, context: Context): Site {
  const { builder } = context;
  const { plan, connectivity } = built;
  const { count, rows, targets } = connectivity;
  const scopeAt = (block: Block, source: Ir, position: Ir, target: Ir): SynapseScope =>
    new SynapseScope(context, built, { position, source, target }, block, null);
  return {
    name: plan.name,
    context,
    at,
    scope: (block) => scopeAt(block, item, ir.u32(0), ir.u32(0)),
    buffer(name, comment) {
      const buffer = builder.buffer(name, context.real, count, comment);
      if (typeof count !== 'number') builder.allocate(buffer);
      return buffer;
    },
    kernel: (name, comment, write) =>
      overPositions(
        name,
        comment,
        { name: plan.name, count, rows, sources: plan.pre.size },
        context,
        (position, source, inner) => {
          const target = inner.name('target', code`u32(${targets}[${position}])`);
          write(scopeAt(inner, source, position, target), position);
        },
      ),
  };
}

/**
 * White noise of a synapse, by name: sqrt(dt) times a normal number.
 *
 * @random stream `projection/<id>/noise/<xi>`, counter (source, target, step / 2, site)
 */
function noiseOfSynapse(
  { plan, connectivity }: BuiltProjection,
  { address: { position, source, target }, block }: SynapseScope,
  context: Context,
): ReadonlyMap<string, Ir> {
  const { stream, equations } = plan;
  return new Map(
    equations.noise.map((xi) => {
      const keys = keyBuffer(`${plan.name}.${xi}.keys`, [`projection/${stream}/noise/${xi}`], context);
      const copy = connectivity.copies && position ? ir.load(connectivity.copies, position) : null;
      const pair = { source: namedIndex(plan.pre, source), target: namedIndex(plan.post, target), copy };
      const draws: Draws = {
        ...synapseDraws(pair, keyAt(keys, ir.u32(0)), block),
        step: drawStep(step, context),
        perStep: true,
      };
      const number = draw(call('normal', []), [], draws, block, context);
      return [xi, block.name(xi, to(context.real, code`${Math.sqrt(context.dt)} * ${number}`))];
    }),
  );
}

/** Returns new values of the synapses' variables, and the kernels that compute their propagators in each step. */
function integrated(
  built: BuiltProjection,
  place: StepPlace,
  scope: SynapseScope,
  context: Context,
): { readonly values: ReadonlyMap<string, Ir>; readonly entries: readonly PlacedEntry[] } {
  const { plan } = built;
  const together = schemeValues(plan, scope);
  const rest = [...plan.equations.derivatives].filter(([name]) => !together.has(name));
  const equations = { ...plan.equations, derivatives: new Map(rest) };
  if (steppedDerivatives(equations).size === 0) return { values: together, entries: [] };
  const chosen = chooseMethod(plan.name, equations, {}, context);
  if (chosen === null) return { values: together, entries: [] };
  if (chosen.method !== 'exact') {
    context.builder.note(`the synapses of ${plan.name} are integrated by ${chosen.method}`);
    const values = newValues(chosen.method, equations, scope, noiseOfSynapse(built, scope, context));
    return { values: new Map([...together, ...values]), entries: [] };
  }
  invariant(scope.address.position, 'lower/sums', `${plan.name} has no synapses yet`);
  const site = propagatorSite(built, scope.address.position, context);
  const exact = propagatorsOf(chosen.system, new Set(), site);
  const entries = computePropagators(
    exact.kernels,
    chosen.system,
    plan.name,
    { ...place, phase: 'keep inputs' },
    context,
  );
  const terms = compiledTerms(chosen.system, site, scope);
  const values = chosen.system.names.map((name, i) => {
    const value = propagated(i, chosen.system, exact, terms, scope);
    return [name, scope.block.name(`next_${name}`, value)] as const;
  });
  return { values: new Map([...together, ...values]), entries };
}

/** Returns new values of the states that an implicit step advances together. */
function schemeValues({ type, equations, name }: ProjectionPlan, scope: SynapseScope): ReadonlyMap<string, Ir> {
  const { drift, diffusion } = withoutNoise(equations);
  const { block, context, real } = scope;
  const values = new Map<string, Ir>();
  for (const scheme of schemesOf(type)) {
    if (!scheme.states.every((state) => diffusion.get(state)?.size === 0)) continue;
    context.builder.note(`${scheme.states.join(', ')} of the synapses of ${name}: backward Euler, together`);
    const before = (state: string): Ir => to(real, scope.read(state));
    const h = to(real, ir.f64(context.dt));
    for (const [state, value] of schemeStep(scheme, drift, scope, { h, isSecondOrder: false, before }))
      values.set(state, block.name(`next_${state}`, value));
  }
  return values;
}
