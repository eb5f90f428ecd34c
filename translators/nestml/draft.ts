/** The canonical type of a model of NESTML under construction. */

import type { Expression, Span, Statement as Written } from '../../src/lang/ast.js';
import { binary, name as nameOf } from '../../src/lang/build.js';
import { hertz, second } from '../../src/lang/dimension.js';
import { mapExpression, readsAny, substitute } from '../../src/lang/walk.js';
import { UniqueNames } from '../../src/model/free-name.js';
import type { Effects } from './code.js';
import { functionNames, type Type, type Value } from './functions.js';
import { dirac, hasPulses } from './kernels.js';
import { type Timer, timerOf } from './refractoriness.js';
import { allowedName, type Declaration, type NestmlModel, plainName, type Port } from './syntax.js';
import type { Report } from './text.js';
import * as messages from './messages.js';
import { type Scope, Translator, zeroOf } from './values.js';

/** A variable of the canonical type that is under construction. */
export interface State {
  readonly type: Type;
  readonly initial: Expression;
  readonly span: Span;
}

/** An event of the canonical type that is under construction. */
export interface EventDraft {
  readonly when: Expression;
  readonly do: readonly Written[];
  readonly [member: string]: unknown;
}

/** Mark of a convolution as a name: the kernel and the port follow it. */
export const convolutionMark = 'convolve ';

/** A canonical type under construction: its names, what they mean in each place, and its parts. */
export class Draft {
  readonly translator: Translator;
  readonly names = new UniqueNames();
  readonly symbols = new Map<string, Value>();
  readonly types = new Map<string, Type>();
  readonly parameters = new Map<string, State>();
  readonly states = new Map<string, State>();
  readonly derived = new Map<string, { readonly type: Type; readonly value: Expression; readonly span: Span }>();
  readonly rates = new Map<string, Expression>();
  /** Canonical variables that jump at spikes, by ports: their gains. */
  readonly gains = new Map<string, Map<string, Expression>>();
  readonly convolutions = new Map<string, Value>();
  /** When each equation is integrated, by the canonical names of all its variables: a condition, or always. */
  readonly active = new Map<string, Expression | true>();
  readonly events: [name: string, event: EventDraft][] = [];
  readonly portReads = new Set<string>();
  /** Whether the update block goes on after the integration. */
  hasLaterCode = false;
  /** Inline expressions with pulses of spikes, by canonical names. */
  readonly pulsed = new Map<string, Expression>();
  emits: string | undefined;
  /** Returns the value of a marked convolution. */
  convolve: (mark: string, span: Span) => Value = (_, span) => this.fail(messages.convolution(), span);
  /** Timer that counts the refractory period. */
  readonly timer: Timer | undefined;

  constructor(
    readonly model: NestmlModel,
    report: Report,
  ) {
    this.translator = new Translator(report, model.functions, () => [
      ...this.symbols.keys(),
      't',
      'e',
      ...functionNames,
    ]);
    this.timer = timerOf(model);
  }

  fail(finding: Parameters<Report>[0], span: Span): never {
    return this.translator.fail(finding, span);
  }

  /** Gives a variable its canonical name. */
  declare(name: string, type: Type, span: Span): string {
    if (this.symbols.has(name)) this.fail(messages.declaredTwice(name), span);
    const own = this.names.take(allowedName(name));
    this.symbols.set(name, { e: nameOf(own), kind: type.kind, dimension: type.dimension });
    this.types.set(own, type);
    return own;
  }

  /** Returns the canonical name of a variable; empty if it has none. */
  ownName(name: string): string {
    const e = this.symbols.get(name)?.e;
    return e?.kind === 'name' ? e.name : '';
  }

  /** Names in code, which reads the time at the end of the step. */
  readonly scope: Scope = (name, span) => {
    if (name === 't')
      return { e: binary('+', nameOf('t', span), nameOf('dt', span), span), kind: 'real', dimension: second };
    const found = this.symbols.get(name);
    // Stimuli add to inputs right before the integration.
    const port = this.port(name)?.kind;
    if (port === 'continuous')
      this.fail(messages.notRead(`the continuous port ${name} outside of equations`, 'a value'), span);
    if (port === 'spike') return found && { ...found, e: nameOf((found.e as { readonly name: string }).name, span) };
    if (found?.e.kind === 'name' && this.pulsed.has(found.e.name)) this.fail(messages.pulse(name), span);
    return this.rateScope(name, span);
  };

  readonly rateScope: Scope = (name, span) => {
    if (name.startsWith(convolutionMark)) return this.convolve(name, span);
    if (!this.symbols.has(name) && this.isKernel(name)) return this.fail(messages.convolution(), span);
    if (name === 't') return { e: nameOf('t', span), kind: 'real', dimension: second };
    if (name === 'resolution()' || name === 'timestep()')
      return { e: nameOf('dt', span), kind: 'real', dimension: second };
    // The value of a port is a train of Dirac pulses.
    if (this.gains.has(name)) return { e: nameOf(`${dirac} ${name}`, span), kind: 'real', dimension: hertz };
    const found = this.symbols.get(name);
    return found && { ...found, e: found.e.kind === 'name' ? nameOf(found.e.name, span) : found.e };
  };

  /** Marks convolutions, so that they are names. */
  marked(e: Expression): Expression {
    return mapExpression(e, (part) => {
      if (part.kind !== 'call' || part.function !== 'convolve') return part;
      const [kernel, port] = part.arguments;
      if (part.arguments.length !== 2 || kernel?.kind !== 'name' || port?.kind !== 'name')
        return this.fail(messages.convolution(), part.span);
      return nameOf(`${convolutionMark}${kernel.name} ${port.name}`, part.span);
    });
  }

  value(e: Expression, type: Type, scope: Scope = this.rateScope): Expression {
    return this.translator.stored(this.translator.value(this.marked(e), scope), type, e.span);
  }

  /** Returns the canonical name and the value of a declaration. */
  declared({ name, type: text, value, span }: Declaration, isInline = false): [name: string, state: State] {
    const type = this.translator.type(text);
    const initial = value ? this.value(value, type) : zeroOf(type).e;
    if (hasPulses(initial) && !isInline) this.fail(messages.pulse(name), span);
    return [this.ownName(name), { type, initial, span }];
  }

  /** Returns a value at the start, by numbers and the parameters of a set only. */
  atStart(e: Expression, span: Span, keeps: ReadonlyMap<string, unknown>, depth = 0): Expression {
    const known = new Map<string, Expression>();
    for (const [name, { initial }] of this.states) known.set(name, initial);
    for (const [name, { initial }] of this.parameters) if (!keeps.has(name)) known.set(name, initial);
    for (const [name, { value }] of this.derived) known.set(name, value);
    if (!readsAny(e, known)) return e;
    if (depth > 50) this.fail(messages.cycle(), span);
    return this.atStart(this.translator.modest(substitute(e, known)), span, keeps, depth + 1);
  }

  isKernel(name: string): boolean {
    return this.model.kernels.some(({ equations }) => equations.some((one) => one.name === name));
  }

  port(name: string): Port | undefined {
    return this.model.ports.find((one) => one.name === name);
  }

  /** Canonical names of the variables of equations that a call integrates, all without names. */
  integrated(names: readonly string[]): readonly string[] {
    const equations =
      names.length === 0 ? this.model.equations : this.model.equations.filter(({ name }) => names.includes(name));
    return equations
      .filter(({ name }) => name !== this.timer?.name)
      .flatMap(({ name, order }) => Array.from({ length: order }, (_, k) => this.ownName(plainName(name, k))));
  }

  /** Checks whether a variable is one of the model's equations, not of a kernel's. */
  isIntegrated(variable: string): boolean {
    return this.integrated([]).includes(variable);
  }

  targets(): Effects['targets'] {
    return new Map(
      [...this.symbols].flatMap(([name, { e }]) =>
        e.kind === 'name' && this.states.has(e.name)
          ? [[name, { name: e.name, type: (this.states.get(e.name) as State).type }] as const]
          : [],
      ),
    );
  }

  newState(wanted: string, type: Type, initial: Expression, span: Span): string {
    const name = this.names.take(wanted);
    this.states.set(name, { type, initial, span });
    return name;
  }

  /** Adds a condition that other cells do not see. */
  silent(name: string, event: EventDraft, isKept = false): void {
    if (event.do.length > 0 || isKept) this.events.push([name, { ...event, actionSlot: event['slot'], emits: null }]);
  }
}
