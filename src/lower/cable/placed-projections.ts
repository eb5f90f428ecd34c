/** Projections from and to cells with structure: as they are between classes of compartments. */

import type { Part } from '../../draw/drawn-model.js';
import { elementsOf, pairsOf, sameTargetsOf, type Pairs } from '../../draw/ends.js';
import { type Pieces } from '../../draw/pieces.js';
import { none, type DrawnModel, type Elements } from '../../draw/drawn-model.js';
import { UniqueNames } from '../../model/free-name.js';
import { ownersOf } from '../../model/typed.js';
import type { End, Projection, SelectionRule, SynapseType } from '../../model/typed.js';
import { type SynapsesOf } from '../context/cable.js';
import type { Timed } from './inputs-of-time.js';
import { atPlaces, readsEnd, readsOther, type SynapsePlaces } from './synapse-type.js';
import { compartmentsAt, splitByPlace, synapsesOfEach, type SplitEnd } from './split-by-compartment.js';
import type { Kind, StructuredCells } from './structured-cells.js';

/** The compartment of an end on a cell with structure; null for points. */
type PlaceOfEnd = { readonly kind: Kind; readonly at: number } | null;

/** Projections between classes of compartments, and the synapse types that they need. */
export class PlacedProjections {
  /** Synapse types of the model, and new ones between places. */
  readonly synapses: Record<string, SynapseType>;
  /** The parts of the model's projections that new projections represent, by name. */
  readonly parts: Map<string, Part>;
  /** Projections that replace one of the model, by its name. */
  readonly pieces = new Map<string, Pieces>();
  /** Which synapses of the model's projection each of them has. */
  readonly synapsesOf = new Map<string, SynapsesOf>();
  readonly #tables = new Map<string, NonNullable<SplitEnd['table']>>();
  readonly #synapseNames: UniqueNames;
  readonly #synapseKeys = new Map<string, string>();
  readonly #drawn: DrawnModel;
  readonly #cells: StructuredCells;
  readonly #clamps: Timed['clamps'];

  constructor(drawn: DrawnModel, cells: StructuredCells, clamps: Timed['clamps']) {
    this.#drawn = drawn;
    this.#clamps = clamps;
    this.#cells = cells;
    this.synapses = { ...drawn.model.synapses };
    this.parts = new Map(drawn.parts);
    this.#synapseNames = new UniqueNames(Object.keys(drawn.model.synapses));
  }

  /** The compartment of an end on a cell with structure, and its kind; null for points. */
  #placeOfEnd({ of: rule, section, fraction }: End): { readonly kind: Kind; readonly at: number } | null {
    if (rule.kind !== 'slice') return null;
    const kind = this.#cells.kindOf(rule.population);
    return kind ? { kind, at: this.#cells.compartmentAt(kind, section, fraction) } : null;
  }

  /** Returns all compartments of an end with a place for each synapse, or its only one. */
  #placesOfEnd(end: End, synapses: number): readonly { readonly kind: Kind; readonly at: number }[] {
    const place = this.#placeOfEnd(end);
    if (!place) return [];
    if (!end.places) return [place];
    return distinct(compartmentsAt(end.places, place.kind.tree, this.#cells.data), synapses).map((at) => ({
      ...place,
      at,
    }));
  }

  /** Both ends of each synapse of a projection with places, and the elements of its ends; null for others. */
  #pairs({
    from,
    to,
    connect,
  }: Projection): { readonly pairs: Pairs; readonly sizes: readonly [number, number] } | null {
    if (!from.places && !to.places) return null;
    const sizeOf = (population: string): number => this.#cells.model.populations[population]?.size ?? 0;
    const [pre, post] = [from, to].map(({ of }) => elementsOf(of, sizeOf, this.#cells.data.store)) as [
      Elements,
      Elements,
    ];
    const sizes = [pre.indices.length, post.indices.length] as const;
    const pairs = pairsOf(connect, ...sizes, sameTargetsOf(pre, post), this.#cells.data.store);
    return pairs && { pairs, sizes };
  }

  /** Notes the variables that a projection adds to compartments, and the places of its event detection. */
  note(name: string, projection: Projection): void {
    const type = this.#cells.model.synapses[projection.synapse];
    if (!type) return;
    const synapses = this.#pairs(projection)?.pairs.sources.length ?? 0;
    for (const side of ['pre', 'post'] as const) {
      const end = side === 'pre' ? projection.from : projection.to;
      const { inputs, conducts } = readsEnd(type, projection.receptors, side);
      for (const place of this.#placesOfEnd(end, synapses)) {
        if (side === 'pre') this.#detect(projection, place);
        for (const input of inputs)
          if (place.kind.type.inputs[input] !== undefined) this.#cells.reach(place.kind, place.at, input);
        if (conducts) place.kind.conductances.add(place.at);
        if (side === 'post') {
          this.#steady(this.#clamps.get(name) ?? 0, place);
          this.#listen(type, place);
        }
      }
      const other = this.#cells.kindOf(ownersOf((side === 'pre' ? projection.to : projection.from).of)[0] ?? '');
      if (other?.method === 'cable' && readsOther(type, projection.receptors, side)) other.watched = true;
    }
  }

  /** Synapses onto a cell receive its events at any place on it. */
  #listen(type: SynapseType, { kind, at }: { readonly kind: Kind; readonly at: number }): void {
    for (const { on } of Object.values(type.pathways)) {
      if (on.end !== 'post' || !kind.type.events[on.event] || kind.events.get(at)?.[on.event]) continue;
      kind.received.set(at, (kind.received.get(at) ?? new Set()).add(on.event));
    }
  }

  /**
   * The second-order scheme oscillates for a clamp faster than half a step; such cells are solved by backward Euler.
   */
  #steady(conductance: number, { kind, at }: { readonly kind: Kind; readonly at: number }): void {
    const capacitance = kind.tree.compartments[at]?.capacitance ?? 0;
    const isFast = conductance * this.#cells.model.experiment.dt > 2 * capacitance;
    if (isFast && kind.type.method === 'auto') kind.method = 'cable-then-gates';
  }

  /** Events of a projection are detected at the place that it names. */
  #detect(projection: Projection, { kind, at }: { readonly kind: Kind; readonly at: number }): void {
    const type = this.#cells.model.synapses[projection.synapse];
    const event = projection.from.event ?? 'spike';
    const listens = Object.values(type?.pathways ?? {}).some(({ on }) => on.end === 'pre');
    const here = projection.from.section !== undefined || projection.from.places !== undefined;
    if (!listens || !here || kind.events.get(at)?.[event]) return;
    const definition = kind.type.events[event];
    if (!definition) return;
    if (definition.do.length > 0 || definition.refractory) {
      this.#cells.refuse(`an event with actions that is detected at several places (${kind.name}.${event})`);
      return;
    }
    kind.events.set(at, { ...kind.events.get(at), [event]: definition });
  }

  /** Returns a projection, or its replacements between classes of compartments. */
  expand(name: string, projection: Projection): readonly (readonly [string, Projection])[] {
    const all = this.#pairs(projection);
    if (!all) return [[name, this.#projection(name, projection)]];
    const { pairs, sizes } = all;
    const [pre, post] = [projection.from, projection.to].map((end, k) => this.#splitEnd(end, sizes[k] ?? 0)) as [
      SplitEnd,
      SplitEnd,
    ];
    const pieces = splitByPlace(projection, pairs, pre, post, this.#cells.data);
    const known = this.#drawn.parts.get(name);
    const part: Part = {
      ...(known ?? { projection: name, connectedAs: name, pre: null, post: null, sameTarget: null }),
      cells: { pre: pre.cells, post: post.cells },
      synapses: synapsesOfEach(pairs, ...sizes),
    };
    const expanded = pieces.map((piece): readonly [string, Projection] => {
      const { from, to } = piece.projection;
      const wanted = [name, from, to]
        .map((end) => (typeof end === 'string' ? end : (ownersOf(end.of)[0] ?? '')))
        .join('_');
      const pieceName = pieces.length === 1 ? name : this.#cells.populationNames.take(wanted);
      this.parts.set(pieceName, part);
      if (pieces.length > 1)
        this.synapsesOf.set(pieceName, { projection: name, numbers: piece.at ?? new Uint32Array() });
      const [before, after] = [
        [projection.from, piece.pre],
        [projection.to, piece.post],
      ].map(([end, population]) => this.#firstPlace(end as End, population as number)) as [PlaceOfEnd, PlaceOfEnd];
      return [pieceName, { ...piece.projection, synapse: this.#synapseAt(name, projection, before, after) }];
    });
    if (pieces.length > 1)
      this.pieces.set(name, {
        pieces: expanded.map(([own], k) => ({ name: own, at: pieces[k]?.at ?? null })),
        known: true,
      });
    return expanded;
  }

  #splitEnd(end: End, count: number): SplitEnd {
    const { of } = end;
    const population = ownersOf(of)[0] ?? '';
    const kind = this.#cells.kindOf(population);
    if (!kind) return { populations: [population], cells: null, table: null, compartment: () => 0 };
    const classes = this.#cells.classes.get(kind.name) ?? [];
    const first = of.kind === 'slice' ? (of.slice?.[0] ?? 0) : 0;
    const fixed = this.#cells.compartmentAt(kind, end.section, end.fraction);
    return {
      populations: classes.map((cellClass) => this.#cells.member(population, cellClass)),
      cells: { population, size: this.#cells.model.populations[population]?.size ?? 0, first, count },
      table: this.#tableOf(kind),
      compartment: end.places ? compartmentsAt(end.places, kind.tree, this.#cells.data) : () => fixed,
    };
  }

  /** Class of each compartment, and its ordinal there. */
  #tableOf(kind: Kind): NonNullable<SplitEnd['table']> {
    const known = this.#tables.get(kind.name);
    if (known) return known;
    const size = kind.tree.compartments.length;
    const placeTable = { classes: new Uint32Array(size), ordinals: new Uint32Array(size) };
    (this.#cells.classes.get(kind.name) ?? []).forEach(({ compartments }, k) =>
      compartments.forEach((at, ordinal) => {
        placeTable.classes[at] = k;
        placeTable.ordinals[at] = ordinal;
      }),
    );
    this.#tables.set(kind.name, placeTable);
    return placeTable;
  }

  /** Returns a place of a class; all its places have the same names for variables that synapses read. */
  #firstPlace(end: End, ordinal: number): PlaceOfEnd {
    const kind = this.#cells.kindOf(ownersOf(end.of)[0] ?? '');
    const at = kind && this.#cells.classes.get(kind.name)?.[ordinal]?.compartments[0];
    return kind && at !== undefined ? { kind, at } : null;
  }

  #projection(name: string, projection: Projection): Projection {
    const [pre, post] = [this.#placeOfEnd(projection.from), this.#placeOfEnd(projection.to)];
    if (!pre && !post) return projection;
    const end = ({ of: rule, section, fraction, ...rest }: End): End => ({
      ...rest,
      of: this.#cells.select(rule, section, fraction),
    });
    const synapse = this.#synapseAt(name, projection, pre, post);
    const placed = { ...projection, synapse, from: end(projection.from), to: end(projection.to) };
    this.#movePart(name, projection, placed);
    return placed;
  }

  /** The synapse type between two places. */
  #synapseAt(name: string, projection: Projection, pre: PlaceOfEnd, post: PlaceOfEnd): string {
    const type = this.#cells.model.synapses[projection.synapse];
    if (!type) return projection.synapse;
    const placeOf = (place: PlaceOfEnd): SynapsePlaces['pre'] => {
      const placeOfClass = place && this.#cells.classAt(place.kind, place.at);
      if (!place || !placeOfClass) return null;
      const variables = placeOfClass.found.made.variables[placeOfClass.ordinal] ?? new Map<string, string>();
      return {
        key: placeOfClass.found.type,
        variables,
        voltage: placeOfClass.found.made.names.voltage,
        ...(placeOfClass.found.made.names.rise === undefined ? {} : { rise: placeOfClass.found.made.names.rise }),
        ...(this.#cells.oneType ? {} : { conductance: placeOfClass.found.made.conductance }),
        inputs: place.kind.type.inputs,
      };
    };
    const places: SynapsePlaces = {
      pre: placeOf(pre),
      post: placeOf(post),
      receptors: projection.receptors,
      midway: [pre, post].some((place) => place?.kind.method === 'cable'),
      // @source NEURON, fadvance: the time is half a step later when currents are computed
      halfLater: [pre, post].some((place) => place?.kind.type.method === 'cable-then-gates'),
    };
    const key = JSON.stringify([
      projection.synapse,
      places.pre?.key ?? '',
      places.post?.key ?? '',
      Object.entries(projection.receptors).sort(([a], [b]) => (a < b ? -1 : 1)),
      [...(places.pre?.variables ?? []), ...(places.post?.variables ?? [])],
    ]);
    let synapse = this.#synapseKeys.get(key);
    if (synapse === undefined) {
      synapse = this.#synapseNames.take(`${projection.synapse}_at_places`);
      this.synapses[synapse] = atPlaces(type, places, (feature) => this.#cells.refuse(`${feature} (${name})`));
      this.#synapseKeys.set(key, synapse);
    }
    return synapse;
  }

  /** Moves the facts about a projection's ends to its replacement. */
  #movePart(name: string, before: Projection, after: Projection): void {
    const part = this.#drawn.parts.get(name);
    const [from, to] = [before.from.of, before.to.of];
    if (from.kind !== 'slice' || to.kind !== 'slice') return;
    const move = (elements: Elements | null, was: string, now: SelectionRule): Elements | null => {
      if (!elements || now.kind !== 'slice') return elements;
      const shift = now.slice?.[0] ?? 0;
      const populationOrdinal = elements.populations.indexOf(was);
      return {
        populations: elements.populations.map((population) => (population === was ? now.population : population)),
        ordinals: elements.ordinals,
        indices: elements.indices.map((index, k) =>
          elements.ordinals[k] === populationOrdinal ? index + shift : index,
        ),
      };
    };
    if (part) {
      this.parts.set(name, {
        ...part,
        pre: move(part.pre, from.population, after.from.of),
        post: move(part.post, to.population, after.to.of),
      });
      return;
    }
    if (from.population !== to.population) return;
    const size = this.#cells.model.populations[from.population]?.size ?? 0;
    const [a, b] = [from.slice ?? [0, size, 1], to.slice ?? [0, size, 1]];
    const sameTarget = Uint32Array.from({ length: Math.max(0, a[1] - a[0]) }, (_, k) => {
      const other = k + a[0] - b[0];
      return other >= 0 && other < b[1] - b[0] ? other : none;
    });
    this.parts.set(name, { projection: name, connectedAs: name, pre: null, post: null, sameTarget });
  }
}

/** The different values that a function has for the first numbers, in their order. */
function distinct(of: (at: number) => number, count: number): readonly number[] {
  const distinctOrdinals = new Set<number>();
  for (let k = 0; k < count; k++) distinctOrdinals.add(of(k));
  return [...distinctOrdinals];
}
