/**
 * Replaces the draws of a run by functions of chosen uniform numbers. Two models with equal functions draw by one law,
 * and can be run with equal draws.
 */

import type { Expression, Statement } from '../lang/ast.js';
import { binary, call, conditional, integer, name, number, quantity, unary } from '../lang/build.js';
import { second } from '../lang/dimension.js';
import { callsIn, expressionsOf, mapExpression, mapStatement, namesIn, substitute } from '../lang/walk.js';
import { drawsIn, isRandom } from '../lang/functions.js';
import { NoNumber } from '../lang/evaluate.js';
import { sequence, valueAt } from '../library/recognise/numbers.js';
import { mapped } from '../model/collections.js';
import { remainingDraws } from '../model/remaining-draws.js';
import { ownersOf, type Model, type NeuronType, type ValidModel } from '../model/typed.js';
import { typedValid, writtenValid } from '../model/typed-model.js';
import type * as written from '../model/model.js';
import { readThrough } from './states/element-scope.js';

/** Uniform numbers to choose. */
export interface Choice {
  /** First of them, between 0 and 1. */
  readonly share: number;
  /** Whether they change with the time, so that each draw of a run is another one. */
  readonly moves?: boolean;
  /** The only statement of each pathway or event whose numbers are of this choice; others have small ones. */
  readonly only?: number;
  /** Whether each is replaced by its distance from 1, as laws of `1 - u` need. */
  readonly mirrored?: boolean;
}

/** Choice for runs: synapses and cells act. */
export const usualChoice: Choice = { share: 0.15 };

/** Most trials of a binomial draw that are told apart. */
const mostTrials = 20;

/** Irrational numbers by which the uniform numbers of statements and calls differ, and by which they change, in Hz. */
const [ofStatement, ofCall, ofTime] = [0.6180339887, 0.4142135624, 71.8033988749];

/** Returns a model with chosen numbers in place of draws, and a phrase for each draw that stays. */
export function withChosenDraws(
  given: written.ValidModel,
  choice: Choice,
): { readonly valid: written.ValidModel; readonly remaining: readonly string[] } {
  const typed = typedValid(given);
  if (remainingDraws(typed.model).length === 0) return { valid: given, remaining: [] };
  const chosen = chosenDraws(typed, choice);
  return { valid: writtenValid(chosen), remaining: remainingDraws(chosen.model) };
}

/** Returns a model with chosen numbers in place of draws, except those that have none. */
export function chosenDraws({ model, data }: ValidModel, choice: Choice): ValidModel {
  const { dt } = model.experiment;
  const chosen: Model = {
    ...model,
    neurons: mapped(model.neurons, (type) => ({
      ...withChosenNoise(type, choice, dt),
      events: mapped(type.events, (event) => ({
        ...event,
        when: chosenChance(event.when, type, choice, dt),
        do: chosenStatements(event.do, choice),
      })),
    })),
    synapses: mapped(model.synapses, (type) => ({
      ...type,
      pathways: mapped(type.pathways, (pathway) => ({ ...pathway, do: chosenStatements(pathway.do, choice) })),
    })),
  };
  return { model: chosen, data };
}

/** Step in s for which noise is chosen: the noise of a step has a standard deviation of 1/sqrt(dt). */
const stepOfNoise = 1e-4;

/** Difference from the uniform numbers of other draws with which the noise of usual runs is positive. */
const excites = 0.43;

/** Returns the noise of a type, and its derived variables that are drawn once in each step. */
const noiseOf = ({ noise, derived }: NeuronType): readonly string[] => [
  ...noise,
  ...Object.entries(derived).flatMap(([one, { value, held, shared }]) =>
    held && !shared && drawsIn(value) ? [one] : [],
  ),
];

/** Returns a type with constant numbers in place of its noise. Noise with a factor that changes stays. */
function withChosenNoise(type: NeuronType, choice: Choice, dt: number): NeuronType {
  const { noise, derivatives, derived } = type;
  const names = noiseOf(type);
  if (names.length === 0 || !isConstantFactor(type, names)) return type;
  const still = { ...choice, share: (choice.share + excites) % 1, moves: false };
  const chosen = (k: number, e: Expression): Expression => chosenIn(e, numbersOf(still, k));
  const sizes = noise.map((one, k) => {
    const size = valueAt(chosen(k, call('normal', [])), () => NaN) / Math.sqrt(stepOfNoise);
    return [one, quantity(size, [0, 0, -0.5, 0, 0, 0, 0])] as const;
  });
  const drawn = names.slice(noise.length).map((one, k) => {
    const value = binary('*', chosen(noise.length + k, derived[one]!.value), number(Math.sqrt(dt / stepOfNoise)));
    return [one, { ...derived[one]!, value }] as const;
  });
  const rates = mapped(derivatives, (one) => ({ ...one, rate: substitute(one.rate, new Map(sizes)) }));
  return { ...type, noise: [], derivatives: rates, derived: { ...derived, ...Object.fromEntries(drawn) } };
}

/** Checks whether the factors of noise in the rates of a type are the same at all states and times, or zero. */
function isConstantFactor({ derivatives, derived, events, parameters }: NeuronType, names: readonly string[]): boolean {
  const readByEvents = Object.values(events).flatMap(({ when }) => [...namesIn(when)]);
  const read = readThrough(derived, readByEvents);
  if (names.some((one) => read.has(one))) return false;
  /** @param point  number of some states and times */
  const factorAt = (rate: Expression, noisy: string, point: number): number => {
    const [ofParameters, next] = [sequence(1), sequence(point)];
    const values = new Map(Object.keys(parameters).map((one) => [one, 0.5 + ofParameters()]));
    const at = (size: number): number => {
      const scope = (one: string): number => {
        if (one === noisy) return size;
        if (derived[one] && !names.includes(one)) return valueAt(derived[one].value, scope);
        const value = values.get(one) ?? 0.5 + next();
        values.set(one, value);
        return value;
      };
      return valueAt(rate, scope);
    };
    return at(1e6) - at(-1e6);
  };
  try {
    return Object.values(derivatives).every(({ rate }) =>
      names.every((one) => {
        const factors = [2, 3, 4, 5, 6, 7].map((point) => factorAt(rate, one, point)).filter((factor) => factor !== 0);
        return factors.every((factor) => Math.abs(factor / factors[0]! - 1) < 1e-6);
      }),
    );
  } catch (error) {
    if (error instanceof NoNumber || error instanceof RangeError) return false;
    throw error;
  }
}

/** Returns statements with chosen numbers for draws: each statement that draws has its own. */
export function chosenStatements(statements: readonly Statement[], choice: Choice): readonly Statement[] {
  let drawing = -1;
  return statements.map((statement) => {
    if (!expressionsOf(statement).some(drawsIn)) return statement;
    drawing += 1;
    const next = numbersOf(choice, drawing);
    return mapStatement(statement, (e) => chosenIn(e, next));
  });
}

/** Uniform number with which most events that draw happen. */
const small = 0.05;

/** Returns a function that gives the next uniform number of a statement. */
function numbersOf({ share, only, moves = false, mirrored = false }: Choice, statement: number): () => Expression {
  if (only !== undefined && only !== statement) return () => number(mirrored ? 1 - small : small);
  let calls = -1;
  return () => {
    calls += 1;
    const first = (share + statement * ofStatement + calls * ofCall) % 1;
    if (!moves) return number(mirrored ? 1 - first : first);
    const phase = binary('+', number(first), binary('*', quantity(ofTime, [0, 0, -1, 0, 0, 0, 0]), name('t')));
    const moving = binary('-', phase, call('floor', [phase]));
    return mirrored ? binary('-', number(1), moving) : moving;
  };
}

/** Returns an expression with chosen numbers, in the order of its text. Draws of other distributions stay. */
function chosenIn(e: Expression, next: () => Expression): Expression {
  return mapExpression(e, (part) => {
    if (part.kind !== 'call') return part;
    const [a, b] = part.arguments;
    if (part.function === 'uniform') return a && b ? binary('+', a, binary('*', binary('-', b, a), next())) : next();
    if (part.function === 'exponential' && a) return binary('*', unary('-', a), call('log', [next()]));
    if (part.function === 'normal') {
      const radius = call('sqrt', [binary('*', number(-2), call('log', [next()]))]);
      const drawn = binary('*', radius, call('cos', [binary('*', number(2 * Math.PI), next())]));
      return a && b ? binary('+', a, binary('*', b, drawn)) : drawn;
    }
    if (part.function !== 'binomial' || !a || !b) return part;
    const trials = Array.from({ length: mostTrials }, (_, k) =>
      binary('*', call('int', [binary('>', a, integer(k))]), call('int', [binary('<', next(), b)])),
    );
    // More trials have no number: neither states nor runs are compared with them.
    const sum = trials.reduce((all: Expression, trial) => binary('+', all, trial));
    return conditional(binary('>', a, integer(mostTrials)), call('int', [call('sqrt', [number(-1)])]), sum);
  });
}

/**
 * Returns a condition of a draw as the condition that its rate exceeds a chosen one: a chance in a step has no limit of
 * small steps, its rate has. A chance that does not read the step is one of the model's own step.
 */
function chosenChance(when: Expression, type: NeuronType, { share, mirrored }: Choice, dt: number): Expression {
  const [draw, ...others] = callsIn(when).filter((one) => isRandom(one.function));
  if (draw?.function !== 'uniform' || draw.arguments.length > 0 || others.length > 0) return when;
  const names = [...namesIn(when)];
  const readsStep = readThrough(type.derived, names).has('dt');
  const rate = quantity((-mostRate * share) / (1 - share), [0, 0, -1, 0, 0, 0, 0]);
  const expected = binary('*', rate, readsStep ? name('dt') : quantity(dt, second));
  const least = mirrored ? call('exp', [expected]) : unary('-', call('expm1', [expected]));
  return mapExpression(when, (part) => (part === draw ? least : part));
}

/** Rate in Hz of events with a chance in each step that a share of a half chooses. */
const mostRate = 1000;

/** A population or projection that draws while a model runs. */
interface Drawing {
  readonly part: string;
  /** The population, or the one that the synapses end at. */
  readonly population: string;
  readonly isProjection: boolean;
  /** Numbers of draws in its code, in order; -1 for those that depend on a value. */
  readonly counts: readonly number[];
}

/** Returns the populations and projections of a model that draw while it runs. */
export function drawingParts(valid: written.ValidModel): readonly Drawing[] {
  const { neurons, synapses, populations, projections } = typedValid(valid).model;
  const countIn = (expressions: readonly Expression[]): number => {
    const draws = expressions.flatMap(callsIn).filter((one) => isRandom(one.function));
    return draws.some((one) => one.function === 'binomial') ? -1 : draws.length;
  };
  const ofCode = (code: readonly Statement[]): readonly number[] =>
    code.map((statement) => countIn(expressionsOf(statement)));
  const all = [
    ...Object.entries(populations).map(([part, { type = '' }]): Drawing => {
      const { events = {} } = neurons[type] ?? {};
      const noise = neurons[type] ? noiseOf(neurons[type]).length : 0;
      const counts = Object.values(events).flatMap((event) => [countIn([event.when]), ...ofCode(event.do)]);
      return { part, population: part, isProjection: false, counts: [...counts, noise] };
    }),
    ...Object.entries(projections).map(([part, { synapse, to }]): Drawing => {
      const { pathways = {}, noise = [] } = synapses[synapse] ?? {};
      const counts = [...Object.values(pathways).flatMap((one) => ofCode(one.do)), noise.length];
      return { part, population: ownersOf(to.of)[0] ?? '', isProjection: true, counts };
    }),
  ];
  return all
    .map((one) => ({ ...one, counts: one.counts.filter((count) => count !== 0) }))
    .filter(({ counts }) => counts.length > 0);
}

/** Returns the reason why draws of two models are not the same ones; undefined if all have counterparts. */
export function drawnElsewhere(
  first: written.ValidModel,
  second: written.ValidModel,
  nameThere: (population: string) => string | undefined,
): string | undefined {
  const [own, other] = [drawingParts(first), drawingParts(second)];
  const areAlike = (one: Drawing, there: Drawing): boolean =>
    one.isProjection === there.isProjection &&
    nameThere(one.population) === there.population &&
    one.counts.length === there.counts.length &&
    one.counts.every((count, k) => count === there.counts[k] || count === -1 || there.counts[k] === -1);
  const [lone] = own.filter((one) => !other.some((there) => areAlike(one, there)));
  const [loneThere] = other.filter((there) => !own.some((one) => areAlike(one, there)));
  if (lone) return `${lone.part} draws otherwise in the second model`;
  return loneThere && `${loneThere.part} of the second model draws otherwise in the first one`;
}
