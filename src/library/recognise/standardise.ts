/**
 * Rewrites a model with PyNN's standard types wherever they express a part: cells, synapses, sources, inputs and
 * connection rules. Other parts stay as they are, with the reason in the report.
 */

import type { Became } from '../../model/rewriting/became.js';
import type { ConversionEntry } from '../../model/conversion-report.js';
import { number } from '../../lang/build.js';
import { drawsIn } from '../../lang/functions.js';
import {
  formulaOf,
  type NeuronType,
  type Phase,
  type Population,
  type Projection,
  type SynapseType,
  type ValidModel,
  type Value,
} from '../../model/typed.js';
import { assignedBy } from '../../model/assigned.js';
import { mapped } from '../../model/collections.js';
import { child } from '../../model/pointer.js';
import { timingProperties } from '../../model/timing-properties.js';
import { isNamed, keepPopulation, standardising, type Standardising } from './standardise/context.js';
import { arrivingSigns, standardisePopulation } from './standardise/populations.js';
import { standardiseProjection } from './standardise/projections.js';
import { standardPhases, standardRecordings } from './standardise/protocol.js';
import { standardiseStimulus } from './standardise/stimuli.js';
import { valueInUnit } from './with-unit.js';

/** A model in standard types as far as there are any. */
interface Standardised {
  readonly valid: ValidModel;
  readonly entries: readonly ConversionEntry[];
  readonly became?: Pick<Became, 'variable'>;
}

/**
 * Returns the same model by standard types.
 *
 * @param stage  first part of the report's codes
 * @param kept   populations that stay as they are
 */
export function standardise(valid: ValidModel, stage: string, kept: ReadonlySet<string> = new Set()): Standardised {
  const { model } = valid;
  const needed =
    timingProperties[model.timing].hasSlots ||
    Object.values(model.neurons).some((type) => !isNamed(type)) ||
    Object.values(model.synapses).some((type) => !isNamed(type));
  return needed ? standardised(standardising(valid, stage), kept) : { valid, entries: [] };
}

function standardised(context: Standardising, kept: ReadonlySet<string>): Standardised {
  const { valid, model } = context;
  const signs = arrivingSigns(context);
  for (const [name, population] of Object.entries(model.populations))
    if (kept.has(name)) keepPopulation(context, name, population);
    else standardisePopulation(context, name, population, signs.get(name) ?? new Map<string, Set<1 | -1>>());
  for (const [name, projection] of Object.entries(model.projections)) standardiseProjection(context, name, projection);
  for (const [name, stimulus] of Object.entries(model.stimuli)) standardiseStimulus(context, name, stimulus);
  const recordings = standardRecordings(context, model.recordings);
  const protocol = model.experiment.protocol.flatMap((phase, k) =>
    standardPhases(context, phase, child('/experiment/protocol', k)),
  );
  const { neurons, report, stimuli, synapseTypes: synapses } = context;
  const populations = mapped(context.populations, (one, name) =>
    context.known.has(name) ? { ...one, values: inUnits(one.values, neurons[one.type ?? '']) } : one,
  );
  const projections = mapped(context.projections, (one, name) => {
    const before = model.projections[name];
    return {
      ...one,
      values: one.values === before?.values ? one.values : inUnits(one.values, synapses[one.synapse]),
      delays: one.delays === before?.delays ? one.delays : mapped(one.delays, (value) => valueInUnit(value, 's')),
    };
  });
  const reportDraws = (pointer: string, before: readonly string[], after: readonly string[] | undefined): void => {
    if (after === undefined || before.join() === after.join()) return;
    report.convention(
      context.code('own-draws'),
      pointer,
      'values have the same distributions and other random numbers, since they are drawn under the names of the standard type',
    );
  };
  const ofCells = ({ type = '', values }: Population, types: Types): readonly string[] =>
    drawnNames(values, types[type]);
  const ofSynapses = ({ synapse, values }: Projection, types: Types): readonly string[] =>
    drawnNames(values, types[synapse]);
  for (const [name, before] of Object.entries(model.populations)) {
    const after = populations[name];
    reportDraws(child('/populations', name), ofCells(before, model.neurons), after && ofCells(after, neurons));
  }
  for (const [name, before] of Object.entries(model.projections)) {
    const after = projections[name];
    reportDraws(child('/projections', name), ofSynapses(before, model.synapses), after && ofSynapses(after, synapses));
  }
  return {
    valid: {
      ...valid,
      model: {
        ...model,
        neurons,
        synapses,
        populations,
        projections,
        stimuli,
        recordings,
        timing: 'grid',
        experiment: { ...model.experiment, protocol: protocol.map((phase) => phaseInUnits(context, phase)) },
      },
    },
    entries: report.entries,
    became: {
      variable: (given) => {
        const { owner, name } = given;
        const synapses = context.synapseNames.get(owner);
        if (synapses) return { ...given, name: synapses.names.get(name) ?? name, factor: synapses.factor };
        return { ...given, ...context.known.get(owner)?.cell.variables.get(name) };
      },
    },
  };
}

/** Returns values of a standard type, which are computed as numbers in SI, in the units of their declarations. */
function inUnits(
  values: Readonly<Record<string, Value>>,
  type: NeuronType | SynapseType | undefined,
): Readonly<Record<string, Value>> {
  if (type === undefined) return values;
  const { parameters, state } = type;
  return mapped(values, (value, name) => valueInUnit(value, (parameters[name] ?? state[name])?.unit ?? '1'));
}

/** Returns a phase with changes of standard types in units. */
function phaseInUnits({ known, synapseNames, populations, projections, ...types }: Standardising, phase: Phase): Phase {
  if (phase.kind !== 'set') return phase;
  const set = Object.entries(phase.set).map(([key, value]) => {
    const { owner, variable } = assignedBy(key);
    const type = known.has(owner)
      ? types.neurons[populations[owner]?.type ?? '']
      : synapseNames.has(owner)
        ? types.synapseTypes[projections[owner]?.synapse ?? '']
        : undefined;
    return [key, inUnits({ [variable]: value }, type)[variable] ?? value] as const;
  });
  return { ...phase, set: Object.fromEntries(set) };
}

type Types = Readonly<Record<string, NeuronType | SynapseType>>;

/** Returns names of drawn values, each with random numbers of its own. */
function drawnNames(
  given: Readonly<Record<string, Value>>,
  type: NeuronType | SynapseType | undefined,
): readonly string[] {
  const usual = [
    ...Object.entries(type?.parameters ?? {}).map(([name, { value }]) => [name, value] as const),
    ...Object.entries(type?.state ?? {}).map(([name, { initial }]) => [name, initial] as const),
  ];
  const values: Readonly<Record<string, Value>> = { ...Object.fromEntries(usual), ...given };
  return Object.keys(values)
    .filter((name) => drawsIn(formulaOf(values[name] ?? 0) ?? number(0)))
    .sort();
}
