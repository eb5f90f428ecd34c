/**
 * Currents that are parameters and change between the runs of a protocol, rewritten as time-dependent stimuli.
 * Notations that inject currents from outside have no other form for them.
 */

import type { Expression } from '../lang/ast.js';
import { name as named, quantity, quotient } from '../lang/build.js';
import { ampere, area as squareMetre } from '../lang/dimension.js';
import { substitute } from '../lang/walk.js';
import { assignedBy } from '../model/assigned.js';
import { mapped } from '../model/collections.js';
import { freeName } from '../model/free-name.js';
import { timingProperties } from '../model/timing-properties.js';
import {
  namesOf,
  type Model,
  type NeuronType,
  type Phase,
  type Population,
  type Stimulus,
  type ValidModel,
} from '../model/typed.js';
import { beforeStep, during } from './gather/step-times.js';
import { tidy } from './recognise/numbers.js';

/** A current from a time on, in A and s. */
interface Piece {
  readonly from: number;
  readonly value: number;
}

/**
 * Returns the same model with such currents as stimuli. Returns the model itself if it has no such current, or if its
 * protocol has more than runs and values.
 */
export function withPhaseCurrents(valid: ValidModel): ValidModel {
  const { model } = valid;
  const { protocol, dt } = model.experiment;
  const isPlain = protocol.every(({ kind }) => kind === 'run' || kind === 'set');
  if (!isPlain || !timingProperties[model.timing].hasSlots || !protocol.some(({ kind }) => kind === 'set'))
    return valid;
  let next = model;
  for (const [id, population] of Object.entries(model.populations)) {
    const type = next.neurons[population.type ?? ''];
    if (
      !type ||
      type.compartments ||
      Object.values(model.populations).some((one) => one !== population && one.type === population.type)
    )
      continue;
    for (const [parameter, { unit }] of Object.entries(type.parameters)) {
      const area = unit === 'A' ? 1 : unit === 'A*m**-2' ? usualArea : undefined;
      const pieces = area === undefined ? undefined : piecesOf(model, id, population, type, parameter);
      if (area !== undefined && pieces) next = withStimulus(next, id, parameter, pieces, area, dt);
    }
  }
  return next === model ? valid : { ...valid, model: next };
}

/**
 * Returns the values of a parameter of all cells, each with its start time. Undefined if the parameter is constant or
 * if other parts read it.
 */
function piecesOf(
  model: Model,
  id: string,
  { values, linked }: Population,
  type: NeuronType,
  parameter: string,
): readonly Piece[] | undefined {
  const first = values[parameter] ?? type.parameters[parameter]?.value ?? 0;
  if (typeof first !== 'number' || linked?.[parameter] !== undefined) return undefined;
  const key = `${id}.${parameter}`;
  const pieces: Piece[] = [{ from: 0, value: first }];
  let time = 0;
  for (const phase of model.experiment.protocol) {
    if (phase.kind === 'run') time += phase.run;
    if (phase.kind !== 'set') continue;
    const keys = Object.keys(phase.set).filter((one) => assignedBy(one).variable === parameter);
    if (keys.length === 0) continue;
    const value = phase.set[key];
    if (phase.of !== undefined || phase.where !== undefined || keys.join() !== key || typeof value !== 'number')
      return undefined;
    pieces.push({ from: time, value });
  }
  const { events, regimes, state, parameters, noise } = type;
  const { operations, stimuli, recordings, populations, projections, synapses } = model;
  const others = Object.entries(values).filter(([name]) => name !== parameter);
  const given = Object.entries(parameters).filter(([name]) => name !== parameter);
  const links = Object.values(populations).map((population) => population.linked);
  const own = [events, regimes, state, noise, others, given.map(([, { value }]) => value)];
  const near = namesOf([own, operations, stimuli, recordings, links]);
  const far = namesOf([synapses, projections]);
  const isRead = near.has(parameter) || far.has(`pre.${parameter}`) || far.has(`post.${parameter}`);
  return pieces.length === 1 || isRead ? undefined : pieces;
}

/** Surface in m**2 of cells of which all values are by area. */
export const usualArea = 1e-9;

/** @param area  in m**2, of a current by area; 1 for other currents */
function withStimulus(
  model: Model,
  id: string,
  parameter: string,
  pieces: readonly Piece[],
  area: number,
  dt: number,
): Model {
  const { neurons, populations, stimuli, projections, experiment } = model;
  const population = populations[id];
  const name = population?.type ?? '';
  const type = neurons[name];
  if (!population || !type) return model;
  const amount = (value: number): Expression => quantity(tidy(value * area), ampere);
  const [start = { from: 0, value: 0 }, ...later] = pieces;
  const value = later.reduce(
    (earlier, piece) =>
      piece.from === 0
        ? amount(piece.value)
        : during(amount(piece.value), beforeStep(tidy(Math.round(piece.from / dt) * dt)), undefined, earlier),
    amount(start.value),
  );
  const to = { kind: 'slice', population: id } as const;
  const stimulus: Stimulus = { kind: 'current', to, input: parameter, value, attached: true };
  const free = freeName(`${id}_${parameter}`, (one) =>
    [stimuli, populations, projections].some((map) => Object.hasOwn(map, one)),
  );
  const ofArea = quotient(named(parameter), quantity(area, squareMetre));
  const byArea = (e: Expression): Expression => (area === 1 ? e : substitute(e, new Map([[parameter, ofArea]])));
  const { [parameter]: _, ...parameters } = type.parameters;
  const { [parameter]: __, ...values } = population.values;
  const key = `${id}.${parameter}`;
  const protocol = experiment.protocol.flatMap((phase): readonly Phase[] => {
    if (phase.kind !== 'set' || !Object.hasOwn(phase.set, key)) return [phase];
    const { [key]: ___, ...set } = phase.set;
    return Object.keys(set).length === 0 ? [] : [{ kind: 'set', set }];
  });
  return {
    ...model,
    neurons: {
      ...neurons,
      [name]: {
        ...type,
        parameters,
        derived: mapped(type.derived, (one) => ({ ...one, value: byArea(one.value) })),
        derivatives: mapped(type.derivatives, (one) => ({ ...one, rate: byArea(one.rate) })),
        inputs: { ...type.inputs, [parameter]: { unit: 'A', reduce: 'sum' } },
      },
    },
    populations: { ...populations, [id]: { ...population, values } },
    stimuli: { ...stimuli, [free]: stimulus },
    experiment: { ...experiment, protocol },
  };
}
