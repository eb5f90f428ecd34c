/** Cells without compartments as NeuroML's `cell`: a sphere with a density of each channel of Hodgkin and Huxley. */

import { dimensionless, type Expression } from '../../../../src/lang/ast.js';
import { addendsOf } from '../../../../src/lang/addends.js';
import { boolean, isZero, name as nameOf, negated, number, product, sum } from '../../../../src/lang/build.js';
import { ampere, faradByArea, volt } from '../../../../src/lang/dimension.js';
import { evaluate, NoNumber } from '../../../../src/lang/evaluate.js';
import { printExpression } from '../../../../src/lang/print.js';
import { namesIn } from '../../../../src/lang/walk.js';
import { receptorsOn, type NeuromlCell } from '../../../../src/library/neuroml/cells.js';
import { usualArea } from '../../../../src/library/phase-currents.js';
import { near, tidy } from '../../../../src/library/recognise/numbers.js';
import type { EventDefinition, NeuronType } from '../../../../src/model/typed.js';
import { ConversionReport } from '../../../../src/model/conversion-report.js';
import { child } from '../../../../src/model/pointer.js';
import { Ids, type ExportContext } from '../context.js';
import { environmentOf, isEnough, type NamedCell, type Populations, type ValueOf } from '../named-cell.js';
import { NetworkOutput } from '../network-output.js';
import { numberText, quantityText } from '../text/quantity-text.js';
import { NotExpressible } from '../../../../src/library/not-expressible.js';
import { element, type Element } from '../text/xml-text.js';
import type { Usage } from '../usage.js';
import { numberAt } from '../../../../src/library/element-values.js';
import { Channels, type Channel } from './channels.js';
import { densitiesInOrder, densityElement } from './densities.js';
import { LocalEquations } from '../../../../src/library/membrane/equations.js';
import { conductancesOf } from '../../../../src/library/membrane/conductances.js';
import type { Conductance } from '../../../../src/library/membrane/membrane.js';
import { thresholdOf } from '../../../../src/library/membrane/threshold.js';

/** Capacitance of a membrane in F/m**2 if only that of the whole cell is known. */
const usualCapacitance = 0.01;

/** Returns the cell with channels that a type is; undefined if it has no channels, or needs more than a `cell` has. */
export function channelCell(
  id: string,
  type: NeuronType,
  populations: Populations,
  usage: Usage,
  written: NetworkOutput,
  context: ExportContext,
): NamedCell | undefined {
  const trial = new NetworkOutput();
  for (const [name, values] of written.values) trial.values.set(name, values);
  const apart = { ...context, ids: new Ids(), report: new ConversionReport('lems') };
  try {
    if (!new ChannelCell(id, type, populations, usage, trial, apart).named()) return undefined;
  } catch (error) {
    if (error instanceof NotExpressible || error instanceof NoNumber) return undefined;
    throw error;
  }
  return new ChannelCell(id, type, populations, usage, written, context).named();
}

/** The membrane of cells with equal parameters. */
interface Membrane {
  readonly densities: readonly { readonly element: Element; readonly channel: Channel }[];
  readonly threshold: number;
  readonly start: number;
}

class ChannelCell {
  readonly #membranes = new Map<string, Membrane>();
  /** Parameters that are currents, or currents by area. */
  readonly #currents: readonly string[];
  readonly #channels: Channels;
  #receptors: Pick<NeuromlCell, 'receptors' | 'responses'> = { receptors: new Map(), responses: [] };
  /** Capacitance of the whole cell in F, and by area in F/m**2. */
  #capacitance = usualCapacitance * usualArea;
  #specific = usualCapacitance;

  constructor(
    private readonly id: string,
    private readonly type: NeuronType,
    private readonly populations: Populations,
    private readonly usage: Usage,
    private readonly written: NetworkOutput,
    private readonly context: ExportContext,
  ) {
    this.#currents = Object.keys(type.parameters).filter((key) => isCurrent(type.parameters[key]?.unit));
    this.#channels = new Channels(written, context);
  }

  named(): NamedCell | undefined {
    const { id, type, populations, usage, written, context } = this;
    const { sums, operations, places, counted, written: changed, drawn } = usage;
    const { spike, ...others } = type.events;
    const used = [sums, operations, places, counted, changed, drawn].some(({ size }) => size > 0);
    const parts = [...type.noise, ...Object.keys(others), ...Object.keys(type.regimes)];
    const isPlain =
      !used && parts.length === 0 && populations.every(([, { linked }]) => Object.keys(linked ?? {}).length === 0);
    if (!isPlain || type.compartments || type.cable || type.state['v']?.unit !== 'V') return undefined;
    if (!spike || spike.do.length > 0 || !isCrossing(spike)) return undefined;
    const environment = environmentOf(type, populations, written.values, context);
    const found = receptorsOn(type, { environment, signs: new Map(), dt: context.dt });
    if (!found) return undefined;
    this.#receptors = found;
    this.#setCapacitance(environment.numbers, found.capacitance);
    const gates = Object.keys(type.state).filter((key) => key !== 'v' && !found.responses.includes(key));
    const cells = populations.flatMap(([population, { size }]) => {
      const values = written.values.get(population);
      return Array.from(
        { length: size },
        (_, k): ValueOf =>
          (key) =>
            numberAt(values?.get(key), k),
      );
    });
    const membranes = cells.map((valueOf) => this.#membraneOf(valueOf, gates));
    const paths = new Map(membranes[0]?.densities.flatMap(({ element: { attributes }, channel }) =>
      [...channel.paths].map(([gate, path]) => [gate, ['biophysicalProperties', 'membraneProperties', attributes['id'], channel.id, path].join('/')] as const),
    )); // prettier-ignore
    if (gates.length === 0 || !gates.every((gate) => paths.has(gate))) return undefined;
    if (cells.some((valueOf) => found.responses.some((name) => valueOf(name) !== 0))) return undefined;
    const inputs = Object.keys(type.inputs);
    const cell: NeuromlCell = {
      ...{
        name: 'cell',
        attributes: new Map(),
        begins: {},
        isPure: false,
        isClosed: false,
        isPynn: false,
        remarks: [],
      },
      ...{ receptors: found.receptors, responses: found.responses, inputs },
      variables: new Map([
        ['v', { name: 'v', factor: 1, unit: 'V' }],
        ...[...paths].map(([gate, name]) => [gate, { name, factor: 1, unit: '1' }] as const),
      ]),
      ...this.#drive(cells),
    };
    if (!populations.every(([population]) => isEnough(population, type, cell, context.model))) return undefined;
    this.#report(spike, cell);
    const [input = 'current'] = inputs;
    const channels = [{ variable: input, kind: 'sum', dimension: ampere, exposure: 'i' }] as const;
    return {
      cell,
      plan: {
        ...{ type: id, componentType: 'cell', attachment: 'baseSynapse', channels, responses: cell.receptors },
        ...{ varying: new Set(), starts: new Map() },
        visible: new Map(
          [...cell.variables].map(([key, { name }]) => [key, { name, dimension: key === 'v' ? volt : dimensionless }]),
        ),
      },
      types: [],
      keys: [...Object.keys(type.parameters), 'v', ...gates],
      attributes: () => ({}),
      component: (wanted, valueOf) => this.#component(wanted, this.#membraneOf(valueOf, gates)),
    };
  }

  /**
   * Returns the rate of the potential over `v` and gates, with the given parameters and without synapses.
   *
   * @param free names that stay
   */
  #rate(
    valueOf: ValueOf,
    currents: ReadonlyMap<string, number> = new Map(),
    free: ReadonlyMap<string, number> = new Map(),
  ): LocalEquations {
    const { type, context } = this;
    const { responses } = this.#receptors;
    const state = Object.fromEntries(
      Object.entries(type.state).filter(([key]) => key !== 'v' && !responses.includes(key)),
    );
    const none = [...Object.keys(type.inputs), ...responses, ...this.#currents].map((key) => [key, 0] as const);
    const given = Object.keys(type.parameters).map((key) => [key, valueOf(key)] as const);
    const mechanism = { ...type, state, events: {}, density: true, reads: [], writes: {} };
    return new LocalEquations(mechanism, new Map([...given, ...none, ...currents]), [], context.functions, free);
  }

  #setCapacitance(numbers: ReadonlyMap<string, number>, known: number | undefined): void {
    const ofUnit = (unit: string): number | undefined => {
      const [only, ...others] = Object.keys(this.type.parameters).filter(
        (key) => this.type.parameters[key]?.unit === unit,
      );
      return only !== undefined && others.length === 0 ? numbers.get(only) : undefined;
    };
    const byArea = ofUnit('F*m**-2');
    if (byArea !== undefined) this.#specific = byArea;
    this.#capacitance = known ?? ofUnit('F') ?? this.#specific * (ofUnit('m**2') ?? usualArea);
  }

  get #area(): number {
    return this.#capacitance / this.#specific;
  }

  #membraneOf(valueOf: ValueOf, gates: readonly string[]): Membrane {
    const { type, context } = this;
    const keys = Object.keys(type.parameters).filter((key) => !this.#currents.includes(key));
    const key = JSON.stringify([...keys, 'v', ...gates].map((one) => valueOf(one)));
    const known = this.#membranes.get(key);
    if (known) return known;
    const equations = this.#rate(valueOf);
    const rateOfV = type.derivatives['v']?.rate ?? number(0);
    const rate = termsOf(equations.of(rateOfV)).reduce(sum);
    const start = valueOf('v');
    const initial = new Map(gates.map((gate) => [gate, valueOf(gate)] as const));
    // Synaptic responses and inputs are 0 here: only other conductances of 0 are channels.
    const found = conductancesOf(rate, equations.isState, context.functions).filter((one) => one.conductance !== 0);
    const present = [...found, ...this.#zeroConductances(rateOfV, valueOf)];
    const ids = new Ids();
    const densities = present.map((one) => {
      const conductance = { ...one, conductance: tidy(one.conductance * this.#specific) };
      const { owner, ion } = this.#nameOf(conductance, valueOf);
      const origin = { owner, equations, initial, v: start, pointer: child('/neurons', this.id) };
      const channel = this.#channels.channel(conductance, ion, origin);
      const density = densityElement(
        ids.claim(`${channel.id}_density`),
        channel.id,
        ion,
        conductance,
        {},
        context.dimensions,
      );
      return { element: density, channel };
    });
    const threshold = this.#thresholdOf(type.events['spike']?.when ?? boolean(false), valueOf);
    const made = { densities, threshold, start };
    this.#membranes.set(key, made);
    return made;
  }

  /** Returns the conductances of 0 in the rate of the potential that are neither synaptic responses nor inputs. */
  #zeroConductances(rate: Expression, valueOf: ValueOf): readonly Conductance[] {
    const { type, context } = this;
    const outside = [...Object.keys(type.inputs), ...this.#receptors.responses, ...this.#currents];
    const equations = this.#rate(valueOf, new Map(), new Map(outside.map((key) => [key, 0])));
    return termsOf(equations.of(rate)).flatMap((term) => {
      if (outside.some((key) => namesIn(term).has(key))) return [];
      try {
        return conductancesOf(term, equations.isState, context.functions).filter(
          ({ conductance }) => conductance === 0,
        );
      } catch (error) {
        // A term of a sum, such as g*E of g*E - g*v.
        if (error instanceof NotExpressible) return [];
        throw error;
      }
    });
  }

  #thresholdOf(when: Expression, valueOf: ValueOf): number {
    const numberOf = (name: string): number | undefined =>
      Object.hasOwn(this.type.parameters, name) ? valueOf(name) : undefined;
    const found = thresholdOf(when, numberOf, this.context.functions);
    if (found === undefined) throw new NotExpressible(`spikes where ${printExpression(when)}`);
    return found;
  }

  /** Returns the name of a channel and its ion, after the parameter with its reversal potential. */
  #nameOf({ gates, reversal }: Conductance, valueOf: ValueOf): { readonly owner: string; readonly ion: string } {
    if (gates.size === 0) return { owner: 'leak', ion: 'non_specific' };
    const { parameters } = this.type;
    const potential = Object.keys(parameters).find(
      (key) => parameters[key]?.unit === 'V' && typeof reversal === 'number' && near(valueOf(key), reversal),
    );
    const [ion] = /(na|k|ca)$/i.exec(potential ?? '') ?? [];
    return ion === undefined
      ? { owner: `channel_${[...gates.keys()].join('_')}`, ion: 'non_specific' }
      : { owner: ion.toLowerCase(), ion: ion.toLowerCase() };
  }

  /** Returns the sum of the currents that are parameters, in A. */
  #drive(cells: readonly ValueOf[]): Pick<NeuromlCell, 'drive'> {
    const [first] = cells;
    if (!first) return {};
    const rate = this.type.derivatives['v']?.rate ?? number(0);
    const rateWith = (current: ReadonlyMap<string, number>): number => {
      const equations = this.#rate(first, current);
      return evaluate(equations.of(rate), (name) => (name === 'v' ? -0.0612 : 0.37), this.context.functions);
    };
    const driven = this.#currents.flatMap((key): readonly Expression[] => {
      if (cells.every((valueOf) => valueOf(key) === 0)) return [];
      const unit = this.type.parameters[key]?.unit === 'A' ? 1 : this.#area;
      const slope = (rateWith(new Map([[key, 1e-9 / unit]])) - rateWith(new Map())) * 1e9 * this.#capacitance;
      return slope === 0 ? [] : [product(nameOf(key), number(tidy(slope * unit)))];
    });
    return driven.length === 0 ? {} : { drive: driven.reduce(sum) };
  }

  /** Writes a component, once for all cells with its membrane. */
  #component(wanted: string, membrane: Membrane): string {
    const { densities, threshold, start } = membrane;
    const { dimensions, ids } = this.context;
    const diameter = numberText(Number((1e6 * Math.sqrt(this.#area / Math.PI)).toPrecision(9)));
    const point = (tag: string): Element => element(tag, { x: '0', y: '0', z: '0', diameter });
    const make = (id: string): Element =>
      element('cell', { id }, [
        element('morphology', { id: `${id}_morphology` }, [
          element('segment', { id: '0', name: 'soma' }, [point('proximal'), point('distal')]),
        ]),
        element('biophysicalProperties', { id: `${id}_properties` }, [
          element('membraneProperties', {}, [
            ...densitiesInOrder(densities.map((density) => density.element)),
            element('spikeThresh', { value: quantityText(threshold, volt, dimensions) }),
            element('specificCapacitance', { value: quantityText(this.#specific, faradByArea, dimensions) }),
            element('initMembPotential', { value: quantityText(start, volt, dimensions) }),
          ]),
          // Of no effect in one segment, but jNeuroML fails without it.
          element('intracellularProperties', {}, [element('resistivity', { value: '0.1kohm_cm' })]),
        ]),
      ]);
    const all = this.populations.length > 1 ? `${this.id}_cell` : wanted;
    return this.written.once('components', all, make, ids);
  }

  #report({ when, refractory }: EventDefinition, { receptors }: NeuromlCell): void {
    const { report } = this.context;
    const pointer = child('/neurons', this.id);
    if ([...receptors.values()].some(({ kind }) => kind === 'conductance'))
      report.different(
        'lems/synapse-potential',
        pointer,
        'conductances act on the potential of the step before: synapses of LEMS see a copy of it',
      );
    if (refractory && refractory.while !== when)
      report.different('lems/spike-detection', pointer, 'spikes are upward crossings of the threshold');
    report.exact(pointer, 'cell, a sphere with its channels', 'lems/recognised');
  }
}

/** Returns the terms of a rate, of which each has the divisors and constant factors of sums that it is in. */
function termsOf(e: Expression): readonly Expression[] {
  return addendsOf(e).flatMap(({ sign, value }) => {
    const terms = multiplied(value);
    return sign === 1 ? terms : terms.map(negated);
  });
}

function multiplied(e: Expression): readonly Expression[] {
  if (e.kind !== 'binary' || (e.operator !== '/' && e.operator !== '*')) return [e];
  const { left, right } = e;
  if (namesIn(right).size === 0 && addendsOf(left).length > 1)
    return termsOf(left).map((term) => ({ ...e, left: term }));
  return e.operator === '*' && !isZero(left) && namesIn(left).size === 0 && addendsOf(right).length > 1
    ? termsOf(right).map((term) => ({ ...e, right: term }))
    : [e];
}

const isCurrent = (unit: string | undefined): boolean => unit === 'A' || unit === 'A*m**-2';

/** Checks whether a spike is the crossing of a threshold, rather than each step above it. */
const isCrossing = ({ edge, refractory, slot, actionSlot }: EventDefinition): boolean =>
  slot === undefined && actionSlot === undefined && (edge === 'rising' || refractory?.while !== undefined);
