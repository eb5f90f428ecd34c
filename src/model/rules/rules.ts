import { delaySteps } from './delay-steps.js';
import { derivedCycles } from './derived-cycles.js';
import { drawArguments } from './draw-arguments.js';
import { endCycles } from './end-cycles.js';
import { eventDriven } from './event-driven.js';
import { growingState } from './growing-state.js';
import { integerRange } from './integer-range.js';
import { linkCycles } from './link-cycles.js';
import { noiseUse } from './noise-use.js';
import { poissonRates } from './poisson-rates.js';
import { randomDerived } from './random-derived.js';
import { regimeDerivatives } from './regime-derivatives.js';
import type { Rule } from './rule.js';
import { sharedReads } from './shared-reads.js';
import { stepSizes } from './step-sizes.js';
import { structuredCells } from './structured-cells.js';
import { timeComparisons } from './time-comparisons.js';
import { timeSteps } from './time-steps.js';
import { uniqueNames } from './unique-names.js';
import { valueCycles } from './value-cycles.js';
import { weightSign } from './weight-sign.js';

/** Checks of the model as a whole after its parts are normalised. Their order only decides the order of findings. */
export const rules: readonly Rule[] = [
  uniqueNames,
  derivedCycles,
  valueCycles,
  linkCycles,
  endCycles,
  noiseUse,
  randomDerived,
  sharedReads,
  eventDriven,
  regimeDerivatives,
  weightSign,
  poissonRates,
  drawArguments,
  integerRange,
  growingState,
  structuredCells,
  stepSizes,
];

/** Remarks on a valid model: times that a run rounds to other values. */
export const remarks: readonly Rule[] = [delaySteps, timeSteps, timeComparisons];
