/** Ions of NEURON: their variables and first values. */

/** First concentrations in mM and reversal potentials in mV of ions. @source NEURON 9, nrnoc/eion.cpp */
export const ionDefaults: Readonly<
  Record<string, { readonly inside: number; readonly outside: number; readonly reversal?: number }>
> = {
  na: { inside: 10, outside: 140, reversal: 50 },
  k: { inside: 54.4, outside: 2.5, reversal: -77 },
  ca: { inside: 5e-5, outside: 2 },
};

/** Returns the first concentration of an ion, or undefined for its potential and current. */
export function ionLevel(ion: string, role: IonName['role']): number | undefined {
  const { inside, outside } = (Object.hasOwn(ionDefaults, ion) ? ionDefaults[ion] : undefined) ?? {
    inside: 1,
    outside: 1,
  };
  return role === 'inside' ? inside : role === 'outside' ? outside : undefined;
}

/** What variables of an ion are called, by their names in NMODL. */
export interface IonName {
  readonly ion: string;
  readonly role: 'reversal' | 'inside' | 'outside' | 'current';
}

/** Returns what a variable of an ion is. */
export function roleOf(name: string, ion: string): IonName['role'] {
  return name === `e${ion}` ? 'reversal' : name === `i${ion}` ? 'current' : name === `${ion}o` ? 'outside' : 'inside';
}

/** Returns the name that the canonical model gives a variable of an ion. */
export const portName = (ion: string, role: IonName['role']): string =>
  role === 'reversal' ? `e_${ion}` : role === 'current' ? `i_${ion}` : role === 'inside' ? `${ion}_i` : `${ion}_o`;
