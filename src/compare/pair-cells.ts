/** Cells of two recordings that are compared with one another. */

import { platform } from '#platform';
import { UsageError } from '../diagnostics/diagnostic.js';
import { itemAt } from '../diagnostics/entry.js';
import type { Train } from './measures/train.js';
import { unusable } from './messages.js';
import { eventName, type Recorded, type RecordedTrains } from './recorded.js';

/** How cells are matched: by population and identifier, by identifiers that are shifted, in order, or by a list. */
export type CellMatching =
  | { readonly by: 'id'; readonly shift: number }
  | { readonly by: 'order' }
  | { readonly by: 'list'; readonly path: string };

/** A population with cells in both recordings. */
export interface PairedTrains {
  /** Population of the first recording; empty if it has no name. */
  readonly population: string;
  readonly event: string;
  /** Identifier of each pair of cells, in the first recording. */
  readonly ids: readonly number[];
  readonly first: readonly Train[];
  readonly second: readonly Train[];
  /** Number of cells in one recording only. */
  readonly onlyFirst: number;
  readonly onlySecond: number;
}

/** Populations in both recordings, names of those in only one, and sentences about assumptions. */
export interface Pairing {
  readonly populations: readonly PairedTrains[];
  readonly onlyFirst: readonly string[];
  readonly onlySecond: readonly string[];
  readonly notes: readonly string[];
}

const noSpikes: Train = new Float64Array(0);

/** Reads `id`, `id+1`, `order` or the path of a list. */
export function cellMatching(text: string): CellMatching {
  const [, shift] = /^(?:id|name)([+-]\d+)?$/.exec(text) ?? [];
  if (/^(id|name)([+-]\d+)?$/.test(text)) return { by: 'id', shift: Number(shift ?? 0) };
  return text === 'order' ? { by: 'order' } : { by: 'list', path: text };
}

/** Pairs the cells of two recordings. @throws UsageError if the way of matching does not fit them */
export function pairCells(first: Recorded, second: Recorded, matching: CellMatching): Pairing {
  if (matching.by === 'list') return pairByList(first, second, matching.path);
  const pairs = pairPopulations(first, second, matching);
  const taken = new Set(pairs.flat());
  const alone = ({ trains }: Recorded): readonly string[] => trains.filter((train) => !taken.has(train)).map(eventName);
  const notes: string[] = [];
  const populations = pairs.map(([a, b]) => {
    if (a.population !== b.population) notes.push(`${nameOf(a)} is compared with ${nameOf(b)}`);
    if (matching.by === 'order') return pairInOrder(a, b, second.path);
    const [[own = 0], [other = 0]] = [a.ids, b.ids];
    if (looksShifted(a, b))
      notes.push(`identifiers of ${nameOf(a)} begin with ${own} and ${other}: --cells id+${other - own} may be right`);
    const paired = pairById(a, b, matching.shift);
    for (const [own, { path }] of [
      [a, first],
      [b, second],
    ] as const) {
      const silent = paired.ids.length - own.ids.length;
      if (!own.listsSilent && silent > 0)
        notes.push(`${path} lists only cells with spikes: ${count(silent)} of ${nameOf(a)} not in it count as silent`);
    }
    return paired;
  });
  return { populations, onlyFirst: alone(first), onlySecond: alone(second), notes };
}

const count = (cells: number): string => (cells === 1 ? '1 cell' : `${cells} cells`);

const nameOf = (train: Pick<RecordedTrains, 'population' | 'event'>): string =>
  train.population === '' ? 'the population without a name' : eventName(train);

/** Returns populations of the same name and event, or the only ones of both if one has no name. */
function pairPopulations(
  first: Recorded,
  second: Recorded,
  { by }: CellMatching,
): readonly (readonly [RecordedTrains, RecordedTrains])[] {
  const named = first.trains.flatMap((a) => {
    const b = second.trains.find(({ population, event }) => population === a.population && event === a.event);
    return b ? [[a, b] as const] : [];
  });
  if (named.length > 0 || first.trains.length === 0 || second.trains.length === 0) return named;
  const [[a], [b]] = [first.trains, second.trains];
  const isUnnamed = a?.population === '' || b?.population === '';
  if (a && b && isUnnamed && first.trains.length === 1 && second.trains.length === 1) return [[a, b]];
  if (by === 'order' && first.trains.length === second.trains.length)
    return first.trains.map((train, k) => [train, itemAt(second.trains, k)] as const);
  const names = (recorded: Recorded): string => recorded.trains.map(nameOf).slice(0, 5).join(', ');
  throw new UsageError(
    `no population is in both: ${first.path} has ${names(first)}, ${second.path} has ${names(second)}`,
    'pair them in order by --cells order, or list the cells that belong together, as in "exc[0:80],1:81", in a file named as --cells cells.csv',
  );
}

/**
 * Checks whether the second counts cells from another number: no cell has its first number, and one is beyond the last.
 */
function looksShifted(a: RecordedTrains, b: RecordedTrains): boolean {
  const [from, to] = [a.ids[0] ?? 0, a.ids.at(-1) ?? 0];
  return a.listsSilent && (b.ids[0] ?? -Infinity) > from && (b.ids.at(-1) ?? -Infinity) > to;
}

function pairById(a: RecordedTrains, b: RecordedTrains, shift: number): PairedTrains {
  const others = new Map(b.ids.map((id, k) => [id - shift, itemAt(b.trains, k)]));
  const own = new Map(a.ids.map((id, k) => [id, itemAt(a.trains, k)]));
  const silentA = !a.listsSilent;
  const silentB = !b.listsSilent;
  const ids = [
    ...a.ids.filter((id) => others.has(id) || silentB),
    ...(silentA ? [...others.keys()].filter((id) => !own.has(id)) : []),
  ].sort((x, y) => x - y);
  if (a.ids.length > 0 && others.size > 0 && !a.ids.some((id) => others.has(id)))
    throw new UsageError(
      `${nameOf(a)} has no cell in both: identifiers are ${idText(a.ids)} and ${idText(b.ids)}`,
      'match cells in another way, as in --cells id+1, --cells order or --cells list.csv',
    );
  const kept = new Set(ids);
  return {
    population: a.population,
    event: a.event,
    ids,
    first: ids.map((id) => own.get(id) ?? noSpikes),
    second: ids.map((id) => others.get(id) ?? noSpikes),
    onlyFirst: a.ids.filter((id) => !kept.has(id)).length,
    onlySecond: [...others.keys()].filter((id) => !kept.has(id)).length,
  };
}

const idText = (ids: readonly number[]): string =>
  ids.length === 1 ? ids.join() : `${itemAt(ids, 0)} to ${itemAt(ids, ids.length - 1)}`;

function pairInOrder(a: RecordedTrains, b: RecordedTrains, path: string): PairedTrains {
  if (a.ids.length !== b.ids.length && !(a.listsSilent && b.listsSilent))
    throw unusable(
      path,
      'it lists only cells with spikes, so their order says nothing',
      'match cells by their identifiers, as in --cells id+1, or by a list',
    );
  const length = Math.min(a.ids.length, b.ids.length);
  return {
    population: a.population,
    event: a.event,
    ids: a.ids.slice(0, length),
    first: a.trains.slice(0, length),
    second: b.trains.slice(0, length),
    onlyFirst: a.ids.length - length,
    onlySecond: b.ids.length - length,
  };
}

// --- Lists ----------------------------------------------------------------------------------------------------------
/** Pairs cells by lines such as `exc[0:80],1:81` and `exc[7],8`: cells of the first recording, then of the second. */
function pairByList(first: Recorded, second: Recorded, path: string): Pairing {
  const groups = new Map<string, { ids: number[]; first: Train[]; second: Train[] }>();
  const [mine, theirs] = [trainFinder(first), trainFinder(second)];
  let text: string;
  try {
    text = platform.bytes.utf8(platform.files.read(path));
  } catch {
    throw new UsageError(`there is no list of cells ${path}`, 'give --cells id, id+1, order, or the path of a list');
  }
  for (const [number, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.startsWith('#') || (number === 0 && /^first\s*,\s*second$/.test(line.trim())))
      continue;
    const [left, right, ...more] = line.split(',').map((cell) => cellsOf(cell.trim()));
    if (!left || !right || more.length > 0 || left.ids.length !== right.ids.length)
      throw unusable(
        path,
        `line ${number + 1} is no pair of cells: ${line}`,
        'write as many cells on both sides, as in "exc[0:80],1:81"',
      );
    const group = groups.get(left.population) ?? { ids: [], first: [], second: [] };
    groups.set(left.population, group);
    for (const [k, id] of left.ids.entries()) {
      group.ids.push(id);
      group.first.push(mine(left.population, id, path));
      group.second.push(theirs(right.population, itemAt(right.ids, k), path));
    }
  }
  const populations = [...groups].map(([population, group]) => ({
    population,
    event: 'spike',
    ...group,
    onlyFirst: 0,
    onlySecond: 0,
  }));
  return { populations, onlyFirst: [], onlySecond: [], notes: [`only the cells in ${path} were compared`] };
}

function cellsOf(text: string): { readonly population: string; readonly ids: readonly number[] } | null {
  const [, population = '', begin, end] = /^([^[\]]*?)\[?(\d+)(?::(\d+))?\]?$/.exec(text) ?? [];
  if (begin === undefined) return null;
  const [from, to] = [Number(begin), end === undefined ? Number(begin) + 1 : Number(end)];
  return { population, ids: Array.from({ length: Math.max(0, to - from) }, (_, k) => from + k) };
}

function trainFinder({ trains, path }: Recorded): (population: string, id: number, list: string) => Train {
  const found = new Map(
    trains
      .filter(({ event }) => event === 'spike')
      .map((train) => [train.population, { train, at: new Map(train.ids.map((id, k) => [id, k])) }]),
  );
  return (population, id, list) => {
    const group = found.get(population) ?? (population === '' && found.size === 1 ? [...found.values()][0] : undefined);
    const at = group?.at.get(id);
    if (group && at === undefined && !group.train.listsSilent) return noSpikes;
    if (!group || at === undefined)
      throw unusable(list, `${path} has no cell ${population}[${id}]`, 'name cells as population[number], or number');
    return itemAt(group.train.trains, at);
  };
}
