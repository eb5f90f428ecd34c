/** Cells with regimes for Brian, which has none. */

import { methodInBrian } from '../../../src/library/gather/integration.js';
import { regimesAsVariable } from '../../../src/library/gather/regime-variable.js';
import { mapped } from '../../../src/model/collections.js';
import type { ValidModel } from '../../../src/model/model.js';
import type { PassContext } from '../../../src/model/passes.js';
import { timingProperties } from '../../../src/model/timing-properties.js';

/** Returns the model with a variable for the active regime of each cell, under the method that its equations had. */
export function withoutRegimes(valid: ValidModel, { report }: PassContext): ValidModel {
  const { model } = valid;
  const { neurons, populations } = regimesAsVariable(model, 'brian', report);
  const hasSlots = timingProperties[model.timing].hasSlots;
  const stepped = mapped(neurons, (type, name) =>
    !hasSlots || type === model.neurons[name] ? type : { ...type, method: methodInBrian(type) },
  );
  return { ...valid, model: { ...model, neurons: stepped, populations } };
}
