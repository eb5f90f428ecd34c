/** Conditions of a cell: code at regular times, what arrives, and its events with what they do. */

import { dimensionless } from '../../../src/lang/ast.js';
import type { Expression } from '../../../src/lang/ast.js';
import { binary, name as nameOf, number } from '../../../src/lang/build.js';
import { parseStatements } from '../../../src/lang/parse.js';
import { namesIn } from '../../../src/lang/walk.js';
import type { EventDefinition, NeuronType, TimingProfile } from '../../../src/model/model.js';
import { slotsOf } from '../../../src/model/steps.js';
import type { Channel } from './context.js';
import { countOf, lastSpike, type Demands, type TimedOperation } from './demands.js';
import type { Refractoriness } from './refractoriness.js';
import { codeBefore, codeOnce, codePlace, regularCode } from './timed-code.js';
import type { TypeBuilder } from './type-builder.js';
import { NotExpressible } from './words.js';
import { element, type Element } from './xml-text.js';

/** What the conditions of a type are written with. */
interface CellParts {
  readonly type: NeuronType;
  readonly demands: Demands;
  readonly channels: readonly Channel[];
  readonly builder: TypeBuilder;
  readonly refractoriness: Refractoriness;
  readonly timing: TimingProfile;
  /** Does something, and reports what LEMS has no words for under the name of a part. */
  readonly attempt: (part: string, action: () => void) => void;
}

/** Writes the conditions of one type of cells. */
export class CellEvents {
  readonly #ports = new Set<string>(['spike']);

  constructor(private readonly parts: CellParts) {}

  /** Everything that is tested in each step, in the order of the model's timing. */
  write(): void {
    const { type, builder, channels, demands, refractoriness, timing, attempt } = this.parts;
    const flagOf = (name: string): string | null => (demands.forAll.has(name) ? null : name);
    const jumps = channels.filter(({ kind }) => kind === 'jump');
    const events = Object.entries(type.events).sort(([, a], [, b]) => a.order - b.order);
    // The reference interpreter attaches inputs to nothing that emits no events.
    if (events.length === 0)
      builder.conditions.push(element('OnCondition', { test: '1 .lt. 0' }, [element('EventOut', { port: 'spike' })]));
    const slot = ({ slot: own = 'start' }: TimedOperation): number => slotsOf.brian.indexOf(own);
    const regular = [...demands.operations]
      .filter(([, { once }]) => !once)
      .sort(([, a], [, b]) => (timing === 'brian' ? slot(a) - slot(b) : 0) || a.order - b.order);
    const codeAt = (...places: readonly ReturnType<typeof codePlace>[]): void => {
      for (const [name, operation] of regular) {
        const place = codePlace(operation, timing, builder.dt);
        if (!places.includes(place)) continue;
        const write = place === 'before the next step' ? codeBefore : regularCode;
        attempt(`../../operations/${name}`, () => {
          const flag = flagOf(name);
          builder.conditions.push(write({ name, flag, operation, free: (variable) => this.#free(variable) }, builder));
        });
      }
    };
    codeAt('before events', undefined);
    const releases = refractoriness.releases();
    // Brian asks whether cells are still refractory at the beginning of a step, before they are advanced.
    if (timing !== 'brian') builder.conditions.push(...releases);
    this.#eventsAndJumps(events, jumps);
    codeAt('at the end');
    for (const [name, { once, do: actions }] of demands.operations)
      if (once)
        attempt(`../../operations/${name}`, () => {
          builder.conditions.push(...codeOnce(name, flagOf(name), once, actions, builder));
        });
    codeAt('before the next step');
    if (timing === 'brian') builder.conditions.push(...releases);
  }

  #eventsAndJumps(events: readonly (readonly [string, EventDefinition])[], jumps: readonly Channel[]): void {
    const { builder, timing, attempt } = this.parts;
    if (timing === 'brian' && events.some(([, { slot, actionSlot }]) => (slot ?? actionSlot) !== undefined)) {
      this.#bySlot(events, jumps);
      return;
    }
    if (timing === 'brian') {
      // All events are tested before any of them acts.
      const later: Element[] | null = jumps.length > 0 || this.#seeEachOther(events) ? [] : null;
      for (const [name, event] of events) attempt(`events/${name}`, () => this.#event(name, event, later));
      for (const jump of jumps) this.#jump(jump);
      builder.conditions.push(...(later ?? []));
      return;
    }
    for (const jump of jumps) this.#jump(jump);
    for (const [name, event] of events) attempt(`events/${name}`, () => this.#event(name, event, null));
  }

  /** Tests, what arrives and what events do, each in its slot of the step. */
  #bySlot(events: readonly (readonly [string, EventDefinition])[], jumps: readonly Channel[]): void {
    const { builder, attempt } = this.parts;
    const { conditions } = builder;
    const placed: { readonly at: number; readonly elements: readonly Element[] }[] = [];
    const place = (slot: string, elements: readonly Element[]): void => {
      placed.push({ at: slotsOf.brian.indexOf(slot), elements });
    };
    const begin = conditions.length;
    for (const jump of jumps) this.#jump(jump);
    place('synapses', conditions.splice(begin));
    for (const [name, event] of events) {
      const { slot, actionSlot } = event;
      const later: Element[] = [];
      attempt(`events/${name}`, () => {
        if (slotsOf.brian.indexOf(slot ?? 'thresholds') < slotsOf.brian.indexOf('groups'))
          throw new NotExpressible(
            `a condition that is tested in the slot ${slot ?? ''}, before variables are advanced`,
          );
        this.#event(name, event, later);
      });
      place(slot ?? (name === 'spike' ? 'thresholds' : 'after_thresholds'), conditions.splice(begin));
      place(actionSlot ?? (name === 'spike' ? 'resets' : 'after_resets'), later);
    }
    conditions.push(...placed.sort((a, b) => a.at - b.at).flatMap(({ elements }) => elements));
  }

  /** The port of an event. */
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

  /** Whether what an event does changes the condition of one that is tested after it. */
  #seeEachOther(events: readonly (readonly [string, EventDefinition])[]): boolean {
    const { builder } = this.parts;
    return events.some(([, { do: actions }], k) => {
      const statements = actions.flatMap((text) => parseStatements(text));
      const written = statements.flatMap((one) => (one.kind === 'assignment' ? [one.target] : []));
      const later = events.slice(k + 1).map(([, { when }]) => namesIn(builder.inline(builder.parse(when))));
      return later.some((read) => written.some((name) => read.has(name)));
    });
  }

  #event(name: string, event: EventDefinition, later: Element[] | null): void {
    const { builder, type, refractoriness } = this.parts;
    if (event.multiplicity !== undefined) throw new NotExpressible('events that count several times');
    if (event.section !== undefined) throw new NotExpressible('events of a place on a cell');
    let when = builder.inline(builder.parse(event.when));
    for (const [other, { refractory }] of Object.entries(type.events)) {
      const suppressed = other === name ? refractory?.suppress === true : refractory?.of?.includes(name) === true;
      const free = suppressed ? refractoriness.free(other) : null;
      if (free) when = binary('and', when, free);
    }
    if (event.edge !== 'rising') {
      this.#finish(name, event, this.#test(when), [], later);
      return;
    }
    const above = builder.state(`${name} has risen`, dimensionless, false);
    const test = this.#test(binary('and', when, binary('<', nameOf(`${name} has risen`), number(0.5))));
    const fall = builder.condition(builder.inline(builder.parse(event.when)), 'statement', true);
    builder.conditions.push(element('OnCondition', { test: fall }, [builder.assign(above, '0')]));
    this.#finish(name, event, test, [builder.assign(above, '1')], later);
  }

  #finish(
    name: string,
    event: EventDefinition,
    test: string,
    before: readonly Element[],
    later: Element[] | null,
  ): void {
    const { builder, demands, refractoriness } = this.parts;
    const actions = [...before, ...refractoriness.begin(name)];
    if (demands.places.has('lastspike') && name === 'spike')
      actions.push(builder.assign(builder.nameOf(lastSpike), builder.text(nameOf('t'), 'statement')));
    const seen = event.emits === null ? undefined : (event.emits ?? name);
    const port = seen === undefined ? undefined : this.port(seen);
    if (seen !== undefined && demands.counted.has(seen)) {
      const count = builder.nameOf(countOf(seen));
      actions.push(builder.assign(count, `${count} + 1`));
    }
    const out = port === undefined ? [] : [element('EventOut', { port })];
    const statements = builder.statements(event.do).map((statement) => builder.assignment(statement));
    if (!later || statements.length === 0) {
      builder.conditions.push(element('OnCondition', { test }, [...actions, ...statements, ...out]));
      return;
    }
    // What spikes of this step add comes before the reset.
    const fired = builder.state(`${name} now`, dimensionless, false);
    builder.conditions.push(element('OnCondition', { test }, [...actions, builder.assign(fired, '1'), ...out]));
    later.push(element('OnCondition', { test: `${fired} .gt. 0.5` }, [...statements, builder.assign(fired, '0')]));
  }
}
