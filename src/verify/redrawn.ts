/** Models whose named generators follow the seed of the run. */

import type { Model } from '../model/model.js';
import { withNamedGenerators } from '../library/named-generators.js';

/** Returns a model with other draws for each seed of the run, where the model states seeds of generators. */
export const redrawn = (model: Model): Model =>
  withNamedGenerators(model, ({ seed, stream = '' }) =>
    seed === 'model' ? {} : { seed: 'model', stream: `${seed} ${stream}` },
  );
