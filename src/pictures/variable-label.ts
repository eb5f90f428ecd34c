/** Names of variables in pictures. */

/** Returns the name of a variable: of the gate of a NeuroML channel, as `m of na in naPop` for `naPop_na_m_q`. */
export const variableLabel = (variable: string): string =>
  variable.replace(/^(.+)_([^_]+)_([^_]+)_q$/, '$3 of $2 in $1');
