/** The populations and variables of multicompartment cells, under the names of the model, for readers of results. */

import type { EventRecordingLocation, Manifest, SampleLocation } from '../../ir/program.js';
import type { Origin, ModelNames, SynapsesOf } from '../context/cable.js';

/** A manifest in the names of the model. */
export function manifestInModelNames(manifest: Manifest, { origins, pieces, recordings, asked }: ModelNames): Manifest {
  if (origins.size === 0) return manifest;
  const isOwn = (name: string): boolean => (origins.get(name)?.population ?? name) === name;
  return {
    ...manifest,
    populations: manifest.populations.flatMap((population) =>
      isOwn(population.name) ? [{ ...population, size: origins.get(population.name)?.cells ?? population.size }] : [],
    ),
    samples: manifest.samples.map((sample) => {
      const piece = pieces.get(sample.owner);
      const shown = piece
        ? shownSynapses(sample, piece)
        : shownSample(sample, asked.get(`${sample.recording} ${sample.variable}`), origins.get(sample.owner));
      return { ...shown, recording: recordings.get(shown.recording) ?? shown.recording };
    }),
    ...(manifest.eventRecordings && {
      eventRecordings: manifest.eventRecordings.map((recording) =>
        shownValues(recording, origins.get(recording.population)),
      ),
    }),
  };
}

function shownSynapses(sample: SampleLocation, { projection, numbers }: SynapsesOf): SampleLocation {
  const { indices } = sample;
  const synapseNumbers =
    indices instanceof Uint32Array ? indices.map((k) => numbers[k] ?? k) : numbers.slice(indices.begin, indices.end);
  return { ...sample, owner: projection, indices: synapseNumbers };
}

function shownValues(recording: EventRecordingLocation, origin: Origin | undefined): EventRecordingLocation {
  const { values } = recording;
  if (!origin || !values) return recording;
  const shown = (name: string): string => origin.variables.get(name) ?? name;
  return { ...recording, values: values.map((value) => ({ ...value, variable: shown(value.variable) })) };
}

function shownSample(sample: SampleLocation, asked: string | undefined, origin: Origin | undefined): SampleLocation {
  if (!origin) return sample;
  const { indices } = sample;
  const { population, cells, variables } = origin;
  const first = indices instanceof Uint32Array ? (indices[0] ?? 0) : indices.begin;
  const shift = first - (first % cells);
  return {
    ...sample,
    owner: population,
    variable: asked ?? variables.get(sample.variable) ?? sample.variable,
    indices:
      indices instanceof Uint32Array
        ? indices.map((index) => index - shift)
        : { begin: indices.begin - shift, end: indices.end - shift },
  };
}
