/** Notations that a model can be written in: canonical JSON, a Brian 2 script, the Brian-like specification. */
export const targetNotations = ['canonical', 'brian', 'brian-json'] as const;
export type TargetNotation = (typeof targetNotations)[number];
