/** Cells with sections as a population each, because a SpatialNeuron is one cell. */

import { integer } from '../../../../src/lang/build.js';
import type { Expression } from '../../../../src/lang/ast.js';
import { substitute } from '../../../../src/lang/walk.js';
import { numbersOf } from '../../../../src/model/arrays.js';
import { assignedBy, numbersIn } from '../../../../src/model/assigned.js';
import { mapped } from '../../../../src/model/collections.js';
import type { ConversionReport } from '../../../../src/model/conversion-report.js';
import { UniqueNames } from '../../../../src/model/free-name.js';
import { child } from '../../../../src/model/pointer.js';
import type { Became } from '../../../../src/model/rewriting/became.js';
import { elementsIn, populationsOf } from '../../../../src/model/selected.js';
import {
  namesOf,
  type Model,
  type Phase,
  type Population,
  type SelectionRule,
  type ValidModel,
  type Value,
} from '../../../../src/model/typed.js';

/** The most cells with sections that are written as groups. */
const mostCells = 32;

/** Names of the populations that each cell becomes, by the name of their population. */
type Apart = ReadonlyMap<string, readonly string[]>;

/**
 * Returns a model with a population for each cell with sections. Returns undefined, with a report, if there are no such
 * cells, more than a script has groups for, or parts that choose among them otherwise than by their numbers.
 */
export function cellsOneByOne(
  valid: ValidModel,
  report: ConversionReport,
): { readonly model: Model; readonly became: Partial<Became> } | undefined {
  const { model } = valid;
  const structured = Object.entries(model.populations).filter(
    ([, { type = '' }]) => model.neurons[type]?.compartments !== undefined,
  );
  const names = new UniqueNames([...Object.keys(model.populations), ...Object.keys(model.projections)]);
  const apart = new Map<string, readonly string[]>();
  for (const [name, { size }] of structured) {
    if (size > mostCells)
      report.missing(
        child('/populations', name),
        `${size} cells with compartments: Brian has a SpatialNeuron for each cell, which are written for up to ${mostCells}`,
        'brian/cells',
      );
    const ordinals = Array.from({ length: Math.min(size, mostCells) }, (_, k) => k);
    if (size > 1)
      apart.set(
        name,
        ordinals.map((k) => names.take(`${name}_${k}`)),
      );
  }
  if (structured.length === 0 || report.entries.length > 0) return undefined;
  if (apart.size === 0) return { model, became: {} };
  const made = new OneByOne(valid, apart, report).model();
  if (report.entries.length > 0) return undefined;
  for (const [name, cells] of apart)
    report.add({
      verdict: 'convention',
      code: 'brian/cells',
      pointer: child('/populations', name),
      message: `a SpatialNeuron for each of its ${cells.length} cells`,
      cells: Object.fromEntries(cells.map((cell, k) => [cell, [k]])),
    });
  const cellOf = (name: string, cell = 0): string => apart.get(name)?.[cell] ?? name;
  return {
    model: made,
    became: {
      population: (name, cell) => ({ population: cellOf(name, cell), cell: apart.has(name) ? 0 : cell }),
      variable: (given) =>
        apart.has(given.owner) ? { ...given, owner: cellOf(given.owner, given.element), element: 0 } : given,
    },
  };
}

class OneByOne {
  readonly #model: Model;
  readonly #data: ValidModel['data'];

  constructor(
    { model, data }: ValidModel,
    private readonly apart: Apart,
    private readonly report: ConversionReport,
  ) {
    this.#model = model;
    this.#data = data;
  }

  model(): Model {
    const model = this.#model;
    return {
      ...model,
      populations: Object.fromEntries(
        Object.entries(model.populations).flatMap(([name, population]) =>
          (this.apart.get(name) ?? [undefined]).map((cell, k): [string, Population] =>
            cell === undefined ? [name, population] : [cell, this.#cell(population, k)],
          ),
        ),
      ),
      projections: mapped(model.projections, (projection, name) => {
        const pointer = child('/projections', name);
        const [from, to] = [
          this.#rule(projection.from.of, `${pointer}/from`),
          this.#rule(projection.to.of, `${pointer}/to`),
        ];
        return { ...projection, from: { ...projection.from, of: from }, to: { ...projection.to, of: to } };
      }),
      stimuli: this.#each(
        model.stimuli,
        '/stimuli',
        ({ to }) => to,
        (stimulus, to, k) =>
          stimulus.kind === 'current'
            ? { ...stimulus, to, value: this.#number(stimulus.value, k) }
            : { ...stimulus, to },
      ),
      operations: this.#each(
        model.operations,
        '/operations',
        ({ on }) => on,
        (operation, on) => ({ ...operation, on }),
      ),
      recordings: model.recordings.flatMap((recording, k): Model['recordings'] => {
        const cells = this.#cells(recording.of, child('/recordings', k));
        return (
          cells?.map(({ cell, at }) => ({
            ...recording,
            of: { kind: 'slice', population: cell },
            name: cells.length === 1 ? recording.name : `${recording.name}_${at}`,
          })) ?? [recording]
        );
      }),
      experiment: {
        ...model.experiment,
        protocol: model.experiment.protocol.map((phase, k) => this.#phase(phase, child('/experiment/protocol', k))),
      },
    };
  }

  /** Returns one cell of a population, with its own numbers. */
  #cell(population: Population, k: number): Population {
    const { positions: _, values, ...rest } = population;
    return {
      ...rest,
      size: 1,
      values: mapped(values, (value) => this.#value(value, k, population.size)),
    };
  }

  #value(value: Value, k: number, size: number): Value {
    if (typeof value === 'number' || value.kind === 'draw') return value;
    if (value.kind === 'expression') return { kind: 'expression', expression: this.#number(value.expression, k, size) };
    // Of compartments there is a number for each of all cells.
    const own = numbersOf(value.array, this.#data).filter((_, at) => at % size === k);
    return own.length === 1 ? (own[0] ?? 0) : { kind: 'array', array: own };
  }

  /** Returns an expression of the number of a cell. */
  #number(e: Expression, k: number, size = 1): Expression {
    return substitute(e, new Map([['i', integer(k)], ...(size > 1 ? [['N', integer(size)] as const] : [])]));
  }

  /** Returns the cells of a selection, each with its number; undefined for other elements than such cells. */
  #cells(rule: SelectionRule, pointer: string): readonly { readonly cell: string; readonly at: number }[] | undefined {
    const owners = populationsOf(rule);
    if (owners.every((name) => !this.apart.has(name))) return undefined;
    const [owner = ''] = owners;
    const own = this.apart.get(owner) ?? [];
    const elements = rule.kind === 'assembly' ? undefined : elementsIn(rule, own.length, this.#data);
    if (elements !== undefined) return elements.flatMap((at) => (own[at] === undefined ? [] : { cell: own[at], at }));
    this.report.missing(pointer, 'cells with compartments that are drawn, or chosen with others', 'brian/cells');
    return [];
  }

  #rule(rule: SelectionRule, pointer: string): SelectionRule {
    const cells = this.#cells(rule, pointer);
    if (cells === undefined) return rule;
    const all = cells.map(({ cell }): SelectionRule => ({ kind: 'slice', population: cell }));
    return all.length === 1 && all[0] ? all[0] : { kind: 'assembly', assembly: all };
  }

  /** Returns parts that act on cells as one for each cell. */
  #each<Part>(
    parts: Readonly<Record<string, Part>>,
    place: string,
    ruleOf: (part: Part) => SelectionRule,
    on: (part: Part, rule: SelectionRule, k: number) => Part,
  ): Record<string, Part> {
    return Object.fromEntries(
      Object.entries(parts).flatMap(([name, part]): (readonly [string, Part])[] => {
        const cells = this.#cells(ruleOf(part), child(place, name));
        if (cells?.length === 1 && cells[0])
          return [[name, on(part, { kind: 'slice', population: cells[0].cell }, cells[0].at)]];
        return (
          cells?.map(
            ({ cell, at }) => [`${name}_${at}`, on(part, { kind: 'slice', population: cell }, at)] as const,
          ) ?? [[name, part]]
        );
      }),
    );
  }

  #phase(phase: Phase, pointer: string): Phase {
    const inGroups = (values: Readonly<Record<string, Value>>): Record<string, Value> =>
      Object.fromEntries(
        Object.entries(values).flatMap(([key, value]): (readonly [string, Value])[] => {
          const { owner, variable, ...some } = assignedBy(key);
          const own = this.apart.get(owner);
          const at = numbersIn(some);
          return (
            own?.flatMap((cell, k): (readonly [string, Value])[] =>
              at === undefined || at.includes(k) ? [[`${cell}.${variable}`, this.#value(value, k, own.length)]] : [],
            ) ?? [[key, value]]
          );
        }),
      );
    if (phase.kind === 'set' && phase.of === undefined) return { ...phase, set: inGroups(phase.set) };
    if (phase.kind === 'initialise' && phase.of === undefined)
      return { ...phase, initialise: inGroups(phase.initialise) };
    const names = namesOf(phase);
    if ([...this.apart.keys()].some((name) => names.has(name)) || this.#changesPart(phase))
      this.report.missing(pointer, 'a phase that changes parts of cells with compartments', 'brian/cells');
    return phase;
  }

  /** Checks whether a phase names a part that becomes several. */
  #changesPart(phase: Phase): boolean {
    const { stimuli, recordings } = this.#model;
    const isApart = (rule: SelectionRule | undefined): boolean =>
      rule !== undefined && populationsOf(rule).some((name) => this.apart.has(name));
    if (phase.kind === 'attach') return isApart(stimuli[phase.attach]?.to);
    if (phase.kind === 'detach') return isApart(stimuli[phase.detach]?.to);
    if (phase.kind === 'record') return isApart(recordings.find(({ name }) => name === phase.record)?.of);
    return phase.kind === 'currents' && Object.keys(phase.currents).some((name) => isApart(stimuli[name]?.to));
  }
}
