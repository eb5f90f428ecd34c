/**
 * Recognises types as standard cells: equates coefficients of the rates of a type and of a membrane, which gives the
 * parameters of the standard cell.
 */

import type { Expression } from '../../../lang/ast.js';
import { call, difference, name as nameOf, negated, number, product, quotient } from '../../../lang/build.js';
import { printExpression } from '../../../lang/print.js';
import type { EventDefinition, NeuronType } from '../../../model/typed.js';
import { constantOf, everywhere, fold, near, plain } from '../numbers.js';
import { keyOf, polynomialOf, type Polynomial } from '../polynomial.js';
import { typedCell } from '../../normalised.js';
import type { StandardCell } from '../../standard-type.js';
import { withNumbers } from '../values.js';
import type { Membrane } from './membranes.js';
import { responsesOf, wireAny, type Wired } from './responses.js';
import { holds, solved, type Equation } from './solve.js';
import { refractoryPeriod, spikingOf, type Spiking } from './spiking.js';
import {
  coefficient,
  inverse,
  isNought,
  type Port,
  refuse,
  slopeOf,
  zero,
  type CellUse,
  type RecognisedCell,
  type Remark,
  type View,
} from './view.js';

/** A type in parts that cells are made of: a membrane with variables of its own, and its inputs. */
export interface Anatomy {
  readonly view: View;
  readonly type: NeuronType;
  readonly use: CellUse;
  readonly spike: EventDefinition | undefined;
  readonly spiking: Spiking | undefined;
  /** Variables other than the potential that follow it, or that a spike changes. */
  readonly own: readonly string[];
  readonly wired: Wired;
  /** Rate of the potential without inputs. */
  readonly rate: Polynomial;
  /** An exponential of the potential in its rate: strength*exp((v - at)/slope). */
  readonly exponential: Exponential | undefined;
}

interface Exponential {
  readonly slope: Expression;
  readonly at: Expression;
  readonly strength: Expression;
}

/** Takes a type apart. */
export function anatomyOf(type: NeuronType, view: View, use: CellUse): Anatomy {
  const whole = view.polynomials.get(view.v) ?? refuse(`${view.v} has no rate`);
  const spike = type.events['spike'];
  const exponential = exponentialOf(view, whole);
  const spiking = spike && spikingOf(view, spike);
  const [own, flowing] = [new Set<string>(), new Set(Object.keys(type.inputs))];
  for (const [name, { terms }] of view.polynomials) {
    if (name === view.v) continue;
    const followsV = [...terms.keys()].some((key) => key.split('*').includes(view.v)) || hasAtoms(view, name);
    (followsV || spiking?.jumps.has(name) === true ? own : flowing).add(name);
  }
  const responses = responsesOf(
    view,
    [...view.polynomials.keys()].filter((name) => flowing.has(name)),
  );
  const wired = wireAny(view, type, use, responses);
  const flows = (key: string): boolean => {
    const names = key.split('*');
    return names.some((name) => flowing.has(name)) && names.every((name) => flowing.has(name) || name === view.v);
  };
  const rate = {
    ...whole,
    terms: new Map([...whole.terms].filter(([key]) => !flows(key) && !whole.atoms.has(key))),
  };
  const found = { view, type, use, spike, spiking, own: [...own], rate, exponential };
  const entered = use.signs.get(view.v);
  if (entered === undefined || entered.size === 0) return { ...found, wired };
  if (wired.family !== 'none' || wired.receptors) refuse(`synapses act on ${view.v} and on another of its variables`);
  const port: Port = { kind: 'voltage', positive: 'v', negative: 'v', factor: view.volts };
  return { ...found, wired: { ...wired, family: 'delta', ports: new Map([[view.v, port]]) } };
}

const hasAtoms = ({ polynomials }: View, name: string): boolean => (polynomials.get(name)?.atoms.size ?? 0) > 0;

function exponentialOf(view: View, { terms, atoms }: Polynomial): Exponential | undefined {
  const [[key, e] = ['', zero]] = atoms;
  if (atoms.size === 0) return undefined;
  if (atoms.size > 1 || e.kind !== 'call' || e.function !== 'exp' || !terms.has(key))
    return refuse(`PyNN has no cell with ${[...atoms.values()].map(shortly).join(', ')} in the rate of its potential`);
  const argument = polynomialOf(e.arguments[0] ?? zero, view.names);
  if ([...argument.terms.keys()].some((one) => one !== '' && one !== view.v))
    return refuse('the exponential in its rate depends on more than the potential');
  const slope = inverse(coefficient(argument, view.v));
  return { slope, at: fold(negated(product(coefficient(argument), slope))), strength: terms.get(key) ?? zero };
}

/** Returns the text of an expression, cut if it is long. */
function shortly(e: Expression): string {
  const text = printExpression(e);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

/** Returns the highest power of a product in a rate, without powers in exponentials. */
const degreeOf = (terms: Polynomial['terms']): number =>
  [...terms.keys()].reduce((most, key) => Math.max(most, key === '' ? 0 : key.split('*').length), 0);

const polynomials = new WeakMap<Membrane, ReadonlyMap<string, Polynomial>>();

/** Returns rates of a membrane as polynomials in its variables. */
function formOf(membrane: Membrane): ReadonlyMap<string, Polynomial> {
  const known = polynomials.get(membrane);
  if (known) return known;
  const variables = new Set(Object.keys(membrane.rates));
  // A name is a unit if no parameter of a membrane has it.
  const units = new Set(['ms', 's', 'mV', 'pF']);
  const made = new Map(
    Object.entries(membrane.rates).flatMap(([name, rate]) =>
      rate === undefined
        ? []
        : [[name, polynomialOf(plain(rate, { has: (one) => !units.has(one) }), variables)] as const],
    ),
  );
  polynomials.set(membrane, made);
  return made;
}

/** Checks whether a type has as many variables and such a rate as a membrane. */
export function fits(membrane: Membrane, { own, rate, exponential, view, type }: Anatomy): boolean {
  const [v = '', ...others] = Object.keys(membrane.rates);
  const isFit =
    own.length === others.length ||
    (membrane.exponential !== undefined && own.length === 0 && exponential !== undefined);
  const isPure = type.state[view.v]?.unit === '1';
  const isDrivenPurely =
    Object.values(type.inputs).every(({ unit }) => unit === '1') && own.every((name) => type.state[name]?.unit !== 'A');
  return (
    isFit &&
    (membrane.exponential !== undefined || exponential === undefined) &&
    (membrane.isPure === undefined || isPure) &&
    (membrane.isPurelyDriven === undefined || isDrivenPurely) &&
    degreeOf(rate.terms) === degreeOf(formOf(membrane).get(v)?.terms ?? new Map())
  );
}

const scaleOf = (variable: string): string => `${variable} scale`;

/** Returns a type as the standard cell with a membrane; rejects differences. */
export function matched(membrane: Membrane, anatomy: Anatomy): RecognisedCell {
  const [v = '', ...others] = Object.keys(membrane.rates);
  const couplings = (terms: Polynomial['terms'], names: ReadonlyMap<string, string>): string =>
    [...terms.keys()]
      .flatMap((key) => (key.includes('*') ? [renamed(key, names)] : []))
      .sort()
      .join();
  const orders = permutations(anatomy.own).map(
    (order) => new Map([[anatomy.view.v, v], ...order.map((name, k) => [name, others[k] ?? ''] as const)]),
  );
  const wanted = couplings(formOf(membrane).get(v)?.terms ?? new Map(), new Map());
  const names = orders.find((one) => couplings(anatomy.rate.terms, one) === wanted) ?? orders[0] ?? new Map();
  return named(membrane, anatomy, names);
}

/** @param names  the membrane's variables by the type's variables */
function named(membrane: Membrane, anatomy: Anatomy, names: ReadonlyMap<string, string>): RecognisedCell {
  const { view, type, use, wired, rate } = anatomy;
  const standard = membrane.cell(wired);
  const [v = ''] = names.values();
  const theirs = new Map([...names].map(([own, other]) => [other, own] as const));
  const [constant, leak] = [coefficient(rate), coefficient(rate, view.v)];
  if (membrane.rest !== undefined && isNought(leak)) refuse('its potential does not leak');
  const equations = [
    ...[...formOf(membrane)].flatMap(([variable, form]) => {
      const own = theirs.get(variable);
      const rates = own === view.v ? rate : view.polynomials.get(own ?? '');
      return rates === undefined ? [] : coefficientsOf(variable, form, rates, names);
    }),
    ...spikeEquations(membrane, anatomy, names),
  ];
  const library = typedCell(standard);
  const unitOf = (variable: string): string | undefined => type.state[theirs.get(variable) ?? '']?.unit;
  const isCurrent = membrane.current !== undefined && unitOf(membrane.current) === 'A';
  const same = [...theirs.keys()].filter(
    (one) =>
      one !== v &&
      ((unitOf(one) === '1' && library?.state[one]?.unit === '1') || (isCurrent && one === membrane.current)),
  );
  const known = new Map<string, Expression>([
    [scaleOf(v), number(membrane.isPure ? 1e3 : 1)],
    ...same.map((one) => [scaleOf(one), number(1)] as const),
    ...(isCurrent ? [] : [['cm', wired.cm] as const]),
    ...(Object.hasOwn(membrane.rates, 'w') && !theirs.has('w') ? ['a', 'b'].map((one) => [one, zero] as const) : []),
    ...exponentialParameters(membrane, anatomy, leak),
    ...Object.entries(membrane.others?.(view, theirs) ?? {}),
  ]);
  const { rest, offset } = splitCurrent(view, type, use, constant, leak, wired.cm);
  const starts =
    membrane.rest === undefined ? [known] : [new Map([...known, [membrane.rest, rest], ['i_offset', offset]]), known];
  const unknowns = new Set([
    ...Object.keys(standard.neuron.parameters ?? {}),
    ...namesOfSpikes(membrane),
    ...[...theirs.keys()].map(scaleOf),
  ]);
  const [values] = starts.flatMap((start) => {
    const found = solved(equations, unknowns, start);
    return equations.every((equation) => holds(equation, found)) ? [found] : [];
  });
  if (values === undefined) return refuse(`its rates are not those of ${standard.name}`);
  if (isCurrent && wired.isKnown && !near(everywhere(quotient(values.get('cm') ?? zero, wired.cm)) ?? NaN, 1))
    refuse('its currents are no currents of its capacitance');
  return described(membrane, anatomy, standard, names, values);
}

/** Returns the results of a match, by the names of the standard cell. */
function described(
  membrane: Membrane,
  { view, wired, spike, spiking, rate }: Anatomy,
  standard: StandardCell,
  names: ReadonlyMap<string, string>,
  values: ReadonlyMap<string, Expression>,
): RecognisedCell {
  const parameters: Record<string, Expression> = { ...wired.parameters };
  for (const name of Object.keys(standard.neuron.parameters ?? {})) {
    const value = values.get(name);
    if (value !== undefined) parameters[name] = value;
  }
  const unsaid: Readonly<Record<string, Expression | undefined>> = {
    ...(spike === undefined && membrane.rest !== undefined ? { v_reset: values.get(membrane.rest) } : {}),
    // NEST has alpha and beta functions with its adaptive exponential membrane only.
    ...(Object.hasOwn(parameters, 'v_spike') || standard.neuron.parameters?.['v_spike'] === undefined
      ? {}
      : { a: zero, b: zero, delta_T: zero, v_spike: parameters['v_thresh'] }),
  };
  for (const [name, value] of Object.entries(unsaid))
    if (value && standard.neuron.parameters?.[name] !== undefined) parameters[name] = value;
  // The remainder of a constant by rounding is not a current.
  const whole = everywhere(product(coefficient(rate), parameters['cm'] ?? number(1e-12)));
  const offset = constantOf(parameters['i_offset'] ?? zero);
  if (whole !== undefined && offset !== undefined && Math.abs(offset) <= 1e-9 * Math.abs(whole))
    parameters['i_offset'] = zero;
  const scaled = ([own, name]: readonly [string, string]): readonly [
    string,
    { readonly name: string; readonly factor: number },
  ] => {
    const scale =
      everywhere(values.get(scaleOf(name)) ?? zero) ?? refuse(`its ${own} has a different scale in each cell`);
    return [own, { name, factor: own === view.v ? view.volts * scale : scale }];
  };
  const steps = wired.family === 'none' && Object.values(standard.receptors).some(({ kind }) => kind === 'voltage');
  const port: Port = { kind: 'voltage', positive: 'v', negative: 'v', factor: view.volts };
  const { alike } = membrane;
  return {
    standard,
    parameters,
    variables: new Map([...[...names].map(scaled), ...wired.variables]),
    ports: steps ? new Map([[view.v, port]]) : wired.ports,
    remarks: remarksOn(membrane, spike, spiking),
    ...(alike !== undefined && wired.family === 'none' && wired.receptors === undefined
      ? {
          others: `${alike.join(', ')} would be the same, since no synapses reach it; the first in PyNN's list is taken`,
        }
      : {}),
  };
}

/** A threshold that no cell reaches, in V. */
const neverReached = 1e3;

const namesOfSpikes = ({ spike }: Membrane): readonly string[] =>
  spike === undefined
    ? []
    : [spike.threshold, spike.reset, spike.refractory ?? '', ...Object.values(spike.jumps ?? {})];

function spikeEquations(
  membrane: Membrane,
  { view, use, spike: event, spiking }: Anatomy,
  names: ReadonlyMap<string, string>,
): readonly Equation[] {
  const { spike, crossing } = membrane;
  if (spike === undefined) {
    if (event !== undefined && crossing === undefined) refuse('it spikes');
    if (spiking && (spiking.reset !== undefined || spiking.jumps.size > 0))
      refuse("PyNN's Hodgkin–Huxley cells have no reset");
    return [];
  }
  if (event === undefined || spiking === undefined) {
    if (spike.isOptional !== true) refuse('it has no threshold');
    const held: readonly Equation[] = spike.refractory === undefined ? [] : [[nameOf(spike.refractory), zero]];
    return [[nameOf(spike.threshold), number(neverReached)], ...held];
  }
  const odd = [...spiking.jumps.keys()].filter((own) => spike.jumps?.[names.get(own) ?? ''] === undefined);
  if (odd.length > 0) refuse(`a spike changes ${odd.join(', ')}`);
  const period = refractoryPeriod(view, event, use);
  if (spike.refractory === undefined && !isNought(period)) refuse("Izhikevich's cells are not refractory");
  return [
    [nameOf(spike.threshold), spiking.threshold],
    [nameOf(spike.reset), spiking.reset ?? refuse('its potential is not reset after a spike')],
    ...(spike.refractory === undefined ? [] : [[nameOf(spike.refractory), period] as const]),
    ...[...names].flatMap(([own, other]): readonly Equation[] => {
      const jump = spike.jumps?.[other];
      return jump === undefined
        ? []
        : [[quotient(nameOf(jump), nameOf(scaleOf(other))), spiking.jumps.get(own) ?? zero]];
    }),
  ];
}

function remarksOn(
  { spike, crossing }: Membrane,
  event: EventDefinition | undefined,
  spiking: Spiking | undefined,
): readonly Remark[] {
  if (spike !== undefined && event === undefined)
    return [
      {
        verdict: 'convention',
        code: 'never-spikes',
        message: `it has no threshold; that of the PyNN cell, ${neverReached} V, is never reached`,
      },
    ];
  if (crossing === undefined || event === undefined) return [];
  const millivolts = 1e3 * (constantOf(spiking?.threshold ?? zero) ?? 0);
  const crosses = event.edge === 'rising';
  return millivolts === 1e3 * crossing && crosses
    ? []
    : [
        {
          verdict: 'different',
          code: 'spike-detection',
          message:
            `a spike is counted where v exceeds ${millivolts} mV${crosses ? '' : ', again after the refractory time'}; ` +
            'PyNN counts upward crossings of 0 mV',
        },
      ];
}

/**
 * Returns slope and threshold of an exponential strength*exp((v - at)/slope) = slope/tau*exp((v - threshold)/slope).
 */
function exponentialParameters(
  { exponential: names }: Membrane,
  { exponential, spiking }: Anatomy,
  leak: Expression,
): readonly (readonly [string, Expression])[] {
  if (names === undefined) return [];
  if (exponential === undefined)
    return [
      [names.slope, zero],
      [names.threshold, spiking?.threshold ?? number(neverReached)],
    ];
  const { at, slope, strength } = exponential;
  const ratio = quotient(product(strength, fold(negated(inverse(leak)))), slope);
  const known = everywhere(ratio);
  const shift = known === undefined ? call('log', [ratio]) : number(Math.log(known));
  const threshold = known !== undefined && near(known, 1) ? at : fold(difference(at, product(slope, shift)));
  return [
    [names.slope, slope],
    [names.threshold, threshold],
  ];
}

/** Returns resting potential and constant current from the constant part of a rate. */
function splitCurrent(
  view: View,
  type: NeuronType,
  { environment }: CellUse,
  constant: Expression,
  leak: Expression,
  cm: Expression,
): { readonly rest: Expression; readonly offset: Expression } {
  for (const [name, { unit }] of Object.entries(type.parameters)) {
    const value = environment.numbers.get(name);
    // NeuroML has PyNN's cells with numbers of PyNN's units.
    const scale = unit === 'A' ? 1 : name === 'i_offset' && unit === '1' ? 1e-9 : undefined;
    if (scale === undefined || (value === undefined && !environment.varying.has(name))) continue;
    const slope = slopeOf(type, view, name);
    if (slope === undefined || !near((everywhere(product(slope, cm)) ?? 0) / scale, 1)) continue;
    const current: Expression = value === undefined ? nameOf(name) : number(value);
    const without = fold(withNumbers(difference(constant, product(slope, current)), new Map([[name, 0]])));
    const rest = fold(negated(quotient(without, leak)));
    const known = everywhere(rest);
    if (known !== undefined || value === undefined)
      return { rest: known === undefined ? rest : number(known + 0), offset: fold(product(current, number(scale))) };
  }
  return { rest: fold(negated(quotient(constant, leak))), offset: zero };
}

const permutations = (names: readonly string[]): readonly (readonly string[])[] =>
  names.length <= 1
    ? [names]
    : names.flatMap((first) => permutations(names.filter((one) => one !== first)).map((rest) => [first, ...rest]));

const renamed = (key: string, names: ReadonlyMap<string, string>): string =>
  key === '' ? '' : keyOf(...key.split('*').map((name) => names.get(name) ?? name));

/** Pairs coefficients of a rate of a membrane with the coefficients of a type. */
function coefficientsOf(
  variable: string,
  form: Polynomial,
  rate: Polynomial,
  names: ReadonlyMap<string, string>,
): readonly Equation[] {
  const present = new Set(names.values());
  const own = new Map([...rate.terms].map(([key, one]) => [renamed(key, names), one] as const));
  const keys = [...form.terms.keys()].filter((key) => key === '' || key.split('*').every((name) => present.has(name)));
  const odd = [...rate.terms.keys()]
    .filter((key) => !keys.includes(renamed(key, names)))
    .map((key) => (key === '' ? 'a constant' : key));
  if (odd.length > 0)
    refuse(`PyNN has no cell with ${odd.join(', ')} in the rate of its ${variable === 'v' ? 'potential' : variable}`);
  // Constants last: they follow from more parameters.
  return [...keys]
    .sort()
    .reverse()
    .map((key): Equation => {
      const factors = key === '' ? [] : key.split('*');
      const isOwn = factors.includes(variable);
      const scales = isOwn ? factors.toSpliced(factors.indexOf(variable), 1) : factors;
      const scaled = scales.reduce<Expression>(
        (all, one) => product(all, nameOf(scaleOf(one))),
        form.terms.get(key) ?? zero,
      );
      return [isOwn ? scaled : quotient(scaled, nameOf(scaleOf(variable))), own.get(key) ?? zero];
    });
}
