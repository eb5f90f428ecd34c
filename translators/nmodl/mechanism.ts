/** An NMODL file as equations: states with their rates, variables computed from them, currents and concentrations. */

import type { Expression, Span } from '../../src/lang/ast.js';
import {
  binary,
  conditional,
  difference,
  integer,
  isZero,
  name as nameOf,
  negated,
  number,
  product,
  quotient,
  sum,
} from '../../src/lang/build.js';
import { LangError } from '../../src/lang/lang-error.js';
import { derivative } from '../../src/lang/derivative.js';
import { simplify } from '../../src/lang/fold.js';
import { linearForm } from '../../src/lang/linear.js';
import { equalExpressions, namesIn, readsAny, substitute } from '../../src/lang/walk.js';
import { UniqueNames } from '../../src/model/free-name.js';
import {
  allowed,
  constantOf,
  Definitions,
  Execution,
  number as numberOf,
  Untranslatable,
  type Effects,
  type Program,
  type Flow,
} from './execute.js';
import * as messages from './messages.js';
import type { Report } from './expressions.js';
import { elementName } from './parse.js';
import { assignedNames } from './assigned-names.js';
import { kindOfMethod } from './check.js';
import { ionDefaults, ionRoles, ownValences, portName, roleOf, type IonAccess, type IonName } from './ions.js';
import { conservedStates, ratesOf, statesOf, steadyEquations, type StateFacts } from './kinetics.js';
import { eliminate, type Equation } from './linear-system.js';
import { sixDigits } from '../shared/nmodl/text.js';
import { EventCode, type EventStatement, type Kept, type Sent } from './receive.js';
import { eventsOf, type DelayedPathway, type TimedEvent } from './self-events.js';
import type { Block, Declaration, Named, NmodlFile, Statement } from './syntax.js';
import { isPure, powersOf, literal, pure, ratioOf, times, unitExpression, type Powers } from './units.js';
import { inUnits, type Value } from './values.js';

/** A parameter, by its value in its unit. */
export interface Parameter {
  readonly value: number;
  readonly unit: Powers;
  readonly span: Span;
}

/** A state with its first value and its rate of change; undefined: it changes only at events. */
export interface State {
  readonly unit: Powers;
  readonly initial: Expression;
  readonly rate: Expression | undefined;
  readonly span: Span;
}

/** An ion that the mechanism uses. */
export interface Ion extends IonAccess {
  readonly valence: number | undefined;
  readonly span: Span;
}

/** Effect of an event on a synapse. */
export interface Receipt {
  /** The weight, which is the first argument of NET_RECEIVE; undefined: it has none. */
  readonly weight: { readonly name: string; readonly unit: Powers } | undefined;
  /** Variables of the connection with their first values. */
  readonly variables: ReadonlyMap<string, { readonly unit: Powers; readonly initial: Expression }>;
  readonly statements: readonly EventStatement[];
  readonly pathways: readonly DelayedPathway[];
  readonly timed: readonly TimedEvent[];
}

/** A mechanism as equations. */
export interface Mechanism {
  readonly name: string;
  readonly kind: NmodlFile['kind'];
  readonly title: string | undefined;
  readonly parameters: ReadonlyMap<string, Parameter>;
  readonly states: ReadonlyMap<string, State>;
  readonly derived: Definitions['list'];
  readonly ions: ReadonlyMap<string, Ion>;
  /** Currents and concentrations, by the names of ports; currents are inward positive. */
  readonly writes: ReadonlyMap<string, Expression>;
  readonly reads: readonly string[];
  /** Parameters that are first concentrations of ions, with their ports, such as `ca_i`. */
  readonly starts: ReadonlyMap<string, string>;
  /** States that are advanced together, by an implicit step. */
  readonly scheme: readonly string[];
  /** States of the scheme as expressions of others, by sums that are constant. */
  readonly conserved: ReadonlyMap<string, Expression>;
  readonly receipt: Receipt | undefined;
}

/** Names that NEURON gives without a declaration, with their units. */
const implicit: Readonly<Record<string, { readonly name: string; readonly unit: Powers }>> = {
  v: { name: 'v', unit: { mV: 1 } },
  t: { name: 't', unit: { ms: 1 } },
  dt: { name: 'dt', unit: { ms: 1 } },
  area: { name: 'area', unit: { um: 2 } },
};

/**
 * Returns a file as equations; null after an error.
 *
 * @param presynaptic  variables with the potential of that end
 * @param isTabulated  whether NEURON interpolates tables of the potential
 */
export function mechanismOf(
  file: NmodlFile,
  report: Report,
  presynaptic: readonly string[] = [],
  isTabulated = false,
): Mechanism | null {
  try {
    return new Translation(file, report, presynaptic, isTabulated).mechanism();
  } catch (error) {
    if (error instanceof Untranslatable) return null;
    if (!(error instanceof LangError)) throw error;
    report(error.finding, error.span);
    return null;
  }
}

/** Unit of currents: per area on membranes, whole at points. */
const currentUnit = (kind: NmodlFile['kind']): Powers => (kind === 'density' ? { mA: 1, cm: -2 } : { nA: 1 });

class Translation {
  readonly #declared = new Map<string, Declaration>();
  readonly #states = new Map<string, Declaration>();
  readonly #parameters = new Map<string, Parameter>();
  readonly #lengths = new Map<string, number>();
  readonly #ions = new Map<string, IonName>();
  readonly #starts = new Map<string, string>();
  readonly #renamed = new Map<string, string>();
  readonly #names: UniqueNames;
  readonly #definitions: Definitions;
  readonly #hidden = new Map<string, { readonly unit: Powers; readonly initial: Expression; readonly span: Span }>();
  readonly #program: Program;
  readonly #facts: StateFacts;
  /** Values that the first execution of a step gave, for reads that come before their assignments. */
  #last: ReadonlyMap<string, Value> = new Map();
  /** Copies of those values that SOLVE statements assign, for currents that read them before the statement. */
  #copies: ReadonlyMap<Value, Value> = new Map();
  /** Copies of values from the beginning of the step. */
  readonly #begun = new Map<string, Value>();
  #isSolving = false;
  /** Variables by the names of their copies. */
  readonly #copied = new Map<string, string>();
  /** Variables that were read before their assignments. */
  readonly #lagging = new Set<string>();
  #pass: 'initial' | 'step' | 'event' = 'initial';
  /** Rates of the last step that NEURON integrates implicitly, by SOLVE statements. */
  #schemes: (readonly Flow[])[] = [];
  /** Values, after a step, of the states that a PROCEDURE advances. */
  readonly #advanced = new Map<string, Value>();

  constructor(
    private readonly file: NmodlFile,
    private readonly report: Report,
    private readonly presynaptic: readonly string[],
    private readonly isTabulated: boolean,
  ) {
    for (const { ion, reads, writes } of file.ions)
      for (const { name } of [...reads, ...writes]) this.#ions.set(name, { ion, role: roleOf(name, ion) });
    for (const declaration of [...file.parameters, ...file.assigned, ...file.states, ...file.constants]) {
      if (!this.#declared.has(declaration.name)) this.#declared.set(declaration.name, declaration);
      if (declaration.length !== undefined) this.#lengths.set(declaration.name, declaration.length);
    }
    for (const [name, length] of file.localLengths) this.#lengths.set(name, length);
    for (const one of file.states) for (const name of elementsOf(one)) this.#states.set(name, one);
    // Names of units stay units in the equations that are written.
    const reserved = ['v', 't', 'dt', 'area', 'temperature', 'i', ...unitNames];
    for (const { ion } of file.ions) reserved.push(...ionRoles.map((role) => portName(ion, role)));
    this.#names = new UniqueNames(reserved);
    for (const name of this.#states.keys()) this.#rename(name);
    let isShort = true;
    // Variables that only scripts set are parameters: 0, until a script sets them.
    const assigned = [file.initial, file.breakpoint, file.receive?.body ?? []].flatMap((body) => [
      ...assignedNames(body, file),
    ]);
    const settable = file.assigned.filter(
      ({ name }) => (file.range.has(name) || file.global.has(name)) && !assigned.includes(name),
    );
    for (const one of [...file.parameters, ...file.constants, ...settable]) {
      if (this.#isGiven(one.name)) continue;
      const { value: written = 0 } = one;
      const value = file.constants.includes(one) ? written : sixDigits(written);
      if (isShort && value !== written) report(messages.sixDigits(one.name, value), one.span);
      isShort &&= value === written;
      for (const name of elementsOf(one))
        this.#parameters.set(this.#rename(name), { value, unit: this.#declaredUnit(one.name) ?? pure, span: one.span });
    }
    this.#definitions = new Definitions(this.#names);
    this.#facts = {
      states: this.#states,
      unitOf: (state) => this.#stateUnit(state),
      nameOf: (state) => this.#renamed.get(state) ?? state,
      arrayOf: (state) => this.#states.get(state)?.name ?? '',
      report,
      contradiction: (from, to, at) => {
        this.#program.contradiction(from, to, at);
      },
    };
    // Numbers within units, as in (1e-3 coul/cm3), are not part of units here.
    const hasMultiples = [...file.stated.keys(), ...file.units.values()].some((text) => /^\s*[\d.]/.test(text));
    this.#program = {
      names: [...this.#declared.keys(), 'v', 't', 'dt', 'celsius', 'area', 'diam'],
      blocks: file.blocks,
      isDeclared: (name) =>
        this.#isGiven(name) ||
        this.#declared.has(name) ||
        this.#elementOf(name) !== undefined ||
        [...file.nonspecific, ...file.electrode].includes(name),
      outside: (name, span) => this.#outside(name, span),
      declaredUnit: (name) => this.#declaredUnit(name),
      isState: (name) => this.#states.has(name),
      zeroOf: (name) => this.#zeroOf(name),
      tableOf: (block) => this.#tableOf(block),
      lengths: this.#lengths,
      unit: (text) => powersOf(text, file.units),
      report,
      contradiction: (from, to, at) => {
        if (hasMultiples || file.unitless.some(({ start, end }) => at.span.start >= start && at.span.start < end))
          return;
        if (at.span.end > 0) report(messages.contradiction(unitText(from), unitText(to), ratioOf(to, from)), at.span);
      },
    };
  }

  /** Returns the table of a block, if NEURON interpolates it. */
  #tableOf({ name }: Block): ReturnType<Program['tableOf']> {
    const table = this.file.tables.find(({ block }) => block === name);
    if (!this.isTabulated || !table) return undefined;
    const [from, to, intervals] = [table.from, table.to, table.intervals].map((e) => this.#constant(e));
    if (from === undefined || to === undefined || intervals === undefined || !(to > from) || intervals < 1)
      return undefined;
    return { from, to, intervals: Math.trunc(intervals), names: table.names.map(({ name }) => name) };
  }

  /** Returns the value of an expression of numbers and parameters that keep those of the file. */
  #constant(e: Expression): number | undefined {
    const known = [...this.#parameters].map(([name, { value }]) => [name, number(value)] as const);
    return numberOf(substitute(e, new Map(known)));
  }

  #zeroOf(name: string): ReturnType<Program['zeroOf']> {
    const parameter = this.#parameters.get(this.#renamed.get(name) ?? name);
    if (parameter) return parameter.value === 0 ? 'parameter' : undefined;
    if (this.#isGiven(name) || !this.file.assigned.some((one) => one.name === name)) return undefined;
    const { initial, breakpoint, receive } = this.file;
    const isAssigned = [initial, breakpoint, receive?.body ?? []].some((body) =>
      assignedNames(body, this.file).has(name),
    );
    return isAssigned ? undefined : 'unassigned';
  }

  #rename(name: string): string {
    const taken = this.#names.take(allowed(name));
    this.#renamed.set(name, taken);
    return taken;
  }

  /** Whether NEURON gives a name its value, whatever the file states. */
  #isGiven(name: string): boolean {
    return (
      Object.hasOwn(implicit, name) ||
      name === 'celsius' ||
      name === 'diam' ||
      this.presynaptic.includes(name) ||
      this.#ions.has(name) ||
      this.#states.has(name)
    );
  }

  #declaredUnit(name: string): Powers | undefined {
    const ion = this.#ions.get(name);
    if (ion)
      return ion.role === 'current' ? currentUnit(this.file.kind) : ion.role === 'reversal' ? { mV: 1 } : { mM: 1 };
    if (Object.hasOwn(implicit, name)) return implicit[name]?.unit;
    if (this.presynaptic.includes(name)) return { mV: 1 };
    if (this.file.nonspecific.includes(name) || this.file.electrode.includes(name)) return currentUnit(this.file.kind);
    const declared = this.#declared.get(name) ?? this.#states.get(name);
    if (declared?.unit === undefined) return undefined;
    return powersOf(declared.unit, this.file.units);
  }

  #stateUnit(name: string): Powers {
    return this.#declaredUnit(name) ?? this.#declaredUnit(this.#states.get(name)?.name ?? '') ?? pure;
  }

  /** Returns the value of a variable that the pass has not assigned. */
  #outside(name: string, span: Span): Value | undefined {
    if (name === 'celsius') {
      const expression = difference(quotient(nameOf('temperature'), nameOf('kelvin')), number(273.15));
      return { expression: nameOf(this.#definitions.define('celsius', expression, pure, span), span), unit: pure };
    }
    if (this.#states.has(name)) {
      const unit = this.#stateUnit(name);
      if (this.#pass !== 'initial') return { expression: nameOf(this.#renamed.get(name) ?? name, span), unit };
      return this.#firstValue(name, unit);
    }
    // First values are the values at time 0.
    if (name === 't' && this.#pass === 'initial') return { expression: inUnits(zero, { ms: 1 }), unit: { ms: 1 } };
    const ion = this.#ions.get(name);
    const last = this.#last.get(name);
    // A current that the file does not READ is its own one.
    const isOwn =
      ion?.role === 'current' && !this.file.ions.some(({ reads }) => reads.some((one) => one.name === name));
    if (ion && !isOwn) {
      // Before the mechanism sets a concentration, it has its first value.
      const isSet = this.file.ions.some(({ writes }) => writes.some((one) => one.name === name));
      const start = this.#pass === 'initial' && isSet ? this.#firstLevel(ion) : undefined;
      if (start) return start;
      const port = nameOf(portName(ion.ion, ion.role), span);
      const unit = this.#declaredUnit(name) ?? pure;
      return { expression: ion.role === 'current' ? negated(port) : port, unit };
    }
    const given = Object.hasOwn(implicit, name) ? implicit[name] : undefined;
    if (given) return { expression: nameOf(given.name, span), unit: given.unit };
    if (this.presynaptic.includes(name)) return { expression: nameOf('pre.v', span), unit: { mV: 1 } };
    const hidden = this.#hidden.get(name);
    if (hidden) return { expression: nameOf(this.#renamed.get(name) ?? name, span), unit: hidden.unit };
    const renamed = this.#renamed.get(name);
    const parameter = renamed === undefined ? undefined : this.#parameters.get(renamed);
    if (renamed !== undefined && parameter) return { expression: nameOf(renamed, span), unit: parameter.unit };
    if (name === 'diam') {
      this.#parameters.set(this.#rename(name), { value: 20, unit: { um: 1 }, span });
      return this.#outside(name, span);
    }
    if (name === 'PI' || name === 'pi') return { expression: number(Math.PI, span), unit: pure };
    const declared = this.#declared.get(name) ?? this.#elementOf(name);
    if (!declared && !isOwn) return undefined;
    // A variable that the same pass assigns later has the value of the pass before.
    if (last) {
      this.#lagging.add(name);
      if (this.#pass !== 'step') return last;
      return this.#isSolving ? this.#atBegin(name, last) : (this.#copies.get(last) ?? last);
    }
    const unit = this.#declaredUnit(declared?.name ?? name) ?? pure;
    return { expression: inUnits({ expression: integer(0, span), unit: undefined }, unit), unit };
  }

  /** Returns a copy of a value that BREAKPOINT assigns, from the beginning of the step, for a SOLVE statement. */
  #atBegin(name: string, last: Value): Value {
    let copy = this.#begun.get(name);
    if (copy === undefined) {
      const { expression, unit = pure } = last;
      const definition = this.#definitions.define(`${name}_begin`, expression, unit, expression.span, true);
      copy = { expression: nameOf(definition, expression.span), unit: last.unit };
      this.#begun.set(name, copy);
    }
    return copy;
  }

  #elementOf(name: string): Declaration | undefined {
    const base = /^(.*)_\d+$/.exec(name)?.[1];
    return base !== undefined && this.#lengths.has(base) ? this.#declared.get(base) : undefined;
  }

  #execution(globals: ReadonlyMap<string, Value> = new Map()): Execution {
    return new Execution(
      this.#program,
      this.#definitions,
      (solve, execution) => this.#solve(solve, execution),
      globals,
    );
  }

  #solve({ block: name, method, isSteady, span }: Extract<Statement, { kind: 'solve' }>, execution: Execution): void {
    const block = this.file.blocks.get(name);
    if (!block) {
      const kind = kindOfMethod(method);
      const solvable = [...this.file.blocks.values()].filter((one) => one.kind === kind);
      this.report(
        messages.unknownFunction(
          name,
          kind,
          solvable.map((one) => one.name),
        ),
        span,
      );
      throw new Untranslatable();
    }
    if (!isSteady && block.kind !== 'LINEAR') {
      const { flows } = execution.effects;
      const before = flows.length;
      const known = new Map(execution.globals);
      this.#isSolving = true;
      execution.run(block.body);
      this.#isSolving = false;
      if (this.#pass === 'initial') return;
      if (block.kind === 'KINETIC' || method === 'derivimplicit') this.#schemes.push(flows.slice(before));
      // As the step goes to zero, states that a PROCEDURE advances keep their values.
      for (const state of this.#states.keys()) {
        const next = execution.globals.get(state);
        if (next) this.#advanced.set(state, next);
        execution.globals.delete(state);
      }
      // NEURON reads the potential again for the currents, so a guard such as `v = v + 0.0001` does not reach them.
      execution.globals.delete('v');
      if (this.#pass === 'step') this.#hold(execution, known);
      return;
    }
    // States that solve a linear system: at which all rates are zero, or that of a LINEAR block.
    const pass = this.#pass;
    this.#pass = 'step';
    const steady = this.#execution(execution.globals);
    for (const state of this.#states.keys()) steady.globals.delete(state);
    steady.run(block.body);
    this.#pass = pass;
    const { effects } = steady;
    const equations = block.kind === 'LINEAR' ? this.#linear(effects) : steadyEquations(effects, span, this.#facts);
    for (const [state, value] of this.#solved(equations, span)) execution.globals.set(state, value);
  }

  /**
   * Lets the currents read copies of values that a SOLVE statement has assigned. While NEURON measures the slope of a
   * current by a rise of the potential, it does not execute the statement again.
   */
  #hold({ globals, copies }: Execution, before: ReadonlyMap<string, Value>): void {
    const changing = new Set(['v']);
    for (const { name, expression } of this.#definitions.list) if (readsAny(expression, changing)) changing.add(name);
    for (const [name, value] of globals) {
      if (before.get(name) === value || !readsAny(value.expression, changing)) continue;
      const { expression, unit = pure } = value;
      const copy = this.#definitions.define(`${name}_before`, expression, unit, expression.span, true);
      this.#copied.set(copy, name);
      copies.set(value, { expression: nameOf(copy, expression.span), unit: value.unit });
    }
  }

  /** Returns the equations of a LINEAR block. */
  #linear({ zeros }: Effects): Equation[] {
    return zeros.map((value) => ({ zero: inUnits(value, value.unit ?? pure), unit: value.unit ?? pure }));
  }

  /** Solves linear equations for the states that they hold. Each element becomes a definition, so that none grows. */
  #solved(equations: readonly Equation[], span: Span): Map<string, Value> {
    const own = new Map([...this.#states.keys()].map((name) => [this.#renamed.get(name) ?? name, name]));
    const expanded = equations.map(({ zero }) => this.#expanded(zero, new Set(own.keys())));
    const unknowns = [...own.keys()].filter((name) => expanded.some((e) => namesIn(e).has(name)));
    const rows = expanded.map((e) => {
      const form = linearForm(e, unknowns);
      return form && [...unknowns.map((name) => form.coefficients.get(name) ?? integer(0)), negated(form.constant)];
    });
    const matrix = rows.flatMap((row) => (row ? [row] : []));
    if (matrix.length < rows.length || rows.length !== unknowns.length) {
      this.report(messages.nonlinearSteady(unknowns[0] ?? ''), span);
      throw new Untranslatable();
    }
    const stateUnits = unknowns.map((name) => this.#stateUnit(own.get(name) ?? name));
    const solved = eliminate(matrix, (value, row, column) => {
      const short = simplify(value);
      if (short.kind === 'number' || short.kind === 'quantity' || short.kind === 'name') return short;
      const whole = equations[row]?.unit ?? pure;
      const unit = column === unknowns.length ? whole : times(whole, stateUnits[column] ?? pure, -1);
      return nameOf(this.#definitions.define('steady', short, unit, span));
    });
    return new Map(
      unknowns.map((name, k) => [
        own.get(name) ?? name,
        { expression: solved[k] ?? integer(0), unit: stateUnits[k] ?? pure },
      ]),
    );
  }

  /** Returns an expression without definitions that read one of the names. */
  #expanded(e: Expression, names: ReadonlySet<string>): Expression {
    const values = new Map<string, Expression>();
    for (const definition of this.#definitions.list) {
      const expression = substitute(definition.expression, values);
      if (readsAny(expression, names)) values.set(definition.name, expression);
    }
    return substitute(e, values);
  }

  /** Returns the rates of states that a PROCEDURE advances by one step: their slopes at a step of zero. */
  #stepped(): Map<string, Expression> {
    const rates = new Map<string, Expression>();
    for (const state of this.#states.keys()) {
      const next = this.#advanced.get(state);
      if (!next) continue;
      const name = this.#renamed.get(state) ?? state;
      const value = this.#expanded(inUnits(next, this.#stateUnit(state)), new Set(['dt']));
      if (value.kind === 'name' && value.name === name) continue;
      const slope = readsAny(value, new Set(['dt'])) ? derivative(value, 'dt') : null;
      const span = this.#states.get(state)?.span ?? value.span;
      if (!slope) {
        this.report(messages.accumulates(state), span);
        throw new Untranslatable();
      }
      if (!isZero(slope) && linearForm(value, ['dt'])) this.report(messages.ownStep(state), span);
      rates.set(state, atNoStep(slope));
    }
    return rates;
  }

  mechanism(): Mechanism {
    const { file } = this;
    const assignedInSteps = assignedNames(file.breakpoint, file);
    const first = this.#execution();
    first.run(file.initial);
    const afterInitial = new Map(first.globals);
    // Variables that only INITIAL assigns are constants, or keep their first value until an event.
    const constants = new Map<string, Value>();
    const atEvents = this.#assignedAtEvents();
    for (const name of new Set([...afterInitial.keys(), ...atEvents])) {
      if (this.#states.has(name) || assignedInSteps.has(name)) continue;
      const value = afterInitial.get(name) ?? this.#outside(name, noSpan) ?? zero;
      if (!atEvents.has(name) && this.#isConstant(value.expression)) constants.set(name, value);
      else {
        const unit = this.#declaredUnit(name) ?? value.unit ?? pure;
        this.#rename(name);
        this.#hidden.set(name, { unit, initial: inUnits(value, unit), span: value.expression.span });
      }
    }
    this.#pass = 'step';
    const once = this.#execution(constants);
    once.run(file.breakpoint);
    this.#last = new Map([...once.globals].filter(([name]) => !this.#states.has(name)));
    this.#copies = once.copies;
    const step = this.#execution(constants);
    this.#schemes = [];
    step.run(file.breakpoint);
    const rates = new Map([...this.#stepped(), ...ratesOf(step.effects, this.#facts)]);
    this.#checkExponential(rates);
    const [sent] = [...step.effects.sent, ...first.effects.sent].filter(
      ({ name }, k) => k < step.effects.sent.length || !file.receive || name !== 'net_send',
    );
    if (sent) return this.#refuse(sent.name, 'an event that NET_RECEIVE does not send', sent.span);
    const receipt = file.receive && this.#receipt(constants, first.effects.sent.map(sentOf));
    const states = new Map<string, State>();
    for (const name of this.#states.keys()) {
      const unit = this.#stateUnit(name);
      const start = afterInitial.get(name) ?? this.#firstValue(name, unit);
      states.set(this.#renamed.get(name) ?? name, {
        unit,
        initial: inUnits(start, unit),
        rate: rates.get(name),
        span: this.#states.get(name)?.span ?? noSpan,
      });
    }
    for (const [name, { unit, initial, span }] of this.#hidden)
      states.set(this.#renamed.get(name) ?? name, { unit, initial, rate: undefined, span });
    const writes = this.#writes(step);
    const scheme = this.#scheme(rates);
    const own = new Set(scheme);
    const sums = step.effects.conserved.map((one) => ({ ...one, expression: this.#expanded(one.expression, own) }));
    const conserved = conservedStates(sums, scheme);
    const derived = this.#needed(
      [...states.values()],
      [...writes.values(), ...conserved.values()],
      receipt,
      this.#unsettled(step),
      this.#shown(step),
    );
    const assignedInInitial = assignedNames(file.initial, file);
    for (const { name, span } of derived) {
      const variable = this.#copied.get(name);
      if (variable !== undefined && !assignedInInitial.has(variable))
        this.report(messages.zeroAtFirst(variable), this.#declared.get(variable)?.span ?? span);
    }
    const mechanism: Mechanism = {
      name: file.name,
      kind: file.kind,
      title: file.title,
      parameters: this.#parameters,
      states,
      derived,
      ions: this.#ionsUsed(),
      writes,
      starts: this.#starts,
      scheme,
      conserved,
      reads: this.#reads([...states.values()], writes, derived, receipt),
      receipt,
    };
    // A variable that INITIAL computes otherwise has its name from the step.
    const swapped = [...this.#shown(step)].filter(([name, definition]) => name !== definition);
    return swapped.length === 0
      ? mechanism
      : renamed(mechanism, new Map(swapped.flatMap(([a, b]) => [[a, b] as const, [b, a] as const])));
  }

  /** Reports rates that are not linear in their states, for which `cnexp` has no solution. */
  #checkExponential(rates: ReadonlyMap<string, Expression>): void {
    for (const solve of this.file.breakpoint) {
      if (solve.kind !== 'solve' || solve.method !== 'cnexp') continue;
      for (const one of this.file.blocks.get(solve.block)?.body ?? []) {
        if (one.kind !== 'assign' || !one.isRate) continue;
        const name = this.#renamed.get(one.target.name) ?? one.target.name;
        const rate = rates.get(name) ?? rates.get(one.target.name);
        if (rate && !linearForm(this.#expanded(rate, new Set([name])), [name]))
          this.report(messages.nonlinearRate(one.target.name), one.span);
      }
    }
  }

  /** Returns the definitions of RANGE variables in a step, by the names of the variables. */
  #shown(step: Execution): ReadonlyMap<string, string> {
    const own = new Set(this.#definitions.list.map(({ name }) => name));
    return new Map(
      this.file.assigned.flatMap(({ name }) => {
        if (!this.file.range.has(name)) return [];
        const value = step.globals.get(name)?.expression;
        if (!value) return [[name, name]];
        return value.kind === 'name' && own.has(value.name) && own.has(name) ? [[name, value.name]] : [];
      }),
    );
  }

  /** Returns the states that NEURON advances by an implicit step: those of reactions, `sparse` and `derivimplicit`. */
  #scheme(rates: ReadonlyMap<string, Expression>): string[] {
    const states = this.#schemes
      .flat()
      .flatMap(statesOf)
      .filter((state) => rates.has(state));
    return [...new Set(states.map((state) => this.#renamed.get(state) ?? state))];
  }

  /** Returns the variables of the file that events assign, besides those of the connection. */
  #assignedAtEvents(): ReadonlySet<string> {
    const { receive } = this.file;
    const own = new Set(receive?.parameters.map(({ name }) => name));
    const assigned = receive ? assignedNames(receive.body, this.file) : [];
    return new Set([...assigned].filter((name) => this.#declared.has(name) && !own.has(name) && !this.#ions.has(name)));
  }

  #firstValue(name: string, unit: Powers): Value {
    const ion = this.#ions.get(name);
    const level = ion && this.#firstLevel(ion);
    if (level) return level;
    if (this.#parameters.has(`${name}0`)) return { expression: nameOf(`${name}0`), unit };
    const start = this.#states.get(name)?.value;
    return start === undefined ? zero : { expression: literal(sixDigits(start)), unit: undefined };
  }

  /** Returns a parameter with the first value of a concentration; undefined for potentials and currents. */
  #firstLevel({ ion, role }: IonName): Value | undefined {
    if (role !== 'inside' && role !== 'outside') return undefined;
    const value = ionDefaults(ion)[role];
    const unit = { mM: 1 };
    const port = portName(ion, role);
    const known = [...this.#starts].find(([, one]) => one === port)?.[0];
    const parameter = known ?? this.#names.take(`${port}_start`);
    this.#starts.set(parameter, port);
    this.#parameters.set(parameter, { value, unit, span: noSpan });
    return { expression: nameOf(parameter), unit };
  }

  /** Whether an expression depends on parameters and the temperature only. */
  #isConstant(e: Expression): boolean {
    const values = new Map(this.#definitions.list.map((one) => [one.name, one.expression]));
    const seen = new Set<string>();
    const isFixed = (part: Expression): boolean =>
      [...namesIn(part)].every((name) => {
        if (seen.has(name)) return true;
        seen.add(name);
        const definition = values.get(name);
        if (definition) return isFixed(definition);
        return this.#parameters.has(name) || name === 'temperature' || unitNames.has(name);
      });
    return isFixed(e);
  }

  #writes(step: Execution): Map<string, Expression> {
    const { file } = this;
    const writes = new Map<string, Expression>();
    const value = (name: string, span: Span): Expression => {
      const unit = this.#declaredUnit(name) ?? pure;
      const found = step.globals.get(name) ?? (this.#states.has(name) ? this.#outside(name, span) : undefined);
      return found ? inUnits(found, unit) : inUnits(zero, unit);
    };
    const inward = (name: string, span: Span): Expression => negatedCurrent(this.#inlined(value(name, span)));
    for (const { ion, writes: written } of file.ions)
      for (const { name, span } of written) {
        const role = roleOf(name, ion);
        if (role === 'reversal')
          return this.#refuse(`WRITE ${name}`, 'a reversal potential that a mechanism sets', span);
        if (role === 'current' && file.electrode.length > 0)
          return this.#refuse('ELECTRODE_CURRENT', 'NEURON reverses the current of an ion beside it', span);
        writes.set(portName(ion, role), role === 'current' ? inward(name, span) : value(name, span));
      }
    const [electrode] = file.electrode;
    const parts = [
      ...file.nonspecific.map((name) => (electrode === undefined ? inward : value)(name, noSpan)),
      ...file.electrode.map((name) => value(name, noSpan)),
    ];
    for (const name of electrode === undefined ? [] : file.nonspecific)
      this.report(messages.reversedCurrent(name), this.#declared.get(name)?.span ?? noSpan);
    if (parts.length > 0) writes.set('i', parts.reduce(sum));
    return writes;
  }

  /** Returns the definition of a name by itself. */
  #inlined(e: Expression): Expression {
    const found = e.kind === 'name' ? this.#definitions.list.find(({ name }) => name === e.name) : undefined;
    return found ? found.expression : e;
  }

  #refuse(part: string, kind: string, span: Span): never {
    this.report(messages.refused(part, kind), span);
    throw new Untranslatable();
  }

  /**
   * Returns the effects of events. The arguments of the block are variables of the connection.
   *
   * @param sent  events that INITIAL sends to the point process
   */
  #receipt(constants: ReadonlyMap<string, Value>, sent: readonly Sent[]): Receipt {
    const { receive } = this.file;
    const given = receive?.parameters ?? [];
    this.#pass = 'event';
    const stored = new Map<string, { readonly name: string; readonly unit: Powers }>();
    for (const name of this.#states.keys())
      stored.set(name, { name: this.#renamed.get(name) ?? name, unit: this.#stateUnit(name) });
    for (const [name, { unit }] of this.#hidden) stored.set(name, { name: this.#renamed.get(name) ?? name, unit });
    const values = new Map(constants);
    for (const declaration of given) {
      const unit = (declaration.unit === undefined ? undefined : powersOf(declaration.unit, this.file.units)) ?? pure;
      const name = this.#names.take(allowed(declaration.name));
      stored.set(declaration.name, { name, unit });
      values.set(declaration.name, { expression: nameOf(name), unit });
    }
    const kept: Kept[] = [];
    const run: Parameters<typeof eventsOf>[0] = (flag, decide, onSend) => {
      const own = new Map([...values, ['flag', { expression: flag, unit: undefined }]]);
      const solve: ConstructorParameters<typeof Execution>[2] = (one, execution) => this.#solve(one, execution);
      const execution = new Execution(this.#program, this.#definitions, solve, own, true);
      const code = new EventCode(
        this.#program,
        execution,
        given.map(({ name }) => name),
        stored,
        this.#names,
        decide,
        onSend,
      );
      code.run(this.#pass === 'initial' ? starts.flatMap(({ body }) => body) : (receive?.body ?? []));
      kept.push(...code.kept);
      return code;
    };
    const starts = (receive?.body ?? []).filter((statement) => statement.kind === 'initial');
    this.#pass = 'initial';
    const begin = run(integer(0));
    this.#pass = 'event';
    const { times, ...events } = eventsOf(
      run,
      sent,
      (wanted) => this.#names.take(wanted),
      (time) => this.#isConstant(time) && !namesIn(this.#expanded(time, temperature)).has('temperature'),
      (part, reason, span) => this.#refuse(part, reason, span),
    );
    this.#pass = 'step';
    const first = new Map(begin.statements.map(({ target, value }) => [target, value]));
    const variables = new Map<string, { readonly unit: Powers; readonly initial: Expression }>();
    const connection = given.map(({ name }) => stored.get(name) ?? { name, unit: pure });
    const [weight, ...others] = connection;
    const start = (unit: Powers): Expression => inUnits(zero, unit);
    for (const { name, unit } of others) variables.set(name, { unit, initial: first.get(name) ?? start(unit) });
    const assigned = new Set(statementsOf(events).map(({ target }) => target));
    for (const { name, unit } of kept) if (assigned.has(name)) variables.set(name, { unit, initial: start(unit) });
    for (const { name, initial } of times) variables.set(name, { unit: { ms: 1 }, initial });
    return { weight, variables, ...events };
  }

  #ionsUsed(): Map<string, Ion> {
    const ions = new Map<string, Ion>();
    for (const { ion, reads, writes, valence, span } of this.file.ions) {
      const roles = (names: readonly Named[]): Set<string> => new Set(names.map(({ name }) => roleOf(name, ion)));
      const [read, written] = [roles(reads), roles(writes)];
      ions.set(ion, {
        valence: valence ?? (Object.hasOwn(ownValences, ion) ? ownValences[ion] : undefined),
        readsReversal: read.has('reversal'),
        readsInside: read.has('inside'),
        readsOutside: read.has('outside'),
        writesConcentration: written.has('inside') || written.has('outside'),
        span,
      });
    }
    return ions;
  }

  /** Returns the definitions that a further step would change, with the variables that they are of. */
  #unsettled(step: Execution): ReadonlyMap<string, string> {
    return new Map(
      [...this.#lagging].flatMap((name) => {
        const [before, after] = [this.#last.get(name)?.expression, step.globals.get(name)?.expression];
        if (before && after && equalExpressions(before, after)) return [];
        return [before, after].flatMap((e) =>
          [...(e ? namesIn(e) : [])].map((definition) => [definition, name] as const),
        );
      }),
    );
  }

  /** Returns the definitions that are read in the file or that it lets others read. */
  #needed(
    states: readonly State[],
    others: readonly Expression[],
    receipt: Receipt | undefined,
    unsettled: ReadonlyMap<string, string>,
    shown: ReadonlyMap<string, string>,
  ): Definitions['list'] {
    const { list } = this.#definitions;
    const wanted = new Set<string>();
    const add = (e: Expression | undefined): void => {
      for (const name of e ? namesIn(e) : []) wanted.add(name);
    };
    for (const { initial, rate } of states) {
      add(initial);
      add(rate);
    }
    for (const value of others) add(value);
    for (const { initial } of receipt?.variables.values() ?? []) add(initial);
    for (const { value } of receipt ? statementsOf(receipt) : []) add(value);
    for (const { delay } of receipt?.pathways ?? []) add(delay);
    for (const { when } of receipt?.timed ?? []) add(when);
    const addAll = (): void => {
      for (const one of list.toReversed()) if (wanted.has(one.name)) add(one.expression);
    };
    addAll();
    for (const [definition, name] of unsettled)
      if (wanted.has(definition)) {
        this.report(messages.accumulates(name), (this.#declared.get(name) ?? this.#elementOf(name))?.span ?? noSpan);
        throw new Untranslatable();
      }
    for (const [name, definition] of shown) if (!unsettled.has(name)) wanted.add(definition);
    addAll();
    return list.filter(({ name }) => wanted.has(name));
  }

  #reads(
    states: readonly State[],
    writes: ReadonlyMap<string, Expression>,
    derived: Definitions['list'],
    receipt: Receipt | undefined,
  ): string[] {
    const names = new Set(
      [
        ...states.flatMap(({ initial, rate }) => (rate ? [initial, rate] : [initial])),
        ...writes.values(),
        ...derived.map(({ expression }) => expression),
        ...(receipt ? statementsOf(receipt) : []).map(({ value }) => value),
        ...(receipt?.timed ?? []).map(({ when }) => when),
      ].flatMap((e) => [...namesIn(e)]),
    );
    const ports = [...this.#ions.values()].map(({ ion, role }) => portName(ion, role));
    return ['v', 'area', 'temperature', ...new Set(ports)].filter((name) => names.has(name));
  }
}

/** Returns a mechanism with other names of definitions. */
function renamed(mechanism: Mechanism, names: ReadonlyMap<string, string>): Mechanism {
  const known = new Map([...names].map(([name, other]) => [name, nameOf(other)]));
  const of = (e: Expression): Expression => substitute(e, known);
  const values = (map: ReadonlyMap<string, Expression>): ReadonlyMap<string, Expression> =>
    new Map([...map].map(([name, e]) => [name, of(e)]));
  const starting = <T extends { readonly initial: Expression }>(map: ReadonlyMap<string, T>): ReadonlyMap<string, T> =>
    new Map([...map].map(([name, one]) => [name, { ...one, initial: of(one.initial) }]));
  const code = (statements: readonly EventStatement[]): EventStatement[] =>
    statements.map((one) => ({ ...one, value: of(one.value) }));
  const { states, derived, writes, conserved, receipt } = mechanism;
  return {
    ...mechanism,
    states: new Map([...starting(states)].map(([name, one]) => [name, { ...one, rate: one.rate && of(one.rate) }])),
    derived: derived.map((one) => ({ ...one, name: names.get(one.name) ?? one.name, expression: of(one.expression) })),
    writes: values(writes),
    conserved: values(conserved),
    receipt: receipt && {
      ...receipt,
      variables: starting(receipt.variables),
      statements: code(receipt.statements),
      pathways: receipt.pathways.map((one) => ({ ...one, delay: of(one.delay), statements: code(one.statements) })),
      timed: receipt.timed.map((one) => ({ ...one, when: of(one.when), statements: code(one.statements) })),
    },
  };
}

/** Returns a mechanism whose currents follow the potential within a step. */
export function withoutCopies(mechanism: Mechanism): Mechanism {
  const copies = new Map(mechanism.derived.flatMap((one) => (one.held ? [[one.name, one.expression] as const] : [])));
  if (copies.size === 0) return mechanism;
  return {
    ...mechanism,
    states: new Map(
      [...mechanism.states].map(([name, one]) => [name, { ...one, rate: one.rate && substitute(one.rate, copies) }]),
    ),
    derived: mechanism.derived.flatMap((one) =>
      one.held ? [] : [{ ...one, expression: substitute(one.expression, copies) }],
    ),
    writes: new Map([...mechanism.writes].map(([port, value]) => [port, substitute(value, copies)])),
  };
}

/** Returns the statements of all events. */
export const statementsOf = ({
  statements,
  pathways,
  timed,
}: Pick<Receipt, 'statements' | 'pathways' | 'timed'>): readonly EventStatement[] => [
  ...statements,
  ...[...pathways, ...timed].flatMap((one) => one.statements),
];

/** Returns an event that INITIAL sends. */
const sentOf = ({ arguments: [when = zero, flag = zero], span }: Effects['sent'][number]): Sent => ({
  when: inUnits(when, { ms: 1 }),
  flag: flag.expression,
  isMove: false,
  conditions: [],
  span,
});

const temperature = new Set(['temperature']);
const zero: Value = { expression: integer(0), unit: undefined };
const noSpan: Span = { start: 0, end: 0 };

/** Names of all units that equations may hold. */
const unitNames = new Set(
  'mV volt uV ms second us mA amp nA pA uA siemens mS uS nS pS mM uM nM molar um mm cm meter nm mol mmol umol nmol pmol liter farad uF nF pF coulomb joule ohm Mohm kohm Hz kHz kelvin gram'.split(
    ' ',
  ),
);

const elementsOf = ({ name, length }: Declaration): string[] =>
  length === undefined ? [name] : Array.from({ length }, (_, k) => elementName(name, k));

/** Returns a unit as text. */
function unitText(powers: Powers): string {
  const parts = Object.entries(powers).map(([name, power]) => (power === 1 ? name : `${name}^${power}`));
  return parts.length === 0 || isPure(powers) ? 'a number' : parts.join(' ');
}

/** Returns a current with the other sign: `g*(e - v)` for `g*(v - e)`. */
function negatedCurrent(e: Expression): Expression {
  if (e.kind === 'binary' && e.operator === '*') {
    const { left, right } = e;
    if (right.kind === 'binary' && right.operator === '-')
      return binary('*', left, binary('-', right.right, right.left), e.span);
  }
  return negated(e);
}

const unitsAsOne = new Map([...unitNames].map((name) => [name, integer(1)]));

/** Returns a slope by the step at a step of zero. */
function atNoStep(e: Expression): Expression {
  if (e.kind === 'name') return e.name === 'dt' ? integer(0) : e;
  if (e.kind === 'unary' && e.operator === '-') return negated(atNoStep(e.operand));
  if (e.kind === 'call') {
    const [argument, ...others] = e.arguments.map(atNoStep);
    if (e.function === 'exp' && argument && isZero(argument)) return integer(1);
    return argument ? { ...e, arguments: [argument, ...others] } : e;
  }
  if (e.kind === 'conditional') {
    const condition = atNoStep(e.condition);
    // Values of a step of zero are zero in any unit.
    const decided = constantOf(simplify(substitute(condition, unitsAsOne)));
    const [whenTrue, whenFalse] = [atNoStep(e.whenTrue), atNoStep(e.whenFalse)];
    return decided === undefined ? conditional(condition, whenTrue, whenFalse) : decided ? whenTrue : whenFalse;
  }
  if (e.kind !== 'binary') return e;
  const [left, right] = [atNoStep(e.left), atNoStep(e.right)];
  const { operator } = e;
  if (operator === '+') return sum(left, right);
  if (operator === '-') return difference(left, right);
  if (operator === '*') return product(left, right);
  return operator === '/' ? quotient(left, right) : binary(operator, left, right, e.span);
}

/** Returns a number with its unit, as the canonical language writes it. */
export function quantityOf(value: number, unit: Powers): Expression {
  const factor = unitExpression(unit);
  const literal = number(value, undefined, Number.isInteger(value));
  return factor ? inUnits({ expression: literal, unit: undefined }, unit) : literal;
}
