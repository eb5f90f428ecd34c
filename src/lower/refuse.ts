/** Pass: refuses, by the feature's name, what a valid model may say and lowering does not run yet. */

import type { LoweringDiagnostics } from './context.js';
import type { Model, NeuronType, Population, Projection, Recording, Stimulus } from '../model/model.js';
import * as messages from './messages.js';

/** A sentence part that names the feature, if something uses it. */
type Feature = string | false | undefined;

/** @diagnostic lower/unsupported-feature  for each feature that the model uses */
export function refuseFeatures(model: Model, diagnostics: LoweringDiagnostics): void {
  const refuse = (pointer: string, features: readonly Feature[]): void =>
    diagnostics.within(pointer, () => {
      for (const feature of features) if (feature) diagnostics.add(messages.unsupportedFeature(feature));
    });
  refuse('/timing', [model.timing === 'lems-euler' && 'the timing profile lems-euler']);
  for (const [name, type] of Object.entries(model.neurons)) refuse(`/neurons/${name}`, ofType(name, type));
  for (const [name, population] of Object.entries(model.populations)) refuse(`/populations/${name}`, ofPopulation(name, population));
  for (const [name, projection] of Object.entries(model.projections)) refuse(`/projections/${name}`, ofProjection(name, projection));
  for (const [name, stimulus] of Object.entries(model.stimuli)) refuse(`/stimuli/${name}`, [ofStimulus(name, stimulus)]);
  model.recordings.forEach((recording, k) => refuse(`/recordings/${k}`, [ofRecording(recording)]));
}

function ofType(name: string, type: NeuronType): Feature[] {
  return [
    type.compartments !== undefined && `a cell with compartments (${name})`,
    Object.keys(type.regimes).length > 0 && `regimes (${name})`,
    ...Object.entries(type.inputs).map(([input, { reduce }]) => reduce !== 'sum' && `an input that multiplies (${name}.${input})`),
    ...Object.entries(type.events).flatMap(([event, { multiplicity, refractory, section }]) => [
      multiplicity !== undefined && `events with a multiplicity (${name}.${event})`,
      section !== undefined && `an event at a section (${name}.${event})`,
      refractory?.of?.some((other) => other !== event) && `an event that suppresses others (${name}.${event})`,
      refractory?.rounding !== undefined &&
        refractory.rounding !== 'nearest' &&
        `a refractory period that is rounded ${refractory.rounding} (${name}.${event})`,
    ]),
  ];
}

function ofPopulation(name: string, population: Population): Feature[] {
  return [
    population.clock !== undefined && `a population with its own clock (${name})`,
    population.positions !== undefined && `positions (${name})`,
    population.linked !== undefined && Object.keys(population.linked).length > 0 && `variables linked to another population (${name})`,
  ];
}

function ofProjection(name: string, projection: Projection): Feature[] {
  return [
    projection.space !== undefined && `distances in space (${name})`,
    (projection.from.section !== undefined || projection.to.section !== undefined) && `a projection that ends at a section (${name})`,
    projection.delayRange?.outOfRange === 'redraw' && `delays that are drawn again (${name})`,
  ];
}

const ofStimulus = (name: string, stimulus: Stimulus): Feature =>
  'section' in stimulus && stimulus.section !== undefined && `a current into a section (${name})`;

function ofRecording(recording: Recording): Feature {
  if ('section' in recording && recording.section !== undefined) return `a recording at a section (${recording.name})`;
  return (
    'variables' in recording &&
    recording.variables?.some((variable) => variable.includes('.')) &&
    `a recording of a mechanism's variable (${recording.name})`
  );
}
