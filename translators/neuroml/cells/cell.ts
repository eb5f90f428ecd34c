/**
 * Cells with several compartments: morphology and biophysical properties as the canonical `compartments`. A cell of one
 * segment, or of one unbranched section that is one compartment, is a point and goes the way of all other components.
 *
 * This is the one part of the importer that knows types of NeuroML by name.
 *
 * Source: NeuroML 2.3.1; how sections, areas and divisions are meant, its exports to simulators of several
 * compartments.
 */

import { itemAt } from '../../../src/diagnostics/entry.js';
import type { Diagnostics, Finding, Place } from '../../../src/diagnostics/diagnostic.js';
import { invariant } from '../../../src/diagnostics/diagnostic.js';
import { referenced, valueOf } from '../components.js';
import type { Component, LemsModel } from '../lems/definitions.js';
import { knownIons, usualTemperature, valenceOf } from '../../shared/neuron.js';
import * as messages from './messages.js';
import {
  densityMechanism,
  poolMechanism,
  populationMechanism,
  varying,
  type MembraneContext,
  type FlatMechanism,
  type Varying,
} from './mechanisms.js';
import { cutSections, fractionOf, sectionDocument, type Sections } from './sections.js';
import { areaOf, childOf, childrenOf } from './segments.js';
import { hasMorphology, isPoint, segmentsOf, shapeOf, type Shape } from './shape.js';
import { freeName, identifier } from '../../../src/model/free-name.js';

/** A cell with compartments as parts of a canonical neuron type, with places of its parts. */
export interface CompartmentCell {
  /** `compartments` of the neuron type. */
  readonly compartments: Record<string, unknown>;
  /** Its event `spike`: place and condition of firing; undefined without a threshold. */
  readonly spike: Record<string, unknown> | undefined;
  /** Places in the user's text, by pointer within the neuron type. */
  readonly places: ReadonlyMap<string, Place>;
  /**
   * Returns the section, and the fraction along it, of a place on a segment, or undefined if there is no such segment.
   */
  placeOf(segment: string, along: number): { readonly section: string; readonly fraction: number } | undefined;
  /** Returns the variable at a path of ids and names within the cell, or undefined if there is none. */
  variable(path: readonly string[]): string | undefined;
}

/** A mechanism by its name. */
interface Named {
  readonly id: string;
  readonly component: Component;
  readonly flat: FlatMechanism['flat'];
}

/**
 * Returns a cell with compartments.
 *
 * @param temperature of the enclosing network, in K
 * @returns null for a component that takes the generic way, and after errors
 * @diagnostic neuroml/* as in `messages.ts`
 */
export function cellWithCompartments(
  component: Component,
  lems: LemsModel,
  diagnostics: Diagnostics,
  temperature?: number,
): CompartmentCell | null {
  if (!hasMorphology(component)) return null;
  const shape = shapeOf(component, diagnostics);
  if (!shape || isPoint(shape)) return null;
  return new Builder(component, shape, lems, diagnostics).build(temperature);
}

/** A component on the membrane or inside, with its group of segments. */
interface Placed {
  readonly component: Component;
  readonly segments: Uint32Array;
}

interface Density extends Placed {
  /** Its parameter that varies along the cell, if there is one. */
  readonly along: Varying | null;
}

class Builder {
  readonly #places = new Map<string, Place>();
  readonly #membrane: Component | undefined;
  readonly #inside: Component | undefined;

  constructor(
    private readonly cell: Component,
    private readonly shape: Shape,
    private readonly lems: LemsModel,
    private readonly diagnostics: Diagnostics,
  ) {
    const biophysics = cell.children.find(({ role }) => role.startsWith('biophysicalProperties'));
    if (!biophysics) this.#warn(messages.biophysicsMissing(cell.id), cell);
    this.#membrane = biophysics?.children.find(({ role }) => role.startsWith('membraneProperties'));
    this.#inside = biophysics?.children.find(({ role }) => role.startsWith('intracellularProperties'));
  }

  build(stated: number | undefined): CompartmentCell | null {
    const capacitances = this.#on(this.#membrane, 'specificCapacitance');
    const starts = this.#on(this.#membrane, 'initMembPotential');
    const resistivities = this.#on(this.#inside, 'resistivity');
    const densities = this.#densities();
    const populations = this.#on(this.#membrane, 'baseChannelPopulation');
    const species = this.#on(this.#inside, 'species');
    const used = [capacitances, starts, resistivities, populations, species].flat().map(({ segments }) => segments);
    this.#remarkOverlaps(densities);
    const { morphology, groups } = this.shape;
    const cut = cutSections(
      morphology,
      groups,
      [...used, ...densities.map(({ segments }) => segments)],
      this.diagnostics,
    );
    const context = this.#context([...densities, ...populations], species);
    const sections = this.#sections(cut, capacitances, resistivities, starts);
    const named = this.#groups(cut);
    const mechanisms: Record<string, unknown> = {};
    const flats: Named[] = [];
    let temperature = stated;
    const add = (component: Component, segments: Uint32Array, { flat, document }: FlatMechanism): void => {
      const on = this.#onNames(cut, named, component, segments);
      // An empty list of sections would mean all of them. A group given by name may be empty.
      if (on?.length === 0) return;
      const id = unused(identifier(component.id || component.type.name), mechanisms);
      mechanisms[id] = { ...(on === null ? {} : { on }), ...document };
      flats.push({ id, component, flat });
      const { reads = [] } = document as { readonly reads?: readonly string[] };
      if (reads.includes('temperature')) temperature ??= usualTemperature;
      this.#places.set(`/compartments/mechanisms/${id}`, component.place);
    };
    for (const { component, segments, along } of densities)
      add(component, segments, densityMechanism(component, context, along));
    for (const { component, segments } of populations) {
      const area = segments.reduce((sum, position) => sum + areaOf(itemAt(morphology.segments, position)), 0) * 1e-12;
      add(component, segments, populationMechanism(component, context, area));
    }
    for (const { component, segments } of species) {
      const model = referenced(component, 'concentrationModel', this.lems);
      if (model) add(component, segments, poolMechanism(component, model, ionOf(component), context));
      else
        this.diagnostics.add(
          messages.noReference('concentrationModel', component.attributes['concentrationModel']),
          component.place,
        );
    }
    const initial = starts.find(({ segments }) => segments.includes(morphology.root)) ?? starts[0];
    if (this.#membrane && !initial) this.#warn(messages.noInitialPotential(this.cell.id), this.#membrane);
    const compartments = {
      sections,
      groups: named,
      ions: Object.fromEntries([...context.ions].map((ion) => [ion, this.#ion(ion, species)])),
      mechanisms,
      ...(this.#membrane ? { initial: initial ? this.#value(initial.component) : '-65 mV' } : {}),
      ...(temperature === undefined ? {} : { temperature }),
    };
    return {
      compartments,
      spike: this.#spike(cut),
      places: this.#places,
      placeOf: (segment, along) => this.#placeOf(cut, segment, along),
      variable: (path) => variableAt(path, flats),
    };
  }

  /** Components of a kind with the segments that each is on. */
  #on(parent: Component | undefined, type: string): readonly Placed[] {
    return (parent ? childrenOf(parent, type) : []).flatMap((component) => {
      const segments = segmentsOf(component, this.shape, this.diagnostics);
      return segments ? [{ component, segments }] : [];
    });
  }

  /** Returns the densities. A density with a varying parameter is on the group that the variable part names. */
  #densities(): readonly Density[] {
    return (this.#membrane ? childrenOf(this.#membrane, 'baseChannelDensity') : []).flatMap(
      (component): readonly Density[] => {
        const variable = childOf(component, 'variableParameter');
        if (!variable) {
          const segments = segmentsOf(component, this.shape, this.diagnostics);
          return segments ? [{ component, segments, along: null }] : [];
        }
        const group = variable.attributes['segmentGroup'];
        const segments = this.shape.groups.segmentsOf(group, variable);
        const along = segments && this.#along(variable, group, segments);
        return segments && along ? [{ component, segments, along }] : [];
      },
    );
  }

  /** Reports overlapping densities of one channel. They are added, unlike in some simulators. */
  #remarkOverlaps(densities: readonly Density[]): void {
    const owners = new Map<string, Map<number, Component>>();
    for (const { component, segments } of densities) {
      const channel = component.attributes['ionChannel'] ?? '';
      const known = owners.get(channel) ?? new Map<number, Component>();
      owners.set(channel, known);
      const shared = segments.filter((position) => known.has(position));
      const before = known.get(shared[0] ?? -1);
      if (before) this.#warn(messages.channelAgain(channel, before.id, component.id, shared.length), component);
      for (const position of segments) known.set(position, component);
    }
  }

  /** Returns the inhomogeneous parameter that a variable part refers to, as a number at each place. */
  #along(variable: Component, group: string | undefined, segments: Uint32Array): Varying | null {
    const value = childOf(variable, 'inhomogeneousValue');
    const id = value?.attributes['inhomogeneousParameter'] ?? '';
    const holder = this.shape.groups.components.get(group ?? '');
    const known = holder ? childrenOf(holder, 'inhomogeneousParameter') : [];
    const parameter = known.find((component) => component.id === id);
    if (!parameter) {
      this.diagnostics.add(
        messages.unknownParameter(
          id,
          known.map((one) => one.id),
        ),
        (value ?? variable).place,
      );
      return null;
    }
    const { metric } = parameter.attributes;
    if (metric !== undefined && metric !== 'Path Length from root') {
      this.diagnostics.add(messages.metric(metric), parameter.place);
      return null;
    }
    const { nearest, farthest } = this.#extent(segments);
    const detail = (role: string): Component | undefined => parameter.children.find((inner) => inner.role === role);
    const shift = detail('proximal')?.attributes['translationStart'];
    const end = detail('distal')?.attributes['normalizationEnd'];
    const start = shift === undefined ? 0 : nearest - Number(shift);
    const span = end === undefined ? 1 : (farthest - start) / Number(end);
    const position = `(distance/umetre - ${start})/${span}`;
    return varying(
      variable,
      parameter.attributes['variable'] ?? 'p',
      start === 0 && span === 1 ? 'distance/umetre' : position,
      this.diagnostics,
    );
  }

  /** Path lengths from the root to the nearest and to the farthest place of segments, in micrometres. */
  #extent(members: Uint32Array): { readonly nearest: number; readonly farthest: number } {
    const { segments, order } = this.shape.morphology;
    const begins = new Float64Array(segments.length);
    for (const position of order) {
      const { parent, fraction } = itemAt(segments, position);
      if (parent >= 0) begins[position] = itemAt(begins, parent) + fraction * itemAt(segments, parent).length;
    }
    // A group may be of no segments: cells of one family have the same groups, and not all have all kinds of branches.
    let [nearest, farthest] = [members.length === 0 ? 0 : Infinity, 0];
    for (const position of members) {
      nearest = Math.min(nearest, itemAt(begins, position));
      farthest = Math.max(farthest, itemAt(begins, position) + itemAt(segments, position).length);
    }
    return { nearest, farthest };
  }

  #context(channels: readonly Placed[], species: readonly Placed[]): MembraneContext {
    const pools = new Set(species.map(({ component }) => ionOf(component)));
    const ions = new Set(pools);
    const unknown = new Set<string>();
    for (const { component } of channels) {
      const { ion } = component.attributes;
      if (ion === undefined || ion === 'non_specific' || unknown.has(ion)) continue;
      if (valenceOf(ion) !== undefined) ions.add(ion);
      else if (!ions.has(ion)) {
        unknown.add(ion);
        this.#warn(messages.unknownValence(ion, knownIons), component);
      }
    }
    return { lems: this.lems, diagnostics: this.diagnostics, ions, pools };
  }

  #ion(ion: string, species: readonly Placed[]): Record<string, unknown> {
    const pool = species.find(({ component }) => ionOf(component) === ion)?.component;
    const level = (name: string): number | undefined => pool && valueOf(pool, name, this.lems);
    const [inside, outside] = [level('initialConcentration'), level('initialExtConcentration')];
    return {
      valence: valenceOf(ion) ?? 0,
      ...(inside === undefined ? {} : { inside }),
      ...(outside === undefined ? {} : { outside }),
    };
  }

  #sections(
    cut: Sections,
    capacitances: readonly Placed[],
    resistivities: readonly Placed[],
    starts: readonly Placed[],
  ): Record<string, unknown> {
    const sections = cut.sections.map((_, index) => sectionDocument(cut, index, this.shape.morphology));
    // If groups overlap, the last value holds.
    for (const [key, given] of [
      ['specificCapacitance', capacitances],
      ['resistivity', resistivities],
    ] as const) {
      for (const { component, segments } of given) {
        const value = this.#value(component);
        for (const position of segments) itemAt(sections, itemAt(cut.of, position))[key] = value;
      }
    }
    const root = starts.find(({ segments }) => segments.includes(this.shape.morphology.root)) ?? starts[0];
    const usual = root && this.#value(root.component);
    for (const { component, segments } of starts) {
      const value = this.#value(component);
      for (const position of segments) {
        const section = itemAt(sections, itemAt(cut.of, position));
        if (value === usual) delete section['initial'];
        else section['initial'] = value;
      }
    }
    return Object.fromEntries(
      cut.sections.map(({ id, segments }, index) => {
        this.#places.set(
          `/compartments/sections/${id}`,
          itemAt(this.shape.morphology.segments, itemAt(segments, 0)).place,
        );
        return [id, sections[index]];
      }),
    );
  }

  #groups(cut: Sections): Record<string, readonly string[]> {
    const groups: Record<string, readonly string[]> = {};
    const names = new Set(cut.sections.map(({ id }) => id));
    for (const [id, component] of this.shape.groups.components) {
      const segments = this.shape.groups.segmentsOf(id, component);
      const name = identifier(id);
      if (!segments || names.has(name) || Object.hasOwn(groups, name)) continue;
      const sections = this.#whole(cut, segments);
      if (sections) groups[name] = sections;
      else this.#warn(messages.partialGroup(id), component);
    }
    return groups;
  }

  /** Returns the sections made up of the segments, or null if the segments cover only a part of a section. */
  #whole(cut: Sections, segments: Uint32Array): readonly string[] | null {
    const counts = new Map<number, number>();
    for (const position of segments)
      counts.set(itemAt(cut.of, position), (counts.get(itemAt(cut.of, position)) ?? 0) + 1);
    const all = [...counts].every(([section, count]) => itemAt(cut.sections, section).segments.length === count);
    return all ? [...counts.keys()].sort((a, b) => a - b).map((section) => itemAt(cut.sections, section).id) : null;
  }

  /** Returns the place of a mechanism: the name of its group if it has one, or null for all sections. */
  #onNames(
    cut: Sections,
    named: Readonly<Record<string, readonly string[]>>,
    component: Component,
    segments: Uint32Array,
  ): string | readonly string[] | null {
    if (segments.length === this.shape.morphology.segments.length) return null;
    const variable = childOf(component, 'variableParameter') ?? component;
    const group = identifier(variable.attributes['segmentGroup'] ?? '');
    if (component.attributes['segment'] === undefined && Object.hasOwn(named, group)) return group;
    const sections = this.#whole(cut, segments);
    invariant(sections, 'neuroml', 'sections are split where groups of mechanisms end');
    return sections;
  }

  #spike(cut: Sections): Record<string, unknown> | undefined {
    const [threshold] = this.#on(this.#membrane, 'spikeThresh');
    if (!threshold) return undefined;
    // Where the reference interpreter's export to NEURON has it: on the segment that is listed first, mostly the root.
    const place = this.#placeOf(cut, String(itemAt(this.shape.morphology.segments, 0).id), 0.5);
    this.#places.set('/events/spike', threshold.component.place);
    return { when: `v > ${this.#value(threshold.component)}*volt`, edge: 'rising', ...place };
  }

  #placeOf(
    cut: Sections,
    segment: string,
    along: number,
  ): { readonly section: string; readonly fraction: number } | undefined {
    const { morphology } = this.shape;
    const position = morphology.byId.get(String(Number(segment)));
    if (position === undefined) return undefined;
    return {
      section: itemAt(cut.sections, itemAt(cut.of, position)).id,
      fraction: fractionOf(cut, morphology, position, along),
    };
  }

  /** Returns the value of a component that has one, in SI. */
  #value(component: Component): number {
    const value = valueOf(component, 'value', this.lems);
    if (value === undefined)
      this.diagnostics.add(messages.badQuantity('value', component.attributes['value']), component.place);
    return value ?? 0;
  }

  #warn(finding: Finding, at: Component): void {
    this.diagnostics.add({ severity: 'warning', ...finding }, at.place);
  }
}

/** Names of a cell's exposures, as variables at a place on it. */
const exposed: Readonly<Record<string, string>> = {
  v: 'v',
  caConc: 'ca_i',
  caConcExt: 'ca_o',
  caConc2: 'ca2_i',
  caConcExt2: 'ca2_o',
};

/** Returns a variable of the cell itself, or of the mechanism that a path passes. */
function variableAt(path: readonly string[], mechanisms: readonly Named[]): string | undefined {
  const [name = ''] = path;
  if (path.length === 1) return Object.hasOwn(exposed, name) ? exposed[name] : undefined;
  for (const { id, component, flat } of mechanisms) {
    const at = path.indexOf(component.id);
    const seen = at < 0 ? undefined : flat.seen(path.slice(at + 1));
    if (seen?.expression.kind === 'name') return `${id}.${seen.expression.name}`;
  }
  return undefined;
}

/** Returns the ion of a species: its attribute `ion`, else the name of the species. */
function ionOf(species: Component): string {
  return identifier(species.attributes['ion'] ?? species.id);
}

function unused(wanted: string, taken: Readonly<Record<string, unknown>>): string {
  return freeName(wanted, (id) => Object.hasOwn(taken, id));
}
