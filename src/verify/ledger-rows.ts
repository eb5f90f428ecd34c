/** Rows of the ledger behind a verdict, from comparisons at states and from runs. */

import { namesIn } from '../lang/walk.js';
import { lengthOf } from '../model/arrays.js';
import type { ValidModel } from '../model/model.js';
import { populationOf, populationsOf } from '../model/selected.js';
import { contentOf, expressionsIn } from '../model/typed.js';
import { typedModel } from '../model/typed-model.js';
import type { Distances } from './approach.js';
import type { StateComparison } from './states/cell-pair.js';
import { otherSynapses } from './states/cell-kinds.js';
import type { ModelDifference } from './compare-models.js';
import { protocol1, type Comparison, type Ledger, type LedgerRow } from './ledger.js';
import type { PartsThere } from './open-loop.js';

/** What was compared of two models. */
interface Compared {
  /** The first model, with its loop closed. */
  readonly source: ValidModel;
  /** The second model. */
  readonly target: ValidModel;
  /** Populations of the source with given spikes in both models. */
  readonly listedSpikes: ReadonlySet<string>;
  readonly there: PartsThere;
  /** Absent: the models were compared by runs only. */
  readonly states: StateComparison | undefined;
  /** Distances in runs. */
  readonly levels: readonly Distances[];
  /** Compared time of the runs, and all time of the protocol, in s. */
  readonly seconds: number;
  readonly until: number;
  /** End of the time in s of which inputs and protocols were compared at states. */
  readonly lookedUntil: number;
  /** Values that the lists of parts state otherwise. */
  readonly listed: readonly ModelDifference[];
}

/** Quantities of cells that act by spikes. */
const ofSpikes = ['threshold', 'reset', 'refractory period'] as const;

/** Checks whether a row is of an event of cells that never acted. */
export const isIdleEvent = ({ how, quantity }: LedgerRow): boolean =>
  how === 'never acted' && ofSpikes.some((one) => one === quantity);

/** Returns a ledger in which events that never acted are compared as under protocol 1. */
export function withActed(ledger: Ledger, { rows }: Ledger): Ledger {
  const keyOf = ({ part, quantity }: LedgerRow): string => `${quantity} of ${part}`;
  const acted = new Set(rows.filter(({ how }) => how === 'by run' || how === 'by state').map(keyOf));
  const under = (row: LedgerRow): LedgerRow =>
    isIdleEvent(row) && acted.has(keyOf(row)) ? { ...row, how: 'by run', reason: protocol1 } : row;
  return { ...ledger, rows: ledger.rows.map(under) };
}

/** Quantities through which protocols, stimuli, tables, operations and synapses act on cells. */
const ofInputs: ReadonlySet<string> = new Set(['inputs', 'given spikes', 'effects and delays', 'operation']);

/** Checks whether a row is about what acts on cells. @param timed  populations with rates that depend on the time */
export const isOfInputs = ({ part, quantity }: LedgerRow, timed: ReadonlySet<string>): boolean =>
  part === 'experiment' || ofInputs.has(quantity) || (quantity === 'rates' && timed.has(part));

/** Returns the rows for what was compared. */
export function ledgerRows(compared: Compared): readonly LedgerRow[] {
  const { source, states, listed } = compared;
  const { populations, projections } = source.model;
  const cells = Object.entries(populations).flatMap(([name, { type }]) =>
    type === undefined ? sourceRows(name, compared) : cellRows(name, compared),
  );
  const rows = [
    ...cells.map((row) => coveredRow(row, cells, compared)),
    ...Object.keys(projections).flatMap((name) => synapseRows(name, compared)),
    ...(states?.rows ?? []),
    ...laterRows(compared),
  ];
  return [...rows, ...listed.flatMap((difference) => unexplained(difference, rows))];
}

/** Returns a row of an event that never acted as the row of other cells with the same event in both models. */
function coveredRow(row: LedgerRow, rows: readonly LedgerRow[], { source, target, there }: Compared): LedgerRow {
  if (!isIdleEvent(row)) return row;
  const partsOf = (population: string): readonly string[] =>
    [...there].flatMap(([name, one]) => (one.population === population ? [name] : []));
  const ofTarget = (population: string): string =>
    JSON.stringify(partsOf(population).map((name) => eventText(target, name)));
  const other = rows.find(
    ({ part, quantity, how }) =>
      quantity === row.quantity &&
      how === 'by run' &&
      eventText(source, part) === eventText(source, row.part) &&
      ofTarget(part) === ofTarget(row.part),
  );
  return other ? { ...row, how: other.how, reason: `as ${other.part}, with the same events and values` } : row;
}

/** Returns the events of a population as text, with the values and definitions that they read. */
function eventText(valid: ValidModel, population: string): string {
  const model = typedModel(valid.model);
  const { type = '', values = {} } = model.populations[population] ?? {};
  const { events = {}, regimes = {}, derived = {}, parameters = {} } = model.neurons[type] ?? {};
  const entered = Object.values(regimes).map(({ onEntry, transitions }) => [onEntry, transitions]);
  const namesOf = (part: unknown): readonly string[] => expressionsIn(part).flatMap((e) => [...namesIn(e)]);
  const open = [...new Set(namesOf([events, entered]))];
  const read = new Map<string, string>();
  for (const name of open) {
    const definition = derived[name]?.value ?? values[name] ?? parameters[name]?.value;
    if (definition === undefined || read.has(name)) continue;
    read.set(name, contentOf([definition]));
    open.push(...namesOf([definition]));
  }
  return contentOf([events, entered, [...read].sort(([one], [other]) => (one < other ? -1 : 1))]);
}

/** Returns a row for the time after the compared one, if there is some. */
const laterRows = ({ until, lookedUntil }: Compared): readonly LedgerRow[] =>
  lookedUntil >= until - 1e-9
    ? []
    : [{ part: 'experiment', quantity: 'time', how: 'by run', seconds: { compared: lookedUntil, of: until } }];

/** Returns a function that makes rows of a part. */
const rowsOf =
  (part: string, { there }: Compared) =>
  (quantity: string, how: Comparison, more: Partial<LedgerRow> = {}): LedgerRow => {
    const counterpart = [...there].find(([, { population }]) => population === part)?.[0];
    return {
      part,
      quantity,
      how,
      ...(counterpart === undefined || counterpart === part ? {} : { counterpart }),
      ...more,
    };
  };

/** Returns the rows of a population with given spikes. */
function sourceRows(name: string, compared: Compared): readonly LedgerRow[] {
  const { source, listedSpikes, states, seconds, until } = compared;
  if (source.model.populations[name]?.spikes === undefined) return [];
  const row = rowsOf(name, compared);
  return states && listedSpikes.has(name)
    ? [row('given spikes', 'by value')]
    : [row('given spikes', 'by run', { seconds: { compared: seconds, of: until } })];
}

/** Returns the rows of a population of cells. */
function cellRows(name: string, compared: Compared): readonly LedgerRow[] {
  const { source, states, levels, seconds, until } = compared;
  const row = rowsOf(name, compared);
  const units = [...(levels.at(-1)?.units.values() ?? [])].filter(({ population }) => population === name);
  const [spikes, samples] = [true, false].map((isSpike) =>
    units.some((unit) => (unit.variable === undefined) === isSpike),
  );
  const reasons = states?.reasons.get(name) ?? [];
  const looked = states?.looked.get(name) ?? 0;
  const isByState = states !== undefined && looked > 0 && reasons.length === 0;
  const because = reasonOf(reasons);
  const ofEvents = [...reasons.filter((reason) => reason !== otherSynapses), ...(states?.ofEvents.get(name) ?? [])];
  const areEventsByState = states !== undefined && looked > 0 && ofEvents.length === 0;
  const how = (acted: boolean | undefined, otherwise: Comparison): Comparison =>
    isByState ? 'by state' : acted ? 'by run' : otherwise;
  const branches = (states?.oneWay ?? []).filter(({ population }) => population === name);
  const isTimed = hasTimedInputs(source, name);
  const inputs = how(spikes || samples, 'not looked at');
  return [
    row('first values', how(samples || spikes, 'not looked at'), because),
    row('rates', how(samples || spikes, 'not looked at'), because),
    ...(hasSpikes(source, name) ? ofSpikes : []).map((quantity) =>
      areEventsByState
        ? row(quantity, 'by state')
        : row(quantity, spikes ? 'by run' : 'never acted', reasonOf(ofEvents)),
    ),
    ...(isTimed
      ? [
          row(
            'inputs',
            inputs,
            inputs === 'by run' ? { ...because, seconds: { compared: seconds, of: until } } : because,
          ),
        ]
      : []),
    ...[...new Set(branches.map(({ text }) => text))].map((text) => row(`branch ${text}`, 'never acted')),
  ];
}

const reasonOf = (reasons: readonly string[]): Partial<LedgerRow> =>
  reasons.length === 0 ? {} : { reason: reasons.join(', ') };

/** Checks whether the cells of a population spike by a condition. */
const hasSpikes = ({ model }: ValidModel, population: string): boolean =>
  Object.values(model.neurons[model.populations[population]?.type ?? '']?.events ?? {}).some(
    ({ emits }) => emits !== null,
  );

/** Checks whether currents act on a population. */
const hasTimedInputs = ({ model }: ValidModel, population: string): boolean =>
  Object.values(model.stimuli).some(({ to }) => populationsOf(to).includes(population));

/** Returns the rows of a projection. */
function synapseRows(name: string, compared: Compared): readonly LedgerRow[] {
  const { source, states, levels } = compared;
  const { to, from, connect } = source.model.projections[name]!;
  const [rule] = connect;
  if (rule?.rule === 'list' && lengthOf(rule.sources) === 0) return [];
  const targets = populationsOf(to.of);
  const reason = targets.flatMap((population) => states?.unknown.get(population) ?? [])[0];
  const row = rowsOf(name, compared);
  if (states && reason === undefined) {
    const [some] = targets.flatMap((population) => states.receivers.get(population) ?? []);
    return [row('effects and delays', 'by state', some && some.compared < some.of ? { elements: some } : {})];
  }
  const isCompared = [...(levels.at(-1)?.units.values() ?? [])].some(({ population }) => targets.includes(population));
  const acts = isSpiking(compared, populationOf(from.of) ?? '');
  const isPlastic = states?.plastic.includes(name) ?? false;
  const how = isPlastic || !isCompared ? 'not looked at' : acts ? 'by run' : 'never acted';
  return [row('effects and delays', how, reason === undefined ? {} : { reason })];
}

/** Checks whether a population has given spikes, spikes in a run, or continuous outputs. */
const isSpiking = ({ source, levels }: Compared, population: string): boolean =>
  source.model.populations[population]?.spikes !== undefined ||
  [...(levels.at(-1)?.units.values() ?? [])].some((unit) => unit.population === population);

/** Returns a row for a value that lists of parts state otherwise and that no comparison at states explains. */
function unexplained(
  { parts, property, first, second }: ModelDifference,
  rows: readonly LedgerRow[],
): readonly LedgerRow[] {
  return parts.flatMap((part): readonly LedgerRow[] => {
    const [kind, name = ''] = part.split(' ');
    if (kind !== 'population' && kind !== 'projection') return [];
    const own = rows.filter((row) => row.part === name);
    const areSome = own.some(({ elements }) => elements !== undefined);
    const isValue = first !== null && second !== null && !['', 'type', 'connect'].includes(property);
    if (!isValue && !areSome) return [];
    // Rows that never acted forbid the short verdict by themselves.
    if (!areSome && own.every(({ how }) => ['by state', 'by value', 'never acted'].includes(how))) return [];
    return [
      { part: name, quantity: property, how: 'not looked at', reason: `${first ?? 'none'} and ${second ?? 'none'}` },
    ];
  });
}
