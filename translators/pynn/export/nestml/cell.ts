/** A type of cells as a model of NESTML. */

import type { Assignment, Expression, Statement } from '../../../../src/lang/ast.js';
import { binary, conditional, name as nameOf, number, quantity } from '../../../../src/lang/build.js';
import { second } from '../../../../src/lang/dimension.js';
import { linearForm, linearRate } from '../../../../src/lang/linear.js';
import { parseUnit } from '../../../../src/lang/units.js';
import { mapExpression, namesIn } from '../../../../src/lang/walk.js';
import { identityOf, type StandardCell } from '../../../../src/library/standard-type.js';
import { freeName } from '../../../../src/model/free-name.js';
import type { EventDefinition, NeuronType, Parameter, Refractory, Table } from '../../../../src/model/typed.js';
import { draws, negation, nestmlAssignment, nestmlExpression, nestmlText, textOf, type Names } from './expressions.js';
import { NotInNestml } from './not-in-nestml.js';
import { portStatements, type Port } from './ports.js';
import { reserved } from './reserved.js';
import { nestmlQuantity, nestUnitOf } from './units.js';

/** What becomes of a cell. */
export interface CellOfNest {
  readonly name: string;
  readonly type: NeuronType;
  /** Whether thresholds are tested before spikes arrive in a step, and resets come after that, as under Brian. */
  readonly testsFirst: boolean;
  readonly ports: readonly Port[];
  /** The event that other cells and recordings know as the spike; absent: none. */
  readonly emits?: string;
  /** The input that current sources feed; absent: none. */
  readonly fed?: string;
  /** Code that runs at regular times, in steps. */
  readonly operations: readonly { readonly statements: readonly Statement[]; readonly every: number }[];
  /** Variables that are recorded. */
  readonly recorded: ReadonlySet<string>;
  readonly tables: Readonly<Record<string, Table>>;
  readonly numbersOfTable: (table: Table) => ArrayLike<number>;
}

/** A model of NESTML, and what PyNN sees of it. */
export interface NestmlCell {
  readonly text: string;
  readonly standard: StandardCell;
  /** What differs from the model: sentences. */
  readonly approximations: readonly string[];
  /** Units of what can be recorded, by name. */
  readonly units: Readonly<Record<string, string>>;
}

/** The longest table that is written as choices. */
const longestTable = 20;

/**
 * The model of a type.
 *
 * @throws NotInNestml  with the reason why there is none
 */
export function nestmlCell(cell: CellOfNest): NestmlCell {
  return new Writer(cell).written();
}

class Writer {
  readonly #cell: CellOfNest;
  readonly #type: NeuronType;
  readonly #taken = new Set<string>();
  readonly #approximations: string[] = [];
  /** Derived variables that are computed at the beginning of each step. */
  readonly #held: ReadonlySet<string>;
  /** Lines `name unit = value` of the state that the type itself does not have. */
  readonly #ownState: string[] = [];
  readonly #ownParameters: string[] = [];
  readonly #refractory:
    { readonly event: string; readonly definition: Refractory; readonly counter: string } | undefined;
  readonly #lastSpike: string | undefined;
  /** Counts the steps since the last spike, where the length of the refractory period changes. */
  #since = '';

  constructor(cell: CellOfNest) {
    this.#cell = cell;
    const type = (this.#type = cell.type);
    this.#refuse();
    for (const map of [type.parameters, type.state, type.derived, type.inputs])
      for (const name of Object.keys(map)) this.#taken.add(name);
    for (const { name } of cell.ports) this.#taken.add(name);
    this.#held = heldVariables(cell);
    const [first, ...more] = Object.entries(type.events).flatMap(([event, { refractory }]) =>
      refractory === undefined ? [] : [{ event, refractory }],
    );
    if (more.length > 0) throw new NotInNestml('several events with refractory periods');
    this.#refractory = first && { event: first.event, definition: first.refractory, counter: this.#free('refr') };
    this.#lastSpike = this.#reads('lastspike') ? this.#free('last_spike') : undefined;
  }

  #refuse(): void {
    const { type } = this.#cell;
    if (type.compartments !== undefined || type.cable !== undefined)
      throw new NotInNestml('cells with compartments; NESTML has models of points here');
    if (Object.keys(type.regimes).length > 0) throw new NotInNestml('regimes');
    for (const [name, { reduce }] of Object.entries(type.inputs))
      if (reduce !== 'sum') throw new NotInNestml(`the input ${name}, which multiplies`);
    for (const name of [type.parameters, type.state, type.derived, type.inputs].flatMap(Object.keys))
      if (reserved.has(name)) throw new NotInNestml(`the name ${name}, which NESTML or C++ needs itself`);
    for (const [name, { multiplicity }] of Object.entries(type.events))
      if (multiplicity !== undefined) throw new NotInNestml(`the event ${name}, which counts several times`);
  }

  #free(name: string): string {
    const free = freeName(name, (one) => this.#taken.has(one));
    this.#taken.add(free);
    return free;
  }

  /** Whether any code of the cell reads a name. */
  #reads(name: string): boolean {
    const { type, operations } = this.#cell;
    const codes = [
      ...[...this.#derived(), ...this.#held].flatMap((name) => type.derived[name]?.value ?? []),
      ...Object.values(type.derivatives).map(({ rate }) => rate),
      ...Object.values(type.events).flatMap(eventCode),
      ...operations.flatMap(({ statements }) => statements.map(valueOf)),
    ];
    return codes.some((code) => namesIn(code).has(name));
  }

  /** Names in the code of a step. */
  readonly #names: Names = (own) => {
    const { type } = this.#cell;
    if (own === 't') return nameOf('(t - resolution())');
    if (own === 'dt') return nameOf('resolution()');
    if (own === 'pi') return number(Math.PI);
    if (own === 'e' && !this.#taken.has('e')) return nameOf('e');
    if (own === 'lastspike' && this.#lastSpike !== undefined) return nameOf(this.#lastSpike);
    if (own === 'not_refractory')
      return this.#refractory === undefined
        ? nameOf('true')
        : binary('<=', nameOf(this.#refractory.counter), number(0, undefined, true));
    if (Object.hasOwn(type.inputs, own) && own !== this.#cell.fed)
      return nestmlQuantity(0, parseUnit(type.inputs[own]?.unit ?? '1').dimension);
    if (this.#isTruth(own)) return binary('>', nameOf(own), number(0, undefined, true));
    if (this.#taken.has(own)) return nameOf(own);
    throw new NotInNestml(`${own} in the code of ${this.#cell.name}`);
  };

  /** Names in equations, which are evaluated within a step. */
  readonly #rateNames: Names = (own) => {
    if (own === 't') throw new NotInNestml('rates that read the time themselves; a derived variable can');
    return this.#names(own);
  };

  readonly #isTruth = (own: string): boolean =>
    [this.#type.state[own], this.#type.parameters[own], this.#type.derived[own]].some((one) => one?.type === 'boolean');

  readonly #withTables = (e: Expression): Expression => withTables(e, this.#cell);

  #text(e: Expression, names: Names = this.#names): string {
    return nestmlText(this.#withTables(e), names);
  }

  #statement(statement: Statement): string {
    if (statement.kind === 'send') throw new NotInNestml('sending later');
    return nestmlAssignment({ ...statement, value: this.#withTables(statement.value) }, this.#names, this.#isTruth);
  }

  written(): NestmlCell {
    const { name, type, ports, emits, fed } = this.#cell;
    const equations = this.#equations();
    const update = this.#update();
    const conditions = this.#conditions();
    const receivers = ports.map((port) => this.#receiver(port));
    const state = [...this.#state(), ...this.#ownState];
    const parameters = [...this.#parameters(), ...this.#ownParameters];
    const inputs = [
      ...ports.map((port) => `${port.name} <- spike`),
      ...(fed === undefined ? [] : [`${fed} pA <- continuous`]),
    ];
    const block = (title: string, lines: readonly string[]): readonly string[] =>
      lines.length === 0 ? [] : ['', `${title}:`, ...lines.map(indented)];
    const lines = [
      ...block('state', state),
      ...block('equations', equations),
      ...block('parameters', parameters),
      ...block('input', inputs),
      ...block('output', emits === undefined ? [] : ['spike']),
      ...block('update', update.length === 0 ? ['integrate_odes()'] : update),
      ...[...receivers, ...conditions].flatMap(({ title, body }) => block(title, body)),
    ];
    const text = [`model ${name}:`, ...lines.slice(1).map(indented), ''].join('\n');
    return { text, standard: this.#standard(), approximations: this.#approximations, units: this.#units(type) };
  }

  #units({ state, derived }: NeuronType): Readonly<Record<string, string>> {
    const of = Object.entries({ ...state, ...derived }).flatMap(([name, { unit }]) => {
      if (!this.#isRecordable(name)) return [];
      const { type } = nestUnitOf(unit);
      return [[name, type === 'real' ? 'dimensionless' : type] as const];
    });
    return Object.fromEntries(of);
  }

  #isRecordable(name: string): boolean {
    return Object.hasOwn(this.#type.state, name) || (this.#cell.recorded.has(name) && !this.#isTruth(name));
  }

  #standard(): StandardCell {
    const { name, type, ports } = this.#cell;
    const recordable = [...Object.keys(type.state), ...Object.keys(type.derived)].filter((one) =>
      this.#isRecordable(one),
    );
    const inOwnUnit = (unit: string, value: unknown): { readonly unit: string; readonly value: number } => ({
      unit: nestUnitOf(unit).own,
      value: typeof value === 'number' ? Number(inNestUnit(value, unit)) : 0,
    });
    return {
      name: `nestml:${name}`,
      neuron: {
        parameters: Object.fromEntries(
          this.#readParameters().map(([key, { unit, value }]) => [key, inOwnUnit(unit, value)]),
        ),
        state: Object.fromEntries(
          Object.entries(type.state).map(([key, { unit, initial }]) => {
            const { unit: own, value } = inOwnUnit(unit, initial);
            return [key, { unit: own, initial: value }];
          }),
        ),
      },
      receptors: Object.fromEntries(
        ports.map(({ receptor, variable, kind }) => [receptor, { variable, kind: kind ?? 'voltage' }]),
      ),
      recordable: identityOf(recordable),
      initial: identityOf(Object.keys(type.state)),
    };
  }

  #state(): readonly string[] {
    const { state, derived } = this.#type;
    const held = [...this.#held].map((name) => [name, { unit: derived[name]?.unit ?? '1', initial: 0 }] as const);
    return [...Object.entries(state), ...held].map(
      ([name, { unit, initial }]) => `${name} ${nestUnitOf(unit).type} = ${literal(initial, unit)}`,
    );
  }

  #parameters(): readonly string[] {
    return this.#readParameters().map(
      ([name, { unit, value }]) => `${name} ${nestUnitOf(unit).type} = ${literal(value, unit)}`,
    );
  }

  /** Parameters that code reads; others were for first values only. */
  #readParameters(): readonly (readonly [string, Parameter])[] {
    return Object.entries(this.#type.parameters).filter(([name]) => this.#reads(name));
  }

  #equations(): readonly string[] {
    const { derived, derivatives, noise, method, state } = this.#type;
    const inline = this.#derived().flatMap((name) => {
      const { unit, value } = derived[name] ?? { unit: '1', value: number(0) };
      const truth = this.#isTruth(name);
      const text = nestmlExpression(this.#withTables(value), this.#rateNames);
      const recordable = this.#cell.recorded.has(name) && !truth ? 'recordable ' : '';
      const written = truth ? conditional(text, number(1), number(0)) : text;
      return [`${recordable}inline ${name} ${truth ? 'real' : nestUnitOf(unit).type} = ${textOf(written)}`];
    });
    const rates = Object.entries(derivatives).map(([name, { rate }]) => {
      const drift = noise.length === 0 ? rate : (linearForm(rate, noise)?.constant ?? refusedNoise());
      if (draws(drift)) throw new NotInNestml('rates that draw random numbers');
      return `${name}' = ${this.#text(drift, this.#rateNames)}`;
    });
    if (rates.length > 0) this.#noteIntegration(method, Object.keys(state));
    return [...inline, ...rates];
  }

  /** Derived variables that are needed, each after those that it reads. */
  #derived(): readonly string[] {
    const { type, recorded, operations } = this.#cell;
    const order: string[] = [];
    const seen = new Set<string>();
    const add = (name: string): void => {
      const variable = type.derived[name];
      if (variable === undefined || seen.has(name)) return;
      seen.add(name);
      for (const read of namesIn(variable.value)) add(read);
      if (!this.#held.has(name)) order.push(name);
    };
    const codes = [
      ...Object.values(type.derivatives).map(({ rate }) => rate),
      ...Object.values(type.events).flatMap(eventCode),
      ...operations.flatMap(({ statements }) => statements.map(valueOf)),
    ];
    for (const name of codes.flatMap((code) => [...namesIn(code)])) add(name);
    for (const name of [...this.#held, ...recorded]) add(name);
    return order;
  }

  #noteIntegration(method: string, variables: readonly string[]): void {
    const { derivatives, derived, noise } = this.#type;
    const inlined = new Set(Object.keys(derived).filter((name) => !this.#held.has(name)));
    const linear = Object.values(derivatives).every(({ rate }) => {
      const form = noise.length === 0 ? linearRate(rate, variables) : null;
      return (
        form !== null &&
        ![...namesIn(rate)].some((read) => inlined.has(read)) &&
        [...form.coefficients.values()].every((one) => variables.every((variable) => !namesIn(one).has(variable)))
      );
    });
    if (noise.length > 0)
      this.#approximations.push(
        'the noise of a step is added at its end, and the rest is integrated without it; the model takes both in one step',
      );
    else if (linear && method !== 'exact' && method !== 'auto')
      this.#approximations.push(`it is integrated by ${method}; NESTML integrates linear equations exactly`);
    else if (!linear)
      this.#approximations.push(
        `it is integrated by ${method === 'auto' ? 'the method that suits it here' : method}; ` +
          'NEST integrates it by Runge-Kutta-Fehlberg steps that adapt to an error',
      );
  }

  /** What happens in each step before spikes arrive. */
  #update(): readonly string[] {
    const { operations } = this.#cell;
    const { derivatives, derived, noise } = this.#type;
    const lines: string[] = [];
    for (const { statements, every } of operations) lines.push(...this.#operation(statements, every));
    lines.push(...this.#beginRefractory());
    for (const name of this.#held) lines.push(`${name} = ${this.#text(derived[name]?.value ?? number(0))}`);
    const noises = new Map(
      Object.entries(derivatives).flatMap(([name, { rate }]) => {
        const form = noise.length === 0 ? null : linearForm(rate, noise);
        const parts = [...(form?.coefficients.values() ?? [])].filter(
          (one) => !(one.kind === 'number' && one.value === 0),
        );
        return parts.length === 0 ? [] : [[name, parts] as const];
      }),
    );
    const sums = new Map<string, string>();
    for (const [name, parts] of noises) {
      const local = this.#free(`noise_${name}`);
      sums.set(name, local);
      const { method, state } = this.#type;
      if (method !== 'euler' && parts.some((part) => [...namesIn(part)].some((one) => Object.hasOwn(state, one))))
        throw new NotInNestml('noise that depends on the state, in the sense of Stratonovich');
      const terms = parts.map((part) =>
        binary(
          '*',
          binary('*', nestmlExpression(this.#withTables(part), this.#names), nameOf('resolution()**0.5')),
          nameOf('random_normal(0.0, 1.0)'),
        ),
      );
      const sum = terms.reduce((all, term) => binary('+', all, term));
      lines.push(`${local} ${nestUnitOf(state[name]?.unit ?? '1').type} = ${textOf(sum)}`);
    }
    lines.push(...this.#integration(Object.keys(derivatives), sums));
    for (const [event, definition] of this.#events())
      if (this.#isTestedFirst(event, definition)) lines.push(...this.#crossing(event, definition));
    return lines;
  }

  #operation(statements: readonly Statement[], every: number): readonly string[] {
    const body = statements.map((statement) => this.#guarded(statement));
    if (every === 1) return body.flat();
    const counter = this.#free('steps_to_code');
    this.#ownState.push(`${counter} real = 0    # steps until code runs that does so every ${every} steps`);
    return [`if ${counter} <= 0:`, ...body.flat().map(indented), `    ${counter} = ${every}`, `${counter} -= 1`];
  }

  /** A statement that does nothing while its variable is held. */
  #guarded(statement: Statement): readonly string[] {
    const text = this.#statement(statement);
    const { definition, counter } = this.#refractory ?? {};
    return definition?.writes === 'block' &&
      statement.kind === 'assignment' &&
      definition.rate.includes(statement.target)
      ? [`if ${counter} <= 0:`, indented(text)]
      : [text];
  }

  #beginRefractory(): readonly string[] {
    if (this.#refractory === undefined) return [];
    const { definition, counter } = this.#refractory;
    if (definition.while !== undefined) {
      this.#ownState.push(`${counter} real = 0    # 1 while refractory`);
      const holds = nestmlExpression(this.#withTables(definition.while), this.#names);
      return [`if ${counter} > 0 and ${textOf(negation(holds))}:`, `    ${counter} = 0`];
    }
    if (definition.evaluated === 'atEvent') {
      this.#ownState.push(`${counter} real = 0    # steps to the end of the refractory period`);
      return [`if ${counter} > 0:`, `    ${counter} -= 1`];
    }
    const since = (this.#since = this.#free('since_spike'));
    this.#ownState.push(
      `${counter} real = 0    # 1 while refractory`,
      `${since} real = 1000000000    # steps since the last spike`,
    );
    const { length } = this;
    return [`${since} += 1`, `${counter} = ${since} < ${length} ? 1 : 0`];
  }

  /** Length of the refractory period in steps. */
  get length(): string {
    const { definition } = this.#refractory ?? {};
    const duration = definition?.for ?? quantity(0, second);
    return `steps(${this.#text(duration)})`;
  }

  #integration(variables: readonly string[], noises: ReadonlyMap<string, string>): readonly string[] {
    if (variables.length === 0) return [];
    const add = (names: readonly string[]): readonly string[] =>
      names.flatMap((name) => (noises.has(name) ? [`${name} += ${noises.get(name)}`] : []));
    const frozen = new Set(this.#refractory?.definition.rate ?? []);
    if (frozen.size === 0 || this.#refractory === undefined) return ['integrate_odes()', ...add(variables)];
    const free = variables.filter((name) => !frozen.has(name));
    const held = variables.filter((name) => frozen.has(name));
    const { counter } = this.#refractory;
    if (free.length === 0) return [`if ${counter} <= 0:`, ...['integrate_odes()', ...add(held)].map(indented)];
    return [
      `if ${counter} > 0:`,
      indented(`integrate_odes(${free.join(', ')})`),
      'else:',
      ...['integrate_odes()', ...add(held)].map(indented),
      ...add(free),
    ];
  }

  /** Events in the order in which they are tested. */
  #events(): readonly (readonly [string, EventDefinition])[] {
    return Object.entries(this.#type.events)
      .map((entry) => entry)
      .sort(([, a], [, b]) => a.order - b.order);
  }

  /** Whether what arrives in a step would change whether, or with what result, an event happens in it. */
  #isTestedFirst(event: string, { when, do: actions }: EventDefinition): boolean {
    if (!this.#cell.testsFirst) return false;
    const arriving = new Set(this.#cell.ports.flatMap(({ statements }) => statements.map(({ variable }) => variable)));
    const touched = new Set<string>();
    const touch = (name: string): void => {
      if (touched.has(name)) return;
      touched.add(name);
      const { value } = this.#type.derived[name] ?? {};
      if (value !== undefined && !this.#held.has(name)) for (const read of namesIn(value)) touch(read);
    };
    for (const name of namesIn(when)) touch(name);
    for (const action of actions) {
      if (action.kind === 'assignment') touch(action.target);
      for (const name of namesIn(valueOf(action))) touch(name);
    }
    const blocked = this.#refractory?.event === event && this.#refractory.definition.writes === 'block';
    return [...arriving].some(
      (name) => touched.has(name) || (blocked && this.#refractory?.definition.rate.includes(name)),
    );
  }

  readonly #flags = new Map<string, string>();
  readonly #edges = new Map<string, string>();

  /** When an event happens, with what suppresses it. */
  #condition(event: string, { when, edge }: EventDefinition): string {
    let condition = nestmlExpression(this.#withTables(when), this.#names);
    if (edge === 'rising')
      condition = binary('and', binary('<=', nameOf(this.#above(event)), number(0, undefined, true)), condition);
    const { definition, counter = '' } = this.#refractory ?? {};
    const suppressed =
      this.#refractory?.event === event ? definition?.suppress : (definition?.of ?? []).includes(event);
    return textOf(
      suppressed ? binary('and', binary('<=', nameOf(counter), number(0, undefined, true)), condition) : condition,
    );
  }

  /** The variable that says that a condition held in the step before. */
  #above(event: string): string {
    const known = this.#edges.get(event);
    if (known !== undefined) return known;
    const above = this.#free('above');
    this.#ownState.push(`${above} real = 0    # 1 since the condition of ${event} holds`);
    this.#edges.set(event, above);
    return above;
  }

  /** A test of a condition before spikes arrive: what follows from it happens after they did. */
  #crossing(event: string, definition: EventDefinition): readonly string[] {
    const flag = this.#free('crossed');
    this.#flags.set(event, flag);
    this.#ownState.push(`${flag} real = 0    # 1 in the step of ${event === 'spike' ? 'a spike' : event}`);
    return [
      ...this.#clearing(event, definition).flatMap(({ title, body }) => [`if ${title}:`, ...body.map(indented)]),
      `if ${this.#condition(event, definition)}:`,
      `    ${flag} = 1`,
      ...this.#noted(event, definition).map(indented),
    ];
  }

  /** Forgets that a condition held. */
  #clearing(
    event: string,
    { when, edge }: EventDefinition,
  ): readonly { readonly title: string; readonly body: readonly string[] }[] {
    if (edge !== 'rising') return [];
    const above = this.#above(event);
    const over = negation(nestmlExpression(this.#withTables(when), this.#names));
    return [{ title: `${above} > 0 and ${textOf(over)}`, body: [`${above} = 0`] }];
  }

  /** What an event begins, before its actions. */
  #noted(event: string, { edge }: EventDefinition): readonly string[] {
    const lines: string[] = [];
    if (edge === 'rising') lines.push(`${this.#above(event)} = 1`);
    if (event === 'spike' && this.#lastSpike !== undefined)
      lines.push(`${this.#lastSpike} = ${this.#cell.testsFirst ? 't - resolution()' : 't'}`);
    if (this.#refractory?.event !== event) return lines;
    const { definition, counter } = this.#refractory;
    if (definition.while !== undefined) return [...lines, `${counter} = 1`];
    if (definition.evaluated === 'eachStep')
      return [...lines, `${counter} = 1`, `${this.#since} = ${this.#cell.testsFirst ? 0 : -1}`];
    // Where times are those of the ends of steps, the period begins there.
    return [...lines, `${counter} = ${this.length}${this.#cell.testsFirst ? '' : ' + 1'}`];
  }

  #conditions(): readonly { readonly title: string; readonly body: readonly string[] }[] {
    if (this.#lastSpike !== undefined) this.#ownState.push(`${this.#lastSpike} ms = -10000000 ms`);
    return this.#events().flatMap(([event, definition]) => {
      const flag = this.#flags.get(event);
      const actions = definition.do.map((statement) => this.#statement(statement));
      const emitted = event === this.#cell.emits ? ['emit_spike()'] : [];
      if (flag !== undefined)
        return [{ title: `onCondition(${flag} > 0)`, body: [`${flag} = 0`, ...actions, ...emitted] }];
      return [
        ...this.#clearing(event, definition).map(({ title, body }) => ({ title: `onCondition(${title})`, body })),
        {
          title: `onCondition(${this.#condition(event, definition)})`,
          body: [...this.#noted(event, definition), ...actions, ...emitted],
        },
      ].filter(({ body }) => body.length > 0);
    });
  }

  #receiver(port: Port): { readonly title: string; readonly body: readonly string[] } {
    const { definition, counter } = this.#refractory ?? {};
    const body = portStatements(port).flatMap(([variable, text]) =>
      definition?.writes === 'block' && definition.rate.includes(variable)
        ? [`if ${counter} <= 0:`, indented(text)]
        : [text],
    );
    return { title: `onReceive(${port.name})`, body };
  }
}

const indented = (line: string): string => (line === '' ? '' : `    ${line}`);

/** All expressions of an event. */
const eventCode = ({ when, do: actions, refractory }: EventDefinition): readonly Expression[] => [
  when,
  ...actions.map(valueOf),
  ...[refractory?.for, refractory?.while].flatMap((one) => one ?? []),
];

const valueOf = (statement: Statement): Assignment['value'] => statement.value;

const refusedNoise = (): never => {
  throw new NotInNestml('noise that does not stand linearly in a rate');
};

const inNestUnit = (value: number, unit: string): string => {
  const text = textOf(nestmlQuantity(value, parseUnit(unit).dimension));
  return /^-?[\d.e+-]+/.exec(text)?.[0] ?? '0';
};

/** A first value, or that of a parameter; populations give those that are no numbers. */
const literal = (value: unknown, unit: string): string =>
  textOf(nestmlQuantity(typeof value === 'number' ? value : 0, parseUnit(unit).dimension));

/** Derived variables that depend on the time or are drawn: they hold over a step. */
function heldVariables({ type, tables }: CellOfNest): ReadonlySet<string> {
  const held = Object.entries(type.derived).flatMap(([name, { value, held: isHeld }]) =>
    isHeld || namesIn(value).has('t') || draws(value) || callsTable(value, tables) ? [name] : [],
  );
  return new Set(held);
}

function callsTable(e: Expression, tables: Readonly<Record<string, Table>>): boolean {
  let found = false;
  mapExpression(e, (part) => {
    found ||= part.kind === 'call' && Object.hasOwn(tables, part.function);
    return part;
  });
  return found;
}

/** Short tables as choices by the time. */
function withTables(e: Expression, { tables, numbersOfTable }: CellOfNest): Expression {
  return mapExpression(e, (part) => {
    const table = part.kind === 'call' && Object.hasOwn(tables, part.function) ? tables[part.function] : undefined;
    if (table === undefined || part.kind !== 'call') return part;
    const [at] = part.arguments;
    const values = Array.from(numbersOfTable(table));
    if (table.columns !== null || at === undefined || values.length > longestTable)
      throw new NotInNestml(`the table ${part.function}, which is too long for NESTML or has a column for each cell`);
    const { dimension } = parseUnit(table.unit);
    const value = (k: number): Expression => quantity(values[k] ?? 0, dimension);
    return values
      .slice(0, -1)
      .reduceRight<Expression>(
        (rest, _, k) => conditional(binary('<', at, quantity((k + 1) * table.dt, second)), value(k), rest),
        value(values.length - 1),
      );
  });
}
