/**
 * Makes explicit all that a notation prescribes beyond equations: numbers and connections of named generators, values
 * by pair, positions of elements, and samples. Projections between lists, samples and assemblies become projections
 * between populations.
 *
 * Draws happen by their `order`; a projection draws its connections and, receiver by receiver, the values of its
 * synapses.
 */

import { DiagnosticError } from '../diagnostics/diagnostic.js';
import type { DrawnValues, Model, Population, SelectionRule } from '../model/typed.js';
import { typedValid } from '../model/typed-model.js';
import { type ValidModel, type WrittenModel } from '../model/typed.js';
import { DrawnArrays } from './arrays.js';
import type { DrawnModel } from './drawn-model.js';
import { CannotDraw, drawVector, Generators, inSi, isDraw, type Job } from './generators.js';
import type { RandomState } from '../numpy/random-state.js';
import { DrawnPhases, needsResolving, selectionOfPhase, valuesOfPhase } from './phases.js';
import { isLinkedToPlaces, isPlaced, placedLinks, placedStimulus } from './places-on-cells.js';
import { DrawnProjections, firstOrder, needsBuilding } from './projections.js';
import { findExcess } from './drawing-cost.js';
import { withFewerPairs, withoutRepeated } from './partial-drawing.js';
import { hasSample, Samples } from './samples.js';
import type { Places } from './space/axes.js';
import { placesOf } from './space/places.js';
import { recordingByPiece } from './pieces.js';

/**
 * Returns the model with explicit values for all draws of named generators.
 *
 * @param memory bytes available for drawn data
 * @throws DiagnosticError for parts that are too large or cannot be drawn, and for mistakes in values given by pair
 */
export function drawModel(written: WrittenModel, memory = Infinity): DrawnModel {
  const valid = typedValid(written);
  refuseExcess(valid, memory);
  return explicit(valid);
}

/**
 * Returns the model as `drawModel` does, but draws projections with very many synapses only for some pairs, to save
 * time.
 *
 * @param most largest number of synapses of a completely drawn projection
 * @returns the model, and the names of the partially drawn projections
 * @throws DiagnosticError as `drawModel` does, for mistakes in the drawn part
 */
export function sketchModel(
  written: WrittenModel,
  memory: number,
  most: number,
): { readonly drawn: DrawnModel; readonly partial: readonly string[] } {
  refuseExcess(typedValid(written), memory);
  const valid = typedValid({ ...written, model: withoutRepeated(written.model) });
  const { model, partial } = withFewerPairs(valid, most);
  return { drawn: explicit({ ...valid, model }), partial };
}

function refuseExcess(valid: ValidModel, memory: number): void {
  const excess = findExcess(valid, memory);
  if (excess.length > 0) throw new DiagnosticError(excess);
}

function explicit(valid: ValidModel): DrawnModel {
  if (!needsDrawing(valid.model)) return { ...valid, places: new Map(), parts: new Map() };
  let pointer = '';
  try {
    return new Drawing(valid, (at) => (pointer = at)).run();
  } catch (error) {
    if (!(error instanceof CannotDraw)) throw error;
    throw new DiagnosticError([{ ...error.finding, severity: 'error', place: { document: '', pointer } }]);
  }
}

/** Whether anything of a model is made explicit here. */
function needsDrawing(model: Model): boolean {
  return (
    Object.values(model.populations).some(
      (population) =>
        population.positions !== undefined ||
        Object.values(population.values).some(isDraw) ||
        isLinkedToPlaces(population),
    ) ||
    Object.values(model.projections).some(needsBuilding) ||
    model.recordings.some(({ of }) => hasSample(of)) ||
    Object.values(model.stimuli).some((stimulus) => hasSample(stimulus.to) || isPlaced(stimulus)) ||
    Object.values(model.operations).some(({ on }) => hasSample(on)) ||
    model.experiment.protocol.some(needsResolving)
  );
}

class Drawing {
  readonly #valid: ValidModel;
  /** Receives the pointer of the current object, for diagnostics. */
  readonly #at: (pointer: string) => void;
  readonly #data: DrawnArrays;
  readonly #generators: Generators;
  readonly #populations: Record<string, Population>;
  readonly #samples: Samples;
  readonly #places = new Map<string, Places>();
  readonly #projections: DrawnProjections;
  readonly #phases: DrawnPhases;

  constructor(valid: ValidModel, at: (pointer: string) => void) {
    const { model } = valid;
    this.#valid = valid;
    this.#at = at;
    this.#data = new DrawnArrays(valid.data);
    this.#populations = { ...model.populations };
    this.#generators = new Generators(model.experiment.seed);
    const sizeOf = this.#sizeOf;
    this.#samples = new Samples(model.experiment.seed, valid.data, sizeOf, this.#generators);
    const shared = { model, data: this.#data, sizeOf, samples: this.#samples, generators: this.#generators };
    this.#projections = new DrawnProjections({ ...shared, places: this.#places });
    this.#phases = new DrawnPhases({ ...shared, projections: this.#projections });
  }

  readonly #sizeOf = (population: string): number => this.#valid.model.populations[population]?.size ?? 0;

  run(): DrawnModel {
    const { model } = this.#valid;
    const jobs: Job[] = [];
    const later: Job[] = [];
    for (const [name, population] of Object.entries(model.populations)) {
      const { positions } = population;
      const drawnBy = positions?.kind === 'structure' ? positions.generator : undefined;
      const put = (order: number, run: () => void): void =>
        void jobs.push({ order, run: this.#within(`/populations/${name}`, run) });
      if (positions) put(drawnBy?.order ?? -1, () => this.#place(name, population, positions, drawnBy));
      for (const [variable, value] of Object.entries(population.values))
        if (isDraw(value)) put(value.order, () => this.#drawPopulation(name, variable, value));
    }
    model.experiment.protocol.forEach((phase, k) => {
      for (const [key, value] of Object.entries(valuesOfPhase(phase)))
        if (isDraw(value))
          later.push({
            order: value.order,
            run: this.#within(phasePointer(k), () => this.#phases.draw(k, key, phase, value)),
          });
    });
    for (const selection of selectionsOf(model)) jobs.push(...this.#samples.jobsOf(selection));
    for (const [name, projection] of Object.entries(model.projections)) {
      const run = this.#within(`/projections/${name}`, () => this.#projections.build(name, projection));
      jobs.push({ order: firstOrder(projection), run });
    }
    const inOrder = (some: readonly Job[]): readonly Job[] => [...some].sort((a, b) => a.order - b.order);
    // Phases follow the construction of the network, because their draws for synapses need the existing synapses.
    for (const { run } of [...inOrder(jobs), ...inOrder(later)]) run();
    return { model: this.#finish(model), data: this.#data.store, places: this.#places, parts: this.#projections.parts };
  }

  readonly #within =
    (pointer: string, run: () => void): (() => void) =>
    () => {
      this.#at(pointer);
      run();
    };

  #finish(model: Model): Model {
    const select = (rule: SelectionRule): SelectionRule => this.#samples.resolve(rule);
    const { pieces, built } = this.#projections;
    return {
      ...model,
      populations: Object.fromEntries(
        Object.entries(this.#populations).map(([name, population]) => {
          this.#at(`/populations/${name}`);
          return [name, placedLinks(name, population, model.experiment.seed, this.#data)];
        }),
      ),
      projections: Object.fromEntries(built),
      recordings: model.recordings.flatMap((recording, k) => {
        this.#at(`/recordings/${k}`);
        return recordingByPiece({ ...recording, of: select(recording.of) }, pieces, this.#data.store);
      }),
      stimuli: Object.fromEntries(
        Object.entries(model.stimuli).map(([name, stimulus]) => {
          this.#at(`/stimuli/${name}`);
          const selected = { ...stimulus, to: select(stimulus.to) };
          return [name, placedStimulus(name, selected, this.#sizeOf, model.experiment.seed, this.#data)];
        }),
      ),
      operations: Object.fromEntries(
        Object.entries(model.operations).map(([name, operation]) => [name, { ...operation, on: select(operation.on) }]),
      ),
      experiment: {
        ...model.experiment,
        protocol: model.experiment.protocol.map((phase, k) => {
          this.#at(phasePointer(k));
          return this.#phases.resolve(phase, k);
        }),
      },
    };
  }

  #place(
    name: string,
    population: Population,
    positions: NonNullable<Population['positions']>,
    drawnBy: DrawnValues | undefined,
  ): void {
    const { seed } = this.#valid.model.experiment;
    const source = drawnBy
      ? ({ kind: 'numpy', state: this.#generators.of(drawnBy) } as const)
      : ({ kind: 'counters', seed } as const);
    this.#places.set(name, placesOf(name, population, positions, source, this.#valid.data));
  }

  #drawPopulation(name: string, variable: string, draw: DrawnValues): void {
    const population = this.#populations[name] as Population;
    // PyNN copies parameters together with their generators, which do not move on; first values are drawn by the
    // generators themselves.
    const isParameter = this.#valid.model.neurons[population.type ?? '']?.parameters[variable] !== undefined;
    const numbers = drawVector(
      draw.distribution,
      draw.arguments,
      population.size,
      this.#generatorOf(draw, isParameter),
    );
    const array = this.#data.keep(inSi(numbers, draw.exponent10));
    this.#populations[name] = { ...population, values: { ...population.values, [variable]: { kind: 'array', array } } };
  }

  /** The generator of a draw, or a copy of it as it is now. */
  #generatorOf(draw: DrawnValues, copied: boolean): RandomState {
    const state = this.#generators.of(draw);
    return copied ? state.copy() : state;
  }
}

const phasePointer = (k: number): string => `/experiment/protocol/${k}`;

/** All selections of a model. */
const selectionsOf = (model: Model): readonly SelectionRule[] => [
  ...Object.values(model.projections).flatMap(({ from, to }) => [from.of, to.of]),
  ...model.recordings.map(({ of }) => of),
  ...Object.values(model.stimuli).map(({ to }) => to),
  ...Object.values(model.operations).map(({ on }) => on),
  ...model.experiment.protocol.flatMap((phase) => selectionOfPhase(phase) ?? []),
];
