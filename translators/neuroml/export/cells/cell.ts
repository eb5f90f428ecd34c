/** A cell with compartments as NeuroML's `cell`: its shape, channels by density, and paths of its variables. */

import { printExpression } from '../../../../src/lang/print.js';
import { concentration, faradByArea, ohmMetre, volt } from '../../../../src/lang/dimension.js';
import type { Dimension, Expression } from '../../../../src/lang/ast.js';
import { NoNumber } from '../../../../src/lang/evaluate.js';
import type { Compartments, Mechanism } from '../../../../src/model/typed.js';
import { child } from '../../../../src/model/pointer.js';
import type { ExportContext } from '../context.js';
import { quantityText } from '../text/quantity-text.js';
import { ElementValues, noEquations } from '../values.js';
import { NotExpressible } from '../text/words.js';
import type { NetworkOutput } from '../network-output.js';
import { element, type Element } from '../text/xml-text.js';
import { Channels, type Channel } from './channels.js';
import { LocalEquations } from './equations.js';
import { densitiesInOrder, densityElement } from './densities.js';
import { sectionsOn } from '../../../../src/model/compartment-tree.js';
import { localNumbers } from './local-values.js';
import { conductancesOf, withoutGuards, type Conductance } from './membrane-current.js';
import {
  levelsOn,
  isCalciumReversal,
  keepsAboveZero,
  nernstPotential,
  poolElement,
  poolOf,
  type Pool,
} from './pools.js';
import { middleOf, shapeOf } from './shape.js';
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
  /** Pools of calcium by section; null if one is left out. */
  readonly #pools = new Map<string, Pool | null>();
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
  }

  write(cut: ReadonlySet<string>): StructuredCell {
    const { type, context } = this;
    const { sections, groups, mechanisms } = this.#compartments;
    const { ids, report } = context;
    const spike = spikeOf(this.id, type, context);
    const shape = shapeOf(this.#compartments, cut, spike?.section);
    for (const [name, own] of Object.entries(groups)) if (!Object.hasOwn(sections, name)) this.#group(name, own);
    this.#groupOf.set(this.#keyOf(Object.keys(sections)), 'all');
    const [pools, channels] = [true, false].map((wanted) =>
      Object.entries(mechanisms).filter(([, { writes }]) => Object.hasOwn(writes, 'ca_i') === wanted),
    );
    // Calcium, as channels read it, depends on whether a pool is there.
    for (const [name, mechanism] of [...(pools ?? []), ...(channels ?? [])]) this.#mechanism(name, mechanism);
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
      const pool = this.#pools.get(section);
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
  #mechanism(name: string, mechanism: Mechanism): void {
    const pointer = `${this.#pointer}/compartments/mechanisms`;
    const at = child(pointer, name);
    const sections = sectionsOn(mechanism.on, this.#compartments);
    try {
      for (const section of sections) this.#onSection(name, mechanism, section, at);
    } catch (error) {
      if (!(error instanceof NotExpressible)) throw error;
      this.context.report.missing(at, error.message);
    }
    const isPool = [...this.#pools.values()].some((pool) => pool?.mechanism === name);
    const { report } = this.context;
    if (!isPool && !this.#placed.some((placed) => placed.mechanism === name)) return;
    report.wrote(at);
    report.exact(at, 'channels with densities, or a pool', 'lems/mechanism');
  }

  #onSection(name: string, mechanism: Mechanism, section: string, pointer: string): void {
    const { context } = this;
    const isPool = Object.hasOwn(mechanism.writes, 'ca_i');
    if (isPool) this.#pools.set(section, null);
    if (!mechanism.density) throw new NotExpressible('a current of whole compartments, not by area');
    if (mechanism.noise.length > 0) throw new NotExpressible('noise on the membrane');
    const [condition] = isPool ? Object.values(mechanism.events ?? {}).filter((event) => !keepsAboveZero(event)) : [];
    if (condition) throw new NotExpressible(`what the mechanism does where ${printExpression(condition.when)}`);
    const v = this.#startOf(section);
    const free = new Map(this.#calciumOn(section, isPool));
    const numbers = this.#numbersOn(section, mechanism, free);
    for (const one of free.keys()) numbers.delete(one);
    const initial = new Map([...numbers].filter(([one]) => Object.hasOwn(mechanism.state, one)));
    for (const one of initial.keys()) numbers.delete(one);
    const equations = new LocalEquations(
      mechanism,
      numbers,
      Object.keys(this.#compartments.ions),
      context.functions,
      free,
    );
    if (isPool) {
      this.#pools.set(section, poolOf(name, equations, initial, this.#ofIon('ca_o', section)));
      return;
    }
    const pool = this.#pools.get(section);
    const { temperature } = this.#compartments;
    const isReversal = (e: Expression): boolean =>
      !!pool && temperature !== undefined && isCalciumReversal(e, pool, temperature, context.functions);
    for (const [target, text] of Object.entries(mechanism.writes)) {
      if (target !== 'i' && !target.startsWith('i_')) throw new NotExpressible(`a mechanism that changes ${target}`);
      const ion = target === 'i' ? 'non_specific' : target.slice(2);
      const whole = equations.of(text);
      const current = withoutGuards(whole);
      if (current !== whole)
        context.report.convention(
          'lems/guard',
          pointer,
          'where its rates would divide by zero, the current takes the potential itself, not one a little beside it',
        );
      const conductances = conductancesOf(current, equations.isState, context.functions, isReversal);
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
  }

  /** Returns numbers of a mechanism's parameters and first values on a section, and of variables read there. */
  #numbersOn(section: string, mechanism: Mechanism, free: ReadonlyMap<string, number>): Map<string, number> {
    // Compartments of a divided section are at several distances.
    const isDivided = (this.#compartments.sections[section]?.divisions ?? 1) > 1;
    const middle = isDivided ? undefined : middleOf(section, this.#compartments);
    const outside = (one: string): number | undefined =>
      one === 'distance' || one === 'length'
        ? middle?.[one]
        : one === 'temperature'
          ? this.#compartments.temperature
          : this.#ofIon(one, section);
    const atStart = (one: string): number | undefined =>
      one === 'v' ? this.#startOf(section) : (free.get(one) ?? outside(one));
    const numbers = new Map(localNumbers(mechanism, section, this.#compartments, atStart, this.context));
    for (const read of mechanism.reads) {
      const value = read === 'v' ? undefined : outside(read);
      if (value !== undefined) numbers.set(read, value);
    }
    return numbers;
  }

  /** Returns the variables that a pool on a section changes or reads, with their values at the start. */
  #calciumOn(section: string, isPool: boolean): ReadonlyMap<string, number> {
    // The area of a compartment is not known here.
    if (isPool) return new Map([['i_ca', 0], ['area', NaN]]); // prettier-ignore
    const pool = this.#pools.get(section);
    if (!pool) return new Map();
    const { start, outside } = pool;
    const { ions, temperature } = this.#compartments;
    const { ca } = ions;
    const isNernst = ca && levelsOn(ca, section, this.#compartments).reversal === 'nernst';
    const potential = isNernst ? nernstPotential(ca.valence, start, outside, temperature) : undefined;
    return new Map([['ca_i', start], ...(potential === undefined ? [] : [['e_ca', potential] as const])]);
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

  /**
   * Returns a potential or concentration of an ion that mechanisms read on a section, or undefined if a pool changes
   * it.
   */
  #ofIon(name: string, section: string): number | undefined {
    const [, potential, held, side] = /^(?:e_(\w+)|(\w+)_([io]))$/.exec(name) ?? [];
    const which = potential ?? held ?? '';
    const ion = this.#compartments.ions[which];
    if (!ion) return undefined;
    const { inside, outside, reversal } = levelsOn(ion, section, this.#compartments);
    if (typeof reversal === 'number' && potential !== undefined) return reversal;
    if (side === 'o') return (which === 'ca' ? this.#pools.get(section)?.outside : undefined) ?? outside;
    if (which === 'ca' && this.#pools.has(section)) return undefined;
    if (side === 'i') return inside;
    return reversal && nernstPotential(ion.valence, inside, outside, this.#compartments.temperature);
  }

  /** Returns pools of calcium as species. Equal ones become one. */
  #species(): readonly Element[] {
    const { ids, dimensions } = this.context;
    const groups = new Map<string, { readonly pool: Pool; readonly sections: string[] }>();
    for (const [section, pool] of this.#pools) {
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
