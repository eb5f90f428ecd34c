/** A neuron type as a component type, with the list of what may be attached to its cells. */

import { dimensionless as pure, type Expression, type Statement } from '../../../src/lang/ast.js';
import { binary, boolean, call, conditional, name as nameOf, number, quantity } from '../../../src/lang/build.js';
import { divideDimensions } from '../../../src/lang/dimension.js';
import { linearForm } from '../../../src/lang/linear.js';
import { namesIn } from '../../../src/lang/walk.js';
import { child } from '../../../src/model/pointer.js';
import type { EventDefinition, NeuronType, Operation, Refractory, Regime } from '../../../src/model/model.js';
import type { CellPlan, Channel, ExportContext } from './context.js';
import { dimensionOfUnit, lemsDimension } from './dimensions.js';
import { endOfStep, NotExpressible, TypeBuilder } from './type-builder.js';
import { numbersOf } from './values.js';
import { element, type Element } from './xml-text.js';

/** What the network does to cells of a type. */
export interface Demands {
  /** State variables that synapses add to at events. */
  readonly jumps: ReadonlySet<string>;
  /** Parameters that are sums over synapses. */
  readonly sums: ReadonlySet<string>;
  /** Parameters and state variables with values that differ within a population. */
  readonly varying: ReadonlySet<string>;
  /** State variables with a first value that is not zero somewhere. */
  readonly started: ReadonlySet<string>;
  /** Parameters that are variables of other populations. */
  readonly linked: ReadonlyMap<string, string>;
  /** Parameters that code changes during the run. */
  readonly written: ReadonlySet<string>;
  /** `i`, `N` and `lastspike`, where something reads them. */
  readonly places: ReadonlySet<string>;
  /** Events that synapses of the cell react to, which it counts. */
  readonly counted: ReadonlySet<string>;
  /** Code that runs at regular times, by the name of the parameter that says which cells it is for. */
  readonly operations: ReadonlyMap<string, Operation>;
}

/** The variable that counts events of a cell. */
export const countOf = (event: string): string => `number of ${event}`;

const time = [0, 0, 1, 0, 0, 0, 0] as const;
const lastSpike = 'time of the last spike';

export interface BuiltCell {
  readonly plan: CellPlan;
  readonly elements: readonly Element[];
}

/** The component types of a neuron type. */
export function cellType(id: string, type: NeuronType, demands: Demands, context: ExportContext): BuiltCell {
  const { ids } = context;
  const channels = channelsOf(type, demands);
  const [only] = channels;
  const plainCurrent = channels.length === 1 && only?.exposure === 'i';
  const attachment = plainCurrent ? 'baseSynapse' : ids.claim(`${id}_input`);
  const componentType = ids.claim(`${id}_cell`);
  const builder = builderOf(context);
  const cell = new CellWriter(id, type, demands, channels, builder, context);
  cell.write(plainCurrent ? 'basePointCurrent' : attachment);
  const hasPotential = type.state['v']?.unit === 'V' || type.derived['v']?.unit === 'V';
  const base = hasPotential ? 'baseCellMembPot' : 'baseSpikingCell';
  const inputs = plainCurrent
    ? []
    : [
        element(
          'ComponentType',
          { name: attachment, extends: 'baseSynapse', description: `What acts on cells of ${id}.` },
          channels
            .filter(({ exposure }) => exposure !== 'i')
            .map(({ exposure, dimension }) => element('Exposure', { name: exposure, dimension: context.dimensions.nameOf(dimension) })),
        ),
      ];
  const plan: CellPlan = {
    type: id,
    componentType,
    attachment,
    list: 'synapses',
    channels,
    varying: demands.varying,
    visible: cell.visible,
    starts: cell.starts,
  };
  return { plan, elements: [...inputs, builder.build(componentType, base, `The neuron type ${id}.`)] };
}

/** An empty type of a model. */
export function builderOf({ model, data, dimensions, dt }: ExportContext): TypeBuilder {
  return new TypeBuilder(dimensions, { reads: model.timing === 'lems-euler' ? 'end' : 'start', dt }, (name) => {
    const table = model.tables[name];
    if (!table) return undefined;
    const values = Array.from(numbersOf(table.values, data));
    const { columns } = table;
    const rows = columns === null ? [values] : Array.from({ length: columns }, (_, k) => values.filter((_value, at) => at % columns === k));
    return { dt: table.dt, dimension: dimensionOfUnit(table.unit), rows };
  });
}

function channelsOf(type: NeuronType, demands: Demands): readonly Channel[] {
  const currents = Object.values(type.inputs).filter(({ unit }) => unit === 'A').length;
  const sums = Object.entries(type.inputs).map(([variable, { unit }]): Channel => ({
    variable,
    kind: 'sum',
    dimension: dimensionOfUnit(unit),
    exposure: unit === 'A' && currents === 1 ? 'i' : `into_${variable}`,
  }));
  const summed = [...demands.sums].map((variable): Channel => ({
    variable,
    kind: 'sum',
    dimension: dimensionOfUnit(type.parameters[variable]?.unit ?? '1'),
    exposure: `into_${variable}`,
  }));
  const jumps = [...demands.jumps].map((variable): Channel => ({
    variable,
    kind: 'jump',
    dimension: dimensionOfUnit(type.state[variable]?.unit ?? '1'),
    exposure: `jump_${variable}`,
  }));
  return [...sums, ...summed, ...jumps];
}

class CellWriter {
  readonly visible = new Map<string, { readonly name: string; readonly dimension: ReturnType<typeof dimensionOfUnit> }>();
  readonly starts = new Map<string, string>();
  readonly #pointer: string;
  /** Names of the variables that hold until when an event keeps the cell refractory. */
  readonly #until = new Map<string, string>();
  readonly #held = new Map<string, string>();

  constructor(
    id: string,
    private readonly type: NeuronType,
    private readonly demands: Demands,
    private readonly channels: readonly Channel[],
    private readonly builder: TypeBuilder,
    private readonly context: ExportContext,
  ) {
    this.#pointer = child('/neurons', id);
  }

  write(attachments: string): void {
    const { type, builder, context } = this;
    this.#declare(attachments);
    for (const noise of type.noise) {
      const normal = binary('/', call('normal', []), number(Math.sqrt(context.dt)));
      builder.derive(builder.declare(noise, pure, `noise_${noise}`), pure, normal);
    }
    if (type.compartments)
      context.report.missing(child(this.#pointer, 'compartments'), 'cells with several compartments are not written yet');
    const derived = derivedOrder(type, (text) => builder.parse(text));
    for (const name of derived) this.#try(`derived/${name}`, () => this.#derive(name));
    for (const [name, { rate }] of Object.entries(type.derivatives))
      this.#try(`derivatives/${name}`, () => {
        builder.rates.push(builder.rate(name, this.#gated(name, this.#withNoise(name, builder.parse(rate)))));
      });
    for (const [name, start] of this.starts) builder.starts.push(builder.assign(builder.nameOf(name), start));
    this.#conditions();
    for (const [name, regime] of Object.entries(type.regimes)) this.#try(`regimes/${name}`, () => this.#regime(name, regime));
  }

  #try(part: string, action: () => void): void {
    try {
      action();
    } catch (error) {
      if (!(error instanceof NotExpressible)) throw error;
      this.context.report.missing(`${this.#pointer}/${part}`, error.message);
    }
  }

  #declare(attachments: string): void {
    const { type, builder, demands } = this;
    for (const [name, { unit }] of Object.entries(type.parameters)) {
      const dimension = lemsDimension(unit);
      if (demands.sums.has(name)) continue;
      if (demands.written.has(name)) {
        builder.state(name, dimension);
        this.#see(name);
        continue;
      }
      const linked = demands.linked.get(name);
      if (linked !== undefined) builder.requirement(name, dimension, linked);
      else if (demands.varying.has(name)) builder.requirement(name, dimension);
      else builder.parameter(name, dimension);
      this.#see(name);
    }
    for (const name of [...demands.places, ...demands.operations.keys()]) {
      if (name === 'lastspike') continue;
      const wanted = name === 'i' ? 'element_number' : name === 'N' ? 'element_count' : name;
      if (demands.varying.has(name)) builder.requirement(name, pure, wanted);
      else builder.parameters.push(element('Parameter', { name: builder.declare(name, pure, wanted), dimension: 'none' }));
      this.#see(name);
    }
    if (demands.places.has('lastspike')) {
      builder.state(lastSpike, time, false);
      builder.aliases.set('lastspike', nameOf(lastSpike));
      builder.starts.push(builder.assign(builder.nameOf(lastSpike), builder.text(quantity(-10_000, time), 'statement')));
    }
    for (const name of demands.counted) {
      builder.state(countOf(name), pure);
      this.#see(countOf(name));
    }
    for (const [name, { unit }] of Object.entries(type.state)) {
      builder.state(name, lemsDimension(unit));
      this.#see(name);
    }
    // The base type has an exposure of this name already; saying so once more is harmless, and not all readers inherit it.
    for (const [name, { unit }] of Object.entries(type.derived)) {
      builder.declare(name, lemsDimension(unit));
      this.#see(name);
    }
    for (const { variable, kind, dimension, exposure } of this.channels) {
      const name = kind === 'sum' ? variable : `jump of ${variable}`;
      builder.select(name, dimension, `synapses[*]/${exposure}`, 'add');
      if (kind === 'sum') this.#see(variable);
    }
    if (this.channels.length > 0) builder.attachments.push(element('Attachments', { name: 'synapses', type: attachments }));
    else builder.attachments.push(element('Attachments', { name: 'synapses', type: 'basePointCurrent' }));
    for (const [name, input] of Object.entries(type.inputs))
      if (input.reduce === 'product')
        this.context.report.missing(child(child(this.#pointer, 'inputs'), name), 'inputs that are multiplied');
    for (const name of demands.started) {
      const dimension = builder.dimensionOf(name);
      const start = demands.varying.has(name)
        ? builder.requirement(`start of ${name}`, dimension, `${name}_start`)
        : this.#startParameter(name);
      this.starts.set(name, start);
    }
    for (const [name, event] of Object.entries(type.events)) this.#declareRefractory(name, event.refractory);
    const free = Object.keys(type.events).flatMap((name) => this.#free(name) ?? []);
    builder.aliases.set('not_refractory', free.length === 0 ? boolean(true) : free.reduce((a, b) => binary('and', a, b)));
  }

  /** Noise is a number with a dimension that LEMS has not: its factor is taken as a number, and the product gets the dimension of the rate. */
  #withNoise(variable: string, rate: Expression): Expression {
    const { type, builder } = this;
    const read = type.noise.filter((noise) => namesIn(rate).has(noise));
    if (read.length === 0) return rate;
    const form = linearForm(rate, new Set(read));
    if (!form) throw new NotExpressible('noise that is not multiplied by a factor alone');
    const dimension = divideDimensions(builder.dimensionOf(variable), time);
    const unit = quantity(1, dimension);
    const noises = [...form.coefficients].map(([noise, factor]) => binary('*', binary('*', builder.bare(factor), nameOf(noise)), unit));
    return noises.reduce((sum: Expression, noise) => binary('+', sum, noise), form.constant);
  }

  #startParameter(name: string): string {
    const { builder } = this;
    const dimension = builder.dimensionOf(name);
    const lems = builder.declare(`start of ${name}`, dimension, `${name}_start`);
    builder.parameters.push(element('Parameter', { name: lems, dimension: this.context.dimensions.nameOf(dimension) }));
    return lems;
  }

  #see(name: string): void {
    this.visible.set(name, { name: this.builder.nameOf(name), dimension: this.builder.dimensionOf(name) });
  }

  #derive(name: string): void {
    const { builder, context } = this;
    const derived = this.type.derived[name];
    if (!derived) return;
    const value = builder.parse(derived.value);
    const dimension = lemsDimension(derived.unit);
    if (context.model.timing !== 'lems-euler' && !derived.held) builder.inlined.set(name, builder.inline(value));
    const lems = builder.nameOf(name);
    builder.exposures.push(element('Exposure', { name: lems, dimension: context.dimensions.nameOf(dimension) }));
    builder.derive(lems, dimension, value, lems);
  }

  // --- Refractoriness -----------------------------------------------------------------------------------------------

  #declareRefractory(event: string, refractory: Refractory | undefined): void {
    if (!refractory) return;
    const { builder } = this;
    if (refractory.for !== undefined) {
      const until = builder.state(`end of refractoriness after ${event}`, time, false);
      this.#until.set(event, until);
      const never = refractory.evaluated === 'eachStep' ? quantity(-10_000, time) : quantity(-1, time);
      builder.starts.push(builder.assign(until, builder.text(never, 'statement')));
    } else {
      this.#held.set(event, builder.state(`refractory after ${event}`, [0, 0, 0, 0, 0, 0, 0], false));
    }
  }

  /** A condition that holds while an event does not keep the cell refractory. */
  #free(event: string): Expression | null {
    if (this.#until.has(event)) {
      const { refractory } = this.type.events[event] ?? {};
      const stored = nameOf(`end of refractoriness after ${event}`);
      // Where the duration may change meanwhile, what is stored is when the event was.
      const until = refractory?.evaluated === 'eachStep' ? binary('+', stored, this.#duration(refractory)) : stored;
      return binary('>', nameOf(endOfStep), until);
    }
    if (this.#held.has(event)) return binary('<', nameOf(`refractory after ${event}`), number(0.5));
    return null;
  }

  #gated(variable: string, rate: Expression): Expression {
    let gated = rate;
    for (const [event, { refractory }] of Object.entries(this.type.events)) {
      const free = refractory?.rate.includes(variable) ? this.#free(event) : null;
      if (free) gated = conditional(free, gated, quantity(0, this.builder.infer(rate)));
    }
    return gated;
  }

  /** When an event's refractoriness ends, or where its duration may change, when the event was. */
  #untilValue(refractory: Refractory): Expression {
    const now = nameOf(endOfStep);
    return refractory.evaluated === 'eachStep' ? now : binary('+', now, this.#duration(refractory));
  }

  /**
   * How long a cell is refractory, half a step from any step: whole steps are those after the event's in which it is not free, the event's own among
   * them in Brian's timing.
   */
  #duration({ for: duration = '0*s', rounding }: Refractory): Expression {
    const { builder, context } = this;
    const steps = binary('/', builder.parse(duration), nameOf('dt'));
    const shift =
      rounding === 'nearest' || (rounding === undefined && context.model.timing !== 'brian') ? -0.5 : rounding === 'up' ? -1e-6 : undefined;
    const whole =
      shift === undefined ? call('floor', [binary('+', steps, number(1e-3))]) : call('ceil', [binary('+', steps, number(shift))]);
    const half = number(context.model.timing === 'brian' ? -0.5 : 0.5);
    return binary('*', binary('+', whole, half), nameOf('dt'));
  }

  // --- Events -------------------------------------------------------------------------------------------------------

  #conditions(): void {
    const { type, context, builder } = this;
    const jumps = this.channels.filter(({ kind }) => kind === 'jump');
    const events = Object.entries(type.events).sort(([, a], [, b]) => a.order - b.order);
    for (const [name, operation] of this.demands.operations) this.#try(`../../operations/${name}`, () => this.#operate(name, operation));
    const releases = [...this.#held].flatMap(([event]) => this.#release(event, type.events[event]));
    builder.conditions.push(...releases);
    if (context.model.timing === 'brian') {
      const later: Element[] = [];
      for (const [name, event] of events) this.#try(`events/${name}`, () => this.#event(name, event, jumps.length > 0 ? later : null));
      for (const jump of jumps) this.#jump(jump);
      builder.conditions.push(...later);
      return;
    }
    for (const jump of jumps) this.#jump(jump);
    for (const [name, event] of events) this.#try(`events/${name}`, () => this.#event(name, event, null));
  }

  /** Code at regular times, for the cells whose parameter of its name is one. */
  #operate(name: string, { do: actions, every }: Operation): void {
    const { builder } = this;
    const ticks: Element[] = [];
    let due: Expression = binary('>', nameOf(name), number(0.5));
    if (every !== undefined) {
      const next = `next ${name}`;
      builder.state(next, time, false);
      // Ticks are steps: half a step before one is soon enough.
      due = binary('and', due, binary('>=', nameOf('t'), binary('-', nameOf(next), binary('*', number(0.5), nameOf('dt')))));
      ticks.push(builder.assign(builder.nameOf(next), builder.text(binary('+', nameOf(next), quantity(every, time)), 'statement')));
    }
    const statements = builder.statements(actions).map((statement) => builder.assignment(statement));
    builder.conditions.push(element('OnCondition', { test: this.#test(due) }, [...ticks, ...statements]));
  }

  #release(event: string, definition: EventDefinition | undefined): readonly Element[] {
    const { builder } = this;
    const text = definition?.refractory?.while;
    if (text === undefined) return [];
    const test = builder.condition(builder.inline(builder.parse(text)), 'statement', true);
    return [element('OnCondition', { test }, [builder.assign(builder.nameOf(`refractory after ${event}`), '0')])];
  }

  #jump({ variable }: Channel): void {
    const { builder, type } = this;
    const from = builder.nameOf(`jump of ${variable}`);
    const own = builder.nameOf(variable);
    const tests = [`${from} .neq. 0`];
    for (const [event, { refractory }] of Object.entries(type.events)) {
      const free = refractory?.writes === 'block' && refractory.rate.includes(variable) ? this.#free(event) : null;
      if (free) tests.push(this.#test(free));
    }
    const test = tests.length === 1 ? (tests[0] ?? '') : tests.map((one) => `(${one})`).join(' .and. ');
    builder.conditions.push(element('OnCondition', { test }, [builder.assign(own, `${own} + ${from}`)]));
  }

  #test(e: Expression): string {
    return this.builder.condition(e, 'statement');
  }

  #event(name: string, event: EventDefinition, later: Element[] | null): void {
    const { builder, type } = this;
    if (event.multiplicity !== undefined) throw new NotExpressible('events that count several times');
    if (event.section !== undefined) throw new NotExpressible('events of a place on a cell');
    let when = builder.inline(builder.parse(event.when));
    for (const [other, { refractory }] of Object.entries(type.events)) {
      const suppressed = other === name ? refractory?.suppress === true : refractory?.of?.includes(name) === true;
      const free = suppressed ? this.#free(other) : null;
      if (free) when = binary('and', when, free);
    }
    const actions: Element[] = [];
    if (event.edge === 'rising') {
      const above = builder.state(`${name} has risen`, [0, 0, 0, 0, 0, 0, 0], false);
      const test = this.#test(binary('and', when, binary('<', nameOf(`${name} has risen`), number(0.5))));
      const fall = builder.condition(builder.inline(builder.parse(event.when)), 'statement', true);
      builder.conditions.push(element('OnCondition', { test: fall }, [builder.assign(above, '0')]));
      actions.push(builder.assign(above, '1'));
      this.#finish(name, event, test, actions, later);
      return;
    }
    this.#finish(name, event, this.#test(when), actions, later);
  }

  #finish(name: string, event: EventDefinition, test: string, actions: Element[], later: Element[] | null): void {
    const { builder } = this;
    const { refractory } = event;
    if (refractory && this.#until.has(name)) {
      const until = builder.nameOf(`end of refractoriness after ${name}`);
      actions.push(builder.assign(until, builder.text(this.#untilValue(refractory), 'statement')));
    } else if (refractory && this.#held.has(name)) actions.push(builder.assign(builder.nameOf(`refractory after ${name}`), '1'));
    if (this.demands.places.has('lastspike') && name === 'spike')
      actions.push(builder.assign(builder.nameOf(lastSpike), builder.text(nameOf('t'), 'statement')));
    const seen = event.emits === null ? undefined : (event.emits ?? name);
    const port = seen === undefined ? undefined : this.#port(seen);
    if (seen !== undefined && this.demands.counted.has(seen)) {
      const count = builder.nameOf(countOf(seen));
      actions.push(builder.assign(count, `${count} + 1`));
    }
    const out = port === undefined ? [] : [element('EventOut', { port })];
    const statements = builder.statements(event.do).map((statement: Statement) => builder.assignment(statement));
    if (!later || statements.length === 0) {
      builder.conditions.push(element('OnCondition', { test }, [...actions, ...statements, ...out]));
      return;
    }
    // What spikes of this step add comes before the reset.
    const fired = builder.state(`${name} now`, [0, 0, 0, 0, 0, 0, 0], false);
    builder.conditions.push(element('OnCondition', { test }, [...actions, builder.assign(fired, '1'), ...out]));
    later.push(element('OnCondition', { test: `${fired} .gt. 0.5` }, [...statements, builder.assign(fired, '0')]));
  }

  readonly #ports = new Set<string>(['spike']);

  #port(event: string): string {
    if (!this.#ports.has(event)) {
      this.#ports.add(event);
      this.builder.ports.push(element('EventPort', { name: event, direction: 'out' }));
    }
    return event;
  }

  #regime(name: string, regime: Regime): void {
    this.builder.regimes.push(regimeElement(name, regime, this.builder, (event) => this.#port(event)));
  }
}

/** A regime. @param portOf the port of an event; none where nothing listens */
export function regimeElement(name: string, regime: Regime, builder: TypeBuilder, portOf: (event: string) => string | undefined): Element {
  const order = regime.order ?? Object.keys(regime.derivatives);
  const rates = order.flatMap((variable) => {
    const derivative = regime.derivatives[variable];
    return derivative ? [builder.rate(variable, builder.parse(derivative.rate))] : [];
  });
  const entry = builder.statements(regime.onEntry).map((statement) => builder.assignment(statement));
  const transitions = regime.transitions.map(({ when, do: actions, to, emit }) => {
    const port = emit === undefined ? undefined : portOf(emit);
    return element('OnCondition', { test: builder.condition(builder.parse(when), 'statement') }, [
      ...builder.statements(actions).map((statement) => builder.assignment(statement)),
      ...(port === undefined ? [] : [element('EventOut', { port })]),
      ...(to === undefined ? [] : [element('Transition', { regime: to })]),
    ]);
  });
  return element('Regime', { name, ...(regime.initial ? { initial: 'true' } : {}) }, [
    ...(entry.length > 0 ? [element('OnEntry', {}, entry)] : []),
    ...rates,
    ...transitions,
  ]);
}

/** Derived variables, each after those that it reads. */
export function derivedOrder({ derived }: Pick<NeuronType, 'derived'>, parse: (text: string) => Expression): readonly string[] {
  const ordered: string[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (name: string): void => {
    const variable = derived[name];
    if (!variable || state.has(name)) return;
    state.set(name, 'open');
    for (const inner of namesIn(parse(variable.value))) visit(inner);
    state.set(name, 'done');
    ordered.push(name);
  };
  for (const name of Object.keys(derived)) visit(name);
  return ordered;
}
