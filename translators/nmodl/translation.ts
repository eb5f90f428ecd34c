/** An NMODL file as equations: states with their rates, variables computed from them, currents and concentrations. */

import type { Expression, Span } from '../../src/lang/ast.js';
import { difference, integer, isZero, name as nameOf, negated, number, quotient } from '../../src/lang/build.js';
import { LangError } from '../../src/lang/lang-error.js';
import { derivative } from '../../src/lang/derivative.js';
import { linearForm } from '../../src/lang/linear.js';
import { equalExpressions, namesIn, readsAny, substitute } from '../../src/lang/walk.js';
import { Definitions, Untranslatable, type Effects, type Flow, type Program } from './definitions.js';
import { Execution } from './execute.js';
import * as messages from './messages.js';
import type { Report } from './expressions.js';
import { assignedNames } from './assigned-names.js';
import { kindOfMethod } from './check.js';
import { portName } from './ions.js';
import { conservedStates, ratesOf, statesOf, steadyEquations, type StateFacts } from './kinetics.js';
import { FileNames, implicit, unitNames } from './file-names.js';
import { renamed, type GivenValues, type Mechanism, type State } from './mechanism.js';
import { neededDefinitions, readsOf } from './needed-definitions.js';
import { receiptOf } from './receipt.js';
import type { Sent } from './receive.js';
import { linearEquations, solvedStates } from './solved-states.js';
import { atNoStep, checkExponential } from './step-slope.js';
import type { NmodlFile, Statement } from './syntax.js';
import { isPure, powersOf, pure, ratioOf, type Powers } from './units.js';
import { ionsUsed, writesOf } from './written-currents.js';
import { inUnits, type Value } from './values.js';

/**
 * Returns a file as equations; null after an error.
 *
 * @param presynaptic  variables with the potential of that end
 * @param tabulated  values that parameters have, if NEURON interpolates tables of the potential
 */
export function mechanismOf(
  file: NmodlFile,
  report: Report,
  presynaptic: readonly string[] = [],
  tabulated?: GivenValues,
): Mechanism | null {
  try {
    return new Translation(file, report, presynaptic, tabulated).mechanism();
  } catch (error) {
    if (error instanceof Untranslatable) return null;
    if (!(error instanceof LangError)) throw error;
    report(error.finding, error.span);
    return null;
  }
}

class Translation {
  readonly #own: FileNames;
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
    tabulated: GivenValues | undefined,
  ) {
    this.#own = new FileNames(file, report, presynaptic, tabulated);
    this.#definitions = new Definitions(this.#own.names);
    this.#facts = {
      states: this.#own.states,
      unitOf: (state) => this.#own.stateUnit(state),
      nameOf: (state) => this.#own.renamed.get(state) ?? state,
      arrayOf: (state) => this.#own.states.get(state)?.name ?? '',
      report,
      contradiction: (from, to, at) => {
        this.#program.contradiction(from, to, at);
      },
    };
    // Numbers within units, as in (1e-3 coul/cm3), are not part of units here.
    const hasMultiples = [...file.stated.keys(), ...file.units.values()].some((text) => /^\s*[\d.]/.test(text));
    this.#program = {
      names: [...this.#own.declared.keys(), 'v', 't', 'dt', 'celsius', 'area', 'diam'],
      blocks: file.blocks,
      isDeclared: (name) =>
        this.#own.isGiven(name) ||
        this.#own.declared.has(name) ||
        this.#own.elementOf(name) !== undefined ||
        [...file.nonspecific, ...file.electrode].includes(name),
      outside: (name, span) => this.#outside(name, span),
      declaredUnit: (name) => this.#own.declaredUnit(name),
      isState: (name) => this.#own.states.has(name),
      zeroOf: (name) => this.#own.zeroOf(name),
      tableOf: (block, argument) => this.#own.tableOf(block, argument),
      lengths: this.#own.lengths,
      unit: (text) => powersOf(text, file.units),
      report,
      contradiction: (from, to, at) => {
        if (hasMultiples || file.unitless.some(({ start, end }) => at.span.start >= start && at.span.start < end))
          return;
        if (at.span.end > 0) report(messages.contradiction(unitText(from), unitText(to), ratioOf(to, from)), at.span);
      },
    };
  }

  /** Returns the value of a variable that the pass has not assigned. */
  #outside(name: string, span: Span): Value | undefined {
    if (name === 'celsius') {
      const expression = difference(quotient(nameOf('temperature'), nameOf('kelvin')), number(273.15));
      return { expression: nameOf(this.#definitions.define('celsius', expression, pure, span), span), unit: pure };
    }
    if (this.#own.states.has(name)) {
      const unit = this.#own.stateUnit(name);
      if (this.#pass !== 'initial') return { expression: nameOf(this.#own.renamed.get(name) ?? name, span), unit };
      return this.#own.firstValue(name, unit);
    }
    // First values are the values at time 0.
    if (name === 't' && this.#pass === 'initial') return { expression: inUnits(zero, { ms: 1 }), unit: { ms: 1 } };
    const ion = this.#own.ions.get(name);
    const last = this.#last.get(name);
    // A current that the file does not READ is its own one.
    const isOwn =
      ion?.role === 'current' && !this.file.ions.some(({ reads }) => reads.some((one) => one.name === name));
    if (ion && !isOwn) {
      // Before the mechanism sets a concentration, it has its first value.
      const isSet = this.file.ions.some(({ writes }) => writes.some((one) => one.name === name));
      const start = this.#pass === 'initial' && isSet ? this.#own.firstLevel(ion) : undefined;
      if (start) return start;
      const port = nameOf(portName(ion.ion, ion.role), span);
      const unit = this.#own.declaredUnit(name) ?? pure;
      return { expression: ion.role === 'current' ? negated(port) : port, unit };
    }
    const given = Object.hasOwn(implicit, name) ? implicit[name] : undefined;
    if (given) return { expression: nameOf(given.name, span), unit: given.unit };
    if (this.presynaptic.includes(name)) return { expression: nameOf('pre.v', span), unit: { mV: 1 } };
    const hidden = this.#hidden.get(name);
    if (hidden) return { expression: nameOf(this.#own.renamed.get(name) ?? name, span), unit: hidden.unit };
    const renamed = this.#own.renamed.get(name);
    const parameter = renamed === undefined ? undefined : this.#own.parameters.get(renamed);
    if (renamed !== undefined && parameter) return { expression: nameOf(renamed, span), unit: parameter.unit };
    if (name === 'diam') {
      this.#own.parameters.set(this.#own.rename(name), { value: 20, unit: { um: 1 }, span });
      return this.#outside(name, span);
    }
    if (name === 'PI' || name === 'pi') return { expression: number(Math.PI, span), unit: pure };
    const declared = this.#own.declared.get(name) ?? this.#own.elementOf(name);
    if (!declared && !isOwn) return undefined;
    // A variable that the same pass assigns later has the value of the pass before.
    if (last) {
      this.#lagging.add(name);
      if (this.#pass !== 'step') return last;
      return this.#isSolving ? this.#atBegin(name, last) : (this.#copies.get(last) ?? last);
    }
    const unit = this.#own.declaredUnit(declared?.name ?? name) ?? pure;
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
      for (const state of this.#own.states.keys()) {
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
    for (const state of this.#own.states.keys()) steady.globals.delete(state);
    steady.run(block.body);
    this.#pass = pass;
    const { effects } = steady;
    const equations = block.kind === 'LINEAR' ? linearEquations(effects) : steadyEquations(effects, span, this.#facts);
    for (const [state, value] of solvedStates(equations, span, this.#own, this.#definitions, this.report, (e, names) =>
      this.#expanded(e, names),
    ))
      execution.globals.set(state, value);
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
    const step = new Set(['dt']);
    for (const state of this.#own.states.keys()) {
      const next = this.#advanced.get(state);
      if (!next) continue;
      const name = this.#own.renamed.get(state) ?? state;
      const value = this.#expanded(inUnits(next, this.#own.stateUnit(state)), step);
      if (value.kind === 'name' && value.name === name) continue;
      const slope = readsAny(value, step) ? derivative(value, 'dt') : null;
      const span = this.#own.states.get(state)?.span ?? value.span;
      if (!slope) {
        this.report(messages.accumulates(state), span);
        throw new Untranslatable();
      }
      // Tables of values that depend on the step, such as 1 - exp(-dt/tau), are not in the rate.
      const tabulated = this.#definitions.list.filter(({ table }) => table).map((one) => one.expression);
      if (tabulated.some((e) => readsAny(this.#expanded(e, step), step))) this.#own.interpolated.clear();
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
      if (this.#own.states.has(name) || assignedInSteps.has(name)) continue;
      const value = afterInitial.get(name) ?? this.#outside(name, noSpan) ?? zero;
      if (!atEvents.has(name) && this.#isConstant(value.expression)) constants.set(name, value);
      else {
        const unit = this.#own.declaredUnit(name) ?? value.unit ?? pure;
        this.#own.rename(name);
        this.#hidden.set(name, { unit, initial: inUnits(value, unit), span: value.expression.span });
      }
    }
    this.#pass = 'step';
    const once = this.#execution(constants);
    once.run(file.breakpoint);
    this.#last = new Map([...once.globals].filter(([name]) => !this.#own.states.has(name)));
    this.#copies = once.copies;
    const step = this.#execution(constants);
    this.#schemes = [];
    step.run(file.breakpoint);
    const rates = new Map([...this.#stepped(), ...ratesOf(step.effects, this.#facts)]);
    checkExponential(file, rates, this.#own, (e, names) => this.#expanded(e, names), this.report);
    const [sent] = [...step.effects.sent, ...first.effects.sent].filter(
      ({ name }, k) => k < step.effects.sent.length || !file.receive || name !== 'net_send',
    );
    if (sent) return this.#refuse(sent.name, 'an event that NET_RECEIVE does not send', sent.span);
    const receipt =
      file.receive &&
      receiptOf(
        file,
        this.#own,
        {
          program: this.#program,
          definitions: this.#definitions,
          hidden: this.#hidden,
          solve: (one, execution) => this.#solve(one, execution),
          enter: (pass) => {
            this.#pass = pass;
          },
          isConstant: (time) =>
            this.#isConstant(time) && !namesIn(this.#expanded(time, temperature)).has('temperature'),
          refuse: (part, reason, span) => this.#refuse(part, reason, span),
        },
        constants,
        first.effects.sent.map(sentOf),
      );
    const states = new Map<string, State>();
    for (const name of this.#own.states.keys()) {
      const unit = this.#own.stateUnit(name);
      const start = afterInitial.get(name) ?? this.#own.firstValue(name, unit);
      states.set(this.#own.renamed.get(name) ?? name, {
        unit,
        initial: inUnits(start, unit),
        rate: rates.get(name),
        span: this.#own.states.get(name)?.span ?? noSpan,
      });
    }
    for (const [name, { unit, initial, span }] of this.#hidden)
      states.set(this.#own.renamed.get(name) ?? name, { unit, initial, rate: undefined, span });
    const writes = writesOf(file, this.#own, step, this.report, {
      outside: (name, span) => this.#outside(name, span),
      inlined: (e) => this.#inlined(e),
      refuse: (part, kind, span) => this.#refuse(part, kind, span),
    });
    const scheme = this.#scheme(rates);
    const own = new Set(scheme);
    const sums = step.effects.conserved.map((one) => ({ ...one, expression: this.#expanded(one.expression, own) }));
    const conserved = conservedStates(sums, scheme);
    const derived = neededDefinitions(
      this.#definitions.list,
      [...states.values()],
      [...writes.values(), ...conserved.values()],
      receipt,
      this.#unsettled(step),
      this.#shown(step),
      (name) => {
        this.report(
          messages.accumulates(name),
          (this.#own.declared.get(name) ?? this.#own.elementOf(name))?.span ?? noSpan,
        );
        throw new Untranslatable();
      },
    );
    const assignedInInitial = assignedNames(file.initial, file);
    for (const { name, span } of derived) {
      const variable = this.#copied.get(name);
      if (variable !== undefined && !assignedInInitial.has(variable))
        this.report(messages.zeroAtFirst(variable), this.#own.declared.get(variable)?.span ?? span);
    }
    const mechanism: Mechanism = {
      name: file.name,
      kind: file.kind,
      title: file.title,
      parameters: this.#own.parameters,
      states,
      derived,
      ions: ionsUsed(file),
      writes,
      starts: this.#own.starts,
      scheme,
      conserved,
      reads: readsOf([...states.values()], writes, derived, receipt, this.#own.ions),
      receipt,
      interpolated: this.#own.interpolated,
    };
    // A variable that INITIAL computes otherwise has its name from the step.
    const swapped = [...this.#shown(step)].filter(([name, definition]) => name !== definition);
    return swapped.length === 0
      ? mechanism
      : renamed(mechanism, new Map(swapped.flatMap(([a, b]) => [[a, b] as const, [b, a] as const])));
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
    return [...new Set(states.map((state) => this.#own.renamed.get(state) ?? state))];
  }

  /** Returns the variables of the file that events assign, besides those of the connection. */
  #assignedAtEvents(): ReadonlySet<string> {
    const { receive } = this.file;
    const own = new Set(receive?.parameters.map(({ name }) => name));
    const assigned = receive ? assignedNames(receive.body, this.file) : [];
    return new Set(
      [...assigned].filter((name) => this.#own.declared.has(name) && !own.has(name) && !this.#own.ions.has(name)),
    );
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
        return this.#own.parameters.has(name) || name === 'temperature' || unitNames.has(name);
      });
    return isFixed(e);
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
}

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

/** Returns a unit as text. */
function unitText(powers: Powers): string {
  const parts = Object.entries(powers).map(([name, power]) => (power === 1 ? name : `${name}^${power}`));
  return parts.length === 0 || isPure(powers) ? 'a number' : parts.join(' ');
}
