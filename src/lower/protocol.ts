/** The protocol of an experiment as a list of what a session is to do: whole steps, and procedures between them. */

import type { Program } from '../ir/program.js';
import type { ValidModel } from '../model/model.js';

/** One thing that a session is to do. */
export type ProtocolStep =
  | { readonly kind: 'run'; readonly steps: number }
  | { readonly kind: 'call'; readonly procedure: string }
  | { readonly kind: 'record'; readonly recording: string; readonly on: boolean };

/** Procedure of the k-th phase, when it changes something. */
export const phaseProcedure = (k: number): string => `phase.${k}`;

/** Procedure that takes a sample of the initial state, in profiles that label samples at the end of a step. */
export const initialSample = 'sample_initial_state';

/** Whole steps of a duration in s; the end counts when it is within 1e-4 of a step (`brian.md`, section 5). */
export function stepsOf(seconds: number, dt: number): number {
  const exact = seconds / dt;
  const nearest = Math.round(exact);
  return Math.abs(exact - nearest) <= 1e-4 ? nearest : Math.ceil(exact);
}

/** What a session of the program is to do, in order. */
export function protocolOf({ model }: ValidModel, program: Program): ProtocolStep[] {
  const { dt, protocol } = model.experiment;
  const steps: ProtocolStep[] = [];
  const call = (procedure: string): void => {
    if (program.schedule.procedures[procedure]) steps.push({ kind: 'call', procedure });
  };
  call(initialSample);
  let time = 0;
  const runUntil = (until: number): void => {
    if (until > time) steps.push({ kind: 'run', steps: stepsOf(until, dt) - stepsOf(time, dt) });
    time = Math.max(time, until);
  };
  protocol.forEach((phase, k) => {
    if ('run' in phase) runUntil(time + phase.run);
    else if ('runUntil' in phase) runUntil(phase.runUntil);
    else if ('record' in phase) steps.push({ kind: 'record', recording: phase.record, on: phase.on });
    else call(phaseProcedure(k));
  });
  return steps;
}
