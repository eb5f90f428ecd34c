/** Models for Brian: in its idiom, and with parts drawn here that Brian cannot draw. */

import { currentsAsParameters } from './current-parameters.js';
import { withConditionsAsCode } from './conditions.js';
import { currentsOfCells } from './currents-of-cells.js';
import { stepsAsTables } from './steps.js';
import { withHoldsAsRates } from './holds.js';
import { cellsAsCables } from './cells/as-cables.js';
import { withOwnNumbers } from './own-numbers.js';
import { needsDrawnCells, withDrawnCells } from './cells/cell-numbers.js';
import { inBrianIdiom } from './idiom.js';
import { withPlasticEquations, withUsualSlots } from './plastic-synapses.js';
import { expressiblePopulations } from '../../shared/expressible-populations.js';
import type { Writing } from '../../shared/writing.js';
import type { CoordinatesOf } from './coordinates.js';
import { UsageError } from '../../../src/diagnostics/diagnostic.js';
import { gathered } from '../../../src/library/gather/gather.js';
import type { ValidModel } from '../../../src/model/typed.js';
import { reporting, type PassContext, type Rewriting } from '../../../src/model/rewriting/rewriting.js';
import { timingProperties } from '../../../src/model/timing-properties.js';
import { typedModel, typedValid, writtenValid } from '../../../src/model/typed-model.js';

/** State of a conversion to Brian. */
type BrianContext = PassContext & Pick<Writing, 'draw' | 'cellsOfOneType' | 'placesOf'>;

/** The rewritings of a model for Brian, in order. */
export const brianPasses: readonly Rewriting<BrianContext>[] = [
  {
    name: 'draw-cells',
    why: 'elements of a SpatialNeuron are compartments: values of its cells, and of synapses on them, are listed',
    apply: async (valid, { report, draw }) => {
      if (!needsDrawnCells(valid.model)) return 'its cells have no drawn values';
      try {
        const { model, data } = await draw(writtenValid(valid));
        report.convention(
          'brian/drawn',
          '/populations',
          'values of cells with compartments, and of synapses onto them, are listed as they are with this seed',
        );
        const made = withDrawnCells(valid.model, typedModel(model));
        return { valid: { model: made, data: new Map([...valid.data, ...data]) } };
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
        report.missing('/populations', error.message, 'brian/drawn');
        return error.message;
      }
    },
  },
  {
    name: 'cells-as-cables',
    why: 'a SpatialNeuron is one cell, and all its compartments have the same equations',
    apply: (valid, { report, cellsOfOneType }) => {
      const { entries, ...made } = cellsAsCables(valid, cellsOfOneType);
      report.addAll(entries);
      return made;
    },
  },
  {
    name: 'merge-currents',
    why: 'loops over cells make currents that differ only in numbers, which are one current with a parameter',
    apply: (valid, context) => ({ valid: currentsOfCells(valid, context) }),
  },
  {
    name: 'currents-as-parameters',
    why: 'phases of Brian set parameters of groups, where the model changes currents',
    apply: (valid) => ({ valid: currentsAsParameters(valid) }),
  },
  {
    name: 'gather',
    why: "components of LEMS become refractory periods, currents, sources and receptors, which are Brian's",
    apply: reporting((valid) => gathered(valid, 'brian')),
  },
  {
    name: 'leave-out-populations',
    why: 'Brian has no groups without cells, none of cells with regimes, and none with sections that are not cables by now',
    apply: reporting((valid, context) => ({ valid: expressiblePopulations(valid, context, 'brian') })),
  },
  {
    name: 'holds-as-rates',
    why: 'only spikes make neurons of Brian refractory, where conditions of models hold equations, too',
    apply: ({ model, data }) => ({ valid: { model: withHoldsAsRates(model), data } }),
  },
  {
    name: 'synapses-as-code',
    why: "Brian's synapses test no conditions, and have equations for what PyNN's keep between spikes; steps are tables",
    apply: ({ model, data }) => {
      if (timingProperties[model.timing].hasSlots) return 'its steps are those of Brian';
      return { valid: { model: stepsAsTables(withPlasticEquations(withConditionsAsCode(model))), data } };
    },
  },
  {
    name: 'brian-idiom',
    why: "draws are Brian's own where it has them, constants are in namespaces, and unused currents go",
    apply: async (valid, { draw, placesOf, report }) => {
      const placed =
        (known: ValidModel): CoordinatesOf =>
        (population) =>
          placesOf(population, known);
      const plain = inBrianIdiom(valid, placed(valid));
      const drawn = plain.needsDrawing ? typedValid(await draw(writtenValid(valid))) : undefined;
      const { valid: made, entries } = drawn ? inBrianIdiom(valid, placed(drawn), drawn) : plain;
      report.addAll(entries);
      return { valid: { model: withUsualSlots(made.model), data: made.data } };
    },
  },
  {
    name: 'numbers-in-code',
    why: 'a constant of synapses with another value in each Synapses would need a namespace for each',
    apply: ({ model, data }) => ({ valid: { model: { ...model, synapses: withOwnNumbers(model.synapses) }, data } }),
  },
];
