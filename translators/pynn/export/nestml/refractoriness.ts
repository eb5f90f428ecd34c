/** The refractory period of a cell: its variables, and the code that counts its steps. */

import type { Statement } from '../../../../src/lang/ast.js';
import { quantity } from '../../../../src/lang/build.js';
import { second } from '../../../../src/lang/dimension.js';
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
    const { definition, counter } = this.period;
    if (definition.while !== undefined) {
      this.code.ownState.push(`${counter} real = 0    # 1 while refractory`);
      const holds = nestmlExpression(definition.while, this.code.names);
      return [`if ${counter} > 0 and ${textOf(negation(holds))}:`, `    ${counter} = 0`];
    }
    if (definition.evaluated === 'atEvent') {
      this.code.ownState.push(`${counter} real = 0    # steps to the end of the refractory period`);
      return [`if ${counter} > 0:`, `    ${counter} -= 1`];
    }
    const since = (this.#since = this.code.free('since_spike'));
    this.code.ownState.push(
      `${counter} real = 0    # 1 while refractory`,
      `${since} real = 1000000000    # steps since the last spike`,
    );
    const { length } = this;
    return [`${since} += 1`, `${counter} = ${since} < ${length} ? 1 : 0`];
  }

  /** Returns the length of the refractory period in steps. */
  get length(): string {
    const { definition } = this.period ?? {};
    const duration = definition?.for ?? quantity(0, second);
    return `steps(${this.code.text(duration)})`;
  }

  /** Returns a statement that has no effect while its variable is held. */
  guarded(statement: Statement): readonly string[] {
    const text = this.code.statement(statement);
    const { definition, counter } = this.period ?? {};
    return definition?.writes === 'block' &&
      statement.kind === 'assignment' &&
      definition.rate.includes(statement.target)
      ? [`if ${counter} <= 0:`, indented(text)]
      : [text];
  }

  /** Returns lines after an event that may begin the period. */
  after(event: string): readonly string[] {
    if (this.period?.event !== event) return [];
    const { definition, counter } = this.period;
    if (definition.while !== undefined) return [`${counter} = 1`];
    if (definition.evaluated === 'eachStep') return [`${counter} = 1`, `${this.#since} = -1`];
    // If times refer to the ends of steps, the period begins there.
    return [`${counter} = ${this.length} + 1`];
  }
}
