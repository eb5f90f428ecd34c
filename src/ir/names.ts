/** What names may look like, so every printer and the text form can hold them. */

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

/** True for names of locals: a letter or underscore, then letters, digits and underscores; not a reserved word. */
export function isLocalName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !reservedWords.includes(name);
}

/** True for names of functions, kernels, buffers, events, logs and procedures: as locals, in parts joined by dots. */
export function isDottedName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z0-9_]+)*$/.test(name);
}

/**
 * Name of the buffer (u32[1]) by which the counters of draws are ahead of the step; a host that turns time back writes
 * it. It is even, since draws of an even step and the next belong together.
 */
export const drawOffset = 'draw_offset';

/** Name of the procedure that follows a reset, for what belongs to the parameters and yet counts steps. */
export const afterReset = 'after_reset';

/** Name of the buffer (u32[1]) that collects the fault bits of a run. */
export const faultsBuffer = 'faults';
