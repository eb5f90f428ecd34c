/** Actions of events on a synapse and on its cell, in LEMS. */

import type { Dimension, Expression, Statement } from '../../../../src/lang/ast.js';
import { binary, name as nameOf, quantity } from '../../../../src/lang/build.js';
import { second } from '../../../../src/lang/dimension.js';
import type { Pathway, Projection, SelectionRule, SynapseType } from '../../../../src/model/model.js';
import type { CellPlan, ExportContext } from '../context.js';
import { inWholeSteps } from './delays.js';
import { writtenBy } from './effects.js';
import { mostTrials } from '../text/function-text.js';
import { mostUnderWay, Queue } from './queue.js';
import { longestIn, mostInTransit } from './transit.js';
import type { TypeBuilder } from '../type-builder.js';
import { NotExpressible } from '../text/words.js';
import type { Element } from '../text/xml-text.js';

/** A pending effect of a synapse. */
interface UnderWay {
  /** The pathway. */
  readonly name: string;
  /** Its description, with its verb. */
  readonly what: string;
  /** The cells with the spikes that cause it. */
  readonly cells: SelectionRule;
  /** Its longest delay, in s; undefined if it is computed. */
  readonly within: number | undefined;
}

/** Writes the actions of the pathways of one projection. */
export class PathwayWriter {
  constructor(
    readonly projection: Projection,
    readonly type: SynapseType,
    readonly target: CellPlan,
    readonly pointer: string,
    private readonly builder: TypeBuilder,
    readonly context: ExportContext,
  ) {}

  /**
   * Returns the actions of a pathway. Actions that send a value add conditions for its arrival.
   *
   * @throws NotExpressible
   */
  statements(name: string, pathway: Pathway): readonly Element[] {
    const { builder, context, pointer } = this;
    if (pathway.do.some((text) => text.includes('binomial(')))
      context.report.approximated(
        'lems/binomial',
        `${pointer}/pathways/${name}`,
        `numbers of binomial distributions are drawn for up to ${mostTrials} trials`,
      );
    return builder.statements(pathway.do).flatMap((statement) => this.#statement(name, statement));
  }

  /** Returns a row of places for values that are under way. */
  queue(label: string, dimension: Dimension | null, { name, what, cells, within }: UnderWay): Queue {
    const { context, builder, pointer } = this;
    const needed = within === undefined ? Infinity : mostInTransit(cells, within, context);
    if (within === undefined || needed > mostUnderWay)
      context.report.approximated(
        'lems/queue',
        `${pointer}/pathways/${name}`,
        `up to ${mostUnderWay} ${what} in transit at a time in each synapse`,
      );
    return new Queue(label, dimension, builder);
  }

  #statement(name: string, statement: Statement): readonly Element[] {
    if (statement.kind === 'send') return this.#send(name, statement);
    return this.#isOfSum(name, statement.target) ? [] : [this.#assignment(statement)];
  }

  /** Checks whether a value is added to a variable that is a sum in each step. */
  #isOfSum(name: string, to: string): boolean {
    const { projection, type, target, context, pointer } = this;
    const variable = writtenBy(to, projection.receptors, type.ports);
    const found = target.channels.some((one) => one.kind === 'sum' && one.variable === variable);
    if (found)
      context.report.approximated(
        'lems/added-to-sum',
        `${pointer}/pathways/${name}`,
        `${variable} is a sum that is taken again in each step: what spikes add to it until then is not seen`,
      );
    return found;
  }

  #assignment(statement: Extract<Statement, { kind: 'assignment' }>): Element {
    const { projection, type, target, builder } = this;
    const variable = writtenBy(statement.target, projection.receptors, type.ports);
    if (variable === null) return builder.assignment(statement);
    const channel = target.channels.find((one) => one.variable === variable && one.kind === 'jump');
    if (!channel || (statement.operator !== '+=' && statement.operator !== '-='))
      throw new NotExpressible(`an effect on ${statement.target} other than adding to a state variable`);
    return builder.assignment({ ...statement, target: waitingFor(variable) });
  }

  /** Returns a value that arrives at the cell later. */
  #send(name: string, { port, value: sent, after }: Extract<Statement, { kind: 'send' }>): readonly Element[] {
    const { projection, type, target, builder, context } = this;
    const variable = writtenBy(port, projection.receptors, type.ports);
    const channel = target.channels.find((one) => one.variable === variable && one.kind === 'jump');
    if (!channel) throw new NotExpressible(`values that are sent to ${port}`);
    const later = this.queue(`${port} ${builder.states.length}`, channel.dimension, {
      name,
      what: 'values are',
      cells: projection.from.of,
      within: this.#longest(after),
    });
    const waiting = builder.nameOf(waitingFor(variable));
    later.arrive((arrived) => [builder.assign(waiting, `${waiting} + ${arrived}`)]);
    const time = after.kind === 'quantity' ? quantity(inWholeSteps(after.value, context), second) : after;
    return later.push(builder.text(binary('+', nameOf('t'), time), 'statement'), builder.text(sent, 'statement'));
  }

  /** Returns the longest delay of a value in seconds, or undefined if it is computed. */
  #longest(after: Expression): number | undefined {
    const { values } = this.projection;
    const { parameters } = this.type;
    if (after.kind === 'quantity' || after.kind === 'number') return after.value;
    return after.kind === 'name'
      ? longestIn(values[after.name] ?? parameters[after.name]?.value, this.context)
      : undefined;
  }
}

/** Returns the synapse's name for arrived values of a variable of the cell. */
export const waitingFor = (variable: string | null): string => `waiting for ${variable ?? ''}`;
