/** Places on cells with compartments, as segments of the written cell. */

import type { Model, Places } from '../../../../src/model/typed.js';
import { populationOf } from '../../../../src/model/selected.js';
import { isRecording } from '../../../../src/model/tagged.js';
import { numberText } from '../text/quantity-text.js';
import { ElementValues, noEquations } from '../../../../src/library/element-values.js';
import type { ExportContext } from '../context.js';
import type { StructuredCell } from './structured-cell.js';
import { compartmentAt, type SegmentAt } from './shape.js';

/** Where something is on cells: one place for all, or one for each. */
interface Placing {
  readonly section?: string;
  readonly fraction?: number;
  readonly places?: Places;
}

/** Returns the places of `count` items on cells. The default is the spike-detection site. */
export function placesOn(
  { section, fraction, places }: Placing,
  count: number,
  cell: StructuredCell,
  context: ExportContext,
): (k: number) => SegmentAt {
  const { shape, spike } = cell;
  if (!places) {
    const at = section ?? spike?.section;
    const place = at === undefined ? { segment: 0, along: 0.5 } : shape.placeOf(at, fraction ?? 0.5);
    return () => place;
  }
  const values = new ElementValues(
    noEquations,
    { section: places.section, fraction: places.fraction },
    count,
    context,
    (name, k) => (name === 'i' ? k : undefined),
  );
  const [sections, fractions] = [values.of('section'), values.of('fraction')];
  const at = (numbers: number | readonly number[], k: number): number =>
    typeof numbers === 'number' ? numbers : (numbers[k] ?? 0);
  return (k) => shape.placeOf(places.sections[at(sections, k)] ?? '', at(fractions, k));
}

/** Returns a place as attributes with the prefix `pre`, `post` or none. */
export function placeAttributes({ segment, along }: SegmentAt, end: 'pre' | 'post' | ''): Record<string, string> {
  const [id, fraction] = end === '' ? ['segmentId', 'fractionAlong'] : [`${end}SegmentId`, `${end}FractionAlong`];
  return { [id]: String(segment), [fraction]: numberText(along) };
}

/** Sections on which something is recorded elsewhere than in the middle, so that their compartments need names. */
export function sectionsWithMarks({ recordings, populations, neurons }: Model, type: string): ReadonlySet<string> {
  return new Set(
    recordings.flatMap((recording) => {
      if (!isRecording(recording, 'variables') || recording.section === undefined) return [];
      const { section, fraction = 0.5 } = recording;
      const own = populations[populationOf(recording.of) ?? '']?.type === type;
      const divisions = neurons[type]?.compartments?.sections[section]?.divisions ?? 1;
      return own && compartmentAt(fraction, divisions) !== compartmentAt(0.5, divisions) ? [section] : [];
    }),
  );
}
