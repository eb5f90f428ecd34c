/**
 * The conventions of a time step that differ between two timing profiles, stated for the features of a model. This file
 * neither predicts the effect of a difference on results nor repairs it: `convert` measures the effect. @source
 * docs/timing-profiles.md
 */

import type { Expression } from '../lang/ast.js';
import { referenceOf, sideOf } from '../lang/reference.js';
import { expressionsOf, namesIn, referencesIn } from '../lang/walk.js';
import { numbersOf } from '../model/arrays.js';
import type { ConversionEntry } from '../model/conversion-report.js';
import { child } from '../model/pointer.js';
import { drawnInRun } from '../model/remaining-draws.js';
import { range, rangeOfValue } from '../model/rules/weight-sign.js';
import { delayInSteps } from '../model/steps.js';
import { endOf } from '../model/tagged.js';
import { timingProperties } from '../model/timing-properties.js';
import {
  expressionsIn,
  formulaOf,
  ownersOf,
  type DataStore,
  type Model,
  type NeuronType,
  type SynapseType,
  type TimingProfile,
  type ValidModel,
  type Value,
} from '../model/typed.js';
import { typedModel } from '../model/typed-model.js';
import type * as written from '../model/model.js';
import { wholeStepsOf } from './accumulated-time.js';
import * as rewritings from './convention-rewritings.js';
import type { ConventionRewriting } from './convention-rewritings.js';
import { withoutRegimes } from './gather/regimes.js';
import { simulators } from './simulators/simulators.js';

/** A possible cause of a difference from another run: another convention, as a rewriting or a setting of the run. */
export interface Hypothesis extends Partial<Omit<ConventionRewriting, 'name'>> {
  readonly name: string;
  /** Notation in which small models are written and read again, in place of the rewriting. */
  readonly document?: 'lems';
  readonly precision?: 'float32' | 'float64';
  /** Steps by which the labels of spikes move. */
  readonly labels?: number;
  /** Pairs each cell with one of the other side that has the same spikes. */
  readonly renumbers?: true;
}

/** The behaviour of simulators for a feature of models, by timing profile; two profiles differ if their texts do. */
interface Convention {
  readonly verdict: 'convention' | 'different';
  readonly code: `convention/${string}`;
  readonly by: Readonly<Record<TimingProfile, string>>;
  /** Returns the sentence, from the names and the behaviours of two simulators. */
  readonly says: (parts: Readonly<Record<'target' | 'source' | 'convention' | 'original', string>>) => string;
  /** Other behaviours for the feature; absent: only the other timing profiles behave otherwise. */
  readonly others?: readonly Hypothesis[];
}

/** Conventions that differ between all profiles. */
const different = { brian: 'Brian', grid: 'PyNN', 'lems-euler': 'LEMS' } as const;

const conventionOf = {
  steps: {
    verdict: 'convention',
    code: 'convention/label',
    by: { brian: 'the beginning', grid: 'the end', 'lems-euler': 'the end' },
    says: ({ target, source, convention, original }) =>
      `${target} labels a spike with ${convention} of its step, ${source} with ${original}`,
    others: [
      { name: 'spikes labelled one step later', labels: 1 },
      { name: 'spikes labelled one step earlier', labels: -1 },
    ],
  },
  samples: {
    verdict: 'convention',
    code: 'convention/samples',
    by: {
      brian: 'n samples in n steps, without the last state',
      grid: 'n + 1 samples, with the last state',
      'lems-euler': 'n + 1 samples, with the last state',
    },
    says: ({ target, source, convention, original }) => `${target} takes ${convention}, ${source} ${original}`,
  },
  'zero delays': {
    verdict: 'different',
    code: 'convention/zero-delay',
    by: {
      brian: 'at the end of the step in which it occurs',
      grid: 'in the step after it occurs',
      'lems-euler': 'at once, to cells whose turn comes later in the step',
    },
    says: ({ target, source, convention, original }) =>
      `${target} delivers a spike without delay ${convention}, ${source} ${original}`,
  },
  'jumps into conditions': {
    verdict: 'different',
    code: 'convention/delivery',
    by: { brian: 'after', grid: 'before', 'lems-euler': 'before' },
    says: ({ target, source, convention, original }) =>
      `${target} delivers spikes ${convention} it tests thresholds, ${source} ${original}`,
  },
  'derived variables in events': {
    verdict: 'different',
    code: 'convention/derived',
    by: {
      brian: 'as they are at that moment',
      grid: 'as they are at that moment',
      'lems-euler': 'as they were before the step',
    },
    says: ({ target, source, convention, original }) =>
      `in events, ${target} reads derived variables ${convention}, ${source} ${original}`,
  },
  plasticity: {
    verdict: 'different',
    code: 'convention/plasticity',
    by: different,
    says: ({ target, source }) => `within a step, ${target} updates synapses and cells in another order than ${source}`,
  },
  coupling: {
    verdict: 'different',
    code: 'convention/coupling',
    by: different,
    says: ({ target, source }) =>
      `${target} reads variables of another cell from another moment of the step than ${source}`,
  },
  'regular code': {
    verdict: 'different',
    code: 'convention/regular-code',
    by: different,
    says: ({ target, source }) => `${target} runs this code at another place within a step than ${source}`,
  },
  delays: {
    verdict: 'different',
    code: 'convention/delay',
    by: { brian: 'counts steps', grid: 'counts steps', 'lems-euler': 'adds up time' },
    says: () => 'LEMS adds up time steps, so some delays last one step more or less',
    others: [
      rewritings.delaysBy(1),
      rewritings.delaysBy(-1),
      rewritings.delaysRounded('up'),
      rewritings.delaysRounded('down'),
    ],
  },
  refractoriness: {
    verdict: 'different',
    code: 'convention/refractory',
    by: {
      brian: 'counting the step of the spike',
      grid: 'counting from the next step',
      'lems-euler': 'in the first step that begins later, by accumulated time',
    },
    says: ({ target, source, convention, original }) =>
      `${target} ends a refractory period ${convention}, ${source} ${original}`,
    others: [
      rewritings.refractoryBy(1),
      rewritings.refractoryBy(-1),
      rewritings.inputWhileRefractory,
      rewritings.heldWhileRefractory('refractory cells hold only the variables that a spike resets', 'reset'),
      rewritings.heldWhileRefractory('refractory cells hold all variables', 'all'),
      rewritings.heldWhileRefractory('refractory cells hold no variable', 'none'),
    ],
  },
  times: {
    verdict: 'different',
    code: 'convention/time',
    by: {
      brian: 'at the beginning of a step',
      grid: 'at the beginning of a step',
      'lems-euler': 'at the end of a step, by accumulated time',
    },
    says: ({ target, source, convention, original }) =>
      `${target} evaluates a function of the time ${convention}, ${source} ${original}`,
  },
  'changes between runs': {
    verdict: 'different',
    code: 'convention/time',
    by: { brian: 'between runs', grid: 'between runs', 'lems-euler': 'within a run' },
    says: () => 'values change within a run of LEMS, at the end of a step by accumulated time',
  },
  'listed spikes': {
    verdict: 'different',
    code: 'convention/listed-spikes',
    by: { brian: 'begins', grid: 'ends', 'lems-euler': 'first reaches it, by accumulated time,' },
    says: ({ target, source, convention, original }) =>
      `${target} emits a listed spike in the step that ${convention} at its time, ${source} in the step that ${original}`,
    others: [
      rewritings.inputsRounded('next', Math.ceil),
      rewritings.inputsRounded('nearest', Math.round),
      rewritings.inputsRounded('current', Math.floor),
      rewritings.inputsBy(1),
      rewritings.inputsBy(-1),
    ],
  },
} as const satisfies Readonly<Record<string, Convention>>;

/** A feature of models with a place within a step that depends on convention. */
type Feature = keyof typeof conventionOf;

/** Conventions that no timing profile decides: programs and scripts choose them. */
const chosenOf = {
  cells: [{ name: 'cells in another order, paired by their spikes', renumbers: true }],
  step: [rewritings.otherStep],
  seed: [
    rewritings.otherSeed,
    rewritings.otherDraws,
    rewritings.generatorsFrom((seed) => seed + 1n, 'generators with the next seed'),
    rewritings.generatorsFrom((seed) => (seed > 0n ? seed - 1n : seed), 'generators with the seed before'),
    ...[0n, 1n, 2n, 42n, 123n, 1234n, 12345n].map((seed) =>
      rewritings.generatorsFrom(() => seed, `generators with seed ${seed}`),
    ),
  ],
  units: [rewritings.weightsTimes(1000), rewritings.weightsTimes(0.001)],
  thresholds: [rewritings.thresholdReached, rewritings.resetBySubtraction],
  'spikes in a step': [rewritings.oneSpikeAStep],
  methods: [
    ...(['euler', 'exact', 'rk2', 'rk4', 'exponentialEuler'] as const).map(rewritings.integratedBy),
    rewritings.currentFirst,
    rewritings.implicitPotential,
  ],
  precision: [
    { name: 'single precision', precision: 'float32' },
    { name: 'double precision', precision: 'float64' },
  ],
} as const satisfies Readonly<Record<string, readonly Hypothesis[]>>;

/** Conventions that may differ in one of several projections, and the most projections that are tried one by one. */
const ofProjections: readonly ConventionRewriting[] = [
  rewritings.delaysBy(1),
  rewritings.delaysBy(-1),
  rewritings.weightsTimes(1000),
  rewritings.weightsTimes(0.001),
];
const mostProjections = 6;

/** Returns all possible causes of a difference from the run of a model, the likeliest first. */
export function hypotheses({ timing, projections }: written.Model): readonly Hypothesis[] {
  const names = Object.keys(projections);
  const single = names.length > 1 && names.length <= mostProjections ? names : [];
  const profiles = (Object.keys(timingProperties) as TimingProfile[]).filter((one) => one !== timing);
  const { seed, units, thresholds, precision, methods, ...others } = chosenOf;
  return [
    ...Object.values(conventionOf).flatMap((convention: Convention) => convention.others ?? []),
    ...Object.values(others).flat(),
    ...profiles.map((profile): Hypothesis => ({
      name: `steps of ${timingProperties[profile].simulator}`,
      why: 'simulators differ in the order within a step',
      apply: (valid, other) => {
        // LEMS integrates by Euler's method.
        const euler = profile === 'lems-euler' ? rewritings.integratedBy('euler').apply(valid, other) : '';
        const { model, data } = typeof euler === 'string' ? valid : euler.valid;
        return { valid: { model: { ...model, timing: profile }, data } };
      },
      ...(profile === 'lems-euler' ? { document: 'lems' } : {}),
    })),
    ...Object.values(simulators).flatMap(({ computes }) => computes),
    ...[methods, thresholds, units, precision, seed].flat(),
    ...ofProjections.flatMap((rewriting) => single.map((name) => rewritings.inProjection(rewriting, name))),
  ];
}

/** Returns the difference that a feature meets between two profiles; undefined if they agree about it. */
function differenceOf(
  feature: Feature,
  from: TimingProfile,
  to: TimingProfile,
  target: string,
): Omit<ConversionEntry, 'pointer'> | undefined {
  const { verdict, code, by, says }: Convention = conventionOf[feature];
  if (by[from] === by[to]) return undefined;
  const source = timingProperties[from].simulator;
  const parts = { target, source, convention: by[to], original: by[from] };
  return { verdict, code, message: says(parts) };
}

/**
 * Returns the conventions that differ between the timing profile of a model and another one, an entry for each part of
 * the model that has a feature concerned.
 *
 * @param target  name of the simulator with that profile
 */
export function conventions(
  valid: written.ValidModel,
  to: TimingProfile,
  target: string = timingProperties[to].simulator,
): readonly ConversionEntry[] {
  const from = valid.model.timing;
  if (from === to) return [];
  const entries: ConversionEntry[] = featuresOf(valid, to).flatMap(([feature, pointer]) => {
    const difference = differenceOf(feature, from, to, target);
    return difference === undefined ? [] : [{ ...difference, pointer }];
  });
  const drawn = drawnInRun(valid.model);
  if (drawn !== undefined)
    entries.push({
      verdict: 'convention',
      code: 'convention/own-draws',
      pointer: '',
      message: `${target} draws other random numbers from the same distributions: ${drawn}`,
    });
  return entries;
}

/** Returns types of LEMS's cells with regimes that only wait after a spike: elsewhere this is a refractory period. */
const waitingIn = ({ timing, neurons }: Model): ReadonlySet<string> =>
  new Set(
    Object.entries(timingProperties[timing].takesTurns ? neurons : {}).flatMap(([id, type]) =>
      withoutRegimes(type) ? [id] : [],
    ),
  );

/** Returns the features of a model that matter under another profile, each with the part that has it. */
function featuresOf(valid: written.ValidModel, to: TimingProfile): readonly (readonly [Feature, string])[] {
  const model = typedModel(valid.model);
  const waiting = waitingIn(model);
  const { timing } = model;
  const { dt } = model.experiment;
  const steps = Math.ceil(endOf(valid.model.experiment.protocol) / dt);
  const addsUp = [timing, to].some((profile) => timingProperties[profile].addsUpTime);
  const takesWholeSteps = addsUp ? wholeStepsOf(dt, steps) : () => true;
  const found: (readonly [Feature, string])[] = [];
  const note = (feature: Feature, pointer: string): void => {
    found.push([feature, pointer]);
  };
  if (Object.keys(model.populations).length > 0) note('steps', '/timing');
  if (model.recordings.some(({ kind }) => kind === 'variables')) note('samples', '/recordings');
  for (const [id, type] of Object.entries(model.neurons)) {
    const pointer = child('/neurons', id);
    const waits = waiting.has(id);
    if (waits || Object.values(type.events).some(({ refractory }) => refractory !== undefined))
      note('refractoriness', pointer);
    const regimes = Object.values(type.regimes).map(({ onEntry, transitions }) => [onEntry, transitions]);
    const inEvents = expressionsIn([type.events, regimes]);
    if (inEvents.some((e) => [...namesIn(e)].some((name) => type.derived[name]?.held === false)))
      note('derived variables in events', pointer);
    const timed = waits ? Object.values(type.regimes).map(({ derivatives }) => derivatives) : type.regimes;
    const read = expressionsIn([type.derivatives, type.events, timed, type.derived]);
    if (read.some((e) => readsTime(e))) note('times', pointer);
  }
  for (const [id, population] of Object.entries(model.populations)) {
    if (population.linked && Object.keys(population.linked).length > 0) note('coupling', child('/populations', id));
    if (population.spikes !== undefined) note('listed spikes', child('/populations', id));
  }
  for (const [id, projection] of Object.entries(model.projections)) {
    const pointer = child('/projections', id);
    const type = model.synapses[projection.synapse];
    if (!type) continue;
    if (delayInSteps(leastDelay(id, { model, data: valid.data }), dt, timing) < 1) note('zero delays', pointer);
    const delays = Object.entries(type.pathways).flatMap(([pathway, { delay }]) =>
      distinctNumbers(projection.delays[pathway] ?? delay, valid.data),
    );
    if (delays.some((seconds) => seconds > 0 && !takesWholeSteps(seconds))) note('delays', pointer);
    const targets = ownersOf(projection.to.of).flatMap(
      (owner) => model.neurons[model.populations[owner]?.type ?? ''] ?? [],
    );
    if (targets.some((target) => reachesConditions(type, projection.receptors, target)))
      note('jumps into conditions', pointer);
    if (isPlastic(type)) note('plasticity', pointer);
    if (isCoupled(type, targets)) note('coupling', pointer);
  }
  for (const id of Object.keys(model.operations)) note('regular code', child('/operations', id));
  const phases = model.experiment.protocol;
  const begun = phases.findIndex(({ kind }) => kind === 'run');
  phases.forEach(({ kind }, k) => {
    if (kind === 'set' && begun >= 0 && k > begun) note('changes between runs', child('/experiment/protocol', k));
  });
  for (const [id, stimulus] of Object.entries(model.stimuli))
    if (stimulus.kind === 'current' && readsTime(stimulus.value)) note('times', child('/stimuli', id));
  return found;
}

const conditionsOf = ({ events, regimes }: NeuronType): readonly Expression[] => [
  ...Object.values(events).map(({ when }) => when),
  ...Object.values(regimes).flatMap(({ transitions }) => transitions.map(({ when }) => when)),
];

const readsTime = (e: Expression): boolean => ['t', 't_in_timesteps'].some((name) => namesIn(e).has(name));

/** Returns the least delay that a synapse of a projection may have, in s, by the bounds of draws and formulas. */
function leastDelay(id: string, { model, data }: ValidModel): number {
  const projection = model.projections[id];
  const type = projection && model.synapses[projection.synapse];
  if (projection === undefined || type === undefined) return Infinity;
  const { min = -Infinity } = projection.delayRange ?? {};
  const least = Object.entries(type.pathways).map(([pathway, { delay: usual }]) => {
    const delay = projection.delays[pathway] ?? usual;
    const known = { ...model, data };
    const e = formulaOf(delay);
    const [low] = e ? range(e, known, projection, type) : rangeOfValue(delay, known, projection, type);
    return Math.max(low, min);
  });
  return Math.min(Infinity, ...least);
}

/** Most distinct delays that are examined. */
const mostDelays = 1000;

/** Returns the distinct numbers of a value; none if they are computed or drawn. */
function distinctNumbers(value: Value, data: DataStore): readonly number[] {
  if (typeof value === 'number') return [value];
  if (value.kind !== 'array') return [];
  const all = new Set<number>();
  for (const number of numbersOf(value.array, data)) if (all.add(number).size > mostDelays) break;
  return [...all];
}

/** Checks whether spikes write a variable that conditions of the target read, or that its events assign. */
function reachesConditions(
  { pathways, ports }: SynapseType,
  receptors: Readonly<Record<string, string>>,
  target: NeuronType,
): boolean {
  const written = new Set(
    Object.values(pathways).flatMap(({ do: statements }) =>
      statements.flatMap((statement) => {
        const to = statement.kind === 'assignment' ? statement.target : statement.port;
        return sideOf(to) === 'post'
          ? [referenceOf(to).variable]
          : Object.hasOwn(ports, to)
            ? [receptors[to] ?? to]
            : [];
      }),
    ),
  );
  const assigned = Object.values(target.events).flatMap(({ do: statements }) =>
    statements.flatMap((one) => (one.kind === 'assignment' ? [one.target] : [])),
  );
  const read = conditionsOf(target).flatMap((e) => [...namesThroughDerived(e, target)]);
  return [...assigned, ...read].some((name) => written.has(name));
}

function namesThroughDerived(
  e: Expression,
  { derived }: Pick<NeuronType, 'derived'>,
  found = new Set<string>(),
): ReadonlySet<string> {
  for (const name of namesIn(e)) {
    if (found.has(name)) continue;
    found.add(name);
    const own = derived[name];
    if (own) namesThroughDerived(own.value, { derived }, found);
  }
  return found;
}

/**
 * Checks whether the effect of spikes on a synapse depends on its own changing state, on a cell, or on spikes of the
 * target.
 */
function isPlastic(type: SynapseType): boolean {
  const pathways = Object.values(type.pathways);
  if (pathways.some(({ on }) => on.end === 'post')) return true;
  const clocked = new Set(Object.entries(type.derivatives).flatMap(([name, one]) => (one.eventDriven ? [] : [name])));
  return pathways
    .flatMap(({ do: statements }) => statements.flatMap(expressionsOf))
    .some((e) => readsCells(e) || [...namesThroughDerived(e, type)].some((name) => clocked.has(name)));
}

const readsCells = (e: Expression): boolean => referencesIn(e).some(({ kind }) => kind === 'end');

/** Checks whether synapses follow other cells at all times, or derived variables of their own. */
function isCoupled(type: SynapseType, targets: readonly NeuronType[]): boolean {
  const sums = expressionsIn([type.contributes, type.summed, type.derived]);
  const rates = expressionsIn(type.derivatives);
  const isDerived = (variable: string): boolean =>
    targets.some(({ derived, inputs }) => Object.hasOwn(derived, variable) || Object.hasOwn(inputs, variable));
  return (
    sums.some((e) =>
      referencesIn(e).some(
        (reference) => reference.kind === 'end' && (reference.end === 'pre' || isDerived(reference.variable)),
      ),
    ) || rates.some(readsCells)
  );
}
