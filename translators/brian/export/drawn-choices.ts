/** Choices of cells that Brian cannot make, as they are drawn here. */

import {
  expressionsIn,
  type DataStore,
  type Model,
  type NeuronType,
  type Phase,
  type Projection,
  type SelectionRule,
  type ValidModel,
  type Value,
} from '../../../src/model/typed.js';
import { assignedKey } from '../../../src/model/assigned.js';
import { elementsIn, populationOf, populationsOf } from '../../../src/model/selected.js';
import { isPhase, isSelection } from '../../../src/model/tagged.js';
import { unknownFunction } from '../vocabulary.js';

/** A model with all draws made, and its data. */
type Drawn = Pick<ValidModel, 'model' | 'data'>;

/** Returns randomly selected cells by their numbers, and other selections unchanged. */
export function chosenCells(
  rule: SelectionRule,
  drawn: SelectionRule | undefined,
  { model, data }: Drawn,
): SelectionRule {
  const population = drawn && populationOf(drawn);
  if (!isSelection(rule, 'sample') || !drawn || population === undefined) return rule;
  const indices = elementsIn(drawn, model.populations[population]?.size ?? 0, data);
  return indices === undefined ? rule : { kind: 'indices', population, indices };
}

/**
 * Checks whether phases change randomly selected cells, or give them values by their place among the selected cells.
 */
export const choosesAtRandom = (protocol: readonly Phase[]): boolean =>
  protocol.some((phase) => {
    const of = chosenBy(phase);
    return (of !== undefined && isSelection(of, 'sample')) || isNumbered(phase);
  });

/**
 * Returns a protocol that changes selected cells by their numbers.
 *
 * @param drawn  the same model with all draws made, and its data; absent if it is not needed
 */
export function drawnPhases(
  { experiment: { protocol }, populations }: Model,
  data: DataStore,
  drawn: Drawn | undefined,
): readonly Phase[] {
  const choices = drawn?.model.experiment.protocol.filter((phase) => chosenBy(phase) !== undefined) ?? [];
  return protocol.map((phase) => {
    const of = chosenBy(phase);
    if (of === undefined) return phase;
    const same = choices.findIndex((other) => JSON.stringify(valuesOf(other)) === JSON.stringify(valuesOf(phase)));
    const [found = phase] = same < 0 ? [] : choices.splice(same, 1);
    return byNumber(found, populations, drawn === undefined ? data : new Map([...data, ...drawn.data]));
  });
}

/** Returns the rule that selects the cells of a phase, if it has one. */
const chosenBy = (phase: Phase): SelectionRule | undefined =>
  isPhase(phase, 'set') || isPhase(phase, 'initialise') ? phase.of : undefined;

const isNumbered = (phase: Phase): boolean =>
  (isPhase(phase, 'set') || isPhase(phase, 'initialise')) && phase.numbered !== undefined;

/** Checks whether a phase goes back in time. */
export const turnsBack = (phase: Phase): boolean => isPhase(phase, 'reset') || isPhase(phase, 'restore');

const valuesOf = (phase: Phase): unknown =>
  isPhase(phase, 'set') ? Object.keys(phase.set) : isPhase(phase, 'initialise') ? Object.keys(phase.initialise) : [];

function byNumber(phase: Phase, populations: Model['populations'], data: DataStore): Phase {
  const of = chosenBy(phase);
  const population = of && populationOf(of);
  const cells = of && elementsIn(of, populations[population ?? '']?.size ?? 0, data);
  if (population === undefined || cells === undefined || isNumbered(phase)) return phase;
  const named = (values: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        assignedKey({ owner: population, indices: cells, variable: name }),
        value,
      ]),
    );
  if (isPhase(phase, 'initialise')) return { kind: 'initialise', initialise: named(phase.initialise) };
  if (!isPhase(phase, 'set')) return phase;
  return { kind: 'set', set: named(phase.set), ...(phase.where === undefined ? {} : { where: phase.where }) };
}

/**
 * Returns the projections of a drawn model that stand for one projection of the model, one for each pair of
 * populations. The list is empty before the model is drawn.
 */
export function drawnParts(
  name: string,
  { from, to, synapse }: Projection,
  model: Model,
  drawn: Model | undefined,
): readonly (readonly [string, Projection])[] {
  const names = Object.keys(model.projections);
  const owner = (label: string): string | undefined =>
    names.includes(label)
      ? label
      : names.filter((one) => label.startsWith(`${one}_`)).sort((a, b) => b.length - a.length)[0];
  const [sources, targets] = [populationsOf(from.of), populationsOf(to.of)];
  return Object.entries(drawn?.projections ?? {}).filter(
    ([label, part]) =>
      owner(label) === name &&
      part.synapse === synapse &&
      populationsOf(part.from.of).every((population) => sources.includes(population)) &&
      populationsOf(part.to.of).every((one) => targets.includes(one)),
  );
}

/** Checks whether a type draws from a distribution that Brian does not have. */
export const drawsUnknown = (type: NeuronType | undefined): boolean =>
  expressionsIn([type?.events, type?.derived, type?.state]).some((e) => unknownFunction(e) !== undefined);
