/** Events of a NESTML model: their conditions and their actions. */

import { binary, name as nameOf, number } from '../../../src/lang/build.js';
import type { EventDefinition } from '../../../src/model/typed.js';
import type { CellCode } from './cell-code.js';
import { negation, nestmlExpression, textOf } from './expressions.js';
import type { Refractoriness } from './refractoriness.js';

/** A block of a model: its head and its lines. */
export interface Block {
  readonly title: string;
  readonly body: readonly string[];
}

/** The events of a cell. */
export class CellEvents {
  readonly #edges = new Map<string, string>();

  constructor(
    private readonly code: CellCode,
    private readonly refractoriness: Refractoriness,
  ) {}

  /** Returns the events in the order of their tests. */
  #events(): readonly (readonly [string, EventDefinition])[] {
    return Object.entries(this.code.type.events).sort(([, a], [, b]) => a.order - b.order);
  }

  /** Returns the condition of an event, including its suppression. */
  #condition(event: string, { when, edge }: EventDefinition): string {
    let condition = nestmlExpression(when, this.code.names);
    if (edge === 'rising')
      condition = binary('and', binary('<=', nameOf(this.#above(event)), number(0, undefined, true)), condition);
    const { period } = this.code;
    const { suppress, of = [] } = period?.definition ?? {};
    const suppressed = period?.event === event ? suppress : of.includes(event);
    return textOf(period && suppressed ? binary('and', period.isOver, condition) : condition);
  }

  /** Returns the variable that is 1 if a condition held in the step before. */
  #above(event: string): string {
    const known = this.#edges.get(event);
    if (known !== undefined) return known;
    const above = this.code.free('above');
    this.code.ownState.push(`${above} real = 0    # 1 since the condition of ${event} holds`);
    this.#edges.set(event, above);
    return above;
  }

  /** Forgets that a condition held. */
  #clearing(event: string, { when, edge }: EventDefinition): readonly Block[] {
    if (edge !== 'rising') return [];
    const above = this.#above(event);
    const over = negation(nestmlExpression(when, this.code.names));
    return [{ title: `${above} > 0 and ${textOf(over)}`, body: [`${above} = 0`] }];
  }

  /** Returns lines that run at an event before its actions. */
  #noted(event: string, { edge }: EventDefinition): readonly string[] {
    const { lastSpike } = this.code;
    return [
      ...(edge === 'rising' ? [`${this.#above(event)} = 1`] : []),
      ...(event === 'spike' && lastSpike !== undefined ? [`${lastSpike} = t`] : []),
      ...this.refractoriness.after(event),
    ];
  }

  /** Returns blocks that run when conditions hold, after spikes have arrived. */
  conditions(): readonly Block[] {
    if (this.code.lastSpike !== undefined) this.code.ownState.push(`${this.code.lastSpike} ms = -10000000 ms`);
    return this.#events().flatMap(([event, definition]) => {
      const actions = definition.do.map((statement) => this.code.statement(statement));
      const { emits = event } = definition;
      const emitted = emits !== null && emits === this.code.cell.emits ? ['emit_spike()'] : [];
      return [
        ...this.#clearing(event, definition).map(({ title, body }) => ({ title: `onCondition(${title})`, body })),
        {
          title: `onCondition(${this.#condition(event, definition)})`,
          body: [...this.#noted(event, definition), ...actions, ...emitted],
        },
      ].filter(({ body }) => body.length > 0);
    });
  }
}
