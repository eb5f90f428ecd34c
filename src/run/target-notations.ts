/**
 * Notations that a model can be written in: canonical JSON, a Brian 2 script, the Brian-like specification, a PyNN
 * script, one for NEST with types in NESTML, PyNN-style JSON, LEMS; and SWC, which holds the shapes of cells alone.
 */
export const targetNotations = [
  'canonical',
  'brian',
  'brian-json',
  'pynn',
  'pynn-nestml',
  'pynn-json',
  'lems',
  'neuroml',
  'swc',
] as const;
/** Other names that `convert --to` takes. */
export const shortNotations: Readonly<Record<string, TargetNotation>> = { nml: 'neuroml' };
/** As `convert --to` names it. */
export type TargetNotation = (typeof targetNotations)[number];

/** Simulators that a conversion can be checked with. */
export const simulators = ['nest', 'neuron', 'brian2', 'jneuroml'] as const;
export type Simulator = (typeof simulators)[number];
