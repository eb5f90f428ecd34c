/** Library types by names from which they can be built again: what documents of other notations say of their origin. */

import type { SynapseType } from '../model/model.js';
import { normalisedSynapse } from './normalised.js';
import type { CellParts } from './pynn/point-neuron.js';
import {
  composedCell,
  electricalSynapse,
  gifCell,
  inhomogeneousGamma,
  standardCells,
  stdpSynapse,
  synapsesFor,
  timingRules,
  weightDependences,
} from './pynn/index.js';
import { weightUnits, type StandardCell, type StandardSynapse, type WeightKind } from './standard-type.js';

/** The standard cell of a name; some have as many components as a type has parameters and variables for. */
export function cellNamed(name: string, parts: CellParts): StandardCell | undefined {
  const count = (prefix: string): number =>
    Object.keys(parts.parameters).filter((key) => key.startsWith(prefix)).length;
  if (name === 'GIF_cond_exp') return gifCell(count('tau_eta_'));
  if (name === 'SpikeSourceInhGamma') return inhomogeneousGamma(count('tbins_'));
  return name === 'PointNeuron' ? composedCell(parts) : standardCells.get(name);
}

/** A synapse of the library by name. */
export interface SynapseName {
  readonly type: string;
  /** What its weights are. */
  readonly weights: WeightKind;
  /** Of STDP: its parts, whether spikes are sent on later, and whether one parameter holds the delay of both ways. */
  readonly timing?: string;
  readonly dependence?: string;
  readonly sends?: boolean;
  readonly whole?: boolean;
}

const stdp = 'STDPMechanism';

/** The synapse of a name; undefined where there is none. */
export function synapseNamed(name: SynapseName): StandardSynapse | undefined {
  const { type, weights, timing = '', dependence = '', sends = false, whole = false } = name;
  if (!Object.hasOwn(weightUnits, weights)) return undefined;
  if (type === electricalSynapse.name) return electricalSynapse;
  if (type === stdp && (!Object.hasOwn(timingRules, timing) || !Object.hasOwn(weightDependences, dependence)))
    return undefined;
  if (type === stdp)
    return stdpSynapse(weights, timing, dependence, {
      preAtOnce: sends,
      postAtOnce: true,
      sends,
      ...(whole ? { whole } : {}),
    });
  const known = synapsesFor(weights);
  return Object.hasOwn(known, type) ? known[type] : undefined;
}

const kinds = Object.keys(weightUnits) as readonly WeightKind[];

/** The name of a synapse type that is one of the library's to the letter; undefined for others. */
export function nameOfSynapse(type: SynapseType): SynapseName | undefined {
  const claimed = type.conformsTo?.type.replace(/^pynn\//, '') ?? '';
  const bool = [false, true] as const;
  const names: readonly SynapseName[] =
    claimed !== stdp
      ? kinds.map((weights) => ({ type: claimed, weights }))
      : kinds.flatMap((weights) =>
          Object.keys(timingRules).flatMap((timing) =>
            Object.keys(weightDependences).flatMap((dependence) =>
              bool.flatMap((sends) =>
                bool.map((whole) => ({
                  ...{ type: claimed, weights, timing, dependence },
                  ...(sends ? { sends } : {}),
                  ...(whole ? { whole } : {}),
                })),
              ),
            ),
          ),
        );
  const text = JSON.stringify(type);
  return names.find((name) => {
    const standard = synapseNamed(name);
    return standard !== undefined && JSON.stringify(normalisedSynapse(standard, name.weights)) === text;
  });
}
