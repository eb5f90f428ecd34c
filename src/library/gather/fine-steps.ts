/** Shorter steps for cells that an integrator with steps of one length follows in short steps alone. */

import { isRecording } from '../../model/tagged.js';
import { isRandom } from '../../lang/functions.js';
import { parseExpression } from '../../lang/parse.js';
import { callsIn } from '../../lang/walk.js';
import type { IntegrationMethod, Model, NeuronType, ValidModel } from '../../model/model.js';

/** Steps of this length, in s, are short enough for the gates of channels. */
const fineStep = 1e-5;

/** Whether variables beside the potential follow it by exponentials. */
export const hasGates = ({ derivatives, derived }: NeuronType): boolean =>
  Object.keys(derivatives).length > 2 && Object.values(derived).filter(({ value }) => value.includes('exp')).length > 2;

/** Whether anything in the equations is an exponential of the state. */
export const hasExponentials = ({ derivatives, derived, cable }: NeuronType): boolean =>
  // Simulators integrate cables otherwise.
  !cable &&
  [...Object.values(derivatives).map(({ rate }) => rate), ...Object.values(derived).map(({ value }) => value)].some(
    (text) => /\bexp/.test(text),
  );

/**
 * A model whose steps are short enough for its cells; undefined where they are, or where no cell needs it. What happens
 * at every step of the model goes on happening as often.
 *
 * @param needs   which cells need short steps
 * @param method  how these cells are integrated then; absent: as they were
 */
export function inFineSteps(
  valid: ValidModel,
  needs: (type: NeuronType) => boolean,
  method?: IntegrationMethod,
): { readonly valid: ValidModel; readonly step: number } | undefined {
  const { model } = valid;
  const { dt } = model.experiment;
  const times = Math.round(dt / fineStep);
  const concerned = Object.entries(model.neurons).filter(([, type]) => needs(type));
  if (concerned.length === 0 || times < 2) return undefined;
  const fine = Number((dt / times).toPrecision(12));
  const neurons = { ...model.neurons };
  for (const [name, type] of concerned) if (method !== undefined) neurons[name] = { ...type, method };
  const stimuli: Model['stimuli'] = Object.fromEntries(
    Object.entries(model.stimuli).map(([name, one]) => {
      const draws = one.kind === 'current' && callsIn(parseExpression(one.value)).some((e) => isRandom(e.function));
      return [name, draws && one.every === undefined ? { ...one, every: dt } : one];
    }),
  );
  const recordings = model.recordings.map((one) =>
    isRecording(one, 'variables') && one.every === undefined ? { ...one, every: dt } : one,
  );
  const experiment = { ...model.experiment, dt: fine };
  return {
    valid: { ...valid, model: { ...model, neurons, stimuli, recordings, experiment } },
    step: Number((fine * 1e3).toPrecision(6)),
  };
}
