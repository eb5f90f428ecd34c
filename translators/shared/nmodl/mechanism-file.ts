/** Equations as a file of NMODL: a mechanism of a membrane, or a point process with what its events do. */

import type { Assignment, Expression } from '../../../src/lang/ast.js';
import { binary, name as named } from '../../../src/lang/build.js';
import { constants } from '../../../src/lang/functions.js';
import { dependencyOrder } from '../../../src/lang/graph.js';
import { linearRate } from '../../../src/lang/linear.js';
import { parseUnit } from '../../../src/lang/units.js';
import { namesIn, substitute } from '../../../src/lang/walk.js';
import { NotExpressible } from '../../../src/library/not-expressible.js';
import { formulaOf, type EquationSet, type Mechanism } from '../../../src/model/typed.js';
import {
  densityUnits,
  functionNames,
  helperBlocks,
  inNeuronUnits,
  NmodlBlock,
  pointUnits,
  sixDigits,
  unitText,
} from './text.js';

/** Names that NMODL or NEURON has for other things. */
const reserved = [
  ...'v t dt celsius area diam L Ra cm states rates e i flag x section mechanism'.split(' '),
  ...'if else while from to by return'.split(' '),
];

/** Names of mechanisms that are in NEURON itself. */
const builtIn = new Set(
  'hh pas fastpas extracellular capacitance morphology ExpSyn Exp2Syn AlphaSynapse IClamp SEClamp VClamp APCount NetStim IntFire1 IntFire2 IntFire4 PointProcessMark PatternStim SVClamp'.split(
    ' ',
  ),
);

/** Equations that become a file. */
export interface Equations extends Pick<EquationSet, 'parameters' | 'state' | 'derived' | 'derivatives'> {
  /** Whether its currents are per area; else it is a point process. */
  readonly density: boolean;
  /** Variables of the place that it reads. */
  readonly reads: readonly string[];
  /** Currents into the cell by port: `i`, or `i_ca` of an ion; concentrations, such as `ca_i`. */
  readonly writes: Readonly<Record<string, Expression>>;
  /** States that one implicit step advances. */
  readonly scheme?: readonly string[];
  /** Whether parameters of more than six digits are constants: NEURON keeps six digits of parameters. */
  readonly keepsDigits?: true;
  /** What an event does; absent: it receives none. */
  readonly event?: {
    /** The parameter that each connection has as its weight; absent: the weight has no effect. */
    readonly weight: string | undefined;
    readonly do: readonly Assignment[];
  };
}

/** A mechanism in a file. */
export interface WrittenMechanism {
  /** Its name in NEURON. */
  readonly suffix: string;
  readonly text: string;
  /** Names of its parameters there, by their names in the model. */
  readonly parameters: ReadonlyMap<string, string>;
  /** Ions whose reversal potential it reads. */
  readonly reversals: readonly string[];
}

/** Returns the equations of a mechanism on a membrane. @throws NotExpressible for events and noise */
export function equationsOf(name: string, mechanism: Mechanism): Equations {
  if (mechanism.noise.length > 0 || Object.keys(mechanism.events ?? {}).length > 0)
    throw new NotExpressible(`the mechanism ${name}: noise or events`);
  return mechanism;
}

/** The ion of a variable of the place, and what it is: its potential, current, or concentration inside or outside. */
function ionOf(port: string): readonly [ion: string, neurons: string] | undefined {
  const [, role, current] = /^([ei])_(\w+)$/.exec(port) ?? [];
  if (current !== undefined) return [current, `${role}${current}`];
  const [, ion, side] = /^(\w+)_([io])$/.exec(port) ?? [];
  return ion === undefined ? undefined : [ion, `${ion}${side}`];
}

/**
 * Returns equations as a file.
 *
 * @param files  texts of other mechanisms by their names in NEURON
 * @param heading  lines of a comment at the beginning
 * @throws NotExpressible for values of the place and functions that NMODL lacks
 */
export function writtenMechanism(
  name: string,
  equations: Equations,
  files: ReadonlyMap<string, string>,
  heading: readonly string[] = [],
): WrittenMechanism {
  const { parameters, state, derived, derivatives, writes, reads, event } = equations;
  const units = equations.density ? densityUnits : pointUnits;
  const current = equations.density ? 'mA/cm2' : 'nA';
  const fail = (what: string): never => {
    throw new NotExpressible(`the mechanism ${name}: ${what}`);
  };
  const written = Object.keys(writes);
  const ports = new Map(
    [...reads, ...written].flatMap((port) => {
      const found = ionOf(port);
      return found ? [[port, found] as const] : [];
    }),
  );
  const other = written.find((one) => one !== 'i' && !ports.has(one));
  if (other !== undefined) fail(`a change of ${other}`);
  const reversal = written.find((one) => one.startsWith('e_'));
  if (reversal !== undefined) fail('a reversal potential that it sets');
  const own = [...Object.keys(parameters), ...Object.keys(state), ...Object.keys(derived)];
  const ions = [...new Set([...ports.values()].map(([ion]) => ion))];
  const names = new Map<string, string>();
  const used = new Set([
    ...reserved,
    ...functionNames,
    ...ions.flatMap((ion) => [`e${ion}`, `i${ion}`, `${ion}i`, `${ion}o`]),
  ]);
  for (const one of own) {
    let free = one === 'e' || one === 'i' || one.startsWith('_') ? `${one.replace(/^_+/, 'x_')}_own` : one;
    while (used.has(free)) free = `${free}_own`;
    used.add(free);
    names.set(one, free);
  }
  const surroundings: Readonly<Record<string, string>> = {
    v: 'v',
    t: 't',
    dt: 'dt',
    temperature: '(celsius + 273.15)',
    // cm2, and cm.
    area: '(area*1e-8)',
    diameter: '(diam*1e-4)',
  };
  const around = new Set<string>();
  const nameOf = (one: string): string => {
    const known = names.get(one);
    if (known !== undefined) return known;
    if (Object.hasOwn(surroundings, one)) {
      around.add(one);
      return surroundings[one]!;
    }
    const port = ports.get(one);
    if (port) return one.startsWith('i_') ? `(-${port[1]})` : port[1];
    const constant = constants.get(one);
    return constant === undefined ? fail(`values of ${one}`) : String(constant);
  };
  const states = Object.keys(derivatives);
  const still = Object.keys(state).filter((one) => !states.includes(one));
  const changed = new Set(event?.do.map(({ target }) => target));
  const constantStates = still.filter((one) => !changed.has(one));
  if (constantStates.length > 0) fail(`the state ${constantStates.join()}, which does not change`);
  // Derived variables in order; those that depend on states are put in the place of their names in rates.
  const order = dependencyOrder(Object.keys(derived), (one) =>
    [...namesIn(derived[one]!.value)].filter((inner) => Object.hasOwn(derived, inner)),
  );
  const moving = new Map<string, Expression>();
  for (const one of order) {
    const value = substitute(derived[one]!.value, moving);
    const inner = namesIn(value);
    if ([...states, ...still].some((each) => inner.has(each))) moving.set(one, value);
  }
  const helpers = new Set<string>();
  const block = (): NmodlBlock => new NmodlBlock(nameOf, units, helpers);
  const rates = block();
  const fixed = order.filter((one) => !moving.has(one));
  for (const one of fixed) rates.assign(nameOf(one), derived[one]!.value);
  const step = block();
  step.line('rates(v)');
  let isImplicit = (equations.scheme ?? []).length > 0;
  for (const one of states) {
    const rate = substitute(derivatives[one]!.rate, moving);
    const others = states.filter((each) => each !== one && namesIn(rate).has(each));
    isImplicit ||= others.length > 0 || !linearRate(rate, [one]);
    step.assign(`${nameOf(one)}'`, rate);
  }
  const initial = block();
  initial.line('rates(v)');
  for (const one of Object.keys(state)) {
    const value = state[one]!.initial;
    const e = formulaOf(value);
    if (e) initial.assign(nameOf(one), substitute(e, moving));
    else if (typeof value === 'number') {
      const { dimension } = parseUnit(state[one]!.unit);
      initial.line(`${nameOf(one)} = ${inNeuronUnits(value, dimension, units)}`);
    } else fail(`first values of ${one}`);
  }
  const levels = written.filter((one) => !/^i(_|$)/.test(one));
  for (const one of levels) initial.assign(nameOf(one), substitute(writes[one]!, moving));
  const currents = block();
  if (states.length > 0) currents.line(`SOLVE states METHOD ${isImplicit ? 'derivimplicit' : 'cnexp'}`);
  currents.line('rates(v)');
  for (const [one, e] of Object.entries(writes))
    currents.assign(
      one === 'i' ? 'i' : (ports.get(one)?.[1] ?? one),
      substitute(e, moving),
      levels.includes(one) ? '' : '-',
    );
  const reversals = reads.flatMap((one) => (one.startsWith('e_') ? (ports.get(one)?.[0] ?? []) : []));
  const unknown = reads.find((one) => !Object.hasOwn(surroundings, one) && !ports.has(one));
  if (unknown !== undefined) fail(`values of ${unknown}`);
  const neuronsOf = (all: readonly string[], ion: string): string[] =>
    all.flatMap((one) => (ports.get(one)?.[0] === ion ? (ports.get(one)?.[1] ?? []) : []));
  const ionLines = ions.map((ion) => {
    const [read, wrote] = [neuronsOf(reads, ion), neuronsOf(written, ion)];
    return `  USEION ${ion}${read.length > 0 ? ` READ ${read.join(', ')}` : ''}${wrote.length > 0 ? ` WRITE ${wrote.join(', ')}` : ''}\n`;
  });
  const unitOf = (neurons: string, ion: string): string =>
    neurons === `e${ion}` ? 'mV' : neurons === `i${ion}` ? current : 'mM';
  const declared = (one: string, unit: string): string => `  ${nameOf(one)}${unitText(unit, units)}\n`;
  const weight = event?.weight;
  const shown = Object.entries(parameters).filter(([one]) => one !== weight);
  const receive = block();
  for (const { target, operator, value } of event?.do ?? []) {
    const e = substitute(value, moving);
    const sign = operator.slice(0, -1) as '+' | '';
    receive.assign(nameOf(target), sign === '' ? e : binary(sign, named(target), e));
  }
  const numberOf = ({ value, unit }: Equations['parameters'][string]): number =>
    typeof value === 'number' ? inNeuronUnits(value, parseUnit(unit).dimension, units) : 0;
  const isLong = ([, one]: (typeof shown)[number]): boolean =>
    equations.keepsDigits === true && sixDigits(numberOf(one)) !== numberOf(one);
  const range = shown.filter((one) => !isLong(one)).map(([one]) => nameOf(one));
  const given = (all: typeof shown): string =>
    all.map(([one, { unit }]) => `  ${nameOf(one)} = ${numberOf(parameters[one]!)}${unitText(unit, units)}\n`).join('');
  const body = [
    ...(states.length > 0 || still.length > 0 || levels.length > 0 || fixed.length > 0
      ? [initial.named('INITIAL')]
      : []),
    currents.named('BREAKPOINT'),
    ...(states.length > 0 ? [step.named('DERIVATIVE states')] : []),
    rates.named('PROCEDURE rates(v (mV))'),
    ...(event
      ? [
          receive.named(
            `NET_RECEIVE(${weight === undefined ? 'weight' : `${nameOf(weight)}${unitText(parameters[weight]!.unit, units)}`})`,
          ),
        ]
      : []),
  ];
  const places = Object.entries({ temperature: 'celsius', area: 'area', diameter: 'diam' }).flatMap(([one, place]) =>
    around.has(one) ? [place] : [],
  );
  const textOf = (suffix: string): string =>
    `${[
      ...(heading.length > 0 ? [`COMMENT\n${heading.join('\n')}\nENDCOMMENT`] : []),
      `NEURON {\n  ${equations.density ? 'SUFFIX' : 'POINT_PROCESS'} ${suffix}\n${ionLines.join('')}${written.includes('i') ? '  NONSPECIFIC_CURRENT i\n' : ''}${
        range.length > 0 ? `  RANGE ${range.join(', ')}\n` : ''
      }}`,
      'UNITS {\n  (mV) = (millivolt)\n  (mA) = (milliamp)\n  (nA) = (nanoamp)\n  (S) = (siemens)\n  (uS) = (microsiemens)\n  (mM) = (milli/liter)\n}',
      `PARAMETER {\n${given(shown.filter((one) => !isLong(one)))}}`,
      ...(shown.some(isLong) ? [`CONSTANT {\n${given(shown.filter(isLong))}}`] : []),
      `ASSIGNED {\n  v (mV)\n${places.map((one) => `  ${one} (${one === 'celsius' ? 'degC' : one === 'area' ? 'um2' : 'um'})\n`).join('')}${[
        ...ports.values(),
      ]
        .filter(([, one], k, all) => all.findIndex(([, each]) => each === one) === k)
        .map(([ion, one]) => `  ${one} (${unitOf(one, ion)})\n`)
        .join('')}${written.includes('i') ? `  i (${current})\n` : ''}${[
        ...fixed.map((one) => [one, derived[one]!.unit] as const),
        ...still.map((one) => [one, state[one]!.unit] as const),
      ]
        .map(([one, unit]) => declared(one, unit))
        .join('')}}`,
      ...(states.length > 0 ? [`STATE {\n${states.map((one) => declared(one, state[one]!.unit)).join('')}}`] : []),
      ...body,
      ...helperBlocks(helpers),
    ].join('\n\n')}\n`;
  let suffix = name;
  for (let k = 2; builtIn.has(suffix) || (files.get(suffix) ?? textOf(suffix)) !== textOf(suffix); k++)
    suffix = `${name}_${k}`;
  return {
    suffix,
    text: textOf(suffix),
    parameters: new Map(Object.keys(parameters).map((one) => [one, nameOf(one)])),
    reversals,
  };
}
