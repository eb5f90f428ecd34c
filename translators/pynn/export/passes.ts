/** Rewritings of a model for PyNN, in order, for each way to write it. */

import { withCurrentsApart } from '../../../src/library/currents-apart.js';
import { gathered } from '../../../src/library/gather/gather.js';
import { readable } from '../../../src/library/readable/readable.js';
import { declaredName } from '../../../src/library/declared-types.js';
import { recogniseCompartments } from '../../../src/library/recognise/compartments.js';
import { standardise } from '../../../src/library/recognise/standardise.js';
import { reporting, type PassContext, type Rewriting } from '../../../src/model/rewriting/rewriting.js';
import { populationsOf } from '../../../src/model/selected.js';
import { timingProperties } from '../../../src/model/timing-properties.js';
import { isLoss, type ConversionEntry } from '../../../src/model/conversion-report.js';
import type { Model, NeuronType, ValidModel } from '../../../src/model/typed.js';
import { expressiblePopulations } from '../../shared/expressible-populations.js';
import { withConstantsOfCells } from '../../nestml/export/constants.js';
import { withoutReserved } from '../../nestml/export/reserved.js';
import { withSettledValues } from '../../nestml/export/settled.js';
import { standardCellOf } from './types.js';

/** Steps of a current that are listed. */
const mostSteps = 2000;

const gather: Rewriting<PassContext> = {
  name: 'gather',
  why: "components of LEMS become refractory periods, currents, sources and receptors, which are PyNN's",
  apply: reporting((valid) => gathered(valid, 'pynn')),
};

const takesTurns = ({ model }: ValidModel): boolean => timingProperties[model.timing].takesTurns;

/** For every way to write a model. */
export const pynnPasses: readonly Rewriting<PassContext>[] = [
  {
    name: 'leave-out-populations',
    why: 'PyNN has no populations without cells',
    apply: reporting((valid, context) => ({ valid: expressiblePopulations(valid, context, 'pynn') })),
  },
];

/** Currents, for ways that have PyNN's current sources. */
export const currentPasses: readonly Rewriting<PassContext>[] = [
  {
    name: 'currents-apart',
    why: 'currents that only follow the time are sources of PyNN, outside the cells',
    apply: (valid) => ({ valid: withCurrentsApart(valid, mostSteps) }),
  },
];

/** For a model in PyNN's names. */
export const namePasses: readonly Rewriting<PassContext>[] = [
  gather,
  {
    name: 'standardise',
    why: "cells, synapses, sources and rules have PyNN's names where these say the same",
    apply: reporting((valid) => standardise(valid, 'pynn', multiCompartmentCells(valid))),
  },
];

/** Returns the populations of cells that `MultiCompartmentNeuron` is. */
function multiCompartmentCells({ model, data }: ValidModel): ReadonlySet<string> {
  const types = Object.entries(model.neurons).flatMap(([name, type]) =>
    type.compartments === undefined || typeof recogniseCompartments(type, data) === 'string' ? [] : [name],
  );
  return new Set(
    Object.entries(model.populations).flatMap(([name, { type = '' }]) => (types.includes(type) ? [name] : [])),
  );
}

const isNestml = (id: string, type: NeuronType): boolean => typeof standardCellOf(id, type) === 'string';

/**
 * Checks whether NEST refuses PyNN's name of a plastic synapse of the model's own: part of its delay lies before it.
 *
 * @param named  the model in PyNN's names as far as they reach
 */
export function isRefusedByNest({ synapses, projections }: Model, named: Model, name: string): boolean {
  const own = synapses[projections[name]?.synapse ?? ''];
  const { synapse = '', delays = {} } = named.projections[name] ?? {};
  const { pre, post } = named.synapses[synapse]?.pathways ?? {};
  return own?.conformsTo === undefined && post !== undefined && (delays['pre'] ?? pre?.delay ?? 0) !== 0;
}

/** Returns targets of synapses without a name that NEST has: NESTML has such synapses onto cells in NESTML only. */
function targetsOfOwnSynapses(model: Model, named: Model): ReadonlySet<string> {
  const { projections, populations } = model;
  const isOwn = (name: string): boolean => {
    const type = named.synapses[named.projections[name]?.synapse ?? ''];
    return type === undefined || declaredName(type) === '' || isRefusedByNest(model, named, name);
  };
  const targets = Object.entries(projections).flatMap(([name, { to }]) => (isOwn(name) ? populationsOf(to.of) : []));
  return new Set(targets.filter((name) => populations[name]?.type !== undefined));
}

/**
 * Returns entries without parts that PyNN has no name for: they are reported again where NESTML does not express them
 * either. Projections that are already left out are not.
 */
const withNestml = <T extends { readonly valid: ValidModel; readonly entries: readonly ConversionEntry[] }>(
  made: T,
): T => {
  const isGone = ({ pointer }: ConversionEntry): boolean => {
    const [, name] = /^\/projections\/(\w+)$/.exec(pointer) ?? [];
    return name !== undefined && !Object.hasOwn(made.valid.model.projections, name);
  };
  return { ...made, entries: made.entries.filter((entry) => !isLoss(entry) || isGone(entry)) };
};

/**
 * For a model in PyNN's names as far as they reach, with other types in NESTML.
 *
 * @param named  the model after `namePasses`
 */
export const nestmlPasses = (named: Model): readonly Rewriting<PassContext>[] => [
  {
    name: 'gather-readable',
    why: 'NESTML has few equations for a cell with receptors, not a tree of components',
    apply: reporting((valid) => {
      const { valid: plain, ...made } = withNestml(gathered(valid, 'pynn'));
      return { ...made, valid: takesTurns(valid) ? { ...plain, model: readable(plain.model) } : plain };
    }),
  },
  {
    name: 'standardise',
    why: "cells, synapses, sources and rules have PyNN's names where these say the same",
    apply: reporting((valid) => withNestml(standardise(valid, 'pynn', targetsOfOwnSynapses(valid.model, named)))),
  },
  {
    name: 'constants-of-cells',
    why: 'NESTML has neither an index of a cell nor arrays',
    apply: (valid) => ({ valid: withConstantsOfCells(valid, isNestml) }),
  },
  {
    name: 'reserved-names',
    why: 'NESTML, NEST and Python have some names themselves',
    apply: reporting((valid) => withoutReserved(valid, isNestml)),
  },
  {
    name: 'settled-values',
    why: "PyNN has no expressions of a cell's other parameters",
    apply: (valid) => ({ valid: withSettledValues(valid) }),
  },
];

/** For a model in its own equations. */
export const equationPasses: readonly Rewriting<PassContext>[] = [
  {
    name: 'readable-in-steps',
    why: "components of LEMS become few equations, in LEMS's steps",
    apply: reporting((valid) => {
      if (!takesTurns(valid)) return { valid, entries: [] };
      const entry = {
        verdict: 'convention',
        code: 'pynn/few-equations',
        pointer: '/neurons',
        message:
          "components are written in few equations with the usual names, in LEMS's steps: the same values up to rounding",
      } as const;
      return { valid: { ...valid, model: readable(valid.model, { inSteps: true }) }, entries: [entry] };
    }),
  },
];
