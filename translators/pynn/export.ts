/**
 * From the canonical model to PyNN-style JSON, with a report on each part. Standard types are written by name with the
 * parameters that differ from PyNN's defaults. Connectors, generators, views, recordings and phases follow.
 * A type is a standard one if it declares so (`conformsTo`) and its equations are the library's.
 */

import { populationsOf } from '../../src/model/selected.js';
import { areInFile, isGiven } from '../../src/model/tagged.js';
import { conventions } from '../../src/library/conventions.js';
import type { StandardCell } from '../../src/library/standard-type.js';
import { numbersOf } from '../../src/model/arrays.js';
import type * as form from '../../src/model/model.js';
import { type Model, type Population, type Projection, type ValidModel } from '../../src/model/typed.js';
import { typedValid, writtenValid } from '../../src/model/typed-model.js';
import { child } from '../../src/model/pointer.js';
import { defaultOf, unitOf } from './cells.js';
import { outOfRange } from './check-ranges.js';
import { compartmentsOf } from './export/compartments.js';
import { valueIn, type ExportContext } from './export/context.js';
import { given } from './export/given.js';
import { sourcesOf } from './export/current-sources.js';
import { isNative, receptorsOf, runsHere } from './export/native.js';
import { NativeParts } from './export/native-parts.js';
import { NestmlModels, type NestmlModel } from '../nestml/export/models.js';
import {
  currentPasses,
  equationPasses,
  isRefusedByNest,
  namePasses,
  nestmlPasses,
  pynnPasses,
} from './export/passes.js';
import { positionsOf } from './export/positions.js';
import { projectionOf } from './export/projections.js';
import { protocolOf, trainsOf } from './export/protocol.js';
import { reasonsForEquations } from './export/reasons.js';
import { composed, type Became } from '../../src/model/rewriting/became.js';
import { mechanismAt, reportUnwritten } from '../../src/model/rewriting/unwritten-parts.js';
import { applyPasses, type AfterPass, type PassContext } from '../../src/model/rewriting/rewriting.js';
import { ConversionReport, isLeftOut, isLoss, type ConversionEntry } from '../../src/model/conversion-report.js';
import { unnamed } from '../shared/documentation.js';
import { withoutDangling } from './export/dangling.js';
import { Targets } from './export/targets.js';
import { cellOf, standardCellOf, type ExportedCompartments } from './export/types.js';
import { Generators } from './export/values.js';
import { inUnit } from '../shared/in-unit.js';
import type { Population as PynnPopulation, PynnSpecification, Value as PynnValue } from './specification.generated.js';

/** A document, and how faithful it is. */
interface PynnExport {
  /** The document in the form that `importPynn` reads. */
  readonly document: PynnSpecification;
  /** One entry for each part of the model that is exact, and one for each thing that is not. */
  readonly report: readonly ConversionEntry[];
  /** Models of NESTML that cells of the type `nestml:NAME` are. */
  readonly nestml: readonly NestmlModel[];
  /** Pointers to recordings of the model, by target and variable in PyNN's terms. */
  readonly recorded: ReadonlyMap<string, string>;
  readonly became: Became;
}

/** How to write parts without a name in PyNN. */
export interface PynnOptions {
  /** For NEST: parts without a name that it has are written in NESTML, and left out if NESTML cannot express them. */
  readonly nestml?: boolean;
  readonly afterPass?: AfterPass | undefined;
}

/**
 * Returns a model as PyNN-style JSON: by PyNN's names if they express all of it. Otherwise it has the model's own types
 * under the model's own timing.
 */
export async function exportPynn(
  whole: form.ValidModel,
  { nestml = false, afterPass }: PynnOptions = {},
): Promise<PynnExport> {
  const report = new ConversionReport('pynn');
  const { valid, became: first } = await applyPasses(pynnPasses, typedValid(whole), { report, afterPass });
  const { valid: apart, became: outside } = await applyPasses(currentPasses, valid, { report, afterPass });
  const way: Way = { valid, apart, report, afterPass, became: first, becameApart: composed([first, outside]) };
  const names = { report: new ConversionReport('pynn', report), afterPass };
  const { valid: standard, became } = await applyPasses(namePasses, apart, names);
  const named = {
    ...written(standard, valid, names.report, { isForNest: nestml }),
    became: composed([first, outside, became]),
  };
  const lost = lossesSince(report, named.report);
  const refused = nestml ? refusedByNest(apart.model, standard.model) : [];
  const isLacking = lost.some(isLoss);
  if (refused.length === 0 && !isLacking) return named;
  const reasons = [...refused, ...(isLacking ? reasonsForEquations(lost) : [])];
  return nestml ? inNestml(way, standard.model, reasons) : inEquations(way, reasons);
}

/** Returns reasons why plastic synapses by PyNN's names are written in NESTML: NEST refuses part of their delays. */
const refusedByNest = (model: Model, named: Model): readonly ConversionEntry[] =>
  Object.keys(model.projections).flatMap((name): ConversionEntry[] =>
    isRefusedByNest(model, named, name)
      ? [
          {
            verdict: 'convention',
            code: 'pynn/nestml',
            pointer: child('/projections', name),
            message:
              'NEST refuses an STDPMechanism with a dendritic_delay_fraction other than 1: it is written in NESTML',
          },
        ]
      : [],
  );

/** Returns the parts that are left out by a report that continues another one. */
const lossesSince = (before: ConversionReport, entries: readonly ConversionEntry[]): readonly ConversionEntry[] =>
  entries.slice(before.entries.length).filter(isLeftOut);

/** Report text for types that PyNN lacks and NESTML has. */
const compiled = 'has no name in PyNN and is written in NESTML, which NEST runs once NESTML has compiled it';

/** A model that PyNN's names do not express. */
interface Way extends PassContext {
  /** Without populations that have no cells. */
  readonly valid: ValidModel;
  /** With currents outside its cells as well. */
  readonly apart: ValidModel;
  /** Parts of the model in both. */
  readonly became: Became;
  readonly becameApart: Became;
}

/** Returns a model in its own equations. */
async function inEquations(
  { valid, report: before, afterPass, became: first }: Way,
  reasons: readonly ConversionEntry[],
): Promise<PynnExport> {
  const report = new ConversionReport('pynn', before);
  report.addAll(reasons);
  const { valid: own, became } = await applyPasses(equationPasses, valid, { report, afterPass });
  return {
    ...written(own, valid, report, { natives: new NativeParts(own) }),
    became: composed([first, became]),
  };
}

/** Returns a model in PyNN's names as far as they reach, with the rest in NESTML. */
async function inNestml(
  { valid, apart, report: before, afterPass, became: first, becameApart }: Way,
  named: Model,
  reasons: readonly ConversionEntry[],
): Promise<PynnExport> {
  // Currents that PyNN's sources cannot feed stay in the equations.
  const areCurrents = Object.values(apart.model.stimuli).every(
    (stimulus) =>
      stimulus.kind !== 'current' ||
      populationsOf(stimulus.to).every((name) => {
        const type = apart.model.neurons[apart.model.populations[name]?.type ?? ''];
        return type?.inputs[stimulus.input]?.unit === 'A';
      }),
  );
  const report = new ConversionReport('pynn', before);
  const { valid: settled, became } = await applyPasses(nestmlPasses(named), areCurrents ? apart : valid, {
    report,
    afterPass,
  });
  report.addAll(reasons);
  return {
    ...written(settled, valid, report, { nestml: new NestmlModels(settled), isForNest: true }),
    became: composed([areCurrents ? becameApart : first, became]),
  };
}

/**
 * @param original  the model before its types were replaced by PyNN's
 * @param forms     take parts without a name in PyNN; absent: such parts are left out
 */
function written(
  { model, data }: ValidModel,
  original: ValidModel,
  report: ConversionReport,
  {
    natives,
    nestml,
    isForNest = false,
  }: Pick<ExportContext, 'natives' | 'nestml'> & { readonly isForNest?: boolean } = {},
): Omit<PynnExport, 'became'> {
  const { labels = {}, selections = {}, extra: kept = {}, simulator } = keptOf(model);
  const extra = { ...(natives === undefined ? onGrid(original.model, isForNest) : {}), ...kept };
  const label = (name: string): string => labels[name] ?? name;
  const generators = new Generators();
  const cells = new Map<string, StandardCell>();
  const compartments = new Map<string, ExportedCompartments>();
  const context: ExportContext = {
    model,
    data,
    report,
    generators,
    label,
    cells,
    compartments,
    ...(natives === undefined ? {} : { natives }),
    ...(nestml === undefined ? {} : { nestml }),
    targets: new Targets(data, generators, label, model.populations, selections),
  };
  for (const [name, type] of Object.entries(model.neurons)) {
    const standard = standardCellOf(name, type);
    const structured =
      natives === undefined && nestml === undefined ? compartmentsOf({ model, data, report }, name, type) : undefined;
    if (structured !== undefined) {
      compartments.set(name, structured);
      cells.set(name, structured.standard);
    } else if (typeof standard === 'string') {
      if (natives !== undefined) {
        cells.set(name, natives.cell(name, type, receptorsOf(model, name)));
        for (const mechanism of Object.keys(type.compartments?.mechanisms ?? {}))
          report.wrote(mechanismAt(name, mechanism));
        report.convention('pynn/native', child('/neurons', name), runsHere);
      } else if (nestml !== undefined) {
        const made = nestml.cell(name);
        if (typeof made === 'string') report.missing(child('/neurons', name), `NESTML: ${made}`, 'pynn/not-in-nestml');
        else {
          cells.set(name, made.standard);
          report.convention('pynn/nestml', child('/neurons', name), compiled);
          for (const difference of made.approximations)
            report.different('pynn/nestml-step', child('/neurons', name), difference);
        }
      }
      // For a type without a claimed name, each population reports the reason.
      else if (type.conformsTo !== undefined) report.missing(child('/neurons', name), standard);
    } else {
      cells.set(name, standard);
      report.exact(child('/neurons', name), `${standard.name} by name`);
    }
  }
  /** Returns the parts of a section that PyNN has. */
  const made = <Part, Made extends object>(
    section: 'populations' | 'projections',
    make: (context: ExportContext, name: string, part: Part) => Made | undefined,
    parts: Readonly<Record<string, Part>>,
  ): readonly Made[] =>
    Object.entries(parts).flatMap(([name, part]) => {
      const one = make(context, name, part);
      if (one === undefined) return [];
      const pointer = child(`/${section}`, name);
      const outside = outOfRange(one);
      if (outside !== undefined) {
        const { message, found = '', expected = '' } = outside;
        report.missing(pointer, `${message}: it is ${found}, and PyNN takes ${expected}`, outside.code);
        return [];
      }
      report.wrote(pointer);
      return [one];
    });
  const populations = made('populations', populationOf, model.populations);
  const projections = made('projections', projectionOf, model.projections);
  const { recordings, phases, recorded } = protocolOf(context);
  const sources = sourcesOf(context);
  for (const name of Object.keys(model.operations))
    if (nestml?.runs(name) === true) report.wrote(child('/operations', name));
    else if (natives === undefined) report.missing(child('/operations', name), 'PyNN runs no code during a simulation');
    else {
      natives.add('operations', name);
      report.wrote(child('/operations', name));
      report.convention('pynn/native', child('/operations', name), runsHere);
    }
  if (natives === undefined) report.addAll(conventions(writtenValid(original), 'grid'));
  const { pynn: _, source, outputFiles, ...rest } = model.annotations;
  const annotations = { ...rest, ...(outputFiles === undefined || natives === undefined ? {} : { outputFiles }) };
  if (outputFiles !== undefined && natives === undefined)
    report.exact(
      '/annotations/outputFiles',
      'text files that runs of the model write take columns by names of recordings, which PyNN has not: runs of the ' +
        'document write none of them, but what -o names',
      'pynn/output-files',
    );
  // Unused selections may name further generators.
  const selected = context.targets.declarations();
  const document: PynnSpecification = {
    format: 'interneuron/pynn',
    version: 1,
    pynn: '0.13',
    name: model.name === '' ? unnamed : model.name,
    ...model.metadata,
    ...(typeof source === 'string' ? { source } : {}),
    ...(model.experiment.seed === '0' ? {} : { seed: model.experiment.seed }),
    setup: {
      timestep: inUnit(model.experiment.dt, 'ms'),
      // Projections keep other limits.
      ...(typeof simulator?.minDelay === 'number' ? { min_delay: simulator.minDelay } : {}),
      ...delayLimits(context),
      ...given('extra', extra),
      ...(simulator === undefined ? {} : { simulator: simulator.name }),
      ...given('sent_early', { ...simulator?.sentEarly }),
      ...given('late_currents', { ...simulator?.lateCurrents }),
    },
    ...given('rngs', generators.rngs),
    populations,
    ...selected,
    ...(projections.length === 0 ? {} : { projections }),
    ...(sources.length === 0 ? {} : { current_sources: sources }),
    ...(recordings.length === 0 ? {} : { recordings }),
    phases,
    ...given('native', { ...natives?.document() }),
    ...given('annotations', annotations),
  };
  const whole = withoutDangling(document, report);
  reportUnwritten(model, report);
  return {
    document: whole,
    report: report.entries,
    nestml: nestml?.models ?? [],
    recorded,
  };
}

/** Places spikes on steps under NEST, where PyNN would place them between; scripts for all simulators stay as given. */
const onGrid = ({ timing }: Model, isForNest: boolean): Readonly<Record<string, unknown>> =>
  timing === 'grid' && !isForNest ? {} : { spike_precision: 'on_grid' };

/** Returns annotations that an import from this notation kept. */
const keptOf = (
  model: Model,
): {
  readonly labels?: Readonly<Record<string, string>>;
  readonly extra?: Readonly<Record<string, unknown>>;
  readonly simulator?: {
    readonly name: 'nest';
    readonly minDelay: number | 'auto';
    readonly sentEarly?: Readonly<Record<string, number>>;
    readonly lateCurrents?: Readonly<Record<string, number>>;
  };
  readonly selections?: Readonly<Record<string, form.SelectionRule>>;
} => model.annotations['pynn'] ?? {};

/** Returns the range of delays that all projections keep to. */
function delayLimits(context: ExportContext): { readonly min_delay?: number; readonly max_delay?: number } {
  const { model, report } = context;
  const named = Object.entries(model.projections).filter(([, projection]) => !isNative(context, projection));
  const ranges = named.flatMap(([name, projection]) => {
    const isWithin = projection.delayRange === undefined && isPlastic(context, projection);
    return isWithin ? [] : [[name, projection.delayRange] as const];
  });
  const [[, first] = ['', undefined]] = ranges;
  const plastic = named.find(
    ([, projection]) =>
      projection.delayRange === undefined && isPlastic(context, projection) && !isBetween(context, projection, first),
  );
  const [name] = ranges.find(([, range]) => range?.min !== first?.min || range?.max !== first?.max) ?? plastic ?? [];
  if (name !== undefined) {
    report.missing(child(child('/projections', name), 'delayRange'), 'a separate range of delays for each projection');
    return {};
  }
  return {
    ...(first?.min === undefined ? {} : { min_delay: inUnit(first.min, 'ms') }),
    ...(first?.max === undefined ? {} : { max_delay: inUnit(first.max, 'ms') }),
  };
}

/**
 * Checks whether synapses react to spikes of their targets: of the two sides of their delays none has a range of its
 * own.
 */
const isPlastic = ({ model }: ExportContext, { synapse }: Projection): boolean =>
  Object.values(model.synapses[synapse]?.pathways ?? {}).some(({ on }) => on.end === 'post');

/**
 * Checks whether the delay of each synapse, the sum of its sides, lies within a range; of drawn ones, PyNN finds out.
 */
function isBetween(
  { model, data }: ExportContext,
  { synapse, delays }: Projection,
  range: Projection['delayRange'],
): boolean {
  const sides = Object.entries(model.synapses[synapse]?.pathways ?? {}).map(([key, { delay }]) => delays[key] ?? delay);
  const numbers = sides.map((side) =>
    typeof side === 'number' ? [side] : isGiven(side) ? numbersOf(side.array, data) : [],
  );
  if (numbers.some(({ length }) => length === 0)) return true;
  const count = Math.max(...numbers.map(({ length }) => length));
  return Array.from({ length: count }, (_, k) =>
    numbers.reduce((delay, all) => delay + (all[all.length === 1 ? 0 : k] ?? 0), 0),
  ).every((delay) => delay >= (range?.min ?? 0) * (1 - 1e-9) && delay <= (range?.max ?? Infinity) * (1 + 1e-9));
}

function populationOf(context: ExportContext, name: string, population: Population): PynnPopulation | undefined {
  const { model, report, cells } = context;
  const pointer = child('/populations', name);
  const { size } = population;
  const label = context.label(name);
  const positions = positionsOf(context, population, child(pointer, 'positions'));
  if (population.type === undefined) {
    const { spikes } = population;
    if (spikes !== undefined && context.natives !== undefined && (areInFile(spikes) || spikes.period !== undefined))
      return {
        label,
        size,
        cell: { type: 'SpikeSourceArray' },
        ...positions,
        ...context.natives.inSteps(population, {
          spikes: context.natives.plain(context.natives.model.populations[name]?.spikes),
        }),
      };
    if (spikes === undefined || areInFile(spikes)) return report.missing(pointer, 'spikes stored in a file');
    if (spikes.period !== undefined) return report.missing(pointer, 'spikes that repeat with a period');
    const params = { spike_times: { sequences: trainsOf(context, spikes, size) } };
    return {
      label,
      size,
      cell: { type: 'SpikeSourceArray', params },
      ...positions,
      ...context.natives?.inSteps(population),
    };
  }
  const standard = cells.get(population.type);
  const type = model.neurons[population.type];
  if (standard === undefined || type === undefined)
    return report.hasOmission(pointer)
      ? undefined
      : report.missing(pointer, `its type ${population.type} has no name in PyNN`);
  if (context.natives !== undefined && standard.native === true)
    return { label, size, ...context.natives.population(name) };
  const params: Record<string, PynnValue> = {};
  const initial: Record<string, PynnValue> = {};
  /** Puts in a value, unless it is PyNN's own. */
  const give = (into: Record<string, PynnValue>, theirs: string, ours: string, value: PynnValue | undefined): void => {
    if (value !== undefined && value !== defaultOf(standard, ours)) into[theirs] = value;
  };
  const at = (key: string): string => child(child(pointer, 'values'), key);
  for (const key of Object.keys(standard.neuron.parameters ?? {})) {
    const value = population.values[key] ?? type.parameters[key]?.value ?? 0;
    give(params, key, key, valueIn(context, value, unitOf(standard, key), at(key)));
  }
  for (const [theirs, ours] of Object.entries(standard.initial)) {
    const value = population.values[ours] ?? type.state[ours]?.initial ?? type.compartments?.initial;
    if (value !== undefined) give(initial, theirs, ours, valueIn(context, value, unitOf(standard, ours), at(ours)));
  }
  const own = Object.keys(population.values).find((key) => type.compartments && standard.initial[key] === undefined);
  if (own !== undefined) return report.missing(at(own), `${own}, which differs from the value of its type`);
  const cell = context.compartments.get(population.type)?.cell ?? cellOf(type, standard, params);
  return { label, size, cell, ...positions, ...given('initial_values', initial) };
}
