/**
 * Which of PyNN's ion channels the mechanisms of a cell with compartments are: by the gates of their conductances,
 * whatever gates and parameters are called.
 */

import type { Expression } from '../../lang/ast.js';
import { difference, name as nameOf, number, product } from '../../lang/build.js';
import { NoNumber } from '../../lang/evaluate.js';
import { parseExpression } from '../../lang/parse.js';
import { printExpression } from '../../lang/print.js';
import { mapped } from '../../model/collections.js';
import {
  formula,
  formulaOf,
  type Compartments,
  type DataStore,
  type Mechanism,
  type NeuronType,
  type Section,
  type Value,
} from '../../model/typed.js';
import { conductancesOf } from '../membrane/conductances.js';
import { LocalEquations } from '../membrane/equations.js';
import { kineticsOf } from '../membrane/kinetics.js';
import { givenOn } from '../membrane/local-values.js';
import type { Conductance, MembraneMechanism } from '../membrane/membrane.js';
import { membraneOf } from '../membrane/membrane-of.js';
import { thresholdOf } from '../membrane/threshold.js';
import { NotExpressible } from '../not-expressible.js';
import { ionChannels, type IonChannel } from '../pynn/index.js';
import { somaOf, spikeThreshold, usualStart } from '../pynn/multi-compartment.js';
import { refuse, type Remark } from './cells/view.js';
import { hostFunctions, near, tidy } from './numbers.js';

/** A mechanism as one of PyNN's channels. */
export interface RecognisedChannel {
  /** As PyNN calls it. */
  readonly type: string;
  /** PyNN's names of its gates, by its own. */
  readonly gates: ReadonlyMap<string, string>;
  /** By section, in S/m**2. */
  readonly densities: ReadonlyMap<string, number>;
  /** By section, in V. */
  readonly reversals: ReadonlyMap<string, number>;
}

/** A cell with compartments in PyNN's terms. */
export interface RecognisedCompartments {
  /** By the names of their mechanisms. */
  readonly channels: Readonly<Record<string, RecognisedChannel>>;
  /** Of the inside of all sections, in ohm*m; absent: a single section without one. */
  readonly resistivity?: number;
  /** Differences from PyNN's cell. */
  readonly remarks: readonly Remark[];
}

/** Returns a cell as PyNN's `MultiCompartmentNeuron`, or a text with the reason why it is none. */
export function recogniseCompartments(type: NeuronType, data: DataStore): RecognisedCompartments | string {
  const { compartments } = type;
  try {
    if (compartments === undefined)
      return refuse(
        "it is a SpatialNeuron with equations of its own, which Brian has; PyNN's cells are made of channels",
      );
    if ([type.state, type.regimes, type.noise].some((part) => Object.keys(part).length > 0))
      return refuse('it has equations beside those of its mechanisms');
    const around = { data, functions: hostFunctions, startOf: () => usualStart * 1e-3 };
    const { mechanisms } = membraneOf(compartments, around);
    const channels = Object.entries(compartments.mechanisms).map(
      ([name, mechanism]) => [name, channelOf(name, mechanism, mechanisms.get(name), compartments)] as const,
    );
    return {
      channels: Object.fromEntries(channels),
      ...resistivityOf(compartments.sections),
      remarks: spikesOf(type, somaOf(compartments.sections)),
    };
  } catch (error) {
    if (error instanceof NotExpressible) return error.message;
    if (error instanceof NoNumber) return `it depends on ${error.message}: ${elsewhere}`;
    throw error;
  }
}

/** Notations with cells that PyNN lacks. */
const elsewhere = "PyNN's MultiCompartmentNeuron lacks it, NeuroML has it (--to neuroml)";

/** Returns the one resistivity of all sections; refuses shapes that PyNN has not. */
function resistivityOf(sections: Readonly<Record<string, Section>>): { readonly resistivity?: number } {
  const [first, ...others] = Object.entries(sections);
  for (const [name, { parent, points, length, initial, specificCapacitance: capacitance }] of Object.entries(
    sections,
  )) {
    if (points === undefined && length === undefined)
      refuse(`its section ${name} is given by a capacitance and a coupling, not by a shape; Dendrify's cells are`);
    if (parent !== undefined && parent.fraction !== 1)
      refuse(`its section ${name} begins at ${parent.fraction} of ${parent.section}, not at its end: ${elsewhere}`);
    if (initial !== undefined) refuse(`its section ${name} begins with a potential of its own`);
    if (capacitance === undefined) refuse(`its section ${name} has no specific capacitance`);
  }
  const { resistivity } = first?.[1] ?? {};
  const other = others.find(([, section]) => section.resistivity !== resistivity);
  if (other !== undefined)
    refuse(
      `its sections ${first?.[0]} and ${other[0]} differ in resistivity, and PyNN has one Ra for a cell: ${elsewhere}`,
    );
  return resistivity === undefined ? {} : { resistivity };
}

/** Returns differences of its spikes from those that PyNN detects. */
function spikesOf({ events }: NeuronType, soma: string): readonly Remark[] {
  const { spike, ...others } = events;
  const [other] = Object.keys(others);
  if (other !== undefined) refuse(`PyNN has no events other than spikes: ${other}`);
  if (spike === undefined) return [];
  if (spike.do.length > 0 || spike.refractory !== undefined)
    refuse('its spikes act on it; those of PyNN only cross a potential');
  const threshold = thresholdOf(spike.when, () => undefined, hostFunctions);
  if (threshold === undefined) return refuse(`PyNN has no cell that spikes where ${printExpression(spike.when)}`);
  const { section = soma, fraction = 0.5 } = spike;
  const isTheirs = near(threshold, spikeThreshold * 1e-3) && section === soma && fraction === 0.5;
  if (isTheirs && spike.edge === 'rising') return [];
  const own = `${spike.edge === 'rising' ? 'cross' : 'are above'} ${tidy(threshold * 1e3)} mV at ${section}(${fraction})`;
  const message = `its spikes ${own}; those of PyNN cross ${spikeThreshold} mV at ${soma}(0.5)`;
  return [{ verdict: 'different', code: 'spike-detection', message }];
}

// --- Channels -----------------------------------------------------------------------------------------------------

function channelOf(
  name: string,
  mechanism: Mechanism,
  { places = [], reason }: Partial<MembraneMechanism> = {},
  compartments: Compartments,
): RecognisedChannel {
  const { writes, density, events = {}, noise } = mechanism;
  const pool = Object.keys(writes).find((key) => !/^i(_|$)/.test(key));
  if (pool !== undefined) refuse(`its mechanism ${name} changes ${pool}: ${elsewhere}`);
  if (Object.keys(writes).length !== 1 || Object.keys(events).length + noise.length > 0 || !density)
    refuse(`its mechanism ${name} is not the current of a channel: ${elsewhere}`);
  const read = mechanism.reads.find((one) => !isNumber(one, compartments));
  if (read !== undefined) refuse(`its mechanism ${name} depends on ${read}, which is no number: ${elsewhere}`);
  const none = `its mechanism ${name} is none of ${Object.keys(ionChannels).join(', ')}`;
  if (reason !== undefined) refuse(`${none}, with ${reason}: ${elsewhere}`);
  const [densities, reversals] = [new Map<string, number>(), new Map<string, number>()];
  let found: Pick<RecognisedChannel, 'type' | 'gates'> | undefined;
  for (const { section, equations, currents } of places) {
    const [conductance, ...others] = currents.flatMap(({ conductances }) => conductances);
    if (conductance?.conductance === 0) continue;
    const firsts = givenOn(mechanism, section, compartments);
    const like = others.length === 0 && conductance && channelLike(conductance, equations, firsts);
    if (!conductance || !like || typeof conductance.reversal === 'string')
      return refuse(`${none} by its rates and its current: ${elsewhere}`);
    found = like;
    densities.set(section, given(conductance.conductance, equations.numbers));
    reversals.set(section, given(conductance.reversal, equations.numbers));
  }
  return found === undefined ? refuse(`its mechanism ${name} has no conductance`) : { ...found, densities, reversals };
}

/** Checks whether a variable at a place is the potential, or has one number in PyNN's cells. */
const isNumber = (read: string, { ions, temperature }: Compartments): boolean =>
  read === 'v' ||
  (read === 'temperature'
    ? temperature !== undefined
    : typeof ions[/^e_(\w+)/.exec(read)?.[1] ?? '']?.reversal === 'number');

/** Returns a solved number as the parameter that it is, with its digits. */
const given = (solved: number, numbers: ReadonlyMap<string, number>): number =>
  [...numbers.values()].find((one) => near(one, solved)) ?? tidy(Number(solved.toPrecision(12)));

/** Potentials in V at which rates are compared: texts differ of what is one function. */
const potentials = Array.from({ length: 16 }, (_, k) => -0.1003 + 0.0097 * k);

/** Returns the gates of a channel of PyNN. */
function gatesOf({ equations: { state = {}, derived = {}, derivatives = {}, open } }: IonChannel) {
  const code = (text: string): Expression => parseExpression(text);
  const mechanism: Mechanism = {
    ...{ parameters: {}, noise: [], method: 'auto', density: true, reads: ['v'], writes: {} },
    state: mapped(state, (first) => ({ unit: '1', type: 'real', shared: false, initial: formula(code(first)) })),
    derived: mapped(derived, ({ unit, value }) => ({
      ...{ unit, type: 'real', shared: false, held: false },
      value: code(value),
    })),
    derivatives: mapped(derivatives, (rate) => ({ rate: code(rate), eventDriven: false })),
  };
  const equations = new LocalEquations(mechanism, new Map(), [], hostFunctions);
  const current = product(code(open || '1'), difference(number(0), nameOf('v')));
  const [conductance] = conductancesOf(equations.of(current), equations.isState, hostFunctions);
  return conductance ? curvesOf(conductance, equations, {}) : [];
}

/** Returns the gates of a conductance, with their rates at each of the potentials. */
const curvesOf = ({ gates }: Conductance, equations: LocalEquations, firsts: Readonly<Record<string, Value>>) =>
  [...gates].map(([gate, power]) => ({ gate, power, ...curveOf(gate, equations, firsts) }));

/** Returns the rates of a gate, and its first value, at each of the potentials; nothing if it depends on more. */
function curveOf(gate: string, equations: LocalEquations, firsts: Readonly<Record<string, Value>>) {
  const kinetics = kineticsOf(gate, equations);
  const first = firsts[gate] ?? equations.type.state[gate]?.initial ?? 0;
  const start = typeof first === 'number' ? number(first) : formulaOf(first);
  if (!kinetics || !start) return {};
  const each = (e: Expression): readonly number[] => potentials.map(equations.atPotential(e));
  return { rates: [kinetics.opening, kinetics.leaving].flatMap(each), starts: each(equations.of(start)) };
}

/** Returns PyNN's channel with the gates of a conductance; undefined if there is none. */
function channelLike(
  conductance: Conductance,
  equations: LocalEquations,
  firsts: Readonly<Record<string, Value>>,
): Pick<RecognisedChannel, 'type' | 'gates'> | undefined {
  const { gates, mixed, open } = conductance;
  const others = Object.keys(equations.type.state).filter((name) => !gates.has(name));
  if (mixed.length + others.length > 0 || open !== null) return undefined;
  const own = curvesOf(conductance, equations, firsts);
  const isAlike = (a: readonly number[] = [], b: readonly number[] = [], scale = 0): boolean =>
    a.length > 0 && a.every((x, k) => near(x, b[k] ?? NaN, scale));
  for (const [type, channel] of Object.entries(ionChannels)) {
    const theirs = gatesOf(channel);
    const names = own.flatMap(({ gate, power, rates, starts }) => {
      const like = theirs.find(
        (one) => one.power === power && isAlike(rates, one.rates, 1e3) && isAlike(starts, one.starts),
      );
      return like ? [[gate, like.gate] as const] : [];
    });
    if (names.length === own.length && own.length === theirs.length) return { type, gates: new Map(names) };
  }
  return undefined;
}
