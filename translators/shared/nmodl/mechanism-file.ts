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

/** Values of the place in NEURON's units; an area is in cm2, a diameter in cm. */
const surroundings: Readonly<Record<string, string>> = {
  v: 'v',
  t: 't',
  dt: 'dt',
  temperature: '(celsius + 273.15)',
  area: '(area*1e-8)',
  diameter: '(diam*1e-4)',
};

/** Variables of NEURON that values of the place take, with their units. */
const declaredPlaces = { temperature: 'celsius (degC)', area: 'area (um2)', diameter: 'diam (um)' };

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
  const writer = new MechanismWriter(name, equations);
  const textOf = writer.text(heading);
  let suffix = name;
  for (let k = 2; builtIn.has(suffix) || (files.get(suffix) ?? textOf(suffix)) !== textOf(suffix); k++)
    suffix = `${name}_${k}`;
  return {
    suffix,
    text: textOf(suffix),
    parameters: new Map(Object.keys(equations.parameters).map((one) => [one, writer.nameOf(one)])),
    reversals: writer.reversals(),
  };
}

/** Returns names of variables in a file, by their names in the model. */
function namesOf(own: readonly string[], ions: readonly string[]): ReadonlyMap<string, string> {
  const ofIons = ions.flatMap((ion) => [`e${ion}`, `i${ion}`, `${ion}i`, `${ion}o`]);
  const used = new Set([...reserved, ...functionNames, ...ofIons]);
  return new Map(
    own.map((one) => {
      let free = one === 'e' || one === 'i' || one.startsWith('_') ? `${one.replace(/^_+/, 'x_')}_own` : one;
      while (used.has(free)) free = `${free}_own`;
      used.add(free);
      return [one, free];
    }),
  );
}

type Parameter = readonly [name: string, Equations['parameters'][string]];

/** Writes one mechanism. */
class MechanismWriter {
  readonly #units;
  /** Unit of currents. */
  readonly #current;
  /** Ports of ions, with NEURON's names. */
  readonly #ports: ReadonlyMap<string, readonly [ion: string, neurons: string]>;
  readonly #ions: readonly string[];
  readonly #names: ReadonlyMap<string, string>;
  readonly #written: readonly string[];
  /** States with a rate, and those that only events change. */
  readonly #states: readonly string[];
  readonly #still: readonly string[];
  /** Derived variables that depend on states, whose values stand wherever they are read. */
  readonly #moving = new Map<string, Expression>();
  /** Other derived variables, in order. */
  readonly #fixed: readonly string[];
  /** Parameters, except the weight. */
  readonly #shown: readonly Parameter[];
  /** Values of the place and functions that the file needs. */
  readonly #around = new Set<string>();
  readonly #helpers = new Set<string>();

  constructor(
    private readonly name: string,
    private readonly equations: Equations,
  ) {
    const { parameters, state, derived, derivatives, writes, reads, event, density } = equations;
    this.#units = density ? densityUnits : pointUnits;
    this.#current = density ? 'mA/cm2' : 'nA';
    this.#written = Object.keys(writes);
    this.#ports = new Map(
      [...reads, ...this.#written].flatMap((port) => {
        const found = ionOf(port);
        return found ? [[port, found] as const] : [];
      }),
    );
    this.#ions = [...new Set([...this.#ports.values()].map(([ion]) => ion))];
    this.#names = namesOf([parameters, state, derived].flatMap(Object.keys), this.#ions);
    this.#states = Object.keys(derivatives);
    this.#still = Object.keys(state).filter((one) => !this.#states.includes(one));
    // Derived variables in order; those that depend on states are put in the place of their names in rates.
    const order = dependencyOrder(Object.keys(derived), (one) =>
      [...namesIn(derived[one]!.value)].filter((inner) => Object.hasOwn(derived, inner)),
    );
    for (const one of order) {
      const value = substitute(derived[one]!.value, this.#moving);
      const inner = namesIn(value);
      if ([...this.#states, ...this.#still].some((each) => inner.has(each))) this.#moving.set(one, value);
    }
    this.#fixed = order.filter((one) => !this.#moving.has(one));
    this.#shown = Object.entries(parameters).filter(([one]) => one !== event?.weight);
    this.#check();
  }

  #fail(what: string): never {
    throw new NotExpressible(`the mechanism ${this.name}: ${what}`);
  }

  #check(): void {
    const other = this.#written.find((one) => one !== 'i' && !this.#ports.has(one));
    if (other !== undefined) this.#fail(`a change of ${other}`);
    if (this.#written.some((one) => one.startsWith('e_'))) this.#fail('a reversal potential that it sets');
    const changed = new Set(this.equations.event?.do.map(({ target }) => target));
    const constant = this.#still.filter((one) => !changed.has(one));
    if (constant.length > 0) this.#fail(`the state ${constant.join()}, which does not change`);
    const unknown = this.equations.reads.find((one) => !Object.hasOwn(surroundings, one) && !this.#ports.has(one));
    if (unknown !== undefined) this.#fail(`values of ${unknown}`);
  }

  /** Returns the text of a name of the model. */
  nameOf(one: string): string {
    const known = this.#names.get(one);
    if (known !== undefined) return known;
    if (Object.hasOwn(surroundings, one)) {
      this.#around.add(one);
      return surroundings[one]!;
    }
    const port = this.#ports.get(one);
    if (port) return one.startsWith('i_') ? `(-${port[1]})` : port[1];
    const constant = constants.get(one);
    return constant === undefined ? this.#fail(`values of ${one}`) : String(constant);
  }

  /** Returns the ions whose reversal potential the mechanism reads. */
  reversals(): readonly string[] {
    return this.equations.reads.flatMap((one) => (one.startsWith('e_') ? (this.#ports.get(one)?.[0] ?? []) : []));
  }

  /** Returns the text of the file by its name in NEURON. */
  text(heading: readonly string[]): (suffix: string) => string {
    const body = this.#body();
    const blocks = [
      'UNITS {\n  (mV) = (millivolt)\n  (mA) = (milliamp)\n  (nA) = (nanoamp)\n  (S) = (siemens)\n  (uS) = (microsiemens)\n  (mM) = (milli/liter)\n}',
      ...this.#parameters(),
      this.#assigned(),
      ...(this.#states.length > 0
        ? [`STATE {\n${this.#states.map((one) => this.#declared(one, this.equations.state[one]!.unit)).join('')}}`]
        : []),
      ...body,
      ...helperBlocks(this.#helpers),
    ];
    const comment = heading.length > 0 ? [`COMMENT\n${heading.join('\n')}\nENDCOMMENT`] : [];
    return (suffix) => `${[...comment, this.#neuron(suffix), ...blocks].join('\n\n')}\n`;
  }

  #block(): NmodlBlock {
    return new NmodlBlock((one) => this.nameOf(one), this.#units, this.#helpers);
  }

  // --- Blocks of statements -----------------------------------------------------------------------------------------
  #body(): readonly string[] {
    const { event } = this.equations;
    const levels = this.#written.filter((one) => !/^i(_|$)/.test(one));
    const hasInitial = [this.#states, this.#still, levels, this.#fixed].some((all) => all.length > 0);
    const rates = this.#rates();
    const [step, isImplicit] = this.#step();
    const initial = this.#initial(levels);
    const currents = this.#currents(isImplicit, levels);
    return [
      ...(hasInitial ? [initial.named('INITIAL')] : []),
      currents.named('BREAKPOINT'),
      ...(this.#states.length > 0 ? [step.named('DERIVATIVE states')] : []),
      rates.named('PROCEDURE rates(v (mV))'),
      ...(event ? [this.#receive(event)] : []),
    ];
  }

  #rates(): NmodlBlock {
    const rates = this.#block();
    for (const one of this.#fixed) rates.assign(this.nameOf(one), this.equations.derived[one]!.value);
    return rates;
  }

  /** Returns the rates of states, and whether NEURON has to solve them together or by iteration. */
  #step(): readonly [NmodlBlock, isImplicit: boolean] {
    const { derivatives, scheme = [] } = this.equations;
    const step = this.#block();
    step.line('rates(v)');
    let isImplicit = scheme.length > 0;
    for (const one of this.#states) {
      const rate = substitute(derivatives[one]!.rate, this.#moving);
      const others = this.#states.filter((each) => each !== one && namesIn(rate).has(each));
      isImplicit ||= others.length > 0 || !linearRate(rate, [one]);
      step.assign(`${this.nameOf(one)}'`, rate);
    }
    return [step, isImplicit];
  }

  #initial(levels: readonly string[]): NmodlBlock {
    const { state, writes } = this.equations;
    const initial = this.#block();
    initial.line('rates(v)');
    for (const [one, { initial: value, unit }] of Object.entries(state)) {
      const e = formulaOf(value);
      if (e) initial.assign(this.nameOf(one), substitute(e, this.#moving));
      else if (typeof value === 'number')
        initial.line(`${this.nameOf(one)} = ${inNeuronUnits(value, parseUnit(unit).dimension, this.#units)}`);
      else this.#fail(`first values of ${one}`);
    }
    for (const one of levels) initial.assign(this.nameOf(one), substitute(writes[one]!, this.#moving));
    return initial;
  }

  #currents(isImplicit: boolean, levels: readonly string[]): NmodlBlock {
    const currents = this.#block();
    if (this.#states.length > 0) currents.line(`SOLVE states METHOD ${isImplicit ? 'derivimplicit' : 'cnexp'}`);
    currents.line('rates(v)');
    for (const [one, e] of Object.entries(this.equations.writes)) {
      const target = one === 'i' ? 'i' : this.#ports.get(one)![1];
      currents.assign(target, substitute(e, this.#moving), levels.includes(one) ? '' : '-');
    }
    return currents;
  }

  #receive({ weight, do: statements }: NonNullable<Equations['event']>): string {
    const receive = this.#block();
    for (const { target, operator, value } of statements) {
      const e = substitute(value, this.#moving);
      const sign = operator.slice(0, -1) as '+' | '';
      receive.assign(this.nameOf(target), sign === '' ? e : binary(sign, named(target), e));
    }
    const argument =
      weight === undefined
        ? 'weight'
        : `${this.nameOf(weight)}${unitText(this.equations.parameters[weight]!.unit, this.#units)}`;
    return receive.named(`NET_RECEIVE(${argument})`);
  }

  // --- Blocks of declarations ---------------------------------------------------------------------------------------
  #neuron(suffix: string): string {
    const { density, reads } = this.equations;
    const use = (word: string, all: readonly string[], ion: string): string => {
      const own = all.flatMap((one) => (this.#ports.get(one)?.[0] === ion ? [this.#ports.get(one)![1]] : []));
      return own.length > 0 ? ` ${word} ${own.join(', ')}` : '';
    };
    const range = this.#shown.filter((one) => !this.#isLong(one)).map(([one]) => this.nameOf(one));
    const lines = [
      `${density ? 'SUFFIX' : 'POINT_PROCESS'} ${suffix}`,
      ...this.#ions.map((ion) => `USEION ${ion}${use('READ', reads, ion)}${use('WRITE', this.#written, ion)}`),
      ...(this.#written.includes('i') ? ['NONSPECIFIC_CURRENT i'] : []),
      ...(range.length > 0 ? [`RANGE ${range.join(', ')}`] : []),
    ];
    return `NEURON {\n${lines.map((line) => `  ${line}\n`).join('')}}`;
  }

  #numberOf({ value, unit }: Parameter[1]): number {
    return typeof value === 'number' ? inNeuronUnits(value, parseUnit(unit).dimension, this.#units) : 0;
  }

  /** Whether NEURON would round a parameter, which therefore becomes a constant. */
  #isLong([, one]: Parameter): boolean {
    const value = this.#numberOf(one);
    return this.equations.keepsDigits === true && sixDigits(value) !== value;
  }

  #parameters(): readonly string[] {
    const given = (word: string, all: readonly Parameter[]): string => {
      const lines = all.map(
        ([one, own]) => `  ${this.nameOf(one)} = ${this.#numberOf(own)}${unitText(own.unit, this.#units)}\n`,
      );
      return `${word} {\n${lines.join('')}}`;
    };
    const long = this.#shown.filter((one) => this.#isLong(one));
    const others = this.#shown.filter((one) => !this.#isLong(one));
    return [given('PARAMETER', others), ...(long.length > 0 ? [given('CONSTANT', long)] : [])];
  }

  #declared(one: string, unit: string): string {
    return `  ${this.nameOf(one)}${unitText(unit, this.#units)}\n`;
  }

  #assigned(): string {
    const { derived, state } = this.equations;
    const unitOf = (neurons: string, ion: string): string =>
      neurons === `e${ion}` ? 'mV' : neurons === `i${ion}` ? this.#current : 'mM';
    const places = Object.entries(declaredPlaces).flatMap(([one, place]) => (this.#around.has(one) ? [place] : []));
    const levels = new Set([...this.#ports.values()].map(([ion, one]) => `${one} (${unitOf(one, ion)})`));
    const around = [
      'v (mV)',
      ...places,
      ...levels,
      ...(this.#written.includes('i') ? [`i (${this.#current})`] : []),
    ].map((line) => `  ${line}\n`);
    const own = [
      ...this.#fixed.map((one) => this.#declared(one, derived[one]!.unit)),
      ...this.#still.map((one) => this.#declared(one, state[one]!.unit)),
    ];
    return `ASSIGNED {\n${[...around, ...own].join('')}}`;
  }
}
