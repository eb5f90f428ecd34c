/** The inputs of an element in a step: currents, and contributions of its synapses after their step. */

import * as ir from '../../ir/builder.js';
import type { Expression as Ir, Local } from '../../ir/program.js';
import { code } from '../../ir/template.js';
import { namesIn } from '../../lang/walk.js';
import { dependencyOrder } from '../../lang/graph.js';
import type { Block } from '../code/block.js';
import type { Context } from '../context/context.js';
import { currentsOf, currentValue, everFlows, flowsNow, piecesReached } from '../protocol/currents.js';
import { drawsAt } from '../code/draws.js';
import { step } from '../code/step-time.js';
import { scalarTypeOf, storedValue } from '../code/typed-values.js';
import { compile, compileReal, to } from '../code/expressions.js';
import type { Expression } from '../../lang/ast.js';
import type { Side } from '../../lang/ast.js';
import type { Sum } from '../../model/typed.js';
import { bySpelling, summedAt } from '../plan/receptors.js';
import type { Member } from '../context/groups.js';
import { usedInput } from '../context/groups.js';
import type { Piece } from '../scopes/selections.js';
import { eachSynapse, withinEnd } from './deliveries.js';
import type { Stage } from './element-code.js';
import { stepOf } from './element-code.js';
import type { Network, SteppedGroup, SteppedProjection } from './layout.js';
import type { Stepping } from './parts.js';
import { deriveAll, showAll, stepParts } from './parts.js';
import type { SynapseScope } from '../plan/synapse-scope.js';
import type { CodeScope } from '../code/code-scope.js';
import { synapseScope } from './views.js';

/** The element with the inputs to be summed, and its code. */
export interface Reached {
  readonly network: Network;
  readonly stepped: SteppedGroup;
  readonly member: Member;
  /** u32 index in the population. */
  readonly local: Ir;
  readonly stage: Stage;
  readonly time: Ir;
  readonly scope: CodeScope;
}

const sortedEntries = <T>(record: Readonly<Record<string, T>>): [string, T][] =>
  Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));

/** A sum that grows while synapses are gone through. */
export interface InputSum {
  readonly local: Local;
  readonly product: boolean;
}

const neutral = (product: boolean, { real }: CodeScope): Ir => to(real, ir.f64(product ? 1 : 0));

function addTo({ local, product }: InputSum, value: Ir, { real, block }: CodeScope): void {
  const next = to(real, value);
  block.write`${local} = ${product ? code`${local} * ${next}` : code`${local} + ${next}`}`;
}

/**
 * Sums the inputs of an element: contributions since its last step, then currents, then synapses by projection, each in
 * order of creation. Each synapse is stepped before it is read. Sums over synapses for other variables are written to
 * these.
 */
export function sumInputs(element: Reached): ReadonlyMap<string, Local> {
  const sums = firstSums(element);
  for (const projection of element.network.projectionsAt.get(element.member.name) ?? [])
    addSynapses(projection, sums, element);
  return new Map([...sums].map(([name, sum]) => [name, sum.local]));
}

/** Begins the sums of inputs: contributions since the last step of the element, then currents. */
export function firstSums(element: Reached): ReadonlyMap<string, InputSum> {
  const { stepped, stage, scope } = element;
  const { block } = scope;
  const { group, pendingInputs } = stepped;
  const inputs = new Map<string, InputSum>();
  for (const [name, { reduce }] of sortedEntries(group.type.inputs)) {
    const sum = { local: block.local(name, scope.real), product: reduce === 'product' };
    const none = neutral(sum.product, scope);
    const storage = group.storage.get(name);
    const pending = stage === 'step' && pendingInputs.has(name) && storage?.kind === 'array' ? storage.buffer : null;
    block.write`${sum.local} = ${pending ? ir.load(pending, scope.place) : none}`;
    if (pending) block.write`${pending}[${scope.place}] = ${none}`;
    inputs.set(name, sum);
  }
  addCurrents(element, (name, value) => {
    const sum = inputs.get(name);
    if (sum) addTo(sum, value, scope);
  });
  return inputs;
}

/** Adds the contributions of the synapses of one projection to the sums of inputs. */
export function addSynapses(
  projection: SteppedProjection,
  inputs: ReadonlyMap<string, InputSum>,
  element: Reached,
): void {
  for (const side of ['post', 'pre'] as const)
    if (projection.plan[side].population === element.member.name) sumSynapses(projection, side, inputs, element);
}

/**
 * An expression with a sum over the synapses of an element that is an input, is added to a variable, or replaces one.
 */
interface SynapseSum {
  readonly variable: string;
  readonly value: Expression;
  readonly becomes: 'input' | 'addend' | 'value';
}

/** Returns the sums of a projection for an end. */
function sumsAt({ plan }: SteppedProjection, side: Side): SynapseSum[] {
  const sums = (all: readonly Sum[], replaces: boolean): SynapseSum[] =>
    bySpelling(all).flatMap(({ to, value }): SynapseSum[] => {
      const { end, variable } = summedAt(to, plan.projection.receptors);
      if (end !== side) return [];
      const isInput = Object.hasOwn(plan[side].group?.type.inputs ?? {}, variable);
      return [{ variable, value, becomes: replaces ? 'value' : isInput ? 'input' : 'addend' }];
    });
  return [...sums(plan.type.contributes, false), ...sums(plan.type.summed, true)];
}

/** Steps the synapses of an element, if this end steps them, and computes their sums. */
function sumSynapses(
  projection: SteppedProjection,
  side: Side,
  inputs: ReadonlyMap<string, InputSum>,
  { network, member, local, stage, time, scope }: Reached,
): void {
  const isStepped = side === 'post' && actsEachStep(projection);
  // Before the first step, only inputs are summed.
  const sums = sumsAt(projection, side)
    .filter(({ becomes }) => becomes === 'input' || stage === 'step')
    .map((sum) => {
      if (sum.becomes === 'input') return { ...sum, into: inputs.get(sum.variable) };
      const into = { local: scope.block.local(sum.variable, scope.real), product: false };
      scope.block.write`${into.local} = ${neutral(false, scope)}`;
      return { ...sum, into };
    });
  if (!isStepped && sums.length === 0) return;
  withinEnd(projection.plan[side], local, member.population.size, scope.block, (row, inner) =>
    eachSynapse(projection, side, row, inner, (place, block) => {
      const synapseScopeAt = isStepped
        ? stepSynapse(network, projection, place, { stage, time, block })
        : synapseScope(network, projection, place, { block, time, draws: null });
      if (!isStepped) defineNeeded(projection, sums, synapseScopeAt);
      for (const { value, into } of sums) if (into) addTo(into, compileReal(value, synapseScopeAt), synapseScopeAt);
    }),
  );
  for (const { variable, becomes, into } of sums) {
    if (becomes === 'input' || !into) continue;
    const sum = ir.get(into.local);
    scope.write(variable, becomes === 'value' ? sum : code`${to(scope.real, scope.read(variable))} + ${sum}`);
  }
}

/** Makes the derived variables of a synapse known that sums read, themselves or through others. */
function defineNeeded({ code }: SteppedProjection, sums: readonly SynapseSum[], scope: SynapseScope): void {
  const byName = new Map(code.ordered.map((variable) => [variable.name, variable]));
  const derivedOf = (e: Expression): string[] => [...namesIn(e)].filter((name) => byName.has(name));
  const needed = new Set(
    dependencyOrder(
      sums.flatMap(({ value }) => derivedOf(value)),
      (name) => derivedOf(byName.get(name)?.expression as Expression),
    ),
  );
  for (const { name, expression, type } of code.ordered)
    if (needed.has(name)) scope.define(name, to(scalarTypeOf(type, scope.real), compile(expression, scope)));
}

/** Sums inputs and makes them known. */
export function defineInputs(reached: Reached): void {
  for (const [name, sum] of sumInputs(reached)) defineInput(reached.stepped, name, ir.get(sum), reached.scope);
}

/** Binds a sum to the name of an input, and stores it if other code reads it. */
export function defineInput({ group, keptInputs }: SteppedGroup, name: string, sum: Ir, scope: CodeScope): void {
  scope.define(name, sum);
  if (!keptInputs.has(name)) return;
  const used = usedInput(group, name, scope.context);
  scope.block.write`${used}[${scope.place}] = ${storedValue(used, scope.read(name))}`;
}

/** Whether synapses of a projection have something to do before an element of a population is stepped. */
export const reaches = (projection: SteppedProjection, { name }: Member): boolean =>
  (projection.plan.post.population === name && actsEachStep(projection)) ||
  (projection.plan.pre.population === name && sumsAt(projection, 'pre').length > 0);

/** Whether synapses have anything to do but wait for events. */
const actsEachStep = (projection: SteppedProjection): boolean =>
  sumsAt(projection, 'post').length > 0 ||
  projection.code.parts.some((part) =>
    [part.derived, part.propagate, part.state, part.events].some((list) => list.length > 0),
  );

/** One step of one synapse. @random stream `projection/<id>/step`, counter (source, target, step, site) */
function stepSynapse(
  network: Network,
  projection: SteppedProjection,
  place: { position: Ir; source: Ir; target: Ir },
  { stage, time, block }: { readonly stage: Stage; readonly time: Ir; readonly block: Block },
): SynapseScope {
  const { context } = network;
  const { plan, code } = projection;
  const draws = drawsAt(
    {
      keys: `${plan.name}.step.keys`,
      streams: [`projection/${plan.name}/step`],
      element: place.source,
      subElement: place.target,
      step: stepOf(stage, context),
    },
    context,
  );
  const scope = synapseScope(network, projection, place, { block, time, draws });
  const stepping: Stepping = {
    scope,
    code,
    regime: null,
    noise: new Map(),
    watched: { name: plan.name, length: projection.connectivity.count },
    emit: () => undefined,
  };
  if (stage === 'step') stepParts(stepping);
  else {
    deriveAll(stepping);
    showAll(stepping);
  }
  scope.isOwn = () => true;
  return scope;
}

/** Currents that stimuli inject into an element, as they are at the end of the step. @random stream `stimulus/<id>` */
function addCurrents({ network, member, local, stage, scope }: Reached, add: (name: string, value: Ir) => void): void {
  const { context, groups } = network;
  const all = groups.map(({ group }) => group);
  for (const [name, current] of currentsOf(context)) {
    if (!everFlows(name, current, context)) continue;
    piecesReached(name, current, all, context).forEach((piece, ordinal) => {
      if (piece.member.name !== member.name) return;
      const at = {
        population: member.name,
        element: local,
        tick: stage === 'step' ? code`${step} + 1i` : ir.i32(0),
      };
      const inject = (): void => add(current.input, currentValue(name, current, at, scope));
      const conditions = [isIn(piece, `${name}.${ordinal}`, local, context), flowsNow(name, context)].filter(
        (condition) => condition !== null,
      );
      if (conditions.length === 0) inject();
      else scope.branch(conditions.reduce(ir.and), inject);
    });
  }
}

/** Whether an element is in a piece of a population; null if the piece has all elements. */
function isIn({ member, indices }: Piece, name: string, local: Ir, { builder }: Context): Ir | null {
  const { size } = member.population;
  if (!(indices instanceof Uint32Array)) {
    const { begin, end } = indices;
    return begin === 0 && end >= size ? null : code`${local} >= ${begin}u & ${local} < ${end}u`;
  }
  const buffer = builder.common(`${name}.${member.name}.chosen`, (key) => {
    const initial = new Uint8Array(size);
    for (const index of indices) initial[index] = 1;
    const comment = `elements of ${member.name} that ${name} reaches`;
    return builder.buffer(key, 'u8', size, comment, { role: 'constant', initial });
  });
  return code`${buffer}[${local}] != 0u`;
}
