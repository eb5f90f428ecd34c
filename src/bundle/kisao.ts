/**
 * Substitution of simulation methods.
 *
 * @source KiSAO 2.34, kisao.owl and `get_substitutable_algorithms` of its library;
 *   https://www.ebi.ac.uk/ols4/ontologies/kisao
 */

/** Forward Euler, which LEMS prescribes. */
export const forwardEuler = 'KISAO:0000030';

/** Policies of BioSimulators, from the strictest to the most lenient one. */
export const substitutionPolicies = [
  'NONE',
  'SAME_METHOD',
  'SAME_MATH',
  'SIMILAR_APPROXIMATIONS',
  'DISTINCT_APPROXIMATIONS',
  'DISTINCT_SCALES',
  'SAME_VARIABLES',
  'SIMILAR_VARIABLES',
  'SAME_FRAMEWORK',
  'ANY',
] as const;

export type SubstitutionPolicy = (typeof substitutionPolicies)[number];

/** The policy of BioSimulators if none is given. */
export const usualPolicy: SubstitutionPolicy = 'SIMILAR_VARIABLES';

/**
 * Methods for ordinary differential equations: the subclasses of KISAO:0000000 with the characteristic KISAO:0000374,
 * and their subclasses.
 */
const odeMethods: ReadonlySet<number> = new Set([
  ...[19, 20, 30, 31, 32, 33, 64, 71, 86, 87, 88, 89, 90, 91, 93, 94, 231, 232, 233, 234, 261, 276, 279, 280, 283],
  ...[288, 289, 290, 296, 297, 299, 301, 302, 303, 304, 305, 314, 318, 321, 355, 356, 364, 367, 377, 378, 379, 380],
  ...[381, 382, 383, 384, 432, 433, 434, 435, 436, 496, 535, 536, 537, 544, 560, 561, 562, 563, 587, 607, 609, 612],
  ...[668, 672, 694, 699],
]);

/** Checks whether forward Euler may replace a method. @param method  such as `KISAO:0000019` */
export function canReplace(method: string, policy: SubstitutionPolicy): boolean {
  if (method === forwardEuler || policy === 'ANY') return true;
  const isLenient = substitutionPolicies.indexOf(policy) >= substitutionPolicies.indexOf('SIMILAR_APPROXIMATIONS');
  const [, number] = /^KISAO:(\d{7})$/.exec(method) ?? [];
  return isLenient && number !== undefined && odeMethods.has(Number(number));
}
