/** The protocol of an experiment as a list of what a session is to do: whole steps, and procedures between them. */

import type { Program } from '../ir/program.js';
import { typedModel, type WrittenModel } from '../model/typed.js';

/** One thing that a session is to do. */
export type ProtocolStep =
  | { readonly kind: 'run'; readonly steps: number }
  /** `first`: what it sets are first values, to which a reset goes back too. */
  | { readonly kind: 'call'; readonly procedure: string; readonly first?: true }
  | { readonly kind: 'record'; readonly recording: string; readonly on: boolean }
  /** Back to step 0 in a new segment; annotations are of the one that ends. */
  | { readonly kind: 'reset'; readonly segment?: string; readonly annotations?: Readonly<Record<string, unknown>> }
  | { readonly kind: 'store'; readonly name: string }
  | { readonly kind: 'restore'; readonly name: string };

/** Procedure of the k-th phase, when it changes something. */
export const phaseProcedure = (k: number): string => `phase.${k}`;

/** Procedure that takes a sample of the initial state, in profiles that label samples at the end of a step. */
export const initialSample = 'sample_initial_state';

/**
 * Whole steps of a duration in s; the end counts when it is within 1e-4 of a step. @source Brian 2, brian2.core.clocks
 */
export function stepsOf(seconds: number, dt: number): number {
  const exact = seconds / dt;
  const nearest = Math.round(exact);
  return Math.abs(exact - nearest) <= 1e-4 ? nearest : Math.ceil(exact);
}

/** What a session of the program is to do, in order. */
export function protocolOf({ model }: WrittenModel, program: Program): ProtocolStep[] {
  const { dt, protocol } = typedModel(model).experiment;
  const steps: ProtocolStep[] = [];
  const call = (procedure: string, first = false): void => {
    if (program.schedule.procedures[procedure])
      steps.push({ kind: 'call', procedure, ...(first ? { first: true as const } : {}) });
  };
  let time = 0;
  // The sample at time 0 is taken when time begins to pass: what phases set before belongs to it.
  let atStart = true;
  const stored = new Map<string, { readonly time: number; readonly atStart: boolean }>();
  const runUntil = (until: number): void => {
    if (until > time) {
      if (atStart) call(initialSample);
      atStart = false;
      steps.push({ kind: 'run', steps: stepsOf(until, dt) - stepsOf(time, dt) });
    }
    time = Math.max(time, until);
  };
  protocol.forEach((phase, k) => {
    switch (phase.kind) {
      case 'run':
        return runUntil(time + phase.run);
      case 'runUntil':
        return runUntil(phase.runUntil);
      case 'record':
        return void steps.push({ kind: 'record', recording: phase.record, on: phase.on });
      case 'reset': {
        const { segment, annotations } = phase;
        steps.push({
          kind: 'reset',
          ...(segment === undefined ? {} : { segment }),
          ...(annotations === undefined ? {} : { annotations }),
        });
        [time, atStart] = [0, true];
        return;
      }
      case 'store':
        steps.push({ kind: 'store', name: phase.store });
        return void stored.set(phase.store, { time, atStart });
      case 'restore':
        steps.push({ kind: 'restore', name: phase.restore });
        ({ time, atStart } = stored.get(phase.restore) ?? { time: 0, atStart: true });
        return;
      case 'initialise':
        return call(phaseProcedure(k), true);
      case 'set':
      case 'delays':
      case 'currents':
      case 'replay':
      case 'attach':
      case 'detach':
        return call(phaseProcedure(k));
      default:
        return phase satisfies never;
    }
  });
  if (atStart && time === 0) call(initialSample);
  return steps;
}
