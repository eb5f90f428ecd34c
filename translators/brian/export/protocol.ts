/** The protocol in Brian's notation: phases of runs, and the actions before each. */

import type { Expression } from '../../../src/lang/ast.js';
import { assignedBy, assignedKey, numbersIn } from '../../../src/model/assigned.js';
import { populationOf, wholePopulation } from '../../../src/model/selected.js';
import { isGiven, isPhase } from '../../../src/model/tagged.js';
import { isListed } from '../../../src/model/arrays.js';
import { contentOf, type Phase, type SelectionRule, type SpikeTrain, type Value } from '../../../src/model/typed.js';
import { tidy } from '../../../src/library/recognise/numbers.js';
import { brianExpression } from './brian-text.js';
import { dimensionOf, valueText } from './equations-text.js';
import { trainParts } from './groups.js';
import { isSwitched, switchName } from './inputs.js';
import { remarksAt, type ExportContext, type Plans } from './plan.js';
import { delayOn } from './projections.js';
import { quantityText } from '../../../src/lang/readable-quantity.js';
import { groupSlice } from './selection-text.js';

const time = dimensionOf('s');

type WrittenPhase = Record<string, unknown>;

/** Names of objects that phases switch, by canonical id. */
interface Switchable {
  readonly inputs: ReadonlyMap<string, string>;
  readonly monitors: ReadonlyMap<string, string>;
}

/** Returns the protocol as phases of `run`, each with the actions before its run. */
export function exportProtocol(
  plans: Plans,
  objects: Switchable,
  context: ExportContext,
): string | number | readonly WrittenPhase[] {
  const phases: WrittenPhase[] = [];
  let open: WrittenPhase = {};
  let now = 0;
  const lastReset = context.model.experiment.protocol.findLastIndex((phase) => isPhase(phase, 'reset'));
  const close = (): void => {
    if (Object.keys(open).length > 0) phases.push(open);
    open = {};
  };
  for (const [index, phase] of context.model.experiment.protocol.entries()) {
    const pointer = `/experiment/protocol/${index}`;
    if (isPhase(phase, 'run') || isPhase(phase, 'runUntil')) {
      const duration = isPhase(phase, 'run') ? phase.run : tidy(phase.runUntil - now);
      now += duration;
      open['duration'] = quantityText(duration, time, context.arithmetic);
      close();
      continue;
    }
    if (isPhase(phase, 'reset')) now = 0;
    // If no reset follows, new first values are values.
    const given = isPhase(phase, 'initialise') && index > lastReset ? asSet(phase) : phase;
    for (const one of bySelection(given, (key) => plans.synapses.has(assignedBy(key).owner))) {
      const part = phasePart(one, plans, objects, pointer, context);
      if (part === undefined) continue;
      // A phase sets values before it switches. Actions in another order become a separate phase.
      const switched = part['active'];
      if (switched === undefined && Object.keys(open).length > 0) close();
      if (switched !== undefined) open['active'] = { ...(open['active'] as object | undefined), ...switched };
      else open = part;
    }
    // A phase stores the state after its run, so the next run is another phase.
    if (isPhase(phase, 'store')) close();
  }
  close();
  const [only] = phases;
  return phases.length === 1 && only !== undefined && Object.keys(only).length === 1 && only['duration'] !== undefined
    ? (only['duration'] as string)
    : phases;
}

const asSet = ({ initialise, kind: _, ...rest }: Extract<Phase, { initialise: unknown }>): Phase => ({
  ...rest,
  kind: 'set',
  set: initialise,
});

/** Splits numbers for some cells into a number for each: `cells[0, 2].x`. */
function byCell(key: string, value: Value): readonly (readonly [string, Value])[] {
  const { owner, variable, ...some } = assignedBy(key);
  const cells = numbersIn(some);
  if (!isGiven(value) || !isListed(value.array) || cells?.length !== value.array.length) return [[key, value]];
  const { array } = value;
  return cells.map((cell, k) => [assignedKey({ owner, indices: [cell], variable }), array[k] ?? 0] as const);
}

/**
 * Splits a change of several selections into one change for each, because all set values of a phase share one
 * condition.
 */
function bySelection(phase: Phase, isOfSynapses: (key: string) => boolean): readonly Phase[] {
  const isSet = isPhase(phase, 'set');
  if (!isSet && !isPhase(phase, 'initialise')) return [phase];
  const groups = new Map<string, (readonly [string, Value])[]>();
  const split = ([key, value]: readonly [string, Value]): readonly (readonly [string, Value])[] =>
    isOfSynapses(key) || !isSet || phase.where === undefined ? [[key, value]] : byCell(key, value);
  for (const [key, value] of Object.entries(isSet ? phase.set : phase.initialise).flatMap(split)) {
    const { slice, indices } = assignedBy(key);
    const selection = contentOf({ slice, indices });
    groups.set(selection, [...(groups.get(selection) ?? []), [key, value]]);
  }
  return [...groups.values()]
    .map((entries) => Object.fromEntries(entries))
    .map((values) => (isSet ? { ...phase, set: values } : { ...phase, initialise: values }));
}

function phasePart(
  phase: Phase,
  plans: Plans,
  objects: Switchable,
  pointer: string,
  context: ExportContext,
): WrittenPhase | undefined {
  const missing = (what: string): undefined =>
    context.report.missing(pointer, `Brian cannot express ${what} between runs`, 'brian/phase');
  const switched = (id: string, on: boolean): WrittenPhase | undefined => {
    const name = objects.inputs.get(id);
    return name === undefined ? switchPart(id, on, plans, context) : { active: { [name]: on } };
  };
  switch (phase.kind) {
    case 'set':
      return setPart(phase.set, phase.where, plans, pointer, context);
    case 'record': {
      const name = objects.monitors.get(phase.record);
      return name === undefined ? undefined : { active: { [name]: phase.on } };
    }
    case 'attach':
      return switched(phase.attach, true);
    case 'detach':
      return switched(phase.detach, false);
    case 'store':
      return { store: phase.store };
    case 'restore':
      return { restore: phase.restore };
    case 'reset': {
      const { segment, annotations } = phase;
      return {
        reset: true,
        ...(segment === undefined ? {} : { segment }),
        ...(annotations === undefined ? {} : { annotations }),
      };
    }
    case 'initialise': {
      const { set, ...part } = setPart(phase.initialise, undefined, plans, pointer, context) ?? {};
      return set === undefined ? undefined : { initialize: set, ...part };
    }
    case 'delays':
      return delaysPart(phase.delays, plans, pointer, context);
    case 'currents':
      return missing('new values of currents');
    case 'replay':
      return spikesPart(phase.replay, phase.of, plans, pointer, context);
    case 'run':
    case 'runUntil':
      return undefined;
    default:
      return phase satisfies never;
  }
}

/** Switches a current by a parameter of the group that has the current in its equations. */
function switchPart(id: string, on: boolean, plans: Plans, context: ExportContext): WrittenPhase | undefined {
  const stimulus = context.model.stimuli[id];
  if (stimulus?.kind !== 'current' || populationOf(stimulus.to) === undefined || !isSwitched(id, stimulus, context))
    return undefined;
  const slice = groupSlice(stimulus.to, plans.groups, `/stimuli/${id}`, context);
  return slice === undefined
    ? undefined
    : { set: { [`${slice.group.name}.${switchName(id, slice.group)}`]: on ? 1 : 0 } };
}

/** Returns new delays of pathways, which are variables of synapses in Brian. */
function delaysPart(
  delays: Readonly<Record<string, Value>>,
  plans: Plans,
  pointer: string,
  context: ExportContext,
): WrittenPhase | undefined {
  const remarks = remarksAt(context.report, pointer);
  const written = Object.entries(delays).flatMap(([key, value]) => {
    const [owner = '', pathway = ''] = key.split('.');
    const plan = plans.synapses.get(owner);
    const delay = plan && delayOn(plan, pathway, value, context);
    const text = delay && valueText(delay, 's', 'real', plan.view, context.data, remarks);
    if (plan === undefined || text === undefined) return [];
    return [[pathway === 'pre' ? `${plan.name}.delay` : `${plan.name}.${pathway}.delay`, text] as const];
  });
  return written.length === 0 ? undefined : { set: Object.fromEntries(written) };
}

function spikesPart(
  replay: Readonly<Record<string, SpikeTrain>>,
  of: SelectionRule | undefined,
  plans: Plans,
  pointer: string,
  context: ExportContext,
): WrittenPhase | undefined {
  const remarks = remarksAt(context.report, pointer);
  const written = Object.entries(replay).flatMap(([key, spikes]) => {
    const plan = plans.groups.get(key);
    if (
      plan?.kind !== 'generator' ||
      spikes.period !== undefined ||
      (of !== undefined && wholePopulation(of) !== key)
    ) {
      remarks.notExpressible('brian/phase', `Brian cannot express new spikes of ${key} between runs`);
      return [];
    }
    return [[plan.name, trainParts(spikes, context, remarks)] as const];
  });
  return written.length === 0 ? undefined : { set_spikes: Object.fromEntries(written) };
}

function setPart(
  set: Readonly<Record<string, Value>>,
  where: Expression | undefined,
  plans: Plans,
  pointer: string,
  context: ExportContext,
): WrittenPhase | undefined {
  const remarks = remarksAt(context.report, pointer);
  const written: Record<string, unknown> = {};
  let condition: string | undefined;
  let index: string | readonly number[] | undefined;
  for (const [key, value] of Object.entries(set)) {
    const { owner: part, variable, slice, indices } = assignedBy(key);
    const owner = plans.groups.get(part) ?? plans.synapses.get(part);
    const declared = owner?.type?.parameters[variable] ?? owner?.type?.state[variable];
    if (owner === undefined || declared === undefined || (slice && slice[2] !== 1)) {
      remarks.notExpressible('brian/set', `${key} cannot be set in Brian`);
      continue;
    }
    const text = valueText(value, declared.unit, declared.type, owner.view, context.data, remarks);
    if (text !== undefined) written[`${owner.name}.${owner.names.get(variable) ?? variable}`] = text;
    const isNumbered = slice !== undefined || indices !== undefined;
    const numbered = isNumbered && (plans.synapses.has(part) || where === undefined);
    // The indices i and j of synapses refer to their ends, so the synapses' own numbers are not a condition.
    if (numbered) index = indices ?? slice?.slice(0, 2).join(':');
    if (numbered && where !== undefined)
      remarks.notExpressible('brian/set', `${key} cannot be set by number and condition in Brian`);
    condition = [
      numbered || !slice ? undefined : `i >= ${slice[0]} and i < ${slice[1]}`,
      numbered || !indices ? undefined : listCondition(indices),
      where === undefined ? undefined : brianExpression(where, owner.view, remarks),
    ]
      .filter((part) => part !== undefined)
      .join(' and ');
  }
  if (Object.keys(written).length === 0) return undefined;
  return {
    set: written,
    ...(index === undefined ? {} : { index }),
    ...(index !== undefined || condition === undefined || condition === '' ? {} : { where: condition }),
  };
}

/** Returns a condition such as `(i == 0 or i == 3)`. */
function listCondition(indices: readonly number[]): string {
  const tests = indices.map((one) => `i == ${one}`).join(' or ');
  return indices.length === 1 ? tests : `(${tests})`;
}
