/** Recordings requested for a run in addition to the model's: `exc:v@1ms`. */

import { statedNodes } from '../../runtime/results/written-nodes.js';
import { UsageError } from '../diagnostics/diagnostic.js';
import { memberOf } from '../diagnostics/member.js';
import type { Place } from '../diagnostics/diagnostic.js';
import type { Positions } from '../diagnostics/positions.js';
import { overlayPositions } from './read/overlay-positions.js';

/** A recording as a document writes it. */
interface RecordingRequest {
  readonly of: string;
  readonly events?: string;
  readonly variables?: readonly string[];
  readonly rate?: true;
  readonly every?: string;
}

/** A selection (which may hold a slice with colons), names, and an interval. */
const form = /^([\w.-]+(?:\[[^\]]*\])?):([A-Za-z_]\w*(?:,[A-Za-z_]\w*)*)(?:@(.+))?$/;

/**
 * Reads `POPULATION:VARIABLE[,VARIABLE][@INTERVAL]`; `spikes` and `rate` stand for themselves.
 *
 * @throws UsageError when the text has another form
 */
export function parseRecordingRequest(text: string): RecordingRequest {
  const match = form.exec(text.trim());
  const [, of, names, every] = match ?? [];
  if (of === undefined || names === undefined) {
    throw new UsageError(
      `--record cannot be ${text}`,
      "write it as population:variable@interval, such as 'exc:v@1ms', or as 'exc:spikes'",
    );
  }
  if (names === 'spikes' || names === 'spike' || names === 'rate') {
    if (every !== undefined)
      throw new UsageError(`--record ${text}: ${names} take no interval`, `write ${of}:${names}`);
    return names === 'rate' ? { of, rate: true } : { of, events: 'spike' };
  }
  return { of, variables: names.split(','), ...(every === undefined ? {} : { every }) };
}

/**
 * Returns a canonical document with more recordings.
 *
 * @param readEvery  converts the interval in the option to one that the canonical document reads
 * @returns the document and its places; added parts are placed at their option
 */
export function addRecordings(
  document: unknown,
  positions: Positions,
  texts: readonly string[],
  readEvery: (text: string, option: string) => string = (text) => text,
): { document: unknown; positions: Positions } {
  if (texts.length === 0 || document === null || typeof document !== 'object') return { document, positions };
  const requests = texts.flatMap((text) => {
    const { of, ...written } = parseRecordingRequest(text);
    const [name = ''] = /^[^[]+/.exec(of) ?? [];
    const every = written.every === undefined ? {} : { every: readEvery(written.every, `--record ${text}`) };
    return populationsOf(name, document).map((own) => ({
      text,
      request: { ...written, of: own + of.slice(name.length), ...every },
    }));
  });
  // A document has one of two keys for its recordings.
  const key = 'recordings' in document ? 'recordings' : 'record';
  const written: unknown = Object.entries(document).find(([name]) => name === key)?.[1];
  const present: readonly unknown[] = Array.isArray(written) ? written : [];
  const places = requests.map(({ text }): Place => ({ document: `--record ${text}` }));
  return {
    document: { ...document, [key]: [...present, ...requests.map(({ request }) => request)] },
    positions: overlayPositions(positions, (pointer) => {
      const ordinal = /^\/record(?:ings)?\/(\d+)/.exec(pointer)?.[1];
      return places[Number(ordinal ?? -1) - present.length];
    }),
  };
}

/**
 * Returns the populations of a name: itself, that of a node of a document, or the parts of a population whose cells
 * have several models.
 */
function populationsOf(name: string, document: object): readonly string[] {
  if (memberOf(memberOf(document, 'populations'), name) !== undefined) return [name];
  const found = Object.entries(statedNodes(memberOf(document, 'annotations'))).filter(
    ([, stated]) => memberOf(stated, 'node') === name || memberOf(stated, 'population') === name,
  );
  return found.length === 0 ? [name] : found.map(([own]) => own);
}
