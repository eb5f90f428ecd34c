/** Pass: understands the ends, pathways and delays of all projections. */

import type { Side } from '../../lang/ast.js';
import type { Model, Value, Projection, SynapseType, Pathway } from '../../model/typed.js';
import { type Elements, type Part, none } from '../../draw/drawn-model.js';
import type { Buffer } from '../../ir/program.js';
import { onClockOf } from '../code/clocks.js';
import type { Context } from '../context/context.js';
import { orderOf, type Group } from '../context/groups.js';
import type { ProjectionPlan, PathwayPlan, ProjectionEnd, EndMap } from './projection.js';
import { equationsOf } from '../context/equations.js';
import { placeOf } from '../events/event-kernels.js';
import { synapseEnd } from '../projections/synapse-ends.js';
import { memberOf } from '../scopes/selections.js';
import { objectNames } from '../../model/object-names.js';
import { comparePlaces, type StepPlace } from '../context/place.js';
import { delaySteps, leastDelayIn } from './delays-in-steps.js';
import * as messages from '../context/messages.js';
import { rankOf, type Profile } from '../context/profile.js';

/** Returns the delays of a pathway, and the phases that change them. */
function delayVersions(
  own: string,
  projection: string,
  pathway: string,
  first: Value,
  { model }: Context,
): readonly { readonly delay: Value; readonly phase: number | null }[] {
  const later = model.experiment.protocol.flatMap((phase, k) => {
    if (phase.kind !== 'delays') return [];
    // Each of several projections that replace one may have its own delays.
    const delay = phase.delays[`${own}.${pathway}`] ?? phase.delays[`${projection}.${pathway}`];
    return delay === undefined ? [] : [{ delay, phase: k }];
  });
  return [{ delay: first, phase: null }, ...later];
}

/**
 * Plans the ends, pathways and delays of all projections in order of their names. A projection that is an end of others
 * precedes them.
 */
export function planProjections(groups: readonly Group[], context: Context): ProjectionPlan[] {
  const plans: ProjectionPlan[] = [];
  for (const name of inOrderOfEnds(context.model)) {
    const projection = context.model.projections[name] as Projection;
    context.diagnostics.at(`/projections/${name}`);
    const type = context.model.synapses[projection.synapse] as SynapseType;
    const part = context.parts.get(name);
    const given = { name, projection, part };
    const pre = endOf('pre', given, { groups, plans }, context);
    const post = endOf('post', given, { groups, plans }, context);
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
        const order = pathwayOrder({ projection }, pathway.order, context.profile);
        const place = { slot, order, name: objectNames.pathway(name, key) };
        const sending = onClockOf((side === 'pre' ? pre : post).population, context);
        const late = meetsLater(place, side === 'pre' ? pre : post, emitted, context) ? 1 : 0;
        const isAfter = late === 1 || comesAfterTest(place, side === 'pre' ? pre : post, emitted, context);
        const least = isAfter ? 0 : leastDelayIn(slot, context.profile);
        // Where events are due at times rather than in steps, rows are not sorted by delay.
        const steps =
          context.profile.stepping === 'elements'
            ? { first: 0, last: 0 }
            : delaySteps(delay, least, { name, stream, projection, equations, pre, post }, phase ?? 0, sending);
        if (sending.every > 1 && (late === 1 || least === 1))
          context.diagnostics.add(messages.unsupportedFeature(earlyOnClock(key, name)));
        if (steps?.first === 0 && late === 0)
          refuseBeforeEvent(name, { slot, order }, side === 'pre' ? pre : post, emitted, context);
        const pathwayName = phase === null ? key : `${key}_phase${phase}`;
        if (steps)
          pathways.push({
            name: pathwayName,
            pathway,
            side,
            event: emitted,
            delay,
            steps,
            place: { slot, order, name: objectNames.pathway(name, pathwayName) },
            late,
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
    plans.push({
      ...{ name, projection, type, equations, pre, post, pathways, stream, connectStream, sameTarget, sortedBy },
      owned: null,
    });
  }
  return plans;
}

const earlyOnClock = (pathway: string, projection: string): string =>
  `a pathway (${pathway} of ${projection}) that runs before the events of a population with its own clock`;

/** A projection of the drawn model. */
interface GivenProjection {
  readonly name: string;
  readonly projection: Projection;
  /** The piece of a projection that it replaces, if any. */
  readonly part: Part | undefined;
}

/** Possible ends of projections: groups, and synapses of the projections planned so far. */
interface Ends {
  readonly groups: readonly Group[];
  readonly plans: readonly ProjectionPlan[];
}

/** Returns the names of projections in order. A projection that is an end of others precedes them. */
function inOrderOfEnds({ projections }: Model): readonly string[] {
  const ordered = new Set<string>();
  const add = (name: string): void => {
    if (ordered.has(name)) return;
    const { from, to } = projections[name] as Projection;
    for (const { of } of [from, to]) if (of.kind === 'synapses') add(of.projection);
    ordered.add(name);
  };
  for (const name of Object.keys(projections).sort()) add(name);
  return [...ordered];
}

/** An end as groups have it; null after a finding. */
function endOf(
  side: Side,
  { name, projection, part }: GivenProjection,
  { groups, plans }: Ends,
  context: Context,
): ProjectionEnd | null {
  const { of: rule, event = 'spike' } = side === 'pre' ? projection.from : projection.to;
  const elements = part?.[side] ?? null;
  const cells = part?.cells?.[side] ?? null;
  if (rule.kind === 'synapses') return synapseEnd(name, rule, plans, context);
  if (rule.kind !== 'slice') {
    const refused = {
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
  const { group, member } = memberOf(rule.population, groups) ?? { group: null, member: null };
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
    synapses: null,
  };
}

/** Buffers that number the elements of an entire population as an end has them. */
function endMap(name: string, population: string, size: number, elements: Elements, context: Context): EndMap {
  const ordinal = elements.populations.indexOf(population);
  const elementOf = new Uint32Array(elements.indices.length).fill(none);
  const indexOf = new Uint32Array(size).fill(none);
  for (let k = 0; k < elementOf.length; k++) {
    if (elements.ordinals[k] !== ordinal) continue;
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

/**
 * Returns the order of a pathway in its slot. If ties are resolved by names, the order of its synapses applies only to
 * their equations.
 */
const pathwayOrder = ({ projection }: Pick<ProjectionPlan, 'projection'>, order: number, { ties }: Profile): number =>
  ties === 'name' ? order : order + projection.order;

/**
 * Whether ties are resolved by names and a pathway runs before the test of its event, though in the slot of thresholds
 * or later. Delays of earlier slots are counted from the spike, since importing adds the step.
 */
function meetsLater(pathway: StepPlace, end: ProjectionEnd, event: string, context: Context): boolean {
  const { profile } = context;
  const isEarly = rankOf(profile, pathway.slot) < rankOf(profile, profile.defaults.threshold);
  return profile.ties === 'name' && !isEarly && fromTest(pathway, end, event, context) < 0;
}

/** Whether ties are resolved by names and a pathway runs after the test of its event, so that it needs no delay. */
const comesAfterTest = (pathway: StepPlace, end: ProjectionEnd, event: string, context: Context): boolean =>
  context.profile.ties === 'name' && fromTest(pathway, end, event, context) > 0;

/** Compares a pathway with the test of its event: negative if it runs before the test, positive if after. */
function fromTest(pathway: StepPlace, { group, population }: ProjectionEnd, event: string, context: Context): number {
  const { model, profile } = context;
  const { threshold } = profile.defaults;
  const eventCode = group?.events.find(({ name }) => name === event);
  const { order = 0, slot = threshold } = model.populations[population] ?? {};
  const test: StepPlace = group && eventCode ? placeOf(eventCode, group, context) : { slot, order, name: population };
  return comparePlaces(pathway, test, (slot) => rankOf(profile, slot), profile.ties);
}

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
  if (later > 0 || (later === 0 && order > definition.order + orderOf(group, context))) return;
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

/** Effects of a cell's own spike on its inputs without delay follow the test for events, in any delivery slot. */
const slotOf = (side: 'pre' | 'post', delay: Value, profile: Profile): string =>
  side === 'post' && delay === 0 && leastDelayIn(profile.defaults.deliver, profile) > 0
    ? profile.defaults.event
    : profile.defaults.deliver;
