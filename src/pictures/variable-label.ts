/** Names of variables in pictures. */

/** Returns the name of a variable of a NeuroML channel or gate: `m of na in naPop` for `naPop_na_m_q`. */
export const variableLabel = (variable: string): string =>
  variable
    .replace(/^(.+)_([^_]+)_([^_]+)_q$/, '$3 of $2 in $1')
    // A density is usually named after its channel.
    .replace(/^(([A-Za-z]+)[^_]*)_\2_([A-Za-z]+)$/, '$3 of $2 in $1');

/** Returns the name of a parameter of a NeuroML gate: `rate of forwardRate of m of na of naPop`; others as they are. */
export function parameterLabel(name: string): string {
  const [, owner = '', own = ''] = /^([^.]*\.)?(.*)$/s.exec(name) ?? [];
  const short = own.replace(/^biophysicalProperties_membraneProperties_/, '');
  const isOfGate = /_(?:forwardRate|reverseRate|timeCourse|steadyState)_/.test(short);
  return isOfGate ? `${owner.replace('.', ': ')}${short.split('_').reverse().join(' of ')}` : owner + short;
}
