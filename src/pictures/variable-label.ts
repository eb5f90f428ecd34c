/** Names of variables in pictures. */

/** Returns the name of a variable of a NeuroML channel or gate: `m of na in naPop` for `naPop_na_m_q`. */
export const variableLabel = (variable: string): string =>
  variable
    .replace(/^(.+)_([^_]+)_([^_]+)_q$/, '$3 of $2 in $1')
    // A density is usually named after its channel.
    .replace(/^(([A-Za-z]+)[^_]*)_\2_([A-Za-z]+)$/, '$3 of $2 in $1');
