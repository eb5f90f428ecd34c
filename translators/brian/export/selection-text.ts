import type { SelectionRule } from '../../../src/model/model.js';
import type { ExportContext, GroupPlan, GroupSlice } from './plan.js';
import { numbersOf } from './plan.js';

/** The slice of one group that a selection is; undefined (and reported) when Brian has no such part. */
export function groupSlice(
  selection: SelectionRule,
  groups: ReadonlyMap<string, GroupPlan>,
  pointer: string,
  context: ExportContext,
): GroupSlice | undefined {
  const group = 'population' in selection ? groups.get(selection.population) : undefined;
  const range = group === undefined ? undefined : rangeOf(selection, context);
  if (group === undefined || range === null) {
    context.report.missing(pointer, 'Brian supports only contiguous parts of one group', 'brian/selection');
    return undefined;
  }
  return range === undefined || (range[0] === 0 && range[1] === group.population.size) ? { group } : { group, range };
}

/** `[start, stop)`, undefined for all of the population, null when it is not contiguous. */
function rangeOf(selection: SelectionRule, context: ExportContext): readonly [number, number] | undefined | null {
  if ('slice' in selection && selection.slice !== undefined)
    return selection.slice[2] === 1 ? [selection.slice[0], selection.slice[1]] : null;
  if ('indices' in selection && selection.indices !== undefined) {
    const indices = numbersOf(selection.indices, context.data) ?? [];
    const [first] = indices;
    return first !== undefined && indices.every((index, position) => index === first + position)
      ? [first, first + indices.length]
      : null;
  }
  return 'mask' in selection || 'sample' in selection || 'assembly' in selection || 'projection' in selection
    ? null
    : undefined;
}

/** `P`, `P[0:10]`. */
export function sliceText({ group, range }: GroupSlice): string {
  return range === undefined ? group.name : `${group.name}[${range[0]}:${range[1]}]`;
}
