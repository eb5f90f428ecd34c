/**
 * Protocol 1: cells without synapses under a ramp of drive, from rest to three times the larger rheobase of both models
 * and back. It does not depend on what the authors of a model ran.
 */

import { sourcesAlone } from '../convert/sources-alone.js';
import type { Expression } from '../lang/ast.js';
import { call, difference, name as nameOf, number, product, quantity, quotient, sum } from '../lang/build.js';
import { divideDimensions, second as ofTime } from '../lang/dimension.js';
import { parseUnit } from '../lang/units.js';
import { namesIn } from '../lang/walk.js';
import { mapped } from '../model/collections.js';
import type { ValidModel as Written } from '../model/model.js';
import type { Became } from '../model/rewriting/became.js';
import type { NeuronType, Stimulus, ValidModel } from '../model/typed.js';
import { typedValid, writtenValid } from '../model/typed-model.js';
import { spikesOf } from './check-conversion.js';
import { partsThere } from './open-loop.js';

/** Time in s until the largest drive, and in which a growing drive doubles: until the end it grows 1,024 times. */
const [upward, doubling] = [0.1, 0.02];

/** First value of a growing drive, relative to the first potential, in 1/s: 20 mV/s at -65 mV. */
const firstDrive = 0.3;

/** Largest drive, relative to the larger rheobase. */
const most = 3;

/**
 * Returns both models with some populations alone under protocol 1; undefined if none of their cells spikes. The drive
 * is a rate of the potential, so that no cell needs an input for it.
 *
 * @param names  populations of the first model
 */
export async function underProtocol1(
  first: Written,
  second: Written,
  became: Became,
  names: ReadonlySet<string>,
): Promise<readonly [Written, Written] | undefined> {
  const [own, other] = [typedValid(first), typedValid(second)];
  const parts = [...partsThere(first, second, became)];
  const cells = [...names].flatMap((population) => {
    const there = parts.flatMap(([name, one]) => (one.population === population ? [name] : []));
    const [name, image] = [potentialOf(own, population), potentialOf(other, there[0] ?? '')];
    if (name === undefined || image === undefined) return [];
    const after = became.variable({ owner: population, name, element: 0 }) ?? { name: image, factor: 1 };
    const size = Math.abs(Number(own.model.populations[population]!.values[name])) || 1;
    return [{ population, there, name, as: after.name, factor: after.factor ?? 1, size }];
  });
  const driven = (shape: Expression, sizes: readonly number[]): readonly [Written, Written] | undefined => {
    const ofFirst = cells.map(({ population, name }, k): Drive => [population, name, sizes[k]!]);
    const ofSecond = cells.flatMap(({ there, as, factor }, k) =>
      there.map((name): Drive => [name, as, sizes[k]! * factor]),
    );
    const sides = [drivenAlone(own, ofFirst, shape), drivenAlone(other, ofSecond, shape)] as const;
    return sides[0] && sides[1] && [sides[0], sides[1]];
  };
  const timeIn = (seconds: number): Expression => quotient(nameOf('t'), quantity(seconds, ofTime));
  const firsts = cells.map(({ size }) => firstDrive * size);
  const growing = cells.length === 0 ? undefined : driven(call('exp', [timeIn(doubling / Math.LN2)]), firsts);
  if (!growing) return undefined;
  const [trains, trainsThere] = [await spikesOf(growing[0]), await spikesOf(growing[1], {}, growing[0])];
  const peaks = cells.map(({ population, there }, k) => {
    const all = [trains.get(population) ?? [], ...there.map((name) => trainsThere.get(name) ?? [])].flat();
    return most * firsts[k]! * 2 ** (Math.max(...all.map(([time = -Infinity]) => time)) / doubling);
  });
  const ramp = difference(number(1), call('abs', [difference(timeIn(upward), number(1))]));
  return peaks.some((peak) => peak > 0) ? driven(ramp, peaks) : undefined;
}

/** Returns the variable that the conditions of spikes of a population read and that has a rate. */
function potentialOf({ model }: ValidModel, population: string): string | undefined {
  const type = model.neurons[model.populations[population]?.type ?? ''];
  const { events = {}, regimes = {}, derivatives = {} } = type ?? {};
  const rates = [derivatives, ...Object.values(regimes).map((regime) => regime.derivatives)];
  return [...Object.values(events), ...Object.values(regimes).flatMap(({ transitions }) => transitions)]
    .flatMap(({ when }) => [...namesIn(when)])
    .find((name) => rates.some((own) => Object.hasOwn(own, name)));
}

/** Size of the drive of a population's potential, in SI units. */
type Drive = readonly [population: string, potential: string, size: number];

/** Returns a model of some populations alone with driven potentials; undefined if other parts may act on them. */
function drivenAlone({ model, data }: ValidModel, driven: readonly Drive[], shape: Expression): Written | undefined {
  const experiment = { ...model.experiment, protocol: [{ kind: 'run', run: 2 * upward } as const] };
  const names = driven.map(([name]) => name);
  const alone = sourcesAlone({ ...model, experiment }, names);
  if (!alone) return undefined;
  const neurons: Record<string, NeuronType> = { ...alone.neurons };
  const stimuli: Record<string, Stimulus> = { ...alone.stimuli };
  for (const [population, potential, size] of driven) {
    const key = alone.populations[population]!.type!;
    const type = alone.neurons[key]!;
    const { unit = '1' } = type.state[potential] ?? {};
    const input = `drive_${potential}`;
    const withDrive = (rates: NeuronType['derivatives']): NeuronType['derivatives'] =>
      mapped(rates, (one, name) => (name === potential ? { ...one, rate: sum(one.rate, nameOf(input)) } : one));
    neurons[key] = {
      ...type,
      inputs: { ...type.inputs, [input]: { unit: `(${unit})/s`, reduce: 'sum' } },
      derivatives: withDrive(type.derivatives),
      regimes: mapped(type.regimes, (regime) => ({ ...regime, derivatives: withDrive(regime.derivatives) })),
    };
    const value = product(quantity(size, divideDimensions(parseUnit(unit).dimension, ofTime)), shape);
    const to = { kind: 'slice', population } as const;
    stimuli[`${input} of ${population}`] = { kind: 'current', to, input, value, attached: true } as Stimulus;
  }
  return writtenValid({ model: { ...alone, neurons, stimuli }, data });
}
