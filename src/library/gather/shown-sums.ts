/**
 * Recorded variables that follow the sum of what synapses add. Brian makes sums in the slot of the equations, right before
 * the cells are advanced, so that monitors at the start of a step see the sum of the step before, and nothing in the first
 * one. Monitors of such variables take their samples between the sum and the equations.
 */

import { namesIn } from '../../lang/walk.js';
import type { NeuronType, Recording } from '../../model/model.js';
import { populationOf, populationsOf } from '../../model/selected.js';
import { isRecording, isSelection } from '../../model/tagged.js';
import { freeName } from '../../model/free-name.js';
import type { Gathering } from './gathering.js';
import { derivedOf } from './texts.js';

/** Inputs of a population that synapses add to between spikes. */
function summedInputs({ projections, synapses, populations, neurons }: Gathering, name: string): ReadonlySet<string> {
  const inputs = neurons[populations[name]?.type ?? '']?.inputs ?? {};
  const found = Object.values(projections).flatMap(({ synapse, from, to, receptors }) =>
    Object.keys(synapses[synapse]?.contributes ?? {}).flatMap((key) => {
      const [side, variable] = key.includes('.') ? key.split('.') : ['post', receptors[key] ?? key];
      const { of } = side === 'pre' ? from : to;
      return variable !== undefined && populationsOf(of).includes(name) ? [variable] : [];
    }),
  );
  return new Set(found.filter((one) => Object.hasOwn(inputs, one)));
}

/** Of some variables those that follow sums over synapses. */
function following(type: NeuronType, variables: readonly string[], sums: ReadonlySet<string>): readonly string[] {
  const derived = derivedOf(type);
  return variables.filter((name) => {
    if (sums.has(name)) return true;
    const value = derived?.get(name);
    return value !== undefined && type.derived[name]?.held !== true && [...namesIn(value)].some((one) => sums.has(one));
  });
}

/** Recorded variables of a population that follow sums over synapses. */
function shownSums(gathering: Gathering, recording: Recording): readonly string[] {
  if (!isRecording(recording, 'variables') || isSelection(recording.of, 'synapses')) return [];
  const name = populationOf(recording.of) ?? '';
  const type = gathering.neurons[gathering.populations[name]?.type ?? ''];
  return type === undefined ? [] : following(type, recording.variables, summedInputs(gathering, name));
}

/** How many orders before its cells a sum is made: monitors have one between them. */
export const sumsAhead = ({ shownSums: { size } }: Gathering): 1 | 2 => (size > 0 ? 2 : 1);

/** Notes the populations of which variables are recorded that follow sums. */
export function noteShownSums(gathering: Gathering, recordings: readonly Recording[]): void {
  for (const recording of recordings)
    if (shownSums(gathering, recording).length > 0) gathering.shownSums.add(populationOf(recording.of) ?? '');
}

/** Recordings whose variables that follow sums are taken behind these, which are made earlier to leave room for it. */
export function withShownSums(gathering: Gathering, recordings: readonly Recording[]): readonly Recording[] {
  if (gathering.shownSums.size === 0) return recordings;
  for (const [name, projection] of Object.entries(gathering.projections)) {
    const type = gathering.synapses[projection.synapse];
    const sumSlots = Object.fromEntries(
      Object.keys(type?.contributes ?? {}).flatMap((key) => {
        const target = populationOf((key.startsWith('pre.') ? projection.from : projection.to).of) ?? '';
        const { order = 0 } = gathering.populations[target] ?? {};
        return gathering.shownSums.has(target) ? [[key, { order: order - 2 }] as const] : [];
      }),
    );
    if (type === undefined || Object.keys(sumSlots).length === 0) continue;
    const own = freeName(name, (one) => Object.hasOwn(gathering.synapses, one));
    gathering.synapses[own] = { ...type, sumSlots };
    gathering.projections[name] = { ...projection, synapse: own };
  }
  const names = new Set(recordings.map(({ name }) => name));
  return recordings.flatMap((recording): readonly Recording[] => {
    const late = shownSums(gathering, recording);
    if (late.length === 0 || !isRecording(recording, 'variables')) return [recording];
    const { order = 0 } = gathering.populations[populationOf(recording.of) ?? ''] ?? {};
    const behind = { slot: 'groups', order: order - 1 };
    const others = recording.variables.filter((one) => !late.includes(one));
    if (others.length === 0) return [{ ...recording, ...behind }];
    const name = freeName(`${populationOf(recording.of)}_${late.join('_')}`, (one) => names.has(one));
    names.add(name);
    return [
      { ...recording, variables: others },
      { ...recording, ...behind, variables: late, name },
    ];
  });
}
