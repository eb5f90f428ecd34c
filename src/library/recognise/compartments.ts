/**
 * Which of PyNN's ion channels the mechanisms of a cell with compartments are: by currents and rates at random points,
 * whatever their gates and parameters are called. Conductances and reversal potentials are solved for in each section.
 */

import { name as nameOf, number } from '../../lang/build.js';
import { NotExpressible } from '../not-expressible.js';
import { NoNumber } from '../../lang/evaluate.js';
import { parseExpression } from '../../lang/parse.js';
import { printExpression } from '../../lang/print.js';
import { mapped } from '../../model/collections.js';
import { sectionsOn, standsFor } from '../../model/compartment-tree.js';
import { noNames, ownNames } from '../../model/declared-names.js';
import {
  formulaOf,
  type Compartments,
  type DataStore,
  type Mechanism,
  type NeuronType,
  type Section,
} from '../../model/typed.js';
import { ionChannels, type IonChannel } from '../pynn/index.js';
import { somaOf, spikeThreshold } from '../pynn/multi-compartment.js';
import { refuse, type Remark } from './cells/view.js';
import { reader } from './cells/verify.js';
import { constantOf, near, plain, sequence, tidy } from './numbers.js';
import { environmentOf } from './values.js';

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
    const channels = Object.entries(compartments.mechanisms).map(
      ([name, mechanism]) => [name, channelOf(name, mechanism, compartments, data)] as const,
    );
    return {
      channels: Object.fromEntries(channels),
      ...resistivityOf(compartments.sections),
      remarks: spikesOf(type, somaOf(compartments.sections)),
    };
  } catch (error) {
    if (error instanceof NotExpressible) return error.message;
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
  const { when } = spike;
  const crossing =
    when.kind === 'binary' && when.operator.startsWith('>') && when.left.kind === 'name' && when.left.name === 'v';
  const threshold = crossing ? constantOf(plain(when.right, noNames)) : undefined;
  if (threshold === undefined) return refuse(`PyNN has no cell that spikes where ${printExpression(when)}`);
  const { section = soma, fraction = 0.5 } = spike;
  const isTheirs = near(threshold, spikeThreshold * 1e-3) && section === soma && fraction === 0.5;
  if (isTheirs && spike.edge === 'rising') return [];
  const own = `${spike.edge === 'rising' ? 'cross' : 'are above'} ${tidy(threshold * 1e3)} mV at ${section}(${fraction})`;
  const message = `its spikes ${own}; those of PyNN cross ${spikeThreshold} mV at ${soma}(0.5)`;
  return [{ verdict: 'different', code: 'spike-detection', message }];
}

// --- Channels -----------------------------------------------------------------------------------------------------

/** Values by name. */
type Point = ReadonlyMap<string, number>;

function channelOf(name: string, mechanism: Mechanism, compartments: Compartments, data: DataStore): RecognisedChannel {
  const { writes, parameters, state, derived, derivatives, density, values = {} } = mechanism;
  const [[written, flow] = ['', nameOf('none')] as const, ...more] = Object.entries(writes);
  const pool = [written, ...more.map(([key]) => key)].find((key) => !/^i(_|$)/.test(key));
  if (pool !== undefined) refuse(`its mechanism ${name} changes ${pool}: ${elsewhere}`);
  const acts = [mechanism.events ?? {}, mechanism.noise].some((part) => Object.keys(part).length > 0);
  if (more.length > 0 || acts || !density)
    refuse(`its mechanism ${name} is not the current of a channel: ${elsewhere}`);
  const read = reader(derived, ownNames(mechanism));
  const states = Object.keys(state);
  const [densities, reversals] = [new Map<string, number>(), new Map<string, number>()];
  let found: Pick<RecognisedChannel, 'type' | 'gates'> | undefined;
  for (const section of sectionsOn(mechanism.on, compartments)) {
    const usual = Object.entries({ ...parameters }).map(([key, one]) => [key, one.value] as const);
    const own = Object.entries(values).flatMap(([place, some]) =>
      standsFor(place, section, compartments) ? Object.entries(some) : [],
    );
    const { numbers } = environmentOf(Object.fromEntries([...usual, ...own]), data);
    const firsts = Object.fromEntries(own.filter(([key]) => Object.hasOwn(state, key)));
    const around = [...numbers, ...surroundings(compartments)].filter(([key]) => !Object.hasOwn(state, key));
    const at = (point: Iterable<readonly [string, number]>): Point => new Map([...around, ...point]);
    try {
      const current = (v: number, open: number): number =>
        read(flow, at([['v', v], ...states.map((gate) => [gate, open] as const)]));
      const slope = (current(0, 1) - current(-0.1, 1)) / -0.1;
      const [g, e] = [slope, current(0, 1) / slope].map((solved) => given(solved, numbers)) as [number, number];
      const rates = (key: string, point: Point): number => read(derivatives[key]?.rate ?? nameOf('none'), at(point));
      const start = (key: string, v: number): number => {
        const first = firsts[key] ?? state[key]?.initial ?? 0;
        const e = typeof first === 'number' ? number(first) : (formulaOf(first) ?? nameOf(`a_list_of_${key}`));
        return read(e, at([['v', v]]));
      };
      const own = { states, rates, start, current: (point: Point) => read(flow, at(point)) };
      if (g === 0) continue;
      found =
        channelLike(own, g, e) ??
        refuse(
          `its mechanism ${name} is none of ${Object.keys(ionChannels).join(', ')} by its rates and its current: ${elsewhere}`,
        );
      densities.set(section, g);
      reversals.set(section, e);
    } catch (error) {
      if (!(error instanceof NoNumber)) throw error;
      refuse(`its mechanism ${name} depends on ${error.message}, which is no number on ${section}: ${elsewhere}`);
    }
  }
  return found === undefined ? refuse(`its mechanism ${name} has no conductance`) : { ...found, densities, reversals };
}

/** What mechanisms read of the cell that does not change. */
const surroundings = ({ ions, temperature }: Compartments): readonly (readonly [string, number])[] => [
  ...(temperature === undefined ? [] : [['temperature', temperature] as const]),
  ...Object.entries(ions).flatMap(([ion, { reversal }]) =>
    typeof reversal === 'number' ? [[`e_${ion}`, reversal] as const] : [],
  ),
];

/** Returns a solved number as the parameter that it is, with its digits. */
const given = (solved: number, numbers: Point): number =>
  [...numbers.values()].find((one) => near(one, solved)) ?? tidy(Number(solved.toPrecision(12)));

/** The functions of a mechanism with conductance per area. */
interface Functions {
  readonly states: readonly string[];
  readonly rates: (state: string, point: Point) => number;
  readonly start: (state: string, v: number) => number;
  readonly current: (point: Point) => number;
}

/** Returns PyNN's channel with the gates of a mechanism; undefined if there is none. */
function channelLike(
  { states, rates, start, current }: Functions,
  g: number,
  e: number,
): Pick<RecognisedChannel, 'type' | 'gates'> | undefined {
  const random = sequence(20261128);
  const orders = states.length === 2 ? [states, [...states].reverse()] : [states];
  const points = Array.from({ length: 8 }, () => ({ v: -0.1 + 0.15 * random(), open: [random(), random()] }));
  const isLike = ({ equations }: IonChannel, order: readonly string[]): boolean => {
    const { open, derived = {}, derivatives = {}, state = {} } = equations;
    const gates = Object.keys(state);
    const parsed = (texts: Readonly<Record<string, string>>) => mapped(texts, (text) => parseExpression(text));
    const [rateOf, firstOf, { share: opening }] = [parsed(derivatives), parsed(state), parsed({ share: open || '1' })];
    const formulas = mapped(derived, ({ value }) => ({ value: parseExpression(value) }));
    const theirs = reader(formulas, new Set([...gates, ...Object.keys(derived)]));
    return points.every(({ v, open: values }) => {
      const own = new Map([['v', v], ...order.map((gate, k) => [gate, values[k] ?? 0] as const)]);
      const other = new Map([['v', v], ...gates.map((gate, k) => [gate, values[k] ?? 0] as const)]);
      const share = theirs(opening ?? number(1), other);
      return (
        near(current(own), g * share * (e - v), Math.abs(0.1 * g)) &&
        gates.every((gate, k) => {
          const [mine = ''] = [order[k]];
          return (
            near(rates(mine, own), theirs(rateOf[gate] ?? number(NaN), other), 1e3) &&
            near(start(mine, v), theirs(firstOf[gate] ?? number(NaN), other))
          );
        })
      );
    });
  };
  for (const [type, channel] of Object.entries(ionChannels)) {
    const gates = Object.keys(channel.equations.state ?? {});
    const order = gates.length === states.length ? orders.find((one) => isLike(channel, one)) : undefined;
    if (order !== undefined) return { type, gates: new Map(order.map((gate, k) => [gate, gates[k] ?? ''])) };
  }
  return undefined;
}
