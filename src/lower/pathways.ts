/**
 * Pass: what synapses do when an event reaches them.
 *
 * A statement that adds to a variable of an end, a value that nothing shared can change meanwhile, is *additive*: it
 * goes to an integer inbox and may run in any order. Statements on the synapse's own variables commute between
 * synapses. Anything else on an end is *ordered*, and its pathway runs one synapse after another.
 */

import { drawsIn } from '../lang/functions.js';
import { referenceOf } from '../lang/reference.js';
import { invariant } from '../diagnostics/diagnostic.js';
import * as ir from '../ir/builder.js';
import type { Expression as Ir, PropagateKernel } from '../ir/program.js';
import type { Assignment, Expression, Statement } from '../lang/ast.js';
import { linearForm } from '../lang/linear.js';
import { printExpression } from '../lang/print.js';
import { namesIn } from '../lang/walk.js';
import { Block } from './block.js';
import type { Interval } from './bounds.js';
import { boundsOf, hull, isBounded } from './bounds.js';
import { namedIndex } from './rules/rule-code.js';
import { expectedSynapses } from './synapses/expected.js';
import { inOrderOfCreation } from './synapses/indices.js';
import type { Changing } from './changing.js';
import { combined, numberAfter, readChanging, valueAfter } from './changing.js';
import type { Context } from './context.js';
import { isInForce } from './delay-windows.js';
import { drawStep, keyAt, keyBuffer, philox } from './draws.js';
import { step } from './step-time.js';
import { combine } from './typed-values.js';
import type { EventSource } from './events.js';
import { inlineDerived } from './equations.js';
import { compile, compileReal, library, to } from './expressions.js';
import { fold } from '../ir/fold.js';
import type { Group } from './groups.js';
import type { Inbox } from './inbox.js';
import { quantise, roundingSlack } from './inbox.js';
import { constantOf } from './invariant.js';
import { timesAt } from './multiples.js';
import * as messages from './messages.js';
import type { Connectivity, PathwayPlan, ProjectionPlan, SynapseIndex } from './projection.js';
import { allPhases, isSurelyNumber, parameterBounds, phasesSetting, variableBounds } from './projection.js';
import { synapseDraws, synapseValue } from './synapse-values.js';
import type { BuiltProjection } from './synapse-scope.js';
import { elementIndex, SynapseScope } from './synapse-scope.js';
import { delaySteps, roundDelay } from './round-delay.js';

/** A statement with its target understood. */
interface PathwayStatement {
  readonly statement: Assignment;
  readonly end: 'pre' | 'post' | null;
  readonly variable: string;
  /** Bound on what it adds, when it is additive with a finite bound; phases that set parameters may change it. */
  readonly additive: Changing | null;
  /** For what is sent: how much later it arrives, in seconds, and the most steps that this can be. */
  readonly later: { readonly after: Expression; readonly last: number } | null;
}

/** A pathway ready to be written. */
export interface PathwayCode extends BuiltProjection {
  /** Which pathway of the projection. */
  readonly pathway: PathwayPlan;
  /** What is done for each synapse. */
  readonly statements: readonly PathwayStatement[];
  /** Variables of ends that its code reads or writes in order, as `population group / variable` keys. */
  readonly touches: ReadonlySet<string>;
  /** Whether the order of synapses can be told from the result, so that they run one after another. */
  readonly ordered: boolean;
  /** The index by which it finds its synapses; null where they stand in rows. */
  readonly index: SynapseIndex | null;
}

/** Key of a variable of an end's group. */
export const sharedKey = (plan: ProjectionPlan, side: 'pre' | 'post', variable: string): string =>
  `${(side === 'pre' ? plan.pre : plan.post).group?.name ?? ''}/${variable}`;

/** Target of a statement: an end's variable, a port bound to one, or the synapse's own. */
function targetOf(name: string, plan: ProjectionPlan): { end: 'pre' | 'post' | null; variable: string } {
  const reference = referenceOf(name);
  if (reference.end) return reference;
  const bound = plan.projection.receptors[name];
  if (bound !== undefined && (plan.type.ports[name] !== undefined || name === 'port'))
    return { end: 'post', variable: referenceOf(bound).variable };
  return reference;
}

/** Intervals of a synapse's own variables: parameters by value; states that every write keeps within bounds. */
function ownBounds(plan: ProjectionPlan, phases: number, context: Context): (name: string) => Interval | undefined {
  const parameters = parameterBounds(plan, context, phases);
  const states = new Map<string, Interval>();
  const lookup = (name: string): Interval | undefined => states.get(name) ?? parameters(name);
  for (const name of plan.equations.state.keys()) {
    if (plan.equations.derivatives.has(name)) continue;
    let interval = variableBounds(plan, name, synapseValue(plan, name), phases, lookup, context);
    for (const pathway of plan.pathways) {
      for (const statement of pathway.pathway.do) {
        if (statement.kind !== 'assignment' || statement.target !== name) continue;
        // Whatever the clipped value is, it lies within the limits.
        interval =
          statement.operator === '='
            ? hull(interval, boundsOf(statement.value, parameters))
            : { low: -Infinity, high: Infinity };
      }
    }
    states.set(name, interval);
  }
  return lookup;
}

/** Understands and classes the statements of all pathways of a projection. */
export function pathwayCodes({ plan, connectivity, storage }: BuiltProjection, context: Context): PathwayCode[] {
  const setting = phasesSetting(plan, context);
  const bounds = new Map(
    [0, ...setting.map((phase) => phase + 1)].map((done) => [done, ownBounds(plan, done, context)]),
  );
  return plan.pathways.map((pathway) => {
    const parsed = pathway.pathway.do;
    // What is sent is added to its port later; until then nothing is written.
    const later = parsed.map((statement) => (statement.kind === 'send' ? sendingOf(statement, plan, context) : null));
    const assignments = parsed.map((statement): Assignment =>
      statement.kind === 'send'
        ? {
            kind: 'assignment',
            target: statement.port,
            targetSpan: statement.span,
            operator: '+=',
            value: statement.value,
            span: statement.span,
          }
        : statement,
    );
    const targets = assignments.map((statement) => targetOf(statement.target, plan));
    const written = new Set(
      targets
        .filter((target, k) => target.end !== null && later[k] === null)
        .map((target) => sharedKey(plan, target.end as 'pre' | 'post', target.variable)),
    );
    const statements = assignments.map((statement, k): PathwayStatement => {
      const { end, variable } = targets[k] as { end: 'pre' | 'post' | null; variable: string };
      const boundAfter = (done: number): number | null =>
        end === null
          ? null
          : additiveBound(statement, end, variable, plan, connectivity, written, bounds.get(done) ?? (() => undefined));
      const additive =
        boundAfter(0) === null
          ? null
          : numberAfter(setting, (done) => boundAfter(done) ?? unboundedLater(statement, plan, context));
      if (later[k] && additive === null)
        context.diagnostics.add(
          messages.unsupportedFeature(
            `a value of projection ${plan.name} that is sent and has no bounds`,
            'send a clipped value, such as clip(w, 0*nS, w_max)',
          ),
        );
      return { statement, end, variable, additive, later: later[k] ?? null };
    });
    // One ordered statement orders all that write the same variables; keep it simple: the whole pathway. What a synapse
    // reads of an end that its pathway writes depends on who came before, too.
    const ordered = statements.some(
      (entry) => (entry.end !== null && entry.additive === null) || readsAny(entry.statement.value, written, plan),
    );
    const touches = new Set<string>();
    for (const entry of statements) {
      if (ordered && entry.end !== null) touches.add(sharedKey(plan, entry.end, entry.variable));
      for (const used of readNames(entry.statement.value, plan)) {
        const { end, variable } = referenceOf(used);
        if (end) touches.add(sharedKey(plan, end, variable));
      }
    }
    const index = connectivity.delayed.get(pathway.name) ?? (pathway.side === 'pre' ? null : connectivity.columns);
    return {
      plan,
      pathway,
      connectivity,
      storage,
      statements,
      touches,
      ordered,
      index: ordered ? inOrderOfCreation(index, plan, pathway, connectivity, context) : index,
    };
  });
}

/** What is summed as integers before a phase must be so after it. */
function unboundedLater({ value }: Assignment, { name }: ProjectionPlan, context: Context): number {
  context.diagnostics.add(
    messages.unsupportedFeature(
      `setting, later on, what projection ${name} adds (${printExpression(value)}) to values without known bounds`,
      'give bounds, as in clip(expression, 0*nS, 10*nS)',
    ),
  );
  return 0;
}

/** How much later what is sent arrives. */
function sendingOf(
  statement: Extract<Statement, { kind: 'send' }>,
  plan: ProjectionPlan,
  context: Context,
): { after: Expression; last: number } {
  const { high } = boundsOf(statement.after, parameterBounds(plan, context, allPhases));
  if (!Number.isFinite(high)) context.diagnostics.add(messages.unboundedDelay(plan.name));
  const last = Number.isFinite(high) ? roundDelay(high, context) : 1;
  if (last > 65535) context.diagnostics.add(messages.delayTooLong(plan.name, last));
  return { after: statement.after, last };
}

/** Names that an expression reads, through the derived variables of the synapse and of its ends. */
export function readNames(e: Expression, plan: ProjectionPlan, seen: ReadonlySet<string> = new Set()): Set<string> {
  const names = new Set<string>();
  for (const name of namesIn(e)) {
    if (seen.has(name)) continue;
    names.add(name);
    const path = new Set([...seen, name]);
    const own = plan.equations.derived.get(name);
    if (own) for (const inner of readNames(own.expression, plan, path)) names.add(inner);
    const { end, variable } = referenceOf(name);
    const derived = end && plan[end].group?.equations.derived.get(variable);
    if (derived)
      for (const inner of readNames(derived.expression, plan, path))
        names.add(inner.includes('.') ? inner : `${end}.${inner}`);
  }
  return names;
}

/** Whether an expression reads one of the variables of ends with these keys. */
const readsAny = (e: Expression, keys: ReadonlySet<string>, plan: ProjectionPlan): boolean =>
  [...readNames(e, plan)].some((name) => {
    const { end, variable } = referenceOf(name);
    return end !== null && keys.has(sharedKey(plan, end, variable));
  });

/** Greatest |value| that an additive statement adds, or null when it must keep its order. */
function additiveBound(
  statement: Assignment,
  end: 'pre' | 'post',
  variable: string,
  plan: ProjectionPlan,
  connectivity: Connectivity,
  written: ReadonlySet<string>,
  bounds: (name: string) => Interval | undefined,
): number | null {
  if (statement.operator !== '+=' && statement.operator !== '-=') return null;
  const group = (end === 'pre' ? plan.pre : plan.post).group;
  const type = group?.equations.state.get(variable)?.type ?? (group?.type.inputs[variable] ? 'real' : undefined);
  if (type !== 'real' || !Number.isFinite(connectivity.fanIn)) return null;
  if (readsAny(statement.value, written, plan)) return null;
  const interval = boundsOf(statement.value, bounds);
  if (!isBounded(interval)) return null;
  return Math.max(Math.abs(interval.low), Math.abs(interval.high));
}

/**
 * Most arrivals at one element in one step through a pathway: each synapse brings at most one for each delay of its
 * event.
 */
export function arrivals(code: PathwayCode, end: 'pre' | 'post'): number {
  return end === 'post' ? code.connectivity.fanIn : code.connectivity.fanOut;
}

const local = (name: string, type: 'u32' | 'i32' = 'u32'): Ir => ({ kind: 'local', type, name });

/** Writes a pathway's kernel. */
export function pathwayKernel(
  code: PathwayCode,
  source: EventSource,
  inboxes: ReadonlyMap<string, Inbox>,
  context: Context,
): string {
  const { plan, pathway, connectivity } = code;
  const outer = new Block();
  const block = new Block(outer.locals);
  const emission = ir.sub(step, local('delay', 'i32'));
  const forward = pathway.side === 'pre';
  const varied = plan.sortedBy === pathway;
  const { index } = code;
  invariant(forward || index, 'lower/pathways', `${plan.name} has no columns for ${pathway.name}`);
  const position = index ? block.name('synapse', ir.load(index.positions, local('position'))) : local('position');
  const other = forward
    ? block.name('target', ir.convert('u32', ir.load(connectivity.targets, position)))
    : block.name('source', ir.load(index?.sources ?? connectivity.rows, local('position')));
  const [from, into] = forward ? [local('row'), other] : [other, local('row')];
  const copy = connectivity.copies ? ir.load(connectivity.copies, position) : null;
  const keys = keyBuffer(
    `${plan.name}.${pathway.name}.keys`,
    [`projection/${plan.stream}/pathway/${pathway.name}`],
    context,
  );
  const [sender, receiver] = drawsAny(code) ? [namedIndex(plan.pre, from), namedIndex(plan.post, into)] : [from, into];
  const repeat = source.times ? outer.local('repeat', 'u32') : null;
  const key =
    repeat && drawsAny(code)
      ? repeatKey(ir.get(repeat), keyAt(keys, ir.u32(0)), block, context)
      : keyAt(keys, ir.u32(0));
  const base = synapseDraws(sender, receiver, drawsAny(code) ? copy : null, key, block, context);
  // The step of a draw is that of the emission.
  const draws = { ...base, step: drawStep(emission, context) };
  const scope = new SynapseScope(context, plan, code.storage, { position, source: from, target: into }, block, draws);
  upToDate(scope, () => {
    for (const entry of code.statements) write(entry, code, scope, inboxes, context);
  });
  scope.storeAll();
  const postOnly = code.statements.every((entry) => entry.end !== 'pre' && entry.later === null);
  const order: PropagateKernel['order'] = code.ordered
    ? { kind: 'sequential' }
    : !postOnly
      ? { kind: 'any' }
      : !forward
        ? { kind: 'byRow' }
        : connectivity.ascending && !index && (varied || !plan.sortedBy)
          ? { kind: 'byTarget', targets: connectivity.targets.name, targetCount: plan.post.size }
          : { kind: 'any' };
  const end = forward ? plan.pre : plan.post;
  let body = block.statements;
  if (repeat && source.times) {
    // A spike that counts several times does all that as often.
    const element = end.offset === 0 ? local('row') : ir.add(local('row'), ir.u32(end.offset));
    body = [ir.loop(repeat, ir.u32(0), ir.load(source.times.buffer, timesAt(source, emission, element)), body)];
  }
  if (pathway.window) body = [ir.when(isInForce(plan, pathway.window, emission, context), body)];
  return context.builder.propagate({
    name: `${plan.name}.${pathway.name}`,
    comment: `${plan.name}: what ${pathway.pathway.on} does to its synapses and their ends`,
    event: source.ring.name,
    elements: { begin: end.offset, end: end.offset + end.size },
    delays: pathway.steps,
    segments: (index ? index.starts : varied ? connectivity.segments : connectivity.rows).name,
    synapses: Math.round(expectedSynapses(plan, context)),
    order,
    locals: block.locals.declared,
    body,
  });
}

/** Key of the draws of a spike that counts several times: the first draws as any other would. */
function repeatKey(repeat: Ir, key: readonly [Ir, Ir], block: Block, context: Context): readonly [Ir, Ir] {
  const words = philox([repeat, ir.u32(1), ir.u32(0), ir.u32(0)], key, block, context);
  const first = ir.eq(repeat, ir.u32(0));
  return [block.name('key', ir.select(first, key[0], words[0])), block.name('key', ir.select(first, key[1], words[1]))];
}

const drawsAny = (code: PathwayCode): boolean => code.statements.some((entry) => drawsIn(entry.statement.value));

/** Writes what an event does to a synapse, whose event-driven variables are brought up to date before. */
export function upToDate(scope: SynapseScope, write: () => void): void {
  const isEventDriven = scope.owner.storage.has('last update');
  if (isEventDriven) bringUpToDate(scope, scope.context);
  write();
  if (isEventDriven) scope.write('last update', step);
}

/** Event-driven variables: x' = a x + b in closed form since the synapse was last brought up to date. */
function bringUpToDate(scope: SynapseScope, context: Context): void {
  const { equations, name } = scope.plan;
  const since = scope.block.name('since', ir.sub(step, scope.read('last update')));
  const seconds = scope.block.name(
    'elapsed',
    to(context.real, fold(ir.mul(ir.convert('f64', since), ir.f64(context.dt)))),
  );
  for (const variable of equations.eventDriven) {
    const e = equations.derivatives.get(variable);
    const form = e && linearForm(inlineDerived(e, equations.derived), [variable]);
    if (!form) {
      context.diagnostics.add(
        messages.methodRefused(
          'event-driven',
          name,
          `the equation of ${variable} is not linear in ${variable}`,
          'integrate it each step instead (clock-driven)',
        ),
      );
      continue;
    }
    const others = [...namesIn(form.constant), ...[...form.coefficients.values()].flatMap((c) => [...namesIn(c)])];
    if (others.some((used) => used === 't' || equations.state.has(used) || used.includes('.'))) {
      context.diagnostics.add(
        messages.methodRefused(
          'event-driven',
          name,
          `the equation of ${variable} reads something that changes between events`,
          'integrate it each step instead (clock-driven)',
        ),
      );
      continue;
    }
    const coefficient = form.coefficients.get(variable);
    const x = to(context.real, scope.read(variable));
    const exponent = coefficient
      ? scope.block.name('exponent', fold(ir.mul(to(context.real, compileReal(coefficient, scope)), seconds)))
      : to(context.real, ir.f64(0));
    let value: Ir = coefficient ? fold(ir.mul(x, library('exp', [exponent], scope))) : x;
    if (!((form.constant.kind === 'number' || form.constant.kind === 'quantity') && form.constant.value === 0)) {
      const drive = fold(ir.mul(to(context.real, compileReal(form.constant, scope)), seconds));
      value = fold(ir.add(value, coefficient ? fold(ir.mul(drive, library('exprel', [exponent], scope))) : drive));
    }
    scope.write(variable, value);
  }
}

function write(
  entry: PathwayStatement,
  code: PathwayCode,
  scope: SynapseScope,
  inboxes: ReadonlyMap<string, Inbox>,
  context: Context,
): void {
  const { statement, end, variable } = entry;
  const right = compile(statement.value, scope);
  if (end === null) {
    scope.write(
      variable,
      statement.operator === '=' ? right : combine(statement.operator, scope.read(variable), right, scope),
    );
    return;
  }
  const side = end === 'pre' ? code.plan.pre : code.plan.post;
  const group = side.group;
  invariant(group, 'lower/pathways', `${code.plan.name}: the ${end} end has no variables`);
  if (!code.ordered || entry.later) {
    const { inbox, element } = inboxPlace(entry, end, code, scope, inboxes, context);
    invariant(entry.additive !== null, 'lower/pathways', `${group.name}.${variable} has no bound`);
    const value = statement.operator === '-=' ? fold(ir.neg(to('f64', right))) : to('f64', right);
    if (constantOf(value)) {
      scope.block.emit(ir.accumulate(inbox.buffer, element, quantise(value, inbox.scale)));
      return;
    }
    // Parameters are within the bounds they gave; what changes with time is checked where it is sent.
    if (onlyParameters(statement.value, code.plan, context)) {
      scope.block.emit(ir.accumulate(inbox.buffer, element, quantise(value, inbox.scale)));
      return;
    }
    const sent = scope.block.name('sent', value);
    const limit = readChanging(
      `${code.plan.name}.${code.pathway.name}.most`,
      `most that projection ${code.plan.name} adds to ${variable} of ${group.name}`,
      combined([entry.additive], ([most = 0]) => most * (1 + roundingSlack(context.real))),
      context,
    );
    const legal = scope.block.name('legal', ir.le(ir.unary('abs', sent), limit));
    scope.block.emit(
      ir.fault(
        context.builder.faultBit(
          `what projection ${code.plan.name} adds to ${variable} of ${group.name} is not a number, or larger ` +
            'than its parameters allow',
        ),
        ir.not(legal),
      ),
      ir.accumulate(inbox.buffer, element, quantise(ir.select(legal, sent, ir.f64(0)), inbox.scale)),
    );
    return;
  }
  const before = scope.end(end).readTarget(variable);
  scope.writeEnd(end, variable, statement.operator === '=' ? right : combine(statement.operator, before, right, scope));
}

/** Where a statement adds to. */
function inboxPlace(
  entry: PathwayStatement,
  end: 'pre' | 'post',
  code: PathwayCode,
  scope: SynapseScope,
  inboxes: ReadonlyMap<string, Inbox>,
  context: Context,
): { readonly inbox: Inbox; readonly element: Ir } {
  const side = end === 'pre' ? code.plan.pre : code.plan.post;
  const inbox = side.group ? inboxes.get(inboxKey(entry, side.group)) : undefined;
  invariant(inbox, 'lower/pathways', `no inbox for ${entry.variable} of ${code.plan.name}`);
  const own = elementIndex(side, end === 'pre' ? scope.address.source : scope.address.target);
  return { inbox, element: entry.later ? laterIndex(entry.later, own, inbox, code, scope, context) : own };
}

/** Which inbox a statement adds to: what is sent has one for each step in which it may arrive. */
export const inboxKey = (entry: PathwayStatement, group: Group): string =>
  `${group.name}/${entry.variable}${entry.later ? '/sent' : ''}`;

/**
 * Place in an inbox with several slots of what arrives `after` from now: at least a step later, since this step's has
 * been emptied.
 */
function laterIndex(
  { after, last }: { readonly after: Expression; readonly last: number },
  element: Ir,
  inbox: Inbox,
  code: PathwayCode,
  scope: SynapseScope,
  context: Context,
): Ir {
  const steps = scope.block.name('steps_later', delaySteps(to('f64', compile(after, scope)), context));
  const legal = scope.block.name('in_time', ir.and(ir.ge(steps, ir.i32(1)), ir.le(steps, ir.i32(last))));
  scope.block.emit(
    ir.fault(
      context.builder.faultBit(`what projection ${code.plan.name} sends would arrive at once, or later than stated`),
      ir.not(legal),
    ),
  );
  const slot = scope.block.name(
    'arrival',
    ir.binary('rem', ir.add(step, ir.select(legal, steps, ir.i32(1))), ir.i32(inbox.slots)),
  );
  return ir.add(ir.mul(ir.convert('u32', slot), ir.u32(inbox.group.length)), element);
}

/** Whether an expression reads parameters only, and those are numbers for certain: then it is within its bounds. */
const onlyParameters = (e: Expression, plan: ProjectionPlan, context: Context): boolean =>
  [...readNames(e, plan)].every((name) => plan.equations.derived.has(name) || isSurelyNumber(plan, name, context));

/** Whether an additive statement adds a parameter as it is, which is a number within its bounds for certain. */
const addsParameter = (
  { statement, additive, later }: PathwayStatement,
  { plan, ordered }: PathwayCode,
  context: Context,
): boolean =>
  additive !== null &&
  (!ordered || later !== null) &&
  statement.value.kind === 'name' &&
  plan.equations.parameters.has(statement.value.name) &&
  onlyParameters(statement.value, plan, context);

/** Says how large weights can be that are added as they are: passes over the program may keep them otherwise. */
export function declareBounds(codes: readonly PathwayCode[], context: Context): void {
  const { buffers } = context.builder;
  for (const code of codes) {
    for (const entry of code.statements) {
      const { value } = entry.statement;
      if (value.kind !== 'name' || entry.additive === null || !addsParameter(entry, code, context)) continue;
      const place = code.storage.get(value.name);
      if (place?.kind !== 'array' || place.type !== 'real') continue;
      const buffer = buffers.get(place.buffer.name) ?? place.buffer;
      const most = valueAfter(entry.additive, allPhases) * (1 + roundingSlack(context.real));
      const atMost = Math.max(buffer.atMost ?? 0, most);
      buffers.set(buffer.name, { ...buffer, atMost });
    }
  }
}

/** Whether any pathway of a projection goes by target. */
export const goesByTarget = (plan: ProjectionPlan): boolean =>
  plan.pathways.some((pathway) => pathway.side === 'post') ||
  Object.keys({ ...plan.type.summed, ...plan.type.contributes }).some((key) => referenceOf(key).end !== 'pre');
