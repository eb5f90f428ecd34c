/** One kernel for each population: its elements in order, each with the synapses onto it first. */

import * as ir from '../../ir/builder.js';
import type { Buffer, Expression as Ir, Local, Statement } from '../../ir/program.js';
import { Block } from '../block.js';
import type { Context } from '../context.js';
import { arrayOf } from '../context.js';
import type { Draws } from '../draws.js';
import { drawStep, keyAt, keyBuffer } from '../draws.js';
import { scalarTypeOf, step, storedValue } from '../element-scope.js';
import type { EventSource } from '../events.js';
import { compile, compileReal, to } from '../expressions.js';
import type { Member } from '../groups.js';
import * as messages from '../messages.js';
import { namesIn } from '../../lang/walk.js';
import type { DeclaredNames } from '../texts.js';
import { expressionOf } from '../texts.js';
import type { Deliveries } from './deliveries.js';
import { eachSynapse, withinEnd } from './deliveries.js';
import type { Network, SteppedGroup, SteppedProjection } from './layout.js';
import { elementOwner, synapseOwner } from './owners.js';
import type { Stepping } from './parts.js';
import { deriveAll, enterRegime, showAll, stepParts } from './parts.js';
import { StepScope } from './scope.js';

/** What is done to the elements of a population: the whole step, or at the start derived values or entering the first regime. */
export type Doing = 'step' | 'derive' | 'enter';

const doingWords: Readonly<Record<Doing, string>> = {
  step: 'steps the elements',
  derive: 'works out the first values of derived variables',
  enter: 'enters the first regime',
};

/** Counter words of draws in code that is stepped. */
function drawsOf(stream: string, buffer: string, element: Ir, subElement: Ir, doing: Doing, context: Context): Draws {
  return {
    element,
    subElement,
    step: doing === 'step' ? drawStep(step, context) : ir.u32(0),
    perStep: false,
    sites: { next: 0 },
    get key() {
      const keys = context.builder.buffers.get(buffer) ?? keyBuffer(buffer, [stream], context);
      return keyAt(keys, ir.u32(0));
    },
  };
}

/** Writes the kernel of one population; null where it would leave nothing behind. @random streams `population/<id>/step` and `population/<id>/enter`, counter (element, 0, step, site) */
export function populationKernel(
  network: Network,
  stepped: SteppedGroup,
  member: Member,
  doing: Doing,
  deliveries: Deliveries,
): string | null {
  const { context, time } = network;
  const block = new Block();
  const t = block.name('t', doing === 'step' ? ir.load(time, ir.u32(0)) : ir.f64(0));
  const events = network.rings;
  if (doing === 'step') clearMasks({ name: member.name, begin: member.begin, size: member.population.size }, events, block);
  const element = block.local('element', 'u32');
  const body = block.nested((inner) => {
    const local = ir.get(element);
    const draws = drawsOf(`population/${member.name}/${doing}`, `${member.name}.${doing}.keys`, local, ir.u32(0), doing, context);
    const owner = elementOwner(network, stepped, member, local);
    const index = inner.name('index', owner.index);
    const scope = new StepScope(context, { ...owner, index }, inner, t, draws);
    const stepping: Stepping = {
      scope,
      code: stepped.code,
      regime: stepped.regime,
      heldBefore: (name) => wasBuffer(`${stepped.group.name}.${name}`, stepped.group.length, name, context),
      emit: (event) => {
        mark(events.get(`${member.name}.${event}`), local, scope.block);
        deliveries.emit(member, event, local, scope.block, t);
        scope.forget(stepped.changedFromOutside);
      },
    };
    if (doing !== 'enter') sumInputs(network, stepped, member, local, doing, t, scope);
    if (doing === 'step') stepParts(stepping);
    else if (doing === 'derive') {
      deriveAll(stepping);
      showAll(stepping);
    } else enterRegime(firstRegime(stepped), stepping);
  });
  block.emit(ir.loop(element, ir.u32(0), ir.u32(member.population.size), body));
  if (doing !== 'step' && !storesAny(block.statements)) return null;
  return context.builder.sequential(
    `${member.name}.${doing}`,
    `${doingWords[doing]} of ${member.name} (${stepped.group.name}) in order`,
    block.locals.declared,
    block.statements,
  );
}

/** Whether code leaves anything behind. */
function storesAny(statements: readonly Statement[]): boolean {
  return statements.some((statement) => {
    switch (statement.kind) {
      case 'store':
      case 'accumulate':
        return true;
      case 'if':
        return storesAny(statement.then) || storesAny(statement.else);
      case 'for':
      case 'while':
        return storesAny(statement.body);
      default:
        return false;
    }
  });
}

export const firstRegime = (stepped: SteppedGroup): number =>
  stepped.code.parts.flatMap((part) => part.regimes).findIndex((regime) => regime.initial);

/** Where it is kept whether a condition held in the step before. */
function wasBuffer(name: string, length: Buffer['length'], condition: string, context: Context): Buffer {
  const id = `${name}.held_before`;
  const known = context.builder.buffers.get(id);
  if (known) return known;
  const buffer = context.builder.buffer(id, 'u8', length, `whether the condition ${condition} held in the step before`);
  if (typeof length !== 'number') context.builder.allocate(buffer);
  return buffer;
}

/** Elements of a population in the mask of their group. */
interface MaskPiece {
  readonly name: string;
  readonly begin: number;
  readonly size: number;
}

/** Forgets which elements of a population emitted events in the step before. */
export function clearMasks({ name, begin, size }: MaskPiece, events: ReadonlyMap<string, EventSource>, block: Block): void {
  for (const { mask, population } of events.values()) {
    if (population !== name) continue;
    const word = block.local('word', 'u32');
    block.emit(ir.loop(word, ir.u32(begin / 32), ir.u32(begin / 32 + Math.ceil(size / 32)), [ir.store(mask, ir.get(word), ir.u32(0))]));
  }
}

/** Marks an element as having emitted an event in this step. */
export function mark(source: EventSource | undefined, element: Ir, block: Block): void {
  if (!source) return;
  const bit = source.ring.maskBegin === 0 ? element : block.name('bit', ir.add(element, ir.u32(source.ring.maskBegin)));
  const word = block.name('mask_word', ir.shr(bit, ir.u32(5)));
  block.emit(ir.store(source.mask, word, ir.or(ir.load(source.mask, word), ir.shl(ir.u32(1), ir.and(bit, ir.u32(31))))));
}

/** The inputs of an element: currents first, then what synapses add, by projection, each in order of creation. Each synapse is stepped before it is read. */
function sumInputs(network: Network, stepped: SteppedGroup, member: Member, local: Ir, doing: Doing, time: Ir, scope: StepScope): void {
  const { context } = network;
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
  addCurrents(member, local, stepped.group.equations.names, scope, add, context);
  for (const projection of network.projections) {
    const { plan } = projection;
    if (plan.post.population === member.name && actsEachStep(projection))
      withinEnd(plan.post, local, member.population.size, block, (row, inner) =>
        eachSynapse(projection, 'post', row, inner, (place, each) => {
          const own = stepSynapse(network, projection, place, doing, time, each);
          contribute(projection, 'post', own, (variable, value) => add(variable, value, own.block));
        }),
      );
    if (plan.pre.population === member.name && Object.keys(plan.type.contributes).some((key) => key.startsWith('pre.')))
      withinEnd(plan.pre, local, member.population.size, block, (row, inner) =>
        eachSynapse(projection, 'pre', row, inner, (place, each) => {
          const own = new StepScope(context, synapseOwner(network, projection, place), each, time, null);
          for (const { name, expression, type } of projection.code.ordered)
            if (neededAtPre(projection).has(name)) own.define(name, to(scalarTypeOf(type, own.real), compile(expression, own)));
          contribute(projection, 'pre', own, (variable, value) => add(variable, value, own.block));
        }),
      );
  }
  for (const [name, sum] of sums) {
    scope.define(name, ir.get(sum.local));
    const storage = stepped.group.storage.get(name);
    if (stepped.keptInputs.has(name) && storage?.kind === 'array')
      block.emit(ir.store(storage.buffer, scope.owner.index, storedValue(storage.buffer, ir.get(sum.local))));
  }
}

/** Whether synapses have anything to do but wait for events. */
const actsEachStep = ({ plan, code }: SteppedProjection): boolean =>
  Object.keys(plan.type.contributes).some((key) => !key.startsWith('pre.')) ||
  code.parts.some((part) => [part.derived, part.propagate, part.state, part.events].some((list) => list.length > 0));

/** One step of one synapse. @random stream `projection/<id>/step`, counter (source, target, step, site) */
function stepSynapse(
  network: Network,
  projection: SteppedProjection,
  place: { position: Ir; source: Ir; target: Ir },
  doing: Doing,
  time: Ir,
  block: Block,
): StepScope {
  const { context } = network;
  const { plan, code } = projection;
  const draws = drawsOf(`projection/${plan.name}/step`, `${plan.name}.step.keys`, place.source, place.target, doing, context);
  const scope = new StepScope(context, synapseOwner(network, projection, place), block, time, draws);
  const stepping: Stepping = {
    scope,
    code,
    regime: null,
    heldBefore: (name) => wasBuffer(`${plan.name}.${name}`, projection.connectivity.count, name, context),
    emit: () => undefined,
  };
  if (doing === 'step') stepParts(stepping);
  else {
    deriveAll(stepping);
    showAll(stepping);
  }
  scope.isOwn = () => true;
  return scope;
}

/** What a synapse adds to inputs of one of its ends: of its variables, those derived are of its last step and the others as they are now. */
function contribute(
  projection: SteppedProjection,
  side: 'pre' | 'post',
  scope: StepScope,
  add: (variable: string, value: Ir) => void,
): void {
  const { plan } = projection;
  for (const [key, text] of Object.entries(plan.type.contributes).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const bound = plan.projection.receptors[key];
    const [end, variable] = bound === undefined ? key.split('.') : ['post', bound.replace(/^post\./, '')];
    if (end === side && variable !== undefined) add(variable, compileReal(expressionOf(text, plan.equations.names), scope));
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
  for (const [key, text] of Object.entries(plan.type.contributes))
    if (key.startsWith('pre.')) visit(namesIn(expressionOf(text, plan.equations.names)));
  return needed;
}

/** Currents that stimuli inject into an element. @random stream `stimulus/<id>`, counter (element, 0, step, site) */
function addCurrents(
  member: Member,
  local: Ir,
  names: DeclaredNames,
  scope: StepScope,
  add: (name: string, value: Ir, at: Block) => void,
  context: Context,
): void {
  for (const name of Object.keys(context.model.stimuli).sort()) {
    const stimulus = context.model.stimuli[name];
    if (stimulus?.kind !== 'current' || !('population' in stimulus.to) || stimulus.to.population !== member.name) continue;
    const value = expressionOf(stimulus.value, names);
    const chosen = chosenOf(stimulus.to, member, local, context);
    if (chosen === undefined) {
      context.diagnostics.add(messages.unsupportedFeature(`the current ${name} into a drawn sample`));
      continue;
    }
    const inject = (): void => add(stimulus.input, compileReal(value, scope), scope.block);
    if (chosen === null) inject();
    else scope.branch(chosen, inject);
  }
}

/** Whether a selection has an element in it; null when it has all, undefined when that is drawn. */
function chosenOf(selection: object, member: Member, local: Ir, context: Context): Ir | null | undefined {
  if ('slice' in selection && selection.slice) {
    const [from, until, by] = selection.slice as readonly [number, number, number];
    const inside = ir.and(ir.ge(local, ir.u32(from)), ir.lt(local, ir.u32(until)));
    return by === 1 ? inside : ir.and(inside, ir.eq(ir.binary('rem', ir.sub(local, ir.u32(from)), ir.u32(by)), ir.u32(0)));
  }
  if ('sample' in selection) return undefined;
  const listed = 'indices' in selection ? (selection.indices as Parameters<typeof arrayOf>[0]) : null;
  const masked = 'mask' in selection ? (selection.mask as Parameters<typeof arrayOf>[0]) : null;
  if (!listed && !masked) return null;
  const mask = new Uint8Array(member.population.size);
  if (listed) for (const index of Array.from(arrayOf(listed, context.data))) mask[index] = 1;
  if (masked) Array.from(arrayOf(masked, context.data)).forEach((on, k) => (mask[k] = on === 0 ? 0 : 1));
  const buffer = context.builder.buffer(`${member.name}.chosen`, 'u8', mask.length, `elements of ${member.name} that are injected`, {
    role: 'constant',
    initial: mask,
  });
  return ir.ne(ir.load(buffer, local), ir.u32(0));
}
