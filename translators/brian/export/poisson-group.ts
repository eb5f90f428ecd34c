/** PyNN's Poisson sources as Brian's groups of them. */

import type { Expression } from '../../../src/lang/ast.js';
import { binary, boolean, call, integer, name as nameOf, quantity } from '../../../src/lang/build.js';
import { second } from '../../../src/lang/dimension.js';
import { mapExpression } from '../../../src/lang/walk.js';
import { assignedBy } from '../../../src/model/assigned.js';
import type { Model, NeuronType, Phase, Value } from '../../../src/model/typed.js';
import { numbersOf } from '../../../src/model/arrays.js';
import { isGiven, isPhase } from '../../../src/model/tagged.js';
import { poissonCondition } from '../sources.js';
import type { IdiomContext } from './idiom-context.js';

/** Spikes a step above which a PoissonGroup is not a Poisson process. */
const mostOften = 0.5;

/** PyNN's Poisson source in Brian. */
interface BrianSource {
  readonly type: NeuronType;
  readonly values: Readonly<Record<string, Value>>;
  /** Whether it is a PoissonGroup, rather than a NeuronGroup with a random threshold. */
  readonly isGroup: boolean;
}

/**
 * Returns PyNN's Poisson source as a PoissonGroup, or as neurons with their own rates and times if these differ or
 * change. Returns undefined for other types.
 */
export function poissonGroup(
  name: string,
  type: NeuronType,
  values: Readonly<Record<string, Value>>,
  pointer: string,
  { model, data, report, changed }: IdiomContext,
): BrianSource | undefined {
  if (type.conformsTo?.type !== 'pynn/SpikeSourcePoisson') return undefined;
  const given = (key: string): Value => values[key] ?? type.parameters[key]?.value ?? 0;
  const [rate = 0, start, duration] = ['rate', 'start', 'duration'].map(given);
  const known = typeof rate === 'number' ? [rate] : isGiven(rate) ? numbersOf(rate.array, data) : [];
  if (known.some((one) => one * model.experiment.dt > mostOften)) {
    report.missing(
      pointer,
      'each neuron of Brian spikes at most once per step, but this source would spike more than once in most steps; ' +
        'several sources with a part of the rate each, or shorter steps, give the same process',
      'brian/poisson-group',
    );
    return { type: oncePerStep(type), values, isGroup: false };
  }
  const always = start === 0 && typeof duration === 'number' && duration >= 1e6;
  const areTimesSet = ['start', 'duration'].some((key) => changed.has(`${name}.${key}`));
  const isRateSet = changed.has(`${name}.rate`);
  const isPlain = [start, duration, rate].every((value) => typeof value === 'number');
  // A rate that is set is a variable of the group, not a part of an expression.
  const isGroup = !areTimesSet && (isRateSet ? always && isRateGiven(name, model) : always || isPlain);
  // PyNN's own backend for Brian also uses a PoissonGroup.
  report.different(
    'brian/poisson-group',
    pointer,
    `${isGroup ? 'a PoissonGroup' : 'a neuron'} has at most one spike per step, where the model draws their number`,
  );
  if (!isGroup) return { type: oncePerStep(type), values, isGroup };
  const spike = {
    when: poissonCondition,
    edge: 'level',
    do: [],
    order: 0,
  } as const satisfies NeuronType['events'][string];
  const base: NeuronType = {
    parameters: {},
    state: {},
    derived: {},
    derivatives: {},
    noise: [],
    method: 'auto',
    inputs: {},
    events: { spike },
    regimes: {},
  };
  if (always)
    return {
      type: { ...base, parameters: { rates: { unit: 'Hz', type: 'real', value: 0, shared: false } } },
      values: { rates: rate },
      isGroup,
    };
  const [from, lasting] = [Number(start), Number(duration)];
  const compared = (operator: '<' | '>=', seconds: number): Expression =>
    binary(operator, nameOf('t'), binary('-', quantity(seconds, second), binary('/', nameOf('dt'), integer(2))));
  const times = [
    ...(from === 0 ? [] : [compared('>=', from)]),
    ...(lasting >= 1e6 ? [] : [compared('<', Number((from + lasting).toPrecision(12)))]),
  ].reduce((all, one) => binary('and', all, one));
  return {
    isGroup,
    type: {
      ...base,
      parameters: { rate: { unit: 'Hz', type: 'real', value: Number(rate), shared: true } },
      derived: {
        rates: {
          unit: 'Hz',
          type: 'real',
          value: binary('*', nameOf('rate'), call('int', [times])),
          shared: false,
          held: false,
        },
      },
    },
    values: {},
  };
}

/** Returns the type with the same mean number of spikes, but at most one spike a step. */
function oncePerStep(type: NeuronType): NeuronType {
  const { multiplicity: _, ...spike } = type.events['spike'] ?? {
    when: boolean(false),
    edge: 'level',
    do: [],
    order: 0,
  };
  const when = mapExpression(spike.when, (e) =>
    e.kind === 'unary' && e.operand.kind === 'call' && e.operand.function === 'expm1'
      ? binary('*', nameOf('rate'), nameOf('dt'))
      : e,
  );
  const { conformsTo: __, ...own } = type;
  return { ...own, events: { ...type.events, spike: { ...spike, when } } };
}

/** Checks whether phases set the rate of a population as a whole or of some of its cells. */
const isRateGiven = (name: string, { experiment }: Model): boolean =>
  experiment.protocol.some(
    (phase) => isPhase(phase, 'set') && Object.keys(phase.set).some((key) => isRateOf(name, key)),
  );

function isRateOf(name: string, key: string): boolean {
  const { owner, variable } = assignedBy(key);
  return owner === name && variable === 'rate';
}

/** Returns a phase that sets rates of PoissonGroups by their name in Brian. */
export const withRates = (phase: Phase, groups: ReadonlySet<string>): Phase =>
  isPhase(phase, 'set')
    ? {
        ...phase,
        set: Object.fromEntries(
          Object.entries(phase.set).map(([key, value]) => [
            [...groups].some((name) => isRateOf(name, key)) ? key.replace(/\.rate$/, '.rates') : key,
            value,
          ]),
        ),
      }
    : phase;
