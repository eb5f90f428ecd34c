/** Conditions of a cell: code at regular times, arriving values, and its events with their actions. */

import { dimensionless } from '../../../src/lang/ast.js';
import type { Expression } from '../../../src/lang/ast.js';
import { binary, name as nameOf, number } from '../../../src/lang/build.js';
import type { EventDefinition, NeuronType } from '../../../src/model/typed.js';
import type { Channel } from './context.js';
import { countOf, lastSpike, type Usage } from './usage.js';
import type { Refractoriness } from './refractoriness.js';
import { codeOnce, regularCode } from './timed-code.js';
import type { TypeBuilder } from './type-builder.js';
import { NotExpressible } from '../../../src/library/not-expressible.js';
import { element, type Element } from './text/xml-text.js';

/** Context in which the conditions of a type are written. */
interface CellParts {
  readonly type: NeuronType;
  readonly usage: Usage;
  readonly channels: readonly Channel[];
  readonly builder: TypeBuilder;
  readonly refractoriness: Refractoriness;
  /** Runs an action, and reports anything that LEMS cannot express under the name of a part. */
  readonly attempt: (part: string, action: () => void) => void;
  /** States that an operation of the model is written. */
  readonly wrote: (operation: string) => void;
}

/** Writes the conditions of one type of cells. */
export class CellEvents {
  readonly #ports = new Set<string>(['spike']);

  constructor(private readonly parts: CellParts) {}

  /** Writes all tests of a step: code at regular times, arriving values, the events, code that runs once. */
  write(): void {
    const { type, builder, channels, usage, refractoriness, attempt, wrote } = this.parts;
    const flagOf = (name: string): string | null => (usage.forAll.has(name) ? null : name);
    const events = Object.entries(type.events).sort(([, a], [, b]) => a.order - b.order);
    // The reference interpreter attaches no inputs to a component without events.
    if (events.length === 0)
      builder.conditions.push(element('OnCondition', { test: '1 .lt. 0' }, [element('EventOut', { port: 'spike' })]));
    const operations = [...usage.operations].sort(([, a], [, b]) => a.order - b.order);
    for (const [name, operation] of operations)
      if (!operation.once)
        attempt(`../../operations/${name}`, () => {
          const code = { name, flag: flagOf(name), operation, free: (variable: string) => this.#free(variable) };
          builder.conditions.push(regularCode(code, builder));
          wrote(operation.id);
        });
    builder.conditions.push(...refractoriness.releases());
    for (const channel of channels) if (channel.kind === 'jump') this.#jump(channel);
    for (const [name, event] of events) attempt(`events/${name}`, () => this.#event(name, event));
    for (const [name, { id, once, do: actions }] of operations)
      if (once)
        attempt(`../../operations/${name}`, () => {
          builder.conditions.push(...codeOnce(name, flagOf(name), once, actions, builder));
          wrote(id);
        });
  }

  /** Returns the port of an event. */
  port(event: string): string {
    if (!this.#ports.has(event)) {
      this.#ports.add(event);
      this.parts.builder.ports.push(element('EventPort', { name: event, direction: 'out' }));
    }
    return event;
  }

  #test(e: Expression): string {
    return this.parts.builder.condition(e, 'statement');
  }

  /** Under which condition others than events of the cell may change a variable; null: always. */
  #free(variable: string): Expression | null {
    const { type, refractoriness } = this.parts;
    return Object.entries(type.events)
      .flatMap(([event, { refractory }]) =>
        refractory?.writes === 'block' && refractory.rate.includes(variable) ? (refractoriness.free(event) ?? []) : [],
      )
      .reduce<Expression | null>((all, one) => (all ? binary('and', all, one) : one), null);
  }

  #jump({ variable }: Channel): void {
    const { builder } = this.parts;
    const from = builder.nameOf(`jump of ${variable}`);
    const own = builder.nameOf(variable);
    const free = this.#free(variable);
    const tests = [`${from} .neq. 0`, ...(free ? [this.#test(free)] : [])];
    const test = tests.length === 1 ? (tests[0] ?? '') : tests.map((one) => `(${one})`).join(' .and. ');
    builder.conditions.push(element('OnCondition', { test }, [builder.assign(own, `${own} + ${from}`)]));
  }

  #event(name: string, event: EventDefinition): void {
    const { builder, type, refractoriness } = this.parts;
    if (event.multiplicity !== undefined) throw new NotExpressible('events that count several times');
    if (event.section !== undefined) throw new NotExpressible('events of a place on a cell');
    let when = builder.folded(event.when);
    for (const [other, { refractory }] of Object.entries(type.events)) {
      const suppressed = other === name ? refractory?.suppress === true : refractory?.of?.includes(name) === true;
      const free = suppressed ? refractoriness.free(other) : null;
      if (free) when = binary('and', when, free);
    }
    if (event.edge !== 'rising') {
      this.#finish(name, event, this.#test(when), []);
      return;
    }
    const above = builder.state(`${name} has risen`, dimensionless, false);
    const test = this.#test(binary('and', when, binary('<', nameOf(`${name} has risen`), number(0.5))));
    const fall = builder.condition(builder.folded(event.when), 'statement', true);
    builder.conditions.push(element('OnCondition', { test: fall }, [builder.assign(above, '0')]));
    this.#finish(name, event, test, [builder.assign(above, '1')]);
  }

  #finish(name: string, event: EventDefinition, test: string, before: readonly Element[]): void {
    const { builder, usage, refractoriness } = this.parts;
    const actions = [...before, ...refractoriness.begin(name)];
    if (usage.places.has('lastspike') && name === 'spike')
      actions.push(builder.assign(builder.nameOf(lastSpike), builder.text(nameOf('t'), 'statement')));
    const seen = event.emits === null ? undefined : (event.emits ?? name);
    const port = seen === undefined ? undefined : this.port(seen);
    if (seen !== undefined && usage.counted.has(seen)) {
      const count = builder.nameOf(countOf(seen));
      actions.push(builder.assign(count, `${count} + 1`));
    }
    const out = port === undefined ? [] : [element('EventOut', { port })];
    const statements = builder.statements(event.do).map((statement) => builder.assignment(statement));
    builder.conditions.push(element('OnCondition', { test }, [...actions, ...statements, ...out]));
  }
}
