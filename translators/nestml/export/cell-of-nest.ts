/** A cell before it becomes a NESTML model. */

import type { Expression, Assignment, Statement } from '../../../src/lang/ast.js';
import type { EventDefinition, NeuronType } from '../../../src/model/typed.js';
import type { Port } from './ports.js';

/** A cell to be written in NESTML. */
export interface CellOfNest {
  readonly name: string;
  readonly type: NeuronType;
  readonly ports: readonly Port[];
  /** The event that other cells and recordings know as the spike; absent: none. */
  readonly emits?: string;
  /** The input that current sources feed; absent: none. */
  readonly fed?: string;
  /** Code that runs every so many steps, before or after the equations are integrated. */
  readonly operations: readonly {
    readonly statements: readonly Statement[];
    readonly every: number;
    readonly isLate: boolean;
  }[];
  /** Variables that are recorded. */
  readonly recorded: ReadonlySet<string>;
}

/** Returns all expressions of an event. */
export const eventCode = ({ when, do: actions, refractory }: EventDefinition): readonly Expression[] => [
  when,
  ...actions.map(valueOf),
  ...[refractory?.for, refractory?.while].flatMap((expression) => expression ?? []),
];

/** Returns the value that a statement computes. */
export const valueOf = (statement: Statement): Assignment['value'] => statement.value;

/** Returns a line of a block. */
export const indented = (line: string): string => (line === '' ? '' : `    ${line}`);
