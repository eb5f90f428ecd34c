/** Data that a session returns while it is running: recordings, variables, synapses. */

import { itemAt } from '../diagnostics/entry.js';
import { engage } from './engage.js';
import type { Taken, TakenSamples, TakenSpikes, TakenSynapses } from './model-session.js';
import { constantOf, checkOwner } from './names.js';
import { readHidden } from '../pipeline/start-state.js';
import { identity, type Engaged, type SessionState } from './state.js';
import { projectionsByName, synapsesOf, variablesByName, type Synapses } from '../pipeline/synapses.js';
import type { Program, ProjectionLocation, TypedArray, VariableLocation } from '../ir/program.js';
import type { Model } from '../model/model.js';
import { segmentSpans } from '../../runtime/record/protocol.js';
import { readU32, resolveExtent } from '../../runtime/record/read-buffers.js';

/** Returns the data recorded since it was last taken. */
export async function take(state: SessionState): Promise<Taken> {
  const { plan, recording, sink, performed } = await engage(state);
  const { taken } = state;
  const spikes = plan.trains.map(({ plan: { population, event, variables = [] } }, k): TakenSpikes => {
    const key = `${population}.${event}`;
    const begin = taken.spikes.get(key) ?? 0;
    const { steps, cells, values } = recording.spikes(k, begin);
    taken.spikes.set(key, begin + steps.length);
    const recorded = variables.map(({ name, unit }, v) => ({ name, unit, values: itemAt(values, v) }));
    return { population, event, steps, cells, variables: recorded };
  });
  const samples = plan.setup.series.map((series, k): TakenSamples => {
    const begin = taken.rows.get(identity(series)) ?? 0;
    taken.rows.set(identity(series), sink.count(k));
    const { name, recording: of, owner, variable, unit, elements, label, every } = series;
    return { name, recording: of, owner, variable, unit, elements, label, every, ...sink.since(k, begin) };
  });
  return {
    steps: recording.steps(),
    spikeLabel: plan.setup.spikeLabel,
    segments: segmentSpans(performed, Infinity, state.options.start?.step),
    spikes,
    samples,
  };
}

/** Returns the synapses of a projection; they are read from the engine once. */
export async function synapsesIn({ session, synapses }: Engaged, location: ProjectionLocation): Promise<Synapses> {
  let found = synapses.get(location.name);
  if (!found) synapses.set(location.name, (found = await synapsesOf(location, session)));
  return found;
}

/** Returns a variable now, in SI: one number for each cell, or each synapse in order of creation. */
export async function readVariable(state: SessionState, owner: string, variable: string): Promise<TypedArray> {
  const on = await engage(state);
  const { session, compiled } = on;
  const { manifest } = compiled.program;
  const { model } = state.given.valid;
  const projections = projectionsByName(manifest);
  checkOwner(owner, model.populations, projections);
  const hidden = await readHidden(owner, variable, compiled.program, session);
  if (hidden) return hidden;
  const location =
    variablesByName(manifest).get(`${owner} ${variable}`) ?? heldLocation(owner, variable, model, compiled.program);
  const projection = Object.hasOwn(projections, owner) ? projections[owner] : undefined;
  if (projection) {
    const { position } = await synapsesIn(on, projection);
    if (!location) return new Float64Array(position.length).fill(constantOf(owner, variable, model));
    const stored = await session.read(location.buffer);
    const single = location.length === 1;
    return Float64Array.from(position, (at) => Number(stored[single ? 0 : at]));
  }
  const { size } = model.populations[owner]!;
  if (!location) return new Float64Array(size).fill(constantOf(owner, variable, model));
  const stored = await session.read(location.buffer, location.offset, Number(location.length));
  return location.length === 1 && size !== 1 ? new Float64Array(size).fill(Number(stored[0])) : stored;
}

/** Where a derived variable that holds over a step is kept; undefined for any other. */
function heldLocation(
  owner: string,
  variable: string,
  { neurons, synapses, populations, projections }: Model,
  { buffers, manifest }: Program,
): Pick<VariableLocation, 'buffer' | 'offset' | 'length'> | undefined {
  const population = populations[owner];
  const projection = projections[owner];
  const group = population?.type ?? owner;
  const type = projection ? synapses[projection.synapse] : neurons[group];
  if (!type?.derived[variable]?.held) return undefined;
  const buffer = buffers.find(({ name }) => name === `${group}.${variable}`);
  if (!buffer) return undefined;
  if (!population || buffer.length === 1) return { buffer: buffer.name, offset: 0, length: buffer.length };
  // Populations of one type lie one after the other.
  const own = manifest.variables.find((each) => each.owner === owner && each.length === population.size);
  const shares = Object.values(populations).filter(({ type: of }) => of === group).length > 1;
  if (shares && (own === undefined || type.derived[variable].shared)) return undefined;
  return { buffer: buffer.name, offset: own?.offset ?? 0, length: population.size };
}

/** Returns how many synapses a projection has. */
export async function countSynapses(state: SessionState, projection: string): Promise<number> {
  const on = await engage(state);
  return resolveExtent(on.session, projectionOf(on, projection).count);
}

function projectionOf({ compiled }: Engaged, name: string): ProjectionLocation {
  const projections = projectionsByName(compiled.program.manifest);
  checkOwner(name, projections);
  return projections[name]!;
}

/** Returns the synapses of a projection, in order of creation. */
export async function takeSynapses(state: SessionState, projection: string): Promise<TakenSynapses> {
  const on = await engage(state);
  const { session } = on;
  const location = projectionOf(on, projection);
  const { sources, targets, delaySteps, position } = await synapsesIn(on, location);
  const stored = location.pathways?.find(({ buffer }) => buffer !== undefined)?.buffer;
  const own = stored === undefined ? null : await readU32(session, stored);
  return {
    sources: Uint32Array.from(sources),
    targets: Uint32Array.from(targets),
    delays: own ? Uint32Array.from(position, (at) => own[at] ?? 0) : Uint32Array.from(delaySteps),
  };
}
