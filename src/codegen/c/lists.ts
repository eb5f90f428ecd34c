/** The lists of initialisation and procedures as tables, and the logs that must have room. */

import { invariant } from '../../diagnostics/diagnostic.js';
import type { Action, Extent, Log } from '../../ir/program.js';
import { calleeOf, callText } from './driver.js';
import type { Callees } from './driver.js';
import type { NamedFamily } from './kernel.js';
import type { ProgramContext } from './scope.js';
import { block, comment } from './text.js';

const pass = 'codegen/c/lists';

/** One list of actions, as a host performs them one by one. */
interface ActionList {
  readonly name: string;
  readonly actions: readonly Action[];
}

/** Initialisation, then the procedures in the order of their names in the program. */
export function actionLists({ program }: ProgramContext): readonly ActionList[] {
  const { initialise, procedures } = program.schedule;
  return [
    { name: 'initialise', actions: initialise },
    ...Object.entries(procedures).map(([name, actions]) => ({ name, actions })),
  ];
}

/** The tables and the code of the lists. An action is a row; the code has a case for each family. */
interface ListTexts {
  /** Rows `{call, ordinal, count}`: a case and a member, or `ALLOCATE` and some of the allocations. */
  readonly actions: readonly string[];
  /** First row of each list. */
  readonly firsts: readonly number[];
  /**
   * Rows `{buffer, cell, length}`: the place of the pointer to a cell that holds the length, and its index there; or no
   * place and the length.
   */
  readonly allocations: readonly string[];
  /** The cases. */
  readonly cases: readonly string[];
}

/** Prints a row of a table after a comment with its title. */
const row = (title: string, values: readonly (string | number)[]): string =>
  `${comment(title)} {${values.join(', ')}},`;

/**
 * Where the length of a buffer comes from: the place of the pointer to a cell and its index there, or no place and the
 * length.
 */
function lengthPlace(context: ProgramContext, length: Extent): readonly string[] {
  if (typeof length === 'number') return ['0u', `${length}u`];
  context.buffer(length.buffer);
  return [`PLACE(${context.bufferNames.id(length.buffer)})`, `${length.index}u`];
}

/** All lists of actions, one after another. */
export function listTexts(context: ProgramContext, callees: Callees): ListTexts {
  const ordinals = new Map(context.program.buffers.map(({ name }, k) => [name, k]));
  const calls = new Map<NamedFamily, number>();
  const actions: string[] = [];
  const allocations: string[] = [];
  const firsts: number[] = [];
  let rows = 0;
  const actionRow = (action: Action): string => {
    if (action.kind === 'run') {
      const { named, member } = calleeOf(callees, action.kernel);
      const call = calls.get(named) ?? calls.size;
      calls.set(named, call);
      return row(action.kernel, [`${call}u`, `${member}u`, '0u']);
    }
    const first = allocations.length;
    for (const name of action.buffers) {
      // A released buffer has no elements.
      const length = action.kind === 'release' ? 0 : context.buffer(name).length;
      allocations.push(row(name, [`${ordinals.get(name) ?? 0}u`, ...lengthPlace(context, length)]));
    }
    return row(`${action.kind} ${action.buffers.join(', ')}`, ['ALLOCATE', `${first}u`, `${action.buffers.length}u`]);
  };
  for (const { name, actions: list } of actionLists(context)) {
    firsts.push(rows);
    rows += list.length;
    if (list.length > 0) actions.push(comment(`--- ${name}`));
    actions.push(...list.map(actionRow));
  }
  const cases = [...calls].flatMap(([named, call]) =>
    block(`case ${call}u:`, [callText(context, named, 'action->ordinal'), 'break;']),
  );
  return { actions, firsts, allocations, cases };
}

/** Prints the number of actions of each list. */
export const actionCounts = (context: ProgramContext): string =>
  actionLists(context)
    .map(({ actions }) => `${actions.length}u`)
    .join(', ');

/**
 * Prints the logs that a step may fill: the offset of the pointer to the cell that counts rows and its index there, the
 * capacity in rows, and the most rows of a step.
 */
export function logRows(context: ProgramContext): string[] {
  return context.program.logs.flatMap(({ name, cursor, capacity, maxRowsPerStep }: Log) => {
    invariant(maxRowsPerStep <= capacity, pass, `the log ${name} has no room for one step`);
    if (maxRowsPerStep === 0) return [];
    context.buffer(cursor.buffer);
    return [
      row(name, [
        `PLACE(${context.bufferNames.id(cursor.buffer)})`,
        `${cursor.index}u`,
        `${capacity}u`,
        `${maxRowsPerStep}u`,
      ]),
    ];
  });
}
