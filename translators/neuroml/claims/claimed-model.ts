/**
 * The PyNN model that a document says it was written from (`claims.ts`): cells and synapses by PyNN's names, with the
 * numbers and connections that the document has. It holds where that model, written as LEMS, is this very document.
 */

import { Diagnostics } from '../../../src/diagnostics/diagnostic.js';
import { unplaced } from '../../../src/diagnostics/positions.js';
import { gathered } from '../../../src/library/gather/gather.js';
import { normalisedCell } from '../../../src/library/normalised.js';
import { cellNamed } from '../../../src/library/standard-names.js';
import type { StandardCell } from '../../../src/library/standard-type.js';
import type { ConversionEntry } from '../../../src/model/conversion-report.js';
import { hashModel } from '../../../src/model/hash.js';
import type {
  Model,
  NeuronType,
  Population,
  Projection,
  Recording,
  ValidModel,
  Value,
} from '../../../src/model/model.js';
import { normalise } from '../../../src/model/normalise.js';
import { wholePopulation } from '../../../src/model/selected.js';
import { isPhase } from '../../../src/model/tagged.js';
import { exportLems } from '../export.js';
import { readBackOf } from '../export/read-back.js';
import { pynnNameOf } from '../export/standard-cell.js';
import { lemsTypeOf, NotClaimed, typeName, type ClaimedParts } from './not-claimed.js';
import { claimedPopulation } from './claimed-population.js';
import { claimedProjection } from './claimed-projection.js';
import { claimedRecordings } from './claimed-recordings.js';
import { noClaims, type Claims } from './claims.js';

/** A model that a document says it was written from. */
export interface ClaimedModel {
  /** With the connections and numbers of the document. */
  readonly valid: ValidModel;
  /** What is said to have been drawn or computed, still to be drawn and compared; with the types that it needs. */
  readonly before: {
    readonly populations: Readonly<Record<string, Partial<Population>>>;
    readonly projections: Readonly<Record<string, Partial<Projection>>>;
  };
  readonly neurons: Model['neurons'];
  /** How simulators of PyNN differ from LEMS's. */
  readonly entries: readonly ConversionEntry[];
}

/**
 * The model that a document was written from, in PyNN's types.
 *
 * @returns a text that says why where the document makes claims that do not hold; undefined where it makes none and
 *   is not all in NeuroML's types for PyNN
 */
export function claimedModel(valid: ValidModel): ClaimedModel | string | undefined {
  const { model } = valid;
  const kept = model.annotations['claims'] as Claims | undefined;
  const [run, second] = model.experiment.protocol;
  if (model.timing !== 'lems-euler') return undefined;
  const claims = { ...noClaims, ...kept };
  if (!kept && !Object.keys(model.neurons).some((id) => pynnNameOf(lemsTypeOf(valid, id)) !== undefined))
    return undefined;
  try {
    if (second || !run || !isPhase(run, 'run') || Object.keys({ ...model.operations, ...model.stimuli }).length > 0)
      throw new NotClaimed('it does more than run once');
    const { valid: grid, entries } = gathered(valid, 'pynn');
    const made = candidate(valid, claims, grid.model.populations);
    const { root } = exportLems(made);
    const back = readBackOf(root);
    if (typeof back === 'string') throw new NotClaimed(back);
    if (back.hashes.model !== hashModel(model).model)
      throw new NotClaimed('the document has been changed since it was written');
    return {
      valid: made,
      ...beforeDraws(made, claims, model.annotations['connect']),
      entries: entries.filter(({ code }) => code === 'pynn/euler'),
    };
  } catch (error) {
    if (!(error instanceof NotClaimed)) throw error;
    return kept === undefined ? undefined : error.message;
  }
}

function candidate(valid: ValidModel, claims: Claims, sources: Model['populations']): ValidModel {
  const { model, data } = valid;
  const parts: ClaimedParts = {
    valid,
    sources,
    neurons: {},
    synapses: {},
    dt: model.experiment.dt,
  };
  const gone = Object.keys(claims.populations).find((name) => !Object.hasOwn(model.populations, name));
  if (gone !== undefined) throw new NotClaimed(`it has no population ${gone}`);
  const inputs = inputsOf(valid, claims);
  const names = Object.keys(model.populations).filter((name) => !inputs.has(name));
  const order = claims.order?.filter((name) => names.includes(name)) ?? [];
  const populations: Record<string, Population> = {};
  for (const name of [...order, ...names.filter((one) => !order.includes(one))])
    populations[name] = claimedPopulation(name, claims.populations[name] ?? {}, parts);
  const projections: Record<string, Projection> = {};
  for (const read of Object.keys(model.projections).filter((one) => !inputs.has(one))) {
    const name = contactsOf(read, claims, model) ?? read;
    if (name === otherEnds) continue;
    projections[name] = claimedProjection(name, read, claims.projections[name] ?? {}, populations, parts);
  }
  const labels = Object.fromEntries(
    [claims.populations, claims.projections, claims.stimuli].flatMap((parts) =>
      Object.entries(parts).flatMap(([name, { label }]) => (label === undefined ? [] : [[name, label] as const])),
    ),
  );
  const recordings: readonly Recording[] = claimedRecordings(populations, parts);
  const { lems: _, claims: __, connect: ___, outputFiles: ____, displays: _____, ...annotations } = model.annotations;
  const whole: Model = {
    ...model,
    neurons: parts.neurons,
    synapses: parts.synapses,
    populations,
    projections,
    stimuli: Object.fromEntries(
      Object.entries(claims.stimuli).flatMap(([name, { stimulus }]) => (stimulus ? [[name, stimulus] as const] : [])),
    ),
    recordings,
    timing: 'grid',
    annotations: { ...annotations, ...(Object.keys(labels).length > 0 ? { pynn: { labels } } : {}) },
  };
  // What the document claims is anybody's: it is checked as a document is.
  const made = normalise(whole, unplaced, new Diagnostics(), { data });
  if (!made) throw new NotClaimed('what its properties say is no model');
  return made;
}

const otherEnds = Symbol('the other ends of contacts');

/** The claimed projection whose contacts are read as a projection of each end, under names of their own. */
function contactsOf(read: string, { projections }: Claims, model: Model): string | typeof otherEnds | undefined {
  for (const name of Object.keys(projections).filter((one) => !Object.hasOwn(model.projections, one))) {
    if (read.endsWith(`_${name}_synapses`)) return name;
    // Contacts act on one end each: what acts on the other one is a projection back.
    if ([`_${name}_other_ends`, `_${name}_back_other_ends`, `_${name}_back_synapses`].some((one) => read.endsWith(one)))
      return otherEnds;
  }
  return undefined;
}

/** Populations that only drive cells, and their projections: what currents have become in the document. */
function inputsOf(valid: ValidModel, { populations }: Claims): ReadonlySet<string> {
  const { model } = valid;
  const found = new Set<string>();
  for (const [name, { from, synapse }] of Object.entries(model.projections)) {
    const source = wholePopulation(from.of) ?? '';
    const { type = '' } = model.populations[source] ?? {};
    const drives = Object.keys(model.synapses[synapse]?.pathways ?? {}).length === 0;
    const isCell = populations[source]?.cell !== undefined || pynnNameOf(lemsTypeOf(valid, type)) !== undefined;
    if (drives && !isCell) found.add(name).add(source);
  }
  return found;
}

/** What was drawn, as it is said to have been before. */
function beforeDraws({ model }: ValidModel, claims: Claims, rules: unknown): Pick<ClaimedModel, 'before' | 'neurons'> {
  const neurons: Record<string, NeuronType> = {};
  const populations: Record<string, Partial<Population>> = {};
  for (const [name, { cell, values }] of Object.entries(claims.populations)) {
    const known = model.populations[name];
    if (!known) continue;
    const standard = known.type === undefined && cell !== undefined ? cellOfValues(cell, values ?? {}) : undefined;
    const library = standard && normalisedCell(standard);
    if (library) populations[name] = { type: typeName(neurons, cell ?? '', library), ...(values ? { values } : {}) };
    else if (values) populations[name] = { values };
  }
  const projections: Record<string, Partial<Projection>> = {};
  for (const name of Object.keys(model.projections)) {
    const { from, to, values, delays = {} } = claims.projections[name] ?? {};
    const connect = (rules as Readonly<Record<string, Projection['connect']>> | undefined)?.[name];
    const drawn = Object.fromEntries(Object.entries(delays).filter(([, value]) => typeof value !== 'number'));
    const parts = {
      ...(from ? { from } : {}),
      ...(to ? { to } : {}),
      ...(connect ? { connect } : {}),
      ...(values ? { values } : {}),
      ...(Object.keys(drawn).length > 0 ? { delays: drawn } : {}),
    };
    if (Object.keys(parts).length > 0) projections[name] = parts;
  }
  return { before: { populations, projections }, neurons };
}

/** A cell of as many components as there are values for. */
const cellOfValues = (name: string, values: Readonly<Record<string, Value>>): StandardCell | undefined =>
  cellNamed(name, {
    parameters: Object.fromEntries(
      Object.keys(values).map((key) => [key, { unit: '1', type: 'real', value: 0, shared: false }]),
    ),
    state: {},
  });
