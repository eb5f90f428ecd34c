/** What names may look like, so that every printer and the text form can hold them. */

/** Words of the text form, which no local may be called. */
export const reservedWords: readonly string[] = [
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

/** Name of the buffer (u32[1]) that collects the fault bits of a run. */
export const faultsBuffer = 'faults';
