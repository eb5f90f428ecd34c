/** Clocks: populations and projections may run at intervals of several program steps. */

import type { Context, Known } from '../context/context.js';
import * as messages from '../context/messages.js';
import type { PlacedEntry } from '../context/place.js';

/** Seconds per step of the program, for code with any clock. */
export const programStep = ({ model }: Pick<Known, 'model'>): number => model.experiment.dt;

/** Returns the context of code with a clock; absent: in the steps of the program. */
export function onClock(clock: string | undefined, context: Context): Context {
  const dt = clock === undefined ? undefined : context.model.clocks[clock]?.dt;
  const step = programStep(context);
  if (dt === undefined) return context.every === 1 ? context : { ...context, dt: step, every: 1 };
  const every = Math.round(dt / step);
  // For steps that do not fit, one diagnostic suffices.
  if (every >= 1 && Math.abs(every * step - dt) <= 1e-4 * step) return { ...context, dt, every };
  context.diagnostics.within(`/clocks/${clock}`, () =>
    context.diagnostics.add(messages.notAWholeNumberOfSteps(`the time step of the clock ${clock}`, dt, step)),
  );
  return context;
}

/** Returns the context for code of a population, or of a projection that is an end of others. */
export const onClockOf = (owner: string, context: Context): Context =>
  onClock((context.model.populations[owner] ?? context.model.projections[owner])?.clock, context);

/** Returns entries of code with a clock, as entries in the steps of the program. */
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
