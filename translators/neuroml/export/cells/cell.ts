/** A cell with compartments as NeuroML's `cell`: its shape, channels by density, and paths of its variables. */

import { concentration, faradByArea, metre, ohmMetre, second, volt } from '../../../../src/lang/dimension.js';
import type { Dimension } from '../../../../src/lang/ast.js';
import { NoNumber } from '../../../../src/lang/evaluate.js';
import type { Compartments } from '../../../../src/model/typed.js';
import { child } from '../../../../src/model/pointer.js';
import type { ExportContext } from '../context.js';
import type { Dimensions } from '../text/dimensions.js';
import { numberText, quantityText } from '../text/quantity-text.js';
import { ElementValues, noEquations } from '../../../../src/library/element-values.js';
import { membraneOf } from '../../../../src/library/membrane/membrane-of.js';
import type {
  Conductance,
  Membrane,
  MembraneCurrent,
  MembraneMechanism,
  MembranePlace,
  Pool,
} from '../../../../src/library/membrane/membrane.js';
import { NotExpressible } from '../../../../src/library/not-expressible.js';
import type { NetworkOutput } from '../network-output.js';
import { element, type Element } from '../text/xml-text.js';
import { Channels, type Channel } from './channels.js';
import { densitiesInOrder, densityElement } from './densities.js';
import { shapeOf } from './shape.js';
import { spikeOf } from './spike-place.js';
import type { StructuredCell, StructuredType } from './structured-cell.js';

/**
 * Writes a cell and its channels.
 *
 * @param id of the neuron type
 * @param start membrane potential at the start in V, if the population has one
 * @param cut sections with a name for each compartment
 * @throws NotExpressible if the whole cell cannot be written
 */
export function writeCell(
  id: string,
  type: StructuredType,
  start: number | undefined,
  cut: ReadonlySet<string>,
  written: NetworkOutput,
  context: ExportContext,
): StructuredCell {
  return new CellWriter(id, type, start, written, context).write(cut);
}

/** The same channel with the same density on some sections. */
interface Placed {
  readonly mechanism: string;
  readonly channel: Channel;
  readonly ion: string;
  readonly conductance: Conductance;
  readonly sections: string[];
}

class CellWriter {
  readonly #pointer: string;
  readonly #compartments: Compartments;
  readonly #channels: Channels;
  readonly #placed: Placed[] = [];
  readonly #membrane: Membrane;
  readonly #groups: Element[] = [];
  readonly #groupOf = new Map<string, string>();

  constructor(
    private readonly id: string,
    private readonly type: StructuredType,
    private readonly start: number | undefined,
    private readonly written: NetworkOutput,
    private readonly context: ExportContext,
  ) {
    this.#pointer = child('/neurons', id);
    this.#compartments = type.compartments;
    this.#channels = new Channels(written, context);
    const { data, functions } = context;
    this.#membrane = membraneOf(type.compartments, { data, functions, startOf: (section) => this.#startOf(section) });
  }

  write(cut: ReadonlySet<string>): StructuredCell {
    const { type, context } = this;
    const { sections, groups } = this.#compartments;
    const { ids, report } = context;
    const spike = spikeOf(this.id, type, context);
    const shape = shapeOf(this.#compartments, cut, spike?.section);
    for (const [name, own] of Object.entries(groups)) if (!Object.hasOwn(sections, name)) this.#group(name, own);
    this.#groupOf.set(this.#keyOf(Object.keys(sections)), 'all');
    for (const [name, mechanism] of this.#membrane.mechanisms) this.#mechanism(name, mechanism);
    if (Object.keys(type.derivatives).length + Object.keys(type.state).length > 0)
      report.missing(this.#pointer, 'equations of the whole cell beside those of its mechanisms');
    const densities = this.#densities();
    const component = ids.claim(this.id);
    const on = (tag: string, dimension: Dimension, valueOf: (section: string) => number): readonly Element[] =>
      this.#byValue(valueOf).map(([value, own]) =>
        element(tag, { value: quantityText(value, dimension, context.dimensions), ...this.#segmentGroup(own) }),
      );
    const membrane = element('membraneProperties', {}, [
      ...densitiesInOrder(densities.map((density) => density.element)),
      element('spikeThresh', { value: quantityText(spike?.threshold ?? 0, volt, context.dimensions) }),
      ...on('specificCapacitance', faradByArea, (name) => sections[name]?.specificCapacitance ?? 0),
      ...on('initMembPotential', volt, (name) => this.#startOf(name)),
    ]);
    const inside = element('intracellularProperties', {}, [
      ...this.#species(),
      ...on('resistivity', ohmMetre, (name) => sections[name]?.resistivity ?? 0),
    ]);
    this.written.components.push(
      element('cell', { id: component }, [
        element('morphology', { id: `${component}_morphology` }, [...shape.elements, ...this.#groups]),
        element('biophysicalProperties', { id: biophysics }, [membrane, inside]),
      ]),
    );
    const [input = 'I'] = Object.keys(type.inputs);
    const root = Object.keys(sections).find((one) => !sections[one]?.parent) ?? '';
    /** Returns the density and the channel of a variable, and its path in the channel. */
    const foundOf = (variable: string, section: string) => {
      const [mechanism, name = ''] = variable.split('.');
      const density = densities.find((one) => one.mechanism === mechanism && one.sections.includes(section));
      const path = density?.channel.paths.get(name);
      return density && path !== undefined ? { density: density.id, channel: density.channel.id, path } : undefined;
    };
    const isPool = (variable: string, section: string): boolean => {
      const [mechanism, name] = variable.split('.');
      const pool = this.#membrane.pools.get(section);
      return !!pool && (variable === 'ca_i' || (mechanism === pool.mechanism && name === pool.state));
    };
    return {
      component,
      input,
      shape,
      spike,
      pathOf: (variable, section = root) => {
        if (variable === 'v') return 'v';
        if (isPool(variable, section)) return 'caConc';
        const found = foundOf(variable, section);
        return found && `${biophysics}/membraneProperties/${found.density}/${found.channel}/${found.path}`;
      },
      nameOf: (variable, section = root) => {
        if (variable === 'v') return 'v';
        if (isPool(variable, section)) return 'ca_i';
        const found = foundOf(variable, section);
        return found && `${found.density}.${found.channel}_${found.path.replaceAll('/', '_')}`;
      },
    };
  }

  /** Returns the potential of a section at the start, in V. */
  #startOf(section: string): number {
    const own = this.#compartments.sections[section]?.initial;
    if (own !== undefined) return own;
    if (this.start !== undefined) return this.start;
    const { initial } = this.#compartments;
    if (typeof initial === 'number') return initial;
    try {
      const value = new ElementValues(noEquations, { v: initial }, 1, this.context).of('v');
      return typeof value === 'number' ? value : (value[0] ?? 0);
    } catch (error) {
      if (!(error instanceof NoNumber)) throw error;
      throw new NotExpressible(`a potential at the start that is not known: ${error.message}`);
    }
  }

  /** Writes the channels of a mechanism on each of its sections. Equal ones become one. */
  #mechanism(name: string, { places, reason }: MembraneMechanism): void {
    const at = child(`${this.#pointer}/compartments/mechanisms`, name);
    const { report } = this.context;
    try {
      for (const place of places) for (const current of place.currents) this.#current(name, current, place, at);
      if (reason !== undefined) report.missing(at, reason);
    } catch (error) {
      if (!(error instanceof NotExpressible)) throw error;
      report.missing(at, error.message);
    }
    const isPool = [...this.#membrane.pools.values()].some((pool) => pool?.mechanism === name);
    if (!isPool && !this.#placed.some((placed) => placed.mechanism === name)) return;
    report.wrote(at);
    report.exact(at, 'channels with densities, or a pool', 'lems/mechanism');
  }

  #current(name: string, current: MembraneCurrent, { section, equations, initial }: MembranePlace, pointer: string) {
    const { ion, conductances, isGuarded } = current;
    if (isGuarded)
      this.context.report.convention(
        'lems/guard',
        pointer,
        'where its rates would divide by zero, the current takes the potential itself, not one a little beside it',
      );
    const v = this.#startOf(section);
    conductances.forEach((conductance, k) => {
      if (typeof conductance.reversal === 'string') this.#setTemperature(ion);
      const owner = conductances.length === 1 ? name : `${name}_${k + 1}`;
      const channel = this.#channels.channel(conductance, ion, { owner, equations, initial, v, pointer });
      const known = this.#placed.find(
        (placed) =>
          placed.channel.id === channel.id &&
          placed.mechanism === name &&
          placed.conductance.conductance === conductance.conductance &&
          placed.conductance.reversal === conductance.reversal,
      );
      if (known) known.sections.push(section);
      else this.#placed.push({ mechanism: name, channel, ion, conductance, sections: [section] });
    });
  }

  /** In NeuroML, the reversal potential depends on the network's temperature only for currents of calcium. */
  #setTemperature(ion: string): void {
    const { temperature, ions } = this.#compartments;
    if (ion !== 'ca' || ions['ca']?.valence !== 2)
      throw new NotExpressible(`a current of ${ion} with the reversal potential of calcium`);
    if (this.written.temperature !== undefined && this.written.temperature !== temperature)
      throw new NotExpressible('currents of calcium at several temperatures');
    this.written.temperature = temperature;
  }

  /** Returns pools of calcium as species. Equal ones become one. */
  #species(): readonly Element[] {
    const { ids, dimensions } = this.context;
    const groups = new Map<string, { readonly pool: Pool; readonly sections: string[] }>();
    for (const [section, pool] of this.#membrane.pools) {
      if (!pool) continue;
      const key = JSON.stringify(pool);
      const group = groups.get(key) ?? { pool, sections: [] };
      groups.set(key, group);
      group.sections.push(section);
    }
    return [...groups.values()].map(({ pool, sections }) => {
      const id = this.written.once('components', pool.mechanism, (one) => poolElement(one, pool, dimensions), ids);
      return element('species', {
        id: 'ca',
        ion: 'ca',
        concentrationModel: id,
        initialConcentration: quantityText(pool.start, concentration, dimensions),
        initialExtConcentration: quantityText(pool.outside, concentration, dimensions),
        ...this.#segmentGroup(sections),
      });
    });
  }

  #densities() {
    const { ids, dimensions } = this.context;
    return this.#placed.map(({ mechanism, channel, ion, conductance, sections }) => {
      const id = ids.claim(`${channel.id}_density`);
      return {
        id,
        mechanism,
        channel,
        sections,
        element: densityElement(id, channel.id, ion, conductance, this.#segmentGroup(sections), dimensions),
      };
    });
  }

  /** Sections by a value of theirs. */
  #byValue(valueOf: (section: string) => number): readonly (readonly [number, readonly string[]])[] {
    const found = new Map<number, string[]>();
    for (const name of Object.keys(this.#compartments.sections)) {
      const value = valueOf(name);
      found.set(value, [...(found.get(value) ?? []), name]);
    }
    return [...found];
  }

  /** Returns the group of some sections as an attribute; no attribute for all of them. */
  #segmentGroup(own: readonly string[]): Readonly<Record<string, string>> {
    const { sections } = this.#compartments;
    if (own.length === Object.keys(sections).length) return {};
    const known = this.#groupOf.get(this.#keyOf(own));
    const [only = ''] = own;
    // NEURON names sections after their groups, and mechanisms refer to other groups.
    const wanted = own.length === 1 ? `${only}_group` : `sections_${this.#groups.length + 1}`;
    return { segmentGroup: known ?? this.#group(this.#free(wanted), own) };
  }

  #free(wanted: string): string {
    const { sections, groups } = this.#compartments;
    return Object.hasOwn(sections, wanted) || Object.hasOwn(groups, wanted) ? this.#free(`${wanted}_`) : wanted;
  }

  #group(name: string, own: readonly string[]): string {
    this.#groupOf.set(this.#keyOf(own), name);
    this.#groups.push(groupOf(name, own));
    return name;
  }

  /** Some sections in whatever order, as text. */
  #keyOf(own: readonly string[]): string {
    const names = Object.keys(this.#compartments.sections);
    return names.filter((name) => own.includes(name)).join(' ');
  }
}

const biophysics = 'biophysics';

/** Returns a group of the segments of some sections. */
const groupOf = (id: string, sections: readonly string[]): Element =>
  element(
    'segmentGroup',
    { id },
    sections.map((section) => element('include', { segmentGroup: section })),
  );

/** Returns the component of a pool. */
function poolElement(id: string, { rest, tau, filling }: Pool, dimensions: Dimensions): Element {
  const decaying = {
    id,
    ion: 'ca',
    restingConc: quantityText(rest, concentration, dimensions),
    decayConstant: quantityText(tau, second, dimensions),
  };
  return 'rho' in filling
    ? element('fixedFactorConcentrationModel', {
        ...decaying,
        rho: `${numberText(filling.rho)} mol_per_m_per_A_per_s`,
      })
    : element('decayingPoolConcentrationModel', {
        ...decaying,
        shellThickness: quantityText(filling.shellThickness, metre, dimensions),
      });
}
