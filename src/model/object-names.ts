/**
 * Brian 2's names of the objects that act in a step. Objects with the same slot and order act in the order of their
 * names. @source Brian 2.9, `Network.sorted_objects` and the constructors of the objects
 */

/** Names of the actions of groups, synapses and monitors in a step, from the names of their owners. */
export const objectNames = {
  /** Integrates the equations of a group or of synapses. */
  stateUpdater: (owner: string): string => `${owner}_stateupdater`,
  /** Solves for the potentials along cells. */
  cableUpdater: (owner: string): string => `${owner}_spatialstateupdater`,
  /** Computes subexpressions that are held over a step. */
  subexpressionUpdate: (owner: string): string => `${owner}_subexpression_update`,
  /** Tests for an event. */
  thresholder: (group: string, event: string): string => `${group}_${event}_thresholder`,
  /** Runs the actions of an event on its neurons. */
  resetter: (group: string, event: string): string => `${group}_${event}_resetter`,
  /** Sums over synapses. */
  summed: (synapses: string, variable: string, end: 'pre' | 'post'): string =>
    `${synapses}_summed_variable_${variable}_${end}`,
  /** Runs the actions of synapses at an event. */
  pathway: (synapses: string, pathway: string): string => `${synapses}_${pathway}`,
  /** A Poisson input, which Brian's users cannot name: numbered as they are made. */
  poissonInput: (name: string): string => (/^poissoninput(_\d+)?$/.test(name) ? name : `poissoninput_${name}`),
} as const;
