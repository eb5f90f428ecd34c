/**
 * Rewritings of a model that run it under another convention of simulators. The table in `conventions.ts` lists them.
 */

import { itemAt } from '../diagnostics/entry.js';
import type { Expression, Statement } from '../lang/ast.js';
import {
  assignment,
  call,
  difference,
  integer,
  name as nameOf,
  number,
  product,
  quantity,
  quotient,
  sum,
} from '../lang/build.js';
import { derivative } from '../lang/derivative.js';
import { second } from '../lang/dimension.js';
import { mapExpression, namesIn, substitute, writtenBy } from '../lang/walk.js';
import { numbersOf } from '../model/arrays.js';
import { mapped } from '../model/collections.js';
import { withNamedGenerators } from './named-generators.js';
import type { Rewriting, Rewritten } from '../model/rewriting/rewriting.js';
import { isBetween } from '../model/steps.js';
import type { EventDefinition, Model, NeuronType, SynapseType, ValidModel, Value } from '../model/typed.js';
import type { Script } from './simulators/simulators.js';

/** The run of the other side, as far as its file states it. */
export interface OtherRun extends Script {
  readonly seed?: string;
  /** Time step in s. */
  readonly dt?: number;
}

/** A rewriting that another convention makes. */
export type ConventionRewriting = Rewriting<OtherRun>;

/** Such a rewriting that waits for nothing. */
interface Immediate extends ConventionRewriting {
  readonly apply: (valid: ValidModel, other: OtherRun) => Rewritten;
}

/** Returns a rewriting; its function returns undefined if it does not concern the model, for the given reason. */
const changing = (
  name: string,
  reason: string,
  change: (valid: ValidModel, other: OtherRun) => Model | string | undefined,
): Immediate => ({
  name,
  why: 'simulators differ in this convention',
  apply: (valid, other) => {
    const model = change(valid, other) ?? reason;
    return typeof model === 'string' ? model : { valid: { ...valid, model } };
  },
});

/** Returns a record with some items changed; undefined if none is. */
function some<T>(
  record: Readonly<Record<string, T>>,
  change: (item: T, key: string) => T | undefined,
): Record<string, T> | undefined {
  const made = mapped(record, (item, key) => change(item, key) ?? item);
  return Object.entries(made).some(([key, item]) => item !== record[key]) ? made : undefined;
}

const withNeurons = (model: Model, change: (type: NeuronType) => NeuronType | undefined): Model | undefined => {
  const neurons = some(model.neurons, change);
  return neurons && { ...model, neurons };
};

const withEvents = (
  model: Model,
  change: (event: EventDefinition, type: NeuronType) => EventDefinition | undefined,
): Model | undefined =>
  withNeurons(model, (type) => {
    const events = some(type.events, (event) => change(event, type));
    return events && { ...type, events };
  });

const seconds = (value: number): Expression => quantity(value, second);
const rounded = (value: number): number => Number(value.toPrecision(12));

// --- Delays and inputs ----------------------------------------------------------------------------------------------
/** Rewrites delays: numbers and arrays by a function, formulas and draws by another one. */
function withDelays(
  { model, data }: ValidModel,
  change: (seconds: number) => number,
  formula: (e: Expression) => Expression = (e) => e,
): Model | undefined {
  let isChanged = false;
  const noted = <T>(after: T, before: T): T => {
    isChanged ||= after !== before;
    return after;
  };
  const later = (time: number): number => noted(Math.max(0, change(time)), time);
  const code = (e: Expression): Expression => noted(formula(e), e);
  const delayed = (delay: Value): Value => {
    if (typeof delay === 'number') return later(delay);
    if (delay.kind === 'array') return { ...delay, array: numbersOf(delay.array, data).map(later) };
    if (delay.kind === 'expression') return { ...delay, expression: code(delay.expression) };
    return { ...delay, then: code(delay.then ?? nameOf('drawn')) };
  };
  const projections = mapped(model.projections, (projection) => ({
    ...projection,
    delays: mapped(projection.delays, delayed),
    ...(projection.delayRange ? { delayRange: { ...projection.delayRange, outOfRange: 'clip' as const } } : {}),
  }));
  const synapses = mapped(model.synapses, (synapse) => ({
    ...synapse,
    pathways: mapped(synapse.pathways, (pathway) => ({ ...pathway, delay: delayed(pathway.delay) })),
  }));
  return isChanged ? { ...model, projections, synapses } : undefined;
}

/** Changes all delays by steps. */
export const delaysBy = (steps: number): ConventionRewriting =>
  changing(`delays one step ${steps > 0 ? 'longer' : 'shorter'}`, 'there are no delays of a step or more', (valid) => {
    const by = steps * valid.model.experiment.dt;
    return withDelays(
      valid,
      (time) => rounded(time + by),
      (e) => (by < 0 ? difference(e, seconds(-by)) : sum(e, seconds(by))),
    );
  });

/** Rounds delays between steps. */
export const delaysRounded = (how: 'up' | 'down'): ConventionRewriting =>
  changing(`delays between steps rounded ${how}`, 'no listed delay is between two steps', (valid) => {
    const { dt } = valid.model.experiment;
    const round = how === 'up' ? Math.ceil : Math.floor;
    return withDelays(valid, (time) => (isBetween(time, dt) ? rounded(round(time / dt) * dt) : time));
  });

/** Rewrites listed spikes. */
function withSpikes(
  { model, data }: ValidModel,
  change: (spikes: readonly (readonly [number, number])[]) => readonly (readonly [number, number])[],
): Model | undefined {
  const populations = some(model.populations, (population) => {
    const { spikes } = population;
    if (spikes === undefined || spikes.kind === 'file') return undefined;
    const indices = numbersOf(spikes.indices, data);
    const before = numbersOf(spikes.times, data).map((time, k) => [time, itemAt(indices, k)] as const);
    const after = change(before);
    if (after.length === before.length && after.every(([time], k) => time === itemAt(before, k)[0])) return undefined;
    const sorted = after.toSorted((a, b) => a[0] - b[0] || a[1] - b[1]);
    return {
      ...population,
      spikes: { ...spikes, indices: sorted.map(([, id]) => id), times: sorted.map(([time]) => time) },
    };
  });
  return populations && { ...model, populations };
}

/** Rounds times of listed spikes between steps. */
export const inputsRounded = (name: string, round: (steps: number) => number): ConventionRewriting =>
  changing(`listed spikes in the ${name} step`, 'no listed spike is between two steps', (valid) => {
    const { dt } = valid.model.experiment;
    const whole = (time: number): number => (isBetween(time, dt) ? rounded(round(time / dt) * dt) : time);
    return withSpikes(valid, (spikes) => spikes.map(([time, id]) => [whole(time), id]));
  });

/** Moves listed spikes by steps. */
export const inputsBy = (steps: number): ConventionRewriting =>
  changing(`listed spikes one step ${steps > 0 ? 'later' : 'earlier'}`, 'there are no listed spikes', (valid) => {
    const by = steps * valid.model.experiment.dt;
    const moved = (time: number): number => (time + by < 0 ? time : rounded(time + by));
    return withSpikes(valid, (spikes) => spikes.map(([time, id]) => [moved(time), id]));
  });

/** Removes further listed spikes of an element in a step, and the number of spikes that a spike stands for. */
export const oneSpikeAStep = changing(
  'at most one spike of an element in a step',
  'no element has two spikes in a step',
  (valid) => {
    const { dt } = valid.model.experiment;
    const single = withSpikes(valid, (spikes) => {
      const seen = new Set<string>();
      return spikes.filter(([time, id]) => {
        const key = `${Math.round(time / dt)} ${id}`;
        return !seen.has(key) && seen.add(key);
      });
    });
    const counted = withEvents(single ?? valid.model, ({ multiplicity, ...event }) =>
      multiplicity === undefined ? undefined : event,
    );
    return counted ?? single;
  },
);

// --- Cells ----------------------------------------------------------------------------------------------------------
/** Changes refractory periods by steps. */
export const refractoryBy = (steps: number): ConventionRewriting =>
  changing(
    `refractory period one step ${steps > 0 ? 'longer' : 'shorter'}`,
    'no cell has a refractory period',
    ({ model }) =>
      withEvents(model, ({ refractory, ...event }) => {
        if (refractory?.for === undefined) return undefined;
        const { dt } = model.experiment;
        const duration = steps > 0 ? sum(refractory.for, seconds(dt)) : difference(refractory.for, seconds(dt));
        return { ...event, refractory: { ...refractory, for: duration } };
      }),
  );

/** Exchanges whether refractory cells keep or drop the input to the variables that are held meanwhile. */
export const inputWhileRefractory = changing(
  'refractory cells keep or drop their input the other way',
  'no cell is refractory',
  ({ model }) =>
    withEvents(
      model,
      ({ refractory, ...event }) =>
        refractory && {
          ...event,
          refractory: { ...refractory, writes: refractory.writes === 'block' ? 'allow' : 'block' },
        },
    ),
);

/** Holds other variables of refractory cells. */
export const heldWhileRefractory = (name: string, which: 'all' | 'reset' | 'none'): ConventionRewriting =>
  changing(name, 'no cell is refractory, or its cells hold these variables', ({ model }) =>
    withEvents(model, ({ refractory, ...event }, { derivatives }) => {
      if (!refractory) return undefined;
      const reset = writtenBy(event.do);
      const rate = Object.keys(derivatives).filter((one) => which === 'all' || (which === 'reset' && reset.has(one)));
      const isSame = rate.length === refractory.rate.length && rate.every((one) => refractory.rate.includes(one));
      return isSame ? undefined : { ...event, refractory: { ...refractory, rate } };
    }),
  );

const otherWay: ReadonlyMap<string, '<' | '<=' | '>' | '>='> = new Map([
  ['<', '<='],
  ['<=', '<'],
  ['>', '>='],
  ['>=', '>'],
]);

/** Exchanges thresholds that a variable must exceed with those that it must reach. */
export const thresholdReached = changing(
  'thresholds reached (>=) or exceeded (>) the other way',
  'no event has a threshold',
  ({ model }) =>
    withEvents(model, (event) => {
      const when = mapExpression(event.when, (e) => {
        const operator = e.kind === 'binary' ? otherWay.get(e.operator) : undefined;
        return e.kind === 'binary' && operator !== undefined ? { ...e, operator } : e;
      });
      return when === event.when ? undefined : { ...event, when };
    }),
);

/** Resets by subtracting the distance from threshold to reset, or to a value. */
export const resetBySubtraction = changing(
  'resets by subtraction instead of a value',
  'no event sets the variable of its threshold to a value',
  ({ model }) =>
    withEvents(model, (event) => {
      const { when } = event;
      if (when.kind !== 'binary' || !['>', '>='].includes(when.operator) || when.left.kind !== 'name') return undefined;
      const { name } = when.left;
      const isReset = (one: Statement): boolean =>
        one.kind === 'assignment' && one.operator === '=' && one.target === name;
      if (!event.do.some(isReset)) return undefined;
      const statements = event.do.map((one) =>
        isReset(one) ? assignment(name, '-=', difference(when.right, one.value)) : one,
      );
      return { ...event, do: statements };
    }),
);

/** Integrates the equations of cells by another method. */
export const integratedBy = (method: NeuronType['method']): Immediate =>
  changing(`method ${method}`, `all equations of cells have the method ${method}`, ({ model }) =>
    withNeurons(model, (type) =>
      Object.keys(type.derivatives).length === 0 || type.method === method ? undefined : { ...type, method },
    ),
  );

/**
 * Integrates by Euler steps in turn: the variables that come second read the new values of the first. Potentials are
 * the variables of thresholds.
 *
 * @param stepped  the rate of a step, from that of the equation; null if there is none
 */
const inTurn = (
  name: string,
  order: 'currents first' | 'potentials first',
  stepped: (rate: Expression, variable: string, dt: Expression, isPotential: boolean) => Expression | null,
): ConventionRewriting =>
  changing(name, 'no cell has equations for the variable of its threshold', ({ model }) =>
    withNeurons(model, (type) => {
      const { derivatives, derived, events } = type;
      const inConditions = new Set(Object.values(events).flatMap(({ when }) => [...namesIn(when)]));
      const variables = Object.keys(derivatives);
      const potentials = variables.filter((variable) => inConditions.has(variable));
      const currents = variables.filter((variable) => !inConditions.has(variable));
      const [first, then] = order === 'currents first' ? [currents, potentials] : [potentials, currents];
      if (first.length === 0 || potentials.length === 0) return undefined;
      const inlined = (e: Expression): Expression => {
        const read = [...namesIn(e)].flatMap((one) => {
          const value = derived[one]?.value;
          return value === undefined ? [] : [[one, inlined(value)] as const];
        });
        return read.length === 0 ? e : substitute(e, new Map(read));
      };
      const dt = seconds(model.experiment.dt);
      const rates = new Map<string, Expression>();
      for (const variable of [...first, ...then]) {
        const { rate: own } = derivatives[variable] ?? {};
        const rate = own && stepped(inlined(own), variable, dt, inConditions.has(variable));
        if (!rate) return undefined;
        const next = first.flatMap((one) => {
          const known = rates.get(one);
          return known ? [[one, sum(nameOf(one), product(dt, known))] as const] : [];
        });
        rates.set(variable, then.includes(variable) ? substitute(rate, new Map(next)) : rate);
      }
      const after = mapped(derivatives, (one, variable) => ({ ...one, rate: rates.get(variable) ?? one.rate }));
      return { ...type, derivatives: after, method: 'euler' };
    }),
  );

/** Integrates by Euler steps: first currents, then the potential, which reads their new values. */
export const currentFirst = inTurn('method euler, currents before potentials', 'currents first', (rate) => rate);

/**
 * Integrates as NEURON does: an implicit Euler step of potentials, then an exponential step of all other variables,
 * which read the new potential. @source N. T. Carnevale, M. L. Hines: The NEURON Book (2006), chapter 4
 */
export const implicitPotential = inTurn('steps of NEURON', 'potentials first', (rate, variable, dt, isPotential) => {
  const slope = derivative(rate, variable);
  if (slope === null) return null;
  const by = product(dt, slope);
  return isPotential ? quotient(rate, difference(integer(1), by)) : product(rate, call('exprel', [by]));
});

// --- Values ---------------------------------------------------------------------------------------------------------
/** Multiplies the effects of spikes on cells. */
export const weightsTimes = (factor: number): ConventionRewriting =>
  changing(`weights times ${factor}`, 'no spike adds a weight to a cell', ({ model }) => {
    const scaled = (one: Statement, { ports }: SynapseType): Statement =>
      one.kind === 'assignment' &&
      (one.operator === '+=' || one.operator === '-=') &&
      (one.to.kind === 'end' ? one.to.end === 'post' : Object.hasOwn(ports, one.target))
        ? { ...one, value: product(number(factor), one.value) }
        : one;
    const synapses = some(model.synapses, (type) => {
      const pathways = some(type.pathways, (pathway) => {
        const statements = pathway.do.map((one) => scaled(one, type));
        return statements.some((one, k) => one !== pathway.do[k]) ? { ...pathway, do: statements } : undefined;
      });
      return pathways && { ...type, pathways };
    });
    const stimuli = some(model.stimuli, (one) =>
      one.kind === 'poisson' ? { ...one, weight: product(number(factor), one.weight) } : undefined,
    );
    return synapses || stimuli ? { ...model, ...(synapses && { synapses }), ...(stimuli && { stimuli }) } : undefined;
  });

/** Changes one projection as another rewriting changes all of them. */
export const inProjection = ({ name, why, apply }: ConventionRewriting, projection: string): ConventionRewriting => ({
  name: `${name} in ${projection}`,
  why,
  apply: async (valid, other) => {
    const { model } = valid;
    const { [projection]: own } = model.projections;
    const { [own?.synapse ?? '']: type } = model.synapses;
    if (!own || !type) return 'there is no such projection';
    const alone = { projections: { [projection]: own }, synapses: { [own.synapse]: type }, stimuli: {} };
    const found = await apply({ ...valid, model: { ...model, ...alone } }, other);
    if (typeof found === 'string') return found;
    const { synapses, projections } = found.valid.model;
    const synapse = `${own.synapse}_of_${projection}`;
    const after = {
      ...model,
      synapses: { ...model.synapses, [synapse]: synapses[own.synapse] ?? type },
      projections: { ...model.projections, [projection]: { ...(projections[projection] ?? own), synapse } },
    };
    return { valid: { ...valid, model: after } };
  },
});

const withExperiment = (model: Model, more: Partial<Model['experiment']>): Model => ({
  ...model,
  experiment: { ...model.experiment, ...more },
});

/** Runs with the time step of the other side. */
export const otherStep = changing(
  'time step of the other side',
  'both sides have the same time step',
  ({ model }, { dt }) => {
    if (dt === undefined) return 'the other side states and shows no time step';
    return Math.abs(dt - model.experiment.dt) < 1e-12 ? undefined : withExperiment(model, { dt });
  },
);

/** Draws with the seed of the other side. */
export const otherSeed = changing('seed of the other side', 'both sides have the same seed', ({ model }, { seed }) => {
  if (seed === undefined) return 'the other side states no seed';
  return seed === model.experiment.seed ? undefined : withExperiment(model, { seed });
});

/** Draws with the next seed, which shows the spikes that agree by chance. */
export const otherDraws = changing('other random numbers (the next seed)', '', ({ model }) =>
  withExperiment(model, { seed: String(BigInt(model.experiment.seed) + 1n) }),
);

/** Gives a seed to generators that the model names. */
export const generatorsFrom = (seed: (own: bigint) => bigint, name: string): ConventionRewriting =>
  changing(name, 'the model names no generator with another seed', ({ model }) => {
    const seeded = withNamedGenerators(model, ({ seed: own, ...rest }) => ({
      ...rest,
      seed: own === 'model' ? own : String(seed(BigInt(own))),
    }));
    return seeded === model ? undefined : seeded;
  });
