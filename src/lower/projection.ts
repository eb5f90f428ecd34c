/** What later passes know of a projection once its ends and delays are understood. */

import { referenceOf } from '../lang/reference.js';
import type { Buffer, Extent } from '../ir/program.js';
import { formulaOf } from '../model/typed.js';
import { namesIn } from '../lang/walk.js';
import type { End, Pathway, Projection, SynapseType, Value } from '../model/typed.js';
import type { Interval } from './bounds.js';
import { exactly, powerBounds, everything, hull, isBounded, isBoundedThroughout } from './bounds.js';
import { assignmentsOf } from './assignments.js';
import type { Context } from './context.js';
import { arrayOf } from '../model/arrays.js';
import { none, type Cells, type Elements } from '../draw/drawn-model.js';
import type { Equations } from './equations.js';
import { equationsOf } from './equations.js';
import type { Group, Member } from './groups.js';
import * as messages from './messages.js';
import type { Profile } from './profile.js';
import { rankOf } from './profile.js';
import { measuresOf } from '../draw/space/distances.js';
import { distanceBounds } from './space/distance.js';
import { micrometresPerMetre } from '../draw/space/micrometres.js';
import { coordinateBounds, firstBounds, valueBounds } from './first-bounds.js';
import { roundDelay } from './round-delay.js';

/** One end: a contiguous piece of a population; sources that replay spikes have no group. */
export interface ProjectionEnd {
  readonly population: string;
  /** The event that pathways of this end are told of. */
  readonly event: string;
  /** First element within the population, and how many. */
  readonly offset: number;
  /** Number of elements. */
  readonly size: number;
  /** Null for sources of given spikes. */
  readonly group: Group | null;
  /** Null for sources of given spikes. */
  readonly member: Member | null;
  /**
   * Elements of the end that the model names, of which this may be a piece: its indices and random numbers count within
   * that.
   */
  readonly named: number;
  /** How they are numbered there, where that is not as they are here. */
  readonly map: EndMap | null;
  /** The cells whose compartments its elements are; null where these are numbered as they are. */
  readonly cells: Cells | null;
}

/** An end that is no plain piece of one population: a list, a sample, an assembly. */
interface EndMap {
  readonly elements: Elements;
  /** u32 element of this piece for each of the end, or none; and the other way round. */
  readonly elementOf: Buffer;
  readonly indexOf: Buffer;
}

interface DelaySteps {
  readonly first: number;
  readonly last: number;
}

/** A pathway of a projection with its event and delays. */
export interface PathwayPlan {
  readonly name: string;
  readonly pathway: Pathway;
  /** The end whose event it waits for. */
  readonly side: 'pre' | 'post';
  /** That event. */
  readonly event: string;
  /** As the model gives it, in s. */
  readonly delay: Value;
  /** Least and greatest delay in steps. */
  readonly steps: DelaySteps;
  /** Slot in which it runs. */
  readonly slot: string;
  /** Where phases change its delays there is one plan for each version, for what was sent while it was in force. */
  readonly window: DelayWindow | null;
}

/** Which version of a pathway's delays a plan is for, where phases change them. */
export interface DelayWindow {
  /** The pathway's own name. */
  readonly of: string;
  /** From 0, in the order of the phases. */
  readonly version: number;
  /** How many there are. */
  readonly versions: number;
}

/** The delays that a pathway has, and the phases that give it others. */
function delayVersions(
  own: string,
  projection: string,
  pathway: string,
  first: Value,
  { model }: Context,
): readonly { readonly delay: Value; readonly phase: number | null }[] {
  const later = model.experiment.protocol.flatMap((phase, k) => {
    if (phase.kind !== 'delays') return [];
    // Of a projection that several stand for, each may have delays of its own.
    const delay = phase.delays[`${own}.${pathway}`] ?? phase.delays[`${projection}.${pathway}`];
    return delay === undefined ? [] : [{ delay, phase: k }];
  });
  return [{ delay: first, phase: null }, ...later];
}

/** A projection whose ends, pathways and delays are understood. */
export interface ProjectionPlan {
  readonly name: string;
  readonly projection: Projection;
  readonly type: SynapseType;
  readonly equations: Equations;
  /** Presynaptic end: sources, a row of synapses each. */
  readonly pre: ProjectionEnd;
  /** Postsynaptic end: targets. */
  readonly post: ProjectionEnd;
  /** In order of their names; of one with several versions of delays, one plan for each. */
  readonly pathways: readonly PathwayPlan[];
  /**
   * Names in the streams of its random numbers: the projection that the model names, and the one whose connections it
   * has.
   */
  readonly stream: string;
  /** The stream of the random numbers of its connections: that of the projection that they are of. */
  readonly connectStream: string;
  /**
   * For each element of the sending end the same one at the receiving end, or none; null where the ends' offsets tell
   * it.
   */
  readonly sameTarget: Uint32Array | null;
  /** The pathway by whose delays the synapses of a row are sorted, when they differ. */
  readonly sortedBy: PathwayPlan | null;
}

/** An index of synapses: first entry of each key, and the position and source of each entry. */
export interface SynapseIndex {
  /** u32, first entry of each key; one more than there are keys. */
  readonly starts: Buffer;
  /** u32 position in storage of each entry. */
  readonly positions: Buffer;
  /** u32 source of each entry. */
  readonly sources: Buffer;
}

/** An index by row and delay, and the delay in steps of each position. */
export interface DelayedIndex extends SynapseIndex {
  readonly steps: Buffer;
}

/** Storage of a projection's synapses; positions run over all of them. */
export interface Connectivity {
  /** Number of synapses. */
  readonly count: Extent;
  /** Number of synapses where the rules alone tell it. */
  readonly known: number | null;
  /** First position of each (row, delay), rows * delays + 1. */
  readonly segments: Buffer;
  /** First position of each row, rows + 1; the same buffer when there is one delay. */
  readonly rows: Buffer;
  /** Target of each position. */
  readonly targets: Buffer;
  /** Creation index and copy number by position, where they are not plain. */
  readonly creation: Buffer | null;
  /** Number of each synapse among those of its pair; null: no pair has several. */
  readonly copies: Buffer | null;
  /** Whether targets ascend within each segment. */
  readonly ascending: boolean;
  /** Most synapses that one target can have; infinite when unknown. */
  readonly fanIn: number;
  /** Most synapses that one source can have in all. */
  readonly fanOut: number;
  /** By target. */
  readonly columns: SynapseIndex | null;
  /** For pathways whose delays differ but are not those that rows are sorted by: by (row, delay). */
  readonly delayed: ReadonlyMap<string, DelayedIndex>;
}

/** Understands the ends, pathways and delays of all projections, in order of their names. */
export function planProjections(groups: readonly Group[], context: Context): ProjectionPlan[] {
  const plans: ProjectionPlan[] = [];
  for (const name of Object.keys(context.model.projections).sort()) {
    const projection = context.model.projections[name] as Projection;
    context.diagnostics.at(`/projections/${name}`);
    const type = context.model.synapses[projection.synapse] as SynapseType;
    const part = context.parts.get(name);
    const ends = [part?.pre, part?.post].map((elements) => elements ?? null);
    const pre = endOf(name, 'pre', projection.from, ends[0] ?? null, part?.cells?.pre ?? null, groups, context);
    const post = endOf(name, 'post', projection.to, ends[1] ?? null, part?.cells?.post ?? null, groups, context);
    if (!pre || !post) continue;
    const equations = equationsOf(type, context.profile.stepping === 'slots');
    const stream = part?.projection ?? name;
    const pathways: PathwayPlan[] = [];
    for (const key of Object.keys(type.pathways).sort()) {
      const pathway = type.pathways[key] as Pathway;
      const { end: side, event } = pathway.on;
      const emitted = side === 'pre' && projection.from.event && event === 'spike' ? projection.from.event : event;
      const versions = delayVersions(name, stream, key, projection.delays[key] ?? pathway.delay, context);
      versions.forEach(({ delay, phase }, version) => {
        const slot = pathway.slot ?? slotOf(side, delay, context.profile);
        context.diagnostics.at(
          phase !== null
            ? `/experiment/protocol/${phase}`
            : projection.delays[key] === undefined
              ? `/synapses/${projection.synapse}/pathways/${key}`
              : `/projections/${name}/delays/${key}`,
        );
        // Where events are due at times rather than in steps, rows are not sorted by delay.
        const steps =
          context.profile.stepping === 'elements'
            ? { first: 0, last: 0 }
            : delaySteps(delay, slot, { name, stream, projection, equations, pre, post }, phase ?? 0, context);
        if (steps?.first === 0)
          refuseBeforeEvent(
            name,
            { slot, order: pathway.order + projection.order },
            side === 'pre' ? pre : post,
            emitted,
            context,
          );
        if (steps)
          pathways.push({
            name: phase === null ? key : `${key}_phase${phase}`,
            pathway,
            side,
            event: emitted,
            delay,
            steps,
            slot,
            window: versions.length === 1 ? null : { of: key, version, versions: versions.length },
          });
      });
    }
    const sortedBy =
      pathways.find(
        ({ side, steps, window }) => side === 'pre' && steps.first !== steps.last && (window?.version ?? 0) === 0,
      ) ?? null;
    const connectStream = part?.connectedAs ?? stream;
    const sameTarget = part?.sameTarget ?? null;
    plans.push({ name, projection, type, equations, pre, post, pathways, stream, connectStream, sameTarget, sortedBy });
  }
  return plans;
}

function endOf(
  name: string,
  side: 'pre' | 'post',
  { of: rule, event = 'spike' }: End,
  elements: Elements | null,
  cells: Cells | null,
  groups: readonly Group[],
  context: Context,
): ProjectionEnd | null {
  if (rule.kind !== 'slice') {
    const refused = {
      synapses: `a projection onto the synapses of another (${name})`,
      assembly: `an assembly as an end of projection ${name}`,
      indices: `an index list as an end of projection ${name}`,
      mask: `a mask as an end of projection ${name}`,
      sample: `a sample as an end of projection ${name}`,
      sampleOf: `a sample of a selection as an end of projection ${name}`,
    };
    context.diagnostics.add(messages.unsupportedFeature(refused[rule.kind]));
    return null;
  }
  const population = context.model.populations[rule.population];
  if (!population) return null;
  let [offset, stop] = [0, population.size];
  if (rule.slice) {
    const [from, to, by] = rule.slice;
    if (by !== 1) {
      context.diagnostics.add(messages.unsupportedFeature(`a slice with a step as an end of projection ${name}`));
      return null;
    }
    [offset, stop] = [from, to];
  }
  const group = groups.find((candidate) => candidate.members.some((member) => member.name === rule.population)) ?? null;
  const member = group?.members.find((candidate) => candidate.name === rule.population) ?? null;
  const size = Math.max(0, stop - offset);
  const map =
    elements && endMap(`${name}.${side}`, cells?.population ?? rule.population, cells?.size ?? size, elements, context);
  return {
    population: rule.population,
    event,
    offset,
    size,
    group,
    member,
    named: elements?.indices.length ?? cells?.count ?? size,
    map,
    cells,
  };
}

/** Buffers that number the elements of a whole population as an end has them. */
function endMap(name: string, population: string, size: number, elements: Elements, context: Context): EndMap {
  const own = elements.populations.indexOf(population);
  const elementOf = new Uint32Array(elements.indices.length).fill(none);
  const indexOf = new Uint32Array(size).fill(none);
  for (let k = 0; k < elementOf.length; k++) {
    if (elements.ordinals[k] !== own) continue;
    elementOf[k] = elements.indices[k] as number;
    indexOf[elements.indices[k] as number] = k;
  }
  const buffer = (key: string, initial: Uint32Array, comment: string): Buffer =>
    context.builder.buffer(`${name}.${key}`, 'u32', initial.length, comment, { role: 'constant', initial });
  return {
    elements,
    elementOf: buffer('elements', elementOf, `element of ${population} that each of the end ${name} is`),
    indexOf: buffer('indices', indexOf, `index within the end ${name} of each element of ${population}`),
  };
}

/** What bounds are worked out from: a projection with its ends. */
type BoundedProjection = Pick<ProjectionPlan, 'name' | 'stream' | 'projection' | 'equations' | 'pre' | 'post'>;

/** Values that the first phases of the protocol give to a variable of a projection, or to some of its synapses. */
function valuesSet({ name, stream }: BoundedProjection, variable: string, phases: number, context: Context): Value[] {
  return assignmentsOf(context.model.experiment.protocol)
    .filter((entry) => entry.phase < phases && entry.variable === variable)
    .filter(({ owner }) => owner === name || owner === stream)
    .map(({ value }) => value);
}

/** Phases that set variables of a projection's synapses, ascending. */
export const phasesSetting = ({ name, stream }: BoundedProjection, context: Context): readonly number[] =>
  assignmentsOf(context.model.experiment.protocol)
    .filter(({ owner }) => owner === name || owner === stream)
    .map(({ phase }) => phase);

/**
 * Interval of a variable of a projection after so many phases: of its first value and of those that phases give, which
 * may read what it was.
 */
export function variableBounds(
  plan: BoundedProjection,
  variable: string,
  first: Value,
  phases: number,
  lookup: (name: string) => Interval | undefined,
  context: Context,
): Interval {
  return valuesSet(plan, variable, phases, context).reduce(
    (before, value) =>
      hull(
        before,
        valueBounds(value, (name) => (name === variable ? before : lookup(name)), context),
      ),
    valueBounds(first, lookup, context),
  );
}

/** Every phase of a protocol. */
export const allPhases = Infinity;

/**
 * Intervals of a projection's parameters, of first values and of those that the first phases give, and of its indices,
 * for use in delays and weights. What a network is built from are first values: no phases.
 *
 * @param ofDelays  whether variables of the ends have bounds too
 */
export function parameterBounds(
  plan: BoundedProjection,
  context: Context,
  phases = 0,
  ofDelays = false,
): (name: string) => Interval | undefined {
  const { projection, equations, pre, post } = plan;
  const cache = new Map<string, Interval>();
  const lookup = (name: string): Interval | undefined => {
    const parameter = equations.parameters.get(name);
    if (!parameter) return indexBounds(name);
    let interval = cache.get(name);
    if (!interval) {
      cache.set(name, everything);
      interval = variableBounds(plan, name, projection.values[name] ?? parameter.value, phases, lookup, context);
      cache.set(name, interval);
    }
    return interval;
  };
  const indexBounds = (name: string): Interval | undefined => {
    switch (name) {
      case 'dt':
        return exactly(context.dt);
      case 'i':
        return { low: 0, high: Math.max(0, pre.named - 1) };
      case 'j':
        return { low: 0, high: Math.max(0, post.named - 1) };
      case 'N_pre':
        return exactly(pre.named);
      case 'N_post':
        return exactly(post.named);
      case 'N_incoming':
      case 'N_outgoing':
        // The synapse itself is one of them; a guess at the most would cost sums their precision.
        return { low: 1, high: Infinity };
      case 'pi':
        return exactly(Math.PI);
      case 'e':
        return exactly(Math.E);
      case 'distance':
        return distanceInterval(plan, context);
      default:
        return endInterval(name, plan, ofDelays ? phases : null, context);
    }
  };
  return lookup;
}

/** Bounds of the distance of two elements, in m. */
function distanceInterval({ projection, pre, post }: BoundedProjection, context: Context): Interval | undefined {
  const [from, into] = [context.places.get(pre.population), context.places.get(post.population)];
  return from && into && inMetres(distanceBounds(measuresOf(projection.space), from, into));
}

/**
 * Bounds of a variable of one end, or of a coordinate in m. A network is built from first values; later only those are
 * known that nothing changes.
 *
 * @param phases  that have passed; null: of weights, whose sums have the bits that they have without these bounds
 */
function endInterval(
  name: string,
  { pre, post }: BoundedProjection,
  phases: number | null,
  context: Context,
): Interval | undefined {
  const reference = referenceOf(name);
  if (reference.kind !== 'end') return undefined;
  const { end, variable } = reference;
  const { population, group } = end === 'pre' ? pre : post;
  const { type } = group ?? {};
  const isState = type !== undefined && Object.hasOwn(type.state, variable);
  const isSet = isState || context.settable.has(`${population}.${variable}`);
  if (phases !== null && phases > 0 && isSet) return undefined;
  const isVariable = isState || (type !== undefined && Object.hasOwn(type.parameters, variable));
  if (!isVariable) return coordinateBounds(population, variable, context);
  return phases === null ? undefined : firstBounds(population, variable, context);
}

const inMetres = ({ low, high }: Interval): Interval => ({
  low: low / micrometresPerMetre,
  high: high / micrometresPerMetre,
});

/** Whether a parameter of a projection is a number for certain, whatever is drawn. */
export function isSurelyNumber(plan: BoundedProjection, name: string, context: Context): boolean {
  const { equations, projection } = plan;
  const parameter = equations.parameters.get(name);
  if (!parameter) return false;
  const lookup = parameterBounds(plan, context, allPhases);
  const values = [projection.values[name] ?? parameter.value, ...valuesSet(plan, name, allPhases, context)];
  return values.every((value) => {
    const e = formulaOf(value);
    if (!e) return isBounded(valueBounds(value, lookup, context));
    return (
      isBoundedThroughout(e, lookup) &&
      [...namesIn(e)].every(
        (used) => used === name || !equations.parameters.has(used) || isSurelyNumber(plan, used, context),
      )
    );
  });
}

/** Least delay of a pathway: none is needed where its slot comes after the tests for events. */
const leastDelayIn = (slot: string, profile: Profile): 0 | 1 =>
  rankOf(profile, slot) > rankOf(profile, profile.defaults.threshold) ? 0 : 1;

/** Refuses a pathway that would act without delay on an event that is tested for only after it. */
function refuseBeforeEvent(
  projection: string,
  { slot, order }: { readonly slot: string; readonly order: number },
  { group }: ProjectionEnd,
  event: string,
  context: Context,
): void {
  const { profile, diagnostics } = context;
  const definition = group?.type.events[event];
  if (profile.stepping === 'elements' || !definition) return;
  const tested = definition.slot ?? (event === 'spike' ? profile.defaults.threshold : profile.defaults.event);
  const later = rankOf(profile, slot) - rankOf(profile, tested);
  if (later > 0 || (later === 0 && order > definition.order)) return;
  diagnostics.within(`/projections/${projection}`, () =>
    diagnostics.add(
      messages.unsupportedFeature(
        `a delay of zero of projection ${projection}, which acts in the slot ${slot} on an event that comes no ` +
          `earlier (${event} in the slot ${tested}),`,
        'use a delay of one step or more, or give the pathway a later slot',
      ),
    ),
  );
}

/** What a cell's own spike does to its inputs without delay follows the test for events, wherever deliveries come. */
const slotOf = (side: 'pre' | 'post', delay: Value, profile: Profile): string =>
  side === 'post' && delay === 0 && leastDelayIn(profile.defaults.deliver, profile) > 0
    ? profile.defaults.event
    : profile.defaults.deliver;

/**
 * Interval of a pathway's delays (s), once they are clipped or drawn again; null after a finding.
 *
 * @param phases  of the protocol that have passed when they are worked out
 */
export function delayInterval(
  delay: Value,
  plan: BoundedProjection,
  phases: number,
  context: Context,
): Interval | null {
  const { diagnostics } = context;
  const { name, projection } = plan;
  let bounds = valueBounds(delay, parameterBounds(plan, context, phases, true), context, powerBounds);
  const range = projection.delayRange;
  if (range?.outOfRange === 'clip' || range?.outOfRange === 'redraw') {
    const clipped = (seconds: number): number => Math.min(Math.max(seconds, range.min ?? 0), range.max ?? Infinity);
    if (range.outOfRange === 'redraw' && (bounds.high < (range.min ?? 0) || bounds.low > (range.max ?? Infinity))) {
      diagnostics.add(messages.delayNeverInRange(name, bounds.low, bounds.high));
      return null;
    }
    bounds = { low: clipped(bounds.low), high: clipped(bounds.high) };
  }
  if (!Number.isFinite(bounds.low) || !Number.isFinite(bounds.high)) {
    diagnostics.add(messages.unboundedDelay(name));
    return null;
  }
  if (bounds.low < 0) {
    diagnostics.add(messages.negativeDelay(name));
    return null;
  }
  return bounds;
}

function delaySteps(
  delay: Value,
  slot: string,
  plan: BoundedProjection,
  phases: number,
  context: Context,
): DelaySteps | null {
  const { diagnostics, profile } = context;
  const { name } = plan;
  const bounds = delayInterval(delay, plan, phases, context);
  if (!bounds) return null;
  noteRounding(delay, name, context);
  const steps = { first: roundDelay(bounds.low, context), last: roundDelay(bounds.high, context) };
  const span = steps.last - steps.first + 1;
  if (steps.last <= 65535 && span > 1 && Math.max(plan.pre.size, plan.post.size) * span > mostSegments) {
    diagnostics.add(
      messages.unsupportedFeature(
        `delays of projection ${name} that range over ${span} steps, from so many elements,`,
        'narrow the range of the delays, as in clip(expression, 0*ms, 20*ms)',
      ),
    );
    return null;
  }
  if (steps.last > 65535) diagnostics.add(messages.delayTooLong(name, steps.last));
  else if (steps.first < leastDelayIn(slot, profile)) diagnostics.add(messages.zeroDelay(name));
  else return steps;
  return null;
}

/** Says which delays are no whole number of steps, where they are known. */
function noteRounding(delay: Value, projection: string, context: Context): void {
  const { dt, builder, data, profile } = context;
  // Brian's delays are times in any case, and rounding them is what everybody there expects.
  if (profile.spikeLabel === 0) return;
  const known =
    typeof delay === 'number'
      ? [delay]
      : typeof delay === 'object' && delay.kind === 'array'
        ? arrayOf(delay.array, data)
        : [];
  const rounded = new Set<number>();
  for (let k = 0; k < known.length && rounded.size <= 3; k++) {
    const seconds = known[k] as number;
    if (Math.abs(seconds / dt - Math.round(seconds / dt)) > 1e-6) rounded.add(seconds);
  }
  if (rounded.size === 0) return;
  const ms = (seconds: number): string => String(Number((seconds * 1e3).toPrecision(6)));
  const examples = [...rounded]
    .slice(0, 3)
    .map((seconds) => `${ms(seconds)} ms becomes ${ms(roundDelay(seconds, context) * dt)} ms`);
  const note =
    `delays of ${projection} are not multiples of the time step and are rounded: ` +
    `${examples.join(', ')}${rounded.size > 3 ? ', …' : ''}`;
  if (!builder.notes.includes(note)) builder.notes.push(note);
}

/** Rows are indexed by delay: at most a gibibyte of offsets. */
const mostSegments = 268435456;

/** The longest delay in steps with which each event ring is read. */
export function longestDelays(plans: readonly ProjectionPlan[]): Map<string, number> {
  const longest = new Map<string, number>();
  for (const plan of plans) {
    for (const pathway of plan.pathways) {
      const end = pathway.side === 'pre' ? plan.pre : plan.post;
      const key = `${end.population}.${pathway.event}`;
      longest.set(key, Math.max(longest.get(key) ?? 0, pathway.steps.last));
    }
  }
  return longest;
}
