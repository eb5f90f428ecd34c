/** Effects that the setup of a script has in its simulator, and that are not part of the model. */

import type { ConversionEntry } from '../../model/conversion-report.js';
import type * as written from '../../model/model.js';
import { child } from '../../model/pointer.js';
import { typedValid, writtenValid } from '../../model/typed-model.js';
import { declaredName } from '../declared-types.js';
import { simulatorNames, type Simulator } from './names.js';
import { minDelayInNest, withLateSpikes } from './nest-parts.js';

/** The setup of a script that names its simulator, as annotations keep it. */
interface Kept {
  readonly simulator?: {
    readonly name?: unknown;
    readonly minDelay?: unknown;
    /** Times in ms by which PyNN sends listed spikes earlier, by labels; absent: a step. */
    readonly sentEarly?: Readonly<Record<string, number>>;
    /** Times in ms by which NEST has currents later, by labels. */
    readonly lateCurrents?: Readonly<Record<string, number>>;
  };
  /** Labels of populations with other names. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly extra?: { readonly spike_precision?: unknown };
}

const keptOf = ({ annotations }: written.Model): Kept => annotations['pynn'] ?? {};

/** Returns the simulator that a model's script names; undefined if it names none. */
export const scriptSimulator = (model: written.Model): Simulator | undefined =>
  simulatorNames.find((name) => name === keptOf(model).simulator?.name);

const isFromNest = (model: written.Model): boolean => scriptSimulator(model) === 'nest';

/** Cells of PyNN that NEST lets spike between time steps. */
const spikeBetweenSteps: readonly string[] = ['IF_curr_exp', 'IF_curr_delta'];

/** Returns populations with listed spikes. */
const listing = ({ populations }: written.Model): readonly string[] =>
  Object.entries(populations).flatMap(([name, { spikes }]) => (spikes === undefined ? [] : [name]));

/**
 * Returns the times in s by which NEST has the listed spikes of a script later, or earlier below 0, by populations;
 * undefined if drawn delays decide.
 */
function latenessOf(valid: written.ValidModel): ReadonlyMap<string, number> | undefined {
  const { model } = valid;
  const { simulator, labels = {} } = keptOf(model);
  const populations = listing(model);
  if (!isFromNest(model) || simulator?.minDelay !== 'auto' || populations.length === 0) return new Map();
  const typed = typedValid(valid);
  const least = minDelayInNest(typed);
  if (least === undefined) return undefined;
  const early = (name: string): number | undefined => simulator.sentEarly?.[labels[name] ?? name];
  const times = populations.map((name): [string, number] => {
    const time = early(name);
    return [name, Number((least - (time === undefined ? typed.model.experiment.dt : time / 1e3)).toPrecision(9))];
  });
  // Differences of equal times are not quite 0.
  return new Map(times.filter(([, time]) => Math.abs(time) > 1e-9));
}

/** Returns a model as the simulator of its script runs it; the same object if that does not differ. */
export function asItsScriptRuns(valid: written.ValidModel): written.ValidModel {
  const lateness = latenessOf(valid);
  if (!lateness || lateness.size === 0) return valid;
  const { model, data } = typedValid(valid);
  const populations = withLateSpikes(model, data, (name) => lateness.get(name) ?? 0);
  return writtenValid({ model: { ...model, populations }, data });
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
  const late = (name: string): string => {
    if (!lateness) return 'later than stated, by a drawn delay that the run here leaves out';
    const time = lateness.get(name) ?? 0;
    return `${ms(Math.abs(time))} ${time < 0 ? 'earlier' : 'later'} than stated, since PyNN's min_delay is automatic`;
  };
  const { lateCurrents = {} } = keptOf(model).simulator ?? {};
  const precise = !staysBetween && keptOf(model).extra?.spike_precision !== 'on_grid';
  return [
    ...(lateness ? [...lateness.keys()] : listing(model)).map((name): ConversionEntry => ({
      verdict: 'different',
      code: 'pynn/late-spikes',
      pointer: child('/populations', name),
      message: `under NEST, listed spikes of the script come ${late(name)}`,
    })),
    ...Object.entries(lateCurrents).map(([name, time]): ConversionEntry => ({
      verdict: 'different',
      code: 'pynn/late-currents',
      pointer: child('/stimuli', name),
      message: `under NEST, this current of the script begins ${ms(time / 1e3)} later than stated, since it was made before the connections and injected after them`,
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
