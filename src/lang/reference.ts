/** What names with a dot mean in code of synapses: variables of the ends. */

/** A side of a synapse. */
export type Side = 'pre' | 'post';

/** A variable of the code's own owner (`end` null), or of an end of a synapse (`pre.v`). */
export interface Reference {
  /** The end of the synapse; null: the code's own owner. */
  readonly end: Side | null;
  /** Name without the end. */
  readonly variable: string;
}

/** What a name refers to. */
export function referenceOf(name: string): Reference {
  const dot = name.indexOf('.');
  const end = dot < 0 ? '' : name.slice(0, dot);
  return end === 'pre' || end === 'post' ? { end, variable: name.slice(dot + 1) } : { end: null, variable: name };
}
