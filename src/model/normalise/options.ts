import { isPhase, timeAfter } from '../tagged.js';
import type { Place } from '../../diagnostics/diagnostic.js';
import type { Positions } from '../../diagnostics/positions.js';
import { isKept } from '../../lang/decimal.js';
import { messages } from '../messages.js';
import type { ModelDocument, PhaseDocument } from '../document.generated.js';
import type { Context } from './context.js';
import { nonNegativeQuantity } from './literals.js';
import { secondUnit } from './names.js';
import type { Phase } from '../model.js';

/**
 * Values of a model that can be changed from outside. Quantities are text with a unit; bare numbers are in the unit of
 * their place.
 */
export interface Overrides {
  /** `name` of a model parameter, or `population.variable`, `projection.variable`. */
  readonly set?: Readonly<Record<string, string>>;
  /** A whole number; absent: the document's. */
  readonly seed?: string;
  /** Time step; absent: the document's. */
  readonly dt?: string;
  /** Time to run in all: the runs of the protocol are cut or the last one is lengthened. */
  readonly duration?: string;
}

/** A document with the values given from outside inserted, and the places for findings. */
interface Overridden {
  readonly document: ModelDocument;
  readonly positions: Positions;
  /** Whether the value at a pointer was given from outside. */
  isGiven(pointer: string): boolean;
  readonly constants: ReadonlyMap<string, string | number>;
  /** Keys that name no part of the model, with the option that they come from. */
  readonly unknown: readonly { readonly key: string; readonly place: Place }[];
}

const bareNumber = /^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\s*$/;

/** Keeps a bare number a number, so that it is in the unit of its place. */
function written(text: string): string | number {
  return bareNumber.test(text) && isKept(text.trim(), Number(text)) ? Number(text) : text;
}

/** Returns the pointer for findings about a parameter given from outside. */
export const givenParameter = (name: string): string => `/--set/${name}`;

/** Inserts the values given from outside into the document. */
export function applyOverrides(
  document: ModelDocument,
  positions: Positions,
  { set = {}, seed, dt }: Overrides,
): Overridden {
  const places = new Map<string, Place>();
  const constants = new Map<string, string | number>();
  const unknown: { key: string; place: Place }[] = [];
  let { populations = {}, projections = {} } = document;
  for (const [key, text] of Object.entries(set)) {
    const place: Place = { document: `--set ${key}=${text}` };
    const dot = key.lastIndexOf('.');
    if (dot < 0) {
      constants.set(key, written(text));
      places.set(givenParameter(key), place);
      continue;
    }
    const [owner, name] = [key.slice(0, dot), key.slice(dot + 1)];
    const population = Object.hasOwn(populations, owner) ? populations[owner] : undefined;
    const projection = Object.hasOwn(projections, owner) ? projections[owner] : undefined;
    if (population) {
      populations = {
        ...populations,
        [owner]: { ...population, values: { ...population.values, [name]: written(text) } },
      };
      places.set(`/populations/${owner}/values/${name}`, place);
    } else if (projection) {
      projections = {
        ...projections,
        [owner]: { ...projection, values: { ...projection.values, [name]: written(text) } },
      };
      places.set(`/projections/${owner}/values/${name}`, place);
    } else unknown.push({ key: owner, place });
  }
  const experiment = {
    ...document.experiment,
    ...(seed === undefined ? {} : { seed }),
    ...(dt === undefined ? {} : { dt: written(dt) }),
  };
  if (seed !== undefined) places.set('/experiment/seed', { document: `--seed ${seed}` });
  if (dt !== undefined) places.set('/experiment/dt', { document: `--dt ${dt}` });
  const given = placesIn(places);
  return {
    document: {
      ...document,
      ...(document.populations ? { populations } : {}),
      ...(document.projections ? { projections } : {}),
      experiment,
    },
    positions: withPlaces(positions, places),
    isGiven: (pointer) => given(pointer) !== undefined,
    constants,
    unknown,
  };
}

/** Returns what finds the place of a pointer, or of the nearest one around it that has one. */
function placesIn(places: ReadonlyMap<string, Place>): (pointer: string) => Place | undefined {
  const topOf = (pointer: string): string | undefined => pointer.split('/', 2)[1];
  const tops = new Set([...places.keys()].map(topOf));
  return (pointer) => {
    if (!tops.has(topOf(pointer))) return undefined;
    for (let at = pointer; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
      const place = places.get(at);
      if (place) return place;
    }
    return undefined;
  };
}

/** Returns positions with some pointers relocated. */
function withPlaces(positions: Positions, places: ReadonlyMap<string, Place>): Positions {
  if (places.size === 0) return positions;
  const elsewhere = placesIn(places);
  return {
    place: (pointer, span) => elsewhere(pointer) ?? positions.place(pointer, span),
    keyPlace: (pointer) => elsewhere(pointer) ?? positions.keyPlace?.(pointer) ?? positions.place(pointer),
  };
}

/**
 * Returns the protocol cut or lengthened so that it runs `duration` seconds in all. Phases after the end are left out;
 * the last run is lengthened when the whole is shorter; without any run one is added.
 */
export function withDuration(phases: readonly Phase[], duration: number): Phase[] {
  let now = 0;
  let total = 0;
  const result: Phase[] = [];
  let last = -1;
  for (const phase of phases) {
    if (total >= duration) break;
    if (isPhase(phase, 'run') || isPhase(phase, 'runUntil')) {
      const length = tidy(timeAfter(now, phase) - now);
      const kept = Math.min(length, tidy(duration - total));
      last = result.length;
      result.push(kept === length ? phase : { run: kept });
      total = tidy(total + kept);
      now = tidy(now + kept);
    } else {
      if (isPhase(phase, 'reset') || isPhase(phase, 'restore')) now = 0;
      result.push(phase);
    }
  }
  if (total >= duration) return result;
  const missing = tidy(duration - total);
  const final = result[last];
  if (final === undefined) return [...result, { run: duration }];
  if (isPhase(final, 'run')) result[last] = { run: tidy(final.run + missing) };
  else if (isPhase(final, 'runUntil')) result[last] = { runUntil: tidy(final.runUntil + missing) };
  return result;
}

/** Rounds sums of times as people write them, without the last digits that adding doubles leaves. */
function tidy(seconds: number): number {
  return Number(seconds.toPrecision(14));
}

/** Returns the time to run that was given from outside; undefined if none was or after a finding. */
export function givenDuration(
  context: Context,
  duration: string | undefined,
  document: ModelDocument,
): { phases: readonly PhaseDocument[]; total?: number } {
  const { protocol, duration: own } = document.experiment ?? {};
  if (protocol !== undefined && own !== undefined)
    context.report(messages.oneOfKeys(['duration', 'protocol'], 2), '/experiment/duration');
  const phases = protocol ?? (own === undefined ? [] : [{ run: own }]);
  if (duration === undefined) return { phases };
  const total = nonNegativeQuantity(context, written(duration), secondUnit, 'the time to run', '/--duration');
  return { phases, ...(total === undefined ? {} : { total }) };
}
