/** Names of a file: what it declares, in which units, and what stands for it in equations. */

import type { Expression, Span } from '../../src/lang/ast.js';
import { integer, isOne, name as nameOf, number } from '../../src/lang/build.js';
import { linearForm } from '../../src/lang/linear.js';
import { substitute } from '../../src/lang/walk.js';
import { UniqueNames } from '../../src/model/free-name.js';
import { sixDigits } from '../shared/nmodl/text.js';
import { assignedNames } from './assigned-names.js';
import { allowed, type Program } from './definitions.js';
import { number as numberOf } from './execute.js';
import type { Report } from './expressions.js';
import { ionDefaults, ionRoles, portName, roleOf, type IonName } from './ions.js';
import type { GivenValues, Parameter } from './mechanism.js';
import * as messages from './messages.js';
import { elementName } from './statements.js';
import type { Block, Declaration, NmodlFile, Table } from './syntax.js';
import { literal, powersOf, pure, type Powers } from './units.js';
import type { Value } from './values.js';

/** Names that NEURON gives without a declaration, with their units. */
export const implicit: Readonly<Record<string, { readonly name: string; readonly unit: Powers }>> = {
  v: { name: 'v', unit: { mV: 1 } },
  t: { name: 't', unit: { ms: 1 } },
  dt: { name: 'dt', unit: { ms: 1 } },
  area: { name: 'area', unit: { um: 2 } },
};

/** Unit of currents: per area on membranes, whole at points. */
const currentUnit = (kind: NmodlFile['kind']): Powers => (kind === 'density' ? { mA: 1, cm: -2 } : { nA: 1 });

/** The names of a file. */
export class FileNames {
  /** Declarations by their names in the file. */
  readonly declared = new Map<string, Declaration>();
  /** Declarations of states by the names of their elements. */
  readonly states = new Map<string, Declaration>();
  /** By their names in equations. */
  readonly parameters = new Map<string, Parameter>();
  /** Lengths of arrays. */
  readonly lengths = new Map<string, number>();
  /** Variables of ions. */
  readonly ions = new Map<string, IonName>();
  /** Parameters that are first concentrations of ions, with their ports. */
  readonly starts = new Map<string, string>();
  /** Names in equations by those in the file. */
  readonly renamed = new Map<string, string>();
  /** Tables that NEURON interpolates. */
  readonly interpolated = new Set<Table>();
  /** Names in equations that are taken. */
  readonly names: UniqueNames;

  constructor(
    private readonly file: NmodlFile,
    report: Report,
    private readonly presynaptic: readonly string[],
    private readonly tabulated: GivenValues | undefined,
  ) {
    for (const { ion, reads, writes } of file.ions)
      for (const { name } of [...reads, ...writes]) this.ions.set(name, { ion, role: roleOf(name, ion) });
    for (const declaration of [...file.parameters, ...file.assigned, ...file.states, ...file.constants]) {
      if (!this.declared.has(declaration.name)) this.declared.set(declaration.name, declaration);
      if (declaration.length !== undefined) this.lengths.set(declaration.name, declaration.length);
    }
    for (const [name, length] of file.localLengths) this.lengths.set(name, length);
    for (const one of file.states) for (const name of elementsOf(one)) this.states.set(name, one);
    // Names of units stay units in the equations that are written.
    const reserved = ['v', 't', 'dt', 'area', 'temperature', 'i', ...unitNames];
    for (const { ion } of file.ions) reserved.push(...ionRoles.map((role) => portName(ion, role)));
    this.names = new UniqueNames(reserved);
    for (const name of this.states.keys()) this.rename(name);
    let isShort = true;
    // Variables that only scripts set are parameters: 0, until a script sets them.
    const assigned = [file.initial, file.breakpoint, file.receive?.body ?? []].flatMap((body) => [
      ...assignedNames(body, file),
    ]);
    const settable = file.assigned.filter(
      ({ name }) => (file.range.has(name) || file.global.has(name)) && !assigned.includes(name),
    );
    for (const one of [...file.parameters, ...file.constants, ...settable]) {
      if (this.isGiven(one.name)) continue;
      const { value: written = 0 } = one;
      const value = file.constants.includes(one) ? written : sixDigits(written);
      if (isShort && value !== written) report(messages.sixDigits(one.name, value), one.span);
      isShort &&= value === written;
      for (const name of elementsOf(one))
        this.parameters.set(this.rename(name), { value, unit: this.declaredUnit(one.name) ?? pure, span: one.span });
    }
  }

  /** Returns the table of a block, if NEURON interpolates it for a sum of the potential and a constant. */
  tableOf({ name }: Block, argument: Expression): ReturnType<Program['tableOf']> {
    const table = this.file.tables.find(({ block }) => block === name);
    const form = linearForm(argument, ['v']);
    if (!this.tabulated || !table || !form || !isOne(form.coefficients.get('v') ?? zero.expression)) return undefined;
    const constants = [table.from, table.to, table.intervals, form.constant].map((e) => this.#constant(e));
    const [from = NaN, to = NaN, intervals = NaN, shift = NaN] = constants;
    if (!(to - shift > from - shift) || !(intervals >= 1)) return undefined;
    this.interpolated.add(table);
    const names = table.names.map((one) => one.name);
    return { from: from - shift, to: to - shift, intervals: Math.trunc(intervals), names };
  }

  /** Returns the value of an expression of numbers and parameters; undefined if it is not known. */
  #constant(e: Expression): number | undefined {
    const known = [...this.parameters].flatMap(([name, { value: usual }]) => {
      const value = this.tabulated?.has(name) ? this.tabulated.get(name) : usual;
      return value === undefined ? [] : [[name, number(value)] as const];
    });
    return numberOf(substitute(e, new Map(known)));
  }

  /** Returns why a variable is zero, if it is. */
  zeroOf(name: string): ReturnType<Program['zeroOf']> {
    const parameter = this.parameters.get(this.renamed.get(name) ?? name);
    if (parameter) return parameter.value === 0 ? 'parameter' : undefined;
    if (this.isGiven(name) || !this.file.assigned.some((one) => one.name === name)) return undefined;
    const { initial, breakpoint, receive } = this.file;
    const isAssigned = [initial, breakpoint, receive?.body ?? []].some((body) =>
      assignedNames(body, this.file).has(name),
    );
    return isAssigned ? undefined : 'unassigned';
  }

  /** Gives a name of the file a free one in equations. Returns it. */
  rename(name: string): string {
    const taken = this.names.take(allowed(name));
    this.renamed.set(name, taken);
    return taken;
  }

  /** Whether NEURON gives a name its value, whatever the file states. */
  isGiven(name: string): boolean {
    return (
      Object.hasOwn(implicit, name) ||
      name === 'celsius' ||
      name === 'diam' ||
      this.presynaptic.includes(name) ||
      this.ions.has(name) ||
      this.states.has(name)
    );
  }

  /** Returns the unit of a name; undefined if none is stated. */
  declaredUnit(name: string): Powers | undefined {
    const ion = this.ions.get(name);
    if (ion)
      return ion.role === 'current' ? currentUnit(this.file.kind) : ion.role === 'reversal' ? { mV: 1 } : { mM: 1 };
    if (Object.hasOwn(implicit, name)) return implicit[name]?.unit;
    if (this.presynaptic.includes(name)) return { mV: 1 };
    if (this.file.nonspecific.includes(name) || this.file.electrode.includes(name)) return currentUnit(this.file.kind);
    const declared = this.declared.get(name) ?? this.states.get(name);
    if (declared?.unit === undefined) return undefined;
    return powersOf(declared.unit, this.file.units);
  }

  /** Returns the unit of a state. */
  stateUnit(name: string): Powers {
    return this.declaredUnit(name) ?? this.declaredUnit(this.states.get(name)?.name ?? '') ?? pure;
  }

  /** Returns the declaration of the array that a name is an element of. */
  elementOf(name: string): Declaration | undefined {
    const base = /^(.*)_\d+$/.exec(name)?.[1];
    return base !== undefined && this.lengths.has(base) ? this.declared.get(base) : undefined;
  }

  /** Returns the value of a state before INITIAL assigns it. */
  firstValue(name: string, unit: Powers): Value {
    const ion = this.ions.get(name);
    const level = ion && this.firstLevel(ion);
    if (level) return level;
    if (this.parameters.has(`${name}0`)) return { expression: nameOf(`${name}0`), unit };
    const start = this.states.get(name)?.value;
    return start === undefined ? zero : { expression: literal(sixDigits(start)), unit: undefined };
  }

  /** Returns a parameter with the first value of a concentration; undefined for potentials and currents. */
  firstLevel({ ion, role }: IonName): Value | undefined {
    if (role !== 'inside' && role !== 'outside') return undefined;
    const value = ionDefaults(ion)[role];
    const unit = { mM: 1 };
    const port = portName(ion, role);
    const known = [...this.starts].find(([, one]) => one === port)?.[0];
    const parameter = known ?? this.names.take(`${port}_start`);
    this.starts.set(parameter, port);
    this.parameters.set(parameter, { value, unit, span: noSpan });
    return { expression: nameOf(parameter), unit };
  }
}

const zero: Value = { expression: integer(0), unit: undefined };
const noSpan: Span = { start: 0, end: 0 };

/** Names of all units that equations may hold. */
export const unitNames = new Set(
  'mV volt uV ms second us mA amp nA pA uA siemens mS uS nS pS mM uM nM molar um mm cm meter nm mol mmol umol nmol pmol liter farad uF nF pF coulomb joule ohm Mohm kohm Hz kHz kelvin gram'.split(
    ' ',
  ),
);

const elementsOf = ({ name, length }: Declaration): string[] =>
  length === undefined ? [name] : Array.from({ length }, (_, k) => elementName(name, k));
