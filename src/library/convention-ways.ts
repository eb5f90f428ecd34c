/**
 * Rewritings of a model that run it under another convention of simulators. The table in `conventions.ts` lists them.
 */

import { itemAt } from '../diagnostics/entry.js';
import { derivative } from '../lang/derivative.js';
import { parseExpression } from '../lang/parse.js';
import { printExpression } from '../lang/print.js';
import { numbersOf } from '../model/arrays.js';
import type { Model, NeuronType, SynapseType, ValidModel, Value } from '../model/model.js';
import { isBetween } from '../model/steps.js';
import { areInFile, isGiven } from '../model/tagged.js';

/** A changed model, or the reason why a convention does not concern it. */
export type Changed = Model | string;

/** The run of the other side, as far as its file states it. */
export interface OtherRun {
  readonly seed?: string;
  /** Time step in s. */
  readonly dt?: number;
}

/** Another way to run a model, or to read the spikes of its run. */
export interface Way {
  readonly name: string;
  readonly model?: (valid: ValidModel, other: OtherRun) => Changed;
  /** Notation in which small models are written and read again, in place of `model`. */
  readonly document?: 'lems';
  readonly precision?: 'float32' | 'float64';
  /** Steps by which the labels of spikes move. */
  readonly labels?: number;
  /** Pairs each cell with one of the other side that has the same spikes. */
  readonly renumbers?: true;
}

const changed = <T>(from: Readonly<Record<string, T>>, change: (nullable: T, name: string) => T): Record<string, T> =>
  Object.fromEntries(Object.entries(from).map(([name, one]) => [name, change(one, name)]));

const withExperiment = (model: Model, more: Partial<Model['experiment']>): Model => ({
  ...model,
  experiment: { ...model.experiment, ...more },
});

// --- Delays and inputs ----------------------------------------------------------------------------------------------
/** Rewrites delays: numbers and arrays by a function, formulas and draws by a text. */
function withDelays(
  { model, data }: ValidModel,
  number: (seconds: number) => number,
  formula: (text: string) => string,
  reason: string,
): Changed {
  let isChanged = false;
  const noted = (seconds: number): number => {
    const later = Math.max(0, number(seconds));
    isChanged ||= later !== seconds;
    return later;
  };
  const text = (from: string): string => {
    const to = formula(from);
    isChanged ||= to !== from;
    return to;
  };
  const delayed = (delay: Value): Value => {
    if (typeof delay === 'number') return noted(delay);
    if (typeof delay === 'string') return text(delay);
    if (isGiven(delay)) return { ...delay, array: numbersOf(delay.array, data).map(noted) };
    return { ...delay, then: text(delay.then ?? 'drawn') };
  };
  const projections = changed(model.projections, (projection) => ({
    ...projection,
    delays: changed(projection.delays, delayed),
    ...(projection.delayRange ? { delayRange: { ...projection.delayRange, outOfRange: 'clip' as const } } : {}),
  }));
  const synapses = changed(model.synapses, (synapse) => ({
    ...synapse,
    pathways: changed(synapse.pathways, (pathway) => ({ ...pathway, delay: delayed(pathway.delay) })),
  }));
  return isChanged ? { ...model, projections, synapses } : reason;
}

/** Returns a way that changes all delays by steps. */
export const delaysBy = (steps: number): Way => ({
  name: `delays one step ${steps > 0 ? 'longer' : 'shorter'}`,
  model: (valid) => {
    const by = steps * valid.model.experiment.dt;
    const text = (from: string): string => `(${from}) ${by < 0 ? '-' : '+'} ${Math.abs(by)}*s`;
    return withDelays(valid, (seconds) => rounded(seconds + by), text, 'there are no delays of a step or more');
  },
});

/** Returns a way that rounds delays between steps. */
export const delaysRounded = (how: 'up' | 'down'): Way => ({
  name: `delays between steps rounded ${how}`,
  model: (valid) => {
    const { dt } = valid.model.experiment;
    const round = how === 'up' ? Math.ceil : Math.floor;
    const whole = (seconds: number): number => (isBetween(seconds, dt) ? rounded(round(seconds / dt) * dt) : seconds);
    return withDelays(valid, whole, (text) => text, 'no listed delay is between two steps');
  },
});

const rounded = (seconds: number): number => Number(seconds.toPrecision(12));

/** Rewrites listed spikes. */
function withSpikes(
  { model, data }: ValidModel,
  change: (spikes: readonly (readonly [number, number])[]) => readonly (readonly [number, number])[],
  reason: string,
): Changed {
  let isChanged = false;
  const populations = changed(model.populations, (population) => {
    const { spikes } = population;
    if (spikes === undefined || areInFile(spikes)) return population;
    const indices = numbersOf(spikes.indices, data);
    const before = numbersOf(spikes.times, data).map((time, k) => [time, itemAt(indices, k)] as const);
    const after = change(before);
    if (after.length === before.length && after.every(([time], k) => time === itemAt(before, k)[0])) return population;
    isChanged = true;
    const sorted = after.toSorted((a, b) => a[0] - b[0] || a[1] - b[1]);
    return {
      ...population,
      spikes: { ...spikes, indices: sorted.map(([, id]) => id), times: sorted.map(([time]) => time) },
    };
  });
  return isChanged ? { ...model, populations } : reason;
}

/** Returns a way that rounds times of listed spikes between steps. */
export const inputsRounded = (name: string, round: (steps: number) => number): Way => ({
  name: `listed spikes in the ${name} step`,
  model: (valid) => {
    const { dt } = valid.model.experiment;
    const whole = (time: number): number => (isBetween(time, dt) ? rounded(round(time / dt) * dt) : time);
    return withSpikes(
      valid,
      (spikes) => spikes.map(([time, id]) => [whole(time), id]),
      'no listed spike is between two steps',
    );
  },
});

/** Returns a way that moves listed spikes by steps. */
export const inputsBy = (steps: number): Way => ({
  name: `listed spikes one step ${steps > 0 ? 'later' : 'earlier'}`,
  model: (valid) => {
    const by = steps * valid.model.experiment.dt;
    const moved = (time: number): number => (time + by < 0 ? time : rounded(time + by));
    return withSpikes(valid, (spikes) => spikes.map(([time, id]) => [moved(time), id]), 'there are no listed spikes');
  },
});

/** Removes further listed spikes of an element in a step, and the number of spikes that a spike stands for. */
export const oneSpikeAStep: Way = {
  name: 'at most one spike of an element in a step',
  model: (valid) => {
    const { dt } = valid.model.experiment;
    const reason = 'no element has two spikes in a step';
    const single = withSpikes(
      valid,
      (spikes) => {
        const seen = new Set<string>();
        return spikes.filter(([time, id]) => {
          const key = `${Math.round(time / dt)} ${id}`;
          return !seen.has(key) && seen.add(key);
        });
      },
      reason,
    );
    const model = typeof single === 'string' ? valid.model : single;
    const counted = withEvents(
      model,
      ({ multiplicity, ...event }) => (multiplicity === undefined ? null : event),
      reason,
    );
    return typeof counted === 'string' ? single : counted;
  },
};

// --- Cells ----------------------------------------------------------------------------------------------------------
type Event = NeuronType['events'][string];

/** Rewrites types of neurons. @param change  returns null for types that it does not concern */
function withNeurons(model: Model, change: (type: NeuronType) => NeuronType | null, reason: string): Changed {
  let isChanged = false;
  const neurons = changed(model.neurons, (type) => {
    const other = change(type);
    isChanged ||= other !== null;
    return other ?? type;
  });
  return isChanged ? { ...model, neurons } : reason;
}

/** Rewrites events of cells. @param change  returns null for events that it does not concern */
const withEvents = (model: Model, change: (event: Event, type: NeuronType) => Event | null, reason: string): Changed =>
  withNeurons(
    model,
    (type) => {
      const events = changed(type.events, (event) => change(event, type) ?? event);
      return Object.entries(events).some(([name, event]) => event !== type.events[name]) ? { ...type, events } : null;
    },
    reason,
  );

/** Returns a way that changes refractory periods by steps. */
export const refractoryBy = (steps: number): Way => ({
  name: `refractory period one step ${steps > 0 ? 'longer' : 'shorter'}`,
  model: ({ model }) =>
    withEvents(
      model,
      (event) =>
        event.refractory?.for === undefined
          ? null
          : {
              ...event,
              refractory: {
                ...event.refractory,
                for: `(${event.refractory.for}) ${steps > 0 ? '+' : '-'} ${model.experiment.dt}*s`,
              },
            },
      'no cell has a refractory period',
    ),
});

/** Exchanges whether refractory cells keep or drop the input to the variables that are held meanwhile. */
export const inputWhileRefractory: Way = {
  name: 'refractory cells keep or drop their input the other way',
  model: ({ model }) =>
    withEvents(
      model,
      ({ refractory, ...event }) =>
        refractory
          ? { ...event, refractory: { ...refractory, writes: refractory.writes === 'block' ? 'allow' : 'block' } }
          : null,
      'no cell is refractory',
    ),
};

/** Returns a way that holds other variables of refractory cells. */
export const heldWhileRefractory = (name: string, which: 'all' | 'reset' | 'none'): Way => ({
  name,
  model: ({ model }) =>
    withEvents(
      model,
      (event, { derivatives }) => {
        const { refractory } = event;
        if (!refractory) return null;
        const isReset = (variable: string): boolean =>
          event.do.some((statement) => new RegExp(`^${variable}\\s*[-+*/]?=`).test(statement));
        const rate = Object.keys(derivatives).filter((one) => which === 'all' || (which === 'reset' && isReset(one)));
        const isSame = rate.length === refractory.rate.length && rate.every((one) => refractory.rate.includes(one));
        return isSame ? null : { ...event, refractory: { ...refractory, rate } };
      },
      'no cell is refractory, or its cells hold these variables',
    ),
});

/** Exchanges thresholds that a variable must exceed with those that it must reach. */
export const thresholdReached: Way = {
  name: 'thresholds reached (>=) or exceeded (>) the other way',
  model: ({ model }) =>
    withEvents(
      model,
      (event) => {
        const when = event.when.replace(/([<>])(=?)/g, (_, sign: string, equal: string) => sign + (equal ? '' : '='));
        return when === event.when ? null : { ...event, when };
      },
      'no event has a threshold',
    ),
};

/** Resets by subtracting the distance from threshold to reset, or to a value. */
export const resetBySubtraction: Way = {
  name: 'resets by subtraction instead of a value',
  model: ({ model }) =>
    withEvents(
      model,
      (event) => {
        const [, variable = '', threshold = ''] = /^(\w+) >=? ([^<>]+)$/.exec(event.when) ?? [];
        const reset = new RegExp(`^${variable} = (.+)$`);
        if (variable === '' || !event.do.some((one) => reset.test(one))) return null;
        return {
          ...event,
          do: event.do.map((one) => one.replace(reset, `${variable} = ${variable} - ((${threshold}) - ($1))`)),
        };
      },
      'no event sets the variable of its threshold to a value',
    ),
};

/** Returns a way that integrates the equations of cells by another method. */
export const integratedBy = (method: NeuronType['method']): Way => ({
  name: `method ${method}`,
  model: ({ model }) =>
    withNeurons(
      model,
      (type) => (Object.keys(type.derivatives).length === 0 || type.method === method ? null : { ...type, method }),
      `all equations of cells have the method ${method}`,
    ),
});

/**
 * Returns a way that integrates by Euler steps in turn: the variables that come second read the new values of the
 * first. Potentials are the variables of thresholds.
 *
 * @param stepped  the rate of a step, from that of the equation; null if there is none
 */
const inTurn = (
  name: string,
  order: 'currents first' | 'potentials first',
  stepped: (rate: string, variable: string, dt: string, isPotential: boolean) => string | null,
): Way => ({
  name,
  model: ({ model }) =>
    withNeurons(
      model,
      (type) => {
        const { derivatives, derived, events } = type;
        const conditions = Object.values(events).map(({ when }) => when);
        const isPotential = (variable: string): boolean => conditions.some((when) => mentions(when, variable));
        const potentials = Object.keys(derivatives).filter(isPotential);
        const currents = Object.keys(derivatives).filter((variable) => !isPotential(variable));
        const [first, second] = order === 'currents first' ? [currents, potentials] : [potentials, currents];
        if (first.length === 0 || potentials.length === 0) return null;
        const inlined = (text: string, depth = 0): string =>
          Object.entries(derived).reduce(
            (found, [known, { value }]) =>
              depth < 5 && mentions(found, known) ? replaced(found, known, inlined(value, depth + 1)) : found,
            text,
          );
        const dt = `${model.experiment.dt}*s`;
        const rates = new Map<string, string>();
        for (const variable of [...first, ...second]) {
          const rate = stepped(inlined(derivatives[variable]!.rate), variable, dt, isPotential(variable));
          if (rate === null) return null;
          const isSecond = second.includes(variable);
          const next = (text: string, one: string): string =>
            replaced(text, one, `${one} + ${dt}*(${rates.get(one)!})`);
          rates.set(variable, isSecond ? first.reduce(next, rate) : rate);
        }
        const after = changed(derivatives, (one, variable) => ({ ...one, rate: rates.get(variable)! }));
        return { ...type, derivatives: after, method: 'euler' };
      },
      'no cell has equations for the variable of its threshold',
    ),
});

/** Integrates by Euler steps: first currents, then the potential, which reads their new values. */
export const currentFirst = inTurn('method euler, currents before potentials', 'currents first', (rate) => rate);

/**
 * Integrates as NEURON does: an implicit Euler step of potentials, then an exponential step of all other variables,
 * which read the new potential. @source N. T. Carnevale, M. L. Hines: The NEURON Book (2006), chapter 4
 */
export const implicitPotential = inTurn('steps of NEURON', 'potentials first', (rate, variable, dt, isPotential) => {
  const slope = derivative(parseExpression(rate), variable);
  if (slope === null) return null;
  const by = `${dt}*(${printExpression(slope)})`;
  return isPotential ? `(${rate})/(1 - ${by})` : `(${rate})*exprel(${by})`;
});

const word = (name: string): RegExp => new RegExp(`(?<![\\w.])${name}(?![\\w.(])`, 'g');
const mentions = (text: string, name: string): boolean => word(name).test(text);
const replaced = (text: string, name: string, by: string): string => text.replace(word(name), () => `(${by})`);

// --- Values ---------------------------------------------------------------------------------------------------------
/** Returns a way that multiplies the effects of spikes on cells. */
export const weightsTimes = (factor: number): Way => ({
  name: `weights times ${factor}`,
  model: ({ model }) => {
    let isChanged = false;
    const scaled = (statement: string, { ports }: SynapseType): string => {
      const [, target = '', sign = '', value = ''] = /^([\w.]+) ([-+])= (.+)$/.exec(statement) ?? [];
      if (!target.startsWith('post.') && !Object.hasOwn(ports, target)) return statement;
      isChanged = true;
      return `${target} ${sign}= ${factor}*(${value})`;
    };
    const synapses = changed(model.synapses, (type) => ({
      ...type,
      pathways: changed(type.pathways, (pathway) => ({
        ...pathway,
        do: pathway.do.map((statement) => scaled(statement, type)),
      })),
    }));
    const stimuli = changed(model.stimuli, (stimulus) => {
      if (stimulus.kind !== 'poisson') return stimulus;
      isChanged = true;
      return { ...stimulus, weight: `${factor}*(${stimulus.weight})` };
    });
    return isChanged ? { ...model, synapses, stimuli } : 'no spike adds a weight to a cell';
  },
});

/** Returns a way that changes one projection as another way changes all of them. */
export const inProjection = (way: Way, name: string): Way => ({
  name: `${way.name} in ${name}`,
  model: (valid, other) => {
    const { model } = valid;
    const own = model.projections[name]!;
    const alone = { projections: { [name]: own }, synapses: { [own.synapse]: model.synapses[own.synapse]! } };
    const found = way.model!({ ...valid, model: { ...model, ...alone, stimuli: {} } }, other);
    if (typeof found === 'string') return found;
    const synapse = `${own.synapse}_of_${name}`;
    return {
      ...model,
      synapses: { ...model.synapses, [synapse]: found.synapses[own.synapse]! },
      projections: { ...model.projections, [name]: { ...found.projections[name]!, synapse } },
    };
  },
});

/** Runs with the time step of the other side. */
export const otherStep: Way = {
  name: 'time step of the other side',
  model: ({ model }, { dt }) =>
    dt === undefined
      ? 'the other side states and shows no time step'
      : Math.abs(dt - model.experiment.dt) < 1e-12
        ? 'both sides have the same time step'
        : withExperiment(model, { dt }),
};

/** Draws with the seed of the other side. */
export const otherSeed: Way = {
  name: 'seed of the other side',
  model: ({ model }, { seed }) =>
    seed === undefined
      ? 'the other side states no seed'
      : seed === model.experiment.seed
        ? 'both sides have the same seed'
        : withExperiment(model, { seed }),
};

/** Draws with the next seed, which shows the spikes that agree by chance. */
export const otherDraws: Way = {
  name: 'other random numbers (the next seed)',
  model: ({ model }) => withExperiment(model, { seed: String(BigInt(model.experiment.seed) + 1n) }),
};

/** Returns a way that gives a seed to generators that the model names. */
export const generatorsFrom = (seed: (own: bigint) => bigint, name: string): Way => ({
  name,
  model: ({ model }) => {
    let isChanged = false;
    const seeded = (item: unknown): unknown => {
      if (typeof item !== 'object' || item === null) return item;
      if (Array.isArray(item)) return item.map(seeded);
      const parts = Object.fromEntries(Object.entries(item).map(([key, one]) => [key, seeded(one)]));
      const own = parts['seed'];
      const isGenerator = /^numpy-/.test(String(parts['generator'] ?? parts['name']));
      if (!isGenerator || typeof own !== 'string' || !/^\d+$/.test(own)) return parts;
      const other = String(seed(BigInt(own)));
      isChanged ||= other !== own;
      return { ...parts, seed: other };
    };
    // Only values change, so the form stays that of a model.
    const other = seeded(model) as Model;
    return isChanged ? other : 'the model names no generator with another seed';
  },
});
