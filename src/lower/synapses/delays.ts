/**
 * Delays of synapses in steps. Where they differ from synapse to synapse, rows are sorted by them, so at each step
 * a row's synapses that are due stand together.
 */

import * as ir from '../../ir/builder.js';
import type { Buffer, Expression as Ir } from '../../ir/program.js';
import { code } from '../../ir/template.js';
import { namesIn } from '../../lang/walk.js';
import type { Block } from '../code/block.js';
import { onClockOf } from '../code/clocks.js';
import type { Context } from '../context/context.js';
import { arrayOf } from '../../model/arrays.js';
import type { Draws } from '../code/draws.js';
import { ChangingDraws, keyAt, keyBuffer } from '../code/draws.js';
import { scalarTypeOf } from '../code/typed-values.js';
import { compile, to } from '../code/expressions.js';
import type { Expression } from '../../lang/ast.js';
import { drawsIn } from '../../lang/functions.js';
import * as messages from '../context/messages.js';
import type { GivenValues, Projection } from '../../model/typed.js';
import type { PathwayPlan, ProjectionPlan } from '../plan/projection.js';
import { namedIndex } from '../plan/rule-code.js';
import { SynapseScope } from '../plan/synapse-scope.js';
import { checkLength, synapseDraws, within } from './synapse-values.js';
import { sortWithinRows } from './move-to-rows.js';
import { overPositions } from '../plan/positions.js';
import type { RawSynapses } from '../plan/projection.js';
import { KeysOfCopies } from './keys-of-copies.js';
import { type DelayClock, delaySteps, roundDelay } from '../plan/round-delay.js';

interface Sorted {
  readonly segments: Buffer;
  readonly targets: Buffer;
  readonly creation: Buffer;
  readonly copies: Buffer | null;
}

/** A pathway of a projection, and its synapses with delays. */
interface Delayed {
  readonly plan: ProjectionPlan;
  readonly pathway: PathwayPlan;
  readonly raw: RawSynapses;
}

/** Draws each synapse's delay and sorts rows by it, keeping the order of creation among equals. */
export function sortByDelay(delayed: Delayed, context: Context): Sorted {
  const { raw, pathway, plan } = delayed;
  const { builder } = context;
  const { first, last } = pathway.steps;
  const delays = last - first + 1;
  const rows = plan.pre.size;
  const steps = builder.buffer(
    `${plan.name}.${pathway.name}.delay_steps`,
    'u16',
    raw.count,
    `delay of each synapse of ${plan.name} in steps, before sorting`,
  );
  if (typeof raw.count !== 'number') builder.allocate(steps);
  builder.initially(delayKernel(delayed, steps, context));
  const segments = builder.buffer(
    `${plan.name}.segments`,
    'u32',
    rows * delays + 1,
    `first synapse of each source and delay of ${plan.name}`,
  );
  const targets = builder.buffer(
    `${plan.name}.sorted_targets`,
    raw.targets.element,
    raw.count,
    `target of each synapse of ${plan.name}, rows sorted by delay`,
  );
  const creation = builder.buffer(
    `${plan.name}.sorted_creation`,
    'u32',
    raw.count,
    `creation index of each synapse of ${plan.name}`,
  );
  const copies = raw.copies
    ? builder.commonBuffer(`${plan.name}.sorted_copies`, 'u16', raw.count, `which of the synapses of its pair each is`)
    : null;
  if (typeof raw.count !== 'number') builder.allocate(targets, creation, ...(copies ? [copies] : []));
  sortWithinRows({
    name: `${plan.name}.sort`,
    comment: `sorts the synapses of each source of ${plan.name} by delay`,
    rows: raw.rows,
    rowCount: rows,
    keyOf: (p) => code`${steps}[${p}] - ${first}u`,
    keys: delays,
    segments,
    place: (p, _row, at, block) => {
      block.write`
        ${targets}[${at}] = ${raw.targets}[${p}]
        ${creation}[${at}] = ${raw.creation ? ir.load(raw.creation, p) : p}`;
      if (copies && raw.copies) block.write`${copies}[${at}] = ${raw.copies}[${p}]`;
    },
    context,
  });
  return { segments, targets, creation, copies };
}

/**
 * Adds a kernel for the delay of each synapse in steps, rounded as the profile defines.
 *
 * @random stream `projection/<id>/delay/<pathway>`, counter (source, target, 0, site); parameters as in their own
 *   streams
 */
export function delayKernel(delayed: Delayed, steps: Buffer, context: Context): string {
  const { raw, pathway, plan } = delayed;
  const { outside, allows } = checkOf(plan, context);
  const stored = { name: plan.name, count: raw.count, rows: raw.rows, sources: plan.pre.size };
  const comment = `delays of the synapses of ${plan.name}`;
  const keysOfCopies = new KeysOfCopies(plan, context);
  const clock = onClockOf(plan[pathway.side].population, context);
  const { first, last } = pathway.steps;
  const { shortest, longest } = usualDelays(delayed, clock);
  return overPositions(`${plan.name}.${pathway.name}.delays`, comment, stored, context, (position, source, inner) => {
    const { seconds, redraw } = delaySeconds(delayed, { position, source, block: inner, keysOfCopies }, context);
    const drawn = inner.name('delay', to('f64', seconds));
    // Lanes compute usual delays. The others are marked, so that one comparison finds them.
    inner.write`
      let rounded = ${delaySteps(drawn, clock)}
      let usual = ${drawn} >= ${shortest} & ${drawn} <= ${longest}
      ${steps}[${position}] = u32(select(usual, rounded, ${marked}i))
      if ${steps}[${position}] == ${marked}u {
        ${(_, block) => {
          const delay = redraw ? redraw(block) : drawn;
          block.write`
            let exact = ${delaySteps(delay, clock)}
            let legal = ${allows(delay)} & (exact >= ${first}i & exact <= ${last}i)
            fault ${outside} when !legal
            ${steps}[${position}] = u32(select(legal, exact, ${first}i))`;
        }}
      }`;
  });
}

/** Delays in seconds that are legal and certainly have legal steps: longer delays never have fewer steps. */
function usualDelays(
  { pathway: { steps }, plan }: Delayed,
  clock: DelayClock,
): { readonly shortest: number; readonly longest: number } {
  const { least, most } = limitsOf(plan.projection.delayRange);
  const seconds = (count: number): number => (count / (clock.every ?? 1)) * clock.dt;
  return {
    shortest: [least, seconds(steps.first)].find((delay) => roundDelay(delay, clock) >= steps.first) ?? Infinity,
    longest: [most, seconds(steps.last)].find((delay) => roundDelay(delay, clock) <= steps.last) ?? -Infinity,
  };
}

/** Stands for a delay that is not legal, or has not been drawn within its range yet. */
const marked = 65535;

/** Bounds on a delay, with the fault bits to raise outside them. */
function checkOf(
  { name, projection: { delayRange: range } }: ProjectionPlan,
  { builder }: Context,
): { readonly outside: number; readonly allows: (seconds: Ir) => Ir } {
  const ranged = range && range.outOfRange !== 'clip';
  const { least, most } = limitsOf(ranged ? range : undefined);
  const how = ranged ? 'outside of its range' : 'longer than stated';
  return {
    outside: builder.faultBit(
      `a delay of projection ${name} is negative, not a number or ${how}`,
      `/projections/${name}`,
    ),
    allows: (seconds) => code`${seconds} >= ${least} & ${seconds} <= ${most}`,
  };
}

/**
 * Adds a kernel that stores the delay of each synapse in seconds, for profiles that do not round it to steps.
 * `longest`: a known upper bound of the delays (s). @random as `delayKernel`
 */
export function secondsKernel(delayed: Delayed, longest: number, seconds: Buffer, context: Context): string {
  const { raw, pathway, plan } = delayed;
  const { outside, allows } = checkOf(plan, context);
  const stored = { name: plan.name, count: raw.count, rows: raw.rows, sources: plan.pre.size };
  const comment = `delays of the synapses of ${plan.name}`;
  const keysOfCopies = new KeysOfCopies(plan, context);
  return overPositions(`${plan.name}.${pathway.name}.delays`, comment, stored, context, (position, source, inner) => {
    const { seconds: drawn, redraw } = delaySeconds(delayed, { position, source, block: inner, keysOfCopies }, context);
    const delay = inner.name('delay', to('f64', redraw ? redraw(inner) : drawn));
    inner.write`
      fault ${outside} when !(${allows(delay)} & ${delay} <= ${longest})
      ${seconds}[${position}] = ${delay}`;
  });
}

/** Limits in seconds that a delay has to keep to. */
function limitsOf(range: Projection['delayRange']): { readonly least: number; readonly most: number } {
  return { least: Math.max(0, range?.min ?? 0), most: range?.max ?? Infinity };
}

/** Largest number of draws of a delay that is out of range; further ones raise a fault. */
const mostAttempts = 1000;

/** A synapse's position, its source, and the block of its code. */
interface Place {
  readonly position: Ir;
  readonly source: Ir;
  readonly block: Block;
  readonly keysOfCopies: KeysOfCopies;
  /** Keys and given values that the code has already, by name. */
  readonly buffers?: Map<string, Buffer>;
}

/** Returns a buffer of the code at a place; the first call makes it. */
function known({ buffers }: Place, name: string, make: (name: string) => Buffer): Buffer {
  const buffer = buffers?.get(name) ?? make(name);
  buffers?.set(name, buffer);
  return buffer;
}

/** The delay of a synapse in seconds. */
interface DrawnDelay {
  readonly seconds: Ir;
  /** Writes code that draws it again until it is within its range; absent if it is final. */
  readonly redraw?: (block: Block) => Ir;
}

/** Returns a delay that is drawn again if it is out of its range. */
function redrawn(delay: Expression, delayed: Delayed, place: Place, context: Context): DrawnDelay {
  const { least, most } = limitsOf(delayed.plan.projection.delayRange);
  const shared = { ...place, buffers: new Map<string, Buffer>() };
  const drawn = (block: Block, attempt: Ir | null): Ir =>
    to('f64', delayExpression(delay, delayed, { ...shared, block }, context, attempt));
  const first = place.block.name('first_delay', drawn(place.block, null));
  const redraw = (block: Block): Ir => {
    const at = block.write`
      var seconds = ${first}
      if !(${first} >= ${least} & ${first} <= ${most}) {
        for attempt = 1u until ${mostAttempts}u {
          seconds = ${(at, turn) => drawn(turn, at('attempt'))}
          if seconds >= ${least} & seconds <= ${most} {
            break
          }
        }
      }`;
    return at('seconds');
  };
  return { seconds: first, redraw };
}

/** Writes the code of a synapse's delay. */
function delaySeconds(delayed: Delayed, place: Place, context: Context): DrawnDelay {
  const { pathway, plan } = delayed;
  const { delay } = pathway;
  const range = plan.projection.delayRange;
  let seconds: Ir;
  if (typeof delay === 'number') seconds = ir.f64(delay);
  else if (delay.kind === 'expression' && range?.outOfRange === 'redraw' && drawsIn(delay.expression))
    return redrawn(delay.expression, delayed, place, context);
  else if (delay.kind === 'expression') seconds = delayExpression(delay.expression, delayed, place, context);
  else if (delay.kind === 'array')
    seconds = givenValue(
      {
        name: `${plan.name}.${pathway.name}.given_delays`,
        comment: `delays of ${plan.name} in order of creation (s)`,
        values: delay,
      },
      delayed,
      place,
      context,
    );
  else {
    context.diagnostics.add(messages.unsupportedFeature('delays drawn by a named generator'));
    seconds = ir.f64(0);
  }
  if (range?.outOfRange !== 'clip') return { seconds };
  const { min = 0, max = Infinity } = range;
  const given = place.block.name('seconds', seconds);
  return { seconds: code`select(${given} < ${min}, ${min}, select(${given} > ${max}, ${max}, ${given}))` };
}

/** Values that are given as an array, and the buffer that will hold them. */
interface Given {
  readonly name: string;
  readonly comment: string;
  readonly values: GivenValues;
}

/** Returns the value of a synapse from the values given for all. */
function givenValue(
  { name, comment, values: { array, columns } }: Given,
  { raw, plan }: Delayed,
  place: Place,
  context: Context,
): Ir {
  const { position, source } = place;
  const values = Float64Array.from(arrayOf(array, context.data));
  if (columns === undefined) checkLength(name.slice(plan.name.length + 1), values.length, plan, raw, context);
  const initial = values.length === 0 ? new Float64Array(1) : values;
  const buffer = known(place, name, (key) =>
    context.builder.buffer(key, 'f64', initial.length, comment, { role: 'constant', initial }),
  );
  if (columns === undefined)
    return ir.load(buffer, within(raw, raw.creation ? ir.load(raw.creation, position) : position, values.length));
  const target = namedIndex(plan.post, code`u32(${raw.targets}[${position}])`);
  return code`${buffer}[${namedIndex(plan.pre, source)} * ${columns}u + ${target}]`;
}

/**
 * A delay given by an expression. The parameters that it reads are drawn here as they will be for the synapse: same
 * stream, same number.
 */
function delayExpression(
  e: Expression,
  delayed: Delayed,
  place: Place,
  context: Context,
  attempt: Ir | null = null,
): Ir {
  const { pathway, plan, raw } = delayed;
  const { equations, name: id } = plan;
  const { position, source, block } = place;
  const target = block.name('target', code`u32(${raw.targets}[${position}])`);
  const copy = raw.copies ? ir.load(raw.copies, position) : null;
  const [sender, receiver] = [namedIndex(plan.pre, source), namedIndex(plan.post, target)];
  const drawsOf = (buffer: string, stream: string, again: Ir | null): Draws => {
    const keys = known(place, buffer, (name) => keyBuffer(name, [stream], context));
    const pair = { source: sender, target: receiver, copy };
    const ofCopy = copy && !again ? place.keysOfCopies.of(keys, code`u32(${copy})`) : null;
    return ofCopy
      ? synapseDraws({ ...pair, copy: null }, ofCopy, block)
      : synapseDraws(pair, keyAt(keys, ir.u32(0)), block, again);
  };
  const draws = new ChangingDraws(sender, receiver);
  const scope = new SynapseScope(context, { plan, storage: new Map() }, { position, source, target }, block, draws);
  const values = new Map<string, Ir>();
  if (!equations.parameters.has('copy')) values.set('copy', copy ? ir.convert('i32', copy) : ir.i32(0));
  scope.overrides = values;
  const compiled = (value: Expression, buffer: string, stream: string, again: Ir | null = null): Ir => {
    [...namesIn(value)].sort().forEach(provide);
    draws.current = drawsIn(value) ? drawsOf(buffer, stream, again) : null;
    return compile(value, scope);
  };
  const provide = (name: string): void => {
    const parameter = equations.parameters.get(name);
    if (!parameter || values.has(name)) return;
    if (context.settable.has(`${id}.${name}`)) {
      if ((pathway.window?.version ?? 0) > 0)
        context.diagnostics.add(
          messages.unsupportedFeature(`changing delays of projection ${id} that depend on ${name}, which phases set,`),
        );
      context.builder.note(`delays of ${id} are those of the first values of ${name}: they stay when ${name} is set`);
    }
    const value = plan.projection.values[name] ?? parameter.value;
    const type = scalarTypeOf(parameter.type, context.real);
    if (typeof value === 'number') values.set(name, to(type, ir.f64(value)));
    else if (value.kind === 'expression') {
      const keys = `${id}.${pathway.name}.${name}.keys`;
      const drawn = compiled(value.expression, keys, `projection/${plan.stream}/initial/${name}`);
      values.set(name, block.name(name, to(type, drawn)));
    } else if (value.kind === 'array') {
      const given = {
        name: `${id}.${pathway.name}.${name}.given`,
        comment: `${name} of ${id} in order of creation`,
        values: value,
      };
      values.set(name, to(type, givenValue(given, delayed, place, context)));
    } else context.diagnostics.add(messages.unsupportedFeature(`a value drawn by the generator ${value.generator}`));
  };
  return compiled(e, `${id}.${pathway.name}.delay.keys`, `projection/${plan.stream}/delay/${pathway.name}`, attempt);
}
