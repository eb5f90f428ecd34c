/** The form of names, for every printer and the text form. */

/** Words of the text form, which no local may be called. */
const reservedWords: readonly string[] = [
  'if',
  'else',
  'for',
  'while',
  'break',
  'fault',
  'setBit',
  'true',
  'false',
  'inf',
  'inff',
  'nan',
  'nanf',
];

/** Whether a name is valid for a local: a letter or underscore, then letters, digits and underscores; not reserved. */
export function isLocalName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !reservedWords.includes(name);
}

/** True for names of functions, kernels, buffers, events, logs and procedures: as locals, in parts joined by dots. */
export function isDottedName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z0-9_]+)*$/.test(name);
}

/**
 * Name of the buffer (u32[1]) with the lead of draw counters over the step; a host that resets the time writes it. It
 * is even, since draws of an even step and the next belong together.
 */
export const drawOffset = 'draw_offset';

/** Name of the procedure after a reset, for buffers that belong to the parameters but count steps. */
export const afterReset = 'after_reset';

/** Name of the procedure that writes arrays of synapses which the host reads (`shown` of the manifest). */
export const showSynapses = 'show_synapses';

/** Name of the buffer (u32[1]) that collects the fault bits of a run. */
export const faultsBuffer = 'faults';
