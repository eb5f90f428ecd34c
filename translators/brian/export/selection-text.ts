import type { Expression } from '../../../src/lang/ast.js';
import { binary, boolean, integer, name } from '../../../src/lang/build.js';
import { populationOf } from '../../../src/model/selected.js';
import { knownNumbers } from '../../../src/model/arrays.js';
import type { SelectionRule } from '../../../src/model/typed.js';
import type { ExportContext, GroupPlan, GroupSlice, SynapsesEnd } from './plan.js';

/** Returns a selection as a slice of one group. Returns undefined after reporting that Brian has no such part. */
export function groupSlice(
  selection: SelectionRule,
  groups: ReadonlyMap<string, GroupPlan>,
  pointer: string,
  context: ExportContext,
): GroupSlice | undefined {
  const group = groups.get(populationOf(selection) ?? '');
  const range = group === undefined ? undefined : rangeOf(selection, context);
  if (group === undefined || range === null) {
    context.report.missing(pointer, 'Brian supports only contiguous parts of one group', 'brian/selection');
    return undefined;
  }
  return range === undefined || (range[0] === 0 && range[1] === group.population.size) ? { group } : { group, range };
}

/** Returns a range `[start, stop)`, undefined for the whole population, or null if it is not contiguous. */
function rangeOf(selection: SelectionRule, context: ExportContext): readonly [number, number] | undefined | null {
  switch (selection.kind) {
    case 'slice':
      if (selection.slice === undefined) return undefined;
      return selection.slice[2] === 1 ? [selection.slice[0], selection.slice[1]] : null;
    case 'indices': {
      const indices = knownNumbers(selection.indices, context.data) ?? [];
      const [first] = indices;
      return first !== undefined && indices.every((index, position) => index === first + position)
        ? [first, first + indices.length]
        : null;
    }
    case 'mask':
    case 'sample':
    case 'sampleOf':
    case 'assembly':
    case 'synapses':
      return null;
    default:
      return selection satisfies never;
  }
}

/** Returns a short test whether neurons of a group are in its part `[start, stop)`. */
export function rangeTest([start, stop]: readonly [number, number], size: number): Expression {
  if (stop === start + 1) return isCell('==', start);
  const tests = [...(start === 0 ? [] : [isCell('>=', start)]), ...(stop === size ? [] : [isCell('<', stop)])];
  return tests.length === 0 ? boolean(true) : tests.reduce((a, b) => binary('and', a, b));
}

/** Returns a comparison of the number of a cell. */
export const isCell = (operator: '==' | '>=' | '<', cell: number): Expression =>
  binary(operator, name('i'), integer(cell));

/** Returns a slice such as `P` or `P[0:10]`. */
export function sliceText({ group, range }: SynapsesEnd): string {
  return range === undefined ? group.name : `${group.name}[${range[0]}:${range[1]}]`;
}
