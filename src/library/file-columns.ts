/** Text files and displays that a model names in its annotations: their columns are variables of recordings. */

import type { Form, Model, Recording } from '../model/model.js';
import { isList } from '../model/collections.js';
import { populationsOf } from '../model/selected.js';
import { isRecording, isSelection, recordedVariables } from '../model/tagged.js';

/** Mapping of elements after a change of recordings. */
interface Follow<F extends Form> {
  /** Returns the new index of an element of a recording's owner, if the owner has changed. */
  readonly element?: (recording: Recording<F>, index: number) => number | undefined;
}

/**
 * Returns annotations with columns that follow recordings of the same name. Variables, elements and events may have new
 * names. Columns without a recording are left out.
 *
 * @param after  the recordings that the model has now
 */
export function withColumnsOf<F extends Form>(
  { recordings, annotations }: Pick<Model<F>, 'recordings' | 'annotations'>,
  after: readonly Recording<F>[],
  { element }: Follow<F> = {},
): Model['annotations'] {
  const known = new Map(recordings.map((recording) => [recording.name, recording]));
  const others = new Map(after.map((one) => [one.name, one]));
  const followed = (column: Column): readonly unknown[] => {
    const [before, now] = [known.get(column.recording), others.get(column.recording)];
    if (before === undefined) return [column];
    if (now === undefined) return [];
    if (column.variable === undefined) return eventColumn(column, now);
    const [old, own] = [recordedVariables(before), recordedVariables(now)];
    // By their places only if there are as many: some may be recorded elsewhere.
    const variable = own.length === old.length ? own[old.indexOf(column.variable)] : column.variable;
    const index = ownerOf(before) === ownerOf(now) ? column.index : element?.(before, column.index);
    return variable === undefined || !own.includes(variable) || index === undefined
      ? []
      : [{ ...column, variable, index }];
  };
  const within = (value: unknown): unknown => {
    if (isList<unknown, unknown>(value)) return value.flatMap((one) => (isColumn(one) ? followed(one) : [within(one)]));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, one]: readonly [string, unknown]) => [key, within(one)]),
    );
  };
  const { outputFiles, displays } = annotations;
  return {
    ...annotations,
    ...(outputFiles === undefined ? {} : { outputFiles: within(outputFiles) }),
    ...(displays === undefined ? {} : { displays: within(displays) }),
  };
}

/** A column of a table or a source of events, with whatever else it has. */
interface Column {
  readonly recording: string;
  readonly index: number;
  readonly variable?: string;
  readonly population?: string;
  readonly event?: string;
}

function isColumn(value: unknown): value is Column {
  if (typeof value !== 'object' || value === null) return false;
  const { recording, index }: { readonly recording?: unknown; readonly index?: unknown } = value;
  return typeof recording === 'string' && typeof index === 'number';
}

const ownerOf = <F extends Form>({ of }: Recording<F>): string =>
  isSelection(of, 'synapses') ? `/${of.projection}` : populationsOf(of).join();

/** Returns a source of events, by the name that its event has now. */
function eventColumn<F extends Form>({ event: _, ...column }: Column, now: Recording<F>): readonly unknown[] {
  if (!isRecording(now, 'events') || !populationsOf(now.of).includes(column.population ?? '')) return [];
  return [{ ...column, ...(now.events === 'spike' ? {} : { event: now.events }) }];
}
