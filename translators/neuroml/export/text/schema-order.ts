/** The order of a document's elements in NeuroML's schema. */

/** Elements of a `neuroml` document, as version 2.3.1 of the schema lists them. */
const order = (
  'notes property annotation include extracellularProperties intracellularProperties morphology ' +
  'ionChannel ionChannelHH ionChannelVShift ionChannelKS decayingPoolConcentrationModel ' +
  'fixedFactorConcentrationModel alphaCurrentSynapse alphaSynapse expOneSynapse expTwoSynapse ' +
  'expThreeSynapse blockingPlasticSynapse doubleSynapse gapJunction silentSynapse linearGradedSynapse ' +
  'gradedSynapse biophysicalProperties cell cell2CaPools baseCell iafTauCell iafTauRefCell iafCell ' +
  'iafRefCell izhikevichCell izhikevich2007Cell adExIaFCell fitzHughNagumoCell fitzHughNagumo1969Cell ' +
  'pinskyRinzelCA3Cell hindmarshRose1984Cell pulseGenerator pulseGeneratorDL sineGenerator ' +
  'sineGeneratorDL rampGenerator rampGeneratorDL compoundInput compoundInputDL voltageClamp ' +
  'voltageClampTriple spikeArray timedSynapticInput spikeGenerator spikeGeneratorRandom ' +
  'spikeGeneratorPoisson spikeGeneratorRefPoisson poissonFiringSynapse transientPoissonFiringSynapse ' +
  'IF_curr_alpha IF_curr_exp IF_cond_alpha IF_cond_exp EIF_cond_exp_isfa_ista EIF_cond_alpha_isfa_ista ' +
  'HH_cond_exp expCondSynapse alphaCondSynapse expCurrSynapse alphaCurrSynapse SpikeSourcePoisson ' +
  'network ComponentType'
).split(' ');
const rank: ReadonlyMap<string, number> = new Map(order.map((tag, k) => [tag, k]));

/** Checks whether the schema has an element of a document. Type definitions belong to LEMS. */
export const isInSchema = (tag: string): boolean => rank.has(tag) && tag !== 'ComponentType';

/** Returns elements in the schema's order. Elements of one kind, and elements unknown to it, stay as they are. */
export function inSchemaOrder<T extends { readonly tag: string }>(elements: readonly T[]): readonly T[] {
  if (elements.some(({ tag }) => !rank.has(tag))) return elements;
  return [...elements].sort((a, b) => (rank.get(a.tag) ?? 0) - (rank.get(b.tag) ?? 0));
}
