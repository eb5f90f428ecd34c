/** Effects that the setup of a script has in its simulator, and that are not part of the model. */

import type { ConversionEntry } from '../../model/conversion-report.js';
import type * as written from '../../model/model.js';
import { child } from '../../model/pointer.js';
import { typedValid, writtenValid } from '../../model/typed-model.js';
import { declaredName } from '../declared-types.js';
import { latenessInNest, withLateSpikes } from './nest-parts.js';

/** The setup of a script that names its simulator, as annotations keep it. */
interface Kept {
  readonly simulator?: { readonly name?: unknown; readonly minDelay?: unknown };
  readonly extra?: { readonly spike_precision?: unknown };
}

const keptOf = ({ annotations }: written.Model): Kept => annotations['pynn'] ?? {};

const isFromNest = (model: written.Model): boolean => keptOf(model).simulator?.name === 'nest';

/** Cells of PyNN that NEST lets spike between time steps. */
const spikeBetweenSteps: readonly string[] = ['IF_curr_exp', 'IF_curr_delta'];

/** Returns populations with listed spikes. */
const listing = ({ populations }: written.Model): readonly string[] =>
  Object.entries(populations).flatMap(([name, { spikes }]) => (spikes === undefined ? [] : [name]));

/** Returns the time in s by which NEST has the listed spikes of a script later; undefined if it is not known. */
const latenessOf = (valid: written.ValidModel): number | undefined =>
  isFromNest(valid.model) && keptOf(valid.model).simulator?.minDelay === 'auto' && listing(valid.model).length > 0
    ? latenessInNest(typedValid(valid))
    : 0;

/** Returns a model as the simulator of its script runs it; the same object if that does not differ. */
export function asItsScriptRuns(valid: written.ValidModel): written.ValidModel {
  const lateness = latenessOf(valid) ?? 0;
  if (lateness === 0) return valid;
  const { model, data } = typedValid(valid);
  return writtenValid({ model: { ...model, populations: withLateSpikes(model, data, lateness) }, data });
}

/**
 * Returns differences between a script's own run and its model, an entry for each part concerned.
 *
 * @param staysBetween  whether the target has spikes between steps as the script has
 */
export function differencesOfSetup(
  valid: written.ValidModel,
  { staysBetween }: { readonly staysBetween: boolean },
): readonly ConversionEntry[] {
  const { model } = valid;
  if (!isFromNest(model)) return [];
  const lateness = latenessOf(valid);
  const late =
    lateness === undefined
      ? 'later than stated, by a drawn delay that the run here leaves out'
      : `${ms(lateness)} later than stated, since PyNN's min_delay is automatic`;
  const precise = !staysBetween && keptOf(model).extra?.spike_precision !== 'on_grid';
  return [
    ...(lateness === 0 ? [] : listing(model)).map((name): ConversionEntry => ({
      verdict: 'different',
      code: 'pynn/late-spikes',
      pointer: child('/populations', name),
      message: `under NEST, listed spikes of the script come ${late}`,
    })),
    ...Object.entries(precise ? model.populations : {}).flatMap(([name, { type = '' }]): ConversionEntry[] =>
      spikeBetweenSteps.includes(declaredName(model.neurons[type] ?? {}))
        ? [
            {
              verdict: 'different',
              code: 'pynn/spikes-between-steps',
              pointer: child('/populations', name),
              message:
                'under NEST, these cells of the script spike between time steps, but the run here has them on steps',
            },
          ]
        : [],
    ),
  ];
}

const ms = (time: number): string => `${Number((time * 1e3).toPrecision(6))} ms`;
