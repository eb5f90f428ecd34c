/** Pass: refuses, by the feature's name, what a valid model may say and lowering does not run yet. */

import { readsVariable } from '../model/typed.js';
import type { LoweringDiagnostics } from './context.js';
import type { Model, NeuronType, Population, Projection, Recording, Stimulus } from '../model/typed.js';
import * as messages from './messages.js';
import { profiles } from './profile.js';

/** A sentence part that names the feature, if something uses it. */
type Feature = string | false | undefined;

/** A feature where a model uses it, and what to do about it. */
interface Use {
  readonly pointer: string;
  readonly feature: string;
  readonly hint: string | undefined;
}

/** @diagnostic lower/unsupported-feature  for each kind of feature that the model uses, at its first use */
export function refuseFeatures(model: Model, diagnostics: LoweringDiagnostics): void {
  const uses: Use[] = [];
  const refusing =
    (hint?: string) =>
    (pointer: string, features: readonly Feature[]): void => {
      for (const feature of features) if (feature) uses.push({ pointer, feature, hint });
    };
  const refuse = refusing();
  if (profiles[model.timing].stepping === 'elements') refuseInSteps(model, refusing(messages.otherTiming));
  for (const [name, type] of Object.entries(model.neurons)) refuse(`/neurons/${name}`, ofType(name, type));
  for (const [name, population] of Object.entries(model.populations))
    refuse(`/populations/${name}`, ofPopulation(name, population));
  for (const [name, projection] of Object.entries(model.projections))
    refuse(`/projections/${name}`, ofProjection(name, projection));
  for (const [name, stimulus] of Object.entries(model.stimuli))
    refuse(`/stimuli/${name}`, [ofStimulus(name, stimulus)]);
  model.recordings.forEach((recording, k) => refuse(`/recordings/${k}`, [ofRecording(recording)]));
  // A network has as many places on its cells as connections: one of each kind says enough.
  for (const [first, ...others] of ofOneKind(uses)) {
    if (!first) continue;
    const { pointer, feature, hint } = first;
    diagnostics.within(pointer, () => diagnostics.add(messages.unsupportedFeature(feature, hint, others.length)));
  }
}

/** Uses of features by their kind, which is what is said before the name in brackets. */
function ofOneKind(uses: readonly Use[]): readonly (readonly Use[])[] {
  const kinds = new Map<string, Use[]>();
  for (const use of uses) {
    const kind = use.feature.replace(/ \([^)]*\)/, '');
    const known = kinds.get(kind);
    if (known) known.push(use);
    else kinds.set(kind, [use]);
  }
  return [...kinds.values()];
}

/** What has no place in a step that goes element by element. */
function refuseInSteps(model: Model, refuse: (pointer: string, features: readonly Feature[]) => void): void {
  const under = `under the timing profile ${model.timing}`;
  for (const [name, type] of Object.entries(model.neurons)) {
    refuse(`/neurons/${name}`, [
      type.noise.length > 0 && `noise (${name}) ${under}`,
      Object.values(type.events).some(({ refractory }) => refractory !== undefined) &&
        `a refractory period (${name}) ${under}`,
      Object.values(type.events).some(({ multiplicity }) => multiplicity !== undefined) &&
        `events with a multiplicity (${name}) ${under}`,
      readsVariable(type, 'lastspike') && `the time of the last spike (${name}) ${under}`,
    ]);
  }
  for (const [name, type] of Object.entries(model.synapses)) {
    refuse(`/synapses/${name}`, [
      type.noise.length > 0 && `noise (${name}) ${under}`,
      Object.keys(type.summed).length > 0 && `a summed variable (${name}) ${under}`,
      Object.values(type.derivatives).some(({ eventDriven }) => eventDriven) &&
        `event-driven equations (${name}) ${under}`,
    ]);
  }
  for (const name of Object.keys(model.operations)) refuse(`/operations/${name}`, [`the operation ${name} ${under}`]);
  for (const [name, stimulus] of Object.entries(model.stimuli)) {
    refuse(`/stimuli/${name}`, [stimulus.kind === 'poisson' && `the Poisson input ${name} ${under}`]);
  }
}

function ofType(name: string, type: NeuronType): Feature[] {
  return [
    type.compartments !== undefined && `a cell with compartments (${name})`,
    ...Object.entries(type.events).map(
      ([event, { section }]) => section !== undefined && `an event at a section (${name}.${event})`,
    ),
  ];
}

function ofPopulation(name: string, population: Population): Feature[] {
  return [population.clock !== undefined && `a population with its own clock (${name})`];
}

function ofProjection(name: string, projection: Projection): Feature[] {
  return [
    (projection.from.section !== undefined || projection.to.section !== undefined) &&
      `a projection that ends at a section (${name})`,
  ];
}

const ofStimulus = (name: string, stimulus: Stimulus): Feature =>
  stimulus.kind === 'current' && stimulus.section !== undefined && `a current into a section (${name})`;

function ofRecording(recording: Recording): Feature {
  if (recording.kind === 'rate') return false;
  if (recording.kind === 'variables' && recording.section !== undefined)
    return `a recording at a section (${recording.name})`;
  return (
    recording.variables?.some((variable) => variable.includes('.')) &&
    `a recording of a mechanism's variable (${recording.name})`
  );
}
