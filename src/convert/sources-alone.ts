/** Reduces a model to populations that no other part acts on, without the rest of their network. */

import { drawsIn } from '../lang/functions.js';
import { referencesIn } from '../lang/walk.js';
import { assignedBy } from '../model/assigned.js';
import { expressionsIn, ownersOf, type Model, type Phase, type SelectionRule } from '../model/typed.js';

/** Replaces a phase that does not concern the populations; phases are identified by their place in the protocol. */
const nothing: Phase = { kind: 'set', set: {} };

/**
 * Returns the model of some populations, which spike in it as in the whole network. Integrating the rest for their
 * spikes would take as long as a run.
 *
 * @param names  populations that synapses neither end at nor write to; see `actsOnSource`
 * @returns undefined if other parts may act on them
 */
export function sourcesAlone(model: Model, names: readonly string[]): Model | undefined {
  const kept = new Set(names);
  const touches = (rule: SelectionRule): boolean => ownersOf(rule).some((owner) => kept.has(owner));
  const within = (rule: SelectionRule): boolean => ownersOf(rule).every((owner) => kept.has(owner));
  const rules = [
    ...Object.values(model.stimuli).map(({ to }) => to),
    ...Object.values(model.operations).map(({ on }) => on),
  ];
  if (rules.some((rule) => touches(rule) && !within(rule))) return undefined;
  // Networks with synapses of synapses draw other numbers than their isolated sources.
  const ends = Object.values(model.projections).flatMap(({ from, to }) => [from.of, to.of]);
  if (ends.some(({ kind }) => kind === 'synapses')) return undefined;
  if (names.some((name) => Object.keys(model.populations[name]?.linked ?? {}).length > 0)) return undefined;
  const protocol: Phase[] = [];
  for (const phase of model.experiment.protocol) {
    const own = ownPart(phase, kept, model);
    if (own === undefined || (own.kind !== 'run' && expressionsIn(own).some(drawsIn))) return undefined;
    protocol.push(own);
  }
  const only = <T>(parts: Readonly<Record<string, T>>, isKept: (part: T, name: string) => boolean) =>
    Object.fromEntries(Object.entries(parts).filter(([name, part]) => isKept(part, name)));
  const types = new Set(names.map((name) => model.populations[name]?.type));
  return {
    ...model,
    neurons: only(model.neurons, (_, name) => types.has(name)),
    synapses: {},
    populations: only(model.populations, (_, name) => kept.has(name)),
    projections: {},
    stimuli: only(model.stimuli, ({ to }) => within(to)),
    operations: only(model.operations, ({ on }) => within(on)),
    recordings: [],
    experiment: { ...model.experiment, protocol },
  };
}

/** Checks whether code of a projection's synapses reads or writes variables of the cells that they come from. */
export function actsOnSource(name: string, { projections, synapses, operations }: Model): boolean {
  const type = synapses[projections[name]?.synapse ?? ''];
  const code = Object.values(operations).filter(({ on }) => ownersOf(on).includes(name));
  const parts = [...Object.values(type?.pathways ?? {}), ...Object.values(type?.events ?? {}), ...code];
  const assigned = parts.flatMap(({ do: actions }) =>
    actions.flatMap((action) => (action.kind === 'assignment' ? [action.to] : [])),
  );
  const summed = [...(type?.contributes ?? []), ...(type?.summed ?? [])].map(({ to }) => to);
  const read = expressionsIn([type, code]).flatMap(referencesIn);
  return [...assigned, ...summed, ...read].some((to) => to.kind === 'end' && to.end === 'pre' && to.variable !== 'i');
}

/** Returns the part of a phase that concerns some populations; undefined if it acts on them and others at once. */
function ownPart(phase: Phase, kept: ReadonlySet<string>, { stimuli }: Model): Phase | undefined {
  const owners = (values: Readonly<Record<string, unknown>>, of?: SelectionRule): readonly string[] =>
    of ? ownersOf(of) : Object.keys(values).map((key) => assignedBy(key).owner);
  const ofStimuli = (ids: readonly string[]): readonly string[] =>
    ids.flatMap((id) => (stimuli[id] ? ownersOf(stimuli[id].to) : []));
  const judged = (concerned: readonly string[]): Phase | undefined => {
    if (concerned.every((owner) => kept.has(owner))) return phase;
    return concerned.some((owner) => kept.has(owner)) ? undefined : nothing;
  };
  switch (phase.kind) {
    case 'set':
      return judged(owners(phase.set, phase.of));
    case 'initialise':
      return judged(owners(phase.initialise, phase.of));
    case 'delays':
      return nothing;
    case 'replay':
      return judged([...Object.keys(phase.replay), ...(phase.of ? ownersOf(phase.of) : [])]);
    case 'currents':
      return judged(ofStimuli(Object.keys(phase.currents)));
    case 'attach':
      return judged(ofStimuli([phase.attach]));
    case 'detach':
      return judged(ofStimuli([phase.detach]));
    case 'record':
      return nothing;
    case 'run':
    case 'runUntil':
    case 'reset':
    case 'store':
    case 'restore':
      return phase;
    default:
      return phase satisfies never;
  }
}
