/** Models of neurons in NESTML as canonical types. */

import { dimensionless, type Expression, type Span, type Statement as Written } from '../../src/lang/ast.js';
import {
  assignment,
  binary,
  boolean,
  conditional,
  integer,
  isZero,
  name as nameOf,
  number,
  opposite,
  product,
  quantity,
  quotient,
  sum,
} from '../../src/lang/build.js';
import {
  divideDimensions,
  hertz,
  isDimensionless,
  powerDimension,
  equalDimensions,
  second,
} from '../../src/lang/dimension.js';
import { drawsIn } from '../../src/lang/functions.js';
import { linearForm, type LinearForm } from '../../src/lang/linear.js';
import { printExpression } from '../../src/lang/print.js';
import { callsIn, mapExpression, namesIn, readsAny, substitute } from '../../src/lang/walk.js';
import { valueAt } from '../../src/library/recognise/numbers.js';
import { siOf } from '../../src/library/simulators/nest-units.js';
import { UniqueNames } from '../../src/model/free-name.js';
import { located, locatedExpression, locatedStatement, type Located } from '../shared/located.js';
import { checkModel } from './checks.js';
import { Code, timed, conditionType, targetsIn, type Effects } from './code.js';
import { dirac, equationsOf, kernelTime, type KernelEquations } from './kernels.js';
import * as messages from './messages.js';
import {
  plainName,
  allowedName,
  bodiesOf,
  variableOf,
  type Declaration,
  type Equation,
  type Handler,
  type NestmlModel,
  type Port,
  type Statement,
} from './syntax.js';
import { withoutVectors } from './vectors.js';
import { timerOf, type Timer } from './refractoriness.js';
import { Translator, functionNames, numberOf, type Scope, type Type, type Value, zeroOf } from './values.js';
import type { Report } from './text.js';

/** A cell as a canonical type. */
export interface NeuronOfNestml {
  readonly type: Readonly<Record<string, unknown>>;
  /** Variables that synapses add weights to, by the names of receptors. */
  readonly receptors: Readonly<Record<string, string>>;
  /** Variables that a recording of everything has. */
  readonly states: readonly string[];
}

/** A variable of the canonical type that is under construction. */
interface State {
  readonly type: Type;
  readonly initial: Expression;
  readonly span: Span;
}

interface EventDraft {
  readonly when: Expression;
  readonly do: readonly Written[];
  readonly [member: string]: unknown;
}

/** Receptors by name, as types of PyNN have them: the port, and the kind of weights. */
export type Receptors = Readonly<Record<string, { readonly variable: string; readonly kind: string }>>;

/**
 * Returns the type of a model.
 *
 * @param receptors  their ports count weights in pA or nS, those of inhibitory currents negative, as PyNN has them;
 *   other ports count numbers
 * @throws Unreadable after a finding
 */
export const neuronOf = (model: NestmlModel, report: Report, receptors: Receptors = {}): NeuronOfNestml =>
  new Neuron(withoutVectors(model, report), report).read(receptors);

/**
 * Returns the type of a model of a synapse.
 *
 * @param unit  of the variable that emitted weights are added to, whose numbers count NEST's unit
 * @throws Unreadable after a finding
 */
export const synapseOf = (model: NestmlModel, report: Report, unit: string): Readonly<Record<string, unknown>> =>
  new Neuron(withoutVectors(model, report), report).readSynapse(unit);

/** Pathways of synapses, by the ports that NESTML connects to the cells. */
const pathwayOfPort: Readonly<Record<string, string>> = { pre_spikes: 'pre', post_spikes: 'post' };

/** Returns the ports of a model by the names that NEST gives to its receptors. */
export function receptorsOf({ ports }: NestmlModel): Readonly<Record<string, string>> {
  const spiking = ports.filter(({ kind }) => kind === 'spike');
  const [only] = spiking;
  const named = (name: string): string | undefined =>
    spiking.length === 1 && only?.qualifiers.length !== 1
      ? only?.name
      : spiking.find(({ qualifiers }) => qualifiers.includes(name))?.name;
  const [excitatory, inhibitory] = [named('excitatory'), named('inhibitory')];
  const isUsual = spiking.every(({ name }) => name === excitatory || name === inhibitory);
  return isUsual
    ? { ...(excitatory === undefined ? {} : { excitatory }), ...(inhibitory === undefined ? {} : { inhibitory }) }
    : Object.fromEntries(spiking.map(({ name }) => [name.toUpperCase(), name]));
}

const convolutionMark = 'convolve ';
const hasPulses = (e: Expression): boolean => [...namesIn(e)].some((name) => name.startsWith(`${dirac} `));
class Neuron {
  readonly #translator: Translator;
  readonly #names = new UniqueNames();
  readonly #symbols = new Map<string, Value>();
  readonly #types = new Map<string, Type>();
  readonly #parameters = new Map<string, State>();
  readonly #states = new Map<string, State>();
  readonly #derived = new Map<string, { readonly type: Type; readonly value: Expression; readonly span: Span }>();
  readonly #rates = new Map<string, Expression>();
  /** Canonical variables that jump at spikes, by ports: their gains. */
  readonly #gains = new Map<string, Map<string, Expression>>();
  readonly #convolutions = new Map<string, Value>();
  /** When each equation is integrated, by the canonical names of all its variables: a condition, or always. */
  readonly #active = new Map<string, Expression | true>();
  readonly #events: [name: string, event: EventDraft][] = [];
  readonly #portReads = new Set<string>();
  /** Whether the update block goes on after the integration. */
  #hasLaterCode = false;
  /** Inline expressions with pulses of spikes, by canonical names. */
  readonly #pulsed = new Map<string, Expression>();
  #emits: string | undefined;
  readonly #timer: Timer | undefined;

  constructor(
    private readonly model: NestmlModel,
    report: Report,
  ) {
    this.#translator = new Translator(report, model.functions, () => [
      ...this.#symbols.keys(),
      't',
      'e',
      ...functionNames,
    ]);
    this.#timer = timerOf(model);
  }

  #fail(finding: Parameters<Report>[0], span: Span): never {
    return this.#translator.fail(finding, span);
  }

  /** Gives a variable its canonical name. */
  #declare(name: string, type: Type, span: Span): string {
    if (this.#symbols.has(name)) this.#fail(messages.declaredTwice(name), span);
    const own = this.#names.take(allowedName(name));
    this.#symbols.set(name, { e: nameOf(own), kind: type.kind, dimension: type.dimension });
    this.#types.set(own, type);
    return own;
  }

  /** Names in code, where time is that of the end of the step. */
  readonly #scope: Scope = (name, span) => {
    if (name === 't')
      return { e: binary('+', nameOf('t', span), nameOf('dt', span), span), kind: 'real', dimension: second };
    const found = this.#symbols.get(name);
    // Stimuli add to inputs right before the integration.
    const port = this.#port(name)?.kind;
    if (port === 'continuous')
      this.#fail(messages.notRead(`the continuous port ${name} outside of equations`, 'a value'), span);
    if (port === 'spike') return found && { ...found, e: nameOf((found.e as { readonly name: string }).name, span) };
    if (found?.e.kind === 'name' && this.#pulsed.has(found.e.name)) this.#fail(messages.pulse(name), span);
    return this.#rateScope(name, span);
  };

  readonly #rateScope: Scope = (name, span) => {
    if (name.startsWith(convolutionMark)) return this.#convolve(name, span);
    if (!this.#symbols.has(name) && this.#isKernel(name)) return this.#fail(messages.convolution(), span);
    if (name === 't') return { e: nameOf('t', span), kind: 'real', dimension: second };
    if (name === 'resolution()' || name === 'timestep()')
      return { e: nameOf('dt', span), kind: 'real', dimension: second };
    // The value of a port is a train of Dirac pulses.
    if (this.#gains.has(name)) return { e: nameOf(`${dirac} ${name}`, span), kind: 'real', dimension: hertz };
    const found = this.#symbols.get(name);
    return found && { ...found, e: found.e.kind === 'name' ? nameOf(found.e.name, span) : found.e };
  };

  /** Marks convolutions, so that they are names. */
  #marked(e: Expression): Expression {
    return mapExpression(e, (part) => {
      if (part.kind !== 'call' || part.function !== 'convolve') return part;
      const [kernel, port] = part.arguments;
      if (part.arguments.length !== 2 || kernel?.kind !== 'name' || port?.kind !== 'name')
        return this.#fail(messages.convolution(), part.span);
      return nameOf(`${convolutionMark}${kernel.name} ${port.name}`, part.span);
    });
  }

  #value(e: Expression, type: Type, scope: Scope = this.#rateScope): Expression {
    return this.#translator.stored(this.#translator.value(this.#marked(e), scope), type, e.span);
  }

  read(receptors: Receptors): NeuronOfNestml {
    for (const port of this.model.ports) this.#declarePort(port);
    this.#readEquations();
    checkModel(this.model, this.#translator.report);
    this.#update();
    this.#receivers();
    this.#conditions();
    for (const { variable, kind } of Object.values(receptors)) this.#countWeights(variable, kind);
    this.#checkIntegration();
    return this.#result();
  }

  readSynapse(unit: string): Readonly<Record<string, unknown>> {
    const { model } = this;
    const target = this.#names.take('target');
    const notRead = (what: string, span: Span): never =>
      this.#fail(messages.notRead(what, 'a part of a synapse'), span);
    for (const { name, span } of model.ports)
      if (!Object.hasOwn(pathwayOfPort, name)) notRead(`the port ${name}`, span);
    for (const { span } of model.conditions) notRead('onCondition', span);
    for (const [k, one] of model.update.entries())
      if (k > 0 || one.kind !== 'call' || one.name !== 'integrate_odes' || one.arguments.length > 0)
        notRead('code of each step', one.span);
    this.#readEquations();
    checkModel(this.model, this.#translator.report);
    const weights = this.#translator.type({ text: unit === '1' ? 'real' : unit, span: model.span });
    const none = zeroOf(weights).e;
    // NEST runs code of simultaneous spikes of the target first, unless the source has the lower one of two priorities.
    const [pre = 0, post = 0] = Object.keys(pathwayOfPort).map(
      (port) => model.receivers.find((one) => one.port === port)?.priority,
    );
    const isPreFirst = pre !== 0 && post !== 0 && pre < post;
    const pathways = Object.entries(pathwayOfPort).flatMap(([port, pathway]) => {
      const handlers = model.receivers.filter((one) => one.port === port).sort(byPriority);
      const code = new Code(this.#translator, this.#scope, this.#names, {
        targets: this.#targets(),
        call: ({ name, arguments: [weight, delay], span }, guard, own) => {
          if (name !== 'emit_spike') return false;
          if (delay) this.#translator.report(messages.delayOfProjection(), delay.span);
          const sent = this.#translator.stored(this.#translator.value(weight ?? number(1), own.scope), weights, span);
          own.statements.push(assignment(target, '+=', guard ? conditional(guard, sent, none, span) : sent, span));
          return true;
        },
      });
      for (const { body } of handlers) code.run(body);
      return handlers.length === 0
        ? []
        : [
            [
              pathway,
              {
                do: code.statements.map((one) => locatedStatement(one, '')),
                ...(pathway === 'post' && !isPreFirst ? { order: -2 } : {}),
              },
            ] as const,
          ];
    });
    for (const { port = '', span } of model.receivers)
      if (!Object.hasOwn(pathwayOfPort, port)) notRead(`the port ${port}`, span);
    this.#checkIntegration();
    return {
      ...this.#variables(),
      derivatives: Object.fromEntries(
        [...this.#rates].map(([name, rate]) => [name, { rate: locatedExpression(rate, ''), eventDriven: true }]),
      ),
      ports: { target: unit },
      pathways: Object.fromEntries(pathways),
    };
  }

  /** Reports a value at the start that breaks the condition of its declaration. */
  #checkInvariant({ name, invariant }: Declaration): void {
    if (!invariant) return;
    const { span } = invariant;
    const { e } = this.#translator.condition(invariant, this.#rateScope);
    const holds = numberOf(this.#atStart(e, span, new Map()), (one) => this.#types.has(one));
    if (holds === 0) this.#translator.report(messages.brokenInvariant(name), span);
  }

  /** Reports equations that no code integrates. */
  #checkIntegration(): void {
    const [first] = this.model.equations;
    if (first && !integrates(bodiesOf(this.model).flat()))
      this.#translator.report(messages.neverIntegrated(first.name), first.span);
  }

  /** Reads all blocks with declarations and equations. */
  #readEquations(): void {
    const { model } = this;
    const kernelVariables = new Set(model.kernels.flatMap(({ equations }) => equations.map(({ name }) => name)));
    const isOwn = ({ name }: Declaration): boolean =>
      !kernelVariables.has(variableOf(name)) && name !== this.#timer?.name;
    const states = model.state.filter(isOwn);
    for (const { name, type, span } of [...model.parameters, ...model.internals, ...states, ...model.inlines])
      this.#declare(name, this.#translator.type(type), span);
    for (const one of model.parameters) {
      const [name, parameter] = this.#declared(one);
      // Parameters are finite, and free.
      if (!namesIn(parameter.initial).has('inf') && !one.isFixed) this.#parameters.set(name, parameter);
      else this.#symbols.set(one.name, { ...(this.#symbols.get(one.name) as Value), e: parameter.initial });
    }
    for (const one of model.internals) {
      const [name, { type, initial, span }] = this.#declared(one);
      if (drawsIn(initial)) this.#states.set(name, { type, initial, span });
      else this.#derived.set(name, { type, value: initial, span });
    }
    for (const one of states) this.#states.set(...this.#declared(one));
    for (const one of [...model.parameters, ...model.internals, ...states]) this.#checkInvariant(one);
    this.#convolutionsOfEquations();
    for (const one of model.inlines) this.#inline(one);
    for (const equation of model.equations) this.#equation(equation);
    for (const one of model.functions.values()) this.#translator.checkFunction(one, this.#scope);
  }

  /** Lets a port count weights in a unit of NEST. */
  #countWeights(port: string, kind: string): void {
    const own = (this.#symbols.get(port)?.e as { readonly name?: string } | undefined)?.name;
    const state = own === undefined ? undefined : this.#states.get(own);
    if (own === undefined || state?.type.unit !== '1') return;
    const type = this.#translator.type({ text: kind === 'conductance' ? 'nS' : 'pA', span: state.span });
    const isNegative = kind === 'current' && this.#port(port)?.qualifiers.includes('inhibitory') === true;
    const one = quantity(siOf(type.dimension) * (isNegative ? -1 : 1), type.dimension);
    const counted = new Map([[own, quotient(nameOf(own), one)]]);
    for (const [name, rate] of this.#rates) {
      const form = name === own ? linearForm(rate, [own]) : null;
      const decay = form && product(form.coefficients.get(own) ?? number(0), nameOf(own));
      this.#rates.set(name, form && decay ? sum(decay, product(form.constant, one)) : substitute(rate, counted));
    }
    for (const [name, other] of this.#derived)
      this.#derived.set(name, { ...other, value: substitute(other.value, counted) });
    for (const [, event] of this.#events)
      Object.assign(event, {
        when: substitute(event.when, counted),
        do: event.do.map((each) =>
          each.kind !== 'assignment'
            ? each
            : { ...each, value: each.target === own ? quantity(0, type.dimension) : substitute(each.value, counted) },
        ),
      });
    this.#states.set(own, { ...state, type, initial: zeroOf(type).e });
  }

  /** Returns the canonical name and the value of a declaration. */
  #declared({ name, type: text, value, span }: Declaration, isInline = false): [name: string, state: State] {
    const type = this.#translator.type(text);
    const initial = value ? this.#value(value, type) : zeroOf(type).e;
    if (hasPulses(initial) && !isInline) this.#fail(messages.pulse(name), span);
    return [(this.#symbols.get(name)?.e as { readonly name: string }).name, { type, initial, span }];
  }

  /** Returns a value at the start, by numbers and the parameters of a set only. */
  #atStart(e: Expression, span: Span, keeps: ReadonlyMap<string, unknown>, depth = 0): Expression {
    const known = new Map<string, Expression>();
    for (const [name, { initial }] of this.#states) known.set(name, initial);
    for (const [name, { initial }] of this.#parameters) if (!keeps.has(name)) known.set(name, initial);
    for (const [name, { value }] of this.#derived) known.set(name, value);
    if (!readsAny(e, known)) return e;
    if (depth > 50) this.#fail(messages.cycle(), span);
    return this.#atStart(this.#translator.modest(substitute(e, known)), span, keeps, depth + 1);
  }

  #isKernel(name: string): boolean {
    return this.model.kernels.some(({ equations }) => equations.some((one) => one.name === name));
  }

  #port(name: string): Port | undefined {
    return this.model.ports.find((one) => one.name === name);
  }

  #declarePort({ name, kind, unit, span }: Port): void {
    const isTrain = kind === 'spike';
    const type =
      unit && !isTrain
        ? this.#translator.type(unit)
        : { kind: 'real' as const, dimension: isTrain ? hertz : dimensionless, unit: '1' };
    const own = this.#declare(name, type, span);
    if (!isTrain) return;
    this.#symbols.set(name, { e: nameOf(own), kind: 'real', dimension: hertz, isTrain: true });
    this.#gains.set(name, new Map());
  }

  // --- Convolutions ------------------------------------------------------------------------------------------------
  #convolve(mark: string, span: Span): Value {
    const known = this.#convolutions.get(mark);
    if (known) return known;
    const [kernel = '', port = ''] = mark.slice(convolutionMark.length).split(' ');
    const definition = this.model.kernels.find(({ equations }) => equations.some(({ name }) => name === kernel));
    const gains = this.#gains.get(port);
    if (!definition || !gains) return this.#fail(messages.convolution(), span);
    const [only] = definition.equations;
    const found =
      definition.equations.length === 1 && only?.order === 0
        ? this.#function(only)
        : this.#system(definition.equations, kernel);
    if (!found) return this.#fail(messages.kernel(kernel), definition.span);
    const names = new Map(
      found.modes.map(({ key }, k) => [
        key,
        nameOf(
          this.#names.take(
            key.startsWith('y') && k === 0
              ? `${kernel}__X__${port}`
              : `${key.startsWith('y') ? kernel + key.slice(1) : key}__X__${port}`,
          ),
        ),
      ]),
    );
    for (const { key, rate, gain, unit } of found.modes) {
      const name = (names.get(key) as { readonly name: string }).name;
      const type = this.#translator.type({ text: unit, span });
      this.#types.set(name, type);
      this.#states.set(name, { type, initial: zeroOf(type).e, span });
      this.#rates.set(name, substitute(rate, names));
      if (!isZero(gain)) gains.set(name, gain);
    }
    const pulse = product(nameOf(`${dirac} ${port}`), binary('*', integer(1), nameOf('ms')));
    const value: Value = {
      e: substitute(found.value, found.isDelta ? new Map([...names, [dirac, pulse]]) : names),
      kind: 'real',
      dimension: found.dimension ?? dimensionless,
    };
    this.#convolutions.set(mark, value);
    return value;
  }

  #function({ value, span }: Equation): KernelEquations | null {
    const plain = mapExpression(value, (part) => {
      if (part.kind !== 'call' || part.function !== 'delta') return part;
      const [time] = part.arguments;
      const isTime = part.arguments.length === 1 && time?.kind === 'name' && time.name === 't';
      return isTime
        ? nameOf(dirac, part.span)
        : this.#fail(messages.wrongArguments('delta', 1, part.arguments.length), part.span);
    });
    const scope: Scope = (name, at) => {
      if (name === dirac) return { e: nameOf(dirac, at), kind: 'real', dimension: dimensionless };
      return name === 't' ? { e: nameOf(kernelTime, at), kind: 'real', dimension: second } : this.#rateScope(name, at);
    };
    const { e, dimension } = this.#translator.value(plain, scope);
    if (readsAny(e, this.#states) || hasPulses(e)) return this.#fail(messages.kernel(printExpression(e)), span);
    const found = isDimensionless(dimension) ? equationsOf(e) : null;
    return found && { ...found, dimension };
  }

  #system(equations: readonly Equation[], kernel: string): KernelEquations | null {
    const modes = equations.flatMap(({ name, order, value, span }) =>
      Array.from({ length: order }, (_, k) => {
        const key = plainName(name, k);
        const start = this.model.state.find((one) => one.name === key);
        const type = this.#translator.type(start?.type ?? { text: 'real', span });
        const rate = k === order - 1 ? value : nameOf(plainName(name, k + 1), span);
        return { key, type, rate, start, span };
      }),
    );
    const scope: Scope = (name, span) => {
      const own = modes.find(({ key }) => key === name)?.type;
      return own ? { e: nameOf(name, span), ...own } : this.#rateScope(name, span);
    };
    const variables = modes.map(({ key }) => key);
    const found = modes.map(({ key, type, rate, start, span }) => {
      const { dimension, unit } = type;
      // Numbers count NEST's units.
      const isPure = isDimensionless(dimension);
      const order = key.split('__d').length - 1;
      if (!isPure && !equalDimensions(dimension, powerDimension(hertz, order)))
        return this.#fail(messages.kernel(kernel), start?.span ?? span);
      const perTime = this.#translator.as(
        this.#translator.value(rate, scope),
        divideDimensions(dimension, second),
        span,
      ).e;
      const gain = start?.value
        ? this.#translator.stored(this.#translator.value(start.value, this.#rateScope), type, start.span)
        : integer(0);
      return { key, rate: perTime, gain, unit };
    });
    const isLinear = found.every(({ rate }) => {
      const form = linearForm(rate, variables);
      return form && isZero(form.constant) && !readsAny(rate, this.#states) && !hasPulses(rate);
    });
    return isLinear ? { modes: found, value: nameOf(kernel), isDelta: false } : null;
  }

  // --- Equations ---------------------------------------------------------------------------------------------------
  #equation({ name, order, value, span }: Equation): void {
    if (name === this.#timer?.name) return;
    const variables = Array.from({ length: order }, (_, k) => plainName(name, k));
    for (const [k, variable] of variables.entries()) {
      const symbol = this.#symbols.get(variable);
      const own = symbol?.e.kind === 'name' ? symbol.e.name : '';
      const type = this.#types.get(own);
      if (!this.#states.has(own) || !type)
        return this.#fail(
          messages.unknownName(
            variable.replaceAll('__d', "'"),
            this.model.state.map((one) => one.name),
          ),
          span,
        );
      const next = k === order - 1 ? value : nameOf(plainName(name, k + 1), span);
      const dimension = divideDimensions(type.dimension, second);
      let rate = this.#value(next, { kind: 'real', dimension, unit: '' });
      if (drawsIn(rate)) this.#fail(messages.drawnRate(), span);
      const form = this.#withoutPulses(rate, name, span);
      for (const [port, gains] of this.#gains) {
        const coefficient = form.coefficients.get(`${dirac} ${port}`);
        if (coefficient) gains.set(own, coefficient);
      }
      if (form.coefficients.size > 0) rate = form.constant;
      this.#rates.set(own, isZero(rate) ? number(0) : rate);
    }
  }

  /** Returns the coefficients of the pulses of ports in the value of a name, and the rest of the value. */
  #withoutPulses(e: Expression, name: string, span: Span): LinearForm {
    const inlined = (part: Expression): Expression =>
      readsAny(part, this.#pulsed) ? inlined(this.#translator.modest(substitute(part, this.#pulsed))) : part;
    const pulses = [...this.#gains.keys()].map((port) => `${dirac} ${port}`);
    return linearForm(inlined(e), pulses) ?? this.#fail(messages.jump(name), span);
  }

  /** Reads an inline expression. One with pulses is put into equations, and has the value between pulses elsewhere. */
  #inline(one: Declaration): void {
    const [name, { type, initial, span }] = this.#declared(one, true);
    if (drawsIn(initial)) this.#fail(messages.drawnRate(), span);
    const { coefficients, constant } = this.#withoutPulses(initial, one.name, span);
    if (coefficients.size > 0) {
      this.#pulsed.set(name, initial);
      this.#translator.report(messages.betweenPulses(one.name), span);
    }
    const value = coefficients.size === 0 ? initial : isZero(constant) ? zeroOf(type).e : constant;
    this.#derived.set(name, { type, value, span });
  }

  /** Canonical names of the variables of equations that a call integrates, all without names. */
  #integrated(names: readonly string[]): readonly string[] {
    const equations =
      names.length === 0 ? this.model.equations : this.model.equations.filter(({ name }) => names.includes(name));
    return equations
      .filter(({ name }) => name !== this.#timer?.name)
      .flatMap(({ name, order }) =>
        Array.from(
          { length: order },
          (_, k) => (this.#symbols.get(plainName(name, k))?.e as { readonly name: string }).name,
        ),
      );
  }

  #targets(): Effects['targets'] {
    return new Map(
      [...this.#symbols].flatMap(([name, { e }]) =>
        e.kind === 'name' && this.#states.has(e.name)
          ? [[name, { name: e.name, type: (this.#states.get(e.name) as State).type }] as const]
          : [],
      ),
    );
  }

  #newState(wanted: string, type: Type, initial: Expression, span: Span): string {
    const name = this.#names.take(wanted);
    this.#states.set(name, { type, initial, span });
    return name;
  }

  // --- Code --------------------------------------------------------------------------------------------------------
  /** Notes a spike that code emits elsewhere than in a condition. */
  #emission(guard: Expression | undefined, code: Code, span: Span): void {
    this.#emits ??= this.#newState('spiking', conditionType, boolean(false), span);
    code.assign(this.#emits, boolean(true), guard, span);
  }

  #update(): void {
    const { update, span } = this.model;
    const timer = this.#timer;
    if (timer) {
      const frozen = new Set(this.#integrated(timer.always));
      for (const name of this.#integrated([])) {
        const isFree = frozen.has(name) && timer.always.length > 0;
        const isHeld = this.#integrated(timer.free).includes(name);
        if (isHeld) this.#active.set(name, isFree ? true : nameOf('not_refractory'));
      }
      return;
    }
    const calls: {
      readonly literals: readonly Expression[];
      readonly names: readonly string[];
      readonly span: Span;
    }[] = [];
    const [before, after]: [Written[], Written[]] = [[], []];
    let isAfter = false;
    const ends = new Set<boolean>();
    const hasJumps = [...this.#gains.values()].some((gains) =>
      [...gains.keys()].some((name) => this.#integrated([]).includes(name)),
    );
    const assignedNames = new Set(targetsIn(update));
    const odes = new Set(
      this.model.equations.flatMap(({ name, order }) => Array.from({ length: order }, (_, k) => plainName(name, k))),
    );
    const code = new Code(this.#translator, this.#scope, this.#names, {
      targets: this.#targets(),
      call: (statement, guard, own) => {
        if (statement.name === 'emit_spike') this.#emission(guard, own, statement.span);
        else if (statement.name === 'integrate_odes') {
          const names = statement.arguments.map((e) => {
            const variable = e.kind === 'name' ? variableOf(e.name) : undefined;
            if (e.kind === 'name' && e.name !== variable) return this.#fail(messages.noPrimes(), e.span);
            if (variable !== undefined && this.model.equations.some(({ name }) => name === variable)) return variable;
            return this.#fail(messages.unknownName(e.kind === 'name' ? e.name : 'this', [...odes]), e.span);
          });
          calls.push({ literals: literalsOf(guard), names: this.#integrated(names), span: statement.span });
          isAfter = true;
          own.statements = after;
        } else return false;
        return true;
      },
      hold: (condition, { whenTrue, whenFalse, span: at }) => {
        const bodies = [...whenTrue, ...whenFalse];
        if (!integrates(bodies)) return undefined;
        const own = (name: string): string =>
          (this.#symbols.get(name)?.e as { readonly name?: string } | undefined)?.name ?? name;
        const isLast = [whenTrue, whenFalse].every(
          (body) => body.findIndex((one) => integrates([one])) >= body.length - 1 || !integrates(body),
        );
        const unstable = [...assignedNames, ...(isLast && !hasJumps ? [] : odes)].map(own);
        if (!drawsIn(condition) && !readsAny(condition, new Set(unstable))) return condition;
        const name = this.#newState('branch', conditionType, boolean(false), at);
        code.assign(name, condition, undefined, at);
        return nameOf(name, at);
      },
      branch: (run) => {
        const was = isAfter;
        run();
        ends.add(isAfter);
        isAfter = was;
        code.statements = was ? after : before;
      },
    });
    code.statements = before;
    for (const statement of update) {
      ends.clear();
      code.run([statement]);
      if (ends.has(true)) isAfter = true;
      if (isAfter) code.statements = after;
    }
    for (const name of this.#integrated([])) {
      const own = calls.filter(({ names }) => names.includes(name));
      for (const [k, one] of own.entries())
        if (own.slice(0, k).some((other) => !contradict(one.literals, other.literals)))
          this.#fail(messages.integratedTwice(name), one.span);
      const active = either(own.map(({ literals }) => literals));
      if (active !== false) this.#active.set(name, active);
    }
    // Timers become statements, so that they need no mode of their own.
    const timers: Written[] = [];
    for (const [name, active] of this.#active) {
      const rate = this.#rates.get(name);
      if (active === true || !rate || this.#isReadByRates(name)) continue;
      if (numberOf(rate, (one) => this.#types.has(one)) === undefined) continue;
      this.#rates.delete(name);
      const next = sum(nameOf(name), product(rate, nameOf('dt')));
      timers.push(assignment(name, '=', conditional(active, timed(name, next, span), nameOf(name)), span));
    }
    // Local variables that are read after the integration outlive their block.
    const later = new Set(
      [...timers, ...after].flatMap((one) => (one.kind === 'assignment' ? [...namesIn(one.value)] : [])),
    );
    for (const one of before) {
      const local = one.kind === 'assignment' && later.has(one.target) ? code.kept.get(one.target) : undefined;
      if (local && one.kind === 'assignment') this.#states.set(one.target, { ...local, initial: zeroOf(local.type).e });
    }
    this.#silent('update', { when: boolean(true), do: before, slot: 'before_groups', order: 0 });
    this.#hasLaterCode = timers.length + after.length > 0;
    // Spikes of the step have arrived by then.
    this.#silent('after_update', {
      when: boolean(true),
      do: [...timers, ...after],
      slot: 'after_synapses',
      order: -1,
    });
    for (const one of after) this.#readPorts(one, true);
    for (const one of before) this.#readPorts(one, false);
    const held = new Map<string, [condition: Expression, names: string[]]>();
    for (const [name, active] of this.#active) {
      if (active === true || !this.#rates.has(name)) continue;
      const text = printExpression(active);
      const group = held.get(text) ?? [opposite(active), []];
      group[1].push(name);
      held.set(text, group);
    }
    for (const [condition, names] of held.values())
      this.#silent(
        'hold',
        {
          when: condition,
          do: [],
          slot: 'before_groups',
          order: 1,
          refractory: { while: locatedExpression(condition, ''), rate: names, suppress: false },
        },
        true,
      );
  }

  /** Notes ports that code of each step reads. */
  #readPorts(statement: Written, isAfter: boolean): void {
    for (const [name] of this.#gains) {
      const own = this.#symbols.get(name)?.e as { readonly name: string };
      if (statement.kind !== 'assignment' || !namesIn(statement.value).has(own.name)) continue;
      if (!isAfter) this.#fail(messages.notRead(`${name} before integrate_odes`, 'a value'), statement.span);
      this.#portReads.add(name);
    }
  }

  /** Checks whether NEST solves the equations exactly, so that they need no steps of their own. */
  #isLinear(): boolean {
    const states = new Set(this.#rates.keys());
    const known = new Map([...this.#derived].map(([name, { value }]) => [name, value]));
    const whole = (e: Expression, depth = 0): Expression =>
      depth < 50 && readsAny(e, known) ? whole(this.#translator.modest(substitute(e, known)), depth + 1) : e;
    return [...this.#rates.values()].every((rate) => {
      const form = linearForm(whole(rate), states);
      return form !== null && [...form.coefficients.values()].every((one) => !readsAny(one, states));
    });
  }

  #isReadByRates(name: string): boolean {
    const reads = (e: Expression, depth = 0): boolean =>
      namesIn(e).has(name) ||
      (depth < 50 &&
        [...namesIn(e)].some(
          (one) =>
            this.#derived.has(one) &&
            reads((this.#derived.get(one) as { readonly value: Expression }).value, depth + 1),
        ));
    return [...this.#rates].some(([, rate]) => reads(rate));
  }

  /** Adds a condition that other cells do not see. */
  #silent(name: string, event: EventDraft, isKept = false): void {
    if (event.do.length > 0 || isKept) this.#events.push([name, { ...event, actionSlot: event['slot'], emits: null }]);
  }

  /** Reads the convolutions of equations. */
  #convolutionsOfEquations(): void {
    const values = [...this.model.equations, ...this.model.inlines].flatMap(({ value }) => value ?? []);
    for (const call of values.flatMap(callsIn).filter((one) => one.function === 'convolve'))
      this.#translator.value(this.#marked(call), this.#rateScope);
  }

  #receivers(): void {
    const handlers = [...this.model.receivers].sort(byPriority);
    for (const { port = '', span } of handlers)
      if (!this.#gains.has(port)) this.#fail(messages.unknownName(port, [...this.#gains.keys()]), span);
    for (const [port, gains] of this.#gains) {
      const own = handlers.filter((one) => one.port === port);
      const { name } = this.#symbols.get(port)?.e as { readonly name: string };
      const type: Type = { kind: 'real', dimension: dimensionless, unit: '1' };
      const span = this.#port(port)?.span ?? this.model.span;
      this.#states.set(name, { type, initial: integer(0), span });
      const [only] = own;
      const [target] = gains.keys();
      const single =
        gains.size === 1 && own.length === 0 && target !== undefined && !this.#portReads.has(port)
          ? ([target, gains.get(target) as Expression] as const)
          : only && own.length === 1 && gains.size === 0 && !this.#portReads.has(port)
            ? this.#sum(only, name)
            : null;
      if (single && this.#rescaled(single[0], single[1], name)) continue;
      const code = this.#code();
      for (const { body } of own) code.run(body);
      const when = binary('!=', nameOf(name, span), number(0), span);
      // Pulses of equations act at their integration: before the rest of the update block and code of spikes.
      const pulses = this.#jumps(new Map([...gains].filter(([variable]) => this.#isIntegrated(variable))), name, span);
      const responses = this.#jumps(
        new Map([...gains].filter(([variable]) => !this.#isIntegrated(variable))),
        name,
        span,
      );
      const isAtOnce = handlers.length === 0 && !this.#hasLaterCode;
      if (!isAtOnce) this.#silent(`integrate_${port}`, { when, do: pulses, slot: 'after_synapses', order: -2 });
      if (own.length + gains.size === 0 && !this.#portReads.has(port)) continue;
      const order = only ? handlers.indexOf(only) : handlers.length;
      const jumps = isAtOnce ? [...pulses, ...responses] : responses;
      const statements = [...code.statements, ...jumps, assignment(name, '=', number(0), span)];
      this.#silent(`receive_${port}`, { when, do: statements, slot: 'after_synapses', order });
    }
  }

  /** Returns jumps of variables by gains times the value of a port, which all read the values before them. */
  #jumps(gains: ReadonlyMap<string, Expression>, port: string, span: Span): readonly Written[] {
    const isMutual = [...gains].some(([variable, gain]) =>
      readsAny(gain, new Set([...gains.keys()].filter((one) => one !== variable))),
    );
    const code = this.#code();
    const sizes = [...gains].map(([variable, gain]) => {
      const size = product(gain, nameOf(port));
      return [variable, isMutual ? code.keep('pulse', size, span) : size] as const;
    });
    for (const [variable, size] of sizes) {
      const active = this.#active.get(variable);
      code.assign(variable, sum(nameOf(variable), size), active === true ? undefined : active, span);
    }
    return code.statements;
  }

  #code(): Code {
    return new Code(this.#translator, this.#scope, this.#names, {
      targets: this.#targets(),
      call: ({ name, span }, guard, code) => {
        if (name === 'emit_spike') this.#emission(guard, code, span);
        return name === 'emit_spike';
      },
    });
  }

  /** Returns the variable that a handler adds weights to, with their factor, if it does nothing else. */
  #sum({ body }: Handler, port: string): readonly [string, Expression] | null {
    const [statement] = body;
    if (body.length !== 1 || statement?.kind !== 'assign' || statement.operator !== '+=') return null;
    const { target } = statement;
    const own = this.#symbols.get(target)?.e;
    const state = own?.kind === 'name' ? this.#states.get(own.name) : undefined;
    const writers = bodiesOf(this.model)
      .flatMap(targetsIn)
      .filter((one) => one === target);
    if (!state || own?.kind !== 'name' || writers.length !== 1 || !isNothing(state.initial)) return null;
    const { translator } = this.#code();
    const value = translator.stored(translator.value(statement.value, this.#scope), state.type, statement.span);
    const form = linearForm(value, [port]);
    const factor = form?.coefficients.get(port);
    return form && factor && isZero(form.constant) ? [own.name, factor] : null;
  }

  /** Replaces a variable by a factor times another one, to which synapses add weights. Returns whether it can. */
  #rescaled(variable: string, gain: Expression, port: string): boolean {
    const state = this.#states.get(variable);
    const rate = this.#rates.get(variable);
    const form = rate && linearForm(rate, [variable]);
    const isConstant = !readsAny(gain, this.#states) && !readsAny(gain, new Set(['t', 'dt'])) && !drawsIn(gain);
    if (!state || !form || !isConstant || this.#isJump(variable)) return false;
    this.#states.delete(variable);
    this.#rates.delete(variable);
    this.#derived.set(variable, { type: state.type, value: product(gain, nameOf(port, state.span)), span: state.span });
    const own = new Map([[variable, nameOf(port)]]);
    const decay = product(form.coefficients.get(variable) ?? number(0), nameOf(port));
    this.#rates.set(port, isZero(form.constant) ? substitute(rate, own) : sum(decay, quotient(form.constant, gain)));
    const active = this.#active.get(variable);
    if (active !== undefined) this.#active.set(port, active);
    this.#active.delete(variable);
    return true;
  }

  /** Checks whether a variable is one of the model's equations that spikes make jump. */
  #isJump(variable: string): boolean {
    return [...this.#gains.values()].some((gains) => gains.has(variable)) && this.#isIntegrated(variable);
  }

  /** Checks whether a variable is one of the model's equations, not of a kernel's. */
  #isIntegrated(variable: string): boolean {
    return this.#integrated([]).includes(variable);
  }

  #conditions(): void {
    const handlers = [...this.model.conditions].sort(byPriority);
    const isSimple = handlers.length === 1 && this.#emits === undefined;
    for (const [order, handler] of handlers.entries()) {
      const isSpike = handler.body.filter((one) => one.kind === 'call' && one.name === 'emit_spike').length === 1;
      const isTimed = handler === this.#timer?.handler;
      const timed = isTimed ? this.#timer : undefined;
      const body = handler.body.filter(
        (one) => !(isSpike && one.kind === 'call' && one.name === 'emit_spike') && one !== timed?.reset,
      );
      const code = this.#code();
      code.run(body);
      const { e } = this.#translator.condition(timed?.condition ?? (handler.condition as Expression), this.#scope);
      const frozen = [...this.#active].flatMap(([name, active]) =>
        active !== true && this.#rates.has(name) ? [name] : [],
      );
      this.#events.push([
        isSpike ? 'spike' : 'condition',
        {
          when: e,
          do: code.statements,
          ...(isSimple && isSpike ? {} : { slot: 'thresholds', actionSlot: 'thresholds', order }),
          ...(isSpike ? { emits: 'spike' } : { emits: null }),
          ...(timed
            ? {
                refractory: {
                  for: locatedExpression(
                    this.#value(timed.duration, { kind: 'real', dimension: second, unit: 's' }, this.#scope),
                    '',
                  ),
                  rate: frozen,
                },
              }
            : {}),
        },
      ]);
    }
    if (this.#emits === undefined) return;
    const { span } = this.model;
    const statements = [assignment(this.#emits, '=', boolean(false), span)];
    this.#events.push([
      'spike',
      {
        when: nameOf(this.#emits, span),
        do: statements,
        slot: 'thresholds',
        actionSlot: 'thresholds',
        order: handlers.length,
        emits: 'spike',
      },
    ]);
  }

  // --- The canonical type ------------------------------------------------------------------------------------------
  /** Returns parameters, variables of events and equations, and derived variables, as a canonical type has them. */
  #variables(): Readonly<Record<string, unknown>> {
    const entry = (
      { type: { kind, unit }, span }: Pick<State, 'type' | 'span'>,
      member: string,
      e: Expression,
    ): Located =>
      located({ unit, ...(kind === 'real' ? {} : { type: kind }), [member]: locatedExpression(e, '') }, '', span);
    // Parameters are independent of each other once a model exists.
    const parameters = [...this.#parameters].map(
      ([name, one]) => [name, { ...one, initial: this.#atStart(one.initial, one.span, new Map()) }] as const,
    );
    const states = [...this.#states].map(
      ([name, one]) => [name, { ...one, initial: this.#atStart(one.initial, one.span, this.#parameters) }] as const,
    );
    return {
      parameters: Object.fromEntries(parameters.map(([name, one]) => [name, entry(one, 'value', one.initial)])),
      state: Object.fromEntries(states.map(([name, one]) => [name, entry(one, 'initial', one.initial)])),
      derived: Object.fromEntries([...this.#derived].map(([name, one]) => [name, entry(one, 'value', one.value)])),
    };
  }

  #result(): NeuronOfNestml {
    const placed = (e: Expression): Located => locatedExpression(e, '');
    for (const [name] of this.#rates)
      if (this.#integrated([]).includes(name) && !this.#active.has(name)) this.#rates.delete(name);
    const eventNames = new UniqueNames();
    const events = this.#events.map(([name, { when, do: statements, ...rest }]) => {
      const own = eventNames.take(name);
      const { emits, ...others } = rest as { emits?: string | null };
      const isOwnName = emits === own;
      return [
        own,
        {
          when: placed(when),
          do: statements.map((one) => locatedStatement(one, '')),
          ...others,
          ...(emits === undefined || isOwnName ? {} : { emits }),
        },
      ] as const;
    });
    const inputs = this.model.ports.filter(({ kind }) => kind === 'continuous');
    const inputName = (name: string): string => (this.#symbols.get(name)?.e as { readonly name: string }).name;
    const type = {
      ...this.#variables(),
      inputs: Object.fromEntries(
        inputs.map(({ name, span }) => [
          inputName(name),
          located({ unit: this.#types.get(inputName(name))?.unit ?? '1', reduce: 'sum' }, '', span),
        ]),
      ),
      ...(this.#isLinear() ? {} : { method: 'adaptive' }),
      derivatives: Object.fromEntries([...this.#rates].map(([name, rate]) => [name, placed(rate)])),
      events: Object.fromEntries(events),
    };
    const receptors = Object.entries(receptorsOf(this.model)).map(([name, port]) => [name, inputName(port)] as const);
    const recorded = this.model.state.flatMap(({ name }) => {
      const own = (this.#symbols.get(name)?.e as { readonly name?: string } | undefined)?.name;
      return own === undefined ? [] : [own];
    });
    return { type, receptors: Object.fromEntries(receptors), states: recorded };
  }
}

/** Orders code of events: that of a higher priority runs first. */
const byPriority = (a: Handler, b: Handler): number => (b.priority ?? 0) - (a.priority ?? 0);

/** Checks whether statements integrate equations. */
const integrates = (body: readonly Statement[]): boolean =>
  body.some(
    (one) =>
      (one.kind === 'call' && one.name === 'integrate_odes') ||
      (one.kind === 'if' && integrates([...one.whenTrue, ...one.whenFalse])) ||
      ((one.kind === 'for' || one.kind === 'while') && integrates(one.body)),
  );

/** Checks whether a value is zero whatever its unit. */
function isNothing(e: Expression): boolean {
  try {
    return valueAt(e, () => 1) === 0;
  } catch {
    return false;
  }
}

const literalsOf = (e: Expression | undefined): readonly Expression[] =>
  e === undefined
    ? []
    : e.kind === 'binary' && e.operator === 'and'
      ? [...literalsOf(e.left), ...literalsOf(e.right)]
      : [e];

const isOpposite = (a: Expression, b: Expression): boolean =>
  printExpression(opposite(a)) === printExpression(b) || printExpression(opposite(b)) === printExpression(a);

const contradict = (a: readonly Expression[], b: readonly Expression[]): boolean =>
  a.some((one) => b.some((other) => isOpposite(one, other)));

/** Returns a condition that holds if all literals of one of several conditions hold. */
function either(conditions: readonly (readonly Expression[])[]): Expression | boolean {
  const all = [...conditions];
  for (let k = 0; k < all.length; k++)
    for (let other = k + 1; other < all.length; other++) {
      const [a, b] = [all[k] ?? [], all[other] ?? []];
      const only = a.filter((one) => !b.some((two) => printExpression(one) === printExpression(two)));
      const back = b.filter((one) => !a.some((two) => printExpression(one) === printExpression(two)));
      if (only.length !== 1 || back.length !== 1 || !isOpposite(only[0] as Expression, back[0] as Expression)) continue;
      all.splice(other, 1);
      all[k] = a.filter((one) => one !== only[0]);
      [k, other] = [-1, all.length];
    }
  if (all.length === 0) return false;
  if (all.some((one) => one.length === 0)) return true;
  return all.map((one) => one.reduce((a, b) => binary('and', a, b))).reduce((a, b) => binary('or', a, b));
}
