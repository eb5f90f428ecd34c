/** Ions of NEURON: their variables and first values. */

/** Values of an ion before anything sets them: concentrations in mM, and its reversal potential in mV. */
interface IonLevels {
  readonly inside: number;
  readonly outside: number;
  readonly reversal: number;
}

const usual: Readonly<Record<string, IonLevels>> = {
  na: { inside: 10, outside: 140, reversal: 50 },
  k: { inside: 54.4, outside: 2.5, reversal: -77 },
  // 12.5*ln(2/5e-5), at any temperature.
  ca: { inside: 5e-5, outside: 2, reversal: 132.4579341637009 },
};

/** Returns the first concentrations and the reversal potential of an ion. @source NEURON 9, nrnoc/eion.cpp */
export const ionDefaults = (ion: string): IonLevels =>
  (Object.hasOwn(usual, ion) ? usual[ion] : undefined) ?? { inside: 1, outside: 1, reversal: 0 };

/** Uses of an ion by a mechanism. */
export interface IonAccess {
  readonly readsReversal: boolean;
  readonly readsInside: boolean;
  readonly readsOutside: boolean;
  readonly writesConcentration: boolean;
}

/**
 * Returns whether the potential of an ion on a section follows Nernst's equation: if a mechanism there reads or writes
 * a concentration. Otherwise, it is a parameter.
 *
 * @param uses  by all mechanisms on the section
 * @source NEURON 9, nrnoc/eion.cpp: nrn_promote
 */
export const followsNernst = (uses: readonly IonAccess[]): boolean =>
  uses.some(({ readsInside, readsOutside, writesConcentration }) => readsInside || readsOutside || writesConcentration);

/** Kinds of variables of an ion. */
export const ionRoles = ['reversal', 'inside', 'outside', 'current'] as const;

/** A variable of an ion. */
export interface IonName {
  readonly ion: string;
  readonly role: (typeof ionRoles)[number];
}

/** Returns the name of a variable of an ion in NMODL: `eca`, `cai`, `cao`, `ica`. */
export const ionVariable = (ion: string, role: IonName['role']): string =>
  ({ reversal: `e${ion}`, inside: `${ion}i`, outside: `${ion}o`, current: `i${ion}` })[role];

/** Returns the kind of a variable of an ion. */
export const roleOf = (name: string, ion: string): IonName['role'] =>
  ionRoles.find((role) => ionVariable(ion, role) === name) ?? 'inside';

/** Returns the name that the canonical model gives a variable of an ion. */
export const portName = (ion: string, role: IonName['role']): string =>
  ({ reversal: `e_${ion}`, inside: `${ion}_i`, outside: `${ion}_o`, current: `i_${ion}` })[role];

/** Charges of the ions that NEURON has without a VALENCE. @source NEURON 9, nrnoc/eion.cpp */
export const ownValences: Readonly<Record<string, number>> = { na: 1, k: 1, ca: 2 };
