/**
 * Pairs parts of two models that have other names, by their structure: equal types, sizes, values and projections.
 * Colours of populations are refined by those of their neighbours until they are stable.
 */

import { platform } from '#platform';
import { grouped } from '../model/collections.js';

/** Properties by name, as text. */
export type Properties = ReadonlyMap<string, string>;

/** Parts of a model by `kind name`, such as `population exc`. */
export type Outline = ReadonlyMap<string, Properties>;

/** A part with another name in the second model. */
export interface Renaming {
  readonly part: string;
  readonly first: string;
  readonly second: string;
}

/** Names of populations of the first model with those of the second. */
export type Pairs = ReadonlyMap<string, string>;

/**
 * How much of the parts decides about colours: all properties, types and sizes, sizes only; these without projections;
 * and whether cells have equations.
 */
const levels = ['values', 'types', 'sizes', 'own sizes', 'kinds'] as const;
type Level = (typeof levels)[number];

/** Pairs parts without a namesake. @param given  pairs of populations that the user states */
export function renamings(a: Outline, b: Outline, given: Pairs = new Map()): readonly Renaming[] {
  const found = [...pairedPopulations(a, b, given)]
    .filter(([first, second]) => first !== second)
    .map(([first, second]): Renaming => ({ part: 'population', first, second }));
  for (const kind of ['projection', 'stimulus']) {
    const others = new Map(alone(kind, b, a));
    for (const [part, properties] of alone(kind, a, b)) {
      const candidates = [...others]
        .filter(([, other]) => haveSameEnds(properties, other, found))
        .map(([name, other]) => [name, differing(properties, other)] as const)
        .sort((left, right) => left[1] - right[1]);
      const [best, next] = candidates;
      if (!best || (kind !== 'projection' && next?.[1] === best[1])) continue;
      others.delete(best[0]);
      found.push({ part: kind, first: nameIn(part), second: nameIn(best[0]) });
    }
  }
  return found;
}

/** Returns the outline with the names of the other model. */
export function renameParts(outline: Outline, renamed: readonly Renaming[]): Outline {
  return new Map(
    [...outline].map(([part, properties]) => {
      const known = renamed.find(({ part: kind, second }) => part === `${kind} ${second}`);
      return [
        known ? `${known.part} ${known.first}` : part,
        new Map(
          [...properties].map(([key, value]) => [key, isPopulation(key) ? renamedTo(value, renamed) : value] as const),
        ),
      ];
    }),
  );
}

const nameIn = (part: string): string => part.slice(part.indexOf(' ') + 1);

const isPopulation = (key: string): boolean => key.endsWith('population');

/** Returns the parts of a kind without a namesake. */
const alone = (kind: string, own: Outline, other: Outline): readonly (readonly [string, Properties])[] =>
  [...own].filter(([part]) => part.startsWith(`${kind} `) && !other.has(part));

const renamedTo = (name: string, renamed: readonly Renaming[]): string =>
  renamed.find(({ part, second }) => part === 'population' && second === name)?.first ?? name;

/** Checks whether two projections or stimuli are of one kind and act on the same populations. */
const haveSameEnds = (first: Properties, second: Properties, renamed: readonly Renaming[]): boolean =>
  ['from.of.population', 'to.of.population', 'to.population', 'kind'].every((key) => {
    const name = second.get(key);
    return first.get(key) === (name !== undefined && isPopulation(key) ? renamedTo(name, renamed) : name);
  });

/** Returns the number of properties with other values. */
const differing = (first: Properties, second: Properties): number =>
  [...new Set([...first.keys(), ...second.keys()])].filter(
    (key) => !isPopulation(key) && first.get(key) !== second.get(key),
  ).length;

/** Returns the names of populations with the names of their counterparts. */
function pairedPopulations(a: Outline, b: Outline, given: Pairs): Pairs {
  const [names, namesThere] = [a, b].map((outline) =>
    [...outline.keys()].filter((part) => part.startsWith('population ')).map(nameIn),
  ) as [string[], string[]];
  const pairs = new Map([...given].filter(([first, second]) => names.includes(first) && namesThere.includes(second)));
  const isTaken = (name: string): boolean => [...pairs.values()].includes(name);
  for (const name of names) if (!pairs.has(name) && namesThere.includes(name) && !isTaken(name)) pairs.set(name, name);
  for (const level of levels)
    for (let isOpen = true; isOpen;) {
      const inverse = new Map([...pairs].map(([first, second]) => [second, first]));
      const [own, other] = [
        classes(a, names, level, (name) => (pairs.has(name) ? name : undefined)),
        classes(b, namesThere, level, (name) => inverse.get(name)),
      ];
      const shared = [...own].flatMap(([colour, members]) => {
        const there = other.get(colour);
        return there?.length === members.length && !pairs.has(members[0]!) ? [[members, there] as const] : [];
      });
      const single = shared.filter(([members]) => members.length === 1);
      // Populations that are equal in all respects can be exchanged.
      const found = single.length > 0 || level !== 'values' ? single : shared.slice(0, 1);
      for (const [[first], [second]] of found) pairs.set(first!, second!);
      isOpen = found.length > 0;
    }
  return pairs;
}

/** Returns populations by their colours. @param labelOf  label of a population that is paired */
function classes(
  outline: Outline,
  names: readonly string[],
  level: Level,
  labelOf: (name: string) => string | undefined,
): ReadonlyMap<string, readonly string[]> {
  const isAlone = level === 'own sizes' || level === 'kinds';
  const edges = [...outline].flatMap(([part, properties]) =>
    part.startsWith('projection ') && !isAlone ? [properties] : [],
  );
  const others = [...outline].flatMap(([part, properties]) =>
    /^(?:population|projection) /.test(part) ? [] : [properties],
  );
  let colours = new Map(
    names.map((name) => {
      const acting = level === 'values' || level === 'types' ? roles(others, name, level) : [];
      const own = [textOf(outline.get(`population ${name}`)!, level), acting];
      return [name, labelOf(name) ?? digest(own)];
    }),
  );
  const count = (): number => new Set(colours.values()).size;
  for (let before = 0; before < count();) {
    before = count();
    const known = colours;
    colours = new Map(
      names.map((name) => {
        const near = edges.flatMap((properties) =>
          (['from', 'to'] as const).flatMap((end) => {
            if (properties.get(`${end}.of.population`) !== name) return [];
            const far = properties.get(`${end === 'from' ? 'to' : 'from'}.of.population`) ?? '';
            return [digest([end, textOf(properties, level), known.get(far)])];
          }),
        );
        return [name, labelOf(name) ?? digest([known.get(name), near.sort()])];
      }),
    );
  }
  return grouped(names, (name) => [colours.get(name)!]);
}

/** Returns the properties of a part that decide about its colour. */
function textOf(properties: Properties, level: Level): readonly unknown[] {
  const kind = properties.get('type') ?? (properties.has('method') ? 'equations' : '');
  if (level === 'kinds') return [kind !== ''];
  if (level === 'sizes' || level === 'own sizes') return [properties.get('size'), kind !== ''];
  if (level === 'types') return [properties.get('size'), kind, properties.get('connect.rule')];
  return [...properties].filter(([key]) => !isPopulation(key)).sort(([left], [right]) => (left < right ? -1 : 1));
}

/** Returns what stimuli, operations and the protocol do to a population. */
const roles = (parts: readonly Properties[], name: string, level: Level): readonly unknown[] =>
  parts
    .flatMap((properties) => {
      const own = [...properties].filter(([key, value]) => value === name || key.split('.').includes(name));
      const values = level === 'values' ? textOf(properties, level) : [];
      return own.map(([key]) => digest([key.replaceAll(name, '*'), key.startsWith('protocol') ? [] : values]));
    })
    .sort();

const digest = (value: unknown): string => platform.sha256().update(JSON.stringify(value)).hex().slice(0, 16);
