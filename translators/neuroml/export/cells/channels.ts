/** Channels: the gates of a conductance, each channel once. */

import { siemens } from '../../../../src/lang/dimension.js';
import { name as nameOf } from '../../../../src/lang/build.js';
import { writtenBy } from '../../../../src/lang/walk.js';
import { printExpression } from '../../../../src/lang/print.js';
import { statementsIn } from '../../../../src/model/typed.js';
import type { ExportContext } from '../context.js';
import { extendedCell } from '../extended-cell.js';
import { numberText, quantityText } from '../text/quantity-text.js';
import { NotExpressible } from '../../../../src/library/not-expressible.js';
import type { NetworkOutput } from '../network-output.js';
import { element, type Element } from '../text/xml-text.js';
import type { LocalEquations } from '../../../../src/library/membrane/equations.js';
import { gateId, gateOf, instantGate, PotentialFunctions, type Gate } from './gates.js';
import type { Conductance } from '../../../../src/library/membrane/membrane.js';
import { schemeGate, type SchemeGate } from './scheme-gates.js';

/**
 * Differences of a gate's first value from its steady state that are rounding to three digits, relative to it, and that
 * pass within milliseconds.
 */
const [rounding, passing] = [1e-3, 0.05];

/** A written channel. */
export interface Channel {
  readonly id: string;
  /** Paths from it to state variables of its mechanism. */
  readonly paths: ReadonlyMap<string, string>;
}

/** Where a channel is from. */
interface Origin {
  readonly equations: LocalEquations;
  /** Names of component types begin with it. */
  readonly owner: string;
  /** Of state variables, in SI. */
  readonly initial: ReadonlyMap<string, number>;
  /** Potential at the start in V. */
  readonly v: number;
  /** To the mechanism. */
  readonly pointer: string;
}

/** Channels of cells. Equal ones of the same name are one component. */
export class Channels {
  readonly #functions: PotentialFunctions;
  /** Whether all cells with compartments have one temperature, which the network then has. */
  readonly #hasOneTemperature: boolean;

  constructor(
    private readonly written: NetworkOutput,
    private readonly context: ExportContext,
  ) {
    this.#functions = new PotentialFunctions(written, context);
    const cells = Object.values(context.model.neurons).flatMap(({ compartments }) => compartments ?? []);
    this.#hasOneTemperature = new Set(cells.map(({ temperature }) => temperature)).size <= 1;
  }

  /**
   * Returns a channel with the gates of a conductance.
   *
   * @throws NotExpressible
   */
  channel(conductance: Conductance, ion: string, origin: Origin): Channel {
    const { context, written } = this;
    const { open, reversal } = conductance;
    const { owner, equations } = origin;
    const attributes = {
      ...(ion === 'non_specific' ? {} : { species: ion }),
      conductance: quantityText(1e-11, siemens, context.dimensions),
    };
    const scheme = this.#scheme(conductance, origin);
    if (scheme) {
      const make = (id: string): Element => element('ionChannelKS', { id, ...attributes }, [scheme.element]);
      const id = written.once('components', owner, make, context.ids, typeof reversal);
      return { id, paths: new Map(scheme.states.map((state) => [state, `gate/${state}/occupancy`])) };
    }
    const gates = this.#gates(conductance, origin);
    const instant = open === null ? [] : [instantGate(open, 1, equations, this.#functions, owner)];
    const elements = gates.map((one) => this.#started(one, origin)).concat(instant);
    const make = (id: string): Element =>
      elements.length === 0
        ? element('ionChannel', { id, type: 'ionChannelPassive', ...attributes })
        : element('ionChannelHH', { id, ...attributes }, elements);
    // NEURON's channels either have a reversal potential or read the ion's.
    const id = written.once('components', owner, make, context.ids, typeof reversal);
    return { id, paths: new Map(gates.map(({ gate }) => [gate, `${gateId(gate)}/q`])) };
  }

  /** Reports a scheme that begins in more than its first state. */
  #remarkStart(state: string, first: number, pointer: string): void {
    if (1 - first > rounding)
      this.context.report.different(
        'lems/gate-start',
        `${pointer}/state/${state}`,
        `all channels begin in ${state}, as kinetic schemes of LEMS do, not ${Number(first.toPrecision(6))} of them`,
      );
  }

  /** Returns the kinetic scheme that alone opens a conductance. */
  #scheme({ gates, mixed, open }: Conductance, { owner, equations, initial, pointer }: Origin): SchemeGate | undefined {
    const [gate] = gates;
    if (open !== null || gates.size + mixed.length !== 1) return undefined;
    const factor = gate ? nameOf(gate[0]) : mixed[0];
    if (!factor) return undefined;
    const functions = this.#functions;
    const scheme = schemeGate(factor, gate?.[1] ?? 1, equations, initial, { functions, owner });
    for (const state of scheme?.states.slice(0, 1) ?? []) this.#remarkStart(state, initial.get(state) ?? 0, pointer);
    return scheme;
  }

  /**
   * Returns the gates of a conductance, which are powers of state variables with rates of their own.
   *
   * @throws NotExpressible for other gates: kinetic schemes, sums of gates, and gates that depend on conditions
   */
  #gates({ gates, mixed }: Conductance, { owner, equations }: Origin) {
    const functions = this.#functions;
    const changed = writtenBy(statementsIn(equations.type.events));
    if (mixed[0]) throw new NotExpressible(`a gate of several state variables: ${printExpression(mixed[0])}`);
    return [...gates].map(([gate, power]) => {
      if (changed.has(gate)) throw new NotExpressible(`a gate that a condition changes: ${gate}`);
      const made = gateOf(gate, power, equations, functions, { owner, hasTemperature: this.#hasOneTemperature });
      if (made?.isWarmed) this.written.temperature = equations.numbers.get('temperature');
      if (!made) throw new NotExpressible(`a gate that depends on other state variables: ${gate}`);
      return { gate, ...made };
    });
  }

  /**
   * Returns a gate that begins in its steady state if the model's nearly does, else one of a type with a first value.
   */
  #started({ gate, element: one, steady }: Gate & { readonly gate: string }, { initial, v, pointer }: Origin): Element {
    const first = initial.get(gate) ?? 0;
    const usual = steady(v);
    const { written, context } = this;
    if (Math.abs(first - usual) > passing) {
      const start = { variable: 'q', value: 'q0', parameters: ['q0'], dimension: 'none' };
      const extension = { starts: [start], startsApart: false, isFiring: false };
      const make = (name: string): Element => extendedCell(one.tag, name, extension) ?? element('ComponentType');
      const type = written.once('types', `${one.tag}_started`, make, context.ids);
      return { ...one, tag: 'gate', attributes: { ...one.attributes, type, q0: numberText(first) } };
    }
    if (Math.abs(first - usual) > rounding * usual)
      context.report.different(
        'lems/gate-start',
        `${pointer}/state/${gate}`,
        `${gate} begins in its steady state ${Number(usual.toPrecision(6))}, as gates of NeuroML do, ` +
          `not at ${Number(first.toPrecision(6))}`,
      );
    return one;
  }
}
