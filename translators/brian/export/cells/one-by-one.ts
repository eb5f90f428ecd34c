/** Cells with sections one by one, each a population of its own: Brian has one cell in a SpatialNeuron. */

import { integer } from '../../../../src/lang/build.js';
import { parseExpression } from '../../../../src/lang/parse.js';
import { printExpression } from '../../../../src/lang/print.js';
import { namesIn, substitute } from '../../../../src/lang/walk.js';
import { numbersOf } from '../../../../src/model/arrays.js';
import { assignedBy, numbersIn } from '../../../../src/model/assigned.js';
import { mapped } from '../../../../src/model/collections.js';
import type { ConversionReport } from '../../../../src/model/conversion-report.js';
import { UniqueNames } from '../../../../src/model/free-name.js';
import type {
  ArrayValue,
  DataStore,
  End,
  Model,
  Phase,
  Population,
  Projection,
  Recording,
  SelectionKinds,
  SelectionRule,
  Value,
} from '../../../../src/model/model.js';
import { child } from '../../../../src/model/pointer.js';
import { elementsIn, populationOf, populationsOf } from '../../../../src/model/selected.js';
import { isGiven, isPhase, isSelection, phaseKind } from '../../../../src/model/tagged.js';

/** The most cells, and the most projections between them, that are written one by one. */
const [mostCells, mostProjections] = [64, 512];

/** Returns populations of several cells with sections. */
const severalCells = ({ populations, neurons }: Model): readonly string[] =>
  Object.keys(populations).filter((name) => {
    const { type = '', size = 0 } = populations[name] ?? {};
    return size > 1 && neurons[type]?.compartments !== undefined;
  });

/** Checks whether a model has several cells with sections, but few enough to write them one by one. */
export function canBeOneByOne(model: Model): boolean {
  const several = severalCells(model);
  const cells = several.reduce((sum, name) => sum + (model.populations[name]?.size ?? 0), 0);
  const linked = Object.entries(model.populations).some(
    ([name, { linked: links = {} }]) =>
      Object.keys(links).length > 0 &&
      (several.includes(name) || Object.values(links).some(({ population }) => several.includes(population))),
  );
  return several.length > 0 && cells <= mostCells && !linked;
}

/**
 * Returns the model with a population for each cell with sections, called `cells_0`, `cells_1` and so on. Returns it
 * unchanged if that cannot be expressed.
 *
 * @param valid  a model with lists of synapses on such cells, and with numbers as values
 */
export function cellsOneByOne(model: Model, data: DataStore, report: ConversionReport): Model {
  const several = new Set(severalCells(model));
  try {
    const apart = new Apart(model, data, several).model();
    for (const name of several)
      report.equivalent('brian/cells', child('/populations', name), 'each cell is a SpatialNeuron of its own');
    return apart;
  } catch (error) {
    if (error instanceof CannotPart) return model;
    throw error;
  }
}

/** A feature of a population that cannot be expressed for single cells. */
class CannotPart extends Error {}

/** Evaluates the cell numbers in an expression for one cell. */
function ofCell(text: string, cell: number, size: number): string {
  const e = parseExpression(text);
  const names = namesIn(e);
  if (!names.has('i') && !names.has('N')) return text;
  const numbers = new Map([
    ['i', integer(cell)],
    ['N', integer(size)],
  ]);
  return printExpression(substitute(e, numbers));
}

/** Elements of a selection by their new population. */
interface Chosen {
  readonly population: string;
  /** In the order of the selection. */
  readonly cells: readonly number[];
}

type SynapsesOf = SelectionKinds['synapses'];

class Apart {
  readonly #names: ReadonlyMap<string, readonly string[]>;
  /** The new projections of a projection, each with its synapses of the original. */
  readonly #pieces = new Map<string, readonly (readonly [name: string, synapses: readonly number[]])[]>();

  constructor(
    private readonly whole: Model,
    private readonly data: DataStore,
    private readonly several: ReadonlySet<string>,
  ) {
    const { populations, projections } = whole;
    const taken = new UniqueNames([...Object.keys(populations), ...Object.keys(projections)]);
    this.#names = new Map(
      [...several].map((name) => [
        name,
        Array.from({ length: populations[name]?.size ?? 0 }, (_, cell) => taken.take(`${name}_${cell}`)),
      ]),
    );
  }

  model(): Model {
    const { whole } = this;
    const projections = Object.fromEntries(
      Object.entries(whole.projections).flatMap(([name, projection]) => this.#projection(name, projection)),
    );
    if (Object.keys(projections).length > mostProjections) throw new CannotPart();
    const each = <T extends object>(
      parts: Readonly<Record<string, T>>,
      selection: (part: T) => SelectionRule,
      on: (part: T, rule: SelectionRule, cell: number, size: number) => T,
    ): Record<string, T> =>
      Object.fromEntries(
        Object.entries(parts).flatMap(([name, part]): readonly (readonly [string, T])[] => {
          const chosen = this.#chosen(selection(part));
          if (!chosen) return [[name, part]];
          const { population, cells } = chosen;
          const size = whole.populations[population]?.size ?? 0;
          return this.#each(chosen).map((rule, k) => {
            const cell = cells[k] ?? 0;
            return [`${name}_${cell}`, on(part, rule, cell, size)] as const;
          });
        }),
      );
    return {
      ...whole,
      populations: Object.fromEntries(
        Object.entries(whole.populations).flatMap(([name, population]) => this.#population(name, population)),
      ),
      projections,
      stimuli: each(
        whole.stimuli,
        ({ to }) => to,
        (stimulus, to, cell, size) =>
          stimulus.kind === 'current'
            ? { ...stimulus, to, value: ofCell(stimulus.value, cell, size) }
            : { ...stimulus, to, weight: ofCell(stimulus.weight, cell, size) },
      ),
      operations: each(
        whole.operations,
        ({ on }) => on,
        (operation, on) => {
          if (operation.do.some((text) => /\b[iN]\b/.test(text))) throw new CannotPart();
          return { ...operation, on };
        },
      ),
      recordings: whole.recordings.flatMap((recording) => this.#recording(recording)),
      experiment: {
        ...whole.experiment,
        protocol: whole.experiment.protocol.flatMap((phase) => this.#phase(phase)),
      },
    };
  }

  #population(name: string, population: Population): readonly (readonly [string, Population])[] {
    const names = this.#names.get(name);
    if (!names) return [[name, population]];
    // Lists of mechanisms may have a number for each compartment: the first compartment of all cells, the second of
    // all, and so on.
    const ofEach = (value: Value, cell: number): readonly number[] => {
      const count = isGiven(value) ? numbersOf(value.array, this.data).length : 0;
      return Array.from({ length: Math.max(1, count / names.length) }, (_, k) => cell + k * names.length);
    };
    const { positions: _, values, ...rest } = population;
    return names.map((own, cell) => [
      own,
      {
        ...rest,
        size: 1,
        values: mapped(values, (value) =>
          typeof value === 'string' ? ofCell(value, cell, names.length) : this.#picked(value, ofEach(value, cell)),
        ),
      },
    ]);
  }

  /** Returns a value at some elements. */
  #picked(value: Value, elements: readonly number[]): Value {
    if (!isGiven(value)) return value;
    const all = numbersOf(value.array, this.data);
    const own = elements.map((k) => all[k] ?? 0);
    return own.every((one) => Object.is(one, own[0])) ? (own[0] ?? 0) : { array: own };
  }

  /** Returns the elements of a selection on split cells, or undefined for other populations. */
  #chosen(rule: SelectionRule): Chosen | undefined {
    if (!populationsOf(rule).some((name) => this.several.has(name))) {
      if (isSelection(rule, 'synapses') && this.#isParted(rule.projection)) throw new CannotPart();
      return undefined;
    }
    const population = populationOf(rule) ?? '';
    const cells = elementsIn(rule, this.whole.populations[population]?.size ?? 0, this.data);
    if (!cells) throw new CannotPart();
    return { population, cells };
  }

  #isParted(projection: string): boolean {
    const { from, to } = this.whole.projections[projection] ?? {};
    return [from, to].some((end) => end && populationsOf(end.of).some((name) => this.several.has(name)));
  }

  #each({ population, cells }: Chosen): readonly SelectionRule[] {
    return cells.map((cell) => ({ population: this.#names.get(population)?.[cell] ?? population }));
  }

  #projection(name: string, projection: Projection): readonly (readonly [string, Projection])[] {
    const [pre, post] = [this.#chosen(projection.from.of), this.#chosen(projection.to.of)];
    if (!pre && !post) return [[name, projection]];
    const [rule, second] = projection.connect;
    if (rule?.rule !== 'list' || second !== undefined) throw new CannotPart();
    const [sources, targets] = [numbersOf(rule.sources, this.data), numbersOf(rule.targets, this.data)];
    const pieces = new Map<string, number[]>();
    sources.forEach((source, k) => {
      const key = `${pre ? (pre.cells[source] ?? 0) : ''} ${post ? (post.cells[targets[k] ?? 0] ?? 0) : ''}`;
      const known = pieces.get(key);
      if (known) known.push(k);
      else pieces.set(key, [k]);
    });
    const nameOf = (key: string): string => [name, ...key.split(' ')].filter((part) => part !== '').join('_');
    this.#pieces.set(
      name,
      [...pieces].map(([key, synapses]) => [nameOf(key), synapses]),
    );
    return [...pieces].map(([key, synapses]) => {
      const [source = '', target = ''] = key.split(' ');
      const list = (numbers: readonly number[], parted: Chosen | undefined): ArrayValue =>
        synapses.map((k) => (parted ? 0 : (numbers[k] ?? 0)));
      const end = (whole: End, parted: Chosen | undefined, cell: string): End => ({
        ...whole,
        ...(parted ? { of: { population: this.#names.get(parted.population)?.[Number(cell)] ?? '' } } : {}),
        ...(whole.places
          ? {
              places: {
                ...whole.places,
                section: this.#picked(whole.places.section, synapses),
                fraction: this.#picked(whole.places.fraction, synapses),
              },
            }
          : {}),
      });
      return [
        nameOf(key),
        {
          ...projection,
          from: end(projection.from, pre, source),
          to: end(projection.to, post, target),
          connect: [{ rule: 'list', sources: list(sources, pre), targets: list(targets, post) }],
          values: mapped(projection.values, (value) => this.#picked(value, synapses)),
          delays: mapped(projection.delays, (value) => this.#picked(value, synapses)),
        },
      ];
    });
  }

  #recording(recording: Recording): readonly Recording[] {
    if (isSelection(recording.of, 'synapses')) return this.#ofSynapses(recording, recording.of);
    const chosen = this.#chosen(recording.of);
    if (!chosen) return [recording];
    return this.#each(chosen).map((of, k) => ({ ...recording, of, name: `${recording.name}_${chosen.cells[k] ?? k}` }));
  }

  /** Returns a recording of synapses, by their new projections. */
  #ofSynapses(recording: Recording, { projection, indices, slice }: SynapsesOf): readonly Recording[] {
    const pieces = this.#pieces.get(projection);
    if (pieces === undefined) return [recording];
    const [from = 0, to = Infinity, step = 1] = slice ?? [];
    const recorded = indices && new Set(numbersOf(indices, this.data));
    const isRecorded = (synapse: number): boolean =>
      recorded?.has(synapse) ?? (synapse >= from && synapse < to && (synapse - from) % step === 0);
    return pieces.flatMap(([name, synapses]) => {
      const own = [...synapses.keys()].filter((k) => isRecorded(synapses[k] ?? 0));
      if (own.length === 0) return [];
      const of: SynapsesOf = { projection: name, ...(own.length === synapses.length ? {} : { indices: own }) };
      return [{ ...recording, of, name: `${recording.name}${name.slice(projection.length)}` }];
    });
  }

  #phase(phase: Phase): readonly Phase[] {
    const kind = phaseKind(phase);
    if (isPhase(phase, 'set') || isPhase(phase, 'initialise')) {
      if (phase.of && populationsOf(phase.of).some((name) => this.several.has(name))) throw new CannotPart();
      const values = isPhase(phase, 'set') ? phase.set : phase.initialise;
      const made = Object.fromEntries(Object.entries(values).flatMap(([key, value]) => this.#assigned(key, value)));
      return [isPhase(phase, 'set') ? { ...phase, set: made } : { ...phase, initialise: made }];
    }
    if (kind === 'delays' || kind === 'currents' || kind === 'attach' || kind === 'detach' || kind === 'record') {
      const { delays = {}, currents = {}, attach, detach, record } = phase as Readonly<Record<string, unknown>>;
      const delayed = Object.keys(delays as object).map((key) => assignedBy(key).owner);
      const named = [...delayed, ...Object.keys(currents as object), attach, detach, record];
      if (named.some((name) => typeof name === 'string' && this.#isConcerned(name))) throw new CannotPart();
    }
    return [phase];
  }

  /** Checks whether a part of a name is on split cells. */
  #isConcerned(name: string): boolean {
    const { stimuli, recordings } = this.whole;
    const rules = [stimuli[name]?.to, ...recordings.flatMap((one) => (one.name === name ? [one.of] : []))];
    return this.#isParted(name) || rules.some((rule) => rule && this.#chosen(rule) !== undefined);
  }

  /** Returns a value of `population.variable` or `population[1, 3].variable` for each cell. */
  #assigned(key: string, value: Value): readonly (readonly [string, Value])[] {
    const { owner, variable, ...elements } = assignedBy(key);
    if (this.#isParted(owner)) throw new CannotPart();
    const names = this.#names.get(owner);
    if (!names) return [[key, value]];
    const cells = numbersIn(elements) ?? [...names.keys()];
    return cells.map((cell, k) => [
      `${names[cell] ?? ''}.${variable}`,
      typeof value === 'string' ? ofCell(value, cell, names.length) : this.#picked(value, [k]),
    ]);
  }
}
