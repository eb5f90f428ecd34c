/**
 * Makes phases of the protocol explicit: draws of generators, values given by pair or counted within a selection,
 * samples.
 */

import type { Expression } from '../lang/ast.js';
import { namesIn } from '../lang/walk.js';
import type { DrawnValues, Model, Phase, SelectionRule, SpikeTrain, Value } from '../model/typed.js';
import { arrayOf } from '../model/arrays.js';
import { assignedBy, numbersIn, type Assigned } from '../model/assigned.js';
import { formulaOf } from '../model/typed.js';
import { CannotDraw, drawVector, isDraw, type Generators } from './generators.js';
import { elementsOf } from './ends.js';
import type { DrawnArrays } from './arrays.js';
import { numberFunction } from './numbers.js';
import { drawnForPairs, explicitValue, isForPairs, settledDraws } from './pair-values.js';
import type { DrawnProjections } from './projections.js';
import { hasSample, type Samples } from './samples.js';
import { phaseByPiece } from './pieces.js';

/** Returns the values that a phase assigns, by their targets. */
export const valuesOfPhase = (phase: Phase): Readonly<Record<string, Value>> =>
  phase.kind === 'set'
    ? phase.set
    : phase.kind === 'initialise'
      ? phase.initialise
      : phase.kind === 'delays'
        ? phase.delays
        : {};

/** Returns the selection of a phase, if it is given separately from the values. */
export const selectionOfPhase = (phase: Phase): SelectionRule | undefined =>
  phase.kind === 'set' || phase.kind === 'initialise' || phase.kind === 'replay' ? phase.of : undefined;

/** Whether a phase has anything that is made explicit here. */
export function needsResolving(phase: Phase): boolean {
  const of = selectionOfPhase(phase);
  return (
    (of !== undefined && (hasSample(of) || phase.kind === 'replay')) ||
    Object.values(valuesOfPhase(phase)).some((value) => isDraw(value) || isForPairs(value)) ||
    ((phase.kind === 'set' || phase.kind === 'initialise') && phase.numbered !== undefined)
  );
}

/** The data for making phases explicit. */
interface PhaseSetting {
  readonly model: Model;
  readonly projections: DrawnProjections;
  readonly data: DrawnArrays;
  readonly sizeOf: (population: string) => number;
  readonly samples: Samples;
  readonly generators: Generators;
}

/** The phases of a model as they become explicit: draws in their order, then all phases from the first to the last. */
export class DrawnPhases {
  readonly #setting: PhaseSetting;
  /** Drawn values, by phase and key. */
  readonly #drawn = new Map<string, Value>();
  /** The spikes that each population replays at this point of the protocol. */
  readonly #spikes: Map<string, SpikeTrain>;
  /** Numbers of one draw: several values of a phase may follow from it. */
  readonly #shared = new Map<number, Float64Array>();

  constructor(setting: PhaseSetting) {
    this.#setting = setting;
    this.#spikes = new Map(
      Object.entries(setting.model.populations).flatMap(([name, { spikes }]) =>
        spikes?.kind === 'train' ? [[name, spikes] as const] : [],
      ),
    );
  }

  /**
   * Draws the values of a phase for a key, in the order of the elements of a selection, or of the synapses of a
   * projection.
   */
  draw(k: number, key: string, phase: Phase, draw: DrawnValues): void {
    const { data, model } = this.#setting;
    const numbers = this.#shared.get(draw.order) ?? this.#numbers(key, phase, draw);
    this.#shared.set(draw.order, numbers);
    this.#drawn.set(`${k} ${key}`, {
      kind: 'array',
      array: data.keep(settledDraws(draw, numbers, model.experiment.dt)),
    });
  }

  #numbers(key: string, phase: Phase, draw: DrawnValues): Float64Array {
    const { projections, generators, model } = this.#setting;
    const generatorState = generators.of(draw);
    // PyNN sets parameters from copies of the generators, which do not move on; first values are drawn by the
    // generators themselves.
    const state = phase.kind === 'initialise' ? generatorState : generatorState.copy();
    const of = selectionOfPhase(phase);
    const owner = of?.kind === 'synapses' ? of.projection : assignedBy(key).owner;
    if (of && of.kind !== 'synapses') return drawVector(draw.distribution, draw.arguments, this.#count(of), state);
    if (model.populations[owner])
      return drawVector(draw.distribution, draw.arguments, this.#countInside(assignedBy(key)), state);
    const synapses = projections.synapsesOf(owner);
    if (!synapses)
      throw new CannotDraw(
        `values of ${key} drawn by a named generator during the run for connections that are drawn on the target`,
      );
    if (draw.pairs) return drawnForPairs(draw, synapses.pre, synapses, generatorState.copy());
    const count = numbersIn(assignedBy(key))?.length ?? synapses.pairs.sources.length;
    return drawVector(draw.distribution, draw.arguments, count, state);
  }

  #count(rule: SelectionRule): number {
    const { samples, sizeOf, data } = this.#setting;
    return elementsOf(samples.resolve(rule), sizeOf, data.store).indices.length;
  }

  #countInside(assigned: Assigned): number {
    return numbersIn(assigned)?.length ?? this.#setting.sizeOf(assigned.owner);
  }

  /** A phase with everything explicit. */
  resolve(phase: Phase, k: number): Phase {
    const { projections, data, samples } = this.#setting;
    const explicit = (values: Readonly<Record<string, Value>>): Record<string, Value> =>
      Object.fromEntries(Object.entries(values).map(([key, value]) => [key, this.#explicit(phase, k, key, value)]));
    if (phase.kind === 'replay') return this.#replay(phase);
    const chosen = selectionOfPhase(phase);
    const of = chosen ? { of: samples.resolve(chosen) } : {};
    if (phase.kind === 'set') {
      const { numbered: _, ...rest } = phase;
      return phaseByPiece({ ...rest, set: explicit(phase.set), ...of }, projections.pieces, data);
    }
    if (phase.kind === 'initialise') {
      const { numbered: _, ...rest } = phase;
      return phaseByPiece({ ...rest, initialise: explicit(phase.initialise), ...of }, projections.pieces, data);
    }
    return phase.kind === 'delays'
      ? phaseByPiece({ ...phase, delays: explicit(phase.delays) }, projections.pieces, data)
      : phase;
  }

  #explicit(phase: Phase, k: number, key: string, value: Value): Value {
    const { projections, data } = this.#setting;
    const drawn = this.#drawn.get(`${k} ${key}`);
    if (drawn !== undefined) return drawn;
    if (isForPairs(value)) {
      const of = selectionOfPhase(phase);
      const { owner, variable } = of?.kind === 'synapses' ? { owner: of.projection, variable: key } : assignedBy(key);
      const synapses = projections.synapsesOf(owner);
      if (!synapses) throw new CannotDraw(`values of ${key} by pair for connections that are drawn on the target`);
      return explicitValue(variable, value, synapses, data);
    }
    const formula = formulaOf(value);
    if (!formula || !(phase.kind === 'set' || phase.kind === 'initialise') || phase.numbered === undefined)
      return value;
    return namesIn(formula).has('i') ? this.#counted(phase, key, formula) : value;
  }

  /** Returns an expression with an index that counts within a selection, as an array. */
  #counted(phase: Phase, key: string, formula: Expression): Value {
    const of = selectionOfPhase(phase);
    const count = of ? this.#count(of) : this.#countInside(assignedBy(key));
    let i = 0;
    const evaluate = numberFunction(formula, (name) => {
      if (name === 'i') return () => i;
      if (name === 'N') return () => count;
      throw new CannotDraw(`a value of ${key} that reads the index within a selection and ${name}`);
    });
    const numbers = Float64Array.from({ length: count }, (_, k) => {
      i = k;
      return evaluate();
    });
    return { kind: 'array', array: this.#setting.data.keep(numbers) };
  }

  // --- Spikes that are replayed -------------------------------------------------------------------------------------

  /** Other spikes for some elements of populations; the others go on with theirs. */
  #replay(phase: Extract<Phase, { kind: 'replay' }>): Phase {
    const { samples, sizeOf, data } = this.#setting;
    const replay: Record<string, SpikeTrain> = {};
    const rule = phase.of && samples.resolve(phase.of);
    for (const [population, given] of Object.entries(phase.replay)) {
      let spikes = given;
      if (rule) {
        const { populations, ordinals, indices } = elementsOf(rule, sizeOf, data.store);
        const ordinal = populations.indexOf(population);
        spikes = this.#merged(
          population,
          given,
          indices.filter((_, k) => ordinals[k] === ordinal),
        );
      }
      this.#spikes.set(population, spikes);
      replay[population] = spikes;
    }
    return { kind: 'replay', replay };
  }

  #merged(population: string, given: SpikeTrain, chosen: Uint32Array): SpikeTrain {
    const { store } = this.#setting.data;
    const before = this.#spikes.get(population);
    const others = new Set(chosen);
    const all: (readonly [element: number, time: number])[] = [];
    if (before) {
      const times = arrayOf(before.times, store);
      Array.from(arrayOf(before.indices, store)).forEach((element, k) => {
        if (!others.has(element)) all.push([element, times[k] as number]);
      });
    }
    const times = arrayOf(given.times, store);
    Array.from(arrayOf(given.indices, store)).forEach((k, at) => {
      const element = chosen[k];
      if (element !== undefined) all.push([element, times[at] as number]);
    });
    all.sort((a, b) => a[1] - b[1] || a[0] - b[0]);
    return { indices: all.map(([element]) => element), times: all.map(([, time]) => time) };
  }
}
