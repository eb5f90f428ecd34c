/** Clocks: what populations and projections do by themselves happens at every so many steps of the program. */

import type { Context, Known } from '../context.js';
import * as messages from '../messages.js';
import type { PlacedEntry } from './place.js';

/** Seconds a step of the program, whatever clock code goes by. */
export const programStep = ({ model }: Pick<Known, 'model'>): number => model.experiment.dt;

/** The context of code that goes by a clock; absent: by the steps of the program. */
export function onClock(clock: string | undefined, context: Context): Context {
  const dt = clock === undefined ? undefined : context.model.clocks[clock]?.dt;
  const step = programStep(context);
  if (dt === undefined) return context.every === 1 ? context : { ...context, dt: step, every: 1 };
  const every = Math.round(dt / step);
  // Of steps that do not fit, the first finding says enough.
  if (every >= 1 && Math.abs(every * step - dt) <= 1e-4 * step) return { ...context, dt, every };
  context.diagnostics.within(`/clocks/${clock}`, () =>
    context.diagnostics.add(messages.notAWholeNumberOfSteps(`the time step of the clock ${clock}`, dt, step)),
  );
  return context;
}

/** The context of code of a population, or of a projection whose synapses others end at. */
export const onClockOf = (owner: string, context: Context): Context =>
  onClock((context.model.populations[owner] ?? context.model.projections[owner])?.clock, context);

/** Entries of what goes by a clock, as they are in the steps of the program. */
export const atTicks = (
  entries: readonly PlacedEntry[],
  { every: ticks }: Pick<Context, 'every'>,
): readonly PlacedEntry[] =>
  ticks === 1
    ? entries
    : entries.map(({ entry, ...rest }) => ({
        ...rest,
        entry: { ...entry, every: entry.every * ticks, offset: entry.offset * ticks },
      }));
