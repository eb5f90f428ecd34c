/** The protocol of an experiment as a list of steps for a session: whole steps of time, and procedures between them. */

import type { Program } from '../../ir/program.js';
import { stepsOf } from '../../model/steps.js';
import { typedModel } from '../../model/typed-model.js';
import { type Phase, type TimingProfile, type WrittenModel } from '../../model/typed.js';

/** One thing that a session is to do. */
export type ProtocolStep =
  | { readonly kind: 'run'; readonly steps: number }
  /** `first`: it sets initial values, which a reset restores. */
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

/** Turns phases into steps of a session, one after another, and keeps the time. */
export interface ProtocolWalk {
  /** Returns the steps of the k-th phase. Phases come in order. Procedures missing from the program are left out. */
  phase(phase: Phase, k: number, has: (procedure: string) => boolean): ProtocolStep[];
  /** Returns the remaining steps after the last phase. */
  end(has: (procedure: string) => boolean): ProtocolStep[];
  /** Time in s, since the start or the last reset. */
  readonly time: number;
  /** Whether no time has passed since then. */
  readonly atStart: boolean;
  /** Reports the time at which the session stopped in the last phase. */
  stoppedAt(time: number): void;
}

/** A walk that begins at a time (s), with steps of `dt` s. */
export function protocolWalk(dt: number, timing: TimingProfile, begin = 0): ProtocolWalk {
  let time = begin;
  // The sample at time 0 is taken when the first run begins, so that it includes the assignments of earlier phases.
  let atStart = true;
  const stored = new Map<string, { readonly time: number; readonly atStart: boolean }>();
  const phase = (given: Phase, k: number, has: (procedure: string) => boolean): ProtocolStep[] => {
    const call = (procedure: string, first = false): ProtocolStep[] =>
      has(procedure) ? [{ kind: 'call', procedure, ...(first ? { first: true as const } : {}) }] : [];
    const runUntil = (until: number): ProtocolStep[] => {
      if (!(until > time)) return [];
      const sample = atStart ? call(initialSample) : [];
      const steps = stepsOf(until, dt, timing) - stepsOf(time, dt, timing);
      [time, atStart] = [until, false];
      return [...sample, { kind: 'run', steps }];
    };
    switch (given.kind) {
      case 'run':
        return runUntil(time + given.run);
      case 'runUntil':
        return runUntil(given.runUntil);
      case 'record':
        return [{ kind: 'record', recording: given.record, on: given.on }];
      case 'reset': {
        const { segment, annotations } = given;
        [time, atStart] = [0, true];
        return [
          {
            kind: 'reset',
            ...(segment === undefined ? {} : { segment }),
            ...(annotations === undefined ? {} : { annotations }),
          },
        ];
      }
      case 'store':
        stored.set(given.store, { time, atStart });
        return [{ kind: 'store', name: given.store }];
      case 'restore':
        ({ time, atStart } = stored.get(given.restore) ?? { time: 0, atStart: true });
        return [{ kind: 'restore', name: given.restore }];
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
        return given satisfies never;
    }
  };
  return {
    phase,
    end: (has) => (atStart && time === 0 && has(initialSample) ? [{ kind: 'call', procedure: initialSample }] : []),
    get time() {
      return time;
    },
    get atStart() {
      return atStart;
    },
    stoppedAt: (at) => {
      time = at;
    },
  };
}

/** Returns the steps of a session of the program, in order. */
export function protocolOf({ model }: WrittenModel, program: Program): ProtocolStep[] {
  const { experiment, timing } = typedModel(model);
  const { dt, protocol } = experiment;
  const walk = protocolWalk(dt, timing);
  const has = (procedure: string): boolean => program.schedule.procedures[procedure] !== undefined;
  return [...protocol.flatMap((phase, k) => walk.phase(phase, k, has)), ...walk.end(has)];
}
