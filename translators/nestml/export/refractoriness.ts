/** The refractory period of a cell: its variables, and the code that counts its steps. */

import type { Statement } from '../../../src/lang/ast.js';
import { opposite, quantity } from '../../../src/lang/build.js';
import { second } from '../../../src/lang/dimension.js';
import type { CellCode, Period } from './cell-code.js';
import { indented } from './cell-of-nest.js';
import { negation, nestmlExpression, textOf } from './expressions.js';

/** The refractory period of a cell; without one no variable is held. */
export class Refractoriness {
  readonly period: Period | undefined;
  /** Counts the steps since the last spike, if the length of the period changes. */
  #since = '';

  constructor(private readonly code: CellCode) {
    this.period = code.period;
  }

  /** Returns lines at the beginning of a step, and adds their declarations. */
  begin(): readonly string[] {
    if (this.period === undefined) return [];
    const { definition, variable, isTimed } = this.period;
    if (definition.while !== undefined) {
      this.code.ownState.push(`${variable} real = 0    # 1 while refractory`);
      const holds = nestmlExpression(definition.while, this.code.names);
      return [`if ${variable} > 0 and ${textOf(negation(holds))}:`, `    ${variable} = 0`];
    }
    if (isTimed) {
      this.code.ownState.push(`${variable} ms = 0 ms    # time to the end of the refractory period`);
      return [`if ${this.lasts}:`, `    ${variable} -= resolution()`];
    }
    const since = (this.#since = this.code.free('since_spike'));
    this.code.ownState.push(
      `${variable} real = 0    # 1 while refractory`,
      `${since} real = 1000000000    # steps since the last spike`,
    );
    return [`${since} += 1`, `${variable} = ${since} < steps(${this.#length}) ? 1 : 0`];
  }

  /** Returns the condition that the period lasts; without a period, nothing does. */
  get lasts(): string {
    return this.period === undefined ? 'false' : textOf(opposite(this.period.isOver));
  }

  /** Returns the length of the refractory period. */
  get #length(): string {
    return this.code.text(this.period?.definition.for ?? quantity(0, second));
  }

  /** Returns a statement that has no effect while its variable is held. */
  guarded(statement: Statement): readonly string[] {
    const text = this.code.statement(statement);
    const { period } = this;
    return period?.definition.writes === 'block' &&
      statement.kind === 'assignment' &&
      period.definition.rate.includes(statement.target)
      ? [`if ${textOf(period.isOver)}:`, indented(text)]
      : [text];
  }

  /** Returns lines after an event that may begin the period. */
  after(event: string): readonly string[] {
    if (this.period?.event !== event) return [];
    const { definition, variable, isTimed } = this.period;
    // If times refer to the ends of steps, the period begins there.
    if (isTimed) return [`${variable} = ${this.#length} + resolution()`];
    return [`${variable} = 1`, ...(definition.while === undefined ? [`${this.#since} = -1`] : [])];
  }
}
