/** Channels: the gates of a conductance, each channel once. */

import { siemens } from '../../../../src/lang/dimension.js';
import type { Expression } from '../../../../src/lang/ast.js';
import { binary, integer, name as nameOf, product } from '../../../../src/lang/build.js';
import { parseStatements } from '../../../../src/lang/parse.js';
import { printExpression } from '../../../../src/lang/print.js';
import { namesIn, writtenBy } from '../../../../src/lang/walk.js';
import { UniqueNames } from '../../../../src/model/free-name.js';
import type { ExportContext } from '../context.js';
import { quantityText } from '../text/quantity-text.js';
import type { Written } from '../written.js';
import { element } from '../text/xml-text.js';
import { coupledGate, statesBehind, type CoupledGate, type Making } from './coupled-gates.js';
import type { LocalEquations } from './equations.js';
import { gateOf, instantGate, PotentialFunctions } from './gates.js';
import type { Conductance } from './membrane-current.js';

/** Relative difference of a gate's first value from its steady state that is rounding. */
const rounding = 1e-9;

/** A written channel. */
export interface Channel {
  readonly id: string;
  /** Paths from it to state variables of its mechanism. */
  readonly paths: ReadonlyMap<string, string>;
}

/** Where a channel is from. */
interface Origin extends Omit<Making, 'functions'> {
  /** Potential at the start in V. */
  readonly v: number;
  /** To the mechanism. */
  readonly pointer: string;
}

/** Channels of one cell. */
export class Channels {
  readonly #known = new Map<string, Channel>();
  readonly #gatesOf = new Map<string, CoupledGate>();
  readonly #functions: PotentialFunctions;

  constructor(
    private readonly written: Written,
    private readonly context: ExportContext,
  ) {
    this.#functions = new PotentialFunctions(written, context);
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
    const { single, coupled } = this.#gates(conductance, origin);
    const steady = [
      ...single.map((one) => [one.gate, one.steady] as const),
      ...coupled.flatMap((one) => [...one.steady]),
    ];
    for (const [gate, steadyAt] of steady) this.#remarkStart(gate, steadyAt(origin.v), origin);
    const instant = open === null ? [] : [instantGate(open, 1, equations, this.#functions, owner)];
    const elements = [...single, ...coupled].map((one) => one.element).concat(instant);
    // NEURON's channels either have a reversal potential or read the ion's.
    const key = JSON.stringify([owner, ion, typeof reversal === 'string', elements, open && printExpression(open)]);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const id = context.ids.claim(owner);
    const channel = {
      id,
      paths: new Map([
        ...single.map(({ gate }) => [gate, `${gate}/q`] as const),
        ...coupled.flatMap(({ paths }) => [...paths]),
      ]),
    };
    this.#known.set(key, channel);
    const attributes = {
      ...(ion === 'non_specific' ? {} : { species: ion }),
      conductance: quantityText(1e-11, siemens, context.dimensions),
    };
    const isScheme = coupled.length > 0 && coupled.length === elements.length && coupled.every(isOfScheme);
    written.components.push(
      elements.length === 0
        ? element('ionChannel', { id, type: 'ionChannelPassive', ...attributes })
        : element(isScheme ? 'ionChannelKS' : 'ionChannelHH', { id, ...attributes }, elements),
    );
    return channel;
  }

  /** Gates of one state variable, and of several that depend on each other or on conditions. */
  #gates({ gates, mixed, open }: Conductance, { owner, equations, initial }: Origin) {
    const functions = this.#functions;
    const byEvents = writtenBy(
      Object.values(equations.type.events ?? {}).flatMap((event) => event.do.flatMap(parseStatements)),
    );
    const single = [...gates].flatMap(([gate, power]) => {
      const made = byEvents.has(gate) ? undefined : gateOf(gate, power, equations, functions, owner);
      return made ? [{ gate, ...made }] : [];
    });
    const others = [...gates].filter(([gate]) => !single.some((one) => one.gate === gate));
    const values = [
      ...others.map(([gate, power]) => (power === 1 ? nameOf(gate) : binary('**', nameOf(gate), integer(power)))),
      ...mixed,
    ];
    const names = new UniqueNames([...gates.keys(), 'open', ...Object.keys(equations.type.state)]);
    const making: Making = { equations, functions, owner, initial };
    const each = apart(values, equations);
    const make = (inScheme: boolean): readonly CoupledGate[] =>
      each.map((value) => this.#coupled(names.take('gate'), value, making, inScheme));
    // Channels of kinetic schemes have no other gates.
    const first = make(single.length === 0 && open === null);
    const coupled = first.some(isOfScheme) && !first.every(isOfScheme) ? make(false) : first;
    return { single, coupled };
  }

  /** Returns the gate of a factor, which sections of equal values share. */
  #coupled(id: string, value: Expression, making: Making, inScheme: boolean): CoupledGate {
    const { equations, initial, owner } = making;
    const states = [...statesBehind(namesIn(value), equations)];
    const rates = states.map((name) => {
      const rate = equations.type.derivatives[name]?.rate;
      return [name, initial.get(name), rate === undefined ? null : printExpression(equations.of(rate))];
    });
    const key = JSON.stringify([id, inScheme, owner, printExpression(value), rates]);
    const known = this.#gatesOf.get(key);
    // Actions of events may read numbers of the section.
    if (known && Object.keys(equations.type.events ?? {}).length === 0) return known;
    const made = coupledGate(id, value, making, inScheme);
    this.#gatesOf.set(key, made);
    return made;
  }

  #remarkStart(gate: string, usual: number, { initial, pointer }: Origin): void {
    const first = initial.get(gate) ?? 0;
    if (Math.abs(first - usual) > rounding * Math.max(1, Math.abs(usual)))
      this.context.report.approximated(
        'lems/gate-start',
        `${pointer}/state/${gate}`,
        `${gate} begins in its steady state ${Number(usual.toPrecision(6))}, as gates of NeuroML do, ` +
          `not at ${Number(first.toPrecision(6))}`,
      );
  }
}

const isOfScheme = ({ kind }: CoupledGate): boolean => kind === 'scheme';

/** Products of the factors that depend on the same state variables. */
function apart(values: readonly Expression[], equations: LocalEquations): readonly Expression[] {
  const found: { states: ReadonlySet<string>; value: Expression }[] = [];
  for (const one of values) {
    let [states, value] = [statesBehind(namesIn(one), equations), one];
    for (const other of found.filter((group) => [...group.states].some((name) => states.has(name)))) {
      states = new Set([...states, ...other.states]);
      value = product(other.value, value);
      found.splice(found.indexOf(other), 1);
    }
    found.push({ states, value });
  }
  return found.map(({ value }) => value);
}
