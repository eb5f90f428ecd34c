/** Values: numbers, lists, random distributions and formulas, as values of the canonical model. */

import { limitAsNumber, valueKind } from './value-kinds.js';
import { child } from '../../src/model/pointer.js';
import { own, type Setting } from './context.js';
import { distributions, quantity } from '../../src/library/pynn/distributions.js';
import { translateFormula } from './formulas.js';
import { located, type Located } from '../shared/located.js';
import * as messages from './messages.js';
import type { Formula, Random, Value } from './specification.generated.js';

/** The purpose of a value. */
export interface Slot {
  /** In messages. */
  readonly what: string;
  /** PyNN's unit in the canonical syntax; 1 for pure numbers. */
  readonly unit: string;
  /** Number of elements, if it is known: the length of a list. */
  readonly count: number | null;
  /** Variables that formulas may read. */
  readonly formulas: readonly NonNullable<Formula['of']>[];
  /** Whether numbers carry their unit; otherwise their place in the document has it. */
  readonly explicit?: boolean;
  /** For synapses: a NumpyRNG draws for all pairs, as PyNN's `set` does, or begins again for each receiver. */
  readonly draws?: 'pairs' | 'anew';
  /** The generator of draws without a NumpyRNG; absent: the target. */
  readonly own?: NumpyGenerator;
}

/** Checks whether a value is a list of numbers. */
export const isNumbers = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'number');

/** Returns a value of the canonical model; undefined after an error was reported. */
export function translateValue(value: Value, pointer: string, slot: Slot, setting: Setting): Located | undefined {
  const done = bare(value, pointer, slot, setting);
  return done === undefined ? undefined : located(done, pointer);
}

function bare(value: Value, pointer: string, slot: Slot, setting: Setting): unknown {
  const wrong = (expected: string): undefined =>
    void setting.report(messages.wrongValue(slot.what, expected, value), pointer);
  const known = valueKind(value);
  switch (known.kind) {
    case 'number':
      return slot.explicit === true ? quantity(known.value, slot.unit) : known.value;
    case 'flag':
      return wrong('a number');
    case 'list':
      return list(known.value, pointer, slot, setting);
    case 'random':
      return random(known.value, pointer, slot, setting);
    case 'formula': {
      const text = translateFormula(known.value, slot.formulas, pointer, setting);
      return text === undefined ? undefined : slot.unit === '1' ? text : `(${text})*(${slot.unit})`;
    }
    case 'data':
      return { ...known.value, unit: slot.unit };
    case 'sequence':
    case 'sequences':
      return wrong('one number for each cell');
    default:
      return known satisfies never;
  }
}

function list(values: readonly unknown[], pointer: string, slot: Slot, setting: Setting): unknown {
  const wrong = values.findIndex((item) => typeof item !== 'number');
  if (wrong >= 0)
    return void setting.report(messages.wrongValue(slot.what, 'a number', values[wrong]), child(pointer, wrong));
  if (slot.count !== null && Number.isNaN(slot.count))
    return void setting.report(messages.countUnknown(slot.what), pointer);
  if (slot.count !== null && values.length !== slot.count)
    return void setting.report(messages.wrongLength(slot.what, slot.count, values.length), pointer);
  return slot.explicit === true ? { array: values, unit: slot.unit } : values;
}

/** Returns a distribution: drawn as by NumPy if it names a NumpyRNG, else on the target while the network is built. */
function random({ random: name, params, rng }: Random, pointer: string, slot: Slot, setting: Setting): unknown {
  const distribution = own(distributions, name);
  if (distribution === undefined)
    return void setting.report(
      messages.unknownDistribution(name, Object.keys(distributions)),
      child(pointer, 'random'),
    );
  const given = Object.keys(params);
  if (
    given.length !== distribution.parameters.length ||
    !distribution.parameters.every((key) => Object.hasOwn(params, key))
  ) {
    return void setting.report(
      messages.distributionParameters(name, distribution.parameters, given),
      child(pointer, 'params'),
    );
  }
  const numbers = distribution.parameters.map((key) => limitAsNumber(params[key] ?? 0));
  const mayBeInfinite = (key: string): boolean =>
    name.startsWith('normal_clipped') && (key === 'low' || key === 'high');
  const isFinite = distribution.parameters.every((key, k) => mayBeInfinite(key) || Number.isFinite(numbers[k]));
  const problem = isFinite ? distribution.check?.(numbers) : 'finite numbers, but for low and high of clipped ones';
  if (problem !== undefined)
    return void setting.report(
      messages.outOfRange(`a parameter of ${name}`, problem, numbers),
      child(pointer, 'params'),
    );
  const named = numpyGenerator(rng, child(pointer, 'rng'), setting);
  if (named === undefined) return undefined;
  const generator = named ?? slot.own ?? null;
  if (generator !== null)
    return {
      ...generator,
      distribution: name,
      // JSON has no infinite numbers: the largest finite ones have no limiting effect.
      arguments: numbers.map((number) => Math.min(Number.MAX_VALUE, Math.max(-Number.MAX_VALUE, number))),
      order: setting.nextOrder(),
      unit: slot.unit === '1' ? 1 : slot.unit,
      ...(slot.draws === 'pairs' ? { pairs: true } : slot.draws === 'anew' ? { anew: 'receiver' } : {}),
    };
  if (distribution.expression === undefined)
    return void setting.report(messages.needsGenerator(`the distribution ${name}`), pointer);
  return distribution.expression(numbers, slot.unit);
}

/** A generator as the canonical model names it. */
export interface NumpyGenerator {
  readonly generator: 'numpy-mt19937';
  /** A whole number, or `model`. */
  readonly seed: string;
  /** Tells generators with one seed apart. */
  readonly stream: string;
  /** Number of 32-bit draws made before; absent: 0. */
  readonly skip?: number;
}

/**
 * Returns the NumpyRNG of a name; null if there is no NumpyRNG or it is the target's own. Undefined after an unknown
 * name was reported.
 */
export function numpyGenerator(
  name: string | null | undefined,
  pointer: string,
  setting: Setting,
): NumpyGenerator | null | undefined {
  if (name === undefined || name === null) return null;
  const rng = own(setting.rngs, name);
  if (rng === undefined) {
    setting.report(messages.unknownReference('generator', name, Object.keys(setting.rngs)), pointer);
    return undefined;
  }
  // Without a seed PyNN takes one from the clock, so there is no sequence to reproduce.
  return rng.type === 'NativeRNG' || rng.seed === undefined
    ? null
    : {
        generator: 'numpy-mt19937',
        seed: String(rng.seed),
        stream: name,
        ...(rng.skip === undefined ? {} : { skip: rng.skip }),
      };
}
