/** What reaches an element in a step: currents, and what the synapses at it add once they have been stepped. */

import * as ir from '../../ir/builder.js';
import type { Expression as Ir, Local } from '../../ir/program.js';
import { referenceOf } from '../../lang/reference.js';
import { reached } from '../projection.js';
import { namesIn } from '../../lang/walk.js';
import type { Block } from '../block.js';
import type { Context } from '../context.js';
import { currentsOf, currentValue, everFlows, flowsNow, piecesReached } from '../currents.js';
import { drawsAt } from '../draws.js';
import { step } from '../step-time.js';
import { scalarTypeOf, storedValue } from '../typed-values.js';
import { compile, compileReal, to } from '../expressions.js';
import type { Member } from '../groups.js';
import type { Piece } from '../pieces.js';
import { eachSynapse, withinEnd } from './deliveries.js';
import type { Stage } from './element-code.js';
import { stepOf } from './element-code.js';
import type { Network, SteppedGroup, SteppedProjection } from './layout.js';
import type { Stepping } from './parts.js';
import { deriveAll, showAll, stepParts } from './parts.js';
import type { SynapseScope } from '../synapse-scope.js';
import type { CodeScope } from '../code-scope.js';
import { synapseScope } from './views.js';

/** The element whose inputs are summed, and in which code. */
interface Reached {
  readonly network: Network;
  readonly stepped: SteppedGroup;
  readonly member: Member;
  /** u32 index in the population. */
  readonly local: Ir;
  readonly stage: Stage;
  readonly time: Ir;
  readonly scope: CodeScope;
}

/**
 * The inputs of an element: currents first, then what synapses add, by projection, each in order of creation. Each
 * synapse is stepped before it is read.
 */
export function sumInputs({
  network,
  stepped,
  member,
  local,
  stage,
  time,
  scope,
}: Reached): ReadonlyMap<string, Local> {
  const { block } = scope;
  const sums = new Map<string, { readonly local: Local; readonly product: boolean }>();
  for (const [name, { reduce }] of Object.entries(stepped.group.type.inputs).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const sum = block.local(name, scope.real);
    block.emit(ir.set(sum, to(scope.real, ir.f64(reduce === 'product' ? 1 : 0))));
    sums.set(name, { local: sum, product: reduce === 'product' });
  }
  const add = (name: string, value: Ir, at: Block): void => {
    const sum = sums.get(name);
    if (!sum) return;
    const [now, next] = [ir.get(sum.local), to(scope.real, value)];
    at.emit(ir.set(sum.local, sum.product ? ir.mul(now, next) : ir.add(now, next)));
  };
  addCurrents({ network, stepped, member, local, stage, time, scope }, add);
  for (const projection of network.projectionsAt.get(member.name) ?? []) {
    const { plan } = projection;
    if (reachesPost(projection, member))
      withinEnd(plan.post, local, member.population.size, block, (row, inner) =>
        eachSynapse(projection, 'post', row, inner, (place, each) => {
          const own = stepSynapse(network, projection, place, stage, time, each);
          contribute(projection, 'post', own, (variable, value) => add(variable, value, own.block));
        }),
      );
    if (reachesPre(projection, member))
      withinEnd(plan.pre, local, member.population.size, block, (row, inner) =>
        eachSynapse(projection, 'pre', row, inner, (place, each) => {
          const own = synapseScope(network, projection, place, { block: each, time, draws: null });
          for (const { name, expression, type } of projection.code.ordered)
            if (neededAtPre(projection).has(name))
              own.define(name, to(scalarTypeOf(type, own.real), compile(expression, own)));
          contribute(projection, 'pre', own, (variable, value) => add(variable, value, own.block));
        }),
      );
  }
  return new Map([...sums].map(([name, sum]) => [name, sum.local]));
}

/** Sums inputs and makes them known. */
export function defineInputs(reached: Reached): void {
  for (const [name, sum] of sumInputs(reached)) defineInput(reached.stepped, name, ir.get(sum), reached.scope);
}

/** Makes a sum known as an input, and keeps it where others read it. */
export function defineInput({ group, keptInputs }: SteppedGroup, name: string, sum: Ir, scope: CodeScope): void {
  scope.define(name, sum);
  const storage = group.storage.get(name);
  if (keptInputs.has(name) && storage?.kind === 'array')
    scope.block.emit(ir.store(storage.buffer, scope.place, storedValue(storage.buffer, scope.read(name))));
}

const reachesPost = (projection: SteppedProjection, member: Member): boolean =>
  projection.plan.post.population === member.name && actsEachStep(projection);

const reachesPre = ({ plan }: SteppedProjection, member: Member): boolean =>
  plan.pre.population === member.name &&
  Object.keys(plan.type.contributes).some((key) => referenceOf(key).end === 'pre');

/** Whether synapses of a projection have something to do before an element of a population is stepped. */
export const reaches = (projection: SteppedProjection, member: Member): boolean =>
  reachesPost(projection, member) || reachesPre(projection, member);

/** Whether synapses have anything to do but wait for events. */
const actsEachStep = ({ plan, code }: SteppedProjection): boolean =>
  Object.keys(plan.type.contributes).some((key) => referenceOf(key).end !== 'pre') ||
  code.parts.some((part) => [part.derived, part.propagate, part.state, part.events].some((list) => list.length > 0));

/** One step of one synapse. @random stream `projection/<id>/step`, counter (source, target, step, site) */
function stepSynapse(
  network: Network,
  projection: SteppedProjection,
  place: { position: Ir; source: Ir; target: Ir },
  stage: Stage,
  time: Ir,
  block: Block,
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

/**
 * What a synapse adds to inputs of one of its ends: of its variables, those derived are of its last step and the others
 * as they are now.
 */
function contribute(
  projection: SteppedProjection,
  side: 'pre' | 'post',
  scope: CodeScope,
  add: (variable: string, value: Ir) => void,
): void {
  const { plan } = projection;
  for (const [key, text] of Object.entries(plan.type.contributes).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const { end, variable } = reached(plan, key);
    if (end === side) add(variable, compileReal(text, scope));
  }
}

/** Derived variables that contributions to the presynaptic end read, with those that these read. */
function neededAtPre({ plan, code }: SteppedProjection): Set<string> {
  const needed = new Set<string>();
  const visit = (names: Iterable<string>): void => {
    for (const name of names) {
      const variable = code.ordered.find((candidate) => candidate.name === name);
      if (!variable || needed.has(name)) continue;
      needed.add(name);
      visit(namesIn(variable.expression));
    }
  };
  for (const [key, e] of Object.entries(plan.type.contributes)) if (referenceOf(key).end === 'pre') visit(namesIn(e));
  return needed;
}

/** Currents that stimuli inject into an element, as they are at the end of the step. @random stream `stimulus/<id>` */
function addCurrents(
  { network, member, local, stage, scope }: Reached,
  add: (name: string, value: Ir, at: Block) => void,
): void {
  const { context, groups } = network;
  const all = groups.map(({ group }) => group);
  for (const [name, current] of currentsOf(context)) {
    if (!everFlows(name, current, context)) continue;
    piecesReached(name, current, all, context).forEach((piece, ordinal) => {
      if (piece.member.name !== member.name) return;
      const at = { element: local, tick: stage === 'step' ? ir.add(step, ir.i32(1)) : ir.i32(0) };
      const inject = (): void => add(current.input, currentValue(name, current, at, scope), scope.block);
      const conditions = [isIn(piece, `${name}.${ordinal}`, local, context), flowsNow(name, context)].filter(
        (condition) => condition !== null,
      );
      if (conditions.length === 0) inject();
      else scope.branch(conditions.reduce(ir.and), inject);
    });
  }
}

/** Whether a piece of a population has an element; null where it has all of them. */
function isIn({ member, indices }: Piece, name: string, local: Ir, { builder }: Context): Ir | null {
  const { size } = member.population;
  if (!(indices instanceof Uint32Array)) {
    const { begin, end } = indices;
    return begin === 0 && end >= size ? null : ir.and(ir.ge(local, ir.u32(begin)), ir.lt(local, ir.u32(end)));
  }
  const key = `${name}.${member.name}.chosen`;
  const initial = new Uint8Array(size);
  for (const index of indices) initial[index] = 1;
  const buffer =
    builder.buffers.get(key) ??
    builder.buffer(key, 'u8', size, `elements of ${member.name} that ${name} reaches`, { role: 'constant', initial });
  return ir.ne(ir.load(buffer, local), ir.u32(0));
}
