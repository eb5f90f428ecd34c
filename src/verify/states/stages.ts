/** Values that the protocol of a model gives its cells during a run. */

import { NoNumber } from '../../lang/evaluate.js';
import { assignedBy, numbersIn } from '../../model/assigned.js';
import { elementsIn, populationOf } from '../../model/selected.js';
import { timeAfter } from '../../model/tagged.js';
import type { Phase, Population, ValidModel } from '../../model/typed.js';
import { writtenSelection } from '../../model/typed-model.js';
import { scopeOf, valueIn, valueOf } from './element-scope.js';

/** A model from a time in s on. */
export interface Stage {
  readonly time: number;
  /** Populations with the values that they have from then on. */
  readonly populations: Readonly<Record<string, Population>>;
  /** Values of state variables that are set at this time, as `population.variable`, by cell. */
  readonly states: ReadonlyMap<string, ReadonlyMap<number, number>>;
}

/** Stages of a model, and phrases for phases with other effects. */
export interface Stages {
  readonly stages: readonly Stage[];
  readonly others: readonly { readonly time: number; readonly phase: Phase }[];
}

/** Returns the stages that a protocol gives a model after its first one. */
export function stagesOf(valid: ValidModel, protocol: readonly Phase[]): Stages {
  const { model } = valid;
  const stages: Stage[] = [];
  const others: { time: number; phase: Phase }[] = [];
  let [time, populations] = [0, model.populations];
  for (const phase of protocol) {
    time = timeAfter(time, phase);
    if (phase.kind === 'run' || phase.kind === 'runUntil' || phase.kind === 'record' || phase.kind === 'store')
      continue;
    if (phase.kind !== 'set') {
      others.push({ time, phase });
      continue;
    }
    try {
      const states = new Map<string, ReadonlyMap<number, number>>();
      for (const [key, value] of Object.entries(phase.set)) {
        const { owner, variable, ...elements } = assignedBy(key);
        const selection = phase.of && writtenSelection(phase.of);
        const name = owner === '' ? populationOf(selection ?? { population: '' }) : owner;
        const population = populations[name ?? ''];
        const type = model.neurons[population?.type ?? ''];
        if (name === undefined || !population || !type || phase.numbered) throw new NoNumber('other elements');
        const { size } = population;
        const chosen =
          numbersIn(elements) ??
          (selection && elementsIn(selection, size, valid.data)) ??
          Array.from({ length: size }, (_, k) => k);
        const at = (cell: number): ReturnType<typeof scopeOf> =>
          scopeOf(type, population, cell, new Map([['t', time]]), valid);
        const { where } = phase;
        const changed = new Map(
          chosen.flatMap((cell, k) => {
            if (where && valueIn(valid, where, at(cell)) === 0) return [];
            return [
              [
                cell,
                valueOf(
                  value,
                  value !== null && typeof value === 'object' && value.kind === 'array' ? k : cell,
                  at(cell),
                  valid,
                ),
              ] as const,
            ];
          }),
        );
        if (type.state[variable]) states.set(`${name}.${variable}`, changed);
        const old = population.values[variable] ?? type.parameters[variable]?.value ?? type.state[variable]?.initial;
        if (old === undefined) throw new NoNumber('another variable');
        const array = Array.from(
          { length: size },
          (_, cell) => changed.get(cell) ?? valueOf(old, cell, at(cell), valid),
        );
        if (type.parameters[variable])
          populations = {
            ...populations,
            [name]: { ...population, values: { ...population.values, [variable]: { kind: 'array', array } } },
          };
      }
      stages.push({ time, populations, states });
    } catch (error) {
      if (!(error instanceof NoNumber || error instanceof RangeError)) throw error;
      others.push({ time, phase });
    }
  }
  return { stages, others };
}

/** Returns the stage of a model at a time in s; undefined before the first change. */
export const stageAt = ({ stages }: Stages, time: number): Stage | undefined =>
  stages.findLast((stage) => stage.time <= time + 1e-9);
