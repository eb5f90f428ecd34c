/**
 * A model of components, as LEMS has them, in the way in which other notations say the same: refractory times in the
 * place of regimes, receptors of cells in that of responses which each synapse keeps, currents of the time in that of
 * generators, given spikes and Poisson sources in that of cells that only know the time.
 *
 * What has no such form stays as it is.
 */

import type { Expression } from '../../lang/ast.js';
import { name as named } from '../../lang/build.js';
import { parseExpression, parseStatements } from '../../lang/parse.js';
import { namesIn, substitute } from '../../lang/walk.js';
import { Diagnostics } from '../../diagnostics/diagnostic.js';
import { unplaced } from '../../diagnostics/positions.js';
import { ConversionReport, type ConversionEntry } from '../../model/conversion-report.js';
import { atBeginOfStep, atEndOfStep } from '../../model/end-of-step.js';
import { mapped } from '../../model/collections.js';
import { ownNames } from '../../model/declared-names.js';
import type {
  Model,
  NeuronType,
  Population,
  Projection,
  Recording,
  SynapseType,
  ValidModel,
} from '../../model/model.js';
import { freeName } from '../../model/free-name.js';
import { child } from '../../model/pointer.js';
import { wholePopulation } from '../../model/selected.js';
import { isSelection } from '../../model/tagged.js';
import { withColumnsOf } from '../file-columns.js';
import { tidy } from '../recognise/numbers.js';
import { advancedAtOnce, writtenBySynapses } from './at-once.js';
import { advancesByCells, withContacts } from './contacts.js';
import { fitArrivals } from './arrivals.js';
import { gatheringOf, leadOf, outputOf, type Gathering } from './gathering.js';
import { readable } from '../readable/readable.js';
import { regathered, reportSamples, targetOf } from './recordings.js';
import { reportParts } from './parts.js';
import { gatherRegimes } from './refractory.js';
import { isForward, withEventsInTurn } from './same-step.js';
import { linkedLate, seenLate, withShownValues } from './shown-late.js';
import { noteShownSums, withShownSums } from './shown-sums.js';
import { gatherSource, spikesAtSteps, splitSources } from './sources.js';
import { withSpikesByName } from './spike-names.js';
import { asReceptors } from './summed-responses.js';
import { holdOutputs } from './held-outputs.js';
import { withoutIdleOrders } from './idle-orders.js';
import { KeptValues } from './kept-values.js';
import { withSchemesInSteps } from './kinetic-schemes.js';
import { derivedOf, readsOf } from './texts.js';
import { withSummedTime, withTimesOfSum } from './summed-time.js';
import { restsOnRounding } from './time-conditions.js';

/** A model in the forms of other notations, as far as there are such. */
export interface GatheredModel {
  readonly valid: ValidModel;
  /** What gathering changed. */
  readonly entries: readonly ConversionEntry[];
}

/**
 * The same model on a grid of steps; a model of another timing is what it was, but for one of components whose cells
 * have a cable, which LEMS's steps cannot run.
 *
 * @param stage   first part of the report's codes
 * @param choices  `strict`: whether what parts read of the step before is kept in variables, where that is for Brian
 */
export function gathered(valid: ValidModel, stage: string, { strict = false } = {}): GatheredModel {
  const { timing, annotations, neurons } = valid.model;
  const cables = Object.entries(neurons).flatMap(([name, { cable }]) => (cable ? [name] : []));
  const onGrid = timing === 'grid' && annotations['lems'] !== undefined && stage === 'brian' && cables.length > 0;
  if (timing !== 'lems-euler' && !onGrid) return { valid, entries: [] };
  const report = new ConversionReport(stage);
  const named = withSpikesByName(onGrid ? atBeginOfStep(valid.model) : valid.model);
  const isStrict = strict && stage === 'brian' && !onGrid;
  const inContact = isStrict ? withContacts({ ...valid, model: named }) : undefined;
  const components = inContact ? allAtOnce(inContact.model, report) : named;
  const gathering = gatheringOf({ ...valid, model: components }, report, stage, strict && stage === 'brian');
  for (const name of inContact?.contacts ?? []) gathering.contacts.add(name);
  for (const name of cables) gathering.standard.add(name);
  const inOrder = gatheredModel(gathering, onGrid);
  const made = stage === 'brian' && !strict ? withoutIdleOrders(inOrder) : inOrder;
  const diagnostics = new Diagnostics();
  const { model: later } = atEndOfStep({ ...valid, model: made }, unplaced, diagnostics, {
    rates: stage === 'brian',
    contributions: stage === 'brian' && !onGrid,
    except: gathering.standard,
    sums: gathering.summedTimes,
  });
  diagnostics.throwIfErrors();
  const model = stage === 'brian' ? withSchemesInSteps(readable(later), report) : later;
  return { valid: { ...valid, model }, entries: report.entries };
}

/** The model with types whose parts are advanced at once, where that can be. */
function allAtOnce(model: Model, report: ConversionReport): Model {
  const change = <T extends NeuronType | SynapseType>(
    type: T,
    pointer: string,
    written: ReadonlySet<string>,
    linked: ReadonlySet<string> = new Set(),
  ): T => {
    const made = advancedAtOnce(type, written, { dt: model.experiment.dt, linked });
    if (made === undefined) return type;
    if (made.kept > 0)
      report.equivalent(
        'brian/parts',
        pointer,
        'LEMS advances its parts one after another; what they read of another step than Brian, which advances all at ' +
          `once, is kept in ${made.kept === 1 ? 'a variable' : `${made.kept} variables`}`,
      );
    return made.type;
  };
  const shown = withKeptPotentials(withShownValues(model));
  return {
    ...shown,
    neurons: mapped(shown.neurons, (type, name) =>
      change(type, child('/neurons', name), writtenBySynapses(shown, name), linkedIn(shown, name)),
    ),
    synapses: mapped(shown.synapses, (type, name) => change(type, child('/synapses', name), new Set())),
  };
}

/** Parameters of a type that stand for variables of other cells. */
const linkedIn = ({ populations }: Model, type: string): ReadonlySet<string> =>
  new Set(Object.values(populations).flatMap((one) => (one.type === type ? Object.keys(one.linked ?? {}) : [])));

/** The model with synapses whose inner parts read cells as they were a step before, which these keep. */
function withKeptPotentials(model: Model): Model {
  const kept = new KeptValues(model.neurons, model.experiment.dt);
  const synapses: Record<string, SynapseType> = { ...model.synapses };
  const projections = mapped(model.projections, (projection) => {
    const type = model.synapses[projection.synapse];
    const cell = model.populations[wholePopulation(projection.to.of) ?? '']?.type;
    if (type === undefined || cell === undefined || !feelsWhatIsSummed(type)) return projection;
    if (advancedAtOnce(type, new Set()) !== undefined) return projection;
    if (advancedAtOnce(type, new Set(), { keptByOthers: (reference) => reference }) === undefined) return projection;
    const reads = (reference: string): string | undefined => {
      const variable = kept.of(cell, reference.replace(/^post\./, ''));
      return reference.startsWith('post.') && variable !== undefined ? `post.${variable}` : undefined;
    };
    const made = advancedAtOnce(type, new Set(), { keptByOthers: reads });
    if (made === undefined) return projection;
    const text = JSON.stringify(made.type);
    const same = Object.entries(synapses).find(([, one]) => JSON.stringify(one) === text)?.[0];
    const synapse = same ?? freeName(projection.synapse, (one) => Object.hasOwn(synapses, one));
    synapses[synapse] = made.type;
    return { ...projection, synapse };
  });
  const { populations } = model;
  const made = mapped(populations, (population, name) => withKeptLinks(population, name, model, kept));
  return { ...model, neurons: kept.neurons, synapses, projections, populations: made };
}

/**
 * A population with a type whose inner parts read linked variables as they were a step before, which the cells keep to
 * which they are linked.
 */
function withKeptLinks(population: Population, name: string, { populations }: Model, kept: KeptValues): Population {
  const { linked = {} } = population;
  const type = kept.neurons[population.type ?? ''];
  const isEarlier = Object.values(linked).every(
    (link) => population.order < (populations[link.population]?.order ?? -1),
  );
  if (type === undefined || Object.keys(linked).length === 0 || !isEarlier) return population;
  const isLinked = new Set(Object.keys(linked));
  if (advancedAtOnce(type, new Set(), { linked: isLinked }) !== undefined) return population;
  if (advancedAtOnce(type, new Set(), { linked: isLinked, keptByOthers: (one) => `${one}_` }) === undefined)
    return population;
  const links = { ...linked };
  const parameters = { ...type.parameters };
  const taken = (one: string): boolean => ownNames(type).has(one) || Object.hasOwn(parameters, one);
  const known = new Map<string, string>();
  const keptByOthers = (parameter: string): string | undefined => {
    const link = links[parameter];
    const variable = link && kept.of(populations[link.population]?.type ?? '', link.variable);
    const own = type.parameters[parameter] ?? parameters[parameter];
    if (link === undefined || variable === undefined || own === undefined) return undefined;
    const key = known.get(parameter) ?? freeName(variable, taken);
    known.set(parameter, key);
    parameters[key] = own;
    links[key] = { ...link, variable };
    return key;
  };
  const made = advancedAtOnce(type, new Set(), { linked: isLinked, keptByOthers });
  if (made === undefined) return population;
  const label = freeName(`${population.type}_${name}`, (one) => Object.hasOwn(kept.neurons, one));
  kept.neurons[label] = { ...made.type, parameters };
  return { ...population, type: label, linked: links };
}

/** Whether what a synapse reads of cells is only in what it adds to its target, not in what it advances or assigns. */
function feelsWhatIsSummed(type: SynapseType): boolean {
  const derived = derivedOf(type);
  if (derived === undefined) return false;
  const events = Object.values(type.events ?? {});
  const computed = [...Object.values(type.derivatives).map(({ rate }) => rate), ...events.map(({ when }) => when)];
  const code = [...Object.values(type.pathways), ...events].flatMap(({ do: texts }) => texts);
  const read = [
    ...computed.flatMap((text) => [...namesIn(substitute(parseExpression(text), derived))]),
    ...code.flatMap((text) => [...readsOf(text)]).flatMap((one) => [...namesIn(derived.get(one) ?? named(one))]),
  ];
  return !read.some((one) => /^(?:pre|post)\./.test(one));
}

function gatheredModel(gathering: Gathering, onGrid: boolean): Model {
  gatherRegimes(gathering);
  splitSources(gathering);
  spikesAtSteps(gathering);
  for (const name of Object.keys(gathering.populations)) gatherSource(gathering, name);
  asReceptors(gathering);
  const kept = gathering.model.recordings.flatMap((one, k) => regathered(one, child('/recordings', k), gathering));
  const isForBrian = gathering.stage === 'brian' && !onGrid;
  if (isForBrian) fitToBrian(gathering, kept);
  else if (!onGrid)
    gathering.report.approximated(
      `${gathering.stage}/euler`,
      '/timing',
      `LEMS takes Euler steps of ${tidy(gathering.dt * 1e3)} ms; ` +
        'simulators of this notation integrate more accurately, ' +
        'so that spikes shift',
    );
  const recordings = isForBrian ? withShownSums(gathering, kept) : kept;
  const { lems: _, ...annotations } = withColumnsOf(gathering.model, recordings, {
    element: ({ of }, index) => (isSelection(of, 'synapses') ? targetOf(of.projection, index, gathering) : undefined),
  });
  const usedTypes = new Set(Object.values(gathering.populations).map(({ type }) => type));
  const usedSynapses = new Set(Object.values(gathering.projections).map(({ synapse }) => synapse));
  const only = <T>(map: Readonly<Record<string, T>>, used: ReadonlySet<string | undefined>): Record<string, T> =>
    Object.fromEntries(Object.entries(map).filter(([key]) => used.has(key)));
  return {
    ...gathering.model,
    neurons: only(gathering.neurons, usedTypes),
    synapses: only(gathering.synapses, usedSynapses),
    populations: gathering.populations,
    projections: gathering.projections,
    stimuli: gathering.stimuli,
    recordings,
    timing: 'grid',
    annotations,
  };
}

/** Reports where Brian's order within a step differs from LEMS's, and gives cell and synapse types LEMS's method. */
function fitToBrian(gathering: Gathering, recordings: readonly Recording[]): void {
  if (gathering.strict) withTimesOfSum(gathering);
  const assigned = gathering.strict ? assignedInStep(gathering) : new Set<string>();
  const isAdvanced = holdOutputs(gathering);
  const isBetween = [...gathering.contacts].some((name) => {
    const { from, to } = gathering.projections[name] ?? {};
    return from && to && wholePopulation(from.of) !== wholePopulation(to.of);
  });
  noteShownSums(gathering, recordings);
  fitArrivals(gathering, isAdvanced || isBetween || assigned.size > 0 || gathering.shownSums.size > 0);
  for (const name of assigned) actInStep(gathering, name);
  reportSamples(gathering);
  for (const [name, projection] of Object.entries(gathering.projections)) {
    const pointer = child('/projections', name);
    const [late] = seenLate(gathering.model, gathering.model.projections[name] ?? projection);
    if (late !== undefined)
      gathering.report.approximated(
        'brian/parts',
        pointer,
        `LEMS shows ${late} before it advances regimes: synapses read it as it was a step before`,
      );
    if (readsAssigned(gathering, projection) && !assigned.has(wholePopulation(projection.from.of) ?? ''))
      gathering.report.approximated(
        'brian/contributes',
        pointer,
        'LEMS takes the current of the same step; in Brian it is that of the step before',
      );
    if (followsOther(gathering, projection) && !gathering.contacts.has(name))
      gathering.report.approximated(
        'brian/contributes',
        pointer,
        'LEMS takes what the other cell showed in its last step; Brian takes what it has when the sum is made, up to a ' +
          'step later',
      );
    else if (!gathering.contacts.has(name) && advancesByCells(gathering.synapses[projection.synapse]))
      gathering.report.approximated(
        'brian/parts',
        pointer,
        'LEMS advances synapses before the cells that they follow; Brian may do so afterwards',
      );
  }
  for (const [name, population] of Object.entries(gathering.model.populations))
    for (const [, { variable }] of linkedLate(gathering.model, population))
      gathering.report.approximated(
        'brian/parts',
        child('/populations', name),
        `LEMS shows ${variable} before it advances regimes: it is read as it was a step before`,
      );
  const { projections, synapses } = gathering.model;
  for (const name of new Set(Object.values(projections).map(({ synapse }) => synapse))) {
    const type = synapses[name];
    if (type !== undefined) reportParts(type, child('/synapses', name), gathering.report);
  }
  for (const [name, type] of Object.entries(gathering.synapses))
    if (type.method === 'auto' && Object.keys(type.derivatives).length > 0)
      gathering.synapses[name] = { ...type, method: 'euler' };
  for (const [name, type] of Object.entries(gathering.neurons)) {
    if (type.method === 'auto') gathering.neurons[name] = { ...type, method: 'euler' };
    const populations = Object.values(gathering.populations).filter((population) => population.type === name);
    if (populations.length === 0) continue;
    if (restsOnRounding(type, populations, { dt: gathering.dt, end: gathering.end, by: 'sum' }))
      addUpTime(gathering, name);
    const linked = new Set(populations.flatMap((one) => Object.keys(one.linked ?? {})));
    reportParts(gathering.model.neurons[name] ?? type, child('/neurons', name), gathering.report, linked);
  }
}

/** Gives a type that compares times a variable that adds up the steps, as LEMS does; or says how they differ. */
function addUpTime({ neurons, strict, summedTimes, report }: Gathering, name: string): void {
  const summed = strict && neurons[name] ? withSummedTime(neurons[name]) : undefined;
  if (summed === undefined) {
    report.approximated(
      'brian/summed-time',
      child('/neurons', name),
      'a condition compares times that are whole steps apart; LEMS adds up its time, by whose rounding the condition ' +
        'holds a step sooner or later',
    );
    return;
  }
  neurons[name] = summed.type;
  summedTimes.set(name, summed.name);
  report.exact(
    child('/neurons', name),
    `conditions compare times as LEMS has them, which adds them up: so does ${summed.name}`,
    'brian/summed-time',
  );
}

/** Sources of which later cells add what their events assign in the same step. */
function assignedInStep(gathering: Gathering): ReadonlySet<string> {
  const found = new Set<string>();
  const others = new Set<string>();
  for (const projection of Object.values(gathering.projections)) {
    const from = wholePopulation(projection.from.of) ?? '';
    const type = gathering.neurons[gathering.populations[from]?.type ?? ''];
    if (type === undefined || outputOf(gathering, projection) === undefined) continue;
    const { variable = '' } = outputOf(gathering, projection) ?? {};
    const isOwn = Object.hasOwn(type.state, variable) && !Object.hasOwn(type.derivatives, variable);
    const isPlain = Object.keys(type.regimes).length === 0 && isOwn && isForward(gathering, projection);
    if (isPlain && readsAssigned(gathering, projection)) found.add(from);
    else others.add(from);
  }
  return new Set([...found].filter((one) => !others.has(one)));
}

/** Gives a population a type whose events are tested and act one after another, before later cells are advanced. */
function actInStep(gathering: Gathering, name: string): void {
  const population = gathering.populations[name];
  const type = gathering.neurons[population?.type ?? ''];
  if (population === undefined || type === undefined) return;
  const own = freeName(`${population.type}_${name}`, (one) => Object.hasOwn(gathering.neurons, one));
  gathering.neurons[own] = withEventsInTurn(type);
  gathering.populations = { ...gathering.populations, [name]: { ...population, type: own } };
  gathering.report.exact(
    child('/populations', name),
    'LEMS advances one population after another: what its events assign is there when later cells are advanced',
    'brian/order-in-step',
  );
}

/**
 * Whether a projection adds between spikes what its source assigns in its own step, which comes before the target's.
 */
function readsAssigned(gathering: Gathering, projection: Projection): boolean {
  const from = wholePopulation(projection.from.of) ?? '';
  const type = gathering.neurons[gathering.populations[from]?.type ?? ''];
  const output = outputOf(gathering, projection)?.variable;
  if (type === undefined || output === undefined || leadOf(gathering, from, [['', projection]]) === 0) return false;
  // What holds over a step was computed before it.
  if (type.derived[output]?.held === true) return false;
  const read = new Set([output, ...namesIn(derivedOf(type)?.get(output) ?? named(output))]);
  return Object.values(type.events).some(({ do: actions }) =>
    actions.some((text) => parseStatements(text).some((one) => one.kind === 'assignment' && read.has(one.target))),
  );
}

/** Whether what a projection adds between spikes follows its source all the time, as in gap junctions. */
function followsOther(gathering: Gathering, projection: Projection): boolean {
  const type = gathering.synapses[projection.synapse];
  if (type === undefined || outputOf(gathering, projection) !== undefined) return false;
  const derived = derivedOf(type) ?? new Map<string, Expression>();
  const texts = [...Object.values(type.contributes), ...Object.values(type.derivatives).map(({ rate }) => rate)];
  return (
    Object.keys(type.contributes).length > 0 &&
    texts.some((text) => [...namesIn(substitute(parseExpression(text), derived))].some((one) => one.startsWith('pre.')))
  );
}
