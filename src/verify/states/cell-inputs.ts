/** Currents that act on cells from outside a network, at any time. */

import { elementsIn, populationsOf } from '../../model/selected.js';
import type { Expression } from '../../lang/ast.js';
import type { Projection, Stimulus, ValidModel } from '../../model/typed.js';
import { writtenSelection } from '../../model/typed-model.js';
import { valueIn, type Scope } from './element-scope.js';

/** A current on some cells of a population. */
interface Current {
  readonly name: string;
  readonly input: string;
  readonly value: Expression;
  readonly every?: number;
  readonly from: number;
  /** Cells; absent: all. */
  readonly cells?: ReadonlySet<number>;
}

/** Currents on the cells of a model. */
export interface CellInputs {
  /** Returns the sum of the currents on an input of a cell. @throws NoNumber */
  readonly valueOf: (population: string, cell: number, input: string, scope: Scope) => number;
  /** Returns the names of the currents on a cell. */
  readonly namesOf: (population: string, cell: number) => readonly string[];
}

/** Returns the currents on the cells of a model, by the cells that they act on. */
export function cellInputs(valid: ValidModel): CellInputs {
  const found = new Map<string, Current[]>();
  const add = (name: string, stimulus: Extract<Stimulus, { readonly kind: 'current' }>, to: Stimulus['to']): void => {
    if (to.kind === 'assembly') {
      to.assembly.forEach((part) => add(name, stimulus, part));
      return;
    }
    const written = writtenSelection(to);
    const { input, value, every, from = 0 } = stimulus;
    for (const population of populationsOf(written)) {
      const elements = elementsIn(written, valid.model.populations[population]?.size ?? 0, valid.data);
      found.set(population, [
        ...(found.get(population) ?? []),
        {
          name,
          input,
          value,
          from,
          ...(every === undefined ? {} : { every }),
          ...(elements === undefined ? {} : { cells: new Set(elements) }),
        },
      ]);
    }
  };
  for (const [name, stimulus] of Object.entries(valid.model.stimuli))
    if (stimulus.kind === 'current' && stimulus.attached) add(name, stimulus, stimulus.to);
  const on = (population: string, cell: number): readonly Current[] =>
    (found.get(population) ?? []).filter(({ cells }) => cells?.has(cell) ?? true);
  return {
    valueOf: (population, cell, input, scope) => {
      let sum = 0;
      for (const current of on(population, cell)) {
        if (current.input !== input) continue;
        const { every, from, value } = current;
        const held = (name: string): number => {
          if (name !== 't' || every === undefined) return scope(name);
          const time = scope('t');
          return from + Math.max(0, Math.floor((time - from) / every + 1e-9)) * every;
        };
        sum += valueIn(valid, value, held);
      }
      return sum;
    },
    namesOf: (population, cell) => on(population, cell).map(({ name }) => name),
  };
}

/** Returns the continuous synapses that act on a population, or on some of its variables, by the inputs they add to. */
export function continuousInputs({ model }: ValidModel, population: string, read?: ReadonlySet<string>): number {
  const acts = ({ to, synapse, receptors }: Projection): boolean =>
    populationsOf(writtenSelection(to.of)).includes(population) &&
    [...model.synapses[synapse]!.contributes, ...model.synapses[synapse]!.summed].some(
      ({ to: { variable } }) => read?.has(receptors[variable] ?? variable) ?? true,
    );
  return Object.values(model.projections).filter(acts).length;
}
