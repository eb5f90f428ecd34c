/** What happens to a synapse in a step, as conditions in the order of the model. */

import { dimensionless as pure, type Expression } from '../../../src/lang/ast.js';
import { binary, name as nameOf, quantity } from '../../../src/lang/build.js';
import { second } from '../../../src/lang/dimension.js';
import { mapExpression, namesIn } from '../../../src/lang/walk.js';
import type { Pathway, SynapseType } from '../../../src/model/model.js';
import { delayInSteps } from '../../../src/model/steps.js';
import { firstDelay, isFirst, postDelay } from './delays.js';
import type { PathwayWriter } from './pathway-writer.js';
import { aStepAgo, dueAfter, postEvent } from './post-events.js';
import type { StepOrder } from './step-order.js';
import { longest, longestIn, mostAtATime } from './transit.js';
import type { TypeBuilder } from './type-builder.js';
import type { Numbers } from './values.js';
import { endOfStep } from './words.js';
import { element, type Element } from './xml-text.js';

/**
 * Pathways and the step of a synapse's variables, in the order of the model.
 *
 * @param set  writes what is set between two steps, behind what spikes of the step before do
 */
export function orderedPathways(
  order: StepOrder,
  writer: PathwayWriter,
  postDelays: ReadonlyMap<string, Numbers>,
  builder: TypeBuilder,
  attempt: (part: string, action: () => void) => void,
  set: () => void,
): void {
  new OrderedPathways(order, writer, postDelays, builder, attempt).write(set);
}

class OrderedPathways {
  /** Conditions under which what was sent arrives. */
  readonly #arrivals: Element[] = [];
  /** What a spike of the source does at once: it leaves notes. */
  readonly #notes: Element[] = [];

  constructor(
    private readonly order: StepOrder,
    private readonly writer: PathwayWriter,
    private readonly postDelays: ReadonlyMap<string, Numbers>,
    private readonly builder: TypeBuilder,
    private readonly attempt: (part: string, action: () => void) => void,
  ) {}

  write(set: () => void): void {
    const { order, writer, builder, attempt } = this;
    const { type } = writer;
    writer.late = 1;
    this.#all(order.late, 1);
    writer.late = 0;
    set();
    if (order.late.length > 0) attempt('derivatives', () => this.#advance(type));
    this.#all(order.inStep, 0);
    builder.conditions.push(...this.#arrivals);
    if (this.#notes.length > 0) builder.handlers.push(element('OnEvent', { port: 'in' }, this.#notes));
  }

  #all(names: readonly string[], late: 0 | 1): void {
    const { writer, attempt } = this;
    for (const name of names) {
      const pathway = writer.type.pathways[name];
      if (pathway)
        attempt(`pathways/${name}`, () => {
          if (pathway.on.startsWith('pre.')) this.#pre(name, pathway, late);
          else this.#post(name, pathway, late);
        });
    }
  }

  /** The actions of a pathway; what they send arrives after all else. */
  #actions(name: string, pathway: Pathway, late: 0 | 1): readonly Element[] {
    const { builder, writer } = this;
    const begin = builder.conditions.length;
    const write = (): readonly Element[] => writer.statements(name, pathway);
    const actions = late === 1 ? aStepAgo(builder, write) : write();
    this.#arrivals.push(...builder.conditions.splice(begin));
    return actions;
  }

  /** Acts as often as there are notes of events, of which there are so many at most. */
  #onNotes(note: string, most: number, actions: readonly Element[]): void {
    const { builder } = this;
    const condition = element('OnCondition', { test: `${note} .gt. 0.5` }, [
      ...actions,
      builder.assign(note, `${note} - 1`),
    ]);
    builder.conditions.push(...Array.from({ length: most }, () => condition));
  }

  #pre(name: string, pathway: Pathway, late: 0 | 1): void {
    const { builder, writer } = this;
    const { projection, type, context } = writer;
    const note = builder.state(`events of ${name}`, pure, false);
    const noted = builder.assign(note, `${note} + 1`);
    const delay = projection.delays[name] ?? pathway.delay;
    const first = firstDelay(projection, type);
    const most = Math.max(1, mostAtATime(projection.from.of, 0, context));
    if (isFirst(name, projection, type)) this.#notes.push(noted);
    else {
      // At an event a synapse has the time of the step before.
      const started = builder.state(`events before ${name}`, pure, false);
      this.#notes.push(builder.assign(started, `${started} + 1`));
      const later = writer.queue(`event of ${name}`, null, {
        name,
        what: 'spikes are',
        cells: projection.from.of,
        within: longestIn(delay, context),
      });
      this.#onNotes(started, most, later.push(dueAfter(first, delay, builder, context)));
      later.arrive(() => [noted]);
    }
    this.#onNotes(note, most, this.#actions(name, pathway, late));
  }

  #post(name: string, pathway: Pathway, late: 0 | 1): void {
    const { builder, writer } = this;
    const { context, projection, target } = writer;
    const { test, note, key } = postEvent(name, pathway, target, builder);
    const delay = this.postDelays.get(name) ?? 0;
    // It is known a step after the event.
    const stepsLeft = (seconds: number): number => delayInSteps(seconds, context.dt, context.model.timing) - 1 + late;
    if (typeof delay === 'number' && stepsLeft(delay) === 0) {
      builder.conditions.push(element('OnCondition', { test }, [note, ...this.#actions(name, pathway, late)]));
      return;
    }
    const due = builder.state(`events of ${name}`, pure, false);
    const queue = writer.queue(`post event ${key}`, null, {
      name,
      what: 'spikes are',
      cells: projection.to.of,
      within: longest(delay),
    });
    const left: Expression =
      typeof delay === 'number'
        ? quantity(Number((stepsLeft(delay) * context.dt).toPrecision(12)), second)
        : nameOf(postDelay(name));
    const arrives = builder.text(binary('+', nameOf(endOfStep), left), 'statement');
    builder.conditions.push(element('OnCondition', { test }, [note, ...queue.push(arrives)]));
    queue.arrive(() => [builder.assign(due, `${due} + 1`)]);
    this.#onNotes(due, 1, this.#actions(name, pathway, late));
  }

  /** A step of forward Euler as a condition that always holds, so that it may come after others. */
  #advance({ derivatives, parameters }: SynapseType): void {
    const { builder } = this;
    const changing = Object.keys(derivatives);
    if (changing.length === 0) return;
    const constants = new Set([...Object.keys(parameters), 'dt']);
    const steps = changing.map((name) => {
      let count = 0;
      const rate = mapExpression(builder.parse(derivatives[name]?.rate ?? '0'), (part) => {
        // What does not change is computed as a variable that stays.
        if (
          part.kind !== 'call' ||
          part.function !== 'exprel' ||
          ![...namesIn(part)].every((one) => constants.has(one))
        )
          return part;
        const wanted = `share of ${name}${count++ === 0 ? '' : ` ${count}`}`;
        builder.derive(builder.declare(wanted, pure), pure, part);
        return nameOf(wanted);
      });
      return { name, step: binary('*', nameOf('dt'), rate) };
    });
    const reads = steps.map(({ step }) => namesIn(builder.inline(step)));
    const depend = steps.some(({ name }, k) => reads.some((read, other) => other > k && read.has(name)));
    const assignments = depend
      ? [
          ...steps.map(({ name, step }) => this.#set(`next ${name}`, binary('+', nameOf(name), step), name)),
          ...steps.map(({ name }) => this.#set(name, nameOf(`next ${name}`))),
        ]
      : steps.map(({ name, step }) => this.#set(name, binary('+', nameOf(name), step)));
    builder.conditions.push(element('OnCondition', { test: '1 .gt. 0' }, assignments));
  }

  #set(name: string, value: Expression, like?: string): Element {
    const { builder } = this;
    if (like !== undefined) builder.state(name, builder.dimensionOf(like), false);
    return builder.assign(builder.nameOf(name), builder.text(builder.inline(value), 'statement'));
  }
}
