/** The start of a session in results: numbers in the record, arrays stored separately by their digests. */

import { createHash } from 'node:crypto';

import type { StartState } from './start-state.js';
import type { DataStore } from '../model/model.js';
import { bytesOf } from '../../runtime/results/arrays.js';
import { damaged } from '../../runtime/results/record-text.js';
import type { RecordedStart } from '../../runtime/results/result.js';
import { mapped } from '../model/collections.js';

type DataArray = DataStore extends ReadonlyMap<string, infer Item> ? Item : never;

/** Returns the record of a start, with the arrays that it refers to. */
export function recordedStart(start: StartState): { readonly start: RecordedStart; readonly data: DataStore } {
  const data = new Map<string, DataArray>();
  const kept = (values: ArrayLike<number>): string => {
    const array = values instanceof Uint8Array || values instanceof Int32Array ? values : Int32Array.from(values);
    const digest = createHash('sha256').update(bytesOf(array)).digest('hex');
    data.set(digest, array);
    return digest;
  };
  const { step, events, lastEvents, free, lastUpdates, received } = start;
  return {
    start: {
      step,
      events: mapped(events, ({ steps, cells }) => ({ steps: kept(steps), cells: kept(cells) })),
      lastEvents: mapped(lastEvents, kept),
      free: mapped(free, kept),
      lastUpdates: mapped(lastUpdates, kept),
      ...(received
        ? { received: mapped(received, ({ from, until }) => ({ from: kept(from), until: kept(until) })) }
        : {}),
    },
    data,
  };
}

/**
 * Returns the start that a record describes.
 *
 * @param path  the result, for messages
 * @throws DiagnosticError if an array is missing, or does not match its digest in the record
 */
export function startOf(start: RecordedStart, data: ReadonlyMap<string, unknown>, path: string): StartState {
  const array = (digest: string): ArrayLike<number> => {
    const found = data.get(digest);
    if (!(found instanceof Uint8Array || found instanceof Int32Array))
      throw damaged(path, `the array ${digest}, which its start refers to, is missing`);
    if (createHash('sha256').update(bytesOf(found)).digest('hex') !== digest)
      throw damaged(path, `the contents of the array ${digest} do not match its digest`);
    return found;
  };
  const { step, events, lastEvents, free, lastUpdates, received } = start;
  return {
    step,
    events: mapped(events, ({ steps, cells }) => ({ steps: array(steps), cells: array(cells) })),
    lastEvents: mapped(lastEvents, array),
    free: mapped(free, array),
    lastUpdates: mapped(lastUpdates, array),
    ...(received
      ? { received: mapped(received, ({ from, until }) => ({ from: array(from), until: array(until) })) }
      : {}),
  };
}
