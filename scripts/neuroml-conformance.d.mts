/** A time series or a list of events of a model-validation file, with the times that are expected in it. */
export type Observable = {
  readonly target: string;
  readonly name: string;
  readonly path: string;
  readonly tolerance: number;
  readonly expected: readonly number[];
} & (
  | {
      readonly method: 'threshold' | 'derivative';
      readonly columns: readonly [number, number];
      readonly scaling: readonly [number, number];
      readonly threshold: number;
    }
  | { readonly method: 'events'; readonly format: string; readonly id: string }
);
/** What was found in a run. */
export interface Score {
  readonly found: readonly number[];
  readonly passed: boolean;
  readonly worst: number;
}
/** A run of one model in one way; `failure` is null where it ended well. */
export interface Run {
  readonly model: string;
  readonly timing: string;
  readonly failure: string | null;
}
/**
 * What became of a document: null where it is as it should be, else what is wrong; `ran` is null where nothing is to
 * run.
 */
export interface Document {
  readonly document: string;
  readonly valid: string | null;
  readonly converted: string | null;
  readonly ran: string | null;
}
export interface Scored {
  readonly rows: readonly {
    readonly model: string;
    readonly observable: Observable;
    readonly euler: Score | null;
    readonly grid: Score | null;
  }[];
  readonly runs: readonly Run[];
  readonly lemsRuns?: readonly Run[];
  readonly documents?: readonly Document[];
  readonly revision?: string;
}
export interface Agreement {
  readonly passed: boolean;
  readonly sameCount: boolean;
  readonly worst: number;
}
export function observables(test: string, expectations: string): Observable[];
export function spikeTimes(
  times: readonly number[],
  values: readonly number[],
  method: 'threshold' | 'derivative',
  threshold: number,
): number[];
export function readColumns(
  text: string,
  columns: readonly [number, number],
  scaling: readonly [number, number],
): { readonly times: number[]; readonly values: number[] };
export function agrees(
  observed: readonly number[],
  expected: readonly number[],
  tolerance: number,
  absolute?: number,
): Agreement;
export function agreesRoughly(observed: readonly number[], expected: readonly number[], end: number): Agreement;
export function conformanceTable(scored: Scored): string;
export function readEvents(text: string, format: string, id: string): number[];
