/**
 * Sources that may spike several times in a step, where the same function matters more than Brian's own words: a group
 * that draws how many spikes a step has, an event for the second, the third and so on, and a pathway of synapses for
 * each.
 */

import { parseExpression } from '../../../src/lang/parse.js';
import { callsIn } from '../../../src/lang/walk.js';
import { assignedBy } from '../../../src/model/assigned.js';
import { isRandom } from '../../../src/lang/functions.js';
import type { ConversionReport } from '../../../src/model/conversion-report.js';
import { freeName } from '../../../src/model/free-name.js';
import type { NeuronType, Phase, Projection, RecordingKinds, SynapseType, Value } from '../../../src/model/model.js';
import { child } from '../../../src/model/pointer.js';
import { isDrawn, isPhase } from '../../../src/model/tagged.js';
import { furtherSpike, spikeCount } from '../further-spikes.js';

/** What is told apart at most; more would make the document long and each step slow. */
export const mostPlaces = 40;

/** Sources that may spike several times in a step. */
export interface CountedSpikes {
  /** How many spikes a step may have. */
  readonly most: number;
  /** Of Poisson sources, which draw the number; absent: spikes are given. */
  readonly drawn?: {
    /** The mean number of spikes in a step, the largest of all sources and times. */
    readonly mean: number;
    /** How often a number of spikes is drawn in the run. */
    readonly draws: number;
  };
}

/** Events of the first spike of a step and of each further one. @param slot  of the first; absent: the usual one */
export function countEvents(most: number, slot?: string): NeuronType['events'] {
  const event = (k: number) => ({ when: `${spikeCount} > ${k - 1}`, edge: 'level', do: [], order: 0 }) as const;
  const further = Array.from({ length: most - 1 }, (_, k) => [furtherSpike(k + 2), event(k + 2)] as const);
  return { spike: { ...event(1), ...(slot === undefined ? {} : { slot }) }, ...Object.fromEntries(further) };
}

/**
 * A Poisson source that draws the number of its spikes in each step.
 *
 * @param active  when it does so; absent: always
 */
export function countedSource(
  parameters: NeuronType['parameters'],
  active: readonly string[],
  most: number,
): NeuronType {
  const count = active.length === 0 ? 'rate*dt' : `rate*dt*int(${active.join(' and ')})`;
  return {
    parameters,
    state: {},
    derived: { [spikeCount]: { unit: '1', type: 'integer', value: `poisson(${count})`, shared: false, held: true } },
    derivatives: {},
    noise: [],
    method: 'auto',
    inputs: {},
    events: countEvents(most),
    regimes: {},
  };
}

/**
 * Synapses that hear of each spike of a step by a pathway of its own.
 *
 * @param most  spikes that their source may have in a step
 */
export function withFurtherPathways(
  given: SynapseType,
  { values, delays }: Pick<Projection, 'values' | 'delays'>,
  most: number,
): {
  readonly type: SynapseType;
  /** Pathways that do the same at further spikes, by that of the first. */
  readonly further: ReadonlyMap<string, readonly string[]>;
} & Pick<Projection, 'values' | 'delays'> {
  const further = new Map<string, string[]>();
  const parameters = { ...given.parameters };
  const own: Record<string, Value> = { ...values };
  const each: Record<string, Value> = { ...delays };
  const pathways: Record<string, SynapseType['pathways'][string]> = {};
  const isTaken = (one: string): boolean => [given.pathways, pathways].some((map) => Object.hasOwn(map, one));
  for (const [key, pathway] of Object.entries(given.pathways)) {
    pathways[key] = pathway;
    if (pathway.on !== 'pre.spike') continue;
    let delay = delays[key] ?? pathway.delay;
    if (isRandomValue(delay)) {
      // All pathways of a synapse have the delay that is drawn once.
      const shared = freeName('travel', (one) =>
        [parameters, given.state, given.derived, given.ports].some((map) => Object.hasOwn(map, one)),
      );
      parameters[shared] = { unit: 's', type: 'real', value: 0, shared: false };
      own[shared] = delay;
      delay = shared;
      each[key] = delay;
    }
    for (let k = 2; k <= most; k++) {
      const name = freeName(`${key}_${k}`, isTaken);
      pathways[name] = { ...pathway, on: `pre.${furtherSpike(k)}` };
      each[name] = delay;
      further.set(key, [...(further.get(key) ?? []), name]);
    }
  }
  return { type: { ...given, parameters, pathways }, values: own, delays: each, further };
}

/**
 * A phase that gives the pathways of further spikes the delays that it gives to those of the first.
 *
 * @param further  of projections, by name
 */
export const withFurtherDelays = (
  phase: Phase,
  further: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>,
  report: ConversionReport,
): Phase =>
  isPhase(phase, 'delays')
    ? {
        ...phase,
        delays: Object.fromEntries(
          Object.entries(phase.delays).flatMap(([key, delay]) => {
            const { owner, variable } = assignedBy(key);
            const more = further.get(owner)?.get(variable) ?? [];
            if (more.length > 0 && isRandomValue(delay))
              report.approximated(
                'brian/several-spikes',
                child('/projections', owner),
                'the second and further spikes of a step have other delays, once these are drawn again',
              );
            return [key, ...more.map((pathway) => `${owner}.${pathway}`)].map((one) => [one, delay]);
          }),
        ),
      }
    : phase;

/** A recording of spikes that says how many each step had. */
export const withCounts = (recording: RecordingKinds['events']): RecordingKinds['events'] => ({
  ...recording,
  variables: [...(recording.variables ?? []), spikeCount],
});

const isRandomValue = (value: Value): boolean =>
  isDrawn(value) ||
  (typeof value === 'string' && callsIn(parseExpression(value)).some((one) => isRandom(one.function)));
