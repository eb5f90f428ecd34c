/**
 * Whether an expression changes within a step because it reads the time; values of tables are constant within a step.
 */

import type { Expression } from './ast.js';
import { functions } from './functions.js';

/** Whether an expression reads `t` other than as the time of a table, such as `I(t)`. */
export function timeOutsideTables(e: Expression): boolean {
  switch (e.kind) {
    case 'name':
      return e.name === 't';
    case 'unary':
      return timeOutsideTables(e.operand);
    case 'binary':
      return timeOutsideTables(e.left) || timeOutsideTables(e.right);
    case 'conditional':
      return [e.condition, e.whenTrue, e.whenFalse].some(timeOutsideTables);
    case 'call': {
      const isTable = !functions.has(e.function) && e.arguments[0]?.kind === 'name';
      return (isTable ? e.arguments.slice(1) : e.arguments).some(timeOutsideTables);
    }
    default:
      return false;
  }
}
