/**
 * Pass before others: turns cells with structure into populations of compartments, with one type for equal equations,
 * and places on cells into elements of these populations.
 *
 * Elements are ordered by compartment and then by cell, so that the cells of a population are adjacent: one place on
 * all of them is a slice. The compartment of spike detection keeps the population's name.
 */

import { assignedBy, numbersIn } from '../../model/assigned.js';
import { phaseByPiece, recordingByPiece } from '../../draw/pieces.js';
import { type DrawnModel } from '../../draw/drawn-model.js';
import type { Places as Coordinates } from '../../draw/space/axes.js';
import { arrayOf } from '../../model/arrays.js';
import { formulaOf, ownersOf } from '../../model/typed.js';
import type { Link, Model, Phase, Population, Recording, Stimulus, Value } from '../../model/typed.js';
import type { LoweringDiagnostics } from '../context/context.js';
import { numberOf } from '../context/groups.js';
import * as messages from '../context/messages.js';
import { type Cable, type LinkedClasses, type Origin, type ModelNames } from '../context/cable.js';
import { withInputsOfTime, type Timed } from './inputs-of-time.js';
import { mechanismValues, placesWith } from './mechanism-values.js';
import { withListsMerged } from './merge-lists.js';
import { midStep } from './mid-step.js';
import type { OneType } from './one-type.js';
import { operationOnCompartments } from './operations.js';
import { cablesOfCompartments } from './compartment-types.js';
import { compartmentsAt } from './split-by-compartment.js';
import { withTables } from './tables.js';
import { PlacedProjections } from './placed-projections.js';
import { StructuredCells, repeat, type Class, type Kind } from './structured-cells.js';

/** A model without structured cells, and the cables that replace them. */
export interface Expanded {
  readonly drawn: DrawnModel;
  /** One for each neuron type with structure. */
  readonly cables: readonly Cable[];
  /** The model's names of the replacements. */
  readonly shown: ModelNames;
}

/**
 * Turns cells with structure into populations of compartments. @param oneType present: all compartments of a cell get
 * one type, with the equations as written @diagnostic lower/unsupported-feature, lower/bad-tree
 */
export function withoutStructure(drawn: DrawnModel, diagnostics: LoweringDiagnostics, oneType?: OneType): Expanded {
  const tabulated = withTables(drawn.model, diagnostics);
  const structured = Object.values(drawn.model.populations).some(
    ({ type }) => drawn.model.neurons[type ?? '']?.compartments !== undefined,
  );
  const compartmentCables = cablesOfCompartments(drawn);
  if (structured) {
    const { model, clamps } = oneType
      ? { model: tabulated, clamps: new Map<string, number>() }
      : withInputsOfTime(tabulated, drawn.data);
    const expanded = new Expansion({ ...drawn, model }, clamps, diagnostics, oneType).run();
    return { ...expanded, cables: [...expanded.cables, ...compartmentCables] };
  }
  return {
    drawn: tabulated === drawn.model ? drawn : { ...drawn, model: tabulated },
    cables: compartmentCables,
    shown: { origins: new Map(), pieces: new Map(), recordings: new Map(), asked: new Map(), links: new Map() },
  };
}

class Expansion {
  readonly #diagnostics: LoweringDiagnostics;
  readonly #cells: StructuredCells;
  readonly #projections: PlacedProjections;
  readonly #populations: Record<string, Population> = {};
  readonly #places: Map<string, Coordinates>;
  readonly #origins = new Map<string, Origin>();
  readonly #links = new Map<string, LinkedClasses>();
  readonly #recordingNames = new Map<string, string>();
  readonly #asked = new Map<string, string>();

  constructor(
    drawn: DrawnModel,
    clamps: Timed['clamps'],
    diagnostics: LoweringDiagnostics,
    oneType: OneType | undefined,
  ) {
    this.#diagnostics = diagnostics;
    this.#cells = new StructuredCells(drawn, diagnostics, oneType);
    this.#projections = new PlacedProjections(drawn, this.#cells, clamps);
    this.#places = new Map(drawn.places);
  }

  run(): Expanded {
    for (const [name, type] of Object.entries(this.#cells.model.neurons))
      if (type.compartments) this.#diagnostics.within(`/neurons/${name}`, () => this.#cells.cut(name, type));
    this.#diagnostics.throwIfErrors();
    for (const [name, projection] of Object.entries(this.#cells.model.projections))
      this.#diagnostics.within(`/projections/${name}`, () => this.#projections.note(name, projection));
    for (const [name, stimulus] of Object.entries(this.#cells.model.stimuli))
      this.#diagnostics.within(`/stimuli/${name}`, () => this.#noteStimulus(stimulus));
    for (const recording of this.#cells.model.recordings) this.#noteRecording(recording);
    for (const kind of this.#cells.kinds.values())
      this.#diagnostics.within(`/neurons/${kind.name}`, () => this.#cells.classify(kind));
    this.#diagnostics.throwIfErrors();
    const populations = this.#cells.model.populations;
    for (const [name, population] of Object.entries(populations))
      this.#diagnostics.within(`/populations/${name}`, () => this.#populate(name, population));
    const projections = Object.fromEntries(
      Object.entries(this.#cells.model.projections).flatMap(([name, projection]) =>
        this.#diagnostics.within(`/projections/${name}`, () => this.#projections.expand(name, projection)),
      ),
    );
    const stimuli = mapped(this.#cells.model.stimuli, 'stimuli', this.#diagnostics, (stimulus) =>
      this.#stimulus(stimulus),
    );
    const recordings = this.#cells.model.recordings.flatMap((recording, k) =>
      this.#diagnostics.within(`/recordings/${k}`, () =>
        this.#spread(recording).flatMap((copy) => this.#recording(copy)),
      ),
    );
    const operations = mapped(this.#cells.model.operations, 'operations', this.#diagnostics, (operation, name) =>
      operationOnCompartments(name, operation, this.#cells),
    );
    const protocol = this.#cells.model.experiment.protocol.map((phase, k) =>
      this.#diagnostics.within(`/experiment/protocol/${k}`, () =>
        this.#phase(phaseByPiece(phase, this.#projections.pieces, this.#cells.data)),
      ),
    );
    this.#diagnostics.throwIfErrors();
    const model: Model = {
      ...this.#cells.model,
      neurons: this.#cells.neurons,
      synapses: this.#projections.synapses,
      populations: this.#populations,
      projections,
      stimuli,
      operations,
      recordings,
      experiment: { ...this.#cells.model.experiment, protocol },
    };
    const hasCompartments = (population: string): boolean => this.#origins.has(population);
    const merged = withListsMerged(model, this.#projections.parts, this.#cells.data, hasCompartments);
    return {
      drawn: {
        model: { ...model, projections: merged },
        data: this.#cells.data.store,
        places: this.#places,
        parts: new Map([...this.#projections.parts].filter(([name]) => merged[name] === model.projections[name])),
      },
      cables: [...this.#cells.kinds.values()].map((kind) => this.#cells.cable(kind)),
      shown: {
        origins: this.#origins,
        pieces: this.#projections.synapsesOf,
        recordings: this.#recordingNames,
        asked: this.#asked,
        links: this.#links,
      },
    };
  }

  #populate(name: string, population: Population): void {
    const kind = this.#cells.kindOf(name);
    if (!kind) {
      const { linked } = population;
      const links =
        linked &&
        mapped(linked, `populations/${name}/linked`, this.#diagnostics, (link, key) =>
          this.#link(`${name}.${key}`, link, population.size),
        );
      this.#populations[name] = links ? { ...population, linked: links } : population;
      return;
    }
    if (population.linked && Object.keys(population.linked).length > 0)
      this.#cells.refuse(`a linked parameter of cells with compartments (${name})`);
    const { size } = population;
    for (const compartmentClass of this.#cells.classes.get(kind.name) ?? []) {
      const member = this.#cells.member(name, compartmentClass);
      const count = compartmentClass.compartments.length;
      const values: Record<string, Value> = {};
      for (const [variable, byPlace] of compartmentClass.made.values) {
        const numbers = byPlace.map(numberOf);
        if (numbers.some((value) => value === null)) {
          this.#cells.refuse(`an expression for ${variable} at some places of a cell and another elsewhere (${name})`);
          continue;
        }
        const all = new Float64Array(size * count);
        numbers.forEach((value, k) => all.fill(value ?? 0, k * size, (k + 1) * size));
        values[variable] = { kind: 'array', array: this.#cells.data.keep(all) };
      }
      const ofCell = new Set([compartmentClass.made.names.voltage, ...Object.keys(kind.type.parameters)]);
      for (const [variable, value] of Object.entries(population.values)) {
        if (!variable.includes('.') && (variable !== 'v' || this.#listOf(value).length <= size)) {
          values[variable === 'v' ? compartmentClass.made.names.voltage : variable] = this.#cells.repeated(
            value,
            count,
          );
          continue;
        }
        for (const [variableName, given] of mechanismValues(
          name,
          kind,
          compartmentClass,
          { variable, value, size },
          this.#cells,
        )) {
          values[variableName] = given;
          if (formulaOf(given)) ofCell.add(variableName);
        }
      }
      const { positions: _, linked: __, ...rest } = population;
      const linked = this.#linksHome(name, kind, compartmentClass, size);
      this.#populations[member] = { ...rest, type: compartmentClass.type, size: size * count, values, ...linked };
      const cellPlaces = this.#places.get(name);
      if (cellPlaces && member !== name)
        this.#places.set(member, {
          x: repeat(cellPlaces.x, count),
          y: repeat(cellPlaces.y, count),
          z: repeat(cellPlaces.z, count),
        });
      const variables = new Map<string, string>();
      for (const map of new Set(compartmentClass.made.variables))
        for (const [modelVariable, classVariable] of map) variables.set(classVariable, modelVariable);
      const places = compartmentClass.compartments.map((at, ordinal) => ({
        at,
        variables: compartmentClass.made.variables[ordinal] ?? new Map(),
      }));
      this.#origins.set(member, { population: name, cells: size, variables, ofCell, places });
    }
  }

  /** Links parameters of a class to the variables of the spike-detection site. */
  #linksHome(population: string, kind: Kind, { made, compartments }: Class, size: number): Pick<Population, 'linked'> {
    if (made.linked.size === 0) return {};
    const home = this.#cells.variablesAt(kind, kind.home);
    const cells = Uint32Array.from({ length: size * compartments.length }, (_, k) => k % size);
    const index = { kind: 'array', array: this.#cells.data.keep(cells) } as const;
    const links = [...made.linked].map(([parameter, variable]) => [
      parameter,
      { population, variable: home?.get(variable) ?? variable, index },
    ]);
    return { linked: Object.fromEntries(links) as Record<string, Link> };
  }

  /** A link to a place on cells as one to an element of a class. */
  #link(key: string, link: Link, size: number): Link {
    const kind = this.#cells.kindOf(link.population);
    if (!kind) return link;
    const { population, variable, index, section, fraction, places } = link;
    const home = this.#cells.variablesAt(kind, kind.home)?.get(variable) ?? variable;
    if (section === undefined && !places && home === variable) return link;
    const cells = this.#cells.model.populations[population]?.size ?? 0;
    if (index !== undefined && typeof index !== 'number' && index.kind !== 'array') {
      this.#cells.refuse(
        `an expression for the cells that a parameter is linked to (${key})`,
        'give their indices as a list',
      );
      return link;
    }
    const fixed = this.#cells.compartmentAt(kind, section, fraction);
    const at = places ? compartmentsAt(places, kind.tree, this.#cells.data) : (): number => fixed;
    const cellIndices = typeof index === 'object' ? arrayOf(index.array, this.#cells.data.store) : null;
    const cellOf = (k: number): number => cellIndices?.[k] ?? (typeof index === 'number' ? index : cells === 1 ? 0 : k);
    const sources = new Map<string, { readonly population: string; readonly variable: string }>();
    const which = new Uint32Array(size);
    const elements = new Uint32Array(size);
    for (let k = 0; k < size; k++) {
      const compartment = at(k);
      const place = this.#cells.classAt(kind, compartment);
      if (!place) continue;
      const linkedVariable = place.found.made.variables[place.ordinal]?.get(variable);
      const known = Object.hasOwn(kind.type.inputs, variable) || Object.hasOwn(kind.type.parameters, variable);
      if (linkedVariable === undefined && !known) {
        const there = [...(place.found.made.variables[place.ordinal]?.keys() ?? [])];
        this.#diagnostics.add(messages.notAtPlace(variable, kind.tree.compartments[compartment]?.section ?? '', there));
        return link;
      }
      const source = { population: this.#cells.member(population, place.found), variable: linkedVariable ?? variable };
      const name = `${source.population}.${source.variable}`;
      if (!sources.has(name)) sources.set(name, source);
      which[k] = [...sources.keys()].indexOf(name);
      elements[k] = place.ordinal * cells + cellOf(k);
    }
    const all = [...sources.values()];
    const [first] = all;
    if (!first) return link;
    if (all.length > 1) this.#links.set(key, { sources: all, which });
    return { ...first, index: { kind: 'array', array: this.#cells.data.keep(elements) } };
  }

  #noteStimulus(stimulus: Stimulus): void {
    for (const owner of ownersOf(stimulus.to)) {
      const kind = this.#cells.kindOf(owner);
      if (!kind) continue;
      if (stimulus.kind === 'current')
        for (const at of this.#reachedBy(stimulus, kind, owner)) this.#cells.reach(kind, at, stimulus.input);
      else if (stimulus.variable !== 'v') this.#cells.reach(kind, kind.home, stimulus.variable);
    }
  }

  /** The compartments of a kind that a current flows into. */
  #reachedBy(stimulus: Extract<Stimulus, { kind: 'current' }>, kind: Kind, population: string): readonly number[] {
    const { to, section, fraction, places } = stimulus;
    if (!places) return [this.#cells.compartmentAt(kind, section, fraction)];
    const { populations, ordinals } = this.#cells.elementsOf(to);
    const at = compartmentsAt(places, kind.tree, this.#cells.data);
    return [...new Set([...ordinals.keys()].filter((k) => populations[ordinals[k] ?? 0] === population).map(at))];
  }

  #stimulus(stimulus: Stimulus): Stimulus {
    const kinds = ownersOf(stimulus.to).flatMap((owner) => this.#cells.kindOf(owner) ?? []);
    if (kinds.length === 0) return stimulus;
    if (stimulus.kind === 'poisson') return { ...stimulus, to: this.#cells.select(stimulus.to) };
    const { section, fraction, places, ...rest } = stimulus;
    const midway = kinds.every(({ method }) => method === 'cable') && stimulus.every === undefined;
    return {
      ...rest,
      to: places ? this.#cells.selectEach(stimulus.to, places) : this.#cells.select(stimulus.to, section, fraction),
      ...(midway ? { value: midStep(stimulus.value) } : {}),
    };
  }

  #noteRecording(recording: Recording): void {
    if (recording.kind === 'rate') return;
    for (const owner of ownersOf(recording.of)) {
      const kind = this.#cells.kindOf(owner);
      if (!kind) continue;
      const at = this.#recordedAt(kind, recording);
      for (const variable of recording.variables ?? [])
        if (Object.hasOwn(kind.type.inputs, variable)) this.#cells.reach(kind, at, variable);
    }
  }

  /** Returns recordings of the pieces that replace a projection, with the model's names of them. */
  #spread(recording: Recording): readonly Recording[] {
    const spread = recordingByPiece(recording, this.#projections.pieces, this.#cells.data.store);
    for (const { name } of spread) if (name !== recording.name) this.#recordingNames.set(name, recording.name);
    return spread;
  }

  /** Returns the compartment of recorded variables; for events, the compartment of the spikes. */
  #recordedAt(kind: Kind, recording: Exclude<Recording, { kind: 'rate' }>): number {
    switch (recording.kind) {
      case 'events':
        return kind.home;
      case 'variables':
        return this.#cells.compartmentAt(kind, recording.section, recording.fraction);
      default:
        return recording satisfies never;
    }
  }

  #recording(recording: Recording): readonly Recording[] {
    const kinds = ownersOf(recording.of).map((owner) => [owner, this.#cells.kindOf(owner)] as const);
    if (kinds.every(([, kind]) => !kind)) return [recording];
    if (recording.kind === 'rate' || recording.variables === undefined)
      return [{ ...recording, of: this.#cells.select(recording.of) }];
    const { section, fraction, ...rest } = { section: undefined, fraction: undefined, ...recording };
    const selections = recording.of.kind === 'assembly' ? recording.of.assembly : [recording.of];
    return selections.map((of): Recording => {
      const [owner = ''] = ownersOf(of);
      const kind = this.#cells.kindOf(owner);
      if (!kind) return { ...rest, of };
      const at = this.#recordedAt(kind, recording);
      const known = this.#cells.variablesAt(kind, at);
      const variables = (recording.variables ?? []).flatMap((variable): readonly string[] => {
        const recordedVariable = known?.get(variable);
        if (recordedVariable !== undefined) {
          this.#asked.set(`${recording.name} ${recordedVariable}`, variable);
          return [recordedVariable];
        }
        if (Object.hasOwn(kind.type.inputs, variable) || Object.hasOwn(kind.type.parameters, variable))
          return [variable];
        const where = kind.tree.compartments[at]?.section ?? '';
        this.#diagnostics.add(messages.notAtPlace(variable, where, [...(known?.keys() ?? [])]));
        return [];
      });
      return { ...rest, of: this.#cells.select(of, section, fraction), variables };
    });
  }

  #phase(phase: Phase): Phase {
    if (phase.kind !== 'set' && phase.kind !== 'initialise') return phase;
    const given = phase.kind === 'set' ? phase.set : phase.initialise;
    const owners = phase.of ? ownersOf(phase.of) : [];
    const concerned = [...owners, ...Object.keys(given).map((key) => assignedBy(key).owner)].filter((owner) =>
      this.#cells.kindOf(owner),
    );
    if (concerned.length === 0) return phase;
    const chosen = this.#chosenCells(phase);
    const values: Record<string, Value> = {};
    for (const [key, value] of Object.entries(given)) {
      const { variable, ...assigned } = assignedBy(key);
      const owner = chosen?.population ?? assigned.owner;
      const kind = this.#cells.kindOf(owner);
      const isKnown =
        kind && (variable === 'v' || variable.includes('.') || Object.hasOwn(kind.type.parameters, variable));
      if (kind && isKnown && (chosen || owners.length === 0)) {
        const cells = chosen?.cells ?? numbersIn(assigned);
        for (const compartmentClass of this.#cells.classes.get(kind.name) ?? [])
          Object.assign(values, this.#setOn(owner, [kind, compartmentClass], variable, value, cells));
      } else if (kind || owners.length > 0)
        this.#cells.refuse(
          `setting ${key} of cells with compartments`,
          'their v, their own parameters and what mechanisms have can be set, of cells of one population',
        );
      else values[key] = value;
    }
    const { of: _, ...rest } = phase;
    return rest.kind === 'set' ? { ...rest, set: values } : { ...rest, initialise: values };
  }

  /** Returns the numbers of a list; none for other values. */
  #listOf(value: Value): ArrayLike<number> {
    return typeof value !== 'number' && value.kind === 'array' ? arrayOf(value.array, this.#cells.data.store) : [];
  }

  /** Returns the selected cells of a phase; undefined for a selection in several populations. */
  #chosenCells({ of, numbered }: Extract<Phase, { kind: 'set' | 'initialise' }>) {
    if (!of || numbered !== undefined || (of.kind !== 'slice' && of.kind !== 'indices' && of.kind !== 'mask'))
      return undefined;
    return { population: of.population, cells: Array.from(this.#cells.elementsOf(of).indices) };
  }

  /**
   * A value for `v`, a parameter of the cell, or a variable of a mechanism wherever a class has it: of its
   * compartments some may have another one. A list has a value for each cell, or for each compartment of each cell.
   *
   * @param cells  by number; undefined for all
   */
  #setOn(
    population: string,
    [kind, cellClass]: readonly [Kind, Class],
    variable: string,
    value: Value,
    cells: readonly number[] | undefined,
  ): Record<string, Value> {
    const isOfMechanism = variable.includes('.');
    const classVariable = variable === 'v' ? cellClass.made.names.voltage : variable;
    // Mechanisms with the same equations share names, and one may have another's at some places.
    const places = new Map<string, number[]>();
    cellClass.compartments.forEach((_, ordinal) => {
      const name = isOfMechanism ? cellClass.made.variables[ordinal]?.get(variable) : classVariable;
      if (name !== undefined) places.set(name, [...(places.get(name) ?? []), ordinal]);
    });
    const member = this.#cells.member(population, cellClass);
    const { size } = this.#cells.model.populations[population] ?? { size: 0 };
    const all = cells ?? Array.from({ length: size }, (_, cell) => cell);
    const list = this.#listOf(value);
    const known = placesWith(kind, variable);
    const byPlace = list.length > all.length && list.length === all.length * known.length;
    const values = [...places].map(([name, at]): [string, Value] => {
      const numbers = at.flatMap((ordinal) => {
        const place = known.indexOf(cellClass.compartments[ordinal] ?? 0);
        return all.map((_, cell) => list[place * all.length + cell] ?? 0);
      });
      const given = byPlace
        ? ({ kind: 'array', array: this.#cells.data.keep(Float64Array.from(numbers)) } as const)
        : this.#cells.repeated(value, at.length);
      if (at.length === cellClass.compartments.length && !cells) return [`${member}.${name}`, given];
      const elements = at.flatMap((ordinal) => all.map((cell) => ordinal * size + cell));
      return [`${member}[${elements.join(', ')}].${name}`, given];
    });
    return Object.fromEntries(values);
  }
}

function mapped<T>(
  map: Readonly<Record<string, T>>,
  root: string,
  diagnostics: LoweringDiagnostics,
  change: (item: T, name: string) => T,
): Record<string, T> {
  return Object.fromEntries(
    Object.entries(map).map(([name, item]) => [name, diagnostics.within(`/${root}/${name}`, () => change(item, name))]),
  );
}
