/** What recordings ask for, one quantity or one train of events at a time. */

import type { Owner } from '../outputs.js';
import { populationOf } from '../../../src/model/selected.js';
import { isSelection, taggedRecording } from '../../../src/model/tagged.js';
import { numbersOf } from '../../../src/model/arrays.js';
import type { Model, Recording } from '../../../src/model/model.js';
import { elementsOf, type ExportContext } from './context.js';

/** A variable of one element, or its events. */
export interface Wanted {
  readonly owner: Owner;
  /** Number of the element. */
  readonly index: number;
  /** What is recorded of it. */
  readonly kind: 'variable' | 'event';
  /** Of the variable or the event, in the model. */
  readonly name: string;
}

/** A text that is equal for what is the same. */
export const keyOf = ({ owner, index, kind, name }: Wanted): string => JSON.stringify([owner, index, kind, name]);

/** All that a recording asks for; a text where it asks for something that has no elements. */
function wantedBy(recording: Recording, context: Pick<ExportContext, 'model' | 'data'>): readonly Wanted[] | string {
  const tagged = taggedRecording(recording);
  if (tagged.kind === 'rate') return 'rates of populations';
  const elements = ownerOf(recording, context);
  if (typeof elements === 'string') return elements;
  const { owner, indices } = elements;
  const each = (kind: Wanted['kind'], names: readonly string[]): readonly Wanted[] =>
    names.flatMap((name) => indices.map((index) => ({ owner, index, kind, name })));
  switch (tagged.kind) {
    case 'events':
      return [...each('event', [tagged.events]), ...each('variable', tagged.variables ?? [])];
    case 'variables':
      return each('variable', tagged.variables);
    default:
      return tagged satisfies never;
  }
}

function ownerOf(
  { of }: Recording,
  { model, data }: Pick<ExportContext, 'model' | 'data'>,
): { readonly owner: Wanted['owner']; readonly indices: readonly number[] } | string {
  if (isSelection(of, 'synapses')) {
    const [rule] = model.projections[of.projection]?.connect ?? [];
    const count = rule?.rule === 'list' ? numbersOf(rule.sources, data).length : 0;
    const [from, to, step] = of.slice ?? [0, count, 1];
    const all = Array.from({ length: count }, (_, k) => k).filter(
      (k) => k >= from && k < to && (k - from) % step === 0,
    );
    return {
      owner: { kind: 'projection', id: of.projection },
      indices: of.indices ? Array.from(numbersOf(of.indices, data)) : all,
    };
  }
  const indices = elementsOf(of, { model, data });
  const population = populationOf(of);
  if (population === undefined || typeof indices === 'string')
    return typeof indices === 'string' ? indices : 'recordings of several populations';
  return { owner: { kind: 'population', id: population }, indices };
}

/** Everything that the recordings of a model ask for, by its key. */
export function allWanted(context: Pick<ExportContext, 'model' | 'data'>): ReadonlyMap<string, Wanted> {
  const wanted = context.model.recordings.flatMap((recording) => {
    const asked = wantedBy(recording, context);
    return typeof asked === 'string' ? [] : asked;
  });
  return new Map(wanted.map((one) => [keyOf(one), one]));
}

/** Recordings of a model that ask for nothing that can be written down, each with why. */
export function notWanted({
  model,
  data,
}: { readonly model: Model } & Pick<ExportContext, 'data'>): readonly (readonly [number, string])[] {
  return model.recordings.flatMap((recording, k) => {
    const asked = wantedBy(recording, { model, data });
    return typeof asked === 'string' ? [[k, asked] as const] : [];
  });
}
