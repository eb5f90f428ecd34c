/** What happens to a synapse at events of either cell, as people write it: spikes that arrive act at once. */

import { binary, name as nameOf, quantity } from '../../../src/lang/build.js';
import { second } from '../../../src/lang/dimension.js';
import { parseStatements } from '../../../src/lang/parse.js';
import type { Pathway } from '../../../src/model/model.js';
import { delayInSteps } from '../../../src/model/steps.js';
import { firstDelay, isFirst, postDelay } from './delays.js';
import type { PathwayWriter } from './pathway-writer.js';
import { aStepAgo, atEvent, dueAfter, postEvent } from './post-events.js';
import { inTurn } from './step-order.js';
import { longest, longestIn } from './transit.js';
import type { TypeBuilder } from './type-builder.js';
import type { Numbers } from './values.js';
import { endOfStep } from './words.js';
import { element, type Element } from './xml-text.js';

/** When cells hear spikes. */
export interface Hearing {
  /** Whether they do so at the beginning of the next step, for which spikes are delivered a step later. */
  readonly isLate: boolean;
  /** Whether what conditions add is heard in their step, together with what arrives in it. */
  readonly isTogether: boolean;
}

/** Writes the pathways of one projection, each on its own. */
export class PlainPathways {
  /** What a spike of the source does when it arrives: LEMS runs one handler of a port. */
  readonly #arriving: Element[] = [];

  /** @param when  when cells hear spikes and what conditions add: see `Hearing` */
  constructor(
    private readonly writer: PathwayWriter,
    private readonly postDelays: ReadonlyMap<string, Numbers>,
    private readonly when: Hearing,
    private readonly builder: TypeBuilder,
    private readonly attempt: (part: string, action: () => void) => void,
  ) {}

  write(): void {
    const { writer, builder, attempt } = this;
    const own = Object.entries(writer.type.pathways).sort(([, a], [, b]) => a.order - b.order);
    for (const [name, pathway] of own)
      attempt(`pathways/${name}`, () => {
        if (pathway.on.startsWith('pre.')) this.#pre(name, pathway);
        else this.#post(name, pathway);
      });
    if (this.#arriving.length > 0) builder.handlers.push(element('OnEvent', { port: 'in' }, this.#arriving));
  }

  /** Whether an event comes in the step of the model, when LEMS's time is that of the step before. */
  get #isEarly(): boolean {
    return !this.when.isLate && this.writer.context.model.timing !== 'lems-euler';
  }

  #pre(name: string, pathway: Pathway): void {
    const { builder, writer } = this;
    const { projection, type } = writer;
    const write = (): readonly Element[] => writer.statements(name, pathway);
    if (!isFirst(name, projection, type)) return this.#later(name, pathway, write);
    writer.late = this.when.isTogether ? -1 : 0;
    this.#arriving.push(...(this.#isEarly ? atEvent(builder, write) : write()));
    writer.late = 0;
  }

  /** What a spike of the source does later than what it does first. @throws NotExpressible */
  #later(name: string, { delay: usual }: Pathway, write: () => readonly Element[]): void {
    const { builder, writer } = this;
    const { projection, type, context } = writer;
    const delay = projection.delays[name] ?? usual;
    const due = dueAfter(firstDelay(projection, type), delay, builder, context, this.#isEarly ? context.dt : 0);
    const later = writer.queue(`event of ${name}`, null, {
      name,
      what: 'spikes are',
      cells: projection.from.of,
      within: longestIn(delay, context),
    });
    later.arrive(write);
    this.#arriving.push(...later.push(due));
    this.#remarkOrder(name);
  }

  /** Says that what is under way and what arrives in its step act in another order than in the model. */
  #remarkOrder(name: string): void {
    const { projection, type, pointer, context } = this.writer;
    const turns = inTurn(type, context.model.timing);
    const writes = Object.values(type.pathways)
      .flatMap(({ do: actions }) => actions.flatMap(parseStatements))
      .some((one) => one.kind === 'assignment' && Object.hasOwn(type.state, one.target));
    const isBefore = !this.#isEarly;
    const isOther = turns.some(
      (other) =>
        type.pathways[other]?.on.startsWith('pre.') === true &&
        isFirst(other, projection, type) &&
        turns.indexOf(other) < turns.indexOf(name) === isBefore,
    );
    if (!writes || !isOther) return;
    const [here, there] = isBefore ? ['before', 'after'] : ['after', 'before'];
    context.report.approximated(
      'lems/order-in-step',
      `${pointer}/pathways/${name}`,
      `spikes that the synapse delays act on it ${here} those that arrive in their step, in the model ${there} them`,
    );
  }

  /** What happens at an event of the cell that the synapse is on, perhaps later; the event was a step ago. */
  #post(name: string, pathway: Pathway): void {
    const { builder, writer, postDelays } = this;
    const { target, context, pointer } = writer;
    context.report.approximated(
      'lems/post-spike',
      `${pointer}/pathways/${name}`,
      'a synapse detects that its cell has fired one step after the event',
    );
    const delay = postDelays.get(name) ?? 0;
    const { test, note, key } = postEvent(name, pathway, target, builder);
    const write = (): readonly Element[] => writer.statements(name, pathway);
    const steps = typeof delay === 'number' ? delayInSteps(delay, context.dt, context.model.timing) - 1 : undefined;
    if (steps !== undefined && steps <= 0) {
      const statements = aStepAgo(builder, write);
      builder.conditions.push(element('OnCondition', { test }, [note, ...statements]));
      return;
    }
    const later = writer.queue(`post event ${key}`, null, {
      name,
      what: 'spikes are',
      cells: writer.projection.to.of,
      within: longest(delay),
    });
    const left = steps === undefined ? nameOf(postDelay(name)) : quantity(steps * builder.clock.dt, second);
    const due = builder.text(binary('+', nameOf(endOfStep), left), 'statement');
    builder.conditions.push(element('OnCondition', { test }, [note, ...later.push(due)]));
    later.arrive(write);
  }
}
