/** Actions on a synapse at events of either cell, in idiomatic form: arriving spikes act at once. */

import { binary, name as nameOf, quantity } from '../../../../src/lang/build.js';
import { second } from '../../../../src/lang/dimension.js';
import type { Pathway } from '../../../../src/model/model.js';
import { delayInSteps } from '../../../../src/model/steps.js';
import { hasDelayOfConnection, postDelay } from './delays.js';
import type { PathwayWriter } from './pathway-writer.js';
import { postEvent } from './post-events.js';
import { NotExpressible } from '../text/words.js';
import type { TypeBuilder } from '../type-builder.js';
import { largest, type Numbers } from '../values.js';
import { element, type Element } from '../text/xml-text.js';

/** Writes the pathways of one projection, each on its own. */
export class PlainPathways {
  /** Actions of an arriving spike of the source. LEMS runs one handler of a port. */
  readonly #arriving: Element[] = [];

  constructor(
    private readonly writer: PathwayWriter,
    private readonly postDelays: ReadonlyMap<string, Numbers>,
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

  #pre(name: string, pathway: Pathway): void {
    const { projection, type } = this.writer;
    if (!hasDelayOfConnection(name, projection, type))
      throw new NotExpressible('several delays of what spikes of the source do: a connection of LEMS has one');
    this.#arriving.push(...this.writer.statements(name, pathway));
  }

  /** Writes the actions at an event of the synapse's cell, perhaps later. The event was one step ago. */
  #post(name: string, pathway: Pathway): void {
    const { builder, writer, postDelays } = this;
    const { target, context } = writer;
    const delay = postDelays.get(name) ?? 0;
    const { test, note, key } = postEvent(name, pathway, target, builder);
    const write = (): readonly Element[] => writer.statements(name, pathway);
    const steps = typeof delay === 'number' ? delayInSteps(delay, context.dt, context.model.timing) - 1 : undefined;
    if (steps !== undefined && steps <= 0) {
      builder.conditions.push(element('OnCondition', { test }, [note, ...write()]));
      return;
    }
    const later = writer.queue(`post event ${key}`, null, {
      name,
      what: 'spikes are',
      cells: writer.projection.to.of,
      within: largest(delay),
    });
    const left = steps === undefined ? nameOf(postDelay(name)) : quantity(steps * builder.dt, second);
    const due = builder.text(binary('+', nameOf('t'), left), 'statement');
    builder.conditions.push(element('OnCondition', { test }, [note, ...later.push(due)]));
    later.arrive(write);
  }
}
