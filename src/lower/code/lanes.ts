/** Decides whether a map's body can run on vector lanes (the promise of `MapKernel.lanes`). */

import { isLaneSafe, namedFunction } from '../../ir/library/index.js';
import type { Expression, Statement } from '../../ir/program.js';

/**
 * True when the body has neither loops nor branches, calls only lane-safe functions, and touches memory only at `index`
 * or at addresses equal for all items of a range.
 */
export function runsOnLanes(body: readonly Statement[]): boolean {
  const uniform = new Set(['group', 'begin', 'step']);
  const safe = (e: Expression): boolean => {
    switch (e.kind) {
      case 'const':
      case 'local':
        return true;
      case 'load':
        return isIndex(e.index) || (isUniform(e.index, uniform) && safe(e.index));
      case 'unary':
      case 'convert':
      case 'reinterpret':
        return safe(e.operand);
      case 'toFixed':
        return safe(e.operand) && safe(e.scale);
      case 'fromFixed':
        return safe(e.operand) && safe(e.unit);
      case 'binary':
      case 'compare':
        return safe(e.left) && safe(e.right);
      case 'select':
        return safe(e.condition) && safe(e.whenTrue) && safe(e.whenFalse);
      case 'call':
        return isLaneSafe(namedFunction(e.function)) && e.arguments.every(safe);
    }
  };
  const assigned = new Map<string, number>();
  for (const statement of body)
    if (statement.kind === 'set') assigned.set(statement.local, (assigned.get(statement.local) ?? 0) + 1);
  for (const statement of body) {
    switch (statement.kind) {
      case 'set':
        if (!safe(statement.value)) return false;
        if (assigned.get(statement.local) === 1 && isUniform(statement.value, uniform)) uniform.add(statement.local);
        break;
      case 'store':
        if (!isIndex(statement.index) || !safe(statement.value)) return false;
        break;
      case 'call':
        if (!isLaneSafe(namedFunction(statement.function)) || !statement.arguments.every(safe)) return false;
        break;
      case 'setBit':
        if (!safe(statement.condition)) return false;
        break;
      case 'comment':
        break;
      default:
        return false;
    }
  }
  return true;
}

const isIndex = (e: Expression): boolean => e.kind === 'local' && e.name === 'index';

function isUniform(e: Expression, uniform: ReadonlySet<string>): boolean {
  switch (e.kind) {
    case 'const':
      return true;
    case 'local':
      return uniform.has(e.name);
    case 'load':
      return isUniform(e.index, uniform);
    case 'unary':
    case 'convert':
    case 'reinterpret':
      return isUniform(e.operand, uniform);
    case 'toFixed':
      return isUniform(e.operand, uniform) && isUniform(e.scale, uniform);
    case 'fromFixed':
      return isUniform(e.operand, uniform) && isUniform(e.unit, uniform);
    case 'binary':
    case 'compare':
      return isUniform(e.left, uniform) && isUniform(e.right, uniform);
    case 'select':
      return [e.condition, e.whenTrue, e.whenFalse].every((part) => isUniform(part, uniform));
    case 'call':
      return e.arguments.every((argument) => isUniform(argument, uniform));
  }
}
