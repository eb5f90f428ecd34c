/** Refractory periods after events. LEMS has none, so a variable holds the time of its end. */

import { second } from '../../../src/lang/dimension.js';
import { dimensionless } from '../../../src/lang/ast.js';
import type { Expression } from '../../../src/lang/ast.js';
import { binary, boolean, conditional, name as nameOf, number, quantity } from '../../../src/lang/build.js';
import type { NeuronType, Refractory } from '../../../src/model/typed.js';
import type { TypeBuilder } from './type-builder.js';
import { element, type Element } from './text/xml-text.js';

const endAfter = (event: string): string => `end of refractoriness after ${event}`;
const heldAfter = (event: string): string => `refractory after ${event}`;

/** The refractoriness of one type, after all its events. */
export class Refractoriness {
  /** Names of the variables that hold until when an event keeps the cell refractory. */
  readonly #until = new Map<string, string>();
  readonly #held = new Map<string, string>();

  constructor(
    private readonly type: NeuronType,
    private readonly builder: TypeBuilder,
  ) {}

  /** Makes the variables, and the name by which equations test them. */
  declare(): void {
    const { type, builder } = this;
    for (const [name, event] of Object.entries(type.events)) this.#declareOne(name, event.refractory);
    const free = Object.keys(type.events).flatMap((name) => this.free(name) ?? []);
    builder.aliases.set(
      'not_refractory',
      free.length === 0 ? boolean(true) : free.reduce((a, b) => binary('and', a, b)),
    );
  }

  #declareOne(event: string, refractory: Refractory | undefined): void {
    if (!refractory) return;
    const { builder } = this;
    if (refractory.for === undefined) {
      this.#held.set(event, builder.state(heldAfter(event), dimensionless, false));
      return;
    }
    const until = builder.state(endAfter(event), second, false);
    this.#until.set(event, until);
    const never = refractory.evaluated === 'eachStep' ? quantity(-10_000, second) : quantity(-1, second);
    builder.starts.push(builder.assign(until, builder.text(never, 'statement')));
  }

  /** Returns a condition that holds while an event does not keep the cell refractory. */
  free(event: string): Expression | null {
    if (this.#until.has(event)) {
      const { refractory } = this.type.events[event] ?? {};
      const stored = nameOf(endAfter(event));
      // If the duration may change during the period, the time of the event is stored.
      const until = refractory?.evaluated === 'eachStep' ? binary('+', stored, this.#duration(refractory)) : stored;
      return binary('>', nameOf('t'), until);
    }
    return this.#held.has(event) ? binary('<', nameOf(heldAfter(event)), number(0.5)) : null;
  }

  /** Returns the rate of a variable, zero while an event holds it. */
  gated(variable: string, rate: Expression): Expression {
    let gated = rate;
    for (const [event, { refractory }] of Object.entries(this.type.events)) {
      const free = refractory?.rate.includes(variable) ? this.free(event) : null;
      if (free) gated = conditional(free, gated, quantity(0, this.builder.infer(rate)));
    }
    return gated;
  }

  /** Returns the actions of an event that make the cell refractory after it. */
  begin(event: string): readonly Element[] {
    const { builder } = this;
    const { refractory } = this.type.events[event] ?? {};
    if (refractory && this.#until.has(event))
      return [builder.assign(builder.nameOf(endAfter(event)), builder.text(this.#untilValue(refractory), 'statement'))];
    return refractory && this.#held.has(event) ? [builder.assign(builder.nameOf(heldAfter(event)), '1')] : [];
  }

  /** Conditions that end refractoriness that lasts while something holds. */
  releases(): readonly Element[] {
    const { builder } = this;
    return [...this.#held].flatMap(([event]) => {
      const condition = this.type.events[event]?.refractory?.while;
      if (condition === undefined) return [];
      const test = builder.condition(builder.folded(condition), 'statement', true);
      return [element('OnCondition', { test }, [builder.assign(builder.nameOf(heldAfter(event)), '0')])];
    });
  }

  /** Returns the end of an event's refractoriness, or the time of the event if the duration may change. */
  #untilValue(refractory: Refractory): Expression {
    const now = nameOf('t');
    return refractory.evaluated === 'eachStep' ? now : binary('+', now, this.#duration(refractory));
  }

  /** How long a cell is refractory. */
  #duration({ for: duration = quantity(0, second) }: Pick<Refractory, 'for'>): Expression {
    return this.builder.folded(duration);
  }
}
