/**
 * From the canonical model to a Brian-like specification, with a report of everything that Brian cannot express.
 *
 *   1. plan      names that Brian accepts; parameters that become constants of a namespace
 *   2. groups    populations, then projections, tables, stimuli, operations, recordings, protocol
 *   3. gather    constants that all agree on go to the common namespace
 *   4. report    every part without an entry so far is exact
 */

import { callsIn } from '../../src/lang/walk.js';
import { child } from '../../src/model/pointer.js';
import { populationOf } from '../../src/model/selected.js';
import { isSelection } from '../../src/model/tagged.js';
import type { ValidModel } from '../../src/model/model.js';
import { expressionsIn, type Model } from '../../src/model/typed.js';
import { typedValid } from '../../src/model/typed-model.js';
import { exportGroup, type Constants, type Exported } from './export/groups.js';
import { ObjectNames } from './export/naming.js';
import { exportOperation, exportRecording, exportStimulus, exportTable } from './export/network.js';
import { exportProtocol } from './export/protocol.js';
import { planGroups, type ExportContext, type Plans } from './export/plan.js';
import { exportSynapses, planAllSynapses } from './export/projections.js';
import { quantityText, type Arithmetic } from '../../src/lang/readable-quantity.js';
import { ConversionReport, type ConversionEntry } from '../../src/model/conversion-report.js';
import { dimensionOf } from './export/equations-text.js';
import type { Became } from '../../src/model/rewriting/became.js';
import { reportUnwritten } from '../../src/model/rewriting/unwritten-parts.js';
import type { BrianSpecification } from './specification.generated.js';
import { withoutMethodOptions } from './method-options.js';
import { binomialKey, defaultClock, isPlainBinomial } from './vocabulary.js';

/** A specification, and how faithful it is. */
interface BrianExport {
  /** Input of `importBrian`. */
  readonly document: BrianSpecification;
  /**
   * One entry for each part of the model that is exact, and one for each thing that is not; pointers are into the
   * model.
   */
  readonly report: readonly ConversionEntry[];
  /** Variables under their names in Brian. */
  readonly became: Pick<Became, 'variable'>;
}

/**
 * Writes a model as a Brian-like specification. If the report has only `brian/exact` entries, importing it again gives
 * the same hashes.
 *
 * @param valid       a normalised model with its large arrays, which are written out in full
 * @param arithmetic  `double` if Python multiplies number and unit
 * @param report      report of earlier rewritings, to which entries are added
 */
export function exportBrian(
  valid: ValidModel,
  arithmetic: Arithmetic = 'decimal',
  report = new ConversionReport('brian'),
): BrianExport {
  const { model, data } = typedValid(valid);
  const objects = new ObjectNames();
  const binomials = binomialsOf(model);
  const tables = new Map([
    ...Object.keys(model.tables).map((id) => [id, objects.claim(id, 'table')] as const),
    ...[...binomials].map(([text, { n }]) => [text, objects.claim(`binomial_${n}`, 'function')] as const),
  ]);
  const context: ExportContext = { model, data, report, objects, tables, binomials, arithmetic };
  const groups = planGroups(context);
  const plans: Plans = { groups, synapses: planAllSynapses(groups, context) };
  const sections = exportSections(plans, context);
  remarkOnModel(context);
  reportUnwritten(model, report);
  settleReport(context);
  return {
    document: head(valid, sections, arithmetic) as unknown as BrianSpecification,
    report: report.entries,
    became: {
      variable: (given) => {
        const plan = plans.groups.get(given.owner) ?? plans.synapses.get(given.owner);
        return { ...given, name: plan?.names.get(given.name) ?? given.name };
      },
    },
  };
}

/**
 * Returns BinomialFunctions by their canonical calls with numbers as arguments, from which Brian computes
 * probabilities.
 *
 * @source Brian 2, `brian2.input.binomial`: if (1 - p)^n is zero as a double, so are all probabilities
 */
function binomialsOf(model: Model): ReadonlyMap<string, { readonly n: number; readonly p: number }> {
  const found = new Map<string, { readonly n: number; readonly p: number }>();
  for (const one of expressionsIn(model).flatMap(callsIn)) {
    if (!isPlainBinomial(one)) continue;
    const [{ value: n }, { value: p }] = one.arguments;
    if (p <= 1 && n * Math.min(p, 1 - p) < 500) found.set(binomialKey(one), { n, p });
  }
  return found;
}

type Section = Readonly<Record<string, unknown>>;

/** Regular operations of a group. */
interface RunRegularlyParts extends Section {
  readonly run_regularly?: readonly unknown[];
}

function exportSections(plans: Plans, context: ExportContext): Readonly<Record<string, unknown>> {
  const { model, report } = context;
  const groups = new Map([...plans.groups].map(([id, plan]) => [id, exportGroup(plan, plans, context)] as const));
  const synapses = new Map([...plans.synapses].map(([id, plan]) => [id, exportSynapses(plan, context)] as const));
  const common = commonConstants([...groups.values(), ...synapses.values()], plans);
  const operations = operationsByOwner(plans, context);
  const finish = (pointer: string, name: string, exported: Exported): Section => {
    report.wrote(pointer);
    const own = Object.fromEntries(Object.entries(exported.constants).filter(([key]) => !(key in common)));
    const { run_regularly: first = [], ...specification } = exported.specification as RunRegularlyParts;
    const regular = [...first, ...(operations.get(name) ?? [])];
    return {
      ...specification,
      ...(regular.length === 0 ? {} : { run_regularly: regular }),
      ...(Object.keys(own).length === 0 ? {} : { namespace: own }),
    };
  };
  const ofKind = (kind: string): Section =>
    Object.fromEntries(
      [...plans.groups].flatMap(([id, plan]) =>
        plan.kind === kind
          ? [
              [
                plan.name,
                finish(child('/populations', id), plan.name, groups.get(id) ?? { specification: {}, constants: {} }),
              ],
            ]
          : [],
      ),
    );
  const stimuli = Object.entries(model.stimuli).flatMap(([id, stimulus]) => {
    const input = exportStimulus(id, stimulus, plans, context);
    if (input === undefined) return [];
    report.wrote(child('/stimuli', id));
    return [[id, context.objects.claim(id, 'input'), input] as const];
  });
  const monitors = model.recordings.flatMap((recording, index) => {
    const monitor = exportRecording(recording, index, plans, context);
    return monitor === undefined ? [] : [{ id: recording.name, ...monitor }];
  });
  const monitorsIn = (section: string): Section =>
    Object.fromEntries(
      monitors.filter((monitor) => monitor.section === section).map(({ name, monitor }) => [name, monitor]),
    );
  return {
    namespace: common,
    timed_arrays: Object.fromEntries(
      Object.entries(model.tables).map(([id, table]) => [
        context.tables.get(id) ?? id,
        exportTable(id, table, context),
      ]),
    ),
    binomial_functions: Object.fromEntries(
      [...context.binomials].map(([text, { n, p }]) => [
        context.tables.get(text) ?? text,
        { n, p, approximate: false },
      ]),
    ),
    neuron_groups: ofKind('neuron'),
    spatial_neurons: ofKind('spatial'),
    poisson_groups: ofKind('poisson'),
    spike_generators: ofKind('generator'),
    synapses: Object.fromEntries(
      [...plans.synapses].map(([id, plan]) => [
        plan.name,
        finish(child('/projections', id), plan.name, synapses.get(id) ?? { specification: {}, constants: {} }),
      ]),
    ),
    poisson_inputs: Object.fromEntries(stimuli.map(([, name, input]) => [name, input])),
    spike_monitors: monitorsIn('spike_monitors'),
    event_monitors: monitorsIn('event_monitors'),
    state_monitors: monitorsIn('state_monitors'),
    population_rate_monitors: monitorsIn('population_rate_monitors'),
    run: exportProtocol(
      plans,
      {
        inputs: new Map(stimuli.map(([id, name]) => [id, name])),
        monitors: new Map(monitors.map(({ id, name }) => [id, name])),
      },
      context,
    ),
  };
}

/** Returns constants that have one value everywhere and do not share a name with a variable. */
function commonConstants(exported: readonly Exported[], plans: Plans): Constants {
  const values = new Map<string, string | number>();
  const differing = new Set<string>();
  for (const { constants } of exported) {
    for (const [key, value] of Object.entries(constants)) {
      if (values.has(key) && values.get(key) !== value) differing.add(key);
      values.set(key, value);
    }
  }
  const variables = new Set(
    [...plans.groups.values(), ...plans.synapses.values()].flatMap((plan) =>
      [...plan.names].filter(([key]) => !plan.constants.has(key)).map(([, name]) => name),
    ),
  );
  return Object.fromEntries([...values].filter(([key]) => !differing.has(key) && !variables.has(key)));
}

function operationsByOwner(plans: Plans, context: ExportContext): ReadonlyMap<string, readonly unknown[]> {
  const lists = new Map<string, unknown[]>();
  for (const [id, operation] of Object.entries(context.model.operations)) {
    const { on } = operation;
    const name = isSelection(on, 'synapses')
      ? plans.synapses.get(on.projection)?.name
      : plans.groups.get(populationOf(on) ?? '')?.name;
    const exported = exportOperation(id, operation, lists.get(name ?? '')?.length ?? 0, plans, context);
    if (exported === undefined) continue;
    context.report.wrote(child('/operations', id));
    lists.set(exported.owner.name, [...(lists.get(exported.owner.name) ?? []), exported.item]);
  }
  return lists;
}

/** Returns the keys that come before the parts, without empty parts. */
function head(
  { model }: ValidModel,
  sections: Readonly<Record<string, unknown>>,
  arithmetic: Arithmetic,
): Record<string, unknown> {
  const notes = withoutMethodOptions(model.annotations);
  const { source, ...annotations } = notes;
  const seed = Number(model.experiment.seed);
  const parts = {
    name: model.name,
    ...model.metadata,
    ...(typeof source === 'string' ? { source } : {}),
    dt: quantityText(model.clocks[defaultClock]?.dt ?? model.experiment.dt, dimensionOf('s'), arithmetic),
    seed: Number.isSafeInteger(seed) && String(seed) === model.experiment.seed ? seed : model.experiment.seed,
    ...sections,
    annotations: typeof source === 'string' ? annotations : notes,
  };
  const isEmpty = (value: unknown): boolean =>
    value === undefined ||
    (typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0);
  return {
    format: 'interneuron/brian',
    version: 1,
    ...Object.fromEntries(Object.entries(parts).filter(([, value]) => !isEmpty(value))),
  };
}

function remarkOnModel({ model, report }: ExportContext): void {
  if (Object.keys(model.parameters).length > 0)
    report.exact('/parameters', 'global parameters are inserted as numbers', 'brian/parameters');
}

/** Message for a part that has no other entry in the report. */
const sameInBrian = 'the same in Brian';

function settleReport({ model, report }: ExportContext): void {
  for (const section of [
    'neurons',
    'synapses',
    'tables',
    'populations',
    'projections',
    'stimuli',
    'operations',
  ] as const) {
    for (const id of Object.keys(model[section])) report.settle(`/${section}/${id}`, sameInBrian);
  }
  for (const index of model.recordings.keys()) report.settle(`/recordings/${index}`, sameInBrian);
  for (const index of model.experiment.protocol.keys()) report.settle(`/experiment/protocol/${index}`, sameInBrian);
  report.settle('/timing', sameInBrian);
}
