/** The intervals of a run: the phases of its protocol, and the segments between resets. */

import type { RunRecord, SegmentSpan } from '../result.js';
import type { H5Writer } from './h5-writer.js';
import type { NeoPlace } from './neo-place.js';
import { writeTable, type Column } from './table.js';

/** Writes /intervals/epochs when the protocol has several phases. */
export function writeEpochs(h5: H5Writer, record: RunRecord, place: (segment: number) => NeoPlace): void {
  const { phases, dt, segments } = record;
  if (phases.length < 2) return;
  const places = phases.map(({ begin, end }) => place(segmentOf(segments, begin, end)));
  const columns: Column[] = [
    ...timesOf('phase', phases, dt),
    {
      name: 'tags',
      description: 'Name of the phase, and of the segment of the protocol that it belongs to.',
      ends: Float64Array.from(phases, (_, i) => 2 * (i + 1)),
      entries: { texts: phases.flatMap(({ name, segment }) => [name, segment]) },
    },
    {
      name: '_name',
      description: 'Name of the group of epochs: one for each segment.',
      values: { texts: places.map(({ segment }) => (segments ? `phases of ${segment}` : 'phases')) },
    },
    ...neoColumns(places),
  ];
  h5.group('/intervals');
  writeTable(h5, '/intervals/epochs', { type: 'TimeIntervals' }, 'Phases of the protocol.', phases.length, columns);
}

/** Returns the beginning and end of intervals; `what`: name of one of them. */
function timesOf(
  what: string,
  stretches: readonly { readonly begin: number; readonly end: number }[],
  dt: number,
): readonly Column[] {
  const column = (name: string, end: string, steps: readonly number[]): Column => ({
    name,
    description: `${end} of the ${what}, in s.`,
    values: { f64: Float64Array.from(steps, (step) => step * dt) },
  });
  return [
    column(
      'start_time',
      'Start',
      stretches.map(({ begin }) => begin),
    ),
    column(
      'stop_time',
      'End',
      stretches.map(({ end }) => end),
    ),
  ];
}

/** Where Neo puts epochs. */
const neoColumns = (places: readonly NeoPlace[]): readonly Column[] =>
  (['segment', 'block'] as const).map((name) => ({
    name,
    description: `${name === 'segment' ? 'Segment' : 'Block'} that the epochs belong to.`,
    values: { texts: places.map((place) => place[name]) },
  }));

/** Returns the segment of a phase; a phase without steps between two segments belongs to the later one. */
function segmentOf(segments: readonly SegmentSpan[] | undefined, begin: number, end: number): number {
  if (!segments) return 0;
  const found = segments.findIndex((span) => begin >= span.begin && end <= span.end && begin < span.end);
  return found >= 0 ? found : segments.length - 1;
}

/**
 * Writes /intervals/trials when time was turned back: each segment is one, at the time of the session at which it ran.
 */
export function writeTrials(
  h5: H5Writer,
  { segments, phases, dt }: RunRecord,
  place: (segment: number) => NeoPlace,
): void {
  if (!segments) return;
  const columns: Column[] = [
    ...timesOf('segment', segments, dt),
    { name: 'label', description: 'Name of the segment.', values: { texts: segments.map(({ name }) => name) } },
    {
      name: 'model_time',
      description: "Time of the model at the segment's start, in s: the time to which it was turned back.",
      values: { f64: Float64Array.from(segments, ({ start }) => start * dt) },
    },
    {
      name: 'annotations',
      description: 'Annotations of the segment: name=value, with the value as JSON.',
      values: {
        texts: segments.map(({ annotations }) =>
          Object.entries(annotations ?? {})
            .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
            .join('; '),
        ),
      },
    },
    { name: '_name', description: 'Name of the group of epochs.', values: { texts: segments.map(() => 'segments') } },
    ...neoColumns(segments.map((_, k) => place(k))),
  ];
  // The epochs have made the group before.
  if (phases.length < 2) h5.group('/intervals');
  writeTable(
    h5,
    '/intervals/trials',
    { type: 'TimeIntervals' },
    'Segments: the stretches between resets.',
    segments.length,
    columns,
  );
}
